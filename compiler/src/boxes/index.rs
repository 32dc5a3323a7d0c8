//! Which earlier rows meet a row: bit sets over the rows, one question per column, AND over all.
//!
//! Ordered columns keep the rows sorted by start and by end, with the set of all rows up to there
//! kept now and then ("prefix sets"): a row meets `[lo, hi)` if it starts before `hi` and does not
//! end by `lo`. Unordered columns keep the rows of each atom. A cell of several ranges enters with
//! its hull, a very wide list of constants as "perhaps": rows with such cells are looked at again
//! one by one. n²c/64 steps in all; memory some n²/64 words per column at most, see
//! [`PREFIX_SETS`].

use super::cell::{Bits, Cell, ones};
use super::matrix::Kind;
use super::sets::Span;

/// Prefix sets kept per sorted column side: memory is this many times n bits.
const PREFIX_SETS: usize = 128;

/// Rows between two prefix sets are at least this many: fewer would not pay.
const MIN_PREFIX_STEP: usize = 64;

/// A cell with more constants than this is not entered under each of them.
const MAX_LISTED_ATOMS: u32 = 64;

/// The index of a list of rows inside a box.
pub(super) struct OverlapIndex<'r> {
    rows: &'r [Cell],
    columns: Vec<ColumnIndex>,
    width: usize,
    /// Rows with a cell that the index only knows roughly.
    rough: Vec<u64>,
}

enum ColumnIndex {
    /// No row is narrower than the box here.
    Open,
    /// Rows by start and by end of their hull.
    Ordered {
        side: Span,
        starts: Prefixes,
        ends: Prefixes,
    },
    /// Rows of each atom.
    Bits { side: u64, atoms: Vec<Vec<u64>> },
    /// Rows of each atom as lists, and the rows that count as in all of them.
    Sparse {
        side: Span,
        atoms: Vec<Vec<u32>>,
        everywhere: Vec<u64>,
    },
}

/// Rows sorted by a key, with the sets of the first 0, step, 2 step … of them.
struct Prefixes {
    sorted: Vec<(u32, u32)>,
    step: usize,
    words: usize,
    sets: Vec<u64>,
}

/// Memory reused from question to question.
#[derive(Default)]
pub(super) struct Scratch {
    found: Vec<u64>,
    column: Vec<u64>,
}

impl<'r> OverlapIndex<'r> {
    /// Indexes rows (cells row after row) that were clipped to the box `sides`.
    pub(super) fn new(kinds: &[Kind], sides: &[Cell], rows: &'r [Cell]) -> Self {
        let width = sides.len().max(1);
        let words = (rows.len() / width).div_ceil(64);
        let mut index = Self {
            rows,
            columns: Vec::new(),
            width,
            rough: vec![0; words],
        };
        for (column, (kind, side)) in kinds.iter().zip(sides).enumerate() {
            let cells = || rows.iter().skip(column).step_by(width);
            let entry = if cells().all(|cell| cell == side) {
                ColumnIndex::Open
            } else {
                let hull = hull(side);
                match (kind, side) {
                    (Kind::Bits, Cell::Bits(side)) => bits(*side, words, cells()),
                    (Kind::Sparse, _) => index.sparse(hull, side, cells()),
                    _ => index.ordered(hull, words, cells()),
                }
            };
            index.columns.push(entry);
        }
        index
    }

