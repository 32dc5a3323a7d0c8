//! The engine: calls, answers, receipts, and reloading.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that fails says so by a panic"
)]

mod common;

use std::sync::Arc;

use assize_eval::digest::{Digest, Layer, Receipt};
use assize_eval::json::{Json, NumberStyle, instant, parse_strict};
use assize_eval::trace::Explain;
use assize_eval::value::Value;
use assize_ir::{bundle, parse_and_verify};
use assize_runtime::{Engine, LoadError, Loaded, Options, Rules, SnapshotLimits};
use common::{good_files, program};

fn engine() -> Engine {
    let (bytes, _) = bundle::write(&program());
    Engine::load(&bytes, &good_files(), &SnapshotLimits::default()).unwrap()
}

fn price(item: &str, quantity: &str, day: &str, at: &str) -> String {
    format!(
        r#"{{"decision":"price","at":"{at}","input":{{"line":{{"item":"{item}","quantity":{quantity}}},"day":"{day}"}}}}"#
    )
}

fn ask(call: &str) -> String {
    engine().decide_json(call.as_bytes(), &Options::default())
}

const NOW: &str = "2026-11-20T10:15:00Z";

#[test]
fn answers() {
    insta::assert_snapshot!(ask(&price("lamp", "1", "2026-11-20", NOW)), @r#"{"output":"9.90"}"#);
    // The offer with a currency is the only one that is valid then.
    insta::assert_snapshot!(ask(&price("LAMP", "\"1\"", "2026-12-01", NOW)), @r#"{"output":"9.90"}"#);
    insta::assert_snapshot!(ask(&price("sofa", "1", "2026-11-20", NOW)), @r#"{"error":{"code":"stopped","rule":"shop.price","place":"shop.price:1:1","values":[{"name":"reason","value":"no_price"},{"name":"item","value":"\"SOFA\""}],"reason":{"code":"no_price","severity":"error","parameters":{"item":"SOFA"}}}}"#);
    insta::assert_snapshot!(ask(&price("lamp", "1", "2026-11-20", "2026-11-20T10:15:01Z")), @r#"{"error":{"code":"stale_data","rule":"shop.price","place":"shop.Offer:1:1","values":[{"name":"relation","value":"shop.Offer"},{"name":"age_seconds","value":"901"},{"name":"fresh_within_seconds","value":"900"}]}}"#);
    insta::assert_snapshot!(ask(r#"{"decision":"factor","input":{"currency":"usd"}}"#), @r#"{"output":"1.08"}"#);
    insta::assert_snapshot!(ask(r#"{"decision":"factor","input":{"currency":"XXX"}}"#), @r#"{"error":{"code":"missing_data","rule":"shop.factor","place":"shop.factor:1:1","values":[{"name":"relation","value":"shop.Rate"},{"name":"currency","value":"\"XXX\""}]}}"#);
    insta::assert_snapshot!(ask(r#"{"decision":"ships","input":{"day":"2026-11-20"}}"#), @r#"{"output":"2026-11-24"}"#);
    insta::assert_snapshot!(ask(r#"{"decision":"ships","input":{"day":"2026-12-31"}}"#), @r#"{"error":{"code":"missing_data","rule":"shop.ships","place":"shop.ships:1:1","values":[{"name":"calendar","value":"SHOP"},{"name":"day","value":"2027-01-01"}]}}"#);
}

#[test]
fn invalid_inputs() {
    insta::assert_snapshot!(ask(&price("lamp", "0", "2026-11-20", NOW)), @r#"{"error":{"code":"invalid_input","faults":[{"path":"input.line","code":"check_failed","expected":"A line moves something","found":"it does not hold"}]}}"#);
    insta::assert_snapshot!(ask(r#"{"decision":"price","input":{"day":1}}"#), @r#"{"error":{"code":"invalid_input","faults":[{"path":"at","code":"missing_field","expected":"the time of the call, since data is read that must be fresh","found":"nothing"},{"path":"input.line","code":"missing_field","expected":"an object with the fields of Line","found":"nothing"},{"path":"input.day","code":"wrong_type","expected":"a day written like \"2026-11-20\"","found":"1"}]}}"#);
    insta::assert_snapshot!(ask("{"), @r#"{"error":{"code":"invalid_input","faults":[{"path":"line 1, column 2","code":"invalid_json","expected":"a name in quotes","found":"the end"}]}}"#);
    insta::assert_snapshot!(ask(r#"{"decision":"prices","input":{}}"#), @r#"{"error":{"code":"invalid_input","faults":[{"path":"decision","code":"unknown_decision","expected":"one of price, factor, ships; the nearest is `price`","found":"\"prices\""}]}}"#);
}

#[test]
fn numbers_as_the_caller_chooses() {
    let options = Options {
        style: NumberStyle::Number,
        ..Options::default()
    };
    let call = price("lamp", "1", "2026-11-20", NOW);
    insta::assert_snapshot!(engine().decide_json(call.as_bytes(), &options), @r#"{"output":9.90}"#);
}

#[test]
fn traces_are_json() {
    let options = Options {
        explain: Some(Explain::default()),
        ..Options::default()
    };
    let call = price("lamp", "1", "2026-11-20", NOW);
    let text = engine().decide_json(call.as_bytes(), &options);
    let json = parse_strict(text.as_bytes()).unwrap();
    let root = json
        .get("trace")
        .and_then(|trace| trace.get("root"))
        .unwrap();
    assert_eq!(root.get("name"), Some(&Json::Text("shop.price".into())));
    // A trace changes nothing else.
    let plain = engine().decide_json(call.as_bytes(), &Options::default());
    assert!(text.starts_with(plain.trim_end_matches('}')));
}

fn receipt(engine: &Engine, call: &str) -> Receipt {
    let options = Options {
        receipt: true,
        ..Options::default()
    };
    let text = engine.decide_json(call.as_bytes(), &options);
    let json = parse_strict(text.as_bytes()).unwrap();
    let part = |name: &str| match json.get("receipt").and_then(|receipt| receipt.get(name)) {
        Some(Json::Text(text)) => text.parse::<Digest>().unwrap(),
        other => panic!("{other:?}"),
    };
    let at = match json.get("receipt").and_then(|receipt| receipt.get("at")) {
        Some(Json::Text(text)) => instant::parse(text),
        _ => None,
    };
    Receipt {
        rules: part("rules"),
        data: part("data"),
        at,
        input: part("input"),
        output: part("output"),
    }
}

#[test]
fn receipts_are_replayed() {
    let engine = engine();
    let call = price("lamp", "1", "2026-11-20", NOW);
    let first = receipt(&engine, &call);
    let respelled = price(" LAMP ", "1.00", "2026-11-20", "2026-11-20T10:15:00.00Z");
    assert_eq!(first.differences(&receipt(&engine, &respelled)), []);
    let other = receipt(&engine, &price("lamp", "2", "2026-11-20", NOW));
    assert_eq!(first.differences(&other), [Layer::Input]);
    // Errors have receipts too.
    let stopped = receipt(&engine, &price("sofa", "1", "2026-11-20", NOW));
    assert_ne!(stopped.output, first.output);
    let (_, digest) = bundle::write(&program());
    assert_eq!(first.rules, digest.into());
    assert_eq!(first.data, engine.pin().snapshot.digest);
}

#[test]
fn a_call_keeps_what_it_began_with() {
    let engine = engine();
    let pinned = engine.pin();
    let mut files = good_files();
    let offers = String::from_utf8(files["offers.csv"].clone())
        .unwrap()
        .replace("9.9", "7");
    files.insert("offers.csv".to_owned(), offers.into_bytes());
    let before = engine
        .reload_data(&files, &SnapshotLimits::default())
        .unwrap();
    assert!(Arc::ptr_eq(&before, &pinned));
    let call = price("lamp", "1", "2026-11-20", NOW);
    let ask = |loaded: &Loaded| loaded.decide_json(call.as_bytes(), &Options::default());
    assert_eq!(ask(&pinned), r#"{"output":"9.90"}"#);
    assert_eq!(ask(&engine.pin()), r#"{"output":"7.00"}"#);
    // Data with faults leaves everything as it was.
    files.remove("rates.json");
    assert!(
        engine
            .reload_data(&files, &SnapshotLimits::default())
            .is_err()
    );
    assert_eq!(ask(&engine.pin()), r#"{"output":"7.00"}"#);
}

#[test]
fn reloads_under_load_never_mix() {
    let engine = engine();
    let rules = Arc::clone(&engine.pin().rules);
    let files = good_files();
    let call = price("lamp", "1", "2026-11-20", NOW);
    let wanted = receipt(&engine, &call);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(receipt(&engine, &call), wanted);
                }
            });
        }
        for _ in 0..10 {
            let loaded = Loaded::new(Arc::clone(&rules), &files, &SnapshotLimits::default());
            engine.replace(loaded.unwrap());
        }
    });
}

#[test]
fn values_instead_of_text() {
    let engine = engine();
    let code = Value::Code(Arc::from("USD"));
    let loaded = engine.pin();
    let answer = loaded
        .decide("factor", &[code], None, &Options::default())
        .unwrap();
    assert_eq!(answer.result, Ok(Value::Num("1.08".parse().unwrap())));
    assert!(
        loaded
            .decide("nothing", &[], None, &Options::default())
            .is_err()
    );
    // Arguments that do not fit are refused, not decided.
    assert!(
        loaded
            .decide("factor", &[], None, &Options::default())
            .unwrap()
            .result
            .is_err()
    );
}

#[test]
fn what_cannot_be_loaded() {
    let limits = SnapshotLimits::default();
    assert!(matches!(
        Engine::load(b"no", &good_files(), &limits),
        Err(LoadError::Bundle(_))
    ));
    let (bytes, _) = bundle::write(&program());
    let missing = common::files(&[]);
    match Engine::load(&bytes, &missing, &limits) {
        Err(LoadError::Snapshot(faults)) => assert_eq!(faults.len(), 1),
        other => panic!("{other:?}"),
    }
    let rules = Rules::from_program(program());
    assert_eq!(rules.digest, Rules::from_bundle(&bytes).unwrap().digest);
}

#[test]
fn the_deepest_trace_is_written() {
    // Calls inside calls, as deep as the verifier lets through.
    let text = |depth: usize| {
        let mut text = String::from("package \"deep\" \"1.0.0\"\n");
        text.push_str("define deep.f0 (%n: int) gives int { %n }\n");
        for at in 1..=depth {
            let before = at - 1;
            text.push_str(&format!(
                "define deep.f{at} (%n: int) gives int {{ call(deep.f{before}, %n) }}\n"
            ));
        }
        text.push_str(&format!("decision \"deep\" = deep.f{depth} {{ }}\n"));
        text.push_str("file \"deep\" \"deep.assize\" \"\"\nplace 0 0..0 1:1\n");
        text
    };
    let program = parse_and_verify(&text(990)).unwrap();
    assert!(parse_and_verify(&text(1_010)).is_err());
    let rules = Arc::new(Rules::from_program(program));
    let files = common::files(&[("snapshot.json", "{}")]);
    let loaded = Loaded::new(rules, &files, &SnapshotLimits::default()).unwrap();
    let options = Options {
        explain: Some(Explain::default()),
        receipt: true,
        ..Options::default()
    };
    let answer = loaded.decide_json(br#"{"decision":"deep","input":{"n":7}}"#, &options);
    assert!(answer.starts_with(r#"{"output":7,"trace":{"#));
    assert!(answer.ends_with("}}"));
}

#[test]
fn a_fraction_of_a_second_too_old_is_stale() {
    // The offers are of 10:00:00 and fresh for 900 seconds.
    let engine = engine();
    let decide = |at: &str| {
        let call = price("lamp", "1", "2026-11-20", at);
        engine.decide_json(call.as_bytes(), &Options::default())
    };
    assert!(decide("2026-11-20T10:15:00.000Z").contains("output"));
    let late = decide("2026-11-20T10:15:00.001Z");
    assert!(
        late.contains("stale_data") && late.contains("\"901\""),
        "{late}"
    );
}
