//! Values while code is made: which words hold them, and how they move between shapes.

use assize_ir::{NumFacts, RecordId};
use cranelift_codegen::ir::condcodes::{CondCode, IntCC};
use cranelift_codegen::ir::{InstBuilder, InstructionData, MemFlagsData, Value, ValueDef, types};

use rust_decimal::Decimal;

use super::{Body, Lower, NotYet};
use crate::jit::host::{Call, END, NEXT};
use crate::jit::shape::{Shape, WORD, bytes, scaled, ten_to};

/// A number as its coefficient at a scale.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fixed {
    pub(super) value: Value,
    pub(super) scale: u8,
    /// Lowest and highest coefficient that it can be.
    pub(super) low: i64,
    pub(super) high: i64,
}

impl Fixed {
    /// Any coefficient.
    pub(super) const fn any(value: Value, scale: u8) -> Fixed {
        Fixed {
            value,
            scale,
            low: i64::MIN,
            high: i64::MAX,
        }
    }

    /// The same, with what is proved of the number.
    pub(super) fn within(mut self, facts: Option<&NumFacts>) -> Fixed {
        let Some(facts) = facts else {
            return self;
        };
        let scale = self.scale;
        // An end that has more places is rounded outward.
        let end = |end: Option<Decimal>, outward: i64| {
            let end = end?;
            scaled(end, scale).or_else(|| {
                let cut = scaled(end.trunc_with_scale(u32::from(scale)), scale)?;
                Some(cut.saturating_add(outward))
            })
        };
        if let Some(low) = end(facts.lowest, -1) {
            self.low = self.low.max(low);
        }
        if let Some(high) = end(facts.highest, 1) {
            self.high = self.high.min(high);
        }
        self
    }
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Val {
    /// 0 or 1, in 8 bits.
    Bool(Value),
    /// A word that is taken as it is; also the address of a reason.
    Word(Value),
    Fixed(Fixed),
    Decimal([Value; 2]),
    Text([Value; 2]),
    /// Address and count.
    List([Value; 2]),
    /// A list of a few values at hand; not in memory yet.
    Items(Vec<Item>, Shape),
    /// Address of the fields.
    Record(Value),
    /// A record that is not in memory yet.
    Made(RecordId, Vec<Val>),
    /// Whether it is there, and what it is then.
    Optional(Value, Box<Val>),
    /// Certainly not there.
    Missing,
}

/// A value of a list that is not in memory yet.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) value: Val,
    /// Which reason, or value of an enum, it is, where that is known.
    pub(super) known: Option<u64>,
    /// Whether it is there; always, if there is no bit.
    pub(super) when: Option<Value>,
}

impl Item {
    /// A value that is there.
    pub(super) const fn certain(value: Val) -> Item {
        Item {
            value,
            known: None,
            when: None,
        }
    }
}

/// Memory that is written once, before anybody reads it.
pub(super) const fn memory() -> MemFlagsData {
    MemFlagsData::trusted()
}

/// Memory that nobody writes while machine code runs, at addresses that are good wherever the code is.
pub(super) const fn constant() -> MemFlagsData {
    MemFlagsData::trusted().with_readonly().with_can_move()
}

/// Memory that nobody writes while machine code runs, at an address that is good only where it was asked for: a
/// cell of a row that may not be there. Such a load must not be moved above the test that the row is there.
pub(super) const fn cells() -> MemFlagsData {
    MemFlagsData::trusted().with_readonly()
}

/// A coefficient at another scale, where it has one there.
fn moved(coefficient: i64, from: u8, to: u8) -> Option<i64> {
    if to >= from {
        return coefficient.checked_mul(ten_to(to - from)?);
    }
    let factor = ten_to(from - to)?;
    (coefficient % factor == 0).then(|| coefficient / factor)
}

impl Val {
    /// The same, with what is proved of the number.
    pub(super) fn within(self, facts: Option<&NumFacts>) -> Val {
        match self {
            Val::Fixed(number) => Val::Fixed(number.within(facts)),
            other => other,
        }
    }
}

impl Body<'_, '_> {
    pub(super) fn int(&mut self, value: i64) -> Value {
        self.b.ins().iconst(types::I64, value)
    }

    pub(super) fn bit(&mut self, value: bool) -> Value {
        self.b.ins().iconst(types::I8, i64::from(value))
    }

    /// The other bit: that of the opposite comparison, where the bit is one.
    pub(super) fn not(&mut self, bit: Value) -> Value {
        let dfg = &self.b.func.dfg;
        if let ValueDef::Result(inst, 0) = dfg.value_def(bit)
            && let InstructionData::IntCompare { cond, args, .. } = dfg.insts[inst]
        {
            let [a, b] = args;
            return self.b.ins().icmp(cond.complement(), a, b);
        }
        self.b.ins().bxor_imm_u(bit, 1)
    }

