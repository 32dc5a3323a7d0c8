//! What machine code asks the host for: memory, decimals, texts, dates, look-ups, sorting.
//!
//! Every function is total: it never panics, and says by its answer that it cannot. Whoever called then
//! leaves the machine code, and the interpreter decides from the start.

mod lists;
mod tables;

use std::cmp::Ordering;

use assize_eval::date_formula::DateFormula;
use assize_eval::rounding::{Mode, round_to};
use assize_eval::store::Store;
use assize_eval::{Data, ErrorCode, calendar, decimal, format};
use assize_ir::code::normalise_code;
use assize_ir::{Rest, Type, date};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::jit::arena::Arena;
use crate::jit::compare::order;
use crate::jit::log::Log;
use crate::jit::shape::{Shape, coefficient};
use crate::jit::words::{Reader, decimal_words, same_text, text, words_decimal};
use crate::jit::{Ground, steps_of};

pub(crate) use lists::{PART, SHARER};
use lists::{group, running_add, running_new, share, sort};
use tables::{table_all, table_count, table_first, table_only};

/// What machine code is given. The first fields are read and written by it at fixed offsets. It stays where it is
/// from one decision to the next: most of it is the memory.
#[derive(Debug, Default)]
#[repr(C)]
pub(crate) struct Context {
    /// The memory, with where it is given out and where it ends first.
    pub(crate) arena: Arena,
    /// Elements that may still be looked at.
    fuel: i64,
    /// Address of the first relation.
    relations: u64,
    /// Elements that a list may have.
    longest: u64,
    /// What decided, where code tells it.
    pub(crate) log: Log,
    /// Running totals of this decision. This and what follows is for the host alone.
    pub(crate) running: Vec<Running>,
    /// Address of the ground of this decision.
    ground: u64,
}

impl Context {
    /// What may be looked at by the next decision.
    #[inline(always)]
    pub(crate) const fn refuel(&mut self, steps: i64) {
        self.fuel = steps;
    }

    /// Makes ready for a decision on this ground, which stays where it is until the decision is over.
    #[inline(always)]
    pub(crate) fn stand_on(&mut self, ground: &Ground<'_>) {
        self.refuel(steps_of(ground.limits));
        self.relations = ground.rows.view.relations.as_ptr() as u64;
        self.longest = ground.limits.max_list_elements;
        self.ground = std::ptr::from_ref(ground) as u64;
    }

    /// The ground of this decision. Only what machine code calls may ask.
    #[expect(unsafe_code, reason = "machine code gives the context alone")]
    fn ground<'g>(&self) -> &'g Ground<'g> {
        // SAFETY: machine code calls only while a decision runs, whose ground stays where it is until then; a
        // function of the host keeps nothing of it.
        unsafe { &*(self.ground as *const Ground<'g>) }
    }
}

/// Offset of a field; a context is far smaller than 2 GiB.
macro_rules! offset {
    ($($field:tt)*) => {
        std::mem::offset_of!(Context, $($field)*) as i32
    };
}

/// Offset of [`Arena::next`].
pub(crate) const NEXT: i32 = offset!(arena.next);
/// Offset of [`Arena::end`].
pub(crate) const END: i32 = offset!(arena.end);
/// Offset of [`Context::fuel`].
pub(crate) const FUEL: i32 = offset!(fuel);
/// Offset of [`Context::relations`].
pub(crate) const RELATIONS: i32 = offset!(relations);
/// Offset of [`Log::next`].
pub(crate) const LOG_NEXT: i32 = offset!(log.next);
/// Offset of [`Log::end`].
pub(crate) const LOG_END: i32 = offset!(log.end);
/// Offset of [`Context::longest`].
pub(crate) const LONGEST: i32 = offset!(longest);

/// What the host must know of a place in the code; named by its position.
#[derive(Debug)]
pub(crate) enum Note {
    /// Two values of this shape are compared.
    Shape(Shape),
    /// Rows of so many words are sorted by what lies at these words of each.
    Sort { words: usize, keys: Vec<SortKey> },
    /// Rows of so many words are put together by the words of their keys.
    Group {
        words: usize,
        /// Where the element begins, and how long it is.
        element: (usize, usize),
        keys: Vec<(usize, Shape)>,
        /// Offset of each key in the record of a group, and at the end of the members.
        offsets: Vec<i32>,
        /// Bytes of the record.
        bytes: i32,
    },
    /// A text is made of parts.
    Text(Vec<TextPart>),
    /// Running totals are kept by values of this shape.
    Running(Option<Shape>),
    /// Something is shared by values of this shape; who takes the rest.
    Share(Rest, Option<Shape>),
}

/// A sort key.
#[derive(Debug)]
pub(crate) struct SortKey {
    pub(crate) at: usize,
    pub(crate) shape: Shape,
    pub(crate) descending: bool,
}

/// A part of a text.
#[derive(Debug)]
pub(crate) enum TextPart {
    /// As written.
    Text(String),
    /// The canonical form of the value at this word.
    Hole { at: usize, ty: Type, shape: Shape },
}

/// The running totals of one place of a loop, by what they are kept for: no words, or those of `per`.
#[derive(Debug, Default)]
pub(crate) struct Running {
    totals: Vec<(u64, Decimal, Decimal)>,
    /// Copies of the words of `per`, one after the other.
    keys: Vec<u64>,
}

/// The functions and how many words they take and give.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) address: usize,
    pub(crate) takes: usize,
}

