//! The rows of a snapshot as machine code reads them: column by column, in words, with hashed keys.

use assize_eval::Data;
use assize_eval::store::Store;
use assize_ir::{IndexId, Program, RelationId};

use super::arena::Arena;
use super::compare::{equal, hash, text_hash};
use super::shape::{Layouts, Shape};
use super::words::{Writer, mix, same_text};

/// What machine code sees of a relation.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct RelationView {
    /// How many rows.
    pub(crate) rows: u64,
    /// Address of the first word of each column.
    pub(crate) columns: *const u64,
}

/// The relations of a snapshot in words. It belongs to the store that it was made of: texts lie there.
#[derive(Debug)]
pub(crate) struct View {
    /// As machine code reads them; relations that no decision reads are empty.
    pub(crate) relations: Box<[RelationView]>,
    tables: Vec<Table>,
    #[expect(dead_code, reason = "keeps alive what columns point to")]
    arena: Arena,
}

// SAFETY: all addresses point into the view itself and into the store, and nothing is written there any
// more.
#[expect(unsafe_code, reason = "memory that is never written again")]
unsafe impl Send for View {}
// SAFETY: as above.
#[expect(unsafe_code, reason = "memory that is never written again")]
unsafe impl Sync for View {}

#[derive(Debug, Default)]
struct Table {
    shapes: Vec<Shape>,
    columns: Vec<Box<[u64]>>,
    addresses: Box<[u64]>,
    rows: usize,
    key: Index,
    indexes: Vec<Index>,
}

/// Rows by the values of some fields.
#[derive(Debug, Default)]
struct Index {
    fields: Vec<usize>,
    /// Twice as many as groups at least.
    places: Vec<Spot>,
    /// First position in `rows`, and how many.
    groups: Vec<(u32, u32)>,
    /// Numbers of rows, those of a group together and in key order.
    rows: Box<[u64]>,
}

/// Where a group is found by the hash of its key.
#[derive(Clone, Copy, Debug, Default)]
struct Spot {
    /// The half of the hash that does not say the place. Keys are compared only where it is the same.
    tag: u32,
    /// The number of the group plus one; 0 where there is none.
    group: u32,
}

/// The half of a hash that does not say the place.
const fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

impl View {
    /// The relations that are read; `None` where a value has no words, and the interpreter must decide.
    pub(crate) fn new(
        program: &Program,
        layouts: &Layouts,
        store: &Store,
        reads: &[RelationId],
    ) -> Option<View> {
        let mut arena = Arena::default();
        let mut tables = Vec::with_capacity(program.relations.len());
        for (number, relation) in program.relations.iter().enumerate() {
            let id = RelationId(u32::try_from(number).ok()?);
            if !reads.contains(&id) {
                tables.push(Table::default());
                continue;
            }
            let mut table = Table {
                shapes: layouts.relation(id)?.to_vec(),
                rows: store.rows(id) as usize,
                ..Table::default()
            };
            let mut writer = Writer {
                layouts,
                arena: &mut arena,
            };
            for (field, shape) in table.shapes.iter().enumerate() {
                let mut column = Vec::with_capacity(table.rows * shape.words());
                for row in 0..store.rows(id) {
                    let value = store.field(id, row, u32::try_from(field).ok()?);
                    // A cell that is left out has its default here, or is missing.
                    writer.write(&value, shape, &mut column)?;
                }
                table.columns.push(column.into_boxed_slice());
            }
            let addresses = table.columns.iter().map(|column| column.as_ptr() as u64);
            table.addresses = addresses.collect();
            let rows = store.table(id)?;
            let key = (0..relation.key_fields as usize).collect();
            table.key = table.index(key, rows.groups(None))?;
            for (number, index) in (0u32..).zip(&relation.indexes) {
                let fields = index.fields.iter().map(|field| *field as usize).collect();
                let index = table.index(fields, rows.groups(Some(IndexId(number))))?;
                table.indexes.push(index);
            }
            tables.push(table);
        }
        let relations = tables.iter().map(|table| RelationView {
            rows: table.rows as u64,
            columns: table.addresses.as_ptr(),
        });
        Some(View {
            relations: relations.collect(),
            tables,
            arena,
        })
    }

    /// The row with this key.
    ///
    /// # Safety
    /// At the address lie the words of the key fields, one after the other.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    pub(crate) unsafe fn lookup(
        &self,
        layouts: &Layouts,
        relation: usize,
        key: *const u64,
    ) -> Option<u64> {
        let table = self.tables.get(relation)?;
        // SAFETY: as the caller says.
        let rows = unsafe { table.find(layouts, &table.key, key) };
        rows.first().copied()
    }

    /// The rows whose fields of an index have these values, in key order.
    ///
    /// # Safety
    /// At the address lie the words of the fields of the index, one after the other.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    pub(crate) unsafe fn select(
        &self,
        layouts: &Layouts,
        (relation, index): (usize, usize),
        key: *const u64,
    ) -> &[u64] {
        let table = self.tables.get(relation);
        match table.and_then(|table| Some((table, table.indexes.get(index)?))) {
            // SAFETY: as the caller says.
            Some((table, index)) => unsafe { table.find(layouts, index, key) },
            None => &[],
        }
    }
}

