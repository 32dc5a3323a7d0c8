//! Rows that machine code leaves: as JSON, so that they are read, refused and decided by the words of the definition; and
//! the value that comes of it as cells.

use std::borrow::Cow;

use assize_eval::Value;
use assize_eval::json::Json;
use assize_ir::date;

use super::plan::{Cell, Given, Taken, set};
use super::{Buffer, Column, Columns, Data};
use crate::jit::typed::Refused;

impl Columns<'_> {
    /// What the definition says of a row.
    pub(super) fn slowly(
        &self,
        buffers: &[Buffer<'_>],
        row: usize,
        at: Option<i64>,
    ) -> Result<Value, Refused> {
        let members = self.given.iter().map(|(name, given)| {
            let value = self.json(given, buffers, row);
            value.map(|value| (Cow::Borrowed(name.as_str()), value))
        });
        let members: Option<Vec<_>> = members.collect();
        let json = Json::Object(members.ok_or(Refused::DoesNotFit)?);
        self.loaded.by_definition(self.decision, &json, at)
    }

    fn json(&self, given: &Given, buffers: &[Buffer<'_>], row: usize) -> Option<Json<'static>> {
        let text = |text: String| Json::Text(Cow::Owned(text));
        Some(match given {
            Given::Record { fields, nullable } => {
                if let Some(column) = nullable
                    && !buffers.get(*column)?.is_there(row)
                {
                    return Some(Json::Null);
                }
                let members = fields.iter().map(|(name, given)| {
                    let value = self.json(given, buffers, row)?;
                    Some((Cow::Owned(name.clone()), value))
                });
                Json::Object(members.collect::<Option<_>>()?)
            }
            Given::List {
                column,
                count,
                item,
                ..
            } => {
                let buffer = buffers.get(*column)?;
                if !buffer.is_there(row) {
                    return Some(Json::Null);
                }
                let (start, end) = match count {
                    Some(count) => (row * count, (row + 1) * count),
                    None => buffer.range(row)?,
                };
                let items = (start..end).map(|row| self.json(item, buffers, row));
                Json::List(items.collect::<Option<_>>()?)
            }
            Given::Cell { column, cell, .. } => {
                let buffer = buffers.get(*column)?;
                if !buffer.is_there(row) {
                    return Some(Json::Null);
                }
                match cell {
                    Cell::Text => text(buffer.text(row)?.to_owned()),
                    Cell::Bit => Json::Bool(buffer.number(row)? != 0),
                    Cell::Int(_) => text(buffer.number(row)?.to_string()),
                    Cell::Day => text(day(i32::try_from(buffer.number(row)?).ok()?)),
                    Cell::Fixed {
                        places, percent, ..
                    } => {
                        let places = usize::from(*places);
                        // A percent is its fraction in a column, and points in JSON.
                        let points = if *percent { 2 } else { 0 };
                        text(written(buffer.number(row)?, places, points))
                    }
                    Cell::Choice { .. } => {
                        let code = usize::try_from(buffer.number(row)?).ok();
                        let name = code.and_then(|code| self.name_of(*column, code));
                        // A code beside the names is refused as one that the enum does not have.
                        text(name.unwrap_or_else(|| "(a code without a name)".to_owned()))
                    }
                }
            }
        })
    }

    fn name_of(&self, column: usize, code: usize) -> Option<String> {
        match &self.fields.get(column)?.kind {
            super::Kind::Dictionary(_, names) => names.get(code).cloned(),
            _ => None,
        }
    }

    /// Writes a value into the cells of a row; whether it has a place there.
    pub(super) fn put(&self, value: &Value, row: usize, columns: &mut [Column]) -> bool {
        put(&self.taken, value, row, columns).is_some()
    }
}

/// A day in text; one that the calendar does not have as its number, which is refused as a day.
fn day(day: i32) -> String {
    if (date::FIRST_DAY..=date::LAST_DAY).contains(&day) {
        date::format(day)
    } else {
        day.to_string()
    }
}

/// A coefficient with its point, which is moved to the right. It may have more digits than any number of the language,
/// and is then refused as a number.
fn written(number: i128, places: usize, points: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let (zeros, places) = (points.saturating_sub(places), places.saturating_sub(points));
    let digits = format!("{}{:0>zeros$}", number.unsigned_abs(), "");
    let digits = format!("{digits:0>width$}", width = places + 1);
    match digits.split_at_checked(digits.len().saturating_sub(places)) {
        Some((whole, rest)) if !rest.is_empty() => format!("{sign}{whole}.{rest}"),
        _ => format!("{sign}{digits}"),
    }
}

fn put(taken: &Taken, value: &Value, row: usize, columns: &mut [Column]) -> Option<()> {
    match taken {
        Taken::Record(fields) => {
            let Value::Record(record) = value else {
                return None;
            };
            for (taken, value) in fields.iter().zip(record.iter()) {
                put(taken, value, row, columns)?;
            }
        }
        Taken::Words { column } => set(&mut columns.get_mut(*column)?.data, row, value)?,
        Taken::Set { column, .. } => {
            let Value::List(items) = value else {
                return None;
            };
            let mut bits = 0u64;
            for item in items.iter() {
                let position = match item {
                    Value::Enum(position) => *position,
                    Value::Reason(reason) => reason.reason.0,
                    _ => return None,
                };
                bits |= 1u64.checked_shl(position)?;
            }
            match &mut columns.get_mut(*column)?.data {
                Data::Set(_, data) => *data.get_mut(row)? = bits,
                _ => return None,
            }
        }
        Taken::Cell { column, optional } => {
            if *value == Value::Missing {
                return optional.then_some(());
            }
            let column = columns.get_mut(*column)?;
            set(&mut column.data, row, value)?;
            if let Some(there) = &mut column.there {
                *there.get_mut(row)? = 1;
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn coefficients_have_their_point() {
        assert_eq!(written(1_250, 2, 0), "12.50");
        assert_eq!(written(-5, 3, 0), "-0.005");
        assert_eq!(written(7, 0, 0), "7");
        assert_eq!(written(125, 3, 2), "12.5");
        assert_eq!(written(125, 2, 2), "125");
        assert_eq!(written(1, 1, 2), "10");
        assert_eq!(written(i128::MIN, 2, 0).len(), 41);
    }
}
