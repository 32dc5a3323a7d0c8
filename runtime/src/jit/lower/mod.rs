//! From nodes to machine code.
//!
//! One function per callable; small callables, and those with one caller, are written into their caller.
//! Whatever fails leaves: the function returns 1, every caller does the same, and the interpreter decides
//! from the start, since it alone knows the words. So code may also be done early, or again: nothing but
//! time can tell. What may not happen is a value where the interpreter has none.

mod branches;
mod calls;
mod compare;
mod dates;
mod loops;
mod numbers;
mod records;
mod rules;
mod shares;
mod tables;
mod texts;
mod value;

use std::collections::BTreeMap;

use assize_ir::{Callable, CallableId, Node, NodeId, Op, Slot, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    Block, FuncRef, InstBuilder, StackSlot, StackSlotData, StackSlotKind, Value, types,
};
use cranelift_frontend::{FunctionBuilder, Variable};
use cranelift_module::FuncId;

use super::code::{Arguments, Unit};
use super::host::Call;
use super::shape::{Shape, bytes};
use value::Val;

/// What the compiler does not write yet; a decision with it stays with the interpreter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotYet(pub(crate) &'static str);

pub(crate) type Lower<T> = Result<T, NotYet>;

/// A function that is being written.
pub(crate) struct Body<'b, 'p> {
    pub(crate) unit: &'b mut Unit<'p>,
    pub(crate) b: FunctionBuilder<'b>,
    /// Address of the context.
    context: Value,
    /// Where the function returns 1.
    leave: Block,
    /// The callable, and those that are written into it, the innermost last.
    frames: Vec<Frame<'p>>,
    /// What slots held before; undone where a branch ends.
    journal: Vec<(usize, usize, Bind)>,
    functions: BTreeMap<FuncId, FuncRef>,
    /// Room for what the host gives.
    scratch: Option<StackSlot>,
    /// Room in the frame for what a call is given, with its words; those in use come first.
    rooms: Vec<(StackSlot, usize)>,
    rooms_in_use: usize,
    /// How many loops there are around.
    depth: usize,
    /// Nodes written so far.
    pub(crate) written: usize,
}

/// A callable and what its slots hold.
struct Frame<'p> {
    callable: &'p Callable,
    /// The slots, and behind them the default of a rule.
    slots: Vec<Bind>,
    /// How often each slot is read.
    uses: Vec<u32>,
    /// Handles of running totals of the loops around, the innermost last.
    running: Vec<Vec<Value>>,
    /// Addresses of the parts of shares, and the number of the element, of the loops around.
    shares: Vec<(Vec<Value>, Value)>,
}

/// What a slot holds.
#[derive(Clone, Debug)]
enum Bind {
    Nothing,
    Value(Val),
    /// A `let` that is computed where it is used first.
    Lazy {
        node: NodeId,
        /// Loops around the `let`.
        depth: usize,
        memo: Option<Memo>,
    },
}

/// Remembers at run time whether a lazy value is there.
#[derive(Clone, Debug)]
struct Memo {
    done: Variable,
    words: Vec<Variable>,
    shape: Shape,
}

impl<'b, 'p> Body<'b, 'p> {
    pub(crate) fn new(
        unit: &'b mut Unit<'p>,
        b: FunctionBuilder<'b>,
        context: Value,
        leave: Block,
    ) -> Self {
        Body {
            unit,
            b,
            context,
            leave,
            frames: Vec::new(),
            journal: Vec::new(),
            functions: BTreeMap::new(),
            scratch: None,
            rooms: Vec::new(),
            rooms_in_use: 0,
            depth: 0,
            written: 0,
        }
    }

