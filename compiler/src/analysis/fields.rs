//! The fields of a case that may be changed, and the values that each may get.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use assize_eval::{RowRef, Value};
use assize_ir::{Callable, CallableId, Check, Op, RecordId, RelationId, Type};
use rust_decimal::Decimal;

use super::convert::number;
use super::solve::Solver;
use super::space::Subject;
use super::witness::{Case, plain_value, sample};

/// Fields of one case that are changed.
pub(super) const MAX_FIELDS: usize = 64;

/// Constants that fields are tried with: those at most that are written first.
const MAX_CONSTANTS: usize = 1_000;

/// Functions whose constants and fields are looked at, besides the one that a case is made of.
const MAX_CALLED: usize = 256;

/// What has fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Owner {
    Record(RecordId),
    Row(RelationId),
}

impl Owner {
    fn of(ty: &Type) -> Option<Owner> {
        match ty.plain() {
            Type::Record(id) => Some(Owner::Record(*id)),
            Type::Row(id) => Some(Owner::Row(*id)),
            _ => None,
        }
    }
}

/// A place in the arguments: a parameter and fields.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    pub(super) param: u32,
    pub(super) fields: Vec<u32>,
    pub(super) ty: Type,
    pub(super) value: Value,
    /// What it is a field of.
    owner: Option<Owner>,
}

impl Leaf {
    pub(super) fn subject(&self) -> Subject {
        Subject::Path {
            param: self.param,
            fields: self.fields.clone(),
        }
    }

    /// Whether it is one of these fields.
    pub(super) fn is_read(&self, fields: &HashSet<(Owner, u32)>) -> bool {
        let last = self.owner.zip(self.fields.last().copied());
        last.is_some_and(|field| fields.contains(&field))
    }
}

