//! Lets, conditions and optionals.

use assize_ir::{
    Body as CallableBody, Callable, Counting, LetMode, Loop, LoopResult, Node, NodeId, Op, Over,
    Slot,
};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::value::Val;
use super::{Body, Lower};
use crate::jit::shape::Shape;

impl Body<'_, '_> {
    pub(super) fn eval_let(
        &mut self,
        slot: Slot,
        mode: LetMode,
        value: NodeId,
        body: NodeId,
    ) -> Lower<Val> {
        let certain = match mode {
            LetMode::Now => true,
            LetMode::Lazy => certainly_uses(self.frame()?.callable, body, slot),
        };
        self.bind_lazy(slot.index(), value, certain)?;
        self.eval(body)
    }

    pub(super) fn eval_if(
        &mut self,
        node: &Node,
        cond: NodeId,
        then: NodeId,
        other: NodeId,
    ) -> Lower<Val> {
        let bit = self.bool(cond)?;
        let shape = Shape::of_node(&node.ty, node.facts.as_ref());
        self.choose(
            bit,
            &shape,
            node,
            |body| body.eval(then),
            |body| body.eval(other),
        )
    }

    /// One of two ways; each is written in a block of its own.
    pub(super) fn choose(
        &mut self,
        bit: Value,
        shape: &Shape,
        node: &Node,
        then: impl FnOnce(&mut Self) -> Lower<Val>,
        other: impl FnOnce(&mut Self) -> Lower<Val>,
    ) -> Lower<Val> {
        let (yes, no) = (self.block(), self.block());
        let (done, params) = self.block_of(shape.words());
        self.b.ins().brif(bit, yes, &[], no, &[]);
        self.b.switch_to_block(yes);
        let mark = self.mark();
        let value = then(self)?;
        let words = self.words(&value, shape)?;
        self.rollback(mark);
        self.jump(done, &words);
        self.b.switch_to_block(no);
        let value = other(self)?;
        let words = self.words(&value, shape)?;
        self.rollback(mark);
        self.jump(done, &words);
        self.b.switch_to_block(done);
        let value = self.value(&params, shape)?;
        Ok(match value {
            Val::Fixed(number) => Val::Fixed(number.within(node.facts.as_ref())),
            other => other,
        })
    }

    /// A bit that is another one on one of two ways, and known on the other.
    fn short(&mut self, bit: Value, other: NodeId, when_set: bool) -> Lower<Val> {
        let rest = self.block();
        let done = self.block();
        let result = self.b.append_block_param(done, types::I8);
        let known = self.bit(when_set);
        if when_set {
            self.b.ins().brif(bit, done, &[known.into()], rest, &[]);
        } else {
            self.b.ins().brif(bit, rest, &[], done, &[known.into()]);
        }
        self.b.switch_to_block(rest);
        let mark = self.mark();
        let second = self.bool(other)?;
        self.rollback(mark);
        self.b.ins().jump(done, &[second.into()]);
        self.b.switch_to_block(done);
        Ok(Val::Bool(result))
    }

    pub(super) fn eval_and(&mut self, a: NodeId, b: NodeId) -> Lower<Val> {
        let first = self.bool(a)?;
        self.short(first, b, false)
    }

    pub(super) fn eval_or(&mut self, a: NodeId, b: NodeId) -> Lower<Val> {
        let first = self.bool(a)?;
        self.short(first, b, true)
    }

    pub(super) fn counted(&mut self, how: Counting, items: &[NodeId]) -> Lower<Val> {
        let done = self.block();
        let result = self.b.append_block_param(done, types::I8);
        let mark = self.mark();
        let (yes, no) = (self.bit(true), self.bit(false));
        match how {
            Counting::AtLeast(wanted) => {
                let zero = self.int(0);
                let held = self.variable(zero);
                for (at, item) in items.iter().enumerate() {
                    // Certain already? Enough hold, or too few are left.
                    let count = self.b.use_var(held);
                    let enough = self.b.ins().icmp_imm_u(
                        IntCC::UnsignedGreaterThanOrEqual,
                        count,
                        i64::from(wanted),
                    );
                    let go_on = self.block();
                    self.b.ins().brif(enough, done, &[yes.into()], go_on, &[]);
                    self.b.switch_to_block(go_on);
                    let left = i64::try_from(items.len() - at).unwrap_or(i64::MAX);
                    let reach = self.b.ins().iadd_imm_s(count, left);
                    let few =
                        self.b
                            .ins()
                            .icmp_imm_u(IntCC::UnsignedLessThan, reach, i64::from(wanted));
                    let go_on = self.block();
                    self.b.ins().brif(few, done, &[no.into()], go_on, &[]);
                    self.b.switch_to_block(go_on);
                    let bit = self.bool(*item)?;
                    let bit = self.b.ins().uextend(types::I64, bit);
                    let count = self.b.ins().iadd(count, bit);
                    self.b.def_var(held, count);
                }
                let count = self.b.use_var(held);
                let enough = self.b.ins().icmp_imm_u(
                    IntCC::UnsignedGreaterThanOrEqual,
                    count,
                    i64::from(wanted),
                );
                self.b.ins().jump(done, &[enough.into()]);
            }
            Counting::All | Counting::Any | Counting::None => {
                let stop_when = how != Counting::All;
                let (stopped, through) = match how {
                    Counting::Any => (yes, no),
                    _ => (no, yes),
                };
                for item in items {
                    let bit = self.bool(*item)?;
                    let next = self.block();
                    if stop_when {
                        self.b.ins().brif(bit, done, &[stopped.into()], next, &[]);
                    } else {
                        self.b.ins().brif(bit, next, &[], done, &[stopped.into()]);
                    }
                    self.b.switch_to_block(next);
                }
                self.b.ins().jump(done, &[through.into()]);
            }
        }
        self.rollback(mark);
        self.b.switch_to_block(done);
        Ok(Val::Bool(result))
    }

