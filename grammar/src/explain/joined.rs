//! Mistakes in what joins two values: comparisons in everyday words, words that join nothing, two
//! comparisons in a row, words in capital letters or with a wrong letter.

use super::general::code;
use super::missing::then_follows;
use super::nearest;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[negated_period, phrases, chain, mistyped, unknown];

const GREATER: &str = "`>` is greater, `>=` is greater or equal";
const LESS: &str = "`<` is less, `<=` is less or equal";
const EQUAL: &str = "`=` and `is` ask whether two values are equal";
const UNEQUAL: &str = "`!=` and `is not` ask whether two values differ";
const IN: &str = "`in` and `not in` ask for a list by themselves";
const CALCULATE: &str = "values are calculated with `+`, `-`, `*`, `/`";

/// What is said elsewhere, what it is here, and why. Words that say what the sign says are certain.
const PHRASES: &[(&str, &str, &str)] = &[
    ("is greater than or equal to", ">=", GREATER),
    ("greater than or equal to", ">=", GREATER),
    ("is greater or equal", ">=", GREATER),
    ("is no more than", "<=", LESS),
    ("no more than", "<=", LESS),
    ("is no less than", ">=", GREATER),
    ("no less than", ">=", GREATER),
    ("is greater than", ">", GREATER),
    ("greater than", ">", GREATER),
    ("is more than", ">", GREATER),
    ("more than", ">", GREATER),
    ("is at least", ">=", GREATER),
    ("is above", ">", GREATER),
    ("is over", ">", GREATER),
    ("exceeds", ">", GREATER),
    ("gt", ">", GREATER),
    ("ge", ">=", GREATER),
    ("gte", ">=", GREATER),
    ("is less than or equal to", "<=", LESS),
    ("less than or equal to", "<=", LESS),
    ("is less or equal", "<=", LESS),
    ("is less than", "<", LESS),
    ("less than", "<", LESS),
    ("is smaller than", "<", LESS),
    ("smaller than", "<", LESS),
    ("is at most", "<=", LESS),
    ("is below", "<", LESS),
    ("is under", "<", LESS),
    ("lt", "<", LESS),
    ("le", "<=", LESS),
    ("lte", "<=", LESS),
    ("is equal to", "=", EQUAL),
    ("is equal", "=", EQUAL),
    ("equal to", "=", EQUAL),
    ("equals", "=", EQUAL),
    ("equal", "=", EQUAL),
    ("eq", "=", EQUAL),
    ("is not equal to", "!=", UNEQUAL),
    ("not equal to", "!=", UNEQUAL),
    ("is different from", "!=", UNEQUAL),
    ("differs from", "!=", UNEQUAL),
    ("isnt", "is not", UNEQUAL),
    ("ne", "!=", UNEQUAL),
    ("is not one of", "not in", IN),
    ("is one of", "in", IN),
    ("is any of", "in", IN),
    ("is none of", "not in", IN),
    ("is not in", "not in", IN),
    ("is in", "in", IN),
    ("one of", "in", IN),
    (
        "is between",
        "between",
        "`between` asks by itself, and both ends belong to it",
    ),
    (
        "is valid on",
        "valid on",
        "`valid on` asks by itself whether a row holds on a day",
    ),
    ("plus", "+", CALCULATE),
    ("minus", "-", CALCULATE),
    ("times", "*", CALCULATE),
    ("multiplied by", "*", CALCULATE),
    ("divided by", "/", CALCULATE),
];

/// What is asked elsewhere in one word and has no word of its own here: why, and the way out.
const WITHOUT: &[(&str, &str, &str)] = &[
    (
        "contains",
        "a list is asked from the side of the element",
        "write `element in list`; of texts can be asked how they begin: `starts_with(text, \"A\")`",
    ),
    (
        "includes",
        "a list is asked from the side of the element",
        "write `element in list`",
    ),
    (
        "starts with",
        "how a text begins is asked by a function",
        "write `starts_with(text, \"A\")`",
    ),
    (
        "begins with",
        "how a text begins is asked by a function",
        "write `starts_with(text, \"A\")`",
    ),
    (
        "ends with",
        "of texts can be asked how long they are and how they begin",
        "let the data say it, as a field of its own",
    ),
    (
        "like",
        "there are no patterns for texts; of texts can be asked how long they are and how they begin",
        "write `starts_with(text, \"A\")`, or let the data say it, as a field of its own",
    ),
    (
        "matches",
        "there are no patterns for texts; of texts can be asked how long they are and how they begin",
        "write `starts_with(text, \"A\")`, or let the data say it, as a field of its own",
    ),
    (
        "xor",
        "conditions are joined by `and` and `or`",
        "write `(a or b) and not (a and b)`",
    ),
    (
        "mod",
        "there is no remainder of a division",
        "let the data say it, as a field of its own",
    ),
    (
        "is not between",
        "`between` is negated as a whole",
        "write `not x between a and b`",
    ),
    (
        "not between",
        "`between` is negated as a whole",
        "write `not x between a and b`",
    ),
];

