//! Codes as ERP keys are: U+0020 stripped at both ends, then upper-cased one to one.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::upper_table::UPPER;

/// The normal form of a code (language reference §14): U+0020 is stripped at both ends, then each
/// character is replaced by its Unicode *simple* upper-case mapping, so the number of characters
/// never changes: `ß` stays `ß` although its full mapping is `SS`.
///
/// The mapping is that of Unicode 14.0, pinned in a table and not taken from the standard library:
/// that one offers the full mapping, and follows the version of the tool chain.
pub fn normalise_code(text: &str) -> Cow<'_, str> {
    let stripped = text.trim_matches(' ');
    if stripped
        .chars()
        .all(|character| simple_upper(character) == character)
    {
        return Cow::Borrowed(stripped);
    }
    Cow::Owned(stripped.chars().map(simple_upper).collect())
}

fn simple_upper(character: char) -> char {
    if character.is_ascii() {
        return character.to_ascii_uppercase();
    }
    let code = u32::from(character);
    let run = UPPER.binary_search_by(|(first, last, _, _)| {
        if *last < code {
            Ordering::Less
        } else if *first > code {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    });
    let moved = run
        .ok()
        .and_then(|index| UPPER.get(index))
        .filter(|(first, _, stride, _)| (code - first) % stride == 0)
        .and_then(|(_, _, _, distance)| code.checked_add_signed(*distance));
    moved.and_then(char::from_u32).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_one() {
        for (text, wanted) in [
            ("1896-s", "1896-S"),
            ("  a b ", "A B"),
            ("\ta\t", "\tA\t"),
            ("\u{a0}a", "\u{a0}A"),
            ("straße", "STRAßE"),
            ("ŉ", "ŉ"),
            ("ﬁ", "ﬁ"),
            ("ÿ", "Ÿ"),
            ("µ", "Μ"),
            ("ı", "I"),
            ("ſ", "S"),
            ("ǆ", "Ǆ"),
            ("ǅ", "Ǆ"),
            ("ς", "Σ"),
            ("ᾳ", "ᾼ"),
            ("ᾀ", "ᾈ"),
            ("ΐ", "ΐ"),
            ("ა", "Ა"),
            ("ꭰ", "Ꭰ"),
            ("𞤢", "𞤀"),
            ("", ""),
            ("   ", ""),
        ] {
            assert_eq!(normalise_code(text), wanted, "{text}");
        }
        assert!(matches!(normalise_code("ABC-1"), Cow::Borrowed(_)));
    }

    #[test]
    fn the_table_is_sorted_and_agrees_with_the_full_mapping() {
        assert!(UPPER.windows(2).all(|pair| pair[0].1 < pair[1].0));
        let mut mapped = 0;
        for character in '\0'..=char::MAX {
            let upper = simple_upper(character);
            mapped += usize::from(upper != character);
            let mut full = character.to_uppercase();
            if let (Some(single), None) = (full.next(), full.next()) {
                // Characters that got an upper case after Unicode 14.0 stay as they are.
                assert!(upper == single || upper == character, "{character}");
            }
        }
        // The number of entries in field 12 of `UnicodeData.txt`, version 14.0.
        assert_eq!(mapped, 1_450);
    }
}
