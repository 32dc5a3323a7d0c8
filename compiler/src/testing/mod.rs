//! Runs the tests and properties of a package: what `assize test` reports, as plain data.
//!
//! All parts of all tests are linked into one program and evaluated by the reference interpreter,
//! each test over the rows that it gives itself. A test whose declaration, or anything that it
//! needs, has errors is reported as broken, and the others still run.
//!
//! **`by`** (language reference §11) asks about *the outermost call in the result*: the leftmost of
//! the calls that are nested least in the expression, seen through its `let`s. What decided there is
//! a path of names: the row, exception, `default`, or day of the parameter value, then what decided
//! in the call from which that took its value, and so on. A row of a grid is followed by the head of
//! its column. An expected path holds when it is the beginning of a path that was found, name by
//! name; an exception that another package adds may be named without its module. Several that
//! decided together must all be named, and nothing that did not decide may be named.
//!
//! **Calendars.** A test brings its own (`given calendar`), and whoever runs the tests may pass more in
//! [`TestOptions::calendars`]; a calendar that is not there is `missing_data`, as in a snapshot.

mod coverage;
mod decided;
mod edges;
mod fixture;
mod generate;
mod inputs;
mod junit;
mod needs;
mod place;
mod plan;
mod proof;
mod property;
mod random;
mod report;
mod shrink;
mod steps;
mod text;
mod values;

use std::sync::Arc;

use assize_eval::calendar::Calendar;
use assize_eval::interp::Observer;

use crate::db::{Db, PackageInput};

pub use inputs::inputs;
pub use junit::{RuleError, render_junit};
pub use report::{
    BrokenBy, Counterexample, Coverage, CoverageElement, CoverageKind, CoverageTotal,
    DeclarationCoverage, ErrorReport, FixtureFault, HowRun, Outcome, Problem, PropertyReport,
    SourcePlace, StepKind, StepReport, TestKind, TestReport, TestResult,
};
pub use text::render_text;

/// Generated cases of a property unless its caller says otherwise.
pub const DEFAULT_CASES: u32 = 256;
/// Greatest number of cases that are all run, so that the property is proved.
pub const MAX_PROOF_CASES: usize = 4_096;
/// Greatest number of cases that are made for one that passes `where` and the checks of records.
pub const MAX_ATTEMPTS_PER_CASE: u32 = 20;
/// Greatest number of evaluations for making a counterexample smaller.
pub const MAX_SHRINK_STEPS: u32 = 2_000;

/// How tests are run.
#[derive(Clone, Debug)]
pub struct TestOptions {
    /// Only tests whose `module: title` contains this text.
    pub filter: Option<String>,
    /// Cases per property that is not proved.
    pub cases: u32,
    /// Replaces the seed that is made from the property's own text.
    pub seed: Option<u64>,
    /// Calendars that all tests see, unless they give one of the same code themselves.
    pub calendars: Vec<Calendar>,
    /// Bounds of each evaluation.
    pub limits: assize_eval::Limits,
    /// Is asked everything that the interpreter is asked.
    pub second: Option<Second>,
    /// Whether coverage tells edges, too.
    pub edges: bool,
}

/// A second engine, told each call of the tests and the interpreter's answer to it.
#[derive(Clone)]
pub struct Second(pub Arc<dyn SecondEngine>);

impl std::fmt::Debug for Second {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Second")
    }
}

/// What a second engine does.
pub trait SecondEngine {
    /// The interpreter has answered a call of a program on these rows.
    fn asked(
        &self,
        on: (&assize_ir::Program, &assize_eval::store::Store),
        callable: assize_ir::CallableId,
        arguments: &[assize_eval::Value],
        answer: Result<&assize_eval::Value, &assize_eval::Failure>,
    );
}

impl Default for TestOptions {
    fn default() -> TestOptions {
        TestOptions {
            filter: None,
            cases: DEFAULT_CASES,
            seed: None,
            calendars: Vec::new(),
            limits: assize_eval::Limits::default(),
            second: None,
            edges: false,
        }
    }
}

/// Runs the tests and properties of a package in the order of its files and their text. The package
/// is the root of the bundle they run in: what extends it from outside is not seen.
pub fn run_tests(db: &dyn Db, package: PackageInput, options: &TestOptions) -> TestReport {
    run(db, package, options, coverage::Seen::default())
}

/// The same, where somebody is told the values that nodes and callables give on the way.
pub fn run_tests_watched(
    db: &dyn Db,
    package: PackageInput,
    options: &TestOptions,
    observer: &mut dyn Observer,
) -> TestReport {
    let mut seen = coverage::Seen::default();
    seen.also = Some(observer);
    run(db, package, options, seen)
}

fn run(
    db: &dyn Db,
    package: PackageInput,
    options: &TestOptions,
    mut seen: coverage::Seen<'_>,
) -> TestReport {
    let suite = plan::Suite::new(db, package, options);
    if let (true, Some(linked)) = (options.edges, &suite.linked) {
        seen.edges = Some(edges::Edges::of(&linked.program));
    }
    let mut tests = Vec::new();
    for test in &suite.tests {
        tests.push(match &test.state {
            plan::State::Broken(broken) => test.broken(db, broken),
            plan::State::Ready => match &suite.linked {
                Some(linked) => property::run(db, linked, test, options, &mut seen),
                None => test.broken(db, &[]),
            },
        });
    }
    let coverage = match &suite.linked {
        Some(linked) => coverage::report(db, package, linked, &seen),
        None => Coverage::default(),
    };
    TestReport {
        package: package.name(db).clone(),
        tests,
        coverage,
    }
}

#[cfg(test)]
mod tests;
