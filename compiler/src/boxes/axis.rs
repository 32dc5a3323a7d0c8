//! Coordinate compression: the end points that occur in a column cut its values into atoms.
//!
//! A cut lies between two values: just before a key or just after it. Over dense values `<= 0.5`
//! and `> 0.5` share the cut after 0.5; over stepped values the cut after 9 is the cut before 10,
//! so that `<= 9` and `>= 10` leave nothing between them.

use std::cmp::Ordering;
use std::ops::Bound;

use super::sets::{AtomSet, Span};

/// The next value above a value; none above the last.
pub type Successor<'a, K> = &'a dyn Fn(&K) -> Option<K>;

/// What values a column can hold at all.
#[derive(Clone, Copy)]
pub struct Domain<'a, K> {
    /// The lowest value of the declared range, included; none if it is open below.
    pub lowest: Option<&'a K>,
    /// The highest value of the declared range, included; none if it is open above.
    pub highest: Option<&'a K>,
    /// The next value above a value, for values that come in steps (dates: one day; numbers with n
    /// places: 10^-n); it answers none above the last. None here: values are dense.
    ///
    /// Every end point must then be one of the values: round an end point that lies between two of
    /// them first (`>= 0.005` with two places is `> 0.00`), else the atom it cuts off is empty.
    pub successor: Option<Successor<'a, K>>,
}

impl<K> Domain<'_, K> {
    /// Dense values without a lowest or highest.
    #[must_use]
    pub fn dense() -> Self {
        Self {
            lowest: None,
            highest: None,
            successor: None,
        }
    }
}

/// A place between two values.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cut<K> {
    Lowest,
    Before(K),
    After(K),
    Highest,
}

impl<K: Ord> Ord for Cut<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Lowest, Self::Lowest) | (Self::Highest, Self::Highest) => Ordering::Equal,
            (Self::Lowest, _) | (_, Self::Highest) => Ordering::Less,
            (Self::Highest, _) | (_, Self::Lowest) => Ordering::Greater,
            (Self::Before(a), Self::Before(b)) | (Self::After(a), Self::After(b)) => a.cmp(b),
            (Self::Before(a), Self::After(b)) => a.cmp(b).then(Ordering::Less),
            (Self::After(a), Self::Before(b)) => a.cmp(b).then(Ordering::Greater),
        }
    }
}

impl<K: Ord> PartialOrd for Cut<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The atoms of one ordered column, and the way back to values.
#[derive(Clone)]
pub struct Axis<'a, K> {
    /// Rising, no two equal; the first and the last are the ends of the domain. Empty when the
    /// domain is.
    cuts: Vec<Cut<K>>,
    domain: Domain<'a, K>,
}

impl<'a, K: Ord + Clone> Axis<'a, K> {
    /// Cuts the domain at both ends of every range. Ranges that are empty or lie outside of the
    /// domain do no harm.
    #[must_use]
    pub fn new<'k>(
        domain: Domain<'a, K>,
        ranges: impl IntoIterator<Item = (Bound<&'k K>, Bound<&'k K>)>,
    ) -> Self
    where
        K: 'k,
    {
        let mut axis = Self {
            cuts: Vec::new(),
            domain,
        };
        let ends = [axis.lowest(), axis.highest()];
        if ends.is_sorted_by(|low, high| low < high) {
            let ranges = ranges.into_iter();
            let inner = ranges.flat_map(|(low, high)| [axis.lower(low), axis.upper(high)]);
            let mut cuts: Vec<Cut<K>> = inner.chain(ends.clone()).collect();
            cuts.sort_unstable();
            cuts.dedup();
            axis.cuts = cuts;
        }
        axis
    }

    /// Number of atoms.
    #[must_use]
    pub fn atoms(&self) -> u32 {
        // A column has at most two cuts per row and cell: far below 2^32.
        u32::try_from(self.cuts.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// The atoms of a range. None if one of its ends was not given to [`Axis::new`]: its atoms
    /// would then be cut in two.
    #[must_use]
    pub fn range(&self, low: Bound<&K>, high: Bound<&K>) -> Option<AtomSet> {
        if self.cuts.is_empty() {
            return Some(AtomSet::empty());
        }
        let start = self.cuts.binary_search(&self.lower(low)).ok()?;
        let end = self.cuts.binary_search(&self.upper(high)).ok()?;
        Some(AtomSet::span(
            u32::try_from(start).ok()?,
            u32::try_from(end).ok()?,
        ))
    }

    /// The values of a run of atoms: from its lower to its upper end. None if there is no such run.
    /// Over stepped values an inner upper end reads "below the next value".
    #[must_use]
    pub fn values(&self, span: Span) -> Option<(Bound<&K>, Bound<&K>)> {
        if span.start >= span.end {
            return None;
        }
        let low = match self.cuts.get(usize::try_from(span.start).ok()?)? {
            Cut::Lowest | Cut::Highest => Bound::Unbounded,
            Cut::Before(key) => Bound::Included(key),
            Cut::After(key) => Bound::Excluded(key),
        };
        let high = match self.cuts.get(usize::try_from(span.end).ok()?)? {
            Cut::Lowest | Cut::Highest => Bound::Unbounded,
            Cut::Before(key) => Bound::Excluded(key),
            Cut::After(key) => Bound::Included(key),
        };
        Some((low, high))
    }

    fn lowest(&self) -> Cut<K> {
        self.domain
            .lowest
            .map_or(Cut::Lowest, |key| Cut::Before(key.clone()))
    }

    fn highest(&self) -> Cut<K> {
        self.domain
            .highest
            .map_or(Cut::Highest, |key| Cut::After(key.clone()))
    }

    fn lower(&self, bound: Bound<&K>) -> Cut<K> {
        let cut = match bound {
            Bound::Included(key) => Cut::Before(key.clone()),
            Bound::Excluded(key) => self.after(key),
            Bound::Unbounded => Cut::Lowest,
        };
        self.inside(cut)
    }

    fn upper(&self, bound: Bound<&K>) -> Cut<K> {
        let cut = match bound {
            Bound::Included(key) => self.after(key),
            Bound::Excluded(key) => Cut::Before(key.clone()),
            Bound::Unbounded => Cut::Highest,
        };
        self.inside(cut)
    }

    fn after(&self, key: &K) -> Cut<K> {
        match self.domain.successor {
            Some(successor) => successor(key).map_or(Cut::Highest, Cut::Before),
            None => Cut::After(key.clone()),
        }
    }

    fn inside(&self, cut: Cut<K>) -> Cut<K> {
        // With steps, the cut before the value past the highest is the end too: it sorts after it.
        cut.max(self.lowest()).min(self.highest())
    }
}
