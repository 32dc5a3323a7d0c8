//! Copies that differ only in their constants: the same policy written once for each party, where one
//! table or relation would hold a row for each.
//!
//! Texts are compared word by word, with a blank for each number, text and value of an enum. Fewer
//! than three are no pattern, and short ones are no policy.

use std::collections::{BTreeMap, HashSet};

use crate::ast::{ExceptionDecl, Item, RuleDecl, Span};
use crate::codes;
use crate::db::Db;
use crate::diagnostic::{At, Diagnostic, Severity};
use crate::items::{DeclId, decl_ast, decl_text};
use crate::package::name_at;

/// Fewest copies that are told.
const MIN_COPIES: usize = 3;
/// Fewest words and signs of a function or rule that is told as a copy.
const MIN_TOKENS: usize = 16;
/// Fewest words and signs of an exception, from `when` to its end.
const MIN_EXCEPTION: usize = 6;
/// Most constants in which copies differ: with more, they share a form and not a policy.
const MAX_DIFFERENT: usize = 4;
/// Most copies that are named.
const MAX_NAMED: usize = 6;

/// A text as words and signs: with a blank for each constant, and the constants.
#[derive(Debug, PartialEq, Eq)]
struct Shape<'t> {
    tokens: Vec<&'t str>,
    constants: Vec<&'t str>,
}

/// Notes functions, rules and exceptions that are copies of each other except for their constants.
pub(crate) fn diagnostics(db: &dyn Db, all: &[DeclId]) -> Vec<Diagnostic> {
    let mut values: HashSet<&str> = HashSet::from(["true", "false", "missing"]);
    for decl in all {
        if let Some(Item::Enum(of)) = decl_ast(db, decl).map(|ast| &ast.item) {
            values.extend(of.values.iter().map(|value| &*value.text));
        }
    }
    let mut out = Vec::new();
    let mut whole: BTreeMap<Vec<&str>, Vec<(DeclId, Vec<&str>)>> = BTreeMap::new();
    for decl in all {
        let Some(ast) = decl_ast(db, decl) else {
            continue;
        };
        let Some(text) = decl_text(db, decl.file, decl.key.clone()).map(|it| it.text(db)) else {
            continue;
        };
        let body = match &ast.item {
            Item::Define(define) => define.name.span,
            Item::Rule(rule) => {
                exceptions(decl, rule, text, &values, &mut out);
                rule.name.span
            }
            _ => continue,
        };
        let Some(text) = text.get(body.end as usize..) else {
            continue;
        };
        let shape = shape(text, &values);
        if shape.tokens.len() >= MIN_TOKENS {
            let copies = whole.entry(shape.tokens).or_default();
            copies.push((decl.clone(), shape.constants));
        }
    }
    for copies in whole.into_values() {
        let constants: Vec<&[&str]> = copies.iter().map(|(_, all)| all.as_slice()).collect();
        let Some(different) = differences(&constants) else {
            continue;
        };
        let places: Vec<(At, String)> = copies
            .iter()
            .map(|(decl, constants)| (name_at(db, decl), said(constants, &different)))
            .collect();
        let claim = match different.is_empty() {
            true => format!("{} declarations say the same", copies.len()),
            false => format!("{} declarations differ only in constants", copies.len()),
        };
        let instead = match different.is_empty() {
            true => "keep one of them, and call it from all places",
            false => {
                "write it once and give it these constants: as parameters, or as the rows of a table \
                 or of a relation (`data`) that it looks up"
            }
        };
        out.extend(told(places, claim).map(|found| found.instead(instead)));
    }
    out
}

