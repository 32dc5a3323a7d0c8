//! The example packages that the grammar is tried on are whole packages: they are type-checked with
//! every finding written down, become bundles that verify, and pass their own tests.

#![cfg(test)]

use std::fs;

use assize_compiler::testing::{TestOptions, render_text, run_tests};
use assize_compiler::{Database, PackageInput, diagnostics, everything, program, resolve};
use assize_tests::tree::repository_root;

/// A package of files of the corpus.
fn package(db: &Database, files: &[&str]) -> PackageInput {
    let folder = repository_root().join("grammar/tests/corpus");
    let files = files.iter().map(|name| {
        // A file that is gone is an empty one, of which the findings are others.
        let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
        (*name, text)
    });
    PackageInput::alone(db, "examples", files)
}

/// Every finding: file, line, weight, code and what is wrong.
fn told(db: &Database, package: PackageInput) -> String {
    let found = diagnostics(db, package);
    let lines = found.iter().map(|found| {
        let (file, range) = resolve(db, &found.primary.at);
        let before = file.text(db).get(..range.start as usize);
        let line = before.unwrap_or_default().matches('\n').count() + 1;
        let weight = format!("{:?}", found.severity).to_lowercase();
        format!(
            "{}:{line} {weight} {} {}\n",
            file.path(db),
            found.code.0,
            found.claim
        )
    });
    lines.collect()
}

#[test]
fn the_shop_is_checked_and_passes_its_tests() {
    let db = Database::default();
    let shop = package(&db, &["shop.assize"]);
    assert_eq!(told(&db, shop), "");
    let linked = program(&db, shop).expect("a program");
    assert_eq!(assize_ir::verify(&linked.program).err(), None);
    let report = run_tests(&db, shop, &TestOptions::default());
    assert!(report.passed(), "{}", render_text(&report));
    assert_eq!(report.tests.len(), 3, "{}", render_text(&report));
}

#[test]
fn the_rules_of_an_erp_are_checked_as_one_package() {
    let db = Database::default();
    let files = [
        "bc-credit.assize",
        "bc-document.assize",
        "bc-model.assize",
        "bc-price.assize",
        "bc-stock.assize",
        "quote.assize",
    ];
    let erp = package(&db, &files);
    assert_eq!(
        told(&db, erp),
        "\
bc-credit.assize:45 warning A0213 the define `available_credit` is never used
bc-credit.assize:57 warning A0213 the define `overdue_shown` is never used
bc-document.assize:51 warning A0213 the define `service_charge` is never used
bc-document.assize:78 warning A0213 the define `vat_statement` is never used
bc-document.assize:89 warning A0213 the define `rounding_line_price` is never used
bc-document.assize:100 warning A0213 the define `local_vat` is never used
bc-price.assize:78 note A0328 both sides may be missing, and two missing values are equal
bc-price.assize:171 note A0328 both sides may be missing, and two missing values are equal
bc-stock.assize:6 warning A0213 the reason `stock_short` is never used
bc-stock.assize:64 warning A0213 the define `available_to_promise` is never used
bc-stock.assize:76 warning A0213 the define `planned_delivery` is never used
bc-stock.assize:134 warning A0213 the define `equally` is never used
quote.assize:40 note A1003 what `quote` costs at most is not known
"
    );
    let linked = program(&db, erp).expect("a program");
    assert_eq!(assize_ir::verify(&linked.program).err(), None);
    let decisions = linked.program.decisions.iter();
    let names: Vec<&str> = decisions.map(|decision| decision.name.as_str()).collect();
    assert_eq!(names, ["quote"]);
    // What the decision does not need is a program, too.
    let all = everything(&db, erp).expect("a program of everything");
    assert_eq!(assize_ir::verify(&all.program).err(), None);
    assert!(all.program.callables.len() > linked.program.callables.len());
}
