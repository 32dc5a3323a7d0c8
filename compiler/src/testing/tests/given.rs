//! Rows and calendars that tests give.

use super::*;

#[test]
fn rows_that_are_given_are_checked() {
    insta::assert_snapshot!(text(r#"
test "filled"
    given Stock
        | item | quantity |
        | "a"  | 5        |
    expect left("A") is 5
    expect (count of s in Stock) is 1

test "refused, though nothing reads it"
    given Stock
        | item | quantity | place |
        | "A"  | 5        | "x"   |
        | "B"  | 0        | "x"   |
        | "a " | 2        | -     |
        | "C"  | 1        | "y"   |
    expect true

test "a cell that fails"
    given Stock
        | item | quantity  |
        | "A"  | left("B") |
    expect left("A") is 1

test "no rows from the tests before"
    expect error missing_data in left("A")
"#), @r#"
    passed  filled
    FAILED  refused, though nothing reads it  t.assize:61:6
            given t.Stock is refused  t.assize:64:9
                too_many_rows: expected at most 3 rows, found 4
            given t.Stock["B"] is refused  t.assize:65:9
                not_distinct: expected distinct place, found "x" in the row of line 64 as well
            given t.Stock["B"] is refused  t.assize:65:9
                check_failed: Stock is there or it is not
            given t.Stock["A"] is refused  t.assize:66:9
                duplicate_row: expected each key once, found the row of line 64 as well
    FAILED  a cell that fails                 t.assize:70:6
            given t.Stock is refused  t.assize:73:9
                missing_data: missing_data at t.left:49:5: relation t.Stock, item "B"
    passed  no rows from the tests before

    never seen:
        reason t.empty
            never made                                t.assize:23:1
        parameter t.vat
            from 2001-01-01                           t.assize:27:5
            from 2012-10-01                           t.assize:28:5
        parameter t.least
            its value                                 t.assize:31:5
        table t.tier
            cell shop, 1+                             t.assize:35:5
            cell shop, 10+                            t.assize:35:5
            cell shop, 100+                           t.assize:35:5
            cell trade, 1+                            t.assize:36:5
            cell trade, 10+                           t.assize:36:5
            cell trade, 100+                          t.assize:36:5
        rule t.discount
            default                                   t.assize:40:5
            exception own                             t.assize:41:5
            own not applicable                        t.assize:41:5
            exception week                            t.assize:44:5
            week not applicable                       t.assize:44:5
            week overridden                           t.assize:44:5
        define t.sold
            stop                                      t.assize:52:77

    seen: 0 of 6 cells, 0 of 2 exceptions, 0 of 1 defaults, 0 of 3 parameter values, 0 of 1 reasons, 0 of 1 refusals
    2 passed, 2 failed
"#);
}

#[test]
fn calendars_come_from_whoever_runs_the_tests() {
    let text = format!(
        "{BASE}\ntest \"days\"\n    expect add_working_days(2026-11-20, 1, [\"DE\"]) is 2026-11-23\n"
    );
    let files = [("t.assize", text.as_str())];
    assert_eq!(
        report_of(&files, &TestOptions::default()).count(Outcome::Failed),
        1
    );
    let calendar = Calendar {
        code: "DE".into(),
        working: (1..=5).collect(),
        exceptions: BTreeMap::new(),
        from: assize_ir::date::parse("2026-01-01").unwrap(),
        to: assize_ir::date::parse("2026-12-31").unwrap(),
    };
    let options = TestOptions {
        calendars: vec![calendar],
        ..TestOptions::default()
    };
    let report = report_of(&files, &options);
    assert!(report.passed(), "{}", render_text(&report));
}

#[test]
fn rows_of_a_property_may_depend_on_its_case() {
    let report = report(
        r#"
property "as many as there are"
    for all n: int where n between 1 and 1_000
    given Stock
        | item | quantity |
        | "A"  | n        |
    expect left("A") = n

property "refused"
    for all flag: bool, n: int
    given Stock
        | item | quantity                    |
        | "A"  | if flag then n * 0 else 5   |
    expect left("A") > 0
"#,
    );
    insta::assert_snapshot!(render_text(&report).split("never").next().unwrap(), @r#"
    passed  as many as there are  256 cases (seed 6064136002155888301)
    FAILED  refused               does not hold (after 2 cases, seed 11924594444990305139)  t.assize:61:10
            given t.Stock["A"] is refused  t.assize:65:9
                check_failed: Stock is there or it is not
            the smallest case found, as a test:

            test "refused: counterexample"
                let flag: bool = true
                let n: int = 0
                given Stock
                    | item | quantity                    |
                    | "A"  | if flag then n * 0 else 5   |
                expect left("A") > 0
"#);
}

#[test]
fn rows_are_given_before_anything_is_expected() {
    let report = report(
        r#"
test "rows"
    let some: int? = 5
    expect some is not missing
    given Stock
        | item | quantity |
        | "A"  | some     |
    expect left("A") = 5
"#,
    );
    insta::assert_snapshot!(render_text(&report).split("never").next().unwrap(), @r#"
BROKEN  rows  t.assize:54:6
        test "rows": A0303 the rows of `given` rely on an `expect` above  t.assize:59:9
"#);
}
