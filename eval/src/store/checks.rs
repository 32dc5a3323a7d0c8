//! What must hold of the rows of a relation: one row per key, `check distinct`, `rows at most`, and
//! the checks of each row.

use std::fmt;

use assize_ir::{Check, Program, Relation, RelationId, date};

use super::groups::{Groups, Rows};
use super::{Store, Table};
use crate::format;
use crate::json::fault::{Fault, FaultCode, MAX_FAULTS};
use crate::value::{RowRef, Value};

/// A fault of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFault {
    /// Full name of the relation.
    pub relation: String,
    /// Line of the row in its source; 0: the relation as a whole.
    pub line: u32,
    /// Key of the row in canonical text, parted by commas; empty where it is not known.
    pub key: String,
    /// What is wrong; its path begins with the field.
    pub fault: Fault,
}

impl fmt::Display for DataFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.relation)?;
        if !self.key.is_empty() {
            write!(f, "[{}]", self.key)?;
        }
        if self.line > 0 {
            write!(f, " line {}", self.line)?;
        }
        let Fault { path, code, .. } = &self.fault;
        if !path.is_empty() {
            write!(f, " {path}")?;
        }
        write!(f, ": {code}: {}", self.fault.words())
    }
}

/// Runs a check on a row: the interpreter's call of the check's callable with the row. `Err` is what
/// went wrong while it was computed; it counts as violated.
pub type RowChecker<'c> = dyn FnMut(&Check, RowRef) -> Result<bool, String> + 'c;

/// Runs the checks of each row of a relation. `lines` are those of [`super::Built`].
pub fn check_rows(
    program: &Program,
    store: &Store,
    id: RelationId,
    lines: &[u32],
    checker: &mut RowChecker<'_>,
) -> Vec<DataFault> {
    let (Some(relation), Some(table)) = (program.relation(id), store.table(id)) else {
        return Vec::new();
    };
    let mut reporter = Reporter::new(program, relation, table, lines);
    if relation.checks.is_empty() {
        return Vec::new();
    }
    for row in 0..table.rows() {
        for check in &relation.checks {
            let found = match checker(check, RowRef { relation: id, row }) {
                Ok(true) => continue,
                Ok(false) => crate::json::fault::HOLDS_NOT.to_owned(),
                Err(words) => format!("it could not be computed: {words}"),
            };
            reporter.report(
                Some(row),
                FaultCode::CheckFailed,
                check.because.clone(),
                &found,
            );
        }
        if reporter.is_full() {
            break;
        }
    }
    reporter.finish()
}

/// Collects the faults of one relation, up to [`MAX_FAULTS`].
pub struct Reporter<'t> {
    program: &'t Program,
    relation: &'t Relation,
    table: &'t Table,
    lines: &'t [u32],
    faults: Vec<DataFault>,
}

impl<'t> Reporter<'t> {
    /// A reporter without faults.
    pub fn new(
        program: &'t Program,
        relation: &'t Relation,
        table: &'t Table,
        lines: &'t [u32],
    ) -> Reporter<'t> {
        Reporter {
            program,
            relation,
            table,
            lines,
            faults: Vec::new(),
        }
    }

    fn is_full(&self) -> bool {
        self.faults.len() > MAX_FAULTS
    }

    /// The faults in the order in which they were reported.
    pub fn finish(self) -> Vec<DataFault> {
        self.faults
    }

    fn line(&self, row: u32) -> u32 {
        self.lines.get(row as usize).copied().unwrap_or(0)
    }

    /// The row that `row` is compared with. A JSON file may be one long line: then by its key, unless that
    /// is the key of both.
    fn other(&self, other: u32, row: u32) -> String {
        let line = self.line(other);
        if line != self.line(row) {
            return format!("the row of line {line}");
        }
        let key = |row: u32| self.texts(row, 0..self.relation.key_fields);
        match key(other) {
            same if same == key(row) => "another row of this line".to_owned(),
            other => format!(
                "the row {}[{other}] of this line",
                format::bare(&self.relation.name)
            ),
        }
    }

    fn text(&self, row: u32, field: u32) -> String {
        let value = self.table.field(row, field);
        match self.relation.fields.get(field as usize) {
            Some(declared) => format::shown_field(self.program, declared, &value),
            None => String::new(),
        }
    }

    fn texts(&self, row: u32, fields: impl Iterator<Item = u32>) -> String {
        let texts: Vec<String> = fields.map(|field| self.text(row, field)).collect();
        texts.join(", ")
    }

    fn report(
        &mut self,
        row: Option<u32>,
        code: FaultCode,
        expected: impl Into<String>,
        found: &str,
    ) {
        if self.is_full() {
            return;
        }
        let (code, expected, found) = if self.faults.len() == MAX_FAULTS {
            let expected = format!("at most {MAX_FAULTS} faults");
            (FaultCode::TooManyFaults, expected, "more")
        } else {
            (code, expected.into(), found)
        };
        self.faults.push(DataFault {
            relation: self.relation.name.clone(),
            line: row.map_or(0, |row| self.line(row)),
            key: row.map_or_else(String::new, |row| {
                self.texts(row, 0..self.relation.key_fields)
            }),
            fault: Fault::new("", code, expected, found),
        });
    }

    fn names(&self, fields: &[u32]) -> String {
        let name = |field: &u32| self.relation.fields.get(*field as usize);
        let names: Vec<&str> = fields
            .iter()
            .filter_map(name)
            .map(|f| f.name.as_str())
            .collect();
        names.join(", ")
    }
}

