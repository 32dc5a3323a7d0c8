//! Expressions: the ladder of operators, terms and what begins with a word.
//!
//! Each kind of node has its own small function, so that the frame of the recursion stays small.

use assize_grammar::{Kind, Node};

use super::super::{
    Arg, ArithmeticOp, Carrying, CompareOp, CountedHow, DimAtom, DimExpr, Expr, ExprKind, ListItem,
    Name, Path, ShareExpr, Span, TypeExpr, TypeKind,
};
use super::{Lower, MAX_EXPRESSION_LEVELS, after, code, error_at, name, path, span};

impl Lower {
    pub(super) fn expr(&mut self, node: Node<'_>) -> Expr {
        if self.level >= MAX_EXPRESSION_LEVELS {
            return self.too_deep(node);
        }
        self.level = self.level.saturating_add(1);
        let made = match node.kind() {
            Kind::Paren => self.only_child(node),
            Kind::Sum | Kind::Product => self.arithmetic(node),
            Kind::Term => self.term(node),
            Kind::Updated => self.updated(node),
            Kind::String => self.text(node),
            Kind::Date | Kind::Percent | Kind::Decimal | Kind::Measure => self.number(node),
            _ => Expr {
                kind: Box::new(self.kind(node)),
                span: span(node),
            },
        };
        self.level = self.level.saturating_sub(1);
        made
    }

    /// Makes a chain of `signs` operators: its first operand is the deepest, and whoever makes the
    /// chain comes up by one level behind each sign.
    fn chain(
        &mut self,
        signs: usize,
        node: Node<'_>,
        make: impl FnOnce(&mut Lower) -> Expr,
    ) -> Expr {
        let outer = self.level;
        self.level = outer.saturating_add(u32::try_from(signs).unwrap_or(u32::MAX));
        // The operands are one level deeper still.
        let made = if self.level < MAX_EXPRESSION_LEVELS {
            make(self)
        } else {
            self.too_deep(node)
        };
        self.level = outer;
        made
    }

    fn too_deep(&mut self, node: Node<'_>) -> Expr {
        let claim = "this is nested too deeply".to_owned();
        let fault = self.fault(code::TOO_MANY_LEVELS, node.range(), claim);
        fault.because.push(format!(
            "an expression has up to {MAX_EXPRESSION_LEVELS} levels, and each sign of a chain is one"
        ));
        fault.instead = Some("name a part of it with `let`, or make it a list".into());
        error_at(span(node))
    }

    fn kind(&mut self, node: Node<'_>) -> ExprKind {
        match node.kind() {
            Kind::Name => ExprKind::Name(name(node)),
            Kind::Missing => ExprKind::Missing,
            Kind::DefaultValue => ExprKind::Default,
            Kind::Boolean => ExprKind::Bool(node.text() == "true"),
            Kind::Not => ExprKind::Not(self.only_child(node)),
            Kind::Negative => ExprKind::Negate(self.only_child(node)),
            Kind::Stop => ExprKind::Stop(self.only_child(node)),
            Kind::And => ExprKind::And(self.all(node)),
            Kind::Or => ExprKind::Or(self.all(node)),
            Kind::Comparison => self.comparison(node),
            Kind::List => self.list(node),
            Kind::Otherwise => self.otherwise(node),
            Kind::IfThen => self.if_then(node),
            Kind::Block => self.block(node),
            Kind::Rounding => self.rounding(node),
            Kind::Share => self.share(node),
            Kind::Counted => self.counted(node),
            Kind::ForEach => self.for_each(node),
            Kind::Aggregate => self.aggregate(node),
            Kind::Group => self.group(node),
            Kind::Exists => self.exists(node),
            Kind::Every => self.every(node),
            _ => ExprKind::Error,
        }
    }

    pub(super) fn expr_or_error(&mut self, node: Option<Node<'_>>, place: Span) -> Expr {
        match node {
            Some(node) => self.expr(node),
            None => error_at(place),
        }
    }

    /// The expression that a node holds besides its words.
    pub(super) fn only_child(&mut self, node: Node<'_>) -> Expr {
        self.expr_or_error(node.nodes().next(), after(node))
    }

    fn all(&mut self, node: Node<'_>) -> Vec<Expr> {
        node.nodes().map(|part| self.expr(part)).collect()
    }

    fn next(&mut self, parts: &mut dyn Iterator<Item = Node<'_>>, node: Node<'_>) -> Expr {
        let part = parts.next();
        self.expr_or_error(part, after(node))
    }

