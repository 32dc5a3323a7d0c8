//! How long a decision on a whole order takes, by the number of its lines: Business Central's rules, each line with an
//! item of its own; by the interpreter and by machine code, from JSON text to JSON text.
//!
//! `cd bench && cargo run --release --bin documents [LINES]`
//!
//! The time of a line is that of the order divided by its lines; it is compared with that of the shortest order whose
//! fixed work no longer counts, 10 lines. Every time is the least of several, as other work only adds.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use assize_bench::on_deep_stack;
use assize_eval::json::NumberStyle;
use assize_runtime::{Loaded, Options};
use assize_tests::orders::{engine, order_of};

const LINES: [usize; 4] = [1, 10, 100, 1_000];
/// Each is asked so often at least, and so long.
const ROUNDS: usize = 7;
const LEAST: Duration = Duration::from_millis(300);

/// Least time of a call from text to text, and the answer.
fn measured(engine: &Loaded, call: &str, options: &Options) -> Result<(Duration, String), String> {
    let mut least = Duration::MAX;
    let mut answer = String::new();
    let begun = Instant::now();
    let mut rounds = 0;
    while rounds < ROUNDS || begun.elapsed() < LEAST {
        rounds += 1;
        let started = Instant::now();
        answer.clear();
        engine.decide_json_into(call.as_bytes(), options, &mut answer);
        least = least.min(started.elapsed());
    }
    if !answer.contains("\"output\"") {
        return Err(answer);
    }
    Ok((least, answer))
}

/// The steps that the interpreter takes.
fn steps(engine: &Loaded, call: &str, options: &Options) -> Result<u64, String> {
    let call = engine
        .decode(call.as_bytes())
        .map_err(|error| format!("{error:?}"))?;
    let answer = engine.decide(&call.decision.name, &call.arguments, call.at, options);
    Ok(answer.map_err(|error| format!("{error:?}"))?.steps)
}

fn run() -> Result<(), String> {
    let asked = std::env::args().nth(1).and_then(|lines| lines.parse().ok());
    let lengths = asked.map_or(LINES.to_vec(), |lines| vec![lines]);
    println!(
        "{:>6} {:>12} {:>10} {:>12} {:>8} {:>12} {:>10} {:>8}",
        "lines", "ms", "us/line", "steps", "of 10", "machine ms", "us/line", "faster"
    );
    let options = Options {
        style: NumberStyle::Number,
        ..Options::default()
    };
    let mut of_ten = None;
    for lines in lengths {
        let (data, call) = order_of(lines);
        let call = call.to_string();
        let interpreted = engine(&data)?;
        let compiled = engine(&data)?.compiled();
        if !compiled.is_compiled() {
            return Err("no machine code on this host".to_owned());
        }
        let steps = steps(&interpreted, &call, &options)?;
        let (time, answer) = measured(&interpreted, &call, &options)?;
        let (machine, same) = measured(&compiled, &call, &options)?;
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
    on_deep_stack(run)
}
