//! Values that are computed before anybody knows whether they are wanted.
//!
//! A branch that cannot be foretold costs more than a few instructions. What is cheap, asks no host and reads
//! nothing that may not be there is *calm*: it is computed ahead, and chosen by a bit. Where such code would
//! leave, it only notes a doubt; whoever wants the value leaves where there is one.

use assize_ir::{
    Body as CallableBody, Callable, CallableId, Cell, Const, Hit, NodeId, Op, Slot, Table, Test,
    Type,
};
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::unrolled::Parts;
use super::{Bind, Body, Lower};
use crate::jit::shape::Shape;

/// Cost up to which a `let` is computed where it stands.
pub(super) const AHEAD: usize = 64;
/// Cost up to which both ways of a condition are computed.
pub(super) const BESIDE: usize = 12;
/// Cost up to which filter and value of each element at hand are computed.
pub(super) const EACH: usize = 32;
/// Rows of a table whose tests are all computed.
pub(super) const MOST_FLAT: usize = 48;

/// What is known of the slots of a callable.
#[derive(Clone, Copy)]
enum Slots<'s> {
    /// What they hold, and the one of the element of a loop, which is at hand.
    Here(&'s [Bind], Option<Slot>),
    /// The callable is not entered yet: all of them will be calm.
    Elsewhere,
}

