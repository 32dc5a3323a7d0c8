//! `assize new`, `fmt`, `build`, `inspect`, `completions`, and wrong usage.

use std::fs;

use crate::common::{TIERS, assize, assize_with, command, copy, folder, folder_with, project, run};

const MESSY: &str = "module m\n\n\n\n\ndefine f (n: int) gives int\n  n*2\n";
const TIDY: &str = "module m\n\n\ndefine f (n: int) gives int\n    n * 2\n";

#[test]
fn fmt_writes_what_changes_and_only_that() {
    let folder = folder_with(
        "fmt",
        &[
            ("messy.assize", MESSY),
            ("tidy.assize", TIDY),
            ("deep/p/assize.toml", ""),
            ("deep/p/b.assize", MESSY),
        ],
    );
    let check = assize(&folder, &["fmt", "--check", "."]);
    assert_eq!(
        (check.code, check.out.as_str()),
        (1, "./deep/p/b.assize\n./messy.assize\n")
    );
    assert_eq!(check.err, "2 of 3 files would change\n");
    assert_eq!(
        fs::read_to_string(folder.join("messy.assize")).unwrap(),
        MESSY
    );

    let run = assize(&folder, &["fmt", ".", "messy.assize"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(
        fs::read_to_string(folder.join("messy.assize")).unwrap(),
        TIDY
    );
    assert_eq!(
        fs::read_to_string(folder.join("deep/p/b.assize")).unwrap(),
        TIDY
    );
    let again = assize(&folder, &["fmt", "--check", "."]);
    assert_eq!((again.code, again.out.as_str()), (0, ""));
    assert_eq!(again.err, "3 files: all as they should be\n");
    // Nothing is left behind.
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 3);
}

/// What cannot be read keeps its layout; what is told ends with its line, as always.
#[test]
fn fmt_of_rules_with_errors() {
    let broken = "module m\n\n\ndefine f (n: int) gives int\n  n +\n\n\n\ndefine g (n: int) gives int\n  n*2";
    let folder = folder_with("fmt-broken", &[("a.assize", broken), ("b.assize", broken)]);
    let check = assize(&folder, &["fmt", "--check", "."]);
    assert_eq!(
        (check.code, check.out.as_str(), check.err.as_str()),
        (1, "./a.assize\n./b.assize\n", "2 of 2 files would change\n")
    );
    let run = assize(&folder, &["fmt", "."]);
    assert_eq!(
        (run.code, run.out.as_str(), run.err.as_str()),
        (0, "./a.assize\n./b.assize\n", "2 of 2 files changed\n")
    );
    assert_eq!(
        fs::read_to_string(folder.join("a.assize")).unwrap(),
        "module m\n\n\ndefine f (n: int) gives int\n    n +\n\n\ndefine g (n: int) gives int\n    n * 2\n"
    );
}

#[test]
fn fmt_reads_standard_input() {
    let folder = folder("fmt-stdin");
    let run = assize_with(&folder, &["fmt", "--stdin"], MESSY.as_bytes());
    assert_eq!((run.code, run.out.as_str()), (0, TIDY));
    assert_eq!(
        assize_with(&folder, &["fmt", "--stdin", "--check"], MESSY.as_bytes()).code,
        1
    );
    assert_eq!(
        assize_with(&folder, &["fmt", "--stdin", "--check"], TIDY.as_bytes()).code,
        0
    );
    let bad = assize_with(&folder, &["fmt", "--stdin"], b"module m // \xFF");
    assert_eq!(
        bad.err,
        "error: standard input is not UTF-8: byte 0xFF in line 1\n help: save it as UTF-8 in your editor\n"
    );
    assert_eq!(bad.code, 2);
}

#[test]
fn fmt_as_json() {
    let folder = folder_with("fmt-json", &[("messy.assize", MESSY)]);
    let run = assize(
        &folder,
        &["fmt", "--check", "messy.assize", "--format", "json"],
    );
    assert_eq!(
        run.out,
        "{\"changed\":[\"messy.assize\"],\"files\":1,\"written\":false}\n"
    );
    assert_eq!((run.code, run.err.as_str()), (1, ""));
}

#[test]
fn the_same_rules_give_the_same_bundle_wherever_they_lie() {
    let one = folder("build-one");
    let two = folder("build-two/further/down");
    for place in [&one, &two] {
        copy(&project().join("rules/business-central"), &place.join("bc"));
    }
    let mut first = command(&one, &["build", "bc", "-o", "out.bundle"]);
    first.env("LC_ALL", "C").env("TZ", "UTC");
    let mut second = command(&two, &["build", "./bc/", "-o", "out.bundle"]);
    second
        .env("LC_ALL", "tr_TR.UTF-8")
        .env("LANG", "de_DE.UTF-8")
        .env("TZ", "Asia/Tokyo");
    let (first, second) = (run(first, b""), run(second, b""));
    assert_eq!(
        (first.code, second.code),
        (0, 0),
        "{}{}",
        first.err,
        second.err
    );
    assert_eq!(first.out, second.out);
    let read = |place: &std::path::Path| fs::read(place.join("out.bundle")).unwrap();
    assert!(read(&one) == read(&two));
}

#[test]
fn a_bundle_decides_like_its_package() {
    let folder = folder_with("build-run", &[("tiers.assize", TIERS)]);
    let built = assize(&folder, &["build", "tiers.assize", "-o", "tiers.bundle"]);
    assert_eq!(built.code, 0, "{}", built.err);
    let digest = built
        .out
        .lines()
        .find_map(|line| line.strip_prefix("digest  "))
        .unwrap();
    let input = br#"{"segment": "trade", "n": 4}"#;
    let mut answers = Vec::new();
    for rules in ["tiers.assize", "tiers.bundle"] {
        let arguments = [
            "run",
            rules,
            "quote",
            "-i",
            "-",
            "--receipt",
            "--format",
            "json",
        ];
        answers.push(assize_with(&folder, &arguments, input).out);
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].contains(digest), "{}", answers[0]);
}