macro_rules! functions {
    ($($name:ident ($($argument:ident),*);)*) => {
        /// What machine code can call.
        #[expect(non_camel_case_types, reason = "named as the functions are")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Call {
            $($name),*
        }

        impl Call {
            /// Its name.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Call::$name => stringify!($name)),*
                }
            }
        }

        /// All functions, in the order of [`Call`].
        pub(crate) fn functions() -> Vec<Function> {
            vec![$(Function {
                name: stringify!($name),
                address: $name as *const () as usize,
                takes: [$(stringify!($argument)),*].len(),
            }),*]
        }
    };
}

functions! {
    memory(context, bytes);
    grow(context, address, count, words);
    concat(context, a, m, b, n, words);
    decimal_add(a, b, c, d, to);
    decimal_subtract(a, b, c, d, to);
    decimal_multiply(a, b, c, d, to);
    decimal_divide(a, b, c, d, to);
    decimal_compare(a, b, c, d);
    decimal_negate(a, b, to);
    decimal_absolute(a, b, to);
    decimal_round(a, b, c, d, mode, to);
    decimal_places(a, b);
    decimal_to_int(a, b, to);
    decimal_to_fixed(a, b, scale, to);
    text_equal(a, b, c, d);
    text_order(a, b, c, d);
    text_length(a, b);
    text_starts(a, b, c, d);
    is_code(a, b);
    is_formula(a, b);
    make_text(context, note, words, to);
    order_of(context, note, a, b);
    lookup(context, relation, key);
    select(context, relation, index, key, to);
    add_months(day, months);
    add_formula(day, a, b);
    start_of_month(day);
    end_of_month(day);
    weekday(day);
    working_days(context, day, number, address, count, to);
    days_between(context, first, last, address, count, to);
    sort(context, note, rows, count);
    group(context, note, rows, count, to);
    running_new(context);
    running_add(context, note, handle, value, key, to);
    share(context, note, rows, count, elements);
    make_room(context);
    table_first(table, question);
    table_only(table, question);
    table_count(table, question);
    table_all(context, table, question, others, count, to);
}

pub(crate) use tables::{NO_ROW, SEVERAL_ROWS};

/// No day: lower than every day.
pub(crate) const NO_DAY: i64 = i64::MIN;

/// Writes words where machine code wants them; 0.
///
/// # Safety
/// There is room for them.
#[expect(unsafe_code, reason = "writes into the frame of machine code")]
unsafe fn give<const N: usize>(to: *mut u64, words: [u64; N]) -> u64 {
    // SAFETY: as the caller says.
    unsafe { to.cast::<[u64; N]>().write(words) };
    0
}

/// Writes a word, or says that there is none.
///
/// # Safety
/// There is room for a word.
#[expect(unsafe_code, reason = "writes into the frame of machine code")]
unsafe fn give_word(to: *mut u64, value: Option<i64>) -> u64 {
    match value {
        // SAFETY: as the caller says.
        Some(value) => unsafe { give(to, [value.cast_unsigned()]) },
        None => 1,
    }
}

