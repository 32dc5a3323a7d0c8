//! What decisions cost at most: the bounds, and that what is counted stays below them.

#![cfg(test)]

use assize_compiler::{Database, PackageInput, program};
use assize_eval::{Interpreter, Limits, Value};
use assize_ir::Program;

fn linked(text: &str) -> Program {
    let db = Database::default();
    let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
    match program(&db, package) {
        Ok(linked) => linked.program,
        Err(fault) => panic!("{fault:?}"),
    }
}

/// Each product: unknown sizes, then what the known part of it is made of.
fn cost(text: &str) -> String {
    let program = linked(text);
    let lines: Vec<String> = program
        .decisions
        .iter()
        .flat_map(|decision| &decision.cost.terms)
        .map(|term| {
            let unknown = term.unbounded.join(" × ");
            let known = term.factors.join(" × ");
            format!("{} steps [{unknown}] [{known}]", term.steps)
        })
        .collect();
    lines.join("\n")
}

/// The sizes without a bound.
fn unbounded(text: &str) -> String {
    let program = linked(text);
    let mut names: Vec<&str> = program
        .decisions
        .iter()
        .flat_map(|decision| &decision.cost.terms)
        .flat_map(|term| term.unbounded.iter().map(String::as_str))
        .collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// A list without a declared bound costs what the list costs that a caller gives.
#[test]
fn a_function_costs_what_its_callers_give_it() {
    let text = "
define doubled (xs: list of int) gives list of int
    for each x in xs give x + x

define total (xs: list of int) gives int
    sum of x for x in xs

decision ask (xs: list of int, at most 10) gives int
    total(doubled(xs))
";
    insta::assert_snapshot!(cost(text), @"90 steps [] [xs at most 10]");
    assert_eq!(unbounded(text), "");
    let open = text.replace(", at most 10", "");
    assert_eq!(unbounded(&open), "xs");
}

#[test]
fn lists_that_are_made_are_as_long_as_what_they_are_made_of() {
    for (result, body) in [
        ("int", "count of y in xs + [1, 2]"),
        ("int", "count of y in (if flag then xs else [1])"),
        ("int", "count of y in xs where y > 0"),
        ("int", "count of a in xs where (exists b in xs where b > a)"),
        (
            "list of int",
            "for each g in group x in xs by half: x > 5 for y in g.members give y",
        ),
        (
            "list of int",
            "for each ys in (for each x in xs give [x, x]) for y in ys give y",
        ),
        (
            "list of int",
            "for each x in xs\n        carry seen: list of int = []\n        next seen = seen + [x]\n        finally seen",
        ),
        (
            "list of int",
            "for each x in xs\n        carry left = xs\n        next left = for each l in left give l + x\n        finally left",
        ),
    ] {
        let text = format!(
            "decision ask (xs: list of int, at most 10, flag: bool) gives {result}\n    {body}\n"
        );
        assert_eq!(unbounded(&text), "", "{body}");
    }
    // One that doubles with each element has no bound that a formula could name.
    let doubling = "
decision ask (xs: list of int, at most 10) gives int
    let all = for each x in xs carry seen: list of int = [] next seen = seen + seen + [x] finally seen
    give count of y in all where y > 0
";
    assert_eq!(unbounded(doubling), "seen");
}

/// All groups together have each element once, however many groups there are.
#[test]
fn groups_cost_the_list_once() {
    let groups = |body: &str| {
        cost(&format!(
            "define total (ms: list of int) gives int\n    sum of m for m in ms\n\n\
             define pairs (ms: list of int) gives int\n    sum of m for m in ms for n in ms where m < n\n\n\
             decision ask (xs: list of int, at most 1000) gives int\n    \
             let groups = group x in xs by part: x / 7 > 5\n    \
             let some = for each g in groups where g.part give g\n    \
             give {body}\n"
        ))
    };
    insta::assert_snapshot!(groups("sum of (sum of m for m in g.members) for g in groups"), @"21009 steps [] [xs at most 1000]");
    insta::assert_snapshot!(groups("sum of m for g in some for m in g.members"), @"18009 steps [] [xs at most 1000]");
    insta::assert_snapshot!(groups("sum of total(g.members) for g in groups"), @"24009 steps [] [xs at most 1000]");
    // Pairs of members are at most the pairs of all elements.
    insta::assert_snapshot!(groups("sum of pairs(g.members) for g in groups"), @"6022009 steps [] [xs at most 1000 × xs at most 1000]");
    // What goes through the groups again for each element costs them each time.
    insta::assert_snapshot!(groups("sum of m for x in xs for g in groups for m in g.members where m > x"), @"8014009 steps [] [xs at most 1000 × xs at most 1000]");
    // Lists of members that leave the loop may each be all of them.
    insta::assert_snapshot!(groups("sum of y for ys in (for each g in groups give g.members) for y in ys"), @"3018010 steps [] [xs at most 1000 × xs at most 1000]");
    insta::assert_snapshot!(groups("sum of y for y in (for each g in groups for m in g.members give m)"), @"21010 steps [] [xs at most 1000]");
    insta::assert_snapshot!(groups("count of z in (for each g in groups carry all: list of int = [] next all = all + g.members finally all)"), @"1022012 steps [] [xs at most 1000 × xs at most 1000]");
    // Groups of the members of groups.
    insta::assert_snapshot!(groups("sum of (let inner = group m in g.members by odd: m > 3 give sum of (count of h.members) for h in inner) for g in groups"), @"33009 steps [] [xs at most 1000]");
}

/// A carried list goes through functions.
#[test]
fn a_function_may_make_the_next_list() {
    let carried = |next: &str| {
        unbounded(&format!(
            "define some (ms: list of int, n: int) gives list of int\n    for each m in ms where m > n give m\n\n\
             define more (ms: list of int, n: int) gives list of int\n    ms + [n]\n\n\
             define twice (ms: list of int) gives list of int\n    ms + ms\n\n\
             define pair (n: int) gives list of int\n    [n, n]\n\n\
             decision ask (xs: list of int, at most 12) gives int\n    \
             let all = for each x in xs\n        carry seen = xs\n        next seen = {next}\n        finally seen\n    \
             give count of y in all where y > 0\n"
        ))
    };
    for bounded in [
        "some(seen, x)",
        "more(some(seen, x), x)",
        "some(seen + [x], x) + xs",
        "pair(count of seen)",
        "if x > 3 then more(seen, x) else pair(x)",
        "let kept = some(seen, x) give kept + [x]",
        "let kept = some(seen, x) let all = more(kept, x) give if x > 3 then all else kept",
    ] {
        assert_eq!(carried(bounded), "", "{bounded}");
    }
    for open in [
        "twice(seen)",
        "more(seen + seen, x)",
        "more(twice(seen), x)",
    ] {
        assert_eq!(carried(open), "seen", "{open}");
    }
}

#[test]
fn rows_are_bounded_by_their_declaration_their_key_and_what_is_distinct() {
    let data = "
data Price
    key item : code, row : int
    place : code, size : int
    check distinct place, size
    rows at most 40 per item
";
    let ask = |condition: &str| {
        let text = format!(
            "{data}\ndecision ask (item: code, row: int) gives int\n    count of p in Price where {condition}\n"
        );
        (unbounded(&text), cost(&text))
    };
    assert_eq!(ask("p.size > row").0, "Price");
    assert!(
        ask("p.item = item")
            .1
            .contains("Price rows at most 40 per item")
    );
    for unique in [
        "p.item = item and p.row = row",
        "p.size = row and p.place = item",
    ] {
        let (open, cost) = ask(unique);
        assert!(open.is_empty() && !cost.contains("rows"), "{cost}");
    }
}

#[test]
fn working_days_cost_the_days_that_are_looked_at() {
    let text = "
decision ask (day: date, c: calendar) gives date
    add_working_days(day, 5, [c])
";
    assert!(cost(text).contains("days of a calendar"), "{}", cost(text));
}

/// What the interpreter counts is at most what was promised, at the greatest lengths.
#[test]
fn what_is_counted_stays_below_the_bound() {
    for body in [
        "sum of x for x in xs",
        "sum of x + y for x in xs for y in xs where x < y",
        "sum of x for x in (for each y in xs by y descending give y + 1) where x in xs",
        "count of g in (for each g in group x in xs by odd: x > 4 give count of g.members) where g > 0",
        "count of z in (for each x in xs carry seen: list of int = [] next seen = seen + [x] finally seen)",
        "count of x in xs where xs = xs + []",
        "count of z in (for each x in xs carry seen: list of int = xs next seen = seen + [x] + xs finally seen)",
        "sum of tier(x) for x in xs",
        "sum of (sum of m for m in g.members) for g in (for each g in groups give g)",
        "sum of m for g in groups for m in g.members for n in g.members where m in g.members",
        "count of z in (for each g in groups carry all: list of int = [] next all = all + g.members finally all)",
        "sum of y for ys in (for each g in groups give g.members) for y in ys",
        "sum of m for x in xs for g in groups for m in g.members where m > x",
        "sum of (let inner = group m in g.members by odd: m > 3 give sum of (count of h.members) for h in inner) for g in groups",
        "count of z in (for each g in groups carry all = xs next all = longer(all, g.members) finally all)",
        "count of y in (for each g in groups give share of 10 by (count of g.members) to 1) where y > 1",
        "count of x in (for each x in xs give share of 10 by x to 1) where x > 1",
        "sum of (sum of m for m in b.held) for b in (for each g in groups give Held(held: g.members, n: 1))",
        "sum of (sum of m for m in b.held) for b in held_of(xs)",
        "sum of (sum of m for m in b.held) for b in held_of(xs + xs) where (count of b.held) > 1",
        "(let h = collected(xs).held give sum of y + z for y in h for z in h for w in h)",
        "sum of y for y in grown(collected(xs), xs).held",
        "sum of y for y in (if (count of xs) > 3 then collected(xs) else Held(held: xs + xs, n: 2)).held",
        "(let last = (for each x in xs carry acc: Held = Held(held: xs, n: 0) next acc = acc with (held: [x] + acc.held) finally acc) give sum of y + z for y in last.held for z in last.held for w in last.held)",
        "(let last = (for each x in xs carry acc: Held = Held(held: [], n: 0) next acc = if x > 3 then acc with (n: x) else acc with (held: acc.held + xs) finally acc) give sum of y + z for y in last.held for z in last.held for w in last.held)",
    ] {
        let text = format!(
            "table tier (x: int) gives int\n    hit first\n    | x   || tier |\n    | < 3 || 1    |\n    | < 7 || x    |\n    | -   || x + x |\n\n\
             define longer (a: list of int, b: list of int) gives list of int\n    a + b\n\n\
             record Held\n    held : list of int\n    n : int\n\n\
             define held_of (xs: list of int) gives list of Held\n    for each g in group x in xs by part: x < 5\n        give Held(held: g.members, n: 1)\n\n\
             define collected (xs: list of int) gives Held\n    for each x in xs\n        carry acc: Held = Held(held: [], n: 0)\n        next acc = Held(held: acc.held + [x], n: acc.n + 1)\n        finally acc\n\n\
             define grown (h: Held, xs: list of int) gives Held\n    h with (held: xs + xs)\n\n\
             decision ask (xs: list of int, at most 12) gives int\n    let groups = group x in xs by part: x < 5 then rest: x / 2 = round x / 2 to 1\n    give {body}\n"
        );
        let program = linked(&text);
        let Some(decision) = program.decisions.first() else {
            panic!("a decision");
        };
        let bound: u64 = decision.cost.terms.iter().map(|term| term.steps).sum();
        for length in [1, 5, 12] {
            let xs: Vec<Value> = (1..=length).map(Value::Int).collect();
            let answer = Interpreter::new(&program, &assize_eval::data::NoData, Limits::default())
                .decide("ask", &[Value::List(xs.into())], None);
            assert!(answer.result.is_ok(), "{body}: {:?}", answer.result);
            assert!(
                answer.steps <= bound,
                "{body}: {} steps of {length} elements, promised {bound}",
                answer.steps
            );
        }
    }
}

/// Comparing and copying lists is work for each element, and is counted as such.
#[test]
fn lists_that_are_compared_or_copied_cost_their_elements() {
    for body in [
        "count of x in xs where xs + [] = xs",
        "count of x in xs where x + 100 in xs",
        "count of z in (for each x in xs carry seen: list of int = [] next seen = seen + [x] finally seen)",
    ] {
        let text = format!("decision ask (xs: list of int, at most 1000) gives int\n    {body}\n");
        let program = linked(&text);
        let xs: Vec<Value> = (1..=1000).map(Value::Int).collect();
        let answer = Interpreter::new(&program, &assize_eval::data::NoData, Limits::default())
            .decide("ask", &[Value::List(xs.into())], None);
        assert!(answer.steps > 400_000, "{body}: {} steps", answer.steps);
    }
}

/// Starts and the end of a loop are evaluated when there is no element, too.
#[test]
fn a_loop_over_nothing_costs_its_starts_and_its_end() {
    let program = linked(
        "define last (xs: list of int) gives int\n    for each x in xs\n        carry a: int = 1\n        carry b: int = 2\n        next a = x\n        next b = x\n        finally a + b\n\n\
         decision ask (a: int) gives int\n    last([]) + a\n",
    );
    let terms = program.decisions.iter().flat_map(|it| &it.cost.terms);
    let bound: u64 = terms.map(|term| term.steps).sum();
    let answer = Interpreter::new(&program, &assize_eval::data::NoData, Limits::default()).decide(
        "ask",
        &[Value::Int(0)],
        None,
    );
    assert_eq!(answer.result, Ok(Value::Int(3)));
    assert!(
        answer.steps <= bound,
        "{} steps, promised {bound}",
        answer.steps
    );
}

/// Where the key of an index fails, all rows are looked at until the condition asks for it.
#[test]
fn a_key_that_may_fail_looks_at_all_rows() {
    let data = "
data Price
    key row : int
    item    : code
    amount  : int
    rows at most 1000
    rows at most 2 per item

define named (n: int) gives code
    let part = 10 / n
    give if part > 3 then \"A\" else \"B\"

define plain (n: int) gives code
    if n > 3 then \"A\" else \"B\"
";
    let most = |wanted: &str, condition: &str| {
        cost(&format!(
            "{data}\ndecision ask (n: int) gives int\n    let wanted = {wanted}\n    \
             give count of p in Price where {condition}\n"
        ))
    };
    let all = "[] [Price rows at most 1000]";
    let few = "[] [Price rows at most 2 per item]";
    let late = "p.amount > 3 and p.item = wanted";
    assert!(most("named(n)", late).ends_with(all));
    assert!(most("plain(n)", late).ends_with(few));
    // The first row ends the decision.
    let early = "p.item = wanted and p.amount > 3";
    assert!(most("named(n)", early).ends_with(few));
}

/// Lists in records that the rules build are as long as what they are filled with; those of records from
/// outside have no bound but a declared one, and a list that doubles has none at all.
#[test]
fn lists_in_records_that_are_built_are_bounded() {
    let head = "record Held
    held : list of int
    n    : int

define collected (xs: list of int) gives Held
    for each x in xs
        carry acc : Held = Held(held: [], n: 0)
        next acc = Held(held: acc.held + [x], n: acc.n + 1)
        finally acc

define doubled (xs: list of int) gives Held
    for each x in xs
        carry acc : Held = Held(held: [1], n: 0)
        next acc = acc with (held: acc.held + acc.held)
        finally acc

define kept (h: Held) gives Held
    h with (n: 1)

";
    for (body, open) in [
        ("sum of y for y in collected(xs).held", ""),
        ("sum of y for y in doubled(xs).held", "held"),
        ("sum of y for y in kept(collected(xs)).held", "held"),
        ("sum of y for y in given.held", "held"),
    ] {
        let text = format!(
            "{head}decision ask (xs: list of int, at most 12, given: Held) gives int\n    ({body}) + given.n\n"
        );
        assert_eq!(unbounded(&text), open, "{body}");
    }
}
