//! Slots: bound once, used where they are in sight; running totals, shares and the default too.

use std::collections::BTreeSet;

use super::Faults;
use super::limits::MAX_SCOPE_ENTRIES;
use crate::node::{LetMode, Loop, LoopResult, Op, Over};
use crate::program::{Body, Callable};
use crate::types::{NodeId, Slot};
use crate::visit::Binding;

/// Something that a node needs from around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    Slot(u32),
    Running(u32),
    Share(u32),
    Default,
}

type Needs = BTreeSet<Need>;

pub(super) fn check(callable: &Callable, bindings: &[Option<Binding>], faults: &mut Faults) {
    check_up_to(callable, bindings, MAX_SCOPE_ENTRIES, faults);
}

/// `most`: how many slots all nodes together may need from outside.
fn check_up_to(
    callable: &Callable,
    bindings: &[Option<Binding>],
    most: usize,
    faults: &mut Faults,
) {
    bound_once(callable, bindings, faults);
    let mut scope = Scope {
        needs: Vec::with_capacity(callable.nodes.len()),
        entries: 0,
        faults,
    };
    for (at, node) in callable.nodes.iter().enumerate() {
        let needs = scope.node(u32::try_from(at).unwrap_or(u32::MAX), &node.op);
        scope.entries = scope.entries.saturating_add(needs.len());
        if scope.entries > most {
            scope.faults.add(
                format!("at most {most} uses of slots over all nodes"),
                "more",
            );
            return;
        }
        scope.needs.push(needs);
    }
    scope.roots(callable);
}

fn bound_once(callable: &Callable, bindings: &[Option<Binding>], faults: &mut Faults) {
    let mut bound: BTreeSet<Slot> = BTreeSet::new();
    let params = callable.params.len();
    for (at, node) in callable.nodes.iter().enumerate() {
        for (slot, _) in node.op.binds() {
            let fresh = slot.index() >= params && slot.index() < callable.slots.len();
            if !fresh || !bound.insert(slot) {
                faults.at(
                    u32::try_from(at).unwrap_or(u32::MAX),
                    "a slot that is bound here alone",
                    slot.0.to_string(),
                );
            }
        }
    }
    for (at, binding) in bindings.iter().enumerate() {
        if binding.is_none() {
            faults.add("slots that are bound", format!("slot {at}, which is not"));
        }
    }
}

struct Scope<'f> {
    /// What each node needs from around it.
    needs: Vec<Needs>,
    entries: usize,
    faults: &'f mut Faults,
}

