//! The engine: calls, answers, receipts, and reloading.

mod common;

use std::sync::Arc;

use assize_eval::digest::{Digest, Layer, Receipt};
use assize_eval::json::{Json, NumberStyle, parse_strict};
use assize_eval::trace::Explain;
use assize_eval::value::Value;
use assize_ir::bundle;
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
    insta::assert_snapshot!(ask(&price("lamp", "1", "2026-11-20", NOW)), @"");
    // The offer with a currency is the only one that is valid then.
    insta::assert_snapshot!(ask(&price("LAMP", "\"1\"", "2026-12-01", NOW)), @"");
    insta::assert_snapshot!(ask(&price("sofa", "1", "2026-11-20", NOW)), @"");
    insta::assert_snapshot!(ask(&price("lamp", "1", "2026-11-20", "2026-11-20T10:15:01Z")), @"");
    insta::assert_snapshot!(ask(r#"{"decision":"factor","input":{"currency":"usd"}}"#), @"");
    insta::assert_snapshot!(ask(r#"{"decision":"factor","input":{"currency":"XXX"}}"#), @"");
    insta::assert_snapshot!(ask(r#"{"decision":"ships","input":{"day":"2026-11-20"}}"#), @"");
    insta::assert_snapshot!(ask(r#"{"decision":"ships","input":{"day":"2026-12-31"}}"#), @"");
}

#[test]
fn invalid_inputs() {
    insta::assert_snapshot!(ask(&price("lamp", "0", "2026-11-20", NOW)), @"");
    insta::assert_snapshot!(ask(r#"{"decision":"price","input":{"day":1}}"#), @"");
    insta::assert_snapshot!(ask("{"), @"");
    insta::assert_snapshot!(ask(r#"{"decision":"prices","input":{}}"#), @"");
}

#[test]
fn numbers_as_the_caller_chooses() {
    let options = Options {
        style: NumberStyle::Number,
        ..Options::default()
    };
    let call = price("lamp", "1", "2026-11-20", NOW);
    insta::assert_snapshot!(engine().decide_json(call.as_bytes(), &options), @"");
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
    Receipt {
        rules: part("rules"),
        data: part("data"),
        input: part("input"),
        output: part("output"),
    }
}

#[test]
fn receipts_are_replayed() {
    let engine = engine();
    let call = price("lamp", "1", "2026-11-20", NOW);
    let first = receipt(&engine, &call);
    let respelled = price(" LAMP ", "1.00", "2026-11-20", "2026-11-20T10:15:00.25Z");
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
