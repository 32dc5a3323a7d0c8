//! Every operation that is no loop, rule or table.

#![cfg(test)]

mod common;

use assize_eval::Value;
use assize_eval::calendar::Calendar;
use common::{Rows, code, day, eval, formula, num, program, run, run_with};
use std::sync::Arc;

#[track_caller]
fn check(ty: &str, cases: &[(&str, &str)]) {
    for (expression, wanted) in cases {
        assert_eq!(eval(ty, expression), *wanted, "{expression}");
    }
}

#[test]
fn arithmetic() {
    check(
        "number",
        &[
            ("add(1.5, 2)", "3.5"),
            ("subtract(1.5, 2)", "-0.5"),
            ("multiply(1.10, 3)", "3.3"),
            ("divide(1, 3)", "0.3333333333333333333333333333"),
            ("divide(1, 0)", "division_by_zero: left 1, right 0"),
            ("negate(0)", "0"),
            ("absolute(-2.50)", "2.5"),
            ("to_number(3i)", "3"),
            ("lowest(3, 1, 2)", "1"),
            ("highest(3, 1, 2)", "3"),
            (
                "multiply(79228162514264337593543950335, 2)",
                "overflow: left 79228162514264337593543950335, right 2",
            ),
        ],
    );
    check(
        "int",
        &[
            ("add(1i, 2i)", "3"),
            ("subtract(1i, 2i)", "-1"),
            ("multiply(4i, 2i)", "8"),
            ("negate(5i)", "-5"),
            ("absolute(-5i)", "5"),
            (
                "add(9223372036854775807i, 1i)",
                "overflow: left 9223372036854775807, right 1",
            ),
            (
                "subtract(-9223372036854775807i, 1i)",
                "overflow: left -9223372036854775807, right 1",
            ),
            ("to_int(3.00)", "3"),
            ("to_int(3.5)", "out_of_range: value 3.5"),
            (
                "to_int(9223372036854775808)",
                "overflow: value 9223372036854775808",
            ),
            (
                "to_int(-9223372036854775808)",
                "overflow: value -9223372036854775808",
            ),
        ],
    );
}

#[test]
fn rounding() {
    check(
        "number",
        &[
            ("round(2.5, 1, Rounding.nearest)", "3"),
            ("round(2.5, 1, Rounding.even)", "2"),
            ("round(2.1, 1, Rounding.up)", "3"),
            ("round(-2.9, 1, Rounding.down)", "-2"),
            ("round(-2.1, 1, Rounding.floor)", "-3"),
            ("round(-2.9, 1, Rounding.ceiling)", "-2"),
            (
                "round(1, 0, Rounding.floor)",
                "out_of_range: value 1, step 0",
            ),
            (
                "round(1, -1, Rounding.floor)",
                "out_of_range: value 1, step -1",
            ),
            (
                "round(79228162514264337593543950335, 10, Rounding.up)",
                "overflow: value 79228162514264337593543950335, step 10",
            ),
        ],
    );
}

#[test]
fn borders() {
    check(
        "number",
        &[
            ("border(1.50, number(2 places, 0..10), \"x\")", "1.5"),
            (
                "border(1.555, number(2 places), \"x\")",
                "out_of_range: x 1.555, places, at most 2",
            ),
            (
                "border(11, number(2 places, 0..10), \"x\")",
                "out_of_range: x 11.00, at most 10.00",
            ),
            (
                "border(-1, number(0..10), \"x\")",
                "out_of_range: x -1, at least 0",
            ),
            (
                "border(1.5, number(percent, 4 places, 0..1), \"x\")",
                "out_of_range: x 150.00%, at most 100.00%",
            ),
        ],
    );
    check(
        "number?",
        &[(
            "border(missing: number?, number(2 places)?, \"x\")",
            "missing",
        )],
    );
    check(
        "list of int",
        &[
            ("bound(list(1i, 2i), 2, \"lines\")", "[1, 2]"),
            (
                "bound(list(1i, 2i, 3i), 2, \"lines\")",
                "limit_exceeded: lines 3 elements, at most 2",
            ),
        ],
    );
}

