//! The reader and writer that somebody would make by hand for this one document, as fast as we know how.
//!
//! It reads the keys as they usually come, and at the first surprise once more in any order. Everything that the rules
//! refuse is refused: unknown, missing and repeated keys, names that are no value of their enum, numbers with too many
//! places or outside of their range, days that are none. Numbers in quotes, exponents and escapes, which the rules
//! also read, are left out, and there must be exactly three warehouses.

use crate::limit;
use crate::workload::{
    BLOCKED, CATEGORIES, CREDIT, Decision, Order, REASONS, SEGMENTS, STOCK, Warehouse,
};

/// 100 000, by places.
pub const PRICE: [i64; 5] = [100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
/// 100 000 000 000.00.
pub const TOTAL: i64 = 10_000_000_000_000;

/// Names with a quote behind, found by a hash of their first four bytes without a branch that depends on which it is.
struct Names {
    factor: u32,
    /// For each hash: the name and its quote, which bytes count, how many, and the number of the name.
    places: [(u128, u128, u32, u32); 16],
}

impl Names {
    const fn new(names: &[&str]) -> Names {
        let mut factor = 1u32;
        'next: loop {
            factor = factor.wrapping_mul(0x9e37_79b1).wrapping_add(2);
            let mut places = [(1, 0, 0, 0); 16];
            let mut number = 0;
            while number < names.len() {
                let name = names[number].as_bytes();
                let (mut word, mut mask, mut at) = ((b'"' as u128) << (8 * name.len()), 0, 0);
                while at <= name.len() {
                    if at < name.len() {
                        word |= (name[at] as u128) << (8 * at);
                    }
                    mask |= 0xff << (8 * at);
                    at += 1;
                }
                let place = Names::place(factor, word);
                if places[place].2 != 0 {
                    continue 'next;
                }
                places[place] = (word, mask, name.len() as u32 + 1, number as u32);
                number += 1;
            }
            return Names { factor, places };
        }
    }

    const fn place(factor: u32, word: u128) -> usize {
        ((word as u32).wrapping_mul(factor) >> 28) as usize
    }
}

static SEGMENT: Names = Names::new(&SEGMENTS);
static CATEGORY: Names = Names::new(&CATEGORIES);
static BLOCK: Names = Names::new(&BLOCKED);
static CALL: Names = Names::new(&["decision", "input"]);
static INPUT: Names = Names::new(&["order"]);
static ORDER: Names = Names::new(&["customer", "line", "date"]);
static CUSTOMER: Names = Names::new(&[
    "segment",
    "tier",
    "credit_limit",
    "balance",
    "overdue_days",
    "blocked",
    "contract_price",
]);
static LINE: Names = Names::new(&["category", "quantity", "list_price", "cost", "warehouses"]);
static WAREHOUSE: Names = Names::new(&["number", "on_hand", "reserved", "safety"]);

const POWERS: [i64; 5] = [1, 10, 100, 1_000, 10_000];

/// The day with this text, `2026-11-20`; days since 1970-01-01.
#[inline]
pub fn number_of_day(text: &[u8]) -> Option<i32> {
    let text: &[u8; 10] = text.try_into().ok()?;
    if text[4] != b'-' || text[7] != b'-' {
        return None;
    }
    let mut bad = 0;
    let mut digit = |at: usize| {
        let digit = text[at].wrapping_sub(b'0');
        bad |= u8::from(digit > 9);
        i32::from(digit)
    };
    let year = digit(0) * 1_000 + digit(1) * 100 + digit(2) * 10 + digit(3);
    let month = digit(5) * 10 + digit(6);
    let day = digit(8) * 10 + digit(9);
    if bad != 0 || year == 0 || !(1..=12).contains(&month) {
        return None;
    }
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i32::from(leap),
        _ => 30 + ((month + (month >> 3)) & 1),
    };
    if day < 1 || day > last {
        return None;
    }
    // The year begins in March.
    let year = year - i32::from(month <= 2);
    let month = (month + 9) % 12;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day;
    Some(days - 719_469)
}

