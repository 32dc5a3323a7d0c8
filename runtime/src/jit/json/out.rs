//! The end of a text that is written: pieces of a fixed size are copied as a whole, and of what is copied too much
//! the next piece takes the place.

/// Bytes that are copied together.
const PIECE: usize = 32;

/// A part of an answer that is known before it is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Fragment {
    /// The bytes, filled up with any.
    pieces: Box<[[u8; PIECE]]>,
    bytes: usize,
}

impl Fragment {
    pub(super) fn new(text: &str) -> Fragment {
        let pieces = text.as_bytes().chunks(PIECE).map(|chunk| {
            let mut piece = [b' '; PIECE];
            for (to, from) in piece.iter_mut().zip(chunk) {
                *to = *from;
            }
            piece
        });
        Fragment {
            pieces: pieces.collect(),
            bytes: text.len(),
        }
    }
}

/// Appends to a text, as bytes.
#[derive(Debug)]
pub(super) struct Out<'o> {
    text: &'o mut Vec<u8>,
}

impl<'o> Out<'o> {
    pub(super) fn new(text: &'o mut Vec<u8>) -> Out<'o> {
        Out { text }
    }

    /// Appends the first bytes of a piece.
    #[inline(always)]
    pub(super) fn piece<const N: usize>(&mut self, piece: &[u8; N], bytes: usize) {
        self.text.reserve(N);
        let end = self.text.len();
        #[expect(unsafe_code, reason = "copies a piece of a fixed size")]
        // SAFETY: there is room for all of the piece behind the end, and no more of it than was copied is taken
        // into the text.
        unsafe {
            let to = self.text.as_mut_ptr().add(end).cast::<[u8; N]>();
            to.write(*piece);
            self.text.set_len(end + bytes.min(N));
        }
    }

    /// Appends a byte.
    #[inline(always)]
    pub(super) fn byte(&mut self, byte: u8) {
        self.piece(&[byte], 1);
    }

    /// Appends the first bytes of a word, the lowest first.
    #[inline(always)]
    pub(super) fn word(&mut self, word: u64, bytes: usize) {
        self.piece(&word.to_le_bytes(), bytes);
    }

    /// Appends a text.
    #[inline]
    pub(super) fn push(&mut self, text: &[u8]) {
        self.text.extend_from_slice(text);
    }

    /// Appends a fragment.
    #[inline(always)]
    pub(super) fn fragment(&mut self, fragment: &Fragment) {
        let mut left = fragment.bytes;
        for piece in &fragment.pieces {
            self.piece(piece, left);
            left = left.saturating_sub(PIECE);
        }
    }
}

/// The digits of a number below 100 000 000 as values, zeros before it included; the first in the lowest byte.
#[inline(always)]
pub(super) const fn eight_digits(number: u64) -> u64 {
    // Two halves of four digits, then four pairs, then eight digits, each divided by a multiplication that is exact
    // for so few digits.
    let halves = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((halves * 5_243) >> 19) & 0x7F_0000_007F;
    let pairs = hundreds | ((halves - 100 * hundreds) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000F_000F_000F_000F;
    tens | ((pairs - 10 * tens) << 8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn digits(number: u64) -> String {
        let digits = eight_digits(number) + 0x3030_3030_3030_3030;
        String::from_utf8(digits.to_le_bytes().to_vec()).unwrap()
    }

    #[test]
    fn every_four_digits_are_written() {
        for number in 0..10_000 {
            let wanted = format!("{number:04}");
            let both = number * 10_000 + 9_999 - number;
            assert_eq!(digits(both), format!("{wanted}{:04}", 9_999 - number));
        }
    }

    proptest! {
        #[test]
        fn fragments_are_appended_whole(before in "[a-zö]{0,40}", text in "[a-zö]{0,100}", behind in "[a-zö]{0,40}") {
            let mut out = Vec::new();
            let mut writing = Out::new(&mut out);
            writing.fragment(&Fragment::new(&before));
            writing.fragment(&Fragment::new(&text));
            writing.byte(b'"');
            writing.push(behind.as_bytes());
            writing.word(0x3130_3938, 3);
            prop_assert_eq!(String::from_utf8(out).unwrap(), format!("{before}{text}\"{behind}890"));
        }
    }
}
