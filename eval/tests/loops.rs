//! Queries, `for each`, running values and shares.

#![cfg(test)]

mod common;

use assize_eval::{Interpreter, Limits, Value};
use common::{Rows, callable, code, eval, num, program, run, run_with};
use proptest::prelude::*;
use rust_decimal::Decimal;

const NUMBERS: &str = "list(3, 1, 2, 1)";

#[track_caller]
fn query(ty: &str, parts: &str) -> String {
    eval(ty, &format!("loop(each(%x, {NUMBERS}), {parts})"))
}

#[test]
fn results() {
    for (ty, parts, wanted) in [
        ("list of number", "give(multiply(%x, 2))", "[6, 2, 4, 2]"),
        ("number", "sum(%x)", "7"),
        ("int", "count", "4"),
        ("number?", "lowest(%x)", "1"),
        ("number?", "highest(%x)", "3"),
        ("number?", "first(%x)", "3"),
        ("bool", "exists", "true"),
        ("bool", "every(greater(%x, 0))", "true"),
        ("bool", "every(greater(%x, 1))", "false"),
        (
            "list of number",
            "where(greater(%x, 1)), give(%x)",
            "[3, 2]",
        ),
        ("list of number", "by(%x), give(%x)", "[1, 1, 2, 3]"),
        (
            "list of number",
            "by_descending(%x), give(%x)",
            "[3, 2, 1, 1]",
        ),
        ("list of number", "until(less(%x, 2)), give(%x)", "[3, 1]"),
        (
            "list of number",
            "by(%x), until(equal(%x, 2)), give(%x)",
            "[1, 1, 2]",
        ),
        ("number?", "by(%x), first(%x)", "1"),
        ("int", "where(false), count", "0"),
        ("number", "where(false), sum(%x)", "0"),
        ("number?", "where(false), lowest(%x)", "missing"),
        ("number?", "where(false), highest(%x)", "missing"),
        ("number?", "where(false), first(%x)", "missing"),
        ("bool", "where(false), exists", "false"),
        ("bool", "where(false), every(false)", "true"),
        ("list of number", "where(false), give(%x)", "[]"),
    ] {
        assert_eq!(query(ty, parts), wanted, "{parts}");
    }
}

#[test]
fn what_is_certain_stops() {
    // The element 1 divides by zero, the first element is 3.
    let fails = "greater(divide(1, subtract(%x, 1)), 0)";
    for (ty, parts, wanted) in [
        ("number?", "first(divide(1, subtract(%x, 1)))", "0.5"),
        ("number?", "where(F), first(%x)", "3"),
        ("bool", "where(F), exists", "true"),
        ("bool", "every(and(less(%x, 3), F))", "false"),
        // With `by`, `where` and the keys come first for all.
        (
            "number?",
            "where(F), by(%x), first(%x)",
            "division_by_zero: left 1, right 0",
        ),
        (
            "number",
            "where(F), until(true), sum(%x)",
            "division_by_zero: left 1, right 0",
        ),
        (
            "number",
            "until(true), sum(divide(1, subtract(%x, 1)))",
            "0.5",
        ),
    ] {
        assert_eq!(query(ty, &parts.replace('F', fails)), wanted, "{parts}");
    }
}

#[test]
fn sources_nest_and_sorting_is_stable() {
    assert_eq!(
        eval(
            "list of number",
            "loop(each(%a, list(1, 2)), each(%b, list(%a, add(%a, 10))), give(%b))"
        ),
        "[1, 11, 2, 12]"
    );
    let text = "
record t.P { field a: number field b: number? }
define t.main () gives list of number {
  loop(each(%p, list(make(t.P, 1, some(2)), make(t.P, 2, missing: number?), make(t.P, 3, some(1)), make(t.P, 4, some(2)))),
    BY, give(field(%p, a)))
}";
    for (by, wanted) in [
        ("by(field(%p, b))", "[2, 3, 1, 4]"),
        ("by_descending(field(%p, b))", "[1, 4, 3, 2]"),
        (
            "by_descending(field(%p, b)), by_descending(field(%p, a))",
            "[4, 1, 3, 2]",
        ),
    ] {
        assert_eq!(run(&text.replace("BY", by)), wanted, "{by}");
    }
}

