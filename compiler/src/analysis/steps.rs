//! Steps over a quantity that turn around once, or that go the wrong way from the first: a bigger order that costs more for
//! each piece.

use std::collections::HashMap;

use assize_eval::Value;
use assize_ir::{Body, Const, Hit, NodeId, Op, PlaceId, Type};
use rust_decimal::Decimal;

use super::solve::Made;
use super::space::{Side, Subject};
use super::table::Context;
use super::{Finder, MAX_SHOWN};
use crate::boxes::{AtomBox, AtomSet};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};
use crate::literal::literal;
use crate::signature::{FieldSig, SignatureKind, signature};
use crate::ty::{Base, Dim, Ty};

/// Greatest number of steps that are compared: nobody reads more of them as one scale.
const MAX_STEPS: usize = 200;

/// What discounts are called. A percent that falls may as well be a fee, so that a single step tells nothing by itself.
const DISCOUNT_WORDS: [&str; 5] = ["discount", "rebate", "rabatt", "remise", "korting"];

/// Which way an output goes when the quantity grows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Usual {
    /// A percent: the discount grows.
    Rises,
    /// A price for a unit: it gets cheaper.
    Falls,
}

/// An output column whose steps are looked at.
struct Output {
    name: String,
    usual: Usual,
    /// Whether the usual way is sure, so that a single step can go against it.
    sure: bool,
    /// Position among the outputs of a row; in a grid the column says which.
    at: usize,
    /// Position in the record that is the result, where it is one.
    field: Option<usize>,
    ty: Type,
}

/// Two steps, one above the other, between which the values go against the usual way.
struct Turn<'s> {
    low: &'s Step,
    high: &'s Step,
    /// Whether there are others, which all go the other way.
    others: bool,
}

/// A step: the cases that it decides, and what it gives.
struct Step {
    taken: AtomSet,
    boxed: usize,
    value: Decimal,
    place: PlaceId,
}

