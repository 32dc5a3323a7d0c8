//! A small deterministic generator of numbers: the same text gives the same cases everywhere.

/// SplitMix64: every 64-bit state is a good one, so any hash may be the seed.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
}

impl Random {
    /// From a seed.
    pub const fn new(seed: u64) -> Random {
        Random { state: seed }
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`; 0 when `end` is 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        if end == 0 {
            return 0;
        }
        ((self.next() as u128 * end as u128) >> 64) as u64
    }

    /// A number from 0 to `last`, both included, for ranges wider than 64 bits.
    pub const fn up_to(&mut self, last: u128) -> u128 {
        let wide = ((self.next() as u128) << 64) | self.next() as u128;
        match last.checked_add(1) {
            Some(count) => wide % count,
            None => wide,
        }
    }

    /// True in `percent` of 100 cases.
    pub const fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of a list.
    pub fn pick<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        let at = self.below(u64::try_from(list.len()).unwrap_or(u64::MAX));
        list.get(usize::try_from(at).unwrap_or(0))
    }
}

/// A seed from texts (FNV-1a, 64 bits).
pub fn seed_of(texts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for text in texts {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_everywhere() {
        let mut random = Random::new(seed_of(&["title", "text"]));
        let first: Vec<u64> = (0..4).map(|_| random.below(1_000)).collect();
        insta::assert_debug_snapshot!(first, @r#"
    [
        709,
        525,
        536,
        338,
    ]
"#);
        assert_ne!(seed_of(&["ab", "c"]), seed_of(&["a", "bc"]));
        for end in [0, 1, 2, 7] {
            assert!((0..100).all(|_| random.below(end) < end.max(1)));
        }
        assert!((0..100).all(|_| random.up_to(9) < 10));
        assert!(random.pick::<u8>(&[]).is_none());
    }
}