/// A checkout with other line ends, or an editor that marks the byte order, changes no digest.
#[test]
fn line_ends_are_no_part_of_the_rules() {
    let shop = fs::read_to_string(project().join("rules/shop/shop.assize")).unwrap();
    let manifest = fs::read_to_string(project().join("rules/shop/assize.toml")).unwrap();
    let built: Vec<Vec<u8>> = [
        shop.clone(),
        shop.replace('\n', "\r\n"),
        format!("\u{feff}{shop}"),
    ]
    .iter()
    .enumerate()
    .map(|(number, text)| {
        let files = [
            ("assize.toml", manifest.as_str()),
            ("shop.assize", text.as_str()),
        ];
        let folder = folder_with(&format!("line-ends-{number}"), &files);
        let run = assize(&folder, &["build", ".", "-o", "out.bundle"]);
        assert_eq!(run.code, 0, "{}", run.err);
        fs::read(folder.join("out.bundle")).unwrap()
    })
    .collect();
    assert!(built.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn build_refuses() {
    let folder = folder_with(
        "build-refuse",
        &[
            (
                "bad.assize",
                "module m\n\ndecision f (n: int) gives int\n    m\n",
            ),
            (
                "none.assize",
                "module m\n\ndefine f (n: int) gives int\n    n\n",
            ),
            ("tiers.assize", TIERS),
        ],
    );
    let bad = assize(&folder, &["build", "bad.assize", "-o", "x.bundle"]);
    assert_eq!(bad.code, 1);
    assert!(
        bad.err.ends_with("error: bad.assize has 1 error\n"),
        "{}",
        bad.err
    );
    let none = assize(&folder, &["build", "none.assize", "-o", "x.bundle"]);
    assert_eq!(none.code, 2);
    assert!(
        none.err
            .starts_with("error: none.assize offers no decision\n"),
        "{}",
        none.err
    );
    assert!(!folder.join("x.bundle").exists());
    let nowhere = assize(
        &folder,
        &["build", "tiers.assize", "-o", "no/such/x.bundle"],
    );
    assert_eq!(nowhere.code, 2);
    assert!(
        nowhere
            .err
            .starts_with("error: no/such/x.bundle cannot be written: its folder is not there\n"),
        "{}",
        nowhere.err
    );
    let onto = assize(&folder, &["build", "tiers.assize", "-o", "."]);
    assert_eq!(onto.code, 2, "{}", onto.err);
}

#[test]
fn inspect_shows_a_package_and_its_bundle_alike() {
    let folder = folder("inspect");
    copy(&project().join("rules/shop"), &folder.join("shop"));
    assert_eq!(
        assize(&folder, &["build", "shop", "-o", "shop.bundle"]).code,
        0
    );
    let package = assize(&folder, &["inspect", "shop"]);
    assert_eq!(
        package.out,
        assize(&folder, &["inspect", "shop.bundle"]).out
    );
    insta::assert_snapshot!(package.shown());
    let json = assize(&folder, &["inspect", "shop.bundle", "--format", "json"]);
    let summary: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(summary["decisions"][0]["name"], "quote");
    assert_eq!(
        summary["relations"][0]["key"],
        serde_json::json!(["item", "arrives"])
    );
    assert_eq!(summary["relations"][0]["fresh_within_seconds"], 120);
}

#[test]
fn the_text_form_can_be_read_back() {
    let folder = folder_with("inspect-text", &[("tiers.assize", TIERS)]);
    let run = assize(&folder, &["inspect", "tiers.assize", "--text"]);
    assert_eq!(run.code, 0);
    assert!(assize_ir::parse_and_verify(&run.out).is_ok(), "{}", run.out);
}

const RANGES: &str = "\
number Narrow = plain, 2 places, from 0 to 100

decision wide (a: int, b: int) gives int
    a * b

record Line
    a : Narrow

decision narrow (line: Line) gives number
    line.a * 3
";

#[test]
fn inspect_lowering_names_the_checks_that_nothing_proves() {
    let folder = folder_with("inspect-lowering", &[("ranges.assize", RANGES)]);
    let run = assize(&folder, &["inspect", "ranges.assize", "--lowering"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        run.out
            .contains("ranges.assize:4:5  2 checked: the result may not fit its word"),
        "{}",
        run.out
    );
    assert!(
        run.out.contains("2 functions, 0 left to the interpreter"),
        "{}",
        run.out
    );
    let json = assize(
        &folder,
        &["inspect", "ranges.assize", "--lowering", "--format", "json"],
    );
    // What the declared range proves is not checked.
    assert!(
        json.out
            .contains(r#""callable":"ranges.narrow","checks":[]"#),
        "{}",
        json.out
    );
}

#[test]
fn damaged_bundles_are_refused() {
    let folder = folder_with("inspect-damaged", &[("tiers.assize", TIERS)]);
    assert_eq!(
        assize(&folder, &["build", "tiers.assize", "-o", "a.bundle"]).code,
        0
    );
    let mut bytes = fs::read(folder.join("a.bundle")).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(folder.join("a.bundle"), &bytes).unwrap();
    let run = assize(&folder, &["inspect", "a.bundle"]);
    assert_eq!(run.code, 2);
    assert!(
        run.err
            .starts_with("error: a.bundle: the bundle is damaged: "),
        "{}",
        run.err
    );
    fs::write(folder.join("a.bundle"), &bytes[..20]).unwrap();
    assert_eq!(
        assize(&folder, &["run", "a.bundle", "quote", "-i", "-"]).code,
        2
    );
}

#[test]
fn new_packages_are_clean_and_decide() {
    let folder = folder("new");
    for (name, template, data) in [
        ("my-rules", "starter", None),
        ("my-shop", "shop", Some("my-shop/samples/data")),
    ] {
        let made = assize(&folder, &["new", name, "--template", template]);
        assert_eq!(made.code, 0, "{}", made.err);
        let check = assize(&folder, &["check", name, "--deny", "warnings"]);
        assert_eq!(check.code, 0, "{}", check.out);
        let input = format!("{name}/samples/order.json");
        let mut arguments = vec!["run", name, "quote", "-i", &input];
        arguments.extend(data.iter().flat_map(|data| ["--data", data]));
        let run = assize(&folder, &arguments);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    }
    assert_eq!(assize(&folder, &["fmt", "--check", "my-rules"]).code, 0);
    let again = assize(&folder, &["new", "my-rules"]);
    assert_eq!(
        (again.code, again.err.lines().next()),
        (2, Some("error: my-rules is already there"))
    );
    let bad = assize(&folder, &["new", "My Rules"]);
    assert_eq!(bad.code, 2);
    assert!(!folder.join("My Rules").exists());
}

#[test]
fn completions_for_every_shell() {
    let folder = folder("completions");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = assize(&folder, &["completions", shell]);
        assert_eq!(run.code, 0);
        assert!(run.out.contains("inspect"), "{shell}");
    }
    assert_eq!(assize(&folder, &["completions", "cmd"]).code, 2);
}

#[test]
fn help_tells_the_exit_codes() {
    let folder = folder("help");
    insta::assert_snapshot!(assize(&folder, &["--help"]).shown());
    let run = assize(&folder, &["run", "--help"]);
    assert!(run.out.contains("Exit codes:"), "{}", run.out);
    assert_eq!(run.code, 0);
}

#[test]
fn wrong_usage() {
    let folder = folder_with("usage", &[("tiers.assize", TIERS)]);
    for arguments in [
        vec![],
        vec!["chekc", "."],
        vec!["check"],
        vec!["check", "tiers.assize", "--frmat", "json"],
        vec!["check", "tiers.assize", "--format", "yaml"],
        vec!["build", "tiers.assize"],
        vec!["fmt"],
        vec!["fmt", "--stdin", "tiers.assize"],
        vec!["fmt", "help.txt"],
        vec!["inspect", "tiers.assize", "--text", "--summary"],
    ] {
        let run = assize(&folder, &arguments);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(!run.err.is_empty());
    }
    // Machines are told on stdout, in the format that they asked for.
    let sarif = assize(
        &folder,
        &["build", "tiers.assize", "-o", "x", "--format", "sarif"],
    );
    assert_eq!((sarif.code, sarif.err.as_str()), (2, ""));
    let log: serde_json::Value = serde_json::from_str(&sarif.out).unwrap();
    let told = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(
        told["message"]["text"],
        "the formats sarif and github are for `assize check` alone; use --format json, or --junit \
         FILE with `assize test`"
    );
    let near = assize(&folder, &["chekc", "."]);
    assert!(near.err.contains("'check'"), "{}", near.err);
}

/// Rule files that everybody begins with change nothing when they are laid out.
#[test]
fn the_rules_of_the_project_and_new_packages_are_laid_out() {
    let rules = assize(&project(), &["fmt", "--check", "rules"]);
    assert_eq!((rules.code, rules.out.as_str()), (0, ""), "{}", rules.err);
    let folder = folder("fmt-new");
    for (name, template) in [
        ("a", "starter"),
        ("a-long-name-of-rules", "starter"),
        ("b", "shop"),
        ("another-long-name-of-rules", "shop"),
    ] {
        let made = assize(&folder, &["new", name, "--template", template]);
        assert_eq!(made.code, 0, "{}", made.err);
    }
    let check = assize(&folder, &["fmt", "--check", "."]);
    assert_eq!((check.code, check.out.as_str()), (0, ""), "{}", check.err);
}

/// A package that only others use has no decision, and yet something to show.
#[test]
fn inspect_shows_a_library() {
    let rules = "module lib\n\nenum Kind = a | b\n\nrecord Line\n    item : code\n\n\
                 define twice (n: int) gives int\n    n * 2\n";
    let folder = folder_with("inspect-library", &[("lib.assize", rules)]);
    let run = assize(&folder, &["inspect", "lib.assize"]);
    assert_eq!(
        run.shown(),
        "stdout\nlib 0.0.0\nno decisions: a library for other packages\n\nlib\n  \
         enum Kind = a | b\n  record Line (item)\n  define twice (n: int) gives int\nexit 0"
    );
    let run = assize(&folder, &["inspect", "lib.assize", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(run.code, 0);
    assert_eq!(document["decisions"], serde_json::json!([]));
    assert_eq!(
        document["declarations"]["lib"][2],
        "define twice (n: int) gives int"
    );
    // Its errors are told as everywhere.
    let folder = folder_with(
        "inspect-broken",
        &[("lib.assize", "define f gives int\n    x\n")],
    );
    assert_eq!(assize(&folder, &["inspect", "lib.assize"]).code, 1);
}
