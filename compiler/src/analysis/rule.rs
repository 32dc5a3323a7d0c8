//! Rules: exceptions that conflict, that never apply, that are always overridden; open cases.

use std::ops::Bound;

use assize_eval::failure::ErrorCode;
use assize_ir::{Body, CallableId, Exception, Rule};
use rust_decimal::Decimal;

use super::convert::Columns;
use super::space::{Limits, Row, Side, Subject, compress};
use super::table::{clip_days, successors};
use super::witness::{Case, case};
use super::{Finder, MAX_SHOWN};
use crate::boxes::{AtomBox, MAX_NODES, Rest, completeness, gaps, meeting_box};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

/// Findings for a rule.
pub fn analyse(finder: &mut Finder<'_>, id: CallableId) {
    let program = finder.program;
    let Some(callable) = program.callable(id) else {
        return;
    };
    let Body::Rule(rule) = &callable.body else {
        return;
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
    let open = rule.default.is_none() && rule.combine.is_none() && !callable.result.is_optional();
    let ends = if open {
        clip_days(&mut dimensions, &all)
    } else {
        Vec::new()
    };
    let limits: Vec<Limits> = dimensions.iter().map(|d| d.limits(program)).collect();
    let steps = successors(&limits);
    let compressed = compress(program, &dimensions, &all, &limits, &steps);
    let of = |exception: usize| -> Vec<&AtomBox> {
        compressed
            .rows
            .iter()
            .zip(&owner)
            .filter(|(_, of)| **of == exception)
            .map(|(row, _)| row)
            .filter(|row| row.sides.iter().all(|side| !side.is_empty()))
            .collect()
    };
    let make = |inside: &AtomBox, narrow: bool| -> Option<Case> {
        let wanted = inside.narrow_columns(&compressed.space);
        let mut values = Vec::new();
        for (index, dimension) in dimensions.iter().enumerate() {
            let side = inside.sides.get(index)?;
            let value = compressed.value(index, side, &dimension.ty)?;
            if !narrow || wanted.contains(&index) {
                values.push((dimension, value));
            }
        }
        case(program, id, &values)
    };
    let opaque = |inside: &AtomBox| {
        inside
            .narrow_columns(&compressed.space)
            .iter()
            .any(|index| {
                dimensions
                    .get(*index)
                    .is_some_and(|d| matches!(d.subject, Subject::Opaque(_)))
            })
    };
    // An exception whose conditions and validity leave nothing.
    let mut never = Vec::new();
    for (index, exception) in rule.exceptions.iter().enumerate() {
        let known = boxes.get(index).is_some_and(Option::is_some);
        if known && of(index).is_empty() {
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
    overridden(finder, rule, &compressed.space, &of, &never);
    if rule.combine.is_none() && !rule.may_agree {
        conflicts(finder, id, rule, &compressed.space, &of, &make, &opaque);
    }
    super::table::last_days(finder, id, &dimensions, &ends);
    if open && boxes.iter().all(Option::is_some) {
        let found = gaps(&compressed.space, &compressed.rows, MAX_NODES, MAX_SHOWN);
        for gap in &found.found {
            if opaque(gap) {
                continue;
            }
            let Some(case) = make(gap, true) else {
                continue;
            };
            match case.replay(program, id) {
                Some(Err(failure)) if failure.code == ErrorCode::Undecided => {}
                _ => continue,
            }
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
        if let Rest::NotDecided(_) = found.rest {
            finder.note(
                codes::GAP_NOT_DECIDED,
                finder.name_of(id),
                "whether an exception applies to every case was not decided".to_string(),
            );
        }
    }
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

fn conflicts<'b>(
    finder: &mut Finder<'_>,
    id: CallableId,
    rule: &Rule,
    space: &crate::boxes::Space,
    of: &dyn Fn(usize) -> Vec<&'b AtomBox>,
    make: &dyn Fn(&AtomBox, bool) -> Option<Case>,
    opaque: &dyn Fn(&AtomBox) -> bool,
) {
    let program = finder.program;
    let mut shown = 0;
    for (j, later) in rule.exceptions.iter().enumerate() {
        for (i, earlier) in rule.exceptions.iter().enumerate().take(j) {
            if shown == MAX_SHOWN {
                return;
            }
            let directly = |a: &Exception, b: usize| a.overrides.iter().any(|o| *o as usize == b);
            if directly(later, i) || directly(earlier, j) {
                continue;
            }
            let mut unsure = false;
            let mut proved = None;
            for a in of(i) {
                for b in of(j) {
                    let Some(meet) = meeting_box(space, a, b) else {
                        continue;
                    };
                    if opaque(&meet) {
                        unsure = true;
                        continue;
                    }
                    let Some(case) = make(&meet, false) else {
                        continue;
                    };
                    if let Some(Err(failure)) = case.replay(program, id)
                        && failure.code == ErrorCode::Conflict
                    {
                        proved = make(&meet, true)
                            .filter(|narrow| {
                                matches!(narrow.replay(program, id),
                                    Some(Err(f)) if f.code == ErrorCode::Conflict)
                            })
                            .or(Some(case));
                        break;
                    }
                }
                if proved.is_some() {
                    break;
                }
            }
            let (a, b) = (&earlier.name, &later.name);
            if let Some(case) = proved {
                shown += 1;
                let mut diagnostic = Diagnostic::new(
                    codes::EXCEPTIONS_CONFLICT,
                    Severity::Error,
                    finder.at(later.place),
                    format!("`{a}` and `{b}` can both apply"),
                )
                .label("applies, too")
                .related(finder.at(earlier.place), "applies")
                .because(format!("for {}", case.words()))
                .instead(format!(
                    "say which one decides (`exception {b} overrides {a}`), or narrow one; if both \
                     say the same: `exceptions may agree`"
                ));
                diagnostic.witness = Some(case.witness(
                    program,
                    id,
                    &format!("conflict between `{a}` and `{b}`"),
                    "conflict",
                ));
                finder.out.push(diagnostic);
            } else if unsure {
                shown += 1;
                let at = finder.at(later.place);
                let earlier_at = finder.at(earlier.place);
                finder.out.push(
                    Diagnostic::new(
                        codes::EXCEPTIONS_CONFLICT,
                        Severity::Note,
                        at,
                        format!("`{a}` and `{b}` may both apply"),
                    )
                    .related(earlier_at, "may apply, too")
                    .because("it depends on conditions that are known only when it runs; a conflict ends the decision")
                    .instead(format!("to be sure, say which one decides: `overrides {a}`")),
                );
            }
        }
    }
}

/// Exceptions that others override in all their cases.
fn overridden<'b>(
    finder: &mut Finder<'_>,
    rule: &Rule,
    space: &crate::boxes::Space,
    of: &dyn Fn(usize) -> Vec<&'b AtomBox>,
    never: &[usize],
) {
    for (index, exception) in rule.exceptions.iter().enumerate() {
        if never.contains(&index) {
            continue;
        }
        let over: Vec<usize> = rule
            .exceptions
            .iter()
            .enumerate()
            .filter(|(_, other)| other.overrides.iter().any(|o| *o as usize == index))
            .map(|(other, _)| other)
            .collect();
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
            // Everything outside of the own box counts as covered.
            let mut rows = inside;
            for (column, side) in own.sides.iter().enumerate() {
                let atoms = space.columns.get(column).map_or(0, |c| c.atoms());
                let rest = side.complement(atoms);
                if !rest.is_empty() {
                    let mut outside = space.everything();
                    if let Some(slot) = outside.sides.get_mut(column) {
                        *slot = rest;
                    }
                    rows.push(outside);
                }
            }
            completeness(space, &rows, MAX_NODES / 16) == crate::boxes::Verdict::Complete
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
                if let Some(other) = rule.exceptions.get(other) {
                    diagnostic = diagnostic.related(finder.at(other.place), "overrides it");
                }
            }
            finder.out.push(diagnostic);
        }
    }
}
