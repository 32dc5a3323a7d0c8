//! What is told, and how often: a cause once, its consequences not, and nothing of what is offered to others.

#![cfg(test)]

use assize_compiler::testing::{TestOptions, render_text, run_tests};
use assize_compiler::{Database, Diagnostic, PackageInput, diagnostics, resolve};

fn found(text: &str) -> (Database, PackageInput, Vec<Diagnostic>) {
    let db = Database::default();
    let package = PackageInput::alone(&db, "t", [("t.assize", text)]);
    let found = diagnostics(&db, package);
    (db, package, found)
}

/// Code, text and way out of each finding.
fn check(text: &str) -> Vec<String> {
    let (db, _, all) = found(text);
    let line = |one: &Diagnostic| {
        let (_, range) = resolve(&db, &one.primary.at);
        let of = text
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default();
        let way = one.instead.clone().unwrap_or_default();
        format!("{} {of}: {way}", one.code.0)
    };
    all.iter().map(line).collect()
}

/// What running the tests says, without the coverage.
fn tested(text: &str) -> String {
    let (db, package, _) = found(text);
    let report = render_text(&run_tests(&db, package, &TestOptions::default()));
    let tests = report.split("never").next().unwrap_or_default();
    tests.trim_end().to_string()
}

#[test]
fn a_type_that_is_not_there_is_told_before_a_bracket() {
    let unknown = "declare it, or `use` the module that does";
    for result in ["Foo(a)", "Foo[a]"] {
        let told = check(&format!("define f (a: int) gives {result}\n"));
        assert_eq!(told, [format!("A0204 Foo: {unknown}")]);
    }
    assert_eq!(
        check("define f (a: int) gives list of intx[a]\n"),
        ["A0204 intx: did you mean `int`?"]
    );
    let table = check("table t (a: int) gives Nope\n    | a || r |\n    | 1 || 2 |\n");
    assert_eq!(table, [format!("A0204 Nope: {unknown}")]);
}

#[test]
fn a_key_with_a_colon_is_told_as_a_missing_key() {
    for keys in ["key : code", "key  : code, row : int"] {
        let told = check(&format!(
            "data D\n    {keys}\n    v : int\n    rows at most 5\ndecision d (a: int) gives int\n    a + (sum of x.v for x in D)\n"
        ));
        assert_eq!(
            told,
            [
                "A0601 D: leave the colon behind `key` out: `key item : code`; with a colon, `key` is the name of a field"
            ]
        );
        // What looks a row up by that key has nothing to add.
        let key = if keys.contains("row") { "k, 1" } else { "k" };
        let told = check(&format!(
            "data D\n    {keys}\n    v : int\ndecision d (k: code) gives int\n    D[{key}].v\n"
        ));
        assert_eq!(told.len(), 1, "{told:?}");
    }
}

#[test]
fn one_mistake_of_a_head_is_told_once() {
    let dimension = check("define a () gives money in EUR\n    3\n");
    assert_eq!(dimension.len(), 1, "{dimension:?}");
    assert!(dimension.concat().starts_with("A0204 money"));
    let colon = check("define f (a int, b: int) gives int\n    a + b\n");
    assert_eq!(colon, ["A0179 a int: write `a: int`"]);
}

#[test]
fn parameters_of_a_rule_open_to_exceptions_are_offered_to_others() {
    let rule = |open: &str| {
        check(&format!(
            "rule r (n: int, region: int) gives int\n{open}    default 0\n    exception big\n        when n > 3\n        then 1\n"
        ))
    };
    assert!(rule("    open to exceptions\n").is_empty());
    assert_eq!(
        rule(""),
        ["A0212 region: leave it out, or begin its name with `_`"]
    );
}

#[test]
fn outputs_under_hit_count_are_true() {
    let table = |output: &str| {
        check(&format!(
            "table t (a: int) gives int\n    hit count\n    | a   || r |\n    | > 1 || {output} |\n"
        ))
    };
    assert!(table("true").is_empty());
    assert_eq!(
        table("false"),
        ["A0404 false: leave the row out, which then does not count, or write `true`"]
    );
    for other in ["1", "a > 3"] {
        let way = "write `true`; to add the outputs up, write `hit sum`";
        assert_eq!(table(other), [format!("A0404 {other}: {way}")]);
    }
}

#[test]
fn a_text_added_to_a_date_is_a_formula() {
    let of = |sum: &str| check(&format!("define f (d: date) gives date\n    {sum}\n"));
    assert!(of("d + \"CM+14D\"").is_empty());
    assert_eq!(
        of("d + \"14 beers\""),
        ["A0324 \"14 beers\": write terms such as `1W`, `CM+14D`, `-2D` (units D WD W M Q Y)"]
    );
    assert_eq!(
        of("d - \"14D\""),
        ["A0309 d - \"14D\": add a formula, with the sign in it: `… + \"-14D\"`"]
    );
}

