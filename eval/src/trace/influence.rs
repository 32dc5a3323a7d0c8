//! What in a trace gave each field of the result: the rules, tables and dated values that a value comes
//! from, the nearest first.
//!
//! A trace has the order of evaluation, which says little about weight: what is asked first is often
//! farthest from the answer. So the way of a value is walked back, from a field of the result through the
//! nodes of the program to the calls that the trace has. What a value *is* comes first, then what it is
//! computed from, then what chose it. What only chose what chose it is not told: it did not give the value.

mod loops;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use assize_ir::{
    Body, Callable, CallableId, Cell, Hit, NodeId, Op, PlaceId, Program, Row, Rule, Slot, Table,
    Type,
};

use super::failed::{self, around};
use super::{Detail, ExceptionOutcome, Note, Outcome, Part, RuleDetail, Step, TableDetail, Trace};
use crate::value::Value;

use loops::{ELEMENT, MAX_LENGTH_DEPTH, PRESENCE, any_element, is_element};

/// Most steps that are named for one field.
pub const MAX_STEPS_PER_FIELD: usize = 12;
/// Most nodes that are walked for one field.
const MAX_NODES_PER_FIELD: usize = 20_000;
/// Deepest access to fields that is followed exactly.
const MAX_PATH: usize = 6;

/// Most choices between a field and what is told to have given it.
const MAX_CHOICES: u32 = 1;
/// Most computations between a choice and what is told to have chosen.
const MAX_CHOICE_PARTS: u32 = 3;
/// A step into a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Into {
    /// The field at this position of a record.
    Field(u32),
    /// The element at this position of a list, from 0.
    Element(u32),
}

/// How far something is from a field: the choices between them, then the computations since the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Distance {
    choices: u32,
    parts: u32,
}

impl Distance {
    /// What a value is computed from.
    const fn part(self) -> Distance {
        Distance {
            parts: self.parts.saturating_add(1),
            ..self
        }
    }

    /// What chose a value: a condition, the input of a table, an order.
    const fn choice(self) -> Distance {
        Distance {
            choices: self.choices.saturating_add(1),
            parts: 0,
        }
    }

    /// Whether this is too far to say that it gave the field.
    const fn too_far(self) -> bool {
        self.choices > MAX_CHOICES || (self.choices == MAX_CHOICES && self.parts > MAX_CHOICE_PARTS)
    }
}

/// What gave a field of the result.
#[derive(Clone, Debug)]
pub struct Influence<'t> {
    /// The field; empty: the result is no record.
    pub field: String,
    /// Whether it has one value, and is no list and no record.
    pub plain: bool,
    /// Rules, tables and dated values, the nearest first.
    pub steps: Vec<&'t Step>,
    /// Parts of shares and of carried remainders, the nearest first. Those of other elements are among
    /// them where the value is asked for as a whole.
    pub parts: Vec<&'t Part>,
}

/// What gave the result, by its fields in declared order; nothing for a decision that failed.
pub fn influences<'t>(program: &Program, trace: &'t Trace) -> Vec<Influence<'t>> {
    let Outcome::Value(shown) = &trace.root.outcome else {
        return Vec::new();
    };
    let mut walk = Walk::new(program, trace);
    let record = match &shown.ty {
        Type::Record(id) => program.record(*id),
        _ => None,
    };
    let (Some(record), Value::Record(values)) = (record, &shown.value) else {
        return vec![walk.influence(String::new(), Vec::new(), &shown.value)];
    };
    let fields = (0u32..).zip(&record.fields).zip(values.iter());
    fields
        .map(|((position, field), value)| walk.influence(field.name.clone(), vec![position], value))
        .collect()
}

/// What gave a part of the result, which has this value: of lists only what gave the elements that are
/// meant, as far as the trace says which these are. Its field is empty.
pub fn influence_on<'t>(
    program: &Program,
    trace: &'t Trace,
    path: &[Into],
    value: &Value,
) -> Influence<'t> {
    let mut walk = Walk::new(program, trace);
    walk.precise = path.iter().any(|step| matches!(step, Into::Element(_)));
    let path = path.iter().map(|step| match step {
        Into::Field(position) => *position,
        Into::Element(position) => ELEMENT | position,
    });
    walk.influence(String::new(), path.collect(), value)
}