/// The number of up to eight digits that fill a word from its end, as values and not as characters.
#[inline(always)]
fn eight(digits: u64) -> i64 {
    let pairs = digits.wrapping_mul(10) + (digits >> 8);
    let left = (pairs & 0xff_0000_00ff).wrapping_mul(0xf_4240_0000_0064);
    let right = (pairs >> 16 & 0xff_0000_00ff).wrapping_mul(0x2710_0000_0001);
    i64::from((left.wrapping_add(right) >> 32) as u32)
}

/// The highest bit of each byte that is no digit, of bytes from which `0` has been taken.
#[inline(always)]
fn no_digits(word: u64) -> u64 {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    (((word & !HIGH) + 0x7676_7676_7676_7676) | word) & HIGH
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Reader<'_> {
    #[inline(always)]
    fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    #[inline(always)]
    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek() == byte).then(|| self.at += 1)
    }

    #[inline(always)]
    fn text<const N: usize>(&mut self, text: &[u8; N]) -> Option<()> {
        let found = self.bytes.get(self.at..)?.first_chunk::<N>()?;
        (found == text).then(|| self.at += N)
    }

    /// The number of a name whose opening quote is behind.
    #[inline(always)]
    fn name(&mut self, names: &Names) -> Option<usize> {
        let rest = self.bytes.get(self.at..)?;
        let word = match rest.first_chunk() {
            Some(chunk) => u128::from_le_bytes(*chunk),
            None => {
                let mut padded = [0; 16];
                padded[..rest.len()].copy_from_slice(rest);
                u128::from_le_bytes(padded)
            }
        };
        let (name, mask, bytes, number) = &names.places[Names::place(names.factor, word)];
        if word & mask != *name {
            return None;
        }
        self.at += *bytes as usize;
        Some(*number as usize)
    }

    /// A number with at most so many places, as its coefficient with as many.
    #[inline(always)]
    fn number<const PLACES: usize>(&mut self, most: i64) -> Option<i64> {
        let number = match self.usual_number::<PLACES>() {
            Some(number) => number,
            None => self.long_number(PLACES)?,
        };
        (0..=most).contains(&number).then_some(number)
    }

    /// Up to seven digits before the point.
    #[inline(always)]
    fn usual_number<const PLACES: usize>(&mut self) -> Option<i64> {
        const ZEROS: u64 = 0x3030_3030_3030_3030;
        let text = u128::from_le_bytes(*self.bytes.get(self.at..)?.first_chunk()?);
        let word = text as u64 ^ ZEROS;
        let ends = no_digits(word);
        let bits = ends.trailing_zeros() & !7;
        if ends == 0 || bits == 0 || (bits > 8 && word & 0xff == 0) {
            return None;
        }
        let end = self.at + bits as usize / 8;
        let wanted = 8 * PLACES as u32;
        let mut fraction = 0;
        if PLACES == 0 || (text as u64 >> bits) as u8 != b'.' {
            self.at = end;
        } else {
            fraction = (text >> (bits + 8)) as u64 ^ ZEROS;
            // Mostly all places are written. What comes next is then found without waiting for their number.
            if no_digits(fraction).trailing_zeros() & !7 != wanted {
                return None;
            }
            self.at = end + 1 + PLACES;
            fraction = (fraction & ((1 << wanted) - 1)) << (63 - wanted) << 1;
        }
        Some(if bits + wanted <= 64 {
            eight((word << (64 - bits) >> wanted) | fraction)
        } else {
            eight(word << (64 - bits)) * POWERS[PLACES] + eight(fraction)
        })
    }

    /// The same, byte by byte.
    #[cold]
    fn long_number(&mut self, places: usize) -> Option<i64> {
        let negative = self.take(b'-').is_some();
        let (start, mut left, mut number) = (self.at, places, 0i64);
        let mut digits = |it: &mut Self, left: Option<&mut usize>| -> Option<()> {
            let (from, mut left) = (it.at, left);
            while let digit @ 0..=9 = it.peek().wrapping_sub(b'0') {
                if let Some(left) = &mut left {
                    **left = left.checked_sub(1)?;
                }
                number = number.checked_mul(10)?.checked_add(i64::from(digit))?;
                it.at += 1;
            }
            (it.at > from).then_some(())
        };
        digits(self, None)?;
        if self.bytes[start] == b'0' && self.at > start + 1 {
            return None;
        }
        if self.take(b'.').is_some() {
            digits(self, Some(&mut left))?;
        }
        let number = number.checked_mul(POWERS[left])?;
        Some(if negative { -number } else { number })
    }

    /// A whole number of any sign.
    #[inline(always)]
    fn int(&mut self) -> Option<i32> {
        let start = self.at;
        match self.number::<0>(i64::from(i32::MAX)) {
            Some(number) => Some(number as i32),
            None => {
                self.at = start;
                i32::try_from(self.long_number(0)?).ok()
            }
        }
    }

    #[inline(always)]
    fn day(&mut self) -> Option<i32> {
        let day = number_of_day(self.bytes.get(self.at..self.at + 10)?)?;
        self.at += 10;
        self.take(b'"')?;
        Some(day)
    }

    #[inline(always)]
    fn contract(&mut self, order: &mut Order) -> Option<()> {
        if self.peek() == b'n' {
            return self.text(b"null");
        }
        order.has_contract = 1;
        order.contract_price = self.number::<4>(PRICE[4])?;
        Some(())
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// An object whose keys may come in any order; which of them were there, one bit for each.
    #[inline(always)]
    fn object(
        &mut self,
        names: &Names,
        mut member: impl FnMut(&mut Self, usize) -> Option<()>,
    ) -> Option<u32> {
        self.blanks();
        self.take(b'{')?;
        let mut seen = 0;
        loop {
            self.blanks();
            self.take(b'"')?;
            let key = self.name(names)?;
            if seen >> key & 1 != 0 {
                return None;
            }
            seen |= 1 << key;
            self.blanks();
            self.take(b':')?;
            self.blanks();
            member(self, key)?;
            self.blanks();
            if self.take(b'}').is_some() {
                return Some(seen);
            }
            self.take(b',')?;
        }
    }

    #[inline(always)]
    fn warehouse(&mut self, warehouse: &mut Warehouse, number: &mut i32) -> Option<()> {
        let seen = self.object(&WAREHOUSE, |it, key| {
            match key {
                0 => *number = it.int()?,
                1 => warehouse.on_hand = it.number::<3>(PRICE[3])?,
                2 => warehouse.reserved = it.number::<3>(PRICE[3])?,
                _ => warehouse.safety = it.number::<3>(PRICE[3])?,
            }
            Some(())
        })?;
        (seen == 0b1111).then_some(())
    }

    fn any_customer(&mut self, order: &mut Order) -> Option<()> {
        let seen = self.object(&CUSTOMER, |it, key| {
            match key {
                0 => {
                    it.take(b'"')?;
                    order.segment = it.name(&SEGMENT)? as u8;
                }
                1 => order.tier = it.number::<0>(5)? as u8,
                2 => order.credit_limit = it.number::<2>(TOTAL)?,
                3 => order.balance = it.number::<2>(TOTAL)?,
                4 => order.overdue_days = it.int()?,
                5 => {
                    it.take(b'"')?;
                    order.blocked = it.name(&BLOCK)? as u8;
                }
                _ => it.contract(order)?,
            }
            Some(())
        })?;
        // The contract may be left out.
        (seen & 0b11_1111 == 0b11_1111).then_some(())
    }

    fn any_line(&mut self, order: &mut Order, numbers: &mut [i32; 3]) -> Option<()> {
        let seen = self.object(&LINE, |it, key| {
            match key {
                0 => {
                    it.take(b'"')?;
                    order.category = it.name(&CATEGORY)? as u8;
                }
                1 => order.qty = it.number::<3>(PRICE[3])?,
                2 => order.list_price = it.number::<2>(PRICE[2])?,
                3 => order.cost = it.number::<4>(PRICE[4])?,
                _ => {
                    it.take(b'[')?;
                    for at in 0..3 {
                        it.blanks();
                        if at > 0 {
                            it.take(b',')?;
                        }
                        it.warehouse(&mut order.warehouses[at], &mut numbers[at])?;
                    }
                    it.blanks();
                    it.take(b']')?;
                }
            }
            Some(())
        })?;
        (seen == 0b1_1111).then_some(())
    }

    fn any_input(&mut self) -> Option<(Order, [i32; 3])> {
        let (mut order, mut numbers) = (Order::default(), [0; 3]);
        let seen = self.object(&INPUT, |it, _| {
            let seen = it.object(&ORDER, |it, key| match key {
                0 => it.any_customer(&mut order),
                1 => it.any_line(&mut order, &mut numbers),
                _ => {
                    it.take(b'"')?;
                    order.date = it.day()?;
                    Some(())
                }
            })?;
            (seen == 0b111).then_some(())
        })?;
        (seen == 1).then_some((order, numbers))
    }
}

