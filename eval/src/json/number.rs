//! Decimals from text, exactly or not at all.
//!
//! The grammar is that of JSON numbers, in strings too: no plus sign, no leading zeros, no blanks.
//! Reading is linear in the length of the text, whatever the exponent says: `1e999999999` costs
//! eleven steps. Trailing zeros and `-0` leave no trace in the value.

use rust_decimal::Decimal;

use super::fault::FaultCode;

/// Greatest number of places of a decimal.
const MAX_PLACES: i64 = 28;
/// One more than the greatest coefficient of a decimal.
const COEFFICIENT_END: u128 = 1 << 96;
/// Beyond this magnitude an exponent is not counted further: no document is so long that its digits
/// could bring it back.
const EXPONENT_CAP: i64 = 1_000_000_000_000;

/// Reads a decimal and moves its point: `shift` −2 reads points of a percent into their fraction.
///
/// The error is [`FaultCode::NotANumber`], [`FaultCode::TooManyPlaces`] (a nonzero digit beyond
/// place 28) or [`FaultCode::OutOfRange`] (a coefficient of more than 96 bits).
pub fn decimal(text: &str, shift: i64) -> Result<Decimal, FaultCode> {
    match short(text, shift) {
        Some(value) => Ok(value),
        None => any_length(text, shift),
    }
}

/// Most characters of a number that [`short`] reads: their digits fit 64 bits.
const SHORT_CHARS: usize = 18;

/// The usual number: few digits, maybe a point, no exponent. `None`: read it the long way.
fn short(text: &str, shift: i64) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    if digits.len() > SHORT_CHARS || matches!(digits, [b'0', b'0'..=b'9', ..]) {
        return None;
    }
    let mut coefficient = 0i64;
    let mut point: Option<usize> = None;
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => coefficient = coefficient * 10 + i64::from(byte - b'0'),
            b'.' if point.is_none() && at > 0 && at + 1 < digits.len() => point = Some(at),
            _ => return None,
        }
    }
    if digits.is_empty() || coefficient == 0 {
        return None;
    }
    let places = point.map_or(0, |point| digits.len() - point - 1);
    let mut scale = u32::try_from(i64::try_from(places).ok()? - shift).ok()?;
    while scale > 0 && coefficient % 10 == 0 {
        coefficient /= 10;
        scale -= 1;
    }
    let negative = digits.len() < text.len();
    let signed = if negative { -coefficient } else { coefficient };
    Some(Decimal::new(signed, scale))
}

fn any_length(text: &str, shift: i64) -> Result<Decimal, FaultCode> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
        None => (rest, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((_, "")) => return Err(FaultCode::NotANumber),
        Some((whole, fraction)) => (whole, fraction),
        None => (mantissa, ""),
    };
    if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
        return Err(FaultCode::NotANumber);
    }
    let mut coefficient: Option<u128> = Some(0);
    // Zeros wait until a nonzero digit follows them, so trailing ones never enter the coefficient.
    let mut waiting: u32 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let digit = match byte {
            b'0' => {
                waiting = waiting.saturating_add(1);
                continue;
            }
            b'1'..=b'9' => u128::from(byte - b'0'),
            _ => return Err(FaultCode::NotANumber),
        };
        coefficient = match coefficient {
            Some(0) => Some(digit),
            Some(so_far) => 10u128
                .checked_pow(waiting.saturating_add(1))
                .and_then(|power| so_far.checked_mul(power))
                .and_then(|moved| moved.checked_add(digit)),
            None => None,
        };
        waiting = 0;
    }
    if coefficient == Some(0) {
        return Ok(Decimal::ZERO);
    }
    let places = i64::try_from(fraction.len()).unwrap_or(EXPONENT_CAP);
    let power = exponent - places + i64::from(waiting) + shift;
    if power < -MAX_PLACES {
        return Err(FaultCode::TooManyPlaces);
    }
    let (coefficient, scale) = if power <= 0 {
        (coefficient, power.unsigned_abs())
    } else {
        let whole = coefficient.and_then(|coefficient| {
            let power = 10u128.checked_pow(u32::try_from(power).ok()?)?;
            coefficient.checked_mul(power)
        });
        (whole, 0)
    };
    let coefficient = coefficient
        .filter(|coefficient| *coefficient < COEFFICIENT_END)
        .and_then(|coefficient| i128::try_from(coefficient).ok())
        .ok_or(FaultCode::OutOfRange)?;
    let signed = if negative { -coefficient } else { coefficient };
    let scale = u32::try_from(scale).map_err(|_| FaultCode::TooManyPlaces)?;
    Decimal::try_from_i128_with_scale(signed, scale).map_err(|_| FaultCode::OutOfRange)
}

