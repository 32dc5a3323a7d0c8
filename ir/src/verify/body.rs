//! Bodies: definitions, parameters and rules. Tables and grids are in [`super::table`].

use super::limits::{MAX_MEMBERS, MAX_NAME_BYTES};
use super::{Faults, items, table};
use crate::date::{FIRST_DAY, LAST_DAY};
use crate::infer::{Context, is_ordered};
use crate::program::{Body, Callable, CombineHow, ParameterValue, Rule};
use crate::types::{CallableId, Type};

pub(super) fn check(
    context: &Context<'_>,
    id: CallableId,
    callable: &Callable,
    faults: &mut Faults,
) {
    places(context, callable, faults);
    match &callable.body {
        Body::Define(node) => {
            faults.mismatch(Some(node.0), context.fits(*node, &callable.result));
        }
        Body::Parameter(values) => parameter(context, callable, values, faults),
        Body::Rule(rule) => self::rule(context, callable, rule, faults),
        Body::Table(found) => table::table(context, id, callable, found, faults),
        Body::Grid(found) => table::grid(context, callable, found, faults),
    }
}

/// Places of the parts of a body.
fn places(context: &Context<'_>, callable: &Callable, faults: &mut Faults) {
    let mut all = Vec::new();
    match &callable.body {
        Body::Define(_) => {}
        Body::Parameter(values) => all.extend(values.iter().map(|value| value.place)),
        Body::Rule(rule) => {
            all.extend(rule.default.as_ref().map(|default| default.place));
            all.extend(rule.exceptions.iter().map(|exception| exception.place));
        }
        Body::Table(table) => all.extend(table.rows.iter().map(|row| row.place)),
        Body::Grid(grid) => {
            all.extend(grid.heads.iter().map(|head| head.place));
            all.extend(grid.rows.iter().map(|row| row.place));
        }
    }
    for place in all {
        if !items::has_place(context.program, place) {
            faults.add("a place", format!("@{}", place.0));
        }
    }
}

/// A name of a row, an exception or a column.
pub(super) fn name(name: &str, faults: &mut Faults) {
    if name.len() > MAX_NAME_BYTES || name.chars().any(char::is_control) {
        faults.add(
            format!("a name of at most {MAX_NAME_BYTES} bytes without control characters"),
            format!("{name:?}"),
        );
    }
}

fn day(day: Option<i32>, faults: &mut Faults) {
    if let Some(day) = day
        && !(FIRST_DAY..=LAST_DAY).contains(&day)
    {
        faults.add("a day from 0001-01-01 to 9999-12-31", day.to_string());
    }
}

fn parameter(
    context: &Context<'_>,
    callable: &Callable,
    values: &[ParameterValue],
    faults: &mut Faults,
) {
    let dated = match callable.params.as_slice() {
        [] => false,
        [one] if one.ty == Type::Date => true,
        _ => {
            faults.add("no parameter, or one of type date", "others");
            return;
        }
    };
    if values.is_empty() || (!dated && values.len() != 1) {
        faults.add("one value, or dated ones", values.len().to_string());
    }
    let mut last: Option<i32> = None;
    for value in values {
        faults.mismatch(
            Some(value.value.0),
            context.fits(value.value, &callable.result),
        );
        day(value.from, faults);
        if value.from.is_some() != dated {
            faults.add(
                "a day for each value of a dated parameter alone",
                format!("{:?}", value.from),
            );
        }
        if last.is_some() && value.from <= last {
            faults.add("values in rising order of their days", "others");
        }
        last = value.from;
    }
}

fn rule(context: &Context<'_>, callable: &Callable, rule: &Rule, faults: &mut Faults) {
    let result = &callable.result;
    if let Some(as_of) = rule.as_of {
        faults.mismatch(Some(as_of.0), context.shape(as_of, &Type::Date));
    }
    if let Some(default) = &rule.default {
        faults.mismatch(Some(default.value.0), context.fits(default.value, result));
    }
    if rule.exceptions.len() > MAX_MEMBERS {
        faults.add(
            format!("at most {MAX_MEMBERS} exceptions"),
            rule.exceptions.len().to_string(),
        );
        return;
    }
    let combined = combine(context, callable, rule, faults);
    for exception in &rule.exceptions {
        name(&exception.name, faults);
        for cond in exception.when.iter().chain(&exception.unless) {
            faults.mismatch(Some(cond.0), context.bool(*cond));
        }
        // What is combined is checked as a whole.
        let value = if combined {
            context.shape(exception.then, result)
        } else {
            context.fits(exception.then, result)
        };
        faults.mismatch(Some(exception.then.0), value);
        day(exception.from, faults);
        day(exception.to, faults);
        if (exception.from.is_some() || exception.to.is_some()) && rule.as_of.is_none() {
            faults.add(
                "a rule that says `as of`",
                format!("a validity of {}", exception.name),
            );
        }
    }
    let mut names: Vec<&str> = rule
        .exceptions
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    if names.len() != rule.exceptions.len() {
        faults.add("exceptions with different names", "the same twice");
    }
    precedence(rule, faults);
}

/// Whether exceptions are combined by computing a new value.
fn combine(context: &Context<'_>, callable: &Callable, rule: &Rule, faults: &mut Faults) -> bool {
    let Some(combine) = &rule.combine else {
        return false;
    };
    if rule.may_agree {
        faults.add("either `combine` or `may agree`", "both");
    }
    let result = &callable.result;
    let good = match combine.how {
        CombineHow::Sum => matches!(result, Type::Int | Type::Num(_)),
        CombineHow::Compound => matches!(result, Type::Num(_)),
        CombineHow::Highest | CombineHow::Lowest => is_ordered(context.program, result),
    };
    if !good {
        faults.add("a result that can be combined", context.show(result));
    }
    if let Some(cap) = combine.cap {
        faults.mismatch(Some(cap.0), context.shape(cap, result));
        if !is_ordered(context.program, result) {
            faults.add("a result with an order", context.show(result));
        }
    }
    matches!(combine.how, CombineHow::Sum | CombineHow::Compound) || combine.cap.is_some()
}

/// What overrides what: in range and without a cycle.
fn precedence(rule: &Rule, faults: &mut Faults) {
    let count = rule.exceptions.len();
    let mut waits: Vec<usize> = vec![0; count];
    for exception in &rule.exceptions {
        for over in &exception.overrides {
            match waits.get_mut(*over as usize) {
                Some(waiting) => *waiting = waiting.saturating_add(1),
                None => {
                    faults.add(format!("an exception below {count}"), over.to_string());
                    return;
                }
            }
        }
    }
    let mut ready: Vec<usize> = (0..count).filter(|at| waits.get(*at) == Some(&0)).collect();
    let mut done = 0usize;
    while let Some(at) = ready.pop() {
        done = done.saturating_add(1);
        for over in rule
            .exceptions
            .get(at)
            .into_iter()
            .flat_map(|one| &one.overrides)
        {
            let index = *over as usize;
            if let Some(waiting) = waits.get_mut(index) {
                *waiting = waiting.saturating_sub(1);
                if *waiting == 0 {
                    ready.push(index);
                }
            }
        }
    }
    if done != count {
        faults.add("exceptions that do not override each other", "a cycle");
    }
}
