//! `assize attest`: digests that two installations compare.

use serde_json::Value;

use crate::common::{assize, project};

fn attested(arguments: &[&str]) -> Value {
    let mut all = vec!["attest", "--format", "json"];
    all.extend(arguments);
    let run = assize(&project(), &all);
    assert_eq!(run.code, 0, "{}", run.shown());
    serde_json::from_str(&run.out).expect("a line of JSON")
}

#[test]
fn the_same_question_has_the_same_digest() {
    let first = attested(&["rules/shop", "--count", "50"]);
    assert_eq!(first, attested(&["rules/shop", "--count", "50"]));
    assert_eq!(first["engines"]["interpreter"], first["engines"]["jit"]);
    assert_eq!(first["inputs"], 50);
    assert!(first["by_machine"].as_u64() > Some(0), "{first}");
    let other = attested(&["rules/shop", "--count", "50", "--seed", "2"]);
    assert_ne!(first["engines"], other["engines"]);
    let more = attested(&["rules/shop", "--count", "51"]);
    assert_ne!(first["engines"], more["engines"]);
}

/// Every decision of Business Central, by both engines, on the sample data.
#[test]
fn business_central_is_attested() {
    let all = attested(&[
        "rules/business-central",
        "--data",
        "rules/business-central/samples/data",
        "--count",
        "25",
    ]);
    assert_eq!(all["differences"], 0, "{all}");
    assert_eq!(all["engines"]["interpreter"], all["engines"]["jit"]);
    let (answers, machine) = (all["answers"].as_u64(), all["by_machine"].as_u64());
    // What machine code leaves is the exception.
    assert!(machine > answers.map(|answers| answers * 9 / 10), "{all}");
}

#[test]
fn one_decision_may_be_asked() {
    let one = attested(&["rules/shop", "quote", "--count", "5"]);
    assert_eq!(one["inputs"], 5);
    let none = assize(&project(), &["attest", "rules/shop", "--count", "0"]);
    assert_eq!(none.code, 2);
    let run = assize(&project(), &["attest", "rules/shop", "quite"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `quote`?"), "{}", run.shown());
}
