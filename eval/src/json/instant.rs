//! Instants: RFC 3339 in UTC, read to whole seconds.

use assize_ir::date;

const DAY_SECONDS: i64 = 86_400;
/// Most digits of a fraction of a second.
const MAX_FRACTION_DIGITS: usize = 9;

/// Reads `2026-11-20T10:15:00Z` to seconds since 1970-01-01 UTC; a fraction of a second is cut.
///
/// `+00:00` stands for `Z`. Other offsets, leap seconds and blanks are refused: the caller knows UTC,
/// and one instant has one text.
pub fn parse(text: &str) -> Option<i64> {
    parts(text).map(|(seconds, _)| seconds)
}

/// Like [`parse`], a fraction of a second rounded up; `None` also where that leaves the calendar.
///
/// The time of a call is read up and the time of data down, so that data never counts as younger
/// than it is, and a time has one form all the same.
pub fn parse_up(text: &str) -> Option<i64> {
    let (seconds, fraction) = parts(text)?;
    let seconds = seconds + i64::from(fraction);
    let end = (i64::from(date::LAST_DAY) + 1) * DAY_SECONDS;
    (seconds < end).then_some(seconds)
}

/// Whole seconds, and whether there is more than them.
fn parts(text: &str) -> Option<(i64, bool)> {
    let (day, time) = text.split_at_checked(10)?;
    let day = date::parse(day)?;
    let time = time.strip_prefix('T')?;
    let time = time
        .strip_suffix('Z')
        .or_else(|| time.strip_suffix("+00:00"))?;
    let (time, fraction) = match time.split_once('.') {
        Some((time, fraction)) => (time, Some(fraction)),
        None => (time, None),
    };
    if fraction.is_some_and(|digits| {
        digits.is_empty()
            || digits.len() > MAX_FRACTION_DIGITS
            || !digits.bytes().all(|byte| byte.is_ascii_digit())
    }) {
        return None;
    }
    let [h1, h2, b':', m1, m2, b':', s1, s2] = time.as_bytes() else {
        return None;
    };
    let two = |tens: &u8, ones: &u8, end: i64| {
        if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
            return None;
        }
        let value = i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
        (value < end).then_some(value)
    };
    let seconds = two(h1, h2, 24)? * 3_600 + two(m1, m2, 60)? * 60 + two(s1, s2, 60)?;
    let more = fraction.is_some_and(|digits| digits.bytes().any(|byte| byte != b'0'));
    Some((i64::from(day) * DAY_SECONDS + seconds, more))
}

/// Writes `2026-11-20T10:15:00Z`; instants outside the calendar are clipped to its ends.
pub fn format(seconds: i64) -> String {
    let first = i64::from(date::FIRST_DAY) * DAY_SECONDS;
    let last = (i64::from(date::LAST_DAY) + 1) * DAY_SECONDS - 1;
    let seconds = seconds.clamp(first, last);
    let day = i32::try_from(seconds.div_euclid(DAY_SECONDS)).unwrap_or(0);
    let of_day = seconds.rem_euclid(DAY_SECONDS);
    let (hours, minutes) = (of_day / 3_600, of_day / 60 % 60);
    format!(
        "{}T{hours:02}:{minutes:02}:{:02}Z",
        date::format(day),
        of_day % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        assert_eq!(parse("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(parse("2026-11-20T10:15:00Z"), Some(1_795_169_700));
        assert_eq!(parse("2026-11-20T10:15:00.999Z"), Some(1_795_169_700));
        assert_eq!(parse("2026-11-20T10:15:00+00:00"), Some(1_795_169_700));
        assert_eq!(parse("1969-12-31T23:59:59.5Z"), Some(-1));
        assert_eq!(
            parse_up("2026-11-20T10:15:00.000000001Z"),
            Some(1_795_169_701)
        );
        assert_eq!(parse_up("2026-11-20T10:15:00.000Z"), Some(1_795_169_700));
        assert_eq!(parse_up("1969-12-31T23:59:59.5Z"), Some(0));
        assert_eq!(parse_up("9999-12-31T23:59:59.5Z"), None);
        for text in [
            "2026-11-20T10:15:00Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert_eq!(parse(text).map(format).as_deref(), Some(text));
        }
        assert_eq!(format(i64::MAX), "9999-12-31T23:59:59Z");
        assert_eq!(format(i64::MIN), "0001-01-01T00:00:00Z");
    }

    #[test]
    fn refused() {
        for text in [
            "",
            "2026-11-20",
            "2026-11-20T10:15:00",
            "2026-11-20 10:15:00Z",
            "2026-11-20T10:15Z",
            "2026-11-20T24:00:00Z",
            "2026-11-20T10:60:00Z",
            "2026-11-20T23:59:60Z",
            "2026-02-29T10:15:00Z",
            "2026-11-20T10:15:00+01:00",
            "2026-11-20T10:15:00-00:00",
            "2026-11-20T10:15:00.Z",
            "2026-11-20T10:15:00.1234567890Z",
            "2026-11-20T10:15:00z",
            "2026-11-20T1é:15:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
