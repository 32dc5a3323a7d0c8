//! One column: words in row order, and what they stand for.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::sync::Arc;

use assize_ir::Type;
use rust_decimal::Decimal;

use super::hash::FixedHasher;
use super::numbers::{Bits, Numbers};
use crate::order::{self, ValueKey};
use crate::value::Value;

/// The word of a cell: `None` is missing and comes first. Equality and order of words are those of
/// the values they stand for.
pub type Word = Option<i64>;

/// A column in row order.
#[derive(Clone, Debug)]
pub struct Column {
    kind: Kind,
    numbers: Numbers,
    /// `None`: no cell is missing.
    present: Option<Bits>,
}

/// What the numbers of a column are.
#[derive(Clone, Debug)]
enum Kind {
    Bool,
    Int,
    /// Coefficients of this scale.
    Num(u32),
    Date,
    Enum,
    /// Ranks in the sorted list of distinct values.
    Pool(Box<[Value]>),
}

impl Column {
    /// The word of a row.
    pub fn word(&self, row: u32) -> Word {
        let there = self.present.as_ref().is_none_or(|bits| bits.get(row));
        there.then(|| self.numbers.get(row))
    }

    /// The value of a row.
    pub fn value(&self, row: u32) -> Value {
        let Some(number) = self.word(row) else {
            return Value::Missing;
        };
        match &self.kind {
            Kind::Bool => Value::Bool(number == 1),
            Kind::Int => Value::Int(number),
            Kind::Num(scale) => Value::Num(normal(number, *scale)),
            Kind::Date => Value::Date(i32::try_from(number).unwrap_or(0)),
            Kind::Enum => Value::Enum(u32::try_from(number).unwrap_or(0)),
            Kind::Pool(pool) => usize::try_from(number)
                .ok()
                .and_then(|rank| pool.get(rank))
                .cloned()
                .unwrap_or(Value::Missing),
        }
    }

    /// The word of a value that is looked for; `None`: no row has it.
    pub fn probe(&self, value: &Value) -> Option<Word> {
        let word = match (&self.kind, value) {
            (_, Value::Missing) => return Some(None),
            (Kind::Bool, Value::Bool(value)) => i64::from(*value),
            (Kind::Int, Value::Int(value)) => *value,
            (Kind::Num(scale), Value::Num(value)) => coefficient(*value, *scale)?,
            (Kind::Date, Value::Date(day)) => i64::from(*day),
            (Kind::Enum, Value::Enum(position)) => i64::from(*position),
            (Kind::Pool(pool), value) => {
                let rank = pool
                    .binary_search_by(|other| order::total(other, value))
                    .ok()?;
                i64::try_from(rank).ok()?
            }
            _ => return None,
        };
        Some(Some(word))
    }

    /// Memory in bytes; texts are counted with the two counters before them.
    pub fn bytes(&self) -> usize {
        let present = self.present.as_ref().map_or(0, Bits::bytes);
        let pool = match &self.kind {
            Kind::Pool(pool) => size_of_val::<[Value]>(pool) + pool.iter().map(heap).sum::<usize>(),
            _ => 0,
        };
        present + pool + self.numbers.bytes()
    }
}

/// The number with a coefficient and a scale, without trailing zeros.
fn normal(mut coefficient: i64, mut scale: u32) -> Decimal {
    while scale > 0 && coefficient % 10 == 0 {
        coefficient /= 10;
        scale -= 1;
    }
    Decimal::new(coefficient, scale)
}

/// The coefficient of a number at a scale, when it has one of 64 bits.
fn coefficient(value: Decimal, scale: u32) -> Option<i64> {
    let value = value.normalize();
    let missing = scale.checked_sub(value.scale())?;
    let power = 10i128.checked_pow(missing)?;
    i64::try_from(value.mantissa().checked_mul(power)?).ok()
}

