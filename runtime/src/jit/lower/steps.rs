//! Small tables of constants as steps: for each choice of the columns that are enums, what comes out along the one
//! column that has an order.
//!
//! Between two of the constants in its tests nothing changes, so the definition is asked once for each stretch
//! when the code is made. What is left is to find the stretch.

use assize_ir::{Cell, Const, Hit, NodeId, Op, Order, Row, Table, Test, Type, date};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use rust_decimal::Decimal;

use super::tables::Input;
use super::value::{Val, constant};
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
const MOST_LINEAR: usize = 12;
/// Stretches from which on two borders are compared at once.
const LEAST_PAIRED: usize = 3;
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
    /// The word that comes of a flat table, [`NOTHING`] where no row hits, and whether there is such a place; `None`
    /// where the table is not steps.
    pub(super) fn steps_of(
        &mut self,
        table: &Table,
        inputs: &[Input],
        shape: &Shape,
    ) -> Lower<Option<(Value, bool)>> {
        let Some(axes) = self.axes(inputs) else {
            return Ok(None);
        };
        let mut groups = Vec::new();
        let mut choice = vec![0usize; axes.len()];
        let ends = ends_of(&axes, inputs);
        loop {
            match self.stretches(table, &axes, &choice, shape)? {
                Some(mut steps) if groups.len() < MOST_GROUPS => {
                    narrow(&mut steps, ends);
                    groups.push(steps);
                }
                _ => return Ok(None),
            }
            if !advance(&axes, &mut choice) {
                break;
            }
        }
        let most = groups.iter().map(|(borders, _)| borders.len()).max();
        let mut most = most.unwrap_or(0);
        let ladder = ladder_of(&groups);
        if ladder.is_none() && (LEAST_PAIRED..=MOST_LINEAR).contains(&most) {
            most = most.next_multiple_of(2);
        }
        // Numbers of 32 bits are compared four at once, and their borders lie two in a word.
        let halves = ladder.is_none()
            && (LEAST_PAIRED..=MOST_LINEAR).contains(&most)
            && i32::try_from(ends.0).is_ok()
            && ends.1 < i64::from(i32::MAX);
        let borders = match (ladder, halves) {
            (Some(_), _) => 0,
            (None, true) => {
                most = most.next_multiple_of(4);
                most / 2
            }
            (None, false) => most,
        };
        let mut words = Vec::new();
        for (borders, outcomes) in &groups {
            let last = outcomes.last().copied().unwrap_or(NOTHING);
            // The value before each border, as it is passed by what is greater.
            let befores = borders.iter().map(|border| border - 1);
            let padded = befores.chain(std::iter::repeat(i64::MAX)).take(most);
            if halves {
                let padded: Vec<i32> = padded
                    .map(|it| i32::try_from(it).unwrap_or(i32::MAX))
                    .collect();
                words.extend(padded.chunks(2).map(two_in_a_word));
            } else if ladder.is_none() {
                words.extend(padded.map(i64::cast_unsigned));
            }
            let padded = outcomes.iter().copied().chain(std::iter::repeat(last));
            words.extend(padded.take(most + 1).map(i64::cast_unsigned));
        }
        let data = self.unit.block(&words);
        let data = self.int(data.cast_signed());
        let group = self.group_of(&axes, inputs, groups.len())?;
        let start = self.element(data, group, borders + most + 1);
        let stretch = match self.along(&axes, inputs)? {
            Some(value) => match ladder {
                Some(first) => self.rung_of(value, first, most, ends),
                None if halves => self.stretch_of_halves(value, start, most),
                None => self.stretch_of(value, start, most),
            },
            None => self.int(0),
        };
        let at = self.element(start, stretch, 1);
        let word = self
            .b
            .ins()
            .load(types::I64, constant(), at, bytes(borders));
        let mut outcomes = groups.iter().flat_map(|(_, outcomes)| outcomes);
        Ok(Some((word, outcomes.any(|outcome| *outcome == NOTHING))))
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
                    if let Some(exact) =
                        scaled(constant, scale).filter(|it| it.abs() < i64::MAX - 4)
                    {
                        // It is reached, and then passed.
                        borders.extend([exact, exact + 1]);
                        continue;
                    }
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

    /// How many of so many borders a value has reached that stand one behind the other from the first on.
    fn rung_of(
        &mut self,
        value: Value,
        first: i64,
        count: usize,
        (low, high): (i64, i64),
    ) -> Value {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let before = first - 1;
        let rung = self.b.ins().iadd_imm_s(value, before.wrapping_neg());
        let (zero, last) = (self.int(0), self.int(count));
        if low >= before && high <= before.saturating_add(count) {
            // What is computed ahead may be any word, and is not read beside the data either.
            return self.b.ins().umin(rung, last);
        }
        let under = self.b.ins().icmp_imm_s(IntCC::SignedLessThan, value, first);
        let over = self.b.ins().icmp_imm_s(
            IntCC::SignedGreaterThan,
            value,
            before.saturating_add(count),
        );
        let rung = self.b.ins().select(over, last, rung);
        self.b.ins().select(under, zero, rung)
    }

    /// The same where numbers have 32 bits: four borders are compared at once.
    fn stretch_of_halves(&mut self, value: Value, borders: Value, count: usize) -> Value {
        let half = self.b.ins().ireduce(types::I32, value);
        let all = self.b.ins().splat(types::I32X4, half);
        let mut reached: Option<Value> = None;
        for at in (0..count).step_by(4) {
            let four = self
                .b
                .ins()
                .load(types::I32X4, unaligned(), borders, bytes(at / 2));
            let passed = self.b.ins().icmp(IntCC::SignedGreaterThan, all, four);
            let passed = self.b.ins().vhigh_bits(types::I64, passed);
            reached = Some(match reached {
                Some(before) => {
                    let behind = self
                        .b
                        .ins()
                        .ishl_imm_u(passed, i64::try_from(at).unwrap_or(0));
                    self.b.ins().bor(before, behind)
                }
                None => passed,
            });
        }
        match reached {
            Some(reached) => self.b.ins().popcnt(reached),
            None => self.int(0),
        }
    }

    /// How many of so many borders, which rise, a value has reached. At each lies the value before it.
    fn stretch_of(&mut self, value: Value, borders: Value, count: usize) -> Value {
        let zero = self.int(0);
        if (LEAST_PAIRED..=MOST_LINEAR).contains(&count) {
            let both = self.b.ins().splat(types::I64X2, value);
            let mut reached: Option<Value> = None;
            for at in (0..count).step_by(2) {
                let pair = self
                    .b
                    .ins()
                    .load(types::I64X2, unaligned(), borders, bytes(at));
                let passed = self.b.ins().icmp(IntCC::SignedGreaterThan, both, pair);
                reached = Some(match reached {
                    Some(before) => self.b.ins().iadd(before, passed),
                    None => passed,
                });
            }
            let Some(reached) = reached else {
                return zero;
            };
            // A border that is passed is all ones, which is -1.
            let first = self.b.ins().extractlane(reached, 0);
            let second = self.b.ins().extractlane(reached, 1);
            let both = self.b.ins().iadd(first, second);
            return self.b.ins().ineg(both);
        }
        if count <= MOST_LINEAR {
            let mut reached = zero;
            for at in 0..count {
                let border = self
                    .b
                    .ins()
                    .load(types::I64, constant(), borders, bytes(at));
                let passed = self.b.ins().icmp(IntCC::SignedGreaterThan, value, border);
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
            let border = self
                .b
                .ins()
                .load(types::I64, constant(), at, bytes(half - 1));
            let passed = self.b.ins().icmp(IntCC::SignedGreaterThan, value, border);
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

/// Constants that lie at any word.
const fn unaligned() -> MemFlagsData {
    MemFlagsData::new()
        .with_notrap()
        .with_readonly()
        .with_can_move()
}

/// Two halves in a word, as they follow each other in memory.
fn two_in_a_word(halves: &[i32]) -> u64 {
    let bytes = |at: usize| halves.get(at).copied().unwrap_or(i32::MAX).to_ne_bytes();
    let ([a, b, c, d], [e, f, g, h]) = (bytes(0), bytes(1));
    u64::from_ne_bytes([a, b, c, d, e, f, g, h])
}

/// The lowest and the highest word of the ordered column.
fn ends_of(axes: &[Axis], inputs: &[Input]) -> (i64, i64) {
    let ordered = axes.iter().zip(inputs).find_map(|(axis, (value, ty))| {
        let plain = match value {
            Val::Optional(_, inner) => &**inner,
            other => other,
        };
        match (axis, plain) {
            (Axis::Ordered { .. }, Val::Fixed(number)) => Some((number.low, number.high)),
            // Whoever makes a day keeps it between these.
            (Axis::Ordered { .. }, Val::Word(_)) if *ty.plain() == Type::Date => {
                Some((date::FIRST_DAY.into(), date::LAST_DAY.into()))
            }
            _ => None,
        }
    });
    ordered.unwrap_or((i64::MIN, i64::MAX))
}

/// Leaves out the borders that no value between two ends lies before, and those that none reaches.
fn narrow((borders, outcomes): &mut Steps, (low, high): (i64, i64)) {
    let passed = borders.iter().take_while(|border| **border <= low).count();
    borders.drain(..passed);
    outcomes.drain(..passed);
    let reached = borders.iter().take_while(|border| **border <= high).count();
    borders.truncate(reached);
    outcomes.truncate(reached + 1);
}

/// The first border, where all groups have the same borders, one behind the other.
fn ladder_of(groups: &[Steps]) -> Option<i64> {
    let (borders, _) = groups.first()?;
    let first = *borders.first()?;
    let rising = borders
        .iter()
        .zip(first..)
        .all(|(border, it)| *border == it);
    (rising && groups.iter().all(|(other, _)| other == borders)).then_some(first)
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
