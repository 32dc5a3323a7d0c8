//! The formatter: one canonical layout, as a pure function from text to text.
//!
//! The layout, in the order in which a reader meets it:
//!
//! * Four blanks for each level. What an expression leads in (`where` below `for each`, arguments
//!   below a bracket, an operand that goes on) stands one level deeper than the line that began it;
//!   operators that go on an expression which began its line stand below that beginning.
//! * Clauses of rules, exceptions, tables, parameters and tests, rows, and members of records stand on
//!   lines of their own (fields parted by commas may share one); so does each `let`, `carry` and
//!   `next`, and what ends their block.
//! * All other line breaks are the author's. Lines are neither joined nor broken for their length.
//! * Columns of tables, fixtures and cases are aligned, header and `||` included; a cell longer than
//!   `MAX_ALIGNED_CELL` does not widen its column.
//! * The colons of fields on consecutive lines, the `=` of `let`s on consecutive lines, the `=` of
//!   `number` (and of `enum`) declarations on consecutive lines and the comments at the ends of
//!   consecutive lines are aligned as soon as one of them was; otherwise one blank stands before each.
//! * At most one blank line inside a declaration, at most two between declarations.
//! * A sum under `round` is put into parentheses.
//!
//! What holds for every text: the result formats to itself; the tokens are the same in the same order
//! but for those parentheses; every comment stays between its tokens; strings and whatever could not be
//! read stay byte for byte. A line end is CRLF if the first one after any text is.
//!
//! It knows trees and spelling; it must never know names, types or values.

mod atoms;
mod indent;
mod layout;
mod lines;
mod rows;
mod spacing;

use crate::cut::PieceKind;
use crate::kind::Kind;
use crate::parse::{MAX_FILE_BYTES, ParsedDeclaration, ParsedFile, parse_declaration, parse_file};
use crate::tree::{Node, TextRange, Tree};

use lines::Line;

pub use rows::MAX_ALIGNED_CELL;

/// Columns of one level of indentation.
pub(crate) const INDENT_COLUMNS: usize = 4;
/// The most blank lines that are kept between two declarations.
const MAX_BLANK_LINES: usize = 2;

/// Text to put in place of a range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edit {
    /// What is replaced: bytes of the text that was given.
    pub range: TextRange,
    /// What stands there afterwards.
    pub text: String,
}

/// A whole file in canonical layout; `MAX_FILE_BYTES` is the limit above which it is left alone.
#[must_use]
pub fn format(text: &str) -> String {
    let (mark, inner) = without_mark(text);
    format_inner(text, mark, inner, &parse_file(inner))
}

/// Like [`format`], for a file that has been parsed; `parsed` must come from `parse_file(text)`.
#[must_use]
pub fn format_parsed(text: &str, parsed: &ParsedFile) -> String {
    let (mark, inner) = without_mark(text);
    if mark.is_empty() {
        format_inner(text, mark, inner, parsed)
    } else {
        format(text)
    }
}

fn format_inner(text: &str, mark: &str, inner: &str, parsed: &ParsedFile) -> String {
    if !parsed.errors.is_empty() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    out.push_str(mark);
    let (lines, _) = file_lines(inner, parsed);
    let end = line_end(inner);
    for line in lines {
        line.write(&mut out, end);
        out.push_str(end);
    }
    if out.len() > MAX_FILE_BYTES {
        return text.to_owned();
    }
    out
}

/// One declaration in canonical layout, without line end; `None` unless the text is exactly one
/// declaration without error (a `///` block above it included).
#[must_use]
pub fn format_declaration(text: &str) -> Option<String> {
    let (_, inner) = without_mark(text);
    let parsed = parse_file(inner);
    let [(_, declaration)] = parsed.declarations.as_slice() else {
        return None;
    };
    if !declaration.errors.is_empty() {
        return None;
    }
    let (lines, _) = file_lines(inner, &parsed);
    Some(write_all(&lines, line_end(inner)))
}

/// The edits that lay out the declarations which touch a range, as [`format`] does; one edit for each
/// declaration that changes, in order of the text.
#[must_use]
pub fn format_range(text: &str, range: TextRange) -> Vec<Edit> {
    let (mark, inner) = without_mark(text);
    let parsed = parse_file(inner);
    if !parsed.errors.is_empty() {
        return Vec::new();
    }
    let shift = u32::try_from(mark.len()).unwrap_or(0);
    let (lines, spans) = file_lines(inner, &parsed);
    let end = line_end(inner);
    let mut edits = Vec::new();
    for (span, (piece, _)) in spans.iter().zip(&parsed.declarations) {
        let place = TextRange {
            start: piece.start + shift,
            end: piece.end + shift,
        };
        if place.end < range.start || range.end < place.start {
            continue;
        }
        let text = write_all(lines.get(span.0..span.1).unwrap_or_default(), end);
        // Blanks behind a piece lie outside of it.
        let text = text.trim_end_matches([' ', '\t']);
        if text != piece.of(inner) {
            edits.push(Edit {
                range: place,
                text: text.to_owned(),
            });
        }
    }
    edits
}

fn write_all(lines: &[Line<'_>], end: &str) -> String {
    let mut out = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index == 0 {
            line.write_without_blanks(&mut out);
        } else {
            out.push_str(end);
            line.write(&mut out, end);
        }
    }
    out
}

fn without_mark(text: &str) -> (&str, &str) {
    match text.strip_prefix('\u{feff}') {
        Some(inner) => ("\u{feff}", inner),
        None => ("", text),
    }
}

