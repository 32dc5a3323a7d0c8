//! Records what happened in tables, grids, rules and parameters.

use assize_ir::{
    Body, Cell, Column, CombineHow, Exception, Grid, GridHead, Hit, NodeId, Op, Order,
    ParameterValue, Row, Rule, Table, Test, Type, date,
};

use super::render::AS_OF;
use super::{
    Combined, Detail, ExceptionOutcome, ExceptionTrace, Finding, MAX_NOT_TAKEN, NotTaken, Operator,
    Outcome, PassedOver, RuleDetail, Shown, TableDetail,
};
use crate::interp::{Binding, Frame, Machine};
use crate::value::Value;

impl<'a> Machine<'a, '_> {
    /// A table begins.
    #[inline(never)]
    pub(crate) fn trace_table(&mut self, table: &'a Table) {
        self.set_detail(Detail::Table(empty_table(hit_name(table.hit))));
    }

    /// A grid begins.
    #[inline(never)]
    pub(crate) fn trace_grid(&mut self, grid: &'a Grid) {
        let _ = grid;
        self.set_detail(Detail::Grid(empty_table("unique")));
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
        let named = table.not_taken.len() + table.passed_over.len();
        let wanted = focused || named < MAX_NOT_TAKEN;
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
        let ty = (ty, self.hides(frame, column.value));
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

    /// A row hit, and the output of another was taken.
    #[inline(never)]
    pub(crate) fn trace_row_passed_over(&mut self, frame: &Frame<'a>, row: &'a Row, value: &Value) {
        if self.wants(&row.name) {
            let value = self.shown_result(frame, &row.name, value);
            if let Some(table) = self.recorder.as_mut().and_then(|it| it.table()) {
                let name = row.name.clone();
                table.passed_over.push(PassedOver { name, value });
            }
        }
    }

    /// Rows that hit clash.
    pub(crate) fn trace_rows_clash(&mut self, rows: impl Iterator<Item = &'a Row>) {
        if let Some(table) = self.recorder.as_mut().and_then(|it| it.table()) {
            table.clash.extend(rows.map(|row| row.name.clone()));
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
            held: Vec::new(),
            value: None,
        });
        let because = rule.default.as_ref().map(|default| default.because.clone());
        let detail = Detail::Rule(RuleDetail {
            as_of: day.map(|day| self.show_unless(self.hides_day(), &Type::Date, day)),
            exceptions: exceptions.collect(),
            default_used: false,
            default_because: because.unwrap_or_default(),
            combined: None,
        });
        self.set_detail(detail);
    }

    /// An exception is not valid on the day.
    #[inline(never)]
    pub(crate) fn trace_not_valid(&mut self, index: usize, exception: &'a Exception, day: i32) {
        if self.recorder.is_none() {
            return;
        }
        let first = Box::new(self.validity(exception, day, false));
        if let Some(recorder) = &mut self.recorder {
            recorder.exception(index, ExceptionOutcome::NotApplicable { first });
        }
    }

    /// An exception is valid on the day.
    #[inline(never)]
    pub(crate) fn trace_valid(&mut self, index: usize, exception: &'a Exception, day: i32) {
        if self.recorder.is_some() {
            let valid = self.validity(exception, day, true);
            self.keep_held(index, valid);
        }
    }

    /// Whether the day that the current rule compares with is not to be shown.
    fn hides_day(&self) -> bool {
        let open = self.recorder.as_ref().and_then(|it| it.open.last());
        let Some(id) = open.map(|open| open.step.callable) else {
            return false;
        };
        let day = match self.program.callable(id).map(|it| &it.body) {
            Some(Body::Rule(rule)) => rule.as_of,
            _ => None,
        };
        day.is_some_and(|node| self.program.hidden.node(id, node))
    }

    fn validity(&self, exception: &Exception, day: i32, held: bool) -> Finding {
        let hidden = self.hides_day();
        let end = |day: Option<i32>| day.map_or(Value::Missing, Value::Date);
        let ends = Type::Optional(Box::new(Type::Date));
        let from = exception
            .from
            .map(|day| format!(" from {}", date::format(day)));
        let to = exception.to.map(|day| format!(" to {}", date::format(day)));
        Finding {
            condition: format!(
                "valid{}{}",
                from.unwrap_or_default(),
                to.unwrap_or_default()
            ),
            place: Some(exception.place),
            held,
            negated: false,
            operator: Operator::ValidOn,
            needed: vec![
                self.shown("from", (&ends, false), &end(exception.from), None),
                self.shown("to", (&ends, false), &end(exception.to), None),
            ],
            got: Some(self.shown(AS_OF, (&Type::Date, hidden), &Value::Date(day), None)),
            items: Vec::new(),
            because: None,
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
        let first = Box::new(self.condition_found(frame, condition, unless, false));
        if let Some(recorder) = &mut self.recorder {
            recorder.exception(index, ExceptionOutcome::NotApplicable { first });
        }
    }

    /// A condition of an exception held; an `unless` by failing.
    #[inline(never)]
    pub(crate) fn trace_held(
        &mut self,
        frame: &Frame<'a>,
        index: usize,
        condition: NodeId,
        unless: bool,
    ) {
        if self.recorder.is_some() {
            let held = self.condition_found(frame, condition, unless, true);
            self.keep_held(index, held);
        }
    }

    fn keep_held(&mut self, index: usize, held: Finding) {
        let rule = self.recorder.as_mut().and_then(|it| it.rule());
        if let Some(exception) = rule.and_then(|rule| rule.exceptions.get_mut(index)) {
            exception.held.push(held);
        }
    }

    /// What decided a condition of an exception.
    fn condition_found(
        &mut self,
        frame: &Frame<'a>,
        condition: NodeId,
        unless: bool,
        held: bool,
    ) -> Finding {
        if unless {
            self.negate_finding();
        }
        let place = frame.callable.node(condition).map(|node| node.place);
        match self.take_finding() {
            Some(finding) => *finding,
            // A condition that compares nothing, such as a constant.
            None => Finding {
                condition: place.map(|place| self.source(place)).unwrap_or_default(),
                place,
                held,
                negated: unless,
                operator: Operator::Holds,
                needed: Vec::new(),
                got: None,
                items: Vec::new(),
                because: None,
            },
        }
    }

    /// An exception applies.
    #[inline(never)]
    pub(crate) fn trace_applied(&mut self, index: usize, by: &[&Exception]) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        if by.is_empty() {
            recorder.exception(index, ExceptionOutcome::Applied { decided: true });
        } else {
            let by = by.iter().map(|other| other.name.clone()).collect();
            recorder.exception(index, ExceptionOutcome::Overridden { by });
        }
    }

    /// An exception gave the value, or part of it.
    pub(crate) fn trace_decided(&mut self, exception: &Exception) {
        if let Some(recorder) = &mut self.recorder {
            recorder.decide(&exception.name, Some(exception.then));
        }
    }

    /// The value of another exception was taken.
    pub(crate) fn trace_passed_over(&mut self, index: usize, best: &Exception) {
        if let Some(recorder) = &mut self.recorder {
            let taken = best.name.clone();
            recorder.exception(index, ExceptionOutcome::PassedOver { taken });
        }
    }

    /// What each of several exceptions gave.
    #[inline(never)]
    pub(crate) fn trace_values(
        &mut self,
        frame: &Frame<'a>,
        winners: &[(usize, &'a Exception)],
        values: &[Value],
    ) {
        if self.recorder.is_none() || winners.len() < 2 {
            return;
        }
        for ((index, winner), value) in winners.iter().zip(values) {
            let shown = self.shown_result(frame, &winner.name, value);
            let rule = self.recorder.as_mut().and_then(|it| it.rule());
            if let Some(exception) = rule.and_then(|rule| rule.exceptions.get_mut(*index)) {
                exception.value = Some(shown);
            }
        }
    }

    /// The exceptions that apply became one value.
    #[inline(never)]
    pub(crate) fn trace_combined(
        &mut self,
        frame: &Frame<'a>,
        how: CombineHow,
        (combined, cap): (&Value, Option<&Value>),
        result: &Value,
    ) {
        if self.recorder.is_none() {
            return;
        }
        let how = match how {
            CombineHow::Sum => "sum",
            CombineHow::Highest => "highest",
            CombineHow::Lowest => "lowest",
            CombineHow::Compound => "compound",
        };
        let detail = Combined {
            how,
            value: self.shown_result(frame, how, combined),
            cap: cap.map(|cap| self.shown_result(frame, "up to", cap)),
            cut: result != combined,
        };
        if let Some(rule) = self.recorder.as_mut().and_then(|it| it.rule()) {
            rule.combined = Some(Box::new(detail));
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
    pub(crate) fn trace_parameter(&mut self, frame: &Frame<'a>, value: &'a ParameterValue) {
        let place = self.program.place(value.place);
        let file = place.and_then(|place| self.program.files.get(place.file as usize));
        let other = file.filter(|file| file.module != frame.callable.module);
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        let first = value.from.map(date::format);
        recorder.decide(first.as_deref().unwrap_or("is"), None);
        self.set_detail(Detail::Parameter {
            from: first,
            because: value.because.clone(),
            module: other.map(|file| file.module.clone()),
        });
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
            op => {
                let value = match op {
                    Op::Local(slot) => frame.slot(*slot).and_then(|bound| match bound {
                        Binding::Value(value) => Some(self.show_node(frame, id, value)),
                        _ => None,
                    }),
                    // A parameter, or another function.
                    Op::Call(_, _) => self.given_by(id),
                    _ => None,
                };
                let text = self.source(node.place);
                match value {
                    Some(value) if text.is_empty() => value,
                    Some(value) => format!("{text} ({value})"),
                    None => text,
                }
            }
        }
    }

    /// What the last call from a node gave.
    fn given_by(&self, id: NodeId) -> Option<String> {
        let step = &self.recorder.as_ref()?.open.last()?.step;
        let call = step.children.iter().rfind(|it| it.from == Some(id))?;
        match &call.outcome {
            Outcome::Value(shown) => Some(shown.text.clone()),
            Outcome::Failure { .. } => None,
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
        passed_over: Vec::new(),
        clash: Vec::new(),
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
