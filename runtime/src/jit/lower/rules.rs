//! Rules: a default and its exceptions.

use assize_ir::{Combine, CombineHow, Exception, Rule, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::Variable;
use rust_decimal::Decimal;

use super::value::Val;
use super::{Bind, Body, Lower, NotYet};
use crate::jit::planted::Planted;
use crate::jit::shape::Shape;

impl Body<'_, '_> {
    pub(super) fn rule(&mut self, rule: &Rule) -> Lower<Val> {
        let day = match rule.as_of {
            Some(node) => match self.eval(node)? {
                Val::Word(day) => Some(day),
                _ => return Err(NotYet("not a day")),
            },
            None => None,
        };
        // Exceptions may ask for the default; it is a lazy value behind the slots.
        if let Some(default) = &rule.default {
            let slot = self.frame()?.callable.slots.len();
            let memo = Some(self.memo(default.value)?);
            let depth = self.depth;
            self.bind(
                slot,
                Bind::Lazy {
                    node: default.value,
                    depth,
                    memo,
                },
            )?;
        }
        let mut applied = Vec::with_capacity(rule.exceptions.len());
        for exception in &rule.exceptions {
            applied.push(self.applies(exception, day)?);
        }
        if self.unit.has(Planted::DroppedException) && applied.pop().is_some() {
            applied.push(self.int(0));
        }
        let winners = self.winners(rule, &applied);
        match &rule.combine {
            Some(combine) => self.combined(rule, combine, &winners),
            None => self.alone(rule, &winners),
        }
    }

    /// Whether an exception applies, before precedence: 0 or 1.
    fn applies(&mut self, exception: &Exception, day: Option<Value>) -> Lower<Value> {
        let done = self.block();
        let result = self.b.append_block_param(done, types::I64);
        let (no, yes) = (self.int(0), self.int(1));
        let mark = self.mark();
        for (end, outside) in [
            (exception.from, IntCC::SignedLessThan),
            (exception.to, IntCC::SignedGreaterThan),
        ] {
            if let Some(end) = end {
                let day = day.ok_or(NotYet("validity without a day"))?;
                let out = self.b.ins().icmp_imm_s(outside, day, i64::from(end));
                let next = self.block();
                self.b.ins().brif(out, done, &[no.into()], next, &[]);
                self.b.switch_to_block(next);
            }
        }
        if let Some(when) = exception.when {
            let holds = self.bool(when)?;
            let next = self.block();
            self.b.ins().brif(holds, next, &[], done, &[no.into()]);
            self.b.switch_to_block(next);
        }
        if let Some(unless) = exception.unless {
            let holds = self.bool(unless)?;
            let next = self.block();
            self.b.ins().brif(holds, done, &[no.into()], next, &[]);
            self.b.switch_to_block(next);
        }
        self.rollback(mark);
        self.b.ins().jump(done, &[yes.into()]);
        self.b.switch_to_block(done);
        Ok(result)
    }

    /// Those that apply and are overridden by no other that applies.
    fn winners(&mut self, rule: &Rule, applied: &[Value]) -> Vec<Value> {
        let mut winners = Vec::with_capacity(applied.len());
        for (at, bit) in applied.iter().enumerate() {
            let mut wins = *bit;
            for (other, exception) in rule.exceptions.iter().enumerate() {
                let over = exception.overrides.iter().any(|over| *over as usize == at);
                if other != at
                    && over
                    && let Some(other) = applied.get(other)
                {
                    let not = self.b.ins().bxor_imm_u(*other, 1);
                    wins = self.b.ins().band(wins, not);
                }
            }
            winners.push(wins);
        }
        winners
    }

    /// The value of the only winner, or of those that agree, or the default.
    fn alone(&mut self, rule: &Rule, winners: &[Value]) -> Lower<Val> {
        let callable = self.frame()?.callable;
        let shape = Shape::of(&callable.result);
        let zero = self.int(0);
        let count = winners
            .iter()
            .fold(zero, |sum, bit| self.b.ins().iadd(sum, *bit));
        if !rule.may_agree && winners.len() > 1 {
            let several = self
                .b
                .ins()
                .icmp_imm_u(IntCC::UnsignedGreaterThan, count, 1);
            self.leave_if(several);
        }
        let had = self.variable(zero);
        let kept = self.variables(&vec![zero; shape.words()]);
        let (found, nothing) = (self.block(), self.block());
        let (done, params) = self.block_of(shape.words());
        let mark = self.mark();
        for (exception, wins) in rule.exceptions.iter().zip(winners) {
            let (this, next) = (self.block(), self.block());
            self.b.ins().brif(*wins, this, &[], next, &[]);
            self.b.switch_to_block(this);
            let words = self.eval_in(exception.then, &shape)?;
            if rule.may_agree {
                self.agree(&words, (had, &kept), &shape, &callable.result)?;
                self.rollback(mark);
                self.b.ins().jump(next, &[]);
            } else {
                self.rollback(mark);
                self.jump(done, &words);
            }
            self.b.switch_to_block(next);
        }
        if rule.may_agree {
            let any = self.b.use_var(had);
            self.b.ins().brif(any, found, &[], nothing, &[]);
        } else {
            self.b.ins().jump(nothing, &[]);
        }
        self.b.switch_to_block(found);
        let words = self.read(&kept);
        self.jump(done, &words);
        self.b.switch_to_block(nothing);
        let value = self.without_exception(rule, &shape)?;
        let words = self.words(&value, &shape)?;
        self.jump(done, &words);
        self.b.switch_to_block(done);
        self.value(&params, &shape)
    }

    /// Keeps the value of a winner; leaves where one before has another.
    fn agree(
        &mut self,
        words: &[Value],
        (had, kept): (Variable, &[Variable]),
        shape: &Shape,
        ty: &Type,
    ) -> Lower<()> {
        let (look, done) = (self.block(), self.block());
        let before = self.b.use_var(had);
        self.b.ins().brif(before, look, &[], done, &[]);
        self.b.switch_to_block(look);
        let first = self.read(kept);
        let first = self.value(&first, shape)?;
        let this = self.value(words, shape)?;
        let same = self.equal(&first, &this, ty)?;
        self.leave_unless(same);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
        self.write(kept, words);
        let one = self.int(1);
        self.b.def_var(had, one);
        Ok(())
    }

    fn without_exception(&mut self, rule: &Rule, shape: &Shape) -> Lower<Val> {
        if rule.default.is_some() {
            let slot = self.frame()?.callable.slots.len();
            return self.slot(slot);
        }
        let result = &self.frame()?.callable.result;
        match (rule.combine.is_some(), result) {
            (true, Type::Int) => Ok(Val::Word(self.int(0))),
            (true, Type::Num(_)) => {
                let zero = self.number(Decimal::ZERO);
                self.result_border(zero)
            }
            _ => {
                self.leave_always();
                self.zero_of(shape)
            }
        }
    }

    /// All that apply, combined.
    fn combined(&mut self, rule: &Rule, combine: &Combine, winners: &[Value]) -> Lower<Val> {
        let callable = self.frame()?.callable;
        let result = &callable.result;
        if result.is_optional() {
            return Err(NotYet("a combination that may be missing"));
        }
        let shape = Shape::of(result);
        // Products of rates have many places: they are decimals until the end.
        let held = match combine.how {
            CombineHow::Compound => Shape::Decimal,
            _ => shape.clone(),
        };
        let zero = self.int(0);
        let had = self.variable(zero);
        let start = match combine.how {
            CombineHow::Compound => self.decimal_constant(Decimal::ONE).to_vec(),
            _ => vec![zero; held.words()],
        };
        let kept = self.variables(&start);
        let mark = self.mark();
        for (exception, wins) in rule.exceptions.iter().zip(winners) {
            let (this, next) = (self.block(), self.block());
            self.b.ins().brif(*wins, this, &[], next, &[]);
            self.b.switch_to_block(this);
            let value = self.eval(exception.then)?;
            let words = self.words(&value, &held)?;
            let value = self.value(&words, &held)?;
            self.rollback(mark);
            let before = self.read(&kept);
            let before = self.value(&before, &held)?;
            let joined = self.join(combine.how, had, (&before, &value), &held, result)?;
            let words = self.words(&joined, &held)?;
            self.write(&kept, &words);
            let one = self.int(1);
            self.b.def_var(had, one);
            self.b.ins().jump(next, &[]);
            self.b.switch_to_block(next);
        }
        let any = self.b.use_var(had);
        let (some, none) = (self.block(), self.block());
        let (done, params) = self.block_of(shape.words());
        self.b.ins().brif(any, some, &[], none, &[]);
        self.b.switch_to_block(some);
        let words = self.read(&kept);
        let mut value = self.value(&words, &held)?;
        if combine.how == CombineHow::Compound {
            let [a, b] = self.decimal_constant(Decimal::ONE);
            let [c, d] = self.decimal(&value)?;
            value = self.decimal_from("decimal_subtract", &[a, b, c, d])?;
        }
        if let Some(cap) = combine.cap {
            let cap = self.eval(cap)?;
            let words = self.words(&cap, &held)?;
            let cap = self.value(&words, &held)?;
            self.rollback(mark);
            value = self.better(&value, &cap, &held, false)?;
        }
        let value = self.result_border(value)?;
        let words = self.words(&value, &shape)?;
        self.jump(done, &words);
        self.b.switch_to_block(none);
        let value = self.without_exception(rule, &shape)?;
        let words = self.words(&value, &shape)?;
        self.rollback(mark);
        self.jump(done, &words);
        self.b.switch_to_block(done);
        self.value(&params, &shape)
    }

    fn join(
        &mut self,
        how: CombineHow,
        had: Variable,
        (before, value): (&Val, &Val),
        held: &Shape,
        ty: &Type,
    ) -> Lower<Val> {
        match how {
            CombineHow::Sum => self.add_values(before, value, ty),
            CombineHow::Highest | CombineHow::Lowest => {
                let better = self.better(before, value, held, how == CombineHow::Highest)?;
                let (a, b) = (self.words(&better, held)?, self.words(value, held)?);
                let before = self.b.use_var(had);
                let chosen = self.select(before, &a, &b);
                self.value(&chosen, held)
            }
            CombineHow::Compound => {
                let [a, b] = self.decimal_constant(Decimal::ONE);
                let [c, d] = self.decimal(value)?;
                let kept = self.decimal_from("decimal_subtract", &[a, b, c, d])?;
                let [a, b] = self.decimal(before)?;
                let [c, d] = self.decimal(&kept)?;
                self.decimal_from("decimal_multiply", &[a, b, c, d])
            }
        }
    }
}
