//! Small packages in strings: every way in which a test can end, and what is said of it.

mod given;
mod properties;
mod seen;
mod told;

use std::collections::BTreeMap;

use super::*;
use crate::{Database, SourceFile, Workspace};

/// A package of files (path and text), alone in its workspace.
fn report_of(files: &[(&str, &str)], options: &TestOptions) -> TestReport {
    let db = Database::default();
    let package = package(&db, "shop", &[], files);
    Workspace::new(&db, vec![package], package);
    run_tests(&db, package, options)
}

fn package(
    db: &Database,
    name: &str,
    dependencies: &[&str],
    files: &[(&str, &str)],
) -> PackageInput {
    let files: Vec<SourceFile> = files
        .iter()
        .map(|(path, text)| {
            SourceFile::new(
                db,
                (*path).to_string(),
                name.to_string(),
                (*text).to_string(),
            )
        })
        .collect();
    PackageInput::new(
        db,
        name.to_string(),
        "0.1.0".to_string(),
        files,
        dependencies
            .iter()
            .map(|name| (*name).to_string())
            .collect(),
        Vec::new(),
        BTreeMap::new(),
    )
}

/// A module `t` with the declarations that most tests here need.
fn report(text: &str) -> TestReport {
    report_of(
        &[("t.assize", &format!("{BASE}{text}"))],
        &TestOptions::default(),
    )
}

fn text(text: &str) -> String {
    render_text(&report(text))
}

const BASE: &str = r#"module t

currency EUR
unit piece
number Amount   = money in EUR, 2 places, from 0 to 10_000
number Quantity = piece, 0 places, from 1 to 1_000
number Percent  = percent, 2 places, from 0% to 100%
enum Segment = retail | trade

record Line
    item     : code
    quantity : Quantity
    discount : Percent = 0%

data Stock
    key item : code
    quantity : int
    place    : text?
    check quantity > 0 because "Stock is there or it is not"
    check distinct place
    rows at most 3

reason empty (item: code)
    "Nothing of {item} is left"

parameter vat : Percent
    from 2001-01-01 is 19%
    from 2012-10-01 is 21%

parameter least : Percent
    is 1%

table tier (segment: Segment, quantity: Quantity) gives Percent
    | #     | segment \ quantity | 1+ | 10+ | 100+ |
    | shop  | retail             | 0% | 3%  | 4%   |
    | trade | trade              | 5% | 6%  | 8%   |

rule discount (line: Line, segment: Segment, day: date) gives Percent
    as of day
    default tier(segment, line.quantity)
    exception own overrides week
        when line.discount > 0%
        then line.discount
    exception week
        valid 2026-11-20 to 2026-11-30
        then highest of [15%, default]

define left (item: code) gives int
    Stock[item].quantity

define sold (line: Line) gives int
    (first of s.quantity for s in Stock where s.item = line.item) otherwise stop empty(line.item)
"#;

#[test]
fn the_shop_passes() {
    let shop = include_str!("../../../rules/shop/shop.assize");
    let report = report_of(&[("shop.assize", shop)], &TestOptions::default());
    assert!(report.passed(), "{}", render_text(&report));
    insta::assert_snapshot!(render_text(&report), @r#"
    passed  tiers, and the week that replaces them
    passed  190.00 and 39.90 VAT are 129.90 over a limit of 100
    passed  what the order of 229.90 means for a customer
    passed  the VAT rate of the day
    passed  no tier gives a partner less than retail             proved (7 cases stand for all)

    seen: 4 of 4 rows, 6 of 6 cells, 1 of 1 exceptions, 1 of 1 defaults, 3 of 3 parameter values, 3 of 3 reasons
          3 of them only by properties
    5 passed
"#);
}

#[test]
fn a_filter_chooses_tests() {
    let text = format!("{BASE}\ntest \"one\"\n    expect true\n\ntest \"two\"\n    expect true\n");
    for (filter, found) in [("one", 1), ("t: t", 1), ("t: ", 2), ("three", 0)] {
        let options = TestOptions {
            filter: Some(filter.to_string()),
            ..TestOptions::default()
        };
        assert_eq!(
            report_of(&[("t.assize", &text)], &options).tests.len(),
            found,
            "{filter}"
        );
    }
    insta::assert_snapshot!(render_text(&report_of(&[], &TestOptions::default())), @"no tests");
}
