//! Images of Rust values, as `typed` describes them, into values and back.
//!
//! What the rules declare at a border is tested here: places, ranges, lengths and checks. Whatever does not
//! fit leaves, and the caller is then told by the words of the definition.

use assize_ir::{CallableId, Const, Field, Program, ReasonId, RecordId, Type, date};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use rust_decimal::Decimal;

use super::calm::is_plain;
use super::unrolled::MOST_COPIES;
use super::value::{Fixed, Item, Val, cells, constant, memory};
use super::{Body, Lower, NotYet};
use crate::jit::host::Call;
use crate::jit::shape::{Shape, bytes, scaled};
use crate::jit::typed::form::{Bytes, Form, OTHERS, Variant, words_of};

/// Longest text that a border lets through, in bytes.
const MOST_TEXT: i64 = assize_eval::json::decode::MAX_TEXT_BYTES as i64;

/// Where an image lies.
#[derive(Clone, Copy)]
struct At {
    /// The address of its words.
    image: Value,
    /// How many words the one that is meant is behind it.
    word: usize,
    /// The record or element of the caller, of what is read in its place.
    place: Value,
}

impl At {
    /// So many words further.
    const fn further(self, words: usize) -> At {
        At {
            word: self.word + words,
            ..self
        }
    }
}

impl Body<'_, '_> {
    /// Writes a function from the image of a callable's arguments to that of its result. The room for the
    /// result, and the words to put there.
    pub(crate) fn write_typed(
        &mut self,
        id: CallableId,
        (given, taken): (&Form, &Form),
        (from, out): (Value, Value),
    ) -> Lower<(Value, Vec<Value>)> {
        let program = self.unit.program;
        let callable = program.callable(id).ok_or(NotYet("an unknown callable"))?;
        let Form::Record(fields) = given else {
            return Err(NotYet("arguments that are no record"));
        };
        let place = self.b.ins().load(types::I64, constant(), from, 0);
        self.image = Some((from, place));
        let mut values = Vec::with_capacity(callable.params.len());
        for param in &callable.params {
            let (at, form) = field(fields, &param.name).ok_or(NotYet("an argument left out"))?;
            let at = At {
                image: from,
                word: 1 + at,
                place,
            };
            values.push(self.read_image(form, &param.ty, at)?);
        }
        let value = if self.unit.is_shared(id) {
            self.call_with(id, values)?
        } else {
            self.write_in(id, values)?
        };
        let words = self.image_of(&value, &callable.result, taken)?;
        Ok((out, words))
    }

    fn image_word(&mut self, at: At) -> Value {
        let flags = if self.image.is_some_and(|(image, _)| image == at.image) {
            constant()
        } else {
            memory()
        };
        self.b
            .ins()
            .load(types::I64, flags, at.image, bytes(at.word))
    }

    /// The word of a value that is read in its place.
    fn placed_word(&mut self, offset: usize, how: Bytes, at: At) -> Lower<Value> {
        // An element may not be there, so that its load must stay behind the test.
        let flags = if self.image.is_some_and(|(_, place)| place == at.place) {
            constant()
        } else {
            cells()
        };
        let offset = i32::try_from(offset).map_err(|_| NotYet("a record of gigabytes"))?;
        self.word_of(how, flags, (at.place, offset))
    }

    /// The word of a value that lies so in memory.
    pub(super) fn word_of(
        &mut self,
        how: Bytes,
        flags: MemFlagsData,
        (address, offset): (Value, i32),
    ) -> Lower<Value> {
        let (ty, signed) = match how {
            Bytes::Signed(1) => (types::I8, true),
            Bytes::Signed(2) => (types::I16, true),
            Bytes::Signed(4) => (types::I32, true),
            Bytes::Signed(8) => (types::I64, true),
            Bytes::Unsigned(1) => (types::I8, false),
            Bytes::Unsigned(2) => (types::I16, false),
            Bytes::Unsigned(4) => (types::I32, false),
            Bytes::Signed(_) | Bytes::Unsigned(_) => return Err(NotYet("a word of other bytes")),
        };
        // Load and extension are two, so that both may wait until somebody asks; they become one.
        let word = self.b.ins().load(ty, flags, address, offset);
        Ok(match (ty, signed) {
            (types::I64, _) => word,
            (_, true) => self.b.ins().sextend(types::I64, word),
            (_, false) => self.b.ins().uextend(types::I64, word),
        })
    }

