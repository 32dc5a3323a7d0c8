//! Why a decision failed, in few words: where it failed and with what, what those values came from, what
//! led there, and the calls around it.

use std::collections::BTreeMap;

use assize_ir::{Callable, NodeId, Op, Over, Program};

use super::influence::led_to_failure;
use super::render::{
    MAX_RULE_LINES, arguments_of, call, exception_words, indent, left_out, named, not_taken_words,
    note, reason_of,
};
use super::source;
use super::{Detail, ExceptionOutcome, Outcome, Shown, Step, Trace};
use crate::format::bare;

/// Most lines about what was considered where it failed.
const MAX_CONSIDERED: usize = 4;
/// Most conditions that are told to have led there.
const MAX_CONDITIONS: usize = 2;
/// Most lines about the calls around it.
const MAX_AROUND: usize = 4;

/// The calls that failed, the outermost first: the last is where it failed.
pub(super) fn chain(trace: &Trace) -> Vec<&Step> {
    let mut chain = Vec::new();
    let mut next = matches!(trace.root.outcome, Outcome::Failure { .. }).then_some(&trace.root);
    while let Some(step) = next {
        chain.push(step);
        next = failed_below(step);
    }
    chain
}

/// The call that failed and so ended this one.
pub(super) fn failed_below(step: &Step) -> Option<&Step> {
    let from = step.failed_at?;
    let last = step.children.last()?;
    let failed = matches!(last.outcome, Outcome::Failure { .. });
    (failed && last.from == Some(from)).then_some(last)
}

/// The nodes around a node, the innermost first, each with the one in it.
pub(super) fn around(callable: &Callable, node: NodeId) -> Vec<(NodeId, NodeId)> {
    let mut parents: BTreeMap<NodeId, NodeId> = BTreeMap::new();
    for (index, it) in (0u32..).zip(&callable.nodes) {
        for operand in it.op.operands() {
            parents.entry(operand).or_insert(NodeId(index));
        }
    }
    let mut out = Vec::new();
    let mut inner = node;
    // As many as there are nodes: a circle of a damaged program ends as well.
    while let Some(parent) = parents.remove(&inner) {
        out.push((parent, inner));
        inner = parent;
    }
    out
}

/// Tells below the headline what led to the failure.
pub(super) fn tell(program: &Program, trace: &Trace, out: &mut Vec<String>) {
    let chain = chain(trace);
    let Some((step, callers)) = chain.split_last() else {
        return;
    };
    // The headline has named the decision itself.
    let name = match callers {
        [] => None,
        _ => Some(arguments_of(step)),
    };
    out.extend(where_it_failed(program, step, name));
    considered(step, out);
    conditions(program, step, out);
    let called_by = called_by(program, callers, step);
    let reserved = called_by.len() + 1;
    let room = MAX_RULE_LINES.saturating_sub(out.len() + reserved);
    let mut came_from: Vec<String> = Vec::new();
    for one in led_to_failure(program, trace) {
        let Some(reason) = reason_of(one) else {
            continue;
        };
        let line = format!("    {}: {reason}", call(one));
        if !came_from.contains(&line) {
            came_from.push(line);
        }
    }
    let more = came_from.len().saturating_sub(room);
    out.extend(came_from.into_iter().take(room));
    out.extend(called_by);
    // Conditions and what was considered may take more lines than there are.
    let beyond = out.len().saturating_sub(MAX_RULE_LINES - 1);
    let more = more + if beyond > 1 { beyond } else { 0 };
    if more > 0 || trace.omitted > 0 {
        out.truncate(MAX_RULE_LINES - 1);
        out.push(format!("  … {more} more{}", left_out(trace)));
    }
}

/// The calls around the failure, the innermost first. The decision itself, which the headline has named,
/// is told where it says for which element, or under which condition, it went this way.
fn called_by(program: &Program, callers: &[&Step], failed: &Step) -> Vec<String> {
    let mut out = Vec::new();
    let mut inner = failed;
    for (position, caller) in callers.iter().enumerate().rev() {
        let asked = |element: &Shown| {
            let mut arguments = inner.arguments.iter();
            arguments.any(|it| it.value == element.value)
        };
        let mut around = loop_elements(program, caller);
        around.retain(|element| !asked(element));
        let element = elements(&around);
        let mut under = Vec::new();
        conditions(program, caller, &mut under);
        if position > 0 {
            out.push(format!(
                "  called by {}{element}",
                new_arguments(caller, inner)
            ));
        } else if !under.is_empty() || !element.is_empty() {
            out.push(format!("  called by {}{element}", bare(&caller.name)));
        }
        out.extend(under);
        inner = caller;
    }
    out.truncate(MAX_AROUND);
    out
}

/// A call without those arguments that it only hands on to the call in it.
fn new_arguments(caller: &Step, inner: &Step) -> String {
    let known = |argument: &&Shown| {
        let mut arguments = inner.arguments.iter();
        !arguments.any(|it| it.name == argument.name && it.value == argument.value)
    };
    let mut told: Vec<String> = caller.arguments.iter().filter(known).map(named).collect();
    if told.len() < caller.arguments.len() {
        told.push("…".to_owned());
    }
    format!("{}({})", bare(&caller.name), told.join(", "))
}

