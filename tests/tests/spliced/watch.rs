//! Holds what the interpreter does against what the compiler promised of it: facts, types, cost.

use std::collections::{BTreeMap, BTreeSet};

use assize_compiler::cost::Costs;
use assize_eval::Value;
use assize_eval::interp::Observer;
use assize_ir::facts::{NumFacts, Places};
use assize_ir::{Arithmetic, CallableId, Node, NodeId, NumType, Op, Program, Type};
use rust_decimal::Decimal;

/// Elements of one list that are looked at: a list is seen by every node that hands it on.
const ELEMENTS: usize = 20;
/// Breaches that are told of one program.
const BREACHES: usize = 5;

/// The promises that were broken.
#[derive(Default)]
pub struct Watcher {
    /// What was promised and what came, once each.
    pub breaches: BTreeSet<String>,
    /// Numbers that were held against the facts of their node.
    pub numbers: u64,
    /// Callables that were held against a bound of their cost.
    pub bounds: u64,
    /// The last value of each node, for what is computed from it.
    last: BTreeMap<(CallableId, NodeId), Value>,
    costs: Option<BTreeMap<CallableId, Option<u64>>>,
}

impl Watcher {
    fn breach(&mut self, program: &Program, callable: CallableId, what: String) {
        if self.breaches.len() < BREACHES {
            let name = program.callable(callable).map(|it| it.name.as_str());
            let name = name.unwrap_or_default();
            self.breaches.insert(format!("{name}: {what}"));
        }
    }

    /// The most steps that were promised of a callable, where nothing unbounded is in it.
    fn promised(&mut self, program: &Program, callable: CallableId) -> Option<u64> {
        let costs = self.costs.get_or_insert_with(|| {
            let costs = Costs::of(program);
            let ids = (0..program.callables.len()).filter_map(|id| u32::try_from(id).ok());
            ids.map(|id| {
                let terms = costs.cost(program, CallableId(id)).terms;
                let known = terms.iter().all(|term| term.unbounded.is_empty());
                let steps = terms.iter().map(|term| term.steps);
                let most = steps.fold(0u64, u64::saturating_add);
                (CallableId(id), known.then_some(most))
            })
            .collect()
        });
        costs.get(&callable).copied().flatten()
    }
}

impl Observer for Watcher {
    fn value(&mut self, program: &Program, callable: CallableId, id: NodeId, value: &Value) {
        let Some(node) = program.callable(callable).and_then(|it| it.node(id)) else {
            return;
        };
        let (number, plain) = match value {
            Value::Int(number) => (Some(Decimal::from(*number)), false),
            Value::Num(number) => (Some(*number), true),
            _ => (None, false),
        };
        if let (Some(number), Some(facts)) = (number, &node.facts) {
            self.numbers += 1;
            if let Some(what) = outside(number, facts) {
                self.breach(program, callable, format!("node {id:?} {node:?}: {what}"));
            }
            if facts.exact && plain {
                let last = |id: &NodeId| match self.last.get(&(callable, *id)) {
                    Some(Value::Num(number)) => Some(*number),
                    _ => None,
                };
                if let Op::Arithmetic(how, left, right) = &node.op
                    && let (Some(left), Some(right)) = (last(left), last(right))
                    && exact(*how, left, right) != Some(number.normalize())
                {
                    let what = format!("{how:?} {left} {right} is {number}, said to be exact");
                    self.breach(program, callable, format!("node {id:?} {node:?}: {what}"));
                }
            }
        } else if number.is_some() {
            let what = "a number without facts".to_owned();
            self.breach(program, callable, format!("node {id:?} {node:?}: {what}"));
        } else if !matches(program, &node.ty, value) {
            self.breach(program, callable, off_type(id, node, value));
        }
        self.last.insert((callable, id), value.clone());
    }