/// What led to the failure of a decision: what the values came from where it failed, then what chose the
/// way there. The calls that failed themselves are not among them.
pub fn led_to_failure<'t>(program: &Program, trace: &'t Trace) -> Vec<&'t Step> {
    let chain = failed::chain(trace);
    let mut walk = Walk::new(program, trace);
    let mut positions = Vec::new();
    for step in &chain {
        let same = |(it, _): &(&Step, Option<usize>)| std::ptr::eq(*it, *step);
        positions.extend(walk.steps.iter().position(same));
    }
    for (at, step) in positions.iter().zip(&chain).rev() {
        walk.failed(*at, step, positions.last() == Some(at));
    }
    walk.found.clear();
    let mut found = walk.search(None);
    found.retain(|step| !chain.iter().any(|failed| std::ptr::eq(*failed, *step)));
    found
}

/// Whether a step is one that decides something: a value that a parameter always has does not.
pub fn decides(step: &Step) -> bool {
    match &step.detail {
        Detail::Expression | Detail::Parameter { from: None, .. } => false,
        Detail::Rule(_) | Detail::Table(_) | Detail::Grid(_) | Detail::Parameter { .. } => true,
    }
}

/// Where the walk is: a step (by its position), a node of its callable, the fields of the node's value
/// that are meant, outermost first, and the elements that loops are at.
type At = (usize, NodeId, Vec<u32>, Within);

/// Elements that loops are at: the step, the slot that names the loop, and the element.
type Within = Vec<(usize, Slot, usize)>;

struct Walk<'p, 't> {
    program: &'p Program,
    /// The steps of the trace, with the position of the one that made the call.
    steps: Vec<(&'t Step, Option<usize>)>,
    /// Calls by the step and the node that made them.
    calls: BTreeMap<(usize, NodeId), Vec<usize>>,
    /// Nodes to walk, the nearest first, then in the order they were met.
    open: BinaryHeap<Reverse<(Distance, usize, At)>>,
    met: usize,
    seen: BTreeSet<At>,
    found: Vec<(Distance, usize)>,
    parts: Vec<(Distance, &'t Part)>,
    /// Whether elements of lists are told apart.
    precise: bool,
    within: Within,
    /// What binds slots, of callables that were walked.
    binders: BTreeMap<CallableId, Vec<&'p Op>>,
}

impl<'p, 't> Walk<'p, 't> {
    fn new(program: &'p Program, trace: &'t Trace) -> Walk<'p, 't> {
        let mut walk = Walk {
            program,
            steps: Vec::new(),
            calls: BTreeMap::new(),
            open: BinaryHeap::new(),
            met: 0,
            seen: BTreeSet::new(),
            found: Vec::new(),
            parts: Vec::new(),
            precise: false,
            within: Vec::new(),
            binders: BTreeMap::new(),
        };
        walk.add(&trace.root, None);
        walk
    }

    /// The nesting of a trace is bounded, so this recursion is.
    fn add(&mut self, step: &'t Step, parent: Option<usize>) {
        let at = self.steps.len();
        self.steps.push((step, parent));
        if let (Some(parent), Some(from)) = (parent, step.from) {
            self.calls.entry((parent, from)).or_default().push(at);
        }
        for child in &step.children {
            self.add(child, Some(at));
        }
    }

    fn influence(&mut self, field: String, path: Vec<u32>, value: &Value) -> Influence<'t> {
        self.open.clear();
        self.seen.clear();
        self.found.clear();
        self.parts.clear();
        self.within.clear();
        self.met = 0;
        self.enter(0, &path, Distance::default());
        let steps = self.search(Some(value));
        // In the order of the trace where they are equally near.
        self.parts.sort_by_key(|(distance, _)| *distance);
        Influence {
            field,
            plain: plain(value),
            steps,
            parts: self.parts.iter().map(|(_, part)| *part).collect(),
        }
    }

    /// The steps that were met on the way back from what was pushed, the nearest first; of those that
    /// are equally near one that gave this very value is what is looked for.
    fn search(&mut self, value: Option<&Value>) -> Vec<&'t Step> {
        while let Some(Reverse((distance, _, at))) = self.open.pop() {
            if self.met > MAX_NODES_PER_FIELD || self.found.len() >= MAX_STEPS_PER_FIELD {
                break;
            }
            if self.seen.insert(at.clone()) {
                let (step, node, path, within) = at;
                self.within = within;
                self.node((step, node, path), distance);
            }
        }
        let step = |at: usize| self.steps.get(at).map(|(step, _)| *step);
        let mut found: Vec<(Distance, bool, &Step)> = self
            .found
            .iter()
            .filter_map(|(distance, at)| {
                let step = step(*at)?;
                let gave = value.is_some_and(|value| gave(step, value));
                Some((*distance, !gave, step))
            })
            .collect();
        found.sort_by_key(|(distance, other, _)| (*distance, *other));
        found.truncate(MAX_STEPS_PER_FIELD);
        found.into_iter().map(|(_, _, step)| step).collect()
    }

