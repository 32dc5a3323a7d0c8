//! Records a trace while the interpreter runs. Without a recorder every method here returns at once.
//!
//! Comparisons leave a [`Finding`] behind. Since evaluation stops where a condition is certain, the
//! last one is what decided it; whoever evaluates a condition forgets the finding before and takes it
//! after.

use assize_ir::{
    Body, Cell, Column, Exception, Grid, GridHead, Hit, Loop, LoopResult, Node, NodeId, Op, Order,
    Over, ParameterValue, PlaceId, Row, Rule, Table, Test, Type, date,
};

use super::{
    Counted, Decided, Detail, ExceptionOutcome, ExceptionTrace, Explain, Finding, Held,
    MAX_NOT_TAKEN, MAX_TRACE_ENTRIES, NotTaken, Note, Noted, Operator, Outcome, Refused,
    RuleDetail, Shown, Step, StepKind, TableDetail, Trace, source,
};
use crate::failure::{full_name, place_text};
use crate::interp::{Eval, Frame, Machine};
use crate::value::Value;

/// The trace while it grows.
pub(crate) struct Recorder {
    explain: Explain,
    /// Steps that are running, the innermost last.
    open: Vec<Open>,
    root: Option<Step>,
    entries: usize,
    omitted: u64,
    finding: Option<Box<Finding>>,
}

/// A step that is running.
struct Open {
    step: Step,
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

    /// Whether there is room for one more entry.
    fn room(&mut self) -> bool {
        if self.entries < MAX_TRACE_ENTRIES {
            self.entries += 1;
            return true;
        }
        self.omitted += 1;
        false
    }

    fn table(&mut self) -> Option<&mut TableDetail> {
        match &mut self.open.last_mut()?.step.detail {
            Detail::Table(table) | Detail::Grid(table) => Some(table),
            _ => None,
        }
    }

    fn rule(&mut self) -> Option<&mut RuleDetail> {
        match &mut self.open.last_mut()?.step.detail {
            Detail::Rule(rule) => Some(rule),
            _ => None,
        }
    }

    fn decide(&mut self, name: &str, node: Option<NodeId>) {
        if let Some(open) = self.open.last_mut() {
            open.deciders.push((name.to_owned(), node));
        }
    }

    fn exception(&mut self, index: usize, outcome: ExceptionOutcome) {
        let exception = self.rule().and_then(|rule| rule.exceptions.get_mut(index));
        if let Some(exception) = exception {
            exception.outcome = outcome;
        }
    }
}

