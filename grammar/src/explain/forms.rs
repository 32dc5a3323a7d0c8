//! Mistakes in the form of a phrase: names, counts, calls and shares that are not written in full.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort, Token};

pub(super) const CHECKS: &[super::Check] = &[
    no_name,
    share,
    at_most_unit,
    empty_counted,
    rest_word,
    call_blank,
    reserved_name,
];

/// The words that are no names (language reference §17).
pub(super) const RESERVED: &[&str] = &[
    "and",
    "as",
    "because",
    "between",
    "by",
    "carry",
    "carrying",
    "default",
    "else",
    "ending",
    "exception",
    "expect",
    "false",
    "finally",
    "for",
    "give",
    "gives",
    "has",
    "if",
    "in",
    "is",
    "let",
    "missing",
    "next",
    "not",
    "or",
    "otherwise",
    "overrides",
    "round",
    "stop",
    "then",
    "to",
    "true",
    "unless",
    "using",
    "valid",
    "when",
    "where",
    "with",
];

/// `exception` and at once its first clause, `define (a: int)`.
fn no_name(scene: &Scene<'_>) -> Option<Proposal> {
    let before = scene
        .here
        .checked_sub(1)
        .and_then(|index| scene.token(index))?;
    let word = scene.slice(before.start, before.end);
    let names = before.first
        && matches!(
            word,
            "define"
                | "decision"
                | "rule"
                | "table"
                | "record"
                | "data"
                | "enum"
                | "reason"
                | "example"
                | "parameter"
                | "exception"
        );
    let ended = scene.token(scene.here).is_none_or(|token| token.first)
        || matches!(scene.word(scene.here), "(" | "=" | ":" | "gives");
    let other = word == "overrides"
        || word == "to" && scene.before(scene.here, 2) == "yields"
        || word == "yields";
    if other && scene.token(scene.here).is_none_or(|token| token.first) {
        return Some(no_other(scene, before, word));
    }
    (names && ended).then(|| {
        Proposal::new(
            "A0170",
            before.start,
            before.end,
            format!("this {} has no name", code(word)),
        )
        .because("results and messages say by name what decided")
        .instead(format!("write a name behind {}", code(word)))
        .sure()
    })
}

/// `exception e overrides` and at once its first clause.
fn no_other(scene: &Scene<'_>, before: Token, word: &str) -> Proposal {
    let own = scene.find_back(scene.here, &["exception"]);
    let others: Vec<&str> = (0..scene.tokens.len())
        .filter(|index| {
            scene.word(*index) == "exception"
                && Some(*index) != own
                && scene.token(*index).is_some_and(|token| token.first)
        })
        .map(|index| scene.word(index + 1))
        .collect();
    let phrase = if word == "overrides" {
        "overrides"
    } else {
        "yields to"
    };
    let proposal = Proposal::new(
        "A0170",
        before.start,
        before.end,
        format!("`{phrase}` names no exception"),
    )
    .because("which of two exceptions goes first is said between the two, by their names");
    let missing = if word == "yields" { " to" } else { "" };
    match others.as_slice() {
        [other] => proposal
            .instead(format!("write `{phrase} {other}`, or leave it out"))
            .choice(
                &format!("write `{phrase} {other}`"),
                before.end,
                before.end,
                &format!("{missing} {other}"),
            ),
        _ => proposal.instead(format!(
            "write the name of the other one behind `{phrase}`, or leave it out"
        )),
    }
    .sure()
}

