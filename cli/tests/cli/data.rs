//! `assize inspect --data`: the rows and digests of a snapshot, and what is gone since before.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::{Run, assize, folder_with, project, write};

const RULES: &str = "module d

data Price
    key item : code
    amount   : int
data Rebate
    key item : code
    points   : int

decision worth (item: code) gives int
    Price[item].amount - (sum of r.points for r in Rebate where r.item = item)
";

const SNAPSHOT: &str = r#"{
  "as_of": "2026-11-20T06:00:00Z",
  "relations": {
    "d.Price": {"file": "Price.csv"},
    "d.Rebate": {"file": "Rebate.csv", "as_of": "2026-11-20T07:00:00Z"}
  }
}"#;

/// Data with so many prices and rebates.
fn fill(place: &Path, prices: usize, rebates: usize) {
    let rows = |head: &str, count: usize| {
        let rows = (0..count).map(|n| format!("A{n},{n}\n"));
        format!("{head}\n{}", rows.collect::<String>())
    };
    write(&place.join("data/snapshot.json"), SNAPSHOT.as_bytes());
    write(
        &place.join("data/Price.csv"),
        rows("item,amount", prices).as_bytes(),
    );
    write(
        &place.join("data/Rebate.csv"),
        rows("item,points", rebates).as_bytes(),
    );
}

fn inspect(place: &Path, more: &[&str]) -> Run {
    let mut all = vec!["inspect", "d.assize", "--data", "data"];
    all.extend(more);
    assize(place, &all)
}

fn document(place: &Path, more: &[&str]) -> Value {
    let run = inspect(place, &[more, &["--format", "json"]].concat());
    assert_eq!(run.err, "", "{}", run.shown());
    serde_json::from_str(&run.out).unwrap()
}

#[test]
fn each_relation_has_its_rows_and_a_digest_of_them() {
    let place = folder_with("data-rows", &[("d.assize", RULES)]);
    fill(&place, 3, 1);
    let told = document(&place, &[]);
    assert!(told["data"].as_str().unwrap().starts_with("b3:"));
    let relations = told["relations"].as_array().unwrap();
    let of = |at: usize, name: &str| relations[at][name].clone();
    assert_eq!(
        [of(0, "name"), of(0, "rows"), of(0, "as_of")],
        [json!("d.Price"), json!(3), json!("2026-11-20T06:00:00Z")]
    );
    assert_eq!(
        [of(1, "name"), of(1, "rows"), of(1, "as_of")],
        [json!("d.Rebate"), json!(1), json!("2026-11-20T07:00:00Z")]
    );
    assert_eq!(
        (&told["shrunk"], &told["not_compared"]),
        (&json!([]), &json!([]))
    );
    let rows: String = (0..3)
        .map(|n| format!("{{\"item\":\"A{n}\",\"amount\":{n}}}\n"))
        .collect();
    let digest = assize_eval::digest::Digest::of(rows.as_bytes());
    assert_eq!(of(0, "digest"), digest.to_string());
    // The digest is that of the rows: not of their order, nor of when they were taken, but of each value.
    let later = SNAPSHOT.replace("06:00", "09:00");
    write(&place.join("data/snapshot.json"), later.as_bytes());
    write(
        &place.join("data/Price.csv"),
        b"amount,item\n2,A2\n0,a0\n1,A1\n",
    );
    let again = document(&place, &[]);
    assert_ne!(again["data"], told["data"]);
    assert_eq!(again["relations"][0]["digest"], of(0, "digest"));
    write(
        &place.join("data/Price.csv"),
        b"item,amount\nA0,0\nA1,1\nA2,3\n",
    );
    let changed = document(&place, &[]);
    assert_ne!(changed["relations"][0]["digest"], of(0, "digest"));
    assert_eq!(changed["relations"][1]["digest"], of(1, "digest"));
    let human = inspect(&place, &[]);
    assert_eq!(human.code, 0, "{}", human.shown());
    let lines: Vec<&str> = human.out.lines().collect();
    assert!(
        lines[1].starts_with("  d.Price   3 rows  2026-11-20T09:00:00Z  b3:"),
        "{}",
        human.out
    );
    assert!(
        lines[2].starts_with("  d.Rebate   1 row  2026-11-20T07:00:00Z  b3:"),
        "{}",
        human.out
    );
}

