//! Fixed-point limit: scaled i64, tables laid out for direct lookup.
//!
//! `decide` assumes what a compiler with range and scale inference would have proved from the
//! declared field widths (no product leaves i64). `decide_checked` proves nothing: every add and
//! multiply is checked and the two roundings go through i128.

use crate::workload::*;

/// 6 ascending thresholds and discounts per segment.
const fn bands() -> ([[i64; 6]; 4], [[i64; 6]; 4]) {
    let (mut lo, mut d) = ([[0; 6]; 4], [[0; 6]; 4]);
    let mut i = 0;
    while i < 24 {
        let (s, l, v) = DISCOUNTS[i];
        let k = 5 - i % 6;
        lo[s as usize][k] = l;
        d[s as usize][k] = v;
        i += 1;
    }
    (lo, d)
}
/// Up to two windows per category.
const fn windows() -> [[(i32, i32, i64); 2]; 8] {
    let mut w = [[(1, 0, 0); 2]; 8];
    let mut n = [0usize; 8];
    let mut i = 0;
    while i < 12 {
        let (c, a, b, v) = PROMOS[i];
        w[c as usize][n[c as usize]] = (a, b, v);
        n[c as usize] += 1;
        i += 1;
    }
    w
}
pub static BAND_LO: [[i64; 6]; 4] = bands().0;
pub static BAND_DISC: [[i64; 6]; 4] = bands().1;
pub static WINDOWS: [[(i32, i32, i64); 2]; 8] = windows();

/// x / 10^k rounded half away from zero; x >= 0.
#[inline(always)]
pub fn half_up<const P: i64>(x: i64) -> i64 {
    ((x + P / 2) as u64 / P as u64) as i64
}
/// x / 10^k rounded half to even; x >= 0.
#[inline(always)]
pub fn half_even<const P: i64>(x: i64) -> i64 {
    let q = (x as u64 / P as u64) as i64;
    let r = x - q * P;
    q + (r + (q & 1) > P / 2) as i64
}

#[inline(always)]
pub fn lookup_discount(o: &Order) -> i64 {
    let lo = &BAND_LO[(o.segment & 3) as usize];
    let mut k = 0;
    for t in &lo[1..] {
        k += (o.qty >= *t) as usize;
    }
    BAND_DISC[(o.segment & 3) as usize][k]
}
#[inline(always)]
pub fn lookup_promo(o: &Order) -> i64 {
    let [a, b] = &WINDOWS[(o.category & 7) as usize];
    let x = if a.0 <= o.date && o.date <= a.1 {
        a.2
    } else {
        0
    };
    let y = if b.0 <= o.date && o.date <= b.1 {
        b.2
    } else {
        0
    };
    x.max(y)
}

#[inline]
pub fn decide(o: &Order) -> Decision {
    let base = lookup_discount(o);
    let extra = lookup_promo(o);
    let sum = base + extra;
    let total = sum.min(DISCOUNT_CAP);
    let mut pr = (base != 0) as u32 * reason::DISCOUNT
        | (extra != 0) as u32 * reason::PROMO
        | (sum > DISCOUNT_CAP) as u32 * reason::CAPPED;
    let mut unit = half_up::<100>(o.list_price * (10_000 - total)); // s2*s4=s6 -> s4
    let mut discount = total;
    if o.has_contract != 0 {
        unit = o.contract_price;
        discount = 0;
        pr = reason::CONTRACT;
    }
    let amount = half_even::<100_000>(o.qty * unit); // s3*s4=s7 -> s2
    let margin = unit * 100 < o.cost * 105;

    let free = o
        .warehouses
        .map(|w| (w.on_hand - w.reserved - w.safety).max(0));
    let available = free[0] + free[1] + free[2];
    let on_hand = o.warehouses[0].on_hand + o.warehouses[1].on_hand + o.warehouses[2].on_hand;
    let q = o.qty;
    let mut warehouse = -1i8;
    if free[2] >= q {
        warehouse = 2;
    }
    if free[1] >= q {
        warehouse = 1;
    }
    if free[0] >= q {
        warehouse = 0;
    }
    let short = q > available;
    let none = q > on_hand;
    let stock = short as u8 + (short & none) as u8;
    let split = !short & (warehouse < 0);

    let over = o.balance * 10_000 + amount * 12_500
        > o.credit_limit * (10_000 + TOLERANCE[o.tier.min(5) as usize]);
    let late = o.overdue_days > 30;
    let blocked = o.blocked != 0;
    let credit = if blocked { 2 } else { (over | late) as u8 };

    let reasons = pr
        | margin as u32 * reason::MARGIN_HOLD
        | (stock == 1) as u32 * reason::BACKORDER
        | (stock == 2) as u32 * reason::STOCK_REJECT
        | split as u32 * reason::SPLIT
        | over as u32 * reason::OVER_LIMIT
        | late as u32 * reason::OVERDUE
        | (o.blocked == 1) as u32 * reason::BLOCKED_SHIP
        | (o.blocked == 2) as u32 * reason::BLOCKED_ALL;
    Decision {
        unit_price: unit,
        discount,
        amount,
        reasons,
        stock,
        credit,
        warehouse,
        _pad: 0,
    }
}

