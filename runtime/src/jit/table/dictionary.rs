//! Texts and whole numbers by hash: each one has a number, from 0 in the order in which they came.
//!
//! The hash is the same on all machines. Texts of up to 16 bytes lie in the place itself as the words at their two
//! ends, which with their length say all of them, so that most look-ups touch one place and nothing else.

use std::collections::HashMap;

use crate::jit::words::{SHORT, mix, parts};

/// A place of the table.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// The words at both ends of a short text; hash and start of a longer one.
    ends: [u64; 2],
    bytes: u32,
    /// The number of the text, plus one; 0 where there is none.
    number: u32,
}

/// What is looked up, with its number.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    /// A power of two, twice as many as there are entries at least.
    places: Box<[Place]>,
    /// The longer texts, one after the other.
    long: Box<[u8]>,
}

/// Gives numbers to what is to be looked up.
#[derive(Default)]
pub(super) struct Numbering<'t> {
    numbers: HashMap<&'t [u8], u32, Hashing>,
    texts: Vec<&'t [u8]>,
}

impl<'t> Numbering<'t> {
    /// The number of a text; the next one, where it is new.
    pub(super) fn number(&mut self, text: &'t [u8]) -> Option<u32> {
        // Rows of one key mostly follow each other.
        let next = u32::try_from(self.texts.len()).ok()?;
        if let Some(last) = self.texts.last()
            && *last == text
        {
            return next.checked_sub(1);
        }
        let number = *self.numbers.entry(text).or_insert(next);
        if number == next {
            self.texts.push(text);
        }
        Some(number)
    }

    /// The number that a text has got.
    pub(super) fn get(&self, text: &[u8]) -> Option<u32> {
        self.numbers.get(text).copied()
    }

    pub(super) fn finished(self) -> Option<Dictionary> {
        Dictionary::new(self.texts.len(), self.texts.into_iter())
    }
}

impl Dictionary {
    /// Numbers so many different texts in their order.
    pub(super) fn new<T: AsRef<[u8]>>(
        count: usize,
        texts: impl Iterator<Item = T>,
    ) -> Option<Dictionary> {
        let mut places = vec![Place::default(); (count * 2).next_power_of_two().max(2)];
        let mut long = Vec::new();
        for (number, text) in (1u32..).zip(texts) {
            let text = text.as_ref();
            let bytes = u32::try_from(text.len()).ok()?;
            let (hash, mut ends) = parts(text);
            if text.len() > SHORT {
                ends = [hash, long.len() as u64];
                long.extend_from_slice(text);
            }
            let mut at = hash as usize & (places.len() - 1);
            while places.get(at)?.number != 0 {
                at = (at + 1) & (places.len() - 1);
            }
            *places.get_mut(at)? = Place {
                ends,
                bytes,
                number,
            };
        }
        Some(Dictionary {
            places: places.into_boxed_slice(),
            long: long.into_boxed_slice(),
        })
    }

    /// The number of a text.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<u32> {
        let (hash, ends) = parts(text);
        let mask = self.places.len().wrapping_sub(1);
        let mut at = hash as usize & mask;
        loop {
            let place = self.places.get(at)?;
            let number = place.number.checked_sub(1)?;
            if place.bytes as usize == text.len() {
                let same = if text.len() <= SHORT {
                    place.ends == ends
                } else {
                    place.ends.first() == Some(&hash) && self.long(place) == Some(text)
                };
                if same {
                    return Some(number);
                }
            }
            at = (at + 1) & mask;
        }
    }

    fn long(&self, place: &Place) -> Option<&[u8]> {
        let start = usize::try_from(*place.ends.last()?).ok()?;
        self.long.get(start..)?.get(..place.bytes as usize)
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        self.places.len() * size_of::<Place>() + self.long.len()
    }
}

/// The same hash for the map that gives the numbers.
#[derive(Clone, Copy, Default)]
struct Hashing;

impl std::hash::BuildHasher for Hashing {
    type Hasher = Hasher;

    fn build_hasher(&self) -> Hasher {
        Hasher(0)
    }
}

struct Hasher(u64);

impl std::hash::Hasher for Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = mix(self.0, parts(bytes).0);
    }

    fn write_usize(&mut self, _: usize) {
        // The length is in the hash of the bytes.
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_its_number() {
        let texts: Vec<String> = (0..40)
            .flat_map(|length| {
                let alike = "x".repeat(length);
                // They differ at the start, in the middle, at the end.
                [
                    format!("{alike}1"),
                    format!("1{alike}"),
                    format!("{alike}2{alike}"),
                    alike,
                ]
            })
            .collect();
        let mut numbering = Numbering::default();
        let numbers: Vec<_> = texts
            .iter()
            .map(|text| numbering.number(text.as_bytes()).unwrap())
            .collect();
        assert_eq!(numbering.get(b"not there"), None);
        let dictionary = numbering.finished().unwrap();
        for (text, number) in texts.iter().zip(&numbers) {
            assert_eq!(dictionary.find(text.as_bytes()), Some(*number), "{text}");
            assert_eq!(dictionary.find(format!("{text}?").as_bytes()), None);
        }
        for (number, text) in numbers.iter().zip(&texts) {
            for (other_number, other) in numbers.iter().zip(&texts) {
                assert_eq!(number == other_number, text == other);
            }
        }
    }

    #[test]
    fn nothing_is_found_in_nothing() {
        let dictionary = Numbering::default().finished().unwrap();
        assert_eq!(dictionary.find(b"a"), None);
        assert_eq!(dictionary.find(b""), None);
    }
}
