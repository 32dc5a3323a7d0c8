//! Decisions between Rust types.
//!
//! A caller derives [`Record`] for the arguments and the answer, binds the two to a decision once, and then
//! decides without JSON and without values of the language in between:
//!
//! ```ignore
//! #[derive(Record)]
//! struct Asked {
//!     order: Order, // the parameter `order` of the decision
//! }
//! #[derive(Record)]
//! struct Order {
//!     quantity: Fixed<3>,     // a number with 3 places: 1.5 is Fixed(1500)
//!     date: Day,              // days since 1970-01-01
//!     contract: Option<Fixed<4>>,
//! }
//!
//! let quote = loaded.typed::<Asked, Answer>("quote")?; // every misfit of names, types and places
//! let mut caller = quote.caller();                     // holds the memory of its calls
//! let answer: Answer = caller.decide(&asked)?;
//! ```
//!
//! Names and types are compared when the two are bound. What a border demands of values (ranges, checks,
//! lengths) is tested at every call, in machine code; a violation is told as it would be for JSON.

mod bind;
pub(crate) mod form;
mod number;
mod slow;
mod term;

use std::marker::PhantomData;

use assize_eval::Failure;
use assize_eval::json::Fault;
use assize_eval::json::decode::decode_arguments;
use assize_ir::{Decision, Program, Type};

pub use assize_derive::{Choice, Reasons, Record};
pub use bind::Misfit;
pub use form::{Form, Variant};
pub use number::{Day, DoesNotFit, Fixed, NotADay, Set};
pub use term::{
    Choice, ChoiceKind, Either, Fields, FromFields, Give, GiveFields, Giver, Kind, Never, Reasons,
    ReasonsKind, Record, RecordKind, Take, TakeFields, Term, Variants,
};

use super::code::Code;
use super::{Frame, Ground};
use crate::engine::Loaded;
use bind::{Binder, Way};
use slow::{Painter, Shown};
use term::More;

/// A decision bound to Rust types.
#[derive(Debug)]
pub struct Typed<'l, I, O> {
    loaded: &'l Loaded,
    decision: &'l Decision,
    given: Form,
    taken: Form,
    /// `None` where this host allows no machine code, so that the interpreter decides.
    code: Option<Code>,
    /// Whether data must be of a certain age, so that every call is asked when it is made.
    dated: bool,
    types: PhantomData<fn(I) -> O>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Refused {
    /// The input is not what the rules take, with every fault.
    Invalid(Vec<Fault>),
    /// The rules fail.
    Failed(Box<Failure>),
    /// The answer has a number that the caller's type cannot hold.
    DoesNotFit,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refused::Invalid(faults) => {
                write!(f, "the input has {} faults", faults.len())?;
                faults
                    .iter()
                    .try_for_each(|fault| write!(f, "\n{}: {}", fault.path, fault.words()))
            }
            Refused::Failed(failure) => write!(f, "{}", failure.code.name()),
            Refused::DoesNotFit => f.write_str("a number of the answer does not fit its Rust type"),
        }
    }
}

impl std::error::Error for Refused {}

/// Memory for calls of a bound decision, one after the other. Each thread has its own.
#[derive(Debug)]
pub struct Caller<'t, 'l, I, O> {
    typed: &'t Typed<'l, I, O>,
    ground: Option<(Ground<'t>, super::code::Entry)>,
    frame: Frame,
    more: More,
}

impl Loaded {
    /// Binds a decision to the Rust types of its arguments and its answer. The arguments are one record, with a
    /// field for each parameter.
    pub fn typed<I, O>(&self, decision: &str) -> Result<Typed<'_, I, O>, Vec<Misfit>>
    where
        I: Record + Term<Kind: Give<I>>,
        O: Term<Kind: Take<O>>,
    {
        let program: &Program = &self.rules.program;
        let found = program.decision(decision);
        let misfit = |why: &str| {
            vec![Misfit {
                path: decision.to_owned(),
                why: why.to_owned(),
            }]
        };
        let found = found.ok_or_else(|| misfit("is no decision of these rules"))?;
        let callable = program.callable(found.callable);
        let callable = callable.ok_or_else(|| misfit("is no decision of these rules"))?;
        let (given, taken) = (I::Kind::form(), O::Kind::form());
        let mut binder = Binder {
            program,
            way: Way::Given,
            misfits: Vec::new(),
        };
        if let Form::Record(fields) = &given {
            let known = callable
                .params
                .iter()
                .map(|param| (param.name.as_str(), &param.ty, true));
            binder.fields("", fields, &known.collect::<Vec<_>>());
        }
        binder.way = Way::Taken;
        binder.term("output", &taken, &callable.result);
        if !binder.misfits.is_empty() {
            return Err(binder.misfits);
        }
        self.compile();
        let machine = self.rules.machine();
        let code = machine.and_then(|machine| {
            let forms = (&given, &taken);
            Code::typed(program, &machine.layouts, found.callable, forms).ok()
        });
        let dated = found.reads.iter().any(|id| {
            let relation = program.relation(*id);
            relation.is_some_and(|it| it.fresh_within_seconds.is_some())
        });
        Ok(Typed {
            loaded: self,
            decision: found,
            given,
            taken,
            code,
            dated,
            types: PhantomData,
        })
    }
}

impl<'l, I, O> Typed<'l, I, O>
where
    I: Record + Term<Kind: Give<I>>,
    O: Term<Kind: Take<O>>,
{
    /// Memory for calls.
    pub fn caller(&self) -> Caller<'_, 'l, I, O> {
        Caller {
            typed: self,
            ground: self.ground(),
            frame: Frame::default(),
            more: More::default(),
        }
    }

    fn ground(&self) -> Option<(Ground<'_>, super::code::Entry)> {
        let code = self.code.as_ref()?;
        let entry = *code.entries.get(&self.decision.callable)?;
        let machine = self.loaded.rules.machine()?;
        let ground = Ground {
            program: &self.loaded.rules.program,
            layouts: &machine.layouts,
            notes: &code.notes,
            rows: self.loaded.rows()?,
            store: &self.loaded.snapshot.store,
            limits: self.loaded.limits,
        };
        Some((ground, entry))
    }

    /// Whether machine code is there for these types, and what of it is not.
    pub fn not_yet(&self) -> Option<&'static str> {
        match &self.code {
            Some(code) => code.not_yet.first().map(|(_, what)| *what),
            None => Some("machine code on this host"),
        }
    }

