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
mod leaf;
mod number;
mod slow;
mod term;

use std::marker::PhantomData;
use std::sync::Arc;

use assize_eval::Failure;
use assize_eval::json::Fault;
use assize_ir::{Decision, Program, Type};

pub use assize_derive::{Choice, Reasons, Record};
pub use bind::Misfit;
pub use form::{Form, Span, Variant};
pub use number::{Day, DoesNotFit, Fixed, NotADay, Set, Within};
pub use term::{
    Choice, ChoiceKind, Either, Fields, FromFields, Give, GiveFields, Giver, Kind, Never, Reasons,
    ReasonsKind, Record, RecordKind, Take, TakeFields, Term, Variants,
};

use super::bound::not_yet;
use super::code::{Code, Entry};
use super::{Frame, Ground, steps_of};
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
    ready: Option<Ready<'t>>,
    frame: Frame,
    more: More,
}

/// Machine code, and what it runs on: in a place that does not move, so that the frame may point there from one call
/// to the next.
#[derive(Debug)]
struct Ready<'t> {
    entry: Entry,
    steps: i64,
    #[expect(dead_code, reason = "the frame points to it")]
    ground: Arc<Ground<'t>>,
}

impl Loaded {
    /// Binds a decision to the Rust types of its arguments and its answer. The arguments are one record, with a
    /// field for each parameter.
    pub fn typed<I, O>(&self, decision: &str) -> Result<Typed<'_, I::Static, O>, Vec<Misfit>>
    where
        I: Record + Term<Kind: Give<I>>,
        O: Term<Kind: Take<O>>,
    {
        let program: &Program = &self.rules.program;
        let (found, callable) = self.to_bind(decision)?;
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
            let forms = (&I::Kind::placed(0), &taken);
            Code::typed(program, &machine.layouts, found.callable, forms).ok()
        });
        Ok(Typed {
            loaded: self,
            decision: found,
            given,
            taken,
            code,
            dated: self.is_dated(found),
            types: PhantomData,
        })
    }
}

impl<'l, I, O> Typed<'l, I, O>
where
    I: Record + Term<Kind: Kind<I>>,
    O: Term<Kind: Take<O>>,
{
    /// Memory for calls.
    pub fn caller(&self) -> Caller<'_, 'l, I, O> {
        let mut frame = Frame::default();
        let ready = self.ground().map(|(ground, entry)| {
            let (steps, ground) = (steps_of(ground.limits), Arc::new(ground));
            frame.context.stand_on(&ground);
            Ready {
                entry,
                steps,
                ground,
            }
        });
        // The address of the input, and what of it is not read in its place.
        frame.arguments.resize(1 + <I::Kind as Kind<I>>::BESIDE, 0);
        frame.result.resize(<O::Kind as Kind<O>>::WORDS, 0);
        Caller {
            typed: self,
            ready,
            frame,
            more: More::default(),
        }
    }

    fn ground(&self) -> Option<(Ground<'_>, Entry)> {
        let longest = longest_array(&self.given);
        self.loaded
            .ground_of(self.code.as_ref()?, self.decision, longest)
    }

    /// Whether machine code is there for these types, and what of it is not.
    pub fn not_yet(&self) -> Option<&'static str> {
        not_yet(self.code.as_ref())
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
        let value = self.loaded.by_definition(self.decision, &json, at)?;
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

/// Elements of the longest array in values of a form.
fn longest_array(form: &Form) -> usize {
    match form {
        Form::Array(count, item) => longest_array(item).max(*count),
        Form::Optional(inner) | Form::List(inner) => longest_array(inner),
        Form::Record(fields) => {
            let lengths = fields.iter().map(|(_, form)| longest_array(form));
            lengths.max().unwrap_or(0)
        }
        _ => 0,
    }
}

impl<I, O> Caller<'_, '_, I, O>
where
    I: Record + Term<Kind: Kind<I>>,
    O: Term<Kind: Take<O>>,
{
    /// Decides. Where data must be fresh, this fails; see [`Caller::decide_at`].
    #[inline]
    pub fn decide<J>(&mut self, input: &J) -> Result<O, Refused>
    where
        J: Record<Static = I> + Term<Kind: Give<J>>,
    {
        self.decide_at(input, None)
    }

    /// Decides at a time, in seconds since 1970-01-01 UTC.
    #[inline]
    pub fn decide_at<J>(&mut self, input: &J, at: Option<i64>) -> Result<O, Refused>
    where
        J: Record<Static = I> + Term<Kind: Give<J>>,
    {
        // Of the call before: the answer of that one is taken by now.
        self.more.clear();
        self.frame.reset();
        let words = 1 + <J::Kind as Kind<J>>::BESIDE;
        let room = <O::Kind as Kind<O>>::WORDS;
        let arguments = self.frame.arguments.get_mut(..words);
        if let (Some(ready), Some([place, beside @ ..])) = (&self.ready, arguments)
            && (!self.typed.dated || self.typed.loaded.is_fresh(self.typed.decision, at))
        {
            *place = std::ptr::from_ref(input) as u64;
            J::Kind::give_beside(input, beside, &mut self.more);
            #[expect(unsafe_code, reason = "runs machine code and reads what it wrote")]
            // SAFETY: the code was made for images of these two types, and all that the image points
            // to lives in the input and beside it, or in the code's own frame, which has room for the answer.
            // The frame stands on the ground beside the code.
            unsafe {
                // Nothing stands between reading the answer and giving it, so that it is made where it goes.
                if self.frame.again(ready.entry, ready.steps)
                    && let Some(result) = self.frame.result.get(..room)
                    && let Some(answer) = O::Kind::take(result)
                {
                    return Ok(answer);
                }
            }
        }
        self.slowly(input, at)
    }

    /// The definition decides, by an image of all of the input.
    #[cold]
    fn slowly<J>(&mut self, input: &J, at: Option<i64>) -> Result<O, Refused>
    where
        J: Record<Static = I> + Term<Kind: Give<J>>,
    {
        let mut image = vec![0; <J::Kind as Kind<J>>::WORDS];
        self.more.clear();
        J::Kind::give(input, &mut image, &mut self.more);
        self.typed.slowly(&image, at)
    }
}
