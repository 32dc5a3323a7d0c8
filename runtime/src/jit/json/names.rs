//! Which of some names is next in a text: found by a hash of its first bytes, without going through the names, and
//! without a branch that depends on which it is.

use super::plan::{Decision, EnumValue, Field};
use super::scan::{Literal, Scan, is_escaped};

/// Most names that are looked up here.
pub(super) const MOST_NAMES: usize = 250;

/// A place where no name stands.
const NOBODY: u8 = u8::MAX;

/// Something with a name.
pub(super) trait Named {
    /// The name.
    fn name(&self) -> &str;
    /// The name and the quote behind it.
    fn ending(&self) -> &Literal;
}

impl Named for Field {
    fn name(&self) -> &str {
        &self.name
    }

    fn ending(&self) -> &Literal {
        &self.ending
    }
}

impl Named for EnumValue {
    fn name(&self) -> &str {
        &self.name
    }

    fn ending(&self) -> &Literal {
        &self.ending
    }
}

impl Named for Decision {
    fn name(&self) -> &str {
        let [called, _] = &self.names;
        called
    }

    fn ending(&self) -> &Literal {
        &self.ending
    }
}

/// Names by their hashes.
#[derive(Debug, Default)]
pub(super) enum Names {
    /// Each name has a place of its own: a number of `places` bits, made of the bytes that all of them have.
    Apart {
        mask: u64,
        factor: u64,
        shift: u32,
        places: Box<[u8]>,
    },
    /// They begin alike, so all of a name is looked at, and those with the same hash stand one behind the other.
    /// Twice as many places as names at least.
    Alike(Box<[u8]>),
    /// Too many.
    #[default]
    None,
}

/// Factors that are tried for each size of a table.
const TRIES: u64 = 64;

impl Names {
    /// Numbers of these names.
    pub(super) fn new<T: Named>(all: &[T]) -> Names {
        if all.len() > MOST_NAMES {
            return Names::None;
        }
        // Names with escapes are found by their text alone.
        let plain = |named: &&T| !is_escaped(named.name());
        let endings = all.iter().enumerate().filter(|(_, named)| plain(named));
        let endings: Option<Vec<(u8, String)>> = endings
            .map(|(number, named)| {
                Some((u8::try_from(number).ok()?, format!("{}\"", named.name())))
            })
            .collect();
        let endings = endings.unwrap_or_default();
        let found = Names::apart(&endings);
        found
            .or_else(|| Names::alike(&endings))
            .unwrap_or(Names::None)
    }

    fn apart(endings: &[(u8, String)]) -> Option<Names> {
        let shortest = endings.iter().map(|(_, ending)| ending.len()).min();
        let mask = u64::MAX >> (64 - 8 * shortest.unwrap_or(8).min(8));
        let words = endings.iter().map(|(number, ending)| {
            let scan = Scan {
                bytes: ending.as_bytes(),
                at: 0,
            };
            (*number, scan.word(0) & mask)
        });
        let words: Vec<(u8, u64)> = words.collect();
        let least = endings.len().next_power_of_two().max(2).trailing_zeros();
        for bits in least..=8 {
            for attempt in 0..TRIES {
                let factor = 0x9E37_79B9_7F4A_7C15u64.wrapping_mul(2 * attempt + 1);
                let shift = 64 - bits;
                if let Some(places) = placed(&words, factor, shift) {
                    return Some(Names::Apart {
                        mask,
                        factor,
                        shift,
                        places,
                    });
                }
            }
        }
        None
    }

    fn alike(endings: &[(u8, String)]) -> Option<Names> {
        let mut places = vec![NOBODY; (endings.len() * 2).max(2).next_power_of_two()];
        let mask = places.len() - 1;
        for (number, ending) in endings {
            let scan = Scan {
                bytes: ending.as_bytes(),
                at: 0,
            };
            let mut place = scan.name_hash() as usize & mask;
            while *places.get(place)? != NOBODY {
                place = (place + 1) & mask;
            }
            *places.get_mut(place)? = *number;
        }
        Some(Names::Alike(places.into_boxed_slice()))
    }

