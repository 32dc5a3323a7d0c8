//! The types of a caller, bound to the rules.

use std::sync::Arc;

use assize_compiler::{Database, PackageInput};
use assize_runtime::typed::{Choice, Day, Fixed, Reasons, Record, Set};
use assize_runtime::{Loaded, Rules, Snapshot};

use crate::workload::{Decision, Order};

#[derive(Clone, Copy, Choice)]
pub enum Segment {
    Retail,
    Trade,
    Wholesale,
    Vip,
}

#[derive(Clone, Copy, Choice)]
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

#[derive(Clone, Record)]
pub struct Customer {
    pub segment: Segment,
    pub tier: Fixed<0>,
    pub credit_limit: Fixed<2>,
    pub balance: Fixed<2>,
    pub overdue_days: i32,
    pub blocked: Blocked,
    pub contract_price: Option<Fixed<4>>,
}

#[derive(Clone, Record)]
pub struct Warehouse {
    pub number: i32,
    pub on_hand: Fixed<3>,
    pub reserved: Fixed<3>,
    pub safety: Fixed<3>,
}

#[derive(Clone, Record)]
#[assize(input_only)]
pub struct Line {
    pub category: Category,
    pub quantity: Fixed<3>,
    pub list_price: Fixed<2>,
    pub cost: Fixed<4>,
    pub warehouses: [Warehouse; 3],
}

#[derive(Clone, Record)]
#[assize(input_only)]
pub struct CheckoutOrder {
    pub customer: Customer,
    pub line: Line,
    pub date: Day,
}

#[derive(Clone, Record)]
#[assize(input_only)]
pub struct Asked {
    pub order: CheckoutOrder,
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

impl From<&Order> for Asked {
    fn from(order: &Order) -> Asked {
        let warehouse = |number: i32| {
            let it = order.warehouses[number as usize];
            Warehouse {
                number,
                on_hand: Fixed(it.on_hand),
                reserved: Fixed(it.reserved),
                safety: Fixed(it.safety),
            }
        };
        Asked {
            order: CheckoutOrder {
                customer: Customer {
                    segment: at(order.segment),
                    tier: Fixed(i64::from(order.tier)),
                    credit_limit: Fixed(order.credit_limit),
                    balance: Fixed(order.balance),
                    overdue_days: order.overdue_days,
                    blocked: at(order.blocked),
                    contract_price: (order.has_contract != 0)
                        .then_some(Fixed(order.contract_price)),
                },
                line: Line {
                    category: at(order.category),
                    quantity: Fixed(order.qty),
                    list_price: Fixed(order.list_price),
                    cost: Fixed(order.cost),
                    warehouses: [0, 1, 2].map(warehouse),
                },
                date: Day(order.date),
            },
        }
    }
}

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
