//! From the tree of one declaration to its lines.

use super::INDENT_COLUMNS;
use super::atoms::{self, Atom, Gap};
use super::indent::{Placed, begins_line};
use super::lines::{Align, AlignKey, Line};
use super::rows::{self, RowCells};
use super::spacing;
use crate::kind::Kind;
use crate::tree::{TextRange, Tree};

/// How much is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Everything.
    Whole,
    /// No line breaks and no parentheses but the author's: for what could not be read in full.
    AsWritten,
}

pub(crate) struct Layout<'t> {
    pub(crate) lines: Vec<Line<'t>>,
    pub(crate) added_parentheses: bool,
}

/// The lines of a declaration; `None` if its text holds white space that is none of the language's.
pub(crate) fn lines(tree: &Tree, mode: Mode) -> Option<Layout<'_>> {
    let atoms = atoms::collect(tree.root(), mode == Mode::Whole);
    let mut writer = Writer {
        mode,
        placed: Placed::new(atoms.len()),
        lines: Vec::new(),
        line: Line::new(0, 0),
        line_start: 0,
        added_parentheses: false,
    };
    let mut before: Option<Atom<'_>> = None;
    for atom in atoms {
        let range = TextRange {
            start: before.map_or(0, Atom::end),
            end: atom.start(),
        };
        let source = range.of(tree.text());
        let gap = atoms::gap(source, before.is_none())?;
        writer.atom(before, atom, &gap, source);
        before = Some(atom);
    }
    let tail = TextRange {
        start: before.map_or(0, Atom::end),
        end: u32::try_from(tree.text().len()).ok()?,
    };
    writer.finish(&atoms::gap(tail.of(tree.text()), false)?)
}

struct Writer<'t> {
    mode: Mode,
    placed: Placed,
    lines: Vec<Line<'t>>,
    line: Line<'t>,
    /// Where the first atom of the line starts.
    line_start: u32,
    added_parentheses: bool,
}

impl<'t> Writer<'t> {
    fn atom(&mut self, before: Option<Atom<'t>>, atom: Atom<'t>, gap: &Gap<'t>, source: &str) {
        let begins = match before {
            None => true,
            Some(before) => {
                gap.line_break
                    || gap.trailing.is_some()
                    || (self.mode == Mode::Whole && begins_line(atom, before))
            }
        };
        if begins {
            self.begin(before, atom, gap);
        } else if let Some(before) = before {
            self.go_on(before, atom, gap, source);
        }
        self.placed.push(atom, self.line.indent, begins);
        self.added_parentheses |= atom.opens;
        if atom.node.kind().is_row() && begins && rows::is_plain(atom.node) {
            let parentheses = self.mode == Mode::Whole;
            let row = RowCells::new(atom.node, parentheses, &mut self.added_parentheses);
            self.line.row = Some(row);
        } else {
            atom.write(&mut self.line.content);
        }
    }

    fn begin(&mut self, before: Option<Atom<'t>>, atom: Atom<'t>, gap: &Gap<'t>) {
        if before.is_some() {
            self.end_line(gap);
        }
        let indent = if before.is_some() {
            self.placed.indent_of(atom)
        } else {
            0
        };
        let closes = matches!(atom.token(), ")" | "]");
        let comment_indent = if closes {
            indent + INDENT_COLUMNS
        } else {
            indent
        };
        for (blank, comment) in &gap.own {
            let blanks = usize::from(*blank && !self.lines.is_empty());
            self.lines
                .push(Line::comment(blanks, comment_indent, comment));
        }
        let blanks = usize::from(gap.blank && !self.lines.is_empty());
        self.line = Line::new(blanks, indent);
        self.line_start = atom.start();
    }

    fn go_on(&mut self, before: Atom<'t>, atom: Atom<'t>, gap: &Gap<'t>, source: &str) {
        let broken = [before, atom]
            .iter()
            .any(|atom| atom.node.kind() == Kind::Error);
        if broken {
            self.line.content.push_str(source);
            return;
        }
        if self.line.align.is_none()
            && let Some(key) = self.align_key(atom)
        {
            self.line.align = Some(Align {
                key,
                at: self.line.content.len(),
                wide: gap.wide,
            });
        }
        if spacing::blank_between(before, atom) {
            self.line.content.push(' ');
        }
    }

    /// What is aligned at this atom: the first mark of what begins the line.
    fn align_key(&self, atom: Atom<'t>) -> Option<AlignKey> {
        let owner = atom.node.parent()?;
        let leads = owner.range().start == self.line_start;
        match (atom.token(), owner.kind()) {
            (":", Kind::Field) => {
                let key = owner.parent().filter(|around| around.kind() == Kind::Key);
                let first = key.is_some_and(|key| {
                    key.range().start == self.line_start && key.child(Kind::Field) == Some(owner)
                });
                (leads || first).then_some(AlignKey::Field)
            }
            ("=", Kind::Let) if leads => Some(AlignKey::Let),
            ("=", Kind::NumberDecl) if leads && self.mode == Mode::Whole => Some(AlignKey::Number),
            ("=", Kind::EnumDecl) if leads && self.mode == Mode::Whole => Some(AlignKey::Enum),
            _ => None,
        }
    }

    fn end_line(&mut self, gap: &Gap<'t>) {
        let mut line = std::mem::take(&mut self.line);
        // A mark that ends its line is not aligned: what it introduces stands below.
        let ends = |align: Align| line.content.len() <= align.at + 2;
        if line.align.is_some_and(ends) {
            line.align = None;
        }
        line.trailing = gap.trailing.map(|comment| (comment, gap.wide));
        self.lines.push(line);
    }

    fn finish(mut self, gap: &Gap<'t>) -> Option<Layout<'t>> {
        self.end_line(gap);
        // A comment below the last atom belongs to the file, not to the declaration.
        gap.own.is_empty().then_some(Layout {
            lines: self.lines,
            added_parentheses: self.added_parentheses,
        })
    }
}
