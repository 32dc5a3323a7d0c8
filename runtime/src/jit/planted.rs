//! Variants of machine code, and faults on purpose.
//!
//! Whoever compares machine code with the interpreter wants to know that the comparison notices a fault. So the
//! compiler can be told to make one of these, each a fault that such compilers are known for. A test plants
//! one after the other, and fails when the comparison notices nothing.

/// Which variant of machine code is made.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Whether the code tells what decided. Then nothing is computed that nobody wants, or out of turn.
    pub tells: bool,
    /// Rows or cells of a table that is written as code; greater ones are data.
    pub rows_in_code: usize,
    /// A fault on purpose.
    pub planted: Option<Planted>,
}

impl Default for Variant {
    fn default() -> Variant {
        Variant {
            tells: false,
            rows_in_code: 24,
            planted: None,
        }
    }
}

/// A fault that the compiler makes when it is told to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planted {
    /// A tie goes toward zero.
    TiesTowardZero,
    /// A difference has its operands exchanged.
    SwappedOperands,
    /// A sum is not looked at for overflow.
    SumWithoutExit,
    /// A product keeps the lower 64 bits.
    ProductCut,
    /// The upper end of a band that is left out belongs to it, and the other way around.
    BandOffByOne,
    /// Whole numbers are compared without their signs.
    WithoutSign,
    /// The last exception of a rule never applies.
    DroppedException,
    /// The last row of an index is not found.
    StaleIndex,
    /// Two lists, one after the other, are exchanged.
    ListsExchanged,
    /// A sort forgets that a key is descending.
    AscendingAlways,
    /// Code that tells what decided loses the rows of tables.
    LostDecision,
}

impl Planted {
    /// All of them.
    pub const ALL: [Planted; 11] = [
        Planted::TiesTowardZero,
        Planted::SwappedOperands,
        Planted::SumWithoutExit,
        Planted::ProductCut,
        Planted::BandOffByOne,
        Planted::WithoutSign,
        Planted::DroppedException,
        Planted::StaleIndex,
        Planted::ListsExchanged,
        Planted::AscendingAlways,
        Planted::LostDecision,
    ];
}
