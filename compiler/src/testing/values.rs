//! What values are worth trying: the constants that a property can reach, and the edges of types.

use std::collections::BTreeSet;

use assize_eval::Value;
use assize_eval::calendar::Calendar;
use assize_ir::date;
use assize_ir::{Body, Callable, CallableId, Const, NumType, Op, Program, RecordId, Type};
use rust_decimal::Decimal;

/// Greatest number of constants of a kind that are tried.
const MAX_CONSTANTS: usize = 400;

/// Constants of the program that a property can reach.
#[derive(Debug, Default)]
pub struct Constants {
    /// Numbers as they are held.
    pub numbers: BTreeSet<Decimal>,
    /// Days.
    pub days: BTreeSet<i32>,
    /// Texts.
    pub texts: BTreeSet<String>,
    /// Codes.
    pub codes: BTreeSet<String>,
    /// Date formulas.
    pub formulas: BTreeSet<String>,
}

impl Constants {
    /// Everything that is written in the callables that these can reach.
    pub fn reachable(program: &Program, roots: &[CallableId]) -> Constants {
        let mut out = Constants::default();
        let mut stack = roots.to_vec();
        let mut seen = BTreeSet::new();
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            let Some(callable) = program.callable(id) else {
                continue;
            };
            out.of(callable);
            for node in &callable.nodes {
                match &node.op {
                    Op::Call(callee, _) => stack.push(*callee),
                    Op::Check(_) => stack.extend(checks_of(program, &node.ty)),
                    _ => {}
                }
            }
            for param in &callable.params {
                stack.extend(checks_of(program, &param.ty));
            }
        }
        out
    }

    fn of(&mut self, callable: &Callable) {
        for node in &callable.nodes {
            if let Op::Const(constant) = &node.op {
                self.add(constant);
            }
        }
        match &callable.body {
            Body::Parameter(values) => self
                .days
                .extend(values.iter().filter_map(|value| value.from)),
            Body::Rule(rule) => {
                for exception in &rule.exceptions {
                    self.days.extend(exception.from.iter().chain(&exception.to));
                }
            }
            _ => {}
        }
    }

    /// The days on which a calendar changes: its ends, and the days that are not as usual. One that says
    /// no ends knows all days; the first and the last day that there is are nobody's.
    pub fn of_calendars<'c>(&mut self, calendars: impl Iterator<Item = &'c Calendar>) {
        for calendar in calendars {
            let ends = [calendar.from, calendar.to];
            let nobodys = [date::FIRST_DAY, date::LAST_DAY];
            let ends = ends.iter().filter(|day| !nobodys.contains(day));
            for day in ends.chain(calendar.exceptions.keys()) {
                add_to(&mut self.days, *day);
            }
        }
    }

    fn add(&mut self, constant: &Const) {
        let mut stack = vec![constant];
        while let Some(constant) = stack.pop() {
            match constant {
                Const::Int(value) => add_to(&mut self.numbers, Decimal::from(*value)),
                Const::Num(value) => add_to(&mut self.numbers, value.normalize()),
                Const::Text(text) => add_to(&mut self.texts, text.clone()),
                Const::Code(text) => add_to(&mut self.codes, text.clone()),
                Const::Date(day) => add_to(&mut self.days, *day),
                Const::DateFormula(text) => add_to(&mut self.formulas, text.clone()),
                Const::List(items) | Const::Record(_, items) => stack.extend(items),
                Const::Bool(_) | Const::Enum(..) | Const::Missing | Const::Calendar(_) => {}
            }
        }
    }
}

fn add_to<T: Ord>(set: &mut BTreeSet<T>, value: T) {
    if set.len() < MAX_CONSTANTS {
        set.insert(value);
    }
}

fn checks_of(program: &Program, ty: &Type) -> Vec<CallableId> {
    let mut out = Vec::new();
    let mut stack = vec![ty];
    let mut seen: BTreeSet<RecordId> = BTreeSet::new();
    while let Some(ty) = stack.pop() {
        match ty.plain() {
            Type::List { item, .. } => stack.push(item),
            Type::Record(id) if seen.insert(*id) => {
                if let Some(record) = program.record(*id) {
                    out.extend(record.checks.iter().map(|check| check.callable));
                    stack.extend(record.fields.iter().map(|field| &field.ty));
                }
            }
            _ => {}
        }
    }
    out
}

/// The smallest difference of two values with these places; `None`: there is none.
pub fn step(num: &NumType) -> Option<Decimal> {
    num.places
        .map(|places| Decimal::new(1, u32::from(places.min(assize_ir::facts::MAX_SCALE))))
}

/// Whether a number is one of the type.
pub fn fits(num: &NumType, value: Decimal) -> bool {
    let places = num
        .places
        .is_none_or(|places| value.normalize().scale() <= u32::from(places));
    let low = num.lowest.is_none_or(|low| value >= low);
    let high = num.highest.is_none_or(|high| value <= high);
    places && low && high
}

/// The edges of a number type: its ends, zero, one, each constant, and one step beside each.
pub fn edges(num: &NumType, constants: &Constants) -> Vec<Decimal> {
    let one = if num.percent {
        Decimal::new(1, 2)
    } else {
        Decimal::ONE
    };
    let beside = step(num).unwrap_or(Decimal::new(1, if num.percent { 4 } else { 2 }));
    let whole = if num.percent {
        Decimal::ONE
    } else {
        Decimal::ZERO
    };
    let mut base: BTreeSet<Decimal> = [Decimal::ZERO, one, -one, whole].into();
    base.extend(num.lowest);
    base.extend(num.highest);
    base.extend(constants.numbers.iter());
    let mut out = BTreeSet::new();
    for value in base {
        for moved in [
            Some(value),
            value.checked_sub(beside),
            value.checked_add(beside),
        ] {
            out.extend(
                moved
                    .filter(|moved| fits(num, *moved))
                    .map(|moved| moved.normalize()),
            );
        }
    }
    out.into_iter().collect()
}

/// Days worth trying: each constant, the days beside it, and the ends of a leap February.
pub fn days(constants: &Constants) -> Vec<i32> {
    let mut out = BTreeSet::new();
    let usual = ["2026-01-01", "2024-02-29", "2026-12-31", "2026-06-15"];
    out.extend(usual.iter().filter_map(|text| date::parse(text)));
    for day in &constants.days {
        for moved in [-1, 0, 1] {
            out.extend(date::add_days(*day, moved));
        }
    }
    out.into_iter().collect()
}

/// A number as a value of a type.
pub fn number_value(ty: &Type, value: Decimal) -> Option<Value> {
    match ty.plain() {
        // The lowest number of 64 bits is no `int`.
        Type::Int => i64::try_from(value.trunc().mantissa())
            .ok()
            .map(|value| Value::Int(value.max(-i64::MAX))),
        Type::Num(_) => Some(Value::Num(value)),
        _ => None,
    }
}

/// The records inside a value whose checks must hold, inner ones first.
pub fn checked_records<'v>(
    program: &Program,
    ty: &Type,
    value: &'v Value,
    out: &mut Vec<(RecordId, &'v Value)>,
) {
    match (ty.plain(), value) {
        (Type::Record(id), Value::Record(fields)) => {
            let Some(record) = program.record(*id) else {
                return;
            };
            for (field, value) in record.fields.iter().zip(fields.iter()) {
                checked_records(program, &field.ty, value, out);
            }
            if !record.checks.is_empty() {
                out.push((*id, value));
            }
        }
        (Type::List { item, .. }, Value::List(items)) => {
            for value in items.iter() {
                checked_records(program, item, value, out);
            }
        }
        _ => {}
    }
}
