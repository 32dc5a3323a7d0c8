//! Small tables of constants as steps: for each choice of the columns that are enums, what comes out along the one
//! column that has an order.
//!
//! Between two of the constants in its tests nothing changes, so the definition is asked once for each stretch
//! when the code is made. What is left is to find the stretch.

use assize_ir::{Cell, Const, Hit, NodeId, Op, Order, Row, Table, Test, Type};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use rust_decimal::Decimal;

use super::tables::Input;
use super::value::{Val, memory};
use super::{Body, Lower, NotYet};
use crate::jit::planted::Planted;
use crate::jit::shape::{Shape, bytes, scaled};

/// Most choices of the columns that are enums.
const MOST_GROUPS: usize = 256;
/// Most tests of rows that are asked for one of them.
const MOST_ASKED: usize = 4_000;
/// Most stretches of one of them.
const MOST_STRETCHES: usize = 64;
/// Stretches up to which all borders are compared; beyond, the half that remains is halved.
const MOST_LINEAR: usize = 8;
/// The word that says that no row hits: no value is this.
pub(super) const NOTHING: i64 = i64::MIN;

/// How a column takes part.
enum Axis {
    /// One of so many values, and one more where it may be missing.
    Choice { count: usize, optional: bool },
    /// The column with an order, at this scale.
    Ordered { scale: u8, optional: bool },
}

/// Borders and outcomes of one group; there is one more outcome.
type Steps = (Vec<i64>, Vec<i64>);

impl Body<'_, '_> {
    /// The word that comes of a flat table, [`NOTHING`] where no row hits; `None` where the table is not steps.
    pub(super) fn steps_of(
        &mut self,
        table: &Table,
        inputs: &[Input],
        shape: &Shape,
    ) -> Lower<Option<Value>> {
        let Some(axes) = self.axes(inputs) else {
            return Ok(None);
        };
        let mut groups = Vec::new();
        let mut choice = vec![0usize; axes.len()];
        loop {
            match self.stretches(table, &axes, &choice, shape)? {
                Some(steps) if groups.len() < MOST_GROUPS => groups.push(steps),
                _ => return Ok(None),
            }
            if !advance(&axes, &mut choice) {
                break;
            }
        }
        let most = groups.iter().map(|(borders, _)| borders.len()).max();
        let most = most.unwrap_or(0);
        let mut words = Vec::new();
        for (borders, outcomes) in &groups {
            let last = outcomes.last().copied().unwrap_or(NOTHING);
            let padded = borders.iter().copied().chain(std::iter::repeat(i64::MAX));
            words.extend(padded.take(most).map(i64::cast_unsigned));
            let padded = outcomes.iter().copied().chain(std::iter::repeat(last));
            words.extend(padded.take(most + 1).map(i64::cast_unsigned));
        }
        let data = self.unit.block(&words);
        let data = self.int(data.cast_signed());
        let group = self.group_of(&axes, inputs, groups.len())?;
        let start = self.element(data, group, 2 * most + 1);
        let stretch = match self.along(&axes, inputs)? {
            Some(value) => self.stretch_of(value, start, most),
            None => self.int(0),
        };
        let outcomes = self.b.ins().iadd_imm_s(start, i64::from(bytes(most)));
        let at = self.element(outcomes, stretch, 1);
        Ok(Some(self.b.ins().load(types::I64, memory(), at, 0)))
    }

    fn axes(&self, inputs: &[Input]) -> Option<Vec<Axis>> {
        let mut ordered = 0;
        let mut axes = Vec::with_capacity(inputs.len());
        for (value, ty) in inputs {
            let (plain, optional) = match value {
                Val::Missing => return None,
                Val::Optional(_, inner) => (&**inner, true),
                value => (value, false),
            };
            axes.push(match (ty.plain(), plain) {
                (Type::Bool, _) => Axis::Choice { count: 2, optional },
                (Type::Enum(id), _) => Axis::Choice {
                    count: self.unit.program.enum_of(*id)?.values.len(),
                    optional,
                },
                (Type::Int | Type::Date, Val::Word(_)) => {
                    ordered += 1;
                    Axis::Ordered { scale: 0, optional }
                }
                (Type::Num(_), Val::Fixed(number)) => {
                    ordered += 1;
                    let scale = number.scale;
                    Axis::Ordered { scale, optional }
                }
                _ => return None,
            });
        }
        (ordered <= 1).then_some(axes)
    }

