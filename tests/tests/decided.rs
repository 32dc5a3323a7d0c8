//! What decided: machine code that tells counts what the interpreter is seen to do, however much it is, on every thread,
//! and where it leaves.

#![cfg(test)]

use std::sync::Arc;

use assize_eval::Value;
use assize_eval::decided::{Choice, Decided, decided_text};
use assize_ir::CallableId;
use assize_runtime::{Loaded, Options};

const RULES: &str = "module counted

enum Kind = small | large

table weight (kind: Kind) gives int
    | kind  || weight |
    | small || 1      |
    | large || 20     |

table band (n: int) gives int
    hit highest
    | n     || x |
    | -     || 0 |
    | >= 10 || 5 |
    | >= 20 || 5 |
    | >= 30 || 9 |

rule rate (n: int) gives number
    combine highest
    default 0.5
    exception some
        when n >= 10
        then 0.10
    exception same
        when n >= 10
        then 0.1
    exception more
        when n >= 20
        then 0.2

decision weigh (kinds: list of Kind) gives int
    sum of weight(kind) for kind in kinds

decision bands (ns: list of int) gives int
    sum of band(n) for n in ns

decision rates (ns: list of int) gives number
    sum of rate(n) for n in ns

decision product (kind: Kind, n: int) gives int
    weight(kind) * n
";

fn loaded() -> Loaded {
    assize_tests::loaded::loaded("counted", RULES).unwrap()
}

/// What decided, of one call; the same by the interpreter and by machine code, and as text.
fn told(decision: &str, arguments: &[Value]) -> (Loaded, Decided) {
    let (plain, compiled) = (loaded(), loaded().compiled());
    let options = Options {
        decided: true,
        ..Options::default()
    };
    let [one, other] = [&plain, &compiled].map(|loaded| {
        let mut decided = Decided::default();
        let answer = loaded.decide_counted(decision, arguments, None, &options, &mut decided);
        (
            answer.unwrap().result.map_err(|failure| failure.code),
            decided,
        )
    });
    assert_eq!(one, other);
    (compiled, one.1)
}

fn ints(numbers: impl IntoIterator<Item = i64>) -> Value {
    Value::List(numbers.into_iter().map(Value::Int).collect())
}

fn callable(loaded: &Loaded, name: &str) -> CallableId {
    let callables = &loaded.rules.program.callables;
    let at = callables.iter().position(|it| it.name == name).unwrap();
    CallableId(u32::try_from(at).unwrap())
}

/// More than there is room for at once: 4 096 words.
#[test]
fn all_of_a_long_list_is_counted() {
    for count in [0, 1, 4_095, 4_096, 4_097, 20_000] {
        let kinds = (0..count).map(|at| Value::Enum(u32::from(at % 3 == 0)));
        let (loaded, decided) = told("weigh", &[Value::List(kinds.collect())]);
        let weight = callable(&loaded, "weight");
        let large = u64::try_from(count).unwrap().div_ceil(3);
        assert_eq!(decided.times(weight, Choice::Row(1)), large);
        assert_eq!(decided.times(weight, Choice::Row(0)), count as u64 - large);
    }
}

/// Of equal values the first one counts, also where they are written with other places.
#[test]
fn the_first_of_equals_decides() {
    let (loaded, decided) = told("bands", &[ints([5, 10, 25, 30])]);
    let band = callable(&loaded, "band");
    let rows = [0, 1, 2, 3].map(|row| decided.times(band, Choice::Row(row)));
    assert_eq!(rows, [1, 2, 0, 1]);
    let (loaded, decided) = told("rates", &[ints([5, 10, 25])]);
    let rate = callable(&loaded, "rate");
    let exceptions = [0, 1, 2].map(|at| decided.times(rate, Choice::Exception(at)));
    assert_eq!(exceptions, [1, 0, 1]);
    assert_eq!(decided.times(rate, Choice::Default), 1);
}

/// What machine code told before it left is not counted twice.
#[test]
fn a_decision_that_fails_counts_once() {
    let (loaded, decided) = told("product", &[Value::Enum(1), Value::Int(i64::MAX)]);
    assert_eq!(
        decided.times(callable(&loaded, "weight"), Choice::Row(1)),
        1
    );
}

/// A count of the caller's adds up over calls of text, those with faults left out; the answers are those of a caller who
/// counts nothing, and no plain call that comes in between finds anything of the others.
#[test]
fn counts_add_up_on_every_thread() {
    let loaded = Arc::new(loaded().compiled());
    let all: Vec<_> = (0..4)
        .map(|_| {
            let loaded = Arc::clone(&loaded);
            std::thread::spawn(move || {
                let mut decided = Decided::default();
                let plain = Options::default();
                let telling = Options {
                    decided: true,
                    ..Options::default()
                };
                for n in 0..200 {
                    let line = format!(
                        "{{\"decision\":\"product\",\"input\":{{\"kind\":\"large\",\"n\":{n}}}}}"
                    );
                    let mut out = String::new();
                    loaded.decide_json_counted(line.as_bytes(), &plain, &mut decided, &mut out);
                    assert_eq!(out, loaded.decide_json(line.as_bytes(), &plain));
                    let with = loaded.decide_json(line.as_bytes(), &telling);
                    assert!(with.ends_with(",\"times\":1}]}"), "{with}");
                    let faulty = line.replace("large", "huge");
                    loaded.decide_json_counted(
                        faulty.as_bytes(),
                        &plain,
                        &mut decided,
                        &mut String::new(),
                    );
                }
                decided
            })
        })
        .collect();
    let mut sum = Decided::default();
    for thread in all {
        sum.merge(&thread.join().unwrap());
    }
    let weight = callable(&loaded, "weight");
    assert_eq!(
        sum.iter().collect::<Vec<_>>(),
        [(weight, Choice::Row(1), 800)]
    );
    let text = decided_text(
        &loaded.rules.program,
        sum.of_all(&loaded.rules.program, [weight]),
    );
    assert_eq!(
        text,
        "[{\"table\":\"counted.weight\",\"row\":\"1\",\"place\":\"counted.weight:7:5\",\"times\":0},\
         {\"table\":\"counted.weight\",\"row\":\"2\",\"place\":\"counted.weight:8:5\",\"times\":800}]"
    );
}
