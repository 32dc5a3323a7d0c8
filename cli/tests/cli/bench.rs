//! `assize bench`: what it tells, and what it refuses. Nothing here asserts on a time.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::common::{Run, TIERS, assize, folder, folder_with, project, write};

fn benched(place: &std::path::Path, arguments: &[&str]) -> Value {
    let mut all = vec!["bench", "--format", "json"];
    all.extend(arguments);
    let run = assize(place, &all);
    assert_eq!(run.code, 0, "{}", run.shown());
    serde_json::from_str(&run.out).expect("one object")
}

fn names(object: &Value) -> BTreeSet<&str> {
    let members = object.as_object().expect("an object");
    members.keys().map(String::as_str).collect()
}

fn refused(run: &Run, words: &str) {
    assert_eq!(run.code, 2, "{}", run.shown());
    assert!(run.err.contains(words), "{}", run.shown());
    assert_eq!(run.out, "", "nothing was measured");
}

const DATA: &str = "rules/shop/samples/data";
const ORDER: &str = "rules/shop/samples/order.json";

#[test]
fn every_part_of_a_decision_is_told() {
    let told = benched(&project(), &["rules/shop", "--data", DATA, "--count", "30"]);
    let loading = &told["loading"];
    for phase in [
        "package_ns",
        "bundle_ns",
        "data_ns",
        "machine_code_ns",
        "rows_ns",
    ] {
        assert!(loading[phase].as_u64() > Some(0), "{phase}: {loading}");
    }
    let [quote] = told["decisions"].as_array().unwrap().as_slice() else {
        panic!("{told}");
    };
    assert_eq!(
        (&quote["name"], &quote["from"]),
        (&"quote".into(), &"tests".into())
    );
    // The package's tests call it with orders that are decided, and with one that is not.
    let count = |name: &str| quote[name].as_u64().unwrap();
    assert!(count("inputs") > 5, "{quote}");
    assert_eq!(count("answers") + count("left"), count("inputs"), "{quote}");
    assert!(count("left") > 0, "{quote}");
    for engine in ["interpreter", "machine_code"] {
        let times = &quote[engine];
        assert_eq!(times["calls"], 30);
        let [median, p99, p999] =
            ["median_ns", "p99_ns", "p999_ns"].map(|it| times[it].as_u64().unwrap());
        assert!(median <= p99 && p99 <= p999, "{times}");
        assert!(times["per_second"].as_u64() > Some(0), "{times}");
        let [quickest, slowest] = ["quickest", "slowest"].map(|it| &times[it]);
        assert!(
            quickest["median_ns"].as_u64() <= slowest["median_ns"].as_u64(),
            "{times}"
        );
        for one in [quickest, slowest] {
            let number = one["input"].as_u64().unwrap();
            assert!((1..=count("inputs")).contains(&number), "{times}");
            assert!(
                one["call"]
                    .as_str()
                    .unwrap()
                    .starts_with("{\"decision\":\"quote\"")
            );
        }
    }
    assert!(quote["steps"]["most"].as_u64() >= quote["steps"]["median"].as_u64());
    assert!(quote["steps"]["median"].as_u64() > Some(20), "{quote}");
    let ratio = quote["ratio"].as_str().unwrap();
    assert!(
        ratio
            .split_once('.')
            .is_some_and(|(_, places)| places.len() == 2),
        "{ratio}"
    );
    assert_eq!(told["different"], 0);
    assert_eq!(told["no_machine_code"], Value::Null);
}

/// Every decision of Business Central, with the calls of its tests.
#[test]
fn each_decision_of_a_package_is_measured() {
    let data = "rules/business-central/samples/data";
    let told = benched(
        &project(),
        &["rules/business-central", "--data", data, "--count", "2"],
    );
    let decisions = told["decisions"].as_array().unwrap();
    let without = told["without_inputs"].as_array().unwrap();
    assert!(decisions.len() > 20, "{}", decisions.len());
    let offered = assize(
        &project(),
        &["inspect", "rules/business-central", "--format", "json"],
    );
    let offered: Value = serde_json::from_str(&offered.out).unwrap();
    let offered = offered["decisions"].as_array().unwrap().len();
    assert_eq!(decisions.len() + without.len(), offered);
    let of_tests = decisions.iter().filter(|it| it["from"] == "tests").count();
    assert!(of_tests > 20, "{of_tests}");
    // Calls whose decision reads data that must be fresh are given a time, so that they are decided.
    let quote = decisions.iter().find(|it| it["name"] == "quote").unwrap();
    assert!(quote["answers"].as_u64() > Some(10), "{quote}");
}

