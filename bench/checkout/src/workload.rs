//! The workload *checkout line*: one order line priced, checked for stock and checked for credit. Types, the tables of
//! the rules as numbers, and a generator with a seed.
//!
//! Every decimal in [`Order`] and [`Decision`] is an integer scaled by the power of ten
//! written next to it (`s2` = hundredths, `s3` = thousandths, `s4` = ten-thousandths).

use rust_decimal::Decimal;

pub const SEGMENTS: [&str; 4] = ["retail", "trade", "wholesale", "vip"];
pub const CATEGORIES: [&str; 8] = [
    "tools", "paint", "lumber", "electric", "plumbing", "garden", "safety", "decor",
];
pub const BLOCKED: [&str; 3] = ["none", "ship", "all"];
pub const STOCK: [&str; 3] = ["ok", "backorder", "short"];
pub const CREDIT: [&str; 3] = ["clear", "hold", "reject"];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Warehouse {
    pub on_hand: i64,  // s3
    pub reserved: i64, // s3
    pub safety: i64,   // s3
}

/// The in-memory order. `repr(C)` so that generated machine code can address it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Order {
    pub credit_limit: i64,   // s2
    pub balance: i64,        // s2
    pub contract_price: i64, // s4, meaningful when has_contract != 0
    pub qty: i64,            // s3
    pub list_price: i64,     // s2
    pub cost: i64,           // s4
    pub warehouses: [Warehouse; 3],
    pub overdue_days: i32,
    pub date: i32, // days since 1970-01-01
    pub segment: u8,
    pub tier: u8,
    pub blocked: u8,
    pub category: u8,
    pub has_contract: u8,
    pub _pad: [u8; 3],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WarehouseDec {
    pub on_hand: Decimal,
    pub reserved: Decimal,
    pub safety: Decimal,
}

/// The same order as a Rust service would hold it with `rust_decimal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderDec {
    pub segment: u8,
    pub tier: u8,
    pub blocked: u8,
    pub category: u8,
    pub overdue_days: i32,
    pub date: i32,
    pub credit_limit: Decimal,
    pub balance: Decimal,
    pub contract_price: Option<Decimal>,
    pub qty: Decimal,
    pub list_price: Decimal,
    pub cost: Decimal,
    pub warehouses: [WarehouseDec; 3],
}

impl From<&Order> for OrderDec {
    fn from(o: &Order) -> Self {
        let d = Decimal::new;
        OrderDec {
            segment: o.segment,
            tier: o.tier,
            blocked: o.blocked,
            category: o.category,
            overdue_days: o.overdue_days,
            date: o.date,
            credit_limit: d(o.credit_limit, 2),
            balance: d(o.balance, 2),
            contract_price: (o.has_contract != 0).then(|| d(o.contract_price, 4)),
            qty: d(o.qty, 3),
            list_price: d(o.list_price, 2),
            cost: d(o.cost, 4),
            warehouses: o.warehouses.map(|w| WarehouseDec {
                on_hand: d(w.on_hand, 3),
                reserved: d(w.reserved, 3),
                safety: d(w.safety, 3),
            }),
        }
    }
}

pub mod reason {
    pub const DISCOUNT: u32 = 1 << 0;
    pub const CONTRACT: u32 = 1 << 1;
    pub const PROMO: u32 = 1 << 2;
    pub const CAPPED: u32 = 1 << 3;
    pub const MARGIN_HOLD: u32 = 1 << 4;
    pub const BACKORDER: u32 = 1 << 5;
    pub const STOCK_REJECT: u32 = 1 << 6;
    pub const SPLIT: u32 = 1 << 7;
    pub const OVER_LIMIT: u32 = 1 << 8;
    pub const OVERDUE: u32 = 1 << 9;
    pub const BLOCKED_SHIP: u32 = 1 << 10;
    pub const BLOCKED_ALL: u32 = 1 << 11;
}
pub const REASONS: [&str; 12] = [
    "discount",
    "contract",
    "promotion",
    "capped",
    "margin",
    "backordered",
    "out_of_stock",
    "split",
    "over_limit",
    "overdue",
    "blocked_ship",
    "blocked_all",
];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Decision {
    pub unit_price: i64, // s4
    pub discount: i64,   // s4 fraction
    pub amount: i64,     // s2
    pub reasons: u32,
    pub stock: u8,     // index into STOCK
    pub credit: u8,    // index into CREDIT
    pub warehouse: i8, // 0..=2 or -1
    pub _pad: u8,
}

/// Rule 1, 24 rows: (segment, qty lower bound s3, discount s4). First hit, so each segment's
/// rows run from the highest band down.
pub const DISCOUNTS: [(u8, i64, i64); 24] = [
    (0, 250_000, 1000),
    (0, 100_000, 750),
    (0, 50_000, 500),
    (0, 25_000, 250),
    (0, 10_000, 125),
    (0, 0, 0),
    (1, 500_000, 1750),
    (1, 200_000, 1500),
    (1, 100_000, 1125),
    (1, 50_000, 875),
    (1, 20_000, 575),
    (1, 0, 250),
    (2, 1_000_000, 2750),
    (2, 500_000, 2350),
    (2, 200_000, 1975),
    (2, 100_000, 1625),
    (2, 50_000, 1250),
    (2, 0, 750),
    (3, 200_000, 3250),
    (3, 100_000, 2875),
    (3, 40_000, 2500),
    (3, 20_000, 2125),
    (3, 5_000, 1833),
    (3, 0, 1500),
];
/// Rule 3, 12 rows: (category, from day, to day inclusive, extra s4). Best match counts.
pub const PROMOS: [(u8, i32, i32, i64); 12] = [
    (0, 20_000, 20_030, 500),
    (0, 20_020, 20_060, 750),
    (1, 20_100, 20_160, 1000),
    (2, 20_050, 20_200, 333),
    (3, 20_200, 20_260, 1250),
    (3, 20_240, 20_300, 500),
    (4, 20_000, 20_365, 150),
    (4, 20_330, 20_365, 1500),
    (5, 20_080, 20_170, 1250),
    (6, 20_300, 20_320, 875),
    (7, 20_310, 20_365, 2000),
    (7, 20_000, 20_020, 1667),
];
pub const DISCOUNT_CAP: i64 = 4000; // s4
/// Rule 7, 6 rows: tolerance s4 by tier.
pub const TOLERANCE: [i64; 6] = [0, 200, 500, 750, 1000, 1500];

