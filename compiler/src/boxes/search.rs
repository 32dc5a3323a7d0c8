//! The search for a point that no row covers: branch and bound over boxes, with an explicit stack.

use std::cmp::Ordering;

use super::Budget;
use super::cell::Cell;
use super::matrix::Kind;
use super::natural::Natural;
use super::region::Region;
use super::sets::Span;
use super::slabs;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Each point of the region is in some row.
    Covered,
    /// A point in no row: one atom per column, original numbers.
    Point(Vec<u32>),
    /// The steps ran out.
    Undecided {
        /// Share shown to be covered, in thousandths.
        covered_per_mille: u16,
    },
}

/// What one look at a region tells.
enum Step {
    Gap,
    Covered,
    /// Slabs were cut out; this is left.
    Rest(Region),
    Halves(Region, Region),
    /// Neither settled nor divisible. Does not happen: a row that is not the box differs from it
    /// in some column, and there it ends inside. Were it to, the answer is "not decided".
    Stuck,
}

/// Looks for a point of the region that no row covers.
pub(super) fn search(kinds: &[Kind], region: Region, budget: &mut Budget) -> Outcome {
    if region.sides.iter().any(Cell::is_empty) {
        return Outcome::Covered;
    }
    let whole = region.volume();
    let mut covered = Natural::default();
    // Boxes on the stack never overlap, so what is shown of each adds up.
    let mut open = vec![region];
    while let Some(region) = open.pop() {
        if !budget.pay(region.row_count()) {
            open.push(region);
            break;
        }
        match examine(kinds, &region) {
            Step::Gap => return Outcome::Point(region.corner()),
            Step::Covered => covered.add(&region.volume()),
            Step::Rest(rest) => {
                covered.add(&region.volume().less(&rest.volume()));
                if rest.sides.iter().all(|side| !side.is_empty()) {
                    open.push(rest);
                }
            }
            Step::Halves(left, right) => {
                // The half that certainly has a gap is popped first.
                if right.balance == Ordering::Less && left.balance != Ordering::Less {
                    open.extend([left, right]);
                } else {
                    open.extend([right, left]);
                }
            }
            Step::Stuck => {
                open.push(region);
                break;
            }
        }
    }
    for region in &open {
        covered.add(&region.disjoint_volume(kinds));
    }
    if covered == whole {
        return Outcome::Covered;
    }
    Outcome::Undecided {
        covered_per_mille: covered.per_mille(&whole),
    }
}

fn examine(kinds: &[Kind], region: &Region) -> Step {
    if region.rows.is_empty() {
        return Step::Gap;
    }
    if region.is_filled() {
        return Step::Covered;
    }
    let settled = match region.balance {
        Ordering::Less => false,
        Ordering::Equal => region.is_disjoint(kinds),
        Ordering::Greater => {
            if let Some(rest) = slabs::cut_slabs(region) {
                return Step::Rest(rest);
            }
            region.has_disjoint_cover()
        }
    };
    if settled {
        return Step::Covered;
    }
    match split(region) {
        Some((column, left, right)) => {
            Step::Halves(region.half(column, left), region.half(column, right))
        }
        None => Step::Stuck,
    }
}

/// Where to split: the column in which most rows end inside the box, at the middle of those ends.
fn split(region: &Region) -> Option<(usize, Cell, Cell)> {
    let mut best: Option<(usize, usize, Cell)> = None;
    let mut ends = Vec::new();
    for (column, side) in region.sides.iter().enumerate() {
        let cells = || region.rows.iter().skip(column).step_by(region.width());
        let busy = match side {
            Cell::Bits(_) => cells().filter(|cell| *cell != side).count(),
            Cell::Span(_) | Cell::Spans(_) => {
                inner_ends(side, cells(), &mut ends);
                ends.len()
            }
        };
        if busy == 0 || best.as_ref().is_some_and(|(most, _, _)| busy <= *most) {
            continue;
        }
        let left = match side {
            Cell::Bits(word) => some_bits(*word, cells()),
            Cell::Span(span) => middle(*span, &mut ends),
            Cell::Spans(_) => None,
        };
        if let Some(left) = left {
            best = Some((busy, column, left));
        }
    }
    let (_, column, left) = best?;
    let right = region.sides.get(column)?.without(&left);
    Some((column, left, right))
}

/// Ends of cells strictly inside the side.
fn inner_ends<'c>(side: &Cell, cells: impl Iterator<Item = &'c Cell>, ends: &mut Vec<u32>) {
    let Cell::Span(side) = side else {
        return;
    };
    ends.clear();
    for span in cells.flat_map(Cell::spans) {
        if span.start > side.start {
            ends.push(span.start);
        }
        if span.end < side.end {
            ends.push(span.end);
        }
    }
}

fn middle(side: Span, ends: &mut [u32]) -> Option<Cell> {
    let half = ends.len() / 2;
    let (_, middle, _) = (half < ends.len()).then(|| ends.select_nth_unstable(half))?;
    Some(Cell::Span(Span {
        start: side.start,
        end: *middle,
    }))
}

/// A part of a side of bits along the cells: about half of it if small cells add up to that, else
/// the first cell that is not the side.
fn some_bits<'c>(side: u64, cells: impl Iterator<Item = &'c Cell> + Clone) -> Option<Cell> {
    let words = || {
        let words = cells.clone().filter_map(|cell| match cell {
            Cell::Bits(word) => Some(*word),
            Cell::Span(_) | Cell::Spans(_) => None,
        });
        words.filter(|word| *word != side && *word != 0)
    };
    let half = side.count_ones().div_ceil(2);
    let joined = words().fold(0u64, |joined, word| {
        if (joined | word).count_ones() <= half {
            joined | word
        } else {
            joined
        }
    });
    if joined != 0 && joined != side {
        return Some(Cell::Bits(joined));
    }
    words().next().map(Cell::Bits)
}
