//! Conditions that are counted, `any of`, `all of`, `none of`, `at least 2 of`, without their brackets.

use super::general::code;
use super::proposal::Proposal;
use super::scene::Scene;

pub(super) const CHECKS: &[super::Check] = &[unbracketed];

/// The first token of a word that counts, before its `of` at `of`.
fn counter(scene: &Scene<'_>, of: usize) -> Option<usize> {
    let word = of.checked_sub(1)?;
    if scene.word(of) != "of" {
        return None;
    }
    if matches!(scene.word(word), "any" | "all" | "none") {
        return Some(word);
    }
    let least = scene.before(word, 1) == "least" && scene.before(word, 2) == "at";
    least.then(|| word - 2)
}

fn unbracketed(scene: &Scene<'_>) -> Option<Proposal> {
    let here = scene.here;
    let first = counter(scene, here.checked_sub(1)?)?;
    let token = scene.token(here)?;
    let (start, end) = (scene.start(first), scene.end_before(here));
    let phrase = scene.slice(start, end);
    // `any of l in lines where …` goes through a list.
    let query = (here..here + 4).any(|index| scene.word(index) == "where")
        || scene.word(here + 1) == "in" && !token.first;
    if scene.word(here) == "[" || query {
        return None;
    }
    let proposal = Proposal::new(
        "A0190",
        start,
        end,
        format!(
            "the conditions behind {} stand without brackets",
            code(phrase)
        ),
    )
    .because("conditions that are counted are a list, so that it is seen where each of them ends");
    if scene.word(here) == "(" {
        let closing = scene.find_flat(here + 1, &[]);
        let inner = scene.slice(token.end, scene.start(closing));
        let comma = scene.word(scene.find_flat(here + 1, &[","])) == ",";
        let ours = format!("[{inner}]");
        return (comma && scene.word(closing) == ")").then(|| {
            proposal
                .instead(format!("write {}", code(&format!("{phrase} {ours}"))))
                .certain(
                    "write `[` and `]`",
                    token.start,
                    scene.end_before(closing + 1),
                    &ours,
                )
                .sure()
        });
    }
    let items = if token.first {
        below(scene, start)
    } else {
        beside(scene)
    };
    let shown = format!("write {}", code(&format!("{phrase} [a > 1, b > 2]")));
    if items.is_empty() {
        return token.first.then(|| proposal.instead(shown).sure());
    }
    if items.len() < 2 && !token.first {
        return None;
    }
    let (from, to) = (items.first()?.0, items.last()?.1);
    let mut text = String::from("[");
    let mut at = from;
    for (place, (start, end)) in items.iter().enumerate() {
        if place > 0 {
            text.push(',');
            let gap = scene.slice(at, *start).trim_start_matches(',');
            text.push_str(gap);
        }
        text.push_str(scene.slice(*start, *end));
        at = *end;
    }
    text.push(']');
    let certain = token.first || scene.open_brackets(here).is_empty();
    Some(
        proposal
            .instead("write `[` before the first one, `,` between them and `]` behind the last one")
            .fix("write them as a list", from, to, &text, certain)
            .sure(),
    )
}

/// The conditions one below the other, deeper than the line that counts them; a line that goes on with
/// an operator or stands deeper than the first one belongs to the condition above.
fn below(scene: &Scene<'_>, phrase: usize) -> Vec<(usize, usize)> {
    let depth = |at: usize| {
        let (start, line) = scene.line(at);
        (start, line.len() - line.trim_start().len())
    };
    let (_, outer) = depth(phrase);
    let (_, inner) = depth(scene.start(scene.here));
    let mut items: Vec<(usize, usize)> = Vec::new();
    if inner <= outer {
        return items;
    }
    let mut index = scene.here;
    while let Some(token) = scene.token(index) {
        let (_, indent) = depth(token.start);
        if indent <= outer || matches!(scene.word(index), "then" | "else" | "give" | "because") {
            break;
        }
        let mut next = index + 1;
        while scene.token(next).is_some_and(|token| !token.first) {
            next += 1;
        }
        let comma = usize::from(scene.before(next, 1) == ",");
        let end = scene.end_before(next - comma);
        let goes_on = indent > inner
            || matches!(
                scene.word(index),
                "and"
                    | "or"
                    | "+"
                    | "*"
                    | "/"
                    | "="
                    | "<"
                    | ">"
                    | "<="
                    | ">="
                    | "!="
                    | "in"
                    | ")"
                    | "]"
            );
        match items.last_mut() {
            Some(last) if goes_on => last.1 = end,
            _ => items.push((token.start, end)),
        }
        index = next;
    }
    let (from, to) = match (items.first(), items.last()) {
        (Some(first), Some(last)) => (first.0, last.1),
        _ => return Vec::new(),
    };
    // A comment would swallow the comma.
    if scene.slice(from, to).contains("//") {
        return Vec::new();
    }
    items
}

/// The conditions on one line, parted by commas, to the end of the line or of what they belong to.
fn beside(scene: &Scene<'_>) -> Vec<(usize, usize)> {
    const ENDS: &[&str] = &[
        ",",
        "then",
        "else",
        "give",
        "because",
        "|",
        "||",
        "otherwise",
    ];
    let mut items = Vec::new();
    let mut at = scene.here;
    loop {
        let line_end = (at + 1..scene.tokens.len())
            .find(|index| scene.token(*index).is_some_and(|token| token.first))
            .unwrap_or(scene.tokens.len());
        let stop = scene.find_flat(at, ENDS).min(line_end);
        if stop <= at {
            return items;
        }
        items.push((scene.start(at), scene.end_before(stop)));
        if scene.word(stop) != "," || stop == line_end {
            return items;
        }
        at = stop + 1;
    }
}
