//! Where the values of a batch come from, and where they go.

use assize_eval::Value;
use assize_ir::Type;
use rust_decimal::Decimal;

use super::{Column, Data};
use crate::jit::shape::{Shape as Words, coefficient};
use crate::jit::typed::form::Bytes;

/// Where values of a type come from.
#[derive(Clone, Debug)]
pub(crate) enum Given {
    /// The cell of a row.
    Cell {
        column: usize,
        cell: Cell,
        nullable: bool,
    },
    /// The fields of a record by their names. Where the record itself may be missing, a column says so.
    Record {
        fields: Vec<(String, Given)>,
        nullable: Option<usize>,
    },
    /// The elements of a list: so many, or as offsets say.
    List {
        column: usize,
        nullable: bool,
        count: Option<usize>,
        item: Box<Given>,
    },
}

/// How a cell lies in its buffer.
#[derive(Clone, Debug)]
pub(crate) enum Cell {
    /// A bit.
    Bit,
    /// A whole number.
    Int(Bytes),
    /// A coefficient of 64 or 128 bits; a percent is its fraction.
    Fixed {
        places: u8,
        wide: bool,
        percent: bool,
    },
    /// A day in 32 bits.
    Day,
    /// A position in names, and the positions of these in the rules.
    Choice { bytes: Bytes, words: Vec<u64> },
    /// Bytes between two offsets.
    Text,
}

/// Where values of a type go.
#[derive(Clone, Debug)]
pub(crate) enum Taken {
    /// A cell of a column.
    Cell { column: usize, optional: bool },
    /// The fields of a record, in their order.
    Record(Vec<Taken>),
    /// Bits at these positions.
    Set { column: usize, positions: Vec<u64> },
    /// Words, of which a value is made afterwards.
    Words { column: usize },
}

/// A column of answers without rows; and for values that do not lie in it, the words that they are made of.
#[derive(Clone, Debug)]
pub(crate) struct Blank {
    pub(crate) column: Column,
    pub(crate) words: Option<(Type, Words)>,
}

impl Blank {
    /// Words of a row that do not lie in the column.
    pub(super) fn words_aside(&self) -> usize {
        self.words.as_ref().map_or(0, |(_, words)| words.words())
    }
}

/// So many rows of nothing.
pub(super) fn clear(column: &mut Column, rows: usize) {
    fn nothing<T: Clone>(to: &mut Vec<T>, rows: usize, zero: T) {
        to.clear();
        to.resize(rows, zero);
    }
    match &mut column.data {
        Data::Bool(data) => nothing(data, rows, 0),
        Data::Int(data) | Data::Fixed(_, data) => nothing(data, rows, 0),
        Data::Decimal(data) => nothing(data, rows, Decimal::ZERO),
        Data::Day(data) => nothing(data, rows, 0),
        Data::Choice(_, data) => nothing(data, rows, 0),
        Data::Set(_, data) => nothing(data, rows, 0),
        Data::Values(data) => nothing(data, rows, Value::Missing),
    }
    if let Some(there) = &mut column.there {
        nothing(there, rows, 0);
    }
}

/// Takes back what stands in a row.
pub(super) fn reset(column: &mut Column, row: usize) {
    fn put<T>(to: &mut [T], row: usize, value: T) {
        if let Some(to) = to.get_mut(row) {
            *to = value;
        }
    }
    match &mut column.data {
        Data::Bool(data) => put(data, row, 0),
        Data::Int(data) | Data::Fixed(_, data) => put(data, row, 0),
        Data::Decimal(data) => put(data, row, Decimal::ZERO),
        Data::Day(data) => put(data, row, 0),
        Data::Choice(_, data) => put(data, row, 0),
        Data::Set(_, data) => put(data, row, 0),
        Data::Values(data) => put(data, row, Value::Missing),
    }
    if let Some(there) = &mut column.there {
        put(there, row, 0);
    }
}

/// Puts a value into a row; nothing where it is not of the column, or has no place there.
pub(super) fn set(data: &mut Data, row: usize, value: &Value) -> Option<()> {
    match (data, value) {
        (Data::Values(data), value) => *data.get_mut(row)? = value.clone(),
        (Data::Bool(data), Value::Bool(value)) => *data.get_mut(row)? = u8::from(*value),
        (Data::Int(data), Value::Int(value)) => *data.get_mut(row)? = *value,
        (Data::Fixed(places, data), Value::Num(number)) => {
            *data.get_mut(row)? = coefficient(*number, *places)?;
        }
        (Data::Decimal(data), Value::Num(number)) => *data.get_mut(row)? = *number,
        (Data::Day(data), Value::Date(day)) => *data.get_mut(row)? = *day,
        (Data::Choice(_, data), Value::Enum(position)) => *data.get_mut(row)? = *position,
        _ => return None,
    }
    Some(())
}

/// Where row 0 of a column is written, and the byte that says whether it is there. Words that lie aside begin with the
/// first row of a piece.
pub(super) fn addresses(column: &mut Column, words: &mut [u64]) -> [u64; 2] {
    let data = match &mut column.data {
        Data::Bool(data) => data.as_mut_ptr() as u64,
        Data::Int(data) | Data::Fixed(_, data) => data.as_mut_ptr() as u64,
        Data::Day(data) => data.as_mut_ptr() as u64,
        Data::Choice(_, data) => data.as_mut_ptr() as u64,
        Data::Set(_, data) => data.as_mut_ptr() as u64,
        Data::Decimal(_) | Data::Values(_) => words.as_mut_ptr() as u64,
    };
    let there = column.there.as_mut().map_or(0, |it| it.as_mut_ptr() as u64);
    [data, there]
}
