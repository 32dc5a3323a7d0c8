//! The canonical text of values.
//!
//! One form for outputs, holes, traces, errors and digests (language reference §15): a decimal has
//! exactly its declared places; without declared places no trailing zeros; never an exponent; `-0`
//! is `0`; a percent is written in points. The shift of a percent moves digits, so it is exact for
//! every decimal.

use assize_ir::{Field, NumType, Program, RecordId, RelationId, Type, date};
use rust_decimal::Decimal;

use crate::data::Data;
use crate::trace::shorten;
use crate::value::{ReasonValue, RowRef, Value};

/// Longest text of a value in an error or trace, in characters; what is longer ends in `…`.
pub const MAX_SHOWN_CHARS: usize = 200;
/// Most elements of a list that an error or trace writes out.
pub const MAX_SHOWN_ELEMENTS: usize = 8;
/// What stands for a value that is not to be shown.
pub const HIDDEN: &str = "***";
/// Deepest nesting that an error or trace writes out.
const MAX_SHOWN_DEPTH: usize = 6;

/// A number as its type is written; a percent in points, without `%`.
pub fn number(value: Decimal, ty: &NumType) -> String {
    digits(value, if ty.percent { 2 } else { 0 }, ty.written_places())
}

/// A number for a reader: as its type is written, with what it is a number of: `5%`, `12.50 EUR`.
pub fn measured(value: Decimal, ty: &NumType) -> String {
    let mut text = number(value, ty);
    measure(ty, &mut text);
    text
}

/// What stands behind the digits of a number: its sign or unit.
pub(crate) fn measure(ty: &NumType, out: &mut String) {
    if ty.percent {
        out.push('%');
    } else if let Some(unit) = &ty.unit {
        out.push(' ');
        out.push_str(unit);
    }
}

/// A number with at least so many places; a percent in points, without `%`.
pub(crate) fn with_places(value: Decimal, percent: bool, places: u8) -> String {
    digits(value, if percent { 2 } else { 0 }, Some(places))
}

/// A number without declared places.
pub fn plain_number(value: Decimal) -> String {
    digits(value, 0, None)
}

/// Digits of a value times 10 to `shift`, with at least `places` places; more only where the value
/// has them, since nothing is ever cut.
fn digits(value: Decimal, shift: u32, places: Option<u8>) -> String {
    let mut text = value.mantissa().unsigned_abs().to_string();
    let scale = match value.scale().checked_sub(shift) {
        Some(scale) => scale as usize,
        None => {
            let zeros = shift.saturating_sub(value.scale()) as usize;
            text.push_str(&"0".repeat(zeros));
            0
        }
    };
    if text.len() <= scale {
        text.insert_str(0, &"0".repeat(scale + 1 - text.len()));
    }
    let (whole, fraction) = text
        .split_at_checked(text.len() - scale)
        .unwrap_or((&text, ""));
    let whole = whole.trim_start_matches('0');
    let mut fraction = fraction.trim_end_matches('0').to_owned();
    let places = usize::from(places.unwrap_or(0));
    if fraction.len() < places {
        fraction.push_str(&"0".repeat(places - fraction.len()));
    }
    let sign = if value.is_sign_negative() && !value.is_zero() {
        "-"
    } else {
        ""
    };
    let whole = if whole.is_empty() { "0" } else { whole };
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

/// The canonical text of a scalar; `None` for records, rows, lists, reasons, missing values and
/// values that do not fit the type.
pub fn canonical(program: &Program, ty: &Type, value: &Value) -> Option<String> {
    Some(match (ty.plain(), value) {
        (Type::Bool, Value::Bool(value)) => value.to_string(),
        (Type::Int, Value::Int(value)) => value.to_string(),
        (Type::Num(ty), Value::Num(value)) => number(*value, ty),
        (Type::Text, Value::Text(text)) | (Type::Code, Value::Code(text)) => text.to_string(),
        (Type::Date, Value::Date(day)) => date::format(*day),
        (Type::DateFormula, Value::DateFormula(formula)) => formula.to_string(),
        (Type::Calendar, Value::Calendar(code)) => code.to_string(),
        (Type::Enum(id), Value::Enum(position)) => program
            .enum_of(*id)?
            .values
            .get(usize::try_from(*position).ok()?)?
            .clone(),
        _ => return None,
    })
}

/// The text of a value in a hole: canonical, a percent with `%`.
pub fn hole(program: &Program, ty: &Type, value: &Value) -> Option<String> {
    let mut text = canonical(program, ty, value)?;
    if matches!(ty.plain(), Type::Num(NumType { percent: true, .. })) {
        text.push('%');
    }
    Some(text)
}

/// The value of a field for a reader, as [`shown`] writes it.
pub fn shown_field(program: &Program, field: &Field, value: &Value) -> String {
    if field.sensitive {
        HIDDEN.to_owned()
    } else {
        shown(program, None, &field.ty, value)
    }
}

/// Any value for a reader of an error or trace: as in a hole, but numbers with their unit, texts and
/// codes in quotes, records with their fields, rows with their keys; long ones are cut visibly,
/// and [`HIDDEN`] stands for what a field that is marked `sensitive` holds.
pub fn shown(program: &Program, data: Option<&dyn Data>, ty: &Type, value: &Value) -> String {
    let mut text = String::new();
    Shower { program, data }.value(ty, value, 0, &mut text);
    if text.chars().count() <= MAX_SHOWN_CHARS {
        return text;
    }
    // Closed again behind the last whole part, so that it reads as a value.
    shorten::cut(&text, MAX_SHOWN_CHARS)
}

struct Shower<'a> {
    program: &'a Program,
    data: Option<&'a dyn Data>,
}

