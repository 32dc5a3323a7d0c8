//! Inputs and answers of a decision as JSON: the package's own examples where it has them, else
//! values that fit the types.

use std::sync::Arc;

use assize_compiler::check::{CallableRef, Part};
use assize_compiler::items::{DeclId, DeclKind};
use assize_eval::date_formula::DateFormula;
use assize_eval::json::{Json, NumberStyle, encode, parse, write_text};
use assize_eval::store::Store;
use assize_eval::value::{ReasonValue, Value};
use assize_eval::{Interpreter, Limits};
use assize_ir::{Callable, Decision, NumType, Program, Type, date};
use rust_decimal::Decimal;

use super::world::World;
use crate::render::pretty::pretty;

/// Deepest nesting of made values, in levels.
const MAX_DEPTH: usize = 24;
/// The day of made values: the first of a year far from any border.
const DAY: &str = "2026-01-01";

/// JSON of a decision.
pub struct Sample {
    /// The parameters by name.
    pub input: String,
    /// The file that it was taken from, below the package's folder; empty for an input that was made.
    pub from: String,
    /// Names of the examples that it is made of, in order.
    pub examples: Vec<String>,
    /// What was decided for this input; `None` where nothing can be.
    pub output: Option<String>,
    /// The folder of the data that it was decided with, if there was any.
    pub data: Option<String>,
}

/// Input and answer of a decision; `None` where a type has no JSON form.
pub fn sample(world: &World<'_>, decision: &Decision) -> Option<Sample> {
    let own = world.samples.as_ref().and_then(|own| own.of(decision));
    own.or_else(|| of_examples(world, decision))
}

/// An input of the package's examples, with the answer where all of it is theirs.
fn of_examples(world: &World<'_>, decision: &Decision) -> Option<Sample> {
    let program = &world.linked.program;
    let callable = program.callable(decision.callable)?;
    let decl = world
        .linked
        .callables
        .iter()
        .find(|(_, id)| **id == decision.callable)
        .map(|(of, _)| &of.decl);
    let store = Store::empty(program);
    let interpreter = Interpreter::new(program, &store, Limits::default());
    let mut examples = Vec::new();
    let mut arguments = Vec::new();
    let mut all_own = true;
    let mut input = String::from("{");
    for (index, param) in callable.params.iter().enumerate() {
        let own = own_example(
            world,
            &interpreter,
            (callable, decl),
            &param.name,
            &param.ty,
        );
        let value = match own {
            Some((name, value)) => {
                if !examples.contains(&name) {
                    examples.push(name);
                }
                value
            }
            None => {
                all_own =
                    all_own && !matches!(param.ty.plain(), Type::Record(_) | Type::List { .. });
                made(program, &param.ty, 0)?
            }
        };
        if index > 0 {
            input.push(',');
        }
        write_text(&param.name, &mut input);
        input.push(':');
        let text = encode(program, &param.ty, &value, NumberStyle::String).ok()?;
        input.push_str(&without_nulls(&text));
        arguments.push(value);
    }
    input.push('}');
    let answer = if all_own {
        interpreter.call(decision.callable, &arguments).ok()
    } else {
        None
    };
    let output = answer
        .and_then(|answer| encode(program, &callable.result, &answer, NumberStyle::String).ok());
    Some(Sample {
        input: pretty(&input),
        from: String::new(),
        examples,
        output: output.map(|output| pretty(&format!("{{\"output\":{output}}}"))),
        data: None,
    })
}

