//! What is measured, and how its orders and answers are written.

use std::fmt::Write as _;
use std::str::FromStr;

use assize_bench_checkout::workload::{
    BLOCKED, CATEGORIES, CREDIT, Decision, Order, REASONS, SEGMENTS, STOCK, undec,
};
use rust_decimal::Decimal as Exact;
use serde_json::Value;

/// An engine, over the same orders as all others.
pub trait Contestant {
    fn name(&self) -> String;
    /// The type that it computes with.
    fn numbers(&self) -> &'static str;
    /// Whether it decides single orders of a caller.
    fn decides(&self) -> bool {
        true
    }
    /// An order of the caller in, a decision out, with the conversions that this takes.
    fn decide(&mut self, _order: &Order) -> Decision {
        unreachable!("it decides no single orders")
    }
    /// Makes orders the engine's own input ahead of time; `false`: there is none.
    fn prepare(&mut self, _orders: &[Order]) -> bool {
        false
    }
    /// One of the prepared orders.
    fn decide_prepared(&mut self, _at: usize) -> Decision {
        unreachable!("nothing is prepared")
    }
    /// All prepared orders at once; `false`: only one by one.
    fn decide_batch(&mut self) -> bool {
        false
    }
    /// Text to text; `false`: there is no such way.
    fn decide_json(&mut self, _json: &str, _out: &mut String) -> bool {
        false
    }
    /// The order as it takes it, numbers as exact literals.
    fn order_json(&self, order: &Order) -> String {
        order_json(order)
    }
    /// What it wrote.
    fn read_json(&self, answer: &str) -> Decision {
        read_json(answer)
    }
}

/// A scaled integer as an exact literal.
pub fn dec(value: i64, places: u32) -> String {
    let unit = 10u64.pow(places);
    let size = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let width = places as usize;
    format!("{sign}{}.{:0width$}", size / unit, size % unit)
}

const UNITS: [f64; 5] = [1.0, 10.0, 100.0, 1_000.0, 10_000.0];

/// A scaled integer as the float that is nearest.
pub fn f(value: i64, places: u32) -> f64 {
    value as f64 / UNITS[places as usize]
}

/// A float as the scaled integer that is nearest: its error is forgiven where it rounds away.
pub fn unf(value: f64, places: u32) -> i64 {
    (value * UNITS[places as usize]).round() as i64
}

pub fn reason_bit(name: &str) -> u32 {
    let at = REASONS.iter().position(|it| *it == name);
    1 << at.unwrap_or_else(|| panic!("reason {name}"))
}

pub fn code(set: &[&str], name: &str) -> u8 {
    let at = set.iter().position(|it| *it == name);
    at.unwrap_or_else(|| panic!("code {name}")) as u8
}

/// The order as most engines take it.
fn order_json(o: &Order) -> String {
    let mut out = format!(
        "{{\"customer\":{{\"segment\":\"{}\",\"tier\":{},\"credit_limit\":{},\"balance\":{},\"overdue_days\":{},\
         \"blocked\":\"{}\",\"contract_price\":{}}},\"line\":{{\"category\":\"{}\",\"qty\":{},\"list_price\":{},\
         \"cost\":{},\"warehouses\":[",
        SEGMENTS[o.segment as usize],
        o.tier,
        dec(o.credit_limit, 2),
        dec(o.balance, 2),
        o.overdue_days,
        BLOCKED[o.blocked as usize],
        contract_price(o),
        CATEGORIES[o.category as usize],
        dec(o.qty, 3),
        dec(o.list_price, 2),
        dec(o.cost, 4),
    );
    for (at, it) in o.warehouses.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        let _ = write!(
            out,
            "{comma}{{\"on_hand\":{},\"reserved\":{},\"safety\":{}}}",
            dec(it.on_hand, 3),
            dec(it.reserved, 3),
            dec(it.safety, 3)
        );
    }
    let _ = write!(out, "]}},\"date\":{}}}", o.date);
    out
}

pub fn contract_price(o: &Order) -> String {
    match o.has_contract {
        0 => "null".to_owned(),
        _ => dec(o.contract_price, 4),
    }
}

/// A number or a text with one, to so many places.
pub fn number(value: &Value, places: u32) -> i64 {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let exact = Exact::from_str(&text).or_else(|_| Exact::from_scientific(&text));
    undec(exact.unwrap_or_else(|_| panic!("number {text}")), places)
}

fn read_json(answer: &str) -> Decision {
    let all: Value = serde_json::from_str(answer).expect("an answer is JSON");
    let text = |name: &str| {
        all[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name} in {answer}"))
    };
    let reasons = all["reasons"].as_array().expect("a list of reasons");
    let reasons = reasons
        .iter()
        .map(|it| reason_bit(it.as_str().expect("a name")));
    Decision {
        unit_price: number(&all["unit_price"], 4),
        discount: number(&all["discount"], 4),
        amount: number(&all["amount"], 2),
        reasons: reasons.fold(0, |all, it| all | it),
        stock: code(&STOCK, text("stock_status")),
        credit: code(&CREDIT, text("credit_status")),
        warehouse: match &all["warehouse"] {
            Value::Null => -1,
            number => self::number(number, 0) as i8,
        },
        _pad: 0,
    }
}
