//! Generated arguments of a property: edges more often than not, the rest spread over the ranges.

use std::collections::BTreeSet;
use std::sync::Arc;

use assize_eval::data::Data;
use assize_eval::date_formula::DateFormula;
use assize_eval::store::Store;
use assize_eval::value::ReasonValue;
use assize_eval::{RowRef, Value};
use assize_ir::{NumType, Program, ReasonId, Type};
use rust_decimal::Decimal;

use super::random::Random;
use super::values::{Constants, days, edges, fits, number_value, step};

/// Greatest length of a generated list, in elements.
pub const MAX_LIST_ELEMENTS: u32 = 8;
/// Greatest depth of a generated value: declared records cannot contain themselves, so this is far.
const MAX_VALUE_DEPTH: u32 = 64;
/// Digits of a number whose type says no range.
const USUAL_DIGITS: u64 = 7;
/// Places of a number whose type says none.
const USUAL_PLACES: u8 = 4;
/// Days on either side of a constant, or of today's rules, that are tried.
const USUAL_DAYS: u64 = 800;

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Impossible(pub String);

/// Makes values of types.
pub struct Generator<'g> {
    program: &'g Program,
    store: &'g Store,
    constants: &'g Constants,
    random: Random,
    /// Plain values of this case: the same one again makes ties.
    pool: Vec<(&'g Type, Value)>,
}

