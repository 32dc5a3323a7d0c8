//! Conditions that are always decided, and numbers that are rounded twice.

use super::check;

#[test]
fn conditions_that_are_always_decided() {
    let text = r#"enum Tier = bronze < silver < gold
enum Kind = order | quote
number Share = plain, 0 places, from 0 to 100

record Line
    share : Share
    tier  : Tier
    open  : bool
    other : Tier?
    days  : list of int
    check share < 5 or share >= 5 because "always"

define a (line: Line) gives bool
    line.share between 0 and 100
define b (line: Line) gives bool
    line.tier not in [bronze, silver, gold]
define c (line: Line) gives bool
    line.tier >= bronze
define d (line: Line) gives bool
    (count of line.days) < 0
define e (line: Line) gives bool
    line.share != line.share
define f (line: Line) gives bool
    line.share < 5 and line.open and line.share > 7
define g (line: Line) gives bool
    line.share < 50 or line.share > 20
define h (line: Line) gives bool
    any of [line.tier is gold, line.tier < gold]
define i (line: Line) gives bool
    line.share between 10 and 5
define j (line: Line) gives int
    count of day in line.days where day > 5 and day < 6
define k (line: Line, kind: Kind) gives bool
    (kind is order and kind is quote) or line.open

rule r (line: Line) gives int
    default 0
    exception never
        when line.share > 5 and line.share < 3
        then 1
    exception always
        when line.tier >= bronze and line.open
        then 2

define fine (line: Line, kind: Kind, n: int?) gives bool
    all of [
        line.share between 1 and 100,
        line.tier in [bronze, silver],
        line.other in [bronze, silver, gold],
        line.tier > bronze or line.open,
        line.share < 5 or line.share > 5,
        n is missing or n > 0,
        (count of line.days) >= 1,
        line.share < 50 and line.share > 20,
        kind is order or kind is quote and line.open
    ]
"#;
    insta::assert_snapshot!(check(text), @r"
    Warning A0306 line 11: this is always true
      because in every case `share < 5` or `share >= 5` holds
      instead correct one of them
    Warning A0306 line 14: this is always true
      because `line.share` is 0 to 100
      instead leave it out, or correct it
    Warning A0306 line 16: this is always false
      because `line.tier` is bronze to gold
      instead leave it out, or correct it
    Warning A0306 line 18: this is always true
      because `line.tier` is bronze to gold
      instead leave it out, or correct it
    Warning A0306 line 20: this is always false
      because a count is 0 or more
      instead leave it out, or correct it
    Warning A0306 line 22: this is always false
      because `line.share` is compared with itself
      instead leave it out, or correct it
    Warning A0306 line 24: this is always false
      because `line.share < 5` and `line.share > 7` exclude each other
      instead correct one of them
    Warning A0306 line 26: this is always true
      because in every case `line.share < 50` or `line.share > 20` holds
      instead correct one of them
    Warning A0306 line 28: this is always true
      because in every case `line.tier is gold` or `line.tier < gold` holds
      instead correct one of them
    Warning A0306 line 30: this is always false
      because the lower end is above the upper end
      instead leave it out, or correct it
    Warning A0306 line 32: this is always false
      because `day > 5` and `day < 6` exclude each other
      instead correct one of them
    Warning A0306 line 34: this is always false
      because `kind is order` and `kind is quote` exclude each other
      instead correct one of them
    Warning A0509 line 38: the exception `never` can never apply
      because its conditions exclude each other
      instead correct them, or leave it out
    Warning A0306 line 42: this is always true
      because `line.tier` is bronze to gold
      instead leave it out, or correct it
    ");
}

#[test]
fn conditions_are_looked_at_together_up_to_a_limit() {
    let told = |parts: usize| {
        let middle = " and open".repeat(parts - 2);
        check(&format!(
            "define a (n: int, open: bool) gives bool\n    n < 5{middle} and n > 7\n"
        ))
    };
    assert!(told(256).contains("always false"));
    assert_eq!(told(257), "nothing");
}

#[test]
fn a_name_that_is_rounded_twice() {
    let text = r"define coarser (x: number) gives number
    let cents = round x to 0.01
    let same  = cents
    give round same to 0.1

define chosen (x: number, large: bool) gives number
    let value = if large then round x to 0.05 else x
    give round value to 0.1

define each (xs: list of number) gives list of number
    for each x in xs
        let cents = round x to 0.01
        give round cents to 1

define twice (x: number) gives number
    let units = round x to 10
    give round units to 2

define once (x: number, step: number) gives number
    let cents = round x to 0.01
    let open  = x * 2
    give round (cents + cents) to 0.1 + round open to 0.1
";
    insta::assert_snapshot!(check(text), @r"
    Warning A0315 line 4: this is rounded twice, and the first rounding can change the second
      line 2: rounded here first
      instead round once, to the last step
    Warning A0315 line 8: this is rounded twice, and the first rounding can change the second
      line 7: rounded here first
      instead round once, to the last step
    Warning A0315 line 13: this is rounded twice, and the first rounding can change the second
      line 12: rounded here first
      instead round once, to the last step
    ");
}

/// A record is linked with its checks, and its checks are looked at like other conditions.
#[test]
fn conditions_of_checks_that_never_hold() {
    let told = check(
        "record R
    a : int
    check a > 1 and a < 1
        because \"x\"
data D
    key k : int
    b : int
    check b = b
        because \"y\"
",
    );
    assert!(
        told.contains("A0306 line 3: this is always false"),
        "{told}"
    );
    assert!(told.contains("A0306 line 8"), "{told}");
}
