//! Whole numbers of 512 bits, for results that must not be falsified by an intermediate rounding.
//!
//! Rounding to a step and sharing by weights compare exact quotients. Their numerators and
//! denominators outgrow 128 bits, but never 512: see the bounds beside each use. The schoolbook
//! methods below are slow and plain on purpose; what fits 128 bits takes the machine's own path.

use std::cmp::Ordering;

use rust_decimal::Decimal;

/// Number of 32-bit limbs.
const LIMBS: usize = 16;
/// Bits of a coefficient of a decimal.
const COEFFICIENT_LIMIT: u128 = 1 << 96;
/// Greatest scale of a decimal.
const MAX_SCALE: u32 = 28;

/// A whole number of 512 bits without sign, least significant limb first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wide([u32; LIMBS]);

impl Wide {
    /// Nothing.
    pub const ZERO: Wide = Wide([0; LIMBS]);

    /// From 128 bits.
    pub fn new(value: u128) -> Wide {
        let mut limbs = [0; LIMBS];
        let mut rest = value;
        for limb in limbs.iter_mut().take(4) {
            *limb = low(rest);
            rest >>= 32;
        }
        Wide(limbs)
    }

    /// The magnitude of a decimal's coefficient.
    pub fn coefficient(value: Decimal) -> Wide {
        Wide::new(value.mantissa().unsigned_abs())
    }

    /// As 128 bits, when it fits.
    pub fn narrow(&self) -> Option<u128> {
        if self.0.iter().skip(4).any(|limb| *limb != 0) {
            return None;
        }
        Some(
            self.0
                .iter()
                .take(4)
                .rev()
                .fold(0, |value, limb| (value << 32) | u128::from(*limb)),
        )
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|limb| *limb == 0)
    }

    /// Whether it is odd.
    pub fn is_odd(&self) -> bool {
        self.0.first().is_some_and(|limb| limb % 2 == 1)
    }

    /// Sum; `None` beyond 512 bits.
    pub fn add(&self, other: &Wide) -> Option<Wide> {
        let mut result = [0; LIMBS];
        let mut carry = 0u64;
        for (out, (a, b)) in result.iter_mut().zip(self.0.iter().zip(&other.0)) {
            let sum = u64::from(*a) + u64::from(*b) + carry;
            *out = low(u128::from(sum));
            carry = sum >> 32;
        }
        (carry == 0).then_some(Wide(result))
    }

    /// Difference; `None` below 0.
    pub fn subtract(&self, other: &Wide) -> Option<Wide> {
        let mut result = [0; LIMBS];
        let mut borrow = 0i64;
        for (out, (a, b)) in result.iter_mut().zip(self.0.iter().zip(&other.0)) {
            let mut difference = i64::from(*a) - i64::from(*b) - borrow;
            borrow = i64::from(difference < 0);
            if difference < 0 {
                difference += 1 << 32;
            }
            *out = u32::try_from(difference).unwrap_or(0);
        }
        (borrow == 0).then_some(Wide(result))
    }

    /// Product; `None` beyond 512 bits.
    pub fn multiply(&self, other: &Wide) -> Option<Wide> {
        let mut result = [0u32; LIMBS];
        for (shift, a) in self.0.iter().enumerate() {
            if *a == 0 {
                continue;
            }
            let mut carry = 0u64;
            let mut used = 0;
            for (out, b) in result.iter_mut().skip(shift).zip(&other.0) {
                let sum = u64::from(*a) * u64::from(*b) + u64::from(*out) + carry;
                *out = low(u128::from(sum));
                carry = sum >> 32;
                used += 1;
            }
            let lost = other.0.iter().skip(used).any(|limb| *limb != 0);
            if carry != 0 || lost {
                return None;
            }
        }
        Some(Wide(result))
    }

    /// Times 10 to a power; `None` beyond 512 bits.
    pub fn times_ten_to(&self, power: u32) -> Option<Wide> {
        let mut result = *self;
        let mut left = power;
        while left > 0 {
            let now = left.min(MAX_SCALE);
            result = result.multiply(&Wide::new(10u128.checked_pow(now)?))?;
            left -= now;
        }
        Some(result)
    }

    /// Quotient and remainder; `None` when the divisor is 0.
    pub fn divide(&self, divisor: &Wide) -> Option<(Wide, Wide)> {
        if divisor.is_zero() {
            return None;
        }
        if let (Some(a), Some(b)) = (self.narrow(), divisor.narrow()) {
            return Some((Wide::new(a.checked_div(b)?), Wide::new(a.checked_rem(b)?)));
        }
        let mut quotient = Wide::ZERO;
        let mut remainder = Wide::ZERO;
        let mut started = false;
        for limb in self.0.iter().rev() {
            if *limb == 0 && !started {
                continue;
            }
            started = true;
            for bit in (0..32).rev() {
                // The remainder is below the divisor, so doubling it loses a bit only when the
                // divisor itself has 512 bits, which no use here comes near.
                remainder = remainder.doubled(limb >> bit & 1)?;
                quotient = quotient.doubled(0)?;
                if let Some(less) = remainder.subtract(divisor) {
                    remainder = less;
                    quotient = quotient.add(&Wide::new(1))?;
                }
            }
        }
        Some((quotient, remainder))
    }

    /// Twice the value plus a bit; `None` beyond 512 bits.
    pub fn doubled(&self, bit: u32) -> Option<Wide> {
        let mut result = *self;
        let mut carry = bit & 1;
        for limb in &mut result.0 {
            let next = *limb >> 31;
            *limb = *limb << 1 | carry;
            carry = next;
        }
        (carry == 0).then_some(result)
    }

    /// The decimal with this coefficient, scale and sign; trailing zeros are dropped while it does
    /// not fit. `None` when it is no decimal of the definition.
    pub fn to_decimal(&self, scale: u32, negative: bool) -> Option<Decimal> {
        let ten = Wide::new(10);
        let mut coefficient = *self;
        let mut scale = scale;
        loop {
            if let Some(value) = coefficient.narrow()
                && value < COEFFICIENT_LIMIT
                && scale <= MAX_SCALE
            {
                let signed = i128::try_from(value).ok()?;
                let signed = if negative { -signed } else { signed };
                return Decimal::try_from_i128_with_scale(signed, scale).ok();
            }
            let (shorter, rest) = coefficient.divide(&ten)?;
            if scale == 0 || !rest.is_zero() {
                return None;
            }
            coefficient = shorter;
            scale -= 1;
        }
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Wide) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Wide {
    fn cmp(&self, other: &Wide) -> Ordering {
        self.0.iter().rev().cmp(other.0.iter().rev())
    }
}

