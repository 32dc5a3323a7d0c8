//! Borders and joins: a value where a type is wanted, two values that must have one type.

use assize_ir::{Const, Loop, LoopResult, NumFacts, Op, Over, Places, Source};

use super::{Checker, Val};
use crate::ast::{Expr, ExprKind, Span};
use crate::codes;
use crate::diagnostic::{Applicability, Fix};
use crate::ty::{Dim, Ty};

impl Checker<'_> {
    /// Checks an expression where a type is wanted, and makes it one of that type. `what` names the
    /// place as the author calls it.
    pub(crate) fn expr_as(&mut self, expr: &Expr, target: &Ty, what: &str) -> Val {
        let val = self.expr(expr, Some(target));
        self.coerce(val, target, what, expr)
    }

    /// Makes a value one of the wanted type, or reports why it is none.
    pub(crate) fn coerce(&mut self, val: Val, target: &Ty, what: &str, expr: &Expr) -> Val {
        let span = expr.span;
        if val.ty == Ty::Never {
            self.retype(val.node, target);
        }
        if val.ty.is_error() || target.is_error() || val.ty == Ty::Never {
            return Val {
                node: val.node,
                ty: target.clone(),
            };
        }
        match (&val.ty, target) {
            (Ty::Missing, Ty::Optional(_)) => {
                return self.val(Op::Const(Const::Missing), target.clone(), span);
            }
            (Ty::Optional(inner), Ty::Optional(wanted)) => {
                return self.coerce_optional(&val, inner, wanted, target, what, expr);
            }
            (_, Ty::Optional(wanted)) => {
                let plain = self.coerce(val, wanted, what, expr);
                // What is proved of the value stays known, and no more.
                let ty = plain.ty.clone().optional();
                return self.val(Op::ToOptional(plain.node), ty, span);
            }
            (Ty::Optional(_) | Ty::Missing, _) => {
                self.may_be_missing(&val.ty, target, what, expr);
                return self.broken_as(target, span);
            }
            _ => {}
        }
        match (&val.ty, target) {
            (Ty::Int, Ty::Num(dim, facts)) => {
                if !dim.is_plain() {
                    let zero = self.constant(val.node) == Some(&Const::Int(0));
                    if !zero {
                        self.wrong_dimension(&val.ty, target, what, expr);
                        return self.broken_as(target, span);
                    }
                }
                let (dim, facts) = (dim.clone(), facts.clone());
                let number = self.int_to_num(val, dim, span);
                self.border(number, &facts, target, what, expr)
            }
            (Ty::Num(dim, facts), Ty::Int) => {
                if dim.is_plain() && facts.places == Places::AtMost(0) {
                    let most = rust_decimal::Decimal::from(i64::MAX);
                    if facts.lowest.is_some_and(|low| low > most)
                        || facts.highest.is_some_and(|high| high < -most)
                    {
                        let claim = format!("{what} is an int, and this is outside its range");
                        let error = self.error(codes::OUT_OF_RANGE, span, claim);
                        error
                            .because
                            .push(format!("an int is from -{most} to {most}"));
                        error.instead = Some("declare a `number` for it".into());
                        return self.broken_as(target, span);
                    }
                    return self.val(Op::NumToInt(val.node), Ty::Int, span);
                }
                let text = val.ty.text();
                let error = self.error(
                    codes::NOT_AN_INT,
                    span,
                    format!("{what} is an int, and this is {text}"),
                );
                if dim.is_plain() {
                    error.because.push("the value may have places".into());
                    error.instead = Some("round it: `round … to 1`".into());
                }
                self.broken_as(target, span)
            }
            (Ty::Num(have, _), Ty::Num(want, facts)) => {
                let zero = matches!(self.constant(val.node), Some(Const::Num(n)) if n.is_zero());
                if have != want && !zero {
                    self.wrong_dimension(&val.ty, target, what, expr);
                    return self.broken_as(target, span);
                }
                let facts = facts.clone();
                self.border(val, &facts, target, what, expr)
            }
            (Ty::List(have, bound), Ty::List(want, limit)) => {
                let (have, want) = ((**have).clone(), (**want).clone());
                let (bound, limit) = (*bound, *limit);
                let elements = self.coerce_elements(val, &have, &want, what, expr);
                let over = limit.filter(|limit| bound.is_none_or(|bound| bound > *limit));
                match over {
                    Some(at_most) => self.val(
                        Op::Bound {
                            value: elements.node,
                            at_most,
                            what: what.to_string(),
                        },
                        target.clone(),
                        span,
                    ),
                    None => Val {
                        node: elements.node,
                        ty: Ty::List(Box::new(want), limit.or(bound)),
                    },
                }
            }
            (have, want) if have == want => Val {
                node: val.node,
                ty: target.clone(),
            },
            _ => {
                self.wrong_type(&val.ty, target, what, expr);
                self.broken_as(target, span)
            }
        }
    }

    fn coerce_optional(
        &mut self,
        val: &Val,
        inner: &Ty,
        wanted: &Ty,
        target: &Ty,
        what: &str,
        expr: &Expr,
    ) -> Val {
        match (inner, wanted) {
            (Ty::Num(have, facts), Ty::Num(want, _)) if have == want => {
                let spec = match wanted {
                    Ty::Num(dim, facts) => Ty::num_type(dim, facts),
                    _ => return self.broken_as(target, expr.span),
                };
                if self.refuse_written(&spec, what, expr)
                    || self.refuse_places(facts, &spec, what, expr)
                {
                    return self.broken_as(target, expr.span);
                }
                if facts.within(&spec) {
                    return Val {
                        node: val.node,
                        ty: Ty::Optional(Box::new(inner.clone())),
                    };
                }
                let to = self.refs.ir_type(target);
                self.val(
                    Op::Border {
                        value: val.node,
                        to,
                        what: what.to_string(),
                    },
                    target.clone(),
                    expr.span,
                )
            }
            (a, b) if a == b => Val {
                node: val.node,
                ty: target.clone(),
            },
            (Ty::Int, Ty::Num(..)) => {
                let number = self.optional_int_to_num(val.clone(), expr.span);
                self.coerce(number, target, what, expr)
            }
            _ => {
                self.wrong_type(&val.ty, target, what, expr);
                self.broken_as(target, expr.span)
            }
        }
    }

    /// `int?` as `number?`: missing stays missing.
    fn optional_int_to_num(&mut self, val: Val, span: Span) -> Val {
        let slot = self.slot("value", &val.ty);
        let read = self.push(Op::Local(slot), &val.ty, span);
        let missing = self.push(Op::IsMissing(read), &Ty::Bool, span);
        let again = self.push(Op::Local(slot), &val.ty, span);
        let present = self.push(Op::Present(again), &Ty::Int, span);
        let facts = NumFacts::int();
        let plain = Ty::Num(Dim::PLAIN, facts);
        let number = self.push(Op::IntToNum(present), &plain, span);
        let ty = plain.optional();
        let some = self.push(Op::ToOptional(number), &ty, span);
        let none = self.push(Op::Const(Const::Missing), &ty, span);
        let choice = self.push(
            Op::If {
                cond: missing,
                then: none,
                other: some,
            },
            &ty,
            span,
        );
        self.val(
            Op::Let {
                slot,
                mode: assize_ir::LetMode::Lazy,
                value: val.node,
                body: choice,
            },
            ty,
            span,
        )
    }

    /// A number at the border of a declared one.
    fn border(&mut self, val: Val, want: &NumFacts, target: &Ty, what: &str, expr: &Expr) -> Val {
        let (Ty::Num(_, have), Ty::Num(dim, _)) = (&val.ty, target) else {
            return val;
        };
        let spec = Ty::num_type(dim, want);
        let have = have.clone();
        let disjoint = spec
            .lowest
            .zip(have.highest)
            .is_some_and(|(low, high)| high < low)
            || spec
                .highest
                .zip(have.lowest)
                .is_some_and(|(high, low)| low > high);
        if disjoint {
            let values = self.range_text(dim, &have);
            let range = self.range_text(dim, want);
            self.error(
                codes::OUT_OF_RANGE,
                expr.span,
                format!("{what} takes {range}, and this is {values}"),
            )
            .instead = Some("change the value, or widen the range of the declaration".into());
            return self.broken_as(target, expr.span);
        }
        if self.refuse_written(&spec, what, expr) || self.refuse_places(&have, &spec, what, expr) {
            return self.broken_as(target, expr.span);
        }
        if have.within(&spec) {
            // Nothing to check; what is proved of the value stays known.
            return Val {
                node: val.node,
                ty: Ty::Num(dim.clone(), have),
            };
        }
        let to = self.refs.ir_type(target);
        let ty = Ty::Num(dim.clone(), NumFacts::declared(&spec));
        self.val(
            Op::Border {
                value: val.node,
                to,
                what: what.to_string(),
            },
            ty,
            expr.span,
        )
    }

    /// Reports a value that may have more places than its border, when that is certain from the text.
    fn refuse_places(
        &mut self,
        have: &NumFacts,
        spec: &assize_ir::NumType,
        what: &str,
        expr: &Expr,
    ) -> bool {
        let Some(most) = spec.places else {
            return false;
        };
        let why = match have.places {
            Places::FromData => return false,
            Places::AtMost(n) if n <= most => return false,
            Places::AtMost(n) => {
                let n = if spec.percent { n.saturating_sub(2) } else { n };
                format!("it may have {n} places")
            }
            Places::Open => "it is an unrounded product or quotient".to_string(),
        };
        let written = if spec.percent {
            most.saturating_sub(2)
        } else {
            most
        };
        let mut step = rust_decimal::Decimal::new(1, u32::from(written)).to_string();
        if spec.percent {
            step.push('%');
        }
        let constant = matches!(&*expr.kind, ExprKind::Number { .. } | ExprKind::Percent(_));
        let at = self.decl.at(Span {
            start: expr.span.start,
            end: expr.span.start,
        });
        let end = self.after(expr.span);
        let error = self.error(
            codes::TOO_MANY_PLACES,
            expr.span,
            format!("{what} has {written} places, and this may have more"),
        );
        error.because.push(why);
        if constant {
            error.instead = Some(format!("write it with {written} places"));
        } else {
            error.instead = Some(format!("round it: `round … to {step}`"));
            error.fixes.push(Fix {
                title: format!("round to {step}"),
                edits: vec![(at, "round (".into()), (end, format!(") to {step}"))],
                applicability: Applicability::Choice,
            });
        }
        true
    }

    /// Reports the written numbers among the alternatives of a value: the other alternatives are known
    /// only when data is there, these are known now.
    fn refuse_written(&mut self, spec: &assize_ir::NumType, what: &str, expr: &Expr) -> bool {
        let mut open = vec![expr];
        let mut refused = false;
        while let Some(expr) = open.pop() {
            match &*expr.kind {
                ExprKind::If { then, other, .. } => open.extend([other, then]),
                ExprKind::Let { body, .. } => open.push(body),
                ExprKind::Otherwise { value, other } => open.extend([other, value]),
                _ => {
                    let Some((value, percent)) = crate::signature::constant_number(expr) else {
                        continue;
                    };
                    if percent == spec.percent {
                        let facts = NumFacts::constant(value);
                        refused |= self.refuse_places(&facts, spec, what, expr);
                    }
                }
            }
        }
        refused
    }

    /// Every element of a list as another type.
    fn coerce_elements(&mut self, val: Val, have: &Ty, want: &Ty, what: &str, expr: &Expr) -> Val {
        let same = match (have, want) {
            (Ty::Never, _) => {
                // The empty list fits every list.
                return self.val(
                    Op::Const(Const::List(Vec::new())),
                    Ty::List(Box::new(want.clone()), Some(0)),
                    expr.span,
                );
            }
            (Ty::Num(a, facts), Ty::Num(b, wanted)) => {
                a == b && facts.within(&Ty::num_type(b, wanted))
            }
            (a, b) => a == b,
        };
        if same {
            return val;
        }
        let slot = self.slot("element", have);
        let element = self.val(Op::Local(slot), have.clone(), expr.span);
        let element = self.coerce(element, want, what, expr);
        let bound = match &val.ty {
            Ty::List(_, bound) => *bound,
            _ => None,
        };
        self.val(
            Op::Loop(Box::new(Loop {
                sources: vec![Source {
                    slot,
                    over: Over::List(val.node),
                }],
                filter: None,
                order: Vec::new(),
                until: None,
                carries: Vec::new(),
                lets: Vec::new(),
                running: 0,
                shares: Vec::new(),
                result: LoopResult::List(element.node),
            })),
            Ty::List(Box::new(element.ty), bound),
            expr.span,
        )
    }

    /// An int as a number of a dimension; a constant becomes a constant.
    pub(crate) fn int_to_num(&mut self, val: Val, dim: Dim, span: Span) -> Val {
        if let Some(Const::Int(n)) = self.constant(val.node) {
            let value = rust_decimal::Decimal::from(*n);
            return self.val(
                Op::Const(Const::Num(value)),
                Ty::Num(dim, NumFacts::constant(value)),
                span,
            );
        }
        self.val(Op::IntToNum(val.node), Ty::Num(dim, NumFacts::int()), span)
    }

    /// The one type of two values, and both as that type; `None`: there is none (not reported).
    pub(crate) fn join(&mut self, a: Val, b: Val, span: Span) -> Option<(Val, Val)> {
        let ty = unify(&a.ty, &b.ty)?;
        let a = self.lift(a, &ty, span);
        let b = self.lift(b, &ty, span);
        Some((a, b))
    }

    /// A value as a type that [`unify`] gave: no border, only the representation changes.
    pub(crate) fn lift(&mut self, val: Val, ty: &Ty, span: Span) -> Val {
        match (&val.ty, ty) {
            (Ty::Never, ty) => {
                self.retype(val.node, ty);
                Val {
                    node: val.node,
                    ty: ty.clone(),
                }
            }
            (Ty::Error, _) | (_, Ty::Error) => Val {
                node: val.node,
                ty: ty.clone(),
            },
            (Ty::Missing, Ty::Optional(_)) => self.val(Op::Const(Const::Missing), ty.clone(), span),
            (Ty::Optional(inner), Ty::Optional(wanted)) => match (&**inner, &**wanted) {
                (Ty::Int, Ty::Num(..)) => Val {
                    node: self.optional_int_to_num(val, span).node,
                    ty: ty.clone(),
                },
                _ => Val {
                    node: val.node,
                    ty: ty.clone(),
                },
            },
            (_, Ty::Optional(wanted)) => {
                let plain = self.lift(val, wanted, span);
                self.val(Op::ToOptional(plain.node), ty.clone(), span)
            }
            (Ty::Int, Ty::Num(dim, _)) => Val {
                node: self.int_to_num(val, dim.clone(), span).node,
                ty: ty.clone(),
            },
            (Ty::List(have, bound), Ty::List(want, _)) => {
                let shape = |ty: &Ty| match ty {
                    Ty::Num(dim, _) => Ty::Num(dim.clone(), NumFacts::UNKNOWN),
                    other => other.clone(),
                };
                if shape(have) == shape(want) {
                    return Val {
                        node: val.node,
                        ty: ty.clone(),
                    };
                }
                if **have == Ty::Never {
                    return self.val(Op::Const(Const::List(Vec::new())), ty.clone(), span);
                }
                let (have, want, bound) = ((**have).clone(), (**want).clone(), *bound);
                let slot = self.slot("element", &have);
                let element = self.val(Op::Local(slot), have, span);
                let element = self.lift(element, &want, span);
                let lifted = self.val(
                    Op::Loop(Box::new(Loop {
                        sources: vec![Source {
                            slot,
                            over: Over::List(val.node),
                        }],
                        filter: None,
                        order: Vec::new(),
                        until: None,
                        carries: Vec::new(),
                        lets: Vec::new(),
                        running: 0,
                        shares: Vec::new(),
                        result: LoopResult::List(element.node),
                    })),
                    Ty::List(Box::new(want), bound),
                    span,
                );
                // The other side may be longer.
                Val {
                    node: lifted.node,
                    ty: ty.clone(),
                }
            }
            _ => Val {
                node: val.node,
                ty: ty.clone(),
            },
        }
    }

    pub(crate) fn broken_as(&mut self, ty: &Ty, span: Span) -> Val {
        let node = self.broken(span).node;
        Val {
            node,
            ty: if *ty == Ty::Missing {
                Ty::Error
            } else {
                ty.clone()
            },
        }
    }

    // ------------------------------------------------------------------ words of the faults

    fn may_be_missing(&mut self, have: &Ty, target: &Ty, what: &str, expr: &Expr) {
        // Of another type it would not fit if it were there.
        if *have != Ty::Missing && unify(have.plain(), target).is_none() {
            let found = have.plain().clone();
            match (&found, target) {
                (Ty::Num(..), Ty::Num(..) | Ty::Int) => {
                    self.wrong_dimension(&found, target, what, expr);
                }
                _ => self.wrong_type(have, target, what, expr),
            }
            return;
        }
        let text = have.text();
        let end = self.after(expr.span);
        let wanted = target.text();
        let error = self.error(
            codes::MAY_BE_MISSING,
            expr.span,
            format!("{what} is never missing, and this may be: {text} where {wanted} is wanted"),
        );
        error.instead = Some(
            "say what holds then: `… otherwise VALUE`, `… otherwise stop REASON(…)`, or ask `is not \
             missing` first"
                .into(),
        );
        error.fixes.push(Fix {
            title: "add `otherwise`".into(),
            edits: vec![(end, " otherwise ".into())],
            applicability: Applicability::Choice,
        });
    }

    pub(crate) fn wrong_type(&mut self, have: &Ty, want: &Ty, what: &str, expr: &Expr) {
        let (have_text, want_text) = (have.text(), want.text());
        let date = match (have, want.plain()) {
            (Ty::Text | Ty::Int | Ty::Num(..), Ty::Date) => self.written_date(expr),
            (Ty::Text, of @ Ty::Enum(_)) => self.written_value(expr, of),
            (Ty::Text, of) if plain_number(of) => self.written_number(expr),
            _ => None,
        };
        let no_day = match (have, want.plain()) {
            (Ty::Text, Ty::Date) => self.no_day(expr),
            _ => None,
        };
        let error = self.error(
            codes::WRONG_TYPE,
            expr.span,
            format!("{what} is {want_text}, and this is {have_text}"),
        );
        error.because.extend(no_day);
        if let Some(fix) = date {
            error.instead = Some(fix.title.clone());
            error.fixes.push(fix);
            return;
        }
        match (have, want) {
            (Ty::Text, Ty::Code) => {
                error
                    .because
                    .push("a text is never made into a code unasked".into());
                error.instead =
                    Some("declare the value as `code` where it enters, or write a literal".into());
            }
            (Ty::Num(..) | Ty::Int, Ty::Bool) => {
                error.instead = Some("compare it: `… > 0`".into());
            }
            (Ty::List(..), _) => {
                error.instead = Some("take one of them: `first of …`, `sum of …`".into());
            }
            (Ty::Record(_) | Ty::Row(_), _) => {
                error.instead = Some("take one of its fields".into());
            }
            _ => {
                error.instead = Some(format!(
                    "give a value of {want_text}, or correct the declaration"
                ))
            }
        }
    }

    /// The fix for a day between quotation marks, or in figures of another order.
    pub(crate) fn written_date(&self, expr: &Expr) -> Option<Fix> {
        if let Some(day) = self.day_in_figures(expr) {
            return Some(Fix {
                title: format!("write `{day}`"),
                edits: vec![(self.decl.at(expr.span), day)],
                applicability: Applicability::Choice,
            });
        }
        let ExprKind::Text(pieces) = &*expr.kind else {
            return None;
        };
        let [crate::ast::TextPiece::Text(text)] = pieces.as_slice() else {
            return None;
        };
        assize_ir::date::parse(text)?;
        Some(Fix {
            title: format!("write the day without quotation marks: `{text}`"),
            edits: vec![(self.decl.at(expr.span), text.clone())],
            applicability: Applicability::Certain,
        })
    }

    /// A range in the author's notation.
    pub(crate) fn range_text(&self, dim: &Dim, facts: &NumFacts) -> String {
        let show = |value: rust_decimal::Decimal| {
            if *dim == Dim::Percent {
                let points = value.checked_mul(rust_decimal::Decimal::ONE_HUNDRED);
                format!("{}%", points.unwrap_or(value).normalize())
            } else {
                value.normalize().to_string()
            }
        };
        match (facts.lowest, facts.highest) {
            (Some(low), Some(high)) if low == high => show(low),
            (Some(low), Some(high)) => format!("{} to {}", show(low), show(high)),
            (Some(low), None) => format!("{} or more", show(low)),
            (None, Some(high)) => format!("{} or less", show(high)),
            (None, None) => "any number".to_string(),
        }
    }
}

