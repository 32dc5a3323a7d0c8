//! `assize run` and `assize explain`: answers, lines, faults, exit codes.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use crate::common::{SHOP, TIERS, assize, assize_with, command, folder_with, project, shop, write};

#[test]
fn the_answer_and_what_decided() {
    insta::assert_snapshot!(shop(&["--explain"]).shown());
}

#[test]
fn the_order_of_business_central() {
    let run = assize(
        &project(),
        &[
            "run",
            "rules/business-central",
            "quote",
            "--input",
            "rules/business-central/samples/order.json",
            "--data",
            "rules/business-central/samples/data",
            "--explain",
        ],
    );
    assert_eq!(run.code, 0, "{}", run.err);
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(answer["output"]["status"], "accepted");
    assert_eq!(answer["output"]["totals"]["payable"], "5449.25");
    let lines: Vec<&str> = run.err.lines().collect();
    assert!((2..=10).contains(&lines.len()), "{}", run.err);
    assert!(
        lines[0].starts_with("quote is Quote(status: accepted, "),
        "{}",
        run.err
    );
}

/// A package reads less than the one that it imports, from the same folder.
#[test]
fn the_checkout_decides_with_the_data_of_the_erp() {
    let decided = |data: &str| {
        let input = "rules/checkout/samples/order.json";
        let arguments = [
            "run",
            "rules/checkout",
            "checkout",
            "--input",
            input,
            "--data",
            data,
        ];
        let run = assize(&project(), &arguments);
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    };
    let shared = decided("rules/business-central/samples/data");
    assert!(shared.contains("accepted_with_notice"), "{shared}");
    assert_eq!(shared, decided("rules/checkout/samples/data"));
}

#[test]
fn machines_get_one_line() {
    let run = shop(&[
        "--format",
        "json",
        "--numbers",
        "number",
        "--receipt",
        "--explain",
    ]);
    assert_eq!(
        (run.code, run.err.as_str(), run.out.lines().count()),
        (0, "", 1)
    );
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert!(
        run.out.contains("\"net\":218.40,"),
        "exact numbers: {}",
        run.out
    );
    assert_eq!(answer["trace"]["root"]["name"], "shop.main.quote");
    for digest in ["rules", "data", "input", "output"] {
        assert!(
            answer["receipt"][digest]
                .as_str()
                .unwrap()
                .starts_with("b3:"),
            "{digest}"
        );
    }
}

#[test]
fn an_input_alone_and_a_whole_call_are_the_same() {
    let text = std::fs::read_to_string(project().join("rules/shop/samples/order.json")).unwrap();
    let call: serde_json::Value = serde_json::from_str(&text).unwrap();
    let alone = call["input"].to_string();
    let [begin @ .., _] = SHOP;
    let at = "2026-11-19T10:15:00Z";
    let more = ["-", "--format", "json", "--receipt", "--at", at];
    let arguments = [begin.as_slice(), &more].concat();
    let alone = assize_with(&project(), &arguments, alone.as_bytes());
    let whole = assize_with(&project(), &arguments, text.as_bytes());
    assert_eq!(alone.code, 0, "{}", alone.out);
    assert_eq!(alone.out, whole.out);
}

#[test]
fn every_fault_of_an_input_is_told_at_once() {
    let mut arguments = SHOP.to_vec();
    arguments.pop();
    arguments.push("rules/shop/samples/faulty.json");
    insta::assert_snapshot!(assize(&project(), &arguments).shown());
}

/// The record alone instead of the parameter that holds it, and no time for data that must be fresh.
#[test]
fn beginners_are_told_how_a_call_is_written() {
    let mut arguments = SHOP.to_vec();
    arguments.pop();
    arguments.push("-");
    let lines = br#"{"ordered": "2026-11-20", "lines": [], "customer": {"number": "C1", "segment": "trade"}}"#;
    insta::assert_snapshot!(assize_with(&project(), &arguments, lines).err);
}

