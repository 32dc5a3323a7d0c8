//! Upper bounds of what a decision costs, in evaluation steps.
//!
//! Each node, element and row has the price that the reference interpreter counts
//! ([`assize_eval::price`]). A size is that of a declared bound (`at most 500`, `rows at most 40 per
//! item`); a relation without one stays in the bound by name.

use std::collections::{BTreeMap, HashMap};

use assize_ir as ir;
use ir::{Body, CallableId, Cost, CostTerm, NodeId, Op, Over, Program, Type};

/// A sum of products: relations without a bound (sorted, with repetition) to steps and their factors.
#[derive(Clone, Debug, Default)]
struct Bound {
    terms: BTreeMap<Vec<String>, (u64, Vec<String>)>,
}

impl Bound {
    fn steps(n: u64) -> Bound {
        let mut terms = BTreeMap::new();
        terms.insert(Vec::new(), (n, Vec::new()));
        Bound { terms }
    }

    fn add(&mut self, other: &Bound) {
        for (key, (steps, factors)) in &other.terms {
            let entry = self.terms.entry(key.clone()).or_insert((0, Vec::new()));
            // The factors shown are those of the greatest part.
            if *steps > entry.0 {
                entry.1.clone_from(factors);
            }
            entry.0 = entry.0.saturating_add(*steps);
        }
    }

    /// Times a size.
    fn times(&self, size: &Size) -> Bound {
        let mut out = Bound::default();
        for (key, (steps, factors)) in &self.terms {
            let mut key = key.clone();
            let mut factors = factors.clone();
            let steps = match size {
                Size::Known { count, what } => {
                    if let Some(what) = what {
                        factors.insert(0, what.clone());
                    }
                    steps.saturating_mul(*count)
                }
                Size::Rows(relation) => {
                    key.push(relation.clone());
                    key.sort();
                    *steps
                }
            };
            let mut one = Bound::default();
            one.terms.insert(key, (steps, factors));
            out.add(&one);
        }
        out
    }
}

#[derive(Clone, Debug)]
enum Size {
    Known { count: u64, what: Option<String> },
    Rows(String),
}

/// The bound of a callable.
pub fn cost(program: &Program, root: CallableId) -> Cost {
    let mut done: HashMap<CallableId, Bound> = HashMap::new();
    // Callables call earlier ones only, so their bounds are known in order.
    for (index, callable) in program.callables.iter().enumerate().take(root.index() + 1) {
        let bound = callable_bound(program, callable, &done);
        done.insert(CallableId(u32::try_from(index).unwrap_or(u32::MAX)), bound);
    }
    let bound = done.remove(&root).unwrap_or_default();
    let mut terms: Vec<CostTerm> = bound
        .terms
        .into_iter()
        .map(|(unbounded, (steps, factors))| CostTerm {
            steps,
            factors,
            unbounded,
        })
        .collect();
    terms.sort_by(|a, b| {
        (b.unbounded.len(), b.steps)
            .cmp(&(a.unbounded.len(), a.steps))
            .then(a.unbounded.cmp(&b.unbounded))
    });
    Cost { terms }
}

