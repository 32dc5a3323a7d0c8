//! A trace in few words: what gave the answer, the nearest first. What a decision that failed came from
//! is told by [`super::failed`].

use std::collections::{BTreeMap, BTreeSet};

use assize_ir::Program;

use super::failed;
use super::influence::{Influence, decides, influences};
use super::render::{MAX_RULE_LINES, call, headline, left_out, reason_of};
use super::shorten::shorten;
use super::{Detail, ExceptionOutcome, Note, Outcome, Step, Trace, parts};
use crate::format::bare;

/// Longest result of the decision, in characters: the answer beside it has the whole.
const MAX_RESULT_CHARS: usize = 80;
/// Most fields that one line names.
const MAX_FIELDS_PER_LINE: usize = 3;
/// Most things that the one line says to have decided.
const MAX_DECIDERS: usize = 4;

/// One line: the result, and what gave it or its fields.
pub(super) fn line(program: &Program, trace: &Trace) -> String {
    let mut influences = influences(program, trace);
    // One value says what it is about; a list has many.
    influences.sort_by_key(|one| !one.plain);
    let mut deciders: Vec<(String, Vec<&str>)> = Vec::new();
    for one in &influences {
        let Some(name) = one.steps.first().map(|step| decider(step)) else {
            continue;
        };
        match deciders.iter_mut().find(|(known, _)| *known == name) {
            Some((_, fields)) => fields.push(&one.field),
            None => deciders.push((name, vec![&one.field])),
        }
    }
    let more = deciders.len().saturating_sub(MAX_DECIDERS);
    let parts = deciders.iter().take(MAX_DECIDERS);
    let parts = parts.map(|(name, fields)| format!("{} by {name}", named(fields)));
    let mut parts: Vec<String> = parts.map(|part| part.trim_start().to_owned()).collect();
    if more > 0 {
        parts.push("…".to_owned());
    }
    let head = headline(&trace.root, MAX_RESULT_CHARS);
    if parts.is_empty() {
        head
    } else {
        format!("{head}: {}", parts.join("; "))
    }
}

/// What decided in a step: its name, and that of the row, exception or day.
fn decider(step: &Step) -> String {
    let name = bare(&step.name);
    let by: Vec<&str> = step.decided.iter().map(|it| it.name.as_str()).collect();
    match (&step.detail, by.as_slice()) {
        (Detail::Parameter { .. }, [day, ..]) => format!("{name} since {day}"),
        (_, []) => name.to_owned(),
        (_, [one]) => format!("{name}.{one}"),
        (_, [one, more @ ..]) => format!("{name}.{one} and {} more", more.len()),
    }
}

/// Fields on one line.
fn named(fields: &[&str]) -> String {
    let shown = fields.get(..MAX_FIELDS_PER_LINE).unwrap_or(fields);
    let rest = if shown.len() < fields.len() {
        ", …"
    } else {
        ""
    };
    format!("{}{rest}", shown.join(", "))
}

/// The middle level: what gave the answer, on at most [`MAX_RULE_LINES`] lines.
///
/// For each field of the result what is nearest to it comes first, then the next nearest of each, and
/// then what only helped. A line below another is what that one used. What is left out is counted.
pub(super) fn rules(program: &Program, trace: &Trace) -> Vec<String> {
    let mut trace = trace.clone();
    shorten(&mut trace);
    let head = headline(&trace.root, MAX_RESULT_CHARS);
    if let Outcome::Failure { .. } = &trace.root.outcome {
        let mut out = vec![head];
        failed::tell(program, &trace, &mut out);
        return out;
    }
    // One line for the decision itself, one for what is left out.
    let room = MAX_RULE_LINES - 1;
    let mut picked = Picked::default();
    picked.walk(&trace.root, &mut Vec::new());
    if picked.lines.len() > room {
        // Of the lines of a long order one stands for those that were decided in the same way.
        picked = Picked {
            alike: true,
            ..Picked::default()
        };
        picked.walk(&trace.root, &mut Vec::new());
    }
    let mut fields = influences(program, &trace);
    fields.sort_by_key(|one| !one.plain);
    picked.rank(&fields);
    let fits = if picked.lines.len() > room {
        room - 1
    } else {
        room
    };
    let mut order: Vec<usize> = (0..picked.lines.len()).collect();
    order.sort_by_key(|at| picked.lines.get(*at).map(|line| line.rank));
    order.truncate(fits);
    // What was picked is told field by field.
    order.sort_by_key(|at| {
        let rank = picked.lines.get(*at).map(|line| line.rank);
        rank.map(|(nth, field, then)| (nth == usize::MAX, field, then))
    });
    // Where a rule or table itself was called, what decided in it belongs to its result.
    let mut out = vec![match reason_of(&trace.root) {
        Some(reason) => format!("{head}: {reason}"),
        None => head,
    }];
    let shown: BTreeSet<usize> = order.iter().copied().collect();
    for at in &order {
        if picked.above(*at, &shown).is_none() {
            picked.tell(*at, 1, &shown, &mut out);
        }
    }
    let more = picked.lines.len() - order.len();
    if more > 0 || trace.omitted > 0 {
        out.push(format!("  … {more} more{}", left_out(&trace)));
    }
    // Why a cent went here and not there: all of it, or nothing where it would bury what decided.
    let room = MAX_RULE_LINES.saturating_sub(out.len());
    let mut parts = Vec::new();
    collect_parts(&trace.root, room, &mut parts);
    if parts.len() <= room {
        out.extend(parts.into_iter().map(|(line, times)| match times {
            1 => format!("  {line}"),
            times => format!("  {line} ({times} times)"),
        }));
    }
    out
}

