//! How long the lists in a callable are at most: by their declarations, else by what they are made of.
//!
//! The length of a parameter stays unknown here and is put in by each caller, so that a function that
//! is only given short lists costs what short lists cost.

mod fields;

use std::collections::{HashMap, HashSet};

use assize_ir as ir;
use ir::Binding;
use ir::{
    Body, CallableId, Const, Hit, LetMode, Loop, LoopResult, NodeId, Op, Over, Program, Slot, Type,
};

use super::Costs;
use super::bound::{Bound, Unknown};
use crate::check::walk::{reads, total};

/// The lists of one callable.
pub(super) struct Lengths<'a> {
    program: &'a Program,
    callable: &'a ir::Callable,
    /// Lengths of the results of earlier callables.
    results: &'a HashMap<CallableId, Bound>,
    /// Lengths of the lists in the records that earlier callables give, by field.
    fields: &'a HashMap<(CallableId, u32), Bound>,
    /// Earlier callables that never fail.
    total: &'a HashSet<CallableId>,
    bindings: Vec<Option<Binding>>,
    /// What carried values belong to.
    loops: HashMap<Slot, NodeId>,
    /// The slots that hold one group after the other, each once: the loop that makes the groups.
    groups: HashMap<Slot, NodeId>,
    memo: HashMap<NodeId, Bound>,
}

