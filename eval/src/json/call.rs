//! What a caller sends: `{"decision": "quote", "at": "2026-11-20T10:15:00Z", "input": {…}}`.

use assize_ir::{Decision, Program};

use super::decode::{CheckResult, Checker, decode_arguments};
use super::describe::suggestion;
use super::fault::{Fault, FaultCode, Path};
use super::instant;
use super::nearest::nearest;
use super::reader::{Json, parse};
use crate::value::Value;

/// A call that can be decided.
#[derive(Clone, Debug)]
pub struct Call<'p> {
    /// The decision.
    pub decision: &'p Decision,
    /// Time of the call in seconds since 1970-01-01 UTC.
    pub at: Option<i64>,
    /// The decision's arguments, in declared order.
    pub arguments: Vec<Value>,
}

/// Reads one call from the bytes of a line.
pub fn decode_call<'p>(
    program: &'p Program,
    line: &[u8],
    checker: &mut Checker<'_>,
) -> Result<Call<'p>, Vec<Fault>> {
    let document = parse(line, "").map_err(|error| vec![Fault::from(error)])?;
    with_duplicates(
        document.duplicates,
        decode_call_document(program, &document.value, checker),
    )
}

/// Reads one call from a tree.
pub fn decode_call_document<'p>(
    program: &'p Program,
    json: &Json<'_>,
    checker: &mut Checker<'_>,
) -> Result<Call<'p>, Vec<Fault>> {
    let root = Path::Root("");
    let Json::Object(members) = json else {
        let expected = "an object with \"decision\" and \"input\"";
        return Err(vec![Fault::new(
            "call",
            FaultCode::WrongType,
            expected,
            &json.found(),
        )]);
    };
    let mut faults = Vec::new();
    let decision = decision_of(program, json.get("decision"), &mut faults);
    let at = instant_of(json.get("at"), &mut faults);
    if let Some(decision) = decision
        && json.get("at").is_none_or(|at| *at == Json::Null)
        && needs_instant(program, decision)
    {
        let expected = "the time of the call, since data is read that must be fresh";
        faults.push(Fault::new(
            "at",
            FaultCode::MissingField,
            expected,
            "nothing",
        ));
    }
    let mut arguments = None;
    match (decision, json.get("input")) {
        (_, None) => {
            let expected = "an object with the parameters of the decision";
            faults.push(Fault::new(
                "input",
                FaultCode::MissingField,
                expected,
                "nothing",
            ));
        }
        (Some(decision), Some(input)) => match decode_input(program, decision, input, checker) {
            Ok(values) => arguments = Some(values),
            Err(more) => faults.extend(more),
        },
        (None, Some(_)) => {}
    }
    let known = ["decision", "at", "input"];
    for (name, value) in members {
        if !known.contains(&&**name) {
            let free = known.into_iter().filter(|known| json.get(known).is_none());
            let expected = suggestion("a field of a call".to_owned(), nearest(name, free));
            let path = root.field(name);
            faults.push(Fault::new(
                path,
                FaultCode::UnknownField,
                expected,
                &value.found(),
            ));
        }
    }
    match (decision, arguments, faults.is_empty()) {
        (Some(decision), Some(arguments), true) => Ok(Call {
            decision,
            at,
            arguments,
        }),
        _ => Err(faults),
    }
}

/// Reads the `input` of a decision.
pub fn decode_input(
    program: &Program,
    decision: &Decision,
    input: &Json<'_>,
    checker: &mut Checker<'_>,
) -> Result<Vec<Value>, Vec<Fault>> {
    match program.callable(decision.callable) {
        Some(callable) => decode_arguments(program, callable, input, checker),
        None => Err(vec![unknown_decision(program, &decision.name)]),
    }
}

/// A check that is not run: for callers that only look at the shape of an input.
pub fn unchecked(_: &assize_ir::Check, _: &Value) -> CheckResult {
    Ok(true)
}

/// Whether a call of the decision must say its time.
pub fn needs_instant(program: &Program, decision: &Decision) -> bool {
    decision.reads.iter().any(|id| {
        let relation = program.relation(*id);
        relation.is_some_and(|relation| relation.fresh_within_seconds.is_some())
    })
}

/// The fault of a decision that the program does not have.
pub fn unknown_decision(program: &Program, name: &str) -> Fault {
    let names = || {
        program
            .decisions
            .iter()
            .map(|decision| decision.name.as_str())
    };
    let all: Vec<&str> = names().collect();
    let expected = suggestion(format!("one of {}", all.join(", ")), nearest(name, names()));
    Fault::new(
        "decision",
        FaultCode::UnknownDecision,
        expected,
        &format!("\"{name}\""),
    )
}

/// Puts names that stand twice before the other faults; they refuse a call that is good otherwise.
pub fn with_duplicates<T>(
    duplicates: Vec<Fault>,
    result: Result<T, Vec<Fault>>,
) -> Result<T, Vec<Fault>> {
    match result {
        Ok(value) if duplicates.is_empty() => Ok(value),
        Ok(_) => Err(duplicates),
        Err(faults) => Err(duplicates.into_iter().chain(faults).collect()),
    }
}

fn decision_of<'p>(
    program: &'p Program,
    json: Option<&Json<'_>>,
    faults: &mut Vec<Fault>,
) -> Option<&'p Decision> {
    let expected = "the name of a decision";
    match json {
        Some(Json::Text(name)) => {
            let decision = program.decision(name);
            if decision.is_none() {
                faults.push(unknown_decision(program, name));
            }
            decision
        }
        Some(other) => {
            faults.push(Fault::new(
                "decision",
                FaultCode::WrongType,
                expected,
                &other.found(),
            ));
            None
        }
        None => {
            faults.push(Fault::new(
                "decision",
                FaultCode::MissingField,
                expected,
                "nothing",
            ));
            None
        }
    }
}

fn instant_of(json: Option<&Json<'_>>, faults: &mut Vec<Fault>) -> Option<i64> {
    let json = json.filter(|json| **json != Json::Null)?;
    let seconds = match json {
        Json::Text(text) => instant::parse(text),
        _ => None,
    };
    if seconds.is_none() {
        let expected = "an instant in UTC written like \"2026-11-20T10:15:00Z\"";
        faults.push(Fault::new(
            "at",
            FaultCode::NotAnInstant,
            expected,
            &json.found(),
        ));
    }
    seconds
}
