//! Relations in memory, column by column.
//!
//! A [`Table`] holds the rows of one relation in key order. Each column is a list of whole numbers in
//! the narrowest width that holds them all: numbers as coefficients of one scale, days, positions of
//! enum values, or ranks in a sorted pool of distinct texts. So every cell has a *word* whose order
//! and equality are those of the language, and sorting, grouping and look-ups never touch a value.
//! A [`Store`] is what the interpreter reads: one table per relation, and the calendars.

mod builder;
mod checks;
mod column;
mod groups;
mod hash;
mod numbers;

use std::collections::BTreeMap;

use assize_ir::{IndexId, Program, RelationId};

use crate::calendar::Calendar;
use crate::data::Data;
use crate::value::Value;

pub use builder::{Built, MAX_ROWS, RelationBuilder, RowError};
pub use checks::{DataFault, RowChecker, check_rows};
use column::Column;
use groups::Groups;

/// The rows of one relation in key order, with its indexes.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: u32,
    as_of: Option<i64>,
    columns: Vec<Column>,
    /// Finds the row with a key.
    key: Groups,
    /// Those that the program names, in its order.
    indexes: Vec<Groups>,
}

impl Table {
    /// Number of rows.
    pub const fn rows(&self) -> u32 {
        self.rows
    }

    /// A field of a row; [`Value::Missing`] when there is none.
    pub fn field(&self, row: u32, field: u32) -> Value {
        self.columns
            .get(field as usize)
            .filter(|_| row < self.rows)
            .map_or(Value::Missing, |column| column.value(row))
    }

    /// The rows by the values of the fields of an index, or of the key: each group in key order.
    pub fn groups(&self, index: Option<IndexId>) -> impl Iterator<Item = Vec<u32>> {
        let groups = match index {
            Some(index) => self.indexes.get(index.index()),
            None => Some(&self.key),
        };
        groups
            .into_iter()
            .flat_map(Groups::iter)
            .map(|rows| rows.to_vec())
    }

    /// Memory of the rows and indexes, in bytes.
    pub fn bytes(&self) -> usize {
        let columns: usize = self.columns.iter().map(Column::bytes).sum();
        let indexes: usize = self.indexes.iter().map(Groups::bytes).sum();
        columns + indexes + self.key.bytes()
    }

    /// Memory per row, in bytes, rounded up; 0 without rows.
    pub fn bytes_per_row(&self) -> usize {
        self.bytes().div_ceil((self.rows as usize).max(1)) * usize::from(self.rows > 0)
    }

    fn find<'t>(&'t self, groups: &'t Groups, key: &[Value]) -> groups::Rows<'t> {
        groups.find(&self.columns, key)
    }
}

/// Reference data in memory.
#[derive(Clone, Debug, Default)]
pub struct Store {
    tables: Vec<Table>,
    calendars: BTreeMap<String, Calendar>,
}

impl Store {
    /// Reference data without rows and calendars.
    pub fn empty(program: &Program) -> Store {
        Store {
            tables: program.relations.iter().map(|_| Table::default()).collect(),
            calendars: BTreeMap::new(),
        }
    }

    /// Puts in the rows of a relation; what it had is gone. An unknown relation is left alone.
    pub fn set_table(&mut self, relation: RelationId, table: Table) {
        if let Some(place) = self.tables.get_mut(relation.index()) {
            *place = table;
        }
    }

    /// Puts in a calendar.
    pub fn set_calendar(&mut self, calendar: Calendar) {
        self.calendars.insert(calendar.code.to_string(), calendar);
    }

    /// The rows of a relation.
    pub fn table(&self, relation: RelationId) -> Option<&Table> {
        self.tables.get(relation.index())
    }

    /// All calendars in order of their codes.
    pub fn calendars(&self) -> impl Iterator<Item = &Calendar> {
        self.calendars.values()
    }

    /// Memory of all rows and indexes, in bytes.
    pub fn bytes(&self) -> usize {
        self.tables.iter().map(Table::bytes).sum()
    }
}

impl Data for Store {
    fn rows(&self, relation: RelationId) -> u32 {
        self.table(relation).map_or(0, Table::rows)
    }

    fn field(&self, relation: RelationId, row: u32, field: u32) -> Value {
        self.table(relation)
            .map_or(Value::Missing, |table| table.field(row, field))
    }

    fn lookup(&self, relation: RelationId, key: &[Value]) -> Option<u32> {
        let table = self.table(relation)?;
        table.find(&table.key, key).first()
    }

    fn select(&self, relation: RelationId, index: IndexId, key: &[Value]) -> Vec<u32> {
        self.table(relation)
            .and_then(|table| Some(table.find(table.indexes.get(index.index())?, key).to_vec()))
            .unwrap_or_default()
    }

    fn as_of_seconds(&self, relation: RelationId) -> Option<i64> {
        self.table(relation).and_then(|table| table.as_of)
    }

    fn calendar(&self, code: &str) -> Option<&Calendar> {
        self.calendars.get(code)
    }
}

#[cfg(test)]
mod tests;
