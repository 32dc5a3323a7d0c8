//! Runs the examples of the language manual.
//!
//! `ASSIZE_UPDATE=1` writes what was found into the pages; read the difference before you keep it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read or write its pages fails"
)]

use std::collections::{BTreeMap, BTreeSet};

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

/// Runs pages, writes what is to be updated, and fails if anything is left; what ran on each page.
#[track_caller]
fn run(folder: &str) -> (BTreeMap<String, Ran>, Ran, usize) {
    let update = std::env::var_os("ASSIZE_UPDATE").is_some_and(|value| value == "1");
    let (mut ran, mut skipped, mut left) = (Ran::default(), 0, Vec::new());
    let only = std::env::var("ASSIZE_ONLY").unwrap_or_default();
    let mut each = BTreeMap::new();
    let pages = pages(folder).into_iter();
    for page in pages.filter(|page| page.path.contains(&only)) {
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
        each.insert(page.path, outcome.ran);
    }
    println!("{folder}: {ran:?}, {skipped} not run");
    assert!(
        left.is_empty(),
        "\n{}\n{} faults",
        left.join("\n"),
        left.len()
    );
    (each, ran, skipped)
}

/// Pages of the manual that lead to others or record why.
const WITHOUT_EXAMPLES: [&str; 3] = ["about-the-examples.md", "decisions.md", "language.md"];

#[test]
fn the_manual_says_what_happens() {
    let (each, ran, skipped) = run("docs/language/");
    assert_eq!(skipped, MAX_SKIPPED, "sections that are not run");
    // Every page runs something, and shows what fails.
    for (path, ran) in &each {
        let without = WITHOUT_EXAMPLES.iter().any(|name| path.ends_with(name));
        assert!(
            without || (ran.sections > 0 && ran.failing > 0),
            "{path}: {ran:?}"
        );
    }
    // A runner that finds no blocks would pass as well.
    if std::env::var_os("ASSIZE_ONLY").is_none() {
        assert!(
            ran.sections > 150
                && ran.failing > 150
                && ran.tests > 100
                && ran.calls > 50
                && ran.texts >= 4,
            "{ran:?}"
        );
    }
}

#[test]
fn the_guides_say_what_happens() {
    let (_, ran, skipped) = run("docs/guides/");
    assert_eq!(skipped, 0, "sections that are not run");
    if std::env::var_os("ASSIZE_ONLY").is_none() {
        assert!(ran.sections >= 6 && ran.calls >= 5, "{ran:?}");
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
fn a_page_uses_a_package_that_it_names() {
    let rules = "use erp.bc.model\ndefine f (a: DocumentKind) gives DocumentKind\n    a\n";
    let page = |with: &str| format!("## A\n\n```assize{with}\n{rules}```\n");
    assert_eq!(said(&page(" with=business-central")), "");
    for without in ["", " with=nowhere"] {
        let said = said(&page(without));
        assert!(said.contains("+ error A0"), "{said}");
    }
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

/// A page with one decision and what is put behind it.
fn with_decision(more: &str) -> String {
    format!("## A\n\n```assize\ndecision twice (a: int) gives int\n    a * 2\n```\n\n{more}")
}

#[test]
fn a_whole_call_may_be_refused() {
    let page = |code: &str| {
        with_decision(&format!(
            "```json call\n{{\"decision\": \"twise\"}}\n```\n\n```json output\n…\n\"code\": \"{code}\",\n…\n```\n"
        ))
    };
    // The lines of the answer are indented: another text between the left-out lines is a fault.
    assert!(said(&page("unknown_decision")).contains("unknown_decision"));
    let good = page("x").replace(
        "…\n\"code\": \"x\",\n…",
        "…\n        \"code\": \"unknown_decision\",\n…",
    );
    assert_eq!(said(&good), "");
    assert!(!said(&good.replace("unknown_decision", "wrong_type")).is_empty());
}

#[test]
fn another_explanation_than_the_page_has_is_a_fault() {
    let page = |line: &str| {
        with_decision(&format!(
            "```json input=twice\n{{\"a\": 2}}\n```\n\n```json output\n{{\"output\": 4}}\n```\n\n\
             ```explanation all\n{line}\n```\n"
        ))
    };
    assert_eq!(said(&page("decision twice(a: 2) is 4")), "");
    assert!(said(&page("decision twice(a: 2) is 5")).contains("+ decision twice(a: 2) is 4"));
    let alone = page("x").replace("```json output\n{\"output\": 4}\n```\n\n", "");
    assert!(
        said(&alone).contains("cannot stand here"),
        "{}",
        said(&alone)
    );
}

#[test]
fn a_receipt_and_numbers_come_when_they_are_asked_for() {
    let page = |wishes: &str| {
        with_decision(&format!(
            "```json input=twice{wishes}\n{{\"a\": 2}}\n```\n\n```json output\n{{\"output\": 4}}\n```\n"
        ))
    };
    assert_eq!(said(&page(" numbers")), "");
    assert!(said(&page(" receipt")).contains("\"rules\": \"b3:…\""));
    assert!(said(&page(" explain")).contains("\"trace\""));
    assert!(said(&page(" reciept")).contains("unknown kind of block"));
}

#[test]
fn a_call_on_refused_data_is_a_fault() {
    let text = "## A\n\n```assize\ndata Item\n    key no : code\n    weight : int\n\
                decision weight (no: code) gives int\n    Item[no].weight\n```\n\n\
                ```csv data=Item\nno,weight\nA,x\n```\n\n```faults\n…\n```\n\n\
                ```json input=weight\n{\"no\": \"A\"}\n```\n\n```json output\n{\"output\": 1}\n```\n";
    assert_eq!(
        said(text),
        "a.md:20: the data is refused, so nothing can be decided"
    );
}

#[test]
fn a_list_of_words_is_that_of_the_grammar() {
    let text = "## A\n\n```words no-unit\ncheck descending\n```\n";
    let found = run_page("a.md", text).faults;
    assert_eq!(found.len(), 1, "{found:?}");
    let (text, _) = updated(text, &found);
    assert!(
        text.contains("\ncheck descending exceptions from of on open per rest rows\n"),
        "{text}"
    );
    assert_eq!(said(&text), "", "an updated page passes");
}

#[test]
fn another_layout_than_the_page_shows_is_a_fault() {
    let page = |laid: &str| {
        format!(
            "## A\n\n```assize format\ndefine f (a: int) gives int\n  a\n```\n\n```formatted\n{laid}```\n"
        )
    };
    assert_eq!(said(&page("define f (a: int) gives int\n    a\n")), "");
    assert!(said(&page("define f (a: int) gives int\n  a\n")).contains("+     a"));
}

#[test]
fn repetitions_are_written_out() {
    let text = "## A\n\n```assize\ndecision size_of (t: text) gives int\n    length(t)⟨ + 1×3⟩\n```\n\n\
                ```json input=size_of\n{\"t\": \"⟨ab×500⟩\"}\n```\n\n```json output\n{\"output\": 1003}\n```\n";
    assert_eq!(said(text), "");
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
