//! What a rule text computes: each case is a test of the language, run by the interpreter.

#![cfg(test)]

use assize_compiler::testing::{TestOptions, run_tests};
use assize_compiler::{Database, PackageInput, Severity, diagnostics, everything, resolve};

fn package(db: &Database, text: &str) -> PackageInput {
    PackageInput::alone(db, "a", [("a.assize", text)])
}

/// The codes of the errors of a text, in the order of the text.
fn errors(text: &str) -> Vec<String> {
    let db = Database::default();
    let package = package(&db, text);
    diagnostics(&db, package)
        .into_iter()
        .filter(|found| found.severity == Severity::Error)
        .map(|found| found.code.0.to_string())
        .collect()
}

/// Runs `expect` lines in sight of declarations.
#[track_caller]
fn check(declarations: &str, expects: &[&str]) {
    let lines: String = expects
        .iter()
        .map(|line| format!("    expect {line}\n"))
        .collect();
    let text = format!("{declarations}\ntest \"t\"\n{lines}");
    assert_eq!(errors(&text), Vec::<String>::new(), "{text}");
    let db = Database::default();
    let package = package(&db, &text);
    let report = run_tests(&db, package, &TestOptions::default());
    let failed = assize_compiler::testing::render_text(&report);
    assert!(!report.tests.is_empty() && report.passed(), "{failed}");
}

/// What a `where` tells of an outer name holds for its elements, and not behind the query.
#[test]
fn a_filter_tells_nothing_behind_its_query() {
    check(
        "define a (n: int?, xs: list of int) gives int
    let some = sum of x for x in xs where n is not missing
    give some + (if n is missing then 100 else n)

define b (n: int?, xs: list of int) gives bool
    let large = exists x in xs where n is not missing and x > n
    give large or n is missing

define c (n: int?, xs: list of int) gives int
    let groups = group x in xs where n is not missing by large: x > 1
    give (count of groups) + (n otherwise 10)",
        &[
            "a(missing, [1, 2]) is 100",
            "a(5, [1, 2]) is 8",
            "b(missing, [1, 2])",
            "c(missing, [1, 2]) is 10",
        ],
    );
    let behind = "define a (n: int?, xs: list of int) gives int
    let some = sum of x for x in xs where n is not missing
    give some + n";
    assert_eq!(errors(behind), ["A0303"]);
}

/// One end is a whole number and the other is not, in either order.
#[test]
fn between_a_whole_number_and_another() {
    check(
        "define f (n: int, low: int, high: number) gives bool
    n between low and high

define g (n: int, low: int?, high: number?) gives bool
    n between low and high

define h (n: int, low: number, high: int) gives bool
    n between low and high",
        &[
            "f(2, 2, 2.5)",
            "not f(3, 2, 2.5)",
            "g(2, missing, 2.5)",
            "not g(1, 2, missing)",
            "h(3, 2.5, 3)",
            "not h(2, 2.5, 3)",
        ],
    );
}

/// What a default computes is known no better than what it is used for.
#[test]
fn a_computed_default_is_used_in_an_exception() {
    check(
        "number Rate = percent

rule f (rate: Rate, much: bool) gives Rate
    default rate + 1%
    exception much
        when much
        then highest of [5%, default]

rule g (n: int, much: bool) gives int
    default n * 2
    exception much
        when much
        then default + 1",
        &[
            "f(1%, true) is 5%",
            "f(7%, true) is 8%",
            "f(1%, false) is 2%",
            "g(4, true) is 9",
        ],
    );
}

/// The branches of a choice may be lists of which one has a bound and optional items, and the other has neither.
#[test]
fn lists_of_two_lengths_are_joined() {
    check(
        "define f (some: bool, xs: list of int) gives list of int?
    if some then [7] else (for each x in xs give missing)",
        &[
            "f(true, [1, 2]) is [7]",
            "f(false, [1, 2]) is [missing, missing]",
        ],
    );
}

/// A written list keeps every item where no type is expected of it.
#[test]
fn written_lists_keep_their_items() {
    check(
        "enum Level = low < mid < high

define written () gives list of int
    let a = [1, 2, 3]
    give a

define discount (a: number) gives number
    round (highest of [0, a - 100]) * 0.5 to 0.01

define some (y: int) gives int
    let a = [missing, y]
    give count of a

define chosen (y: int) gives list of int
    let a = [1 when y > 1, 2, y when y > 1, 3 when y > 9]
    give a",
        &[
            "written() is [1, 2, 3]",
            "discount(50) is 0.00",
            "discount(103) is 1.50",
            "(sum of [1, 2, 3]) is 6",
            "(count of [\"a\", \"b\"]) is 2",
            "(lowest of [2.5, 1.5, 0.5]) is 0.5",
            "exists x in [1, 2, 3] where x = 3",
            "some(4) is 2",
            "(highest of [low, high, mid]) is Level.high",
            "chosen(2) is [1, 2, 2]",
        ],
    );
}

/// No item of a written list escapes the check of its type, nor a condition that of its names.
#[test]
fn every_item_of_a_written_list_is_checked() {
    let body =
        |list: &str| format!("define f () gives int\n    let a = {list}\n    give count of a\n");
    assert_eq!(errors(&body("[1, \"two\"]")), ["A0702"]);
    assert_eq!(errors(&body("[1, 2 when unknown > 1]")), ["A0202"]);
}