/// The keys in declared order, without blanks.
#[inline(always)]
fn usual(call: &[u8]) -> Option<(Order, [i32; 3])> {
    let mut it = Reader { bytes: call, at: 0 };
    let (mut order, mut numbers) = (Order::default(), [0; 3]);
    it.text(b"{\"decision\":\"checkout_line\",\"input\":{\"order\":{\"customer\":{\"segment\":\"")?;
    order.segment = it.name(&SEGMENT)? as u8;
    it.text(b",\"tier\":")?;
    order.tier = it.number::<0>(5)? as u8;
    it.text(b",\"credit_limit\":")?;
    order.credit_limit = it.number::<2>(TOTAL)?;
    it.text(b",\"balance\":")?;
    order.balance = it.number::<2>(TOTAL)?;
    it.text(b",\"overdue_days\":")?;
    order.overdue_days = it.int()?;
    it.text(b",\"blocked\":\"")?;
    order.blocked = it.name(&BLOCK)? as u8;
    it.text(b",\"contract_price\":")?;
    it.contract(&mut order)?;
    it.text(b"},\"line\":{\"category\":\"")?;
    order.category = it.name(&CATEGORY)? as u8;
    it.text(b",\"quantity\":")?;
    order.qty = it.number::<3>(PRICE[3])?;
    it.text(b",\"list_price\":")?;
    order.list_price = it.number::<2>(PRICE[2])?;
    it.text(b",\"cost\":")?;
    order.cost = it.number::<4>(PRICE[4])?;
    it.text(b",\"warehouses\":[")?;
    for (at, (warehouse, number)) in order.warehouses.iter_mut().zip(&mut numbers).enumerate() {
        if at > 0 {
            it.take(b',')?;
        }
        it.text(b"{\"number\":")?;
        *number = it.int()?;
        it.text(b",\"on_hand\":")?;
        warehouse.on_hand = it.number::<3>(PRICE[3])?;
        it.text(b",\"reserved\":")?;
        warehouse.reserved = it.number::<3>(PRICE[3])?;
        it.text(b",\"safety\":")?;
        warehouse.safety = it.number::<3>(PRICE[3])?;
        it.take(b'}')?;
    }
    it.text(b"]},\"date\":\"")?;
    order.date = it.day()?;
    it.text(b"}}}")?;
    (it.at == call.len()).then_some((order, numbers))
}

