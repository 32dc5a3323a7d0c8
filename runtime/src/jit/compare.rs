//! Equality, order and hashes of words: those of the values they stand for.

use std::cmp::Ordering;

use super::shape::{Layouts, Shape};
use super::words::{mix, parts, same_text, text, words_decimal};

/// The order of two values of one shape; it agrees with equality, and where the language knows an order,
/// with that.
///
/// # Safety
/// At both addresses lie the words of a value of this shape, and all they point to is alive.
#[expect(unsafe_code, reason = "reads what machine code wrote")]
pub(crate) unsafe fn order(
    layouts: &Layouts,
    shape: &Shape,
    a: *const u64,
    b: *const u64,
) -> Ordering {
    // SAFETY: the caller says that the words of the shape lie at both, and so those behind them.
    let ([a0, a1], [b0, b1]) = unsafe { (pair(shape, a), pair(shape, b)) };
    match shape {
        Shape::Bool | Shape::Word | Shape::Fixed(_) => a0.cast_signed().cmp(&b0.cast_signed()),
        Shape::Decimal => words_decimal([a0, a1]).cmp(&words_decimal([b0, b1])),
        // SAFETY: these are the words of texts.
        Shape::Text => unsafe { text(a0, a1).cmp(&text(b0, b1)) },
        Shape::Optional(inner) => match (a0, b0) {
            (0, 0) => Ordering::Equal,
            (0, _) => Ordering::Less,
            (_, 0) => Ordering::Greater,
            // SAFETY: both values are there, behind the words that say so.
            _ => unsafe { order(layouts, inner, a.add(1), b.add(1)) },
        },
        Shape::Record(record) => {
            let fields = layouts.record(*record).map(|it| it.fields.as_slice());
            // SAFETY: the words are addresses of such records.
            unsafe { all(layouts, fields.unwrap_or_default(), a0, b0) }
        }
        Shape::Reason => {
            // SAFETY: the words are addresses of reasons, and their numbers come first.
            let (first, second) = unsafe { ((a0 as *const u64).read(), (b0 as *const u64).read()) };
            let number = usize::try_from(first).unwrap_or(usize::MAX);
            let fields = layouts.reason(number).map(|it| it.fields.as_slice());
            first.cmp(&second).then_with(|| {
                // SAFETY: both are the same reason, with these parameters.
                unsafe { all(layouts, fields.unwrap_or_default(), a0, b0) }
            })
        }
        Shape::List(item) => {
            let (mut left, mut right) = (a0 as *const u64, b0 as *const u64);
            for _ in 0..a1.min(b1) {
                // SAFETY: so many elements of this shape lie one after the other.
                unsafe {
                    let found = order(layouts, item, left, right);
                    if found.is_ne() {
                        return found;
                    }
                    left = left.add(item.words());
                    right = right.add(item.words());
                }
            }
            a1.cmp(&b1)
        }
    }
}

/// Whether two values of one shape are equal.
///
/// # Safety
/// As of [`order`].
#[expect(unsafe_code, reason = "reads what machine code wrote")]
#[inline]
pub(crate) unsafe fn equal(layouts: &Layouts, shape: &Shape, a: *const u64, b: *const u64) -> bool {
    match shape {
        // SAFETY: as the caller says.
        Shape::Bool | Shape::Word | Shape::Fixed(_) => unsafe { a.read() == b.read() },
        // SAFETY: these are the words of texts.
        Shape::Text => unsafe { same_text(pair(shape, a), pair(shape, b)) },
        // SAFETY: as the caller says.
        _ => unsafe { order(layouts, shape, a, b).is_eq() },
    }
}

/// The hash of a text.
///
/// # Safety
/// The words are the address and length of a text that is alive.
#[expect(unsafe_code, reason = "reads what machine code wrote")]
#[inline]
pub(crate) unsafe fn text_hash([start, bytes]: [u64; 2]) -> u64 {
    // SAFETY: as the caller says.
    let (hash, _) = parts(unsafe { text(start, bytes) }.unwrap_or_default().as_bytes());
    hash
}

/// # Safety
/// At the address lie the words of the shape.
#[expect(unsafe_code, reason = "reads what machine code wrote")]
unsafe fn pair(shape: &Shape, at: *const u64) -> [u64; 2] {
    // SAFETY: as the caller says.
    unsafe {
        [
            at.read(),
            if shape.words() > 1 {
                at.add(1).read()
            } else {
                0
            },
        ]
    }
}

/// # Safety
/// Both addresses are those of such fields.
#[expect(unsafe_code, reason = "reads what machine code wrote")]
unsafe fn all(layouts: &Layouts, fields: &[super::shape::Place], a: u64, b: u64) -> Ordering {
    for field in fields {
        let offset = u64::try_from(field.offset).unwrap_or(0);
        let (left, right) = ((a + offset) as *const u64, (b + offset) as *const u64);
        // SAFETY: the field lies at its offset in both.
        let found = unsafe { order(layouts, &field.shape, left, right) };
        if found.is_ne() {
            return found;
        }
    }
    Ordering::Equal
}

/// A hash that is the same for equal values; only of shapes that keys of relations have.
///
/// # Safety
/// At the address lie the words of a value of this shape.
#[expect(unsafe_code, reason = "reads what machine code wrote")]
pub(crate) unsafe fn hash(so_far: u64, shape: &Shape, at: *const u64) -> u64 {
    // SAFETY: the caller says that the words of the shape lie here.
    let [first, second] = unsafe { pair(shape, at) };
    match shape {
        Shape::Decimal => {
            let number = words_decimal([first, second]).normalize();
            let [low, high] = super::words::decimal_words(number);
            mix(mix(so_far, low), high)
        }
        Shape::Text => {
            // SAFETY: the words are those of a text.
            mix(so_far, unsafe { text_hash([first, second]) })
        }
        // SAFETY: the value follows the word that says it is there.
        Shape::Optional(inner) if first != 0 => unsafe { hash(mix(so_far, 1), inner, at.add(1)) },
        // Equal values of other shapes may have any words but the first, which is left out of addresses.
        Shape::Record(_) | Shape::Reason | Shape::List(_) => mix(so_far, 2),
        _ => mix(so_far, first),
    }
}