impl Shower<'_> {
    fn value(&self, ty: &Type, value: &Value, depth: usize, out: &mut String) {
        // Enough is there to be cut; a huge list is not walked for it.
        if depth > MAX_SHOWN_DEPTH || out.len() > MAX_SHOWN_CHARS * 4 {
            out.push('…');
            return;
        }
        match (ty.plain(), value) {
            (_, Value::Missing) => out.push_str("missing"),
            (_, Value::Text(text) | Value::Code(text) | Value::Calendar(text)) => {
                // Escaped as far as a line needs it.
                out.push('"');
                for next in text.chars().take(MAX_SHOWN_CHARS) {
                    match next {
                        '"' | '\\' => out.extend(['\\', next]),
                        next if next.is_control() => out.extend(next.escape_default()),
                        next => out.push(next),
                    }
                }
                out.push('"');
            }
            (Type::Record(id), Value::Record(fields)) => self.record(*id, fields, depth, out),
            (Type::Row(relation), Value::Row(row)) => self.row(*relation, *row, depth, out),
            (Type::List { item, .. }, Value::List(items)) => {
                out.push('[');
                for (index, element) in items.iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    if index == MAX_SHOWN_ELEMENTS {
                        out.push_str(&format!("… {} more", items.len() - index));
                        break;
                    }
                    self.value(item, element, depth + 1, out);
                }
                out.push(']');
            }
            (_, Value::Reason(reason)) => self.reason(reason, depth, out),
            (Type::Num(ty), Value::Num(value)) => out.push_str(&measured(*value, ty)),
            (ty, value) => match hole(self.program, ty, value) {
                Some(text) => out.push_str(&text),
                None => out.push_str("a value of another type"),
            },
        }
    }

    fn record(&self, id: RecordId, fields: &[Value], depth: usize, out: &mut String) {
        let Some(record) = self.program.record(id) else {
            out.push('…');
            return;
        };
        out.push_str(bare(&record.name));
        out.push('(');
        for (index, (field, value)) in record.fields.iter().zip(fields).enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            out.push_str(&field.name);
            out.push_str(": ");
            self.field(field, value, depth, out);
        }
        out.push(')');
    }

    fn field(&self, field: &Field, value: &Value, depth: usize, out: &mut String) {
        if field.sensitive {
            out.push_str(HIDDEN);
        } else {
            self.value(&field.ty, value, depth + 1, out);
        }
    }

    fn row(&self, id: RelationId, row: RowRef, depth: usize, out: &mut String) {
        let Some(relation) = self.program.relation(id) else {
            out.push('…');
            return;
        };
        out.push_str(bare(&relation.name));
        out.push('[');
        let keys = relation.key_fields as usize;
        for (index, field) in relation.fields.iter().take(keys).enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            match (self.data, u32::try_from(index)) {
                (Some(data), Ok(position)) => {
                    let value = data.field(id, row.row, position);
                    self.field(field, &value, depth, out);
                }
                _ => out.push('…'),
            }
        }
        out.push(']');
    }

    fn reason(&self, reason: &ReasonValue, depth: usize, out: &mut String) {
        let Some(declared) = self.program.reason(reason.reason) else {
            out.push('…');
            return;
        };
        out.push_str(&declared.code);
        out.push('(');
        for (index, (param, value)) in declared.params.iter().zip(&reason.arguments).enumerate() {
            if index > 0 {
                out.push_str(", ");
            }
            out.push_str(&param.name);
            out.push_str(": ");
            self.value(&param.ty, value, depth + 1, out);
        }
        out.push(')');
    }
}

