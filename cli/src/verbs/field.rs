//! "Why has this field not that value?": what gave a field of the result, and what would have given
//! another value.

use assize_eval::format::shown;
use assize_eval::trace::influence::influences;
use assize_eval::trace::render::{call, reason_of};
use assize_eval::trace::why::{Answer, MAX_WHY_NOT_LINES, grouped, why_not, why_not_in};
use assize_eval::trace::{Outcome, Step, Trace};
use assize_eval::value::Value;
use assize_ir::{Body, Callable, NodeId, Op, Program, Type};
use rust_decimal::Decimal;

/// A field of the result of a decision, and the value that it was expected to have.
pub struct Asked {
    field: String,
    position: Option<usize>,
    wanted: Option<String>,
}

impl Asked {
    /// `credit`, `credit = clear` or `credit is clear`, where the result has that field. A result that
    /// is no record is asked for by the name of its decision.
    pub fn new(program: &Program, decision: &str, written: &str) -> Option<Asked> {
        let (field, wanted) = match written
            .split_once('=')
            .or_else(|| written.split_once(" is "))
        {
            Some((field, value)) => (field.trim(), Some(plain(value).to_owned())),
            None => (written, None),
        };
        let fields = fields(program, decision);
        let position = fields.iter().position(|name| *name == field);
        let whole = fields.is_empty() && wanted.is_some() && field == decision;
        (position.is_some() || whole).then(|| Asked {
            field: field.to_owned(),
            position,
            wanted,
        })
    }

    /// The answer; nothing for a decision that came to no result.
    pub fn answer(&self, program: &Program, trace: &Trace) -> Vec<String> {
        let Outcome::Value(result) = &trace.root.outcome else {
            return Vec::new();
        };
        let (ty, value) = match (self.position, &result.ty, &result.value) {
            (Some(at), Type::Record(id), Value::Record(values)) => {
                let record = program.record(*id);
                let field = record.and_then(|record| record.fields.get(at));
                match field.zip(values.get(at)) {
                    Some((field, value)) => (&field.ty, value),
                    None => return Vec::new(),
                }
            }
            _ => (&result.ty, &result.value),
        };
        let is = shown(program, None, ty, value);
        let name = &self.field;
        let gave: Vec<&Step> = influences(program, trace)
            .into_iter()
            .filter(|one| self.position.is_none() || one.field == *name)
            .flat_map(|one| one.steps)
            .collect();
        let gave_lines = gave.iter().filter_map(|step| {
            let reason = reason_of(step)?;
            Some((call(step), reason))
        });
        if let Type::Enum(id) = ty.plain()
            && let Some(declared) = program.enum_of(*id)
            && let Some(wanted) = &self.wanted
            && !declared.values.contains(wanted)
        {
            let values = declared.values.join(", ");
            return vec![format!("{name} is {is}, and is always one of {values}")];
        }
        let elsewhere = |wanted: &str| elsewhere(program, trace, ty, wanted);
        if gave.is_empty() {
            if let Some(wanted) = self.wanted.as_deref().filter(|wanted| !same(wanted, &is)) {
                let others = elsewhere(wanted);
                if !others.is_empty() {
                    let mut out = vec![format!("{name} is {is}, not {wanted}")];
                    out.extend(others);
                    return out;
                }
            }
            let not = self.wanted.as_deref().filter(|wanted| !same(wanted, &is));
            let not = not.map(|wanted| format!(", not {wanted}"));
            let why = "no rule, table or dated value gave it; --level all tells everything";
            return vec![format!("{name} is {is}{}: {why}", not.unwrap_or_default())];
        }
        let wanted = self.wanted.as_deref().filter(|wanted| !same(wanted, &is));
        let Some(wanted) = wanted else {
            let mut out = vec![format!("{name} is {is}")];
            out.extend(indented(gave_lines.collect()));
            return out;
        };
        let mut out = vec![format!("{name} is {is}, not {wanted}")];
        // What would have given it is nearer to the question than what gave something else.
        let mut answers: Vec<Answer> = Vec::new();
        for step in &gave {
            if let Some(callable) = program.callable(step.callable) {
                for other in saying(program, callable, self.position, wanted) {
                    answers.extend(why_not_in(step, &other));
                }
            }
        }
        if answers.is_empty() {
            out.extend(indented(gave_lines.collect()));
            let others = elsewhere(wanted);
            if others.is_empty() {
                let none = "no row or exception of these says";
                out.push(format!("  {none} {wanted} by itself"));
            }
            out.extend(others);
        } else {
            out.extend(indented(answers));
        }
        out
    }
}

