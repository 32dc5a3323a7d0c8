//! Small tables of constants: all tests are computed, and the output is chosen without a branch.

use assize_ir::{Cell, Hit, Order, Row, Table, Test, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use rust_decimal::Decimal;

use super::calm::{is_flat, plain_output};
use super::steps::NOTHING;
use super::tables::Input;
use super::value::{Fixed, Val};
use super::{Body, Lower, NotYet};
use crate::jit::planted::Planted;
use crate::jit::shape::{Shape, scaled};

impl Body<'_, '_> {
    /// The result of a flat table; `None` where it is not flat.
    pub(super) fn flat_table(&mut self, table: &Table, inputs: &[Input]) -> Lower<Option<Val>> {
        let callable = self.frame()?.callable;
        if !is_flat(callable, table) {
            return Ok(None);
        }
        let result = &callable.result;
        let shape = Shape::of(result);
        let plain = match &shape {
            Shape::Optional(inner) => inner,
            shape => shape,
        };
        let found = self.steps_of(table, inputs, plain)?;
        let (mut found, may_be_none) = match found {
            Some(found) => found,
            None => (self.chosen(table, inputs, plain)?, true),
        };
        let none = self.int(NOTHING);
        let is_none = self.b.ins().icmp(IntCC::Equal, found, none);
        if result.is_optional() {
            // A missing value is the same words everywhere.
            let zero = self.int(0);
            found = self.b.ins().select(is_none, zero, found);
        }
        let value = match plain {
            Shape::Fixed(scale) => {
                let (low, high) = self.ends(table, *scale)?;
                Val::Fixed(Fixed {
                    value: found,
                    scale: *scale,
                    low,
                    high,
                })
            }
            _ => self.value(&[found], plain)?,
        };
        if !result.is_optional() {
            if may_be_none {
                self.leave_if(is_none);
            }
            return Ok(Some(value));
        }
        let there = self.not(is_none);
        Ok(Some(Val::Optional(there, Box::new(value))))
    }

    /// The word of the output that counts, chosen row by row.
    fn chosen(&mut self, table: &Table, inputs: &[Input], plain: &Shape) -> Lower<Value> {
        let callable = self.frame()?.callable;
        let mut rows: Vec<&Row> = table.rows.iter().collect();
        if let Hit::Lowest | Hit::Highest = table.hit {
            // The best output goes first; of equal ones the first row.
            let mut keyed = Vec::with_capacity(rows.len());
            for row in rows {
                keyed.push((self.output_of(row)?, row));
            }
            keyed.sort_by(|(a, _), (b, _)| {
                if table.hit == Hit::Lowest {
                    a.cmp(b)
                } else {
                    b.cmp(a)
                }
            });
            rows = keyed.into_iter().map(|(_, row)| row).collect();
        }
        let mut hits = Vec::with_capacity(rows.len());
        for row in &rows {
            hits.push(self.flat_row(row, inputs)?);
        }
        if table.hit == Hit::Unique && !self.rows_exclude_each_other(&table.rows)? {
            let zero = self.int(0);
            let mut count = zero;
            for hit in &hits {
                let hit = self.b.ins().uextend(types::I64, *hit);
                count = self.b.ins().iadd(count, hit);
            }
            self.at_most_one(count);
        }
        let mut found = self.int(NOTHING);
        for (row, hit) in rows.iter().zip(hits).rev() {
            let [output] = row.outputs.as_slice() else {
                return Err(NotYet("a row without one output"));
            };
            let value = self.eval(plain_output(callable, *output))?;
            let value = self.reshaped_constant(&value, plain)?;
            let words = self.words(&value, plain)?;
            let [word] = words.as_slice() else {
                return Err(NotYet("an output of several words"));
            };
            found = self.b.ins().select(hit, *word, found);
        }
        Ok(found)
    }

    /// A constant in another shape, with what is known of it.
    fn reshaped_constant(&mut self, value: &Val, shape: &Shape) -> Lower<Val> {
        match (value, shape) {
            (Val::Fixed(_), Shape::Fixed(scale)) => Ok(Val::Fixed(self.fixed(value, *scale)?)),
            (value, shape) => self.reshaped(value, shape),
        }
    }

    /// The lowest and the highest output.
    fn ends(&self, table: &Table, scale: u8) -> Lower<(i64, i64)> {
        // A missing value is 0 all the same.
        let (mut low, mut high) = (0, 0);
        for row in &table.rows {
            let output = scaled(self.output_of(row)?, scale);
            let output = output.ok_or(NotYet("an output that has no word"))?;
            (low, high) = (low.min(output), high.max(output));
        }
        Ok((low, high))
    }

    /// The output of a row as a number in its order.
    pub(super) fn output_of(&self, row: &Row) -> Lower<Decimal> {
        let [output] = row.outputs.as_slice() else {
            return Err(NotYet("a row without one output"));
        };
        let output = plain_output(self.frame()?.callable, *output);
        let constant = self.constant_of(output)?;
        constant.ok_or(NotYet("an output of another kind"))
    }

    fn flat_row(&mut self, row: &Row, inputs: &[Input]) -> Lower<Value> {
        let mut hit: Option<Value> = None;
        for (cell, input) in row.cells.iter().zip(inputs) {
            let (tests, takes) = match cell {
                Cell::Any => continue,
                Cell::OneOf(tests) => (tests, true),
                Cell::NoneOf(tests) => (tests, false),
            };
            let some = self.flat_tests(tests, input)?;
            let some = if takes { some } else { self.not(some) };
            hit = Some(match hit {
                Some(hit) => self.b.ins().band(hit, some),
                None => some,
            });
        }
        Ok(match hit {
            Some(hit) => hit,
            None => self.bit(true),
        })
    }

    /// Whether one of the tests holds. Of a missing value only `missing` does.
    fn flat_tests(&mut self, tests: &[Test], (value, ty): &Input) -> Lower<Value> {
        let for_missing = self.bit(tests.contains(&Test::Missing));
        let (there, plain) = match value {
            Val::Missing => return Ok(for_missing),
            Val::Optional(there, inner) => (Some(*there), (**inner).clone()),
            other => (None, other.clone()),
        };
        let mut some: Option<Value> = None;
        for test in tests {
            if *test == Test::Missing {
                continue;
            }
            let holds = self.flat_test(test, &plain, ty.plain())?;
            some = Some(match some {
                Some(some) => self.b.ins().bor(some, holds),
                None => holds,
            });
        }
        let some = match some {
            Some(some) => some,
            None => self.bit(false),
        };
        Ok(match there {
            Some(there) => self.b.ins().select(there, some, for_missing),
            None => some,
        })
    }

    fn flat_test(&mut self, test: &Test, value: &Val, ty: &Type) -> Lower<Value> {
        match test {
            Test::Missing => Ok(self.bit(false)),
            Test::Equal(other) => {
                let other = self.eval(*other)?;
                self.equal(value, &other, ty)
            }
            Test::Compare(how, other) => {
                let other = self.eval(*other)?;
                self.compare(*how, value, &other)
            }
            Test::Range { low, high, below } => {
                let low = self.eval(*low)?;
                let above = self.compare(Order::GreaterOrEqual, value, &low)?;
                let Some(high) = high else {
                    return Ok(above);
                };
                let how = if *below != self.unit.has(Planted::BandOffByOne) {
                    Order::Less
                } else {
                    Order::LessOrEqual
                };
                let high = self.eval(*high)?;
                let under = self.compare(how, value, &high)?;
                Ok(self.b.ins().band(above, under))
            }
        }
    }
}
