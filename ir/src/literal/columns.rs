//! Columns: what their cells and outputs say, and their constants.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ints::{Ints, Texts};
use crate::facts::NumFacts;
use crate::node::{Const, Order};
use crate::program::{Cell, Test};
use crate::types::{EnumId, NodeId, Type};

/// The cells of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellColumn {
    /// The [`CellShape`] of each, by its number.
    pub shapes: Ints,
    /// What they compare with, one after the other.
    pub values: LiteralColumn,
}

/// The outputs of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputColumn {
    /// The [`OutputShape`] of each, by its number.
    pub shapes: Ints,
    /// The values that are there, one after the other.
    pub values: LiteralColumn,
    /// Type and facts of a missing one.
    pub missing: Option<(Type, Option<NumFacts>)>,
}

/// What a cell of constants says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellShape {
    /// `-`
    Any,
    /// `missing`
    Missing,
    /// `not missing`
    Present,
    /// A value.
    Equal,
    /// `not` a value.
    NotEqual,
    /// Compared with a value.
    Compare(Order),
    /// From a value to a value.
    Range {
        /// Whether there is an upper end.
        closed: bool,
        /// Whether it is left out.
        below: bool,
    },
}

/// All shapes of cells, by their numbers.
pub const CELL_SHAPES: [CellShape; 13] = [
    CellShape::Any,
    CellShape::Missing,
    CellShape::Present,
    CellShape::Equal,
    CellShape::NotEqual,
    CellShape::Compare(Order::Less),
    CellShape::Compare(Order::LessOrEqual),
    CellShape::Compare(Order::Greater),
    CellShape::Compare(Order::GreaterOrEqual),
    CellShape::Range {
        closed: true,
        below: false,
    },
    CellShape::Range {
        closed: true,
        below: true,
    },
    CellShape::Range {
        closed: false,
        below: false,
    },
    CellShape::Range {
        closed: false,
        below: true,
    },
];

impl CellShape {
    /// The shape with a number.
    pub fn of(number: i64) -> Option<CellShape> {
        CELL_SHAPES.get(usize::try_from(number).ok()?).copied()
    }

    /// How many values it compares with.
    pub fn values(self) -> usize {
        match self {
            CellShape::Any | CellShape::Missing | CellShape::Present => 0,
            CellShape::Range { closed: true, .. } => 2,
            _ => 1,
        }
    }

    pub(super) fn cell(self, ends: [NodeId; 2]) -> Cell {
        let [low, high] = ends;
        match self {
            CellShape::Any => Cell::Any,
            CellShape::Missing => Cell::OneOf(vec![Test::Missing]),
            CellShape::Present => Cell::NoneOf(vec![Test::Missing]),
            CellShape::Equal => Cell::OneOf(vec![Test::Equal(low)]),
            CellShape::NotEqual => Cell::NoneOf(vec![Test::Equal(low)]),
            CellShape::Compare(order) => Cell::OneOf(vec![Test::Compare(order, low)]),
            CellShape::Range { closed, below } => Cell::OneOf(vec![Test::Range {
                low,
                high: closed.then_some(high),
                below,
            }]),
        }
    }
}

/// What comes out of a row of constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputShape {
    /// A value.
    Plain,
    /// A value as an optional one.
    Some,
    /// Nothing.
    Missing,
}

/// All shapes of outputs, by their numbers.
pub const OUTPUT_SHAPES: [OutputShape; 3] =
    [OutputShape::Plain, OutputShape::Some, OutputShape::Missing];

impl OutputShape {
    /// The shape with a number.
    pub fn of(number: i64) -> Option<OutputShape> {
        OUTPUT_SHAPES.get(usize::try_from(number).ok()?).copied()
    }

    /// How many values it has.
    pub fn values(self) -> usize {
        usize::from(self != OutputShape::Missing)
    }
}

/// Constants of one column, and what their nodes state of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiteralColumn {
    /// Their type.
    pub ty: Type,
    /// Whether the declaration of a number is narrowed to its own places and value.
    pub narrow: bool,
    /// Facts of each; where none are said a number's own.
    pub facts: Option<NumFacts>,
    /// The values.
    pub values: Values,
}

/// Constants of one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Values {
    /// Of a `bool`, 0 or 1.
    Bool(Ints),
    /// Whole numbers.
    Int(Ints),
    /// Days.
    Date(Ints),
    /// Positions in an enum.
    Enum(EnumId, Ints),
    /// Numbers: coefficients, and how many places each has.
    Num(Ints, Ints),
    /// Texts.
    Text(Texts),
    /// Codes.
    Code(Texts),
    /// Date formulas.
    DateFormula(Texts),
    /// Calendars, by their codes.
    Calendar(Texts),
}

