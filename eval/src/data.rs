//! What the interpreter asks of the reference data.

use assize_ir::{IndexId, RelationId};

use crate::calendar::Calendar;
use crate::value::Value;

/// Reference data of one snapshot. Rows are numbered in key order from 0, so numbers are stable for
/// the life of the snapshot.
pub trait Data {
    /// Number of rows of a relation.
    fn rows(&self, relation: RelationId) -> u32;
    /// A field of a row; [`Value::Missing`] when the row or field does not exist.
    fn field(&self, relation: RelationId, row: u32, field: u32) -> Value;
    /// The row with this key.
    fn lookup(&self, relation: RelationId, key: &[Value]) -> Option<u32>;
    /// The rows whose index fields equal these values, in key order.
    fn select(&self, relation: RelationId, index: IndexId, key: &[Value]) -> Vec<u32>;
    /// When the relation was read from its source, in seconds since 1970-01-01 UTC; `None`: a test's
    /// own rows, whose age is 0.
    fn as_of_seconds(&self, relation: RelationId) -> Option<i64>;
    /// A calendar by its code.
    fn calendar(&self, code: &str) -> Option<&Calendar>;
}

/// No reference data at all: every relation is empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoData;

impl Data for NoData {
    fn rows(&self, _relation: RelationId) -> u32 {
        0
    }
    fn field(&self, _relation: RelationId, _row: u32, _field: u32) -> Value {
        Value::Missing
    }
    fn lookup(&self, _relation: RelationId, _key: &[Value]) -> Option<u32> {
        None
    }
    fn select(&self, _relation: RelationId, _index: IndexId, _key: &[Value]) -> Vec<u32> {
        Vec::new()
    }
    fn as_of_seconds(&self, _relation: RelationId) -> Option<i64> {
        None
    }
    fn calendar(&self, _code: &str) -> Option<&Calendar> {
        None
    }
}
