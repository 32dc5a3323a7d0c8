//! What comes out of tables and grids of many rows: constants as words, one row behind the other, and code for what
//! is computed, to which the number of the row jumps.

use assize_eval::interp::value_of;
use assize_ir::literal::{Literal, OutputShape, Values};
use assize_ir::{Callable, Const, Hit, Literals, NodeId, Op, RecordId, Table, Type};
use cranelift_codegen::ir::{BlockCall, InstBuilder, JumpTableData, Value, types};

use super::indexed::MOST_CODED;
use super::value::{Val, cells};
use super::{Body, Lower, NotYet};
use crate::jit::code::Unit;
use crate::jit::shape::{Shape, scaled};
use crate::jit::words::{Writer, decimal_words};

/// What comes out of rows: constants, one after the other, each so many words.
pub(super) struct Outputs {
    address: u64,
    /// Which one of the outputs with code of its own it is, plus one; `None` where all are constants.
    coded: Option<(u64, Vec<usize>)>,
    shapes: Vec<Shape>,
    record: Option<RecordId>,
    /// Lowest and highest coefficient.
    pub(super) ends: Option<(i64, i64)>,
}

impl Body<'_, '_> {
    pub(super) fn table_outputs(&mut self, table: &Table, ty: &Type) -> Lower<Outputs> {
        let shapes = match table.record {
            Some(record) => {
                let layout = self.unit.layouts.record(record);
                let layout = layout.ok_or(NotYet("an unknown record"))?;
                layout
                    .fields
                    .iter()
                    .map(|place| place.shape.clone())
                    .collect()
            }
            None if matches!(table.hit, Hit::List | Hit::ListByPriority) => {
                vec![Shape::of_element(ty)]
            }
            None => vec![Shape::of(ty)],
        };
        if let Some(literals) = table.rows.literals() {
            return self.literal_outputs(literals, shapes, table.record);
        }
        let all = table.rows.plain().iter().map(|row| row.outputs.as_slice());
        self.outputs(all, shapes, table.record)
    }

    /// The words of outputs, those of a row in these shapes.
    pub(super) fn outputs<'o>(
        &mut self,
        all: impl Iterator<Item = &'o [NodeId]>,
        shapes: Vec<Shape>,
        record: Option<RecordId>,
    ) -> Lower<Outputs> {
        let width: usize = shapes.iter().map(Shape::words).sum();
        let callable = self.frame()?.callable;
        let mut block = Block::default();
        let mut which = Vec::new();
        let mut coded = Vec::new();
        for (number, outputs) in all.enumerate() {
            let start = block.words.len();
            let mut constant = true;
            for (output, shape) in outputs.iter().zip(&shapes) {
                let known = constant_of(callable, *output);
                let known = known.and_then(|it| self.unit.put_constant(it, shape, &mut block));
                constant = constant && known.is_some();
            }
            if !constant {
                coded.push(number);
            }
            which.push(if constant { 0 } else { coded.len() as u64 });
            block.words.resize(start + width, 0);
        }
        if coded.len() > MOST_CODED {
            return Err(NotYet("a table of many rows that compute what comes out"));
        }
        let ends = block.ends(&shapes).filter(|_| coded.is_empty());
        Ok(Outputs {
            address: self.unit.hold(block),
            coded: (!coded.is_empty()).then(|| (self.unit.hold_words(which), coded)),
            shapes,
            record,
            ends,
        })
    }

    /// The words of outputs that are columns.
    fn literal_outputs(
        &mut self,
        literals: &Literals,
        shapes: Vec<Shape>,
        record: Option<RecordId>,
    ) -> Lower<Outputs> {
        const OTHERWISE: NotYet = NotYet("an output that has no words");
        let width: usize = shapes.iter().map(Shape::words).sum();
        let rows = literals.count as usize;
        let mut block = Block::default();
        block.words.reserve(rows * width);
        let mut ats = vec![0; literals.outputs.len()];
        for row in 0..rows {
            for ((column, at), shape) in literals.outputs.iter().zip(&mut ats).zip(&shapes) {
                let output = column.shapes.get(row).and_then(OutputShape::of);
                let output = output.ok_or(OTHERWISE)?;
                let put = match output {
                    OutputShape::Missing => {
                        self.unit.put_constant(&Const::Missing, shape, &mut block)
                    }
                    _ => {
                        let values = &column.values.values;
                        self.unit.put_literal(values, *at, shape, &mut block)
                    }
                };
                put.ok_or(OTHERWISE)?;
                *at += output.values();
            }
        }
        let ends = block.ends(&shapes);
        Ok(Outputs {
            address: self.unit.hold(block),
            coded: None,
            shapes,
            record,
            ends,
        })
    }

    /// What comes out of a row, whose code is written where it is no constant.
    pub(super) fn output_at(
        &mut self,
        outputs: &Outputs,
        row: Value,
        mut code: impl FnMut(&mut Self, usize) -> Lower<Val>,
    ) -> Lower<Val> {
        let Some((which, coded)) = &outputs.coded else {
            return self.constants_at(outputs, row);
        };
        let shape = match (outputs.record, outputs.shapes.as_slice()) {
            (Some(record), _) => Shape::Record(record),
            (None, [shape]) => shape.clone(),
            _ => return Err(NotYet("a row without one output")),
        };
        let (done, params) = self.block_of(shape.words());
        let which = self.int(which.cast_signed());
        let at = self.element(which, row, 1);
        let which = self.b.ins().load(types::I64, cells(), at, 0);
        let which = self.b.ins().ireduce(types::I32, which);
        let constants = self.block();
        let blocks: Vec<_> = coded.iter().map(|_| self.block()).collect();
        let lists = &mut self.b.func.dfg.value_lists;
        let to_constants = BlockCall::new(constants, [], lists);
        let calls = blocks.iter().map(|block| BlockCall::new(*block, [], lists));
        let calls: Vec<_> = std::iter::once(to_constants).chain(calls).collect();
        let jumps = JumpTableData::new(to_constants, &calls);
        let jumps = self.b.create_jump_table(jumps);
        self.b.ins().br_table(which, jumps);
        for (block, number) in blocks.into_iter().zip(coded) {
            self.b.switch_to_block(block);
            let mark = self.mark();
            let value = code(self, *number)?;
            let words = self.words(&value, &shape)?;
            self.rollback(mark);
            self.jump(done, &words);
        }
        self.b.switch_to_block(constants);
        let value = self.constants_at(outputs, row)?;
        self.end_of_ways((done, &params), &shape, &value)
    }

    fn constants_at(&mut self, outputs: &Outputs, row: Value) -> Lower<Val> {
        let width = outputs.shapes.iter().map(Shape::words).sum();
        let start = self.int(outputs.address.cast_signed());
        let address = self.element(start, row, width);
        match (outputs.record, outputs.shapes.as_slice()) {
            (Some(record), _) => {
                // The outputs are its fields in their order, so a row is a record.
                let value = Val::Record(address);
                self.check_record(record, &value)?;
                Ok(value)
            }
            (None, [shape]) => self.load(cells(), address, 0, shape),
            _ => Err(NotYet("a row without one output")),
        }
    }
}

