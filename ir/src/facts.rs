//! What is proved of a number, and how facts follow from each other.
//!
//! The same functions serve the compiler, which states facts, and the verifier, which checks that
//! each stated fact follows from those of the operands. A back end may rely on verified facts.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::types::NumType;

/// Greatest scale of a decimal.
pub const MAX_SCALE: u8 = 28;

/// How many places a value may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Places {
    /// At most so many.
    AtMost(u8),
    /// Rounded to a step from data, or read from an undeclared number: known only when it runs.
    FromData,
    /// An unrounded product or quotient without a limit.
    Open,
}

impl Places {
    /// The worse of both.
    pub fn worst(self, other: Places) -> Places {
        self.max(other)
    }

    /// Places of a product.
    pub fn product(self, other: Places) -> Places {
        match (self, other) {
            (Places::AtMost(a), Places::AtMost(b)) => Places::AtMost(a.saturating_add(b)),
            _ => Places::Open,
        }
    }
}

/// What is proved of a number. Bounds are those of the held value (a percent as its fraction).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NumFacts {
    /// How many places.
    pub places: Places,
    /// Lowest value, included; `None`: not known.
    #[serde(with = "crate::types::decimal_option")]
    pub lowest: Option<Decimal>,
    /// Highest value, included; `None`: not known.
    #[serde(with = "crate::types::decimal_option")]
    pub highest: Option<Decimal>,
    /// The operation's result is provably the mathematical one: the definition (96 bits, scale 0 to
    /// 28) neither rounds it nor overflows.
    pub exact: bool,
}

/// Lowest value of an `Int`.
pub const INT_LOWEST: i64 = -i64::MAX;
/// Highest value of an `Int`.
pub const INT_HIGHEST: i64 = i64::MAX;

impl NumFacts {
    /// Nothing is known.
    pub const UNKNOWN: NumFacts = NumFacts {
        places: Places::FromData,
        lowest: None,
        highest: None,
        exact: false,
    };

    /// A constant.
    pub fn constant(value: Decimal) -> NumFacts {
        NumFacts {
            places: Places::AtMost(u8::try_from(value.scale()).unwrap_or(MAX_SCALE)),
            lowest: Some(value),
            highest: Some(value),
            exact: true,
        }
    }

    /// Any `Int`.
    pub fn int() -> NumFacts {
        NumFacts {
            places: Places::AtMost(0),
            lowest: Some(Decimal::from(INT_LOWEST)),
            highest: Some(Decimal::from(INT_HIGHEST)),
            exact: true,
        }
    }

    /// What holds behind a border of this type.
    pub fn declared(ty: &NumType) -> NumFacts {
        NumFacts {
            places: ty.places.map_or(Places::FromData, Places::AtMost),
            lowest: ty.lowest,
            highest: ty.highest,
            exact: true,
        }
    }

    /// Either of two values.
    pub fn join(&self, other: &NumFacts) -> NumFacts {
        NumFacts {
            places: self.places.worst(other.places),
            lowest: both(self.lowest, other.lowest, Decimal::min),
            highest: both(self.highest, other.highest, Decimal::max),
            exact: self.exact && other.exact,
        }
    }

    /// Sum.
    pub fn add(&self, other: &NumFacts) -> NumFacts {
        let places = self.places.worst(other.places);
        let lowest = checked(self.lowest, other.lowest, Decimal::checked_add);
        let highest = checked(self.highest, other.highest, Decimal::checked_add);
        NumFacts {
            places,
            lowest,
            highest,
            exact: fits(places, lowest, highest),
        }
    }

    /// Difference.
    pub fn subtract(&self, other: &NumFacts) -> NumFacts {
        self.add(&other.negate())
    }

    /// Change of sign; always exact.
    pub fn negate(&self) -> NumFacts {
        NumFacts {
            places: self.places,
            lowest: self.highest.map(|value| -value),
            highest: self.lowest.map(|value| -value),
            exact: true,
        }
    }

