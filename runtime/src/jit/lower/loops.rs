//! Queries and `for each`.
//!
//! Where nothing has to be seen of all elements before the first one counts, a loop goes through its
//! sources once. Else the elements that pass the filter are gathered first, with their sort keys.

use assize_ir::{Carry, LetMode, Loop, LoopResult, Node, NodeId, Over};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};
use cranelift_frontend::Variable;

use super::branches::certainly_uses;
use super::outcomes::Outcome;
use super::value::{Val, cells, memory};
use super::{Body, Lower, NotYet};
use crate::jit::host::{Call, Note, SortKey};
use crate::jit::planted::Planted;
use crate::jit::shape::{Shape, WORD, bytes};

/// A list that grows.
#[derive(Clone, Copy)]
pub(super) struct Growing {
    address: Variable,
    count: Variable,
    room: Variable,
    pub(super) words: usize,
}

/// Carried values, and how they are held.
pub(super) type Carried = Vec<(Vec<Variable>, Shape)>;

/// Elements one after the other, each with the words of its sources first.
pub(super) struct Gathered {
    pub(super) address: Value,
    pub(super) count: Value,
    pub(super) words: usize,
    pub(super) shapes: Vec<Shape>,
}

impl Body<'_, '_> {
    // ---- lists that grow

    pub(super) fn growing(&mut self, words: usize) -> Growing {
        let (none, zero) = (self.int(i64::from(WORD)), self.int(0));
        Growing {
            address: self.variable(none),
            count: self.variable(zero),
            room: self.variable(zero),
            words,
        }
    }

    pub(super) fn push(&mut self, list: Growing, words: &[Value]) {
        let count = self.b.use_var(list.count);
        let room = self.b.use_var(list.room);
        let full = self.b.ins().icmp(IntCC::Equal, count, room);
        let (more, go_on) = (self.cold(), self.block());
        self.b.ins().brif(full, more, &[], go_on, &[]);
        self.b.switch_to_block(more);
        let address = self.b.use_var(list.address);
        let each = self.int(i64::try_from(list.words).unwrap_or(i64::MAX));
        let context = self.context;
        let address = self.call_host(Call::grow, &[context, address, count, each]);
        self.leave_if_zero(address);
        self.b.def_var(list.address, address);
        let twice = self.b.ins().ishl_imm_u(count, 1);
        let least = self.int(8);
        let room = self.b.ins().umax(twice, least);
        self.b.def_var(list.room, room);
        self.b.ins().jump(go_on, &[]);
        self.b.switch_to_block(go_on);
        let address = self.b.use_var(list.address);
        let at = self.element(address, count, list.words);
        self.store(words, at, 0);
        let count = self.b.ins().iadd_imm_s(count, 1);
        self.b.def_var(list.count, count);
    }

    pub(super) fn finished(&mut self, list: Growing) -> [Value; 2] {
        let count = self.b.use_var(list.count);
        self.not_too_long(count);
        [self.b.use_var(list.address), count]
    }

    // ---- going through

    /// Writes code for each number below a count, and counts each as looked at.
    fn each_number(
        &mut self,
        count: Value,
        mut then: impl FnMut(&mut Self, Value) -> Lower<()>,
    ) -> Lower<()> {
        self.each(count, |body, number| {
            body.burn();
            then(body, number)
        })
    }

    pub(super) fn each(
        &mut self,
        count: Value,
        mut then: impl FnMut(&mut Self, Value) -> Lower<()>,
    ) -> Lower<()> {
        let zero = self.int(0);
        let at = self.variable(zero);
        let (head, inside, done) = (self.block(), self.block(), self.block());
        self.b.ins().jump(head, &[]);
        self.b.switch_to_block(head);
        let number = self.b.use_var(at);
        let more = self.b.ins().icmp(IntCC::UnsignedLessThan, number, count);
        self.b.ins().brif(more, inside, &[], done, &[]);
        self.b.switch_to_block(inside);
        let mark = self.mark();
        self.depth += 1;
        then(self, number)?;
        self.depth -= 1;
        self.rollback(mark);
        let next = self.b.ins().iadd_imm_s(number, 1);
        self.b.def_var(at, next);
        self.b.ins().jump(head, &[]);
        self.b.switch_to_block(done);
        Ok(())
    }

