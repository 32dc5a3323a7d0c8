//! Mistakes in texts and comments: quotation marks, texts that do not end, comments of other notations.

use super::proposal::Proposal;
use super::scene::{FOREIGN_QUOTES, Scene, Sort, Token};

pub(super) const CHECKS: &[super::Check] = &[quotes, open_text, comments];

fn touching<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = (usize, Token)> + 's {
    let first = scene.here.saturating_sub(1);
    (first..=scene.here)
        .filter_map(|index| Some((index, scene.token(index)?)))
        .filter(|(_, token)| token.start <= scene.at && scene.at <= token.end)
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