    /// Magnitude; always exact.
    pub fn absolute(&self) -> NumFacts {
        let zero = Decimal::ZERO;
        let (lowest, highest) = match (self.lowest, self.highest) {
            (Some(low), high) if low >= zero => (Some(low), high),
            (low, Some(high)) if high <= zero => (Some(-high), low.map(|low| -low)),
            (Some(low), Some(high)) => (Some(zero), Some(high.max(-low))),
            _ => (Some(zero), None),
        };
        NumFacts {
            places: self.places,
            lowest,
            highest,
            exact: true,
        }
    }

    /// Product.
    pub fn multiply(&self, other: &NumFacts) -> NumFacts {
        let places = self.places.product(other.places);
        let (lowest, highest) = match (self.lowest, self.highest, other.lowest, other.highest) {
            (Some(a), Some(b), Some(c), Some(d)) => corners(a, b, c, d, Decimal::checked_mul),
            // Without all four ends only the sign is known.
            (Some(a), _, Some(c), _) if a >= Decimal::ZERO && c >= Decimal::ZERO => {
                (Some(Decimal::ZERO), None)
            }
            _ => (None, None),
        };
        let exact = fits(places, lowest, highest);
        NumFacts {
            places,
            lowest,
            highest,
            exact,
        }
    }

    /// Quotient. Exact only when the divisor is a known power of ten.
    pub fn divide(&self, other: &NumFacts) -> NumFacts {
        if let Some(shift) = power_of_ten(other) {
            let places = match self.places {
                Places::AtMost(n) => {
                    let moved = i32::from(n).saturating_add(shift);
                    Places::AtMost(u8::try_from(moved.max(0)).unwrap_or(u8::MAX))
                }
                worse => worse,
            };
            let divisor = other.lowest.unwrap_or(Decimal::ONE);
            let lowest = self.lowest.and_then(|value| value.checked_div(divisor));
            let highest = self.highest.and_then(|value| value.checked_div(divisor));
            let exact = fits(places, lowest, highest);
            return NumFacts {
                places,
                lowest,
                highest,
                exact,
            };
        }
        let (lowest, highest) = match (self.lowest, self.highest, other.lowest, other.highest) {
            (Some(a), Some(b), Some(c), Some(d)) if c > Decimal::ZERO || d < Decimal::ZERO => {
                // The definition rounds a quotient to fit: one step of scale 28 on either side.
                let (low, high) = corners(a, b, c, d, Decimal::checked_div);
                let slack = Decimal::new(1, 20);
                (
                    low.and_then(|value| value.checked_sub(slack)),
                    high.and_then(|value| value.checked_add(slack)),
                )
            }
            (Some(a), _, Some(c), _) if a >= Decimal::ZERO && c > Decimal::ZERO => {
                (Some(Decimal::ZERO), None)
            }
            _ => (None, None),
        };
        NumFacts {
            places: Places::Open,
            lowest,
            highest,
            exact: false,
        }
    }

    /// Rounding to a step with these facts. Exact: rounding is what the text asks for, and its
    /// result fits when the value did.
    pub fn round(&self, step: &NumFacts) -> NumFacts {
        let known = match (step.lowest, step.highest) {
            (Some(low), Some(high)) if low == high && low > Decimal::ZERO => Some(low),
            _ => None,
        };
        let places = match (known, step.places) {
            (Some(step), _) => {
                Places::AtMost(u8::try_from(step.normalize().scale()).unwrap_or(MAX_SCALE))
            }
            (None, Places::AtMost(n)) => Places::AtMost(n),
            (None, _) => Places::FromData,
        };
        // Rounding moves a value by less than one step, whatever the mode.
        let reach = step.highest;
        let moved = |end: Option<Decimal>, by: fn(Decimal, Decimal) -> Option<Decimal>| match (
            end, reach,
        ) {
            (Some(end), Some(reach)) => match known {
                Some(step) if end.checked_rem(step) == Some(Decimal::ZERO) => Some(end),
                _ => by(end, reach),
            },
            _ => None,
        };
        let lowest = moved(self.lowest, Decimal::checked_sub);
        let highest = moved(self.highest, Decimal::checked_add);
        let exact = fits(places, lowest, highest);
        NumFacts {
            places,
            lowest,
            highest,
            exact,
        }
    }