    pub(super) fn is_missing(&mut self, value: &Val) -> Value {
        match value {
            Val::Missing => self.bit(true),
            Val::Optional(there, _) => self.b.ins().bxor_imm_u(*there, 1),
            _ => self.bit(false),
        }
    }

    pub(super) fn present(&mut self, of: NodeId) -> Lower<Val> {
        let node = self.node(of)?;
        match self.eval(of)? {
            Val::Optional(there, value) => {
                self.leave_unless(there);
                let value = *value;
                self.known(value, of)
            }
            Val::Missing => {
                self.leave_always();
                let plain = Node {
                    ty: node.ty.plain().clone(),
                    ..node.clone()
                };
                self.never(&plain)
            }
            other => Ok(other),
        }
    }

    pub(super) fn otherwise(&mut self, node: &Node, value: NodeId, other: NodeId) -> Lower<Val> {
        match self.eval(value)? {
            Val::Missing => self.eval(other),
            Val::Optional(there, inner) => {
                let shape = Shape::of_node(&node.ty, node.facts.as_ref());
                let inner = (*inner).clone();
                let optional = node.ty.is_optional();
                self.choose(
                    there,
                    &shape,
                    node,
                    |body| {
                        Ok(if optional {
                            let there = body.bit(true);
                            Val::Optional(there, Box::new(inner))
                        } else {
                            inner
                        })
                    },
                    |body| body.eval(other),
                )
            }
            other => Ok(other),
        }
    }
}

/// Whether every way through a node reads a slot, so that its value may as well be computed before.
pub(super) fn certainly_uses(callable: &Callable, node: NodeId, slot: Slot) -> bool {
    let Some(node) = callable.node(node) else {
        return false;
    };
    let uses = |id: &NodeId| certainly_uses(callable, *id, slot);
    match &node.op {
        Op::Local(found) => *found == slot,
        Op::If { cond, then, other } => uses(cond) || (uses(then) && uses(other)),
        Op::And(first, _) | Op::Or(first, _) => uses(first),
        Op::Counted { items, .. } => items.first().is_some_and(uses),
        Op::Otherwise { value, .. } => uses(value),
        Op::Let {
            slot: inner,
            mode,
            value,
            body,
        } => {
            uses(body)
                || (uses(value)
                    && (*mode == LetMode::Now || certainly_uses(callable, *body, *inner)))
        }
        Op::List(items) => items.iter().any(|item| match &item.when {
            Some(when) => uses(when),
            None => uses(&item.value),
        }),
        Op::Loop(it) => loop_certainly_uses(callable, it, slot),
        // A record of an exception's default may never be asked for.
        Op::Default | Op::Const(_) | Op::SharePart(_) | Op::Stop(_) => false,
        _ => node.op.operands().iter().any(uses),
    }
}

fn loop_certainly_uses(callable: &Callable, it: &Loop, slot: Slot) -> bool {
    let uses = |id: &NodeId| certainly_uses(callable, *id, slot);
    let source = it.sources.first().is_some_and(|source| match &source.over {
        Over::List(list) => uses(list),
        Over::Relation(_) => false,
        Over::Indexed { key, .. } => key.iter().any(uses),
    });
    let starts = it.carries.iter().any(|carry| uses(&carry.start));
    let end = matches!(&it.result, LoopResult::Finally(value) if uses(value));
    source || starts || end
}

/// How often each slot of a callable is read, and how often the default of its rule.
pub(super) fn count_uses(callable: &Callable) -> Vec<u32> {
    let mut uses = vec![0u32; callable.slots.len() + 1];
    for node in &callable.nodes {
        let slot = match &node.op {
            Op::Local(slot) => slot.index(),
            Op::Default => callable.slots.len(),
            _ => continue,
        };
        if let Some(count) = uses.get_mut(slot) {
            *count += 1;
        }
    }
    // Where the default itself gives the value, that is one more.
    if let (CallableBody::Rule(_), Some(count)) = (&callable.body, uses.last_mut()) {
        *count += 1;
    }
    uses
}