/// The parts of shares and of carried remainders in their order, equal neighbours together; it ends where
/// there are more than the room has.
fn collect_parts(step: &Step, room: usize, out: &mut Vec<(String, usize)>) {
    for noted in &step.notes {
        let Note::Part(part) = &noted.note else {
            continue;
        };
        if out.len() > room {
            return;
        }
        let line = parts::words(part);
        match out.last_mut() {
            Some((last, times)) if *last == line => *times += 1,
            _ => out.push((line, 1)),
        }
    }
    for child in &step.children {
        if out.len() > room {
            return;
        }
        collect_parts(child, room, out);
    }
}

/// How much a line explains, the least most: the how manieth nearest of a field it is, and which field;
/// or what kind of step it is, for those that are near to none. Then the order of the trace.
type Rank = (usize, usize, usize);

/// A line: equal steps make one.
struct Line {
    text: String,
    arguments: Vec<String>,
    /// Whether it stands for calls with other arguments, too.
    alike: bool,
    times: usize,
    rank: Rank,
    /// Fields that it is the nearest of, or the one that it is nearest to.
    fields: Vec<String>,
    /// The lines of the steps around it, the innermost last.
    around: Vec<usize>,
}

#[derive(Default)]
struct Picked {
    lines: Vec<Line>,
    known: BTreeMap<Key, usize>,
    /// Whether calls of which only the arguments differ are one line.
    alike: bool,
}

impl Picked {
    /// Collects the steps that decide something, below the root.
    fn walk(&mut self, step: &Step, around: &mut Vec<usize>) {
        for child in &step.children {
            let told = if decides(child) {
                reason_of(child)
            } else {
                None
            };
            let Some(reason) = told else {
                self.walk(child, around);
                continue;
            };
            let next = self.lines.len();
            let at = *self.known.entry(self.key(child)).or_insert(next);
            match self.lines.get_mut(at) {
                Some(line) => {
                    line.times += 1;
                    line.alike |= line.arguments != arguments(child);
                }
                None => self.lines.push(Line {
                    text: format!("{}: {reason}", call(child)),
                    arguments: arguments(child),
                    alike: false,
                    times: 1,
                    rank: (usize::MAX, weight(child), next),
                    fields: Vec::new(),
                    around: around.clone(),
                }),
            }
            around.push(at);
            self.walk(child, around);
            around.pop();
        }
    }

    fn rank(&mut self, influences: &[Influence<'_>]) {
        for (position, one) in influences.iter().enumerate() {
            for (nth, step) in one.steps.iter().enumerate() {
                let line = self.known.get(&self.key(step)).copied();
                let Some(line) = line.and_then(|at| self.lines.get_mut(at)) else {
                    continue;
                };
                let (nearest, ..) = line.rank;
                if nth < nearest {
                    line.rank = (nth, position, nth);
                    line.fields.clear();
                }
                if nth < nearest || (nth == nearest && nth == 0) {
                    line.fields.push(one.field.clone());
                }
            }
        }
    }

    /// The nearest line around this one that is shown.
    fn above(&self, at: usize, shown: &BTreeSet<usize>) -> Option<usize> {
        let around = self.lines.get(at).map(|line| line.around.as_slice());
        let mut around = around.unwrap_or_default().iter();
        around.rfind(|it| shown.contains(it)).copied()
    }

    /// A line, and below it those that it used, in the order of the trace.
    fn tell(&self, at: usize, depth: usize, shown: &BTreeSet<usize>, out: &mut Vec<String>) {
        let Some(line) = self.lines.get(at) else {
            return;
        };
        let fields: Vec<&str> = line.fields.iter().map(String::as_str).collect();
        let label = match named(&fields).as_str() {
            "" => String::new(),
            _ if depth > 1 => String::new(),
            fields => format!("{fields}: "),
        };
        let times = match line.times {
            1 => String::new(),
            times if line.alike => format!(" (and {} more alike)", times - 1),
            times => format!(" ({times} times)"),
        };
        out.push(format!("{}{label}{}{times}", "  ".repeat(depth), line.text));
        for below in shown {
            if self.above(*below, shown) == Some(at) {
                self.tell(*below, depth + 1, shown, out);
            }
        }
    }
}

/// How much a step explains that is near to no field.
fn weight(step: &Step) -> usize {
    let applied = |it: &ExceptionOutcome| {
        matches!(
            it,
            ExceptionOutcome::Applied { .. } | ExceptionOutcome::Overridden { .. }
        )
    };
    match &step.detail {
        Detail::Rule(rule) if rule.exceptions.iter().any(|it| applied(&it.outcome)) => 0,
        Detail::Rule(_) | Detail::Table(_) | Detail::Grid(_) => 1,
        Detail::Expression | Detail::Parameter { .. } => 2,
    }
}

/// What makes two steps the same line.
type Key = (String, Vec<String>, String);

impl Picked {
    fn key(&self, step: &Step) -> Key {
        let outcome = match &step.outcome {
            Outcome::Value(shown) => shown.text.clone(),
            Outcome::Failure { code, .. } => code.clone(),
        };
        let distinct = if self.alike {
            reason_of(step).into_iter().collect()
        } else {
            arguments(step)
        };
        (step.name.clone(), distinct, outcome)
    }
}

fn arguments(step: &Step) -> Vec<String> {
    step.arguments.iter().map(|it| it.text.clone()).collect()
}
