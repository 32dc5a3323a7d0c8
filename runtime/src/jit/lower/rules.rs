//! Rules: a default and its exceptions.

use assize_ir::{Combine, CombineHow, Exception, Rule, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use cranelift_frontend::Variable;
use rust_decimal::Decimal;

use super::value::Val;
use super::{Bind, Body, Lower, NotYet};
use crate::jit::host::Call;
use crate::jit::log;
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
            None if rule.may_agree => self.agreed(rule, &winners),
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
                self.jump_if(out, done, &[no]);
            }
        }
        if let Some(when) = exception.when {
            let holds = self.bool(when)?;
            self.jump_unless(holds, done, &[no]);
        }
        if let Some(unless) = exception.unless {
            let holds = self.bool(unless)?;
            self.jump_if(holds, done, &[no]);
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
                    let not = self.not(*other);
                    wins = self.b.ins().band(wins, not);
                }
            }
            winners.push(wins);
        }
        winners
    }

    /// The value of the only winner, or the default.
    fn alone(&mut self, rule: &Rule, winners: &[Value]) -> Lower<Val> {
        let shape = Shape::of(&self.frame()?.callable.result);
        if winners.len() > 1 {
            let count = self.added(winners);
            self.at_most_one(count);
        }
        let (done, params) = self.block_of(shape.words());
        for ((number, exception), wins) in numbered(rule).zip(winners) {
            self.way_if(*wins, (done, &shape), |body| {
                body.tell(number)?;
                body.eval(exception.then)
            })?;
        }
        let value = self.without_exception(rule, &shape)?;
        self.end_of_ways((done, &params), &shape, &value)
    }

    /// The value of all winners, which agree, or the default.
    fn agreed(&mut self, rule: &Rule, winners: &[Value]) -> Lower<Val> {
        let result = &self.frame()?.callable.result;
        let shape = Shape::of(result);
        let zero = self.int(0);
        let had = self.variable(zero);
        let kept = self.variables(&vec![zero; shape.words()]);
        for ((number, exception), wins) in numbered(rule).zip(winners) {
            self.only_if(*wins, |body| {
                body.tell(number)?;
                let words = body.eval_in(exception.then, &shape)?;
                let before = body.b.use_var(had);
                body.only_if(before, |body| {
                    let first = body.read(&kept);
                    let first = body.value(&first, &shape)?;
                    let this = body.value(&words, &shape)?;
                    body.leave_unless_equal(&first, &this, result)
                })?;
                body.write(&kept, &words);
                let one = body.int(1);
                body.b.def_var(had, one);
                Ok(())
            })?;
        }
        let any = self.b.use_var(had);
        self.choose(
            any,
            &shape,
            |body| {
                let words = body.read(&kept);
                body.value(&words, &shape)
            },
            |body| body.without_exception(rule, &shape),
        )
    }

    fn without_exception(&mut self, rule: &Rule, shape: &Shape) -> Lower<Val> {
        if let Some(default) = &rule.default {
            if self.tells() {
                // The interpreter computes it here, be it known or not.
                self.tell(log::DEFAULT)?;
                return self.eval(default.value);
            }
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
        let one_counts = matches!(combine.how, CombineHow::Highest | CombineHow::Lowest);
        let best = if one_counts { self.best_number() } else { None };
        for ((number, exception), wins) in numbered(rule).zip(winners) {
            self.only_if(*wins, |body| {
                let value = body.eval(exception.then)?;
                let value = body.reshaped(&value, &held)?;
                let before = body.read(&kept);
                let first = body.b.use_var(had);
                body.join(combine.how, (had, &kept), &value, &held, result)?;
                match best {
                    Some(best) => {
                        let after = body.read(&kept);
                        let number = body.int(i64::from(number));
                        body.keep_number(best, number, (first, &before, &after));
                    }
                    None => body.tell(number)?,
                }
                let one = body.int(1);
                body.b.def_var(had, one);
                Ok(())
            })?;
        }
        let any = self.b.use_var(had);
        self.choose(
            any,
            &shape,
            |body| {
                if let Some(best) = best {
                    let best = body.b.use_var(best);
                    body.tell_at(best)?;
                }
                let words = body.read(&kept);
                let mut value = body.value(&words, &held)?;
                if combine.how == CombineHow::Compound {
                    value = body.rest_of_one(&value)?;
                }
                if let Some(cap) = combine.cap {
                    let cap = body.eval(cap)?;
                    let cap = body.reshaped(&cap, &held)?;
                    value = body.better(&value, &cap, &held, false)?;
                }
                body.result_border(value)
            },
            |body| body.without_exception(rule, &shape),
        )
    }

    /// 1 less a number.
    fn rest_of_one(&mut self, value: &Val) -> Lower<Val> {
        let one = Val::Decimal(self.decimal_constant(Decimal::ONE));
        self.by_host(Call::decimal_subtract, &one, value)
    }

    /// Joins a value to those before.
    fn join(
        &mut self,
        how: CombineHow,
        (had, kept): (Variable, &[Variable]),
        value: &Val,
        held: &Shape,
        ty: &Type,
    ) -> Lower<()> {
        let before = self.read(kept);
        let before = self.value(&before, held)?;
        let joined = match how {
            CombineHow::Sum => self.add_values(&before, value, ty)?,
            CombineHow::Highest | CombineHow::Lowest => {
                let highest = how == CombineHow::Highest;
                return self.keep_better((had, kept), value, held, highest);
            }
            CombineHow::Compound => {
                let rest = self.rest_of_one(value)?;
                self.by_host(Call::decimal_multiply, &before, &rest)?
            }
        };
        let words = self.words(&joined, held)?;
        self.write(kept, &words);
        Ok(())
    }
}

/// The exceptions of a rule with their numbers.
fn numbered(rule: &Rule) -> impl Iterator<Item = (u32, &Exception)> {
    (0u32..).zip(&rule.exceptions)
}
