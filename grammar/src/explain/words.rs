//! Mistakes in words: one that is missing, one of another language, one in the wrong form.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort, line_at};

pub(super) const CHECKS: &[super::Check] = &[
    declared_like_elsewhere, until, valid_from_to, exclusive, sorted_by, share, so_far, else_if, end_word,
    at_most_unit, empty_counted, rest_word, call_blank, reserved_name, otherwise_for_else, missing_then,
    missing_else, give_alone, missing_give, missing_gives, missing_parameters,
];

/// The words that are no names (language reference §17).
pub(super) const RESERVED: &[&str] = &[
    "and", "as", "because", "between", "by", "carry", "carrying", "default", "else", "ending", "exception",
    "expect", "false", "finally", "for", "give", "gives", "has", "if", "in", "is", "let", "missing", "next",
    "not", "or", "otherwise", "overrides", "round", "stop", "then", "to", "true", "unless", "using", "valid",
    "when", "where", "with",
];

/// `const x = …`, `return x` in a body.
fn declared_like_elsewhere(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here)
        .find(|index| matches!(scene.word(*index), "const" | "var" | "val" | "return" | "final" | "set"))?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    let proposal = |claim: &str| Proposal::new("A0132", token.start, token.end, claim);
    if word == "return" {
        let next = scene.start(index + 1);
        let after_let = scene.find_back(index, &["let", "give"]).is_some_and(|found| scene.word(found) == "let");
        let base = proposal("`return` is a word of other languages")
            .because("the last value of a declaration is its result; behind `let` it begins with `give`");
        return Some(if after_let {
            base.instead("write `give`").certain("write `give`", token.start, token.end, "give")
        } else {
            base.instead("leave it out").certain("remove `return`", token.start, next, "")
        });
    }
    let name = scene.word(index + 1);
    if scene.word(index + 2) != "=" && scene.word(index + 2) != ":" {
        return None;
    }
    Some(
        proposal(&format!("`{word}` is a word of other languages"))
            .because("a value is given a name with `let`")
            .instead(format!("write `let {name}`"))
            .certain("write `let`", token.start, token.end, "let"),
    )
}

fn until(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here).find(|index| scene.word(*index) == "until")?;
    let token = scene.token(index)?;
    let mut proposal = Proposal::new("A0112", token.start, token.end, "`until` does not say whether the last day counts")
        .because("`to` is the word of the language, and the day behind it is the last one that counts")
        .instead("write `to` and the last day that counts")
        .sure();
    let valid = scene.find_back(index, &["valid"]);
    let from = valid.filter(|valid| scene.word(valid + 1) == "from" && scene.token(valid + 2).is_some_and(|token| token.sort == Sort::Number));
    proposal = match from {
        Some(valid) => {
            let start = scene.start(valid + 1);
            let text = format!("{}to", scene.slice(scene.start(valid + 2), token.start));
            proposal.choice("write `to`; the day behind it counts", start, token.end, &text)
        }
        None => proposal.choice("write `to`; the day behind it counts", token.start, token.end, "to"),
    };
    Some(proposal)
}

fn valid_from_to(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.word(scene.here) != "to" {
        return None;
    }
    let valid = scene.find_back(scene.here, &["valid"])?;
    if scene.word(valid + 1) != "from" {
        return None;
    }
    let from = scene.token(valid + 1)?;
    let first = scene.start(valid + 2);
    Some(
        Proposal::new("A0163", from.start, from.end, "a period with both ends has no `from`")
            .because("it is written `valid A to B`; `valid from A` alone is open at the end")
            .instead("leave `from` out")
            .certain("remove `from`", from.start, first, ""),
    )
}

fn exclusive(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here)
        .find(|index| matches!(scene.word(*index), "exclusive" | "excluded" | "excluding" | "inclusive" | "included"))?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    let start = scene.end_before(index);
    let proposal = Proposal::new("A0164", token.start, token.end, format!("`{word}` cannot be said of a border"));
    let row = scene.is_row(token.start);
    Some(if word.starts_with("incl") {
        proposal
            .because("both ends of a period and of a range count unless `below` stands before the upper one")
            .instead("leave it out")
            .certain(&format!("remove `{word}`"), start, token.end, "")
    } else {
        let how = if row { "write `a to below b`" } else { "name the last day that counts" };
        proposal
            .because("both ends of a period and of a range count; in a table `to below` leaves the upper one out")
            .instead(how)
            .sure()
    })
}

