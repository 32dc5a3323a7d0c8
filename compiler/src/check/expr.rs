//! Expressions: one arm per construct; the larger ones live in their own files.

use std::sync::Arc;

use assize_ir::{Const, Item, LetMode, NumFacts, Op, TextPart};

use super::{Binding, BindingKind, Checker, Stands, Val, access::is_bare};
use crate::ast::{ArithmeticOp, Expr, ExprKind, LetStmt, ListItem, Span, TextPiece, UnitExpr};
use crate::codes;
use crate::signature::Header;
use crate::ty::{Dim, RecordRef, Ty};

impl Checker<'_> {
    /// Checks an expression. `want` is the type of its place, where there is one; the caller still
    /// has to make the value one of that type.
    pub(crate) fn expr(&mut self, expr: &Expr, want: Option<&Ty>) -> Val {
        self.depth += 1;
        if self.depth > super::MAX_EXPRESSION_DEPTH {
            self.depth -= 1;
            self.error(codes::TOO_DEEP, expr.span, "this is nested too deeply")
                .instead = Some("name a part of it with `let` or `define`".into());
            return self.broken(expr.span);
        }
        let val = self.expr_inner(expr, want);
        self.depth -= 1;
        if self.record_types {
            self.out.types.push((expr.span, val.ty.clone()));
        }
        val
    }

    fn expr_inner(&mut self, expr: &Expr, want: Option<&Ty>) -> Val {
        let span = expr.span;
        match &*expr.kind {
            ExprKind::Error => self.broken(span),
            ExprKind::Missing => match want {
                Some(Ty::Optional(_)) => {
                    let ty = want.cloned().unwrap_or(Ty::Missing);
                    self.val(Op::Const(Const::Missing), ty, span)
                }
                _ => self.val(Op::Const(Const::Missing), Ty::Missing, span),
            },
            ExprKind::Bool(value) => self.val(Op::Const(Const::Bool(*value)), Ty::Bool, span),
            ExprKind::Date(date) => match date.day {
                Some(day) => self.val(Op::Const(Const::Date(day)), Ty::Date, span),
                None => self.broken(span),
            },
            ExprKind::Percent(points) => {
                let value = points.and_then(|points| {
                    let mut value = points;
                    value.set_scale(value.scale() + 2).ok().map(|()| value)
                });
                match value {
                    Some(value) => self.val(
                        Op::Const(Const::Num(value)),
                        Ty::Num(Dim::Percent, NumFacts::constant(value)),
                        span,
                    ),
                    None => self.broken(span),
                }
            }
            ExprKind::Number { value, point, unit } => {
                let Some(value) = *value else {
                    return self.broken(span);
                };
                match unit {
                    Some(unit) => self.measured(value, unit, span),
                    None => self.bare_number(value, *point, want, span),
                }
            }
            ExprKind::Text(pieces) => self.text(pieces, want, span),
            ExprKind::Default => match self.default_ty.clone() {
                Some(ty) => self.val(Op::Default, ty, span),
                None => {
                    self.error(
                        codes::DEFAULT_OUTSIDE,
                        span,
                        "`default` stands only in an exception of a rule that has a default",
                    )
                    .instead = Some("write the value itself, or give the rule a `default`".into());
                    self.broken(span)
                }
            },
            ExprKind::Name(name) => self.name(name, want),
            ExprKind::Field { .. } => self.field_or_path(expr, want),
            ExprKind::Call { callee, args } => self.call(callee, args, span),
            ExprKind::Index { base, keys } => self.row_by_key(base, keys, span),
            ExprKind::List(items) => self.list(items, want, span),
            ExprKind::With { base, args } => self.with(base, args, span),
            ExprKind::On { base, date } => self.on(base, date, span),
            ExprKind::Negate(inner) => self.negate(inner, want, span),
            ExprKind::Not(inner) => {
                let inner = self.condition(inner);
                self.val(Op::Not(inner), Ty::Bool, span)
            }
            ExprKind::And(items) => self.and_or(items, true, span),
            ExprKind::Or(items) => self.and_or(items, false, span),
            ExprKind::Arithmetic {
                op,
                left,
                right,
                op_span,
            } => self.arithmetic(*op, left, right, want, span, *op_span),
            ExprKind::Compare {
                op, left, right, ..
            } => self.compare(*op, left, right, span),
            ExprKind::Is {
                negated,
                left,
                right,
            } => self.is(*negated, left, right, span),
            ExprKind::Between { value, low, high } => self.between(value, low, high, span),
            ExprKind::ValidOn { row, date } => self.valid_on(row, date, span),
            ExprKind::In {
                negated,
                value,
                list,
            } => self.in_list(*negated, value, list, span),
            ExprKind::As { value, dim } => self.read_as(value, dim, span),
            ExprKind::Round {
                value,
                step,
                using,
                carrying,
            } => self.round(value, step, using.as_ref(), carrying.as_ref(), want, span),
            ExprKind::Share(share) => self.share(share, want, span),
            ExprKind::If { cond, then, other } => self.if_(cond, then, other, want, span),
            ExprKind::Let { lets, body } => self.let_block(lets, body, want, span),
            ExprKind::ForEach(each) => self.for_each(each, want, span),
            ExprKind::Aggregate { how, of } => self.aggregate(*how, of, want, span),
            // The grammar lets a group stand only where it is read: after `let … =` and after `in`.
            ExprKind::Group(group) => self.group(group, span),
            ExprKind::Exists(query) => self.exists(query, span),
            ExprKind::Every { query, has } => self.every(query, has, span),
            ExprKind::Counted { how, items } => self.counted(how, items, span),
            ExprKind::Otherwise { value, other } => self.otherwise(value, other, want, span),
            ExprKind::Stop(reason) => {
                let reason = self.expr_as(reason, &Ty::Reason, "what follows `stop`");
                self.val(Op::Stop(reason.node), Ty::Never, span)
            }
        }
    }

    /// A condition.
    pub(crate) fn condition(&mut self, expr: &Expr) -> assize_ir::NodeId {
        let val = self.expr(expr, Some(&Ty::Bool));
        match &val.ty {
            Ty::Bool | Ty::Error | Ty::Never => val.node,
            Ty::Optional(inner) if **inner == Ty::Bool => {
                self.error(
                    codes::MAY_BE_MISSING,
                    expr.span,
                    "this condition may be missing",
                )
                .instead = Some("say what holds then: `(… otherwise false)`".into());
                val.node
            }
            other => {
                let text = other.text();
                self.error(
                    codes::WRONG_TYPE,
                    expr.span,
                    format!("a condition is wanted here, and this is {text}"),
                )
                .instead = Some("compare it with something".into());
                self.broken(expr.span).node
            }
        }
    }

    fn bare_number(
        &mut self,
        value: rust_decimal::Decimal,
        point: bool,
        want: Option<&Ty>,
        span: Span,
    ) -> Val {
        let whole = !point && value.scale() == 0;
        let wanted = want.map(Ty::plain);
        let number = |dim: &Dim| Ty::Num(dim.clone(), NumFacts::constant(value));
        match wanted {
            // For percent the sign is never left out; `0` fits everything.
            Some(Ty::Num(Dim::Percent, _)) if !value.is_zero() => {
                self.val(Op::Const(Const::Num(value)), number(&Dim::PLAIN), span)
            }
            Some(Ty::Num(dim, _)) => {
                let ty = number(dim);
                self.val(Op::Const(Const::Num(value)), ty, span)
            }
            _ if whole => match i64::try_from(value.mantissa()) {
                Ok(n) if n != i64::MIN => self.val(Op::Const(Const::Int(n)), Ty::Int, span),
                _ => self.val(Op::Const(Const::Num(value)), number(&Dim::PLAIN), span),
            },
            _ => self.val(Op::Const(Const::Num(value)), number(&Dim::PLAIN), span),
        }
    }

    fn measured(&mut self, value: rust_decimal::Decimal, unit: &UnitExpr, span: Span) -> Val {
        if self.no_unit(value, unit, span) {
            return self.broken(span);
        }
        if let (None, Some(step)) = (&unit.per, super::fragment::date_unit(&unit.over.text)) {
            let count = i32::try_from(value.normalize().mantissa())
                .ok()
                .filter(|_| value.fract().is_zero());
            return match (step, count) {
                (assize_ir::DateUnit::Days, _) => self.val(
                    Op::Const(Const::Num(value)),
                    Ty::Num(Dim::days(), NumFacts::constant(value)),
                    span,
                ),
                (step, Some(count)) => self.val(
                    Op::Const(Const::Int(i64::from(count))),
                    Ty::Span(step, count),
                    span,
                ),
                (_, None) => {
                    self.error(
                        codes::BAD_SPAN,
                        span,
                        format!("{} {} is no step of the calendar", value, unit.over.text),
                    )
                    .instead = Some("write a whole number".into());
                    self.broken(span)
                }
            };
        }
        let atom = |name: &crate::ast::Name| crate::ast::DimAtom::Named(name.clone());
        let dim = crate::ast::DimExpr {
            over: atom(&unit.over),
            per: unit.per.as_ref().map(atom),
            span,
        };
        let mut header = Header {
            db: self.db,
            decl: self.decl.clone(),
            diagnostics: Vec::new(),
        };
        let dim = header.dim(&dim);
        self.out.diagnostics.append(&mut header.diagnostics);
        match dim {
            Some(dim) => self.val(
                Op::Const(Const::Num(value)),
                Ty::Num(dim, NumFacts::constant(value)),
                span,
            ),
            None => self.broken(span),
        }
    }

    fn text(&mut self, pieces: &[TextPiece], want: Option<&Ty>, span: Span) -> Val {
        let plain: Option<String> = match pieces {
            [] => Some(String::new()),
            [TextPiece::Text(text)] => Some(text.clone()),
            _ => None,
        };
        if let Some(text) = plain {
            return match want.map(Ty::plain) {
                Some(Ty::Code) => {
                    let code = assize_eval::json::normalise_code(&text).into_owned();
                    self.val(Op::Const(Const::Code(code)), Ty::Code, span)
                }
                Some(Ty::Calendar) => {
                    let code = assize_eval::json::normalise_code(&text).into_owned();
                    self.val(Op::Const(Const::Calendar(code)), Ty::Calendar, span)
                }
                Some(Ty::DateFormula) => {
                    match assize_eval::date_formula::DateFormula::parse(&text) {
                        Ok(formula) => self.val(
                            Op::Const(Const::DateFormula(formula.to_string())),
                            Ty::DateFormula,
                            span,
                        ),
                        Err(_) => {
                            self.error(
                                codes::BAD_DATE_FORMULA,
                                span,
                                format!("\"{text}\" is no date formula"),
                            )
                            .instead = Some(
                                "write terms such as `1W`, `CM+14D`, `-2D` (units D WD W M Q Y)"
                                    .into(),
                            );
                            self.broken(span)
                        }
                    }
                }
                _ => self.val(Op::Const(Const::Text(text)), Ty::Text, span),
            };
        }
        let mut parts = Vec::new();
        for piece in pieces {
            match piece {
                TextPiece::Text(text) => parts.push(TextPart::Text(text.clone())),
                TextPiece::Hole(hole) => {
                    let val = self.expr(hole, None);
                    match &val.ty {
                        Ty::Bool
                        | Ty::Int
                        | Ty::Num(..)
                        | Ty::Date
                        | Ty::Text
                        | Ty::Code
                        | Ty::Enum(_)
                        | Ty::Error
                        | Ty::Never => parts.push(TextPart::Hole(val.node)),
                        other => {
                            let text = other.text();
                            let optional = other.is_optional();
                            let error = self.error(
                                codes::BAD_HOLE,
                                hole.span,
                                format!("a hole cannot show {text}"),
                            );
                            error.instead = Some(if optional {
                                "say what stands there when it is missing: `{… otherwise \"\"}`"
                                    .into()
                            } else {
                                "write one of its fields".into()
                            });
                        }
                    }
                }
            }
        }
        self.val(Op::Text(parts), Ty::Text, span)
    }

    fn list(&mut self, items: &[ListItem], want: Option<&Ty>, span: Span) -> Val {
        let wanted = match want {
            Some(Ty::List(item, _)) => Some((**item).clone()),
            _ => None,
        };
        if items.is_empty() {
            let item = wanted.unwrap_or(Ty::Never);
            return self.val(
                Op::Const(Const::List(Vec::new())),
                Ty::List(Box::new(item), Some(0)),
                span,
            );
        }
        // Bare numbers and enum values take the type of the other items. Which items wait for the
        // others is settled before any is checked: each is checked exactly once.
        let mut hint = wanted.clone();
        let waits: Vec<bool> = items
            .iter()
            .map(|item| hint.is_none() && is_bare(self, &item.value))
            .collect();
        let mut checked: Vec<Option<(Option<assize_ir::NodeId>, Val)>> = vec![None; items.len()];
        for bare in [false, true] {
            for (index, item) in items.iter().enumerate() {
                if waits.get(index) != Some(&bare) {
                    continue;
                }
                let pair = self.guarded(item.when.as_ref(), |checker| {
                    checker.expr(&item.value, hint.as_ref())
                });
                // One bare item says nothing of the next: `[1, 2.5]` are numbers.
                if !bare && hint.is_none() && !pair.1.ty.is_error() {
                    hint = Some(pair.1.ty.clone());
                }
                if let Some(place) = checked.get_mut(index) {
                    *place = Some(pair);
                }
            }
        }
        let Some(pairs) = checked.into_iter().collect::<Option<Vec<_>>>() else {
            // Every item was checked; a hole would be an item that is lost.
            return self.broken(span);
        };
        // Where whole numbers are wanted a point would be wrong anyway.
        if hint != Some(Ty::Int) {
            self.comma_among_items(items);
        }
        let mut ty = Ty::Never;
        for ((_, val), item) in pairs.iter().zip(items) {
            match super::coerce::unify(&ty, &val.ty) {
                Some(joined) => ty = joined,
                None => {
                    let (a, b) = (ty.text(), val.ty.text());
                    let first = items.first().map_or(span, |first| first.value.span);
                    let first = self.here(first, format!("this is {a}"));
                    let values = pairs.iter().zip(items);
                    let values = values.map(|((_, val), item)| (&val.ty, &item.value));
                    let sign = self.sign_beside(values, wanted.as_ref());
                    let error = self.error(
                        codes::MIXED_LIST,
                        item.value.span,
                        format!("the items of a list are of one type, and this is {b}"),
                    );
                    error.related.push(first);
                    error.instead =
                        Some("make lists of their own, or records that hold both".into());
                    if let Some(sign) = sign {
                        (error.instead, error.fixes) = sign;
                    }
                    return self.broken(span);
                }
            }
        }
        if let Ty::List(..) = ty {
            self.error(codes::LIST_OF_LISTS, span, "a list has no lists as items")
                .instead = Some("join them: `xs + ys`".into());
            return self.broken(span);
        }
        let nodes = pairs
            .into_iter()
            .map(|(when, val)| {
                let value = self.lift(val, &ty, span).node;
                Item { when, value }
            })
            .collect();
        let bound = u32::try_from(items.len()).ok();
        self.val(Op::List(nodes), Ty::List(Box::new(ty), bound), span)
    }

    /// Checks `body` where `when` holds, if there is a condition.
    fn guarded(
        &mut self,
        when: Option<&Expr>,
        body: impl FnOnce(&mut Self) -> Val,
    ) -> (Option<assize_ir::NodeId>, Val) {
        match when {
            None => (None, body(self)),
            Some(when) => {
                let node = self.condition(when);
                let known = self.known.len();
                self.learn(when, true);
                let val = body(self);
                self.known.truncate(known);
                (Some(node), val)
            }
        }
    }

    fn if_(
        &mut self,
        cond: &Expr,
        then: &Expr,
        other: &Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Val {
        let cond_node = self.condition(cond);
        self.always(cond, cond_node);
        let known = self.known.len();
        // Bare branches take the type of the other one.
        let then_first = want.is_some() || !is_bare(self, then) || is_bare(self, other);
        let branch = |checker: &mut Self, expr: &Expr, holds: bool, want: Option<&Ty>| {
            checker.learn(cond, holds);
            if let Some(cx) = checker.loops.last_mut() {
                cx.guards.push((cond_node, holds));
            }
            let val = checker.expr(expr, want);
            if let Some(cx) = checker.loops.last_mut() {
                cx.guards.pop();
            }
            checker.known.truncate(known);
            val
        };
        let (a, b) = if then_first {
            let a = branch(self, then, true, want);
            let hint = want.cloned().or_else(|| Some(a.ty.clone()));
            let b = branch(self, other, false, hint.as_ref());
            (a, b)
        } else {
            let b = branch(self, other, false, want);
            let hint = b.ty.clone();
            let a = branch(self, then, true, Some(&hint));
            (a, b)
        };
        let (first, second) = (a.ty.text(), b.ty.text());
        let sign = self.sign_beside([(&a.ty, then), (&b.ty, other)].into_iter(), want);
        match self.join(a, b, span) {
            Some((a, b)) => {
                let ty = a.ty.clone();
                let ty = if ty == Ty::Never { b.ty.clone() } else { ty };
                self.val(
                    Op::If {
                        cond: cond_node,
                        then: a.node,
                        other: b.node,
                    },
                    ty,
                    span,
                )
            }
            None => {
                let one = self.here(then.span, format!("this is {first}"));
                let error = self.error(
                    codes::MIXED_BRANCHES,
                    other.span,
                    format!("both branches are of one type, and this is {second}"),
                );
                error.related.push(one);
                error.instead = Some("give both branches the same type".into());
                if let Some(sign) = sign {
                    (error.instead, error.fixes) = sign;
                }
                self.broken(span)
            }
        }
    }

    fn let_block(&mut self, lets: &[LetStmt], body: &Expr, want: Option<&Ty>, span: Span) -> Val {
        self.block(|checker| {
            let mut bound = Vec::new();
            for statement in lets {
                let (slot, mode, value) = checker.let_statement(statement);
                bound.push((slot, mode, value));
            }
            let mut val = checker.expr(body, want);
            for (slot, mode, value) in bound.into_iter().rev() {
                val = checker.val(
                    Op::Let {
                        slot,
                        mode,
                        value,
                        body: val.node,
                    },
                    val.ty.clone(),
                    span,
                );
            }
            val
        })
    }

    /// Checks a `let` and brings its name into sight.
    pub(crate) fn let_statement(
        &mut self,
        statement: &LetStmt,
    ) -> (assize_ir::Slot, LetMode, assize_ir::NodeId) {
        let states = self
            .loops
            .last()
            .map_or(0, |cx| cx.running as usize + cx.shares.len());
        let declared = statement.ty.as_ref().map(|ty| {
            let mut header = Header {
                db: self.db,
                decl: self.decl.clone(),
                diagnostics: Vec::new(),
            };
            let ty = header.ty(ty, None);
            self.out.diagnostics.append(&mut header.diagnostics);
            ty
        });
        let what = format!("`{}`", statement.name.text);
        let val = match (&declared, &*statement.value.kind) {
            (_, ExprKind::Group(group)) => self.group(group, statement.value.span),
            (Some(ty), _) => self.expr_as(&statement.value, ty, &what),
            (None, _) => self.expr(&statement.value, None),
        };
        let ty = match (&declared, &val.ty) {
            (None, Ty::Missing) => {
                self.error(
                    codes::NEEDS_TYPE,
                    statement.name.span,
                    format!("the type of `{}` is not known", statement.name.text),
                )
                .instead = Some(format!(
                    "write it: `let {}: TYPE? = missing`",
                    statement.name.text
                ));
                Ty::Error
            }
            (None, Ty::List(item, _)) if **item == Ty::Never => {
                self.error(
                    codes::NEEDS_TYPE,
                    statement.name.span,
                    format!("the type of `{}` is not known", statement.name.text),
                )
                .instead = Some(format!(
                    "write it: `let {}: list of TYPE = []`",
                    statement.name.text
                ));
                Ty::Error
            }
            (None, Ty::Span(..)) => {
                self.error(
                    codes::SPAN_PLACE,
                    statement.value.span,
                    "months, weeks, quarters and years stand only in date arithmetic",
                )
                .instead = Some("write it beside the date: `date + 1 month`".into());
                Ty::Error
            }
            _ => val.ty.clone(),
        };
        let after = self
            .loops
            .last()
            .map_or(0, |cx| cx.running as usize + cx.shares.len());
        let mode = if after > states {
            LetMode::Now
        } else {
            LetMode::Lazy
        };
        let slot = self.slot(&statement.name.text, &ty);
        if mode == LetMode::Lazy {
            self.lazy.insert(slot, val.node);
        }
        self.bind(Binding {
            name: statement.name.text.clone(),
            stands: Stands::Slot(slot),
            ty,
            span: statement.name.span,
            kind: BindingKind::Let,
            used: false,
        });
        (slot, mode, val.node)
    }

    /// `xs + ys`, dates and numbers.
    fn arithmetic(
        &mut self,
        op: ArithmeticOp,
        left: &Expr,
        right: &Expr,
        want: Option<&Ty>,
        span: Span,
        op_span: Span,
    ) -> Val {
        let additive = matches!(op, ArithmeticOp::Add | ArithmeticOp::Subtract);
        // The expected type flows into sums, not into products: there a bare number is plain.
        let hint = if additive {
            match want {
                Some(Ty::Num(..) | Ty::Int | Ty::List(..)) => want.cloned(),
                Some(Ty::Optional(inner)) => Some((**inner).clone()),
                _ => None,
            }
        } else {
            None
        };
        let (a, b) = if additive && is_bare(self, left) && !is_bare(self, right) {
            let b = self.expr(right, hint.as_ref());
            let other = if b.ty.is_number() {
                Some(b.ty.clone())
            } else {
                hint
            };
            let a = self.expr(left, other.as_ref());
            (a, b)
        } else if additive {
            let a = self.expr(left, hint.as_ref());
            let other = match &a.ty {
                // A text to the right of `date +` can only be a formula.
                Ty::Date if op == ArithmeticOp::Add => {
                    let text = matches!(&*right.kind, ExprKind::Text(_));
                    text.then_some(Ty::DateFormula)
                }
                Ty::Date => None,
                ty if ty.is_number() => Some(ty.clone()),
                Ty::List(..) => Some(a.ty.clone()),
                _ => hint,
            };
            let b = self.expr(right, other.as_ref());
            (a, b)
        } else {
            let a = self.expr(left, None);
            let b = self.expr(right, None);
            (a, b)
        };
        self.arithmetic_of(op, a, b, left, right, span, op_span)
    }

    /// A synthetic record of a group.
    pub(crate) fn group_record(&mut self, ty: crate::ty::GroupTy) -> Ty {
        Ty::Record(RecordRef::Group(Arc::new(ty)))
    }
}
