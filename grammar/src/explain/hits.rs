//! How a table hits, in the words of decision tables elsewhere: `hit policy first`, `policy: unique`,
//! `hit collect sum`, a policy without `hit`.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[hit_policy];

/// What is said in other notations, and what it is here.
const POLICIES: &[(&str, &str)] = &[
    ("unique", "unique"),
    ("u", "unique"),
    ("any", "same"),
    ("a", "same"),
    ("same", "same"),
    ("first", "first"),
    ("f", "first"),
    ("priority", "priority"),
    ("p", "priority"),
    ("list", "list"),
    ("list by priority", "list by priority"),
    ("rule order", "list"),
    ("r", "list"),
    ("output order", "list by priority"),
    ("o", "list by priority"),
    ("collect", "list"),
    ("c", "list"),
    ("sum", "sum"),
    ("collect sum", "sum"),
    ("c +", "sum"),
    ("lowest", "lowest"),
    ("collect min", "lowest"),
    ("c <", "lowest"),
    ("highest", "highest"),
    ("collect max", "highest"),
    ("c >", "highest"),
    ("count", "count"),
    ("collect count", "count"),
    ("c #", "count"),
];

/// The policy that one word of another notation names.
pub(super) fn policy(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let (_, ours) = POLICIES.iter().find(|(other, _)| *other == word)?;
    Some(ours)
}

/// The line of a table above its rows that says how it hits.
fn hit_policy(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.first_word() != "table" {
        return None;
    }
    // The first token of the line of the error, or of the line that ends before it.
    let first = (0..=scene.here)
        .rev()
        .find(|index| scene.token(*index).is_some_and(|token| token.first))?;
    let mut end = first + 1;
    while scene.token(end).is_some_and(|token| !token.first) {
        end += 1;
    }
    let gives = scene.find_flat(0, &["gives"]);
    if first <= gives {
        return None;
    }
    let mut words: Vec<String> = (first..end)
        .map(|index| match scene.token(index).map(|token| token.sort) {
            Some(Sort::Text | Sort::Quoted) => scene
                .word(index)
                .trim_matches(['"', '\'', '“', '”', '„'])
                .to_lowercase(),
            _ => scene.word(index).to_lowercase(),
        })
        .collect();
    let led = words
        .iter()
        .any(|word| matches!(word.as_str(), "hit" | "policy" | "hitpolicy" | "hit_policy"));
    words.retain(|word| {
        !matches!(
            word.as_str(),
            "hit" | "policy" | "hitpolicy" | "hit_policy" | ":" | "=" | "-" | "is"
        )
    });
    let said = words.join(" ");
    let known = POLICIES.iter().find(|(other, _)| *other == said);
    let (start, stop) = (scene.start(first), scene.end_before(end));
    let shown = code(scene.slice(start, stop));
    let proposal = Proposal::new(
        "A0149",
        start,
        stop,
        format!("{shown} does not say how this table hits"),
    )
    .because("behind `hit` stands what happens when several rows fit: `unique`, `same`, `first`, `priority`, `list`, `sum`, `lowest`, `highest` or `count`");
    match known {
        Some((other, ours)) if led || other.len() > 2 => {
            let ours = format!("hit {ours}");
            (scene.slice(start, stop) != ours).then(|| proposal.written(start, stop, &ours))
        }
        _ => (led && !words.is_empty() && words.len() <= 3 && !scene.is_row(start))
            .then(|| proposal.instead("write `hit` and one of them").sure()),
    }
}
