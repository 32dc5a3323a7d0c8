//! Rules: exceptions that conflict, that never apply, that are always overridden; open cases.

use std::collections::HashSet;
use std::ops::Bound;

use assize_ir::{Body, CallableId, Exception, NodeId, Rule, Type};
use rust_decimal::Decimal;

use super::Finder;
use super::conflicts::Pairs;
use super::convert::Columns;
use super::gaps::{open_cases, tried};
use super::solve::{Solver, Wanted};
use super::space::{Limits, Row, Side, compress};
use super::table::successors;
use super::time::{Time, clip_days, last_days};
use crate::boxes::{AtomBox, MAX_NODES, Verdict, meeting_box, uncovered};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

/// Greatest number of boxes times values that they compare: beyond it nothing is said of a rule.
const MAX_CELLS: usize = 2_000_000;

/// Findings for a rule, and the conditions of exceptions that never apply.
pub fn analyse(finder: &mut Finder<'_>, id: CallableId) -> Vec<NodeId> {
    let program = finder.program;
    let Some(callable) = program.callable(id) else {
        return Vec::new();
    };
    let Body::Rule(rule) = &callable.body else {
        return Vec::new();
    };
    let mut columns = Columns::new(program, callable);
    let day = rule.as_of.and_then(|node| columns.path_column(node));
    // Per exception: the boxes in which it applies; none when there are too many.
    let mut boxes: Vec<Option<Vec<Row>>> = Vec::new();
    for exception in &rule.exceptions {
        boxes.push(exception_boxes(&mut columns, exception, day));
    }
    let mut dimensions = columns.list.clone();
    let mut all: Vec<Row> = Vec::new();
    let mut owner: Vec<usize> = Vec::new();
    for (index, list) in boxes.iter().enumerate() {
        for row in list.iter().flatten() {
            all.push(row.clone());
            owner.push(index);
        }
    }
    // Combined numbers are 0 where nothing applies; of other values nothing is undecided.
    let nothing = rule.combine.is_some() && matches!(callable.result, Type::Int | Type::Num(_));
    let open = rule.default.is_none() && !nothing;
    let ends = if open {
        clip_days(&mut dimensions, &all)
    } else {
        Vec::new()
    };
    if all.len().saturating_mul(dimensions.len()) > MAX_CELLS {
        too_wide(finder, id, all.len(), dimensions.len());
        return Vec::new();
    }
    let limits: Vec<Limits> = dimensions.iter().map(|d| d.limits(program)).collect();
    let steps = successors(&limits);
    let compressed = compress(program, &dimensions, &all, &limits, &steps);
    // Per exception its boxes that hold something, and the exceptions that override it.
    let mut cases: Vec<Vec<&AtomBox>> = vec![Vec::new(); rule.exceptions.len()];
    for (row, of) in compressed.rows.iter().zip(&owner) {
        if row.sides.iter().all(|side| !side.is_empty())
            && let Some(cases) = cases.get_mut(*of)
        {
            cases.push(row);
        }
    }
    let mut above: Vec<Vec<usize>> = vec![Vec::new(); rule.exceptions.len()];
    for (upper, exception) in rule.exceptions.iter().enumerate() {
        for lower in &exception.overrides {
            if let Some(above) = above.get_mut(*lower as usize) {
                above.push(upper);
            }
        }
    }
    let solver = Solver::new(program, id);
    let opaque = |inside: &AtomBox| compressed.opaque(&dimensions, inside);
    // An exception whose conditions and validity leave nothing.
    let mut never = Vec::new();
    for (index, exception) in rule.exceptions.iter().enumerate() {
        let known = boxes.get(index).is_some_and(Option::is_some);
        if known && cases.get(index).is_none_or(Vec::is_empty) {
            never.push(index);
            finder.out.push(
                Diagnostic::new(
                    codes::EXCEPTION_NEVER,
                    Severity::Warning,
                    finder.at(exception.place),
                    format!("the exception `{}` can never apply", exception.name),
                )
                .because("its conditions exclude each other")
                .instead("correct them, or leave it out"),
            );
        }
    }
    overridden(finder, rule, &compressed.space, (&cases, &above), &never);
    let known: Vec<bool> = boxes.iter().map(Option::is_some).collect();
    if rule.combine.is_none() {
        let pairs = Pairs {
            known: &known,
            id,
            rule,
            space: &compressed.space,
            cases: &cases,
            owner: &owner,
            above: &above,
            solver: &solver,
            compressed: &compressed,
            dimensions: &dimensions,
        };
        pairs.conflicts(finder);
    }
    last_days(finder, id, &dimensions, &ends);
    let settled: Vec<NodeId> = never
        .iter()
        .filter_map(|at| rule.exceptions.get(*at))
        .flat_map(|exception| exception.when.into_iter().chain(exception.unless))
        .collect();
    if !open {
        return settled;
    }
    let undecided = if boxes.iter().all(Option::is_some) {
        let time = Time::new(program, &dimensions, &compressed);
        let found = open_cases(&compressed.space, &compressed.rows, &time, |gap| {
            let wanted = Wanted {
                compressed: &compressed,
                dimensions: &dimensions,
                inside: gap,
            };
            tried(&solver, wanted, opaque(gap))
        });
        for (gap, case) in &found.shown {
            let mut diagnostic = Diagnostic::new(
                codes::RULE_GAP,
                Severity::Warning,
                finder.name_of(id),
                if rule.exceptions.is_empty() {
                    format!("`{}` decides no case", callable.name)
                } else {
                    let words = compressed.box_words(program, &dimensions, gap);
                    format!("`{}` leaves a case open: {words}", callable.name)
                },
            )
            .because("no exception applies, and there is no default")
            .because(format!(
                "for example {}: the decision ends with `undecided`",
                case.words()
            ))
            .instead("add a `default`, or an exception for it");
            diagnostic.witness = Some(case.witness(program, id, "undecided", "undecided"));
            finder.out.push(diagnostic);
        }
        found.rest(finder, id, codes::RULE_GAP, |kinds| {
            format!("`{}` leaves {kinds} of case open", callable.name)
        });
        if let Some((gap, why)) = found.unsure() {
            let words = compressed.box_words(program, &dimensions, gap);
            finder.out.push(
                Diagnostic::new(
                    codes::GAP_NOT_DECIDED,
                    Severity::Note,
                    finder.name_of(id),
                    format!("`{}` may leave a case open: {words}", callable.name),
                )
                .because(*why)
                .instead("add a `default`, or an exception for it"),
            );
        }
        found.undecided().is_some()
    } else {
        true
    };
    if undecided {
        finder.out.push(
            Diagnostic::new(
                codes::GAP_NOT_DECIDED,
                Severity::Note,
                finder.name_of(id),
                "whether an exception applies to every case was not decided",
            )
            .because("when it runs, a case without an exception is refused, never guessed")
            .instead("add a `default`"),
        );
    }
    settled
}

