//! Cases that pass the checks of their types. A box says what a case has to be in the compared columns;
//! other fields are free, and a check may tie both to each other.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::Arc;

use assize_eval::interp::{Interpreter, Limits};
use assize_eval::{RowRef, Value};
use assize_ir::{CallableId, Check, Const, Op, Program, Type};
use rust_decimal::Decimal;

use super::convert::number;
use super::space::{Dimension, Ordering, Subject};
use super::witness::{Case, case, sample};

/// Values that are tried for the fields of all cases of one declaration.
const MAX_TRIED: u32 = 20_000;

/// Values that are tried for the fields of one case.
const MAX_TRIED_FOR_ONE: u32 = 2_000;

/// Fields of one case that are changed.
const MAX_FIELDS: usize = 64;

/// Makes cases of one declaration.
pub(super) struct Solver<'p> {
    program: &'p Program,
    id: CallableId,
    tried: Cell<u32>,
}

/// A place in the arguments: a parameter and fields.
#[derive(Clone, Debug)]
struct Leaf {
    param: u32,
    fields: Vec<u32>,
    ty: Type,
    value: Value,
}

impl<'p> Solver<'p> {
    pub(super) fn new(program: &'p Program, id: CallableId) -> Solver<'p> {
        Solver {
            program,
            id,
            tried: Cell::new(0),
        }
    }

    /// A case with these values, or with others that `fits` lets stand for them, that passes the
    /// checks of its types. `None`: none was found.
    pub(super) fn case(
        &self,
        values: &[(&Dimension, Value)],
        orderings: &[Ordering<'_>],
        fits: impl Fn(&Subject, &Value) -> bool,
    ) -> Option<Case> {
        let mut case = case(self.program, self.id, values)?;
        let mut broken = self.broken(&case, orderings);
        let mut left = MAX_TRIED_FOR_ONE;
        while broken > 0 {
            broken = self.better(&mut case, (broken, orderings), &fits, &mut left)?;
        }
        case.say(self.program, values);
        Some(case)
    }

    /// Changes one field so that fewer checks are broken.
    fn better(
        &self,
        case: &mut Case,
        (broken, orderings): (usize, &[Ordering<'_>]),
        fits: &impl Fn(&Subject, &Value) -> bool,
        left: &mut u32,
    ) -> Option<usize> {
        let leaves = self.leaves(case);
        let known = self.known(case, &leaves);
        for leaf in &leaves {
            let subject = Subject::Path {
                param: leaf.param,
                fields: leaf.fields.clone(),
            };
            for value in self.candidates(leaf, &known, case) {
                if value == leaf.value || !fits(&subject, &value) {
                    continue;
                }
                if *left == 0 || self.tried.get() >= MAX_TRIED {
                    return None;
                }
                *left -= 1;
                self.tried.set(self.tried.get() + 1);
                set(case, leaf, value);
                let now = self.broken(case, orderings);
                if now < broken {
                    return Some(now);
                }
                set(case, leaf, leaf.value.clone());
            }
        }
        None
    }

    /// How many checks and orderings a case breaks.
    fn broken(&self, case: &Case, orderings: &[Ordering<'_>]) -> usize {
        let Some(callable) = self.program.callable(self.id) else {
            return 0;
        };
        let params = callable.params.iter().zip(&case.arguments);
        let mut open: Vec<(&Type, Value)> = params
            .map(|(param, value)| (&param.ty, value.clone()))
            .collect();
        let interpreter = Interpreter::new(self.program, &case.data, Limits::default());
        let wrong = |of: &&Ordering<'_>| !is_so(case, of);
        let mut broken = orderings.iter().filter(wrong).count();
        while let Some((ty, value)) = open.pop() {
            let (checks, fields) = self.record(ty);
            let holds = |check: &&Check| {
                let value = std::slice::from_ref(&value);
                interpreter.call(check.callable, value) == Ok(Value::Bool(true))
            };
            if value != Value::Missing {
                broken += checks.iter().filter(|check| !holds(check)).count();
            }
            let inner = inner_values(case, &value);
            match ty.plain() {
                Type::List { item, .. } => {
                    open.extend(inner.into_iter().map(|value| (item.as_ref(), value)));
                }
                _ => open.extend(fields.iter().map(|field| &field.ty).zip(inner)),
            }
        }
        broken
    }

    /// Checks and fields of a record or row.
    fn record(&self, ty: &Type) -> (&[Check], &[assize_ir::Field]) {
        match ty.plain() {
            Type::Record(id) => self
                .program
                .record(*id)
                .map(|of| (of.checks.as_slice(), of.fields.as_slice())),
            Type::Row(id) => self
                .program
                .relation(*id)
                .map(|of| (of.checks.as_slice(), of.fields.as_slice())),
            _ => None,
        }
        .unwrap_or_default()
    }

    /// The fields that may be changed, in the order of the parameters.
    fn leaves(&self, case: &Case) -> Vec<Leaf> {
        let Some(callable) = self.program.callable(self.id) else {
            return Vec::new();
        };
        let mut open: Vec<Leaf> = Vec::new();
        for ((at, param), value) in (0u32..).zip(&callable.params).zip(&case.arguments) {
            open.push(Leaf {
                param: at,
                fields: Vec::new(),
                ty: param.ty.clone(),
                value: value.clone(),
            });
        }
        open.reverse();
        let mut out = Vec::new();
        while let Some(leaf) = open.pop() {
            let (_, fields) = self.record(&leaf.ty);
            let inner = inner_values(case, &leaf.value);
            if fields.is_empty() || leaf.value == Value::Missing {
                out.push(leaf);
                if out.len() == MAX_FIELDS {
                    break;
                }
                continue;
            }
            let parts = (0u32..).zip(fields).zip(inner).map(|((at, field), value)| {
                let mut path = leaf.fields.clone();
                path.push(at);
                Leaf {
                    param: leaf.param,
                    fields: path,
                    ty: field.ty.clone(),
                    value,
                }
            });
            let mut parts: Vec<Leaf> = parts.collect();
            parts.reverse();
            open.extend(parts);
        }
        out
    }

    /// Numbers that a check may speak of: its constants, and what the other fields hold.
    fn known(&self, case: &Case, leaves: &[Leaf]) -> BTreeSet<Decimal> {
        let mut known: BTreeSet<Decimal> = leaves
            .iter()
            .filter_map(|leaf| number(&leaf.value))
            .collect();
        for constant in self.constants(case) {
            known.extend(match constant {
                Const::Int(value) => Some(Decimal::from(*value)),
                Const::Num(value) => Some(*value),
                Const::Date(day) => Some(Decimal::from(*day)),
                _ => None,
            });
        }
        known
    }

    /// The constants of the checks that a case has to pass.
    fn constants(&self, case: &Case) -> Vec<&Const> {
        let mut checks: Vec<CallableId> = Vec::new();
        let Some(callable) = self.program.callable(self.id) else {
            return Vec::new();
        };
        let params = callable.params.iter().zip(&case.arguments);
        let mut open: Vec<(&Type, Value)> = params
            .map(|(param, value)| (&param.ty, value.clone()))
            .collect();
        while let Some((ty, value)) = open.pop() {
            let (of, fields) = self.record(ty);
            checks.extend(of.iter().map(|check| check.callable));
            let inner = inner_values(case, &value);
            open.extend(fields.iter().map(|field| &field.ty).zip(inner));
        }
        let nodes = checks
            .into_iter()
            .filter_map(|check| self.program.callable(check))
            .flat_map(|callable| &callable.nodes);
        nodes
            .filter_map(|node| match &node.op {
                Op::Const(constant) => Some(constant),
                _ => None,
            })
            .collect()
    }

    /// Values that a field may get.
    fn candidates(&self, leaf: &Leaf, known: &BTreeSet<Decimal>, case: &Case) -> Vec<Value> {
        let mut out = Vec::new();
        match leaf.ty.plain() {
            Type::Bool => out.extend([Value::Bool(true), Value::Bool(false)]),
            Type::Enum(id) => {
                let size = self.program.enum_of(*id).map_or(0, |of| of.values.len());
                out.extend((0..u32::try_from(size).unwrap_or(u32::MAX)).map(Value::Enum));
            }
            Type::Int | Type::Num(_) | Type::Date => {
                out.extend(near(leaf.ty.plain(), known));
            }
            Type::Text | Type::Code => {
                for constant in self.constants(case) {
                    let value = assize_eval::interp::value_of(constant);
                    out.extend(match (leaf.ty.plain(), value) {
                        (Type::Text, Some(Value::Text(text))) => Some(Value::Text(text)),
                        (Type::Code, Some(Value::Code(text))) => Some(Value::Code(text)),
                        _ => None,
                    });
                }
                // What differs from the plain value on either side of it.
                for other in ["A", "OTHER", "Z"] {
                    out.push(match leaf.ty.plain() {
                        Type::Code => Value::Code(other.into()),
                        _ => Value::Text(other.into()),
                    });
                }
            }
            Type::List { item, .. } => {
                let one = super::witness::plain_value(self.program, item);
                out.extend(one.map(|one| Value::List(Arc::from(vec![one]))));
            }
            _ => {}
        }
        if leaf.ty.is_optional() {
            out.push(Value::Missing);
        }
        out.extend(sample(leaf.ty.plain()));
        out
    }
}

/// Numbers of a type at and beside the known ones, and both ends of its range.
fn near(ty: &Type, known: &BTreeSet<Decimal>) -> Vec<Value> {
    let (low, high, step) = match ty {
        Type::Num(num) => {
            let places = num.places.map_or(0, |places| u32::from(places.min(28)));
            (num.lowest, num.highest, Decimal::new(1, places))
        }
        _ => (None, None, Decimal::ONE),
    };
    let ends = known.iter().chain(&low).chain(&high).copied();
    let mut numbers: Vec<Decimal> = ends
        .flat_map(|x| [Some(x), x.checked_add(step), x.checked_sub(step)])
        .flatten()
        .filter(|x| low.is_none_or(|low| *x >= low) && high.is_none_or(|high| *x <= high))
        .filter(|x| x.checked_rem(step).is_some_and(|rest| rest.is_zero()))
        .collect();
    // Small numbers read best.
    numbers.sort_by_key(|x| (x.abs(), x.is_sign_negative()));
    numbers.dedup();
    let value = |x: Decimal| match ty {
        Type::Int => i64::try_from(x.trunc().mantissa()).ok().map(Value::Int),
        Type::Date => {
            let day = i32::try_from(x.trunc().mantissa()).ok()?;
            let real = (assize_ir::date::FIRST_DAY..=assize_ir::date::LAST_DAY).contains(&day);
            real.then_some(Value::Date(day))
        }
        _ => Some(Value::Num(x.normalize())),
    };
    numbers.into_iter().filter_map(value).collect()
}

/// Whether two values of a case compare as they have to.
fn is_so(case: &Case, of: &Ordering<'_>) -> bool {
    let (Some(left), Some(right)) = (case.at(of.left), case.at(of.right)) else {
        return false;
    };
    let order = match (&left, &right) {
        (Value::Text(a) | Value::Code(a), Value::Text(b) | Value::Code(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => match (number(&left), number(&right)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => return false,
        },
    };
    let [less, equal, greater] = of.allowed;
    match order {
        std::cmp::Ordering::Less => less,
        std::cmp::Ordering::Equal => equal,
        std::cmp::Ordering::Greater => greater,
    }
}

/// The fields of a record or row, the elements of a list.
fn inner_values(case: &Case, value: &Value) -> Vec<Value> {
    match value {
        Value::Record(fields) | Value::List(fields) => fields.to_vec(),
        Value::Row(row) => case
            .data
            .fields_of(*row)
            .map(<[Value]>::to_vec)
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Gives a field of a case another value.
fn set(case: &mut Case, leaf: &Leaf, value: Value) {
    let Some(argument) = case.arguments.get(leaf.param as usize).cloned() else {
        return;
    };
    let changed = changed(case, &argument, &leaf.fields, value);
    if let Some(slot) = case.arguments.get_mut(leaf.param as usize) {
        *slot = changed;
    }
}

fn changed(case: &mut Case, old: &Value, path: &[u32], value: Value) -> Value {
    let Some((first, rest)) = path.split_first() else {
        return value;
    };
    let mut fields = inner_values(case, old);
    if let Some(field) = fields.get(*first as usize).cloned() {
        let inner = changed(case, &field, rest, value);
        if let Some(slot) = fields.get_mut(*first as usize) {
            *slot = inner;
        }
    }
    match old {
        Value::Record(_) => Value::Record(fields.into()),
        Value::Row(row) => {
            let row: RowRef = *row;
            case.data.set_fields(row, fields);
            old.clone()
        }
        _ => old.clone(),
    }
}
