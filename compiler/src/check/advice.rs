//! What to write instead: of a number in another dimension than its place wants, of a word with two
//! meanings.

use rust_decimal::Decimal;

use super::coerce::dim_of;
use super::{BindingKind, Checker, Stands, Val};
use crate::ast::{Expr, ExprKind, ListItem, Name, Span, UnitExpr, Word};
use crate::codes;
use crate::diagnostic::{Applicability, At, Fix};
use crate::items::{DeclKind, decl_text};
use crate::names::{Space, lookup};
use crate::signature::{SignatureKind, signature};
use crate::ty::{Dim, Ty};

impl Checker<'_> {
    pub(crate) fn wrong_dimension(&mut self, have: &Ty, want: &Ty, what: &str, expr: &Expr) {
        let (Some(a), Some(b)) = (dim_of(have), dim_of(want)) else {
            self.wrong_type(have, want, what, expr);
            return;
        };
        // The name of a column of `cases` is right; what is wrong is the cell of one row.
        let cell = self.cell_of(expr);
        let expr = cell.as_ref().unwrap_or(expr);
        let mut leaves = Vec::new();
        if b == Dim::Percent {
            bare_results(expr, &mut leaves);
        }
        if !leaves.is_empty() {
            // Of a choice each branch that lacks its sign is told where it stands.
            for (span, value) in leaves {
                self.no_sign(span, value, want, what);
            }
            return;
        }
        let error = self.error(
            codes::WRONG_DIMENSION,
            expr.span,
            format!("{what} is in {}, and this is in {}", b.text(), a.text()),
        );
        error.instead = Some(conversion(&a, &b));
    }

    /// The cell that stands in the place of a name.
    fn cell_of(&self, expr: &Expr) -> Option<Expr> {
        let ExprKind::Name(name) = &*expr.kind else {
            return None;
        };
        let bound = self.scope.iter().rev().find(|it| it.name == name.text)?;
        match &bound.stands {
            Stands::Expr(cell) if matches!(bound.kind, BindingKind::Cell) => Some(cell.clone()),
            _ => None,
        }
    }

    /// A number that stands for a percent, without the sign.
    fn no_sign(&mut self, span: Span, value: Decimal, want: &Ty, what: &str) {
        let sign = self.percent_sign(span, value, Some(want));
        let claim = format!("{what} is in percent, and this is in plain");
        let error = self.error(codes::WRONG_DIMENSION, span, claim);
        (error.instead, error.fixes) = sign;
    }

    /// What to write where percents and numbers stand for one another: the sign behind a number that is
    /// written out, if what is wanted is no number of another dimension.
    pub(super) fn sign_beside<'a>(
        &self,
        values: impl Iterator<Item = (&'a Ty, &'a Expr)> + Clone,
        want: Option<&Ty>,
    ) -> Option<(Option<String>, Vec<Fix>)> {
        let percent = |ty: &Ty| dim_of(ty.plain()) == Some(Dim::Percent);
        let wanted = want.is_none_or(percent);
        let beside = values.clone().find(|(ty, _)| percent(ty))?.0;
        let (span, value) = values
            .filter(|(ty, _)| !percent(ty))
            .find_map(|(_, expr)| {
                let mut leaves = Vec::new();
                bare_results(expr, &mut leaves);
                leaves.first().copied()
            })
            .filter(|_| wanted)?;
        Some(self.percent_sign(span, value, want.or(Some(beside))))
    }

    /// `g(0,19)`: two values without a blank between them, which may be meant as one number.
    pub(super) fn comma_for_point<'a>(
        &self,
        values: impl Iterator<Item = &'a Expr> + Clone,
    ) -> Option<Fix> {
        let text = decl_text(self.db, self.decl.file, self.decl.key.clone())?.text(self.db);
        let written = |span: Span| text.get(span.start as usize..span.end as usize);
        let next = values.clone().skip(1);
        let (left, right) = values.zip(next).find(|(left, right)| {
            let between = Span {
                start: left.span.end,
                end: right.span.start,
            };
            let magnitude = match &*left.kind {
                ExprKind::Negate(inner) => inner,
                _ => *left,
            };
            let whole = bare(magnitude).is_some_and(|value| value.scale() == 0);
            let places = match &*right.kind {
                ExprKind::Number { point, .. } => !point,
                ExprKind::Percent(value) => value.is_some_and(|value| value.scale() == 0),
                _ => false,
            };
            whole && places && written(between) == Some(",")
        })?;
        let comma = Span {
            start: left.span.end,
            end: right.span.start,
        };
        Some(Fix {
            title: format!("write `{}.{}`", written(left.span)?, written(right.span)?),
            edits: vec![(self.decl.at(comma), ".".into())],
            applicability: Applicability::Choice,
        })
    }

    /// `[x, 1,5]`: where other items have a blank behind their comma, a comma without one may be a point.
    pub(super) fn comma_among_items(&mut self, items: &[ListItem]) {
        if items.len() < 3 {
            return;
        }
        let values = items.iter().map(|item| &item.value);
        let Some(point) = self.comma_for_point(values.clone()) else {
            return;
        };
        let Some(text) = decl_text(self.db, self.decl.file, self.decl.key.clone()) else {
            return;
        };
        let text = text.text(self.db);
        let written = |start: u32, end: u32| text.get(start as usize..end as usize);
        let ends = values.clone().map(|value| value.span.end);
        let starts = values.clone().skip(1).map(|value| value.span.start);
        let parted = |between: &str| {
            let behind = between.split_once(',').map(|(_, behind)| behind);
            behind.is_some_and(|behind| behind.starts_with(char::is_whitespace))
        };
        let blanks = ends
            .zip(starts)
            .any(|(end, start)| written(end, start).is_some_and(parted));
        let pair = values
            .clone()
            .zip(values.skip(1))
            .find(|(left, right)| written(left.span.end, right.span.start) == Some(","));
        let Some((left, right)) = pair.filter(|_| blanks) else {
            return;
        };
        let span = left.span.to(right.span);
        let one = written(span.start, span.end).unwrap_or_default();
        let claim = format!("`{one}` are two items, and the others have a blank behind the comma");
        let apart = Fix {
            title: "write a blank behind the comma".into(),
            edits: vec![(
                self.decl.at(Span {
                    start: right.span.start,
                    end: right.span.start,
                }),
                " ".into(),
            )],
            applicability: Applicability::Choice,
        };
        let warning = self.warn(codes::COMMA_IN_LIST, span, claim);
        warning.point_instead(point);
        warning.fixes.push(apart);
    }

    /// Two sides of `+` or `-` in two dimensions.
    pub(super) fn wrong_sum(&mut self, add: bool, a: &Ty, b: &Ty, left: &Expr, right: &Expr) {
        let (x, y) = (a.text(), b.text());
        let verb = if add { "added to" } else { "taken from" };
        let (first, second) = if add { (&x, &y) } else { (&y, &x) };
        let claim = format!("{first} cannot be {verb} {second}");
        let related = [self.here(left.span, x), self.here(right.span, y)];
        let dims = (dim_of(a), dim_of(b));
        let (instead, fixes) = match dims {
            (Some(Dim::Percent), Some(_)) if bare(right).is_some() => {
                self.percent_sign(right.span, bare(right).unwrap_or_default(), None)
            }
            (Some(_), Some(Dim::Percent)) if bare(left).is_some() => {
                self.percent_sign(left.span, bare(left).unwrap_or_default(), None)
            }
            (Some(to), Some(Dim::Percent)) if to != Dim::Percent => {
                self.multiplied_instead(add, left, right)
            }
            (Some(to), Some(from)) => {
                let how = conversion(&from, &to);
                let text = format!("to make the right side {}: {how}", to.text());
                (Some(text), Vec::new())
            }
            _ => (None, Vec::new()),
        };
        let error = self.error(codes::WRONG_DIMENSION, left.span.to(right.span), claim);
        error.related.extend(related);
        error.instead = instead;
        error.fixes = fixes;
    }

    /// `price - 5%` as `price * (100% - 5%)`.
    fn multiplied_instead(
        &self,
        add: bool,
        left: &Expr,
        right: &Expr,
    ) -> (Option<String>, Vec<Fix>) {
        let sign = if add { '+' } else { '-' };
        let between = Span {
            start: left.span.end,
            end: right.span.start,
        };
        let fix = Fix {
            title: format!("multiply by `(100% {sign} …)`"),
            edits: vec![
                (self.decl.at(between), format!(" * (100% {sign} ")),
                (self.after(right.span), ")".into()),
            ],
            applicability: Applicability::Choice,
        };
        (Some(format!("write `… * (100% {sign} …)`")), vec![fix])
    }

    /// What to write for a number that stands where a percent is wanted. Only `15` can mean nothing
    /// but `15%`: for `0.15` people mean `0.15%` and `15%`, for `1` they mean `1%` and the whole.
    /// What is wanted may have borders, beyond which the sign alone does not help.
    pub(super) fn percent_sign(
        &self,
        span: Span,
        value: Decimal,
        want: Option<&Ty>,
    ) -> (Option<String>, Vec<Fix>) {
        let add = |applicability| Fix {
            title: format!("add the sign: `{value}%`"),
            edits: vec![(self.after(span), "%".into())],
            applicability,
        };
        let points = value
            .checked_mul(Decimal::ONE_HUNDRED)
            .map(|points| points.normalize());
        let borders = match want.map(Ty::plain) {
            Some(Ty::Num(dim, facts)) => Some((dim, facts)),
            _ => None,
        };
        let beyond = borders.filter(|(_, facts)| {
            let fraction = value.checked_div(Decimal::ONE_HUNDRED);
            fraction.is_some_and(|it| {
                facts.lowest.is_some_and(|lowest| it < lowest)
                    || facts.highest.is_some_and(|highest| it > highest)
            })
        });
        match points {
            _ if beyond.is_some() => {
                let range = beyond.map(|(dim, facts)| self.range_text(dim, facts));
                let range = range.unwrap_or_default();
                let instead = format!(
                    "write a percent with its sign; `{value}%` is beyond what is allowed, {range}"
                );
                (Some(instead), Vec::new())
            }
            Some(points) if value.abs() <= Decimal::ONE => {
                let whole = Fix {
                    title: format!("write the points: `{points}%`"),
                    edits: vec![(self.decl.at(span), format!("{points}%"))],
                    applicability: Applicability::Choice,
                };
                let instead = format!("write `{points}%` or `{value}%`, whichever is meant");
                (Some(instead), vec![whole, add(Applicability::Choice)])
            }
            _ => (
                Some(format!("write `{value}%`")),
                vec![add(Applicability::Certain)],
            ),
        }
    }

    /// Words of a dimension that stand after a number and are no unit there.
    pub(super) fn no_unit(&mut self, value: Decimal, unit: &UnitExpr, span: Span) -> bool {
        let word = &*unit.over.text;
        let (claim, written) = match word {
            "percent" if unit.per.is_none() => ("percent is written with its sign", "%"),
            "plain" if unit.per.is_none() => ("a plain number has no unit", ""),
            _ => return false,
        };
        let text = format!("{value}{written}");
        let at = self.decl.at(span);
        let error = self.error(codes::WRONG_DIMENSION, span, claim);
        error.instead = Some(format!("write `{text}`"));
        error
            .fixes
            .push(Fix::write(at, text, Applicability::Certain));
        true
    }

    /// Reports a word that is a value of the wanted enum and the name of such a value, too.
    pub(super) fn value_and_name(&mut self, name: &Name, want: Option<&Ty>) -> Val {
        let word = &name.text;
        let of = want.map_or_else(String::new, |want| want.plain().text());
        let claim = format!("`{word}` is a value of `{of}` and a name here, and both fit");
        let at = self.decl.at(name.span);
        let error = self.error(codes::AMBIGUOUS, name.span, claim);
        let text = format!("{of}.{word}");
        error.instead = Some(format!("write `{text}`, or give the other another name"));
        error
            .fixes
            .push(Fix::write(at, text, Applicability::Choice));
        self.broken(name.span)
    }

    /// Whether a parameter of this type is called so.
    pub(super) fn is_parameter_of(&self, word: &Word, of: &Ty) -> bool {
        lookup(self.db, self.decl.file, Space::Value, word.clone())
            .iter()
            .filter(|meaning| meaning.decl.key.kind == DeclKind::Parameter)
            .any(|meaning| match &signature(self.db, &meaning.decl).kind {
                SignatureKind::Parameter { ty, .. } => ty.plain() == of,
                _ => false,
            })
    }

    /// The place behind.
    pub(super) fn after(&self, span: Span) -> At {
        self.decl.at(Span {
            start: span.end,
            end: span.end,
        })
    }
}

