//! A box under examination with the rows that reach into it, clipped to it.

use std::cmp::Ordering;
use std::rc::Rc;

use super::cell::Cell;
use super::index::{OverlapIndex, Scratch, set_bit};
use super::matrix::{Kind, Matrix};
use super::natural::Natural;
use super::sets::Span;
use super::slabs;

/// Up to this many rows, comparing each with each beats building an index.
const FEW_ROWS: usize = 48;

/// Up to this many rows, a cover by disjoint rows among them is looked for. Quadratic, and a bit
/// of a 64-bit word per row; twice as many gained nothing on measured tables.
const MAX_COVER_ROWS: usize = 32;

/// A box and its rows. Sides are one span or bits: where atoms were cut out of the middle, the
/// rest is closed up and renumbered.
#[derive(Debug, Clone)]
pub(super) struct Region {
    pub(super) sides: Vec<Cell>,
    /// Per column the original atoms in the order of the present numbers; none if they are the
    /// same.
    pub(super) kept: Vec<Option<Rc<Vec<Span>>>>,
    /// Rows clipped to the box, cell after cell; none is empty.
    pub(super) rows: Vec<Cell>,
    /// Sum of the volumes of the rows against the volume of the box. `Less` proves a gap.
    pub(super) balance: Ordering,
}

impl Region {
    /// The whole space with all rows.
    pub(super) fn everything(matrix: &Matrix) -> Self {
        let (sides, rows) = (matrix.whole.clone(), matrix.cells.clone());
        let balance = balance(&sides, &rows);
        Self {
            kept: vec![None; sides.len()],
            sides,
            rows,
            balance,
        }
    }

