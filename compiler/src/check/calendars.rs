//! `given calendar`: everything in it is constant, so a test without an error holds the calendar itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use assize_eval::calendar::Calendar;
use assize_ir::code::normalise_code;
use assize_ir::date;

use super::Checker;
use crate::ast::{CalendarDecl, Expr, ExprKind, FixtureRow, Name};
use crate::codes;

/// The columns of the days that are not as usual.
const COLUMNS: [&str; 3] = ["from", "to", "working"];
/// Monday to Friday: what a calendar works where it does not say.
const USUAL: [u32; 5] = [1, 2, 3, 4, 5];
/// Most days of a calendar that are not as usual, as of a snapshot.
const MAX_EXCEPTIONS: usize = 100_000;

impl Checker<'_> {
    /// The calendar, and what is wrong with it. `known` are the codes that the test has given before.
    pub(crate) fn calendar(&mut self, given: &CalendarDecl, known: &[&str]) -> Option<Calendar> {
        let before = self.out.diagnostics.len();
        let code = normalise_code(&given.code.text).into_owned();
        if known.contains(&&*code) {
            let claim = format!("calendar \"{code}\" is given twice");
            let error = self.error(codes::TWICE, given.code.span, claim);
            error.instead = Some("leave one of them out, or put all days into one".into());
        }
        let working = match &given.working {
            Some(days) => self.weekdays(days),
            None => USUAL.into(),
        };
        let (from, to) = match given.known {
            Some((from, to)) => {
                let days = from.day.zip(to.day);
                if days.is_some_and(|(from, to)| from > to) {
                    let claim = format!("calendar \"{code}\" ends before it begins");
                    let error = self.error(codes::EMPTY_RANGE, to.span, claim);
                    error.instead = Some("change one of the days; both belong to it".into());
                }
                // A day that does not exist has been told where it was read.
                days.unwrap_or((date::FIRST_DAY, date::LAST_DAY))
            }
            None => (date::FIRST_DAY, date::LAST_DAY),
        };
        let columns = self.calendar_columns(given);
        let mut exceptions = BTreeMap::new();
        if let Some(columns) = columns {
            for row in &given.rows {
                self.calendar_row(row, columns, &mut exceptions);
            }
        }
        (self.out.diagnostics.len() == before).then(|| Calendar {
            code: Arc::from(code),
            working,
            exceptions,
            from,
            to,
        })
    }

    fn weekdays(&mut self, days: &[Name]) -> BTreeSet<u32> {
        let mut working = BTreeSet::new();
        for day in days {
            match day.text.parse::<u32>() {
                Ok(number) if (1..=7).contains(&number) => {
                    if !working.insert(number) {
                        let claim = format!("weekday {number} is said twice");
                        self.error(codes::TWICE, day.span, claim).instead =
                            Some("leave one of them out".into());
                    }
                }
                _ => {
                    let claim = format!("there is no weekday {}", day.text);
                    self.error(codes::OUT_OF_RANGE, day.span, claim).instead =
                        Some("write 1 (Monday) to 7 (Sunday)".into());
                }
            }
        }
        working
    }

    /// Where `from`, `to` and `working` stand. `None`: there are no rows that could be read.
    fn calendar_columns(&mut self, given: &CalendarDecl) -> Option<[Option<usize>; 3]> {
        let mut found: [Option<usize>; 3] = [None; 3];
        for (at, column) in given.columns.iter().enumerate() {
            let known = COLUMNS.iter().position(|known| *known == &*column.text);
            match known.and_then(|known| found.get_mut(known)) {
                Some(place) if place.is_none() => *place = Some(at),
                Some(_) => {
                    let claim = format!("column `{}` stands twice", column.text);
                    self.error(codes::TWICE, column.span, claim).instead =
                        Some("leave one of them out".into());
                }
                None => {
                    let claim = format!("a calendar has no column `{}`", column.text);
                    self.error(codes::UNKNOWN_FIELD, column.span, claim)
                        .offer(&column.text, COLUMNS);
                }
            }
        }
        if !given.columns.is_empty() && found.first() == Some(&None) {
            let claim = "the days of this calendar have no column `from`";
            let error = self.error(codes::MISSING_FIELDS, given.code.span, claim);
            error.instead =
                Some("write the first day off below `from`, and the last one below `to`".into());
            return None;
        }
        (!given.columns.is_empty()).then_some(found)
    }

    fn calendar_row(
        &mut self,
        row: &FixtureRow,
        [from, to, working]: [Option<usize>; 3],
        exceptions: &mut BTreeMap<i32, bool>,
    ) {
        let cell = |at: Option<usize>| at.and_then(|at| row.cells.get(at)).and_then(Option::as_ref);
        let works = match cell(working) {
            None => false,
            Some(cell) => match &*cell.kind {
                ExprKind::Bool(works) => *works,
                _ => {
                    let claim = "this does not say whether the days are worked";
                    let wanted = "`true` for working days, `false` for days off";
                    return self.not_in_calendar(cell, claim, wanted);
                }
            },
        };
        let Some(first) = cell(from) else {
            let claim = "`from` of a calendar may not be missing";
            self.error(codes::MISSING_FIELDS, row.span, claim).instead =
                Some("write the first day instead of `-`".into());
            return;
        };
        let Some(from) = self.calendar_day(first) else {
            return;
        };
        let to = match cell(to) {
            None => from,
            Some(cell) => match self.calendar_day(cell) {
                Some(to) if to < from => {
                    let claim = "these days end before they begin";
                    self.error(codes::EMPTY_RANGE, cell.span, claim).instead =
                        Some("change one of the days; both belong to them".into());
                    return;
                }
                Some(to) => to,
                None => return,
            },
        };
        for day in from..=to {
            if exceptions.contains_key(&day) {
                let claim = format!("{} stands in two rows of this calendar", date::format(day));
                self.error(codes::TWICE, row.span, claim).instead =
                    Some("say of each day once whether it is worked".into());
                return;
            }
            if exceptions.len() == MAX_EXCEPTIONS {
                let claim =
                    format!("a calendar has at most {MAX_EXCEPTIONS} days that are not as usual");
                self.error(codes::TOO_LARGE, row.span, claim).instead =
                    Some("say with `from … to …` of the calendar which days it knows".into());
                return;
            }
            exceptions.insert(day, works);
        }
    }

    fn calendar_day(&mut self, cell: &Expr) -> Option<i32> {
        match &*cell.kind {
            ExprKind::Date(date) => date.day,
            // Told where it was read.
            ExprKind::Error => None,
            _ => {
                self.not_in_calendar(
                    cell,
                    "this is no day of a calendar",
                    "a day such as 2026-12-25",
                );
                None
            }
        }
    }

    fn not_in_calendar(&mut self, cell: &Expr, claim: &str, wanted: &str) {
        self.error(codes::WRONG_TYPE, cell.span, claim).instead = Some(format!("write {wanted}"));
    }
}