#[test]
fn conditions_stop_where_they_are_certain() {
    let fails = "equal(1, divide(1, 0))";
    for (expression, wanted) in [
        ("and(false, F)", "false"),
        ("and(true, true)", "true"),
        ("or(true, F)", "true"),
        ("or(false, false)", "false"),
        ("not(true)", "false"),
        ("all(true, false, F)", "false"),
        ("all(true, true)", "true"),
        ("any(false, true, F)", "true"),
        ("any(false, false)", "false"),
        ("none(false, true, F)", "false"),
        ("none(false, false)", "true"),
        ("at_least(2, true, true, F)", "true"),
        ("at_least(2, true, false, false)", "false"),
        ("at_least(2, false, false, F)", "false"),
        ("at_least(0, F)", "true"),
        ("if(false, F, true)", "true"),
        ("if(true, true, F)", "true"),
        ("or(false, F)", "division_by_zero: left 1, right 0"),
        ("and(F, false)", "division_by_zero: left 1, right 0"),
    ] {
        assert_eq!(
            eval("bool", &expression.replace('F', fails)),
            wanted,
            "{expression}"
        );
    }
}

#[test]
fn comparisons() {
    for (expression, wanted) in [
        ("equal(1.0, 1)", true),
        ("equal(missing: int?, missing: int?)", true),
        ("equal(some(1i), missing: int?)", false),
        ("less(1, 2)", true),
        ("less_or_equal(2, 2)", true),
        ("greater(1, 2)", false),
        ("greater_or_equal(2, 2.0)", true),
        ("less(\"Z\", \"a\")", true),
        ("less(2026-01-01, 2026-01-02)", true),
        ("less(Severity.info, Severity.error)", true),
        ("between(5, 5, 7)", true),
        ("between(7, 5, 7)", true),
        ("between(8, 5, 7)", false),
        ("between(8, 5, missing: number?)", true),
        ("between(4, missing: number?, 5)", true),
        ("in(2i, list(1i, 2i))", true),
        ("in(3i, list(1i, 2i))", false),
        ("is_missing(missing: int?)", true),
        ("is_missing(some(1i))", false),
        ("starts_with(\"abc\", \"ab\")", true),
        ("starts_with(\"abc\", \"b\")", false),
        ("equal(list(1i, 2i), list(1i, 2i))", true),
        ("equal(list(1i, 2i), list(1i))", false),
    ] {
        assert_eq!(eval("bool", expression), wanted.to_string(), "{expression}");
    }
}

#[test]
fn options() {
    check(
        "int",
        &[
            ("otherwise(some(1i), 2i)", "1"),
            ("otherwise(missing: int?, 2i)", "2"),
            ("otherwise(some(1i), to_int(divide(1, 0)))", "1"),
            ("present(some(1i))", "1"),
            (
                "present(missing: int?)",
                "internal: reason a value is missing",
            ),
        ],
    );
}

#[test]
fn lets_are_lazy_and_evaluated_once() {
    check(
        "int",
        &[
            // One that is not used cannot fail.
            ("let(%x, to_int(divide(1, 0)), 5i)", "5"),
            ("let(%x, 2i, add(%x, %x))", "4"),
            ("let(%x, 2i, let(%y, add(%x, 1i), multiply(%y, %x)))", "6"),
            (
                "now(%x, to_int(divide(1, 0)), 5i)",
                "division_by_zero: left 1, right 0",
            ),
        ],
    );
    let steps = |expression: &str| {
        let program = program(&format!("define t.main () gives int {{ {expression} }}"));
        let data = Rows::new(&program, &[]);
        common::explained(&program, &data, &[], None).steps
    };
    // let + add + two locals + (add + 1 + 2), the value once.
    assert_eq!(steps("let(%x, add(1i, 2i), add(%x, %x))"), 7);
    assert_eq!(steps("let(%x, add(1i, 2i), 0i)"), 2);
}

