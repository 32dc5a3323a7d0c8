//! What machine code asks of whole lists: sorting, grouping, running totals and shares.

use std::cmp::Ordering;
use std::slice::from_raw_parts_mut;

use assize_eval::decimal;
use assize_eval::interp::divided;
use assize_eval::rounding::{Mode, round_to};
use rust_decimal::Decimal;

use super::{Context, Note, Running, give, give_decimal, note_of};
use crate::jit::compare::{equal, order};
use crate::jit::shape::{Shape, WORD};
use crate::jit::words::{decimal_words, words_decimal};

/// Sorts rows in place; equals keep their order.
#[expect(unsafe_code, reason = "sorts what machine code wrote")]
pub(super) extern "C" fn sort(context: &mut Context, note: u64, rows: *mut u64, count: u64) -> u64 {
    let Some(Note::Sort { words, keys }) = note_of(context.ground().notes, note) else {
        return 1;
    };
    let Ok(count) = usize::try_from(count) else {
        return 1;
    };
    if count < 2 || *words == 0 {
        return 0;
    }
    let layouts = context.ground().layouts;
    // SAFETY: so many rows of so many words lie there, and nobody else looks at them meanwhile.
    let all = unsafe { from_raw_parts_mut(rows, count * words) };
    let copy: Vec<u64> = all.to_vec();
    let mut order_of: Vec<usize> = (0..count).collect();
    order_of.sort_by(|a, b| {
        for key in keys {
            let (left, right) = (
                copy.as_ptr().wrapping_add(a * words + key.at),
                copy.as_ptr().wrapping_add(b * words + key.at),
            );
            // SAFETY: the note says what lies there.
            let found = unsafe { order(layouts, &key.shape, left, right) };
            if found.is_ne() {
                return if key.descending {
                    found.reverse()
                } else {
                    found
                };
            }
        }
        Ordering::Equal
    });
    for (to, from) in all.chunks_exact_mut(*words).zip(order_of) {
        if let Some(row) = copy.get(from * words..(from + 1) * words) {
            to.copy_from_slice(row);
        }
    }
    0
}

/// Puts rows together by their keys: a list of records, in order of first appearance.
#[expect(unsafe_code, reason = "reads and writes what machine code sees")]
pub(super) extern "C" fn group(
    context: &mut Context,
    note: u64,
    rows: *const u64,
    count: u64,
    to: *mut u64,
) -> u64 {
    let Some(Note::Group {
        words,
        element,
        keys,
        offsets,
        bytes,
    }) = note_of(context.ground().notes, note)
    else {
        return 1;
    };
    let Ok(count) = usize::try_from(count) else {
        return 1;
    };
    let layouts = context.ground().layouts;
    let key_at = |row: usize, at: usize| rows.wrapping_add(row * words + at);
    let groups = if count <= FEW_ROWS {
        few_groups(count, |a, b| {
            keys.iter().all(|(at, shape)| {
                // SAFETY: the note says what lies there.
                unsafe { equal(layouts, shape, key_at(a, *at), key_at(b, *at)) }
            })
        })
    } else {
        many_groups(count, |a, b| {
            let mut all = keys.iter().map(|(at, shape)| {
                // SAFETY: the note says what lies there.
                unsafe { order(layouts, shape, key_at(a, *at), key_at(b, *at)) }
            });
            all.find(|found| found.is_ne()).unwrap_or(Ordering::Equal)
        })
    };
    let (first, length) = *element;
    let record_words = usize::try_from(bytes / WORD).unwrap_or(0);
    let place = |offset: Option<&i32>| usize::try_from(offset? / WORD).ok();
    let arena = &mut context.arena;
    let mut put = || {
        let records = arena.take(groups.leaders.len())? as *mut u64;
        for (number, leader) in groups.leaders.iter().enumerate() {
            let members = groups.members(number);
            let list = arena.take(members.len() * length)? as *mut u64;
            for (at, member) in members.iter().enumerate() {
                // SAFETY: the element lies there, and there is room for so many of them.
                unsafe {
                    list.add(at * length)
                        .copy_from_nonoverlapping(key_at(*member, first), length);
                }
            }
            let address = arena.take(record_words)?;
            // SAFETY: there is room for so many words, and they hold some number each.
            let record = unsafe { from_raw_parts_mut(address as *mut u64, record_words) };
            record.fill(0);
            for ((at, shape), offset) in keys.iter().zip(offsets) {
                let start = place(Some(offset))?;
                let words = record.get_mut(start..start + shape.words())?;
                // SAFETY: the key lies there.
                unsafe {
                    words
                        .as_mut_ptr()
                        .copy_from_nonoverlapping(key_at(*leader, *at), words.len());
                }
            }
            let start = place(offsets.last())?;
            let [to_address, to_count] = record.get_mut(start..)?.first_chunk_mut()?;
            (*to_address, *to_count) = (list as u64, members.len() as u64);
            // SAFETY: there is room for the addresses of so many records.
            unsafe { records.add(number).write(address) };
        }
        Some(records as u64)
    };
    match put() {
        // SAFETY: machine code gives room for a list.
        Some(address) => unsafe { give(to, [address, groups.leaders.len() as u64]) },
        None => 1,
    }
}

