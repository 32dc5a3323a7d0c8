//! Records a trace while the interpreter runs. Without a recorder every method here returns at once.
//!
//! Comparisons leave a [`Finding`] behind. Since evaluation stops where a condition is certain, the
//! last one is what decided it; whoever evaluates a condition forgets the finding before and takes it
//! after. Where several decided together, [`super::composed`] puts theirs into one.

use std::collections::BTreeSet;

use assize_ir::{Body, Loop, LoopResult, Node, NodeId, Op, Over, PlaceId, Slot, Type};

use super::{
    Decided, Detail, ExceptionOutcome, Explain, Finding, MAX_FINDING_DEPTH, MAX_NOT_TAKEN,
    MAX_TRACE_DEPTH, Note, Noted, Operator, Outcome, Refused, RuleDetail, Shown, Step, StepKind,
    TableDetail, Trace, source,
};
use crate::failure::{full_name, place_text};
use crate::interp::{Binding, Eval, Frame, Machine};
use crate::value::Value;

/// The trace while it grows.
pub(crate) struct Recorder {
    pub(super) explain: Explain,
    /// Steps that are running, the innermost last.
    pub(super) open: Vec<Open>,
    root: Option<Step>,
    entries: usize,
    omitted: u64,
    pub(super) finding: Option<Box<Finding>>,
}

/// A step that is running.
pub(super) struct Open {
    pub(super) step: Step,
    /// Whether the trace had room for it when it began; what it calls later has none either.
    kept: bool,
    /// Nodes whose values are the result, with the names of what chose them.
    deciders: Vec<(String, Option<NodeId>)>,
}

/// Elements of a query while it runs.
pub(crate) struct QueryTrace {
    considered: u64,
    kept: u64,
    refused: Vec<Refused>,
    refused_more: u64,
    /// Elements up to the one for which `ending with` held.
    ended_after: Option<u64>,
}

impl QueryTrace {
    /// `ending with` held for the element at this position.
    pub(crate) const fn ended_at(&mut self, index: usize) {
        self.ended_after = Some((index as u64).saturating_add(1));
    }
}

impl Recorder {
    pub(crate) fn new(explain: Explain) -> Box<Recorder> {
        Box::new(Recorder {
            explain,
            open: Vec::new(),
            root: None,
            entries: 0,
            omitted: 0,
            finding: None,
        })
    }

    pub(crate) fn finish(self) -> Option<Trace> {
        Some(Trace {
            root: self.root?,
            omitted: self.omitted,
        })
    }

    /// Whether there is room for one more entry that is wanted; counts it if not.
    fn room(&mut self, wanted: bool) -> bool {
        if wanted && self.entries < self.explain.entries_max() {
            self.entries += 1;
            return true;
        }
        self.omitted += 1;
        false
    }

    pub(super) fn table(&mut self) -> Option<&mut TableDetail> {
        match &mut self.open.last_mut()?.step.detail {
            Detail::Table(table) | Detail::Grid(table) => Some(table),
            _ => None,
        }
    }

    pub(super) fn rule(&mut self) -> Option<&mut RuleDetail> {
        match &mut self.open.last_mut()?.step.detail {
            Detail::Rule(rule) => Some(rule),
            _ => None,
        }
    }

    pub(super) fn decide(&mut self, name: &str, node: Option<NodeId>) {
        if let Some(open) = self.open.last_mut() {
            open.deciders.push((name.to_owned(), node));
        }
    }

    pub(super) fn exception(&mut self, index: usize, outcome: ExceptionOutcome) {
        let exception = self.rule().and_then(|rule| rule.exceptions.get_mut(index));
        if let Some(exception) = exception {
            exception.outcome = outcome;
        }
    }
}