/// The exponent after `e`, capped.
fn exponent_of(text: &str) -> Result<i64, FaultCode> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(FaultCode::NotANumber);
    }
    let size = digits.bytes().fold(0i64, |sum, digit| {
        (sum * 10 + i64::from(digit - b'0')).min(EXPONENT_CAP)
    });
    Ok(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format;

    #[test]
    fn read_exactly() {
        for (text, wanted) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.000", "0"),
            ("0e999999999", "0"),
            ("1e2", "100"),
            ("1.50E-1", "0.15"),
            ("1.50e+1", "15"),
            ("12.5000", "12.5"),
            ("100e-2", "1"),
            ("1e28", "10000000000000000000000000000"),
            ("1e-28", "0.0000000000000000000000000001"),
            ("10e-29", "0.0000000000000000000000000001"),
            (
                "79228162514264337593543950335",
                "79228162514264337593543950335",
            ),
            (
                "-79228162514264337593543950335",
                "-79228162514264337593543950335",
            ),
            (
                "7.9228162514264337593543950335",
                "7.9228162514264337593543950335",
            ),
            ("0.1", "0.1"),
        ] {
            let read = decimal(text, 0).map(format::plain_number);
            assert_eq!(read.as_deref(), Ok(wanted), "{text}");
        }
        let long = format!("1.{}", "0".repeat(1_000_000));
        assert_eq!(decimal(&long, 0), Ok(Decimal::ONE));
        let balanced = format!("0.{}1e1000", "0".repeat(999));
        assert_eq!(decimal(&balanced, 0), Ok(Decimal::ONE));
        assert_eq!(
            decimal("5.25", -2).map(format::plain_number).as_deref(),
            Ok("0.0525")
        );
    }

    #[test]
    fn refused() {
        for (text, code) in [
            ("", FaultCode::NotANumber),
            ("-", FaultCode::NotANumber),
            ("+1", FaultCode::NotANumber),
            (" 1", FaultCode::NotANumber),
            ("1 ", FaultCode::NotANumber),
            ("01", FaultCode::NotANumber),
            ("1.", FaultCode::NotANumber),
            (".5", FaultCode::NotANumber),
            ("1e", FaultCode::NotANumber),
            ("1e+", FaultCode::NotANumber),
            ("1e+-1", FaultCode::NotANumber),
            ("1,5", FaultCode::NotANumber),
            ("1_000", FaultCode::NotANumber),
            ("0x10", FaultCode::NotANumber),
            ("NaN", FaultCode::NotANumber),
            ("Infinity", FaultCode::NotANumber),
            ("١", FaultCode::NotANumber),
            ("1e1e1", FaultCode::NotANumber),
            ("1.5.5", FaultCode::NotANumber),
            ("1e999999999", FaultCode::OutOfRange),
            ("1e99999999999999999999999999", FaultCode::OutOfRange),
            ("1e29", FaultCode::OutOfRange),
            ("79228162514264337593543950336", FaultCode::OutOfRange),
            ("1e-29", FaultCode::TooManyPlaces),
            ("1e-999999999", FaultCode::TooManyPlaces),
            ("0.12345678901234567890123456789", FaultCode::TooManyPlaces),
            ("99999999999.9999999999999999999999", FaultCode::OutOfRange),
        ] {
            assert_eq!(decimal(text, 0), Err(code), "{text}");
        }
        assert_eq!(
            decimal(&"9".repeat(1_000_000), 0),
            Err(FaultCode::OutOfRange)
        );
        assert_eq!(decimal("1e-27", -2), Err(FaultCode::TooManyPlaces));
    }

    proptest! {
        #[test]
        fn every_decimal_comes_back(mantissa in any::<u128>(), scale in 0u32..=28, negative: bool) {
            let coefficient = (mantissa >> 32) as i128;
            let value = Decimal::from_i128_with_scale(if negative { -coefficient } else { coefficient }, scale);
            prop_assert_eq!(decimal(&format::plain_number(value), 0), Ok(value));
        }

        #[test]
        fn short_numbers_are_read_the_same(text in "-?[0-9]{0,9}[.]?[0-9]{0,9}") {
            prop_assert_eq!(decimal(&text, 0), any_length(&text, 0));
            prop_assert_eq!(decimal(&text, -2), any_length(&text, -2));
            // Not only in value: the scale is the least one, too.
            if let (Ok(a), Ok(b)) = (decimal(&text, 0), any_length(&text, 0)) {
                prop_assert_eq!(a.scale(), b.scale());
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[-+0-9.eE]{0,40}") {
            let exact = decimal(&text, 0);
            prop_assert_eq!(exact, any_length(&text, 0));
            prop_assert_eq!(decimal(&text, -2), any_length(&text, -2));
            if let Ok(value) = exact {
                // A second reader agrees where it knows the form.
                if !text.contains(['e', 'E']) {
                    prop_assert_eq!(text.parse::<Decimal>().ok(), Some(value));
                }
            }
        }
    }
}
