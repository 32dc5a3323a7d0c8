//! Time in tables and rules: before the first day nothing has to be decided, between two days it has
//! to, after the last one a note tells the day.

use std::cell::Cell;
use std::ops::Bound;

use assize_eval::Value;
use assize_ir::{CallableId, Program, Type};
use rust_decimal::Decimal;

use super::space::{Compressed, Dimension, Row, Side};
use super::{Finder, MAX_COUNTED, MAX_SHOWN, counted_rest};
use crate::boxes::{AtomBox, AtomSet, MAX_NODES, Verdict, boxes_meet, meeting_box, uncovered};
use crate::codes;

/// Greatest number of comparisons of rows before with rows after a gap, for all gaps together. Past
/// it such a gap counts as a hole, so that more is said and not less.
const MAX_COMPARED: u64 = 5_000_000;

/// Greatest number of pairs of rows whose cases are put together.
const MAX_SLICES: usize = 256;

/// What a gap is with regard to time.
pub(super) enum Judged {
    /// Cases that have to be decided.
    Open(AtomBox),
    /// Days before the first of their rows.
    Before(AtomBox),
    /// Days after the last of their rows.
    After(End),
}

/// The end of what a row decides.
pub(super) struct End {
    /// Cases that are settled with it.
    pub(super) settled: AtomBox,
    /// What is said of it.
    pub(super) claim: String,
}

/// Rows that are asked whether they lie before or after a gap.
pub(super) struct Time<'c> {
    program: &'c Program,
    dimensions: &'c [Dimension],
    compressed: &'c Compressed<'c>,
    compared: Cell<u64>,
}

impl<'c> Time<'c> {
    pub(super) fn new(
        program: &'c Program,
        dimensions: &'c [Dimension],
        compressed: &'c Compressed<'c>,
    ) -> Time<'c> {
        Time {
            program,
            dimensions,
            compressed,
            compared: Cell::new(0),
        }
    }

    /// What a gap is. Of what it mixes a part is judged; the rest comes as a gap of its own.
    pub(super) fn judge(&self, gap: AtomBox) -> Judged {
        let space = &self.compressed.space;
        let sides = (0..self.dimensions.len()).filter_map(|column| self.sides(&gap, column));
        let sides: Vec<Sides> = sides.filter(Sides::has_rows).collect();
        let hole = sides
            .iter()
            .find_map(|sides| Some((sides, self.hole(sides)?)));
        let Some(found) = hole.as_ref().map(|(sides, _)| *sides).or(sides.first()) else {
            return Judged::Open(gap);
        };
        // Cases that no row takes on any day are a gap, whatever the others do in time.
        let rows: Vec<AtomBox> = found
            .before
            .iter()
            .chain(&found.after)
            .map(|row| row.cases.clone())
            .collect();
        let verdict = uncovered(space, &found.cases, &rows, MAX_NODES / 16);
        // Where nobody knows whether they do, more is said and not less.
        if matches!(verdict, Verdict::NotDecided(_)) {
            return Judged::Open(gap);
        }
        if let Verdict::Gap(never) = verdict {
            let mut rows = self.compressed.rows.iter();
            let open = match rows.any(|row| boxes_meet(space, row, &never)) {
                true => found.on_its_days(&never),
                false => never,
            };
            return Judged::Open(open);
        }
        if let Some((_, cases)) = &hole {
            return Judged::Open(found.on_its_days(cases));
        }
        let Some(last) = found.before.iter().max_by_key(|row| row.last) else {
            return Judged::Before(gap);
        };
        let settled = found.on_its_days(&last.cases);
        match self.end(found.column, last) {
            Some(claim) => Judged::After(End { settled, claim }),
            None => Judged::Before(settled),
        }
    }

    /// The rows before and after a gap, seen along a column of days.
    fn sides(&self, gap: &AtomBox, column: usize) -> Option<Sides> {
        let space = &self.compressed.space;
        if !matches!(self.dimensions.get(column)?.ty.plain(), Type::Date) {
            return None;
        }
        let of = space.columns.get(column)?;
        // A day that is missing lies neither before nor after.
        let missing = of.missing_atom();
        let dated = |set: &AtomSet| match missing {
            Some(atom) => set.intersection(&AtomSet::span(0, atom)),
            None => set.clone(),
        };
        let days = dated(gap.sides.get(column)?);
        let (first, end) = (days.spans().first()?.start, days.spans().last()?.end);
        let mut cases = gap.clone();
        with_side(&mut cases, column, &of.all());
        let mut found = Sides {
            column,
            days,
            cases,
            before: Vec::new(),
            after: Vec::new(),
        };
        for row in &self.compressed.rows {
            let Some(mut meet) = meeting_box(space, row, &found.cases) else {
                continue;
            };
            let taken = dated(meet.sides.get(column)?);
            with_side(&mut meet, column, &of.all());
            let spans = taken.spans().iter();
            if let Some(last) = spans.clone().map(|span| span.end).rfind(|it| *it <= first) {
                found.before.push(Beside {
                    cases: meet.clone(),
                    last,
                });
            }
            if spans.into_iter().any(|span| span.start >= end) {
                found.after.push(Beside {
                    cases: meet,
                    last: end,
                });
            }
        }
        Some(found)
    }

    /// The cases of a gap that have a row before and a row after it: all of them, or of one pair.
    fn hole(&self, sides: &Sides) -> Option<AtomBox> {
        let space = &self.compressed.space;
        let pairs = (sides.before.len() as u64).saturating_mul(sides.after.len() as u64);
        let compared = self.compared.get().saturating_add(pairs);
        if pairs > 0 && compared > MAX_COMPARED {
            return Some(sides.cases.clone());
        }
        self.compared.set(compared);
        let pairs = sides.before.iter().flat_map(|one| {
            let after = sides.after.iter();
            after.filter_map(|other| meeting_box(space, &one.cases, &other.cases))
        });
        let pairs: Vec<AtomBox> = pairs.take(MAX_SLICES).collect();
        if pairs.is_empty() {
            return None;
        }
        if uncovered(space, &sides.cases, &pairs, MAX_NODES / 16) == Verdict::Complete {
            return Some(sides.cases.clone());
        }
        pairs.into_iter().next()
    }

    /// What is said of the last day of a row, if its day can be named.
    fn end(&self, column: usize, row: &Beside) -> Option<String> {
        let dimension = self.dimensions.get(column)?;
        let next = AtomSet::span(row.last, row.last.checked_add(1)?);
        let Value::Date(first) = self.compressed.value(column, &next, &dimension.ty)? else {
            return None;
        };
        Some(format!(
            "the last day of `{}` is {} for {}: after it nothing is decided",
            dimension.name,
            assize_ir::date::format(first.saturating_sub(1)),
            self.compressed
                .box_words(self.program, self.dimensions, &row.cases)
        ))
    }
}