/// A number is wanted that is written without unit and `%`.
pub(crate) fn plain_number(ty: &Ty) -> bool {
    dim_of(ty).is_some_and(|dim| dim.is_plain())
}

/// The dimension of a number type.
pub(crate) fn dim_of(ty: &Ty) -> Option<Dim> {
    match ty.plain() {
        Ty::Int => Some(Dim::PLAIN),
        Ty::Num(dim, _) => Some(dim.clone()),
        _ => None,
    }
}

/// The one type that both fit, if there is one.
pub(crate) fn unify(a: &Ty, b: &Ty) -> Option<Ty> {
    Some(match (a, b) {
        (Ty::Error, other) | (other, Ty::Error) | (Ty::Never, other) | (other, Ty::Never) => {
            other.clone()
        }
        (Ty::Missing, Ty::Missing) => Ty::Missing,
        (Ty::Missing, other) | (other, Ty::Missing) => match other {
            Ty::List(..) => return None,
            other => other.clone().optional(),
        },
        (Ty::Optional(a), Ty::Optional(b)) => unify(a, b)?.optional(),
        (Ty::Optional(a), b) | (b, Ty::Optional(a)) => unify(a, b)?.optional(),
        (Ty::Num(d, f), Ty::Num(e, g)) if d == e => Ty::Num(d.clone(), f.join(g)),
        (Ty::Num(d, f), Ty::Int) | (Ty::Int, Ty::Num(d, f)) if d.is_plain() => {
            Ty::Num(d.clone(), f.join(&NumFacts::int()))
        }
        // `0` fits everything.
        (Ty::Num(d, f), Ty::Num(_, zero)) | (Ty::Num(_, zero), Ty::Num(d, f))
            if zero.lowest.is_some_and(|n| n.is_zero())
                && zero.highest.is_some_and(|n| n.is_zero()) =>
        {
            Ty::Num(d.clone(), f.join(zero))
        }
        (Ty::List(a, m), Ty::List(b, n)) => {
            let bound = match (m, n) {
                (Some(m), Some(n)) => Some(*m.max(n)),
                _ => None,
            };
            Ty::List(Box::new(unify(a, b)?), bound)
        }
        (a, b) if a == b => a.clone(),
        _ => return None,
    })
}