impl<'a> Machine<'a, '_> {
    /// A callable was entered.
    #[inline(never)]
    pub(crate) fn opened(&mut self, frame: &Frame<'a>, from: Option<NodeId>) {
        if self.recorder.is_none() {
            return;
        }
        let callable = frame.callable;
        let arguments = callable.params.iter().enumerate().map(|(index, param)| {
            let slot = assize_ir::Slot(u32::try_from(index).unwrap_or(u32::MAX));
            let value = frame.argument(slot);
            self.shown(&param.name, &param.ty, &value, None)
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
            },
            detail: match callable.body {
                Body::Parameter(_) => Detail::Parameter {
                    from: None,
                    because: String::new(),
                },
                _ => Detail::Expression,
            },
            decided: Vec::new(),
            because: None,
            notes: Vec::new(),
            children: Vec::new(),
            from,
        };
        let deciders = match callable.body {
            Body::Define(node) => vec![(String::new(), Some(node))],
            _ => Vec::new(),
        };
        if let Some(recorder) = &mut self.recorder {
            recorder.finding = None;
            let kept = recorder.open.last().is_none_or(|open| open.kept) && recorder.room();
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
            Ok(value) => {
                let ty = &frame.callable.result;
                Outcome::Value(self.shown(&frame.callable.name, ty, value, None))
            }
            Err(failure) => Outcome::Failure {
                code: failure.code.name().to_owned(),
                place: failure.place.clone(),
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

    fn shown(&self, name: &str, ty: &Type, value: &Value, place: Option<PlaceId>) -> Shown {
        Shown {
            name: name.to_owned(),
            text: self.show(ty, value),
            value: value.clone(),
            ty: ty.clone(),
            place,
        }
    }

    fn shown_node(&self, frame: &Frame<'a>, id: NodeId, value: &Value) -> Option<Shown> {
        let node = frame.callable.node(id)?;
        Some(self.shown(&self.source(node.place), &node.ty, value, Some(node.place)))
    }

    /// Adds a note to the current step.
    #[inline(never)]
    pub(crate) fn note(&mut self, note: Note) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        if !recorder.open.last().is_some_and(|open| open.kept) || !recorder.room() {
            return;
        }
        if let Some(open) = recorder.open.last_mut() {
            let after_calls = open.step.children.len();
            open.step.notes.push(Noted { after_calls, note });
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

    fn set_finding(
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
        needed: &[(&Type, &Value)],
    ) {
        if self.recorder.is_some() {
            let got = self.shown_node(frame, id, value);
            let needed = needed.iter();
            let needed = needed.map(|(ty, value)| self.shown("", ty, value, None));
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
            finding.because = because;
        }
    }

    /// Conditions were counted.
    #[inline(never)]
    pub(crate) fn found_counted(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        items: &[NodeId],
        outcomes: Vec<(NodeId, Held, Option<Box<Finding>>)>,
        result: bool,
    ) {
        let place = |id: NodeId| frame.callable.node(id).map(|node| node.place);
        let text = |id: NodeId| place(id).map(|place| self.source(place)).unwrap_or_default();
        let skipped = items.iter().skip(outcomes.len());
        let skipped = skipped.map(|id| (*id, Held::NotNeeded, None));
        let skipped: Vec<_> = skipped.collect();
        let counted = outcomes.into_iter().chain(skipped);
        let counted: Vec<Counted> = counted
            .map(|(id, held, because)| Counted {
                condition: text(id),
                held,
                because,
            })
            .collect();
        self.set_finding(node.place, (Operator::Counted, result), None, Vec::new());
        let finding = self.recorder.as_mut().and_then(|it| it.finding.as_mut());
        if let Some(finding) = finding {
            finding.items = counted;
            let finding = finding.clone();
            self.note(Note::Counted { finding });
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
        if query.refused.len() >= MAX_NOT_TAKEN {
            query.refused_more += 1;
            return;
        }
        let because = self.take_finding();
        let mut elements = Vec::new();
        for source in &it.sources {
            if let Some(declared) = frame.callable.slot(source.slot) {
                let value = frame.argument(source.slot);
                elements.push(self.show(&declared.ty, &value));
            }
        }
        query.refused.push(Refused {
            element: elements.join(", "),
            because,
        });
    }

    /// A query ended.
    #[inline(never)]
    pub(crate) fn note_query(
        &mut self,
        node: &'a Node,
        it: &'a Loop,
        query: Option<Box<QueryTrace>>,
    ) {
        let Some(query) = query else {
            return;
        };
        let indexed = |over: &Over| matches!(over, Over::Indexed { .. });
        let note = Note::Query {
            query: self.source(node.place),
            considered: query.considered,
            kept: query.kept,
            indexed: it.sources.iter().any(|source| indexed(&source.over)),
            refused: query.refused,
            refused_more: query.refused_more,
        };
        self.note(note);
    }

    /// A table begins.
    #[inline(never)]
    pub(crate) fn trace_table(&mut self, table: &'a Table) {
        self.begin_table(Detail::Table(empty_table(hit_name(table.hit))));
    }

    /// A grid begins.
    #[inline(never)]
    pub(crate) fn trace_grid(&mut self, grid: &'a Grid) {
        let _ = grid;
        self.begin_table(Detail::Grid(empty_table("unique")));
    }

    fn begin_table(&mut self, detail: Detail) {
        let open = self.recorder.as_mut().and_then(|it| it.open.last_mut());
        if let Some(open) = open {
            open.step.detail = detail;
        }
    }

    /// Rows that were not looked at.
    pub(crate) fn trace_not_reached(&mut self, rows: usize) {
        if let Some(table) = self.recorder.as_mut().and_then(|it| it.table()) {
            table.not_reached = rows as u64;
        }
    }

    /// A row did not hit.
    #[inline(never)]
    pub(crate) fn trace_row_not_taken(
        &mut self,
        frame: &Frame<'a>,
        row: &'a Row,
        (column, cell): (&'a Column, &'a Cell),
        input: &Value,
    ) {
        if self.wants(&row.name) {
            let not_taken = NotTaken {
                name: row.name.clone(),
                column: column.name.clone(),
                needed: self.cell_text(frame, cell),
                got: self.shown_input(frame, column, input),
                place: Some(row.place),
            };
            self.not_taken(not_taken);
        }
    }

    /// A head of a grid did not hit.
    #[inline(never)]
    pub(crate) fn trace_head_not_taken(
        &mut self,
        frame: &Frame<'a>,
        grid: &'a Grid,
        head: &'a GridHead,
        input: &Value,
    ) {
        if self.wants(&head.name) {
            let not_taken = NotTaken {
                name: head.name.clone(),
                column: grid.across.name.clone(),
                needed: self.cell_text(frame, &head.cell),
                got: self.shown_input(frame, &grid.across, input),
                place: Some(head.place),
            };
            self.not_taken(not_taken);
        }
    }

    /// Whether there is room for a row that was not taken; counts it if not.
    fn wants(&mut self, name: &str) -> bool {
        let Some(recorder) = &mut self.recorder else {
            return false;
        };
        let focused = recorder.explain.focus.as_deref() == Some(name);
        let Some(table) = recorder.table() else {
            return false;
        };
        let wanted = focused || table.not_taken.len() < MAX_NOT_TAKEN;
        if !wanted {
            table.not_taken_more += 1;
        }
        wanted
    }

    fn not_taken(&mut self, not_taken: NotTaken) {
        if let Some(table) = self.recorder.as_mut().and_then(|it| it.table()) {
            table.not_taken.push(not_taken);
        }
    }

    fn shown_input(&self, frame: &Frame<'a>, column: &Column, input: &Value) -> Shown {
        let node = frame.callable.node(column.value);
        let ty = node.map_or(&Type::Bool, |node| &node.ty);
        self.shown(&column.name, ty, input, node.map(|node| node.place))
    }

    /// Rows gave the value.
    #[inline(never)]
    pub(crate) fn trace_rows(&mut self, rows: impl Iterator<Item = &'a Row>) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        for row in rows {
            if let Some(table) = recorder.table() {
                table.rows.push(row.name.clone());
            }
            let output = match row.outputs.as_slice() {
                [output] => Some(*output),
                _ => None,
            };
            recorder.decide(&row.name, output);
        }
    }

    /// A cell of a grid gave the value.
    #[inline(never)]
    pub(crate) fn trace_cell(&mut self, row: &'a Row, head: &'a GridHead) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        if let Some(table) = recorder.table() {
            table.rows.push(row.name.clone());
            table.head = Some(head.name.clone());
        }
        recorder.decide(&row.name, None);
    }

    /// A rule begins.
    #[inline(never)]
    pub(crate) fn trace_rule(&mut self, rule: &'a Rule, day: Option<&Value>) {
        if self.recorder.is_none() {
            return;
        }
        let exceptions = rule.exceptions.iter().map(|exception| ExceptionTrace {
            name: exception.name.clone(),
            because: exception.because.clone(),
            outcome: ExceptionOutcome::NotReached,
        });
        let because = rule.default.as_ref().map(|default| default.because.clone());
        let detail = Detail::Rule(RuleDetail {
            as_of: day.map(|day| self.show(&Type::Date, day)),
            exceptions: exceptions.collect(),
            default_used: false,
            default_because: because.unwrap_or_default(),
        });
        self.begin_table(detail);
    }

    /// An exception is not valid on the day.
    #[inline(never)]
    pub(crate) fn trace_not_valid(&mut self, index: usize, exception: &'a Exception, day: i32) {
        if self.recorder.is_none() {
            return;
        }
        let end = |day: Option<i32>| day.map_or(Value::Missing, Value::Date);
        let ends = Type::Optional(Box::new(Type::Date));
        let from = exception.from.map(|day| format!(" from {}", date::format(day)));
        let to = exception.to.map(|day| format!(" to {}", date::format(day)));
        let first = Box::new(Finding {
            condition: format!("valid{}{}", from.unwrap_or_default(), to.unwrap_or_default()),
            place: Some(exception.place),
            held: false,
            negated: false,
            operator: Operator::ValidOn,
            needed: vec![
                self.shown("from", &ends, &end(exception.from), None),
                self.shown("to", &ends, &end(exception.to), None),
            ],
            got: Some(self.shown("as of", &Type::Date, &Value::Date(day), None)),
            items: Vec::new(),
            because: None,
        });
        if let Some(recorder) = &mut self.recorder {
            recorder.exception(index, ExceptionOutcome::NotApplicable { first });
        }
    }

    /// A condition of an exception failed; an `unless` by holding.
    #[inline(never)]
    pub(crate) fn trace_not_applicable(
        &mut self,
        frame: &Frame<'a>,
        index: usize,
        condition: NodeId,
        unless: bool,
    ) {
        if self.recorder.is_none() {
            return;
        }
        if unless {
            self.negate_finding();
        }
        let place = frame.callable.node(condition).map(|node| node.place);
        let first = match self.take_finding() {
            Some(finding) => finding,
            // A condition that compares nothing, such as a constant.
            None => Box::new(Finding {
                condition: place.map(|place| self.source(place)).unwrap_or_default(),
                place,
                held: false,
                negated: unless,
                operator: Operator::Holds,
                needed: Vec::new(),
                got: None,
                items: Vec::new(),
                because: None,
            }),
        };
        if let Some(recorder) = &mut self.recorder {
            recorder.exception(index, ExceptionOutcome::NotApplicable { first });
        }
    }

    /// An exception applies.
    #[inline(never)]
    pub(crate) fn trace_applied(&mut self, (index, exception): (usize, &Exception), by: &[&Exception]) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        if by.is_empty() {
            recorder.decide(&exception.name, Some(exception.then));
            recorder.exception(index, ExceptionOutcome::Applied { decided: true });
        } else {
            let by = by.iter().map(|other| other.name.clone()).collect();
            recorder.exception(index, ExceptionOutcome::Overridden { by });
        }
    }

    /// Those that apply clash.
    #[inline(never)]
    pub(crate) fn trace_undecided(&mut self) {
        let Some(rule) = self.recorder.as_mut().and_then(|it| it.rule()) else {
            return;
        };
        for exception in &mut rule.exceptions {
            if let ExceptionOutcome::Applied { decided } = &mut exception.outcome {
                *decided = false;
            }
        }
    }

    /// The default gives the value.
    #[inline(never)]
    pub(crate) fn trace_default(&mut self, value: NodeId) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        if let Some(rule) = recorder.rule() {
            rule.default_used = true;
        }
        recorder.decide("default", Some(value));
    }

    /// A value of a parameter is in force.
    #[inline(never)]
    pub(crate) fn trace_parameter(&mut self, value: &'a ParameterValue) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        let first = value.from.map(date::format);
        recorder.decide(first.as_deref().unwrap_or("is"), None);
        if let Some(open) = recorder.open.last_mut() {
            open.step.detail = Detail::Parameter {
                from: first,
                because: value.because.clone(),
            };
        }
    }

    /// A cell as it is written.
    fn cell_text(&self, frame: &Frame<'a>, cell: &Cell) -> String {
        let list = |tests: &[Test]| {
            let texts = tests.iter().map(|test| self.test_text(frame, test));
            texts.collect::<Vec<_>>().join(", ")
        };
        match cell {
            Cell::Any => "-".to_owned(),
            Cell::OneOf(tests) => list(tests),
            Cell::NoneOf(tests) => format!("not {}", list(tests)),
        }
    }

    fn test_text(&self, frame: &Frame<'a>, test: &Test) -> String {
        match test {
            Test::Missing => "missing".to_owned(),
            Test::Equal(value) => self.operand_text(frame, *value),
            Test::Compare(how, value) => {
                let sign = match how {
                    Order::Less => "<",
                    Order::LessOrEqual => "<=",
                    Order::Greater => ">",
                    Order::GreaterOrEqual => ">=",
                };
                format!("{sign} {}", self.operand_text(frame, *value))
            }
            Test::Range { low, high, below } => {
                let low = self.operand_text(frame, *low);
                match high {
                    None => format!("{low}+"),
                    Some(high) if *below => {
                        format!("{low} to below {}", self.operand_text(frame, *high))
                    }
                    Some(high) => format!("{low} to {}", self.operand_text(frame, *high)),
                }
            }
        }
    }

    /// A constant in canonical form, anything else as written.
    fn operand_text(&self, frame: &Frame<'a>, id: NodeId) -> String {
        let Some(node) = frame.callable.node(id) else {
            return String::new();
        };
        match &node.op {
            Op::Const(constant) => match crate::interp::value_of(constant) {
                Some(value) => self.show(&node.ty, &value),
                None => String::new(),
            },
            _ => self.source(node.place),
        }
    }
}

fn empty_table(hit: &str) -> TableDetail {
    TableDetail {
        hit: hit.to_owned(),
        rows: Vec::new(),
        head: None,
        not_taken: Vec::new(),
        not_taken_more: 0,
        not_reached: 0,
    }
}

const fn hit_name(hit: Hit) -> &'static str {
    match hit {
        Hit::Unique => "unique",
        Hit::Same => "same",
        Hit::First => "first",
        Hit::Priority => "priority",
        Hit::List => "list",
        Hit::ListByPriority => "list by priority",
        Hit::Sum => "sum",
        Hit::Lowest => "lowest",
        Hit::Highest => "highest",
        Hit::Count => "count",
    }
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