    fn left(&mut self, program: &Program, callable: CallableId, value: Option<&Value>, steps: u64) {
        if let (Some(value), Some(found)) = (value, program.callable(callable))
            && !matches(program, &found.result, value)
        {
            let what = format!("gives {value:?}, declared {:?}", found.result);
            self.breach(program, callable, what);
        }
        if let Some(most) = self.promised(program, callable) {
            self.bounds += 1;
            if steps > most {
                let what = format!("took {steps} steps, at most {most} were promised");
                self.breach(program, callable, what);
            }
        }
    }
}

fn off_type(id: NodeId, node: &Node, value: &Value) -> String {
    let shown: String = format!("{value:?}").chars().take(300).collect();
    format!("node {id:?} {node:?}: {shown} is none of its type")
}

/// How a number is not what is said of it.
fn outside(number: Decimal, facts: &NumFacts) -> Option<String> {
    let places = number.normalize().scale();
    let many = matches!(facts.places, Places::AtMost(most) if places > u32::from(most));
    let low = facts.lowest.is_some_and(|lowest| number < lowest);
    let high = facts.highest.is_some_and(|highest| number > highest);
    (many || low || high).then(|| format!("{number} is outside"))
}

/// The result in exact arithmetic, where it is a decimal.
fn exact(how: Arithmetic, left: Decimal, right: Decimal) -> Option<Decimal> {
    let (left, right) = (left.normalize(), right.normalize());
    let scale = left.scale().max(right.scale());
    let raised = |number: Decimal| {
        number
            .mantissa()
            .checked_mul(10i128.checked_pow(scale - number.scale())?)
    };
    let (coefficient, scale) = match how {
        Arithmetic::Add => (raised(left)?.checked_add(raised(right)?)?, scale),
        Arithmetic::Subtract => (raised(left)?.checked_sub(raised(right)?)?, scale),
        Arithmetic::Multiply => (
            left.mantissa().checked_mul(right.mantissa())?,
            left.scale() + right.scale(),
        ),
        // Only by a power of ten: what comes out, multiplied back, is what went in.
        Arithmetic::Divide => {
            let quotient = left.checked_div(right)?.normalize();
            let back = exact(Arithmetic::Multiply, quotient, right)?;
            return (back == left).then_some(quotient);
        }
    };
    let found = Decimal::try_from_i128_with_scale(coefficient, scale).ok()?;
    Some(found.normalize())
}

/// Whether a value is one of a type, with its declarations and bounds.
fn matches(program: &Program, ty: &Type, value: &Value) -> bool {
    match (ty, value) {
        (Type::Optional(_), Value::Missing) => true,
        (Type::Optional(plain), value) => matches(program, plain, value),
        (Type::Num(ty), Value::Num(number)) => declared(ty, *number),
        (Type::List { item, at_most }, Value::List(items)) => {
            at_most.is_none_or(|most| items.len() as u64 <= u64::from(most))
                && items
                    .iter()
                    .take(ELEMENTS)
                    .all(|it| matches(program, item, it))
        }
        (Type::Record(record), Value::Record(fields)) => {
            program.record(*record).is_some_and(|record| {
                record.fields.len() == fields.len()
                    && record
                        .fields
                        .iter()
                        .zip(fields.iter())
                        .all(|(field, value)| matches(program, &field.ty, value))
            })
        }
        (Type::Enum(id), Value::Enum(at)) => program
            .enums
            .get(id.index())
            .is_some_and(|it| (*at as usize) < it.values.len()),
        (Type::Int, Value::Int(number)) => *number != i64::MIN,
        (Type::Bool, Value::Bool(_))
        | (Type::Text, Value::Text(_))
        | (Type::Code, Value::Code(_))
        | (Type::Date, Value::Date(_))
        | (Type::DateFormula, Value::DateFormula(_))
        | (Type::Calendar, Value::Calendar(_))
        | (Type::Reason, Value::Reason(_)) => true,
        (Type::Row(relation), Value::Row(row)) => row.relation == *relation,
        _ => false,
    }
}

fn declared(ty: &NumType, number: Decimal) -> bool {
    let places = number.normalize().scale();
    ty.places.is_none_or(|most| places <= u32::from(most))
        && ty.lowest.is_none_or(|lowest| number >= lowest)
        && ty.highest.is_none_or(|highest| number <= highest)
}
