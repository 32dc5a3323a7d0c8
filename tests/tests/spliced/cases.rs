//! Calls everything that can be called, with values and rows that nobody chose.

use std::collections::BTreeSet;
use std::sync::Arc;

use assize_compiler::Diagnostic;
use assize_eval::date_formula::DateFormula;
use assize_eval::interp::Interpreter;
use assize_eval::store::{RelationBuilder, Store, check_rows};
use assize_eval::trace::Explain;
use assize_eval::value::ReasonValue;
use assize_eval::{Answer, Data, ErrorCode, Limits, RowRef, Value, Watch};
use assize_ir::{Body, CallableId, Const, NumType, Op, Program, ReasonId, RelationId, Type};
use rust_decimal::Decimal;

use crate::Numbers;
use crate::watch::Watcher;

/// Callables of one program that are called.
const CALLABLES: usize = 40;
/// Calls of each.
const CALLS: usize = 4;
/// Steps of a call: a longer one shows nothing that a shorter one does not.
const STEPS_MAX: u64 = 200_000;
/// Attempts to make a value that its checks allow.
const ATTEMPTS: usize = 8;
/// Most rows of a relation, and most elements of a list.
const ROWS_MAX: usize = 4;
/// Findings that say that a table or rule may leave a case open, or decide it twice.
const OPEN: &[&str] = &["A04", "A05", "A10"];

/// What broke while everything was called.
pub fn called(program: &Program, found: &[Diagnostic], numbers: &mut Numbers) -> Option<String> {
    let mut made = Made::of(program, numbers);
    let store = made.store();
    let limits = Limits {
        max_steps: STEPS_MAX,
        ..Limits::default()
    };
    let interpreter = Interpreter::new(program, &store, limits);
    let mut watcher = Watcher::default();
    let settled = !found
        .iter()
        .any(|found| OPEN.iter().any(|open| found.code.0.starts_with(open)));
    for (id, callable) in (0u32..).map(CallableId).zip(&program.callables) {
        if id.index() >= CALLABLES {
            break;
        }
        for _ in 0..CALLS {
            let arguments: Option<Vec<Value>> = callable
                .params
                .iter()
                .map(|param| made.checked(&param.ty, &store))
                .collect();
            let Some(arguments) = arguments else { continue };
            let watch = Watch {
                explain: None,
                observer: Some(&mut watcher),
            };
            let answer = interpreter.call_with(id, &arguments, watch);
            let name = &callable.name;
            if let Some(changed) = changed_by_explaining(&interpreter, id, &arguments, &answer) {
                return Some(format!("{name}({arguments:?}): {changed}"));
            }
            let failure = match answer.result {
                Ok(_) => continue,
                Err(failure) => failure,
            };
            if failure.code == ErrorCode::Internal {
                return Some(format!("{name}({arguments:?}) ends with {failure}"));
            }
            let open = matches!(failure.code, ErrorCode::Undecided | ErrorCode::Conflict);
            let body = failure.callable.and_then(|id| program.callable(id));
            let checked = body.is_some_and(|callable| match &callable.body {
                // What no row takes before the first day, or behind the last, is a note at most.
                Body::Table(_) if failure.code == ErrorCode::Undecided => callable
                    .params
                    .iter()
                    .all(|param| *param.ty.plain() != Type::Date),
                Body::Table(_) | Body::Grid(_) | Body::Rule(_) => {
                    failure.code == ErrorCode::Conflict
                }
                Body::Parameter(_) | Body::Define(_) => false,
            });
            if settled && open && checked {
                return Some(format!(
                    "nothing is said to be open, and {name}({arguments:?}) ends with {failure}"
                ));
            }
        }
    }
    let breaches: Vec<String> = watcher.breaches.into_iter().collect();
    (!breaches.is_empty()).then(|| format!("promises broken: {}", breaches.join("\n")))
}

/// What is not as it was when the same is asked once more, with an explanation.
fn changed_by_explaining(
    interpreter: &Interpreter<'_>,
    id: CallableId,
    arguments: &[Value],
    plain: &Answer,
) -> Option<String> {
    let watch = Watch {
        explain: Some(Explain::default()),
        observer: None,
    };
    let told = interpreter.call_with(id, arguments, watch);
    let same = told.result == plain.result && told.steps == plain.steps;
    (!same).then(|| {
        format!(
            "{:?} in {} steps becomes {:?} in {} when it is explained",
            plain.result, plain.steps, told.result, told.steps
        )
    })
}

