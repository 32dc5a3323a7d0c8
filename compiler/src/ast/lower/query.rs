//! Lists: queries, aggregates, groups and `for each`.

use assize_grammar::{Kind, Node};

use super::super::{
    AggregateHow, AggregateOf, Binder, Expr, ExprKind, ForEachExpr, ForEachResult, GroupExpr,
    LetStmt, OrderKey, Query, Step,
};
use super::{Lower, after, error_at, name, span, span_between};

impl Lower {
    /// `Let` and `Carry`; `None` when there is no name.
    pub(super) fn let_stmt(&mut self, node: Node<'_>) -> Option<LetStmt> {
        let mut parts = node.nodes();
        let word = parts.next().filter(|word| word.kind() == Kind::Name)?;
        let ty = node.child(Kind::Type).map(|ty| self.type_expr(ty));
        let value = parts.find(|part| part.kind() != Kind::Type);
        let value = self.expr_or_error(value, after(node));
        Some(LetStmt {
            name: name(word),
            ty,
            value,
        })
    }

    pub(super) fn for_each(&mut self, node: Node<'_>) -> ExprKind {
        let mut steps = Vec::new();
        let mut query = None;
        let mut result = None;
        for child in node.nodes() {
            match child.kind() {
                Kind::Query => query = Some(self.query(child)),
                Kind::Let => steps.extend(self.let_stmt(child).map(Step::Let)),
                Kind::Carry => steps.extend(self.let_stmt(child).map(Step::Carry)),
                Kind::Next => {
                    let mut parts = child.nodes();
                    let word = parts.next().map(name);
                    let value = self.expr_or_error(parts.next(), after(child));
                    steps.extend(word.map(|name| Step::Next { name, value }));
                }
                Kind::Give => result = Some(ForEachResult::Give(self.only_child(child))),
                Kind::Finally => result = Some(ForEachResult::Finally(self.only_child(child))),
                _ => {}
            }
        }
        match (query, result) {
            (Some(query), Some(result)) => ExprKind::ForEach(Box::new(ForEachExpr {
                query,
                steps,
                result,
            })),
            _ => ExprKind::Error,
        }
    }

    pub(super) fn query(&mut self, node: Node<'_>) -> Query {
        let mut query = self.binders(node);
        query.span = span(node);
        query
    }

    /// The parts of a query among the children of a node, whatever the node is.
    fn binders(&mut self, node: Node<'_>) -> Query {
        let tail = |part: &Node<'_>| matches!(part.kind(), Kind::Binder | Kind::Where);
        let span = match (node.nodes().find(tail), node.nodes().filter(tail).last()) {
            (Some(first), Some(last)) => span_between(first, last),
            _ => span(node),
        };
        let mut query = Query {
            binders: Vec::new(),
            filter: None,
            order: Vec::new(),
            ending: None,
            span,
        };
        for part in node.nodes() {
            match part.kind() {
                Kind::Binder => query.binders.extend(self.binder(part)),
                Kind::Where => query.filter = Some(self.only_child(part)),
                Kind::OrderBy => {
                    for order in part.children_of(Kind::Order) {
                        let descending = order.token("descending").is_some();
                        let value = self.only_child(order);
                        query.order.push(OrderKey { value, descending });
                    }
                }
                Kind::Ending => query.ending = Some(self.only_child(part)),
                _ => {}
            }
        }
        query
    }

    fn binder(&mut self, node: Node<'_>) -> Option<Binder> {
        let mut parts = node.nodes();
        let word = parts.next()?;
        Some(Binder {
            name: name(word),
            source: self.expr_or_error(parts.next(), after(node)),
        })
    }

    pub(super) fn exists(&mut self, node: Node<'_>) -> ExprKind {
        ExprKind::Exists(self.binders(node))
    }

    pub(super) fn every(&mut self, node: Node<'_>) -> ExprKind {
        let query = self.binders(node);
        let has = node
            .nodes()
            .find(|part| !matches!(part.kind(), Kind::Binder | Kind::Where));
        ExprKind::Every {
            query,
            has: self.expr_or_error(has, after(node)),
        }
    }

    pub(super) fn aggregate(&mut self, node: Node<'_>) -> ExprKind {
        let mut parts = node.nodes();
        let how = match parts.next().map(Node::text) {
            Some("sum") => AggregateHow::Sum,
            Some("count") => AggregateHow::Count,
            Some("lowest") => AggregateHow::Lowest,
            Some("highest") => AggregateHow::Highest,
            Some("first") => AggregateHow::First,
            _ => return ExprKind::Error,
        };
        let of = match (parts.next(), parts.next()) {
            (Some(query), None) if query.kind() == Kind::Query => AggregateOf::Query {
                value: None,
                query: self.query(query),
            },
            (Some(value), Some(query)) => AggregateOf::Query {
                value: Some(self.expr(value)),
                query: self.query(query),
            },
            (Some(list), None) => AggregateOf::List(self.expr(list)),
            (None, _) => return ExprKind::Error,
        };
        ExprKind::Aggregate { how, of }
    }

    pub(super) fn group(&mut self, node: Node<'_>) -> ExprKind {
        let mut parts = node.nodes();
        let Some(word) = parts.next() else {
            return ExprKind::Error;
        };
        let source = self.expr_or_error(parts.next(), after(word));
        let filter = node.child(Kind::Where).map(|part| self.only_child(part));
        let mut keys = Vec::new();
        for key in node.children_of(Kind::GroupKey) {
            let mut parts = key.nodes();
            let word = parts.next().map(name);
            let value: Expr = match parts.next() {
                Some(value) => self.expr(value),
                None => error_at(after(key)),
            };
            keys.extend(word.map(|word| (word, value)));
        }
        let binder = Binder {
            name: name(word),
            source,
        };
        ExprKind::Group(Box::new(GroupExpr {
            binder,
            filter,
            keys,
        }))
    }
}