/// The value of a written number without a unit.
fn bare(expr: &Expr) -> Option<Decimal> {
    match &*expr.kind {
        ExprKind::Number {
            value, unit: None, ..
        } => *value,
        _ => None,
    }
}

/// The numbers without a unit that are results of a choice or a block, in the order of the text.
fn bare_results(expr: &Expr, out: &mut Vec<(Span, Decimal)>) {
    match &*expr.kind {
        ExprKind::If { then, other, .. } => {
            bare_results(then, out);
            bare_results(other, out);
        }
        ExprKind::Let { body, .. } => bare_results(body, out),
        // 0 fits everything.
        _ => out.extend(
            bare(expr)
                .filter(|value| !value.is_zero())
                .map(|value| (expr.span, value)),
        ),
    }
}

/// How to come from one dimension to another.
pub(crate) fn conversion(from: &Dim, to: &Dim) -> String {
    if from.is_plain() {
        return format!("say what the number means: `… as {}`", to.text());
    }
    if *to == Dim::Percent {
        return "divide by a value of the same dimension, then `as percent`".to_string();
    }
    if *from == Dim::Percent && to.is_plain() {
        return "divide by the whole: `… / 100%`, so 5% gives 0.05".to_string();
    }
    match to.combine(from, -1) {
        Some(factor) if !factor.is_plain() => {
            format!("multiply by a value in {}", factor.text())
        }
        _ => "convert it by a declared rate".to_string(),
    }
}
