//! `assize bench`: shows where the time of decisions goes.
//!
//! Both engines answer every input before anything is timed, and a difference ends the run. Times are those of the
//! machine that it runs on; nothing in this project asserts on them.

mod differences;
mod inputs;
mod table;
mod times;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use assize_ir::{Decision, Program, bundle};
use assize_runtime::{Loaded, Options, Rules, Snapshot};

use crate::args::Bench;
use crate::console::Console;
use crate::fault::{Exit, Fault, Stop};
use crate::load::files::shown;
use crate::load::rules::ready;
use crate::progress::Progress;
use crate::verbs::answer::{find, read_data};
use crate::verbs::attest::why_interpreted;
use differences::{Asked, Difference, ask};
use inputs::{From, Inputs};
use times::{Timed, clock, nanoseconds, time};

/// What became of loading, in nanoseconds.
#[derive(Clone, Copy, Debug, Default)]
struct Loading {
    /// Reading, checking and linking a package; `None` for a bundle.
    package: Option<u64>,
    /// Reading and verifying the bundle.
    bundle: u64,
    /// Reading the data; `None` where there is none.
    data: Option<u64>,
    /// Making machine code.
    machine_code: u64,
    /// Laying the data out for machine code.
    rows: u64,
}

/// What was measured of a decision.
struct Measured {
    name: String,
    from: From,
    /// The number of the first input.
    first: usize,
    /// The inputs.
    calls: Vec<String>,
    asked: Asked,
    interpreter: Timed,
    /// `None` where this host or this data has no machine code.
    machine: Option<Timed>,
}

/// All that is told.
struct Report {
    rules: String,
    data: String,
    no_machine_code: Option<String>,
    loading: Loading,
    /// What reading the clock takes: part of each time.
    clock: u64,
    decisions: Vec<Measured>,
    /// Decisions of whose inputs there are none.
    without: Vec<String>,
    different: usize,
    /// The first differences.
    differences: Vec<Difference>,
}

/// Measures.
pub fn run(arguments: &Bench, console: &mut Console) -> Result<Exit, Stop> {
    let started = Instant::now();
    let ready = ready(&arguments.rules, console)?;
    let read = nanoseconds(started.elapsed());
    let program = ready.program();
    let decisions: Vec<&Decision> = match &arguments.decision {
        Some(name) => vec![find(program, name)?],
        None => program.decisions.iter().collect(),
    };
    let mut loading = Loading::default();
    if ready.workbench.is_some() {
        loading.package = Some(read);
        loading.bundle = bundle_time(program);
    } else {
        loading.bundle = read;
    }
    if cfg!(debug_assertions) {
        console.note("this is a debug build of assize: a release build is many times as fast")?;
    }
    if arguments.data.is_none() && decisions.iter().any(|it| !it.reads.is_empty()) {
        console.note("without --data every relation is empty")?;
    }
    let started = Instant::now();
    let snapshot = match &arguments.data {
        Some(folder) => read_data(program, folder, console)?,
        None => Snapshot::empty(program),
    };
    loading.data = arguments
        .data
        .is_some()
        .then(|| nanoseconds(started.elapsed()));
    let store = snapshot.store.clone();
    let digest = snapshot.digest;
    let plain = Loaded::of(Arc::clone(&ready.rules), snapshot);
    let machine = Loaded::of(Arc::clone(&ready.rules), Snapshot { store, digest });
    // Inputs are taken before anything is compiled: an input with faults is told at once.
    let mut all = inputs::all(arguments, &ready, &plain, &decisions, console)?;
    let progress = Progress::start(console, &format!("timing {}", shown(&arguments.rules)));
    let started = Instant::now();
    black_box(ready.rules.machine().is_some());
    loading.machine_code = nanoseconds(started.elapsed());
    let started = Instant::now();
    machine.compile();
    loading.rows = nanoseconds(started.elapsed());

    let mut report = Report {
        rules: ready.rules.digest.to_string(),
        data: machine.snapshot.digest.to_string(),
        no_machine_code: why_interpreted(&machine),
        loading,
        clock: clock(),
        decisions: Vec::new(),
        without: Vec::new(),
        different: 0,
        differences: Vec::new(),
    };
    all.retain(|inputs| {
        if inputs.calls.is_empty() {
            report.without.push(inputs.decision.clone());
        }
        !inputs.calls.is_empty()
    });
    if all.is_empty() {
        return Err(Fault::new(format!(
            "there is no input to measure: none fits the types of {} on this data",
            report.without.join(", ")
        ))
        .help("name a file with one: --input FILE")
        .into());
    }
    // All of them before the first is timed.
    let asked: Vec<Asked> = all
        .iter()
        .map(|inputs| ask(&plain, &machine, &inputs.calls))
        .collect();
    report.different = asked.iter().map(|it| it.different).sum();
    if report.different > 0 {
        let found = asked.into_iter().flat_map(|it| it.shown);
        report.differences = found.take(differences::SHOWN).collect();
    } else {
        for (inputs, asked) in all.into_iter().zip(asked) {
            report
                .decisions
                .push(measure(inputs, asked, (&plain, &machine), arguments.count));
        }
    }
    drop(progress);
    table::tell(&report, console)?;
    Ok(if report.different == 0 {
        Exit::Success
    } else {
        Exit::Findings
    })
}

fn measure(
    inputs: Inputs,
    asked: Asked,
    (plain, machine): (&Loaded, &Loaded),
    count: u64,
) -> Measured {
    let options = Options::default();
    let timed = |loaded: &Loaded| time(loaded, &options, &inputs.calls, count);
    Measured {
        interpreter: timed(plain),
        machine: machine.is_compiled().then(|| timed(machine)),
        name: inputs.decision,
        from: inputs.from,
        first: inputs.first,
        calls: inputs.calls,
        asked,
    }
}

/// How long the bundle of a program takes to read and verify: what an installation does with a package.
fn bundle_time(program: &Program) -> u64 {
    let (bytes, _) = bundle::write(program);
    let started = Instant::now();
    black_box(Rules::from_bundle(&bytes).is_ok());
    nanoseconds(started.elapsed())
}