#[test]
fn groups_keep_the_order_of_appearance() {
    let text = "
record t.G { field rest: number field members: list of number }
define t.main () gives list of t.G {
  loop(each(%x, list(3, 1, 2, 5)), group(t.G, if(greater(%x, 2), 1, 0.0)))
}";
    assert_eq!(
        run(text),
        "[G(rest: 1, members: [3, 5]), G(rest: 0, members: [1, 2])]"
    );
}

#[test]
fn relations_are_read_in_key_order_and_through_indexes() {
    let program = program("
relation t.Price { key item: code key row: int field price: number index (item) }
define t.main (%item: code) gives list of list of number {
  list(
    loop(rows(%p, t.Price), where(equal(field(%p, item), %item)), give(field(%p, price))),
    loop(indexed(%p, t.Price, 0, %item), where(equal(field(%p, item), %item)), give(field(%p, price))))
}");
    let row = |item: &str, row: i64, price: &str| vec![code(item), Value::Int(row), num(price)];
    let data = Rows::new(
        &program,
        &[(
            "t.Price",
            vec![row("B", 1, "4"), row("A", 2, "3"), row("A", 1, "5")],
        )],
    );
    assert_eq!(run_with(&program, &data, &[code("A")]), "[[5, 3], [5, 3]]");
    assert_eq!(run_with(&program, &data, &[code("C")]), "[[], []]");
}

/// A key from a `let` that fails leaves no row out: the failure comes when the filter asks, or never.
#[test]
fn a_key_that_fails_reads_all_rows() {
    let program = program("
relation t.Price { key row: int field item: code field open: bool field factor: number index (factor) }
define t.main (%n: number) gives list of int {
  let(%wanted, divide(6, %n),
    loop(indexed(%p, t.Price, 0, %wanted),
      where(and(field(%p, open), equal(field(%p, factor), %wanted))), give(field(%p, row))))
}");
    let row = |row: i64, open: bool, factor: &str| {
        vec![Value::Int(row), code("A"), Value::Bool(open), num(factor)]
    };
    let data = |rows| Rows::new(&program, &[("t.Price", rows)]);
    let open = data(vec![
        row(1, true, "3"),
        row(2, false, "3"),
        row(3, true, "2"),
    ]);
    assert_eq!(run_with(&program, &open, &[num("2")]), "[1]");
    assert_eq!(
        run_with(&program, &open, &[num("0")]),
        "division_by_zero: left 6, right 0"
    );
    // Nobody asks for the value: there is no row, or the condition before it refuses them all.
    assert_eq!(run_with(&program, &data(Vec::new()), &[num("0")]), "[]");
    let closed = data(vec![row(1, false, "3")]);
    assert_eq!(run_with(&program, &closed, &[num("0")]), "[]");
}

#[test]
fn carried_values() {
    // All `next` take effect together, after the element.
    let swap = "loop(each(%x, list(1, 2, 3)), carry(%a: number, 0), carry(%b: number, 100),
        next(%a, %b), next(%b, add(%a, %x)), give(%a))";
    assert_eq!(eval("list of number", swap), "[0, 100, 1]");
    let picks = "loop(each(%n, list(3, 4, 5)), carry(%left: number, 8),
        let(%quantity, lowest(%n, %left)), next(%left, subtract(%left, %quantity)), give(%quantity))";
    assert_eq!(eval("list of number", picks), "[3, 4, 1]");
    let last =
        "loop(each(%x, list(1, 2, 3)), carry(%a: number, 0), next(%a, add(%a, %x)), finally(%a))";
    assert_eq!(eval("number", last), "6");
    let none = "loop(each(%x, constant []: list of number), carry(%a: number, 7), next(%a, %x), finally(%a))";
    assert_eq!(eval("number", none), "7");
}

#[test]
fn lets_of_a_body_start_anew_with_each_element() {
    let text = "loop(each(%x, list(1, 2, 0)), let(%d, divide(6, %x)), let(%unused, divide(1, 0)),
        give(if(equal(%x, 0), 0, add(%d, %d))))";
    assert_eq!(eval("list of number", text), "[12, 6, 0]");
}

