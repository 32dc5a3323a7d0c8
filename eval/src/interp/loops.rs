//! Queries and `for each`.
//!
//! The order of evaluation: the starts of the carried values; the elements of the sources in order,
//! `where` for each; the `by` keys of those left; a stable sort; the shares; then element by element
//! `ending with`, the `let`s that hold running values, every `next`, and the result. `first`,
//! `exists` and `every` stop when they are certain; without `by` they therefore go element by
//! element from the start.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use assize_ir::verify::MAX_SOURCES;
use assize_ir::{LetMode, Loop, LoopResult, Node, Over, RelationId, Type};
use rust_decimal::Decimal;

use super::branches::place_of;
use super::compare::better;
use super::depth;
use super::frame::{Binding, Frame, LoopState};
use super::machine::{Eval, Machine};
use super::numbers::arithmetic;
use super::price;
use crate::order::{self, ValueKey};
use crate::trace::record::QueryTrace;
use crate::value::{RowRef, Value};

/// What is done with each element; `true` ends the loop.
type Sink<'s, 'a, 'w> = dyn FnMut(&mut Machine<'a, 'w>, &mut Frame<'a>) -> Eval<bool> + 's;

/// The innermost loop goes on to an element.
pub(super) fn at_element(frame: &mut Frame<'_>, index: usize) {
    if let Some(state) = frame.loops.last_mut() {
        state.element = index;
    }
}

/// The result of a loop while it grows.
pub(super) enum Growing {
    List(Vec<Value>),
    Total(Value),
    Count(i64),
    /// Best so far, or the first.
    Best(Option<Value>),
    Holds(bool),
    Groups {
        places: BTreeMap<Vec<ValueKey>, usize>,
        groups: Vec<(Vec<Value>, Vec<Value>)>,
    },
    Nothing,
}