/// The call, and what in it failed.
fn where_it_failed(program: &Program, step: &Step, name: Option<String>) -> Option<String> {
    let Some(node) = step.failed_at else {
        let told = [name, reason_of(step)].into_iter().flatten();
        let told: Vec<String> = told.collect();
        return (!told.is_empty()).then(|| format!("  {}", told.join(": ")));
    };
    // What failed may be a part of the node, as a share is of its loop.
    let place = match (&step.outcome, failed_below(step)) {
        (Outcome::Failure { at, .. }, None) => *at,
        _ => program
            .callable(step.callable)
            .and_then(|it| it.node(node))
            .map(|it| it.place),
    };
    let text = place.map(|place| source::text(program, place));
    let text = text.filter(|text| !text.is_empty());
    let text = text.map(|text| format!(" at `{text}`")).unwrap_or_default();
    let name = name.map(|name| format!("{name} ")).unwrap_or_default();
    let element = elements(&loop_elements(program, step));
    Some(format!("  {name}failed{text}{element}"))
}

/// The elements of the loops in whose bodies it failed. A `let` outside of a loop may fail inside, where
/// it is asked for first: it has nothing to do with the element.
fn loop_elements<'t>(program: &Program, step: &'t Step) -> Vec<&'t Shown> {
    let callable = program.callable(step.callable);
    let Some((callable, node)) = callable.zip(step.failed_at) else {
        return Vec::new();
    };
    let around = around(callable, node);
    let inside = |id: NodeId| {
        let inner = around.iter().find(|(outer, _)| *outer == id);
        let it = callable.node(id).map(|node| &node.op);
        inner.zip(it).is_some_and(|((_, inner), op)| match op {
            Op::Loop(it) => {
                let mut sources = it.sources.iter();
                !sources.any(|source| matches!(&source.over, Over::List(list) if list == inner))
            }
            _ => false,
        })
    };
    let elements = step.elements.iter().filter(|(id, _)| inside(*id));
    elements.map(|(_, element)| element).collect()
}

fn elements(elements: &[&Shown]) -> String {
    let elements: Vec<String> = elements.iter().map(|element| named(element)).collect();
    match elements.as_slice() {
        [] => String::new(),
        _ => format!(", for {}", elements.join(", ")),
    }
}

/// What a rule or table that decided nothing has considered.
fn considered(step: &Step, out: &mut Vec<String>) {
    if step.failed_at.is_some() {
        return;
    }
    let mut lines: Vec<String> = Vec::new();
    let mut unnamed = 0;
    match &step.detail {
        Detail::Table(table) | Detail::Grid(table) if table.clash.is_empty() => {
            lines.extend(table.not_taken.iter().map(not_taken_words));
            unnamed = usize::try_from(table.not_taken_more).unwrap_or(usize::MAX);
        }
        Detail::Rule(rule) => {
            let clash =
                |outcome: &ExceptionOutcome| matches!(outcome, ExceptionOutcome::Applied { .. });
            let clashes = rule.exceptions.iter().any(|it| clash(&it.outcome));
            let told = rule.exceptions.iter();
            let told = told.filter(|it| !clashes || clash(&it.outcome));
            lines.extend(told.map(exception_words));
        }
        _ => {}
    }
    let more = lines.len().saturating_sub(MAX_CONSIDERED);
    for line in lines.into_iter().take(MAX_CONSIDERED) {
        out.push(format!("{}{line}", indent(2)));
    }
    match more.saturating_add(unnamed) {
        0 => {}
        more => out.push(format!("{}… {more} more not taken", indent(2))),
    }
}

/// The conditions under which the place was reached, the nearest first.
fn conditions(program: &Program, step: &Step, out: &mut Vec<String>) {
    let Some(callable) = program.callable(step.callable) else {
        return;
    };
    let around = step.failed_at.map(|node| around(callable, node));
    let mut told = 0;
    for (outer, inner) in around.unwrap_or_default() {
        if told == MAX_CONDITIONS {
            return;
        }
        let Some(node) = callable.node(outer) else {
            continue;
        };
        // A choice in a loop was made for each element; the last is that of the failure.
        let noted = |place| {
            let mut notes = step.notes.iter().rev();
            notes.find(|noted| noted.place == Some(place))
        };
        match &node.op {
            Op::If { cond, .. } if inner != *cond => {
                if let Some(choice) = noted(node.place) {
                    note(&choice.note, 2, out);
                    told += 1;
                }
            }
            Op::Otherwise { value, other } if inner == *other => {
                let value = plain(callable, *value);
                let place = callable.node(value).map(|node| node.place);
                let query = place.and_then(noted).map(|it| &it.note);
                if let Some(query) = query {
                    let mut lines = Vec::new();
                    note(query, 2, &mut lines);
                    let more = lines.len().saturating_sub(MAX_CONSIDERED);
                    out.extend(lines.into_iter().take(MAX_CONSIDERED));
                    if more > 0 {
                        out.push(format!("{}… {more} more", indent(3)));
                    }
                    told += 1;
                } else if let Some(place) = place {
                    let text = source::text(program, place);
                    if !text.is_empty() {
                        out.push(format!("{}because {text} is missing", indent(2)));
                        told += 1;
                    }
                }
            }
            _ => {}
        }
    }
}

/// The node behind those that only pass its value on.
fn plain(callable: &Callable, mut node: NodeId) -> NodeId {
    let mut left = callable.nodes.len();
    while let Some(next) = callable.node(node).and_then(|it| match &it.op {
        Op::ToOptional(value) | Op::Border { value, .. } | Op::Bound { value, .. } => Some(*value),
        _ => None,
    }) {
        node = next;
        left = left.saturating_sub(1);
        if left == 0 {
            break;
        }
    }
    node
}
