//! What the analyses say of small packages: every finding, with its places and its replayed case.

use std::collections::BTreeMap;

use assize_compiler::diagnostic::At;
use assize_compiler::{
    Database, Diagnostic, PackageInput, SourceFile, Workspace, diagnostics, resolve,
};

/// The findings of the analyses (A04xx, A05xx, what is always decided or rounded twice) and all
/// errors, as text.
fn check(text: &str) -> String {
    let (db, found) = findings(text);
    let line_of = |at: &At| {
        let (file, range) = resolve(&db, at);
        let before = file.text(&db).get(..range.start as usize);
        before.unwrap_or_default().matches('\n').count() + 1
    };
    let mut lines = Vec::new();
    for found in &found {
        let code = found.code.0;
        let analysis =
            code.starts_with("A04") || code.starts_with("A05") || matches!(code, "A0306" | "A0315");
        if !analysis && found.severity != assize_compiler::Severity::Error {
            continue;
        }
        lines.push(format!(
            "{:?} {} line {}: {}",
            found.severity,
            found.code.0,
            line_of(&found.primary.at),
            found.claim
        ));
        let labels = std::iter::once(&found.primary).chain(&found.related);
        for label in labels.filter(|label| !label.text.is_empty()) {
            lines.push(format!("  line {}: {}", line_of(&label.at), label.text));
        }
        lines.extend(
            found
                .because
                .iter()
                .map(|because| format!("  because {because}")),
        );
        lines.extend(
            found
                .instead
                .iter()
                .map(|instead| format!("  instead {instead}")),
        );
        if let Some(witness) = &found.witness {
            lines.push(format!("  case: {}", witness.outcome));
            lines.extend(witness.test.lines().map(|line| format!("  | {line}")));
        }
    }
    if lines.is_empty() {
        "nothing".to_string()
    } else {
        lines.join("\n")
    }
}

fn findings(text: &str) -> (Database, Vec<Diagnostic>) {
    let db = Database::default();
    let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
    let found = diagnostics(&db, package);
    (db, found)
}

#[test]
fn an_overlap_of_unique_rows_has_a_replayed_witness() {
    let text = r"enum Segment = retail | trade

table rate (segment: Segment, quantity: int) gives int
    | #     | segment | quantity || rate |
    | few   | -       | < 10     || 0    |
    | trade | trade   | 5 to 20  || 3    |
    | many  | -       | > 20     || 5    |
    | more  | retail  | >= 10    || 6    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 6: row few and row trade can both apply
      line 6: says 3
      line 5: says 0
      because both take segment trade, quantity 5
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row few and row trade
      | test "rate: segment trade, quantity 5"
      |     expect error conflict in rate(trade, 5)
    Error A0411 line 8: row many and row more can both apply
      line 8: says 6
      line 7: says 5
      because both take segment retail, quantity 21
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row many and row more
      | test "rate: segment retail, quantity 21"
      |     expect error conflict in rate(retail, 21)
    "#);
}

#[test]
fn equal_outputs_of_overlapping_rows_may_be_allowed() {
    let text = r"table rate (quantity: int) gives int
    | quantity || rate |
    | <= 10    || 3    |
    | >= 10    || 3    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 4: row 1 and row 2 can both apply
      line 4: says 3
      line 3: says 3
      because both take quantity 10, and both give 3
      instead narrow one of them, or allow rows that say the same: `hit same`
      case: conflict between row 1 and row 2
      | test "rate: quantity 10"
      |     expect error conflict in rate(10)
    "#);
}

#[test]
fn an_overlap_that_hangs_on_a_parameter_is_proved_by_a_case() {
    let text = r"table rate (quantity: int, limit: int) gives int
    | quantity || rate |
    | < limit  || 0    |
    | >= 10    || 3    |
    | < 10     || 1    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 4: row 1 and row 2 can both apply
      line 4: says 3
      line 3: says 0
      because both take quantity 10, limit 11
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row 1 and row 2
      | test "rate: quantity 10, limit 11"
      |     expect error conflict in rate(10, 11)
    Error A0411 line 5: row 1 and row 3 can both apply
      line 5: says 1
      line 3: says 0
      because both take quantity -1, limit 0
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row 1 and row 3
      | test "rate: quantity -1, limit 0"
      |     expect error conflict in rate(-1, 0)
    "#);
}

