//! A report for build servers: JUnit XML, one suite per module, without times (nothing here has a
//! clock).

use super::report::{Outcome, TestReport, TestResult};
use super::text::details;

/// The report as JUnit XML.
pub fn render_junit(report: &TestReport) -> String {
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
        counts(&report.tests.iter().collect::<Vec<_>>())
    ));
    for (module, tests) in modules {
        out.push_str(&format!(
            "  <testsuite name=\"{}\" {}>\n",
            escaped(module),
            counts(&tests)
        ));
        for test in tests {
            case(test, &mut out);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn counts(tests: &[&TestResult]) -> String {
    let of = |outcome| tests.iter().filter(|test| test.outcome == outcome).count();
    format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\"",
        tests.len(),
        of(Outcome::Failed),
        of(Outcome::Broken)
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
