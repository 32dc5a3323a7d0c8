//! A trace in words, at three levels: one line; the rules, tables and parameters that decided, on at
//! most [`MAX_RULE_LINES`] lines; everything.

use assize_ir::Program;

use super::brief;
use super::failed::failed_below;
use super::parts;
use super::shorten::cut;
use super::{
    Combined, Counted, Detail, ExceptionOutcome, ExceptionTrace, Finding, Held, Note, Operator,
    Outcome, Refused, RuleDetail, Shown, Step, StepKind, TableDetail, Trace,
};
use crate::format::bare;

/// The name of the day that validities are compared with.
pub(super) const AS_OF: &str = "as of";
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
pub fn lines(program: &Program, trace: &Trace, level: Level) -> Vec<String> {
    match level {
        Level::Line => vec![brief::line(program, trace)],
        Level::Rules => brief::rules(program, trace),
        Level::Everything => {
            let mut out = Vec::new();
            if matches!(trace.root.outcome, Outcome::Failure { .. }) {
                out.push(headline(&trace.root, usize::MAX));
            }
            everything(&trace.root, 0, &mut out);
            if trace.omitted > 0 {
                out.push(format!("… {} more steps and notes", trace.omitted));
            }
            out
        }
    }
}

/// Name and result; of a failure what it is, what was involved, and where.
pub(super) fn headline(step: &Step, most: usize) -> String {
    let name = bare(&step.name);
    match &step.outcome {
        Outcome::Value(shown) => format!("{name} is {}", cut(&shown.text, most)),
        Outcome::Failure {
            code,
            place,
            values,
            ..
        } => {
            let values: Vec<String> = values
                .iter()
                .map(|(name, it)| format!("{name} {it}"))
                .collect();
            let values = values.join(", ");
            let separator = if values.is_empty() { "" } else { ": " };
            let place = match place.as_str() {
                "" => String::new(),
                place => format!(" ({place})"),
            };
            let code = code_words(code);
            format!("{name} ended with {code}{separator}{values}{place}")
        }
    }
}

/// An error code as words.
fn code_words(code: &str) -> String {
    code.replace('_', " ")
}

/// That the trace was full, for the end of a line.
pub(super) fn left_out(trace: &Trace) -> String {
    match trace.omitted {
        0 => String::new(),
        many => format!("; the trace left out {many} steps and notes"),
    }
}

/// A call with its arguments and what came out.
pub fn call(step: &Step) -> String {
    let call = arguments_of(step);
    match &step.outcome {
        Outcome::Value(shown) => format!("{call} is {}", shown.text),
        Outcome::Failure { code, .. } => format!("{call}: {}", code_words(code)),
    }
}

/// A call with its arguments.
pub(super) fn arguments_of(step: &Step) -> String {
    let arguments: Vec<String> = step.arguments.iter().map(named).collect();
    format!("{}({})", bare(&step.name), arguments.join(", "))
}

/// A value with its name.
pub(super) fn named(shown: &Shown) -> String {
    format!("{}: {}", shown.name, shown.text)
}

/// What decided in a rule, table, grid or parameter.
pub fn reason_of(step: &Step) -> Option<String> {
    match &step.detail {
        Detail::Expression => None,
        // A value without a date was there to be taken.
        Detail::Parameter { from: None, .. } if matches!(step.outcome, Outcome::Failure { .. }) => {
            Some("no value yet on this day".to_owned())
        }
        Detail::Parameter {
            from,
            because,
            module,
        } => {
            let when = match from {
                Some(from) => format!("since {from}"),
                None => "the one value".to_owned(),
            };
            let whose = module.as_ref().map(|module| format!(", by {module}"));
            let whose = whose.unwrap_or_default();
            Some(format!("{when}{whose}{}", quoted(because)))
        }
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

pub(super) fn indent(depth: usize) -> String {
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
    // Where a call failed is told by that call.
    if let Outcome::Failure { place, .. } = &step.outcome
        && failed_below(step).is_none()
    {
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
                let rows = match table.not_reached {
                    1 => "1 row below was".to_owned(),
                    more => format!("{more} rows below were"),
                };
                out.push(format!("{}{rows} not looked at", indent(depth)));
            }
        }
    }
}

pub(super) fn not_taken_words(row: &super::NotTaken) -> String {
    format!(
        "{} not taken: {} needed {}, got {}",
        row_name(&row.name),
        row.column,
        row.needed,
        row.got.text
    )
}

/// A row by its name; one without has a number, which says nothing by itself.
pub fn row_name(name: &str) -> String {
    if name.chars().all(|digit| digit.is_ascii_digit()) {
        format!("row {name}")
    } else {
        name.to_owned()
    }
}

pub(super) fn passed_over_words(row: &super::PassedOver, taken: &[String]) -> String {
    let (name, value) = (row_name(&row.name), &row.value.text);
    let taken: Vec<String> = taken.iter().map(|name| row_name(name)).collect();
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
    let end = match &exception.outcome {
        ExceptionOutcome::Applied { decided: true } => quoted(&exception.because),
        ExceptionOutcome::Applied { decided: false } => " and clashes".to_owned(),
        ExceptionOutcome::PassedOver { taken } => format!(" and is passed over for {taken}"),
        ExceptionOutcome::Overridden { by } => format!(" and is overridden by {}", by.join(", ")),
        ExceptionOutcome::NotApplicable { first } => {
            return format!("{name} does not apply: {}", words(first));
        }
        ExceptionOutcome::NotReached => return format!("{name} was not reached"),
    };
    let held: Vec<String> = exception.held.iter().map(words).collect();
    let held = match held.as_slice() {
        [] => String::new(),
        held => format!(": {}", held.join("; ")),
    };
    format!("{name} applies{value}{end}{held}")
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
            let why = finding_words(condition, because.as_deref());
            out.push(format!("{at}{branch}: {why}"));
        }
        Note::Item {
            item,
            condition,
            held,
            because,
        } => {
            let taken = if *held { "taken" } else { "left out" };
            let why = finding_words(condition, because.as_deref());
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
            ended_after,
            value,
            indexed,
            refused,
            refused_more,
        } => {
            let index = if *indexed { " (by index)" } else { "" };
            let query = if query.is_empty() { "query" } else { query };
            let value = value.as_ref().map(|value| format!(" is {value}"));
            let value = value.unwrap_or_default();
            let ended = ended_after.map(|many| format!(", ended after {many}"));
            let ended = ended.unwrap_or_default();
            out.push(format!(
                "{at}{query}{value}: kept {kept} of {considered}{index}{ended}"
            ));
            for each in refused {
                out.push(format!("{at}  {}", refused_words(each)));
            }
            if *refused_more > 0 {
                out.push(format!("{at}  … {refused_more} more"));
            }
        }
        Note::Part(part) => out.push(format!("{at}{}", parts::words(part))),
    }
}

/// What decided a condition, or the condition where nothing is told of it.
pub(super) fn finding_words(condition: &str, because: Option<&Finding>) -> String {
    because.map_or_else(|| condition.to_owned(), words)
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
        // The condition has the days already.
        Operator::ValidOn if finding.got.as_ref().is_some_and(is_day) => {
            line.push_str(&format!("{separator}as of {}", got.unwrap_or_default()));
        }
        _ if finding.held && !finding.negated => {
            line.push_str(&format!("{separator}got {}", got.unwrap_or("missing")))
        }
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

/// Whether this is the day that the validity of an exception is compared with.
fn is_day(got: &Shown) -> bool {
    got.name == AS_OF
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