impl<'a, 'w> Machine<'a, 'w> {
    #[inline(never)]
    pub(super) fn eval_loop(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        it: &'a Loop,
    ) -> Eval<Value> {
        let levels = depth::of_loop(it);
        self.descend(frame, node.place, levels)?;
        let mut query = self.query_trace();
        let mut growing = growing(node, it);
        if stops_early(it) {
            let mut sink = |machine: &mut Machine<'a, 'w>, frame: &mut Frame<'a>| {
                machine.pass(frame, node, it, &mut growing)
            };
            self.visit(frame, node, (it, 0), &mut query, &mut sink)?;
        } else {
            let mut starts = Vec::with_capacity(it.carries.len());
            for carry in &it.carries {
                starts.push(self.eval(frame, carry.start)?);
            }
            let mut elements = Vec::new();
            let mut sink = |machine: &mut Machine<'a, 'w>, frame: &mut Frame<'a>| {
                machine.keep(frame, node, it, &mut elements)
            };
            self.visit(frame, node, (it, 0), &mut query, &mut sink)?;
            let elements = self.sorted(frame, node, it, elements)?;
            let ended = self.run(frame, node, (it, &starts), elements, &mut growing)?;
            if let (Some(query), Some(index)) = (&mut query, ended) {
                query.ended_at(index);
            }
        }
        let value = self.grown(frame, node, it, growing);
        self.note_query(frame, (node, it), query, value.as_ref().ok());
        let value = value?;
        self.found_query(frame, node, it, &value);
        self.ascend(levels);
        Ok(value)
    }

    /// Visits the elements of a source and, within each, those of the later ones; those that pass
    /// the filter reach the sink.
    #[inline(never)]
    fn visit(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        (it, at): (&'a Loop, usize),
        query: &mut Option<Box<QueryTrace>>,
        sink: &mut Sink<'_, 'a, 'w>,
    ) -> Eval<bool> {
        let Some(source) = it.sources.get(at) else {
            return Err(self.internal(frame, node.place, "a loop without a source"));
        };
        if at >= MAX_SOURCES {
            return Err(self.internal(frame, node.place, "a loop with too many sources"));
        }
        let elements = self.elements(frame, node, &source.over)?;
        let last = at + 1 == it.sources.len();
        for index in 0..elements.len() {
            let Some(element) = elements.get(index) else {
                break;
            };
            self.bind(frame, node.place, source.slot, Binding::Value(element))?;
            let stop = if last {
                self.charge(frame, node.place, price::ELEMENT)?;
                self.passes(frame, it, query)? && sink(self, frame)?
            } else {
                self.visit(frame, node, (it, at + 1), query, sink)?
            };
            if stop {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The elements of one source.
    #[inline(never)]
    fn elements(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        over: &'a Over,
    ) -> Eval<Elements> {
        match over {
            Over::List(list) => match self.eval(frame, *list)? {
                Value::List(items) => Ok(Elements::List(items)),
                _ => Err(self.internal(frame, node.place, "not a list")),
            },
            Over::Relation(relation) => Ok(Elements::All(*relation, self.data.rows(*relation))),
            Over::Indexed {
                relation,
                index,
                key,
            } => {
                // A `let` that fails is a failure only where the filter asks for it: with no row, or
                // with an earlier condition that refuses every row, it is none.
                let (depth, loops) = (self.depth, frame.loops.len());
                let Ok(key) = self.eval_all(frame, key) else {
                    // What failed left in the middle of its evaluation.
                    self.depth = depth;
                    frame.loops.truncate(loops);
                    self.trace_recovered();
                    return Ok(Elements::All(*relation, self.data.rows(*relation)));
                };
                let rows = self.data.select(*relation, *index, &key);
                Ok(Elements::Rows(*relation, rows))
            }
        }
    }

    /// Whether the current element passes the filter.
    #[inline(never)]
    fn passes(
        &mut self,
        frame: &mut Frame<'a>,
        it: &'a Loop,
        query: &mut Option<Box<QueryTrace>>,
    ) -> Eval<bool> {
        let Some(filter) = it.filter else {
            self.trace_element(frame, it, query, true);
            return Ok(true);
        };
        self.forget_finding();
        let holds = self.eval_bool(frame, filter)?;
        self.trace_element(frame, it, query, holds);
        Ok(holds)
    }

    /// Keeps the current element for later.
    fn keep(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        it: &'a Loop,
        elements: &mut Vec<Value>,
    ) -> Eval<bool> {
        for source in &it.sources {
            match frame.slot(source.slot) {
                Some(Binding::Value(value)) => elements.push(value.clone()),
                _ => return Err(self.internal(frame, node.place, "an element is not bound")),
            }
        }
        self.check_length(frame, node.place, elements.len() / it.sources.len().max(1))?;
        Ok(false)
    }

    /// Sorts the elements by their keys; equals keep their order.
    #[inline(never)]
    fn sorted(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        it: &'a Loop,
        elements: Vec<Value>,
    ) -> Eval<Vec<Value>> {
        if it.order.is_empty() {
            return Ok(elements);
        }
        let mut keyed = Vec::new();
        for element in elements.chunks(it.sources.len().max(1)) {
            self.bind_element(frame, node, it, element)?;
            let mut keys = Vec::with_capacity(it.order.len());
            for key in &it.order {
                keys.push(self.eval(frame, key.value)?);
            }
            keyed.push((keys, element));
        }
        self.charge(frame, node.place, price::sort(keyed.len() as u64))?;
        let mut unordered = false;
        keyed.sort_by(|(a, _), (b, _)| {
            let pairs = it.order.iter().zip(a.iter().zip(b));
            for (key, (a, b)) in pairs {
                let order = order::compare(a, b).unwrap_or_else(|| {
                    unordered = true;
                    order::total(a, b)
                });
                if order != Ordering::Equal {
                    return if key.descending {
                        order.reverse()
                    } else {
                        order
                    };
                }
            }
            Ordering::Equal
        });
        if unordered {
            return Err(self.internal(frame, node.place, "no order"));
        }
        Ok(keyed
            .into_iter()
            .flat_map(|(_, element)| element.iter().cloned())
            .collect())
    }

    /// Binds the slots of an element.
    pub(super) fn bind_element(
        &self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        it: &'a Loop,
        element: &[Value],
    ) -> Eval<()> {
        for (source, value) in it.sources.iter().zip(element) {
            let binding = Binding::Value(value.clone());
            self.bind(frame, node.place, source.slot, binding)?;
        }
        Ok(())
    }

    /// Carries, shares and the body; the position of the element that ended it before the last.
    #[inline(never)]
    fn run(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        (it, starts): (&'a Loop, &[Value]),
        mut elements: Vec<Value>,
        growing: &mut Growing,
    ) -> Eval<Option<usize>> {
        let mut ended = None;
        let width = it.sources.len().max(1);
        let mut state = LoopState {
            slot: it.sources.first().map(|source| source.slot),
            has_shares: !it.shares.is_empty(),
            ..LoopState::default()
        };
        state
            .running
            .resize_with(it.running as usize, BTreeMap::new);
        let cut_before = state.has_shares;
        frame.loops.push(state);
        if cut_before {
            let before = elements.len();
            self.cut(frame, node, it, &mut elements)?;
            if elements.len() < before {
                ended = (elements.len() / width).checked_sub(1);
            }
            self.compute_shares(frame, node, (it, starts), &elements)?;
        }
        self.bind_carries(frame, node, it, starts)?;
        for (index, element) in elements.chunks(width).enumerate() {
            at_element(frame, index);
            self.bind_element(frame, node, it, element)?;
            if self.body(frame, node, (it, cut_before), growing)? {
                // `first` has what it looks for, whether `ending with` holds or not.
                if it.until.is_some() && !matches!(it.result, LoopResult::First(_)) {
                    ended = Some(index);
                }
                break;
            }
        }
        if let LoopResult::Finally(value) = &it.result {
            *growing = Growing::Best(Some(self.eval(frame, *value)?));
        }
        frame.loops.pop();
        Ok(ended)
    }

    /// Drops the elements after the first for which `ending with` holds: a share is divided over
    /// those that are left.
    fn cut(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        it: &'a Loop,
        elements: &mut Vec<Value>,
    ) -> Eval<()> {
        let Some(until) = it.until else {
            return Ok(());
        };
        let width = it.sources.len().max(1);
        for (index, element) in elements.chunks(width).enumerate() {
            self.bind_element(frame, node, it, element)?;
            if self.eval_bool(frame, until)? {
                elements.truncate((index + 1) * width);
                break;
            }
        }
        Ok(())
    }

    pub(super) fn bind_carries(
        &self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        it: &'a Loop,
        values: &[Value],
    ) -> Eval<()> {
        for (carry, value) in it.carries.iter().zip(values) {
            self.bind(frame, node.place, carry.slot, Binding::Value(value.clone()))?;
        }
        Ok(())
    }

    /// The body for the current element; `true` ends the loop.
    #[inline(never)]
    fn body(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        (it, cut_before): (&'a Loop, bool),
        growing: &mut Growing,
    ) -> Eval<bool> {
        if self.recorder.is_some() {
            it.result
                .operands()
                .into_iter()
                .for_each(|id| self.took(id));
        }
        let mut last = false;
        if let (Some(until), false) = (it.until, cut_before) {
            last = self.eval_bool(frame, until)?;
        }
        for each in &it.lets {
            self.bind(frame, node.place, each.slot, Binding::Lazy(each.value))?;
        }
        for each in it.lets.iter().filter(|each| each.mode == LetMode::Now) {
            // An earlier one may have forced it already: it is computed once per element.
            if let Some(Binding::Lazy(value)) = frame.slot(each.slot) {
                let value = *value;
                let value = self.eval(frame, value)?;
                self.bind(frame, node.place, each.slot, Binding::Value(value))?;
            }
        }
        let mut next = Vec::with_capacity(it.carries.len());
        for carry in &it.carries {
            if let Some(value) = carry.next {
                next.push((carry.slot, self.eval(frame, value)?));
            }
        }
        let stop = self.grow(frame, node, it, growing)?;
        for (slot, value) in next {
            self.bind(frame, node.place, slot, Binding::Value(value))?;
        }
        Ok(last || stop)
    }

    /// The body of a query that stops when it is certain.
    fn pass(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        it: &'a Loop,
        growing: &mut Growing,
    ) -> Eval<bool> {
        self.body(frame, node, (it, false), growing)
    }

    /// Adds the current element to the result; `true` when the result is certain.
    #[inline(never)]
    fn grow(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        it: &'a Loop,
        growing: &mut Growing,
    ) -> Eval<bool> {
        match (&it.result, growing) {
            (LoopResult::List(value), Growing::List(list)) => {
                list.push(self.eval(frame, *value)?);
                self.check_length(frame, node.place, list.len())?;
            }
            (LoopResult::Finally(_), _) => {}
            (LoopResult::Sum(value), Growing::Total(total)) => {
                let next = self.eval(frame, *value)?;
                match arithmetic(assize_ir::Arithmetic::Add, total, &next) {
                    Ok(sum) => *total = sum,
                    Err(code) => {
                        return Err(self
                            .fail(frame, place_of(frame, *value), code)
                            .with(
                                "total",
                                self.show_unless(self.hides(frame, *value), &node.ty, total),
                            )
                            .with("next", self.show_node(frame, *value, &next)));
                    }
                }
            }
            (LoopResult::Count, Growing::Count(count)) => *count += 1,
            (LoopResult::Lowest(value) | LoopResult::Highest(value), Growing::Best(best)) => {
                let highest = matches!(it.result, LoopResult::Highest(_));
                let next = self.eval(frame, *value)?;
                if next == Value::Missing {
                    return Ok(false);
                }
                match better(best.take(), next, highest) {
                    Some(value) => *best = Some(value),
                    None => return Err(self.internal(frame, node.place, "no order")),
                }
            }
            (LoopResult::First(value), Growing::Best(best)) => {
                *best = Some(self.eval(frame, *value)?);
                return Ok(true);
            }
            (LoopResult::Exists, Growing::Holds(holds)) => {
                *holds = true;
                return Ok(true);
            }
            (LoopResult::Every(condition), Growing::Holds(holds)) => {
                self.forget_finding();
                *holds = self.eval_bool(frame, *condition)?;
                return Ok(!*holds);
            }
            (LoopResult::Group { keys, .. }, Growing::Groups { places, groups }) => {
                let values = self.eval_all(frame, keys)?;
                let element = it.sources.first().and_then(|it| frame.slot(it.slot));
                let Some(Binding::Value(element)) = element else {
                    return Err(self.internal(frame, node.place, "an element is not bound"));
                };
                let key: Vec<ValueKey> = values.iter().cloned().map(ValueKey).collect();
                let place = *places.entry(key).or_insert(groups.len());
                match groups.get_mut(place) {
                    Some((_, members)) => members.push(element.clone()),
                    None => groups.push((values, vec![element.clone()])),
                }
            }
            _ => return Err(self.internal(frame, node.place, "a loop without a result")),
        }
        Ok(false)
    }

    /// The result.
    fn grown(
        &self,
        frame: &Frame<'a>,
        node: &'a Node,
        it: &'a Loop,
        growing: Growing,
    ) -> Eval<Value> {
        Ok(match growing {
            Growing::List(list) => Value::List(list.into()),
            Growing::Total(total) => total,
            Growing::Count(count) => Value::Int(count),
            Growing::Best(best) => best.unwrap_or(Value::Missing),
            Growing::Holds(holds) => Value::Bool(holds),
            Growing::Groups { groups, .. } => groups
                .into_iter()
                .map(|(mut fields, members)| {
                    fields.push(Value::List(members.into()));
                    Value::Record(fields.into())
                })
                .collect::<Vec<_>>()
                .into_list(),
            Growing::Nothing => {
                let why = match it.result {
                    LoopResult::Finally(_) => "a loop did not end",
                    _ => "a sum of no numbers",
                };
                return Err(self.internal(frame, node.place, why));
            }
        })
    }
}

/// Turns values into a list value.
trait IntoList {
    fn into_list(self) -> Value;
}

impl IntoList for Vec<Value> {
    fn into_list(self) -> Value {
        Value::List(self.into())
    }
}

/// Elements of one source.
enum Elements {
    List(std::sync::Arc<[Value]>),
    All(RelationId, u32),
    Rows(RelationId, Vec<u32>),
}

impl Elements {
    fn len(&self) -> usize {
        match self {
            Elements::List(items) => items.len(),
            Elements::All(_, rows) => *rows as usize,
            Elements::Rows(_, rows) => rows.len(),
        }
    }

    fn get(&self, index: usize) -> Option<Value> {
        let (relation, row) = match self {
            Elements::List(items) => return items.get(index).cloned(),
            Elements::All(relation, rows) => {
                let row = u32::try_from(index).ok().filter(|row| row < rows)?;
                (*relation, row)
            }
            Elements::Rows(relation, rows) => (*relation, *rows.get(index)?),
        };
        Some(Value::Row(RowRef { relation, row }))
    }
}

/// Whether the loop goes element by element from the start.
pub(crate) fn stops_early(it: &Loop) -> bool {
    let stops = matches!(
        it.result,
        LoopResult::First(_) | LoopResult::Exists | LoopResult::Every(_)
    );
    let plain = it.carries.is_empty() && it.shares.is_empty() && it.running == 0;
    stops && plain && it.order.is_empty()
}

/// The result before the first element.
fn growing(node: &Node, it: &Loop) -> Growing {
    match it.result {
        LoopResult::List(_) => Growing::List(Vec::new()),
        LoopResult::Finally(_) => Growing::Nothing,
        LoopResult::Sum(_) => match node.ty {
            Type::Int => Growing::Total(Value::Int(0)),
            Type::Num(_) => Growing::Total(Value::Num(Decimal::ZERO)),
            _ => Growing::Nothing,
        },
        LoopResult::Count => Growing::Count(0),
        LoopResult::Lowest(_) | LoopResult::Highest(_) | LoopResult::First(_) => {
            Growing::Best(None)
        }
        LoopResult::Exists => Growing::Holds(false),
        LoopResult::Every(_) => Growing::Holds(true),
        LoopResult::Group { .. } => Growing::Groups {
            places: BTreeMap::new(),
            groups: Vec::new(),
        },
    }
}
