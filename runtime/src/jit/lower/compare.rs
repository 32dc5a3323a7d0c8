//! Equality and order.

use assize_ir::{Const, NodeId, Op, Order, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};

use super::value::Val;
use super::{Body, Lower, NotYet};
use crate::jit::host::{Call, Note};
use crate::jit::planted::Planted;
use crate::jit::shape::Shape;

/// Bytes of a constant text that is compared in place; a longer one is compared by the host.
const MOST_BYTES: usize = 32;

/// The words of a text of at least one byte: as wide as fit into it, the last one up to its end.
fn parts(text: &[u8]) -> impl Iterator<Item = (i32, &[u8])> {
    let width = [8, 4, 2, 1]
        .into_iter()
        .find(|width| *width <= text.len())
        .unwrap_or(1);
    let last = text.len().checked_sub(width);
    let starts = (0..last.unwrap_or(0)).step_by(width).chain(last);
    starts.filter_map(move |start| {
        let part = text.get(start..)?.get(..width)?;
        Some((i32::try_from(start).ok()?, part))
    })
}

impl<'p> Body<'_, 'p> {
    pub(super) fn equal_nodes(&mut self, a: NodeId, b: NodeId) -> Lower<Val> {
        let left = self.eval(a)?;
        if let Some(text) = self.text_of_node(b)? {
            return Ok(Val::Bool(self.is_text(&left, text)?));
        }
        let right = self.eval(b)?;
        if let Some(text) = self.text_of_node(a)? {
            return Ok(Val::Bool(self.is_text(&right, text)?));
        }
        let ty = &self.node(a)?.ty;
        Ok(Val::Bool(self.equal(&left, &right, ty)?))
    }

    /// The text that a node is, where it is a constant.
    pub(super) fn text_of_node(&self, node: NodeId) -> Lower<Option<&'p str>> {
        Ok(match &self.node(node)?.op {
            Op::Const(Const::Text(text) | Const::Code(text)) => Some(text),
            _ => None,
        })
    }

    /// Whether a text is one that is known. One of the same length is compared by words, of which the last may
    /// overlap the one before it, since nothing may be read behind the end of a text.
    pub(super) fn is_text(&mut self, value: &Val, text: &str) -> Lower<Value> {
        let [address, bytes] = match value {
            Val::Text(words) => *words,
            Val::Optional(there, inner) => {
                let no = self.bit(false);
                return self.bit_if(*there, no, |body| body.is_text(inner, text));
            }
            Val::Missing => return Ok(self.bit(false)),
            _ => return Err(NotYet("a text in a shape that it does not have")),
        };
        let known = text.as_bytes();
        let length = i64::try_from(known.len()).unwrap_or(i64::MAX);
        let alike = self.b.ins().icmp_imm_u(IntCC::Equal, bytes, length);
        let no = self.bit(false);
        if known.len() > MOST_BYTES {
            return self.bit_if(alike, no, |body| {
                let [other, length] = body.unit.text(text).map(u64::cast_signed);
                let (other, length) = (body.int(other), body.int(length));
                let same = body.call_host(Call::text_equal, &[address, bytes, other, length]);
                Ok(body.b.ins().icmp_imm_u(IntCC::NotEqual, same, 0))
            });
        }
        self.bit_if(alike, no, |body| {
            let mut differs = body.int(0);
            for (offset, part) in parts(known) {
                let (ty, word) = match *part {
                    [a] => (types::I8, u64::from(a)),
                    [a, b] => (types::I16, u64::from(u16::from_ne_bytes([a, b]))),
                    [a, b, c, d] => (types::I32, u64::from(u32::from_ne_bytes([a, b, c, d]))),
                    _ => (
                        types::I64,
                        part.first_chunk().map_or(0, |it| u64::from_ne_bytes(*it)),
                    ),
                };
                let flags = MemFlagsData::new().with_notrap().with_readonly();
                let mut found = body.b.ins().load(ty, flags, address, offset);
                if ty != types::I64 {
                    found = body.b.ins().uextend(types::I64, found);
                }
                let word = body.int(word.cast_signed());
                let apart = body.b.ins().bxor(found, word);
                differs = body.b.ins().bor(differs, apart);
            }
            Ok(body.b.ins().icmp_imm_u(IntCC::Equal, differs, 0))
        })
    }

    /// Whether two values of a type are equal.
    pub(super) fn equal(&mut self, a: &Val, b: &Val, ty: &Type) -> Lower<Value> {
        match (a, b) {
            (Val::Bool(a), Val::Bool(b)) => Ok(self.b.ins().icmp(IntCC::Equal, *a, *b)),
            (Val::Word(a), Val::Word(b)) if *ty.plain() != Type::Reason => {
                Ok(self.b.ins().icmp(IntCC::Equal, *a, *b))
            }
            (Val::Fixed(_) | Val::Decimal(_), Val::Fixed(_) | Val::Decimal(_)) => {
                self.compare_numbers(IntCC::Equal, a, b)
            }
            (Val::Text(a), Val::Text(b)) => self.equal_texts(*a, *b),
            (Val::Missing, other) | (other, Val::Missing) => Ok(self.is_missing(other)),
            (Val::Optional(..), _) | (_, Val::Optional(..)) => {
                let (a_there, a) = self.parts(a);
                let (b_there, b) = self.parts(b);
                let both = self.b.ins().band(a_there, b_there);
                let alike = self.b.ins().icmp(IntCC::Equal, a_there, b_there);
                self.bit_if(both, alike, |body| body.equal(&a, &b, ty.plain()))
            }
            _ => {
                let shape = Shape::of_element(ty.plain());
                let a = self.words(a, &shape)?;
                let b = self.words(b, &shape)?;
                self.equal_by_host(&a, &b, shape)
            }
        }
    }

    /// Leaves where two values of a type are not equal.
    pub(super) fn leave_unless_equal(&mut self, a: &Val, b: &Val, ty: &Type) -> Lower<()> {
        let same = self.equal(a, b, ty)?;
        self.leave_unless(same);
        Ok(())
    }

    /// Whether a value is there, and what it is then.
    pub(super) fn parts(&mut self, value: &Val) -> (Value, Val) {
        match value {
            Val::Optional(there, inner) => (*there, (**inner).clone()),
            other => (self.bit(true), other.clone()),
        }
    }

    fn equal_by_host(&mut self, a: &[Value], b: &[Value], shape: Shape) -> Lower<Value> {
        let order = self.order_by_host(a, b, &shape);
        Ok(self.b.ins().icmp_imm_s(IntCC::Equal, order, 0))
    }

    /// The order of two values of one shape: below, at or above 0.
    pub(super) fn order_by_host(&mut self, a: &[Value], b: &[Value], shape: &Shape) -> Value {
        let note = self.unit.note(Note::Shape(shape.clone()));
        let note = self.int(note);
        let (a, b) = (self.on_stack(a), self.on_stack(b));
        let context = self.context;
        self.call_host(Call::order_of, &[context, note, a, b])
    }

    /// Texts of different lengths differ, and one text is itself; of others the bytes are looked at.
    fn equal_texts(&mut self, [a, a_bytes]: [Value; 2], [b, b_bytes]: [Value; 2]) -> Lower<Value> {
        let alike = self.b.ins().icmp(IntCC::Equal, a_bytes, b_bytes);
        let no = self.bit(false);
        self.bit_if(alike, no, |body| {
            // Texts of one snapshot are held once, so that equal ones mostly lie in one place.
            let apart = body.b.ins().icmp(IntCC::NotEqual, a, b);
            let yes = body.bit(true);
            body.bit_if(apart, yes, |body| {
                let same = body.call_host(Call::text_equal, &[a, a_bytes, b, b_bytes]);
                Ok(body.b.ins().icmp_imm_u(IntCC::NotEqual, same, 0))
            })
        })
    }

    pub(super) fn compare_nodes(&mut self, how: Order, a: NodeId, b: NodeId) -> Lower<Val> {
        let left = self.eval(a)?;
        let right = self.eval(b)?;
        Ok(Val::Bool(self.compare(how, &left, &right)?))
    }

    /// An order comparison of plain values.
    pub(super) fn compare(&mut self, how: Order, a: &Val, b: &Val) -> Lower<Value> {
        let condition = match how {
            Order::Less => IntCC::SignedLessThan,
            Order::LessOrEqual => IntCC::SignedLessThanOrEqual,
            Order::Greater => IntCC::SignedGreaterThan,
            Order::GreaterOrEqual => IntCC::SignedGreaterThanOrEqual,
        };
        match (a, b) {
            (Val::Word(a), Val::Word(b)) => {
                let condition = if self.unit.has(Planted::WithoutSign) {
                    condition.unsigned()
                } else {
                    condition
                };
                Ok(self.b.ins().icmp(condition, *a, *b))
            }
            (Val::Bool(a), Val::Bool(b)) => {
                let a = self.b.ins().uextend(types::I64, *a);
                let b = self.b.ins().uextend(types::I64, *b);
                Ok(self.b.ins().icmp(condition, a, b))
            }
            (Val::Text([a, m]), Val::Text([b, n])) => {
                let order = self.call_host(Call::text_order, &[*a, *m, *b, *n]);
                Ok(self.b.ins().icmp_imm_s(condition, order, 0))
            }
            _ => self.compare_numbers(condition, a, b),
        }
    }

    fn compare_numbers(&mut self, condition: IntCC, a: &Val, b: &Val) -> Lower<Value> {
        if let (Val::Fixed(a), Val::Fixed(b)) = (a, b)
            && a.scale.abs_diff(b.scale) <= 9
        {
            let (a, b) = self.aligned(*a, *b)?;
            return Ok(self.b.ins().icmp(condition, a.value, b.value));
        }
        let [a0, a1] = self.decimal(a)?;
        let [b0, b1] = self.decimal(b)?;
        let order = self.call_host(Call::decimal_compare, &[a0, a1, b0, b1]);
        Ok(self.b.ins().icmp_imm_s(condition, order, 0))
    }

    pub(super) fn between(&mut self, value: NodeId, low: NodeId, high: NodeId) -> Lower<Val> {
        let value = self.eval(value)?;
        let low = self.eval(low)?;
        let high = self.eval(high)?;
        let above = self.or_open(&low, |body, low| {
            body.compare(Order::GreaterOrEqual, &value, low)
        })?;
        let below = self.or_open(&high, |body, high| {
            body.compare(Order::LessOrEqual, &value, high)
        })?;
        Ok(Val::Bool(self.b.ins().band(above, below)))
    }

    /// What a comparison with an end says; a missing end is open.
    fn or_open(
        &mut self,
        end: &Val,
        compare: impl FnOnce(&mut Self, &Val) -> Lower<Value>,
    ) -> Lower<Value> {
        match end {
            Val::Missing => Ok(self.bit(true)),
            Val::Optional(there, inner) => {
                let yes = self.bit(true);
                self.bit_if(*there, yes, |body| compare(body, inner))
            }
            end => compare(self, end),
        }
    }

    pub(super) fn is_in(&mut self, value: NodeId, list: NodeId) -> Lower<Val> {
        let ty = &self.node(value)?.ty;
        let shape = self.element_shape(list)?;
        let wanted = self.eval(value)?;
        let list = self.list_of_node(list)?;
        let (done, found) = (self.block(), self.bit(true));
        let result = self.b.append_block_param(done, types::I8);
        self.each_element(list, &shape, |body, element| {
            let same = body.equal(&wanted, &element, ty)?;
            body.jump_if(same, done, &[found]);
            Ok(())
        })?;
        let no = self.bit(false);
        self.b.ins().jump(done, &[no.into()]);
        self.b.switch_to_block(done);
        Ok(Val::Bool(result))
    }

    /// Lowest or highest of written values; the first of equals.
    pub(super) fn extreme(
        &mut self,
        node: &assize_ir::Node,
        items: &[NodeId],
        highest: bool,
    ) -> Lower<Val> {
        let shape = Shape::of_node(&node.ty, node.facts.as_ref());
        let mut best: Option<Val> = None;
        for item in items {
            let value = self.eval(*item)?;
            let value = self.reshaped(&value, &shape)?;
            best = Some(match best {
                None => value,
                Some(best) => self.better(&best, &value, &shape, highest)?,
            });
        }
        let best = best.ok_or(NotYet("an empty list"))?;
        Ok(best.within(node.facts.as_ref()))
    }

    /// The better of two values of one shape; the first of equals.
    pub(super) fn better(
        &mut self,
        best: &Val,
        next: &Val,
        shape: &Shape,
        highest: bool,
    ) -> Lower<Val> {
        let how = if highest { Order::Greater } else { Order::Less };
        let wins = self.compare(how, next, best)?;
        let (best, next) = (self.words(best, shape)?, self.words(next, shape)?);
        let taken = self.select(wins, &next, &best);
        self.value(&taken, shape)
    }
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_text_is_covered_by_its_words() {
        let text: Vec<u8> = (0..40).collect();
        for length in 0..text.len() {
            let text = text.get(..length).unwrap();
            let mut seen = vec![false; length];
            for (start, part) in parts(text) {
                let start = usize::try_from(start).unwrap();
                assert_eq!(text.get(start..start + part.len()), Some(part));
                seen.iter_mut()
                    .skip(start)
                    .take(part.len())
                    .for_each(|it| *it = true);
            }
            assert!(seen.into_iter().all(|it| it), "{length}");
        }
    }
}
