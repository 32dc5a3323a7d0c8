//! The numeric facts of a node, from those of its operands.

use rust_decimal::Decimal;

use super::{Context, declared_facts};
use crate::date::{FIRST_DAY, LAST_DAY};
use crate::facts::NumFacts;
use crate::node::{Arithmetic, Builtin, Const, LoopResult, Op};
use crate::types::{NodeId, Type};
use crate::visit::Binding;

impl Context<'_> {
    /// What holds of the value of an operation with this type; `None` when it is no number.
    pub(crate) fn facts_of(&self, id: NodeId, op: &Op, ty: &Type) -> Option<NumFacts> {
        let facts = match ty.plain() {
            Type::Int => {
                let facts = self.number_facts(id, op, ty).within_int();
                // An `Int` is never rounded, and one that is there has not overflown: to hand it on
                // is exact, however it was computed.
                let computes = match op {
                    Op::Arithmetic(..) => true,
                    Op::Loop(each) => matches!(each.result, LoopResult::Sum(_)),
                    _ => false,
                };
                let exact = facts.exact || !computes;
                NumFacts { exact, ..facts }
            }
            Type::Num(_) if matches!(op, Op::IntToNum(_)) => NumFacts {
                exact: true,
                ..self.number_facts(id, op, ty)
            },
            Type::Num(_) => self.number_facts(id, op, ty),
            _ => return None,
        };
        Some(facts)
    }

    fn known(&self, id: NodeId) -> NumFacts {
        self.node(id)
            .ok()
            .and_then(|node| node.facts.clone())
            .unwrap_or(NumFacts::UNKNOWN)
    }

    fn number_facts(&self, id: NodeId, op: &Op, ty: &Type) -> NumFacts {
        match op {
            Op::Const(Const::Int(value)) => NumFacts::constant(Decimal::from(*value)),
            Op::Const(Const::Num(value)) => NumFacts::constant(*value),
            Op::Local(slot) => match self.bindings.get(slot.index()).copied().flatten() {
                Some(Binding::Value(value, _)) => self.known(value),
                Some(Binding::Element(list)) => match self.ty(list) {
                    Ok(Type::List { item, .. }) => {
                        declared_facts(item).unwrap_or(NumFacts::UNKNOWN)
                    }
                    _ => NumFacts::UNKNOWN,
                },
                _ => self.slot_facts(slot.index()),
            },
            // As a local: the value that is there, however it was computed.
            Op::Default => NumFacts {
                exact: true,
                ..self
                    .default
                    .map_or(NumFacts::UNKNOWN, |value| self.known(value))
            },
            Op::Let { body, .. } => self.known(*body),
            Op::If { then, other, .. } => self.join(&[*then, *other], ty),
            Op::Arithmetic(how, left, right) => {
                let (left, right) = (self.known(*left), self.known(*right));
                match how {
                    Arithmetic::Add => left.add(&right),
                    Arithmetic::Subtract => left.subtract(&right),
                    Arithmetic::Multiply => left.multiply(&right),
                    Arithmetic::Divide => left.divide(&right),
                }
            }
            Op::Negate(value) => self.known(*value).negate(),
            Op::Absolute(value) => self.known(*value).absolute(),
            Op::IntToNum(value) | Op::ToOptional(value) | Op::Present(value) => self.known(*value),
            Op::NumToInt(value) => self.known(*value).to_int(),
            Op::Round { value, step, .. } => self.known(*value).round(&self.known(*step)),
            Op::RoundRunning { value, step, .. } => {
                self.known(*value).round_running(&self.known(*step))
            }
            Op::SharePart(_) => match self.shares.get(&id) {
                Some(share) => self
                    .known(share.total)
                    .share_part(&self.known(share.step), share.running),
                None => NumFacts::UNKNOWN,
            },
            Op::Otherwise { value, other } => self.join(&[*value, *other], ty),
            Op::DateDifference(_, _) => {
                let most = LAST_DAY.saturating_sub(FIRST_DAY);
                NumFacts::whole(Decimal::from(-most), Decimal::from(most))
            }
            Op::Builtin(Builtin::Weekday, _) => NumFacts::whole(Decimal::ONE, Decimal::from(7)),
            Op::Builtin(Builtin::Length, _) => {
                NumFacts::whole(Decimal::ZERO, Decimal::from(crate::facts::INT_HIGHEST))
            }
            Op::Lowest(items) => self.fold(items, ty, NumFacts::least),
            Op::Highest(items) => self.fold(items, ty, NumFacts::greatest),
            Op::Loop(each) => match &each.result {
                LoopResult::Sum(value) => self.known(*value).sum(self.at_most(each)),
                LoopResult::Count => NumFacts::whole(
                    Decimal::ZERO,
                    self.at_most(each)
                        .map_or(Decimal::from(crate::facts::INT_HIGHEST), Decimal::from),
                ),
                LoopResult::Finally(value)
                | LoopResult::Lowest(value)
                | LoopResult::Highest(value)
                | LoopResult::First(value) => self.known(*value),
                _ => NumFacts::UNKNOWN,
            },
            // Fields, calls and borders give what is declared; `missing` and `stop` give nothing.
            _ => declared_facts(ty).unwrap_or(NumFacts::UNKNOWN),
        }
    }

    fn slot_facts(&self, at: usize) -> NumFacts {
        self.slots
            .get(at)
            .and_then(|slot| declared_facts(&slot.ty))
            .unwrap_or(NumFacts::UNKNOWN)
    }

    fn join(&self, all: &[NodeId], ty: &Type) -> NumFacts {
        self.fold(all, ty, NumFacts::join)
    }

    /// Folds the facts of those that can have a plain value.
    fn fold(
        &self,
        all: &[NodeId],
        ty: &Type,
        how: fn(&NumFacts, &NumFacts) -> NumFacts,
    ) -> NumFacts {
        all.iter()
            .filter(|id| !self.is_empty(**id))
            .map(|id| self.known(*id))
            .reduce(|a, b| how(&a, &b))
            .or_else(|| declared_facts(ty))
            .unwrap_or(NumFacts::UNKNOWN)
    }
}