    /// The words of a value in a shape.
    pub(super) fn words(&mut self, value: &Val, shape: &Shape) -> Lower<Vec<Value>> {
        Ok(match (shape, value) {
            (Shape::Optional(inner), Val::Missing) => {
                let zero = self.int(0);
                vec![zero; 1 + inner.words()]
            }
            (Shape::Optional(inner), Val::Optional(there, value)) => {
                let there = self.b.ins().uextend(types::I64, *there);
                let mut words = vec![there];
                words.extend(self.words(value, inner)?);
                words
            }
            (Shape::Optional(inner), value) => {
                let mut words = vec![self.int(1)];
                words.extend(self.words(value, inner)?);
                words
            }
            (Shape::Bool, Val::Bool(value)) => vec![self.b.ins().uextend(types::I64, *value)],
            (Shape::Word | Shape::Reason, Val::Word(value)) => vec![*value],
            (Shape::Fixed(scale), value) => vec![self.fixed(value, *scale)?.value],
            (Shape::Decimal, value) => self.decimal(value)?.to_vec(),
            (Shape::Text, Val::Text(words)) | (Shape::List(_), Val::List(words)) => words.to_vec(),
            (Shape::List(_), Val::Items(items, shape)) => {
                self.items_in_memory(items, shape)?.to_vec()
            }
            (Shape::Record(_), Val::Record(address)) => vec![*address],
            (Shape::Record(_), Val::Made(record, fields)) => {
                vec![self.put_record(*record, fields)?]
            }
            _ => return Err(NotYet("a value in a shape that it does not have")),
        })
    }

    /// The value of words in a shape.
    pub(super) fn value(&mut self, words: &[Value], shape: &Shape) -> Lower<Val> {
        Ok(match (shape, words) {
            (Shape::Bool, [word]) => Val::Bool(self.b.ins().ireduce(types::I8, *word)),
            (Shape::Word | Shape::Reason, [word]) => Val::Word(*word),
            (Shape::Fixed(scale), [word]) => Val::Fixed(Fixed::any(*word, *scale)),
            (Shape::Decimal, [a, b]) => Val::Decimal([*a, *b]),
            (Shape::Text, [a, b]) => Val::Text([*a, *b]),
            (Shape::List(_), [a, b]) => Val::List([*a, *b]),
            (Shape::Record(_), [word]) => Val::Record(*word),
            (Shape::Optional(inner), [there, rest @ ..]) => {
                let there = self.b.ins().ireduce(types::I8, *there);
                Val::Optional(there, Box::new(self.value(rest, inner)?))
            }
            _ => return Err(NotYet("words of another shape")),
        })
    }

    /// The same value in another shape.
    pub(super) fn reshaped(&mut self, value: &Val, shape: &Shape) -> Lower<Val> {
        let words = self.words(value, shape)?;
        self.value(&words, shape)
    }

    /// Address of the nth of elements of so many words.
    pub(super) fn element(&mut self, first: Value, number: Value, words: usize) -> Value {
        let offset = self.b.ins().imul_imm_s(number, i64::from(bytes(words)));
        self.b.ins().iadd(first, offset)
    }

    /// Reads a value from memory.
    pub(super) fn load(
        &mut self,
        flags: MemFlagsData,
        address: Value,
        offset: i32,
        shape: &Shape,
    ) -> Lower<Val> {
        let mut words = Vec::with_capacity(shape.words());
        for word in 0..shape.words() {
            let at = offset.saturating_add(bytes(word));
            words.push(self.b.ins().load(types::I64, flags, address, at));
        }
        self.value(&words, shape)
    }

    /// Writes words into memory, one after the other.
    pub(super) fn store(&mut self, words: &[Value], address: Value, offset: i32) {
        let mut at = offset;
        for word in words {
            self.b.ins().store(memory(), *word, address, at);
            at += WORD;
        }
    }

    /// A record in memory.
    pub(super) fn put_record(&mut self, record: RecordId, fields: &[Val]) -> Lower<Value> {
        let layouts = self.unit.layouts;
        let layout = layouts.record(record).ok_or(NotYet("an unknown record"))?;
        let mut words = Vec::new();
        for (field, place) in fields.iter().zip(&layout.fields) {
            words.extend(self.words(field, &place.shape)?);
        }
        let address = self.memory(layout.bytes);
        self.store(&words, address, 0);
        Ok(address)
    }

