//! Keys: what a column is asked, as one whole number that compares as the values do.
//!
//! Days, enums and numbers whose scale is known are their words. A number of unknown places is twice its whole part
//! at the scale of the cells, plus one where something is left, so that no number is taken for another. Codes that
//! are only compared for equality are numbers of a dictionary; what has an order and no word is its place between
//! the sorted constants of its cells.

use assize_ir::literal::{CellColumn, Literal, Values};
use assize_ir::{Cell, Order};
use rust_decimal::Decimal;

use super::cells::{Asks, Cells, Operand, asks_of, each_of, tests};
use super::dictionary::{Dictionary, Numbering};
use crate::jit::words::{text, words_decimal};

/// The key of a missing value: below all others.
pub(super) const MISSING: i64 = i64::MIN;
/// The key of what no cell names.
const UNKNOWN: i64 = -1;
/// Keys of numbers of unknown places stay within this, so that they can be doubled.
const MOST: i128 = 1 << 62;
/// Constants of whole numbers from which on they are hashed, unless they lie close together.
const HASHED: usize = 64;

/// How what a column is asked lies in the words of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A whole number, a day, a position in an enum, 0 or 1.
    Word,
    /// A coefficient at this scale.
    Fixed(u8),
    /// A decimal of the definition.
    Decimal,
    /// Address and bytes.
    Text,
}

/// A column of a table: where what it is asked lies, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    /// First word of the question; for an optional value the one that says whether it is there.
    pub(crate) at: usize,
    pub(crate) asked: Asked,
    pub(crate) optional: bool,
}

/// How keys are made of what a column is asked.
#[derive(Debug)]
enum Made {
    Word,
    Hashed(Dictionary),
    Text(Dictionary),
    TextOrder(Box<[Box<str>]>),
    /// At so many places.
    Scaled(u8),
    DecimalOrder(Box<[Decimal]>),
}

/// Makes the keys of a column.
#[derive(Debug)]
pub(super) struct Keys {
    column: Column,
    made: Made,
}

impl Keys {
    /// # Safety
    /// At the address lie the words of a question to this table.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    #[inline]
    pub(super) unsafe fn key(&self, question: *const u64) -> i64 {
        // SAFETY: as the caller says, the words of the column lie at its place, and two of a text or decimal.
        let word = |at: usize| unsafe { question.add(self.column.at + at).read() };
        let mut first = 0;
        if self.column.optional {
            if word(0) == 0 {
                return MISSING;
            }
            first = 1;
        }
        match &self.made {
            Made::Word => word(first).cast_signed(),
            Made::Hashed(dictionary) => number(dictionary.find(&word(first).to_le_bytes())),
            Made::Text(dictionary) => {
                // SAFETY: these are the words of a text.
                let text = unsafe { text(word(first), word(first + 1)) };
                number(text.and_then(|text| dictionary.find(text.as_bytes())))
            }
            Made::TextOrder(texts) => {
                // SAFETY: these are the words of a text.
                let text = unsafe { text(word(first), word(first + 1)) }.unwrap_or_default();
                between(texts.binary_search_by(|it| (**it).cmp(text)))
            }
            Made::Scaled(places) => {
                let (whole, rest) = floor(words_decimal([word(first), word(first + 1)]), *places);
                doubled(whole, rest)
            }
            Made::DecimalOrder(numbers) => {
                between(numbers.binary_search(&words_decimal([word(first), word(first + 1)])))
            }
        }
    }

    /// The word of the question that is the key as it is.
    pub(super) fn plain(&self) -> Option<usize> {
        let plain = matches!(self.made, Made::Word) && !self.column.optional;
        plain.then_some(self.column.at)
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        match &self.made {
            Made::Word | Made::Scaled(_) => 0,
            Made::Hashed(dictionary) | Made::Text(dictionary) => dictionary.bytes(),
            Made::TextOrder(texts) => texts.iter().map(|it| it.len() + 16).sum(),
            Made::DecimalOrder(numbers) => numbers.len() * 16,
        }
    }
}