#[test]
fn a_day_in_other_figures_is_told_as_a_day() {
    let of = |day: &str| check(&format!("define f (d: date) gives bool\n    d > {day}\n"));
    for day in ["12/31/2026", "31/12/2026", "2026/12/31", "20261231"] {
        assert_eq!(of(day), [format!("A0307 d > {day}: write `2026-12-31`")]);
    }
    // Both may be the month.
    assert_eq!(
        of("03/04/2026"),
        ["A0307 d > 03/04/2026: write a day as `2026-12-31`: year, month, day"]
    );
    assert_eq!(
        check("define f () gives date\n    12/31/2026\n"),
        ["A0301 12/31/2026: write `2026-12-31`"]
    );
}

#[test]
fn two_values_of_a_parameter_are_told_as_two() {
    assert_eq!(
        check("parameter p : int\n    is 1\n    is 2\n"),
        ["A0208 2: leave one of them out, or give each its day: `from DATE is VALUE`"]
    );
    let dated = |first: &str| {
        check(&format!(
            "parameter p : int\n    from {first} is 1\n    from 2026-01-01 is 2\n"
        ))
    };
    assert_eq!(
        dated("2026-01-01"),
        ["A0514 from 2026-01-01 is 2: leave one of them out, or give it another day"]
    );
    assert_eq!(
        dated("2026-02-01"),
        ["A0514 from 2026-01-01 is 2: write the values in rising order of their days"]
    );
}

#[test]
fn two_tests_of_one_title_are_told() {
    let of = |second: &str| {
        check(&format!(
            "test \"x\"\n    expect 1 is 1\n{second} \"x\"\n    expect 2 is 2\ntest \"y\"\n    expect 3 is 3\n"
        ))
    };
    let told = of("test");
    let twice: Vec<_> = told.iter().filter(|one| one.starts_with("A0208")).collect();
    assert_eq!(twice, ["A0208 \"x\": give one of them another title"]);
}

#[test]
fn a_carried_list_without_a_bound_is_told() {
    let of = |next: &str| {
        check(&format!(
            "decision f (xs: list of int, at most 100) gives int\n    let all = for each x in xs\n        carry s: list of int = [1]\n        next s = {next}\n        finally s\n    give count of all\n"
        ))
    };
    assert_eq!(
        of("s + s"),
        ["A1003 f: let each element append what does not hold the carried list itself"]
    );
    assert!(of("s + [x]").is_empty());
}

#[test]
fn a_test_that_needs_a_broken_type_is_broken() {
    let number = "number Price = plain, 2 plces\n\ndefine f (xs: list of Price) gives Price\n    for each x in xs\n        carry t: Price = 0\n        next t = t + x\n        finally t\n\ndefine g (n: Price) gives Price\n    f([n, n])\n\ntest \"x\"\n    expect g(1) is 2\n";
    insta::assert_snapshot!(tested(number), @r"
    BROKEN  x  t.assize:12:6
            t.Price: A0172 `plces` is not the word `places`  t.assize:1:25

    0 passed, 1 broken
    ");
    let data = "data D\n    key k : int\n    v : Price\n\ndefine f (n: int) gives bool\n    exists d in D where d.k = n\n\ntest \"x\"\n    given D\n        | k | v |\n        | 1 | 2 |\n    expect f(1)\n";
    insta::assert_snapshot!(tested(data), @r"
    BROKEN  x  t.assize:8:6
            t.D: A0204 there is no type `Price`  t.assize:3:9

    0 passed, 1 broken
    ");
    let record = "record R\n    a : Nope\n\ndefine f (n: int) gives int\n    n\n\ndefine h (_r: R) gives int\n    3\n\ntest \"x\"\n    expect f(1) is 1\n\ntest \"y\"\n    expect h(R(a: 2)) is 3\n";
    insta::assert_snapshot!(tested(record), @r"
    passed  x
    BROKEN  y  t.assize:13:6
            t.R: A0204 there is no type `Nope`  t.assize:2:9

    1 passed, 1 broken
    ");
}

#[test]
fn a_broken_check_declares_no_field() {
    let text =
        "record R\n    n : int\n    check (((k: n) = 1 because \"x\"\n\nexample r = R(n: 1)\n";
    let told = check(text);
    assert!(told.iter().all(|one| !one.starts_with("A0607")), "{told:?}");
    assert!(!told.is_empty());
}

#[test]
fn a_misspelt_use_is_a_use() {
    let rules = |used: &str| {
        format!(
            "reason too_many\n    \"too many\"\ndecision f (n: int) gives list of Reason\n    [{used}() when n > 5]\n"
        )
    };
    assert_eq!(
        check(&rules("too_manyy")),
        ["A0203 too_manyy: did you mean `too_many`?"]
    );
    // Quite another name is none.
    assert_eq!(
        check(&rules("blocked")),
        [
            "A0213 too_many: use it, leave it out, or begin its name with `_`",
            "A0203 blocked: declare it, or `use` the module that does"
        ]
    );
    assert_eq!(check(&rules("too_many")), Vec::<String>::new());
}
