//! Date formulas in the notation of AL's `CalcDate`.
//!
//! A formula is a row of terms, each applied to the day that the one before left:
//!
//! | term | plus | minus |
//! |---|---|---|
//! | `CM` | last day of the current period | first day of it |
//! | `30D` | so many days, weeks, months, quarters or years later | earlier |
//! | `D15` | the next day after this one with that day of the month | the last one before |
//! | `WD2` | the next such weekday after this day (1 is Monday) | the last one before |
//! | `W7`, `M4`, `Q2` | first day of the next ISO week, month or quarter with that number | of the last |
//! | `Y2027` | 1 January of that year, which must be later | which must be earlier |
//!
//! A month is clipped to its end (`1M` from 31 January is the last day of February). `CD` is the day
//! itself. `C` and a count with `WD` (`CWD`, `3WD`) have no published meaning and are refused. An
//! enclosing `<…>` is dropped, blanks are ignored, letters may be small. The empty formula moves
//! nothing. The canonical text is in capitals, without blanks, without a leading `+`.

use std::fmt;

use crate::date;

/// Greatest number of terms.
pub const MAX_TERMS: usize = 8;
/// Greatest length of the text in bytes.
pub const MAX_TEXT_BYTES: usize = 64;
/// Greatest number in a term.
pub const MAX_NUMBER: i32 = 9_999_999;

/// A date formula.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateFormula {
    terms: Vec<Term>,
}

/// A term with its sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Term {
    negative: bool,
    what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum What {
    /// End (or start) of the current period.
    Current(Unit),
    /// So many units.
    Count(i32, Unit),
    /// The next (or last) period with this number.
    Numbered(Unit, i32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Unit {
    Day,
    WeekDay,
    Week,
    Month,
    Quarter,
    Year,
}

/// Why a text is no date formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaFault {
    /// Byte of the text at which reading stopped.
    pub at: usize,
    /// What was expected there.
    pub expected: &'static str,
}

impl fmt::Display for FormulaFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at position {}", self.expected, self.at + 1)
    }
}

impl std::error::Error for FormulaFault {}

impl DateFormula {
    /// Reads a formula.
    pub fn parse(text: &str) -> Result<DateFormula, FormulaFault> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(FormulaFault {
                at: MAX_TEXT_BYTES,
                expected: "the end: a date formula has at most 64 characters",
            });
        }
        let mut reader = Reader { text, at: 0 };
        let bracket = reader.take('<');
        let mut terms = Vec::new();
        loop {
            reader.blanks();
            if reader.peek().is_none() || (bracket && reader.peek() == Some('>')) {
                break;
            }
            if terms.len() == MAX_TERMS {
                return Err(reader.fault("the end: a date formula has at most 8 terms"));
            }
            terms.push(reader.term(terms.is_empty())?);
        }
        if bracket && !reader.take('>') {
            return Err(reader.fault("`>`"));
        }
        reader.blanks();
        match reader.peek() {
            None => Ok(DateFormula { terms }),
            Some(_) => Err(reader.fault("the end")),
        }
    }

    /// Whether it moves nothing because it has no terms.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// The day that the formula leads to; `None` outside 0001-01-01 to 9999-12-31.
    pub fn apply(&self, day: i32) -> Option<i32> {
        self.terms.iter().try_fold(day, |day, term| term.apply(day))
    }
}

impl fmt::Display for DateFormula {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, term) in self.terms.iter().enumerate() {
            match (term.negative, index) {
                (true, _) => f.write_str("-")?,
                (false, 0) => {}
                (false, _) => f.write_str("+")?,
            }
            match term.what {
                What::Current(unit) => write!(f, "C{}", unit.text())?,
                What::Count(count, unit) => write!(f, "{count}{}", unit.text())?,
                What::Numbered(unit, number) => write!(f, "{}{number}", unit.text())?,
            }
        }
        Ok(())
    }
}

