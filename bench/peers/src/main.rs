//! One order line, decided by Assize and by other engines, each in the way that is natural to it: first how many answers
//! differ from those of exact decimals, then how long a decision takes beside code written by hand.
//!
//! `cd bench/peers && cargo run --release -- [ORDERS]`
//!
//! The first build takes about ten minutes on two cores. The orders, the rules and the code by hand are those of
//! `bench/checkout`. Ratios are to the hand-written limit that ran right before and after, each the median of several
//! rounds, so that a clock that drifts cancels out; compare ratios, and not times of two runs.
//!
//! The engines and what they bring are under permissive licences, but for one crate below rhai (smartstring, MPL-2.0+):
//! nothing of it is part of Assize or handed out.
//!
//! What is timed: *an order*, from the caller's struct to a decision in a struct, with all conversions to values of the
//! engine and back; *prepared*, the same with the engine's own input made before; *JSON*, from text to text.

mod cel;
mod contestant;
mod hand;
mod hand_json;
mod lua;
mod rego;
mod rhai;
mod rules;
mod zen;

use std::cell::RefCell;
use std::hint::black_box;

use assize_bench_checkout::measure::{Case, measured};
use assize_bench_checkout::workload::{Decision, Order, fingerprint, generate_with};
use assize_bench_checkout::{RULES, reference, typed};

use contestant::Contestant;

const TIMED: usize = 4_096;
/// Compiling rules takes a large stack.
const STACK: usize = 256 << 20;

fn contestants() -> Vec<Box<dyn Contestant>> {
    let [ranges, open] = RULES.map(|(_, text)| &*Box::leak(Box::new(typed::loaded(text))));
    let mut all: Vec<Box<dyn Contestant>> = vec![
        Box::new(hand::Limit::default()),
        Box::new(hand::Decimals::default()),
    ];
    all.extend(rules::contestants(ranges, open));
    let peers: [Box<dyn Contestant>; 7] = [
        Box::new(lua::LuaJit::new()),
        Box::new(zen::Zen::new(true)),
        Box::new(zen::Zen::new(false)),
        Box::new(rhai::RhaiDec::new()),
        Box::new(cel::Cel::new()),
        Box::new(rego::Rego::new(true)),
        Box::new(rego::Rego::new(false)),
    ];
    all.extend(peers);
    all
}

/// Answers that are not the exact ones: of orders (or prepared ones), and of JSON.
fn wrong(one: &mut dyn Contestant, orders: &[Order], exact: &[Decision]) -> (usize, Option<usize>) {
    let is_single = one.decides();
    let is_batch = !is_single && one.prepare(orders);
    let mut of_orders = 0;
    let mut of_json = 0;
    let mut has_json = true;
    let mut out = String::new();
    for (at, (order, exact)) in orders.iter().zip(exact).enumerate() {
        if is_single {
            of_orders += usize::from(one.decide(order) != *exact);
        } else if is_batch {
            of_orders += usize::from(one.decide_prepared(at) != *exact);
        }
        has_json = has_json && one.decide_json(&one.order_json(order), &mut out);
        if has_json {
            of_json += usize::from(one.read_json(&out) != *exact);
        }
    }
    (of_orders, has_json.then_some(of_json))
}

/// Nanoseconds, and how many times those of the limit.
type Cell = Option<(f64, f64)>;

