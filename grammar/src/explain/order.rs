//! Mistakes of order and reach: brackets, the tail of a list, the clauses of an exception.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort, pair_of};

pub(super) const CHECKS: &[super::Check] = &[
    word_led,
    after_has,
    tail_order,
    clause_order,
    open_bracket,
    closing_bracket,
    loose_otherwise,
];

/// Words behind which a condition or a value is over.
const STOPS: &[&str] = &[
    "then",
    "else",
    "give",
    "let",
    "carry",
    "next",
    "finally",
    "by",
    "where",
    "ending",
    "when",
    "unless",
    "because",
    "otherwise",
    ",",
    "|",
    "||",
    "to",
    "for",
    "exception",
    "default",
    "expect",
    "check",
];

/// `fee + sum of …`: what begins with a word stands in brackets inside of arithmetic and conditions.
fn word_led(scene: &Scene<'_>) -> Option<Proposal> {
    const LEADS: &[&str] = &[
        "+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=", "and", "or", "not", "is", "round",
        "if", "when", "unless", "where", "check",
    ];
    const ENDS: &[&str] = &[
        "then",
        "else",
        "give",
        "let",
        "carry",
        "next",
        "finally",
        "when",
        "unless",
        "because",
        "otherwise",
        ",",
        "|",
        "||",
        "exception",
        "default",
        "expect",
        "+",
        "*",
        "/",
        "and",
        "or",
    ];
    let here = scene.here;
    let index = match scene.word(here) {
        "of" => here.checked_sub(1).filter(|index| {
            matches!(
                scene.word(*index),
                "sum" | "count" | "lowest" | "highest" | "first"
            )
        })?,
        "for" if scene.word(here + 1) == "each" => here,
        "if" | "let" => here,
        _ => return None,
    };
    let lead = scene.before(index, 1);
    if !LEADS.contains(&lead) || scene.before(index, 2) == "let" {
        return None;
    }
    let word = scene.word(index);
    let start = scene.start(index);
    let proposal = Proposal::new(
        "A0188",
        start,
        scene.token(here)?.end,
        format!("behind {} the {} stands without brackets", code(lead), code(word)),
    )
    .because("what begins with a word reaches to the right as far as it can, so that brackets say where it ends")
    .instead(format!("put {} and what belongs to it in brackets", code(word)))
    .sure();
    let mut stop = scene.find_flat(here + 1, ENDS);
    let tail = scene.find_flat(here + 1, &["where", "by", "ending"]);
    let compared = scene.find_flat(here + 1, &["=", "!=", "<", "<=", ">", ">=", "is"]);
    if compared < tail {
        stop = stop.min(compared);
    }
    let end = scene.end_before(stop);
    let whole = scene.slice(start, end);
    // Where a choice or a block ends is for the author to say.
    let aggregate = scene.word(here) == "of" && !whole.contains('\n') && end > start;
    Some(if aggregate {
        proposal.choice("put brackets around it", start, end, &format!("({whole})"))
    } else {
        proposal
    })
}

fn after_has(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here)
        .find(|index| matches!(scene.word(*index), "and" | "or"))?;
    let has = scene.find_back(index, &["has"])?;
    let every = scene.find_back(has, &["every"])?;
    let word = scene.word(index);
    let stop = scene.find_flat(index, STOPS);
    let end = scene.end_before(stop);
    let (start, condition, middle) = (
        scene.start(every),
        scene.start(has + 1),
        scene.end_before(index),
    );
    let whole = scene.slice(condition, end);
    let first = scene.slice(start, middle);
    let part = scene.slice(condition, middle);
    Some(
        Proposal::new("A0136", start, end, format!("behind `has {part}` stands `{word}`"))
            .because(format!("it can be read as one condition of each element or as a second one beside `every`; `{word}` belongs in brackets"))
            .instead(format!("write `has ({whole})` or `({first}) {word} …`"))
            .choice("take both as one condition of each element", condition, end, &format!("({whole})"))
            .choice("take the second as a condition of its own", start, middle, &format!("({first})"))
            .sure(),
    )
}

