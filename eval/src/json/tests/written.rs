//! Values and answers as they are written, and that they come back.

use super::*;

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
