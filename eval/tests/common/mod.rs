//! What all tests of the interpreter share: programs in the text form, and rows in memory.

#![expect(dead_code, reason = "each test binary uses a part of it")]

use std::collections::BTreeMap;
use std::sync::Arc;

use assize_eval::calendar::Calendar;
use assize_eval::date_formula::DateFormula;
use assize_eval::order::ValueKey;
use assize_eval::trace::Explain;
use assize_eval::{Answer, Data, Failure, Interpreter, Limits, Value, Watch, format};
use assize_ir::{CallableId, IndexId, Program, RelationId, Type, date};

/// Rows by relation, in key order.
#[derive(Default)]
pub struct Rows {
    pub rows: BTreeMap<u32, Vec<Vec<Value>>>,
    pub as_of: BTreeMap<u32, i64>,
    pub calendars: BTreeMap<String, Calendar>,
    pub indexes: BTreeMap<(u32, u32), Vec<u32>>,
    pub keys: BTreeMap<u32, usize>,
}

impl Data for Rows {
    fn rows(&self, relation: RelationId) -> u32 {
        self.rows
            .get(&relation.0)
            .map_or(0, |rows| rows.len() as u32)
    }
    fn field(&self, relation: RelationId, row: u32, field: u32) -> Value {
        let rows = self.rows.get(&relation.0);
        let row = rows.and_then(|rows| rows.get(row as usize));
        row.and_then(|row| row.get(field as usize))
            .cloned()
            .unwrap_or(Value::Missing)
    }
    fn lookup(&self, relation: RelationId, key: &[Value]) -> Option<u32> {
        let rows = self.rows.get(&relation.0)?;
        let found = rows.iter().position(|row| row[..key.len()] == *key)?;
        Some(found as u32)
    }
    fn select(&self, relation: RelationId, index: IndexId, key: &[Value]) -> Vec<u32> {
        let fields = &self.indexes[&(relation.0, index.0)];
        let rows = self.rows.get(&relation.0).map_or(&[][..], |rows| rows);
        let hits = rows.iter().enumerate().filter(|(_, row)| {
            fields
                .iter()
                .zip(key)
                .all(|(field, value)| row[*field as usize] == *value)
        });
        hits.map(|(index, _)| index as u32).collect()
    }
    fn as_of_seconds(&self, relation: RelationId) -> Option<i64> {
        self.as_of.get(&relation.0).copied()
    }
    fn calendar(&self, code: &str) -> Option<&Calendar> {
        self.calendars.get(code)
    }
}

impl Rows {
    /// Rows for a program: each relation by name with its rows, sorted by key here.
    pub fn new(program: &Program, rows: &[(&str, Vec<Vec<Value>>)]) -> Rows {
        let mut data = Rows::default();
        for (number, relation) in program.relations.iter().enumerate() {
            let keys = relation.key_fields as usize;
            data.keys.insert(number as u32, keys);
            for (index, it) in relation.indexes.iter().enumerate() {
                data.indexes
                    .insert((number as u32, index as u32), it.fields.clone());
            }
            let given = rows.iter().find(|(name, _)| *name == relation.name);
            let mut given = given.map(|(_, rows)| rows.clone()).unwrap_or_default();
            given.sort_by_key(|row| {
                row[..keys]
                    .iter()
                    .cloned()
                    .map(ValueKey)
                    .collect::<Vec<_>>()
            });
            data.rows.insert(number as u32, given);
        }
        data
    }
}

/// Reads and verifies a program.
pub fn program(text: &str) -> Program {
    match assize_ir::parse_and_verify(text) {
        Ok(program) => (*program).clone(),
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// Reads a program that the verifier refuses.
pub fn parsed(text: &str) -> Program {
    match assize_ir::parse(text) {
        Ok(program) => program,
        Err(error) => panic!("{error}\n{text}"),
    }
}

/// The callable with this full name.
pub fn callable(program: &Program, name: &str) -> CallableId {
    let full = |it: &assize_ir::Callable| format!("{}.{}", it.module, it.name);
    let found = program.callables.iter().position(|it| full(it) == name);
    CallableId(found.unwrap_or_else(|| panic!("no {name}")) as u32)
}

/// Calls `t.main`, traced.
pub fn explained(
    program: &Program,
    data: &dyn Data,
    arguments: &[Value],
    focus: Option<&str>,
) -> Answer {
    let main = callable(program, "t.main");
    let explain = Explain {
        focus: focus.map(str::to_owned),
        long: false,
    };
    let watch = Watch {
        explain: Some(explain),
        observer: None,
    };
    let plain = Interpreter::new(program, data, Limits::default()).call_with(
        main,
        arguments,
        Watch::default(),
    );
    let answer =
        Interpreter::new(program, data, Limits::default()).call_with(main, arguments, watch);
    assert_eq!(plain.result, answer.result, "a trace changes nothing");
    assert_eq!(plain.steps, answer.steps, "a trace costs no steps");
    answer
}

/// The text of a result: the value, or the failure without places.
pub fn told(
    program: &Program,
    data: &dyn Data,
    ty: &Type,
    result: &Result<Value, Box<Failure>>,
) -> String {
    match result {
        Ok(value) => format::shown(program, Some(data), ty, value),
        Err(failure) => {
            let values = failure
                .values
                .iter()
                .map(|(name, value)| format!("{name} {value}"));
            let values = values.collect::<Vec<_>>().join(", ");
            format!("{}: {values}", failure.code)
        }
    }
}

/// Calls `t.main` of a program over rows.
pub fn run_with(program: &Program, data: &Rows, arguments: &[Value]) -> String {
    let main = callable(program, "t.main");
    let answer = explained(program, data, arguments, None);
    told(
        program,
        data,
        &program.callables[main.index()].result,
        &answer.result,
    )
}

/// Calls `t.main` of a program in the text form, without data.
pub fn run(text: &str) -> String {
    let program = program(text);
    run_with(&program, &Rows::new(&program, &[]), &[])
}

/// Evaluates one expression.
pub fn eval(ty: &str, expression: &str) -> String {
    run(&format!("define t.main () gives {ty} {{ {expression} }}"))
}

pub fn num(text: &str) -> Value {
    Value::Num(text.parse().unwrap())
}
pub fn code(text: &str) -> Value {
    Value::Code(Arc::from(text))
}
pub fn text(text: &str) -> Value {
    Value::Text(Arc::from(text))
}
pub fn day(text: &str) -> Value {
    Value::Date(date::parse(text).unwrap())
}
pub fn formula(text: &str) -> Value {
    Value::DateFormula(Arc::new(DateFormula::parse(text).unwrap()))
}