#[test]
fn calls_may_come_from_files_and_bundles_have_generated_ones() {
    let place = folder("bench-files");
    let bundle = place.join("shop.bundle");
    let name = bundle.to_str().unwrap();
    assert_eq!(
        assize(&project(), &["build", "rules/shop", "-o", name]).code,
        0
    );
    let told = benched(&project(), &[name, "--data", DATA, "--count", "3"]);
    assert_eq!(told["loading"]["package_ns"], Value::Null);
    assert_eq!(told["decisions"][0]["from"], "generated");
    assert_eq!(told["decisions"][0]["inputs"], 1_000);

    // A whole call, the input alone, and lines of both; without data as well.
    let order: Value =
        serde_json::from_str(&fs::read_to_string(project().join(ORDER)).unwrap()).unwrap();
    let lines = place.join("orders.jsonl");
    write(
        &lines,
        format!("{order}\n\n{}\n", order["input"]).as_bytes(),
    );
    let lines = lines.to_str().unwrap();
    let told = benched(
        &project(),
        &[
            name, "quote", "--data", DATA, "-i", ORDER, "-i", lines, "--count", "4",
        ],
    );
    let quote = &told["decisions"][0];
    assert_eq!(
        (&quote["from"], &quote["inputs"], &quote["answers"]),
        (&"files".into(), &3.into(), &3.into())
    );
    assert_eq!(quote["interpreter"]["slowest"]["call"], Value::Null);
    assert!(quote["interpreter"]["slowest"]["input"].as_u64() <= Some(3));
    let told = benched(&project(), &[name, "quote", "-i", ORDER, "--count", "4"]);
    assert_eq!(told["loading"]["data_ns"], Value::Null);
}

#[test]
fn people_get_a_table() {
    let place = folder_with("bench-table", &[("tiers.assize", TIERS)]);
    let run = assize(&place, &["bench", "tiers.assize", "quote", "--count", "9"]);
    assert_eq!(run.code, 0, "{}", run.shown());
    for words in [
        "\nloading\n  read and check the package ",
        "\n  make machine code ",
        "\nquote  1000 inputs generated, ",
        " with an answer; 9 calls for each engine\n",
        " per second\n  interpreter ",
        "\n  machine code ",
        " times as long as machine code; it leaves ",
        "\n  the interpreter is quickest with input ",
        " in the median), slowest with input ",
        "\n  machine code is quickest with input ",
    ] {
        assert!(run.out.contains(words), "{words}: {}", run.shown());
    }
    assert!(
        run.out.lines().all(|line| line.chars().count() <= 120),
        "{}",
        run.out
    );
    assert!(
        !run.out.contains("read the data"),
        "there is none: {}",
        run.out
    );
}

/// The number that is told finds the same call again.
#[test]
fn one_input_can_be_timed_alone() {
    let shop = |more: &[&str]| {
        let mut all = vec!["rules/shop", "quote", "--data", DATA, "--count", "20"];
        all.extend(more);
        benched(&project(), &all)["decisions"][0].clone()
    };
    let slowest = shop(&[])["interpreter"]["slowest"].clone();
    let number = slowest["input"].to_string();
    let again = shop(&["--only", &number]);
    assert_eq!(again["inputs"], 1);
    for one in ["quickest", "slowest"] {
        let told = &again["interpreter"][one];
        assert_eq!(
            (&told["input"], &told["call"]),
            (&slowest["input"], &slowest["call"])
        );
    }
    let run = assize(
        &project(),
        &[
            "bench",
            "rules/shop",
            "quote",
            "--only",
            &number,
            "--count",
            "2",
        ],
    );
    assert_eq!(run.code, 0, "{}", run.shown());
    assert!(!run.out.contains("slowest"), "{}", run.shown());
}

