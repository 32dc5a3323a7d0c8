//! Where a reader stands in the bytes of a call: blanks, literals, texts and digits, eight bytes at a time.
//!
//! Nothing here decides what is wrong. Whoever finds something else than expected gives up, and the reader
//! of the definition says what it is. The end reads as the byte 0, which stands in no JSON.

use assize_ir::date;

/// A byte in each place of a word.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit in each place of a word.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Most digits of a number that is read here: they fit a word.
const MOST_DIGITS: usize = 18;

/// Digits that are read at once: a word holds them, and what is behind.
const FEW_DIGITS: u8 = 7;

/// Powers of ten that fit a word.
const TENS: [i64; MOST_DIGITS + 1] = {
    let mut tens = [1; MOST_DIGITS + 1];
    let mut rest: &mut [i64] = &mut tens;
    let mut power = 1;
    while let [first, behind @ ..] = rest {
        *first = power;
        if !behind.is_empty() {
            power *= 10;
        }
        rest = behind;
    }
    tens
};

/// Bytes that are compared as a whole.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    /// The first sixteen, and which bits of them count.
    first: (u128, u128),
    /// Those behind, in the same way.
    rest: Box<[(u128, u128)]>,
    bytes: usize,
}

impl Literal {
    /// These bytes.
    pub(super) fn new(bytes: &[u8]) -> Literal {
        let word = |chunk: &[u8]| {
            let place = |(at, byte): (usize, &u8)| u128::from(*byte) << (8 * at);
            let value = chunk.iter().enumerate().map(place).fold(0, |a, b| a | b);
            (value, u128::MAX >> (128 - 8 * chunk.len()))
        };
        let mut words = bytes.chunks(WIDE).map(word);
        Literal {
            first: words.next().unwrap_or_default(),
            rest: words.collect(),
            bytes: bytes.len(),
        }
    }

    /// A name between `before` and `behind`, as long as no character of it needs an escape: a name that has
    /// one is found by its text alone, and this literal nowhere.
    pub(super) fn around(before: &str, name: &str, behind: &str) -> Literal {
        if is_escaped(name) {
            return Literal {
                first: (1, 0),
                rest: Box::default(),
                bytes: 0,
            };
        }
        Literal::new(format!("{before}{name}{behind}").as_bytes())
    }
}

/// Whether a name has a character that needs an escape.
pub(super) fn is_escaped(name: &str) -> bool {
    let special = |byte| matches!(byte, b'"' | b'\\' | 0..=0x1F);
    name.bytes().any(special)
}

/// Bytes that are looked at together.
const WIDE: usize = 16;

/// How many places a number has at most, and what follows from that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    count: u8,
    /// Ten to so many.
    pub(super) power: i64,
    /// Bits of so many digits in a word.
    pub(super) bits: u32,
    /// The same, and of numbers without places what no number has.
    pub(super) all_bits: u32,
    /// Those bits, and how far they are from the end of a word.
    mask: u64,
    shift: u32,
    /// Bytes of a point and so many digits.
    pub(super) with_point: usize,
    /// Most bits of the digits before the point; none where numbers with so many places are read digit by digit.
    whole_bits: u32,
}

impl Places {
    /// `None` where no usual number has so many.
    pub(super) fn new(count: u8) -> Option<Places> {
        let few = count <= FEW_DIGITS;
        let bits = if few { 8 * u32::from(count) } else { 0 };
        Some(Places {
            count,
            power: *TENS.get(usize::from(count))?,
            bits,
            all_bits: if bits > 0 { bits } else { u32::MAX },
            mask: (1 << bits) - 1,
            shift: (64 - bits) & 63,
            with_point: 1 + usize::from(count),
            whole_bits: if few { 8 * u32::from(FEW_DIGITS) } else { 0 },
        })
    }

    /// Whether numbers with so many places are mostly read at once.
    pub(super) fn are_few(self) -> bool {
        self.whole_bits > 0
    }

    /// The first so many digits of a word at its end.
    #[inline(always)]
    pub(super) fn aligned(self, digits: u64) -> u64 {
        (digits & self.mask) << (self.shift & 63)
    }

    /// Those of a whole number.
    pub(super) const NONE: Places = Places {
        count: 0,
        power: 1,
        bits: 0,
        all_bits: u32::MAX,
        mask: 0,
        shift: 0,
        with_point: 1,
        whole_bits: 8 * FEW_DIGITS as u32,
    };
}

/// A text as it was read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Raw<'l> {
    /// What stands between the quotes: UTF-8 without control characters.
    pub(super) bytes: &'l [u8],
    /// Whether something in it is escaped.
    pub(super) escaped: bool,
}

