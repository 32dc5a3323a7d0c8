//! `assize check`: what is found, in every format, and the exit codes.

use serde_json::json;

use crate::common::{TIERS, assize, assize_with, command, folder_with, project, run};

const BAD: &str = "\
module bad

unit piece
number Quantity = piece, 0 places

record Line
    item     : code
    quantity : Quantity

define twice (line: Line) gives Quantity
    line.quantitty * 2

table t (q: Quantity) gives int
    | q || out |
    | 1 || 1   |
    | 1 || 2   |

decision total (line: Line) gives int
    t(twice(line))
";

/// One warning, no error.
const DOUBTFUL: &str = "\
module doubtful

decision one (n: int) gives int
    1
";

#[test]
fn good_rules_end_with_their_cost() {
    let folder = folder_with("check-good", &[("tiers.assize", TIERS)]);
    insta::assert_snapshot!(assize(&folder, &["check", "tiers.assize"]).shown());
}

#[test]
fn findings_are_drawn_without_colour_in_a_pipe() {
    let folder = folder_with("check-bad", &[("bad.assize", BAD)]);
    let run = assize(&folder, &["check", "bad.assize"]);
    assert!(!run.out.contains('\u{1b}'), "{}", run.out);
    insta::assert_snapshot!(run.shown());
}

#[test]
fn fixes_of_blanks_are_told_in_words() {
    let text = "define f gives int\n    1\n\nunit piece\n  x\nnumber P = percent, 2 places\ndefine p gives P\n    10 %\ntable t (a: int) gives int\n    | a || r |\n    |   || 1 |\n";
    let folder = folder_with("check-blanks", &[("blanks.assize", text)]);
    let out = assize(&folder, &["check", "blanks.assize"]).out;
    assert!(
        out.contains("fix: remove the blank: delete a blank\n"),
        "{out}"
    );
    assert!(out.contains("fix: ask nothing: add `-`\n"), "{out}");
    assert!(!out.contains("``"), "{out}");
    let lost = "unit piece\nlet b = 1\n";
    let folder = folder_with("check-indent", &[("lost.assize", lost)]);
    let out = assize(&folder, &["check", "lost.assize"]).out;
    assert!(
        out.contains("fix: indent the line: add 4 blanks\n"),
        "{out}"
    );
}

#[test]
fn colours_follow_the_arguments_and_the_environment() {
    let folder = folder_with("check-colour", &[("bad.assize", BAD)]);
    let colored = |arguments: &[&str], environment: &[(&str, &str)]| {
        let mut command = command(&folder, arguments);
        command.envs(environment.iter().copied());
        run(command, b"").out.contains('\u{1b}')
    };
    let check = ["check", "bad.assize"];
    let always = ["check", "bad.assize", "--color", "always"];
    let never = ["--color=never", "check", "bad.assize"];
    assert!(!colored(&check, &[]));
    assert!(colored(&check, &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&check, &[("CLICOLOR_FORCE", "0")]));
    assert!(!colored(
        &check,
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]
    ));
    assert!(colored(&always, &[("NO_COLOR", "1")]));
    assert!(!colored(&never, &[("CLICOLOR_FORCE", "1")]));
}

#[test]
fn screen_readers_get_sentences() {
    let folder = folder_with("check-narrated", &[("bad.assize", BAD)]);
    let mut command = command(&folder, &["check", "bad.assize"]);
    command.env("NO_GRAPHICS", "1");
    let run = run(command, b"");
    assert!(
        run.out.contains("Begin snippet for bad.assize"),
        "{}",
        run.out
    );
}

#[test]
fn warnings_pass_unless_they_are_denied() {
    let folder = folder_with("check-deny", &[("a.assize", DOUBTFUL)]);
    let run = assize(&folder, &["check", "a.assize"]);
    assert!(run.out.ends_with("1 warning in 1 file\n"), "{}", run.out);
    assert_eq!(run.code, 0);
    assert_eq!(
        assize(&folder, &["check", "a.assize", "--deny", "warnings"]).code,
        1
    );
}