/// Times the first contestant with its orders, and the others in one of the three ways.
fn times(
    all: &[RefCell<Box<dyn Contestant>>],
    orders: &[Order],
    begins: impl Fn(&mut dyn Contestant) -> bool,
    pass: impl Fn(&mut dyn Contestant, usize) + Copy,
) -> Vec<Cell> {
    let taking: Vec<bool> = all
        .iter()
        .map(|it| begins(&mut **it.borrow_mut()))
        .collect();
    let mut cases: Vec<Case<'_>> = vec![(
        "limit".to_owned(),
        Box::new(|| {
            let mut limit = all[0].borrow_mut();
            for order in orders {
                black_box(limit.decide(black_box(order)));
            }
        }),
    )];
    for (number, one) in all.iter().enumerate().filter(|(number, _)| taking[*number]) {
        cases.push((
            number.to_string(),
            Box::new(move || pass(&mut **one.borrow_mut(), number)),
        ));
    }
    let found = measured(&mut cases, orders.len());
    let mut found = found.into_iter().skip(1);
    taking
        .iter()
        .map(|takes| if *takes { found.next() } else { None })
        .collect()
}

/// How many answers of each differ, as a cell of the table.
fn exactness(all: &mut [Box<dyn Contestant>], orders: &[Order]) -> Vec<usize> {
    println!(
        "{} orders, fingerprint {:016x}",
        orders.len(),
        fingerprint(orders)
    );
    let exact: Vec<Decision> = orders
        .iter()
        .map(|order| reference::decide(&order.into()).into())
        .collect();
    let found = all.iter_mut().map(|one| {
        let (of_orders, of_json) = wrong(&mut **one, orders, &exact);
        let json = of_json.map_or(String::new(), |count| format!(", {count} of their JSON"));
        println!("  {}: {of_orders} differ{json}", one.name());
        of_orders.max(of_json.unwrap_or(0))
    });
    found.collect()
}

fn run(count: usize) {
    let orders = generate_with(count.max(TIMED), 42, true);
    let mut all = contestants();
    let on_edges = exactness(&mut all, &orders);
    let by_chance = exactness(&mut all, &generate_with(orders.len(), 42, false));
    let differ: Vec<(usize, usize)> = on_edges.into_iter().zip(by_chance).collect();
    let count = orders.len();
    let orders = &orders[..TIMED];
    let all: Vec<RefCell<Box<dyn Contestant>>> = all.into_iter().map(RefCell::new).collect();
    let of_orders = times(
        &all,
        orders,
        |one| one.decides(),
        |one, _| {
            for order in orders {
                black_box(one.decide(black_box(order)));
            }
        },
    );
    let prepared = times(
        &all,
        orders,
        |one| one.prepare(orders),
        |one, _| {
            if !one.decide_batch() {
                for at in 0..orders.len() {
                    black_box(one.decide_prepared(black_box(at)));
                }
            }
        },
    );
    let texts: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            orders
                .iter()
                .map(|order| one.borrow().order_json(order))
                .collect()
        })
        .collect();
    let json = times(
        &all,
        orders,
        |one| one.decide_json(&one.order_json(&orders[0]), &mut String::new()),
        |one, number| {
            let mut out = String::new();
            for text in &texts[number] {
                one.decide_json(black_box(text), &mut out);
                black_box(&out);
            }
        },
    );
    println!(
        "\n| {TIMED} orders | numbers | differ of {count}, on edges | without | an order, ns | x limit | prepared, ns | x limit | JSON, ns | x limit |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    for (number, one) in all.iter().enumerate() {
        let one = one.borrow();
        let cell = |cell: Cell| match cell {
            Some((ns, ratio)) if ratio < 100.0 => format!("{ns:.0} | {ratio:.1}"),
            Some((ns, ratio)) => format!("{ns:.0} | {ratio:.0}"),
            None => " | ".to_owned(),
        };
        let (on_edges, by_chance) = differ[number];
        println!(
            "| {} | {} | {on_edges} | {by_chance} | {} | {} | {} |",
            one.name(),
            one.numbers(),
            cell(of_orders[number]),
            cell(prepared[number]),
            cell(json[number])
        );
    }
}

fn main() {
    let count = std::env::args().nth(1).map_or(20_000, |count| {
        count.replace('_', "").parse().expect("a number of orders")
    });
    let run = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(move || run(count))
        .expect("a thread");
    if run.join().is_err() {
        std::process::exit(1);
    }
}