impl Index {
    /// The rows of the group that is found by a hash and has the key, as the first of its rows says.
    #[inline(always)]
    fn probed(&self, hash: u64, same: impl Fn(usize) -> bool) -> &[u64] {
        let mask = self.places.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            let spot = self.places.get(at).copied().unwrap_or_default();
            let Some(group) = spot.group.checked_sub(1) else {
                return &[];
            };
            if spot.tag == tag(hash) {
                let Some((first, count)) = self.groups.get(group as usize) else {
                    return &[];
                };
                let (first, count) = (*first as usize, *count as usize);
                let rows = self.rows.get(first..first + count).unwrap_or_default();
                let row = rows.first().and_then(|row| usize::try_from(*row).ok());
                if row.is_some_and(&same) {
                    return rows;
                }
            }
            at = (at + 1) & mask;
        }
    }
}

impl Table {
    /// Address of a cell; `None` outside the table.
    fn cell(&self, field: usize, row: usize) -> Option<*const u64> {
        let words = self.shapes.get(field)?.words();
        Some(self.columns.get(field)?.get(row * words)?)
    }

    /// An index of groups that the store has made.
    fn index(&self, fields: Vec<usize>, groups: impl Iterator<Item = Vec<u32>>) -> Option<Index> {
        let mut index = Index {
            fields,
            ..Index::default()
        };
        let mut rows = Vec::with_capacity(self.rows);
        for group in groups {
            let start = u32::try_from(rows.len()).ok()?;
            index.groups.push((start, u32::try_from(group.len()).ok()?));
            rows.extend(group.into_iter().map(u64::from));
        }
        index.rows = rows.into_boxed_slice();
        index.places = vec![Spot::default(); (index.groups.len() * 2).next_power_of_two()];
        for (number, (start, _)) in (1u32..).zip(&index.groups) {
            let first = usize::try_from(*index.rows.get(*start as usize)?).ok()?;
            let hash = self.hash(&index, |field| self.cell(field, first))?;
            let mut at = hash as usize & (index.places.len() - 1);
            while index.places.get(at)?.group != 0 {
                at = (at + 1) & (index.places.len() - 1);
            }
            *index.places.get_mut(at)? = Spot {
                tag: tag(hash),
                group: number,
            };
        }
        Some(index)
    }

    /// The hash of a key.
    #[inline]
    fn hash(
        &self,
        index: &Index,
        mut word: impl FnMut(usize) -> Option<*const u64>,
    ) -> Option<u64> {
        let mut so_far = 0;
        for field in &index.fields {
            #[expect(unsafe_code, reason = "reads cells or keys of this shape")]
            // SAFETY: the closure gives the address of a value of this field.
            unsafe {
                so_far = hash(so_far, self.shapes.get(*field)?, word(*field)?);
            }
        }
        Some(so_far)
    }

    /// # Safety
    /// At the address lie the words of the fields of the index, one after the other.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn find<'i>(&self, layouts: &Layouts, index: &'i Index, key: *const u64) -> &'i [u64] {
        if index.groups.is_empty() {
            return &[];
        }
        // Most keys are one text.
        if let [field] = *index.fields
            && let (Some(Shape::Text), Some(column)) =
                (self.shapes.get(field), self.columns.get(field))
        {
            // SAFETY: the words of the text lie there.
            let wanted = unsafe { key.cast::<[u64; 2]>().read() };
            // SAFETY: as above; the hash is that of a key of this field alone.
            let hash = mix(0, unsafe { text_hash(wanted) });
            return index.probed(hash, |row| {
                let cell = column.get(2 * row..).and_then(|cell| cell.first_chunk());
                // SAFETY: a cell of this column is a text that lives as long as the view.
                cell.is_some_and(|cell| unsafe { same_text(*cell, wanted) })
            });
        }
        let mut behind = key;
        let hash = self.hash(index, |field| {
            let at = behind;
            // SAFETY: the words of the next field follow.
            behind = unsafe { at.add(self.shapes.get(field)?.words()) };
            Some(at)
        });
        // SAFETY: as the caller says.
        let same = |row| unsafe { self.same(layouts, index, row, key) };
        hash.map_or(&[], |hash| index.probed(hash, same))
    }

    /// Whether a row has this key.
    ///
    /// # Safety
    /// As of [`Table::find`].
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn same(
        &self,
        layouts: &Layouts,
        index: &Index,
        row: usize,
        mut key: *const u64,
    ) -> bool {
        for field in &index.fields {
            let (Some(shape), Some(cell)) = (self.shapes.get(*field), self.cell(*field, row))
            else {
                return false;
            };
            // SAFETY: both are values of this field, and the next one follows in the key.
            unsafe {
                if !equal(layouts, shape, cell, key) {
                    return false;
                }
                key = key.add(shape.words());
            }
        }
        true
    }
}
