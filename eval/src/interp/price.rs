//! What evaluation costs, in steps.
//!
//! The compiler's bound for a decision uses the same prices, so what it promises is what is counted
//! here. A step stands for a small, bounded piece of work of any engine.

use crate::value::Value;

/// Evaluation of a node, each time.
pub const NODE: u64 = 1;
/// A row of a table or grid that is looked at, whatever its number of cells. The nodes that its
/// cells compare with are priced as nodes.
pub const ROW: u64 = 1;
/// A column head of a grid that is looked at.
pub const HEAD: u64 = 1;
/// An element that a loop visits, before its `where`; once more for each element that is left when
/// the loop has shares.
pub const ELEMENT: u64 = 1;
/// A day that a working-day function looks at.
pub const DAY: u64 = 1;

/// An element of a list that is copied, or compared with another value; the elements of lists in it as
/// well.
pub const TOUCHED: u64 = 1;

/// The elements of the lists in a value, nested ones included: what comparing it looks at.
pub fn elements(value: &Value) -> u64 {
    match value {
        Value::List(items) => items.iter().fold(0_u64, |sum, item| {
            sum.saturating_add(TOUCHED).saturating_add(elements(item))
        }),
        Value::Record(fields) => fields
            .iter()
            .fold(0_u64, |sum, field| sum.saturating_add(elements(field))),
        _ => 0,
    }
}

/// A sort of so many elements: n × ⌈log2(n + 1)⌉.
pub const fn sort(elements: u64) -> u64 {
    // The number of binary digits of n is ⌈log2(n + 1)⌉.
    elements.saturating_mul((u64::BITS - elements.leading_zeros()) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts() {
        for (elements, steps) in [(0, 0), (1, 1), (2, 4), (3, 6), (4, 12), (7, 21), (8, 32)] {
            assert_eq!(sort(elements), steps);
        }
        assert_eq!(sort(u64::MAX), u64::MAX);
    }
}
