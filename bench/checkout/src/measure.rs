//! Compares and times contestants. A drifting clock does not spoil the times: each case is compared with the first one,
//! which runs right before and after it, and the median of several rounds counts.

use std::time::Instant;

use crate::reference;
use crate::workload::{Decision, Order};

const ROUNDS: usize = 9;

/// A case: its name, and what decides all orders once.
pub type Case<'c> = (String, Box<dyn FnMut() + 'c>);

/// Median nanoseconds per decision, and median ratio to the first case.
pub fn measured(cases: &mut [Case<'_>], decisions: usize) -> Vec<(f64, f64)> {
    let time = |case: &mut Case<'_>, passes: usize| {
        let start = Instant::now();
        for _ in 0..passes {
            (case.1)();
        }
        start.elapsed().as_nanos() as f64 / (passes * decisions) as f64
    };
    let passes: Vec<usize> = cases
        .iter_mut()
        .map(|case| {
            let once = time(case, 1) * decisions as f64;
            ((60e6 / once) as usize).clamp(1, 100_000)
        })
        .collect();
    let base_passes = (passes[0] / 4).max(1);
    let mut all = vec![Vec::new(); cases.len()];
    for _ in 0..ROUNDS {
        let mut before = time(&mut cases[0], base_passes);
        for (number, passes) in passes.iter().enumerate() {
            let took = time(&mut cases[number], *passes);
            let after = time(&mut cases[0], base_passes);
            all[number].push((took, took / ((before + after) / 2.0)));
            before = after;
        }
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    all.into_iter()
        .map(|pairs| {
            let (times, ratios) = pairs.into_iter().unzip();
            (median(times), median(ratios))
        })
        .collect()
}

/// Measures all cases, and prints a table.
pub fn print(title: &str, mut cases: Vec<Case<'_>>, decisions: usize) {
    println!("\n| {title} | ns | x limit |\n|---|---:|---:|");
    let times = measured(&mut cases, decisions);
    for ((name, _), (ns, ratio)) in cases.iter().zip(times) {
        println!("| {name} | {ns:.1} | {ratio:.2} |");
    }
}

/// How many decisions differ from exact decimals, with the first of them.
pub fn wrong(orders: &[Order], mut decide: impl FnMut(&Order) -> Decision) -> (usize, String) {
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
