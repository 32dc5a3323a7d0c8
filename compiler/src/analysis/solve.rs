//! Cases that pass the checks of their types. A box says what a case has to be in the compared columns;
//! other fields are free, and a check may tie both to each other. Of what is known only when it runs a
//! case is looked for in which it is so.

use std::cell::{Cell, RefCell};

use assize_eval::Value;
use assize_eval::interp::{Interpreter, Limits};
use assize_ir::{Body, CallableId, Check, NodeId, Program, Type};

use super::convert::number;
use super::fields::{Leaf, inner_values, set};
use super::space::{Compressed, Dimension, Ordering, Subject};
use super::witness::{Case, case};
use crate::boxes::AtomBox;

/// Values that are tried for the fields of all cases of one declaration.
const MAX_TRIED: u32 = 20_000;

/// Values that are tried for the fields of one case.
const MAX_TRIED_FOR_ONE: u32 = 2_000;

/// Price of the cases of one declaration that are run to see what is known only then: one for a case,
/// and one more for each 64 rows.
const MAX_REPLAYED: u64 = 2_000;

/// Price of the cases that are run for one finding.
const MAX_REPLAYED_FOR_ONE: u64 = 200;

/// Conditions of one declaration that are run apart.
const MAX_RUN_APART: usize = 16;

/// What came of looking for a case in a box.
pub(super) enum Made {
    /// One that passes every check. Whether it does what is known only when it runs is open.
    Case(Box<Case>),
    /// There is none: its values cannot compare so, or no value of a field that a check reads passes it.
    Never,
    /// None was found, and whether there is one is not known.
    GaveUp,
}

/// A box that a case is looked for in.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'w> {
    pub(super) compressed: &'w Compressed<'w>,
    pub(super) dimensions: &'w [Dimension],
    pub(super) inside: &'w AtomBox,
}

impl<'w> Wanted<'w> {
    fn fits(&self, subject: &Subject, value: &Value) -> bool {
        self.compressed
            .fits(self.dimensions, self.inside, subject, value)
    }

    fn orderings(&self) -> Vec<Ordering<'w>> {
        self.compressed.orderings(self.dimensions, self.inside)
    }
}

/// Makes cases of one declaration.
pub(super) struct Solver<'p> {
    pub(super) program: &'p Program,
    pub(super) id: CallableId,
    tried: Cell<u32>,
    replayed: Cell<u64>,
    /// The program with the declaration being one of its conditions.
    apart: RefCell<Vec<(NodeId, Program)>>,
}

/// How a search goes on.
#[derive(PartialEq)]
enum Left {
    /// Fewer checks are broken.
    Broken(usize),
    /// No value of a field, nor of two fields, breaks fewer.
    Nothing,
    /// Not everything was tried.
    Unknown,
}

