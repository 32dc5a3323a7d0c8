//! The cutter: a file falls into declarations and the trivia between them, by column 0 alone.
//!
//! Total and lossless: the ranges of the pieces, in order, cover the file without gap or overlap.
//! It knows nothing of the grammar inside a declaration, so a fault stays inside its declaration.

use crate::tree::TextRange;
use crate::words::{WordClass, class_of};

/// What a piece of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PieceKind {
    /// A declaration from its `///` block, if one stands directly above, to its last line with
    /// anything but comment on it; the line end after it is not part of it.
    Declaration,
    /// White space and comments between declarations.
    Trivia,
}

/// A piece of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Piece {
    /// What it is.
    pub kind: PieceKind,
    /// Where it is: bytes of the file.
    pub range: TextRange,
}

impl Piece {
    /// A declaration, broken or not, rather than what stands between declarations.
    #[must_use]
    pub fn is_declaration(&self) -> bool {
        self.kind == PieceKind::Declaration
    }
}

/// Greatest number of lines in a row that begin in column 0 and declare nothing, each a declaration of its
/// own with its own message. What follows them is one: a text of another language has hundreds of thousands,
/// and nobody reads the same fault so often.
pub const MAX_FOREIGN_LINES: usize = 100;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Blank,
    Comment,
    Doc,
    Inside,
    Head,
}

/// Cuts a file into its pieces.
#[must_use]
pub fn cut(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut done = 0; // end of the last piece
    let mut open: Option<(usize, usize)> = None; // the declaration being read: start, end so far
    let mut docs: Option<usize> = None; // start of the doc block that ends on the line before
    let mut foreign = 0; // heads in a row that declare nothing
    let mut at = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let line = rest.split_once('\n').map_or(rest, |(line, _)| line);
        let kind = classify(line);
        let end = at + line.trim_end_matches([' ', '\t', '\r']).len();
        match kind {
            Line::Head => {
                foreign = if declares(line) { 0 } else { foreign + 1 };
                match &mut open {
                    Some((_, so_far)) if foreign > MAX_FOREIGN_LINES => *so_far = end,
                    before => {
                        if let Some((start, end)) = before.take() {
                            push(&mut pieces, &mut done, start, end);
                        }
                        open = Some((docs.unwrap_or(at), end));
                    }
                }
            }
            Line::Inside => match &mut open {
                Some((_, so_far)) => *so_far = end,
                // Indented text before any declaration: a chunk of its own, which will not parse.
                None => open = Some((at, end)),
            },
            Line::Blank | Line::Comment | Line::Doc => {}
        }
        docs = if kind == Line::Doc {
            docs.or(Some(at))
        } else {
            None
        };
        at += line.len() + 1;
    }
    if let Some((start, end)) = open {
        push(&mut pieces, &mut done, start, end);
    }
    trivia(&mut pieces, &mut done, text.len());
    pieces
}

fn push(pieces: &mut Vec<Piece>, done: &mut usize, start: usize, end: usize) {
    trivia(pieces, done, start);
    pieces.push(Piece {
        kind: PieceKind::Declaration,
        range: TextRange::new(*done, end),
    });
    *done = end;
}

fn trivia(pieces: &mut Vec<Piece>, done: &mut usize, end: usize) {
    if end > *done {
        pieces.push(Piece {
            kind: PieceKind::Trivia,
            range: TextRange::new(*done, end),
        });
        *done = end;
    }
}

/// Whether a line begins with the word of a declaration.
fn declares(line: &str) -> bool {
    let end = line.find(|c: char| !c.is_ascii_lowercase());
    let word = line.get(..end.unwrap_or(line.len())).unwrap_or_default();
    class_of(word) == Some(WordClass::Declaration)
}

fn classify(line: &str) -> Line {
    let inner = line.trim_start_matches([' ', '\t', '\r']);
    if inner.is_empty() {
        Line::Blank
    } else if is_doc(line) {
        Line::Doc
    } else if inner.starts_with("//") {
        Line::Comment
    } else if inner.len() < line.len() {
        Line::Inside
    } else {
        Line::Head
    }
}

/// The length of the doc block and other whole-line comments before the keyword.
pub(crate) fn lead_length(text: &str) -> usize {
    let mut at = if text.starts_with('\u{feff}') {
        '\u{feff}'.len_utf8()
    } else {
        0
    };
    while let Some(rest) = text.get(at..) {
        let Some((line, _)) = rest.split_once('\n') else {
            return at;
        };
        if matches!(classify(line), Line::Head | Line::Inside) {
            return at;
        }
        at += line.len() + 1;
    }
    at
}

fn is_doc(line: &str) -> bool {
    line.starts_with("///") && !line.starts_with("////")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_another_language_are_one_piece_past_the_limit() {
        let declarations = |lines: usize, more: &str| {
            let text = format!("{}{more}", "x\n".repeat(lines));
            let pieces = cut(&text);
            pieces.iter().filter(|piece| piece.is_declaration()).count()
        };
        assert_eq!(declarations(MAX_FOREIGN_LINES, ""), MAX_FOREIGN_LINES);
        assert_eq!(declarations(100 * MAX_FOREIGN_LINES, ""), MAX_FOREIGN_LINES);
        // What declares something begins anew.
        let more = format!("define f () gives int\n    1\n{}", "y\n".repeat(7));
        assert_eq!(
            declarations(100 * MAX_FOREIGN_LINES, &more),
            MAX_FOREIGN_LINES + 8
        );
    }
}
