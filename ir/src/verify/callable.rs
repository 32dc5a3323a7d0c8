//! The nodes of callables: identifiers, types, facts and depth.

use super::limits::{MAX_EVALUATION_DEPTH, MAX_NODE_DEPTH, MAX_NODES, MAX_SOURCES};
use super::{Faults, body, columns, items, scope};
use crate::depth;
use crate::infer::{Checked, Context, Mismatch, const_fits, shares_of, sub};
use crate::node::{Const, Op, Over};
use crate::program::{Body, Callable, Program};
use crate::text::{facts_text, type_text};
use crate::types::{CallableId, NodeId, RecordId, Type};
use crate::visit::Binding;

pub(super) fn check(program: &Program, faults: &mut Faults) {
    // Greatest depth of evaluation per callable, those before the current one.
    let mut depths: Vec<u32> = Vec::with_capacity(program.callables.len());
    for (at, callable) in program.callables.iter().enumerate() {
        let id = CallableId(u32::try_from(at).unwrap_or(u32::MAX));
        faults.subject = format!("callable {}.{}#{at}", callable.module, callable.name);
        let sound = shape(callable, MAX_NODES, faults);
        let columns = match &callable.body {
            Body::Table(table) => table.rows.literals().is_some(),
            _ => false,
        };
        // Of columns some rows stand for all.
        let depth = if sound && columns {
            let sampled = columns::sampled(program, callable, faults);
            sampled.map_or(0, |it| one(program, id, &it, &depths, faults))
        } else if sound {
            one(program, id, callable, &depths, faults)
        } else {
            0
        };
        depths.push(depth);
    }
}

/// What must hold before anything else is looked at: at most so many nodes, parameters, children
/// before parents.
fn shape(callable: &Callable, most: usize, faults: &mut Faults) -> bool {
    let before = faults.all.len();
    let count = callable.nodes.len();
    if count > most {
        faults.add(format!("at most {most} nodes"), count.to_string());
    }
    if callable.slots.get(..callable.params.len()) != Some(&callable.params[..]) {
        faults.add("the parameters as the first slots", "others");
    }
    let mut others = callable.slots.iter().skip(callable.params.len());
    if let Some(marked) = others.find(|slot| slot.sensitive) {
        faults.add("`sensitive` at parameters alone", marked.name.clone());
    }
    for (at, node) in callable.nodes.iter().enumerate() {
        for operand in node.op.operands() {
            if operand.index() >= at {
                faults.at(
                    u32::try_from(at).unwrap_or(u32::MAX),
                    "operands before the node",
                    format!("${}", operand.0),
                );
            }
        }
    }
    for root in callable.body.operands() {
        if root.index() >= count {
            faults.add("a node", format!("${}", root.0));
        }
    }
    faults.all.len() == before
}

/// One callable; gives its depth of evaluation.
fn one(
    program: &Program,
    id: CallableId,
    callable: &Callable,
    depths: &[u32],
    faults: &mut Faults,
) -> u32 {
    let ops: Vec<&Op> = callable.nodes.iter().map(|node| &node.op).collect();
    let shares = shares_of(&ops);
    let bindings = callable.bindings();
    let context = Context {
        program,
        slots: &callable.slots,
        nodes: &callable.nodes,
        bindings: &bindings,
        default: callable.body.rule_default(),
        shares: &shares,
    };
    let depth = depth::of_callable(program, callable, depths);
    let mut walk = Walk {
        context,
        id,
        callable,
        nesting: Vec::with_capacity(callable.nodes.len()),
        evaluation: &depth.nodes,
        faults,
    };
    for (at, _) in callable.nodes.iter().enumerate() {
        walk.node(NodeId(u32::try_from(at).unwrap_or(u32::MAX)));
    }
    let Walk { context, .. } = walk;
    let inside = depth.nodes.iter().all(|node| *node <= MAX_EVALUATION_DEPTH);
    if inside && depth.whole > MAX_EVALUATION_DEPTH {
        faults.add(
            format!("evaluation at most {MAX_EVALUATION_DEPTH} deep"),
            depth.whole.to_string(),
        );
    }
    scope::check(callable, &bindings, faults);
    body::check(&context, id, callable, faults);
    depth.whole
}