fn tail_order(scene: &Scene<'_>) -> Option<Proposal> {
    const TAIL: &[&str] = &["where", "by", "ending"];
    let index = scene.here;
    let word = scene.word(index);
    let rank = TAIL.iter().position(|tail| *tail == word)?;
    if word != "where"
        && let Some(exists) = scene.find_back(index, &["exists", "every", "give", "let", "of"])
        && matches!(scene.word(exists), "exists" | "every")
    {
        let (start, end) = (
            scene.end_before(index),
            scene.end_before(scene.find_flat(index + 1, STOPS)),
        );
        let asks = scene.word(exists);
        return Some(
            Proposal::new(
                "A0143",
                scene.start(index),
                scene.token(index)?.end,
                format!("`{word}` does not stand behind `{asks}`"),
            )
            .because("whether something is so does not depend on an order")
            .instead("leave it out")
            .choice(
                &format!("remove `{word}` and what belongs to it"),
                start,
                end,
                "",
            ),
        );
    }
    // The first word of the same tail that should have come later.
    let mut earliest = None;
    let mut before = index;
    while let Some(found) = scene.find_back(before, &["where", "by", "ending", "in", "give", "let"])
    {
        let Some(other) = TAIL.iter().position(|tail| *tail == scene.word(found)) else {
            break;
        };
        if other > rank {
            earliest = Some(found);
        }
        before = found;
    }
    let later = earliest?;
    let stop = scene.find_flat(index + 1, STOPS);
    let later_word = scene.word(later);
    let proposal = Proposal::new("A0143", scene.start(index), scene.token(index)?.end, format!("`{word}` stands behind `{later_word}`"))
        .because("behind a list stand `where`, `by`, `ending with`, in this order, as it is gone through in this order")
        .instead(format!("put `{word}` before `{later_word}`"));
    Some(swap(scene, proposal, later, index, stop))
}

/// The fix that puts the tokens from `index` to `stop` before those from `later` on.
fn swap(
    scene: &Scene<'_>,
    proposal: Proposal,
    later: usize,
    index: usize,
    stop: usize,
) -> Proposal {
    let (start, middle, end) = (
        scene.start(later),
        scene.start(index),
        scene.end_before(stop),
    );
    let first = scene.slice(start, scene.end_before(index));
    let gap = scene.slice(scene.end_before(index), middle);
    let moved = scene.slice(middle, end);
    let word = scene.word(index);
    if [first, gap, moved].iter().any(|part| part.contains("//")) || moved.is_empty() {
        return proposal;
    }
    proposal.certain(
        &format!("put `{word}` first"),
        start,
        end,
        &format!("{moved}{gap}{first}"),
    )
}

const CLAUSES_STAND: &str = "an exception says when it is valid, its `when` and `unless`, its `then`, its `because`, in this order";