    /// Writes the code of a function; the room for its result, and the words to put there.
    pub(crate) fn write_callable(
        &mut self,
        id: CallableId,
        callable: &Callable,
        arguments: Arguments,
        params: &[Value],
    ) -> Lower<(Value, Vec<Value>)> {
        let second = params
            .get(1)
            .copied()
            .ok_or(NotYet("no second parameter"))?;
        let mut values = Vec::with_capacity(callable.params.len());
        let mut at = 2;
        let mut offset = 0;
        for param in &callable.params {
            let shape = Shape::of(&param.ty);
            let words = shape.words();
            let value = match arguments {
                Arguments::Given => {
                    let words = params
                        .get(at..at + words)
                        .ok_or(NotYet("too few parameters"))?;
                    self.value(words, &shape)?
                }
                Arguments::InMemory => self.load(value::memory(), second, offset, &shape)?,
            };
            at += words;
            offset += bytes(words);
            values.push(value);
        }
        let out = match arguments {
            Arguments::Given => second,
            Arguments::InMemory => params.get(2).copied().ok_or(NotYet("no room"))?,
        };
        let value = if arguments == Arguments::InMemory && self.unit.is_shared(id) {
            self.call_with(id, values)?
        } else {
            self.write_in(id, values)?
        };
        let words = self.words(&value, &Shape::of(&callable.result))?;
        Ok((out, words))
    }

    /// Gives the result, and ends the function.
    pub(crate) fn finish(&mut self, (out, words): (Value, Vec<Value>)) {
        self.store(&words, out, 0);
        let zero = self.int(0);
        self.b.ins().return_(&[zero]);
        let leave = self.leave;
        self.b.switch_to_block(leave);
        let one = self.int(1);
        self.b.ins().return_(&[one]);
        self.b.seal_all_blocks();
    }

    // ---- control

    fn block(&mut self) -> Block {
        self.b.create_block()
    }

    /// A block that is hardly ever reached.
    fn cold(&mut self) -> Block {
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        block
    }

    /// A block with a parameter for each word.
    fn block_of(&mut self, words: usize) -> (Block, Vec<Value>) {
        let block = self.block();
        let params = (0..words)
            .map(|_| self.b.append_block_param(block, types::I64))
            .collect();
        (block, params)
    }

    fn jump(&mut self, block: Block, words: &[Value]) {
        let arguments: Vec<_> = words.iter().map(|word| (*word).into()).collect();
        self.b.ins().jump(block, &arguments);
    }

    /// Leaves when a bit is set.
    fn leave_if(&mut self, bit: Value) {
        self.jump_if(bit, self.leave, &[]);
    }

    /// Leaves when a bit is not set.
    fn leave_unless(&mut self, bit: Value) {
        self.jump_unless(bit, self.leave, &[]);
    }

    fn leave_if_zero(&mut self, word: Value) {
        self.leave_unless(word);
    }

    fn leave_if_not_zero(&mut self, word: Value) {
        self.leave_if(word);
    }

    /// Leaves; what is written behind is never reached.
    fn leave_always(&mut self) {
        let leave = self.leave;
        self.b.ins().jump(leave, &[]);
        let never = self.cold();
        self.b.switch_to_block(never);
    }