/// No range proofs: checked i64, products in i128, None where the slow path would take over.
pub fn decide_checked(o: &Order) -> Option<Decision> {
    #[inline(always)]
    fn half_up128(x: i128, p: i128) -> Option<i64> {
        let (q, r) = (x / p, x % p);
        let adj = if r.abs() * 2 >= p { r.signum() } else { 0 };
        i64::try_from(q + adj).ok()
    }
    #[inline(always)]
    fn half_even128(x: i128, p: i128) -> Option<i64> {
        // The common case fits i64; only then divide by a constant in one multiply-high.
        let (q, r) = (x / p, x % p);
        let r2 = r.abs() * 2;
        let adj = if r2 > p || (r2 == p && q & 1 != 0) {
            r.signum()
        } else {
            0
        };
        i64::try_from(q + adj).ok()
    }
    #[inline(always)]
    fn up(x: i128, p: i64) -> Option<i64> {
        match i64::try_from(x) {
            Ok(v) => {
                let (q, r) = (v / p, v % p);
                Some(q + if r.abs() * 2 >= p { r.signum() } else { 0 })
            }
            Err(_) => half_up128(x, p as i128),
        }
    }
    #[inline(always)]
    fn even(x: i128, p: i64) -> Option<i64> {
        match i64::try_from(x) {
            Ok(v) => {
                let (q, r) = (v / p, v % p);
                let r2 = r.abs() * 2;
                Some(
                    q + if r2 > p || (r2 == p && q & 1 != 0) {
                        r.signum()
                    } else {
                        0
                    },
                )
            }
            Err(_) => half_even128(x, p as i128),
        }
    }
    let mut reasons;
    let (unit, discount);
    if o.has_contract != 0 {
        unit = o.contract_price;
        discount = 0;
        reasons = reason::CONTRACT;
    } else {
        let base = lookup_discount(o);
        let extra = lookup_promo(o);
        reasons = (base != 0) as u32 * reason::DISCOUNT | (extra != 0) as u32 * reason::PROMO;
        let mut total = base.checked_add(extra)?;
        if total > DISCOUNT_CAP {
            total = DISCOUNT_CAP;
            reasons |= reason::CAPPED;
        }
        discount = total;
        unit = up(
            o.list_price as i128 * 10_000i64.checked_sub(total)? as i128,
            100,
        )?;
    }
    let amount = even(o.qty as i128 * unit as i128, 100_000)?;
    if unit.checked_mul(100)? < o.cost.checked_mul(105)? {
        reasons |= reason::MARGIN_HOLD;
    }
    let (mut available, mut on_hand, mut warehouse) = (0i64, 0i64, -1i8);
    for (i, w) in o.warehouses.iter().enumerate() {
        let free = w
            .on_hand
            .checked_sub(w.reserved)?
            .checked_sub(w.safety)?
            .max(0);
        if warehouse < 0 && free >= o.qty {
            warehouse = i as i8;
        }
        available = available.checked_add(free)?;
        on_hand = on_hand.checked_add(w.on_hand)?;
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
    let exposure = o
        .balance
        .checked_mul(10_000)?
        .checked_add(amount.checked_mul(12_500)?)?;
    let ceiling = o
        .credit_limit
        .checked_mul(10_000 + TOLERANCE[o.tier.min(5) as usize])?;
    let mut credit = 0;
    if exposure > ceiling {
        reasons |= reason::OVER_LIMIT;
        credit = 1;
    }
    if o.overdue_days > 30 {
        reasons |= reason::OVERDUE;
        credit = 1;
    }
    if o.blocked != 0 {
        reasons |= if o.blocked == 1 {
            reason::BLOCKED_SHIP
        } else {
            reason::BLOCKED_ALL
        };
        credit = 2;
    }
    Some(Decision {
        unit_price: unit,
        discount,
        amount,
        reasons,
        stock,
        credit,
        warehouse,
        _pad: 0,
    })
}