/// Says that the exceptions of a rule were not compared.
fn too_wide(finder: &mut Finder<'_>, id: CallableId, boxes: usize, values: usize) {
    finder.out.push(
        Diagnostic::new(
            codes::GAP_NOT_DECIDED,
            Severity::Note,
            finder.name_of(id),
            "which exceptions apply together, and whether one applies always, was not decided",
        )
        .because(format!(
            "{boxes} conditions on {values} values are more than are compared"
        ))
        .instead("divide the rule, or let a table choose among its exceptions"),
    );
}

fn exception_boxes(
    columns: &mut Columns<'_>,
    exception: &Exception,
    day: Option<usize>,
) -> Option<Vec<Row>> {
    let mut boxes: Vec<Row> = vec![Vec::new()];
    if exception.from.is_some() || exception.to.is_some() {
        let day = day?;
        let low = exception
            .from
            .map_or(Bound::Unbounded, |d| Bound::Included(Decimal::from(d)));
        let high = exception
            .to
            .map_or(Bound::Unbounded, |d| Bound::Included(Decimal::from(d)));
        boxes = vec![vec![(day, Side::Ranges(vec![(low, high)], false))]];
    }
    for (cond, truth) in [(exception.when, true), (exception.unless, false)] {
        let Some(cond) = cond else { continue };
        let more = columns.condition(cond, truth)?;
        if boxes.len().saturating_mul(more.len()) > super::convert::MAX_BOXES_PER_CONDITION {
            return None;
        }
        boxes = boxes
            .iter()
            .flat_map(|a| more.iter().map(|b| a.iter().chain(b).cloned().collect()))
            .collect();
    }
    Some(boxes)
}

/// Exceptions that others override in all their cases.
fn overridden(
    finder: &mut Finder<'_>,
    rule: &Rule,
    space: &crate::boxes::Space,
    (cases, above): (&[Vec<&AtomBox>], &[Vec<usize>]),
    never: &[usize],
) {
    let never: HashSet<usize> = never.iter().copied().collect();
    let of = |at: usize| cases.get(at).map(Vec::as_slice).unwrap_or_default();
    for (index, exception) in rule.exceptions.iter().enumerate() {
        if never.contains(&index) {
            continue;
        }
        let over = above.get(index).map(Vec::as_slice).unwrap_or_default();
        let mine = of(index);
        if over.is_empty() || mine.is_empty() {
            continue;
        }
        let covered = mine.iter().all(|own| {
            let inside: Vec<AtomBox> = over
                .iter()
                .flat_map(|other| of(*other))
                .filter_map(|other| meeting_box(space, own, other))
                .collect();
            uncovered(space, own, &inside, MAX_NODES / 16) == Verdict::Complete
        });
        if covered {
            let mut diagnostic = Diagnostic::new(
                codes::EXCEPTION_OVERRIDDEN,
                Severity::Warning,
                finder.at(exception.place),
                format!("the exception `{}` is always overridden", exception.name),
            )
            .instead("leave it out, or narrow what overrides it");
            for other in over {
                if let Some(other) = rule.exceptions.get(*other) {
                    diagnostic = diagnostic.related(finder.at(other.place), "overrides it");
                }
            }
            finder.out.push(diagnostic);
        }
    }
}
