//! `assize explain`: why a decision is what it is, and why not something else.

use assize_eval::json::nearest;
use assize_eval::trace::render::{Level, lines, why_not};
use assize_eval::trace::{Detail, Explain as Wish, Note, Step, Trace};
use serde_json::json;

use super::answer::{Decider, Tally, Wanted, input_name, read_document, tell};
use crate::args::{Explain, Level as Asked};
use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::render::brief::{rules, shorten};

/// Names that are offered when nothing has the asked name.
const NAMES_OFFERED: usize = 12;

/// Explains one decision.
pub fn run(arguments: &Explain, console: &mut Console) -> Result<Exit, Stop> {
    let path = &arguments.call.input;
    let bytes = read_document(path)?;
    let wish = Wish {
        focus: arguments.why_not.clone(),
    };
    let wanted = Wanted {
        explain: Some(wish),
        receipt: false,
    };
    let decider = Decider::new(&arguments.call, wanted, console)?;
    let mut reply = decider.answer(&bytes);
    let whole = arguments.level == Asked::All && arguments.why_not.is_none();
    if !whole && let Some(trace) = &mut reply.trace {
        shorten(trace);
    }
    let told = match (&reply.trace, &arguments.why_not) {
        (None, _) => Vec::new(),
        (Some(trace), None) => match arguments.level {
            Asked::Line => lines(trace, Level::Line),
            Asked::Rules => rules(trace),
            Asked::All => lines(trace, Level::Everything),
        },
        (Some(trace), Some(name)) => {
            let told = why_not(trace, name);
            if told.is_empty() {
                return Err(not_considered(trace, name).into());
            }
            told
        }
    };
    if console.is_human() {
        let mut told = told.into_iter();
        if let Some(head) = told.next() {
            let style = if arguments.why_not.is_none() {
                Style::Bold
            } else {
                Style::Dim
            };
            let head = if style == Style::Bold {
                console.out.paint(style, &head)
            } else {
                head
            };
            console.line(&head)?;
        }
        for line in told {
            console.line(&line)?;
        }
    } else {
        console.line(&reply.document(&[("explanation", json!(told))]))?;
    }
    tell(&reply, &input_name(path), decider.decision(), console)?;
    let mut tally = Tally::default();
    tally.add(&reply.outcome);
    Ok(tally.exit())
}

fn not_considered(trace: &Trace, name: &str) -> Fault {
    let mut names = Vec::new();
    collect(&trace.root, &mut names);
    names.sort();
    names.dedup();
    let fault = Fault::new(format!("nothing called `{name}` was considered"));
    match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None if names.is_empty() => fault,
        None => {
            let more = names.len().saturating_sub(NAMES_OFFERED);
            names.truncate(NAMES_OFFERED);
            let rest = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            fault.help(format!("there were {}{rest}", names.join(", ")))
        }
    }
}

/// What has a name in a trace.
fn collect(step: &Step, names: &mut Vec<String>) {
    match &step.detail {
        Detail::Rule(rule) => names.extend(rule.exceptions.iter().map(|it| it.name.clone())),
        Detail::Table(table) | Detail::Grid(table) => {
            names.extend(table.rows.iter().cloned());
            names.extend(table.not_taken.iter().map(|row| row.name.clone()));
        }
        Detail::Expression | Detail::Parameter { .. } => {}
    }
    for noted in &step.notes {
        if let Note::Item { item, .. } = &noted.note {
            names.extend(item.split('(').next().map(str::to_owned));
        }
    }
    for child in &step.children {
        collect(child, names);
    }
}