/// The keys in any order.
fn any(call: &[u8]) -> Option<(Order, [i32; 3])> {
    let mut it = Reader { bytes: call, at: 0 };
    let mut input = None;
    let seen = it.object(&CALL, |it, key| match key {
        0 => it.text(b"\"checkout_line\""),
        _ => {
            input = Some(it.any_input()?);
            Some(())
        }
    })?;
    it.blanks();
    (seen == 0b11 && it.at == call.len()).then_some(input?)
}

/// The order in a call, and the numbers of its warehouses.
#[inline]
pub fn read(call: &[u8]) -> Option<(Order, [i32; 3])> {
    usual(call).or_else(|| any(call))
}

/// The digits of a number below 100 000 000 as values, leading zeros included.
#[inline(always)]
fn digits(number: u64) -> u64 {
    let halves = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((halves * 5_243) >> 19) & 0x7f_0000_007f;
    let pairs = hundreds | ((halves - 100 * hundreds) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    tens | ((pairs - 10 * tens) << 8)
}

const ASCII: u64 = 0x3030_3030_3030_3030;

/// A text and how much of it counts, as wide as the widest: so it is copied as a whole.
type Padded<const N: usize> = ([u8; N], usize);

const fn padded<const N: usize>(parts: &[&str]) -> Padded<N> {
    let (mut text, mut bytes, mut part) = ([0; N], 0, 0);
    while part < parts.len() {
        let from = parts[part].as_bytes();
        let mut at = 0;
        while at < from.len() {
            text[bytes] = from[at];
            bytes += 1;
            at += 1;
        }
        part += 1;
    }
    (text, bytes)
}

static STOCKS: [Padded<16>; 3] = [
    padded(&[STOCK[0]]),
    padded(&[STOCK[1]]),
    padded(&[STOCK[2]]),
];
static CREDITS: [Padded<8>; 3] = [
    padded(&[CREDIT[0]]),
    padded(&[CREDIT[1]]),
    padded(&[CREDIT[2]]),
];
static WRITTEN: [Padded<64>; 12] = {
    let mut all = [padded(&[]); 12];
    let mut reason = 0;
    while reason < 12 {
        let behind = "\",\"severity\":\"info\",\"parameters\":{}},";
        all[reason] = padded(&["{\"code\":\"", REASONS[reason], behind]);
        reason += 1;
    }
    all
};

/// Writes into the memory of a caller, which has room for every answer.
struct Writer<'o> {
    to: &'o mut [u8],
    at: usize,
}

