//! Faults of inputs: all of them in one answer, each with its path.

use super::*;

#[test]
fn every_fault_in_one_answer_in_the_order_of_the_schema() {
    insta::assert_snapshot!(faults(r#"{"decision":"quote","input":{"dai":1,"document":{"lines":[
        {"quantty":"12","item":5,"shipment_date":"2026-02-30","discount":"100.01"},
        {"item":"a","quantity":"0"},
        {"item":"b","quantity":"1.123456","colour":"red","variant":"x"}],"kind":"ordr"}},"when":2}"#), @r#"
    at: missing_field: expected the time of the call, since data is read that must be fresh, found nothing
    input.document.kind: not_in_enum: expected one of order, quote, invoice; the nearest is `order`, found "ordr"
    input.document.lines[0].item: wrong_type: expected a code in quotes, found 5
    input.document.lines[0].quantity: missing_field: expected a number with at most 5 places from -1000 to 1000, found nothing
    input.document.lines[0].discount: out_of_range: expected a percentage in points with at most 2 places from 0 to 100, found "100.01"
    input.document.lines[0].shipment_date: not_a_date: expected a day written like "2026-11-20", found "2026-02-30"
    input.document.lines[0].quantty: unknown_field: expected a field of Line; the nearest is `quantity`, found "12"
    input.document.lines[1]: check_failed: A line moves something
    input.document.lines[2].quantity: too_many_places: expected a number with at most 5 places from -1000 to 1000, found "1.123456"
    input.document.lines[2].colour: unknown_field: expected a field of Line, found "red"
    input.day: missing_field: expected a day written like "2026-11-20", found nothing
    input.dai: unknown_field: expected a field of quote; the nearest is `day`, found 1
    when: unknown_field: expected a field of a call, found 2
    "#);
}

