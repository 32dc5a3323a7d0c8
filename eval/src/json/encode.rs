//! Values as JSON text.
//!
//! There is one text per value: fields in declared order, no blanks, a missing value is `null`,
//! decimals with exactly their declared places (language reference §15), texts escaped as in
//! RFC 8785. `int` is a JSON number in both styles; decimals are texts or exact JSON numbers.

use std::fmt;
use std::fmt::Write as _;

use assize_ir::{NumType, Program, SEVERITY_VALUES, Type, date};
use rust_decimal::Decimal;

use crate::format;
use crate::value::{ReasonValue, Value};

/// How decimals are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NumberStyle {
    /// As texts: `"12.50"`. Safe with every reader.
    #[default]
    String,
    /// As exact JSON numbers: `12.50`. For readers that keep the text of numbers.
    Number,
}

/// A value that has no JSON text under the type it was written with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodeError {
    /// Rows are no part of the schema of a decision.
    Row,
    /// The value does not fit the type; the type in the words of a fault.
    Mismatch(String),
}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EncodeError::Row => f.write_str("a row of the reference data has no JSON form"),
            EncodeError::Mismatch(expected) => write!(f, "the value is not {expected}"),
        }
    }
}

impl std::error::Error for EncodeError {}

/// The JSON text of a value.
pub fn encode(
    program: &Program,
    ty: &Type,
    value: &Value,
    style: NumberStyle,
) -> Result<String, EncodeError> {
    let mut out = String::new();
    write_value(program, ty, value, style, &mut out)?;
    Ok(out)
}

/// Appends the JSON text of a value. After an error `out` ends somewhere inside.
pub fn write_value(
    program: &Program,
    ty: &Type,
    value: &Value,
    style: NumberStyle,
    out: &mut String,
) -> Result<(), EncodeError> {
    Writer {
        program,
        style,
        out,
    }
    .value(ty, value)
}

/// Appends the JSON object of named values, in the order given.
pub fn write_members<'a>(
    program: &Program,
    members: impl IntoIterator<Item = (&'a str, &'a Type, &'a Value)>,
    style: NumberStyle,
    out: &mut String,
) -> Result<(), EncodeError> {
    Writer {
        program,
        style,
        out,
    }
    .members(members.into_iter())
}

/// Appends a text in quotes: `"` and `\` are escaped, control characters below U+0020 with the short
/// form where there is one, everything else stands for itself.
pub fn write_text(text: &str, out: &mut String) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest
        .bytes()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F))
    {
        let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        let mut characters = special.chars();
        match characters.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\u{c}') => out.push_str("\\f"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            // Writing to a text cannot fail.
            Some(control) => drop(write!(out, "\\u{:04x}", u32::from(control))),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// The digits of a number as [`format::number`] writes it, where they fit 64 bits: nearly always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digits {
    /// All digits, with their sign.
    pub coefficient: i64,
    /// How many of them stand behind the point.
    pub places: u8,
    /// Zeros that follow.
    pub zeros: u8,
}

impl Digits {
    /// The digits of a number of a type.
    pub fn of(value: Decimal, ty: &NumType) -> Option<Digits> {
        let shift = if ty.percent { 2 } else { 0 };
        let mut coefficient = i64::try_from(value.mantissa()).ok()?;
        let mut scale = value.scale().checked_sub(shift)?;
        let places = ty.written_places().map_or(0, u32::from);
        while scale > places && coefficient % 10 == 0 {
            coefficient /= 10;
            scale -= 1;
        }
        Some(Digits {
            coefficient,
            places: u8::try_from(scale).ok()?,
            zeros: u8::try_from(places.saturating_sub(scale)).ok()?,
        })
    }
}

/// Appends a number as [`format::number`] writes it. What fits 64 bits, which is nearly everything,
/// is written digit by digit without a text in between.
pub fn write_number(value: Decimal, ty: &NumType, out: &mut String) {
    let Some(digits) = Digits::of(value, ty) else {
        return out.push_str(&format::number(value, ty));
    };
    if digits.coefficient < 0 {
        out.push('-');
    }
    let coefficient = digits.coefficient.unsigned_abs();
    let power = 10u64.checked_pow(u32::from(digits.places));
    let whole = power.map_or(0, |power| coefficient / power);
    let fraction = power.map_or(coefficient, |power| coefficient % power);
    // Writing to a text cannot fail.
    let _ = write!(out, "{whole}");
    if digits.places.max(digits.zeros) == 0 {
        return;
    }
    out.push('.');
    if digits.places > 0 {
        let width = usize::from(digits.places);
        let _ = write!(out, "{fraction:0width$}");
    }
    out.extend(std::iter::repeat_n('0', usize::from(digits.zeros)));
}

