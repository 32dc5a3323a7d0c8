//! Values as the author would write them: for counterexamples and the tests that are made of them.

use assize_eval::Value;
use assize_ir::{Program, Type};
use rust_decimal::Decimal;

/// A value in the notation of the language.
pub fn literal(program: &Program, ty: &Type, value: &Value) -> String {
    match (value, ty.plain()) {
        (Value::Missing, _) => "missing".to_string(),
        (Value::Bool(value), _) => value.to_string(),
        (Value::Int(value), _) => value.to_string(),
        (Value::Num(value), Type::Num(num)) if num.percent => {
            let mut points = *value;
            // A percent is held as its fraction: two places less show its points.
            if points.scale() >= 2 {
                let _ = points.set_scale(points.scale() - 2);
            } else {
                points = points.checked_mul(Decimal::ONE_HUNDRED).unwrap_or(points);
            }
            format!("{}%", points.normalize())
        }
        (Value::Num(value), _) => value.normalize().to_string(),
        (Value::Text(text) | Value::Code(text) | Value::Calendar(text), _) => quoted(text),
        (Value::DateFormula(formula), _) => quoted(&formula.to_string()),
        (Value::Date(day), _) => assize_ir::date::format(*day),
        (Value::Enum(index), Type::Enum(id)) => program
            .enum_of(*id)
            .and_then(|of| of.values.get(*index as usize))
            .cloned()
            .unwrap_or_default(),
        (Value::Record(fields), Type::Record(id)) => {
            let Some(record) = program.record(*id) else {
                return String::new();
            };
            let name = record.name.rsplit('.').next().unwrap_or(&record.name);
            let parts: Vec<String> = record
                .fields
                .iter()
                .zip(fields.iter())
                .filter(|(field, value)| !is_default(field, value))
                .map(|(field, value)| {
                    format!("{}: {}", field.name, literal(program, &field.ty, value))
                })
                .collect();
            format!("{name}({})", parts.join(", "))
        }
        (Value::List(items), Type::List { item, .. }) => {
            let items: Vec<String> = items
                .iter()
                .map(|value| literal(program, item, value))
                .collect();
            format!("[{}]", items.join(", "))
        }
        _ => String::new(),
    }
}

/// Whether a field may be left out because it has this value anyway.
fn is_default(field: &assize_ir::Field, value: &Value) -> bool {
    match &field.default {
        None => field.ty.is_optional() && *value == Value::Missing,
        Some(constant) => {
            assize_eval::interp::value_of(constant).is_some_and(|default| default == *value)
        }
    }
}

fn quoted(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('{', "{{")
    )
}
