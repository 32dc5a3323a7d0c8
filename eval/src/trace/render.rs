//! A trace in words, at three levels: one line; the rules, tables and parameters that decided, on at
//! most [`MAX_RULE_LINES`] lines; everything.

use super::{
    Combined, Counted, Detail, ExceptionOutcome, ExceptionTrace, Finding, Held, Note, Operator,
    Outcome, Refused, RuleDetail, Shown, Step, StepKind, TableDetail, Trace,
};
use crate::format::bare;

/// Most lines of the middle level.
pub const MAX_RULE_LINES: usize = 10;

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// One line.
    Line,
    /// What decided.
    Rules,
    /// All steps, what was considered and not taken, choices, look-ups, queries.
    Everything,
}

/// The trace as lines of text.
pub fn lines(trace: &Trace, level: Level) -> Vec<String> {
    match level {
        Level::Line => vec![headline(trace)],
        Level::Rules => rules(trace),
        Level::Everything => {
            let mut out = Vec::new();
            everything(&trace.root, 0, &mut out);
            if trace.omitted > 0 {
                out.push(format!("… {} more steps and notes", trace.omitted));
            }
            out
        }
    }
}

fn headline(trace: &Trace) -> String {
    let by = trace.decided_by();
    let line = outcome(&trace.root);
    if by.is_empty() {
        line
    } else {
        format!("{line}, decided by {by}")
    }
}

/// Name and result.
fn outcome(step: &Step) -> String {
    match &step.outcome {
        Outcome::Value(shown) => format!("{} is {}", bare(&step.name), shown.text),
        Outcome::Failure {
            code,
            place,
            values,
        } => {
            let values: Vec<String> = values
                .iter()
                .map(|(name, it)| format!("{name} {it}"))
                .collect();
            let values = values.join(", ");
            let separator = if values.is_empty() { "" } else { ": " };
            let name = bare(&step.name);
            format!("{name} ended with {code} at {place}{separator}{values}")
        }
    }
}

/// A call with its arguments and what came out.
pub fn call(step: &Step) -> String {
    let arguments: Vec<String> = step.arguments.iter().map(named).collect();
    let arguments = arguments.join(", ");
    match &step.outcome {
        Outcome::Value(shown) => format!("{}({arguments}) is {}", bare(&step.name), shown.text),
        Outcome::Failure { code, .. } => format!("{}({arguments}): {code}", bare(&step.name)),
    }
}

fn named(shown: &Shown) -> String {
    format!("{}: {}", shown.name, shown.text)
}

fn rules(trace: &Trace) -> Vec<String> {
    let mut found: Vec<Decided> = Vec::new();
    collect_rules(&trace.root, 1, &mut found);
    let mut out = vec![match reason_of(&trace.root) {
        Some(reason) => format!("{}: {reason}", outcome(&trace.root)),
        None => outcome(&trace.root),
    }];
    let fits = MAX_RULE_LINES - 1;
    let more = found.len().saturating_sub(fits);
    // The last line tells how many there are beyond.
    let shown = if more > 0 { fits - 1 } else { fits };
    // What stands nearest to the decision says most; the order stays that of evaluation.
    let mut nearest: Vec<usize> = (0..found.len()).collect();
    nearest.sort_by_key(|at| found.get(*at).map(|it| it.depth));
    nearest.truncate(shown);
    nearest.sort_unstable();
    for decided in nearest.iter().filter_map(|at| found.get(*at)) {
        match decided.times {
            1 => out.push(decided.line.clone()),
            times => out.push(format!("{} ({times} times)", decided.line)),
        }
    }
    if more > 0 {
        out.push(format!("  … {} more", found.len() - shown));
    }
    out
}

/// A line of what decided.
struct Decided {
    line: String,
    times: usize,
    depth: usize,
}

/// Lines of what decided, below the root; equal ones are counted. Parameters that have one value
/// only decide nothing.
fn collect_rules(step: &Step, depth: usize, out: &mut Vec<Decided>) {
    for child in &step.children {
        let told = match &child.detail {
            Detail::Parameter { from: None, .. } => None,
            _ => reason_of(child),
        };
        let below = match told {
            Some(reason) => {
                let line = format!("{}{}: {reason}", indent(depth), call(child));
                match out.iter_mut().find(|known| known.line == line) {
                    Some(known) => known.times += 1,
                    None => out.push(Decided {
                        line,
                        times: 1,
                        depth,
                    }),
                }
                depth + 1
            }
            None => depth,
        };
        collect_rules(child, below, out);
    }
}