impl<'g> Generator<'g> {
    /// A generator with a seed.
    pub fn new(
        program: &'g Program,
        store: &'g Store,
        constants: &'g Constants,
        seed: u64,
    ) -> Generator<'g> {
        Generator {
            program,
            store,
            constants,
            random: Random::new(seed),
            pool: Vec::new(),
        }
    }

    /// Arguments of these types.
    pub fn arguments(&mut self, types: &[&'g Type]) -> Result<Vec<Value>, Impossible> {
        self.pool.clear();
        types.iter().map(|ty| self.value(ty, 0)).collect()
    }

    fn value(&mut self, ty: &'g Type, depth: u32) -> Result<Value, Impossible> {
        if depth > MAX_VALUE_DEPTH {
            return Err(Impossible("values that nest so deep".to_string()));
        }
        if let Type::Optional(inner) = ty {
            return if self.random.chance(30) {
                Ok(Value::Missing)
            } else {
                match self.value(inner, depth + 1) {
                    Err(_) => Ok(Value::Missing),
                    made => made,
                }
            };
        }
        match ty {
            Type::Record(id) => {
                let record = self.program.record(*id);
                let fields = record
                    .map(|record| record.fields.as_slice())
                    .unwrap_or_default();
                let made: Result<Vec<Value>, Impossible> = fields
                    .iter()
                    .map(|field| self.value(&field.ty, depth + 1))
                    .collect();
                Ok(Value::Record(made?.into()))
            }
            Type::List { item, at_most } => {
                let most = at_most.unwrap_or(MAX_LIST_ELEMENTS).min(MAX_LIST_ELEMENTS);
                let lengths = [0, 1, 2, most];
                let length = match self.random.chance(60) {
                    true => self.random.pick(&lengths).copied().unwrap_or(0).min(most),
                    false => u32::try_from(self.random.below(u64::from(most) + 1)).unwrap_or(0),
                };
                let mut items = Vec::new();
                for _ in 0..length {
                    items.push(self.value(item, depth + 1)?);
                }
                Ok(Value::List(items.into()))
            }
            Type::Reason => self.reason(depth),
            Type::Row(relation) => {
                let rows = self.store.rows(*relation);
                if rows == 0 {
                    let name = self.program.relation(*relation).map(|of| of.name.as_str());
                    let name = name.unwrap_or_default();
                    return Err(Impossible(format!("a row of `{name}`: none is given")));
                }
                let row = u32::try_from(self.random.below(u64::from(rows))).unwrap_or(0);
                Ok(Value::Row(RowRef {
                    relation: *relation,
                    row,
                }))
            }
            _ => self.scalar(ty),
        }
    }

    fn scalar(&mut self, ty: &'g Type) -> Result<Value, Impossible> {
        if self.random.chance(12) {
            let same: Vec<&Value> = self
                .pool
                .iter()
                .filter(|(of, _)| *of == ty)
                .map(|(_, value)| value)
                .collect();
            if let Some(value) = self.random.pick(&same) {
                return Ok((*value).clone());
            }
        }
        let made = match ty {
            Type::Bool => Some(Value::Bool(self.random.chance(50))),
            Type::Int => self.number(
                ty,
                &NumType {
                    places: Some(0),
                    ..NumType::PLAIN
                },
            ),
            Type::Num(num) => self.number(ty, num),
            Type::Date => Some(Value::Date(self.day())),
            Type::Text => Some(Value::Text(self.text(&self.constants.texts).into())),
            Type::Code => Some(Value::Code(
                self.text(&self.constants.codes).to_uppercase().into(),
            )),
            Type::DateFormula => self.formula(),
            Type::Calendar => {
                let codes: Vec<_> = self
                    .store
                    .calendars()
                    .map(|calendar| calendar.code.clone())
                    .collect();
                self.random
                    .pick(&codes)
                    .map(|code| Value::Calendar(code.clone()))
            }
            Type::Enum(id) => {
                let values = self.program.enum_of(*id).map_or(0, |of| of.values.len());
                let at = self.random.below(u64::try_from(values).unwrap_or(0));
                u32::try_from(at)
                    .ok()
                    .filter(|_| values > 0)
                    .map(Value::Enum)
            }
            _ => None,
        };
        let Some(made) = made else {
            let what = match ty {
                Type::Calendar => "a calendar: none is given",
                Type::Enum(_) => "a value of an enum without values",
                _ => "a value in the range of its number",
            };
            return Err(Impossible(what.to_string()));
        };
        self.pool.push((ty, made.clone()));
        Ok(made)
    }

    fn number(&mut self, ty: &Type, num: &NumType) -> Option<Value> {
        if self.random.chance(55) {
            let edges = edges(num, self.constants);
            if let Some(edge) = self.random.pick(&edges) {
                return number_value(ty, *edge);
            }
        }
        for _ in 0..16 {
            let value = self.between(num);
            if let Some(value) = value.filter(|value| fits(num, *value)) {
                return number_value(ty, value.normalize());
            }
        }
        let edges = edges(num, self.constants);
        number_value(ty, *self.random.pick(&edges)?)
    }

    /// Any number of a type: small ones are as likely as large ones.
    fn between(&mut self, num: &NumType) -> Option<Decimal> {
        let places = num.places.unwrap_or(USUAL_PLACES).min(12);
        let unit = Decimal::new(1, u32::from(places));
        let low = num.lowest.unwrap_or(Decimal::from(-10_i64.pow(6)));
        let high = num.highest.unwrap_or(Decimal::from(10_i64.pow(6)));
        let start = if low > Decimal::ZERO || high < Decimal::ZERO {
            low
        } else {
            Decimal::ZERO
        };
        if self.random.chance(50) {
            let wide = high.checked_sub(low)?.checked_div(unit)?.trunc();
            let wide = u128::try_from(wide.normalize().mantissa())
                .ok()
                .filter(|_| wide.scale() == 0)?;
            let at = i128::try_from(self.random.up_to(wide)).ok()?;
            let moved = Decimal::try_from_i128_with_scale(at, u32::from(places)).ok()?;
            return low.checked_add(moved);
        }
        let digits = self.random.below(USUAL_DIGITS + u64::from(places));
        let size = 10_i64.checked_pow(u32::try_from(digits).ok()?)?;
        let at = self.random.below(u64::try_from(size).ok()?);
        let moved = Decimal::try_from_i128_with_scale(i128::from(at), u32::from(places)).ok()?;
        let negative = low < Decimal::ZERO && self.random.chance(50);
        start.checked_add(if negative { -moved } else { moved })
    }

    fn day(&mut self) -> i32 {
        let days = days(self.constants);
        let near = self.random.pick(&days).copied().unwrap_or_default();
        if self.random.chance(60) {
            return near;
        }
        let moved = self.random.below(USUAL_DAYS * 2 + 1);
        let moved = i64::try_from(moved).unwrap_or(0) - i64::try_from(USUAL_DAYS).unwrap_or(0);
        assize_ir::date::add_days(near, moved).unwrap_or(near)
    }

    fn text(&mut self, constants: &BTreeSet<String>) -> String {
        let written: Vec<&String> = constants.iter().collect();
        if self.random.chance(50)
            && let Some(text) = self.random.pick(&written)
        {
            return (*text).clone();
        }
        let usual = ["", "A", "B", "C1", "ä€", "a longer text of several words"];
        (*self.random.pick(&usual).unwrap_or(&"A")).to_string()
    }

    fn formula(&mut self) -> Option<Value> {
        let mut all: Vec<&str> = self.constants.formulas.iter().map(String::as_str).collect();
        all.extend(["1D", "-2D", "1W", "1M", "CM", "CM+14D", "1Q", "-1Y"]);
        let text = self.random.pick(&all)?;
        DateFormula::parse(text)
            .ok()
            .map(|formula| Value::DateFormula(Arc::new(formula)))
    }

    fn reason(&mut self, depth: u32) -> Result<Value, Impossible> {
        let all = self.program.reasons.as_slice();
        let at = self.random.below(u64::try_from(all.len()).unwrap_or(0));
        let Some(reason) = usize::try_from(at).ok().and_then(|at| all.get(at)) else {
            return Err(Impossible("a reason: none is declared".to_string()));
        };
        let arguments: Result<Vec<Value>, Impossible> = reason
            .params
            .iter()
            .map(|param| self.value(&param.ty, depth + 1))
            .collect();
        let id = ReasonId(u32::try_from(at).unwrap_or(u32::MAX));
        Ok(Value::Reason(Arc::new(ReasonValue {
            reason: id,
            arguments: arguments?,
        })))
    }
}