#[test]
fn json_holds_everything() {
    let folder = folder_with("check-json", &[("bad.assize", BAD)]);
    let run = assize(&folder, &["check", "bad.assize", "--format", "json"]);
    assert_eq!((run.code, run.out.lines().count()), (1, 1));
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(document["summary"]["errors"], 2);
    let first = &document["diagnostics"][0];
    assert_eq!(first["code"], "A0205");
    assert_eq!(first["page"], "docs/errors/A0205.md");
    assert_eq!(first["place"]["file"], "bad.assize");
    assert_eq!(
        first["place"]["start"],
        serde_json::json!({"line": 11, "column": 10})
    );
    assert_eq!(first["fixes"][0]["edits"][0]["text"], "quantity");
    let all = document["diagnostics"].as_array().unwrap();
    let overlap = all.iter().find(|one| one["code"] == "A0411").unwrap();
    assert_eq!(
        overlap["witness"]["outcome"],
        "conflict between row 1 and row 2"
    );
}

#[test]
fn sarif_and_annotations() {
    let folder = folder_with("check-sarif", &[("bad.assize", BAD)]);
    let run = assize(&folder, &["check", "bad.assize", "--format", "sarif"]);
    let log: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((run.code, &log["version"]), (1, &"2.1.0".into()));
    let result = &log["runs"][0]["results"][0];
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&"A0205".into(), &"error".into())
    );
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(
        log["runs"][0]["tool"]["driver"]["rules"][index]["id"],
        "A0205"
    );
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "bad.assize");
    assert_eq!(place["region"]["startLine"], 11);

    let run = assize(&folder, &["check", "bad.assize", "--format", "github"]);
    let first = run.out.lines().next().unwrap();
    let wanted =
        "::error file=bad.assize,line=11,endLine=11,col=10,title=A0205::`Line` has no field";
    assert!(first.starts_with(wanted), "{first}");
}

/// Signs that end a part of a workflow command are written as GitHub reads them.
#[test]
fn annotations_escape_what_would_end_them() {
    let rules = "number P = percent, 2 places\n\nparameter p : P\n    is 15\n";
    let folder = folder_with("check-github", &[("a,b%/x.assize", rules)]);
    let run = assize(&folder, &["check", "a,b%/x.assize", "--format", "github"]);
    let first = run.out.lines().next().unwrap();
    assert!(
        first.starts_with("::error file=a%2Cb%25/x.assize,line=4,endLine=4,col=8,title=A0302::"),
        "{first}"
    );
    assert!(first.ends_with("%0Awrite `15%25`"), "{first}");
    assert_eq!(run.out.lines().count(), 1, "{}", run.out);
}

