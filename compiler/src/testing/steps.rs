//! Evaluates the steps of a test, and says of each what is not as expected.

use assize_eval::interp::{Answer, Interpreter, Watch};
use assize_eval::store::Store;
use assize_eval::trace::{Explain, render};
use assize_eval::{ErrorCode, Failure, Value, format};
use assize_ir::{CallableId, Program};

use crate::ast::{CasesDecl, Expr, ExprKind, Item, Span, TestStep};
use crate::check::{CallableRef, Part, PlanStep};
use crate::db::Db;
use crate::items::decl_ast;
use crate::link::Linked;

use super::TestOptions;
use super::coverage::Seen;
use super::decided;
use super::place::{Files, one_line, place};
use super::plan::Test;
use super::report::{ErrorReport, Outcome, Problem, StepKind, StepReport};

/// What the steps of a test need.
pub struct Runner<'r> {
    /// The database.
    pub db: &'r dyn Db,
    /// The program.
    pub linked: &'r Linked,
    /// The test.
    pub test: &'r Test,
    /// Its rows.
    pub store: &'r Store,
    /// Bounds.
    pub options: &'r TestOptions,
}

impl Runner<'_> {
    fn program(&self) -> &Program {
        &self.linked.program
    }

    fn interpreter(&self) -> Interpreter<'_> {
        Interpreter::new(self.program(), self.store, self.options.limits)
    }

    fn callable(&self, part: Part) -> Option<CallableId> {
        let key = CallableRef {
            decl: self.test.decl.clone(),
            part,
        };
        self.linked.callables.get(&key).copied()
    }

    /// Evaluates a part; what it sees counts when there is somebody to count.
    pub fn evaluate(
        &self,
        part: Part,
        arguments: &[Value],
        seen: Option<&mut Seen<'_>>,
        explain: bool,
    ) -> Answer {
        let Some(callable) = self.callable(part) else {
            let failure =
                Failure::new(ErrorCode::Internal).with("unknown part", format!("{part:?}"));
            return Answer {
                result: Err(failure),
                trace: None,
                steps: 0,
            };
        };
        let explain = explain.then(Explain::default);
        let Some(seen) = seen else {
            let watch = Watch {
                explain,
                observer: None,
            };
            let answer = self.interpreter().call_with(callable, arguments, watch);
            self.tell_second(callable, arguments, &answer);
            return answer;
        };
        let watch = Watch {
            explain,
            observer: Some(&mut *seen),
        };
        let answer = self.interpreter().call_with(callable, arguments, watch);
        self.tell_second(callable, arguments, &answer);
        if let Err(failure) = &answer.result {
            seen.failed(failure);
        }
        answer
    }

    fn tell_second(&self, callable: CallableId, arguments: &[Value], answer: &Answer) {
        if let Some(second) = &self.options.second {
            let result = answer.result.as_ref().map_err(AsRef::as_ref);
            second
                .0
                .asked((self.program(), self.store), callable, arguments, result);
        }
    }

    /// Whether every step is as expected; cheap, for cases that are many.
    pub fn holds(&self, arguments: &[Value], seen: &mut Option<&mut Seen<'_>>) -> bool {
        self.test.plan.steps.iter().all(|step| match step {
            PlanStep::Given { .. } | PlanStep::Calendar(_) => true,
            PlanStep::Expect { cond, .. } => {
                self.evaluate(*cond, arguments, seen.as_deref_mut(), false)
                    .result
                    == Ok(Value::Bool(true))
            }
            PlanStep::ExpectError { code, value, .. } => {
                matches!(
                    self.evaluate(*value, arguments, seen.as_deref_mut(), false).result,
                    Err(failure) if failure.code.name() == &**code
                )
            }
            PlanStep::Case { outputs, by, .. } => {
                let equal = outputs.iter().all(|(cond, _, _)| {
                    self.evaluate(*cond, arguments, seen.as_deref_mut(), false)
                        .result
                        == Ok(Value::Bool(true))
                });
                equal
                    && by
                        .as_ref()
                        .is_none_or(|by| self.decided(outputs, by, arguments).is_none())
            }
        })
    }

    /// What came of each step.
    pub fn report(&self, arguments: &[Value], mut seen: Option<&mut Seen<'_>>) -> Vec<StepReport> {
        let mut out = Vec::new();
        // An expectation failed that steps below rely on: of those, the first fault is the only one.
        let mut refuted = false;
        for step in &self.test.plan.steps {
            let (kind, text, span, problems) = match step {
                PlanStep::Given { .. } | PlanStep::Calendar(_) => continue,
                PlanStep::Expect { relies: true, .. }
                | PlanStep::ExpectError { relies: true, .. }
                | PlanStep::Case { relies: true, .. }
                    if refuted =>
                {
                    continue;
                }
                PlanStep::Expect {
                    cond, sides, span, ..
                } => {
                    let text = one_line(self.db, &self.test.decl, *span);
                    let problem = self.expect(*cond, *sides, *span, arguments, seen.as_deref_mut());
                    (StepKind::Expect, text, *span, problem.into_iter().collect())
                }
                PlanStep::ExpectError {
                    code, value, span, ..
                } => {
                    let text = one_line(self.db, &self.test.decl, *span);
                    let problem = self.expect_error(code, *value, arguments, seen.as_deref_mut());
                    (
                        StepKind::ExpectError,
                        text,
                        *span,
                        problem.into_iter().collect(),
                    )
                }
                PlanStep::Case {
                    outputs, by, span, ..
                } => {
                    let text = self.case_text(*span);
                    let problems = self.case(
                        outputs,
                        by.as_deref(),
                        *span,
                        arguments,
                        seen.as_deref_mut(),
                    );
                    (StepKind::Case, text, *span, problems)
                }
            };
            let outcome = if problems.is_empty() {
                Outcome::Passed
            } else {
                refuted |= matches!(step, PlanStep::Expect { teaches: true, .. });
                Outcome::Failed
            };
            let place = place(self.db, &self.test.decl, span);
            out.push(StepReport {
                kind,
                text,
                place,
                outcome,
                problems,
            });
        }
        out
    }

    fn expect(
        &self,
        cond: Part,
        sides: Option<(Part, Part)>,
        span: Span,
        arguments: &[Value],
        seen: Option<&mut Seen<'_>>,
    ) -> Option<Problem> {
        match self.evaluate(cond, arguments, seen, false).result {
            Ok(Value::Bool(true)) => return None,
            Ok(_) => {}
            Err(failure) => {
                let error = self.error(&failure);
                return Some(Problem::Error {
                    output: String::new(),
                    error,
                });
            }
        }
        if let Some((left, right)) = sides
            && let (Ok(left_value), Ok(right_value)) =
                (self.shown(left, arguments), self.shown(right, arguments))
            && let Some((left, right)) = self.side_texts(span)
        {
            return Some(Problem::Sides {
                left,
                left_value,
                right,
                right_value,
            });
        }
        let trace = self.evaluate(cond, arguments, None, true).trace;
        let because = trace
            .and_then(|trace| trace.root.because)
            .map(|finding| render::words(&finding));
        Some(Problem::DoesNotHold {
            because: because.into_iter().collect(),
        })
    }

    fn expect_error(
        &self,
        code: &str,
        value: Part,
        arguments: &[Value],
        seen: Option<&mut Seen<'_>>,
    ) -> Option<Problem> {
        let expected = code.to_string();
        match self.evaluate(value, arguments, seen, false).result {
            Err(failure) if failure.code.name() == code => None,
            Err(failure) => Some(Problem::OtherError {
                expected,
                error: self.error(&failure),
            }),
            Ok(found) => {
                let found = self.show(value, &found);
                Some(Problem::NoError { expected, found })
            }
        }
    }

    fn case(
        &self,
        outputs: &[(Part, Part, Part)],
        by: Option<&[String]>,
        span: Span,
        arguments: &[Value],
        mut seen: Option<&mut Seen<'_>>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut failed = false;
        for (index, (cond, actual, expected)) in outputs.iter().enumerate() {
            let output = || self.output_text(span, index);
            match self
                .evaluate(*cond, arguments, seen.as_deref_mut(), false)
                .result
            {
                Ok(Value::Bool(true)) => {}
                Ok(_) => problems.push(Problem::Output {
                    output: output(),
                    expected: self.shown(*expected, arguments).unwrap_or_default(),
                    found: self.shown(*actual, arguments).unwrap_or_default(),
                }),
                Err(failure) => {
                    failed = true;
                    let error = self.error(&failure);
                    problems.push(Problem::Error {
                        output: output(),
                        error,
                    });
                }
            }
        }
        // Of an error nothing has decided.
        if let Some(by) = by.filter(|_| !failed) {
            problems.extend(self.decided(outputs, by, arguments));
        }
        problems
    }

    fn decided(
        &self,
        outputs: &[(Part, Part, Part)],
        by: &[String],
        arguments: &[Value],
    ) -> Option<Problem> {
        let (_, actual, _) = outputs.first()?;
        let trace = self.evaluate(*actual, arguments, None, true).trace?;
        let found = decided::paths(self.program(), &trace);
        if decided::matches(by, &found) {
            return None;
        }
        Some(Problem::DecidedBy {
            expected: by.to_vec(),
            found: found.iter().map(decided::text).collect(),
        })
    }

    fn shown(&self, part: Part, arguments: &[Value]) -> Result<String, Box<Failure>> {
        let value = self.evaluate(part, arguments, None, false).result?;
        Ok(self.show(part, &value))
    }

    fn show(&self, part: Part, value: &Value) -> String {
        let program = self.program();
        let callable = self.callable(part).and_then(|id| program.callable(id));
        callable.map_or_else(String::new, |callable| {
            format::shown(program, Some(self.store), &callable.result, value)
        })
    }

    /// An error with all that it says.
    pub fn error(&self, failure: &Failure) -> ErrorReport {
        let reason = failure.reason.as_ref().and_then(|made| {
            let declared = self.program().reason(made.reason)?;
            match self.interpreter().call(declared.message, &made.arguments) {
                Ok(Value::Text(text)) => Some(text.to_string()),
                _ => None,
            }
        });
        let reason = reason.or_else(|| failure.before_first_day(self.program()));
        ErrorReport {
            code: failure.code.name().to_string(),
            rule: failure.rule.clone(),
            place: failure.place.clone(),
            source: failure
                .place_id
                .map(|at| Files::of(self.db, self.linked).place(self.program(), at)),
            values: failure.values.clone(),
            reason,
        }
    }

    // ------------------------------------------------------------------ texts

    fn written(&self) -> &[TestStep] {
        match decl_ast(self.db, &self.test.decl).map(|ast| &ast.item) {
            Some(Item::Test(test)) => &test.steps,
            Some(Item::Property(property)) => &property.steps,
            _ => &[],
        }
    }

    fn side_texts(&self, span: Span) -> Option<(String, String)> {
        let cond = self.written().iter().find_map(|step| match step {
            TestStep::Expect { cond, span: of } if *of == span => Some(cond),
            _ => None,
        })?;
        let text = |of: &Expr| one_line(self.db, &self.test.decl, of.span);
        match &*cond.kind {
            ExprKind::Is { left, right, .. } | ExprKind::Compare { left, right, .. } => {
                Some((text(left), text(right)))
            }
            _ => None,
        }
    }

    fn case_of(&self, span: Span) -> Option<(&CasesDecl, usize)> {
        self.written().iter().find_map(|step| match step {
            TestStep::Cases(cases) => cases
                .rows
                .iter()
                .position(|row| row.span == span)
                .map(|row| (cases, row)),
            _ => None,
        })
    }

    fn output_text(&self, span: Span, index: usize) -> String {
        self.case_of(span)
            .and_then(|(cases, _)| cases.outputs.get(index))
            .map(|output| one_line(self.db, &self.test.decl, output.span))
            .unwrap_or_default()
    }

    /// `day 2026-11-19, segment trade`: the names and cells of a row.
    fn case_text(&self, span: Span) -> String {
        let Some((cases, row)) = self.case_of(span) else {
            return String::new();
        };
        let Some(row) = cases.rows.get(row) else {
            return String::new();
        };
        let cells: Vec<String> = cases
            .columns
            .iter()
            .zip(&row.cells)
            .map(|(column, cell)| {
                let cell = cell.as_ref().map_or_else(
                    || "-".to_string(),
                    |cell| one_line(self.db, &self.test.decl, cell.span),
                );
                format!("{} {cell}", column.text())
            })
            .collect();
        cells.join(", ")
    }
}
