//! "Why has this field not that value?": what gave a field of the result, and what would have given
//! another value.

use assize_eval::format::{HIDDEN, shown};
use assize_eval::json::nearest;
use assize_eval::trace::influence::{Into, influence_on};
use assize_eval::trace::parts::words;
use assize_eval::trace::render::{call, reason_of};
use assize_eval::trace::why::{Answer, MAX_WHY_NOT_LINES, grouped, why_not, why_not_in};
use assize_eval::trace::{Outcome, Part, Shown, Trace};
use assize_eval::value::Value;
use assize_ir::{Body, Callable, NodeId, Op, Program, Type};
use rust_decimal::Decimal;

use crate::fault::Fault;
use crate::render::few::few;

/// Most parts of shares that are told of one field.
const MAX_PARTS: usize = 8;

/// What a line begins with that knows of no other value.
pub const NONE_SAYS: &str = "no row or exception of these says";

/// A field of the result of a decision, and the value that it was expected to have.
pub struct Asked {
    /// As it was written: `credit`, `lines[1].discount`.
    field: String,
    path: Vec<Into>,
    wanted: Option<String>,
}

impl Asked {
    /// `credit`, `credit = clear`, `credit is clear` or `lines[1].discount`, where the result has that
    /// field. A result that is no record is asked for by the name of its decision. A path that leaves the
    /// result behind its first field is a fault.
    pub fn new(program: &Program, decision: &str, written: &str) -> Option<Result<Asked, Fault>> {
        let (field, wanted) = match written
            .split_once('=')
            .or_else(|| written.split_once(" is "))
        {
            Some((field, value)) => (field.trim(), Some(plain(value).to_owned())),
            None => (written, None),
        };
        let (callable, fields) = result(program, decision)?;
        let mut steps = steps(field)?;
        let mut ty = &callable.result;
        // The whole may be called by its name, or as the answer calls it.
        let whole = matches!(steps.first(), Some(Segment::Name(name)) if *name == decision || *name == "output");
        if whole && (fields.is_empty() || steps.len() > 1) {
            steps.remove(0);
            if steps.is_empty() && wanted.is_none() {
                return None;
            }
        } else if fields.is_empty() && matches!(steps.first(), Some(Segment::Element(_))) {
            // A list may be asked for an element at once.
        } else if !matches!(steps.first(), Some(Segment::Name(name)) if fields.iter().any(|(known, _)| known == name))
        {
            return None;
        }
        let mut path = Vec::new();
        let mut so_far = String::new();
        for step in steps {
            match step_into(program, ty, step) {
                Ok((into, below)) => {
                    path.push(into);
                    ty = below;
                }
                Err(why) => {
                    let place = match so_far.as_str() {
                        "" => decision,
                        path => path,
                    };
                    let fault = Fault::new(format!("{place} has no {}", step.words()));
                    return Some(Err(fault.help(why)));
                }
            }
            step.write(&mut so_far);
        }
        Some(Ok(Asked {
            field: field.to_owned(),
            path,
            wanted,
        }))
    }

