//! Shares: something divided over the elements of a loop so that nothing is lost.

use assize_ir::{Loop, Node, Share};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::loops::{Carried, Gathered, Growing};
use super::value::{Val, memory};
use super::{Body, Lower, NotYet};
use crate::jit::host::{Call, Note, PART, SHARER};
use crate::jit::shape::{Shape, WORD};

impl Body<'_, '_> {
    /// Leaves out the elements after the first for which `ending with` holds.
    pub(super) fn cut(&mut self, it: &Loop, gathered: Gathered) -> Lower<Gathered> {
        let Some(until) = it.until else {
            return Ok(gathered);
        };
        let done = self.block();
        let left = self.b.append_block_param(done, types::I64);
        self.each_gathered(it, &gathered, |body, number| {
            let last = body.bool(until)?;
            let count = body.b.ins().iadd_imm_s(number, 1);
            body.jump_if(last, done, &[count]);
            Ok(())
        })?;
        self.jump(done, &[gathered.count]);
        self.b.switch_to_block(done);
        Ok(Gathered {
            count: left,
            ..gathered
        })
    }

    /// Computes the parts of all shares; the address of those of each.
    pub(super) fn compute_shares(
        &mut self,
        it: &Loop,
        starts: &Carried,
        gathered: &Gathered,
    ) -> Lower<Vec<Value>> {
        let mark = self.mark();
        // What the elements carry here is not what they carry in the body: that begins once more.
        let mut carried = Carried::with_capacity(starts.len());
        for (variables, shape) in starts {
            let words = self.read(variables);
            carried.push((self.variables(&words), shape.clone()));
        }
        let mut sharers = Vec::with_capacity(it.shares.len());
        for share in &it.shares {
            sharers.push(self.growing(SHARER + self.per(share)?.map_or(0, |shape| shape.words())));
        }
        self.each_gathered(it, gathered, |body, number| {
            body.bind_carries(it, &carried)?;
            body.bind_lets(it)?;
            for (share, list) in it.shares.iter().zip(&sharers) {
                body.take_part(share, *list, number)?;
            }
            body.carry_on(it, &carried)
        })?;
        self.rollback(mark);
        let mut parts = Vec::with_capacity(it.shares.len());
        for (share, list) in it.shares.iter().zip(sharers) {
            let [address, count] = self.finished(list);
            if share.per.is_none() {
                self.nobody(it, &carried, share, count)?;
            }
            let note = Note::Share(share.rest, self.per(share)?);
            let note = self.unit.note(note);
            let note = self.int(note);
            let context = self.context;
            let found = self.call_host(
                Call::share,
                &[context, note, address, count, gathered.count],
            );
            self.leave_if_zero(found);
            parts.push(found);
        }
        Ok(parts)
    }

    fn per(&self, share: &Share) -> Lower<Option<Shape>> {
        match share.per {
            Some(per) => Ok(Some(Shape::of_element(&self.node(per)?.ty))),
            None => Ok(None),
        }
    }

    fn bind_lets(&mut self, it: &Loop) -> Lower<()> {
        for each in &it.lets {
            self.bind_lazy(each.slot.index(), each.value, false)?;
        }
        Ok(())
    }

    /// Puts down what a share asks of the current element, if it takes part.
    fn take_part(&mut self, share: &Share, list: Growing, number: Value) -> Lower<()> {
        let Some(guard) = share.guard else {
            return self.put_part(share, list, number);
        };
        let holds = self.bool(guard)?;
        self.only_if(holds, |body| body.put_part(share, list, number))
    }

    fn put_part(&mut self, share: &Share, list: Growing, number: Value) -> Lower<()> {
        let mut words = vec![number];
        words.extend(self.eval_in(share.total, &Shape::Decimal)?);
        let weight = self.eval(share.weight)?;
        words.extend(self.eval_in(share.step, &Shape::Decimal)?);
        words.extend(self.eval_in(share.mode, &Shape::Word)?);
        let weight = match weight {
            Val::Word(whole) => Val::Fixed(super::value::Fixed::any(whole, 0)),
            other => other,
        };
        words.extend(self.decimal(&weight)?);
        if let (Some(per), Some(shape)) = (share.per, self.per(share)?) {
            words.extend(self.eval_in(per, &shape)?);
        }
        self.push(list, &words);
        Ok(())
    }

    /// Advances the carried values that shares read.
    fn carry_on(&mut self, it: &Loop, carried: &Carried) -> Lower<()> {
        let mut nexts = Vec::new();
        for (carry, (variables, shape)) in it.carries.iter().zip(carried) {
            if let (Some(next), true) = (carry.next, carry.in_shares) {
                nexts.push((variables, self.eval_in(next, shape)?));
            }
        }
        for (variables, words) in nexts {
            self.write(variables, &words);
        }
        Ok(())
    }

    /// Where nobody takes part, the total must be 0.
    fn nobody(&mut self, it: &Loop, carried: &Carried, share: &Share, count: Value) -> Lower<()> {
        let none = self.b.ins().icmp_imm_u(IntCC::Equal, count, 0);
        self.only_if(none, |body| {
            body.bind_carries(it, carried)?;
            body.bind_lets(it)?;
            let total = body.eval(share.total)?;
            let [a, b] = body.decimal(&total)?;
            let [c, d] = body.decimal_constant(rust_decimal::Decimal::ZERO);
            let order = body.call_host(Call::decimal_compare, &[a, b, c, d]);
            body.leave_if_not_zero(order);
            Ok(())
        })
    }

    /// Writes something for which the parts of shares are there.
    pub(super) fn with_shares<T>(
        &mut self,
        shares: (Vec<Value>, Value),
        then: impl FnOnce(&mut Self) -> Lower<T>,
    ) -> Lower<T> {
        let none = NotYet("no callable");
        self.frames.last_mut().ok_or(none)?.shares.push(shares);
        let value = then(self);
        self.frames.last_mut().ok_or(none)?.shares.pop();
        value
    }

    pub(super) fn share_part(&mut self, node: &Node, share: u32) -> Lower<Val> {
        let (parts, number) = self
            .frame()?
            .shares
            .last()
            .cloned()
            .ok_or(NotYet("no share"))?;
        let parts = parts
            .get(share as usize)
            .copied()
            .ok_or(NotYet("no share"))?;
        let at = self.element(parts, number, PART);
        let there = self.b.ins().load(types::I64, memory(), at, 0);
        let none = self.b.ins().icmp_imm_u(IntCC::Equal, there, 0);
        self.leave_if(none);
        let part = self.load(memory(), at, WORD, &Shape::Decimal)?;
        self.settled(part, node)
    }
}
