//! Shorter traces for people: long values in arguments are cut where a reader can still tell them
//! apart. Machines, and the level that tells everything, get the whole values.

use assize_eval::trace::{Counted, Detail, ExceptionOutcome, Finding, Note, Shown, Step, Trace};

/// Longest argument, in characters.
const MAX_ARGUMENT_CHARS: usize = 40;

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
            table.not_taken.iter_mut().for_each(|row| shown(&mut row.got));
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
    it.needed.iter_mut().chain(it.got.iter_mut()).for_each(shown);
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
            ("Line(item: \"LAMP\", category: electronics, quantity: 10)", "Line(item: \"LAMP\", …)"),
            ("[2026-11-20, 2026-11-21, 2026-11-22]", "[2026-11-20, …]"),
            ("Order(lines: [Line(item: \"LAMP\")])", "Order(…)"),
            ("\"a very long text without brackets at all\"", "\"a very long text withou…"),
        ] {
            assert_eq!(cut(text, 28), wanted);
        }
    }
}
