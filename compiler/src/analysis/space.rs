//! Cases as boxes: columns of what is compared, their atoms, and the way back to values.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::ops::Bound;

use assize_eval::Value;
use assize_ir::{NodeId, Places, Program, Type};
use rust_decimal::Decimal;

use crate::boxes::{AtomBox, AtomSet, Axis, Column, Domain, Space};

/// What is compared: a parameter and a path of its fields, or a condition taken as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A parameter (by position) and the positions of fields.
    Path {
        /// Parameter.
        param: u32,
        /// Fields.
        fields: Vec<u32>,
    },
    /// A condition or value that is not understood, by its normalised text.
    Opaque(String),
    /// How two values compare, by their texts, the lesser text first: [`LESS`], [`EQUAL`] or
    /// [`GREATER`].
    Order(String, String),
}

/// The left of two compared values is less.
pub const LESS: Value = Value::Enum(0);

/// Two compared values are equal.
pub const EQUAL: Value = Value::Enum(1);

/// The left of two compared values is greater.
pub const GREATER: Value = Value::Enum(2);

/// A column: what is compared, its type, and how it is called.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// What is compared.
    pub subject: Subject,
    /// Its type.
    pub ty: Type,
    /// As the author writes it.
    pub name: String,
    /// Constants that occur, for unordered columns of texts and codes.
    pub constants: Vec<Value>,
    /// What is known of its values, for numbers.
    pub facts: Option<assize_ir::NumFacts>,
    /// Days outside of these are no gap.
    pub clip: Option<(Option<Decimal>, Option<Decimal>)>,
    /// The columns of the two values that are compared, where they have columns.
    pub between: Option<(usize, usize)>,
    /// The node that was read, in the callable.
    pub node: Option<NodeId>,
    /// The two values that are compared.
    pub operands: Option<(NodeId, NodeId)>,
}

/// How two values of a case have to compare.
#[derive(Clone, Debug)]
pub struct Ordering<'d> {
    /// The left value.
    pub left: &'d Subject,
    /// The right value.
    pub right: &'d Subject,
    /// Whether it may be less, equal, greater.
    pub allowed: [bool; 3],
}

/// What a row asks of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Side {
    /// Ranges of an ordered column, and whether a missing value is taken.
    Ranges(Vec<(Bound<Decimal>, Bound<Decimal>)>, bool),
    /// Constants of an unordered column, and whether a missing value is taken.
    Values(Vec<Value>, bool),
    /// Everything but that.
    Not(Box<Side>),
}

/// A row: per column what it asks; several for one column all hold.
pub type Row = Vec<(usize, Side)>;

/// Columns and rows, compressed to atoms.
pub struct Compressed<'d> {
    /// The columns.
    pub space: Space,
    /// The rows.
    pub rows: Vec<AtomBox>,
    pub(super) columns: Vec<Atoms<'d>>,
}

pub(super) enum Atoms<'d> {
    Ordered {
        axis: Axis<'d, Decimal>,
        missing: bool,
        step: Option<Decimal>,
    },
    Enum {
        size: u32,
        missing: bool,
    },
    Constants {
        known: Constants,
        missing: bool,
    },
}

/// Ends and step of an ordered column.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    lowest: Option<Decimal>,
    highest: Option<Decimal>,
    step: Option<Decimal>,
}

impl Dimension {
    /// Whether what it says is known only when it runs.
    pub fn is_opaque(&self) -> bool {
        !matches!(self.subject, Subject::Path { .. })
    }

    /// Whether ranges follow an order here.
    pub fn is_ordered(&self, program: &Program) -> bool {
        if matches!(self.subject, Subject::Order(..)) {
            return false;
        }
        match self.ty.plain() {
            Type::Int | Type::Num(_) | Type::Date => true,
            Type::Enum(id) => program.enum_of(*id).is_some_and(|of| of.ordered),
            _ => false,
        }
    }