    /// Writes what happens only where a bit is set. What slots learn there is forgotten.
    fn only_if(&mut self, bit: Value, write: impl FnOnce(&mut Self) -> Lower<()>) -> Lower<()> {
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
    fn bit_if(
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
    fn jump_if(&mut self, bit: Value, block: Block, words: &[Value]) {
        let next = self.block();
        let arguments: Vec<_> = words.iter().map(|word| (*word).into()).collect();
        self.b.ins().brif(bit, block, &arguments, next, &[]);
        self.b.switch_to_block(next);
    }

    /// Jumps where a bit is not set, and goes on where it is.
    fn jump_unless(&mut self, bit: Value, block: Block, words: &[Value]) {
        let next = self.block();
        let arguments: Vec<_> = words.iter().map(|word| (*word).into()).collect();
        self.b.ins().brif(bit, next, &[], block, &arguments);
        self.b.switch_to_block(next);
    }

    // ---- host

    fn call_host(&mut self, name: Call, arguments: &[Value]) -> Value {
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

    fn function(&mut self, id: FuncId) -> FuncRef {
        if let Some(found) = self.functions.get(&id) {
            return *found;
        }
        let found = self.unit.declare_in(id, self.b.func);
        self.functions.insert(id, found);
        found
    }

    /// Address of a few words in the frame.
    fn scratch_address(&mut self) -> Value {
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

    fn new_room(&mut self, words: usize) -> StackSlot {
        let bytes = u32::try_from(words.max(1) * 8).unwrap_or(u32::MAX);
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, bytes, 3);
        self.b.create_sized_stack_slot(data)
    }

    /// Room in the frame until the next call is over.
    fn room(&mut self, words: usize) -> StackSlot {
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
    fn on_stack(&mut self, words: &[Value]) -> Value {
        let slot = self.room(words.len());
        let address = self.b.ins().stack_addr(types::I64, slot, 0);
        self.store(words, address, 0);
        address
    }

    // ---- slots

    fn frame(&self) -> Lower<&Frame<'p>> {
        self.frames.last().ok_or(NotYet("no callable"))
    }

    fn node(&self, id: NodeId) -> Lower<&'p Node> {
        let callable = self.frame()?.callable;
        callable.node(id).ok_or(NotYet("an unknown node"))
    }

    fn mark(&self) -> usize {
        self.journal.len()
    }

    /// Forgets what slots have held since a mark: it was learned on a way that may not have been taken.
    fn rollback(&mut self, mark: usize) {
        while self.journal.len() > mark {
            let Some((frame, slot, before)) = self.journal.pop() else {
                break;
            };
            let held = self
                .frames
                .get_mut(frame)
                .and_then(|it| it.slots.get_mut(slot));
            if let Some(held) = held {
                *held = before;
            }
        }
    }

    fn bind(&mut self, slot: usize, bind: Bind) -> Lower<()> {
        let frame = self.frames.len().wrapping_sub(1);
        let held = self.frames.last_mut().and_then(|it| it.slots.get_mut(slot));
        let held = held.ok_or(NotYet("an unknown slot"))?;
        let before = std::mem::replace(held, bind);
        self.journal.push((frame, slot, before));
        Ok(())
    }

    fn bind_value(&mut self, slot: Slot, value: Val) -> Lower<()> {
        self.bind(slot.index(), Bind::Value(value))
    }

    /// Binds a lazy value. One that is certainly used, or costs nothing, is computed at once.
    fn bind_lazy(&mut self, slot: usize, node: NodeId, certain: bool) -> Lower<()> {
        if certain || self.is_trivial(node)? {
            let value = self.eval(node)?;
            return self.bind(slot, Bind::Value(value));
        }
        let uses = self.frame()?.uses.get(slot).copied().unwrap_or(0);
        // Used once, in no loop of its own: computed there.
        let memo = if uses == 0 {
            None
        } else {
            Some(self.memo(node)?)
        };
        let depth = self.depth;
        self.bind(slot, Bind::Lazy { node, depth, memo })
    }

    fn memo(&mut self, node: NodeId) -> Lower<Memo> {
        let node = self.node(node)?;
        let shape = Shape::of_node(&node.ty, node.facts.as_ref());
        let zero = self.int(0);
        let done = self.variable(zero);
        let words = (0..shape.words()).map(|_| self.variable(zero)).collect();
        Ok(Memo { done, words, shape })
    }

    fn variable(&mut self, start: Value) -> Variable {
        let variable = self.b.declare_var(types::I64);
        self.b.def_var(variable, start);
        variable
    }

    fn variables(&mut self, start: &[Value]) -> Vec<Variable> {
        start.iter().map(|word| self.variable(*word)).collect()
    }

    fn read(&mut self, variables: &[Variable]) -> Vec<Value> {
        variables
            .iter()
            .map(|variable| self.b.use_var(*variable))
            .collect()
    }

    fn write(&mut self, variables: &[Variable], words: &[Value]) {
        for (variable, word) in variables.iter().zip(words) {
            self.b.def_var(*variable, *word);
        }
    }

    /// The value of a slot.
    fn slot(&mut self, slot: usize) -> Lower<Val> {
        let bind = self.frame()?.slots.get(slot).cloned();
        let (node, depth, memo) = match bind {
            Some(Bind::Value(value)) => return Ok(value),
            Some(Bind::Lazy { node, depth, memo }) => (node, depth, memo),
            Some(Bind::Nothing) | None => return Err(NotYet("a slot without a value")),
        };
        let once = self.frame()?.uses.get(slot) == Some(&1) && depth == self.depth;
        let (Some(memo), false) = (memo, once) else {
            let value = self.eval(node)?;
            self.bind(slot, Bind::Value(value.clone()))?;
            return Ok(value);
        };
        let (known, first, done) = (self.block(), self.block(), self.block());
        let is_done = self.b.use_var(memo.done);
        self.b.ins().brif(is_done, known, &[], first, &[]);
        self.b.switch_to_block(first);
        let mark = self.mark();
        let value = self.eval(node)?;
        let words = self.words(&value, &memo.shape)?;
        self.rollback(mark);
        self.write(&memo.words, &words);
        let one = self.int(1);
        self.b.def_var(memo.done, one);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(known);
        self.b.ins().jump(done, &[]);
        self.b.switch_to_block(done);
        let words = self.read(&memo.words);
        let value = self.value(&words, &memo.shape)?;
        let value = self.known(value, node)?;
        self.bind(slot, Bind::Value(value.clone()))?;
        Ok(value)
    }

    /// A value with what is proved of its node.
    fn known(&self, value: Val, node: NodeId) -> Lower<Val> {
        Ok(value.within(self.node(node)?.facts.as_ref()))
    }

    fn is_trivial(&self, node: NodeId) -> Lower<bool> {
        Ok(match &self.node(node)?.op {
            Op::Const(_) => true,
            Op::Local(slot) => {
                matches!(self.frame()?.slots.get(slot.index()), Some(Bind::Value(_)))
            }
            Op::Field(inner, _) | Op::ToOptional(inner) | Op::IsMissing(inner) | Op::Not(inner) => {
                self.is_trivial(*inner)?
            }
            _ => false,
        })
    }

    fn bool(&mut self, node: NodeId) -> Lower<Value> {
        match self.eval(node)? {
            Val::Bool(bit) => Ok(bit),
            _ => Err(NotYet("not a bool")),
        }
    }

    /// A value in the shape in which its node is held.
    fn eval_in(&mut self, node: NodeId, shape: &Shape) -> Lower<Vec<Value>> {
        let value = self.eval(node)?;
        self.words(&value, shape)
    }

    /// The shape of a node.
    fn shape(&self, node: NodeId) -> Lower<Shape> {
        let node = self.node(node)?;
        Ok(Shape::of_node(&node.ty, node.facts.as_ref()))
    }

    /// How the elements of a list that a node gives are held.
    fn element_shape(&self, list: NodeId) -> Lower<Shape> {
        match &self.node(list)?.ty {
            Type::List { item, .. } => Ok(Shape::of_element(item)),
            _ => Err(NotYet("not a list")),
        }
    }

    /// The list that a node gives: address and count.
    fn list_of_node(&mut self, list: NodeId) -> Lower<[Value; 2]> {
        match self.eval(list)? {
            Val::List(words) => Ok(words),
            _ => Err(NotYet("not a list")),
        }
    }

    /// Writes the code of a node.
    fn eval(&mut self, id: NodeId) -> Lower<Val> {
        self.written += 1;
        let node = self.node(id)?;
        match &node.op {
            Op::Const(constant) => self.constant(constant, &node.ty),
            Op::Local(slot) => self.slot(slot.index()),
            Op::Default => {
                let slot = self.frame()?.callable.slots.len();
                self.slot(slot)
            }
            Op::Let {
                slot,
                mode,
                value,
                body,
            } => self.eval_let(*slot, *mode, *value, *body),
            Op::If { cond, then, other } => self.eval_if(node, *cond, *then, *other),
            Op::And(a, b) => self.eval_and(*a, *b),
            Op::Or(a, b) => self.eval_or(*a, *b),
            Op::Not(a) => {
                let bit = self.bool(*a)?;
                Ok(Val::Bool(self.b.ins().bxor_imm_u(bit, 1)))
            }
            Op::Counted { how, items } => self.counted(*how, items),
            Op::Arithmetic(how, a, b) => self.arithmetic(node, *how, (*a, *b)),
            Op::Negate(a) => {
                let value = self.eval(*a)?;
                self.negate(&value)
            }
            Op::Absolute(a) => {
                let value = self.eval(*a)?;
                self.absolute(&value)
            }
            Op::IntToNum(a) => match self.eval(*a)? {
                Val::Word(word) => {
                    let number = Val::Fixed(value::Fixed::any(word, 0));
                    Ok(number.within(node.facts.as_ref()))
                }
                _ => Err(NotYet("not a whole number")),
            },
            Op::NumToInt(a) => {
                let value = self.eval(*a)?;
                self.whole_of(&value)
            }
            Op::Round { value, step, mode } => self.round(node, (*value, *step, *mode)),
            Op::RoundRunning {
                state,
                value,
                step,
                mode,
                per,
            } => self.running(node, *state, (*value, *step, *mode), *per),
            Op::SharePart(share) => self.share_part(node, *share),
            Op::Border { value, to, .. } => {
                let number = self.eval(*value)?;
                let facts = self.node(*value)?.facts.as_ref();
                self.border(number, to, facts)
            }
            Op::Bound { value, at_most, .. } => self.bound(*value, *at_most),
            Op::Equal(a, b) => self.equal_nodes(*a, *b),
            Op::Compare(how, a, b) => self.compare_nodes(*how, *a, *b),
            Op::Between { value, low, high } => self.between(*value, *low, *high),
            Op::In(a, list) => self.is_in(*a, *list),
            Op::ToOptional(a) => {
                let value = self.eval(*a)?;
                let there = self.bit(true);
                Ok(Val::Optional(there, Box::new(value)))
            }
            Op::IsMissing(a) => {
                let value = self.eval(*a)?;
                Ok(Val::Bool(self.is_missing(&value)))
            }
            Op::Present(a) => self.present(*a),
            Op::Otherwise { value, other } => self.otherwise(node, *value, *other),
            Op::Stop(_) => {
                self.leave_always();
                self.never(node)
            }
            Op::DateStep { date, count, unit } => self.date_step(*date, *count, *unit),
            Op::DatePlusDays(a, b) => self.plus_days(*a, *b),
            Op::DatePlusFormula(a, b) => self.plus_formula(*a, *b),
            Op::DateDifference(a, b) => self.date_difference(*a, *b),
            Op::Builtin(builtin, arguments) => self.builtin(*builtin, arguments),
            Op::Text(parts) => self.text(parts),
            Op::Record(record, fields) => {
                let mut values = Vec::with_capacity(fields.len());
                for field in fields {
                    values.push(self.eval(*field)?);
                }
                Ok(Val::Made(*record, values))
            }
            Op::Field(of, field) => self.field(id, *of, *field),
            Op::With(of, changes) => self.with(*of, changes),
            Op::Check(of) => self.check(*of),
            Op::Lookup { relation, key } => self.lookup(*relation, key),
            Op::ValidOn { row, date } => self.valid_on(*row, *date),
            Op::List(items) => self.list(node, items),
            Op::Concat(a, b) => self.concat(node, *a, *b),
            Op::Lowest(items) => self.extreme(node, items, false),
            Op::Highest(items) => self.extreme(node, items, true),
            Op::Loop(it) => self.eval_loop(node, it),
            Op::Call(callable, arguments) => self.call(node, *callable, arguments),
            Op::Reason(reason, arguments) => self.reason(*reason, arguments),
            Op::ReasonCode(a) => self.reason_code(*a),
            Op::ReasonSeverity(a) => self.reason_severity(*a),
        }
    }

    /// A value that is never seen.
    fn never(&mut self, node: &Node) -> Lower<Val> {
        self.zero_of(&Shape::of_node(&node.ty, node.facts.as_ref()))
    }

    /// Chooses between two values of one shape.
    fn select(&mut self, bit: Value, then: &[Value], other: &[Value]) -> Vec<Value> {
        let pairs = then.iter().zip(other);
        pairs
            .map(|(then, other)| self.b.ins().select(bit, *then, *other))
            .collect()
    }

    /// Counts down what may still be looked at.
    fn burn(&mut self) {
        let context = self.context;
        let left = self
            .b
            .ins()
            .load(types::I64, value::memory(), context, super::host::FUEL);
        let left = self.b.ins().iadd_imm_s(left, -1);
        self.b
            .ins()
            .store(value::memory(), left, context, super::host::FUEL);
        let over = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
        self.leave_if(over);
    }

    /// Leaves when a list is longer than the call allows.
    fn not_too_long(&mut self, count: Value) {
        let context = self.context;
        let most = self
            .b
            .ins()
            .load(types::I64, value::memory(), context, super::host::LONGEST);
        let over = self.b.ins().icmp(IntCC::UnsignedGreaterThan, count, most);
        self.leave_if(over);
    }
}
