//! Runs the examples of the language manual.
//!
//! `ASSIZE_UPDATE=1` writes what was found into the pages; read the difference before you keep it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read or write its pages fails"
)]

use std::collections::BTreeSet;

use assize_tests::spec::update::updated;
use assize_tests::spec::{Fault, Ran, run_page};
use assize_tests::tree::{SourceFile, read_tree, repository_root};

/// Greatest number of sections that wait for something, in the whole manual.
const MAX_SKIPPED: usize = 0;

fn pages(folder: &str) -> Vec<SourceFile> {
    let mut files = read_tree(&repository_root()).unwrap();
    files.retain(|file| file.path.starts_with(folder) && file.ends_with(".md"));
    assert!(!files.is_empty(), "no pages in {folder}");
    files
}

/// Runs pages, writes what is to be updated, and fails if anything is left.
#[track_caller]
fn run(folder: &str) -> (Ran, usize) {
    let update = std::env::var_os("ASSIZE_UPDATE").is_some_and(|value| value == "1");
    let only = std::env::var("ASSIZE_ONLY").unwrap_or_default();
    let (mut ran, mut skipped, mut left) = (Ran::default(), 0, Vec::new());
    for page in pages(folder)
        .iter()
        .filter(|page| page.path.contains(&only))
    {
        let outcome = run_page(&page.path, &page.text);
        ran.add(outcome.ran);
        for (line, why) in &outcome.skipped {
            println!("{}:{line}: not run: {why}", page.path);
            skipped += 1;
        }
        if update {
            let (text, rest) = updated(&page.text, &outcome.faults);
            if text != page.text {
                std::fs::write(repository_root().join(&page.path), text).unwrap();
                println!("{}: updated", page.path);
            }
            left.extend(rest.into_iter().map(Fault::to_string));
        } else {
            left.extend(outcome.faults.iter().map(Fault::to_string));
        }
    }
    println!("{folder}: {ran:?}, {skipped} not run");
    assert!(
        left.is_empty(),
        "\n{}\n{} faults",
        left.join("\n"),
        left.len()
    );
    (ran, skipped)
}

#[test]
fn the_manual_says_what_happens() {
    let (ran, skipped) = run("docs/language/");
    assert_eq!(skipped, MAX_SKIPPED, "sections that are not run");
    // A runner that finds no blocks would pass as well.
    if std::env::var_os("ASSIZE_ONLY").is_none() {
        assert!(
            ran.sections > 50 && ran.failing > 50 && ran.tests > 50,
            "{ran:?}"
        );
    }
}

/// Faults of a planted page.
fn faults(text: &str) -> BTreeSet<String> {
    run_page("a.md", text)
        .faults
        .iter()
        .map(Fault::to_string)
        .collect()
}

fn said(text: &str) -> String {
    faults(text).into_iter().collect::<Vec<_>>().join("\n")
}

const GOOD: &str = "define twice (a: int) gives int\n    a * 2\n";

#[test]
fn a_good_page_passes() {
    let text = format!(
        "# P\n\n## A\n\n```assize\n{GOOD}```\n\n```assize\ntest \"t\"\n    expect twice(2) is 4\n```\n"
    );
    let outcome = run_page("a.md", &text);
    assert_eq!(outcome.faults, []);
    assert_eq!((outcome.ran.sections, outcome.ran.tests), (1, 1));
}

#[test]
fn a_wrong_expectation_fails() {
    let text = format!("## A\n\n```assize\n{GOOD}test \"t\"\n    expect twice(2) is 5\n```\n");
    assert!(said(&text).starts_with("a.md:7: "), "{}", said(&text));
}

#[test]
fn an_error_in_rules_fails_with_its_line() {
    let text = "## A\n\n```assize\ndefine f (a: int) gives int\n    b\n```\n";
    assert!(said(text).contains("+ error A0202 2:5"), "{}", said(text));
}

#[test]
fn rules_that_should_fail_and_do_not_are_a_fault() {
    let text = format!("## A\n\n```assize fails\n{GOOD}```\n");
    assert_eq!(
        said(&text),
        "a.md:3: nothing is found, and something should be"
    );
}

#[test]
fn another_message_than_the_page_shows_is_a_fault() {
    let text = "## A\n\n```assize fails\ndefine f (a: int) gives int\n    b\n```\n\n```diagnostics\nerror A0999 1:1 x\n```\n";
    let found = run_page("a.md", text).faults;
    assert_eq!(found.len(), 1, "{found:?}");
    let (text, _) = updated(text, &found);
    assert_eq!(said(&text), "", "an updated page passes");
}

#[test]
fn a_test_that_should_fail_and_passes_is_a_fault() {
    let text =
        format!("## A\n\n```assize test-fails\n{GOOD}test \"t\"\n    expect twice(2) is 4\n```\n");
    assert_eq!(
        said(&text),
        "a.md:3: every test passes, and one should fail"
    );
}

#[test]
fn an_answer_is_compared_to_the_byte() {
    let page = |answer: &str| {
        format!(
            "## A\n\n```assize\ndecision twice (a: int) gives int\n    a * 2\n```\n\n\
             ```json input=twice\n{{\"a\": 2}}\n```\n\n```json output\n{answer}\n```\n"
        )
    };
    assert_eq!(said(&page("{\"output\": 4}")), "");
    assert!(said(&page("{\"output\": 4.0}")).starts_with("a.md:12: "));
    assert!(said(&page("{\"output\": 5}")).contains("+ {\"output\": 4}"));
}

#[test]
fn data_that_should_be_refused_and_is_not_is_a_fault() {
    let page = |rows: &str| {
        format!(
            "## A\n\n```assize\ndata Item\n    key no : code\n    weight : int\n\
             decision weight (no: code) gives int\n    Item[no].weight\n```\n\n\
             ```csv data=Item\nno,weight\n{rows}\n```\n\n```faults\n```\n"
        )
    };
    assert_eq!(
        said(&page("A,1")),
        "a.md:16: the data is taken, and should be refused"
    );
    assert!(
        said(&page("A,x")).contains("+ Item.csv:2"),
        "{}",
        said(&page("A,x"))
    );
}