fn clause_order(scene: &Scene<'_>) -> Option<Proposal> {
    const CLAUSES: &[&str] = &["valid", "when", "unless", "then", "because"];
    // `2 as of day` is read as `2 as of`, so the place can lie two tokens on.
    let as_of = scene.before(scene.here, 2) == "as" && scene.before(scene.here, 1) == "of";
    let index = scene.here - if as_of { 2 } else { 0 };
    let word = scene.word(index);
    // `then 2 when a` on one line is the same mistake.
    let behind_then = || {
        scene
            .find_back(
                index,
                &["then", "exception", "default", "when", "unless", "if"],
            )
            .is_some_and(|then| {
                scene.word(then) == "then" && scene.token(then).is_some_and(|token| token.first)
            })
    };
    let token = scene
        .token(index)
        .filter(|token| token.first || matches!(word, "when" | "unless") && behind_then())?;
    let flat = |from: usize, words: &[&str]| {
        (from..scene.tokens.len()).find(|index| {
            scene.token(*index).is_some_and(|token| token.first)
                && words.contains(&scene.word(*index))
        })
    };
    if let Some(rank) = CLAUSES.iter().position(|clause| *clause == word) {
        let exception = (0..index)
            .rev()
            .find(|index| scene.word(*index) == "exception")?;
        let rank_of = |index: usize| {
            CLAUSES
                .iter()
                .position(|clause| *clause == scene.word(index))
        };
        let next_clause = |from: usize| {
            flat(
                from,
                &[
                    "valid",
                    "when",
                    "unless",
                    "then",
                    "because",
                    "exception",
                    "default",
                ],
            )
            .unwrap_or(scene.tokens.len())
        };
        let following = next_clause(index + 1);
        if rank_of(following).is_some_and(|other| other < rank) {
            // It comes too early: what should stand before it follows.
            let mut stop = next_clause(following + 1);
            while rank_of(stop).is_some_and(|other| other < rank) {
                stop = next_clause(stop + 1);
            }
            let follows = scene.word(following);
            let proposal = Proposal::new(
                "A0148",
                token.start,
                token.end,
                format!("`{word}` stands before `{follows}`"),
            )
            .because(CLAUSES_STAND)
            .instead(format!("put `{follows}` before `{word}`"));
            return Some(swap(scene, proposal, index, following, stop));
        }
        let later = (exception..index).find(|index| {
            scene.token(*index).is_some_and(|token| token.first)
                && CLAUSES
                    .iter()
                    .position(|clause| *clause == scene.word(*index))
                    .is_some_and(|other| other > rank)
        })?;
        let stop = flat(
            index + 1,
            &["valid", "when", "unless", "then", "because", "exception"],
        )
        .unwrap_or(scene.tokens.len());
        let later_word = scene.word(later);
        let proposal = Proposal::new(
            "A0148",
            token.start,
            token.end,
            format!("`{word}` stands behind `{later_word}`"),
        )
        .because(CLAUSES_STAND)
        .instead(format!("put `{word}` before `{later_word}`"));
        return Some(swap(scene, proposal, later, index, stop).sure());
    }
    let option = matches!(
        word,
        "as" | "combine" | "exceptions" | "open" | "default" | "hit"
    );
    let leading = ["default", "exception", "|", "hit"];
    let from = scene.tokens.iter().position(|token| token.first)?;
    let later = flat(from + 1, &leading).filter(|later| *later < index)?;
    if !option || !matches!(scene.word(from), "rule" | "table") {
        return None;
    }
    let stop = flat(
        index + 1,
        &[
            "as",
            "combine",
            "exceptions",
            "open",
            "default",
            "hit",
            "exception",
            "|",
        ],
    )
    .unwrap_or(scene.tokens.len());
    let later_word = scene.word(later);
    let shown = if later_word == "|" {
        "the rows".to_owned()
    } else {
        code(later_word)
    };
    let proposal = Proposal::new("A0148", token.start, token.end, format!("`{word}` stands behind {shown}"))
        .because("what holds for the whole of it is said first, then the default, then the exceptions or rows")
        .instead(format!("put `{word}` before {shown}"));
    Some(swap(scene, proposal, later, index, stop))
}

fn open_bracket(scene: &Scene<'_>) -> Option<Proposal> {
    let open = scene.open_brackets(scene.here);
    let opening = scene.token(*open.last()?)?;
    let shown = scene.slice(opening.start, opening.end);
    let closing = pair_of(shown);
    let mut proposal = Proposal::new(
        "A0147",
        opening.start,
        opening.end,
        format!("this `{shown}` is not closed"),
    )
    .because(format!("each `{shown}` has its `{closing}`"))
    .instead(format!("write `{closing}` where it ends"));
    let found = scene.word(scene.here);
    if matches!(found, ")" | "]") && found != closing {
        let token = scene.token(scene.here)?;
        proposal = proposal.choice(
            &format!("write `{closing}`"),
            token.start,
            token.end,
            closing,
        );
    }
    let at = scene.end_before(scene.here);
    // The head of a declaration ends its brackets before `gives`, nowhere else.
    let sure = found == "gives";
    Some(proposal.fix(&format!("insert `{closing}`"), at, at, closing, sure))
}

fn closing_bracket(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let shown = scene.word(scene.here);
    if !matches!(shown, ")" | "]") || !scene.open_brackets(scene.here).is_empty() {
        return None;
    }
    let start = scene.end_before(scene.here);
    let start = if scene.slice(start, token.start).trim().is_empty() {
        start
    } else {
        token.start
    };
    Some(
        Proposal::new(
            "A0147",
            token.start,
            token.end,
            format!("this `{shown}` closes nothing"),
        )
        .because("no bracket is open here")
        .instead("leave it out, or open a bracket before it")
        .choice(&format!("remove `{shown}`"), start, token.end, ""),
    )
}

