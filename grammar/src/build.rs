//! Builds the flat tree from pair records: fills the gaps between pairs with tokens and trivia.
//!
//! Invariant: entries are appended in preorder, and the leaves written so far cover the text from its
//! start to `cursor` without gap.

use crate::kind::Kind;
use crate::parser::PairRecord;
use crate::scan::{self, Scanned};
use crate::tree::{Entry, Tree, offset};

pub(crate) struct Builder<'t> {
    text: &'t str,
    entries: Vec<Entry>,
    open: Vec<u32>,
    cursor: usize,
    deepest: usize,
}

impl<'t> Builder<'t> {
    /// A builder with its root open.
    pub(crate) fn new(text: &'t str, expected_entries: usize) -> Builder<'t> {
        let entries = Vec::with_capacity(expected_entries.saturating_mul(3) + 8);
        let mut builder = Builder {
            text,
            entries,
            open: Vec::new(),
            cursor: 0,
            deepest: 0,
        };
        builder.push(Kind::Root, 0, 0);
        builder.open.push(0);
        builder
    }

    /// Takes the rest of the text and closes everything.
    pub(crate) fn finish(mut self) -> Tree {
        self.gap(self.text.len());
        while self.open.len() > 1 {
            self.close();
        }
        let count = offset(self.entries.len());
        if let Some(root) = self.entries.first_mut() {
            root.end = offset(self.text.len());
            root.subtree_end = count;
        }
        Tree::new(self.text, self.entries)
    }

    /// The greatest number of nodes that were open at a time.
    pub(crate) fn deepest(&self) -> usize {
        self.deepest
    }

    /// Opens a node at `start`; what stands before it goes to the node around it.
    pub(crate) fn open(&mut self, kind: Kind, start: usize) {
        self.gap(start);
        let index = offset(self.entries.len());
        self.push(kind, start, start);
        self.open.push(index);
        self.deepest = self.deepest.max(self.open.len());
    }

    /// Closes the innermost node where the text has been taken to; trivia behind that stays outside.
    pub(crate) fn close(&mut self) {
        let count = offset(self.entries.len());
        if self.open.len() > 1
            && let Some(index) = self.open.pop()
            && let Some(entry) = self.entries.get_mut(index as usize)
        {
            entry.end = offset(self.cursor).max(entry.start);
            entry.subtree_end = count;
        }
    }

    /// A leaf; what stands before it goes to the open node.
    pub(crate) fn leaf(&mut self, kind: Kind, start: usize, end: usize) {
        self.gap(start);
        self.push(kind, start, end);
        self.cursor = end;
    }

    /// Tokens and trivia up to `end`.
    pub(crate) fn gap(&mut self, end: usize) {
        self.scan_gap(end, true);
    }

    /// Tokens up to `end`, but not the trivia behind the last of them.
    fn solid_gap(&mut self, end: usize) {
        self.scan_gap(end, false);
    }

    fn scan_gap(&mut self, end: usize, all: bool) {
        let text = self.text;
        let mut end = end;
        if !all {
            // A comment may hold anything, so the last token is found from the front.
            let mut solid = self.cursor;
            for (kind, _, to) in scan::pieces(text.get(self.cursor..end).unwrap_or_default()) {
                if trivia_kind(kind).is_none() {
                    solid = self.cursor + to;
                }
            }
            end = solid;
        }
        while self.cursor < end {
            let Some((kind, length)) = text.get(self.cursor..end).and_then(scan::scan) else {
                return;
            };
            let start = self.cursor;
            self.cursor += length;
            match trivia_kind(kind) {
                Some(kind) => self.push(kind, start, self.cursor),
                None => self.push(Kind::Token, start, self.cursor),
            }
        }
    }

    /// Adds the pairs of one parse that began at byte `base` of the text.
    pub(crate) fn add_pairs(&mut self, pairs: &[PairRecord], base: usize) {
        let mut ends: Vec<(usize, usize)> = Vec::new(); // subtree end, byte end of open pairs
        for (index, pair) in pairs.iter().enumerate() {
            self.close_until(&mut ends, index);
            let Some(kind) = Kind::of(pair.rule) else {
                continue;
            };
            if kind.is_leaf() {
                self.leaf(kind, base + pair.start, base + pair.end);
                continue;
            }
            if kind.collapses() && pair.children == 1 && pair.child_at_start {
                continue;
            }
            self.open(kind, base + pair.start);
            ends.push((pair.subtree_end, base + pair.end));
        }
        self.close_until(&mut ends, pairs.len());
    }

    fn close_until(&mut self, ends: &mut Vec<(usize, usize)>, index: usize) {
        while let Some((_, end)) = ends.pop_if(|(subtree_end, _)| *subtree_end <= index) {
            self.solid_gap(end);
            self.close();
        }
    }

    /// An error node over `start..end`: its text as loose leaves.
    pub(crate) fn error(&mut self, start: usize, end: usize) {
        self.open(Kind::Error, start);
        self.loose(start, end);
        self.close();
    }

    /// Leaves for text that no rule took: words, numbers, strings and marks.
    pub(crate) fn loose(&mut self, start: usize, end: usize) {
        self.gap(start);
        while self.cursor < end {
            let Some(rest) = self.text.get(self.cursor..end) else {
                return;
            };
            let Some((kind, length)) = scan::scan(rest) else {
                return;
            };
            let at = self.cursor;
            match kind {
                Scanned::Word => self.leaf(Kind::Word, at, at + length),
                Scanned::Number => self.leaf(Kind::Decimal, at, at + length),
                Scanned::Quote => {
                    let (length, closed) = scan::string_length(rest);
                    let inner_end = at + length - usize::from(closed);
                    self.open(Kind::String, at);
                    self.leaf(Kind::Token, at, at + 1);
                    if inner_end > at + 1 {
                        self.leaf(Kind::TextPart, at + 1, inner_end);
                    }
                    if closed {
                        self.leaf(Kind::Token, inner_end, at + length);
                    }
                    self.close();
                }
                _ => self.gap(at + length),
            }
        }
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let index = offset(self.entries.len());
        self.entries.push(Entry {
            kind,
            start: offset(start),
            end: offset(end),
            subtree_end: index.saturating_add(1),
            parent: self.open.last().copied().unwrap_or(0),
        });
    }
}

fn trivia_kind(kind: Scanned) -> Option<Kind> {
    match kind {
        Scanned::Whitespace => Some(Kind::Whitespace),
        Scanned::Comment => Some(Kind::Comment),
        Scanned::DocComment => Some(Kind::DocComment),
        Scanned::Word | Scanned::Number | Scanned::Quote | Scanned::Mark => None,
    }
}
