//! Days: holes between rows, the first and the last day.

use super::check;

#[test]
fn holes_in_time_and_the_last_day() {
    let text = r"table fee (day: date) gives int
    | day                            || fee |
    | 2025-01-01 to 2025-06-30       || 5   |
    | 2025-07-15 to below 2026-01-01 || 6   |

table open (day: date) gives int
    | day                            || fee |
    | > 2025-01-01                   || 5   |

table validity (large: bool, day: date) gives int
    as of day
    | large | valid                    || fee |
    | true  | 2025-01-01 to 2025-12-31 || 5   |
    | true  | >= 2026-01-01            || 6   |
    | false | >= 2025-03-01            || 7   |

table steps (large: bool, day: date) gives int
    | large \ day | 2025-01-01+ | 2026-01-01+ |
    | true        | 1           | 2           |
    | false       | 3           | 4           |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 1: no row of `fee` takes day 2025-07-01 to 2025-07-14
      because for example day 2025-07-01: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "fee: day 2025-07-01"
      |     expect error undecided in fee(2025-07-01)
    Note A0512 line 1: the last day of `day` is 2025-12-31: after it nothing is decided
    "#);
}

#[test]
fn a_validity_of_exceptions_without_default_has_a_hole() {
    let text = r"rule fee (day: date) gives int
    as of day
    exception first_half
        valid 2025-01-01 to 2025-06-30
        then 5
    exception second_half
        valid 2025-07-15 to 2025-12-31
        then 6
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0510 line 1: `fee` leaves a case open: day 2025-07-01 to 2025-07-14
      because no exception applies, and there is no default
      because for example day 2025-07-01: the decision ends with `undecided`
      instead add a `default`, or an exception for it
      case: undecided
      | test "fee: day 2025-07-01"
      |     expect error undecided in fee(2025-07-01)
    Note A0512 line 1: the last day of `day` is 2025-12-31: after it nothing is decided
    "#);
}

#[test]
fn time_before_the_first_and_after_the_last_of_a_key_is_no_gap() {
    let text = r"enum Channel = web | shop | mail

table fee (channel: Channel, day: date) gives int
    | channel | day                      || fee |
    | web     | 2025-01-01 to 2025-12-31 || 5   |
    | web     | 2026-02-01 to 2026-12-31 || 6   |
    | shop    | >= 2026-01-01            || 7   |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 3: no row of `fee` takes channel mail
      because for example channel mail: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "fee: channel mail"
      |     expect error undecided in fee(mail, 2026-01-01)
    Warning A0412 line 3: no row of `fee` takes channel web, day 2026-01-01 to 2026-01-31
      because for example channel web, day 2026-01-01: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "fee: channel web, day 2026-01-01"
      |     expect error undecided in fee(web, 2026-01-01)
    Note A0512 line 3: the last day of `day` is 2026-12-31 for channel web: after it nothing is decided
    "#);
}

#[test]
fn a_missing_day_is_a_case() {
    let text = r"enum Segment = retail | trade

table rate (day: date?, segment: Segment) gives int
    | day           | segment || rate |
    | >= 2026-01-01 | -       || 1    |
    | < 2026-01-01  | -       || 2    |

table closed (day: date?, segment: Segment) gives int
    | day                      | segment || rate |
    | 2026-01-01 to 2026-12-31 | retail  || 1    |
    | missing                  | retail  || 1    |
    | -                        | trade   || 2    |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 3: no row of `rate` takes day missing
      because for example day missing: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: day missing"
      |     expect error undecided in rate(missing, retail)
    Note A0512 line 8: the last day of `day` is 2026-12-31 for segment retail: after it nothing is decided
    "#);
}

#[test]
fn holes_along_two_days() {
    let text = r"table fee (ordered: date, posted: date) gives int
    | ordered                  | posted                   || fee |
    | 2026-01-01 to 2026-12-31 | 2026-01-01 to 2026-03-31 || 1   |
    | 2026-01-01 to 2026-12-31 | 2026-05-01 to 2026-12-31 || 2   |
    | >= 2027-01-01            | -                        || 3   |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 1: no row of `fee` takes ordered 2026-01-01 to 2026-12-31, posted 2026-04-01 to 2026-04-30
      because for example ordered 2026-01-01, posted 2026-04-01: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "fee: ordered 2026-01-01, posted 2026-04-01"
      |     expect error undecided in fee(2026-01-01, 2026-04-01)
    "#);
}

