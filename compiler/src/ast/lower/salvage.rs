//! Names and types from what the grammar refused, word by word.
//!
//! Only what others may refer to is looked for: parameters, results, fields, a `let`. A wrong guess
//! costs a follow-up fault, so a type that is not clearly a type is an error.

use assize_grammar::{Kind, Node};

use super::super::{
    DefineDecl, FieldDecl, Item, LetStmt, Name, ParamDecl, Path, RuleDecl, Span, TableBody,
    TableDecl, TypeExpr, TypeKind,
};
use super::decl::Header;
use super::{Lower, error_at, name, span};

/// The leaves of an error node, without trivia, read from the left.
pub(super) struct Loose<'t> {
    leaves: Vec<Node<'t>>,
    at: usize,
    /// The place behind the node.
    end: Span,
}

/// The first leaf of a node that is no trivia.
pub(super) fn first_leaf(node: Node<'_>) -> Option<Node<'_>> {
    node.descendants()
        .find(|leaf| leaf.is_leaf() && !leaf.kind().is_trivia())
}

impl<'t> Loose<'t> {
    pub(super) fn of(node: Node<'t>) -> Loose<'t> {
        let solid = |leaf: &Node<'_>| leaf.is_leaf() && !leaf.kind().is_trivia();
        let leaves = node.descendants().filter(solid).collect();
        Loose {
            leaves,
            at: 0,
            end: super::after(node),
        }
    }

    fn peek(&self, ahead: usize) -> Option<Node<'t>> {
        self.leaves.get(self.at.saturating_add(ahead)).copied()
    }

    fn peek_text(&self, ahead: usize) -> &'t str {
        self.peek(ahead).map(Node::text).unwrap_or_default()
    }

    /// The text of the next leaf, which is taken; empty at the end.
    pub(super) fn next_text(&mut self) -> &'t str {
        let text = self.peek_text(0);
        self.at = self.at.saturating_add(1);
        text
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.peek_text(0) == text;
        self.at = self.at.saturating_add(usize::from(found));
        found
    }

    fn is_word(&self, ahead: usize) -> bool {
        let word = |leaf: Node<'_>| matches!(leaf.kind(), Kind::Word | Kind::Name | Kind::Path);
        self.peek(ahead).is_some_and(word)
    }

    /// The next leaf if it is a word.
    pub(super) fn word(&mut self) -> Option<Name> {
        let leaf = self.peek(0).filter(|_| self.is_word(0))?;
        self.at = self.at.saturating_add(1);
        Some(name(leaf))
    }

    /// The word of a `name :`, both taken.
    fn labelled(&mut self) -> Option<Name> {
        let found = self.is_word(0) && self.peek_text(1) == ":";
        let word = if found { self.word() } else { None };
        self.take(":");
        word
    }

    /// A type, which ends the text or stands before one of `stops` or before a `name :`.
    fn type_before(&mut self, stops: &[&str]) -> TypeExpr {
        let ty = self.plain_type();
        let next = self.peek_text(0);
        let ends = next.is_empty() || stops.contains(&next) || self.peek_text(1) == ":";
        if ends {
            ty
        } else {
            TypeExpr {
                kind: TypeKind::Error,
                optional: false,
                ..ty
            }
        }
    }

    fn plain_type(&mut self) -> TypeExpr {
        let start = self.peek(0).map_or(self.end, span);
        let mut lists = 0_usize;
        while self.peek_text(0) == "list" && self.peek_text(1) == "of" {
            self.at = self.at.saturating_add(2);
            lists = lists.saturating_add(1);
        }
        let mut parts: Vec<Name> = self.word().into_iter().collect();
        while !parts.is_empty() && self.peek_text(0) == "." && self.is_word(1) {
            self.take(".");
            parts.extend(self.word());
        }
        let end = parts.last().map_or(start, |last| last.span);
        let bare = parts.len() == 1 && parts.iter().all(|part| &*part.text == "list");
        let kind = match parts.is_empty() || bare || lists > 1 {
            true => TypeKind::Error,
            false => TypeKind::Named(Path { parts }),
        };
        let span = start.to(end);
        let inner = TypeExpr {
            kind,
            optional: self.take("?"),
            span,
        };
        match lists {
            0 => inner,
            _ => TypeExpr {
                kind: TypeKind::List(Box::new(inner)),
                optional: false,
                span,
            },
        }
    }

    /// `let name` without its value.
    pub(super) fn broken_let(&mut self) -> Option<LetStmt> {
        if !self.take("let") {
            return None;
        }
        Some(LetStmt {
            name: self.word()?,
            ty: None,
            value: error_at(self.end),
        })
    }
}

