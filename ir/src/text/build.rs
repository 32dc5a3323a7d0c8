//! Builds the arena of a callable: fills in types and facts that the text leaves out.

use std::collections::{BTreeMap, BTreeSet};

use super::parse::{Read, TextError};
use crate::facts::NumFacts;
use crate::infer::{Context, Mismatch, shares_of};
use crate::node::{Node, Op};
use crate::program::{Enum, Param, Program};
use crate::types::{NodeId, PlaceId, ROUNDING_VALUES, SEVERITY_VALUES, Type};
use crate::visit::{Binding, bindings};

/// A node as it is written.
pub(crate) struct Draft {
    pub op: Op,
    /// Names of the fields that `op` reads or changes, in its order; they become positions.
    pub fields: Vec<Option<String>>,
    pub ty: Option<Type>,
    pub facts: Option<Option<NumFacts>>,
    pub place: PlaceId,
    pub line: u32,
    pub column: u32,
}

/// A slot as it is written.
pub(crate) struct DraftSlot {
    pub name: String,
    pub ty: Option<Type>,
    pub sensitive: bool,
}

/// The callable that is being read.
#[derive(Default)]
pub(crate) struct Arena {
    pub drafts: Vec<Draft>,
    pub slots: Vec<DraftSlot>,
    pub params: usize,
    /// Parameters and the slots that the text lists before the nodes.
    pub listed: usize,
    pub labels: BTreeMap<String, NodeId>,
    /// Slots in sight, the innermost last.
    pub scope: Vec<u32>,
    bound: BTreeSet<u32>,
}

impl Arena {
    /// Adds a node; its operands are there already.
    pub(crate) fn add(&mut self, draft: Draft) -> NodeId {
        let id = NodeId(u32::try_from(self.drafts.len()).unwrap_or(u32::MAX));
        self.drafts.push(draft);
        id
    }

    /// The slot that a name means: the innermost in sight, or a listed one.
    pub(crate) fn slot(&self, name: &str) -> Option<u32> {
        let called = |at: &u32| {
            self.slots
                .get(*at as usize)
                .is_some_and(|slot| slot.name == name)
        };
        let seen = self.scope.iter().rev().copied().find(called);
        let listed = || (0..u32::try_from(self.listed).ok()?).find(called);
        seen.or_else(listed)
    }

    /// Brings a slot in sight: a listed one of this name that is not bound yet, else a new one.
    pub(crate) fn bind(&mut self, name: String, ty: Option<Type>) -> u32 {
        let listed = self
            .slots
            .iter()
            .take(self.listed)
            .enumerate()
            .skip(self.params)
            .filter_map(|(at, slot)| Some((u32::try_from(at).ok()?, slot)))
            .find(|(at, slot)| slot.name == name && !self.bound.contains(at))
            .map(|(at, _)| at);
        let found = match listed {
            Some(listed) if ty.is_none() => listed,
            _ => {
                self.slots.push(DraftSlot {
                    name,
                    ty,
                    sensitive: false,
                });
                u32::try_from(self.slots.len().saturating_sub(1)).unwrap_or(u32::MAX)
            }
        };
        self.bind_id(found);
        found
    }

    /// Brings a slot in sight by its number.
    pub(crate) fn bind_id(&mut self, slot: u32) {
        self.bound.insert(slot);
        self.scope.push(slot);
    }