fn number(found: Option<u32>) -> i64 {
    found.map_or(UNKNOWN, i64::from)
}

/// The key of something that is, or would be, at this place.
fn between(place: Result<usize, usize>) -> i64 {
    let key = |place: usize| i64::try_from(place).unwrap_or(i64::MAX / 4) * 2;
    match place {
        Ok(place) => key(place) + 1,
        Err(place) => key(place),
    }
}

fn doubled(whole: i128, rest: bool) -> i64 {
    let within = whole.clamp(-MOST, MOST - 1);
    let key = within * 2 + i128::from(rest);
    i64::try_from(key).unwrap_or(i64::MAX).max(MISSING + 1)
}

/// The whole part of a number at so many places, and whether something is left. What is too great is as great as can
/// be, with something left.
fn floor(value: Decimal, places: u8) -> (i128, bool) {
    let (coefficient, scale) = (value.mantissa(), value.scale());
    let places = u32::from(places);
    if scale <= places {
        let factor = 10i128.checked_pow(places - scale);
        return match factor.and_then(|factor| coefficient.checked_mul(factor)) {
            Some(whole) => (whole, false),
            None if coefficient < 0 => (i128::MIN, true),
            None => (i128::MAX, true),
        };
    }
    let over = scale - places;
    if let (Ok(coefficient), Some(factor)) = (i64::try_from(coefficient), 10i64.checked_pow(over)) {
        let whole = coefficient.div_euclid(factor);
        return (whole.into(), whole.wrapping_mul(factor) != coefficient);
    }
    // Scales go to 28, and ten to that power fits.
    let factor = 10i128.checked_pow(over).unwrap_or(i128::MAX);
    let whole = coefficient.div_euclid(factor);
    (whole, coefficient.rem_euclid(factor) != 0)
}

/// The keys that the cells of a column take, one set for each row: intervals, both ends included, rising and apart.
pub(super) struct Sets {
    intervals: Vec<(i64, i64)>,
    /// Where the intervals of each row begin; the next one's begin where they end.
    rows: Vec<(u32, u32)>,
}

/// Everything, missing values included.
pub(super) const ALL: (i64, i64) = (i64::MIN, i64::MAX);

impl Sets {
    fn of_rows(count: usize) -> Sets {
        Sets {
            intervals: vec![ALL],
            rows: Vec::with_capacity(count),
        }
    }

    /// Adds the set of a row.
    #[inline]
    fn push(&mut self, taken: &[(i64, i64)]) -> Option<()> {
        if taken == [ALL] {
            self.rows.push((0, 1));
            return Some(());
        }
        let start = u32::try_from(self.intervals.len()).ok()?;
        self.intervals.extend_from_slice(taken);
        let end = u32::try_from(self.intervals.len()).ok()?;
        self.rows.push((start, end));
        Some(())
    }

    pub(super) fn of(&self, row: u32) -> &[(i64, i64)] {
        let Some((start, end)) = self.rows.get(row as usize) else {
            return &[];
        };
        let range = *start as usize..*end as usize;
        self.intervals.get(range).unwrap_or_default()
    }

    pub(super) fn is_all(&self, row: u32) -> bool {
        // All sets that take everything are one.
        self.rows.get(row as usize) == Some(&(0, 1))
    }
}

