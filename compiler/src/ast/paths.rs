//! The names and paths that an expression may take values from.

use std::sync::Arc;

use super::expr::{
    AggregateOf, Arg, Binder, Carrying, Expr, ExprKind, ForEachResult, LetStmt, Query, Step,
    TextPiece,
};
use super::{Name, Path};

/// Collects every bare name and every dotted path of an expression that is no name of its own
/// (`let`, `for each x in`). All kinds of expressions are listed: one that is forgotten hides what a
/// value needs.
#[derive(Debug, Default)]
pub(crate) struct Paths {
    /// What was found, in the order of the text.
    pub found: Vec<Path>,
    locals: Vec<Arc<str>>,
}

impl Paths {
    /// Collects from an expression.
    pub fn expr(&mut self, expr: &Expr) {
        match &*expr.kind {
            ExprKind::Error
            | ExprKind::Missing
            | ExprKind::Bool(_)
            | ExprKind::Date(_)
            | ExprKind::Percent(_)
            | ExprKind::Number { .. }
            | ExprKind::Default => {}
            ExprKind::Name(_) => self.path(expr),
            ExprKind::Field { base, .. } => {
                self.path(expr);
                self.expr(base);
            }
            ExprKind::Text(pieces) => {
                for piece in pieces {
                    if let TextPiece::Hole(hole) = piece {
                        self.expr(hole);
                    }
                }
            }
            // What is called is a function, which sees no example.
            ExprKind::Call { args, .. } => self.args(args),
            ExprKind::Index { base, keys } => {
                self.expr(base);
                self.all(keys);
            }
            ExprKind::List(items) => {
                for item in items {
                    self.expr(&item.value);
                    self.maybe(item.when.as_ref());
                }
            }
            ExprKind::With { base, args } => {
                self.expr(base);
                self.args(args);
            }
            ExprKind::Negate(inner) | ExprKind::Not(inner) | ExprKind::Stop(inner) => {
                self.expr(inner);
            }
            ExprKind::As { value, .. } => self.expr(value),
            ExprKind::And(items) | ExprKind::Or(items) | ExprKind::Counted { items, .. } => {
                self.all(items);
            }
            ExprKind::On { base: a, date: b }
            | ExprKind::Arithmetic {
                left: a, right: b, ..
            }
            | ExprKind::Compare {
                left: a, right: b, ..
            }
            | ExprKind::Is {
                left: a, right: b, ..
            }
            | ExprKind::ValidOn { row: a, date: b }
            | ExprKind::In {
                value: a, list: b, ..
            }
            | ExprKind::Otherwise { value: a, other: b } => {
                self.expr(a);
                self.expr(b);
            }
            ExprKind::Between {
                value: a,
                low: b,
                high: c,
            }
            | ExprKind::If {
                cond: a,
                then: b,
                other: c,
            } => {
                self.expr(a);
                self.expr(b);
                self.expr(c);
            }
            ExprKind::Round { .. }
            | ExprKind::Share(_)
            | ExprKind::Let { .. }
            | ExprKind::ForEach(_)
            | ExprKind::Aggregate { .. }
            | ExprKind::Group(_)
            | ExprKind::Exists(_)
            | ExprKind::Every { .. } => self.compound(expr),
        }
    }

    /// What has clauses or names of its own.
    fn compound(&mut self, expr: &Expr) {
        let before = self.locals.len();
        match &*expr.kind {
            ExprKind::Round {
                value,
                step,
                using,
                carrying,
            } => {
                self.expr(value);
                self.expr(step);
                self.maybe(using.as_ref());
                let per = |carrying: &Carrying| carrying.per.clone();
                self.maybe(carrying.as_ref().and_then(per).as_ref());
            }
            ExprKind::Share(share) => {
                self.expr(&share.total);
                self.expr(&share.weight);
                self.expr(&share.step);
                self.maybe(share.using.as_ref());
                self.maybe(share.per.as_ref());
            }
            ExprKind::Let { lets, body } => {
                lets.iter().for_each(|one| self.named(one));
                self.expr(body);
            }
            ExprKind::ForEach(each) => {
                self.query(&each.query);
                for step in &each.steps {
                    match step {
                        Step::Carry(one) | Step::Let(one) => self.named(one),
                        Step::Next { value, .. } => self.expr(value),
                    }
                }
                match &each.result {
                    ForEachResult::Give(value) | ForEachResult::Finally(value) => self.expr(value),
                }
            }
            ExprKind::Aggregate { of, .. } => match of {
                AggregateOf::Query { value, query } => {
                    self.query(query);
                    self.maybe(value.as_ref());
                }
                AggregateOf::List(list) => self.expr(list),
            },
            ExprKind::Group(group) => {
                self.binder(&group.binder);
                self.maybe(group.filter.as_ref());
                group.keys.iter().for_each(|(_, key)| self.expr(key));
            }
            ExprKind::Exists(query) => self.query(query),
            ExprKind::Every { query, has } => {
                self.query(query);
                self.expr(has);
            }
            // The others are with their like above.
            _ => {}
        }
        self.locals.truncate(before);
    }

    fn path(&mut self, expr: &Expr) {
        let Some(parts) = parts_of(expr) else {
            return;
        };
        let first = parts.first().map(|part| &part.text);
        if first.is_some_and(|first| !self.locals.contains(first)) {
            self.found.push(Path { parts });
        }
    }

    fn all(&mut self, items: &[Expr]) {
        items.iter().for_each(|item| self.expr(item));
    }

    fn args(&mut self, args: &[Arg]) {
        args.iter().for_each(|arg| self.expr(&arg.value));
    }

    fn maybe(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn named(&mut self, one: &LetStmt) {
        self.expr(&one.value);
        self.locals.push(one.name.text.clone());
    }

    fn binder(&mut self, binder: &Binder) {
        self.expr(&binder.source);
        self.locals.push(binder.name.text.clone());
    }

    fn query(&mut self, query: &Query) {
        query.binders.iter().for_each(|binder| self.binder(binder));
        self.maybe(query.filter.as_ref());
        query.order.iter().for_each(|key| self.expr(&key.value));
        self.maybe(query.ending.as_ref());
    }
}

fn parts_of(expr: &Expr) -> Option<Vec<Name>> {
    match &*expr.kind {
        ExprKind::Name(name) => Some(vec![name.clone()]),
        ExprKind::Field { base, name } => {
            let mut parts = parts_of(base)?;
            parts.push(name.clone());
            Some(parts)
        }
        _ => None,
    }
}
