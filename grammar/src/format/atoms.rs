//! The atoms of a layout: what is never split. Tokens, whole strings, whole rows, whole error nodes.

use std::collections::BTreeSet;

use crate::kind::Kind;
use crate::scan::{self, Scanned};
use crate::tree::Node;
use crate::views::{RoundingView, View as _};

/// One atom of a declaration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Atom<'t> {
    pub(crate) node: Node<'t>,
    /// An opening parenthesis that the author did not write stands before it.
    pub(crate) opens: bool,
    /// A closing parenthesis that the author did not write stands behind it.
    pub(crate) closes: bool,
}

impl<'t> Atom<'t> {
    pub(crate) fn start(self) -> u32 {
        self.node.range().start
    }

    pub(crate) fn end(self) -> u32 {
        self.node.range().end
    }

    /// The text of a keyword or mark; empty for everything else.
    pub(crate) fn token(self) -> &'t str {
        if self.node.kind() == Kind::Token {
            self.node.text()
        } else {
            ""
        }
    }

    pub(crate) fn parent_kind(self) -> Kind {
        self.node.parent().map_or(Kind::Root, Node::kind)
    }

    pub(crate) fn write(self, out: &mut String) {
        if self.opens {
            out.push('(');
        }
        out.push_str(self.node.text());
        if self.closes {
            out.push(')');
        }
    }
}

/// The atoms below a node, in order of the text. With `parentheses`, sums under `round` get some.
pub(crate) fn collect<'t>(within: Node<'t>, parentheses: bool) -> Vec<Atom<'t>> {
    let mut atoms: Vec<Atom<'t>> = Vec::new();
    let mut done = within.range().start;
    let mut starts: BTreeSet<u32> = BTreeSet::new();
    let mut ends: BTreeSet<u32> = BTreeSet::new();
    for node in within.descendants().skip(1) {
        let range = node.range();
        if range.start < done || range.is_empty() || node.kind().is_trivia() {
            continue;
        }
        if parentheses
            && let Some(rounding) = RoundingView::cast(node)
            && let Some(sum) = rounding.value().filter(|value| value.kind() == Kind::Sum)
        {
            starts.insert(sum.range().start);
            ends.insert(sum.range().end);
        }
        let whole = matches!(node.kind(), Kind::Error | Kind::String) || node.kind().is_row();
        if whole || node.is_leaf() {
            atoms.push(Atom {
                node,
                opens: starts.remove(&range.start),
                closes: false,
            });
            done = range.end;
        }
    }
    if !ends.is_empty() {
        for atom in &mut atoms {
            atom.closes = ends.contains(&atom.end());
        }
    }
    atoms
}

/// What stands between two atoms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gap<'t> {
    /// A comment at the end of the line of the atom before.
    pub(crate) trailing: Option<&'t str>,
    /// More than one column of white space before that comment, or before the atom behind.
    pub(crate) wide: bool,
    /// Comments on lines of their own, and whether a blank line stands before each.
    pub(crate) own: Vec<(bool, &'t str)>,
    /// The atom behind begins a line.
    pub(crate) line_break: bool,
    /// A blank line stands directly before the atom behind.
    pub(crate) blank: bool,
}

/// Reads a gap; `None` if it holds anything but blanks, tabs, line ends and comments.
pub(crate) fn gap(text: &str, first: bool) -> Option<Gap<'_>> {
    let mut gap = Gap::default();
    let mut line_ends = 0;
    for (kind, start, end) in scan::pieces(text) {
        let piece = text.get(start..end)?;
        match kind {
            Scanned::Whitespace => {
                if piece.contains('\u{feff}') {
                    return None;
                }
                line_ends += piece.matches('\n').count();
                gap.line_break |= line_ends > 0;
                if line_ends == 0 {
                    gap.wide = piece.len() > 1 || piece == "\t";
                }
            }
            Scanned::Comment | Scanned::DocComment => {
                let comment = piece.trim_end_matches([' ', '\t', '\r']);
                if line_ends == 0 && !first && gap.own.is_empty() {
                    gap.trailing = Some(comment);
                } else {
                    gap.own.push((line_ends > 1, comment));
                }
                line_ends = 0;
            }
            Scanned::Word | Scanned::Number | Scanned::Quote | Scanned::Mark => return None,
        }
    }
    gap.blank = line_ends > 1;
    Some(gap)
}