    /// What comes out along the ordered column for one choice of the others. `None` where rows conflict, or a
    /// constant has no word.
    fn stretches(
        &self,
        table: &Table,
        axes: &[Axis],
        choice: &[usize],
        shape: &Shape,
    ) -> Lower<Option<Steps>> {
        let along = axes
            .iter()
            .zip(choice)
            .position(|(axis, chosen)| matches!(axis, Axis::Ordered { .. }) && *chosen == 0);
        let scale = along.map(|at| match axes.get(at) {
            Some(Axis::Ordered { scale, .. }) => *scale,
            _ => 0,
        });
        let mut borders = Vec::new();
        if let (Some(at), Some(scale)) = (along, scale) {
            for row in &table.rows {
                for constant in self.constants_of(row.cells.get(at))? {
                    let below = constant
                        .trunc_with_scale(u32::from(scale))
                        .checked_sub(Decimal::new(1, u32::from(scale)));
                    let below = below.and_then(|it| scaled(it, scale));
                    let Some(below) = below.filter(|it| it.abs() < i64::MAX - 4) else {
                        return Ok(None);
                    };
                    // Somewhere in these three the constant is passed.
                    borders.extend([below, below + 1, below + 2, below + 3]);
                }
            }
        }
        borders.sort_unstable();
        borders.dedup();
        if borders.len() * table.rows.len() > MOST_ASKED {
            return Ok(None);
        }
        let first = borders.first().map_or(0, |it| it - 1);
        let mut steps: Steps = (Vec::new(), Vec::new());
        for point in std::iter::once(first).chain(borders) {
            let value = scale.map(|scale| Decimal::new(point, u32::from(scale)));
            let Some(outcome) = self.outcome(table, axes, choice, value, shape)? else {
                return Ok(None);
            };
            match steps.1.last() {
                None => steps.1.push(outcome),
                Some(before) if *before == outcome => {}
                Some(_) => {
                    steps.0.push(point);
                    steps.1.push(outcome);
                }
            }
        }
        Ok((steps.0.len() < MOST_STRETCHES).then_some(steps))
    }

    /// What the definition says at one point; `None` where rows conflict.
    fn outcome(
        &self,
        table: &Table,
        axes: &[Axis],
        choice: &[usize],
        along: Option<Decimal>,
        shape: &Shape,
    ) -> Lower<Option<i64>> {
        let point: Vec<Option<Decimal>> = axes
            .iter()
            .zip(choice)
            .map(|(axis, chosen)| match axis {
                Axis::Choice { count, .. } => {
                    (chosen < count).then(|| Decimal::from(*chosen as u64))
                }
                Axis::Ordered { .. } => (*chosen == 0).then_some(along).flatten(),
            })
            .collect();
        let mut best: Option<Decimal> = None;
        let mut several = false;
        for row in &table.rows {
            if !self.row_takes(row, &point)? {
                continue;
            }
            let value = self.output_of(row)?;
            several |= best.is_some();
            best = Some(match (best, table.hit) {
                (Some(best), Hit::Lowest) => best.min(value),
                (Some(best), Hit::Highest) => best.max(value),
                (Some(best), _) => best,
                (None, _) => value,
            });
        }
        if several && table.hit == Hit::Unique {
            return Ok(None);
        }
        let scale = match shape {
            Shape::Fixed(scale) => *scale,
            _ => 0,
        };
        Ok(match best {
            Some(value) => scaled(value, scale),
            None => Some(NOTHING),
        })
    }

