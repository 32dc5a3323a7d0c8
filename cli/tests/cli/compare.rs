//! `assize run --compare`: which fields differ from an answer of before, and why.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::{Run, assize, assize_with, folder, folder_with, project, shop, write};

/// A payment whose VAT is rounded in the mode that is written in.
const PAYMENT: &str = "module pay

currency EUR
number Amount  = money in EUR, 2 places
number Percent = percent, 2 places

record Payment
    net   : Amount
    vat   : Amount
    total : Amount
    kind  : text

table fee (large: bool) gives Amount
    | #     | large || fee |
    | small | false || 1   |
    | large | true  || FEE |

decision payment (net: Amount, rate: Percent) gives Payment
    let vat = round net * rate to 0.01 using MODE
    give Payment(net, vat, total: net + vat + fee(net > 10), kind: \"card\")
";

fn rules(mode: &str, fee: &str) -> String {
    PAYMENT.replace("MODE", mode).replace("FEE", fee)
}

/// The answer of rules, kept in `before.json`.
fn kept(place: &Path, rules: &str, input: &str) {
    write(&place.join("pay.assize"), rules.as_bytes());
    let arguments = ["run", "pay.assize", "payment", "-i", "-", "--receipt"];
    let run = assize_with(place, &arguments, input.as_bytes());
    assert!(!run.out.is_empty(), "{}", run.shown());
    write(&place.join("before.json"), run.out.as_bytes());
}

fn compared(place: &Path, input: &str, more: &[&str]) -> Run {
    let mut all = vec![
        "run",
        "pay.assize",
        "payment",
        "-i",
        "-",
        "--compare",
        "before.json",
    ];
    all.extend(more);
    assize_with(place, &all, input.as_bytes())
}

const INPUT: &str = r#"{"net": "20.50", "rate": "21"}"#;

// 20.50 * 21% is 4.305: 4.31 away from zero, 4.30 to the even neighbour
#[test]
fn fields_that_differ_are_told_with_the_rounding_that_differs() {
    let place = folder("compare");
    kept(&place, &rules("even", "2"), INPUT);
    let run = compared(&place, INPUT, &[]);
    assert_eq!(
        (run.code, run.err.as_str()),
        (0, "the same answer as in before.json\n")
    );
    write(&place.join("pay.assize"), rules("nearest", "2").as_bytes());
    let run = compared(&place, INPUT, &[]);
    assert_eq!(run.code, 1, "{}", run.shown());
    let lines: Vec<&str> = run.err.lines().collect();
    assert_eq!(lines[0], "differs from before.json in 2 places");
    assert!(lines[1].starts_with("  rules: was b3:"), "{}", run.err);
    assert_eq!(lines[2], "  vat: was \"4.30\", is \"4.31\"");
    let rounding = "    rounded from 4.305 EUR to 4.31 EUR in steps of 0.01 EUR by `nearest` (pay.assize:19:15); \
        `even`, `down`, `floor` would give what it was";
    assert!(lines[3..].contains(&rounding), "{}", run.err);
    assert!(
        lines[4..].contains(&"  total: was \"26.80\", is \"26.81\""),
        "{}",
        run.err
    );
    // The answer itself is on stdout, as ever.
    assert!(
        run.out.contains("\"4.31\"") && run.out.contains("\"receipt\""),
        "{}",
        run.out
    );
}

#[test]
fn a_row_that_decides_otherwise_is_told() {
    let place = folder("compare-row");
    kept(&place, &rules("nearest", "2"), INPUT);
    write(&place.join("pay.assize"), rules("nearest", "3").as_bytes());
    let run = compared(&place, INPUT, &[]);
    assert_eq!(run.code, 1, "{}", run.shown());
    let told: Vec<&str> = run.err.lines().skip(2).collect();
    assert_eq!(told[0], "  total: was \"26.81\", is \"27.81\"");
    assert!(told[1].contains("fee(large: true) is 3"), "{}", run.err);
    assert!(!run.err.contains("rounded"), "{}", run.err);
}

/// What is nearest to a field stands first, and the rest is counted. VAT by the sample: 21% of 4503.51 is 945.7371.
#[test]
fn few_lines_are_told_of_each_field() {
    let place = folder("compare-order");
    let package = "rules/business-central";
    let data = "rules/business-central/samples/data";
    let input = "rules/business-central/samples/order.json";
    let order = |more: &[&str]| {
        let mut all = vec!["run", package, "quote", "-i", input, "--data", data];
        all.extend(more);
        assize(&project(), &all)
    };
    let before = order(&[]).out;
    let file = place.join("before.json");
    write(&file, before.replace("945.74", "945.73").as_bytes());
    let run = order(&["--compare", file.to_str().unwrap()]);
    assert_eq!(run.code, 1, "{}", run.shown());
    let lines: Vec<&str> = run.err.lines().collect();
    assert!(lines[0].ends_with("in 2 places"), "{}", run.err);
    assert_eq!(lines[1], "  totals.vat: was \"945.73\", is \"945.74\"");
    assert!(
        lines[2].starts_with("    rounded from 945.7371 document to 945.74 document in steps of 0.01 document by `nearest`"),
        "{}",
        run.err
    );
    assert!(
        lines[6].ends_with("more (`assize explain --why-not totals.vat` tells them)"),
        "{}",
        run.err
    );
    assert!(lines[7].starts_with("  vat[0].vat: "), "{}", run.err);
}

#[test]
fn machines_get_the_differences_beside_the_answer() {
    let place = folder("compare-json");
    kept(&place, &rules("even", "2"), INPUT);
    let document = |run: &Run| -> Value { serde_json::from_str(&run.out).unwrap() };
    let run = compared(&place, INPUT, &["--format", "json", "--numbers", "number"]);
    // Other notation is no difference.
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.shown());
    let same = json!({"digests": [], "differences": [], "more": 0});
    assert_eq!(document(&run)["compared"], same);
    let other = r#"{"net": "20.60", "rate": "21"}"#;
    let run = compared(&place, other, &["--format", "json"]);
    assert_eq!((run.code, run.err.as_str()), (1, ""), "{}", run.shown());
    let told = document(&run)["compared"].clone();
    assert_eq!(told["digests"][0]["of"], "input");
    let paths: Vec<&str> = told["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["path"].as_str().unwrap())
        .collect();
    assert_eq!(paths, ["net", "vat", "total"]);
    assert_eq!(told["differences"][1]["was"], "\"4.30\"");
    assert_eq!(told["differences"][1]["is"], "\"4.33\"");
}

/// One answer for each line; blank lines have none. Errors that stay as they were are the same.
#[test]
fn many_answers_are_compared_line_by_line() {
    let place = folder_with("compare-many", &[("pay.assize", &rules("even", "2"))]);
    let inputs = format!(
        "{INPUT}\n\n{{\"net\": 1}}\n{}\n",
        r#"{"net":"20.70","rate":"21"}"#
    );
    write(&place.join("in.jsonl"), inputs.as_bytes());
    let run = |more: &[&str]| {
        let mut all = vec!["run", "pay.assize", "payment", "-i", "in.jsonl"];
        all.extend(more);
        assize(&place, &all)
    };
    let before = run(&["--receipt"]);
    assert_eq!(before.out.lines().count(), 3, "{}", before.shown());
    write(&place.join("before.jsonl"), before.out.as_bytes());
    let same = run(&["--compare", "before.jsonl"]);
    assert_eq!(
        (same.code, same.err.as_str(), same.out.as_str()),
        (
            0,
            "answers that differ from before.jsonl: 0 of 3\n",
            before.out.as_str()
        )
    );
    // 20.50 is a tie, and 20.70 * 21% = 4.347 is none.
    write(&place.join("pay.assize"), rules("nearest", "2").as_bytes());
    let other = run(&["--compare", "before.jsonl"]);
    assert_eq!(other.code, 1, "{}", other.shown());
    assert!(
        other
            .err
            .starts_with("line 1: differs from before.jsonl in 2 places\n"),
        "{}",
        other.err
    );
    assert!(
        other
            .err
            .ends_with("\nanswers that differ from before.jsonl: 1 of 3\n"),
        "{}",
        other.err
    );
    let lines: Vec<Value> = run(&["--compare", "before.jsonl", "--format", "json"])
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let differences = |at: usize| {
        lines[at]["compared"]["differences"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!([0, 1, 2].map(differences), [2, 0, 0]);

    // Too few answers, and too many.
    let first = before.out.lines().next().unwrap();
    write(&place.join("few.jsonl"), first.as_bytes());
    write(&place.join("pay.assize"), rules("even", "2").as_bytes());
    let few = run(&["--compare", "few.jsonl"]);
    assert_eq!(few.code, 1, "{}", few.shown());
    assert!(
        few.err
            .contains("line 4: differs from few.jsonl in 1 place\n  the answer: was nothing"),
        "{}",
        few.err
    );
    write(
        &place.join("more.jsonl"),
        format!("{}{first}\n", before.out).as_bytes(),
    );
    let more = run(&["--compare", "more.jsonl"]);
    assert_eq!(more.code, 1, "{}", more.shown());
    assert!(
        more.err
            .contains("more.jsonl has more answers than there are inputs"),
        "{}",
        more.err
    );
}

#[test]
fn what_is_no_answer_is_told_with_its_place() {
    let place = folder("compare-bad");
    let file = place.join("bad.json");
    let name = file.to_str().unwrap();
    for (text, words) in [
        ("{", "bad.json is no answer: it is no JSON: "),
        (
            "{\"a\": 1}",
            "bad.json is no answer: it has neither `output` nor `error`",
        ),
        ("", "bad.json is no answer: it is no JSON: "),
    ] {
        write(&file, text.as_bytes());
        let run = shop(&["--compare", name]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.shown());
        assert!(run.err.contains(words), "{words}: {}", run.err);
        assert!(
            run.err
                .contains("--compare takes what `assize run --receipt` wrote"),
            "{}",
            run.err
        );
    }
    write(&file, b"{\"output\": 1}\n\nnothing\n");
    let order = std::fs::read_to_string(project().join("rules/shop/samples/order.json")).unwrap();
    let order = serde_json::from_str::<Value>(&order).unwrap();
    let arguments = [
        "run",
        "rules/shop",
        "quote",
        "--jsonl",
        "-i",
        "-",
        "--data",
        "rules/shop/samples/data",
        "--compare",
        name,
    ];
    let run = assize_with(
        &project(),
        &arguments,
        format!("{order}\n{order}\n").as_bytes(),
    );
    assert_eq!(run.code, 2, "{}", run.shown());
    assert!(
        run.err.contains("line 3 of ") && run.err.contains("is no answer: it is no JSON"),
        "{}",
        run.err
    );
    for missing in ["nowhere.json", "rules"] {
        let run = shop(&["--compare", missing]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.shown());
        assert!(run.err.contains("cannot be read"), "{}", run.err);
    }
    assert_eq!(shop(&["--compare", name, "--explain"]).code, 2);
}

/// Nothing of a sensitive field is told, and that it differs is.
#[test]
fn values_that_are_not_shown_stay_so() {
    let rules = |factor: &str| {
        format!(
            "module s\n\nrecord Out\n    sensitive income : int\n    n : int\n\n\
             decision out (n: int) gives Out\n    Out(income: n * {factor}, n)\n"
        )
    };
    let place = folder_with("compare-hidden", &[("s.assize", &rules("4321"))]);
    let run = |more: &[&str]| {
        let mut all = vec!["run", "s.assize", "out", "-i", "-"];
        all.extend(more);
        assize_with(&place, &all, b"{\"n\": 1}")
    };
    write(&place.join("before.json"), run(&[]).out.as_bytes());
    write(&place.join("s.assize"), rules("8765").as_bytes());
    let told = run(&["--compare", "before.json"]);
    assert_eq!(told.code, 1, "{}", told.shown());
    assert!(told.err.contains("income: was ***, is ***"), "{}", told.err);
    let machine = run(&["--compare", "before.json", "--format", "json"]);
    let told: Value = serde_json::from_str(&machine.out).unwrap();
    let text = told["compared"].to_string();
    assert!(
        text.contains("***") && !text.contains("4321") && !text.contains("8765"),
        "{text}"
    );
}
