//! A report for a reader: plain text, aligned.

use super::report::{
    BrokenBy, CoverageKind, DeclarationCoverage, ErrorReport, HowRun, Outcome, Problem,
    PropertyReport, SourcePlace, StepKind, TestReport, TestResult,
};

/// Greatest number of elements that no test has seen and that are named of one declaration.
const MAX_NEVER_SEEN: usize = 12;

/// The report as text: one line per test that passed, the reasons of those that did not, what no
/// test has seen, and the totals last.
pub fn render_text(report: &TestReport) -> String {
    let mut out = String::new();
    let width = report
        .tests
        .iter()
        .map(|test| test.name.chars().count())
        .max()
        .unwrap_or(0)
        .min(72);
    for test in &report.tests {
        result(test, width, &mut out);
    }
    if !report.tests.is_empty() {
        out.push('\n');
    }
    never_seen(&report.coverage.declarations, &mut out);
    if !report.coverage.headline.is_empty() {
        out.push_str(&format!("seen: {}\n", report.coverage.headline));
        let only: u64 = report
            .coverage
            .totals
            .iter()
            .filter(|total| total.kind.in_headline())
            .map(|total| total.seen_by_properties_only)
            .sum();
        if only > 0 {
            out.push_str(&format!("      {only} of them only by properties\n"));
        }
    }
    out.push_str(&summary(report));
    out.push('\n');
    out
}

/// `12 passed, 1 failed, 0 broken`.
pub fn summary(report: &TestReport) -> String {
    if report.tests.is_empty() {
        return "no tests".to_string();
    }
    let mut parts = vec![format!("{} passed", report.count(Outcome::Passed))];
    for (outcome, word) in [(Outcome::Failed, "failed"), (Outcome::Broken, "broken")] {
        let count = report.count(outcome);
        if count > 0 {
            parts.push(format!("{count} {word}"));
        }
    }
    parts.join(", ")
}

fn result(test: &TestResult, width: usize, out: &mut String) {
    let word = match test.outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "FAILED",
        Outcome::Broken => "BROKEN",
    };
    let how = test.property.as_ref().map(how).unwrap_or_default();
    let place = if test.outcome == Outcome::Passed {
        String::new()
    } else {
        at(&test.place)
    };
    let more = [how, place]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>();
    let line = format!("{word}  {:width$}  {}", test.name, more.join("  "));
    out.push_str(line.trim_end());
    out.push('\n');
    if test.outcome == Outcome::Passed {
        return;
    }
    for line in details(test) {
        out.push_str(format!("        {line}").trim_end());
        out.push('\n');
    }
}

fn how(property: &PropertyReport) -> String {
    let cases = match property.cases {
        1 => "1 case".to_string(),
        many => format!("{many} cases"),
    };
    let text = match (property.how, &property.counterexample, property.cases) {
        (HowRun::Generated, Some(_), _) => {
            format!("does not hold (after {cases}, seed {})", property.seed)
        }
        (_, Some(_), _) => format!("does not hold (after {cases})"),
        (_, None, 0) => "not run".to_string(),
        (HowRun::AllCases, ..) => format!("proved (all {cases})"),
        (HowRun::EachKind, ..) => format!("proved ({cases} stand for all)"),
        (HowRun::Generated, ..) => format!("{cases} (seed {})", property.seed),
    };
    match (&property.counterexample, property.note.as_str()) {
        (None, note) if !note.is_empty() => format!("{text}; {note}"),
        _ => text,
    }
}

fn at(place: &SourcePlace) -> String {
    format!("{}:{}:{}", place.path, place.line, place.column)
}

/// Why a test did not pass, as lines.
pub fn details(test: &TestResult) -> Vec<String> {
    let mut out = Vec::new();
    for BrokenBy {
        declaration,
        code,
        claim,
        place,
    } in &test.broken_by
    {
        let code = if code.is_empty() {
            String::new()
        } else {
            format!("{code} ")
        };
        out.push(format!("{declaration}: {code}{claim}  {}", at(place)));
    }
    for fault in &test.fixture_faults {
        let key = if fault.key.is_empty() {
            String::new()
        } else {
            format!("[{}]", fault.key)
        };
        out.push(format!(
            "given {}{key} is refused  {}",
            fault.relation,
            at(&fault.place)
        ));
        out.push(format!("    {}: {}", fault.code, fault.message));
    }
    for step in test
        .steps
        .iter()
        .filter(|step| step.outcome != Outcome::Passed)
    {
        let word = if step.kind == StepKind::Case {
            "case "
        } else {
            ""
        };
        out.push(format!("{word}{}  {}", step.text, at(&step.place)));
        for problem in &step.problems {
            out.extend(
                lines_of(problem)
                    .into_iter()
                    .map(|line| format!("    {line}")),
            );
        }
    }
    if let Some(counterexample) = test
        .property
        .as_ref()
        .and_then(|property| property.counterexample.as_ref())
    {
        out.push("the smallest case found, as a test:".to_string());
        out.push(String::new());
        out.extend(counterexample.test.lines().map(str::to_string));
        out.push(String::new());
    }
    out
}