impl Writer<'_> {
    #[inline(always)]
    fn text<const N: usize>(&mut self, text: &[u8; N]) {
        self.padded(&(*text, N));
    }

    #[inline(always)]
    fn padded<const N: usize>(&mut self, (text, bytes): &Padded<N>) {
        self.to[self.at..self.at + N].copy_from_slice(text);
        self.at += bytes;
    }

    /// The first bytes of a word.
    #[inline(always)]
    fn word(&mut self, word: u64, bytes: usize) {
        self.padded(&(word.to_le_bytes(), bytes));
    }

    #[inline(always)]
    fn whole(&mut self, mut number: u64) {
        if number >= 100_000_000 {
            self.long(number / 100_000_000);
            number %= 100_000_000;
            return self.word(digits(number) + ASCII, 8);
        }
        let digits = digits(number);
        let leading = ((digits | 1 << 56).trailing_zeros() / 8) as usize;
        self.word((digits + ASCII) >> (8 * leading), 8 - leading);
    }

    /// What comes before the last eight digits.
    #[cold]
    fn long(&mut self, number: u64) {
        for byte in number.to_string().bytes() {
            self.text(&[byte]);
        }
    }

    #[inline(always)]
    fn number<const PLACES: usize>(&mut self, number: i64) {
        if number < 0 {
            self.text(b"-");
        }
        let power = POWERS[PLACES] as u64;
        let number = number.unsigned_abs();
        self.whole(number / power);
        let places = (digits(number % power) + ASCII) >> (64 - 8 * PLACES);
        self.word((places << 8) | u64::from(b'.'), PLACES + 1);
    }
}

/// Writes the answer; its bytes.
#[inline]
fn write(decision: &Decision, numbers: &[i32; 3], to: &mut [u8]) -> usize {
    let mut to = Writer { to, at: 0 };
    to.text(b"{\"output\":{\"unit_price\":");
    to.number::<4>(decision.unit_price);
    to.text(b",\"discount\":");
    to.number::<2>(decision.discount);
    to.text(b",\"amount\":");
    to.number::<2>(decision.amount);
    to.text(b",\"stock\":\"");
    to.padded(&STOCKS[decision.stock as usize]);
    to.text(b"\",\"warehouse\":");
    match usize::try_from(decision.warehouse) {
        Err(_) => to.text(b"null"),
        Ok(at) => {
            let number = numbers[at];
            if number < 0 {
                to.text(b"-");
            }
            to.whole(u64::from(number.unsigned_abs()));
        }
    }
    to.text(b",\"credit\":\"");
    to.padded(&CREDITS[decision.credit as usize]);
    to.text(b"\",\"reasons\":[");
    let mut reasons = decision.reasons;
    while reasons != 0 {
        to.padded(&WRITTEN[reasons.trailing_zeros() as usize]);
        reasons &= reasons - 1;
    }
    // The last comma goes.
    to.at -= usize::from(decision.reasons != 0);
    to.text(b"]}}");
    to.at
}

/// Writes the answer to a call into memory that has room for every answer; its bytes, or `None` where the call has a
/// fault.
#[inline]
pub fn hand(call: &[u8], to: &mut [u8]) -> Option<usize> {
    let (order, numbers) = read(call)?;
    Some(write(&limit::decide(&order), &numbers, to))
}
