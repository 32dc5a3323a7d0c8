//! Which relations a callable can reach.

use std::collections::BTreeSet;

use crate::node::{Op, Over};
use crate::program::{Body, Program};
use crate::types::{CallableId, RecordId, RelationId, Type};

/// The relations that a decision with this callable can reach, in order of their names: those of its
/// nodes, of all that it calls, and of the checks of records that are built on the way or handed in.
/// The message of a reason is no part of a decision.
pub fn relations(program: &Program, root: CallableId) -> Vec<RelationId> {
    let mut reach = Reach::from(program, root);
    let params = program.callable(root).map(|callable| &callable.params);
    for param in params.into_iter().flatten() {
        reach.handed_in(&param.ty);
    }
    reach.all();
    let mut found: Vec<RelationId> = reach.found.into_iter().collect();
    let name = |id: &RelationId| program.relation(*id).map(|relation| relation.name.as_str());
    found.sort_by(|a, b| name(a).cmp(&name(b)));
    found
}

/// The callables that a decision with this callable can reach, itself included, in their order. What checks the values
/// that are handed in is no part of it.
pub fn callables(program: &Program, root: CallableId) -> Vec<CallableId> {
    let seen = Reach::from(program, root).all();
    let numbered = (0u32..).map(CallableId).zip(seen);
    let reached = numbered.filter(|(_, seen)| *seen);
    reached.map(|(id, _)| id).collect()
}

struct Reach<'a> {
    program: &'a Program,
    found: BTreeSet<RelationId>,
    /// Records whose fields were looked at.
    records: BTreeSet<RecordId>,
    /// Whether the parameters of all reasons were looked at.
    reasons: bool,
    todo: Vec<CallableId>,
}

impl<'a> Reach<'a> {
    fn from(program: &'a Program, root: CallableId) -> Reach<'a> {
        Reach {
            program,
            found: BTreeSet::new(),
            records: BTreeSet::new(),
            reasons: false,
            todo: vec![root],
        }
    }

    /// Goes through all that is to be done, and says which callables were looked at.
    fn all(&mut self) -> Vec<bool> {
        let mut seen = vec![false; self.program.callables.len()];
        while let Some(id) = self.todo.pop() {
            match seen.get_mut(id.index()) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            self.callable(id);
        }
        seen
    }

    fn callable(&mut self, id: CallableId) {
        let Some(callable) = self.program.callable(id) else {
            return;
        };
        if let Body::Table(table) = &callable.body
            && let Some(record) = table.record
        {
            self.checks(record);
        }
        for node in &callable.nodes {
            match &node.op {
                Op::Call(callee, _) => self.todo.push(*callee),
                Op::Lookup { relation, .. } => {
                    self.found.insert(*relation);
                }
                Op::Loop(each) => {
                    for source in &each.sources {
                        match &source.over {
                            Over::List(_) => {}
                            Over::Relation(relation) | Over::Indexed { relation, .. } => {
                                self.found.insert(*relation);
                            }
                        }
                    }
                }
                Op::Check(_) => {
                    if let Type::Record(record) = node.ty.plain() {
                        self.checks(*record);
                    }
                }
                _ => {}
            }
        }
    }

    fn checks(&mut self, record: RecordId) {
        let record = self.program.record(record);
        let checks = record.into_iter().flat_map(|record| &record.checks);
        self.todo.extend(checks.map(|check| check.callable));
    }

    /// The checks of every record inside a parameter run when the input is read.
    fn handed_in(&mut self, ty: &Type) {
        let mut types = vec![ty];
        let program = self.program;
        while let Some(ty) = types.pop() {
            match ty {
                Type::List { item, .. } | Type::Optional(item) => types.push(item),
                Type::Reason if !self.reasons => {
                    self.reasons = true;
                    let params = program.reasons.iter().flat_map(|reason| &reason.params);
                    types.extend(params.map(|param| &param.ty));
                }
                Type::Record(id) if self.records.insert(*id) => {
                    self.checks(*id);
                    let record = program.record(*id);
                    let fields = record.into_iter().flat_map(|record| &record.fields);
                    types.extend(fields.map(|field| &field.ty));
                }
                _ => {}
            }
        }
    }
}