    /// Ends and step, where ordered.
    pub fn limits(&self, program: &Program) -> Limits {
        let mut limits = match self.ty.plain() {
            Type::Int | Type::Date => {
                let ends = ends_of_type(&self.ty);
                Limits {
                    lowest: ends.map(|ends| ends.0),
                    highest: ends.map(|ends| ends.1),
                    step: Some(Decimal::ONE),
                }
            }
            Type::Enum(id) => {
                let size = program.enum_of(*id).map_or(0, |of| of.values.len());
                Limits {
                    lowest: Some(Decimal::ZERO),
                    highest: Some(Decimal::from(size.saturating_sub(1))),
                    step: Some(Decimal::ONE),
                }
            }
            _ => match &self.facts {
                Some(facts) => Limits {
                    lowest: facts.lowest,
                    highest: facts.highest,
                    step: match facts.places {
                        Places::AtMost(n) => Some(Decimal::new(1, u32::from(n.min(28)))),
                        _ => None,
                    },
                },
                None => Limits::default(),
            },
        };
        if let Some((low, high)) = &self.clip {
            limits.lowest = low.or(limits.lowest);
            limits.highest = high.or(limits.highest);
        }
        // A declared end between two steps is no value.
        let end = |end: Option<Decimal>| end.map_or(Bound::Unbounded, Bound::Included);
        if let (Bound::Included(low), _) = limits.on_grid(end(limits.lowest), Bound::Unbounded) {
            limits.lowest = Some(low);
        }
        if let (_, Bound::Included(high)) = limits.on_grid(Bound::Unbounded, end(limits.highest)) {
            limits.highest = Some(high);
        }
        limits
    }
}

impl Limits {
    /// Distance of neighbouring values, where values come in steps.
    pub fn step(&self) -> Option<Decimal> {
        self.step
    }

    /// No ends, and this step.
    pub(super) fn of_step(step: Option<Decimal>) -> Limits {
        Limits {
            step,
            ..Limits::default()
        }
    }

    /// A range whose ends are values of it, where values come in steps.
    pub(super) fn with_ends(
        &self,
        (low, high): (Bound<Decimal>, Bound<Decimal>),
    ) -> (Bound<Decimal>, Bound<Decimal>) {
        let Some(step) = self.step else {
            return (low, high);
        };
        // What lies off the steps moves to the next one, and is a value then.
        let low = match self.on_grid(low, Bound::Unbounded).0 {
            Bound::Excluded(x) => x.checked_add(step).map_or(low, Bound::Included),
            other => other,
        };
        let high = match self.on_grid(Bound::Unbounded, high).1 {
            Bound::Excluded(x) => x.checked_sub(step).map_or(high, Bound::Included),
            other => other,
        };
        (low, high)
    }

    /// Both ends on the grid of steps.
    fn on_grid(
        &self,
        low: Bound<Decimal>,
        high: Bound<Decimal>,
    ) -> (Bound<Decimal>, Bound<Decimal>) {
        let Some(step) = self.step else {
            return (low, high);
        };
        let off = |value: &Decimal| value.checked_rem(step).is_some_and(|rest| !rest.is_zero());
        let floor = |value: Decimal| {
            let rest = value.checked_rem(step).unwrap_or(Decimal::ZERO);
            let down = value - rest;
            if rest.is_sign_negative() && !rest.is_zero() {
                down - step
            } else {
                down
            }
        };
        let low = match low {
            Bound::Included(x) | Bound::Excluded(x) if off(&x) => Bound::Included(floor(x) + step),
            other => other,
        };
        let high = match high {
            Bound::Included(x) | Bound::Excluded(x) if off(&x) => Bound::Included(floor(x)),
            other => other,
        };
        (low, high)
    }
}

