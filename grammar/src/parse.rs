//! The entries: one declaration, strict first and tolerant if that fails, and a whole file.
//!
//! Total and lossless on every text. It knows limits and the order of attempts, no messages.

use crate::build::Builder;
use crate::cut::{self, Piece, PieceKind};
use crate::nesting;
use crate::parser::{self, PairRecord, Rule};
use crate::tolerant;
use crate::tree::{TextRange, Tree, offset};

/// The deepest nesting of brackets and word-led expressions, in levels.
pub const MAX_NESTING: usize = 256;
/// The greatest depth of a tree, in nodes; one level of nesting is at most four nodes deep.
pub const MAX_TREE_DEPTH: usize = 4 * MAX_NESTING;
/// The largest file that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 16 * 1024 * 1024;
/// The largest text for which `expected_at` tries what would fit, in bytes.
pub const MAX_PROBED_BYTES: usize = 64 * 1024;

/// What went wrong, before anybody puts it into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RawErrorKind {
    /// The text at `at` fits no rule.
    Syntax,
    /// A row of a table goes on in the next line.
    RowBroken,
    /// Nested deeper than `MAX_NESTING`.
    TooDeep,
    /// A file above `MAX_FILE_BYTES`.
    TooLarge,
}

/// A place where a text could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RawError {
    /// Start of the first token that does not fit; may be the length of the text.
    pub at: u32,
    /// What went wrong.
    pub kind: RawErrorKind,
    /// The part that is lost: a row, a clause or a whole declaration.
    pub part: TextRange,
}

/// A declaration after parsing.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ParsedDeclaration {
    /// The tree; its leaves concatenated are the text, errors or not.
    pub tree: Tree,
    /// What could not be read, in order of the text; empty for a good declaration.
    pub errors: Vec<RawError>,
}

/// A file after parsing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedFile {
    /// All pieces; their ranges cover the file.
    pub pieces: Vec<Piece>,
    /// The declarations, one for each piece of that kind, in order.
    pub declarations: Vec<(TextRange, ParsedDeclaration)>,
    /// `TooLarge`, with nothing else read; otherwise empty.
    pub errors: Vec<RawError>,
}

impl ParsedFile {
    /// Number of declarations without error.
    #[must_use]
    pub fn good(&self) -> usize {
        self.declarations
            .iter()
            .filter(|(_, parsed)| parsed.errors.is_empty())
            .count()
    }

    /// All errors with offsets of the file.
    pub fn file_errors(&self) -> impl Iterator<Item = RawError> + '_ {
        let inner = self.declarations.iter().flat_map(|(range, parsed)| {
            parsed.errors.iter().map(|error| RawError {
                at: error.at + range.start,
                kind: error.kind,
                part: TextRange {
                    start: error.part.start + range.start,
                    end: error.part.end + range.start,
                },
            })
        });
        self.errors.iter().copied().chain(inner)
    }
}

/// Cuts a file and parses each declaration. Never fails: what is wrong stands in the results.
#[must_use]
pub fn parse_file(text: &str) -> ParsedFile {
    if text.len() > MAX_FILE_BYTES {
        let part = TextRange::new(0, text.len());
        let error = RawError {
            at: 0,
            kind: RawErrorKind::TooLarge,
            part,
        };
        let pieces = vec![Piece {
            kind: PieceKind::Trivia,
            range: part,
        }];
        return ParsedFile {
            pieces,
            declarations: Vec::new(),
            errors: vec![error],
        };
    }
    let pieces = cut::cut(text);
    let declarations = pieces
        .iter()
        .filter(|piece| piece.kind == PieceKind::Declaration)
        .map(|piece| (piece.range, parse_declaration(piece.range.of(text))))
        .collect();
    ParsedFile {
        pieces,
        declarations,
        errors: Vec::new(),
    }
}