/// The low 32 bits.
fn low(value: u128) -> u32 {
    u32::try_from(value & 0xffff_ffff).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn quotient_and_remainder_make_the_number(
            a in any::<u128>(), b in any::<u128>(), c in 1u128.., d in 1u128..
        ) {
            let number = Wide::new(a).multiply(&Wide::new(b)).unwrap();
            let divisor = Wide::new(c).multiply(&Wide::new(d)).unwrap();
            let (quotient, remainder) = number.divide(&divisor).unwrap();
            prop_assert!(remainder < divisor);
            let back = quotient.multiply(&divisor).unwrap().add(&remainder).unwrap();
            prop_assert_eq!(back, number);
        }

        #[test]
        fn agrees_with_the_machine(a in any::<u64>(), b in 1u64..) {
            let (wide_a, wide_b) = (Wide::new(a.into()), Wide::new(b.into()));
            let product = wide_a.multiply(&wide_b).unwrap().narrow();
            prop_assert_eq!(product, Some(u128::from(a) * u128::from(b)));
            let sum = wide_a.add(&wide_b).unwrap().narrow();
            prop_assert_eq!(sum, Some(u128::from(a) + u128::from(b)));
            prop_assert_eq!(wide_a.cmp(&wide_b), a.cmp(&b));
        }
    }

    #[test]
    fn ends_are_no_panic() {
        let top = Wide([u32::MAX; LIMBS]);
        assert_eq!(top.add(&Wide::new(1)), None);
        assert_eq!(Wide::ZERO.subtract(&Wide::new(1)), None);
        assert_eq!(top.multiply(&Wide::new(2)), None);
        assert_eq!(top.times_ten_to(1), None);
        assert_eq!(top.divide(&Wide::ZERO), None);
        assert_eq!(top.to_decimal(0, false), None);
        assert_eq!(Wide::new(COEFFICIENT_LIMIT * 10).to_decimal(0, false), None);
        let shortened = Wide::new(50)
            .times_ten_to(28)
            .and_then(|w| w.to_decimal(29, true));
        assert_eq!(
            shortened.map(|d| d.to_string()).as_deref(),
            Some("-5.0000000000000000000000000000")
        );
    }
}
