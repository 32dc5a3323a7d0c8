//! Decisions asked by values of the language from Rust: machine code answers as the interpreter does, also where a value
//! is not of the type that it stands for.

#![cfg(test)]

use std::sync::Arc;

use assize_eval::{ReasonValue, RowRef, Value};
use assize_ir::{ReasonId, RelationId};
use assize_runtime::{Loaded, Options};
use rust_decimal::Decimal;

const RULES: &str = "module values

enum Kind = small | large

record Item
    kind  : Kind
    count : int
    day   : date?

reason heavy (count: int)
    \"{count} is heavy\"

table weight (kind: Kind) gives number
    | kind  || weight |
    | small || 1.5    |
    | large || 20     |

decision weigh (item: Item, others: list of Item, day: date) gives number
    weight(item.kind) * item.count
        + (sum of weight(it.kind) for it in others)
        + (if item.day is missing or item.day <= day then 0 else 1)

decision worst (reasons: list of Reason) gives Reason?
    first of r for r in reasons by r.severity descending
";

fn loaded() -> Loaded {
    assize_tests::loaded::loaded("values", RULES).unwrap()
}

fn item(kind: Value, count: Value, day: Value) -> Value {
    Value::Record(Arc::from([kind, count, day]))
}

/// What is answered, in words.
fn answered(loaded: &Loaded, decision: &str, arguments: &[Value]) -> String {
    match loaded.decide(decision, arguments, None, &Options::default()) {
        Ok(answer) => format!("{:?}", answer.result.map_err(|failure| failure.code)),
        Err(refused) => format!("{refused:?}"),
    }
}

#[test]
fn values_of_other_types_are_left_to_the_interpreter() {
    let (slow, compiled) = (loaded(), loaded().compiled());
    assert!(compiled.is_compiled() && !slow.is_compiled());
    let good = || item(Value::Enum(1), Value::Int(2), Value::Date(10));
    let row = Value::Row(RowRef {
        relation: RelationId(0),
        row: 4_000_000_000,
    });
    let list = |items: Vec<Value>| Value::List(Arc::from(items));
    let reason = |id: u32, arguments: Vec<Value>| {
        Value::Reason(Arc::new(ReasonValue {
            reason: ReasonId(id),
            arguments,
        }))
    };
    let of_item = |item: Value| vec![item, list(Vec::new()), Value::Date(0)];
    let cases = [
        ("weigh", of_item(good())),
        (
            "weigh",
            of_item(item(Value::Enum(0), Value::Int(-3), Value::Missing)),
        ),
        (
            "weigh",
            of_item(item(Value::Enum(2), Value::Int(2), Value::Missing)),
        ),
        (
            "weigh",
            of_item(item(Value::Enum(u32::MAX), Value::Int(2), Value::Missing)),
        ),
        (
            "weigh",
            of_item(item(Value::Int(1), Value::Int(2), Value::Missing)),
        ),
        (
            "weigh",
            of_item(item(row.clone(), Value::Int(2), Value::Missing)),
        ),
        (
            "weigh",
            of_item(item(
                Value::Enum(1),
                Value::Num(Decimal::TWO),
                Value::Missing,
            )),
        ),
        (
            "weigh",
            of_item(item(Value::Enum(1), Value::Int(i64::MIN), Value::Missing)),
        ),
        (
            "weigh",
            of_item(item(Value::Enum(1), Value::Int(1), Value::Date(i32::MAX))),
        ),
        ("weigh", of_item(Value::Record(Arc::from([Value::Enum(1)])))),
        ("weigh", of_item(row)),
        (
            "weigh",
            vec![
                good(),
                list(vec![
                    good(),
                    item(Value::Enum(9), Value::Int(0), Value::Missing),
                ]),
                Value::Date(0),
            ],
        ),
        ("weigh", vec![good(), good(), Value::Date(0)]),
        ("weigh", vec![good()]),
        ("worst", vec![list(vec![reason(0, vec![Value::Int(5)])])]),
        (
            "worst",
            vec![list(vec![
                reason(7, vec![Value::Int(5)]),
                reason(0, vec![Value::Int(1)]),
            ])],
        ),
        (
            "worst",
            vec![list(vec![
                reason(0, vec![Value::Enum(5)]),
                reason(0, Vec::new()),
            ])],
        ),
    ];
    let mut told = Vec::new();
    for (decision, arguments) in &cases {
        let wanted = answered(&slow, decision, arguments);
        assert_eq!(
            answered(&compiled, decision, arguments),
            wanted,
            "{arguments:?}"
        );
        told.push(wanted);
    }
    // Some of them are values.
    assert!(
        told.iter().filter(|it| it.starts_with("Ok(")).count() >= 3,
        "{told:#?}"
    );
}