#[test]
fn running_remainders_add_up() {
    let text = "loop(each(%x, list(0.005, 0.005, 0.005, -0.005)), now(%part, round_running(0, %x, 0.01, Rounding.nearest)), running(1), give(%part))";
    // Totals 0.005 0.010 0.015 0.010, rounded 0.01 0.01 0.02 0.01.
    assert_eq!(eval("list of number", text), "[0.01, 0, 0.01, -0.01]");
    let per = "loop(each(%x, list(0.4, 0.5, 0.4, 0.5)), now(%part, round_running(0, %x, 1, Rounding.nearest, %x)), running(1), give(%part))";
    assert_eq!(eval("list of number", per), "[0, 1, 1, 0]");
    // In a branch only the elements that take the branch count.
    let branch = "loop(each(%x, list(0.5, 9, 0.5)), now(%part, if(less(%x, 1), round_running(0, %x, 1, Rounding.down), -1)), running(1), give(%part))";
    assert_eq!(eval("list of number", branch), "[0, -1, 1]");
    // A query inside keeps no totals of its own.
    let inner = "loop(each(%x, list(0.4, 0.4)), now(%part, round_running(0, loop(each(%y, list(%x)), sum(%y)), 1, Rounding.nearest)), running(1), give(%part))";
    assert_eq!(eval("list of number", inner), "[0, 1]");
    let step =
        "loop(each(%x, list(1)), running(1), give(round_running(0, %x, 0, Rounding.nearest)))";
    assert_eq!(
        eval("list of number", step),
        "out_of_range: value 1, step 0"
    );
}

fn share(weights: &str, rest: &str, total: &str) -> String {
    eval(
        "list of number",
        &format!(
            "loop(each(%w, list({weights})), share({rest}, {total}, %w, 0.01, Rounding.nearest), give(share_part(0)))"
        ),
    )
}

#[test]
fn shares() {
    for (weights, rest, total, wanted) in [
        ("1, 1, 1", "first", "10", "[3.34, 3.33, 3.33]"),
        ("1, 1, 1", "last", "10", "[3.33, 3.33, 3.34]"),
        ("1, 1, 1", "running", "10", "[3.33, 3.34, 3.33]"),
        ("1, 2, 2", "largest", "0.02", "[0, 0.01, 0.01]"),
        ("1, 1, 1", "largest", "-10", "[-3.34, -3.33, -3.33]"),
        ("0, 3, -3, 1", "largest", "10", "[0, 30, -30, 10]"),
        ("0, 1, 0", "first", "10", "[0, 10, 0]"),
        ("0, 1, 0", "last", "10", "[0, 10, 0]"),
        ("0, 0", "largest", "0", "[0, 0]"),
        ("0, 0", "running", "0", "[0, 0]"),
        (
            "0, 0",
            "largest",
            "5",
            "nothing_to_share_by: total 5, weights 0",
        ),
        (
            "1, -1",
            "running",
            "5",
            "nothing_to_share_by: total 5, weights 0",
        ),
        ("1, -1", "running", "0", "[0, 0]"),
        // R is rounded, and the parts add up to it.
        ("1, 1", "last", "0.005", "[0, 0.01]"),
    ] {
        assert_eq!(
            share(weights, rest, total),
            wanted,
            "{weights} {rest} {total}"
        );
    }
    let none = |total: &str| {
        eval(
            "list of number",
            &format!(
                "loop(each(%w, constant []: list of number), share(running, {total}, %w, 0.01, Rounding.nearest), give(share_part(0)))"
            ),
        )
    };
    assert_eq!(none("0"), "[]");
    assert_eq!(none("3"), "nothing_to_share_by: total 3, weights 0");
}

