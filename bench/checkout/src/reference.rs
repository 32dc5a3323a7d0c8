//! Exact reference: hand-written Rust over `rust_decimal`.

use rust_decimal::Decimal;

use crate::workload::*;
use rust_decimal::RoundingStrategy::{MidpointAwayFromZero, MidpointNearestEven};
use std::sync::LazyLock;

pub struct Tables {
    discounts: Vec<(u8, Decimal, Decimal)>,
    promos: Vec<(u8, i32, i32, Decimal)>,
    tolerance: [Decimal; 6],
    cap: Decimal,
    margin: Decimal,
    tax: Decimal,
}
pub static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    discounts: DISCOUNTS
        .iter()
        .map(|r| (r.0, Decimal::new(r.1, 3), Decimal::new(r.2, 4)))
        .collect(),
    promos: PROMOS
        .iter()
        .map(|r| (r.0, r.1, r.2, Decimal::new(r.3, 4)))
        .collect(),
    tolerance: TOLERANCE.map(|t| Decimal::ONE + Decimal::new(t, 4)),
    cap: Decimal::new(DISCOUNT_CAP, 4),
    margin: Decimal::new(105, 2),
    tax: Decimal::new(125, 2),
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecisionDec {
    pub unit_price: Decimal,
    pub discount: Decimal,
    pub amount: Decimal,
    pub reasons: u32,
    pub stock: u8,
    pub credit: u8,
    pub warehouse: i8,
}
impl From<DecisionDec> for Decision {
    fn from(d: DecisionDec) -> Decision {
        Decision {
            unit_price: undec(d.unit_price, 4),
            discount: undec(d.discount, 4),
            amount: undec(d.amount, 2),
            reasons: d.reasons,
            stock: d.stock,
            credit: d.credit,
            warehouse: d.warehouse,
            _pad: 0,
        }
    }
}

pub fn decide(o: &OrderDec) -> DecisionDec {
    let t = &*TABLES;
    let mut reasons = 0;
    let (unit, discount);
    if let Some(c) = o.contract_price {
        unit = c;
        discount = Decimal::ZERO;
        reasons |= reason::CONTRACT;
    } else {
        let base = t
            .discounts
            .iter()
            .find(|(s, lo, _)| *s == o.segment && o.qty >= *lo)
            .map_or(Decimal::ZERO, |r| r.2);
        let extra = t
            .promos
            .iter()
            .filter(|(c, a, b, _)| *c == o.category && *a <= o.date && o.date <= *b)
            .map(|r| r.3)
            .max()
            .unwrap_or(Decimal::ZERO);
        if !base.is_zero() {
            reasons |= reason::DISCOUNT;
        }
        if !extra.is_zero() {
            reasons |= reason::PROMO;
        }
        let mut total = base + extra;
        if total > t.cap {
            total = t.cap;
            reasons |= reason::CAPPED;
        }
        discount = total;
        unit =
            (o.list_price * (Decimal::ONE - total)).round_dp_with_strategy(4, MidpointAwayFromZero);
    }
    let amount = (o.qty * unit).round_dp_with_strategy(2, MidpointNearestEven);
    if unit < o.cost * t.margin {
        reasons |= reason::MARGIN_HOLD;
    }

    let (mut available, mut on_hand, mut warehouse) = (Decimal::ZERO, Decimal::ZERO, -1i8);
    for (i, w) in o.warehouses.iter().enumerate() {
        let free = (w.on_hand - w.reserved - w.safety).max(Decimal::ZERO);
        if warehouse < 0 && free >= o.qty {
            warehouse = i as i8;
        }
        available += free;
        on_hand += w.on_hand;
    }
    let stock = if o.qty <= available {
        if warehouse < 0 {
            reasons |= reason::SPLIT;
        }
        0
    } else if o.qty <= on_hand {
        reasons |= reason::BACKORDER;
        1
    } else {
        reasons |= reason::STOCK_REJECT;
        2
    };

    let exposure = o.balance + amount * t.tax;
    let ceiling = o.credit_limit * t.tolerance[o.tier as usize];
    let mut credit = 0;
    if exposure > ceiling {
        reasons |= reason::OVER_LIMIT;
        credit = 1;
    }
    if o.overdue_days > 30 {
        reasons |= reason::OVERDUE;
        credit = 1;
    }
    match o.blocked {
        1 => {
            reasons |= reason::BLOCKED_SHIP;
            credit = 2;
        }
        2 => {
            reasons |= reason::BLOCKED_ALL;
            credit = 2;
        }
        _ => {}
    }
    DecisionDec {
        unit_price: unit,
        discount,
        amount,
        reasons,
        stock,
        credit,
        warehouse,
    }
}
