//! One side of a box as the search works on it: a word of bits for small unordered columns, one
//! span for most others, a shared list of spans for the rest.

use std::rc::Rc;

use super::sets::{self, AtomSet, Span};

/// Columns without an order keep their cells as bits up to this many atoms.
pub(super) const MAX_BITS: u32 = u64::BITS;

/// A set of atoms. All cells of a column are either bits or spans, never both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Bit k is atom k.
    Bits(u64),
    /// One span, or the empty set as `0 .. 0`.
    Span(Span),
    /// Two spans or more: sorted, none empty, none touching the next.
    Spans(Rc<Vec<Span>>),
}

impl Cell {
    /// The cell of a normal list of spans.
    pub(super) fn of(spans: Vec<Span>) -> Self {
        match spans.as_slice() {
            [] => Self::Span(Span { start: 0, end: 0 }),
            [one] => Self::Span(*one),
            _ => Self::Spans(Rc::new(spans)),
        }
    }

    /// The cell of a set, as bits or as spans.
    pub(super) fn of_set(set: &AtomSet, atoms: u32, bits: bool) -> Self {
        if bits {
            return Self::Bits(set.spans().iter().fold(0, |word, span| {
                word | ones(span.end.min(atoms)) & !ones(span.start.min(atoms))
            }));
        }
        match set.spans() {
            [one] if one.end <= atoms => Self::Span(*one),
            spans => Self::of(sets::both(
                spans,
                &[Span {
                    start: 0,
                    end: atoms,
                }],
            )),
        }
    }

    pub(super) fn to_set(&self) -> AtomSet {
        match self {
            Self::Bits(word) => AtomSet::from_atoms(Bits(*word)),
            Self::Span(_) | Self::Spans(_) => AtomSet::from_spans(self.spans().iter().copied()),
        }
    }

    /// The spans of a cell that has spans.
    pub(super) fn spans(&self) -> &[Span] {
        match self {
            Self::Span(span) if span.start < span.end => std::slice::from_ref(span),
            Self::Spans(spans) => spans,
            Self::Bits(_) | Self::Span(_) => &[],
        }
    }

    pub(super) fn count(&self) -> u32 {
        match self {
            Self::Bits(word) => word.count_ones(),
            Self::Span(span) => span.count(),
            Self::Spans(spans) => spans.iter().map(|span| span.count()).sum(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Bits(word) => *word == 0,
            Self::Span(span) => span.start >= span.end,
            Self::Spans(spans) => spans.is_empty(),
        }
    }

    /// The lowest atom.
    pub(super) fn first(&self) -> Option<u32> {
        match self {
            Self::Bits(word) => Bits(*word).next(),
            Self::Span(_) | Self::Spans(_) => self.spans().first().map(|span| span.start),
        }
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bits(a), Self::Bits(b)) => a & b != 0,
            (Self::Span(a), Self::Span(b)) => a.start.max(b.start) < a.end.min(b.end),
            _ => sets::meet(self.spans(), other.spans()),
        }
    }

    pub(super) fn intersection(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Bits(a), Self::Bits(b)) => Self::Bits(a & b),
            (Self::Span(a), Self::Span(b)) => {
                let span = Span {
                    start: a.start.max(b.start),
                    end: a.end.min(b.end),
                };
                if span.start < span.end {
                    Self::Span(span)
                } else {
                    Self::Span(Span { start: 0, end: 0 })
                }
            }
            _ => Self::of(sets::both(self.spans(), other.spans())),
        }
    }

    /// Whether all atoms are in `other`.
    pub(super) fn is_inside(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bits(a), Self::Bits(b)) => a & !b == 0,
            (Self::Span(a), Self::Span(b)) => b.start <= a.start && a.end <= b.end,
            _ => sets::lies_in(self.spans(), other.spans()),
        }
    }

    /// `self` without the atoms of `other`.
    pub(super) fn without(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Bits(a), Self::Bits(b)) => Self::Bits(a & !b),
            _ => {
                let removed = other.spans();
                let parts = self
                    .spans()
                    .iter()
                    .flat_map(|span| sets::outside(removed, *span));
                Self::of(parts.collect())
            }
        }
    }

    /// The union of cells of one column; `like` is any cell of that column.
    pub(super) fn union<'c>(like: &Self, cells: impl Iterator<Item = &'c Self>) -> Self {
        if let Self::Bits(_) = like {
            return Self::Bits(cells.fold(0, |word, cell| match cell {
                Self::Bits(more) => word | more,
                Self::Span(_) | Self::Spans(_) => word,
            }));
        }
        Self::of(sets::normal(cells.flat_map(Self::spans).copied().collect()))
    }

    /// One atom of the column of `like`.
    pub(super) fn atom(like: &Self, atom: u32) -> Self {
        match like {
            Self::Bits(_) => Self::Bits(1u64.checked_shl(atom).unwrap_or(0)),
            Self::Span(_) | Self::Spans(_) => Self::Span(Span {
                start: atom,
                end: atom.saturating_add(1),
            }),
        }
    }
}

/// The numbers of the bits of a word, lowest first.
pub(super) struct Bits(pub(super) u64);

impl Iterator for Bits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.0 == 0 {
            return None;
        }
        let lowest = self.0.trailing_zeros();
        self.0 &= self.0 - 1;
        Some(lowest)
    }
}

/// The lowest `count` bits.
pub(super) fn ones(count: u32) -> u64 {
    1u64.checked_shl(count).map_or(u64::MAX, |bit| bit - 1)
}
