//! Look-ups in tables that are data.

use super::{Context, give, memory};
use crate::jit::table::{Found, Index};

/// No row hits.
pub(crate) const NO_ROW: i64 = -1;
/// More than one row hits.
pub(crate) const SEVERAL_ROWS: i64 = -2;

/// The first row that hits, or [`NO_ROW`].
#[expect(unsafe_code, reason = "reads a question of machine code")]
pub(super) extern "C" fn table_first(table: &Index, question: *const u64) -> i64 {
    // SAFETY: machine code puts the words of a question to this table there.
    let row = unsafe { table.first(question) };
    row.map_or(NO_ROW, i64::from)
}

/// The row that hits alone, [`NO_ROW`] or [`SEVERAL_ROWS`].
#[expect(unsafe_code, reason = "reads a question of machine code")]
pub(super) extern "C" fn table_only(table: &Index, question: *const u64) -> i64 {
    // SAFETY: machine code puts the words of a question to this table there.
    match unsafe { table.only(question) } {
        Found::Nothing => NO_ROW,
        Found::Row(row) => row.into(),
        Found::Several => SEVERAL_ROWS,
    }
}

/// How many rows hit.
#[expect(unsafe_code, reason = "reads a question of machine code")]
pub(super) extern "C" fn table_count(table: &Index, question: *const u64) -> u64 {
    // SAFETY: machine code puts the words of a question to this table there.
    unsafe { table.all(question, |_| {}) }
}

/// All rows that hit, rising: address and count. Among so many other rows, which machine code has looked at itself
/// and which rise, those that hit are told; the others are [`NO_ROW`]. 1: no memory.
#[expect(
    unsafe_code,
    reason = "reads a question of machine code, and gives it a list"
)]
pub(super) extern "C" fn table_all(
    context: &mut Context,
    table: &Index,
    question: *const u64,
    others: *const u64,
    count: u64,
    to: *mut u64,
) -> u64 {
    let others = match usize::try_from(count) {
        // SAFETY: machine code puts so many words there.
        Ok(count) if count > 0 => unsafe { std::slice::from_raw_parts(others, count) },
        _ => &[],
    };
    let others = others.iter().filter(|row| row.cast_signed() != NO_ROW);
    // SAFETY: machine code puts the words of a question to this table there.
    let found = unsafe { table.all(question, |_| {}) } + others.clone().count() as u64;
    if found == 0 {
        // SAFETY: machine code gives room for two words. Nothing is ever read from the address.
        return unsafe { give(to, [8, 0]) };
    }
    let start = memory(context, found.saturating_mul(8));
    if start == 0 {
        return 1;
    }
    let Ok(room) = usize::try_from(found) else {
        return 1;
    };
    // SAFETY: this memory was just given out, so nobody else has it, and words may be anything.
    let rows = unsafe { std::slice::from_raw_parts_mut(start as *mut u64, room) };
    let mut free = rows.iter_mut();
    let mut put = |row: u64| {
        if let Some(place) = free.next() {
            *place = row;
        }
    };
    // SAFETY: as above.
    unsafe { table.all(question, |row| put(row.into())) };
    others.for_each(|row| put(*row));
    rows.sort_unstable();
    // SAFETY: machine code gives room for two words.
    unsafe { give(to, [start, found]) }
}
