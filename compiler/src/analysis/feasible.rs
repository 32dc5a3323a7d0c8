//! Boxes that hold no case: two values that are compared cannot both lie in their sides and compare so.

use std::ops::Bound;

use assize_eval::Value;
use rust_decimal::Decimal;

use super::space::{Atoms, Compressed, Dimension, Limits};
use crate::boxes::{AtomBox, AtomSet};

/// Greatest number of rounds in which the ranges of compared values narrow each other. Past it nothing
/// is claimed: the box counts as possible.
const MAX_ROUNDS: usize = 32;

/// Ranges of one column, rising.
type Ranges = Vec<(Bound<Decimal>, Bound<Decimal>)>;

/// Two compared values: their columns, and whether the left may be less, equal, greater.
type Order = (usize, usize, [bool; 3]);

impl Compressed<'_> {
    /// Whether values in the sides of a box can compare as the box says. `false` is proved.
    pub(super) fn possible(&self, dimensions: &[Dimension], inside: &AtomBox) -> bool {
        let mut orders: Vec<Order> = Vec::new();
        for column in inside.narrow_columns(&self.space) {
            let between = dimensions.get(column).and_then(|it| it.between);
            if let (Some((left, right)), Some(side)) = (between, inside.sides.get(column)) {
                orders.push((left, right, self.allowed(column, side)));
            }
        }
        if orders.is_empty() {
            return true;
        }
        let mut known: Vec<Option<Ranges>> = (0..dimensions.len())
            .map(|column| self.ranges(column, inside.sides.get(column)?))
            .collect();
        for (left, right, allowed) in &orders {
            let ordered = |column: usize| known.get(column).is_some_and(Option::is_some);
            if !ordered(*left) || !ordered(*right) {
                let sides = (inside.sides.get(*left), inside.sides.get(*right));
                if let (Some(a), Some(b)) = sides
                    && !self.unordered((*left, a), (*right, b), *allowed)
                {
                    return false;
                }
            }
        }
        for _ in 0..MAX_ROUNDS {
            let before = known.clone();
            for (left, right, allowed) in &orders {
                let sides = (known.get(*left).cloned(), known.get(*right).cloned());
                let (Some(Some(a)), Some(Some(b))) = sides else {
                    continue;
                };
                let Some((a, b)) = narrowed(a, b, *allowed) else {
                    return false;
                };
                for (column, ranges) in [(*left, a), (*right, b)] {
                    let ranges = self.on_steps(column, ranges);
                    if ranges.is_empty() {
                        return false;
                    }
                    if let Some(slot) = known.get_mut(column) {
                        *slot = Some(ranges);
                    }
                }
            }
            if known == before {
                break;
            }
        }
        true
    }

    /// The values of a side that are there, of a column of numbers, days, `bool` or an enum.
    fn ranges(&self, column: usize, side: &AtomSet) -> Option<Ranges> {
        let of = self.columns.get(column)?;
        let axis = match of {
            Atoms::Ordered { axis, .. } => axis,
            Atoms::Enum { .. } => {
                let ends = |atom: u32| Bound::Included(Decimal::from(atom));
                let spans = there(of, side);
                let spans = spans.spans().iter();
                let ranges = spans.map(|span| (ends(span.start), ends(span.end.saturating_sub(1))));
                return Some(ranges.collect());
            }
            Atoms::Constants { .. } => return None,
        };
        let mut out = Vec::new();
        for span in side.spans() {
            let span = crate::boxes::Span {
                start: span.start,
                end: span.end.min(axis.atoms()),
            };
            if span.start < span.end
                && let Some((low, high)) = axis.values(span)
            {
                out.push((low.cloned(), high.cloned()));
            }
        }
        Some(self.on_steps(column, out))
    }

    /// Ranges without what lies between two steps.
    fn on_steps(&self, column: usize, ranges: Ranges) -> Ranges {
        let step = match self.columns.get(column) {
            Some(Atoms::Ordered { step, .. }) => *step,
            _ => None,
        };
        let limits = Limits::of_step(step);
        let included = ranges.into_iter().map(|range| limits.with_ends(range));
        included
            .filter(|(low, high)| holds_any(low, high))
            .collect()
    }

    /// Whether two values without an order can be equal or differ, as they have to.
    fn unordered(
        &self,
        (left, a): (usize, &AtomSet),
        (right, b): (usize, &AtomSet),
        allowed: [bool; 3],
    ) -> bool {
        let [less, equal, greater] = allowed;
        let (Some(one), Some(two)) = (self.columns.get(left), self.columns.get(right)) else {
            return true;
        };
        let (a, b) = (there(one, a), there(two, b));
        if a.is_empty() || b.is_empty() {
            return false;
        }
        let shared = match (one, two) {
            (Atoms::Enum { .. }, Atoms::Enum { .. }) => a.meets(&b),
            (Atoms::Constants { known: x, .. }, Atoms::Constants { known: y, .. }) => {
                let in_both =
                    |value: &Value| self.takes(left, &a, value) && self.takes(right, &b, value);
                let others = |values: &[Value], set: &AtomSet| {
                    u32::try_from(values.len()).is_ok_and(|others| set.contains(others))
                };
                x.values.iter().chain(&y.values).any(in_both)
                    || others(&x.values, &a) && others(&y.values, &b)
            }
            _ => true,
        };
        // The atom of other values holds more than one value.
        let one_value = |of: &Atoms<'_>, set: &AtomSet| {
            set.count() == 1
                && match of {
                    Atoms::Constants { known, .. } => set
                        .first()
                        .is_some_and(|atom| (atom as usize) < known.values.len()),
                    _ => true,
                }
        };
        let differ = !(shared && one_value(one, &a) && one_value(two, &b));
        equal && shared || (less || greater) && differ
    }
}

