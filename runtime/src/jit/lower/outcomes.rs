//! What a loop makes: lists, sums, the best, groups; while it grows, and when it is done.

use assize_ir::{Loop, LoopResult, Node, NodeId, Over, RecordId, Source, Type};
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};
use cranelift_frontend::Variable;

use super::loops::{Carried, Growing};
use super::value::{Fixed, Val, memory};
use super::{Body, Lower, NotYet};
use crate::jit::host::{Call, Note, SortKey};
use crate::jit::shape::Shape;

/// What a loop makes.
pub(super) enum Outcome {
    List(Growing, Shape),
    /// A sum, and the lowest and highest coefficient that it can have on its way.
    Number(Vec<Variable>, Shape, (i64, i64)),
    Count(Variable),
    Best(Variable, Vec<Variable>, Shape),
    Holds(Variable),
    Group(Growing),
    Nothing,
}

impl Body<'_, '_> {
    pub(super) fn result(&mut self, node: &Node, it: &Loop) -> Lower<Outcome> {
        let zero = self.int(0);
        Ok(match &it.result {
            LoopResult::List(_) => {
                let Type::List { item, .. } = &node.ty else {
                    return Err(NotYet("a list of another type"));
                };
                let shape = Shape::of_element(item);
                Outcome::List(self.growing(shape.words()), shape)
            }
            LoopResult::Sum(_) => {
                let shape = Shape::of_node(&node.ty, node.facts.as_ref());
                let variables = self.variables(&vec![zero; shape.words()]);
                // What is proved of the sum of at most so many elements holds of fewer, and of none.
                let whole = Fixed::any(zero, scale_of(&shape)).within(node.facts.as_ref());
                let ends = (whole.low.min(0), whole.high.max(0));
                Outcome::Number(variables, shape, ends)
            }
            LoopResult::Count => Outcome::Count(self.variable(zero)),
            LoopResult::Lowest(_) | LoopResult::Highest(_) | LoopResult::First(_) => {
                let shape = match Shape::of_node(&node.ty, node.facts.as_ref()) {
                    Shape::Optional(inner) => *inner,
                    other => other,
                };
                let some = self.variable(zero);
                let variables = self.variables(&vec![zero; shape.words()]);
                Outcome::Best(some, variables, shape)
            }
            LoopResult::Exists => Outcome::Holds(self.variable(zero)),
            LoopResult::Every(_) => {
                let one = self.int(1);
                Outcome::Holds(self.variable(one))
            }
            LoopResult::Group { keys, .. } => {
                let mut words = self.member(it)?.words();
                for key in keys {
                    words += Shape::of(&self.node(*key)?.ty).words();
                }
                Outcome::Group(self.growing(words))
            }
            LoopResult::Finally(_) => Outcome::Nothing,
        })
    }

    /// How a member of a group is held.
    fn member(&self, it: &Loop) -> Lower<Shape> {
        let source = it.sources.first();
        self.source_shape(source.ok_or(NotYet("a loop without a source"))?)
    }

    /// How an element of a source is held.
    pub(super) fn source_shape(&self, source: &Source) -> Lower<Shape> {
        match &source.over {
            Over::List(list) => self.element_shape(*list),
            Over::Relation(_) | Over::Indexed { .. } => Ok(Shape::Word),
        }
    }

    pub(super) fn grow(&mut self, it: &Loop, result: &Outcome, end: Block) -> Lower<()> {
        match (&it.result, result) {
            (LoopResult::List(value), Outcome::List(list, shape)) => {
                let words = self.eval_in(*value, shape)?;
                self.push(*list, &words);
            }
            (LoopResult::Sum(value), Outcome::Number(total, shape, (low, high))) => {
                let ty = &self.node(*value)?.ty;
                let value = self.eval(*value)?;
                let before = self.read(total);
                let mut before = self.value(&before, shape)?;
                if let Val::Fixed(number) = &mut before {
                    (number.low, number.high) = (*low, *high);
                }
                let value = match (value, shape) {
                    (Val::Fixed(number), Shape::Fixed(scale)) => {
                        Val::Fixed(self.rescale(number, *scale)?)
                    }
                    (value, shape) => self.reshaped(&value, shape)?,
                };
                let sum = self.add_values(&before, &value, ty.plain())?;
                let words = self.words(&sum, shape)?;
                self.write(total, &words);
            }
            (LoopResult::Count, Outcome::Count(count)) => {
                let number = self.b.use_var(*count);
                let number = self.b.ins().iadd_imm_s(number, 1);
                self.b.def_var(*count, number);
            }
            (
                LoopResult::Lowest(value) | LoopResult::Highest(value),
                Outcome::Best(some, best, shape),
            ) => {
                let highest = matches!(it.result, LoopResult::Highest(_));
                let value = self.eval(*value)?;
                let (there, value) = match value {
                    Val::Missing => return Ok(()),
                    other => self.parts(&other),
                };
                self.only_if(there, |body| {
                    let value = body.reshaped(&value, shape)?;
                    body.keep_better((*some, best), &value, shape, highest)
                })?;
            }
            (LoopResult::First(value), Outcome::Best(some, best, shape)) => {
                let value = self.eval(*value)?;
                let (there, value) = match value {
                    Val::Missing => (self.bit(false), self.zero_of(shape)?),
                    other => self.parts(&other),
                };
                let words = self.words(&value, shape)?;
                self.write(best, &words);
                let there = self.b.ins().uextend(types::I64, there);
                self.b.def_var(*some, there);
                self.stop(end);
            }
            (LoopResult::Exists, Outcome::Holds(holds)) => {
                let one = self.int(1);
                self.b.def_var(*holds, one);
                self.stop(end);
            }
            (LoopResult::Every(condition), Outcome::Holds(holds)) => {
                let bit = self.bool(*condition)?;
                let word = self.b.ins().uextend(types::I64, bit);
                self.b.def_var(*holds, word);
                self.jump_unless(bit, end, &[]);
            }
            (LoopResult::Group { keys, .. }, Outcome::Group(rows)) => {
                let source = it
                    .sources
                    .first()
                    .ok_or(NotYet("a loop without a source"))?;
                let shape = self.member(it)?;
                let element = self.slot(source.slot.index())?;
                let mut words = self.words(&element, &shape)?;
                for key in keys {
                    let shape = Shape::of(&self.node(*key)?.ty);
                    words.extend(self.eval_in(*key, &shape)?);
                }
                self.push(*rows, &words);
            }
            (LoopResult::Finally(_), _) => {}
            _ => return Err(NotYet("a loop without a result")),
        }
        Ok(())
    }

