//! Values of the language.

use std::sync::Arc;

use assize_ir::{ReasonId, RelationId};
use rust_decimal::Decimal;

use crate::date_formula::DateFormula;

/// A value. Which variant stands where is said by the IR type; `T?` is `Missing` or the plain value.
///
/// Equality is that of the language: decimals ignore trailing zeros, records and lists are equal by
/// field and element, rows by key (a row of one snapshot is its position).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The absent value of an optional.
    Missing,
    /// `bool`
    Bool(bool),
    /// `int`, within ±(2^63 − 1).
    Int(i64),
    /// A decimal; a percent is held as its fraction.
    Num(Decimal),
    /// `text`
    Text(Arc<str>),
    /// `code`, normalised.
    Code(Arc<str>),
    /// `date`, see [`assize_ir::date`].
    Date(i32),
    /// `date_formula`
    DateFormula(Arc<DateFormula>),
    /// `calendar`, by its code.
    Calendar(Arc<str>),
    /// Position in its enum.
    Enum(u32),
    /// Fields in declared order.
    Record(Arc<[Value]>),
    /// A row of the snapshot.
    Row(RowRef),
    /// A list.
    List(Arc<[Value]>),
    /// A reason.
    Reason(Arc<ReasonValue>),
}

/// A row of a relation: its position in key order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RowRef {
    /// The relation.
    pub relation: RelationId,
    /// Position in key order.
    pub row: u32,
}

/// A reason with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct ReasonValue {
    /// Which reason.
    pub reason: ReasonId,
    /// Its parameters, in declared order.
    pub arguments: Vec<Value>,
}
