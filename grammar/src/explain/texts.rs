//! Mistakes in texts and comments: quotation marks, texts that do not end, comments of other notations.

use super::proposal::Proposal;
use super::scene::{FOREIGN_QUOTES, Scene, Sort, Token};

pub(super) const CHECKS: &[super::Check] = &[day_in_marks, quotes, open_text, comments];

fn touching<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = (usize, Token)> + 's {
    let first = scene.here.saturating_sub(1);
    (first..=scene.here)
        .filter_map(|index| Some((index, scene.token(index)?)))
        .filter(|(_, token)| token.start <= scene.at && scene.at <= token.end)
}

/// `2026-01-01`, as a day is written here.
fn is_day(text: &str) -> bool {
    let shape = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(shape)
}

/// `'2026-01-01'`, `date "2026-01-01"`, `#2026-01-01#`, `from "2026-01-01"`.
fn day_in_marks(scene: &Scene<'_>) -> Option<Proposal> {
    let why = "a day is no text, and stands without marks, as year, month and day";
    let here = scene.here;
    let token = scene.token(here)?;
    // `#2026-01-01#`: the digits are numbers with a minus between them.
    if scene.word(here) == "#" || scene.before(here, 1) == "#" {
        let start = match scene.word(here) {
            "#" => token.start,
            _ => scene.start(here - 1),
        };
        let inner = scene.slice(start + 1, start + 11);
        return (is_day(inner) && scene.slice(start + 11, start + 12) == "#").then(|| {
            Proposal::new("A0105", start, start + 12, "`#` does not enclose a day")
                .because(why)
                .written(start, start + 12, inner)
        });
    }
    let (index, text) = [here, here.saturating_sub(1)]
        .into_iter()
        .find_map(|index| {
            let token = scene.token(index)?;
            let quoted = matches!(token.sort, Sort::Quoted | Sort::Text);
            let inner = scene
                .word(index)
                .trim_matches(|c| c == '"' || FOREIGN_QUOTES.contains(&c));
            (quoted && is_day(inner)).then_some((index, inner))
        })?;
    let token = scene.token(index)?;
    if !(token.start <= scene.at && scene.at <= token.end) {
        return None;
    }
    let mark = scene.word(index).chars().next()?;
    let before = scene.before(index, 1);
    let claim = format!("`{mark}` does not enclose a day");
    let called = before == "(" && scene.word(index + 1) == ")";
    let word = if called { 2 } else { 1 };
    // Not the type of the result, above its value.
    let led = scene.before(index, word).eq_ignore_ascii_case("date")
        && !token.first
        && !matches!(scene.before(index, word + 1), "." | ":" | "gives");
    if led {
        let start = scene.start(index - word);
        let end = scene.end_before(index + 1 + usize::from(called));
        return Some(
            Proposal::new("A0105", start, end, claim)
                .because(why)
                .written(start, end, text),
        );
    }
    let proposal = Proposal::new("A0105", token.start, token.end, claim).because(why);
    // A period and the value of a parameter have days alone; a straight text is read elsewhere.
    let dated = matches!(before, "from" | "to" | "valid")
        && !scene.is_row(token.start)
        && (matches!(scene.first_word(), "parameter" | "extend")
            || scene
                .find_back(index, &["valid", "then", "when"])
                .is_some_and(|lead| scene.word(lead) == "valid"));
    if dated {
        return Some(proposal.written(token.start, token.end, text));
    }
    (token.sort == Sort::Quoted).then(|| {
        proposal
            .instead(format!("write `{text}`, or `\"{text}\"` if it is a text"))
            .choice(&format!("write `{text}`"), token.start, token.end, text)
            .choice(
                "use straight quotation marks",
                token.start,
                token.end,
                &format!("\"{text}\""),
            )
            .sure()
    })
}

fn quotes(scene: &Scene<'_>) -> Option<Proposal> {
    let (_, token) =
        touching(scene).find(|(_, token)| matches!(token.sort, Sort::Quoted | Sort::OpenText))?;
    let shown = scene.slice(token.start, token.end);
    let length = match token.sort {
        Sort::OpenText => {
            let (at, mark) = shown
                .char_indices()
                .find(|(_, c)| matches!(c, '“' | '”' | '‟'))?;
            at + mark.len_utf8()
        }
        _ => shown.len(),
    };
    let end = token.start + length;
    let shown = scene.slice(token.start, end);
    let mark = shown.chars().find(|c| FOREIGN_QUOTES.contains(c))?;
    let inner = shown
        .trim_start_matches(|c| c == '"' || FOREIGN_QUOTES.contains(&c))
        .trim_end_matches(|c| c == '"' || FOREIGN_QUOTES.contains(&c));
    let proposal = Proposal::new("A0105", token.start, end, format!("`{mark}` does not enclose a text"))
        .because("a text stands between two straight quotation marks; mail and word processors put others in their place")
        .sure();
    let closed = shown.chars().count() > 1 && !inner.contains('"');
    Some(if closed {
        proposal.instead(format!("write `\"{inner}\"`")).certain(
            "use straight quotation marks",
            token.start,
            end,
            &format!("\"{inner}\""),
        )
    } else {
        proposal.instead("put `\"` before and behind the text")
    })
}