impl<'a> Machine<'a, '_> {
    /// A callable was entered.
    #[inline(never)]
    pub(crate) fn opened(
        &mut self,
        frame: &Frame<'a>,
        from: Option<NodeId>,
        during: Vec<(Slot, usize)>,
    ) {
        if self.recorder.is_none() {
            return;
        }
        let callable = frame.callable;
        let arguments = callable.params.iter().enumerate().map(|(index, param)| {
            let slot = Slot(u32::try_from(index).unwrap_or(u32::MAX));
            let value = frame.argument(slot);
            let hidden = self.hides_slot(frame, slot);
            self.shown(&param.name, (&param.ty, hidden), &value, None)
        });
        let step = Step {
            callable: frame.id,
            name: full_name(self.program, frame.id),
            kind: self.step_kind(frame),
            place: place_text(self.program, frame.id, callable.place),
            arguments: arguments.collect(),
            outcome: Outcome::Failure {
                code: String::new(),
                place: String::new(),
                values: Vec::new(),
                at: None,
            },
            detail: match callable.body {
                Body::Parameter(_) => Detail::Parameter {
                    from: None,
                    because: String::new(),
                    module: None,
                },
                _ => Detail::Expression,
            },
            decided: Vec::new(),
            because: None,
            notes: Vec::new(),
            children: Vec::new(),
            from,
            during,
            took: BTreeSet::new(),
            failed_at: None,
            elements: Vec::new(),
        };
        let deciders = match callable.body {
            Body::Define(node) => vec![(String::new(), Some(node))],
            _ => Vec::new(),
        };
        if let Some(recorder) = &mut self.recorder {
            recorder.finding = None;
            let shallow = recorder.open.len() < MAX_TRACE_DEPTH;
            let kept = recorder.open.last().is_none_or(|open| open.kept) && shallow;
            let kept = recorder.room(kept);
            recorder.open.push(Open {
                step,
                kept,
                deciders,
            });
        }
    }

    fn step_kind(&self, frame: &Frame<'a>) -> StepKind {
        match frame.callable.body {
            Body::Define(_) => {
                let mut decisions = self.program.decisions.iter();
                if decisions.any(|decision| decision.callable == frame.id) {
                    StepKind::Decision
                } else {
                    StepKind::Define
                }
            }
            Body::Parameter(_) => StepKind::Parameter,
            Body::Rule(_) => StepKind::Rule,
            Body::Table(_) => StepKind::Table,
            Body::Grid(_) => StepKind::Grid,
        }
    }

    /// A callable was left.
    #[inline(never)]
    pub(crate) fn closed(&mut self, frame: &Frame<'a>, result: &Eval<Value>) {
        if self.recorder.is_none() {
            return;
        }
        let outcome = match result {
            Ok(value) => Outcome::Value(self.shown_result(frame, &frame.callable.name, value)),
            Err(failure) => Outcome::Failure {
                code: failure.code.name().to_owned(),
                place: failure.place.clone(),
                values: failure.values.clone(),
                at: failure.place_id,
            },
        };
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        let Some(mut open) = recorder.open.pop() else {
            return;
        };
        open.step.outcome = outcome;
        if result.is_ok() {
            if frame.callable.result.plain() == &Type::Bool {
                open.step.because = recorder.finding.clone();
            }
            for (name, node) in open.deciders {
                let through = node.and_then(|node| giver(frame, node, &open.step.children));
                open.step.decided.push(Decided { name, through });
            }
        }
        match recorder.open.last_mut() {
            Some(parent) if open.kept => parent.step.children.push(open.step),
            Some(_) => {}
            None => recorder.root = Some(open.step),
        }
    }

    /// The text at a place.
    pub(crate) fn source(&self, place: PlaceId) -> String {
        source::text(self.program, place)
    }

    pub(super) fn shown(
        &self,
        name: &str,
        (ty, hidden): (&Type, bool),
        value: &Value,
        place: Option<PlaceId>,
    ) -> Shown {
        Shown {
            name: name.to_owned(),
            text: self.show_unless(hidden, ty, value),
            value: value.clone(),
            ty: ty.clone(),
            hidden,
            place,
        }
    }

    /// The result of a callable, or a value that may become it.
    pub(super) fn shown_result(&self, frame: &Frame<'a>, name: &str, value: &Value) -> Shown {
        let hidden = self.program.hidden.result(frame.id);
        self.shown(name, (&frame.callable.result, hidden), value, None)
    }

    fn shown_node(&self, frame: &Frame<'a>, id: NodeId, value: &Value) -> Option<Shown> {
        let node = frame.callable.node(id)?;
        let ty = (&node.ty, self.hides(frame, id));
        Some(self.shown(&self.source(node.place), ty, value, Some(node.place)))
    }

    /// Says what the current step is about.
    pub(super) fn set_detail(&mut self, detail: Detail) {
        let open = self.recorder.as_mut().and_then(|it| it.open.last_mut());
        if let Some(open) = open {
            open.step.detail = detail;
        }
    }

    /// A node that is not always evaluated is evaluated, or its value is taken.
    #[inline]
    pub(crate) fn took(&mut self, id: NodeId) {
        let open = self.recorder.as_mut().and_then(|it| it.open.last_mut());
        if let Some(open) = open {
            open.step.took.insert(id);
        }
    }

    /// A node did not end: the first that says so is where the step failed, and the loops around it
    /// tell their elements.
    #[inline(never)]
    pub(crate) fn trace_failed(&mut self, frame: &Frame<'a>, id: NodeId) {
        if self.recorder.is_none() {
            return;
        }
        let mut elements = Vec::new();
        if let Some(Op::Loop(it)) = frame.callable.node(id).map(|node| &node.op) {
            for source in &it.sources {
                let declared = frame.callable.slot(source.slot);
                if let (Some(declared), Some(Binding::Value(value))) =
                    (declared, frame.slot(source.slot))
                {
                    let ty = (&declared.ty, self.hides_slot(frame, source.slot));
                    let shown = self.shown(&declared.name, ty, value, None);
                    elements.push((id, shown));
                }
            }
        }
        let open = self.recorder.as_mut().and_then(|it| it.open.last_mut());
        if let Some(open) = open {
            open.step.failed_at.get_or_insert(id);
            open.step.elements.extend(elements);
        }
    }

    /// A failure was no failure of the step after all.
    pub(crate) fn trace_recovered(&mut self) {
        let open = self.recorder.as_mut().and_then(|it| it.open.last_mut());
        if let Some(open) = open {
            open.step.failed_at = None;
            open.step.elements.clear();
        }
    }

    /// Adds a note to the current step.
    #[inline(never)]
    pub(crate) fn note(&mut self, place: Option<PlaceId>, note: Note) {
        self.note_during(place, note, Vec::new());
    }

    /// Adds a note that belongs to these elements of the loops around it.
    #[inline(never)]
    pub(crate) fn note_during(
        &mut self,
        place: Option<PlaceId>,
        note: Note,
        during: Vec<(Slot, usize)>,
    ) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        let wanted = recorder.open.last().is_some_and(|open| open.kept);
        if !recorder.room(wanted) {
            return;
        }
        if let Some(open) = recorder.open.last_mut() {
            let after_calls = open.step.children.len();
            let noted = Noted {
                after_calls,
                place,
                during,
                note,
            };
            open.step.notes.push(noted);
        }
    }

    /// Before a condition is evaluated.
    #[inline(never)]
    pub(crate) fn forget_finding(&mut self) {
        if let Some(recorder) = &mut self.recorder {
            recorder.finding = None;
        }
    }

    /// What decided the condition that was just evaluated.
    pub(crate) fn take_finding(&mut self) -> Option<Box<Finding>> {
        self.recorder.as_mut()?.finding.take()
    }

    /// The condition stands behind a `not`.
    #[inline(never)]
    pub(crate) fn negate_finding(&mut self) {
        let finding = self.recorder.as_mut().and_then(|it| it.finding.as_mut());
        if let Some(finding) = finding {
            finding.held = !finding.held;
            finding.negated = !finding.negated;
        }
    }

    pub(super) fn set_finding(
        &mut self,
        place: PlaceId,
        (operator, held): (Operator, bool),
        got: Option<Shown>,
        needed: Vec<Shown>,
    ) {
        let condition = self.source(place);
        if let Some(recorder) = &mut self.recorder {
            recorder.finding = Some(Box::new(Finding {
                condition,
                place: Some(place),
                held,
                negated: false,
                operator,
                needed,
                got,
                items: Vec::new(),
                because: None,
            }));
        }
    }

    /// A comparison was made.
    #[inline(never)]
    pub(crate) fn found(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        result: (Operator, bool),
        (id, value): (NodeId, &Value),
        needed: &[(NodeId, &Value)],
    ) {
        if self.recorder.is_some() {
            let got = self.shown_node(frame, id, value);
            let needed = needed.iter();
            let needed = needed.filter_map(|(id, value)| self.shown_node(frame, *id, value));
            let needed = needed.collect();
            self.set_finding(node.place, result, got, needed);
        }
    }

    /// A comparison was made with values that no node gave.
    #[inline(never)]
    pub(crate) fn found_shown(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        result: (Operator, bool),
        (id, value): (NodeId, &Value),
        needed: &[(&Type, bool, &Value)],
    ) {
        if self.recorder.is_some() {
            let got = self.shown_node(frame, id, value);
            let needed = needed.iter();
            let needed =
                needed.map(|(ty, hidden, value)| self.shown("", (ty, *hidden), value, None));
            let needed = needed.collect();
            self.set_finding(node.place, result, got, needed);
        }
    }

    /// A condition was read from a name or field.
    #[inline(never)]
    pub(crate) fn found_value(&mut self, frame: &Frame<'a>, node: &'a Node, value: &Value) {
        let _ = frame;
        if let (true, Value::Bool(held)) = (self.recorder.is_some(), value) {
            self.set_finding(node.place, (Operator::Holds, *held), None, Vec::new());
        }
    }

    /// A condition was computed by a function or `let`: what decided it there goes below.
    #[inline(never)]
    pub(crate) fn found_because(&mut self, frame: &Frame<'a>, node: &'a Node, value: &Value) {
        if self.recorder.is_none() || !matches!(value, Value::Bool(_)) {
            return;
        }
        let because = self.take_finding();
        self.found_value(frame, node, value);
        if let Some(finding) = self.recorder.as_mut().and_then(|it| it.finding.as_mut()) {
            finding.because = shallow(because);
        }
    }

    /// `exists` or `every` ended.
    #[inline(never)]
    pub(crate) fn found_query(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        it: &'a Loop,
        value: &Value,
    ) {
        let operator = match it.result {
            LoopResult::Exists => Operator::Exists,
            LoopResult::Every(_) => Operator::Every,
            _ => return,
        };
        if self.recorder.is_none() {
            return;
        }
        self.found_because(frame, node, value);
        if let Some(finding) = self.recorder.as_mut().and_then(|it| it.finding.as_mut()) {
            finding.operator = operator;
            // No element decides alone that all of them hold.
            if finding.held && operator == Operator::Every {
                finding.because = None;
            }
        }
    }

    /// A query begins.
    pub(crate) fn query_trace(&self) -> Option<Box<QueryTrace>> {
        self.recorder.is_some().then(|| {
            Box::new(QueryTrace {
                considered: 0,
                kept: 0,
                refused: Vec::new(),
                refused_more: 0,
                ended_after: None,
            })
        })
    }

    /// A query considered its current element.
    pub(crate) fn trace_element(
        &mut self,
        frame: &Frame<'a>,
        it: &'a Loop,
        query: &mut Option<Box<QueryTrace>>,
        holds: bool,
    ) {
        let Some(query) = query else {
            return;
        };
        query.considered += 1;
        if holds {
            query.kept += 1;
            return;
        }
        let full = query.refused.len() >= MAX_NOT_TAKEN;
        let focus = self
            .recorder
            .as_ref()
            .and_then(|it| it.explain.focus.as_deref());
        let Some(focus) = (if full { focus } else { Some("") }) else {
            query.refused_more += 1;
            return;
        };
        let quoted = format!("\"{focus}\"");
        let mut elements = Vec::new();
        for source in &it.sources {
            if let Some(declared) = frame.callable.slot(source.slot) {
                let value = frame.argument(source.slot);
                let hidden = self.hides_slot(frame, source.slot);
                elements.push(self.show_unless(hidden, &declared.ty, &value));
            }
        }
        let element = elements.join(", ");
        if full && element != focus && !element.contains(&quoted) {
            query.refused_more += 1;
            return;
        }
        let because = self.take_finding();
        query.refused.push(Refused { element, because });
    }

    /// A query ended.
    #[inline(never)]
    pub(crate) fn note_query(
        &mut self,
        frame: &Frame<'a>,
        (node, it): (&'a Node, &'a Loop),
        query: Option<Box<QueryTrace>>,
        value: Option<&Value>,
    ) {
        let Some(query) = query else {
            return;
        };
        let plain = value.filter(|value| !matches!(value, Value::List(_)));
        // The node is known by its place in memory alone: it is one of the callable's.
        let nodes = (0u32..).zip(&frame.callable.nodes);
        let hidden = nodes
            .filter(|(_, other)| std::ptr::eq(*other, node))
            .any(|(id, _)| self.hides(frame, NodeId(id)));
        let indexed = |over: &Over| matches!(over, Over::Indexed { .. });
        let note = Note::Query {
            query: self.source(node.place),
            considered: query.considered,
            kept: query.kept,
            ended_after: query.ended_after,
            value: plain.map(|value| self.show_unless(hidden, &node.ty, value)),
            indexed: it.sources.iter().any(|source| indexed(&source.over)),
            refused: query.refused,
            refused_more: query.refused_more,
        };
        self.note(Some(node.place), note);
    }
}

