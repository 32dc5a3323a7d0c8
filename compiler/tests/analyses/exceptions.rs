//! Exceptions of rules: conflicts, what never applies, open cases.

use super::check;

#[test]
fn exceptions_that_conflict_and_that_may_conflict() {
    let text = r#"define regular (name: text) gives bool
    starts_with(name, "A")

rule certain (quantity: int, loyal: bool) gives int
    default 0
    exception many
        when quantity >= 10
        then 3
    exception regulars
        when loyal
        then 5

rule depends (quantity: int, name: text) gives int
    default 0
    exception many
        when quantity >= 10
        then 3
    exception regulars
        when name is regular
        then 5

rule unknown (quantity: int, name: text) gives int
    default 0
    exception many
        when quantity >= 10
        then 3
    exception longs
        when length(name) > 9 and name is regular
        then 5

rule apart (quantity: int) gives int
    default 0
    exception many
        when quantity >= 10
        then 3
    exception few
        when quantity < 5
        then 1

rule ruled (quantity: int, loyal: bool) gives int
    default 0
    exception many
        when quantity >= 10
        then 3
    exception regulars yields to many
        when loyal
        then 5

rule agreed (quantity: int, loyal: bool) gives int
    exceptions may agree
    default 0
    exception many
        when quantity >= 10
        then 3
    exception regulars
        when loyal
        then 3
"#;
    insta::assert_snapshot!(check(text), @r#"
    Error A0508 line 9: `many` and `regulars` can both apply
      line 9: applies, too
      line 6: applies
      because for quantity 10, loyal true
      instead say which one decides (`exception regulars overrides many`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `many` and `regulars`
      | test "certain: quantity 10, loyal true"
      |     expect error conflict in certain(10, true)
    Error A0508 line 18: `many` and `regulars` can both apply
      line 18: applies, too
      line 15: applies
      because for quantity 10, name "A"
      instead say which one decides (`exception regulars overrides many`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `many` and `regulars`
      | test "depends: quantity 10, name 'A'"
      |     expect error conflict in depends(10, "A")
    Note A0508 line 27: `many` and `longs` may both apply
      line 24: may apply, too
      because it depends on conditions that are known only when it runs; a conflict ends the decision
      instead to be sure, say which one decides: `overrides many`
    "#);
}

#[test]
fn exceptions_that_never_apply_or_are_always_overridden() {
    let text = r"rule rate (quantity: int, loyal: bool) gives int
    default 0
    exception none
        when quantity >= 10 and quantity < 5
        then 1
    exception large
        when quantity >= 100
        then 8
    exception many overrides large
        when quantity >= 10
        then 3
    exception regulars yields to many
        when loyal and quantity < 50
        then 2

rule together (quantity: int, loyal: bool) gives int
    default 0
    exception large
        when quantity >= 100
        then 8
    exception loyals overrides large
        when quantity >= 10 and loyal
        then 3
    exception others overrides large
        when quantity >= 50 and not loyal
        then 2
";
    insta::assert_snapshot!(check(text), @r"
    Warning A0509 line 3: the exception `none` can never apply
      because its conditions exclude each other
      instead correct them, or leave it out
    Warning A0515 line 6: the exception `large` is always overridden
      line 9: overrides it
      instead leave it out, or narrow what overrides it
    Warning A0515 line 18: the exception `large` is always overridden
      line 21: overrides it
      line 24: overrides it
      instead leave it out, or narrow what overrides it
    ");
}

#[test]
fn exceptions_apply_on_other_days() {
    let text = r"rule rate (loyal: bool, day: date) gives int
    as of day
    default 0
    exception november
        valid 2026-11-01 to 2026-11-30
        when loyal
        then 1
    exception december
        valid from 2026-12-01
        when loyal
        then 2
    exception end_of_november
        valid 2026-11-30 to 2026-12-05
        then 3
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0508 line 12: `december` and `end_of_november` can both apply
      line 12: applies, too
      line 8: applies
      because for day 2026-12-01, loyal true
      instead say which one decides (`exception end_of_november overrides december`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `december` and `end_of_november`
      | test "rate: day 2026-12-01, loyal true"
      |     expect error conflict in rate(true, 2026-12-01)
    Error A0508 line 12: `november` and `end_of_november` can both apply
      line 12: applies, too
      line 4: applies
      because for day 2026-11-30, loyal true
      instead say which one decides (`exception end_of_november overrides november`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `november` and `end_of_november`
      | test "rate: day 2026-11-30, loyal true"
      |     expect error conflict in rate(true, 2026-11-30)
    "#);
}

#[test]
fn a_rule_without_default_leaves_a_case_open() {
    let text = r"enum Segment = retail | trade

rule rate (segment: Segment, quantity: int) gives int
    exception few
        when quantity < 10
        then 0
    exception many
        when quantity >= 10 and segment is trade
        then 3

rule complete (segment: Segment) gives int
    exception retailers
        when segment is retail
        then 0
    exception others
        unless segment is retail
        then 3
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0510 line 3: `rate` leaves a case open: quantity >= 10, segment retail
      because no exception applies, and there is no default
      because for example quantity 10, segment retail: the decision ends with `undecided`
      instead add a `default`, or an exception for it
      case: undecided
      | test "rate: quantity 10, segment retail"
      |     expect error undecided in rate(retail, 10)
    "#);
}

#[test]
fn conditions_of_exceptions_are_read_through_and_or_in_and_between() {
    let text = r"enum Kind = order | quote | invoice

rule rate (kind: Kind, quantity: int, day: date?) gives int
    exception one
        when kind in [order, quote] and quantity between 1 and 9
        then 1
    exception two
        when not (kind is order or kind is quote) and quantity < 10
        then 2
    exception three
        when any of [quantity >= 10, quantity <= 0]
        unless day is missing
        then 3
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0510 line 3: `rate` leaves a case open: kind order, quote, quantity < 1, day missing
      because no exception applies, and there is no default
      because for example kind order, quantity 0, day missing: the decision ends with `undecided`
      instead add a `default`, or an exception for it
      case: undecided
      | test "rate: kind order, quantity 0, day missing"
      |     expect error undecided in rate(order, 0, missing)
    Warning A0510 line 3: `rate` leaves a case open: quantity >= 10, day missing
      because no exception applies, and there is no default
      because for example quantity 10, day missing: the decision ends with `undecided`
      instead add a `default`, or an exception for it
      case: undecided
      | test "rate: quantity 10, day missing"
      |     expect error undecided in rate(order, 10, missing)
    Error A0508 line 10: `two` and `three` can both apply
      line 10: applies, too
      line 7: applies
      because for kind invoice, quantity 0, day 2026-01-01
      instead say which one decides (`exception three overrides two`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `two` and `three`
      | test "rate: kind invoice, quantity 0, day 2026-01-01"
      |     expect error conflict in rate(invoice, 0, 2026-01-01)
    "#);
}

#[test]
fn exceptions_that_clash_say_what_all_of_them_give() {
    let text = r"rule rate (quantity: int) gives int
    default 0
    exception few
        when quantity > 5
        then quantity - quantity + 3
    exception more
        when quantity > 5
        then 3
    exception most
        when quantity > 5
        then 3
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0508 line 9: `few`, `more` and `most` can all apply
      line 9: applies, too
      line 3: applies
      line 6: applies
      because for quantity 6, and all give 3
      instead say which one decides (`overrides`), or narrow them; that all say the same can be allowed: `exceptions may agree`
      case: conflict between `few`, `more` and `most`
      | test "rate: quantity 6"
      |     expect error conflict in rate(6)
    "#);
}

#[test]
fn a_combination_of_ordered_values_may_leave_a_case_open() {
    let rule = |result: &str, default: &str| {
        format!(
            "enum Level = low < mid < high
rule r (x: int) gives {result}
    combine highest
{default}    exception one
        when x > 1
        then mid
    exception two
        when x > 5
        then high
"
        )
    };
    let told = check(&rule("Level", ""));
    assert!(
        told.starts_with("Warning A0510 line 2: `r` leaves a case open: x < 2"),
        "{told}"
    );
    assert_eq!(check(&rule("Level", "    default low\n")), "nothing");
    // Numbers are 0 where nothing applies.
    let numbers = rule("int", "")
        .replace("then mid", "then 1")
        .replace("then high", "then 2");
    assert_eq!(check(&numbers), "nothing");
}

#[test]
fn exceptions_that_conflict_beside_a_third_that_overrides_both() {
    let text = r"rule rate (quantity: int) gives int
    default 0
    exception some
        when quantity >= 10
        then 1
    exception many
        when quantity >= 20
        then 2
    exception sale overrides some, many
        when quantity <= 50
        then 3

rule settled (quantity: int) gives int
    default 0
    exception some
        when quantity >= 10
        then 1
    exception many
        when quantity between 20 and 40
        then 2
    exception sale overrides some, many
        when quantity <= 50
        then 3

rule other (quantity: int, day: date) gives int
    as of day
    default 0
    exception some
        when quantity >= 10
        then 1
    exception many
        when quantity >= 20
        then 2
    exception left overrides some
        valid to 2026-06-30
        then 3
    exception right overrides many
        valid 2026-06-01 to 2026-06-30
        then 4
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0508 line 6: `some` and `many` can both apply
      line 6: applies, too
      line 3: applies
      because for quantity 51
      instead say which one decides (`exception many overrides some`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `some` and `many`
      | test "rate: quantity 51"
      |     expect error conflict in rate(51)
    Warning A0515 line 18: the exception `many` is always overridden
      line 21: overrides it
      instead leave it out, or narrow what overrides it
    Error A0508 line 31: `some` and `many` can both apply
      line 31: applies, too
      line 28: applies
      because for day 2026-07-01, quantity 20
      instead say which one decides (`exception many overrides some`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `some` and `many`
      | test "other: day 2026-07-01, quantity 20"
      |     expect error conflict in other(20, 2026-07-01)
    Error A0508 line 34: `many` and `left` can both apply
      line 34: applies, too
      line 31: applies
      because for day 2026-01-01, quantity 20
      instead say which one decides (`exception left overrides some, many`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `many` and `left`
      | test "other: day 2026-01-01, quantity 20"
      |     expect error conflict in other(20, 2026-01-01)
    Error A0508 line 37: `left` and `right` can both apply
      line 37: applies, too
      line 34: applies
      because for day 2026-06-01
      instead say which one decides (`exception right overrides many, left`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `left` and `right`
      | test "other: day 2026-06-01"
      |     expect error conflict in other(1, 2026-06-01)
    "#);
}

#[test]
fn exceptions_that_may_agree_and_do_not() {
    let text = r"rule rate (quantity: int, base: int) gives int
    exceptions may agree
    default 0
    exception some
        when quantity >= 10
        then 1
    exception same
        when quantity >= 15
        then 1
    exception many
        when quantity >= 20
        then 2
    exception none
        when quantity < 0
        then base
    exception nothing
        when quantity < 0
        then base
";
    insta::assert_snapshot!(check(text), @r#"
    Note A0516 line 4: 3 exceptions of `rate` differ only in constants
      line 4: 10, 1
      line 7: 15, 1
      line 10: 20, 2
      instead write a table with a row for each, and one exception that asks it
    Error A0508 line 10: `some`, `same` and `many` can all apply and say different things
      line 10: says 2
      line 4: says 1
      line 7: says 1
      because for quantity 20
      instead let all say the same, say which one decides (`overrides`), or narrow them
      case: conflict between `some`, `same` and `many`
      | test "rate: quantity 20"
      |     expect error conflict in rate(20, 1)
    "#);
}

#[test]
fn many_pairs_of_exceptions_are_counted() {
    let text = r"rule rate (quantity: int) gives int
    default 0
    exception e0
        when quantity between 0 and 10
        then 0
    exception e1
        when quantity between 10 and 20
        then 1
    exception e2
        when quantity between 20 and 30
        then 2
    exception e3
        when quantity between 30 and 40
        then 3
    exception e4
        when quantity between 40 and 50
        then 4
    exception e5
        when quantity between 50 and 60
        then 5
    exception e6
        when quantity between 60 and 70
        then 6
    exception e7
        when quantity between 70 and 80
        then 7
    exception e8
        when quantity between 80 and 90
        then 8
";
    insta::assert_snapshot!(check(text), @r#"
    Note A0516 line 3: 9 exceptions of `rate` differ only in constants
      line 3: 0, 10, 0
      line 6: 10, 20, 1
      line 9: 20, 30, 2
      line 12: 30, 40, 3
      line 15: 40, 50, 4
      line 18: 50, 60, 5
      because 3 more of them are not shown
      instead write a table with a row for each, and one exception that asks it
    Error A0508 line 6: `e0` and `e1` can both apply
      line 6: applies, too
      line 3: applies
      because for quantity 10
      instead say which one decides (`exception e1 overrides e0`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `e0` and `e1`
      | test "rate: quantity 10"
      |     expect error conflict in rate(10)
    Error A0508 line 9: `e1` and `e2` can both apply
      line 9: applies, too
      line 6: applies
      because for quantity 20
      instead say which one decides (`exception e2 overrides e1`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `e1` and `e2`
      | test "rate: quantity 20"
      |     expect error conflict in rate(20)
    Error A0508 line 12: `e2` and `e3` can both apply
      line 12: applies, too
      line 9: applies
      because for quantity 30
      instead say which one decides (`exception e3 overrides e2`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `e2` and `e3`
      | test "rate: quantity 30"
      |     expect error conflict in rate(30)
    Error A0508 line 15: `e3` and `e4` can both apply
      line 15: applies, too
      line 12: applies
      because for quantity 40
      instead say which one decides (`exception e4 overrides e3`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `e3` and `e4`
      | test "rate: quantity 40"
      |     expect error conflict in rate(40)
    Error A0508 line 18: `e4` and `e5` can both apply
      line 18: applies, too
      line 15: applies
      because for quantity 50
      instead say which one decides (`exception e5 overrides e4`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `e4` and `e5`
      | test "rate: quantity 50"
      |     expect error conflict in rate(50)
    Note A0508 line 1: 3 other pairs of exceptions can apply together
    "#);
}

#[test]
fn a_rule_without_default_is_open_for_a_result_that_may_be_missing() {
    let text = r"rule rate (quantity: int) gives int?
    exception many
        when quantity >= 10
        then 1
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0510 line 1: `rate` leaves a case open: quantity < 10
      because no exception applies, and there is no default
      because for example quantity 0: the decision ends with `undecided`
      instead add a `default`, or an exception for it
      case: undecided
      | test "rate: quantity 0"
      |     expect error undecided in rate(0)
    "#);
}

#[test]
fn what_exceptions_that_may_agree_compute_is_told_with_all_that_they_need() {
    let text = r"rule rate (quantity: int, loyal: bool, base: int) gives int
    exceptions may agree
    default 0
    exception many
        when quantity >= 10
        then base
    exception regulars
        when loyal
        then base + quantity - 11
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0508 line 7: `many` and `regulars` can both apply and say different things
      line 7: says 0
      line 4: says 1
      because for quantity 10, loyal true, base 1
      instead let both say the same, say which one decides (`exception regulars overrides many`), or narrow one
      case: conflict between `many` and `regulars`
      | test "rate: quantity 10, loyal true, base 1"
      |     expect error conflict in rate(10, true, 1)
    "#);
}
