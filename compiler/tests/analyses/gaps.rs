//! Cases that no row takes.

use super::check;

#[test]
fn a_gap_is_one_merged_box_with_an_example() {
    let text = r"enum Segment = retail | trade | partner

table rate (segment: Segment, quantity: int) gives int
    | segment        | quantity || rate |
    | retail         | < 10     || 0    |
    | retail         | >= 100   || 5    |
    | trade, partner | -        || 8    |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 3: no row of `rate` takes segment retail, quantity 10 to 99
      because for example segment retail, quantity 10: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: segment retail, quantity 10"
      |     expect error undecided in rate(retail, 10)
    "#);
}

#[test]
fn a_missing_value_is_not_covered_by_comparisons() {
    let text = r"table rate (quantity: int?) gives int
    | quantity || rate |
    | < 10     || 0    |
    | >= 10    || 3    |

table covered (quantity: int?) gives int
    | quantity   || rate |
    | not 1 to 9 || 0    |
    | 1 to 9     || 3    |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 1: no row of `rate` takes quantity missing
      because for example quantity missing: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: quantity missing"
      |     expect error undecided in rate(missing)
    "#);
}

#[test]
fn a_grid_has_a_gap_below_its_first_step() {
    let text = r"number Quantity = plain, 0 places, from 1 to 1_000

table rate (large: bool, quantity: Quantity) gives int
    | large \ quantity | 10+ | 100+ |
    | true             | 1   | 2    |
    | false            | 3   | 4    |

table covered (large: bool, quantity: Quantity) gives int
    | large \ quantity | 1+ | 100+ |
    | true             | 1  | 2    |
    | false            | 3  | 4    |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 3: no row of `rate` takes quantity 1 to 9
      because for example quantity 1: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: quantity 1"
      |     expect error undecided in rate(false, 1)
    "#);
}

#[test]
fn a_policy_over_reasons_has_to_say_something_about_each() {
    let text = r#"reason blocked
    "The customer is blocked"

reason overdue
    "Something is overdue"

table effect (code: ReasonCode) gives int
    | code    || effect |
    | blocked || 1      |

table complete (code: ReasonCode) gives int
    hit first
    | code             || effect |
    | blocked, overdue || 1      |
    | -                || 2      |
"#;
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 7: no row of `effect` takes code overdue, any other
      because for example code overdue: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "effect: code overdue"
      |     expect error undecided in effect(overdue)
    "#);
}

#[test]
fn results_that_may_be_missing_and_lists_have_no_gap() {
    let text = r#"table rate (quantity: int) gives int?
    | quantity || rate |
    | > 10     || 3    |

table notes (quantity: int) gives list of text
    hit list
    | quantity || note   |
    | > 10     || "many" |
"#;
    insta::assert_snapshot!(check(text), @r"nothing");
}

#[test]
fn several_gaps_are_shown_up_to_a_limit() {
    let text = r"table rate (a: int) gives int
    hit same
    | a                   || rate |
    | 1, 3, 5, 7, 9, 11   || 1    |
    | 13, 15              || 1    |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 1: no row of `rate` takes a 2
      because for example a 2: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: a 2"
      |     expect error undecided in rate(2)
    Warning A0412 line 1: no row of `rate` takes a 4
      because for example a 4: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: a 4"
      |     expect error undecided in rate(4)
    Warning A0412 line 1: no row of `rate` takes a 6
      because for example a 6: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: a 6"
      |     expect error undecided in rate(6)
    Warning A0412 line 1: no row of `rate` takes a 8
      because for example a 8: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: a 8"
      |     expect error undecided in rate(8)
    Warning A0412 line 1: no row of `rate` takes a < 1
      because for example a 0: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: a 0"
      |     expect error undecided in rate(0)
    Note A0412 line 1: no row of `rate` takes 4 other kinds of case
    "#);
}

#[test]
fn fields_of_records_that_may_be_missing() {
    let text = r"record Customer
    limit : int?
    vip   : bool

table credit (customer: Customer) gives int
    hit first
    | customer.limit | customer.vip || credit |
    | missing        | true         || 1      |
    | < 100          | -            || 2      |
    | >= 100         | true         || 3      |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 5: no row of `credit` takes customer.limit >= 100, customer.vip false
      because for example customer.limit 100, customer.vip false: the decision ends with `undecided`
      instead add a row for it, or a last row for everything else
      case: undecided
      | test "credit: customer.limit 100, customer.vip false"
      |     expect error undecided in credit(Customer(limit: 100, vip: false))
    Warning A0412 line 5: no row of `credit` takes customer.limit missing, customer.vip false
      because for example customer.limit missing, customer.vip false: the decision ends with `undecided`
      instead add a row for it, or a last row for everything else
      case: undecided
      | test "credit: customer.limit missing, customer.vip false"
      |     expect error undecided in credit(Customer(vip: false))
    Note A0415 line 5: the order of the rows does not matter: `hit unique` says so
    "#);
}

#[test]
fn of_many_values_the_first_are_named_and_the_others_counted() {
    let rules = |values: usize| {
        let names: Vec<String> = (1..=values).map(|at| format!("value_{at}")).collect();
        let names = names.join(" | ");
        format!(
            "enum Kind = {names}\n\ntable rate (kind: Kind) gives int\n    | kind    || rate |\n    \
             | value_1 || 0    |\n"
        )
    };
    let claim = |values: usize| {
        let told = check(&rules(values));
        told.lines().next().unwrap_or_default().to_string()
    };
    assert_eq!(
        claim(8),
        "Warning A0412 line 3: no row of `rate` takes kind value_2, value_3, value_4, value_5, \
         value_6, value_7, value_8"
    );
    assert_eq!(
        claim(400),
        "Warning A0412 line 3: no row of `rate` takes kind value_2, value_3, value_4, value_5, \
         value_6, value_7, … and 393 more"
    );
}
