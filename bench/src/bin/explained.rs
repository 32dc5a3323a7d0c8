//! What an explanation costs: the decision `quote` of Business Central's rules by machine code, the same with what
//! decided, by the interpreter, with a trace, and with the trace written as JSON.
//!
//! `cd bench && cargo run --release --bin explained [LINES]`
//!
//! Every time is the least of several, as other work only adds.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use assize_bench::on_deep_stack;
use assize_eval::json::NumberStyle;
use assize_eval::trace::Explain;
use assize_runtime::Options;
use assize_tests::orders::{engine, order_of};

const LINES: [usize; 3] = [1, 10, 100];
/// Each is asked so often at least, and so long.
const ROUNDS: usize = 7;
const LEAST: Duration = Duration::from_millis(500);

fn least(mut ask: impl FnMut()) -> f64 {
    let mut least = Duration::MAX;
    let begun = Instant::now();
    let mut rounds = 0;
    while rounds < ROUNDS || begun.elapsed() < LEAST {
        rounds += 1;
        let started = Instant::now();
        ask();
        least = least.min(started.elapsed());
    }
    least.as_secs_f64() * 1e3
}

fn run() -> Result<(), String> {
    let asked = std::env::args().nth(1).and_then(|lines| lines.parse().ok());
    let lengths = asked.map_or(LINES.to_vec(), |lines| vec![lines]);
    let plain = Options {
        style: NumberStyle::Number,
        ..Options::default()
    };
    let decided = Options {
        decided: true,
        ..plain.clone()
    };
    let told = Options {
        explain: Some(Explain::default()),
        ..plain.clone()
    };
    println!(
        "{:>6} {:>12} {:>12} {:>8} {:>12} {:>12} {:>12} {:>12} {:>10}",
        "lines",
        "machine ms",
        "decided ms",
        "bytes",
        "interp. ms",
        "traced ms",
        "to JSON ms",
        "all ms",
        "bytes"
    );
    for lines in lengths {
        let (data, call) = order_of(lines);
        let call = call.to_string();
        let interpreted = engine(&data)?;
        let compiled = engine(&data)?.compiled();
        let line = call.as_bytes();
        let decoded = interpreted
            .decode(line)
            .map_err(|faults| format!("{faults:?}"))?;
        let decide = |options: &Options| {
            let (name, at) = (&decoded.decision.name, decoded.at);
            interpreted.decide(name, &decoded.arguments, at, options)
        };
        let traced = decide(&told).map_err(|fault| format!("{fault:?}"))?;
        let subject = (decoded.decision, decoded.at, decoded.arguments.as_slice());
        let machine = least(|| drop(black_box(compiled.decide_json(line, &plain))));
        let telling = least(|| drop(black_box(compiled.decide_json(line, &decided))));
        let answer = compiled.decide_json(line, &decided);
        if answer != interpreted.decide_json(line, &decided) {
            return Err(format!("of {lines} lines two things decided"));
        }
        let interpreter = least(|| drop(black_box(decide(&plain))));
        let with = least(|| drop(black_box(decide(&told))));
        let text = least(|| drop(black_box(interpreted.text(subject, &traced, &told))));
        let all = least(|| drop(black_box(compiled.decide_json(line, &told))));
        let bytes = compiled.decide_json(line, &told).len();
        println!(
            "{lines:>6} {machine:>12.3} {telling:>12.3} {:>8} {interpreter:>12.3} {with:>12.3} {text:>12.3} {all:>12.3} {bytes:>10}",
            answer.len()
        );
    }
    Ok(())
}

fn main() -> ExitCode {
    on_deep_stack(run)
}
