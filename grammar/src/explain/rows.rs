//! Mistakes in the rows of tables, fixtures and cases: a row is one line, cells stand between bars.

use super::proposal::Proposal;
use super::scene::Scene;
use crate::kind::Kind;
use crate::parse::RawErrorKind;
use crate::tree::Node;

pub(super) const CHECKS: &[super::Check] = &[tabs, double_bar, broken, last_bar];

fn tabs(scene: &Scene<'_>) -> Option<Proposal> {
    let (start, line) = scene.line(scene.at);
    let inner = line.trim();
    let from = start + line.len() - line.trim_start().len();
    if inner.starts_with('|') {
        // A tab where a bar should part two cells.
        let previous = scene.end_before(scene.here);
        let next = scene.start(scene.here);
        let gap = scene.slice(previous, next);
        return (gap.contains('\t')
            && !gap.contains('\n')
            && previous > from
            && scene.word(scene.here) != "|")
            .then(|| {
                Proposal::new(
                    "A0107",
                    previous,
                    next,
                    "a tab stands between two cells of this row",
                )
                .because("cells are parted by `|`; a tab is a blank like any other")
                .instead("write `|`")
                .certain("write `|`", previous, next, " | ")
            });
    }
    let pasted = inner.contains('\t') && !inner.contains("//") && !inner.contains('"');
    let in_table = || {
        let before = scene.slice(0, start).trim_end();
        let (_, above) = scene.line(before.len());
        above.trim_start().starts_with('|')
            || above.contains('\t')
            || above.trim_start().starts_with("hit")
            || above.contains("gives")
    };
    (pasted && in_table()).then(|| {
        let cells: Vec<&str> = inner.split('\t').map(str::trim).collect();
        let end = from + inner.len();
        let proposal = Proposal::new(
            "A0107",
            from,
            end,
            "the cells of this row are parted by tabs",
        )
        .because("cells stand between bars; a tab is a blank like any other")
        .instead("write `|` between the cells and `||` before the result");
        match cells.split_last() {
            Some((last, keys)) if !keys.is_empty() => {
                let row = format!("| {} || {last} |", keys.join(" | "));
                let plain = format!("| {} |", cells.join(" | "));
                proposal
                    .choice(
                        "part the cells by bars, the last one is the result",
                        from,
                        end,
                        &row,
                    )
                    .choice("part the cells by bars", from, end, &plain)
            }
            _ => proposal,
        }
        .sure()
    })
}

/// The places of the bars of a row that stand outside of texts and brackets, and whether double.
fn bars(scene: &Scene<'_>, start: usize, end: usize) -> Vec<(usize, bool)> {
    let mut depth = 0_usize;
    let mut found = Vec::new();
    let first = scene.tokens.partition_point(|token| token.start < start);
    let last = scene.tokens.partition_point(|token| token.start < end);
    for (index, token) in (first..last).filter_map(|index| Some((index, scene.token(index)?))) {
        match scene.word(index) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "|" if depth == 0 => found.push((token.start, false)),
            "||" if depth == 0 => found.push((token.start, true)),
            _ => {}
        }
    }
    found
}

fn double_bar(scene: &Scene<'_>) -> Option<Proposal> {
    let (start, line) = scene.line(scene.at.min(scene.text.trim_end().len()));
    if !scene.is_row(start) {
        return None;
    }
    let here = bars(scene, start, start + line.len());
    // A grid has no `||` at all.
    let grid = scene
        .text
        .lines()
        .any(|line| line.trim_start().starts_with('|') && line.contains('\\'));
    if here.iter().any(|(_, double)| *double) || here.len() < 3 || grid {
        return None;
    }
    // Rows around it, above and below without a gap, that have both bars.
    let wanted = scene
        .text
        .split_inclusive('\n')
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some((start, line))
        })
        .filter(|(_, line)| line.trim_start().starts_with('|'))
        .map(|(start, line)| bars(scene, start, start + line.len()))
        .find(|bars| bars.len() == here.len() && bars.iter().any(|(_, double)| *double))
        .and_then(|bars| bars.iter().position(|(_, double)| *double));
    let certain = wanted.is_some();
    let place = wanted.unwrap_or(here.len() - 2);
    let (at, _) = *here.get(place)?;
    let proposal = Proposal::new(
        "A0108",
        at,
        at + 1,
        "this row does not say where its result begins",
    )
    .because("`||` stands between what is asked and what comes out")
    .instead("write `||` before the result");
    Some(proposal.fix("write `||`", at, at + 1, "||", certain))
}

