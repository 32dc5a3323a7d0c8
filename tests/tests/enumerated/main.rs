//! Small random tables, grids and rules, of which every case is run: what the checker says of them is
//! compared with what the interpreter does in all of them.
//!
//! `ASSIZE_TABLES=20000` looks longer than the gate, `ASSIZE_SEED=2` elsewhere, `ASSIZE_ONLY=7` at one,
//! `ASSIZE_SHOW=1` with `--nocapture` prints each text with what is said of it.

#![cfg(test)]

mod kinds;
mod rules;
mod tables;

use std::panic::{AssertUnwindSafe, catch_unwind};

use assize_compiler::{Database, Diagnostic, PackageInput, diagnostics, resolve};
use assize_eval::Value;
use assize_eval::data::NoData;
use assize_eval::failure::Failure;
use assize_eval::interp::{Interpreter, Limits};
use assize_ir::{CallableId, Program};
use kinds::Known;

/// Texts of each sort that the gate makes.
const TEXTS: u64 = 150;

/// A sequence of numbers that is the same on every machine (splitmix64).
pub struct Numbers(u64);

impl Numbers {
    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    /// True in so many of 100 cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}

/// A checked text that can be run.
pub struct Checked {
    db: Database,
    /// What is said of the declaration `main`.
    pub found: Vec<Diagnostic>,
    program: Program,
}

impl Checked {
    /// `None`: the text has faults that are none of the analyses.
    fn of(text: &str) -> Option<Checked> {
        let db = Database::default();
        let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
        let all = diagnostics(&db, package);
        let other = |found: &&Diagnostic| {
            found.severity == assize_compiler::Severity::Error
                && !matches!(found.code.0, "A0411" | "A0508")
        };
        if let Some(other) = all.iter().find(other) {
            if std::env::var_os("ASSIZE_SHOW").is_some() {
                eprintln!("refused: {} {}", other.code.0, other.claim);
            }
            return None;
        }
        let of_main = |found: &Diagnostic| &*found.primary.at.decl.key.name == "main";
        let found = all.into_iter().filter(of_main).collect();
        let program = assize_compiler::everything(&db, package).ok()?.program;
        Some(Checked { db, found, program })
    }

    /// The line of a place, from 1.
    pub fn line(&self, at: &assize_compiler::diagnostic::At) -> usize {
        let (file, range) = resolve(&self.db, at);
        let before = file.text(&self.db).get(..range.start as usize);
        before.unwrap_or_default().matches('\n').count() + 1
    }

    /// Runs a function at a point.
    pub fn run(&self, name: &str, point: &[Known]) -> Result<Value, Box<Failure>> {
        let at = self.program.callables.iter().position(|of| of.name == name);
        let id = CallableId(u32::try_from(at.unwrap()).unwrap());
        let arguments: Vec<Value> = point.iter().map(|known| known.value.clone()).collect();
        Interpreter::new(&self.program, &NoData, Limits::default()).call(id, &arguments)
    }

    /// The findings of a code.
    pub fn of_code<'c>(&'c self, code: &'c str) -> impl Iterator<Item = &'c Diagnostic> {
        self.found.iter().filter(move |found| found.code.0 == code)
    }

    /// What is said, for whoever reads of a fault.
    pub fn said(&self) -> String {
        let lines = self.found.iter().map(|found| {
            let line = self.line(&found.primary.at);
            let because = found.because.join("; ");
            format!(
                "{:?} {} {line}: {} ({because})",
                found.severity, found.code.0, found.claim
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// How many texts were compared, and how many of them had something wrong.
#[derive(Default)]
pub struct Seen {
    /// Texts without other faults.
    pub compared: u64,
    /// Of these, those of which something is said.
    pub with_findings: u64,
    /// Of these, those of which something *may* be.
    pub unsure: u64,
}

fn number(name: &str, plain: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(plain)
}

fn each(sort: u64, compare: impl Fn(&mut Numbers, &mut Seen) -> (String, Option<String>)) {
    let (texts, seed) = (number("ASSIZE_TABLES", TEXTS), number("ASSIZE_SEED", 1));
    let only = number("ASSIZE_ONLY", u64::MAX);
    let mut seen = Seen::default();
    let mut faults = Vec::new();
    for text in (0..texts).filter(|text| only == u64::MAX || only == *text) {
        let mut numbers = Numbers((seed << 32) + (sort << 56) + text);
        match catch_unwind(AssertUnwindSafe(|| compare(&mut numbers, &mut seen))) {
            Ok((_, None)) => {}
            Ok((rules, Some(fault))) => faults.push(format!("{text}: {fault}\n{rules}")),
            Err(_) => faults.push(format!("{text}: a panic")),
        }
    }
    let Seen {
        compared,
        with_findings,
        unsure,
    } = seen;
    eprintln!("{compared} of {texts} compared, {with_findings} with findings, {unsure} unsure");
    let count = faults.len();
    faults.truncate(12);
    assert!(
        faults.is_empty(),
        "{count} faults\n{}",
        faults.join("\n----\n")
    );
    // Else nothing but refusals was looked at.
    if only == u64::MAX {
        assert!(compared * 2 > texts, "{compared} of {texts} were compared");
        assert!(
            with_findings * 4 > texts,
            "{with_findings} of {texts} had findings"
        );
    }
}

#[test]
fn tables_are_told_as_they_decide() {
    each(1, |numbers, seen| tables::compare(numbers, seen, false));
}

#[test]
fn grids_are_told_as_they_decide() {
    each(2, |numbers, seen| tables::compare(numbers, seen, true));
}

#[test]
fn rules_are_told_as_they_decide() {
    each(3, rules::compare);
}
