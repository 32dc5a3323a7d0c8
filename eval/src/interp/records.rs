//! Records, rows, lists, texts and reasons.

use std::sync::Arc;

use assize_ir::{Item, Node, NodeId, Op, PlaceId, ReasonId, RecordId, RelationId, TextPart, Type};

use super::branches::place_of;
use super::compare::between;
use super::depth;
use super::frame::Frame;
use super::machine::{Eval, Machine};
use super::price;
use crate::failure::{ErrorCode, Failure};
use crate::format;
use crate::trace::{Note, Operator};
use crate::value::{ReasonValue, RowRef, Value};

impl<'a> Machine<'a, '_> {
    #[inline(never)]
    pub(super) fn eval_record(&mut self, frame: &mut Frame<'a>, fields: &[NodeId]) -> Eval<Value> {
        Ok(Value::Record(self.eval_all(frame, fields)?.into()))
    }

    #[inline(never)]
    pub(super) fn eval_field(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        operand: NodeId,
        field: u32,
    ) -> Eval<Value> {
        let of = self.eval(frame, operand)?;
        self.field(frame, node, &of, field)
    }

    #[inline(never)]
    fn field(&mut self, frame: &Frame<'a>, node: &'a Node, of: &Value, field: u32) -> Eval<Value> {
        let value = match of {
            Value::Record(fields) => fields.get(field as usize).cloned(),
            Value::Row(row) => Some(self.data.field(row.relation, row.row, field)),
            _ => None,
        };
        let Some(value) = value else {
            return Err(self.internal(frame, node.place, "no such field"));
        };
        self.found_value(frame, node, &value);
        Ok(value)
    }

    #[inline(never)]
    pub(super) fn eval_with(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        operand: NodeId,
        changes: &[(u32, NodeId)],
    ) -> Eval<Value> {
        let Value::Record(fields) = self.eval(frame, operand)? else {
            return Err(self.internal(frame, node.place, "not a record"));
        };
        let mut fields = fields.to_vec();
        for (field, change) in changes {
            let value = self.eval(frame, *change)?;
            match fields.get_mut(*field as usize) {
                Some(old) => *old = value,
                None => return Err(self.internal(frame, node.place, "no such field")),
            }
        }
        Ok(Value::Record(fields.into()))
    }

    #[inline(never)]
    pub(super) fn eval_check(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        operand: NodeId,
    ) -> Eval<Value> {
        let value = self.eval(frame, operand)?;
        let Type::Record(record) = node.ty.plain() else {
            return Err(self.internal(frame, node.place, "not a record"));
        };
        if value != Value::Missing {
            self.check_record(frame, node.place, *record, &value)?;
        }
        Ok(value)
    }

    /// Runs the checks of a record; a check that itself fails counts as violated, unless a bound was
    /// reached or the program is none.
    #[inline(never)]
    pub(super) fn check_record(
        &mut self,
        frame: &Frame<'a>,
        place: PlaceId,
        id: RecordId,
        value: &Value,
    ) -> Eval<()> {
        let Some(record) = self.program.record(id) else {
            return Err(self.internal(frame, place, "no such record"));
        };
        let mut violated = Vec::new();
        let before = self.depth;
        self.descend(frame, place, depth::CHECK)?;
        for check in &record.checks {
            if check.callable >= frame.id {
                return Err(self.internal(frame, place, "a check that comes later"));
            }
            match self.enter(check.callable, vec![value.clone()], None, Vec::new()) {
                Ok(Value::Bool(true)) => {}
                Err(failure)
                    if matches!(failure.code, ErrorCode::LimitExceeded | ErrorCode::Internal) =>
                {
                    return Err(failure);
                }
                _ => violated.push(check),
            }
            // A check that failed left in the middle of its evaluation.
            self.depth = before.saturating_add(depth::CHECK);
        }
        self.depth = before;
        if violated.is_empty() {
            return Ok(());
        }
        let mut failure = self.fail(frame, place, ErrorCode::CheckFailed);
        for check in violated {
            failure = failure.with("check", check.because.as_str());
        }
        Err(failure.with("record", self.show(&Type::Record(id), value)))
    }

    #[inline(never)]
    pub(super) fn eval_lookup(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        relation: RelationId,
        key: &[NodeId],
    ) -> Eval<Value> {
        let values = self.eval_all(frame, key)?;
        let row = self.data.lookup(relation, &values);
        if self.recorder.is_some() {
            let key = self.shown_key(frame, relation, (key, &values));
            let relation = self.relation_name(relation);
            let note = Note::Lookup {
                relation,
                key,
                found: row.is_some(),
            };
            self.note(None, note);
        }
        match row {
            Some(row) => Ok(Value::Row(RowRef { relation, row })),
            None => Err(self.missing_row(frame, node.place, relation, (key, &values))),
        }
    }

    #[inline(never)]
    fn missing_row(
        &self,
        frame: &Frame<'a>,
        place: PlaceId,
        relation: RelationId,
        key: (&[NodeId], &[Value]),
    ) -> Box<Failure> {
        let failure = self
            .fail(frame, place, ErrorCode::MissingData)
            .with("relation", self.relation_name(relation));
        let named = self.shown_key(frame, relation, key);
        named
            .into_iter()
            .fold(failure, |failure, (name, text)| failure.with(&name, text))
    }

    pub(crate) fn relation_name(&self, relation: RelationId) -> String {
        let relation = self.program.relation(relation);
        relation.map_or_else(String::new, |relation| relation.name.clone())
    }

    /// Names and values of a key.
    fn shown_key(
        &self,
        frame: &Frame<'a>,
        relation: RelationId,
        (nodes, key): (&[NodeId], &[Value]),
    ) -> Vec<(String, String)> {
        let fields = self
            .program
            .relation(relation)
            .map(|it| it.fields.as_slice());
        fields
            .unwrap_or_default()
            .iter()
            .zip(nodes.iter().zip(key))
            .map(|(field, (node, value))| {
                let hidden = field.sensitive || self.hides(frame, *node);
                let text = self.show_unless(hidden, &field.ty, value);
                (field.name.clone(), text)
            })
            .collect()
    }

    #[inline(never)]
    pub(super) fn eval_valid_on(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        row: NodeId,
        date: NodeId,
    ) -> Eval<Value> {
        let of = self.eval(frame, row)?;
        let day = self.eval(frame, date)?;
        let Value::Row(at) = of else {
            return Err(self.internal(frame, node.place, "not a row"));
        };
        let Some((from, to)) = self.program.relation(at.relation).and_then(|it| it.valid) else {
            return Err(self.internal(frame, node.place, "a relation without validity"));
        };
        let hides = |field: u32| {
            let relation = self.program.relation(at.relation);
            let field = relation.and_then(|it| it.fields.get(field as usize));
            field.is_some_and(|it| it.sensitive)
        };
        let hidden = self.hides(frame, row);
        let (hides_from, hides_to) = (hidden || hides(from), hidden || hides(to));
        let from = self.data.field(at.relation, at.row, from);
        let to = self.data.field(at.relation, at.row, to);
        let Some(holds) = between(&day, &from, &to) else {
            return Err(self.internal(frame, node.place, "not a date"));
        };
        let ends = Type::Optional(Box::new(Type::Date));
        let needed = [(&ends, hides_from, &from), (&ends, hides_to, &to)];
        self.found_shown(
            frame,
            node,
            (Operator::ValidOn, holds),
            (date, &day),
            &needed,
        );
        Ok(Value::Bool(holds))
    }

    #[inline(never)]
    pub(super) fn eval_text(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        parts: &'a [TextPart],
    ) -> Eval<Value> {
        let mut text = String::new();
        for part in parts {
            match part {
                TextPart::Text(written) => text.push_str(written),
                TextPart::Hole(id) => {
                    let value = self.eval(frame, *id)?;
                    let ty = frame.callable.node(*id).map(|node| &node.ty);
                    match ty.and_then(|ty| format::hole(self.program, ty, &value)) {
                        Some(hole) => text.push_str(&hole),
                        None => return Err(self.internal(frame, node.place, "not a hole")),
                    }
                }
            }
            if text.len() as u64 > self.limits.max_list_elements {
                return Err(self.fail(frame, node.place, ErrorCode::LimitExceeded).with(
                    "bytes of a text, at most",
                    self.limits.max_list_elements.to_string(),
                ));
            }
        }
        Ok(Value::Text(text.into()))
    }

    #[inline(never)]
    pub(super) fn eval_list(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        items: &[Item],
    ) -> Eval<Value> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            if let Some(when) = item.when {
                self.forget_finding();
                let holds = self.eval_bool(frame, when)?;
                self.note_item(frame, item, when, holds);
                if !holds {
                    continue;
                }
                self.took(item.value);
            }
            values.push(self.eval(frame, item.value)?);
        }
        self.check_length(frame, node.place, values.len())?;
        Ok(Value::List(values.into()))
    }

    #[inline(never)]
    fn note_item(&mut self, frame: &Frame<'a>, item: &Item, when: NodeId, holds: bool) {
        if self.recorder.is_some() {
            let because = self.take_finding();
            let note = Note::Item {
                item: self.source(place_of(frame, item.value)),
                condition: self.source(place_of(frame, when)),
                held: holds,
                because,
            };
            self.note(None, note);
        }
    }

    #[inline(never)]
    pub(super) fn eval_concat(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        left: NodeId,
        right: NodeId,
    ) -> Eval<Value> {
        let a = self.eval(frame, left)?;
        let b = self.eval(frame, right)?;
        let (Value::List(a), Value::List(b)) = (a, b) else {
            return Err(self.internal(frame, node.place, "not a list"));
        };
        let length = a.len().saturating_add(b.len());
        self.check_length(frame, node.place, length)?;
        let copied = u64::try_from(length).unwrap_or(u64::MAX);
        self.charge(frame, node.place, copied.saturating_mul(price::TOUCHED))?;
        Ok(Value::List(a.iter().chain(b.iter()).cloned().collect()))
    }

    #[inline(never)]
    pub(super) fn eval_reason(
        &mut self,
        frame: &mut Frame<'a>,
        reason: ReasonId,
        arguments: &[NodeId],
    ) -> Eval<Value> {
        let arguments = self.eval_all(frame, arguments)?;
        if let Some(observer) = &mut self.observer {
            observer.reason_made(reason);
        }
        Ok(Value::Reason(Arc::new(ReasonValue { reason, arguments })))
    }

    #[inline(never)]
    pub(super) fn eval_reason_part(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        operand: NodeId,
    ) -> Eval<Value> {
        let Value::Reason(value) = self.eval(frame, operand)? else {
            return Err(self.internal(frame, node.place, "not a reason"));
        };
        if matches!(node.op, Op::ReasonCode(_)) {
            return Ok(Value::Enum(value.reason.0));
        }
        match self.program.reason(value.reason) {
            Some(reason) => Ok(Value::Enum(reason.severity)),
            None => Err(self.internal(frame, node.place, "no such reason")),
        }
    }
}
