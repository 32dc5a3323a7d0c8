//! A hash with fixed keys, for tables that live in memory only.
//!
//! Its values are never written, and no order that depends on them is ever read, so it may change.
//! It is quick and not made against hostile data: a snapshot comes from the owner of the rules.

use std::hash::Hasher;

const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
const FACTOR: u64 = 0xA076_1D64_78BD_642F;

/// Adds a word to a hash. `salt` keeps words of different kinds apart.
pub fn mix(so_far: u64, word: u64, salt: u8) -> u64 {
    let product = u128::from(so_far ^ word ^ SEED) * u128::from(FACTOR.wrapping_add(salt.into()));
    let folded = (product >> 64) ^ (product & u128::from(u64::MAX));
    u64::try_from(folded).unwrap_or(0).rotate_left(23)
}

/// A hasher of texts.
#[derive(Clone, Copy, Debug)]
pub struct FixedHasher(u64);

impl Default for FixedHasher {
    fn default() -> FixedHasher {
        FixedHasher(SEED)
    }
}

impl Hasher for FixedHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (chunks, rest) = bytes.as_chunks::<8>();
        for chunk in chunks {
            self.0 = mix(self.0, u64::from_le_bytes(*chunk), 1);
        }
        let last = rest
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
        let length = u8::try_from(rest.len()).unwrap_or(0);
        self.0 = mix(self.0, last, 2 + length);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
