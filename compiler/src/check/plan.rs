//! Tests, cases and properties: each expression becomes a callable, the plan says in which order.

use assize_ir::{Body, LetMode, NodeId, Op, Slot};

use super::{Checker, Part, PlanStep, TestPlan, Val};
use crate::analysis::first_of;
use crate::ast::{
    CasesDecl, CompareOp, DeciderPart, Expr, ExprKind, GivenDecl, LetStmt, ParamDecl, PropertyDecl,
    Span, TestDecl, TestStep,
};
use crate::codes;
use crate::signature::{FieldSig, Header, ParamSig, SignatureKind, signature};
use crate::ty::{RecordRef, Ty};

/// What stands above a part.
enum Above<'t> {
    Let(&'t LetStmt),
    /// The condition of an `expect` or `where`: below it, it holds.
    Held(&'t Expr),
}

/// What the parts of a test share: parameters of a property, and the `let`s and conditions so far.
struct Shared<'t> {
    params: Vec<ParamSig>,
    above: Vec<Above<'t>>,
    parts: u32,
}

impl Checker<'_> {
    pub(crate) fn test(&mut self, test: &TestDecl) {
        let mut shared = Shared {
            params: Vec::new(),
            above: Vec::new(),
            parts: 0,
        };
        let steps = self.steps(&test.steps, &mut shared);
        self.out.plan = Some(TestPlan {
            title: test.title.text.clone(),
            params: Vec::new(),
            filter: None,
            filter_teaches: false,
            steps,
        });
    }

    pub(crate) fn property(&mut self, property: &PropertyDecl) {
        let params = self.property_params(&property.params);
        let mut shared = Shared {
            params: params.clone(),
            above: Vec::new(),
            parts: 0,
        };
        let mut filter_teaches = false;
        let filter = property.filter.as_ref().map(|filter| {
            let part = self.part(&mut shared, filter.span, |checker| {
                let node = checker.condition(filter);
                filter_teaches = checker.teaches(filter);
                Val { node, ty: Ty::Bool }
            });
            shared.above.push(Above::Held(filter));
            part
        });
        let findings = self.out.diagnostics.len();
        let steps = self.steps(&property.steps, &mut shared);
        if property.params.is_empty() {
            // `for all` could not be read: that is told, and its names are not unknown.
            self.out.diagnostics.truncate(findings);
        }
        self.out.plan = Some(TestPlan {
            title: property.title.text.clone(),
            params: params
                .into_iter()
                .map(|param| (param.name, param.ty))
                .collect(),
            filter,
            filter_teaches,
            steps,
        });
    }

    fn property_params(&mut self, params: &[ParamDecl]) -> Vec<ParamSig> {
        let mut header = Header {
            db: self.db,
            decl: self.decl.clone(),
            diagnostics: Vec::new(),
        };
        let params = header.shown(params, "a case of a property is told when it fails");
        self.out.diagnostics.append(&mut header.diagnostics);
        params
    }

    fn steps<'t>(&mut self, steps: &'t [TestStep], shared: &mut Shared<'t>) -> Vec<PlanStep> {
        let mut out = Vec::new();
        for step in steps {
            match step {
                TestStep::Let(statement) => {
                    // Checked alone once, so that an unused one is read, too.
                    shared.above.push(Above::Let(statement));
                    if steps.last().is_some_and(|last| std::ptr::eq(last, step)) {
                        let name = Expr {
                            kind: Box::new(ExprKind::Name(statement.name.clone())),
                            span: statement.name.span,
                        };
                        self.part(shared, statement.name.span, |checker| {
                            checker.expr(&name, None)
                        });
                    }
                }
                TestStep::Given(given) => out.extend(self.given(given, shared)),
                TestStep::Calendar(calendar) => {
                    let known = out.iter().filter_map(|step| match step {
                        PlanStep::Calendar(calendar) => Some(&*calendar.code),
                        _ => None,
                    });
                    let known: Vec<&str> = known.collect();
                    let read = self.calendar(calendar, &known);
                    out.extend(read.map(PlanStep::Calendar));
                }
                TestStep::Cases(cases) => self.cases(cases, shared, &mut out),
                TestStep::Expect { cond, span } => {
                    let mut teaches = false;
                    let node = self.part(shared, *span, |checker| {
                        let node = checker.condition(cond);
                        teaches = checker.teaches(cond);
                        Val { node, ty: Ty::Bool }
                    });
                    let relies = self.relied;
                    let sides = self.sides_of(cond, shared);
                    if teaches {
                        shared.above.push(Above::Held(cond));
                    }
                    out.push(PlanStep::Expect {
                        cond: node,
                        sides,
                        teaches,
                        relies,
                        span: *span,
                    });
                }
                TestStep::ExpectError { code, value, span } => {
                    if !ERROR_CODES.contains(&&*code.text) {
                        let claim = format!("there is no error `{}`", code.text);
                        self.error(codes::UNKNOWN_WORD, code.span, claim)
                            .offer(&code.text, ERROR_CODES);
                    }
                    let value = self.part(shared, *span, |checker| checker.expr(value, None));
                    out.push(PlanStep::ExpectError {
                        code: code.text.clone(),
                        value,
                        relies: self.relied,
                        span: *span,
                    });
                }
            }
        }
        out
    }

    /// Whether there are values that are known to be there, where a condition holds.
    fn teaches(&mut self, cond: &Expr) -> bool {
        let known = self.known.len();
        self.learn(cond, true);
        let teaches = self.known.len() > known;
        self.known.truncate(known);
        teaches
    }

    /// Both sides of a comparison, so that a failed expectation shows what came out.
    fn sides_of(&mut self, cond: &Expr, shared: &mut Shared<'_>) -> Option<(Part, Part)> {
        let (left, right) = match &*cond.kind {
            ExprKind::Is { left, right, .. } => (left, right),
            ExprKind::Compare {
                left, right, op, ..
            } => {
                let _: &CompareOp = op;
                (left, right)
            }
            _ => return None,
        };
        // A predicate (`order is large`) has no second side.
        if let ExprKind::Is { right, .. } = &*cond.kind
            && let ExprKind::Name(name) = &*right.kind
            && !self.is_value_in_sight(&name.text)
        {
            let functions = crate::names::lookup(
                self.db,
                self.decl.file,
                crate::names::Space::Function,
                name.text.clone(),
            );
            if !functions.is_empty() {
                return None;
            }
        }
        let findings = self.out.diagnostics.len();
        let a = self.part(shared, left.span, |checker| checker.sides(left, right).0);
        let b = self.part(shared, right.span, |checker| checker.sides(left, right).1);
        // The condition itself has reported everything.
        self.out.diagnostics.truncate(findings);
        Some((a, b))
    }

    /// One callable: the parameters, the `let`s, the value.
    fn part(
        &mut self,
        shared: &mut Shared<'_>,
        span: Span,
        value: impl FnOnce(&mut Self) -> Val,
    ) -> Part {
        self.examples = true;
        let part = Part::Test(shared.parts);
        shared.parts += 1;
        let params = shared.params.clone();
        self.bind_params(&params);
        let mut bound: Vec<(Slot, LetMode, NodeId)> = Vec::new();
        self.relied = false;
        for above in &shared.above {
            match above {
                Above::Let(statement) => bound.push(self.let_statement(statement)),
                Above::Held(cond) => {
                    self.learn(cond, true);
                    self.taught = self.known.len();
                }
            }
        }
        let mut val = value(self);
        for (slot, mode, node) in bound.into_iter().rev() {
            val = self.val(
                Op::Let {
                    slot,
                    mode,
                    value: node,
                    body: val.node,
                },
                val.ty.clone(),
                span,
            );
        }
        let ty = val.ty.clone();
        let name = format!("expression {}", shared.parts);
        self.emit(
            part,
            params.len(),
            &ty,
            Body::Define(val.node),
            &name,
            "",
            span,
        );
        part
    }

    fn given(&mut self, given: &GivenDecl, shared: &mut Shared<'_>) -> Option<PlanStep> {
        // What stands in place of a header is told where it cannot be read.
        if given.columns.is_empty() {
            return None;
        }
        let Some(decl) = self.relation(&given.relation) else {
            let text = given.relation.text();
            let words = crate::names::all_words(self.db, self.decl.file, crate::names::Space::Type);
            let relations = words.iter().filter(|word| {
                crate::names::lookup(
                    self.db,
                    self.decl.file,
                    crate::names::Space::Type,
                    (*word).clone(),
                )
                .iter()
                .any(|meaning| meaning.decl.key.kind == crate::items::DeclKind::Data)
            });
            let relations: Vec<&str> = relations.map(|word| &**word).collect();
            let claim = format!("there is no relation `{text}`");
            let error = self.error(codes::NOT_A_RELATION, given.relation.span(), claim);
            error.instead = Some("declare it with `data`, or `use` the module that does".into());
            error.offer(&text, relations);
            return None;
        };
        let SignatureKind::Data { fields, .. } = &signature(self.db, &decl).kind else {
            return None;
        };
        let fields: Vec<FieldSig> = fields.clone();
        let mut positions: Vec<Option<usize>> = Vec::new();
        for column in &given.columns {
            let found = fields.iter().position(|field| field.name == column.text);
            if found.is_none() {
                let claim = format!("`{}` has no field `{}`", decl.name(), column.text);
                self.error(codes::UNKNOWN_FIELD, column.span, claim)
                    .offer(&column.text, fields.iter().map(|field| &*field.name));
            }
            positions.push(found);
        }
        let lacking: Vec<String> = fields
            .iter()
            .enumerate()
            .filter(|(index, field)| {
                !positions.contains(&Some(*index)) && !field.has_default && !field.ty.is_optional()
            })
            .map(|(_, field)| format!("`{}`", field.name))
            .collect();
        if !lacking.is_empty() {
            let claim = format!("the rows of `{}` lack {}", decl.name(), first_of(&lacking));
            self.error(codes::MISSING_FIELDS, given.relation.span(), claim)
                .instead = Some("add the columns to the header".into());
            return None;
        }
        let mut rows = Vec::new();
        for row in &given.rows {
            if row.cells.len() != given.columns.len() {
                let claim = format!(
                    "this row has {}; the header has {}",
                    super::access::count(row.cells.len(), "cell"),
                    given.columns.len()
                );
                self.error(codes::ROW_WIDTH, row.span, claim).instead =
                    Some("`-` stands for a value that is missing or the default".into());
                continue;
            }
            let part = self.part(shared, row.span, |checker| {
                checker.fixture(&decl, &fields, &positions, &row.cells, row.span)
            });
            if self.relied {
                let claim = "the rows of `given` rely on an `expect` above";
                let error = self.error(codes::MAY_BE_MISSING, row.span, claim);
                error
                    .because
                    .push("the rows are there before anything is expected".into());
                error.instead =
                    Some("write `otherwise` with a value for where there is none".into());
            }
            rows.push((part, row.span));
        }
        Some(PlanStep::Given {
            relation: decl,
            rows,
            span: given.span,
        })
    }

    fn fixture(
        &mut self,
        decl: &crate::items::DeclId,
        fields: &[FieldSig],
        positions: &[Option<usize>],
        cells: &[Option<Expr>],
        span: Span,
    ) -> Val {
        let mut nodes = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let cell = positions
                .iter()
                .position(|position| *position == Some(index))
                .and_then(|column| cells.get(column))
                .and_then(Option::as_ref);
            let what = format!("`{}`", field.name);
            let node = match cell {
                Some(cell) => self.expr_as(cell, &field.ty, &what).node,
                None if field.has_default => {
                    let part = Part::Default(u32::try_from(index).unwrap_or(u32::MAX));
                    let id = self.refs.callable_id(&super::CallableRef {
                        decl: decl.clone(),
                        part,
                    });
                    self.push(Op::Call(id, Vec::new()), &field.ty, span)
                }
                None if field.ty.is_optional() => {
                    self.push(Op::Const(assize_ir::Const::Missing), &field.ty, span)
                }
                None => {
                    let claim = format!("{what} has neither a default nor may it be missing");
                    self.error(codes::MISSING_FIELDS, span, claim).instead =
                        Some("write a value instead of `-`".into());
                    self.broken(span).node
                }
            };
            nodes.push(node);
        }
        let of = RecordRef::RowOf(decl.clone());
        let record = self.refs.record_id(&of);
        self.val(Op::Record(record, nodes), Ty::Record(of), span)
    }

    fn cases(&mut self, cases: &CasesDecl, shared: &mut Shared<'_>, out: &mut Vec<PlanStep>) {
        for row in &cases.rows {
            if row.cells.len() != cases.columns.len() || row.outputs.len() != cases.outputs.len() {
                let claim = format!(
                    "this row has {}; the header has {}",
                    super::access::count(row.cells.len() + row.outputs.len(), "cell"),
                    cases.columns.len() + cases.outputs.len()
                );
                self.error(codes::ROW_WIDTH, row.span, claim).instead =
                    Some("`-` stands for a value that is missing or the default".into());
                continue;
            }
            let mut outputs = Vec::new();
            let mut relies = false;
            for (actual, expected) in cases.outputs.iter().zip(&row.outputs) {
                let bind = |checker: &mut Self| {
                    for (column, cell) in cases.columns.iter().zip(&row.cells) {
                        let missing = Expr {
                            kind: Box::new(ExprKind::Missing),
                            span: row.span,
                        };
                        if let Some(name) = column.parts.first() {
                            checker.bind_cell(name, cell.as_ref().unwrap_or(&missing));
                        }
                    }
                };
                let span = expected.span;
                let cond = self.part(shared, span, |checker| {
                    bind(checker);
                    let (a, b) = checker.sides(actual, expected);
                    checker.equal(false, a, b, actual, expected, span)
                });
                relies |= self.relied;
                let findings = self.out.diagnostics.len();
                let actual_part = self.part(shared, span, |checker| {
                    bind(checker);
                    checker.sides(actual, expected).0
                });
                let expected_part = self.part(shared, span, |checker| {
                    bind(checker);
                    checker.sides(actual, expected).1
                });
                self.out.diagnostics.truncate(findings);
                outputs.push((cond, actual_part, expected_part));
            }
            let by: Vec<String> = row
                .by
                .iter()
                .filter(|decider| !decider.parts.is_empty())
                .map(|decider| {
                    let parts: Vec<String> = decider
                        .parts
                        .iter()
                        .map(|part| match part {
                            DeciderPart::Word(name) => name.text.to_string(),
                            DeciderPart::Date(date) => {
                                date.day.map(assize_ir::date::format).unwrap_or_default()
                            }
                        })
                        .collect();
                    parts.join(".")
                })
                .collect();
            let by = (cases.by && !by.is_empty()).then_some(by);
            out.push(PlanStep::Case {
                outputs,
                by,
                relies,
                span: row.span,
            });
        }
    }
}

/// Codes of errors of a decision.
pub const ERROR_CODES: [&str; 11] = [
    "missing_data",
    "undecided",
    "conflict",
    "out_of_range",
    "stopped",
    "nothing_to_share_by",
    "division_by_zero",
    "overflow",
    "check_failed",
    "stale_data",
    "limit_exceeded",
];
