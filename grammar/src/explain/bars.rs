//! Rows of a table whose bars are written in another form: without the first one, enclosed by `||`,
//! without `||` in any row. All rows of the same kind are told at once.

use super::general::code;
use super::proposal::Proposal;
use super::scene::Scene;
use crate::words::VALUE_TYPES;

pub(super) const CHECKS: &[super::Check] = &[rows, test_rows, values_alone];

/// One line of a table that has bars: its place, its cells, and how many of them are keys if it says so.
struct Line<'t> {
    start: usize,
    end: usize,
    cells: Vec<&'t str>,
    keys: Option<usize>,
    /// It begins and ends as a row does.
    begins: bool,
    ends: bool,
    doubled: bool,
    /// Dashes alone, as documents part a header from its rows.
    drawn: bool,
}

/// The lines of the declaration that have a bar outside of texts and brackets.
fn lines<'t>(scene: &Scene<'t>) -> Vec<Line<'t>> {
    let mut found: Vec<Line<'t>> = Vec::new();
    let mut index = 0;
    while index < scene.tokens.len() {
        let from = index;
        index += 1;
        while scene.token(index).is_some_and(|token| !token.first) {
            index += 1;
        }
        found.extend(line(scene, from, index));
    }
    found
}

/// The line of the tokens from `from` to `to`.
fn line<'t>(scene: &Scene<'t>, from: usize, to: usize) -> Option<Line<'t>> {
    let mut depth = 0_usize;
    let mut bars: Vec<usize> = Vec::new();
    for index in from..to {
        match scene.word(index) {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "|" | "||" if depth == 0 => bars.push(index),
            _ => {}
        }
    }
    let (first, last) = (*bars.first()?, *bars.last()?);
    let (start, end) = (scene.start(from), scene.end_before(to));
    let begins = first == from;
    let ends = last + 1 == to && (last > first || !begins);
    let mut cells = Vec::new();
    let mut keys = None;
    let mut at = if begins {
        scene.end_before(from + 1)
    } else {
        start
    };
    for bar in &bars {
        if begins && *bar == from || ends && *bar == last {
            continue;
        }
        cells.push(scene.slice(at, scene.start(*bar)));
        at = scene.end_before(*bar + 1);
        if scene.word(*bar) == "||" {
            keys = keys.or(Some(cells.len()));
        }
    }
    let stop = if ends { scene.start(last) } else { end };
    cells.push(scene.slice(at, stop));
    let text = scene.slice(start, end);
    Some(Line {
        start,
        end,
        keys,
        begins: begins && scene.word(from) == "|",
        ends: ends && scene.word(last) == "|",
        doubled: begins && scene.word(from) == "||",
        drawn: text
            .chars()
            .all(|c| matches!(c, '|' | '-' | ':' | '=' | '+' | ' ' | '\t'))
            && (text.contains("--") || text.contains("==")),
        cells,
    })
}

/// How many results the table has: one, if it gives what is no record.
fn one_result(scene: &Scene<'_>) -> bool {
    let gives = scene.find_flat(0, &["gives"]);
    VALUE_TYPES.contains(&scene.word(gives + 1))
}

/// How many parameters the table has.
fn parameters(scene: &Scene<'_>) -> usize {
    let Some(opening) = (0..scene.here).find(|index| scene.word(*index) == "(") else {
        return 0;
    };
    let mut count = 1;
    let mut at = opening + 1;
    loop {
        at = scene.find_flat(at, &[","]);
        if scene.word(at) != "," {
            return count;
        }
        count += 1;
        at += 1;
    }
}

