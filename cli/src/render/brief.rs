//! Shorter traces for people: long values in arguments are cut where a reader can still tell them
//! apart. Machines, and the level that tells everything, get the whole values.

use std::collections::{BTreeMap, BTreeSet};

use assize_eval::trace::render::{Level, MAX_RULE_LINES, lines};
use assize_eval::trace::{
    Counted, Detail, ExceptionOutcome, Finding, Note, Outcome, Shown, Step, Trace,
};

/// Longest result of the decision, in characters: the answer beside it has the whole.
const MAX_RESULT_CHARS: usize = 80;
/// Longest argument, in characters.
const MAX_ARGUMENT_CHARS: usize = 30;

/// The middle level: what most likely explains the decision, on at most [`MAX_RULE_LINES`] lines.
///
/// Exceptions that applied come before tables and defaults, those before parameters; what stands
/// nearer to the decision comes before what its helpers did. What is left out is counted.
pub fn rules(trace: &Trace) -> Vec<String> {
    let mut trace = trace.clone();
    shorten(&mut trace);
    if let Outcome::Value(it) = &mut trace.root.outcome {
        it.text = cut(&it.text, MAX_RESULT_CHARS);
    }
    let mut ranked: BTreeMap<Key, (u8, usize, usize)> = BTreeMap::new();
    rank(&trace.root, 0, &mut ranked);
    // One line for the decision itself, one for what is left out.
    let room = MAX_RULE_LINES - 2;
    if ranked.len() > room + 1 {
        let mut order: Vec<(&(u8, usize, usize), &Key)> =
            ranked.iter().map(|(key, rank)| (rank, key)).collect();
        order.sort();
        let kept: BTreeSet<Key> = order
            .iter()
            .take(room)
            .map(|(_, key)| (*key).clone())
            .collect();
        keep(&mut trace.root, &kept);
        let mut out = lines(&trace, Level::Rules);
        // The same step at two depths makes two lines.
        let extra = out.len().saturating_sub(room + 1);
        out.truncate(room + 1);
        // What the renderer itself left out is part of our count.
        out.retain(|line| !line.trim_start().starts_with('…'));
        out.push(format!("  … {} more", ranked.len() - room + extra));
        return out;
    }
    lines(&trace, Level::Rules)
}

/// What makes two steps the same line.
type Key = (String, Vec<String>, String);

fn key(step: &Step) -> Key {
    let outcome = match &step.outcome {
        Outcome::Value(shown) => shown.text.clone(),
        Outcome::Failure { code, .. } => code.clone(),
    };
    let arguments = step.arguments.iter().map(|it| it.text.clone()).collect();
    (step.name.clone(), arguments, outcome)
}

/// How much a step explains (0 most), and how deep it stands; the best of equal ones.
fn rank(step: &Step, depth: usize, out: &mut BTreeMap<Key, (u8, usize, usize)>) {
    for child in &step.children {
        let weight = match &child.detail {
            Detail::Expression => None,
            _ if matches!(child.outcome, Outcome::Failure { .. }) => Some(0),
            Detail::Rule(rule) => {
                let applied = |it: &ExceptionOutcome| {
                    matches!(
                        it,
                        ExceptionOutcome::Applied { .. } | ExceptionOutcome::Overridden { .. }
                    )
                };
                let any = rule.exceptions.iter().any(|it| applied(&it.outcome));
                Some(if any { 0 } else { 1 })
            }
            Detail::Table(_) | Detail::Grid(_) => Some(1),
            Detail::Parameter { from: Some(_), .. } => Some(2),
            Detail::Parameter { from: None, .. } => Some(3),
        };
        if let Some(weight) = weight {
            let order = out.len();
            let best = out.entry(key(child)).or_insert((weight, depth, order));
            *best = (*best).min((weight, depth, best.2));
        }
        rank(child, depth + 1, out);
    }
}

/// Takes the reason from every step that is not kept, so that it makes no line.
fn keep(step: &mut Step, kept: &BTreeSet<Key>) {
    for child in &mut step.children {
        if !kept.contains(&key(child)) {
            child.detail = Detail::Expression;
        }
        keep(child, kept);
    }
}

/// Cuts the long values of a trace.
pub fn shorten(trace: &mut Trace) {
    step(&mut trace.root);
}

fn step(it: &mut Step) {
    it.arguments.iter_mut().for_each(shown);
    match &mut it.detail {
        Detail::Rule(rule) => {
            for exception in &mut rule.exceptions {
                if let ExceptionOutcome::NotApplicable { first } = &mut exception.outcome {
                    finding(first);
                }
            }
        }
        Detail::Table(table) | Detail::Grid(table) => {
            table
                .not_taken
                .iter_mut()
                .for_each(|row| shown(&mut row.got));
        }
        Detail::Expression | Detail::Parameter { .. } => {}
    }
    for noted in &mut it.notes {
        match &mut noted.note {
            Note::If { because, .. } | Note::Item { because, .. } => {
                because.iter_mut().for_each(|it| finding(it));
            }
            Note::Counted { finding: it } => finding(it),
            Note::Query { refused, .. } => {
                for each in refused {
                    each.because.iter_mut().for_each(|it| finding(it));
                }
            }
            Note::Lookup { .. } => {}
        }
    }
    it.because.iter_mut().for_each(|it| finding(it));
    it.children.iter_mut().for_each(step);
}

fn finding(it: &mut Finding) {
    it.needed
        .iter_mut()
        .chain(it.got.iter_mut())
        .for_each(shown);
    for Counted { because, .. } in &mut it.items {
        because.iter_mut().for_each(|it| finding(it));
    }
    it.because.iter_mut().for_each(|it| finding(it));
}

fn shown(it: &mut Shown) {
    it.text = cut(&it.text, MAX_ARGUMENT_CHARS);
}

/// `Line(item: "LAMP", category: electronics, quantity: 10)` becomes `Line(item: "LAMP", …)`.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let head: String = text.chars().take(most.saturating_sub(4)).collect();
    let open = head.find(['(', '[']);
    let close = match open.and_then(|at| head.get(at..)?.chars().next()) {
        Some('[') => "]",
        Some(_) => ")",
        None => "",
    };
    match (open, head.rfind(", ")) {
        (Some(open), Some(comma)) if comma > open => {
            let kept = head.get(..comma).unwrap_or(&head);
            format!("{kept}, …{close}")
        }
        (Some(open), _) => {
            let kept = head.get(..=open).unwrap_or(&head);
            format!("{kept}…{close}")
        }
        _ => format!("{head}…"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_recognisable() {
        for (text, wanted) in [
            ("short", "short"),
            (
                "Line(item: \"LAMP\", category: electronics, quantity: 10)",
                "Line(item: \"LAMP\", …)",
            ),
            ("[2026-11-20, 2026-11-21, 2026-11-22]", "[2026-11-20, …]"),
            ("Order(lines: [Line(item: \"LAMP\")])", "Order(…)"),
            (
                "\"a very long text without brackets at all\"",
                "\"a very long text withou…",
            ),
        ] {
            assert_eq!(cut(text, 28), wanted);
        }
    }
}