#[test]
fn dates() {
    check(
        "date",
        &[
            ("date_step(2026-01-31, 1 months)", "2026-02-28"),
            ("date_step(2026-01-31, -1 years)", "2025-01-31"),
            ("date_step(2026-01-31, 1 quarters)", "2026-04-30"),
            ("date_step(2026-01-31, 2 weeks)", "2026-02-14"),
            ("date_step(2026-01-31, -1 days)", "2026-01-30"),
            (
                "date_step(9999-12-31, 1 days)",
                "out_of_range: date 9999-12-31, moved by 1 days",
            ),
            (
                "date_step(0001-01-01, -2147483648 years)",
                "out_of_range: date 0001-01-01, moved by -2147483648 years",
            ),
            ("plus_days(2026-01-31, 3i)", "2026-02-03"),
            ("plus_days(2026-01-31, 3.0)", "2026-02-03"),
            (
                "plus_days(2026-01-31, 3.5)",
                "out_of_range: date 2026-01-31, moved by 3.5",
            ),
            (
                "plus_days(2026-01-31, 9223372036854775807i)",
                "out_of_range: date 2026-01-31, moved by 9223372036854775807",
            ),
            ("start_of_month(2026-02-11)", "2026-02-01"),
            ("end_of_month(2024-02-11)", "2024-02-29"),
        ],
    );
    check(
        "int",
        &[
            ("date_difference(2026-02-03, 2026-01-31)", "3"),
            ("weekday(2026-11-23)", "1"),
            ("length(\"aé😀\")", "3"),
        ],
    );
    let formulas =
        program("define t.main (%d: date, %f: date_formula) gives date { plus_formula(%d, %f) }");
    let data = Rows::new(&formulas, &[]);
    assert_eq!(
        run_with(&formulas, &data, &[day("2026-11-20"), formula("CM+14D")]),
        "2026-12-14"
    );
    assert_eq!(
        run_with(&formulas, &data, &[day("9999-12-31"), formula("1D")]),
        "out_of_range: date 9999-12-31, moved by 1D"
    );
}