    /// The value of an image, with all that its type demands.
    fn read_image(&mut self, form: &Form, ty: &Type, at: At) -> Lower<Val> {
        let next = at.further(1);
        Ok(match (form, ty) {
            (Form::Optional(inner), Type::Optional(ty)) => {
                let there = self.image_word(at);
                let there = self.b.ins().ireduce(types::I8, there);
                // A choice may be looked up in a table, for which any word will not do.
                let any = !matches!(**inner, Form::Choice(_));
                self.if_there(there, ty, any, |body| body.read_image(inner, ty, next))?
            }
            (form, Type::Optional(ty)) => {
                let value = self.read_image(form, ty, at)?;
                let there = self.bit(true);
                Val::Optional(there, Box::new(value))
            }
            (Form::Placed(offset, how, form), ty) => {
                let word = self.placed_word(*offset, *how, at)?;
                self.read_word(form, ty, word)?
            }
            (Form::Bool | Form::Int(_) | Form::Day | Form::Fixed(..) | Form::Choice(_), _) => {
                let word = self.image_word(at);
                self.read_word(form, ty, word)?
            }
            (Form::Decimal, Type::Num(_)) => {
                let words = [self.image_word(at), self.image_word(next)];
                let value = self.border(Val::Decimal(words), ty, None)?;
                self.reshaped(&value, &Shape::of(ty))?
            }
            (Form::Text, _) => self.text_of_image(ty, at)?,
            (Form::Record(fields), Type::Record(id)) => {
                self.given_record(*id, |body, declared| {
                    let found = field(fields, &declared.name);
                    let read = found.map(|(offset, form)| {
                        body.read_image(form, &declared.ty, at.further(offset))
                    });
                    read.transpose()
                })?
            }
            (Form::List(item), Type::List { item: ty, at_most }) => {
                let list = (self.image_word(at), self.image_word(next));
                self.at_most(list.1, *at_most);
                self.list_of_images((item, ty), list, Step::Words(item.words()))?
            }
            (Form::Array(count, item), Type::List { item: ty, .. }) => {
                let step = Step::Words(item.words());
                if *count <= MOST_COPIES {
                    return self.items_of_images(*count, (item, ty), at, step);
                }
                let start = i64::from(bytes(at.word));
                let address = self.b.ins().iadd_imm_s(at.image, start);
                let count = self.int(i64::try_from(*count).unwrap_or(i64::MAX));
                self.list_of_images((item, ty), (address, count), step)?
            }
            (Form::PlacedArray(offset, count, width, item), Type::List { item: ty, .. }) => {
                let step = Step::Bytes(*offset, *width);
                if *count <= MOST_COPIES {
                    return self.items_of_images(*count, (item, ty), at, step);
                }
                let start = i64::try_from(*offset).unwrap_or(i64::MAX);
                let address = self.b.ins().iadd_imm_s(at.place, start);
                let count = self.int(i64::try_from(*count).unwrap_or(i64::MAX));
                self.list_of_images((item, ty), (address, count), Step::Bytes(0, *width))?
            }
            (Form::PlacedList(width, item), Type::List { item: ty, at_most }) => {
                let list = (self.image_word(at), self.image_word(next));
                self.at_most(list.1, *at_most);
                self.list_of_images((item, ty), list, Step::Bytes(0, *width))?
            }
            _ => return Err(NotYet("a Rust type that is not that of the rules")),
        })
    }

