//! Loads a snapshot: the manifest, then each relation, then what must hold of all rows.

use assize_eval::canonical::snapshot_digest;
use assize_eval::json::{CheckResult, Decoder, Fault, FaultCode};
use assize_eval::store::{RelationBuilder, Store, check_rows};
use assize_eval::value::{RowRef, Value};
use assize_eval::{Interpreter, Limits};
use assize_ir::{Check, Program, RelationId};

use super::files::{Files, unreadable};
use super::manifest::{self, Kind, Source};
use super::rows::RowReader;
use super::{Faults, MANIFEST, Snapshot, SnapshotFault, SnapshotLimits};

/// Reads a snapshot for a program; every fault that one pass can find, in the order of the program's
/// relations.
pub fn load_snapshot(
    program: &Program,
    files: &dyn Files,
    limits: &SnapshotLimits,
) -> Result<Snapshot, Vec<SnapshotFault>> {
    let mut faults = Faults {
        list: Vec::new(),
        limit: limits.faults,
    };
    let manifest = manifest::read(program, files, &mut faults);
    let mut store = Store::empty(program);
    for calendar in manifest.calendars {
        store.set_calendar(calendar);
    }
    for (relation, as_of) in manifest.without {
        let empty = RelationBuilder::new(program, relation, Some(as_of));
        if let Some(builder) = empty {
            store.set_table(relation, builder.finish().table);
        }
    }
    let mut loaded = Vec::new();
    for source in manifest.sources {
        if faults.is_full() {
            break;
        }
        if let Some(lines) = load_relation(program, files, limits, &source, &mut store, &mut faults)
        {
            loaded.push((source, lines));
        }
    }
    // A check may look at other relations, so all rows are there before the first one runs.
    for (source, lines) in &loaded {
        if faults.is_full() {
            break;
        }
        let interpreter = Interpreter::new(program, &store, Limits::default());
        let mut checker = |check: &Check, row: RowRef| holds(&interpreter, check, Value::Row(row));
        for fault in check_rows(program, &store, source.relation, lines, &mut checker) {
            faults.add(SnapshotFault::of_row(&source.file, fault));
        }
    }
    if !faults.list.is_empty() {
        return Err(faults.list);
    }
    match snapshot_digest(program, &store, store.calendars()) {
        Ok(digest) => Ok(Snapshot { store, digest }),
        Err(error) => {
            let fault = Fault::new(
                "",
                FaultCode::WrongType,
                "rows that have a JSON form",
                &error.to_string(),
            );
            Err(vec![SnapshotFault::new(MANIFEST, 0, fault)])
        }
    }
}

/// Runs a check of a record or row.
pub fn holds(interpreter: &Interpreter<'_>, check: &Check, value: Value) -> CheckResult {
    match interpreter.call(check.callable, &[value]) {
        Ok(Value::Bool(held)) => Ok(held),
        Ok(_) => Err("the check gives no truth value".to_owned()),
        Err(failure) => Err(failure.to_string()),
    }
}

/// Reads one relation into the store; the lines of its rows in key order. Good rows go in even when
/// others are refused, so that one pass also finds the duplicates and failed checks among them.
fn load_relation(
    program: &Program,
    files: &dyn Files,
    limits: &SnapshotLimits,
    source: &Source,
    store: &mut Store,
    faults: &mut Faults,
) -> Option<Vec<u32>> {
    let id: RelationId = source.relation;
    let mut builder = RelationBuilder::new(program, id, Some(source.as_of))?;
    let input = match files.open(&source.file) {
        Ok(input) => input,
        Err(error) => {
            let found = unreadable(&error);
            let fault = Fault::new("", FaultCode::MissingFile, "a readable file", &found);
            faults.add(SnapshotFault::new(&source.file, 0, fault));
            return None;
        }
    };
    // Records inside rows are checked as they are read; they see their own fields only.
    let nothing = Store::empty(program);
    let interpreter = Interpreter::new(program, &nothing, Limits::default());
    let mut checker = |check: &Check, value: &Value| holds(&interpreter, check, value.clone());
    let mut decoder = Decoder::new(program, &mut checker);
    let before = faults.list.len();
    let mut reader = RowReader {
        program,
        file: &source.file,
        element: None,
        limits,
        builder: &mut builder,
        decoder: &mut decoder,
        faults,
    };
    match source.kind {
        Kind::Csv => reader.csv(input),
        Kind::Json => reader.json(input),
    }
    let refused = faults.list.len() > before;
    let built = builder.finish();
    // Where rows are broken, their number says nothing more.
    if !refused && built.faults.is_empty() {
        let read = u64::try_from(built.lines.len()).unwrap_or(u64::MAX);
        if let Some(fault) = row_count(source, read) {
            faults.add(fault);
        }
    }
    for fault in built.faults {
        faults.add(SnapshotFault::of_row(&source.file, fault));
    }
    store.set_table(id, built.table);
    Some(built.lines)
}

/// A file that was cut short, or written before its source was complete, may hold good rows alone.
fn row_count(source: &Source, read: u64) -> Option<SnapshotFault> {
    let rows = |count: u64| match count {
        1 => "1 row".to_owned(),
        count => format!("{count} rows"),
    };
    let exactly = source.rows.map(u64::from).filter(|said| *said != read);
    let at_least = source.rows_at_least.map(u64::from);
    let at_least = at_least.filter(|said| *said > read);
    let wanted = match (exactly, at_least) {
        (Some(said), _) => rows(said),
        (None, Some(said)) => format!("at least {}", rows(said)),
        (None, None) => return None,
    };
    let expected = format!("{wanted}, as {MANIFEST} says");
    let fault = Fault::new("", FaultCode::RowCount, expected, &rows(read));
    Some(SnapshotFault::new(&source.file, 0, fault))
}
