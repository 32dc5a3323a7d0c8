//! Arithmetic, rounding and the borders of numbers.

use assize_ir::{Arithmetic, Node, NodeId, Op, PlaceId, Type};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::frame::Frame;
use super::machine::{Eval, Machine};
use crate::decimal;
use crate::failure::{ErrorCode, Failure};
use crate::format;
use crate::order::ValueKey;
use crate::rounding::{Mode, round_to};
use crate::trace::parts::Remainder;
use crate::value::Value;

/// What is rounded, to what and how.
pub(super) struct Rounding {
    pub(super) value: Decimal,
    pub(super) step: Decimal,
    pub(super) mode: Mode,
}

impl<'a> Machine<'a, '_> {
    #[inline(never)]
    pub(super) fn eval_arithmetic(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        how: Arithmetic,
        (left, right): (NodeId, NodeId),
    ) -> Eval<Value> {
        let a = self.eval(frame, left)?;
        let b = self.eval(frame, right)?;
        match arithmetic(how, &a, &b) {
            Ok(value) => Ok(value),
            Err(code) => Err(self
                .fail(frame, node.place, code)
                .with("left", self.show_node(frame, left, &a))
                .with("right", self.show_node(frame, right, &b))),
        }
    }

    /// Operations on one number, and the borders.
    #[inline(never)]
    pub(super) fn eval_unary(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        operand: NodeId,
    ) -> Eval<Value> {
        let value = self.eval(frame, operand)?;
        self.unary(frame, node, operand, value)
    }

    #[inline(never)]
    fn unary(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        operand: NodeId,
        value: Value,
    ) -> Eval<Value> {
        let code = match (&node.op, value) {
            (Op::Negate(_), Value::Num(number)) => {
                return Ok(Value::Num(decimal::negate(number)));
            }
            (Op::Negate(_), Value::Int(number)) => match number.checked_neg() {
                Some(number) => return Ok(Value::Int(number)),
                None => ErrorCode::Overflow,
            },
            (Op::Absolute(_), Value::Num(number)) => return Ok(Value::Num(number.abs())),
            (Op::Absolute(_), Value::Int(number)) => match number.checked_abs() {
                Some(number) => return Ok(Value::Int(number)),
                None => ErrorCode::Overflow,
            },
            (Op::IntToNum(_), Value::Int(number)) => {
                return Ok(Value::Num(Decimal::from(number)));
            }
            (Op::NumToInt(_), Value::Num(number)) => match to_int(number) {
                Ok(number) => return Ok(Value::Int(number)),
                Err(code) => {
                    let shown = self.show_node(frame, operand, &Value::Num(number));
                    return Err(self.fail(frame, node.place, code).with("value", shown));
                }
            },
            (Op::Border { to, what, .. }, value) => {
                self.border(frame, node.place, (to, what), &value, || {
                    self.hides(frame, operand)
                })?;
                return Ok(value);
            }
            (Op::Bound { at_most, what, .. }, Value::List(items)) => {
                if items.len() as u64 <= u64::from(*at_most) {
                    return Ok(Value::List(items));
                }
                return Err(self
                    .fail(frame, node.place, ErrorCode::LimitExceeded)
                    .with(what, format!("{} elements", items.len()))
                    .with("at most", at_most.to_string()));
            }
            // Optionals pass when missing.
            (Op::Negate(_) | Op::Absolute(_) | Op::IntToNum(_) | Op::NumToInt(_), _) => {
                return Err(self.internal(frame, node.place, "not a number"));
            }
            _ => return Err(self.internal(frame, node.place, "not a list")),
        };
        Err(self.fail(frame, node.place, code))
    }

    /// Checks a value at a border: places and range of a number. Everything else passes.
    #[inline(never)]
    pub(crate) fn border(
        &self,
        frame: &Frame<'a>,
        place: PlaceId,
        (to, what): (&Type, &str),
        value: &Value,
        hidden: impl Fn() -> bool,
    ) -> Eval<()> {
        let (Type::Num(ty), Value::Num(number)) = (to.plain(), value) else {
            return Ok(());
        };
        let many = ty
            .places
            .is_some_and(|places| decimal::places(*number) > u32::from(places));
        let low = ty.lowest.is_some_and(|lowest| *number < lowest);
        let high = ty.highest.is_some_and(|highest| *number > highest);
        if !(many || low || high) {
            return Ok(());
        }
        let text = |number: Decimal| format::measured(number, ty);
        let shown = match hidden() {
            true => format::HIDDEN.to_owned(),
            false => text(*number),
        };
        let mut failure = self
            .fail(frame, place, ErrorCode::OutOfRange)
            .with(what, shown);
        if let (true, Some(places)) = (many, ty.written_places()) {
            failure = failure.with("places, at most", places.to_string());
        }
        if let (true, Some(lowest)) = (low, ty.lowest) {
            failure = failure.with("at least", text(lowest));
        }
        if let (true, Some(highest)) = (high, ty.highest) {
            failure = failure.with("at most", text(highest));
        }
        Err(failure)
    }

    /// Checks a value that no node gave (a combination, a sum of rows) against the result's type.
    pub(super) fn result_border(&self, frame: &Frame<'a>, value: &Value) -> Eval<()> {
        let what = format!("result of {}", frame.callable.name);
        self.border(
            frame,
            frame.callable.place,
            (&frame.callable.result, &what),
            value,
            || self.program.hidden.result(frame.id),
        )
    }

    #[inline(never)]
    pub(super) fn eval_round(&mut self, frame: &mut Frame<'a>, node: &'a Node) -> Eval<Value> {
        let Op::Round { value, step, mode } = &node.op else {
            return Err(self.internal(frame, node.place, "not a rounding"));
        };
        let what = self.rounding(frame, node, (*value, *step, *mode))?;
        match round_to(what.value, what.step, what.mode) {
            Ok(value) => Ok(Value::Num(value)),
            Err(code) => Err(self.rounding_failure(frame, node.place, &what, code)),
        }
    }

    /// Evaluates value, step and mode.
    #[inline(never)]
    fn rounding(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        (value, step, mode): (NodeId, NodeId, NodeId),
    ) -> Eval<Rounding> {
        let value = self.eval(frame, value)?;
        let step = self.eval(frame, step)?;
        let mode = self.eval(frame, mode)?;
        match rounding_of(&value, &step, &mode) {
            Some(rounding) => Ok(rounding),
            None => Err(self.internal(frame, node.place, "not a rounding")),
        }
    }

    #[inline(never)]
    pub(super) fn rounding_failure(
        &self,
        frame: &Frame<'a>,
        place: PlaceId,
        what: &Rounding,
        code: ErrorCode,
    ) -> Box<Failure> {
        self.fail(frame, place, code)
            .with("value", format::plain_number(what.value))
            .with("step", format::plain_number(what.step))
    }

    /// The rounded running total, less what was given before.
    #[inline(never)]
    pub(super) fn eval_running(&mut self, frame: &mut Frame<'a>, node: &'a Node) -> Eval<Value> {
        let Op::RoundRunning {
            state,
            value,
            step,
            mode,
            per,
        } = &node.op
        else {
            return Err(self.internal(frame, node.place, "not a rounding"));
        };
        let mut what = self.rounding(frame, node, (*value, *step, *mode))?;
        let own = what.value;
        let key = match per {
            Some(per) => Some(self.eval(frame, *per)?),
            None => None,
        };
        // The nearest loop that keeps running totals; queries in between keep none.
        let totals = frame
            .loops
            .iter_mut()
            .rev()
            .find(|state| !state.running.is_empty())
            .and_then(|state_of| state_of.running.get_mut(*state as usize));
        let Some(totals) = totals else {
            return Err(self.internal(frame, node.place, "no running total"));
        };
        let running = totals.entry(key.clone().map(ValueKey)).or_default();
        let carried = decimal::subtract(running.total, running.given).ok();
        let moved = decimal::add(running.total, what.value).and_then(|total| {
            what.value = total;
            let given = round_to(total, what.step, what.mode)?;
            let part = decimal::subtract(given, running.given)?;
            running.total = total;
            running.given = given;
            Ok(part)
        });
        match moved {
            Ok(part) => {
                if self.recorder.is_some() {
                    let rounding = Remainder {
                        value: (*value, own),
                        step: (*step, what.step),
                        mode: (*mode, what.mode),
                        per: (*per).zip(key.as_ref()),
                    };
                    self.note_remainder(frame, node, &rounding, (carried, part));
                }
                Ok(Value::Num(part))
            }
            Err(code) => Err(self.rounding_failure(frame, node.place, &what, code)),
        }
    }
}

