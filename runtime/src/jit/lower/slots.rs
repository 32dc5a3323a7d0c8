//! What slots hold: values, and `let`s that are computed where they are used first.

use assize_ir::{Node, NodeId, Op, Slot};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::Variable;

use super::calm::AHEAD;
use super::value::Val;
use super::{Bind, Body, Frame, Lower, Memo, NotYet};
use crate::jit::shape::Shape;

/// How much was learned so far.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pub(super) journal: usize,
    known: usize,
    trusted: usize,
}

impl<'p> Body<'_, 'p> {
    pub(super) fn frame(&self) -> Lower<&Frame<'p>> {
        self.frames.last().ok_or(NotYet("no callable"))
    }

    pub(super) fn node(&self, id: NodeId) -> Lower<&'p Node> {
        let callable = self.frame()?.callable;
        callable.node(id).ok_or(NotYet("an unknown node"))
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            journal: self.journal.len(),
            known: self.known.len(),
            trusted: self.trusted.len(),
        }
    }

    /// Forgets what was learned since a mark, on a way that may not have been taken: what slots hold, and what was
    /// computed and tested.
    pub(super) fn rollback(&mut self, mark: Mark) {
        self.known.truncate(mark.known);
        self.trusted.truncate(mark.trusted);
        self.rollback_slots(mark);
    }

    /// Forgets what slots have held since a mark.
    pub(super) fn rollback_slots(&mut self, mark: Mark) {
        while self.journal.len() > mark.journal {
            let Some((frame, slot, before)) = self.journal.pop() else {
                break;
            };
            let held = self
                .frames
                .get_mut(frame)
                .and_then(|it| it.slots.get_mut(slot));
            if let Some(held) = held {
                *held = before;
            }
        }
    }

    pub(super) fn bind(&mut self, slot: usize, bind: Bind) -> Lower<()> {
        let frame = self.frames.len().wrapping_sub(1);
        let held = self.frames.last_mut().and_then(|it| it.slots.get_mut(slot));
        let held = held.ok_or(NotYet("an unknown slot"))?;
        let before = std::mem::replace(held, bind);
        self.journal.push((frame, slot, before));
        Ok(())
    }

    pub(super) fn bind_value(&mut self, slot: Slot, value: Val) -> Lower<()> {
        self.bind(slot.index(), Bind::Value(value))
    }

    /// Binds a lazy value. One that is certainly used, or costs nothing, is computed at once.
    pub(super) fn bind_lazy(&mut self, slot: usize, node: NodeId, certain: bool) -> Lower<()> {
        if certain || self.is_trivial(node)? {
            let value = self.eval(node)?;
            return self.bind(slot, Bind::Value(value));
        }
        if self.is_calm(node, AHEAD)? {
            let (value, doubt) = self.doubtful(|body| body.eval(node))?;
            return match doubt {
                Some(doubt) => self.bind(slot, Bind::Doubted { value, doubt }),
                None => self.bind(slot, Bind::Value(value)),
            };
        }
        let uses = self.frame()?.uses.get(slot).copied().unwrap_or(0);
        // Used once, in no loop of its own: computed there.
        let memo = if uses == 0 {
            None
        } else {
            Some(self.memo(node)?)
        };
        let depth = self.depth;
        self.bind(slot, Bind::Lazy { node, depth, memo })
    }

    pub(super) fn memo(&mut self, node: NodeId) -> Lower<Memo> {
        let node = self.node(node)?;
        let shape = Shape::of_node(&node.ty, node.facts.as_ref());
        let zero = self.int(0);
        let done = self.variable(zero);
        let words = (0..shape.words()).map(|_| self.variable(zero)).collect();
        Ok(Memo { done, words, shape })
    }

    pub(super) fn variable(&mut self, start: Value) -> Variable {
        let variable = self.b.declare_var(types::I64);
        self.b.def_var(variable, start);
        variable
    }

    pub(super) fn variables(&mut self, start: &[Value]) -> Vec<Variable> {
        start.iter().map(|word| self.variable(*word)).collect()
    }

    pub(super) fn read(&mut self, variables: &[Variable]) -> Vec<Value> {
        variables
            .iter()
            .map(|variable| self.b.use_var(*variable))
            .collect()
    }

    pub(super) fn write(&mut self, variables: &[Variable], words: &[Value]) {
        for (variable, word) in variables.iter().zip(words) {
            self.b.def_var(*variable, *word);
        }
    }

    /// The value of a slot.
    pub(super) fn slot(&mut self, slot: usize) -> Lower<Val> {
        let bind = self.frame()?.slots.get(slot).cloned();
        let (node, depth, memo) = match bind {
            Some(Bind::Value(value)) => return Ok(value),
            Some(Bind::Doubted { value, doubt }) => {
                self.leave_if_over(doubt);
                self.bind(slot, Bind::Value(value.clone()))?;
                return Ok(value);
            }
            Some(Bind::Lazy { node, depth, memo }) => (node, depth, memo),
            Some(Bind::Nothing) | None => return Err(NotYet("a slot without a value")),
        };
        let once = self.frame()?.uses.get(slot) == Some(&1) && depth == self.depth;
        let (Some(memo), false) = (memo, once) else {
            let value = self.eval(node)?;
            self.bind(slot, Bind::Value(value.clone()))?;
            return Ok(value);
        };
        let (known, first, done) = (self.block(), self.block(), self.block());
        let is_done = self.b.use_var(memo.done);
        self.b.ins().brif(is_done, known, &[], first, &[]);
        self.b.switch_to_block(first);
        let mark = self.mark();
        let value = self.eval(node)?;
        let words = self.words(&value, &memo.shape)?;
        self.rollback(mark);
        self.write(&memo.words, &words);
        let one = self.int(1);
        self.b.def_var(memo.done, one);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(known);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
        let words = self.read(&memo.words);
        let value = self.value(&words, &memo.shape)?;
        let value = self.known(value, node)?;
        self.bind(slot, Bind::Value(value.clone()))?;
        Ok(value)
    }

    /// A value with what is proved of its node.
    pub(super) fn known(&self, value: Val, node: NodeId) -> Lower<Val> {
        Ok(value.within(self.node(node)?.facts.as_ref()))
    }

    pub(super) fn is_trivial(&self, node: NodeId) -> Lower<bool> {
        Ok(match &self.node(node)?.op {
            Op::Const(_) => true,
            Op::Local(slot) => {
                matches!(self.frame()?.slots.get(slot.index()), Some(Bind::Value(_)))
            }
            Op::Field(inner, _) | Op::ToOptional(inner) | Op::IsMissing(inner) | Op::Not(inner) => {
                self.is_trivial(*inner)?
            }
            _ => false,
        })
    }
}
