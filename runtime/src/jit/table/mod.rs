//! Tables as data: an index over the cells of many rows, and the way through it.
//!
//! Each column of a question becomes a key, a whole number; a cell takes the keys of some intervals. The index is a
//! tree over the columns: a step looks one key up, in an array or among sorted cuts, and what is left are the rows
//! that take this key. A row that takes all keys of the columns behind needs no look at its cells any more. Rows
//! that take everything in a column whose other rows are told apart are searched beside them. Where a step would
//! write rows too often, the rest is compared row by row, or, of many rows, by sets of bits.
//!
//! Rows keep the order of the definition everywhere.

mod build;
mod cells;
mod dictionary;
mod keys;
#[cfg(test)]
mod tests;
mod walk;

use keys::Keys;
use walk::Walk;

pub(crate) use build::{Rows, RowsOf, Source, index};
pub(crate) use cells::operands;
pub(crate) use keys::{Asked, Column};

/// An index over the rows of a table.
#[derive(Debug)]
pub(crate) struct Index {
    keys: Box<[Keys]>,
    /// The steps, one after the other; see [`Step`].
    words: Box<[u64]>,
    /// Intervals of cells that take more than one, for rows that are compared.
    intervals: Box<[(i64, i64)]>,
    root: Child,
}

/// Where it goes on: nowhere, with one row that hits, or at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Child(u32);

impl Child {
    const NOTHING: Child = Child(0);
    const STEP: u32 = 1 << 31;
    /// Rows and words that can be told.
    const MOST: usize = (1 << 31) - 2;

    fn row(row: u32) -> Option<Child> {
        let number = row.checked_add(1)?;
        (number < Child::STEP).then_some(Child(number))
    }

    fn step(at: usize) -> Option<Child> {
        let at = u32::try_from(at).ok().filter(|at| *at < Child::STEP)?;
        Some(Child(at | Child::STEP))
    }

    #[inline]
    fn told(self) -> Told {
        match self.0 {
            0 => Told::Nothing,
            row if row < Child::STEP => Told::Row(row - 1),
            step => Told::Step((step - Child::STEP) as usize),
        }
    }
}

enum Told {
    Nothing,
    Row(u32),
    Step(usize),
}

/// Kinds of steps; each begins with a word of its kind, a column and a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// So many keys that part the column, rising, and children below, between and above them, two in a word.
    Cuts,
    /// The first key, children below and above, one for a missing value, and one for each of so many keys.
    Array,
    /// Two children that are both searched.
    Both,
    /// So many rows that hit, two in a word.
    Hits,
    /// So many rows that are compared in so many columns: the columns, then each row with the ends of its cells. A
    /// cell of several intervals has ends in the wrong order, of which the second says where they are.
    Compared,
    /// Such a step behind sets of bits, which leave out most of the rows: for each of so many columns its number, how
    /// many cuts, the cuts, and for what lies below, between and above them the set of rows that may take it.
    Bits,
}

/// In the first word of a step: the key is a word of the question as it is, and in place of the column stands which.
const PLAIN: u64 = 0x80;

impl Step {
    fn head(self, column: usize, count: usize) -> u64 {
        self as u64 | (column as u64 & 0xff_ffff) << 8 | (count as u64) << 32
    }

    /// The kind, the column and the count of a first word.
    #[inline]
    fn of(head: u64) -> Option<(Step, usize, usize)> {
        let step = match head & 0x7f {
            0 => Step::Cuts,
            1 => Step::Array,
            2 => Step::Both,
            3 => Step::Hits,
            4 => Step::Compared,
            5 => Step::Bits,
            _ => return None,
        };
        Some((
            step,
            (head >> 8) as usize & 0xff_ffff,
            (head >> 32) as usize,
        ))
    }
}

/// The rows that hit, as far as a policy wants to know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    Row(u32),
    Several,
}

impl Index {
    /// The first row that hits.
    ///
    /// # Safety
    /// At the address lie the words of a question to this table.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    pub(crate) unsafe fn first(&self, question: *const u64) -> Option<u32> {
        let mut first: Option<u32> = None;
        // SAFETY: as the caller says.
        let walk = unsafe { Walk::new(self, question) };
        walk.each(self.root, &mut |row| {
            // Rows of one list rise, so the first that is later ends it.
            if first.is_none_or(|first| row < first) {
                first = Some(row);
            }
            false
        });
        first
    }

    /// The row that hits alone.
    ///
    /// # Safety
    /// As of [`Index::first`].
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    pub(crate) unsafe fn only(&self, question: *const u64) -> Found {
        let mut found = Found::Nothing;
        // SAFETY: as the caller says.
        let walk = unsafe { Walk::new(self, question) };
        walk.each(self.root, &mut |row| {
            found = match found {
                Found::Nothing => Found::Row(row),
                _ => Found::Several,
            };
            found != Found::Several
        });
        found
    }

    /// Tells all rows that hit, in any order; how many there are.
    ///
    /// # Safety
    /// As of [`Index::first`].
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    pub(crate) unsafe fn all(&self, question: *const u64, mut tell: impl FnMut(u32)) -> u64 {
        let mut count = 0;
        // SAFETY: as the caller says.
        let walk = unsafe { Walk::new(self, question) };
        walk.each(self.root, &mut |row| {
            count += 1;
            tell(row);
            true
        });
        count
    }

    /// Bytes of memory.
    pub(crate) fn bytes(&self) -> usize {
        let keys: usize = self.keys.iter().map(Keys::bytes).sum();
        keys + self.words.len() * 8 + self.intervals.len() * 16
    }
}
