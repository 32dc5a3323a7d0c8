//! How names, types, facts and constants are written.

use std::fmt::Write;

use rust_decimal::Decimal;

use crate::facts::{NumFacts, Places};
use crate::node::Const;
use crate::program::Program;
use crate::types::{CallableId, EnumId, NumType, ReasonId, RecordId, RelationId, Type};

/// Words that cannot be the first part of a written name in a type.
const TYPE_WORDS: [&str; 14] = [
    "bool",
    "int",
    "number",
    "text",
    "code",
    "date",
    "date_formula",
    "calendar",
    "reason",
    "list",
    "optional",
    "row",
    "enum",
    "record",
];

/// Words that begin a constant and so are no enum value.
const CONST_WORDS: [&str; 7] = [
    "true", "false", "missing", "code", "formula", "calendar", "enum",
];

/// Whether a text can stand as a bare word.
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.split('.').all(is_simple)
}

/// Whether a text is a word without dots.
pub(crate) fn is_simple(text: &str) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && chars.all(|next| next.is_alphanumeric() || next == '_')
}

/// A text in quotes.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len().saturating_add(2));
    out.push('"');
    for char in text.chars() {
        match char {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if char.is_control() => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

/// A name: bare where it can be, else in quotes.
pub(crate) fn name(text: &str) -> String {
    if is_word(text) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A reference by full name, or by number where the name is not a plain and unique one.
fn reference(found: Option<&str>, unique: bool, id: u32) -> String {
    match found {
        Some(text) if unique && is_word(text) => text.to_owned(),
        _ => format!("#{id}"),
    }
}

pub(crate) fn enum_name(program: &Program, id: EnumId) -> String {
    let found = program.enum_of(id).map(|found| found.name.as_str());
    let first = program
        .enums
        .iter()
        .position(|one| Some(one.name.as_str()) == found);
    reference(found, first == Some(id.index()), id.0)
}

pub(crate) fn record_name(program: &Program, id: RecordId) -> String {
    let found = program.record(id).map(|found| found.name.as_str());
    let first = program
        .records
        .iter()
        .position(|one| Some(one.name.as_str()) == found);
    reference(found, first == Some(id.index()), id.0)
}

pub(crate) fn relation_name(program: &Program, id: RelationId) -> String {
    let found = program.relation(id).map(|found| found.name.as_str());
    let first = program
        .relations
        .iter()
        .position(|one| Some(one.name.as_str()) == found);
    reference(found, first == Some(id.index()), id.0)
}

pub(crate) fn reason_name(program: &Program, id: ReasonId) -> String {
    let found = program.reason(id).map(|found| found.code.as_str());
    let first = program
        .reasons
        .iter()
        .position(|one| Some(one.code.as_str()) == found);
    reference(found, first == Some(id.index()), id.0)
}

pub(crate) fn callable_name(program: &Program, id: CallableId) -> String {
    match program.callable(id) {
        Some(found) => match full_name(&found.module, &found.name) {
            Some(full) => format!("{full}#{}", id.0),
            None => format!("#{}", id.0),
        },
        None => format!("#{}", id.0),
    }
}

/// `module.name`, where both can be read back from it.
pub(crate) fn full_name(module: &str, name: &str) -> Option<String> {
    if !is_simple(name) {
        None
    } else if module.is_empty() {
        Some(name.to_owned())
    } else {
        is_word(module).then(|| format!("{module}.{name}"))
    }
}

/// A type in the text form, such as `list(at most 5) of number(2 places, 0..100)?`.
pub fn type_text(program: &Program, ty: &Type) -> String {
    let mut out = String::new();
    write_type(&mut out, program, ty, 0);
    out
}

/// Nesting beyond this is not written; no verified type is so deep.
const MAX_TYPE_DEPTH: u32 = 32;

fn write_type(out: &mut String, program: &Program, ty: &Type, depth: u32) {
    if depth > MAX_TYPE_DEPTH {
        out.push('…');
        return;
    }
    let next = depth.saturating_add(1);
    match ty {
        Type::Bool => out.push_str("bool"),
        Type::Int => out.push_str("int"),
        Type::Num(number) => write_number(out, number),
        Type::Text => out.push_str("text"),
        Type::Code => out.push_str("code"),
        Type::Date => out.push_str("date"),
        Type::DateFormula => out.push_str("date_formula"),
        Type::Calendar => out.push_str("calendar"),
        Type::Enum(id) => {
            let named = enum_name(program, *id);
            let shown = program.records.iter().any(|record| record.name == named);
            if named.starts_with('#') || shown || TYPE_WORDS.contains(&named.as_str()) {
                let _ = write!(out, "enum#{}", id.0);
            } else {
                out.push_str(&named);
            }
        }
        Type::Record(id) => {
            let named = record_name(program, *id);
            let shown = program.enums.iter().any(|one| one.name == named);
            if named.starts_with('#') || shown || TYPE_WORDS.contains(&named.as_str()) {
                let _ = write!(out, "record#{}", id.0);
            } else {
                out.push_str(&named);
            }
        }
        Type::Row(id) => {
            let named = relation_name(program, *id);
            if named.starts_with('#') {
                let _ = write!(out, "row{named}");
            } else {
                let _ = write!(out, "row {named}");
            }
        }
        Type::Reason => out.push_str("reason"),
        Type::List { item, at_most } => {
            match at_most {
                Some(most) => {
                    let _ = write!(out, "list(at most {most}) of ");
                }
                None => out.push_str("list of "),
            }
            write_type(out, program, item, next);
        }
        Type::Optional(inner) => match **inner {
            Type::List { .. } | Type::Optional(_) => {
                out.push_str("optional(");
                write_type(out, program, inner, next);
                out.push(')');
            }
            _ => {
                write_type(out, program, inner, next);
                out.push('?');
            }
        },
    }
}

fn write_number(out: &mut String, number: &NumType) {
    out.push_str("number");
    let mut parts = Vec::new();
    if number.percent {
        parts.push("percent".to_owned());
    }
    if let Some(places) = number.places {
        parts.push(format!("{places} places"));
    }
    parts.extend(range_text(number.lowest, number.highest));
    parts.extend(number.unit.as_deref().map(quoted));
    if !parts.is_empty() {
        let _ = write!(out, "({})", parts.join(", "));
    }
}

fn range_text(lowest: Option<Decimal>, highest: Option<Decimal>) -> Option<String> {
    match (lowest, highest) {
        (None, None) => None,
        (low, high) => {
            let end = |end: Option<Decimal>| end.map_or_else(String::new, |end| end.to_string());
            Some(format!("{}..{}", end(low), end(high)))
        }
    }
}

/// Facts in the text form, such as `{2 places, 0..100, exact}`.
pub fn facts_text(facts: &NumFacts) -> String {
    let mut parts = vec![match facts.places {
        Places::AtMost(places) => format!("{places} places"),
        Places::FromData => "from data".to_owned(),
        Places::Open => "open".to_owned(),
    }];
    parts.extend(range_text(facts.lowest, facts.highest));
    if facts.exact {
        parts.push("exact".to_owned());
    }
    format!("{{{}}}", parts.join(", "))
}

/// A constant in the text form.
pub(crate) fn const_text(program: &Program, value: &Const) -> String {
    let mut out = String::new();
    write_const(&mut out, program, value, 0);
    out
}

fn write_const(out: &mut String, program: &Program, value: &Const, depth: u32) {
    if depth > crate::infer::MAX_CONST_DEPTH {
        out.push('…');
        return;
    }
    let many = |out: &mut String, values: &[Const]| {
        for (at, one) in values.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            write_const(out, program, one, depth.saturating_add(1));
        }
    };
    match value {
        Const::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Const::Int(value) => {
            let _ = write!(out, "{value}i");
        }
        Const::Num(value) => {
            let _ = write!(out, "{value}");
        }
        Const::Text(text) => out.push_str(&quoted(text)),
        Const::Code(text) => {
            let _ = write!(out, "code({})", quoted(text));
        }
        Const::Date(day) => {
            if (crate::date::FIRST_DAY..=crate::date::LAST_DAY).contains(day) {
                out.push_str(&crate::date::format(*day));
            } else {
                let _ = write!(out, "date({day}i)");
            }
        }
        Const::DateFormula(text) => {
            let _ = write!(out, "formula({})", quoted(text));
        }
        Const::Calendar(text) => {
            let _ = write!(out, "calendar({})", quoted(text));
        }
        Const::Enum(id, at) => match enum_value_text(program, *id, *at) {
            Some(text) => out.push_str(&text),
            None => {
                let _ = write!(out, "enum({}, {at})", id.0);
            }
        },
        Const::Missing => out.push_str("missing"),
        Const::List(values) => {
            out.push('[');
            many(out, values);
            out.push(']');
        }
        Const::Record(id, values) => {
            let named = record_name(program, *id);
            if named.starts_with('#') {
                let _ = write!(out, "record{named}(");
            } else {
                let _ = write!(out, "record {named}(");
            }
            many(out, values);
            out.push(')');
        }
    }
}

/// `Enum.value`, where it is read back as the same.
fn enum_value_text(program: &Program, id: EnumId, at: u32) -> Option<String> {
    let named = enum_name(program, id);
    let found = program.enum_of(id)?;
    let value = found.values.get(at as usize)?;
    let first = found.values.iter().position(|one| one == value)?;
    let bare = !named.starts_with('#')
        && !CONST_WORDS.contains(&named.as_str())
        && is_simple(value)
        && first == at as usize;
    bare.then(|| format!("{named}.{value}"))
}
