//! Properties: proved, run, and made small where they fail.

use super::*;

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
fn the_lowest_number_of_64_bits_is_no_int() {
    use assize_eval::Value;
    use assize_ir::Type;
    let beyond = rust_decimal::Decimal::from(i64::MIN);
    let made = values::number_value(&Type::Int, beyond);
    assert_eq!(made, Some(Value::Int(-i64::MAX)));
}

/// How a property over a number up to this, and a wide one, is run.
fn up_to(most: u32, wide: &str, condition: &str) -> HowRun {
    let text = format!(
        "module t
number Few = plain, 0 places, from 1 to {most}
number Wide = plain, 2 places

property \"p\"
    for all n: Few{wide}
    expect {condition}
"
    );
    let report = report_of(&[("t.assize", &text)], &TestOptions::default());
    let test = &report.tests[0];
    assert_eq!(test.outcome, Outcome::Passed, "{:?}", test.broken_by);
    test.property.as_ref().unwrap().how
}

#[test]
fn so_many_cases_are_all_run() {
    let most = u32::try_from(MAX_PROOF_CASES).unwrap();
    assert_eq!(up_to(most, "", "n + 1 > n"), HowRun::AllCases);
    assert_eq!(up_to(most + 1, "", "n + 1 > n"), HowRun::Generated);
}

#[test]
fn so_many_values_are_run_beside_what_is_compared() {
    let both = "n + 1 > n or a < 5";
    assert_eq!(up_to(64, ", a: Wide", both), HowRun::EachKind);
    assert_eq!(up_to(65, ", a: Wide", both), HowRun::Generated);
}

/// How a property is run whose function asks the one before it twice, and so on.
fn doubled(times: usize) -> HowRun {
    let functions: String = (1..=times)
        .map(|n| {
            let before = n - 1;
            format!("define f{n} (x: Wide) gives bool\n    f{before}(x) and f{before}(x)\n")
        })
        .collect();
    let text = format!(
        "module t
number Wide = plain, 2 places
define f0 (x: Wide) gives bool
    x < 1
{functions}
property \"p\"
    for all a: Wide
    expect f{times}(a) or a >= 1
"
    );
    let options = TestOptions {
        cases: 1,
        ..TestOptions::default()
    };
    let report = report_of(&[("t.assize", &text)], &options);
    report.tests[0].property.as_ref().unwrap().how
}

#[test]
fn so_many_nodes_are_looked_at() {
    // A function is five nodes, and of twice as many there are twice as many.
    assert_eq!(doubled(14), HowRun::EachKind);
    assert_eq!(doubled(17), HowRun::Generated);
}
