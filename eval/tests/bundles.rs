//! Bundles with changed bytes: whatever the verifier lets through is evaluated, and never ends in
//! `internal`.

#![cfg(test)]

mod common;

use std::sync::Arc;

use assize_eval::date_formula::DateFormula;
use assize_eval::{ErrorCode, Interpreter, Limits, RowRef, Value};
use assize_ir::bundle::{BundleError, read, write};
use assize_ir::{CallableId, Program, Type};
use common::Rows;
use rust_decimal::Decimal;

const PARTS: &str = include_str!("../../ir/tests/samples/parts.ir");

/// Puts the right digest into bytes that were changed, so that the verifier is reached.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&bytes[..8]);
    hasher.update(&bytes[40..]);
    bytes[8..40].copy_from_slice(hasher.finalize().as_bytes());
    bytes
}

/// Some value of a type; `None`: there is none, or none is found.
fn sample(program: &Program, ty: &Type, which: usize) -> Option<Value> {
    Some(match ty {
        Type::Bool => Value::Bool(which.is_multiple_of(2)),
        Type::Int => Value::Int([3, 0, -7][which % 3]),
        Type::Num(number) => {
            let own = [number.highest, number.lowest].into_iter().flatten();
            let all = [Decimal::new(125, 2), Decimal::ONE, Decimal::ZERO];
            let mut all: Vec<Decimal> = all.into_iter().chain(own).collect();
            all.rotate_left(which % 3);
            Value::Num(all.into_iter().find(|value| {
                number
                    .places
                    .is_none_or(|places| value.normalize().scale() <= u32::from(places))
                    && number.lowest.is_none_or(|lowest| *value >= lowest)
                    && number.highest.is_none_or(|highest| *value <= highest)
            })?)
        }
        Type::Text => Value::Text(Arc::from("text")),
        Type::Code => Value::Code(Arc::from(["A", "B", ""][which % 3])),
        Type::Date => common::day(["2026-11-20", "0001-01-01", "9999-12-31"][which % 3]),
        Type::DateFormula => Value::DateFormula(Arc::new(DateFormula::parse("CM+1D").unwrap())),
        Type::Calendar => Value::Calendar(Arc::from("NL")),
        Type::Enum(id) => {
            let count = program.enum_of(*id)?.values.len();
            Value::Enum(u32::try_from(which.checked_rem(count)?).ok()?)
        }
        Type::Record(id) => {
            let fields = program.record(*id)?.fields.iter();
            Value::Record(
                fields
                    .map(|field| sample(program, &field.ty, which))
                    .collect::<Option<_>>()?,
            )
        }
        Type::Row(relation) => Value::Row(RowRef {
            relation: *relation,
            row: 0,
        }),
        Type::Reason => return None,
        Type::List { item, at_most } => {
            let most = at_most.map_or(2, |most| most.min(2)) as usize;
            let count = if which == 1 { 0 } else { most };
            let items = (0..count).map(|at| sample(program, item, which + at));
            Value::List(items.collect::<Option<_>>()?)
        }
        Type::Optional(_) if which == 2 => Value::Missing,
        Type::Optional(inner) => sample(program, inner, which)?,
    })
}

/// Calls every callable with some arguments; gives how many calls were made.
fn evaluate(program: &Program) -> usize {
    let rows: Vec<(&str, Vec<Vec<Value>>)> = program
        .relations
        .iter()
        .filter_map(|relation| {
            let fields = relation.fields.iter();
            let row: Option<Vec<Value>> =
                fields.map(|field| sample(program, &field.ty, 0)).collect();
            Some((relation.name.as_str(), vec![row?]))
        })
        .collect();
    // A row that is handed in has to be there.
    if rows.len() != program.relations.len() {
        return 0;
    }
    let data = Rows::new(program, &rows);
    let limits = Limits {
        max_steps: 2_000,
        max_list_elements: 1_000,
    };
    let interpreter = Interpreter::new(program, &data, limits);
    let mut calls = 0;
    for (at, callable) in program.callables.iter().enumerate() {
        for which in 0..3 {
            let arguments = callable
                .params
                .iter()
                .map(|param| sample(program, &param.ty, which));
            let Some(arguments) = arguments.collect::<Option<Vec<Value>>>() else {
                continue;
            };
            let id = CallableId(u32::try_from(at).unwrap());
            calls += 1;
            let Err(failure) = interpreter.call(id, &arguments) else {
                continue;
            };
            // Only the compiler proves that a value is there, and that an element takes part.
            let promised = ["a value is missing", "a share without a part"];
            let promised = failure
                .values
                .iter()
                .any(|(_, why)| promised.contains(&why.as_str()));
            assert!(
                failure.code != ErrorCode::Internal || promised,
                "{failure}\n{}",
                assize_ir::print(program)
            );
        }
    }
    calls
}

#[test]
fn what_is_let_through_never_ends_in_internal() {
    let program = common::program(PARTS);
    assert_eq!(evaluate(&program), 3 * program.callables.len());
    let (bytes, _) = write(&program);
    let (mut sound, mut unsound, mut calls) = (0, 0, 0);
    for at in 52..bytes.len() {
        for value in [bytes[at] ^ 1, bytes[at] ^ 2, bytes[at].wrapping_add(3)] {
            let mut changed = bytes.clone();
            changed[at] = value;
            match read(&sealed(changed)) {
                Ok(bundle) => {
                    sound += 1;
                    calls += evaluate(&bundle.program);
                }
                Err(BundleError::Faults(faults)) => {
                    assert!(!faults.is_empty());
                    unsound += 1;
                }
                Err(_) => {}
            }
        }
    }
    // The verifier is reached, and so is the interpreter.
    assert!(
        unsound > 1_000 && sound > 100 && calls > 1_000,
        "{sound} {unsound} {calls}"
    );
}