    /// The type and value that are asked for, and whether it is not to be shown; else why there are
    /// none.
    fn of<'v>(
        &self,
        program: &'v Program,
        result: &'v Shown,
    ) -> Result<(&'v Type, &'v Value, bool), String> {
        let (mut ty, mut value) = (&result.ty, &result.value);
        let mut hidden = result.hidden;
        let name = &self.field;
        for step in &self.path {
            let below = match (step, ty.plain(), value) {
                (Into::Field(at), Type::Record(id), Value::Record(values)) => {
                    let field = program
                        .record(*id)
                        .and_then(|it| it.fields.get(*at as usize));
                    hidden |= field.is_some_and(|it| it.sensitive);
                    field.map(|it| &it.ty).zip(values.get(*at as usize))
                }
                (Into::Element(at), Type::List { item, .. }, Value::List(items)) => {
                    let many = items.len();
                    let Some(element) = items.get(*at as usize) else {
                        let has = match many {
                            0 => "its list is empty".to_owned(),
                            1 => "its list has one element, [0]".to_owned(),
                            _ => format!("its list has {many} elements, [0] to [{}]", many - 1),
                        };
                        return Err(format!("{name} is not there: {has}"));
                    };
                    Some((&**item, element))
                }
                _ => None,
            };
            let Some(below) = below else {
                return Err(format!("{name} is not there: what holds it is missing"));
            };
            (ty, value) = below;
        }
        Ok((ty, value, hidden))
    }

    /// The answer; nothing for a decision that came to no result.
    pub fn answer(&self, program: &Program, trace: &Trace) -> Vec<String> {
        let Outcome::Value(result) = &trace.root.outcome else {
            return Vec::new();
        };
        let (ty, value, hidden) = match self.of(program, result) {
            Ok(found) => found,
            Err(why) => return vec![why],
        };
        let position = self.path.iter().rev().find_map(|step| match step {
            Into::Field(at) => usize::try_from(*at).ok(),
            Into::Element(_) => None,
        });
        let is = match hidden {
            true => HIDDEN.to_owned(),
            false => shown(program, None, ty, value),
        };
        let name = &self.field;
        let influence = influence_on(program, trace, &self.path, value);
        let gave = influence.steps;
        // The part that is this very value is nearer than all that it was computed from.
        let (own, parts): (Vec<&Part>, Vec<&Part>) = influence
            .parts
            .into_iter()
            .partition(|part| same(&part.value, &is));
        let told = |parts: Vec<&Part>| -> Vec<String> {
            parts
                .into_iter()
                .map(|part| format!("  {}", words(part)))
                .collect()
        };
        let (mut own, mut parts) = (told(own), told(parts));
        own.truncate(MAX_PARTS);
        let more = parts.len().saturating_sub(MAX_PARTS);
        if more > 0 {
            parts.truncate(MAX_PARTS);
            parts.push(format!("  … {more} more parts"));
        }
        let gave_lines = gave.iter().filter_map(|step| {
            let reason = reason_of(step)?;
            Some((call(step), reason))
        });
        if let Type::Enum(id) = ty.plain()
            && let Some(declared) = program.enum_of(*id)
            && let Some(wanted) = &self.wanted
            && !declared.values.contains(wanted)
        {
            let values = few(&declared.values);
            return vec![format!("{name} is {is}, and is always one of {values}")];
        }
        let elsewhere = |wanted: &str| elsewhere(program, trace, ty, wanted);
        if gave.is_empty() && parts.is_empty() && own.is_empty() {
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
            out.extend(own);
            out.extend(indented(gave_lines.collect()));
            out.extend(parts);
            return out;
        };
        let mut out = vec![format!("{name} is {is}, not {wanted}")];
        out.extend(own);
        // What would have given it is nearer to the question than what gave something else.
        let mut answers: Vec<Answer> = Vec::new();
        for step in &gave {
            if let Some(callable) = program.callable(step.callable) {
                for other in saying(program, callable, position, wanted) {
                    answers.extend(why_not_in(step, &other));
                }
            }
        }
        if answers.is_empty() {
            out.extend(indented(gave_lines.collect()));
            let others = elsewhere(wanted);
            if others.is_empty() && !gave.is_empty() {
                out.push(format!("  {NONE_SAYS} {wanted} by itself"));
            }
            out.extend(others);
        } else {
            out.extend(indented(answers));
        }
        out.extend(parts);
        out
    }
}

/// A step of a path as it is written.
#[derive(Clone, Copy)]
enum Segment<'t> {
    Name(&'t str),
    Element(u32),
}