fn lines_of(problem: &Problem) -> Vec<String> {
    match problem {
        Problem::Sides {
            left,
            left_value,
            right,
            right_value,
        } => pairs(&[(left.as_str(), left_value.as_str()), (right, right_value)]),
        Problem::DoesNotHold { because } => {
            let mut out = vec!["does not hold".to_string()];
            out.extend(because.iter().map(|line| format!("because {line}")));
            out
        }
        Problem::Output {
            output,
            expected,
            found,
        } => {
            let mut out = vec![output.clone()];
            out.extend(pairs(&[("expected", expected.as_str()), ("found", found)]));
            out
        }
        Problem::Error { output, error } => {
            let mut out = Vec::new();
            if !output.is_empty() {
                out.push(output.clone());
            }
            out.extend(error_lines(error));
            out
        }
        Problem::NoError { expected, found } => {
            pairs(&[("expected error", expected.as_str()), ("found", found)])
        }
        Problem::OtherError { expected, error } => {
            let mut out = vec![format!("expected error {expected}")];
            out.extend(error_lines(error));
            out
        }
        Problem::DecidedBy { expected, found } => {
            let found = if found.is_empty() {
                "nothing with a name".to_string()
            } else {
                found.join(", ")
            };
            pairs(&[("expected by", &expected.join(", ")), ("found by", &found)])
        }
    }
}

/// Names and values, the values in one column.
fn pairs(pairs: &[(&str, &str)]) -> Vec<String> {
    let width = pairs
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0)
        .min(48);
    pairs
        .iter()
        .map(|(name, value)| format!("{name:width$}  {value}").trim_end().to_string())
        .collect()
}

fn error_lines(error: &ErrorReport) -> Vec<String> {
    let mut out = vec![match &error.source {
        Some(source) => {
            // An expression of the test itself has no name that its author gave.
            let last = error.rule.rsplit('.').next().unwrap_or_default();
            let rule = match last.starts_with("expression ") {
                true => String::new(),
                false => format!(" in {}", error.rule),
            };
            format!("error {}{rule}  {}", error.code, at(source))
        }
        None => format!("error {} at {}", error.code, error.place),
    }];
    let values: Vec<(&str, &str)> = error
        .values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    out.extend(pairs(&values).into_iter().map(|line| format!("    {line}")));
    out.extend(error.reason.iter().map(|reason| format!("    {reason}")));
    out
}

fn never_seen(declarations: &[DeclarationCoverage], out: &mut String) {
    let mut any = false;
    for declaration in declarations {
        let unseen: Vec<_> = declaration.never_seen().collect();
        if unseen.is_empty() {
            continue;
        }
        if !any {
            out.push_str("never seen:\n");
            any = true;
        }
        out.push_str(&format!("    {} {}\n", declaration.kind, declaration.name));
        for element in unseen.iter().take(MAX_NEVER_SEEN) {
            let words = match element.kind {
                CoverageKind::Row => format!("row {}", element.name),
                CoverageKind::Cell => format!("cell {}", element.name),
                CoverageKind::Edge => format!("edge {}", element.name),
                CoverageKind::Exception => format!("exception {}", element.name),
                CoverageKind::NotApplicable => format!("{} not applicable", element.name),
                CoverageKind::Overridden => format!("{} overridden", element.name),
                CoverageKind::ParameterValue if element.name == "is" => "its value".to_string(),
                CoverageKind::ParameterValue => format!("from {}", element.name),
                CoverageKind::Reason => "never made".to_string(),
                CoverageKind::Default | CoverageKind::Refusal => element.name.clone(),
            };
            out.push_str(&format!("        {words:40}  {}\n", at(&element.place)));
        }
        if let Some(more) = unseen
            .len()
            .checked_sub(MAX_NEVER_SEEN)
            .filter(|more| *more > 0)
        {
            out.push_str(&format!("        and {more} more\n"));
        }
    }
    if any {
        out.push('\n');
    }
}
