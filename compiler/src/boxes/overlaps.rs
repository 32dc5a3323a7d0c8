//! Which rows of a table meet, and whether their order matters.

use std::ops::ControlFlow;

use super::index::{OverlapIndex, Scratch, places_of};
use super::matrix::Matrix;
use super::{AtomBox, Space};

/// Overlaps kept by name per row; all are counted.
pub const MAX_PAIRS_PER_ROW: usize = 8;

/// The overlaps of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Overlaps {
    /// Number of pairs of rows that meet.
    pub total: u64,
    /// Pairs (earlier row, later row), by the later, then by the earlier; of each later row the
    /// first [`MAX_PAIRS_PER_ROW`].
    pub pairs: Vec<(u32, u32)>,
}

/// Whether it matters in which order the rows of a table stand (`hit first`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderVerdict {
    /// No two rows that meet differ in what they give: `hit same` would do, and `hit unique` if
    /// there is no overlap at all.
    Free {
        /// Number of pairs that meet and agree.
        agreeing: u64,
    },
    /// These two meet and differ: exchanging them changes an answer.
    Matters {
        /// The row that stands first.
        earlier: u32,
        /// The row that stands later.
        later: u32,
    },
}

/// All overlaps. Exact at any size: n² c / 64 word operations.
#[must_use]
pub fn overlaps(space: &Space, rows: &[AtomBox]) -> Overlaps {
    let mut found = Overlaps::default();
    let mut current = None;
    let mut kept = 0;
    let _: ControlFlow<()> = each_overlap(space, rows, |earlier, later| {
        found.total += 1;
        if current != Some(later) {
            current = Some(later);
            kept = 0;
        }
        if kept < MAX_PAIRS_PER_ROW {
            kept += 1;
            found.pairs.push((earlier, later));
        }
        ControlFlow::Continue(())
    });
    found
}

/// Where two rows meet; none if they do not.
#[must_use]
pub fn meeting_box(space: &Space, one: &AtomBox, other: &AtomBox) -> Option<AtomBox> {
    let sides = space.columns.iter().enumerate().map(|(place, column)| {
        let all = column.all();
        let one = one.sides.get(place).unwrap_or(&all).intersection(&all);
        let both = one.intersection(other.sides.get(place).unwrap_or(&all));
        (!both.is_empty()).then_some(both)
    });
    Some(AtomBox {
        sides: sides.collect::<Option<_>>()?,
    })
}

/// Whether two rows meet.
#[must_use]
pub fn boxes_meet(space: &Space, one: &AtomBox, other: &AtomBox) -> bool {
    space.columns.iter().enumerate().all(|(place, column)| {
        let all = column.all();
        match (one.sides.get(place), other.sides.get(place)) {
            (Some(a), Some(b)) => a.meets(b),
            (Some(side), None) | (None, Some(side)) => side.meets(&all),
            (None, None) => !all.is_empty(),
        }
    })
}

/// Whether one row lies in another one.
#[must_use]
pub fn box_within(space: &Space, inner: &AtomBox, outer: &AtomBox) -> bool {
    space.columns.iter().enumerate().all(|(place, column)| {
        match (inner.sides.get(place), outer.sides.get(place)) {
            (_, None) => true,
            (Some(a), Some(b)) => a.within(b),
            (None, Some(side)) => column.all().within(side),
        }
    })
}

/// Whether the order of the rows matters: it does exactly if two rows meet and give different
/// things. `equal_output` is asked with the numbers of an earlier and a later row that meet.
pub fn order(
    space: &Space,
    rows: &[AtomBox],
    mut equal_output: impl FnMut(u32, u32) -> bool,
) -> OrderVerdict {
    let mut agreeing = 0;
    let outcome = each_overlap(space, rows, |earlier, later| {
        if !equal_output(earlier, later) {
            return ControlFlow::Break(OrderVerdict::Matters { earlier, later });
        }
        agreeing += 1;
        ControlFlow::Continue(())
    });
    match outcome {
        ControlFlow::Break(verdict) => verdict,
        ControlFlow::Continue(()) => OrderVerdict::Free { agreeing },
    }
}

/// Visits all pairs (earlier, later) that meet, by the later, then by the earlier.
pub fn each_overlap<B>(
    space: &Space,
    rows: &[AtomBox],
    mut visit: impl FnMut(u32, u32) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let matrix = Matrix::new(space, rows);
    let index = OverlapIndex::new(&matrix.kinds, &matrix.whole, &matrix.cells);
    let mut scratch = Scratch::default();
    for (place, later) in matrix.numbers.iter().enumerate() {
        for earlier in places_of(index.earlier(place, &mut scratch)) {
            if let Some(earlier) = matrix.numbers.get(earlier) {
                visit(*earlier, *later)?;
            }
        }
    }
    ControlFlow::Continue(())
}
