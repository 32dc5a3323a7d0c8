//! The order of a caller, with the numbers of the module around it.

use assize_runtime::typed::{Day, Record};

use super::{Amount, Price2, Price4, Quantity, Tier};
use crate::typed::{Blocked, Category, Segment, at, made};
use crate::workload::Order;

#[derive(Clone, Record)]
pub struct Customer {
    pub segment: Segment,
    pub tier: Tier,
    pub credit_limit: Amount,
    pub balance: Amount,
    pub overdue_days: i32,
    pub blocked: Blocked,
    pub contract_price: Option<Price4>,
}

#[derive(Clone, Record)]
pub struct Warehouse {
    pub number: i32,
    pub on_hand: Quantity,
    pub reserved: Quantity,
    pub safety: Quantity,
}

#[derive(Clone, Record)]
#[assize(input_only)]
pub struct Line {
    pub category: Category,
    pub quantity: Quantity,
    pub list_price: Price2,
    pub cost: Price4,
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

impl From<&Order> for Asked {
    fn from(order: &Order) -> Asked {
        let warehouse = |number: i32| {
            let it = order.warehouses[number as usize];
            Warehouse {
                number,
                on_hand: made(it.on_hand),
                reserved: made(it.reserved),
                safety: made(it.safety),
            }
        };
        Asked {
            order: CheckoutOrder {
                customer: Customer {
                    segment: at(order.segment),
                    tier: made(i64::from(order.tier)),
                    credit_limit: made(order.credit_limit),
                    balance: made(order.balance),
                    overdue_days: order.overdue_days,
                    blocked: at(order.blocked),
                    contract_price: (order.has_contract != 0).then_some(made(order.contract_price)),
                },
                line: Line {
                    category: at(order.category),
                    quantity: made(order.qty),
                    list_price: made(order.list_price),
                    cost: made(order.cost),
                    warehouses: [0, 1, 2].map(warehouse),
                },
                date: Day(order.date),
            },
        }
    }
}
