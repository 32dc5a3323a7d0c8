//! What no row covers: completeness of a table, and its gaps as largest boxes.

use super::cell::Cell;
use super::matrix::{Kind, Matrix};
use super::region::Region;
use super::search::{Outcome, search};
use super::sets::Span;
use super::{AtomBox, Budget, Space, Undecided};

/// Whether the rows cover the space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Proved: each point is in some row.
    Complete,
    /// Refuted: no point of this box is in a row, and no side of it can be made wider. Sides of
    /// ordered columns are one range, "none" alone, or everything.
    Gap(AtomBox),
    /// The steps ran out.
    NotDecided(Undecided),
}

/// Gaps of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gaps {
    /// Disjoint boxes that no row meets, in the order found; none can be made wider without
    /// meeting a row or an earlier gap.
    pub found: Vec<AtomBox>,
    /// What else there is.
    pub rest: Rest,
}

/// What there is besides the gaps found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// Nothing: rows and found gaps together are everything.
    Nothing,
    /// At least one gap more.
    More,
    /// The steps ran out; the share counts the gaps found as covered.
    NotDecided(Undecided),
}

/// Whether the rows cover the space, within `budget` steps (see [`super::MAX_NODES`]).
#[must_use]
pub fn completeness(space: &Space, rows: &[AtomBox], budget: u64) -> Verdict {
    let mut budget = Budget::new(budget);
    let matrix = Matrix::new(space, rows);
    match next_gap(&matrix, &mut budget) {
        Ok(None) => Verdict::Complete,
        Ok(Some(gap)) => Verdict::Gap(gap),
        Err(undecided) => Verdict::NotDecided(undecided),
    }
}

/// Up to `max` gaps, within `budget` steps for all of them together.
#[must_use]
pub fn gaps(space: &Space, rows: &[AtomBox], budget: u64, max: usize) -> Gaps {
    let mut budget = Budget::new(budget);
    let mut matrix = Matrix::new(space, rows);
    let mut found = Vec::new();
    let rest = loop {
        match next_gap(&matrix, &mut budget) {
            Ok(None) => break Rest::Nothing,
            Ok(Some(_)) if found.len() >= max => break Rest::More,
            Ok(Some(gap)) => {
                matrix.push(space, &gap, u32::MAX);
                found.push(gap);
            }
            Err(undecided) => break Rest::NotDecided(undecided),
        }
    };
    Gaps { found, rest }
}

fn next_gap(matrix: &Matrix, budget: &mut Budget) -> Result<Option<AtomBox>, Undecided> {
    match search(&matrix.kinds, Region::everything(matrix), budget) {
        Outcome::Covered => Ok(None),
        Outcome::Point(point) => Ok(Some(matrix.to_box(&grow(matrix, &point)))),
        Outcome::Undecided { covered_per_mille } => Err(Undecided {
            steps: budget.used,
            covered_per_mille,
        }),
    }
}

/// Widens a point that no row covers to a box that cannot be made wider. Columns that can be
/// anything become so first: a message need not mention them.
fn grow(matrix: &Matrix, point: &[u32]) -> Vec<Cell> {
    let atoms = matrix.whole.iter().zip(point);
    let mut sides: Vec<Cell> = atoms
        .map(|(whole, atom)| Cell::atom(whole, *atom))
        .collect();
    for only_to_everything in [true, false] {
        for (column, whole) in matrix.whole.iter().enumerate() {
            let free = whole.without(&blocked(matrix, &sides, column));
            let wide = if free == *whole {
                free
            } else if only_to_everything {
                continue;
            } else {
                widest(matrix.kinds.get(column), &free, point.get(column))
            };
            if let Some(side) = sides.get_mut(column) {
                *side = wide;
            }
        }
    }
    sides
}

/// The atoms of a column that rows take which meet the box in all other columns.
fn blocked(matrix: &Matrix, sides: &[Cell], column: usize) -> Cell {
    let meets_elsewhere = |row: &&[Cell]| {
        let others = row
            .iter()
            .zip(sides)
            .enumerate()
            .filter(|(other, _)| *other != column);
        others.into_iter().all(|(_, (cell, side))| cell.meets(side))
    };
    let empty = Cell::of(Vec::new());
    let like = matrix.whole.get(column).unwrap_or(&empty);
    let cells = matrix
        .rows()
        .filter(meets_elsewhere)
        .filter_map(|row| row.get(column));
    Cell::union(like, cells)
}

/// The largest side to show: all free atoms of an unordered column, the range around the point of
/// an ordered one.
fn widest(kind: Option<&Kind>, free: &Cell, atom: Option<&u32>) -> Cell {
    let (Some(Kind::Ordered { missing }), Some(atom)) = (kind, atom) else {
        return free.clone();
    };
    if *missing == Some(*atom) {
        return Cell::atom(free, *atom);
    }
    let around = free
        .spans()
        .iter()
        .find(|span| span.start <= *atom && *atom < span.end);
    around.map_or_else(
        || Cell::atom(free, *atom),
        |span| {
            let end = missing.map_or(span.end, |missing| span.end.min(missing));
            Cell::Span(Span {
                start: span.start,
                end,
            })
        },
    )
}
