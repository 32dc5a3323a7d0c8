//! Small tables of constants: all tests are computed, and the output is chosen without a branch.

use assize_ir::{Cell, Const, Hit, Op, Order, Row, Table, Test, Type};
use cranelift_codegen::ir::{InstBuilder, Value, types};

use super::calm::is_flat;
use super::tables::Input;
use super::value::Val;
use super::{Body, Lower, NotYet};
use crate::jit::planted::Planted;
use crate::jit::shape::Shape;

impl Body<'_, '_> {
    /// The result of a flat table; `None` where it is not flat.
    pub(super) fn flat_table(&mut self, table: &Table, inputs: &[Input]) -> Lower<Option<Val>> {
        let callable = self.frame()?.callable;
        if !is_flat(callable, table) {
            return Ok(None);
        }
        let result = &callable.result;
        let shape = Shape::of(result);
        let mut rows: Vec<&Row> = table.rows.iter().collect();
        if let Hit::Lowest | Hit::Highest = table.hit {
            // The best output goes first; of equal ones the first row.
            let Some(keys) = self.outputs(&rows)? else {
                return Ok(None);
            };
            let mut keyed: Vec<_> = keys.into_iter().zip(rows).collect();
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
        let nothing = Val::Missing;
        let mut words = if result.is_optional() {
            self.words(&nothing, &shape)?
        } else {
            let mut some = self.bit(false);
            for hit in &hits {
                some = self.b.ins().bor(some, *hit);
            }
            self.leave_unless(some);
            let zero = self.int(0);
            vec![zero; shape.words()]
        };
        for (row, hit) in rows.iter().zip(hits).rev() {
            let [output] = row.outputs.as_slice() else {
                return Err(NotYet("a row without one output"));
            };
            let value = self.eval(*output)?;
            let value = self.words(&value, &shape)?;
            words = self.select(hit, &value, &words);
        }
        self.value(&words, &shape).map(Some)
    }

    /// The outputs as numbers in their order.
    fn outputs(&self, rows: &[&Row]) -> Lower<Option<Vec<rust_decimal::Decimal>>> {
        let mut keys = Vec::with_capacity(rows.len());
        for row in rows {
            for output in &row.outputs {
                keys.push(match &self.node(*output)?.op {
                    Op::Const(Const::Num(number)) => *number,
                    Op::Const(Const::Int(number)) => (*number).into(),
                    Op::Const(Const::Date(day)) => (*day).into(),
                    Op::Const(Const::Enum(_, position)) => (*position).into(),
                    Op::Const(Const::Bool(bit)) => u32::from(*bit).into(),
                    _ => return Ok(None),
                });
            }
        }
        Ok((keys.len() == rows.len()).then_some(keys))
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
            let some = if takes {
                some
            } else {
                self.b.ins().bxor_imm_u(some, 1)
            };
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
