//! Values that are rounded, named, and rounded again. Where one `round` stands in the other it is told
//! when it is checked.

use std::collections::HashSet;

use assize_ir::{Binding, Callable, CallableId, Const, NodeId, Op};
use rust_decimal::Decimal;

use super::Finder;
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

/// Roundings of what a `let` has rounded to a finer step.
pub(super) fn analyse(finder: &mut Finder<'_>, id: CallableId) {
    let Some(callable) = finder.program.callable(id) else {
        return;
    };
    let bindings = callable.bindings();
    let mut out = Vec::new();
    for node in &callable.nodes {
        let Op::Round { value, step, .. } = &node.op else {
            continue;
        };
        let Some(outer) = constant(callable, *step) else {
            continue;
        };
        for first in rounded_before(callable, &bindings, *value) {
            let inner = constant(callable, first).filter(|inner| !inner.is_zero());
            // What is a multiple of the step already is not changed again.
            let changes = |inner: Decimal| inner.checked_rem(outer).is_some_and(|it| !it.is_zero());
            let places = (
                callable.node(first).map(|node| node.place),
                callable.node(*step).map(|node| node.place),
            );
            let (true, (Some(first), Some(step))) = (inner.is_some_and(changes), places) else {
                continue;
            };
            out.push(
                Diagnostic::new(
                    codes::ROUNDED_TWICE,
                    Severity::Warning,
                    finder.at(step),
                    "this is rounded twice, and the first rounding can change the second",
                )
                .related(finder.at(first), "rounded here first")
                .instead("round once, to the last step"),
            );
        }
    }
    finder.out.append(&mut out);
}

fn constant(callable: &Callable, node: NodeId) -> Option<Decimal> {
    match &callable.node(node)?.op {
        Op::Const(Const::Num(value)) => Some(*value),
        Op::Const(Const::Int(value)) => Some(Decimal::from(*value)),
        Op::IntToNum(inner) => constant(callable, *inner),
        _ => None,
    }
}

/// The steps to which a value was rounded before it got its name.
fn rounded_before(callable: &Callable, bindings: &[Option<Binding>], value: NodeId) -> Vec<NodeId> {
    let mut out = Vec::new();
    // Whether it has a name or is one of two branches by then: one `round` right in the other is told
    // elsewhere.
    let mut open = vec![(value, false)];
    let mut seen = HashSet::new();
    while let Some((node, apart)) = open.pop() {
        if !seen.insert((node, apart)) {
            continue;
        }
        match callable.node(node).map(|node| &node.op) {
            Some(Op::Local(slot)) => {
                if let Some(Some(Binding::Value(value, _))) = bindings.get(slot.index()) {
                    open.push((*value, true));
                }
            }
            Some(
                Op::Present(inner)
                | Op::ToOptional(inner)
                | Op::Negate(inner)
                | Op::Absolute(inner)
                | Op::Border { value: inner, .. }
                | Op::Let { body: inner, .. },
            ) => open.push((*inner, apart)),
            Some(Op::If { then, other, .. } | Op::Otherwise { value: then, other }) => {
                open.extend([(*other, true), (*then, true)])
            }
            Some(Op::Round { step, .. }) if apart => out.push(*step),
            _ => {}
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}
