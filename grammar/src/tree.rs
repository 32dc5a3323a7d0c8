//! The flat lossless tree of one declaration: arrays in preorder, leaves that concatenate to the text.
//!
//! It knows kinds and ranges, no meaning. Offsets are bytes relative to the text it was built from.

use std::fmt::Write as _;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::kind::Kind;

/// A range of bytes, `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextRange {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl TextRange {
    /// From byte offsets; files are far below 4 GiB (`MAX_FILE_BYTES`), larger offsets saturate.
    pub(crate) fn new(start: usize, end: usize) -> TextRange {
        TextRange {
            start: offset(start),
            end: offset(end),
        }
    }

    /// The text of the range, empty if it does not fit the text.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize)
            .unwrap_or_default()
    }

    /// The length in bytes.
    #[must_use]
    pub fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// Nothing in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

pub(crate) fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// One entry of the preorder array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Index one past the last entry of the subtree.
    pub(crate) subtree_end: u32,
    pub(crate) parent: u32,
}

#[derive(Debug)]
struct TreeData {
    text: Box<str>,
    entries: Box<[Entry]>,
}

/// The tree of one declaration. Cheap to clone, compare and hash; equal text gives equal trees.
#[derive(Clone, Debug)]
pub struct Tree {
    data: Arc<TreeData>,
}

impl PartialEq for Tree {
    fn eq(&self, other: &Tree) -> bool {
        Arc::ptr_eq(&self.data, &other.data)
            || (self.data.text == other.data.text && self.data.entries == other.data.entries)
    }
}

impl Eq for Tree {}

impl Hash for Tree {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.data.text.hash(state);
    }
}

impl Tree {
    pub(crate) fn new(text: &str, entries: Vec<Entry>) -> Tree {
        Tree {
            data: Arc::new(TreeData {
                text: text.into(),
                entries: entries.into(),
            }),
        }
    }

    /// The root node, of kind `Root`.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        Node {
            tree: self,
            index: 0,
        }
    }

    /// The declaration node under the root, if its keyword was readable.
    #[must_use]
    pub fn declaration(&self) -> Option<Node<'_>> {
        self.root()
            .nodes()
            .find(|node| node.kind().is_declaration())
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.data.text
    }

    /// Number of nodes, leaves included.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.data.entries.len()
    }

    /// Nodes in brackets, tokens and leaves as their text, trivia left out: for snapshots.
    #[must_use]
    pub fn sexpr(&self) -> String {
        let mut out = String::new();
        let mut open: Vec<usize> = Vec::new();
        for (index, entry) in self.data.entries.iter().enumerate() {
            while open.last().is_some_and(|end| *end <= index) {
                open.pop();
                out.push(')');
            }
            if entry.kind.is_trivia() {
                continue;
            }
            if !out.is_empty() {
                out.push(' ');
            }
            let text = TextRange {
                start: entry.start,
                end: entry.end,
            }
            .of(self.text());
            if entry.kind == Kind::Token {
                let _ = write!(out, "{text:?}");
            } else if entry.kind.is_leaf() {
                let _ = write!(out, "{}:{text}", entry.kind.name());
            } else {
                let _ = write!(out, "({}", entry.kind.name());
                open.push(entry.subtree_end as usize);
            }
        }
        out.extend(std::iter::repeat_n(')', open.len()));
        out
    }

    fn entry(&self, index: u32) -> Entry {
        // An index comes from a walk over this very tree; a default keeps the accessors total.
        self.data
            .entries
            .get(index as usize)
            .copied()
            .unwrap_or(Entry {
                kind: Kind::Error,
                start: 0,
                end: 0,
                subtree_end: index.saturating_add(1),
                parent: 0,
            })
    }
}

/// A node of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node<'t> {
    tree: &'t Tree,
    index: u32,
}

impl<'t> Node<'t> {
    /// What it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.tree.entry(self.index).kind
    }

    /// Its place in the preorder of the tree; stable for equal text.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// Where it is, without the trivia before and after it.
    #[must_use]
    pub fn range(self) -> TextRange {
        let entry = self.tree.entry(self.index);
        TextRange {
            start: entry.start,
            end: entry.end,
        }
    }

    /// Its text, inner trivia included.
    #[must_use]
    pub fn text(self) -> &'t str {
        self.range().of(self.tree.text())
    }

    /// All children: nodes, leaves, tokens and trivia.
    pub fn children(self) -> impl Iterator<Item = Node<'t>> + Clone {
        let end = self.tree.entry(self.index).subtree_end;
        Children {
            tree: self.tree,
            next: self.index.saturating_add(1),
            end,
        }
    }

    /// Children without tokens and trivia.
    pub fn nodes(self) -> impl Iterator<Item = Node<'t>> + Clone {
        self.children()
            .filter(|node| node.kind() != Kind::Token && !node.kind().is_trivia())
    }

    /// The first child of a kind.
    #[must_use]
    pub fn child(self, kind: Kind) -> Option<Node<'t>> {
        self.children_of(kind).next()
    }

    /// The children of a kind.
    pub fn children_of(self, kind: Kind) -> impl Iterator<Item = Node<'t>> + Clone {
        self.children().filter(move |node| node.kind() == kind)
    }

    /// The first child token with this text.
    #[must_use]
    pub fn token(self, text: &str) -> Option<Node<'t>> {
        self.tokens().find(|node| node.text() == text)
    }

    /// The child tokens: keywords and punctuation.
    pub fn tokens(self) -> impl Iterator<Item = Node<'t>> + Clone {
        self.children_of(Kind::Token)
    }

    /// The node around it; `None` for the root.
    #[must_use]
    pub fn parent(self) -> Option<Node<'t>> {
        let parent = self.tree.entry(self.index).parent;
        (self.index > 0).then_some(Node {
            tree: self.tree,
            index: parent,
        })
    }

    /// Itself and everything below it, depth first, in order of the text.
    pub fn descendants(self) -> impl Iterator<Item = Node<'t>> + Clone {
        let tree = self.tree;
        (self.index..tree.entry(self.index).subtree_end).map(move |index| Node { tree, index })
    }

    /// No children.
    #[must_use]
    pub fn is_leaf(self) -> bool {
        self.tree.entry(self.index).subtree_end == self.index.saturating_add(1)
    }
}

#[derive(Clone)]
struct Children<'t> {
    tree: &'t Tree,
    next: u32,
    end: u32,
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.next >= self.end {
            return None;
        }
        let node = Node {
            tree: self.tree,
            index: self.next,
        };
        self.next = self.tree.entry(self.next).subtree_end;
        Some(node)
    }
}
