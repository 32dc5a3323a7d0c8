//! The interpreter: evaluates a checked program exactly as the definition says.
//!
//! Plain on purpose: it walks the nodes, and every rule of the order of evaluation can be found in
//! one place. It is the oracle of every faster engine.

mod branches;
mod cells;
mod compare;
mod dates;
mod frame;
mod loops;
mod machine;
mod numbers;
mod observe;
pub mod price;
mod records;
mod rules;
mod shares;
mod tables;

pub use assize_ir::depth;
use assize_ir::{CallableId, Decision, Program};

use crate::data::Data;
use crate::failure::{ErrorCode, Failure, full_name, place_below};
use crate::trace::{Explain, Trace};
use crate::value::Value;

pub(crate) use frame::{Binding, Frame};
pub use machine::value_of;
pub(crate) use machine::{Eval, Machine};
pub use observe::{ExceptionSeen, Observer};
pub use shares::divided;

/// Steps that a call may take unless its caller says otherwise. See [`price`].
pub const DEFAULT_MAX_STEPS: u64 = 50_000_000;
/// Elements that a list may have unless the caller says otherwise.
pub const DEFAULT_MAX_LIST_ELEMENTS: u64 = 1_000_000;
/// Bounds of a call; beyond them it is `limit_exceeded`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Steps, at the prices of [`price`].
    pub max_steps: u64,
    /// Elements of any one list.
    pub max_list_elements: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_steps: DEFAULT_MAX_STEPS,
            max_list_elements: DEFAULT_MAX_LIST_ELEMENTS,
        }
    }
}

/// What a caller wants to see of a call besides its value.
#[derive(Default)]
pub struct Watch<'w> {
    /// Records a trace.
    pub explain: Option<Explain>,
    /// Is told what decided.
    pub observer: Option<&'w mut dyn Observer>,
}

/// The outcome of a call.
#[derive(Debug)]
pub struct Answer {
    /// The value, or why there is none.
    pub result: Result<Value, Box<Failure>>,
    /// What decided, when it was asked for and a callable was entered.
    pub trace: Option<Trace>,
    /// Steps that were taken.
    pub steps: u64,
}

/// Evaluates the callables of one program over one snapshot.
#[derive(Clone, Copy)]
pub struct Interpreter<'a> {
    program: &'a Program,
    data: &'a dyn Data,
    limits: Limits,
}

impl<'a> Interpreter<'a> {
    /// An interpreter of a verified program. An unverified one is safe too: what makes no sense is
    /// `internal`.
    pub fn new(program: &'a Program, data: &'a dyn Data, limits: Limits) -> Interpreter<'a> {
        Interpreter {
            program,
            data,
            limits,
        }
    }

    /// Calls a callable.
    pub fn call(&self, callable: CallableId, arguments: &[Value]) -> Result<Value, Box<Failure>> {
        self.call_with(callable, arguments, Watch::default()).result
    }

    /// Calls a callable, watched.
    pub fn call_with(&self, callable: CallableId, arguments: &[Value], watch: Watch<'_>) -> Answer {
        let mut machine = Machine::new(self.program, self.data, self.limits, watch);
        let result = machine.enter(callable, arguments.to_vec(), None, Vec::new());
        machine.answer(result)
    }

    /// Decides: checks the age of the data, then calls the decision's callable. `at_seconds` is the
    /// time of the call in seconds since 1970-01-01 UTC.
    pub fn decide(&self, decision: &str, arguments: &[Value], at_seconds: Option<i64>) -> Answer {
        self.decide_with(decision, arguments, at_seconds, Watch::default())
    }

    /// Decides, watched.
    pub fn decide_with(
        &self,
        decision: &str,
        arguments: &[Value],
        at_seconds: Option<i64>,
        watch: Watch<'_>,
    ) -> Answer {
        let found = self
            .program
            .decision(decision)
            .ok_or_else(|| Failure::new(ErrorCode::Internal).with("unknown decision", decision));
        let ready = found.and_then(|found| {
            self.fresh(found, at_seconds)?;
            Ok(found.callable)
        });
        match ready {
            Ok(callable) => self.call_with(callable, arguments, watch),
            Err(failure) => Answer {
                result: Err(failure),
                trace: None,
                steps: 0,
            },
        }
    }

    /// Checks the age of every relation that the decision can reach, in order of their names. An
    /// `as_of` later than the call has age 0, as have rows without one.
    pub fn fresh(&self, decision: &Decision, at_seconds: Option<i64>) -> Result<(), Box<Failure>> {
        let mut reads: Vec<_> = decision
            .reads
            .iter()
            .filter_map(|id| Some((*id, self.program.relation(*id)?)))
            .collect();
        reads.sort_by(|(_, a), (_, b)| a.name.cmp(&b.name));
        for (id, relation) in reads {
            let Some(limit) = relation.fresh_within_seconds else {
                continue;
            };
            let Some(as_of) = self.data.as_of_seconds(id) else {
                continue;
            };
            if is_fresh(limit, as_of, at_seconds) {
                continue;
            }
            let age = at_seconds.map(|at| age(as_of, at));
            let mut failure = Failure::new(ErrorCode::StaleData);
            failure.callable = Some(decision.callable);
            failure.rule = full_name(self.program, decision.callable);
            // The place is where the relation is declared, so it is the relation's name.
            failure.place = place_below(self.program, &relation.name, relation.place);
            failure.place_id = Some(relation.place);
            let age = age.map_or_else(|| "unknown".to_owned(), |age| age.to_string());
            return Err(failure
                .with("relation", relation.name.as_str())
                .with("age_seconds", age)
                .with("fresh_within_seconds", limit.to_string()));
        }
        Ok(())
    }
}

/// Age of data in seconds at the time of a call; data from after it are new.
fn age(as_of: i64, at: i64) -> u64 {
    u64::try_from(at.saturating_sub(as_of)).unwrap_or(0)
}

/// Whether data of some time are no older than so many seconds at the time of a call; never without one.
pub fn is_fresh(limit: u64, as_of: i64, at: Option<i64>) -> bool {
    at.is_some_and(|at| age(as_of, at) <= limit)
}