    /// Pushes what led to the end of a step that failed: where it failed, the values there; and the
    /// conditions under which that place was reached.
    fn failed(&mut self, at: usize, step: &Step, innermost: bool) {
        let Some(callable) = self.program.callable(step.callable) else {
            return;
        };
        let near = Distance::default();
        let chosen = near.choice();
        if let (Some(node), true) = (step.failed_at, innermost) {
            self.node((at, node, Vec::new()), near);
        }
        let values = if step.failed_at.is_none() {
            near.part()
        } else {
            chosen
        };
        match (&callable.body, &step.detail) {
            (Body::Table(table), Detail::Table(detail)) => self.columns(at, table, detail, values),
            (Body::Grid(grid), Detail::Grid(_)) => {
                let columns = grid.columns.iter().chain([&grid.across]);
                self.push_all(at, columns.map(|column| column.value), values);
            }
            (Body::Rule(rule), Detail::Rule(_)) => {
                let conditions = rule.exceptions.iter();
                let conditions = conditions.flat_map(|it| it.when.into_iter().chain(it.unless));
                self.push_taken(at, conditions, values);
            }
            // The day of a parameter is its one argument.
            (Body::Parameter(_), _) if step.failed_at.is_none() => {
                let steps = &self.steps;
                let parent = steps.get(at).and_then(|(_, parent)| *parent);
                self.local(at, (step, parent), (callable, Slot(0)), &[], values);
            }
            _ => {}
        }
        for (outer, inner) in step
            .failed_at
            .iter()
            .flat_map(|node| around(callable, *node))
        {
            match callable.node(outer).map(|node| &node.op) {
                Some(Op::If { cond, .. }) if *cond != inner => self.push(at, *cond, &[], chosen),
                Some(Op::Otherwise { value, .. }) if *value != inner => {
                    self.push(at, *value, &[], chosen);
                }
                Some(Op::And(left, _) | Op::Or(left, _)) if *left != inner => {
                    self.push(at, *left, &[], chosen);
                }
                Some(Op::List(items)) => {
                    let item = items.iter().find(|item| item.value == inner);
                    self.push_all(at, item.and_then(|item| item.when), chosen);
                }
                Some(Op::Loop(it)) if it.result.operands().contains(&inner) => {
                    self.push_all(at, it.filter, chosen);
                }
                _ => {}
            }
        }
    }

    fn push(&mut self, at: usize, node: NodeId, path: &[u32], distance: Distance) {
        if distance.too_far() {
            return;
        }
        self.met += 1;
        let path = path.iter().copied().take(MAX_PATH).collect();
        self.open.push(Reverse((
            distance,
            self.met,
            (at, node, path, self.within.clone()),
        )));
    }

    fn push_all(&mut self, at: usize, nodes: impl IntoIterator<Item = NodeId>, distance: Distance) {
        for node in nodes {
            self.push(at, node, &[], distance);
        }
    }

    /// Pushes those that were evaluated.
    fn push_taken(
        &mut self,
        at: usize,
        nodes: impl IntoIterator<Item = NodeId>,
        distance: Distance,
    ) {
        for node in nodes {
            if self.took(at, node) {
                self.push(at, node, &[], distance);
            }
        }
    }

    /// Whether a node that is not always evaluated was.
    fn took(&self, at: usize, node: NodeId) -> bool {
        let step = self.steps.get(at);
        step.is_some_and(|(step, _)| step.took.contains(&node))
    }

