//! What of a program is shown to nobody: the values of fields and parameters that are marked `sensitive`, and
//! what is computed from them.
//!
//! It changes no value. It is found again wherever a program is verified, so a bundle cannot leave it
//! out. What a condition says of a hidden value is not hidden: an explanation has to tell which way a
//! decision went.

use std::collections::BTreeSet;

use crate::node::{Builtin, Loop, LoopResult, Op, Over};
use crate::program::{Body, Callable, Field, Hit, Program, Row};
use crate::types::{CallableId, NodeId, RecordId, Slot, Type};

/// What is hidden.
#[derive(Clone, Debug, Default)]
pub struct Hidden(BTreeSet<Held>);

/// It follows from the rest of a program, and is not there before that was verified. So it is not what makes two
/// programs two.
impl PartialEq for Hidden {
    fn eq(&self, _other: &Hidden) -> bool {
        true
    }
}

impl Eq for Hidden {}

/// Something that holds values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    Node(CallableId, NodeId),
    Slot(CallableId, Slot),
    Result(CallableId),
}

impl Hidden {
    /// What is hidden of a program: nothing where no field and no parameter is marked.
    pub fn of(program: &Program) -> Hidden {
        let marked = |fields: &[Field]| fields.iter().any(|field| field.sensitive);
        let takes = |callable: &Callable| callable.params.iter().any(|it| it.sensitive);
        if !program.records.iter().any(|it| marked(&it.fields))
            && !program.relations.iter().any(|it| marked(&it.fields))
            && !program.callables.iter().any(takes)
        {
            return Hidden::default();
        }
        let mut flows = Flows {
            program,
            seeds: Vec::new(),
            edges: Vec::new(),
        };
        for (at, callable) in (0u32..).zip(&program.callables) {
            flows.callable(CallableId(at), callable);
        }
        flows.reached()
    }

    /// Whether the value of a node is hidden.
    pub fn node(&self, callable: CallableId, node: NodeId) -> bool {
        self.0.contains(&Held::Node(callable, node))
    }

    /// Whether what a slot holds is hidden; parameters are the first slots.
    pub fn slot(&self, callable: CallableId, slot: Slot) -> bool {
        self.0.contains(&Held::Slot(callable, slot))
    }

    /// Whether the result of a callable is hidden.
    pub fn result(&self, callable: CallableId) -> bool {
        self.0.contains(&Held::Result(callable))
    }
}

/// Which values become parts of which others.
struct Flows<'p> {
    program: &'p Program,
    /// Values of marked fields and parameters.
    seeds: Vec<Held>,
    edges: Vec<(Held, Held)>,
}