/// splitmix64: small, seedable, the same on every machine.
#[derive(Clone)]
pub struct Rng(pub u64);
impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// Uniform in lo..hi.
    pub fn range(&mut self, lo: i64, hi: i64) -> i64 {
        lo + (self.next() % (hi - lo) as u64) as i64
    }
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }
}

/// `edges`: place values exactly on thresholds now and then (band edges, cost-plus contracts at
/// the margin floor, orders for exactly the available stock, exposure exactly at the limit).
/// Without, such cases occur only by chance; rounding ties occur either way.
pub fn generate_with(n: usize, seed: u64, edges: bool) -> Vec<Order> {
    let mut r = Rng(seed);
    (0..n).map(|_| one(&mut r, edges)).collect()
}

fn one(r: &mut Rng, edges: bool) -> Order {
    let mut o = Order {
        segment: r.range(0, 4) as u8,
        tier: r.range(0, 6) as u8,
        category: r.range(0, 8) as u8,
        date: r.range(20_000, 20_366) as i32,
        ..Order::default()
    };
    o.qty = match r.range(0, 10) {
        0..=3 => r.range(1, 200) * 1000,
        4..=6 => r.range(1, 1200) * 250,
        7..=8 => r.range(1, 500_000),
        _ => r.range(1, 2_000_000),
    };
    // Sometimes exactly on a band edge.
    if r.chance(5) && edges {
        let edge = DISCOUNTS[r.range(0, 24) as usize].1;
        if edge > 0 {
            o.qty = edge;
        }
    }
    o.list_price = match r.range(0, 10) {
        0..=5 => r.range(1, 10_000),
        6..=8 => r.range(1, 50_000),
        _ => r.range(1, 200_000),
    };
    o.cost = o.list_price * r.range(30, 80); // s2 * s2 percent = s4
    if r.chance(25) {
        o.has_contract = 1;
        if r.chance(30) && edges {
            // Cost-plus contract exactly at the margin floor.
            o.cost = (o.cost / 20).max(1) * 20;
            o.contract_price = o.cost * 105 / 100;
        } else {
            o.contract_price = o.list_price * r.range(60, 101) - r.range(0, 100).min(o.list_price);
        }
    }
    let mut free_sum = 0;
    for w in &mut o.warehouses {
        w.on_hand = if r.chance(10) { 0 } else { r.range(0, 600_000) };
        w.reserved = r.range(0, w.on_hand / 2 + 1);
        w.safety = r.range(0, 30) * 1000;
        free_sum += (w.on_hand - w.reserved - w.safety).max(0);
    }
    if r.chance(8) && edges {
        // Exactly all that is available, in one warehouse or in all of them.
        let w = o.warehouses[r.range(0, 3) as usize];
        let one = w.on_hand - w.reserved - w.safety;
        let exact = if r.chance(50) { one } else { free_sum };
        if exact > 0 {
            o.qty = exact;
        }
    }
    o.credit_limit = r.range(0, 2_000) * 10_000;
    o.balance = r.range(0, o.credit_limit + 1);
    if r.chance(8) && edges {
        // Exposure exactly at the tolerated limit, where cents allow it.
        let d = crate::limit::decide(&o);
        let room6 = o.credit_limit * (10_000 + TOLERANCE[o.tier as usize]) - d.amount * 12_500;
        if room6 >= 0 && room6 % 10_000 == 0 {
            o.balance = room6 / 10_000;
        }
    }
    o.overdue_days = match r.range(0, 10) {
        0..=6 => 0,
        7 => r.range(29, 33) as i32,
        _ => r.range(0, 90) as i32,
    };
    o.blocked = match r.range(0, 20) {
        0 => 1,
        1 => 2,
        _ => 0,
    };
    o
}

/// FNV over the generated orders, so that a report can name the exact data set.
pub fn fingerprint(orders: &[Order]) -> u64 {
    let mut h = 0xcbf2_9ce4_8422_2325u64;
    let mut eat = |v: i64| {
        for b in v.to_le_bytes() {
            h = (h ^ b as u64).wrapping_mul(0x100_0000_01b3);
        }
    };
    for o in orders {
        for v in [
            o.credit_limit,
            o.balance,
            o.contract_price,
            o.qty,
            o.list_price,
            o.cost,
        ] {
            eat(v);
        }
        for w in &o.warehouses {
            eat(w.on_hand);
            eat(w.reserved);
            eat(w.safety);
        }
        eat(o.overdue_days as i64);
        eat(o.date as i64);
        eat(i64::from_le_bytes([
            o.segment,
            o.tier,
            o.blocked,
            o.category,
            o.has_contract,
            0,
            0,
            0,
        ]));
    }
    h
}

/// Decimal to scaled integer (exact for values with at most `scale` places).
#[inline]
pub fn undec(mut v: Decimal, scale: u32) -> i64 {
    v.rescale(scale);
    v.mantissa() as i64
}