/// A constant of a column, without a copy of its text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal<'l> {
    /// The word of a `bool`, whole number, day or position.
    Word(i64),
    /// A number.
    Num(Decimal),
    /// Text of any kind.
    Text(&'l str),
}

impl<'l> Literal<'l> {
    /// What a constant is; `None` for what is missing, a list or a record.
    pub fn of(constant: &'l Const) -> Option<Literal<'l>> {
        Some(match constant {
            Const::Bool(value) => Literal::Word(i64::from(*value)),
            Const::Int(value) => Literal::Word(*value),
            Const::Date(day) => Literal::Word(i64::from(*day)),
            Const::Enum(_, position) => Literal::Word(i64::from(*position)),
            Const::Num(number) => Literal::Num(*number),
            Const::Text(text)
            | Const::Code(text)
            | Const::DateFormula(text)
            | Const::Calendar(text) => Literal::Text(text),
            Const::Missing | Const::List(_) | Const::Record(..) => return None,
        })
    }
}

impl Values {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Values::Bool(ints)
            | Values::Int(ints)
            | Values::Date(ints)
            | Values::Enum(_, ints)
            | Values::Num(ints, _) => ints.len(),
            Values::Text(texts)
            | Values::Code(texts)
            | Values::DateFormula(texts)
            | Values::Calendar(texts) => texts.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at a place.
    #[inline]
    pub fn get(&self, at: usize) -> Option<Literal<'_>> {
        Some(match self {
            Values::Bool(ints) | Values::Int(ints) | Values::Date(ints) | Values::Enum(_, ints) => {
                Literal::Word(ints.get(at)?)
            }
            Values::Num(coefficients, scales) => {
                let scale = u32::try_from(scales.get(at)?).ok()?;
                Literal::Num(Decimal::try_new(coefficients.get(at)?, scale).ok()?)
            }
            Values::Text(texts)
            | Values::Code(texts)
            | Values::DateFormula(texts)
            | Values::Calendar(texts) => Literal::Text(texts.get(at)?),
        })
    }

    /// The texts, where they are texts of some kind.
    pub fn texts(&self) -> Option<&Texts> {
        match self {
            Values::Text(texts)
            | Values::Code(texts)
            | Values::DateFormula(texts)
            | Values::Calendar(texts) => Some(texts),
            _ => None,
        }
    }

    /// The constant at a place.
    pub fn constant(&self, at: usize) -> Option<Const> {
        Some(match (self, self.get(at)?) {
            (Values::Bool(_), Literal::Word(word)) => Const::Bool(word != 0),
            (Values::Int(_), Literal::Word(word)) => Const::Int(word),
            (Values::Date(_), Literal::Word(word)) => Const::Date(i32::try_from(word).ok()?),
            (Values::Enum(id, _), Literal::Word(word)) => {
                Const::Enum(*id, u32::try_from(word).ok()?)
            }
            (_, Literal::Num(number)) => Const::Num(number),
            (Values::Text(_), Literal::Text(text)) => Const::Text(text.to_owned()),
            (Values::Code(_), Literal::Text(text)) => Const::Code(text.to_owned()),
            (Values::DateFormula(_), Literal::Text(text)) => Const::DateFormula(text.to_owned()),
            (Values::Calendar(_), Literal::Text(text)) => Const::Calendar(text.to_owned()),
            _ => return None,
        })
    }
}

/// The sum of what the shapes of these rows count; `None` for a number that is no shape.
fn counted(
    shapes: &Ints,
    rows: std::ops::Range<usize>,
    count: impl Fn(i64) -> Option<usize>,
) -> Option<usize> {
    if let Some(all) = shapes.same() {
        return count(all)?.checked_mul(rows.len());
    }
    rows.map(|row| count(shapes.get(row)?)).sum()
}

impl CellColumn {
    /// How many values the cells of these rows compare with.
    pub fn values_of(&self, rows: std::ops::Range<usize>) -> Option<usize> {
        counted(&self.shapes, rows, |shape| {
            Some(CellShape::of(shape)?.values())
        })
    }
}

impl OutputColumn {
    /// How many values come out of these rows.
    pub fn values_of(&self, rows: std::ops::Range<usize>) -> Option<usize> {
        counted(&self.shapes, rows, |shape| {
            Some(OutputShape::of(shape)?.values())
        })
    }

    /// How many nodes the outputs of these rows have.
    pub(crate) fn nodes_of(&self, rows: std::ops::Range<usize>) -> Option<usize> {
        counted(&self.shapes, rows, |shape| {
            Some(match OutputShape::of(shape)? {
                OutputShape::Some => 2,
                OutputShape::Plain | OutputShape::Missing => 1,
            })
        })
    }
}
