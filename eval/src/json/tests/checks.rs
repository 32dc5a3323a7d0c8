//! Checks of records, beside the faults of fields.

use super::*;

#[test]
fn checks_stand_beside_other_faults() {
    let good = r#"{"item":"a","quantity":"1"}"#;
    insta::assert_snapshot!(quote(r#"{"kind":"order","lines":[]}"#),
        @"input.document: check_failed: Nothing in the basket");
    insta::assert_snapshot!(quote(&format!(r#"{{"kind":"order","lines":[{good},{good},{good}]}}"#)),
        @"input.document: check_failed: Too much (it could not be computed: overflow at shop.total:3:5)");
    insta::assert_snapshot!(quote(&format!(r#"{{"kind":"order","lines":[{good},{good},{good},{good}]}}"#)),
        @"input.document.lines: too_long: expected a list of at most 3 elements, found 4 elements");
    assert_eq!(
        quote(&format!(r#"{{"kind":"order","lines":[{good}]}}"#)),
        "good"
    );
}

/// A check of the record `R { low: int, high: int, text: text }` that is written in the text form.
fn checked(check: &str, json: &str) -> String {
    let text = format!(
        "
record t.R {{ field low: int field high: int field text: text
  check t.R_check because \"A range is not upside down\" }}
define t.R_check (%r: t.R) gives bool {{ {check} }}
define t.main (%r: t.R) gives int {{ 1i }}
decision \"main\" = t.main {{ }}"
    );
    let program = assize_ir::parse(&text).unwrap();
    let data = crate::store::Store::empty(&program);
    let interpreter = crate::Interpreter::new(&program, &data, crate::Limits::default());
    let mut checker = |check: &Check, value: &Value| {
        let held = interpreter.call(check.callable, std::slice::from_ref(value));
        held.map(|held| held == Value::Bool(true))
            .map_err(|failure| failure.to_string())
    };
    let call = format!(r#"{{"decision":"main","input":{{"r":{json}}}}}"#);
    match decode_call(&program, call.as_bytes(), &mut checker) {
        Ok(_) => "good".to_owned(),
        Err(faults) => faults
            .iter()
            .map(|fault| format!("{} {}\n", fault.path, fault.code))
            .collect(),
    }
}

#[test]
fn a_check_runs_when_the_fields_that_it_reads_are_good() {
    let order = "less_or_equal(field(%r, low), field(%r, high))";
    assert_eq!(checked(order, r#"{"low":1,"high":2,"text":""}"#), "good");
    insta::assert_snapshot!(checked(order, r#"{"low":3,"high":2,"text":5,"more":1}"#), @r#"
    input.r.text wrong_type
    input.r.more unknown_field
    input.r check_failed
    "#);
    insta::assert_snapshot!(checked(order, r#"{"low":3,"high":"x","text":5}"#), @r#"
    input.r.high not_a_number
    input.r.text wrong_type
    "#);
    // What uses the record as a whole waits until all of it is good.
    let whole = "not(equal(%r, %r))";
    insta::assert_snapshot!(checked(whole, r#"{"low":3,"high":2,"text":5}"#), @r#"
    input.r.text wrong_type
    "#);
    insta::assert_snapshot!(checked(whole, r#"{"low":3,"high":2,"text":""}"#), @r#"
    input.r check_failed
    "#);
}