    /// The sum of up to `count` values like this one; `None`: no bound on their number.
    pub fn sum(&self, count: Option<u32>) -> NumFacts {
        let zero = Decimal::ZERO;
        let times = |end: Option<Decimal>, keep: bool| match (end, count) {
            // Nothing there gives 0, so an end beyond 0 comes in to 0.
            (Some(_), _) if keep => Some(zero),
            (Some(end), Some(count)) => end.checked_mul(Decimal::from(count)),
            _ => None,
        };
        let lowest = times(self.lowest, self.lowest.is_some_and(|low| low >= zero));
        let highest = times(self.highest, self.highest.is_some_and(|high| high <= zero));
        let exact = fits(self.places, lowest, highest);
        // A sum that is rounded to fit may drift beyond its ends, though never across 0.
        let drift = |end: Option<Decimal>| end.filter(|end| exact || *end == zero);
        NumFacts {
            places: self.places,
            lowest: drift(lowest),
            highest: drift(highest),
            exact,
        }
    }

    /// A whole number between two ends.
    pub fn whole(lowest: Decimal, highest: Decimal) -> NumFacts {
        NumFacts {
            places: Places::AtMost(0),
            lowest: Some(lowest),
            highest: Some(highest),
            exact: true,
        }
    }

    /// The same as an `Int`: a value beyond ±(2^63 − 1) does not come out, it is `overflow`.
    pub fn within_int(&self) -> NumFacts {
        let (least, most) = (Decimal::from(INT_LOWEST), Decimal::from(INT_HIGHEST));
        let inside = self.lowest.is_some_and(|low| low >= least)
            && self.highest.is_some_and(|high| high <= most);
        NumFacts {
            places: Places::AtMost(0),
            lowest: Some(self.lowest.map_or(least, |low| low.clamp(least, most))),
            highest: Some(self.highest.map_or(most, |high| high.clamp(least, most))),
            exact: self.exact && inside,
        }
    }

    /// A `Num` read as an `Int`. What comes out is the same value, so it is exact.
    pub fn to_int(&self) -> NumFacts {
        NumFacts {
            exact: true,
            ..self.within_int()
        }
    }

    /// The lowest of two values.
    pub fn least(&self, other: &NumFacts) -> NumFacts {
        NumFacts {
            highest: either(self.highest, other.highest, Decimal::min),
            ..self.join(other)
        }
    }

    /// The highest of two values.
    pub fn greatest(&self, other: &NumFacts) -> NumFacts {
        NumFacts {
            lowest: either(self.lowest, other.lowest, Decimal::max),
            ..self.join(other)
        }
    }

    /// A part of a running total: the rounded total now less the rounded total before. Each of both
    /// is off by less than a step; nothing is proved of the total itself, so it is not exact.
    pub fn round_running(&self, step: &NumFacts) -> NumFacts {
        NumFacts {
            places: self.round(step).places,
            lowest: None,
            highest: None,
            exact: false,
        }
    }

    /// A part of a share of this total. Who takes the rest takes what is left of the total, with
    /// its places; parts of running totals have those of the step.
    pub fn share_part(&self, step: &NumFacts, running: bool) -> NumFacts {
        let rounded = self.round(step).places;
        NumFacts {
            places: if running {
                rounded
            } else {
                rounded.worst(self.places)
            },
            lowest: None,
            highest: None,
            exact: false,
        }
    }