#[test]
fn the_same_members_whatever_is_measured() {
    let place = folder_with("bench-members", &[("tiers.assize", TIERS)]);
    let small = benched(&place, &["tiers.assize", "--count", "1"]);
    let shop = benched(&project(), &["rules/shop", "--data", DATA, "--count", "1"]);
    assert_eq!(names(&small), names(&shop));
    assert_eq!(names(&small["loading"]), names(&shop["loading"]));
    let first = |told: &Value| told["decisions"][0].clone();
    assert_eq!(names(&first(&small)), names(&first(&shop)));
}

#[test]
fn what_cannot_be_measured_is_refused() {
    let bench = |arguments: &[&str]| {
        let mut all = vec!["bench"];
        all.extend(arguments);
        assize(&project(), &all)
    };
    refused(&bench(&["rules/shop", "quite"]), "did you mean `quote`?");
    refused(&bench(&["rules/nowhere"]), "there is no such file");
    refused(&bench(&["rules/shop", "--count", "0"]), "--count");
    refused(&bench(&["rules/shop", "-i", ORDER]), "<DECISION>");
    refused(&bench(&["rules/shop", "--only", "1"]), "<DECISION>");
    refused(&bench(&["rules/shop", "quote", "--only", "0"]), "--only");
    refused(
        &bench(&["rules/shop", "quote", "-i", ORDER, "--only", "2"]),
        "--only 2: `quote` has 1 input",
    );
    refused(
        &bench(&["rules/shop", "quote", "-i", "nowhere.json"]),
        "there is no such file",
    );
    refused(
        &bench(&[
            "rules/shop",
            "quote",
            "-i",
            "rules/shop/samples/faulty.json",
        ]),
        "faulty.json has 4 faults; nothing was decided",
    );
    refused(
        &bench(&["rules/shop", "--data", "rules/nowhere"]),
        "there is no such file",
    );
}

#[test]
fn a_damaged_bundle_and_files_without_inputs_are_refused() {
    let place = folder_with("bench-damaged", &[("tiers.assize", TIERS)]);
    assert_eq!(
        assize(&place, &["build", "tiers.assize", "-o", "t.bundle"]).code,
        0
    );
    let mut bytes = fs::read(place.join("t.bundle")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    write(&place.join("damaged.bundle"), &bytes);
    bytes.truncate(middle);
    write(&place.join("short.bundle"), &bytes);
    for name in ["damaged.bundle", "short.bundle"] {
        refused(&assize(&place, &["bench", name]), name);
    }
    write(&place.join("empty.jsonl"), b"\n\n");
    let with = |input: &str| assize(&place, &["bench", "t.bundle", "quote", "-i", input]);
    refused(&with("empty.jsonl"), "empty.jsonl has no input");
    let good = "{\"segment\":\"trade\",\"n\":3}";
    write(
        &place.join("bad.jsonl"),
        format!("{good}\n{{\"n\":4}}\n").as_bytes(),
    );
    refused(&with("bad.jsonl"), "line 2 of bad.jsonl has 1 fault");
    let run = assize(
        &place,
        &[
            "bench",
            "t.bundle",
            "quote",
            "-i",
            "bad.jsonl",
            "--format",
            "json",
        ],
    );
    assert_eq!(run.code, 2, "{}", run.shown());
    let told: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(told["error"]["code"], "invalid_input", "{told}");
    assert_eq!(told["error"]["line"], 2, "{told}");
}

#[test]
fn a_decision_that_nothing_fits_has_no_times() {
    let rules = "module none\n\nrecord Never\n    n : int\n    check n < n because \"never\"\n\n\
        decision never (of: Never) gives int\n    1\n";
    let place = folder_with("bench-none", &[("none.assize", rules)]);
    let run = assize(&place, &["bench", "none.assize"]);
    refused(
        &run,
        "there is no input to measure: none fits the types of never",
    );
    let both = format!("{rules}\ndecision always (n: int) gives int\n    n\n");
    write(&place.join("none.assize"), both.as_bytes());
    let told = benched(&place, &["none.assize", "--count", "1"]);
    assert_eq!(told["without_inputs"], serde_json::json!(["never"]));
    assert_eq!(told["decisions"][0]["name"], "always");
}