fn callable_bound(
    program: &Program,
    callable: &ir::Callable,
    done: &HashMap<CallableId, Bound>,
) -> Bound {
    let mut memo: HashMap<NodeId, Bound> = HashMap::new();
    // Children are smaller than parents.
    for index in 0..callable.nodes.len() {
        let id = NodeId(u32::try_from(index).unwrap_or(u32::MAX));
        let bound = node_bound(program, callable, id, &memo, done);
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
    memo: &HashMap<NodeId, Bound>,
    done: &HashMap<CallableId, Bound>,
) -> Bound {
    let mut out = Bound::steps(1);
    let Some(node) = callable.node(id) else {
        return out;
    };
    match &node.op {
        Op::Loop(it) => {
            let mut sizes: Vec<Size> = Vec::new();
            for source in &it.sources {
                if let Over::List(list) = source.over
                    && let Some(bound) = memo.get(&list)
                {
                    let mut times = bound.clone();
                    for size in &sizes {
                        times = times.times(size);
                    }
                    out.add(&times);
                }
                sizes.push(size(program, callable, source));
            }
            let mut body = Bound::steps(2);
            let direct: Vec<NodeId> = it
                .sources
                .iter()
                .filter_map(|source| match source.over {
                    Over::List(list) => Some(list),
                    _ => None,
                })
                .collect();
            for child in node.op.operands() {
                if !direct.contains(&child)
                    && let Some(bound) = memo.get(&child)
                {
                    body.add(bound);
                }
            }
            // A sort compares each element some thirty times at most.
            if !it.order.is_empty() {
                body.add(&Bound::steps(32));
            }
            let twice = if it.shares.is_empty() { 1 } else { 2 };
            body = body.times(&Size::Known {
                count: twice,
                what: None,
            });
            for size in sizes.iter().rev() {
                body = body.times(size);
            }
            out.add(&body);
        }
        op => {
            for child in op.operands() {
                if let Some(bound) = memo.get(&child) {
                    out.add(bound);
                }
            }
            match op {
                Op::Call(callee, _) => {
                    if let Some(bound) = done.get(callee) {
                        out.add(bound);
                    }
                }
                Op::In(_, list) | Op::Bound { value: list, .. } => {
                    out.add(&Bound::steps(list_bound(callable, *list).unwrap_or(1)));
                }
                Op::Check(_) => {
                    if let Type::Record(record) = &node.ty
                        && let Some(record) = program.record(*record)
                    {
                        for check in &record.checks {
                            if let Some(bound) = done.get(&check.callable) {
                                out.add(bound);
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

fn list_bound(callable: &ir::Callable, list: NodeId) -> Option<u64> {
    match &callable.node(list)?.ty {
        Type::List { at_most, .. } => at_most.map(u64::from),
        _ => None,
    }
}

fn size(program: &Program, callable: &ir::Callable, source: &ir::Source) -> Size {
    match &source.over {
        Over::List(list) => {
            let name = callable.node(*list).and_then(|node| match &node.op {
                Op::Local(slot) => callable.slot(*slot).map(|slot| slot.name.clone()),
                Op::Field(base, field) => field_name(program, callable, *base, *field),
                _ => None,
            });
            match list_bound(callable, *list) {
                Some(count) => Size::Known {
                    count,
                    what: Some(format!(
                        "{} at most {count}",
                        name.unwrap_or_else(|| "list".to_string())
                    )),
                },
                None => Size::Rows(name.unwrap_or_else(|| "list".to_string())),
            }
        }
        Over::Relation(id) => relation_size(program, *id, &[]),
        Over::Indexed {
            relation, index, ..
        } => {
            let fields = program
                .relation(*relation)
                .and_then(|relation| relation.indexes.get(index.index()))
                .map(|index| index.fields.clone())
                .unwrap_or_default();
            relation_size(program, *relation, &fields)
        }
    }
}

fn field_name(
    program: &Program,
    callable: &ir::Callable,
    base: NodeId,
    field: u32,
) -> Option<String> {
    let fields = match &callable.node(base)?.ty {
        Type::Record(id) => &program.record(*id)?.fields,
        Type::Row(id) => &program.relation(*id)?.fields,
        _ => return None,
    };
    fields.get(field as usize).map(|field| field.name.clone())
}

/// The smallest declared bound of the rows that agree in these fields.
fn relation_size(program: &Program, id: ir::RelationId, fields: &[u32]) -> Size {
    let Some(relation) = program.relation(id) else {
        return Size::Known {
            count: 0,
            what: None,
        };
    };
    let name = relation
        .name
        .rsplit('.')
        .next()
        .unwrap_or(&relation.name)
        .to_string();
    let best = relation
        .limits
        .iter()
        .filter(|limit| limit.per.iter().all(|field| fields.contains(field)))
        .min_by_key(|limit| limit.at_most);
    match best {
        Some(limit) => {
            let per: Vec<&str> = limit
                .per
                .iter()
                .filter_map(|field| relation.fields.get(*field as usize))
                .map(|field| field.name.as_str())
                .collect();
            let what = if per.is_empty() {
                format!("{name} rows at most {}", limit.at_most)
            } else {
                format!(
                    "{name} rows at most {} per {}",
                    limit.at_most,
                    per.join(", ")
                )
            };
            Size::Known {
                count: limit.at_most,
                what: Some(what),
            }
        }
        None => Size::Rows(name),
    }
}