impl<'p> Body<'_, 'p> {
    /// Writes code that notes where it would leave. What slots learn there is forgotten.
    pub(super) fn doubtful<T>(
        &mut self,
        write: impl FnOnce(&mut Self) -> Lower<T>,
    ) -> Lower<(T, Option<Value>)> {
        let none = self.bit(false);
        let doubt = self.b.declare_var(types::I8);
        self.b.def_var(doubt, none);
        let outer = self.doubt.replace((doubt, false));
        let mark = self.mark();
        let value = write(self)?;
        // What was computed is there all the same.
        self.rollback_slots(mark);
        let noted = matches!(self.doubt, Some((_, true)));
        self.doubt = outer;
        Ok((value, noted.then(|| self.b.use_var(doubt))))
    }

    /// Notes a doubt, where code is written that must not leave; whether it is.
    pub(super) fn notes_doubt(&mut self, bit: Value) -> bool {
        let Some((doubt, _)) = self.doubt else {
            return false;
        };
        let bit = if self.b.func.dfg.value_type(bit) == types::I8 {
            bit
        } else {
            self.b
                .ins()
                .icmp_imm_u(cranelift_codegen::ir::condcodes::IntCC::NotEqual, bit, 0)
        };
        let before = self.b.use_var(doubt);
        let all = self.b.ins().bor(before, bit);
        self.b.def_var(doubt, all);
        self.doubt = Some((doubt, true));
        true
    }

    /// Leaves where a bit is set that may have been tested before.
    pub(super) fn leave_if_over(&mut self, over: Value) {
        if self.doubt.is_some() {
            self.leave_if(over);
        } else if !self.trusted.contains(&(over, over)) {
            self.leave_if(over);
            self.trusted.push((over, over));
        }
    }

    /// Leaves where there is a doubt of a value that is wanted where a bit is set.
    pub(super) fn leave_if_doubted(&mut self, wanted: Value, doubt: Option<Value>) {
        let Some(doubt) = doubt else {
            return;
        };
        if self.doubt.is_some() {
            let doubted = self.b.ins().band(wanted, doubt);
            self.leave_if(doubted);
        } else if !self.trusted.contains(&(wanted, doubt)) {
            let doubted = self.b.ins().band(wanted, doubt);
            self.leave_if(doubted);
            self.trusted.push((wanted, doubt));
        }
    }

    /// Whether a node is calm, and costs no more.
    pub(super) fn is_calm(&self, node: NodeId, most: usize) -> Lower<bool> {
        if self.tells() {
            return Ok(false);
        }
        let frame = self.frame()?;
        let mut left = most;
        let slots = Slots::Here(&frame.slots, None);
        Ok(self.calm(frame.callable, slots, node, &mut left))
    }

    /// Whether what a loop looks at is calm for an element at hand, and each of it costs no more.
    pub(super) fn are_calm(&self, parts: &Parts<'_>, most: usize) -> Lower<bool> {
        if self.tells() {
            return Ok(false);
        }
        let frame = self.frame()?;
        let slots = Slots::Here(&frame.slots, Some(parts.slot));
        let mut roots = parts.roots();
        Ok(roots.all(|root| self.calm(frame.callable, slots, root, &mut { most })))
    }

    fn calm(&self, callable: &'p Callable, slots: Slots<'_>, id: NodeId, left: &mut usize) -> bool {
        let Some(node) = callable.node(id) else {
            return false;
        };
        let Some(rest) = left.checked_sub(1) else {
            return false;
        };
        *left = rest;
        let shape = Shape::of_node(&node.ty, node.facts.as_ref());
        if !is_quiet(&shape) {
            return false;
        }
        let mut all = |nodes: &[NodeId]| {
            nodes
                .iter()
                .all(|node| self.calm(callable, slots, *node, left))
        };
        match &node.op {
            Op::Const(_) => !matches!(node.ty, Type::List { .. }),
            Op::Local(slot) => match slots {
                Slots::Elsewhere => true,
                Slots::Here(_, Some(element)) if element == *slot => true,
                Slots::Here(slots, _) => match slots.get(slot.index()) {
                    Some(Bind::Value(_) | Bind::Doubted { .. }) => true,
                    // Whoever computes it remembers that it is there, and a doubt is not remembered.
                    Some(Bind::Lazy { .. } | Bind::Nothing) | None => false,
                },
            },
            Op::Let { value, body, .. } if matches!(slots, Slots::Elsewhere) => {
                all(&[*value, *body])
            }
            Op::Loop(it) => {
                let Slots::Here(_, None) = slots else {
                    return false;
                };
                let Some(parts) = self.calm_parts(node, it) else {
                    return false;
                };
                let copies = parts.items.len();
                let within = match slots {
                    Slots::Here(slots, _) => Slots::Here(slots, Some(parts.slot)),
                    Slots::Elsewhere => slots,
                };
                let mut each = *left / copies.max(1);
                let before = each;
                let calm = parts
                    .roots()
                    .all(|root| self.calm(callable, within, root, &mut each));
                *left = left.saturating_sub(before.saturating_sub(each) * copies);
                calm
            }
            Op::Field(of, _) => {
                let record = callable.node(*of).map(|it| &it.ty);
                matches!(record, Some(Type::Record(_))) && all(&[*of])
            }
            Op::Not(a)
            | Op::IsMissing(a)
            | Op::ToOptional(a)
            | Op::Negate(a)
            | Op::Absolute(a)
            | Op::IntToNum(a) => all(&[*a]),
            Op::Present(a) => is_plain(&shape) && all(&[*a]),
            Op::Border { value, .. } => all(&[*value]),
            Op::And(a, b) | Op::Or(a, b) => all(&[*a, *b]),
            Op::Equal(a, b) | Op::Compare(_, a, b) => {
                is_plain_node(callable, *a) && is_plain_node(callable, *b) && all(&[*a, *b])
            }
            Op::Arithmetic(how, a, b) => {
                *how != assize_ir::Arithmetic::Divide && is_plain(&shape) && all(&[*a, *b])
            }
            Op::Round { value, step, mode } => {
                let step = callable.node(*step).map(|it| &it.op);
                let mode = callable.node(*mode).map(|it| &it.op);
                matches!(step, Some(Op::Const(_)))
                    && matches!(mode, Some(Op::Const(Const::Enum(..))))
                    && is_plain(&shape)
                    && is_plain_node(callable, *value)
                    && all(&[*value])
            }
            Op::If { cond, then, other } => is_picked(&shape) && all(&[*cond, *then, *other]),
            Op::Otherwise { value, other } => is_picked(&shape) && all(&[*value, *other]),
            Op::Lowest(items) | Op::Highest(items) => is_plain(&shape) && all(items),
            Op::Call(called, arguments) => all(arguments) && self.is_calm_callable(*called, left),
            _ => false,
        }
    }

    fn is_calm_callable(&self, id: CallableId, left: &mut usize) -> bool {
        let program = self.unit.program;
        if !self.unit.is_written_in(id) {
            return false;
        }
        match program.callable(id) {
            Some(callable) => match &callable.body {
                CallableBody::Define(node) => self.calm(callable, Slots::Elsewhere, *node, left),
                CallableBody::Table(table) if self.unit.variant.rows_in_code > 0 => {
                    let cost = table.rows.len().min(16);
                    let inputs = table.columns.iter();
                    let calm = is_flat(callable, table)
                        && inputs
                            .map(|column| column.value)
                            .all(|node| self.calm(callable, Slots::Elsewhere, node, left));
                    match left.checked_sub(cost) {
                        Some(rest) if calm => {
                            *left = rest;
                            true
                        }
                        _ => false,
                    }
                }
                _ => false,
            },
            None => false,
        }
    }
}

