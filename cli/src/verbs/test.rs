//! `assize test`: runs the tests and properties of a package.

use assize_compiler::Severity;
use assize_compiler::testing::{
    DEFAULT_CASES, RuleError, TestOptions, render_junit, render_text, run_tests,
};
use assize_eval::json::nearest;
use serde_json::json;

use crate::args::Test;
use crate::console::Console;
use crate::fault::{Exit, Fault, Stop};
use crate::load::files::{refuse_rules, shown, write_whole};
use crate::load::{package, rules};
use crate::progress::Progress;
use crate::render::human::counted;

/// Runs tests; JUnit goes to its file whatever else is written.
pub fn run(arguments: &Test, console: &mut Console) -> Result<Exit, Stop> {
    let workbench = package::open(&arguments.package)?;
    let place = shown(&arguments.package);
    let options = TestOptions {
        filter: arguments.filter.clone(),
        edges: arguments.edges,
        cases: arguments.cases.unwrap_or(DEFAULT_CASES),
        ..TestOptions::default()
    };
    if let Some(path) = &arguments.junit {
        refuse_rules(path)?;
    }
    let (report, rule_errors) = {
        let _progress = Progress::start(console, &format!("testing {place}"));
        let mut report = run_tests(&workbench.db, workbench.root, &options);
        // Packages name their files below their folder; whoever reads the report stands elsewhere.
        report.each_place(&mut |place| {
            let package = Some(place.package.as_str()).filter(|name| !name.is_empty());
            if let Some(path) = workbench.shown_path(package, &place.path) {
                place.path = path;
            }
        });
        let found = rules::check(&workbench);
        let errors: Vec<RuleError> = found
            .iter()
            .filter(|one| one.severity == Severity::Error)
            .map(|one| RuleError {
                path: one.primary.source.path.clone(),
                line: one.primary.start().line,
                code: one.code.to_owned(),
                claim: one.claim.clone(),
            })
            .collect();
        (report, errors)
    };
    let errors = rule_errors.len();
    let passed = report.passed() && errors == 0;
    if report.tests.is_empty()
        && let Some(filter) = &arguments.filter
    {
        let fault = Fault::new(format!("no test of {place} has `{filter}` in its name"));
        let all = run_tests(&workbench.db, workbench.root, &TestOptions::default());
        let names = all.tests.iter().map(|test| test.name.as_str());
        return Err(match nearest(filter, names) {
            Some(near) => fault.help(format!("did you mean `{near}`?")).into(),
            None => fault
                .help(format!("there are {}", counted(all.tests.len(), "test")))
                .into(),
        });
    }
    if let Some(path) = &arguments.junit {
        write_whole(path, render_junit(&report, &rule_errors).as_bytes())?;
    }
    if console.is_human() {
        if report.tests.is_empty() {
            console.note(&format!(
                "{place} has no tests; `assize new` shows what one looks like"
            ))?;
        } else {
            let text = render_text(&report);
            console.line(text.trim_end_matches('\n'))?;
        }
        if errors > 0 {
            let count = counted(errors, "error");
            console.say(&format!(
                "{place} has {count}; `assize check {place}` tells them"
            ))?;
        }
    } else {
        let document = json!({"report": report, "passed": passed, "errors": errors});
        console.line(&document.to_string())?;
    }
    Ok(if passed {
        Exit::Success
    } else {
        Exit::Findings
    })
}
