//! Decisions on columns: the loop over rows, cells into values and results into cells.
//!
//! What would leave in a row marks the row, and the loop goes on with the next.

use assize_ir::{CallableId, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::unrolled::MOST_COPIES;
use super::value::{Item, Val, cells, constant, memory};
use super::{Body, Lower, NotYet};
use crate::jit::columns::plan::{Cell, Given, Taken};
use crate::jit::host::FUEL;
use crate::jit::shape::{Shape, bytes};
use crate::jit::typed::form::{Bytes, Form, Span};

/// Words of a column that is handed in: values, validity, bytes of texts; the first rows, the last and the statuses
/// stand before them.
const GIVEN: usize = 3;
/// Words of a column of answers: values, and whether they are there.
const TAKEN: usize = 2;

/// Where values of a batch come from, where they go, and what each row may look at.
pub(crate) type Plan<'p> = (&'p [(String, Given)], &'p Taken, i64);

/// The addresses of a batch.
#[derive(Clone, Copy)]
struct Addresses {
    given: Value,
    taken: Value,
    /// The first row of the piece.
    first: Value,
}

impl Body<'_, '_> {
    /// Writes a function that decides rows. What is left for the end of the function: a room, and no words.
    pub(crate) fn write_columns(
        &mut self,
        id: CallableId,
        (given, taken, steps): Plan<'_>,
        (from, to): (Value, Value),
    ) -> Lower<(Value, Vec<Value>)> {
        let program = self.unit.program;
        let callable = program.callable(id).ok_or(NotYet("an unknown callable"))?;
        let [first, end, status] =
            [0, 1, 2].map(|at| self.b.ins().load(types::I64, constant(), from, bytes(at)));
        let addresses = Addresses {
            given: from,
            taken: to,
            first,
        };
        let count = self.b.ins().isub(end, first);
        self.each(count, |body, number| {
            let row = body.b.ins().iadd(first, number);
            let (failed, next) = (body.cold(), body.block());
            let leave = std::mem::replace(&mut body.leave, failed);
            let fuel = body.int(steps);
            let context = body.context;
            body.b.ins().store(memory(), fuel, context, FUEL);
            let mut values = Vec::with_capacity(callable.params.len());
            for param in &callable.params {
                let source = given.iter().find(|(name, _)| *name == param.name);
                let (_, source) = source.ok_or(NotYet("an argument left out"))?;
                values.push(body.given_value(source, &param.ty, (addresses, row))?);
            }
            let value = if body.unit.is_shared(id) {
                body.call_with(id, values)?
            } else {
                body.write_in(id, values)?
            };
            body.take_value(taken, &value, &callable.result, (addresses, row))?;
            body.leave = leave;
            body.b.ins().jump(next, &[]);
            body.b.switch_to_block(failed);
            let (one, place) = (body.bit(true), body.b.ins().iadd(status, row));
            body.b.ins().store(memory(), one, place, 0);
            body.b.ins().jump(next, &[]);
            body.b.switch_to_block(next);
            Ok(())
        })?;
        Ok((to, Vec::new()))
    }

    /// An address of a column that is handed in.
    fn given_address(&mut self, addresses: Addresses, column: usize, which: usize) -> Value {
        let at = bytes(GIVEN + GIVEN * column + which);
        let from = addresses.given;
        self.b.ins().load(types::I64, constant(), from, at)
    }

    /// Whether the value of a row is there.
    fn is_valid(&mut self, addresses: Addresses, column: usize, row: Value) -> Value {
        let bits = self.given_address(addresses, column, 1);
        self.bit_of_row(bits, row)
    }

    fn bit_of_row(&mut self, bits: Value, row: Value) -> Value {
        let byte = self.b.ins().ushr_imm_u(row, 3);
        let place = self.b.ins().iadd(bits, byte);
        let byte = self.b.ins().load(types::I8, cells(), place, 0);
        let within = self.b.ins().band_imm_u(row, 7);
        let bit = self.b.ins().ushr(byte, within);
        self.b.ins().band_imm_u(bit, 1)
    }

    /// A whole number in a buffer.
    fn number_of_row(&mut self, values: Value, row: Value, how: Bytes) -> Lower<Value> {
        let (Bytes::Signed(width) | Bytes::Unsigned(width)) = how;
        let offset = self.b.ins().imul_imm_s(row, i64::from(width));
        let place = self.b.ins().iadd(values, offset);
        self.word_of(how, cells(), (place, 0))
    }

    /// The value of a row, with all that its type demands.
    fn given_value(
        &mut self,
        given: &Given,
        ty: &Type,
        (addresses, row): (Addresses, Value),
    ) -> Lower<Val> {
        let place = (addresses, row);
        // Codes and offsets are looked up, for which any word will not do.
        let (nullable, any) = match given {
            Given::Cell {
                column,
                nullable,
                cell,
            } => (
                nullable.then_some(*column),
                !matches!(cell, Cell::Choice { .. } | Cell::Text),
            ),
            Given::List {
                column, nullable, ..
            } => (nullable.then_some(*column), false),
            Given::Record { nullable, .. } => (*nullable, false),
        };
        let inner = ty.plain();
        let there = match nullable {
            Some(column) => self.is_valid(addresses, column, row),
            None if ty.is_optional() => {
                let value = self.present_value(given, inner, place)?;
                return Ok(Val::Optional(self.bit(true), Box::new(value)));
            }
            None => return self.present_value(given, inner, place),
        };
        if !ty.is_optional() {
            self.leave_unless(there);
            return self.present_value(given, inner, place);
        }
        self.if_there(there, inner, any, |body| {
            body.present_value(given, inner, place)
        })
    }

    /// A value that is there.
    fn present_value(
        &mut self,
        given: &Given,
        ty: &Type,
        (addresses, row): (Addresses, Value),
    ) -> Lower<Val> {
        match (given, ty) {
            (Given::Cell { column, cell, .. }, ty) => {
                self.cell_value(cell, ty, (addresses, *column), row)
            }
            (Given::Record { fields, .. }, Type::Record(id)) => {
                self.given_record(*id, |body, declared| {
                    let given = fields.iter().find(|(name, _)| *name == declared.name);
                    let read = given
                        .map(|(_, given)| body.given_value(given, &declared.ty, (addresses, row)));
                    read.transpose()
                })
            }
            (
                Given::List {
                    column,
                    count,
                    item,
                    ..
                },
                Type::List { item: ty, at_most },
            ) => {
                if let Some(count) = count {
                    let words = self.int(i64::try_from(*count).unwrap_or(i64::MAX));
                    let start = self.b.ins().imul(row, words);
                    if *count <= MOST_COPIES {
                        return self.few_elements((start, *count), (item, ty), addresses);
                    }
                    return self.elements((start, words), (item, ty), addresses);
                }
                let offsets = self.given_address(addresses, *column, 0);
                let start = self.number_of_row(offsets, row, Bytes::Signed(4))?;
                let next = self.b.ins().iadd_imm_s(row, 1);
                let end = self.number_of_row(offsets, next, Bytes::Signed(4))?;
                let count = self.b.ins().isub(end, start);
                self.at_most(count, *at_most);
                self.not_too_long(count);
                self.elements((start, count), (item, ty), addresses)
            }
            _ => Err(NotYet("a column that is not what the rules want")),
        }
    }

    /// So many elements from a row of their columns on, one by one.
    fn few_elements(
        &mut self,
        (start, count): (Value, usize),
        (item, ty): (&Given, &Type),
        addresses: Addresses,
    ) -> Lower<Val> {
        let mut items = Vec::with_capacity(count);
        for number in 0..count {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            let row = self.b.ins().iadd_imm_s(start, number);
            let value = self.given_value(item, ty, (addresses, row))?;
            items.push(Item::certain(value));
        }
        Ok(Val::Items(items, Shape::of_element(ty)))
    }

    /// A list of the elements from a row of their columns on.
    fn elements(
        &mut self,
        (start, count): (Value, Value),
        (item, ty): (&Given, &Type),
        addresses: Addresses,
    ) -> Lower<Val> {
        let shape = Shape::of_element(ty);
        let list = self.list_of_words(count, shape.words(), |body, number| {
            let row = body.b.ins().iadd(start, number);
            let value = body.given_value(item, ty, (addresses, row))?;
            body.words(&value, &shape)
        })?;
        Ok(Val::List(list))
    }

    fn cell_value(
        &mut self,
        cell: &Cell,
        ty: &Type,
        (addresses, column): (Addresses, usize),
        row: Value,
    ) -> Lower<Val> {
        let values = self.given_address(addresses, column, 0);
        match cell {
            Cell::Bit => Ok(Val::Bool(self.bit_of_row(values, row))),
            Cell::Int(how) => {
                let word = self.number_of_row(values, row, *how)?;
                self.read_word(&Form::Int(how.span()), ty, word)
            }
            Cell::Day => {
                let word = self.number_of_row(values, row, Bytes::Signed(4))?;
                self.read_word(&Form::Day, ty, word)
            }
            Cell::Fixed { places, wide, .. } => {
                let word = if *wide {
                    let at = self.element(values, row, 2);
                    let low = self.b.ins().load(types::I64, cells(), at, 0);
                    let high = self.b.ins().load(types::I64, cells(), at, 8);
                    // Where the lower half is the number, the upper one repeats its sign.
                    let sign = self.b.ins().sshr_imm_u(low, 63);
                    let fits = self.b.ins().icmp(IntCC::Equal, high, sign);
                    self.leave_unless(fits);
                    low
                } else {
                    self.number_of_row(values, row, Bytes::Signed(8))?
                };
                self.read_word(&Form::Fixed(*places, Span::ALL), ty, word)
            }
            Cell::Choice { bytes, words } => {
                let code = self.number_of_row(values, row, *bytes)?;
                let count = i64::try_from(words.len()).unwrap_or(i64::MAX);
                let out = self
                    .b
                    .ins()
                    .icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, code, count);
                self.leave_now_if(out);
                Ok(Val::Word(self.mapped(code, words)))
            }
            Cell::Text => {
                let start = self.number_of_row(values, row, Bytes::Signed(4))?;
                let next = self.b.ins().iadd_imm_s(row, 1);
                let end = self.number_of_row(values, next, Bytes::Signed(4))?;
                let text = self.given_address(addresses, column, 2);
                let address = self.b.ins().iadd(text, start);
                let count = self.b.ins().isub(end, start);
                self.text_of_words(ty, [address, count])
            }
        }
    }

    /// Puts a result into the cells of a row.
    fn take_value(
        &mut self,
        taken: &Taken,
        value: &Val,
        ty: &Type,
        (addresses, row): (Addresses, Value),
    ) -> Lower<()> {
        match taken {
            Taken::Record(fields) => {
                let Type::Record(id) = ty else {
                    return Err(NotYet("a record of another type"));
                };
                let program = self.unit.program;
                let record = program.record(*id).ok_or(NotYet("an unknown record"))?;
                for (number, (field, taken)) in record.fields.iter().zip(fields).enumerate() {
                    let number = u32::try_from(number).unwrap_or(u32::MAX);
                    let value = self.field_of(value, ty, number)?;
                    self.take_value(taken, &value, &field.ty, (addresses, row))?;
                }
                Ok(())
            }
            Taken::Set { column, positions } => {
                let bits = self.bits_of(value, ty, positions)?;
                let data = self.taken_address(addresses, *column, 0);
                let at = self.element(data, row, 1);
                self.b.ins().store(memory(), bits, at, 0);
                Ok(())
            }
            Taken::Words { column } => {
                let shape = Shape::of(ty);
                let words = self.words(value, &shape)?;
                self.take_aside((addresses, row), *column, &words);
                Ok(())
            }
            Taken::Cell { column, optional } => {
                let (there, plain) = match value {
                    Val::Missing => (self.bit(false), self.zero_of(&Shape::of(ty.plain()))?),
                    value => self.parts(value),
                };
                let shape = Shape::of(ty.plain());
                let words = if *optional {
                    let is_decimal = matches!(shape, Shape::Decimal);
                    let words = if is_decimal {
                        self.words(&plain, &shape)?
                    } else {
                        // Of no value where it is not there.
                        let (words, doubt) = self.doubtful(|body| body.words(&plain, &shape))?;
                        self.leave_if_doubted(there, doubt);
                        words
                    };
                    let zero = self.int(0);
                    let zeros = vec![zero; words.len()];
                    let data = self.taken_address(addresses, *column, 1);
                    let place = self.b.ins().iadd(data, row);
                    self.b.ins().store(memory(), there, place, 0);
                    self.select(there, &words, &zeros)
                } else {
                    self.words(&plain, &shape)?
                };
                self.take_cell((addresses, row), *column, ty.plain(), &words)
            }
        }
    }

    fn take_cell(
        &mut self,
        (addresses, row): (Addresses, Value),
        column: usize,
        ty: &Type,
        words: &[Value],
    ) -> Lower<()> {
        let [word] = words else {
            self.take_aside((addresses, row), column, words);
            return Ok(());
        };
        let (narrow, width) = match ty {
            Type::Bool => (Some(types::I8), 1),
            Type::Date | Type::Enum(_) => (Some(types::I32), 4),
            Type::Int | Type::Num(_) => (None, 8),
            _ => return Err(NotYet("a cell of something else")),
        };
        let data = self.taken_address(addresses, column, 0);
        let offset = self.b.ins().imul_imm_s(row, width);
        let place = self.b.ins().iadd(data, offset);
        let word = match narrow {
            Some(narrow) => self.b.ins().ireduce(narrow, *word),
            None => *word,
        };
        // A cell of a caller lies at its own width, so no word's alignment is promised.
        self.b.ins().store(memory(), word, place, 0);
        Ok(())
    }

    /// Words beside the column, which begin with the first row of a piece.
    fn take_aside(&mut self, (addresses, row): (Addresses, Value), column: usize, words: &[Value]) {
        let data = self.taken_address(addresses, column, 0);
        let number = self.b.ins().isub(row, addresses.first);
        let at = self.element(data, number, words.len());
        self.store(words, at, 0);
    }

    fn taken_address(&mut self, addresses: Addresses, column: usize, which: usize) -> Value {
        let to = addresses.taken;
        let at = bytes(TAKEN * column + which);
        self.b.ins().load(types::I64, constant(), to, at)
    }
}
