//! Tests of the JSON border: every fault, hostile documents, and values that come back.

mod checks;
mod documents;
mod faults;
mod written;

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
        sensitive: false,
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
