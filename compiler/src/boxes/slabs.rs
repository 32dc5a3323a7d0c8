//! Cutting atoms out of a box and closing up the rest.
//!
//! A row that fills the box in all columns but one is a slab: its atoms in that one column are
//! done with, whatever the other rows do. Cutting them out (Chan's simplification) leaves a
//! smaller box of the same shape.

use std::rc::Rc;

use super::cell::Cell;
use super::region::Region;
use super::sets::{self, Span};

/// Cuts all slabs out of the box. None if there is no slab; a region with an empty side if nothing
/// is left.
pub(super) fn cut_slabs(region: &Region) -> Option<Region> {
    let width = region.width();
    let mut cut: Vec<Vec<&Cell>> = vec![Vec::new(); width];
    let mut rows = Vec::new();
    for row in region.rows() {
        let differing = row.iter().zip(&region.sides).enumerate();
        let mut differing = differing.filter(|(_, (cell, side))| cell != side);
        match (differing.next(), differing.next()) {
            (Some((column, (cell, _))), None) => {
                if let Some(list) = cut.get_mut(column) {
                    list.push(cell);
                }
            }
            _ => rows.extend(row.iter().cloned()),
        }
    }
    if cut.iter().all(Vec::is_empty) {
        return None;
    }
    let mut rest = Region {
        sides: region.sides.clone(),
        kept: region.kept.clone(),
        rows,
        balance: region.balance,
    };
    for (column, cells) in cut.iter().enumerate() {
        if let (false, Some(side)) = (cells.is_empty(), region.sides.get(column)) {
            let removed = Cell::union(side, cells.iter().copied());
            remove(&mut rest, column, &removed);
        }
    }
    drop_empty_rows(&mut rest);
    rest.weigh();
    Some(rest)
}

/// Renumbers a column whose side is several spans so that it becomes one.
pub(super) fn close_up_side(region: &mut Region, column: usize) {
    let Some(Cell::Spans(spans)) = region.sides.get(column) else {
        return;
    };
    let end = spans.last().map_or(0, |span| span.end);
    let removed = Cell::of(sets::outside(spans, Span { start: 0, end }));
    remove(region, column, &removed);
}

/// Takes atoms out of one column of the box and of all rows; rows may become empty.
fn remove(region: &mut Region, column: usize, removed: &Cell) {
    let width = region.width();
    let cells = region.rows.iter_mut().skip(column).step_by(width);
    let Some(side) = region.sides.get_mut(column) else {
        return;
    };
    if let Cell::Bits(_) = removed {
        *side = side.without(removed);
        cells.for_each(|cell| *cell = cell.without(removed));
        return;
    }
    let gone = removed.spans();
    let end = side.spans().last().map_or(0, |span| span.end);
    if let Some(kept) = region.kept.get_mut(column) {
        let left = sets::outside(gone, Span { start: 0, end });
        *kept = Some(Rc::new(match kept {
            Some(kept) => left
                .iter()
                .flat_map(|span| originals(kept, *span))
                .collect(),
            None => left,
        }));
    }
    let shift = Shift::new(gone);
    *side = shift.cell(side);
    cells.for_each(|cell| *cell = shift.cell(cell));
}

fn drop_empty_rows(region: &mut Region) {
    let width = region.width();
    let full = |row: &[Cell]| row.iter().all(|cell| !cell.is_empty());
    if region.rows().all(full) {
        return;
    }
    let rows = std::mem::take(&mut region.rows);
    for row in rows.chunks_exact(width).filter(|row| full(row)) {
        region.rows.extend(row.iter().cloned());
    }
}

/// Where atoms go when others are taken out below them.
struct Shift<'s> {
    gone: &'s [Span],
    /// Atoms gone before each span of `gone`.
    before: Vec<u32>,
}

impl<'s> Shift<'s> {
    fn new(gone: &'s [Span]) -> Self {
        let counts = gone.iter().scan(0u32, |sum, span| {
            let before = *sum;
            *sum += span.count();
            Some(before)
        });
        Self {
            gone,
            before: counts.collect(),
        }
    }

    /// A place between atoms, renumbered.
    fn place(&self, place: u32) -> u32 {
        let after = self.gone.partition_point(|span| span.start < place);
        let last = after.checked_sub(1);
        let Some((span, before)) =
            last.and_then(|last| self.gone.get(last).zip(self.before.get(last)))
        else {
            return place;
        };
        place.saturating_sub(before + span.end.min(place).saturating_sub(span.start))
    }

    fn span(&self, span: Span) -> Span {
        Span {
            start: self.place(span.start),
            end: self.place(span.end),
        }
    }

    fn cell(&self, cell: &Cell) -> Cell {
        match cell {
            Cell::Bits(_) => cell.clone(),
            Cell::Span(span) => {
                let span = self.span(*span);
                if span.start < span.end {
                    Cell::Span(span)
                } else {
                    Cell::of(Vec::new())
                }
            }
            Cell::Spans(spans) => Cell::of(sets::normal(
                spans.iter().map(|span| self.span(*span)).collect(),
            )),
        }
    }
}

/// The original number of an atom.
pub(super) fn original(kept: &[Span], atom: u32) -> u32 {
    let end = atom.saturating_add(1);
    originals(kept, Span { start: atom, end })
        .next()
        .map_or(atom, |span| span.start)
}

/// The original atoms of a span of present numbers.
fn originals(kept: &[Span], span: Span) -> impl Iterator<Item = Span> + '_ {
    let mut seen = 0u32;
    kept.iter().filter_map(move |part| {
        let first = seen;
        seen = seen.saturating_add(part.count());
        let (start, end) = (span.start.max(first), span.end.min(seen));
        (start < end).then(|| Span {
            start: part.start + (start - first),
            end: part.start + (end - first),
        })
    })
}