/// What decided in a rule, table, grid or parameter.
pub fn reason_of(step: &Step) -> Option<String> {
    match &step.detail {
        Detail::Expression => None,
        Detail::Parameter { from, because } => Some(match from {
            Some(from) => format!("since {from}{}", quoted(because)),
            None => format!("the one value{}", quoted(because)),
        }),
        Detail::Rule(rule) => Some(rule_reason(rule)),
        Detail::Table(table) | Detail::Grid(table) => Some(table_reason(table)),
    }
}

fn rule_reason(rule: &RuleDetail) -> String {
    let with = |wanted: fn(&ExceptionOutcome) -> bool| {
        let all = rule.exceptions.iter().filter(|it| wanted(&it.outcome));
        let names = all.map(|it| {
            let value = it.value.as_ref().map(|value| format!(" {}", value.text));
            let value = value.unwrap_or_default();
            format!("{}{value}{}", it.name, quoted(&it.because))
        });
        names.collect::<Vec<_>>()
    };
    let decided = with(|it| matches!(it, ExceptionOutcome::Applied { decided: true }));
    let clash = with(|it| matches!(it, ExceptionOutcome::Applied { decided: false }));
    let passed = with(|it| matches!(it, ExceptionOutcome::PassedOver { .. }));
    let overridden = with(|it| matches!(it, ExceptionOutcome::Overridden { .. }));
    let mut line = if rule.default_used {
        format!("default{}", quoted(&rule.default_because))
    } else if !clash.is_empty() {
        format!("exceptions {} clash", clash.join(", "))
    } else {
        match decided.as_slice() {
            [] => "no exception applies".to_owned(),
            [one] => format!("exception {one}"),
            several => format!("exceptions {}", several.join(", ")),
        }
    };
    if let Some(combined) = &rule.combined {
        line.push_str(&combined_words(combined, decided.len()));
    }
    if !passed.is_empty() {
        line.push_str(&format!("; passed over: {}", passed.join(", ")));
    }
    if !overridden.is_empty() {
        line.push_str(&format!("; overridden: {}", overridden.join(", ")));
    }
    line
}

/// What was made of the values: the method where there were several, and the cap where it cut.
fn combined_words(combined: &Combined, parts: usize) -> String {
    let value = &combined.value.text;
    let cap = combined.cap.as_ref().filter(|_| combined.cut);
    match (cap, parts > 1) {
        (None, false) => String::new(),
        (None, true) => format!("; {} {value}", combined.how),
        (Some(cap), false) => format!("; {value} cut to {}", cap.text),
        (Some(cap), true) => format!("; {} {value} cut to {}", combined.how, cap.text),
    }
}

fn table_reason(table: &TableDetail) -> String {
    let mut line = match (table.rows.as_slice(), &table.head) {
        ([], _) if !table.clash.is_empty() => format!("rows {} clash", table.clash.join(", ")),
        ([], _) => "no row".to_owned(),
        ([row], Some(head)) => format!("row {row}, column {head}"),
        ([row], None) => format!("row {row}"),
        (rows, _) => format!("rows {}", rows.join(", ")),
    };
    let passed = table.passed_over.iter();
    let passed: Vec<String> = passed
        .map(|row| format!("{} {}", row.name, row.value.text))
        .collect();
    if !passed.is_empty() {
        line.push_str(&format!("; passed over: {}", passed.join(", ")));
    }
    line
}

fn quoted(because: &str) -> String {
    if because.is_empty() {
        String::new()
    } else {
        format!(" \"{because}\"")
    }
}

fn indent(depth: usize) -> String {
    "  ".repeat(depth)
}

fn everything(step: &Step, depth: usize, out: &mut Vec<String>) {
    let reason = reason_of(step).map(|reason| format!(": {reason}"));
    let kind = kind_name(step.kind);
    let line = format!(
        "{}{kind} {}{}",
        indent(depth),
        call(step),
        reason.unwrap_or_default()
    );
    out.push(line);
    if let Outcome::Failure { place, .. } = &step.outcome {
        out.push(format!("{}failed at {place}", indent(depth + 1)));
    }
    // Counted conditions are told by their note.
    let told = |it: &&Finding| it.operator != Operator::Counted;
    if let Some(because) = step.because.as_deref().filter(told) {
        out.push(format!("{}{}", indent(depth + 1), words(because)));
    }
    detail(&step.detail, depth + 1, out);
    let mut notes = step.notes.iter().peekable();
    for (index, child) in step.children.iter().enumerate() {
        while let Some(noted) = notes.next_if(|noted| noted.after_calls <= index) {
            note(&noted.note, depth + 1, out);
        }
        everything(child, depth + 1, out);
    }
    for noted in notes {
        note(&noted.note, depth + 1, out);
    }
}

