//! The type of a loop, and which loop a share belongs to.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checked, Context, Mismatch, ShareOf};
use crate::node::{Loop, LoopResult, Op, Over, Rest, Share};
use crate::types::{NodeId, ROUNDING, RelationId, Type};

impl Context<'_> {
    pub(crate) fn loop_type(&self, each: &Loop) -> Checked<Type> {
        for source in &each.sources {
            self.source(source)?;
        }
        if each.sources.is_empty() {
            return Err(Mismatch::new("at least one source", "none"));
        }
        for cond in each.filter.iter().chain(&each.until) {
            self.bool(*cond)?;
        }
        for key in &each.order {
            if !super::is_ordered(self.program, self.ty(key.value)?.plain())
                && *self.ty(key.value)?.plain() != Type::Bool
            {
                return self.wrong("a value with an order", key.value);
            }
        }
        for carry in &each.carries {
            let Some(slot) = self.slots.get(carry.slot.index()) else {
                return Err(Mismatch::new("a slot", carry.slot.0.to_string()));
            };
            self.fits(carry.start, &slot.ty)?;
            if let Some(next) = carry.next {
                self.fits(next, &slot.ty)?;
            }
        }
        for one in &each.lets {
            self.bound(one.slot, one.value)?;
        }
        for share in &each.shares {
            self.share(share)?;
        }
        self.result_type(each)
    }

    fn source(&self, source: &crate::node::Source) -> Checked {
        let Some(slot) = self.slots.get(source.slot.index()) else {
            return Err(Mismatch::new("a slot", source.slot.0.to_string()));
        };
        let element = match &source.over {
            Over::List(list) => match self.ty(*list)? {
                Type::List { item, .. } => (**item).clone(),
                _ => return self.wrong("a list", *list),
            },
            Over::Relation(id) => Type::Row(*id),
            Over::Indexed {
                relation,
                index,
                key,
            } => {
                let found = self.program.relation(*relation);
                let Some((relation_of, index_of)) =
                    found.and_then(|found| Some((found, found.indexes.get(index.index())?)))
                else {
                    return Err(Mismatch::new("an index", index.0.to_string()));
                };
                if index_of.fields.len() != key.len() {
                    return Err(Mismatch::new(
                        format!("{} values", index_of.fields.len()),
                        key.len().to_string(),
                    ));
                }
                for (field, value) in index_of.fields.iter().zip(key) {
                    match relation_of.fields.get(*field as usize) {
                        Some(field) if field.ty.plain().same_shape(self.ty(*value)?.plain()) => {}
                        Some(field) => return self.wrong(self.show(&field.ty), *value),
                        None => return Err(Mismatch::new("a field", field.to_string())),
                    }
                }
                Type::Row(*relation)
            }
        };
        // A number's facts come from the list, so the slot only needs the shape.
        let good = match (element.plain(), slot.ty.plain()) {
            (Type::Num(_), Type::Num(_)) => element.same_shape(&slot.ty),
            _ => super::sub(&element, &slot.ty),
        };
        if good {
            Ok(())
        } else {
            Err(Mismatch::new(
                format!("{} for %{}", self.show(&element), slot.name),
                self.show(&slot.ty),
            ))
        }
    }

    fn share(&self, share: &Share) -> Checked {
        if let Some(guard) = share.guard {
            self.bool(guard)?;
        }
        for number in [share.total, share.weight, share.step] {
            self.shape(number, &Type::NUMBER)?;
        }
        if let Some(per) = share.per {
            self.node(per)?;
        }
        self.shape(share.mode, &Type::Enum(ROUNDING))
    }

    fn result_type(&self, each: &Loop) -> Checked<Type> {
        let optional = |ty: &Type| match ty {
            Type::Optional(_) => ty.clone(),
            plain => Type::Optional(Box::new(plain.clone())),
        };
        match &each.result {
            LoopResult::List(value) => Ok(Type::List {
                item: Box::new(self.item_type(*value)?),
                at_most: self.at_most(each),
            }),
            LoopResult::Finally(value) => Ok(self.ty(*value)?.clone()),
            LoopResult::Sum(value) => match self.ty(*value)? {
                Type::Int => Ok(Type::Int),
                Type::Num(number) => Ok(Type::Num(super::kinds::without_limits(number))),
                _ => self.wrong("a number", *value),
            },
            LoopResult::Count => Ok(Type::Int),
            LoopResult::Lowest(value) | LoopResult::Highest(value) => {
                self.ordered(*value)?;
                Ok(optional(self.ty(*value)?))
            }
            LoopResult::First(value) => match self.ty(*value)? {
                Type::List { .. } => self.wrong("a value that is no list", *value),
                ty => Ok(optional(ty)),
            },
            LoopResult::Exists => Ok(Type::Bool),
            LoopResult::Every(cond) => self.bool(*cond).map(|()| Type::Bool),
            LoopResult::Group { keys, record } => {
                let Some(found) = self.program.record(*record) else {
                    return Err(Mismatch::new("a record", format!("#{}", record.0)));
                };
                let Some((members, fields)) = found.fields.split_last() else {
                    return Err(Mismatch::new("a record with members", "no field"));
                };
                self.arguments(fields.iter().map(|field| &field.ty), keys)?;
                let [source] = each.sources.as_slice() else {
                    return Err(Mismatch::new("one source", each.sources.len().to_string()));
                };
                let slot = self.slots.get(source.slot.index());
                let at_most = self.at_most(each);
                let element = slot.map(|slot| Type::List {
                    item: Box::new(slot.ty.clone()),
                    at_most,
                });
                match element {
                    Some(list) if super::sub(&list, &members.ty) => Ok(Type::List {
                        item: Box::new(Type::Record(*record)),
                        at_most,
                    }),
                    Some(list) => Err(Mismatch::new(self.show(&list), self.show(&members.ty))),
                    None => Err(Mismatch::new("a slot", source.slot.0.to_string())),
                }
            }
        }
    }

    /// Greatest number of elements, where every source is a bounded list or a relation of which a
    /// snapshot may hold so many rows only.
    pub(crate) fn at_most(&self, each: &Loop) -> Option<u32> {
        each.sources
            .iter()
            .try_fold(1u32, |product, source| match &source.over {
                Over::List(list) => match self.ty(*list).ok()? {
                    Type::List {
                        at_most: Some(most),
                        ..
                    } => product.checked_mul(*most),
                    _ => None,
                },
                Over::Relation(relation) => product.checked_mul(self.rows_at_most(*relation, &[])?),
                Over::Indexed {
                    relation, index, ..
                } => {
                    let relation_of = self.program.relation(*relation)?;
                    let fields = &relation_of.indexes.get(index.index())?.fields;
                    product.checked_mul(self.rows_at_most(*relation, fields)?)
                }
            })
    }

    /// The smallest bound of the rows that agree in these fields.
    fn rows_at_most(&self, relation: RelationId, fields: &[u32]) -> Option<u32> {
        let limits = &self.program.relation(relation)?.limits;
        limits
            .iter()
            .filter(|limit| limit.per.iter().all(|field| fields.contains(field)))
            .filter_map(|limit| u32::try_from(limit.at_most).ok())
            .min()
    }
}

/// For each node that gives a part of a share: the share in its nearest loop.
pub(crate) fn shares_of(ops: &[&Op]) -> BTreeMap<NodeId, ShareOf> {
    let mut found = BTreeMap::new();
    if !ops.iter().any(|op| matches!(op, Op::SharePart(_))) {
        return found;
    }
    for op in ops {
        let Op::Loop(each) = op else { continue };
        if each.shares.is_empty() {
            continue;
        }
        let mut seen = BTreeSet::new();
        let mut todo: Vec<NodeId> = each.carries.iter().filter_map(|carry| carry.next).collect();
        todo.extend(each.lets.iter().map(|one| one.value));
        todo.extend(each.result.operands());
        while let Some(id) = todo.pop() {
            if !seen.insert(id) {
                continue;
            }
            match ops.get(id.index()) {
                Some(Op::SharePart(at)) => {
                    if let Some(share) = each.shares.get(*at as usize) {
                        found.entry(id).or_insert(ShareOf {
                            total: share.total,
                            step: share.step,
                            running: share.rest == Rest::Running,
                        });
                    }
                }
                Some(Op::Loop(_)) | None => {}
                Some(other) => todo.extend(other.operands()),
            }
        }
    }
    found
}