#[test]
fn working_days() {
    let program = program(
        "define t.main (%d: date, %n: int, %c: list of calendar) gives date { add_working_days(%d, %n, %c) }
         define t.between (%a: date, %b: date) gives int { working_days_between(%a, %b, list(calendar(\"NL\"))) }",
    );
    let mut data = Rows::new(&program, &[]);
    let first = |text: &str| assize_ir::date::parse(text).unwrap();
    data.calendars.insert(
        "NL".to_owned(),
        Calendar {
            code: Arc::from("NL"),
            working: [1, 2, 3, 4, 5].into(),
            exceptions: [(first("2026-12-25"), false)].into(),
            from: first("2026-01-01"),
            to: first("2026-12-31"),
        },
    );
    let calendars = |codes: &[&str]| {
        Value::List(
            codes
                .iter()
                .map(|code| Value::Calendar(Arc::from(*code)))
                .collect(),
        )
    };
    let run = |from: &str, n: i64, codes: &[&str]| {
        run_with(
            &program,
            &data,
            &[day(from), Value::Int(n), calendars(codes)],
        )
    };
    assert_eq!(run("2026-12-24", 1, &["NL"]), "2026-12-28");
    assert_eq!(run("2026-12-25", 0, &["NL"]), "2026-12-28");
    assert_eq!(
        run("2026-12-31", 1, &["NL"]),
        "missing_data: calendar \"NL\", day 2027-01-01".replace('"', "")
    );
    assert_eq!(run("2026-12-31", 1, &["DE"]), "missing_data: calendar DE");
    assert_eq!(run("2026-12-25", 1, &[]), "2026-12-26");
    assert_eq!(run("9999-12-31", 1, &[]), "out_of_range: ");
    let between = common::callable(&program, "t.between");
    let interpreter =
        assize_eval::Interpreter::new(&program, &data, assize_eval::Limits::default());
    let result = interpreter.call(between, &[day("2026-12-23"), day("2026-12-28")]);
    assert_eq!(result, Ok(Value::Int(2)));
}

#[test]
fn texts() {
    check(
        "text",
        &[
            ("text(\"a \", hole(1.50), \" b\")", "\"a 1.5 b\""),
            (
                "text(hole(true), hole(2026-01-01), hole(code(\"X\")), hole(Severity.info))",
                "\"true2026-01-01Xinfo\"",
            ),
            (
                "text(hole(border(0.05, number(percent, 4 places), \"p\")))",
                "\"5.00%\"",
            ),
        ],
    );
}

const LINE: &str = "
record t.Line { field item: code field amount: number(2 places) check t.positive because \"Above zero\" check t.small because \"Below ten\" }
define t.positive (%l: t.Line) gives bool { greater(field(%l, amount), 0) }
define t.small (%l: t.Line) gives bool { less(divide(10, field(%l, amount)), 10) }
";

#[test]
fn records() {
    let with = |ty: &str, expression: &str| {
        run(&format!(
            "{LINE} define t.main () gives {ty} {{ {expression} }}"
        ))
    };
    assert_eq!(
        with("t.Line", "make(t.Line, code(\"A\"), 5)"),
        "Line(item: \"A\", amount: 5.00)"
    );
    assert_eq!(
        with("number", "field(make(t.Line, code(\"A\"), 5), amount)"),
        "5"
    );
    assert_eq!(
        with("t.Line", "with(make(t.Line, code(\"A\"), 5), amount(7))"),
        "Line(item: \"A\", amount: 7.00)"
    );
    assert_eq!(
        with("t.Line", "check(make(t.Line, code(\"A\"), 5))"),
        "Line(item: \"A\", amount: 5.00)"
    );
    assert_eq!(
        with("t.Line", "check(make(t.Line, code(\"A\"), -5))"),
        "check_failed: check Above zero, record Line(item: \"A\", amount: -5.00)"
    );
    // All violated checks are told, and one that fails counts as violated.
    assert_eq!(
        with("t.Line", "check(make(t.Line, code(\"A\"), 0))"),
        "check_failed: check Above zero, check Below ten, record Line(item: \"A\", amount: 0.00)"
    );
}

#[test]
fn lists() {
    check(
        "list of int",
        &[
            (
                "list(1i, when(false, to_int(divide(1, 0))), when(true, 2i), 3i)",
                "[1, 2, 3]",
            ),
            ("concat(list(1i), list(2i, 3i))", "[1, 2, 3]"),
        ],
    );
}

#[test]
fn reasons() {
    let program = "
reason over of \"t\" severity 2 (%used: number(2 places), %limit: number(2 places)) message t.over_text
define t.over_text (%used: number(2 places), %limit: number(2 places)) gives text { text(hole(%used), \" over \", hole(%limit)) }
";
    let with = |ty: &str, expression: &str| {
        run(&format!(
            "{program} define t.main () gives {ty} {{ {expression} }}"
        ))
    };
    assert_eq!(
        with("reason", "reason(over, 5, 4)"),
        "over(used: 5.00, limit: 4.00)"
    );
    assert_eq!(
        with("ReasonCode", "reason_code(reason(over, 5, 4))"),
        "over"
    );
    assert_eq!(
        with("Severity", "reason_severity(reason(over, 5, 4))"),
        "error"
    );
    assert_eq!(
        with(
            "number",
            "otherwise(missing: number?, stop(reason(over, 5, 4)): number)"
        ),
        "stopped: reason over, used 5.00, limit 4.00"
    );
}

#[test]
fn rows() {
    let program = program("
relation t.Price { key item: code key row: int field price: number field starts: date? field ends: date? valid (starts, ends) }
define t.main (%item: code, %row: int, %day: date) gives number {
  let(%r, lookup(t.Price, %item, %row), if(valid_on(%r, %day), field(%r, price), 0))
}");
    let data = Rows::new(
        &program,
        &[(
            "t.Price",
            vec![
                vec![
                    code("A"),
                    Value::Int(1),
                    num("10"),
                    day("2026-01-01"),
                    day("2026-01-31"),
                ],
                vec![
                    code("A"),
                    Value::Int(2),
                    num("11"),
                    Value::Missing,
                    day("2026-01-31"),
                ],
                vec![
                    code("A"),
                    Value::Int(3),
                    num("12"),
                    Value::Missing,
                    Value::Missing,
                ],
            ],
        )],
    );
    let run =
        |row: i64, on: &str| run_with(&program, &data, &[code("A"), Value::Int(row), day(on)]);
    assert_eq!(run(1, "2026-01-01"), "10");
    assert_eq!(run(1, "2026-01-31"), "10");
    assert_eq!(run(1, "2026-02-01"), "0");
    assert_eq!(run(1, "2025-12-31"), "0");
    assert_eq!(run(2, "2020-01-01"), "11");
    assert_eq!(run(3, "2030-01-01"), "12");
    assert_eq!(
        run(4, "2030-01-01"),
        "missing_data: relation t.Price, item \"A\", row 4"
    );
}

#[test]
fn operands_fail_from_the_left() {
    // Overflow on the left, division by zero on the right.
    let overflow = "multiply(79228162514264337593543950335, 2)";
    let division = "divide(1, 0)";
    for (expression, wanted) in [
        ("add(O, D)", "overflow"),
        ("add(D, O)", "division_by_zero"),
        ("lowest(O, D)", "overflow"),
        ("round(O, D, Rounding.up)", "overflow"),
        ("round(1, D, Rounding.up)", "division_by_zero"),
        ("if(equal(D, 1), O, 1)", "division_by_zero"),
        ("let(%x, D, add(O, %x))", "overflow"),
        ("let(%x, D, add(%x, O))", "division_by_zero"),
    ] {
        let text = expression.replace('O', overflow).replace('D', division);
        let got = eval("number", &text);
        assert!(got.starts_with(wanted), "{expression}: {got}");
    }
}