/// Appends a day as [`date::format`] writes it, in quotes.
fn write_day(day: i32, out: &mut String) {
    let (year, month, day) = date::to_civil(day);
    out.push('"');
    let digit = |number: u32| char::from_digit(number % 10, 10).unwrap_or('0');
    let year = year.unsigned_abs();
    out.extend([year / 1_000, year / 100, year / 10, year].map(digit));
    for part in [month, day] {
        out.push('-');
        out.extend([part / 10, part].map(digit));
    }
    out.push('"');
}

struct Writer<'a> {
    program: &'a Program,
    style: NumberStyle,
    out: &'a mut String,
}

impl Writer<'_> {
    fn value(&mut self, ty: &Type, value: &Value) -> Result<(), EncodeError> {
        match (ty, value) {
            (Type::Optional(_), Value::Missing) => self.out.push_str("null"),
            (Type::Optional(inner), value) => return self.value(inner, value),
            (Type::Row(_), _) | (_, Value::Row(_)) => return Err(EncodeError::Row),
            (Type::Bool, Value::Bool(true)) => self.out.push_str("true"),
            (Type::Bool, Value::Bool(false)) => self.out.push_str("false"),
            (Type::Int, Value::Int(value)) => drop(write!(self.out, "{value}")),
            (Type::Num(number), Value::Num(value)) => {
                let quote = self.style == NumberStyle::String;
                if quote {
                    self.out.push('"');
                }
                write_number(*value, number, self.out);
                if quote {
                    self.out.push('"');
                }
            }
            (Type::Date, Value::Date(day)) => write_day(*day, self.out),
            (Type::Text, Value::Text(text))
            | (Type::Code, Value::Code(text))
            | (Type::Calendar, Value::Calendar(text)) => write_text(text, self.out),
            (Type::Record(id), Value::Record(values)) => {
                let program = self.program;
                let record = program.record(*id);
                match record.filter(|record| record.fields.len() == values.len()) {
                    Some(record) => {
                        let fields = record.fields.iter().zip(values.iter());
                        self.members(fields.map(|(field, v)| (field.name.as_str(), &field.ty, v)))?;
                    }
                    None => return Err(self.mismatch(ty)),
                }
            }
            (Type::List { item, .. }, Value::List(values)) => {
                self.out.push('[');
                for (index, value) in values.iter().enumerate() {
                    if index > 0 {
                        self.out.push(',');
                    }
                    self.value(item, value)?;
                }
                self.out.push(']');
            }
            (Type::Reason, Value::Reason(reason)) => self.reason(reason)?,
            _ => match format::canonical(self.program, ty, value) {
                Some(text) => write_text(&text, self.out),
                None => return Err(self.mismatch(ty)),
            },
        }
        Ok(())
    }

    fn mismatch(&self, ty: &Type) -> EncodeError {
        EncodeError::Mismatch(super::describe::describe(self.program, ty))
    }

    fn members<'a>(
        &mut self,
        members: impl Iterator<Item = (&'a str, &'a Type, &'a Value)>,
    ) -> Result<(), EncodeError> {
        self.out.push('{');
        for (index, (name, ty, value)) in members.enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            write_text(name, self.out);
            self.out.push(':');
            self.value(ty, value)?;
        }
        self.out.push('}');
        Ok(())
    }

    fn reason(&mut self, reason: &ReasonValue) -> Result<(), EncodeError> {
        let program = self.program;
        let declared = program.reason(reason.reason);
        let fits = declared.filter(|declared| declared.params.len() == reason.arguments.len());
        let Some(declared) = fits else {
            return Err(self.mismatch(&Type::Reason));
        };
        let severity = SEVERITY_VALUES.get(declared.severity as usize).copied();
        self.out.push_str("{\"code\":");
        write_text(&declared.code, self.out);
        self.out.push_str(",\"severity\":");
        write_text(severity.unwrap_or_default(), self.out);
        self.out.push_str(",\"parameters\":");
        let params = declared.params.iter().zip(&reason.arguments);
        self.members(params.map(|(param, value)| (param.name.as_str(), &param.ty, value)))?;
        self.out.push('}');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_are_written_as_everywhere(
            mantissa in prop_oneof![any::<i64>(), -1_000i64..1_000],
            wide in any::<i32>(),
            scale in 0u32..=28,
            places in proptest::option::of(0u8..=10),
            percent in any::<bool>(),
        ) {
            let ty = NumType { percent, places, ..NumType::PLAIN };
            for coefficient in [i128::from(mantissa), i128::from(mantissa) * i128::from(wide) / 2] {
                let value = Decimal::from_i128_with_scale(coefficient, scale);
                let mut out = String::new();
                write_number(value, &ty, &mut out);
                prop_assert_eq!(out, format::number(value, &ty));
            }
        }

        #[test]
        fn days_are_written_as_everywhere(day in date::FIRST_DAY - 5..=date::LAST_DAY + 5) {
            let mut out = String::new();
            write_day(day, &mut out);
            prop_assert_eq!(out, format!("\"{}\"", date::format(day)));
        }
    }
}
