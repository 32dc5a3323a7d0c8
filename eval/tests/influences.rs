//! What a trace says to have given a value, and to have led to a failure.

#![cfg(test)]

mod common;

use assize_eval::Value;
use assize_eval::trace::Trace;
use assize_eval::trace::influence::{Into, MAX_STEPS_PER_FIELD, influence_on, influences};
use assize_eval::trace::render::{Level, lines};
use assize_ir::Program;
use common::{Rows, day, explained, num, program};

/// What gave each field, the nearest first, whatever was asked first.
#[test]
fn what_gave_a_field() {
    let text = "
record t.Line { field quantity: number }
record t.Answer { field status: text field net: number field lines: list of t.Line }
rule t.first (%q: number) gives bool { default = true exception odd { when = greater(%q, 90) then = false } }
rule t.rate (%q: number) gives number { default = 1 exception big { when = greater(%q, 5) then = 2 } }
table t.limit (%q: number) gives number { hit first outputs (o) column \"q\" = %q row \"all\" (any) => (50) }
table t.status (%over: bool) gives text { hit first outputs (o) column \"over\" = %over row \"held\" (is(true)) => (\"held\") row \"fine\" (any) => (\"fine\") }
define t.net (%line: t.Line) gives number { multiply(field(%line, quantity), call(t.rate, field(%line, quantity))) }
define t.main (%lines: list of t.Line) gives t.Answer {
  let(%fine, loop(each(%l, %lines), every(call(t.first, field(%l, quantity)))),
  let(%net, loop(each(%l, %lines), sum(call(t.net, %l))),
  if(%fine, make(t.Answer, call(t.status, greater(%net, call(t.limit, %net))), %net, %lines), make(t.Answer, \"none\", 0, %lines)))) }";
    let program = program(text);
    let data = Rows::new(&program, &[]);
    let line = |quantity: &str| Value::Record([num(quantity)].into());
    let lines = Value::List([line("3"), line("40")].into());
    let trace = explained(&program, &data, &[lines], None).trace.unwrap();
    // 3 × 1 + 40 × 2 = 83 is over 50. That every line passes `first` chose the whole answer.
    insta::assert_snapshot!(gave(&program, &trace), @r"
    status: t.status(true), t.first(3), t.first(40), t.limit(83), t.rate(3), t.rate(40)
    net: t.rate(3), t.rate(40), t.first(3), t.first(40)
    lines: t.first(3), t.first(40)
    ");
}

/// A line for each field: the steps that gave it.
fn gave(program: &Program, trace: &Trace) -> String {
    let told = influences(program, trace);
    let told = told.iter().map(|one| {
        let steps = one.steps.iter().map(|step| {
            let arguments: Vec<&str> = step.arguments.iter().map(|it| it.text.as_str()).collect();
            format!("{}({})", step.name, arguments.join(", "))
        });
        format!("{}: {}", one.field, steps.collect::<Vec<_>>().join(", "))
    });
    told.collect::<Vec<_>>().join("\n")
}

/// What was not asked for a field is told of none, also where another field asked for it: the branch
/// that was not taken, a fallback that was not needed, what a condition did not come to, a column that
/// no row looked at, a value that was not the lowest only as what it was compared with.
#[test]
fn what_did_not_give_a_field() {
    let text = "
record t.Answer { field value: number field all: list of number }
table t.a (%x: number) gives number { hit first outputs (o) column \"x\" = %x row \"low\" (is(< 5)) => (1) row \"high\" (any) => (2) }
table t.b (%x: number) gives number { hit first outputs (o) column \"x\" = %x row \"low\" (is(< 5)) => (3) row \"high\" (any) => (4) }
table t.both (%x: number, %y: number) gives number { hit first outputs (o) column \"x\" = %x column \"y\" = %y row \"one\" (is(1), any) => (5) row \"rest\" (any, is(> 0)) => (6) }
rule t.r (%x: number, %y: number) gives number { default = 7 exception e { when = greater(%x, 1) unless = greater(%y, 1) then = 8 } }
define t.some (%x: number) gives number? { if(less(%x, 5), some(%x), missing : number?) }
define t.main (%x: number) gives t.Answer { let(%a, call(t.a, %x), let(%b, call(t.b, %x), make(t.Answer, VALUE, list(%a, %b)))) }";
    for (value, told) in [
        ("if(greater(%x, 5), %a, %b)", "t.b(1)"),
        ("otherwise(call(t.some, %a), %b)", "t.a(1)"),
        ("otherwise(call(t.some, multiply(%a, 9)), %b)", "t.b(1)"),
        ("if(and(greater(%a, 5), greater(%b, 5)), 0, 1)", "t.a(1)"),
        ("if(or(less(%a, 5), less(%b, 5)), 0, 1)", "t.a(1)"),
        ("if(any(less(%a, 5), less(%b, 5)), 0, 1)", "t.a(1)"),
        ("call(t.both, %a, %b)", "t.both(1, 3), t.a(1)"),
        ("call(t.both, %b, %a)", "t.both(3, 1), t.b(1), t.a(1)"),
        ("call(t.r, %a, %b)", "t.r(1, 3), t.a(1)"),
        ("call(t.r, %b, %a)", "t.r(3, 1), t.b(1), t.a(1)"),
        ("lowest(%b, %a)", "t.a(1), t.b(1)"),
        (
            "loop(each(%i, list(when(greater(%x, 5), %x))), sum(multiply(%i, %b)))",
            "",
        ),
    ] {
        let program = program(&text.replace("VALUE", value));
        let data = Rows::new(&program, &[]);
        let trace = explained(&program, &data, &[num("1")], None).trace;
        let gave = gave(&program, &trace.unwrap());
        let first = gave.lines().next().unwrap();
        assert_eq!(first, format!("value: {told}"), "{value}");
    }
}

#[test]
fn what_gave_a_field_is_bounded() {
    let program = program(
        "
rule t.r (%x: int) gives int { default = %x exception a { when = greater(%x, 1000i) then = 1i } }
define t.main (%xs: list of int) gives int { loop(each(%x, %xs), sum(call(t.r, %x))) }",
    );
    let data = Rows::new(&program, &[]);
    for (count, told) in [
        (MAX_STEPS_PER_FIELD, MAX_STEPS_PER_FIELD),
        (MAX_STEPS_PER_FIELD + 1, MAX_STEPS_PER_FIELD),
    ] {
        let list = Value::List((0..count as i64).map(Value::Int).collect());
        let trace = explained(&program, &data, &[list], None).trace.unwrap();
        let found = influences(&program, &trace);
        assert_eq!(found[0].steps.len(), told, "{count}");
    }
}

/// Where there are too many lines, one stands for the calls that were decided in the same way.
#[test]
fn what_was_decided_alike_is_one_line() {
    let program = program(
        "
table t.t (%x: number) gives number { hit first outputs (o) column \"x\" = %x row \"low\" (is(< 3)) => (1) row \"high\" (any) => (2) }
define t.main (%xs: list of number) gives number { loop(each(%x, %xs), sum(call(t.t, %x))) }",
    );
    let data = Rows::new(&program, &[]);
    let told = |numbers: &[&str]| {
        let list = Value::List(numbers.iter().map(|number| num(number)).collect());
        let trace = explained(&program, &data, &[list], None).trace;
        lines(&program, &trace.unwrap(), Level::Rules).join("\n")
    };
    insta::assert_snapshot!(told(&["1", "2", "5", "5"]), @"
    main is 6
      t(x: 1) is 1: row low
      t(x: 2) is 1: row low
      t(x: 5) is 2: row high (2 times)
    ");
    insta::assert_snapshot!(told(&["0", "1", "2", "2.5", "3", "4", "5", "6", "7", "8"]), @"
    main is 16
      t(x: 0) is 1: row low (and 3 more alike)
      t(x: 3) is 2: row high (and 5 more alike)
    ");
}

/// Where a decision failed comes first, then the values there, what they came from and what led there.
#[test]
fn failures() {
    let text = "
record t.Line { field item: text field pieces: number }
table t.pack (%item: text) gives number { hit first outputs (o) column \"item\" = %item row \"lamp\" (is(\"LAMP\")) => (10) row \"rest\" (any) => (0) }
table t.zone (%item: text) gives text { hit unique outputs (o) column \"item\" = %item row \"lamp\" (is(\"LAMP\")) => (\"A\") row \"book\" (is(\"BOOK\")) => (\"B\") }
table t.fee (%zone: text, %pack: number) gives number { hit unique outputs (o) column \"zone\" = %zone column \"pack\" = %pack row \"a\" (is(\"A\"), any) => (1) row \"ten\" (any, is(10)) => (2) }
rule t.level (%pack: number) gives number { exception big { when = greater(%pack, 50) then = 1 } exception odd { when = equal(%pack, 3) then = 2 } }
rule t.clash (%pack: number) gives number { exception any { then = 1 } exception ten { when = equal(%pack, 10) then = 2 } exception odd { when = equal(%pack, 3) then = 2 } }
parameter t.vat (%day: date) gives number { from 2001-01-01 = 19 from 2012-10-01 because \"law\" = 21 }
define t.boxes (%line: t.Line, %pack: number) gives number { divide(field(%line, pieces), %pack) }
define t.small (%line: t.Line) gives bool { less(field(%line, pieces), 10) }
define t.of_line (%line: t.Line, %day: date) gives number { VALUE }
define t.main (%lines: list of t.Line, %day: date) gives number { loop(each(%l, %lines), sum(call(t.of_line, %l, %day))) }";
    let told = |value: &str, on: &str| {
        let program = program(&text.replace("VALUE", value));
        let data = Rows::new(&program, &[]);
        let line = |item: &str, pieces: &str| {
            Value::Record([Value::Text(item.into()), num(pieces)].into())
        };
        let list = Value::List([line("LAMP", "40"), line("PEN", "7")].into());
        let trace = explained(&program, &data, &[list, day(on)], None).trace;
        lines(&program, &trace.unwrap(), Level::Rules).join("\n")
    };
    let of_line = |value: &str| told(value, "2026-11-20");
    let pack = "call(t.pack, field(%line, item))";
    insta::assert_snapshot!(of_line(&format!("if(call(t.small, %line), call(t.boxes, %line, {pack}), call(t.vat, %day))")), @r#"
    main ended with division by zero: left 7, right 0 (t.boxes)
      boxes(line: Line(item: "PEN", pieces: 7), pack: 0) failed
        pack(item: "PEN") is 0: row rest
      called by of_line(day: 2026-11-20, …)
        then: true (got 7)
    "#);
    insta::assert_snapshot!(of_line("let(%zone, call(t.zone, field(%line, item)), 1)"), @"main is 2");
    insta::assert_snapshot!(of_line(&format!("let(%zone, call(t.zone, field(%line, item)), if(equal(%zone, \"A\"), {pack}, 1))")), @r#"
    main ended with undecided: item "PEN" (t.zone)
      zone(item: "PEN"): no row
        lamp not taken: item needed "LAMP", got "PEN"
        book not taken: item needed "BOOK", got "PEN"
      called by of_line(line: Line(item: "PEN", pieces: 7), day: 2026-11-20)
    "#);
    insta::assert_snapshot!(of_line(&format!("call(t.fee, \"A\", {pack})")), @r#"
    main ended with conflict: row a, row ten, zone "A", pack 10 (t.fee)
      fee(zone: "A", pack: 10): rows a, ten clash
        pack(item: "LAMP") is 10: row lamp
      called by of_line(line: Line(item: "LAMP", pieces: 40), day: 2026-11-20)
    "#);
    insta::assert_snapshot!(of_line(&format!("call(t.level, {pack})")), @r#"
    main ended with undecided: pack 10 (t.level)
      level(pack: 10): no exception applies
        big does not apply: needed above 50, got 10
        odd does not apply: needed 3, got 10
        pack(item: "LAMP") is 10: row lamp
      called by of_line(line: Line(item: "LAMP", pieces: 40), day: 2026-11-20)
    "#);
    insta::assert_snapshot!(of_line(&format!("call(t.clash, {pack})")), @r#"
    main ended with conflict: exception any, exception ten, pack 10 (t.clash)
      clash(pack: 10): exceptions any, ten clash
        any applies and clashes
        ten applies and clashes: got 10
        pack(item: "LAMP") is 10: row lamp
      called by of_line(line: Line(item: "LAMP", pieces: 40), day: 2026-11-20)
    "#);
    insta::assert_snapshot!(told("call(t.vat, %day)", "2000-01-01"), @r#"
    main ended with undecided: day 2000-01-01 (t.vat)
      vat(day: 2000-01-01): no value yet on this day
      called by of_line(line: Line(item: "LAMP", pieces: 40), …)
    "#);
    insta::assert_snapshot!(of_line("multiply(79228162514264337593543950335, call(t.vat, %day))"), @r#"
    main ended with overflow: left 79228162514264337593543950335, right 21 (t.of_line)
      of_line(line: Line(item: "LAMP", pieces: 40), day: 2026-11-20) failed
        vat(day: 2026-11-20) is 21: since 2012-10-01 "law"
    "#);
}

/// Of a list only what gave the element that is meant: through functions, `let`, a second loop over the
/// first list, joined and written lists, and the rows of a table that gives a list.
#[test]
fn what_gave_an_element() {
    let text = "
record t.Line { field quantity: number }
record t.Out { field rate: number field share: number }
rule t.rate (%q: number) gives number { default = 1 exception big { when = greater(%q, 5) then = 2 } }
rule t.fee (%q: number) gives number { default = 0 }
table t.steps (%q: number) gives list of number { hit list outputs (o) column \"q\" = %q row \"a\" (is(> 1)) => (call(t.rate, %q)) row \"b\" (is(> 2)) => (call(t.fee, %q)) }
define t.rates (%lines: list of t.Line) gives list of number { loop(each(%l, %lines), give(call(t.rate, field(%l, quantity)))) }
define t.out (%rate: number, %q: number, %share: number) gives t.Out { make(t.Out, add(%rate, call(t.fee, %q)), %share) }
define t.outs (%rates: list of number) gives list of t.Out {
  loop(each(%r, %rates), share(running, 10, %r, 0.01, Rounding.nearest), give(call(t.out, %r, %r, share_part(0)))) }
define t.main (%lines: list of t.Line) gives list of t.Out {
  let(%rates, call(t.rates, %lines),
  let(%first, call(t.outs, %rates),
  concat(list(call(t.out, 7, 7, 7)), concat(%first, loop(each(%s, call(t.steps, 9)), give(call(t.out, %s, 8, 8))))))) }";
    let program = program(text);
    let data = Rows::new(&program, &[]);
    let line = |quantity: &str| Value::Record([num(quantity)].into());
    let lines = Value::List([line("3"), line("40"), line("4")].into());
    let trace = explained(&program, &data, &[lines], None).trace.unwrap();
    let gave = |path: &[Into]| {
        let one = influence_on(&program, &trace, path, &num("0"));
        let steps = one.steps.iter().map(|step| {
            let arguments: Vec<&str> = step.arguments.iter().map(|it| it.text.as_str()).collect();
            format!("{}({})", step.name, arguments.join(", "))
        });
        let parts = one.parts.iter().map(|part| format!("part {}", part.value));
        steps.chain(parts).collect::<Vec<_>>().join(", ")
    };
    let mut told = Vec::new();
    for element in 0..6 {
        for field in 0..2 {
            let path = [Into::Element(element), Into::Field(field)];
            told.push(
                format!("[{element}].{field}: {}", gave(&path))
                    .trim_end()
                    .to_owned(),
            );
        }
    }
    insta::assert_snapshot!(told.join("\n"), @"
    [0].0: t.fee(7)
    [0].1:
    [1].0: t.fee(1), t.rate(3)
    [1].1: t.rate(3), part 2.50
    [2].0: t.fee(2), t.rate(40)
    [2].1: t.rate(40), part 5.00
    [3].0: t.fee(1), t.rate(4)
    [3].1: t.rate(4), part 2.50
    [4].0: t.fee(8), t.steps(9), t.rate(9), t.fee(9)
    [4].1: t.steps(9), t.fee(9), t.rate(9)
    [5].0: t.fee(8), t.steps(9), t.fee(9), t.rate(9)
    [5].1: t.steps(9), t.fee(9), t.rate(9)
    ");
}
