//! What a trace says of parts: of shares, and of values that are rounded with the remainder carried along.

#![cfg(test)]

mod common;

use assize_eval::trace::render::{Level, lines};
use assize_eval::trace::{Note, Part};
use assize_eval::{Interpreter, Limits, Value};
use assize_ir::Program;
use common::{Rows, explained, num, program};

/// The notes of parts of `t.main` over these weights, with the value.
fn parts(body: &str, weights: &[&str]) -> (String, Vec<Part>) {
    let program = main(body);
    let weights = list(weights.iter().map(|weight| num(weight)).collect());
    let answer = explained(&program, &Rows::default(), &[weights], None);
    let trace = answer.trace.unwrap();
    let mut out = Vec::new();
    for noted in &trace.root.notes {
        if let Note::Part(part) = &noted.note {
            out.push((**part).clone());
        }
    }
    let told = lines(&program, &trace, Level::Everything).join("\n");
    (told, out)
}

fn main(body: &str) -> Program {
    program(&format!(
        "define t.main (%ws: list of number) gives list of number {{ loop(each(%w, %ws), {body}) }}"
    ))
}

fn list(items: Vec<Value>) -> Value {
    Value::List(items.into())
}

/// `exact carried rounded rest value` of each.
fn row(part: &Part) -> String {
    let or = |text: Option<&String>| text.map_or("-", String::as_str).to_owned();
    let (carried, rounded) = (
        or(part.carried.as_ref()),
        or(part.rest.as_ref().map(|it| &it.rounded)),
    );
    let rest = or(part.rest.as_ref().map(|it| &it.rest));
    format!("{} {carried} {rounded} {rest} {}", part.exact, part.value)
}

fn share(rest: &str, total: &str, step: &str, weights: &[&str]) -> Vec<String> {
    let body = format!("share({rest}, {total}, %w, {step}, Rounding.nearest), give(share_part(0))");
    let (_, parts) = parts(&body, weights);
    parts.iter().map(row).collect()
}

#[test]
fn three_equal_lines_of_a_thousand() {
    let equal = ["1", "1", "1"];
    assert_eq!(
        share("running", "1000", "0.01", &equal),
        [
            "333.33333333… 0 - - 333.33",
            "333.33333333… 0.00333333… - - 333.34",
            "333.33333333… -0.00333333… - - 333.33",
        ]
    );
    assert_eq!(
        share("largest", "1000", "0.01", &equal),
        [
            "333.33333333… - 333.33 0.01 333.34",
            "333.33333333… - - - 333.33",
            "333.33333333… - - - 333.33",
        ]
    );
    let (_, told) = parts(
        "share(last, 1000, %w, 0.01, Rounding.up), give(share_part(0))",
        &equal,
    );
    let last = told.last().unwrap();
    assert_eq!(row(last), "333.33333333… - 333.34 -0.02 333.32");
    let divided = last.divided.as_ref().unwrap();
    assert_eq!(
        (&*divided.total, &*divided.weight, &*divided.weights),
        ("1000", "1", "3")
    );
    assert_eq!((&*last.step, &*last.using), ("0.01", "up"));
}

#[test]
fn what_divides_evenly_has_no_more_digits() {
    assert_eq!(
        share("running", "10", "0.01", &["1", "3"]),
        ["2.5 0 - - 2.50", "7.5 0 - - 7.50"]
    );
    assert_eq!(
        share("first", "-10", "1", &["3", "0", "-1"]),
        ["-15 - - - -15", "0 - - - 0", "5 - - - 5"]
    );
    assert_eq!(
        share("running", "0", "0.01", &["0", "0"]),
        ["0 0 - - 0.00", "0 0 - - 0.00"]
    );
}

/// As many places as fit; a sum of weights that is no decimal is not written.
#[test]
fn numbers_at_their_limits() {
    let most = "79228162514264337593543950335";
    assert_eq!(
        share("running", most, "1", &["3", "4"]),
        [
            "33954926791827573254375978715 0 - - 33954926791827573254375978715",
            "45273235722436764339167971620 0 - - 45273235722436764339167971620"
        ]
    );
    assert_eq!(
        share(
            "running",
            "1",
            "0.0000000000000000000000000001",
            &["1", "2"]
        ),
        [
            "0.3333333333333333333333333333… 0 - - 0.3333333333333333333333333333",
            "0.6666666666666666666666666666… 0… - - 0.6666666666666666666666666667",
        ]
    );
    let (_, told) = parts(
        "share(running, 1, %w, 0.1, Rounding.nearest), give(share_part(0))",
        &[most, most],
    );
    assert_eq!(told[0].divided.as_ref().unwrap().weights, "…");
    assert_eq!(row(&told[0]), "0.5 0 - - 0.5");
}

#[test]
fn remainders_are_carried() {
    let body = "now(%part, round_running(0, %w, 0.01, Rounding.nearest)), running(1), give(%part)";
    let (told, parts_of) = parts(body, &["0.333", "0.333", "0.334"]);
    assert_eq!(
        parts_of.iter().map(row).collect::<Vec<_>>(),
        [
            "0.333 0 - - 0.33",
            "0.333 0.003 - - 0.34",
            "0.334 -0.004 - - 0.33"
        ]
    );
    assert!(parts_of.iter().all(|part| part.divided.is_none()));
    assert!(
        told.contains("a part: 0.333, 0.003 carried over, rounded to 0.34"),
        "{told}"
    );
    let per = "now(%part, round_running(0, %w, 1, Rounding.down, %w)), running(1), give(%part)";
    let (told, parts_of) = parts(per, &["0.5", "0.7", "0.5"]);
    assert_eq!(
        parts_of.iter().map(row).collect::<Vec<_>>(),
        ["0.5 0 - - 0", "0.7 0 - - 0", "0.5 0.5 - - 1"]
    );
    assert!(
        told.contains("a part, for 0.5: 0.5, 0.5 carried over, rounded down to 1"),
        "{told}"
    );
}

/// Elements that take no part say nothing, and neither does a call without a trace.
#[test]
fn only_parts_that_are_given() {
    let guard = "share(last, where(less(%w, 5)), 1, %w, 0.1, Rounding.nearest), \
                 give(if(less(%w, 5), share_part(0), -1))";
    let (told, parts_of) = parts(guard, &["1", "5", "1"]);
    assert_eq!(
        parts_of.iter().map(row).collect::<Vec<_>>(),
        ["0.5 - - - 0.5", "0.5 - - - 0.5"],
        "{told}"
    );
    let program = main(guard);
    let rows = Rows::default();
    let interpreter = Interpreter::new(&program, &rows, Limits::default());
    let weights = list(vec![num("1"), num("5")]);
    let given = interpreter.call(common::callable(&program, "t.main"), &[weights]);
    assert_eq!(given, Ok(list(vec![num("1"), num("-1")])));
}

#[test]
fn json() {
    let (_, told) = parts(
        "share(largest, 1000, %w, 0.01, Rounding.nearest), give(share_part(0))",
        &["1", "1", "1"],
    );
    let note = Note::Part(Box::new(told[0].clone()));
    assert_eq!(
        serde_json::to_string(&note).unwrap(),
        r#"{"note":"part","part":"","total":"1000","weight":"1","weights":"3","exact":"333.33333333…","step":"0.01","using":"nearest","rounded":"333.33","rest":"0.01","value":"333.34"}"#
    );
}