fn as_ref(bound: &Bound<Decimal>) -> Bound<&Decimal> {
    match bound {
        Bound::Included(x) => Bound::Included(x),
        Bound::Excluded(x) => Bound::Excluded(x),
        Bound::Unbounded => Bound::Unbounded,
    }
}

fn ranges_of(side: &Side, out: &mut Vec<(Bound<Decimal>, Bound<Decimal>)>) {
    match side {
        Side::Ranges(ranges, _) => out.extend(ranges.iter().cloned()),
        Side::Not(inner) => ranges_of(inner, out),
        Side::Values(..) => {}
    }
}

/// Constants of an unordered column, each with its position: a table of codes has as many of them as
/// it has rows, so they are looked up and never searched.
#[derive(Default)]
pub(super) struct Constants {
    pub(super) values: Vec<Value>,
    positions: HashMap<String, u32>,
}

impl Constants {
    /// All values of one column are of one type, so the words of a value tell it from the others.
    fn key(value: &Value) -> String {
        match value {
            Value::Text(text) | Value::Code(text) | Value::Calendar(text) => text.to_string(),
            other => format!("{other:?}"),
        }
    }

    fn add(&mut self, value: &Value) {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        if let Entry::Vacant(free) = self.positions.entry(Constants::key(value)) {
            free.insert(next);
            self.values.push(value.clone());
        }
    }

    pub(super) fn position(&self, value: &Value) -> Option<u32> {
        self.positions.get(&Constants::key(value)).copied()
    }

    fn add_side(&mut self, side: &Side) {
        match side {
            Side::Values(values, _) => values.iter().for_each(|value| self.add(value)),
            Side::Not(inner) => self.add_side(inner),
            Side::Ranges(..) => {}
        }
    }
}

/// The next value above a value of an ordered column.
pub type Next<'d> = Box<dyn Fn(&Decimal) -> Option<Decimal> + 'd>;

/// Compresses rows over columns. `limits` and `steps` outlive the result: axes borrow them.
pub fn compress<'d>(
    program: &Program,
    dimensions: &[Dimension],
    rows: &[Row],
    limits: &'d [Limits],
    successors: &'d [Option<Next<'d>>],
) -> Compressed<'d> {
    let mut columns = Vec::new();
    let mut space = Space::default();
    for (index, dimension) in dimensions.iter().enumerate() {
        let missing = dimension.ty.is_optional();
        let sides = rows
            .iter()
            .flatten()
            .filter(|(column, _)| *column == index)
            .map(|(_, s)| s);
        let atoms = if dimension.is_ordered(program)
            && let Some(limit) = limits.get(index)
        {
            let mut ranges = Vec::new();
            sides.for_each(|side| ranges_of(side, &mut ranges));
            let ranges: Vec<_> = ranges
                .into_iter()
                .map(|(low, high)| limit.on_grid(low, high))
                .collect();
            let domain = Domain {
                lowest: limit.lowest.as_ref(),
                highest: limit.highest.as_ref(),
                successor: successors.get(index).and_then(|s| s.as_deref()),
            };
            let axis = Axis::new(domain, ranges.iter().map(|(a, b)| (as_ref(a), as_ref(b))));
            space.columns.push(Column::Ordered {
                atoms: axis.atoms(),
                missing,
            });
            Atoms::Ordered {
                axis,
                missing,
                step: limit.step,
            }
        } else if matches!(dimension.subject, Subject::Order(..)) {
            space.columns.push(Column::Set { size: 3 });
            Atoms::Enum {
                size: 3,
                missing: false,
            }
        } else {
            match dimension.ty.plain() {
                Type::Bool => {
                    space.columns.push(Column::Set {
                        size: 2 + u32::from(missing),
                    });
                    Atoms::Enum { size: 2, missing }
                }
                Type::Enum(id) => {
                    let size = program.enum_of(*id).map_or(0, |of| of.values.len());
                    let size = size + usize::from(has_others(&dimension.ty));
                    let size = u32::try_from(size).unwrap_or(u32::MAX);
                    space.columns.push(Column::Set {
                        size: size + u32::from(missing),
                    });
                    Atoms::Enum { size, missing }
                }
                _ => {
                    let mut known = Constants::default();
                    dimension
                        .constants
                        .iter()
                        .for_each(|value| known.add(value));
                    sides.for_each(|side| known.add_side(side));
                    let size = u32::try_from(known.values.len()).unwrap_or(u32::MAX);
                    // One atom more for any other value.
                    space.columns.push(Column::Set {
                        size: size + 1 + u32::from(missing),
                    });
                    Atoms::Constants { known, missing }
                }
            }
        };
        columns.push(atoms);
    }
    let boxes = rows
        .iter()
        .map(|row| {
            let mut sides: Vec<AtomSet> = space.columns.iter().map(|column| column.all()).collect();
            for (index, side) in row {
                let (Some(atoms), Some(column), Some(slot)) = (
                    columns.get(*index),
                    space.columns.get(*index),
                    sides.get_mut(*index),
                ) else {
                    continue;
                };
                let limit = limits.get(*index).cloned().unwrap_or_default();
                let set = atom_set(atoms, side, column.atoms(), &limit);
                *slot = slot.intersection(&set);
            }
            AtomBox { sides }
        })
        .collect();
    Compressed {
        space,
        rows: boxes,
        columns,
    }
}

