//! Walks over nodes: children, and the slots that a node reads.

use std::collections::BTreeSet;

use assize_ir::{CallableId, Node, NodeId, Op, Slot};

/// Calls `visit` for each direct child of an operation, in the order of evaluation.
pub fn children(op: &Op, visit: &mut dyn FnMut(NodeId)) {
    op.operands().into_iter().for_each(visit);
}

/// What a node depends on, its own inner bindings included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// Slots read.
    pub slots: BTreeSet<Slot>,
    /// Whether a part of a share is among it.
    pub shares: bool,
}

/// What the given nodes depend on.
pub fn reads(nodes: &[Node], roots: impl IntoIterator<Item = NodeId>) -> Reads {
    let mut out = Reads::default();
    let mut stack: Vec<NodeId> = roots.into_iter().collect();
    let mut seen: BTreeSet<NodeId> = BTreeSet::new();
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(node) = nodes.get(id.index()) else {
            continue;
        };
        match &node.op {
            Op::Local(slot) => {
                out.slots.insert(*slot);
            }
            Op::SharePart(_) => out.shares = true,
            _ => {}
        }
        children(&node.op, &mut |child| stack.push(child));
    }
    out
}

/// Whether evaluating a node can never fail, whatever the values. `value_of` gives what a slot is bound
/// to where that is evaluated at its first use only: it may fail there. `is_total` says it of functions.
pub fn total(
    nodes: &[Node],
    id: NodeId,
    value_of: impl Fn(Slot) -> Option<NodeId>,
    is_total: impl Fn(CallableId) -> bool,
) -> bool {
    let mut stack = vec![id];
    let mut seen: BTreeSet<NodeId> = BTreeSet::new();
    while let Some(id) = stack.pop() {
        if !seen.insert(id) {
            continue;
        }
        let Some(node) = nodes.get(id.index()) else {
            return false;
        };
        match &node.op {
            Op::Local(slot) => stack.extend(value_of(*slot)),
            Op::Call(callee, _) if !is_total(*callee) => return false,
            Op::Const(_)
            | Op::Field(..)
            | Op::Call(..)
            | Op::Let { .. }
            | Op::Equal(..)
            | Op::Compare(..)
            | Op::And(..)
            | Op::Or(..)
            | Op::Not(_)
            | Op::In(..)
            | Op::Between { .. }
            | Op::IsMissing(_)
            | Op::ToOptional(_)
            | Op::Present(_)
            | Op::IntToNum(_)
            | Op::ValidOn { .. }
            | Op::ReasonCode(_)
            | Op::ReasonSeverity(_)
            | Op::Negate(_)
            | Op::Absolute(_)
            | Op::List(_)
            | Op::Otherwise { .. }
            | Op::If { .. }
            | Op::Counted { .. } => children(&node.op, &mut |child| stack.push(child)),
            _ => return false,
        }
    }
    true
}
