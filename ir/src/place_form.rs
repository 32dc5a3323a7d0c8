//! Serial form of places: of each what differs from the one before.
//!
//! A table of many rows has several places in each of them, close together, so that most take two bytes. A place
//! begins with how far its first byte is from that of the place before, and two marks: `FILE`, another file follows;
//! `LINE`, line and column follow, because the line is another or the column is not as far away as the first byte.

use serde::{Deserialize, Deserializer, Serializer, de};

use crate::program::Place;

const FILE: u64 = 1;
const LINE: u64 = 2;

/// What the first place differs from.
const ORIGIN: Place = Place {
    file: 0,
    start: 0,
    end: 0,
    line: 1,
    column: 1,
};

pub(crate) fn serialize<S: Serializer>(places: &[Place], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_bytes(&written(places))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Place>, D::Error> {
    read(<&[u8]>::deserialize(from)?).ok_or_else(|| de::Error::custom("places are damaged"))
}

fn written(places: &[Place]) -> Vec<u8> {
    let mut out = Vec::with_capacity(places.len().saturating_mul(3));
    let mut before = ORIGIN;
    for place in places {
        let moved = i64::from(place.start).wrapping_sub(before.start.into());
        let file = if place.file == before.file { 0 } else { FILE };
        let line = if expected(&before, moved) == (place.line, place.column) {
            0
        } else {
            LINE
        };
        put(&mut out, zigzag(moved) << 2 | file | line);
        if file != 0 {
            put(&mut out, place.file.into());
        }
        put(
            &mut out,
            zigzag(i64::from(place.end).wrapping_sub(place.start.into())),
        );
        if line != 0 {
            put(
                &mut out,
                zigzag(i64::from(place.line).wrapping_sub(before.line.into())),
            );
            put(&mut out, place.column.into());
        }
        before = *place;
    }
    out
}

fn read(mut bytes: &[u8]) -> Option<Vec<Place>> {
    let mut places = Vec::with_capacity(bytes.len() / 2);
    let mut before = ORIGIN;
    while !bytes.is_empty() {
        let head = take(&mut bytes)?;
        let moved = zagzig(head >> 2);
        let start = u32::try_from(i64::from(before.start).checked_add(moved)?).ok()?;
        let file = if head & FILE != 0 {
            u32::try_from(take(&mut bytes)?).ok()?
        } else {
            before.file
        };
        let length = zagzig(take(&mut bytes)?);
        let end = u32::try_from(i64::from(start).checked_add(length)?).ok()?;
        let (line, column) = if head & LINE != 0 {
            let moved = zagzig(take(&mut bytes)?);
            let line = u32::try_from(i64::from(before.line).checked_add(moved)?).ok()?;
            (line, u32::try_from(take(&mut bytes)?).ok()?)
        } else {
            expected(&before, moved)
        };
        before = Place {
            file,
            start,
            end,
            line,
            column,
        };
        places.push(before);
    }
    Some(places)
}

/// Line and column of a place that is in the line of the one before, so many letters away.
fn expected(before: &Place, moved: i64) -> (u32, u32) {
    let column = i64::from(before.column).wrapping_add(moved);
    // A column outside of the line is never one of a place: it is written.
    (before.line, u32::try_from(column).unwrap_or(u32::MAX))
}

fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63).cast_unsigned()
}

fn zagzig(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ (value & 1).cast_signed().wrapping_neg()
}

fn put(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

#[inline]
fn take(bytes: &mut &[u8]) -> Option<u64> {
    // Nearly all of them.
    if let [first @ ..0x80, rest @ ..] = bytes {
        *bytes = rest;
        return Some(u64::from(*first));
    }
    let mut value = 0;
    // What is written has at most 35 bits.
    for shift in [0, 7, 14, 21, 28] {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn place() -> impl Strategy<Value = Place> {
        let small = (0..3u32, 0..200u32, 0..200u32, 1..4u32, 1..100u32);
        let any = (
            any::<u32>(),
            any::<u32>(),
            any::<u32>(),
            any::<u32>(),
            any::<u32>(),
        );
        prop_oneof![small, any].prop_map(|(file, start, end, line, column)| Place {
            file,
            start,
            end,
            line,
            column,
        })
    }

    proptest! {
        #[test]
        fn places_come_back(places in proptest::collection::vec(place(), 0..20)) {
            prop_assert_eq!(read(&written(&places)), Some(places));
        }

        #[test]
        fn any_bytes_are_places_or_not(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = read(&bytes);
        }
    }

    #[test]
    fn places_that_follow_each_other_in_a_line_take_two_bytes_each() {
        let places: Vec<Place> = (0..100u32)
            .map(|at| Place {
                start: at * 8,
                end: at * 8 + 5,
                column: at * 8 + 1,
                ..ORIGIN
            })
            .collect();
        assert_eq!(written(&places).len(), 200);
    }
}
