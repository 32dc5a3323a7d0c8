//! Follows leaves through calls: rules, tables, grids and parameters.

use std::collections::BTreeMap;

use assize_eval::Value;
use assize_ir::{Body, Callable, CallableId, Cell, Hit, Rule, Table, Test};

use super::Flow;
use super::abs::{Abs, join, settled};

/// What slots hold, and the value of a rule's default.
pub(super) struct Env<'p> {
    pub(super) callable: &'p Callable,
    pub(super) slots: BTreeMap<u32, Abs>,
    pub(super) default: Option<Abs>,
}

impl<'p> Flow<'p> {
    pub(super) fn call(&mut self, id: CallableId, arguments: Vec<Abs>) -> Option<Abs> {
        let callable = self.program.callable(id)?;
        // Nothing of a leaf goes in, so nothing of it comes out.
        if arguments.iter().all(settled) && !matches!(callable.body, Body::Parameter(_)) {
            return Some(Abs::Settled);
        }
        self.enter()?;
        let slots = (0_u32..).zip(arguments).collect();
        let mut env = Env {
            callable,
            slots,
            default: None,
        };
        let result = match &callable.body {
            Body::Define(node) => self.node(&mut env, *node),
            Body::Parameter(values) => {
                if let Some(day) = env.slots.get(&0).cloned() {
                    for from in values.iter().filter_map(|value| value.from) {
                        self.compare(&day, &Abs::Known(vec![Value::Date(from)]), true)?;
                    }
                }
                let mut result = Abs::Known(Vec::new());
                for value in values {
                    let value = self.node(&mut env, value.value)?;
                    result = join(result, value)?;
                }
                Some(result)
            }
            Body::Rule(rule) => self.rule(&mut env, rule),
            Body::Table(table) => self.table(&mut env, table),
            Body::Grid(grid) => {
                let across = self.node(&mut env, grid.across.value)?;
                for head in &grid.heads {
                    self.cell(&mut env, &head.cell, &across)?;
                }
                let mut inputs = Vec::new();
                for column in &grid.columns {
                    inputs.push(self.node(&mut env, column.value)?);
                }
                let mut result = Abs::Known(Vec::new());
                for row in &grid.rows {
                    for (cell, input) in row.cells.iter().zip(&inputs) {
                        self.cell(&mut env, cell, input)?;
                    }
                    for output in &row.outputs {
                        let output = self.node(&mut env, *output)?;
                        result = join(result, output)?;
                    }
                }
                Some(result)
            }
        };
        self.depth -= 1;
        result
    }

    fn rule(&mut self, env: &mut Env<'p>, rule: &Rule) -> Option<Abs> {
        if let Some(day) = rule.as_of {
            let day = self.node(env, day)?;
            for end in rule
                .exceptions
                .iter()
                .flat_map(|it| it.from.iter().chain(&it.to))
            {
                self.compare(&day, &Abs::Known(vec![Value::Date(*end)]), true)?;
            }
        }
        let mut result = Abs::Known(Vec::new());
        if let Some(default) = &rule.default {
            result = self.node(env, default.value)?;
        }
        env.default = Some(result.clone());
        for exception in &rule.exceptions {
            for condition in exception.when.iter().chain(&exception.unless) {
                self.settled(env, *condition)?;
            }
            let then = self.node(env, exception.then)?;
            // Values that are compared or combined must be settled.
            if rule.combine.is_some() || rule.may_agree {
                settled(&then).then_some(())?;
            }
            result = join(result, then)?;
        }
        if let Some(combine) = &rule.combine {
            if let Some(cap) = &combine.cap {
                self.settled(env, *cap)?;
            }
            settled(&result).then_some(())?;
            return Some(Abs::Settled);
        }
        Some(result)
    }

    fn table(&mut self, env: &mut Env<'p>, table: &Table) -> Option<Abs> {
        let mut inputs = Vec::new();
        for column in &table.columns {
            inputs.push(self.node(env, column.value)?);
        }
        let mut result: Option<Abs> = None;
        let takes_one = matches!(table.hit, Hit::Unique | Hit::First);
        for row in &table.rows {
            for (cell, input) in row.cells.iter().zip(&inputs) {
                self.cell(env, cell, input)?;
            }
            let mut outputs = Vec::new();
            for output in &row.outputs {
                let output = self.node(env, *output)?;
                (takes_one || settled(&output)).then_some(())?;
                outputs.push(output);
            }
            let value = match (outputs.len(), outputs.pop()) {
                (1, Some(only)) => only,
                (_, last) => {
                    outputs.extend(last);
                    Abs::Record(outputs)
                }
            };
            result = Some(match result {
                None => value,
                Some(result) => join(result, value)?,
            });
        }
        let result = result.unwrap_or(Abs::Settled);
        Some(if takes_one && !settled(&result) {
            result
        } else {
            Abs::Settled
        })
    }

    fn cell(&mut self, env: &mut Env<'p>, cell: &Cell, input: &Abs) -> Option<()> {
        let (Cell::OneOf(tests) | Cell::NoneOf(tests)) = cell else {
            return Some(());
        };
        for test in tests {
            match test {
                Test::Missing => {}
                Test::Equal(value) => {
                    let value = self.node(env, *value)?;
                    self.compare(input, &value, false)?;
                }
                Test::Compare(_, value) => {
                    let value = self.node(env, *value)?;
                    self.compare(input, &value, true)?;
                }
                Test::Range { low, high, .. } => {
                    for end in [Some(*low), *high].into_iter().flatten() {
                        let end = self.node(env, end)?;
                        self.compare(input, &end, true)?;
                    }
                }
            }
        }
        Some(())
    }
}