impl Scope<'_> {
    fn of(&self, id: NodeId) -> Needs {
        self.needs.get(id.index()).cloned().unwrap_or_default()
    }

    fn node(&mut self, at: u32, op: &Op) -> Needs {
        match op {
            Op::Local(slot) => [Need::Slot(slot.0)].into(),
            Op::Default => [Need::Default].into(),
            Op::SharePart(share) => [Need::Share(*share)].into(),
            Op::Let {
                slot,
                mode,
                value,
                body,
            } => {
                let value = self.of(*value);
                self.lazy(at, *mode, &value);
                let mut needs = self.of(*body);
                needs.remove(&Need::Slot(slot.0));
                needs.extend(value);
                needs
            }
            Op::Loop(each) => self.each(at, each),
            other => {
                let mut needs: Needs = other
                    .operands()
                    .iter()
                    .flat_map(|operand| self.needs.get(operand.index()))
                    .flatten()
                    .copied()
                    .collect();
                if let Op::RoundRunning { state, .. } = other {
                    needs.insert(Need::Running(*state));
                }
                needs
            }
        }
    }

    /// A running total is advanced where it stands, and a part of a share belongs to the nearest
    /// loop: neither may be computed where a `let` is first used, which may be in another loop.
    fn lazy(&mut self, at: u32, mode: LetMode, value: &Needs) {
        if mode != LetMode::Lazy {
            return;
        }
        let of_loop = value.iter().find_map(|need| match need {
            Need::Running(_) => Some("a `let` of a running total that is no lazy one"),
            Need::Share(_) => Some("a `let` of a share that is no lazy one"),
            Need::Slot(_) | Need::Default => None,
        });
        if let Some(expected) = of_loop {
            self.faults.at(at, expected, "lazy");
        }
    }

    fn each(&mut self, at: u32, each: &Loop) -> Needs {
        let mut outer = Needs::new();
        let mut sources = Needs::new();
        for source in &each.sources {
            match &source.over {
                Over::List(list) => self.quiet(at, &mut outer, *list, &sources),
                Over::Relation(_) => {}
                Over::Indexed { key, .. } => {
                    for value in key {
                        self.quiet(at, &mut outer, *value, &sources);
                    }
                }
            }
            sources.insert(Need::Slot(source.slot.0));
        }
        let keys = each.order.iter().map(|key| key.value);
        for part in each.filter.into_iter().chain(keys).chain(each.until) {
            self.quiet(at, &mut outer, part, &sources);
        }
        let mut body = sources.clone();
        // What can be known while shares are computed, before the body runs.
        let mut early = sources.clone();
        // What there is only where there is an element; carried values begin without one.
        let mut by_element = sources.clone();
        for carry in &each.carries {
            self.quiet(at, &mut outer, carry.start, &Needs::new());
        }
        for carry in &each.carries {
            body.insert(Need::Slot(carry.slot.0));
            if carry.in_shares {
                early.insert(Need::Slot(carry.slot.0));
            }
        }
        let own: Needs = (each.lets.iter().map(|one| one.slot))
            .chain(each.carries.iter().map(|one| one.slot))
            .map(|slot| Need::Slot(slot.0))
            .collect();
        for one in &each.lets {
            let needs = self.of(one.value);
            self.lazy(at, one.mode, &needs);
            let known = needs.iter().all(|need| match need {
                Need::Slot(_) => early.contains(need) || !own.contains(need),
                Need::Default => true,
                Need::Running(_) | Need::Share(_) => false,
            });
            self.loud(at, &mut outer, one.value, &body, each);
            body.insert(Need::Slot(one.slot.0));
            if !needs.is_disjoint(&by_element) {
                by_element.insert(Need::Slot(one.slot.0));
            }
            if known && one.mode == LetMode::Lazy {
                early.insert(Need::Slot(one.slot.0));
            }
        }
        for share in &each.shares {
            let parts = [share.total, share.weight, share.step, share.mode];
            for part in share.guard.into_iter().chain(parts).chain(share.per) {
                self.quiet(at, &mut outer, part, &early);
            }
            // Where nobody takes part, there is no element to compute these for.
            for part in [share.total, share.step] {
                if share.per.is_none() && !self.of(part).is_disjoint(&by_element) {
                    self.faults.at(
                        at,
                        "a share without `per` with a total and step that need no element",
                        format!("${}, which needs one", part.0),
                    );
                }
            }
        }
        for carry in &each.carries {
            if let Some(next) = carry.next {
                if carry.in_shares {
                    self.quiet(at, &mut outer, next, &early);
                } else {
                    self.loud(at, &mut outer, next, &body, each);
                }
            }
        }
        match &each.result {
            LoopResult::Finally(value) => {
                let carried = each
                    .carries
                    .iter()
                    .map(|carry| Need::Slot(carry.slot.0))
                    .collect();
                self.quiet(at, &mut outer, *value, &carried);
            }
            LoopResult::Group { keys, .. } => {
                for key in keys {
                    self.quiet(at, &mut outer, *key, &sources);
                }
            }
            other => {
                for part in other.operands() {
                    self.loud(at, &mut outer, part, &body, each);
                }
            }
        }
        outer
    }

    /// A part in which no running total and no share may stand.
    fn quiet(&mut self, at: u32, outer: &mut Needs, part: NodeId, seen: &Needs) {
        for need in self.of(part) {
            match need {
                Need::Running(_) | Need::Share(_) => self.faults.at(
                    at,
                    "running totals and shares only in `let`s, `next` and the result of a loop",
                    format!("one in ${}", part.0),
                ),
                need => {
                    if !seen.contains(&need) {
                        outer.insert(need);
                    }
                }
            }
        }
    }

    /// A part of the body: the running totals and shares in it are those of this loop.
    fn loud(&mut self, at: u32, outer: &mut Needs, part: NodeId, seen: &Needs, each: &Loop) {
        for need in self.of(part) {
            match need {
                Need::Running(state) if state >= each.running => self.faults.at(
                    at,
                    format!("running totals below {}", each.running),
                    state.to_string(),
                ),
                Need::Share(share) if share as usize >= each.shares.len() => self.faults.at(
                    at,
                    format!("shares below {}", each.shares.len()),
                    share.to_string(),
                ),
                Need::Running(_) | Need::Share(_) => {}
                need => {
                    if !seen.contains(&need) {
                        outer.insert(need);
                    }
                }
            }
        }
    }

    /// At the roots nothing is in sight but the parameters, and in exceptions the default.
    fn roots(&mut self, callable: &Callable) {
        let params = u32::try_from(callable.params.len()).unwrap_or(u32::MAX);
        let mut in_exceptions = BTreeSet::new();
        if let Body::Rule(rule) = &callable.body
            && rule.default.is_some()
        {
            for exception in &rule.exceptions {
                in_exceptions.extend(exception.when);
                in_exceptions.extend(exception.unless);
                in_exceptions.insert(exception.then);
            }
        }
        let constant = matches!(callable.body, Body::Parameter(_));
        let mut others: BTreeSet<NodeId> = BTreeSet::new();
        if let Body::Rule(rule) = &callable.body {
            others.extend(rule.as_of);
            others.extend(rule.default.as_ref().map(|default| default.value));
            others.extend(rule.combine.as_ref().and_then(|combine| combine.cap));
        }
        for root in callable.body.operands() {
            let default = in_exceptions.contains(&root) && !others.contains(&root);
            for need in self.of(root) {
                let fault = match need {
                    Need::Slot(slot) if slot < params && !constant => continue,
                    Need::Default if default => continue,
                    Need::Slot(slot) if slot < params => {
                        ("a constant expression", format!("parameter {slot}"))
                    }
                    Need::Slot(slot) => ("slots used where they are in sight", slot.to_string()),
                    Need::Running(state) => ("running totals inside of a loop", state.to_string()),
                    Need::Share(share) => ("shares inside of a loop", share.to_string()),
                    Need::Default => (
                        "the default only in exceptions of a rule that has one",
                        "elsewhere".to_owned(),
                    ),
                };
                self.faults.at(root.0, fault.0, fault.1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_need_a_number_of_slots() {
        // Each of both locals needs one slot, and their sum needs both.
        let text = "package \"a\" \"1\" define a.f (%x: int, %y: int) gives int { add(%x, %y) }";
        let program = crate::text::parse(text).unwrap();
        let callable = &program.callables[0];
        let faults_of = |most: usize| {
            let mut faults = Faults::default();
            check_up_to(callable, &callable.bindings(), most, &mut faults);
            faults.all.first().map(ToString::to_string)
        };
        assert_eq!(faults_of(4), None);
        let found = faults_of(3).unwrap();
        assert_eq!(
            found,
            ": expected at most 3 uses of slots over all nodes, found more"
        );
    }
}