/// Value, step and mode as numbers.
pub(super) fn rounding_of(value: &Value, step: &Value, mode: &Value) -> Option<Rounding> {
    match (value, step, mode) {
        (Value::Num(value), Value::Num(step), Value::Enum(mode)) => Some(Rounding {
            value: *value,
            step: *step,
            mode: Mode::at(*mode)?,
        }),
        _ => None,
    }
}

/// Two numbers of one kind.
pub(super) fn arithmetic(how: Arithmetic, a: &Value, b: &Value) -> Result<Value, ErrorCode> {
    match (a, b) {
        (Value::Num(a), Value::Num(b)) => match how {
            Arithmetic::Add => decimal::add(*a, *b),
            Arithmetic::Subtract => decimal::subtract(*a, *b),
            Arithmetic::Multiply => decimal::multiply(*a, *b),
            Arithmetic::Divide => decimal::divide(*a, *b),
        }
        .map(Value::Num),
        (Value::Int(a), Value::Int(b)) => match how {
            Arithmetic::Add => a.checked_add(*b),
            Arithmetic::Subtract => a.checked_sub(*b),
            Arithmetic::Multiply => a.checked_mul(*b),
            Arithmetic::Divide => return Err(ErrorCode::Internal),
        }
        // An int lies within ±(2^63 − 1).
        .filter(|value| *value != i64::MIN)
        .map(Value::Int)
        .ok_or(ErrorCode::Overflow),
        _ => Err(ErrorCode::Internal),
    }
}

/// A number without places as an int.
fn to_int(number: Decimal) -> Result<i64, ErrorCode> {
    if !decimal::is_whole(number) {
        return Err(ErrorCode::OutOfRange);
    }
    match number.to_i64() {
        Some(value) if value != i64::MIN => Ok(value),
        _ => Err(ErrorCode::Overflow),
    }
}