    /// The value of a word, with all that its type demands.
    pub(super) fn read_word(&mut self, form: &Form, ty: &Type, word: Value) -> Lower<Val> {
        Ok(match (form, ty) {
            (Form::Bool, Type::Bool) => Val::Bool(self.b.ins().ireduce(types::I8, word)),
            (Form::Int(span), Type::Int) => {
                if span.low == i64::MIN {
                    let none = self.b.ins().icmp_imm_s(IntCC::Equal, word, i64::MIN);
                    self.leave_if(none);
                }
                Val::Word(word)
            }
            (Form::Day, Type::Date) => {
                let (first, last) = (i64::from(date::FIRST_DAY), i64::from(date::LAST_DAY));
                self.leave_outside(word, first, last);
                Val::Word(word)
            }
            (Form::Fixed(places, span), Type::Num(_)) => {
                let number = Val::Fixed(Fixed {
                    value: word,
                    scale: *places,
                    low: span.low,
                    high: span.high,
                });
                let value = self.border(number, ty, None)?;
                self.reshaped_number(value, ty)?
            }
            (Form::Choice(names), Type::Enum(id)) => {
                let program = self.unit.program;
                let values = program.enum_of(*id).map(|it| it.values.as_slice());
                let values: Vec<&str> = values.into_iter().flatten().map(String::as_str).collect();
                let positions = positions_of(names, &values);
                let positions = positions.ok_or(NotYet("a name that the rules do not know"))?;
                Val::Word(self.mapped(word, &positions))
            }
            _ => return Err(NotYet("a Rust type that is not that of the rules")),
        })
    }

    /// The elements of a short array, one by one.
    fn items_of_images(
        &mut self,
        count: usize,
        (form, ty): (&Form, &Type),
        at: At,
        step: Step,
    ) -> Lower<Val> {
        let mut items = Vec::with_capacity(count);
        for number in 0..count {
            let value = match step {
                Step::Words(words) => self.read_image(form, ty, at.further(number * words))?,
                Step::Bytes(offset, width) => {
                    let form = moved(form, offset + number * width);
                    self.read_image(&form, ty, at)?
                }
            };
            items.push(Item::certain(value));
        }
        Ok(Val::Items(items, Shape::of_element(ty)))
    }

    /// A value of a caller that may be missing. Where any word will do for it, it is read in any case, and is of no
    /// value where it is not wanted.
    pub(super) fn if_there(
        &mut self,
        there: Value,
        ty: &Type,
        any: bool,
        read: impl FnOnce(&mut Self) -> Lower<Val>,
    ) -> Lower<Val> {
        let shape = Shape::of(ty);
        let value = if any && is_plain(&shape) {
            let (words, doubt) = self.doubtful(|body| {
                let value = read(body)?;
                body.words(&value, &shape)
            })?;
            self.leave_if_doubted(there, doubt);
            let zero = self.int(0);
            let words = self.select(there, &words, &[zero]);
            let value = self.value(&words, &shape)?;
            self.declared(value, ty)
        } else {
            self.choose(there, &shape, read, |body| body.zero_of(&shape))?
        };
        Ok(Val::Optional(there, Box::new(value)))
    }

    /// A record of a caller, with its defaults and checks.
    pub(super) fn given_record(
        &mut self,
        id: RecordId,
        mut given: impl FnMut(&mut Self, &Field) -> Lower<Option<Val>>,
    ) -> Lower<Val> {
        let program = self.unit.program;
        let record = program.record(id).ok_or(NotYet("an unknown record"))?;
        let mut values = Vec::with_capacity(record.fields.len());
        for declared in &record.fields {
            values.push(match given(self, declared)? {
                Some(value) => value,
                None => self.default_of(declared.default.as_ref(), &declared.ty)?,
            });
        }
        let value = Val::Made(id, values);
        self.check_record(id, &value)?;
        Ok(value)
    }

    /// Leaves where a list of a caller is longer than its type says.
    pub(super) fn at_most(&mut self, count: Value, most: Option<u32>) {
        if let Some(most) = most {
            self.leave_outside(count, 0, i64::from(most));
        }
    }

    /// A list of so many elements in new memory, each of the words that are written for it.
    pub(super) fn list_of_words(
        &mut self,
        count: Value,
        words: usize,
        mut write: impl FnMut(&mut Self, Value) -> Lower<Vec<Value>>,
    ) -> Lower<[Value; 2]> {
        let room = self.b.ins().imul_imm_s(count, i64::from(bytes(words)));
        let list = self.memory_of(room);
        self.each(count, |body, number| {
            let element = write(body, number)?;
            let at = body.element(list, number, words);
            body.store(&element, at, 0);
            Ok(())
        })?;
        Ok([list, count])
    }