    /// The value of a call is walked back into what was called.
    fn enter(&mut self, at: usize, path: &[u32], distance: Distance) {
        let Some((step, _)) = self.steps.get(at).copied() else {
            return;
        };
        if decides(step) && !self.found.iter().any(|(_, known)| *known == at) {
            self.found.push((distance, at));
        }
        let program = self.program;
        let Some(callable) = program.callable(step.callable) else {
            return;
        };
        match (&callable.body, &step.detail) {
            (Body::Define(root), _) => self.push(at, *root, path, distance),
            (Body::Rule(rule), Detail::Rule(detail)) => {
                self.rule(at, (rule, detail), path, distance)
            }
            (Body::Table(table), Detail::Table(detail)) => {
                let rows = table.rows.iter();
                // Of a list of what hits, the row that gave the element.
                let list = matches!(table.hit, Hit::List | Hit::ListByPriority);
                let hit = path.first().filter(|first| list && is_element(**first));
                let hit = hit.and_then(|first| usize::try_from(first & !ELEMENT).ok());
                let wanted = hit.map(|at| detail.rows.get(at..=at).unwrap_or_default());
                let wanted = wanted.unwrap_or(&detail.rows);
                let path = if list { any_element(path) } else { path };
                for row in rows.filter(|row| wanted.contains(&row.name)) {
                    match (table.record, path.split_first()) {
                        (Some(_), Some((field, rest))) => {
                            let output = row.outputs.get(*field as usize);
                            output.into_iter().for_each(|output| {
                                self.push(at, *output, rest, distance.part());
                            });
                        }
                        (Some(_), None) => {
                            self.push_all(at, row.outputs.iter().copied(), distance.part());
                        }
                        (None, _) => row.outputs.iter().for_each(|output| {
                            self.push(at, *output, path, distance.part());
                        }),
                    }
                }
                self.columns(at, table, detail, distance.choice());
            }
            (Body::Grid(grid), Detail::Grid(detail)) => {
                let heads = grid.heads.iter();
                let head = heads
                    .enumerate()
                    .find(|(_, head)| Some(&head.name) == detail.head.as_ref());
                let rows = grid
                    .rows
                    .iter()
                    .filter(|row| detail.rows.contains(&row.name));
                let outputs = rows.filter_map(|row| row.outputs.get(head?.0));
                for output in outputs {
                    self.push(at, *output, path, distance.part());
                }
                let columns = grid.columns.iter().chain([&grid.across]);
                self.push_all(at, columns.map(|column| column.value), distance.choice());
            }
            _ => {}
        }
    }

    /// The inputs of a table that a row looked at.
    fn columns(&mut self, at: usize, table: &Table, detail: &TableDetail, distance: Distance) {
        for (index, column) in table.columns.iter().enumerate() {
            let asked = |row: &&Row| !matches!(row.cells.get(index), None | Some(Cell::Any));
            let mut hit = table
                .rows
                .iter()
                .filter(|row| detail.rows.contains(&row.name) || detail.clash.contains(&row.name));
            let mut failed = detail.not_taken.iter();
            if detail.not_taken_more > 0
                || hit.any(|row| asked(&row))
                || failed.any(|row| row.column == column.name)
            {
                self.push(at, column.value, &[], distance);
            }
        }
    }

    fn rule(
        &mut self,
        at: usize,
        (rule, detail): (&Rule, &RuleDetail),
        path: &[u32],
        distance: Distance,
    ) {
        if let Some(default) = rule.default.as_ref().filter(|_| detail.default_used) {
            self.push(at, default.value, path, distance.part());
        }
        for (exception, ended) in rule.exceptions.iter().zip(&detail.exceptions) {
            let chosen = match ended.outcome {
                ExceptionOutcome::Applied { decided } => {
                    if decided {
                        self.push(at, exception.then, path, distance.part());
                    }
                    distance.choice()
                }
                ExceptionOutcome::PassedOver { .. } => {
                    self.push(at, exception.then, path, distance.choice());
                    distance.choice()
                }
                ExceptionOutcome::Overridden { .. } => distance.choice(),
                // What applied says more than what did not.
                ExceptionOutcome::NotApplicable { .. } => distance.choice().part().part(),
                ExceptionOutcome::NotReached => continue,
            };
            let conditions = exception.when.into_iter().chain(exception.unless);
            self.push_taken(at, conditions, chosen);
        }
        let cap = rule.combine.as_ref().and_then(|combine| combine.cap);
        if let (Some(cap), Some(combined)) = (cap, &detail.combined) {
            let bound = if combined.cut {
                distance.part()
            } else {
                distance.choice()
            };
            self.push(at, cap, &[], bound);
        }
    }

