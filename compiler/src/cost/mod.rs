//! Upper bounds of what a decision costs, in evaluation steps.
//!
//! Each node, element and row has the price that the reference interpreter counts
//! ([`assize_eval::price`]). A size is that of a declared bound (`at most 500`, `rows at most 40 per
//! item`), or of what a list is made of; a relation or list without one stays in the bound by name.

mod bound;
mod lengths;

use std::collections::{HashMap, HashSet};

use assize_ir as ir;
use ir::{Body, Builtin, CallableId, Cost, CostTerm, LoopResult, NodeId, Op, Over, Program, Type};

use assize_eval::interp::price;
use bound::{Bound, Unknown};
use lengths::Lengths;

/// Days that a working-day function can look at: all that there are.
const CALENDAR_DAYS: u64 = ir::date::LAST_DAY.abs_diff(ir::date::FIRST_DAY) as u64 + 1;

/// What the callables of a program cost, in the sizes of their parameters.
#[derive(Default)]
pub struct Costs {
    costs: HashMap<CallableId, Bound>,
    results: HashMap<CallableId, Bound>,
    /// Lists in the records that callables give, by field.
    fields: HashMap<(CallableId, u32), Bound>,
    /// What never fails.
    total: HashSet<CallableId>,
}

impl Costs {
    /// Goes through all callables once.
    pub fn of(program: &Program) -> Costs {
        let mut known = Costs::default();
        // Callables call earlier ones only, so their bounds are known in order.
        for (index, callable) in program.callables.iter().enumerate() {
            let id = CallableId(u32::try_from(index).unwrap_or(u32::MAX));
            let lengths = Lengths::new(program, callable, &known);
            let bound = lengths.closed(&callable_bound(program, callable, &lengths, &known));
            let is_list = matches!(callable.result, Type::List { .. });
            let result = is_list.then(|| lengths.closed(&lengths.result()));
            let total = lengths.never_fails();
            let fields = lengths.result_fields();
            let fields = fields.into_iter().map(|(at, length)| ((id, at), length));
            let fields: Vec<_> = fields.collect();
            known.fields.extend(fields);
            known.costs.insert(id, bound);
            known.total.extend(total.then_some(id));
            known.results.extend(result.map(|result| (id, result)));
        }
        known
    }

    /// The bound of a callable that is called from outside.
    pub fn cost(&self, program: &Program, root: CallableId) -> Cost {
        let bound = match (self.costs.get(&root), program.callable(root)) {
            (Some(bound), Some(callable)) => alone(bound, callable),
            _ => Bound::default(),
        };
        let name = |unknown: Unknown| match unknown {
            Unknown::Named(name) => name,
            Unknown::Param(slot) | Unknown::Members(slot) => format!("#{}", slot.0),
        };
        let mut terms: Vec<CostTerm> = bound
            .terms()
            .map(|(unbounded, (steps, factors))| CostTerm {
                steps,
                factors,
                unbounded: unbounded.into_iter().map(name).collect(),
            })
            .collect();
        terms.sort_by(|a, b| {
            (b.unbounded.len(), b.steps)
                .cmp(&(a.unbounded.len(), a.steps))
                .then(a.unbounded.cmp(&b.unbounded))
        });
        Cost { terms }
    }
}

/// The bound of a callable that is called from outside: its parameters are as long as they may be.
fn alone(bound: &Bound, callable: &ir::Callable) -> Bound {
    bound.with(|unknown| match unknown {
        Unknown::Param(slot) => callable
            .slot(*slot)
            .map(|slot| Bound::unknown(Unknown::Named(slot.name.clone()))),
        Unknown::Members(_) | Unknown::Named(_) => None,
    })
}

fn callable_bound(
    program: &Program,
    callable: &ir::Callable,
    lengths: &Lengths<'_>,
    known: &Costs,
) -> Bound {
    let mut memo: HashMap<NodeId, Bound> = HashMap::new();
    // Children are smaller than parents.
    for index in 0..callable.nodes.len() {
        let id = NodeId(u32::try_from(index).unwrap_or(u32::MAX));
        let bound = node_bound(program, callable, id, lengths, &memo, known);
        memo.insert(id, bound);
    }
    let mut out = Bound::steps(1);
    let add = |out: &mut Bound, id: NodeId| {
        if let Some(bound) = memo.get(&id) {
            out.add(bound);
        }
    };
    match &callable.body {
        Body::Define(node) => add(&mut out, *node),
        other => {
            // Every node of a rule or table can be evaluated once.
            for id in other.operands() {
                add(&mut out, id);
            }
            let rows = match other {
                Body::Table(table) => table.rows.len() * table.columns.len().max(1),
                Body::Grid(grid) => grid.rows.len() * grid.columns.len().max(1) + grid.heads.len(),
                Body::Rule(rule) => rule.exceptions.len(),
                Body::Parameter(values) => values.len(),
                Body::Define(_) => 0,
            };
            out.add(&Bound::steps(u64::try_from(rows).unwrap_or(u64::MAX)));
        }
    }
    out
}

