//! What cells of each type take: ranges, steps, texts, `not`, a missing value.

use super::check;

/// 0.5 and 3.5 have a place too many, so the values are 1, 2 and 3.
#[test]
fn an_end_between_two_steps_is_no_value() {
    let text = r"number Pieces = plain, 0 places, from 0.5 to 3.5

table rate (pieces: Pieces) gives int
    | pieces || rate |
    | 1 to 2 || 1    |
    | 3      || 2    |
";
    assert_eq!(check(text), "nothing");
}

#[test]
fn cells_with_not_and_lists_of_ranges() {
    let text = r"enum Kind = order | quote | invoice | memo

table rate (kind: Kind, quantity: int) gives int
    | kind             | quantity           || rate |
    | not order, quote | -                  || 1    |
    | order            | 1 to 9, 20 to 29   || 2    |
    | order            | not 1 to 9, 20 to 29 || 3  |
    | quote, memo      | > 5                || 4    |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 3: no row of `rate` takes kind quote, quantity < 6
      because for example kind quote, quantity 0: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: kind quote, quantity 0"
      |     expect error undecided in rate(quote, 0)
    Error A0411 line 8: row 1 and row 4 can both apply
      line 8: says 4
      line 5: says 1
      because both take kind memo, quantity 6
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row 1 and row 4
      | test "rate: kind memo, quantity 6"
      |     expect error conflict in rate(memo, 6)
    "#);
}

#[test]
fn columns_of_texts_and_codes() {
    let text = r#"table vat (country: code, note: text?) gives int
    | country    | note    || rate |
    | "de"       | -       || 19   |
    | "AT", "BE" | -       || 20   |
    | "DE"       | "goods" || 7    |
    | "CH"       | missing || 8    |
"#;
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 1: no row of `vat` takes country "CH", any other, note not missing
      because for example country "CH", note "goods": the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "vat: country 'CH', note 'goods'"
      |     expect error undecided in vat("CH", "goods")
    Warning A0412 line 1: no row of `vat` takes country any other, note missing
      because for example country "OTHER", note missing: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "vat: country 'OTHER', note missing"
      |     expect error undecided in vat("OTHER", missing)
    Error A0411 line 5: row 1 and row 3 can both apply
      line 5: says 7
      line 3: says 19
      because both take country "DE", note "goods"
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row 1 and row 3
      | test "vat: country 'DE', note 'goods'"
      |     expect error conflict in vat("DE", "goods")
    "#);
}

#[test]
fn columns_of_percents() {
    let text = r"number Share = percent, 2 places, from 0% to 100%

table verdict (share: Share) gives int
    | share               || verdict |
    | 0% to below 33.3%   || 1       |
    | 33.3% to 66.66%     || 2       |
    | >= 66.68%           || 3       |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 3: no row of `verdict` takes share 66.67%
      because for example share 66.67%: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "verdict: share 66.67%"
      |     expect error undecided in verdict(66.67%)
    "#);
}

#[test]
fn ranges_of_an_ordered_enum() {
    let text = r"enum Credit = clear < warning < hold < refuse

table step (credit: Credit) gives int
    | credit          || step |
    | clear           || 1    |
    | warning to hold || 2    |
    | >= hold         || 3    |

table gap (credit: Credit) gives int
    | credit || step |
    | < hold || 1    |
    | > hold || 2    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 7: row 2 and row 3 can both apply
      line 7: says 3
      line 6: says 2
      because both take credit hold
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row 2 and row 3
      | test "step: credit hold"
      |     expect error conflict in step(hold)
    Warning A0412 line 9: no row of `gap` takes credit hold
      because for example credit hold: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "gap: credit hold"
      |     expect error undecided in gap(hold)
    "#);
}

#[test]
fn numbers_without_steps_touch_without_meeting() {
    let text = r"table rate (x: number) gives int
    | x         || rate |
    | < 10      || 1    |
    | 10 to 20  || 2    |
    | > 20      || 3    |

table gap (x: number) gives int
    | x         || rate |
    | < 10      || 1    |
    | > 10      || 3    |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 7: no row of `gap` takes x 10
      because for example x 10: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "gap: x 10"
      |     expect error undecided in gap(10)
    "#);
}

#[test]
fn a_cell_outside_of_the_range_of_its_column() {
    let text = r"number Quantity = plain, 0 places, from 1 to 1_000

table rate (quantity: Quantity) gives int
    | quantity  || rate |
    | < 1       || 0    |
    | 1 to 999  || 1    |
    | > 999     || 2    |
    | >= 5_000  || 3    |
";
    insta::assert_snapshot!(check(text), @r"
    Warning A0417 line 5: `quantity` never has this value
      line 5: row 1 can never decide
      because it is declared as 1 to 1000
      instead correct the cell, or widen the range of the declaration
    Warning A0417 line 8: `quantity` never has this value
      line 8: row 4 can never decide
      because it is declared as 1 to 1000
      instead correct the cell, or widen the range of the declaration
    ");
}

#[test]
fn two_columns_over_one_value_hold_together() {
    let text = r"table rate (from: int, quantity: int) gives int
    hit first
    | quantity | quantity | from || rate |
    | > 10     | < 5      | -    || 1    |
    | -        | -        | -    || 2    |
";
    insta::assert_snapshot!(check(text), @r"
    Warning A0417 line 4: the cells of `quantity` exclude each other
      line 4: row 1 can never decide
      instead correct one of them
    ");
}