/// What the constants of a column are, before keys are made of them.
enum Known<'c> {
    Word,
    Fixed(u8),
    /// Rising words, each once: coefficients at this scale where there is one.
    Words(Vec<i64>, Option<u8>),
    Numbered(Numbering<'c>),
    Texts(Vec<&'c str>),
    Scaled(u8),
    Decimals(Vec<Decimal>),
}

/// Keys of a column, and the sets of the rows whose cells are given; `None` where a cell is no constant that can be
/// compared with what is asked.
pub(super) fn keys(
    column: Column,
    cells: &Cells<'_>,
    band_off_by_one: bool,
) -> Option<(Keys, Sets)> {
    let known = known(column.asked, cells)?;
    let reading = Reading {
        known: &known,
        lowest: if column.optional {
            MISSING + 1
        } else {
            i64::MIN
        },
        band_off_by_one,
    };
    let sets = reading.sets(cells)?;
    let made = match known {
        Known::Word | Known::Fixed(_) => Made::Word,
        Known::Words(words, _) => {
            let texts = words.iter().map(|word| word.to_le_bytes());
            Made::Hashed(Dictionary::new(words.len(), texts)?)
        }
        Known::Numbered(numbering) => Made::Text(numbering.finished()?),
        Known::Texts(texts) => Made::TextOrder(texts.into_iter().map(Box::from).collect()),
        Known::Scaled(places) => Made::Scaled(places),
        Known::Decimals(numbers) => Made::DecimalOrder(numbers.into_boxed_slice()),
    };
    Some((Keys { column, made }, sets))
}

fn known<'c>(asked: Asked, cells: &Cells<'c>) -> Option<Known<'c>> {
    let ordered = cells.are_ordered();
    let texts = || {
        let mut texts = Vec::new();
        cells.each_text(|text| texts.push(text));
        texts
    };
    Some(match asked {
        Asked::Word | Asked::Fixed(_) => {
            let (scale, simple) = match asked {
                Asked::Fixed(scale) => (Some(scale), Known::Fixed(scale)),
                _ => (None, Known::Word),
            };
            if ordered {
                return Some(simple);
            }
            let mut words = Vec::new();
            cells.each_literal(|literal| words.extend(word_of(literal, scale)));
            words.sort_unstable();
            words.dedup();
            let span = match (words.first(), words.last()) {
                (Some(first), Some(last)) => last.abs_diff(*first),
                _ => 0,
            };
            if words.len() < HASHED || span < words.len() as u64 * CLOSE {
                return Some(simple);
            }
            Known::Words(words, scale)
        }
        Asked::Text if ordered => {
            let mut sorted = texts();
            sorted.sort_unstable();
            sorted.dedup();
            Known::Texts(sorted)
        }
        Asked::Text => {
            let mut numbering = Numbering::default();
            for text in texts() {
                numbering.number(text.as_bytes())?;
            }
            Known::Numbered(numbering)
        }
        Asked::Decimal => {
            let mut sorted = Vec::new();
            cells.each_literal(|literal| sorted.extend(number_of(literal)));
            let places = sorted.iter().map(|it| it.normalize().scale()).max();
            let places = places.and_then(|places| u8::try_from(places).ok());
            let places = places.unwrap_or(0);
            // Half of the keys are left to what lies beyond all constants.
            let fits = |number: &Decimal| floor(*number, places).0.unsigned_abs() < 1 << 61;
            if sorted.iter().all(fits) {
                return Some(Known::Scaled(places));
            }
            sorted.sort_unstable();
            sorted.dedup();
            Known::Decimals(sorted)
        }
    })
}

/// Keys that are this many times farther apart than there are keys are hashed.
const CLOSE: u64 = 4;

fn number_of(literal: Literal<'_>) -> Option<Decimal> {
    match literal {
        Literal::Num(number) => Some(number),
        _ => None,
    }
}

fn text_of(literal: Literal<'_>) -> Option<&str> {
    match literal {
        Literal::Text(text) => Some(text),
        _ => None,
    }
}

/// The word of a constant; of a number its coefficient at a scale, where it has one.
fn word_of(literal: Literal<'_>, scale: Option<u8>) -> Option<i64> {
    match (literal, scale) {
        (Literal::Word(word), None) => Some(word),
        (Literal::Num(number), Some(scale)) => {
            let (whole, rest) = floor(number, scale);
            i64::try_from(whole).ok().filter(|_| !rest)
        }
        _ => None,
    }
}

