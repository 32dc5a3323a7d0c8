//! Records, rows, reasons, written lists and constants.

use assize_ir::{Const, Item, Node, NodeId, Op, ReasonId, RelationId, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::calm::is_plain;
use super::value::{self, Val, cells, constant, memory};
use super::{Body, Lower, NotYet};
use crate::jit::host::Call;
use crate::jit::planted::Planted;
use crate::jit::shape::{Shape, WORD, bytes};

/// Bytes of a relation in the list of relations.
const RELATION: i64 = 16;

impl Body<'_, '_> {
    pub(super) fn constant(&mut self, value: &Const, ty: &Type) -> Lower<Val> {
        let value = match value {
            Const::Bool(value) => Val::Bool(self.bit(*value)),
            Const::Int(value) => Val::Word(self.int(*value)),
            Const::Num(value) => self.number(*value),
            Const::Text(text)
            | Const::Code(text)
            | Const::DateFormula(text)
            | Const::Calendar(text) => self.text_constant(text),
            Const::Date(day) => Val::Word(self.int(i64::from(*day))),
            Const::Enum(_, position) => Val::Word(self.int(i64::from(*position))),
            Const::Missing => return Ok(Val::Missing),
            Const::List(items) => {
                let Type::List { item, .. } = ty.plain() else {
                    return Err(NotYet("a list of another type"));
                };
                let shape = Shape::of_element(item);
                let mut words = Vec::new();
                for element in items {
                    let value = self.constant(element, item)?;
                    words.extend(self.words(&value, &shape)?);
                }
                self.list_of(&words, items.len())?
            }
            Const::Record(record, fields) => {
                let program = self.unit.program;
                let declared = program.record(*record).ok_or(NotYet("an unknown record"))?;
                let mut values = Vec::with_capacity(fields.len());
                for (field, declared) in fields.iter().zip(&declared.fields) {
                    values.push(self.constant(field, &declared.ty)?);
                }
                Val::Made(*record, values)
            }
        };
        if ty.is_optional() {
            let there = self.bit(true);
            return Ok(Val::Optional(there, Box::new(value)));
        }
        Ok(value)
    }

    pub(super) fn text_constant(&mut self, text: &str) -> Val {
        let [address, bytes] = self.unit.text(text);
        let words = [
            self.int(address.cast_signed()),
            self.int(bytes.cast_signed()),
        ];
        Val::Text(words)
    }

    /// A list of words that are known.
    fn list_of(&mut self, words: &[Value], count: usize) -> Lower<Val> {
        let address = if words.is_empty() {
            self.int(WORD.into())
        } else {
            self.memory(bytes(words.len()))
        };
        self.store(words, address, 0);
        let count = self.int(i64::try_from(count).unwrap_or(i64::MAX));
        Ok(Val::List([address, count]))
    }

    pub(super) fn list(&mut self, node: &Node, items: &[Item]) -> Lower<Val> {
        let Type::List { item: ty, .. } = &node.ty else {
            return Err(NotYet("a list of another type"));
        };
        let shape = Shape::of_element(ty);
        if items.iter().all(|item| item.when.is_none()) {
            let mut words = Vec::new();
            for item in items {
                words.extend(self.eval_in(item.value, &shape)?);
            }
            return self.list_of(&words, items.len());
        }
        if let Some(items) = self.items(items, &shape)? {
            return Ok(Val::List(self.items_in_memory(&items, &shape)?));
        }
        let width = i64::from(bytes(shape.words()));
        let address = self.memory(bytes(items.len().saturating_mul(shape.words())));
        let next = self.variable(address);
        for item in items {
            let put = |body: &mut Self| {
                let words = body.eval_in(item.value, &shape)?;
                let at = body.b.use_var(next);
                body.store(&words, at, 0);
                let at = body.b.ins().iadd_imm_s(at, width);
                body.b.def_var(next, at);
                Ok(())
            };
            match item.when {
                Some(when) => {
                    let holds = self.bool(when)?;
                    self.only_if(holds, put)?;
                }
                None => put(self)?,
            }
        }
        let end = self.b.use_var(next);
        let taken = self.b.ins().isub(end, address);
        let width = self.int(width);
        let count = self.b.ins().udiv(taken, width);
        Ok(Val::List([address, count]))
    }

    /// A field of a new record. A list of values at hand stays out of memory until somebody looks for it there.
    pub(super) fn new_field(&mut self, node: NodeId) -> Lower<Val> {
        let field = self.node(node)?;
        if let (Op::List(items), Type::List { item, .. }) = (&field.op, &field.ty) {
            let shape = Shape::of_element(item);
            if let Some(items) = self.items(items, &shape)? {
                return Ok(Val::Items(items, shape));
            }
        }
        self.eval(node)
    }

    /// The values of a list with conditions, if all are at hand.
    fn items(&mut self, items: &[Item], shape: &Shape) -> Lower<Option<Vec<value::Item>>> {
        if items.iter().all(|item| item.when.is_none()) || shape.words() > 1 {
            return Ok(None);
        }
        for item in items {
            if !self.is_ready(item.value)? {
                return Ok(None);
            }
        }
        let mut all = Vec::with_capacity(items.len());
        for item in items {
            let when = match item.when {
                Some(when) => Some(self.bool(when)?),
                None => None,
            };
            let known = match &self.node(item.value)?.op {
                Op::Reason(reason, _) => Some(u64::from(reason.0)),
                Op::Const(Const::Enum(_, position)) => Some(u64::from(*position)),
                _ => None,
            };
            let value = self.eval(item.value)?;
            all.push(value::Item { value, known, when });
        }
        Ok(Some(all))
    }

    /// Writes a list whose values are at hand: each in any case, and the next one behind it or over it.
    pub(super) fn items_in_memory(
        &mut self,
        items: &[value::Item],
        shape: &Shape,
    ) -> Lower<[Value; 2]> {
        let width = i64::from(bytes(shape.words()));
        let address = self.memory(bytes(items.len().saturating_mul(shape.words())));
        let (mut next, mut count) = (address, self.int(0));
        for item in items {
            let words = self.words(&item.value, shape)?;
            self.store(&words, next, 0);
            let Some(when) = item.when else {
                count = self.b.ins().iadd_imm_s(count, 1);
                next = self.b.ins().iadd_imm_s(next, width);
                continue;
            };
            let there = self.b.ins().uextend(types::I64, when);
            count = self.b.ins().iadd(count, there);
            let more = self.b.ins().imul_imm_s(there, width);
            next = self.b.ins().iadd(next, more);
        }
        Ok([address, count])
    }

    /// Whether the words of a node are at hand, and cost nothing.
    fn is_ready(&self, node: NodeId) -> Lower<bool> {
        let node_of = self.node(node)?;
        Ok(match &node_of.op {
            Op::Reason(_, arguments) => arguments.is_empty(),
            _ => {
                is_plain(&Shape::of_node(&node_of.ty, node_of.facts.as_ref()))
                    && self.is_trivial(node)?
            }
        })
    }

    pub(super) fn concat(&mut self, node: &Node, a: NodeId, b: NodeId) -> Lower<Val> {
        let Type::List { item, .. } = &node.ty else {
            return Err(NotYet("a list of another type"));
        };
        let ([a, m], [b, n]) = (self.list_of_node(a)?, self.list_of_node(b)?);
        let (a, m, b, n) = if self.unit.has(Planted::ListsExchanged) {
            (b, n, a, m)
        } else {
            (a, m, b, n)
        };
        let count = self.b.ins().iadd(m, n);
        self.not_too_long(count);
        let words = self.int(i64::try_from(Shape::of_element(item).words()).unwrap_or(i64::MAX));
        let context = self.context;
        let address = self.call_host(Call::concat, &[context, a, m, b, n, words]);
        self.leave_if_zero(address);
        Ok(Val::List([address, count]))
    }

    pub(super) fn bound(&mut self, list: NodeId, at_most: u32) -> Lower<Val> {
        let value = self.eval(list)?;
        if let Val::Items(items, _) = &value
            && items.len() <= at_most as usize
        {
            return Ok(value);
        }
        let [address, count] = self.list_words(&value)?;
        let over = self
            .b
            .ins()
            .icmp_imm_u(IntCC::UnsignedGreaterThan, count, i64::from(at_most));
        self.leave_if(over);
        Ok(Val::List([address, count]))
    }

    pub(super) fn field(&mut self, id: NodeId, of: NodeId, field: u32) -> Lower<Val> {
        let value = self.eval(of)?;
        let ty = &self.node(of)?.ty;
        let value = match self.field_of(&value, ty, field)? {
            // What may be left out is better put together once than wherever it is looked at.
            Val::Items(items, shape) if items.iter().any(|item| item.when.is_some()) => {
                Val::List(self.items_in_memory(&items, &shape)?)
            }
            value => value,
        };
        self.known(value, id)
    }

    /// A field of a record or row.
    pub(super) fn field_of(&mut self, value: &Val, ty: &Type, field: u32) -> Lower<Val> {
        let at = field as usize;
        match (value, ty) {
            (Val::Made(_, fields), _) => fields.get(at).cloned().ok_or(NotYet("an unknown field")),
            (Val::Record(address), Type::Record(record)) => {
                let layouts = self.unit.layouts;
                let layout = layouts.record(*record);
                let place = layout.and_then(|it| it.fields.get(at));
                let place = place.ok_or(NotYet("an unknown field"))?;
                self.load(memory(), *address, place.offset, &place.shape)
            }
            (Val::Word(row), Type::Row(relation)) => self.cell(*row, *relation, at),
            _ => Err(NotYet("a field of something else")),
        }
    }

    /// A cell of a relation.
    fn cell(&mut self, row: Value, relation: RelationId, field: usize) -> Lower<Val> {
        let layouts = self.unit.layouts;
        let shape = layouts
            .relation(relation)
            .and_then(|fields| fields.get(field));
        let shape = shape.ok_or(NotYet("an unknown field"))?;
        let columns = self.relation_word(relation, 8)?;
        let offset = bytes(field);
        let column = self.b.ins().load(types::I64, constant(), columns, offset);
        let address = self.element(column, row, shape.words());
        self.load(cells(), address, 0, shape)
    }

    /// A word of a relation: how many rows, or where its columns are.
    pub(super) fn relation_word(&mut self, relation: RelationId, offset: i64) -> Lower<Value> {
        // A row may come from outside, so that nothing else here says that the relation is read.
        self.unit.reads(relation);
        let context = self.context;
        let relations =
            self.b
                .ins()
                .load(types::I64, constant(), context, crate::jit::host::RELATIONS);
        let at = i32::try_from(i64::from(relation.0) * RELATION + offset);
        let at = at.map_err(|_| NotYet("too many relations"))?;
        Ok(self.b.ins().load(types::I64, constant(), relations, at))
    }

    pub(super) fn with(&mut self, of: NodeId, changes: &[(u32, NodeId)]) -> Lower<Val> {
        let Type::Record(record) = self.node(of)?.ty else {
            return Err(NotYet("a change of something else"));
        };
        let value = self.eval(of)?;
        let fields = self
            .unit
            .layouts
            .record(record)
            .map_or(0, |layout| layout.fields.len());
        let ty = Type::Record(record);
        let mut values = Vec::with_capacity(fields);
        for field in 0..fields {
            let field = u32::try_from(field).unwrap_or(u32::MAX);
            values.push(self.field_of(&value, &ty, field)?);
        }
        for (field, change) in changes {
            let changed = self.eval(*change)?;
            let place = values
                .get_mut(*field as usize)
                .ok_or(NotYet("an unknown field"))?;
            *place = changed;
        }
        Ok(Val::Made(record, values))
    }

    pub(super) fn check(&mut self, of: NodeId) -> Lower<Val> {
        let Type::Record(record) = self.node(of)?.ty else {
            return Err(NotYet("a check of something else"));
        };
        let value = self.eval(of)?;
        self.check_record(record, &value)?;
        Ok(value)
    }

    /// Leaves when a check of a record is violated.
    pub(super) fn check_record(&mut self, record: assize_ir::RecordId, value: &Val) -> Lower<()> {
        let program = self.unit.program;
        let declared = program.record(record).ok_or(NotYet("an unknown record"))?;
        for check in &declared.checks {
            let Val::Bool(holds) = self.call_with(check.callable, vec![value.clone()])? else {
                return Err(NotYet("a check that is no bool"));
            };
            self.leave_unless(holds);
        }
        Ok(())
    }

    /// The words of a key of a relation, in the frame, and whether it can be one: no row has a missing
    /// value where the field is never missing.
    pub(super) fn key(
        &mut self,
        relation: RelationId,
        fields: impl Iterator<Item = usize>,
        key: &[NodeId],
    ) -> Lower<(Value, Option<Value>)> {
        let layouts = self.unit.layouts;
        let shapes = layouts
            .relation(relation)
            .ok_or(NotYet("an unknown relation"))?;
        let mut words = Vec::new();
        let mut possible: Option<Value> = None;
        for (node, field) in key.iter().zip(fields) {
            let shape = shapes.get(field).ok_or(NotYet("an unknown field"))?;
            let mut value = self.eval(*node)?;
            if !matches!(shape, Shape::Optional(_))
                && let Val::Optional(there, inner) = value
            {
                value = *inner;
                possible = Some(match possible {
                    Some(others) => self.b.ins().band(others, there),
                    None => there,
                });
            }
            words.extend(self.words(&value, shape)?);
        }
        Ok((self.on_stack(&words), possible))
    }

    pub(super) fn lookup(&mut self, relation: RelationId, key: &[NodeId]) -> Lower<Val> {
        self.unit.reads(relation);
        let (key, possible) = self.key(relation, 0..key.len(), key)?;
        if let Some(possible) = possible {
            self.leave_unless(possible);
        }
        let number = self.int(i64::from(relation.0));
        let context = self.context;
        let row = self.call_host(Call::lookup, &[context, number, key]);
        let none = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, row, 0);
        self.leave_if(none);
        Ok(Val::Word(row))
    }

    pub(super) fn valid_on(&mut self, row: NodeId, date: NodeId) -> Lower<Val> {
        let Type::Row(relation) = self.node(row)?.ty else {
            return Err(NotYet("validity of something else"));
        };
        let program = self.unit.program;
        let valid = program.relation(relation).and_then(|it| it.valid);
        let (from, to) = valid.ok_or(NotYet("a relation without validity"))?;
        let ty = Type::Row(relation);
        let row = self.eval(row)?;
        let day = self.eval(date)?;
        let from = self.field_of(&row, &ty, from)?;
        let to = self.field_of(&row, &ty, to)?;
        let (early, late) = self.outside(&day, &from, &to)?;
        let out = self.b.ins().bor(early, late);
        Ok(Val::Bool(self.not(out)))
    }

    /// Whether a day is before the first, and after the last, of two days that may be missing.
    fn outside(&mut self, day: &Val, from: &Val, to: &Val) -> Lower<(Value, Value)> {
        let Val::Word(day) = day else {
            return Err(NotYet("not a day"));
        };
        let mut ends = Vec::new();
        for (end, outside) in [
            (from, IntCC::SignedLessThan),
            (to, IntCC::SignedGreaterThan),
        ] {
            let (there, end) = self.parts(end);
            let Val::Word(end) = end else {
                return Err(NotYet("not a day"));
            };
            let beyond = self.b.ins().icmp(outside, *day, end);
            ends.push(self.b.ins().band(there, beyond));
        }
        match ends.as_slice() {
            [early, late] => Ok((*early, *late)),
            _ => Err(NotYet("two ends")),
        }
    }

    pub(super) fn reason(&mut self, reason: ReasonId, arguments: &[NodeId]) -> Lower<Val> {
        let layouts = self.unit.layouts;
        let layout = layouts
            .reason(reason.index())
            .ok_or(NotYet("an unknown reason"))?;
        if arguments.is_empty() {
            // It is the same every time.
            let address = self.unit.block(&[u64::from(reason.0)]);
            return Ok(Val::Word(self.int(address.cast_signed())));
        }
        let mut words = vec![self.int(i64::from(reason.0))];
        for (argument, place) in arguments.iter().zip(&layout.fields) {
            words.extend(self.eval_in(*argument, &place.shape)?);
        }
        let address = self.memory(layout.bytes);
        self.store(&words, address, 0);
        Ok(Val::Word(address))
    }

    pub(super) fn reason_code(&mut self, of: NodeId) -> Lower<Val> {
        let Val::Word(address) = self.eval(of)? else {
            return Err(NotYet("not a reason"));
        };
        Ok(Val::Word(self.b.ins().load(
            types::I64,
            memory(),
            address,
            0,
        )))
    }

    pub(super) fn reason_severity(&mut self, of: NodeId) -> Lower<Val> {
        let Val::Word(number) = self.reason_code(of)? else {
            return Err(NotYet("not a reason"));
        };
        let severities = self.unit.severities();
        let severities = self.int(severities.cast_signed());
        let at = self.element(severities, number, 1);
        Ok(Val::Word(self.b.ins().load(types::I64, cells(), at, 0)))
    }
}