/// What says a value of an enum elsewhere in the rules: it did not get a word.
fn elsewhere(program: &Program, trace: &Trace, ty: &Type, wanted: &str) -> Vec<String> {
    let mut out = Vec::new();
    if !matches!(ty.plain(), Type::Enum(_)) {
        return out;
    }
    for (callable, full) in program.callables.iter().map(|it| (it, full_name(it))) {
        if callable.result.plain() != ty.plain() {
            continue;
        }
        for name in saying(program, callable, None, wanted) {
            let told = why_not(trace, &format!("{full}.{name}"));
            if told.is_empty() {
                let what = format!("{full}.{name}");
                out.push(format!("  {what} says {wanted}, and was not looked at"));
            }
            out.extend(told.into_iter().map(|line| format!("  {line}")));
        }
    }
    let more = out.len().saturating_sub(MAX_WHY_NOT_LINES);
    if more > 0 {
        out.truncate(MAX_WHY_NOT_LINES);
        out.push(format!("  … {more} more answers"));
    }
    out
}

fn full_name(callable: &Callable) -> String {
    format!("{}.{}", callable.module, callable.name)
}

fn indented(answers: Vec<Answer>) -> impl Iterator<Item = String> {
    grouped(answers).into_iter().map(|line| format!("  {line}"))
}

/// The fields of the result of a decision, where it is a record.
pub fn fields<'p>(program: &'p Program, decision: &str) -> Vec<&'p str> {
    let fields = result(program, decision).map(|(_, fields)| fields);
    fields
        .unwrap_or_default()
        .iter()
        .map(|(name, _)| *name)
        .collect()
}

/// The fields that may have this value of an enum: what was meant by a bare value.
pub fn fields_with(program: &Program, decision: &str, value: &str) -> Option<String> {
    let (_, fields) = result(program, decision)?;
    let mut fields = fields.into_iter();
    let found = fields.find(|(_, ty)| match ty.plain() {
        Type::Enum(id) => program
            .enum_of(*id)
            .is_some_and(|it| it.values.iter().any(|name| name == value)),
        _ => false,
    });
    found.map(|(name, _)| format!("{name} = {value}"))
}

type Fields<'p> = Vec<(&'p str, &'p Type)>;

fn result<'p>(program: &'p Program, decision: &str) -> Option<(&'p Callable, Fields<'p>)> {
    let decision = program.decision(decision)?;
    let callable = program.callable(decision.callable)?;
    let fields = match &callable.result {
        Type::Record(id) => program.record(*id)?.fields.iter(),
        _ => return Some((callable, Vec::new())),
    };
    Some((
        callable,
        fields.map(|it| (it.name.as_str(), &it.ty)).collect(),
    ))
}

/// The names of the rows and exceptions whose output is written as this value.
fn saying(
    program: &Program,
    callable: &Callable,
    field: Option<usize>,
    wanted: &str,
) -> Vec<String> {
    let says = |node: NodeId| {
        let node = constant(callable, node);
        node.is_some_and(|(ty, value)| same(wanted, &shown(program, None, ty, &value)))
    };
    match &callable.body {
        Body::Rule(rule) => {
            let default = rule.default.iter().filter(|it| says(it.value));
            let exceptions = rule.exceptions.iter().filter(|it| says(it.then));
            let exceptions = exceptions.map(|it| it.name.clone());
            exceptions
                .chain(default.map(|_| "default".to_owned()))
                .collect()
        }
        Body::Table(table) => {
            let rows = table.rows.iter().filter(|row| {
                let mut outputs = row.outputs.iter().enumerate();
                // Of a row with several outputs that of the field; a table deeper inside has others.
                outputs.any(|(at, output)| {
                    (row.outputs.len() == 1 || field == Some(at)) && says(*output)
                })
            });
            rows.map(|row| row.name.clone()).collect()
        }
        Body::Grid(grid) => {
            let rows = grid.rows.iter();
            let rows = rows.filter(|row| row.outputs.iter().any(|output| says(*output)));
            let heads = grid.heads.iter().enumerate().filter(|(at, _)| {
                let mut rows = grid.rows.iter();
                rows.any(|row| row.outputs.get(*at).is_some_and(|output| says(*output)))
            });
            let heads = heads.map(|(_, head)| head.name.clone());
            rows.map(|row| row.name.clone()).chain(heads).collect()
        }
        Body::Define(_) | Body::Parameter(_) => Vec::new(),
    }
}

/// The constant that a node is, and its type.
fn constant(callable: &Callable, node: NodeId) -> Option<(&Type, Value)> {
    let mut next = callable.node(node)?;
    // As many steps as there are nodes: a circle ends as well.
    for _ in 0..callable.nodes.len() {
        match &next.op {
            Op::Const(constant) => {
                return Some((&next.ty, assize_eval::interp::value_of(constant)?));
            }
            Op::Border { value, .. }
            | Op::Bound { value, .. }
            | Op::ToOptional(value)
            | Op::IntToNum(value) => next = callable.node(*value)?,
            _ => return None,
        }
    }
    None
}

/// Whether two texts say the same value: numbers by their value, however many places are written.
fn same(wanted: &str, is: &str) -> bool {
    let number = |text: &str| {
        let text = text.strip_suffix('%').unwrap_or(text).replace('_', "");
        text.parse::<Decimal>().ok()
    };
    let (wanted, is) = (plain(wanted), plain(is));
    wanted == is || (number(wanted).is_some() && number(wanted) == number(is))
}

fn plain(text: &str) -> &str {
    text.trim().trim_matches('"')
}
