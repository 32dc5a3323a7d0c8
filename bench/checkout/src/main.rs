//! One order line, decided by hand-written code and by rules: first that all answers are those of exact decimals, then
//! how long each takes.
//!
//! `cd bench && cargo run --release -p assize-bench-checkout -- [ORDERS]` decides between Rust types, and
//! `cargo run --release -p assize-bench-checkout -- json [ORDERS [NAME]]` from JSON text to JSON text; with a name only
//! the cases that have it in theirs are timed, and the limit.
//!
//! Ratios are to the hand-written limit that ran right before and after, each the median of several rounds, so that
//! a clock that drifts cancels out.

use std::hint::black_box;

use assize_bench_checkout::measure::{self, Case, wrong};
use assize_bench_checkout::{
    RULES, TIMED, batch, compile, json, limit, reference, typed, workload,
};
use assize_runtime::Loaded;
use assize_runtime::typed::{Give, Record, Term, Typed};

use typed::Answer;
use workload::{Decision, Order, fingerprint, generate_with};

/// Compiling takes a large stack.
const STACK: usize = 256 << 20;

/// A way to hand in orders: its name, one answer, and a case over the orders that are timed.
struct Way<'w> {
    name: String,
    decide: Box<dyn FnMut(&Order) -> Decision + 'w>,
    case: Box<dyn FnMut() + 'w>,
}

/// Rules bound to a type of orders.
fn way<'w, I>(name: &str, typed: &'w Typed<'w, I, Answer>, orders: &[Order]) -> Way<'w>
where
    I: for<'o> From<&'o Order> + Record<Static = I> + Term<Kind: Give<I>> + 'w,
{
    println!("{name}: left to the interpreter: {:?}", typed.not_yet());
    let mut once = typed.caller();
    let mut caller = typed.caller();
    let asked: Vec<I> = orders.iter().map(I::from).collect();
    Way {
        name: name.to_owned(),
        decide: Box::new(move |order| {
            let answer = once.decide(&I::from(order));
            (&answer.expect("a decision")).into()
        }),
        case: Box::new(move || {
            for asked in &asked {
                black_box(caller.decide(black_box(asked)).is_ok());
            }
        }),
    }
}

fn bound<I>(loaded: &Loaded) -> Typed<'_, I, Answer>
where
    I: Record<Static = I> + Term<Kind: Give<I>>,
{
    let typed = loaded.typed::<I, Answer>("checkout_line");
    typed.expect("the types fit the rules")
}

fn run(count: usize) {
    let [ranges, open] = RULES.map(|(_, text)| typed::loaded(text));
    let (within, fixed) = (
        bound::<typed::within::order::Asked>(&ranges),
        bound::<typed::fixed::order::Asked>(&ranges),
    );
    let (columns, open_columns) = (batch::bound(&ranges), batch::bound(&open));
    println!("columns: left to the interpreter: {:?}", columns.not_yet());
    let (mut batch, mut open_batch) = (columns.batch(), open_columns.batch());
    let open = bound::<typed::fixed::order::Asked>(&open);
    let orders = generate_with(TIMED, 42, true);
    let mut ways = [
        way("Assize, ranges declared and in the types", &within, &orders),
        way(
            "Assize, ranges declared, tested at each call",
            &fixed,
            &orders,
        ),
        way("Assize, nothing declared", &open, &orders),
    ];
    for edges in [true, false] {
        let orders = generate_with(count, 42, edges);
        println!(
            "{count} orders, seed 42, {} values placed on edges, fingerprint {:016x}",
            if edges { "with" } else { "without" },
            fingerprint(&orders)
        );
        let (differ, first) = wrong(&orders, limit::decide);
        println!("  hand-written: {differ} differ {first}");
        for way in &mut ways {
            let (differ, first) = wrong(&orders, &mut way.decide);
            println!("  {}: {differ} differ {first}", way.name);
        }
        for (name, batch) in [
            ("ranges declared", &mut batch),
            ("nothing declared", &mut open_batch),
        ] {
            let columns = batch::Orders::new(&orders);
            let answers = batch::decide(batch, &columns);
            assert!(answers.refused.is_empty(), "{:?}", answers.refused.first());
            let mut rows = 0..;
            let (differ, first) = wrong(&orders, |_| {
                batch::decision(answers, rows.next().expect("a row"))
            });
            println!("  Assize, columns, {name}: {differ} differ {first}");
        }
    }
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
    cases.extend(ways.into_iter().map(|way| (way.name, way.case)));
    measure::print("typed", cases, TIMED);
    let columns = batch::Orders::new(&orders);
    let mut by_hand = batch::ByHand::default();
    let cases: Vec<Case<'_>> = vec![
        (
            "the same loop in Rust, ranges assumed".to_owned(),
            Box::new(|| by_hand.decide(&columns)),
        ),
        (
            "Assize, ranges declared".to_owned(),
            Box::new(|| {
                black_box(batch::decide(&mut batch, &columns));
            }),
        ),
        (
            "Assize, nothing declared".to_owned(),
            Box::new(|| {
                black_box(batch::decide(&mut open_batch, &columns));
            }),
        ),
    ];
    measure::print("columns", cases, TIMED);
}

/// From text to machine code.
fn compiling() {
    for (name, text) in RULES {
        compile::report(name, text);
    }
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
                json::run(count, &only);
            } else {
                run(count);
                compiling();
            }
        })
        .expect("a thread");
    if run.join().is_err() {
        std::process::exit(1);
    }
}
