//! Dates, working days and the other built-in functions.

use assize_ir::{Builtin, DateUnit, Node, NodeId, Op, date};
use rust_decimal::prelude::ToPrimitive;
use std::sync::Arc;

use super::frame::Frame;
use super::machine::{Eval, Machine};
use super::price;
use crate::calendar::{self, Calendar, Counted, UnknownDay};
use crate::decimal;
use crate::failure::{ErrorCode, Failure};
use crate::value::Value;

impl<'a> Machine<'a, '_> {
    #[inline(never)]
    pub(super) fn eval_date_step(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        operand: NodeId,
    ) -> Eval<Value> {
        let value = self.eval(frame, operand)?;
        let (Op::DateStep { count, unit, .. }, Value::Date(day)) = (&node.op, &value) else {
            return Err(self.internal(frame, node.place, "not a date"));
        };
        let moved = match unit {
            DateUnit::Days => date::add_days(*day, i64::from(*count)),
            DateUnit::Weeks => date::add_days(*day, i64::from(*count) * 7),
            DateUnit::Months => date::add_months(*day, *count),
            DateUnit::Quarters => count.checked_mul(3).and_then(|n| date::add_months(*day, n)),
            DateUnit::Years => count
                .checked_mul(12)
                .and_then(|n| date::add_months(*day, n)),
        };
        match moved {
            Some(day) => Ok(Value::Date(day)),
            None => Err(self
                .fail(frame, node.place, ErrorCode::OutOfRange)
                .with("date", date::format(*day))
                .with("moved by", format!("{count} {}", unit_name(*unit)))),
        }
    }

    #[inline(never)]
    pub(super) fn eval_date_pair(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        left: NodeId,
        right: NodeId,
    ) -> Eval<Value> {
        let a = self.eval(frame, left)?;
        let b = self.eval(frame, right)?;
        let Value::Date(day) = a else {
            return Err(self.internal(frame, node.place, "not a date"));
        };
        let moved = match (&node.op, &b) {
            (Op::DateDifference(_, _), Value::Date(other)) => {
                return Ok(Value::Int(i64::from(day) - i64::from(*other)));
            }
            (Op::DatePlusDays(_, _), Value::Int(days)) => date::add_days(day, *days),
            (Op::DatePlusDays(_, _), Value::Num(days)) => decimal::is_whole(*days)
                .then(|| days.to_i64())
                .flatten()
                .and_then(|days| date::add_days(day, days)),
            (Op::DatePlusFormula(_, _), Value::DateFormula(formula)) => formula.apply(day),
            _ => return Err(self.internal(frame, node.place, "not a span")),
        };
        match moved {
            Some(day) => Ok(Value::Date(day)),
            None => Err(self
                .fail(frame, node.place, ErrorCode::OutOfRange)
                .with("date", date::format(day))
                .with("moved by", self.show_node(frame, right, &b))),
        }
    }

    #[inline(never)]
    pub(super) fn eval_builtin(
        &mut self,
        frame: &mut Frame<'a>,
        node: &'a Node,
        builtin: Builtin,
        arguments: &[NodeId],
    ) -> Eval<Value> {
        let values = self.eval_all(frame, arguments)?;
        self.builtin(frame, node, builtin, &values)
    }

    #[inline(never)]
    fn builtin(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        builtin: Builtin,
        values: &[Value],
    ) -> Eval<Value> {
        let value = match (builtin, values) {
            (Builtin::AddWorkingDays, [Value::Date(day), Value::Int(n), Value::List(codes)]) => {
                return self.add_working_days(frame, node, (*day, *n), codes);
            }
            (
                Builtin::WorkingDaysBetween,
                [Value::Date(first), Value::Date(last), Value::List(codes)],
            ) => return self.working_days_between(frame, node, (*first, *last), codes),
            (Builtin::StartOfMonth, [Value::Date(day)]) => {
                let (year, month, _) = date::to_civil(*day);
                date::from_civil(year, month, 1).map(Value::Date)
            }
            (Builtin::EndOfMonth, [Value::Date(day)]) => {
                let (year, month, _) = date::to_civil(*day);
                date::from_civil(year, month, date::days_in_month(year, month)).map(Value::Date)
            }
            (Builtin::Weekday, [Value::Date(day)]) => {
                Some(Value::Int(i64::from(date::weekday(*day))))
            }
            (Builtin::Length, [Value::Text(text) | Value::Code(text)]) => {
                i64::try_from(text.chars().count()).ok().map(Value::Int)
            }
            (
                Builtin::StartsWith,
                [
                    Value::Text(text) | Value::Code(text),
                    Value::Text(start) | Value::Code(start),
                ],
            ) => {
                let holds = text.starts_with(start.as_ref());
                let value = Value::Bool(holds);
                self.found_value(frame, node, &value);
                Some(value)
            }
            _ => None,
        };
        value.ok_or_else(|| self.internal(frame, node.place, "wrong arguments"))
    }

    fn add_working_days(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        (day, n): (i32, i64),
        codes: &[Value],
    ) -> Eval<Value> {
        let calendars = self.calendars(frame, node, codes)?;
        let left = self.days_left();
        match calendar::add_working_days(day, n, &calendars, left) {
            Ok(Counted { value, days }) => {
                self.charge(frame, node.place, days.saturating_mul(price::DAY))?;
                match value {
                    Some(day) => Ok(Value::Date(day)),
                    None => Err(self.out_of_steps(frame, node)),
                }
            }
            Err(unknown) => Err(self.unknown_day(frame, node, &unknown)),
        }
    }

    fn working_days_between(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        (first, last): (i32, i32),
        codes: &[Value],
    ) -> Eval<Value> {
        let calendars = self.calendars(frame, node, codes)?;
        let left = self.days_left();
        match calendar::working_days_between(first, last, &calendars, left) {
            Ok(Counted { value, days }) => {
                self.charge(frame, node.place, days.saturating_mul(price::DAY))?;
                match value {
                    Some(count) => Ok(Value::Int(count)),
                    None => Err(self.out_of_steps(frame, node)),
                }
            }
            Err(unknown) => Err(self.unknown_day(frame, node, &unknown)),
        }
    }

    /// Days that may still be looked at, and one more: the one that goes over the limit.
    fn days_left(&self) -> u64 {
        let left = self.limits.max_steps.saturating_sub(self.steps);
        (left / price::DAY).saturating_add(1)
    }

    fn out_of_steps(&self, frame: &Frame<'a>, node: &'a Node) -> Box<Failure> {
        self.fail(frame, node.place, ErrorCode::LimitExceeded)
            .with("steps, at most", self.limits.max_steps.to_string())
    }

    fn calendars(
        &self,
        frame: &Frame<'a>,
        node: &'a Node,
        codes: &[Value],
    ) -> Eval<Vec<&'a Calendar>> {
        let mut calendars = Vec::with_capacity(codes.len());
        for code in codes {
            let Value::Calendar(code) = code else {
                return Err(self.internal(frame, node.place, "not a calendar"));
            };
            match self.data.calendar(code) {
                Some(calendar) => calendars.push(calendar),
                None => {
                    return Err(self
                        .fail(frame, node.place, ErrorCode::MissingData)
                        .with("calendar", Arc::clone(code).as_ref()));
                }
            }
        }
        Ok(calendars)
    }

    fn unknown_day(&self, frame: &Frame<'a>, node: &'a Node, unknown: &UnknownDay) -> Box<Failure> {
        let day = i32::try_from(unknown.day)
            .ok()
            .filter(|day| (date::FIRST_DAY..=date::LAST_DAY).contains(day));
        let Some(day) = day else {
            return self.fail(frame, node.place, ErrorCode::OutOfRange);
        };
        self.fail(frame, node.place, ErrorCode::MissingData)
            .with("calendar", unknown.calendar.as_ref())
            .with("day", date::format(day))
    }
}

const fn unit_name(unit: DateUnit) -> &'static str {
    match unit {
        DateUnit::Days => "days",
        DateUnit::Weeks => "weeks",
        DateUnit::Months => "months",
        DateUnit::Quarters => "quarters",
        DateUnit::Years => "years",
    }
}
