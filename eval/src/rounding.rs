//! Rounding to a multiple of a step, and the exact proportions that shares are made of.
//!
//! Both compute quotient and remainder with whole numbers, so that no rounding of the definition
//! comes before the one that the text asks for: a tie is a tie only when it is one.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::failure::ErrorCode;
use crate::wide::Wide;

/// How a value between two multiples is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// To the nearest; a tie goes away from zero.
    Nearest,
    /// To the nearest; a tie goes to the even multiple.
    Even,
    /// Away from zero.
    Up,
    /// Toward zero.
    Down,
    /// To the lower.
    Floor,
    /// To the higher.
    Ceiling,
}

impl Mode {
    /// All modes, in the order of the enum `Rounding`.
    pub const ALL: [Mode; 6] = [
        Mode::Nearest,
        Mode::Even,
        Mode::Up,
        Mode::Down,
        Mode::Floor,
        Mode::Ceiling,
    ];

    /// The mode at this position of the enum `Rounding`.
    pub fn at(position: u32) -> Option<Mode> {
        Mode::ALL.get(usize::try_from(position).ok()?).copied()
    }

    /// Whether the magnitude goes to the next multiple. `half` compares the remainder with half a
    /// step; the remainder is not 0.
    fn goes_up(self, half: Ordering, odd: bool, negative: bool) -> bool {
        match self {
            Mode::Nearest => half != Ordering::Less,
            Mode::Even => half == Ordering::Greater || (half == Ordering::Equal && odd),
            Mode::Up => true,
            Mode::Down => false,
            Mode::Floor => negative,
            Mode::Ceiling => !negative,
        }
    }
}

/// Rounds to a multiple of a step. A step of 0 or below is `out_of_range`; a multiple that is no
/// decimal of the definition is `overflow`.
pub fn round_to(value: Decimal, step: Decimal, mode: Mode) -> Result<Decimal, ErrorCode> {
    round_ratio(&Ratio::from(value), step, mode)
}

/// Rounds `total × weight ÷ weights` to a multiple of a step, with nothing rounded before.
///
/// `weights` of 0 is `nothing_to_share_by`.
pub fn round_share(
    total: Decimal,
    weight: Exact,
    weights: Exact,
    step: Decimal,
    mode: Mode,
) -> Result<Decimal, ErrorCode> {
    if weights.magnitude.is_zero() {
        return Err(ErrorCode::NothingToShareBy);
    }
    // At most 96 + 221 bits above; 221 + 94 below. Both weights have scale 28, which cancels out.
    let up = Wide::coefficient(total).multiply(&weight.magnitude);
    let down = weights.magnitude.times_ten_to(total.scale());
    let negative = (total.is_sign_negative() != weight.negative) != weights.negative;
    match (up, down) {
        (Some(up), Some(down)) => round_ratio(&Ratio { up, down, negative }, step, mode),
        _ => Err(ErrorCode::Overflow),
    }
}

/// A number as an exact quotient.
struct Ratio {
    up: Wide,
    down: Wide,
    negative: bool,
}

impl From<Decimal> for Ratio {
    fn from(value: Decimal) -> Ratio {
        Ratio {
            up: Wide::coefficient(value),
            down: Wide::new(10u128.checked_pow(value.scale()).unwrap_or(1)),
            negative: value.is_sign_negative(),
        }
    }
}

fn round_ratio(value: &Ratio, step: Decimal, mode: Mode) -> Result<Decimal, ErrorCode> {
    if step <= Decimal::ZERO {
        return Err(ErrorCode::OutOfRange);
    }
    let multiple = multiples(value, step, mode).ok_or(ErrorCode::Overflow)?;
    // The count of steps has at most 96 + 221 + 94 bits.
    let coefficient = multiple
        .multiply(&Wide::coefficient(step))
        .ok_or(ErrorCode::Overflow)?;
    let negative = value.negative && !coefficient.is_zero();
    coefficient
        .to_decimal(step.scale(), negative)
        .ok_or(ErrorCode::Overflow)
}

