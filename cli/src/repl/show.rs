//! Values as the author would write them, rows and reasons too.

use assize_compiler::literal::literal;
use assize_eval::Value;
use assize_eval::interp::value_of;
use assize_eval::store::Store;
use assize_ir::{Field, Program, Type};

/// Most elements of a list that are written; a query asks for others.
const MAX_ELEMENTS: usize = 50;

/// A value on one line, and what is to be said beside it: the other fields of a row.
pub fn value(program: &Program, store: &Store, ty: &Type, value: &Value) -> (String, String) {
    let mut beside = String::new();
    if let (Value::Row(row), Type::Row(id)) = (value, ty.plain())
        && let (Some(relation), Some(table)) = (program.relation(*id), store.table(*id))
    {
        let keys = usize::try_from(relation.key_fields).unwrap_or(usize::MAX);
        let fields: Vec<String> = relation
            .fields
            .iter()
            .zip(0_u32..)
            .skip(keys)
            .filter_map(|(field, position)| {
                let value = table.field(row.row, position);
                let shown = || {
                    format!(
                        "{}: {}",
                        field.name,
                        written(program, store, &field.ty, &value)
                    )
                };
                (!is_default(field, &value)).then(shown)
            })
            .collect();
        beside = fields.join(", ");
    }
    (written(program, store, ty, value), beside)
}

fn written(program: &Program, store: &Store, ty: &Type, value: &Value) -> String {
    let list = |items: &[Value], item: &Type| -> Vec<String> {
        let shown = items.iter().take(MAX_ELEMENTS);
        let mut parts: Vec<String> = shown
            .map(|value| written(program, store, item, value))
            .collect();
        if let Some(more) = items.len().checked_sub(MAX_ELEMENTS + 1) {
            parts.push(format!("… and {} more", more + 1));
        }
        parts
    };
    match (value, ty.plain()) {
        (Value::Record(values), Type::Record(id)) => {
            let Some(record) = program.record(*id) else {
                return literal(program, ty, value);
            };
            let parts: Vec<String> = record
                .fields
                .iter()
                .zip(values.iter())
                .filter(|(field, value)| !is_default(field, value))
                .map(|(field, value)| {
                    format!(
                        "{}: {}",
                        field.name,
                        written(program, store, &field.ty, value)
                    )
                })
                .collect();
            format!("{}({})", bare(&record.name), parts.join(", "))
        }
        (Value::List(items), Type::List { item, .. }) => {
            format!("[{}]", list(items, item).join(", "))
        }
        (Value::Row(row), Type::Row(id)) => {
            let Some(relation) = program.relation(*id) else {
                return String::new();
            };
            let keys = usize::try_from(relation.key_fields).unwrap_or(usize::MAX);
            let parts: Vec<String> = relation
                .fields
                .iter()
                .zip(0_u32..)
                .take(keys)
                .filter_map(|(field, position)| {
                    let value = store.table(*id)?.field(row.row, position);
                    Some(written(program, store, &field.ty, &value))
                })
                .collect();
            format!("{}[{}]", bare(&relation.name), parts.join(", "))
        }
        (Value::Reason(reason), _) => {
            let Some(declared) = program.reason(reason.reason) else {
                return String::new();
            };
            let parts: Vec<String> = declared
                .params
                .iter()
                .zip(&reason.arguments)
                .map(|(param, value)| written(program, store, &param.ty, value))
                .collect();
            format!("{}({})", declared.code, parts.join(", "))
        }
        _ => literal(program, ty, value),
    }
}

/// Whether a field may be left out because it has this value anyway.
fn is_default(field: &Field, value: &Value) -> bool {
    match &field.default {
        None => field.ty.is_optional() && *value == Value::Missing,
        Some(constant) => value_of(constant).is_some_and(|default| default == *value),
    }
}

fn bare(name: &str) -> &str {
    let name = name.strip_suffix(" row").unwrap_or(name);
    name.rsplit('.').next().unwrap_or(name)
}
