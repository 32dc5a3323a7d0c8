//! The state of one call, and the walk over the nodes.
//!
//! The recursion runs through [`Machine::eval`] and one helper per operation. Helpers are kept out
//! of line, so that the frame of `eval` stays small: the deepest program that is let through must
//! fit the stack of an ordinary thread, in an unoptimised build too.

use assize_ir::{CallableId, Const, Node, NodeId, Op, PlaceId, Program, Slot, Type};
use std::sync::Arc;

use super::depth::{self, MAX_EVALUATION_DEPTH};
use super::frame::{Binding, Frame};
use super::{Answer, Limits, Observer, Watch, price};
use crate::data::Data;
use crate::date_formula::DateFormula;
use crate::failure::{ErrorCode, Failure};
use crate::format::{self, HIDDEN};
use crate::trace::record::Recorder;
use crate::value::Value;

/// The result of an evaluation.
pub(crate) type Eval<T> = Result<T, Box<Failure>>;

/// One call from outside, with everything below it.
pub(crate) struct Machine<'a, 'w> {
    pub(crate) program: &'a Program,
    pub(crate) data: &'a dyn Data,
    pub(crate) limits: Limits,
    pub(crate) steps: u64,
    pub(crate) depth: u32,
    pub(crate) recorder: Option<Box<Recorder>>,
    pub(crate) observer: Option<&'w mut dyn Observer>,
}

impl<'a, 'w> Machine<'a, 'w> {
    pub(crate) fn new(
        program: &'a Program,
        data: &'a dyn Data,
        limits: Limits,
        watch: Watch<'w>,
    ) -> Self {
        Machine {
            program,
            data,
            limits,
            steps: 0,
            depth: 0,
            recorder: watch.explain.map(Recorder::new),
            observer: watch.observer,
        }
    }

    /// The outcome, with the trace.
    pub(crate) fn answer(self, result: Eval<Value>) -> Answer {
        Answer {
            result,
            trace: self.recorder.and_then(|recorder| recorder.finish()),
            steps: self.steps,
        }
    }

    /// Calls a callable; `from` is the node that calls it, `during` the elements of the loops around it.
    #[inline(never)]
    pub(crate) fn enter(
        &mut self,
        id: CallableId,
        arguments: Vec<Value>,
        from: Option<NodeId>,
        during: Vec<(Slot, usize)>,
    ) -> Eval<Value> {
        let mut frame = self.frame(id, arguments)?;
        let levels = depth::of_body(&frame.callable.body);
        self.descend(&frame, frame.callable.place, levels)?;
        self.opened(&frame, from, during);
        let before = self.steps;
        let result = match &frame.callable.body {
            assize_ir::Body::Define(node) => self.eval(&mut frame, *node),
            assize_ir::Body::Parameter(values) => self.eval_parameter(&mut frame, values),
            assize_ir::Body::Rule(rule) => self.eval_rule(&mut frame, rule),
            assize_ir::Body::Table(table) => self.eval_table(&mut frame, table),
            assize_ir::Body::Grid(grid) => self.eval_grid(&mut frame, grid),
        };
        self.closed(&frame, &result);
        if let Some(observer) = &mut self.observer {
            let steps = self.steps.saturating_sub(before);
            observer.left(self.program, id, result.as_ref().ok(), steps);
        }
        self.ascend(levels);
        result
    }

