//! JSON by hand: a reader that knows the members and their order, and a writer to match.

use assize_bench_checkout::limit;
use assize_bench_checkout::workload::{
    BLOCKED, CATEGORIES, CREDIT, Order, REASONS, SEGMENTS, STOCK,
};

/// What is left of a text.
struct P<'a> {
    b: &'a [u8],
    i: usize,
}
impl<'a> P<'a> {
    #[inline(always)]
    fn lit(&mut self, s: &[u8]) -> Option<()> {
        let e = self.i + s.len();
        if self.b.get(self.i..e)? == s {
            self.i = e;
            Some(())
        } else {
            None
        }
    }
    /// Decimal literal as an integer with exactly `scale` places; None when it needs more.
    #[inline(always)]
    fn num(&mut self, scale: u32) -> Option<i64> {
        let b = self.b;
        let mut i = self.i;
        let neg = *b.get(i)? == b'-';
        i += neg as usize;
        let start = i;
        let mut v: i64 = 0;
        while let Some(d) = b.get(i).map(|c| c.wrapping_sub(b'0')).filter(|d| *d < 10) {
            v = v * 10 + d as i64;
            i += 1;
        }
        if i == start || i - start > 14 {
            return None;
        }
        let mut left = scale;
        if b.get(i) == Some(&b'.') {
            i += 1;
            while let Some(d) = b.get(i).map(|c| c.wrapping_sub(b'0')).filter(|d| *d < 10) {
                left = left.checked_sub(1)?;
                v = v * 10 + d as i64;
                i += 1;
            }
        }
        if matches!(b.get(i), Some(b'e' | b'E')) {
            return None;
        }
        self.i = i;
        const POW: [i64; 5] = [1, 10, 100, 1000, 10_000];
        v *= POW[left as usize];
        Some(if neg { -v } else { v })
    }
    #[inline(always)]
    fn code(&mut self, set: &[&str]) -> Option<u8> {
        for (k, s) in set.iter().enumerate() {
            let e = self.i + s.len();
            if self.b.get(self.i..e)? == s.as_bytes() && *self.b.get(e)? == b'"' {
                self.i = e + 1;
                return Some(k as u8);
            }
        }
        None
    }
}

#[inline]
fn read(json: &str) -> Option<Order> {
    let mut p = P {
        b: json.as_bytes(),
        i: 0,
    };
    let mut o = Order::default();
    p.lit(b"{\"customer\":{\"segment\":\"")?;
    o.segment = p.code(&SEGMENTS)?;
    p.lit(b",\"tier\":")?;
    o.tier = p.num(0)? as u8;
    p.lit(b",\"credit_limit\":")?;
    o.credit_limit = p.num(2)?;
    p.lit(b",\"balance\":")?;
    o.balance = p.num(2)?;
    p.lit(b",\"overdue_days\":")?;
    o.overdue_days = p.num(0)? as i32;
    p.lit(b",\"blocked\":\"")?;
    o.blocked = p.code(&BLOCKED)?;
    p.lit(b",\"contract_price\":")?;
    if p.lit(b"null").is_none() {
        o.has_contract = 1;
        o.contract_price = p.num(4)?;
    }
    p.lit(b"},\"line\":{\"category\":\"")?;
    o.category = p.code(&CATEGORIES)?;
    p.lit(b",\"qty\":")?;
    o.qty = p.num(3)?;
    p.lit(b",\"list_price\":")?;
    o.list_price = p.num(2)?;
    p.lit(b",\"cost\":")?;
    o.cost = p.num(4)?;
    p.lit(b",\"warehouses\":[")?;
    for k in 0..3 {
        if k > 0 {
            p.lit(b",")?;
        }
        p.lit(b"{\"on_hand\":")?;
        o.warehouses[k].on_hand = p.num(3)?;
        p.lit(b",\"reserved\":")?;
        o.warehouses[k].reserved = p.num(3)?;
        p.lit(b",\"safety\":")?;
        o.warehouses[k].safety = p.num(3)?;
        p.lit(b"}")?;
    }
    p.lit(b"]},\"date\":")?;
    o.date = p.num(0)? as i32;
    p.lit(b"}")?;
    (p.i == json.len()).then_some(o)
}

#[inline(always)]
fn put(out: &mut Vec<u8>, v: i64, scale: usize) {
    let mut buf = [0u8; 24];
    let mut i = 24;
    let mut a = v.unsigned_abs();
    let mut n = 0;
    loop {
        i -= 1;
        buf[i] = b'0' + (a % 10) as u8;
        a /= 10;
        n += 1;
        if n == scale {
            i -= 1;
            buf[i] = b'.';
        }
        if a == 0 && n > scale {
            break;
        }
    }
    if v < 0 {
        i -= 1;
        buf[i] = b'-';
    }
    out.extend_from_slice(&buf[i..]);
}

/// Decides from text to text. An order of another form is none that this reads.
pub fn decide(json: &str, out: &mut String) {
    let order = read(json).expect("an order as it is written here");
    let d = limit::decide(&order);
    let mut v = std::mem::take(out).into_bytes();
    v.clear();
    v.extend_from_slice(b"{\"unit_price\":");
    put(&mut v, d.unit_price, 4);
    v.extend_from_slice(b",\"discount\":");
    put(&mut v, d.discount, 4);
    v.extend_from_slice(b",\"amount\":");
    put(&mut v, d.amount, 2);
    v.extend_from_slice(b",\"stock_status\":\"");
    v.extend_from_slice(STOCK[d.stock as usize].as_bytes());
    v.extend_from_slice(b"\",\"warehouse\":");
    if d.warehouse < 0 {
        v.extend_from_slice(b"null");
    } else {
        v.push(b'0' + d.warehouse as u8);
    }
    v.extend_from_slice(b",\"credit_status\":\"");
    v.extend_from_slice(CREDIT[d.credit as usize].as_bytes());
    v.extend_from_slice(b"\",\"reasons\":[");
    let mut r = d.reasons;
    let mut first = true;
    while r != 0 {
        if !first {
            v.push(b',');
        }
        first = false;
        v.push(b'"');
        v.extend_from_slice(REASONS[r.trailing_zeros() as usize].as_bytes());
        v.push(b'"');
        r &= r - 1;
    }
    v.extend_from_slice(b"]}");
    *out = String::from_utf8(v).expect("ASCII");
}
