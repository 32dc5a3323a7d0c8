//! Small packages in strings: every way in which a test can end, and what is said of it.

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
fn what_is_not_as_expected_is_told_with_both_sides() {
    insta::assert_snapshot!(text(r#"
test "sides"
    let line = Line(item: "a", quantity: 12)
    expect tier(retail, 9) is 0%
    expect discount(line, trade, 2026-11-01) is 5%
    expect tier(retail, 10)
        < 3%
    expect line is Line(item: "A", quantity: 13, discount: 1%)
    expect exists s in [1, 2] where s > 2
    expect not (tier(retail, 9) = 0%)
    expect [tier(retail, 9), 2%] is [0%]
"#), @r#"
    FAILED  sides  t.assize:54:6
            expect discount(line, trade, 2026-11-01) is 5%  t.assize:57:5
                discount(line, trade, 2026-11-01)  6.00%
                5%                                 5%
            expect tier(retail, 10) < 3%  t.assize:58:5
                tier(retail, 10)  3.00%
                3%                3%
            expect line is Line(item: "A", quantity: 13, discount: 1%)  t.assize:60:5
                line                                         Line(item: "A", quantity: 12 piece, discount: 0.00%)
                Line(item: "A", quantity: 13, discount: 1%)  Line(item: "A", quantity: 13 piece, discount: 1.00%)
            expect exists s in [1, 2] where s > 2  t.assize:61:5
                does not hold
                because exists s in [1, 2] where s > 2: false
            expect not (tier(retail, 9) = 0%)  t.assize:62:5
                does not hold
                because tier(retail, 9) = 0%: needed not 0%, got 0.00%
            expect [tier(retail, 9), 2%] is [0%]  t.assize:63:5
                [tier(retail, 9), 2%]  [0.00%, 2.00%]
                [0%]                   [0%]

    never seen:
        reason t.empty
            never made                                t.assize:23:1
        parameter t.vat
            from 2001-01-01                           t.assize:27:5
            from 2012-10-01                           t.assize:28:5
        parameter t.least
            its value                                 t.assize:31:5
        table t.tier
            cell shop, 100+                           t.assize:35:5
            cell trade, 1+                            t.assize:36:5
            cell trade, 100+                          t.assize:36:5
        rule t.discount
            exception own                             t.assize:41:5
            exception week                            t.assize:44:5
            week overridden                           t.assize:44:5
        define t.sold
            stop                                      t.assize:52:77

    seen: 3 of 6 cells, 0 of 2 exceptions, 1 of 1 defaults, 0 of 3 parameter values, 0 of 1 reasons, 0 of 1 refusals
    0 passed, 1 failed
"#);
}

#[test]
fn errors_are_told_in_full() {
    insta::assert_snapshot!(text(r#"
test "errors"
    let line = Line(item: "A", quantity: 12)
    expect left("a") is 5
    expect sold(line) is 5
    expect error missing_data in left("A")
    expect error stopped in sold(line)
    expect error stopped in left("A")
    expect error undecided in tier(retail, 10)
    expect vat on 1999-12-31 is 19%
    expect error undecided in vat on 1999-12-31
"#), @r#"
    FAILED  errors  t.assize:54:6
            expect left("a") is 5  t.assize:56:5
                error missing_data in t.left  t.assize:49:5
                    relation  t.Stock
                    item      "A"
            expect sold(line) is 5  t.assize:57:5
                error stopped in t.sold  t.assize:52:77
                    reason  empty
                    item    "A"
                    Nothing of A is left
            expect error stopped in left("A")  t.assize:60:5
                expected error stopped
                error missing_data in t.left  t.assize:49:5
                    relation  t.Stock
                    item      "A"
            expect error undecided in tier(retail, 10)  t.assize:61:5
                expected error  undecided
                found           3.00%
            expect vat on 1999-12-31 is 19%  t.assize:62:5
                error undecided in t.vat  t.assize:26:1
                    day  1999-12-31
                    vat has no value before 2001-01-01, and was asked for 1999-12-31

    never seen:
        parameter t.vat
            from 2001-01-01                           t.assize:27:5
            from 2012-10-01                           t.assize:28:5
        parameter t.least
            its value                                 t.assize:31:5
        table t.tier
            cell shop, 1+                             t.assize:35:5
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

    seen: 1 of 6 cells, 0 of 2 exceptions, 0 of 1 defaults, 0 of 3 parameter values, 1 of 1 reasons, 1 of 1 refusals
    0 passed, 1 failed
"#);
}

#[test]
fn cases_name_their_row_and_what_decided() {
    insta::assert_snapshot!(text(r#"
test "cases"
    cases
        | segment | quantity || tier(segment, quantity) | by         |
        | retail  | 9        || 0%                      | shop       |
        | retail  | 9        || 1%                      | shop       |
        | trade   | 100      || 8%                      | shop       |
        | trade   | 100      || 8%                      | -          |

test "rules"
    let plain = Line(item: "A", quantity: 12)
    cases
        | line                      | day        || discount(line, trade, day) | by            |
        | plain                     | 2026-11-01 || 6%                         | default       |
        | plain                     | 2026-11-01 || 6%                         | default.trade |
        | plain                     | 2026-11-01 || 6%                         | default.shop  |
        | plain                     | 2026-11-25 || 15%                        | week          |
        | plain with (discount: 2%) | 2026-11-25 || 2%                         | own           |
        | plain with (discount: 2%) | 2026-11-25 || 2%                         | week, own     |

test "parameters, and the outermost call through a let"
    let rate = vat on 2026-01-01
    let twice = rate
    cases
        | day        || (vat on day) | by         |
        | 2001-01-01 || 19%          | 2001-01-01 |
        | 2012-10-01 || 21%          | 2001-01-01 |
    cases
        | other || twice + other | by         |
        | 1%    || 22%           | 2012-10-01 |

test "several outputs, and an error in one"
    cases
        | item || left(item) | tier(retail, 1) |
        | "A"  || 5          | 1%              |
"#), @r#"
    FAILED  cases                                             t.assize:54:6
            case segment retail, quantity 9  t.assize:58:9
                tier(segment, quantity)
                expected  1%
                found     0.00%
            case segment trade, quantity 100  t.assize:59:9
                expected by  shop
                found by     trade.100+
    FAILED  rules                                             t.assize:62:6
            case line plain, day 2026-11-01  t.assize:68:9
                expected by  default.shop
                found by     default.trade.10+
            case line plain with (discount: 2%), day 2026-11-25  t.assize:71:9
                expected by  week, own
                found by     own
    FAILED  parameters, and the outermost call through a let  t.assize:73:6
            case day 2012-10-01  t.assize:79:9
                expected by  2001-01-01
                found by     2012-10-01
    FAILED  several outputs, and an error in one              t.assize:84:6
            case item "A"  t.assize:87:9
                left(item)
                error missing_data in t.left  t.assize:49:5
                    relation  t.Stock
                    item      "A"
                tier(retail, 1)
                expected  1%
                found     0.00%

    never seen:
        reason t.empty
            never made                                t.assize:23:1
        parameter t.least
            its value                                 t.assize:31:5
        table t.tier
            cell shop, 10+                            t.assize:35:5
            cell shop, 100+                           t.assize:35:5
            cell trade, 1+                            t.assize:36:5
        define t.sold
            stop                                      t.assize:52:77

    seen: 3 of 6 cells, 2 of 2 exceptions, 1 of 1 defaults, 2 of 3 parameter values, 0 of 1 reasons, 0 of 1 refusals
    0 passed, 4 failed
"#);
}

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
fn what_is_broken_stops_nothing_else() {
    insta::assert_snapshot!(text(r#"
define broken (a: int) gives Amount
    a + nothing

define circle (a: int) gives int
    around(a)
define around (a: int) gives int
    circle(a)

test "works"
    expect tier(retail, 9) is 0%

test "itself has errors"
    expect tier(retail, 9) is nobody

test "needs what is broken"
    expect broken(1) is 1

test "needs a circle"
    expect circle(1) is 1

test "cannot be read"
    expect expect
"#), @r#"
    passed  works
    BROKEN  itself has errors     t.assize:65:6
            test "itself has errors": A0202 there is no value `nobody`  t.assize:66:31
    BROKEN  needs what is broken  t.assize:68:6
            t.broken: A0202 there is no value `nothing`  t.assize:55:9
    BROKEN  needs a circle        t.assize:71:6
            t.circle: is part of a circle of calls  t.assize:57:1
            t.around: is part of a circle of calls  t.assize:59:1
    BROKEN  cannot be read        t.assize:74:6
            test "cannot be read": A0101 a value or `error` is expected here, but here is `expect`  t.assize:75:12

    never seen:
        reason t.empty
            never made                                t.assize:23:1
        parameter t.vat
            from 2001-01-01                           t.assize:27:5
            from 2012-10-01                           t.assize:28:5
        parameter t.least
            its value                                 t.assize:31:5
        table t.tier
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

    seen: 1 of 6 cells, 0 of 2 exceptions, 0 of 1 defaults, 0 of 3 parameter values, 0 of 1 reasons, 0 of 1 refusals
    1 passed, 4 broken
"#);
}

#[test]
fn properties_are_proved_when_all_cases_can_be_run() {
    let report = report(
        r#"
property "few cases"
    for all segment: Segment, flag: bool?
    expect (if flag is missing then 1 else 2) > 0 or segment is retail

property "each kind of number"
    for all segment: Segment, quantity: Quantity
    expect tier(segment, quantity) <= 8%

property "a record through a rule, on any day"
    for all line: Line, segment: Segment, day: date
    expect discount(line with (discount: 0%), segment, day) <= 15%

property "a value that is passed on and compared"
    for all line: Line, segment: Segment, day: date
    expect discount(line, segment, day) <= 100%

property "arithmetic proves nothing"
    for all amount: Amount
    expect amount * 2 >= amount

property "two parameters compared"
    for all a: Amount, b: Amount
    expect (lowest of [a, b]) <= (highest of [a, b])

property "no case"
    for all segment: Segment where segment is retail and segment is trade
    expect true

property "a condition that filters"
    for all quantity: Quantity where quantity >= 100
    expect tier(trade, quantity) is 8%

property "too few cases"
    for all a: Amount, b: Amount where a = b * 3 + 1
    expect a >= b

property "nothing to take it from"
    for all day: date, calendars: list of calendar
    expect add_working_days(day, 0, calendars) >= day
"#,
    );
    insta::assert_snapshot!(render_text(&report), @r#"
    passed  few cases                               proved (all 6 cases)
    passed  each kind of number                     proved (all 2000 cases)
    passed  a record through a rule, on any day     proved (252 cases stand for all)
    passed  a value that is passed on and compared  proved (252 cases stand for all)
    passed  arithmetic proves nothing               256 cases (seed 3137067276950437918)
    passed  two parameters compared                 256 cases (seed 8406200742495889529)
    FAILED  no case                                 not run; no case passes `where` and the checks of its records  t.assize:78:10
    passed  a condition that filters                proved (all 901 cases)
    passed  too few cases                           12 cases (seed 14277099318562043082); only 12 of 256 cases: `where` and checks left out 5108
    FAILED  nothing to take it from                 not run; no case can be made: it needs a calendar: none is given  t.assize:90:10

    never seen:
        reason t.empty
            never made                                t.assize:23:1
        parameter t.vat
            from 2001-01-01                           t.assize:27:5
            from 2012-10-01                           t.assize:28:5
        parameter t.least
            its value                                 t.assize:31:5
        define t.sold
            stop                                      t.assize:52:77

    seen: 6 of 6 cells, 2 of 2 exceptions, 1 of 1 defaults, 0 of 3 parameter values, 0 of 1 reasons, 0 of 1 refusals
          9 of them only by properties
    8 passed, 2 failed
"#);
}

#[test]
fn counterexamples_are_small_and_ready_to_run() {
    let declared = r#"
property "numbers"
    for all amount: Amount, rate: Percent
    expect round amount * rate to 0.01 <= 50

property "a table breaks at its edge"
    for all quantity: Quantity
    expect tier(retail, quantity) <= 3%

property "lists of records"
    for all lines: list of Line, at most 5, day: date?
    let items = count of l in lines where l.quantity > 10
    expect items <= 1
    expect day is missing or day < 2030-01-01

property "an error"
    for all amount: Amount, title: text
    expect 10 / amount >= 0 or title = "x"
"#;
    let report = report(declared);
    insta::assert_snapshot!(render_text(&report), @r#"
    FAILED  numbers                     does not hold (after 5 cases, seed 18109339176545465258)  t.assize:54:10
            expect round amount * rate to 0.01 <= 50  t.assize:56:5
                round amount * rate to 0.01  50.02 EUR
                50                           50 EUR
            the smallest case found, as a test:

            test "numbers: counterexample"
                let amount: Amount = 164
                let rate: Percent = 30.5%
                expect round amount * rate to 0.01 <= 50

    FAILED  a table breaks at its edge  does not hold (after 100 cases)  t.assize:58:10
            expect tier(retail, quantity) <= 3%  t.assize:60:5
                tier(retail, quantity)  4.00%
                3%                      3%
            the smallest case found, as a test:

            test "a table breaks at its edge: counterexample"
                let quantity: Quantity = 100
                expect tier(retail, quantity) <= 3%

    FAILED  lists of records            does not hold (after 4 cases, seed 6427677954275193531)  t.assize:62:10
            expect items <= 1  t.assize:65:5
                items  2
                1      1
            the smallest case found, as a test:

            test "lists of records: counterexample"
                let lines: list of Line = [Line(item: "", quantity: 11), Line(item: "", quantity: 11)]
                let day: date? = missing
                let items = count of l in lines where l.quantity > 10
                expect items <= 1
                expect day is missing or day < 2030-01-01

    FAILED  an error                    does not hold (after 9 cases, seed 6247221120925268679)  t.assize:68:10
            expect 10 / amount >= 0 or title = "x"  t.assize:70:5
                error division_by_zero  t.assize:70:12
                    left   10
                    right  0.00 EUR
            the smallest case found, as a test:

            test "an error: counterexample"
                let amount: Amount = 0
                let title: text = ""
                expect 10 / amount >= 0 or title = "x"


    never seen:
        reason t.empty
            never made                                t.assize:23:1
        parameter t.vat
            from 2001-01-01                           t.assize:27:5
            from 2012-10-01                           t.assize:28:5
        parameter t.least
            its value                                 t.assize:31:5
        table t.tier
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

    seen: 3 of 6 cells, 0 of 2 exceptions, 0 of 1 defaults, 0 of 3 parameter values, 0 of 1 reasons, 0 of 1 refusals
          3 of them only by properties
    0 passed, 4 failed
"#);
    // Each is a test that fails, in the package that it comes from.
    let mut more = String::from(BASE);
    for test in &report.tests {
        let found = test
            .property
            .as_ref()
            .and_then(|run| run.counterexample.as_ref())
            .unwrap();
        more.push('\n');
        more.push_str(&found.test);
    }
    let again = report_of(&[("t.assize", &more)], &TestOptions::default());
    assert_eq!(again.tests.len(), report.tests.len());
    assert_eq!(
        again.count(Outcome::Failed),
        report.tests.len(),
        "{}",
        render_text(&again)
    );
}

#[test]
fn the_same_text_gives_the_same_cases() {
    let declared = r#"
property "numbers"
    for all amount: Amount, rate: Percent
    expect round amount * rate to 0.01 <= 50
"#;
    assert_eq!(report(declared), report(declared));
    let seed = TestOptions {
        seed: Some(7),
        cases: 3,
        ..TestOptions::default()
    };
    let text = format!("{BASE}\nproperty \"p\"\n    for all a: Amount\n    expect a + a >= a\n");
    let report = report_of(&[("t.assize", &text)], &seed);
    let run = report.tests[0].property.as_ref().unwrap();
    assert_eq!((run.seed, run.cases, run.how), (7, 3, HowRun::Generated));
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
fn junit_is_escaped() {
    let report = report(
        r#"
test "a < b & \"c\""
    let word = "<x>"
    expect word is "]]> 'y'"

test "fine"
    expect true

test "broken"
    expect nobody
"#,
    );
    insta::assert_snapshot!(render_junit(&report, &[]), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="shop" tests="3" failures="1" errors="1">
      <testsuite name="t" tests="3" failures="1" errors="1">
        <testcase name="a &lt; b &amp; &quot;c&quot;" classname="t" file="t.assize" line="54">
          <failure message="expect word is &quot;]]&gt; &apos;y&apos;&quot;  t.assize:56:5">expect word is &quot;]]&gt; &apos;y&apos;&quot;  t.assize:56:5&#10;    word       &quot;&lt;x&gt;&quot;&#10;    &quot;]]&gt; &apos;y&apos;&quot;  &quot;]]&gt; &apos;y&apos;&quot;</failure>
        </testcase>
        <testcase name="fine" classname="t" file="t.assize" line="58"/>
        <testcase name="broken" classname="t" file="t.assize" line="61">
          <error message="test &quot;broken&quot;: A0202 there is no value `nobody`  t.assize:62:12">test &quot;broken&quot;: A0202 there is no value `nobody`  t.assize:62:12</error>
        </testcase>
      </testsuite>
    </testsuites>
"#);
}

/// How a property over a wide number, a text and a day was run, and whether it passed.
fn how(declared: &str, condition: &str) -> (HowRun, Outcome) {
    let text = format!(
        "{BASE}
number Wide = money in EUR, 2 places
number Open = money in EUR
number Small = money in EUR, 1 places, from 0 to 100
record Pair
    first : Wide
    other : Wide?
table kind (amount: Wide) gives Segment
    | amount    || kind   |
    | < 10      || trade  |
    | 10 to 20  || retail |
    | > 20      || trade  |
table back (amount: Wide) gives Wide
    hit sum
    | amount || back   |
    | < 10   || amount |
    | -      || 0      |
parameter edge : Wide
    is 50
parameter dated : Wide
    from 2026-01-01 is 1
    from 2026-07-01 is 2
{declared}

property \"p\"
    for all a: Wide, b: Wide?, t: text, d: date
    expect {condition}
"
    );
    let report = report_of(&[("t.assize", &text)], &TestOptions::default());
    let test = &report.tests[0];
    assert!(test.property.is_some(), "{condition}: {:?}", test.broken_by);
    (test.property.as_ref().unwrap().how, test.outcome)
}

#[test]
fn what_is_only_compared_with_constants_is_proved() {
    let define = "
define large (x: Wide, limit: Wide) gives bool
    let twice = if x is 3 then 4 else x
    give twice >= limit
define other (p: Pair) gives Wide
    p.other otherwise 7
";
    for (condition, outcome) in [
        ("a < 10 or a >= 10", Outcome::Passed),
        ("a != 12.34", Outcome::Failed),
        ("a <= 1_000_000 or a > 1_000_000.01", Outcome::Failed),
        ("kind(a) is trade or a between 10 and 20", Outcome::Passed),
        (
            "kind(a) is trade or a between 10 and 19.99",
            Outcome::Failed,
        ),
        ("large(a, 8) or a < 8", Outcome::Passed),
        // 3 counts as 4, and what lies between 3 and 4 does not.
        ("large(a, 4) or a < 3", Outcome::Failed),
        ("large(a, 4) or a < 4", Outcome::Passed),
        ("large(a, 5) or a < 5", Outcome::Passed),
        ("a < edge or large(a, 50)", Outcome::Passed),
        ("a < edge or large(a, 50.01)", Outcome::Failed),
        ("b is missing or b < 5 or b >= 5", Outcome::Passed),
        ("b is not missing", Outcome::Failed),
        ("other(Pair(first: a, other: b)) != 7", Outcome::Failed),
        (
            "other(Pair(first: a, other: b)) = 7 or b is not missing",
            Outcome::Passed,
        ),
        ("t != \"x\" or t in [\"x\", \"y\"]", Outcome::Passed),
        ("t in [\"x\", \"y\"]", Outcome::Failed),
        ("d < 2026-01-01 or (dated on d) >= 1", Outcome::Passed),
        ("(dated on d) >= 1", Outcome::Failed),
        ("d < 2026-07-01 or (dated on d) is 2", Outcome::Passed),
        (
            "d <= 2026-07-01 or d is 2026-07-02 or d > 2026-07-03",
            Outcome::Failed,
        ),
    ] {
        assert_eq!(
            how(define, condition),
            (HowRun::EachKind, outcome),
            "{condition}"
        );
    }
}

#[test]
fn what_is_more_than_compared_is_not_proved() {
    let define = "
define spread (x: Wide) gives list of Wide
    for each part in [1, 2]
        give share of x by part to 0.01
define small (x: Wide) gives Small
    round x to 0.1 using floor
define stocked (key: code) gives bool
    exists s in Stock where s.item = key
rule either (x: Wide) gives Wide
    exceptions may agree
    default 0
    exception one
        when x != 1
        then x
    exception two
        when x >= 0
        then x
";
    let wrong: Vec<String> = [
        "a + 1 > a",
        "0 - a < 1 or a < 0",
        "a * 2 >= a or a < 0",
        "round a to 1 using floor <= a",
        "b is missing or a <= b or a > b",
        "absolute(a) >= 0",
        "length(t) >= 0",
        "t < \"x\" or t >= \"x\"",
        "starts_with(t, \"\")",
        "weekday(d) >= 1",
        "d < 2026-01-01 or start_of_month(d) <= d",
        "a in [1, a]",
        "(lowest of [a, 5]) <= 5",
        "a > 50 or a < 0 or back(a) <= 50",
        "either(a) <= a or a > 0",
        "(count of x in [1 EUR, 2 EUR] where x < a) >= 0",
        "(sum of x for x in [a, 1]) = a + 1",
        "length(\"{a}\") > 0",
        "a > 100 or a < 0 or small(a) <= 100",
        "(sum of x for x in spread(a)) = a",
        "Pair(first: a) = Pair(first: a)",
    ]
    .into_iter()
    .map(|condition| (condition, how(define, condition)))
    .filter(|(_, how)| *how != (HowRun::Generated, Outcome::Passed))
    .map(|(condition, how)| format!("{condition}: {how:?}"))
    .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_deep_expression_is_not_followed_to_the_end() {
    let mut chain = "\ndefine f0 (x: Wide) gives bool\n    x < 5\n".to_string();
    for at in 1..100 {
        let below = at - 1;
        chain += &format!("define f{at} (x: Wide) gives bool\n    f{below}(x)\n");
    }
    let near = how(&chain, "f9(a) or a >= 5");
    assert_eq!(near, (HowRun::EachKind, Outcome::Passed));
    let far = how(&chain, "f99(a) or a >= 5");
    assert_eq!(far, (HowRun::Generated, Outcome::Passed));
}

#[test]
fn a_test_that_cannot_be_read_at_all_is_not_forgotten() {
    let report = report(
        "/// What it is for.\ntest nameless\n    expect true\n\nproperty\n    expect true\n",
    );
    assert!(!report.passed());
    insta::assert_snapshot!(render_text(&report).split("never").next().unwrap(), @r#"
    BROKEN    t.assize:54:1
            test: A0178 this test has no text to be called by  t.assize:54:6
    BROKEN    t.assize:57:1
            property: A0101 a text is expected here, but here is `expect`  t.assize:58:5
            property: A0101 `true` cannot stand here  t.assize:58:12
"#);
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

/// What a test has expected to be there is there below, as behind `when`.
#[test]
fn an_expectation_says_what_is_there() {
    let report = report(
        r#"
define half (n: int) gives int?
    if n = 7 then missing else 4

test "there"
    let four = half(8)
    expect four is not missing
    let more = four + 1
    expect more is 5
    expect four > 3 and four + four is 8
    cases
        | n || four + n |
        | 1 || 5        |

test "not there"
    let none = half(7)
    expect none is not missing
    expect none + 1 is 5
    expect error overflow in none + 1
    expect half(1) is 3

property "of all"
    for all n: int? where n is not missing
    expect n = n + 0

property "of all but one"
    for all n: int, m: int? where n > 0 and m is not missing
    expect m < 50
"#,
    );
    insta::assert_snapshot!(render_text(&report).split("never").next().unwrap(), @r#"
passed  there
FAILED  not there       t.assize:67:6
        expect none is not missing  t.assize:69:5
            none     missing
            missing  missing
        expect half(1) is 3  t.assize:72:5
            half(1)  4
            3        3
passed  of all          256 cases (seed 9152597381652422219)
FAILED  of all but one  does not hold (after 2 cases)  t.assize:78:10
        expect m < 50  t.assize:80:5
            m   50
            50  50
        the smallest case found, as a test:

        test "of all but one: counterexample"
            let n: int = 1
            let m: int? = 50
            expect n > 0 and m is not missing
            expect m < 50
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

#[test]
fn the_lowest_number_of_64_bits_is_no_int() {
    use assize_eval::Value;
    use assize_ir::Type;
    let beyond = rust_decimal::Decimal::from(i64::MIN);
    let made = values::number_value(&Type::Int, beyond);
    assert_eq!(made, Some(Value::Int(-i64::MAX)));
}