fn sorted_by(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here)
        .find(|index| matches!(scene.word(*index), "sorted" | "sort" | "order" | "ordered" | "group" | "desc" | "asc" | "ascending"))?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    match word {
        "desc" => Some(
            Proposal::new("A0115", token.start, token.end, "`desc` is written in full")
                .because("the order is rising unless `descending` stands behind the key")
                .instead("write `descending`")
                .certain("write `descending`", token.start, token.end, "descending"),
        ),
        "asc" | "ascending" => Some(
            Proposal::new("A0115", token.start, token.end, format!("`{word}` is not said"))
                .because("the order is rising unless `descending` stands behind the key")
                .instead("leave it out")
                .certain(&format!("remove `{word}`"), scene.end_before(index), token.end, ""),
        ),
        _ if scene.word(index + 1) != "by" => None,
        "group" => Some(
            Proposal::new("A0115", token.start, scene.token(index + 1)?.end, "`group by` does not follow a list")
                .because("groups are a list of their own, made before it is gone through")
                .instead("write `let groups = group x in list by key: x.field`, then `for each g in groups`"),
        ),
        _ => Some(
            Proposal::new("A0115", token.start, scene.token(index + 1)?.end, format!("`{word} by` has a word too many"))
                .because("an order is said by `by` alone")
                .instead("write `by`")
                .certain(&format!("remove `{word}`"), token.start, scene.start(index + 1), ""),
        ),
    }
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
                .certain("insert `of`", scene.at, scene.at, "of "),
        );
    }
    let by = (scene.here.saturating_sub(1)..=scene.here)
        .find(|index| matches!(scene.word(*index), "in" | "proportional" | "proportionally" | "according" | "weighted"));
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
    let said_by = scene.find_flat(share, &["by"]) < scene.here;
    let said_to = scene.find_flat(share, &["to"]) < scene.here;
    (said_by && !said_to).then(|| {
        let at = scene.end_before(scene.here);
        proposal("this share has no rounding step")
            .instead("write `to` and the step, such as `to 0.01`")
            .choice("round to 0.01", at, at, " to 0.01")
    })
}

fn so_far(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here)
        .find(|index| scene.word(*index) == "so" && scene.word(index + 1) == "far")?;
    let (start, end) = (scene.start(index), scene.token(index + 1)?.end);
    Some(
        Proposal::new("A0117", start, end, "`so far` does not name a running value")
            .because("a value that grows from element to element has a start and says what the next element sees")
            .instead("write `carry total = 0` and `next total = total + x`; for rounding, `carrying remainder`")
            .sure(),
    )
}

fn else_if(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here)
        .find(|index| matches!(scene.word(*index), "elif" | "elsif" | "elseif" | "elsf"))?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    Some(
        Proposal::new("A0130", token.start, token.end, format!("`{word}` is written as two words"))
            .because("the next case is an `if` of its own behind `else`")
            .instead("write `else if`")
            .certain("write `else if`", token.start, token.end, "else if")
            .sure(),
    )
}

fn end_word(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here).find(|index| {
        matches!(scene.word(*index), "end" | "endif" | "end_if" | "fi" | "begin" | "endfor" | "done")
    })?;
    let token = scene.token(index)?;
    let word = scene.word(index);
    let two = word == "end" && matches!(scene.word(index + 1), "if" | "for");
    let end = if two { scene.token(index + 1)?.end } else { token.end };
    let shown = scene.slice(token.start, end);
    let start = scene.end_before(index).min(token.start);
    let start = if scene.slice(start, token.start).trim().is_empty() { start } else { token.start };
    Some(
        Proposal::new("A0131", token.start, end, format!("`{shown}` closes nothing"))
            .because("a choice and a declaration end by themselves")
            .instead("leave it out")
            .certain(&format!("remove `{shown}`"), start, end, ""),
    )
}

fn at_most_unit(scene: &Scene<'_>) -> Option<Proposal> {
    let index = (scene.here.saturating_sub(1)..=scene.here).find(|index| {
        matches!(scene.before(*index, 2), "most" | "least") && scene.before(*index, 3) == "at"
    })?;
    let token = scene.token(index).filter(|token| token.sort == Sort::Word)?;
    let number = scene.before(index, 1);
    if !number.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let word = scene.word(index);
    let phrase = scene.before(index, 2);
    Some(
        Proposal::new("A0137", token.start, token.end, format!("`{word}` stands behind a count"))
            .because(format!("`at {phrase} {number}` counts what the line itself names; it takes no unit"))
            .instead("leave it out")
            .certain(&format!("remove `{word}`"), scene.end_before(index), token.end, ""),
    )
}