struct Made<'p> {
    program: &'p Program,
    numbers: &'p mut Numbers,
    decimals: Vec<Decimal>,
    days: Vec<i32>,
    texts: Vec<String>,
}

impl<'p> Made<'p> {
    /// With the values that the program itself names.
    fn of(program: &'p Program, numbers: &'p mut Numbers) -> Made<'p> {
        let mut out = Made {
            program,
            numbers,
            decimals: vec![Decimal::ZERO, Decimal::ONE, Decimal::from(i64::MAX)],
            days: vec![
                738_000,
                assize_ir::date::FIRST_DAY,
                assize_ir::date::LAST_DAY,
            ],
            texts: vec![String::new(), "A".into(), "B".into()],
        };
        let mut days = BTreeSet::new();
        for callable in &program.callables {
            match &callable.body {
                Body::Parameter(values) => days.extend(values.iter().filter_map(|it| it.from)),
                Body::Rule(rule) => {
                    let dated = rule.exceptions.iter();
                    days.extend(dated.flat_map(|it| it.from.iter().chain(&it.to).copied()));
                }
                _ => {}
            }
            for node in &callable.nodes {
                let Op::Const(constant) = &node.op else {
                    continue;
                };
                let mut open = vec![constant];
                while let Some(constant) = open.pop() {
                    match constant {
                        Const::Int(it) => out.decimals.push(Decimal::from(*it)),
                        Const::Num(it) => out.decimals.push(it.normalize()),
                        Const::Text(it) | Const::Code(it) => out.texts.push(it.clone()),
                        Const::Date(it) => {
                            days.insert(*it);
                        }
                        Const::List(items) | Const::Record(_, items) => open.extend(items),
                        _ => {}
                    }
                }
            }
        }
        out.days.extend(days);
        out
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> Option<T> {
        from.get(self.numbers.below(from.len())).cloned()
    }

    /// Rows that the relations take; where none are found in time, there are none.
    fn store(&mut self) -> Store {
        let mut store = Store::empty(self.program);
        let ids = (0u32..).map(RelationId).take(self.program.relations.len());
        for id in ids {
            for _ in 0..ATTEMPTS {
                let rows = self.numbers.below(ROWS_MAX + 1);
                if self.fill(id, rows, &mut store) {
                    break;
                }
                self.fill(id, 0, &mut store);
            }
        }
        store
    }

    fn fill(&mut self, id: RelationId, rows: usize, store: &mut Store) -> bool {
        let Some(mut builder) = RelationBuilder::new(self.program, id, None) else {
            return false;
        };
        let fields = builder.relation().fields.clone();
        for _ in 0..rows {
            let row: Option<Vec<Value>> = fields
                .iter()
                .map(|field| self.value(&field.ty, store))
                .collect();
            let pushed = row.map(|row| builder.push(&row, 1));
            if !matches!(pushed, Some(Ok(()))) {
                return false;
            }
        }
        let built = builder.finish();
        if !built.faults.is_empty() {
            return false;
        }
        store.set_table(id, built.table);
        let store: &Store = store;
        let interpreter = Interpreter::new(self.program, store, Limits::default());
        let mut checker = |check: &assize_ir::Check, row: RowRef| {
            let held = interpreter.call(check.callable, &[Value::Row(row)]);
            Ok(held == Ok(Value::Bool(true)))
        };
        check_rows(self.program, store, id, &built.lines, &mut checker).is_empty()
    }

    /// A value of a type whose records hold their checks.
    fn checked(&mut self, ty: &Type, store: &Store) -> Option<Value> {
        for _ in 0..ATTEMPTS {
            let value = self.value(ty, store)?;
            let interpreter = Interpreter::new(self.program, store, Limits::default());
            if holds(self.program, &interpreter, ty, &value) {
                return Some(value);
            }
        }
        None
    }

