//! Decision tables and grids.
//!
//! Rows are tested from the top. A row's outputs are written behind its test where it alone counts, so
//! that nothing of other rows is computed.

use assize_ir::{Cell, Column, Grid, Hit, NodeId, Op, Order, Row, Table, Test, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Value, types};

use super::value::Val;
use super::{Body, Lower, NotYet};
use crate::jit::host::{Call, SortKey};
use crate::jit::planted::Planted;
use crate::jit::shape::Shape;

/// A value of a column and its type.
pub(super) type Input = (Val, Type);

/// Takes the number and the output of a row that hits.
pub(super) type Take<'t, B> = &'t mut dyn FnMut(&mut B, Value, Val) -> Lower<()>;

impl Body<'_, '_> {
    fn inputs(&mut self, columns: &[Column]) -> Lower<Vec<Input>> {
        let mut inputs = Vec::with_capacity(columns.len());
        for column in columns {
            let value = self.eval(column.value)?;
            inputs.push((value, self.node(column.value)?.ty.clone()));
        }
        Ok(inputs)
    }

    pub(super) fn table(&mut self, table: &Table) -> Lower<Val> {
        let inputs = self.inputs(&table.columns)?;
        // Only code written row by row can be compared with data: a test asks for no rows in code.
        if self.unit.variant.rows_in_code > 0
            && !self.tells()
            && let Some(value) = self.flat_table(table, &inputs)?
        {
            return Ok(value);
        }
        if table.rows.len() > self.unit.variant.rows_in_code {
            return self.indexed_table(table, &inputs);
        }
        match table.hit {
            Hit::First => self.first_row(table, &inputs),
            Hit::Unique if self.rows_exclude_each_other(&table.rows)? => {
                self.first_row(table, &inputs)
            }
            Hit::Unique => self.unique_row(table, &inputs),
            Hit::Count => self.count_rows(table, &inputs),
            _ => self.joined_rows(table, &inputs),
        }
    }

