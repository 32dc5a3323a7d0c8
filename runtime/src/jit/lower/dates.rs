//! Dates, working days and the other built-in functions.

use assize_ir::{Builtin, DateUnit, NodeId, date};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::value::{Val, memory};
use super::{Body, Lower, NotYet};
use crate::jit::host::{Call, NO_DAY};

/// More days than the calendar has.
const ALL_DAYS: i64 = 4_000_000;

impl Body<'_, '_> {
    fn day(&mut self, node: NodeId) -> Lower<Value> {
        match self.eval(node)? {
            Val::Word(day) => Ok(day),
            _ => Err(NotYet("not a day")),
        }
    }

    /// A day moved by a number of days that is small enough; leaves outside the calendar.
    fn moved(&mut self, day: Value, days: Value) -> Val {
        let day = self.b.ins().iadd(day, days);
        let early = self
            .b
            .ins()
            .icmp_imm_s(IntCC::SignedLessThan, day, i64::from(date::FIRST_DAY));
        self.leave_if(early);
        let late =
            self.b
                .ins()
                .icmp_imm_s(IntCC::SignedGreaterThan, day, i64::from(date::LAST_DAY));
        self.leave_if(late);
        Val::Word(day)
    }

    /// A day that the host gives; leaves where it gives none.
    fn day_from(&mut self, name: Call, words: &[Value]) -> Val {
        let day = self.call_host(name, words);
        let none = self.b.ins().icmp_imm_s(IntCC::Equal, day, NO_DAY);
        self.leave_if(none);
        Val::Word(day)
    }

    pub(super) fn date_step(&mut self, day: NodeId, count: i32, unit: DateUnit) -> Lower<Val> {
        let day = self.day(day)?;
        let count = i64::from(count);
        Ok(match unit {
            DateUnit::Days | DateUnit::Weeks => {
                let days = self.int(if unit == DateUnit::Days {
                    count
                } else {
                    count * 7
                });
                self.moved(day, days)
            }
            DateUnit::Months | DateUnit::Quarters | DateUnit::Years => {
                let each = match unit {
                    DateUnit::Quarters => 3,
                    DateUnit::Years => 12,
                    _ => 1,
                };
                let months = self.int(count * each);
                self.day_from(Call::add_months, &[day, months])
            }
        })
    }

    pub(super) fn plus_days(&mut self, day: NodeId, days: NodeId) -> Lower<Val> {
        let day = self.day(day)?;
        let days = match self.eval(days)? {
            Val::Word(days) => days,
            other => match self.whole_of(&other)? {
                Val::Word(days) => days,
                _ => return Err(NotYet("not days")),
            },
        };
        for (beyond, end) in [
            (IntCC::SignedGreaterThan, ALL_DAYS),
            (IntCC::SignedLessThan, -ALL_DAYS),
        ] {
            let far = self.b.ins().icmp_imm_s(beyond, days, end);
            self.leave_if(far);
        }
        Ok(self.moved(day, days))
    }

    pub(super) fn plus_formula(&mut self, day: NodeId, formula: NodeId) -> Lower<Val> {
        let day = self.day(day)?;
        let Val::Text([address, bytes]) = self.eval(formula)? else {
            return Err(NotYet("not a formula"));
        };
        Ok(self.day_from(Call::add_formula, &[day, address, bytes]))
    }

    pub(super) fn date_difference(&mut self, a: NodeId, b: NodeId) -> Lower<Val> {
        let (a, b) = (self.day(a)?, self.day(b)?);
        Ok(Val::Word(self.b.ins().isub(a, b)))
    }

    pub(super) fn builtin(&mut self, builtin: Builtin, arguments: &[NodeId]) -> Lower<Val> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.eval(*argument)?);
        }
        let context = self.context;
        Ok(match (builtin, values.as_slice()) {
            (Builtin::AddWorkingDays, [Val::Word(a), Val::Word(b), Val::List([at, count])]) => {
                self.word_from(Call::working_days, &[context, *a, *b, *at, *count])
            }
            (Builtin::WorkingDaysBetween, [Val::Word(a), Val::Word(b), Val::List([at, count])]) => {
                self.word_from(Call::days_between, &[context, *a, *b, *at, *count])
            }
            (Builtin::StartOfMonth, [Val::Word(day)]) => {
                self.day_from(Call::start_of_month, &[*day])
            }
            (Builtin::EndOfMonth, [Val::Word(day)]) => self.day_from(Call::end_of_month, &[*day]),
            (Builtin::Weekday, [Val::Word(day)]) => {
                Val::Word(self.call_host(Call::weekday, &[*day]))
            }
            (Builtin::Length, [Val::Text([at, bytes])]) => {
                Val::Word(self.call_host(Call::text_length, &[*at, *bytes]))
            }
            (Builtin::StartsWith, [Val::Text([a, m]), Val::Text([b, n])]) => {
                let holds = self.call_host(Call::text_starts, &[*a, *m, *b, *n]);
                Val::Bool(self.b.ins().icmp_imm_u(IntCC::NotEqual, holds, 0))
            }
            _ => return Err(NotYet("a function of other values")),
        })
    }

    /// A word that the host gives; leaves where it gives none.
    fn word_from(&mut self, name: Call, words: &[Value]) -> Val {
        let to = self.scratch_address();
        let mut all = words.to_vec();
        all.push(to);
        let status = self.call_host(name, &all);
        self.leave_if_not_zero(status);
        Val::Word(self.b.ins().load(types::I64, memory(), to, 0))
    }
}
