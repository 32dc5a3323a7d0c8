//! Ranges and lists behind `in`, `is` and `between` as other languages write them: `a in [1..5]`,
//! `a in (1, 2)`, `a between (1, 5)`.

use super::general::code;
use super::order::{term_end, term_start};
use super::proposal::Proposal;
use super::scene::Scene;

pub(super) const CHECKS: &[super::Check] = &[range, list_in_brackets, ends_in_brackets, bare_list];

/// What stands before a range or a list that a value is compared with.
struct Led {
    /// The first token of `in`, `not in`, `=` …
    from: usize,
    negated: bool,
}

/// `in`, `not in`, `is in`, `=`, `is`, `between` directly before a token.
fn led(scene: &Scene<'_>, at: usize) -> Option<Led> {
    let word = scene.before(at, 1);
    let last = at.checked_sub(1)?;
    let before = scene.before(last, 1);
    let (from, negated) = match word {
        "in" if before == "not" && scene.before(last, 2) == "is" => (last.checked_sub(2)?, true),
        "in" if before == "not" => (last.checked_sub(1)?, true),
        "in" if before == "is" => (last.checked_sub(1)?, false),
        "in" | "between" | "=" | "is" => (last, false),
        _ => return None,
    };
    // `each x in …`, `sum of x in …` go through a list.
    let element = word == "in"
        && matches!(
            scene.before(from, 2),
            "each" | "for" | "of" | "exists" | "every" | "group"
        );
    (scene.value_before(from) && !element && scene.before(from, 2) != "let")
        .then_some(Led { from, negated })
}

/// `[1..5]`, `1..5`, `[1 to 5]`: the sign between the two ends is found first, then what is around it.
fn range(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let dots = |index: usize| {
        {
            scene.word(index) == "."
                && scene.word(index + 1) == "."
                && scene.token(index)?.end == scene.token(index + 1)?.start
        }
        .then_some(index)
    };
    let sign = (here.saturating_sub(2)..=here)
        .find_map(dots)
        .or_else(|| (scene.word(here) == "to").then_some(here))?;
    if scene.is_row(scene.start(sign)) || scene.first_word() == "number" {
        return None;
    }
    let mut after = sign + 1;
    while scene.word(sign) == "." && scene.word(after) == "." {
        after += 1;
    }
    let opening = scene
        .open_brackets(sign)
        .last()
        .copied()
        .filter(|opening| led(scene, *opening).is_some());
    let inner = match opening {
        Some(opening) => opening + 1,
        None => scene.find_back(sign, &["in", "=", "is", "between"])? + 1,
    };
    let led = led(scene, opening.unwrap_or(inner))?;
    // Behind `between` only its `and` is missing, which is told as that.
    if opening.is_none() && scene.word(led.from) == "between" {
        return None;
    }
    let (low, high, end) = match opening {
        Some(_) => {
            let closing = scene.find_flat(after, &[]);
            let low = scene.slice(scene.start(inner), scene.end_before(sign));
            let high = scene.slice(scene.start(after), scene.end_before(closing));
            scene.token(closing)?;
            (low, high, scene.end_before(closing + 1))
        }
        None => {
            let first = after + usize::from(scene.word(after) == "-");
            let end = term_end(scene, first)?;
            let low = scene.slice(scene.start(inner), scene.end_before(sign));
            (low, scene.slice(scene.start(after), end), end)
        }
    };
    let plain = |side: &str| {
        !side.is_empty()
            && side
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '%' | ' '))
    };
    if low.is_empty() || high.is_empty() || low.contains('\n') || high.contains('\n') {
        return None;
    }
    // `(1..5)` leaves its ends out in some notations.
    let clear = opening.is_none_or(|opening| {
        let closing = scene.tokens.partition_point(|token| token.end < end);
        scene.word(opening) == "[" && scene.word(closing) == "]"
    });
    let certain = plain(low) && plain(high) && clear;
    let shown = code(scene.slice(scene.start(sign), scene.end_before(after)));
    let subject = term_start(scene, led.from)?;
    let ours = format!("between {low} and {high}");
    let proposal = Proposal::new(
        "A0171",
        scene.start(led.from),
        end,
        format!("{shown} makes no list of numbers"),
    )
    .because("`in` asks a list, whose values are written out; whether a value lies between two others asks `between`, to which both ends belong");
    let value = scene.slice(subject, scene.end_before(led.from));
    Some(if led.negated {
        let whole = format!("not {value} {ours}");
        let step = format!("write {}", code(&whole));
        proposal
            .instead(step.as_str())
            .fix(&step, subject, end, &whole, certain)
            .sure()
    } else {
        let step = format!("write {}", code(&ours));
        proposal
            .instead(step.as_str())
            .fix(&step, scene.start(led.from), end, &ours, certain)
            .sure()
    })
}

