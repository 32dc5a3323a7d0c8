//! The examples of `docs/cli.md` and of the README run, and say what the page says they say.
//!
//! In a ```` ```console ```` block a line that begins with `$ ` is a command, and what follows is its
//! stdout, then its stderr, then `[exit N]` unless it is 0. Digests are written `b3:…`. With
//! `ASSIZE_UPDATE_DOCS=1` the page is rewritten; look at what changed.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::common::{assize, assize_with, copy, folder, project, without_digests, write};

/// Runs a command line: words, optionally after `cat FILE |`, optionally with `> FILE` behind.
fn answer(place: &Path, line: &str) -> String {
    let (line, kept) = match line.split_once(" > ") {
        Some((line, file)) => (line, Some(file)),
        None => (line, None),
    };
    let (input, line) = match line.split_once(" | ") {
        Some((cat, line)) => (
            fs::read(place.join(cat.strip_prefix("cat ").unwrap())).unwrap(),
            line,
        ),
        None => (Vec::new(), line),
    };
    let words: Vec<&str> = line
        .split_whitespace()
        .map(|word| word.trim_matches('"'))
        .collect();
    let (first, arguments) = words.split_first().unwrap();
    assert_eq!(*first, "assize", "{line}");
    let run = assize_with(place, arguments, &input);
    let mut text = match kept {
        Some(file) => {
            write(&place.join(file), run.out.as_bytes());
            run.err
        }
        None => format!("{}{}", run.out, run.err),
    };
    if run.code != 0 {
        text.push_str(&format!("[exit {}]\n", run.code));
    }
    without_digests(&text)
}

#[test]
fn the_page_says_what_the_commands_say() {
    let place = folder("docs");
    copy(&project().join("rules"), &place.join("rules"));
    let path = project().join("docs/cli.md");
    let page = fs::read_to_string(&path).unwrap();
    let mut out = String::new();
    let (mut inside, mut commands) = (false, 0);
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
        }
        match line.strip_prefix("$ ") {
            Some(command) if inside => {
                commands += 1;
                out.push_str(&format!("{line}\n{}", answer(&place, command)));
            }
            // Output of before.
            None if inside && line != "```console" => {}
            _ => out.push_str(&format!("{line}\n")),
        }
    }
    assert!(commands > 10, "only {commands} examples");
    if std::env::var_os("ASSIZE_UPDATE_DOCS").is_some() {
        fs::write(&path, &out).unwrap();
    } else {
        assert!(
            page == out,
            "docs/cli.md is out of date; ASSIZE_UPDATE_DOCS=1 rewrites it"
        );
    }
}

/// The names in quotes of a row of a table of the page: those that are always there, and all.
fn members(page: &str, row: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let line = page
        .lines()
        .find(|line| line.starts_with(&format!("| {row} |")))
        .unwrap();
    let cell = line.split('|').nth(2).unwrap();
    let names = |text: &str| -> BTreeSet<String> {
        let quoted = text.split('`').skip(1).step_by(2);
        let words = quoted.filter(|word| {
            word.chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        });
        words.map(str::to_owned).collect()
    };
    let always = cell.split(';').next().unwrap();
    (names(always), names(cell))
}

/// Asserts that an object has the members that the page names, and no others.
fn fits(page: &str, row: &str, object: &Value) {
    let (always, all) = members(page, row);
    let found: BTreeSet<String> = object.as_object().unwrap().keys().cloned().collect();
    let always_there = if always.contains("output") {
        // One of both.
        found.contains("output") != found.contains("error")
    } else {
        found.is_superset(&always)
    };
    assert!(always_there && found.is_subset(&all), "{row}: {object}");
}