    /// Writes code for each element of a list.
    pub(super) fn each_element(
        &mut self,
        [address, count]: [Value; 2],
        shape: &Shape,
        mut then: impl FnMut(&mut Self, Val) -> Lower<()>,
    ) -> Lower<()> {
        // Lists are short, so all of it counts, even where the loop ends early.
        self.burn_all(count);
        self.each(count, |body, number| {
            let at = body.element(address, number, shape.words());
            let element = body.load(memory(), at, 0, shape)?;
            then(body, element)
        })
    }

    /// Writes code for each element of the sources from one on that passes the filter.
    fn visit(
        &mut self,
        it: &Loop,
        at: usize,
        then: &mut dyn FnMut(&mut Self) -> Lower<()>,
    ) -> Lower<()> {
        let Some(source) = it.sources.get(at) else {
            let Some(filter) = it.filter else {
                return then(self);
            };
            let holds = self.bool(filter)?;
            return self.only_if(holds, then);
        };
        let slot = source.slot;
        match &source.over {
            Over::List(list) => {
                if let Some(items) = self.copies(*list).map(<[_]>::to_vec) {
                    return self.each_copy(items, slot, |body| body.visit(it, at + 1, then));
                }
                let shape = self.element_shape(*list)?;
                let list = self.list_of_node(*list)?;
                self.each_element(list, &shape, |body, element| {
                    body.bind_value(slot, element)?;
                    body.visit(it, at + 1, then)
                })
            }
            Over::Relation(relation) => {
                self.unit.reads(*relation);
                let rows = self.relation_word(*relation, 0)?;
                self.each_number(rows, |body, row| {
                    body.bind_value(slot, Val::Word(row))?;
                    body.visit(it, at + 1, then)
                })
            }
            Over::Indexed {
                relation,
                index,
                key,
            } => {
                self.unit.reads(*relation);
                let program = self.unit.program;
                let fields = program
                    .relation(*relation)
                    .and_then(|it| it.indexes.get(index.index()))
                    .ok_or(NotYet("an unknown index"))?;
                let fields = fields.fields.iter().map(|field| *field as usize);
                let (key, possible) = self.key(*relation, fields, key)?;
                let (number, index) = (self.int(relation.0.into()), self.int(index.0.into()));
                let to = self.scratch_address();
                let context = self.context;
                let status = self.call_host(Call::select, &[context, number, index, key, to]);
                self.leave_if_not_zero(status);
                let address = self.b.ins().load(types::I64, memory(), to, 0);
                let mut count = self.b.ins().load(types::I64, memory(), to, 8);
                if self.unit.has(Planted::StaleIndex) {
                    let one = self.int(1);
                    let some = self.b.ins().umin(count, one);
                    count = self.b.ins().isub(count, some);
                }
                if let Some(possible) = possible {
                    let none = self.int(0);
                    count = self.b.ins().select(possible, count, none);
                }
                self.each_number(count, |body, number| {
                    let place = body.element(address, number, 1);
                    let row = body.b.ins().load(types::I64, cells(), place, 0);
                    body.bind_value(slot, Val::Word(row))?;
                    body.visit(it, at + 1, then)
                })
            }
        }
    }

    // ---- the loop

    pub(super) fn eval_loop(&mut self, node: &Node, it: &Loop) -> Lower<Val> {
        if let Some(value) = self.calm_loop(node, it)? {
            return Ok(value.within(node.facts.as_ref()));
        }
        let mark = self.mark();
        let carried = self.starts(&it.carries)?;
        let result = self.result(node, it)?;
        let handles = self.new_running(it)?;
        let end = self.block();
        if self.goes_once(it)? {
            // What passes the filter counts as a list, which a list or an early end keeps short enough.
            let list =
                matches!(it.sources.as_slice(), [source] if matches!(source.over, Over::List(_)));
            let stops = matches!(it.result, LoopResult::Exists | LoopResult::Every(_));
            let kept = if list || stops {
                None
            } else {
                let zero = self.int(0);
                Some(self.variable(zero))
            };
            self.visit(it, 0, &mut |body| {
                if let Some(kept) = kept {
                    let count = body.b.use_var(kept);
                    let count = body.b.ins().iadd_imm_s(count, 1);
                    body.b.def_var(kept, count);
                    body.not_too_long(count);
                }
                let next = body.block();
                body.body(it, &carried, &result, end, next)?;
                body.b.switch_to_block(next);
                Ok(())
            })?;
        } else {
            self.gathered(it, &carried, &result, end)?;
        }
        self.b.ins().jump(end, &[]);
        self.b.switch_to_block(end);
        self.old_running(handles);
        self.rollback(mark);
        let value = self.made(node, it, &carried, &result)?;
        self.rollback(mark);
        Ok(value.within(node.facts.as_ref()))
    }