/// Writes a decimal, or says that there is none.
///
/// # Safety
/// There is room for two words.
#[expect(unsafe_code, reason = "writes into the frame of machine code")]
unsafe fn give_decimal(to: *mut u64, value: Result<Decimal, ErrorCode>) -> u64 {
    match value {
        // SAFETY: as the caller says.
        Ok(value) => unsafe { give(to, decimal_words(value)) },
        Err(_) => 1,
    }
}

/// Makes room for what is told of what decided; 0.
extern "C" fn make_room(context: &mut Context) -> u64 {
    context.log.drain();
    0
}

/// Memory for so many bytes; 0 when there is none.
extern "C" fn memory(context: &mut Context, bytes: u64) -> u64 {
    let words = usize::try_from(bytes.div_ceil(8)).unwrap_or(usize::MAX);
    context.arena.take(words).unwrap_or(0)
}

/// A place for twice as many elements of so many words, with those that are there; 0: no memory.
#[expect(unsafe_code, reason = "copies what machine code wrote")]
extern "C" fn grow(context: &mut Context, address: u64, count: u64, words: u64) -> u64 {
    let room = (count * 2).max(8).saturating_mul(words).saturating_mul(8);
    let start = memory(context, room);
    if start != 0 {
        // SAFETY: so many words lie at the old place, and the new one is another and greater.
        unsafe {
            copy(address, start, count * words);
        }
    }
    start
}

/// Copies words.
///
/// # Safety
/// So many words lie at the one place, there is room for them at the other, and the two do not meet.
#[expect(unsafe_code, reason = "copies what machine code wrote")]
unsafe fn copy(from: u64, to: u64, words: u64) {
    let words = usize::try_from(words).unwrap_or(0);
    if words > 0 {
        // SAFETY: as the caller says.
        unsafe {
            std::ptr::copy_nonoverlapping(from as *const u64, to as *mut u64, words);
        }
    }
}

/// One list behind the other, elements of so many words; 0: no memory.
#[expect(unsafe_code, reason = "copies what machine code wrote")]
extern "C" fn concat(context: &mut Context, a: u64, m: u64, b: u64, n: u64, words: u64) -> u64 {
    let bytes = (m + n).saturating_mul(words).saturating_mul(8);
    if bytes == 0 {
        return 8;
    }
    let start = memory(context, bytes);
    if start != 0 {
        // SAFETY: so many words lie at the old places, and the new one has room for both.
        unsafe {
            copy(a, start, m * words);
            copy(b, start + m * words * 8, n * words);
        }
    }
    start
}

macro_rules! operations {
    ($($name:ident = $operation:path),* $(,)?) => {$(
        #[expect(unsafe_code, reason = "gives its result through an address")]
        extern "C" fn $name(a: u64, b: u64, c: u64, d: u64, to: *mut u64) -> u64 {
            let value = $operation(words_decimal([a, b]), words_decimal([c, d]));
            // SAFETY: machine code gives room for a decimal.
            unsafe { give_decimal(to, value) }
        }
    )*};
}

operations! {
    decimal_add = decimal::add,
    decimal_subtract = decimal::subtract,
    decimal_multiply = decimal::multiply,
    decimal_divide = decimal::divide,
}

/// -1, 0 or 1.
extern "C" fn decimal_compare(a: u64, b: u64, c: u64, d: u64) -> i64 {
    sign(words_decimal([a, b]).cmp(&words_decimal([c, d])))
}

const fn sign(order: Ordering) -> i64 {
    order as i64
}

#[expect(unsafe_code, reason = "gives its result through an address")]
extern "C" fn decimal_negate(a: u64, b: u64, to: *mut u64) -> u64 {
    // SAFETY: machine code gives room for a decimal.
    unsafe { give_decimal(to, Ok(decimal::negate(words_decimal([a, b])))) }
}

#[expect(unsafe_code, reason = "gives its result through an address")]
extern "C" fn decimal_absolute(a: u64, b: u64, to: *mut u64) -> u64 {
    // SAFETY: machine code gives room for a decimal.
    unsafe { give_decimal(to, Ok(words_decimal([a, b]).abs())) }
}