#[test]
fn the_page_names_the_members_of_what_machines_get() {
    let place = folder("docs-json");
    copy(&project().join("rules"), &place.join("rules"));
    let page = fs::read_to_string(project().join("docs/cli.md")).unwrap();
    let json = |line: &str| -> Value {
        let words: Vec<&str> = line.split(' ').chain(["--format", "json"]).collect();
        serde_json::from_str(&assize(&place, &words).out).unwrap()
    };
    let call = "rules/shop quote -i rules/shop/samples/order.json --data rules/shop/samples/data";
    for line in [
        "new p".to_owned(),
        "check rules/shop".to_owned(),
        "test rules/shop".to_owned(),
        format!("run {call} --explain --decided --receipt"),
        format!("explain {call}"),
        "fmt --check rules".to_owned(),
        "build rules/shop -o shop.bundle".to_owned(),
        "inspect rules/shop".to_owned(),
        "bench rules/shop --count 3".to_owned(),
        "doc rules/shop".to_owned(),
    ] {
        let verb = line.split(' ').next().unwrap();
        fits(&page, &format!("`{verb}`"), &json(&line));
    }
    let data = "rules/shop/samples/data";
    let held = json(&format!("inspect rules/shop --data {data}"));
    fits(&page, "`inspect --data`", &held);
    let kept = place.join("kept.json");
    write(&kept, json(&format!("run {call}")).to_string().as_bytes());
    let compared = json(&format!("run {call} --compare kept.json"));
    fits(&page, "`run`", &compared);
    fits(&page, "`compared` of `run`", &compared["compared"]);
    let benched = json("bench rules/shop --count 3");
    fits(&page, "loading of `bench`", &benched["loading"]);
    fits(&page, "decision of `bench`", &benched["decisions"][0]);
    fits(
        &page,
        "times of `bench`",
        &benched["decisions"][0]["machine_code"],
    );
    write(
        &place.join("bad.assize"),
        b"module bad\n\ndefine f (n: int) gives int\n    n + = 1\n\ndefine g (n: int) gives int\n    nn\n",
    );
    let checked = json("check bad.assize");
    fits(&page, "summary", &checked["summary"]);
    let mut fixes = 0;
    for diagnostic in checked["diagnostics"].as_array().unwrap() {
        fits(&page, "diagnostic", diagnostic);
        fits(&page, "place", &diagnostic["place"]);
        for fix in diagnostic["fixes"].as_array().unwrap() {
            fits(&page, "fix", fix);
            fits(&page, "place", &fix["edits"][0]);
            fixes += 1;
        }
    }
    assert!(fixes > 0, "{checked}");
    let stops = "error that stops a verb";
    fits(&page, stops, &json("check nowhere")["error"]);
    fits(&page, stops, &json("build bad.assize -o x.bundle")["error"]);
    let faulty = json(
        &call
            .replace("rules/shop quote", "run rules/shop quote")
            .replace("order", "faulty"),
    );
    fits(&page, "error of an input", &faulty["error"]);
    fits(&page, "fault of an input", &faulty["error"]["faults"][0]);
    write(&place.join("data/snapshot.json"), b"{}");
    let data = json("run rules/shop quote -i rules/shop/samples/order.json --data data");
    fits(&page, stops, &data["error"]);
    fits(&page, "fault of data", &data["error"]["faults"][0]);
    let tested = json("test rules/shop");
    let property = tested["report"]["tests"].as_array().unwrap().iter();
    let property = property
        .map(|test| &test["property"])
        .find(|it| it.is_object());
    let property = property.unwrap();
    fits(&page, "result of a property", property);
    assert!(property["seed"].is_string(), "{property}");
    let typed = b"1\nnope\n:help\n";
    let run = assize_with(&place, &["repl", "--format", "json"], typed);
    for line in run.out.lines() {
        let object: Value = serde_json::from_str(line).unwrap();
        let (_, all) = members(&page, "`repl`");
        let found = object.as_object().unwrap().keys();
        assert!(found.clone().all(|name| all.contains(name)), "{line}");
    }
}

/// Whether a page shows a text; a line `…` of the page stands for lines that are left out, for one
/// at least.
fn shows(page: &str, text: &str) -> bool {
    let page: Vec<&str> = page.lines().collect();
    let text: Vec<&str> = text.lines().collect();
    let (mut at, mut left_out) = (0, false);
    for part in page.split_inclusive(|line| *line == "…") {
        let ends = part.last() == Some(&"…");
        let lines = part.strip_suffix(&["…"]).unwrap_or(part);
        let here = |at: &usize| text.get(*at..).is_some_and(|rest| rest.starts_with(lines));
        let found = if !left_out {
            Some(at).filter(here)
        } else if ends {
            (at + 1..=text.len()).find(here)
        } else {
            text.len()
                .checked_sub(lines.len())
                .filter(|last| *last > at && here(last))
        };
        let Some(found) = found else { return false };
        at = found + lines.len();
        left_out = ends;
    }
    if left_out {
        at < text.len()
    } else {
        at == text.len()
    }
}

/// The lines of the first block with these words behind its fence.
fn block<'t>(page: &'t str, words: &str) -> &'t str {
    let (_, rest) = page.split_once(&format!("```{words}\n")).unwrap();
    rest.split_once("```\n").unwrap().0
}

#[test]
fn the_readme_shows_what_its_command_says() {
    let page = fs::read_to_string(project().join("README.md")).unwrap();
    let (_, see) = page.split_once("## See it decide").unwrap();
    let line = block(see, "sh").trim();
    // What stands before is how cargo builds the binary that runs here.
    let words = line.strip_prefix("cargo run -p assize -- ").unwrap();
    let arguments: Vec<&str> = words.split_whitespace().collect();
    let run = assize(&project(), &arguments);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(
        shows(block(see, "json"), &run.out),
        "stdout is\n{}",
        run.out
    );
    assert!(
        shows(block(see, "text"), &run.err),
        "stderr is\n{}",
        run.err
    );
}

#[test]
fn only_what_the_readme_says_is_left_out() {
    let text = "a\nb\nc\nd\n";
    for page in [
        "a\nb\nc\nd\n",
        "a\n…\nd\n",
        "…\nc\n…\n",
        "a\nb\n…\n",
        "…\nd\n",
    ] {
        assert!(shows(page, text), "{page}");
    }
    for page in [
        "a\n",
        "a\nd\n",
        "a\n…\nc\n",
        "b\n…\n",
        "…\na\n",
        "a\nb\nc\nd\n…\n",
        "a\n…\nx\n…\nd\n",
    ] {
        assert!(!shows(page, text), "{page}");
    }
}
