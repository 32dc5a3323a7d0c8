//! Arithmetic, rounding, dimensions, dates.

use assize_ir::{Arithmetic, Const, DateUnit, NumFacts, Op, Places, ROUNDING_VALUES};

use super::advice::conversion;
use super::coerce::unify;
use super::{Checker, Val};
use crate::ast::{ArithmeticOp, Carrying, DimExpr, Expr, ExprKind, ShareExpr, Span};
use crate::codes;
use crate::diagnostic::Applicability;
use crate::signature::Header;
use crate::ty::{Dim, EnumRef, Ty};

impl Checker<'_> {
    #[expect(
        clippy::too_many_arguments,
        reason = "both sides with their texts, for the messages"
    )]
    pub(crate) fn arithmetic_of(
        &mut self,
        op: ArithmeticOp,
        a: Val,
        b: Val,
        left: &Expr,
        right: &Expr,
        span: Span,
        op_span: Span,
    ) -> Val {
        if a.ty.is_error() || b.ty.is_error() {
            return self.broken(span);
        }
        for (val, expr) in [(&a, left), (&b, right)] {
            if val.ty.is_optional() {
                let text = val.ty.text();
                self.error(
                    codes::MAY_BE_MISSING,
                    expr.span,
                    format!(
                        "this may be missing ({text}), and nothing can be computed with it then"
                    ),
                )
                .instead = Some("say what holds then: `(… otherwise VALUE)`".into());
                return self.broken(span);
            }
        }
        use ArithmeticOp::{Add, Divide, Multiply, Subtract};
        match (op, &a.ty, &b.ty) {
            (Add | Subtract, Ty::Date, _) | (Subtract, _, Ty::Date) | (Add, _, Ty::Date) => {
                self.date_arithmetic(op, a, b, right, span)
            }
            (Add, Ty::List(..), Ty::List(..)) => {
                let (x, y) = (a.ty.text(), b.ty.text());
                let total = match (&a.ty, &b.ty) {
                    (Ty::List(_, Some(m)), Ty::List(_, Some(n))) => m.checked_add(*n),
                    _ => None,
                };
                match self.join(a, b, span) {
                    Some((a, b)) => {
                        let item = match &a.ty {
                            Ty::List(item, _) => item.clone(),
                            _ => Box::new(Ty::Error),
                        };
                        self.val(Op::Concat(a.node, b.node), Ty::List(item, total), span)
                    }
                    None => {
                        self.error(
                            codes::MIXED_LIST,
                            span,
                            format!("{x} and {y} cannot be joined"),
                        )
                        .instead = Some("join lists of one type".into());
                        self.broken(span)
                    }
                }
            }
            (_, Ty::Span(..), _) | (_, _, Ty::Span(..)) => {
                self.error(
                    codes::SPAN_PLACE,
                    span,
                    "months, weeks, quarters and years stand only in date arithmetic",
                )
                .instead = Some("add them to a date: `date + 1 month`".into());
                self.broken(span)
            }
            (_, x, y) if !x.is_number() || !y.is_number() => {
                let sign = match op {
                    Add => "+",
                    Subtract => "-",
                    Multiply => "*",
                    Divide => "/",
                };
                let claim = format!("`{sign}` cannot take {} and {}", x.text(), y.text());
                let way_out = match (x, y) {
                    (Ty::Text | Ty::Code, _) | (_, Ty::Text | Ty::Code) if op == Add => {
                        "texts are put together in holes: `\"{a} {b}\"`"
                    }
                    (Ty::Date, _) | (_, Ty::Date) => {
                        "a date is moved (`date + 3 days`) or taken from another (`end - start`)"
                    }
                    (Ty::Bool, _) | (_, Ty::Bool) => "choose a number: `if … then … else …`",
                    (Ty::List(..), _) | (_, Ty::List(..)) => {
                        "take a number of the list, in brackets: `(count of …) + 1`, `(sum of …) + 1`"
                    }
                    (Ty::Record(_) | Ty::Row(_), _) | (_, Ty::Record(_) | Ty::Row(_)) => {
                        "take one of its fields"
                    }
                    _ => "take numbers",
                };
                self.error(codes::BAD_OPERANDS, op_span, claim).instead = Some(way_out.into());
                self.broken(span)
            }
            (Add | Subtract, ..) => self.sum(op, a, b, left, right, span),
            (Multiply | Divide, ..) => self.product(op, a, b, span),
        }
    }

    fn sum(
        &mut self,
        op: ArithmeticOp,
        a: Val,
        b: Val,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) -> Val {
        let (add, ir) = match op {
            ArithmeticOp::Subtract => (false, Arithmetic::Subtract),
            _ => (true, Arithmetic::Add),
        };
        if a.ty == Ty::Int && b.ty == Ty::Int {
            return self.val(Op::Arithmetic(ir, a.node, b.node), Ty::Int, span);
        }
        let (x, y) = (a.ty.clone(), b.ty.clone());
        if unify(&x, &y).is_none() {
            self.wrong_sum(add, &x, &y, left, right);
            return self.broken(span);
        }
        let Some((a, b)) = self.both_numbers(a, b, span) else {
            return self.broken(span);
        };
        let (Ty::Num(dim, f), Ty::Num(other, g)) = (&a.ty, &b.ty) else {
            return self.broken(span);
        };
        let facts = if add { f.add(g) } else { f.subtract(g) };
        // Of two zeros that fit everything, the dimension of the other side counts.
        let dim = if dim.is_plain() {
            other.clone()
        } else {
            dim.clone()
        };
        self.val(
            Op::Arithmetic(ir, a.node, b.node),
            Ty::Num(dim, facts),
            span,
        )
    }

    /// Both as decimals, each with its own facts.
    fn both_numbers(&mut self, a: Val, b: Val, span: Span) -> Option<(Val, Val)> {
        let number = |checker: &mut Self, val: Val| match val.ty {
            Ty::Int => Some(checker.int_to_num(val, Dim::PLAIN, span)),
            Ty::Num(..) => Some(val),
            _ => None,
        };
        Some((number(self, a)?, number(self, b)?))
    }

    fn product(&mut self, op: ArithmeticOp, a: Val, b: Val, span: Span) -> Val {
        let multiply = op == ArithmeticOp::Multiply;
        if multiply && a.ty == Ty::Int && b.ty == Ty::Int {
            return self.val(
                Op::Arithmetic(Arithmetic::Multiply, a.node, b.node),
                Ty::Int,
                span,
            );
        }
        let Some((a, b)) = self.both_numbers(a, b, span) else {
            return self.broken(span);
        };
        let (Ty::Num(d, f), Ty::Num(e, g)) = (&a.ty, &b.ty) else {
            return self.broken(span);
        };
        let Some(dim) = d.combine(e, if multiply { 1 } else { -1 }) else {
            let claim = format!("percent cannot be divided by {}", e.text());
            self.error(codes::WRONG_DIMENSION, span, claim).instead =
                Some("divide by a plain number, or by a percent".into());
            return self.broken(span);
        };
        if !multiply && matches!(self.constant(b.node), Some(Const::Num(n)) if n.is_zero()) {
            self.error(codes::DIVISION_BY_ZERO, span, "this divides by zero")
                .instead = Some("write the number that is meant".into());
            return self.broken(span);
        }
        let (facts, ir) = if multiply {
            (f.multiply(g), Arithmetic::Multiply)
        } else {
            (f.divide(g), Arithmetic::Divide)
        };
        self.val(
            Op::Arithmetic(ir, a.node, b.node),
            Ty::Num(dim, facts),
            span,
        )
    }

    fn date_arithmetic(
        &mut self,
        op: ArithmeticOp,
        a: Val,
        b: Val,
        right: &Expr,
        span: Span,
    ) -> Val {
        let subtract = op == ArithmeticOp::Subtract;
        match (&a.ty, &b.ty) {
            (Ty::Date, Ty::Date) if subtract => {
                let days = self.push(Op::DateDifference(a.node, b.node), &Ty::Int, span);
                self.val(
                    Op::IntToNum(days),
                    Ty::Num(Dim::days(), NumFacts::int()),
                    span,
                )
            }
            (Ty::Date, Ty::Span(unit, count)) => {
                let (unit, count) = (*unit, *count);
                let Some(count) = (if subtract {
                    count.checked_neg()
                } else {
                    Some(count)
                }) else {
                    return self.broken(span);
                };
                self.val(
                    Op::DateStep {
                        date: a.node,
                        count,
                        unit,
                    },
                    Ty::Date,
                    span,
                )
            }
            (Ty::Date, Ty::Num(dim, facts)) if *dim == Dim::days() => {
                if facts.places != Places::AtMost(0) {
                    self.error(
                        codes::BAD_SPAN,
                        right.span,
                        "a date moves by whole days, and this may have places",
                    )
                    .instead = Some("round it: `round … to 1 days`".into());
                    return self.broken(span);
                }
                if let Some(Const::Num(n)) = self.constant(b.node)
                    && let Ok(count) = i32::try_from(n.normalize().mantissa())
                    && let Some(count) = if subtract {
                        count.checked_neg()
                    } else {
                        Some(count)
                    }
                {
                    let op = Op::DateStep {
                        date: a.node,
                        count,
                        unit: DateUnit::Days,
                    };
                    return self.val(op, Ty::Date, span);
                }
                let facts = facts.clone();
                let days = if subtract {
                    let ty = Ty::Num(Dim::days(), facts.negate());
                    self.push(Op::Negate(b.node), &ty, span)
                } else {
                    b.node
                };
                self.val(Op::DatePlusDays(a.node, days), Ty::Date, span)
            }
            (Ty::Date, Ty::DateFormula) if !subtract => {
                self.val(Op::DatePlusFormula(a.node, b.node), Ty::Date, span)
            }
            (Ty::Date, Ty::Int) => {
                let end = self.decl.at(Span {
                    start: right.span.end,
                    end: right.span.end,
                });
                let literal = matches!(&*right.kind, ExprKind::Number { .. });
                let error = self.error(
                    codes::BAD_SPAN,
                    right.span,
                    "a date moves by days, weeks, months …, and this is a bare number",
                );
                let text = if literal { " days" } else { " as days" };
                error.instead = Some(format!("write `…{text}`"));
                error.fixes.push(crate::diagnostic::Fix {
                    title: format!("add `{}`", text.trim()),
                    edits: vec![(end, text.into())],
                    applicability: Applicability::Choice,
                });
                self.broken(span)
            }
            (x, y) => {
                let sign = if subtract { '-' } else { '+' };
                let claim = format!("`{sign}` cannot take {} and {}", x.text(), y.text());
                let formula = subtract && (x, y) == (&Ty::Date, &Ty::Text);
                let formula = formula || (subtract && (x, y) == (&Ty::Date, &Ty::DateFormula));
                self.error(codes::BAD_OPERANDS, span, claim).instead = Some(if formula {
                    "add a formula, with the sign in it: `… + \"-14D\"`".into()
                } else {
                    "a date takes days, months or a date formula at its right".into()
                });
                self.broken(span)
            }
        }
    }

    pub(crate) fn negate(&mut self, inner: &Expr, want: Option<&Ty>, span: Span) -> Val {
        let val = self.expr(inner, want);
        match &val.ty {
            Ty::Error => self.broken(span),
            Ty::Int => match self.constant(val.node) {
                Some(Const::Int(n)) => {
                    let n = n.saturating_neg();
                    self.val(Op::Const(Const::Int(n)), Ty::Int, span)
                }
                _ => self.val(Op::Negate(val.node), Ty::Int, span),
            },
            Ty::Num(dim, facts) => {
                let dim = dim.clone();
                if let Some(Const::Num(n)) = self.constant(val.node) {
                    let n = -*n;
                    return self.val(
                        Op::Const(Const::Num(n)),
                        Ty::Num(dim, NumFacts::constant(n)),
                        span,
                    );
                }
                let facts = facts.negate();
                self.val(Op::Negate(val.node), Ty::Num(dim, facts), span)
            }
            other => {
                let claim = format!("`-` cannot take {}", other.text());
                let optional = other.is_optional();
                self.error(codes::BAD_OPERANDS, span, claim).instead = Some(if optional {
                    "say what holds when it is missing: `(… otherwise VALUE)`".into()
                } else {
                    "write it before a number".into()
                });
                self.broken(span)
            }
        }
    }

    /// `x as dim`
    pub(crate) fn read_as(&mut self, value: &Expr, dim: &DimExpr, span: Span) -> Val {
        let mut header = Header {
            db: self.db,
            decl: self.decl.clone(),
            diagnostics: Vec::new(),
        };
        let target = header.dim(dim);
        self.out.diagnostics.append(&mut header.diagnostics);
        let val = self.expr(value, None);
        let Some(target) = target else {
            return self.broken(span);
        };
        let (plain, optional) = match &val.ty {
            Ty::Optional(inner) => ((**inner).clone(), true),
            other => (other.clone(), false),
        };
        match &plain {
            Ty::Error => self.broken(span),
            Ty::Int if !optional => self.int_to_num(val, target, span),
            Ty::Num(have, facts) if have.is_plain() || *have == target => {
                if target == Dim::days() && facts.places != Places::AtMost(0) {
                    self.error(
                        codes::BAD_SPAN,
                        value.span,
                        "only a whole number can be read as days",
                    )
                    .instead = Some("round it: `round … to 1`".into());
                    return self.broken(span);
                }
                let ty = Ty::Num(target, facts.clone());
                let ty = if optional { ty.optional() } else { ty };
                self.read_again(&val, ty, span)
            }
            // From percent to plain the fraction is read: 5% is 0.05.
            Ty::Num(Dim::Percent, facts) if target.is_plain() => {
                let ty = Ty::Num(target, facts.clone());
                let ty = if optional { ty.optional() } else { ty };
                self.read_again(&val, ty, span)
            }
            Ty::Num(have, _) => {
                let claim = format!(
                    "`as` only says what a plain number means, and this is in {}",
                    have.text()
                );
                let how = conversion(have, &target);
                self.error(codes::BAD_AS, span, claim).instead = Some(how);
                self.broken(span)
            }
            other => {
                let claim = format!("`as` takes a number, and this is {}", other.text());
                self.error(codes::BAD_AS, span, claim).instead =
                    Some("write it behind a plain number".into());
                self.broken(span)
            }
        }
    }

    /// A value under another dimension. What a text or an output shows follows the type of the node, so
    /// a change between percent and other numbers makes a node of its own.
    fn read_again(&mut self, val: &Val, ty: Ty, span: Span) -> Val {
        let percent = |ty: &Ty| matches!(ty.plain(), Ty::Num(Dim::Percent, _));
        if percent(&val.ty) == percent(&ty) {
            return Val { node: val.node, ty };
        }
        if let Some(constant) = self.constant(val.node).cloned() {
            return self.val(Op::Const(constant), ty, span);
        }
        let slot = self.slot("value", &ty);
        let body = self.push(Op::Local(slot), &ty, span);
        self.val(
            Op::Let {
                slot,
                mode: assize_ir::LetMode::Now,
                value: val.node,
                body,
            },
            ty,
            span,
        )
    }

    // ------------------------------------------------------------------ rounding

    pub(crate) fn round(
        &mut self,
        value: &Expr,
        step: &Expr,
        using: Option<&Expr>,
        carrying: Option<&Carrying>,
        want: Option<&Ty>,
        span: Span,
    ) -> Val {
        let hint = want
            .filter(|ty| ty.is_number())
            .map(|ty| ty.plain().clone());
        let val = self.expr(value, hint.as_ref());
        let val = match self.numeric(val, value) {
            Some(val) => val,
            None => return self.broken(span),
        };
        let (dim, facts) = match &val.ty {
            Ty::Num(dim, facts) => (dim.clone(), facts.clone()),
            _ => return self.broken(span),
        };
        let Some(step_val) = self.step(step, &dim) else {
            return self.broken(span);
        };
        let step_facts = step_val.ty.facts().unwrap_or(NumFacts::UNKNOWN);
        let mode = self.mode(using, span);
        let rounded = rounded_facts(&facts, &step_facts);
        self.rounded_twice(value, &facts, &step_facts, step, carrying.is_some());
        let Some(carrying) = carrying else {
            return self.val(
                Op::Round {
                    value: val.node,
                    step: step_val.node,
                    mode,
                },
                Ty::Num(dim, rounded),
                span,
            );
        };
        let per = carrying.per.as_ref().map(|per| self.expr(per, None).node);
        if !self.running_allowed("`carrying remainder`", carrying.span) {
            return self.broken(span);
        }
        let state = match self.loops.last_mut() {
            Some(cx) => {
                let state = cx.running;
                cx.running += 1;
                state
            }
            None => return self.broken(span),
        };
        // A part is a difference of rounded totals: only its places are known.
        let facts = NumFacts {
            places: rounded.places,
            lowest: None,
            highest: None,
            exact: false,
        };
        self.val(
            Op::RoundRunning {
                state,
                value: val.node,
                step: step_val.node,
                mode,
                per,
            },
            Ty::Num(dim, facts),
            span,
        )
    }

    /// Whether running values may stand here; reports it when not.
    fn running_allowed(&mut self, what: &str, span: Span) -> bool {
        if self.loops.last().is_some_and(|cx| cx.allowed) {
            return true;
        }
        let outside = self.loops.is_empty();
        let claim = format!("{what} stands only in a `let`, `give` or `next` of a `for each`");
        let error = self.error(codes::RUNNING_PLACE, span, claim);
        error
            .because
            .push("it counts the elements one after the other".into());
        error.instead = Some(if outside {
            "go through the elements: `for each x in list give …`, with what is given for each of them"
                .into()
        } else {
            "name it first with a `let` of the `for each`".into()
        });
        false
    }

    fn numeric(&mut self, val: Val, expr: &Expr) -> Option<Val> {
        match &val.ty {
            Ty::Num(..) => Some(val),
            Ty::Int => Some(self.int_to_num(val, Dim::PLAIN, expr.span)),
            Ty::Error => None,
            Ty::Never => Some(Val {
                node: val.node,
                ty: Ty::number(),
            }),
            other => {
                let text = other.text();
                let optional = other.is_optional();
                let error = self.error(
                    if optional {
                        codes::MAY_BE_MISSING
                    } else {
                        codes::WRONG_TYPE
                    },
                    expr.span,
                    format!("a number is wanted here, and this is {text}"),
                );
                if optional {
                    error.instead =
                        Some("say what holds when it is missing: `(… otherwise VALUE)`".into());
                }
                None
            }
        }
    }

    /// A rounding step: a literal adopts the dimension, a step from data must have it.
    fn step(&mut self, step: &Expr, dim: &Dim) -> Option<Val> {
        let hint = Ty::Num(dim.clone(), NumFacts::UNKNOWN);
        let val = self.expr(step, Some(&hint));
        let val = self.numeric(val, step)?;
        if let Ty::Num(have, _) = &val.ty
            && have != dim
        {
            let have = val.ty.clone();
            self.wrong_dimension(&have, &hint, "the step", step);
            return None;
        }
        if let Some(Const::Num(n)) = self.constant(val.node)
            && (n.is_zero() || n.is_sign_negative())
        {
            self.error(codes::BAD_STEP, step.span, "a step is above zero")
                .instead = Some("write what is rounded to, such as `0.01`".into());
            return None;
        }
        Some(val)
    }

    /// The rounding mode; `nearest` when not said.
    fn mode(&mut self, using: Option<&Expr>, span: Span) -> assize_ir::NodeId {
        let ty = Ty::Enum(EnumRef::Rounding);
        match using {
            Some(using) => self.expr_as(using, &ty, "the rounding mode").node,
            None => self.push(Op::Const(Const::Enum(assize_ir::ROUNDING, 0)), &ty, span),
        }
    }

    /// Warns when a value is rounded that already is: the first rounding changes the second.
    fn rounded_twice(
        &mut self,
        value: &Expr,
        facts: &NumFacts,
        step_facts: &NumFacts,
        step: &Expr,
        running: bool,
    ) {
        if running {
            return;
        }
        if let (
            ExprKind::Round {
                step: inner,
                carrying: None,
                ..
            },
            Some(outer),
        ) = (&*value.kind, step_facts.lowest)
            && step_facts.highest == Some(outer)
        {
            let inner_span = inner.span;
            let first = self.here(inner_span, "rounded here first");
            let warning = self.warn(
                codes::ROUNDED_TWICE,
                step.span,
                "this is rounded twice, and the first rounding can change the second",
            );
            warning.related.push(first);
            warning.instead = Some("round once, to the last step".into());
            return;
        }
        if let (Places::AtMost(n), Some(low), Some(high)) =
            (facts.places, step_facts.lowest, step_facts.highest)
            && low == high
            && !low.is_zero()
        {
            // Rounding a value to a step that all its values already are multiples of.
            // A product may have more places than a decimal has: then no step is its unit.
            let unit = rust_decimal::Decimal::try_new(1, u32::from(n)).ok();
            let rest = unit.and_then(|unit| unit.checked_rem(low));
            let constant = facts.lowest.is_some() && facts.lowest == facts.highest;
            if !constant && rest.is_some_and(|rest| rest.is_zero()) {
                self.report(
                    codes::ROUNDS_NOTHING,
                    crate::diagnostic::Severity::Note,
                    step.span,
                    format!("this rounds nothing: the value has at most {n} places"),
                );
            }
        }
    }

    // ------------------------------------------------------------------ shares

    pub(crate) fn share(&mut self, share: &ShareExpr, want: Option<&Ty>, span: Span) -> Val {
        if !self.running_allowed("`share of`", span) {
            return self.broken(span);
        }
        let hint = want
            .filter(|ty| ty.is_number())
            .map(|ty| ty.plain().clone());
        // Operands of a share are computed before the body: no share or total may stand in them.
        if let Some(cx) = self.loops.last_mut() {
            cx.allowed = false;
        }
        let total = self.expr(&share.total, hint.as_ref());
        let total = self.numeric(total, &share.total);
        let weight = self.expr(&share.weight, None);
        let weight = self.numeric(weight, &share.weight);
        let dim = match total.as_ref().map(|val| &val.ty) {
            Some(Ty::Num(dim, _)) => Some(dim.clone()),
            _ => None,
        };
        let step = dim.as_ref().and_then(|dim| self.step(&share.step, dim));
        let mode = self.mode(share.using.as_ref(), span);
        let per = share.per.as_ref().map(|per| self.expr(per, None).node);
        if let Some(cx) = self.loops.last_mut() {
            cx.allowed = true;
        }
        let (Some(total), Some(weight), Some(step), Some(dim)) = (total, weight, step, dim) else {
            return self.broken(span);
        };
        let rest = match share.rest.as_ref().map(|word| &*word.text) {
            Some("largest") => assize_ir::Rest::Largest,
            Some("first") => assize_ir::Rest::First,
            Some("last") => assize_ir::Rest::Last,
            _ => assize_ir::Rest::Running,
        };
        let guards = self
            .loops
            .last()
            .map(|cx| cx.guards.clone())
            .unwrap_or_default();
        let guard = self.guard(&guards, span);
        let place = self.place(span);
        let step_facts = step.ty.facts().unwrap_or(NumFacts::UNKNOWN);
        let total_facts = total.ty.facts().unwrap_or(NumFacts::UNKNOWN);
        let facts = total_facts.share_part(&step_facts, rest == assize_ir::Rest::Running);
        let index = match self.loops.last_mut() {
            Some(cx) => {
                cx.shares.push(assize_ir::Share {
                    guard,
                    total: total.node,
                    weight: weight.node,
                    step: step.node,
                    mode,
                    per,
                    rest,
                    place,
                });
                u32::try_from(cx.shares.len() - 1).unwrap_or(u32::MAX)
            }
            None => return self.broken(span),
        };
        self.val(Op::SharePart(index), Ty::Num(dim, facts), span)
    }

    /// The conjunction of the conditions of the branches around a place.
    fn guard(
        &mut self,
        guards: &[(assize_ir::NodeId, bool)],
        span: Span,
    ) -> Option<assize_ir::NodeId> {
        let mut out = None;
        for (cond, holds) in guards {
            let node = if *holds {
                *cond
            } else {
                self.push(Op::Not(*cond), &Ty::Bool, span)
            };
            out = Some(match out {
                None => node,
                Some(before) => self.push(Op::And(before, node), &Ty::Bool, span),
            });
        }
        out
    }

    /// The value of `Rounding` with this name.
    pub(crate) fn rounding_value(word: &str) -> Option<u32> {
        ROUNDING_VALUES
            .iter()
            .position(|name| *name == word)
            .and_then(|n| u32::try_from(n).ok())
    }
}

/// Facts of a rounded value. A step from data may have fewer places than its type allows, and the
/// author relies on that: such a value is checked when it runs, not refused.
fn rounded_facts(facts: &NumFacts, step: &NumFacts) -> NumFacts {
    let mut rounded = facts.round(step);
    if step.lowest.is_none() || step.lowest != step.highest {
        rounded.places = Places::FromData;
        rounded.exact = false;
    }
    rounded
}