    /// The number of the name that is next, opening quote behind; moves over the name and its quote. `None` also
    /// for a name that is written with escapes.
    #[inline(always)]
    pub(super) fn find<T: Named>(&self, all: &[T], scan: &mut Scan<'_>) -> Option<usize> {
        match self {
            Names::Apart {
                mask,
                factor,
                shift,
                places,
            } => {
                let place = (scan.word(scan.at) & mask).wrapping_mul(*factor) >> shift;
                let number = usize::from(*places.get(place as usize)?);
                scan.literal(all.get(number)?.ending()).then_some(number)
            }
            Names::Alike(places) => probed(places, all, scan),
            Names::None => all.iter().position(|named| scan.literal(named.ending())),
        }
    }
}

/// Each name at its own place; `None` where two would have the same.
fn placed(words: &[(u8, u64)], factor: u64, shift: u32) -> Option<Box<[u8]>> {
    let mut places = vec![NOBODY; 1 << (64 - shift)];
    for (number, word) in words {
        let place = places.get_mut((word.wrapping_mul(factor) >> shift) as usize)?;
        if *place != NOBODY {
            return None;
        }
        *place = *number;
    }
    Some(places.into_boxed_slice())
}

fn probed<T: Named>(places: &[u8], all: &[T], scan: &mut Scan<'_>) -> Option<usize> {
    let mask = places.len() - 1;
    let mut place = scan.name_hash() as usize & mask;
    loop {
        let number = *places.get(place)?;
        if number == NOBODY {
            return None;
        }
        let number = usize::from(number);
        if scan.literal(all.get(number)?.ending()) {
            return Some(number);
        }
        place = (place + 1) & mask;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(names: &[String]) -> Vec<EnumValue> {
        names.iter().map(|name| EnumValue::new(name)).collect()
    }

    fn find(names: &Names, all: &[EnumValue], text: &str) -> Option<(usize, usize)> {
        let mut scan = Scan {
            bytes: text.as_bytes(),
            at: 0,
        };
        names.find(all, &mut scan).map(|number| (number, scan.at))
    }

    /// All names are found, and nothing else is.
    fn check(names: &[String], others: &[String]) {
        let all = values(names);
        let table = Names::new(&all);
        // A text with a quote in it says another name.
        let plain = names
            .iter()
            .enumerate()
            .filter(|(_, name)| !is_escaped(name));
        for (number, name) in plain {
            let wanted = Some((number, name.len() + 1));
            for behind in ["", ",", ":1,\"more\":{}}"] {
                let text = format!("{name}\"{behind}");
                assert_eq!(find(&table, &all, &text), wanted, "{text}");
            }
            assert_eq!(find(&table, &all, name), None, "{name}");
        }
        for other in others {
            if !names.contains(other) {
                assert_eq!(find(&table, &all, &format!("{other}\"")), None, "{other}");
            }
        }
    }

    #[test]
    fn usual_names_stand_apart() {
        let names = [
            "segment",
            "tier",
            "credit_limit",
            "balance",
            "ab",
            "abc",
            "größe",
        ];
        let names: Vec<String> = names.map(str::to_owned).into();
        assert!(matches!(Names::new(&values(&names)), Names::Apart { .. }));
        check(
            &names,
            &["a", "abcd", "", "tie", "tiers", "gr"].map(str::to_owned),
        );
    }

    #[test]
    fn names_that_begin_alike_are_found() {
        let names: Vec<String> = (0..MOST_NAMES)
            .map(|at| format!("blocked_for_{at}"))
            .collect();
        assert!(matches!(Names::new(&values(&names)), Names::Alike(_)));
        check(
            &names,
            &["blocked_for_".to_owned(), "blocked_for_999".to_owned()],
        );
        let more: Vec<String> = (0..=MOST_NAMES)
            .map(|at| format!("blocked_for_{at}"))
            .collect();
        assert!(matches!(Names::new(&values(&more)), Names::None));
        check(&more, &["blocked_for_999".to_owned()]);
    }

    proptest! {
        #[test]
        fn any_names_are_found(
            names in proptest::collection::btree_set("[ab\\\\\"]{0,4}|[a-c]{0,20}|[a-zäöü_]{1,12}", 0..40),
            others in proptest::collection::vec("[a-c]{0,6}", 0..20),
        ) {
            let names: Vec<String> = names.into_iter().collect();
            let others: Vec<String> = others.into_iter().collect();
            check(&names, &others);
        }
    }
}
