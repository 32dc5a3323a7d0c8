//! From the text of rules to machine code: cold, and after an edit of one rule.

use std::time::{Duration, Instant};

use assize_compiler::{Database, PackageInput, Setter, Severity};
use assize_runtime::jit::Machine;

const ROUNDS: usize = 15;

/// Least time of each phase.
#[derive(Clone, Copy)]
struct Least([Duration; 4]);

impl Least {
    fn new() -> Least {
        Least([Duration::MAX; 4])
    }

    fn take(&mut self, phases: [Duration; 4]) {
        for (least, phase) in self.0.iter_mut().zip(phases) {
            *least = phase.min(*least);
        }
    }

    fn row(&self, name: &str) {
        let ms = |it: Duration| it.as_secs_f64() * 1e3;
        let all = self.0.map(ms);
        let [link, verify, code, told] = all;
        let sum = link + verify + code;
        println!("| {name} | {link:.2} | {verify:.2} | {code:.2} | {sum:.2} | {told:.2} |");
    }
}

/// A package checked and linked, verified, made machine code, and what is told of it, each timed.
fn phases(db: &Database, package: PackageInput) -> [Duration; 4] {
    let mut last = Instant::now();
    let mut lap = || {
        let took = last.elapsed();
        last = Instant::now();
        took
    };
    let linked = assize_compiler::program(db, package).expect("the rules have no errors");
    let link = lap();
    let program = assize_ir::verify_owned(linked.program).expect("the linker makes what verifies");
    let verify = lap();
    let machine = Machine::new(&program).expect("this host allows machine code");
    let code = lap();
    assert_eq!(machine.not_yet().count(), 0);
    // What is told to an author besides: gaps, overlaps, costs.
    lap();
    let found = assize_compiler::diagnostics(db, package);
    assert!(
        found.iter().all(|it| it.severity != Severity::Error),
        "the rules have no errors"
    );
    [link, verify, code, lap()]
}

/// Prints how long each phase takes.
pub fn report(name: &str, text: &str) {
    println!(
        "\n| {name}, ms | checked and linked | verified | machine code | all | told to authors besides |\n|---|---:|---:|---:|---:|---:|"
    );
    let mut cold = Least::new();
    for _ in 0..ROUNDS {
        let db = Database::default();
        let package = PackageInput::alone(&db, "bench", [("checkout.assize", text)]);
        cold.take(phases(&db, package));
    }
    cold.row("cold");
    let mut db = Database::default();
    let package = PackageInput::alone(&db, "bench", [("checkout.assize", text)]);
    phases(&db, package);
    let mut edited = Least::new();
    for round in 0..ROUNDS {
        // One row of one table.
        let text = text.replace("18.33%", &format!("18.{:02}%", 34 + round));
        let file = package.files(&db)[0];
        file.set_text(&mut db).to(text);
        edited.take(phases(&db, package));
    }
    edited.row("after an edit of one table");
}