struct Walk<'a, 'f> {
    context: Context<'a>,
    id: CallableId,
    callable: &'a Callable,
    /// Nesting of nodes, per node.
    nesting: Vec<u32>,
    /// Depth of evaluation, per node.
    evaluation: &'a [u32],
    faults: &'f mut Faults,
}

impl Walk<'_, '_> {
    fn node(&mut self, id: NodeId) {
        let Some(node) = self.callable.node(id) else {
            return;
        };
        let identifiers = self.identifiers(id, &node.op);
        self.faults.mismatch(Some(id.0), identifiers);
        match self.context.type_of(&node.op, Some(&node.ty)) {
            Err(mismatch) => self.faults.mismatch(Some(id.0), Err(mismatch)),
            Ok(inferred) => {
                if !justified(&inferred, &node.ty) {
                    let program = self.context.program;
                    self.faults.at(
                        id.0,
                        format!("type {}", type_text(program, &inferred)),
                        type_text(program, &node.ty),
                    );
                }
            }
        }
        self.facts(id);
        self.depth(id, &node.op);
    }

    fn facts(&mut self, id: NodeId) {
        let Some(node) = self.callable.node(id) else {
            return;
        };
        let inferred = self.context.facts_of(id, &node.op, &node.ty);
        match (&inferred, &node.facts) {
            (None, None) => {}
            (None, Some(facts)) => {
                self.faults
                    .at(id.0, "no facts: it is no number", facts_text(facts));
            }
            (Some(_), None) => self.faults.at(id.0, "facts of a number", "none"),
            (Some(inferred), Some(stated)) => {
                // `missing` and `stop` give no number: everything holds of it.
                if !self.context.is_empty(id) && !inferred.implies(stated) {
                    self.faults.at(
                        id.0,
                        format!("facts that follow from {}", facts_text(inferred)),
                        facts_text(stated),
                    );
                }
            }
        }
    }