#[expect(unsafe_code, reason = "gives its result through an address")]
extern "C" fn decimal_round(a: u64, b: u64, c: u64, d: u64, mode: u64, to: *mut u64) -> u64 {
    let Some(mode) = u32::try_from(mode).ok().and_then(Mode::at) else {
        return 1;
    };
    let (value, step) = (words_decimal([a, b]), words_decimal([c, d]));
    let value = match round_narrow(value, step, mode) {
        Some(value) => Ok(value),
        None => round_to(value, step, mode),
    };
    // SAFETY: machine code gives room for a decimal.
    unsafe { give_decimal(to, value) }
}

/// Rounding where everything on the way fits 128 bits, which it nearly always does; `None` where not.
pub(crate) fn round_narrow(value: Decimal, step: Decimal, mode: Mode) -> Option<Decimal> {
    let (size, coefficient) = (value.mantissa(), step.mantissa());
    if coefficient <= 0 {
        return None;
    }
    // The number of steps is size ÷ 10^scale ÷ (coefficient ÷ 10^step scale).
    let up = size
        .checked_abs()?
        .checked_mul(10i128.checked_pow(step.scale())?)?;
    let down = coefficient.checked_mul(10i128.checked_pow(value.scale())?)?;
    let (mut steps, rest) = match (u64::try_from(up), u64::try_from(down)) {
        (Ok(up), Ok(down)) => (i128::from(up / down), i128::from(up % down)),
        _ => (up / down, up % down),
    };
    if rest != 0 {
        let half = (rest.checked_mul(2)?).cmp(&down);
        let more = match mode {
            Mode::Nearest => half != Ordering::Less,
            Mode::Even => half == Ordering::Greater || (half == Ordering::Equal && steps % 2 == 1),
            Mode::Up => true,
            Mode::Down => false,
            Mode::Floor => size < 0,
            Mode::Ceiling => size > 0,
        };
        steps += i128::from(more);
    }
    let size_of = steps.checked_mul(coefficient)?;
    let signed = if size < 0 { -size_of } else { size_of };
    Decimal::try_from_i128_with_scale(signed, step.scale()).ok()
}

/// Places that are not trailing zeros.
extern "C" fn decimal_places(a: u64, b: u64) -> u64 {
    u64::from(decimal::places(words_decimal([a, b])))
}

#[expect(unsafe_code, reason = "gives its result through an address")]
extern "C" fn decimal_to_int(a: u64, b: u64, to: *mut u64) -> u64 {
    let value = words_decimal([a, b]);
    let whole = value
        .to_i64()
        .filter(|it| decimal::is_whole(value) && *it != i64::MIN);
    // SAFETY: machine code gives room for a word.
    unsafe { give_word(to, whole) }
}

#[expect(unsafe_code, reason = "gives its result through an address")]
extern "C" fn decimal_to_fixed(a: u64, b: u64, scale: u64, to: *mut u64) -> u64 {
    let scale = u8::try_from(scale).ok();
    let found = scale.and_then(|scale| coefficient(words_decimal([a, b]), scale));
    // SAFETY: machine code gives room for a word.
    unsafe { give_word(to, found) }
}

/// 1 when two texts are equal.
#[expect(unsafe_code, reason = "reads texts of machine code")]
extern "C" fn text_equal(a: u64, b: u64, c: u64, d: u64) -> u64 {
    // SAFETY: both pairs are the words of texts.
    unsafe { u64::from(same_text([a, b], [c, d])) }
}

#[expect(unsafe_code, reason = "reads texts of machine code")]
extern "C" fn text_order(a: u64, b: u64, c: u64, d: u64) -> i64 {
    // SAFETY: both pairs are the words of texts.
    unsafe { sign(text(a, b).cmp(&text(c, d))) }
}

/// Unicode scalar values.
#[expect(unsafe_code, reason = "reads texts of machine code")]
extern "C" fn text_length(a: u64, b: u64) -> u64 {
    // SAFETY: these are the words of a text.
    unsafe { text(a, b) }.unwrap_or_default().chars().count() as u64
}