impl<'p> Solver<'p> {
    pub(super) fn new(program: &'p Program, id: CallableId) -> Solver<'p> {
        Solver {
            program,
            id,
            tried: Cell::new(0),
            replayed: Cell::new(0),
            apart: RefCell::new(Vec::new()),
        }
    }

    /// A case in a box that passes the checks of its types. With `narrow` it says only the columns
    /// that matter.
    pub(super) fn case_in(&self, wanted: Wanted<'_>, narrow: bool) -> Made {
        let (compressed, dimensions) = (wanted.compressed, wanted.dimensions);
        if !compressed.possible(dimensions, wanted.inside) {
            return Made::Never;
        }
        let mut said = wanted.inside.narrow_columns(&compressed.space);
        // Of a comparison both values are said.
        let narrow_ones = said
            .iter()
            .filter_map(|column| dimensions.get(*column)?.between);
        let compared: Vec<usize> = narrow_ones.flat_map(|(a, b)| [a, b]).collect();
        said.extend(compared);
        let (mut values, mut shown) = (Vec::new(), Vec::new());
        for (index, dimension) in dimensions.iter().enumerate() {
            let side = wanted.inside.sides.get(index);
            let Some(side) = side.filter(|_| !dimension.is_opaque()) else {
                continue;
            };
            let Some(value) = compressed.value(index, side, &dimension.ty) else {
                return Made::Never;
            };
            if !narrow || said.contains(&index) {
                shown.push((dimension, value.clone()));
            }
            values.push((dimension, value));
        }
        // A missing record has no fields: what does not matter is asked of it only if it is there.
        let Some(mut case) = case(self.program, self.id, &shown) else {
            return Made::GaveUp;
        };
        let orderings = wanted.orderings();
        let mut broken = self.broken(&case, &orderings);
        let mut left = MAX_TRIED_FOR_ONE;
        while broken > 0 {
            match self.better(&mut case, (broken, &orderings), &wanted, &mut left) {
                Left::Broken(fewer) => broken = fewer,
                Left::Unknown => return Made::GaveUp,
                // That no values compare so would have been proved before.
                Left::Nothing if orderings.iter().any(|of| !is_so(&case, of)) => {
                    return Made::GaveUp;
                }
                Left::Nothing => return Made::Never,
            }
        }
        case.say(self.program, shown.iter().map(|(dimension, _)| *dimension));
        Made::Case(Box::new(case))
    }

    /// A case in a box that `accept` takes, where no case alone tells: other values are tried for its
    /// fields, one and two at a time. `None`: none was found.
    pub(super) fn search(
        &self,
        start: &Case,
        wanted: Wanted<'_>,
        accept: impl Fn(&Case) -> bool,
    ) -> Option<Case> {
        let orderings = wanted.orderings();
        let leaves = self.leaves(start, |_| true).0;
        let mut known = self.constants(start, true);
        known.extend(leaves.iter().map(|leaf| leaf.value.clone()));
        let price = self.price();
        let left = Cell::new(MAX_REPLAYED_FOR_ONE);
        let told = |mut case: Case| {
            let names: Vec<String> = start.says.iter().map(|(name, _)| name.clone()).collect();
            let dimensions = wanted.dimensions.iter();
            let said = dimensions.filter(|it| !it.is_opaque() && names.contains(&it.name));
            case.say(self.program, said);
            case
        };
        let took = |case: &Case| -> Option<bool> {
            let spent = self.replayed.get().saturating_add(price);
            if spent > MAX_REPLAYED || left.get() < price {
                return None;
            }
            if self.broken(case, &orderings) > 0 {
                return Some(false);
            }
            left.set(left.get().saturating_sub(price));
            self.replayed.set(spent);
            Some(accept(case) && self.is_in(case, &wanted))
        };
        let values = |leaf: &Leaf| -> Vec<Value> {
            let subject = leaf.subject();
            self.candidates(leaf, &known)
                .into_iter()
                .filter(|value| *value != leaf.value && wanted.fits(&subject, value))
                .collect()
        };
        if took(start)? {
            return Some(told(start.clone()));
        }
        let choices: Vec<(&Leaf, Vec<Value>)> =
            leaves.iter().map(|leaf| (leaf, values(leaf))).collect();
        for (leaf, values) in &choices {
            for value in values {
                let mut case = start.clone();
                set(&mut case, leaf, value.clone());
                if took(&case)? {
                    return Some(told(case));
                }
            }
        }
        for (at, (one, first)) in choices.iter().enumerate() {
            for (other, second) in choices.iter().skip(at + 1) {
                for a in first {
                    for b in second {
                        let mut case = start.clone();
                        set(&mut case, one, a.clone());
                        set(&mut case, other, b.clone());
                        if took(&case)? {
                            return Some(told(case));
                        }
                    }
                }
            }
        }
        None
    }

    /// What it costs to run a case.
    fn price(&self) -> u64 {
        let body = self
            .program
            .callable(self.id)
            .map(|callable| &callable.body);
        let rows = match body {
            Some(Body::Table(table)) => table.rows.len(),
            Some(Body::Grid(grid)) => grid.rows.len().saturating_mul(grid.heads.len()),
            Some(Body::Rule(rule)) => rule.exceptions.len(),
            _ => 0,
        };
        1 + u64::try_from(rows / 64).unwrap_or(u64::MAX - 1)
    }

    /// Whether what is known only when it runs is in a case as its box says.
    pub(super) fn is_in(&self, case: &Case, wanted: &Wanted<'_>) -> bool {
        let narrow = wanted.inside.narrow_columns(&wanted.compressed.space);
        narrow.into_iter().all(|column| {
            let (dimension, side) = (
                wanted.dimensions.get(column),
                wanted.inside.sides.get(column),
            );
            let (Some(dimension), Some(side)) = (dimension, side) else {
                return false;
            };
            match &dimension.subject {
                Subject::Path { .. } => true,
                Subject::Opaque(_) => dimension
                    .node
                    .and_then(|node| self.value_of(case, node))
                    .is_some_and(|value| wanted.compressed.takes(column, side, &value)),
                Subject::Order(..) if dimension.between.is_some() => true,
                Subject::Order(..) => dimension
                    .operands
                    .and_then(|(a, b)| Some((self.value_of(case, a)?, self.value_of(case, b)?)))
                    .is_some_and(|(a, b)| compare(&a, &b, wanted.compressed.allowed(column, side))),
            }
        })
    }

    /// What a part of the declaration is in a case.
    fn value_of(&self, case: &Case, node: NodeId) -> Option<Value> {
        let mut apart = self.apart.borrow_mut();
        if !apart.iter().any(|(known, _)| *known == node) {
            if apart.len() == MAX_RUN_APART {
                return None;
            }
            let mut program = self.program.clone();
            let callable = program.callables.get_mut(self.id.index())?;
            callable.result = callable.node(node)?.ty.clone();
            callable.body = Body::Define(node);
            apart.push((node, program));
        }
        let (_, program) = apart.iter().find(|(known, _)| *known == node)?;
        case.replay(program, self.id).ok()
    }

    /// Changes one field, or two, so that fewer checks are broken.
    fn better(
        &self,
        case: &mut Case,
        (broken, orderings): (usize, &[Ordering<'_>]),
        wanted: &Wanted<'_>,
        left: &mut u32,
    ) -> Left {
        let read = self.read_by_checks(case);
        let compared = |leaf: &Leaf| {
            let subject = leaf.subject();
            let mut orderings = orderings.iter();
            orderings.any(|of| *of.left == subject || *of.right == subject)
        };
        let (leaves, all) = self.leaves(case, |leaf| compared(leaf) || leaf.is_read(&read));
        let mut known = self.constants(case, false);
        known.extend(leaves.iter().map(|leaf| leaf.value.clone()));
        let choices: Vec<(&Leaf, Vec<Value>)> = leaves
            .iter()
            .map(|leaf| {
                let subject = leaf.subject();
                let fit = self
                    .candidates(leaf, &known)
                    .into_iter()
                    .filter(|value| *value != leaf.value && wanted.fits(&subject, value));
                (leaf, fit.collect())
            })
            .collect();
        let mut fewer = |case: &mut Case, changes: &[(&Leaf, &Value)]| -> Option<usize> {
            *left = left.checked_sub(1)?;
            if self.tried.get() >= MAX_TRIED {
                return None;
            }
            self.tried.set(self.tried.get() + 1);
            for (leaf, value) in changes {
                set(case, leaf, (*value).clone());
            }
            let now = self.broken(case, orderings);
            if now >= broken {
                for (leaf, _) in changes {
                    set(case, leaf, leaf.value.clone());
                }
            }
            Some(now)
        };
        for (leaf, values) in &choices {
            for value in values {
                match fewer(case, &[(leaf, value)]) {
                    None => return Left::Unknown,
                    Some(now) if now < broken => return Left::Broken(now),
                    Some(_) => {}
                }
            }
        }
        for (at, (one, first)) in choices.iter().enumerate() {
            for (other, second) in choices.iter().skip(at + 1) {
                for a in first {
                    for b in second {
                        match fewer(case, &[(one, a), (other, b)]) {
                            None => return Left::Unknown,
                            Some(now) if now < broken => return Left::Broken(now),
                            Some(_) => {}
                        }
                    }
                }
            }
        }
        match all && self.only_comparisons(case) {
            true => Left::Nothing,
            false => Left::Unknown,
        }
    }

    /// How many checks and orderings a case breaks.
    fn broken(&self, case: &Case, orderings: &[Ordering<'_>]) -> usize {
        let wrong = |of: &&Ordering<'_>| !is_so(case, of);
        orderings.iter().filter(wrong).count() + self.broken_checks(case).len()
    }

    /// The checks that a case breaks, each as often as it does.
    pub(super) fn broken_checks(&self, case: &Case) -> Vec<CallableId> {
        let mut broken = Vec::new();
        let Some(callable) = self.program.callable(self.id) else {
            return broken;
        };
        let params = callable.params.iter().zip(&case.arguments);
        let mut open: Vec<(&Type, Value)> = params
            .map(|(param, value)| (&param.ty, value.clone()))
            .collect();
        let interpreter = Interpreter::new(self.program, &case.data, Limits::default());
        while let Some((ty, value)) = open.pop() {
            let (checks, fields) = self.record(ty);
            let holds = |check: &&Check| {
                let value = std::slice::from_ref(&value);
                interpreter.call(check.callable, value) == Ok(Value::Bool(true))
            };
            if value != Value::Missing {
                let wrong = checks.iter().filter(|check| !holds(check));
                broken.extend(wrong.map(|check| check.callable));
            }
            let inner = inner_values(case, &value);
            match ty.plain() {
                Type::List { item, .. } => {
                    open.extend(inner.into_iter().map(|value| (item.as_ref(), value)));
                }
                _ => open.extend(fields.iter().map(|field| &field.ty).zip(inner)),
            }
        }
        broken
    }
}

/// Whether two values of a case compare as they have to.
fn is_so(case: &Case, of: &Ordering<'_>) -> bool {
    let values = case.at(of.left).zip(case.at(of.right));
    values.is_some_and(|(left, right)| compare(&left, &right, of.allowed))
}

/// Whether the left may be less than, equal to, greater than the right, as it is.
fn compare(left: &Value, right: &Value, [less, equal, greater]: [bool; 3]) -> bool {
    let order = match (left, right) {
        (Value::Text(a) | Value::Code(a), Value::Text(b) | Value::Code(b)) => a.cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => match (number(left), number(right)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => return false,
        },
    };
    match order {
        std::cmp::Ordering::Less => less,
        std::cmp::Ordering::Equal => equal,
        std::cmp::Ordering::Greater => greater,
    }
}