    /// `Sum` and `Product`: the signs bind from the left, `as` reads all that is before it.
    fn arithmetic(&mut self, node: Node<'_>) -> Expr {
        let operands = node.nodes().filter(|part| part.kind() != Kind::Dimension);
        let signs = operands.clone().count().saturating_sub(1);
        let dim = node.child(Kind::Dimension);
        self.chain(
            signs.saturating_add(usize::from(dim.is_some())),
            node,
            |lower| {
                let mut operands = operands;
                let mut left = lower.next(&mut operands, node);
                let signs = node
                    .tokens()
                    .filter_map(|sign| Some((arithmetic_op(sign.text())?, sign)));
                for ((op, sign), operand) in signs.zip(operands) {
                    let right = lower.expr(operand);
                    lower.level = lower.level.saturating_sub(1);
                    // From the node, not from the left operand: that may have lost its parentheses.
                    let span = Span {
                        end: operand.range().end,
                        ..span(node)
                    };
                    let op_span = super::span(sign);
                    let kind = ExprKind::Arithmetic {
                        op,
                        left,
                        right,
                        op_span,
                    };
                    left = Expr {
                        kind: Box::new(kind),
                        span,
                    };
                }
                match dim {
                    Some(dim) => {
                        let span = Span {
                            end: dim.range().end,
                            ..span(node)
                        };
                        let kind = ExprKind::As {
                            value: left,
                            dim: lower.dimension(dim),
                        };
                        Expr {
                            kind: Box::new(kind),
                            span,
                        }
                    }
                    None => left,
                }
            },
        )
    }

    fn comparison(&mut self, node: Node<'_>) -> ExprKind {
        let mut parts = node.nodes();
        let left = self.next(&mut parts, node);
        let Some(sign) = node.tokens().next() else {
            return ExprKind::Error;
        };
        let right = self.next(&mut parts, node);
        let negated = node.token("not").is_some();
        match sign.text() {
            "is" => ExprKind::Is {
                negated,
                left,
                right,
            },
            "in" | "not" => ExprKind::In {
                negated,
                value: left,
                list: right,
            },
            "between" => {
                let high = self.next(&mut parts, node);
                ExprKind::Between {
                    value: left,
                    low: right,
                    high,
                }
            }
            "valid" => ExprKind::ValidOn {
                row: left,
                date: right,
            },
            text => match compare_op(text) {
                Some(op) => ExprKind::Compare {
                    op,
                    left,
                    right,
                    op_span: span(sign),
                },
                None => ExprKind::Error,
            },
        }
    }