    /// Whether every value with `self` is also one with `other`: `other` is the weaker statement.
    pub fn implies(&self, other: &NumFacts) -> bool {
        let places = match (self.places, other.places) {
            (Places::AtMost(a), Places::AtMost(b)) => a <= b,
            (Places::Open, Places::FromData) => true,
            (a, b) => a <= b,
        };
        let low = other
            .lowest
            .is_none_or(|bound| self.lowest.is_some_and(|low| low >= bound));
        let high = other
            .highest
            .is_none_or(|bound| self.highest.is_some_and(|high| high <= bound));
        places && low && high && (self.exact || !other.exact)
    }

    /// Whether a value with these facts always passes the border of a declared type.
    pub fn within(&self, ty: &NumType) -> bool {
        let places = match (self.places, ty.places) {
            (_, None) => true,
            (Places::AtMost(a), Some(b)) => a <= b,
            _ => false,
        };
        let low = ty
            .lowest
            .is_none_or(|bound| self.lowest.is_some_and(|low| low >= bound));
        let high = ty
            .highest
            .is_none_or(|bound| self.highest.is_some_and(|high| high <= bound));
        places && low && high
    }
}

/// Both ends, joined.
fn both(
    a: Option<Decimal>,
    b: Option<Decimal>,
    join: fn(Decimal, Decimal) -> Decimal,
) -> Option<Decimal> {
    Some(join(a?, b?))
}

/// The end that is known, or the joined one of both.
fn either(
    a: Option<Decimal>,
    b: Option<Decimal>,
    join: fn(Decimal, Decimal) -> Decimal,
) -> Option<Decimal> {
    match (a, b) {
        (Some(a), Some(b)) => Some(join(a, b)),
        (a, b) => a.or(b),
    }
}

/// Both ends, computed; an overflow is no bound.
fn checked(
    a: Option<Decimal>,
    b: Option<Decimal>,
    op: fn(Decimal, Decimal) -> Option<Decimal>,
) -> Option<Decimal> {
    op(a?, b?)
}

/// Lowest and highest of the four corners; no bound when one of them overflows.
fn corners(
    a: Decimal,
    b: Decimal,
    c: Decimal,
    d: Decimal,
    op: fn(Decimal, Decimal) -> Option<Decimal>,
) -> (Option<Decimal>, Option<Decimal>) {
    let all = [op(a, c), op(a, d), op(b, c), op(b, d)];
    let mut lowest: Option<Decimal> = None;
    let mut highest: Option<Decimal> = None;
    for corner in all {
        let Some(corner) = corner else {
            return (None, None);
        };
        lowest = Some(lowest.map_or(corner, |low| low.min(corner)));
        highest = Some(highest.map_or(corner, |high| high.max(corner)));
    }
    (lowest, highest)
}

/// Whether every value with these places and ends is a decimal of the definition: the coefficient
/// stays below 2^96 and the scale at most 28, so nothing is rounded to fit.
fn fits(places: Places, lowest: Option<Decimal>, highest: Option<Decimal>) -> bool {
    let Places::AtMost(places) = places else {
        return false;
    };
    if places > MAX_SCALE {
        return false;
    }
    let (Some(low), Some(high)) = (lowest, highest) else {
        return false;
    };
    let magnitude = low.abs().max(high.abs());
    // Room left: 10^places × magnitude < 2^96, asked without computing the product inexactly.
    let limit = Decimal::MAX.trunc();
    let Some(scale) = 10i128.checked_pow(u32::from(places)) else {
        return false;
    };
    match Decimal::try_from_i128_with_scale(scale, 0) {
        Ok(scale) => limit
            .checked_div(scale)
            .is_some_and(|room| magnitude < room),
        Err(_) => false,
    }
}

/// `n` when the value is the constant 10^n (n may be negative).
fn power_of_ten(facts: &NumFacts) -> Option<i32> {
    let value = facts.lowest?;
    if facts.highest != Some(value) || value <= Decimal::ZERO {
        return None;
    }
    let normal = value.normalize();
    let mut coefficient = normal.mantissa();
    let mut power = -i32::try_from(normal.scale()).ok()?;
    while coefficient % 10 == 0 {
        coefficient /= 10;
        power = power.checked_add(1)?;
    }
    (coefficient == 1).then_some(power)
}
