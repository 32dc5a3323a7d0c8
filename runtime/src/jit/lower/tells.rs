//! Code that tells what decided: a second variant of it, made when somebody asks for that.
//!
//! It computes nothing ahead and nothing twice, so that what it tells is what the interpreter does. Where a value is
//! wanted for itself alone, none of this is written.

use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::Variable;

use super::value::memory;
use super::{Body, Lower};
use crate::jit::host::{Call, LOG_END, LOG_NEXT};
use crate::jit::log;
use crate::jit::planted::Planted;

impl Body<'_, '_> {
    /// Whether this is the variant that tells.
    pub(super) const fn tells(&self) -> bool {
        self.unit.variant.tells
    }

    /// A choice of the current callable, known by its number, gives the value or a part of it.
    pub(super) fn tell(&mut self, number: u32) -> Lower<()> {
        if self.tells() {
            let number = self.int(i64::from(number));
            self.tell_at(number)?;
        }
        Ok(())
    }

    /// The same where only the code knows the number.
    pub(super) fn tell_at(&mut self, number: Value) -> Lower<()> {
        if !self.tells() || self.unit.has(Planted::LostDecision) && self.is_table()? {
            return Ok(());
        }
        let context = self.context;
        let next = self.b.ins().load(types::I64, memory(), context, LOG_NEXT);
        let end = self.b.ins().load(types::I64, memory(), context, LOG_END);
        let (room, full) = (self.block(), self.cold());
        let at = self.b.append_block_param(room, types::I64);
        let is_full = self.b.ins().icmp(IntCC::Equal, next, end);
        self.b.ins().brif(is_full, full, &[], room, &[next.into()]);
        self.b.switch_to_block(full);
        self.call_host(Call::make_room, &[context]);
        let next = self.b.ins().load(types::I64, memory(), context, LOG_NEXT);
        self.b.ins().jump(room, &[next.into()]);
        self.b.switch_to_block(room);
        let of = log::word(self.frame()?.id, 0).cast_signed();
        let of = self.int(of);
        let word = self.b.ins().bor(of, number);
        self.b.ins().store(memory(), word, at, 0);
        let next = self.b.ins().iadd_imm_s(at, 8);
        self.b.ins().store(memory(), next, context, LOG_NEXT);
        Ok(())
    }

    fn is_table(&self) -> Lower<bool> {
        let body = &self.frame()?.callable.body;
        Ok(matches!(body, assize_ir::Body::Table(_)))
    }

    /// Keeps the number of a choice whose value is the best so far: none was there before, or its words are others now.
    pub(super) fn keep_number(
        &mut self,
        best: Variable,
        number: Value,
        (had, before, after): (Value, &[Value], &[Value]),
    ) {
        let mut changed = self.b.ins().icmp_imm_s(IntCC::Equal, had, 0);
        for (before, after) in before.iter().zip(after) {
            let other = self.b.ins().icmp(IntCC::NotEqual, *before, *after);
            changed = self.b.ins().bor(changed, other);
        }
        let kept = self.b.use_var(best);
        let kept = self.b.ins().select(changed, number, kept);
        self.b.def_var(best, kept);
    }

    /// Where the number of the best choice so far is kept, for those that tell.
    pub(super) fn best_number(&mut self) -> Option<Variable> {
        self.tells().then(|| {
            let none = self.int(0);
            self.variable(none)
        })
    }
}