    /// Leaves where a word is not from one number to another.
    pub(super) fn leave_outside(&mut self, word: Value, first: i64, last: i64) {
        let distance = self.b.ins().iadd_imm_s(word, first.wrapping_neg());
        let most = self.int(last.wrapping_sub(first));
        let out = self
            .b
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, distance, most);
        self.leave_if(out);
    }

    /// A number of a type whose range was tested, or 0 that nobody looks at.
    fn declared(&self, value: Val, ty: &Type) -> Val {
        match (value, ty) {
            (Val::Fixed(mut number), Type::Num(ty)) => {
                let end = |end: Option<Decimal>| end.and_then(|end| scaled(end, number.scale));
                if let (Some(low), Some(high)) = (end(ty.lowest), end(ty.highest)) {
                    (number.low, number.high) = (low.min(0), high.max(0));
                }
                Val::Fixed(number)
            }
            (value, _) => value,
        }
    }

    /// A number that has passed the border of its type, in the shape of the type. What was tested is known from
    /// here on.
    fn reshaped_number(&mut self, value: Val, ty: &Type) -> Lower<Val> {
        match (value, Shape::of(ty)) {
            (Val::Fixed(number), Shape::Fixed(scale)) => {
                Ok(Val::Fixed(self.rescale(number, scale)?))
            }
            (value, shape) => self.reshaped(&value, &shape),
        }
    }

    fn text_of_image(&mut self, ty: &Type, at: At) -> Lower<Val> {
        let words = [self.image_word(at), self.image_word(at.further(1))];
        self.text_of_words(ty, words)
    }

    /// A text of a caller, with all that its type demands.
    pub(super) fn text_of_words(&mut self, ty: &Type, [address, count]: [Value; 2]) -> Lower<Val> {
        self.leave_outside(count, 0, MOST_TEXT);
        let test = match ty {
            Type::Text => None,
            Type::Code | Type::Calendar => Some(Call::is_code),
            Type::DateFormula => Some(Call::is_formula),
            _ => return Err(NotYet("a text that is something else in the rules")),
        };
        if let Some(test) = test {
            let good = self.call_host(test, &[address, count]);
            self.leave_if_zero(good);
        }
        Ok(Val::Text([address, count]))
    }

    /// The word at this position of a table; the position itself where the table is that of positions.
    pub(super) fn mapped(&mut self, position: Value, words: &[u64]) -> Value {
        if words.iter().zip(0..).all(|(word, at)| *word == at) {
            return position;
        }
        let table = self.unit.block(words);
        let table = self.int(table.cast_signed());
        let address = self.element(table, position, 1);
        self.b.ins().load(types::I64, memory(), address, 0)
    }

    fn default_of(&mut self, default: Option<&Const>, ty: &Type) -> Lower<Val> {
        match (default, ty) {
            (Some(default), _) => {
                let value = self.constant(default, ty)?;
                self.reshaped(&value, &Shape::of(ty))
            }
            (None, Type::Optional(_)) => Ok(Val::Missing),
            _ => Err(NotYet("a field left out")),
        }
    }

    fn list_of_images(
        &mut self,
        (form, ty): (&Form, &Type),
        (address, count): (Value, Value),
        step: Step,
    ) -> Lower<Val> {
        self.not_too_long(count);
        let shape = Shape::of_element(ty);
        let list = self.list_of_words(count, shape.words(), |body, number| {
            let image = match step {
                Step::Words(words) => body.element(address, number, words),
                Step::Bytes(_, width) => {
                    let width = i64::try_from(width).unwrap_or(i64::MAX);
                    let offset = body.b.ins().imul_imm_s(number, width);
                    body.b.ins().iadd(address, offset)
                }
            };
            let at = At {
                image,
                word: 0,
                place: image,
            };
            let value = body.read_image(form, ty, at)?;
            if body.is_laid_out_alike(form, ty) {
                Ok(vec![image])
            } else {
                body.words(&value, &shape)
            }
        })?;
        Ok(Val::List(list))
    }

    /// Whether the image of a record is the record itself: the same fields in the same words.
    fn is_laid_out_alike(&self, form: &Form, ty: &Type) -> bool {
        let (Form::Record(fields), Type::Record(id)) = (form, ty) else {
            return false;
        };
        let Some(record) = self.unit.program.record(*id) else {
            return false;
        };
        let layouts = self.unit.layouts;
        let Some(layout) = layouts.record(*id) else {
            return false;
        };
        let mut offset = 0;
        fields.len() == record.fields.len()
            && fields
                .iter()
                .zip(record.fields.iter().zip(&layout.fields))
                .all(|((name, form), (field, place))| {
                    // In an image one field follows the other; in place it is where the caller has it.
                    let (at, form) = match form {
                        Form::Placed(at, Bytes::Signed(8), form) => (*at, &**form),
                        Form::Placed(..) => return false,
                        form => {
                            let at = offset;
                            offset += form.words() * 8;
                            (at, form)
                        }
                    };
                    *name == field.name
                        && i32::try_from(at) == Ok(place.offset)
                        && match (form, Shape::of(&field.ty)) {
                            (Form::Bool, Shape::Bool)
                            | (Form::Int(_) | Form::Day, Shape::Word)
                            | (Form::Text, Shape::Text)
                            | (Form::Decimal, Shape::Decimal) => true,
                            (Form::Fixed(here, _), Shape::Fixed(there)) => *here == there,
                            _ => false,
                        }
                })
    }

    /// The image of a value.
    fn image_of(&mut self, value: &Val, ty: &Type, form: &Form) -> Lower<Vec<Value>> {
        Ok(match (form, ty) {
            (Form::Optional(_), Type::Optional(_)) if matches!(value, Val::Missing) => {
                let zero = self.int(0);
                vec![zero; form.words()]
            }
            (Form::Optional(inner), Type::Optional(ty)) => {
                let (there, value) = self.parts(value);
                if matches!(
                    **inner,
                    Form::Bool | Form::Int(_) | Form::Day | Form::Fixed(..)
                ) && matches!(value, Val::Bool(_) | Val::Word(_) | Val::Fixed(_))
                {
                    // Of no value where it is not there, and then not looked at.
                    let (words, doubt) = self.doubtful(|body| body.image_of(&value, ty, inner))?;
                    self.leave_if_doubted(there, doubt);
                    let there = self.b.ins().uextend(types::I64, there);
                    return Ok([vec![there], words].concat());
                }
                let (done, params) = self.block_of(inner.words());
                let (this, other) = (self.block(), self.block());
                self.b.ins().brif(there, this, &[], other, &[]);
                self.b.switch_to_block(this);
                let mark = self.mark();
                let words = self.image_of(&value, ty, inner)?;
                self.rollback(mark);
                self.jump(done, &words);
                self.b.switch_to_block(other);
                let zero = self.int(0);
                self.jump(done, &vec![zero; inner.words()]);
                self.b.switch_to_block(done);
                let there = self.b.ins().uextend(types::I64, there);
                [vec![there], params].concat()
            }
            (Form::Optional(inner), ty) => {
                let words = self.image_of(value, ty, inner)?;
                [vec![self.int(1)], words].concat()
            }
            (Form::Fixed(places, _), Type::Num(_)) => vec![self.fixed(value, *places)?.value],
            (Form::Decimal, Type::Num(_)) => self.decimal(value)?.to_vec(),
            (Form::Choice(names), Type::Enum(id)) => {
                let Val::Word(word) = value else {
                    return Err(NotYet("not an enum"));
                };
                let program = self.unit.program;
                let values = program.enum_of(*id).map(|it| it.values.as_slice());
                let positions = positions_of(values.unwrap_or_default(), names);
                let positions = positions.ok_or(NotYet("a name that the caller does not know"))?;
                vec![self.mapped(*word, &positions)]
            }
            (Form::Record(fields), Type::Record(id)) => {
                let program = self.unit.program;
                let record = program.record(*id).ok_or(NotYet("an unknown record"))?;
                let mut words = Vec::new();
                for (name, form) in fields {
                    let at = record.fields.iter().position(|it| it.name == *name);
                    let at = at.ok_or(NotYet("a field that the rules do not know"))?;
                    let number = u32::try_from(at).unwrap_or(u32::MAX);
                    let field = self.field_of(value, ty, number)?;
                    let ty = record.fields.get(at).map(|it| &it.ty);
                    let ty = ty.ok_or(NotYet("an unknown field"))?;
                    words.extend(self.image_of(&field, ty, form)?);
                }
                words
            }
            (Form::List(item), Type::List { item: ty, .. }) => {
                let [address, count] = self.list_words(value)?;
                let shape = Shape::of_element(ty);
                let list = self.list_of_words(count, item.words(), |body, number| {
                    let at = body.element(address, number, shape.words());
                    let value = body.load(memory(), at, 0, &shape)?;
                    body.image_of(&value, ty, item)
                })?;
                list.to_vec()
            }
            (Form::Set(item), Type::List { item: ty, .. }) => vec![self.set_of(value, ty, item)?],
            (Form::Reasons(variants), Type::Reason) => self.image_of_reason(value, variants)?,
            (Form::Bool, Type::Bool)
            | (Form::Int(_), Type::Int)
            | (Form::Day, Type::Date)
            | (Form::Text, Type::Text | Type::Code | Type::Calendar | Type::DateFormula) => {
                self.words(value, &Shape::of(ty))?
            }
            _ => return Err(NotYet("a Rust type that is not that of the rules")),
        })
    }

    /// A bit for each element of a list.
    fn set_of(&mut self, value: &Val, ty: &Type, item: &Form) -> Lower<Value> {
        let program = self.unit.program;
        let positions = set_positions(program, ty, item);
        let positions = positions.ok_or(NotYet("a name that the caller does not know"))?;
        self.bits_of(value, ty, &positions)
    }

    /// A bit for each element of a list, at the position of its name.
    pub(super) fn bits_of(&mut self, value: &Val, ty: &Type, positions: &[u64]) -> Lower<Value> {
        let ty = match ty {
            Type::List { item, .. } => item,
            other => other,
        };
        let (zero, one) = (self.int(0), self.int(1));
        if let Val::Items(items, _) = value
            && items.iter().all(|item| item.known.is_some())
        {
            let mut known = Vec::with_capacity(items.len());
            for item in items {
                let at = item.known.and_then(|it| usize::try_from(it).ok());
                let position = at.and_then(|at| positions.get(at)).copied();
                known.push((position.ok_or(NotYet("an unknown name"))?, item));
            }
            known.sort_by_key(|(position, _)| *position);
            let mut bits = zero;
            for few in known.chunks(IN_A_ROW) {
                let (value, first) = self.bits_in_a_row(few);
                let value = self.b.ins().ishl_imm_u(value, first.cast_signed());
                bits = self.b.ins().bor(bits, value);
            }
            return Ok(bits);
        }
        let [address, count] = self.list_words(value)?;
        let bits = self.variable(zero);
        self.each(count, |body, number| {
            let at = body.element(address, number, 1);
            let mut word = body.b.ins().load(types::I64, memory(), at, 0);
            if *ty == Type::Reason {
                word = body.b.ins().load(types::I64, memory(), word, 0);
            }
            let position = body.mapped(word, positions);
            let bit = body.b.ins().ishl(one, position);
            let all = body.b.use_var(bits);
            let all = body.b.ins().bor(all, bit);
            body.b.def_var(bits, all);
            Ok(())
        })?;
        Ok(self.b.use_var(bits))
    }

    /// The bits of a few items, from the last to the first: each moves those behind it, in one instruction where they
    /// are near. With how far the first is from the lowest bit.
    fn bits_in_a_row(&mut self, items: &[(u64, &Item)]) -> (Value, u64) {
        let mut bits = self.int(0);
        let mut behind: Option<u64> = None;
        for (position, item) in items.iter().rev() {
            let there = match item.when {
                Some(when) => self.b.ins().uextend(types::I64, when),
                None => self.int(1),
            };
            bits = match behind {
                Some(behind) if behind > *position => {
                    let by = (behind - position).cast_signed();
                    let moved = self.b.ins().ishl_imm_u(bits, by);
                    self.b.ins().iadd(moved, there)
                }
                // The same one twice is one bit.
                Some(_) => self.b.ins().bor(bits, there),
                None => there,
            };
            behind = Some(*position);
        }
        (bits, behind.unwrap_or(0))
    }

    fn image_of_reason(&mut self, value: &Val, variants: &[Variant]) -> Lower<Vec<Value>> {
        let Val::Word(address) = value else {
            return Err(NotYet("not a reason"));
        };
        let address = *address;
        let program = self.unit.program;
        let longest = variants.iter().map(|it| words_of(&it.params)).max();
        let longest = longest.unwrap_or(0);
        let (done, params) = self.block_of(1 + longest);
        let number = self.b.ins().load(types::I64, memory(), address, 0);
        for (position, variant) in variants.iter().enumerate() {
            let reason = program
                .reasons
                .iter()
                .position(|it| it.code == variant.name);
            let Some(reason) = reason else {
                // The rules do not know it, so it never comes up.
                continue;
            };
            let id = ReasonId(u32::try_from(reason).unwrap_or(u32::MAX));
            let is_it = self
                .b
                .ins()
                .icmp_imm_u(IntCC::Equal, number, i64::from(id.0));
            let (this, next) = (self.block(), self.block());
            self.b.ins().brif(is_it, this, &[], next, &[]);
            self.b.switch_to_block(this);
            let mark = self.mark();
            let mut words = vec![self.int(i64::try_from(position).unwrap_or(i64::MAX))];
            let declared = program.reason(id).ok_or(NotYet("an unknown reason"))?;
            let layouts = self.unit.layouts;
            let layout = layouts
                .reason(id.index())
                .ok_or(NotYet("an unknown reason"))?;
            for (name, form) in &variant.params {
                let at = declared.params.iter().position(|it| it.name == *name);
                let at = at.ok_or(NotYet("a parameter that the rules do not know"))?;
                let (Some(param), Some(place)) = (declared.params.get(at), layout.fields.get(at))
                else {
                    return Err(NotYet("an unknown parameter"));
                };
                let value = self.load(memory(), address, place.offset, &place.shape)?;
                words.extend(self.image_of(&value, &param.ty, form)?);
            }
            let zero = self.int(0);
            words.resize(1 + longest, zero);
            self.rollback(mark);
            self.jump(done, &words);
            self.b.switch_to_block(next);
        }
        match variants.iter().position(|it| it.name == OTHERS) {
            Some(others) => {
                let zero = self.int(0);
                let mut words = vec![zero; 1 + longest];
                if let Some(number) = words.first_mut() {
                    *number = self.int(i64::try_from(others).unwrap_or(i64::MAX));
                }
                self.jump(done, &words);
            }
            None => {
                let leave = self.leave;
                self.b.ins().jump(leave, &[]);
            }
        }
        self.b.switch_to_block(done);
        Ok(params)
    }
}

