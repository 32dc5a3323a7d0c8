//! `value otherwise other`: what stands for a value that is missing.

use assize_ir::Op;

use super::coerce::unify;
use super::{Checker, Val};
use crate::ast::{Expr, Span};
use crate::codes;
use crate::ty::Ty;

impl Checker<'_> {
    pub(crate) fn otherwise(
        &mut self,
        value: &Expr,
        other: &Expr,
        want: Option<&Ty>,
        span: Span,
    ) -> Val {
        let hint = want.map(|want| want.clone().optional());
        // No running value may stand in either side.
        let allowed = self.loops.last().is_some_and(|cx| cx.allowed);
        self.set_allowed(false);
        let val = self.expr(value, hint.as_ref());
        let plain_hint = match (&val.ty, want) {
            (Ty::Optional(inner), _) => Some((**inner).clone()),
            (_, want) => want.cloned(),
        };
        let alternative = self.expr(other, plain_hint.as_ref());
        self.set_allowed(allowed);
        match &val.ty {
            Ty::Error => return self.broken(span),
            Ty::Optional(_) => {}
            Ty::Missing => {
                self.warn(codes::ALWAYS, value.span, "this is always missing")
                    .instead = Some("write what stands behind `otherwise` alone".into());
                return alternative;
            }
            ty => {
                let text = ty.text();
                let list = matches!(ty, Ty::List(..));
                let rest = self.decl.at(Span {
                    start: self.end_with_brackets(value.span),
                    end: self.end_with_brackets(other.span),
                });
                let warning = self.warn(
                    codes::OTHERWISE_UNNEEDED,
                    other.span,
                    format!("this is never used: {text} is never missing"),
                );
                warning.instead = Some(if list {
                    "an empty list is not missing: ask `(count of …) = 0`".into()
                } else {
                    "leave out the `otherwise`".into()
                });
                if !list {
                    warning.fixes.push(crate::diagnostic::Fix {
                        title: "leave out the `otherwise`".into(),
                        edits: vec![(rest, String::new())],
                        applicability: crate::diagnostic::Applicability::Certain,
                    });
                }
                return val;
            }
        }
        let inner = val.ty.plain().clone();
        let (x, y) = (inner.clone(), alternative.ty.clone());
        let Some(ty) = unify(&x, &y) else {
            if x.is_number() && y.is_number() {
                self.wrong_dimension(y.plain(), &x, "the other value", other);
            } else {
                let one = self.here(value.span, x.text());
                let error = self.error(
                    codes::MIXED_BRANCHES,
                    other.span,
                    format!(
                        "both sides of `otherwise` are of one type, and this is {}",
                        y.text()
                    ),
                );
                error.related.push(one);
                error.instead = Some(format!("give a value of {} here", x.text()));
            }
            return self.broken(span);
        };
        let lifted = self.lift(val, &ty.clone().optional(), span);
        let alternative = self.lift(alternative, &ty, other.span);
        self.val(
            Op::Otherwise {
                value: lifted.node,
                other: alternative.node,
            },
            ty,
            span,
        )
    }
}
