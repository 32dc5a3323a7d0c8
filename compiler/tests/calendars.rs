//! Calendars of tests: what each fault is told, and what the runner makes of them.

#![cfg(test)]

use assize_compiler::testing::{TestOptions, render_text, run_tests};
use assize_compiler::{Database, PackageInput, diagnostics, resolve};

/// The text below the functions that the tests here ask.
fn module(text: &str) -> String {
    format!(
        "define ships (day: date, lead: int, own: calendar) gives date
    add_working_days(day, lead, [own])
data Offer
    key row : int
    ends    : date
{text}"
    )
}

/// `CODE of TEXT: claim; way out` of all that is said of a calendar that is written so.
fn told(calendar: &str) -> Vec<String> {
    let text = module(&format!(
        "test \"t\"\n    given calendar {calendar}\n    expect 1 = 1\n"
    ));
    let db = Database::default();
    let package = PackageInput::alone(&db, "t", [("t.assize", &*text)]);
    let all = diagnostics(&db, package);
    let line = |one: &assize_compiler::Diagnostic| {
        let (_, range) = resolve(&db, &one.primary.at);
        let of = text
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default();
        let way = one.instead.clone().unwrap_or_default();
        format!("{} of {of}: {}; {way}", one.code.0, one.claim)
    };
    all.iter().map(line).collect()
}

fn rows(lines: &[&str]) -> String {
    let mut out = String::from("\"DE\"");
    for line in lines {
        out.push_str("\n        ");
        out.push_str(line);
    }
    out
}

fn tested(text: &str) -> String {
    let db = Database::default();
    let package = PackageInput::alone(&db, "t", [("t.assize", &*module(text))]);
    let report = render_text(&run_tests(&db, package, &TestOptions::default()));
    report.trim_end().to_string()
}

#[test]
fn weekdays_are_one_to_seven_once_each() {
    assert!(told("\"DE\" working 1, 7").is_empty());
    assert_eq!(
        told("\"DE\" working 0, 8, 99999999999, 3, 3"),
        [
            "A0305 of 0: there is no weekday 0; write 1 (Monday) to 7 (Sunday)",
            "A0305 of 8: there is no weekday 8; write 1 (Monday) to 7 (Sunday)",
            "A0305 of 99999999999: there is no weekday 99999999999; write 1 (Monday) to 7 (Sunday)",
            "A0208 of 3: weekday 3 is said twice; leave one of them out",
        ]
    );
}

#[test]
fn the_days_that_it_knows() {
    assert!(told("\"DE\" from 2026-01-01 to 2026-01-01").is_empty());
    assert_eq!(
        told("\"DE\" from 2026-12-31 to 2026-01-01"),
        [
            "A0321 of 2026-01-01: calendar \"DE\" ends before it begins; change one of the days; both belong to it"
        ]
    );
    assert_eq!(
        told("\"DE\" from 2026-01-01 to 2026-02-30"),
        ["A0121 of 2026-02-30: there is no 2026-02-30; write 2026-02-28, or the day that is meant"]
    );
}

#[test]
fn columns() {
    let row = |head: &str| told(&rows(&[head, "| 2026-12-24 | 2026-12-25 |"]));
    assert!(row("| from | to |").is_empty());
    assert_eq!(
        row("| from | from |"),
        ["A0208 of from: column `from` stands twice; leave one of them out"]
    );
    assert_eq!(
        row("| from | till |"),
        ["A0205 of till: a calendar has no column `till`; there are `from`, `to` and `working`"]
    );
    assert_eq!(
        row("| to | until |"),
        [
            "A0607 of \"DE\": the days of this calendar have no column `from`; write the first day off below `from`, and the last one below `to`",
            "A0205 of until: a calendar has no column `until`; there are `from`, `to` and `working`",
        ]
    );
}

#[test]
fn cells() {
    let row = |row: &str| told(&rows(&["| from | to | working |", row]));
    assert!(row("| 2026-12-24 | - | - |").is_empty());
    assert_eq!(
        row("| 2026-12-24 | - |"),
        [
            "A0109 of | 2026-12-24 | - |: this row has 2 cells, its header has 3; add the cells that are missing; `-` leaves a field out that has a default or may be missing"
        ]
    );
    assert_eq!(
        row("| - | 2026-12-24 | - |"),
        [
            "A0607 of | - | 2026-12-24 | - |: `from` of a calendar may not be missing; write the first day instead of `-`"
        ]
    );
    assert_eq!(
        row("| 2026-12-24 | \"2026-12-25\" | - |"),
        ["A0301 of \"2026-12-25\": this is no day of a calendar; write a day such as 2026-12-25"]
    );
    assert_eq!(
        row("| 2026-12-24 | 2026-12-23 | - |"),
        [
            "A0321 of 2026-12-23: these days end before they begin; change one of the days; both belong to them"
        ]
    );
    assert_eq!(
        row("| 2026-12-24 | - | 1 |"),
        [
            "A0301 of 1: this does not say whether the days are worked; write `true` for working days, `false` for days off"
        ]
    );
}