#[test]
fn what_shrank_or_became_empty_is_a_warning() {
    let place = folder_with("data-shrunk", &[("d.assize", RULES)]);
    fill(&place, 100, 2);
    let before = document(&place, &[]);
    write(&place.join("before.json"), before.to_string().as_bytes());
    let with = |more: &[&str]| inspect(&place, &[&["--before", "before.json"], more].concat());
    let same = with(&[]);
    assert_eq!(same.code, 0, "{}", same.shown());
    assert!(!same.out.contains("warning"), "{}", same.out);
    // Ten of a hundred may be gone, unless fewer are asked for; growth is never told.
    fill(&place, 90, 9);
    assert_eq!(with(&[]).code, 0);
    let strict = with(&["--shrunk", "9"]);
    assert_eq!(strict.code, 1, "{}", strict.shown());
    let warning = "warning: d.Price has 90 rows, and had 100: 10 % are gone\n";
    assert!(strict.out.ends_with(warning), "{}", strict.out);
    fill(&place, 89, 0);
    let told = with(&["--shrunk", "100"]);
    assert_eq!(told.code, 1, "{}", told.shown());
    assert!(
        told.out
            .ends_with("warning: d.Rebate is empty, and had 2 rows\n"),
        "{}",
        told.out
    );
    let machine = document(&place, &["--before", "before.json"]);
    let shrunk = |name: &str, rows: u64, before: u64, lost: u64| json!({"name": name, "rows": rows, "before": before, "lost_percent": lost});
    assert_eq!(
        machine["shrunk"],
        json!([
            shrunk("d.Price", 89, 100, 11),
            shrunk("d.Rebate", 0, 2, 100)
        ])
    );
}

#[test]
fn relations_of_other_rules_are_not_compared() {
    let place = folder_with("data-others", &[("d.assize", RULES)]);
    fill(&place, 1, 1);
    let summary =
        r#"{"relations": [{"name": "d.Price", "rows": 1}, {"name": "d.Old", "rows": 9}]}"#;
    write(&place.join("before.json"), summary.as_bytes());
    let run = inspect(&place, &["--before", "before.json"]);
    assert_eq!(run.code, 0, "{}", run.shown());
    assert!(
        run.out.ends_with("not compared: d.Old, d.Rebate\n"),
        "{}",
        run.out
    );
}

#[test]
fn what_is_no_summary_is_refused() {
    let place = folder_with("data-bad", &[("d.assize", RULES)]);
    fill(&place, 1, 1);
    for (text, words) in [
        ("{", "before.json is no summary of data: "),
        ("[]", "it has no list `relations`"),
        (
            r#"{"relations": [{"name": "a"}]}"#,
            "relations[0] has no `name` with a number of `rows`",
        ),
        (
            r#"{"relations": [{"name": "a", "rows": -1}]}"#,
            "relations[0] has no `name`",
        ),
        (
            r#"{"relations": [{"name": "a", "rows": 1}, {"name": "a", "rows": 2}]}"#,
            "`a` stands twice in it",
        ),
    ] {
        write(&place.join("before.json"), text.as_bytes());
        let run = inspect(&place, &["--before", "before.json"]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.shown());
        assert!(run.err.contains(words), "{words}: {}", run.err);
    }
    for (arguments, words) in [
        (&["--before", "nowhere.json"][..], "there is no such file"),
        (&["--before", "data"], "it is a folder"),
        (&["--shrunk", "5"], "--before"),
        (&["--before", "before.json", "--shrunk", "101"], "101"),
        (&["--text"], "--text"),
        (&["--lowering"], "--lowering"),
    ] {
        let run = inspect(&place, arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.shown());
        assert!(run.err.contains(words), "{words}: {}", run.err);
    }
    let run = assize(&place, &["inspect", "d.assize", "--before", "before.json"]);
    assert!(
        run.code == 2 && run.err.contains("--data"),
        "{}",
        run.shown()
    );
    let run = assize(&place, &["inspect", "d.assize", "--data", "nowhere"]);
    assert!(
        run.code == 2 && run.err.contains("there is no such file"),
        "{}",
        run.shown()
    );
    // The data has faults: told as by every verb that reads it.
    write(&place.join("data/Price.csv"), b"item,amount\nA,x\n");
    let run = inspect(&place, &[]);
    assert!(
        run.code == 2 && run.err.contains("Price.csv:2: amount: not_a_number"),
        "{}",
        run.shown()
    );
}

#[test]
fn the_samples_of_a_package_are_told() {
    let data = "rules/business-central/samples/data";
    let run = assize(
        &project(),
        &["inspect", "rules/business-central", "--data", data],
    );
    assert_eq!(run.code, 0, "{}", run.shown());
    assert!(run.out.contains("\n  erp.bc.model.Item "), "{}", run.out);
}
