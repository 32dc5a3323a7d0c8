//! What a caller sends: `{"decision": "quote", "at": "2026-11-20T10:15:00Z", "input": {…}}`.

use assize_ir::{Decision, Program};

use super::decode::{CheckResult, Checker, decode_arguments};
use super::describe::{one_of, suggestion};
use super::fault::{Fault, FaultCode, Faults, Path};
use super::instant;
use super::nearest::nearest;
use super::reader::{Json, parse};
use crate::failure::full_name;
use crate::value::Value;

/// The fields of a call.
pub const KNOWN: [&str; 3] = ["decision", "at", "input"];

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
    decode_call_of(program, None, json, checker)
}

/// Reads one call from a tree; `wanted` is the decision that the caller names beside it. Then the
/// call may leave `decision` out, and one that names another is at fault, which hides no fault of
/// the rest.
pub fn decode_call_of<'p>(
    program: &'p Program,
    wanted: Option<&'p Decision>,
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
    let [named, at_json, input] = KNOWN.map(|name| json.get(name));
    let mut faults = Faults::default();
    let decision = decision_of(program, wanted, named, &mut faults);
    let at = instant_of(at_json, &mut faults);
    if let Some(decision) = decision
        && at_json.is_none_or(|at| *at == Json::Null)
        && needs_instant(program, decision)
    {
        let expected = "the time of the call, since data is read that must be fresh";
        faults.add(Fault::new(
            "at",
            FaultCode::MissingField,
            expected,
            "nothing",
        ));
    }
    let mut arguments = None;
    match (decision, input) {
        (_, None) => {
            let expected = "an object with the parameters of the decision";
            faults.add(Fault::new(
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
    let there = [named, at_json, input];
    let free = KNOWN.into_iter().zip(there);
    let free: Vec<&str> = free
        .filter_map(|(name, there)| there.is_none().then_some(name))
        .collect();
    for (name, value) in members {
        if KNOWN.contains(&&**name) {
            continue;
        }
        let path = root.field(name);
        if faults.is_at_limit() {
            faults.more(path);
            break;
        }
        let near = nearest(name, free.iter().copied());
        let expected = suggestion("a field of a call".to_owned(), near);
        let found = value.found();
        faults.add(Fault::new(path, FaultCode::UnknownField, expected, &found));
    }
    match (decision, arguments, faults.is_empty()) {
        (Some(decision), Some(arguments), true) => Ok(Call {
            decision,
            at,
            arguments,
        }),
        _ => Err(faults.into_list()),
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
    let expected = suggestion(one_of(names()), nearest(name, names()));
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
        Err(faults) => {
            let mut all = Faults::default();
            all.extend(duplicates.into_iter().chain(faults));
            Err(all.into_list())
        }
    }
}

/// The decision that the call names, or the wanted one: with a fault if the call names another.
fn decision_of<'p>(
    program: &'p Program,
    wanted: Option<&'p Decision>,
    json: Option<&Json<'_>>,
    faults: &mut Faults,
) -> Option<&'p Decision> {
    let fault = |code, expected: &str, found: &str| Fault::new("decision", code, expected, found);
    let expected = "the name of a decision";
    match json {
        Some(Json::Text(name)) => {
            let found = named(program, name);
            match (wanted, found) {
                (Some(wanted), _) if found.is_none_or(|found| found.name != wanted.name) => {
                    let expected = format!("\"{}\", which the call is for", wanted.name);
                    let found = format!("\"{name}\"");
                    faults.add(fault(FaultCode::UnknownDecision, &expected, &found));
                }
                (None, None) => faults.add(unknown_decision(program, name)),
                _ => {}
            }
            wanted.or(found)
        }
        Some(other) => {
            faults.add(fault(FaultCode::WrongType, expected, &other.found()));
            wanted
        }
        None if wanted.is_some() => wanted,
        None => {
            faults.add(fault(FaultCode::MissingField, expected, "nothing"));
            None
        }
    }
}

/// The decision with this name: as it is called, or in full.
pub fn named<'p>(program: &'p Program, name: &str) -> Option<&'p Decision> {
    let full = |decision: &&Decision| full_name(program, decision.callable) == name;
    let called = program.decision(name);
    called.or_else(|| program.decisions.iter().find(full))
}

fn instant_of(json: Option<&Json<'_>>, faults: &mut Faults) -> Option<i64> {
    let json = json.filter(|json| **json != Json::Null)?;
    let seconds = match json {
        Json::Text(text) => instant::parse_up(text),
        _ => None,
    };
    if seconds.is_none() {
        let expected = "an instant in UTC written like \"2026-11-20T10:15:00Z\"";
        faults.add(Fault::new(
            "at",
            FaultCode::NotAnInstant,
            expected,
            &json.found(),
        ));
    }
    seconds
}