    /// Slots and nodes, complete.
    pub(crate) fn finish(
        self,
        program: &Program,
        default: Option<NodeId>,
    ) -> Read<(Vec<Param>, Vec<Node>)> {
        let ops: Vec<&Op> = self.drafts.iter().map(|draft| &draft.op).collect();
        let shares = shares_of(&ops);
        let bound = bindings(self.slots.len(), self.params, ops.iter().copied());
        let mut known: Vec<bool> = self.slots.iter().map(|slot| slot.ty.is_some()).collect();
        let mut slots: Vec<Param> = self
            .slots
            .into_iter()
            .map(|slot| Param {
                name: slot.name,
                ty: slot.ty.unwrap_or(Type::Bool),
                sensitive: slot.sensitive,
            })
            .collect();
        let mut nodes: Vec<Node> = Vec::with_capacity(self.drafts.len());
        slots_of_rows(&mut slots, &mut known, &bound);
        for (at, mut draft) in self.drafts.into_iter().enumerate() {
            let id = NodeId(u32::try_from(at).unwrap_or(u32::MAX));
            let (line, column) = (draft.line, draft.column);
            let fault = |message: String| TextError {
                line,
                column,
                message,
            };
            let context = Context {
                program,
                slots: &slots,
                nodes: &nodes,
                bindings: &bound,
                default,
                shares: &shares,
            };
            resolve_fields(&context, &mut draft).map_err(fault)?;
            if let Op::Local(slot) = &draft.op
                && known.get(slot.index()) == Some(&false)
            {
                return Err(fault("the type of this slot is not known here".to_owned()));
            }
            let inferred =
                match draft.ty {
                    Some(ty) => ty,
                    None => context.type_of(&draft.op, None).map_err(
                        |Mismatch { expected, found }| {
                            fault(format!("expected {expected}, found {found}"))
                        },
                    )?,
                };
            let facts = match draft.facts {
                Some(facts) => facts,
                None => context.facts_of(id, &draft.op, &inferred),
            };
            nodes.push(Node {
                op: draft.op,
                ty: inferred,
                facts,
                place: draft.place,
            });
            type_slots(&mut slots, &mut known, &bound, id, &nodes);
        }
        Ok((slots, nodes))
    }
}

fn slots_of_rows(slots: &mut [Param], known: &mut [bool], bound: &[Option<Binding>]) {
    for ((slot, known), binding) in slots.iter_mut().zip(known).zip(bound) {
        if let (false, Some(Binding::Row(relation))) = (*known, binding) {
            slot.ty = Type::Row(*relation);
            *known = true;
        }
    }
}

/// Slots without a written type take that of what they are bound to, once it is known.
fn type_slots(
    slots: &mut [Param],
    known: &mut [bool],
    bound: &[Option<Binding>],
    id: NodeId,
    nodes: &[Node],
) {
    let Some(node) = nodes.get(id.index()) else {
        return;
    };
    if known.iter().all(|known| *known) {
        return;
    }
    for ((slot, known), binding) in slots.iter_mut().zip(known).zip(bound) {
        if *known {
            continue;
        }
        let found = match binding {
            Some(Binding::Value(value, _) | Binding::Carry(value)) if *value == id => {
                Some(node.ty.clone())
            }
            Some(Binding::Element(list)) if *list == id => match &node.ty {
                Type::List { item, .. } => Some((**item).clone()),
                _ => None,
            },
            _ => None,
        };
        if let Some(ty) = found {
            slot.ty = ty;
            *known = true;
        }
    }
}

fn resolve_fields(context: &Context<'_>, draft: &mut Draft) -> Result<(), String> {
    let find = |value: NodeId, name: &str| {
        let fields = match context.ty(value) {
            Ok(Type::Record(id)) => context.program.record(*id).map(|found| &found.fields),
            Ok(Type::Row(id)) => context.program.relation(*id).map(|found| &found.fields),
            _ => None,
        };
        fields
            .and_then(|fields| fields.iter().position(|field| field.name == name))
            .and_then(|at| u32::try_from(at).ok())
            .ok_or_else(|| format!("there is no field `{name}`"))
    };
    match (&mut draft.op, draft.fields.as_slice()) {
        (Op::Field(value, at), [Some(name)]) => *at = find(*value, name)?,
        (Op::With(value, changes), names) => {
            for ((at, _), name) in changes.iter_mut().zip(names) {
                if let Some(name) = name {
                    *at = find(*value, name)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

/// The three enums that every program begins with.
pub fn builtin_enums(program: &Program) -> [Enum; 3] {
    let make = |name: &str, ordered: bool, values: Vec<String>| Enum {
        name: name.to_owned(),
        ordered,
        values,
        doc: String::new(),
    };
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let codes = program.reasons.iter().map(|one| one.code.clone()).collect();
    [
        make("Rounding", false, owned(&ROUNDING_VALUES)),
        make("Severity", true, owned(&SEVERITY_VALUES)),
        make("ReasonCode", false, codes),
    ]
}

/// Whether the first three enums are the built-in ones as they always are.
pub(crate) fn has_builtin_enums(program: &Program) -> bool {
    program.enums.get(..3) == Some(&builtin_enums(program)[..])
}