fn share(scene: &Scene<'_>) -> Option<Proposal> {
    let share = scene.find_back(scene.here, &["share"])?;
    if scene.find_flat(share, &["give", "let", "next"]) < scene.here {
        return None;
    }
    let start = scene.start(share);
    let proposal = |claim: &str| {
        Proposal::new("A0116", start, scene.end_before(scene.here).max(start), claim)
            .because("a share is written `share of AMOUNT by WEIGHT to STEP`; the step says how it is rounded")
    };
    if share + 1 == scene.here {
        return Some(
            proposal("`share` has no `of`")
                .instead("write `share of`")
                .certain("insert `of`", scene.at, scene.at, "of ")
                .sure(),
        );
    }
    let by = (scene.here.saturating_sub(1)..=scene.here).find(|index| {
        matches!(
            scene.word(*index),
            "in" | "proportional" | "proportionally" | "according" | "weighted"
        )
    });
    if let Some(by) = by {
        let last = (by..by + 3).find(|index| matches!(scene.word(*index), "to" | "by"))?;
        let end = scene.token(last)?.end;
        let phrase = scene.slice(scene.start(by), end);
        return Some(
            Proposal::new("A0116", scene.start(by), end, format!("{} does not say by what is shared", code(phrase)))
                .because("a share is written `share of AMOUNT by WEIGHT to STEP`; the step says how it is rounded")
                .instead("write `by`")
                .certain("write `by`", scene.start(by), end, "by"),
        );
    }
    if let Some(turned) = step_before_weight(scene, share) {
        return Some(turned);
    }
    let said_by = scene.find_flat(share, &["by"]) < scene.here;
    let said_to = scene.find_flat(share, &["to"]) < scene.here;
    (said_by && !said_to).then(|| {
        let at = scene.end_before(scene.here);
        proposal("this share has no rounding step")
            .instead("write `to` and the step, such as `to 0.01`")
            .choice("round to 0.01", at, at, " to 0.01")
    })
}

/// `share of a to 0.01 by w`: the two parts change places.
fn step_before_weight(scene: &Scene<'_>, share: usize) -> Option<Proposal> {
    let to = scene.here;
    let by = scene.find_flat(to, &["by", "give", "let", "next"]);
    if scene.word(to) != "to"
        || scene.find_flat(share, &["by", "to"]) != to
        || scene.word(by) != "by"
    {
        return None;
    }
    // The weight ends with its line, or where something else begins.
    let ends = |index: usize| scene.token(index).is_none_or(|token| token.first);
    let after = scene.find_flat(
        by + 1,
        &["rest", "using", "per", "give", "then", "else", "for", ","],
    );
    let after = (by + 1..after).find(|index| ends(*index)).unwrap_or(after);
    let (start, end) = (scene.start(to), scene.end_before(after));
    let step = scene.slice(start, scene.end_before(by));
    let weight = scene.slice(scene.start(by), end);
    Some(
        Proposal::new("A0116", start, end, "the step of this share stands before its weight")
            .because("a share is written `share of AMOUNT by WEIGHT to STEP`; the step says how it is rounded")
            .written(start, end, &format!("{weight} {step}")),
    )
}

fn at_most_unit(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here).find(|index| {
        matches!(scene.before(*index, 2), "most" | "least")
            && scene.before(*index, 3) == "at"
            && scene.word(*index) != ":"
            && scene.word(*index + 1) != ":"
    })?;
    let token = scene
        .token(index)
        .filter(|token| token.sort == Sort::Word)?;
    let number = scene.before(index, 1);
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let word = scene.word(index);
    let phrase = scene.before(index, 2);
    Some(
        Proposal::new(
            "A0137",
            token.start,
            token.end,
            format!("`{word}` stands behind a count"),
        )
        .because(format!(
            "`at {phrase} {number}` counts what the line itself names; it takes no unit"
        ))
        .instead("leave it out")
        .certain(
            &format!("remove `{word}`"),
            scene.end_before(index),
            token.end,
            "",
        ),
    )
}

fn empty_counted(scene: &Scene<'_>) -> Option<Proposal> {
    let opening = scene.here.checked_sub(1)?;
    let word = scene.before(opening, 2);
    (scene.word(scene.here) == "]"
        && scene.word(opening) == "["
        && scene.before(opening, 1) == "of")
        .then(|| {
            let start = scene.start(opening);
            Proposal::new(
                "A0138",
                start,
                scene.start(scene.here) + 1,
                format!("`{word} of` counts no conditions"),
            )
            .because("an empty list would hold or fail always, which nobody means")
            .instead("write the conditions between `[` and `]`")
            .sure()
        })
}