/// A row beside a gap.
struct Beside {
    /// The cases of the gap that it takes on other days.
    cases: AtomBox,
    /// Where its days before the gap end.
    last: u32,
}

/// What lies beside a gap along a column of days.
struct Sides {
    column: usize,
    days: AtomSet,
    /// The gap on any day.
    cases: AtomBox,
    before: Vec<Beside>,
    after: Vec<Beside>,
}

impl Sides {
    fn has_rows(&self) -> bool {
        !self.before.is_empty() || !self.after.is_empty()
    }

    /// Some of its cases, on the days of the gap.
    fn on_its_days(&self, cases: &AtomBox) -> AtomBox {
        let mut part = cases.clone();
        with_side(&mut part, self.column, &self.days);
        part
    }
}

fn with_side(of: &mut AtomBox, column: usize, set: &AtomSet) {
    if let Some(side) = of.sides.get_mut(column) {
        side.clone_from(set);
    }
}

/// Notes the last days of rows, each once; what is not shown is counted.
pub(super) fn ends(finder: &mut Finder<'_>, id: CallableId, claims: &[String]) {
    for claim in claims.iter().take(MAX_SHOWN) {
        finder.note(codes::TIME_END, finder.name_of(id), claim.clone());
    }
    let more = claims.len().saturating_sub(MAX_SHOWN);
    if more > 0 {
        let unfinished = more > MAX_COUNTED;
        let kinds = counted_rest(more.min(MAX_COUNTED), unfinished, "kind");
        let claim = format!("{kinds} of case have a last day, too");
        finder.rest(codes::TIME_END, finder.name_of(id), claim);
    }
}

/// Days before the first and after the last that rows speak of are no gap.
pub fn clip_days(dimensions: &mut [Dimension], rows: &[Row]) -> Vec<Option<Decimal>> {
    let mut ends = Vec::new();
    for (index, dimension) in dimensions.iter_mut().enumerate() {
        let mut end = None;
        if matches!(dimension.ty.plain(), Type::Date) {
            let mut low: Option<Decimal> = None;
            let mut high: Option<Decimal> = None;
            let (mut open_below, mut open_above) = (rows.is_empty(), rows.is_empty());
            for row in rows {
                let mut seen = false;
                for (column, side) in row {
                    if *column != index {
                        continue;
                    }
                    seen = true;
                    let Side::Ranges(ranges, _) = side else {
                        (open_below, open_above) = (true, true);
                        continue;
                    };
                    for (a, b) in ranges {
                        // The first and the last day that belong to the range.
                        let first = match a {
                            Bound::Included(x) => Some(*x),
                            Bound::Excluded(x) => x.checked_add(Decimal::ONE),
                            Bound::Unbounded => None,
                        };
                        let last = match b {
                            Bound::Included(x) => Some(*x),
                            Bound::Excluded(x) => x.checked_sub(Decimal::ONE),
                            Bound::Unbounded => None,
                        };
                        match first {
                            Some(x) => low = Some(low.map_or(x, |known| known.min(x))),
                            None => open_below = true,
                        }
                        match last {
                            Some(x) => high = Some(high.map_or(x, |known| known.max(x))),
                            None => open_above = true,
                        }
                    }
                }
                if !seen {
                    (open_below, open_above) = (true, true);
                }
            }
            let low = if open_below { None } else { low };
            let high = if open_above { None } else { high };
            dimension.clip = Some((low, high));
            end = high;
        }
        ends.push(end);
    }
    ends
}

/// Notes the last day on which anything is decided, where there is one.
pub fn last_days(
    finder: &mut Finder<'_>,
    id: CallableId,
    dimensions: &[Dimension],
    ends: &[Option<Decimal>],
) {
    for (dimension, end) in dimensions.iter().zip(ends) {
        let Some(day) = end.and_then(|day| i32::try_from(day.trunc().mantissa()).ok()) else {
            continue;
        };
        let claim = format!(
            "the last day of `{}` is {}: after it nothing is decided",
            dimension.name,
            assize_ir::date::format(day)
        );
        finder.note(codes::TIME_END, finder.name_of(id), claim);
    }
}