#[test]
fn shares_by_key_guard_and_carry() {
    let text = "
record t.L { field k: int field t: number field w: number }
define t.main () gives list of number {
  loop(each(%l, list(make(t.L, 1i, 10, 1), make(t.L, 2i, 5, 1), make(t.L, 1i, 10, 2), make(t.L, 2i, OTHER, 1))),
    share(first, field(%l, t), field(%l, w), 0.01, Rounding.nearest, per(field(%l, k))),
    give(share_part(0)))
}";
    assert_eq!(run(&text.replace("OTHER", "5")), "[3.33, 2.5, 6.67, 2.5]");
    assert_eq!(
        run(&text.replace("OTHER", "6")),
        "out_of_range: total 5, step 0.01, other total 6, other step 0.01"
    );
    let guard = "loop(each(%w, list(1, 5, 1)), share(last, where(less(%w, 5)), 1, %w, 0.1, Rounding.nearest),
        give(if(less(%w, 5), share_part(0), -1)))";
    assert_eq!(eval("list of number", guard), "[0.5, -1, 0.5]");
    // The weights are what is left of 3 after the elements before.
    let carry = "loop(each(%w, list(2, 2, 2)), carry_in_shares(%left: number, 3), let(%taken, lowest(%w, %left)),
        next(%left, subtract(%left, %taken)), share(running, 9, %taken, 1, Rounding.nearest), give(share_part(0)))";
    assert_eq!(eval("list of number", carry), "[6, 3, 0]");
    // `ending with` leaves elements out of the division.
    let cut = "loop(each(%w, list(1, 1, 7)), until(equal(%w, 1)), share(running, 9, %w, 1, Rounding.nearest), give(share_part(0)))";
    assert_eq!(eval("list of number", cut), "[9]");
}

#[test]
fn several_shares_in_one_loop() {
    let text = "loop(each(%w, list(1, 1, 2)), let(%half, divide(%w, 2)),
        share(running, 8, %w, 1, Rounding.nearest), share(first, where(greater(%w, 1)), 4, %half, 1, Rounding.nearest),
        give(add(share_part(0), if(greater(%w, 1), share_part(1), 100))))";
    assert_eq!(eval("list of number", text), "[102, 102, 8]");
    // Evaluated element by element, so the second share of the first element fails first.
    let text = "loop(each(%w, list(1, 0)),
        share(running, divide(1, %w), %w, 1, Rounding.nearest, per(%w)), share(running, multiply(79228162514264337593543950335, 2), %w, 1, Rounding.nearest),
        give(share_part(0)))";
    assert!(eval("list of number", text).starts_with("overflow"));
}

#[test]
fn carries_start_before_the_elements() {
    let text = "loop(each(%x, list(divide(1, 0))), carry(%c: number, multiply(79228162514264337593543950335, 2)), finally(%c))";
    assert!(eval("number", text).starts_with("overflow"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn parts_add_up(
        weights in proptest::collection::vec(-500i64..2_000, 1..12),
        total in -100_000i64..100_000,
        rest in 0usize..4,
        step in prop_oneof![Just("0.01"), Just("0.05"), Just("1"), Just("0.3")],
        mode in 0usize..6,
    ) {
        let rest = ["running", "largest", "first", "last"][rest];
        let mode = assize_ir::ROUNDING_VALUES[mode];
        let program = program(&format!(
            "define t.main (%ws: list of number, %t: number) gives list of number {{
               loop(each(%w, %ws), share({rest}, %t, %w, {step}, Rounding.{mode}), give(share_part(0))) }}
             define t.whole (%t: number) gives number {{ round(%t, {step}, Rounding.{mode}) }}
             define t.running (%ws: list of number) gives list of number {{
               loop(each(%w, %ws), running(1), give(round_running(0, %w, {step}, Rounding.{mode}))) }}"
        ));
        let data = Rows::new(&program, &[]);
        let interpreter = Interpreter::new(&program, &data, Limits::default());
        let total = Value::Num(Decimal::new(total, 3));
        let list = Value::List(weights.iter().map(|w| Value::Num(Decimal::new(*w, 3))).collect());
        let sum = |value: Value| match value {
            Value::List(items) => items.iter().map(|item| match item {
                Value::Num(number) => *number,
                _ => panic!("no number"),
            }).sum::<Decimal>(),
            _ => panic!("no list"),
        };
        let whole = |of: Value| match interpreter.call(callable(&program, "t.whole"), &[of]) {
            Ok(Value::Num(whole)) => whole,
            other => panic!("{other:?}"),
        };
        let given = interpreter.call(callable(&program, "t.running"), std::slice::from_ref(&list));
        let all: i64 = weights.iter().sum();
        prop_assert_eq!(sum(given.unwrap()), whole(Value::Num(Decimal::new(all, 3))));
        match interpreter.call(callable(&program, "t.main"), &[list, total.clone()]) {
            Ok(parts) => prop_assert_eq!(sum(parts), whole(total)),
            Err(failure) => {
                prop_assert_eq!(failure.code, assize_eval::ErrorCode::NothingToShareBy);
                prop_assert_eq!(all, 0);
            }
        }
    }
}