fn node_bound(
    program: &Program,
    callable: &ir::Callable,
    id: NodeId,
    lengths: &Lengths<'_>,
    memo: &HashMap<NodeId, Bound>,
    known: &Costs,
) -> Bound {
    let mut out = Bound::steps(1);
    let Some(node) = callable.node(id) else {
        return out;
    };
    match &node.op {
        Op::Loop(it) => {
            // What is evaluated whether or not there is an element.
            let mut once: Vec<NodeId> = it.carries.iter().map(|carry| carry.start).collect();
            if let LoopResult::Finally(value) = it.result {
                once.push(value);
            }
            for start in &once {
                if let Some(bound) = memo.get(start) {
                    out.add(bound);
                }
            }
            // A total that nobody shares in is evaluated to see whether it is 0, with what it reads.
            if !it.shares.is_empty() {
                let lets = it.lets.iter().map(|each| each.value);
                for child in it.shares.iter().map(|share| share.total).chain(lets) {
                    if let Some(bound) = memo.get(&child) {
                        out.add(&lengths.at_most_in(it, bound));
                    }
                }
            }
            for (nth, source) in it.sources.iter().enumerate() {
                // Evaluated for each element of the sources before it.
                let operands = match &source.over {
                    Over::List(list) => std::slice::from_ref(list),
                    Over::Indexed { key, .. } => key.as_slice(),
                    Over::Relation(_) => &[],
                };
                for operand in operands {
                    if let Some(bound) = memo.get(operand) {
                        out.add(&lengths.summed(it, nth, bound));
                    }
                }
                once.extend(operands);
            }
            let mut body = Bound::steps(2);
            for child in node.op.operands() {
                // One that is an operand in both ways counts in both.
                if let Some(at) = once.iter().position(|known| *known == child) {
                    once.swap_remove(at);
                } else if let Some(bound) = memo.get(&child) {
                    body.add(bound);
                }
            }
            // A sort compares each element some thirty times at most.
            if !it.order.is_empty() {
                body.add(&Bound::steps(32));
            }
            let twice = if it.shares.is_empty() { 1 } else { 2 };
            let body = body.times(&Bound::steps(twice));
            out.add(&lengths.summed(it, it.sources.len(), &body));
        }
        op => {
            for child in op.operands() {
                if let Some(bound) = memo.get(&child) {
                    out.add(bound);
                }
            }
            match op {
                Op::Call(callee, arguments) => {
                    if let Some(bound) = known.costs.get(callee) {
                        out.add(&lengths.at_call(bound, arguments));
                    }
                }
                Op::Builtin(Builtin::AddWorkingDays | Builtin::WorkingDaysBetween, _) => {
                    out.add(&Bound::declared(CALENDAR_DAYS, "days of a calendar".into()));
                }
                Op::In(value, list) => {
                    let mut each = Bound::steps(price::TOUCHED);
                    each.add(&lengths.touched(*value));
                    out.add(&lengths.of(*list).times(&each));
                }
                // The shorter side is what is looked at.
                Op::Equal(left, right) => {
                    let (left, right) = (lengths.touched(*left), lengths.touched(*right));
                    let shorter = match (left.known(), right.known()) {
                        (Some(one), Some(other)) if other < one => right,
                        (None, Some(_)) => right,
                        _ => left,
                    };
                    out.add(&shorter);
                }
                Op::Concat(..) => out.add(&lengths.of(id)),
                Op::Check(_) => {
                    if let Type::Record(record) = &node.ty
                        && let Some(record) = program.record(*record)
                    {
                        for check in &record.checks {
                            if let (Some(bound), Some(callable)) = (
                                known.costs.get(&check.callable),
                                program.callable(check.callable),
                            ) {
                                out.add(&alone(bound, callable));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }
    out
}
