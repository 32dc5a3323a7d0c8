//! The text of a rule file as a bundle holds it: without what a checkout adds.
//!
//! Line ends and a mark of the byte order differ between checkouts of the same rules. A digest that
//! followed them would call the same rules different, so places are counted in a text with plain
//! line ends.

use std::borrow::Cow;

/// Mark that some editors put first.
const MARK: char = '\u{feff}';

/// What places need of a text.
pub(super) struct Source {
    /// First bytes of the lines of the plain text.
    lines: Vec<u32>,
    /// Bytes of the written text that the plain one does not have, in rising order.
    left_out: Vec<u32>,
}

/// A text with plain line ends, and how its places are found.
pub(super) fn plain(text: &str) -> (Cow<'_, str>, Source) {
    let mut left_out = Vec::new();
    if text.starts_with(MARK) {
        left_out.extend((0..MARK.len_utf8()).filter_map(|at| u32::try_from(at).ok()));
    }
    let ends = text.match_indices("\r\n");
    left_out.extend(ends.filter_map(|(at, _)| u32::try_from(at).ok()));
    let kept = if left_out.is_empty() {
        Cow::Borrowed(text)
    } else {
        let text = text.strip_prefix(MARK).unwrap_or(text);
        Cow::Owned(text.replace("\r\n", "\n"))
    };
    let ends = kept.match_indices('\n');
    let lines = std::iter::once(0)
        .chain(ends.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX)))
        .collect();
    (kept, Source { lines, left_out })
}

impl Source {
    /// A byte of the written text in the plain one.
    pub(super) fn offset(&self, written: u32) -> u32 {
        let before = self.left_out.partition_point(|at| *at < written);
        written.saturating_sub(u32::try_from(before).unwrap_or(u32::MAX))
    }

    /// The line of a byte of the plain text, from 1, and the first byte of that line.
    pub(super) fn line(&self, offset: u32) -> (usize, u32) {
        let line = self.lines.partition_point(|begin| *begin <= offset).max(1);
        (line, self.lines.get(line - 1).copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_plain_text() {
        let written = "\u{feff}ab\r\nc\rd\r\n\r\nef";
        let (kept, source) = plain(written);
        assert_eq!(kept, "ab\nc\rd\n\nef");
        for (at, character) in written.char_indices() {
            let at = u32::try_from(at).unwrap();
            if character.is_ascii_alphabetic() {
                let offset = source.offset(at) as usize;
                assert_eq!(kept.get(offset..offset + 1), Some(&*character.to_string()));
            }
        }
        let end = u32::try_from(written.len()).unwrap();
        assert_eq!(source.offset(end) as usize, kept.len());
        assert_eq!(source.line(source.offset(end)).0, 4);
        assert!(matches!(plain("a\nb").0, Cow::Borrowed(_)));
    }
}