    fn ordered<'c>(
        &mut self,
        side: Span,
        words: usize,
        cells: impl Iterator<Item = &'c Cell>,
    ) -> ColumnIndex {
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for (row, cell) in (0u32..).zip(cells) {
            let hull = hull(cell);
            starts.push((hull.start, row));
            ends.push((hull.end, row));
            if let Cell::Spans(_) = cell {
                set_bit(&mut self.rough, row);
            }
        }
        let (starts, ends) = (Prefixes::new(starts, words), Prefixes::new(ends, words));
        ColumnIndex::Ordered { side, starts, ends }
    }

    fn sparse<'c>(
        &mut self,
        hull: Span,
        side: &Cell,
        cells: impl Iterator<Item = &'c Cell>,
    ) -> ColumnIndex {
        let size = usize::try_from(hull.count()).unwrap_or(usize::MAX);
        let mut atoms: Vec<Vec<u32>> = vec![Vec::new(); size];
        let mut everywhere = vec![0; self.rough.len()];
        for (row, cell) in (0u32..).zip(cells) {
            if cell == side {
                set_bit(&mut everywhere, row);
            } else if cell.count() > MAX_LISTED_ATOMS {
                set_bit(&mut everywhere, row);
                set_bit(&mut self.rough, row);
            } else {
                for atom in places(cell, hull) {
                    if let Some(list) = atoms.get_mut(atom) {
                        list.push(row);
                    }
                }
            }
        }
        ColumnIndex::Sparse {
            side: hull,
            atoms,
            everywhere,
        }
    }

    /// The rows before `row` that meet it, as a bit set of the places of rows.
    pub(super) fn earlier<'s>(&self, row: usize, scratch: &'s mut Scratch) -> &'s [u64] {
        let words = row / 64 + 1;
        scratch.found.clear();
        scratch.found.resize(words, u64::MAX);
        if let Some(last) = scratch.found.last_mut() {
            *last = ones(u32::try_from(row % 64).unwrap_or(0));
        }
        let cells = self.row(row);
        for (cell, column) in cells.iter().zip(&self.columns) {
            column.restrict(cell, scratch);
        }
        let is_rough = has_bit(&self.rough, row);
        for (number, (word, rough)) in scratch.found.iter_mut().zip(&self.rough).enumerate() {
            let doubtful = if is_rough { *word } else { *word & rough };
            for bit in Bits(doubtful) {
                let other = self.row(number * 64 + usize::try_from(bit).unwrap_or(0));
                if !cells.iter().zip(other).all(|(a, b)| a.meets(b)) {
                    *word &= !(1 << bit);
                }
            }
        }
        &scratch.found
    }

    /// Whether no two rows meet.
    pub(super) fn disjoint(&self) -> bool {
        let mut scratch = Scratch::default();
        (0..self.rows.len() / self.width).all(|row| {
            self.earlier(row, &mut scratch)
                .iter()
                .all(|word| *word == 0)
        })
    }

    fn row(&self, row: usize) -> &'r [Cell] {
        let start = row * self.width;
        self.rows.get(start..start + self.width).unwrap_or(&[])
    }
}

impl ColumnIndex {
    /// Drops from `scratch.found` what cannot meet the cell.
    fn restrict(&self, cell: &Cell, scratch: &mut Scratch) {
        let Scratch { found, column } = scratch;
        match (self, cell) {
            (Self::Open, _) => {}
            (Self::Bits { side, atoms }, Cell::Bits(word)) => {
                if word == side {
                    return;
                }
                column.clear();
                column.resize(found.len(), 0);
                for rows in Bits(*word)
                    .filter_map(|atom| atoms.get(usize::try_from(atom).unwrap_or(usize::MAX)))
                {
                    column
                        .iter_mut()
                        .zip(rows)
                        .for_each(|(into, from)| *into |= from);
                }
                found
                    .iter_mut()
                    .zip(column)
                    .for_each(|(into, from)| *into &= *from);
            }
            (Self::Bits { .. }, _) => {}
            (Self::Ordered { side, starts, ends }, _) => {
                let hull = hull(cell);
                if hull.end < side.end {
                    starts.below(hull.end, found.len(), column);
                    found
                        .iter_mut()
                        .zip(&*column)
                        .for_each(|(into, from)| *into &= *from);
                }
                if hull.start > side.start {
                    ends.below(hull.start.saturating_add(1), found.len(), column);
                    found
                        .iter_mut()
                        .zip(&*column)
                        .for_each(|(into, from)| *into &= !*from);
                }
            }
            (
                Self::Sparse {
                    side,
                    atoms,
                    everywhere,
                },
                _,
            ) => {
                // A full cell is wide too; either way no row can be ruled out here.
                if cell.count() > MAX_LISTED_ATOMS || cell.count() == side.count() {
                    return;
                }
                column.clear();
                column.extend(everywhere.iter().take(found.len()));
                let lists = places(cell, *side).filter_map(|atom| atoms.get(atom));
                lists.flatten().for_each(|row| set_bit(column, *row));
                found
                    .iter_mut()
                    .zip(column)
                    .for_each(|(into, from)| *into &= *from);
            }
        }
    }
}

