//! Mistakes in the cells of a table that say what must hold: ranges, several values, comparisons in
//! words, cells that are empty, lines of dashes.

use super::general::code;
use super::proposal::Proposal;
use super::scene::{Scene, Sort};

pub(super) const CHECKS: &[super::Check] = &[
    dashes,
    empty,
    anything,
    not_there,
    interval,
    open_end,
    two_borders,
    dash_result,
    range,
    bounds,
    several,
    words,
    brackets,
    calculation,
];

/// The bars around the cell of the error: indexes of its first token and one past its last.
fn cell(scene: &Scene<'_>) -> Option<(usize, usize)> {
    let at = scene.start(scene.here);
    if !scene.is_cell(at) || scene.token(scene.here)?.first {
        return None;
    }
    let bar = |index: usize| matches!(scene.word(index), "|" | "||");
    let first = (0..=scene.here)
        .rev()
        .find(|index| bar(*index) && (*index < scene.here || bar(scene.here)))?;
    let first = if bar(scene.here) && first == scene.here {
        (0..scene.here).rev().find(|index| bar(*index))?
    } else {
        first
    };
    let last = (first + 1..scene.tokens.len()).find(|index| bar(*index))?;
    (last >= scene.here).then_some((first + 1, last))
}

fn form(start: usize, end: usize, claim: String) -> Proposal {
    Proposal::new("A0177", start, end, claim)
}

/// `|---|---|`, as documents part a header from its rows.
fn dashes(scene: &Scene<'_>) -> Option<Proposal> {
    let (start, line) = scene.line(scene.at.min(scene.text.trim_end().len()));
    let drawn = line
        .trim()
        .chars()
        .all(|c| matches!(c, '|' | '-' | ':' | '=' | '+' | ' ' | '\t'));
    // Drawn with other corners, it is one between rows, or above the header.
    let edge = || {
        let inner = line.trim();
        let table = matches!(scene.first_word(), "table" | "test" | "property");
        let above = scene.line(start.saturating_sub(1)).1.trim_start();
        let below = scene.line(start + line.len() + 1).1.trim_start();
        table
            && inner.starts_with(['+', '-', '='])
            && inner.len() > 2
            && (above.starts_with('|') || below.starts_with('|'))
    };
    if !drawn || !scene.is_row(start) && !edge() || !line.contains("--") && !line.contains("==") {
        return None;
    }
    let from = start + line.len() - line.trim_start().len();
    // With the line end above it, so that no empty line stays.
    let cut = start.saturating_sub(1);
    Some(
        form(
            from,
            start + line.trim_end().len(),
            "this line is no row".to_owned(),
        )
        .because("a header is known by its place; no line parts it from the rows")
        .instead("leave the line out")
        .certain("remove the line", cut, start + line.len(), "")
        .sure(),
    )
}

/// `|  || 1 |`.
fn empty(scene: &Scene<'_>) -> Option<Proposal> {
    let token = scene.token(scene.here)?;
    let bars = matches!(scene.word(scene.here), "|" | "||");
    if !bars || scene.before(scene.here, 1) != "|" || !scene.is_cell(token.start) || token.first {
        return None;
    }
    let start = scene.end_before(scene.here);
    Some(
        form(start, token.start, "this cell is empty".to_owned())
            .because("an empty cell could mean that nothing is asked, or that the value is missing")
            .instead("write `-` for a cell that asks nothing, or `missing`")
            .choice("ask nothing", start, token.start, " - ")
            .choice("ask for a missing value", start, token.start, " missing ")
            .sure(),
    )
}

