//! From JSON text to JSON text: a reader and writer made by hand for this one document, typed serde_json, and rules.
//!
//! All are given the whole call and give the whole answer. Before anything is timed, the answers to all orders are
//! compared: those of the rules with those written by hand to the byte, serde's by their numbers. Calls with a fault
//! must be refused by all of them.

mod limit;
pub mod orders;
pub mod serde;

use std::hint::black_box;

use assize_eval::json::NumberStyle;
use assize_runtime::jit::Asked;
use assize_runtime::{Loaded, Options};

use crate::measure::{self, Case};
use crate::workload::{Order, fingerprint, generate_with};
use crate::{RULES, TIMED, reference, typed};
use orders::{Form, broken, text};

/// Room for an answer.
const ROOM: usize = 4_096;

fn options() -> Options {
    Options {
        style: NumberStyle::Number,
        ..Options::default()
    }
}

fn by_hand(line: &str) -> String {
    let mut out = vec![0; ROOM];
    let bytes = limit::hand(line.as_bytes(), &mut out).unwrap_or_else(|| panic!("{line}"));
    out.truncate(bytes);
    String::from_utf8(out).expect("what is written is text")
}

/// Compares all answers to some orders, in order and shuffled.
fn compare(orders: &[Order], loaded: &[(&str, Loaded)]) {
    let options = options();
    for (number, order) in orders.iter().enumerate() {
        let wanted = reference::decide(&order.into()).into();
        let lines = [
            text(order, Form::InOrder),
            text(order, Form::Shuffled(number as u64)),
        ];
        for line in &lines {
            let told = by_hand(line);
            assert_eq!(serde::decision(&told), wanted, "by hand: {line}");
            let by_serde = serde::answer(line.as_bytes()).expect("a decision");
            assert_eq!(serde::decision(&by_serde), wanted, "by serde: {line}");
            for (name, loaded) in loaded {
                let mut ours = String::new();
                let asked = Asked::default();
                let fast = loaded.machine_answer(asked, line.as_bytes(), &options, &mut ours);
                assert!(fast, "{name} leaves {line}");
                assert_eq!(ours, told, "{name}: {line}");
            }
        }
    }
}

/// Has every contestant refuse calls with a fault.
fn refuse(orders: &[Order], loaded: &[(&str, Loaded)]) -> usize {
    let options = options();
    let mut count = 0;
    for order in orders {
        for (why, line, open_too) in broken(order) {
            let bytes = line.as_bytes();
            assert!(limit::read(bytes).is_none(), "{why}: {line}");
            assert!(serde::answer(bytes).is_none(), "{why}: {line}");
            for (at, (name, loaded)) in loaded.iter().enumerate() {
                let answer = loaded.decide_json(bytes, &options);
                let refused = answer.starts_with("{\"error\":{\"code\":\"invalid_input\"");
                assert!(refused || (at > 0 && !open_too), "{name}: {why}: {line}");
            }
            count += 1;
        }
    }
    count
}

/// Compares `count` answers, then times the cases with this in their name.
pub fn run(count: usize, only: &str) {
    let loaded: Vec<(&str, Loaded)> = RULES
        .iter()
        .map(|(name, text)| (*name, typed::loaded(text)))
        .collect();
    for edges in [true, false] {
        let orders = generate_with(count, 42, edges);
        compare(&orders, &loaded);
        println!(
            "{count} orders, seed 42, {} values placed on edges, fingerprint {:016x}: all answers are equal, keys in \
             order and shuffled",
            if edges { "with" } else { "without" },
            fingerprint(&orders)
        );
    }
    let orders = generate_with(TIMED, 42, true);
    let refused = refuse(&orders[..64], &loaded);
    println!("{refused} calls with a fault are refused by all");
    let lines = |form: fn(u64) -> Form| -> Vec<String> {
        let numbered = orders.iter().zip(0..);
        numbered
            .map(|(order, number)| text(order, form(number)))
            .collect()
    };
    let in_order = lines(|_| Form::InOrder);
    let shuffled = lines(Form::Shuffled);
    let bytes: usize = in_order.iter().map(String::len).sum();
    let answers: usize = in_order.iter().map(|line| by_hand(line).len()).sum();
    println!(
        "a call has {} bytes, an answer {}",
        bytes / TIMED,
        answers / TIMED
    );
    let options = options();
    let mut cases: Vec<Case<'_>> = Vec::new();
    for (form, lines) in [("keys in order", &in_order), ("keys shuffled", &shuffled)] {
        let mut out = vec![0; ROOM];
        cases.push((
            format!("hand-written, {form}"),
            Box::new(move || {
                for line in lines {
                    black_box(limit::hand(black_box(line.as_bytes()), &mut out));
                    black_box(&out);
                }
            }),
        ));
    }
    let hand_read = &in_order;
    cases.push((
        "hand-written, only read".to_owned(),
        Box::new(move || {
            for line in hand_read {
                black_box(limit::read(black_box(line.as_bytes())));
            }
        }),
    ));
    for (form, lines) in [("keys in order", &in_order), ("keys shuffled", &shuffled)] {
        cases.push((
            format!("typed serde_json, {form}"),
            Box::new(move || {
                for line in lines {
                    black_box(serde::answer(black_box(line.as_bytes())));
                }
            }),
        ));
    }
    for (name, loaded) in &loaded {
        for (form, lines) in [("keys in order", &in_order), ("keys shuffled", &shuffled)] {
            let mut out = String::with_capacity(ROOM);
            let options = &options;
            cases.push((
                format!("{name}, {form}"),
                Box::new(move || {
                    for line in lines {
                        out.clear();
                        loaded.decide_json_into(black_box(line.as_bytes()), options, &mut out);
                        black_box(&out);
                    }
                }),
            ));
        }
    }
    let limit = cases[0].0.clone();
    cases.retain(|(name, _)| *name == limit || name.contains(only));
    measure::print("JSON to JSON", cases, TIMED);
}
