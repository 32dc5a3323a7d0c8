//! Follows leaves through expressions.

use assize_eval::Value;
use assize_ir::{Const, Node, NodeId, Op, Type};
use rust_decimal::Decimal;

use super::Flow;
use super::abs::{Abs, join, settled};
use super::callables::Env;

impl<'p> Flow<'p> {
    /// A comparison: settled with settled, or a leaf with constants.
    pub(super) fn compare(&mut self, a: &Abs, b: &Abs, ordered: bool) -> Option<()> {
        let (leaves, constants) = match (a, b) {
            (a, b) if settled(a) && settled(b) => return Some(()),
            (Abs::Leaf(leaves), Abs::Known(values)) | (Abs::Known(values), Abs::Leaf(leaves)) => {
                (leaves, values)
            }
            _ => return None,
        };
        for leaf in leaves {
            let leaf = self.leaves.get_mut(*leaf)?;
            for constant in constants {
                match (constant, &leaf.ty) {
                    (Value::Missing, _) => {}
                    (Value::Int(value), Type::Int | Type::Num(_)) => {
                        leaf.numbers.insert(Decimal::from(*value));
                    }
                    (Value::Num(value), Type::Int | Type::Num(_)) => {
                        leaf.numbers.insert(value.normalize());
                    }
                    (Value::Date(day), Type::Date) => {
                        leaf.days.insert(*day);
                    }
                    (Value::Text(text), Type::Text) | (Value::Code(text), Type::Code)
                        if !ordered =>
                    {
                        leaf.texts.insert(text.to_string());
                    }
                    _ => return None,
                }
            }
        }
        Some(())
    }

    /// A node that must be settled.
    pub(super) fn settled(&mut self, env: &mut Env<'p>, id: NodeId) -> Option<()> {
        let abs = self.node(env, id)?;
        settled(&abs).then_some(())
    }

    pub(super) fn node(&mut self, env: &mut Env<'p>, id: NodeId) -> Option<Abs> {
        self.nodes_left = self.nodes_left.checked_sub(1)?;
        self.enter()?;
        let node = env.callable.node(id)?;
        let result = self.op(env, node)?;
        self.depth -= 1;
        Some(result)
    }

