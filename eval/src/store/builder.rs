//! Builds the table of a relation from rows in any order.

use std::cmp::Ordering;
use std::fmt;

use assize_ir::{Program, Relation, RelationId};

use super::checks::{DataFault, Reporter};
use super::column::{ColumnBuilder, Unsorted};
use super::groups::Groups;
use super::{Table, checks};
use crate::value::Value;

/// Most rows of a relation.
pub const MAX_ROWS: u32 = 100_000_000;

/// Collects rows and makes a [`Table`] of them.
#[derive(Debug)]
pub struct RelationBuilder<'p> {
    program: &'p Program,
    relation: &'p Relation,
    as_of: Option<i64>,
    columns: Vec<ColumnBuilder>,
    /// Line of each row in its source.
    lines: Vec<u32>,
}

/// A row that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowError {
    /// The relation has [`MAX_ROWS`] rows.
    TooMany,
    /// The row has another number of fields, or one of another type: the caller did not decode it.
    Shape,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowError::TooMany => write!(f, "a relation has at most {MAX_ROWS} rows"),
            RowError::Shape => f.write_str("the row does not have the fields of the relation"),
        }
    }
}

impl std::error::Error for RowError {}

/// A table, and what is wrong with its rows as a whole.
#[derive(Debug)]
pub struct Built {
    /// The table; complete even with faults, so that its rows can be checked as well.
    pub table: Table,
    /// Line of each row in its source, in key order.
    pub lines: Vec<u32>,
    /// Duplicate keys, `check distinct`, `rows at most`.
    pub faults: Vec<DataFault>,
}

impl<'p> RelationBuilder<'p> {
    /// A builder for a relation of the program; `as_of` in seconds since 1970-01-01 UTC, `None` for
    /// a test's own rows.
    pub fn new(program: &'p Program, id: RelationId, as_of: Option<i64>) -> Option<Self> {
        let relation = program.relation(id)?;
        let columns = relation
            .fields
            .iter()
            .map(|field| ColumnBuilder::new(&field.ty));
        Some(RelationBuilder {
            program,
            relation,
            as_of,
            columns: columns.collect(),
            lines: Vec::new(),
        })
    }

    /// The relation.
    pub const fn relation(&self) -> &'p Relation {
        self.relation
    }

    /// Number of rows so far.
    pub fn rows(&self) -> usize {
        self.lines.len()
    }

    /// Adds a row: all fields in declared order, decoded; `line` is its place in the source.
    pub fn push(&mut self, values: &[Value], line: u32) -> Result<(), RowError> {
        if self.lines.len() >= MAX_ROWS as usize {
            return Err(RowError::TooMany);
        }
        if values.len() != self.columns.len() {
            return Err(RowError::Shape);
        }
        self.lines.push(line);
        let mut fits = true;
        for (column, value) in self.columns.iter_mut().zip(values) {
            fits &= column.push(value);
        }
        if fits { Ok(()) } else { Err(RowError::Shape) }
    }

    /// Sorts by key, builds the indexes, and looks for duplicate keys, rows that are not distinct
    /// and relations or groups with too many rows.
    pub fn finish(self) -> Built {
        let rows = u32::try_from(self.lines.len()).unwrap_or(u32::MAX);
        let key = self.relation.key_fields as usize;
        let unsorted: Vec<Unsorted> = self
            .columns
            .into_iter()
            .map(ColumnBuilder::finish)
            .collect();
        let order = sort(unsorted.get(..key).unwrap_or_default(), rows);
        let lines = match &order {
            None => self.lines,
            Some(order) => order
                .iter()
                .map(|row| self.lines.get(*row as usize).copied().unwrap_or(0))
                .collect(),
        };
        let columns: Vec<_> = unsorted
            .into_iter()
            .map(|column| column.sorted(order.as_deref()))
            .collect();
        let key_positions: Vec<u32> = (0..self.relation.key_fields).collect();
        let index = |fields: &[u32]| Groups::build(&columns, fields, rows);
        let indexes = self
            .relation
            .indexes
            .iter()
            .map(|named| index(&named.fields))
            .collect();
        let key = index(&key_positions);
        let table = Table {
            rows,
            as_of: self.as_of,
            key,
            indexes,
            columns,
        };
        let mut reporter = Reporter::new(self.program, self.relation, &table, &lines);
        checks::duplicate_keys(&mut reporter);
        checks::distinct(&mut reporter);
        checks::row_limits(&mut reporter);
        let faults = reporter.finish();
        Built {
            table,
            lines,
            faults,
        }
    }
}

/// The rows in key order, each by the position at which it came; equal keys keep that order, so
/// what is reported does not depend on chance. `None`: they came in key order.
fn sort(key: &[Unsorted], rows: u32) -> Option<Vec<u32>> {
    let compare = |a: u32, b: u32| {
        key.iter()
            .map(|column| column.word(a).cmp(&column.word(b)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    };
    if (1..rows).all(|row| compare(row - 1, row).is_le()) {
        return None;
    }
    let mut order: Vec<u32> = (0..rows).collect();
    order.sort_by(|a, b| compare(*a, *b));
    Some(order)
}