impl Solver<'_> {
    /// Checks and fields of a record or row.
    pub(super) fn record(&self, ty: &Type) -> (&[Check], &[assize_ir::Field]) {
        match Owner::of(ty) {
            Some(Owner::Record(id)) => self
                .program
                .record(id)
                .map(|of| (of.checks.as_slice(), of.fields.as_slice())),
            Some(Owner::Row(id)) => self
                .program
                .relation(id)
                .map(|of| (of.checks.as_slice(), of.fields.as_slice())),
            None => None,
        }
        .unwrap_or_default()
    }

    /// The fields that may be changed, in the order of the parameters, and whether these are all that
    /// are wanted.
    pub(super) fn leaves(&self, case: &Case, wanted: impl Fn(&Leaf) -> bool) -> (Vec<Leaf>, bool) {
        let mut out = Vec::new();
        let Some(callable) = self.program.callable(self.id) else {
            return (out, true);
        };
        let mut open: Vec<Leaf> = Vec::new();
        for ((at, param), value) in (0u32..).zip(&callable.params).zip(&case.arguments) {
            open.push(Leaf {
                param: at,
                fields: Vec::new(),
                ty: param.ty.clone(),
                value: value.clone(),
                owner: None,
            });
        }
        open.reverse();
        while let Some(leaf) = open.pop() {
            let (_, fields) = self.record(&leaf.ty);
            let inner = inner_values(case, &leaf.value);
            if fields.is_empty() || leaf.value == Value::Missing {
                if wanted(&leaf) {
                    if out.len() == MAX_FIELDS {
                        return (out, false);
                    }
                    out.push(leaf);
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
                    owner: Owner::of(&leaf.ty),
                }
            });
            let mut parts: Vec<Leaf> = parts.collect();
            parts.reverse();
            open.extend(parts);
        }
        (out, true)
    }

    /// Constants that a field may be compared with: those of the checks, or of all that runs.
    pub(super) fn constants(&self, case: &Case, of_all: bool) -> Vec<Value> {
        let mut checks = self.checks_of(case);
        if of_all {
            checks.push(self.id);
        }
        let mut known: HashSet<String> = HashSet::new();
        let mut out = Vec::new();
        // What is called speaks of fewer values than a long table.
        let all = self.runs(checks);
        for node in all.iter().rev().flat_map(|callable| &callable.nodes) {
            if let Op::Const(constant) = &node.op
                && let Some(value) = assize_eval::interp::value_of(constant)
                && known.insert(format!("{value:?}"))
            {
                out.push(value);
                if out.len() == MAX_CONSTANTS {
                    break;
                }
            }
        }
        out
    }

    /// Fields that the checks of a case read.
    pub(super) fn read_by_checks(&self, case: &Case) -> HashSet<(Owner, u32)> {
        read_by(&self.runs(self.checks_of(case)))
    }

    /// Whether the checks that a case breaks, and those that read what these read, only compare fields
    /// and constants with each other. The values that are tried are those at and beside all that is
    /// compared, so none is left out that could pass.
    pub(super) fn only_comparisons(&self, case: &Case) -> bool {
        let checks: Vec<Vec<&Callable>> = self
            .checks_of(case)
            .into_iter()
            .map(|check| self.runs(vec![check]))
            .collect();
        let mut fields = read_by(&self.runs(self.broken_checks(case)));
        loop {
            let before = fields.len();
            for callables in &checks {
                let read = read_by(callables);
                if !read.is_disjoint(&fields) {
                    fields.extend(read);
                }
            }
            if fields.len() == before {
                break;
            }
        }
        let concerned = checks
            .iter()
            .filter(|check| !read_by(check).is_disjoint(&fields));
        concerned
            .flatten()
            .flat_map(|it| &it.nodes)
            .all(|node| only_compares(&node.op))
    }

    /// The checks that a case has to pass.
    fn checks_of(&self, case: &Case) -> Vec<CallableId> {
        let Some(callable) = self.program.callable(self.id) else {
            return Vec::new();
        };
        let mut out: Vec<CallableId> = Vec::new();
        let params = callable.params.iter().zip(&case.arguments);
        let mut open: Vec<(&Type, Value)> = params
            .map(|(param, value)| (&param.ty, value.clone()))
            .collect();
        let mut seen: HashSet<Owner> = HashSet::new();
        while let Some((ty, value)) = open.pop() {
            let (of, fields) = self.record(ty);
            if Owner::of(ty).is_some_and(|owner| seen.insert(owner)) {
                out.extend(of.iter().map(|check| check.callable));
            }
            let inner = inner_values(case, &value);
            open.extend(fields.iter().map(|field| &field.ty).zip(inner));
        }
        out
    }

    /// These, and what they call.
    fn runs(&self, mut open: Vec<CallableId>) -> Vec<&Callable> {
        let mut known: HashSet<CallableId> = open.iter().copied().collect();
        let mut out = Vec::new();
        while let Some(id) = open.pop()
            && out.len() < MAX_CALLED
        {
            let Some(callable) = self.program.callable(id) else {
                continue;
            };
            out.push(callable);
            for node in &callable.nodes {
                if let Op::Call(to, _) = &node.op
                    && known.insert(*to)
                {
                    open.push(*to);
                }
            }
        }
        out
    }

    /// Values that a field may get: those that something compares it with, and those beside them.
    pub(super) fn candidates(&self, leaf: &Leaf, known: &[Value]) -> Vec<Value> {
        let mut out = Vec::new();
        match leaf.ty.plain() {
            Type::Bool => out.extend([Value::Bool(true), Value::Bool(false)]),
            Type::Enum(id) => {
                let size = self.program.enum_of(*id).map_or(0, |of| of.values.len());
                out.extend((0..u32::try_from(size).unwrap_or(u32::MAX)).map(Value::Enum));
            }
            Type::Int | Type::Num(_) | Type::Date => {
                let numbers = known.iter().filter_map(number).collect();
                out.extend(near(leaf.ty.plain(), &numbers));
            }
            Type::Text | Type::Code => {
                let code = matches!(leaf.ty.plain(), Type::Code);
                let fits = |value: &&Value| match value {
                    Value::Text(_) => !code,
                    Value::Code(_) => code,
                    _ => false,
                };
                out.extend(known.iter().filter(fits).cloned());
                // What begins with a text that is spoken of is compared as text.
                let texts = known.iter().filter_map(|value| match value {
                    Value::Text(text) if code => {
                        Some(Value::Code(text.trim().to_uppercase().into()))
                    }
                    _ => None,
                });
                out.extend(texts);
                // What differs from the plain value on either side of it.
                for other in ["A", "OTHER", "Z"] {
                    out.push(match leaf.ty.plain() {
                        Type::Code => Value::Code(other.into()),
                        _ => Value::Text(other.into()),
                    });
                }
            }
            Type::List { item, .. } => {
                let one = plain_value(self.program, item);
                out.extend(one.map(|one| Value::List(Arc::from(vec![one]))));
            }
            _ => {}
        }
        if leaf.ty.is_optional() {
            out.push(Value::Missing);
        }
        let sample = sample(leaf.ty.plain());
        out.extend(sample.filter(|value| !out.contains(value)));
        out
    }
}

/// Fields that functions read.
fn read_by(callables: &[&Callable]) -> HashSet<(Owner, u32)> {
    let mut read = HashSet::new();
    for callable in callables {
        for node in &callable.nodes {
            if let Op::Field(base, field) = &node.op
                && let Some(base) = callable.node(*base)
            {
                read.extend(Owner::of(&base.ty).map(|owner| (owner, *field)));
            }
        }
    }
    read
}

/// Whether a part of a condition does nothing but compare.
fn only_compares(op: &Op) -> bool {
    matches!(
        op,
        Op::Const(_)
            | Op::Local(_)
            | Op::Field(..)
            | Op::And(..)
            | Op::Or(..)
            | Op::Not(_)
            | Op::Counted { .. }
            | Op::Equal(..)
            | Op::Compare(..)
            | Op::Between { .. }
            | Op::In(..)
            | Op::List(_)
            | Op::IntToNum(_)
            | Op::ToOptional(_)
            | Op::IsMissing(_)
            | Op::Present(_)
    )
}

/// Numbers of a type at and beside the known ones, and both ends of its range.
fn near(ty: &Type, known: &BTreeSet<Decimal>) -> Vec<Value> {
    let any_places = matches!(ty, Type::Num(num) if num.places.is_none());
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
        .filter(|x| any_places || x.checked_rem(step).is_some_and(|rest| rest.is_zero()))
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

/// The fields of a record or row, the elements of a list.
pub(super) fn inner_values(case: &Case, value: &Value) -> Vec<Value> {
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
pub(super) fn set(case: &mut Case, leaf: &Leaf, value: Value) {
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
