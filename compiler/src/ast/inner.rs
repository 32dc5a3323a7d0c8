//! The expressions that stand directly inside of an expression, in the order of the text.
//!
//! The match is complete on purpose: who adds an expression says here what it holds.

use super::expr::{
    AggregateOf, Arg, Expr, ExprKind, ForEachResult, LetStmt, Query, ShareExpr, Step, TextPiece,
};

impl Expr {
    /// The expressions directly inside.
    pub fn inner(&self) -> Vec<&Expr> {
        use ExprKind::*;
        match &*self.kind {
            Error
            | Missing
            | Bool(_)
            | Date(_)
            | Percent(_)
            | Number { .. }
            | Default
            | Name(_) => Vec::new(),
            Text(pieces) => pieces
                .iter()
                .filter_map(|piece| match piece {
                    TextPiece::Hole(expr) => Some(expr),
                    TextPiece::Text(_) => None,
                })
                .collect(),
            Field { base, .. } => vec![base],
            Call { callee, args } => with_args(callee, args),
            Index { base, keys } => std::iter::once(base).chain(keys).collect(),
            List(items) => items
                .iter()
                .flat_map(|item| std::iter::once(&item.value).chain(&item.when))
                .collect(),
            With { base, args } => with_args(base, args),
            On { base, date } => vec![base, date],
            Negate(inner) | Not(inner) | Stop(inner) => vec![inner],
            And(items) | Or(items) | Counted { items, .. } => items.iter().collect(),
            Arithmetic { left, right, .. }
            | Compare { left, right, .. }
            | Is { left, right, .. } => {
                vec![left, right]
            }
            Between { value, low, high } => vec![value, low, high],
            ValidOn { row, date } => vec![row, date],
            In { value, list, .. } => vec![value, list],
            As { value, .. } => vec![value],
            Round {
                value,
                step,
                using,
                carrying,
            } => [value, step]
                .into_iter()
                .chain(using)
                .chain(carrying.iter().flat_map(|carrying| &carrying.per))
                .collect(),
            Share(share) => of_share(share),
            If { cond, then, other } => vec![cond, then, other],
            Let { lets, body } => of_lets(lets).chain([body]).collect(),
            ForEach(each) => {
                let mut out = of_query(&each.query);
                out.extend(each.steps.iter().map(|step| match step {
                    Step::Carry(one) | Step::Let(one) => &one.value,
                    Step::Next { value, .. } => value,
                }));
                match &each.result {
                    ForEachResult::Give(value) | ForEachResult::Finally(value) => out.push(value),
                }
                out
            }
            Aggregate { of, .. } => match of {
                AggregateOf::Query { value, query } => {
                    value.iter().chain(of_query(query)).collect()
                }
                AggregateOf::List(list) => vec![list],
            },
            Group(group) => std::iter::once(&group.binder.source)
                .chain(&group.filter)
                .chain(group.keys.iter().map(|(_, value)| value))
                .collect(),
            Exists(query) => of_query(query),
            Every { query, has } => of_query(query).into_iter().chain([has]).collect(),
            Otherwise { value, other } => vec![value, other],
        }
    }
}

fn with_args<'e>(first: &'e Expr, args: &'e [Arg]) -> Vec<&'e Expr> {
    std::iter::once(first)
        .chain(args.iter().map(|arg| &arg.value))
        .collect()
}

fn of_lets(lets: &[LetStmt]) -> impl Iterator<Item = &Expr> {
    lets.iter().map(|one| &one.value)
}

fn of_query(query: &Query) -> Vec<&Expr> {
    query
        .binders
        .iter()
        .map(|binder| &binder.source)
        .chain(&query.filter)
        .chain(query.order.iter().map(|key| &key.value))
        .chain(&query.ending)
        .collect()
}

fn of_share(share: &ShareExpr) -> Vec<&Expr> {
    [&share.total, &share.weight, &share.step]
        .into_iter()
        .chain(&share.using)
        .chain(&share.per)
        .collect()
}