/// A constant among the keys: the greatest key that is not above it, and whether that is its own.
type Place = (i128, bool);

/// Reads cells as sets of keys.
struct Reading<'r, 'c> {
    known: &'r Known<'c>,
    /// The lowest key of a value that is there.
    lowest: i64,
    /// A fault on purpose.
    band_off_by_one: bool,
}

impl Reading<'_, '_> {
    fn sets(&self, cells: &Cells<'_>) -> Option<Sets> {
        match cells {
            Cells::Rows(cells, constants) => {
                let mut sets = Sets::of_rows(cells.len());
                let mut taken = Vec::new();
                for cell in cells {
                    taken.clear();
                    for test in tests(cell) {
                        let asks = asks_of(test, *constants)?;
                        taken.extend(self.taken(asks.map(|with| self.place(with))?)?);
                    }
                    merge(&mut taken);
                    if !matches!(cell, Cell::OneOf(_)) {
                        complement(&mut taken);
                    }
                    sets.push(&taken)?;
                }
                Some(sets)
            }
            Cells::Column(column) => self.sets_of_column(column),
        }
    }

    /// What many rows have in common is asked once, before them.
    fn sets_of_column(&self, column: &CellColumn) -> Option<Sets> {
        let values = &column.values.values;
        let position = |found: usize| i128::try_from(found).ok();
        match (self.known, values) {
            (
                Known::Word,
                Values::Bool(words)
                | Values::Int(words)
                | Values::Date(words)
                | Values::Enum(_, words),
            ) => self.sets_by(column, |at| Some(Some((words.get(at)?.into(), true)))),
            (Known::Fixed(scale), Values::Num(numbers, scales)) if scales.same().is_some() => {
                let over = u32::try_from(i64::from(*scale) - scales.same()?).ok();
                match over.and_then(|over| 10i128.checked_pow(over)) {
                    Some(factor) => self.sets_by(column, |at| {
                        let number = i128::from(numbers.get(at)?);
                        Some(Some((number.checked_mul(factor)?, true)))
                    }),
                    None => self.sets_by(column, |at| self.place(values.get(at))),
                }
            }
            (Known::Numbered(numbering), _) => {
                let texts = values.texts()?;
                let number = |text: Option<&str>| numbering.get(text?.as_bytes());
                let numbers: Option<Vec<u32>> = texts.different().map(number).collect();
                let (numbers, which) = (numbers?, texts.which());
                self.sets_by(column, |at| {
                    let which = usize::try_from(which.get(at)?).ok()?;
                    Some(Some((position(*numbers.get(which)? as usize)?, true)))
                })
            }
            _ => self.sets_by(column, |at| self.place(values.get(at))),
        }
    }

    fn sets_by(
        &self,
        column: &CellColumn,
        place: impl Fn(usize) -> Option<Option<Place>>,
    ) -> Option<Sets> {
        let mut sets = Sets::of_rows(column.shapes.len());
        let mut others = Vec::new();
        each_of(column, place, |negated, asks| {
            let taken = match asks {
                Some(asks) => self.taken(asks)?,
                None => None,
            };
            if !negated {
                return sets.push(taken.as_slice());
            }
            others.clear();
            others.extend(taken);
            complement(&mut others);
            sets.push(&others)
        })?;
        Some(sets)
    }

