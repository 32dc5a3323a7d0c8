//! Decision tables and grids.
//!
//! Inputs are evaluated from the left before the first row. Rows are looked at from the top, a row's
//! cells from the left up to the first that fails; `first` stops at its hit, every other policy looks
//! at all rows, so that a conflict names all rows that clash. Outputs are evaluated only for rows
//! that count: after all rows were looked at, from the top. `count` evaluates none.

use assize_ir::{Column, Grid, Hit, Row, Table, Type};
use rust_decimal::Decimal;
use std::cmp::Ordering;

use super::compare::better;
use super::frame::Frame;
use super::machine::{Eval, Machine};
use super::numbers::arithmetic;
use super::price;
use crate::failure::{ErrorCode, Failure};
use crate::order;
use crate::value::Value;

impl<'a> Machine<'a, '_> {
    #[inline(never)]
    pub(super) fn eval_table(&mut self, frame: &mut Frame<'a>, table: &'a Table) -> Eval<Value> {
        let inputs = self.inputs(frame, &table.columns)?;
        self.trace_table(table);
        let mut hits = Vec::new();
        for (index, row) in table.rows.iter().enumerate() {
            if self.row_hits(frame, (&table.columns, &inputs), row)? {
                hits.push((index, row));
                if table.hit == Hit::First {
                    self.trace_not_reached(table.rows.len() - index - 1);
                    break;
                }
            }
        }
        if hits.is_empty() {
            return self.nothing_hits(frame, table.hit, (&table.columns, &inputs));
        }
        let value = self.table_value(frame, table, &hits, &inputs)?;
        if matches!(table.hit, Hit::Sum | Hit::Count) {
            self.result_border(frame, &value)?;
        }
        Ok(value)
    }

    #[inline(never)]
    fn inputs(&mut self, frame: &mut Frame<'a>, columns: &'a [Column]) -> Eval<Vec<Value>> {
        let mut inputs = Vec::with_capacity(columns.len());
        for column in columns {
            inputs.push(self.eval(frame, column.value)?);
        }
        Ok(inputs)
    }

    #[inline(never)]
    fn row_hits(
        &mut self,
        frame: &mut Frame<'a>,
        (columns, inputs): (&'a [Column], &[Value]),
        row: &'a Row,
    ) -> Eval<bool> {
        self.charge(frame, row.place, price::ROW)?;
        if row.cells.len() != inputs.len() {
            return Err(self.internal(frame, row.place, "a row without a cell per column"));
        }
        for ((cell, input), column) in row.cells.iter().zip(inputs).zip(columns) {
            if !self.cell_takes(frame, row.place, cell, input)? {
                self.trace_row_not_taken(frame, row, (column, cell), input);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn nothing_hits(
        &mut self,
        frame: &Frame<'a>,
        hit: Hit,
        (columns, inputs): (&'a [Column], &[Value]),
    ) -> Eval<Value> {
        match (hit, &frame.callable.result) {
            (Hit::Count, _) => Ok(Value::Int(0)),
            (Hit::Sum, ty) => {
                let nothing = self.zero(frame, ty)?;
                self.result_border(frame, &nothing)?;
                Ok(nothing)
            }
            (_, Type::List { .. }) => Ok(Value::List([].into())),
            (_, Type::Optional(_)) => Ok(Value::Missing),
            _ => {
                let failure = self.fail(frame, frame.callable.place, ErrorCode::Undecided);
                Err(self.with_inputs(frame, failure, columns, inputs))
            }
        }
    }

    /// Nothing, in the kind of a number type.
    pub(super) fn zero(&self, frame: &Frame<'a>, ty: &Type) -> Eval<Value> {
        match ty.plain() {
            Type::Int => Ok(Value::Int(0)),
            Type::Num(_) => Ok(Value::Num(Decimal::ZERO)),
            _ => Err(self.internal(frame, frame.callable.place, "a sum of no numbers")),
        }
    }

    fn with_inputs(
        &self,
        frame: &Frame<'a>,
        failure: Box<Failure>,
        columns: &'a [Column],
        inputs: &[Value],
    ) -> Box<Failure> {
        let pairs = columns.iter().zip(inputs);
        pairs.fold(failure, |failure, (column, input)| {
            failure.with(&column.name, self.show_node(frame, column.value, input))
        })
    }

    /// All rows that clash.
    fn conflict(
        &mut self,
        frame: &Frame<'a>,
        table: &'a Table,
        hits: &[(usize, &'a Row)],
        inputs: &[Value],
    ) -> Box<Failure> {
        self.trace_rows_clash(hits.iter().map(|(_, row)| *row));
        let place = match hits.first() {
            Some((_, row)) => row.place,
            None => frame.callable.place,
        };
        let failure = self.fail(frame, place, ErrorCode::Conflict);
        let failure = hits.iter().fold(failure, |failure, (_, row)| {
            failure.with("row", row.name.as_str())
        });
        self.with_inputs(frame, failure, &table.columns, inputs)
    }

    fn table_value(
        &mut self,
        frame: &mut Frame<'a>,
        table: &'a Table,
        hits: &[(usize, &'a Row)],
        inputs: &[Value],
    ) -> Eval<Value> {
        match (table.hit, hits) {
            (Hit::Count, _) => {
                self.decided_rows(frame, hits);
                Ok(Value::Int(i64::try_from(hits.len()).unwrap_or(i64::MAX)))
            }
            (Hit::Unique, [_, _, ..]) => Err(self.conflict(frame, table, hits, inputs)),
            (Hit::Unique | Hit::First, [hit, ..]) => {
                self.decided_rows(frame, std::slice::from_ref(hit));
                self.output(frame, table, hit.1)
            }
            _ => {
                let mut outputs = Vec::with_capacity(hits.len());
                for (_, row) in hits {
                    outputs.push(self.output(frame, table, row)?);
                }
                self.joined(frame, table, hits, (inputs, outputs))
            }
        }
    }

    /// The outputs of a row: one value, or a record.
    #[inline(never)]
    fn output(&mut self, frame: &mut Frame<'a>, table: &'a Table, row: &'a Row) -> Eval<Value> {
        let values = self.eval_all(frame, &row.outputs)?;
        if let Some(record) = table.record {
            let value = Value::Record(values.into());
            self.check_record(frame, row.place, record, &value)?;
            return Ok(value);
        }
        match <[Value; 1]>::try_from(values) {
            Ok([value]) => Ok(value),
            Err(_) => Err(self.internal(frame, row.place, "a row without one output")),
        }
    }

    /// The outputs of all rows that hit, by policy.
    fn joined(
        &mut self,
        frame: &Frame<'a>,
        table: &'a Table,
        hits: &[(usize, &'a Row)],
        (inputs, outputs): (&[Value], Vec<Value>),
    ) -> Eval<Value> {
        match table.hit {
            Hit::Same => {
                let first = outputs.first();
                if outputs.iter().any(|output| Some(output) != first) {
                    return Err(self.conflict(frame, table, hits, inputs));
                }
                self.decided_rows(frame, hits);
                outputs
                    .into_iter()
                    .next()
                    .ok_or_else(|| self.internal(frame, frame.callable.place, "no row"))
            }
            Hit::List => {
                self.decided_rows(frame, hits);
                Ok(Value::List(outputs.into()))
            }
            Hit::Sum => {
                self.decided_rows(frame, hits);
                self.total(frame, outputs)
            }
            Hit::ListByPriority => {
                let mut ranked: Vec<_> = hits.iter().zip(outputs).collect();
                ranked.sort_by(|(_, a), (_, b)| priority(b, a));
                let order: Vec<_> = ranked.iter().map(|(hit, _)| **hit).collect();
                self.decided_rows(frame, &order);
                let outputs: Vec<Value> = ranked.into_iter().map(|(_, value)| value).collect();
                Ok(Value::List(outputs.into()))
            }
            // Priority, lowest and highest: one row wins, the first of equals.
            hit => {
                let mut best: Option<(usize, &Value)> = None;
                for (index, output) in outputs.iter().enumerate() {
                    let wins = best.is_none_or(|(_, best)| match hit {
                        Hit::Lowest => priority(output, best).is_lt(),
                        _ => priority(output, best).is_gt(),
                    });
                    if wins {
                        best = Some((index, output));
                    }
                }
                let best = best.map(|(index, value)| (index, value.clone()));
                let Some((index, value)) = best else {
                    return Err(self.internal(frame, frame.callable.place, "no row"));
                };
                for (at, (hit, output)) in hits.iter().zip(&outputs).enumerate() {
                    if at == index {
                        self.decided_rows(frame, std::slice::from_ref(hit));
                    } else {
                        self.trace_row_passed_over(frame, hit.1, output);
                    }
                }
                Ok(value)
            }
        }
    }

    /// The sum of values; at least one.
    pub(super) fn total(&self, frame: &Frame<'a>, values: Vec<Value>) -> Eval<Value> {
        let mut total = self.zero(frame, &frame.callable.result)?;
        for value in values {
            let sum = arithmetic(assize_ir::Arithmetic::Add, &total, &value);
            total = sum.map_err(|code| self.fail(frame, frame.callable.place, code))?;
        }
        Ok(total)
    }

    /// Lowest or highest of values; the first of equals.
    pub(super) fn extreme(
        &self,
        frame: &Frame<'a>,
        values: Vec<Value>,
        highest: bool,
    ) -> Eval<Value> {
        let mut best = None;
        for value in values {
            best = better(best, value, highest);
            if best.is_none() {
                break;
            }
        }
        best.ok_or_else(|| self.internal(frame, frame.callable.place, "no order"))
    }

    fn decided_rows(&mut self, frame: &Frame<'a>, hits: &[(usize, &'a Row)]) {
        if let Some(observer) = &mut self.observer {
            for (index, _) in hits {
                observer.decided_row(frame.id, u32::try_from(*index).unwrap_or(u32::MAX));
            }
        }
        self.trace_rows(hits.iter().map(|(_, row)| *row));
    }

    #[inline(never)]
    pub(super) fn eval_grid(&mut self, frame: &mut Frame<'a>, grid: &'a Grid) -> Eval<Value> {
        let inputs = self.inputs(frame, &grid.columns)?;
        let across = self.eval(frame, grid.across.value)?;
        self.trace_grid(grid);
        let mut heads = Vec::new();
        for (index, head) in grid.heads.iter().enumerate() {
            self.charge(frame, head.place, price::HEAD)?;
            if self.cell_takes(frame, head.place, &head.cell, &across)? {
                heads.push((index, head));
            } else {
                self.trace_head_not_taken(frame, grid, head, &across);
            }
        }
        let mut rows = Vec::new();
        for (index, row) in grid.rows.iter().enumerate() {
            if self.row_hits(frame, (&grid.columns, &inputs), row)? {
                rows.push((index, row));
            }
        }
        match (rows.as_slice(), heads.as_slice()) {
            ([(row, hit)], [(head, of)]) => {
                if let Some(observer) = &mut self.observer {
                    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
                    observer.grid_cell(frame.id, number(*row), number(*head));
                }
                self.trace_cell(hit, of);
                match hit.outputs.get(*head) {
                    Some(output) => self.eval(frame, *output),
                    None => Err(self.internal(frame, hit.place, "a row without that cell")),
                }
            }
            ([], _) | (_, []) => match &frame.callable.result {
                Type::List { .. } => Ok(Value::List([].into())),
                Type::Optional(_) => Ok(Value::Missing),
                _ => {
                    let failure = self.fail(frame, frame.callable.place, ErrorCode::Undecided);
                    Err(self.with_grid_inputs(frame, grid, failure, (&inputs, &across)))
                }
            },
            ([(_, first), ..], _) => {
                self.trace_rows_clash(rows.iter().map(|(_, row)| *row));
                let mut failure = self.fail(frame, first.place, ErrorCode::Conflict);
                for (_, row) in &rows {
                    failure = failure.with("row", row.name.as_str());
                }
                for (_, head) in &heads {
                    failure = failure.with("column", head.name.as_str());
                }
                Err(self.with_grid_inputs(frame, grid, failure, (&inputs, &across)))
            }
        }
    }

    fn with_grid_inputs(
        &self,
        frame: &Frame<'a>,
        grid: &'a Grid,
        failure: Box<Failure>,
        (inputs, across): (&[Value], &Value),
    ) -> Box<Failure> {
        let failure = self.with_inputs(frame, failure, &grid.columns, inputs);
        let shown = self.show_node(frame, grid.across.value, across);
        failure.with(&grid.across.name, shown)
    }
}

/// Order of outputs: of several, from the left.
fn priority(a: &Value, b: &Value) -> Ordering {
    order::total(a, b)
}
