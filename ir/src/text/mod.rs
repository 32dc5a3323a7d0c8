//! The text form: readable, complete, and written by hand in tests.
//!
//! [`print`] and [`parse`] are inverse: what follows from the rest (types and facts of nodes) is
//! left out of the text and inferred again. The grammar is in `docs/ir/text-form.md`.

mod bodies;
mod build;
mod declare;
mod expression;
mod lex;
mod names;
mod parse;
mod print;
mod print_node;
mod table;

pub use build::builtin_enums;
pub use names::{facts_text, type_text};
pub use parse::{TextError, parse};
pub use print::{Detail, print, print_with};

use crate::verify::{Verified, VerifyFault};

/// Why a text is no verified program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgramError {
    /// It cannot be read.
    Text(TextError),
    /// It was read, but is no sound program.
    Faults(Vec<VerifyFault>),
}

impl std::fmt::Display for ProgramError {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ProgramError::Text(error) => error.fmt(to),
            ProgramError::Faults(faults) => {
                for (at, fault) in faults.iter().enumerate() {
                    if at > 0 {
                        writeln!(to)?;
                    }
                    fault.fmt(to)?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for ProgramError {}

/// Reads a program and verifies it.
pub fn parse_and_verify(text: &str) -> Result<Verified, ProgramError> {
    let program = parse(text).map_err(ProgramError::Text)?;
    crate::verify::verify_owned(program).map_err(ProgramError::Faults)
}

/// Words of the text form for operations, in one place for writer and reader.
pub(crate) mod words {
    use crate::node::{Arithmetic, Builtin, DateUnit, Order, Rest};
    use crate::program::{CombineHow, Hit};

    pub(crate) const ARITHMETIC: [(Arithmetic, &str); 4] = [
        (Arithmetic::Add, "add"),
        (Arithmetic::Subtract, "subtract"),
        (Arithmetic::Multiply, "multiply"),
        (Arithmetic::Divide, "divide"),
    ];
    pub(crate) const ORDERS: [(Order, &str); 4] = [
        (Order::Less, "less"),
        (Order::LessOrEqual, "less_or_equal"),
        (Order::Greater, "greater"),
        (Order::GreaterOrEqual, "greater_or_equal"),
    ];
    pub(crate) const ORDER_SIGNS: [(Order, &str); 4] = [
        (Order::Less, "<"),
        (Order::LessOrEqual, "<="),
        (Order::Greater, ">"),
        (Order::GreaterOrEqual, ">="),
    ];
    pub(crate) const BUILTINS: [(Builtin, &str); 7] = [
        (Builtin::AddWorkingDays, "add_working_days"),
        (Builtin::WorkingDaysBetween, "working_days_between"),
        (Builtin::StartOfMonth, "start_of_month"),
        (Builtin::EndOfMonth, "end_of_month"),
        (Builtin::Weekday, "weekday"),
        (Builtin::Length, "length"),
        (Builtin::StartsWith, "starts_with"),
    ];
    pub(crate) const UNITS: [(DateUnit, &str); 5] = [
        (DateUnit::Days, "days"),
        (DateUnit::Weeks, "weeks"),
        (DateUnit::Months, "months"),
        (DateUnit::Quarters, "quarters"),
        (DateUnit::Years, "years"),
    ];
    pub(crate) const RESTS: [(Rest, &str); 4] = [
        (Rest::Running, "running"),
        (Rest::Largest, "largest"),
        (Rest::First, "first"),
        (Rest::Last, "last"),
    ];
    pub(crate) const COMBINES: [(CombineHow, &str); 4] = [
        (CombineHow::Sum, "sum"),
        (CombineHow::Highest, "highest"),
        (CombineHow::Lowest, "lowest"),
        (CombineHow::Compound, "compound"),
    ];
    pub(crate) const HITS: [(Hit, &str); 10] = [
        (Hit::Unique, "unique"),
        (Hit::Same, "same"),
        (Hit::First, "first"),
        (Hit::Priority, "priority"),
        (Hit::List, "list"),
        (Hit::ListByPriority, "list_by_priority"),
        (Hit::Sum, "sum"),
        (Hit::Lowest, "lowest"),
        (Hit::Highest, "highest"),
        (Hit::Count, "count"),
    ];

    /// The word of a value.
    pub(crate) fn word<T: PartialEq>(all: &'static [(T, &'static str)], value: &T) -> &'static str {
        all.iter()
            .find(|(one, _)| one == value)
            .map_or("", |(_, word)| word)
    }

    /// The value of a word.
    pub(crate) fn value<T: Copy>(all: &[(T, &str)], word: &str) -> Option<T> {
        all.iter()
            .find(|(_, one)| *one == word)
            .map(|(value, _)| *value)
    }
}