/// Bits of a set that are put together one after the other; beyond, what is known late would hold up the rest.
const IN_A_ROW: usize = 4;

/// How far one element is from the next.
#[derive(Clone, Copy)]
enum Step {
    /// So many words of the image.
    Words(usize),
    /// Bytes of the caller: the first is so far behind its record, and each so far from the next.
    Bytes(usize, usize),
}

/// A form so many bytes further on.
fn moved(form: &Form, by: usize) -> Form {
    match form {
        Form::Placed(offset, how, inner) => Form::Placed(offset + by, *how, inner.clone()),
        Form::PlacedArray(offset, count, width, inner) => {
            Form::PlacedArray(offset + by, *count, *width, inner.clone())
        }
        Form::Record(fields) => {
            let fields = fields.iter().map(|(name, form)| (*name, moved(form, by)));
            Form::Record(fields.collect())
        }
        other => other.clone(),
    }
}

/// Where a field lies in the image of a record, and its form.
fn field<'f>(fields: &'f [(&'static str, Form)], name: &str) -> Option<(usize, &'f Form)> {
    let mut at = 0;
    for (known, form) in fields {
        if *known == name {
            return Some((at, form));
        }
        at += form.words();
    }
    None
}

/// For each of some names its position among others, or that of `*`; `None` when there is neither.
pub(crate) fn positions_of<N: AsRef<str>>(names: &[N], among: &[&str]) -> Option<Vec<u64>> {
    let others = among.iter().position(|it| *it == OTHERS);
    let positions = names.iter().map(|name| {
        let position = among.iter().position(|it| *it == name.as_ref());
        u64::try_from(position.or(others)?).ok()
    });
    positions.collect()
}

/// For each reason, or each value of an enum, its bit in a set.
pub(crate) fn set_positions(program: &Program, ty: &Type, item: &Form) -> Option<Vec<u64>> {
    match (item, ty) {
        (Form::Choice(names), Type::Enum(id)) => positions_of(&program.enum_of(*id)?.values, names),
        (Form::Reasons(variants), Type::Reason) => {
            let known: Vec<&str> = variants.iter().map(|it| it.name).collect();
            let names: Vec<&str> = program.reasons.iter().map(|it| it.code.as_str()).collect();
            positions_of(&names, &known)
        }
        _ => None,
    }
}
