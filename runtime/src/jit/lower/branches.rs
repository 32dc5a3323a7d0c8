//! Lets, conditions and optionals.

use assize_ir::{
    Body as CallableBody, Callable, Counting, LetMode, Loop, LoopResult, Node, NodeId, Op, Over,
    Slot,
};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

use super::calm::{BESIDE, is_picked};
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
        let calm = self.is_calm(then, BESIDE)? && self.is_calm(other, BESIDE)?;
        let value = if calm && is_picked(&shape) {
            self.pick(bit, &shape, |body| body.eval(then), |body| body.eval(other))?
        } else {
            self.choose(bit, &shape, |body| body.eval(then), |body| body.eval(other))?
        };
        Ok(value.within(node.facts.as_ref()))
    }

    /// One of two ways that are both calm: both are computed, and one is taken.
    fn pick(
        &mut self,
        bit: Value,
        shape: &Shape,
        then: impl FnOnce(&mut Self) -> Lower<Val>,
        other: impl FnOnce(&mut Self) -> Lower<Val>,
    ) -> Lower<Val> {
        let (then, doubt) = self.doubtful(|body| {
            let value = then(body)?;
            body.words(&value, shape)
        })?;
        self.leave_if_doubted(bit, doubt);
        let (other, doubt) = self.doubtful(|body| {
            let value = other(body)?;
            body.words(&value, shape)
        })?;
        if doubt.is_some() {
            let not = self.not(bit);
            self.leave_if_doubted(not, doubt);
        }
        let words = self.select(bit, &then, &other);
        self.value(&words, shape)
    }

    /// One of two ways; each is written in a block of its own.
    pub(super) fn choose(
        &mut self,
        bit: Value,
        shape: &Shape,
        then: impl FnOnce(&mut Self) -> Lower<Val>,
        other: impl FnOnce(&mut Self) -> Lower<Val>,
    ) -> Lower<Val> {
        let (done, params) = self.block_of(shape.words());
        self.way_if(bit, (done, shape), then)?;
        let mark = self.mark();
        let value = other(self)?;
        let value = self.end_of_ways((done, &params), shape, &value);
        self.rollback(mark);
        value
    }

    /// One way to a block that waits for the words of a value: taken where a bit is set. What is written
    /// behind is the other ways.
    pub(super) fn way_if(
        &mut self,
        bit: Value,
        (done, shape): (Block, &Shape),
        write: impl FnOnce(&mut Self) -> Lower<Val>,
    ) -> Lower<()> {
        let (this, next) = (self.block(), self.block());
        self.b.ins().brif(bit, this, &[], next, &[]);
        self.b.switch_to_block(this);
        let mark = self.mark();
        let value = write(self)?;
        let words = self.words(&value, shape)?;
        self.rollback(mark);
        self.jump(done, &words);
        self.b.switch_to_block(next);
        Ok(())
    }

    /// The last way, and what comes of all of them.
    pub(super) fn end_of_ways(
        &mut self,
        (done, params): (Block, &[Value]),
        shape: &Shape,
        last: &Val,
    ) -> Lower<Val> {
        let words = self.words(last, shape)?;
        self.jump(done, &words);
        self.b.switch_to_block(done);
        self.value(params, shape)
    }

    pub(super) fn eval_and(&mut self, a: NodeId, b: NodeId) -> Lower<Val> {
        let first = self.bool(a)?;
        if self.is_calm(b, BESIDE)? {
            let (second, doubt) = self.doubtful(|body| body.bool(b))?;
            self.leave_if_doubted(first, doubt);
            return Ok(Val::Bool(self.b.ins().band(first, second)));
        }
        let no = self.bit(false);
        Ok(Val::Bool(self.bit_if(first, no, |body| body.bool(b))?))
    }

    pub(super) fn eval_or(&mut self, a: NodeId, b: NodeId) -> Lower<Val> {
        let first = self.bool(a)?;
        let (not, yes) = (self.not(first), self.bit(true));
        if self.is_calm(b, BESIDE)? {
            let (second, doubt) = self.doubtful(|body| body.bool(b))?;
            self.leave_if_doubted(not, doubt);
            return Ok(Val::Bool(self.b.ins().bor(first, second)));
        }
        Ok(Val::Bool(self.bit_if(not, yes, |body| body.bool(b))?))
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
                    self.jump_if(enough, done, &[yes]);
                    let left = i64::try_from(items.len() - at).unwrap_or(i64::MAX);
                    let reach = self.b.ins().iadd_imm_s(count, left);
                    let few =
                        self.b
                            .ins()
                            .icmp_imm_u(IntCC::UnsignedLessThan, reach, i64::from(wanted));
                    self.jump_if(few, done, &[no]);
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
                let (stopped, through) = match how {
                    Counting::Any => (yes, no),
                    _ => (no, yes),
                };
                for item in items {
                    let bit = self.bool(*item)?;
                    if how == Counting::All {
                        self.jump_unless(bit, done, &[stopped]);
                    } else {
                        self.jump_if(bit, done, &[stopped]);
                    }
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
            Val::Optional(there, _) => self.not(*there),
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
                let present = |body: &mut Self| {
                    Ok(if optional {
                        let there = body.bit(true);
                        Val::Optional(there, Box::new(inner))
                    } else {
                        inner
                    })
                };
                let value = if is_picked(&shape) && self.is_calm(other, BESIDE)? {
                    self.pick(there, &shape, present, |body| body.eval(other))?
                } else {
                    self.choose(there, &shape, present, |body| body.eval(other))?
                };
                Ok(value.within(node.facts.as_ref()))
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
