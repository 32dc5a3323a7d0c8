//! Polynomials with whole coefficients: what a size or a cost is at most.

use std::collections::BTreeMap;

use assize_ir::Slot;

/// Greatest number of products in one bound. Beyond it the smallest are joined into one that is at
/// least their sum, so that a bound of many unbounded lists stays a bound and stays small.
const MAX_TERMS: usize = 128;

/// A size that no declaration bounds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unknown {
    /// The length of a parameter of the callable; each caller puts its own in.
    Param(Slot),
    /// The members of the group that this slot holds; the loop over the groups knows what they are
    /// together.
    Members(Slot),
    /// Rows of a relation, elements of a list: by its name.
    Named(String),
}

/// One product without its unknown sizes: the coefficient, and the declared sizes in it.
type Part = (u64, Vec<String>);

/// A sum of products: unknown sizes (sorted, with repetition) to steps and their factors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bound {
    terms: BTreeMap<Vec<Unknown>, Part>,
}

impl Bound {
    pub(super) fn steps(n: u64) -> Bound {
        Bound::one(Vec::new(), (n, Vec::new()))
    }

    /// A declared size, under the name that the author gave it.
    pub(super) fn declared(count: u64, what: String) -> Bound {
        Bound::one(Vec::new(), (count, vec![what]))
    }

    pub(super) fn unknown(unknown: Unknown) -> Bound {
        Bound::one(vec![unknown], (1, Vec::new()))
    }

    fn one(unknown: Vec<Unknown>, part: Part) -> Bound {
        Bound {
            terms: BTreeMap::from([(unknown, part)]),
        }
    }

    /// The number, where nothing is unknown.
    pub(super) fn known(&self) -> Option<u64> {
        if self.terms.keys().any(|unknown| !unknown.is_empty()) {
            return None;
        }
        Some(self.terms.values().map(|(steps, _)| *steps).sum())
    }

    pub(super) fn terms(self) -> impl Iterator<Item = (Vec<Unknown>, Part)> {
        self.terms.into_iter()
    }

    pub(super) fn add(&mut self, other: &Bound) {
        for (unknown, part) in &other.terms {
            self.put(unknown.clone(), part.clone(), u64::saturating_add);
        }
        self.join();
    }

    /// At least as much as either.
    pub(super) fn or(&mut self, other: &Bound) {
        for (unknown, part) in &other.terms {
            self.put(unknown.clone(), part.clone(), u64::max);
        }
        self.join();
    }

    fn put(&mut self, unknown: Vec<Unknown>, (steps, factors): Part, both: fn(u64, u64) -> u64) {
        let entry = self.terms.entry(unknown).or_insert((0, Vec::new()));
        // The factors shown are those of the greatest part.
        if steps > entry.0 {
            entry.1 = factors;
        }
        entry.0 = both(entry.0, steps);
    }

    pub(super) fn times(&self, size: &Bound) -> Bound {
        let mut out = Bound::default();
        for (unknown, (steps, factors)) in &self.terms {
            for (more, (count, what)) in &size.terms {
                let mut all = unknown.clone();
                all.extend(more.iter().cloned());
                all.sort();
                let mut names = what.clone();
                names.extend(factors.iter().cloned());
                let steps = steps.saturating_mul(*count);
                out.put(all, (steps, names), u64::saturating_add);
            }
        }
        out.join();
        out
    }

    /// With sizes put in for unknown ones; `None` leaves one as it is.
    pub(super) fn with(&self, size: impl Fn(&Unknown) -> Option<Bound>) -> Bound {
        let mut out = Bound::default();
        for (unknown, part) in &self.terms {
            let mut product = Bound::one(Vec::new(), part.clone());
            for one in unknown {
                let size = size(one).unwrap_or_else(|| Bound::unknown(one.clone()));
                product = product.times(&size);
            }
            out.add(&product);
        }
        out
    }

    /// Whether a size is in here, once and not multiplied, and what else is; `None` where it is in here
    /// in another way.
    pub(super) fn apart_from(&self, size: &Unknown) -> Option<(bool, Bound)> {
        let mut rest = self.clone();
        let alone = rest.terms.remove(std::slice::from_ref(size));
        let once = alone.as_ref().is_none_or(|(steps, _)| *steps <= 1);
        let others = rest.terms.keys().any(|unknown| unknown.contains(size));
        (once && !others).then_some((alone.is_some(), rest))
    }

    /// The sum of this over all groups, where this is said of the group that a slot holds: there are
    /// `groups` of them, with `all` members together. A power of the members of each group is, summed
    /// up, at most that power of all.
    pub(super) fn over_groups(&self, slot: Slot, groups: &Bound, all: &Bound) -> Bound {
        let members = Unknown::Members(slot);
        let mut out = Bound::default();
        for (unknown, part) in &self.terms {
            let (own, rest): (Vec<Unknown>, Vec<Unknown>) =
                unknown.iter().cloned().partition(|it| *it == members);
            let product = Bound::one(rest, part.clone());
            out.add(&match own.len() {
                0 => product.times(groups),
                _ => own.iter().fold(product, |product, _| product.times(all)),
            });
        }
        out
    }

