//! Rows whose order counts: covered rows, repeated rows, steps of a scale.

use super::check;

#[test]
fn a_row_of_hit_first_that_others_cover() {
    let text = r"table rate (quantity: int, large: bool) gives int
    hit first
    | quantity | large || rate |
    | >= 10    | true  || 1    |
    | >= 10    | false || 2    |
    | 50 to 60 | -     || 3    |
    | -        | -     || 4    |
";
    insta::assert_snapshot!(check(text), @r"
    Warning A0413 line 6: row 3 can never decide
      line 4: takes some of its cases
      line 5: takes some of its cases
      because rows above it take all its cases
      instead leave it out, or move it up
    ");
}

#[test]
fn an_order_that_does_not_matter() {
    let text = r"table apart (quantity: int) gives int
    hit first
    | quantity || rate |
    | < 10     || 1    |
    | >= 10    || 2    |

table alike (quantity: int) gives int
    hit first
    | quantity || rate |
    | <= 10    || 1    |
    | >= 10    || 1    |

table matters (quantity: int) gives int
    hit first
    | quantity || rate |
    | <= 10    || 1    |
    | >= 10    || 2    |
";
    insta::assert_snapshot!(check(text), @r"
    Note A0415 line 1: the order of the rows does not matter: `hit unique` says so
    Note A0415 line 7: the order of the rows does not matter: `hit same` says so
    ");
}

#[test]
fn repeated_rows_count_twice() {
    let text = r"table fees (weight: int) gives int
    hit sum
    | weight || fee |
    | > 10   || 5   |
    | > 20   || 8   |
    | > 10   || 5   |

table first (weight: int) gives int
    hit first
    | weight || fee |
    | > 10   || 5   |
    | > 10   || 5   |
    | -      || 0   |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0418 line 6: row 3 says the same as row 1
      line 6: the same again
      line 4: first here
      because both take the same cases, and `hit sum` adds their output once for each
      instead leave one of them out, or correct what should differ
    Warning A0413 line 12: row 2 can never decide
      line 11: takes some of its cases
      because a row above it says the same of the same cases
      instead leave it out, or move it up
    "#);
}

#[test]
fn a_step_against_all_others_is_noted() {
    let text = r"number Percent = percent
currency EUR
unit piece

table discount (quantity: int) gives Percent
    hit first
    | quantity || discount |
    | >= 1000  || 10%      |
    | >= 500   || 4%       |
    | >= 100   || 5%       |
    | -        || 0%       |

table mixed (quantity: int) gives Percent
    hit first
    | quantity || discount |
    | >= 1000  || 10%      |
    | >= 500   || 4%       |
    | >= 100   || 5%       |
    | >= 10    || 1%       |
    | -        || 2%       |

number Price = EUR per piece

table price (quantity: int, retail: bool) gives Price
    | retail \ quantity | 1 to 9           | 10 to 99         | 100 to 999       |
    | true              | 4 EUR per piece  | 5 EUR per piece  | 3 EUR per piece  |
    | false             | 4 EUR per piece  | 3 EUR per piece  | 2 EUR per piece  |
";
    insta::assert_snapshot!(check(text), @r#"
    Note A0419 line 9: `discount` falls from 5% to 4% at quantity 500, and rises at every other step
      line 9: says 4%
      line 10: says 5%
      because quantity 100 gives 5%, and quantity 500 gives 4%: who takes more pays more for each
      instead correct one of both, unless it is meant
    Warning A0412 line 24: no row of `price` takes quantity < 1
      because for example quantity 0: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "price: quantity 0"
      |     expect error undecided in price(0, false)
    Warning A0412 line 24: no row of `price` takes quantity >= 1000
      because for example quantity 1000: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "price: quantity 1000"
      |     expect error undecided in price(1000, false)
    Note A0419 line 26: `price` rises from 4 to 5 at quantity 10, and falls at every other step
      line 26: says 5
      line 26: says 4
      because quantity 1 gives 4, and quantity 10 gives 5: who takes more pays more for each
      instead correct one of both, unless it is meant
    "#);
}

/// A type says of a price which way it goes, and a name of a percent that it is a discount.
#[test]
fn a_single_step_that_goes_the_wrong_way_is_noted() {
    let text = r"number Percent = percent
currency EUR
unit piece
number Price = EUR per piece
record Terms
    rebate : Percent
    fee    : Percent

table price (quantity: int) gives Price
    | quantity || price |
    | < 10     || 4     |
    | >= 10    || 5     |

table cheaper (quantity: int) gives Price
    | quantity || price |
    | < 10     || 5     |
    | >= 10    || 4     |

table alike (quantity: int) gives Price
    | quantity || price |
    | < 10     || 5     |
    | >= 10    || 5     |

table card_fee (quantity: int) gives Percent
    | quantity || fee |
    | < 10     || 5%  |
    | >= 10    || 3%  |

table staff_discount (quantity: int) gives Percent
    | quantity || percent |
    | < 10     || 5%      |
    | >= 10    || 3%      |

table terms (quantity: int, retail: bool) gives Terms
    | quantity | retail || rebate | fee |
    | < 10     | true   || 1%     | 3%  |
    | >= 10    | true   || 2%     | 2%  |
    | < 10     | false  || 4%     | 3%  |
    | >= 10    | false  || 3%     | 2%  |

table size (number: int) gives Price
    | number || price |
    | 1      || 4     |
    | not 1  || 5     |

number Quantity = piece, 0 places, from 1 to 1000

table grid (quantity: Quantity, retail: bool) gives Price
    | retail \ quantity | 1+ | 10+ |
    | true              | 4  | 3   |
    | false             | 4  | 5   |
";
    insta::assert_snapshot!(check(text), @r"
    Note A0419 line 12: `price` rises from 4 to 5 at quantity 10
      line 12: says 5
      line 11: says 4
      because quantity 0 gives 4, and quantity 10 gives 5: who takes more pays more for each
      instead correct one of both, unless it is meant
    Note A0419 line 32: `percent` falls from 5% to 3% at quantity 10
      line 32: says 3%
      line 31: says 5%
      because quantity 0 gives 5%, and quantity 10 gives 3%: who takes more pays more for each
      instead correct one of both, unless it is meant
    Note A0419 line 39: `rebate` falls from 4% to 3% at quantity 10
      line 39: says 3%
      line 38: says 4%
      because quantity 0 gives 4%, and quantity 10 gives 3%: who takes more pays more for each
      instead correct one of both, unless it is meant
    Note A0419 line 51: `grid` rises from 4 to 5 at quantity 10
      line 51: says 5
      line 51: says 4
      because quantity 1 gives 4, and quantity 10 gives 5: who takes more pays more for each
      instead correct one of both, unless it is meant
    ");
}