    /// Keeps the better of the best so far, if there is one, and a value; the first of equals.
    pub(super) fn keep_better(
        &mut self,
        (had, best): (Variable, &[Variable]),
        value: &Val,
        shape: &Shape,
        highest: bool,
    ) -> Lower<()> {
        let before = self.read(best);
        let before = self.value(&before, shape)?;
        let better = self.better(&before, value, shape, highest)?;
        let (better, value) = (self.words(&better, shape)?, self.words(value, shape)?);
        let some = self.b.use_var(had);
        let chosen = self.select(some, &better, &value);
        self.write(best, &chosen);
        let one = self.int(1);
        self.b.def_var(had, one);
        Ok(())
    }

    /// Sorts elements of so many words in their place; without keys they stay as they are.
    pub(super) fn sort(&mut self, [address, count]: [Value; 2], words: usize, keys: Vec<SortKey>) {
        if keys.is_empty() {
            return;
        }
        let note = self.unit.note(Note::Sort { words, keys });
        let note = self.int(note);
        let context = self.context;
        let status = self.call_host(Call::sort, &[context, note, address, count]);
        self.leave_if_not_zero(status);
    }

    /// Ends the loop; what is written behind is never reached.
    fn stop(&mut self, end: Block) {
        self.b.ins().jump(end, &[]);
        let never = self.cold();
        self.b.switch_to_block(never);
    }

    pub(super) fn made(
        &mut self,
        node: &Node,
        it: &Loop,
        carried: &Carried,
        result: &Outcome,
    ) -> Lower<Val> {
        match result {
            Outcome::List(list, _) => Ok(Val::List(self.finished(*list))),
            Outcome::Number(total, shape, _) => {
                let words = self.read(total);
                self.value(&words, shape)
            }
            Outcome::Count(count) => Ok(Val::Word(self.b.use_var(*count))),
            Outcome::Best(some, best, shape) => {
                let words = self.read(best);
                let value = self.value(&words, shape)?;
                let some = self.b.use_var(*some);
                let there = self.b.ins().ireduce(types::I8, some);
                Ok(Val::Optional(there, Box::new(value)))
            }
            Outcome::Holds(holds) => {
                let word = self.b.use_var(*holds);
                Ok(Val::Bool(self.b.ins().ireduce(types::I8, word)))
            }
            Outcome::Group(rows) => match &it.result {
                LoopResult::Group { keys, record } => self.grouped(it, keys, *record, *rows),
                _ => Err(NotYet("groups of another loop")),
            },
            Outcome::Nothing => match it.result {
                LoopResult::Finally(value) => {
                    self.bind_carries(it, carried)?;
                    let shape = Shape::of_node(&node.ty, node.facts.as_ref());
                    let words = self.eval_in(value, &shape)?;
                    self.value(&words, &shape)
                }
                _ => Err(NotYet("a loop without a result")),
            },
        }
    }

    fn grouped(
        &mut self,
        it: &Loop,
        keys: &[NodeId],
        record: RecordId,
        rows: Growing,
    ) -> Lower<Val> {
        let layouts = self.unit.layouts;
        let layout = layouts.record(record).ok_or(NotYet("an unknown record"))?;
        let member = self.member(it)?.words();
        let mut at = member;
        let mut noted = Vec::new();
        for (key, place) in keys.iter().zip(&layout.fields) {
            let shape = Shape::of(&self.node(*key)?.ty);
            // The key of the record was declared by the key itself.
            if shape != place.shape {
                return Err(NotYet("a key of another shape"));
            }
            noted.push((at, shape.clone()));
            at += shape.words();
        }
        let note = self.unit.note(Note::Group {
            words: rows.words,
            element: (0, member),
            keys: noted,
            offsets: layout.fields.iter().map(|place| place.offset).collect(),
            bytes: layout.bytes,
        });
        let note = self.int(note);
        let [address, count] = self.finished(rows);
        let to = self.scratch_address();
        let context = self.context;
        let status = self.call_host(Call::group, &[context, note, address, count, to]);
        self.leave_if_not_zero(status);
        let address = self.b.ins().load(types::I64, memory(), to, 0);
        let count = self.b.ins().load(types::I64, memory(), to, 8);
        Ok(Val::List([address, count]))
    }
}

/// The scale of a number's shape; 0 of others.
fn scale_of(shape: &Shape) -> u8 {
    match shape {
        Shape::Fixed(scale) => *scale,
        _ => 0,
    }
}
