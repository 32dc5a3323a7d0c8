//! A page as Markdown: what it cannot draw it lists.

use super::page::{Block, Branch, Entry, Inline, Line, Link, Page, Piece, Table};

/// The text of a page.
pub fn page(page: &Page, package: &str) -> String {
    let mut writer = Writer {
        out: String::new(),
        page: &page.file,
    };
    if page.file != "index" {
        let home = Link {
            page: "index".to_owned(),
            anchor: String::new(),
        };
        writer.paragraph(&vec![Inline::Link(package.to_owned(), home)]);
    }
    writer.raw("# ");
    let title = escaped(&page.title);
    writer.raw(&title);
    writer.raw("\n\n");
    if !page.below.is_empty() {
        let mut line = page.below.clone();
        line.insert(0, Inline::Text(format!("{} ", capital(page.kind))));
        writer.paragraph(&line);
    }
    for block in &page.blocks {
        writer.block(block);
    }
    let mut out = writer.out.trim_end().to_owned();
    out.push('\n');
    out
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

struct Writer<'p> {
    out: String,
    page: &'p str,
}

/// Words that Markdown must not read as its own signs.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Text in backticks, as many as it takes.
fn ticked(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let room = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{room}{text}{room}{ticks}")
}

impl Writer<'_> {
    fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn href(&self, to: &Link) -> String {
        let mut out = String::new();
        if to.page != self.page {
            out.push_str(&to.page);
            out.push_str(".md");
        }
        if !to.anchor.is_empty() {
            out.push('#');
            out.push_str(&to.anchor);
        }
        out.replace(' ', "%20")
    }

    fn line(&self, line: &Line) -> String {
        let mut out = String::new();
        for inline in line {
            match inline {
                Inline::Text(text) => out.push_str(&escaped(text)),
                Inline::Strong(text) => {
                    out.push_str("**");
                    out.push_str(&escaped(text));
                    out.push_str("**");
                }
                Inline::Quiet(text) => out.push_str(&escaped(text)),
                Inline::Code(pieces) => out.push_str(&self.code(pieces)),
                Inline::Link(text, to) => {
                    out.push_str(&format!("[{}]({})", escaped(text), self.href(to)));
                }
                Inline::Break => out.push_str("<br/>"),
            }
        }
        out
    }

    /// A single name leads to its declaration; longer texts stay whole.
    fn code(&self, pieces: &[Piece]) -> String {
        if let [piece] = pieces
            && let Some(to) = &piece.to
        {
            return format!("[{}]({})", ticked(&piece.text), self.href(to));
        }
        // Comments would swallow what follows them on the one line.
        let text: String = pieces
            .iter()
            .filter(|piece| !piece.comment)
            .map(|piece| piece.text.as_str())
            .collect();
        let words: Vec<&str> = text.split('\n').map(str::trim).collect();
        let text = words.join(" ").trim().to_owned();
        if text.is_empty() {
            String::new()
        } else {
            ticked(&text)
        }
    }

    fn paragraph(&mut self, line: &Line) {
        let text = self.line(line);
        // A number or sign at the start of a line would begin a list.
        let text = match text.chars().next() {
            Some('+' | '-') => format!("\\{text}"),
            _ => text,
        };
        self.raw(&text);
        self.raw("\n\n");
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Section { anchor, title } => {
                self.raw(&format!(
                    "<a id=\"{anchor}\"></a>\n\n## {}\n\n",
                    escaped(title)
                ));
            }
            Block::Entry(entry) => self.entry(entry),
            Block::Heading(words) => self.raw(&format!("#### {}\n\n", escaped(words))),
            Block::Paragraph(line) | Block::Remark(line) => self.paragraph(line),
            Block::Facts(facts) => {
                for (name, line) in facts {
                    let text = self.line(line);
                    self.raw(&format!("* {}: {text}\n", escaped(name)));
                }
                self.raw("\n");
            }
            Block::Table(table) => self.table(table),
            Block::Code(pieces) => {
                let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
                self.fence("assize", &text);
            }
            Block::Json(text) => self.fence("json", text),
            Block::Tree(branches) => {
                for branch in branches {
                    self.paragraph(&branch.label);
                    let mut drawn = String::new();
                    draw(&branch.below, "", &mut drawn);
                    self.fence("text", &drawn);
                }
            }
            Block::Graph(graph) => self.list(&graph.list(), 0),
        }
    }

    fn entry(&mut self, entry: &Entry) {
        let (kind, name) = (capital(entry.kind), escaped(&entry.name));
        self.raw(&format!(
            "<a id=\"{}\"></a>\n\n### {kind} {name}\n\n",
            entry.anchor
        ));
        for block in &entry.blocks {
            self.block(block);
        }
    }

    fn fence(&mut self, language: &str, text: &str) {
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        self.raw(&format!(
            "{fence}{language}\n{}\n{fence}\n\n",
            text.trim_end()
        ));
    }

    fn list(&mut self, branches: &[Branch], depth: usize) {
        for branch in branches {
            let text = self.line(&branch.label);
            self.raw(&format!("{}* {text}\n", "  ".repeat(depth)));
            self.list(&branch.below, depth + 1);
        }
        if depth == 0 {
            self.raw("\n");
        }
    }

    fn table(&mut self, table: &Table) {
        if !table.caption.is_empty() {
            self.paragraph(&table.caption);
        }
        // A pipe ends a cell even between backticks.
        let cell = |line: &Line, writer: &Self| {
            let text = writer.line(line);
            let mut out = String::with_capacity(text.len());
            let mut last = ' ';
            for c in text.chars() {
                if c == '|' && last != '\\' {
                    out.push('\\');
                }
                out.push(c);
                last = c;
            }
            out
        };
        let rows: Vec<Vec<String>> = std::iter::once(&table.head)
            .chain(&table.rows)
            .map(|row| row.iter().map(|line| cell(line, self)).collect())
            .collect();
        let count = table.head.len();
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
                .max(3)
        };
        let widths: Vec<usize> = (0..count).map(width).collect();
        for (index, row) in rows.iter().enumerate() {
            for (cell, width) in row.iter().zip(&widths) {
                self.raw(&format!("| {cell:width$} "));
            }
            self.raw("|\n");
            if index == 0 {
                for width in &widths {
                    self.raw(&format!("| {} ", "-".repeat(*width)));
                }
                self.raw("|\n");
            }
        }
        self.raw("\n");
    }
}

/// A tree in characters.
fn draw(branches: &[Branch], indent: &str, out: &mut String) {
    for (index, branch) in branches.iter().enumerate() {
        let last = index + 1 == branches.len();
        out.push_str(indent);
        out.push_str(if last { "└─ " } else { "├─ " });
        for inline in &branch.label {
            match inline {
                Inline::Text(text) | Inline::Strong(text) | Inline::Quiet(text) => {
                    out.push_str(text)
                }
                Inline::Code(pieces) => pieces.iter().for_each(|piece| out.push_str(&piece.text)),
                Inline::Link(text, _) => out.push_str(text),
                Inline::Break => {}
            }
        }
        out.push('\n');
        let indent = format!("{indent}{}", if last { "   " } else { "│  " });
        draw(&branch.below, &indent, out);
    }
}
