//! The buffers of a batch, and whether they are what was bound: kinds, lengths, offsets.

use std::fmt;

use super::bind::Codes;
use super::{Field, Kind};

/// The values of a column.
#[derive(Clone, Copy, Debug)]
pub enum Cells<'c> {
    /// Bits, the first in the lowest of the first byte: [`Kind::Boolean`].
    Bits(&'c [u8]),
    /// Whole numbers or codes.
    I8(&'c [i8]),
    /// Whole numbers or codes.
    I16(&'c [i16]),
    /// Whole numbers, codes, or days.
    I32(&'c [i32]),
    /// Whole numbers, or coefficients.
    I64(&'c [i64]),
    /// Coefficients.
    I128(&'c [i128]),
    /// Offsets, and the bytes that lie between them.
    Utf8(&'c [i32], &'c str),
    /// Offsets into the columns of elements.
    Offsets(&'c [i32]),
    /// Nothing but validity, or a list of a fixed length.
    Nothing,
}

/// A column with the bits that say which values are there.
#[derive(Clone, Copy, Debug)]
pub struct Buffer<'c> {
    cells: Cells<'c>,
    validity: Option<&'c [u8]>,
}

impl<'c> Cells<'c> {
    /// With bits that say which values are there, the first in the lowest of the first byte.
    pub const fn valid(self, validity: &'c [u8]) -> Buffer<'c> {
        Buffer {
            cells: self,
            validity: Some(validity),
        }
    }
}

impl<'c> From<Cells<'c>> for Buffer<'c> {
    fn from(cells: Cells<'c>) -> Buffer<'c> {
        Buffer {
            cells,
            validity: None,
        }
    }
}

/// A batch whose buffers are not those of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchFault {
    /// The path of the column; empty where the number of buffers is wrong.
    pub path: String,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for BatchFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.why)
    }
}

impl std::error::Error for BatchFault {}

impl<'c> Buffer<'c> {
    /// The address of the values, of the validity, and of the bytes of texts.
    pub(super) fn addresses(&self) -> [u64; 3] {
        let (values, more) = match self.cells {
            Cells::Bits(it) => (it.as_ptr() as u64, 0),
            Cells::I8(it) => (it.as_ptr() as u64, 0),
            Cells::I16(it) => (it.as_ptr() as u64, 0),
            Cells::I32(it) | Cells::Offsets(it) => (it.as_ptr() as u64, 0),
            Cells::I64(it) => (it.as_ptr() as u64, 0),
            Cells::I128(it) => (it.as_ptr() as u64, 0),
            Cells::Utf8(offsets, text) => (offsets.as_ptr() as u64, text.as_ptr() as u64),
            Cells::Nothing => (0, 0),
        };
        let validity = self.validity.map_or(0, |it| it.as_ptr() as u64);
        [values, validity, more]
    }

    /// Whether the value of a row is there.
    pub(super) fn is_there(&self, row: usize) -> bool {
        self.validity.is_none_or(|bits| bit(bits, row))
    }

    /// The offsets around a row.
    pub(super) fn range(&self, row: usize) -> Option<(usize, usize)> {
        let (Cells::Offsets(offsets) | Cells::Utf8(offsets, _)) = self.cells else {
            return None;
        };
        let end = |at: usize| usize::try_from(*offsets.get(at)?).ok();
        Some((end(row)?, end(row + 1)?))
    }

    /// The text of a row.
    pub(super) fn text(&self, row: usize) -> Option<&'c str> {
        let (start, end) = self.range(row)?;
        match self.cells {
            Cells::Utf8(_, text) => text.get(start..end),
            _ => None,
        }
    }

    /// The number of a row.
    pub(super) fn number(&self, row: usize) -> Option<i128> {
        Some(match self.cells {
            Cells::Bits(it) => i128::from(bit(it, row)),
            Cells::I8(it) => i128::from(*it.get(row)?),
            Cells::I16(it) => i128::from(*it.get(row)?),
            Cells::I32(it) => i128::from(*it.get(row)?),
            Cells::I64(it) => i128::from(*it.get(row)?),
            Cells::I128(it) => *it.get(row)?,
            _ => return None,
        })
    }
}

fn bit(bits: &[u8], row: usize) -> bool {
    bits.get(row / 8)
        .is_some_and(|byte| byte >> (row % 8) & 1 == 1)
}

/// Whether buffers are those of their fields, for so many rows. Machine code reads what is let through here.
pub(super) fn check(
    fields: &[Field],
    rows: usize,
    buffers: &[Buffer<'_>],
) -> Result<(), BatchFault> {
    if fields.len() != buffers.len() {
        return Err(BatchFault {
            path: String::new(),
            why: format!(
                "{} columns are bound, and {} handed in",
                fields.len(),
                buffers.len()
            ),
        });
    }
    for (field, buffer) in fields.iter().zip(buffers) {
        let Some(length) = length_of(fields, buffers, &field.path, rows) else {
            return fault(field, "has more elements than a length can say".to_owned());
        };
        check_buffer(field, buffer, length)?;
    }
    Ok(())
}

fn fault(field: &Field, why: String) -> Result<(), BatchFault> {
    Err(BatchFault {
        path: field.path.clone(),
        why,
    })
}

/// How many values a column has: as many as rows, or as the list around it has elements.
fn length_of(fields: &[Field], buffers: &[Buffer<'_>], path: &str, rows: usize) -> Option<usize> {
    let Some((list, _)) = path.rsplit_once("[]") else {
        return Some(rows);
    };
    let outer = length_of(fields, buffers, list, rows)?;
    let (field, buffer) = fields.iter().zip(buffers).find(|(it, _)| it.path == list)?;
    match (&field.kind, buffer.cells) {
        (Kind::FixedSizeList(count), _) => outer.checked_mul(*count),
        // Without rows there may be no offset at all.
        (_, Cells::Offsets([])) if outer == 0 => Some(0),
        (_, Cells::Offsets(offsets)) => usize::try_from(*offsets.get(outer)?).ok(),
        _ => None,
    }
}

fn check_buffer(field: &Field, buffer: &Buffer<'_>, rows: usize) -> Result<(), BatchFault> {
    let found = match (&field.kind, buffer.cells) {
        (Kind::Boolean, Cells::Bits(bits)) => bits.len().saturating_mul(8),
        (Kind::Int8 | Kind::Dictionary(Codes::Int8, _), Cells::I8(it)) => it.len(),
        (Kind::Int16 | Kind::Dictionary(Codes::Int16, _), Cells::I16(it)) => it.len(),
        (Kind::Int32 | Kind::Date32 | Kind::Dictionary(Codes::Int32, _), Cells::I32(it)) => {
            it.len()
        }
        (Kind::Int64 | Kind::Decimal64(_), Cells::I64(it)) => it.len(),
        (Kind::Decimal128(_), Cells::I128(it)) => it.len(),
        (Kind::Utf8, Cells::Utf8(offsets, text)) => {
            let inside =
                |offset: &i32| usize::try_from(*offset).is_ok_and(|at| text.is_char_boundary(at));
            if !rising(offsets) || !offsets.iter().all(inside) {
                return fault(
                    field,
                    "has offsets that fall, or lie outside of the texts".to_owned(),
                );
            }
            offsets.len().saturating_sub(1)
        }
        (Kind::List, Cells::Offsets(offsets)) => {
            if !rising(offsets) {
                return fault(field, "has offsets that fall".to_owned());
            }
            offsets.len().saturating_sub(1)
        }
        (Kind::FixedSizeList(_) | Kind::Struct, Cells::Nothing) => rows,
        (kind, cells) => {
            return fault(
                field,
                format!("is bound as {kind:?}, and has {}", kind_of(&cells)),
            );
        }
    };
    if found < rows {
        return fault(field, format!("has {found} values for {rows}"));
    }
    match (field.nullable, buffer.validity) {
        (true, None) => fault(
            field,
            "is bound as nullable, and has no validity".to_owned(),
        ),
        (false, Some(_)) => fault(
            field,
            "is not bound as nullable, and has a validity".to_owned(),
        ),
        (true, Some(bits)) if bits.len().saturating_mul(8) < rows => fault(
            field,
            format!(
                "has a validity of {} bits for {rows} values",
                bits.len() * 8
            ),
        ),
        _ => Ok(()),
    }
}

fn kind_of(cells: &Cells<'_>) -> &'static str {
    match cells {
        Cells::Bits(_) => "bits",
        Cells::I8(_) => "numbers of 8 bits",
        Cells::I16(_) => "numbers of 16 bits",
        Cells::I32(_) => "numbers of 32 bits",
        Cells::I64(_) => "numbers of 64 bits",
        Cells::I128(_) => "numbers of 128 bits",
        Cells::Utf8(..) => "texts",
        Cells::Offsets(_) => "offsets",
        Cells::Nothing => "no values",
    }
}

fn rising(offsets: &[i32]) -> bool {
    offsets.first().is_none_or(|first| *first >= 0)
        && offsets.windows(2).all(|pair| match pair {
            [a, b] => a <= b,
            _ => true,
        })
}