/// A text shows a number as its dimension says: percent in points and with its sign.
#[test]
fn a_text_shows_what_as_says() {
    check(
        "define shown (x: number) gives text
    \"{x as percent}\"

define written () gives text
    \"{0.05 as percent}\"

define back (p: Share) gives text
    \"{p as plain}\"

define maybe (x: number?) gives text
    let p = x as percent
    give \"{p otherwise 0%}\"

number Share = percent, 2 places",
        &[
            "shown(0.05) is \"5%\"",
            "written() is \"5%\"",
            "back(5%) is \"0.0500\"",
            "maybe(0.5) is \"50%\"",
        ],
    );
}

/// A percent has as many places as its border, whatever was multiplied to get it.
#[test]
fn compounded_exceptions_have_the_places_of_their_parts_together() {
    let rule = |places: u8, more: &str| {
        format!(
            "number Percent = percent, {places} places, from 0% to 100%
rule c (x: int) gives Percent
    combine compound
    exception one
        when x > 1
        then 3.33%
    exception two{more}
        when x > 5
        then 4.4%
"
        )
    };
    // (2 + 2) + (1 + 2) places of the fractions are 7, and 5 of the percent.
    assert_eq!(errors(&rule(4, "")), ["A0304"]);
    check(
        &rule(5, ""),
        &["c(6) is 7.58348%", "c(2) is 3.33%", "c(0) is 0%"],
    );
    // Those that never apply together are not multiplied.
    check(
        &rule(2, " overrides one"),
        &["c(6) is 4.4%", "c(2) is 3.33%"],
    );
    let third = "    exception three\n        when x > 7\n        then 1%\n";
    assert_eq!(
        errors(&format!("{}{third}", rule(2, " overrides one"))),
        ["A0304"]
    );
    check(
        &format!("{}{third}", rule(4, " overrides one")),
        &["c(8) is 5.356%"],
    );
}

/// What an extension adds is multiplied, too.
#[test]
fn compounded_extensions_have_the_places_of_their_parts_together() {
    let rules = |places: u8| {
        format!(
            "number Percent = percent, {places} places, from 0% to 100%
rule c (x: int) gives Percent
    combine compound
    open to exceptions
    exception one
        when x > 1
        then 3.33%
extend c
    exception two
        when x > 5
        then 4.4%
"
        )
    };
    assert_eq!(errors(&rules(4)), ["A0304"]);
    check(&rules(5), &["c(6) is 7.58348%"]);
}

/// A name that is in sight and an enum value, too, means what fits the other side, on either side.
#[test]
fn either_side_of_a_comparison_gives_the_type() {
    check(
        "enum Kind = price | list

parameter list : int
    is 3

define left (k: Kind, price: int) gives bool
    price = k and price > 1

define right (k: Kind, price: int) gives bool
    k is price and price > 1

define some (ks: list of Kind, price: int) gives bool
    price in ks and price > 1

define parameters (k: Kind) gives bool
    list = k and list is 3
",
        &[
            "left(price, 2)",
            "not left(list, 2)",
            "not left(price, 1)",
            "right(price, 2)",
            "some([list, price], 2)",
            "parameters(list)",
            "not parameters(price)",
        ],
    );
}

/// Both quantifiers go through lists in lists.
#[test]
fn quantifiers_go_through_lists_in_lists() {
    check(
        "record Order
    open  : bool
    parts : list of int

define all (orders: list of Order) gives bool
    every o in orders for p in o.parts where o.open has p > 0

define any (orders: list of Order) gives bool
    exists o in orders for p in o.parts where o.open and p < 0
",
        &[
            "all([Order(open: true, parts: [1, 2]), Order(open: false, parts: [0])])",
            "not all([Order(open: true, parts: [1]), Order(open: true, parts: [3, 0])])",
            "all([Order(open: true, parts: [])])",
            "any([Order(open: true, parts: [1, -2])])",
            "not any([Order(open: false, parts: [-2])])",
        ],
    );
}

/// A group stands nowhere in the text; the places of all else are still those that errors name.
#[test]
fn places_are_right_where_a_group_is_linked_first() {
    let text = "\
define signs (xs: list of int) gives list of int
    for each g in group x in xs by negative: x < 0
        give count of g.members
define ranked (xs: list of int) gives list of int
    for each x in xs by x descending ending with x < 3
        give x
";
    let db = Database::default();
    let package = package(&db, text);
    let found = diagnostics(&db, package);
    let told: Vec<&str> = found.iter().map(|found| found.claim.as_str()).collect();
    assert_eq!(told, Vec::<&str>::new());
    let linked = everything(&db, package).expect("a program");
    assert_eq!(linked.origins.len(), linked.program.places.len());
    for ((decl, span), place) in linked.origins.iter().zip(&linked.program.places) {
        let (_, range) = resolve(&db, &decl.at(*span));
        assert_eq!((range.start, range.end), (place.start, place.end));
    }
}

/// The first of a written list is there, unless items may be left out or missing.
#[test]
fn the_first_of_a_written_list_is_there() {
    check(
        "define first_of (a: number, b: number) gives number
    first of [a / b, 1 / a]
define either (a: int?) gives int?
    first of [a, 3]
define some (a: int) gives int?
    first of [a when a > 3, 4 when a > 1]",
        &[
            "first_of(1, 2) is 0.5",
            "error division_by_zero in first_of(0, 2)",
            "either(missing) is missing",
            "some(2) is 4",
            "some(1) is missing",
        ],
    );
    assert_eq!(
        errors("define f (a: int) gives int\n    first of [a when a > 3]\n"),
        ["A0303"]
    );
}