fn rows(scene: &Scene<'_>) -> Option<Proposal> {
    if scene.first_word() != "table" {
        return None;
    }
    let (here, _) = scene.line(scene.at.min(scene.text.trim_end().len()));
    let lines = lines(scene);
    let this = lines.iter().find(|line| scene.line(line.start).0 == here)?;
    let grid = lines
        .iter()
        .any(|line| line.cells.iter().any(|cell| cell.contains('\\')));
    let said = lines.iter().find_map(|line| line.keys);
    let bare = !this.begins && !this.doubled;
    let single = said.is_none() && !grid && this.keys.is_none();
    // One row that lacks its `||` or its last bar is told by itself.
    let several = lines
        .iter()
        .filter(|line| line.begins && line.keys.is_none() && !line.drawn)
        .count()
        > 1;
    if !grid && this.keys.is_none() && lines.first().is_some_and(|head| axis(head)) {
        return lines.first().and_then(|head| corner(scene, head));
    }
    let undivided = this.begins && this.ends && !grid && this.keys.is_none() && several;
    if !(bare || this.doubled || undivided) {
        return None;
    }
    // The rows that are written as this one is, the ones between them as they are.
    let like = |line: &Line<'_>| {
        line.start >= this.start
            && (bare && !line.begins && !line.doubled
                || this.doubled && line.doubled
                || undivided && line.begins && line.keys.is_none())
    };
    let alike: Vec<&Line<'_>> = lines.iter().filter(|line| like(line)).collect();
    let last = alike.last()?;
    let keys = if grid {
        None
    } else {
        said.or_else(|| this.cells.len().checked_sub(1))
    };
    if this.cells.len() < 2 || keys == Some(0) {
        return None;
    }
    let width = lines.first().map_or(0, |line| line.cells.len());
    let even = lines
        .iter()
        .all(|line| line.drawn || line.cells.len() == width);
    let clear = grid || said.is_some() || one_result(scene) || parameters(scene) + 1 == width;
    let mut text = String::new();
    let mut at = this.start;
    for line in &alike {
        if line.drawn {
            // Without the line end above it; the line itself is no row.
            text.push_str(scene.slice(at, line.start).trim_end());
            at = line.end;
            continue;
        }
        text.push_str(scene.slice(at, line.start));
        text.push_str(&written(&line.cells, line.keys.or(keys)));
        at = line.end;
    }
    let (start, end) = (this.start, last.end);
    let noun = if alike.len() > 1 {
        "these rows"
    } else {
        "this row"
    };
    let verb = if alike.len() > 1 { "do" } else { "does" };
    let shown: Vec<&str> = this.cells.iter().map(|cell| cell.trim()).collect();
    let ours = written(&shown, this.keys.or(keys));
    let (told, claim, why) = if bare {
        let have = if alike.len() > 1 { "have" } else { "has" };
        (
            "A0189",
            format!("{noun} {have} no `|` at the beginning"),
            "each cell stands between two bars, and `||` parts what is asked from what comes out",
        )
    } else if this.doubled {
        (
            "A0189",
            format!("`||` does not enclose {noun}"),
            "a row begins and ends with `|`; `||` stands once, between what is asked and what comes out",
        )
    } else {
        (
            "A0108",
            format!("{noun} {verb} not say where the result begins"),
            "`||` stands between what is asked and what comes out",
        )
    };
    let proposal = Proposal::new(told, this.start, this.end, claim)
        .because(why)
        .instead(format!("write {}", code(&ours)));
    let title = if alike.len() > 1 {
        "write the bars of all rows"
    } else {
        "write the bars of the row"
    };
    let certain = even && clear && (!single || keys == Some(width - 1));
    Some(proposal.fix(title, start, end, &text, certain).sure())
}

/// The lines with bars that belong to the `given` or the `cases` of a test around the error, the line of
/// that word first.
fn block<'t>(scene: &Scene<'t>) -> Option<(usize, Vec<Line<'t>>)> {
    const PARTS: &[&str] = &["given", "cases", "expect", "let", "for"];
    if !matches!(scene.first_word(), "test" | "property") {
        return None;
    }
    let begins = |index: &usize| {
        scene.token(*index).is_some_and(|token| token.first) && PARTS.contains(&scene.word(*index))
    };
    let last = scene.here.min(scene.tokens.len().saturating_sub(1));
    let lead = (0..=last).rev().find(begins)?;
    if !matches!(scene.word(lead), "given" | "cases") {
        return None;
    }
    let stop = (lead + 1..scene.tokens.len())
        .find(begins)
        .map_or(scene.text.len(), |index| scene.start(index));
    let from = scene.start(lead);
    let mut lines = lines(scene);
    lines.retain(|line| line.start > from && line.start < stop);
    Some((lead, lines))
}

