//! One order line, decided by hand-written code and by rules: first that all answers are those of exact decimals, then
//! how long each takes.
//!
//! `cd bench && cargo run --release -p assize-bench-checkout -- [ORDERS]` decides between Rust types, and
//! `cargo run --release -p assize-bench-checkout -- json [ORDERS [NAME]]` from JSON text to JSON text; with a name only
//! the cases that have it in theirs are timed, and the limit.
//!
//! Ratios are to the hand-written limit that ran right before and after, each the median of several rounds, so that
//! a clock that drifts cancels out.

mod json;
mod limit;
mod measure;
mod reference;
mod typed;
mod workload;

use std::hint::black_box;

use assize_runtime::typed::Typed;

use measure::Case;
use typed::{Answer, Asked};
use workload::{Decision, Order, fingerprint, generate_with};

const RULES: [(&str, &str); 2] = [
    (
        "Assize, ranges declared",
        include_str!("../../rules/checkout-line.assize"),
    ),
    (
        "Assize, nothing proved",
        include_str!("../../rules/checkout-line-open.assize"),
    ),
];
const TIMED: usize = 4_096;
/// Compiling takes a large stack.
const STACK: usize = 256 << 20;

/// How many decisions differ from exact decimals, with the first of them.
fn wrong(orders: &[Order], mut decide: impl FnMut(&Order) -> Decision) -> (usize, String) {
    let mut count = 0;
    let mut first = String::new();
    for order in orders {
        let want: Decision = reference::decide(&order.into()).into();
        let got = decide(order);
        if want != got {
            count += 1;
            if count == 1 {
                first = format!("{order:?}\n  want {want:?}\n  got  {got:?}");
            }
        }
    }
    (count, first)
}

fn run(count: usize) {
    let loaded: Vec<_> = RULES
        .iter()
        .map(|(name, text)| (*name, typed::loaded(text)))
        .collect();
    let bound: Vec<(&str, Typed<'_, Asked, Answer>)> = loaded
        .iter()
        .map(|(name, loaded)| {
            let bound = loaded.typed("checkout_line");
            (*name, bound.expect("the types fit the rules"))
        })
        .collect();
    for (name, bound) in &bound {
        println!("{name}: left to the interpreter: {:?}", bound.not_yet());
    }
    for edges in [true, false] {
        let orders = generate_with(count, 42, edges);
        println!(
            "{count} orders, seed 42, {} values placed on edges, fingerprint {:016x}",
            if edges { "with" } else { "without" },
            fingerprint(&orders)
        );
        let (differ, first) = wrong(&orders, limit::decide);
        println!("  hand-written: {differ} differ {first}");
        for (name, bound) in &bound {
            let mut caller = bound.caller();
            let (differ, first) = wrong(&orders, |order| {
                let answer = caller.decide(&order.into());
                (&answer.expect("a decision")).into()
            });
            println!("  {name}: {differ} differ {first}");
        }
    }
    let orders = generate_with(TIMED, 42, true);
    let asked: Vec<Asked> = orders.iter().map(Asked::from).collect();
    let decimals: Vec<_> = orders.iter().map(workload::OrderDec::from).collect();
    let mut cases: Vec<Case<'_>> = vec![
        (
            "hand-written, ranges assumed".to_owned(),
            Box::new(|| {
                for order in &orders {
                    black_box(limit::decide(black_box(order)));
                }
            }),
        ),
        (
            "hand-written, every step checked".to_owned(),
            Box::new(|| {
                for order in &orders {
                    black_box(limit::decide_checked(black_box(order)));
                }
            }),
        ),
        (
            "hand-written, rust_decimal".to_owned(),
            Box::new(|| {
                for order in &decimals {
                    black_box(reference::decide(black_box(order)));
                }
            }),
        ),
    ];
    for (name, bound) in &bound {
        let mut caller = bound.caller();
        let asked = &asked;
        cases.push((
            (*name).to_owned(),
            Box::new(move || {
                for asked in asked {
                    black_box(caller.decide(black_box(asked)).is_ok());
                }
            }),
        ));
    }
    measure::print("typed", cases, TIMED);
}

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    let json = arguments.next_if(|first| first == "json").is_some();
    let count = arguments
        .next()
        .and_then(|count| count.replace('_', "").parse().ok())
        .unwrap_or(100_000);
    let only = arguments.next().unwrap_or_default();
    let run = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || {
            if json {
                json::run(count, &only)
            } else {
                run(count)
            }
        })
        .expect("a thread");
    if run.join().is_err() {
        std::process::exit(1);
    }
}