    #[inline(never)]
    fn frame(&mut self, id: CallableId, arguments: Vec<Value>) -> Eval<Box<Frame<'a>>> {
        let Some(callable) = self.program.callable(id) else {
            return Err(
                Failure::new(ErrorCode::Internal).with("unknown callable", id.0.to_string())
            );
        };
        if callable.params.len() != arguments.len() {
            let failure = Failure::at(self.program, ErrorCode::Internal, id, callable.place);
            return Err(failure
                .with("parameters", callable.params.len().to_string())
                .with("arguments", arguments.len().to_string()));
        }
        if let Some(observer) = &mut self.observer {
            observer.called(id);
        }
        Ok(Frame::new(id, callable, arguments))
    }

    /// Evaluates a node.
    #[inline(never)]
    pub(crate) fn eval(&mut self, frame: &mut Frame<'a>, id: NodeId) -> Eval<Value> {
        let node = self.begin(frame, id)?;
        let result = match &node.op {
            Op::Const(constant) => self.eval_const(frame, node, constant),
            Op::Local(slot) => self.eval_local(frame, node, *slot),
            Op::Default => self.eval_default(frame, node),
            Op::Let { .. } => self.eval_let(frame, node),
            Op::If { .. } => self.eval_if(frame, id, node),
            Op::And(a, b) => self.eval_and(frame, node, *a, *b),
            Op::Or(a, b) => self.eval_or(frame, node, *a, *b),
            Op::Not(a) => self.eval_not(frame, *a),
            Op::Counted { how, items } => self.eval_counted(frame, node, *how, items),
            Op::Arithmetic(how, a, b) => self.eval_arithmetic(frame, node, *how, (*a, *b)),
            Op::Negate(a)
            | Op::Absolute(a)
            | Op::IntToNum(a)
            | Op::NumToInt(a)
            | Op::Border { value: a, .. }
            | Op::Bound { value: a, .. } => self.eval_unary(frame, node, *a),
            Op::Round { .. } => self.eval_round(frame, node),
            Op::RoundRunning { .. } => self.eval_running(frame, node),
            Op::SharePart(share) => self.eval_share_part(frame, node, *share),
            Op::Equal(a, b) | Op::Compare(_, a, b) | Op::In(a, b) => {
                self.eval_relation(frame, node, *a, *b)
            }
            Op::Between { value, low, high } => {
                self.eval_between(frame, node, (*value, *low, *high))
            }
            Op::ToOptional(a) => self.eval(frame, *a),
            Op::IsMissing(a) => self.eval_is_missing(frame, node, *a),
            Op::Present(a) => self.eval_present(frame, node, *a),
            Op::Otherwise { value, other } => self.eval_otherwise(frame, *value, *other),
            Op::Stop(a) => self.eval_stop(frame, node, *a),
            Op::DateStep { date, .. } => self.eval_date_step(frame, node, *date),
            Op::DatePlusDays(a, b) | Op::DatePlusFormula(a, b) | Op::DateDifference(a, b) => {
                self.eval_date_pair(frame, node, *a, *b)
            }
            Op::Builtin(builtin, arguments) => self.eval_builtin(frame, node, *builtin, arguments),
            Op::Text(parts) => self.eval_text(frame, node, parts),
            Op::Record(_, fields) => self.eval_record(frame, fields),
            Op::Field(a, field) => self.eval_field(frame, node, *a, *field),
            Op::With(a, changes) => self.eval_with(frame, node, *a, changes),
            Op::Check(a) => self.eval_check(frame, node, *a),
            Op::Lookup { relation, key } => self.eval_lookup(frame, node, *relation, key),
            Op::ValidOn { row, date } => self.eval_valid_on(frame, node, *row, *date),
            Op::List(items) => self.eval_list(frame, node, items),
            Op::Concat(a, b) => self.eval_concat(frame, node, *a, *b),
            Op::Lowest(items) | Op::Highest(items) => self.eval_extreme(frame, node, items),
            Op::Loop(it) => self.eval_loop(frame, node, it),
            Op::Call(callee, arguments) => self.eval_call(frame, id, node, (*callee, arguments)),
            Op::Reason(reason, arguments) => self.eval_reason(frame, *reason, arguments),
            Op::ReasonCode(a) | Op::ReasonSeverity(a) => self.eval_reason_part(frame, node, *a),
        };
        self.ascend(1);
        self.gave(frame, id, &result);
        result
    }

    /// Tells who watches what a node gave.
    #[inline(never)]
    fn gave(&mut self, frame: &Frame<'a>, id: NodeId, result: &Eval<Value>) {
        if result.is_err() {
            self.trace_failed(frame, id);
        }
        if let (Some(observer), Ok(value)) = (&mut self.observer, result) {
            observer.value(self.program, frame.id, id, value);
        }
    }

    /// Finds a node, charges for it and goes one level down.
    #[inline(never)]
    fn begin(&mut self, frame: &Frame<'a>, id: NodeId) -> Eval<&'a Node> {
        let Some(node) = frame.callable.node(id) else {
            let place = frame.callable.place;
            return Err(self
                .fail(frame, place, ErrorCode::Internal)
                .with("unknown node", id.0.to_string()));
        };
        self.charge(frame, node.place, price::NODE)?;
        self.descend(frame, node.place, 1)?;
        Ok(node)
    }

    /// Goes some levels down. After a failure the depth is stale; who goes on after one restores it.
    pub(crate) fn descend(&mut self, frame: &Frame<'a>, place: PlaceId, levels: u32) -> Eval<()> {
        self.depth = self.depth.saturating_add(levels);
        if self.depth > MAX_EVALUATION_DEPTH {
            return Err(self.fail(frame, place, ErrorCode::LimitExceeded).with(
                "evaluation depth, at most",
                MAX_EVALUATION_DEPTH.to_string(),
            ));
        }
        Ok(())
    }

    /// Comes back up.
    pub(crate) fn ascend(&mut self, levels: u32) {
        self.depth = self.depth.saturating_sub(levels);
    }

    /// Charges steps.
    pub(crate) fn charge(&mut self, frame: &Frame<'a>, place: PlaceId, steps: u64) -> Eval<()> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.max_steps {
            return Err(self
                .fail(frame, place, ErrorCode::LimitExceeded)
                .with("steps, at most", self.limits.max_steps.to_string()));
        }
        Ok(())
    }

    /// Checks the length of a list that is being built.
    pub(crate) fn check_length(
        &self,
        frame: &Frame<'a>,
        place: PlaceId,
        elements: usize,
    ) -> Eval<()> {
        if elements as u64 > self.limits.max_list_elements {
            return Err(self.fail(frame, place, ErrorCode::LimitExceeded).with(
                "list elements, at most",
                self.limits.max_list_elements.to_string(),
            ));
        }
        Ok(())
    }

    /// A failure here.
    #[inline(never)]
    pub(crate) fn fail(&self, frame: &Frame<'a>, place: PlaceId, code: ErrorCode) -> Box<Failure> {
        Failure::at(self.program, code, frame.id, place)
    }

    /// A program that no verifier lets through.
    #[inline(never)]
    pub(crate) fn internal(&self, frame: &Frame<'a>, place: PlaceId, why: &str) -> Box<Failure> {
        self.fail(frame, place, ErrorCode::Internal)
            .with("reason", why)
    }

    /// A value in the words of an error or trace.
    #[inline(never)]
    pub(crate) fn show(&self, ty: &Type, value: &Value) -> String {
        format::shown(self.program, Some(self.data), ty, value)
    }

    /// A value in the words of an error or trace, or that it is not to be shown.
    pub(crate) fn show_unless(&self, hidden: bool, ty: &Type, value: &Value) -> String {
        if hidden {
            HIDDEN.to_owned()
        } else {
            self.show(ty, value)
        }
    }

    /// A value in the words of an error, typed as the node that gave it.
    pub(crate) fn show_node(&self, frame: &Frame<'a>, id: NodeId, value: &Value) -> String {
        match frame.callable.node(id) {
            Some(node) => self.show_unless(self.hides(frame, id), &node.ty, value),
            None => String::new(),
        }
    }

    /// The result of a callable, or a value that may become it, in the words of an error.
    pub(crate) fn show_result(&self, frame: &Frame<'a>, value: &Value) -> String {
        let hidden = self.program.hidden.result(frame.id);
        self.show_unless(hidden, &frame.callable.result, value)
    }

    /// Whether the value of a node is not to be shown.
    pub(crate) fn hides(&self, frame: &Frame<'a>, id: NodeId) -> bool {
        self.program.hidden.node(frame.id, id)
    }

    /// Whether what a slot holds is not to be shown.
    pub(crate) fn hides_slot(&self, frame: &Frame<'a>, slot: Slot) -> bool {
        self.program.hidden.slot(frame.id, slot)
    }

    /// The arguments of a call as values of an error.
    pub(crate) fn with_arguments(&self, frame: &Frame<'a>, failure: Box<Failure>) -> Box<Failure> {
        let params = frame.callable.params.iter().enumerate();
        params.fold(failure, |failure, (index, param)| {
            let slot = Slot(u32::try_from(index).unwrap_or(u32::MAX));
            match frame.slot(slot) {
                Some(Binding::Value(value)) => {
                    let hidden = self.hides_slot(frame, slot);
                    let text = self.show_unless(hidden, &param.ty, value);
                    failure.with(&param.name, text)
                }
                _ => failure,
            }
        })
    }

    /// Fills a slot.
    pub(crate) fn bind(
        &self,
        frame: &mut Frame<'a>,
        place: PlaceId,
        slot: Slot,
        binding: Binding,
    ) -> Eval<()> {
        match frame.bind(slot, binding) {
            Some(()) => Ok(()),
            None => Err(self.internal(frame, place, "no such slot")),
        }
    }

    /// Evaluates nodes from the left.
    #[inline(never)]
    pub(crate) fn eval_all(&mut self, frame: &mut Frame<'a>, ids: &[NodeId]) -> Eval<Vec<Value>> {
        let mut values = Vec::with_capacity(ids.len());
        for id in ids {
            values.push(self.eval(frame, *id)?);
        }
        Ok(values)
    }

    #[inline(never)]
    fn eval_const(&mut self, frame: &Frame<'a>, node: &'a Node, constant: &Const) -> Eval<Value> {
        self.constant(frame, node.place, constant)
    }

    /// The value of a constant.
    pub(crate) fn constant(
        &self,
        frame: &Frame<'a>,
        place: PlaceId,
        constant: &Const,
    ) -> Eval<Value> {
        match value_of(constant) {
            Some(value) => Ok(value),
            None => Err(self.internal(frame, place, "a constant is no value")),
        }
    }

    #[inline(never)]
    fn eval_local(&mut self, frame: &mut Frame<'a>, node: &'a Node, slot: Slot) -> Eval<Value> {
        let lazy = match frame.slot(slot) {
            Some(Binding::Value(value)) => {
                let value = value.clone();
                self.found_value(frame, node, &value);
                return Ok(value);
            }
            Some(Binding::Lazy(value)) => *value,
            _ => return Err(self.internal(frame, node.place, "a slot is not bound")),
        };
        let value = self.eval(frame, lazy)?;
        self.bind(frame, node.place, slot, Binding::Value(value.clone()))?;
        self.found_because(frame, node, &value);
        Ok(value)
    }

    #[inline(never)]
    fn eval_let(&mut self, frame: &mut Frame<'a>, node: &'a Node) -> Eval<Value> {
        let Op::Let {
            slot,
            mode,
            value,
            body,
        } = &node.op
        else {
            return Err(self.internal(frame, node.place, "not a let"));
        };
        let binding = match mode {
            assize_ir::LetMode::Lazy => Binding::Lazy(*value),
            assize_ir::LetMode::Now => Binding::Value(self.eval(frame, *value)?),
        };
        self.bind(frame, node.place, *slot, binding)?;
        self.eval(frame, *body)
    }

    #[inline(never)]
    fn eval_call(
        &mut self,
        frame: &mut Frame<'a>,
        id: NodeId,
        node: &'a Node,
        (callee, arguments): (CallableId, &[NodeId]),
    ) -> Eval<Value> {
        if callee >= frame.id {
            return Err(self.internal(frame, node.place, "a call to a later callable"));
        }
        let values = self.eval_all(frame, arguments)?;
        let during = if self.recorder.is_some() {
            frame.during()
        } else {
            Vec::new()
        };
        let value = self.enter(callee, values, Some(id), during)?;
        self.found_because(frame, node, &value);
        Ok(value)
    }
}

/// The value of a constant; `None` when a date formula in it is none.
pub fn value_of(constant: &Const) -> Option<Value> {
    Some(match constant {
        Const::Bool(value) => Value::Bool(*value),
        Const::Int(value) => Value::Int(*value),
        Const::Num(value) => Value::Num(*value),
        Const::Text(text) => Value::Text(Arc::from(text.as_str())),
        Const::Code(text) => Value::Code(Arc::from(text.as_str())),
        Const::Date(day) => Value::Date(*day),
        Const::DateFormula(text) => Value::DateFormula(Arc::new(DateFormula::parse(text).ok()?)),
        Const::Calendar(code) => Value::Calendar(Arc::from(code.as_str())),
        Const::Enum(_, position) => Value::Enum(*position),
        Const::Missing => Value::Missing,
        Const::List(items) => Value::List(items.iter().map(value_of).collect::<Option<_>>()?),
        Const::Record(_, fields) => {
            Value::Record(fields.iter().map(value_of).collect::<Option<_>>()?)
        }
    })
}
