//! What is said of a test: both sides, errors in full, cases, rows, JUnit.

use super::*;

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
