//! The rules of an ERP decide what its own tests and manual say.
//!
//! The cases stand in `tests/erp/*/`, each with its source; `erp-cases --compare FILE` shows those that
//! differ. A case that the rules cannot express is listed in `UNEXPRESSED` with the reason, and counts
//! as failing for who reads the list.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fs;

use assize_compiler::testing::{TestOptions, render_text, run_tests};
use assize_compiler::{Database, Workspace};
use assize_tests::erp_cases::answer_line;
use assize_tests::erp_cases::compare::{differs, expected};
use assize_tests::erp_cases::desk::{Answer, Data, Desk};
use assize_tests::erp_cases::node::Node;
use assize_tests::erp_cases::sources::without_source;
use assize_tests::spec::package::{library, load, texts};
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
fn cases_of_rounding() {
    with_stack(|| check("rounding"));
}

/// Documents that cannot be decided are refused with the words of the rules.
#[test]
fn documents_that_rounding_refuses() {
    let line = r#"{"number": 1, "vat_rate": 20, "amount": 100"#;
    let asked = |currency: &str, lines: &str| {
        format!(
            r#"{{"posting": {{"day": "2026-11-20", "document": {{{currency} "lines": [{lines}]}}}}}}"#
        )
    };
    let rate = |amount: &str| {
        let text = format!(
            r#"{{"currencyCode": "USD", "startingDate": "2026-01-01", "exchangeRateAmount": {amount}, "relationalExchangeRateAmount": 1}}"#
        );
        Node::parse(&text).expect("a row is JSON")
    };
    let dollars = Node::object([("code", "USD".into())]);
    let known = Data::new().row("erp.bc.currency.Currency", dollars);
    let in_dollars = asked(r#""currency": "USD","#, &format!("{line}}}"));
    let cases = [
        (
            asked("", &format!(r#"{line}, "currency": "USD"}}"#)),
            known.clone(),
            "A document has one currency",
        ),
        (in_dollars.clone(), known.clone(), "no_exchange_rate"),
        (
            in_dollars.clone(),
            known.row("erp.bc.currency.ExchangeRate", rate("0")),
            "A rate is above zero",
        ),
        (
            in_dollars,
            Data::new().row("erp.bc.currency.ExchangeRate", rate("1")),
            "missing_data",
        ),
    ];
    with_stack(move || {
        let package = repository_root().join("rules/business-central");
        let desk = Desk::open(&package).expect("the rules compile");
        for (input, data, words) in cases {
            let input = Node::parse(&input).expect("an input is JSON");
            match desk.ask("erp.bc.posting.posted_in_local", &input, &data) {
                Ok(Answer::Refused(why)) => assert!(why.to_string().contains(words), "{why}"),
                other => panic!("{words}: {other:?}"),
            }
        }
    });
}

#[test]
fn cases_of_credit() {
    with_stack(|| check("credit"));
}

/// The tests of packages in `rules/`, each of which may use those before it: all pass, and no rule,
/// row, parameter value or reason of the last is without one.
fn passes_and_covers(names: &[&str]) {
    let mut rules = Vec::new();
    for name in names {
        rules.extend(library(name));
    }
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let db = Database::default();
    let _ = load(&db, &names, &texts(&rules), &BTreeMap::new());
    let root = *Workspace::get(&db).root(&db);
    let found = assize_compiler::diagnostics(&db, root);
    assert!(found.is_empty(), "{found:?}");
    let report = run_tests(&db, root, &TestOptions::default());
    let text = render_text(&report);
    assert!(report.passed(), "{text}");
    let seen: Vec<(&str, &str)> = text
        .lines()
        .filter(|line| line.starts_with("seen: "))
        .flat_map(|line| line.trim_start_matches("seen: ").split(", "))
        .filter_map(|part| part.split_once(" of "))
        .filter_map(|(seen, all)| Some((seen, all.split(' ').next()?)))
        .collect();
    assert!(!seen.is_empty(), "{text}");
    assert!(seen.iter().all(|(seen, all)| seen == all), "{text}");
}

#[test]
fn every_rule_of_business_central_names_its_source() {
    let mut read = 0;
    for rules in library("business-central") {
        let module = rules.text.lines().find(|line| line.starts_with("module "));
        if module.is_some_and(|module| module.ends_with("_tests")) {
            continue;
        }
        read += 1;
        let without = without_source(&rules.text);
        assert!(without.is_empty(), "{module:?}: {without:?}");
    }
    assert!(read > 40, "{read} files of rules");
}

#[test]
fn the_rules_of_business_central_pass_and_are_covered() {
    with_stack(|| passes_and_covers(&["business-central"]));
}

#[test]
fn the_policy_of_a_shop_passes_and_is_covered() {
    with_stack(|| passes_and_covers(&["business-central", "checkout"]));
}

#[test]
fn cases_of_discount() {
    with_stack(|| check("discount"));
}

#[test]
fn cases_of_pricing() {
    with_stack(|| check("pricing"));
}

#[test]
fn cases_of_stock() {
    with_stack(|| check("stock"));
}