const fn kind_name(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Decision => "decision",
        StepKind::Define => "define",
        StepKind::Rule => "rule",
        StepKind::Table => "table",
        StepKind::Grid => "grid",
        StepKind::Parameter => "parameter",
    }
}

fn detail(detail: &Detail, depth: usize, out: &mut Vec<String>) {
    match detail {
        Detail::Expression | Detail::Parameter { .. } => {}
        Detail::Rule(rule) => {
            for exception in &rule.exceptions {
                out.push(format!("{}{}", indent(depth), exception_words(exception)));
            }
            if let Some(combined) = &rule.combined {
                let how = format!("{} of what applies is", combined.how);
                let mut line = format!("{how} {}", combined.value.text);
                if let Some(cap) = &combined.cap {
                    let end = if combined.cut { "cut to" } else { "within" };
                    line.push_str(&format!(", {end} {}", cap.text));
                }
                out.push(format!("{}{line}", indent(depth)));
            }
        }
        Detail::Table(table) | Detail::Grid(table) => {
            for row in &table.passed_over {
                let words = passed_over_words(row, &table.rows);
                out.push(format!("{}{words}", indent(depth)));
            }
            for not_taken in &table.not_taken {
                out.push(format!("{}{}", indent(depth), not_taken_words(not_taken)));
            }
            if table.not_taken_more > 0 {
                let more = table.not_taken_more;
                out.push(format!("{}… {more} more not taken", indent(depth)));
            }
            if table.not_reached > 0 {
                let more = table.not_reached;
                out.push(format!("{}{more} below were not looked at", indent(depth)));
            }
        }
    }
}

pub(super) fn not_taken_words(row: &super::NotTaken) -> String {
    format!(
        "{} not taken: {} needed {}, got {}",
        row.name, row.column, row.needed, row.got.text
    )
}

pub(super) fn passed_over_words(row: &super::PassedOver, taken: &[String]) -> String {
    let (name, value) = (&row.name, &row.value.text);
    format!(
        "{name} hits with {value} and is passed over for {}",
        taken.join(", ")
    )
}

pub(super) fn exception_words(exception: &ExceptionTrace) -> String {
    let name = &exception.name;
    let value = exception.value.as_ref();
    let value = value.map(|value| format!(" with {}", value.text));
    let value = value.unwrap_or_default();
    match &exception.outcome {
        ExceptionOutcome::Applied { decided: true } => {
            format!("{name} applies{value}{}", quoted(&exception.because))
        }
        ExceptionOutcome::Applied { decided: false } => {
            format!("{name} applies{value} and clashes")
        }
        ExceptionOutcome::PassedOver { taken } => {
            format!("{name} applies{value} and is passed over for {taken}")
        }
        ExceptionOutcome::Overridden { by } => {
            format!("{name} is overridden by {}", by.join(", "))
        }
        ExceptionOutcome::NotApplicable { first } => {
            format!("{name} does not apply: {}", words(first))
        }
        ExceptionOutcome::NotReached => format!("{name} was not reached"),
    }
}

pub(super) fn note(note: &Note, depth: usize, out: &mut Vec<String>) {
    let at = indent(depth);
    match note {
        Note::If {
            condition,
            held,
            because,
        } => {
            let branch = if *held { "then" } else { "else" };
            let why = because.as_deref().map_or_else(|| condition.clone(), words);
            out.push(format!("{at}{branch}: {why}"));
        }
        Note::Item {
            item,
            condition,
            held,
            because,
        } => {
            let taken = if *held { "taken" } else { "left out" };
            let why = because.as_deref().map_or_else(|| condition.clone(), words);
            let item = if item.is_empty() { "item" } else { item };
            out.push(format!("{at}{item} {taken}: {why}"));
        }
        Note::Counted { finding } => {
            let what = match finding.condition.as_str() {
                "" => "counted conditions",
                condition => condition,
            };
            let result = if finding.held { "true" } else { "false" };
            out.push(format!("{at}{what}: {result}"));
            for item in &finding.items {
                out.push(format!("{at}  {}", counted_words(item)));
            }
        }
        Note::Lookup {
            relation,
            key,
            found,
        } => {
            let key: Vec<String> = key
                .iter()
                .map(|(name, text)| format!("{name} {text}"))
                .collect();
            let found = if *found { "found" } else { "not there" };
            out.push(format!(
                "{at}{}[{}]: {found}",
                bare(relation),
                key.join(", ")
            ));
        }
        Note::Query {
            query,
            considered,
            kept,
            indexed,
            refused,
            refused_more,
        } => {
            let index = if *indexed { " (by index)" } else { "" };
            let query = if query.is_empty() { "query" } else { query };
            out.push(format!("{at}{query}: kept {kept} of {considered}{index}"));
            for each in refused {
                out.push(format!("{at}  {}", refused_words(each)));
            }
            if *refused_more > 0 {
                out.push(format!("{at}  … {refused_more} more"));
            }
        }
    }
}

