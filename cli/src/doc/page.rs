//! What a page of the documentation says, before it becomes HTML or Markdown.

use super::graph::Graph;

/// A place on a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// File of the page, without its ending.
    pub page: String,
    /// The place on it; empty: its top.
    pub anchor: String,
}

/// A piece of the author's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Where the name leads.
    pub to: Option<Link>,
    /// Whether it is a comment.
    pub comment: bool,
}

/// A run of text inside a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// Words that stand out.
    Strong(String),
    /// Words beside the point.
    Quiet(String),
    /// The author's text.
    Code(Vec<Piece>),
    /// Words that lead somewhere.
    Link(String, Link),
    /// A new line.
    Break,
}

/// A line of text.
pub type Line = Vec<Inline>;

/// Words.
pub fn text(words: impl Into<String>) -> Inline {
    Inline::Text(words.into())
}

/// The author's text that leads nowhere.
pub fn code(words: impl Into<String>) -> Inline {
    Inline::Code(vec![Piece {
        text: words.into(),
        to: None,
        comment: false,
    }])
}

/// Lines parted by commas.
pub fn commas(parts: impl IntoIterator<Item = Line>) -> Line {
    joined(", ", parts)
}

/// Lines with something between them.
pub fn joined(between: &str, parts: impl IntoIterator<Item = Line>) -> Line {
    let mut out = Line::new();
    for part in parts {
        if !out.is_empty() {
            out.push(text(between));
        }
        out.extend(part);
    }
    out
}

/// Something with parts below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// What it says.
    pub label: Line,
    /// What is below.
    pub below: Vec<Branch>,
}

/// How a table is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TableStyle {
    /// Facts about things, one per row.
    Plain,
    /// The author's table: so many columns are a name, so many are asked; the rest is answered.
    Rules {
        /// A first column with the names of the rows.
        named: bool,
        /// Columns that are asked.
        inputs: usize,
    },
    /// The author's two-way table: so many columns head each row.
    Grid {
        /// A first column with the names of the rows.
        named: bool,
        /// Columns that head the row.
        heads: usize,
    },
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// What stands above it; may be empty.
    pub caption: Line,
    /// How it is drawn.
    pub style: TableStyle,
    /// The header.
    pub head: Vec<Line>,
    /// The rows.
    pub rows: Vec<Vec<Line>>,
}

/// A declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place.
    pub anchor: String,
    /// The word that declares it.
    pub kind: &'static str,
    /// Its name or title.
    pub name: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Begins a section.
    Section {
        /// Its place.
        anchor: String,
        /// Its title.
        title: String,
    },
    /// A declaration.
    Entry(Entry),
    /// Words that head what follows.
    Heading(String),
    /// A paragraph.
    Paragraph(Line),
    /// A paragraph beside the point.
    Remark(Line),
    /// Names and what is said about each.
    Facts(Vec<(String, Line)>),
    /// A table.
    Table(Table),
    /// The author's text.
    Code(Vec<Piece>),
    /// JSON.
    Json(String),
    /// What goes before what.
    Tree(Vec<Branch>),
    /// What needs what: a picture, or a nested list.
    Graph(Graph),
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Name of its file, without the ending.
    pub file: String,
    /// What it is about: `module`, `package`.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
    /// One line below the title.
    pub below: Line,
    /// What it says.
    pub blocks: Vec<Block>,
}