impl Lower {
    /// `(name: Type, …) gives Type`, as far as it can be made out.
    pub(super) fn salvage_params(
        &mut self,
        leaves: &mut Loose<'_>,
    ) -> (Vec<ParamDecl>, Option<TypeExpr>) {
        let mut params = Vec::new();
        if leaves.take("(") {
            while !matches!(leaves.peek_text(0), "" | ")" | "gives") {
                // What is broken must not lose its mark.
                let sensitive = leaves.peek_text(1) != ":" && leaves.take("sensitive");
                if let Some(name) = leaves.labelled() {
                    let ty = leaves.type_before(&[",", ")", "gives"]);
                    params.push(ParamDecl {
                        name,
                        ty,
                        at_most: self.salvage_bound(leaves),
                        sensitive,
                    });
                } else {
                    // `a int`: without its colon, and of which type it is may be wrong.
                    let pair = leaves.is_word(1) && leaves.peek_text(1) != "gives";
                    let name = if pair { leaves.word() } else { None };
                    if let Some(name) = name {
                        let ty = leaves.type_before(&[",", ")", "gives"]);
                        params.push(ParamDecl {
                            name,
                            ty: TypeExpr {
                                kind: TypeKind::Error,
                                ..ty
                            },
                            at_most: self.salvage_bound(leaves),
                            sensitive,
                        });
                    } else {
                        leaves.next_text();
                    }
                }
            }
            leaves.take(")");
        }
        let result = leaves.take("gives").then(|| leaves.plain_type());
        (params, result)
    }

    /// `, at most 500`
    fn salvage_bound(&mut self, leaves: &mut Loose<'_>) -> Option<super::Count> {
        let words = [
            leaves.peek_text(0),
            leaves.peek_text(1),
            leaves.peek_text(2),
        ];
        if words != [",", "at", "most"] {
            return None;
        }
        let count = leaves.peek(3)?;
        let value = count.text().parse().ok()?;
        leaves.at = leaves.at.saturating_add(4);
        Some(super::Count {
            value: Some(value),
            span: span(count),
        })
    }

    /// The fields among the words of a part that could not be read.
    pub(super) fn salvage_fields(&mut self, leaves: &mut Loose<'_>) -> Vec<FieldDecl> {
        let mut fields = Vec::new();
        while leaves.peek(0).is_some() {
            // What is broken must not lose its mark.
            let sensitive = leaves.peek_text(1) != ":" && leaves.take("sensitive");
            if let Some(name) = leaves.labelled() {
                let ty = leaves.type_before(&[",", "="]);
                let at_most = self.salvage_bound(leaves);
                let default = leaves.take("=").then(|| error_at(leaves.end));
                fields.push(FieldDecl {
                    name,
                    ty,
                    at_most,
                    default,
                    doc: String::new(),
                    sensitive,
                });
            } else {
                leaves.next_text();
            }
        }
        fields
    }

    /// A function of a declaration that is one error, as when it is nested too deeply.
    pub(super) fn salvage_item(&mut self, error: Node<'_>) -> Item {
        let mut leaves = Loose::of(error);
        let keyword = leaves.next_text();
        let body = error_at(span(error));
        let Some(name) = leaves.word() else {
            return Item::Broken;
        };
        if keyword == "example" {
            return Item::Example { name, value: body };
        }
        let (params, result) = self.salvage_params(&mut leaves);
        let Header {
            name,
            params,
            result,
        } = Header {
            name,
            params,
            result,
        };
        match keyword {
            "define" => Item::Define(DefineDecl {
                name,
                params,
                result,
                body,
            }),
            "decision" => Item::Decision(DefineDecl {
                name,
                params,
                result,
                body,
            }),
            "rule" => Item::Rule(RuleDecl {
                name,
                params,
                result,
                as_of: Vec::new(),
                combine: Vec::new(),
                may_agree: None,
                open: None,
                default: Some(super::super::DefaultDecl {
                    span: body.span,
                    value: body,
                    because: None,
                }),
                exceptions: Vec::new(),
            }),
            "table" => Item::Table(TableDecl {
                name,
                params,
                result,
                as_of: Vec::new(),
                hit: None,
                body: TableBody::Error,
            }),
            _ => Item::Broken,
        }
    }
}
