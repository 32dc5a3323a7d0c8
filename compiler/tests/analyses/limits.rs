//! The limits of work of the analyses: at each an exact answer, past it none that is not known.

use super::check;

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