/// The place of a phrase: its first token and the number of its tokens.
fn phrase(scene: &Scene<'_>, said: &str) -> Option<(usize, usize)> {
    let words: Vec<&str> = said.split(' ').collect();
    (scene.here.saturating_sub(words.len())..=scene.here).find_map(|start| {
        let said = words
            .iter()
            .enumerate()
            .all(|(at, word)| scene.word(start + at).eq_ignore_ascii_case(word));
        // `no more than` is not `more than`.
        let negated = scene.before(start, 1).eq_ignore_ascii_case("no");
        (said && !negated && scene.value_before(start) && !scene.is_cell(scene.start(start)))
            .then_some((start, words.len()))
    })
}

fn phrases(scene: &Scene<'_>) -> Option<Proposal> {
    let claim = |start: usize, count: usize| {
        let (from, to) = (scene.start(start), scene.end_before(start + count));
        let shown = code(scene.slice(from, to));
        Proposal::new(
            "A0171",
            from,
            to,
            format!("{shown} cannot stand between two values"),
        )
    };
    if let Some((start, count)) = phrase(scene, "exists")
        && (scene.token(scene.here + 1).is_none_or(|token| token.first)
            || matches!(
                scene.word(start + count),
                "then" | "and" | "or" | "else" | ")" | ","
            ))
    {
        let (from, to) = (scene.start(start), scene.end_before(start + count));
        return Some(
            Proposal::new("A0171", from, to, "`exists` does not ask for a value")
                .because("`exists` looks for an element of a list; a value that is not there is `missing`")
                .instead("write `is not missing`")
                .certain("write `is not missing`", from, to, "is not missing"),
        );
    }
    // `isn't`: the mark is no letter of a word.
    let here = scene.here;
    if matches!(scene.word(here), "isn" | "aren") && scene.word(here + 2) == "t" {
        let (from, to) = (scene.start(here), scene.end_before(here + 3));
        let said = code(scene.slice(from, to));
        return Some(
            Proposal::new(
                "A0171",
                from,
                to,
                format!("{said} cannot stand between two values"),
            )
            .because(UNEQUAL)
            .instead("write `is not`")
            .certain("write `is not`", from, to, "is not")
            .sure(),
        );
    }
    let without = WITHOUT
        .iter()
        .find_map(|(said, why, way)| Some((phrase(scene, said)?, *why, *way)));
    if let Some(((start, count), why, way)) = without {
        return Some(claim(start, count).because(why).instead(way).sure());
    }
    let ((start, count), ours, why) = PHRASES
        .iter()
        .find_map(|(said, ours, why)| Some((phrase(scene, said)?, *ours, *why)))?;
    // Behind a number the words are read as its unit, which they may be.
    let certain = start + count > scene.here || scene.word(start) == "is";
    let (from, to) = (scene.start(start), scene.end_before(start + count));
    let proposal = claim(start, count)
        .because(why)
        .instead(format!("write `{ours}`"))
        .fix(&format!("write `{ours}`"), from, to, ours, certain);
    Some(if certain { proposal.sure() } else { proposal })
}

/// `p not valid on day`.
fn negated_period(scene: &Scene<'_>) -> Option<Proposal> {
    let said = ["is not valid on", "not valid on"];
    let (start, count) = said.iter().find_map(|said| phrase(scene, said))?;
    Some(
        Proposal::new(
            "A0171",
            scene.start(start),
            scene.end_before(start + count),
            "`valid on` is negated as a whole",
        )
        .because(
            "`valid on` has no opposite of its own, so that nobody asks which ends it includes",
        )
        .instead("write `not row valid on day`")
        .sure(),
    )
}

const COMPARATORS: &[&str] = &["<", "<=", ">", ">=", "=", "!=", "is"];

