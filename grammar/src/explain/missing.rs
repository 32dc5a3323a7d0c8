//! Words that are missing: `then`, `else`, `give`, `gives`, the brackets of parameters.

use super::proposal::Proposal;
use super::scene::{Scene, Sort, line_at};

pub(super) const CHECKS: &[super::Check] = &[
    otherwise_for_else,
    missing_then,
    missing_then_elsewhere,
    missing_else,
    give_alone,
    missing_give,
    missing_result,
    missing_gives,
    missing_parameters,
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Led {
    If(usize),
    Then(usize),
    Block(usize),
    Each(usize),
    Bracket,
}

/// The `if`, `let` and `for each` that wait for their next word before a token.
fn waiting(scene: &Scene<'_>, before: usize) -> Vec<Led> {
    let mut led: Vec<Led> = Vec::new();
    for index in scene.from..before {
        match scene.word(index) {
            "(" | "[" => led.push(Led::Bracket),
            ")" | "]" => while led.pop().is_some_and(|top| top != Led::Bracket) {},
            "if" => led.push(Led::If(index)),
            "then" => {
                if let Some(top @ Led::If(_)) = led.last_mut() {
                    *top = Led::Then(index);
                }
            }
            "else" => {
                if let Some(place) = led.iter().rposition(|top| matches!(top, Led::Then(_))) {
                    led.truncate(place);
                }
            }
            "let" => match led
                .iter()
                .rposition(|top| matches!(top, Led::Block(_) | Led::Each(_) | Led::Bracket))
            {
                Some(place) if !matches!(led.get(place), Some(Led::Bracket)) => {
                    led.truncate(place + 1)
                }
                _ => led.push(Led::Block(index)),
            },
            "each" => led.push(Led::Each(index)),
            "give" | "finally" => {
                if let Some(place) = led
                    .iter()
                    .rposition(|top| matches!(top, Led::Block(_) | Led::Each(_)))
                {
                    led.truncate(place);
                }
            }
            _ => {}
        }
    }
    led
}

fn waits_for_else(scene: &Scene<'_>) -> Option<usize> {
    match waiting(scene, scene.here).last()? {
        Led::Then(then) => Some(*then),
        _ => None,
    }
}

fn otherwise_for_else(scene: &Scene<'_>) -> Option<Proposal> {
    let then = waits_for_else(scene)?;
    let index = scene
        .find_back(scene.here + 1, &["otherwise"])
        .filter(|index| *index > then)?;
    let token = scene.token(index)?;
    Some(
        Proposal::new(
            "A0144",
            token.start,
            token.end,
            "`otherwise` is not the other case of an `if`",
        )
        .because(
            "`otherwise` stands in for a missing value; the other case of a condition is `else`",
        )
        .instead("write `else`")
        .choice("write `else`", token.start, token.end, "else"),
    )
}

/// The `then` of the condition that holds the error stands further on: it is not missing.
pub(super) fn then_follows(scene: &Scene<'_>) -> bool {
    const ENDS: &[&str] = &[
        "then",
        "else",
        "if",
        "let",
        "give",
        "for",
        "exception",
        "default",
        "expect",
        ",",
        "|",
        "||",
    ];
    scene.word(scene.find_flat(scene.here, ENDS)) == "then"
}

/// `by a b`, and an exception whose value follows its condition at once.
fn missing_then_elsewhere(scene: &Scene<'_>) -> Option<Proposal> {
    let at = scene.token(scene.here)?.start;
    let lead = scene.find_back(
        scene.here,
        &[
            "by",
            "when",
            "unless",
            "then",
            "give",
            "let",
            "exception",
            "if",
        ],
    )?;
    let token = scene.token(lead)?;
    let word = scene.word(lead);
    let (claim, why) = match word {
        "by" => (
            "between two keys of this order there is no `then`",
            "equal elements are ordered by the key behind `then`",
        ),
        "when" | "unless" if !then_follows(scene) => (
            "behind this condition there is no `then`",
            "the value that an exception gives stands behind `then`",
        ),
        _ => return None,
    };
    let proposal = Proposal::new("A0102", token.start, token.end, claim)
        .because(why)
        .instead("write `then` before it");
    if scene.word(scene.here) == ":" {
        let end = scene.token(scene.here)?.end;
        let start = scene.end_before(scene.here);
        return Some(proposal.certain("write `then`", start, end, " then"));
    }
    Some(proposal.certain("insert `then`", at, at, "then "))
}

fn missing_then(scene: &Scene<'_>) -> Option<Proposal> {
    let Led::If(condition) = *waiting(scene, scene.here).last()? else {
        return None;
    };
    if then_follows(scene) {
        return None;
    }
    let token = scene.token(condition)?;
    let mut proposal = Proposal::new("A0102", token.start, token.end, "this `if` has no `then`")
        .because("between the condition and the value that it chooses stands `then`")
        .instead("write `if CONDITION then VALUE else VALUE`");
    if matches!(scene.word(scene.here), ":" | "?" | "{") {
        let sign = scene.token(scene.here)?;
        proposal = proposal.certain("write `then`", sign.start, sign.end, " then");
    }
    let at = scene.start(scene.here);
    proposal = proposal.certain("insert `then`", at, at, "then ");
    // `12 x` reads x as a unit, so the place can lie one token back.
    if let Some(previous) = scene.here.checked_sub(1).filter(|index| *index > condition) {
        let at = scene.start(previous);
        proposal = proposal.choice("insert `then`", at, at, "then ");
    }
    Some(proposal)
}

fn missing_else(scene: &Scene<'_>) -> Option<Proposal> {
    let then = waits_for_else(scene)?;
    let (_, token) = (then, scene.token(then)?);
    let at = scene.start(scene.here);
    let back = scene.end_before(scene.here);
    let mut proposal = Proposal::new(
        "A0103",
        token.start,
        token.end,
        "this `if` does not say what holds otherwise",
    )
    .because("every choice has a value in both cases")
    .instead("write `else` and the other value");
    if scene.token(scene.here).is_some() {
        proposal = proposal.choice("insert `else`", at, at, "else ");
        if let Some(previous) = scene.here.checked_sub(1).filter(|index| *index > then + 1) {
            let at = scene.start(previous);
            proposal = proposal.choice("insert `else`", at, at, "else ");
        }
    }
    Some(proposal.choice("say that the value is missing", back, back, " else missing"))
}

fn give_alone(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.word(scene.here) != "give" || scene.find_back(scene.here, &["let", "each"]).is_some() {
        return None;
    }
    let token = scene.token(scene.here)?;
    let next = scene.start(scene.here + 1);
    Some(
        Proposal::new(
            "A0119",
            token.start,
            token.end,
            "`give` stands here without `let`",
        )
        .because("a result that follows no `let` is written by itself")
        .instead("leave `give` out")
        .certain("remove `give`", token.start, next, ""),
    )
}

fn missing_give(scene: &Scene<'_>) -> Option<Proposal> {
    let (index, each) = waiting(scene, scene.here)
        .iter()
        .rev()
        .find_map(|led| match led {
            Led::Block(index) => Some((*index, false)),
            Led::Each(index) => Some((*index, true)),
            _ => None,
        })?;
    let token = scene.token(index)?;
    let (claim, why) = if each {
        (
            "this `for each` does not say what it gives",
            "each element gives a value behind `give`, or the last one behind `finally`",
        )
    } else {
        (
            "behind this `let` there is no `give`",
            "the result of a block with `let` begins with `give`, so that it is not read as part of the line before",
        )
    };
    let mut proposal = Proposal::new("A0118", token.start, token.end, claim)
        .because(why)
        .instead("write `give` before the result");
    let at = scene.start(scene.here);
    if scene.token(scene.here).is_some() {
        proposal = proposal.choice("insert `give`", at, at, "give ");
    }
    // The result may have been read as part of the line before: `let a = b` and below it `-a`.
    let (line, content) = line_at(scene.text, scene.end_before(scene.here));
    let at = line + content.len() - content.trim_start().len();
    if at > token.start {
        proposal = proposal.choice("insert `give`", at, at, "give ");
    }
    Some(proposal)
}

fn heads_with_result(word: &str) -> bool {
    matches!(word, "define" | "decision" | "rule" | "table")
}

/// The index of the word of a declaration whose head the error lies in.
fn head(scene: &Scene<'_>) -> Option<usize> {
    let declaration = scene.tokens.iter().position(|token| token.first)?;
    let gives = scene.find_flat(declaration, &["gives"]);
    (heads_with_result(scene.word(declaration))
        && gives >= scene.here
        && scene.here > declaration + 1)
        .then_some(declaration)
}

/// Signs and words that stand before the type of a result elsewhere.
const GIVES_ELSEWHERE: &[&str] = &[
    "-",
    ">",
    ":",
    "=",
    "returns",
    "return",
    "returning",
    "yields",
    "is",
    "as",
    "give",
    "given",
    "→",
    "⇒",
    ">=",
];

/// The tokens from `index` to the end of their line are a type and nothing else.
fn type_follows(scene: &Scene<'_>, index: usize) -> bool {
    let mut at = index;
    while scene.word(at) == "list" && scene.word(at + 1) == "of" {
        at += 2;
    }
    loop {
        let named = scene
            .token(at)
            .is_some_and(|token| token.sort == Sort::Word)
            && !super::forms::RESERVED.contains(&scene.word(at));
        if !named {
            return false;
        }
        at += 1;
        if scene.word(at) != "." {
            break;
        }
        at += 1;
    }
    at += usize::from(scene.word(at) == "?");
    let one_line = (index..at).all(|index| scene.token(index).is_some_and(|token| !token.first));
    one_line && scene.token(at).is_none_or(|token| token.first)
}

fn missing_gives(scene: &Scene<'_>) -> Option<Proposal> {
    let declaration = head(scene)?;
    let name = scene.word(declaration + 1);
    let index = scene.here;
    // In front of a `gives` something else is wrong.
    if (declaration..scene.tokens.len()).any(|index| scene.word(index) == "gives")
        || !scene.open_brackets(index).is_empty()
    {
        return None;
    }
    let mark = |index: usize| {
        let word = scene.word(index);
        scene.token(index).is_some_and(|token| !token.first)
            && (GIVES_ELSEWHERE.contains(&word) || super::nearest(word, &["gives"]).is_some())
    };
    let mut behind = index;
    while mark(behind) {
        behind += 1;
    }
    let (start, end) = if behind > index {
        (scene.start(index), scene.end_before(behind))
    } else {
        (scene.end_before(index), scene.end_before(index))
    };
    let proposal = Proposal::new(
        "A0145",
        start,
        end,
        format!("`{name}` does not say what it gives"),
    )
    .because("behind `gives` stands the type of the result")
    .instead("write `gives` and the type");
    if !type_follows(scene, behind) {
        return Some(proposal);
    }
    let at = scene.start(behind);
    Some(if behind > index {
        proposal.certain("write `gives`", start, at, "gives ")
    } else {
        proposal.certain("insert `gives`", at, at, "gives ")
    })
}

/// `define f (a: int) gives` and the value at once.
fn missing_result(scene: &Scene<'_>) -> Option<Proposal> {
    let declaration = scene.tokens.iter().position(|token| token.first)?;
    let gives = scene.find_flat(declaration, &["gives"]);
    let token = scene.token(gives)?;
    let name = scene.word(declaration + 1);
    let below = scene.token(gives + 1).is_none_or(|next| next.first);
    (heads_with_result(scene.word(declaration)) && below && gives < scene.here).then(|| {
        Proposal::new(
            "A0145",
            token.start,
            token.end,
            format!("`{name}` does not say what it gives"),
        )
        .because("behind `gives` stands the type of the result, on the line of the head")
        .instead("write the type behind `gives`")
        .sure()
    })
}

fn missing_parameters(scene: &Scene<'_>) -> Option<Proposal> {
    let declaration = head(scene)?;
    let name = scene.word(declaration + 1);
    if scene.word(declaration + 2) == "(" {
        return None;
    }
    let from = scene.start(declaration + 2);
    let gives = scene.find_flat(declaration, &["gives"]);
    let written = scene.slice(from, scene.end_before(gives));
    let keyword = scene.word(declaration);
    Some(if written.is_empty() || from >= scene.start(gives) {
        let at = scene.token(declaration + 1)?.end;
        Proposal::new(
            "A0146",
            scene.start(declaration + 1),
            at,
            format!("`{name}` has no list of parameters"),
        )
        .because(format!(
            "a {keyword} names what it needs in brackets, also when that is nothing"
        ))
        .instead(format!("write `{name} (…)`"))
        .choice("insert empty brackets", at, at, " ()")
    } else {
        Proposal::new(
            "A0146",
            from,
            from + written.len(),
            format!("the parameters of `{name}` stand outside of brackets"),
        )
        .because("parameters are enclosed by `(` and `)`")
        .instead(format!("write `({written})`"))
        .certain(
            "put brackets around them",
            from,
            from + written.len(),
            &format!("({written})"),
        )
    })
}
