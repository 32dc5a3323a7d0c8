//! How long a decision on a whole order takes, by the number of its lines: Business Central's rules, each line with an
//! item of its own.
//!
//! `cd bench && cargo run --release --bin documents`
//!
//! The time of a line is that of the order divided by its lines; it is compared with that of the shortest order whose
//! fixed work no longer counts, 10 lines. Every time is the least of several, as other work only adds.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use assize_eval::json::NumberStyle;
use assize_runtime::Options;
use assize_tests::orders::{engine, order_of};

const LINES: [usize; 4] = [1, 10, 100, 1_000];
const ROUNDS: usize = 7;
/// Compiling takes a large stack.
const STACK: usize = 256 << 20;

/// Least time, and steps.
fn measured(count: usize) -> Result<(Duration, u64), String> {
    let (data, call) = order_of(count);
    let engine = engine(&data)?;
    let text = call.to_string();
    let options = Options {
        style: NumberStyle::Number,
        ..Options::default()
    };
    let mut least = Duration::MAX;
    let mut steps = 0;
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let call = engine
            .decode(text.as_bytes())
            .map_err(|error| format!("{error:?}"))?;
        let answer = engine
            .decide(&call.decision.name, &call.arguments, call.at, &options)
            .map_err(|error| format!("{error:?}"))?;
        let shown = engine.text((call.decision, call.at, &call.arguments), &answer, &options);
        least = least.min(started.elapsed());
        if !shown.contains("\"output\"") {
            return Err(shown);
        }
        steps = answer.steps;
    }
    Ok((least, steps))
}

fn run() -> Result<(), String> {
    println!(
        "{:>6} {:>12} {:>10} {:>12} {:>8}",
        "lines", "ms", "us/line", "steps", "of 10"
    );
    let mut of_ten = None;
    for lines in LINES {
        let (time, steps) = measured(lines)?;
        let per_line = time.as_secs_f64() * 1e6 / lines as f64;
        if lines == 10 {
            of_ten = Some(per_line);
        }
        let ratio = of_ten.map_or(String::new(), |ten| format!("{:.2}", per_line / ten));
        let ms = time.as_secs_f64() * 1e3;
        println!("{lines:>6} {ms:>12.2} {per_line:>10.0} {steps:>12} {ratio:>8}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let work = std::thread::Builder::new().stack_size(STACK).spawn(run);
    match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        Ok(Ok(Err(why))) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
        _ => ExitCode::FAILURE,
    }
}
