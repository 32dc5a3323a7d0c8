//! Exact analysis of tables as sets of boxes: which rows meet, what no row covers, which row can
//! never hit.
//!
//! A row of a table is a box: one set of *atoms* per column. Atoms are what is left of a column
//! when all values that no cell tells apart are taken together: [`Axis`] cuts numbers, dates and
//! ordered enums at the end points that occur; an unordered column has an atom per named constant
//! and one for "any other"; a `T?` adds one for "none". From there on everything is finite, and
//! each answer is exact: proved, refuted with a witness, or "not decided" after a counted number
//! of steps (never after a time, so that the same table always gets the same answer).
//!
//! Knows: atoms, columns, rows by their number. Must never know: values, types, spans of source
//! text, messages, salsa. The caller maps atoms back to values and replays what it wants to show.
//!
//! Method: overlaps by bit sets (rows sorted by end point, a set of rows per constant, AND over the
//! columns). Covering by branch and bound over boxes: volumes that do not add up prove a gap,
//! volumes that add up exactly prove a cover if the rows are disjoint, else slabs are cut away (as
//! in Chan, "Klee's measure problem made easy") and the box is split. Box subtraction and column
//! sweeps, the usual choices, grow out of hand at some thousand rows and six columns.

mod axis;
mod cell;
mod gaps;
mod index;
mod matrix;
mod natural;
mod overlaps;
mod reach;
mod region;
mod search;
mod sets;
mod slabs;
#[cfg(test)]
mod tests;

pub use axis::{Axis, Domain, Successor};
pub use gaps::{GapSearch, Gaps, Rest, Verdict, completeness, gaps, uncovered};
pub use overlaps::{
    MAX_PAIRS_PER_ROW, OrderVerdict, Overlaps, box_within, boxes_meet, each_overlap, meeting_box,
    order, overlaps,
};
pub use reach::{MAX_COVERING_ROWS, RowVerdict, effective_point, unreachable};
pub use sets::{AtomSet, Span};

/// How many steps one question about one table may take by default. A step is one box examined
/// together with up to [`ROWS_PER_STEP`] rows that reach into it.
pub const MAX_NODES: u64 = 200_000;

/// Rows looked at for the price of one step: bounds the work of a step, so that the limit on steps
/// is a limit on work.
pub const ROWS_PER_STEP: usize = 64;

/// One column of the space, reduced to its atoms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Atoms in an order that ranges follow: atoms `0 .. atoms`, lowest first; when `missing`, one
    /// more atom with the number `atoms` stands for "none" and belongs to no range.
    Ordered {
        /// Number of ordered atoms.
        atoms: u32,
        /// Whether "none" is possible too.
        missing: bool,
    },
    /// Atoms without an order, `0 .. size`; an atom for "any other" or "none" is the caller's.
    Set {
        /// Number of atoms.
        size: u32,
    },
}

impl Column {
    /// Number of atoms, the one for "none" included.
    #[must_use]
    pub fn atoms(self) -> u32 {
        match self {
            Self::Ordered { atoms, missing } => atoms.saturating_add(u32::from(missing)),
            Self::Set { size } => size,
        }
    }

    /// The atom that stands for "none" in an ordered column, if it has one.
    #[must_use]
    pub fn missing_atom(self) -> Option<u32> {
        match self {
            Self::Ordered {
                atoms,
                missing: true,
            } => Some(atoms),
            Self::Ordered { .. } | Self::Set { .. } => None,
        }
    }

    /// All atoms: the cell `-`.
    #[must_use]
    pub fn all(self) -> AtomSet {
        AtomSet::span(0, self.atoms())
    }
}

/// The columns of a table, in order. A space with an empty column has no points at all; a space
/// without columns has exactly one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Space {
    /// The columns, in the order of the cells of a row.
    pub columns: Vec<Column>,
}

impl Space {
    /// The box of everything.
    #[must_use]
    pub fn everything(&self) -> AtomBox {
        AtomBox {
            sides: self.columns.iter().map(|column| column.all()).collect(),
        }
    }
}

/// A box: one set of atoms per column. A row of a table, a gap, or where two rows meet.
///
/// Read against a [`Space`], a side that is not there means "anything", atoms outside the column
/// and sides past the last column are ignored; a box with an empty side holds nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AtomBox {
    /// The sides, in the order of the columns.
    pub sides: Vec<AtomSet>,
}

impl AtomBox {
    /// Whether the point (an atom per column) lies in the box.
    #[must_use]
    pub fn contains(&self, point: &[u32]) -> bool {
        self.sides
            .iter()
            .zip(point)
            .all(|(side, atom)| side.contains(*atom))
    }

    /// The numbers of the columns that matter: those whose side is not "anything".
    #[must_use]
    pub fn narrow_columns(&self, space: &Space) -> Vec<usize> {
        let columns = space.columns.iter().zip(&self.sides).enumerate();
        columns
            .filter(|(_, (column, side))| column.all() != **side)
            .map(|(number, _)| number)
            .collect()
    }
}

/// What is known when the limit on steps was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecided {
    /// Steps taken, see [`MAX_NODES`].
    pub steps: u64,
    /// Share of the distinct cases (atoms, not orders) shown to be covered, in thousandths,
    /// rounded down.
    pub covered_per_mille: u16,
}

/// Steps that may still be taken.
#[derive(Debug, Clone, Copy)]
struct Budget {
    limit: u64,
    used: u64,
}

impl Budget {
    fn new(limit: u64) -> Self {
        Self { limit, used: 0 }
    }

    /// Takes the price of looking at a box with `rows` rows; false if it is more than what is left.
    fn pay(&mut self, rows: usize) -> bool {
        let price = 1 + u64::try_from(rows / ROWS_PER_STEP).unwrap_or(u64::MAX - 1);
        let used = self.used.saturating_add(price);
        if used > self.limit {
            return false;
        }
        self.used = used;
        true
    }

    fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}
