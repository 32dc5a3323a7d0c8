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

/// Only the last of so many fields can mend the check.
fn many_fields(count: usize) -> String {
    let fields: String = (1..=count).map(|n| format!("    f{n} : bool\n")).collect();
    let sum: Vec<String> = (1..=count).map(|n| format!("f{n}")).collect();
    format!(
        "record R\n    n : int\n{fields}    check f{count} because \"the last one\"\n    check n < 1_000 or {} because \"all are read\"\n\ntable t (r: R) gives int\n    | r.n  || x |\n    | < 10 || 1 |\n",
        sum.join(" or ")
    )
}

#[test]
fn fields_of_a_case_are_changed_up_to_a_limit() {
    // `n` is one of the 64 fields.
    let at = check(&many_fields(63));
    assert!(
        at.contains("Warning A0412 line 69: no row of `t` takes r.n >= 10"),
        "{at}"
    );
    insta::assert_snapshot!(check(&many_fields(64)), @r"
    Note A0414 line 70: `t` may have no row for r.n >= 10
      because no such case was found, and that there is none was not proved; such a case is refused then
      instead to be sure, add a row for it, or a last row for everything else
    ");
}

/// One field that has to be one of many numbers, of which each but the last breaks another check.
fn many_values(count: usize) -> String {
    let all: Vec<String> = (1..=count).map(|n| (n * 10).to_string()).collect();
    let all = all.join(", ");
    format!(
        "record R\n    n : int\n    m : int\n    check m in [{all}] because \"one of these\"\n    \
         check n < 10 or m >= {} because \"the last\"\n\n\
         table t (r: R) gives int\n    | r.n  || x |\n    | < 10 || 1 |\n",
        count * 10
    )
}

#[test]
fn values_of_a_case_are_tried_up_to_a_limit() {
    let at = check(&many_values(222));
    assert!(
        at.starts_with("Warning A0412 line 7: no row of `t` takes r.n >= 10"),
        "{at}"
    );
    let past = check(&many_values(223));
    assert!(
        past.starts_with("Note A0414 line 7: `t` may have no row for r.n >= 10"),
        "{past}"
    );
}

/// What an arithmetic check leaves is found, or it is said that it was not; what comparisons exclude is
/// no case.
#[test]
fn a_check_that_is_not_satisfied_is_no_proof() {
    let text = r#"record Sum
    a : int
    b : int
    check a + b = 100 because "a hundred"

table sum (sum: Sum) gives int
    | sum.a     || x |
    | not 17    || 1 |

record Range
    low  : int
    high : int
    check low < high because "The lower end is below"

table range (range: Range) gives int
    | range.low | range.high || x |
    | <= 8      | -          || 1 |
    | > 8       | > 9        || 2 |
"#;
    insta::assert_snapshot!(check(text), @r"
    Note A0414 line 6: `sum` may have no row for sum.a 17
      because no such case was found, and that there is none was not proved; such a case is refused then
      instead to be sure, add a row for it, or a last row for everything else
    ");
}

/// A function that holds for the last of many numbers only.
fn many_cases(count: usize) -> String {
    let all: Vec<String> = (1..count).map(|n| (n * 10).to_string()).collect();
    format!(
        "define is_last (n: int) gives bool\n    n = {} and not (n in [{}])\n\n\
         rule r (n: int) gives int\n    default 0\n    exception large\n        when n > 9\n        \
         then 1\n    exception last\n        when is_last(n)\n        then 2\n",
        count * 10,
        all.join(", ")
    )
}

#[test]
fn what_is_known_only_when_it_runs_is_looked_for_up_to_a_limit() {
    let told = |count: usize| check(&many_cases(count));
    // Three values for each number that is written, up to 200.
    insta::assert_snapshot!(told(67), @r#"
    Error A0508 line 9: `large` and `last` can both apply
      line 9: applies, too
      line 6: applies
      because for n 670
      instead say which one decides (`exception last overrides large`), or narrow one; if both say the same: `exceptions may agree`
      case: conflict between `large` and `last`
      | test "r: n 670"
      |     expect error conflict in r(670)
    "#);
    insta::assert_snapshot!(told(68), @r"
    Note A0508 line 9: `large` and `last` may both apply
      line 6: may apply, too
      because it depends on conditions that are known only when it runs; a conflict ends the decision
      instead to be sure, say which one decides: `overrides large`
    ");
}

/// A cell that compares with two names is followed, one that compares with three is taken as a whole
/// and may be anything.
#[test]
fn names_of_a_cell_are_followed_up_to_a_limit() {
    let text = |names: &str| {
        format!(
            "table t (n: int, a: int, b: int, c: int) gives int\n    | n || x |\n    \
             | {names} || a + b + c |\n    | not {names} || 1 |\n"
        )
    };
    assert_eq!(check(&text("a, b")), "nothing");
    assert_eq!(check(&text("a, b, c")), "nothing");
    let open = |names: &str| {
        format!(
            "table t (n: int, a: int, b: int, c: int) gives int\n    | n || x |\n    \
             | {names} || a + b + c |\n    | not {names}, 7 || 1 |\n"
        )
    };
    insta::assert_snapshot!(check(&open("a, b")), @r#"
    Warning A0412 line 1: no row of `t` takes n 7, a != n, b != n
      because for example n 7, a 0, b 0: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "t: n 7, a 0, b 0"
      |     expect error undecided in t(7, 0, 0, 1)
    "#);
    // Whether what is taken as a whole holds is not seen in a case, so it is not said.
    insta::assert_snapshot!(check(&open("a, b, c")), @r"
    Note A0414 line 1: `t` may have no row for not n is a, b, c, n is a, b, c, 7
      because it depends on conditions that are known only when it runs; such a case is refused then
      instead to be sure, add a row for it, or a last row for everything else
    Note A0411 line 4: row 1 and row 2 may both apply
      line 4: says 1
      line 3: says a + b + c
      because it depends on conditions that are known only when it runs
      instead narrow one of them, or let the first decide: `hit first`
    ");
}

/// A cell that is a name or a constant is two cases: five of them are 32, the sixth would make them 64.
#[test]
fn names_of_a_row_are_followed_up_to_a_limit() {
    let told = |columns: usize| {
        let every = |one: &dyn Fn(usize) -> String, by: &str| {
            (0..columns).map(one).collect::<Vec<_>>().join(by)
        };
        let row = |cell: &dyn Fn(usize) -> String, x: usize| {
            format!("    | {} || {x} |\n", every(cell, " | "))
        };
        // What the first row leaves, one of the others takes.
        let others: String = (0..columns)
            .map(|other| {
                let cell = |n| match n == other {
                    true => format!("not a{n}, 7"),
                    false => "-".to_owned(),
                };
                row(&cell, other)
            })
            .collect();
        check(&format!(
            "table t ({}) gives int\n    hit first\n    | {} || x |\n{}{others}",
            every(&|n| format!("n{n}: int, a{n}: int"), ", "),
            every(&|n| format!("n{n}"), " | "),
            row(&|n| format!("a{n}, 7"), columns),
        ))
    };
    assert_eq!(told(5), "nothing");
    insta::assert_snapshot!(told(6), @r"
    Note A0414 line 1: `t` may have no row for n0 7, n1 7, n2 7, n3 7, n5 7, a4 = n4, not n5 is a5, 7
      because it depends on conditions that are known only when it runs; such a case is refused then
      instead to be sure, add a row for it, or a last row for everything else
    ");
}

/// A hole in time beside more rows than are compared is
/// told all the same.
#[test]
fn holes_in_time_are_told_past_the_limit_of_comparisons() {
    // 2 300 rows before and as many after one hole: more than five million pairs.
    let mut rows = String::new();
    for n in 0..2_300 {
        rows.push_str(&format!("    | {n} | 2026-01-01 to 2026-01-31 || {n} |\n"));
        rows.push_str(&format!("    | {n} | >= 2026-03-01 || {n} |\n"));
    }
    let text = format!(
        "table t (key: int, day: date) gives int\n    as of day\n    | key | valid || x |\n{rows}    \
         | not 0 to 2_299 | - || 0 |\n"
    );
    insta::assert_snapshot!(check(&text), @r#"
    Warning A0412 line 1: no row of `t` takes key 0 to 2299, valid 2026-02-01 to 2026-02-28
      because for example key 0, valid 2026-02-01: the decision ends with `undecided`
      instead add a row for it, or widen one
      case: undecided
      | test "t: key 0, valid 2026-02-01"
      |     expect error undecided in t(0, 2026-02-01)
    "#);
}

/// A rule with so many exceptions.
fn exceptions(count: usize, head: &str, one: impl Fn(usize) -> String) -> String {
    let mut text = format!("{head}\n    default 0\n");
    for at in 0..count {
        text += &one(at);
    }
    text
}

/// Thousands of exceptions that exclude each other are not compared pair by pair, and those of a long
/// order of precedence not one by one.
#[test]
fn thousands_of_exceptions() {
    let apart = exceptions(3_000, "rule r (n: int) gives int", |at| {
        format!("    exception e{at}\n        when n = {at}\n        then {at}\n")
    });
    assert!(!check(&apart).contains("A0508"));
    let chain = exceptions(1_500, "rule r (n: int) gives int", |at| {
        let over = match at.checked_sub(1) {
            Some(below) => format!(" overrides e{below}"),
            None => String::new(),
        };
        format!("    exception e{at}{over}\n        when n >= {at}\n        then {at}\n")
    });
    assert!(!check(&chain).contains("A0508"));
}

/// One pair among thousands that exclude each other is found.
#[test]
fn two_of_thousands_of_exceptions() {
    let text = exceptions(2_000, "rule r (n: int) gives int", |at| {
        let value = if at == 1_999 { 7 } else { at };
        format!("    exception e{at}\n        when n = {value}\n        then {at}\n")
    });
    let told = check(&text);
    assert!(told.contains("`e7` and `e1999` can both apply"), "{told}");
}

/// Conditions on very many values: at the limit they are compared, past it that is said.
#[test]
fn exceptions_on_thousands_of_values() {
    let rule = |count: usize| {
        let fields: String = (0..count).map(|at| format!("    b{at} : bool\n")).collect();
        let head = format!("record R\n{fields}rule r (x: R) gives int\n    exceptions may agree");
        exceptions(count, &head, |at| {
            format!("    exception e{at}\n        when x.b{at}\n        then 1\n")
        })
    };
    assert_eq!(check(&rule(1_400)), "nothing");
    let told = check(&rule(1_420));
    assert!(
        told.contains("1420 conditions on 1420 values are more than are compared"),
        "{told}"
    );
}

/// Gaps, for each of which most of the values that one case may try have to be tried.
fn many_gaps(count: usize, gaps: usize) -> String {
    let all: Vec<String> = (1..=count).map(|n| (n * 10).to_string()).collect();
    let rows: String = (0..gaps)
        .map(|at| format!("    | >= 10 | {at} | not {at} || 1 |\n"))
        .collect();
    format!(
        "record R\n    n : int\n    m : int\n    check m in [{}] because \"one of these\"\n    \
         check n < 10 or m >= {} because \"the last\"\n\n\
         table t (r: R, k: int, j: int) gives int\n    | r.n | k | j || x |\n    | < 10 | - | - || 1 |\n    \
         | >= 10 | not 0 to {} | - || 1 |\n{rows}",
        all.join(", "),
        count * 10,
        gaps - 1
    )
}

/// Values of all cases of one declaration: what is left undecided is not claimed.
#[test]
fn values_of_all_cases_are_tried_up_to_a_limit() {
    let rest = |count: usize, gaps: usize| {
        let told = check(&many_gaps(count, gaps));
        told.lines().last().unwrap_or_default().to_string()
    };
    let five = "Note A0412 line 7: no row of `t` takes 5 other kinds of case";
    assert_eq!(rest(222, 10), five);
    // Nothing is left for the eleventh; with fewer values there is.
    assert_eq!(rest(222, 11), five);
    assert_eq!(rest(200, 11), five.replace('5', "6"));
}

/// Cases of one declaration that are run to see what is known only then.
#[test]
fn cases_of_all_findings_are_run_up_to_a_limit() {
    let told = |pairs: usize| {
        let all: Vec<String> = (1..60).map(|n| (n * 10).to_string()).collect();
        let exceptions = clashes(pairs, |_| "is_last(n)".to_owned());
        check(&format!(
            "define is_last (n: int) gives bool\n    n = 600 and not (n in [{}])\n\n\
             rule r (n: int, k: int) gives int\n    default 0\n{exceptions}",
            all.join(", ")
        ))
    };
    let (at, past) = (told(11), told(12));
    one_more_may_apply(&at, &past, 6);
}

/// So many pairs of exceptions of which each can apply together, the second by its own condition.
fn clashes(count: usize, second: impl Fn(usize) -> String) -> String {
    let pair = |at: usize| {
        format!(
            "    exception large{at}\n        when k = {at} and n > 9\n        then 1\n    \
             exception last{at}\n        when k = {at} and {}\n        then 2\n",
            second(at)
        )
    };
    (0..count).map(pair).collect()
}

/// At the limit every pair is shown to clash; past it one may.
fn one_more_may_apply(at: &str, past: &str, pairs: usize) {
    let can = format!("{pairs} other pairs of exceptions can apply");
    assert!(at.contains(&can) && !at.contains("may apply"), "{at}");
    assert!(
        past.contains(&can) && past.contains("1 other pair of exceptions may apply"),
        "{past}"
    );
}

/// Conditions of one declaration that are run apart from it.
#[test]
fn conditions_are_run_apart_up_to_a_limit() {
    let told = |count: usize| {
        let functions: String = (0..count)
            .map(|at| {
                format!(
                    "define is{at} (n: int) gives bool\n    n = {}\n\n",
                    100 + at
                )
            })
            .collect();
        let exceptions = clashes(count, |at| format!("is{at}(n)"));
        check(&format!(
            "{functions}rule r (n: int, k: int) gives int\n    default 0\n{exceptions}"
        ))
    };
    let (at, past) = (told(16), told(17));
    one_more_may_apply(&at, &past, 11);
}

/// The cases of a hole in time are put together up to a limit; past it there are two findings.
#[test]
fn cases_beside_a_hole_in_time_are_put_together_up_to_a_limit() {
    let told = |keys: usize| {
        let rows: String = (0..keys)
            .map(|key| {
                format!(
                    "    | {key} | 2026-01-01 to 2026-01-31 || {key} |\n    \
                     | {key} | >= 2026-03-01 || {key} |\n"
                )
            })
            .collect();
        let told = check(&format!(
            "table t (key: int, day: date) gives int\n    as of day\n    | key | valid || x |\n{rows}    \
             | not 0 to {} | - || 0 |\n",
            keys - 1
        ));
        let claims = told.lines().filter(|line| line.contains("A0412"));
        claims.map(str::to_string).collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(told(256), @r#"
Warning A0412 line 1: no row of `t` takes key 0 to 255, valid 2026-02-01 to 2026-02-28
"#);
    insta::assert_snapshot!(told(257), @r#"
Warning A0412 line 1: no row of `t` takes key 0, valid 2026-02-01 to 2026-02-28
Warning A0412 line 1: no row of `t` takes key 1 to 256, valid 2026-02-01 to 2026-02-28
"#);
}

/// Of rows that clash at once so many are marked; the claim counts all of them.
#[test]
fn rows_of_one_clash_are_marked_up_to_a_limit() {
    let told = |count: usize| {
        let rows: String = (0..count).map(|n| format!("    | - || {n} |\n")).collect();
        check(&format!(
            "table t (n: int) gives int\n    | n || x |\n{rows}"
        ))
    };
    let marks = |told: &str| told.lines().filter(|line| line.contains(": says ")).count();
    // The row where the finding stands, and 16 more.
    assert_eq!((marks(&told(17)), marks(&told(18))), (17, 17));
    assert!(
        told(18).contains("row 7 and 11 rows more can all apply"),
        "{}",
        told(18)
    );
}

/// Five thousand rows that all clash: one finding, not millions of pairs. Each kind of row took seconds.
#[test]
fn thousands_of_rows_that_clash_at_once() {
    let told = |hit: &str, row: &dyn Fn(usize) -> String| {
        let rows: String = (0..5_000)
            .map(|n| format!("    | {} || {n} |\n", row(n)))
            .collect();
        check(&format!(
            "table t (n: int, m: int) gives int\n    hit {hit}\n    | n || x |\n{rows}"
        ))
    };
    let all = told("unique", &|_| "-".to_string());
    assert_eq!(all.matches("A0411").count(), 1, "{all}");
    assert!(
        all.contains("row 7 and 4993 rows more can all apply"),
        "{all}"
    );
    let but_one = told("unique", &|n| format!("not {n}"));
    assert!(
        but_one.contains("4993 rows more can all apply"),
        "{but_one}"
    );
    let names = told("unique", &|n| {
        if n == 0 {
            "- ".into()
        } else {
            ">= m".to_string()
        }
    });
    assert!(names.contains("can all apply"), "{names}");
    // Those that earlier ones cover are found among the first.
    let covered = told("first", &|n| format!("not {n}"));
    assert!(covered.contains("row 3 can never decide"), "{covered}");
    assert!(
        covered.contains("4993 rows more can never decide"),
        "{covered}"
    );
}

#[test]
fn whole_numbers_end_where_they_can_be_written() {
    let table = |rows: &str| {
        check(&format!(
            "table t (n: int) gives int\n    | n || x |\n{rows}"
        ))
    };
    let below = "    | -9223372036854775807 || 1 |\n";
    let above = "    | > -9223372036854775807 || 0 |\n";
    assert_eq!(table(&format!("{below}{above}")), "nothing");
    let lowest = table(above);
    let case = "because for example n -9223372036854775807: the decision ends with `undecided`";
    assert!(lowest.contains(case), "{lowest}");
    let highest = table("    | < 9223372036854775807 || 0 |\n");
    assert!(
        highest.contains("takes n >= 9223372036854775807"),
        "{highest}"
    );
}

/// A scale of so many steps, of which one goes back.
fn scale(steps: usize) -> String {
    let rows: String = (0..steps)
        .map(|n| {
            let percent = if n == 10 { 8 } else { n };
            let (low, high) = (n * 10, n * 10 + 10);
            let tenths = format!("{}.{}%", percent / 10, percent % 10);
            format!("    | {low} to below {high} || {tenths} |\n")
        })
        .collect();
    format!(
        "number Percent = percent, 1 places
table discount (quantity: int) gives Percent
    | quantity || discount |
{rows}    | < 0 || 0% |
    | >= {} || 100% |
",
        steps * 10
    )
}

#[test]
fn steps_of_a_scale() {
    // The two rows at the ends are steps, too.
    let told = check(&scale(198));
    assert!(told.contains("A0419"), "{told}");
    let told = check(&scale(199));
    assert!(!told.contains("A0419"), "{told}");
}