impl<'a> Lengths<'a> {
    pub(super) fn new(
        program: &'a Program,
        callable: &'a ir::Callable,
        known: &'a Costs,
    ) -> Lengths<'a> {
        let mut loops = HashMap::new();
        for (index, node) in callable.nodes.iter().enumerate() {
            if let Op::Loop(it) = &node.op {
                let id = NodeId(u32::try_from(index).unwrap_or(u32::MAX));
                loops.extend(it.carries.iter().map(|carry| (carry.slot, id)));
            }
        }
        let mut all = Lengths {
            program,
            callable,
            results: &known.results,
            fields: &known.fields,
            total: &known.total,
            bindings: callable.bindings(),
            loops,
            groups: HashMap::new(),
            memo: HashMap::new(),
        };
        all.groups = all.slots_of_groups();
        // Children are smaller than parents. What a carried list grows by stands behind its name, so
        // that its length is known when all is gone through once more.
        let passes = if all.loops.is_empty() { 1 } else { 2 };
        for _ in 0..passes {
            for index in 0..callable.nodes.len() {
                let id = NodeId(u32::try_from(index).unwrap_or(u32::MAX));
                if let Some(node) = callable.node(id)
                    && matches!(node.ty, Type::List { .. })
                {
                    let length = all.node(id, node);
                    all.memo.insert(id, length);
                }
            }
        }
        all
    }

    /// The greatest length of a list.
    pub(super) fn of(&self, id: NodeId) -> Bound {
        self.memo
            .get(&id)
            .cloned()
            .unwrap_or_else(|| Bound::unknown(Unknown::Named("list".into())))
    }

    /// The elements of the lists in a value, nested ones included: what comparing it looks at.
    pub(super) fn touched(&self, id: NodeId) -> Bound {
        let mut known = HashMap::new();
        match self.callable.node(id).map(|node| &node.ty) {
            Some(Type::List { item, .. }) => {
                let mut each = Bound::steps(1);
                each.add(&self.within(item, &mut known));
                self.of(id).times(&each)
            }
            Some(ty) => self.within(ty, &mut known),
            None => Bound::default(),
        }
    }

    /// The elements of the lists in a value of a type. Records contain no record of their own type; those
    /// that do have a finding, and count once.
    fn within(&self, ty: &Type, known: &mut HashMap<ir::RecordId, Bound>) -> Bound {
        match ty {
            Type::List { item, .. } => {
                let mut each = Bound::steps(1);
                each.add(&self.within(item, known));
                let length = declared(ty, "list");
                let unknown = || Bound::unknown(Unknown::Named("list".into()));
                length.unwrap_or_else(unknown).times(&each)
            }
            Type::Optional(inner) => self.within(inner, known),
            Type::Record(id) => {
                if let Some(bound) = known.get(id) {
                    return bound.clone();
                }
                let mut out = Bound::default();
                known.insert(*id, Bound::default());
                let fields = self.program.record(*id).map(|record| &record.fields);
                for field in fields.into_iter().flatten() {
                    out.add(&self.within(&field.ty, known));
                }
                known.insert(*id, out.clone());
                out
            }
            _ => Bound::default(),
        }
    }

    /// The greatest length of the list that the callable gives.
    pub(super) fn result(&self) -> Bound {
        let mut out = Bound::default();
        match &self.callable.body {
            Body::Define(node) => out.or(&self.of(*node)),
            Body::Parameter(values) => {
                values
                    .iter()
                    .for_each(|value| out.or(&self.of(value.value)));
            }
            Body::Rule(rule) => {
                let thens = rule.exceptions.iter().map(|exception| exception.then);
                let all = rule
                    .default
                    .iter()
                    .map(|default| default.value)
                    .chain(thens);
                all.for_each(|node| out.or(&self.of(node)));
            }
            Body::Table(table) if matches!(table.hit, Hit::List | Hit::ListByPriority) => {
                return Bound::steps(table.rows.len() as u64);
            }
            Body::Table(table) => table
                .rows
                .iter()
                .flat_map(|row| &row.outputs)
                .for_each(|node| out.or(&self.of(*node))),
            Body::Grid(grid) => grid
                .rows
                .iter()
                .flat_map(|row| &row.outputs)
                .for_each(|node| out.or(&self.of(*node))),
        }
        match declared(&self.callable.result, &self.callable.name) {
            Some(declared) => self.smaller(declared, out),
            None => out,
        }
    }

    /// The number of elements that a loop goes through at most.
    pub(super) fn elements(&self, it: &Loop) -> Bound {
        self.through(it, it.sources.len(), &Bound::steps(1), |source| {
            self.source(source)
        })
    }

    /// What is evaluated for each element of the first sources of a loop, over all of them.
    pub(super) fn summed(&self, it: &Loop, sources: usize, each: &Bound) -> Bound {
        self.through(it, sources, each, |source| self.visited(it, source))
    }

    /// From the innermost source on: how many elements a later one has may depend on the group that an
    /// earlier one holds.
    fn through(
        &self,
        it: &Loop,
        sources: usize,
        each: &Bound,
        size: impl Fn(&ir::Source) -> Bound,
    ) -> Bound {
        let mut out = each.clone();
        for source in it.sources.iter().take(sources).rev() {
            let size = size(source);
            out = match self.all_members(source.slot) {
                Some(all) => out.over_groups(source.slot, &size, &all),
                None => out.times(&size),
            };
        }
        out
    }

    /// The members of all groups, one of which this slot holds.
    fn all_members(&self, slot: Slot) -> Option<Bound> {
        let made = self.groups.get(&slot)?;
        match &self.callable.node(*made)?.op {
            Op::Loop(it) => Some(self.elements(it)),
            _ => None,
        }
    }

    /// The greatest that something becomes in a loop, whatever group it holds.
    pub(super) fn at_most_in(&self, it: &Loop, bound: &Bound) -> Bound {
        let mine = |slot: &Slot| it.sources.iter().any(|source| source.slot == *slot);
        self.with_all_members(bound, mine)
    }

    /// Outside of the loops over groups, a group has at most all members.
    pub(super) fn closed(&self, bound: &Bound) -> Bound {
        let mut out = bound.clone();
        // Members of a group may be grouped themselves.
        for _ in 0..=self.groups.len() {
            let next = self.with_all_members(&out, |_| true);
            if next == out {
                break;
            }
            out = next;
        }
        out
    }

    fn with_all_members(&self, bound: &Bound, which: impl Fn(&Slot) -> bool) -> Bound {
        bound.with(|unknown| match unknown {
            Unknown::Members(slot) if which(slot) => self.all_members(*slot),
            _ => None,
        })
    }

    /// Both hold: the one that is known and smaller.
    fn smaller(&self, declared: Bound, made: Bound) -> Bound {
        match (declared.known(), self.closed(&made).known()) {
            (Some(limit), Some(length)) if length <= limit => made,
            _ => declared,
        }
    }

    /// The slots of loops that go through groups of this callable, each of which they meet once.
    fn slots_of_groups(&self) -> HashMap<Slot, NodeId> {
        let mut out = HashMap::new();
        for node in &self.callable.nodes {
            let Op::Loop(it) = &node.op else { continue };
            for source in &it.sources {
                if let Over::List(list) = source.over
                    && let Some(made) = self.grouping(list)
                {
                    out.insert(source.slot, made);
                }
            }
        }
        out
    }

    /// The loop that makes a list of groups, where that holds each of its groups at most once.
    fn grouping(&self, list: NodeId) -> Option<NodeId> {
        let mut at = list;
        // Names are bound to earlier nodes, so this ends.
        loop {
            match &self.callable.node(at)?.op {
                Op::Loop(it) if matches!(it.result, LoopResult::Group { .. }) => return Some(at),
                Op::Loop(it) => match (it.sources.as_slice(), &it.result) {
                    // Some of its elements, or all of them in another order.
                    ([source], LoopResult::List(value)) => match (
                        &source.over,
                        self.callable.node(*value).map(|node| &node.op),
                    ) {
                        (Over::List(inner), Some(Op::Local(slot))) if *slot == source.slot => {
                            at = *inner;
                        }
                        _ => return None,
                    },
                    _ => return None,
                },
                Op::Local(slot) => match self.bindings.get(slot.index())? {
                    Some(Binding::Value(value, _)) => at = *value,
                    _ => return None,
                },
                Op::Let { body, .. } => at = *body,
                _ => return None,
            }
        }
    }

    pub(super) fn source(&self, source: &ir::Source) -> Bound {
        match &source.over {
            Over::List(list) => self.of(*list),
            Over::Relation(id) => rows(self.program, *id, &[]),
            Over::Indexed {
                relation, index, ..
            } => {
                let index = self
                    .program
                    .relation(*relation)
                    .and_then(|relation| relation.indexes.get(index.index()));
                let fields = index.map(|index| index.fields.as_slice());
                rows(self.program, *relation, fields.unwrap_or_default())
            }
        }
    }

    /// The number of elements that a loop looks at in one source: where the key of an index fails and
    /// the filter does not ask for it at once, all rows are.
    pub(super) fn visited(&self, it: &Loop, source: &ir::Source) -> Bound {
        let mut out = self.source(source);
        if let Over::Indexed { relation, key, .. } = &source.over
            && key.iter().any(|key| self.may_fail_late(it, *key))
        {
            out.or(&rows(self.program, *relation, &[]));
        }
        out
    }

    /// Whether the key of an index is a `let` that may fail, and that the filter may not ask for in its
    /// first condition: if it does, the first row ends the loop.
    fn may_fail_late(&self, it: &Loop, key: NodeId) -> bool {
        let nodes = &self.callable.nodes;
        let value_of = |slot: Slot| match self.bindings.get(slot.index()) {
            Some(Some(Binding::Value(value, LetMode::Lazy))) => Some(*value),
            _ => None,
        };
        if self.total(key, value_of) {
            return false;
        }
        let mut first = it.filter;
        while let Some(Op::And(left, _)) =
            first.and_then(|id| self.callable.node(id)).map(|it| &it.op)
        {
            first = Some(*left);
        }
        let mut asked: Vec<Slot> = Vec::new();
        let mut open: Vec<NodeId> = first.into_iter().collect();
        while let Some(node) = open.pop().and_then(|id| self.callable.node(id)) {
            match &node.op {
                Op::Local(slot) => asked.push(*slot),
                // Of these all operands are evaluated.
                Op::Equal(..)
                | Op::Compare(..)
                | Op::Not(_)
                | Op::IsMissing(_)
                | Op::ToOptional(_)
                | Op::Present(_)
                | Op::IntToNum(_)
                | Op::Field(..)
                | Op::In(..)
                | Op::Arithmetic(..) => open.extend(node.op.operands()),
                _ => {}
            }
        }
        reads(nodes, [key]).slots.iter().any(|slot| {
            let fails = value_of(*slot).is_some_and(|value| !self.total(value, value_of));
            fails && !asked.contains(slot)
        })
    }

    fn total(&self, id: NodeId, value_of: impl Fn(Slot) -> Option<NodeId>) -> bool {
        let known = |callee: CallableId| self.total.contains(&callee);
        total(&self.callable.nodes, id, value_of, known)
    }

    /// Whether the callable never fails.
    pub(super) fn never_fails(&self) -> bool {
        match &self.callable.body {
            Body::Define(node) => self.total(*node, |_| None),
            _ => false,
        }
    }

    fn node(&self, id: NodeId, node: &ir::Node) -> Bound {
        let (name, made) = self.made(id, node);
        match declared(&node.ty, name.as_deref().unwrap_or("list")) {
            Some(declared) => self.smaller(declared, made),
            None => made,
        }
    }

    /// The name under which an author knows the list, and its length by what it is made of.
    fn made(&self, id: NodeId, node: &ir::Node) -> (Option<String>, Bound) {
        let unknown = |name: &str| Bound::unknown(Unknown::Named(name.to_owned()));
        let length = match &node.op {
            Op::Const(Const::List(items)) => Bound::steps(items.len() as u64),
            Op::List(items) => Bound::steps(items.len() as u64),
            Op::Local(slot) => {
                let name = self.callable.slot(*slot).map(|slot| slot.name.clone());
                let binding = self.bindings.get(slot.index()).copied().flatten();
                let length = match binding {
                    Some(Binding::Param) => Bound::unknown(Unknown::Param(*slot)),
                    Some(Binding::Value(value, _)) => self.of(value),
                    Some(Binding::Carry(start)) => self.carried(*slot, start),
                    Some(Binding::Element(list)) => match self.inner(list) {
                        Some(length) => length,
                        None => unknown(name.as_deref().unwrap_or("list")),
                    },
                    _ => unknown(name.as_deref().unwrap_or("list")),
                };
                return (name, length);
            }
            Op::Field(base, field) => {
                let name = self.field_name(*base, *field);
                let length = match self.members(*base, *field) {
                    Some(length) => length,
                    None => match self.built(*base, *field) {
                        Some(length) => length,
                        None => unknown(name.as_deref().unwrap_or("list")),
                    },
                };
                return (name, length);
            }
            Op::Let { body, .. } => self.of(*body),
            Op::If { then, other, .. } => {
                let mut out = self.of(*then);
                out.or(&self.of(*other));
                out
            }
            Op::Bound { value, .. } | Op::Border { value, .. } | Op::Check(value) => {
                self.of(*value)
            }
            Op::Concat(left, right) => {
                let mut out = self.of(*left);
                out.add(&self.of(*right));
                out
            }
            Op::Stop(_) => Bound::steps(0),
            Op::Default => match &self.callable.body {
                Body::Rule(rule) => {
                    let default = rule.default.as_ref().map(|default| default.value);
                    // The default stands before what uses it.
                    default
                        .filter(|value| *value < id)
                        .map_or_else(|| unknown("default"), |value| self.of(value))
                }
                _ => unknown("default"),
            },
            Op::Call(callee, arguments) => match self.results.get(callee) {
                Some(result) => self.at_call(result, arguments),
                None => unknown("list"),
            },
            Op::Loop(it) => match it.result {
                LoopResult::List(_) | LoopResult::Group { .. } => self.elements(it),
                LoopResult::Finally(value) => self.of(value),
                _ => unknown("list"),
            },
            _ => unknown("list"),
        };
        (None, length)
    }

    /// What is unknown in a callee, in the sizes of this callable.
    pub(super) fn at_call(&self, bound: &Bound, arguments: &[NodeId]) -> Bound {
        bound.with(|unknown| match unknown {
            Unknown::Param(slot) => arguments.get(slot.index()).map(|node| self.of(*node)),
            Unknown::Members(_) | Unknown::Named(_) => None,
        })
    }

    /// A carried list: its start, or what it is set to, and what each element appends.
    fn carried(&self, slot: Slot, start: NodeId) -> Bound {
        let name = self.callable.slot(slot).map(|slot| slot.name.clone());
        let unknown = || Bound::unknown(Unknown::Named(name.clone().unwrap_or_default()));
        let node = self.loops.get(&slot).and_then(|id| self.callable.node(*id));
        let Some(Op::Loop(it)) = node.map(|node| &node.op) else {
            return unknown();
        };
        let mut out = self.of(start);
        let carry = it.carries.iter().find(|carry| carry.slot == slot);
        let Some(next) = carry.and_then(|carry| carry.next) else {
            return out;
        };
        match self.grown(slot, next, 0) {
            Some(Grown { set, appended }) => {
                out.or(&self.at_most_in(it, &set));
                let all = it.sources.len();
                out.add(&self.through(it, all, &appended, |source| self.source(source)));
                out
            }
            None => unknown(),
        }
    }

    /// What a value is beside the carried list, and what it appends to it. Without recursion through
    /// the memo: the carried list is not known yet.
    fn grown(&self, slot: Slot, id: NodeId, depth: u32) -> Option<Grown> {
        const MAX_DEPTH: u32 = 32;
        if depth > MAX_DEPTH {
            return None;
        }
        let node = self.callable.node(id)?;
        match &node.op {
            Op::Local(other) if *other == slot => Some(Grown::default()),
            Op::Local(other) => match self.bindings.get(other.index()) {
                Some(Some(Binding::Value(value, _))) => self.grown(slot, *value, depth + 1),
                _ => self.unrelated(slot, id),
            },
            Op::If { then, other, .. } => {
                let both = self.grown(slot, *then, depth + 1)?;
                Some(both.or(&self.grown(slot, *other, depth + 1)?))
            }
            Op::Concat(left, right) => {
                let mut both = self.grown(slot, *left, depth + 1)?;
                let right = self.grown(slot, *right, depth + 1)?;
                // A list that holds the carried one twice doubles with each element.
                if self.mentions(slot, id) > 1 {
                    return None;
                }
                let plain = if both.is_plain() { right.set } else { both.set };
                both.appended.add(&right.appended);
                both.set = Bound::default();
                both.appended.add(&plain);
                Some(both)
            }
            Op::Bound { value, .. } | Op::Check(value) => self.grown(slot, *value, depth + 1),
            // One value per element of the carried list: as long as that.
            Op::Loop(it) => match (it.sources.as_slice(), &it.result) {
                ([source], LoopResult::List(_)) if self.mentions(slot, id) > 0 => {
                    match source.over {
                        Over::List(list) => self.grown(slot, list, depth + 1),
                        _ => None,
                    }
                }
                _ => self.unrelated(slot, id),
            },
            Op::Let { body, .. } => self.grown(slot, *body, depth + 1),
            Op::Call(callee, arguments) if self.mentions(slot, id) > 0 => {
                self.grown_by_call(slot, *callee, arguments, depth)
            }
            _ => self.unrelated(slot, id),
        }
    }

    /// A function that is given the carried list: what it gives is as long as the list, and longer by
    /// what does not depend on it.
    fn grown_by_call(
        &self,
        slot: Slot,
        callee: CallableId,
        arguments: &[NodeId],
        depth: u32,
    ) -> Option<Grown> {
        let mut rest = self.results.get(&callee)?.clone();
        let mut grown = None;
        for (position, argument) in (0u32..).zip(arguments) {
            if self.mentions(slot, *argument) == 0 {
                continue;
            }
            let (within, without) = rest.apart_from(&Unknown::Param(Slot(position)))?;
            if within && grown.is_some() {
                return None;
            }
            if within {
                grown = Some(self.grown(slot, *argument, depth + 1)?);
            }
            rest = without;
        }
        let rest = self.at_call(&rest, arguments);
        Some(match grown {
            Some(mut grown) => {
                grown.appended.add(&rest);
                grown
            }
            None => Grown {
                set: rest,
                appended: Bound::default(),
            },
        })
    }

    /// A list that does not depend on the carried one.
    fn unrelated(&self, slot: Slot, id: NodeId) -> Option<Grown> {
        if self.mentions(slot, id) > 0 {
            return None;
        }
        Some(Grown {
            set: self.memo.get(&id)?.clone(),
            appended: Bound::default(),
        })
    }

    /// The greatest length of the lists in a list of lists.
    fn inner(&self, list: NodeId) -> Option<Bound> {
        match &self.callable.node(list)?.op {
            Op::Loop(it) => match it.result {
                LoopResult::List(value) => {
                    let each = self.memo.get(&value)?;
                    Some(self.at_most_in(it, each))
                }
                _ => None,
            },
            Op::Local(slot) => match self.bindings.get(slot.index())? {
                Some(Binding::Value(value, _)) => self.inner(*value),
                _ => None,
            },
            Op::Let { body, .. } => self.inner(*body),
            _ => None,
        }
    }

    /// How often a value reads a slot, also through `let`s: more than once is all that matters.
    fn mentions(&self, slot: Slot, id: NodeId) -> u32 {
        let mut count = 0;
        let mut todo = vec![id];
        let mut left = self.callable.nodes.len().saturating_mul(2);
        while let Some(id) = todo.pop() {
            left = left.saturating_sub(1);
            let Some(node) = self.callable.node(id).filter(|_| left > 0) else {
                return u32::MAX;
            };
            match &node.op {
                Op::Local(other) if *other == slot => count += 1,
                Op::Local(other) => {
                    if let Some(Some(Binding::Value(value, _))) = self.bindings.get(other.index()) {
                        todo.push(*value);
                    }
                }
                op => todo.extend(op.operands()),
            }
        }
        count
    }

    /// The members of a group that this callable makes: those of the group that a loop holds, else at
    /// most all of its elements.
    fn members(&self, base: NodeId, field: u32) -> Option<Bound> {
        let Type::Record(wanted) = &self.callable.node(base)?.ty else {
            return None;
        };
        if let Op::Local(slot) = &self.callable.node(base)?.op
            && let Some(made) = self.groups.get(slot)
            && let Op::Loop(it) = &self.callable.node(*made)?.op
            && let LoopResult::Group { keys, .. } = &it.result
            && keys.len() == field as usize
        {
            return Some(Bound::unknown(Unknown::Members(*slot)));
        }
        self.callable.nodes.iter().find_map(|node| match &node.op {
            Op::Loop(it) => match &it.result {
                LoopResult::Group { keys, record }
                    if record == wanted && keys.len() == field as usize =>
                {
                    Some(self.elements(it))
                }
                _ => None,
            },
            _ => None,
        })
    }

    fn field_name(&self, base: NodeId, field: u32) -> Option<String> {
        let fields = match &self.callable.node(base)?.ty {
            Type::Record(id) => &self.program.record(*id)?.fields,
            Type::Row(id) => &self.program.relation(*id)?.fields,
            _ => return None,
        };
        fields.get(field as usize).map(|field| field.name.clone())
    }
}