    /// Tells of a part that an element got at this node.
    fn part(&mut self, at: usize, place: PlaceId, distance: Distance) {
        let Some((step, _)) = self.steps.get(at).copied() else {
            return;
        };
        for noted in step.notes.iter().filter(|noted| noted.place == Some(place)) {
            if let Note::Part(part) = &noted.note
                && self.meant(at, &noted.during)
                && !self
                    .parts
                    .iter()
                    .any(|(_, known)| std::ptr::eq(*known, &**part))
            {
                self.parts.push((distance, part));
            }
        }
    }

    /// Whether what happened while loops were at these elements is what is looked for.
    fn meant(&self, at: usize, during: &[(Slot, usize)]) -> bool {
        let within = |slot: Slot| {
            let mut within = self.within.iter();
            within.find(|(step, of, _)| *step == at && *of == slot)
        };
        during
            .iter()
            .all(|(slot, element)| within(*slot).is_none_or(|(_, _, meant)| meant == element))
    }

    fn node(&mut self, (at, id, path): (usize, NodeId, Vec<u32>), distance: Distance) {
        let Some((step, parent)) = self.steps.get(at).copied() else {
            return;
        };
        let program = self.program;
        let Some(callable) = program.callable(step.callable) else {
            return;
        };
        let Some(node) = callable.node(id) else {
            return;
        };
        match &node.op {
            Op::Const(_) => {}
            Op::Local(slot) => self.local(at, (step, parent), (callable, *slot), &path, distance),
            Op::Default => {
                if let Body::Rule(Rule {
                    default: Some(default),
                    ..
                }) = &callable.body
                {
                    self.push(at, default.value, &path, distance);
                }
            }
            Op::Let { body: value, .. }
            | Op::Border { value, .. }
            | Op::Bound { value, .. }
            | Op::ToOptional(value)
            | Op::Present(value)
            | Op::Check(value)
            | Op::IntToNum(value)
            | Op::NumToInt(value) => self.push(at, *value, &path, distance),
            Op::Round { value, step, mode }
            | Op::RoundRunning {
                value, step, mode, ..
            } => {
                self.part(at, node.place, distance);
                self.push(at, *value, &path, distance);
                self.push_all(at, [*step, *mode], distance.choice());
            }
            Op::If { cond, then, other } => {
                for branch in [*then, *other] {
                    if self.took(at, branch) {
                        self.push(at, branch, &path, distance);
                    }
                }
                self.push(at, *cond, &[], distance.choice());
            }
            Op::Otherwise { value, other } => {
                // What was missing chose the other.
                let gave = self.took(at, *value);
                let near = if gave { distance } else { distance.choice() };
                self.push(at, *value, &path, near);
                if self.took(at, *other) {
                    self.push(at, *other, &path, distance);
                }
            }
            // To join conditions is no computation: each of them is as near.
            Op::Not(condition) => self.push(at, *condition, &[], distance),
            Op::And(left, right) | Op::Or(left, right) => {
                self.push(at, *left, &[], distance);
                self.push_taken(at, [*right], distance);
            }
            Op::Counted { items, .. } => {
                self.push_taken(at, items.iter().copied(), distance);
            }
            Op::Concat(left, right) => {
                match (path.split_first(), self.length(at, *left, MAX_LENGTH_DEPTH)) {
                    // Which side has the element is known where the length of the first is.
                    (Some((first, rest)), Some(many)) if is_element(*first) => {
                        match (first & !ELEMENT).checked_sub(many) {
                            None => self.push(at, *left, &path, distance),
                            Some(position) => {
                                let path: Vec<u32> = [ELEMENT | position]
                                    .into_iter()
                                    .chain(rest.to_vec())
                                    .collect();
                                self.push(at, *right, &path, distance);
                            }
                        }
                    }
                    _ => {
                        let path = any_element(&path);
                        self.push(at, *left, path, distance);
                        self.push(at, *right, path, distance);
                    }
                }
            }
            Op::Field(value, field) => {
                let path: Vec<u32> = [*field].into_iter().chain(path).collect();
                self.push(at, *value, &path, distance);
            }
            Op::Record(_, values) => match path.split_first() {
                Some((field, rest)) => {
                    if let Some(value) = values.get(*field as usize) {
                        self.push(at, *value, rest, distance);
                    }
                }
                None => self.push_all(at, values.iter().copied(), distance.part()),
            },
            Op::With(value, changes) => {
                let first = path.split_first();
                let changed = |field: &u32| changes.iter().find(|(of, _)| of == field);
                match first.and_then(|(field, rest)| Some((changed(field)?, rest))) {
                    Some(((_, change), rest)) => self.push(at, *change, rest, distance),
                    None => {
                        self.push(at, *value, &path, distance);
                        if path.is_empty() {
                            self.push_all(at, changes.iter().map(|(_, it)| *it), distance.part());
                        }
                    }
                }
            }
            Op::List(items) => {
                let mut position = 0u32;
                for item in items {
                    let taken = item.when.is_none() || self.took(at, item.value);
                    let below = match path.split_first() {
                        Some((&PRESENCE, _)) => None,
                        Some((first, rest)) if is_element(*first) => {
                            (first & !ELEMENT == position).then_some(rest)
                        }
                        _ => Some(path.as_slice()),
                    };
                    if let (Some(below), true) = (below, taken) {
                        self.push(at, item.value, below, distance);
                    }
                    position = position.saturating_add(u32::from(taken));
                    self.push_all(at, item.when, distance.choice());
                }
            }
            Op::Lowest(values) | Op::Highest(values) => {
                for value in values {
                    let taken = self.took(at, *value);
                    let near = if taken { distance } else { distance.choice() };
                    self.push(at, *value, &path, near);
                }
            }
            Op::Loop(it) => self.looped(at, it, &path, distance),
            Op::SharePart(index) => {
                self.part(at, node.place, distance);
                let loops = callable.nodes.iter().filter_map(|node| match &node.op {
                    Op::Loop(it) => it.shares.get(*index as usize),
                    _ => None,
                });
                let parts: Vec<NodeId> = loops.flat_map(|it| [it.total, it.weight]).collect();
                self.push_all(at, parts, distance.part());
            }
            Op::Call(_, _) => {
                let calls = self.calls.get(&(at, id)).cloned().unwrap_or_default();
                for call in calls {
                    let step = self.steps.get(call);
                    if step.is_some_and(|(step, _)| self.meant(at, &step.during)) {
                        self.enter(call, &path, distance);
                    }
                }
            }
            op => self.push_all(at, op.operands(), distance.part()),
        }
    }