    fn list(&mut self, node: Node<'_>) -> ExprKind {
        let item = |lower: &mut Lower, part: Node<'_>| {
            if part.kind() != Kind::Item {
                return ListItem {
                    value: lower.expr(part),
                    when: None,
                };
            }
            let mut parts = part.nodes();
            let value = lower.next(&mut parts, part);
            ListItem {
                value,
                when: Some(lower.next(&mut parts, part)),
            }
        };
        ExprKind::List(node.nodes().map(|part| item(self, part)).collect())
    }

    fn otherwise(&mut self, node: Node<'_>) -> ExprKind {
        let mut parts = node.nodes();
        let value = self.next(&mut parts, node);
        ExprKind::Otherwise {
            value,
            other: self.next(&mut parts, node),
        }
    }

    fn if_then(&mut self, node: Node<'_>) -> ExprKind {
        let mut parts = node.nodes();
        let cond = self.next(&mut parts, node);
        let then = self.next(&mut parts, node);
        ExprKind::If {
            cond,
            then,
            other: self.next(&mut parts, node),
        }
    }

    fn block(&mut self, node: Node<'_>) -> ExprKind {
        let lets = node
            .children_of(Kind::Let)
            .filter_map(|part| self.let_stmt(part))
            .collect();
        let body = node.nodes().find(|part| part.kind() != Kind::Let);
        ExprKind::Let {
            lets,
            body: self.expr_or_error(body, after(node)),
        }
    }

    fn rounding(&mut self, node: Node<'_>) -> ExprKind {
        let mut parts = node.nodes();
        let value = self.next(&mut parts, node);
        let step = self.next(&mut parts, node);
        let using = node.child(Kind::Using).map(|part| self.only_child(part));
        let carrying = node.child(Kind::Carrying).map(|part| Carrying {
            per: part.child(Kind::Per).map(|per| self.only_child(per)),
            span: span(part),
        });
        ExprKind::Round {
            value,
            step,
            using,
            carrying,
        }
    }

    fn share(&mut self, node: Node<'_>) -> ExprKind {
        let mut parts = node.nodes();
        let total = self.next(&mut parts, node);
        let weight = self.next(&mut parts, node);
        let step = self.next(&mut parts, node);
        let using = node.child(Kind::Using).map(|part| self.only_child(part));
        let per = node.child(Kind::Per).map(|part| self.only_child(part));
        let rest = node
            .child(Kind::Rest)
            .and_then(|part| part.child(Kind::RestTo))
            .map(name);
        ExprKind::Share(Box::new(ShareExpr {
            total,
            weight,
            step,
            using,
            per,
            rest,
        }))
    }

    fn counted(&mut self, node: Node<'_>) -> ExprKind {
        let how = match node.tokens().next().map(Node::text) {
            Some("all") => CountedHow::All,
            Some("any") => CountedHow::Any,
            Some("none") => CountedHow::None,
            _ => match node.child(Kind::Count) {
                Some(count) => CountedHow::AtLeast(self.count(count)),
                None => return ExprKind::Error,
            },
        };
        let items = node
            .child(Kind::Conditions)
            .map(|items| self.all(items))
            .unwrap_or_default();
        ExprKind::Counted { how, items }
    }

    /// `parameter on date` and `record with (field: value)`.
    fn updated(&mut self, node: Node<'_>) -> Expr {
        self.chain(node.tokens().count(), node, |lower| {
            let mut parts = node.nodes();
            let mut base = lower.next(&mut parts, node);
            for part in parts {
                let span = Span {
                    end: part.range().end,
                    ..span(node)
                };
                let kind = if part.kind() == Kind::Args {
                    ExprKind::With {
                        base,
                        args: lower.args(part),
                    }
                } else {
                    ExprKind::On {
                        base,
                        date: lower.expr(part),
                    }
                };
                lower.level = lower.level.saturating_sub(1);
                base = Expr {
                    kind: Box::new(kind),
                    span,
                };
            }
            base
        })
    }

    /// Steps from the left: `.field`, `(arguments)`, `[keys]`.
    fn term(&mut self, node: Node<'_>) -> Expr {
        let steps = node.nodes().count().saturating_sub(1);
        self.chain(steps, node, |lower| {
            let mut parts = node.nodes();
            let mut base = lower.next(&mut parts, node);
            for part in parts {
                let span = Span {
                    end: part.range().end,
                    ..span(node)
                };
                let kind = match part.kind() {
                    Kind::Args => ExprKind::Call {
                        callee: base,
                        args: lower.args(part),
                    },
                    Kind::Index => ExprKind::Index {
                        base,
                        keys: lower.all(part),
                    },
                    _ => ExprKind::Field {
                        base,
                        name: name(part),
                    },
                };
                lower.level = lower.level.saturating_sub(1);
                base = Expr {
                    kind: Box::new(kind),
                    span,
                };
            }
            base
        })
    }

    fn args(&mut self, node: Node<'_>) -> Vec<Arg> {
        let arg = |lower: &mut Lower, part: Node<'_>| {
            if part.kind() != Kind::NamedArg {
                return Arg {
                    name: None,
                    value: lower.expr(part),
                };
            }
            let mut parts = part.nodes();
            let word = parts.next().map(name);
            Arg {
                name: word,
                value: lower.next(&mut parts, part),
            }
        };
        node.nodes().map(|part| arg(self, part)).collect()
    }

    pub(super) fn dimension(&mut self, node: Node<'_>) -> DimExpr {
        let mut atoms = node.children_of(Kind::DimensionAtom).map(dimension_atom);
        let over = atoms.next().unwrap_or(DimAtom::Error);
        DimExpr {
            over,
            per: atoms.next(),
            span: span(node),
        }
    }

    pub(super) fn type_expr(&mut self, node: Node<'_>) -> TypeExpr {
        let kind = match (node.child(Kind::Type), node.child(Kind::Path)) {
            (Some(element), _) => TypeKind::List(Box::new(self.type_expr(element))),
            (None, Some(word)) => TypeKind::Named(path(word)),
            (None, None) => TypeKind::Error,
        };
        TypeExpr {
            kind,
            optional: node.token("?").is_some(),
            span: span(node),
        }
    }
}

fn dimension_atom(node: Node<'_>) -> DimAtom {
    match node.child(Kind::Name).map(name) {
        None => DimAtom::Error,
        Some(currency) if node.token("money").is_some() => DimAtom::Money(currency),
        Some(word) => DimAtom::Named(word),
    }
}

/// A dotted path as a name and its fields.
pub(super) fn path_expr(path: Path) -> Option<Expr> {
    let mut parts = path.parts.into_iter();
    let first = parts.next()?;
    let bare = |word: Name| Expr {
        span: word.span,
        kind: Box::new(ExprKind::Name(word)),
    };
    Some(parts.fold(bare(first), |base, name| {
        let span = base.span.to(name.span);
        Expr {
            kind: Box::new(ExprKind::Field { base, name }),
            span,
        }
    }))
}

fn arithmetic_op(sign: &str) -> Option<ArithmeticOp> {
    Some(match sign {
        "+" => ArithmeticOp::Add,
        "-" => ArithmeticOp::Subtract,
        "*" => ArithmeticOp::Multiply,
        "/" => ArithmeticOp::Divide,
        _ => return None,
    })
}

pub(super) fn compare_op(sign: &str) -> Option<CompareOp> {
    Some(match sign {
        "<" => CompareOp::Less,
        "<=" => CompareOp::LessOrEqual,
        ">" => CompareOp::Greater,
        ">=" => CompareOp::GreaterOrEqual,
        "=" => CompareOp::Equal,
        "!=" => CompareOp::NotEqual,
        _ => return None,
    })
}