/// Memory behind a value, in bytes.
fn heap(value: &Value) -> usize {
    const COUNTERS: usize = 2 * size_of::<usize>();
    match value {
        Value::Text(text) | Value::Code(text) | Value::Calendar(text) => COUNTERS + text.len(),
        Value::Record(values) | Value::List(values) => {
            COUNTERS + size_of_val::<[Value]>(values) + values.iter().map(heap).sum::<usize>()
        }
        Value::Reason(reason) => {
            let arguments = size_of_val::<[Value]>(&reason.arguments);
            COUNTERS + arguments + reason.arguments.iter().map(heap).sum::<usize>()
        }
        Value::DateFormula(_) => COUNTERS + size_of::<crate::date_formula::DateFormula>(),
        _ => 0,
    }
}

/// Collects the cells of a column in the order in which rows come.
#[derive(Debug)]
pub struct ColumnBuilder {
    gathered: Gathered,
    missing: Vec<bool>,
}

/// Texts and their numbers in order of first appearance. The hash has fixed keys: nothing here may
/// differ from run to run, and the order of the map is never read.
type Texts = HashMap<Arc<str>, i64, BuildHasherDefault<FixedHasher>>;

#[derive(Debug)]
enum Gathered {
    Whole(Kind, Vec<i64>),
    Num(Vec<Decimal>),
    Texts(Texts, Vec<Value>, Vec<i64>),
    Others(BTreeMap<ValueKey, i64>, Vec<Value>, Vec<i64>),
}

impl ColumnBuilder {
    /// A column of a type, without cells.
    pub fn new(ty: &Type) -> ColumnBuilder {
        let gathered = match ty.plain() {
            Type::Bool => Gathered::Whole(Kind::Bool, Vec::new()),
            Type::Int => Gathered::Whole(Kind::Int, Vec::new()),
            Type::Date => Gathered::Whole(Kind::Date, Vec::new()),
            Type::Enum(_) => Gathered::Whole(Kind::Enum, Vec::new()),
            Type::Num(_) => Gathered::Num(Vec::new()),
            Type::Text | Type::Code | Type::Calendar => {
                Gathered::Texts(Texts::default(), Vec::new(), Vec::new())
            }
            _ => Gathered::Others(BTreeMap::new(), Vec::new(), Vec::new()),
        };
        ColumnBuilder {
            gathered,
            missing: Vec::new(),
        }
    }

    /// Adds a cell. A value of another type is added as missing and gives `false`.
    pub fn push(&mut self, value: &Value) -> bool {
        let missing = *value == Value::Missing;
        let mut fits = true;
        match (&mut self.gathered, value) {
            (Gathered::Whole(kind, list), value) => {
                let number = match (kind, value) {
                    (Kind::Bool, Value::Bool(value)) => Some(i64::from(*value)),
                    (Kind::Int, Value::Int(value)) => Some(*value),
                    (Kind::Date, Value::Date(day)) => Some(i64::from(*day)),
                    (Kind::Enum, Value::Enum(position)) => Some(i64::from(*position)),
                    _ => None,
                };
                fits = number.is_some();
                list.push(number.unwrap_or(0));
            }
            (Gathered::Num(list), Value::Num(value)) => list.push(value.normalize()),
            (Gathered::Num(list), _) => {
                fits = false;
                list.push(Decimal::ZERO);
            }
            (
                Gathered::Texts(numbers, pool, ids),
                Value::Text(text) | Value::Code(text) | Value::Calendar(text),
            ) => {
                let id = match numbers.get(text) {
                    Some(id) => *id,
                    None => {
                        let id = next(pool);
                        numbers.insert(Arc::clone(text), id);
                        pool.push(value.clone());
                        id
                    }
                };
                ids.push(id);
            }
            (Gathered::Texts(_, _, ids), _) => {
                fits = false;
                ids.push(0);
            }
            (Gathered::Others(_, _, ids), Value::Missing) => ids.push(0),
            (Gathered::Others(numbers, pool, ids), value) => {
                let id = *numbers.entry(ValueKey(value.clone())).or_insert(next(pool));
                if id == next(pool) {
                    pool.push(value.clone());
                }
                ids.push(id);
            }
        }
        self.missing.push(missing || !fits);
        fits || missing
    }