/// A place in the bytes of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan<'l> {
    pub(super) bytes: &'l [u8],
    pub(super) at: usize,
}

impl<'l> Scan<'l> {
    /// The next byte; 0 at the end.
    #[inline(always)]
    pub(super) fn peek(&self) -> u8 {
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    /// Moves over a byte, if it is this one.
    #[inline(always)]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == byte;
        self.at += usize::from(there);
        there
    }

    /// Moves over blanks.
    #[inline(always)]
    pub(super) fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
    }

    /// Eight bytes, those behind the end as 0.
    #[inline(always)]
    pub(super) fn word(&self, at: usize) -> u64 {
        let rest = self.bytes.get(at..).unwrap_or_default();
        match rest.first_chunk::<8>() {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None => tail(rest),
        }
    }

    /// Sixteen bytes, those behind the end as 0.
    #[inline(always)]
    fn wide(&self, at: usize) -> u128 {
        let rest = self.bytes.get(at..).unwrap_or_default();
        match rest.first_chunk::<WIDE>() {
            Some(chunk) => u128::from_le_bytes(*chunk),
            None => wide_tail(rest),
        }
    }

    /// Moves over these bytes, if they are next.
    #[inline(always)]
    pub(super) fn literal(&mut self, literal: &Literal) -> bool {
        let (value, mask) = literal.first;
        if self.wide(self.at) & mask != value {
            return false;
        }
        if !literal.rest.is_empty() && !self.literal_rest(literal) {
            return false;
        }
        self.at += literal.bytes;
        true
    }

    /// What is behind the first sixteen bytes.
    #[inline]
    fn literal_rest(&self, literal: &Literal) -> bool {
        let places = (self.at + WIDE..).step_by(WIDE);
        let mut words = literal.rest.iter().zip(places);
        words.all(|((value, mask), at)| self.wide(at) & mask == *value)
    }

    /// Moves over a text whose opening quote is behind; `None` when it is none.
    #[inline]
    pub(super) fn text(&mut self) -> Option<Raw<'l>> {
        let start = self.at;
        let mut at = start;
        // The usual text: ASCII without escapes.
        let end = loop {
            let special = special(self.word(at));
            if special != 0 {
                break at + (special.trailing_zeros() / 8) as usize;
            }
            at += 8;
        };
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Some(Raw {
                bytes: self.bytes.get(start..end)?,
                escaped: false,
            });
        }
        self.unusual(start, end)
    }

    /// The rest of a text with something in it that is not plain ASCII.
    #[cold]
    fn unusual(&mut self, start: usize, from: usize) -> Option<Raw<'l>> {
        let (mut at, mut ascii, mut escaped) = (from, true, false);
        loop {
            match *self.bytes.get(at)? {
                b'"' => break,
                b'\\' => {
                    // What may follow is looked at when it is resolved; no control character may.
                    escaped = true;
                    at += 1;
                    if *self.bytes.get(at)? < b' ' {
                        return None;
                    }
                    ascii &= self.bytes.get(at)?.is_ascii();
                }
                0..=0x1F => return None,
                byte => ascii &= byte.is_ascii(),
            }
            at += 1;
        }
        let bytes = self.bytes.get(start..at)?;
        if !ascii && std::str::from_utf8(bytes).is_err() {
            return None;
        }
        self.at = at + 1;
        Some(Raw { bytes, escaped })
    }

    /// A name whose opening quote is behind, for a table of names: a number that is the same for the same
    /// name. Only looks.
    #[inline(always)]
    pub(super) fn name_hash(&self) -> u64 {
        let first = self.word(self.at);
        let quotes = zeros(first ^ (ONES * 0x22));
        if quotes != 0 {
            let bytes = quotes.trailing_zeros() / 8;
            return mix(first & ((1 << (8 * bytes)) - 1), u64::from(bytes));
        }
        let mut at = self.at + 8;
        loop {
            let word = self.word(at);
            let stops = zeros(word ^ (ONES * 0x22)) | zeros(word);
            if stops != 0 {
                let end = at + (stops.trailing_zeros() / 8) as usize;
                let last = self.word(end - 8);
                return mix(first ^ last.rotate_left(29), (end - self.at) as u64);
            }
            at += 8;
        }
    }

    /// The coefficient of a number with so many places, written in the usual way, in quotes or not: at most 18
    /// digits with all places, no exponent. `None` for any other, and the place is as good as lost.
    #[inline(always)]
    pub(super) fn digits(&mut self, places: Places) -> Option<i64> {
        if self.peek().is_ascii_digit() {
            return self.unsigned(places);
        }
        let quoted = self.take(b'"');
        let negative = self.take(b'-');
        let size = self.unsigned(places)?;
        if quoted && !self.take(b'"') {
            return None;
        }
        Some(if negative { -size } else { size })
    }

    #[inline(always)]
    fn unsigned(&mut self, places: Places) -> Option<i64> {
        match self.few_digits(places) {
            Some(size) => Some(size),
            None => self.many_digits(places),
        }
    }

    /// Up to seven digits before the point and as many behind, without a branch for each. `None` for any
    /// other, and the place is as before.
    #[inline(always)]
    fn few_digits(&mut self, places: Places) -> Option<i64> {
        let text = self.word(self.at);
        let (digits, bits) = leading_digits(text);
        // A zero that begins more digits is left to the definition.
        if bits == 0 || bits > places.whole_bits || (bits > 8 && digits as u8 == 0) {
            return None;
        }
        let mut end = self.at + (bits / 8) as usize;
        let mut behind = (text >> bits) as u8;
        let mut fraction = 0;
        if behind == b'.' {
            let text = self.word(end + 1);
            let (digits, bits) = leading_digits(text);
            if bits == 0 || bits > places.bits {
                return None;
            }
            end += 1 + (bits / 8) as usize;
            behind = (text >> bits) as u8;
            fraction = places.aligned(digits & ((1 << bits) - 1));
        }
        // An exponent would move the point.
        if behind | 0x20 == b'e' {
            return None;
        }
        self.at = end;
        let whole = eight_digits(digits << (64 - bits));
        Some(
            whole
                .wrapping_mul(places.power)
                .wrapping_add(eight_digits(fraction)),
        )
    }

    /// The same for any number of digits that fit.
    #[cold]
    fn many_digits(&mut self, places: Places) -> Option<i64> {
        let start = self.at;
        let mut number: i64 = 0;
        while let digit @ 0..=9 = self.peek().wrapping_sub(b'0') {
            number = number.wrapping_mul(10).wrapping_add(i64::from(digit));
            self.at += 1;
        }
        let whole = self.at - start;
        let mut left = usize::from(places.count);
        if whole == 0
            || whole + left > MOST_DIGITS
            || (whole > 1 && self.bytes.get(start) == Some(&b'0'))
        {
            return None;
        }
        if self.take(b'.') {
            let point = self.at;
            while let digit @ 0..=9 = self.peek().wrapping_sub(b'0') {
                left = left.checked_sub(1)?;
                number = number.wrapping_mul(10).wrapping_add(i64::from(digit));
                self.at += 1;
            }
            if self.at == point {
                return None;
            }
        }
        if matches!(self.peek(), b'e' | b'E') {
            return None;
        }
        // Eighteen digits at most fit.
        Some(number.wrapping_mul(*TENS.get(left)?))
    }

    /// Moves over a day in quotes; the inner `None` is a day that is not in the calendar, the outer one a text of
    /// another form, over which it does not move.
    #[inline(always)]
    pub(super) fn day(&mut self) -> Option<Option<i32>> {
        let text = self.bytes.get(self.at..)?.first_chunk::<12>()?;
        let [b'"', year @ .., b'"'] = text else {
            return None;
        };
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *year else {
            return None;
        };
        let mut digits = true;
        let mut number = |bytes: &[u8]| {
            bytes.iter().fold(0, |sum, byte| {
                let digit = byte.wrapping_sub(b'0');
                digits &= digit <= 9;
                sum * 10 + u32::from(digit)
            })
        };
        let (year, month, day) = (
            number(&[y1, y2, y3, y4]),
            number(&[m1, m2]),
            number(&[d1, d2]),
        );
        if !digits {
            return None;
        }
        self.at += text.len();
        Some(date::from_civil(year.cast_signed(), month, day))
    }

    /// What may be a number: all bytes that can stand in one.
    pub(super) fn number(&mut self) -> Option<&'l str> {
        let start = self.at;
        while matches!(self.peek(), b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E') {
            self.at += 1;
        }
        std::str::from_utf8(self.bytes.get(start..self.at)?).ok()
    }

    /// Moves over a value without looking into it; what is no JSON is noticed when it is read.
    pub(super) fn skip(&mut self) -> Option<()> {
        let mut depth = 0usize;
        loop {
            self.blanks();
            match self.peek() {
                0 => return None,
                b'"' => {
                    self.at += 1;
                    self.text()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' => self.at += 1,
                _ => {
                    let from = self.at;
                    while matches!(
                        self.peek(),
                        b'0'..=b'9' | b'a'..=b'z' | b'E' | b'-' | b'+' | b'.'
                    ) {
                        self.at += 1;
                    }
                    if self.at == from {
                        return None;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}

/// The number of the digits in a word, which stand there as values: those that come first in a text in the
/// lowest bytes.
#[inline(always)]
pub(super) const fn eight_digits(digits: u64) -> i64 {
    const MASK: u64 = 0xFF_0000_00FF;
    let pairs = digits.wrapping_mul(10).wrapping_add(digits >> 8);
    let first = (pairs & MASK).wrapping_mul(100 + (1_000_000 << 32));
    let second = (pairs >> 16 & MASK).wrapping_mul(1 + (10_000 << 32));
    (first.wrapping_add(second) >> 32) as i64
}

/// The values of the digits with which a text begins, what is no digit behind them, and the bits of the digits: 64 where
/// there is nothing else.
#[inline(always)]
pub(super) const fn leading_digits(text: u64) -> (u64, u32) {
    let digits = text ^ ZEROS;
    (digits, no_digits(digits).trailing_zeros() & !7)
}

/// The character `0` in each place of a word.
const ZEROS: u64 = ONES * b'0' as u64;

/// The highest bit of each byte that was no digit before [`ZEROS`] was taken from it.
#[inline(always)]
const fn no_digits(word: u64) -> u64 {
    ((word & !HIGH).wrapping_add(ONES * (0x80 - 10)) | word) & HIGH
}

/// Fewer than sixteen bytes.
#[cold]
fn wide_tail(rest: &[u8]) -> u128 {
    let bytes = rest.iter().rev();
    bytes.fold(0, |so_far, byte| so_far << 8 | u128::from(*byte))
}

/// Fewer than eight bytes.
#[cold]
fn tail(rest: &[u8]) -> u64 {
    rest.iter()
        .rev()
        .fold(0, |so_far, byte| so_far << 8 | u64::from(*byte))
}

/// The highest bit of each byte that is 0; of those above the lowest such byte perhaps too.
#[inline(always)]
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGH
}

/// The highest bit of each byte that ends a plain text: a quote, a backslash, a control character, or part
/// of a character beyond ASCII; of those above the lowest such byte perhaps too.
#[inline(always)]
const fn special(word: u64) -> u64 {
    let quotes = zeros(word ^ (ONES * 0x22));
    let slashes = zeros(word ^ (ONES * 0x5C));
    let controls = word.wrapping_sub(ONES * 0x20) & !word;
    (quotes | slashes | controls | word) & HIGH
}

/// Mixes two words.
#[inline(always)]
const fn mix(a: u64, b: u64) -> u64 {
    let product = (a ^ b).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    product ^ product >> 29
}

/// Appends a text with its escapes resolved; `None` for what the definition refuses.
pub(super) fn unescape(raw: &str, to: &mut String) -> Option<()> {
    let mut rest = raw;
    while let Some((plain, behind)) = rest.split_once('\\') {
        to.push_str(plain);
        let mut characters = behind.chars();
        let character = match characters.next()? {
            plain @ ('"' | '\\' | '/') => plain,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => unicode(&mut characters)?,
            _ => return None,
        };
        to.push(character);
        rest = characters.as_str();
    }
    to.push_str(rest);
    Some(())
}

/// `XXXX` behind `\u`, or a surrogate pair that begins with it.
fn unicode(characters: &mut std::str::Chars<'_>) -> Option<char> {
    let first = four(characters)?;
    if let Some(character) = char::from_u32(first) {
        return Some(character);
    }
    if !(0xD800..0xDC00).contains(&first)
        || characters.next() != Some('\\')
        || characters.next() != Some('u')
    {
        return None;
    }
    let second = four(characters)?;
    if !(0xDC00..0xE000).contains(&second) {
        return None;
    }
    char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00))
}

fn four(characters: &mut std::str::Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |code, _| {
        Some(code * 16 + characters.next()?.to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use assize_eval::json::number;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    use super::*;

    fn scan(text: &str) -> Scan<'_> {
        Scan {
            bytes: text.as_bytes(),
            at: 0,
        }
    }

    #[test]
    fn literals_of_any_length() {
        for length in 0..40 {
            let text = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop"
                .get(..length)
                .unwrap();
            let literal = Literal::new(text.as_bytes());
            for behind in ["", "x", "xxxxxxxxxxxx"] {
                let whole = format!("{text}{behind}");
                let mut scan = scan(&whole);
                assert!(scan.literal(&literal), "{whole}");
                assert_eq!(scan.at, length);
            }
            if length > 0 {
                let short = text.get(..length - 1).unwrap();
                assert!(!scan(short).literal(&literal), "{short}");
                let other = format!("{short}!");
                assert!(!scan(&other).literal(&literal), "{other}");
            }
        }
        assert!(!scan("anything").literal(&Literal::around("\"", "a\"b", "\":")));
    }

    #[test]
    fn texts_end_at_their_quote() {
        for (text, wanted) in [
            ("\"", Some("")),
            ("abc\"", Some("abc")),
            ("abcdefgh\"", Some("abcdefgh")),
            ("abcdefghi\" x", Some("abcdefghi")),
            ("größe\"", Some("größe")),
            ("abcdefghö\\\"\"", Some("abcdefghö\\\"")),
            ("abc", None),
            ("abc\n\"", None),
            ("abcdefgh\u{1f}\"", None),
            ("abc\\", None),
            ("abc\\\"", None),
            ("", None),
        ] {
            let found = scan(text).text().map(|raw| raw.bytes);
            assert_eq!(found, wanted.map(str::as_bytes), "{text}");
        }
        let mut broken = Scan {
            bytes: b"ab\xFF\"",
            at: 0,
        };
        assert!(broken.text().is_none());
    }

    #[test]
    fn values_are_skipped_whole() {
        for (text, end) in [
            ("{\"a\":[1,{\"b\":\"]}\"}]},7", 20),
            ("12.5e3,", 6),
            ("\"a\\\"b\" ,", 6),
            ("null}", 4),
            ("[]]", 2),
        ] {
            let mut scan = scan(text);
            assert_eq!(scan.skip(), Some(()), "{text}");
            assert_eq!(scan.at, end, "{text}");
        }
        for text in ["", "[1", "]", "\"a", "{\"a\":\u{1}}"] {
            assert_eq!(scan(text).skip(), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn digits_are_those_of_the_definition(
            text in "-?[0-9]{0,20}[.]?[0-9]{0,10}[eE]?[0-9]{0,2}",
            places in 0u8..=18,
            behind in "|[,}\" \\]]{1,12}",
        ) {
            let whole = format!("{text}{behind}");
            let mut scan = scan(&whole);
            if let Some(found) = scan.digits(Places::new(places).unwrap()) && scan.at == text.len() {
                let wanted = number::decimal(&text, 0);
                prop_assert_eq!(wanted, Ok(Decimal::new(found, u32::from(places)).normalize()));
            }
        }

        #[test]
        fn usual_numbers_are_read_here(
            whole in 0u32..=99_999_999,
            places in 0u8..=12,
            more in 0u32..10_000,
            behind in "|[,}\" \\]]{1,12}",
        ) {
            let text = format!("-{whole}.{more:04}{behind}");
            let read = |places| {
                let mut scan = scan(&text);
                let found = scan.digits(places)?;
                (scan.at == text.len() - behind.len()).then_some(found)
            };
            let found = read(Places::new(places).unwrap());
            let wanted = places.checked_sub(4).and_then(|more| TENS.get(usize::from(more)));
            let wanted = wanted.filter(|_| whole.to_string().len() + usize::from(places) <= 18);
            let coefficient = -(i64::from(whole) * 10_000 + i64::from(more));
            prop_assert_eq!(found, wanted.map(|power| coefficient * power));
        }

        /// Both ways of reading digits say the same where the short one says something.
        #[test]
        fn few_digits_are_read_as_many(text in "[0-9]{0,9}[.]?[0-9]{0,9}[eE,}\"]{1,9}", places in 0u8..=9) {
            let places = Places::new(places).unwrap();
            let (mut short, mut long) = (scan(&text), scan(&text));
            match short.few_digits(places) {
                Some(number) => {
                    prop_assert_eq!(long.many_digits(places), Some(number));
                    prop_assert_eq!(short.at, long.at);
                }
                None => prop_assert_eq!(short.at, 0),
            }
        }

        #[test]
        fn escapes_are_those_of_the_definition(
            text in r#"([a-zö"\\/]|\\[bfnrtux"\\/]|\\u(d8|DC|00)[0-9a-fA-F]{2}){0,12}"#,
        ) {
            let whole = format!("\"{text}\"");
            let wanted = assize_eval::json::parse(whole.as_bytes(), "");
            let mut scan = scan(&whole);
            scan.at = 1;
            let found = scan.text().filter(|_| scan.at == whole.len()).and_then(|raw| {
                let raw = std::str::from_utf8(raw.bytes).unwrap();
                let mut text = String::new();
                unescape(raw, &mut text).map(|()| text)
            });
            let wanted = wanted.ok().and_then(|document| match document.value {
                assize_eval::json::Json::Text(text) => Some(text.into_owned()),
                _ => None,
            });
            prop_assert_eq!(found, wanted);
        }
    }
}