impl Prefixes {
    fn new(mut sorted: Vec<(u32, u32)>, words: usize) -> Self {
        sorted.sort_unstable();
        let step = sorted.len().div_ceil(PREFIX_SETS).max(MIN_PREFIX_STEP);
        let mut sets = Vec::with_capacity((sorted.len() / step + 1) * words);
        let mut current = vec![0u64; words];
        for group in sorted.chunks(step) {
            sets.extend_from_slice(&current);
            group
                .iter()
                .for_each(|(_, row)| set_bit(&mut current, *row));
        }
        sets.extend_from_slice(&current);
        Self {
            sorted,
            step,
            words,
            sets,
        }
    }

    /// The rows with a key below the limit, as the first `words` words of a set.
    fn below(&self, limit: u32, words: usize, set: &mut Vec<u64>) {
        let count = self.sorted.partition_point(|(key, _)| *key < limit);
        let group = count / self.step;
        let start = group * self.words;
        set.clear();
        set.extend(self.sets.iter().skip(start).take(words.min(self.words)));
        let rest = self.sorted.get(group * self.step..count).unwrap_or(&[]);
        rest.iter().for_each(|(_, row)| set_bit(set, *row));
    }
}

fn bits<'c>(side: u64, words: usize, cells: impl Iterator<Item = &'c Cell>) -> ColumnIndex {
    let size = usize::try_from(u64::BITS - side.leading_zeros()).unwrap_or(0);
    let mut atoms = vec![vec![0u64; words]; size];
    for (row, cell) in (0u32..).zip(cells) {
        if let Cell::Bits(word) = cell {
            for (atom, rows) in (0u32..).zip(&mut atoms) {
                if word >> atom & 1 == 1 {
                    set_bit(rows, row);
                }
            }
        }
    }
    ColumnIndex::Bits { side, atoms }
}

/// From the lowest to the highest atom.
fn hull(cell: &Cell) -> Span {
    let spans = cell.spans();
    let start = spans.first().map_or(0, |span| span.start);
    Span {
        start,
        end: spans.last().map_or(start, |span| span.end),
    }
}

/// The atoms of a cell, counted from the start of the side.
fn places(cell: &Cell, side: Span) -> impl Iterator<Item = usize> + '_ {
    let atoms = cell.spans().iter().flat_map(|span| span.start..span.end);
    atoms.filter_map(move |atom| usize::try_from(atom.checked_sub(side.start)?).ok())
}

pub(super) fn set_bit(words: &mut [u64], bit: u32) {
    let word = usize::try_from(bit / 64).unwrap_or(usize::MAX);
    if let Some(word) = words.get_mut(word) {
        *word |= 1 << (bit % 64);
    }
}

fn has_bit(words: &[u64], bit: usize) -> bool {
    words
        .get(bit / 64)
        .is_some_and(|word| word >> (bit % 64) & 1 == 1)
}

/// The places of the bits of a set, lowest first.
pub(super) fn places_of(words: &[u64]) -> impl Iterator<Item = usize> + '_ {
    words.iter().enumerate().flat_map(|(number, word)| {
        Bits(*word).map(move |bit| number * 64 + usize::try_from(bit).unwrap_or(0))
    })
}
