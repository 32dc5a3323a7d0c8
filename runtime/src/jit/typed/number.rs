//! Numbers, days and sets as callers hold them.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use assize_ir::date;
use rust_decimal::Decimal;

use super::term::{Choice, Reasons};
use crate::jit::shape::coefficient;

/// A number with so many places, as the whole number of its last place: `Fixed::<2>(1250)` is 12.50. A
/// percent is held as its fraction, so 5% declared with 2 places is `Fixed::<4>(500)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Fixed<const PLACES: u8>(pub i64);

impl<const PLACES: u8> fmt::Display for Fixed<PLACES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Decimal::try_from_i128_with_scale(i128::from(self.0), u32::from(PLACES))
            .map_err(|_| fmt::Error)?
            .fmt(f)
    }
}

/// A decimal has no coefficient of 64 bits with so many places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoesNotFit;

impl fmt::Display for DoesNotFit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number has more places or more digits than fit, or is out of range")
    }
}

impl std::error::Error for DoesNotFit {}

impl<const PLACES: u8> TryFrom<Decimal> for Fixed<PLACES> {
    type Error = DoesNotFit;
    fn try_from(value: Decimal) -> Result<Self, DoesNotFit> {
        coefficient(value, PLACES).map(Fixed).ok_or(DoesNotFit)
    }
}

impl<const PLACES: u8> TryFrom<Fixed<PLACES>> for Decimal {
    type Error = DoesNotFit;
    fn try_from(value: Fixed<PLACES>) -> Result<Self, DoesNotFit> {
        Decimal::try_from_i128_with_scale(i128::from(value.0), u32::from(PLACES))
            .map_err(|_| DoesNotFit)
    }
}

impl<const PLACES: u8> FromStr for Fixed<PLACES> {
    type Err = DoesNotFit;
    fn from_str(text: &str) -> Result<Self, DoesNotFit> {
        let value = Decimal::from_str_exact(text).map_err(|_| DoesNotFit)?;
        Fixed::try_from(value)
    }
}

/// A number as [`Fixed`] holds it, from a lowest to a highest coefficient: `Within<2, 0, 100_000>` is from 0.00 to
/// 1000.00. Where the rules declare a range that holds all of these, nothing is tested when they decide: it was when
/// the value was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Within<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64>(i64);

impl<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64> Within<PLACES, LOWEST, HIGHEST> {
    /// The number with this coefficient, if it is within.
    #[inline]
    pub const fn new(coefficient: i64) -> Option<Self> {
        if coefficient < LOWEST || coefficient > HIGHEST {
            return None;
        }
        Some(Within(coefficient))
    }

    /// The whole number of its last place.
    #[inline]
    pub const fn coefficient(self) -> i64 {
        self.0
    }
}

impl<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64> fmt::Display
    for Within<PLACES, LOWEST, HIGHEST>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Fixed::<PLACES>(self.0).fmt(f)
    }
}

impl<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64> TryFrom<Fixed<PLACES>>
    for Within<PLACES, LOWEST, HIGHEST>
{
    type Error = DoesNotFit;
    fn try_from(value: Fixed<PLACES>) -> Result<Self, DoesNotFit> {
        Within::new(value.0).ok_or(DoesNotFit)
    }
}

impl<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64> From<Within<PLACES, LOWEST, HIGHEST>>
    for Fixed<PLACES>
{
    fn from(value: Within<PLACES, LOWEST, HIGHEST>) -> Fixed<PLACES> {
        Fixed(value.0)
    }
}

impl<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64> FromStr
    for Within<PLACES, LOWEST, HIGHEST>
{
    type Err = DoesNotFit;
    fn from_str(text: &str) -> Result<Self, DoesNotFit> {
        text.parse::<Fixed<PLACES>>()?.try_into()
    }
}

/// A day, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Day(pub i32);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&date::format(self.0))
    }
}

/// A text is no day from 0001-01-01 to 9999-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADay;

impl fmt::Display for NotADay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a day is written like 2026-11-29")
    }
}

impl std::error::Error for NotADay {}

impl FromStr for Day {
    type Err = NotADay;
    fn from_str(text: &str) -> Result<Day, NotADay> {
        date::parse(text).map(Day).ok_or(NotADay)
    }
}

/// A set of reasons, or of values of an enum, with at most 64 names: what a list of them holds, without order,
/// repetition and parameters. It takes no memory.
pub struct Set<T> {
    bits: u64,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Set<T> {
    fn clone(&self) -> Set<T> {
        *self
    }
}
impl<T> Copy for Set<T> {}
impl<T> Default for Set<T> {
    fn default() -> Set<T> {
        Set::from_bits(0)
    }
}
impl<T> PartialEq for Set<T> {
    fn eq(&self, other: &Set<T>) -> bool {
        self.bits == other.bits
    }
}
impl<T> Eq for Set<T> {}
impl<T> fmt::Debug for Set<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Set({:#b})", self.bits)
    }
}

impl<T> Set<T> {
    pub(crate) const fn from_bits(bits: u64) -> Set<T> {
        Set {
            bits,
            of: PhantomData,
        }
    }

    /// A bit for each name, the first in the lowest.
    pub const fn bits(self) -> u64 {
        self.bits
    }

    /// Whether it holds nothing.
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    fn positions(self) -> impl Iterator<Item = usize> {
        (0..64).filter(move |position| self.bits >> position & 1 == 1)
    }
}

impl<T: Choice> Set<T> {
    /// The values, in the order of their names.
    pub fn values(self) -> impl Iterator<Item = T> {
        self.positions().filter_map(T::at)
    }
}

impl<T: Reasons> Set<T> {
    /// The names of the reasons, in their order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        self.positions()
            .filter_map(|position| T::NAMES.get(position).map(|(name, _)| *name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_both_ways() {
        let price: Fixed<2> = "12.5".parse().unwrap();
        assert_eq!(price, Fixed(1250));
        assert_eq!(price.to_string(), "12.50");
        assert_eq!(Decimal::try_from(price), Ok(Decimal::new(1250, 2)));
        assert_eq!("0.001".parse::<Fixed<2>>(), Err(DoesNotFit));
        assert_eq!("1e3".parse::<Fixed<2>>(), Err(DoesNotFit));
        assert_eq!(Fixed::<2>::try_from(Decimal::MAX), Err(DoesNotFit));
    }

    #[test]
    fn ranges_are_tested_where_values_are_made() {
        type Price = Within<2, 0, 10_000>;
        assert_eq!("100".parse::<Price>().map(Price::coefficient), Ok(10_000));
        assert_eq!("100.01".parse::<Price>(), Err(DoesNotFit));
        assert_eq!(Price::new(-1), None);
        assert_eq!(Price::try_from(Fixed(10_001)), Err(DoesNotFit));
        assert_eq!(Price::new(1_250).unwrap().to_string(), "12.50");
    }

    #[test]
    fn days_are_written_as_in_rules() {
        assert_eq!("2000-01-01".parse(), Ok(Day(10_957)));
        assert_eq!(Day(0).to_string(), "1970-01-01");
        assert_eq!("31.12.2026".parse::<Day>(), Err(NotADay));
    }
}