/// Whether the words of a shape can be computed without asking the host.
fn is_quiet(shape: &Shape) -> bool {
    match shape {
        Shape::Optional(inner) => is_quiet(inner),
        Shape::Decimal | Shape::List(_) => false,
        _ => true,
    }
}

/// Whether one of two values of a shape is taken word by word.
pub(super) fn is_picked(shape: &Shape) -> bool {
    match shape {
        Shape::Optional(inner) => is_picked(inner),
        Shape::Text => true,
        shape => is_plain(shape),
    }
}

/// Whether values of a shape are compared and computed as words.
pub(super) fn is_plain(shape: &Shape) -> bool {
    matches!(shape, Shape::Bool | Shape::Word | Shape::Fixed(_))
}

fn is_plain_node(callable: &Callable, node: NodeId) -> bool {
    callable
        .node(node)
        .is_some_and(|it| is_plain(&Shape::of_node(&it.ty, it.facts.as_ref())))
}

/// What an output is where it is there.
pub(super) fn plain_output(callable: &Callable, node: NodeId) -> NodeId {
    match callable.node(node).map(|it| &it.op) {
        Some(Op::ToOptional(plain)) => *plain,
        _ => node,
    }
}

/// Whether the tests and outputs of a table are few constants that are compared as words, so that all are
/// computed and the one that counts is chosen.
pub(super) fn is_flat(callable: &Callable, table: &Table) -> bool {
    let constant = |node: NodeId| {
        callable.node(node).is_some_and(|it| {
            matches!(it.op, Op::Const(_)) && is_plain(&Shape::of_node(&it.ty, it.facts.as_ref()))
        })
    };
    let output = |node: NodeId| constant(plain_output(callable, node));
    let plain_input = |node: NodeId| {
        callable
            .node(node)
            .is_some_and(|it| match Shape::of_node(&it.ty, it.facts.as_ref()) {
                Shape::Optional(inner) => is_plain(&inner),
                shape => is_plain(&shape),
            })
    };
    let cells = |cells: &[Cell]| {
        cells.iter().all(|cell| match cell {
            Cell::Any => true,
            Cell::OneOf(tests) | Cell::NoneOf(tests) => tests.iter().all(|test| match test {
                Test::Missing => true,
                Test::Equal(node) | Test::Compare(_, node) => constant(*node),
                Test::Range { low, high, .. } => constant(*low) && high.is_none_or(constant),
            }),
        })
    };
    let result = match Shape::of(&callable.result) {
        Shape::Optional(inner) => *inner,
        shape => shape,
    };
    matches!(
        table.hit,
        Hit::First | Hit::Unique | Hit::Lowest | Hit::Highest
    ) && table.record.is_none()
        && table.rows.len() <= MOST_FLAT
        && is_plain(&result)
        && table.columns.iter().all(|column| plain_input(column.value))
        && table
            .rows
            .iter()
            .all(|row| cells(&row.cells) && row.outputs.iter().all(|node| output(*node)))
}