impl Segment<'_> {
    fn words(self) -> String {
        match self {
            Segment::Name(name) => format!("field `{name}`"),
            Segment::Element(at) => format!("element [{at}]"),
        }
    }

    fn write(self, path: &mut String) {
        match self {
            Segment::Name(name) if path.is_empty() => path.push_str(name),
            Segment::Name(name) => path.push_str(&format!(".{name}")),
            Segment::Element(at) => path.push_str(&format!("[{at}]")),
        }
    }
}

/// `lines[1].discount` as its steps; `None`: this is no path.
fn steps(written: &str) -> Option<Vec<Segment<'_>>> {
    let mut out = Vec::new();
    let mut rest = written;
    loop {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        // An element may stand at the start, where the result is a list.
        if !name.is_empty() {
            out.push(Segment::Name(name));
        } else if !after.starts_with('[') || !out.is_empty() {
            return None;
        }
        rest = after;
        while let Some(after) = rest.strip_prefix('[') {
            let (number, after) = after.split_once(']')?;
            // As many as a path can name.
            let number = number
                .parse::<u32>()
                .ok()
                .filter(|at| *at < u32::MAX >> 1)?;
            out.push(Segment::Element(number));
            rest = after;
        }
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None => return rest.is_empty().then_some(out),
        }
    }
}

/// What a step leads to; else what there is.
fn step_into<'p>(
    program: &'p Program,
    ty: &'p Type,
    step: Segment<'_>,
) -> Result<(Into, &'p Type), String> {
    match (step, ty.plain()) {
        (Segment::Name(name), Type::Record(id)) => {
            let fields = program.record(*id).map(|record| record.fields.as_slice());
            let fields = fields.unwrap_or_default();
            let found = (0u32..).zip(fields).find(|(_, field)| field.name == name);
            if let Some((at, field)) = found {
                return Ok((Into::Field(at), &field.ty));
            }
            let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
            Err(match nearest(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its fields are {}", few(names)),
            })
        }
        (Segment::Element(at), Type::List { item, .. }) => Ok((Into::Element(at), item)),
        (Segment::Name(name), Type::List { .. }) => Err(format!(
            "it is a list: say which element, as in [0].{name}; the first is [0]"
        )),
        (Segment::Name(_), _) => Err("it is one value".to_owned()),
        (Segment::Element(_), _) => Err("it is no list".to_owned()),
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

/// Whether two texts say the same value: numbers by their value, however many places are written, and
/// with or without their sign or unit. Another unit is another value.
fn same(wanted: &str, is: &str) -> bool {
    let (wanted, is) = (plain(wanted), plain(is));
    let ((digits, unit), (of, its_unit)) = (measured(wanted), measured(is));
    let number = |digits: &str| digits.replace('_', "").parse::<Decimal>().ok();
    let equal = number(digits).is_some() && number(digits) == number(of);
    wanted == is || (equal && (unit.is_empty() || unit == its_unit))
}

/// The digits of a number, and what stands behind them.
fn measured(text: &str) -> (&str, &str) {
    match text.split_once(' ') {
        Some((digits, unit)) => (digits, unit.trim_start()),
        None => text.strip_suffix('%').map_or((text, ""), |it| (it, "%")),
    }
}

fn plain(text: &str) -> &str {
    text.trim().trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn an_expected_number_may_leave_out_its_unit() {
        for (wanted, is) in [
            ("170", "170.00 EUR"),
            ("1_170.0 EUR", "1170.00 EUR"),
            ("5", "5.00%"),
            ("5%", "5.00%"),
            ("hold", "hold"),
            ("LAMP", "\"LAMP\""),
        ] {
            assert!(same(wanted, is), "{wanted} is {is}");
        }
        for (wanted, is) in [
            ("170 USD", "170.00 EUR"),
            ("5%", "5.00 EUR"),
            ("5 EUR", "5.00%"),
            ("171", "170.00 EUR"),
            ("", "170.00 EUR"),
        ] {
            assert!(!same(wanted, is), "{wanted} is not {is}");
        }
    }
}
