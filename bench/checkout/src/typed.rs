//! The types of a caller, bound to the rules.

use std::sync::Arc;

use assize_compiler::{Database, PackageInput};
use assize_runtime::typed::{Choice, Fixed, Reasons, Record, Set, Within};
use assize_runtime::{Loaded, Rules, Snapshot};

use crate::workload::Decision;

#[derive(Clone, Copy, Choice)]
#[repr(u8)]
pub enum Segment {
    Retail,
    Trade,
    Wholesale,
    Vip,
}

#[derive(Clone, Copy, Choice)]
#[repr(u8)]
pub enum Category {
    Tools,
    Paint,
    Lumber,
    Electric,
    Plumbing,
    Garden,
    Safety,
    Decor,
}

#[derive(Clone, Copy, Choice)]
#[repr(u8)]
pub enum Blocked {
    None,
    Ship,
    All,
}

#[derive(Clone, Copy, Choice)]
pub enum Stock {
    Ok,
    Backorder,
    Short,
}

#[derive(Clone, Copy, Choice)]
pub enum Credit {
    Clear,
    Hold,
    Reject,
}

#[derive(Reasons)]
pub enum Why {
    Discount,
    Contract,
    Promotion,
    Capped,
    Margin,
    Backordered,
    OutOfStock,
    Split,
    OverLimit,
    Overdue,
    BlockedShip,
    BlockedAll,
}

#[derive(Record)]
#[assize(output_only)]
pub struct Answer {
    pub unit_price: Fixed<4>,
    pub discount: Fixed<4>,
    pub amount: Fixed<2>,
    pub stock: Stock,
    pub warehouse: Option<i32>,
    pub credit: Credit,
    pub reasons: Set<Why>,
}

fn at<T: Choice>(position: u8) -> T {
    T::at(usize::from(position)).expect("a generated value is one of the enum")
}

/// Numbers that are made of a coefficient.
trait Made {
    fn of(coefficient: i64) -> Self;
}
impl<const PLACES: u8> Made for Fixed<PLACES> {
    fn of(coefficient: i64) -> Self {
        Fixed(coefficient)
    }
}
impl<const PLACES: u8, const LOWEST: i64, const HIGHEST: i64> Made
    for Within<PLACES, LOWEST, HIGHEST>
{
    fn of(coefficient: i64) -> Self {
        Within::new(coefficient).expect("a generated number is in its range")
    }
}

fn made<T: Made>(coefficient: i64) -> T {
    T::of(coefficient)
}

pub mod fixed;
pub mod within;

impl From<&Answer> for Decision {
    fn from(answer: &Answer) -> Decision {
        Decision {
            unit_price: answer.unit_price.0,
            discount: answer.discount.0,
            amount: answer.amount.0,
            reasons: answer.reasons.bits() as u32,
            stock: answer.stock.position() as u8,
            credit: answer.credit.position() as u8,
            warehouse: answer.warehouse.map_or(-1, |it| it as i8),
            _pad: 0,
        }
    }
}

/// The rules of a file, loaded without data.
pub fn loaded(text: &str) -> Loaded {
    let db = Database::default();
    let files = [("checkout.assize", text)];
    let package = PackageInput::alone(&db, "bench", files);
    let linked = assize_compiler::program(&db, package).expect("the rules have no errors");
    let program = assize_ir::verify_owned(linked.program).expect("the linker makes what verifies");
    let data = Snapshot::empty(&program);
    Loaded::of(Arc::new(Rules::from_program(program)), data).compiled()
}