    /// Whether the tests of each two rows exclude each other in some column, by their constants alone.
    pub(super) fn rows_exclude_each_other(&self, rows: &[Row]) -> Lower<bool> {
        // Every row is looked at by the definition, so a test that can fail may not be skipped.
        let cells = rows.iter().flat_map(|row| &row.cells);
        for operand in cells.flat_map(Cell::operands) {
            if !matches!(self.node(operand)?.op, Op::Const(_)) {
                return Ok(false);
            }
        }
        for (at, row) in rows.iter().enumerate() {
            for other in rows.iter().skip(at + 1) {
                let mut apart = false;
                for (a, b) in row.cells.iter().zip(&other.cells) {
                    apart = apart || self.cells_exclude(a, b)?;
                }
                if !apart {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn cells_exclude(&self, a: &Cell, b: &Cell) -> Lower<bool> {
        let (Cell::OneOf(a), Cell::OneOf(b)) = (a, b) else {
            return Ok(false);
        };
        for a in a {
            for b in b {
                if !self.tests_exclude(a, b)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    fn tests_exclude(&self, a: &Test, b: &Test) -> Lower<bool> {
        Ok(match (a, b) {
            (Test::Missing, Test::Missing) => false,
            (Test::Missing, _) | (_, Test::Missing) => true,
            (Test::Equal(a), Test::Equal(b)) => {
                let (a, b) = (self.node(*a)?, self.node(*b)?);
                match (&a.op, &b.op) {
                    // Numbers are equal by their value, whatever their places.
                    (Op::Const(a), Op::Const(b)) => a != b,
                    _ => false,
                }
            }
            _ => false,
        })
    }

    /// The result of a table whose first hit counts, or nothing hits.
    fn first_row(&mut self, table: &Table, inputs: &[Input]) -> Lower<Val> {
        let result = &self.frame()?.callable.result;
        let shape = Shape::of(result);
        let (done, params) = self.block_of(shape.words());
        let mark = self.mark();
        for (number, row) in (0u32..).zip(&table.rows) {
            let next = self.block();
            self.test_row(row, inputs, next)?;
            self.tell(number)?;
            let value = self.output(table, row)?;
            let words = self.words(&value, &shape)?;
            self.rollback(mark);
            self.jump(done, &words);
            self.b.switch_to_block(next);
        }
        let nothing = self.nothing(result)?;
        self.end_of_ways((done, &params), &shape, &nothing)
    }

    /// Which rows hit, as numbers 0 and 1.
    pub(super) fn hits(&mut self, rows: &[Row], inputs: &[Input]) -> Lower<Vec<Value>> {
        let mut hits = Vec::with_capacity(rows.len());
        for row in rows {
            let (miss, done) = (self.block(), self.block());
            let hit = self.b.append_block_param(done, types::I64);
            let mark = self.mark();
            self.test_row(row, inputs, miss)?;
            self.rollback(mark);
            let one = self.int(1);
            self.b.ins().jump(done, &[one.into()]);
            self.b.switch_to_block(miss);
            let zero = self.int(0);
            self.b.ins().jump(done, &[zero.into()]);
            self.b.switch_to_block(done);
            hits.push(hit);
        }
        Ok(hits)
    }

    pub(super) fn added(&mut self, hits: &[Value]) -> Value {
        let zero = self.int(0);
        hits.iter()
            .fold(zero, |sum, hit| self.b.ins().iadd(sum, *hit))
    }

    /// Leaves when more than one of so many hit.
    pub(super) fn at_most_one(&mut self, count: Value) {
        let several = self
            .b
            .ins()
            .icmp_imm_u(IntCC::UnsignedGreaterThan, count, 1);
        self.leave_if(several);
    }

    fn unique_row(&mut self, table: &Table, inputs: &[Input]) -> Lower<Val> {
        let hits = self.hits(&table.rows, inputs)?;
        let count = self.added(&hits);
        self.at_most_one(count);
        let result = &self.frame()?.callable.result;
        let shape = Shape::of(result);
        let (done, params) = self.block_of(shape.words());
        for ((number, row), hit) in (0u32..).zip(&table.rows).zip(hits) {
            self.way_if(hit, (done, &shape), |body| {
                body.tell(number)?;
                body.output(table, row)
            })?;
        }
        let nothing = self.nothing(result)?;
        self.end_of_ways((done, &params), &shape, &nothing)
    }

    fn count_rows(&mut self, table: &Table, inputs: &[Input]) -> Lower<Val> {
        let hits = self.hits(&table.rows, inputs)?;
        let count = self.added(&hits);
        if self.tells() {
            for (number, hit) in (0u32..).zip(hits) {
                self.only_if(hit, |body| body.tell(number))?;
            }
        }
        self.result_border(Val::Word(count))
    }

    /// Policies that look at the outputs of all rows that hit.
    fn joined_rows(&mut self, table: &Table, inputs: &[Input]) -> Lower<Val> {
        let result = &self.frame()?.callable.result;
        let hits = self.hits(&table.rows, inputs)?;
        let each = |body: &mut Self, take: Take<'_, Self>| {
            for ((number, row), hit) in (0..).zip(&table.rows).zip(hits) {
                body.only_if(hit, |body| {
                    let value = body.output(table, row)?;
                    let number = body.int(number);
                    take(body, number, value)
                })?;
            }
            Ok(())
        };
        match (table.hit, result) {
            (Hit::List | Hit::ListByPriority, Type::List { item, .. }) => {
                self.listed(table.hit, item, each)
            }
            (hit, _) => self.joined_outputs(hit, each),
        }
    }

    /// What comes of the outputs of all rows that hit, each taken in its turn.
    pub(super) fn joined_outputs(
        &mut self,
        hit: Hit,
        each: impl FnOnce(&mut Self, Take<'_, Self>) -> Lower<()>,
    ) -> Lower<Val> {
        let result = &self.frame()?.callable.result;
        let shape = Shape::of(result);
        let zero = self.int(0);
        let some = self.variable(zero);
        let best = self.variables(&vec![zero; shape.words()]);
        let one_counts = matches!(hit, Hit::Priority | Hit::Lowest | Hit::Highest);
        let number = if one_counts { self.best_number() } else { None };
        each(self, &mut |body, row, value| {
            let words = body.words(&value, &shape)?;
            let before = body.read(&best);
            let had = body.b.use_var(some);
            let joined = body.joined(hit, had, (&before, &words), (&shape, result))?;
            match number {
                Some(number) => body.keep_number(number, row, (had, &before, &joined)),
                None => body.tell_at(row)?,
            }
            body.write(&best, &joined);
            let one = body.int(1);
            body.b.def_var(some, one);
            Ok(())
        })?;
        let words = self.read(&best);
        let value = self.value(&words, &shape)?;
        if hit == Hit::Sum {
            return self.result_border(value);
        }
        let had = self.b.use_var(some);
        self.choose(
            had,
            &shape,
            |body| {
                if let Some(number) = number {
                    let row = body.b.use_var(number);
                    body.tell_at(row)?;
                }
                Ok(value)
            },
            |body| body.nothing(result),
        )
    }

    /// What comes of the outputs so far and one more; all are words of one shape.
    fn joined(
        &mut self,
        hit: Hit,
        had: Value,
        (before, words): (&[Value], &[Value]),
        (shape, ty): (&Shape, &Type),
    ) -> Lower<Vec<Value>> {
        let (first, value) = (self.value(before, shape)?, self.value(words, shape)?);
        match hit {
            Hit::Sum => {
                let sum = self.add_values(&first, &value, ty.plain())?;
                self.words(&sum, shape)
            }
            Hit::Same => {
                self.only_if(had, |body| body.leave_unless_equal(&first, &value, ty))?;
                Ok(words.to_vec())
            }
            // The first of equals stays; where nothing is there yet, the value is the best.
            hit => {
                let better = if hit == Hit::Lowest {
                    IntCC::SignedLessThan
                } else {
                    IntCC::SignedGreaterThan
                };
                let yes = self.bit(true);
                let wins = self.bit_if(had, yes, |body| {
                    let order = body.order_by_host(words, before, shape);
                    Ok(body.b.ins().icmp_imm_s(better, order, 0))
                })?;
                Ok(self.select(wins, words, before))
            }
        }
    }

    /// A list of the outputs of all rows that hit, in their order or the highest first.
    pub(super) fn listed(
        &mut self,
        hit: Hit,
        item: &Type,
        each: impl FnOnce(&mut Self, Take<'_, Self>) -> Lower<()>,
    ) -> Lower<Val> {
        let shape = Shape::of_element(item);
        let list = self.growing(shape.words());
        each(self, &mut |body, row, value| {
            body.tell_at(row)?;
            let words = body.words(&value, &shape)?;
            body.push(list, &words);
            Ok(())
        })?;
        let list = self.finished(list);
        if hit == Hit::ListByPriority {
            let words = shape.words();
            let key = SortKey {
                at: 0,
                shape,
                descending: true,
            };
            self.sort(list, words, vec![key]);
        }
        Ok(Val::List(list))
    }

    /// Two numbers of a result type added.
    pub(super) fn add_values(&mut self, a: &Val, b: &Val, ty: &Type) -> Lower<Val> {
        match (a, b) {
            (Val::Word(a), Val::Word(b)) if *ty == Type::Int => {
                Ok(Val::Word(self.whole_sum(*a, *b)))
            }
            (Val::Fixed(a), Val::Fixed(b)) => {
                let (a, b) = self.aligned(*a, *b)?;
                Ok(Val::Fixed(self.sum(a, b, false)))
            }
            _ => self.by_host(Call::decimal_add, a, b),
        }
    }

    /// A number that was computed from several, against the type of the result.
    pub(super) fn result_border(&mut self, value: Val) -> Lower<Val> {
        let result = &self.frame()?.callable.result;
        self.border(value, result, None)
    }

    /// What comes out where nothing hits.
    pub(super) fn nothing(&mut self, result: &Type) -> Lower<Val> {
        match result {
            Type::List { .. } => {
                let (address, count) = (self.int(8), self.int(0));
                Ok(Val::List([address, count]))
            }
            Type::Optional(_) => Ok(Val::Missing),
            other => {
                self.leave_always();
                self.zero_of(&Shape::of(other))
            }
        }
    }

    /// The outputs of a row: one value, or a record.
    pub(super) fn output(&mut self, table: &Table, row: &Row) -> Lower<Val> {
        let mut values = Vec::with_capacity(row.outputs.len());
        for output in &row.outputs {
            values.push(self.eval(*output)?);
        }
        match (table.record, values.as_slice()) {
            (Some(record), _) => {
                let value = Val::Made(record, values);
                self.check_record(record, &value)?;
                Ok(value)
            }
            (None, [value]) => Ok(value.clone()),
            _ => Err(NotYet("a row without one output")),
        }
    }

    /// Goes on where all cells take their values, and jumps elsewhere where one does not.
    fn test_row(&mut self, row: &Row, inputs: &[Input], miss: Block) -> Lower<()> {
        for (cell, input) in row.cells.iter().zip(inputs) {
            if *cell == Cell::Any {
                continue;
            }
            let takes = self.cell_takes(cell, input)?;
            self.jump_unless(takes, miss, &[]);
        }
        // A row that takes everything never misses; the block is there all the same.
        Ok(())
    }

    pub(super) fn cell_takes(&mut self, cell: &Cell, input: &Input) -> Lower<Value> {
        let (tests, holds) = match cell {
            Cell::Any => return Ok(self.bit(true)),
            Cell::OneOf(tests) => (tests, true),
            Cell::NoneOf(tests) => (tests, false),
        };
        let some = self.some_holds(tests, input)?;
        Ok(if holds { some } else { self.not(some) })
    }

    /// Whether one of the tests holds, from the left. Of a missing value only `missing` does.
    fn some_holds(&mut self, tests: &[Test], (value, ty): &Input) -> Lower<Value> {
        let for_missing = tests.contains(&Test::Missing);
        let (there, plain) = match value {
            Val::Missing => return Ok(self.bit(for_missing)),
            Val::Optional(there, inner) => (Some(*there), (**inner).clone()),
            other => (None, other.clone()),
        };
        let done = self.block();
        let result = self.b.append_block_param(done, types::I8);
        if let Some(there) = there {
            let missing = self.bit(for_missing);
            self.jump_unless(there, done, &[missing]);
        }
        let mark = self.mark();
        let yes = self.bit(true);
        for test in tests {
            let holds = self.test(test, &plain, ty.plain())?;
            self.jump_if(holds, done, &[yes]);
        }
        self.rollback(mark);
        let no = self.bit(false);
        self.b.ins().jump(done, &[no.into()]);
        self.b.switch_to_block(done);
        Ok(result)
    }

    fn test(&mut self, test: &Test, value: &Val, ty: &Type) -> Lower<Value> {
        match test {
            Test::Missing => Ok(self.bit(false)),
            Test::Equal(other) => {
                if let Some(text) = self.text_of_node(*other)? {
                    return self.is_text(value, text);
                }
                let other = self.eval(*other)?;
                self.equal(value, &other, ty)
            }
            Test::Compare(how, other) => {
                let other = self.eval(*other)?;
                self.compare(*how, value, &other)
            }
            Test::Range { low, high, below } => self.range(value, *low, *high, *below),
        }
    }

    fn range(
        &mut self,
        value: &Val,
        low: NodeId,
        high: Option<NodeId>,
        below: bool,
    ) -> Lower<Value> {
        let low = self.eval(low)?;
        let above = self.compare(Order::GreaterOrEqual, value, &low)?;
        let Some(high) = high else {
            return Ok(above);
        };
        let how = if below != self.unit.has(Planted::BandOffByOne) {
            Order::Less
        } else {
            Order::LessOrEqual
        };
        let no = self.bit(false);
        self.bit_if(above, no, |body| {
            let high = body.eval(high)?;
            body.compare(how, value, &high)
        })
    }

    pub(super) fn grid(&mut self, grid: &Grid) -> Lower<Val> {
        let inputs = self.inputs(&grid.columns)?;
        let across = self.inputs(std::slice::from_ref(&grid.across))?;
        let across = across
            .first()
            .cloned()
            .ok_or(NotYet("a grid without a head"))?;
        if grid.rows.len().saturating_mul(grid.heads.len()) > self.unit.variant.rows_in_code {
            return self.indexed_grid(grid, &inputs, &across);
        }
        let mut heads = Vec::with_capacity(grid.heads.len());
        for head in &grid.heads {
            let takes = self.cell_takes(&head.cell, &across)?;
            heads.push(self.b.ins().uextend(types::I64, takes));
        }
        let rows = self.hits(&grid.rows, &inputs)?;
        let (row_count, head_count) = (self.added(&rows), self.added(&heads));
        // Nothing where there is no row or no head; several where both are there and one is not alone.
        let both = self.b.ins().imul(row_count, head_count);
        self.at_most_one(both);
        let result = &self.frame()?.callable.result;
        let shape = Shape::of(result);
        let (done, params) = self.block_of(shape.words());
        let mut cell = 0u32;
        for (row, hit) in grid.rows.iter().zip(rows) {
            self.only_if(hit, |body| {
                for (output, takes) in row.outputs.iter().zip(&heads) {
                    body.way_if(*takes, (done, &shape), |body| {
                        body.tell(cell)?;
                        body.eval(*output)
                    })?;
                    cell += 1;
                }
                Ok(())
            })?;
        }
        let nothing = self.nothing(result)?;
        self.end_of_ways((done, &params), &shape, &nothing)
    }
}
