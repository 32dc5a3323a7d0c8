//! Tables, grids, rules and parameters.

#![cfg(test)]

mod common;

use assize_eval::interp::{ExceptionSeen, Observer, Watch};
use assize_eval::{Interpreter, Limits, Value};
use assize_ir::CallableId;
use common::{Rows, callable, day, num, program, run, run_with};

fn table(hit: &str, ty: &str, rows: &str, input: &str) -> String {
    run(&format!(
        "enum t.Kind ordered {{ low, middle, high }}
         enum t.Other {{ a, b }}
         table t.table (%x: number?) gives {ty} {{ hit {hit} outputs (out) column \"x\" = %x {rows} }}
         define t.main () gives {ty} {{ call(t.table, {input}) }}"
    ))
}

/// Two rows, of which 5 hits none, 15 the first, 25 both, 35 the second.
const ROWS: &str = "row \"a\" (is(range(10, 30))) => (A) row \"b\" (is(range(20, 40))) => (B)";

#[test]
fn hit_policies() {
    for (hit, ty, (a, b), wanted) in [
        (
            "unique",
            "int",
            ("1i", "2i"),
            ["undecided: x 5", "1", "conflict: row a, row b, x 25", "2"],
        ),
        (
            "unique",
            "int?",
            ("some(1i)", "some(2i)"),
            ["missing", "1", "conflict: row a, row b, x 25", "2"],
        ),
        (
            "same",
            "int",
            ("1i", "2i"),
            ["undecided: x 5", "1", "conflict: row a, row b, x 25", "2"],
        ),
        (
            "same",
            "int",
            ("1i", "1i"),
            ["undecided: x 5", "1", "1", "1"],
        ),
        (
            "first",
            "int",
            ("1i", "2i"),
            ["undecided: x 5", "1", "1", "2"],
        ),
        (
            "priority",
            "t.Kind",
            ("t.Kind.low", "t.Kind.high"),
            ["undecided: x 5", "low", "high", "high"],
        ),
        (
            "priority",
            "t.Kind",
            ("t.Kind.high", "t.Kind.low"),
            ["undecided: x 5", "high", "high", "low"],
        ),
        (
            "list",
            "list of int",
            ("1i", "2i"),
            ["[]", "[1]", "[1, 2]", "[2]"],
        ),
        (
            "list_by_priority",
            "list of t.Kind",
            ("t.Kind.low", "t.Kind.high"),
            ["[]", "[low]", "[high, low]", "[high]"],
        ),
        ("sum", "int", ("1i", "2i"), ["0", "1", "3", "2"]),
        ("sum", "number", ("1.5", "2"), ["0", "1.5", "3.5", "2"]),
        (
            "sum",
            "number(0..3)",
            ("1.5", "2"),
            [
                "0",
                "1.5",
                "out_of_range: result of table 3.5, at most 3",
                "2",
            ],
        ),
        (
            "lowest",
            "int",
            ("1i", "2i"),
            ["undecided: x 5", "1", "1", "2"],
        ),
        (
            "highest",
            "int",
            ("1i", "2i"),
            ["undecided: x 5", "1", "2", "2"],
        ),
        ("count", "int", ("1i", "2i"), ["0", "1", "2", "1"]),
    ] {
        let rows = ROWS
            .replace("A)", &format!("{a})"))
            .replace("B)", &format!("{b})"));
        for (input, wanted) in ["some(5)", "some(15)", "some(25)", "some(35)"]
            .into_iter()
            .zip(wanted)
        {
            assert_eq!(table(hit, ty, &rows, input), wanted, "{hit} {ty} {input}");
        }
    }
}

#[test]
fn only_outputs_that_count_are_evaluated() {
    let rows =
        "row \"a\" (is(range(10, 30))) => (1) row \"b\" (is(range(20, 40))) => (divide(1, 0))";
    assert_eq!(table("first", "number", rows, "some(25)"), "1");
    assert_eq!(
        table("unique", "number", rows, "some(25)"),
        "conflict: row a, row b, x 25"
    );
    assert_eq!(
        table("same", "number", rows, "some(25)"),
        "division_by_zero: left 1, right 0"
    );
    assert_eq!(
        table(
            "count",
            "int",
            &rows
                .replace("(1)", "(1i)")
                .replace("divide(1, 0)", "to_int(divide(1, 0))"),
            "some(25)"
        ),
        "2"
    );
}

#[test]
fn cells() {
    for (cell, five, missing) in [
        ("any", true, true),
        ("is(5)", true, false),
        ("is(4, 5)", true, false),
        ("is(4, absent)", false, true),
        ("is(absent)", false, true),
        ("is_not(5)", false, true),
        ("is_not(4)", true, true),
        ("is_not(4, absent)", true, false),
        ("is_not(absent)", true, false),
        ("is(< 5)", false, false),
        ("is(<= 5)", true, false),
        ("is(> 4)", true, false),
        ("is(>= 6)", false, false),
        ("is(range(5, 6))", true, false),
        ("is(range(4, 5))", true, false),
        ("is(range_below(4, 5))", false, false),
        ("is(range_below(5, 6))", true, false),
        ("is(range(5))", true, false),
        ("is(range(6))", false, false),
        ("is_not(< 5)", true, true),
        ("is(add(2, 3))", true, false),
    ] {
        let rows = format!("row \"a\" ({cell}) => (true) row \"b\" (any) => (false)");
        assert_eq!(
            table("first", "bool", &rows, "some(5)"),
            five.to_string(),
            "{cell}"
        );
        assert_eq!(
            table("first", "bool", &rows, "missing: number?"),
            missing.to_string(),
            "{cell}"
        );
    }
}

#[test]
fn several_outputs_make_a_record_which_is_checked() {
    let text = "
record t.R { field a: int field b: int check t.ok because \"a before b\" }
define t.ok (%r: t.R) gives bool { less(field(%r, a), field(%r, b)) }
table t.table (%x: int) gives t.R { hit first outputs (a, b) record t.R column \"x\" = %x
  row \"1\" (is(1i)) => (1i, 2i) row \"2\" (any) => (%x, 2i) }
define t.main () gives t.R { call(t.table, X) }";
    assert_eq!(run(&text.replace('X', "1i")), "R(a: 1, b: 2)");
    assert_eq!(
        run(&text.replace('X', "3i")),
        "check_failed: check a before b, record R(a: 3, b: 2)"
    );
}

#[test]
fn which_error_wins_in_a_table() {
    // Inputs come first, then rows from the top and cells from the left.
    let text = "
table t.table (%x: number) gives number { hit first outputs (out)
  column \"x\" = %x column \"y\" = INPUT
  row \"1\" (is(1), is(divide(1, 0))) => (1)
  row \"2\" (any, any) => (2) }
define t.main () gives number { call(t.table, X) }";
    let with = |input: &str, x: &str| run(&text.replace("INPUT", input).replace('X', x));
    assert_eq!(with("%x", "2"), "2");
    assert_eq!(with("%x", "1"), "division_by_zero: left 1, right 0");
    assert!(with("multiply(79228162514264337593543950335, 2)", "1").starts_with("overflow"));
}

const GRID: &str = "
enum t.Seg { retail, trade, key }
grid t.grid (%s: t.Seg, %q: number) gives TYPE {
  column \"segment\" = %s across \"quantity\" = %q
  head \"0+\" = is(range_below(0, 10)) head \"10+\" = is(range_below(10, 100)) head \"100+\" = is(range(HUNDRED))
  row \"shop\" (is(t.Seg.retail)) => (OUTS) row \"trade\" (is(t.Seg.trade)) => (OUTS2)
}
define t.main () gives TYPE { call(t.grid, ARGS) }";

#[test]
fn grids() {
    let with = |ty: &str, (a, b): (&str, &str), hundred: &str, args: &str| {
        run(&GRID
            .replace("TYPE", ty)
            .replace("OUTS2", b)
            .replace("OUTS", a)
            .replace("HUNDRED", hundred)
            .replace("ARGS", args))
    };
    let plain = |args: &str| with("number", ("0, 3, 4", "5, 5, divide(1, 0)"), "100", args);
    assert_eq!(plain("t.Seg.retail, 0"), "0");
    assert_eq!(plain("t.Seg.retail, 9.99"), "0");
    assert_eq!(plain("t.Seg.retail, 10"), "3");
    assert_eq!(plain("t.Seg.retail, 1000"), "4");
    assert_eq!(plain("t.Seg.trade, 10"), "5");
    assert_eq!(
        plain("t.Seg.trade, 100"),
        "division_by_zero: left 1, right 0"
    );
    assert_eq!(
        plain("t.Seg.key, 10"),
        "undecided: segment key, quantity 10"
    );
    assert_eq!(
        plain("t.Seg.retail, -1"),
        "undecided: segment retail, quantity -1"
    );
    let optional = ("some(0), some(3), some(4)", "some(5), some(5), some(5)");
    assert_eq!(with("number?", optional, "100", "t.Seg.key, 10"), "missing");
    // Heads that overlap.
    assert_eq!(
        with("number", ("0, 3, 4", "5, 5, 5"), "50", "t.Seg.retail, 60"),
        "conflict: row shop, column 10+, column 100+, segment retail, quantity 60"
    );
}

/// A rule with exceptions a, b, c that apply when the bit is set.
fn rule(body: &str, bits: &str) -> String {
    let bit = |at: usize| bits.as_bytes()[at] == b'1';
    run(&format!(
        "rule t.rule (%a: bool, %b: bool, %c: bool) gives number {{ {body} }}
         define t.main () gives number {{ call(t.rule, {}, {}, {}) }}",
        bit(0),
        bit(1),
        bit(2)
    ))
}

#[test]
fn precedence() {
    let plain = "default = 0 exception a { when = %a then = 1 } exception b { when = %b then = 2 } exception c { when = %c then = 3 }";
    // b overrides a, c overrides b.
    let chain = "default = 0 exception a { when = %a then = 1 }
        exception b overrides (a) { when = %b then = 2 } exception c overrides (b) { when = %c then = 3 }";
    let both = "default = 0 exception a { when = %a then = 1 }
        exception b { when = %b then = 2 } exception c overrides (a, b) { when = %c then = 3 }";
    let values = ", a ";
    let _ = values;
    for (body, wanted) in [
        (plain, ["0", "3", "2", "!bc", "1", "!ac", "!ab", "!abc"]),
        // One that is overridden by one that applies does not apply, even if that one is overridden.
        (chain, ["0", "3", "2", "3", "1", "!ac", "2", "3"]),
        (both, ["0", "3", "2", "3", "1", "3", "!ab", "3"]),
    ] {
        for (index, wanted) in wanted.into_iter().enumerate() {
            let bits = format!("{index:03b}");
            let got = rule(body, &bits);
            let wanted = match wanted.strip_prefix('!') {
                None => wanted.to_owned(),
                Some(names) => {
                    let clash: Vec<String> = names
                        .chars()
                        .map(|name| format!("exception {name}"))
                        .collect();
                    let inputs = ["a", "b", "c"].iter().zip(bits.chars());
                    let inputs: Vec<String> = inputs
                        .map(|(name, bit)| format!("{name} {}", bit == '1'))
                        .collect();
                    format!("conflict: {}, {}", clash.join(", "), inputs.join(", "))
                }
            };
            assert_eq!(got, wanted, "{body} {bits}");
        }
    }
}

#[test]
fn no_default_is_undecided() {
    let body = "exception a { when = %a then = 1 }";
    assert_eq!(rule(body, "000"), "undecided: a false, b false, c false");
    assert_eq!(rule(body, "100"), "1");
}

#[test]
fn exceptions_that_agree() {
    let body = "may_agree default = 0 exception a { when = %a then = 1 } exception b { when = %b then = 1.0 } exception c { when = %c then = 2 }";
    assert_eq!(rule(body, "110"), "1");
    assert_eq!(
        rule(body, "101"),
        "conflict: exception a, value 1, exception c, value 2, a true, b false, c true"
    );
}

#[test]
fn combined() {
    for (how, cap, default, wanted) in [
        ("sum", "", "", ["0", "0.1", "0.6"]),
        ("sum", "up_to = 0.5", "", ["0", "0.1", "0.5"]),
        ("sum", "up_to = 0.05", "default = 9", ["9", "0.05", "0.05"]),
        ("highest", "", "", ["0", "0.1", "0.3"]),
        ("lowest", "", "default = 7", ["7", "0.1", "0.1"]),
        // 1 − 0.9 × 0.8 × 0.7
        ("compound", "", "", ["0", "0.1", "0.496"]),
    ] {
        let body = format!("{default} exception a {{ when = %a then = 0.1 }} exception b {{ when = %b then = 0.2 }}
            exception c {{ when = %c then = 0.3 }} combine {how} {cap}");
        for (bits, wanted) in ["000", "100", "111"].into_iter().zip(wanted) {
            assert_eq!(rule(&body, bits), wanted, "{how} {cap} {bits}");
        }
    }
    // Overridden ones are not combined.
    let body = "exception a { when = %a then = 1 } exception b overrides (a) { when = %b then = 2 } exception c { when = %c then = 4 } combine sum";
    assert_eq!(rule(body, "111"), "6");
}

/// What nothing gives has to be a value of the result, like everything else.
#[test]
fn nothing_combined_or_summed_up_fits_the_result() {
    let rule = |ty: &str, then: &str, how: &str| {
        run(&format!(
            "enum t.Rank ordered {{ low, high }}
rule t.rule () gives {ty} {{ exception a {{ when = false then = {then} }} combine {how} }}
define t.main () gives {ty} {{ call(t.rule) }}"
        ))
    };
    assert_eq!(rule("number(0..5)", "1", "sum"), "0");
    assert_eq!(rule("int", "1i", "highest"), "0");
    assert_eq!(
        rule("number(1..5)", "1", "sum"),
        "out_of_range: result of rule 0, at least 1"
    );
    assert_eq!(rule("date", "2026-01-01", "highest"), "undecided: ");
    assert_eq!(rule("t.Rank", "t.Rank.high", "lowest"), "undecided: ");
    let table = |ty: &str| {
        run(&format!(
            "table t.table () gives {ty} {{ hit sum outputs (o) column \"x\" = 1i row \"1\" (is(2i)) => (1) }}
define t.main () gives {ty} {{ call(t.table) }}"
        ))
    };
    assert_eq!(table("number(0..5)"), "0");
    assert_eq!(
        table("number(1..5)"),
        "out_of_range: result of table 0, at least 1"
    );
}

#[test]
fn unless_and_the_default_inside() {
    let body = "default = 5 exception a { when = %a unless = %b then = add(default, default) } exception c { unless = not(%c) then = 1 }";
    assert_eq!(rule(body, "000"), "5");
    assert_eq!(rule(body, "100"), "10");
    assert_eq!(rule(body, "110"), "5");
    assert_eq!(rule(body, "011"), "1");
}

#[test]
fn conditions_of_all_exceptions_run_in_order() {
    let fails = "equal(1, divide(1, 0))";
    let body = format!(
        "default = 0 exception a {{ when = %a then = 1 }} exception b {{ when = {fails} then = 2 }}"
    );
    assert_eq!(rule(&body, "100"), "division_by_zero: left 1, right 0");
    // Only the winner's value is evaluated.
    let body = "default = divide(1, 0) exception a { when = %a then = 1 } exception b overrides (a) { when = %b then = divide(1, 0) }";
    assert_eq!(rule(body, "100"), "1");
    assert_eq!(rule(body, "110"), "division_by_zero: left 1, right 0");
    assert_eq!(rule(body, "000"), "division_by_zero: left 1, right 0");
}

#[test]
fn validity() {
    let program = program(
        "rule t.main (%on: date) gives int { as_of = %on default = 0i
           exception early to 2026-01-31 { then = 1i }
           exception week from 2026-11-20 to 2026-11-30 { then = 2i }
           exception late from 2027-01-01 { then = 3i } }",
    );
    let data = Rows::new(&program, &[]);
    for (on, wanted) in [
        ("2026-01-31", "1"),
        ("2026-02-01", "0"),
        ("2026-11-19", "0"),
        ("2026-11-20", "2"),
        ("2026-11-30", "2"),
        ("2026-12-01", "0"),
        ("2027-01-01", "3"),
    ] {
        assert_eq!(run_with(&program, &data, &[day(on)]), wanted, "{on}");
    }
}

#[test]
fn parameters() {
    let program = program(
        "parameter t.main (%day: date) gives number { from 2001-01-01 because \"law\" = 0.19 from 2012-10-01 = 0.21 }
         parameter t.fixed () gives number { always = 0.05 }",
    );
    let data = Rows::new(&program, &[]);
    for (on, wanted) in [
        ("2000-12-31", "undecided: day 2000-12-31"),
        ("2001-01-01", "0.19"),
        ("2012-09-30", "0.19"),
        ("2012-10-01", "0.21"),
        ("2026-01-01", "0.21"),
    ] {
        assert_eq!(run_with(&program, &data, &[day(on)]), wanted, "{on}");
    }
    let fixed = Interpreter::new(&program, &data, Limits::default())
        .call(callable(&program, "t.fixed"), &[]);
    assert_eq!(fixed, Ok(num("0.05")));
}

#[derive(Default)]
struct Seen(Vec<String>);

impl Observer for Seen {
    fn called(&mut self, callable: CallableId) {
        self.0.push(format!("called {}", callable.0));
    }
    fn decided_row(&mut self, callable: CallableId, row: u32) {
        self.0.push(format!("row {} {row}", callable.0));
    }
    fn grid_cell(&mut self, callable: CallableId, row: u32, head: u32) {
        self.0.push(format!("cell {} {row} {head}", callable.0));
    }
    fn exception(&mut self, callable: CallableId, exception: u32, seen: ExceptionSeen) {
        self.0
            .push(format!("exception {} {exception} {seen:?}", callable.0));
    }
    fn default_used(&mut self, callable: CallableId) {
        self.0.push(format!("default {}", callable.0));
    }
    fn parameter_value(&mut self, callable: CallableId, value: u32) {
        self.0.push(format!("value {} {value}", callable.0));
    }
    fn reason_made(&mut self, reason: assize_ir::ReasonId) {
        self.0.push(format!("reason {}", reason.0));
    }
    fn branch(&mut self, callable: CallableId, _node: assize_ir::NodeId, then: bool) {
        self.0.push(format!("branch {} {then}", callable.0));
    }
}

#[test]
fn an_observer_is_told_what_decided() {
    let program = program("
reason r of \"t\" severity 0 () message t.text
define t.text () gives text { \"x\" }
parameter t.p () gives number { always = 0.05 }
grid t.g (%q: number) gives number { column \"q\" = %q across \"q\" = %q head \"0+\" = is(range(0)) row \"a\" (any) => (call(t.p)) }
table t.t (%q: number) gives number { hit first outputs (o) column \"q\" = %q row \"1\" (is(< 0)) => (0) row \"2\" (any) => (call(t.g, %q)) }
rule t.r (%q: number) gives number { default = 0
  exception a { when = greater(%q, 0) then = 1 } exception b overrides (a) { when = true then = call(t.t, %q) } exception c { when = false then = 2 } }
define t.main (%q: number) gives number { if(greater(%q, 0), call(t.r, %q), let(%r, reason(r), if(equal(%r, %r), call(t.r, %q), 0))) }");
    let data = Rows::new(&program, &[]);
    let mut seen = Seen::default();
    let watch = Watch {
        explain: None,
        observer: Some(&mut seen),
    };
    let main = callable(&program, "t.main");
    let answer = Interpreter::new(&program, &data, Limits::default()).call_with(
        main,
        &[Value::Num(1.into())],
        watch,
    );
    assert_eq!(answer.result, Ok(num("0.05")));
    insta::assert_snapshot!(seen.0.join("\n"), @r"
    called 5
    branch 5 true
    called 4
    exception 4 2 NotApplicable
    exception 4 0 Overridden
    exception 4 1 Decided
    called 3
    row 3 1
    called 2
    cell 2 0 0
    called 1
    value 1 0
    ");
}