    /// The machine code leaves, so the definition decides: with its faults and errors.
    fn slowly(&self, image: &[u64], at: Option<i64>) -> Result<O, Refused> {
        let program: &Program = &self.loaded.rules.program;
        let callable = program.callable(self.decision.callable);
        let callable = callable.ok_or(Refused::DoesNotFit)?;
        let Form::Record(fields) = &self.given else {
            return Err(Refused::DoesNotFit);
        };
        let shown = Shown { program };
        let ty = |name: &str| Some(&callable.params.iter().find(|it| it.name == name)?.ty);
        #[expect(unsafe_code, reason = "reads an image")]
        // SAFETY: the words are the image that the caller's value was just written into.
        let json = unsafe { shown.members(fields, image, ty) };
        let json = json.ok_or(Refused::DoesNotFit)?;
        let arguments = self
            .loaded
            .checked(|checker| decode_arguments(program, callable, &json, checker))
            .map_err(Refused::Invalid)?;
        let answer = self.loaded.interpreted(self.decision, &arguments, at);
        let value = answer.result.map_err(Refused::Failed)?;
        let mut painter = Painter::default();
        let mut words = Vec::new();
        let result: &Type = &callable.result;
        painter
            .paint(program, (&value, result), &self.taken, &mut words)
            .ok_or(Refused::DoesNotFit)?;
        #[expect(unsafe_code, reason = "reads an image")]
        // SAFETY: the words are the image of the value, and what they point to lives in the painter.
        unsafe { O::Kind::take(&words) }.ok_or(Refused::DoesNotFit)
    }
}

impl<I, O> Caller<'_, '_, I, O>
where
    I: Record + Term<Kind: Give<I>>,
    O: Term<Kind: Take<O>>,
{
    /// Decides. Where data must be fresh, this fails; see [`Caller::decide_at`].
    pub fn decide(&mut self, input: &I) -> Result<O, Refused> {
        self.decide_at(input, None)
    }

    /// Decides at a time, in seconds since 1970-01-01 UTC.
    pub fn decide_at(&mut self, input: &I, at: Option<i64>) -> Result<O, Refused> {
        let words = <I::Kind as Kind<I>>::WORDS;
        self.frame.arguments.resize(words, 0);
        if let Some(to) = self.frame.arguments.get_mut(..words) {
            I::Kind::give(input, to, &mut self.more);
        }
        let fresh = !self.typed.dated || self.typed.loaded.is_fresh(self.typed.decision, at);
        let room = <O::Kind as Kind<O>>::WORDS;
        let quick = match &self.ground {
            Some((ground, entry)) if fresh => {
                #[expect(unsafe_code, reason = "runs machine code and reads what it wrote")]
                // SAFETY: the code was made for images of these two types, and all that the image points
                // to lives in the input and beside it, or in the code's own frame.
                unsafe {
                    if self.frame.enter(*ground, *entry, room) {
                        O::Kind::take(&self.frame.result)
                    } else {
                        None
                    }
                }
            }
            _ => None,
        };
        let answer = match quick {
            Some(answer) => Ok(answer),
            None => self.typed.slowly(&self.frame.arguments, at),
        };
        self.more.clear();
        self.frame.clear();
        answer
    }
}