/// The constant that a node is, be it as an optional.
pub(super) fn constant_of(callable: &Callable, id: NodeId) -> Option<&Const> {
    match &callable.node(id)?.op {
        Op::Const(constant) => Some(constant),
        Op::ToOptional(inner) => match &callable.node(*inner)?.op {
            Op::Const(constant) => Some(constant),
            _ => None,
        },
        _ => None,
    }
}

/// Words of constants, and texts that lie behind them.
#[derive(Default)]
struct Block {
    words: Vec<u64>,
    texts: String,
    /// Words that are addresses of texts, and where these begin.
    addresses: Vec<(usize, usize)>,
}

impl Block {
    /// Lowest and highest coefficient, where words are nothing else.
    fn ends(&self, shapes: &[Shape]) -> Option<(i64, i64)> {
        match shapes {
            [Shape::Fixed(_)] => {
                let words = || self.words.iter().map(|word| word.cast_signed());
                words().min().zip(words().max())
            }
            _ => None,
        }
    }
}

impl Unit<'_> {
    /// Adds the words of a value of a column; `None` where it has none in this shape.
    fn put_literal(
        &mut self,
        values: &Values,
        at: usize,
        shape: &Shape,
        to: &mut Block,
    ) -> Option<()> {
        match (shape, values.get(at)?) {
            (Shape::Optional(inner), _) => {
                to.words.push(1);
                self.put_literal(values, at, inner, to)
            }
            (Shape::Fixed(scale), Literal::Num(number)) => {
                to.words.push(scaled(number, *scale)?.cast_unsigned());
                Some(())
            }
            (Shape::Word, Literal::Word(word)) => {
                to.words.push(word.cast_unsigned());
                Some(())
            }
            _ => self.put_constant(&values.constant(at)?, shape, to),
        }
    }

    /// Adds the words of a constant; `None` where it has none in this shape.
    fn put_constant(&mut self, constant: &Const, shape: &Shape, to: &mut Block) -> Option<()> {
        let word = match (shape, constant) {
            (Shape::Optional(inner), Const::Missing) => {
                to.words.resize(to.words.len() + 1 + inner.words(), 0);
                return Some(());
            }
            (Shape::Optional(inner), constant) => {
                to.words.push(1);
                return self.put_constant(constant, inner, to);
            }
            (Shape::Bool, Const::Bool(value)) => i64::from(*value),
            (Shape::Word, Const::Int(value)) => *value,
            (Shape::Word, Const::Date(day)) => i64::from(*day),
            (Shape::Word, Const::Enum(_, position)) => i64::from(*position),
            (Shape::Fixed(scale), Const::Num(number)) => scaled(*number, *scale)?,
            (Shape::Decimal, Const::Num(number)) => {
                to.words.extend(decimal_words(*number));
                return Some(());
            }
            (Shape::Text, Const::Text(text) | Const::Code(text) | Const::Calendar(text)) => {
                to.addresses.push((to.words.len(), to.texts.len()));
                to.texts.push_str(text);
                to.words.extend([0, text.len() as u64]);
                return Some(());
            }
            (shape, constant) => {
                let value = value_of(constant)?;
                let layouts = self.layouts;
                let answers = self.answers();
                let mut writer = Writer {
                    layouts,
                    arena: &mut answers.arena,
                };
                writer.write(&value, shape, &mut to.words)?;
                // Its texts lie in it.
                answers.values.push(value);
                return Some(());
            }
        };
        to.words.push(word.cast_unsigned());
        Some(())
    }

    /// Keeps a block as long as the code; its address.
    fn hold(&mut self, block: Block) -> u64 {
        let Block {
            mut words,
            texts,
            addresses,
        } = block;
        let texts = texts.into_boxed_str();
        let start = texts.as_ptr() as u64;
        for (word, text) in addresses {
            if let Some(word) = words.get_mut(word) {
                *word = start + text as u64;
            }
        }
        self.answers().texts.push(texts);
        self.hold_words(words)
    }

    fn hold_words(&mut self, words: Vec<u64>) -> u64 {
        let words = words.into_boxed_slice();
        let address = words.as_ptr() as u64;
        self.answers().blocks.push(words);
        address
    }
}
