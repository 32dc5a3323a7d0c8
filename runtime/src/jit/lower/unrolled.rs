//! Loops over a few elements at hand: written once for each of them.
//!
//! A list whose length is known when code is made, such as an array of the caller, needs no counter, no memory and
//! no jump back. Where filter and value are calm there is no branch either: every element is computed, and a bit
//! says whether it counts.

use assize_ir::{Loop, LoopResult, Node, NodeId, Op, Over, Slot};
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::calm::{EACH, is_plain};
use super::value::{Fixed, Item, Val};
use super::{Body, Lower, NotYet};
use crate::jit::shape::Shape;

/// Most elements that are written one by one.
pub(super) const MOST_COPIES: usize = 8;
/// Most copies of what stands in loops in loops.
const MOST_NESTED: usize = 32;
/// Nodes of a function beyond which nothing is written more than once.
const MOST_WRITTEN: usize = 2_000;

/// What a loop over elements at hand looks at.
pub(super) struct Parts<'l> {
    pub(super) slot: Slot,
    pub(super) items: &'l [Item],
    filter: Option<NodeId>,
    wanted: Option<NodeId>,
}

impl Parts<'_> {
    /// Filter and value.
    pub(super) fn roots(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.filter.into_iter().chain(self.wanted)
    }
}

/// An element of a loop without branches.
struct Calm {
    /// Whether it counts; always, if there is no bit.
    hit: Option<Value>,
    /// What it gives, where the loop asks for a value.
    value: Val,
}

impl Body<'_, '_> {
    /// The elements of a list at hand, where they may be written one by one.
    pub(super) fn copies(&self, list: NodeId) -> Option<&[Item]> {
        if self.written > MOST_WRITTEN {
            return None;
        }
        match self.at_hand(list)? {
            Val::Items(items, _)
                if items.len() <= MOST_COPIES
                    && self.copied.saturating_mul(items.len()) <= MOST_NESTED =>
            {
                Some(items)
            }
            _ => None,
        }
    }

    /// The value of a slot, or of a field in one, that needs no code.
    fn at_hand(&self, node: NodeId) -> Option<&Val> {
        match &self.node(node).ok()?.op {
            Op::Local(slot) => match self.frame().ok()?.slots.get(slot.index())? {
                super::Bind::Value(value) => Some(value),
                _ => None,
            },
            Op::Field(of, field) => match self.at_hand(*of)? {
                Val::Made(_, fields) => fields.get(*field as usize),
                _ => None,
            },
            _ => None,
        }
    }

    /// Writes code for each element, one after the other.
    pub(super) fn each_copy(
        &mut self,
        items: Vec<Item>,
        slot: Slot,
        mut then: impl FnMut(&mut Self) -> Lower<()>,
    ) -> Lower<()> {
        let outer = self.copied;
        self.copied = outer.saturating_mul(items.len());
        self.depth += 1;
        for item in items {
            let mark = self.mark();
            match item.when {
                Some(when) => self.only_if(when, |body| {
                    body.bind_value(slot, item.value)?;
                    then(body)
                })?,
                None => {
                    self.bind_value(slot, item.value)?;
                    then(self)?;
                }
            }
            self.rollback(mark);
        }
        self.depth -= 1;
        self.copied = outer;
        Ok(())
    }

    /// What a loop gives whose elements are at hand and calm; `None` where they are not.
    pub(super) fn calm_loop(&mut self, node: &Node, it: &Loop) -> Lower<Option<Val>> {
        let Some(parts) = self.calm_parts(node, it) else {
            return Ok(None);
        };
        let (slot, wanted) = (parts.slot, parts.wanted);
        if !self.are_calm(&parts, EACH)? {
            return Ok(None);
        }
        let items = parts.items.to_vec();
        let shape = match Shape::of_node(&node.ty, node.facts.as_ref()) {
            Shape::Optional(inner) => *inner,
            shape => shape,
        };
        let mut elements = Vec::with_capacity(items.len());
        for item in items {
            let mark = self.mark();
            self.bind_value(slot, item.value.clone())?;
            elements.push(self.calm_element(item.when, it.filter, wanted)?);
            self.rollback(mark);
        }
        self.of_calm(it, &shape, elements).map(Some)
    }