/// Rows of `given` and of `cases` that do not begin with a bar.
fn test_rows(scene: &Scene<'_>) -> Option<Proposal> {
    let (lead, lines) = block(scene)?;
    let (here, _) = scene.line(scene.at.min(scene.text.trim_end().len()));
    let this = lines
        .iter()
        .find(|line| scene.line(line.start).0 >= here && !line.begins && !line.drawn)
        .filter(|line| scene.line(line.start).0 == here)?;
    let cases = scene.word(lead) == "cases";
    let said = lines.iter().find_map(|line| line.keys);
    if this.doubled || cases && said.is_none() || this.cells.len() < 2 {
        return None;
    }
    let alike: Vec<&Line<'_>> = lines
        .iter()
        .filter(|line| line.start >= this.start && !line.begins && !line.doubled && !line.drawn)
        .collect();
    let last = alike.last()?;
    let width = lines.first().map_or(0, |line| line.cells.len());
    let even = lines
        .iter()
        .all(|line| line.drawn || line.cells.len() == width);
    let keys = if cases { said } else { None };
    let mut text = String::new();
    let mut at = this.start;
    for line in &alike {
        text.push_str(scene.slice(at, line.start));
        text.push_str(&written(&line.cells, line.keys.or(keys)));
        at = line.end;
    }
    let shown: Vec<&str> = this.cells.iter().map(|cell| cell.trim()).collect();
    let ours = written(&shown, this.keys.or(keys));
    let (claim, title) = if alike.len() > 1 {
        (
            "these rows have no `|` at the beginning",
            "write the bars of all rows",
        )
    } else {
        (
            "this row has no `|` at the beginning",
            "write the bars of the row",
        )
    };
    Some(
        Proposal::new("A0189", this.start, this.end, claim)
            .because("each cell stands between two bars")
            .instead(format!("write {}", code(&ours)))
            .fix(title, this.start, last.end, &text, even)
            .sure(),
    )
}

/// `given P` with rows of values and no header, and with `||` in its rows.
fn values_alone(scene: &Scene<'_>) -> Option<Proposal> {
    let (lead, lines) = block(scene)?;
    if scene.word(lead) != "given" {
        return None;
    }
    let (here, _) = scene.line(scene.at.min(scene.text.trim_end().len()));
    let index = lines
        .iter()
        .position(|line| scene.line(line.start).0 == here && line.begins)?;
    let line = lines.get(index)?;
    if line.keys.is_some() {
        let mut text = String::new();
        let alike: Vec<&Line<'_>> = lines
            .iter()
            .filter(|line| line.begins && line.keys.is_some())
            .collect();
        let (first, last) = (alike.first()?, alike.last()?);
        let mut at = first.start;
        for line in &alike {
            text.push_str(scene.slice(at, line.start));
            text.push_str(&written(&line.cells, None));
            at = line.end;
        }
        return Some(
            Proposal::new(
                "A0189",
                line.start,
                line.end,
                "a row of `given` has no `||`",
            )
            .because("it is a row of data; `||` parts what is asked from what comes out")
            .instead("write `|`")
            .certain("write `|` in all rows", first.start, last.end, &text)
            .sure(),
        );
    }
    let value = |cell: &str| {
        cell.trim()
            .starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '-'))
    };
    (index == 0 && line.cells.iter().any(|cell| value(cell))).then(|| {
        Proposal::new("A0189", line.start, line.end, "these rows have no header")
            .because("the first row below `given` says which field each column holds, so that the order of the fields has no meaning")
            .instead(format!(
                "write the names of the fields of `{}` above it, between bars",
                scene.word(lead + 1)
            ))
            .sure()
    })
}

/// The header of a grid without its corner: values stand where names of columns would.
fn axis(head: &Line<'_>) -> bool {
    head.cells.len() > 1
        && head
            .cells
            .iter()
            .skip(1)
            .all(|cell| cell.trim().starts_with(|c: char| c.is_ascii_digit()))
}

/// `| a / b | 0+ | 10+ |`.
fn corner(scene: &Scene<'_>, head: &Line<'_>) -> Option<Proposal> {
    let cell = head.cells.first()?.trim();
    let at = head.start + scene.slice(head.start, head.end).find(cell)?;
    let proposal = Proposal::new(
        "A0189",
        at,
        at + cell.len(),
        "the header of this grid does not say what its columns stand for",
    )
    .because("in the corner of a grid stand both names, that of the rows and that of the columns, `rows \\ columns`");
    Some(match cell.split_once('/') {
        Some((rows, columns)) => {
            let ours = format!("{} \\ {}", rows.trim(), columns.trim());
            proposal
                .instead(format!("write {}", code(&ours)))
                .choice(
                    &format!("write {}", code(&ours)),
                    at,
                    at + cell.len(),
                    &ours,
                )
                .sure()
        }
        None => proposal
            .instead(format!(
                "write {} and the name of what stands in the columns",
                code(&format!("{cell} \\"))
            ))
            .sure(),
    })
}

fn written(cells: &[&str], keys: Option<usize>) -> String {
    let mut out = String::from("|");
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            out.push_str(if keys == Some(place) { "||" } else { "|" });
        }
        // The blanks of the author stay, so that columns do.
        let blank = |there: bool| if there { "" } else { " " };
        out.push_str(blank(cell.starts_with([' ', '\t'])));
        out.push_str(cell);
        out.push_str(blank(cell.ends_with([' ', '\t'])));
    }
    out.push('|');
    out
}
