//! Typed serde_json at both ends. Numbers are taken as they are written and made by rust_decimal, since serde_json's own
//! are binary floating point.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

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
    #[serde(borrow)]
    credit_limit: &'a RawValue,
    #[serde(borrow)]
    balance: &'a RawValue,
    overdue_days: i32,
    blocked: &'a str,
    #[serde(borrow)]
    contract_price: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InLine<'a> {
    category: &'a str,
    #[serde(borrow)]
    quantity: &'a RawValue,
    #[serde(borrow)]
    list_price: &'a RawValue,
    #[serde(borrow)]
    cost: &'a RawValue,
    #[serde(borrow)]
    warehouses: [InWarehouse<'a>; 3],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InWarehouse<'a> {
    number: i32,
    #[serde(borrow)]
    on_hand: &'a RawValue,
    #[serde(borrow)]
    reserved: &'a RawValue,
    #[serde(borrow)]
    safety: &'a RawValue,
}

#[derive(Serialize, Deserialize)]
struct Told<'a> {
    #[serde(borrow)]
    output: Output<'a>,
}

#[derive(Serialize, Deserialize)]
struct Output<'a> {
    #[serde(borrow)]
    unit_price: Cow<'a, RawValue>,
    #[serde(borrow)]
    discount: Cow<'a, RawValue>,
    #[serde(borrow)]
    amount: Cow<'a, RawValue>,
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

/// The text of a coefficient with so many places.
fn written(value: i64, places: u32) -> Cow<'static, RawValue> {
    let text = Decimal::new(value, places).to_string();
    Cow::Owned(RawValue::from_string(text).expect("a number is JSON"))
}

/// The coefficient of a number, where it has no more places.
fn coefficient(number: &RawValue, places: u32) -> Option<i64> {
    let number = Decimal::from_str_exact(number.get()).ok()?.normalize();
    let more = places.checked_sub(number.scale())?;
    i64::try_from(number.mantissa() * 10i128.pow(more)).ok()
}

/// The same from 0 to the most.
fn scaled(number: &RawValue, places: u32, most: i64) -> Option<i64> {
    coefficient(number, places).filter(|it| (0..=most).contains(it))
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
        unit_price: written(decision.unit_price, 4),
        discount: written(decision.discount, 2),
        amount: written(decision.amount, 2),
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
    let number = |value: &RawValue, places| coefficient(value, places).expect("a number");
    let bit = |reason: &Reason<'_>| 1 << position(&REASONS, &reason.code).expect("a reason");
    Decision {
        unit_price: number(&it.unit_price, 4),
        discount: number(&it.discount, 2),
        amount: number(&it.amount, 2),
        reasons: it.reasons.iter().map(bit).fold(0, |a: u32, b: u32| a | b),
        stock: position(&STOCK, &it.stock).expect("a state of the stock"),
        credit: position(&CREDIT, &it.credit).expect("a state of the credit"),
        warehouse: it.warehouse.map_or(-1, |number| number as i8),
        _pad: 0,
    }
}
