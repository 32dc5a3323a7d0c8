//! How long a decision on a whole order takes, by the number of its lines: Business Central's rules, each line with an
//! item of its own; by the interpreter and by machine code, from JSON text to JSON text.
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

/// Least time, and the answer.
fn measured(count: usize, compiled: bool) -> Result<(Duration, u64, String), String> {
    let (data, call) = order_of(count);
    let engine = engine(&data)?;
    if compiled {
        engine.compile();
        if !engine.is_compiled() {
            return Err("no machine code on this host".to_owned());
        }
    }
    let text = call.to_string();
    let options = Options {
        style: NumberStyle::Number,
        ..Options::default()
    };
    let mut least = Duration::MAX;
    let mut steps = 0;
    let mut last = String::new();
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
        last = shown;
    }
    Ok((least, steps, last))
}

fn run() -> Result<(), String> {
    println!(
        "{:>6} {:>12} {:>10} {:>12} {:>8} {:>12} {:>10} {:>8}",
        "lines", "ms", "us/line", "steps", "of 10", "machine ms", "us/line", "faster"
    );
    let mut of_ten = None;
    for lines in LINES {
        let (time, steps, answer) = measured(lines, false)?;
        let (machine, _, same) = measured(lines, true)?;
        if answer != same {
            return Err(format!("{lines} lines are answered in two ways"));
        }
        let per_line = time.as_secs_f64() * 1e6 / lines as f64;
        if lines == 10 {
            of_ten = Some(per_line);
        }
        let ratio = of_ten.map_or(String::new(), |ten| format!("{:.2}", per_line / ten));
        let ms = time.as_secs_f64() * 1e3;
        let machine_ms = machine.as_secs_f64() * 1e3;
        let machine_line = machine_ms * 1e3 / lines as f64;
        println!(
            "{lines:>6} {ms:>12.2} {per_line:>10.0} {steps:>12} {ratio:>8} {machine_ms:>12.3} {machine_line:>10.1} {:>8.1}",
            ms / machine_ms
        );
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
