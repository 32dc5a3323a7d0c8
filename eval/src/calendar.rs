//! Working days.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use assize_ir::date;

/// A calendar of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Its code, normalised.
    pub code: Arc<str>,
    /// Weekdays that are worked, 1 (Monday) to 7.
    pub working: BTreeSet<u32>,
    /// Days that differ from their weekday: `true` is worked.
    pub exceptions: BTreeMap<i32, bool>,
    /// First day that the calendar knows.
    pub from: i32,
    /// Last day that the calendar knows.
    pub to: i32,
}

/// A day that a calendar does not know: `missing_data`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownDay {
    /// Code of the calendar, empty when there is no calendar and the day does not exist.
    pub calendar: Arc<str>,
    /// The day; just outside the language's days when it does not exist.
    pub day: i64,
}

impl Calendar {
    /// Whether a day is worked.
    pub fn works(&self, day: i32) -> Result<bool, UnknownDay> {
        if day < self.from || day > self.to {
            return Err(UnknownDay {
                calendar: Arc::clone(&self.code),
                day: i64::from(day),
            });
        }
        Ok(match self.exceptions.get(&day) {
            Some(works) => *works,
            None => self.working.contains(&date::weekday(day)),
        })
    }
}

/// Whether a day is worked in all calendars; the first that does not know it is the error. Without
/// calendars every day is worked.
fn works(day: i64, calendars: &[&Calendar]) -> Result<bool, UnknownDay> {
    let known = i32::try_from(day)
        .ok()
        .filter(|day| (date::FIRST_DAY..=date::LAST_DAY).contains(day));
    let Some(known) = known else {
        return Err(UnknownDay {
            calendar: Arc::from(""),
            day,
        });
    };
    let mut all = true;
    for calendar in calendars {
        all &= calendar.works(known)?;
    }
    Ok(all)
}

/// Days looked at and the answer.
pub struct Counted<T> {
    /// The answer.
    pub value: T,
    /// Number of days looked at, the price of the answer.
    pub days: u64,
}

/// The nth working day after a day (before it when n is negative); 0: the first on or after it.
///
/// Gives up after `at_most` days looked at, as `Ok` with no value.
pub fn add_working_days(
    day: i32,
    n: i64,
    calendars: &[&Calendar],
    at_most: u64,
) -> Result<Counted<Option<i32>>, UnknownDay> {
    let step = if n < 0 { -1 } else { 1 };
    let mut left = n.unsigned_abs().max(1);
    // For 0 the day itself counts.
    let mut at = if n == 0 {
        i64::from(day) - 1
    } else {
        i64::from(day)
    };
    let mut days = 0u64;
    while left > 0 {
        if days >= at_most {
            return Ok(Counted { value: None, days });
        }
        days += 1;
        at += step;
        if works(at, calendars)? {
            left -= 1;
        }
    }
    Ok(Counted {
        value: i32::try_from(at).ok(),
        days,
    })
}

/// Number of working days after the first up to and including the last; when the last is earlier,
/// the same between the two exchanged, with a minus sign.
///
/// Gives up after `at_most` days looked at, as `Ok` with no value.
pub fn working_days_between(
    first: i32,
    last: i32,
    calendars: &[&Calendar],
    at_most: u64,
) -> Result<Counted<Option<i64>>, UnknownDay> {
    let (low, high, sign) = if first <= last {
        (first, last, 1)
    } else {
        (last, first, -1)
    };
    let mut count = 0i64;
    let mut days = 0u64;
    for day in i64::from(low) + 1..=i64::from(high) {
        if days >= at_most {
            return Ok(Counted { value: None, days });
        }
        days += 1;
        count += i64::from(works(day, calendars)?);
    }
    Ok(Counted {
        value: Some(count * sign),
        days,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> i32 {
        date::parse(text).unwrap()
    }

    fn calendar(code: &str, working: &[u32], exceptions: &[(&str, bool)]) -> Calendar {
        Calendar {
            code: Arc::from(code),
            working: working.iter().copied().collect(),
            exceptions: exceptions.iter().map(|(d, w)| (day(d), *w)).collect(),
            from: day("2026-01-01"),
            to: day("2027-12-31"),
        }
    }

    fn add(from: &str, n: i64, calendars: &[&Calendar]) -> String {
        match add_working_days(day(from), n, calendars, 10_000) {
            Ok(Counted {
                value: Some(found), ..
            }) => date::format(found),
            Ok(_) => "too many".to_owned(),
            Err(unknown) => format!("{} unknown in {}", unknown.day, unknown.calendar),
        }
    }

    #[test]
    fn steps() {
        let shop = calendar(
            "SHOP",
            &[1, 2, 3, 4, 5],
            &[("2026-12-25", false), ("2026-11-21", true)],
        );
        // 2026-11-20 is a Friday, the Saturday after it is worked by exception.
        assert_eq!(add("2026-11-20", 0, &[&shop]), "2026-11-20");
        assert_eq!(add("2026-11-20", 1, &[&shop]), "2026-11-21");
        assert_eq!(add("2026-11-20", 2, &[&shop]), "2026-11-23");
        assert_eq!(add("2026-11-22", 0, &[&shop]), "2026-11-23");
        assert_eq!(add("2026-11-22", -1, &[&shop]), "2026-11-21");
        assert_eq!(add("2026-11-23", -2, &[&shop]), "2026-11-20");
        assert_eq!(add("2026-12-24", 1, &[&shop]), "2026-12-28");
    }

    #[test]
    fn a_day_counts_when_all_work() {
        let shop = calendar("SHOP", &[1, 2, 3, 4, 5], &[]);
        let carrier = calendar("CARRIER", &[2, 4, 6], &[("2026-11-24", false)]);
        assert_eq!(add("2026-11-20", 1, &[&shop, &carrier]), "2026-11-26");
        assert_eq!(add("2026-11-20", 3, &[]), "2026-11-23");
    }

    #[test]
    fn outside_the_range_is_unknown() {
        let shop = calendar("SHOP", &[1], &[]);
        assert!(add("2027-12-31", 1, &[&shop]).contains("unknown in SHOP"));
        assert!(add("2026-01-01", -1, &[&shop]).contains("unknown in SHOP"));
        let never = calendar("NEVER", &[], &[]);
        assert!(add("2026-11-20", 1, &[&never]).contains("unknown in NEVER"));
        assert!(add("9999-12-31", 1, &[]).contains("unknown in"));
        let bounded = add_working_days(day("2026-11-20"), i64::MAX, &[], 100).unwrap();
        assert_eq!((bounded.value, bounded.days), (None, 100));
        assert!(add_working_days(day("2026-11-20"), i64::MIN, &[], u64::MAX).is_err());
    }

    #[test]
    fn between() {
        let shop = calendar("SHOP", &[1, 2, 3, 4, 5], &[("2026-12-25", false)]);
        let count = |a: &str, b: &str| {
            working_days_between(day(a), day(b), &[&shop], 10_000)
                .unwrap()
                .value
        };
        assert_eq!(count("2026-11-20", "2026-11-20"), Some(0));
        assert_eq!(count("2026-11-20", "2026-11-27"), Some(5));
        assert_eq!(count("2026-11-27", "2026-11-20"), Some(-5));
        assert_eq!(count("2026-12-24", "2026-12-25"), Some(0));
        let bounded = working_days_between(day("2026-11-20"), day("2026-11-27"), &[&shop], 3);
        assert_eq!(bounded.unwrap().value, None);
    }
}
