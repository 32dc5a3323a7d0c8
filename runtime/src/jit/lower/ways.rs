//! Blocks and jumps, where code leaves, calls of the host, and room in the frame.

use cranelift_codegen::ir::condcodes::{CondCode, IntCC};
use cranelift_codegen::ir::{
    Block, FuncRef, InstBuilder, InstructionData, Opcode, StackSlot, StackSlotData, StackSlotKind,
    Value, ValueDef, types,
};
use cranelift_module::FuncId;

use super::value::memory;
use super::{Body, Lower};
use crate::jit::host::{Call, FUEL, LONGEST};

impl Body<'_, '_> {
    pub(super) fn block(&mut self) -> Block {
        self.b.create_block()
    }

    /// A block that is hardly ever reached.
    pub(super) fn cold(&mut self) -> Block {
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        block
    }

    /// A block with a parameter for each word.
    pub(super) fn block_of(&mut self, words: usize) -> (Block, Vec<Value>) {
        let block = self.block();
        let params = (0..words)
            .map(|_| self.b.append_block_param(block, types::I64))
            .collect();
        (block, params)
    }

    pub(super) fn jump(&mut self, block: Block, words: &[Value]) {
        let arguments: Vec<_> = words.iter().map(|word| (*word).into()).collect();
        self.b.ins().jump(block, &arguments);
    }

    /// Leaves when a bit is set.
    pub(super) fn leave_if(&mut self, bit: Value) {
        self.unit.remarks.check(self.at);
        if self.notes_doubt(bit) {
            return;
        }
        self.jump_if(bit, self.leave, &[]);
    }

    /// Leaves when a bit is set, also where doubts are noted: what follows could not be read.
    pub(super) fn leave_now_if(&mut self, bit: Value) {
        self.unit.remarks.check(self.at);
        self.jump_if(bit, self.leave, &[]);
    }

    /// Leaves when a bit is not set.
    pub(super) fn leave_unless(&mut self, bit: Value) {
        self.unit.remarks.check(self.at);
        if self.doubt.is_some() {
            let not = self.b.ins().icmp_imm_u(IntCC::Equal, bit, 0);
            self.notes_doubt(not);
            return;
        }
        self.jump_unless(bit, self.leave, &[]);
    }

    pub(super) fn leave_if_zero(&mut self, word: Value) {
        self.leave_unless(word);
    }

    pub(super) fn leave_if_not_zero(&mut self, word: Value) {
        self.leave_if(word);
    }

    /// Leaves; what is written behind is never reached.
    pub(super) fn leave_always(&mut self) {
        self.unit.remarks.check(self.at);
        if self.doubt.is_some() {
            let yes = self.bit(true);
            self.notes_doubt(yes);
            return;
        }
        let leave = self.leave;
        self.b.ins().jump(leave, &[]);
        let never = self.cold();
        self.b.switch_to_block(never);
    }

    /// Writes what happens only where a bit is set. What slots learn there is forgotten.
    pub(super) fn only_if(
        &mut self,
        bit: Value,
        write: impl FnOnce(&mut Self) -> Lower<()>,
    ) -> Lower<()> {
        let (this, next) = (self.block(), self.block());
        self.b.ins().brif(bit, this, &[], next, &[]);
        self.b.switch_to_block(this);
        let mark = self.mark();
        write(self)?;
        self.rollback(mark);
        self.b.ins().jump(next, &[]);
        self.b.switch_to_block(next);
        Ok(())
    }

    /// A bit that is written where another one is set, and known where it is not.
    pub(super) fn bit_if(
        &mut self,
        bit: Value,
        known: Value,
        write: impl FnOnce(&mut Self) -> Lower<Value>,
    ) -> Lower<Value> {
        let (this, done) = (self.block(), self.block());
        let result = self.b.append_block_param(done, types::I8);
        self.b.ins().brif(bit, this, &[], done, &[known.into()]);
        self.b.switch_to_block(this);
        let mark = self.mark();
        let written = write(self)?;
        self.rollback(mark);
        self.b.ins().jump(done, &[written.into()]);
        self.b.switch_to_block(done);
        Ok(result)
    }

    /// Jumps where a bit is set, and goes on where it is not.
    pub(super) fn jump_if(&mut self, bit: Value, block: Block, words: &[Value]) {
        let next = self.block();
        let arguments: Vec<_> = words.iter().map(|word| (*word).into()).collect();
        self.b.ins().brif(bit, block, &arguments, next, &[]);
        self.b.switch_to_block(next);
    }

    /// Jumps where a bit is not set, and goes on where it is.
    pub(super) fn jump_unless(&mut self, bit: Value, block: Block, words: &[Value]) {
        let next = self.block();
        let arguments: Vec<_> = words.iter().map(|word| (*word).into()).collect();
        self.b.ins().brif(bit, next, &[], block, &arguments);
        self.b.switch_to_block(next);
    }

