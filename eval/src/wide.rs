//! Whole numbers of 512 bits, for results that must not be falsified by an intermediate rounding.
//!
//! Rounding to a step and sharing by weights compare exact quotients. Their numerators and
//! denominators outgrow 128 bits, but never 512: see the bounds beside each use. The methods below are
//! plain on purpose; what fits 128 bits takes the machine's own path.

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
        // What is taken away each time is a bit too little at most, since the divisor is rounded up and what is left
        // rounded down; some sixty bits of the quotient are found at once.
        let divisor_shift = divisor.bits().saturating_sub(63);
        let rounded_up = divisor.shifted_down(divisor_shift).checked_add(1)?;
        let (mut quotient, mut remainder) = (Wide::ZERO, *self);
        while remainder >= *divisor {
            let shift = remainder.bits().saturating_sub(128);
            let times = remainder.shifted_down(shift).checked_div(rounded_up)?;
            let times = match shift.checked_sub(divisor_shift) {
                Some(up) => Wide::new(times).multiply(&Wide::two_to(up))?,
                None => Wide::new(times.checked_shr(divisor_shift - shift).unwrap_or(0)),
            };
            // It is there once at least.
            let times = if times.is_zero() { Wide::new(1) } else { times };
            remainder = remainder.subtract(&divisor.multiply(&times)?)?;
            quotient = quotient.add(&times)?;
        }
        Some((quotient, remainder))
    }

    /// How many bits it has, without leading zeros.
    fn bits(&self) -> u32 {
        let zeros = self.0.iter().rev().take_while(|limb| **limb == 0);
        let limbs = LIMBS - zeros.count();
        let first = limbs.checked_sub(1).and_then(|at| self.0.get(at));
        first.map_or(0, |limb| 32 * low(limbs as u128) - limb.leading_zeros())
    }

    /// The number without so many of its lowest bits; only where the others fit 128.
    fn shifted_down(&self, bits: u32) -> u128 {
        let mut limbs = self.0.iter().skip((bits / 32) as usize).take(5);
        let limb = limbs.next().copied().unwrap_or(0);
        let first = u128::from(limb >> (bits % 32));
        let place = 32 - bits % 32;
        let rest = limbs.zip(0..).map(|(limb, number)| {
            // The last may begin behind the end; then it is 0.
            u128::from(*limb)
                .checked_shl(place + 32 * number)
                .unwrap_or(0)
        });
        rest.fold(first, |value, limb| value | limb)
    }

    /// 2 to a power below 512.
    fn two_to(power: u32) -> Wide {
        let mut result = Wide::ZERO;
        if let Some(limb) = result.0.get_mut((power / 32) as usize) {
            *limb = 1 << (power % 32);
        }
        result
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

        /// The same as by the method of paper and pencil, bit by bit.
        #[test]
        fn divides_as_on_paper(
            a in proptest::array::uniform16(any::<u32>()),
            b in proptest::array::uniform16(any::<u32>()),
            a_limbs in 0usize..=LIMBS,
            b_limbs in 1usize..LIMBS,
            close: bool,
        ) {
            let some = |limbs: [u32; LIMBS], count: usize| {
                let mut all = [0; LIMBS];
                all.iter_mut().zip(limbs).take(count).for_each(|(to, from)| *to = from);
                Wide(all)
            };
            let divisor = some(b, b_limbs);
            // Also just below and at a multiple.
            let number = match some(a, a_limbs.saturating_sub(b_limbs)).multiply(&divisor) {
                Some(multiple) if close => multiple.subtract(&Wide::new(1)).unwrap_or(multiple),
                Some(multiple) if a_limbs % 2 == 0 => multiple,
                _ => some(a, a_limbs),
            };
            prop_assert_eq!(number.divide(&divisor), on_paper(&number, &divisor));
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

    fn on_paper(number: &Wide, divisor: &Wide) -> Option<(Wide, Wide)> {
        if divisor.is_zero() {
            return None;
        }
        let (mut quotient, mut remainder) = (Wide::ZERO, Wide::ZERO);
        for limb in number.0.iter().rev() {
            for bit in (0..32).rev() {
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

    #[test]
    fn bits_are_those_of_the_machine() {
        for shift in 0..128 {
            for value in [1u128 << shift, u128::MAX >> shift] {
                assert_eq!(Wide::new(value).bits(), 128 - value.leading_zeros());
                for down in 0..128 {
                    assert_eq!(Wide::new(value).shifted_down(down), value >> down);
                }
                for up in 0..384 {
                    let wide = Wide::new(value).multiply(&Wide::two_to(up)).unwrap();
                    assert_eq!(wide.shifted_down(up), value);
                    assert_eq!(wide.bits(), up + 128 - value.leading_zeros());
                }
            }
        }
        assert_eq!(Wide::ZERO.bits(), 0);
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
