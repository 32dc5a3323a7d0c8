//! The examples of `docs/cli.md` and of the README run, and say what the page says they say.
//!
//! In a ```` ```console ```` block a line that begins with `$ ` is a command, and what follows is its
//! stdout, then its stderr, then `[exit N]` unless it is 0. Digests are written `b3:…`. With
//! `ASSIZE_UPDATE_DOCS=1` the page is rewritten; look at what changed.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::fs;
use std::path::Path;

use crate::common::{assize, assize_with, copy, folder, project, without_digests};

/// Runs a command line: words, optionally after `cat FILE |`, optionally with `> FILE` behind.
fn answer(place: &Path, line: &str) -> String {
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
    let mut text = format!("{}{}", run.out, run.err);
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