#[test]
fn a_stop_speaks_the_words_of_the_rules() {
    let folder = folder_with("run-stop", &[("tiers.assize", TIERS)]);
    let arguments = ["run", "tiers.assize", "quote", "--input", "-"];
    let run = assize_with(&folder, &arguments, br#"{"segment": "trade", "n": 101}"#);
    insta::assert_snapshot!(run.shown());
}

#[test]
fn broken_inputs() {
    let folder = folder_with("run-broken", &[("tiers.assize", TIERS)]);
    let arguments = [
        "run",
        "tiers.assize",
        "quote",
        "--input",
        "-",
        "--format",
        "json",
    ];
    let mut told = String::new();
    let inputs: [&[u8]; 9] = [
        b"",
        b"{",
        b"\xFF",
        b"[1]",
        br#"{"segment": "trade", "n": 1, "n": 2}"#,
        br#"{"segment": "trade", "n": 1.5}"#,
        br#"{"decision": "other", "input": {}}"#,
        br#"{"decision": 1, "input": {"segment": "trade", "n": 1}}"#,
        br#"{"inputs": {"segment": "trade", "n": 1}}"#,
    ];
    for input in inputs {
        let run = assize_with(&folder, &arguments, input);
        writeln!(told, "{}  {}", run.code, run.out.trim_end()).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn lines_are_answered_one_by_one_and_bad_ones_do_not_stop_the_rest() {
    let folder = folder_with("run-lines", &[("tiers.assize", TIERS)]);
    let input = concat!(
        "{\"segment\": \"trade\", \"n\": 1}\n",
        "\n",
        "nonsense\n",
        "{\"decision\": \"quote\", \"input\": {\"segment\": \"retail\", \"n\": 5}}\r\n",
        "{\"segment\": \"trade\", \"n\": 101}\n",
        "{\"segment\": \"wholesale\", \"n\": 1}\n",
        "{\"segment\": \"trade\", \"n\": 3}",
    );
    let run = assize_with(
        &folder,
        &["run", "tiers.assize", "quote", "-i", "-"],
        input.as_bytes(),
    );
    insta::assert_snapshot!(run.shown());
    // The same from a file, and told to be lines.
    write(&folder.join("calls.jsonl"), input.as_bytes());
    let file = assize(
        &folder,
        &["run", "tiers.assize", "quote", "-i", "calls.jsonl"],
    );
    assert_eq!((file.out, file.code), (run.out.clone(), run.code));
    let told = assize_with(
        &folder,
        &["run", "tiers.assize", "quote", "-i", "-", "--jsonl"],
        input.as_bytes(),
    );
    assert_eq!(told.out, run.out);
}

#[test]
fn a_bad_first_line_does_not_take_the_others_with_it() {
    let folder = folder_with("run-first", &[("tiers.assize", TIERS)]);
    let told = |input: &str| {
        let arguments = [
            "run",
            "tiers.assize",
            "quote",
            "-i",
            "-",
            "--format",
            "json",
        ];
        let run = assize_with(&folder, &arguments, input.as_bytes());
        format!("{}\n{}", run.code, run.out)
    };
    let good = "{\"segment\": \"trade\", \"n\": 1}\n";
    let mut all = String::new();
    // Broken, then cut off; lines are counted as they stand, blank ones as well.
    all.push_str(&told(&format!("\n{{segment\n{good}\n{good}{{}}\n")));
    all.push_str(&told(&format!("{{\"segment\": \"tr\n{good}")));
    // One document on several lines, good and bad, is no list of lines.
    all.push_str(&told("{\n\"segment\": \"trade\",\n\"n\": 1}\n"));
    all.push_str(&told(
        "{\"input\":\n{\"segment\": \"trade\", \"n\": 1}\n}\n",
    ));
    all.push_str(&told("{\"segment\": \"trade\",\n\"n\": 1.5,}\n"));
    insta::assert_snapshot!(all);
}

#[test]
fn exit_codes_of_many_lines() {
    let folder = folder_with("run-codes", &[("tiers.assize", TIERS)]);
    let good = "{\"segment\": \"trade\", \"n\": 1}\n";
    let stopped = "{\"segment\": \"trade\", \"n\": 101}\n";
    let bad = "{}\n";
    for (lines, wanted) in [
        (vec![good, good], 0),
        (vec![good, stopped, good], 3),
        (vec![good, bad, good], 2),
        (vec![stopped, bad], 2),
    ] {
        let arguments = ["run", "tiers.assize", "quote", "-i", "-", "--jsonl"];
        let run = assize_with(&folder, &arguments, lines.concat().as_bytes());
        assert_eq!(run.code, wanted, "{lines:?}");
        assert_eq!(run.out.lines().count(), lines.len());
    }
}

#[test]
fn ten_thousand_lines_through_a_pipe() {
    let folder = folder_with("run-many", &[("tiers.assize", TIERS)]);
    let mut input = String::new();
    for n in 0..10_000 {
        writeln!(input, "{{\"segment\": \"trade\", \"n\": {}}}", n % 100).unwrap();
    }
    let arguments = [
        "run",
        "tiers.assize",
        "quote",
        "-i",
        "-",
        "--format",
        "json",
    ];
    let run = assize_with(&folder, &arguments, input.as_bytes());
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let answers: Vec<&str> = run.out.lines().collect();
    assert_eq!(answers.len(), 10_000);
    for (n, answer) in answers.iter().enumerate() {
        assert_eq!(*answer, format!("{{\"output\":{}}}", 2 * (n % 100)));
    }
}

#[test]
fn each_line_is_answered_before_the_next_is_needed() {
    let folder = folder_with("run-talk", &[("tiers.assize", TIERS)]);
    let mut child = command(
        &folder,
        &["run", "tiers.assize", "quote", "-i", "-", "--jsonl"],
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .spawn()
    .unwrap();
    let mut ask = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for n in 1..4 {
        writeln!(ask, "{{\"segment\": \"retail\", \"n\": {n}}}").unwrap();
        ask.flush().unwrap();
        assert_eq!(
            answers.next().unwrap().unwrap(),
            format!("{{\"output\":{n}}}")
        );
    }
    drop(ask);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let folder = folder_with("run-pipe", &[("tiers.assize", TIERS)]);
    let mut child = command(
        &folder,
        &["run", "tiers.assize", "quote", "-i", "-", "--jsonl"],
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    drop(child.stdout.take());
    let mut ask = child.stdin.take().unwrap();
    for _ in 0..1_000 {
        if writeln!(ask, "{{\"segment\": \"retail\", \"n\": 1}}").is_err() {
            break;
        }
    }
    drop(ask);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn without_data_empty_relations_are_named_once() {
    let run = assize_with(
        &project(),
        &[
            "run",
            "rules/shop",
            "quote",
            "-i",
            "rules/shop/samples/order.json",
        ],
        b"",
    );
    assert_eq!(run.err, "note: without --data, Supply is empty\n");
    assert_eq!(run.code, 0);
}

#[test]
fn faults_of_data_are_all_told() {
    let folder = folder_with(
        "run-data",
        &[
            (
                "data/snapshot.json",
                r#"{"as_of": "2026-11-19T10:14:00Z", "relations": {"shop.main.Supply": {"file": "Supply.csv"}}}"#,
            ),
            (
                "data/Supply.csv",
                "item,arrives,quantity\nLAMP,2026-11-31,4\nLAMP,2026-12-01,-1\n",
            ),
        ],
    );
    let data = folder.join("data");
    let arguments = [
        "run",
        "rules/shop",
        "quote",
        "-i",
        "rules/shop/samples/order.json",
        "--data",
        data.to_str().unwrap(),
    ];
    let run = assize(&project(), &arguments);
    let err = run.err.replace(data.to_str().unwrap(), "data");
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    insta::assert_snapshot!(err);
    let json = assize(
        &project(),
        &[&arguments[..], &["--format", "json"]].concat(),
    );
    let answer: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        (json.code, &answer["error"]["code"]),
        (2, &"invalid_data".into())
    );
    assert_eq!(answer["error"]["faults"][0]["line"], 2);
}

#[test]
fn usage_faults_of_a_call() {
    let mut told = String::new();
    let order = "rules/shop/samples/order.json";
    for arguments in [
        vec!["run", "rules/shop", "qoute", "-i", order],
        vec!["run", "rules/shop", "price", "-i", order],
        vec!["run", "rules/shop", "quote", "-i", "nowhere.json"],
        vec!["run", "rules/shop", "quote", "-i", "rules"],
        vec![
            "run",
            "rules/shop",
            "quote",
            "-i",
            order,
            "--data",
            "nowhere",
        ],
        vec![
            "run",
            "rules/shop",
            "quote",
            "-i",
            order,
            "--data",
            "README.md",
        ],
        vec![
            "run",
            "rules/shop",
            "quote",
            "-i",
            order,
            "--at",
            "yesterday",
        ],
        vec!["run", "nowhere", "quote", "-i", order],
        vec!["run", "README.md", "quote", "-i", order],
    ] {
        let run = assize(&project(), &arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        told.push_str(&run.err);
    }
    insta::assert_snapshot!(told);
}

#[test]
fn rules_with_errors_decide_nothing() {
    let folder = folder_with(
        "run-errors",
        &[(
            "a.assize",
            "module a\n\ndecision one (n: int) gives int\n    m\n",
        )],
    );
    let run = assize_with(
        &folder,
        &["run", "a.assize", "one", "-i", "-"],
        b"{\"n\": 1}",
    );
    insta::assert_snapshot!(run.shown());
    let arguments = ["run", "a.assize", "one", "-i", "-", "--format", "json"];
    let run = assize_with(&folder, &arguments, b"{\"n\": 1}");
    let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        (run.code, &answer["error"]["code"]),
        (1, &"rules_have_errors".into())
    );
}

#[test]
fn explanations_at_every_level() {
    let mut told = String::new();
    for more in [
        vec!["--level", "line"],
        vec![],
        vec!["--why-not", "black_week"],
        vec!["--why-not", "over_limit"],
        vec!["--why-not", "black_wek"],
        vec!["--why-not", "tier_discount.1"],
        vec!["--why-not", "tier_discount.7"],
        vec!["--why-not", "net = 200"],
        vec!["--why-not", "credit = hold"],
        vec!["--why-not", "credit is maybe"],
        vec!["--why-not", "Supply"],
        vec!["--why-not", "nothing"],
    ] {
        let mut arguments = SHOP.to_vec();
        arguments[0] = "explain";
        arguments.extend(&more);
        let run = assize(&project(), &arguments);
        writeln!(told, "{more:?}\n{}\n", run.shown()).unwrap();
    }
    insta::assert_snapshot!(told);
    let mut arguments = SHOP.to_vec();
    arguments[0] = "explain";
    arguments.extend(["--level", "all"]);
    let all = assize(&project(), &arguments);
    assert!(all.out.lines().count() > 20, "{}", all.out);
    arguments.extend(["--format", "json"]);
    let json = assize(&project(), &arguments);
    let answer: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let lines = answer["explanation"].as_array().unwrap().len();
    assert_eq!(lines, all.out.lines().count());
    // Every place that the trace names is a place in a file.
    let root = answer["trace"]["root"]["place"].as_str().unwrap();
    let file = answer["places"][root]["file"].as_str().unwrap();
    assert_eq!(file, "rules/shop/shop.assize");
    let line = answer["places"][root]["line"].as_u64().unwrap();
    let text = std::fs::read_to_string(project().join(file)).unwrap();
    let line = text.lines().nth(usize::try_from(line).unwrap() - 1);
    assert!(line.unwrap().starts_with("decision quote"), "{line:?}");
}

const WHY: &str = "module m
reason late (day: int)
    \"{day}\"
table first_fit (n: int) gives int
    hit first
    | #    | n     || gives |
    | low  | < 5   || 1     |
    | all  | -     || 2     |
    | last | >= 10 || 3     |
rule extra (n: int) gives int
    default first_fit(n)
    exception big
        when n > 1_000 or n < -1_000
        then 9
decision total (ns: list of int, more: bool) gives int
    let base = sum of extra(n) for n in ns
    give if more then base + unused(base) else base
rule unused (n: int) gives int
    default 0
    exception never
        when n > 5
        then 1
decision reasons (day: int) gives list of Reason
    [late(day)]
";

/// What `explain` says of a name.
fn why_not(folder: &std::path::Path, decision: &str, input: &[u8], name: &str) -> String {
    let arguments = [
        "explain",
        "m.assize",
        decision,
        "-i",
        "-",
        "--why-not",
        name,
    ];
    let run = assize_with(folder, &arguments, input);
    format!("{decision} {name}\n{}\n\n", run.shown())
}

/// Names are taken as they are printed; what the decision did not come to is told from what is unknown.
#[test]
fn why_not_this_one() {
    let folder = folder_with("why-not", &[("m.assize", WHY)]);
    let mut told = String::new();
    let input = b"{\"ns\": [1, 2, 7, 8, 9], \"more\": false}".as_slice();
    for (decision, input, name) in [
        ("total", input, "big"),
        ("total", input, "extra.big"),
        ("total", input, "exception big"),
        ("total", input, "m.first_fit.low"),
        ("total", input, "last"),
        ("total", input, "never"),
        ("total", input, "unused"),
        ("total", input, "late"),
        ("total", input, "lats"),
        ("total", input, "fit"),
        ("total", input, "extra.last"),
        ("reasons", b"{\"day\": 5}", "late(day: 5)"),
    ] {
        told.push_str(&why_not(&folder, decision, input, name));
    }
    insta::assert_snapshot!(told);
}

/// A path into the answer: what gave this element, or why there is none.
#[test]
fn why_not_a_part_of_the_answer() {
    let rules = "module m\n\nrecord Line\n    n    : int\n    rate : int\n\nrecord Answer\n    lines : list of Line\n    first : Line?\n    sum   : int\n\n\
        table rate (n: int) gives int\n    | #   | n    || rate |\n    | low | <= 5 || 1    |\n    | big | > 5  || 2    |\n\n\
        define lines_of (ns: list of int) gives list of Line\n    for each n in ns give Line(n, rate: rate(n))\n\n\
        decision answer (ns: list of int) gives Answer\n    let lines = lines_of(ns)\n    give Answer(lines, first: first of l in lines where l.n > 100, sum: sum of l.rate for l in lines)\n\n\
        decision all (ns: list of int) gives list of Line\n    lines_of(ns)\n";
    let folder = folder_with("why-not-path", &[("m.assize", rules)]);
    let mut told = String::new();
    let input = b"{\"ns\": [3, 7]}".as_slice();
    for (decision, path) in [
        ("answer", "lines[0].rate"),
        ("answer", "lines[1].rate=1"),
        ("answer", "output.lines[1].rate is 1"),
        ("answer", "lines[1]"),
        ("answer", "lines[2].rate"),
        ("answer", "first.rate"),
        ("answer", "lines.rate"),
        ("answer", "lines[0].rat"),
        ("answer", "lines[0].other"),
        ("answer", "sum[0]"),
        ("answer", "lins[0].rate"),
        ("answer", "lines[x]"),
        ("answer", "lines[4294967295]"),
        ("all", "[1].rate"),
        ("all", "all[0].rate"),
        ("all", "output[5]"),
    ] {
        told.push_str(&why_not(&folder, decision, input, path));
    }
    insta::assert_snapshot!(told);
}

/// An error is told once, by `run` above its explanation and by `explain` as its head.
#[test]
fn an_error_is_told_once() {
    let rules = "module m\n\ntable each (item: code) gives int\n    hit first\n    | item   || n |\n    | \"LAMP\" || 2 |\n    | -      || 0 |\n\ndecision half (item: code) gives number\n    1 / each(item)\n";
    let folder = folder_with("error-once", &[("m.assize", rules)]);
    let mut told = String::new();
    for more in [
        vec!["run"],
        vec!["run", "--explain"],
        vec!["explain", "--level", "line"],
        vec!["explain"],
        vec!["explain", "--level", "all"],
        vec!["explain", "--why-not", "row 1"],
        vec!["explain", "--why-not", "half = 5"],
    ] {
        let mut arguments = vec![more[0], "m.assize", "half", "-i", "-"];
        arguments.extend(&more[1..]);
        let run = assize_with(&folder, &arguments, b"{\"item\": \"PEN\"}");
        writeln!(told, "{more:?}\n{}\n", run.shown()).unwrap();
    }
    insta::assert_snapshot!(told);
}

/// The place of an error is a place in a file; the answer itself stays as the engine wrote it.
#[test]
fn errors_have_their_file() {
    let rules = "module m\n\ndecision half (n: int) gives number\n    1 / n\n";
    let folder = folder_with("run-file", &[("deep/m.assize", rules)]);
    for verb in ["run", "explain"] {
        let arguments = [verb, "deep/m.assize", "half", "-i", "-", "--format", "json"];
        let run = assize_with(&folder, &arguments, b"{\"n\": 0}");
        assert_eq!(run.code, 3);
        assert!(
            run.out.starts_with(
                "{\"error\":{\"code\":\"division_by_zero\",\"rule\":\"m.half\",\"place\":\"m.half:4:5\""
            ),
            "{}",
            run.out
        );
        let answer: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        assert_eq!(
            answer["places"]["m.half:4:5"],
            serde_json::json!({"file": "deep/m.assize", "line": 4, "column": 5})
        );
    }
}

#[test]
fn a_document_is_a_whole_call_by_its_names() {
    let rules = "module odd\n\ndecision sum (decision: int, input: int) gives int\n    decision * 10 + input\n\n\
                 decision one (n: int) gives int\n    n\n";
    let folder = folder_with("run-whole", &[("odd.assize", rules)]);
    let mut told = String::new();
    for (decision, input) in [
        // Names of parameters do not make a call; another field of a call does.
        ("sum", r#"{"decision": 1, "input": 2}"#),
        (
            "sum",
            r#"{"at": null, "decision": "sum", "input": {"decision": 1, "input": 2}}"#,
        ),
        ("one", r#"{"n": 1}"#),
        ("one", r#"{"decision": "odd.one", "input": {"n": 1}}"#),
        (
            "one",
            r#"{"at": "2026-11-20T10:15:00Z", "input": {"n": 1}}"#,
        ),
        ("one", r#"{"at": "2026-11-20T10:15:00Z"}"#),
    ] {
        let arguments = ["run", "odd.assize", decision, "-i", "-", "--format", "json"];
        let run = assize_with(&folder, &arguments, input.as_bytes());
        writeln!(told, "{}  {}", run.code, run.out.trim_end()).unwrap();
    }
    insta::assert_snapshot!(told, @r#"
    0  {"output":12}
    0  {"output":12}
    0  {"output":1}
    0  {"output":1}
    0  {"output":1}
    2  {"error":{"code":"invalid_input","faults":[{"path":"input","code":"missing_field","expected":"an object with the parameters of the decision","found":"nothing"}]}}
    "#);
}

/// A day before the first value or the first exception is named, beside the first day that there is.
#[test]
fn days_before_the_first_one_are_told() {
    let rules = "module m\n\nparameter vat : int\n    from 2026-01-01 is 19\n    from 2027-01-01 is 21\n\n\
                 rule offer (day: date) gives int\n    as of day\n    exception spring\n        valid from 2026-03-01\n        then 1\n\n\
                 decision rate (day: date) gives int\n    vat on day\n\n\
                 decision offered (day: date) gives int\n    offer(day)\n";
    let folder = folder_with("run-first-day", &[("m.assize", rules)]);
    let told = |decision: &str, day: &str| {
        let arguments = ["run", "m.assize", decision, "-i", "-"];
        let input = format!("{{\"day\": \"{day}\"}}");
        let run = assize_with(&folder, &arguments, input.as_bytes());
        assert_eq!(run.code, 3);
        run.err
    };
    assert_eq!(
        told("rate", "2025-12-31"),
        "error: rate ended with undecided: vat has no value before 2026-01-01, and was asked for \
         2025-12-31 (m.vat at m.assize:3:1)\n"
    );
    assert_eq!(
        told("offered", "2026-02-28"),
        "error: offered ended with undecided: offer has no exception that is valid before \
         2026-03-01, and was asked for 2026-02-28 (m.offer at m.assize:7:1)\n"
    );
}

/// Who names no decision is told which ones there are.
#[test]
fn decisions_are_named_where_none_is() {
    for verb in ["run", "explain"] {
        let run = assize(&project(), &[verb, "rules/shop"]);
        assert_eq!(
            run.shown(),
            "stderr\nerror: no decision is named\n help: there is quote; write for example `assize \
             run rules/shop quote --input FILE`\nexit 2",
            "{verb}"
        );
    }
}

/// Far down a stream machine code decides; nobody can tell from the answers, errors included.
#[test]
fn long_streams_have_the_same_answers_to_their_end() {
    let order = std::fs::read_to_string(project().join(SHOP[6])).unwrap();
    let order: serde_json::Value = serde_json::from_str(&order).unwrap();
    let mut late = order.clone();
    // Before the first value of the rules' parameters.
    if let Some(input) = late.get_mut("input").and_then(|it| it.get_mut("order")) {
        input["ordered"] = serde_json::json!("1990-01-01");
    }
    let mut input = String::new();
    for _ in 0..600 {
        writeln!(input, "{order}\n{late}").unwrap();
    }
    let arguments = [
        SHOP[0], SHOP[1], SHOP[2], SHOP[3], SHOP[4], "-i", "-", "--jsonl",
    ];
    let run = assize_with(&project(), &arguments, input.as_bytes());
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 1_200, "{}", run.err);
    // An error says in which line it stands.
    let without_line = |line: &str| {
        let mut answer: serde_json::Value = serde_json::from_str(line).unwrap();
        if let Some(error) = answer["error"].as_object_mut() {
            error.remove("line");
        }
        answer
    };
    for pair in lines.chunks(2) {
        assert_eq!(pair[0], lines[0]);
        assert_eq!(without_line(pair[1]), without_line(lines[1]));
    }
    assert!(lines[0].contains("output"), "{}", lines[0]);
    assert!(lines[1].contains("undecided"), "{}", lines[1]);
}
