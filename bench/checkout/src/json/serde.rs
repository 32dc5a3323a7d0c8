//! Typed serde_json at both ends. Numbers go through the binary floating point that serde_json gives: exact enough for
//! up to 15 digits, and what a caller of it would do.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::limit::{PRICE, TOTAL, number_of_day};
use crate::limit;
use crate::workload::{
    BLOCKED, CATEGORIES, CREDIT, Decision, Order, REASONS, SEGMENTS, STOCK, Warehouse,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call<'a> {
    decision: &'a str,
    #[serde(borrow)]
    input: Input<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input<'a> {
    #[serde(borrow)]
    order: InOrder<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InOrder<'a> {
    #[serde(borrow)]
    customer: InCustomer<'a>,
    #[serde(borrow)]
    line: InLine<'a>,
    date: &'a str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InCustomer<'a> {
    segment: &'a str,
    tier: u8,
    credit_limit: f64,
    balance: f64,
    overdue_days: i32,
    blocked: &'a str,
    contract_price: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InLine<'a> {
    category: &'a str,
    quantity: f64,
    list_price: f64,
    cost: f64,
    warehouses: [InWarehouse; 3],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InWarehouse {
    number: i32,
    on_hand: f64,
    reserved: f64,
    safety: f64,
}

#[derive(Serialize, Deserialize)]
struct Told<'a> {
    #[serde(borrow)]
    output: Output<'a>,
}

#[derive(Serialize, Deserialize)]
struct Output<'a> {
    unit_price: f64,
    discount: f64,
    amount: f64,
    stock: Cow<'a, str>,
    warehouse: Option<i32>,
    credit: Cow<'a, str>,
    #[serde(borrow)]
    reasons: Vec<Reason<'a>>,
}

#[derive(Serialize, Deserialize)]
struct Reason<'a> {
    code: Cow<'a, str>,
    severity: Cow<'a, str>,
    parameters: Nothing,
}

#[derive(Serialize, Deserialize)]
struct Nothing {}

const POWERS: [f64; 5] = [1.0, 10.0, 100.0, 1_000.0, 10_000.0];

fn float(value: i64, places: usize) -> f64 {
    value as f64 / POWERS[places]
}

/// The coefficient, where the number has no more places.
fn scaled(value: f64, places: usize, most: i64) -> Option<i64> {
    let near = (value * POWERS[places]).round();
    let coefficient = near as i64;
    (float(coefficient, places) == value && (0..=most).contains(&coefficient))
        .then_some(coefficient)
}

fn position(names: &[&str], name: &str) -> Option<u8> {
    Some(names.iter().position(|it| *it == name)? as u8)
}

fn order(call: &[u8]) -> Option<(Order, [i32; 3])> {
    let call: Call<'_> = serde_json::from_slice(call).ok()?;
    if call.decision != "checkout_line" {
        return None;
    }
    let InOrder {
        customer,
        line,
        date,
    } = call.input.order;
    let mut warehouses = [Warehouse::default(); 3];
    for (it, from) in warehouses.iter_mut().zip(&line.warehouses) {
        *it = Warehouse {
            on_hand: scaled(from.on_hand, 3, PRICE[3])?,
            reserved: scaled(from.reserved, 3, PRICE[3])?,
            safety: scaled(from.safety, 3, PRICE[3])?,
        };
    }
    let contract = match customer.contract_price {
        Some(price) => Some(scaled(price, 4, PRICE[4])?),
        None => None,
    };
    let order = Order {
        credit_limit: scaled(customer.credit_limit, 2, TOTAL)?,
        balance: scaled(customer.balance, 2, TOTAL)?,
        contract_price: contract.unwrap_or(0),
        qty: scaled(line.quantity, 3, PRICE[3])?,
        list_price: scaled(line.list_price, 2, PRICE[2])?,
        cost: scaled(line.cost, 4, PRICE[4])?,
        warehouses,
        overdue_days: customer.overdue_days,
        date: number_of_day(date.as_bytes())?,
        segment: position(&SEGMENTS, customer.segment)?,
        tier: (customer.tier <= 5).then_some(customer.tier)?,
        blocked: position(&BLOCKED, customer.blocked)?,
        category: position(&CATEGORIES, line.category)?,
        has_contract: u8::from(contract.is_some()),
        _pad: [0; 3],
    };
    Some((order, line.warehouses.map(|it| it.number)))
}

/// The answer to a call; `None` where it has a fault.
pub fn answer(call: &[u8]) -> Option<String> {
    let (order, numbers) = order(call)?;
    let decision = limit::decide(&order);
    let reasons = REASONS.iter().enumerate();
    let reasons = reasons.filter(|(bit, _)| decision.reasons >> bit & 1 != 0);
    let reason = |(_, code): (usize, &&'static str)| Reason {
        code: Cow::Borrowed(code),
        severity: Cow::Borrowed("info"),
        parameters: Nothing {},
    };
    let output = Output {
        unit_price: float(decision.unit_price, 4),
        discount: float(decision.discount, 2),
        amount: float(decision.amount, 2),
        stock: STOCK[decision.stock as usize].into(),
        warehouse: usize::try_from(decision.warehouse)
            .ok()
            .map(|at| numbers[at]),
        credit: CREDIT[decision.credit as usize].into(),
        reasons: reasons.map(reason).collect(),
    };
    serde_json::to_string(&Told { output }).ok()
}

/// The decision in an answer, whoever wrote it.
pub fn decision(answer: &str) -> Decision {
    let told: Told<'_> = serde_json::from_str(answer).expect("an answer");
    let it = told.output;
    let number = |value: f64, places: usize| (value * POWERS[places]).round() as i64;
    let bit = |reason: &Reason<'_>| 1 << position(&REASONS, &reason.code).expect("a reason");
    Decision {
        unit_price: number(it.unit_price, 4),
        discount: number(it.discount, 2),
        amount: number(it.amount, 2),
        reasons: it.reasons.iter().map(bit).fold(0, |a: u32, b: u32| a | b),
        stock: position(&STOCK, &it.stock).expect("a state of the stock"),
        credit: position(&CREDIT, &it.credit).expect("a state of the credit"),
        warehouse: it.warehouse.map_or(-1, |number| number as i8),
        _pad: 0,
    }
}
