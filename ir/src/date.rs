//! Days as numbers.
//!
//! A day is an `i32`: the number of days since 1970-01-01 in the proleptic Gregorian calendar. The
//! language knows the days 0001-01-01 to 9999-12-31; everything outside is `out_of_range`.

/// 0001-01-01.
pub const FIRST_DAY: i32 = -719_162;
/// 9999-12-31.
pub const LAST_DAY: i32 = 2_932_896;

/// The day number of a calendar date, or `None` when there is no such date.
pub fn from_civil(year: i32, month: u32, day: u32) -> Option<i32> {
    if !(1..=9999).contains(&year) || !(1..=12).contains(&month) {
        return None;
    }
    if day == 0 || day > days_in_month(year, month) {
        return None;
    }
    // Years begin in March, so that the leap day is the last of a year (era of 400 years).
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let month_from_march = (month as i32 + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Year, month and day of a day number; days outside the calendar are clipped to its ends.
pub fn to_civil(day: i32) -> (i32, u32, u32) {
    let shifted = day.clamp(FIRST_DAY, LAST_DAY) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, month.unsigned_abs(), day.unsigned_abs())
}

/// Number of days of a month (1 to 12; any other month has 0).
pub const fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// 1 is Monday, 7 is Sunday.
pub const fn weekday(day: i32) -> u32 {
    ((day + 3).rem_euclid(7) + 1) as u32
}

/// The day moved by whole months, clipped to the end of the month; `None` outside the calendar.
pub fn add_months(day: i32, months: i32) -> Option<i32> {
    let (year, month, of_month) = to_civil(day);
    let index = i64::from(year) * 12 + i64::from(month) - 1 + i64::from(months);
    let year = i32::try_from(index.div_euclid(12)).ok()?;
    let month = u32::try_from(index.rem_euclid(12)).ok()? + 1;
    from_civil(year, month, of_month.min(days_in_month(year, month)))
}

/// The day moved by days; `None` outside the calendar.
pub fn add_days(day: i32, days: i64) -> Option<i32> {
    let moved = i64::from(day).checked_add(days)?;
    let moved = i32::try_from(moved).ok()?;
    (FIRST_DAY..=LAST_DAY).contains(&moved).then_some(moved)
}

/// Reads `2026-11-20`; exactly ten characters.
pub fn parse(text: &str) -> Option<i32> {
    parse_bytes(text.as_bytes())
}

/// Reads `2026-11-20` from bytes that need not be text.
pub fn parse_bytes(bytes: &[u8]) -> Option<i32> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = bytes else {
        return None;
    };
    let number = |digits: &[&u8]| {
        digits.iter().try_fold(0u32, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + u32::from(**digit - b'0'))
        })
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    from_civil(year, number(&[m1, m2])?, number(&[d1, d2])?)
}

/// Writes `2026-11-20`.
pub fn format(day: i32) -> String {
    let (year, month, day) = to_civil(day);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_comes_back() {
        let mut day = FIRST_DAY;
        while day <= LAST_DAY {
            let (y, m, d) = to_civil(day);
            assert_eq!(from_civil(y, m, d), Some(day));
            assert_eq!(parse(&format(day)), Some(day));
            day += 1;
        }
        assert_eq!(format(FIRST_DAY), "0001-01-01");
        assert_eq!(format(LAST_DAY), "9999-12-31");
    }

    #[test]
    fn no_such_date() {
        assert_eq!(parse("2026-02-29"), None);
        assert_eq!(parse("2026-13-01"), None);
        assert_eq!(parse("0000-01-01"), None);
        assert_eq!(parse("2026-1-01"), None);
    }

    #[test]
    fn known_weekdays() {
        assert_eq!(parse("2026-11-23").map(weekday), Some(1));
        assert_eq!(parse("1970-01-01").map(weekday), Some(4));
        assert_eq!(parse("0001-01-01").map(weekday), Some(1));
    }

    #[test]
    fn months_are_clipped() {
        let end = parse("2026-01-31").and_then(|day| add_months(day, 1));
        assert_eq!(end.map(format).as_deref(), Some("2026-02-28"));
        let back = parse("2024-03-31").and_then(|day| add_months(day, -1));
        assert_eq!(back.map(format).as_deref(), Some("2024-02-29"));
    }
}
