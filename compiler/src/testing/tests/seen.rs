//! What the tests have seen.

use super::*;

#[test]
fn what_an_extension_adds_belongs_to_its_package() {
    let db = Database::default();
    let base = package(
        &db,
        "base",
        &[],
        &[(
            "base.assize",
            r#"module base
enum Segment = retail | trade

parameter limit : number
    open to values
    is 5

rule rate (segment: Segment) gives number
    open to exceptions
    default 1
    exception traders
        when segment is trade
        then 2
"#,
        )],
    );
    let shop = package(
        &db,
        "shop",
        &["base"],
        &[(
            "shop.assize",
            r#"module shop
use base

extend base.rate
    exception all overrides traders
        when limit > 9
        then 3

extend base.limit
    is 10

test "extended"
    cases
        | segment || rate(segment) | by       |
        | trade   || 3             | all      |
        | trade   || 3             | shop.all |
"#,
        )],
    );
    Workspace::new(&db, vec![base, shop], shop);
    let report = run_tests(&db, shop, &TestOptions::default());
    insta::assert_snapshot!(render_text(&report), @r#"
    passed  extended

    never seen:
        rule base.rate
            shop.all not applicable                   shop.assize:5:5

    seen: 1 of 1 exceptions, 1 of 1 parameter values
    1 passed
"#);
    let others: Vec<String> = report
        .coverage
        .dependencies
        .iter()
        .flat_map(|of| {
            of.elements
                .iter()
                .map(move |it| format!("{} {}: {:?} {}", of.package, of.name, it.kind, it.name))
        })
        .collect();
    insta::assert_snapshot!(others.join("\n"), @r#"
    base base.rate: Default default
    base base.rate: Exception traders
    base base.rate: NotApplicable traders
    base base.rate: Overridden traders
"#);
}

/// Of exceptions that are combined, those count that are part of the value.
#[test]
fn an_exception_that_was_passed_over_was_not_seen() {
    let rules = |combine: &str| {
        let text = format!(
            "module t\n\nrule best (a: bool, b: bool) gives int\n    combine {combine}\n    default 1\n    \
             exception small\n        when a\n        then 5\n    exception great\n        when b\n        then 8\n\n\
             test \"both\"\n    expect best(true, true) > 0\n"
        );
        report_of(&[("t.assize", &text)], &TestOptions::default())
            .coverage
            .headline
    };
    assert_eq!(rules("sum"), "2 of 2 exceptions, 0 of 1 defaults");
    assert_eq!(rules("sum up to 10"), "2 of 2 exceptions, 0 of 1 defaults");
    assert_eq!(rules("highest"), "1 of 2 exceptions, 0 of 1 defaults");
    assert_eq!(rules("lowest"), "1 of 2 exceptions, 0 of 1 defaults");
}
