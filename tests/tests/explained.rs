//! To explain changes nothing: every function, rule, table and decision of the manual and of the rule
//! packages, asked with made up arguments, gives the same value or error and takes the same steps with
//! a trace as without, and every level of its explanation can be told.

#![cfg(test)]

use std::sync::Arc;

use assize_compiler::{Database, PackageInput, everything};
use assize_eval::store::Store;
use assize_eval::trace::render::{Level, MAX_RULE_LINES, lines};
use assize_eval::trace::shorten::shorten;
use assize_eval::trace::why::why_not;
use assize_eval::trace::{Detail, Explain};
use assize_eval::value::Value;
use assize_eval::{Interpreter, Limits, Watch};
use assize_ir::{CallableId, Program, Type, date};
use assize_tests::spec::page::{Kind, sections};
use assize_tests::tree::{read_tree, repository_root};
use rust_decimal::Decimal;

/// Calls of each callable.
const CALLS: u64 = 6;
/// Steps of a call: what runs longer ends in an error, which is as good here.
const STEPS: u64 = 200_000;
/// Most fields and elements inside each other that are made up.
const DEPTH: usize = 5;

/// A sequence of numbers that is the same on every machine (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }

    fn one_of<'v, T>(&mut self, values: &'v [T]) -> Option<&'v T> {
        values.get(self.below(values.len()))
    }

    /// A value of a type; nothing where one cannot be made up.
    fn value(&mut self, program: &Program, ty: &Type, depth: usize) -> Option<Value> {
        if depth == 0 {
            return None;
        }
        Some(match ty {
            Type::Bool => Value::Bool(self.below(2) == 0),
            Type::Int => Value::Int(*self.one_of(&[0, 1, 2, 5, 10, 100, -1, i64::MAX])?),
            Type::Num(_) => {
                let some = [(0, 0), (1, 0), (5, 2), (25, 1), (10, 0), (100, 0), (-1, 0)];
                let (number, places) = self.one_of(&some)?;
                Value::Num(Decimal::new(*number, *places))
            }
            Type::Text => Value::Text(Arc::from(*self.one_of(&["", "a", "LAMP"])?)),
            Type::Code => Value::Code(Arc::from(*self.one_of(&["", "A", "LAMP", "EUR"])?)),
            Type::Date => {
                let days = ["2000-01-01", "2012-10-01", "2026-11-20", "2027-01-31"];
                Value::Date(date::parse(self.one_of(&days)?)?)
            }
            Type::Enum(id) => {
                let values = program.enum_of(*id)?.values.len();
                Value::Enum(u32::try_from(self.below(values)).ok()?)
            }
            Type::Record(id) => {
                let fields = program.record(*id)?.fields.iter();
                let fields = fields.map(|field| self.value(program, &field.ty, depth - 1));
                Value::Record(fields.collect::<Option<_>>()?)
            }
            Type::List { item, .. } => {
                let items = 0..self.below(4);
                let items = items.map(|_| self.value(program, item, depth - 1));
                Value::List(items.collect::<Option<Vec<_>>>().unwrap_or_default().into())
            }
            Type::Optional(inner) => match self.below(3) {
                0 => Value::Missing,
                _ => self
                    .value(program, inner, depth - 1)
                    .unwrap_or(Value::Missing),
            },
            Type::DateFormula | Type::Calendar | Type::Row(_) | Type::Reason => return None,
        })
    }
}

