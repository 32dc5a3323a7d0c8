//! Conditions and choices.

use assize_ir::{Counting, Node, NodeId, Op, PlaceId};

use super::frame::Frame;
use super::machine::{Eval, Machine};
use crate::failure::ErrorCode;
use crate::trace::{Held, Note, Operator};
use crate::value::Value;

impl<'a> Machine<'a, '_> {
    /// Evaluates a condition.
    #[inline(never)]
    pub(crate) fn eval_bool(&mut self, frame: &mut Frame<'a>, id: NodeId) -> Eval<bool> {
        match self.eval(frame, id)? {
            Value::Bool(value) => Ok(value),
            _ => Err(self.internal(frame, place_of(frame, id), "not a condition")),
        }
    }

    #[inline(never)]
    pub(super) fn eval_if(
        &mut self,
        frame: &mut Frame<'a>,
        id: NodeId,
        node: &'a Node,
    ) -> Eval<Value> {
        let Op::If { cond, then, other } = &node.op else {
            return Err(self.internal(frame, node.place, "not an if"));
        };
        self.forget_finding();
        let holds = self.eval_bool(frame, *cond)?;
        self.note_branch(frame, id, *cond, holds);
        let taken = if holds { *then } else { *other };
        self.took(taken);
        self.eval(frame, taken)
    }

    #[inline(never)]
    fn note_branch(&mut self, frame: &Frame<'a>, id: NodeId, cond: NodeId, holds: bool) {
        if let Some(observer) = &mut self.observer {
            observer.branch(frame.id, id, holds);
        }
        if self.recorder.is_some() {
            let because = self.take_finding();
            let condition = self.source(place_of(frame, cond));
            let place = frame.callable.node(id).map(|node| node.place);
            let note = Note::If {
                condition,
                held: holds,
                because,
            };
            self.note(place, note);
        }
    }

    #[inline(never)]
    pub(super) fn eval_and(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        left: NodeId,
        right: NodeId,
    ) -> Eval<Value> {
        if !self.eval_bool(frame, left)? {
            return Ok(Value::Bool(false));
        }
        self.took(right);
        let before = self.take_finding();
        let holds = self.eval_bool(frame, right)?;
        if holds {
            let result = (Operator::And, true);
            self.found_both(frame, node, result, (left, before), right);
        }
        Ok(Value::Bool(holds))
    }

    #[inline(never)]
    pub(super) fn eval_or(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        left: NodeId,
        right: NodeId,
    ) -> Eval<Value> {
        if self.eval_bool(frame, left)? {
            return Ok(Value::Bool(true));
        }
        self.took(right);
        let before = self.take_finding();
        let holds = self.eval_bool(frame, right)?;
        if !holds {
            let result = (Operator::Or, false);
            self.found_both(frame, node, result, (left, before), right);
        }
        Ok(Value::Bool(holds))
    }

    #[inline(never)]
    pub(super) fn eval_not(&mut self, frame: &mut Frame<'a>, operand: NodeId) -> Eval<Value> {
        let holds = self.eval_bool(frame, operand)?;
        self.negate_finding();
        Ok(Value::Bool(!holds))
    }

    #[inline(never)]
    pub(super) fn eval_counted(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        how: Counting,
        items: &[NodeId],
    ) -> Eval<Value> {
        let mut outcomes = self.recorder.is_some().then(Vec::new);
        let mut held = 0usize;
        let mut result = None;
        for (index, item) in items.iter().enumerate() {
            result = certain(how, held, index, items.len());
            if result.is_some() {
                break;
            }
            self.forget_finding();
            self.took(*item);
            let holds = self.eval_bool(frame, *item)?;
            held += usize::from(holds);
            if let Some(outcomes) = &mut outcomes {
                outcomes.push((*item, Held::of(holds), self.take_finding()));
            }
        }
        let result = result
            .or_else(|| certain(how, held, items.len(), items.len()))
            .unwrap_or(false);
        if let Some(outcomes) = outcomes {
            self.found_counted(frame, node, items, outcomes, result);
        }
        Ok(Value::Bool(result))
    }

    #[inline(never)]
    pub(super) fn eval_present(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        operand: NodeId,
    ) -> Eval<Value> {
        match self.eval(frame, operand)? {
            Value::Missing => Err(self.internal(frame, node.place, "a value is missing")),
            value => Ok(value),
        }
    }

    #[inline(never)]
    pub(super) fn eval_otherwise(
        &mut self,
        frame: &mut Frame<'a>,
        value: NodeId,
        other: NodeId,
    ) -> Eval<Value> {
        match self.eval(frame, value)? {
            Value::Missing => {
                self.took(other);
                self.eval(frame, other)
            }
            present => {
                self.took(value);
                Ok(present)
            }
        }
    }

    #[inline(never)]
    pub(super) fn eval_stop(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        operand: NodeId,
    ) -> Eval<Value> {
        let value = self.eval(frame, operand)?;
        let Value::Reason(reason) = value else {
            return Err(self.internal(frame, node.place, "not a reason"));
        };
        let hidden = self.hides(frame, operand);
        let mut failure = self.fail(frame, node.place, ErrorCode::Stopped);
        if let Some(declared) = self.program.reason(reason.reason) {
            failure = failure.with("reason", declared.code.as_str());
            for (param, argument) in declared.params.iter().zip(&reason.arguments) {
                let text = self.show_unless(hidden, &param.ty, argument);
                failure = failure.with(&param.name, text);
            }
        }
        failure.reason = Some(reason);
        Err(failure)
    }
}

/// The result of counting, when it is certain after some items.
fn certain(how: Counting, held: usize, seen: usize, all: usize) -> Option<bool> {
    let failed = seen.saturating_sub(held);
    let left = all.saturating_sub(seen);
    match how {
        Counting::All if failed > 0 => Some(false),
        Counting::Any if held > 0 => Some(true),
        Counting::None if held > 0 => Some(false),
        Counting::All | Counting::None => (left == 0).then_some(true),
        Counting::Any => (left == 0).then_some(false),
        Counting::AtLeast(wanted) => {
            let wanted = wanted as usize;
            if held >= wanted {
                Some(true)
            } else {
                (held + left < wanted).then_some(false)
            }
        }
    }
}

/// The place of a node.
pub(super) fn place_of(frame: &Frame<'_>, id: NodeId) -> PlaceId {
    match frame.callable.node(id) {
        Some(node) => node.place,
        None => frame.callable.place,
    }
}
