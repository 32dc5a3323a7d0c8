//! The bound of a list and of a relation: `list of T, at most N`, `rows at most N`.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[before_items, of_list, of_rows];

const BOUND: &str = "the bound of a list is said as `list of T, at most N`";

/// Words of other languages for `at most`.
const AT_MOST: [&str; 15] = [
    "",
    "at most",
    "most",
    "max",
    "maximum",
    "limit",
    "limited to",
    "up to",
    "upto",
    "to",
    "no more than",
    "not more than",
    "bounded by",
    "maximum of",
    "size",
];
/// What would be a lower bound.
const AT_LEAST: [&str; 4] = ["at least", "min", "minimum", "more than"];

/// A list type, and what stands behind it where its bound is said.
struct Said {
    /// First token behind the type.
    from: usize,
    words: String,
    /// The number, if there is one.
    number: Option<usize>,
    /// Last token.
    to: usize,
    /// Between the type and the words stands a comma.
    comma: bool,
}

fn said(scene: &Scene<'_>) -> Option<(Said, &'static str)> {
    let here = scene.here;
    // On the line of the token, whichever part of the declaration it begins.
    let of = (0..here)
        .rev()
        .take_while(|at| scene.token(at + 1).is_some_and(|next| !next.first))
        .find(|at| scene.word(*at) == "of" && scene.before(*at, 1) == "list")?;
    let mut first = of - 1;
    while scene.before(first, 1) == "of" && scene.before(first, 2) == "list" {
        first -= 2;
    }
    let place = match scene.before(first, 1) {
        ":" => ":",
        "gives" => "gives",
        _ => return None,
    };
    let mut from = of + 2;
    while scene.word(from) == "." {
        from += 2;
    }
    if scene.word(from) == "?" {
        from += 1;
    }
    let mut at = from;
    let comma = scene.word(at) == ",";
    at += usize::from(comma);
    // `int[5]` as other languages write it.
    let bracket = matches!(scene.word(at), "(" | "[");
    at += usize::from(bracket);
    let mut words = Vec::new();
    while words.len() < 3
        && scene
            .token(at)
            .is_some_and(|token| token.sort == Sort::Word && !token.first)
    {
        words.push(scene.word(at).to_lowercase());
        at += 1;
    }
    // `limit: 5`, `max = 5`
    if !words.is_empty() && matches!(scene.word(at), ":" | "=") {
        at += 1;
    }
    let number = scene
        .token(at)
        .filter(|token| token.sort == Sort::Number && !token.first)
        .map(|_| at);
    let to = match number {
        Some(number) if bracket && matches!(scene.word(number + 1), ")" | "]") => number + 1,
        Some(number) => number,
        None => at.checked_sub(1)?,
    };
    let found = Said {
        from,
        words: words.join(" "),
        number,
        to,
        comma,
    };
    (from <= here && here <= to + 1).then_some((found, place))
}

/// `list of at most 5 int`, `list of 5 int`.
fn before_items(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let of = (0..here)
        .rev()
        .take_while(|at| scene.token(at + 1).is_some_and(|next| !next.first))
        .find(|at| scene.word(*at) == "of" && scene.before(*at, 1) == "list")?;
    let mut at = of + 1;
    let mut words = Vec::new();
    while words.len() < 3
        && scene
            .token(at)
            .is_some_and(|token| token.sort == Sort::Word && !token.first)
    {
        words.push(scene.word(at).to_lowercase());
        at += 1;
    }
    let is = |at: usize, sort: Sort| {
        let token = scene.token(at).filter(|token| !token.first);
        token.is_some_and(|token| token.sort == sort)
    };
    let known = AT_MOST.contains(&words.join(" ").as_str());
    if !known || !is(at, Sort::Number) || !is(at + 1, Sort::Word) || here > at + 1 {
        return None;
    }
    let (start, end) = (scene.start(of + 1), scene.end_before(at + 2));
    let (number, item) = (scene.word(at), scene.word(at + 1));
    let ours = format!("{item}, at most {number}");
    let shown = scene.slice(start, scene.end_before(at + 1));
    Some(
        Proposal::new(
            "A0179",
            start,
            end,
            format!("{} stands before the type of the elements", code(shown)),
        )
        .because(BOUND)
        .instead(format!("write `{ours}`"))
        .certain(&format!("write `{ours}`"), start, end, &ours),
    )
}

/// `list of int up to 5`, `list of int, max 5`, `gives list of int, at most 5`.
fn of_list(scene: &Scene<'_>) -> Option<Proposal> {
    let (said, place) = said(scene)?;
    let words = said.words.as_str();
    let (start, end) = (scene.start(said.from), scene.end_before(said.to + 1));
    let shown = scene.slice(start, end).trim_start_matches([',', ' ']);
    let number = said.number.map(|at| scene.word(at));
    if AT_LEAST.contains(&words) && number.is_some() {
        return Some(
            Proposal::new(
                "A0179",
                start,
                end,
                format!("{} does not say how long a list is at most", code(shown)),
            )
            .because("a type says the greatest length of a list alone, which bounds the cost")
            .instead(
                "write a `check` in the record: `check (count of x for x in xs) >= 1 because \"…\"`",
            )
            .sure(),
        );
    }
    let in_words = said.comma && number.is_none() && words.starts_with("at most ");
    if in_words {
        return Some(
            Proposal::new(
                "A0179",
                start,
                end,
                format!("{} does not say a number", code(shown)),
            )
            .because("the bound of a list is a whole number in digits, such as `at most 500`")
            .instead("write the number in digits")
            .sure(),
        );
    }
    let number = number.filter(|_| AT_MOST.contains(&words))?;
    let behind_type = scene.end_before(said.from);
    if place == "gives" {
        return Some(
            Proposal::new(
                "A0179",
                start,
                end,
                "the bound of a list is said of fields and parameters".to_owned(),
            )
            .because("how long a result may be follows from what it is made of")
            .instead("leave it out")
            .certain("leave it out", behind_type, end, ""),
        );
    }
    let right = words == "at most" && said.comma && scene.word(said.from + 1) != "(";
    if right {
        return None;
    }
    let ours = format!(", at most {number}");
    let claim = if words == "at most" && !said.comma && scene.word(said.from) != "(" {
        "before `at most` stands no comma".to_owned()
    } else {
        format!("{} is not how a bound is said", code(shown))
    };
    // A bare number may be meant in another way.
    let certain = !words.is_empty() && words != "size" && words != "to";
    Some(
        Proposal::new("A0179", scene.start(said.from), end, claim)
            .because(BOUND)
            .instead(format!("write `{ours}`"))
            .fix(&format!("write `{ours}`"), behind_type, end, &ours, certain),
    )
}

/// `rows max 5`.
fn of_rows(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let word = if scene.before(here, 1) == "rows" {
        here
    } else {
        here.checked_sub(1)?
    };
    let number = scene.token(word + 1)?.sort == Sort::Number;
    let said = matches!(scene.word(word), "max" | "maximum" | "limit" | "most");
    (number && said && scene.before(word, 1) == "rows").then(|| {
        let (start, end) = (scene.start(word), scene.end_before(word + 1));
        Proposal::new(
            "A0179",
            start,
            end,
            format!("{} does not begin a bound", code(scene.word(word))),
        )
        .because("a bound is said as `at most N`, and N itself is allowed")
        .instead("write `at most`")
        .certain("write `at most`", start, end, "at most")
    })
}
