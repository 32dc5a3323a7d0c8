//! From nodes to machine code.
//!
//! One function per callable; small callables, and those with one caller, are written into their caller.
//! Whatever fails leaves: the function returns 1, every caller does the same, and the interpreter decides
//! from the start, since it alone knows the words. So code may also be done early, or again: nothing but
//! time can tell. What may not happen is a value where the interpreter has none.

mod branches;
mod calls;
mod calm;
pub(crate) mod columns;
mod compare;
mod dates;
mod flat;
pub(crate) mod images;
mod indexed;
mod loops;
mod numbers;
mod outcomes;
mod outputs;
mod records;
mod rules;
mod shares;
mod slots;
mod steps;
mod tables;
mod tells;
mod texts;
mod unrolled;
mod value;
mod ways;

use std::collections::BTreeMap;

use assize_ir::{Callable, CallableId, Node, NodeId, Op, PlaceId, Type};
use cranelift_codegen::ir::{Block, FuncRef, InstBuilder, StackSlot, Value};
use cranelift_frontend::{FunctionBuilder, Variable};
use cranelift_module::FuncId;

use super::code::{Arguments, Unit};
use super::report::why;
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
    /// Sums and products that were computed on the way here, with the bit that is set where they do not fit.
    known: Vec<(Exact, [Value; 2], [Value; 2])>,
    /// Bits that are not set from here on, and pairs of which one is not.
    trusted: Vec<(Value, Value)>,
    functions: BTreeMap<FuncId, FuncRef>,
    /// Room for what the host gives.
    scratch: Option<StackSlot>,
    /// Room in the frame for what a call is given, with its words; those in use come first.
    rooms: Vec<(StackSlot, usize)>,
    rooms_in_use: usize,
    /// How many loops there are around.
    depth: usize,
    /// How often what is written now is written, for elements at hand.
    copied: usize,
    /// Where the image of the arguments lies, and the caller's value, which are there from the start and are never
    /// written.
    image: Option<(Value, Value)>,
    /// Where a doubt is noted by code that must not leave, and whether one is.
    doubt: Option<(Variable, bool)>,
    /// Where the node stands that is being written, and why code may leave there.
    at: Option<(PlaceId, &'static str)>,
    /// Nodes written so far.
    pub(crate) written: usize,
}

/// Arithmetic of coefficients that may not fit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exact {
    Sum,
    Difference,
    Product,
}

/// A callable and what its slots hold.
struct Frame<'p> {
    id: CallableId,
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
    /// A value that is good only where a bit is not set.
    Doubted {
        value: Val,
        doubt: Value,
    },
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
            known: Vec::new(),
            trusted: Vec::new(),
            functions: BTreeMap::new(),
            scratch: None,
            rooms: Vec::new(),
            rooms_in_use: 0,
            depth: 0,
            copied: 1,
            image: None,
            doubt: None,
            at: None,
            written: 0,
        }
    }

    /// Writes the code of a function; the room for its result, and the words to put there.
    pub(crate) fn write_callable(
        &mut self,
        id: CallableId,
        callable: &Callable,
        arguments: Arguments<'_>,
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
                Arguments::InMemory | Arguments::Image(..) | Arguments::Columns(_) => {
                    self.load(value::memory(), second, offset, &shape)?
                }
            };
            at += words;
            offset += bytes(words);
            values.push(value);
        }
        let out = match arguments {
            Arguments::Given => second,
            Arguments::InMemory | Arguments::Image(..) | Arguments::Columns(_) => {
                params.get(2).copied().ok_or(NotYet("no room"))?
            }
        };
        let entered = matches!(arguments, Arguments::InMemory);
        let value = if entered && self.unit.is_shared(id) {
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
        let value = self.eval(list)?;
        self.list_words(&value)
    }

    /// Address and count of a list.
    fn list_words(&mut self, value: &Val) -> Lower<[Value; 2]> {
        match value {
            Val::List(words) => Ok(*words),
            Val::Items(items, shape) => self.items_in_memory(items, shape),
            _ => Err(NotYet("not a list")),
        }
    }

    /// Writes the code of a node.
    fn eval(&mut self, id: NodeId) -> Lower<Val> {
        let node = self.node(id)?;
        let outer = self.at.replace((node.place, why(&node.op)));
        let value = self.eval_op(id, node);
        self.at = outer;
        value
    }

    fn eval_op(&mut self, id: NodeId, node: &'p Node) -> Lower<Val> {
        self.written += 1;
        match &node.op {
            Op::Const(constant) => self.constant(constant, &node.ty),
            Op::Local(slot) => Ok(self.slot(slot.index())?.within(node.facts.as_ref())),
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
                Ok(Val::Bool(self.not(bit)))
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
                    values.push(self.new_field(*field)?);
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
}
