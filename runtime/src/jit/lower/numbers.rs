//! Arithmetic, rounding and borders.
//!
//! Sums and products of coefficients are those of the definition wherever they fit 64 bits: that needs
//! fewer than 96, and the scales of both stay below 28. So one check proves both, and where ranges prove
//! it there is none.

use assize_ir::{Arithmetic, Const, Node, NodeId, NumFacts, Op, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use rust_decimal::Decimal;

use super::value::{Fixed, Val, memory};
use super::{Body, Exact, Lower, NotYet};
use crate::jit::host::Call;
use crate::jit::planted::Planted;
use crate::jit::shape::{Shape, scaled};

/// Scales up to this are kept in coefficients of products.
const MOST_SCALE: u8 = 18;

impl Body<'_, '_> {
    pub(super) fn arithmetic(
        &mut self,
        node: &Node,
        how: Arithmetic,
        (left, right): (NodeId, NodeId),
    ) -> Lower<Val> {
        let a = self.eval(left)?;
        let b = self.eval(right)?;
        let (a, b) = if self.unit.has(Planted::SwappedOperands) && how == Arithmetic::Subtract {
            (b, a)
        } else {
            (a, b)
        };
        if node.ty == Type::Int {
            return self.whole(how, &a, &b);
        }
        let value = match (how, &a, &b) {
            (Arithmetic::Divide, _, _) => self.by_host(Call::decimal_divide, &a, &b)?,
            (Arithmetic::Multiply, Val::Fixed(a), Val::Fixed(b))
                if self.keeps(node, a.scale + b.scale) =>
            {
                Val::Fixed(self.product(*a, *b))
            }
            (Arithmetic::Add | Arithmetic::Subtract, Val::Fixed(a), Val::Fixed(b))
                if self.keeps(node, a.scale.max(b.scale)) =>
            {
                let (a, b) = self.aligned(*a, *b)?;
                Val::Fixed(self.sum(a, b, how == Arithmetic::Subtract))
            }
            (Arithmetic::Add, _, _) => self.by_host(Call::decimal_add, &a, &b)?,
            (Arithmetic::Subtract, _, _) => self.by_host(Call::decimal_subtract, &a, &b)?,
            (Arithmetic::Multiply, _, _) => self.by_host(Call::decimal_multiply, &a, &b)?,
        };
        Ok(value.within(node.facts.as_ref()))
    }

    /// Whether the result of a node is kept as a coefficient of this scale.
    fn keeps(&self, node: &Node, scale: u8) -> bool {
        scale <= MOST_SCALE
            && matches!(
                Shape::of_node(&node.ty, node.facts.as_ref()),
                Shape::Fixed(_)
            )
    }

    /// By the library of the definition.
    pub(super) fn by_host(&mut self, name: Call, a: &Val, b: &Val) -> Lower<Val> {
        let [a0, a1] = self.decimal(a)?;
        let [b0, b1] = self.decimal(b)?;
        self.decimal_from(name, &[a0, a1, b0, b1])
    }

    /// A decimal that the host gives; leaves where it gives none.
    pub(super) fn decimal_from(&mut self, name: Call, words: &[Value]) -> Lower<Val> {
        let to = self.scratch_address();
        let mut all = words.to_vec();
        all.push(to);
        let status = self.call_host(name, &all);
        self.leave_if_not_zero(status);
        let first = self.b.ins().load(types::I64, memory(), to, 0);
        let second = self.b.ins().load(types::I64, memory(), to, 8);
        Ok(Val::Decimal([first, second]))
    }

    /// Arithmetic of whole numbers.
    fn whole(&mut self, how: Arithmetic, a: &Val, b: &Val) -> Lower<Val> {
        let (Val::Word(a), Val::Word(b)) = (a, b) else {
            return Err(NotYet("not whole numbers"));
        };
        let (a, b) = (Fixed::any(*a, 0), Fixed::any(*b, 0));
        let value = match how {
            Arithmetic::Add => self.sum(a, b, false),
            Arithmetic::Subtract => self.sum(a, b, true),
            Arithmetic::Multiply => self.product(a, b),
            Arithmetic::Divide => return Err(NotYet("a quotient of whole numbers")),
        };
        self.leave_if_lowest(value.value);
        Ok(Val::Word(value.value))
    }

    /// Sum of two whole numbers.
    pub(super) fn whole_sum(&mut self, a: Value, b: Value) -> Value {
        let sum = self.sum(Fixed::any(a, 0), Fixed::any(b, 0), false).value;
        self.leave_if_lowest(sum);
        sum
    }

    /// Sum or difference at one scale; leaves where it does not fit.
    pub(super) fn sum(&mut self, a: Fixed, b: Fixed, minus: bool) -> Fixed {
        let (mut b_low, mut b_high) = (i128::from(b.low), i128::from(b.high));
        if minus {
            (b_low, b_high) = (-b_high, -b_low);
        }
        let low = i128::from(a.low) + b_low;
        let high = i128::from(a.high) + b_high;
        let proved = (fits(low) && fits(high)) || self.unit.has(Planted::SumWithoutExit);
        let value = if proved {
            if minus {
                self.b.ins().isub(a.value, b.value)
            } else {
                self.b.ins().iadd(a.value, b.value)
            }
        } else {
            let how = if minus { Exact::Difference } else { Exact::Sum };
            self.exactly(how, [a.value, b.value])
        };
        Fixed {
            value,
            scale: a.scale,
            low: clamp(low),
            high: clamp(high),
        }
    }

    /// Product; leaves where it does not fit.
    pub(super) fn product(&mut self, a: Fixed, b: Fixed) -> Fixed {
        let corners = [
            i128::from(a.low) * i128::from(b.low),
            i128::from(a.low) * i128::from(b.high),
            i128::from(a.high) * i128::from(b.low),
            i128::from(a.high) * i128::from(b.high),
        ];
        let low = corners.into_iter().min().unwrap_or(i128::MIN);
        let high = corners.into_iter().max().unwrap_or(i128::MAX);
        let proved = (fits(low) && fits(high)) || self.unit.has(Planted::ProductCut);
        let value = if proved {
            self.b.ins().imul(a.value, b.value)
        } else {
            self.exactly(Exact::Product, [a.value, b.value])
        };
        Fixed {
            value,
            scale: a.scale + b.scale,
            low: clamp(low),
            high: clamp(high),
        }
    }

    /// Sum, difference or product; leaves where it does not fit. What was computed on the way here is not computed
    /// again: the compiler behind sees no likeness in instructions that give two results.
    fn exactly(&mut self, how: Exact, [a, b]: [Value; 2]) -> Value {
        let known = self.known.iter().rev();
        let mut alike = known.filter(|(known, of, _)| {
            *known == how && (*of == [a, b] || (how != Exact::Difference && *of == [b, a]))
        });
        let found = alike.next().map(|(_, _, result)| *result);
        let [value, over] = match found {
            Some(found) => found,
            None => {
                let (value, over) = match how {
                    Exact::Sum => self.b.ins().sadd_overflow(a, b),
                    Exact::Difference => self.b.ins().ssub_overflow(a, b),
                    Exact::Product => self.b.ins().smul_overflow(a, b),
                };
                self.known.push((how, [a, b], [value, over]));
                [value, over]
            }
        };
        self.leave_if_over(over);
        value
    }

    /// A whole number of the language has an opposite, and the lowest word has none. A coefficient may be it.
    fn leave_if_lowest(&mut self, value: Value) {
        let lowest = self.b.ins().icmp_imm_s(IntCC::Equal, value, i64::MIN);
        self.leave_if(lowest);
    }

    /// The opposite of a coefficient; leaves where it has none.
    fn opposite(&mut self, number: Fixed) -> Fixed {
        let zero = Fixed {
            value: self.int(0),
            low: 0,
            high: 0,
            ..number
        };
        self.sum(zero, number, true)
    }

    pub(super) fn negate(&mut self, value: &Val) -> Lower<Val> {
        Ok(match value {
            Val::Word(value) => {
                self.leave_if_lowest(*value);
                Val::Word(self.b.ins().ineg(*value))
            }
            Val::Fixed(number) => Val::Fixed(self.opposite(*number)),
            Val::Decimal([a, b]) => self.decimal_from(Call::decimal_negate, &[*a, *b])?,
            _ => return Err(NotYet("not a number")),
        })
    }

    pub(super) fn absolute(&mut self, value: &Val) -> Lower<Val> {
        Ok(match value {
            Val::Word(value) => {
                self.leave_if_lowest(*value);
                Val::Word(self.b.ins().iabs(*value))
            }
            Val::Fixed(number) => {
                if number.low == i64::MIN {
                    self.leave_if_lowest(number.value);
                }
                let (low, high) = (number.low.saturating_abs(), number.high.saturating_abs());
                Val::Fixed(Fixed {
                    value: self.b.ins().iabs(number.value),
                    scale: number.scale,
                    low: if number.low <= 0 && number.high >= 0 {
                        0
                    } else {
                        low.min(high)
                    },
                    high: low.max(high),
                })
            }
            Val::Decimal([a, b]) => self.decimal_from(Call::decimal_absolute, &[*a, *b])?,
            _ => return Err(NotYet("not a number")),
        })
    }

    /// A number without places as a whole number.
    pub(super) fn whole_of(&mut self, value: &Val) -> Lower<Val> {
        match value {
            Val::Fixed(number) => Ok(Val::Word(self.rescale(*number, 0)?.value)),
            Val::Decimal([a, b]) => {
                let to = self.scratch_address();
                let status = self.call_host(Call::decimal_to_int, &[*a, *b, to]);
                self.leave_if_not_zero(status);
                Ok(Val::Word(self.b.ins().load(types::I64, memory(), to, 0)))
            }
            _ => Err(NotYet("not a number")),
        }
    }

    /// Leaves where a number does not fit a declaration; a missing one passes.
    pub(super) fn border(&mut self, value: Val, to: &Type, facts: Option<&NumFacts>) -> Lower<Val> {
        let Type::Num(ty) = to.plain() else {
            return Ok(value);
        };
        if facts.is_some_and(|facts| facts.within(ty)) {
            return Ok(value);
        }
        match value {
            Val::Missing => Ok(Val::Missing),
            Val::Optional(there, inner) => {
                let (check, done) = (self.block(), self.block());
                self.b.ins().brif(there, check, &[], done, &[]);
                self.b.switch_to_block(check);
                let mark = self.mark();
                self.border((*inner).clone(), &Type::Num(ty.clone()), None)?;
                self.rollback(mark);
                self.b.ins().jump(done, &[]);
                self.b.switch_to_block(done);
                Ok(Val::Optional(there, inner))
            }
            Val::Fixed(mut number) => {
                if let Some(places) = ty.places
                    && places < number.scale
                {
                    number = self.rescale(number, places)?;
                }
                let end = |end: Decimal| {
                    scaled(end.trunc_with_scale(u32::from(number.scale)), number.scale)
                };
                if let (Some(lowest), Some(highest)) = (ty.lowest, ty.highest)
                    && let (Some(low), Some(high)) =
                        (scaled(lowest, number.scale), scaled(highest, number.scale))
                    && (number.low < low || number.high > high)
                {
                    self.leave_outside(number.value, low, high);
                    (number.low, number.high) = (number.low.max(low), number.high.min(high));
                    return Ok(Val::Fixed(number));
                }
                if let Some(lowest) = ty.lowest {
                    // An end with more places than the number lies between two coefficients: the one
                    // above is the first that is inside.
                    let cut = end(lowest);
                    let inside = cut.map(|cut| {
                        let exact = scaled(lowest, number.scale).is_some();
                        if exact || lowest < Decimal::ZERO {
                            cut
                        } else {
                            cut + 1
                        }
                    });
                    match inside {
                        Some(low) if number.low >= low => {}
                        Some(low) => {
                            let under =
                                self.b
                                    .ins()
                                    .icmp_imm_s(IntCC::SignedLessThan, number.value, low);
                            self.leave_if(under);
                            number.low = low;
                        }
                        None if lowest < Decimal::ZERO => {}
                        None => self.leave_always(),
                    }
                }
                if let Some(highest) = ty.highest {
                    let cut = end(highest);
                    let inside = cut.map(|cut| {
                        let exact = scaled(highest, number.scale).is_some();
                        if exact || highest > Decimal::ZERO {
                            cut
                        } else {
                            cut - 1
                        }
                    });
                    match inside {
                        Some(high) if number.high <= high => {}
                        Some(high) => {
                            let over = self.b.ins().icmp_imm_s(
                                IntCC::SignedGreaterThan,
                                number.value,
                                high,
                            );
                            self.leave_if(over);
                            number.high = high;
                        }
                        None if highest > Decimal::ZERO => {}
                        None => self.leave_always(),
                    }
                }
                Ok(Val::Fixed(number))
            }
            Val::Decimal([a, b]) => {
                if let Some(places) = ty.places {
                    let has = self.call_host(Call::decimal_places, &[a, b]);
                    let many =
                        self.b
                            .ins()
                            .icmp_imm_u(IntCC::UnsignedGreaterThan, has, i64::from(places));
                    self.leave_if(many);
                }
                for (end, outside) in [
                    (ty.lowest, IntCC::SignedLessThan),
                    (ty.highest, IntCC::SignedGreaterThan),
                ] {
                    if let Some(end) = end {
                        let [c, d] = self.decimal_constant(end);
                        let order = self.call_host(Call::decimal_compare, &[a, b, c, d]);
                        let bad = self.b.ins().icmp_imm_s(outside, order, 0);
                        self.leave_if(bad);
                    }
                }
                Ok(Val::Decimal([a, b]))
            }
            _ => Err(NotYet("not a number")),
        }
    }

    pub(super) fn decimal_constant(&mut self, value: Decimal) -> [Value; 2] {
        let [a, b] = crate::jit::words::decimal_words(value);
        [self.int(a.cast_signed()), self.int(b.cast_signed())]
    }

    /// A constant number.
    pub(super) fn number(&mut self, value: Decimal) -> Val {
        let value = value.normalize();
        let scale = u8::try_from(value.scale()).unwrap_or(u8::MAX);
        match scaled(value, scale) {
            Some(coefficient) if scale <= MOST_SCALE => Val::Fixed(Fixed {
                value: self.int(coefficient),
                scale,
                low: coefficient,
                high: coefficient,
            }),
            _ => Val::Decimal(self.decimal_constant(value)),
        }
    }

    pub(super) fn round(
        &mut self,
        node: &Node,
        (value, step, mode): (NodeId, NodeId, NodeId),
    ) -> Lower<Val> {
        let constant_step = match self.node(step)?.op {
            Op::Const(Const::Num(step)) if step > Decimal::ZERO => Some(step.normalize()),
            _ => None,
        };
        let constant_mode = match self.node(mode)?.op {
            Op::Const(Const::Enum(_, mode)) => Some(mode),
            _ => None,
        };
        let value = self.eval(value)?;
        if let (Val::Fixed(number), Some(step), Some(mode)) = (&value, constant_step, constant_mode)
            && let Some(rounded) = self.round_fixed(*number, step, mode)?
        {
            return Ok(Val::Fixed(rounded.within(node.facts.as_ref())));
        }
        let step = self.eval(step)?;
        let mode = self.eval(mode)?;
        self.round_values(node, &value, &step, &mode)
    }

    /// Rounds by the library of the definition.
    pub(super) fn round_values(
        &mut self,
        node: &Node,
        value: &Val,
        step: &Val,
        mode: &Val,
    ) -> Lower<Val> {
        let [a, b] = self.decimal(value)?;
        let [c, d] = self.decimal(step)?;
        let Val::Word(mode) = mode else {
            return Err(NotYet("not a rounding mode"));
        };
        let rounded = self.decimal_from(Call::decimal_round, &[a, b, c, d, *mode])?;
        self.settled(rounded, node)
    }

    /// A decimal as a coefficient, where facts say that it has one.
    pub(super) fn settled(&mut self, value: Val, node: &Node) -> Lower<Val> {
        match (Shape::of_node(&node.ty, node.facts.as_ref()), &value) {
            (Shape::Fixed(scale), Val::Decimal(_)) => {
                let number = self.fixed(&value, scale)?;
                Ok(Val::Fixed(number.within(node.facts.as_ref())))
            }
            _ => Ok(value),
        }
    }

    /// Rounds a coefficient to a constant step; `None` where the step has no word at its scale.
    fn round_fixed(&mut self, number: Fixed, step: Decimal, mode: u32) -> Lower<Option<Fixed>> {
        let step_scale = u8::try_from(step.scale()).unwrap_or(u8::MAX);
        let scale = number.scale.max(step_scale);
        let (Some(at_scale), Some(coefficient)) = (scaled(step, scale), scaled(step, step_scale))
        else {
            return Ok(None);
        };
        let number = self.rescale(number, scale)?;
        if at_scale == 1 {
            // Every number of this scale is a multiple.
            return Ok(Some(number));
        }
        if number.low >= 0 && number.high <= i64::MAX - at_scale {
            let rounded = self.round_positive(number, at_scale, mode);
            return match rounded {
                Some((quotient, reach)) => {
                    let step = (at_scale, reach);
                    let steps = self.steps(number, quotient, coefficient, step_scale, step)?;
                    let low = steps.low.max(0);
                    Ok(Some(Fixed { low, ..steps }))
                }
                None => Ok(None),
            };
        }
        if let 0 | 1 = mode {
            let quotient = self.nearest(number, at_scale, mode == 1);
            return self
                .steps(number, quotient, coefficient, step_scale, (at_scale, 1))
                .map(Some);
        }
        let divisor = self.int(at_scale);
        let quotient = self.b.ins().sdiv(number.value, divisor);
        let back = self.b.ins().imul(quotient, divisor);
        let rest = self.b.ins().isub(number.value, back);
        // 1 or -1 away from zero; 0 has no rest.
        let sign = self.b.ins().sshr_imm_u(number.value, 63);
        let away = self.b.ins().bor_imm_u(sign, 1);
        let not_whole = self.b.ins().icmp_imm_s(IntCC::NotEqual, rest, 0);
        let up = match mode {
            2 => not_whole,
            3 => {
                return self
                    .steps(number, quotient, coefficient, step_scale, (at_scale, 0))
                    .map(Some);
            }
            4 => {
                let negative = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, rest, 0);
                self.b.ins().band(negative, not_whole)
            }
            5 => self.b.ins().icmp_imm_s(IntCC::SignedGreaterThan, rest, 0),
            _ => return Ok(None),
        };
        let zero = self.int(0);
        let moved = self.b.ins().select(up, away, zero);
        let quotient = self.b.ins().iadd(quotient, moved);
        self.steps(number, quotient, coefficient, step_scale, (at_scale, 1))
            .map(Some)
    }

    /// How many steps a number is, to the nearest; a tie goes away from zero, or to the even one.
    fn nearest(&mut self, number: Fixed, step: i64, even: bool) -> Value {
        // Half a step further from zero, cut. The half of an odd step is cut itself, and has no tie.
        let toward_zero = self.unit.has(Planted::TiesTowardZero) && step % 2 == 0 && !even;
        let half = if toward_zero { step / 2 - 1 } else { step / 2 };
        let sign = self.b.ins().sshr_imm_u(number.value, 63);
        let flipped = self.b.ins().bxor_imm_s(sign, half);
        let more = Fixed {
            value: self.b.ins().isub(flipped, sign),
            scale: number.scale,
            low: -half,
            high: half,
        };
        let raised = self.sum(number, more, false).value;
        let divisor = self.int(step);
        let quotient = self.b.ins().sdiv(raised, divisor);
        if !even || step % 2 != 0 {
            return quotient;
        }
        // Nothing is left where it was a tie; it went away from zero, and goes back from what is odd.
        let back = self.b.ins().imul(quotient, divisor);
        let tie = self.b.ins().icmp(IntCC::Equal, back, raised);
        let tie = self.b.ins().uextend(types::I64, tie);
        let odd = self.b.ins().band(quotient, tie);
        let flipped = self.b.ins().bxor(odd, sign);
        let away = self.b.ins().isub(flipped, sign);
        self.b.ins().isub(quotient, away)
    }

    /// How many steps a number is that is not negative and far below the end of its word, and by how many more
    /// than the quotient that may be.
    fn round_positive(&mut self, number: Fixed, step: i64, mode: u32) -> Option<(Value, i64)> {
        let half = step / 2;
        let most = number.high.cast_unsigned();
        Some(match mode {
            // Nearest: half a step more, cut. The half of an odd step is cut itself, and has no tie.
            0 => {
                let toward_zero = self.unit.has(Planted::TiesTowardZero) && step % 2 == 0;
                let more = if toward_zero { half - 1 } else { half };
                let raised = self.b.ins().iadd_imm_s(number.value, more);
                let most = most + half.cast_unsigned();
                (self.divided(raised, most, step), 1)
            }
            1 => {
                let quotient = self.divided(number.value, most, step);
                let back = self.b.ins().imul_imm_s(quotient, step);
                let rest = self.b.ins().isub(number.value, back);
                let reach = if step % 2 == 0 {
                    let odd = self.b.ins().band_imm_u(quotient, 1);
                    self.b.ins().iadd(rest, odd)
                } else {
                    rest
                };
                let up = self
                    .b
                    .ins()
                    .icmp_imm_u(IntCC::UnsignedGreaterThan, reach, half);
                let up = self.b.ins().uextend(types::I64, up);
                (self.b.ins().iadd(quotient, up), 1)
            }
            // Up and ceiling.
            2 | 5 => {
                let raised = self.b.ins().iadd_imm_s(number.value, step - 1);
                let most = most + step.cast_unsigned();
                (self.divided(raised, most, step), 1)
            }
            // Down and floor.
            3 | 4 => (self.divided(number.value, most, step), 0),
            _ => return None,
        })
    }

    /// The quotient, cut, of a value from 0 to a known most.
    fn divided(&mut self, value: Value, most: u64, divisor: i64) -> Value {
        // What is divided by a power of two in front leaves bits that the factor may take.
        let twos = divisor.trailing_zeros();
        let odd = divisor.cast_unsigned() >> twos;
        let value = if twos > 0 {
            self.b.ins().ushr_imm_u(value, i64::from(twos))
        } else {
            value
        };
        if odd == 1 {
            return value;
        }
        let Some((factor, shift)) = factor_of(odd, most >> twos) else {
            let odd = self.int(odd.cast_signed());
            return self.b.ins().udiv(value, odd);
        };
        let factor = self.int(factor.cast_signed());
        let high = self.b.ins().umulhi(value, factor);
        if shift == 0 {
            return high;
        }
        self.b.ins().ushr_imm_u(high, i64::from(shift))
    }

    /// So many steps of this coefficient.
    fn steps(
        &mut self,
        number: Fixed,
        quotient: Value,
        coefficient: i64,
        scale: u8,
        (step, reach): (i64, i64),
    ) -> Lower<Fixed> {
        let quotient = Fixed {
            value: quotient,
            scale: 0,
            low: number.low / step - reach,
            high: number.high / step + reach,
        };
        let factor = Fixed {
            value: self.int(coefficient),
            scale,
            low: coefficient,
            high: coefficient,
        };
        if coefficient == 1 {
            return Ok(Fixed { scale, ..quotient });
        }
        Ok(self.product(quotient, factor))
    }
}