/// Rows that are put together without sorting them.
const FEW_ROWS: usize = 32;

/// Rows that belong together.
struct Groups {
    /// The first row of each group, rising.
    leaders: Vec<usize>,
    /// The rows of one group after the other, and in each rising.
    rows: Vec<usize>,
    /// Where each group ends in them.
    ends: Vec<usize>,
}

impl Groups {
    fn members(&self, group: usize) -> &[usize] {
        let start = group
            .checked_sub(1)
            .and_then(|it| self.ends.get(it).copied());
        let end = self.ends.get(group).copied().unwrap_or(0);
        self.rows.get(start.unwrap_or(0)..end).unwrap_or_default()
    }
}

/// Each row is compared with the first one of each group.
fn few_groups(count: usize, equal: impl Fn(usize, usize) -> bool) -> Groups {
    let mut groups = Groups {
        leaders: Vec::with_capacity(count),
        rows: Vec::with_capacity(count),
        ends: Vec::with_capacity(count),
    };
    let mut taken = 0u64;
    for leader in 0..count {
        if taken >> leader & 1 != 0 {
            continue;
        }
        groups.leaders.push(leader);
        groups.rows.push(leader);
        for row in leader + 1..count {
            if taken >> row & 1 == 0 && equal(leader, row) {
                taken |= 1 << row;
                groups.rows.push(row);
            }
        }
        groups.ends.push(groups.rows.len());
    }
    groups
}

/// Rows with equal keys come next to each other by sorting, then groups by their first row.
fn many_groups(count: usize, between: impl Fn(usize, usize) -> Ordering) -> Groups {
    let mut sorted: Vec<usize> = (0..count).collect();
    sorted.sort_by(|a, b| between(*a, *b));
    let mut found: Vec<&[usize]> = sorted.chunk_by(|a, b| between(*a, *b).is_eq()).collect();
    found.sort_by_key(|rows| rows.first().copied());
    let mut groups = Groups {
        leaders: found
            .iter()
            .filter_map(|rows| rows.first().copied())
            .collect(),
        rows: Vec::with_capacity(count),
        ends: Vec::with_capacity(found.len()),
    };
    for rows in found {
        groups.rows.extend_from_slice(rows);
        groups.ends.push(groups.rows.len());
    }
    groups
}

/// New running totals; their number.
pub(super) extern "C" fn running_new(context: &mut Context) -> u64 {
    context.running.push(Running::default());
    (context.running.len() - 1) as u64
}

/// Adds to a running total and gives what was not given before. At `value` lie value, step and mode.
#[expect(unsafe_code, reason = "reads and writes what machine code sees")]
pub(super) extern "C" fn running_add(
    context: &mut Context,
    note: u64,
    handle: u64,
    value: *const [u64; 5],
    key: *const u64,
    to: *mut u64,
) -> u64 {
    let host = context.ground();
    let Some(Note::Running(per)) = note_of(host.notes, note) else {
        return 1;
    };
    let running = usize::try_from(handle)
        .ok()
        .and_then(|at| context.running.get_mut(at));
    // SAFETY: machine code puts two decimals and a mode there.
    let [a, b, c, d, mode] = unsafe { value.read() };
    let mode = u32::try_from(mode).ok().and_then(Mode::at);
    let (Some(running), Some(mode)) = (running, mode) else {
        return 1;
    };
    let words = per.as_ref().map_or(0, Shape::words);
    let found = running.totals.iter().position(|(at, _, _)| match per {
        None => true,
        Some(shape) => {
            let start = usize::try_from(*at).unwrap_or(usize::MAX);
            let kept = running.keys.get(start..start + words);
            // SAFETY: both are words of this shape.
            kept.is_some_and(|kept| unsafe {
                order(host.layouts, shape, kept.as_ptr(), key).is_eq()
            })
        }
    });
    let at = match found {
        Some(at) => at,
        None => {
            let start = running.keys.len() as u64;
            for word in 0..words {
                // SAFETY: the key has so many words.
                running.keys.push(unsafe { key.add(word).read() });
            }
            running.totals.push((start, Decimal::ZERO, Decimal::ZERO));
            running.totals.len() - 1
        }
    };
    let Some((_, total, given)) = running.totals.get_mut(at) else {
        return 1;
    };
    let moved = decimal::add(*total, words_decimal([a, b])).and_then(|sum| {
        let now = round_to(sum, words_decimal([c, d]), mode)?;
        let part = decimal::subtract(now, *given)?;
        (*total, *given) = (sum, now);
        Ok(part)
    });
    // SAFETY: machine code gives room for a decimal.
    unsafe { give_decimal(to, moved) }
}