/// A side of an unordered column without the missing value.
fn there(of: &Atoms<'_>, side: &AtomSet) -> AtomSet {
    let end = match of {
        Atoms::Ordered { axis, .. } => axis.atoms(),
        Atoms::Enum { size, .. } => *size,
        Atoms::Constants { known, .. } => u32::try_from(known.values.len())
            .unwrap_or(u32::MAX)
            .saturating_add(1),
    };
    side.intersection(&AtomSet::span(0, end))
}

/// Ranges without the values that no value of the other compares with so; `None`: nothing is left.
fn narrowed(a: Ranges, b: Ranges, [less, equal, greater]: [bool; 3]) -> Option<(Ranges, Ranges)> {
    let (mut a, mut b) = (a, b);
    match (less, equal, greater) {
        (false, false, false) => return None,
        (true, _, true) => {
            let one = |of: &Ranges| match of.as_slice() {
                [(Bound::Included(x), Bound::Included(y))] if x == y => Some(*x),
                _ => None,
            };
            if !equal && one(&a).is_some() && one(&a) == one(&b) {
                return None;
            }
        }
        (true, _, false) => {
            let top = below(b.last()?.1, equal);
            let bottom = above(a.first()?.0, equal);
            a = cut(&a, (Bound::Unbounded, top));
            b = cut(&b, (bottom, Bound::Unbounded));
        }
        (false, _, true) => {
            let top = below(a.last()?.1, equal);
            let bottom = above(b.first()?.0, equal);
            b = cut(&b, (Bound::Unbounded, top));
            a = cut(&a, (bottom, Bound::Unbounded));
        }
        (false, true, false) => {
            let both: Ranges = a.iter().flat_map(|range| cut(&b, *range)).collect();
            (a, b) = (both.clone(), both);
        }
    }
    (!a.is_empty() && !b.is_empty()).then_some((a, b))
}

/// The upper end of what lies below such an end.
fn below(end: Bound<Decimal>, equal: bool) -> Bound<Decimal> {
    match end {
        Bound::Included(x) if !equal => Bound::Excluded(x),
        end => end,
    }
}

/// The lower end of what lies above such an end.
fn above(end: Bound<Decimal>, equal: bool) -> Bound<Decimal> {
    below(end, equal)
}

/// What of ranges lies in one more.
fn cut(ranges: &Ranges, (low, high): (Bound<Decimal>, Bound<Decimal>)) -> Ranges {
    let parts = ranges
        .iter()
        .map(|(a, b)| (higher(*a, low), lower(*b, high)));
    parts.filter(|(a, b)| holds_any(a, b)).collect()
}

/// Of two lower ends the one that leaves less.
fn higher(a: Bound<Decimal>, b: Bound<Decimal>) -> Bound<Decimal> {
    match (a, b) {
        (Bound::Unbounded, other) | (other, Bound::Unbounded) => other,
        (Bound::Included(x) | Bound::Excluded(x), Bound::Included(y) | Bound::Excluded(y)) => {
            if x > y || x == y && matches!(a, Bound::Excluded(_)) {
                a
            } else {
                b
            }
        }
    }
}

/// Of two upper ends the one that leaves less.
fn lower(a: Bound<Decimal>, b: Bound<Decimal>) -> Bound<Decimal> {
    match (a, b) {
        (Bound::Unbounded, other) | (other, Bound::Unbounded) => other,
        (Bound::Included(x) | Bound::Excluded(x), Bound::Included(y) | Bound::Excluded(y)) => {
            if x < y || x == y && matches!(a, Bound::Excluded(_)) {
                a
            } else {
                b
            }
        }
    }
}

/// Whether a range between two ends holds a number.
fn holds_any(low: &Bound<Decimal>, high: &Bound<Decimal>) -> bool {
    match (low, high) {
        (Bound::Included(x), Bound::Included(y)) => x <= y,
        (Bound::Included(x) | Bound::Excluded(x), Bound::Included(y) | Bound::Excluded(y)) => x < y,
        _ => true,
    }
}
