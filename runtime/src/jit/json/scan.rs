//! Where a reader stands in the bytes of a call: blanks, literals, texts and digits, eight bytes at a time.
//!
//! Nothing here decides what is wrong. Whoever finds something else than expected gives up, and the reader
//! of the definition says what it is. The end reads as the byte 0, which stands in no JSON.

/// A byte in each place of a word.
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit in each place of a word.
const HIGH: u64 = 0x8080_8080_8080_8080;

/// Most digits of a number that is read here: they fit a word.
const MOST_DIGITS: usize = 18;

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

/// Bytes that are compared as a whole: words, and which of their bytes count.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    words: Box<[(u64, u64)]>,
    bytes: usize,
}

impl Literal {
    /// These bytes.
    pub(super) fn new(bytes: &[u8]) -> Literal {
        let word = |chunk: &[u8]| {
            let place = |(at, byte): (usize, &u8)| u64::from(*byte) << (8 * at);
            let value = chunk.iter().enumerate().map(place).fold(0, |a, b| a | b);
            (value, u64::MAX >> (64 - 8 * chunk.len()))
        };
        Literal {
            words: bytes.chunks(8).map(word).collect(),
            bytes: bytes.len(),
        }
    }

    /// A name between `before` and `behind`, as long as no character of it needs an escape: a name that has
    /// one is found by its text alone, and this literal nowhere.
    pub(super) fn around(before: &str, name: &str, behind: &str) -> Literal {
        if name
            .bytes()
            .any(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1F))
        {
            return Literal {
                words: Box::new([(1, 0)]),
                bytes: 0,
            };
        }
        Literal::new(format!("{before}{name}{behind}").as_bytes())
    }
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
    fn word(&self, at: usize) -> u64 {
        let rest = self.bytes.get(at..).unwrap_or_default();
        match rest.first_chunk::<8>() {
            Some(chunk) => u64::from_le_bytes(*chunk),
            None => tail(rest),
        }
    }

    /// Moves over these bytes, if they are next.
    #[inline(always)]
    pub(super) fn literal(&mut self, literal: &Literal) -> bool {
        let mut at = self.at;
        for (value, mask) in &literal.words {
            if self.word(at) & mask != *value {
                return false;
            }
            at += 8;
        }
        self.at += literal.bytes;
        true
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

    /// The coefficient of a number at this scale, written in the usual way: at most 18 digits at the scale,
    /// no exponent. `None` for any other, and the place is as good as lost.
    #[inline(always)]
    pub(super) fn digits(&mut self, places: u8) -> Option<i64> {
        let negative = self.take(b'-');
        let start = self.at;
        let mut number: i64 = 0;
        while let digit @ 0..=9 = self.peek().wrapping_sub(b'0') {
            number = number.wrapping_mul(10).wrapping_add(i64::from(digit));
            self.at += 1;
        }
        let whole = self.at - start;
        let mut left = usize::from(places);
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
        let number = number.wrapping_mul(*TENS.get(left)?);
        Some(if negative { -number } else { number })
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
            text in "-?[0-9]{0,20}[.]?[0-9]{0,6}[eE]?[0-9]{0,2}",
            places in 0u8..=6,
        ) {
            let mut scan = scan(&text);
            if let Some(found) = scan.digits(places) && scan.at == text.len() {
                let wanted = number::decimal(&text, 0);
                prop_assert_eq!(wanted, Ok(Decimal::new(found, u32::from(places)).normalize()));
            }
        }

        #[test]
        fn usual_numbers_are_read_here(whole in 0u32..=99_999, places in 0u8..=4, more in 0u32..10_000) {
            let text = format!("-{whole}.{more:04}");
            let mut scan = scan(&text);
            let found = scan.digits(places);
            prop_assert_eq!(found.is_some(), places == 4);
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
