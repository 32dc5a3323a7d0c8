//! The arithmetic of the definition.
//!
//! A decimal is a 96-bit coefficient with a scale of 0 to 28. A sum, difference, product or quotient
//! that has such a form is exact. Any other is the nearest decimal with the greatest scale at which
//! the coefficient fits, a tie going to the even coefficient; so a product or quotient that is
//! nearer to 0 than half of 10^-28 is 0, silently, and that is part of the definition. A result
//! whose whole part needs more than 96 bits is `overflow`; a zero divisor is `division_by_zero`.
//!
//! This is what the checked operations of `rust_decimal` do (the tests below hold them against
//! exact arithmetic), except that they can give a zero with a sign. Here 0 has none.

use rust_decimal::Decimal;

use crate::failure::ErrorCode;

/// Sum.
pub fn add(a: Decimal, b: Decimal) -> Result<Decimal, ErrorCode> {
    settled(a.checked_add(b))
}

/// Difference.
pub fn subtract(a: Decimal, b: Decimal) -> Result<Decimal, ErrorCode> {
    settled(a.checked_sub(b))
}

/// Product.
pub fn multiply(a: Decimal, b: Decimal) -> Result<Decimal, ErrorCode> {
    settled(a.checked_mul(b))
}

/// Quotient.
pub fn divide(a: Decimal, b: Decimal) -> Result<Decimal, ErrorCode> {
    if b.is_zero() {
        return Err(ErrorCode::DivisionByZero);
    }
    settled(a.checked_div(b))
}

/// The opposite; exact.
pub fn negate(value: Decimal) -> Decimal {
    unsigned_zero(-value)
}

/// Whether the value has no places.
pub fn is_whole(value: Decimal) -> bool {
    value.normalize().scale() == 0
}

/// Number of places that are not trailing zeros.
pub fn places(value: Decimal) -> u32 {
    value.normalize().scale()
}

/// The result of a checked operation: nothing is `overflow`, and zero has no sign.
fn settled(result: Option<Decimal>) -> Result<Decimal, ErrorCode> {
    result.map(unsigned_zero).ok_or(ErrorCode::Overflow)
}

/// Takes the sign off a zero.
fn unsigned_zero(value: Decimal) -> Decimal {
    if value.is_zero() {
        Decimal::ZERO
    } else {
        value
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wide::Wide;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    /// A quotient of whole numbers, rounded as the definition says, in exact arithmetic.
    fn nearest(numerator: Wide, denominator: Wide, negative: bool) -> Option<Decimal> {
        for scale in (0..=28).rev() {
            let scaled = numerator.times_ten_to(scale)?;
            let (mut quotient, remainder) = scaled.divide(&denominator)?;
            let twice = remainder.doubled(0)?;
            if twice > denominator || (twice == denominator && quotient.is_odd()) {
                quotient = quotient.add(&Wide::new(1))?;
            }
            if let Some(coefficient) = quotient.narrow()
                && coefficient < 1 << 96
            {
                let coefficient = i128::try_from(coefficient).ok()?;
                let coefficient = if negative { -coefficient } else { coefficient };
                return Decimal::try_from_i128_with_scale(coefficient, scale).ok();
            }
        }
        None
    }

    fn any_decimal() -> impl Strategy<Value = Decimal> {
        (any::<u128>(), 0u32..97, any::<bool>(), 0u32..=28).prop_map(
            |(bits, shift, negative, scale)| {
                let magnitude = i128::try_from((bits & ((1 << 96) - 1)) >> shift.min(95)).unwrap();
                let signed = if negative { -magnitude } else { magnitude };
                Decimal::try_from_i128_with_scale(signed, scale).unwrap()
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn products_are_the_nearest_decimal(a in any_decimal(), b in any_decimal()) {
            let numerator = Wide::coefficient(a).multiply(&Wide::coefficient(b)).unwrap();
            let denominator = Wide::new(1).times_ten_to(a.scale() + b.scale()).unwrap();
            let negative = a.is_sign_negative() != b.is_sign_negative();
            prop_assert_eq!(multiply(a, b).ok(), nearest(numerator, denominator, negative));
        }

        #[test]
        fn quotients_are_the_nearest_decimal(a in any_decimal(), b in any_decimal()) {
            prop_assume!(!b.is_zero());
            let numerator = Wide::coefficient(a).times_ten_to(b.scale()).unwrap();
            let denominator = Wide::coefficient(b).times_ten_to(a.scale()).unwrap();
            let negative = a.is_sign_negative() != b.is_sign_negative();
            prop_assert_eq!(divide(a, b).ok(), nearest(numerator, denominator, negative));
        }

        #[test]
        fn sums_are_the_nearest_decimal(a in any_decimal(), b in any_decimal()) {
            let left = Wide::coefficient(a).times_ten_to(28 - a.scale()).unwrap();
            let right = Wide::coefficient(b).times_ten_to(28 - b.scale()).unwrap();
            let (magnitude, negative) = if a.is_sign_negative() == b.is_sign_negative() {
                (left.add(&right).unwrap(), a.is_sign_negative())
            } else if left >= right {
                (left.subtract(&right).unwrap(), a.is_sign_negative())
            } else {
                (right.subtract(&left).unwrap(), b.is_sign_negative())
            };
            let unit = Wide::new(1).times_ten_to(28).unwrap();
            prop_assert_eq!(add(a, b).ok(), nearest(magnitude, unit, negative));
        }
    }

    #[test]
    fn edges() {
        let top = Decimal::MAX;
        assert_eq!(add(top, Decimal::ONE), Err(ErrorCode::Overflow));
        assert_eq!(add(top, number("0.4")), Ok(top));
        assert_eq!(subtract(-top, Decimal::ONE), Err(ErrorCode::Overflow));
        assert_eq!(multiply(top, number("2")), Err(ErrorCode::Overflow));
        assert_eq!(divide(top, number("0.1")), Err(ErrorCode::Overflow));
        assert_eq!(divide(top, Decimal::ZERO), Err(ErrorCode::DivisionByZero));
        assert_eq!(
            divide(Decimal::ZERO, Decimal::ZERO),
            Err(ErrorCode::DivisionByZero)
        );
        let tiny = Decimal::new(1, 28);
        assert_eq!(multiply(tiny, number("0.5")), Ok(Decimal::ZERO));
        assert_eq!(multiply(tiny, number("0.6")), Ok(tiny));
        assert_eq!(multiply(tiny, number("1.5")), Ok(Decimal::new(2, 28)));
        assert_eq!(divide(tiny, number("3")), Ok(Decimal::ZERO));
        assert_eq!(
            divide(number("2"), number("3")).unwrap().to_string(),
            "0.6666666666666666666666666667"
        );
    }

    #[test]
    fn zero_has_no_sign() {
        let zero = multiply(number("-1"), Decimal::ZERO).unwrap();
        assert!(!zero.is_sign_negative());
        assert!(!negate(Decimal::ZERO).is_sign_negative());
        let underflow = multiply(Decimal::new(-1, 28), number("0.1")).unwrap();
        assert!(!underflow.is_sign_negative());
    }

    #[test]
    fn places_ignore_trailing_zeros() {
        assert_eq!(places(number("1.500")), 1);
        assert_eq!(places(number("100")), 0);
        assert!(is_whole(number("3.00")));
        assert!(!is_whole(number("3.01")));
    }
}
