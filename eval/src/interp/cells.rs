//! Cells of tables and grids.

use assize_ir::{Cell, NodeId, Order, PlaceId, Test};

use super::compare::ordered;
use super::frame::Frame;
use super::machine::{Eval, Machine};
use crate::value::Value;

impl<'a> Machine<'a, '_> {
    /// Whether a cell takes a value. Tests run from the left until one holds.
    #[inline(never)]
    pub(super) fn cell_takes(
        &mut self,
        frame: &mut Frame<'a>,
        place: PlaceId,
        cell: &'a Cell,
        value: &Value,
    ) -> Eval<bool> {
        match cell {
            Cell::Any => Ok(true),
            Cell::OneOf(tests) => self.some_test_holds(frame, place, tests, value),
            Cell::NoneOf(tests) => Ok(!self.some_test_holds(frame, place, tests, value)?),
        }
    }

    fn some_test_holds(
        &mut self,
        frame: &mut Frame<'a>,
        place: PlaceId,
        tests: &'a [Test],
        value: &Value,
    ) -> Eval<bool> {
        // Only `missing` takes a missing value, so no other test is evaluated for one.
        if *value == Value::Missing {
            return Ok(tests.contains(&Test::Missing));
        }
        for test in tests {
            if self.test_holds(frame, place, test, value)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    #[inline(never)]
    fn test_holds(
        &mut self,
        frame: &mut Frame<'a>,
        place: PlaceId,
        test: &'a Test,
        value: &Value,
    ) -> Eval<bool> {
        match test {
            Test::Missing => Ok(false),
            Test::Equal(with) => Ok(self.eval(frame, *with)? == *value),
            Test::Compare(how, with) => self.cell_compare(frame, place, (*how, *with), value),
            Test::Range { low, high, below } => {
                if !self.cell_compare(frame, place, (Order::GreaterOrEqual, *low), value)? {
                    return Ok(false);
                }
                let Some(high) = high else {
                    return Ok(true);
                };
                let how = if *below {
                    Order::Less
                } else {
                    Order::LessOrEqual
                };
                self.cell_compare(frame, place, (how, *high), value)
            }
        }
    }

    fn cell_compare(
        &mut self,
        frame: &mut Frame<'a>,
        place: PlaceId,
        (how, with): (Order, NodeId),
        value: &Value,
    ) -> Eval<bool> {
        let with = self.eval(frame, with)?;
        // A cell that names an optional parameter compares with nothing when it is missing.
        if with == Value::Missing {
            return Ok(false);
        }
        match ordered(how, value, &with) {
            Some(holds) => Ok(holds),
            None => Err(self.internal(frame, place, "no order")),
        }
    }
}