    /// What a loop over elements at hand looks at, where nothing of it needs order or memory.
    pub(super) fn calm_parts<'l>(&'l self, node: &Node, it: &Loop) -> Option<Parts<'l>> {
        let [source] = it.sources.as_slice() else {
            return None;
        };
        let plain = it.order.is_empty()
            && it.shares.is_empty()
            && it.carries.is_empty()
            && it.lets.is_empty()
            && it.running == 0
            && it.until.is_none();
        let Over::List(list) = source.over else {
            return None;
        };
        let wanted = match it.result {
            LoopResult::Sum(value)
            | LoopResult::Lowest(value)
            | LoopResult::Highest(value)
            | LoopResult::First(value)
            | LoopResult::Every(value) => Some(value),
            LoopResult::Count | LoopResult::Exists => None,
            _ => return None,
        };
        let shape = match Shape::of_node(&node.ty, node.facts.as_ref()) {
            Shape::Optional(inner) => *inner,
            shape => shape,
        };
        let words = match wanted {
            Some(value) => is_plain(&self.shape(value).ok()?),
            None => true,
        };
        if !plain || !words || !is_plain(&shape) {
            return None;
        }
        Some(Parts {
            slot: source.slot,
            items: self.copies(list)?,
            filter: it.filter,
            wanted,
        })
    }

    /// An element whose slot is bound.
    fn calm_element(
        &mut self,
        when: Option<Value>,
        filter: Option<NodeId>,
        wanted: Option<NodeId>,
    ) -> Lower<Calm> {
        let mut hit = when;
        if let Some(filter) = filter {
            let (holds, doubt) = self.doubtful(|body| body.bool(filter))?;
            self.leave_where_wanted(hit, doubt);
            hit = Some(match hit {
                Some(when) => self.b.ins().band(when, holds),
                None => holds,
            });
        }
        let value = match wanted {
            Some(wanted) => {
                let (value, doubt) = self.doubtful(|body| body.eval(wanted))?;
                self.leave_where_wanted(hit, doubt);
                value
            }
            None => Val::Missing,
        };
        Ok(Calm { hit, value })
    }

    /// Leaves where there is a doubt of what is wanted where a bit is set, or always.
    fn leave_where_wanted(&mut self, wanted: Option<Value>, doubt: Option<Value>) {
        match (wanted, doubt) {
            (Some(wanted), doubt) => self.leave_if_doubted(wanted, doubt),
            (None, Some(doubt)) => self.leave_if(doubt),
            (None, None) => {}
        }
    }

    fn of_calm(&mut self, it: &Loop, shape: &Shape, elements: Vec<Calm>) -> Lower<Val> {
        match &it.result {
            LoopResult::Sum(_) => self.calm_sum(shape, elements),
            LoopResult::Count => {
                let mut count = self.int(0);
                for element in elements {
                    let one = match element.hit {
                        Some(hit) => self.b.ins().uextend(types::I64, hit),
                        None => self.int(1),
                    };
                    count = self.b.ins().iadd(count, one);
                }
                Ok(Val::Word(count))
            }
            LoopResult::Exists => {
                let mut some = self.bit(false);
                for element in elements {
                    let hit = self.bit_of(element.hit);
                    some = self.b.ins().bor(some, hit);
                }
                Ok(Val::Bool(some))
            }
            LoopResult::Every(_) => {
                let mut all = self.bit(true);
                for element in elements {
                    let Val::Bool(mut holds) = element.value else {
                        return Err(NotYet("not a bool"));
                    };
                    if let Some(hit) = element.hit {
                        let out = self.not(hit);
                        holds = self.b.ins().bor(out, holds);
                    }
                    all = self.b.ins().band(all, holds);
                }
                Ok(Val::Bool(all))
            }
            LoopResult::First(_) => self.calm_first(shape, elements),
            LoopResult::Lowest(_) => self.calm_best(shape, elements, false),
            LoopResult::Highest(_) => self.calm_best(shape, elements, true),
            _ => Err(NotYet("a loop that is not calm")),
        }
    }

    fn bit_of(&mut self, bit: Option<Value>) -> Value {
        match bit {
            Some(bit) => bit,
            None => self.bit(true),
        }
    }

    fn calm_sum(&mut self, shape: &Shape, elements: Vec<Calm>) -> Lower<Val> {
        let zero = self.int(0);
        let mut total = match shape {
            Shape::Fixed(scale) => Val::Fixed(Fixed {
                value: zero,
                scale: *scale,
                low: 0,
                high: 0,
            }),
            _ => Val::Word(zero),
        };
        for element in elements {
            total = match (total, element.value, shape) {
                (Val::Fixed(before), Val::Fixed(number), Shape::Fixed(scale)) => {
                    let mut number = number;
                    if let Some(hit) = element.hit {
                        number.value = self.b.ins().select(hit, number.value, zero);
                        (number.low, number.high) = (number.low.min(0), number.high.max(0));
                    }
                    let number = self.rescale(number, *scale)?;
                    Val::Fixed(self.sum(before, number, false))
                }
                (Val::Word(before), Val::Word(mut number), _) => {
                    if let Some(hit) = element.hit {
                        number = self.b.ins().select(hit, number, zero);
                    }
                    Val::Word(self.whole_sum(before, number))
                }
                _ => return Err(NotYet("a sum of something else")),
            };
        }
        Ok(total)
    }

    fn calm_first(&mut self, shape: &Shape, elements: Vec<Calm>) -> Lower<Val> {
        let mut words = vec![self.int(0); shape.words()];
        let mut some = self.bit(false);
        for element in elements.into_iter().rev() {
            let these = self.words(&element.value, shape)?;
            match element.hit {
                Some(hit) => {
                    words = self.select(hit, &these, &words);
                    some = self.b.ins().bor(some, hit);
                }
                None => {
                    words = these;
                    some = self.bit(true);
                }
            }
        }
        let value = self.value(&words, shape)?;
        Ok(Val::Optional(some, Box::new(value)))
    }

    fn calm_best(&mut self, shape: &Shape, elements: Vec<Calm>, highest: bool) -> Lower<Val> {
        let mut words = vec![self.int(0); shape.words()];
        let mut some = self.bit(false);
        for element in elements {
            let before = self.value(&words, shape)?;
            let these = self.words(&element.value, shape)?;
            let value = self.value(&these, shape)?;
            let better = self.better(&before, &value, shape, highest)?;
            let better = self.words(&better, shape)?;
            let new = self.select(some, &better, &these);
            let hit = self.bit_of(element.hit);
            words = self.select(hit, &new, &words);
            some = self.b.ins().bor(some, hit);
        }
        let value = self.value(&words, shape)?;
        Ok(Val::Optional(some, Box::new(value)))
    }
}
