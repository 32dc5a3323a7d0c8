//! Lines of output, and the alignment of what stands in consecutive ones.

use super::rows::{RowCells, Widths};
use std::collections::BTreeMap;

/// What is aligned with the same in the lines before and behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AlignKey {
    Field,
    Let,
    Number,
    Enum,
}

/// A mark that may be moved to the right.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Align {
    pub(crate) key: AlignKey,
    /// Byte of the content before which blanks may be added.
    pub(crate) at: usize,
    /// The author left more than one blank there.
    pub(crate) wide: bool,
}

/// One line of output.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line<'t> {
    /// Blank lines before it.
    pub(crate) blanks: usize,
    /// Columns before its content.
    pub(crate) indent: usize,
    pub(crate) content: String,
    pub(crate) align: Option<Align>,
    pub(crate) row: Option<RowCells>,
    /// A comment at its end, and whether the author left more than one blank before it.
    pub(crate) trailing: Option<(&'t str, bool)>,
    /// What could not be read may reach to its end: blanks there are not taken away.
    pub(crate) keeps_end: bool,
    /// Blanks before that comment, when it has been aligned.
    trailing_blanks: usize,
}

impl<'t> Line<'t> {
    pub(crate) fn new(blanks: usize, indent: usize) -> Line<'t> {
        Line {
            blanks,
            indent,
            trailing_blanks: 1,
            ..Line::default()
        }
    }

    pub(crate) fn comment(blanks: usize, indent: usize, text: &str) -> Line<'t> {
        let mut line = Line::new(blanks, indent);
        text.clone_into(&mut line.content);
        line
    }

    /// Text of any number of lines, as it is.
    pub(crate) fn verbatim(text: &str) -> Line<'t> {
        Line::comment(0, 0, text)
    }

    fn width(&self) -> usize {
        self.indent + self.content.chars().count()
    }

    pub(crate) fn write(&self, out: &mut String, end: &str) {
        for _ in 0..self.blanks {
            out.push_str(end);
        }
        self.write_without_blanks(out);
    }

    pub(crate) fn write_without_blanks(&self, out: &mut String) {
        out.extend(std::iter::repeat_n(' ', self.indent));
        out.push_str(&self.content);
        if let Some((comment, _)) = self.trailing {
            out.extend(std::iter::repeat_n(' ', self.trailing_blanks));
            out.push_str(comment);
        }
    }
}

/// Gives rows their columns and moves marks and comments of consecutive lines below each other.
pub(crate) fn align(lines: &mut [Line<'_>]) {
    align_rows(lines);
    let mut first = 0;
    while let Some(line) = lines.get(first) {
        let key = line.align.map(|align| align.key);
        let indent = line.indent;
        let rest = lines.get(first + 1..).unwrap_or_default();
        let more = rest
            .iter()
            .take_while(|next| {
                key.is_some()
                    && next.blanks == 0
                    && next.indent == indent
                    && next.align.map(|align| align.key) == key
            })
            .count();
        let behind = first + 1 + more;
        align_marks(lines.get_mut(first..behind).unwrap_or_default());
        first = behind;
    }
    align_all_comments(lines);
}

/// Comments at the ends of consecutive lines; lines of an aligned block that have none do not part them.
fn align_all_comments(lines: &mut [Line<'_>]) {
    let mut first = 0;
    while let Some(line) = lines.get(first) {
        let indent = line.indent;
        let run = lines
            .get(first..)
            .unwrap_or_default()
            .iter()
            .enumerate()
            .take_while(|(index, line)| {
                (line.trailing.is_some() || line.align.is_some())
                    && line.row.is_none()
                    && !line.content.contains('\n')
                    && line.indent == indent
                    && (*index == 0 || line.blanks == 0)
            })
            .count();
        align_comments(lines.get_mut(first..first + run).unwrap_or_default());
        first += run.max(1);
    }
}

fn align_rows(lines: &mut [Line<'_>]) {
    // The node of a table is known by its place in its declaration only, so a table ends where the
    // next line of the least indentation begins another declaration.
    let mut declaration = 0;
    let mut tables: BTreeMap<(usize, u32), Widths> = BTreeMap::new();
    let mut places: Vec<usize> = Vec::with_capacity(lines.len());
    for line in lines.iter() {
        if line.indent == 0 {
            declaration += 1;
        }
        places.push(declaration);
        if let Some(row) = &line.row {
            tables.entry((declaration, row.table)).or_default().add(row);
        }
    }
    for (line, declaration) in lines.iter_mut().zip(places) {
        if let Some(row) = &line.row
            && let Some(widths) = tables.get(&(declaration, row.table))
        {
            line.content = row.write(widths);
        }
    }
}

fn align_marks(run: &mut [Line<'_>]) {
    let before = |line: &Line<'_>| {
        let at = line.align.map_or(0, |align| align.at);
        line.content.get(..at).unwrap_or_default().chars().count()
    };
    if !run
        .iter()
        .any(|line| line.align.is_some_and(|align| align.wide))
    {
        return;
    }
    let widest = run.iter().map(before).max().unwrap_or(0);
    for line in run {
        let missing = widest - before(line);
        if let Some(align) = line.align {
            line.content.insert_str(align.at, &" ".repeat(missing));
        }
    }
}

fn align_comments(run: &mut [Line<'_>]) {
    if !run
        .iter()
        .any(|line| line.trailing.is_some_and(|(_, wide)| wide))
    {
        return;
    }
    let commented = run.iter().filter(|line| line.trailing.is_some());
    let widest = commented.map(Line::width).max().unwrap_or(0);
    for line in run {
        line.trailing_blanks = widest.saturating_sub(line.width()) + 1;
    }
}
