//! "Why not this one?": every place of a trace where something with a name was considered.

use std::collections::BTreeMap;

use super::render::{
    call, exception_words, not_taken_words, note, passed_over_words, reason_of, refused_words,
    row_name, words,
};
use super::{Detail, Note, Refused, Step, Trace};
use crate::format::bare;

/// Most different answers to one question; more are counted.
pub const MAX_WHY_NOT_LINES: usize = 20;

/// Why a row, exception, element or item did not give the value: every place of the trace where
/// something with this name was considered. Names may be bare, or begin with that of the rule or table
/// they belong to; a listed item is found by the name before its `(`; a rule, table or parameter tells
/// what decided in it. Equal answers are told once, with the first call that they are about.
pub fn why_not(trace: &Trace, name: &str) -> Vec<String> {
    let mut answers = Vec::new();
    find(&trace.root, name, &mut answers);
    grouped(answers)
}

/// The same for one call, without those that it made.
pub fn why_not_in(step: &Step, name: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    find_in(step, name, &mut answers);
    answers
}

/// An answer, and the call that it is about.
pub type Answer = (String, String);

/// One line for each answer, with the first call that it is about and how many more there are.
pub fn grouped(answers: Vec<Answer>) -> Vec<String> {
    let mut order: Vec<(Answer, usize)> = Vec::new();
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for (call, answer) in answers {
        let at = *known.entry(answer.clone()).or_insert(order.len());
        match order.get_mut(at) {
            Some((_, more)) => *more += 1,
            None => order.push(((call, answer), 0)),
        }
    }
    let beyond = order.len().saturating_sub(MAX_WHY_NOT_LINES);
    let lines = order.into_iter().take(MAX_WHY_NOT_LINES);
    let mut out: Vec<String> = lines
        .map(|((call, answer), more)| match more {
            0 => format!("{call}: {answer}"),
            1 => format!("{call}: {answer} (and in 1 more call)"),
            more => format!("{call}: {answer} (and in {more} more calls)"),
        })
        .collect();
    if beyond > 0 {
        out.push(format!("… {beyond} more answers"));
    }
    out
}

/// Whether something of a rule or table is meant: by its name, or by both names with a dot between.
/// The name of an exception of another package holds its module, and may be given without.
pub fn is_named(owner: &str, name: &str, asked: &str) -> bool {
    let qualified = |name: &str| {
        let before = asked.strip_suffix(name).and_then(|it| it.strip_suffix('.'));
        before.is_some_and(|before| before == owner || before == bare(owner))
    };
    name == asked || qualified(name)
}

fn find(step: &Step, asked: &str, out: &mut Vec<Answer>) {
    find_in(step, asked, out);
    for child in &step.children {
        find(child, asked, out);
    }
}

fn find_in(step: &Step, asked: &str, out: &mut Vec<Answer>) {
    let at = || call(step);
    let named = |name: &str| is_named(&step.name, name, asked);
    if step.name == asked || bare(&step.name) == asked {
        let condition = step.because.as_deref().map(words);
        let reason = reason_of(step).or(condition);
        let reason = reason.unwrap_or_else(|| "this is what it gave".to_owned());
        out.push((at(), reason));
    }
    match &step.detail {
        Detail::Rule(rule) => {
            for exception in &rule.exceptions {
                if named(&exception.name) || named(bare(&exception.name)) {
                    out.push((at(), exception_words(exception)));
                }
            }
            if named("default") {
                let reason = reason_of(step).unwrap_or_default();
                out.push((at(), reason));
            }
        }
        Detail::Table(table) | Detail::Grid(table) => {
            for row in table.not_taken.iter().filter(|row| named(&row.name)) {
                out.push((at(), not_taken_words(row)));
            }
            for row in table.passed_over.iter().filter(|row| named(&row.name)) {
                out.push((at(), passed_over_words(row, &table.rows)));
            }
            for row in table.clash.iter().filter(|row| named(row)) {
                out.push((at(), format!("{} hits and clashes", row_name(row))));
            }
            for taken in table.rows.iter().chain(&table.head) {
                if named(taken) {
                    out.push((at(), format!("{} decided", row_name(taken))));
                }
            }
        }
        Detail::Parameter { from, .. } => {
            if from.as_deref().is_some_and(named) {
                let reason = reason_of(step).unwrap_or_default();
                out.push((at(), reason));
            }
        }
        Detail::Expression => {}
    }
    for noted in &step.notes {
        let mut lines = Vec::new();
        match &noted.note {
            Note::Item { item, .. } if item.split('(').next() == Some(asked) => {
                note(&noted.note, 0, &mut lines);
            }
            Note::Query { refused, .. } => {
                let quoted = format!("\"{asked}\"");
                let named = |it: &&Refused| {
                    let mut parts = it.element.split(", ");
                    it.element.contains(&quoted)
                        || it.element == asked
                        || parts.any(|part| part == asked)
                };
                lines.extend(refused.iter().filter(named).map(refused_words));
            }
            _ => {}
        }
        out.extend(lines.into_iter().map(|line| (at(), line)));
    }
}