#[test]
fn other_faults_of_a_call() {
    insta::assert_snapshot!(faults("[]"), @r#"call: wrong_type: expected an object with "decision" and "input", found a list of 0"#);
    insta::assert_snapshot!(faults(r#"{"decision":"qoute","at":"yesterday"}"#), @r#"
    decision: unknown_decision: expected one of quote, echo; the nearest is `quote`, found "qoute"
    at: not_an_instant: expected an instant in UTC written like "2026-11-20T10:15:00Z", found "yesterday"
    input: missing_field: expected an object with the parameters of the decision, found nothing
    "#);
    insta::assert_snapshot!(faults(r#"{"decision":7,"input":{},"at":5}"#), @r#"
    decision: wrong_type: expected the name of a decision, found 7
    at: not_an_instant: expected an instant in UTC written like "2026-11-20T10:15:00Z", found 5
    "#);
    insta::assert_snapshot!(faults(r#"{"input":7}"#), @"decision: missing_field: expected the name of a decision, found nothing");
    assert_eq!(faults(r#"{"decision":"echo","input":{}}"#), "good");
    assert_eq!(
        faults(r#"{"decision":"echo","input":{"value":null},"at":null}"#),
        "good"
    );
}

fn everything(members: &str) -> String {
    let good = r#""a_bool":true,"an_int":1,"a_number":1,"an_amount":1,"a_percent":1,"a_rate":1,
        "a_text":"","a_code":"","a_date":"2026-01-01","a_formula":"1D","a_calendar":"C",
        "a_mode":"even","a_reason_code":"no_rate","reasons":[],"optionals":[]"#;
    let name = members.split(':').next().unwrap().trim_matches('"');
    let rest = good.split(',').map(str::trim);
    let rest: Vec<_> = rest
        .filter(|member| !member.contains(&format!("\"{name}\"")))
        .collect();
    faults(&format!(
        r#"{{"decision":"echo","input":{{"value":{{{},{members}}}}}}}"#,
        rest.join(",")
    ))
}

#[test]
fn faults_of_each_type() {
    insta::assert_snapshot!(
        [
            r#""a_bool":"true""#,
            r#""a_text":1"#,
            r#""a_date":"20.11.2026""#,
            r#""a_date":20261120"#,
            r#""a_formula":"1X""#,
            r#""a_mode":"Nearest""#,
            r#""a_reason_code":"no_rat""#,
            r#""optionals":[1,null,"x"]"#,
            r#""optionals":null"#,
            r#""reasons":[5,{},{"code":"over_limt"},{"code":3}]"#,
            r#""reasons":[{"code":"over_limit","severity":"error","parameters":{"used":1.234},"text":1}]"#,
            r#""reasons":[{"code":"over_limit"}]"#,
            r#""reasons":[{"code":"no_rate","severity":null,"parameters":{"x":1}}]"#,
        ]
        .map(everything)
        .concat(),
        @r#"
    input.value.a_bool: wrong_type: expected true or false, found "true"
    input.value.a_text: wrong_type: expected a text, found 1
    input.value.a_date: not_a_date: expected a day written like "2026-11-20", found "20.11.2026"
    input.value.a_date: wrong_type: expected a day written like "2026-11-20", found 20261120
    input.value.a_formula: not_a_date_formula: expected a date formula such as "CM+14D"; position 2: a unit: D, WD, W, M, Q or Y, found "1X"
    input.value.a_mode: not_in_enum: expected one of nearest, even, up, down, floor, ceiling; the nearest is `nearest`, found "Nearest"
    input.value.a_reason_code: not_in_enum: expected one of over_limit, no_rate; the nearest is `no_rate`, found "no_rat"
    input.value.optionals[2]: not_a_number: expected a whole number, written like 12 or -3, without blanks and separators, found "x"
    input.value.optionals: wrong_type: expected a list; each element: a whole number, or null, found null
    input.value.reasons[0]: wrong_type: expected a reason with "code" and "parameters", found 5
    input.value.reasons[1].code: missing_field: expected one of over_limit, no_rate, found nothing
    input.value.reasons[2].code: unknown_reason: expected the code of a reason; the nearest is `over_limit`, found "over_limt"
    input.value.reasons[3].code: wrong_type: expected one of over_limit, no_rate, found 3
    input.value.reasons[0].severity: not_in_enum: expected "warning", as over_limit declares, found "error"
    input.value.reasons[0].parameters.used: too_many_places: expected a number with at most 2 places, found 1.234
    input.value.reasons[0].text: unknown_field: expected a field of a reason, found 1
    input.value.reasons[0].parameters.used: missing_field: expected a number with at most 2 places, found nothing
    input.value.reasons[0].severity: not_in_enum: expected "info", as no_rate declares, found null
    input.value.reasons[0].parameters.x: unknown_field: expected a field of no_rate, found 1
    "#
    );
    let long = "x".repeat(decode::MAX_TEXT_BYTES);
    assert_eq!(everything(&format!(r#""a_text":"{long}""#)), "good");
    assert!(everything(&format!(r#""a_text":"{long}x""#)).contains("too_long"));
}

#[test]
fn the_number_of_faults_is_bounded() {
    let program = program();
    let many = format!("[{}0]", "\"x\",".repeat(fault::MAX_FAULTS));
    let count = |json: &str| {
        let text = format!(r#"{{"decision":"echo","input":{{"value":{{"optionals":{json}}}}}}}"#);
        decode_call(&program, text.as_bytes(), &mut checker).unwrap_err()
    };
    let faults = count(&many);
    assert_eq!(faults.len(), fault::MAX_FAULTS + 1);
    assert_eq!(faults.last().unwrap().code, FaultCode::TooManyFaults);
}

#[test]
fn codes_of_faults_are_unique_words() {
    let names: std::collections::BTreeSet<_> =
        FaultCode::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), FaultCode::ALL.len());
    assert!(
        names
            .iter()
            .all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
    );
}

#[test]
fn work_grows_with_the_number_of_unknown_names_and_no_faster() {
    let counted = |wrap: &dyn Fn(&str) -> String, names: usize| {
        let members: Vec<String> = (0..names).map(|at| format!("\"x{at}\":1")).collect();
        let text = wrap(&members.join(","));
        reader::work::take();
        let found = decode_call(&program(), text.as_bytes(), &mut checker).unwrap_err();
        assert_eq!(found.len(), 1_001);
        reader::work::take()
    };
    let call = |members: &str| format!("{{\"decision\":\"echo\",\"input\":{{}},{members}}}");
    let input = |members: &str| format!("{{\"decision\":\"echo\",\"input\":{{{members}}}}}");
    let record = |members: &str| {
        let lines = format!("[{{\"item\":\"a\",{members}}}]");
        format!("{{\"decision\":\"quote\",\"input\":{{\"document\":{{\"lines\":{lines}}}}}}}")
    };
    let wraps: [&dyn Fn(&str) -> String; 3] = [&call, &input, &record];
    for wrap in wraps {
        let (few, many) = (counted(wrap, 4_000), counted(wrap, 8_000));
        assert!(many <= few * 2, "{few} {many}");
    }
}

#[test]
fn elements_beyond_the_bound_are_looked_at() {
    let good = r#"{"item":"a","quantity":"1"}"#;
    let bad = r#"{"item":"a","quantity":"x"}"#;
    insta::assert_snapshot!(quote(&format!(r#"{{"kind":"order","lines":[{good},{good},{good},{bad}]}}"#)), @r#"
    input.document.lines: too_long: expected a list of at most 3 elements, found 4 elements
    input.document.lines[3].quantity: not_a_number: expected a number with at most 5 places from -1000 to 1000, written like 12.5, without blanks and separators, found "x"
    "#);
}

#[test]
fn a_decision_that_is_named_beside_the_call_hides_no_fault() {
    let program = program();
    let told = |text: &str| {
        let json = parse_strict(text.as_bytes()).unwrap();
        let wanted = program.decision("echo");
        match call::decode_call_of(&program, wanted, &json, &mut checker) {
            Ok(call) => call.decision.name.clone(),
            Err(faults) => faults.iter().map(|fault| format!("{fault}\n")).collect(),
        }
    };
    assert_eq!(told(r#"{"input":{}}"#), "echo");
    assert_eq!(told(r#"{"decision":"shop.echo","input":{}}"#), "echo");
    insta::assert_snapshot!(told(r#"{"decision":"quote","input":{"valu":1},"x":1}"#), @r#"
    decision: unknown_decision: expected "echo", which the call is for, found "quote"
    input.valu: unknown_field: expected a field of echo; the nearest is `value`, found 1
    x: unknown_field: expected a field of a call, found 1
    "#);
    insta::assert_snapshot!(told(r#"{"decision":1,"input":{"valu":1}}"#), @r#"
    decision: wrong_type: expected the name of a decision, found 1
    input.valu: unknown_field: expected a field of echo; the nearest is `value`, found 1
    "#);
    insta::assert_snapshot!(told(r#"{"at":"2026-11-20T10:15:00Z"}"#), @r#"
    input: missing_field: expected an object with the parameters of the decision, found nothing
    "#);
}