    /// A parameter is what the caller gave; another slot is what it was bound to.
    fn local(
        &mut self,
        at: usize,
        (step, parent): (&Step, Option<usize>),
        (callable, slot): (&'p Callable, Slot),
        path: &[u32],
        distance: Distance,
    ) {
        if (slot.0 as usize) < callable.params.len() {
            let caller = parent.and_then(|at| Some((at, self.steps.get(at)?.0)));
            let call = caller.and_then(|(caller, it)| {
                let callable = self.program.callable(it.callable)?;
                match &callable.node(step.from?)?.op {
                    Op::Call(_, arguments) => Some((caller, *arguments.get(slot.0 as usize)?)),
                    _ => None,
                }
            });
            if let Some((caller, argument)) = call {
                let outside = self.within.clone();
                if self.precise {
                    self.within.retain(|(step, ..)| *step != caller);
                    let during = step.during.iter();
                    self.within
                        .extend(during.map(|(slot, element)| (caller, *slot, *element)));
                }
                self.push(caller, argument, path, distance);
                self.within = outside;
            }
            return;
        }
        let binders: &Vec<&'p Op> = self.binders.entry(step.callable).or_insert_with(|| {
            let ops = callable.nodes.iter().map(|node| &node.op);
            ops.filter(|op| matches!(op, Op::Let { .. } | Op::Loop(_)))
                .collect()
        });
        for op in binders.clone() {
            match op {
                Op::Let {
                    slot: of, value, ..
                } if *of == slot => self.push(at, *value, path, distance),
                Op::Loop(it) => self.bound(at, it, slot, path, distance),
                _ => {}
            }
        }
    }
}

/// Whether this is the value that a step gave.
fn gave(step: &Step, value: &Value) -> bool {
    matches!(&step.outcome, Outcome::Value(shown) if shown.value == *value)
}

const fn plain(value: &Value) -> bool {
    !matches!(value, Value::List(_) | Value::Record(_))
}
