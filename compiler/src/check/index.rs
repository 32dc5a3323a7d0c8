//! Chooses the index of a query over a relation.
//!
//! An index is used for conditions `row.field = value` where the value does not depend on the row and
//! nothing before it in the condition can fail, a `let` that it uses included: then leaving out rows is
//! not observable. The whole condition stays in the filter. The value may be a `let` that fails: then no row is left out.

use assize_ir::{Loop, NodeId, Op, Over, Slot};

use super::Checker;
use super::walk::{reads, total};
use crate::ast::{OrderKey, Query, Span};
use crate::codes;
use crate::diagnostic::{Applicability, Fix, Severity};
use crate::items::decl_text;
use crate::signature::{SignatureKind, signature};

impl Checker<'_> {
    /// Replaces scans by indexes where the filter allows it.
    pub(crate) fn choose_indexes(&mut self, it: &mut Loop) {
        let Some(filter) = it.filter else { return };
        let conjuncts = self.conjuncts(filter);
        let slots: Vec<Slot> = it.sources.iter().map(|source| source.slot).collect();
        for (position, source) in it.sources.iter_mut().enumerate() {
            let Over::Relation(relation) = source.over else {
                continue;
            };
            // Fields with their values, and which condition says so.
            let mut found: Vec<(u32, NodeId, usize)> = Vec::new();
            // Conditions that fail if one of these does: each `let` may, at its first use.
            let mut may_fail: Vec<(usize, Vec<Slot>)> = Vec::new();
            // The key of an index may read outer slots and earlier sources only.
            let later: Vec<Slot> = slots.iter().skip(position).copied().collect();
            for (at, conjunct) in conjuncts.iter().enumerate() {
                if let Some((field, value)) = self.equality(*conjunct, source.slot)
                    && reads(&self.nodes, [value])
                        .slots
                        .iter()
                        .all(|slot| !later.contains(slot))
                    && self.cheap(value)
                {
                    if !found.iter().any(|(known, ..)| *known == field) {
                        found.push((field, value, at));
                    }
                } else if !self.total(*conjunct, |_| None) {
                    break;
                } else {
                    may_fail.push((at, self.failing_lets(*conjunct)));
                }
            }
            // What the key itself asks for has not failed where rows are left out.
            loop {
                let asked = reads(&self.nodes, found.iter().map(|(_, value, _)| *value)).slots;
                let fails = |lets: &[Slot]| lets.iter().any(|slot| !asked.contains(slot));
                let first = may_fail.iter().find(|(_, lets)| fails(lets));
                let before = found.len();
                if let Some((first, _)) = first {
                    found.retain(|(_, _, said)| said < first);
                }
                if found.len() == before {
                    break;
                }
            }
            if found.is_empty() {
                continue;
            }
            found.sort_by_key(|(field, ..)| *field);
            let fields: Vec<u32> = found.iter().map(|(field, ..)| *field).collect();
            let key: Vec<NodeId> = found.iter().map(|(_, value, _)| *value).collect();
            let index = self.refs.index_id(&(relation, fields));
            source.over = Over::Indexed {
                relation,
                index,
                key,
            };
        }
    }

    /// Whether it never fails; of what another declaration says, nothing is known here.
    fn total(&self, id: NodeId, value_of: impl Fn(Slot) -> Option<NodeId>) -> bool {
        total(&self.nodes, id, value_of, |_| false)
    }

    /// What a condition reads and is evaluated at its first use only, where that may fail.
    fn failing_lets(&self, condition: NodeId) -> Vec<Slot> {
        let value_of = |slot: Slot| self.lazy.get(&slot).copied();
        let read = reads(&self.nodes, [condition]).slots.into_iter();
        read.filter(|slot| value_of(*slot).is_some_and(|value| !self.total(value, value_of)))
            .collect()
    }

    /// Notes an order of rows in which several can come first, where it matters which one does. Such
    /// rows come in the order of their key: never by chance, but hardly as anybody meant.
    pub(crate) fn note_ties(&mut self, it: &Loop, query: &Query) {
        let ([source], Some(last)) = (it.sources.as_slice(), query.order.last()) else {
            return;
        };
        let relation = match source.over {
            Over::Relation(relation) | Over::Indexed { relation, .. } => relation,
            Over::List(_) => return,
        };
        let Some(decl) = self.refs.relations.get(relation.index()).cloned() else {
            return;
        };
        let SignatureKind::Data { fields, keys, .. } = &signature(self.db, &decl).kind else {
            return;
        };
        let conjuncts = it
            .filter
            .map(|filter| self.conjuncts(filter))
            .unwrap_or_default();
        // A field that the condition fixes is the same in all rows that are left.
        let fixed: Vec<u32> = conjuncts
            .iter()
            .filter_map(|node| self.equality(*node, source.slot))
            .filter(|(_, value)| !reads(&self.nodes, [*value]).slots.contains(&source.slot))
            .map(|(field, _)| field)
            .collect();
        let in_order = |field: u32| {
            it.order.iter().any(|key| match self.op(key.value) {
                Some(Op::Field(base, of)) => {
                    *of == field && self.op(*base) == Some(&Op::Local(source.slot))
                }
                _ => false,
            })
        };
        let Some(binder) = query.binders.first() else {
            return;
        };
        let rest: String = fields
            .iter()
            .take(*keys)
            .zip(0u32..)
            .filter(|(_, position)| !fixed.contains(position) && !in_order(*position))
            .map(|(field, _)| format!(" then {}.{}", binder.name.text, field.name))
            .collect();
        if rest.is_empty() {
            return;
        }
        let end = self.end_of_key(last);
        let key = Span {
            start: last.value.span.start,
            end,
        };
        let end = self.decl.at(Span { start: end, end });
        let claim = format!(
            "several rows of `{}` may be equal in this order",
            decl.name()
        );
        let note = self.report(codes::TIED_ORDER, Severity::Note, key, claim);
        note.because
            .push("then the one whose key is the lowest comes first".into());
        note.instead = Some(format!("end the order in the key: `…{rest}`"));
        note.fixes.push(Fix {
            title: format!("add `{}`", rest.trim_start()),
            edits: vec![(end, rest)],
            applicability: Applicability::Certain,
        });
    }

    /// Where a sort key ends, `descending` included.
    fn end_of_key(&self, key: &OrderKey) -> u32 {
        const WORD: &str = "descending";
        let start = self.end_with_brackets(key.value.span);
        let after = decl_text(self.db, self.decl.file, self.decl.key.clone())
            .and_then(|text| text.text(self.db).get(start as usize..)?.find(WORD))
            .and_then(|at| u32::try_from(at + WORD.len()).ok());
        start.saturating_add(after.filter(|_| key.descending).unwrap_or(0))
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
        let Some(Op::Equal(a, b)) = self.op(node) else {
            return None;
        };
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
                Op::ToOptional(plain) => match self.op(*plain)? {
                    Op::Present(optional) => *optional,
                    _ => value,
                },
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

    /// A value that costs nothing to ask for: at most the first use of a `let`. If that fails, every
    /// row is read, so that the failure comes when the filter asks for it, or not at all.
    fn cheap(&self, node: NodeId) -> bool {
        let mut stack = vec![node];
        while let Some(id) = stack.pop() {
            match self.op(id) {
                Some(Op::Const(_) | Op::Local(_)) => {}
                Some(Op::Field(base, _) | Op::ToOptional(base)) => stack.push(*base),
                _ => return false,
            }
        }
        true
    }
}