fn atom_set(atoms: &Atoms<'_>, side: &Side, size: u32, limits: &Limits) -> AtomSet {
    match (side, atoms) {
        (Side::Not(inner), _) => atom_set(atoms, inner, size, limits).complement(size),
        (Side::Ranges(ranges, with_missing), Atoms::Ordered { axis, missing, .. }) => {
            let mut out = AtomSet::empty();
            for (low, high) in ranges {
                let (low, high) = limits.on_grid(*low, *high);
                if let Some(set) = axis.range(as_ref(&low), as_ref(&high)) {
                    out = out.union(&set);
                }
            }
            if *with_missing && *missing {
                out = out.union(&AtomSet::span(axis.atoms(), axis.atoms() + 1));
            }
            out
        }
        (Side::Values(values, with_missing), atoms) => {
            let mut found: BTreeSet<u32> = BTreeSet::new();
            let none = match atoms {
                Atoms::Enum { size, missing } => {
                    for value in values {
                        match value {
                            Value::Enum(index) => drop(found.insert(*index)),
                            Value::Bool(value) => drop(found.insert(u32::from(*value))),
                            _ => {}
                        }
                    }
                    missing.then_some(*size)
                }
                Atoms::Constants { known, missing } => {
                    found.extend(values.iter().filter_map(|value| known.position(value)));
                    missing.then(|| u32::try_from(known.values.len()).unwrap_or(u32::MAX) + 1)
                }
                Atoms::Ordered { .. } => None,
            };
            if *with_missing && let Some(none) = none {
                found.insert(none);
            }
            AtomSet::from_atoms(found)
        }
        (Side::Ranges(..), _) => AtomSet::empty(),
    }
}