/// Every value of a type, when there are at most `most`.
pub fn all_values(program: &Program, ty: &Type, most: usize) -> Option<Vec<Value>> {
    let out = match ty {
        Type::Bool => vec![Value::Bool(false), Value::Bool(true)],
        Type::Enum(id) => {
            let count = u32::try_from(program.enum_of(*id)?.values.len()).ok()?;
            (0..count).map(Value::Enum).collect()
        }
        Type::Optional(inner) => {
            let mut out = vec![Value::Missing];
            out.extend(all_values(program, inner, most)?);
            out
        }
        Type::Num(num) => {
            let (low, high, unit) = (num.lowest?, num.highest?, step(num)?);
            let mut out = Vec::new();
            let mut next = low.checked_div(unit)?.ceil().checked_mul(unit)?;
            while next <= high {
                out.push(Value::Num(next.normalize()));
                if out.len() > most {
                    return None;
                }
                next = next.checked_add(unit)?;
            }
            out
        }
        Type::Record(id) => {
            let fields: Option<Vec<Vec<Value>>> = program
                .record(*id)?
                .fields
                .iter()
                .map(|field| all_values(program, &field.ty, most))
                .collect();
            let rows = product(&fields?, most)?;
            rows.into_iter()
                .map(|row| Value::Record(row.into()))
                .collect()
        }
        Type::List { item, at_most } => {
            let items = all_values(program, item, most)?;
            let mut out = Vec::new();
            for length in 0..=usize::try_from((*at_most)?).ok()? {
                let columns: Vec<Vec<Value>> = (0..length).map(|_| items.clone()).collect();
                let rows = product(&columns, most.checked_sub(out.len())?)?;
                out.extend(rows.into_iter().map(|row| Value::List(row.into())));
            }
            out
        }
        _ => return None,
    };
    (out.len() <= most).then_some(out)
}

/// Every choice of one value per column, when there are at most `most`; the last changes first.
pub fn product(columns: &[Vec<Value>], most: usize) -> Option<Vec<Vec<Value>>> {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for column in columns {
        if rows.len().checked_mul(column.len())? > most {
            return None;
        }
        rows = rows
            .iter()
            .flat_map(|row| {
                column.iter().map(move |value| {
                    let mut longer = row.clone();
                    longer.push(value.clone());
                    longer
                })
            })
            .collect();
    }
    Some(rows)
}
