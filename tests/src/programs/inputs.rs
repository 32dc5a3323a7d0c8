//! Questions to a program: rows of its relations, and arguments of its callables, made of their types.
//!
//! Edges more often than not: ends of ranges and the numbers beside them, constants of the program with their
//! neighbours, ties of a rounding, numbers of which two just fit 64 bits together, days at the ends of
//! months and validities, empty and full lists, missing values, keys that are there and keys that nearly are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use assize_eval::calendar::Calendar;
use assize_eval::date_formula::DateFormula;
use assize_eval::interp::{Interpreter, Limits};
use assize_eval::store::{RelationBuilder, Store, check_rows};
use assize_eval::value::ReasonValue;
use assize_eval::{Data, RowRef, Value};
use assize_ir::{Body, Check, Const, NumType, Op, Program, ReasonId, RelationId, Type, code, date};
use rust_decimal::Decimal;

use super::choices::Choices;

/// Time of every call and every relation, in seconds since 1970-01-01 UTC.
pub const AT: i64 = 1_790_000_000;
/// Most rows of a relation.
const ROWS: usize = 8;
/// Attempts to make rows, or an argument, that their checks allow.
const ATTEMPTS: usize = 6;
/// Longest list that has no bound.
const ELEMENTS: usize = 5;
/// Greatest depth of a value; records cannot contain themselves, so this is far.
const DEEP: usize = 32;
/// Whole numbers at the ends of a word, and those of which two just fit it together.
const WORDS: &[i64] = &[
    i64::MAX,
    -i64::MAX,
    3_037_000_499,
    3_037_000_500,
    -3_037_000_500,
    4_611_686_018_427_387_904,
    4_294_967_296,
    922_337_203_685_477_580,
];

/// The values that a program itself names.
#[derive(Clone, Debug, Default)]
pub struct Named {
    numbers: Vec<Decimal>,
    days: Vec<i32>,
    texts: Vec<String>,
    formulas: Vec<String>,
}

impl Named {
    /// Of everything in a program.
    pub fn of(program: &Program) -> Named {
        let mut numbers = BTreeSet::from([Decimal::ZERO, Decimal::ONE]);
        let mut days = BTreeSet::new();
        let mut texts = BTreeSet::from(["A".to_owned(), "B".to_owned(), String::new()]);
        let mut formulas = BTreeSet::from(["1D".to_owned(), "CM+14D".to_owned()]);
        for callable in &program.callables {
            match &callable.body {
                Body::Parameter(values) => days.extend(values.iter().filter_map(|it| it.from)),
                Body::Rule(rule) => {
                    let dated = rule.exceptions.iter();
                    days.extend(dated.flat_map(|it| it.from.iter().chain(&it.to).copied()));
                }
                Body::Define(_) | Body::Table(_) | Body::Grid(_) => {}
            }
            let constants = callable.nodes.iter().filter_map(|node| match &node.op {
                Op::Const(constant) => Some(constant),
                _ => None,
            });
            let mut open: Vec<&Const> = constants.collect();
            while let Some(constant) = open.pop() {
                match constant {
                    Const::Int(it) => {
                        numbers.insert(Decimal::from(*it));
                    }
                    Const::Num(it) => {
                        numbers.insert(it.normalize());
                    }
                    Const::Text(it) | Const::Code(it) => {
                        texts.insert(it.clone());
                    }
                    Const::Date(it) => {
                        days.insert(*it);
                    }
                    Const::DateFormula(it) => {
                        formulas.insert(it.clone());
                    }
                    Const::List(items) | Const::Record(_, items) => open.extend(items),
                    Const::Bool(_) | Const::Calendar(_) | Const::Enum(..) | Const::Missing => {}
                }
            }
        }
        let usual = ["2026-01-01", "2024-02-29", "2026-01-31", "2026-12-31"];
        days.extend(usual.iter().filter_map(|text| date::parse(text)));
        Named {
            numbers: numbers.into_iter().collect(),
            days: days.into_iter().collect(),
            texts: texts.into_iter().collect(),
            formulas: formulas.into_iter().collect(),
        }
    }
}

/// Makes rows and arguments.
pub struct Questions<'q> {
    /// Chooses.
    pub choices: &'q mut Choices,
    program: &'q Program,
    named: &'q Named,
    /// Plain values of this question: the same one again makes ties and hits.
    same: Vec<(Type, Value)>,
}