#[expect(unsafe_code, reason = "reads texts of machine code")]
extern "C" fn text_starts(a: u64, b: u64, c: u64, d: u64) -> u64 {
    // SAFETY: both pairs are the words of texts.
    let (whole, start) = unsafe { (text(a, b), text(c, d)) };
    u64::from(
        whole
            .unwrap_or_default()
            .starts_with(start.unwrap_or_default()),
    )
}

/// Whether a text is a code as it is held: stripped and upper-cased.
#[expect(unsafe_code, reason = "reads texts of machine code")]
extern "C" fn is_code(a: u64, b: u64) -> u64 {
    // SAFETY: the pair is the words of a text.
    let text = unsafe { text(a, b) }.unwrap_or_default();
    u64::from(normalise_code(text) == text)
}

/// Whether a text is a date formula as it is held.
#[expect(unsafe_code, reason = "reads texts of machine code")]
extern "C" fn is_formula(a: u64, b: u64) -> u64 {
    // SAFETY: the pair is the words of a text.
    let text = unsafe { text(a, b) }.unwrap_or_default();
    u64::from(DateFormula::parse(text).is_ok_and(|formula| formula.to_string() == text))
}

#[expect(unsafe_code, reason = "reads values of machine code")]
extern "C" fn make_text(context: &mut Context, note: u64, words: *const u64, to: *mut u64) -> u64 {
    let longest = usize::try_from(context.longest).unwrap_or(usize::MAX);
    let host = context.ground();
    let Some(Note::Text(parts)) = note_of(host.notes, note) else {
        return 1;
    };
    let reader = Reader {
        program: host.program,
        layouts: host.layouts,
    };
    let mut made = String::new();
    for part in parts {
        match part {
            TextPart::Text(text) => made.push_str(text),
            TextPart::Hole { at, ty, shape } => {
                // SAFETY: the note says where the words of the holes lie.
                let value = unsafe { reader.read(words.add(*at), ty, shape) };
                let text = value.and_then(|value| format::hole(host.program, ty, &value));
                match text {
                    Some(text) => made.push_str(&text),
                    None => return 1,
                }
            }
        }
        if made.len() > longest {
            return 1;
        }
    }
    match context.arena.text(&made) {
        // SAFETY: machine code gives room for a text.
        Some(words) => unsafe { give(to, words) },
        None => 1,
    }
}

fn note_of(notes: &[Note], number: u64) -> Option<&Note> {
    notes.get(usize::try_from(number).ok()?)
}

/// -1, 0 or 1.
#[expect(unsafe_code, reason = "reads values of machine code")]
extern "C" fn order_of(context: &mut Context, note: u64, a: *const u64, b: *const u64) -> i64 {
    match note_of(context.ground().notes, note) {
        // SAFETY: the note says what lies at both addresses.
        Some(Note::Shape(shape)) => unsafe { sign(order(context.ground().layouts, shape, a, b)) },
        _ => 0,
    }
}

/// The row with a key, or -1.
#[expect(unsafe_code, reason = "reads keys of machine code")]
extern "C" fn lookup(context: &mut Context, relation: u64, key: *const u64) -> i64 {
    let host = context.ground();
    let relation = usize::try_from(relation).unwrap_or(usize::MAX);
    // SAFETY: machine code puts the words of the key there.
    let row = unsafe { host.rows.view.lookup(host.layouts, relation, key) };
    row.and_then(|row| i64::try_from(row).ok()).unwrap_or(-1)
}

/// The rows of an index: address and count.
#[expect(unsafe_code, reason = "reads keys of machine code")]
extern "C" fn select(
    context: &mut Context,
    relation: u64,
    index: u64,
    key: *const u64,
    to: *mut u64,
) -> u64 {
    let host = context.ground();
    let relation = usize::try_from(relation).unwrap_or(usize::MAX);
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    // SAFETY: machine code puts the words of the key there, and gives room for two words.
    unsafe {
        let rows = host.rows.view.select(host.layouts, (relation, index), key);
        give(to, [rows.as_ptr() as u64, rows.len() as u64])
    }
}

fn day_or_none(day: Option<i32>) -> i64 {
    day.map_or(NO_DAY, i64::from)
}

fn on_day(day: i64, then: impl FnOnce(i32) -> Option<i32>) -> i64 {
    day_or_none(i32::try_from(day).ok().and_then(then))
}

