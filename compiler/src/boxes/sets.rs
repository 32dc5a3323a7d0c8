//! Sets of atoms as sorted lists of spans: small for ranges, lists of constants and their
//! negations alike, however many atoms the column has.

/// The atoms `start .. end` (`end` not included).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// First atom inside.
    pub start: u32,
    /// First atom past the end.
    pub end: u32,
}

impl Span {
    /// Number of atoms; 0 when `end` is not past `start`.
    #[must_use]
    pub fn count(self) -> u32 {
        self.end.saturating_sub(self.start)
    }
}

/// A set of atoms of one column: sorted spans, none empty, none touching the next, so that equal
/// sets are equal values.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct AtomSet {
    spans: Vec<Span>,
}

impl AtomSet {
    /// The set without atoms.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The atoms `start .. end`.
    #[must_use]
    pub fn span(start: u32, end: u32) -> Self {
        Self::from_spans([Span { start, end }])
    }

    /// The union of spans in any order, overlapping or empty as they like.
    #[must_use]
    pub fn from_spans(spans: impl IntoIterator<Item = Span>) -> Self {
        Self {
            spans: normal(spans.into_iter().collect()),
        }
    }

    /// The set of single atoms, in any order.
    #[must_use]
    pub fn from_atoms(atoms: impl IntoIterator<Item = u32>) -> Self {
        // The greatest atom number has no end in 32 bits; no column is that large.
        let spans = atoms.into_iter().map(|atom| Span {
            start: atom,
            end: atom.saturating_add(1),
        });
        Self::from_spans(spans)
    }

    /// The spans, lowest first, none empty, none touching the next.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// All atoms, lowest first.
    pub fn atoms(&self) -> impl Iterator<Item = u32> + '_ {
        self.spans.iter().flat_map(|span| span.start..span.end)
    }

    /// Number of atoms.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.spans.iter().map(|span| span.count()).sum()
    }

    /// Whether there is no atom.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The lowest atom.
    #[must_use]
    pub fn first(&self) -> Option<u32> {
        self.spans.first().map(|span| span.start)
    }

    /// Whether the atom is in the set.
    #[must_use]
    pub fn contains(&self, atom: u32) -> bool {
        let after = self.spans.partition_point(|span| span.start <= atom);
        let before = after.checked_sub(1).and_then(|last| self.spans.get(last));
        before.is_some_and(|span| atom < span.end)
    }

    /// Whether some atom is in both.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        meet(&self.spans, &other.spans)
    }

    /// Whether all of these atoms are among the others.
    #[must_use]
    pub fn within(&self, other: &Self) -> bool {
        lies_in(&self.spans, &other.spans)
    }

    /// Atoms in both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self {
            spans: both(&self.spans, &other.spans),
        }
    }

    /// Atoms in one of the two.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::from_spans(self.spans.iter().chain(&other.spans).copied())
    }

    /// Atoms of `0 .. atoms` that are not in the set: the cell `not …`. For an ordered column with
    /// "none", the caller decides whether `not` includes it, by the number it passes.
    #[must_use]
    pub fn complement(&self, atoms: u32) -> Self {
        Self {
            spans: outside(
                &self.spans,
                Span {
                    start: 0,
                    end: atoms,
                },
            ),
        }
    }
}

/// Sorts, drops the empty, joins what overlaps or touches.
pub(super) fn normal(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.start < span.end);
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// Intersection of two normal lists.
pub(super) fn both(left: &[Span], right: &[Span]) -> Vec<Span> {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    let mut found = Vec::new();
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let span = Span {
            start: a.start.max(b.start),
            end: a.end.min(b.end),
        };
        if span.start < span.end {
            found.push(span);
        }
        if a.end <= b.end {
            left.next();
        } else {
            right.next();
        }
    }
    found
}

/// Whether all atoms of a normal list are in another one.
pub(super) fn lies_in(inner: &[Span], outer: &[Span]) -> bool {
    inner.iter().all(|span| {
        let after = outer.partition_point(|it| it.start <= span.start);
        let around = after.checked_sub(1).and_then(|last| outer.get(last));
        around.is_some_and(|around| span.end <= around.end)
    })
}

/// Whether two normal lists share an atom.
pub(super) fn meet(left: &[Span], right: &[Span]) -> bool {
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        if a.start.max(b.start) < a.end.min(b.end) {
            return true;
        }
        if a.end <= b.end {
            left.next();
        } else {
            right.next();
        }
    }
    false
}

/// What a normal list leaves of `whole`.
pub(super) fn outside(spans: &[Span], whole: Span) -> Vec<Span> {
    let mut found = Vec::new();
    let mut start = whole.start;
    for span in spans {
        if span.start >= whole.end {
            break;
        }
        if span.start > start {
            found.push(Span {
                start,
                end: span.start,
            });
        }
        start = start.max(span.end);
    }
    if start < whole.end {
        found.push(Span {
            start,
            end: whole.end,
        });
    }
    found
}