impl Compressed<'_> {
    /// Whether of two compared values the left may be less, equal, greater.
    pub(super) fn allowed(&self, column: usize, side: &AtomSet) -> [bool; 3] {
        [LESS, EQUAL, GREATER].map(|sign| self.takes(column, side, &sign))
    }

    /// How values of a box have to compare.
    pub fn orderings<'d>(
        &self,
        dimensions: &'d [Dimension],
        inside: &AtomBox,
    ) -> Vec<Ordering<'d>> {
        let narrow = inside.narrow_columns(&self.space).into_iter();
        narrow
            .filter_map(|column| {
                let (left, right) = dimensions.get(column)?.between?;
                Some(Ordering {
                    left: &dimensions.get(left)?.subject,
                    right: &dimensions.get(right)?.subject,
                    allowed: self.allowed(column, inside.sides.get(column)?),
                })
            })
            .collect()
    }

    /// Whether a box hangs on something that no case can be made for: a condition that is taken as a
    /// whole, or how a value compares with one that is no argument.
    pub(super) fn opaque(&self, dimensions: &[Dimension], inside: &AtomBox) -> bool {
        let narrow = inside.narrow_columns(&self.space).into_iter();
        narrow
            .filter_map(|column| dimensions.get(column))
            .any(|dimension| dimension.is_opaque() && dimension.between.is_none())
    }

    /// Whether a value may stand at a path in a box; what is no column may be anything.
    pub fn fits(
        &self,
        dimensions: &[Dimension],
        inside: &AtomBox,
        subject: &Subject,
        value: &Value,
    ) -> bool {
        let mut columns = dimensions.iter().enumerate();
        let column = columns.find(|(_, dimension)| dimension.subject == *subject);
        column.is_none_or(|(column, _)| {
            let side = inside.sides.get(column);
            side.is_none_or(|side| self.takes(column, side, value))
        })
    }

    /// Whether a value of a column is in a set of its atoms.
    pub(super) fn takes(&self, column: usize, set: &AtomSet, value: &Value) -> bool {
        match self.columns.get(column) {
            Some(Atoms::Ordered { axis, .. }) => {
                let Some(number) = super::convert::number(value) else {
                    return set.contains(axis.atoms());
                };
                set.spans().iter().any(|span| {
                    let span = crate::boxes::Span {
                        start: span.start,
                        end: span.end.min(axis.atoms()),
                    };
                    axis.values(span)
                        .is_some_and(|(low, high)| within(&number, low, high))
                })
            }
            Some(Atoms::Enum { size, .. }) => set.contains(match value {
                Value::Enum(index) => *index,
                Value::Bool(value) => u32::from(*value),
                _ => *size,
            }),
            Some(Atoms::Constants { known, .. }) => {
                let others = u32::try_from(known.values.len()).unwrap_or(u32::MAX);
                set.contains(match value {
                    Value::Missing => others.saturating_add(1),
                    value => known.position(value).unwrap_or(others),
                })
            }
            None => true,
        }
    }

    /// A value of an atom set of a column: the lowest, round where there is room.
    pub fn value(&self, column: usize, set: &AtomSet, ty: &Type) -> Option<Value> {
        let atom = set.first()?;
        match self.columns.get(column)? {
            Atoms::Ordered { axis, step, .. } => {
                if atom >= axis.atoms() {
                    return Some(Value::Missing);
                }
                let span = set.spans().first().copied()?;
                let (low, high) = axis.values(crate::boxes::Span {
                    start: atom,
                    end: span.end.min(axis.atoms()),
                })?;
                // A range from the first day of the calendar has a day of our time, if it can, and the
                // ends of whole numbers are shown where nothing else is left.
                let date = matches!(ty.plain(), Type::Date);
                let ends = ends_of_type(ty);
                let (low, plain) = match (low, ends) {
                    (Bound::Included(x), Some(ends)) if *x == ends.0 => (
                        Bound::Unbounded,
                        if date { plain_day() } else { Decimal::ZERO },
                    ),
                    (low, _) => (low, Decimal::ZERO),
                };
                let high = match (high, ends) {
                    (Bound::Included(x), Some(ends)) if *x == ends.1 && !date => Bound::Unbounded,
                    (high, _) => high,
                };
                let number = pick(low, high, *step, plain)?;
                typed(number, ty)
            }
            Atoms::Enum { size, .. } => {
                if atom >= *size {
                    Some(Value::Missing)
                } else if has_others(ty) && atom + 1 == *size {
                    None
                } else if matches!(ty.plain(), Type::Bool) {
                    Some(Value::Bool(atom == 1))
                } else {
                    Some(Value::Enum(atom))
                }
            }
            Atoms::Constants { known, .. } => {
                let values = &known.values;
                if let Some(value) = values.get(atom as usize) {
                    return Some(value.clone());
                }
                if atom as usize > values.len() {
                    return Some(Value::Missing);
                }
                Some(other(values, ty))
            }
        }
    }
}