/// `| x || - |`: in a result `-` is no value.
fn dash_result(scene: &Scene<'_>) -> Option<Proposal> {
    let dash = scene.here.checked_sub(1)?;
    let token = scene.token(dash)?;
    let bars = |index: usize| matches!(scene.word(index), "|" | "||");
    let alone = scene.word(dash) == "-" && bars(scene.here) && bars(dash.checked_sub(1)?);
    if !alone || token.first || !scene.is_row(token.start) || scene.is_cell(token.start) {
        return None;
    }
    let (start, line) = scene.line(token.start);
    let behind_bars = line
        .get(..token.start.saturating_sub(start))?
        .contains("||");
    let in_grid = !line.contains("||") && (0..dash).any(|index| scene.word(index) == "\\");
    (behind_bars || in_grid).then(|| {
        form(token.start, token.end, "`-` is no value".to_owned())
            .because("among the inputs it asks nothing; a result is always written")
            .instead("write the value, or `missing` where there is none")
            .choice("write `missing`", token.start, token.end, "missing")
            .sure()
    })
}

fn no_cell(scene: &Scene<'_>, start: usize, end: usize) -> Proposal {
    let shown = code(scene.slice(start, end));
    form(start, end, format!("{shown} is no cell"))
}

/// `*`, `?`: what asks nothing elsewhere.
fn anything(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let shown = scene.word(first);
    let alone = last == first + 1 && matches!(shown, "*" | "?" | "#" | "%" | "–" | "—");
    let token = scene.token(first)?;
    alone.then(|| {
        form(
            token.start,
            token.end,
            format!("{} is no cell", code(shown)),
        )
        .because("a cell that asks nothing is `-`")
        .instead("write `-`")
        .fix("write `-`", token.start, token.end, "-", shown != "?")
        .sure()
    })
}

/// `N/A`.
fn not_there(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let (start, end) = (scene.start(first), scene.end_before(last));
    let shown = scene.slice(start, end);
    shown.eq_ignore_ascii_case("n/a").then(|| {
        form(start, end, format!("{} is no cell", code(shown)))
            .because("it could mean that nothing is asked, or that the value is missing")
            .instead("write `-` for a cell that asks nothing, or `missing`")
            .choice("ask nothing", start, end, "-")
            .choice("ask for a missing value", start, end, "missing")
            .sure()
    })
}

/// `[1..5]`, `[1..5)`, `(1..5]`: both ends, and which of them belongs to it.
fn interval(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let opening = scene.word(first);
    let closing = scene.word(last.checked_sub(1)?);
    let points = (first..last).find(|index| scene.word(*index) == ".")?;
    if !matches!(opening, "[" | "(" | "]") || !matches!(closing, "]" | ")" | "[") {
        return None;
    }
    let behind = points + 2;
    if scene.word(points + 1) != "." || points <= first + 1 || behind + 1 >= last {
        return None;
    }
    let (start, end) = (scene.start(first), scene.end_before(last));
    let lower = scene.slice(scene.start(first + 1), scene.end_before(points));
    let upper = scene.slice(scene.start(behind), scene.end_before(last - 1));
    let word = if closing == "]" { "to" } else { "to below" };
    let ours = format!("{lower} {word} {upper}");
    let proposal = form(
        start,
        end,
        format!("{} is no range", code(scene.slice(start, end))),
    )
    .because(
        "a range says whether its upper end belongs to it: `a to b` has it, `a to below b` has not",
    );
    Some(if opening == "[" {
        proposal.written(start, end, &ours)
    } else {
        proposal
            .because("the lower end belongs to every range")
            .instead("begin with the first value that belongs to it")
            .sure()
    })
}

/// `4 and more`, `5 or less`, `5 and up`.
fn open_end(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let joint = last.checked_sub(2).filter(|joint| *joint > first)?;
    if !matches!(scene.word(joint), "and" | "or") || !ends_value(scene, joint) {
        return None;
    }
    let sign = match scene.word(joint + 1) {
        "more" | "above" | "over" | "up" | "higher" | "greater" | "later" | "after" | "longer" => {
            ">="
        }
        "less" | "below" | "under" | "lower" | "fewer" | "smaller" | "earlier" | "before"
        | "shorter" => "<=",
        _ => return None,
    };
    let (start, end) = (scene.start(first), scene.end_before(last));
    let value = scene.slice(start, scene.end_before(joint));
    if value.starts_with(['<', '>', '=']) {
        return None;
    }
    let ours = format!("{sign} {value}");
    Some(
        no_cell(scene, start, end)
            .because("a cell is written in signs: `< 5`, `<= 5`, `> 5`, `>= 5`, `5 to 9`, `not 5`")
            .written(start, end, &ours),
    )
}