impl Flows<'_> {
    fn reached(mut self) -> Hidden {
        self.edges.sort_unstable();
        let mut found = BTreeSet::new();
        let mut todo = self.seeds;
        while let Some(next) = todo.pop() {
            if !found.insert(next) {
                continue;
            }
            let first = self.edges.partition_point(|(from, _)| *from < next);
            let behind = self.edges.get(first..).unwrap_or_default();
            let from_it = behind.iter().take_while(|(from, _)| *from == next);
            todo.extend(from_it.map(|(_, to)| *to));
        }
        Hidden(found)
    }

    fn flow(&mut self, from: Held, to: Held) {
        self.edges.push((from, to));
    }

    fn all(&mut self, id: CallableId, from: impl IntoIterator<Item = NodeId>, to: Held) {
        for node in from {
            self.flow(Held::Node(id, node), to);
        }
    }

    /// Fields of a record that are hidden by themselves take values that the record need not hide.
    fn fill(
        &mut self,
        id: CallableId,
        record: RecordId,
        values: impl IntoIterator<Item = (u32, NodeId)>,
        to: Held,
    ) {
        let record = self.program.record(record);
        for (at, value) in values {
            let field = record.and_then(|it| it.fields.get(at as usize));
            if !field.is_some_and(|field| field.sensitive) {
                self.flow(Held::Node(id, value), to);
            }
        }
    }

    fn callable(&mut self, id: CallableId, callable: &Callable) {
        for (at, param) in (0u32..).zip(&callable.params) {
            if param.sensitive {
                self.seeds.push(Held::Slot(id, Slot(at)));
            }
        }
        for (at, node) in (0u32..).zip(&callable.nodes) {
            self.node(id, callable, &node.op, Held::Node(id, NodeId(at)));
        }
        let to = Held::Result(id);
        match &callable.body {
            Body::Define(node) => self.all(id, [*node], to),
            Body::Parameter(values) => self.all(id, values.iter().map(|it| it.value), to),
            Body::Rule(rule) => {
                let cap = rule.combine.as_ref().and_then(|combine| combine.cap);
                let default = rule.default.as_ref().map(|it| it.value);
                let then = rule.exceptions.iter().map(|it| it.then);
                self.all(id, then.chain(default).chain(cap), to);
            }
            Body::Table(table) if table.hit == Hit::Count => {}
            Body::Table(table) => self.rows(id, table.record, table.rows.plain()),
            Body::Grid(grid) => self.rows(id, None, &grid.rows),
        }
    }

    fn rows(&mut self, id: CallableId, record: Option<RecordId>, rows: &[Row]) {
        for row in rows {
            let outputs = row.outputs.iter().copied();
            match record {
                Some(record) => self.fill(id, record, (0u32..).zip(outputs), Held::Result(id)),
                None => self.all(id, outputs, Held::Result(id)),
            }
        }
    }

    fn node(&mut self, id: CallableId, callable: &Callable, op: &Op, to: Held) {
        match op {
            // A condition says something of a value and does not have it.
            Op::Equal(..)
            | Op::Compare(..)
            | Op::Between { .. }
            | Op::In(..)
            | Op::IsMissing(_)
            | Op::ValidOn { .. }
            | Op::Builtin(Builtin::StartsWith, _)
            | Op::ReasonCode(_)
            | Op::ReasonSeverity(_)
            | Op::Stop(_) => {}
            Op::Local(slot) => self.flow(Held::Slot(id, *slot), to),
            Op::Default => {
                let default = match &callable.body {
                    Body::Rule(rule) => rule.default.as_ref().map(|it| it.value),
                    _ => None,
                };
                self.all(id, default, to);
            }
            Op::Let {
                slot, value, body, ..
            } => {
                self.all(id, [*value], Held::Slot(id, *slot));
                self.all(id, [*body], to);
            }
            Op::If { then, other, .. } => self.all(id, [*then, *other], to),
            Op::Round { value, step, .. } | Op::RoundRunning { value, step, .. } => {
                self.all(id, [*value, *step], to);
            }
            Op::Field(value, at) => {
                self.all(id, [*value], to);
                if self.is_marked(callable, *value, *at) {
                    self.seeds.push(to);
                }
            }
            Op::Record(record, values) => {
                let values = (0u32..).zip(values.iter().copied());
                self.fill(id, *record, values, to);
            }
            Op::With(value, changes) => {
                self.all(id, [*value], to);
                if let Some(Type::Record(record)) = callable.node(*value).map(|it| &it.ty) {
                    self.fill(id, *record, changes.iter().copied(), to);
                }
            }
            Op::List(items) => self.all(id, items.iter().map(|item| item.value), to),
            Op::SharePart(at) => {
                // Which loop is the nearest makes no difference: its numbers are of one kind.
                for node in &callable.nodes {
                    if let Op::Loop(each) = &node.op
                        && let Some(share) = each.shares.get(*at as usize)
                    {
                        self.all(id, [share.total, share.weight, share.step], to);
                    }
                }
            }
            Op::Loop(each) => self.each(id, each, to),
            Op::Call(called, arguments) => {
                self.arguments(id, *called, arguments);
                self.flow(Held::Result(*called), to);
            }
            Op::Reason(reason, arguments) => {
                self.all(id, arguments.iter().copied(), to);
                if let Some(reason) = self.program.reason(*reason) {
                    self.arguments(id, reason.message, arguments);
                }
            }
            other => self.all(id, other.operands(), to),
        }
    }

    fn arguments(&mut self, id: CallableId, called: CallableId, arguments: &[NodeId]) {
        for (slot, argument) in (0u32..).zip(arguments) {
            self.all(id, [*argument], Held::Slot(called, Slot(slot)));
        }
    }

    fn each(&mut self, id: CallableId, each: &Loop, to: Held) {
        let lists = each.sources.iter().filter_map(|source| match source.over {
            Over::List(list) => Some((source.slot, list)),
            Over::Relation(_) | Over::Indexed { .. } => None,
        });
        let lists: Vec<(Slot, NodeId)> = lists.collect();
        for (slot, list) in &lists {
            self.all(id, [*list], Held::Slot(id, *slot));
        }
        for carry in &each.carries {
            let slot = Held::Slot(id, carry.slot);
            self.all(id, [carry.start].into_iter().chain(carry.next), slot);
        }
        for one in &each.lets {
            self.all(id, [one.value], Held::Slot(id, one.slot));
        }
        let lists = lists.into_iter().map(|(_, list)| list);
        match &each.result {
            LoopResult::List(value)
            | LoopResult::Finally(value)
            | LoopResult::Sum(value)
            | LoopResult::Lowest(value)
            | LoopResult::Highest(value)
            | LoopResult::First(value) => self.all(id, [*value], to),
            LoopResult::Count => self.all(id, lists, to),
            LoopResult::Exists | LoopResult::Every(_) => {}
            LoopResult::Group { keys, .. } => {
                self.all(id, lists.chain(keys.iter().copied()), to);
            }
        }
    }

    fn is_marked(&self, callable: &Callable, value: NodeId, at: u32) -> bool {
        let fields = match callable.node(value).map(|node| &node.ty) {
            Some(Type::Record(id)) => self.program.record(*id).map(|it| &it.fields),
            Some(Type::Row(id)) => self.program.relation(*id).map(|it| &it.fields),
            _ => None,
        };
        let field = fields.and_then(|fields| fields.get(at as usize));
        field.is_some_and(|field| field.sensitive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is hidden of a program: nodes as they are written, slots and results by name.
    fn hidden(text: &str) -> String {
        let program = crate::text::parse(text).unwrap();
        let verified = crate::verify::verify(&program).unwrap();
        let mut out = Vec::new();
        for (at, callable) in (0u32..).zip(&verified.callables) {
            let id = CallableId(at);
            for (slot, param) in (0u32..).zip(&callable.slots) {
                if verified.hidden.slot(id, Slot(slot)) {
                    out.push(format!("{}.{}", callable.name, param.name));
                }
            }
            if verified.hidden.result(id) {
                out.push(callable.name.clone());
            }
        }
        out.join(" ")
    }

    const RECORDS: &str = "package \"a\" \"1\"
record a.C { field id: int field pay: int sensitive field all: list of int sensitive }
record a.D { field id: int field pay: int }
relation a.R { key pay: int sensitive field n: int }
";

    fn check(callables: &str, expected: &str) {
        assert_eq!(
            hidden(&format!("{RECORDS}{callables}")),
            expected,
            "{callables}"
        );
        // Without the mark nothing is.
        let unmarked = format!("{RECORDS}{callables}").replace(" sensitive", "");
        assert_eq!(hidden(&unmarked), "", "{callables}");
    }

    #[test]
    fn what_is_computed_from_a_marked_field_is_hidden() {
        check("define a.f (%c: a.C) gives int { field(%c, id) }", "");
        check(
            "define a.f (%c: a.C) gives int { add(1i, field(%c, pay)) }",
            "f",
        );
        check(
            "define a.f (%c: a.C) gives int { let(%x, field(%c, pay), %x) }",
            "f.x f",
        );
        check(
            "define a.f (%c: a.C) gives bool { less(field(%c, pay), 3i) }",
            "",
        );
        check(
            "define a.f (%c: a.C) gives int { if(less(field(%c, pay), 3i), 1i, 2i) }",
            "",
        );
        check(
            "define a.f (%c: a.C) gives int { if(less(field(%c, id), 3i), field(%c, pay), 2i) }",
            "f",
        );
    }

    #[test]
    fn calls_take_it_both_ways() {
        check(
            "define a.twice (%n: int) gives int { add(%n, %n) }
             define a.other (%n: int) gives int { %n }
             define a.f (%c: a.C) gives int { call(a.twice, field(%c, pay)) }
             define a.g (%c: a.C) gives int { call(a.other, field(%c, id)) }",
            "twice.n twice f",
        );
    }

    #[test]
    fn what_is_computed_from_a_marked_parameter_is_hidden() {
        check(
            "define a.twice (%n: int sensitive) gives int { add(%n, %n) }
             define a.other (%n: int) gives int { %n }
             define a.f (%n: int) gives int { call(a.twice, %n) }
             define a.g (%n: int, %m: int sensitive) gives int { call(a.other, %n) }
             define a.h (%n: int sensitive) gives bool { less(%n, 3i) }",
            "twice.n twice f g.m h.n",
        );
        check(
            "define a.other (%n: int) gives int { %n }
             define a.f (%n: int sensitive) gives int { call(a.other, %n) }",
            "other.n other f.n f",
        );
    }

    #[test]
    fn loops_take_it_by_their_elements() {
        check(
            "define a.f (%c: a.C) gives int { loop(each(%e, field(%c, all)), where(less(%e, 3i)), sum(%e)) }",
            "f.e f",
        );
        check(
            "define a.f (%c: a.C) gives int { loop(each(%e, field(%c, all)), count) }",
            "f.e f",
        );
        check(
            "define a.f (%c: a.C) gives bool { loop(each(%e, field(%c, all)), exists) }",
            "f.e",
        );
        check(
            "define a.f () gives int { loop(rows(%r, a.R), sum(field(%r, n))) }",
            "",
        );
        check(
            "define a.f () gives int { loop(rows(%r, a.R), sum(field(%r, pay))) }",
            "f",
        );
    }

    #[test]
    fn records_hide_it_or_are_hidden() {
        check(
            "define a.f (%c: a.C) gives a.C { make(a.C, 1i, field(%c, pay), field(%c, all)) }",
            "",
        );
        check(
            "define a.f (%c: a.C) gives a.D { make(a.D, 1i, field(%c, pay)) }",
            "f",
        );
        check(
            "define a.f (%c: a.C) gives a.C { with(%c, id(field(%c, pay))) }",
            "f",
        );
        check(
            "define a.f (%c: a.C) gives a.C { with(%c, pay(field(%c, pay))) }",
            "",
        );
    }
}