/// The line end of a file: the first one after any text.
fn line_end(text: &str) -> &'static str {
    let text = text.trim_start_matches([' ', '\t', '\r', '\n']);
    match text.split_once('\n') {
        Some((line, _)) if line.ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// The lines of a file and, for each declaration, which of them are its own.
fn file_lines<'t>(text: &'t str, parsed: &'t ParsedFile) -> (Vec<Line<'t>>, Vec<(usize, usize)>) {
    let mut lines: Vec<Line<'t>> = Vec::new();
    let mut spans = Vec::with_capacity(parsed.declarations.len());
    let mut declarations = parsed.declarations.iter();
    let mut blanks: usize = 0;
    for piece in &parsed.pieces {
        let source = piece.range.of(text);
        match piece.kind {
            PieceKind::Trivia => {
                let after_declaration = piece.range.start > 0;
                let at_end = piece.range.end as usize == text.len();
                if let Some(line) = lines.last_mut().filter(|it| it.keeps_end) {
                    // The blanks behind its last word are no part of a declaration; what could not
                    // be read keeps them all the same.
                    let rest = source.split('\n').next().unwrap_or_default();
                    let rest = rest.strip_suffix('\r').unwrap_or(rest);
                    line.content.push_str(rest);
                    line.keeps_end = false;
                }
                between(source, after_declaration, at_end, &mut blanks, &mut lines);
            }
            PieceKind::Declaration => {
                let Some((_, declaration)) = declarations.next() else {
                    continue;
                };
                let first = lines.len();
                lines.extend(declaration_lines(source, declaration));
                if let Some(line) = lines.get_mut(first) {
                    line.blanks = blanks.min(MAX_BLANK_LINES);
                }
                if let Some(line) = lines.last_mut() {
                    line.keeps_end = !declaration.errors.is_empty() && line.trailing.is_none();
                }
                spans.push((first, lines.len()));
                blanks = 0;
            }
        }
    }
    if let Some(line) = lines.first_mut() {
        line.blanks = 0;
    }
    lines::align(&mut lines);
    (lines, spans)
}

/// The comment lines between declarations; blank lines that are left over stay in `blanks`.
fn between<'t>(
    trivia: &'t str,
    after_declaration: bool,
    at_end: bool,
    blanks: &mut usize,
    lines: &mut Vec<Line<'t>>,
) {
    let mut pieces = trivia.split('\n').peekable();
    if after_declaration {
        pieces.next();
    }
    while let Some(line) = pieces.next() {
        if pieces.peek().is_none() && !at_end {
            return;
        }
        let comment = line.trim_matches([' ', '\t', '\r']);
        if comment.is_empty() {
            *blanks += 1;
            continue;
        }
        let column: usize = line
            .chars()
            .map_while(|c| match c {
                '\t' => Some(INDENT_COLUMNS),
                ' ' | '\r' => Some(1),
                _ => None,
            })
            .sum();
        // Below an indented body: a comment of that body. It stays indented, in whole levels.
        let indent = column.div_ceil(INDENT_COLUMNS) * INDENT_COLUMNS;
        lines.push(Line::comment(
            (*blanks).min(MAX_BLANK_LINES),
            indent,
            comment,
        ));
        *blanks = 0;
    }
}

/// The lines of one declaration. What is broken is laid out only if that provably changes nothing but
/// white space around what could be read.
fn declaration_lines<'t>(source: &'t str, parsed: &'t ParsedDeclaration) -> Vec<Line<'t>> {
    let verbatim = || vec![Line::verbatim(source)];
    let end = line_end(source);
    if parsed.errors.is_empty() {
        let Some(layout) = layout::lines(&parsed.tree, layout::Mode::Whole) else {
            return verbatim();
        };
        if !layout.added_parentheses {
            return layout.lines;
        }
        // Parentheses may pass the limit of nesting.
        let again = parse_declaration(&write_aligned(&layout.lines, end));
        if again.errors.is_empty() {
            return layout.lines;
        }
        return layout::lines(&parsed.tree, layout::Mode::AsWritten)
            .map_or_else(verbatim, |layout| layout.lines);
    }
    let Some(layout) = layout::lines(&parsed.tree, layout::Mode::AsWritten) else {
        return verbatim();
    };
    let laid_out = write_aligned(&layout.lines, end);
    let again = parse_declaration(&laid_out);
    let stable = || {
        layout::lines(&again.tree, layout::Mode::AsWritten)
            .is_some_and(|twice| write_aligned(&twice.lines, end) == laid_out)
    };
    let same_errors = again.errors.len() == parsed.errors.len();
    if same_errors && same_leaves(&parsed.tree, &again.tree) && stable() {
        layout.lines
    } else {
        verbatim()
    }
}

fn write_aligned(lines: &[Line<'_>], end: &str) -> String {
    let mut lines = lines.to_vec();
    lines::align(&mut lines);
    write_all(&lines, end)
}

/// Equal tokens and comments, and equal text in equal error nodes.
fn same_leaves(one: &Tree, other: &Tree) -> bool {
    fn told<'t>(tree: &'t Tree) -> impl Iterator<Item = (Kind, &'t str)> {
        tree.root()
            .descendants()
            .filter(|node| {
                node.kind() == Kind::Error
                    || (node.is_leaf() && node.index() > 0 && node.kind() != Kind::Whitespace)
            })
            .map(|node: Node<'t>| {
                let text = node.text();
                if node.kind().is_trivia() {
                    (node.kind(), text.trim_end_matches([' ', '\t', '\r']))
                } else {
                    (node.kind(), text)
                }
            })
    }
    told(one).eq(told(other))
}
