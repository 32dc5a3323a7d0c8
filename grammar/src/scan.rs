//! The hand scanner: what stands in the gaps between grammar pairs, and in text the grammar refused.
//!
//! Total: each call takes at least one character and never fails. It knows spelling, no grammar.

/// What one scanned piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scanned {
    Whitespace,
    Comment,
    DocComment,
    Word,
    Number,
    Quote,
    Mark,
}

/// The piece at the start of `text` and its length in bytes; `None` at the end of the text.
pub(crate) fn scan(text: &str) -> Option<(Scanned, usize)> {
    let bytes = text.as_bytes();
    let first = *bytes.first()?;
    let found = match first {
        b' ' | b'\t' | b'\r' | b'\n' => (Scanned::Whitespace, count(bytes, is_space)),
        b'/' if bytes.get(1) == Some(&b'/') => {
            let end = bytes
                .iter()
                .position(|b| *b == b'\n')
                .unwrap_or(bytes.len());
            let end = end
                - bytes
                    .iter()
                    .take(end)
                    .rev()
                    .take_while(|b| **b == b'\r')
                    .count();
            let doc = bytes.get(2) == Some(&b'/') && bytes.get(3) != Some(&b'/');
            (
                if doc {
                    Scanned::DocComment
                } else {
                    Scanned::Comment
                },
                end,
            )
        }
        b'0'..=b'9' => (
            Scanned::Number,
            count(bytes, |b| b.is_ascii_digit() || b == b'_'),
        ),
        b'"' => (Scanned::Quote, 1),
        b'|' if bytes.get(1) == Some(&b'|') => (Scanned::Mark, 2),
        b'<' | b'>' | b'!' if bytes.get(1) == Some(&b'=') => (Scanned::Mark, 2),
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => (Scanned::Word, word_length(text)),
        0x21..=0x7e => (Scanned::Mark, 1),
        _ => {
            let character = text.chars().next()?;
            if character == '\u{feff}' {
                (Scanned::Whitespace, character.len_utf8())
            } else if unicode_ident::is_xid_start(character) {
                (Scanned::Word, word_length(text))
            } else {
                (Scanned::Mark, character.len_utf8())
            }
        }
    };
    Some(found)
}

/// The pieces of a text with their byte ranges.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = (Scanned, usize, usize)> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (kind, length) = scan(text.get(at..)?)?;
        let start = at;
        at += length;
        Some((kind, start, at))
    })
}

/// The length of a string on one line from its opening quote, and whether it is closed.
pub(crate) fn string_length(text: &str) -> (usize, bool) {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'\n' | b'\r' => return (at, false),
            b'"' if !escaped => return (at + 1, true),
            _ => escaped = byte == b'\\' && !escaped,
        }
    }
    (text.len(), false)
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

fn count(bytes: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take_while(|b| holds(**b)).count()
}

fn word_length(text: &str) -> usize {
    text.char_indices()
        .skip(1)
        .find(|(_, c)| {
            !(c.is_ascii_alphanumeric()
                || *c == '_'
                || (!c.is_ascii() && unicode_ident::is_xid_continue(*c)))
        })
        .map_or(text.len(), |(at, _)| at)
}
