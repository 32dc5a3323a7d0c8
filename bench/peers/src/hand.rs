//! Code written by hand: the limit that all others are measured by, and exact decimals as a service would use them.

use assize_bench_checkout::workload::{Decision, Order, OrderDec};
use assize_bench_checkout::{limit, reference};

use crate::contestant::Contestant;
use crate::hand_json;

/// Scaled integers, with all ranges taken for granted and tables laid out for look-up.
#[derive(Default)]
pub struct Limit;

impl Contestant for Limit {
    fn name(&self) -> String {
        "hand-written, ranges assumed (the limit)".to_owned()
    }
    fn numbers(&self) -> &'static str {
        "scaled i64"
    }
    fn decide(&mut self, order: &Order) -> Decision {
        limit::decide(order)
    }
    fn decide_json(&mut self, json: &str, out: &mut String) -> bool {
        hand_json::decide(json, out);
        true
    }
}

/// `rust_decimal`, tables as lists: the reference for all answers.
#[derive(Default)]
pub struct Decimals {
    orders: Vec<OrderDec>,
}

impl Contestant for Decimals {
    fn name(&self) -> String {
        "hand-written, rust_decimal (the reference)".to_owned()
    }
    fn numbers(&self) -> &'static str {
        "rust_decimal"
    }
    fn decide(&mut self, order: &Order) -> Decision {
        reference::decide(&order.into()).into()
    }
    fn prepare(&mut self, orders: &[Order]) -> bool {
        self.orders = orders.iter().map(OrderDec::from).collect();
        true
    }
    fn decide_prepared(&mut self, at: usize) -> Decision {
        reference::decide(&self.orders[at]).into()
    }
}