/// `>= 5 <= 10`, `5 < 10`: two borders beside each other.
fn two_borders(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let second = (first + 1..last).find(|index| {
        matches!(scene.word(*index), "<" | "<=" | ">" | ">=") && ends_value(scene, *index)
    })?;
    let signs = (scene.word(first), scene.word(second));
    let (start, end) = (scene.start(first), scene.end_before(last));
    if !matches!(signs.0, "<" | "<=" | ">" | ">=") {
        let shown = code(scene.slice(start, end));
        return Some(
            form(start, end, format!("{shown} is no cell"))
                .because("a cell is a test of its column, whose name stands in the header")
                .instead("write one border, such as `< 10`, or a range, `5 to 10`")
                .sure(),
        );
    }
    let lower = scene.slice(scene.start(first + 1), scene.end_before(second));
    let upper = scene.slice(scene.start(second + 1), end);
    let ours = match signs {
        (">=", "<=") => Some(format!("{lower} to {upper}")),
        (">=", "<") => Some(format!("{lower} to below {upper}")),
        _ => None,
    };
    let proposal = no_cell(scene, start, end)
        .because("two borders are one range, whose lower end belongs to it");
    Some(match ours {
        Some(ours) => proposal.written(start, end, &ours),
        None => proposal
            .instead("write `a to b`, or `a to below b` without the upper end")
            .sure(),
    })
}

fn ends_value(scene: &Scene<'_>, index: usize) -> bool {
    scene.value_before(index)
}

fn begins_value(scene: &Scene<'_>, index: usize) -> bool {
    scene
        .token(index)
        .is_some_and(|token| matches!(token.sort, Sort::Number | Sort::Text | Sort::Word))
        || scene.word(index) == "-"
}

/// `10-20`, `10..20`, `10 … 20`.
fn range(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let here = scene.here;
    if !matches!(
        scene.word(here),
        "-" | "–" | "—" | "−" | "." | "…" | "~" | ":"
    ) {
        return None;
    }
    let mut behind = here + 1;
    while scene.word(behind) == "." {
        behind += 1;
    }
    let number = |index: usize| {
        scene
            .token(index)
            .is_some_and(|token| token.sort == Sort::Number)
    };
    let lower = here.checked_sub(1)?;
    let left = number(lower) || scene.word(lower) == "%";
    // One sign parts the two ends; `2026-1-5` is a date, and so may be each end where blanks part them.
    let spaced = |index: usize| scene.end_before(index) < scene.start(index);
    let single = (first..last)
        .filter(|index| scene.word(*index) == scene.word(here) && spaced(*index) == spaced(here))
        .count()
        <= 1 + usize::from(scene.word(here) == ".");
    if here <= first || !left || !number(behind) || !single {
        return None;
    }
    let (start, end) = (scene.start(first), scene.end_before(last));
    let (from, to) = (scene.end_before(here), scene.start(behind));
    let ours = format!("{} to {}", scene.slice(start, from), scene.slice(to, end));
    let below = format!(
        "{} to below {}",
        scene.slice(start, from),
        scene.slice(to, end)
    );
    Some(
        form(
            start,
            end,
            format!("{} is no range", code(scene.slice(start, end))),
        )
        .because("a range says whether its upper end belongs to it: `a to b` has it, `a to below b` has not")
        .instead(format!("write `{ours}` or `{below}`"))
        .choice(&format!("write `{ours}`"), from, to, " to ")
        .choice(&format!("write `{below}`"), from, to, " to below ")
        .sure(),
    )
}