#[test]
fn what_stops_a_verb_is_told_in_the_format_of_the_caller() {
    let folder = folder_with(
        "check-stopped",
        &[("p/assize.toml", "[package]\nname = \"p\"\n")],
    );
    for (package, message) in [
        ("nowhere", "nowhere cannot be read: there is no such file"),
        ("p", "p/assize.toml: [package] has no `version`"),
    ] {
        let told = |format| {
            let run = assize(&folder, &["check", package, "--format", format]);
            assert_eq!((run.code, run.err.as_str()), (2, ""), "{format}");
            run.out
        };
        let log: serde_json::Value = serde_json::from_str(&told("sarif")).unwrap();
        let run = &log["runs"][0];
        assert_eq!(
            (&log["version"], &run["results"]),
            (&"2.1.0".into(), &json!([]))
        );
        let invocation = &run["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        let told_text = &invocation["toolExecutionNotifications"][0]["message"]["text"];
        assert!(told_text.as_str().unwrap().starts_with(message), "{log}");
        let annotation = told("github");
        assert!(annotation.starts_with(&format!("::error title=assize::{message}%0A")));
        assert_eq!(annotation.lines().count(), 1);
        let document: serde_json::Value = serde_json::from_str(&told("json")).unwrap();
        assert_eq!(document["error"]["message"], message);
    }
}

/// Columns are characters, and other files are told with the finding.
#[test]
fn places_of_a_finding() {
    let one =
        "module one\nuse two\n\n// größe\ndefine f (n: int) gives text\n    \"äöü {g(n)} {zz}\"\n";
    let two = "module two\n\ndefine g (n: int) gives text\n    one.f(n)\n";
    let manifest = "[package]\nname = \"p\"\nversion = \"0.1.0\"\n";
    let files = [
        ("assize.toml", manifest),
        ("one.assize", one),
        ("two.assize", two),
    ];
    let folder = folder_with("check-places", &files);
    insta::assert_snapshot!(assize(&folder, &["check", "."]).shown());
}

/// Names and texts cannot command a terminal, with colours or without.
#[test]
fn control_characters_are_shown() {
    let rules = "module m\n\ndefine f (n: int) gives int\n    n\n\n\
                 test \"a\u{1b}[2Jb\u{7}\"\n    expect f(1) is 2\n";
    let folder = folder_with("check-control", &[("m.assize", rules)]);
    for color in ["never", "always"] {
        let run = assize(&folder, &["test", "m.assize", "--color", color]);
        assert!(run.out.contains(r"a\u{1b}[2Jb\u{7}"), "{}", run.out);
        let run = assize(&folder, &["check", "no\u{1b}[2J", "--color", color]);
        assert!(
            run.err.contains(r"no\u{1b}[2J cannot be read"),
            "{}",
            run.err
        );
        assert!(!run.err.contains("\u{1b}[2J"));
    }
    let laid_out = assize_with(&folder, &["fmt", "--stdin"], rules.as_bytes());
    assert_eq!(laid_out.out, rules);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    let folder = folder_with("check-full", &[("tiers.assize", TIERS)]);
    let full = |arguments: &[&str]| {
        let disk = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = command(&folder, arguments).stdout(disk).output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let words = "error: standard output cannot be written: the disk is full\n";
    for format in ["human", "json", "sarif"] {
        let (code, told) = full(&["check", "tiers.assize", "--format", format]);
        assert_eq!(code, 2);
        assert!(told.starts_with(words), "{format}: {told}");
    }
    let (code, told) = full(&["--help"]);
    assert_eq!((code, told.as_str()), (2, words));
    // A verb that stops, too: for machines the reason itself is told.
    let (code, told) = full(&["check", "nowhere", "--format", "json"]);
    assert_eq!(code, 2);
    assert!(told.starts_with("error: nowhere cannot be read"), "{told}");
}

#[test]
fn the_rules_of_the_project_have_no_error() {
    for package in ["rules/shop", "rules/business-central", "rules/checkout"] {
        let run = assize(&project(), &["check", package]);
        assert_eq!(run.code, 0, "{}", run.out);
    }
}

#[test]
fn parties_in_other_files_are_drawn_there() {
    let folder = folder_with(
        "check-files",
        &[
            (
                "assize.toml",
                "[package]\nname = \"two\"\nversion = \"0.1.0\"\n",
            ),
            (
                "a.assize",
                "module two.a\nuse two.b\n\ndefine fa (n: int) gives int\n    fb(n)\n",
            ),
            (
                "b.assize",
                "module two.b\nuse two.a\n\ndefine fb (n: int) gives int\n    fa(n)\n",
            ),
        ],
    );
    let run = assize(&folder, &["check", "."]);
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains("a.assize:") && run.out.contains("b.assize:"),
        "{}",
        run.out
    );
}

/// Its fault stands further to the right than a line can be drawn.
#[test]
fn long_lines_are_cut_around_what_is_shown() {
    let text = format!(
        "define f (n: int) gives int\n    n +{}m\n",
        " ".repeat(100_000)
    );
    let folder = folder_with("check-long-line", &[("long.assize", &text)]);
    let run = assize(&folder, &["check", "long.assize"]);
    insta::assert_snapshot!(run.shown());
}