fn empty_counted(scene: &Scene<'_>) -> Option<Proposal> {
    let opening = scene.here.checked_sub(1)?;
    let word = scene.before(opening, 2);
    (scene.word(scene.here) == "]" && scene.word(opening) == "[" && scene.before(opening, 1) == "of").then(|| {
        let start = scene.start(opening);
        Proposal::new("A0138", start, scene.start(scene.here) + 1, format!("`{word} of` counts no conditions"))
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
    let previous = scene.here.checked_sub(1).and_then(|index| scene.token(index))?;
    let word = scene.slice(previous.start, previous.end);
    let gap = scene.slice(previous.end, opening.start);
    let blank = !gap.is_empty() && gap.chars().all(|c| matches!(c, ' ' | '\t'));
    (matches!(shown, "(" | "[") && previous.sort == Sort::Word && blank && !RESERVED.contains(&word)).then(|| {
        Proposal::new("A0135", previous.start, opening.end, format!("between `{word}` and `{shown}` stands a blank"))
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
        "let", "next", "carry", "each", "for", "define", "record", "data", "enum", "table", "rule", "decision",
        "example", "parameter", "reason", "unit", "currency", "number", "exception", "group", "exists", "every",
        "given",
    ];
    let before = scene.before(scene.here, 1);
    let follows = scene.word(scene.here + 1);
    let named = leads.contains(&before) && !(before == "for" && word == "each")
        || before == "," && matches!(scene.before(scene.from + 1, 1), "unit" | "currency");
    // `a + valid`: a reserved word used as a value.
    let used = matches!(before, "+" | "-" | "*" | "/" | "=" | "<" | ">" | "<=" | ">=" | "!=" | "(" | "," | "[")
        && !matches!(word, "then" | "else" | "give" | "gives" | "when" | "where" | "let" | "next")
        || matches!(follows, "." | "+" | "*" | "/");
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
    let at = RESERVED.iter().position(|other| *other == word).unwrap_or(0);
    let start = at.saturating_sub(1).min(RESERVED.len().saturating_sub(3));
    RESERVED.iter().skip(start).take(3).copied().collect::<Vec<_>>().join("`, `")
}

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
            ")" | "]" => {
                while led.pop().is_some_and(|top| top != Led::Bracket) {}
            }
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
            "let" => match led.iter().rposition(|top| matches!(top, Led::Block(_) | Led::Each(_) | Led::Bracket)) {
                Some(place) if !matches!(led.get(place), Some(Led::Bracket)) => led.truncate(place + 1),
                _ => led.push(Led::Block(index)),
            },
            "each" => led.push(Led::Each(index)),
            "give" | "finally" => {
                if let Some(place) = led.iter().rposition(|top| matches!(top, Led::Block(_) | Led::Each(_))) {
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
    let index = scene.find_back(scene.here + 1, &["otherwise"]).filter(|index| *index > then)?;
    let token = scene.token(index)?;
    Some(
        Proposal::new("A0144", token.start, token.end, "`otherwise` is not the other case of an `if`")
            .because("`otherwise` stands in for a missing value; the other case of a condition is `else`")
            .instead("write `else`")
            .choice("write `else`", token.start, token.end, "else"),
    )
}

fn missing_then(scene: &Scene<'_>) -> Option<Proposal> {
    let Led::If(condition) = *waiting(scene, scene.here).last()? else { return None };
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
    let mut proposal = Proposal::new("A0103", token.start, token.end, "this `if` does not say what holds otherwise")
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
        Proposal::new("A0119", token.start, token.end, "`give` stands here without `let`")
            .because("a result that follows no `let` is written by itself")
            .instead("leave `give` out")
            .certain("remove `give`", token.start, next, ""),
    )
}

fn missing_give(scene: &Scene<'_>) -> Option<Proposal> {
    let (index, each) = waiting(scene, scene.here).iter().rev().find_map(|led| match led {
        Led::Block(index) => Some((*index, false)),
        Led::Each(index) => Some((*index, true)),
        _ => None,
    })?;
    let token = scene.token(index)?;
    let (claim, why) = if each {
        ("this `for each` does not say what it gives", "each element gives a value behind `give`, or the last one behind `finally`")
    } else {
        ("behind this `let` there is no `give`", "the result of a block with `let` begins with `give`, so that it is not read as part of the line before")
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
    (heads_with_result(scene.word(declaration)) && gives >= scene.here && scene.here > declaration + 1)
        .then_some(declaration)
}

fn missing_gives(scene: &Scene<'_>) -> Option<Proposal> {
    let declaration = head(scene)?;
    let name = scene.word(declaration + 1);
    let index = scene.here;
    let token = scene.token(index)?;
    let mut end = token.start;
    let mut marks = index;
    while matches!(scene.word(marks), "-" | ">" | ":" | "=" | "returns" | "return" | "yields" | "is" | "as" | "give" | "→" | "⇒" | "=>" | ">=") {
        end = scene.token(marks)?.end;
        marks += 1;
    }
    let proposal = Proposal::new("A0145", token.start, end.max(token.start), format!("`{name}` does not say what it gives"))
        .because("behind `gives` stands the type of the result")
        .instead("write `gives` and the type");
    let after = if scene.slice(end, end + 1).starts_with(' ') { "" } else { " " };
    Some(if end > token.start {
        proposal.certain("write `gives`", token.start, end, &format!("gives{after}"))
    } else {
        proposal.certain("insert `gives`", token.start, token.start, "gives ")
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
        Proposal::new("A0146", scene.start(declaration + 1), at, format!("`{name}` has no list of parameters"))
            .because(format!("a {keyword} names what it needs in brackets, also when that is nothing"))
            .instead(format!("write `{name} (…)`"))
            .choice("insert empty brackets", at, at, " ()")
    } else {
        Proposal::new("A0146", from, from + written.len(), format!("the parameters of `{name}` stand outside of brackets"))
            .because("parameters are enclosed by `(` and `)`")
            .instead(format!("write `({written})`"))
            .certain("put brackets around them", from, from + written.len(), &format!("({written})"))
    })
}