fn rest_word(scene: &Scene<'_>) -> Option<Proposal> {
    let index = scene.here;
    (scene.before(index, 1) == "to" && scene.before(index, 2) == "rest").then(|| {
        let word = scene.word(index);
        let (start, end) = (scene.start(index), scene.token(index).map_or(scene.start(index), |token| token.end));
        let near = match word {
            "biggest" | "greatest" | "highest" | "max" | "most" => Some("largest"),
            _ => super::nearest(word, &["largest", "first", "last"]),
        };
        let proposal = Proposal::new("A0149", start, end, format!("{} cannot take the rest of a share", code(word)))
            .because("what rounding leaves over goes to the element with the largest weight, the first or the last")
            .instead("write `largest`, `first` or `last`");
        match near {
            Some(near) if !word.is_empty() => proposal.choice(&format!("write `{near}`"), start, end, near).sure(),
            _ => proposal,
        }
    })
}

fn call_blank(scene: &Scene<'_>) -> Option<Proposal> {
    let opening = scene.token(scene.here)?;
    let shown = scene.word(scene.here);
    let previous = scene
        .here
        .checked_sub(1)
        .and_then(|index| scene.token(index))?;
    let word = scene.slice(previous.start, previous.end);
    let gap = scene.slice(previous.end, opening.start);
    let blank = !gap.is_empty() && gap.chars().all(|c| matches!(c, ' ' | '\t'));
    // Behind `expect error` a name is missing.
    let expected = word == "error"
        && scene
            .here
            .checked_sub(2)
            .is_some_and(|index| scene.word(index) == "expect");
    (matches!(shown, "(" | "[")
        && previous.sort == Sort::Word
        && blank
        && !expected
        && !RESERVED.contains(&word))
    .then(|| {
        Proposal::new(
            "A0135",
            previous.start,
            opening.end,
            format!("between `{word}` and `{shown}` stands a blank"),
        )
        .because("a bracket belongs to the name before it only when it follows at once")
        .instead(format!("write `{word}{shown}`"))
        .certain("remove the blank", previous.end, opening.start, "")
    })
}

fn reserved_name(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let word = scene.word(scene.here);
    if !RESERVED.contains(&word) || token.start != scene.at {
        return None;
    }
    let leads = [
        "let",
        "next",
        "carry",
        "each",
        "for",
        "define",
        "record",
        "data",
        "enum",
        "table",
        "rule",
        "decision",
        "example",
        "parameter",
        "reason",
        "unit",
        "currency",
        "number",
        "exception",
        "group",
        "exists",
        "every",
        "given",
    ];
    let before = scene.before(scene.here, 1);
    let follows = scene.word(scene.here + 1);
    let named = leads.contains(&before) && !(before == "for" && word == "each")
        || before == "," && matches!(scene.before(scene.from + 1, 1), "unit" | "currency");
    // `a + valid`: a reserved word used as a value.
    let used = matches!(
        before,
        "+" | "-" | "*" | "/" | "=" | "<" | ">" | "<=" | ">=" | "!=" | "(" | "," | "["
    ) && !matches!(
        word,
        "then" | "else" | "give" | "gives" | "when" | "where" | "let" | "next"
    ) || matches!(follows, "." | "+" | "*" | "/")
        // `"over by {by}"`: the text up to its hole is one token.
        || before.ends_with('{');
    if !named && !used {
        return None;
    }
    let text = format!("{word}_value");
    Some(
        Proposal::new("A0139", token.start, token.end, format!("`{word}` is a word of the language and cannot be a name"))
            .because(format!("some words are kept free, as they join other words: `{}` and the like; after a dot or before a colon they may be used", near_words(word)))
            .instead(format!("add a word to it, such as `{text}`"))
            .choice(&format!("write `{text}`"), token.start, token.end, &text),
    )
}

fn near_words(word: &str) -> String {
    let at = RESERVED
        .iter()
        .position(|other| *other == word)
        .unwrap_or(0);
    let start = at.saturating_sub(1).min(RESERVED.len().saturating_sub(3));
    RESERVED
        .iter()
        .skip(start)
        .take(3)
        .copied()
        .collect::<Vec<_>>()
        .join("`, `")
}