    /// Identifiers that the types do not look at.
    fn identifiers(&self, id: NodeId, op: &Op) -> Checked {
        let wrong = |expected: &str, found: String| Err(Mismatch::new(expected, found));
        match op {
            Op::Call(callee, _) if *callee >= self.id => {
                wrong("a call of an earlier callable", format!("#{}", callee.0))
            }
            Op::Check(value) => {
                let Type::Record(record) = self.context.ty(*value)? else {
                    return Ok(());
                };
                checks_before(self.context.program, *record, self.id)
            }
            Op::Local(slot) => match self.context.bindings.get(slot.index()) {
                Some(Some(Binding::Value(value, _) | Binding::Carry(value))) if *value >= id => {
                    wrong("a slot bound to an earlier node", format!("${}", value.0))
                }
                Some(Some(Binding::Element(list))) if *list >= id => {
                    wrong("a slot of an earlier list", format!("${}", list.0))
                }
                Some(Some(_)) => Ok(()),
                Some(None) => wrong("a slot that is bound", slot.0.to_string()),
                None => wrong("a slot of this callable", slot.0.to_string()),
            },
            Op::Default => match self.context.default {
                Some(default) if default < id => Ok(()),
                Some(default) => wrong("a default before its use", format!("${}", default.0)),
                None => wrong("a rule with a default", "none".to_owned()),
            },
            Op::Border { to, .. } => items::type_fault(self.context.program, to)
                .map_err(|(expected, found)| Mismatch::new(expected, found)),
            Op::Const(value @ Const::Num(_)) => {
                // The declaration of a plain number says nothing of the constant itself.
                if const_fits(self.context.program, value, &Type::NUMBER) {
                    Ok(())
                } else {
                    wrong("a number", "another constant".to_owned())
                }
            }
            Op::Loop(each) => {
                if each.sources.len() > MAX_SOURCES {
                    let count = each.sources.len().to_string();
                    return wrong(&format!("at most {MAX_SOURCES} sources"), count);
                }
                for source in &each.sources {
                    match &source.over {
                        Over::List(_) => {}
                        Over::Relation(relation) => {
                            if self.context.program.relation(*relation).is_none() {
                                return wrong("a relation", format!("#{}", relation.0));
                            }
                        }
                        Over::Indexed { key, .. } => {
                            if let Some(failing) = key.iter().find(|key| !self.cannot_fail(**key)) {
                                return wrong(
                                    "values of an index that fail at most in a local",
                                    format!("${}", failing.0),
                                );
                            }
                        }
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether the value of a node comes without a failure, but for the first use of a local.
    fn cannot_fail(&self, id: NodeId) -> bool {
        let mut todo = vec![id];
        // A chain that is longer than the nesting allows is refused anyway.
        for _ in 0..MAX_NODE_DEPTH {
            let Some(now) = todo.pop() else {
                return true;
            };
            match self.callable.node(now).map(|node| &node.op) {
                Some(Op::Const(_) | Op::Local(_)) => {}
                Some(
                    Op::Field(value, _)
                    | Op::ToOptional(value)
                    | Op::IntToNum(value)
                    | Op::Not(value)
                    | Op::IsMissing(value)
                    | Op::ReasonCode(value)
                    | Op::ReasonSeverity(value),
                ) => todo.push(*value),
                _ => return false,
            }
        }
        false
    }

    fn depth(&mut self, id: NodeId, op: &Op) {
        let operands = op.operands();
        let most = |of: &[u32]| {
            operands
                .iter()
                .filter_map(|operand| of.get(operand.index()).copied())
                .max()
                .unwrap_or(0)
        };
        let nesting = most(&self.nesting).saturating_add(1);
        if nesting == MAX_NODE_DEPTH.saturating_add(1) {
            self.faults.at(
                id.0,
                format!("nodes nested at most {MAX_NODE_DEPTH} deep"),
                "deeper ones",
            );
        }
        let evaluation = self.evaluation.get(id.index()).copied().unwrap_or(0);
        if evaluation > MAX_EVALUATION_DEPTH && most(self.evaluation) <= MAX_EVALUATION_DEPTH {
            self.faults.at(
                id.0,
                format!("evaluation at most {MAX_EVALUATION_DEPTH} deep"),
                evaluation.to_string(),
            );
        }
        self.nesting.push(nesting);
    }
}

/// The checks of a record that is built in this callable are earlier callables.
pub(super) fn checks_before(program: &Program, record: RecordId, id: CallableId) -> Checked {
    let record = program.record(record);
    let late = record.and_then(|record| record.checks.iter().find(|check| check.callable >= id));
    match late {
        Some(check) => Err(Mismatch::new(
            "a record whose checks are earlier callables",
            format!("#{}", check.callable.0),
        )),
        None => Ok(()),
    }
}

/// Whether a node may state this type: a number's declaration may be any, its facts say more.
fn justified(inferred: &Type, stated: &Type) -> bool {
    match (inferred.plain(), stated.plain()) {
        (Type::Num(_), Type::Num(_)) => inferred.is_optional() == stated.is_optional(),
        _ => sub(inferred, stated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callable_has_a_number_of_nodes() {
        let text = "package \"a\" \"1\" define a.f () gives int { add(1i, 2i) }";
        let program = crate::text::parse(text).unwrap();
        let faults_of = |most: usize| {
            let mut faults = Faults::default();
            let sound = shape(&program.callables[0], most, &mut faults);
            assert_eq!(sound, faults.all.is_empty());
            faults.all.first().map(ToString::to_string)
        };
        assert_eq!(faults_of(3), None);
        let found = faults_of(2).unwrap();
        assert_eq!(found, ": expected at most 2 nodes, found 3");
    }
}
