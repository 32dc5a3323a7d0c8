//! The type of a node, from its operands.

use super::kinds::{both, const_fits, exactly, is_ordered, join_types, unlimited};
use super::{Checked, Context, Mismatch, type_of_facts};
use crate::node::{Arithmetic, Builtin, Const, Item, Op, TextPart};
use crate::types::{NodeId, REASON_CODE, ROUNDING, RecordId, RelationId, SEVERITY, Type};

impl Context<'_> {
    /// The type of an operation whose operands are as they should be. `stated` is what the node
    /// says, where it says something; without it `missing`, `stop` and an empty list have no type.
    pub(crate) fn type_of(&self, op: &Op, stated: Option<&Type>) -> Checked<Type> {
        match op {
            Op::Const(value) => self.const_type(value, stated),
            Op::Local(slot) => self
                .slots
                .get(slot.index())
                .map(|slot| slot.ty.clone())
                .ok_or_else(|| Mismatch::new("a slot of this callable", format!("{}", slot.0))),
            Op::Default => match self.default {
                Some(default) => Ok(self.ty(default)?.clone()),
                None => Err(Mismatch::new("a rule with a default", "none")),
            },
            Op::Let {
                slot, value, body, ..
            } => {
                self.bound(*slot, *value)?;
                Ok(self.ty(*body)?.clone())
            }
            Op::If { cond, then, other } => {
                self.bool(*cond)?;
                self.joined(&[*then, *other])
            }
            Op::And(left, right) | Op::Or(left, right) => {
                self.bool(*left)?;
                self.bool(*right)?;
                Ok(Type::Bool)
            }
            Op::Not(value) => self.bool(*value).map(|()| Type::Bool),
            Op::Counted { items, .. } => {
                for item in items {
                    self.bool(*item)?;
                }
                Ok(Type::Bool)
            }
            Op::Arithmetic(how, left, right) => self.arithmetic_type(*how, *left, *right),
            Op::Negate(value) | Op::Absolute(value) => self.number(*value).map(unlimited_of),
            Op::IntToNum(value) => self.shape(*value, &Type::Int).map(|()| Type::NUMBER),
            Op::NumToInt(value) => self.shape(*value, &Type::NUMBER).map(|()| Type::Int),
            Op::Round { value, step, mode } => self.round_type(*value, *step, *mode),
            Op::RoundRunning {
                value,
                step,
                mode,
                per,
                ..
            } => {
                if let Some(per) = per {
                    self.node(*per)?;
                }
                self.round_type(*value, *step, *mode)
            }
            Op::SharePart(_) => Ok(Type::NUMBER),
            Op::Border { value, to, .. } => {
                if !matches!(to.plain(), Type::Num(_)) {
                    return Err(Mismatch::new("a border of a number", self.show(to)));
                }
                self.shape(*value, to).map(|()| to.clone())
            }
            Op::Bound { value, at_most, .. } => match self.ty(*value)? {
                Type::List {
                    item,
                    at_most: known,
                } => Ok(Type::List {
                    item: item.clone(),
                    at_most: Some(known.map_or(*at_most, |known| known.min(*at_most))),
                }),
                _ => self.wrong("a list", *value),
            },
            _ => self.type_of_data(op, stated),
        }
    }

    fn type_of_data(&self, op: &Op, stated: Option<&Type>) -> Checked<Type> {
        match op {
            Op::Equal(left, right) => self.shape(*right, self.ty(*left)?).map(|()| Type::Bool),
            Op::Compare(_, left, right) => {
                self.ordered(*left)?;
                self.shape(*right, self.ty(*left)?).map(|()| Type::Bool)
            }
            Op::Between { value, low, high } => {
                self.ordered(*value)?;
                for end in [low, high] {
                    if !self.ty(*end)?.plain().same_shape(self.ty(*value)?) {
                        return self.wrong(self.show(self.ty(*value)?), *end);
                    }
                }
                Ok(Type::Bool)
            }
            Op::In(value, list) => match self.ty(*list)? {
                Type::List { item, .. } => self.shape(*value, item).map(|()| Type::Bool),
                _ => self.wrong("a list", *list),
            },
            Op::ToOptional(value) => match self.ty(*value)? {
                Type::Optional(_) | Type::List { .. } => {
                    self.wrong("a plain value that is no list", *value)
                }
                plain => Ok(Type::Optional(Box::new(plain.clone()))),
            },
            Op::IsMissing(value) => self.optional(*value).map(|_| Type::Bool),
            Op::Present(value) => self.optional(*value).cloned(),
            Op::Otherwise { value, other } => {
                let plain = self.optional(*value)?;
                let other_ty = self.ty(*other)?;
                let joined = if other_ty.is_optional() {
                    join_types(&Type::Optional(Box::new(plain.clone())), other_ty)
                } else {
                    join_types(plain, other_ty)
                };
                match joined {
                    Some(joined) => Ok(joined),
                    None => self.wrong(self.show(plain), *other),
                }
            }
            Op::Stop(reason) => {
                self.shape(*reason, &Type::Reason)?;
                stated.cloned().ok_or_else(untyped)
            }
            Op::DateStep { date, .. } => self.shape(*date, &Type::Date).map(|()| Type::Date),
            Op::DatePlusDays(date, days) => {
                self.shape(*date, &Type::Date)?;
                self.number(*days)?;
                Ok(Type::Date)
            }
            Op::DatePlusFormula(date, formula) => {
                self.shape(*date, &Type::Date)?;
                self.shape(*formula, &Type::DateFormula)
                    .map(|()| Type::Date)
            }
            Op::DateDifference(left, right) => {
                self.shape(*left, &Type::Date)?;
                self.shape(*right, &Type::Date).map(|()| Type::Int)
            }
            Op::Builtin(which, arguments) => self.builtin_type(*which, arguments),
            Op::Text(parts) => {
                for part in parts {
                    if let TextPart::Hole(hole) = part {
                        self.hole(*hole)?;
                    }
                }
                Ok(Type::Text)
            }
            Op::Record(record, values) => self.record_type(*record, values),
            Op::Field(value, at) => self.field_type(*value, *at),
            Op::With(value, changes) => {
                let Type::Record(id) = self.ty(*value)? else {
                    return self.wrong("a record", *value);
                };
                for (at, change) in changes {
                    let ty = self.field_type(*value, *at)?;
                    self.fits(*change, &ty)?;
                }
                Ok(Type::Record(*id))
            }
            Op::Check(value) => match self.ty(*value)? {
                Type::Record(id) => Ok(Type::Record(*id)),
                _ => self.wrong("a record", *value),
            },
            Op::Lookup { relation, key } => self.lookup_type(*relation, key),
            Op::ValidOn { row, date } => {
                self.shape(*date, &Type::Date)?;
                match self.ty(*row)? {
                    Type::Row(id)
                        if self
                            .program
                            .relation(*id)
                            .is_some_and(|relation| relation.valid.is_some()) =>
                    {
                        Ok(Type::Bool)
                    }
                    _ => self.wrong("a row of a relation with a validity", *row),
                }
            }
            Op::List(items) => self.list_type(items, stated),
            Op::Concat(left, right) => match (self.ty(*left)?, self.ty(*right)?) {
                (
                    Type::List {
                        item: a,
                        at_most: m,
                    },
                    Type::List {
                        item: b,
                        at_most: n,
                    },
                ) => match join_types(a, b) {
                    Some(item) => Ok(Type::List {
                        item: Box::new(item),
                        at_most: m.zip(*n).and_then(|(m, n)| m.checked_add(n)),
                    }),
                    None => self.wrong(self.show(self.ty(*left)?), *right),
                },
                (Type::List { .. }, _) => self.wrong("a list", *right),
                _ => self.wrong("a list", *left),
            },
            Op::Lowest(items) | Op::Highest(items) => {
                for item in items {
                    self.ordered(*item)?;
                }
                self.joined(items)
            }
            Op::Loop(each) => self.loop_type(each),
            Op::Call(callable, arguments) => {
                let Some(callable) = self.program.callable(*callable) else {
                    return Err(Mismatch::new("a callable", format!("#{}", callable.0)));
                };
                self.arguments(callable.params.iter().map(|param| &param.ty), arguments)?;
                Ok(callable.result.clone())
            }
            Op::Reason(reason, arguments) => {
                let Some(reason) = self.program.reason(*reason) else {
                    return Err(Mismatch::new("a reason", format!("#{}", reason.0)));
                };
                self.arguments(reason.params.iter().map(|param| &param.ty), arguments)?;
                Ok(Type::Reason)
            }
            Op::ReasonCode(value) => self
                .shape(*value, &Type::Reason)
                .map(|()| Type::Enum(REASON_CODE)),
            Op::ReasonSeverity(value) => self
                .shape(*value, &Type::Reason)
                .map(|()| Type::Enum(SEVERITY)),
            _ => Err(Mismatch::new("an operation with a type", "another")),
        }
    }

    fn const_type(&self, value: &Const, stated: Option<&Type>) -> Checked<Type> {
        let known = match value {
            Const::Bool(_) => Some(Type::Bool),
            Const::Int(_) => Some(Type::Int),
            Const::Num(_) => Some(Type::NUMBER),
            Const::Text(_) => Some(Type::Text),
            Const::Code(_) => Some(Type::Code),
            Const::Date(_) => Some(Type::Date),
            Const::DateFormula(_) => Some(Type::DateFormula),
            Const::Calendar(_) => Some(Type::Calendar),
            Const::Enum(id, _) => Some(Type::Enum(*id)),
            Const::Record(id, _) => Some(Type::Record(*id)),
            Const::Missing => match stated {
                Some(Type::Optional(_)) => stated.cloned(),
                Some(other) => return Err(Mismatch::new("an optional type", self.show(other))),
                None => return Err(untyped()),
            },
            Const::List(items) => match stated {
                Some(stated) => Some(stated.clone()),
                None => Some(self.const_list_type(items)?),
            },
        };
        match known {
            Some(ty) if const_fits(self.program, value, &ty) => Ok(ty),
            _ => Err(Mismatch::new(
                stated.map_or_else(|| "a constant".to_owned(), |ty| self.show(ty)),
                "a constant that is no value of its type",
            )),
        }
    }

    fn const_list_type(&self, items: &[Const]) -> Checked<Type> {
        let mut item: Option<Type> = None;
        for one in items {
            let ty = match one {
                Const::Num(value) => exactly(*value),
                Const::List(_) => return Err(untyped()),
                other => self.const_type(other, None)?,
            };
            item = match item {
                None => Some(ty),
                Some(known) => Some(join_types(&known, &ty).ok_or_else(untyped)?),
            };
        }
        Ok(Type::List {
            item: Box::new(item.ok_or_else(untyped)?),
            at_most: u32::try_from(items.len()).ok(),
        })
    }

    fn arithmetic_type(&self, how: Arithmetic, left: NodeId, right: NodeId) -> Checked<Type> {
        let ty = self.number(left)?;
        self.shape(right, ty)?;
        match (ty, self.ty(right)?, how) {
            (Type::Int, _, Arithmetic::Divide) => self.wrong("a number to divide", left),
            (Type::Num(a), Type::Num(b), Arithmetic::Add | Arithmetic::Subtract) => {
                Ok(Type::Num(both(a, b)))
            }
            (Type::Num(_), _, _) => Ok(Type::NUMBER),
            (other, _, _) => Ok(other.clone()),
        }
    }

    fn round_type(&self, value: NodeId, step: NodeId, mode: NodeId) -> Checked<Type> {
        self.shape(value, &Type::NUMBER)?;
        self.shape(step, &Type::NUMBER)?;
        self.shape(mode, &Type::Enum(ROUNDING))?;
        Ok(unlimited(self.ty(value)?))
    }

    fn builtin_type(&self, which: Builtin, arguments: &[NodeId]) -> Checked<Type> {
        let calendars = Type::List {
            item: Box::new(Type::Calendar),
            at_most: None,
        };
        let (wanted, result): (&[&Type], Type) = match which {
            Builtin::AddWorkingDays => (&[&Type::Date, &Type::Int, &calendars], Type::Date),
            Builtin::WorkingDaysBetween => (&[&Type::Date, &Type::Date, &calendars], Type::Int),
            Builtin::StartOfMonth | Builtin::EndOfMonth => (&[&Type::Date], Type::Date),
            Builtin::Weekday => (&[&Type::Date], Type::Int),
            Builtin::Length | Builtin::StartsWith => {
                let count = if which == Builtin::Length { 1 } else { 2 };
                if arguments.len() != count {
                    return Err(arity(count, arguments.len()));
                }
                for argument in arguments {
                    if !matches!(self.ty(*argument)?, Type::Text | Type::Code) {
                        return self.wrong("text", *argument);
                    }
                }
                let result = if count == 1 { Type::Int } else { Type::Bool };
                return Ok(result);
            }
        };
        if wanted.len() != arguments.len() {
            return Err(arity(wanted.len(), arguments.len()));
        }
        for (wanted, argument) in wanted.iter().zip(arguments) {
            self.shape(*argument, wanted)?;
        }
        Ok(result)
    }

    fn record_type(&self, id: RecordId, values: &[NodeId]) -> Checked<Type> {
        let Some(record) = self.program.record(id) else {
            return Err(Mismatch::new("a record", format!("#{}", id.0)));
        };
        self.arguments(record.fields.iter().map(|field| &field.ty), values)?;
        Ok(Type::Record(id))
    }

    /// The type of a field, by position.
    pub(crate) fn field_type(&self, value: NodeId, at: u32) -> Checked<Type> {
        let fields = match self.ty(value)? {
            Type::Record(id) => self.program.record(*id).map(|record| &record.fields),
            Type::Row(id) => self.program.relation(*id).map(|relation| &relation.fields),
            _ => return self.wrong("a record or row", value),
        };
        match fields.and_then(|fields| fields.get(at as usize)) {
            Some(field) => Ok(field.ty.clone()),
            None => self.wrong(format!("something with a field {at}"), value),
        }
    }

    fn lookup_type(&self, id: RelationId, key: &[NodeId]) -> Checked<Type> {
        let Some(relation) = self.program.relation(id) else {
            return Err(Mismatch::new("a relation", format!("#{}", id.0)));
        };
        if relation.key_fields as usize != key.len() {
            return Err(arity(relation.key_fields as usize, key.len()));
        }
        for (field, value) in relation.fields.iter().zip(key) {
            self.shape(*value, &field.ty)?;
        }
        Ok(Type::Row(id))
    }

    fn list_type(&self, items: &[Item], stated: Option<&Type>) -> Checked<Type> {
        for item in items {
            if let Some(when) = item.when {
                self.bool(when)?;
            }
        }
        let Some(first) = items.first() else {
            return match stated {
                Some(ty @ Type::List { .. }) => Ok(ty.clone()),
                Some(other) => Err(Mismatch::new("a list", self.show(other))),
                None => Err(untyped()),
            };
        };
        let mut joined = self.item_type(first.value)?;
        for item in items.iter().skip(1) {
            match join_types(&joined, &self.item_type(item.value)?) {
                Some(ty) => joined = ty,
                None => return self.wrong(self.show(&joined), item.value),
            }
        }
        Ok(Type::List {
            item: Box::new(joined),
            at_most: u32::try_from(items.len()).ok(),
        })
    }

    /// The type of a value as an element: what is proved of a number becomes its declaration.
    pub(crate) fn item_type(&self, id: NodeId) -> Checked<Type> {
        let node = self.node(id)?;
        let number = match (node.ty.plain(), &node.facts) {
            (Type::Num(number), Some(facts)) => Type::Num(type_of_facts(facts, number)),
            _ => return Ok(node.ty.clone()),
        };
        Ok(if node.ty.is_optional() {
            Type::Optional(Box::new(number))
        } else {
            number
        })
    }

    fn hole(&self, id: NodeId) -> Checked {
        match self.ty(id)? {
            Type::Bool
            | Type::Int
            | Type::Num(_)
            | Type::Date
            | Type::Text
            | Type::Code
            | Type::Enum(_) => Ok(()),
            _ => self.wrong("bool, int, number, date, text, code or an enum", id),
        }
    }

    /// Arguments of a call, a reason or a record: as many, and each of its type.
    pub(crate) fn arguments<'t>(
        &self,
        wanted: impl ExactSizeIterator<Item = &'t Type>,
        found: &[NodeId],
    ) -> Checked {
        if wanted.len() != found.len() {
            return Err(arity(wanted.len(), found.len()));
        }
        for (ty, node) in wanted.zip(found) {
            self.fits(*node, ty)?;
        }
        Ok(())
    }

    /// What the values of all have in common.
    pub(crate) fn joined(&self, all: &[NodeId]) -> Checked<Type> {
        let Some((first, rest)) = all.split_first() else {
            return Err(Mismatch::new("at least one value", "none"));
        };
        let mut joined = self.ty(*first)?.clone();
        for one in rest {
            match join_types(&joined, self.ty(*one)?) {
                Some(ty) => joined = ty,
                None => return self.wrong(self.show(&joined), *one),
            }
        }
        Ok(joined)
    }

    pub(crate) fn bound(&self, slot: crate::types::Slot, value: NodeId) -> Checked {
        match self.slots.get(slot.index()) {
            Some(slot) => self.holds(value, &slot.ty),
            None => Err(Mismatch::new("a slot of this callable", slot.0.to_string())),
        }
    }

    pub(crate) fn ordered(&self, id: NodeId) -> Checked {
        if is_ordered(self.program, self.ty(id)?) {
            Ok(())
        } else {
            self.wrong("a plain value with an order", id)
        }
    }

    fn number(&self, id: NodeId) -> Checked<&Type> {
        match self.ty(id)? {
            ty @ (Type::Int | Type::Num(_)) => Ok(ty),
            _ => self.wrong("a number", id),
        }
    }

    fn optional(&self, id: NodeId) -> Checked<&Type> {
        match self.ty(id)? {
            Type::Optional(inner) => Ok(inner),
            _ => self.wrong("an optional", id),
        }
    }
}

fn unlimited_of(ty: &Type) -> Type {
    unlimited(ty)
}

fn untyped() -> Mismatch {
    Mismatch::new("a written type", "none")
}

fn arity(wanted: usize, found: usize) -> Mismatch {
    Mismatch::new(format!("{wanted} values"), format!("{found}"))
}
