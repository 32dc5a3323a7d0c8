//! Tests of the JSON border: every fault, hostile documents, and values that come back.

use std::sync::Arc;

use assize_ir::{
    Body, Callable, CallableId, Check, Const, Cost, Decision, Enum, EnumId, Field, NodeId, NumType,
    Param, PlaceId, Program, REASON_CODE, ROUNDING, ROUNDING_VALUES, Reason, ReasonId, Record,
    RecordId, Relation, RelationId, SEVERITY_VALUES, Type,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::call::unchecked;
use super::reader::{MAX_JSON_BYTES, MAX_JSON_DEPTH};
use super::*;
use crate::canonical;
use crate::date_formula::DateFormula;
use crate::digest::{Digest, Layer, Receipt};
use crate::failure::{ErrorCode, Failure};
use crate::value::{ReasonValue, Value};

fn names(values: &[&str]) -> Vec<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

fn an_enum(name: &str, values: &[&str]) -> Enum {
    Enum {
        name: name.to_owned(),
        ordered: true,
        values: names(values),
        doc: String::new(),
    }
}

fn field(name: &str, ty: Type, default: Option<Const>) -> Field {
    Field {
        name: name.to_owned(),
        ty,
        default,
        doc: String::new(),
        sensitive: false,
    }
}

fn num(percent: bool, places: Option<u8>, range: Option<(&str, &str)>) -> Type {
    Type::Num(NumType {
        percent,
        places,
        lowest: range.map(|(low, _)| low.parse().unwrap()),
        highest: range.map(|(_, high)| high.parse().unwrap()),
        unit: None,
    })
}

fn optional(ty: Type) -> Type {
    Type::Optional(Box::new(ty))
}

fn list(item: Type, at_most: Option<u32>) -> Type {
    Type::List {
        item: Box::new(item),
        at_most,
    }
}

fn param(name: &str, ty: Type) -> Param {
    Param {
        name: name.to_owned(),
        ty,
    }
}

fn callable(name: &str, params: Vec<Param>, result: Type) -> Callable {
    Callable {
        name: name.to_owned(),
        module: "shop".to_owned(),
        slots: params.clone(),
        params,
        result,
        nodes: Vec::new(),
        body: Body::Define(NodeId(0)),
        doc: String::new(),
        place: PlaceId(0),
    }
}

fn check(because: &str) -> Check {
    Check {
        callable: CallableId(0),
        because: because.to_owned(),
        place: PlaceId(0),
    }
}

const LINE: Type = Type::Record(RecordId(0));
const DOCUMENT: Type = Type::Record(RecordId(1));
const EVERYTHING: Type = Type::Record(RecordId(2));

/// A small shop: `quote(document, day)`, whose data must be fresh, and `echo(value)`.
fn program() -> Program {
    let line = vec![
        field("item", Type::Code, None),
        field(
            "quantity",
            num(false, Some(5), Some(("-1000", "1000"))),
            None,
        ),
        field("variant", optional(Type::Code), None),
        field(
            "discount",
            num(true, Some(4), Some(("0", "1"))),
            Some(Const::Num(Decimal::new(5, 2))),
        ),
        field("shipment_date", optional(Type::Date), None),
    ];
    let document = vec![
        field("kind", Type::Enum(EnumId(3)), None),
        field("lines", list(LINE, Some(3)), None),
    ];
    let everything = vec![
        field("a_bool", Type::Bool, None),
        field("an_int", Type::Int, None),
        field("a_number", Type::NUMBER, None),
        field("an_amount", num(false, Some(2), None), None),
        field("a_percent", Type::Num(NumType::PERCENT), None),
        field("a_rate", num(true, Some(6), None), None),
        field("a_text", Type::Text, None),
        field("a_code", Type::Code, None),
        field("a_date", Type::Date, None),
        field("a_formula", Type::DateFormula, None),
        field("a_calendar", Type::Calendar, None),
        field("a_mode", Type::Enum(ROUNDING), None),
        field("a_reason_code", Type::Enum(REASON_CODE), None),
        field("reasons", list(Type::Reason, None), None),
        field("optionals", list(optional(Type::Int), None), None),
        field("a_line", optional(LINE), None),
    ];
    let record = |name: &str, fields: Vec<Field>, checks: Vec<Check>| Record {
        name: format!("shop.{name}"),
        fields,
        checks,
        doc: String::new(),
        place: PlaceId(0),
    };
    let decision = |name: &str, callable: u32, reads: Vec<RelationId>| Decision {
        name: name.to_owned(),
        callable: CallableId(callable),
        reads,
        cost: Cost::default(),
    };
    Program {
        enums: vec![
            an_enum("Rounding", &ROUNDING_VALUES),
            an_enum("Severity", &SEVERITY_VALUES),
            an_enum("ReasonCode", &["over_limit", "no_rate"]),
            an_enum("shop.Kind", &["order", "quote", "invoice"]),
        ],
        records: vec![
            record("Line", line, vec![check("A line moves something")]),
            record(
                "Document",
                document,
                vec![check("Nothing in the basket"), check("Too much")],
            ),
            record("Everything", everything, Vec::new()),
        ],
        relations: vec![Relation {
            name: "shop.Price".to_owned(),
            fields: vec![field("item", Type::Code, None)],
            key_fields: 1,
            fresh_within_seconds: Some(900),
            valid: None,
            checks: Vec::new(),
            distinct: Vec::new(),
            limits: Vec::new(),
            indexes: Vec::new(),
            doc: String::new(),
            place: PlaceId(0),
        }],
        reasons: [("over_limit", 1), ("no_rate", 0)]
            .map(|(code, severity)| Reason {
                code: code.to_owned(),
                module: "shop".to_owned(),
                severity,
                params: match severity {
                    0 => Vec::new(),
                    _ => vec![
                        param("used", num(false, Some(2), None)),
                        param("who", optional(Type::Code)),
                    ],
                },
                message: CallableId(0),
                doc: String::new(),
                place: PlaceId(0),
            })
            .to_vec(),
        callables: vec![
            callable(
                "quote",
                vec![param("document", DOCUMENT), param("day", Type::Date)],
                LINE,
            ),
            callable(
                "echo",
                vec![param("value", optional(EVERYTHING))],
                optional(EVERYTHING),
            ),
        ],
        decisions: vec![
            decision("quote", 0, vec![RelationId(0)]),
            decision("echo", 1, Vec::new()),
        ],
        ..Program::default()
    }
}

/// Checks of the sample: a line's quantity is not 0, a document has lines, and never "too much"
/// unless the first item says so.
fn checker(check: &Check, value: &Value) -> CheckResult {
    let Value::Record(fields) = value else {
        return Err("no record".to_owned());
    };
    match check.because.as_str() {
        "A line moves something" => Ok(fields[1] != Value::Num(Decimal::ZERO)),
        "Nothing in the basket" => Ok(fields[1] != Value::List(Arc::from([]))),
        _ => match &fields[1] {
            Value::List(lines) if lines.len() > 2 => Err("overflow at shop.total:3:5".to_owned()),
            _ => Ok(true),
        },
    }
}

fn faults(json: &str) -> String {
    match decode_call(&program(), json.as_bytes(), &mut checker) {
        Ok(_) => "good".to_owned(),
        Err(faults) => faults.iter().map(|fault| format!("{fault}\n")).collect(),
    }
}

fn quote(document: &str) -> String {
    faults(&format!(
        r#"{{"decision":"quote","at":"2026-11-20T10:15:00Z","input":{{"document":{document},"day":"2026-11-20"}}}}"#
    ))
}

fn line(members: &str) -> String {
    quote(&format!(r#"{{"kind":"order","lines":[{{{members}}}]}}"#))
}

#[test]
fn a_call_is_read() {
    let program = program();
    let text = br#" {"decision": "quote", "at": "2026-11-20T10:15:00Z", "input": {"day": "2026-11-20",
        "document": {"kind": "quote", "lines": [
            {"item": " 1896-s ", "quantity": "12.50", "discount": 7.5, "variant": null},
            {"quantity": 1e2, "item": "x", "shipment_date": "2026-12-01", "variant": "re\u0064"}]}}} "#;
    let call = decode_call(&program, text, &mut checker).unwrap();
    assert_eq!(
        (call.decision.name.as_str(), call.at),
        ("quote", Some(1_795_169_700))
    );
    insta::assert_snapshot!(
        canonical::input_text(&program, call.decision, call.at, &call.arguments).unwrap(),
        @r#"{"decision":"quote","at":"2026-11-20T10:15:00Z","input":{"document":{"kind":"quote","lines":[{"item":"1896-S","quantity":"12.50000","variant":null,"discount":"7.50","shipment_date":null},{"item":"X","quantity":"100.00000","variant":"RED","discount":"5.00","shipment_date":"2026-12-01"}]},"day":"2026-11-20"}}"#
    );
}

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
fn numbers_at_the_border() {
    for (quantity, wanted) in [
        ("1000", "good"),
        ("\"-1000\"", "good"),
        ("1.00000000000000000000000000000000000000", "good"),
        ("-0", "check_failed"),
        ("1000.00001", "out_of_range"),
        ("1e999999999", "out_of_range"),
        ("-1e999999999", "out_of_range"),
        ("1e-999999999", "too_many_places"),
        ("0e999999999", "check_failed"),
        ("\"1,5\"", "not_a_number"),
        ("\"\"", "not_a_number"),
        ("\" 1\"", "not_a_number"),
        ("\"NaN\"", "not_a_number"),
        ("true", "wrong_type"),
        ("null", "wrong_type"),
        ("[1]", "wrong_type"),
        ("{}", "wrong_type"),
    ] {
        let found = line(&format!(r#""item":"a","quantity":{quantity}"#));
        assert!(found.contains(wanted), "{quantity}: {found}");
    }
    let digits = "9".repeat(1_000_000);
    let found = line(&format!(r#""item":"a","quantity":{digits}"#));
    assert!(
        found.contains("out_of_range") && found.len() < 400,
        "{}",
        found.len()
    );
    let zeros = "0".repeat(1_000_000);
    assert_eq!(line(&format!(r#""item":"a","quantity":1.{zeros}"#)), "good");
}

#[test]
fn ints_at_the_border() {
    let program = program();
    let read = |json: &str| {
        let tree = parse_strict(json.as_bytes()).unwrap();
        let mut checks = checker;
        let mut decoder = Decoder::new(&program, &mut checks);
        let value = decoder.value(&Type::Int, &tree, &Path::Root("n"));
        value.ok_or_else(|| decoder.take_faults().remove(0).code)
    };
    assert_eq!(read("9223372036854775807"), Ok(Value::Int(i64::MAX)));
    assert_eq!(read("\"-9223372036854775807\""), Ok(Value::Int(-i64::MAX)));
    assert_eq!(read("-9223372036854775808"), Err(FaultCode::OutOfRange));
    assert_eq!(read("9223372036854775808"), Err(FaultCode::OutOfRange));
    assert_eq!(read("1e3"), Ok(Value::Int(1_000)));
    assert_eq!(read("5.000"), Ok(Value::Int(5)));
    assert_eq!(read("5.5"), Err(FaultCode::TooManyPlaces));
    assert_eq!(read("1e30"), Err(FaultCode::OutOfRange));
}

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

fn refused(bytes: &[u8]) -> String {
    match parse(bytes, "input") {
        Ok(document) => match document.duplicates.first() {
            Some(fault) => fault.to_string(),
            None => "good".to_owned(),
        },
        Err(error) => error.to_string(),
    }
}

#[test]
fn hostile_documents() {
    let samples: Vec<&[u8]> = vec![
        b"",
        b"  ",
        b"nul",
        b"nulll",
        b"{\"a\":1}}",
        b"[1,]",
        b"{\"a\":1,}",
        b"{a:1}",
        b"{\"a\" 1}",
        b"[1 2]",
        b"'a'",
        b"01",
        b"-",
        b"+1",
        b"1.",
        b".5",
        b"1e",
        b"NaN",
        b"\"a\nb\"",
        b"\"a\x00b\"",
        b"\"abc",
        b"\"\\",
        b"\"\\x\"",
        b"\"\\u12\"",
        b"\"\\u12G4\"",
        b"\"\\ud800\"",
        b"\"\\udc00\\ud800\"",
        b"\"\\ud800\\u0041\"",
        b"\"\\ud800\\n\"",
        b"\"\xFF\"",
        b"\n\n  \"ab\xC0\xAF\"",
        b"\"\xED\xA0\x80\"",
        b"\xEF\xBB\xBF1",
        b"\xFF\xFE1\x00",
        b"/* c */ 1",
        b"{\"a\":1,\"a\":2}",
        b"{\"x\":[{\"b\":1,\"\\u0062\":2}]}",
        b"\x0B1",
    ];
    let found: String = samples
        .iter()
        .map(|sample| format!("{}: {}\n", sample.escape_ascii(), refused(sample)))
        .collect();
    insta::assert_snapshot!(found, @r#"
    : line 1, column 1: invalid_json: expected a value, found the end
      : line 1, column 3: invalid_json: expected a value, found the end
    nul: line 1, column 1: invalid_json: expected a value, found `n`
    nulll: line 1, column 5: invalid_json: expected the end, found `l`
    {\"a\":1}}: line 1, column 8: invalid_json: expected the end, found `}`
    [1,]: line 1, column 4: invalid_json: expected a value, found `]`
    {\"a\":1,}: line 1, column 8: invalid_json: expected a name in quotes, found `}`
    {a:1}: line 1, column 2: invalid_json: expected a name in quotes, found `a`
    {\"a\" 1}: line 1, column 6: invalid_json: expected `:`, found `1`
    [1 2]: line 1, column 4: invalid_json: expected `,` or `]`, found `2`
    \'a\': line 1, column 1: invalid_json: expected a value, found `'`
    01: line 1, column 2: invalid_json: expected a number without leading zeros, found `1`
    -: line 1, column 2: invalid_json: expected a digit, found the end
    +1: line 1, column 1: invalid_json: expected a value, found `+`
    1.: line 1, column 3: invalid_json: expected a digit, found the end
    .5: line 1, column 1: invalid_json: expected a value, found `.`
    1e: line 1, column 3: invalid_json: expected a digit, found the end
    NaN: line 1, column 1: invalid_json: expected a value, found `N`
    \"a\nb\": line 1, column 3: invalid_json: expected an escape such as `\n` for a control character, found the character U+000A
    \"a\x00b\": line 1, column 3: invalid_json: expected an escape such as `\n` for a control character, found the character U+0000
    \"abc: line 1, column 5: invalid_json: expected `"` at the end of a text, found the end
    \"\\: line 1, column 3: invalid_json: expected one of `" \ / b f n r t u` after `\`, found the end
    \"\\x\": line 1, column 3: invalid_json: expected one of `" \ / b f n r t u` after `\`, found `x`
    \"\\u12\": line 1, column 6: invalid_json: expected four hexadecimal digits, found `"`
    \"\\u12G4\": line 1, column 6: invalid_json: expected four hexadecimal digits, found `G`
    \"\\ud800\": line 1, column 2: invalid_json: expected a character, or both halves of a surrogate pair, found the lone surrogate \ud800
    \"\\udc00\\ud800\": line 1, column 2: invalid_json: expected a character, or both halves of a surrogate pair, found the lone surrogate \udc00
    \"\\ud800\\u0041\": line 1, column 2: invalid_json: expected a character, or both halves of a surrogate pair, found the lone surrogate \ud800
    \"\\ud800\\n\": line 1, column 2: invalid_json: expected a character, or both halves of a surrogate pair, found the lone surrogate \ud800
    \"\xff\": line 1, column 2: wrong_encoding: expected UTF-8, found byte 0xFF
    \n\n  \"ab\xc0\xaf\": line 3, column 6: wrong_encoding: expected UTF-8, found byte 0xC0
    \"\xed\xa0\x80\": line 1, column 2: wrong_encoding: expected UTF-8, found byte 0xED
    \xef\xbb\xbf1: line 1, column 1: wrong_encoding: expected UTF-8 without a byte order mark, found a byte order mark
    \xff\xfe1\x00: line 1, column 1: wrong_encoding: expected UTF-8, found byte 0xFF
    /* c */ 1: line 1, column 1: invalid_json: expected a value, found `/`
    {\"a\":1,\"a\":2}: input.a: duplicate_key: expected each name once in an object, found "a" again
    {\"x\":[{\"b\":1,\"\\u0062\":2}]}: input.x[0].b: duplicate_key: expected each name once in an object, found "b" again
    \x0b1: line 1, column 1: invalid_json: expected a value, found the character U+000B
    "#);
}

#[test]
fn odd_but_good_documents() {
    for text in [
        "\u{20}\t\r\n[]",
        "{}",
        "-0",
        "1E+2",
        r#""\ud83d\ude00\u0000\/""#,
        "\"\u{7f}\u{2028}\"",
        r#"{"":{"":1}}"#,
    ] {
        assert_eq!(refused(text.as_bytes()), "good", "{text}");
    }
    let json = parse_strict(br#""\ud83d\ude00\"\\\b\f\n\r\t""#).unwrap();
    assert_eq!(json, Json::Text("\u{1f600}\"\\\u{8}\u{c}\n\r\t".into()));
}

#[test]
fn limits_of_a_document() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(refused(nested(MAX_JSON_DEPTH).as_bytes()), "good");
    assert!(refused(nested(MAX_JSON_DEPTH + 1).as_bytes()).contains("too_deep"));
    assert!(refused("[".repeat(1_000_000).as_bytes()).contains("too_deep"));
    assert!(refused("{\"a\":".repeat(1_000_000).as_bytes()).contains("too_deep"));
    let wide = |values: usize| format!("[{}1]", "1,".repeat(values - 2));
    assert_eq!(refused(wide(reader::MAX_JSON_VALUES).as_bytes()), "good");
    assert!(refused(wide(reader::MAX_JSON_VALUES + 1).as_bytes()).contains("too_long"));
    let long = format!("\"{}\"", "x".repeat(MAX_JSON_BYTES - 2));
    assert_eq!(refused(long.as_bytes()), "good");
    assert!(refused(format!("{long} ").as_bytes()).contains("too_long"));
    let many: String = (0..5_000).map(|n| format!("\"k{n}\":1,")).collect();
    assert_eq!(refused(format!("{{{many}\"k\":1}}").as_bytes()), "good");
    assert!(
        refused(format!("{{{many}\"k77\":1}}").as_bytes()).contains("input.k77: duplicate_key")
    );
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
fn duplicate_names_stand_with_the_other_faults() {
    insta::assert_snapshot!(line(r#""item":"a","quantity":1,"quantity":2"#), @r#"input.document.lines[0].quantity: duplicate_key: expected each name once in an object, found "quantity" again"#);
    insta::assert_snapshot!(line(r#""item":"a","quantity":"x","item":2"#), @r#"
    input.document.lines[0].item: duplicate_key: expected each name once in an object, found "item" again
    input.document.lines[0].quantity: not_a_number: expected a number with at most 5 places from -1000 to 1000, written like 12.5, without blanks and separators, found "x"
    "#);
}

fn sample() -> Value {
    let reason = Value::Reason(Arc::new(ReasonValue {
        reason: ReasonId(0),
        arguments: vec![Value::Num(Decimal::new(12, 1)), Value::Missing],
    }));
    Value::Record(Arc::from([
        Value::Bool(true),
        Value::Int(-7),
        Value::Num("1.500".parse().unwrap()),
        Value::Num("-1.5".parse().unwrap()),
        Value::Num("0.0525".parse().unwrap()),
        Value::Num("0.05".parse().unwrap()),
        Value::Text(Arc::from("a\"b\\c\u{1}\n\u{7f}é")),
        Value::Code(Arc::from("A")),
        Value::Date(0),
        Value::DateFormula(Arc::new(DateFormula::parse("cm + 14d").unwrap())),
        Value::Calendar(Arc::from("NL")),
        Value::Enum(1),
        Value::Enum(0),
        Value::List(Arc::from([reason])),
        Value::List(Arc::from([Value::Int(1), Value::Missing])),
        Value::Missing,
    ]))
}

#[test]
fn values_are_written_in_one_way() {
    let program = program();
    insta::assert_snapshot!(encode(&program, &EVERYTHING, &sample(), NumberStyle::String).unwrap(), @r#"{"a_bool":true,"an_int":-7,"a_number":"1.5","an_amount":"-1.50","a_percent":"5.25","a_rate":"5.0000","a_text":"a\"b\\c\u0001\né","a_code":"A","a_date":"1970-01-01","a_formula":"CM+14D","a_calendar":"NL","a_mode":"even","a_reason_code":"over_limit","reasons":[{"code":"over_limit","severity":"warning","parameters":{"used":"1.20","who":null}}],"optionals":[1,null],"a_line":null}"#);
    insta::assert_snapshot!(encode(&program, &EVERYTHING, &sample(), NumberStyle::Number).unwrap(), @r#"{"a_bool":true,"an_int":-7,"a_number":1.5,"an_amount":-1.50,"a_percent":5.25,"a_rate":5.0000,"a_text":"a\"b\\c\u0001\né","a_code":"A","a_date":"1970-01-01","a_formula":"CM+14D","a_calendar":"NL","a_mode":"even","a_reason_code":"over_limit","reasons":[{"code":"over_limit","severity":"warning","parameters":{"used":1.20,"who":null}}],"optionals":[1,null],"a_line":null}"#);
    let row = Value::Row(crate::RowRef {
        relation: RelationId(0),
        row: 0,
    });
    let write = |ty: &Type, value: &Value| encode(&program, ty, value, NumberStyle::String);
    assert_eq!(
        write(&Type::Row(RelationId(0)), &row),
        Err(EncodeError::Row)
    );
    assert!(matches!(
        write(&Type::Int, &Value::Bool(true)),
        Err(EncodeError::Mismatch(_))
    ));
    assert!(matches!(
        write(&Type::Int, &Value::Missing),
        Err(EncodeError::Mismatch(_))
    ));
    assert!(matches!(
        write(&Type::Enum(EnumId(3)), &Value::Enum(9)),
        Err(EncodeError::Mismatch(_))
    ));
    assert!(matches!(
        write(&LINE, &Value::Record(Arc::from([]))),
        Err(EncodeError::Mismatch(_))
    ));
    assert_eq!(
        write(&optional(Type::Int), &Value::Missing).as_deref(),
        Ok("null")
    );
}

#[test]
fn answers() {
    let program = program();
    let text = |result: Result<&Value, &Failure>| {
        answer_text(
            &program,
            &optional(Type::Code),
            result,
            answer::Extras::default(),
        )
    };
    insta::assert_snapshot!(text(Ok(&Value::Code(Arc::from("A")))), @r#"{"output":"A"}"#);
    let mut failure = Failure::new(ErrorCode::Conflict)
        .with("row", "a")
        .with("row", "\"b\"");
    failure.rule = "shop.tier".to_owned();
    failure.place = "shop.tier:3:5".to_owned();
    insta::assert_snapshot!(text(Err(&failure)), @r#"{"error":{"code":"conflict","rule":"shop.tier","place":"shop.tier:3:5","values":[{"name":"row","value":"a"},{"name":"row","value":"\"b\""}]}}"#);
    let mut stopped = Failure::new(ErrorCode::Stopped);
    stopped.reason = Some(Arc::new(ReasonValue {
        reason: ReasonId(1),
        arguments: Vec::new(),
    }));
    insta::assert_snapshot!(text(Err(&stopped)), @r#"{"error":{"code":"stopped","rule":"","place":"","values":[],"reason":{"code":"no_rate","severity":"info","parameters":{}}}}"#);
    // A value of another type is a refusal, never half a document.
    insta::assert_snapshot!(text(Ok(&Value::Int(1))), @r#"{"error":{"code":"internal","rule":"","place":"","values":[{"name":"output","value":"the value is not a code in quotes"}]}}"#);
    let faults = decode_call(&program, b"[\n1", &mut unchecked).unwrap_err();
    insta::assert_snapshot!(invalid_input_text(&faults), @r#"{"error":{"code":"invalid_input","faults":[{"path":"line 2, column 2","code":"invalid_json","expected":"`,` or `]`","found":"the end"}]}}"#);
    insta::assert_snapshot!(invalid_line_text(Some(7), &[]), @r#"{"error":{"code":"invalid_input","line":7,"faults":[]}}"#);
    let receipt = Receipt {
        rules: Digest([0; 32]),
        data: Digest([1; 32]),
        at: None,
        input: Digest([2; 32]),
        output: Digest([0xAB; 32]),
    };
    let extras = answer::Extras {
        trace: Some("[]"),
        receipt: Some(&receipt),
        ..answer::Extras::default()
    };
    insta::assert_snapshot!(answer_text(&program, &Type::Int, Ok(&Value::Int(1)), extras), @r#"{"output":1,"trace":[],"receipt":{"rules":"b3:0000000000000000000000000000000000000000000000000000000000000000","data":"b3:0101010101010101010101010101010101010101010101010101010101010101","input":"b3:0202020202020202020202020202020202020202020202020202020202020202","output":"b3:abababababababababababababababababababababababababababababababab"}}"#);
    let receipt = Receipt {
        at: instant::parse("2026-11-20T10:15:00Z"),
        ..receipt
    };
    let extras = answer::Extras {
        receipt: Some(&receipt),
        ..answer::Extras::default()
    };
    let timed = answer_text(&program, &Type::Int, Ok(&Value::Int(1)), extras);
    assert!(
        timed.contains(r#"0101","at":"2026-11-20T10:15:00Z","zone":"UTC","input":"b3:0202"#),
        "{timed}"
    );
    for text in [
        text(Err(&failure)),
        text(Err(&stopped)),
        invalid_input_text(&faults),
    ] {
        assert!(parse_strict(text.as_bytes()).is_ok(), "{text}");
    }
}

#[test]
fn digests_are_stable() {
    assert_eq!(
        Digest::of(b"").to_string(),
        "b3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    );
    let digest = Digest::of(b"assize");
    assert_eq!(digest.to_string().parse(), Ok(digest));
    for text in [
        "",
        "b3:",
        "b3:00",
        "af13",
        "b3:AF1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
    ] {
        assert!(text.parse::<Digest>().is_err(), "{text}");
    }
    let program = program();
    let read = |text: &str| {
        let call = decode_call(&program, text.as_bytes(), &mut checker).unwrap();
        let failure = Failure::new(ErrorCode::Undecided);
        let digests = (Digest([0; 32]), Digest([0; 32]));
        Receipt::new(
            &program,
            digests,
            (call.decision, call.at, &call.arguments),
            Err(&failure),
        )
        .unwrap()
    };
    let a = read(
        r#"{"decision":"quote","at":"2026-11-20T10:15:00Z","input":{"document":{"kind":"order","lines":[{"item":"a","quantity":"1.0"}]},"day":"2026-11-20"}}"#,
    );
    // Order of names, spelling of numbers and codes, and defaults leave no trace.
    let b = read(
        r#"{"input":{"day":"2026-11-20","document":{"lines":[{"variant":null,"discount":5.0,"quantity":10e-1,"item":" A "}],"kind":"order"}},"at":"2026-11-20T10:15:00.000+00:00","decision":"quote"}"#,
    );
    assert_eq!(a, b);
    insta::assert_snapshot!(a.input, @"b3:5bddda0019398dbf95bff9666595091c157ecde2a4c51657983c3f4d7a18f488");
    // A fraction of a second counts as a whole one.
    let late = read(
        r#"{"decision":"quote","at":"2026-11-20T10:15:00.5Z","input":{"document":{"kind":"order","lines":[{"item":"a","quantity":"1.0"}]},"day":"2026-11-20"}}"#,
    );
    let c = read(
        r#"{"decision":"quote","at":"2026-11-20T10:15:01Z","input":{"document":{"kind":"order","lines":[{"item":"a","quantity":"1.0"}]},"day":"2026-11-20"}}"#,
    );
    assert_eq!(late, c);
    assert_eq!(a.differences(&c), [Layer::Input]);
    assert_eq!(a.differences(&b), []);
    let other = Receipt {
        output: Digest([9; 32]),
        ..a.clone()
    };
    assert_eq!(a.differences(&other), [Layer::Output]);
    let other = Receipt {
        rules: Digest([9; 32]),
        data: Digest([9; 32]),
        ..other
    };
    assert_eq!(a.differences(&other), [Layer::Rules, Layer::Data]);
}

fn decimals(places: u32) -> impl Strategy<Value = Value> {
    (any::<i64>(), 0..=places)
        .prop_map(|(n, scale)| Value::Num(Decimal::from_i128_with_scale(n.into(), scale)))
}

fn codes() -> impl Strategy<Value = Value> {
    any::<String>().prop_map(|text| Value::Code(Arc::from(normalise_code(&text))))
}

fn maybe(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![Just(Value::Missing), value]
}

fn lists(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    proptest::collection::vec(value, 0..4).prop_map(|items| Value::List(Arc::from(items)))
}

fn lines() -> impl Strategy<Value = Value> {
    let quantity = (-100_000_000i64..100_000_000).prop_filter("moves", |n| *n != 0);
    let quantity = quantity.prop_map(|n| Value::Num(Decimal::new(n, 5)));
    let discount = (0i64..=10_000).prop_map(|n| Value::Num(Decimal::new(n, 4)));
    let dates = assize_ir::date::FIRST_DAY..=assize_ir::date::LAST_DAY;
    (
        codes(),
        quantity,
        maybe(codes()),
        discount,
        maybe(dates.prop_map(Value::Date)),
    )
        .prop_map(|(a, b, c, d, e)| Value::Record(Arc::from([a, b, c, d, e])))
}

fn values() -> impl Strategy<Value = Value> {
    let reasons = (decimals(2), maybe(codes())).prop_map(|(used, who)| {
        Value::Reason(Arc::new(ReasonValue {
            reason: ReasonId(0),
            arguments: vec![used, who],
        }))
    });
    let formulas = prop_oneof![Just("1W"), Just("CM+14D"), Just("-2D"), Just("WD3-1Y")]
        .prop_map(|text| Value::DateFormula(Arc::new(DateFormula::parse(text).unwrap())));
    let ints = || (-i64::MAX..=i64::MAX).prop_map(Value::Int);
    let texts = any::<String>().prop_map(|text| Value::Text(Arc::from(text)));
    let calendars = codes().prop_map(|code| match code {
        Value::Code(code) => Value::Calendar(code),
        other => other,
    });
    (
        (
            any::<bool>().prop_map(Value::Bool),
            ints(),
            decimals(28),
            decimals(2),
            decimals(20),
            decimals(6),
        ),
        (
            texts,
            codes(),
            (-700_000i32..2_900_000).prop_map(Value::Date),
            formulas,
            calendars,
        ),
        (
            (0u32..6).prop_map(Value::Enum),
            (0u32..2).prop_map(Value::Enum),
        ),
        (lists(reasons), lists(maybe(ints())), maybe(lines())),
    )
        .prop_map(|((a, b, c, d, e, f), (g, h, i, j, k), (l, m), (n, o, p))| {
            Value::Record(Arc::from([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]))
        })
}

proptest! {
    #[test]
    fn decode_of_encode_is_the_value(value in maybe(values()), number in any::<bool>()) {
        let program = program();
        let style = if number { NumberStyle::Number } else { NumberStyle::String };
        let text = encode(&program, &optional(EVERYTHING), &value, style).unwrap();
        let tree = parse_strict(text.as_bytes()).unwrap();
        let mut checks = checker;
        let mut decoder = Decoder::new(&program, &mut checks);
        let back = decoder.value(&optional(EVERYTHING), &tree, &Path::Root("value"));
        prop_assert_eq!(decoder.take_faults(), vec![]);
        prop_assert_eq!(back.as_ref(), Some(&value));
        // The text is a fixed point as well.
        prop_assert_eq!(encode(&program, &optional(EVERYTHING), &back.unwrap(), style).unwrap(), text);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, "");
        let _ = decode_call(&program(), &bytes, &mut checker);
    }

    #[test]
    fn any_json_like_text_is_read_or_refused(text in r#"[\[\]{}:,"0-9eE.+\-a-f\\u \n]{0,60}"#) {
        if let Ok(document) = parse(text.as_bytes(), "") {
            // A second reader reads it the same way where it knows no better.
            prop_assert!(!text.trim().is_empty(), "{:?}", document);
        }
    }
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
fn duplicate_names_beyond_the_limit_are_said() {
    let names = |count: usize| {
        let members = vec!["\"a\":1"; count + 1].join(",");
        parse(format!("{{{members}}}").as_bytes(), "")
            .unwrap()
            .duplicates
    };
    assert_eq!(names(1_000).len(), 1_000);
    let found = names(1_001);
    assert_eq!(found.len(), 1_001);
    assert_eq!(found[1_000].code, FaultCode::TooManyFaults);
    // With other faults there is still one such line, at the end.
    let members = vec!["\"a\":1"; 1_200].join(",");
    let text = format!("{{\"decision\":\"echo\",\"input\":{{{members}}}}}");
    let found = decode_call(&program(), text.as_bytes(), &mut checker).unwrap_err();
    let too_many = |fault: &Fault| fault.code == FaultCode::TooManyFaults;
    assert_eq!(
        (found.len(), found.iter().position(too_many)),
        (1_001, Some(1_000))
    );
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
fn utf_16_is_named() {
    let wide: Vec<u8> = "[1]".encode_utf16().flat_map(u16::to_le_bytes).collect();
    insta::assert_snapshot!(refused(&wide), @"line 1, column 1: wrong_encoding: expected UTF-8, found UTF-16");
    let wide: Vec<u8> = "[1]".encode_utf16().flat_map(u16::to_be_bytes).collect();
    insta::assert_snapshot!(refused(&wide), @"line 1, column 1: wrong_encoding: expected UTF-8, found UTF-16");
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
