//! The tests of a package, and which of them fail.

use assize_compiler::check::{CallableRef, Part, PlanStep, TestPlan, checked};
use assize_compiler::items::{DeclId, DeclKind, decl_offset};
use assize_compiler::link::{Linked, link};
use assize_compiler::package::declarations;
use assize_eval::interp::Watch;
use assize_eval::store::{RelationBuilder, Store, check_rows};
use assize_eval::trace::Explain;
use assize_eval::value::Value;
use assize_eval::{Interpreter, Limits};

use super::package::{Built, Place};

/// What came of the tests of a package.
#[derive(Debug, Default)]
pub struct Tests {
    /// How many there are.
    pub ran: usize,
    /// What is not as expected.
    pub failures: Vec<Failed>,
}

/// A failed step.
#[derive(Debug)]
pub struct Failed {
    /// Where.
    pub place: Place,
    /// Its short rendering, with a line end.
    pub text: String,
}

/// Runs every test and property of a package.
pub fn failures(built: &Built) -> Tests {
    let mut tests = Tests::default();
    for decl in declarations(&built.db, built.root) {
        if !matches!(decl.key.kind, DeclKind::Test | DeclKind::Property) {
            continue;
        }
        if let Some(plan) = &checked(&built.db, &decl).plan {
            tests.ran += 1;
            run(built, &decl, plan, &mut tests.failures);
        }
    }
    tests
}

fn run(built: &Built, decl: &DeclId, plan: &TestPlan, out: &mut Vec<Failed>) {
    let db = &built.db;
    let mut fail = |span: assize_compiler::ast::Span, text: String| {
        let text_of = decl.file.text(db);
        let start = (decl_offset(db, decl) + span.start) as usize;
        let before = text_of.get(..start).unwrap_or_default();
        let line = before.matches('\n').count();
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let place = built.in_block(decl.file.package(db), decl.file.path(db), line, column);
        let text = format!("{}:{} {text}\n", place.line, place.column);
        out.push(Failed { place, text });
    };
    let fragments = &checked(db, decl).fragments;
    let parts: Vec<CallableRef> = fragments
        .iter()
        .map(|fragment| CallableRef { decl: decl.clone(), part: fragment.part })
        .collect();
    let linked = match link(db, &[], &parts) {
        Ok(linked) => linked,
        Err(fault) => return fail(Default::default(), format!("not linked: {fault:?}")),
    };
    if !plan.params.is_empty() {
        return;
    }
    let program = &linked.program;
    if let Err(faults) = assize_ir::verify(program) {
        return fail(Default::default(), format!("not verified: {faults:?}"));
    }
    let id = |part: &Part| {
        linked.callables.get(&CallableRef { decl: decl.clone(), part: *part }).copied()
    };
    let empty = Store::empty(program);
    let interpreter = Interpreter::new(program, &empty, Limits::default());
    let mut store = Store::empty(program);
    for step in &plan.steps {
        if let PlanStep::Given { relation, rows, span } = step {
            let Some(relation) = linked.relations.get(relation) else { continue };
            let Some(mut builder) = RelationBuilder::new(program, *relation, None) else { continue };
            for (part, span) in rows {
                let Some(id) = id(part) else { continue };
                match interpreter.call(id, &[]) {
                    Ok(Value::Record(values)) => {
                        let _ = builder.push(&values, 1);
                    }
                    Ok(_) => {}
                    Err(failure) => fail(*span, format!("the row ends with {}", failure.code)),
                }
            }
            let done = builder.finish();
            store.set_table(*relation, done.table);
            for fault in done.faults {
                fail(*span, format!("the rows are refused: {fault}"));
            }
            let checks = Interpreter::new(program, &store, Limits::default());
            let faults = check_rows(program, &store, *relation, &done.lines, &mut |check, row| {
                assize_runtime::snapshot::holds(&checks, check, Value::Row(row))
            });
            for fault in faults {
                fail(*span, format!("the rows are refused: {fault}"));
            }
        }
    }
    let interpreter = Interpreter::new(program, &store, Limits::default());
    let value = |part: &Part, linked: &Linked| -> Result<(Value, String), String> {
        let id = id(part).ok_or("no such part")?;
        let watch = Watch { explain: Some(Explain::default()), observer: None };
        let answer = interpreter.call_with(id, &[], watch);
        let by = answer.trace.map(|trace| trace.decided_by()).unwrap_or_default();
        let ty = linked.program.callable(id).map(|callable| callable.result.clone());
        match answer.result {
            Ok(value) => {
                let shown = ty.map(|ty| {
                    assize_eval::format::shown(&linked.program, Some(&store), &ty, &value)
                });
                Ok((value, format!("{}\n{by}", shown.unwrap_or_default())))
            }
            Err(failure) => Err(failure.code.name().to_owned()),
        }
    };
    for step in &plan.steps {
        match step {
            PlanStep::Given { .. } => {}
            PlanStep::Expect { cond, sides, span } => match value(cond, &linked) {
                Ok((Value::Bool(true), _)) => {}
                Ok(_) => {
                    let shown = |part: &Part| value(part, &linked).map_or_else(|e| e, |v| v.1);
                    let words = sides.as_ref().map(|(a, b)| {
                        let (a, b) = (shown(a), shown(b));
                        let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
                        format!(": {} is not {}", first(&a), first(&b))
                    });
                    fail(*span, format!("does not hold{}", words.unwrap_or_default()));
                }
                Err(code) => fail(*span, format!("ends with {code}")),
            },
            PlanStep::ExpectError { code, value: part, span } => match value(part, &linked) {
                Err(found) if found == **code => {}
                Err(found) => fail(*span, format!("ends with {found}, not with {code}")),
                Ok((_, shown)) => {
                    fail(*span, format!("gives {}", shown.lines().next().unwrap_or_default()));
                }
            },
            PlanStep::Case { outputs, by, span } => {
                for (cond, actual, expected) in outputs {
                    let (actual, expected) = (value(actual, &linked), value(expected, &linked));
                    match (value(cond, &linked), actual, expected) {
                        (Ok((Value::Bool(true), _)), Ok((_, shown)), _) => {
                            let found = shown.lines().nth(1).unwrap_or_default();
                            if let Some(by) = by
                                && by.join(", ") != found
                            {
                                fail(*span, format!("decided by {found}, not by {}", by.join(", ")));
                            }
                        }
                        (_, actual, expected) => fail(*span, format!("{actual:?} {expected:?}")),
                    }
                }
            }
        }
    }
}
