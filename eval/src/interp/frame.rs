//! What one call of a callable holds.

use std::collections::BTreeMap;

use assize_ir::{Callable, CallableId, NodeId, Slot};
use rust_decimal::Decimal;

use crate::order::ValueKey;
use crate::trace::Part;
use crate::value::Value;

/// One call. Slots are unique in a callable, so one array holds them all: a lazy `let` is always
/// forced in the environment in which it stands.
pub(crate) struct Frame<'a> {
    pub(crate) id: CallableId,
    pub(crate) callable: &'a Callable,
    slots: Vec<Binding>,
    /// Value of the rule's default, once it was asked for.
    pub(crate) default: Option<Value>,
    /// Loops that are running, the innermost last.
    pub(crate) loops: Vec<LoopState>,
}

/// What a slot holds.
#[derive(Clone, Debug)]
pub(crate) enum Binding {
    /// Not in sight yet.
    Unbound,
    /// A `let` that nobody has used yet.
    Lazy(NodeId),
    /// A value.
    Value(Value),
}

/// What a running loop remembers.
#[derive(Default)]
pub(crate) struct LoopState {
    /// Holds the element of its first source: slots are unique, so it names the loop.
    pub(crate) slot: Option<Slot>,
    /// Number of the current element.
    pub(crate) element: usize,
    /// Running totals by number and `per`.
    pub(crate) running: Vec<BTreeMap<Option<ValueKey>, Running>>,
    /// Parts of the shares by number and element; `None` where the element takes no part.
    pub(crate) parts: Vec<Vec<Option<Decimal>>>,
    /// What is told of these parts, while a trace is made.
    pub(crate) told: Vec<Vec<Option<Part>>>,
    /// Whether the loop has shares, also while they are computed.
    pub(crate) has_shares: bool,
}

/// A running total.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Running {
    /// Sum of the values so far.
    pub(crate) total: Decimal,
    /// Sum of the results so far: the rounded total.
    pub(crate) given: Decimal,
}

impl<'a> Frame<'a> {
    /// A call with its arguments, on the heap: the stack is for the recursion.
    pub(crate) fn new(id: CallableId, callable: &'a Callable, arguments: Vec<Value>) -> Box<Self> {
        let mut slots: Vec<Binding> = arguments.into_iter().map(Binding::Value).collect();
        slots.resize(callable.slots.len().max(slots.len()), Binding::Unbound);
        Box::new(Frame {
            id,
            callable,
            slots,
            default: None,
            loops: Vec::new(),
        })
    }

    /// What a slot holds.
    pub(crate) fn slot(&self, slot: Slot) -> Option<&Binding> {
        self.slots.get(slot.index())
    }

    /// The elements of the loops that are running, by the slot of the loop.
    pub(crate) fn during(&self) -> Vec<(Slot, usize)> {
        let loops = self.loops.iter();
        loops
            .filter_map(|it| Some((it.slot?, it.element)))
            .collect()
    }

    /// The value of a slot, missing when it has none yet.
    pub(crate) fn argument(&self, slot: Slot) -> Value {
        match self.slot(slot) {
            Some(Binding::Value(value)) => value.clone(),
            _ => Value::Missing,
        }
    }

    /// Fills a slot; `None` when there is no such slot.
    pub(crate) fn bind(&mut self, slot: Slot, binding: Binding) -> Option<()> {
        *self.slots.get_mut(slot.index())? = binding;
        Some(())
    }
}