/// Explains a call in every way; `Err`: what was not as without.
fn explained(program: &Program, id: CallableId, arguments: &[Value]) -> Result<bool, String> {
    let store = Store::empty(program);
    let limits = Limits {
        max_steps: STEPS,
        ..Limits::default()
    };
    let interpreter = Interpreter::new(program, &store, limits);
    let plain = interpreter.call_with(id, arguments, Watch::default());
    for (focus, long) in [(None, false), (None, true), (Some("2"), false)] {
        let focus = focus.map(str::to_owned);
        let watch = Watch {
            explain: Some(Explain { focus, long }),
            observer: None,
        };
        let told = interpreter.call_with(id, arguments, watch);
        if told.result != plain.result || told.steps != plain.steps {
            return Err(format!(
                "{:?} in {} steps became {:?} in {}",
                plain.result, plain.steps, told.result, told.steps
            ));
        }
        let Some(mut trace) = told.trace else {
            // A failure before the first call has nothing to explain.
            return plain
                .result
                .map_or(Ok(false), |_| Err("no trace".to_owned()));
        };
        for level in [Level::Line, Level::Rules, Level::Everything] {
            let lines = lines(program, &trace, level);
            let most = match level {
                Level::Line => 1,
                Level::Rules => MAX_RULE_LINES,
                Level::Everything => usize::MAX,
            };
            if lines.is_empty() || lines.len() > most {
                return Err(format!("{level:?} has {} lines", lines.len()));
            }
            if lines.iter().any(|line| line.contains('\n')) {
                return Err(format!("{level:?} has a line end in a line"));
            }
        }
        for name in ["2", "default", "A", "LAMP", "nothing"] {
            why_not(&trace, name);
        }
        shorten(&mut trace);
        // What decided is told where it decided.
        if let (Detail::Rule(rule), Ok(_)) = (&trace.root.detail, &plain.result)
            && trace.root.decided.is_empty()
            && (rule.default_used || rule.combined.is_some())
        {
            return Err("nothing decided".to_owned());
        }
    }
    Ok(plain.result.is_err())
}

/// The packages: each section of the manual, and the folders of `rules`.
fn packages() -> Vec<(String, Vec<(String, String)>)> {
    let mut out: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for file in read_tree(&repository_root()).expect("the files of the project") {
        if file.path.starts_with("rules/") && file.ends_with(".assize") {
            let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            match out.iter_mut().find(|(name, _)| name == folder) {
                Some((_, files)) => files.push((file.path.clone(), file.text.clone())),
                None => out.push((
                    folder.to_owned(),
                    vec![(file.path.clone(), file.text.clone())],
                )),
            }
        }
        if !file.path.starts_with("docs/language/") || !file.ends_with(".md") {
            continue;
        }
        for section in sections(&file.path, &file.text).0 {
            let rules = section.blocks.iter();
            let rules = rules.filter(|block| block.kind == Kind::Rules(None));
            let text: String = rules
                .map(|block| block.written_out().into_owned())
                .collect();
            if !text.is_empty() && text.len() < 8_000 {
                let name = format!("{}:{}", file.path, section.line);
                out.push((name, vec![("a.assize".to_owned(), text)]));
            }
        }
    }
    out
}

#[test]
fn to_explain_changes_nothing() {
    let (mut calls, mut failed, mut breaches) = (0, 0, Vec::new());
    for (name, files) in packages() {
        let db = Database::default();
        let package = PackageInput::alone(&db, "a", files);
        // Some sections are of several packages, or are about errors.
        let Ok(linked) = everything(&db, package) else {
            continue;
        };
        let program = &linked.program;
        let mut numbers = Numbers(1);
        for (index, callable) in (0u32..).zip(&program.callables) {
            for _ in 0..CALLS {
                let params = callable.params.iter();
                let arguments = params.map(|param| numbers.value(program, &param.ty, DEPTH));
                let Some(arguments) = arguments.collect::<Option<Vec<_>>>() else {
                    break;
                };
                calls += 1;
                match explained(program, CallableId(index), &arguments) {
                    Ok(fails) => failed += usize::from(fails),
                    Err(breach) => breaches.push(format!("{name} {}: {breach}", callable.name)),
                }
            }
        }
    }
    assert_eq!(breaches, Vec::<String>::new());
    assert!(calls > 3_000, "only {calls} calls");
    assert!(failed > 300, "only {failed} of {calls} fail");
}