/// Two rows with the same key.
pub fn duplicate_keys(reporter: &mut Reporter<'_>) {
    let table = reporter.table;
    for rows in table.key.iter() {
        let Rows::Many([first, others @ ..]) = rows else {
            continue;
        };
        for other in others {
            let found = format!("{} as well", reporter.other(*first, *other));
            reporter.report(
                Some(*other),
                FaultCode::DuplicateRow,
                "each key once",
                &found,
            );
        }
    }
}

/// `check distinct`, with and without `while valid`.
pub fn distinct(reporter: &mut Reporter<'_>) {
    let (table, relation) = (reporter.table, reporter.relation);
    for distinct in &relation.distinct {
        let groups = Groups::build(&table.columns, &distinct.fields, table.rows);
        let valid = relation.valid.filter(|_| distinct.while_valid);
        let names = reporter.names(&distinct.fields);
        let when = if valid.is_some() { " while valid" } else { "" };
        let expected = match distinct.because.as_str() {
            "" => format!("distinct {names}{when}"),
            because => format!("{because} (distinct {names}{when})"),
        };
        for rows in groups.iter() {
            let Rows::Many(rows @ [first, others @ ..]) = rows else {
                continue;
            };
            let clashes: Vec<(u32, u32)> = match valid {
                None => others.iter().map(|other| (*first, *other)).collect(),
                Some(bounds) => overlaps(table, rows, bounds),
            };
            for (earlier, later) in clashes {
                let values = reporter.texts(later, distinct.fields.iter().copied());
                let found = format!("{values} in {} as well", reporter.other(earlier, later));
                reporter.report(
                    Some(later),
                    FaultCode::NotDistinct,
                    expected.as_str(),
                    &found,
                );
            }
        }
    }
}

/// Pairs of rows that are valid on a common day: each row that overlaps an earlier beginning one,
/// with the one of those that ends last. Linear after the sort, however many rows overlap.
fn overlaps(table: &Table, rows: &[u32], (from, to): (u32, u32)) -> Vec<(u32, u32)> {
    let day = |row: u32, field: u32, open: i32| match table.field(row, field) {
        Value::Date(day) => day,
        _ => open,
    };
    let mut spans: Vec<(i32, i32, u32)> = rows
        .iter()
        .map(|row| {
            (
                day(*row, from, date::FIRST_DAY),
                day(*row, to, date::LAST_DAY),
                *row,
            )
        })
        // A row that ends before it begins is never valid.
        .filter(|(first, last, _)| first <= last)
        .collect();
    spans.sort_unstable_by_key(|(first, _, row)| (*first, *row));
    let mut clashes = Vec::new();
    let mut longest: Option<(i32, u32)> = None;
    for (first, last, row) in spans {
        if let Some((end, earlier)) = longest
            && first <= end
        {
            clashes.push((earlier, row));
        }
        if longest.is_none_or(|(end, _)| last > end) {
            longest = Some((last, row));
        }
    }
    clashes
}

/// `rows at most`.
pub fn row_limits(reporter: &mut Reporter<'_>) {
    let (table, relation) = (reporter.table, reporter.relation);
    for limit in &relation.limits {
        let at_most = limit.at_most;
        let groups = Groups::build(&table.columns, &limit.per, table.rows);
        for rows in groups.iter() {
            let count = rows.len();
            if u64::try_from(count).is_ok_and(|count| count <= at_most) {
                continue;
            }
            let per = limit.per.as_slice();
            // Of the whole relation no row is more at fault than another.
            let Some(first) = rows.first().filter(|_| !per.is_empty()) else {
                let expected = format!("at most {at_most} rows");
                reporter.report(None, FaultCode::TooManyRows, expected, &count.to_string());
                continue;
            };
            let expected = format!("at most {at_most} rows per {}", reporter.names(per));
            let found = format!(
                "{count} with {}",
                reporter.texts(first, per.iter().copied())
            );
            reporter.report(Some(first), FaultCode::TooManyRows, expected, &found);
        }
    }
}