impl Context<'_> {
    /// Notes a single step that goes against all others of its scale, or against what it is.
    pub(super) fn steps(&self, finder: &mut Finder<'_>) {
        let Some(callable) = finder.program.callable(self.id) else {
            return;
        };
        let ordered_rows = match &callable.body {
            Body::Table(table) if table.hit == Hit::First => true,
            Body::Table(table) if matches!(table.hit, Hit::Unique | Hit::Same) => false,
            Body::Grid(_) => false,
            _ => return,
        };
        let outputs = self.scales(finder);
        let mut told: Vec<(PlaceId, PlaceId)> = Vec::new();
        for output in &outputs {
            for (column, dimension) in self.subjects.dimensions.iter().enumerate() {
                let counts = match dimension.ty.plain() {
                    Type::Int => true,
                    Type::Num(num) => !num.percent,
                    _ => false,
                };
                if !counts || !matches!(dimension.subject, Subject::Path { .. }) {
                    continue;
                }
                for group in self.groups(column) {
                    let Some(steps) = self.scale(finder, output, column, &group, ordered_rows)
                    else {
                        continue;
                    };
                    let Some(turn) = turn(&steps, output) else {
                        continue;
                    };
                    let places = (turn.low.place, turn.high.place);
                    if told.len() == MAX_SHOWN || told.contains(&places) {
                        continue;
                    }
                    if let Some(note) = self.turned(finder, output, column, &turn) {
                        told.push(places);
                        finder.out.push(note);
                    }
                }
            }
        }
    }

    /// The outputs that are percents or prices for a unit.
    fn scales(&self, finder: &Finder<'_>) -> Vec<Output> {
        let program = finder.program;
        let (Some(decl), Some(callable)) = (finder.decl_of(self.id), program.callable(self.id))
        else {
            return Vec::new();
        };
        let SignatureKind::Function { result, .. } = &signature(finder.db, decl).kind else {
            return Vec::new();
        };
        let (names, record) = match &callable.body {
            Body::Table(table) => (table.outputs.clone(), table.record),
            _ => (vec![callable.name.clone()], None),
        };
        let fields: &[FieldSig] = match (record, result.plain()) {
            (Some(_), Ty::Record(crate::ty::RecordRef::Declared(of))) => {
                signature(finder.db, of).kind.fields()
            }
            _ => &[],
        };
        let mut out = Vec::new();
        for (at, name) in names.into_iter().enumerate() {
            let (ty, held, field) = match record.and_then(|record| program.record(record)) {
                None => (Some(result), Some(&callable.result), None),
                Some(record) => {
                    let field = record.fields.iter().position(|field| field.name == name);
                    (
                        fields
                            .iter()
                            .find(|field| *field.name == *name)
                            .map(|field| &field.ty),
                        field
                            .and_then(|field| record.fields.get(field))
                            .map(|field| &field.ty),
                        field,
                    )
                }
            };
            if let (Some(usual), Some(held)) = (ty.and_then(usual), held) {
                let sure =
                    usual == Usual::Falls || is_discount(&name) || is_discount(&callable.name);
                out.push(Output {
                    name,
                    usual,
                    sure,
                    at,
                    field,
                    ty: held.clone(),
                });
            }
        }
        out
    }

    /// Boxes that differ in one column alone, in the order of the table.
    fn groups(&self, column: usize) -> Vec<Vec<usize>> {
        let mut known: HashMap<Vec<&AtomSet>, usize> = HashMap::new();
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (number, boxed) in self.compressed.rows.iter().enumerate() {
            // A row of several boxes compares with names, and is no step of a scale.
            let alone = u32::try_from(number).is_ok_and(|number| self.is_alone(number));
            if !alone || boxed.sides.iter().any(AtomSet::is_empty) {
                continue;
            }
            let sides = boxed.sides.iter().enumerate();
            let others = sides
                .filter(|(at, _)| *at != column)
                .map(|(_, side)| side)
                .collect();
            let group = *known.entry(others).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(group) {
                group.push(number);
            }
        }
        groups.retain(|group| group.len() > 1 && group.len() <= MAX_STEPS);
        groups
    }

    /// The steps of a group, rising; `None` where it is no scale of constants.
    fn scale(
        &self,
        finder: &Finder<'_>,
        output: &Output,
        column: usize,
        group: &[usize],
        ordered_rows: bool,
    ) -> Option<Vec<Step>> {
        let mut above = AtomSet::empty();
        let mut steps = Vec::new();
        for number in group {
            let side = self.compressed.rows.get(*number)?.sides.get(column)?;
            // Single values are names of something, and no steps.
            let single = self.subjects.rows.get(*number)?.iter().any(|(at, side)| {
                *at == column && !matches!(side, Side::Ranges(ranges, false) if ranges.iter().all(|(low, high)| low != high))
            });
            if single {
                return None;
            }
            let taken = if ordered_rows {
                let size = self.compressed.space.columns.get(column)?.atoms();
                let free = side.intersection(&above.complement(size));
                above = above.union(side);
                free
            } else {
                side.clone()
            };
            let (value, place) = self.constant_output(finder, *number, output.at)?;
            match taken.spans() {
                [] => continue,
                [_] => steps.push(Step {
                    taken,
                    boxed: *number,
                    value,
                    place,
                }),
                _ => return None,
            }
        }
        steps.sort_by_key(|step| step.taken.first());
        Some(steps)
    }

    fn constant_output(
        &self,
        finder: &Finder<'_>,
        boxed: usize,
        output: usize,
    ) -> Option<(Decimal, PlaceId)> {
        let callable = finder.program.callable(self.id)?;
        let (row, head) = self.row(finder.program, u32::try_from(boxed).ok()?)?;
        let node: NodeId = *row.outputs.get(head.unwrap_or(output))?;
        let mut node = callable.node(node)?;
        let place = node.place;
        while let Op::ToOptional(inner) | Op::IntToNum(inner) = &node.op {
            node = callable.node(*inner)?;
        }
        match &node.op {
            Op::Const(Const::Num(value)) => Some((*value, place)),
            Op::Const(Const::Int(value)) => Some((Decimal::from(*value), place)),
            _ => None,
        }
    }

    /// The note, when both steps were replayed and give what they say.
    fn turned(
        &self,
        finder: &Finder<'_>,
        output: &Output,
        column: usize,
        turn: &Turn<'_>,
    ) -> Option<Diagnostic> {
        let (low, high) = (turn.low, turn.high);
        let program = finder.program;
        let dimension = self.subjects.dimensions.get(column)?;
        let gives = |step: &Step| -> Option<(String, String)> {
            let mut sides = self.compressed.rows.get(step.boxed)?.sides.clone();
            *sides.get_mut(column)? = step.taken.clone();
            let Made::Case(case) = self.case(&AtomBox { sides }, false) else {
                return None;
            };
            let value = match (case.replay(program, self.id).ok()?, output.field) {
                (Value::Record(fields), Some(field)) => fields.get(field)?.clone(),
                (value, None) => value,
                _ => return None,
            };
            if value != Value::Num(step.value) {
                return None;
            }
            let at = case.at(&dimension.subject)?;
            Some((
                literal(program, &dimension.ty, &at),
                literal(program, &output.ty, &value),
            ))
        };
        let ((from, before), (to, after)) = (gives(low)?, gives(high)?);
        let name = &dimension.name;
        let turns = if high.value < low.value {
            "falls"
        } else {
            "rises"
        };
        let others = if turns == "falls" { "rises" } else { "falls" };
        let mut claim = format!(
            "`{}` {turns} from {before} to {after} at {name} {to}",
            output.name
        );
        if turn.others {
            claim.push_str(&format!(", and {others} at every other step"));
        }
        let against = match (output.usual, turns) {
            (Usual::Rises, "falls") if output.sure => "who takes more pays more for each",
            (Usual::Rises, "falls") => "where it is a discount, who takes more pays more for each",
            (Usual::Falls, "rises") => "who takes more pays more for each",
            _ => "one step goes against all others",
        };
        let note = Diagnostic::new(
            codes::STEP_BACK,
            Severity::Note,
            finder.at(high.place),
            claim,
        )
        .label(format!("says {after}"))
        .related(finder.at(low.place), format!("says {before}"))
        .because(format!(
            "{name} {from} gives {before}, and {name} {to} gives {after}: {against}"
        ))
        .instead("correct one of both, unless it is meant");
        Some(note)
    }
}