    /// The words in the order in which rows came, and how to make the column of them.
    pub fn finish(self) -> Unsorted {
        let missing = self.missing;
        let (kind, words) = match self.gathered {
            Gathered::Whole(kind, words) => (kind, words),
            Gathered::Num(list) => coefficients(list),
            Gathered::Texts(_, pool, ids) | Gathered::Others(_, pool, ids) => ranked(pool, ids),
        };
        Unsorted {
            kind,
            words,
            missing,
        }
    }
}

fn next(pool: &[Value]) -> i64 {
    i64::try_from(pool.len()).unwrap_or(i64::MAX)
}

/// Coefficients of the greatest scale, or a pool where one needs more than 64 bits.
fn coefficients(list: Vec<Decimal>) -> (Kind, Vec<i64>) {
    let scale = list.iter().map(Decimal::scale).max().unwrap_or(0);
    let words: Option<Vec<i64>> = list
        .iter()
        .map(|value| coefficient(*value, scale))
        .collect();
    if let Some(words) = words {
        return (Kind::Num(scale), words);
    }
    let mut pool = list.clone();
    pool.sort_unstable();
    pool.dedup();
    let rank = |value: &Decimal| pool.binary_search(value).unwrap_or(0);
    let words = list
        .iter()
        .map(|value| i64::try_from(rank(value)).unwrap_or(0));
    let words = words.collect();
    (
        Kind::Pool(pool.into_iter().map(Value::Num).collect()),
        words,
    )
}

/// Sorts a pool of distinct values and gives each cell the rank of its value.
fn ranked(pool: Vec<Value>, mut ids: Vec<i64>) -> (Kind, Vec<i64>) {
    let mut sorted: Vec<(usize, Value)> = pool.into_iter().enumerate().collect();
    sorted.sort_unstable_by(|(_, a), (_, b)| order::total(a, b));
    let mut rank_of = vec![0i64; sorted.len()];
    for (rank, (id, _)) in sorted.iter().enumerate() {
        if let (Some(place), Ok(rank)) = (rank_of.get_mut(*id), i64::try_from(rank)) {
            *place = rank;
        }
    }
    for id in &mut ids {
        let rank = usize::try_from(*id).ok().and_then(|id| rank_of.get(id));
        *id = rank.copied().unwrap_or(0);
    }
    (
        Kind::Pool(sorted.into_iter().map(|(_, value)| value).collect()),
        ids,
    )
}

/// A column whose rows are not yet in key order.
#[derive(Debug)]
pub struct Unsorted {
    kind: Kind,
    words: Vec<i64>,
    missing: Vec<bool>,
}

impl Unsorted {
    /// The word of the row that came at a position.
    pub fn word(&self, at: u32) -> Word {
        let there = !self.missing.get(at as usize).copied().unwrap_or(true);
        there.then(|| self.words.get(at as usize).copied().unwrap_or(0))
    }

    /// The column with the rows in an order, each given by the position at which it came.
    pub fn sorted(self, order: Option<&[u32]>) -> Column {
        let (words, missing) = match order {
            None => (self.words, self.missing),
            Some(order) => {
                let at = |at: &u32| *at as usize;
                let words = order
                    .iter()
                    .map(|row| self.words.get(at(row)).copied().unwrap_or(0));
                let missing = order.iter().map(|row| self.missing.get(at(row)).copied());
                let missing = missing.map(|missing| missing.unwrap_or(true));
                (words.collect(), missing.collect())
            }
        };
        Column {
            kind: self.kind,
            numbers: Numbers::new(&words),
            present: Bits::unless_all(missing.iter().map(|missing| !missing)),
        }
    }
}
