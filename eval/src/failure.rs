//! How a decision fails.

use std::fmt;
use std::sync::Arc;

use assize_ir::{Body, CallableId, Op, PlaceId, Program, Slot, date};

use crate::value::ReasonValue;

/// Code of an error, as callers and tests see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorCode {
    /// A number that the definition cannot hold.
    Overflow,
    /// A zero divisor.
    DivisionByZero,
    /// Several rows or exceptions apply and none goes before the others.
    Conflict,
    /// No row, exception or value applies.
    Undecided,
    /// A number with too many places or outside its range, a date outside the calendar, a step that
    /// is not above 0.
    OutOfRange,
    /// No row with this key, no such calendar, or a day that a calendar does not know.
    MissingData,
    /// A relation is older than `fresh within` allows.
    StaleData,
    /// A record built inside violates its checks.
    CheckFailed,
    /// A share of something over weights that sum to 0.
    NothingToShareBy,
    /// A bound on list lengths or on evaluation was reached.
    LimitExceeded,
    /// The rules' own words: `stop`.
    Stopped,
    /// A program that no verifier lets through, or a call that does not fit it.
    Internal,
}

impl ErrorCode {
    /// All codes.
    pub const ALL: [ErrorCode; 12] = [
        ErrorCode::Overflow,
        ErrorCode::DivisionByZero,
        ErrorCode::Conflict,
        ErrorCode::Undecided,
        ErrorCode::OutOfRange,
        ErrorCode::MissingData,
        ErrorCode::StaleData,
        ErrorCode::CheckFailed,
        ErrorCode::NothingToShareBy,
        ErrorCode::LimitExceeded,
        ErrorCode::Stopped,
        ErrorCode::Internal,
    ];

    /// The code as written.
    pub const fn name(self) -> &'static str {
        match self {
            ErrorCode::Overflow => "overflow",
            ErrorCode::DivisionByZero => "division_by_zero",
            ErrorCode::Conflict => "conflict",
            ErrorCode::Undecided => "undecided",
            ErrorCode::OutOfRange => "out_of_range",
            ErrorCode::MissingData => "missing_data",
            ErrorCode::StaleData => "stale_data",
            ErrorCode::CheckFailed => "check_failed",
            ErrorCode::NothingToShareBy => "nothing_to_share_by",
            ErrorCode::LimitExceeded => "limit_exceeded",
            ErrorCode::Stopped => "stopped",
            ErrorCode::Internal => "internal",
        }
    }

    /// The code with this name.
    pub fn from_name(name: &str) -> Option<ErrorCode> {
        ErrorCode::ALL.into_iter().find(|code| code.name() == name)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a decision ended without a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// What went wrong.
    pub code: ErrorCode,
    /// The callable in which it went wrong; `None` before the first one was entered.
    pub callable: Option<CallableId>,
    /// Full name of that callable, `module.declaration`; empty when there is none.
    pub rule: String,
    /// `module.declaration:line:column`; empty when there is none.
    pub place: String,
    /// The place in the program.
    pub place_id: Option<PlaceId>,
    /// What was involved, in a fixed order: names and texts in canonical form. Names may repeat, as
    /// the rows of a conflict do.
    pub values: Vec<(String, String)>,
    /// The reason of a `stop`.
    pub reason: Option<Arc<ReasonValue>>,
}

impl Failure {
    /// A failure without a place.
    pub fn new(code: ErrorCode) -> Box<Failure> {
        Box::new(Failure {
            code,
            callable: None,
            rule: String::new(),
            place: String::new(),
            place_id: None,
            values: Vec::new(),
            reason: None,
        })
    }

    /// A failure at a place of a callable.
    pub fn at(
        program: &Program,
        code: ErrorCode,
        callable: CallableId,
        place: PlaceId,
    ) -> Box<Failure> {
        let mut failure = Failure::new(code);
        failure.callable = Some(callable);
        failure.place_id = Some(place);
        failure.rule = full_name(program, callable);
        failure.place = place_text(program, callable, place);
        failure
    }

    /// Of a parameter, or a rule without a default, that was asked for a day before its first one: both
    /// days, in words. The codes and values of the answer stay what they are.
    pub fn before_first_day(&self, program: &Program) -> Option<String> {
        if self.code != ErrorCode::Undecided {
            return None;
        }
        let callable = program.callable(self.callable?)?;
        let (first, asked, slot) = match &callable.body {
            Body::Parameter(values) => (
                values.iter().filter_map(|value| value.from).min()?,
                "has no value",
                Slot(0),
            ),
            Body::Rule(rule) if rule.default.is_none() => {
                let days: Option<Vec<i32>> = rule.exceptions.iter().map(|it| it.from).collect();
                let as_of = callable.nodes.get(rule.as_of?.index())?;
                let Op::Local(slot) = as_of.op else {
                    return None;
                };
                (
                    days?.into_iter().min()?,
                    "has no exception that is valid",
                    slot,
                )
            }
            _ => return None,
        };
        let name = &callable.params.get(slot.index())?.name;
        let (_, day) = self.values.iter().find(|(value, _)| value == name)?;
        let early = date::parse(day).is_some_and(|day| day < first);
        early.then(|| {
            format!(
                "{} {asked} before {}, and was asked for {day}",
                callable.name,
                date::format(first)
            )
        })
    }

    /// Adds a value.
    #[must_use]
    pub fn with(mut self: Box<Self>, name: &str, value: impl Into<String>) -> Box<Failure> {
        self.values.push((name.to_owned(), value.into()));
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if !self.place.is_empty() {
            write!(f, " at {}", self.place)?;
        }
        for (index, (name, value)) in self.values.iter().enumerate() {
            let join = if index == 0 { ": " } else { ", " };
            write!(f, "{join}{name} {value}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// `module.declaration`.
pub fn full_name(program: &Program, callable: CallableId) -> String {
    match program.callable(callable) {
        Some(callable) if callable.module.is_empty() => callable.name.clone(),
        Some(callable) => format!("{}.{}", callable.module, callable.name),
        None => String::new(),
    }
}

/// `module.declaration:line:column`.
pub fn place_text(program: &Program, callable: CallableId, place: PlaceId) -> String {
    place_below(program, &full_name(program, callable), place)
}

/// A place in the declaration with this full name, `module.declaration:line:column`.
pub fn place_below(program: &Program, name: &str, place: PlaceId) -> String {
    match program.place(place) {
        Some(place) => format!("{name}:{}:{}", place.line, place.column),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from_name(code.name()), Some(code));
        }
        assert_eq!(ErrorCode::from_name("invalid_input"), None);
    }

    #[test]
    fn reads_as_a_line() {
        let mut failure = Failure::new(ErrorCode::Conflict)
            .with("row", "a")
            .with("row", "b");
        failure.place = "shop.tier:3:5".to_owned();
        insta::assert_snapshot!(failure, @"conflict at shop.tier:3:5: row a, row b");
    }
}