/// An example of the package with this type; for a list, one of its items. Those that the tests of the decision use go first, then
/// one that is called like the parameter, then those of the decision's own module.
fn own_example(
    world: &World<'_>,
    interpreter: &Interpreter<'_>,
    decision: (&Callable, Option<&DeclId>),
    param: &str,
    ty: &Type,
) -> Option<(String, Value)> {
    if let Type::List { item, .. } = ty.plain() {
        let (name, value) = own_example(world, interpreter, decision, param, item)?;
        return Some((name, Value::List(vec![value].into())));
    }
    if !matches!(ty.plain(), Type::Record(_)) {
        return None;
    }
    let (callable, decl) = decision;
    let together = |example: &DeclId| {
        let tests = decl.map(|decl| world.users(decl)).unwrap_or_default();
        world.users(example).iter().any(|user| {
            matches!(user.key.kind, DeclKind::Test | DeclKind::Property) && tests.contains(user)
        })
    };
    let mut found: Vec<((bool, bool, bool), String, Value)> = Vec::new();
    for module in &world.modules {
        for decl in world.of_kind(module, &[DeclKind::Example]) {
            let of = CallableRef {
                decl: decl.clone(),
                part: Part::Main,
            };
            let Some(id) = world.linked.callables.get(&of) else {
                continue;
            };
            let fits = world
                .linked
                .program
                .callable(*id)
                .is_some_and(|it| it.result == *ty.plain());
            if fits && let Ok(value) = interpreter.call(*id, &[]) {
                let name = decl.name().to_owned();
                let rank = (
                    !together(decl),
                    name != param,
                    module.name != callable.module,
                );
                found.push((rank, name, value));
            }
        }
    }
    // Stable: else the first in the order of modules and text.
    found.sort_by_key(|(rank, _, _)| *rank);
    found
        .into_iter()
        .next()
        .map(|(_, name, value)| (name, value))
}

/// A value of a type.
fn made(program: &Program, ty: &Type, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match ty {
        Type::Bool => Value::Bool(false),
        Type::Int => Value::Int(1),
        Type::Num(number) => Value::Num(some_number(number)),
        Type::Text => Value::Text("text".into()),
        Type::Code => Value::Code("CODE".into()),
        Type::Date => Value::Date(date::parse(DAY)?),
        Type::DateFormula => Value::DateFormula(Arc::new(DateFormula::parse("1M").ok()?)),
        Type::Calendar => Value::Calendar("CALENDAR".into()),
        Type::Enum(id) => {
            program.enum_of(*id)?.values.first()?;
            Value::Enum(0)
        }
        Type::Record(id) => {
            let fields = &program.record(*id)?.fields;
            let values: Option<Vec<Value>> = fields
                .iter()
                .map(|field| match &field.default {
                    Some(default) => assize_eval::interp::value_of(default),
                    None => made(program, &field.ty, depth + 1),
                })
                .collect();
            Value::Record(values?.into())
        }
        Type::Reason => {
            let id = assize_ir::ReasonId(0);
            let params = &program.reason(id)?.params;
            let arguments: Option<Vec<Value>> = params
                .iter()
                .map(|param| made(program, &param.ty, depth + 1))
                .collect();
            Value::Reason(Arc::new(ReasonValue {
                reason: id,
                arguments: arguments?,
            }))
        }
        Type::List { item, .. } => Value::List(vec![made(program, item, depth + 1)?].into()),
        Type::Optional(inner) => made(program, inner, depth + 1)?,
        Type::Row(_) => return None,
    })
}

/// A number that its type lets through: 1 (of a percentage 5%), else the end that is nearest.
fn some_number(ty: &NumType) -> Decimal {
    let wished = if ty.percent {
        Decimal::new(5, 2)
    } else {
        Decimal::ONE
    };
    let low = ty.lowest.map_or(wished, |low| wished.max(low));
    ty.highest.map_or(low, |high| low.min(high))
}

/// The JSON without members that are `null`: an input may leave them out.
fn without_nulls(text: &str) -> String {
    match parse(text.as_bytes(), "") {
        Ok(document) => {
            let mut out = String::new();
            write_json(&document.value, &mut out);
            out
        }
        Err(_) => text.to_owned(),
    }
}

/// Appends JSON on one line, without members that are `null`.
pub fn write_json(json: &Json<'_>, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(text) => out.push_str(text),
        Json::Text(text) => write_text(text, out),
        Json::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_json(item, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            let present = members
                .iter()
                .filter(|(_, value)| !matches!(value, Json::Null));
            for (index, (name, value)) in present.enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(name, out);
                out.push(':');
                write_json(value, out);
            }
            out.push('}');
        }
    }
}
