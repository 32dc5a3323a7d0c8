//! The message where no known mistake was found: what fits here, in words.

use super::proposal::Proposal;
use super::scene::{Scene, Sort};
use crate::expected::expected_at;
use crate::parse::parse_declaration;

/// The most alternatives that are named.
const MAX_ALTERNATIVES: usize = 4;

/// What may begin a value; said as "a value" when several of them fit.
const VALUE: &[&str] = &[
    "a name", "a number", "a date", "a text", "true", "false", "missing", "(", "[", "-", "not",
    "if", "round", "share", "let", "for", "stop", "default", "exists", "every", "all", "any",
    "none", "at", "sum", "count", "lowest", "highest", "first",
];

/// What may follow a value; said as "an operator" when several of them fit.
const OPERATOR: &[&str] = &[
    "+",
    "-",
    "*",
    "/",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "and",
    "or",
    "is",
    "in",
    "not",
    "between",
    "as",
    "on",
    "with",
    "valid",
    "otherwise",
    ".",
    "(",
    "[",
];

/// The largest text for which is tried what would fit, in bytes: it is parsed for each word.
const MAX_TRIED_BYTES: usize = 2 * 1024;

/// What fits at the error. Of a long table only the header and the row are tried, of another long
/// declaration only the head and the part, as long as the error stays the same.
fn expected(scene: &Scene<'_>) -> Vec<&'static str> {
    if scene.at <= MAX_TRIED_BYTES {
        return expected_at(scene.text, scene.error);
    }
    let part = scene.line(scene.error.part.start as usize).0;
    let mut from = part;
    while from > 0 && scene.line(from - 1).1.trim_start().starts_with('|') {
        from = scene.line(from - 1).0;
    }
    let kept = if from < part {
        from + scene.line(from).1.len() + 1
    } else {
        let (line, head) = scene.line(scene.tokens.first().map_or(0, |token| token.start));
        line + head.len() + 1
    };
    if kept > part {
        return Vec::new();
    }
    let start = scene.tokens.first().map_or(0, |token| token.start);
    let shift = (part - kept) + start;
    let text = format!(
        "{}{}",
        scene.slice(start, kept),
        scene.slice(part, scene.end_of_part())
    );
    let at = scene.at.saturating_sub(shift);
    if at > MAX_TRIED_BYTES {
        return Vec::new();
    }
    let parsed = parse_declaration(&text);
    match parsed.errors.first() {
        Some(error) if error.at as usize == at => expected_at(&text, *error),
        _ => Vec::new(),
    }
}

pub(super) fn general(scene: &Scene<'_>) -> Proposal {
    let expected = in_words(&expected(scene));
    let (start, end, found) = found(scene);
    let claim = match expected.as_slice() {
        [] => format!("{found} cannot stand here"),
        [one] => format!("{one} is expected here, but here is {found}"),
        [most @ .., last] => {
            format!(
                "{} or {last} is expected here, but here is {found}",
                most.join(", ")
            )
        }
    };
    let proposal = Proposal::new("A0101", start, end, claim).sure();
    if scene.error.at as usize >= scene.text.trim_end().len() {
        proposal.because("the declaration ends before it is complete")
    } else if start > 0 {
        let before = scene.before(scene.here, 1);
        if before.is_empty() || before.len() > 40 {
            proposal
        } else {
            proposal.because(format!("up to {} everything can be read", code(before)))
        }
    } else {
        proposal
    }
}

/// The token at the error: where it is and how it is called.
fn found(scene: &Scene<'_>) -> (usize, usize, String) {
    let end = scene.end_of_part();
    if scene.start(scene.here) >= end && scene.is_row(scene.error.part.start as usize) {
        let end = scene.end_before(scene.here);
        return (end, end, "the end of the row".to_owned());
    }
    match scene.token(scene.here) {
        Some(token) if token.start >= scene.at || token.end > scene.at => {
            let word = scene.slice(token.start, token.end);
            let shown = match token.sort {
                Sort::Text | Sort::OpenText | Sort::Quoted => "a text".to_owned(),
                _ => code(word),
            };
            (token.start, token.end, shown)
        }
        _ => {
            let end = scene.text.trim_end().len();
            let start = scene.at.min(end);
            (start, start, "the end of the declaration".to_owned())
        }
    }
}

/// Text in the form of code, also when it is a bar or a backtick.
pub(super) fn code(word: &str) -> String {
    if word.contains('`') {
        format!("`` {word} ``")
    } else {
        format!("`{word}`")
    }
}

fn in_words(expected: &[&'static str]) -> Vec<String> {
    let value = ["a name", "a number", "(", "-"]
        .iter()
        .all(|needed| expected.contains(needed));
    let operator = ["+", "*", "/"]
        .iter()
        .all(|needed| expected.contains(needed));
    let mut shown: Vec<String> = Vec::new();
    if value {
        shown.push("a value".to_owned());
    }
    let mut words: Vec<&str> = expected
        .iter()
        .copied()
        .filter(|item| !(operator && !value && *item == "a name")) // a unit
        .filter(|item| !(value && VALUE.contains(item) || operator && OPERATOR.contains(item)))
        .collect();
    // Words say more than marks.
    words.sort_by_key(|item| !item.starts_with(char::is_alphabetic));
    let room = MAX_ALTERNATIVES - usize::from(value) - usize::from(operator);
    for word in words.into_iter().take(room) {
        if word.starts_with("a ") {
            shown.push(word.to_owned());
        } else {
            shown.push(code(word));
        }
    }
    if operator {
        shown.push("an operator such as `+`".to_owned());
    }
    shown
}