    /// Whether elements may count as they come: nothing has to be known of later ones before.
    fn goes_once(&self, it: &Loop) -> Lower<bool> {
        if !it.order.is_empty() || !it.shares.is_empty() {
            return Ok(false);
        }
        let plain = it.carries.is_empty() && it.running == 0;
        let stops = matches!(
            it.result,
            LoopResult::First(_) | LoopResult::Exists | LoopResult::Every(_)
        );
        // A loop that may end early must all the same see what fails further on, unless the definition
        // goes element by element itself.
        let early = it.until.is_some() || stops;
        let whole_list = it.filter.is_none()
            && matches!(it.sources.as_slice(), [source] if matches!(source.over, Over::List(_)));
        Ok(!early || (stops && plain) || whole_list)
    }

    pub(super) fn starts(&mut self, carries: &[Carry]) -> Lower<Carried> {
        let mut carried = Vec::with_capacity(carries.len());
        for carry in carries {
            let ty = &self
                .frame()?
                .callable
                .slot(carry.slot)
                .ok_or(NotYet("an unknown slot"))?
                .ty;
            let shape = match carry.next {
                Some(next) => wider(self.shape(carry.start)?, self.shape(next)?),
                None => self.shape(carry.start)?,
            };
            let shape = if ty.is_optional() && !matches!(shape, Shape::Optional(_)) {
                Shape::Optional(Box::new(shape))
            } else {
                shape
            };
            let words = self.eval_in(carry.start, &shape)?;
            carried.push((self.variables(&words), shape));
        }
        Ok(carried)
    }

    pub(super) fn bind_carries(&mut self, it: &Loop, carried: &Carried) -> Lower<()> {
        for (carry, (variables, shape)) in it.carries.iter().zip(carried) {
            let words = self.read(variables);
            let value = self.value(&words, shape)?;
            self.bind_value(carry.slot, value)?;
        }
        Ok(())
    }

    fn new_running(&mut self, it: &Loop) -> Lower<bool> {
        if it.running == 0 {
            return Ok(false);
        }
        let context = self.context;
        let handles = (0..it.running)
            .map(|_| self.call_host(Call::running_new, &[context]))
            .collect();
        self.frames
            .last_mut()
            .ok_or(NotYet("no callable"))?
            .running
            .push(handles);
        Ok(true)
    }

    fn old_running(&mut self, has: bool) {
        if let (true, Some(frame)) = (has, self.frames.last_mut()) {
            frame.running.pop();
        }
    }

    pub(super) fn running(
        &mut self,
        node: &Node,
        state: u32,
        (value, step, mode): (NodeId, NodeId, NodeId),
        per: Option<NodeId>,
    ) -> Lower<Val> {
        let handle = self
            .frame()?
            .running
            .last()
            .and_then(|all| all.get(state as usize))
            .copied();
        let handle = handle.ok_or(NotYet("no running total"))?;
        let mut words = self.eval_in(value, &Shape::Decimal)?;
        words.extend(self.eval_in(step, &Shape::Decimal)?);
        words.extend(self.eval_in(mode, &Shape::Word)?);
        let (shape, key) = match per {
            Some(per) => {
                let shape = Shape::of_element(&self.node(per)?.ty);
                let key = self.eval_in(per, &shape)?;
                (Some(shape), key)
            }
            None => (None, Vec::new()),
        };
        let note = self.unit.note(Note::Running(shape));
        let note = self.int(note);
        let value = self.on_stack(&words);
        let key = self.on_stack(&key);
        let context = self.context;
        let part = self.decimal_from(Call::running_add, &[context, note, handle, value, key])?;
        self.settled(part, node)
    }

