//! Rows of `given` as reference data.

use std::collections::BTreeMap;

use assize_eval::interp::{Interpreter, Watch};
use assize_eval::json::FaultCode;
use assize_eval::store::{DataFault, RelationBuilder, Store, check_rows};
use assize_eval::{RowRef, Value};
use assize_ir::{Check, RelationId};

use crate::ast::Span;
use crate::check::{CallableRef, PlanStep};
use crate::db::Db;
use crate::link::Linked;

use super::TestOptions;
use super::coverage::Seen;
use super::place::{Lines, place};
use super::plan::Test;
use super::report::FixtureFault;

/// What the store says was found when a check does not hold: no more than the check itself says.
const NOT_HELD: &str = "it does not hold";

/// The calendars of a test, and no rows: what a case can be made from before its rows are.
pub fn calendars(linked: &Linked, test: &Test, options: &TestOptions) -> Store {
    let mut store = Store::empty(&linked.program);
    for calendar in &options.calendars {
        store.set_calendar(calendar.clone());
    }
    // Those of the test stand in place of those of its caller.
    for step in &test.plan.steps {
        if let PlanStep::Calendar(calendar) = step {
            store.set_calendar(calendar.clone());
        }
    }
    store
}

/// The rows of a test as reference data. `given` applies to the whole test; what is not given is
/// empty. A cell sees the relations that stand above it. `Err`: the rows that are refused.
pub fn fill(
    db: &dyn Db,
    linked: &Linked,
    test: &Test,
    arguments: &[Value],
    options: &TestOptions,
    seen: &mut Seen<'_>,
) -> Result<Store, Vec<FixtureFault>> {
    let program = &linked.program;
    let mut store = calendars(linked, test, options);
    let mut rows: BTreeMap<RelationId, Vec<(Vec<Value>, Span)>> = BTreeMap::new();
    let mut lines: BTreeMap<RelationId, Vec<u32>> = BTreeMap::new();
    let mut faults: Vec<(Span, FixtureFault)> = Vec::new();
    let in_file = Lines::of(db, &test.decl);
    // A row is a line, so its line leads back to its place.
    let mut by_line: BTreeMap<(RelationId, u32), Span> = BTreeMap::new();
    for step in &test.plan.steps {
        let PlanStep::Given {
            relation,
            rows: parts,
            ..
        } = step
        else {
            continue;
        };
        let Some(id) = linked.relations.get(relation).copied() else {
            continue;
        };
        let name = program
            .relation(id)
            .map(|of| of.name.clone())
            .unwrap_or_default();
        let mut made = Vec::new();
        for (part, span) in parts {
            let key = CallableRef {
                decl: test.decl.clone(),
                part: *part,
            };
            let Some(callable) = linked.callables.get(&key).copied() else {
                continue;
            };
            let watch = Watch {
                explain: None,
                observer: Some(seen),
            };
            let answer = Interpreter::new(program, &store, options.limits)
                .call_with(callable, arguments, watch);
            match answer.result {
                Ok(Value::Record(fields)) => made.push((fields.to_vec(), *span)),
                Ok(_) => {}
                Err(failure) => faults.push((
                    *span,
                    FixtureFault {
                        relation: name.clone(),
                        key: String::new(),
                        code: failure.code.name().to_string(),
                        message: failure.to_string(),
                        place: place(db, &test.decl, *span),
                    },
                )),
            }
        }
        let all = rows.entry(id).or_default();
        all.extend(made);
        let Some(mut builder) = RelationBuilder::new(program, id, None) else {
            continue;
        };
        for (fields, span) in all.iter() {
            let number = in_file.line(*span);
            by_line.entry((id, number)).or_insert(*span);
            // A row of another shape cannot be checked: the checker has made it of the fields.
            let _ = builder.push(fields, number);
        }
        let first = all.first().map(|(_, span)| *span);
        let built = builder.finish();
        for fault in built.faults {
            let span = by_line.get(&(id, fault.line)).copied();
            note(db, test, span.or(first), fault, &mut faults);
        }
        lines.insert(id, built.lines);
        store.set_table(id, built.table);
    }
    // A check may look at other relations, so all rows are there before the first one runs.
    for (id, lines) in &lines {
        let interpreter = Interpreter::new(program, &store, options.limits);
        let mut checker = |check: &Check, row: RowRef| match interpreter
            .call(check.callable, &[Value::Row(row)])
        {
            Ok(Value::Bool(held)) => Ok(held),
            Ok(_) => Err("it gives no truth value".to_string()),
            Err(failure) => Err(failure.to_string()),
        };
        let first = rows
            .get(id)
            .and_then(|all| all.first())
            .map(|(_, span)| *span);
        for fault in check_rows(program, &store, *id, lines, &mut checker) {
            let span = by_line.get(&(*id, fault.line)).copied();
            note(db, test, span.or(first), fault, &mut faults);
        }
    }
    if faults.is_empty() {
        return Ok(store);
    }
    faults.sort_by_key(|(span, _)| span.start);
    let mut faults: Vec<FixtureFault> = faults.into_iter().map(|(_, fault)| fault).collect();
    faults.dedup();
    Err(faults)
}

fn note(
    db: &dyn Db,
    test: &Test,
    row: Option<Span>,
    fault: DataFault,
    faults: &mut Vec<(Span, FixtureFault)>,
) {
    let span = row.unwrap_or_default();
    let told = &fault.fault;
    let code = told.code.to_string();
    let message = match told.code {
        FaultCode::CheckFailed if told.found == NOT_HELD => told.expected.clone(),
        FaultCode::CheckFailed => format!("{} ({})", told.expected, told.found),
        _ => format!("expected {}, found {}", told.expected, told.found),
    };
    faults.push((
        span,
        FixtureFault {
            relation: fault.relation,
            key: fault.key,
            message,
            code,
            place: place(db, &test.decl, span),
        },
    ));
}
