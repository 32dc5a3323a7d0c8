//! Lists in fields of records that the rules build: as long as what they were filled with.
//!
//! A record that comes from outside has the length that its field declares, or an unknown one; that is
//! said where the field is read, and nothing is known of it here.

use assize_ir as ir;
use ir::{Binding, Body, CallableId, Loop, LoopResult, NodeId, Op, Slot, Type};

use super::super::bound::Bound;
use super::{Grown, Lengths};

/// How far a record is followed to where it is built.
const MAX_DEPTH: u32 = 32;
/// How much farther it seems where the way parts: what two branches share is looked at in both, so they
/// may not part often.
const PARTED: u32 = 4;

/// Where a record stands: it is the value itself, or an element of the list that is the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Where {
    Itself,
    Element,
}

impl Lengths<'_> {
    /// The greatest length of a list in this field of a record that the rules build.
    pub(super) fn built(&self, base: NodeId, field: u32) -> Option<Bound> {
        self.field(Where::Itself, base, field, 0)
    }

    /// The lists in the fields of the records that this callable gives, by itself or as elements.
    pub(in super::super) fn result_fields(&self) -> Vec<(u32, Bound)> {
        let Body::Define(node) = &self.callable.body else {
            return Vec::new();
        };
        let (place, record) = match self.callable.result.plain() {
            Type::Record(id) => (Where::Itself, *id),
            Type::List { item, .. } => match item.plain() {
                Type::Record(id) => (Where::Element, *id),
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let fields = self.program.record(record).map(|it| it.fields.as_slice());
        let lists = (0u32..)
            .zip(fields.unwrap_or_default())
            .filter(|(_, field)| matches!(field.ty, Type::List { .. }));
        let known = lists.filter_map(|(at, _)| {
            let length = self.field(place, *node, at, 0)?;
            Some((at, self.closed(&length)))
        });
        known.collect()
    }

    fn field(&self, place: Where, id: NodeId, field: u32, depth: u32) -> Option<Bound> {
        if depth > MAX_DEPTH {
            return None;
        }
        let next = |id: NodeId| self.field(place, id, field, depth + 1);
        let either = |a: NodeId, b: NodeId| {
            let mut both = self.field(place, a, field, depth + PARTED)?;
            both.or(&self.field(place, b, field, depth + PARTED)?);
            Some(both)
        };
        match (&self.callable.node(id)?.op, place) {
            (Op::Local(slot), _) => match self.bindings.get(slot.index()).copied().flatten()? {
                Binding::Value(value, _) => next(value),
                Binding::Element(list) if place == Where::Itself => {
                    self.field(Where::Element, list, field, depth + 1)
                }
                Binding::Carry(start) if place == Where::Itself => {
                    self.carried_field(*slot, start, field, depth)
                }
                _ => None,
            },
            (Op::Let { body, .. }, _) => next(*body),
            (Op::If { then, other, .. }, _) => either(*then, *other),
            (Op::Check(value) | Op::Bound { value, .. } | Op::Present(value), _) => next(*value),
            (Op::Stop(_), _) => Some(Bound::steps(0)),
            (Op::Record(_, values), Where::Itself) => Some(self.of(*values.get(field as usize)?)),
            (Op::With(value, changes), Where::Itself) => {
                match changes.iter().find(|(at, _)| *at == field) {
                    Some((_, change)) => Some(self.of(*change)),
                    None => next(*value),
                }
            }
            (Op::List(items), Where::Element) => {
                let mut out = Bound::steps(0);
                for item in items {
                    out.or(&self.field(Where::Itself, item.value, field, depth + 1)?);
                }
                Some(out)
            }
            (Op::Concat(left, right), Where::Element) => either(*left, *right),
            (Op::Loop(it), _) => self.of_loop(place, it, field, depth),
            (Op::Call(callee, arguments), _) => {
                let length = self.result_field(*callee, place, field)?;
                Some(self.at_call(length, arguments))
            }
            _ => None,
        }
    }

    fn of_loop(&self, place: Where, it: &Loop, field: u32, depth: u32) -> Option<Bound> {
        let value = match (&it.result, place) {
            (LoopResult::List(value), Where::Element)
            | (LoopResult::Finally(value) | LoopResult::First(value), Where::Itself) => *value,
            _ => return None,
        };
        let each = self.field(Where::Itself, value, field, depth + 1)?;
        Some(self.at_most_in(it, &each))
    }

    fn result_field(&self, callee: CallableId, place: Where, field: u32) -> Option<&Bound> {
        let is_list = matches!(self.program.callable(callee)?.result, Type::List { .. });
        if is_list != (place == Where::Element) {
            return None;
        }
        self.fields.get(&(callee, field))
    }

    /// A list in a carried record: that of its start, or what it is set to, and what each element appends.
    fn carried_field(&self, slot: Slot, start: NodeId, field: u32, depth: u32) -> Option<Bound> {
        let node = self
            .loops
            .get(&slot)
            .and_then(|id| self.callable.node(*id))?;
        let Op::Loop(it) = &node.op else {
            return None;
        };
        let depth = depth + PARTED;
        let mut out = self.field(Where::Itself, start, field, depth)?;
        let carry = it.carries.iter().find(|carry| carry.slot == slot)?;
        let Some(next) = carry.next else {
            return Some(out);
        };
        let Grown { set, appended } = self.grown_field(slot, next, field, depth)?;
        out.or(&self.at_most_in(it, &set));
        let all = it.sources.len();
        out.add(&self.through(it, all, &appended, |source| self.source(source)));
        Some(out)
    }

    /// What a list in a carried record becomes with an element.
    fn grown_field(&self, slot: Slot, id: NodeId, field: u32, depth: u32) -> Option<Grown> {
        if depth > MAX_DEPTH {
            return None;
        }
        let next = |id: NodeId| self.grown_field(slot, id, field, depth + 1);
        match &self.callable.node(id)?.op {
            Op::Local(other) if *other == slot => Some(Grown::default()),
            Op::Local(other) => match self.bindings.get(other.index()).copied().flatten()? {
                Binding::Value(value, _) => next(value),
                _ => None,
            },
            Op::Let { body, .. } => next(*body),
            Op::Check(value) => next(*value),
            Op::If { then, other, .. } => {
                let branch = |id: NodeId| self.grown_field(slot, id, field, depth + PARTED);
                Some(branch(*then)?.or(&branch(*other)?))
            }
            Op::Record(_, values) => self.grown_list(slot, *values.get(field as usize)?, field),
            Op::With(value, changes) => match changes.iter().find(|(at, _)| *at == field) {
                Some((_, change)) => self.grown_list(slot, *change, field),
                None => next(*value),
            },
            _ => None,
        }
    }

    /// A list that is made of the one in the carried record: itself, or itself with others appended.
    fn grown_list(&self, slot: Slot, id: NodeId, field: u32) -> Option<Grown> {
        let node = self.callable.node(id)?;
        let is_carried = |id: NodeId| match self.callable.node(id).map(|node| &node.op) {
            Some(Op::Field(base, at)) => {
                let base = self.callable.node(*base).map(|node| &node.op);
                *at == field && matches!(base, Some(Op::Local(other)) if *other == slot)
            }
            _ => false,
        };
        match &node.op {
            _ if is_carried(id) => Some(Grown::default()),
            Op::Bound { value, .. } => self.grown_list(slot, *value, field),
            Op::Concat(left, right) if is_carried(*left) && self.mentions(slot, *right) == 0 => {
                Some(Grown::by(self.of(*right)))
            }
            Op::Concat(left, right) if is_carried(*right) && self.mentions(slot, *left) == 0 => {
                Some(Grown::by(self.of(*left)))
            }
            _ => self.unrelated(slot, id),
        }
    }
}
