//! Tables and grids of many rows: an index over their cells, which the host walks.
//!
//! Rows with a cell that compares with something computed are tested by code, each one, and so they count among the
//! rows that the index finds.

use assize_ir::{Cell, Grid, Hit, Literals, NodeId, Row, Table, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::outputs::constant_of;
use super::tables::Input;
use super::value::{Fixed, Val, memory};
use super::{Body, Lower, NotYet};
use crate::jit::host::{Call, NO_ROW, SEVERAL_ROWS};
use crate::jit::planted::Planted;
use crate::jit::shape::Shape;
use crate::jit::table::{self, Asked, Column, RowsOf, Source, operands};

/// Rows of a table as data that have code of their own, for their cells or for their outputs.
pub(super) const MOST_CODED: usize = 400;

/// Rows that are searched: the index, the words of the question, and the rows that are tested by code.
struct Indexed {
    table: Value,
    question: Vec<Value>,
    coded: Vec<usize>,
}

impl Body<'_, '_> {
    /// The index of rows whose inputs are given. Behind so many rows that certainly hit none is of interest.
    fn indexed<'r>(
        &mut self,
        rows: impl Iterator<Item = &'r [Cell]>,
        inputs: &[Input],
        most: usize,
    ) -> Lower<Indexed> {
        let (mut sources, mut question) = (Vec::new(), Vec::new());
        for (cell, input) in inputs.iter().enumerate() {
            if let Some(column) = self.asked(input, &mut question) {
                sources.push(Source { column, cell });
            }
        }
        let (mut coded, mut known) = (Vec::new(), Vec::new());
        for (number, row) in (0u32..).zip(rows) {
            if self.is_known(row, &sources)? {
                known.push((number, row));
            } else {
                coded.push(number as usize);
            }
        }
        if coded.len() > MOST_CODED {
            return Err(NotYet(
                "a table of many rows that compare with what is computed",
            ));
        }
        let callable = self.frame()?.callable;
        let constants = |id: NodeId| constant_of(callable, id);
        let rows = RowsOf::Some(&known, &constants);
        Ok(Indexed {
            table: self.index(&sources, rows, most)?,
            question,
            coded,
        })
    }

    /// The index of rows that are columns.
    fn indexed_columns(
        &mut self,
        literals: &Literals,
        inputs: &[Input],
        most: usize,
    ) -> Lower<Indexed> {
        let (mut sources, mut question) = (Vec::new(), Vec::new());
        for (cell, (input, column)) in inputs.iter().zip(&literals.cells).enumerate() {
            match self.asked(input, &mut question) {
                Some(column) => sources.push(Source { column, cell }),
                None if column.shapes.same() == Some(0) => {}
                None => return Err(NotYet("a column whose values have no keys")),
            }
        }
        Ok(Indexed {
            table: self.index(&sources, RowsOf::Columns(literals), most)?,
            question,
            coded: Vec::new(),
        })
    }

    fn index<'s>(&mut self, sources: &'s [Source], rows: RowsOf<'s>, most: usize) -> Lower<Value> {
        let index = table::index(&table::Rows {
            sources,
            rows,
            most,
            band_off_by_one: self.unit.has(Planted::BandOffByOne),
        });
        let index = index.ok_or(NotYet("a table that has no index"))?;
        let address = self.unit.table(index);
        Ok(self.int(address.cast_signed()))
    }

    /// How a column is asked, with its words; `None` where its values have no keys.
    fn asked(&mut self, (value, ty): &Input, words: &mut Vec<Value>) -> Option<Column> {
        let at = words.len();
        let (there, plain) = match value {
            Val::Optional(there, inner) => (Some(*there), (**inner).clone()),
            Val::Missing => {
                let (asked, words_of_it) = match ty.plain() {
                    Type::Bool | Type::Int | Type::Date | Type::Enum(_) => (Asked::Word, 1),
                    Type::Num(_) => (Asked::Decimal, 2),
                    Type::Text | Type::Code | Type::Calendar | Type::DateFormula => {
                        (Asked::Text, 2)
                    }
                    _ => return None,
                };
                let zero = self.int(0);
                words.extend(vec![zero; 1 + words_of_it]);
                return Some(Column {
                    at,
                    asked,
                    optional: true,
                });
            }
            other => (None, other.clone()),
        };
        let (asked, its) = match (&plain, ty.plain()) {
            (Val::Bool(bit), _) => (Asked::Word, vec![self.b.ins().uextend(types::I64, *bit)]),
            (Val::Word(word), Type::Int | Type::Date | Type::Enum(_)) => {
                if let (Some(there), Type::Int) = (there, ty.plain()) {
                    // This word means that nothing is there.
                    let lowest = self.b.ins().icmp_imm_s(IntCC::Equal, *word, i64::MIN);
                    let lowest = self.b.ins().band(lowest, there);
                    self.leave_if(lowest);
                }
                (Asked::Word, vec![*word])
            }
            (Val::Fixed(number), _) => {
                if let (Some(there), i64::MIN) = (there, number.low) {
                    let lowest = self
                        .b
                        .ins()
                        .icmp_imm_s(IntCC::Equal, number.value, i64::MIN);
                    let lowest = self.b.ins().band(lowest, there);
                    self.leave_if(lowest);
                }
                (Asked::Fixed(number.scale), vec![number.value])
            }
            (Val::Decimal(both), _) => (Asked::Decimal, both.to_vec()),
            (Val::Text(both), _) => (Asked::Text, both.to_vec()),
            _ => return None,
        };
        if let Some(there) = there {
            words.push(self.b.ins().uextend(types::I64, there));
        }
        words.extend(its);
        let optional = there.is_some();
        Some(Column {
            at,
            asked,
            optional,
        })
    }

    /// Whether all cells of a row compare with constants, in columns that have keys.
    fn is_known(&self, row: &[Cell], sources: &[Source]) -> Lower<bool> {
        let callable = self.frame()?.callable;
        let has_keys = |at: usize| sources.iter().any(|source| source.cell == at);
        let all_keys = sources.len() == row.len();
        Ok(row.iter().enumerate().all(|(at, cell)| {
            let constant = |id: NodeId| constant_of(callable, id).is_some();
            *cell == Cell::Any || ((all_keys || has_keys(at)) && operands(cell).all(constant))
        }))
    }

    fn ask(&mut self, indexed: &Indexed, call: Call) -> Value {
        let question = self.on_stack(&indexed.question);
        self.call_host(call, &[indexed.table, question])
    }

    /// Whether a row hits that is tested by code.
    fn coded_hits(&mut self, row: &Row, inputs: &[Input]) -> Lower<Value> {
        let hits = self.hits(std::slice::from_ref(row), inputs)?;
        hits.first().copied().ok_or(NotYet("a row without a hit"))
    }

    pub(super) fn indexed_table(&mut self, table: &Table, inputs: &[Input]) -> Lower<Val> {
        let most = match table.hit {
            Hit::First => 1,
            Hit::Unique => 2,
            _ => usize::MAX,
        };
        let indexed = match table.rows.literals() {
            Some(literals) => self.indexed_columns(literals, inputs, most)?,
            None => {
                let rows = table.rows.plain().iter().map(|row| row.cells.as_slice());
                self.indexed(rows, inputs, most)?
            }
        };
        match table.hit {
            Hit::First | Hit::Unique => {
                let row = if table.hit == Hit::First {
                    self.first_of(&indexed, table.rows.plain(), inputs)?
                } else {
                    let row = self.only_of(&indexed, table.rows.plain(), inputs)?;
                    self.leave_if_several(row);
                    row
                };
                let result = &self.frame()?.callable.result;
                let outputs = self.table_outputs(table, result)?;
                let shape = Shape::of(result);
                let found = self.b.ins().icmp_imm_s(IntCC::NotEqual, row, NO_ROW);
                let value = self.choose(
                    found,
                    &shape,
                    |body| {
                        body.tell_at(row)?;
                        body.output_at(&outputs, row, |body, row| body.row_output(table, row))
                    },
                    |body| body.nothing(result),
                )?;
                Ok(match (value, outputs.ends) {
                    (Val::Fixed(number), Some((low, high))) => Val::Fixed(Fixed {
                        low,
                        high,
                        ..number
                    }),
                    (value, _) => value,
                })
            }
            // Which ones they are only code that tells wants to know.
            Hit::Count if self.tells() => self.told_count(table, &indexed, inputs),
            Hit::Count => {
                let mut count = self.ask(&indexed, Call::table_count);
                for row in &indexed.coded {
                    let row = table.rows.get(*row).ok_or(NotYet("no row"))?;
                    let hit = self.coded_hits(row, inputs)?;
                    count = self.b.ins().iadd(count, hit);
                }
                self.result_border(Val::Word(count))
            }
            _ => self.indexed_joined(table, &indexed, inputs),
        }
    }

    /// The number of the first row that hits.
    fn first_of(&mut self, indexed: &Indexed, rows: &[Row], inputs: &[Input]) -> Lower<Value> {
        let mut first = self.ask(indexed, Call::table_first);
        let (done, params) = self.block_of(1);
        for number in &indexed.coded {
            let row = rows.get(*number).ok_or(NotYet("no row"))?;
            let this = self.int(i64::try_from(*number).unwrap_or(i64::MAX));
            // No row is the greatest number here.
            let before = self.b.ins().icmp(IntCC::UnsignedLessThan, this, first);
            self.jump_unless(before, done, &[first]);
            let mark = self.mark();
            let hit = self.coded_hits(row, inputs)?;
            self.rollback(mark);
            self.jump_if(hit, done, &[this]);
        }
        self.jump(done, &[first]);
        self.b.switch_to_block(done);
        first = params.first().copied().ok_or(NotYet("no row"))?;
        Ok(first)
    }

    /// The number of the row that hits alone, no row or several.
    fn only_of(&mut self, indexed: &Indexed, rows: &[Row], inputs: &[Input]) -> Lower<Value> {
        let mut only = self.ask(indexed, Call::table_only);
        for number in &indexed.coded {
            let row = rows.get(*number).ok_or(NotYet("no row"))?;
            let hit = self.coded_hits(row, inputs)?;
            let this = self.int(i64::try_from(*number).unwrap_or(i64::MAX));
            let several = self.int(SEVERAL_ROWS);
            let alone = self.b.ins().icmp_imm_s(IntCC::Equal, only, NO_ROW);
            let taken = self.b.ins().select(alone, this, several);
            only = self.b.ins().select(hit, taken, only);
        }
        Ok(only)
    }

    fn leave_if_several(&mut self, row: Value) {
        let several = self.b.ins().icmp_imm_s(IntCC::Equal, row, SEVERAL_ROWS);
        self.leave_if(several);
    }

    /// How many rows hit, each of which is told.
    fn told_count(&mut self, table: &Table, indexed: &Indexed, inputs: &[Input]) -> Lower<Val> {
        let words = self.all_of(table, indexed, inputs)?;
        self.each_element(words, &Shape::Word, |body, row| match row {
            Val::Word(row) => body.tell_at(row),
            _ => Err(NotYet("a row that is no number")),
        })?;
        let [_, count] = words;
        self.result_border(Val::Word(count))
    }

    /// The numbers of all rows that hit: address and count.
    fn all_of(&mut self, table: &Table, indexed: &Indexed, inputs: &[Input]) -> Lower<[Value; 2]> {
        let mut others = Vec::with_capacity(indexed.coded.len());
        for number in &indexed.coded {
            let row = table.rows.get(*number).ok_or(NotYet("no row"))?;
            let hit = self.coded_hits(row, inputs)?;
            let this = self.int(i64::try_from(*number).unwrap_or(i64::MAX));
            let none = self.int(NO_ROW);
            others.push(self.b.ins().select(hit, this, none));
        }
        let count = self.int(i64::try_from(others.len()).unwrap_or(i64::MAX));
        let question = self.on_stack(&indexed.question);
        let others = self.on_stack(&others);
        let (context, to) = (self.context, self.scratch_address());
        let arguments = [context, indexed.table, question, others, count, to];
        let status = self.call_host(Call::table_all, &arguments);
        self.leave_if_not_zero(status);
        Ok([0, 8].map(|at| self.b.ins().load(types::I64, memory(), to, at)))
    }

    /// Policies that look at the outputs of all rows that hit.
    fn indexed_joined(&mut self, table: &Table, indexed: &Indexed, inputs: &[Input]) -> Lower<Val> {
        let words = self.all_of(table, indexed, inputs)?;
        let result = &self.frame()?.callable.result;
        let item = match (table.hit, result) {
            (Hit::List | Hit::ListByPriority, Type::List { item, .. }) => Some(item),
            _ => None,
        };
        let outputs = match item {
            Some(item) => self.table_outputs(table, item)?,
            None => self.table_outputs(table, result)?,
        };
        let output = |body: &mut Self, row: Val| match row {
            Val::Word(row) => {
                let value =
                    body.output_at(&outputs, row, |body, row| body.row_output(table, row))?;
                Ok((row, value))
            }
            _ => Err(NotYet("a row that is no number")),
        };
        if let Some(item) = item {
            return self.listed(table.hit, item, |body, write| {
                body.each_element(words, &Shape::Word, |body, row| {
                    let (row, value) = output(body, row)?;
                    write(body, row, value)
                })
            });
        }
        self.joined_outputs(table.hit, |body, join| {
            body.each_element(words, &Shape::Word, |body, row| {
                let (row, value) = output(body, row)?;
                join(body, row, value)
            })
        })
    }

    fn row_output(&mut self, table: &Table, row: usize) -> Lower<Val> {
        let row = table.rows.get(row).ok_or(NotYet("no row"))?;
        self.output(table, row)
    }

    pub(super) fn indexed_grid(
        &mut self,
        grid: &Grid,
        inputs: &[Input],
        across: &Input,
    ) -> Lower<Val> {
        let heads = grid
            .heads
            .iter()
            .map(|head| std::slice::from_ref(&head.cell));
        let heads = self.indexed(heads, std::slice::from_ref(across), 2)?;
        let head = if heads.coded.is_empty() {
            self.ask(&heads, Call::table_only)
        } else {
            self.one_head(grid, across)?
        };
        let rows = grid.rows.iter().map(|row| row.cells.as_slice());
        let rows = self.indexed(rows, inputs, 2)?;
        let row = self.only_of(&rows, &grid.rows, inputs)?;
        // Nothing where there is no row or no head; several where both are there and one is not alone.
        let no_row = self.b.ins().icmp_imm_s(IntCC::Equal, row, NO_ROW);
        let no_head = self.b.ins().icmp_imm_s(IntCC::Equal, head, NO_ROW);
        let none = self.b.ins().bor(no_row, no_head);
        let result = &self.frame()?.callable.result;
        let shape = Shape::of(result);
        let across_count = grid.heads.len();
        let all = grid
            .rows
            .iter()
            .flat_map(|row| row.outputs.iter().map(std::slice::from_ref));
        let outputs = self.outputs(all, vec![shape.clone()], None)?;
        self.choose(
            none,
            &shape,
            |body| body.nothing(result),
            |body| {
                body.leave_if_several(row);
                body.leave_if_several(head);
                let width = i64::try_from(across_count).unwrap_or(i64::MAX);
                let before = body.b.ins().imul_imm_s(row, width);
                let cell = body.b.ins().iadd(before, head);
                body.tell_at(cell)?;
                body.output_at(&outputs, cell, |body, cell| {
                    let row = grid.rows.get(cell / across_count.max(1));
                    let output = row.and_then(|row| row.outputs.get(cell % across_count.max(1)));
                    body.eval(*output.ok_or(NotYet("no such cell"))?)
                })
            },
        )
    }

    /// The number of the head that takes a value alone, all of them tested by code.
    fn one_head(&mut self, grid: &Grid, across: &Input) -> Lower<Value> {
        if grid.heads.len() > MOST_CODED {
            return Err(NotYet(
                "a grid of many heads that compare with what is computed",
            ));
        }
        let mut only = self.int(NO_ROW);
        for (number, head) in grid.heads.iter().enumerate() {
            let takes = self.cell_takes(&head.cell, across)?;
            let this = self.int(i64::try_from(number).unwrap_or(i64::MAX));
            let several = self.int(SEVERAL_ROWS);
            let alone = self.b.ins().icmp_imm_s(IntCC::Equal, only, NO_ROW);
            let taken = self.b.ins().select(alone, this, several);
            only = self.b.ins().select(takes, taken, only);
        }
        Ok(only)
    }
}
