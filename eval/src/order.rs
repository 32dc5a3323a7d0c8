//! The order of values.

use std::cmp::Ordering;

use crate::value::Value;

/// Order of two values of one type for `< <= > >=`, `between`, `lowest`, `highest` and sorting.
///
/// Missing comes first. Texts and codes compare by Unicode scalar value, enum values by position,
/// `false` before `true`. `None`: the language knows no order between these two.
pub fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Missing, Value::Missing) => Some(Ordering::Equal),
        (Value::Missing, _) => Some(Ordering::Less),
        (_, Value::Missing) => Some(Ordering::Greater),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Num(a), Value::Num(b)) => Some(a.cmp(b)),
        // UTF-8 keeps the order of the scalar values.
        (Value::Text(a), Value::Text(b)) | (Value::Code(a), Value::Code(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Enum(a), Value::Enum(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// A total order of all values, for keys of maps. It agrees with equality and, where there is one,
/// with [`compare`]; elsewhere it means nothing to the language.
pub fn total(a: &Value, b: &Value) -> Ordering {
    if let Some(order) = compare(a, b) {
        return order;
    }
    match (a, b) {
        (Value::Calendar(a), Value::Calendar(b)) => a.cmp(b),
        (Value::DateFormula(a), Value::DateFormula(b)) => a.cmp(b),
        (Value::Record(a), Value::Record(b)) | (Value::List(a), Value::List(b)) => lists(a, b),
        (Value::Row(a), Value::Row(b)) => (a.relation, a.row).cmp(&(b.relation, b.row)),
        (Value::Reason(a), Value::Reason(b)) => a
            .reason
            .cmp(&b.reason)
            .then_with(|| lists(&a.arguments, &b.arguments)),
        _ => kind(a).cmp(&kind(b)),
    }
}

fn lists(a: &[Value], b: &[Value]) -> Ordering {
    let first = a.iter().zip(b).map(|(a, b)| total(a, b));
    first
        .into_iter()
        .find(|order| order.is_ne())
        .unwrap_or_else(|| a.len().cmp(&b.len()))
}

/// Keeps values of different kinds apart.
fn kind(value: &Value) -> u8 {
    match value {
        Value::Missing => 0,
        Value::Bool(_) => 1,
        Value::Int(_) => 2,
        Value::Num(_) => 3,
        Value::Text(_) => 4,
        Value::Code(_) => 5,
        Value::Date(_) => 6,
        Value::DateFormula(_) => 7,
        Value::Calendar(_) => 8,
        Value::Enum(_) => 9,
        Value::Record(_) => 10,
        Value::Row(_) => 11,
        Value::List(_) => 12,
        Value::Reason(_) => 13,
    }
}

/// A value as the key of a map.
#[derive(Clone, Debug)]
pub struct ValueKey(pub Value);

impl PartialEq for ValueKey {
    fn eq(&self, other: &ValueKey) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for ValueKey {}

impl PartialOrd for ValueKey {
    fn partial_cmp(&self, other: &ValueKey) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ValueKey {
    fn cmp(&self, other: &ValueKey) -> Ordering {
        total(&self.0, &other.0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rust_decimal::Decimal;

    use super::*;

    fn text(text: &str) -> Value {
        Value::Text(Arc::from(text))
    }

    #[test]
    fn missing_comes_first() {
        assert_eq!(
            compare(&Value::Missing, &Value::Int(-5)),
            Some(Ordering::Less)
        );
        assert_eq!(
            compare(&Value::Int(-5), &Value::Missing),
            Some(Ordering::Greater)
        );
        assert_eq!(
            compare(&Value::Missing, &Value::Missing),
            Some(Ordering::Equal)
        );
    }

    #[test]
    fn texts_compare_by_scalar_value() {
        assert_eq!(compare(&text("Z"), &text("a")), Some(Ordering::Less));
        assert_eq!(compare(&text("a"), &text("ab")), Some(Ordering::Less));
        // U+FFFD sorts before U+10000 although UTF-16 would say otherwise.
        assert_eq!(
            compare(&text("\u{fffd}"), &text("\u{10000}")),
            Some(Ordering::Less)
        );
    }

    #[test]
    fn decimals_ignore_trailing_zeros() {
        let (a, b) = (Value::Num(Decimal::new(10, 1)), Value::Num(Decimal::ONE));
        assert_eq!(compare(&a, &b), Some(Ordering::Equal));
        assert_eq!(a, b);
        assert_eq!(ValueKey(a), ValueKey(b));
    }

    #[test]
    fn records_have_no_order_but_a_total_one() {
        let record = |a: i64, b: &str| Value::Record(Arc::from([Value::Int(a), text(b)]));
        assert_eq!(compare(&record(1, "a"), &record(1, "b")), None);
        assert_eq!(total(&record(1, "a"), &record(1, "b")), Ordering::Less);
        assert_eq!(total(&record(1, "a"), &record(1, "a")), Ordering::Equal);
        assert_eq!(compare(&Value::Int(1), &text("1")), None);
        assert_eq!(total(&Value::Int(1), &text("1")), Ordering::Less);
        let list = |items: &[i64]| Value::List(items.iter().map(|i| Value::Int(*i)).collect());
        assert_eq!(total(&list(&[1]), &list(&[1, 2])), Ordering::Less);
    }
}
