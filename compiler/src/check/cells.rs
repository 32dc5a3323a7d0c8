//! Cells of tables: tests of a column's value, steps of an axis.

use assize_ir::{Cell, Const, NodeId, Order, Test};

use super::Checker;
use crate::ast::{CellDecl, CellKind, CompareOp, Expr, ExprKind, Span, TestCell, TestKind};
use crate::codes;
use crate::diagnostic::{Applicability, Fix};
use crate::ty::{Dim, Ty};

impl Checker<'_> {
    pub(super) fn axis_cell(
        &mut self,
        cell: &CellDecl,
        next: Option<&CellDecl>,
        ty: &Ty,
        column: &str,
    ) -> Cell {
        let CellKind::Step(low) = &cell.kind else {
            return self.cell(cell, ty, column);
        };
        if !matches!(ty.plain(), Ty::Int | Ty::Num(..) | Ty::Date | Ty::Error) {
            let text = ty.text();
            self.error(
                codes::BAD_STEP,
                cell.span,
                format!("steps are of numbers or dates, not of {text}"),
            )
            .instead = Some("write values: `a, b`".into());
            return Cell::Any;
        }
        let Some(low_node) = self.limit(low, ty, column) else {
            return Cell::Any;
        };
        let high = match next.map(|next| &next.kind) {
            Some(CellKind::Step(high)) => self.limit(high, ty, column),
            _ => None,
        };
        if let (Some(high), Some(next)) = (high, next)
            && let (Some(a), Some(b)) = (self.constant(low_node), self.constant(high))
            && !rises(a, b)
        {
            let here = self.here(cell.span, "not below the next");
            let error = self.error(codes::STEPS_ORDER, next.span, "steps rise");
            error.related.push(here);
            error.instead = Some("write them from the lowest to the highest".into());
        }
        Cell::OneOf(vec![Test::Range {
            low: low_node,
            high,
            below: true,
        }])
    }

    /// A cell of a column.
    pub(crate) fn cell(&mut self, cell: &CellDecl, ty: &Ty, column: &str) -> Cell {
        let tests = match &cell.kind {
            CellKind::Any => return Cell::Any,
            CellKind::Error => return Cell::Any,
            CellKind::Step(_) => {
                self.error(
                    codes::STEP_PLACE,
                    cell.span,
                    "steps (`10+`) stand only on the axes of a grid",
                )
                .instead = Some("write `>= 10`, or `10 to 99`".into());
                return Cell::Any;
            }
            CellKind::Tests(tests) => tests,
        };
        let negated = tests.first().is_some_and(|test| test.not.is_some());
        let mut out = Vec::new();
        for (index, test) in tests.iter().enumerate() {
            if let (Some(not), true) = (test.not, index > 0) {
                self.error(
                    codes::NOT_PLACE,
                    not,
                    "`not` stands once, first in the cell, and counts for all that follows",
                )
                .instead = Some("write `not a, b` for neither of both".into());
            }
            let before = self.out.diagnostics.len();
            match self.test_cell(test, tests.len() == 1, ty, column) {
                Some(test) => out.push(test),
                None => self.cell_meant(&test.kind, test.span, before),
            }
        }
        if out.is_empty() {
            return Cell::Any;
        }
        if negated {
            Cell::NoneOf(out)
        } else {
            Cell::OneOf(out)
        }
    }

    fn test_cell(&mut self, test: &TestCell, alone: bool, ty: &Ty, column: &str) -> Option<Test> {
        match &test.kind {
            TestKind::Value(value) => {
                if matches!(&*value.kind, ExprKind::Missing) {
                    if !ty.is_optional() {
                        let text = ty.text();
                        let claim = format!("`{column}` ({text}) is never missing");
                        self.error(codes::ALWAYS, test.span, claim).instead =
                            Some("leave it out, or declare the value as one with `?`".into());
                        return None;
                    }
                    return Some(Test::Missing);
                }
                Some(Test::Equal(self.limit(value, ty, column)?))
            }
            TestKind::Compare(op, value) => {
                let order = match op {
                    CompareOp::Less => Order::Less,
                    CompareOp::LessOrEqual => Order::LessOrEqual,
                    CompareOp::Greater => Order::Greater,
                    CompareOp::GreaterOrEqual => Order::GreaterOrEqual,
                    CompareOp::Equal => return Some(Test::Equal(self.limit(value, ty, column)?)),
                    CompareOp::NotEqual => {
                        let ours = format!("not {}", self.source_text(value.span));
                        let at = self.decl.at(test.span);
                        let error = self.error(
                            codes::UNKNOWN_WORD,
                            test.span,
                            "a cell says `not a`, not `!= a`",
                        );
                        error.instead = Some(format!("write `{ours}`"));
                        // `not` counts for all that follows it.
                        error
                            .fixes
                            .push(Fix::write(at, ours, Applicability::certain_if(alone)));
                        return None;
                    }
                };
                self.ordered_cell(test.span, ty, column)?;
                Some(Test::Compare(order, self.limit(value, ty, column)?))
            }
            TestKind::Range { low, high, below } => {
                self.ordered_cell(test.span, ty, column)?;
                // Both ends may be at fault.
                let (a, b) = (self.limit(low, ty, column), self.limit(high, ty, column));
                let (a, b) = (a?, b?);
                if let (Some(x), Some(y)) = (self.constant(a), self.constant(b))
                    && (rises(y, x) || (*below && !rises(x, y)))
                {
                    self.error(codes::EMPTY_RANGE, test.span, "nothing lies in this range")
                        .instead = Some("write the lower end first".into());
                    return None;
                }
                Some(Test::Range {
                    low: a,
                    high: Some(b),
                    below: *below,
                })
            }
        }
    }

    fn ordered_cell(&mut self, span: Span, ty: &Ty, column: &str) -> Option<()> {
        let plain = ty.plain();
        let fits = self.ordered(plain) && !matches!(plain, Ty::Text | Ty::Code);
        if !fits {
            let text = plain.text();
            let error = self.error(
                codes::NO_ORDER,
                span,
                format!("values of `{column}` ({text}) have no order"),
            );
            error.instead = Some("list the values: `a, b`".into());
            return None;
        }
        Some(())
    }

    /// A limit in a cell: a constant, or a name in sight.
    fn limit(&mut self, value: &Expr, ty: &Ty, column: &str) -> Option<NodeId> {
        let mut want = ty.plain().clone();
        if let Ty::Num(dim, _) = &want {
            // A limit may lie outside the range of the column: the analyses say so.
            want = Ty::Num(dim.clone(), assize_ir::NumFacts::UNKNOWN);
        }
        let what = format!("a cell of `{column}`");
        // A percent sign that was forgotten is said here, in the words of the table.
        if matches!(want, Ty::Num(Dim::Percent, _))
            && let ExprKind::Number {
                value: Some(number),
                unit: None,
                ..
            } = &*value.kind
            && !number.is_zero()
        {
            let number = *number;
            let sign = self.percent_sign(value.span, number, Some(ty));
            let error = self.error(
                codes::WRONG_DIMENSION,
                value.span,
                format!("{what} is a percent, and the sign is never left out"),
            );
            (error.instead, error.fixes) = sign;
            return None;
        }
        let before = self.out.diagnostics.len();
        let val = self.expr_as(value, &want, &what);
        let failed = self
            .out
            .diagnostics
            .iter()
            .skip(before)
            .any(|diagnostic| diagnostic.severity == crate::diagnostic::Severity::Error);
        (!failed).then_some(val.node)
    }
}

/// Whether constants rise strictly.
fn rises(a: &Const, b: &Const) -> bool {
    match (a, b) {
        (Const::Int(a), Const::Int(b)) => a < b,
        (Const::Num(a), Const::Num(b)) => a < b,
        (Const::Date(a), Const::Date(b)) => a < b,
        (Const::Enum(_, a), Const::Enum(_, b)) => a < b,
        _ => true,
    }
}