/// `a in (1, 2)`, `a in {1, 2}`.
fn list_in_brackets(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let opening = match scene.word(here) {
        "," => *scene.open_brackets(here).last()?,
        "{" => here,
        _ => return None,
    };
    let sign = scene.word(opening);
    if !matches!(sign, "(" | "{") || !matches!(scene.before(opening, 1), "in") {
        return None;
    }
    led(scene, opening)?;
    let close = if sign == "(" { ")" } else { "}" };
    let closing = if sign == "(" {
        scene.find_flat(opening + 1, &[])
    } else {
        scene.find_flat(opening + 1, &["}"])
    };
    if scene.word(closing) != close {
        return None;
    }
    let (start, end) = (scene.start(opening), scene.end_before(closing + 1));
    let inner = scene.slice(scene.end_before(opening + 1), scene.start(closing));
    let ours = format!("[{}]", inner.trim());
    let proposal = Proposal::new(
        "A0171",
        start,
        end,
        format!("a list does not stand between `{sign}` and `{close}`"),
    )
    .because("the values of a list stand between `[` and `]`; round brackets hold one value");
    Some(proposal.written(start, end, &ours))
}

/// `a between (1, 5)`, `a between [1, 5]`, `a between 1, 5` is told elsewhere.
fn ends_in_brackets(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let between = scene.find_back(here, &["between"]).or_else(|| {
        let opening = *scene.open_brackets(here).last()?;
        (scene.before(opening, 1) == "between").then_some(opening - 1)
    })?;
    let opening = between + 1;
    let sign = scene.word(opening);
    if !matches!(sign, "(" | "[") {
        return None;
    }
    let comma = scene.find_flat(opening + 1, &[","]);
    let closing = scene.find_flat(comma + 1, &[","]);
    let close = super::scene::pair_of(sign);
    if scene.word(comma) != "," || scene.word(closing) != close {
        return None;
    }
    let (start, end) = (scene.start(opening), scene.end_before(closing + 1));
    let low = scene.slice(scene.start(opening + 1), scene.end_before(comma));
    let high = scene.slice(scene.start(comma + 1), scene.end_before(closing));
    if low.is_empty() || high.is_empty() {
        return None;
    }
    Some(
        Proposal::new(
            "A0169",
            start,
            end,
            "behind `between` the two ends stand in no brackets",
        )
        .because("`x between a and b` includes both ends")
        .written(start, end, &format!("{low} and {high}")),
    )
}

/// `a in 1, 2, 3`.
fn bare_list(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    if scene.word(here) != "," || !scene.open_brackets(here).is_empty() {
        return None;
    }
    let inside = scene.find_back(
        here,
        &["in", "then", "if", "else", "give", "let", "and", "or"],
    )?;
    if scene.word(inside) != "in" || scene.is_row(scene.start(here)) {
        return None;
    }
    led(scene, inside + 1)?;
    let condition = scene
        .find_back(inside, &["if", "when", "unless", "then", "give"])
        .is_some_and(|lead| matches!(scene.word(lead), "if" | "when" | "unless"));
    let stop = scene.find_flat(here, &["then", "and", "or"]);
    let values = scene.slice(scene.start(inside + 1), scene.end_before(stop));
    if !condition || scene.token(stop).is_none() || values.contains('\n') {
        return None;
    }
    let (start, end) = (scene.start(inside + 1), scene.end_before(stop));
    Some(
        Proposal::new(
            "A0171",
            start,
            end,
            "the list behind `in` stands without brackets",
        )
        .because(
            "the values of a list stand between `[` and `]`, so that it is clear where it ends",
        )
        .written(start, end, &format!("[{values}]")),
    )
}
