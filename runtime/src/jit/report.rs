//! What became of a program: which functions were written, where they may still leave, and what they ask the
//! host.

use std::collections::BTreeMap;

use assize_ir::{CallableId, Op, PlaceId};

/// A function of machine code.
#[derive(Clone, Debug)]
pub struct Lowered {
    /// Whose it is. Callables that are written into it have no function of their own.
    pub callable: CallableId,
    /// Whether it is what callers enter; another is called by functions alone.
    pub is_entry: bool,
    /// Bytes of code.
    pub bytes: usize,
    /// Why it is left to the interpreter, if it is.
    pub left: Option<&'static str>,
    /// Tests that are made when the function runs, because nothing proves them: where they stand in the rules, why
    /// the function would leave there, and how many they are.
    pub checks: BTreeMap<(PlaceId, &'static str), u32>,
    /// What the host is asked for, by the place in the rules.
    pub calls: BTreeMap<(PlaceId, &'static str), u32>,
}

/// What is remarked while one function is written.
#[derive(Debug, Default)]
pub(crate) struct Remarks {
    /// Whether anybody wants to know.
    pub(crate) wanted: bool,
    pub(crate) checks: BTreeMap<(PlaceId, &'static str), u32>,
    pub(crate) calls: BTreeMap<(PlaceId, &'static str), u32>,
}

impl Remarks {
    /// Remarks a test.
    pub(crate) fn check(&mut self, at: Option<(PlaceId, &'static str)>) {
        if let (true, Some(at)) = (self.wanted, at) {
            *self.checks.entry(at).or_default() += 1;
        }
    }

    /// Remarks a call of the host.
    pub(crate) fn call(&mut self, at: Option<(PlaceId, &'static str)>, name: &'static str) {
        if let (true, Some((place, _))) = (self.wanted, at) {
            *self.calls.entry((place, name)).or_default() += 1;
        }
    }
}

/// Why machine code may leave at an operation.
pub(crate) const fn why(op: &Op) -> &'static str {
    match op {
        Op::Arithmetic(..) | Op::Round { .. } | Op::RoundRunning { .. } | Op::SharePart(_) => {
            "the result may not fit its word"
        }
        Op::NumToInt(_) | Op::Border { .. } => "places or range are not proved",
        Op::Bound { .. } | Op::List(_) | Op::Concat(..) => {
            "a list may be too long, or out of memory"
        }
        Op::Lookup { .. } => "there may be no such row",
        Op::Check(_) | Op::Record(..) | Op::With(..) => "a check may not hold, or memory may end",
        Op::Present(_) | Op::Otherwise { .. } => "a value may be missing",
        Op::Stop(_) => "the rules stop",
        Op::DateStep { .. } | Op::DatePlusDays(..) | Op::DatePlusFormula(..) => {
            "the day may be outside the calendar"
        }
        Op::Loop(_) => "steps are counted",
        Op::Call(..) => "nothing, or more than one thing, may apply; or what is called leaves",
        Op::Equal(..) | Op::Compare(..) | Op::Between { .. } | Op::In(..) => {
            "a number may not fit the scale of the other"
        }
        _ => "the host may give nothing",
    }
}