#[test]
fn a_hole_behind_many_first_days() {
    let text = r#"table fee (item: code, day: date) gives int
    | item | day || fee |
    | "A0"  | >= 2010-01-01 || 0 |
    | "A1"  | >= 2010-02-01 || 1 |
    | "A2"  | >= 2010-03-01 || 2 |
    | "A3"  | >= 2010-04-01 || 3 |
    | "A4"  | >= 2010-05-01 || 4 |
    | "A5"  | >= 2010-06-01 || 5 |
    | "A6"  | >= 2010-07-01 || 6 |
    | "A7"  | >= 2010-08-01 || 7 |
    | "A8"  | >= 2010-09-01 || 8 |
    | "A9"  | >= 2010-10-01 || 9 |
    | "A10"  | >= 2010-11-01 || 10 |
    | "A11"  | >= 2010-12-01 || 11 |
    | "A12"  | >= 2011-01-01 || 12 |
    | "A13"  | >= 2011-02-01 || 13 |
    | "A14"  | >= 2011-03-01 || 14 |
    | "A15"  | >= 2011-04-01 || 15 |
    | "A16"  | >= 2011-05-01 || 16 |
    | "A17"  | >= 2011-06-01 || 17 |
    | "A18"  | >= 2011-07-01 || 18 |
    | "A19"  | >= 2011-08-01 || 19 |
    | "A20"  | >= 2011-09-01 || 20 |
    | "A21"  | >= 2011-10-01 || 21 |
    | "A22"  | >= 2011-11-01 || 22 |
    | "A23"  | >= 2011-12-01 || 23 |
    | "A24"  | >= 2012-01-01 || 24 |
    | "A25"  | >= 2012-02-01 || 25 |
    | "A26"  | >= 2012-03-01 || 26 |
    | "A27"  | >= 2012-04-01 || 27 |
    | "A28"  | >= 2012-05-01 || 28 |
    | "A29"  | >= 2012-06-01 || 29 |
    | "A30"  | >= 2012-07-01 || 30 |
    | "A31"  | >= 2012-08-01 || 31 |
    | "A32"  | >= 2012-09-01 || 32 |
    | "A33"  | >= 2012-10-01 || 33 |
    | "A34"  | >= 2012-11-01 || 34 |
    | "A35"  | >= 2012-12-01 || 35 |
    | "A36"  | >= 2013-01-01 || 36 |
    | "A37"  | >= 2013-02-01 || 37 |
    | "A38"  | >= 2013-03-01 || 38 |
    | "A39"  | >= 2013-04-01 || 39 |
    | "B" | 2010-01-01 to 2010-01-31 || 1 |
    | "B" | >= 2010-03-01 || 1 |
    | not "A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A12", "A13", "A14", "A15", "A16", "A17", "A18", "A19", "A20", "A21", "A22", "A23", "A24", "A25", "A26", "A27", "A28", "A29", "A30", "A31", "A32", "A33", "A34", "A35", "A36", "A37", "A38", "A39", "B" | - || 0 |
"#;
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 1: no row of `fee` takes item "B", day 2010-02-01 to 2010-02-28
      because for example item "B", day 2010-02-01: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "fee: item 'B', day 2010-02-01"
      |     expect error undecided in fee("B", 2010-02-01)
    "#);
}

#[test]
fn the_last_day_of_each_key() {
    let text = r"enum Channel = web | shop | mail

table fee (channel: Channel, day: date) gives int
    | channel | day                      || fee |
    | web     | 2026-01-01 to 2026-03-31 || 5   |
    | shop    | >= 2026-05-01            || 7   |
    | mail    | 2026-01-01 to 2026-06-30 || 8   |

rule of_rule (channel: Channel, day: date) gives int
    as of day
    exception web
        valid 2026-01-01 to 2026-03-31
        when channel is web
        then 1
    exception shop
        valid from 2026-05-01
        unless channel is web
        then 2
";
    insta::assert_snapshot!(check(text), @r"
    Note A0512 line 3: the last day of `day` is 2026-03-31 for channel web: after it nothing is decided
    Note A0512 line 3: the last day of `day` is 2026-06-30 for channel mail: after it nothing is decided
    Note A0512 line 9: the last day of `day` is 2026-03-31 for channel web: after it nothing is decided
    ");
}