#[test]
fn rows_of_hit_same_that_say_different_things() {
    let text = r"table rate (quantity: int) gives int
    hit same
    | quantity || rate |
    | <= 10    || 3    |
    | 10 to 20 || 3    |
    | >= 20    || 5    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 6: row 2 and row 3 can both apply and say different things
      line 6: says 5
      line 5: says 3
      because both take quantity 20
      instead let both say the same, or narrow one of them
      case: conflict between row 2 and row 3
      | test "rate: quantity 20"
      |     expect error conflict in rate(20)
    "#);
}

#[test]
fn a_check_of_the_input_rules_a_case_out() {
    let text = r#"record Order
    quantity : int
    check quantity != 10 because "ten is sold by the crate"

table rate (order: Order) gives int
    | order.quantity || rate |
    | <= 10          || 0    |
    | >= 10          || 3    |

table gap (order: Order) gives int
    | order.quantity || rate |
    | < 10           || 0    |
    | > 10           || 3    |
"#;
    insta::assert_snapshot!(check(text), @r"nothing");
}

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
fn two_rows_of_a_grid_overlap() {
    let text = r"enum Segment = retail | trade

table rate (segment: Segment, quantity: int) gives int
    | #    | segment \ quantity | 0+ | 10+ |
    | all  | -                  | 1  | 2   |
    | best | trade              | 3  | 4   |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 3: no row of `rate` takes quantity < 0
      because for example quantity -1: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: quantity -1"
      |     expect error undecided in rate(retail, -1)
    Error A0411 line 6: row all and row best can both apply
      line 6: says 3
      line 5: says 1
      because both take segment trade, quantity 0
      instead narrow one of them
      case: conflict between row all and row best
      | test "rate: segment trade, quantity 0"
      |     expect error conflict in rate(trade, 0)
    "#);
}

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
    Note A0508 line 18: `many` and `regulars` may both apply
      line 15: may apply, too
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
    Warning A0412 line 1: no row of `vat` takes country "CH", any other, note "goods", any other
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
fn many_overlaps_are_counted() {
    let text = r"table rate (a: int, b: int) gives int
    | a    | b    || rate |
    | -    | > 0  || 1    |
    | -    | > 1  || 2    |
    | > 0  | -    || 3    |
    | > 1  | -    || 4    |
";
    insta::assert_snapshot!(check(text), @r#"
    Warning A0412 line 1: no row of `rate` takes a < 1, b < 1
      because for example a 0, b 0: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: a 0, b 0"
      |     expect error undecided in rate(0, 0)
    Error A0411 line 6: row 1, row 2, row 3 and row 4 can all apply
      line 6: says 4
      line 3: says 1
      line 4: says 2
      line 5: says 3
      because all take a 2, b 2
      instead narrow them, or let the first decide: `hit first`
      case: conflict between row 1, row 2, row 3 and row 4
      | test "rate: a 2, b 2"
      |     expect error conflict in rate(2, 2)
    "#);
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

/// A partition of six columns into 10 000 rows; the row with this number is left out.
fn ten_thousand_rows(left_out: usize) -> String {
    let band = |at: usize, of: usize| match at {
        0 => "< 10".to_string(),
        at if at + 1 == of => format!(">= {}", at * 10),
        at => format!("{} to {}", at * 10, at * 10 + 9),
    };
    let mut text = String::from(
        "enum Kind = one | two | three | four | five\n\n\
         table rate (a: int, b: int, kind: Kind, d: int, e: bool, f: bool) gives int\n    \
         | a | b | kind | d | e | f || rate |\n",
    );
    let kinds = ["one", "two", "three", "four", "five"];
    for number in (0..10_000).filter(|number| *number != left_out) {
        let (a, b) = (number % 10, number / 10 % 10);
        let (kind, d) = (number / 100 % 5, number / 500 % 5);
        let (e, f) = (number / 2_500 % 2 == 0, number / 5_000 % 2 == 0);
        text.push_str(&format!(
            "    | {} | {} | {} | {} | {e} | {f} || {} |\n",
            band(a, 10),
            band(b, 10),
            kinds.get(kind).unwrap_or(&""),
            band(d, 5),
            number % 97
        ));
    }
    text
}

#[test]
fn ten_thousand_rows_are_decided_within_the_limit_of_work() {
    // No note A0414: the steps sufficed to prove that nothing else is left open.
    insta::assert_snapshot!(check(&ten_thousand_rows(7_342)), @r#"
    Warning A0412 line 3: no row of `rate` takes a 20 to 29, b 40 to 49, kind four, d >= 40, e true, f false
      because for example a 20, b 40, kind four, d 40, e true, f false: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "rate: a 20, b 40, kind four, d 40, e true, f false"
      |     expect error undecided in rate(20, 40, four, 40, true, false)
    "#);
    assert_eq!(check(&ten_thousand_rows(10_000)), "nothing");
}

#[test]
fn the_same_text_has_the_same_findings() {
    let text = "table rate (a: int, b: int) gives int\n    | a   | b   || rate |\n    \
                | > 0 | -   || 1    |\n    | -   | > 0 || 2    |\n";
    assert_eq!(check(text), check(text));
}

#[test]
fn rows_that_take_one_case_are_told_together() {
    let text = r"number Percent = percent

table rate (quantity: int) gives Percent
    | quantity || rate |
    | <= 10    || 5%   |
    | 5 to 20  || 5.0% |
    | 8 to 30  || 5%   |
    | > 30     || 7%   |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 7: row 1, row 2 and row 3 can all apply
      line 7: says 5%
      line 5: says 5%
      line 6: says 5.0%
      because all take quantity 8, and all give 5%
      instead narrow them, or allow rows that say the same: `hit same`
      case: conflict between row 1, row 2 and row 3
      | test "rate: quantity 8"
      |     expect error conflict in rate(8)
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
      because quantity 100 gives 5%, and quantity 500 gives 4%: where it is a discount, who takes more pays more for each
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

#[test]
fn overlaps_beyond_those_shown_are_counted() {
    let rows: String = (1..=7)
        .map(|n| {
            let (low, middle, high) = (n * 10, n * 10 + 5, n * 10 + 9);
            format!("    | {low} to {middle} || 1 |\n    | {middle} to {high} || 2 |\n")
        })
        .collect();
    let told = check(&format!(
        "table rate (a: int) gives int?\n    | a || rate |\n{rows}"
    ));
    assert_eq!(told.matches("can both apply").count(), 5, "{told}");
    assert!(
        told.contains("Note A0411 line 1: 2 more pairs of rows overlap"),
        "{told}"
    );
}

#[test]
fn places_of_a_sheet_are_cells_of_its_text() {
    let row = |line: u32, cells: &[&str]| assize_compiler::SheetRow {
        line,
        cells: cells.iter().map(|cell| (*cell).to_string()).collect(),
    };
    let text = "table rate (name: text, n: int) gives int\n    from \"r.csv\"\n";
    let db = Database::default();
    let file = SourceFile::new(&db, "a.assize".into(), "a".into(), text.to_string());
    // A row that goes over two lines, and an empty line before the last.
    let rows = vec![
        row(1, &["name", "n", "||", "out"]),
        row(2, &["say \"a\"\n, b", "> 1", "", "10"]),
        row(5, &["- ", " > 2 ", "", " 20 "]),
    ];
    let sheet = assize_compiler::Sheet::of_rows(&db, "r.csv".into(), "a".into(), rows);
    let package = PackageInput::new(
        &db,
        "a".into(),
        "0.1.0".into(),
        vec![file],
        Vec::new(),
        Vec::new(),
        BTreeMap::from([("r.csv".to_string(), sheet)]),
    );
    let _ = Workspace::new(&db, vec![package], package);
    let overlap = diagnostics(&db, package)
        .into_iter()
        .find(|found| found.code.0 == "A0411")
        .expect("an overlap");
    let shown = |at: &At| {
        let (file, range) = resolve(&db, at);
        let text = file.text(&db);
        let before = text.get(..range.start as usize).unwrap_or_default();
        let slice = text.get(range.start as usize..range.end as usize);
        let (line, slice) = (before.matches('\n').count() + 1, slice.unwrap_or_default());
        format!("{}:{line} {slice:?}", file.path(&db))
    };
    assert_eq!(shown(&overlap.primary.at), "r.csv:5 \"- , > 2 ,, 20\"");
    assert_eq!(overlap.primary.text, "says 20");
    let related: Vec<String> = overlap
        .related
        .iter()
        .map(|label| shown(&label.at))
        .collect();
    assert_eq!(
        related,
        ["r.csv:2 \"\\\"say \\\"\\\"a\\\"\\\"\\n, b\\\",> 1,,10\""]
    );
}

#[test]
fn outputs_that_the_record_gives_have_no_words_in_a_row() {
    let text = r#"record Terms
    days  : int = 14
    rate  : int
    level : int
    note  : text?

table terms (n: int) gives Terms
    | n     || rate | level |
    | <= 10 || 5    | 1     |
    | >= 10 || 5    | 1     |
"#;
    let told = check(text);
    assert!(told.contains("line 10: says 5, 1\n"), "{told}");
    assert!(
        told.contains("because both take n 10, and both give 5, 1"),
        "{told}"
    );
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
      instead say which one decides (`exception left overrides many`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `many` and `left`
      | test "other: day 2026-01-01, quantity 20"
      |     expect error conflict in other(20, 2026-01-01)
    Error A0508 line 37: `left` and `right` can both apply
      line 37: applies, too
      line 34: applies
      because for day 2026-06-01
      instead say which one decides (`exception right overrides left`), or narrow one; if both say the same: `exceptions may agree`
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

#[test]
fn rows_and_columns_of_a_grid_clash_apart() {
    let text = r"enum Segment = retail | trade | key

table rate (segment: Segment, quantity: int) gives int
    | segment \ quantity | <= 10 | >= 10 |
    | retail, trade      | 1     | 2     |
    | trade, key         | 3     | 4     |

table repeated (segment: Segment, other: Segment) gives int
    | segment \ other    | retail | trade | retail | key |
    | retail, trade, key | 1      | 2     | 3      | 4   |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 4: column <= 10 and column >= 10 can both apply
      line 4: says 2
      line 4: says 1
      because both take segment retail, quantity 10
      instead narrow one of them
      case: conflict between column <= 10 and column >= 10
      | test "rate: segment retail, quantity 10"
      |     expect error conflict in rate(retail, 10)
    Error A0411 line 6: row 1 and row 2 can both apply
      line 6: says 3
      line 5: says 1
      because both take segment trade, quantity 0
      instead narrow one of them
      case: conflict between row 1 and row 2
      | test "rate: segment trade, quantity 0"
      |     expect error conflict in rate(trade, 0)
    Error A0411 line 9: column 1 (retail) and column 3 (retail) can both apply
      line 9: says 3
      line 9: says 1
      because both take segment retail, other retail
      instead narrow one of them
      case: conflict between column 1 (retail) and column 3 (retail)
      | test "repeated: segment retail, other retail"
      |     expect error conflict in repeated(retail, retail)
    "#);
}

#[test]
fn clashes_of_a_grid_and_of_rows_that_should_say_the_same_are_counted() {
    let steps: Vec<String> = (0..9)
        .map(|n| format!("{} to {}", n * 10, n * 10 + 10))
        .collect();
    let cells: Vec<String> = (0..9).map(|n| n.to_string()).collect();
    let rows: Vec<String> = steps
        .iter()
        .enumerate()
        .map(|(n, step)| format!("    | {step} || {n} |\n"))
        .collect();
    let text = format!(
        "table rate (open: bool, n: int) gives int?\n    | open \\ n | {} |\n    | true, false | {} |\n\n\
         table same (n: int) gives int?\n    hit same\n    | n || rate |\n{}",
        steps.join(" | "),
        cells.join(" | "),
        rows.concat()
    );
    let told = check(&text);
    let counted: Vec<&str> = told.lines().filter(|line| line.contains("Note")).collect();
    insta::assert_snapshot!(counted.join("\n"), @r"
    Note A0411 line 1: 3 other pairs of rows or columns can both apply
    Note A0411 line 5: 3 other cases in which rows say different things
    ");
    assert_eq!(told.matches("Error").count(), 10);
}

#[test]
fn rows_that_say_the_same_agree() {
    let text = r"table rate (quantity: int) gives int
    hit same
    | quantity || rate |
    | <= 50    || 1    |
    | >= 40    || 1    |
    | > 60     || 2    |
";
    insta::assert_snapshot!(check(text), @r#"
    Error A0411 line 6: row 2 and row 3 can both apply and say different things
      line 6: says 2
      line 5: says 1
      because both take quantity 61
      instead let both say the same, or narrow one of them
      case: conflict between row 2 and row 3
      | test "rate: quantity 61"
      |     expect error conflict in rate(61)
    "#);
}

/// What is found, and that every test that is offered can be added to the file as it stands.
fn check_with_tests(text: &str) -> String {
    let (_, found) = findings(text);
    let mut longer = text.to_string();
    for (number, witness) in found
        .iter()
        .filter_map(|one| one.witness.as_ref())
        .enumerate()
    {
        longer.push('\n');
        longer.push_str(
            &witness
                .test
                .replacen("test \"", &format!("test \"{number} "), 1),
        );
    }
    let (_, again) = findings(&longer);
    let errors = |found: &[Diagnostic]| {
        let errors = found
            .iter()
            .filter(|one| one.severity == assize_compiler::Severity::Error);
        errors.count()
    };
    assert_eq!(errors(&again), errors(&found), "{longer}");
    check(text)
}

#[test]
fn cases_pass_the_checks_of_their_records() {
    let text = r#"currency EUR
number Amount  = money in EUR, 2 places
number Percent = percent, 2 places, from 0% to 100%
enum Kind = order | quote

record Range
    low  : int
    high : int
    check low < high because "The lower end is below"

record Head
    kind  : Kind
    limit : Amount
    range : Range
    rate  : Percent = 5%
    note  : text?
    days  : list of date
    check limit >= 100 because "At least 100"
    check (count of days) > 0 because "A day"

table free (head: Head) gives int
    | head.kind || n |
    | order     || 1 |

table limited (head: Head) gives int
    | head.limit | head.note || n |
    | > 500      | -         || 1 |
    | <= 500     | "yes"     || 2 |
    | < 100      | -         || 3 |

rule ranges (range: Range, rate: Percent) gives int
    default 0
    exception a
        when range.low > 3
        then 1
    exception b
        when range.high < 9 and rate > 7.25%
        then 2

rule excluded (range: Range) gives int
    default 0
    exception a
        when range.low > 8
        then 1
    exception b
        when range.high < 9
        then 2
"#;
    insta::assert_snapshot!(check_with_tests(text), @r#"
    Warning A0412 line 21: no row of `free` takes head.kind quote
      because for example head.kind quote: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "free: head.kind quote"
      |     expect error undecided in free(Head(kind: quote, limit: 100,
      |         range: Range(low: 0, high: 1), days: [2026-01-01]))
    Warning A0412 line 25: no row of `limited` takes head.limit 100 to 500, head.note any other, missing
      because for example head.limit 100, head.note "OTHER": the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "limited: head.limit 100, head.note 'OTHER'"
      |     expect error undecided in limited(Head(kind: order, limit: 100,
      |         range: Range(low: 0, high: 1), note: "OTHER", days: [2026-01-01]))
    Error A0508 line 36: `a` and `b` can both apply
      line 36: applies, too
      line 33: applies
      because for range.low 4, range.high 5, rate 7.26%
      instead say which one decides (`exception b overrides a`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `a` and `b`
      | test "ranges: range.low 4, range.high 5, rate 7.26%"
      |     expect error conflict in ranges(Range(low: 4, high: 5), 7.26%)
    "#);
}

#[test]
fn cases_of_all_kinds_of_columns_can_be_added_as_tests() {
    let text = r#"currency EUR
unit piece
number Price = money in EUR per piece, 4 places
number Share = plain, 4 places, from 0.5 to 0.75
number Wide  = percent, 3 places
enum Tier = bronze < silver < gold

table wide (wide: Wide, day: date?) gives int
    as of start
    | wide              | day           || n |
    | <= -5%            | -             || 1 |
    | 0.5% to below 3%  | >= 2026-03-01 || 2 |
"#
    .replace("    as of start\n", "");
    let text = text
        + r#"
table many (price: Price, share: Share, name: text, item: code?, tier: Tier?, severity: Severity) gives int
    | price  | share  | name          | item    | tier           | severity || n |
    | <= 0.5 | <= 0.6 | "a, \"b\" {{" | -       | -              | -        || 1 |
    | > 0.5  | -      | -             | missing | silver to gold | -        || 2 |
    | > 0.7  | -      | -             | "x"     | bronze         | warning  || 3 |
    | <= 0.5 | -      | not "c"       | -       | missing        | -        || 4 |
"#;
    insta::assert_snapshot!(check_with_tests(&text), @r#"
    Warning A0412 line 8: no row of `wide` takes wide -4.999% to 0.499%
      because for example wide -4.999%: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "wide: wide -4.999%"
      |     expect error undecided in wide(-4.999%, missing)
    Warning A0412 line 8: no row of `wide` takes wide 0.5% to 2.999%, day missing
      because for example wide 0.5%, day missing: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "wide: wide 0.5%, day missing"
      |     expect error undecided in wide(0.5%, missing)
    Warning A0412 line 8: no row of `wide` takes wide >= 3%
      because for example wide 3%: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "wide: wide 3%"
      |     expect error undecided in wide(3%, missing)
    Warning A0412 line 13: no row of `many` takes name "c", any other, tier bronze, severity info
      because for example name "c", tier bronze, severity info: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "many: name 'c', tier bronze, severity info"
      |     expect error undecided in many(1, 0.75, "c", missing, bronze, info)
    Warning A0412 line 13: no row of `many` takes price 0.5001 to 0.7, share 0.5 to 0.6, name "a, \"b\" {{", tier bronze
      because for example price 0.5001, share 0.5, name "a, \"b\" {{", tier bronze: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "many: price 0.5001, share 0.5, name 'a, 'b' {{', tier bronze"
      |     expect error undecided in many(0.5001, 0.5, "a, \"b\" {{", missing, bronze,
      |         info)
    Warning A0412 line 13: no row of `many` takes price < 0.5001, share 0.5 to 0.6, name "c", severity warning to error
      because for example price 0, share 0.5, name "c", severity warning: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "many: price 0, share 0.5, name 'c', severity warning"
      |     expect error undecided in many(0, 0.5, "c", missing, missing, warning)
    Warning A0412 line 13: no row of `many` takes price < 0.7001, share 0.6001 to 0.75, tier bronze, severity warning to error
      because for example price 0, share 0.6001, tier bronze, severity warning: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "many: price 0, share 0.6001, tier bronze, severity warning"
      |     expect error undecided in many(0, 0.6001, "text", missing, bronze, warning)
    Warning A0412 line 13: no row of `many` takes share 0.6001 to 0.75, name "a, \"b\" {{", tier bronze, severity info
      because for example share 0.6001, name "a, \"b\" {{", tier bronze, severity info: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "many: share 0.6001, name 'a, 'b' {{', tier bronze, severity info"
      |     expect error undecided in many(1, 0.6001, "a, \"b\" {{", missing, bronze,
      |         info)
    Note A0412 line 13: no row of `many` takes 17 other kinds of case
    Error A0411 line 18: row 1 and row 4 can both apply
      line 18: says 4
      line 15: says 1
      because both take price 0, share 0.5, name "a, \"b\" {{", item "X", tier missing, severity info
      instead narrow one of them, or let the first decide: `hit first`
      case: conflict between row 1 and row 4
      | test "many: price 0, share 0.5, name 'a, 'b' {{', item 'X', tier missing, severity info"
      |     expect error conflict in many(0, 0.5, "a, \"b\" {{", "X", missing, info)
    "#);
}

#[test]
fn two_values_that_are_compared() {
    let text = r#"define big (n: int) gives bool
    n > 50
define small (n: int) gives bool
    n < 5

table complete (n: int, limit: int) gives int
    | n        || rate |
    | <= limit || 1    |
    | > limit  || 2    |

table open (n: int, limit: int) gives int
    | n        || rate |
    | < limit  || 1    |
    | > limit  || 2    |

table names (name: code, other: code) gives int
    | name  || rate |
    | other || 1    |

rule ruled (n: int, limit: int, xs: list of int) gives int
    exception below
        when n < limit and (count of xs) > 3
        then 1
    exception above
        when n >= limit and (count of xs) > 3
        then 2
    exception few
        when (count of xs) <= 3
        then 3

rule between_ends (n: int, low: int, high: int) gives int
    exception within
        when n between low and high
        then 1
    exception outside
        when n < low or n > high
        then 2

rule unknown (n: int) gives int
    exception big
        when big(n)
        then 1
    exception small
        when small(n) and not big(n)
        then 2

table named (n: int, flag: bool, limit: int) gives int
    | n            | flag || rate |
    | limit, 12    | -    || 1    |
    | not limit, 12 | true || 2   |
"#;
    insta::assert_snapshot!(check_with_tests(text), @r#"
    Warning A0412 line 11: no row of `open` takes limit = n
      because for example n 0, limit 0: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "open: n 0, limit 0"
      |     expect error undecided in open(0, 0)
    Warning A0412 line 16: no row of `names` takes name != other
      because for example name "A", other "OTHER": the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "names: name 'A', other 'OTHER'"
      |     expect error undecided in names("A", "OTHER")
    Note A0414 line 39: `unknown` may leave a case open: not big(n), not small(n)
      because it depends on conditions that are known only when it runs; such a case is refused then
      instead add a `default`, or an exception for it
    Warning A0412 line 47: no row of `named` takes flag false, not n is limit, 12
      because for example n 0, flag false, limit 1: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "named: n 0, flag false, limit 1"
      |     expect error undecided in named(0, false, 1)
    "#);
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