fn loose_otherwise(scene: &Scene<'_>) -> Option<Proposal> {
    let index = scene.find_back(scene.here + 1, &["otherwise"])?;
    let token = scene.token(index)?;
    let start = term_start(scene, index)?;
    let end = term_end(scene, index + 1)?;
    let text = format!("({})", scene.slice(start, end));
    Some(
        Proposal::new("A0144", token.start, token.end, "`otherwise` cannot stand here without brackets")
            .because("`otherwise` reaches further than every other operator, so a condition or a sum takes it in brackets")
            .instead(format!("write {}", code(&text)))
            .choice("put brackets around it", start, end, &text),
    )
}

/// The start of the name, literal or call that ends before `index`.
pub(super) fn term_start(scene: &Scene<'_>, index: usize) -> Option<usize> {
    let mut at = index.checked_sub(1)?;
    loop {
        let word = scene.word(at);
        if matches!(word, ")" | "]") {
            let mut depth = 0_usize;
            loop {
                match scene.word(at) {
                    ")" | "]" => depth += 1,
                    "(" | "[" => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
                at = at.checked_sub(1)?;
            }
        }
        let token = scene.token(at)?;
        let before = at.checked_sub(1).and_then(|before| scene.token(before));
        let joined = before.is_some_and(|before| {
            before.end == token.start
                && (before.sort == Sort::Word
                    || matches!(scene.before(at, 1), "." | ")" | "]" | "%"))
                || scene.word(at) == "%"
        });
        if !joined || at <= scene.from {
            return Some(token.start);
        }
        at -= 1;
    }
}

/// The end of the name, literal or call that begins at `index`.
pub(super) fn term_end(scene: &Scene<'_>, index: usize) -> Option<usize> {
    let mut at = index;
    // A sign belongs to the number behind it.
    if scene.word(at) == "-" && is_number(scene, at + 1) {
        at += 1;
    }
    if is_number(scene, at) {
        return Some(number_end(scene, at));
    }
    let mut depth = 0_usize;
    loop {
        match scene.word(at) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.checked_sub(1)?,
            _ => {}
        }
        let token = scene.token(at)?;
        let joined = scene.token(at + 1).is_some_and(|next| {
            next.start == token.end && matches!(scene.word(at + 1), "." | "(" | "[" | "%")
                || scene.word(at) == "."
        });
        if depth == 0 && !joined {
            return Some(token.end);
        }
        at += 1;
    }
}

fn is_number(scene: &Scene<'_>, index: usize) -> bool {
    scene
        .token(index)
        .is_some_and(|token| token.sort == Sort::Number)
}

/// The end of a number with its percent or unit, or of a date: `5%`, `12.50 EUR`, `2026-12-31`.
fn number_end(scene: &Scene<'_>, index: usize) -> usize {
    // Behind a number these are no unit (language reference §17).
    const NO_UNIT: &[&str] = &[
        "per",
        "of",
        "on",
        "rest",
        "from",
        "descending",
        "check",
        "rows",
        "exceptions",
        "open",
    ];
    let end = |index: usize| scene.token(index).map_or(0, |token| token.end);
    let touches = |index: usize| scene.start(index) == end(index - 1);
    let part = |at: usize, digits: usize| {
        let number = is_number(scene, at) && touches(at) && scene.word(at).len() == digits;
        number && scene.word(at - 1) == "-" && touches(at - 1)
    };
    if scene.word(index).len() == 4 && part(index + 2, 2) && part(index + 4, 2) {
        return end(index + 4);
    }
    let unit = index + 1;
    match scene.word(unit) {
        "%" if touches(unit) => end(unit),
        word if NO_UNIT.contains(&word) || super::forms::RESERVED.contains(&word) => end(index),
        _ => {
            let word = scene.token(unit).filter(|token| token.sort == Sort::Word);
            word.filter(|token| !token.first)
                .map_or(end(index), |token| token.end)
        }
    }
}
