//! Rows that can never hit under `hit first`: those that earlier rows cover wholly.

use super::index::{OverlapIndex, Scratch, places_of};
use super::matrix::Matrix;
use super::natural::Natural;
use super::region::Region;
use super::search::{Outcome, search};
use super::{AtomBox, Budget, Space, Undecided};

/// Covering rows named per unreachable row; the rest is counted.
pub const MAX_COVERING_ROWS: usize = 5;

/// One row may take this part of the steps of a table, so that a hard row leaves some to others.
const SHARE_OF_ONE_ROW: u64 = 16;

/// Up to this many covering rows are thinned out to those that are needed.
const MAX_THINNED_ROWS: usize = 24;

/// Where more rows than this reach into one, it is first tried whether so many of them cover it: those
/// that stand first, as they did for the rows before. Most rows that never decide are found so, without
/// a look at thousands of others.
const MAX_FIRST_ROWS: usize = 16;

/// Whether a row can hit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowVerdict {
    /// Proved: some point of it is in no earlier row.
    Reachable,
    /// Proved: earlier rows cover all of it.
    Unreachable {
        /// Earlier rows that cover it together with `more` others, in the order of the table; at
        /// most [`MAX_COVERING_ROWS`]. If `more` is 0 they cover it by themselves.
        by: Vec<u32>,
        /// Number of covering rows not named.
        more: usize,
    },
    /// The row has an empty cell: it matches nothing, wherever it stands.
    Empty,
    /// The steps ran out.
    NotDecided(Undecided),
}

/// A verdict for each row, within `budget` steps for the table and a sixteenth of them for one row.
#[must_use]
pub fn unreachable(space: &Space, rows: &[AtomBox], budget: u64) -> Vec<RowVerdict> {
    let matrix = Matrix::new(space, rows);
    let index = OverlapIndex::new(&matrix.kinds, &matrix.whole, &matrix.cells);
    let mut scratch = Scratch::default();
    let mut verdicts = vec![RowVerdict::Empty; rows.len()];
    let mut budget = Budget::new(budget);
    let for_one = (budget.limit / SHARE_OF_ONE_ROW).max(1);
    for (place, number) in matrix.numbers.iter().enumerate() {
        let earlier: Vec<usize> = places_of(index.earlier(place, &mut scratch)).collect();
        let mut share = Budget::new(for_one.min(budget.left()));
        let verdict = verdict(&matrix, place, &earlier, &mut share);
        budget.used += share.used;
        let slot = usize::try_from(*number)
            .ok()
            .and_then(|number| verdicts.get_mut(number));
        if let Some(slot) = slot {
            *slot = verdict;
        }
    }
    verdicts
}

/// A point of the row (an atom per column) that no earlier row takes: where a test can see the row
/// decide. None if there is none, or if it was not found within `budget` steps.
#[must_use]
pub fn effective_point(space: &Space, rows: &[AtomBox], row: u32, budget: u64) -> Option<Vec<u32>> {
    let matrix = Matrix::new(space, rows);
    let place = matrix.numbers.binary_search(&row).ok()?;
    let region = Region::within(matrix.row(place)?, matrix.rows().take(place));
    match search(&matrix.kinds, region, &mut Budget::new(budget)) {
        Outcome::Point(point) => Some(matrix.to_point(point)),
        Outcome::Covered | Outcome::Undecided { .. } => None,
    }
}

fn verdict(matrix: &Matrix, place: usize, earlier: &[usize], budget: &mut Budget) -> RowVerdict {
    let Some(target) = matrix.row(place).filter(|_| !earlier.is_empty()) else {
        return RowVerdict::Reachable;
    };
    let whole_cover = earlier.iter().find(|other| {
        let cells = matrix.row(**other).unwrap_or(&[]);
        target.iter().zip(cells).all(|(a, b)| a.is_inside(b))
    });
    if let Some(other) = whole_cover {
        return named(matrix, vec![*other]);
    }
    if let Some(first) = earlier
        .get(..MAX_FIRST_ROWS)
        .filter(|first| first.len() < earlier.len())
        && budget.pay(first.len())
        && covers(matrix, target, first, budget) == Outcome::Covered
    {
        return named(matrix, thinned(matrix, target, first, budget));
    }
    if !budget.pay(earlier.len()) {
        return RowVerdict::NotDecided(Undecided {
            steps: 0,
            covered_per_mille: 0,
        });
    }
    match covers(matrix, target, earlier, budget) {
        Outcome::Point(_) => RowVerdict::Reachable,
        Outcome::Covered => named(matrix, thinned(matrix, target, earlier, budget)),
        Outcome::Undecided { covered_per_mille } => RowVerdict::NotDecided(Undecided {
            steps: budget.used,
            covered_per_mille,
        }),
    }
}

fn covers(
    matrix: &Matrix,
    target: &[super::cell::Cell],
    by: &[usize],
    budget: &mut Budget,
) -> Outcome {
    let others = by.iter().filter_map(|other| matrix.row(*other));
    search(&matrix.kinds, Region::within(target, others), budget)
}

/// Covering rows, largest share first, without those that are not needed when they are few.
fn thinned(
    matrix: &Matrix,
    target: &[super::cell::Cell],
    covering: &[usize],
    budget: &mut Budget,
) -> Vec<usize> {
    let share = |place: usize| {
        let cells = target.iter().zip(matrix.row(place).unwrap_or(&[]));
        Natural::product(cells.map(|(a, b)| a.intersection(b).count()))
    };
    let mut shares: Vec<(Natural, usize)> = covering
        .iter()
        .map(|place| (share(*place), *place))
        .collect();
    shares.sort_by(|(a, first), (b, second)| b.cmp(a).then(first.cmp(second)));
    let mut needed: Vec<usize> = shares.into_iter().map(|(_, place)| place).collect();
    if needed.len() > MAX_THINNED_ROWS {
        return needed;
    }
    let mut candidates = needed.clone();
    while let Some(candidate) = candidates.pop() {
        let rest: Vec<usize> = needed
            .iter()
            .copied()
            .filter(|kept| *kept != candidate)
            .collect();
        if covers(matrix, target, &rest, budget) == Outcome::Covered {
            needed = rest;
        }
    }
    needed
}

fn named(matrix: &Matrix, mut covering: Vec<usize>) -> RowVerdict {
    let more = covering.len().saturating_sub(MAX_COVERING_ROWS);
    covering.truncate(MAX_COVERING_ROWS);
    covering.sort_unstable();
    let numbers = covering
        .iter()
        .filter_map(|place| matrix.numbers.get(*place).copied());
    RowVerdict::Unreachable {
        by: numbers.collect(),
        more,
    }
}