    fn value(&mut self, ty: &Type, store: &Store) -> Option<Value> {
        Some(match ty {
            Type::Optional(inner) => match self.numbers.below(3) {
                0 => Value::Missing,
                _ => self.value(inner, store).unwrap_or(Value::Missing),
            },
            Type::Bool => Value::Bool(self.numbers.below(2) == 0),
            Type::Int => {
                let number = self.number(&NumType {
                    places: Some(0),
                    ..NumType::PLAIN
                })?;
                let number = i64::try_from(number.normalize().mantissa()).ok()?;
                // The lowest one is no `int`.
                Value::Int(number.max(-i64::MAX))
            }
            Type::Num(ty) => Value::Num(self.number(ty)?),
            Type::Text => Value::Text(self.pick(&self.texts.clone())?.into()),
            Type::Code => {
                let text = self.pick(&self.texts.clone())?;
                Value::Code(assize_ir::code::normalise_code(&text).as_ref().into())
            }
            Type::Date => {
                let day = self.pick(&self.days.clone())?;
                let moved = [0, 0, 1, -1, 30][self.numbers.below(5)];
                Value::Date(assize_ir::date::add_days(day, moved).unwrap_or(day))
            }
            Type::DateFormula => {
                let text = self.pick(&["1D", "-2D", "1W", "CM+14D", "1Q", "-1Y"])?;
                Value::DateFormula(Arc::new(DateFormula::parse(text).ok()?))
            }
            Type::Enum(id) => {
                let values = self.program.enum_of(*id)?.values.len();
                let value = u32::try_from(self.numbers.below(values)).ok()?;
                (values > 0).then_some(Value::Enum(value))?
            }
            Type::Record(id) => {
                let fields = self.program.record(*id)?.fields.iter();
                let values = fields.map(|field| self.value(&field.ty, store));
                Value::Record(values.collect::<Option<Vec<_>>>()?.into())
            }
            Type::List { item, at_most } => {
                let most = at_most.map_or(ROWS_MAX, |most| most as usize).min(ROWS_MAX);
                let length = self.numbers.below(most + 1);
                let items = (0..length).map(|_| self.value(item, store));
                Value::List(items.collect::<Option<Vec<_>>>()?.into())
            }
            Type::Row(relation) => {
                let rows = store.rows(*relation) as usize;
                let row = u32::try_from(self.numbers.below(rows)).ok()?;
                (rows > 0).then_some(Value::Row(RowRef {
                    relation: *relation,
                    row,
                }))?
            }
            Type::Reason => {
                let at = self.numbers.below(self.program.reasons.len());
                let params = self.program.reasons.get(at)?.params.iter();
                let arguments = params.map(|param| self.value(&param.ty, store));
                Value::Reason(Arc::new(ReasonValue {
                    reason: ReasonId(u32::try_from(at).ok()?),
                    arguments: arguments.collect::<Option<Vec<_>>>()?,
                }))
            }
            Type::Calendar => return None,
        })
    }

    /// A number of a type: at an end, near what the program names, or any.
    fn number(&mut self, ty: &NumType) -> Option<Decimal> {
        let places = ty.places.map_or(4, u32::from);
        let step = Decimal::new(1, places.min(28));
        for _ in 0..ATTEMPTS {
            let number = match self.numbers.below(8) {
                0 => ty.lowest,
                1 => ty.highest,
                2 => Some(Decimal::ZERO),
                3 | 4 => self.pick(&self.decimals.clone()),
                5 => {
                    let near = self.pick(&self.decimals.clone())?;
                    let step = [step, -step][self.numbers.below(2)];
                    near.checked_add(step)
                }
                6 => {
                    let any = self.numbers.below(2_000_001) as i64 - 1_000_000;
                    Decimal::from(any).checked_mul(step)
                }
                _ => Some(Decimal::from(self.numbers.below(2_001) as i64 - 1_000)),
            };
            let Some(number) = number.map(|number| number.normalize()) else {
                continue;
            };
            let fits = ty
                .places
                .is_none_or(|most| number.scale() <= u32::from(most))
                && ty.lowest.is_none_or(|lowest| number >= lowest)
                && ty.highest.is_none_or(|highest| number <= highest);
            if fits {
                return Some(number);
            }
        }
        None
    }
}

fn holds(program: &Program, interpreter: &Interpreter<'_>, ty: &Type, value: &Value) -> bool {
    match (ty.plain(), value) {
        (Type::Record(id), Value::Record(fields)) => {
            let Some(record) = program.record(*id) else {
                return false;
            };
            let mut inner = record.fields.iter().zip(fields.iter());
            let mut checks = record.checks.iter();
            inner.all(|(field, value)| holds(program, interpreter, &field.ty, value))
                && checks.all(|check| {
                    let held = interpreter.call(check.callable, std::slice::from_ref(value));
                    held == Ok(Value::Bool(true))
                })
        }
        (Type::List { item, .. }, Value::List(items)) => {
            let mut items = items.iter();
            items.all(|value| holds(program, interpreter, item, value))
        }
        _ => true,
    }
}
