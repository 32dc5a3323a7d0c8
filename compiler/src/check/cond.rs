//! Conditions: comparisons, options, counted conditions, and what they teach.

use assize_ir::{Const, Counting, LetMode, Op, Order};

use super::access::{compatible, is_bare, path_of, takes_type};
use super::coerce::{plain_number, unify};
use super::fragment::{CallableRef, Part, Target};
use super::{Checker, Val};
use crate::ast::{CompareOp, CountedHow, Expr, ExprKind, Span, Word};
use crate::codes;
use crate::names::{Space, lookup};
use crate::signature::{SignatureKind, signature};
use crate::ty::{EnumRef, Ty};

impl Checker<'_> {
    // ------------------------------------------------------------------ what a condition teaches

    /// Notes which optionals are there where `cond` has this truth.
    pub(crate) fn learn(&mut self, cond: &Expr, holds: bool) {
        match &*cond.kind {
            ExprKind::Not(inner) => self.learn(inner, !holds),
            ExprKind::And(items) if holds => items.iter().for_each(|item| self.learn(item, true)),
            ExprKind::Or(items) if !holds => items.iter().for_each(|item| self.learn(item, false)),
            ExprKind::Counted { how, items } => match (how, holds) {
                (CountedHow::All, true) => items.iter().for_each(|item| self.learn(item, true)),
                (CountedHow::Any, false) | (CountedHow::None, true) => {
                    items.iter().for_each(|item| self.learn(item, false));
                }
                _ => {}
            },
            ExprKind::Is {
                negated,
                left,
                right,
            } => {
                let missing = |expr: &Expr| matches!(&*expr.kind, ExprKind::Missing);
                let subject = match (missing(left), missing(right)) {
                    (false, true) => left,
                    (true, false) => right,
                    _ => return,
                };
                if *negated == holds {
                    self.know(subject);
                }
            }
            ExprKind::Compare {
                op, left, right, ..
            } => {
                let missing = |expr: &Expr| matches!(&*expr.kind, ExprKind::Missing);
                let subject = match (missing(left), missing(right)) {
                    (false, true) => left,
                    (true, false) => right,
                    _ => return,
                };
                let present = match op {
                    CompareOp::Equal => !holds,
                    CompareOp::NotEqual => holds,
                    _ => return,
                };
                if present {
                    self.know(subject);
                }
            }
            _ => {}
        }
    }

    fn know(&mut self, subject: &Expr) {
        if let Some(path) = self.known_path(subject)
            && !self.known.contains(&path)
        {
            self.known.push(path);
        }
    }

    /// Kept for conditions of branches: comparisons report themselves when they are always decided.
    pub(crate) fn always(&mut self, cond: &Expr, node: assize_ir::NodeId) {
        if let Some(Const::Bool(value)) = self.constant(node) {
            let value = *value;
            if !matches!(&*cond.kind, ExprKind::Error) && matches!(&*cond.kind, ExprKind::Bool(_)) {
                self.warn(codes::ALWAYS, cond.span, format!("this is always {value}"))
                    .instead = Some("leave out the choice".into());
            }
        }
    }

    // ------------------------------------------------------------------ and, or, counted

    pub(crate) fn and_or(&mut self, items: &[Expr], and: bool, span: Span) -> Val {
        let known = self.known.len();
        let allowed = self.loops.last().is_some_and(|cx| cx.allowed);
        self.set_allowed(false);
        let nodes = self.joined(items, and);
        self.set_allowed(allowed);
        self.known.truncate(known);
        let mut nodes = nodes.into_iter();
        let Some((mut out, first)) = nodes.next() else {
            return self.broken(span);
        };
        for (node, at) in nodes {
            let op = if and {
                Op::And(out, node)
            } else {
                Op::Or(out, node)
            };
            out = self.push(op, &Ty::Bool, first.to(at));
        }
        Val {
            node: out,
            ty: Ty::Bool,
        }
    }

    pub(crate) fn counted(&mut self, how: &CountedHow, items: &[Expr], span: Span) -> Val {
        let known = self.known.len();
        let mut nodes = Vec::new();
        for item in items {
            nodes.push(self.condition(item));
            match how {
                CountedHow::All => self.learn(item, true),
                CountedHow::Any | CountedHow::None => self.learn(item, false),
                CountedHow::AtLeast(_) => {}
            }
        }
        self.known.truncate(known);
        let how = match how {
            CountedHow::All => Counting::All,
            CountedHow::Any => Counting::Any,
            CountedHow::None => Counting::None,
            CountedHow::AtLeast(count) => {
                let wanted = count
                    .value
                    .and_then(|n| u32::try_from(n).ok())
                    .unwrap_or(u32::MAX);
                if wanted as usize > items.len() {
                    let n = items.len();
                    self.error(
                        codes::AT_LEAST_TOO_MANY,
                        count.span,
                        format!("{wanted} of {n} conditions can never hold"),
                    )
                    .instead = Some(format!("ask for at most {n}, or add conditions"));
                } else if wanted == 0 {
                    self.warn(codes::ALWAYS, count.span, "at least 0 always hold");
                }
                Counting::AtLeast(wanted)
            }
        };
        self.val(Op::Counted { how, items: nodes }, Ty::Bool, span)
    }

    // ------------------------------------------------------------------ comparisons

    /// Both sides, each giving the other its type where one is bare.
    pub(crate) fn sides(&mut self, left: &Expr, right: &Expr) -> (Val, Val) {
        if takes_type(self, left) && !takes_type(self, right) {
            let b = self.expr(right, None);
            let a = self.expr(left, Some(&b.ty));
            (a, b)
        } else {
            let a = self.expr(left, None);
            let b = self.expr(right, Some(&a.ty));
            (a, b)
        }
    }

    pub(crate) fn compare(&mut self, op: CompareOp, left: &Expr, right: &Expr, span: Span) -> Val {
        let (a, b) = self.sides(left, right);
        let order = match op {
            CompareOp::Equal => return self.equal(false, a, b, left, right, span),
            CompareOp::NotEqual => return self.equal(true, a, b, left, right, span),
            CompareOp::Less => Order::Less,
            CompareOp::LessOrEqual => Order::LessOrEqual,
            CompareOp::Greater => Order::Greater,
            CompareOp::GreaterOrEqual => Order::GreaterOrEqual,
        };
        if a.ty.is_error() || b.ty.is_error() {
            return self.broken_as(&Ty::Bool, span);
        }
        for (val, expr) in [(&a, left), (&b, right)] {
            if val.ty.is_optional() {
                let text = val.ty.text();
                self.error(
                    codes::MAY_BE_MISSING,
                    expr.span,
                    format!("this may be missing ({text}), and is neither less nor more then"),
                )
                .instead = Some("ask `is not missing and …` first, or say what holds then".into());
                return self.broken_as(&Ty::Bool, span);
            }
        }
        let Some((a, b)) = self.same_type(a, b, left, right, span) else {
            return self.broken_as(&Ty::Bool, span);
        };
        if !self.ordered(&a.ty) {
            self.no_order(&a.ty.clone(), span);
            return self.broken_as(&Ty::Bool, span);
        }
        self.decided(order, &a, &b, span);
        self.val(Op::Compare(order, a.node, b.node), Ty::Bool, span)
    }

    /// Reports that values of a type cannot be compared or sorted.
    pub(crate) fn no_order(&mut self, ty: &Ty, span: Span) {
        let text = ty.plain().text();
        let claim = format!("values of {text} have no order");
        self.error(codes::NO_ORDER, span, claim).instead = Some(match ty.plain() {
            Ty::Enum(EnumRef::Declared(_)) => {
                format!("give it one in its declaration: `enum {text} = lowest < … < highest`")
            }
            Ty::Record(_) | Ty::Row(_) => "take one of its fields".into(),
            _ => "take a number, a date, a text or a code".into(),
        });
    }

    /// Whether a type has an order.
    pub(crate) fn ordered(&self, ty: &Ty) -> bool {
        match ty {
            Ty::Int | Ty::Num(..) | Ty::Date | Ty::Text | Ty::Code | Ty::Error | Ty::Never => true,
            Ty::Enum(EnumRef::Severity) => true,
            Ty::Enum(EnumRef::Declared(decl)) => {
                matches!(
                    &signature(self.db, decl).kind,
                    SignatureKind::Enum { ordered: true, .. }
                )
            }
            _ => false,
        }
    }

    /// Warns about a comparison that the ranges already decide.
    fn decided(&mut self, order: Order, a: &Val, b: &Val, span: Span) {
        let (Some(f), Some(g)) = (a.ty.facts(), b.ty.facts()) else {
            return;
        };
        let (Ty::Num(dim, _), _) = (&a.ty, &b.ty) else {
            return;
        };
        let below = |x: Option<rust_decimal::Decimal>, y: Option<rust_decimal::Decimal>| {
            x.zip(y).is_some_and(|(x, y)| x < y)
        };
        let at_most = |x: Option<rust_decimal::Decimal>, y: Option<rust_decimal::Decimal>| {
            x.zip(y).is_some_and(|(x, y)| x <= y)
        };
        let (always, never) = match order {
            Order::Less => (below(f.highest, g.lowest), at_most(g.highest, f.lowest)),
            Order::LessOrEqual => (at_most(f.highest, g.lowest), below(g.highest, f.lowest)),
            Order::Greater => (below(g.highest, f.lowest), at_most(f.highest, g.lowest)),
            Order::GreaterOrEqual => (at_most(g.highest, f.lowest), below(f.highest, g.lowest)),
        };
        if !always && !never {
            return;
        }
        let (x, y) = (self.range_text(dim, &f), self.range_text(dim, &g));
        let warning = self.warn(
            codes::ALWAYS,
            span,
            format!("this is always {}", if always { "true" } else { "false" }),
        );
        warning
            .because
            .push(format!("the left side is {x}, the right side is {y}"));
        warning.instead = Some("leave it out, or correct the range of the declaration".into());
    }

    /// Both sides as one type, or the reason why not.
    fn same_type(
        &mut self,
        a: Val,
        b: Val,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Option<(Val, Val)> {
        let (x, y) = (a.ty.clone(), b.ty.clone());
        if x.is_number() && y.is_number() && !x.is_optional() && !y.is_optional() {
            if unify(&x, &y).is_none() {
                self.wrong_dimension(&y, &x, "the other side", right);
                return None;
            }
            if x == Ty::Int && y == Ty::Int {
                return Some((a, b));
            }
            let dim = match (&x, &y) {
                (Ty::Num(dim, _), _) | (_, Ty::Num(dim, _)) => dim.clone(),
                _ => crate::ty::Dim::PLAIN,
            };
            let number = |checker: &mut Self, val: Val| match val.ty {
                Ty::Int => checker.int_to_num(val, dim.clone(), span),
                _ => val,
            };
            let a = number(self, a);
            let b = number(self, b);
            return Some((a, b));
        }
        match self.join(a, b, span) {
            Some(both) => Some(both),
            None => {
                self.cannot_compare(&x, &y, left, right, span);
                None
            }
        }
    }

    fn cannot_compare(&mut self, a: &Ty, b: &Ty, left: &Expr, right: &Expr, span: Span) {
        if a.is_number() && b.is_number() {
            self.wrong_dimension(b.plain(), a.plain(), "the other side", right);
            return;
        }
        let (x, y) = (a.text(), b.text());
        let one = self.here(left.span, x.clone());
        let two = self.here(right.span, y.clone());
        let date = match (a.plain(), b.plain()) {
            (Ty::Date, Ty::Text | Ty::Int | Ty::Num(..)) => self.written_date(right),
            (Ty::Text | Ty::Int | Ty::Num(..), Ty::Date) => self.written_date(left),
            (of @ Ty::Enum(_), Ty::Text) => self.written_value(right, of),
            (Ty::Text, of @ Ty::Enum(_)) => self.written_value(left, of),
            (of, Ty::Text) if plain_number(of) => self.written_number(right),
            (Ty::Text, of) if plain_number(of) => self.written_number(left),
            _ => None,
        };
        let no_day = match (a.plain(), b.plain()) {
            (Ty::Date, Ty::Text) => self.no_day(right),
            (Ty::Text, Ty::Date) => self.no_day(left),
            _ => None,
        };
        let error = self.error(
            codes::CANNOT_COMPARE,
            span,
            format!("{x} and {y} cannot be compared"),
        );
        error.related.push(one);
        error.related.push(two);
        error.because.extend(no_day);
        match (a.plain(), b.plain()) {
            (Ty::Text, Ty::Code) | (Ty::Code, Ty::Text) => {
                error
                    .because
                    .push("a text is never made into a code unasked".into());
                error.instead = Some("declare both as `code` where they enter".into());
            }
            (Ty::List(..), _) => {
                error.instead = Some("ask whether it is one of them: `x in …`".into())
            }
            (Ty::Date, of) | (of, Ty::Date) if of.is_number() => {
                error.instead = Some("write a day as `2026-12-31`: year, month, day".into());
            }
            _ => error.instead = Some("compare values of one type".into()),
        }
        if let Some(fix) = date {
            error.instead = Some(fix.title.clone());
            error.fixes.push(fix);
        }
    }

    pub(crate) fn equal(
        &mut self,
        negated: bool,
        a: Val,
        b: Val,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Val {
        if a.ty.is_error() || b.ty.is_error() {
            return self.broken_as(&Ty::Bool, span);
        }
        // `x is missing`, also where `missing` took the type of the other side.
        let missing = |checker: &Self, val: &Val| {
            val.ty == Ty::Missing || checker.constant(val.node) == Some(&Const::Missing)
        };
        let (mut a, mut b) = (a, b);
        if missing(self, &a) {
            a.ty = Ty::Missing;
        }
        if missing(self, &b) {
            b.ty = Ty::Missing;
        }
        if a.ty == Ty::Missing || b.ty == Ty::Missing {
            let (subject, expr) = if b.ty == Ty::Missing {
                (&a, left)
            } else {
                (&b, right)
            };
            let node = subject.node;
            match &subject.ty {
                Ty::Missing => {
                    self.warn(codes::ALWAYS, span, format!("this is always {}", !negated));
                    return self.val(Op::Const(Const::Bool(!negated)), Ty::Bool, span);
                }
                Ty::Optional(_) => {
                    let is = self.val(Op::IsMissing(node), Ty::Bool, span);
                    return if negated {
                        self.val(Op::Not(is.node), Ty::Bool, span)
                    } else {
                        is
                    };
                }
                other => {
                    let text = other.text();
                    let list = matches!(other, Ty::List(..));
                    let warning = self.warn(
                        codes::ALWAYS,
                        span,
                        format!("this is always {negated}: {text} is never missing"),
                    );
                    if list {
                        warning.instead =
                            Some("a list is empty, never missing: `(count of …) = 0`".into());
                    }
                    let _ = expr;
                    // The side is still evaluated: it may fail.
                    let is = if list {
                        // No list is optional.
                        let slot = self.slot("", &subject.ty);
                        let body = self.push(Op::Const(Const::Bool(false)), &Ty::Bool, span);
                        let (mode, value) = (LetMode::Now, node);
                        let op = Op::Let {
                            slot,
                            mode,
                            value,
                            body,
                        };
                        self.val(op, Ty::Bool, span)
                    } else {
                        let ty = subject.ty.clone().optional();
                        let some = self.push(Op::ToOptional(node), &ty, span);
                        self.val(Op::IsMissing(some), Ty::Bool, span)
                    };
                    return if negated {
                        self.val(Op::Not(is.node), Ty::Bool, span)
                    } else {
                        is
                    };
                }
            }
        }
        let both_optional = a.ty.is_optional() && b.ty.is_optional();
        let Some((a, b)) = self.same_type(a, b, left, right, span) else {
            return self.broken_as(&Ty::Bool, span);
        };
        if both_optional {
            self.report(
                codes::BOTH_MAY_BE_MISSING,
                crate::diagnostic::Severity::Note,
                span,
                "both sides may be missing, and two missing values are equal",
            );
        }
        if let (Ty::Num(dim, f), Ty::Num(_, g)) = (&a.ty, &b.ty) {
            let apart = f.highest.zip(g.lowest).is_some_and(|(x, y)| x < y)
                || g.highest.zip(f.lowest).is_some_and(|(x, y)| x < y);
            if apart {
                let (x, y) = (self.range_text(dim, f), self.range_text(dim, g));
                let warning = self.warn(codes::ALWAYS, span, format!("this is always {negated}"));
                warning
                    .because
                    .push(format!("the left side is {x}, the right side is {y}"));
                warning.instead =
                    Some("leave it out, or correct the range of the declaration".into());
            }
        }
        let is = self.val(Op::Equal(a.node, b.node), Ty::Bool, span);
        if negated {
            self.val(Op::Not(is.node), Ty::Bool, span)
        } else {
            is
        }
    }

    /// `a is b`: equality, or a call of a function of one parameter.
    pub(crate) fn is(&mut self, negated: bool, left: &Expr, right: &Expr, span: Span) -> Val {
        if let ExprKind::Missing = &*right.kind {
            let a = self.expr(left, None);
            let b = self.val(Op::Const(Const::Missing), Ty::Missing, right.span);
            return self.equal(negated, a, b, left, right, span);
        }
        if let Some(path) = path_of(right)
            && let Some(first) = path.parts.first()
            && self.local(&first.text).is_none()
        {
            let functions = self.look_up(Space::Function, &path);
            let predicate = functions.iter().find(|meaning| {
                matches!(
                    &signature(self.db, &meaning.decl).kind,
                    SignatureKind::Function { params, result: Ty::Bool } if params.len() == 1
                )
            });
            if let Some(predicate) = predicate {
                let decl = predicate.decl.clone();
                let param = match &signature(self.db, &decl).kind {
                    SignatureKind::Function { params, .. } => {
                        params.first().map_or(Ty::Error, |param| param.ty.clone())
                    }
                    _ => Ty::Error,
                };
                let a = self.expr(left, Some(&param));
                let fits = compatible(&a.ty, &param);
                let value = self.enum_value_of(a.ty.plain(), &first.text).is_some()
                    || !lookup(
                        self.db,
                        self.decl.file,
                        Space::Value,
                        Word::from(&*first.text),
                    )
                    .is_empty();
                if fits && value {
                    let text = path.text();
                    let written = format!("{text}(…)");
                    self.error(
                        codes::AMBIGUOUS,
                        right.span,
                        format!("`{text}` is a value and a function, and both fit here"),
                    )
                    .instead = Some(format!("write the call `{written}`, or `= {text}`"));
                    return self.broken_as(&Ty::Bool, span);
                }
                if fits {
                    self.note_use(right.span, Target::Decl(decl.clone(), None));
                    let what = format!("the subject of `is {}`", path.text());
                    let arg = self.coerce(a, &param, &what, left);
                    let id = self.refs.callable_id(&CallableRef {
                        decl,
                        part: Part::Main,
                    });
                    let call = self.val(Op::Call(id, vec![arg.node]), Ty::Bool, span);
                    return if negated {
                        self.val(Op::Not(call.node), Ty::Bool, span)
                    } else {
                        call
                    };
                }
                if !value {
                    let text = param.text();
                    let what = format!("the parameter of `{}`", path.text());
                    let _ = text;
                    self.coerce(a, &param, &what, left);
                    return self.broken_as(&Ty::Bool, span);
                }
                let b = self.expr(right, Some(&a.ty));
                return self.equal(negated, a, b, left, right, span);
            }
        }
        let (a, b) = self.sides(left, right);
        self.equal(negated, a, b, left, right, span)
    }

    pub(crate) fn between(&mut self, value: &Expr, low: &Expr, high: &Expr, span: Span) -> Val {
        let (val, a, b) = if is_bare(self, value) {
            let hint = if is_bare(self, low) { high } else { low };
            let hint = self.peek_type(hint);
            let val = self.expr(value, Some(&hint));
            let a = self.expr(low, Some(&hint));
            let b = self.expr(high, Some(&hint));
            (val, a, b)
        } else {
            let val = self.expr(value, None);
            let plain = val.ty.plain().clone();
            let a = self.expr(low, Some(&plain));
            let b = self.expr(high, Some(&plain));
            (val, a, b)
        };
        if val.ty.is_error() || a.ty.is_error() || b.ty.is_error() {
            return self.broken_as(&Ty::Bool, span);
        }
        if val.ty.is_optional() {
            self.error(
                codes::MAY_BE_MISSING,
                value.span,
                "this may be missing, and is between nothing then",
            )
            .instead = Some("ask `is not missing and …` first".into());
            return self.broken_as(&Ty::Bool, span);
        }
        // Each end may be missing: then it is open.
        let mut ends = Vec::new();
        let mut val = val;
        for (end, expr) in [(a, low), (b, high)] {
            let Some(ty) = unify(&val.ty, end.ty.plain()) else {
                self.cannot_compare(&val.ty.clone(), &end.ty.clone(), value, expr, span);
                return self.broken_as(&Ty::Bool, span);
            };
            if val.ty == Ty::Int && matches!(ty, Ty::Num(..)) {
                val = self.lift(val, &ty, span);
            }
            ends.push((end, ty));
        }
        let mut nodes = Vec::new();
        for (end, ty) in ends {
            let base = match (&val.ty, &ty) {
                // The other end has made a number of the value.
                (Ty::Num(..), Ty::Int) => val.ty.clone(),
                (Ty::Num(..), _) | (_, Ty::Num(..)) => ty.clone(),
                _ => val.ty.clone(),
            };
            let wanted = if end.ty.is_optional() {
                base.optional()
            } else {
                base
            };
            nodes.push(self.lift(end, &wanted, span).node);
        }
        if !self.ordered(&val.ty) {
            self.no_order(&val.ty.clone(), span);
            return self.broken_as(&Ty::Bool, span);
        }
        match nodes.as_slice() {
            [low, high] => self.val(
                Op::Between {
                    value: val.node,
                    low: *low,
                    high: *high,
                },
                Ty::Bool,
                span,
            ),
            _ => self.broken_as(&Ty::Bool, span),
        }
    }

    /// The type of an expression, without leaving anything behind.
    pub(crate) fn peek_type(&mut self, expr: &Expr) -> Ty {
        let findings = self.out.diagnostics.len();
        let (uses, types) = (self.out.uses.len(), self.out.types.len());
        let nodes = self.nodes.len();
        let loops = self.loops.clone();
        let val = self.expr(expr, None);
        self.out.diagnostics.truncate(findings);
        self.out.uses.truncate(uses);
        self.out.types.truncate(types);
        self.nodes.truncate(nodes);
        self.loops = loops;
        val.ty.plain().clone()
    }

    pub(crate) fn valid_on(&mut self, row: &Expr, date: &Expr, span: Span) -> Val {
        let value = self.expr(row, None);
        let day = self.expr_as(date, &Ty::Date, "the day after `valid on`");
        match &value.ty {
            Ty::Error => return self.broken_as(&Ty::Bool, span),
            Ty::Row(decl) => {
                let kind = &signature(self.db, decl).kind;
                if matches!(kind, SignatureKind::Data { valid: Some(_), .. }) {
                    return self.val(
                        Op::ValidOn {
                            row: value.node,
                            date: day.node,
                        },
                        Ty::Bool,
                        span,
                    );
                }
                let claim = format!("rows of `{}` have no validity", decl.name());
                self.error(codes::NO_VALIDITY, row.span, claim).instead =
                    Some("declare it: `valid from START to END`".into());
            }
            other => {
                let claim = format!(
                    "`valid on` asks a row of a relation, and this is {}",
                    other.text()
                );
                self.error(codes::NO_VALIDITY, row.span, claim).instead =
                    Some("compare the days: `day between x.from and x.to`".into());
            }
        }
        self.broken_as(&Ty::Bool, span)
    }

    pub(crate) fn in_list(&mut self, negated: bool, value: &Expr, list: &Expr, span: Span) -> Val {
        let (val, xs) = if takes_type(self, value) && !takes_type(self, list) {
            let xs = self.expr(list, None);
            let hint = match &xs.ty {
                Ty::List(item, _) => (**item).clone(),
                _ => Ty::Error,
            };
            let val = self.expr(value, Some(&hint));
            (val, xs)
        } else {
            let val = self.expr(value, None);
            let hint = Ty::List(Box::new(val.ty.clone()), None);
            let xs = self.expr(list, Some(&hint));
            (val, xs)
        };
        if val.ty.is_error() || xs.ty.is_error() {
            return self.broken_as(&Ty::Bool, span);
        }
        let Ty::List(item, bound) = xs.ty.clone() else {
            let text = xs.ty.text();
            let error = self.error(
                codes::WRONG_TYPE,
                list.span,
                format!("a list is wanted after `in`, and this is {text}"),
            );
            error.instead = Some("write a list: `in [a, b]`".into());
            return self.broken_as(&Ty::Bool, span);
        };
        let Some(ty) = unify(&val.ty, &item) else {
            self.cannot_compare(&val.ty.clone(), &item, value, list, span);
            return self.broken_as(&Ty::Bool, span);
        };
        if matches!(&*list.kind, ExprKind::List(items) if items.is_empty()) {
            let always = if negated { "true" } else { "false" };
            let claim = format!("this is always {always}: the list is empty");
            self.warn(codes::ALWAYS, span, claim).instead = Some("name values".into());
        }
        let val = self.lift(val, &ty, span);
        let xs = self.lift(xs, &Ty::List(Box::new(ty), bound), span);
        let is = self.val(Op::In(val.node, xs.node), Ty::Bool, span);
        if negated {
            self.val(Op::Not(is.node), Ty::Bool, span)
        } else {
            is
        }
    }

    /// Allows or forbids running values here; only ever narrows an outer permission.
    pub(crate) fn set_allowed(&mut self, allowed: bool) {
        if let Some(cx) = self.loops.last_mut() {
            cx.allowed = allowed;
        }
    }
}