    /// Joins the smallest products while there are too many. A product with more unknown sizes is at
    /// least as great, as each is at least 1 where it matters.
    fn join(&mut self) {
        while self.terms.len() > MAX_TERMS {
            let mut order: Vec<Vec<Unknown>> = self.terms.keys().cloned().collect();
            order.sort_by_key(|unknown| {
                let steps = self.terms.get(unknown).map_or(0, |part| part.0);
                (unknown.len(), steps)
            });
            let mut all: Vec<Unknown> = Vec::new();
            let mut sum: Part = (0, Vec::new());
            for unknown in order.iter().take(MAX_TERMS / 2) {
                let Some((steps, factors)) = self.terms.remove(unknown) else {
                    continue;
                };
                all = merged(&all, unknown);
                if steps > sum.0 {
                    sum.1 = factors;
                }
                sum.0 = sum.0.saturating_add(steps);
            }
            self.put(all, sum, u64::saturating_add);
        }
    }
}

/// Each as often as in the one that has it more often. Both are sorted.
fn merged(a: &[Unknown], b: &[Unknown]) -> Vec<Unknown> {
    let mut out = Vec::new();
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    while let (Some(x), Some(y)) = (left.peek(), right.peek()) {
        let order = x.cmp(y);
        if order.is_le() {
            out.extend(left.next().cloned());
        }
        if order.is_ge() {
            let taken = right.next();
            if order.is_gt() {
                out.extend(taken.cloned());
            }
        }
    }
    out.extend(left.cloned());
    out.extend(right.cloned());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Bound {
        Bound::unknown(Unknown::Named(name.into()))
    }

    fn sum(parts: &[Bound]) -> Bound {
        let mut out = Bound::default();
        parts.iter().for_each(|part| out.add(part));
        out
    }

    #[test]
    fn products_and_the_greater_of_two() {
        let ab = sum(&[named("a"), Bound::steps(2)]).times(&sum(&[named("b"), Bound::steps(3)]));
        let wanted = [
            named("a").times(&named("b")),
            named("a").times(&Bound::steps(3)),
            named("b").times(&Bound::steps(2)),
            Bound::steps(6),
        ];
        assert_eq!(ab, sum(&wanted));
        let mut either = named("a").times(&Bound::steps(3));
        either.or(&named("a").times(&Bound::steps(5)));
        assert_eq!(either, named("a").times(&Bound::steps(5)));
        assert_eq!(Bound::steps(4).times(&Bound::steps(5)).known(), Some(20));
        assert_eq!(ab.known(), None);
    }

    #[test]
    fn what_is_there_beside_a_size() {
        let a = Unknown::Named("a".into());
        let once = sum(&[named("a"), Bound::steps(5)]);
        assert_eq!(once.apart_from(&a), Some((true, Bound::steps(5))));
        assert_eq!(named("b").apart_from(&a), Some((false, named("b"))));
        assert_eq!(sum(&[named("a"), named("a")]).apart_from(&a), None);
        assert_eq!(named("a").times(&named("b")).apart_from(&a), None);
    }

    #[test]
    fn all_groups_have_all_members_once() {
        let slot = Slot(7);
        let members = Bound::unknown(Unknown::Members(slot));
        let (groups, all) = (named("groups"), named("all"));
        let body = sum(&[
            Bound::steps(2),
            members.times(&Bound::steps(3)),
            members.times(&members),
        ]);
        let wanted = [
            groups.times(&Bound::steps(2)),
            all.times(&Bound::steps(3)),
            all.times(&all),
        ];
        assert_eq!(body.over_groups(slot, &groups, &all), sum(&wanted));
        // Members of another group are not these.
        let other = members.over_groups(Slot(8), &groups, &all);
        assert_eq!(other, members.times(&groups));
    }

    #[test]
    fn what_a_caller_puts_in() {
        let slot = Unknown::Param(Slot(0));
        let square = Bound::unknown(slot.clone()).times(&Bound::unknown(slot.clone()));
        let put =
            square.with(|it| (*it == slot).then(|| Bound::declared(5, "xs at most 5".into())));
        assert_eq!(put.known(), Some(25));
    }

    #[test]
    fn too_many_products_are_joined_into_greater_ones() {
        let all: Vec<Bound> = (0..MAX_TERMS + 1)
            .map(|n| named(&format!("n{n:03}")))
            .collect();
        let at_limit = sum(all.get(..MAX_TERMS).unwrap_or_default());
        assert_eq!(at_limit.terms.len(), MAX_TERMS);
        let past = sum(&all);
        assert!(past.terms.len() <= MAX_TERMS);
        // Whatever the sizes are, nothing got smaller: each unknown size still has its part.
        let every: u64 = past.terms.values().map(|(steps, _)| *steps).sum();
        assert_eq!(every, MAX_TERMS as u64 + 1);
        for n in 0..MAX_TERMS + 1 {
            let name = Unknown::Named(format!("n{n:03}"));
            assert!(past.terms.keys().any(|key| key.contains(&name)));
        }
    }

    #[test]
    fn merged_keeps_the_greater_power() {
        let v = |names: &[&str]| -> Vec<Unknown> {
            names.iter().map(|n| Unknown::Named((*n).into())).collect()
        };
        assert_eq!(
            merged(&v(&["a", "a", "c"]), &v(&["a", "b"])),
            v(&["a", "a", "b", "c"])
        );
    }
}
