//! Types in the words of a fault.

use assize_ir::{NumType, Program, Type};
use rust_decimal::Decimal;

use crate::format;

/// Most names that a fault lists as expected.
const MAX_NAMES: usize = 12;

/// Adds the nearest name.
pub fn suggestion(expected: String, near: Option<&str>) -> String {
    match near {
        Some(near) => format!("{expected}; the nearest is `{near}`"),
        None => expected,
    }
}

/// `one of a, b, c`; of many the first are named and the others counted.
pub fn one_of<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut text = String::from("one of ");
    let mut more = 0usize;
    for (index, name) in names.enumerate() {
        if index >= MAX_NAMES {
            more += 1;
            continue;
        }
        if index > 0 {
            text.push_str(", ");
        }
        text.push_str(name);
    }
    if more > 0 {
        text.push_str(&format!(", … and {more} more"));
    }
    text
}

/// A type in the words of a fault.
pub fn describe(program: &Program, ty: &Type) -> String {
    match ty {
        Type::Bool => "true or false".to_owned(),
        Type::Int => "a whole number".to_owned(),
        Type::Num(number) => describe_number(number),
        Type::Text => "a text".to_owned(),
        Type::Code => "a code in quotes".to_owned(),
        Type::Date => "a day written like \"2026-11-20\"".to_owned(),
        Type::DateFormula => "a date formula such as \"CM+14D\"".to_owned(),
        Type::Calendar => "the code of a calendar in quotes".to_owned(),
        Type::Enum(id) => {
            let values = program.enum_of(*id).map_or(&[][..], |found| &found.values);
            one_of(values.iter().map(String::as_str))
        }
        Type::Record(id) => {
            let name = program
                .record(*id)
                .map_or("", |record| format::bare(&record.name));
            format!("an object with the fields of {name}")
        }
        Type::Row(_) => "no row: rows cannot be handed in".to_owned(),
        Type::Reason => "a reason with \"code\" and \"parameters\"".to_owned(),
        Type::List { item, .. } => format!("a list; each element: {}", describe(program, item)),
        Type::Optional(inner) => format!("{}, or null", describe(program, inner)),
    }
}

fn describe_number(number: &NumType) -> String {
    let kind = if number.percent {
        "a percentage in points"
    } else {
        "a number"
    };
    let mut text = kind.to_owned();
    match number.written_places() {
        Some(0) => text.push_str(" without places"),
        Some(1) => text.push_str(" with at most 1 place"),
        Some(places) => text.push_str(&format!(" with at most {places} places")),
        None => {}
    }
    let free = NumType {
        places: None,
        ..number.clone()
    };
    let end = |end: Decimal| format::number(end, &free);
    match (number.lowest, number.highest) {
        (Some(low), Some(high)) => text.push_str(&format!(" from {} to {}", end(low), end(high))),
        (Some(low), None) => text.push_str(&format!(" from {}", end(low))),
        (None, Some(high)) => text.push_str(&format!(" to {}", end(high))),
        (None, None) => {}
    }
    text
}