/// Words and signs on whose other side a comparison is another one.
const BOUNDARIES: &[&str] = &[
    "<",
    "<=",
    ">",
    ">=",
    "=",
    "!=",
    "is",
    "and",
    "or",
    "not",
    "if",
    "then",
    "else",
    "when",
    "unless",
    "where",
    "has",
    "by",
    "with",
    "check",
    "let",
    "give",
    "next",
    "carry",
    "expect",
    "otherwise",
    "in",
    ",",
    "|",
    "||",
    ":",
];

/// `1 < a < 5`.
fn chain(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let second = scene.word(here);
    let values = scene.first_word() == "enum"; // `a < b` is an order there
    if !COMPARATORS.contains(&second) || scene.is_cell(scene.at) || values {
        return None;
    }
    let first = scene.find_back(here, BOUNDARIES)?;
    let word = scene.word(first);
    if !COMPARATORS.contains(&word) || scene.before(first, 2) == "let" {
        return None;
    }
    let begin = scene
        .find_back(first, BOUNDARIES)
        .map_or(scene.from, |before| before + 1);
    let middle = scene.slice(scene.start(first + 1), scene.end_before(here));
    let token = scene.token(here)?;
    let start = scene.start(begin.max(scene.from)).min(token.start);
    let rising = |sign: &str| matches!(sign, "<" | "<=");
    let falling = |sign: &str| matches!(sign, ">" | ">=");
    let certain = rising(word) && rising(second) || falling(word) && falling(second);
    let text = format!("and {middle} ");
    let proposal = Proposal::new(
        "A0173",
        start,
        token.end,
        format!("{} stands behind a comparison", code(second)),
    )
    .because("a comparison has two sides; what is compared twice is written twice");
    Some(if middle.is_empty() || middle.contains('\n') {
        proposal.instead("join two comparisons with `and`")
    } else {
        proposal
            .instead(format!("write `and {middle} {second} …`"))
            .fix(
                "join two comparisons with `and`",
                token.start,
                token.start,
                &text,
                certain,
            )
    })
}

/// The words that a mistyped or capital one is compared with, besides the reserved ones.
const OTHERS: &[&str] = &[
    "each",
    "every",
    "exists",
    "group",
    "descending",
    "sum",
    "count",
    "lowest",
    "highest",
    "first",
    "share",
    "check",
    "distinct",
    "given",
    "cases",
    "hit",
    "combine",
    "places",
    "per",
    "all",
    "any",
    "none",
    "list",
    "of",
];

fn mistyped(scene: &Scene<'_>) -> Option<Proposal> {
    let known: Vec<&str> = super::forms::RESERVED
        .iter()
        .chain(OTHERS)
        .copied()
        .collect();
    let (index, ours, capital) = [scene.here, scene.here.saturating_sub(1)]
        .into_iter()
        .filter(|index| {
            scene
                .token(*index)
                .is_some_and(|token| token.sort == Sort::Word)
                && !known.contains(&scene.word(*index))
                && !matches!(scene.before(*index, 1), "." | ":" | "gives")
                && !scene.is_cell(scene.start(*index))
        })
        .find_map(|index| {
            let lower = scene.word(index).to_lowercase();
            let same = known.iter().find(|word| **word == lower);
            let near = || nearest(&lower, &known);
            Some((index, same.copied().or_else(near)?, same.is_some()))
        })?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    let proposal = Proposal::new(
        "A0172",
        token.start,
        token.end,
        format!("`{word}` is not the word `{ours}`"),
    )
    .because(if capital {
        "words of the language are written in small letters"
    } else {
        "it cannot stand here, and a word that is written almost like it can"
    })
    .instead(format!("write `{ours}`"));
    Some(proposal.fix(
        &format!("write `{ours}`"),
        token.start,
        token.end,
        ours,
        capital,
    ))
}

/// A word in a condition that joins nothing, where the `then` stands further on.
fn unknown(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let word = scene.word(scene.here);
    let condition = scene.find_back(scene.here, &["if", "when", "unless", "then", "else", "by"])?;
    let inside = matches!(scene.word(condition), "if" | "when" | "unless");
    if !inside
        || token.sort != Sort::Word
        || super::forms::RESERVED.contains(&word)
        || !scene.value_before(scene.here)
        || !then_follows(scene)
    {
        return None;
    }
    Some(
        Proposal::new(
            "A0171",
            token.start,
            token.end,
            format!("{} cannot stand between two values", code(word)),
        )
        .because("values are joined by `and`, `or`, `=`, `<`, `in`, `between`, `is` and the like")
        .instead(
            "compare with one of these, or put the two values into the brackets of a function",
        ),
    )
}
