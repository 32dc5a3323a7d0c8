//! `assize test`: what passes, what fails, filters, JUnit, exit codes.

use crate::common::{TIERS, assize, folder, folder_with, project};

const GOOD: &str = "
test \"tiers\"
    cases
        | segment || tier(segment) | by   |
        | trade   || 2             | best |
    expect error stopped in quote(trade, 101)

property \"never below one\"
    for all segment: Segment
    expect tier(segment) >= 1
";

#[test]
fn what_passes() {
    let folder = folder_with("test-good", &[("tiers.assize", &format!("{TIERS}{GOOD}"))]);
    let run = assize(&folder, &["test", "tiers.assize"]);
    assert_eq!(run.code, 0, "{}", run.out);
    insta::assert_snapshot!(run.shown());
    let run = assize(
        &folder,
        &[
            "test",
            "tiers.assize",
            "--filter",
            "never",
            "--format",
            "json",
        ],
    );
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(document["report"]["tests"].as_array().unwrap().len(), 1);
    assert_eq!(document["passed"], true);
    let none = assize(&folder, &["test", "tiers.assize", "--filter", "teirs"]);
    assert_eq!((none.code, none.out.as_str()), (2, ""));
    assert!(
        none.err.ends_with("help: did you mean `tiers`?\n"),
        "{}",
        none.err
    );
}

#[test]
fn what_fails() {
    let bad = GOOD.replace("|| 2 ", "|| 3 ");
    let folder = folder_with("test-bad", &[("tiers.assize", &format!("{TIERS}{bad}"))]);
    let run = assize(&folder, &["test", "tiers.assize", "--junit", "out.xml"]);
    assert_eq!(run.code, 1);
    insta::assert_snapshot!(run.shown());
    let junit = std::fs::read_to_string(folder.join("out.xml")).unwrap();
    assert!(
        junit.contains("<testsuite") && junit.contains("<failure"),
        "{junit}"
    );
}

#[test]
fn broken_rules_and_no_tests() {
    let folder = folder_with(
        "test-broken",
        &[
            (
                "bad.assize",
                "module m\n\ndefine f (n: int) gives int\n    m\n",
            ),
            ("none.assize", TIERS),
        ],
    );
    let bad = assize(&folder, &["test", "bad.assize"]);
    assert_eq!(bad.code, 1);
    assert!(
        bad.err
            .contains("bad.assize has 1 error; `assize check bad.assize` tells them"),
        "{}",
        bad.err
    );
    let none = assize(&folder, &["test", "none.assize"]);
    assert_eq!((none.code, none.out.as_str()), (0, ""));
    // A machine that reads only the document, or only the report, must not see green.
    let json = assize(
        &folder,
        &[
            "test",
            "bad.assize",
            "--format",
            "json",
            "--junit",
            "out.xml",
        ],
    );
    assert_eq!(json.code, 1);
    assert!(json.out.contains("\"passed\":false"), "{}", json.out);
    let junit = std::fs::read_to_string(folder.join("out.xml")).unwrap();
    assert!(
        junit.contains("errors=\"1\"") && junit.contains("<error message=\"A0"),
        "{junit}"
    );
}

#[test]
fn rules_are_not_written_over() {
    let folder = folder_with("test-over", &[("tiers.assize", TIERS)]);
    let before = std::fs::read(folder.join("tiers.assize")).unwrap();
    for arguments in [
        ["test", "tiers.assize", "--junit", "tiers.assize"],
        ["build", "tiers.assize", "-o", "tiers.assize"],
    ] {
        let run = assize(&folder, &arguments);
        assert_eq!(run.code, 2, "{}", run.out);
        assert!(run.err.contains("is part of a package"), "{}", run.err);
        assert_eq!(std::fs::read(folder.join("tiers.assize")).unwrap(), before);
    }
}

#[test]
fn new_packages_and_the_shop_pass_their_own_tests() {
    let folder = folder("test-new");
    for template in ["starter", "shop"] {
        assert_eq!(
            assize(&folder, &["new", template, "--template", template]).code,
            0
        );
        let run = assize(&folder, &["test", template]);
        assert_eq!(run.code, 0, "{}", run.out);
    }
    let run = assize(&project(), &["test", "rules/shop"]);
    assert_eq!(run.code, 0, "{}", run.out);
}

/// Places can be opened from the folder that the command was run in, also those of another package
/// that has a file of the same name.
#[test]
fn places_are_those_of_the_folder_that_it_is_run_in() {
    let base = "module base.main\n\ndefine half (n: int) gives number\n    1 / (n - n)\n";
    let main = "module top.main\nuse base.main\n\ntest \"halves\"\n    expect half(2) is 1\n    \
                expect 1 is 2\n    expect 1 / (2 - 2) is 1\n";
    let folder = folder_with(
        "test-places",
        &[
            (
                "rules/base/assize.toml",
                "[package]\nname = \"base\"\nversion = \"0.1.0\"\n",
            ),
            ("rules/base/main.assize", base),
            (
                "rules/top/assize.toml",
                "[package]\nname = \"top\"\nversion = \"0.1.0\"\n\n[dependencies]\nbase = { path = \"../base\" }\n",
            ),
            ("rules/top/main.assize", main),
        ],
    );
    let run = assize(&folder, &["test", "rules/top", "--junit", "out.xml"]);
    assert_eq!(run.code, 1);
    for wanted in [
        "FAILED  halves  rules/top/main.assize:4:6\n",
        "error division_by_zero in base.main.half  rules/top/../base/main.assize:4:5\n",
        "expect 1 is 2  rules/top/main.assize:6:5\n",
        "error division_by_zero  rules/top/main.assize:7:12\n",
    ] {
        assert!(run.out.contains(wanted), "{wanted}{}", run.out);
    }
    let junit = std::fs::read_to_string(folder.join("out.xml")).unwrap();
    assert!(junit.contains("file=\"rules/top/main.assize\""), "{junit}");
    let json = assize(&folder, &["test", "rules/top", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    let test = &document["report"]["tests"][0];
    assert_eq!(
        test["place"],
        serde_json::json!({"file": "rules/top/main.assize", "line": 4, "column": 6})
    );
    let error = &test["steps"][0]["problems"][0]["error"];
    assert_eq!(error["source"]["file"], "rules/top/../base/main.assize");
}

#[test]
fn the_number_of_cases_is_said() {
    let folder = folder_with(
        "cases",
        &[(
            "a.assize",
            "property \"p\"\n    for all n: int where n < 1_000_000\n    expect n + 1 > n\n",
        )],
    );
    let told = assize(&folder, &["test", "a.assize", "--cases", "7"]);
    assert!(told.out.contains("7 cases"), "{}", told.shown());
    for wrong in ["0", "-1", "x", "99999999999"] {
        let told = assize(&folder, &["test", "a.assize", "--cases", wrong]);
        assert_eq!(told.code, 2, "{wrong}: {}", told.shown());
    }
}