/// `> 10 and < 20`, `between 10 and 20`.
fn bounds(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let (start, end) = (scene.start(first), scene.end_before(last));
    let and = (first..last).find(|index| scene.word(*index) == "and")?;
    let upper = scene.start(and + 1);
    let shown = code(scene.slice(start, end));
    let proposal = form(start, end, format!("{shown} is no cell"));
    let lower_end = scene.end_before(and);
    if matches!(scene.word(first), "between" | "from") {
        let ours = format!(
            "{} to {}",
            scene.slice(scene.start(first + 1), lower_end),
            scene.slice(upper, end)
        );
        return Some(
            proposal
                .because("in a cell a range is written `a to b`, and both ends belong to it")
                .instead(format!("write {}", code(&ours)))
                .certain(&format!("write {}", code(&ours)), start, end, &ours),
        );
    }
    let signs = (scene.word(first), scene.word(and + 1));
    let range = |lower: usize, upper: usize, word: &str| {
        format!(
            "{} {word} {}",
            scene.slice(scene.start(lower), lower_end),
            scene.slice(scene.start(upper), end)
        )
    };
    let ours = match signs {
        (">=", "<=") => Some(range(first + 1, and + 2, "to")),
        (">=", "<") => Some(range(first + 1, and + 2, "to below")),
        _ => None,
    };
    let proposal = proposal.because(
        "a cell holds values or ranges, and one of them must fit; two borders are one range",
    );
    Some(match ours {
        Some(ours) => proposal
            .instead(format!("write {}", code(&ours)))
            .certain(&format!("write {}", code(&ours)), start, end, &ours),
        None if signs.0.starts_with(['<', '>']) => proposal
            .instead("write `a to b`, or `a to below b` without the upper end")
            .sure(),
        None => proposal
            .instead("write `a, b` if one of them must fit; the value of one column is never two at once")
            .sure(),
    })
}

/// `x or y`, `x / y`, `x; y`.
fn several(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let here = scene.here;
    let word = scene.word(here);
    if !matches!(word, "or" | "/" | ";" | "&" | "OR")
        || here <= first
        || here + 1 >= last
        || !ends_value(scene, here)
    {
        return None;
    }
    let dates = (first..last)
        .filter(|index| scene.word(*index) == "/")
        .count()
        > 1;
    if dates && word == "/" {
        return None;
    }
    let token = scene.token(here)?;
    let (start, end) = (scene.end_before(here), scene.start(here + 1));
    // `not 1 or 2` can mean neither of them, or everything but 1.
    let certain = matches!(word, "or" | "OR") && scene.word(first) != "not";
    Some(
        form(
            token.start,
            token.end,
            format!("`{word}` does not part the values of a cell"),
        )
        .because("several values of which one must fit are parted by commas")
        .instead("write `,`")
        .fix("write `,`", start, end, ", ", certain)
        .sure(),
    )
}

/// Words before a value in a cell, and the sign for them.
const WORDS: &[(&str, &str)] = &[
    ("at least", ">="),
    ("at most", "<="),
    ("more than", ">"),
    ("greater than", ">"),
    ("less than", "<"),
    ("smaller than", "<"),
    ("not in", "not"),
    ("above", ">"),
    ("over", ">"),
    ("below", "<"),
    ("under", "<"),
    ("no more than", "<="),
    ("not more than", "<="),
    ("no less than", ">="),
    ("not less than", ">="),
    ("maximum", "<="),
    ("max", "<="),
    ("minimum", ">="),
    ("min", ">="),
    ("since", ">="),
    ("before", "<"),
    ("after", ">"),
    ("equal to", ""),
    ("equals", ""),
    ("exactly", ""),
    ("only", ""),
    ("from", ""),
    ("in", ""),
    ("is", ""),
];