#[test]
fn a_day_stands_in_one_row() {
    let found = told(&rows(&[
        "| from | to |",
        "| 2026-12-24 | 2026-12-26 |",
        "| 2026-12-26 | - |",
    ]));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("A0208"), "{found:?}");
    assert!(
        found[0].contains("2026-12-26 stands in two rows"),
        "{found:?}"
    );
}

/// As many as a snapshot may have, and one more.
#[test]
fn days_that_are_not_as_usual_have_a_bound() {
    let of = |last: &str| {
        told(&rows(&[
            "| from | to |",
            &format!("| 2000-01-01 | {last} |"),
        ]))
    };
    assert!(of("2273-10-15").is_empty(), "{:?}", of("2273-10-15"));
    let found = of("2273-10-16");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("A1005"), "{found:?}");
    assert!(found[0].contains("at most 100000 days"), "{found:?}");
}

#[test]
fn a_calendar_is_given_once() {
    let again = told("\"de \"\n    given calendar \"DE\"");
    assert_eq!(
        again,
        [
            "A0208 of \"DE\": calendar \"DE\" is given twice; leave one of them out, or put all days into one"
        ]
    );
}

/// Each case may have its own rows; the calendars are there before them, for `where` as well.
#[test]
fn a_property_takes_its_calendars_and_asks_for_the_days_where_they_change() {
    let text = r#"
property "never on a Sunday"
    for all day: date, own: calendar
        where day >= 2026-01-01 and day <= 2026-12-01 and ships(day, 0, own) < 2026-12-20
    given calendar "DE"
    given calendar "CARRIER" working 2, 6 from 2026-01-01 to 2026-12-31
        | from       |
        | 2026-07-18 |
    given Offer
        | row | ends |
        | 1   | day  |
    expect ships(Offer[1].ends, 1, own) > day
    expect weekday(ships(day, 1, own)) < 7

property "always on a weekday of the carrier"
    for all day: date where day >= 2026-01-02 and day <= 2026-12-01
    given calendar "CARRIER" working 2, 6 from 2026-01-01 to 2026-12-31
        | from       | working |
        | 2026-07-19 | true    |
    expect weekday(ships(day, 0, "CARRIER")) in [2, 6]

property "there is none"
    for all own: calendar
    expect ships(2026-01-01, 0, own) >= 2026-01-01
"#;
    insta::assert_snapshot!(tested(text));
}

/// Back from a day, and off both ends of what is known.
#[test]
fn working_days_go_back() {
    let text = r#"
test "back"
    given calendar "DE" from 2026-12-01 to 2026-12-31
        | from       | to         |
        | 2026-12-24 | 2026-12-27 |
    cases
        | day        | lead | own  || ships(day, lead, own) |
        | 2026-12-28 | -1   | "DE" || 2026-12-23            |
        | 2026-12-26 | -1   | "DE" || 2026-12-23            |
        | 2026-12-27 | 0    | "DE" || 2026-12-28            |
        | 2026-12-28 | -2   | "DE" || 2026-12-22            |
        | 2026-12-08 | -5   | "DE" || 2026-12-01            |
        | 2027-01-01 | -1   | "DE" || 2026-12-31            |
    expect error missing_data in ships(2026-12-01, -1, "DE")
    expect error missing_data in ships(2026-12-08, -6, "DE")
    expect error missing_data in ships(2027-01-02, -1, "DE")
    expect error missing_data in ships(2026-12-31, 1, "DE")
    expect error out_of_range in add_working_days(0001-01-01, -1, [])
    expect add_working_days(2026-12-01, -3, []) is 2026-11-28
    expect working_days_between(2026-12-28, 2026-12-22, ["DE"]) is -2
"#;
    let report = tested(text);
    assert!(
        report.lines().any(|line| line == "passed  back"),
        "{report}"
    );
}