    pub(super) fn call_host(&mut self, name: Call, arguments: &[Value]) -> Value {
        self.unit.remarks.call(self.at, name.name());
        let function = match self.unit.host.get(name as usize).copied() {
            Some(id) => self.function(id),
            // Calls and functions are made of one list, so there is one for each.
            None => {
                self.leave_always();
                return self.int(0);
            }
        };
        let call = self.b.ins().call(function, arguments);
        self.rooms_in_use = 0;
        match self.b.inst_results(call).first().copied() {
            Some(result) => result,
            None => self.int(0),
        }
    }

    pub(super) fn function(&mut self, id: FuncId) -> FuncRef {
        if let Some(found) = self.functions.get(&id) {
            return *found;
        }
        let found = self.unit.declare_in(id, self.b.func);
        self.functions.insert(id, found);
        found
    }

    /// Address of a few words in the frame.
    pub(super) fn scratch_address(&mut self) -> Value {
        let slot = match self.scratch {
            Some(slot) => slot,
            None => {
                let slot = self.new_room(4);
                self.scratch = Some(slot);
                slot
            }
        };
        self.b.ins().stack_addr(types::I64, slot, 0)
    }

    pub(super) fn new_room(&mut self, words: usize) -> StackSlot {
        let bytes = u32::try_from(words.max(1) * 8).unwrap_or(u32::MAX);
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, bytes, 3);
        self.b.create_sized_stack_slot(data)
    }

    /// Room in the frame until the next call is over.
    pub(super) fn room(&mut self, words: usize) -> StackSlot {
        let free = self.rooms.iter().enumerate().skip(self.rooms_in_use);
        let fitting = free.filter(|(_, (_, room))| *room >= words);
        let found = fitting.min_by_key(|(_, (_, room))| *room).map(|(at, _)| at);
        let at = match found {
            Some(at) => at,
            None => {
                let words = words.max(1).next_power_of_two();
                let slot = self.new_room(words);
                self.rooms.push((slot, words));
                self.rooms.len() - 1
            }
        };
        self.rooms.swap(at, self.rooms_in_use);
        let room = self.rooms.get(self.rooms_in_use).map(|(slot, _)| *slot);
        self.rooms_in_use += 1;
        match room {
            Some(slot) => slot,
            None => self.new_room(words),
        }
    }

    /// Words in the frame until the next call is over, and their address.
    pub(super) fn on_stack(&mut self, words: &[Value]) -> Value {
        let slot = self.room(words.len());
        let address = self.b.ins().stack_addr(types::I64, slot, 0);
        self.store(words, address, 0);
        address
    }

    /// Chooses between two values of one shape.
    pub(super) fn select(&mut self, bit: Value, then: &[Value], other: &[Value]) -> Vec<Value> {
        let pairs = then.iter().zip(other);
        pairs
            .map(|(then, other)| {
                if self.is_chosen_before(bit, *then, *other) {
                    return *then;
                }
                self.b.ins().select(bit, *then, *other)
            })
            .collect()
    }

    /// Whether a value is chosen where a bit is set, and the same constant as another one where it is not.
    fn is_chosen_before(&self, bit: Value, then: Value, other: Value) -> bool {
        let dfg = &self.b.func.dfg;
        let of = |value: Value| match dfg.value_def(value) {
            ValueDef::Result(inst, 0) => Some(dfg.insts[inst]),
            _ => None,
        };
        let constant = |value: Value| match of(value) {
            Some(InstructionData::UnaryImm { imm, .. }) => Some(imm),
            _ => None,
        };
        let (
            Some(InstructionData::Ternary {
                opcode: Opcode::Select,
                args: [before, instead, _],
            }),
            Some(InstructionData::IntCompare { cond, args, .. }),
        ) = (of(then), of(bit))
        else {
            return false;
        };
        let Some(InstructionData::IntCompare {
            cond: opposite,
            args: same,
            ..
        }) = of(before)
        else {
            return false;
        };
        cond == opposite.complement()
            && args == same
            && constant(instead).is_some()
            && constant(instead) == constant(other)
    }

    /// Counts down what may still be looked at, by one.
    pub(super) fn burn(&mut self) {
        let one = self.int(1);
        self.burn_all(one);
    }

    /// Counts down what may still be looked at, by so many.
    pub(super) fn burn_all(&mut self, count: Value) {
        let context = self.context;
        let left = self.b.ins().load(types::I64, memory(), context, FUEL);
        let left = self.b.ins().isub(left, count);
        self.b.ins().store(memory(), left, context, FUEL);
        let over = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
        self.leave_if(over);
    }

    /// Leaves when a list is longer than the call allows.
    pub(super) fn not_too_long(&mut self, count: Value) {
        let context = self.context;
        let most = self.b.ins().load(types::I64, memory(), context, LONGEST);
        let over = self.b.ins().icmp(IntCC::UnsignedGreaterThan, count, most);
        self.leave_if(over);
    }
}