impl<'q> Questions<'q> {
    /// Of a program.
    pub fn new(program: &'q Program, named: &'q Named, choices: &'q mut Choices) -> Questions<'q> {
        Questions {
            choices,
            program,
            named,
            same: Vec::new(),
        }
    }

    /// Rows that the relations take, and calendars; a relation for which none are found in time has none.
    pub fn store(&mut self) -> Store {
        let mut store = Store::empty(self.program);
        for (code, working, from, to) in [
            ("SHOP", 5, "2024-01-01", "2027-12-31"),
            ("CARRIER", 6, "2025-01-01", "2026-12-31"),
        ] {
            let holidays = ["2026-01-01", "2026-12-25"];
            let holidays = holidays.iter().filter_map(|text| date::parse(text));
            store.set_calendar(Calendar {
                code: code.into(),
                working: (1..=working).collect(),
                exceptions: holidays.map(|day| (day, false)).collect::<BTreeMap<_, _>>(),
                from: date::parse(from).unwrap_or_default(),
                to: date::parse(to).unwrap_or_default(),
            });
        }
        for id in (0u32..).map(RelationId).take(self.program.relations.len()) {
            self.choices.begin();
            let most = self.choices.below(ROWS + 1);
            // Fewer rows violate fewer of the checks.
            let mut rows = most;
            while !self.fill(id, rows, &mut store) && rows > 0 {
                rows /= 2;
            }
            self.choices.end();
        }
        store
    }

    fn fill(&mut self, id: RelationId, rows: usize, store: &mut Store) -> bool {
        let Some(mut builder) = RelationBuilder::new(self.program, id, Some(AT)) else {
            return false;
        };
        let fields = &builder.relation().fields;
        let keys = builder.relation().key_fields as usize;
        let mut seen: Vec<Vec<Value>> = Vec::new();
        for _ in 0..rows {
            self.choices.begin();
            let row: Option<Vec<Value>> = fields
                .iter()
                .map(|field| self.value(&field.ty, store, 0))
                .collect();
            self.choices.end();
            let Some(row) = row else {
                return false;
            };
            let key: Vec<Value> = row.iter().take(keys).cloned().collect();
            if !seen.contains(&key) {
                seen.push(key);
                if builder.push(&row, 1).is_err() {
                    return false;
                }
            }
        }
        let built = builder.finish();
        if !built.faults.is_empty() {
            return false;
        }
        store.set_table(id, built.table);
        let held = {
            let read: &Store = store;
            let interpreter = Interpreter::new(self.program, read, Limits::default());
            let mut checker = |check: &Check, row: RowRef| {
                let held = interpreter.call(check.callable, &[Value::Row(row)]);
                Ok(held == Ok(Value::Bool(true)))
            };
            check_rows(self.program, read, id, &built.lines, &mut checker).is_empty()
        };
        if !held {
            store.set_table(id, assize_eval::store::Table::default());
        }
        held
    }

    /// Arguments whose records hold their checks; `None` where none are found in time, or a type has no value.
    pub fn arguments(&mut self, types: &[&Type], store: &Store) -> Option<Vec<Value>> {
        for _ in 0..ATTEMPTS {
            self.same.clear();
            let made: Option<Vec<Value>> = types
                .iter()
                .map(|ty| {
                    self.choices.begin();
                    let value = self.value(ty, store, 0);
                    self.choices.end();
                    value
                })
                .collect();
            let made = made?;
            let interpreter = Interpreter::new(self.program, store, Limits::default());
            let mut pairs = types.iter().zip(&made);
            if pairs.all(|(ty, value)| holds(self.program, &interpreter, ty, value)) {
                return Some(made);
            }
        }
        None
    }

    fn value(&mut self, ty: &Type, store: &Store, depth: usize) -> Option<Value> {
        if depth > DEEP {
            return None;
        }
        let deeper = depth + 1;
        Some(match ty {
            Type::Optional(inner) => match self.choices.chance(72) {
                true => self.value(inner, store, deeper).unwrap_or(Value::Missing),
                false => Value::Missing,
            },
            Type::Record(id) => {
                let fields = self.program.record(*id)?.fields.iter();
                let fields = fields.map(|field| self.value(&field.ty, store, deeper));
                Value::Record(fields.collect::<Option<Vec<_>>>()?.into())
            }
            Type::List { item, at_most } => {
                let most = at_most.map_or(ELEMENTS, |most| (most as usize).min(ELEMENTS + 3));
                let length = match self.choices.chance(20) {
                    true => most,
                    false => self.choices.below(most + 1),
                };
                let mut items = Vec::new();
                for _ in 0..length {
                    self.choices.begin();
                    let made = self.value(item, store, deeper);
                    self.choices.end();
                    items.push(made?);
                }
                Value::List(items.into())
            }
            Type::Row(relation) => {
                let rows = store.rows(*relation) as usize;
                let row = u32::try_from(self.choices.below(rows)).ok()?;
                (rows > 0).then_some(Value::Row(RowRef {
                    relation: *relation,
                    row,
                }))?
            }
            Type::Reason => {
                let at = self.choices.below(self.program.reasons.len());
                let params = self.program.reasons.get(at)?.params.iter();
                let arguments = params.map(|param| self.value(&param.ty, store, deeper));
                Value::Reason(Arc::new(ReasonValue {
                    reason: ReasonId(u32::try_from(at).ok()?),
                    arguments: arguments.collect::<Option<Vec<_>>>()?,
                }))
            }
            _ => self.scalar(ty, store)?,
        })
    }

    fn scalar(&mut self, ty: &Type, store: &Store) -> Option<Value> {
        if self.choices.chance(15) {
            let known = self.same.iter().filter(|(of, _)| of == ty);
            let known: Vec<Value> = known.map(|(_, value)| value.clone()).collect();
            if let Some(value) = self.choices.pick(&known) {
                return Some(value);
            }
        }
        if self.choices.chance(25)
            && let Some(value) = self.of_rows(ty, store)
        {
            return Some(value);
        }
        let made = match ty {
            Type::Bool => Value::Bool(self.choices.chance(50)),
            Type::Int => {
                let places = NumType {
                    places: Some(0),
                    ..NumType::PLAIN
                };
                let number = self.number(&places).normalize();
                Value::Int(i64::try_from(number.mantissa()).ok()?.max(-i64::MAX))
            }
            Type::Num(num) => {
                let mut number = self.number(num);
                // Zeros behind the last digit change nothing.
                if self.choices.chance(20) {
                    number.rescale(num.places.map_or(6, u32::from).min(28));
                }
                Value::Num(number)
            }
            Type::Text => Value::Text(self.text().into()),
            Type::Code => Value::Code(code::normalise_code(&self.text()).as_ref().into()),
            Type::Date => Value::Date(self.day()),
            Type::DateFormula => {
                let named = self.named.formulas.clone();
                let text = self.choices.pick(&named)?;
                Value::DateFormula(Arc::new(DateFormula::parse(&text).ok()?))
            }
            Type::Calendar => {
                let codes = ["SHOP", "CARRIER", "SHOP", "NOWHERE"];
                Value::Calendar(self.choices.word(&codes).into())
            }
            Type::Enum(id) => {
                let values = self.program.enum_of(*id)?.values.len();
                let at = u32::try_from(self.choices.below(values)).ok()?;
                (values > 0).then_some(Value::Enum(at))?
            }
            Type::Record(_)
            | Type::Row(_)
            | Type::Reason
            | Type::List { .. }
            | Type::Optional(_) => return None,
        };
        self.same.push((ty.clone(), made.clone()));
        Some(made)
    }

    /// A value of this type that stands in the data.
    fn of_rows(&mut self, ty: &Type, store: &Store) -> Option<Value> {
        let mut found = Vec::new();
        for (id, relation) in (0u32..).map(RelationId).zip(&self.program.relations) {
            for (field, of) in (0u32..).zip(&relation.fields) {
                if of.ty.plain() == ty {
                    let rows = 0..store.rows(id).min(4);
                    found.extend(rows.map(|row| store.field(id, row, field)));
                }
            }
        }
        found.retain(|value| *value != Value::Missing);
        self.choices.pick(&found)
    }

    fn text(&mut self) -> String {
        let mut text = match self.choices.chance(70) {
            true => {
                let named = self.named.texts.clone();
                self.choices.pick(&named).unwrap_or_default()
            }
            false => {
                let usual = ["a", "B", "C1", "ä€", "a longer text of several words", "ß"];
                self.choices.word(&usual).to_owned()
            }
        };
        // Near misses: a blank, another letter at the end, one letter less.
        match self.choices.weighted(&[80, 5, 5, 5, 5]) {
            1 => text.push(' '),
            2 => text.push('A'),
            3 => drop(text.pop()),
            4 => text = text.to_lowercase(),
            _ => {}
        }
        text
    }

    fn day(&mut self) -> i32 {
        let mut days = self.named.days.clone();
        days.sort_by_key(|day| (day - 20_454).abs());
        let day = self.choices.pick(&days).unwrap_or_default();
        let moved = match self.choices.weighted(&[45, 15, 15, 10, 10, 5]) {
            1 => 1,
            2 => -1,
            3 => 30,
            4 => -(self.choices.below(500) as i64),
            5 => 365,
            _ => 0,
        };
        date::add_days(day, moved).unwrap_or(day)
    }

    /// A number of a type.
    fn number(&mut self, num: &NumType) -> Decimal {
        let places = num.places.map_or(4, u32::from).min(28);
        let unit = Decimal::new(1, places);
        let named = self.named.numbers.clone();
        let mut fallback = Decimal::ZERO;
        for _ in 0..ATTEMPTS {
            let made = match self.choices.weighted(&[18, 7, 7, 22, 16, 10, 10, 12]) {
                0 => Some(Decimal::from(self.choices.below(12) as i64)),
                1 => num.lowest,
                2 => num.highest,
                3 => self.choices.pick(&named),
                // A tie of a rounding to a constant, or to the places of the type.
                4 => {
                    let step = self.choices.pick(&named).unwrap_or(unit);
                    let half = step.checked_div(Decimal::TWO);
                    let times = Decimal::from(self.choices.below(7) as i64 * 2 + 1);
                    half.and_then(|half| half.checked_mul(times))
                }
                5 => {
                    let word = self.choices.pick(WORDS).unwrap_or(1);
                    Some(Decimal::new(word, places))
                }
                6 => {
                    let word = self.choices.pick(WORDS).unwrap_or(1);
                    Some(Decimal::from(word))
                }
                _ => {
                    let any = self.choices.below(2_000_000) as i64;
                    Some(Decimal::new(any, places))
                }
            };
            let moved = match self.choices.weighted(&[60, 15, 15, 10]) {
                1 => made.and_then(|it| it.checked_add(unit)),
                2 => made.and_then(|it| it.checked_sub(unit)),
                3 => made.map(|it| -it),
                _ => made,
            };
            let Some(made) = moved.or(made).map(|it| it.normalize()) else {
                continue;
            };
            if fits(num, made) {
                return made;
            }
            let cut = made.trunc_with_scale(places).normalize();
            if fits(num, cut) {
                fallback = cut;
            }
        }
        let ends = [
            fallback,
            num.lowest.unwrap_or_default(),
            num.highest.unwrap_or_default(),
        ];
        ends.into_iter()
            .find(|number| fits(num, *number))
            .unwrap_or_default()
    }
}

fn fits(num: &NumType, value: Decimal) -> bool {
    num.places
        .is_none_or(|most| value.normalize().scale() <= u32::from(most))
        && num.lowest.is_none_or(|low| value >= low)
        && num.highest.is_none_or(|high| value <= high)
}

/// Whether all checks of the records in a value hold.
fn holds(program: &Program, interpreter: &Interpreter<'_>, ty: &Type, value: &Value) -> bool {
    match (ty.plain(), value) {
        (Type::Record(id), Value::Record(fields)) => {
            let Some(record) = program.record(*id) else {
                return false;
            };
            let mut inner = record.fields.iter().zip(fields.iter());
            inner.all(|(field, value)| holds(program, interpreter, &field.ty, value))
                && record.checks.iter().all(|check| {
                    let held = interpreter.call(check.callable, std::slice::from_ref(value));
                    held == Ok(Value::Bool(true))
                })
        }
        (Type::List { item, .. }, Value::List(items)) => items
            .iter()
            .all(|value| holds(program, interpreter, item, value)),
        _ => true,
    }
}
