//! Shorter traces for people: long values are cut where a reader can still tell them apart. Machines, and
//! the level that tells everything, get the whole values.

use super::{Counted, Detail, ExceptionOutcome, Finding, Note, Outcome, Shown, Step, Trace};

/// Longest argument, in characters.
const MAX_ARGUMENT_CHARS: usize = 30;
/// Longest value of a comparison: where both begin alike, the end is what differs.
const MAX_COMPARED_CHARS: usize = 90;
/// Longest argument of a call that failed, and longest element of a loop around the failure: they say
/// which one it was.
const MAX_FAILED_CHARS: usize = 70;

/// Cuts the long values of a trace.
pub fn shorten(trace: &mut Trace) {
    step(&mut trace.root);
}

fn step(it: &mut Step) {
    let most = match it.outcome {
        Outcome::Value(_) => MAX_ARGUMENT_CHARS,
        Outcome::Failure { .. } => MAX_FAILED_CHARS,
    };
    let elements = it.elements.iter_mut().map(|(_, element)| element);
    for shown in it.arguments.iter_mut().chain(elements) {
        shown.text = cut(&shown.text, most);
    }
    match &mut it.detail {
        Detail::Rule(rule) => {
            for exception in &mut rule.exceptions {
                exception.value.iter_mut().for_each(shown);
                exception.held.iter_mut().for_each(finding);
                if let ExceptionOutcome::NotApplicable { first } = &mut exception.outcome {
                    finding(first);
                }
            }
        }
        Detail::Table(table) | Detail::Grid(table) => {
            let passed = table.passed_over.iter_mut();
            passed.for_each(|row| shown(&mut row.value));
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
            Note::Lookup { .. } | Note::Part(_) => {}
        }
    }
    it.because.iter_mut().for_each(|it| finding(it));
    it.children.iter_mut().for_each(step);
}

fn finding(it: &mut Finding) {
    for compared in it.needed.iter_mut().chain(it.got.iter_mut()) {
        compared.text = cut(&compared.text, MAX_COMPARED_CHARS);
    }
    for Counted { because, .. } in &mut it.items {
        because.iter_mut().for_each(|it| finding(it));
    }
    it.because.iter_mut().for_each(|it| finding(it));
}

fn shown(it: &mut Shown) {
    it.text = cut(&it.text, MAX_ARGUMENT_CHARS);
}

/// `Line(item: "LAMP", category: electronics, quantity: 10)` becomes `Line(item: "LAMP", …)`: it ends
/// behind the last whole part that fits, and what is open is closed.
pub fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(4);
    let mut open: Vec<char> = Vec::new();
    let mut quoted = false;
    // Where the last whole part ends, and what was open there.
    let mut kept: Option<(usize, Vec<char>, &str)> = None;
    for (nth, (at, next)) in text.char_indices().enumerate() {
        if nth >= room {
            break;
        }
        match next {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' | '[' => {
                open.push(if next == '(' { ')' } else { ']' });
                kept = Some((at + next.len_utf8(), open.clone(), ""));
            }
            ')' | ']' => {
                open.pop();
            }
            ',' if !open.is_empty() => kept = Some((at, open.clone(), ", ")),
            _ => {}
        }
    }
    match kept {
        Some((end, open, between)) => {
            let close: String = open.iter().rev().collect();
            format!("{}{between}…{close}", text.get(..end).unwrap_or(text))
        }
        None => {
            let head: String = text.chars().take(room).collect();
            format!("{head}…")
        }
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
            (
                "[2026-11-20, 2026-11-21, 2026-11-22]",
                "[2026-11-20, 2026-11-21, …]",
            ),
            (
                "Order(lines: [Line(item: \"LAMP\")])",
                "Order(lines: [Line(…)])",
            ),
            (
                "Answer(ships: [2026-12-05, 2026-12-06])",
                "Answer(ships: […])",
            ),
            (
                "Line(note: \"a, b (c\", item: \"LAMP\")",
                "Line(note: \"a, b (c\", …)",
            ),
            (
                "\"a very long text without brackets at all\"",
                "\"a very long text withou…",
            ),
        ] {
            assert_eq!(cut(text, 28), wanted);
        }
    }
}
