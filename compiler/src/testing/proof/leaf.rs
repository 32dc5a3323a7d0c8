//! A value that is only compared with constants, and the values that stand for all others.

use std::collections::BTreeSet;

use assize_eval::Value;
use assize_ir::date::{FIRST_DAY, LAST_DAY};
use assize_ir::{NumType, Type};
use rust_decimal::Decimal;

use crate::testing::values::{fits, number_value, step};

/// A value that is only compared.
pub(super) struct Leaf {
    pub(super) ty: Type,
    pub(super) numbers: BTreeSet<Decimal>,
    pub(super) days: BTreeSet<i32>,
    pub(super) texts: BTreeSet<String>,
}

impl Leaf {
    /// Each constant, and one value between each two neighbours and beyond the ends.
    pub(super) fn values(&self) -> Option<Vec<Value>> {
        match &self.ty {
            Type::Int => self.numbers(&NumType {
                places: Some(0),
                ..NumType::PLAIN
            }),
            Type::Num(num) => self.numbers(num),
            Type::Date => {
                let mut out = BTreeSet::new();
                let mut before = FIRST_DAY;
                out.insert(FIRST_DAY);
                for day in self
                    .days
                    .iter()
                    .filter(|day| (FIRST_DAY..=LAST_DAY).contains(*day))
                {
                    // The day before stands for all between this constant and the one before it.
                    out.insert(day.saturating_sub(1).max(before));
                    out.insert(*day);
                    before = *day;
                }
                out.insert(LAST_DAY);
                Some(out.into_iter().map(Value::Date).collect())
            }
            Type::Text | Type::Code => {
                let mut other = "X".to_string();
                while self.texts.contains(&other) {
                    other.push('X');
                }
                let all = self.texts.iter().cloned().chain([other]);
                Some(match self.ty {
                    Type::Text => all.map(|text| Value::Text(text.into())).collect(),
                    _ => all.map(|text| Value::Code(text.into())).collect(),
                })
            }
            _ => None,
        }
    }

    fn numbers(&self, num: &NumType) -> Option<Vec<Value>> {
        let unit = step(num);
        let mut points = self.numbers.clone();
        points.extend(num.lowest);
        points.extend(num.highest);
        points.retain(|point| {
            num.lowest.is_none_or(|low| *point >= low)
                && num.highest.is_none_or(|high| *point <= high)
        });
        let mut out = BTreeSet::new();
        let within = |point: &Decimal| fits(num, *point);
        // Beyond the ends, where the type has none.
        let one = Decimal::ONE;
        let first = points.first().copied().unwrap_or(Decimal::ZERO);
        let last = points.last().copied().unwrap_or(Decimal::ZERO);
        if num.lowest.is_none() {
            out.insert(first.checked_sub(one)?.floor());
        }
        if num.highest.is_none() {
            out.insert(last.checked_add(one)?.ceil());
        }
        if points.is_empty() {
            out.insert(Decimal::ZERO);
        }
        for (low, high) in points.iter().zip(points.iter().skip(1)) {
            let between = match unit {
                Some(unit) => {
                    let below = low.checked_div(unit)?.floor();
                    let next = below.checked_add(one)?.checked_mul(unit)?;
                    // A quotient that was rounded to fit would skip the neighbour.
                    (below.checked_mul(unit)? <= *low && *low < next).then_some(next)?
                }
                None => {
                    let half = high.checked_sub(*low)?.checked_div(Decimal::TWO)?;
                    let middle = low.checked_add(half)?;
                    (*low < middle && middle < *high).then_some(middle)?
                }
            };
            if between < *high {
                out.insert(between);
            }
        }
        out.extend(points.iter().filter(|point| within(point)));
        out.retain(within);
        out.into_iter()
            .map(|value| number_value(&self.ty, value.normalize()))
            .collect()
    }
}