extern "C" fn add_months(day: i64, months: i64) -> i64 {
    on_day(day, |day| {
        date::add_months(day, i32::try_from(months).ok()?)
    })
}

#[expect(unsafe_code, reason = "reads texts of machine code")]
extern "C" fn add_formula(day: i64, a: u64, b: u64) -> i64 {
    // SAFETY: these are the words of a canonical formula.
    let formula = unsafe { text(a, b) };
    let formula = formula.and_then(|text| DateFormula::parse(text).ok());
    on_day(day, |day| formula?.apply(day))
}

extern "C" fn start_of_month(day: i64) -> i64 {
    on_day(day, |day| {
        let (year, month, _) = date::to_civil(day);
        date::from_civil(year, month, 1)
    })
}

extern "C" fn end_of_month(day: i64) -> i64 {
    on_day(day, |day| {
        let (year, month, _) = date::to_civil(day);
        date::from_civil(year, month, date::days_in_month(year, month))
    })
}

/// 1 (Monday) to 7.
extern "C" fn weekday(day: i64) -> u64 {
    i32::try_from(day).map_or(0, |day| u64::from(date::weekday(day)))
}

/// Most days that machine code looks at for one question.
const MOST_DAYS: u64 = 100_000;

#[expect(unsafe_code, reason = "reads calendars of machine code")]
fn calendars(store: &Store, address: u64, count: u64) -> Option<Vec<&calendar::Calendar>> {
    let count = usize::try_from(count).ok()?;
    let mut found = Vec::with_capacity(count);
    for number in 0..count {
        // SAFETY: so many texts lie one after the other.
        let code = unsafe {
            let at = (address as *const [u64; 2]).add(number);
            let [start, bytes] = at.read();
            text(start, bytes)
        };
        found.push(store.calendar(code?)?);
    }
    Some(found)
}

#[expect(unsafe_code, reason = "gives its result through an address")]
extern "C" fn working_days(
    context: &mut Context,
    day: i64,
    number: i64,
    address: u64,
    count: u64,
    to: *mut u64,
) -> u64 {
    let found = calendars(context.ground().store, address, count).and_then(|calendars| {
        let day = i32::try_from(day).ok()?;
        let found = calendar::add_working_days(day, number, &calendars, MOST_DAYS);
        found.ok()?.value.map(i64::from)
    });
    // SAFETY: machine code gives room for a word.
    unsafe { give_word(to, found) }
}

#[expect(unsafe_code, reason = "gives its result through an address")]
extern "C" fn days_between(
    context: &mut Context,
    first: i64,
    last: i64,
    address: u64,
    count: u64,
    to: *mut u64,
) -> u64 {
    let found = calendars(context.ground().store, address, count).and_then(|calendars| {
        let (first, last) = (i32::try_from(first).ok()?, i32::try_from(last).ok()?);
        let found = calendar::working_days_between(first, last, &calendars, MOST_DAYS);
        found.ok()?.value
    });
    // SAFETY: machine code gives room for a word.
    unsafe { give_word(to, found) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number() -> impl Strategy<Value = Decimal> {
        (any::<i64>(), 0u32..=12, 0u32..60)
            .prop_map(|(value, scale, shift)| Decimal::new(value >> shift, scale))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// The short way gives what the definition gives, ties and signs included.
        #[test]
        fn rounds_as_the_definition(value in number(), step in number(), mode in 0u32..6) {
            let mode = Mode::at(mode).unwrap();
            if let Some(rounded) = round_narrow(value, step, mode) {
                prop_assert_eq!(Ok(rounded), round_to(value, step, mode));
            }
        }

        #[test]
        fn rounds_ties_as_the_definition(steps in -1000i64..1000, halves in 0i64..3, mode in 0u32..6) {
            let mode = Mode::at(mode).unwrap();
            let step = Decimal::new(5, 2);
            let value = Decimal::new(steps * 50 + halves * 25, 3);
            prop_assert_eq!(round_narrow(value, step, mode), round_to(value, step, mode).ok());
        }
    }

    #[test]
    fn every_function_has_its_own_name() {
        let mut names: Vec<&str> = functions().iter().map(|function| function.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