    /// The keys that a test takes; `None` inside where there are none.
    #[inline]
    fn taken(&self, test: Asks<Option<Place>>) -> Option<Option<(i64, i64)>> {
        let (low, high) = match test {
            Asks::Missing => return Some(Some((MISSING, MISSING))),
            Asks::Equal(place) => {
                let own = place.and_then(|(key, own)| own.then_some(key));
                (own, own)
            }
            Asks::Compare(how @ (Order::Greater | Order::GreaterOrEqual), with) => {
                (above(how, with), Some(i128::MAX))
            }
            Asks::Compare(how, with) => (Some(i128::MIN), below(how, with)),
            Asks::Range {
                low,
                high,
                below: is_below,
            } => {
                let how = if is_below != self.band_off_by_one {
                    Order::Less
                } else {
                    Order::LessOrEqual
                };
                let high = match high {
                    Some(high) => below(how, high),
                    None => Some(i128::MAX),
                };
                (above(Order::GreaterOrEqual, low), high)
            }
        };
        let (Some(low), Some(high)) = (low, high) else {
            return Some(None);
        };
        let low = low.max(self.lowest.into());
        let high = high.min(i64::MAX.into());
        if low > high {
            return Some(None);
        }
        Some(i64::try_from(low).ok().zip(i64::try_from(high).ok()))
    }

    fn place(&self, with: Operand<'_>) -> Option<Option<Place>> {
        let Some(constant) = with else {
            return Some(None);
        };
        let position = |found: usize| i128::try_from(found).ok();
        let (key, own) = match self.known {
            Known::Word => (word_of(constant, None)?.into(), true),
            Known::Fixed(scale) => {
                let (whole, rest) = floor(number_of(constant)?, *scale);
                (whole, !rest)
            }
            // What has no coefficient at this scale is equal to nothing that has one.
            Known::Words(words, Some(scale)) => {
                number_of(constant)?;
                match word_of(constant, Some(*scale)) {
                    Some(word) => (position(words.binary_search(&word).ok()?)?, true),
                    None => (0, false),
                }
            }
            Known::Words(words, None) => {
                let word = word_of(constant, None)?;
                (position(words.binary_search(&word).ok()?)?, true)
            }
            Known::Numbered(numbering) => {
                let number = numbering.get(text_of(constant)?.as_bytes())?;
                (number.into(), true)
            }
            Known::Texts(texts) => {
                let place = texts.binary_search(&text_of(constant)?);
                (between(Ok(place.ok()?)).into(), true)
            }
            Known::Scaled(places) => {
                let (whole, rest) = floor(number_of(constant)?, *places);
                (doubled(whole, rest).into(), true)
            }
            Known::Decimals(numbers) => {
                let place = numbers.binary_search(&number_of(constant)?);
                (between(Ok(place.ok()?)).into(), true)
            }
        };
        Some(Some((key, own)))
    }
}

/// The lowest key that is above a constant, or may be equal; `None` for a missing one, which no value is compared with.
#[inline]
fn above(how: Order, with: Option<Place>) -> Option<i128> {
    let (key, own) = with?;
    let itself = own && how == Order::GreaterOrEqual;
    Some(if itself { key } else { key.saturating_add(1) })
}

/// The highest key that is below a constant, or may be equal.
#[inline]
fn below(how: Order, with: Option<Place>) -> Option<i128> {
    let (key, own) = with?;
    let itself = !own || how == Order::LessOrEqual;
    Some(if itself { key } else { key.saturating_sub(1) })
}

/// Puts intervals in order, and those together that meet.
fn merge(intervals: &mut Vec<(i64, i64)>) {
    if intervals.len() < 2 {
        return;
    }
    intervals.sort_unstable();
    intervals.dedup_by(|next, before| {
        let meets = next.0 <= before.1.saturating_add(1);
        if meets {
            before.1 = before.1.max(next.1);
        }
        meets
    });
}

/// What merged intervals leave out.
fn complement(intervals: &mut Vec<(i64, i64)>) {
    let mut left = Vec::with_capacity(intervals.len() + 1);
    let mut from = Some(i64::MIN);
    for (low, high) in intervals.iter() {
        if let Some(from) = from
            && from < *low
        {
            left.push((from, *low - 1));
        }
        from = high.checked_add(1);
    }
    if let Some(from) = from {
        left.push((from, i64::MAX));
    }
    *intervals = left;
}