/// How a carried list changes with an element.
#[derive(Default)]
struct Grown {
    /// It is set to a list of this length.
    set: Bound,
    /// It gets this many elements more.
    appended: Bound,
}

impl Grown {
    /// It gets so many elements more.
    fn by(appended: Bound) -> Grown {
        Grown {
            set: Bound::default(),
            appended,
        }
    }

    /// It becomes one or the other.
    fn or(mut self, other: &Grown) -> Grown {
        self.set.or(&other.set);
        self.appended.or(&other.appended);
        self
    }

    fn is_plain(&self) -> bool {
        self.set == Bound::default()
    }
}

fn declared(ty: &Type, name: &str) -> Option<Bound> {
    match ty {
        Type::List {
            at_most: Some(most),
            ..
        } => Some(Bound::declared(
            u64::from(*most),
            format!("{name} at most {most}"),
        )),
        _ => None,
    }
}

/// The smallest declared bound of the rows that agree in these fields; one, where they are a key.
fn rows(program: &Program, id: ir::RelationId, fields: &[u32]) -> Bound {
    let Some(relation) = program.relation(id) else {
        return Bound::steps(0);
    };
    let given = |needed: &[u32]| needed.iter().all(|field| fields.contains(field));
    let keys: Vec<u32> = (0..relation.key_fields).collect();
    let unique = relation
        .distinct
        .iter()
        .any(|distinct| !distinct.while_valid && given(&distinct.fields));
    if unique || (!keys.is_empty() && given(&keys)) {
        return Bound::steps(1);
    }
    let full = relation.name.as_str();
    let name = full.rsplit('.').next().unwrap_or(full);
    let best = relation
        .limits
        .iter()
        .filter(|limit| given(&limit.per))
        .min_by_key(|limit| limit.at_most);
    let Some(limit) = best else {
        return Bound::unknown(Unknown::Named(name.to_owned()));
    };
    let per: Vec<&str> = limit
        .per
        .iter()
        .filter_map(|field| relation.fields.get(*field as usize))
        .map(|field| field.name.as_str())
        .collect();
    let mut what = format!("{name} rows at most {}", limit.at_most);
    if !per.is_empty() {
        what.push_str(&format!(" per {}", per.join(", ")));
    }
    Bound::declared(limit.at_most, what)
}