fn counted_words(item: &Counted) -> String {
    let how = match item.held {
        Held::Held => "held",
        Held::Failed => "failed",
        Held::NotNeeded => "not needed",
    };
    match &item.because {
        Some(because) => format!("{how}: {}", words(because)),
        None => format!("{how}: {}", item.condition),
    }
}

pub(super) fn refused_words(each: &Refused) -> String {
    match &each.because {
        Some(because) => format!("not {}: {}", each.element, words(because)),
        None => format!("not {}", each.element),
    }
}

/// A finding in words: the condition, what it needed and what it got.
pub fn words(finding: &Finding) -> String {
    let mut line = finding.condition.clone();
    let separator = if line.is_empty() { "" } else { ": " };
    let got = finding.got.as_ref().map(|got| got.text.as_str());
    match finding.operator {
        Operator::Holds | Operator::Exists | Operator::Every => {
            let holds = finding.held != finding.negated;
            let text = if holds { "true" } else { "false" };
            line.push_str(&format!("{separator}{text}"));
        }
        Operator::Counted | Operator::And | Operator::Or => {
            line.push_str(&format!("{separator}{}", items_words(finding)));
        }
        _ if finding.held => line.push_str(&format!("{separator}got {}", got.unwrap_or("missing"))),
        _ => {
            let needed = needed(finding);
            let got = got.unwrap_or("missing");
            line.push_str(&format!("{separator}needed {needed}, got {got}"));
        }
    }
    if let Some(because) = &finding.because {
        line.push_str(&format!(" ({})", words(because)));
    }
    line
}

/// How many conditions held, and those that decided. Evaluation stops where the result is certain, so
/// these are all that ended as the last one did.
fn items_words(finding: &Finding) -> String {
    let with = |held: Held| {
        let items = finding.items.iter().filter(move |item| item.held == held);
        items.collect::<Vec<_>>()
    };
    let (held, skipped) = (with(Held::Held), with(Held::NotNeeded));
    let mut parts = Vec::new();
    let (head, how) = match finding.operator {
        Operator::And => ("all held".to_owned(), Held::Held),
        Operator::Or => ("none held".to_owned(), Held::Failed),
        _ => {
            let asked = finding.items.len() - skipped.len();
            let last = asked.checked_sub(1).and_then(|at| finding.items.get(at));
            let how = last.map_or(Held::Failed, |last| last.held);
            let count = format!("{} of {} held", held.len(), finding.items.len());
            (count, how)
        }
    };
    for item in with(how) {
        parts.push(match finding.operator {
            Operator::Counted => counted_words(item),
            _ => plain_words(item),
        });
    }
    if !skipped.is_empty() {
        parts.push(format!("{} not needed", skipped.len()));
    }
    if parts.is_empty() {
        head
    } else {
        format!("{head} ({})", parts.join("; "))
    }
}

/// A condition of an `and` or `or`, all of which ended in the same way.
fn plain_words(item: &Counted) -> String {
    item.because
        .as_deref()
        .map_or_else(|| item.condition.clone(), words)
}

/// What a comparison needed.
fn needed(finding: &Finding) -> String {
    let side = |at: usize| {
        finding
            .needed
            .get(at)
            .map_or("missing", |it| it.text.as_str())
    };
    let range = || match (side(0), side(1)) {
        ("missing", "missing") => "anything".to_owned(),
        ("missing", high) => format!("up to {high}"),
        (low, "missing") => format!("{low} or more"),
        (low, high) => format!("{low} to {high}"),
    };
    let text = match finding.operator {
        Operator::Less => format!("below {}", side(0)),
        Operator::LessOrEqual => format!("at most {}", side(0)),
        Operator::Greater => format!("above {}", side(0)),
        Operator::GreaterOrEqual => format!("at least {}", side(0)),
        Operator::In => format!("one of {}", side(0)),
        Operator::Between | Operator::ValidOn => range(),
        Operator::Missing => "missing".to_owned(),
        _ => side(0).to_owned(),
    };
    if finding.negated {
        format!("not {text}")
    } else {
        text
    }
}
