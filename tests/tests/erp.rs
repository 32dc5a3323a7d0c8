//! The rules of an ERP decide what its own tests and manual say.
//!
//! The cases stand in `tests/erp/*/`, each with its source; `erp-cases --compare FILE` shows those that
//! differ. A case that the rules cannot express is listed in `UNEXPRESSED` with the reason, and counts
//! as failing for who reads the list.

use std::fs;

use assize_tests::erp_cases::answer_line;
use assize_tests::erp_cases::compare::{differs, expected};
use assize_tests::erp_cases::desk::Desk;
use assize_tests::erp_cases::node::Node;
use assize_tests::tree::repository_root;

/// Cases without an answer, and why.
const UNEXPRESSED: &[(&str, &str)] = &[];

fn check(area: &str) {
    let file = format!("tests/erp/business-central/{area}.json");
    let text = fs::read_to_string(repository_root().join(&file)).expect("the cases can be read");
    let cases = Node::parse(&text).expect("the cases are JSON");
    assert!(!cases.items().is_empty(), "{file} has no case");
    let package = repository_root().join("rules/business-central");
    let desk = Desk::open(&package).expect("the rules compile");
    let mut wrong = Vec::new();
    for case in cases.items() {
        let id = case.text("id").unwrap_or_default();
        assert!(case.text("source").is_some(), "{id} names no source");
        let line = answer_line(&desk, case);
        let listed = UNEXPRESSED
            .iter()
            .any(|(unexpressed, _)| *unexpressed == id);
        if differs(case, &line) != listed {
            wrong.push(format!("{line}\n  expected {}", expected(case)));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.items().len(),
        wrong.join("\n")
    );
}

/// Runs on a thread with the stack that compiling needs.
fn with_stack(work: impl FnOnce() + Send + 'static) {
    let worker = std::thread::Builder::new()
        .stack_size(assize::STACK_BYTES)
        .spawn(work)
        .expect("a thread starts");
    if let Err(panic) = worker.join() {
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn discount() {
    with_stack(|| check("discount"));
}