    fn row_takes(&self, row: &Row, point: &[Option<Decimal>]) -> Lower<bool> {
        for (cell, value) in row.cells.iter().zip(point) {
            let (tests, takes) = match cell {
                Cell::Any => continue,
                Cell::OneOf(tests) => (tests, true),
                Cell::NoneOf(tests) => (tests, false),
            };
            let mut some = false;
            for test in tests {
                some = some || self.test_holds(test, *value)?;
            }
            if some != takes {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn test_holds(&self, test: &Test, value: Option<Decimal>) -> Lower<bool> {
        let Some(value) = value else {
            return Ok(*test == Test::Missing);
        };
        let constant = |node: NodeId| {
            let constant = self.constant_of(node)?;
            constant.ok_or(NotYet("a constant of another kind"))
        };
        Ok(match test {
            Test::Missing => false,
            Test::Equal(node) => value == constant(*node)?,
            Test::Compare(how, node) => {
                let other = constant(*node)?;
                match how {
                    Order::Less => value < other,
                    Order::LessOrEqual => value <= other,
                    Order::Greater => value > other,
                    Order::GreaterOrEqual => value >= other,
                }
            }
            Test::Range { low, high, below } => {
                let under = match high {
                    None => true,
                    Some(high) => {
                        let high = constant(*high)?;
                        if *below != self.unit.has(Planted::BandOffByOne) {
                            value < high
                        } else {
                            value <= high
                        }
                    }
                };
                value >= constant(*low)? && under
            }
        })
    }

    fn constants_of(&self, cell: Option<&Cell>) -> Lower<Vec<Decimal>> {
        let mut constants = Vec::new();
        let operands = cell.into_iter().flat_map(Cell::operands);
        for operand in operands {
            constants.extend(self.constant_of(operand)?);
        }
        Ok(constants)
    }

    /// A constant as a number in its order.
    pub(super) fn constant_of(&self, node: NodeId) -> Lower<Option<Decimal>> {
        Ok(match &self.node(node)?.op {
            Op::Const(Const::Num(number)) => Some(*number),
            Op::Const(Const::Int(number)) => Some((*number).into()),
            Op::Const(Const::Date(day)) => Some((*day).into()),
            Op::Const(Const::Enum(_, position)) => Some((*position).into()),
            Op::Const(Const::Bool(bit)) => Some(u32::from(*bit).into()),
            _ => None,
        })
    }

    /// The number of the group of the inputs.
    fn group_of(&mut self, axes: &[Axis], inputs: &[Input], count: usize) -> Lower<Value> {
        let mut group: Option<Value> = None;
        for (axis, (value, _)) in axes.iter().zip(inputs) {
            let (there, plain) = match value {
                Val::Optional(there, inner) => (Some(*there), (**inner).clone()),
                other => (None, other.clone()),
            };
            let own = match (axis, plain) {
                (Axis::Choice { .. }, Val::Bool(bit)) => self.b.ins().uextend(types::I64, bit),
                (Axis::Choice { .. }, Val::Word(word)) => word,
                (Axis::Ordered { .. }, _) => self.int(0),
                _ => return Err(NotYet("a choice of something else")),
            };
            let own = match there {
                Some(there) => {
                    let missing = self.int(i64::try_from(missing_at(axis)).unwrap_or(i64::MAX));
                    self.b.ins().select(there, own, missing)
                }
                None => own,
            };
            let places = places_of(axis);
            if places == 1 {
                continue;
            }
            let places = i64::try_from(places).unwrap_or(i64::MAX);
            group = Some(match group {
                Some(group) => {
                    let group = self.b.ins().imul_imm_s(group, places);
                    self.b.ins().iadd(group, own)
                }
                None => own,
            });
        }
        let Some(group) = group else {
            return Ok(self.int(0));
        };
        // What is computed ahead may be of no value, and is then not read beside the data either.
        let last = self.int(i64::try_from(count.saturating_sub(1)).unwrap_or(i64::MAX));
        Ok(self.b.ins().umin(group, last))
    }

    /// The word of the ordered column.
    fn along(&mut self, axes: &[Axis], inputs: &[Input]) -> Lower<Option<Value>> {
        for (axis, (value, _)) in axes.iter().zip(inputs) {
            let Axis::Ordered { .. } = axis else {
                continue;
            };
            let plain = match value {
                Val::Optional(_, inner) => &**inner,
                other => other,
            };
            return match plain {
                Val::Word(word) => Ok(Some(*word)),
                Val::Fixed(number) => Ok(Some(number.value)),
                _ => Err(NotYet("an order of something else")),
            };
        }
        Ok(None)
    }

    /// How many of so many borders, which rise, a value has reached.
    fn stretch_of(&mut self, value: Value, borders: Value, count: usize) -> Value {
        let zero = self.int(0);
        if count <= MOST_LINEAR {
            let mut reached = zero;
            for at in 0..count {
                let border = self.b.ins().load(types::I64, memory(), borders, bytes(at));
                let passed = self
                    .b
                    .ins()
                    .icmp(IntCC::SignedGreaterThanOrEqual, value, border);
                let passed = self.b.ins().uextend(types::I64, passed);
                reached = self.b.ins().iadd(reached, passed);
            }
            return reached;
        }
        let (mut from, mut left) = (zero, count);
        while left > 0 {
            // Of those that are left the middle one is passed, or all behind it are not.
            let half = left.div_ceil(2);
            let at = self.element(borders, from, 1);
            let border = self.b.ins().load(types::I64, memory(), at, bytes(half - 1));
            let passed = self
                .b
                .ins()
                .icmp(IntCC::SignedGreaterThanOrEqual, value, border);
            let further = self
                .b
                .ins()
                .iadd_imm_s(from, i64::try_from(half).unwrap_or(i64::MAX));
            from = self.b.ins().select(passed, further, from);
            left -= half;
        }
        from
    }
}

/// In how many ways a column takes part in the group.
const fn places_of(axis: &Axis) -> usize {
    match axis {
        Axis::Choice { count, optional } => *count + *optional as usize,
        Axis::Ordered { optional, .. } => 1 + *optional as usize,
    }
}

/// The number of a missing value.
const fn missing_at(axis: &Axis) -> usize {
    match axis {
        Axis::Choice { count, .. } => *count,
        Axis::Ordered { .. } => 1,
    }
}

/// The next choice, the last column first; whether there is one.
fn advance(axes: &[Axis], choice: &mut [usize]) -> bool {
    for (axis, chosen) in axes.iter().zip(choice.iter_mut()).rev() {
        *chosen += 1;
        if *chosen < places_of(axis) {
            return true;
        }
        *chosen = 0;
    }
    false
}