impl Unit {
    const fn text(self) -> &'static str {
        match self {
            Unit::Day => "D",
            Unit::WeekDay => "WD",
            Unit::Week => "W",
            Unit::Month => "M",
            Unit::Quarter => "Q",
            Unit::Year => "Y",
        }
    }

    /// Numbers that a numbered term may have.
    const fn numbers(self) -> (i32, i32) {
        match self {
            Unit::Day => (1, 31),
            Unit::WeekDay => (1, 7),
            Unit::Week => (1, 53),
            Unit::Month => (1, 12),
            Unit::Quarter => (1, 4),
            Unit::Year => (1, 9_999),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        let next = self.text.get(self.at..)?.chars().next()?;
        Some(next.to_ascii_uppercase())
    }

    fn take(&mut self, wanted: char) -> bool {
        self.blanks();
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn blanks(&mut self) {
        while self.peek() == Some(' ') {
            self.at += 1;
        }
    }

    fn fault(&self, expected: &'static str) -> FormulaFault {
        FormulaFault {
            at: self.at,
            expected,
        }
    }

    /// A term; all but the first need a sign.
    fn term(&mut self, first: bool) -> Result<Term, FormulaFault> {
        let negative = self.take('-');
        if !negative && !self.take('+') && !first {
            return Err(self.fault("`+` or `-`"));
        }
        self.blanks();
        let start = self.at;
        let what = if self.peek().is_some_and(|next| next.is_ascii_digit()) {
            let count = self.number()?;
            What::Count(count, self.unit()?)
        } else if self.take('C') {
            What::Current(self.unit()?)
        } else {
            let unit = self.unit()?;
            self.blanks();
            What::Numbered(unit, self.number()?)
        };
        let refused = match what {
            What::Count(_, Unit::WeekDay) | What::Current(Unit::WeekDay) => {
                Some("another unit: `WD` takes the number of a weekday, as in `WD2`")
            }
            What::Numbered(unit, number) => {
                let (low, high) = unit.numbers();
                (number < low || number > high)
                    .then_some("a day 1 to 31, weekday 1 to 7, week 1 to 53, month 1 to 12, quarter 1 to 4 or year 1 to 9999")
            }
            _ => None,
        };
        match refused {
            Some(expected) => Err(FormulaFault {
                at: start,
                expected,
            }),
            None => Ok(Term { negative, what }),
        }
    }

    fn number(&mut self) -> Result<i32, FormulaFault> {
        let start = self.at;
        let mut number = 0i32;
        while let Some(digit) = self.peek().and_then(|next| next.to_digit(10)) {
            let digit = i32::try_from(digit).unwrap_or(0);
            number = number.saturating_mul(10).saturating_add(digit);
            self.at += 1;
        }
        if self.at == start {
            return Err(self.fault("a number"));
        }
        if number > MAX_NUMBER {
            return Err(FormulaFault {
                at: start,
                expected: "a number up to 9999999",
            });
        }
        Ok(number)
    }

    fn unit(&mut self) -> Result<Unit, FormulaFault> {
        self.blanks();
        let unit = match self.peek() {
            Some('D') => Unit::Day,
            Some('W') => Unit::Week,
            Some('M') => Unit::Month,
            Some('Q') => Unit::Quarter,
            Some('Y') => Unit::Year,
            _ => return Err(self.fault("a unit: D, WD, W, M, Q or Y")),
        };
        self.at += 1;
        if unit == Unit::Week && self.peek() == Some('D') {
            self.at += 1;
            return Ok(Unit::WeekDay);
        }
        Ok(unit)
    }
}

impl Term {
    fn apply(self, day: i32) -> Option<i32> {
        match self.what {
            What::Current(unit) => {
                let (first, last) = period(day, unit)?;
                Some(if self.negative { first } else { last })
            }
            What::Count(count, unit) => {
                let count = if self.negative { -count } else { count };
                move_by(day, count, unit)
            }
            What::Numbered(unit, number) => numbered(day, unit, number, self.negative),
        }
    }
}

fn move_by(day: i32, count: i32, unit: Unit) -> Option<i32> {
    match unit {
        Unit::Day | Unit::WeekDay => date::add_days(day, i64::from(count)),
        Unit::Week => date::add_days(day, i64::from(count) * 7),
        Unit::Month => date::add_months(day, count),
        Unit::Quarter => date::add_months(day, count.checked_mul(3)?),
        Unit::Year => date::add_months(day, count.checked_mul(12)?),
    }
}

/// First and last day of the period around a day; the ends of the calendar clip it.
fn period(day: i32, unit: Unit) -> Option<(i32, i32)> {
    let (year, month, _) = date::to_civil(day);
    let month_of = |first: u32, last: u32| {
        let start = date::from_civil(year, first, 1)?;
        let end = date::from_civil(year, last, date::days_in_month(year, last))?;
        Some((start, end))
    };
    match unit {
        Unit::Day | Unit::WeekDay => Some((day, day)),
        Unit::Week => {
            let monday = day - i32::try_from(date::weekday(day)).ok()? + 1;
            Some((
                monday.max(date::FIRST_DAY),
                monday.saturating_add(6).min(date::LAST_DAY),
            ))
        }
        Unit::Month => month_of(month, month),
        Unit::Quarter => {
            let first = (month - 1) / 3 * 3 + 1;
            month_of(first, first + 2)
        }
        Unit::Year => month_of(1, 12),
    }
}

/// The next (or, backwards, the last) first day of a period with this number.
fn numbered(day: i32, unit: Unit, number: i32, backwards: bool) -> Option<i32> {
    let found = |candidate: i32| (backwards && candidate < day) || (!backwards && candidate > day);
    let sign = if backwards { -1 } else { 1 };
    let (year, _, _) = date::to_civil(day);
    match unit {
        Unit::WeekDay => {
            let ahead = (number - i32::try_from(date::weekday(day)).ok()?).rem_euclid(7);
            let moved = match (ahead, backwards) {
                (0, _) => 7 * sign,
                (ahead, false) => ahead,
                (ahead, true) => ahead - 7,
            };
            date::add_days(day, i64::from(moved))
        }
        Unit::Day => {
            // Months without that day are passed over; no two short months are neighbours, and a
            // 30th or 31st is at most two months away.
            let (first, _) = period(day, Unit::Month)?;
            (0..=3).find_map(|months| {
                let (year, month, _) = date::to_civil(date::add_months(first, months * sign)?);
                let candidate = date::from_civil(year, month, u32::try_from(number).ok()?)?;
                found(candidate).then_some(candidate)
            })
        }
        Unit::Week => {
            // Week 53 is at most seven years away.
            (-1..=8).find_map(|years| {
                let candidate = iso_week(year + years * sign, number)?;
                found(candidate).then_some(candidate)
            })
        }
        Unit::Month | Unit::Quarter => {
            let month = u32::try_from(number).ok()?;
            let month = if unit == Unit::Quarter {
                month * 3 - 2
            } else {
                month
            };
            (0..=1).find_map(|years| {
                let candidate = date::from_civil(year + years * sign, month, 1)?;
                found(candidate).then_some(candidate)
            })
        }
        Unit::Year => date::from_civil(number, 1, 1).filter(|candidate| found(*candidate)),
    }
}

/// Monday of an ISO week; `None` when the year has no such week or the day does not exist.
fn iso_week(year: i32, week: i32) -> Option<i32> {
    let monday_of_first = |year: i32| {
        let fourth = date::from_civil(year, 1, 4)?;
        Some(fourth - i32::try_from(date::weekday(fourth)).ok()? + 1)
    };
    let monday = monday_of_first(year)? + (week - 1) * 7;
    let next = monday_of_first(year + 1).unwrap_or(i32::MAX);
    let exists = (date::FIRST_DAY..=date::LAST_DAY).contains(&monday) && monday < next;
    exists.then_some(monday)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn applied(formula: &str, day: &str) -> String {
        let formula = DateFormula::parse(formula).unwrap();
        match formula.apply(date::parse(day).unwrap()) {
            Some(day) => date::format(day),
            None => "out of range".to_owned(),
        }
    }

    #[test]
    fn published_examples() {
        // From the reference of CALCDATE.
        assert_eq!(applied("<CQ+1M-10D>", "1996-05-21"), "1996-07-20");
        assert_eq!(applied("<-WD2>", "1996-05-21"), "1996-05-14");
        assert_eq!(applied("<CM+30D>", "1996-05-21"), "1996-06-30");
    }

    #[test]
    fn current_periods() {
        for (formula, wanted) in [
            ("CD", "2026-11-20"),
            ("-CD", "2026-11-20"),
            ("CW", "2026-11-22"),
            ("-CW", "2026-11-16"),
            ("CM", "2026-11-30"),
            ("-CM", "2026-11-01"),
            ("CQ", "2026-12-31"),
            ("-CQ", "2026-10-01"),
            ("CY", "2026-12-31"),
            ("-CY", "2026-01-01"),
            ("CM+14D", "2026-12-14"),
            ("1M+CM", "2026-12-31"),
        ] {
            assert_eq!(applied(formula, "2026-11-20"), wanted, "{formula}");
        }
    }

    #[test]
    fn counts() {
        for (formula, day, wanted) in [
            ("1W", "2026-11-20", "2026-11-27"),
            ("-2D", "2026-11-20", "2026-11-18"),
            ("1M", "2026-01-31", "2026-02-28"),
            ("1M+1M", "2026-01-31", "2026-03-28"),
            ("2M", "2026-01-31", "2026-03-31"),
            ("1Q", "2026-11-30", "2027-02-28"),
            ("-1Y", "2024-02-29", "2023-02-28"),
            ("", "2026-11-20", "2026-11-20"),
            ("0D", "2026-11-20", "2026-11-20"),
            ("9000Y", "2026-11-20", "out of range"),
            ("-9999999D", "2026-11-20", "out of range"),
            ("9999999Y", "2026-11-20", "out of range"),
        ] {
            assert_eq!(applied(formula, day), wanted, "{formula}");
        }
    }

    #[test]
    fn numbered_periods_never_give_the_day_itself() {
        for (formula, day, wanted) in [
            ("D15", "2026-11-14", "2026-11-15"),
            ("D15", "2026-11-15", "2026-12-15"),
            ("-D15", "2026-11-15", "2026-10-15"),
            ("D31", "2026-11-20", "2026-12-31"),
            ("D30", "2026-01-31", "2026-03-30"),
            ("-D31", "2026-03-01", "2026-01-31"),
            ("WD5", "2026-11-20", "2026-11-27"),
            ("WD1", "2026-11-20", "2026-11-23"),
            ("-WD1", "2026-11-20", "2026-11-16"),
            ("-WD5", "2026-11-20", "2026-11-13"),
            ("W1", "2026-11-20", "2027-01-04"),
            ("W53", "2021-01-04", "2026-12-28"),
            ("-W53", "2026-11-20", "2020-12-28"),
            ("M4", "2026-11-20", "2027-04-01"),
            ("M11", "2026-11-01", "2027-11-01"),
            ("-M11", "2026-11-20", "2026-11-01"),
            ("Q1", "2026-11-20", "2027-01-01"),
            ("-Q4", "2026-10-01", "2025-10-01"),
            ("Y2030", "2026-11-20", "2030-01-01"),
            ("Y2020", "2026-11-20", "out of range"),
            ("-Y2020", "2026-11-20", "2020-01-01"),
            ("WD7", "9999-12-31", "out of range"),
        ] {
            assert_eq!(applied(formula, day), wanted, "{formula} from {day}");
        }
    }

    #[test]
    fn canonical_text() {
        for (text, wanted) in [
            ("<cm + 14d>", "CM+14D"),
            ("+1W", "1W"),
            (" - wd 2 ", "-WD2"),
            ("007D", "7D"),
            ("<>", ""),
        ] {
            assert_eq!(DateFormula::parse(text).unwrap().to_string(), wanted);
        }
    }

    #[test]
    fn limits() {
        let terms = |count: usize| DateFormula::parse(&vec!["1D"; count].join("+")).is_ok();
        assert!(terms(MAX_TERMS) && !terms(MAX_TERMS + 1));
        let number = |number: i32| DateFormula::parse(&format!("{number}D")).is_ok();
        assert!(number(MAX_NUMBER) && !number(MAX_NUMBER + 1));
        let bytes = |count: usize| DateFormula::parse(&format!("{}1D", " ".repeat(count - 2)));
        assert!(bytes(MAX_TEXT_BYTES).is_ok() && bytes(MAX_TEXT_BYTES + 1).is_err());
    }

    #[test]
    fn refused() {
        for text in [
            "X",
            "1",
            "1X",
            "C",
            "CX",
            "D",
            "D0",
            "D32",
            "WD8",
            "M13",
            "Q5",
            "W54",
            "3WD",
            "CWD",
            "1D2D",
            "1D+",
            "<1D",
            "1D>",
            "99999999999D",
            "1D+1D+1D+1D+1D+1D+1D+1D+1D",
            "\u{e9}",
            "1D++1D",
            "Y0",
        ] {
            assert!(DateFormula::parse(text).is_err(), "{text}");
        }
        assert!(DateFormula::parse(&"1D+".repeat(40)).is_err());
        insta::assert_snapshot!(
            DateFormula::parse("1W+2X").unwrap_err(),
            @"expected a unit: D, WD, W, M, Q or Y at position 5"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[<>CDWMQY0-9+\\- a-z\u{e9}]{0,20}") {
            if let Ok(formula) = DateFormula::parse(&text) {
                prop_assert_eq!(DateFormula::parse(&formula.to_string()), Ok(formula.clone()));
                let _ = formula.apply(date::FIRST_DAY);
                let _ = formula.apply(date::LAST_DAY);
            }
        }

        #[test]
        fn numbered_days_are_after_or_before(day in date::FIRST_DAY + 4_000..date::LAST_DAY - 4_000,
            formula in "(D([1-9]|[12][0-9]|3[01])|WD[1-7]|W([1-9]|[1-4][0-9]|5[0-3])|M([1-9]|1[0-2])|Q[1-4])")
        {
            let next = DateFormula::parse(&formula).unwrap().apply(day).unwrap();
            let last = DateFormula::parse(&format!("-{formula}")).unwrap().apply(day).unwrap();
            prop_assert!(last < day && day < next, "{} {}", last, next);
        }
    }
}