/// The name without its module.
pub fn bare(full: &str) -> &str {
    full.rsplit('.').next().unwrap_or(full)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use assize_ir::{Enum, EnumId, PlaceId, Record};

    use super::*;

    fn declared(percent: bool, places: Option<u8>) -> NumType {
        NumType {
            percent,
            places,
            ..NumType::PLAIN
        }
    }

    #[test]
    fn numbers() {
        let two = declared(false, Some(2));
        let free = declared(false, None);
        // A percent of 2 places holds fractions of 4.
        let percent = declared(true, Some(4));
        let free_percent = declared(true, None);
        for (value, ty, wanted) in [
            ("1.5", &two, "1.50"),
            ("1.500000", &two, "1.50"),
            ("-0.00", &two, "0.00"),
            ("0", &free, "0"),
            ("-0", &free, "0"),
            ("1.500", &free, "1.5"),
            ("100", &free, "100"),
            ("-0.05", &free, "-0.05"),
            // Never cut, even when the type says less.
            ("1.239", &two, "1.239"),
            ("0.05", &percent, "5.00"),
            ("0.1234", &percent, "12.34"),
            ("1", &percent, "100.00"),
            ("0.05", &free_percent, "5"),
            ("0.005", &free_percent, "0.5"),
            ("0.5", &free_percent, "50"),
            ("-3", &free_percent, "-300"),
            (
                "79228162514264337593543950335",
                &free_percent,
                "7922816251426433759354395033500",
            ),
            (
                "0.0000000000000000000000000001",
                &free_percent,
                "0.00000000000000000000000001",
            ),
            (
                "0.0000000000000000000000000001",
                &free,
                "0.0000000000000000000000000001",
            ),
        ] {
            assert_eq!(number(value.parse().unwrap(), ty), wanted);
        }
        assert_eq!(plain_number("12.3400".parse().unwrap()), "12.34");
    }

    fn program() -> Program {
        let field = |name: &str, ty: Type| Field {
            name: name.to_owned(),
            ty,
            default: None,
            doc: String::new(),
            sensitive: false,
        };
        Program {
            enums: vec![Enum {
                name: "shop.Kind".to_owned(),
                ordered: false,
                values: vec!["order".to_owned(), "quote".to_owned()],
                doc: String::new(),
            }],
            records: vec![Record {
                name: "shop.Line".to_owned(),
                fields: vec![
                    field("item", Type::Code),
                    field("discount", Type::Num(declared(true, Some(4)))),
                    field(
                        "tags",
                        Type::List {
                            item: Box::new(Type::Int),
                            at_most: None,
                        },
                    ),
                ],
                checks: Vec::new(),
                doc: String::new(),
                place: PlaceId(0),
            }],
            ..Program::default()
        }
    }

    #[test]
    fn any_value_can_be_shown() {
        let program = program();
        let line = Value::Record(Arc::from([
            Value::Code(Arc::from("A\"1\n")),
            Value::Num("0.05".parse().unwrap()),
            Value::List((0..10).map(Value::Int).collect()),
        ]));
        insta::assert_snapshot!(
            shown(&program, None, &Type::Record(RecordId(0)), &line),
            @r#"Line(item: "A\"1\n", discount: 5.00%, tags: [0, 1, 2, 3, 4, 5, 6, 7, … 2 more])"#
        );
        let optional = Type::Optional(Box::new(Type::Enum(EnumId(0))));
        assert_eq!(shown(&program, None, &optional, &Value::Missing), "missing");
        assert_eq!(shown(&program, None, &optional, &Value::Enum(1)), "quote");
        assert_eq!(
            shown(&program, None, &optional, &Value::Enum(9)),
            "a value of another type"
        );
        let long = Value::Text(Arc::from("x".repeat(1_000)));
        let text = shown(&program, None, &Type::Text, &long);
        assert_eq!(text.chars().count(), MAX_SHOWN_CHARS - 3);
        assert!(text.ends_with("x…"));
        // What is cut is closed, and so reads as a value.
        let lines = Value::List((0..8).map(|_| line.clone()).collect());
        let of_lines = Type::List {
            item: Box::new(Type::Record(RecordId(0))),
            at_most: None,
        };
        let text = shown(&program, None, &of_lines, &lines);
        assert!(text.chars().count() <= MAX_SHOWN_CHARS, "{text}");
        assert!(text.ends_with(", Line(…)]"), "{text}");
    }

    #[test]
    fn a_value_is_shown_whole_to_its_greatest_length() {
        let program = program();
        // Two of the characters are quotes.
        let text = |letters: usize| {
            let value = Value::Text(Arc::from("x".repeat(letters)));
            shown(&program, None, &Type::Text, &value)
        };
        let most = MAX_SHOWN_CHARS - 2;
        assert_eq!(text(most), format!("\"{}\"", "x".repeat(most)));
        assert!(text(most + 1).ends_with('…'), "{}", text(most + 1));
        assert!(text(most + 1).chars().count() <= MAX_SHOWN_CHARS);
        let list = |elements: usize| {
            let value = Value::List((0..elements as i64).map(Value::Int).collect());
            let ty = Type::List {
                item: Box::new(Type::Int),
                at_most: None,
            };
            shown(&program, None, &ty, &value)
        };
        assert_eq!(list(MAX_SHOWN_ELEMENTS), "[0, 1, 2, 3, 4, 5, 6, 7]");
        assert_eq!(
            list(MAX_SHOWN_ELEMENTS + 1),
            "[0, 1, 2, 3, 4, 5, 6, 7, … 1 more]"
        );
    }

    #[test]
    fn readers_see_what_a_number_is_a_number_of() {
        let program = program();
        let euros = NumType {
            unit: Some("EUR per piece".into()),
            ..declared(false, Some(2))
        };
        let value = Value::Num("-1.5".parse().unwrap());
        let ty = Type::Optional(Box::new(Type::Num(euros)));
        assert_eq!(shown(&program, None, &ty, &value), "-1.50 EUR per piece");
        // An author writes the unit into a text where it is wanted.
        assert_eq!(hole(&program, &ty, &value).as_deref(), Some("-1.50"));
        assert_eq!(canonical(&program, &ty, &value).as_deref(), Some("-1.50"));
    }

    #[test]
    fn only_scalars_have_a_canonical_text() {
        let program = program();
        let list = Type::List {
            item: Box::new(Type::Int),
            at_most: None,
        };
        assert_eq!(
            canonical(&program, &list, &Value::List(Arc::from([]))),
            None
        );
        assert_eq!(canonical(&program, &Type::Int, &Value::Missing), None);
        assert_eq!(canonical(&program, &Type::Int, &Value::Bool(true)), None);
        assert_eq!(
            canonical(&program, &Type::Date, &Value::Date(0)).as_deref(),
            Some("1970-01-01")
        );
        assert_eq!(
            canonical(&program, &Type::Code, &Value::Code(Arc::from("A"))).as_deref(),
            Some("A")
        );
        assert_eq!(
            hole(
                &program,
                &Type::Num(NumType::PERCENT),
                &Value::Num(Decimal::ONE)
            )
            .as_deref(),
            Some("100%")
        );
    }
}