    fn op(&mut self, env: &mut Env<'p>, node: &'p Node) -> Option<Abs> {
        Some(match &node.op {
            Op::Const(Const::List(_) | Const::Record(..)) => Abs::Settled,
            Op::Const(constant) => match assize_eval::interp::value_of(constant) {
                Some(value) => Abs::Known(vec![value]),
                None => Abs::Settled,
            },
            Op::Local(slot) => env.slots.get(&slot.0).cloned().unwrap_or(Abs::Settled),
            Op::Default => env.default.clone()?,
            Op::Let {
                slot, value, body, ..
            } => {
                let value = self.node(env, *value)?;
                env.slots.insert(slot.0, value);
                self.node(env, *body)?
            }
            Op::If { cond, then, other } => {
                self.settled(env, *cond)?;
                let then = self.node(env, *then)?;
                let other = self.node(env, *other)?;
                join(then, other)?
            }
            Op::Otherwise { value, other } => {
                let value = self.node(env, *value)?;
                let other = self.node(env, *other)?;
                join(value, other)?
            }
            Op::ToOptional(value) | Op::Present(value) => self.node(env, *value)?,
            Op::IntToNum(value) => match self.node(env, *value)? {
                Abs::Known(values) => {
                    Abs::Known(values.iter().map(as_number).collect::<Option<_>>()?)
                }
                other => other,
            },
            Op::Border { value, to, .. } => {
                let value = self.node(env, *value)?;
                self.border(&value, to)?;
                value
            }
            Op::Equal(a, b) => {
                let (a, b) = (self.node(env, *a)?, self.node(env, *b)?);
                self.compare(&a, &b, false)?;
                Abs::Settled
            }
            Op::Compare(_, a, b) => {
                let (a, b) = (self.node(env, *a)?, self.node(env, *b)?);
                self.compare(&a, &b, true)?;
                Abs::Settled
            }
            Op::Between { value, low, high } => {
                let value = self.node(env, *value)?;
                for end in [*low, *high] {
                    let end = self.node(env, end)?;
                    self.compare(&value, &end, true)?;
                }
                Abs::Settled
            }
            Op::In(value, list) => {
                let value = self.node(env, *value)?;
                match env.callable.node(*list).map(|node| &node.op) {
                    Some(Op::List(items)) => {
                        for item in items {
                            if let Some(when) = &item.when {
                                self.settled(env, *when)?;
                            }
                            let item = self.node(env, item.value)?;
                            self.compare(&value, &item, false)?;
                        }
                    }
                    Some(Op::Const(Const::List(items))) => {
                        for item in items {
                            let item = Abs::Known(vec![assize_eval::interp::value_of(item)?]);
                            self.compare(&value, &item, false)?;
                        }
                    }
                    _ => {
                        let list = self.node(env, *list)?;
                        (settled(&value) && settled(&list)).then_some(())?;
                    }
                }
                Abs::Settled
            }
            Op::IsMissing(value) => {
                self.node(env, *value)?;
                Abs::Settled
            }
            // A refusal is the same one whatever its words are.
            Op::Stop(reason) => {
                match env.callable.node(*reason).map(|node| &node.op) {
                    Some(Op::Reason(_, arguments)) => {
                        for argument in arguments {
                            self.node(env, *argument)?;
                        }
                    }
                    _ => self.settled(env, *reason)?,
                }
                Abs::Known(Vec::new())
            }
            Op::Record(_, fields) => {
                let fields: Option<Vec<Abs>> =
                    fields.iter().map(|field| self.node(env, *field)).collect();
                Abs::Record(fields?)
            }
            Op::Field(value, field) => match self.node(env, *value)? {
                Abs::Record(fields) => fields.get(*field as usize)?.clone(),
                Abs::Leaf(_) => return None,
                Abs::Settled | Abs::Known(_) => Abs::Settled,
            },
            Op::With(value, changes) => {
                let mut fields = match self.node(env, *value)? {
                    Abs::Record(fields) => fields,
                    Abs::Leaf(_) => return None,
                    Abs::Settled | Abs::Known(_) => {
                        let Type::Record(id) = node.ty.plain() else {
                            return None;
                        };
                        let count = self.program.record(*id)?.fields.len();
                        vec![Abs::Settled; count]
                    }
                };
                for (field, value) in changes {
                    *fields.get_mut(*field as usize)? = self.node(env, *value)?;
                }
                Abs::Record(fields)
            }
            Op::Check(value) => {
                let value = self.node(env, *value)?;
                if let Type::Record(id) = node.ty.plain() {
                    for check in &self.program.record(*id)?.checks {
                        let held = self.call(check.callable, vec![value.clone()])?;
                        settled(&held).then_some(())?;
                    }
                }
                value
            }
            Op::Call(callee, arguments) => {
                let arguments: Option<Vec<Abs>> = arguments
                    .iter()
                    .map(|argument| self.node(env, *argument))
                    .collect();
                self.call(*callee, arguments?)?
            }
            op => {
                if let Op::Loop(it) = op {
                    for binding in &it.lets {
                        let value = self.node(env, binding.value)?;
                        env.slots.insert(binding.slot.0, value);
                    }
                    let lets: Vec<NodeId> = it.lets.iter().map(|binding| binding.value).collect();
                    for operand in op.operands() {
                        if !lets.contains(&operand) {
                            self.settled(env, operand)?;
                        }
                    }
                } else {
                    for operand in op.operands() {
                        self.settled(env, operand)?;
                    }
                }
                Abs::Settled
            }
        })
    }

    /// A border compares with the ends of its range; its places must be those of the leaf anyway.
    fn border(&mut self, value: &Abs, to: &Type) -> Option<()> {
        let Abs::Leaf(leaves) = value else {
            return settled(value).then_some(());
        };
        let Type::Num(to) = to.plain() else {
            return None;
        };
        for leaf in leaves {
            let places = match &self.leaves.get(*leaf)?.ty {
                Type::Int => Some(0),
                Type::Num(num) => num.places,
                _ => return None,
            };
            if to
                .places
                .is_some_and(|most| places.is_none_or(|places| places > most))
            {
                return None;
            }
        }
        let ends = to
            .lowest
            .iter()
            .chain(&to.highest)
            .map(|end| Value::Num(*end))
            .collect();
        self.compare(value, &Abs::Known(ends), true)
    }
}

fn as_number(value: &Value) -> Option<Value> {
    match value {
        Value::Int(value) => Some(Value::Num(Decimal::from(*value))),
        Value::Missing => Some(Value::Missing),
        _ => None,
    }
}
