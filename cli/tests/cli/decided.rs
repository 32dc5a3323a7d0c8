//! `assize run --decided` and `--tally`: what decided, beside each answer and added up.

use crate::common::{SHOP, assize, folder, project, shop, write};

/// What decided stands beside the answer, and added up in a file, with what never decided; the same whether the
/// interpreter or machine code decides, which it does behind some hundreds of lines.
#[test]
fn what_decided_is_told_and_added_up() {
    let place = folder("decided");
    let text = std::fs::read_to_string(project().join("rules/shop/samples/order.json")).unwrap();
    let call = serde_json::from_str::<serde_json::Value>(&text).unwrap();
    let lines = 700;
    let calls = format!("{call}\n").repeat(lines) + "{\"no\": 1}\n";
    let file = place.join("calls.jsonl");
    write(&file, calls.as_bytes());
    let tally = place.join("tally.jsonl");
    let (file, tally) = (file.to_str().unwrap(), tally.to_str().unwrap());
    let [begin @ .., _] = SHOP;
    let more = [file, "--decided", "--tally", tally, "--format", "json"];
    let run = assize(&project(), &[begin.as_slice(), &more].concat());
    assert_eq!(run.code, 2, "{}", run.err);
    let answers: Vec<&str> = run.out.lines().collect();
    assert_eq!(answers.len(), lines + 1);
    assert!(answers.iter().take(lines).all(|line| line == &answers[0]));
    let answer: serde_json::Value = serde_json::from_str(answers[0]).unwrap();
    let decided = answer["decided"].as_array().unwrap();
    assert!(!decided.is_empty());
    assert!(!answers[lines].contains("decided"));
    // Each choice of the answer stands in the file, so many times as there were lines; the others never decided.
    let told = std::fs::read_to_string(tally).unwrap();
    let mut told: Vec<serde_json::Value> = told
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let never = told.len();
    told.retain(|choice| choice["times"] != 0);
    assert!(never > told.len(), "something never decides");
    for choice in &mut told {
        let times = choice["times"].as_u64().unwrap();
        assert_eq!(times % lines as u64, 0);
        choice["times"] = (times / lines as u64).into();
    }
    assert_eq!(&told, decided);
}

#[test]
fn a_tally_that_cannot_be_written_is_told_before_anything_is_decided() {
    let run = shop(&["--tally", "no/such/folder/tally.jsonl"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("tally.jsonl"), "{}", run.err);
}