/// Whether a type has values that this package cannot name: the reasons of those that use it.
pub(super) fn has_others(ty: &Type) -> bool {
    matches!(ty.plain(), Type::Enum(id) if *id == assize_ir::REASON_CODE)
}

fn within(value: &Decimal, low: Bound<&Decimal>, high: Bound<&Decimal>) -> bool {
    (match low {
        Bound::Included(x) => value >= x,
        Bound::Excluded(x) => value > x,
        Bound::Unbounded => true,
    }) && (match high {
        Bound::Included(x) => value <= x,
        Bound::Excluded(x) => value < x,
        Bound::Unbounded => true,
    })
}

/// A value of a range, the lowest where there is one.
fn pick(
    low: Bound<&Decimal>,
    high: Bound<&Decimal>,
    step: Option<Decimal>,
    plain: Decimal,
) -> Option<Decimal> {
    let fits = |value: &Decimal| within(value, low, high);
    let mut tries: Vec<Decimal> = Vec::new();
    match low {
        Bound::Included(x) => tries.push(*x),
        Bound::Excluded(x) => {
            tries.extend(step.and_then(|step| x.checked_add(step)));
            tries.extend(x.checked_add(Decimal::ONE));
        }
        Bound::Unbounded => tries.push(plain),
    }
    match high {
        Bound::Included(x) => tries.push(*x),
        Bound::Excluded(x) => {
            tries.extend(step.and_then(|step| x.checked_sub(step)));
            tries.extend(x.checked_sub(Decimal::ONE));
        }
        Bound::Unbounded => {}
    }
    if let (Bound::Included(a) | Bound::Excluded(a), Bound::Included(b) | Bound::Excluded(b)) =
        (low, high)
    {
        tries.extend(
            a.checked_add(*b)
                .and_then(|sum| sum.checked_div(Decimal::TWO)),
        );
    }
    tries.into_iter().find(fits)
}

/// The first and the last value of a type whose range nobody declares.
pub(super) fn ends_of_type(ty: &Type) -> Option<(Decimal, Decimal)> {
    use assize_ir::{date, facts};
    match ty.plain() {
        Type::Date => Some((
            Decimal::from(date::FIRST_DAY),
            Decimal::from(date::LAST_DAY),
        )),
        Type::Int => Some((
            Decimal::from(facts::INT_LOWEST),
            Decimal::from(facts::INT_HIGHEST),
        )),
        _ => None,
    }
}

/// The day that cases have where no day is asked for.
fn plain_day() -> Decimal {
    assize_ir::date::parse("2026-01-01").map_or(Decimal::ZERO, Decimal::from)
}

/// A number as a value of a type.
pub(super) fn typed(number: Decimal, ty: &Type) -> Option<Value> {
    Some(match ty.plain() {
        Type::Int => Value::Int(i64::try_from(number.trunc().mantissa()).ok()?),
        Type::Date => Value::Date(i32::try_from(number.trunc().mantissa()).ok()?),
        Type::Enum(_) => Value::Enum(u32::try_from(number.trunc().mantissa()).ok()?),
        _ => Value::Num(number.normalize()),
    })
}

/// A text or code that is none of these.
fn other(values: &[Value], ty: &Type) -> Value {
    for name in ["OTHER", "ANOTHER", "X", "Y", "Z"] {
        let value = match ty.plain() {
            Type::Text => Value::Text(name.into()),
            Type::Calendar => Value::Calendar(name.into()),
            _ => Value::Code(name.into()),
        };
        if !values.contains(&value) {
            return value;
        }
    }
    Value::Code(format!("OTHER-{}", values.len()).as_str().into())
}
