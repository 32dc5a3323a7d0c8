//! Columns of values, packed: whole numbers in as few bytes as they need, texts once each.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Whole numbers: the lowest of them, and of each how far it is above, in 0, 1, 2, 4 or 8 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ints {
    lowest: i64,
    count: u32,
    width: u8,
    bytes: Vec<u8>,
}

/// How many bytes each distance takes, where the greatest is this.
fn width_of(greatest: u64) -> u8 {
    match greatest {
        0 => 0,
        1..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    }
}

impl Ints {
    /// Packs numbers; `None` where there are too many to be counted.
    pub fn new(values: &[i64]) -> Option<Ints> {
        let lowest = values.iter().copied().min().unwrap_or(0);
        let above = |value: i64| value.wrapping_sub(lowest).cast_unsigned();
        let greatest = values.iter().map(|value| above(*value)).max().unwrap_or(0);
        let width = width_of(greatest);
        let mut bytes = Vec::with_capacity(values.len().saturating_mul(usize::from(width)));
        for value in values {
            let all = above(*value).to_le_bytes();
            bytes.extend(all.iter().take(width.into()));
        }
        Some(Ints {
            lowest,
            count: u32::try_from(values.len()).ok()?,
            width,
            bytes,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The number that all of them are, where they are one.
    pub fn same(&self) -> Option<i64> {
        (self.width == 0 && self.count > 0).then_some(self.lowest)
    }

    /// The number at a place.
    #[inline]
    pub fn get(&self, at: usize) -> Option<i64> {
        if at >= self.count as usize {
            return None;
        }
        Some(self.lowest.wrapping_add(self.above(at)?.cast_signed()))
    }

    #[inline]
    fn above(&self, at: usize) -> Option<u64> {
        Some(match self.width {
            0 => 0,
            1 => (*self.bytes.get(at)?).into(),
            2 => u16::from_le_bytes(*self.bytes.as_chunks::<2>().0.get(at)?).into(),
            4 => u32::from_le_bytes(*self.bytes.as_chunks::<4>().0.get(at)?).into(),
            _ => u64::from_le_bytes(*self.bytes.as_chunks::<8>().0.get(at)?),
        })
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = i64> + '_ {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Whether this is how [`Ints::new`] packs them. There is no other way, so that one program has one form.
    fn is_packed(&self) -> bool {
        let wanted = self.len().saturating_mul(usize::from(self.width));
        if self.bytes.len() != wanted || (self.count == 0 && self.lowest != 0) {
            return false;
        }
        let (mut least, mut greatest) = (u64::MAX, 0);
        match self.width {
            0 => return true,
            1 | 2 | 4 | 8 => {
                for above in (0..self.len()).filter_map(|at| self.above(at)) {
                    least = least.min(above);
                    greatest = greatest.max(above);
                }
            }
            _ => return false,
        }
        let room = i64::MAX.wrapping_sub(self.lowest).cast_unsigned();
        least == 0 && greatest <= room && width_of(greatest) == self.width
    }
}

/// As it is written.
#[derive(Serialize, Deserialize)]
struct IntsForm<B> {
    lowest: i64,
    count: u32,
    width: u8,
    bytes: B,
}

/// A list of bytes, written as a whole.
struct Bytes<'b>(&'b [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(self.0)
    }
}

impl Serialize for Ints {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        IntsForm {
            lowest: self.lowest,
            count: self.count,
            width: self.width,
            bytes: Bytes(&self.bytes),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Ints {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Ints, D::Error> {
        let form = IntsForm::<&[u8]>::deserialize(from)?;
        let ints = Ints {
            lowest: form.lowest,
            count: form.count,
            width: form.width,
            bytes: form.bytes.to_vec(),
        };
        if ints.is_packed() {
            Ok(ints)
        } else {
            Err(de::Error::custom("numbers of a column are not packed"))
        }
    }
}

/// Texts: each of them once, in the order of their first use, and which one stands at each place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// Where each text ends in [`Texts::all`].
    ends: Ints,
    all: String,
    which: Ints,
}

impl Texts {
    /// Packs texts; `None` where there are too many.
    pub fn new<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<Texts> {
        let mut known = std::collections::BTreeMap::new();
        let (mut ends, mut which) = (Vec::new(), Vec::new());
        let mut all = String::new();
        for text in texts {
            let next = i64::try_from(ends.len()).ok()?;
            let number = *known.entry(text).or_insert(next);
            if number == next {
                all.push_str(text);
                ends.push(i64::try_from(all.len()).ok()?);
            }
            which.push(number);
        }
        Some(Texts {
            ends: Ints::new(&ends)?,
            all,
            which: Ints::new(&which)?,
        })
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        self.which.len()
    }

    /// Whether there is no place.
    pub fn is_empty(&self) -> bool {
        self.which.is_empty()
    }

    /// Which of [`Texts::different`] stands at each place.
    pub fn which(&self) -> &Ints {
        &self.which
    }

    /// The text at a place.
    pub fn get(&self, at: usize) -> Option<&str> {
        self.text(usize::try_from(self.which.get(at)?).ok()?)
    }

    fn text(&self, number: usize) -> Option<&str> {
        let start = match number.checked_sub(1) {
            None => 0,
            Some(before) => self.ends.get(before)?,
        };
        let (start, end) = (start, self.ends.get(number)?);
        self.all
            .get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)
    }

    /// The texts; `None` inside for one that is none, as a damaged column may have.
    pub fn different(&self) -> impl Iterator<Item = Option<&str>> + '_ {
        (0..self.ends.len()).map(|number| self.text(number))
    }

    /// Whether the texts are all that is held.
    pub(crate) fn covers_all(&self) -> bool {
        let end = self.ends.len().checked_sub(1);
        let end = end.map_or(Some(0), |last| self.ends.get(last));
        end.and_then(|end| usize::try_from(end).ok()) == Some(self.all.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(ints: &Ints) -> Vec<u8> {
        postcard::to_allocvec(ints).unwrap()
    }

    proptest! {
        #[test]
        fn numbers_come_back(values in proptest::collection::vec(any::<i64>(), 0..40), shift in 0..63u32) {
            let values: Vec<i64> = values.into_iter().map(|value| value >> shift).collect();
            let ints = Ints::new(&values).unwrap();
            prop_assert_eq!(ints.iter().collect::<Vec<_>>(), values.clone());
            prop_assert_eq!(ints.get(values.len()), None);
            let read: Ints = postcard::from_bytes(&written(&ints)).unwrap();
            prop_assert_eq!(read, ints);
        }

        #[test]
        fn texts_come_back(values in proptest::collection::vec("[a-zß€]{0,3}", 0..40)) {
            let texts = Texts::new(values.iter().map(String::as_str)).unwrap();
            let found: Vec<_> = (0..texts.len()).map(|at| texts.get(at).unwrap()).collect();
            prop_assert_eq!(found, values);
        }
    }

    #[test]
    fn numbers_take_as_few_bytes_as_they_need() {
        for (values, bytes) in [
            (&[7, 7, 7][..], 0),
            (&[-1, 254], 2),
            (&[-1, 255], 4),
            (&[0, 0x1_0000], 8),
            (&[i64::MIN, i64::MAX], 16),
        ] {
            assert_eq!(Ints::new(values).unwrap().bytes.len(), bytes, "{values:?}");
        }
    }

    #[test]
    fn numbers_that_are_packed_otherwise_are_refused() {
        let wide = Ints {
            lowest: 0,
            count: 2,
            width: 2,
            bytes: vec![0, 0, 1, 0],
        };
        let high = Ints {
            lowest: 0,
            count: 1,
            width: 1,
            bytes: vec![1],
        };
        let over = Ints {
            lowest: i64::MAX,
            count: 2,
            width: 1,
            bytes: vec![0, 1],
        };
        let short = Ints {
            lowest: 0,
            count: 3,
            width: 1,
            bytes: vec![0, 1],
        };
        let odd = Ints {
            lowest: 0,
            count: 1,
            width: 3,
            bytes: vec![0, 0, 0],
        };
        let empty = Ints {
            lowest: 1,
            count: 0,
            width: 0,
            bytes: Vec::new(),
        };
        for ints in [wide, high, over, short, odd, empty] {
            assert!(
                postcard::from_bytes::<Ints>(&written(&ints)).is_err(),
                "{ints:?}"
            );
        }
    }
}