/// The exceptions of a rule that differ only in constants.
fn exceptions(
    decl: &DeclId,
    rule: &RuleDecl,
    text: &str,
    values: &HashSet<&str>,
    out: &mut Vec<Diagnostic>,
) {
    let plain = |one: &&ExceptionDecl| {
        one.overrides.is_empty()
            && one.yields_to.is_empty()
            && one.valid.is_none()
            && one.because.is_none()
    };
    let mut same: BTreeMap<Vec<&str>, Vec<(Span, Vec<&str>)>> = BTreeMap::new();
    for one in rule.exceptions.iter().filter(plain) {
        let body = text.get(one.name.span.end as usize..one.span.end as usize);
        let shape = shape(body.unwrap_or_default(), values);
        if shape.tokens.len() >= MIN_EXCEPTION {
            let copies = same.entry(shape.tokens).or_default();
            copies.push((one.name.span, shape.constants));
        }
    }
    for copies in same.into_values() {
        let constants: Vec<&[&str]> = copies.iter().map(|(_, all)| all.as_slice()).collect();
        // Exceptions without any difference conflict, which is told by itself.
        let Some(different) = differences(&constants).filter(|found| !found.is_empty()) else {
            continue;
        };
        let places: Vec<(At, String)> = copies
            .iter()
            .map(|(span, constants)| (decl.at(*span), said(constants, &different)))
            .collect();
        let claim = format!(
            "{} exceptions of `{}` differ only in constants",
            copies.len(),
            rule.name.text
        );
        out.extend(told(places, claim).map(|found| {
            found.instead("write a table with a row for each, and one exception that asks it")
        }));
    }
}

fn told(places: Vec<(At, String)>, claim: String) -> Option<Diagnostic> {
    let more = places.len().saturating_sub(MAX_NAMED);
    let mut places = places.into_iter().take(MAX_NAMED);
    let (at, said) = places.next()?;
    let mut found = Diagnostic::new(codes::COPIED, Severity::Note, at, claim).label(said);
    for (at, said) in places {
        found = found.related(at, said);
    }
    if more > 0 {
        found = found.because(format!("{more} more of them are not shown"));
    }
    Some(found)
}

/// The positions at which the constants differ, where they are few and the copies many enough.
fn differences(all: &[&[&str]]) -> Option<Vec<usize>> {
    let first = all.first().filter(|_| all.len() >= MIN_COPIES)?;
    let differs = |at: &usize| all.iter().any(|one| one.get(*at) != first.get(*at));
    let found: Vec<usize> = (0..first.len()).filter(differs).collect();
    (found.len() <= MAX_DIFFERENT).then_some(found)
}

/// The constants at these positions, as the author wrote them.
fn said(constants: &[&str], at: &[usize]) -> String {
    if at.is_empty() {
        return "the same".to_string();
    }
    let words: Vec<&str> = at
        .iter()
        .filter_map(|at| constants.get(*at).copied())
        .collect();
    words.join(", ")
}

fn shape<'t>(text: &'t str, values: &HashSet<&str>) -> Shape<'t> {
    let mut shape = Shape {
        tokens: Vec::new(),
        constants: Vec::new(),
    };
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.split_once('\n').map_or("", |(_, behind)| behind);
            continue;
        }
        let length = match first {
            '"' => rest
                .char_indices()
                .skip(1)
                .find(|(_, c)| *c == '"')
                .map_or(rest.len(), |(at, _)| at + 1),
            c if c.is_ascii_digit() => run(rest, |c| c.is_alphanumeric() || "_.-%".contains(c)),
            c if c.is_alphabetic() => run(rest, |c| c.is_alphanumeric() || c == '_'),
            c => c.len_utf8(),
        };
        let Some((token, behind)) = rest.split_at_checked(length) else {
            return shape;
        };
        rest = behind;
        if first.is_whitespace() {
            continue;
        }
        if first == '"' || first.is_ascii_digit() || values.contains(token) {
            shape.constants.push(token);
            shape.tokens.push("");
        } else {
            shape.tokens.push(token);
        }
    }
    shape
}

/// Length of the characters at the start for which it holds.
fn run(text: &str, holds: impl Fn(char) -> bool) -> usize {
    text.find(|c| !holds(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_blanks() {
        let values = HashSet::from(["trade"]);
        let found = shape(
            "when a = trade // no\n  then \"x y\" 2026-01-01 5.50%",
            &values,
        );
        assert_eq!(found.tokens, ["when", "a", "=", "", "then", "", "", ""]);
        assert_eq!(found.constants, ["trade", "\"x y\"", "2026-01-01", "5.50%"]);
        assert!(shape("\"open", &values).constants == ["\"open"]);
    }
}
