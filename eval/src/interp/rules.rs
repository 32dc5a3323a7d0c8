//! Rules and parameters.
//!
//! A rule: the day, when there is one; then for each exception in the order of the text its
//! validity, `when` and `unless`; then who wins. An exception that is overridden by one that applies
//! does not apply, even if that one is overridden itself. Only winners' values are evaluated.

use assize_ir::{
    Arithmetic, Combine, CombineHow, Exception, Node, Op, ParameterValue, Rule, Type, date,
};
use rust_decimal::Decimal;

use super::frame::Frame;
use super::machine::{Eval, Machine};
use super::numbers::arithmetic;
use super::observe::ExceptionSeen;
use crate::failure::{ErrorCode, Failure};
use crate::value::Value;

impl<'a> Machine<'a, '_> {
    #[inline(never)]
    pub(super) fn eval_rule(&mut self, frame: &mut Frame<'a>, rule: &'a Rule) -> Eval<Value> {
        let day = match rule.as_of {
            Some(node) => Some(self.eval(frame, node)?),
            None => None,
        };
        self.trace_rule(rule, day.as_ref());
        let mut applied = Vec::new();
        for (index, exception) in rule.exceptions.iter().enumerate() {
            if self.applies(frame, index, exception, day.as_ref())? {
                applied.push((index, exception));
            }
        }
        let winners = self.winners(frame, &applied);
        match (winners.as_slice(), &rule.combine) {
            ([], combine) => self.without_exception(frame, rule, combine.as_ref()),
            (winners, Some(combine)) => self.combined(frame, winners, combine),
            ([winner], None) => {
                self.decided(frame, *winner);
                self.eval(frame, winner.1.then)
            }
            (winners, None) => self.agreed(frame, rule, winners),
        }
    }

    /// Whether an exception applies, before precedence.
    #[inline(never)]
    fn applies(
        &mut self,
        frame: &mut Frame<'a>,
        index: usize,
        exception: &'a Exception,
        day: Option<&Value>,
    ) -> Eval<bool> {
        if exception.from.is_some() || exception.to.is_some() {
            let Some(Value::Date(day)) = day else {
                return Err(self.internal(frame, exception.place, "validity without a day"));
            };
            let early = exception.from.is_some_and(|from| *day < from);
            let late = exception.to.is_some_and(|to| *day > to);
            if early || late {
                self.trace_not_valid(index, exception, *day);
                self.seen(frame, index, ExceptionSeen::NotApplicable);
                return Ok(false);
            }
            self.trace_valid(index, exception, *day);
        }
        if let Some(when) = exception.when {
            self.forget_finding();
            self.took(when);
            if !self.eval_bool(frame, when)? {
                self.trace_not_applicable(frame, index, when, false);
                self.seen(frame, index, ExceptionSeen::NotApplicable);
                return Ok(false);
            }
            self.trace_held(frame, index, when, false);
        }
        if let Some(unless) = exception.unless {
            self.forget_finding();
            self.took(unless);
            if self.eval_bool(frame, unless)? {
                self.trace_not_applicable(frame, index, unless, true);
                self.seen(frame, index, ExceptionSeen::NotApplicable);
                return Ok(false);
            }
            self.trace_held(frame, index, unless, true);
        }
        Ok(true)
    }

    fn seen(&mut self, frame: &Frame<'a>, index: usize, seen: ExceptionSeen) {
        if let Some(observer) = &mut self.observer {
            observer.exception(frame.id, u32::try_from(index).unwrap_or(u32::MAX), seen);
        }
    }

    /// Those that apply and are overridden by no other that applies.
    #[inline(never)]
    fn winners(
        &mut self,
        frame: &Frame<'a>,
        applied: &[(usize, &'a Exception)],
    ) -> Vec<(usize, &'a Exception)> {
        let mut winners = Vec::new();
        for (index, exception) in applied {
            let by: Vec<&Exception> = applied
                .iter()
                .filter(|(other, it)| {
                    other != index && it.overrides.iter().any(|over| *over as usize == *index)
                })
                .map(|(_, it)| *it)
                .collect();
            if by.is_empty() {
                winners.push((*index, *exception));
            } else {
                self.seen(frame, *index, ExceptionSeen::Overridden);
            }
            self.trace_applied(*index, &by);
        }
        winners
    }

    /// An exception gave the value, or part of it.
    fn decided(&mut self, frame: &Frame<'a>, (index, exception): (usize, &'a Exception)) {
        self.seen(frame, index, ExceptionSeen::Decided);
        self.trace_decided(exception);
    }

    #[inline(never)]
    fn without_exception(
        &mut self,
        frame: &mut Frame<'a>,
        rule: &'a Rule,
        combine: Option<&Combine>,
    ) -> Eval<Value> {
        if let Some(default) = &rule.default {
            self.trace_default(default.value);
            if let Some(observer) = &mut self.observer {
                observer.default_used(frame.id);
            }
            return self.eval(frame, default.value);
        }
        // Nothing combined is 0, where the result is a number and may be 0.
        let result = &frame.callable.result;
        if combine.is_some() && matches!(result, Type::Int | Type::Num(_)) {
            let nothing = self.zero(frame, result)?;
            self.result_border(frame, &nothing)?;
            return Ok(nothing);
        }
        let failure = self.fail(frame, frame.callable.place, ErrorCode::Undecided);
        Err(self.with_arguments(frame, failure))
    }

    /// Several that apply: equal values where they may agree, else a conflict.
    #[inline(never)]
    fn agreed(
        &mut self,
        frame: &mut Frame<'a>,
        rule: &'a Rule,
        winners: &[(usize, &'a Exception)],
    ) -> Eval<Value> {
        let mut values: Vec<Value> = Vec::new();
        if rule.may_agree {
            for (_, winner) in winners {
                values.push(self.eval(frame, winner.then)?);
            }
            self.trace_values(frame, winners, &values);
            if let Some(first) = values.first()
                && values.iter().all(|value| value == first)
            {
                for winner in winners {
                    self.decided(frame, *winner);
                }
                return Ok(first.clone());
            }
        }
        self.trace_undecided();
        let place = winners
            .first()
            .map_or(frame.callable.place, |(_, it)| it.place);
        let mut failure = self.fail(frame, place, ErrorCode::Conflict);
        for (index, (_, winner)) in winners.iter().enumerate() {
            failure = failure.with("exception", winner.name.as_str());
            if let Some(value) = values.get(index) {
                failure = failure.with("value", self.show_result(frame, value));
            }
        }
        Err(self.with_arguments(frame, failure))
    }

    #[inline(never)]
    fn combined(
        &mut self,
        frame: &mut Frame<'a>,
        winners: &[(usize, &'a Exception)],
        combine: &'a Combine,
    ) -> Eval<Value> {
        let mut values = Vec::with_capacity(winners.len());
        for (_, winner) in winners {
            values.push(self.eval(frame, winner.then)?);
        }
        self.trace_values(frame, winners, &values);
        let combined = match combine.how {
            CombineHow::Sum => self.total(frame, values.clone())?,
            CombineHow::Highest => self.extreme(frame, values.clone(), true)?,
            CombineHow::Lowest => self.extreme(frame, values.clone(), false)?,
            CombineHow::Compound => compound(&values).map_err(|code| {
                let failure: Box<Failure> = self.fail(frame, frame.callable.place, code);
                failure
            })?,
        };
        match combine.how {
            CombineHow::Sum | CombineHow::Compound => {
                for winner in winners {
                    self.decided(frame, *winner);
                }
            }
            CombineHow::Highest | CombineHow::Lowest => {
                self.one_taken(frame, winners, (&values, &combined));
            }
        }
        let cap = match combine.cap {
            Some(cap) => Some(self.eval(frame, cap)?),
            None => None,
        };
        let value = match &cap {
            Some(cap) => self.extreme(frame, vec![combined.clone(), cap.clone()], false)?,
            None => combined.clone(),
        };
        self.trace_combined(frame, combine.how, (&combined, cap.as_ref()), &value);
        self.result_border(frame, &value)?;
        Ok(value)
    }

    /// Of values that were compared one was taken: the first of equals, as in a table.
    fn one_taken(
        &mut self,
        frame: &Frame<'a>,
        winners: &[(usize, &'a Exception)],
        (values, taken): (&[Value], &Value),
    ) {
        let at = values.iter().position(|value| value == taken);
        let Some(best) = at.and_then(|at| winners.get(at)) else {
            return;
        };
        for winner in winners {
            if winner.0 == best.0 {
                self.decided(frame, *best);
            } else {
                self.seen(frame, winner.0, ExceptionSeen::PassedOver);
                self.trace_passed_over(winner.0, best.1);
            }
        }
    }

    /// The value of the rule's default, inside an exception; computed once.
    #[inline(never)]
    pub(super) fn eval_default(&mut self, frame: &mut Frame<'a>, node: &'a Node) -> Eval<Value> {
        if let Some(value) = &frame.default {
            return Ok(value.clone());
        }
        let assize_ir::Body::Rule(Rule {
            default: Some(default),
            ..
        }) = &frame.callable.body
        else {
            return Err(self.internal(frame, node.place, "no default"));
        };
        if matches!(
            frame.callable.node(default.value),
            Some(Node {
                op: Op::Default,
                ..
            })
        ) {
            return Err(self.internal(frame, node.place, "a default of itself"));
        }
        let value = self.eval(frame, default.value)?;
        frame.default = Some(value.clone());
        Ok(value)
    }

    #[inline(never)]
    pub(super) fn eval_parameter(
        &mut self,
        frame: &mut Frame<'a>,
        values: &'a [ParameterValue],
    ) -> Eval<Value> {
        let (index, value) = match self.value_on(frame, values)? {
            Some(found) => found,
            None => {
                let failure = self.fail(frame, frame.callable.place, ErrorCode::Undecided);
                return Err(self.with_arguments(frame, failure));
            }
        };
        if let Some(observer) = &mut self.observer {
            observer.parameter_value(frame.id, u32::try_from(index).unwrap_or(u32::MAX));
        }
        self.trace_parameter(frame, value);
        self.eval(frame, value.value)
    }

    /// The value in force.
    fn value_on(
        &self,
        frame: &Frame<'a>,
        values: &'a [ParameterValue],
    ) -> Eval<Option<(usize, &'a ParameterValue)>> {
        if frame.callable.params.is_empty() {
            return Ok(values
                .iter()
                .enumerate()
                .find(|(_, value)| value.from.is_none()));
        }
        match frame.slot(assize_ir::Slot(0)) {
            Some(super::frame::Binding::Value(Value::Date(day))) => Ok(values
                .iter()
                .enumerate()
                .rfind(|(_, value)| value.from.unwrap_or(date::FIRST_DAY) <= *day)),
            _ => Err(self.internal(frame, frame.callable.place, "a parameter without a day")),
        }
    }
}

/// 100% − Π(100% − x).
fn compound(values: &[Value]) -> Result<Value, ErrorCode> {
    let whole = Value::Num(Decimal::ONE);
    let mut left = whole.clone();
    for value in values {
        let kept = arithmetic(Arithmetic::Subtract, &whole, value)?;
        left = arithmetic(Arithmetic::Multiply, &left, &kept)?;
    }
    arithmetic(Arithmetic::Subtract, &whole, &left)
}
