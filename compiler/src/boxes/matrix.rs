//! The rows of a table as one flat list of cells, with what cannot match left out.

use super::cell::{Cell, MAX_BITS};
use super::sets::Span;
use super::{AtomBox, Column, Space};

/// How a column is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Unordered, cells are bits.
    Bits,
    /// Unordered, too many atoms for bits: spans of atom numbers that mean nothing by themselves.
    Sparse,
    /// Ordered, cells are spans; the atom for "none", if any, is the last.
    Ordered {
        /// Number of the atom for "none".
        missing: Option<u32>,
    },
}

/// Rows against a space. Always at least one column, so that a row is never an empty slice.
#[derive(Debug, Clone)]
pub(super) struct Matrix {
    pub(super) kinds: Vec<Kind>,
    /// The box of everything.
    pub(super) whole: Vec<Cell>,
    /// The number the caller gave to each row that is here; rising.
    pub(super) numbers: Vec<u32>,
    /// The cells of all rows, row after row.
    pub(super) cells: Vec<Cell>,
    /// Columns of the caller's space.
    columns: usize,
}

impl Matrix {
    /// Rows with an empty cell match nothing and are left out.
    pub(super) fn new(space: &Space, rows: &[AtomBox]) -> Self {
        let mut kinds: Vec<Kind> = space.columns.iter().map(|column| kind(*column)).collect();
        let mut whole: Vec<Cell> = space
            .columns
            .iter()
            .map(|column| side(*column, None))
            .collect();
        if kinds.is_empty() {
            kinds.push(Kind::Ordered { missing: None });
            whole.push(Cell::Span(Span { start: 0, end: 1 }));
        }
        let columns = space.columns.len();
        let mut matrix = Self {
            kinds,
            whole,
            numbers: Vec::new(),
            cells: Vec::new(),
            columns,
        };
        matrix
            .cells
            .reserve(rows.len().saturating_mul(matrix.width()));
        for (number, row) in (0u32..).zip(rows) {
            matrix.push(space, row, number);
        }
        matrix
    }

    /// Adds a row, unless it matches nothing.
    pub(super) fn push(&mut self, space: &Space, row: &AtomBox, number: u32) {
        let before = self.cells.len();
        if space.columns.is_empty() {
            self.cells.extend(self.whole.iter().cloned());
        }
        for (place, column) in space.columns.iter().enumerate() {
            let cell = side(*column, row.sides.get(place));
            if cell.is_empty() {
                self.cells.truncate(before);
                return;
            }
            self.cells.push(cell);
        }
        self.numbers.push(number);
    }

    /// Columns searched, at least one.
    pub(super) fn width(&self) -> usize {
        self.kinds.len()
    }

    pub(super) fn rows(&self) -> std::slice::ChunksExact<'_, Cell> {
        self.cells.chunks_exact(self.width())
    }

    /// The cells of the row at a place in this matrix (not the caller's number).
    pub(super) fn row(&self, place: usize) -> Option<&[Cell]> {
        let start = place.checked_mul(self.width())?;
        self.cells.get(start..start.checked_add(self.width())?)
    }

    /// A box of cells in the caller's terms.
    pub(super) fn to_box(&self, cells: &[Cell]) -> AtomBox {
        AtomBox {
            sides: cells.iter().take(self.columns).map(Cell::to_set).collect(),
        }
    }

    /// A point in the caller's terms.
    pub(super) fn to_point(&self, mut point: Vec<u32>) -> Vec<u32> {
        point.truncate(self.columns);
        point
    }
}

fn kind(column: Column) -> Kind {
    match column {
        Column::Ordered { .. } => Kind::Ordered {
            missing: column.missing_atom(),
        },
        Column::Set { size } if size <= MAX_BITS => Kind::Bits,
        Column::Set { .. } => Kind::Sparse,
    }
}

/// The cell of a side; a side that is not there is everything.
fn side(column: Column, set: Option<&super::AtomSet>) -> Cell {
    let bits = kind(column) == Kind::Bits;
    match set {
        Some(set) => Cell::of_set(set, column.atoms(), bits),
        None => Cell::of_set(&column.all(), column.atoms(), bits),
    }
}