/// Words of a sharer before its `per`: its element, total, step, mode and weight.
pub(crate) const SHARER: usize = 8;
/// Words of a part: whether the element has one, and the part.
pub(crate) const PART: usize = 3;

/// Divides over all who take part: the address of the parts of all elements, or 0.
#[expect(unsafe_code, reason = "reads what machine code wrote")]
pub(super) extern "C" fn share(
    context: &mut Context,
    note: u64,
    rows: *const u64,
    count: u64,
    elements: u64,
) -> u64 {
    let Some(Note::Share(rest, per)) = note_of(context.ground().notes, note) else {
        return 0;
    };
    let layouts = context.ground().layouts;
    let width = SHARER + per.as_ref().map_or(0, Shape::words);
    let (Ok(count), Ok(elements)) = (usize::try_from(count), usize::try_from(elements)) else {
        return 0;
    };
    // SAFETY: so many rows of so many words lie there, and word 0 is dangling only where there is none.
    let all = unsafe { std::slice::from_raw_parts(rows, count * width) };
    let rows: Vec<&[u64]> = all.chunks_exact(width).collect();
    let between = |a: &[u64], b: &[u64]| match (per, a.get(SHARER..), b.get(SHARER..)) {
        // SAFETY: behind the sharer lie the words of `per`.
        (Some(shape), Some(a), Some(b)) => unsafe { order(layouts, shape, a.as_ptr(), b.as_ptr()) },
        _ => Ordering::Equal,
    };
    let mut sorted: Vec<usize> = (0..count).collect();
    let row = |at: &usize| rows.get(*at).copied().unwrap_or_default();
    sorted.sort_by(|a, b| between(row(a), row(b)));
    let mut parts = vec![0u64; elements * PART];
    for group in sorted.chunk_by(|a, b| between(row(a), row(b)).is_eq()) {
        let mut weights = Vec::with_capacity(group.len());
        let mut what: Option<(Decimal, Decimal, Mode)> = None;
        for at in group {
            let &[_, a, b, c, d, mode, e, f, ..] = row(at) else {
                return 0;
            };
            let Some(mode) = u32::try_from(mode).ok().and_then(Mode::at) else {
                return 0;
            };
            let this = (words_decimal([a, b]), words_decimal([c, d]), mode);
            if *what.get_or_insert(this) != this {
                return 0;
            }
            weights.push(words_decimal([e, f]));
        }
        let Some(Ok(given)) = what.map(|what| divided(*rest, what, &weights)) else {
            return 0;
        };
        for (at, part) in group.iter().zip(given) {
            let element = row(at).first().and_then(|at| usize::try_from(*at).ok());
            let start = element.map_or(usize::MAX, |at| at * PART);
            let end = start.saturating_add(PART);
            let Some([there, low, high]) = parts.get_mut(start..end) else {
                return 0;
            };
            let [a, b] = decimal_words(part);
            (*there, *low, *high) = (1, a, b);
        }
    }
    context.arena.put(&parts).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Few rows are put together as many are, and both by first appearance.
        #[test]
        fn both_ways_make_the_same_groups(keys in proptest::collection::vec(0u8..6, 0..FEW_ROWS)) {
            let few = few_groups(keys.len(), |a, b| keys.get(a) == keys.get(b));
            let many = many_groups(keys.len(), |a, b| keys.get(a).cmp(&keys.get(b)));
            prop_assert_eq!(&few.leaders, &many.leaders);
            let mut wanted: Vec<(u8, Vec<usize>)> = Vec::new();
            for (row, key) in keys.iter().enumerate() {
                match wanted.iter_mut().find(|(it, _)| it == key) {
                    Some((_, rows)) => rows.push(row),
                    None => wanted.push((*key, vec![row])),
                }
            }
            prop_assert_eq!(few.leaders.len(), wanted.len());
            for (group, (_, rows)) in wanted.iter().enumerate() {
                prop_assert_eq!(few.members(group), rows.as_slice());
                prop_assert_eq!(many.members(group), rows.as_slice());
            }
        }
    }
}