/// What a type says of its values: a percent, or money for each unit.
fn usual(ty: &Ty) -> Option<Usual> {
    match ty.plain() {
        Ty::Num(Dim::Percent, _) => Some(Usual::Rises),
        Ty::Num(Dim::Of(bases), _) => {
            let money = bases
                .iter()
                .any(|(base, power)| matches!(base, Base::Money(_)) && *power == 1);
            let per = bases
                .iter()
                .any(|(base, power)| matches!(base, Base::Unit(_)) && *power < 0);
            (money && per).then_some(Usual::Falls)
        }
        _ => None,
    }
}

/// Whether something is called a discount.
fn is_discount(name: &str) -> bool {
    let name = name.to_lowercase();
    DISCOUNT_WORDS.iter().any(|word| name.contains(word))
}

/// The two steps between which the values turn, where exactly one step goes against all others. Of
/// two steps the usual way tells which one that is, and of one whether it goes against it.
fn turn<'s>(steps: &'s [Step], output: &Output) -> Option<Turn<'s>> {
    type Pairs<'s> = Vec<(&'s Step, &'s Step)>;
    let (falls, rises): (Pairs<'_>, Pairs<'_>) = steps
        .iter()
        .zip(steps.iter().skip(1))
        .filter(|(low, high)| low.value != high.value)
        .partition(|(low, high)| high.value < low.value);
    let (low, high) = match (falls.as_slice(), rises.as_slice()) {
        ([fall], []) if output.sure && output.usual == Usual::Rises => *fall,
        ([], [rise]) if output.sure && output.usual == Usual::Falls => *rise,
        ([fall], [_]) if output.usual == Usual::Rises => *fall,
        ([_], [rise]) => *rise,
        ([fall], [_, _, ..]) => *fall,
        ([_, _, ..], [rise]) => *rise,
        _ => return None,
    };
    Some(Turn {
        low,
        high,
        others: falls.len() + rises.len() > 1,
    })
}