fn words(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let known = WORDS.iter().find_map(|(said, ours)| {
        let words: Vec<&str> = said.split(' ').collect();
        words
            .iter()
            .enumerate()
            .all(|(at, word)| scene.word(first + at) == *word)
            .then_some((words.len(), *said, *ours))
    });
    let Some((count, said, ours)) = known else {
        return upper_word(scene, first, last);
    };
    if first + count >= last || scene.here > first + count || !begins_value(scene, first + count) {
        return upper_word(scene, first, last);
    }
    let (start, end) = (scene.start(first), scene.start(first + count));
    let proposal = form(
        start,
        scene.end_before(first + count),
        format!("`{said}` does not begin a cell"),
    )
    .because("a cell is written in signs: `< 5`, `<= 5`, `> 5`, `>= 5`, `5 to 9`, `not 5`");
    Some(if ours.is_empty() {
        proposal
            .instead("leave it out")
            .certain(&format!("remove `{said}`"), start, end, "")
    } else {
        proposal.instead(format!("write `{ours}`")).certain(
            &format!("write `{ours}`"),
            start,
            end,
            &format!("{ours} "),
        )
    })
}

/// `10 to under 20`.
fn upper_word(scene: &Scene<'_>, first: usize, last: usize) -> Option<Proposal> {
    let under = (first..last).find(|index| {
        scene.before(*index, 1) == "to"
            && matches!(
                scene.word(*index),
                "under" | "before" | "less" | "exclusive"
            )
    })?;
    let token = scene.token(under)?;
    Some(
        form(
            token.start,
            token.end,
            format!("`{}` does not leave the upper end out", scene.word(under)),
        )
        .because("`a to below b` leaves the upper end out")
        .instead("write `below`")
        .certain("write `below`", token.start, token.end, "below"),
    )
}

/// `[1, 2]`, `in [1, 2]`.
fn brackets(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let opening =
        (first..=first + 2).find(|index| matches!(scene.word(*index), "[" | "{" | "("))?;
    let closing = last.checked_sub(1)?;
    let in_word = opening > first && scene.before(opening, 1) == "in";
    let leads = opening == first || in_word || scene.before(opening, 1) == "not";
    if !matches!(scene.word(closing), "]" | "}" | ")") || !leads || opening + 1 >= closing {
        return None;
    }
    let (start, end) = (scene.start(first), scene.end_before(last));
    let values = scene
        .slice(scene.end_before(opening + 1), scene.start(closing))
        .trim();
    let negated = scene.word(first) == "not";
    let ours = format!("{}{values}", if negated { "not " } else { "" });
    Some(
        no_cell(scene, start, end)
            .because("several values of which one must fit stand in a cell without brackets")
            .written(start, end, &ours),
    )
}

/// `a + 1`, `f(1)`.
fn calculation(scene: &Scene<'_>) -> Option<Proposal> {
    let (first, last) = cell(scene)?;
    let here = scene.here;
    let operator = matches!(scene.word(here), "+" | "*" | "/" | "(" | "-");
    if !operator || here <= first || here + 1 >= last || !ends_value(scene, here) {
        return None;
    }
    // `order-number` is one name.
    let touching = |one: usize, other: usize| {
        scene
            .token(one)
            .zip(scene.token(other))
            .is_some_and(|(one, other)| one.end == other.start)
    };
    let hyphen = scene.word(here) == "-" && touching(here - 1, here) && touching(here, here + 1);
    if hyphen {
        return None;
    }
    let (start, end) = (scene.start(first), scene.end_before(last));
    Some(
        form(start, end, format!("{} is calculated in a cell", code(scene.slice(start, end))))
            .because("a cell compares its column with values that are known without a calculation, so that gaps and overlaps can be found")
            .instead("calculate it before, hand it to the table as a parameter, and write its name in the cell")
            .sure(),
    )
}
