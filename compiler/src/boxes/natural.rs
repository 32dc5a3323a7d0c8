//! Natural numbers of any size, for volumes of boxes with many columns: no volume is ever rounded,
//! so no bound built on one is ever wrong.

use std::cmp::Ordering;

/// A natural number: 64-bit digits, lowest first, the last not zero.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Natural {
    digits: Vec<u64>,
}

impl Natural {
    pub(super) fn product(factors: impl IntoIterator<Item = u32>) -> Self {
        let mut product = Self { digits: vec![1] };
        for factor in factors {
            product.multiply(factor);
        }
        product
    }

    fn multiply(&mut self, factor: u32) {
        let mut carry = 0u64;
        for digit in &mut self.digits {
            // Below 2^64 * 2^32, plus a carry below 2^32: fits.
            let wide = u128::from(*digit) * u128::from(factor) + u128::from(carry);
            (*digit, carry) = halves(wide);
        }
        if carry > 0 {
            self.digits.push(carry);
        }
        while self.digits.last() == Some(&0) {
            self.digits.pop();
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        if self.digits.len() < other.digits.len() {
            self.digits.resize(other.digits.len(), 0);
        }
        let mut carry = 0u64;
        let others = other.digits.iter().copied().chain(std::iter::repeat(0));
        for (digit, more) in self.digits.iter_mut().zip(others) {
            (*digit, carry) = halves(u128::from(*digit) + u128::from(more) + u128::from(carry));
        }
        if carry > 0 {
            self.digits.push(carry);
        }
    }

    /// `self - other`, or zero where that would be negative.
    pub(super) fn less(&self, other: &Self) -> Self {
        if *self <= *other {
            return Self::default();
        }
        let mut digits = Vec::with_capacity(self.digits.len());
        let mut borrow = false;
        let others = other.digits.iter().copied().chain(std::iter::repeat(0));
        for (digit, minus) in self.digits.iter().zip(others) {
            let (rest, under) = digit.overflowing_sub(minus);
            let (rest, under_again) = rest.overflowing_sub(u64::from(borrow));
            borrow = under || under_again;
            digits.push(rest);
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Self { digits }
    }

    /// How many thousandths of `whole` this is, rounded down; 1000 at most.
    pub(super) fn per_mille(&self, whole: &Self) -> u16 {
        let mut scaled = self.clone();
        scaled.multiply(1000);
        let fits = |share: u16| {
            let mut part = whole.clone();
            part.multiply(u32::from(share));
            part <= scaled
        };
        let (mut low, mut high) = (0u16, 1000u16);
        while low < high {
            let middle = low + (high - low).div_ceil(2);
            if fits(middle) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        low
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_length = self.digits.len().cmp(&other.digits.len());
        by_length.then_with(|| self.digits.iter().rev().cmp(other.digits.iter().rev()))
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Low and high 64 bits.
fn halves(wide: u128) -> (u64, u64) {
    let low = u64::try_from(wide & u128::from(u64::MAX)).unwrap_or(u64::MAX);
    (low, u64::try_from(wide >> 64).unwrap_or(u64::MAX))
}