    /// Gathers the elements that pass the filter, sorts them, and goes through them.
    fn gathered(
        &mut self,
        it: &Loop,
        carried: &Carried,
        result: &Outcome,
        end: Block,
    ) -> Lower<()> {
        let sources = it.sources.iter().map(|source| self.source_shape(source));
        let shapes = sources.collect::<Lower<Vec<Shape>>>()?;
        let mut words = shapes.iter().map(Shape::words).sum();
        let mut keys = Vec::new();
        for key in &it.order {
            let shape = Shape::of_element(&self.node(key.value)?.ty);
            keys.push(SortKey {
                at: words,
                shape: shape.clone(),
                descending: key.descending && !self.unit.has(Planted::AscendingAlways),
            });
            words += shape.words();
        }
        let rows = self.growing(words);
        self.visit(it, 0, &mut |body| {
            let mut row = Vec::with_capacity(words);
            for (source, shape) in it.sources.iter().zip(&shapes) {
                let element = body.slot(source.slot.index())?;
                row.extend(body.words(&element, shape)?);
            }
            for (key, noted) in it.order.iter().zip(&keys) {
                row.extend(body.eval_in(key.value, &noted.shape)?);
            }
            body.push(rows, &row);
            Ok(())
        })?;
        let [address, count] = self.finished(rows);
        self.sort([address, count], words, keys);
        let gathered = Gathered {
            address,
            count,
            words,
            shapes,
        };
        if it.shares.is_empty() {
            return self.each_gathered(it, &gathered, |body, _| {
                let next = body.block();
                body.body(it, carried, result, end, next)?;
                body.b.switch_to_block(next);
                Ok(())
            });
        }
        let gathered = self.cut(it, gathered)?;
        let parts = self.compute_shares(it, carried, &gathered)?;
        self.each_gathered(it, &gathered, |body, number| {
            let next = body.block();
            body.with_shares((parts.clone(), number), |body| {
                body.body(it, carried, result, end, next)
            })?;
            body.b.switch_to_block(next);
            Ok(())
        })
    }

    /// Goes through gathered elements.
    pub(super) fn each_gathered(
        &mut self,
        it: &Loop,
        gathered: &Gathered,
        mut then: impl FnMut(&mut Self, Value) -> Lower<()>,
    ) -> Lower<()> {
        self.each_number(gathered.count, |body, number| {
            let at = body.element(gathered.address, number, gathered.words);
            let mut offset = 0;
            for (source, shape) in it.sources.iter().zip(&gathered.shapes) {
                let element = body.load(memory(), at, offset, shape)?;
                offset += bytes(shape.words());
                body.bind_value(source.slot, element)?;
            }
            then(body, number)
        })
    }

    /// The body for one element: goes on at `next`, or to `end`.
    fn body(
        &mut self,
        it: &Loop,
        carried: &Carried,
        result: &Outcome,
        end: Block,
        next: Block,
    ) -> Lower<()> {
        self.bind_carries(it, carried)?;
        let last = match it.until {
            // Before shares are divided, the elements after the last are cut off.
            Some(until) if it.shares.is_empty() => Some(self.bool(until)?),
            _ => None,
        };
        for each in &it.lets {
            // A `next` and the result are always computed, so what they use is.
            let callable = self.frame()?.callable;
            let roots = it.carries.iter().filter_map(|carry| carry.next);
            let mut roots = roots.chain(match it.result {
                LoopResult::Finally(_) => Vec::new(),
                _ => it.result.operands(),
            });
            let certain = each.mode == LetMode::Now
                || roots.any(|root| certainly_uses(callable, root, each.slot));
            self.bind_lazy(each.slot.index(), each.value, certain)?;
        }
        let mut nexts = Vec::new();
        for (carry, (variables, shape)) in it.carries.iter().zip(carried) {
            if let Some(value) = carry.next {
                nexts.push((variables, self.eval_in(value, shape)?));
            }
        }
        self.grow(it, result, end)?;
        for (variables, words) in nexts {
            self.write(variables, &words);
        }
        match last {
            Some(last) => {
                self.b.ins().brif(last, end, &[], next, &[]);
            }
            None => {
                self.b.ins().jump(next, &[]);
            }
        }
        Ok(())
    }
}

/// A shape that holds the values of both.
fn wider(a: Shape, b: Shape) -> Shape {
    match (a, b) {
        (Shape::Fixed(a), Shape::Fixed(b)) => Shape::Fixed(a.max(b)),
        (Shape::Fixed(_) | Shape::Decimal, Shape::Fixed(_) | Shape::Decimal) => Shape::Decimal,
        (Shape::Optional(a), Shape::Optional(b)) => Shape::Optional(Box::new(wider(*a, *b))),
        (Shape::Optional(a), b) | (b, Shape::Optional(a)) => {
            Shape::Optional(Box::new(wider(*a, b)))
        }
        (a, _) => a,
    }
}
