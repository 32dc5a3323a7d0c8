//! From the lossless tree of one declaration to its abstract syntax.
//!
//! Total: a tree with `Error` nodes gives what can be read of it. Broken pieces become the `Error` of
//! their kind or are left out, and a declaration whose header is readable keeps its name, parameters
//! and result, so that others can still use it. It knows the shapes of trees and how literals are
//! spelt; it never looks a name up and knows no types.

mod clause;
mod decl;
mod expr;
mod literal;
mod query;
mod salvage;
mod table;

#[cfg(test)]
mod tests;

use assize_grammar::{Fault, FaultFix, Kind, Node, TextRange, Tree};

use super::{Count, Decl, Expr, ExprKind, Item, Name, Path, Span};

/// The deepest expression that is made, in levels; each operator of a chain is one more. It keeps
/// every walk over the result, dropping it included, within a small stack.
pub const MAX_EXPRESSION_LEVELS: u32 = 512;

/// Faults of literals and clauses that a tree without `Error` nodes may still have.
mod code {
    /// A number that does not fit its representation.
    pub const NUMBER_TOO_LONG: &str = "A0120";
    /// A date that is in no calendar.
    pub const NO_SUCH_DATE: &str = "A0121";
    /// A backslash before something that needs none.
    pub const UNKNOWN_ESCAPE: &str = "A0122";
    /// A clause that stands once stands twice.
    pub const SAID_TWICE: &str = "A0123";
    /// More levels than `MAX_EXPRESSION_LEVELS`.
    pub const TOO_MANY_LEVELS: &str = "A0124";
}

/// The abstract syntax of a declaration, and what is wrong with its literals and clauses. Spans and
/// ranges are bytes of the text the tree was made from. What the tree shows as `Error` is not told
/// again: the grammar tells it.
pub fn lower_declaration(tree: &Tree) -> (Decl, Vec<Fault>) {
    let mut lower = Lower {
        faults: Vec::new(),
        level: 0,
    };
    let root = tree.root();
    let decl = match tree.declaration() {
        Some(node) => {
            let item = lower.item(node);
            Decl {
                doc: declaration_doc(root, node),
                item,
                span: span(node),
            }
        }
        None => {
            let broken = root.nodes().next();
            let doc = broken
                .map(|node| declaration_doc(root, node))
                .unwrap_or_default();
            let item = broken.map_or(Item::Broken, |node| lower.salvage_item(node));
            Decl {
                doc,
                item,
                span: span(broken.unwrap_or(root)),
            }
        }
    };
    lower.faults.sort_by_key(|fault| fault.range);
    (decl, lower.faults)
}

/// What the lowering carries along.
struct Lower {
    faults: Vec<Fault>,
    /// Levels of expressions that are open.
    level: u32,
}

impl Lower {
    fn fault(&mut self, code: &'static str, range: TextRange, claim: String) -> &mut Fault {
        self.faults.push(Fault {
            code,
            range,
            claim,
            because: Vec::new(),
            instead: None,
            fixes: Vec::new(),
        });
        let last = self.faults.len().saturating_sub(1);
        #[expect(clippy::indexing_slicing, reason = "an element was pushed just before")]
        &mut self.faults[last]
    }

    /// Puts a clause into the place it has once; a second one is a fault and left out.
    fn once<T>(&mut self, place: &mut Option<T>, clause: Node<'_>, value: T) {
        if place.is_none() {
            *place = Some(value);
            return;
        }
        let mut words: Vec<&str> = clause.tokens().map(Node::text).collect();
        if clause.nodes().next().is_some() {
            words.truncate(1);
        }
        let range = clause.range();
        let claim = format!("`{}` is said twice", words.join(" "));
        let fault = self.fault(code::SAID_TWICE, range, claim);
        fault.because.push("only the first one counts".into());
        fault.instead = Some("keep one of them".into());
        if clause.kind() == Kind::Limit {
            // A comma belongs to it that stands outside.
            return;
        }
        fault.fixes.push(FaultFix {
            title: "remove the second one".into(),
            range,
            text: String::new(),
            certain: false,
        });
    }

    fn count(&mut self, node: Node<'_>) -> Count {
        let value = node.text().replace('_', "").parse().ok();
        if value.is_none() {
            let claim = format!("`{}` is more than can be counted", node.text());
            self.fault(code::NUMBER_TOO_LONG, node.range(), claim)
                .instead = Some(format!("write a number up to {}", u64::MAX));
        }
        Count {
            value,
            span: span(node),
        }
    }
}

fn span(node: Node<'_>) -> Span {
    let range = node.range();
    Span {
        start: range.start,
        end: range.end,
    }
}

/// From the start of the first node to the end of the last.
fn span_between(first: Node<'_>, last: Node<'_>) -> Span {
    span(first).to(span(last))
}

fn name(node: Node<'_>) -> Name {
    Name {
        text: node.text().into(),
        span: span(node),
    }
}

/// A leaf of words with dots between them.
fn path(node: Node<'_>) -> Path {
    let mut start = node.range().start;
    let part = |text: &str| {
        let end = start.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX));
        let part = Name {
            text: text.into(),
            span: Span { start, end },
        };
        start = end.saturating_add(1);
        part
    };
    Path {
        parts: node.text().split('.').map(part).collect(),
    }
}

fn paths(node: Node<'_>) -> Vec<Path> {
    node.children_of(Kind::Path).map(path).collect()
}

fn names(node: Node<'_>, kind: Kind) -> Vec<Name> {
    node.children_of(kind).map(name).collect()
}

fn error_at(span: Span) -> Expr {
    Expr {
        kind: Box::new(ExprKind::Error),
        span,
    }
}

/// The place right behind a node, for what is missing there.
fn after(node: Node<'_>) -> Span {
    let end = node.range().end;
    Span { start: end, end }
}

/// Documentation lines that stand directly above what comes next among some children.
#[derive(Default)]
struct DocLines {
    lines: Vec<String>,
    /// A line end was passed since the last token, so a comment has its line to itself.
    own_line: bool,
}

impl DocLines {
    /// Passes one child. What is neither trivia nor a mark takes the lines.
    fn pass(&mut self, node: Node<'_>) -> Option<String> {
        match node.kind() {
            Kind::DocComment => {
                if self.own_line {
                    let text = node.text();
                    let text = text.strip_prefix("///").unwrap_or(text);
                    self.lines
                        .push(text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned());
                }
                None
            }
            Kind::Whitespace => {
                let line_ends = node.text().matches('\n').count();
                self.own_line |= line_ends > 0;
                if line_ends > 1 {
                    self.lines.clear();
                }
                None
            }
            Kind::Comment => {
                self.lines.clear();
                None
            }
            _ => {
                self.own_line = false;
                Some(std::mem::take(&mut self.lines).join("\n"))
            }
        }
    }
}

/// The `///` lines above the declaration.
fn declaration_doc(root: Node<'_>, declaration: Node<'_>) -> String {
    let mut lines = DocLines {
        own_line: true,
        ..DocLines::default()
    };
    for child in root.children() {
        let doc = lines.pass(child);
        if child == declaration {
            return doc.unwrap_or_default();
        }
    }
    String::new()
}
