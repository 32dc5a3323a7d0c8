//! Mistakes in what a number and a unit are declared to be: borders without their word, units that are
//! told in other units.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[border, factor];

/// `number R = percent, 0% to 100%`, `…, between 0 and 100`, `…, min 0, max 100`.
fn border(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.first_word() != "number" {
        return None;
    }
    let comma = scene
        .find_back(scene.here + 1, &[","])
        .filter(|comma| scene.find_back(*comma, &["="]).is_some())?;
    let first = comma + 1;
    let end = scene.find_flat(first, &[","]);
    let (start, stop) = (scene.start(first), scene.end_before(end));
    let number = |index: usize| {
        let index = index + usize::from(scene.word(index) == "-");
        scene
            .token(index)
            .is_some_and(|token| token.sort == Sort::Number)
    };
    let form = |start: usize, end: usize, claim: String| {
        Proposal::new("A0186", start, end, claim)
            .because("the borders of a number are `from A to B`, and both belong to it; each may stand alone, `from A` or `to B`")
    };
    let word = scene.word(first);
    let parted = (first..end).find(|index| {
        matches!(scene.word(*index), "to" | "and" | "." | "-" | "–" | "until") && *index > first
    });
    if number(first) || word == "between" {
        let parted = parted?;
        let lower = first + usize::from(word == "between");
        let mut upper = parted + 1;
        while scene.word(upper) == "." {
            upper += 1;
        }
        if !number(lower) || !number(upper) || scene.word(parted) == "until" {
            return None;
        }
        let shown = scene.slice(start, stop);
        let ours = format!(
            "from {} to {}",
            scene.slice(scene.start(lower), scene.end_before(parted)),
            scene.slice(scene.start(upper), stop)
        );
        return Some(
            form(
                start,
                stop,
                format!("{} does not say from where to where", code(shown)),
            )
            .written(start, stop, &ours),
        );
    }
    let ours = match word.to_lowercase().as_str() {
        "min" | "minimum" | "above" | "lowest" => "from",
        "max" | "maximum" | "upto" | "below" | "highest" => "to",
        _ => return None,
    };
    let value = (first + 1..first + 3).find(|index| number(*index))?;
    // `above 0` and `below 100` leave the border out, which a border of a number cannot.
    let certain = !matches!(word, "above" | "below");
    Some(
        form(
            start,
            scene.token(first)?.end,
            format!("{} does not begin a border", code(word)),
        )
        .instead(format!("write `{ours}`"))
        .fix(
            &format!("write `{ours}`"),
            start,
            scene.start(value),
            &format!("{ours} "),
            certain,
        )
        .sure(),
    )
}

/// `unit kg = 1000 g`, `unit kg (1000 g)`, `unit kg: 1000 g`.
fn factor(scene: &Scene<'_>) -> Option<Proposal> {
    let keyword = scene.first_word();
    let here = scene.here;
    let token = scene.token(here)?;
    if !matches!(keyword, "unit" | "currency")
        || !matches!(scene.word(here), "=" | ":" | "(" | "is")
        || scene.before(here, 1) == keyword
    {
        return None;
    }
    let name = scene.before(here, 1);
    let next = scene.find_flat(here + 1, &[","]);
    let closed = scene.word(here) == "(" && next < scene.tokens.len();
    let end = scene.end_before(next + usize::from(closed));
    // What the other one is called, to show the form with the author's own names.
    let other = (here + 1..next)
        .rfind(|index| {
            scene
                .token(*index)
                .is_some_and(|token| token.sort == Sort::Word)
        })
        .map(|index| scene.word(index));
    let other = other.unwrap_or("other");
    let rate = format!("{}_per_{}", other.to_lowercase(), name.to_lowercase());
    let dimension = if keyword == "unit" {
        format!("{other} per {name}")
    } else {
        format!("money in {other} per {name}")
    };
    Some(
        Proposal::new(
            "A0186",
            token.start,
            end,
            format!("a {keyword} is declared by its name alone"),
        )
        .because(format!(
            "no {keyword} is converted unasked: what `{name}` is worth in another one is a number, which the rules multiply by"
        ))
        .instead(format!(
            "leave it out, and declare the factor, `number Factor = {dimension}` with `parameter {rate} : Factor`"
        ))
        .choice("leave it out", scene.end_before(here), end, "")
        .sure(),
    )
}