/// How many steps the rounded magnitude has.
fn multiples(value: &Ratio, step: Decimal, mode: Mode) -> Option<Wide> {
    let up = value.up.times_ten_to(step.scale())?;
    let down = value.down.multiply(&Wide::coefficient(step))?;
    let (quotient, remainder) = up.divide(&down)?;
    if remainder.is_zero() {
        return Some(quotient);
    }
    let half = remainder.doubled(0)?.cmp(&down);
    if mode.goes_up(half, quotient.is_odd(), value.negative) {
        quotient.add(&Wide::new(1))
    } else {
        Some(quotient)
    }
}

/// An exact sum of decimals, as a signed count of 10^-28. The sum of 2^32 decimals has at most
/// 221 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact {
    magnitude: Wide,
    negative: bool,
}

impl Exact {
    /// Nothing.
    pub const ZERO: Exact = Exact {
        magnitude: Wide::ZERO,
        negative: false,
    };

    /// A decimal.
    pub fn new(value: Decimal) -> Exact {
        let places = 28u32.saturating_sub(value.scale());
        Exact {
            // A coefficient times 10^28 has at most 190 bits.
            magnitude: Wide::coefficient(value)
                .times_ten_to(places)
                .unwrap_or(Wide::ZERO),
            negative: value.is_sign_negative() && !value.is_zero(),
        }
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.magnitude.is_zero()
    }

    /// As a decimal, where it is one.
    pub fn decimal(&self) -> Option<Decimal> {
        self.magnitude.to_decimal(28, self.negative)
    }