fn broken(scene: &Scene<'_>) -> Option<Proposal> {
    // The row line is the nearest one above or at the error that begins with a bar and does not end.
    let mut place = scene.at.min(scene.text.trim_end().len());
    let (mut start, mut line) = scene.line(place);
    for _ in 0..3 {
        if line.trim_start().starts_with('|') {
            break;
        }
        place = start.checked_sub(1)?;
        (start, line) = scene.line(place);
    }
    let content = without_comment(line);
    if !content.trim_start().starts_with('|')
        || (content.ends_with('|')
            && !content.ends_with("||")
            && scene.error.kind != RawErrorKind::RowBroken)
    {
        return None;
    }
    let end = start + content.len();
    let below = start + line.len();
    let rest = scene.slice(below, scene.text.len());
    let next_start = below + rest.len() - rest.trim_start().len();
    let (next_line, next) = scene.line(next_start);
    if next_start >= scene.text.trim_end().len() || next_start <= below {
        return None;
    }
    let from = start + line.len() - line.trim_start().len();
    let next_end = next_line + without_comment(next).len();
    let word = super::whole::begins_part(next.trim_start());
    if word
        || next.trim_start().starts_with("//")
        || (next.trim_start().starts_with('|') && next.matches('|').count() > 2)
    {
        return None;
    }
    let proposal = Proposal::new(
        "A0110",
        from,
        next_end.max(end),
        "this row goes on in the next line",
    )
    .because("a row of a table is one line")
    .instead("write the row on one line");
    let sure = content.len() == line.trim_end().len();
    Some(if sure {
        proposal.certain("join the lines", end, next_start, " ")
    } else {
        proposal
    })
}

fn last_bar(scene: &Scene<'_>) -> Option<Proposal> {
    let (start, line) = scene.line(
        scene
            .at
            .min(scene.text.trim_end().len())
            .max(scene.end_before(scene.here)),
    );
    let (start, line) = if line.trim_start().starts_with('|') {
        (start, line)
    } else {
        scene.line(scene.end_before(scene.here))
    };
    let content = without_comment(line);
    if !scene.is_row(start) || content.ends_with('|') {
        return None;
    }
    let end = start + content.len();
    Some(
        Proposal::new(
            "A0168",
            start + line.len() - line.trim_start().len(),
            end,
            "this row has no `|` at its end",
        )
        .because("each cell stands between two bars")
        .instead("write `|` behind the last cell")
        .certain("insert `|`", end, end, " |"),
    )
}

/// A line of a table up to its comment, without blanks at the end.
fn without_comment(line: &str) -> &str {
    let mut in_text = false;
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        match character {
            '"' if before != '\\' => in_text = !in_text,
            '/' if before == '/' && !in_text => {
                return line.get(..at - 1).unwrap_or(line).trim_end();
            }
            _ => {}
        }
        before = character;
    }
    line.trim_end()
}

/// Rows whose number of cells is not that of their header; no raw error says so.
pub(super) fn counts(root: Node<'_>) -> Vec<Proposal> {
    let mut found = Vec::new();
    for table in root.descendants() {
        let mut header: Option<(usize, usize)> = None;
        for row in table.children().filter(|node| node.kind().is_row()) {
            let (keys, outs) = cells(row);
            let is_header = matches!(
                row.kind(),
                Kind::Header | Kind::GridHeader | Kind::FixtureHeader | Kind::CaseHeader
            );
            if is_header {
                header = Some((keys, outs));
                continue;
            }
            let Some((head_keys, head_outs)) = header else {
                continue;
            };
            if (keys, outs) == (head_keys, head_outs) {
                continue;
            }
            let range = row.range();
            let end = range.start as usize + row.text().trim_end().len();
            let cells = if keys == 1 { "cell" } else { "cells" };
            let claim = if outs + head_outs == 0 {
                format!("this row has {keys} {cells}, its header has {head_keys}")
            } else {
                format!(
                    "this row has {keys} {cells} before `||` and {outs} behind it, its header has {head_keys} and {head_outs}"
                )
            };
            found.push(
                Proposal::new("A0109", range.start as usize, end, claim)
                    .because("each cell answers to the column above it")
                    .instead(if keys + outs < head_keys + head_outs {
                        match row.kind() {
                            Kind::FixtureRow => {
                                "add the cells that are missing; `-` leaves a field out that has a default or may be missing"
                            }
                            Kind::CaseRow => "add the cells that are missing",
                            _ => "add the cells that are missing; `-` is a cell that asks nothing",
                        }
                    } else {
                        "remove the cells that no column names"
                    }),
            );
        }
    }
    found
}

/// Cells before and behind `||`; a grid counts its keys first.
fn cells(row: Node<'_>) -> (usize, usize) {
    let mut counts = (0, 0);
    let mut behind = false;
    for node in row.children() {
        match node.kind() {
            Kind::Token if node.text() == "||" => behind = true,
            Kind::Token if node.text() == "by" => counts.1 += 1,
            Kind::RowName => {}
            kind if kind == Kind::Token || kind.is_trivia() => {}
            _ if behind => counts.1 += 1,
            _ => counts.0 += 1,
        }
    }
    counts
}
