//! A report for build servers: JUnit XML, one suite per module, without times (nothing here has a
//! clock).

use super::report::{Outcome, TestReport, TestResult};
use super::text::details;

/// An error of the rules themselves: a build server that reads the report alone must not see green.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// Path of the file, as the package names it.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Its code.
    pub code: String,
    /// What is wrong.
    pub claim: String,
}

/// The report as JUnit XML; errors of the rules are cases of a suite of their own, `rules`.
pub fn render_junit(report: &TestReport, errors: &[RuleError]) -> String {
    let mut modules: Vec<(&str, Vec<&TestResult>)> = Vec::new();
    for test in &report.tests {
        match modules
            .iter_mut()
            .find(|(module, _)| *module == test.module)
        {
            Some((_, tests)) => tests.push(test),
            None => modules.push((&test.module, vec![test])),
        }
    }
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!(
        "<testsuites name=\"{}\" {}>\n",
        escaped(&report.package),
        counts(&report.tests.iter().collect::<Vec<_>>(), errors.len())
    ));
    if !errors.is_empty() {
        let counted = counts(&[], errors.len());
        out.push_str(&format!("  <testsuite name=\"rules\" {counted}>\n"));
        for error in errors {
            out.push_str(&format!(
                "    <testcase name=\"{0}: {1}\" classname=\"rules\" file=\"{2}\" line=\"{3}\">\n      \
                 <error message=\"{0}: {1}\">{2}:{3}</error>\n    </testcase>\n",
                escaped(&error.code),
                escaped(&error.claim),
                escaped(&error.path),
                error.line
            ));
        }
        out.push_str("  </testsuite>\n");
    }
    for (module, tests) in modules {
        out.push_str(&format!(
            "  <testsuite name=\"{}\" {}>\n",
            escaped(module),
            counts(&tests, 0)
        ));
        for test in tests {
            case(test, &mut out);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(tests: &[&TestResult], rules: usize) -> String {
    let of = |outcome| tests.iter().filter(|test| test.outcome == outcome).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        tests.len() + rules,
        of(Outcome::Failed),
        of(Outcome::Broken) + rules
    )
}

fn case(test: &TestResult, out: &mut String) {
    out.push_str(&format!(
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\"",
        escaped(&test.name),
        escaped(&test.module),
        escaped(&test.place.path),
        test.place.line
    ));
    let element = match test.outcome {
        Outcome::Passed => {
            out.push_str("/>\n");
            return;
        }
        Outcome::Failed => "failure",
        Outcome::Broken => "error",
    };
    let details = details(test);
    let note = test
        .property
        .as_ref()
        .map(|property| property.note.clone())
        .unwrap_or_default();
    let message = details.first().map_or(note.as_str(), |line| line.trim());
    out.push_str(&format!(
        ">\n      <{element} message=\"{}\">{}</{element}>\n    </testcase>\n",
        escaped(message),
        escaped(&details.join("\n"))
    ));
}

/// Text in XML: what has a meaning there is escaped, what may not stand there at all is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for next in text.chars() {
        match next {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            '\r' => out.push_str("&#13;"),
            next if next.is_control() || matches!(next, '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}');
            }
            next => out.push(next),
        }
    }
    out
}