fn open_text(scene: &Scene<'_>) -> Option<Proposal> {
    let (line_start, line) = scene.line(scene.at);
    let index = (scene.here.saturating_sub(1)..scene.tokens.len())
        .take_while(|index| scene.start(*index) <= line_start + line.len())
        .find(|index| {
            scene.token(*index).is_some_and(|token| {
                token.sort == Sort::OpenText
                    && token.start >= line_start
                    && (token.in_hole || *index <= scene.here + 1)
            })
        })?;
    let token = scene.token(index)?;
    if token.in_hole {
        let opening = (0..index)
            .rev()
            .filter_map(|index| scene.token(index))
            .find(|token| {
                token.sort == Sort::Text && scene.slice(token.start, token.end).ends_with('{')
            })?;
        let at = opening.end - 1;
        return Some(
            Proposal::new(
                "A0167",
                at,
                opening.end,
                "the `{` in this text has no `}` before the text ends",
            )
            .because("in a text, `{` begins a value that is filled in")
            .instead("close the value with `}`, or write `{{` for the sign itself")
            .choice("write the sign itself", at, opening.end, "{{")
            .choice("close the value", token.start, token.start, "}")
            .sure(),
        );
    }
    let written = scene.word(index).trim_end();
    // In a row the text most likely ends with its cell.
    let cell = scene
        .is_row(token.start)
        .then(|| written.find('|'))
        .flatten();
    let stop = cell
        .or_else(|| written.find(" //"))
        .or_else(|| written.find([')', ']', ',']))
        .unwrap_or(written.len());
    let text = written.get(..stop).unwrap_or_default().trim_end();
    let end = token.start + text.len();
    Some(
        Proposal::new(
            "A0106",
            token.start,
            token.start + written.len(),
            "this text has no closing `\"` on its line",
        )
        .because("a text ends on the line where it begins")
        .instead(if text.starts_with('"') {
            format!("write `{text}\"`")
        } else {
            "write `\"` where the text ends".to_owned()
        })
        .choice("close the text", end, end, "\"")
        .sure(),
    )
}

fn comments(scene: &Scene<'_>) -> Option<Proposal> {
    let (start, line) = scene.line(scene.at.min(scene.text.len()));
    let inner = line.trim_start();
    let from = start + line.len() - inner.len();
    let (mark, behind) = ["/*", "#", "--", "'"].iter().find_map(|mark| {
        let on_line = inner.starts_with(mark).then_some(from);
        // Behind code only where the sign cannot be part of it.
        let later = || {
            let token = scene.token(scene.here)?;
            let at = match token.start {
                at if scene.slice(at, scene.text.len()).starts_with(mark) => at,
                at => at
                    .checked_sub(1)
                    .filter(|at| scene.slice(*at, scene.text.len()).starts_with(mark))?,
            };
            (*mark != "'" && scene.line(at).0 == start).then_some(at)
        };
        Some((*mark, on_line.or_else(later)?))
    })?;
    if behind > scene.at {
        return None;
    }
    let line_end = start + line.len();
    let proposal = Proposal::new(
        "A0165",
        behind,
        behind + mark.len(),
        format!("`{mark}` does not begin a comment"),
    )
    .because("a comment begins with `//` and ends with its line")
    .instead("write `//`");
    let rest = scene.slice(behind + mark.len(), line_end).trim_end();
    if mark == "/*" {
        let Some(inner) = rest.strip_suffix("*/") else {
            let end = rest.find("*/").map(|length| behind + 2 + length + 2);
            return Some(match end {
                Some(end) => proposal
                    .choice("remove the comment", behind, end, "")
                    .sure(),
                None => proposal.sure(),
            });
        };
        return Some(proposal.certain("write `//`", behind, line_end, &comment(inner)));
    }
    Some(proposal.certain("write `//`", behind, behind + mark.len(), "//"))
}

/// A comment of one line in place of one between `/*` and `*/`; `/**` documents what follows.
pub(super) fn comment(inner: &str) -> String {
    match inner.strip_prefix('*') {
        Some(documents) => format!("///{}", documents.trim_end()),
        None => format!("//{}", inner.trim_end()),
    }
}
