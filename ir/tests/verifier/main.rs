//! The verifier: sound programs pass, and each kind of fault is found and named.

#![expect(clippy::panic, reason = "a test that fails says so by a panic")]

mod depth;
mod faults;

use assize_ir::{parse, parse_and_verify, verify};

const SHOP: &str = include_str!("../samples/shop.ir");

fn faults(text: &str) -> String {
    let program = parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    match verify(&program) {
        Ok(_) => "sound".to_owned(),
        Err(faults) => faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

#[test]
fn the_sample_is_sound() {
    if let Err(error) = parse_and_verify(SHOP) {
        panic!("{error}");
    }
    assert_eq!(faults(SHOP), "sound");
}

/// A program with one define of this signature and body.
fn define(signature: &str, body: &str) -> String {
    format!(
        "package \"a\" \"1\"
enum a.Kind {{ x, y }}
enum a.Rank ordered {{ low, high }}
record a.Pair {{ field left: number(2 places, 0..10) field right: code? }}
record a.Both {{ field kind: a.Kind field rank: a.Rank }}
relation a.Row {{ key item: code field n: int field from: date? index (item) }}
reason stop_it (%n: int) message a.text
define a.text (%n: int) gives text {{ \"x\" }}
{signature} {{ {body} }}"
    )
}

/// The faults of a define.
fn of(signature: &str, body: &str) -> String {
    faults(&define(&format!("define a.f {signature}"), body))
}

#[test]
fn sound_bodies() {
    for (signature, body) in [
        ("(%n: int) gives int", "add(%n, 1i)"),
        (
            "(%n: int?) gives int",
            "otherwise(%n, stop(reason(stop_it, 1i)): int)",
        ),
        ("(%p: a.Pair) gives code?", "field(%p, right)"),
        (
            "(%n: list(at most 10) of number(2 places, 0..10)) gives number(2 places, 0..100)",
            "loop(each(%x, %n), sum(%x))",
        ),
        ("() gives a.Rank", "lowest(a.Rank.low, a.Rank.high)"),
        (
            "() gives list of number",
            "loop(each(%x, list(1, 1)), share(running, 10, %x, 0.01, Rounding.nearest), now(%p, share_part(0)), give(loop(each(%y, list(1)), share(running, 1, %y, 0.01, Rounding.nearest), now(%q, share_part(0)), sum(add(%q, %p)))))",
        ),
        (
            "(%n: list of number, %t: number) gives list of number",
            "loop(each(%x, %n), let(%y, add(%t, 1)), share(last, %y, %x, 1, Rounding.up), give(share_part(0)))",
        ),
        (
            "(%n: list of number) gives list of number",
            "loop(each(%x, %n), let(%y, add(%x, 1)), share(last, %y, 1, %x, Rounding.up, per(%y)), give(share_part(0)))",
        ),
        (
            "(%d: date) gives date",
            "plus_formula(%d, formula(\"CM+1D\"))",
        ),
        ("() gives code", "code(\"STRAßE 1\")"),
        (
            "(%n: list of number(2 places)) gives list of number(2 places)",
            "loop(each(%x, %n), carry(%c: number(2 places), 0), let(%y, add(%c, %x)), next(%c, border(%y, number(2 places), \"c\")), give(%y))",
        ),
    ] {
        assert_eq!(of(signature, body), "sound", "{body}");
    }
}

#[test]
fn checks_of_a_record_come_before_the_table_that_makes_it() {
    let program = |first: &str, then: &str| {
        faults(&format!(
            "package \"a\" \"1\"
record a.R {{ field x: int field y: int check a.c }}
{first}
{then}"
        ))
    };
    let check = "define a.c (%r: a.R) gives bool { true }";
    let table = "table a.t (%n: int) gives a.R { hit unique outputs (x, y) record a.R column \"n\" = %n row \"1\" (any) => (1i, 2i) }";
    assert_eq!(program(check, table), "sound");
    assert_eq!(
        program(table, check),
        "callable a.t#0: expected a record whose checks are earlier callables, found #1"
    );
}

#[test]
fn a_decision_names_all_relations_that_it_can_reach() {
    let program = |reads: &str| {
        faults(&format!(
            "package \"a\" \"1\"
record a.In {{ field of: list of a.Line }}
record a.Line {{ field item: code check a.known }}
record a.Out {{ field n: int check a.out }}
relation a.A {{ key item: code }}
relation a.B {{ key item: code fresh 60 }}
relation a.C {{ key item: code }}
relation a.D {{ key item: code }}
relation a.E {{ key item: code index (item) }}
define a.known (%l: a.Line) gives bool {{ loop(rows(%r, a.A), exists) }}
define a.out (%o: a.Out) gives bool {{ loop(rows(%r, a.C), exists) }}
define a.fresh () gives int {{ loop(rows(%r, a.B), count) }}
define a.f (%in: a.In) gives int {{
  add(add(call(a.fresh), field(check(make(a.Out, 1i)), n)),
      add(loop(indexed(%r, a.E, 0, code(\"A\")), count),
          if(equal(lookup(a.D, code(\"A\")), lookup(a.D, code(\"B\"))), 1i, 2i)))
}}
decision \"f\" = a.f reads ({reads}) {{ }}"
        ))
    };
    assert_eq!(program("a.A, a.B, a.C, a.D, a.E"), "sound");
    for (reads, wanted) in [
        ("a.B, a.C, a.D, a.E", "it can reach a.A"),
        ("a.A, a.C, a.D, a.E", "it can reach a.B"),
        ("a.A, a.B, a.D, a.E", "it can reach a.C"),
        ("a.A, a.B, a.C, a.E", "it can reach a.D"),
        ("a.A, a.B, a.C, a.D", "it can reach a.E"),
        ("", "it can reach a.A"),
    ] {
        let found = program(reads);
        assert!(found.contains("in `reads`"), "{found}");
        assert!(found.contains(wanted), "{reads}: {found}");
    }
}

#[test]
fn a_fault_says_where() {
    let found = of("(%n: int) gives bool", "equal(add(%n, 1i), %n) {0 places}");
    assert_eq!(
        found,
        "callable a.f#1, node $4: expected no facts: it is no number, found {0 places}"
    );
}
