//! The examples of `docs/cli.md` run, and say what the page says they say.
//!
//! In a ```` ```console ```` block a line that begins with `$ ` is a command, and what follows is its
//! stdout, then its stderr, then `[exit N]` unless it is 0. Digests are written `b3:…`. With
//! `ASSIZE_UPDATE_DOCS=1` the page is rewritten; look at what changed.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::fs;
use std::path::Path;

use crate::common::{assize_with, copy, folder, project, without_digests};

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