/// Parses the text of one declaration, as `cut` gives it. Never fails.
#[must_use]
pub fn parse_declaration(text: &str) -> ParsedDeclaration {
    let base = cut::lead_length(text);
    let body = text.get(base..).unwrap_or_default();
    let too_deep = |at: usize| {
        let part = TextRange::new(base, text.len());
        let mut builder = Builder::new(text, 0);
        builder.error(base, text.trim_end().len().max(base));
        let error = RawError {
            at: offset(base + at),
            kind: RawErrorKind::TooDeep,
            part,
        };
        ParsedDeclaration {
            tree: builder.finish(),
            errors: vec![error],
        }
    };
    if let Some(at) = nesting::too_deep_at(body, MAX_NESTING) {
        return too_deep(at);
    }
    let strict_error = match parser::run(Rule::declaration_entry, body) {
        Ok(pairs) => match broken_row(&pairs, body) {
            None => {
                let mut builder = Builder::new(text, pairs.len());
                builder.add_pairs(&pairs, base);
                if builder.deepest() > MAX_TREE_DEPTH {
                    return too_deep(0);
                }
                return ParsedDeclaration {
                    tree: builder.finish(),
                    errors: Vec::new(),
                };
            }
            Some(at) => (at, RawErrorKind::RowBroken),
        },
        Err(refusal) if refusal.too_deep => return too_deep(refusal.at),
        Err(refusal) => (refusal.at, RawErrorKind::Syntax),
    };
    tolerant::parse(text, base, strict_error)
}

/// Where a row goes on in the next line. White space inside expressions may hold a line end, so the
/// grammar takes such a row; the language does not.
fn broken_row(pairs: &[PairRecord], text: &str) -> Option<usize> {
    use crate::kind::Kind;
    let rows = pairs
        .iter()
        .filter(|pair| Kind::of(pair.rule).is_some_and(Kind::is_row));
    rows.filter_map(|row| {
        // The row's own line end and what follows it are white space of the row rule.
        let inner = text.get(row.start..row.end)?;
        let line_end = inner.find('\n')?;
        let mut next = inner.get(line_end..)?.lines().map(str::trim_start);
        next.find(|line| !line.is_empty() && !line.starts_with("//"))?;
        Some(row.start + line_end)
    })
    .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file rule of the grammar and the hand cutter see the same declarations.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "the corpus is a folder of files")]
    fn file_rule_and_cutter_agree() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/corpus");
        for entry in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
            let damaged = text.replacen("gives", "gvies", 2);
            for text in [text, damaged] {
                let pairs = parser::run(Rule::file, &text).unwrap();
                let count = |rule| pairs.iter().filter(|pair| pair.rule == rule).count();
                let parsed = parse_file(&text);
                assert_eq!(count(Rule::good), parsed.good());
                assert_eq!(
                    count(Rule::good) + count(Rule::bad),
                    parsed.declarations.len()
                );
            }
        }
    }

    /// A broken text is read part by part, and what is told of it is tried on its text: both hand pest
    /// bytes in proportion to its length, also where each part is broken.
    #[test]
    fn work_on_broken_texts_grows_with_them() {
        let broken = [
            (
                "table t (a: int) gives int\n    | a || b |\n",
                "    | 1 || 2 + |\n",
                "",
            ),
            (
                "table t (a: int) gives int\n    | a || b |\n",
                "    | 1 || 2\n",
                "",
            ),
            ("record R\n", "    a : int )\n", ""),
            ("record R\n", "    a int\n", ""),
            (
                "data P\n    key a : int\n",
                "    check ( because \"x\"\n",
                "",
            ),
            (
                "rule r (a: int) gives int\n    default 0\n",
                "    exception e\n        when a >\n        then 2\n",
                "",
            ),
            ("parameter p : int\n", "    from 2026-01-01 5\n", ""),
            ("define f gives int\n", "    let a = b c\n", "    give a"),
            ("define f gives int\n", "    let a = (b\n", "    give a"),
            ("define f gives int\n", "    when a\n", ""),
            ("test \"t\"\n", "    expect a b\n", ""),
            (
                "test \"t\"\n    cases\n        | a || b |\n",
                "        | 1 || ( |\n",
                "",
            ),
            ("nonsense ", "(", ""),
            ("unit a", " b", ""),
        ];
        for (before, part, behind) in broken {
            let work = |count: usize| {
                let text = format!("{before}{}{behind}", part.repeat(count));
                let start = parser::HANDED.get();
                let parsed = parse_declaration(&text);
                assert!(!parsed.errors.is_empty(), "{text}");
                let read = parser::HANDED.get() - start;
                assert!(!crate::explain(&text, &parsed).is_empty());
                (read, parser::HANDED.get() - start - read)
            };
            // Long enough that what is tried of short texts alone does not count.
            let (once, twice) = (work(120), work(240));
            assert!(2 * twice.0 <= 5 * once.0, "read {part}: {once:?} {twice:?}");
            assert!(2 * twice.1 <= 5 * once.1, "told {part}: {once:?} {twice:?}");
        }
    }
}