    /// So many bytes of new memory.
    pub(super) fn memory(&mut self, bytes: i32) -> Value {
        let bytes = self.int(i64::from(bytes));
        self.memory_of(bytes)
    }

    /// New memory of a size that is known when the code runs, in bytes of whole words.
    pub(super) fn memory_of(&mut self, bytes: Value) -> Value {
        let context = self.context;
        let start = self.b.ins().load(types::I64, memory(), context, NEXT);
        let end = self.b.ins().load(types::I64, memory(), context, END);
        let room = self.b.ins().isub(end, start);
        let enough = self
            .b
            .ins()
            .icmp(IntCC::UnsignedGreaterThanOrEqual, room, bytes);
        let (fast, slow, done) = (self.block(), self.cold(), self.block());
        let address = self.b.append_block_param(done, types::I64);
        self.b.ins().brif(enough, fast, &[], slow, &[]);
        self.b.switch_to_block(fast);
        let next = self.b.ins().iadd(start, bytes);
        self.b.ins().store(memory(), next, context, NEXT);
        self.b.ins().jump(done, &[start.into()]);
        self.b.switch_to_block(slow);
        let more = self.call_host(Call::memory, &[context, bytes]);
        self.leave_if_zero(more);
        self.b.ins().jump(done, &[more.into()]);
        self.b.switch_to_block(done);
        address
    }

    /// A number as a coefficient at a scale; leaves where it has none.
    pub(super) fn fixed(&mut self, value: &Val, scale: u8) -> Lower<Fixed> {
        match value {
            Val::Fixed(number) => self.rescale(*number, scale),
            Val::Decimal([a, b]) => {
                let scale_word = self.int(i64::from(scale));
                let to = self.scratch_address();
                let status = self.call_host(Call::decimal_to_fixed, &[*a, *b, scale_word, to]);
                self.leave_if_not_zero(status);
                let word = self.b.ins().load(types::I64, memory(), to, 0);
                Ok(Fixed::any(word, scale))
            }
            _ => Err(NotYet("not a number")),
        }
    }

    /// The same number at another scale; leaves where it has none there.
    pub(super) fn rescale(&mut self, number: Fixed, scale: u8) -> Lower<Fixed> {
        if scale == number.scale {
            return Ok(number);
        }
        if number.low == number.high
            && let Some(known) = moved(number.low, number.scale, scale)
        {
            let value = self.int(known);
            return Ok(Fixed {
                value,
                scale,
                low: known,
                high: known,
            });
        }
        if scale > number.scale {
            let factor = ten_to(scale - number.scale).ok_or(NotYet("a great scale"))?;
            let factor_word = self.int(factor);
            let factor = Fixed {
                value: factor_word,
                scale: scale - number.scale,
                low: factor,
                high: factor,
            };
            return Ok(self.product(number, factor));
        }
        let factor = ten_to(number.scale - scale).ok_or(NotYet("a great scale"))?;
        let divisor = self.int(factor);
        let quotient = self.b.ins().sdiv(number.value, divisor);
        let back = self.b.ins().imul(quotient, divisor);
        let whole = self.b.ins().icmp(IntCC::Equal, back, number.value);
        self.leave_unless(whole);
        Ok(Fixed {
            value: quotient,
            scale,
            low: number.low / factor,
            high: number.high / factor,
        })
    }

    /// A number as a decimal of the definition.
    pub(super) fn decimal(&mut self, value: &Val) -> Lower<[Value; 2]> {
        match value {
            Val::Decimal(words) => Ok(*words),
            Val::Fixed(number) => {
                // The four parts in the order in which the library writes them: sign and scale, then the
                // coefficient from its lowest part. A coefficient of 64 bits leaves the highest 0.
                let sign = self.b.ins().sshr_imm_u(number.value, 63);
                let flipped = self.b.ins().bxor(number.value, sign);
                let size = self.b.ins().isub(flipped, sign);
                let negative = self.b.ins().band_imm_u(sign, 0x8000_0000);
                let flags = self
                    .b
                    .ins()
                    .bor_imm_u(negative, i64::from(number.scale) << 16);
                let low = self.b.ins().ishl_imm_u(size, 32);
                let first = self.b.ins().bor(low, flags);
                let second = self.b.ins().ushr_imm_u(size, 32);
                Ok([first, second])
            }
            _ => Err(NotYet("not a number")),
        }
    }

    /// Two numbers at the greater of their scales.
    pub(super) fn aligned(&mut self, a: Fixed, b: Fixed) -> Lower<(Fixed, Fixed)> {
        let scale = a.scale.max(b.scale);
        Ok((self.rescale(a, scale)?, self.rescale(b, scale)?))
    }
}