    /// Sum; `None` beyond 512 bits.
    pub fn add(&self, other: &Exact) -> Option<Exact> {
        let (magnitude, negative) = if self.negative == other.negative {
            (self.magnitude.add(&other.magnitude)?, self.negative)
        } else if self.magnitude >= other.magnitude {
            (self.magnitude.subtract(&other.magnitude)?, self.negative)
        } else {
            (other.magnitude.subtract(&self.magnitude)?, other.negative)
        };
        let negative = negative && !magnitude.is_zero();
        Some(Exact {
            magnitude,
            negative,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    /// The published vectors: value, step, then the results of the six modes in their order.
    const VECTORS: [(&str, &str, [&str; 6]); 22] = [
        ("2.5", "1", ["3", "2", "3", "2", "2", "3"]),
        ("3.5", "1", ["4", "4", "4", "3", "3", "4"]),
        ("-2.5", "1", ["-3", "-2", "-3", "-2", "-3", "-2"]),
        ("-3.5", "1", ["-4", "-4", "-4", "-3", "-4", "-3"]),
        ("2.4", "1", ["2", "2", "3", "2", "2", "3"]),
        ("2.6", "1", ["3", "3", "3", "2", "2", "3"]),
        ("-2.4", "1", ["-2", "-2", "-3", "-2", "-3", "-2"]),
        ("-2.6", "1", ["-3", "-3", "-3", "-2", "-3", "-2"]),
        ("0.4", "1", ["0", "0", "1", "0", "0", "1"]),
        ("-0.4", "1", ["0", "0", "-1", "0", "-1", "0"]),
        ("0.5", "1", ["1", "0", "1", "0", "0", "1"]),
        ("-0.5", "1", ["-1", "0", "-1", "0", "-1", "0"]),
        ("0", "1", ["0", "0", "0", "0", "0", "0"]),
        ("7", "1", ["7", "7", "7", "7", "7", "7"]),
        ("-7", "1", ["-7", "-7", "-7", "-7", "-7", "-7"]),
        (
            "24.375",
            "0.01",
            ["24.38", "24.38", "24.38", "24.37", "24.37", "24.38"],
        ),
        (
            "24.385",
            "0.01",
            ["24.39", "24.38", "24.39", "24.38", "24.38", "24.39"],
        ),
        (
            "1.025",
            "0.05",
            ["1.05", "1.00", "1.05", "1.00", "1.00", "1.05"],
        ),
        (
            "1.07",
            "0.05",
            ["1.05", "1.05", "1.10", "1.05", "1.05", "1.10"],
        ),
        ("12", "5", ["10", "10", "15", "10", "10", "15"]),
        ("12.5", "5", ["15", "10", "15", "10", "10", "15"]),
        (
            "-1",
            "0.3",
            ["-0.9", "-0.9", "-1.2", "-0.9", "-1.2", "-0.9"],
        ),
    ];

    #[test]
    fn vectors() {
        for (value, step, results) in VECTORS {
            for (mode, wanted) in Mode::ALL.into_iter().zip(results) {
                let got = round_to(number(value), number(step), mode).unwrap();
                assert_eq!(got, number(wanted), "{value} to {step} using {mode:?}");
                assert!(!got.is_zero() || !got.is_sign_negative());
            }
        }
    }

    #[test]
    fn a_tie_is_not_falsified() {
        // In 96 bits this quotient by 0.03 would be rounded before it is compared with a half.
        let value = number("0.0149999999999999999999999999");
        assert_eq!(
            round_to(value, number("0.03"), Mode::Nearest),
            Ok(Decimal::ZERO)
        );
        assert_eq!(
            round_to(number("0.015"), number("0.03"), Mode::Nearest),
            Ok(number("0.03"))
        );
    }

    #[test]
    fn edges() {
        let top = Decimal::MAX;
        assert_eq!(round_to(top, number("0.01"), Mode::Nearest), Ok(top));
        assert_eq!(
            round_to(top, number("10"), Mode::Up),
            Err(ErrorCode::Overflow)
        );
        assert_eq!(
            round_to(top, number("2"), Mode::Down),
            Ok(top - Decimal::ONE)
        );
        assert_eq!(
            round_to(Decimal::ONE, Decimal::ZERO, Mode::Up),
            Err(ErrorCode::OutOfRange)
        );
        assert_eq!(
            round_to(Decimal::ONE, number("-1"), Mode::Up),
            Err(ErrorCode::OutOfRange)
        );
        assert_eq!(round_to(Decimal::new(1, 28), top, Mode::Up), Ok(top));
        assert_eq!(Mode::at(5), Some(Mode::Ceiling));
        assert_eq!(Mode::at(6), None);
    }

    #[test]
    fn shares_multiply_before_they_divide() {
        let third = round_share(
            number("10"),
            Exact::new(number("1")),
            Exact::new(number("3")),
            number("0.01"),
            Mode::Nearest,
        );
        assert_eq!(third, Ok(number("3.33")));
        // Exact although total × weight has more than 96 bits.
        let whole = Exact::new(Decimal::MAX);
        let all = round_share(Decimal::MAX, whole, whole, Decimal::ONE, Mode::Nearest);
        assert_eq!(all, Ok(Decimal::MAX));
        let none = round_share(
            Decimal::ONE,
            whole,
            Exact::ZERO,
            Decimal::ONE,
            Mode::Nearest,
        );
        assert_eq!(none, Err(ErrorCode::NothingToShareBy));
    }

    fn amount() -> impl Strategy<Value = Decimal> {
        (-10_000_000i64..10_000_000, 0u32..6).prop_map(|(n, scale)| Decimal::new(n, scale))
    }

    proptest! {
        #[test]
        fn results_are_the_neighbouring_multiples(value in amount(), step in 1i64..500, at in 0u32..6) {
            let step = Decimal::new(step, 2);
            let mode = Mode::at(at).unwrap();
            let rounded = round_to(value, step, mode).unwrap();
            prop_assert_eq!(rounded % step, Decimal::ZERO);
            prop_assert!((rounded - value).abs() < step);
            let low = round_to(value, step, Mode::Floor).unwrap();
            let high = round_to(value, step, Mode::Ceiling).unwrap();
            prop_assert!(low <= value && value <= high);
            prop_assert!(rounded == low || rounded == high);
            match mode {
                Mode::Nearest | Mode::Even => {
                    prop_assert!((rounded - value).abs() * Decimal::TWO <= step);
                }
                Mode::Up => prop_assert!(rounded.abs() >= value.abs()),
                Mode::Down => prop_assert!(rounded.abs() <= value.abs()),
                Mode::Floor => prop_assert_eq!(rounded, low),
                Mode::Ceiling => prop_assert_eq!(rounded, high),
            }
        }

        #[test]
        fn exact_sums(a in amount(), b in amount()) {
            let sum = Exact::new(a).add(&Exact::new(b)).unwrap();
            prop_assert_eq!(sum, Exact::new(a + b));
        }
    }
}
