//! A page as one HTML file: everything is inside, nothing is loaded, nothing runs.

use super::graph::{Graph, MAX_DRAWN};
use super::layout::layout;
use super::page::{Block, Branch, Entry, Inline, Line, Link, Page, Piece, Table, TableStyle};

/// The style of all pages.
const STYLE: &str = include_str!("style.css");
/// Height of a node of a graph, in pixels.
const NODE_HEIGHT: i64 = 40;
/// Room left and right of the text in a node, in pixels.
const NODE_PADDING: i64 = 12;
/// Tenths of a pixel that a letter of a node takes.
const LETTER_TENTHS: i64 = 73;
/// Room around a graph, in pixels.
const MARGIN: i64 = 4;

/// The text of a page.
pub fn page(page: &Page, package: &str) -> String {
    let mut writer = Writer {
        out: String::new(),
        page: &page.file,
    };
    writer.page(page, package);
    writer.out
}

struct Writer<'p> {
    out: String,
    page: &'p str,
}

/// Text in HTML.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // No character that XML has no way to write.
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

impl Writer<'_> {
    fn raw(&mut self, html: &str) {
        self.out.push_str(html);
    }

    fn text(&mut self, text: &str) {
        escape(text, &mut self.out);
    }

    fn element(&mut self, tag: &str, text: &str) {
        self.raw(&format!("<{tag}>"));
        self.text(text);
        self.raw(&format!("</{tag}>"));
    }

    fn page(&mut self, page: &Page, package: &str) {
        self.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n");
        self.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
        let title = if page.title == package {
            package.to_owned()
        } else {
            format!("{} · {package}", page.title)
        };
        self.element("title", &title);
        self.raw("\n<style>\n");
        self.raw(STYLE);
        self.raw("</style>\n</head>\n<body>\n");
        self.contents(page, package);
        self.raw("<main>\n<header>\n<p class=\"kind\">");
        self.text(page.kind);
        self.raw("</p>\n");
        self.element("h1", &page.title);
        self.raw("\n<p class=\"below\">");
        self.line(&page.below);
        self.raw("</p>\n</header>\n");
        let mut open = false;
        for block in &page.blocks {
            if let Block::Section { anchor, title } = block {
                if open {
                    self.raw("</section>\n");
                }
                open = true;
                self.raw("<section id=\"");
                self.text(anchor);
                self.raw("\">\n");
                self.element("h2", title);
                self.raw("\n");
            } else {
                self.block(block);
            }
        }
        if open {
            self.raw("</section>\n");
        }
        self.raw("</main>\n</body>\n</html>\n");
    }

    fn contents(&mut self, page: &Page, package: &str) {
        self.raw("<nav>\n<p class=\"home\">");
        let to = Link {
            page: "index".to_owned(),
            anchor: String::new(),
        };
        self.link(&to, package);
        self.raw("</p>\n<ul>\n");
        let mut open = false;
        for block in &page.blocks {
            match block {
                Block::Section { anchor, title } => {
                    if open {
                        self.raw("</ul></li>\n");
                    }
                    open = true;
                    self.raw("<li>");
                    let to = Link {
                        page: page.file.clone(),
                        anchor: anchor.clone(),
                    };
                    self.link(&to, title);
                    self.raw("<ul>");
                }
                Block::Entry(entry) if open && !matches!(entry.kind, "test" | "property") => {
                    self.raw("<li>");
                    let to = Link {
                        page: page.file.clone(),
                        anchor: entry.anchor.clone(),
                    };
                    self.link(&to, &entry.name);
                    self.raw("</li>");
                }
                _ => {}
            }
        }
        if open {
            self.raw("</ul></li>\n");
        }
        self.raw("</ul>\n</nav>\n");
        // A section without entries has no list below it.
        self.out = self.out.replace("<ul></ul>", "");
    }

    fn href(&self, to: &Link) -> String {
        let mut out = String::new();
        if to.page != self.page {
            out.push_str(&to.page);
            out.push_str(".html");
        }
        if !to.anchor.is_empty() {
            out.push('#');
            out.push_str(&to.anchor);
        } else if out.is_empty() {
            out.push('#');
        }
        let mut escaped = String::new();
        escape(&out, &mut escaped);
        escaped
    }

    fn link(&mut self, to: &Link, text: &str) {
        let href = self.href(to);
        self.raw(&format!("<a href=\"{href}\">"));
        self.text(text);
        self.raw("</a>");
    }

    fn line(&mut self, line: &Line) {
        for inline in line {
            match inline {
                Inline::Text(text) => self.text(text),
                Inline::Strong(text) => self.element("strong", text),
                Inline::Quiet(text) => {
                    self.raw("<span class=\"quiet\">");
                    self.text(text);
                    self.raw("</span>");
                }
                Inline::Code(pieces) => {
                    self.raw("<code>");
                    self.pieces(pieces);
                    self.raw("</code>");
                }
                Inline::Link(text, to) => self.link(to, text),
                Inline::Break => self.raw("<br/>"),
            }
        }
    }

    fn pieces(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            match &piece.to {
                Some(to) => self.link(to, &piece.text),
                None if piece.comment => {
                    self.raw("<i>");
                    self.text(&piece.text);
                    self.raw("</i>");
                }
                None => self.text(&piece.text),
            }
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Section { .. } => {}
            Block::Entry(entry) => self.entry(entry),
            Block::Heading(words) => self.element("h4", words),
            Block::Paragraph(line) => {
                let only_code = matches!(line.as_slice(), [Inline::Code(_)]);
                self.raw(if only_code {
                    "<p class=\"signature\">"
                } else {
                    "<p>"
                });
                self.line(line);
                self.raw("</p>");
            }
            Block::Remark(line) => {
                self.raw("<p class=\"remark\">");
                self.line(line);
                self.raw("</p>");
            }
            Block::Facts(facts) => {
                self.raw("<dl>");
                for (name, line) in facts {
                    self.element("dt", name);
                    self.raw("<dd>");
                    self.line(line);
                    self.raw("</dd>");
                }
                self.raw("</dl>");
            }
            Block::Table(table) => self.table(table),
            Block::Code(pieces) => {
                self.raw("<pre><code>");
                self.pieces(pieces);
                self.raw("</code></pre>");
            }
            Block::Json(text) => {
                self.raw("<pre class=\"json\"><code>");
                self.text(text);
                self.raw("</code></pre>");
            }
            Block::Tree(branches) => {
                for branch in branches {
                    self.raw("<div class=\"tree\"><p class=\"remark\">");
                    self.line(&branch.label);
                    self.raw("</p>");
                    self.branches(&branch.below);
                    self.raw("</div>");
                }
            }
            Block::Graph(graph) => self.graph(graph),
        }
        self.raw("\n");
    }

    fn entry(&mut self, entry: &Entry) {
        self.raw("<article id=\"");
        self.text(&entry.anchor);
        self.raw(&format!(
            "\" class=\"{}\">\n<h3><span class=\"kind\">",
            entry.kind
        ));
        self.text(entry.kind);
        self.raw("</span> ");
        self.text(&entry.name);
        self.raw("</h3>\n");
        for block in &entry.blocks {
            self.block(block);
        }
        self.raw("</article>");
    }

    fn branches(&mut self, branches: &[Branch]) {
        if branches.is_empty() {
            return;
        }
        self.raw("<ul>");
        for branch in branches {
            self.raw("<li>");
            self.line(&branch.label);
            self.branches(&branch.below);
            self.raw("</li>");
        }
        self.raw("</ul>");
    }

    fn table(&mut self, table: &Table) {
        let (class, heads, asked) = match table.style {
            TableStyle::Plain => ("plain", 0, usize::MAX),
            TableStyle::Rules { named, inputs } => {
                ("rules", usize::from(named), usize::from(named) + inputs)
            }
            TableStyle::Grid { named, heads } => (
                "grid",
                usize::from(named) + heads,
                usize::from(named) + heads,
            ),
        };
        self.raw(&format!("<div class=\"wide\"><table class=\"{class}\">"));
        if !table.caption.is_empty() {
            self.raw("<caption>");
            self.line(&table.caption);
            self.raw("</caption>");
        }
        let answer = |index: usize| {
            if index == asked {
                " class=\"answer\""
            } else {
                ""
            }
        };
        self.raw("<thead><tr>");
        for (index, line) in table.head.iter().enumerate() {
            self.raw(&format!("<th scope=\"col\"{}>", answer(index)));
            self.line(line);
            self.raw("</th>");
        }
        self.raw("</tr></thead>\n<tbody>\n");
        for row in &table.rows {
            self.raw("<tr>");
            for (index, line) in row.iter().enumerate() {
                let tag = if index < heads { "th" } else { "td" };
                let scope = if index < heads { " scope=\"row\"" } else { "" };
                self.raw(&format!("<{tag}{scope}{}>", answer(index)));
                self.line(line);
                self.raw(&format!("</{tag}>"));
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody></table></div>");
    }

    fn graph(&mut self, graph: &Graph) {
        if graph.nodes.len() > MAX_DRAWN {
            return self.branches(&graph.list());
        }
        let sizes: Vec<(i64, i64)> = graph
            .nodes
            .iter()
            .map(|node| {
                let letters = i64::try_from(node.label.chars().count()).unwrap_or(i64::MAX / 100);
                (letters * LETTER_TENTHS / 10 + 2 * NODE_PADDING, NODE_HEIGHT)
            })
            .collect();
        let picture = layout(&sizes, &graph.edges);
        let (width, height) = (picture.size.0 + 2 * MARGIN, picture.size.1 + 2 * MARGIN);
        self.raw(&format!(
            "<div class=\"wide\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\"><title>"
        ));
        let name = graph
            .nodes
            .first()
            .map(|node| node.label.as_str())
            .unwrap_or_default();
        self.text(&format!("What {name} needs"));
        self.raw("</title>\n");
        for points in &picture.edges {
            self.edge(points);
        }
        for ((node, place), size) in graph.nodes.iter().zip(&picture.nodes).zip(&sizes) {
            let (x, y) = (place.0 + MARGIN, place.1 + MARGIN);
            let href = node.to.as_ref().map(|to| self.href(to));
            if let Some(href) = &href {
                self.raw(&format!("<a href=\"{href}\">"));
            }
            // Data is rounded, as an input is in other notations of decisions.
            let round = if node.kind == "data" {
                NODE_HEIGHT / 2
            } else {
                4
            };
            let middle = x + size.0 / 2;
            self.raw(&format!(
                "<g class=\"{}\"><rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\" rx=\"{round}\"/>\
                 <text class=\"kind\" x=\"{middle}\" y=\"{}\">",
                node.kind,
                size.0,
                size.1,
                y + 14,
            ));
            self.text(node.kind);
            self.raw(&format!("</text><text x=\"{middle}\" y=\"{}\">", y + 30));
            self.text(&node.label);
            self.raw("</text></g>");
            if href.is_some() {
                self.raw("</a>");
            }
            self.raw("\n");
        }
        self.raw("</svg></div>");
    }

    /// A line through its waypoints, bent between columns.
    fn edge(&mut self, points: &[(i64, i64)]) {
        let mut path = String::new();
        let mut last: Option<(i64, i64)> = None;
        for (index, (x, y)) in points.iter().enumerate() {
            let (x, y) = (x + MARGIN, y + MARGIN);
            match last {
                None => path.push_str(&format!("M{x} {y}")),
                // Along a column and over to the next alternate.
                Some((from, height)) if index % 2 == 0 => {
                    let middle = (from + x) / 2;
                    path.push_str(&format!(" C{middle} {height} {middle} {y} {x} {y}"));
                }
                Some(_) => path.push_str(&format!(" L{x} {y}")),
            }
            last = Some((x, y));
        }
        self.raw(&format!("<path d=\"{path}\"/>\n"));
    }
}
