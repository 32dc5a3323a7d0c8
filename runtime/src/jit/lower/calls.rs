//! Calls: written into the caller, or to a function of their own.

use assize_ir::{Body as CallableBody, CallableId, Node, NodeId, ParameterValue, date};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::branches::count_uses;
use super::value::{Val, memory};
use super::{Bind, Body, Frame, Lower, NotYet};
use crate::jit::shape::Shape;

/// Nodes of a function beyond which nothing more is written into it.
const MOST_NODES: usize = 4_000;

impl Body<'_, '_> {
    pub(super) fn call(&mut self, node: &Node, id: CallableId, arguments: &[NodeId]) -> Lower<Val> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.eval(*argument)?);
        }
        Ok(self.call_with(id, values)?.within(node.facts.as_ref()))
    }

    /// Calls a callable with values.
    pub(super) fn call_with(&mut self, id: CallableId, values: Vec<Val>) -> Lower<Val> {
        if self.unit.is_written_in(id) && self.written < MOST_NODES {
            return self.write_in(id, values);
        }
        let program = self.unit.program;
        let callable = program.callable(id).ok_or(NotYet("an unknown callable"))?;
        let result = Shape::of(&callable.result);
        let mut words = Vec::new();
        for (value, param) in values.iter().zip(&callable.params) {
            words.extend(self.words(value, &Shape::of(&param.ty))?);
        }
        let slot = self.room(result.words());
        let out = self.b.ins().stack_addr(types::I64, slot, 0);
        let words = [vec![self.context, out], words].concat();
        let function = self.unit.function_of(id)?;
        let function = self.function(function);
        let call = self.b.ins().call(function, &words);
        if let Some(status) = self.b.inst_results(call).first().copied() {
            self.leave_if_not_zero(status);
        }
        self.rooms_in_use = 0;
        self.load(memory(), out, 0, &result)
    }

    /// Writes a callable here, with its parameters bound to values.
    pub(super) fn write_in(&mut self, id: CallableId, values: Vec<Val>) -> Lower<Val> {
        let program = self.unit.program;
        let callable = program.callable(id).ok_or(NotYet("an unknown callable"))?;
        let mut slots: Vec<Bind> = values.into_iter().map(Bind::Value).collect();
        slots.resize(callable.slots.len() + 1, Bind::Nothing);
        let mark = self.mark();
        self.frames.push(Frame {
            id,
            callable,
            slots,
            uses: count_uses(callable),
            running: Vec::new(),
            shares: Vec::new(),
        });
        let value = match &callable.body {
            CallableBody::Define(node) => self.eval(*node),
            CallableBody::Parameter(values) => self.parameter(values),
            CallableBody::Rule(rule) => self.rule(rule),
            CallableBody::Table(table) => self.table(table),
            CallableBody::Grid(grid) => self.grid(grid),
        };
        self.frames.pop();
        // What slots of the callable held is of no use to anybody else.
        self.journal.truncate(mark.journal);
        value
    }

    /// Values through time: the last whose first day is not after the day.
    fn parameter(&mut self, values: &[ParameterValue]) -> Lower<Val> {
        let result = &self.frame()?.callable.result;
        let shape = Shape::of(result);
        if self.frame()?.callable.params.is_empty() {
            let mut numbered = (0u32..).zip(values);
            return match numbered.find(|(_, value)| value.from.is_none()) {
                Some((number, value)) => {
                    self.tell(number)?;
                    self.eval(value.value)
                }
                None => {
                    self.leave_always();
                    self.zero_of(&shape)
                }
            };
        }
        let Val::Word(day) = self.slot(0)? else {
            return Err(NotYet("a parameter without a day"));
        };
        let (done, params) = self.block_of(shape.words());
        let numbered: Vec<_> = (0u32..).zip(values).collect();
        for (number, value) in numbered.into_iter().rev() {
            let from = i64::from(value.from.unwrap_or(date::FIRST_DAY));
            let holds = self
                .b
                .ins()
                .icmp_imm_s(IntCC::SignedGreaterThanOrEqual, day, from);
            self.way_if(holds, (done, &shape), |body| {
                body.tell(number)?;
                body.eval(value.value)
            })?;
        }
        self.leave_always();
        let never = self.zero_of(&shape)?;
        self.end_of_ways((done, &params), &shape, &never)
    }

    /// A value of a shape that is never seen.
    pub(super) fn zero_of(&mut self, shape: &Shape) -> Lower<Val> {
        let zero = self.int(0);
        let words: Vec<Value> = vec![zero; shape.words()];
        self.value(&words, shape)
    }
}
