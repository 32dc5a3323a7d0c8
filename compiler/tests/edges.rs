//! Edges of ranges and comparisons that tests have a value on, as `assize test --edges` counts them.

#![cfg(test)]

use assize_compiler::testing::{CoverageKind, TestOptions, run_tests};
use assize_compiler::{Database, PackageInput};

/// The sides of the edges: what no test was on has a `-` before it.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let db = Database::default();
    let package = PackageInput::alone(&db, "t", [("t.assize", text)]);
    let options = TestOptions {
        edges: true,
        ..TestOptions::default()
    };
    let report = run_tests(&db, package, &options);
    assert!(report.passed(), "{:?}", report.tests);
    let all = report.coverage.declarations.iter();
    let all = all.flat_map(|declaration| &declaration.elements);
    let edges = all.filter(|element| element.kind == CoverageKind::Edge);
    let found: Vec<String> = edges
        .map(|edge| {
            let mark = match (edge.tests, edge.properties) {
                (0, 0) => "- ",
                (0, _) => "p ",
                _ => "",
            };
            format!(
                "{mark}{}:{} {}",
                edge.place.line, edge.place.column, edge.name
            )
        })
        .collect();
    assert_eq!(found, expected);
    // Nobody is told of edges who did not ask.
    let report = run_tests(&db, package, &TestOptions::default());
    let all = report.coverage.declarations.iter();
    let mut all = all.flat_map(|declaration| &declaration.elements);
    assert!(all.all(|element| element.kind != CoverageKind::Edge));
    assert!(!report.coverage.headline.contains("edges"));
}

#[test]
fn a_cell_has_the_last_value_inside_and_the_first_outside() {
    check(
        "table t (n: int) gives int
    | n       || out |
    | < 10    || 1   |
    | 10 to 19 || 2  |
    | > 19    || 3   |
test \"t\"
    expect t(9) is 1
    expect t(19) is 2
    expect t(25) is 3
",
        &["3:5 n 9", "- 3:5 n 10", "4:5 n 19", "- 4:5 n 20"],
    );
}

#[test]
fn the_step_is_that_of_the_declared_places() {
    check(
        "currency EUR
number Amount = money in EUR, 2 places, from 0 to 100
table t (a: Amount) gives int
    | a                || out |
    | 0 to below 50    || 1   |
    | 50 to 100        || 2   |
test \"t\"
    expect t(49.99) is 1
",
        // No value is below 0 or above 100, so there is no edge.
        &["5:5 a 49.99 EUR", "- 5:5 a 50.00 EUR"],
    );
}

#[test]
fn without_places_the_other_side_is_any_value() {
    check(
        "define f (n: number) gives bool
    n < 10
define g (n: number) gives bool
    2.5 < n
test \"t\"
    expect f(3)
    expect g(2.5) is false
",
        &[
            "2:5 n below 10",
            "- 2:5 n 10",
            "4:5 n 2.5",
            "- 4:5 n above 2.5",
        ],
    );
}

#[test]
fn days_have_edges_and_ranges_have_two() {
    check(
        "define f (day: date) gives bool
    day between 2026-01-01 and 2026-12-31
test \"t\"
    expect f(2026-01-01)
    expect f(2027-01-01) is false
",
        &[
            "- 2:5 day 2025-12-31",
            "2:5 day 2026-01-01",
            "- 2:5 day 2026-12-31",
            "2:5 day 2027-01-01",
        ],
    );
}

#[test]
fn rules_and_grids_have_edges_and_properties_see_them() {
    check(
        "rule r (n: int) gives int
    default 1
    exception many
        when n >= 100
        then 2
table g (kind: bool, n: int) gives int
    | kind \\ n | 1+ | 10+ |
    | true     | 1  | 2   |
    | false    | 3  | 4   |
property \"r\"
    for all n: int
    where n >= 99 and n <= 100
    expect r(n) >= 1
test \"g\"
    expect g(true, 10) is 2
",
        &[
            "p 4:14 n 99",
            "p 4:14 n 100",
            "- 7:18 n 0",
            "- 7:18 n 1",
            "- 7:18 n 9",
            "7:18 n 10",
        ],
    );
}

#[test]
fn what_is_no_constant_or_has_no_order_has_none() {
    check(
        "enum Size = small | large
parameter most : int
    is 5
define f (n: int, size: Size) gives bool
    n < most and size is small and 1 < 2
table t (size: Size, n: int?) gives int
    | size  | n       || out |
    | small | -       || 1   |
    | large | missing || 2   |
    | large | 3       || 4   |
    | large | not 3   || 5   |
test \"f\"
    expect f(1, small)
    expect t(small, missing) is 1
",
        &[],
    );
}