    /// The box of one row with those of other rows that reach into it.
    pub(super) fn within<'r>(target: &[Cell], others: impl Iterator<Item = &'r [Cell]>) -> Self {
        let mut rows = Vec::new();
        for other in others {
            if target.iter().zip(other).all(|(a, b)| a.meets(b)) {
                rows.extend(target.iter().zip(other).map(|(a, b)| a.intersection(b)));
            }
        }
        let mut region = Self {
            sides: target.to_vec(),
            kept: vec![None; target.len()],
            rows,
            balance: Ordering::Less,
        };
        for column in 0..target.len() {
            slabs::close_up_side(&mut region, column);
        }
        region.weigh();
        region
    }

    pub(super) fn width(&self) -> usize {
        self.sides.len().max(1)
    }

    pub(super) fn row_count(&self) -> usize {
        self.rows.len() / self.width()
    }

    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, Cell> {
        self.rows.chunks_exact(self.width())
    }

    pub(super) fn volume(&self) -> Natural {
        Natural::product(self.sides.iter().map(Cell::count))
    }

    /// Whether one row is the whole box.
    pub(super) fn is_filled(&self) -> bool {
        self.rows().any(|row| row == self.sides)
    }

    /// The lowest corner, in original atoms.
    pub(super) fn corner(&self) -> Vec<u32> {
        let sides = self.sides.iter().zip(&self.kept);
        sides
            .map(|(side, kept)| {
                let atom = side.first().unwrap_or(0);
                kept.as_ref()
                    .map_or(atom, |kept| slabs::original(kept, atom))
            })
            .collect()
    }

    /// Whether no two rows meet.
    pub(super) fn is_disjoint(&self, kinds: &[Kind]) -> bool {
        if self.row_count() > FEW_ROWS {
            return OverlapIndex::new(kinds, &self.sides, &self.rows).disjoint();
        }
        let mut rest = self.rows();
        while let Some(row) = rest.next() {
            if rest
                .clone()
                .any(|other| row.iter().zip(other).all(|(a, b)| a.meets(b)))
            {
                return false;
            }
        }
        true
    }

    /// Volume of some rows that do not meet, large ones first: covered for certain.
    pub(super) fn disjoint_volume(&self, kinds: &[Kind]) -> Natural {
        let mut order: Vec<(Natural, &[Cell])> = self
            .rows()
            .map(|row| (Natural::product(row.iter().map(Cell::count)), row))
            .collect();
        order.sort_by(|(a, _), (b, _)| b.cmp(a));
        let cells: Vec<Cell> = order
            .iter()
            .flat_map(|(_, row)| row.iter().cloned())
            .collect();
        let index = OverlapIndex::new(kinds, &self.sides, &cells);
        let mut scratch = Scratch::default();
        let mut taken = vec![0u64; order.len().div_ceil(64)];
        let mut sum = Natural::default();
        for ((place, number), (volume, _)) in (0..).zip(0u32..).zip(&order) {
            let met = index.earlier(place, &mut scratch);
            if met.iter().zip(&taken).all(|(met, taken)| met & taken == 0) {
                set_bit(&mut taken, number);
                sum.add(volume);
            }
        }
        sum
    }

    /// The part of the box with this side in one column, and the rows that reach into it.
    pub(super) fn half(&self, column: usize, side: Cell) -> Self {
        let mut rows = Vec::new();
        for row in self.rows() {
            let Some(clipped) = row.get(column).map(|cell| cell.intersection(&side)) else {
                continue;
            };
            if clipped.is_empty() {
                continue;
            }
            let place = rows.len() + column;
            rows.extend(row.iter().cloned());
            if let Some(cell) = rows.get_mut(place) {
                *cell = clipped;
            }
        }
        let mut sides = self.sides.clone();
        if let Some(old) = sides.get_mut(column) {
            *old = side;
        }
        let balance = balance(&sides, &rows);
        Self {
            sides,
            kept: self.kept.clone(),
            rows,
            balance,
        }
    }

    /// Whether some rows that do not meet add up to the box: found greedily, those that meet few
    /// others first. Only tried on up to [`MAX_COVER_ROWS`] rows; false proves nothing.
    pub(super) fn has_disjoint_cover(&self) -> bool {
        let count = self.row_count();
        if count > MAX_COVER_ROWS {
            return false;
        }
        let mut met: Vec<(u32, u64, u64)> = Vec::with_capacity(count);
        for (place, row) in (0u32..).zip(self.rows()) {
            let others = (0u32..).zip(self.rows());
            let meeting =
                others.filter(|(_, other)| row.iter().zip(*other).all(|(a, b)| a.meets(b)));
            let meeting = meeting.fold(0u64, |set, (other, _)| set | 1 << other);
            met.push((meeting.count_ones(), 1 << place, meeting));
        }
        met.sort_unstable();
        let (mut taken, mut barred) = (0u64, 0u64);
        for (_, own, meeting) in met {
            if barred & own == 0 {
                taken |= own;
                barred |= meeting;
            }
        }
        let width = self.width();
        let mut place = 0;
        let mut cells = self.rows.clone();
        cells.retain(|_| {
            place += 1;
            taken >> ((place - 1) / width) & 1 == 1
        });
        balance(&self.sides, &cells) == Ordering::Equal
    }

    /// Sets the balance after rows or sides have changed.
    pub(super) fn weigh(&mut self) {
        self.balance = balance(&self.sides, &self.rows);
    }
}

/// Compares the sum of the volumes of rows with the volume of the box they were clipped to.
fn balance(sides: &[Cell], rows: &[Cell]) -> Ordering {
    let width = sides.len().max(1);
    let factors = |cells: &[Cell]| {
        cells.iter().try_fold(1u128, |product, cell| {
            product.checked_mul(cell.count().into())
        })
    };
    let Some(whole) = factors(sides) else {
        return wide_balance(sides, rows);
    };
    let mut sum = 0u128;
    for row in rows.chunks_exact(width) {
        // A row is no larger than the box, so its volume fits; a sum that does not fit is greater.
        match factors(row).and_then(|volume| sum.checked_add(volume)) {
            Some(more) if more <= whole => sum = more,
            _ => return Ordering::Greater,
        }
    }
    sum.cmp(&whole)
}

fn wide_balance(sides: &[Cell], rows: &[Cell]) -> Ordering {
    let whole = Natural::product(sides.iter().map(Cell::count));
    let mut sum = Natural::default();
    for row in rows.chunks_exact(sides.len().max(1)) {
        sum.add(&Natural::product(row.iter().map(Cell::count)));
        if sum > whole {
            return Ordering::Greater;
        }
    }
    sum.cmp(&whole)
}
