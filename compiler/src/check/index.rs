//! Chooses the index of a query over a relation.
//!
//! An index is used for conditions `row.field = value` where the value does not depend on the row and
//! nothing before it in the condition can fail: then leaving out rows is not observable. The whole
//! condition stays in the filter.

use assize_ir::{Loop, NodeId, Op, Over, Slot};

use super::Checker;
use super::walk::{reads, total};

impl Checker<'_> {
    /// Replaces scans by indexes where the filter allows it.
    pub(crate) fn choose_indexes(&mut self, it: &mut Loop) {
        let Some(filter) = it.filter else { return };
        let conjuncts = self.conjuncts(filter);
        let slots: Vec<Slot> = it.sources.iter().map(|source| source.slot).collect();
        for (position, source) in it.sources.iter_mut().enumerate() {
            let Over::Relation(relation) = source.over else { continue };
            let mut found: Vec<(u32, NodeId)> = Vec::new();
            // The key of an index may read outer slots and earlier sources only.
            let later: Vec<Slot> = slots.iter().skip(position).copied().collect();
            for conjunct in &conjuncts {
                if let Some((field, value)) = self.equality(*conjunct, source.slot)
                    && reads(&self.nodes, [value]).slots.iter().all(|slot| !later.contains(slot))
                    && self.cheap(value)
                {
                    if !found.iter().any(|(known, _)| *known == field) {
                        found.push((field, value));
                    }
                } else if !total(&self.nodes, *conjunct) {
                    break;
                }
            }
            if found.is_empty() {
                continue;
            }
            found.sort_by_key(|(field, _)| *field);
            let fields: Vec<u32> = found.iter().map(|(field, _)| *field).collect();
            let key: Vec<NodeId> = found.iter().map(|(_, value)| *value).collect();
            let index = self.refs.index_id(&(relation, fields));
            source.over = Over::Indexed { relation, index, key };
        }
    }

    fn conjuncts(&self, filter: NodeId) -> Vec<NodeId> {
        match self.op(filter) {
            Some(Op::And(a, b)) => {
                let (a, b) = (*a, *b);
                let mut out = self.conjuncts(a);
                out.extend(self.conjuncts(b));
                out
            }
            _ => vec![filter],
        }
    }

    /// `field of slot = value`: the field and the value.
    fn equality(&self, node: NodeId, slot: Slot) -> Option<(u32, NodeId)> {
        let Some(Op::Equal(a, b)) = self.op(node) else { return None };
        for (field, value) in [(*a, *b), (*b, *a)] {
            let (field, value) = match (self.op(field)?, self.op(value)?) {
                // Both sides were made optional to be compared.
                (Op::ToOptional(field), Op::ToOptional(value)) => (*field, *value),
                _ => (field, value),
            };
            // A value that was shown to be there is asked for as the optional that it is: a missing
            // one matches no row, and nothing can fail.
            let value = match self.op(value)? {
                Op::Present(optional) => *optional,
                _ => value,
            };
            if let Some(Op::Field(base, position)) = self.op(field)
                && self.op(*base) == Some(&Op::Local(slot))
            {
                let same = match (self.nodes.get(field.index()), self.nodes.get(value.index())) {
                    (Some(field), Some(value)) => {
                        field.ty.same_shape(&value.ty) || field.ty.same_shape(value.ty.plain())
                    }
                    _ => false,
                };
                if same {
                    return Some((*position, value));
                }
            }
        }
        None
    }

    /// A value whose evaluation cannot fail and binds nothing.
    fn cheap(&self, node: NodeId) -> bool {
        let mut stack = vec![node];
        while let Some(id) = stack.pop() {
            match self.op(id) {
                Some(Op::Const(_)) => {}
                Some(Op::Local(slot)) => stack.extend(self.let_values.get(slot)),
                Some(Op::Field(base, _) | Op::ToOptional(base)) => stack.push(*base),
                _ => return false,
            }
        }
        true
    }
}
