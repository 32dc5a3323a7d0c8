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

/// Whether the rows cover one box, within `budget` steps. A gap lies inside of the box and is as wide
/// as the box lets it be.
#[must_use]
pub fn uncovered(space: &Space, inside: &AtomBox, rows: &[AtomBox], budget: u64) -> Verdict {
    let mut all = rows.to_vec();
    // Everything outside of the box counts as covered.
    for (place, (column, side)) in space.columns.iter().zip(&inside.sides).enumerate() {
        let rest = side.complement(column.atoms());
        if !rest.is_empty() {
            let mut outside = space.everything();
            if let Some(side) = outside.sides.get_mut(place) {
                *side = rest;
            }
            all.push(outside);
        }
    }
    completeness(space, &all, budget)
}

/// Up to `max` gaps, within `budget` steps for all of them together.
#[must_use]
pub fn gaps(space: &Space, rows: &[AtomBox], budget: u64, max: usize) -> Gaps {
    let mut search = GapSearch::new(space, rows, budget);
    let mut found = Vec::new();
    let rest = loop {
        match search.next_gap() {
            Ok(None) => break Rest::Nothing,
            Ok(Some(_)) if found.len() >= max => break Rest::More,
            Ok(Some(gap)) => {
                search.cover(&gap);
                found.push(gap);
            }
            Err(undecided) => break Rest::NotDecided(undecided),
        }
    };
    Gaps { found, rest }
}

/// Gaps one by one, where the caller judges each before the next is looked for.
pub struct GapSearch<'s> {
    space: &'s Space,
    matrix: Matrix,
    budget: Budget,
}

impl<'s> GapSearch<'s> {
    /// Gaps of these rows, within `budget` steps for all of them together.
    #[must_use]
    pub fn new(space: &'s Space, rows: &[AtomBox], budget: u64) -> Self {
        Self {
            space,
            matrix: Matrix::new(space, rows),
            budget: Budget::new(budget),
        }
    }

    /// A gap that cannot be made wider; none if everything is covered. The same again until
    /// something of it is covered.
    ///
    /// # Errors
    ///
    /// The steps ran out.
    pub fn next_gap(&mut self) -> Result<Option<AtomBox>, Undecided> {
        next_gap(&self.matrix, &mut self.budget)
    }

    /// Counts a box as covered from now on.
    pub fn cover(&mut self, gap: &AtomBox) {
        self.matrix.push(self.space, gap, u32::MAX);
    }
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