/// A factor and a shift that divide: for each n up to `most`, the product of n and the factor, shifted by 64 more
/// bits than the shift, is n divided by the divisor and cut. `None` where no factor of 64 bits is exact enough.
///
/// The factor is too great by `over` parts of the divisor; n times that stays below the step from one quotient to
/// the next (Granlund and Montgomery, *Division by Invariant Integers using Multiplication*, 1994, section 4).
fn factor_of(divisor: u64, most: u64) -> Option<(u64, u32)> {
    (0..u64::BITS).find_map(|shift| {
        let power = 1u128.checked_shl(u64::BITS + shift)?;
        let factor = power.div_ceil(u128::from(divisor));
        let over = factor.checked_mul(divisor.into())? - power;
        let factor = u64::try_from(factor).ok()?;
        (over.checked_mul(most.into())? < power).then_some((factor, shift))
    })
}

fn fits(value: i128) -> bool {
    i64::try_from(value).is_ok()
}

fn clamp(value: i128) -> i64 {
    let (least, most) = (i128::from(i64::MIN), i128::from(i64::MAX));
    i64::try_from(value.clamp(least, most)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jit::shape::ten_to;

    #[test]
    fn factors_divide() {
        let quotient = |n: u64, (factor, shift): (u64, u32)| {
            ((u128::from(n) * u128::from(factor)) >> (64 + shift)) as u64
        };
        for divisor in [3u64, 5, 7, 25, 125, 625, 3_125, 15_625, 999_999_937] {
            for most in [divisor, 1 << 20, 10u64.pow(15), i64::MAX.cast_unsigned()] {
                let Some(found) = factor_of(divisor, most) else {
                    panic!("{divisor} up to {most}");
                };
                let near = (0..3).flat_map(|n| [n, most - n]);
                let multiples = [1, 2, 1_000, most / divisor].map(|k| k * divisor);
                let beside = multiples.iter().flat_map(|m| [*m, m.saturating_sub(1)]);
                for n in near.chain(beside).filter(|n| *n <= most) {
                    assert_eq!(
                        quotient(n, found),
                        n / divisor,
                        "{n} / {divisor} up to {most}"
                    );
                }
            }
        }
        // A factor that is good for few numbers is not good for more.
        let (factor, shift) = factor_of(7, 10).unwrap();
        assert_ne!(factor_of(7, u64::MAX >> 1), Some((factor, shift)));
    }

    #[test]
    fn ends_of_words() {
        assert!(fits(i128::from(i64::MAX)) && fits(i128::from(i64::MIN)));
        assert!(!fits(i128::from(i64::MIN) - 1) && !fits(i128::from(i64::MAX) + 1));
        assert_eq!(clamp(i128::from(i64::MIN) - 1), i64::MIN);
        assert_eq!(ten_to(18), Some(1_000_000_000_000_000_000));
        assert_eq!(ten_to(19), None);
    }
}