/// The finding, unless it is as deep as findings may be: then it tells nothing of what is below.
pub(super) fn shallow(finding: Option<Box<Finding>>) -> Option<Box<Finding>> {
    let mut finding = finding?;
    if finding.depth() >= MAX_FINDING_DEPTH {
        finding.because = None;
        finding.items.clear();
    }
    Some(finding)
}

/// The call whose value is the value of a node: the last one made from where the node ends.
fn giver(frame: &Frame<'_>, node: NodeId, children: &[Step]) -> Option<usize> {
    let mut ends = vec![node];
    let mut left = frame.callable.nodes.len();
    let mut calls = Vec::new();
    while let Some(id) = ends.pop() {
        left = left.checked_sub(1)?;
        match frame.callable.node(id).map(|node| &node.op) {
            Some(Op::Call(_, _)) => calls.push(id),
            Some(
                Op::Border { value, .. }
                | Op::Bound { value, .. }
                | Op::ToOptional(value)
                | Op::Present(value)
                | Op::Check(value)
                | Op::IntToNum(value)
                | Op::NumToInt(value)
                | Op::Let { body: value, .. },
            ) => ends.push(*value),
            Some(Op::If { then, other, .. }) => ends.extend([*then, *other]),
            Some(Op::Otherwise { value, other }) => ends.extend([*value, *other]),
            _ => {}
        }
    }
    children
        .iter()
        .rposition(|child| child.from.is_some_and(|from| calls.contains(&from)))
}
