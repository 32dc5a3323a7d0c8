//! Comparisons: equality, order, between, membership of a list.

use assize_ir::{Node, NodeId, Op, Order};
use std::cmp::Ordering;

use super::frame::Frame;
use super::machine::{Eval, Machine};
use super::price;
use crate::order;
use crate::trace::Operator;
use crate::value::Value;

impl<'a> Machine<'a, '_> {
    #[inline(never)]
    pub(super) fn eval_relation(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        left: NodeId,
        right: NodeId,
    ) -> Eval<Value> {
        let a = self.eval(frame, left)?;
        let b = self.eval(frame, right)?;
        self.relation(frame, node, (left, &a), (right, &b))
    }

    #[inline(never)]
    fn relation(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        (left, a): (NodeId, &Value),
        (right, b): (NodeId, &Value),
    ) -> Eval<Value> {
        let (operator, holds) = match (&node.op, b) {
            (Op::Compare(how, _, _), _) => match ordered(*how, a, b) {
                Some(holds) => (Operator::of(*how), holds),
                None => return Err(self.internal(frame, node.place, "no order")),
            },
            (Op::In(_, _), Value::List(items)) => {
                let each = price::TOUCHED.saturating_add(price::elements(a));
                let all = u64::try_from(items.len()).unwrap_or(u64::MAX);
                self.charge(frame, node.place, all.saturating_mul(each))?;
                (Operator::In, items.contains(a))
            }
            (Op::In(_, _), _) => return Err(self.internal(frame, node.place, "not a list")),
            _ => {
                let touched = price::elements(a).min(price::elements(b));
                self.charge(frame, node.place, touched)?;
                (Operator::Equal, a == b)
            }
        };
        self.found(frame, node, (operator, holds), (left, a), &[(right, b)]);
        Ok(Value::Bool(holds))
    }

    #[inline(never)]
    pub(super) fn eval_between(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        (value, low, high): (NodeId, NodeId, NodeId),
    ) -> Eval<Value> {
        let a = self.eval(frame, value)?;
        let b = self.eval(frame, low)?;
        let c = self.eval(frame, high)?;
        let Some(holds) = between(&a, &b, &c) else {
            return Err(self.internal(frame, node.place, "no order"));
        };
        let needed = [(low, &b), (high, &c)];
        self.found(
            frame,
            node,
            (Operator::Between, holds),
            (value, &a),
            &needed,
        );
        Ok(Value::Bool(holds))
    }

    #[inline(never)]
    pub(super) fn eval_is_missing(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        operand: NodeId,
    ) -> Eval<Value> {
        let value = self.eval(frame, operand)?;
        let holds = value == Value::Missing;
        self.found(
            frame,
            node,
            (Operator::Missing, holds),
            (operand, &value),
            &[],
        );
        Ok(Value::Bool(holds))
    }

    /// Lowest or highest of a written list; the first of equals.
    #[inline(never)]
    pub(super) fn eval_extreme(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        items: &[NodeId],
    ) -> Eval<Value> {
        let highest = matches!(node.op, Op::Highest(_));
        let values = self.eval_all(frame, items)?;
        let mut best: Option<Value> = None;
        for value in values.iter().cloned() {
            best = match better(best, value, highest) {
                Some(best) => Some(best),
                None => return Err(self.internal(frame, node.place, "no order")),
            };
        }
        let taken = values.iter().position(|value| Some(value) == best.as_ref());
        if let Some(item) = taken.and_then(|at| items.get(at)) {
            self.took(*item);
        }
        best.ok_or_else(|| self.internal(frame, node.place, "an empty list"))
    }
}

/// The better of the best so far and a value; the first of equals. `None`: no order.
pub(super) fn better(best: Option<Value>, value: Value, highest: bool) -> Option<Value> {
    let Some(best) = best else {
        return Some(value);
    };
    let wins = match order::compare(&value, &best)? {
        Ordering::Less => !highest,
        Ordering::Greater => highest,
        Ordering::Equal => false,
    };
    Some(if wins { value } else { best })
}

/// An order comparison; `None` when there is no order, or a value is missing.
pub(super) fn ordered(how: Order, a: &Value, b: &Value) -> Option<bool> {
    if *a == Value::Missing || *b == Value::Missing {
        return None;
    }
    let order = order::compare(a, b)?;
    Some(match how {
        Order::Less => order.is_lt(),
        Order::LessOrEqual => order.is_le(),
        Order::Greater => order.is_gt(),
        Order::GreaterOrEqual => order.is_ge(),
    })
}

/// Both ends included, a missing end is open; `None` when there is no order.
pub(super) fn between(value: &Value, low: &Value, high: &Value) -> Option<bool> {
    let above = *low == Value::Missing || ordered(Order::GreaterOrEqual, value, low)?;
    let below = *high == Value::Missing || ordered(Order::LessOrEqual, value, high)?;
    Some(above && below)
}
