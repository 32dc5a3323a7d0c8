//! The tests of a package, and which of them fail.

use std::sync::Arc;

use assize_compiler::testing::{
    Coverage, Outcome, Second, TestOptions, TestReport, TestResult, render_text, run_tests,
};

use super::package::{Built, Place};
use crate::identity::{Identity, Seen};

/// What came of the tests of a package.
#[derive(Debug, Default)]
pub struct Tests {
    /// How many there are.
    pub ran: usize,
    /// Those that do not pass.
    pub failures: Vec<Failed>,
    /// What machine code answered.
    pub seen: Seen,
}

/// A test that does not pass.
#[derive(Debug)]
pub struct Failed {
    /// The step that is not as expected; the test, where there is none.
    pub place: Place,
    /// What the command line says of it, with a line end.
    pub text: String,
}

/// Runs every test and property of a package.
pub fn failures(built: &Built) -> Tests {
    let identity = if built.uses_packages() {
        // A package has tests of its own, which ask for what decided.
        Identity::default().without_telling()
    } else {
        Identity::default()
    };
    let identity = Arc::new(identity);
    let options = TestOptions {
        second: Some(Second(Arc::clone(&identity) as Arc<_>)),
        ..TestOptions::default()
    };
    let report = run_tests(&built.db, built.root, &options);
    let ran = report.tests.len();
    let failures = report
        .tests
        .into_iter()
        .filter(|test| test.outcome != Outcome::Passed)
        .map(|test| Failed {
            place: place(built, &test),
            text: text(test),
        })
        .collect();
    Tests {
        ran,
        failures,
        seen: identity.seen(),
    }
}

fn place(built: &Built, test: &TestResult) -> Place {
    let step = test
        .steps
        .iter()
        .find(|step| step.outcome != Outcome::Passed);
    // Steps of a counterexample stand in a test that was made, not in the file.
    let step = step.filter(|_| test.property.is_none());
    let place = step.map_or(&test.place, |step| &step.place);
    let line = (place.line as usize).saturating_sub(1);
    built.in_block(
        super::package::MAIN,
        &place.path,
        line,
        place.column as usize,
    )
}

/// The report of this test alone, without the totals that follow it.
fn text(test: TestResult) -> String {
    let report = TestReport {
        package: String::new(),
        tests: vec![test],
        coverage: Coverage::default(),
    };
    let text = render_text(&report);
    let lines: Vec<&str> = text.lines().collect();
    let totals = lines
        .iter()
        .rposition(|line| line.is_empty())
        .unwrap_or(lines.len());
    let lines = lines.get(..totals).unwrap_or_default();
    lines
        .iter()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}
