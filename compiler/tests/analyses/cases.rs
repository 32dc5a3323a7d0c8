//! The cases that are shown: each was run, and can be added to the file as a test.

use assize_compiler::Diagnostic;

use super::{check, findings};

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
fn the_same_text_has_the_same_findings() {
    let text = "table rate (a: int, b: int) gives int\n    | a   | b   || rate |\n    \
                | > 0 | -   || 1    |\n    | -   | > 0 || 2    |\n";
    assert_eq!(check(text), check(text));
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
    Warning A0510 line 39: `unknown` leaves a case open: not big(n), not small(n)
      because no exception applies, and there is no default
      because for example n 5: the decision ends with `undecided`
      instead add a `default`, or an exception for it
      case: undecided
      | test "unknown: n 5"
      |     expect error undecided in unknown(5)
    Warning A0412 line 47: no row of `named` takes n < 12, flag false, limit != n
      because for example n 1, flag false, limit 0: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "named: n 1, flag false, limit 0"
      |     expect error undecided in named(1, false, 0)
    Warning A0412 line 47: no row of `named` takes n >= 13, flag false, limit != n
      because for example n 13, flag false, limit 0: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "named: n 13, flag false, limit 0"
      |     expect error undecided in named(13, false, 0)
    "#);
}
