//! Rows grouped by equality of some columns, found by hash.

use super::column::{Column, Word};
use super::hash::mix;
use crate::value::Value;

/// Rows grouped by equality of some columns; within a group in key order.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Positions of the columns.
    fields: Vec<u32>,
    /// Rows, group after group; `None`: group n is row n alone.
    order: Option<Box<[u32]>>,
    /// Where each group begins in `order`; empty when `order` is `None`.
    starts: Box<[u32]>,
    /// Number of groups.
    count: u32,
    /// Open addressing: 0 is free, else the number of a group plus one. The length is a power of 2.
    slots: Box<[u32]>,
}

/// The rows of a group.
#[derive(Clone, Copy, Debug)]
pub enum Rows<'g> {
    /// One row.
    One(u32),
    /// Rows in key order, maybe none.
    Many(&'g [u32]),
}

impl Rows<'_> {
    /// The first row in key order.
    pub fn first(self) -> Option<u32> {
        match self {
            Rows::One(row) => Some(row),
            Rows::Many(rows) => rows.first().copied(),
        }
    }

    /// All rows in key order.
    pub fn to_vec(self) -> Vec<u32> {
        match self {
            Rows::One(row) => vec![row],
            Rows::Many(rows) => rows.to_vec(),
        }
    }

    /// Number of rows.
    pub fn len(self) -> usize {
        match self {
            Rows::One(_) => 1,
            Rows::Many(rows) => rows.len(),
        }
    }
}

impl Groups {
    /// Groups rows 0 to `rows` − 1 by the columns at these positions.
    pub fn build(columns: &[Column], fields: &[u32], rows: u32) -> Groups {
        let of = |row: u32| words(columns, fields, row);
        let mut slots = vec![0u32; slots_for(rows)];
        // First row of each group: every other row is compared with it.
        let mut heads: Vec<u32> = Vec::new();
        let mut sizes: Vec<u32> = Vec::new();
        let mut group_of = Vec::with_capacity(rows as usize);
        for row in 0..rows {
            let mut at = place(hash(of(row)), slots.len());
            let group = loop {
                let Some(slot) = slots.get_mut(at) else {
                    break 0;
                };
                if *slot == 0 {
                    let group = u32::try_from(heads.len()).unwrap_or(u32::MAX);
                    *slot = group.saturating_add(1);
                    heads.push(row);
                    sizes.push(0);
                    break group;
                }
                let group = *slot - 1;
                let head = heads.get(group as usize).copied().unwrap_or(0);
                if of(head).eq(of(row)) {
                    break group;
                }
                at = (at + 1) & (slots.len() - 1);
            };
            if let Some(size) = sizes.get_mut(group as usize) {
                *size += 1;
            }
            group_of.push(group);
        }
        let count = u32::try_from(heads.len()).unwrap_or(u32::MAX);
        if slots_for(count) < slots.len() {
            slots = vec![0u32; slots_for(count)];
            for (group, head) in (1u32..).zip(&heads) {
                let mut at = place(hash(of(*head)), slots.len());
                while slots.get(at).is_some_and(|slot| *slot != 0) {
                    at = (at + 1) & (slots.len() - 1);
                }
                if let Some(slot) = slots.get_mut(at) {
                    *slot = group;
                }
            }
        }
        let mut groups = Groups {
            fields: fields.to_vec(),
            order: None,
            starts: Box::default(),
            count,
            slots: slots.into_boxed_slice(),
        };
        if count < rows {
            let (order, starts) = gather(&group_of, &sizes);
            groups.order = Some(order);
            groups.starts = starts;
        }
        groups
    }

    /// The rows whose columns have these values.
    pub fn find<'g>(&'g self, columns: &[Column], key: &[Value]) -> Rows<'g> {
        let none = Rows::Many(&[]);
        if key.len() != self.fields.len() || self.slots.is_empty() {
            return none;
        }
        let probe = |(field, value): (&u32, &Value)| columns.get(*field as usize)?.probe(value);
        let wanted: Option<Vec<Word>> = self.fields.iter().zip(key).map(probe).collect();
        let Some(wanted) = wanted else {
            return none;
        };
        let mut at = place(hash(wanted.iter().copied()), self.slots.len());
        loop {
            let Some(group) = self.slots.get(at).and_then(|slot| slot.checked_sub(1)) else {
                return none;
            };
            let rows = self.rows_of(group);
            let head = rows.first().unwrap_or(0);
            if words(columns, &self.fields, head).eq(wanted.iter().copied()) {
                return rows;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }

    /// The groups, in order of their first rows.
    pub fn iter(&self) -> impl Iterator<Item = Rows<'_>> {
        (0..self.count).map(|group| self.rows_of(group))
    }

    fn rows_of(&self, group: u32) -> Rows<'_> {
        let Some(order) = &self.order else {
            return Rows::One(group);
        };
        let at = group as usize;
        let start = self.starts.get(at).copied().unwrap_or(0) as usize;
        let end = self
            .starts
            .get(at + 1)
            .map_or(order.len(), |end| *end as usize);
        Rows::Many(order.get(start..end).unwrap_or_default())
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let order = self
            .order
            .as_ref()
            .map_or(0, |order| size_of_val::<[u32]>(order));
        order + size_of_val::<[u32]>(&self.starts) + size_of_val::<[u32]>(&self.slots)
    }
}

/// Rows group after group, and where each group begins.
fn gather(group_of: &[u32], sizes: &[u32]) -> (Box<[u32]>, Box<[u32]>) {
    let mut starts = Vec::with_capacity(sizes.len());
    let mut start = 0u32;
    for size in sizes {
        starts.push(start);
        start = start.saturating_add(*size);
    }
    let mut next = starts.clone();
    let mut order = vec![0u32; group_of.len()];
    for (row, group) in (0u32..).zip(group_of) {
        if let Some(at) = next.get_mut(*group as usize) {
            if let Some(place) = order.get_mut(*at as usize) {
                *place = row;
            }
            *at += 1;
        }
    }
    (order.into_boxed_slice(), starts.into_boxed_slice())
}

fn words<'c>(
    columns: &'c [Column],
    fields: &'c [u32],
    row: u32,
) -> impl Iterator<Item = Word> + 'c {
    fields.iter().map(move |field| {
        columns
            .get(*field as usize)
            .and_then(|column| column.word(row))
    })
}

/// Slots for so many groups: at most three quarters full.
fn slots_for(groups: u32) -> usize {
    (groups as usize + groups as usize / 3 + 1).next_power_of_two()
}

fn place(hash: u64, slots: usize) -> usize {
    // The high bits are the well mixed ones.
    usize::try_from(hash >> 32).unwrap_or(0) & (slots - 1)
}

fn hash(words: impl Iterator<Item = Word>) -> u64 {
    words.fold(0, |so_far, word| match word {
        Some(number) => mix(so_far, number.cast_unsigned(), 1),
        None => mix(so_far, 0, 2),
    })
}
