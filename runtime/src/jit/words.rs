//! Values of the language into words and back.

use std::sync::Arc;

use assize_eval::date_formula::DateFormula;
use assize_eval::{ReasonValue, RowRef, Value};
use assize_ir::{Program, ReasonId, Type};
use rust_decimal::Decimal;

use super::arena::Arena;
use super::shape::{Layout, Layouts, Shape, scaled};

/// The words of a decimal.
pub(crate) fn decimal_words(value: Decimal) -> [u64; 2] {
    let bytes = value.serialize();
    let (low, high) = bytes.split_at(8);
    let word = |bytes: &[u8]| u64::from_le_bytes(<[u8; 8]>::try_from(bytes).unwrap_or_default());
    [word(low), word(high)]
}

/// The decimal of two words.
pub(crate) fn words_decimal(words: [u64; 2]) -> Decimal {
    let [low, high] = words.map(u64::to_le_bytes);
    let mut bytes = [0; 16];
    let (first, second) = bytes.split_at_mut(8);
    first.copy_from_slice(&low);
    second.copy_from_slice(&high);
    Decimal::deserialize(bytes)
}

/// Writes values into an arena.
pub(crate) struct Writer<'w> {
    pub(crate) layouts: &'w Layouts,
    pub(crate) arena: &'w mut Arena,
}

impl Writer<'_> {
    /// Adds the words of a value; `None` when it has none in this shape, or no memory is left. Texts are
    /// not copied: the value must outlive the words.
    pub(crate) fn write(&mut self, value: &Value, shape: &Shape, to: &mut Vec<u64>) -> Option<()> {
        let word = match (shape, value) {
            (Shape::Optional(inner), Value::Missing) => {
                to.resize(to.len() + 1 + inner.words(), 0);
                return Some(());
            }
            (Shape::Optional(inner), value) => {
                to.push(1);
                return self.write(value, inner, to);
            }
            (Shape::Bool, Value::Bool(value)) => u64::from(*value),
            (Shape::Word, Value::Int(value)) => value.cast_unsigned(),
            (Shape::Word, Value::Date(day)) => i64::from(*day).cast_unsigned(),
            (Shape::Word, Value::Enum(position)) => u64::from(*position),
            (Shape::Word, Value::Row(row)) => u64::from(row.row),
            (Shape::Fixed(scale), Value::Num(number)) => scaled(*number, *scale)?.cast_unsigned(),
            (Shape::Decimal, Value::Num(number)) => {
                to.extend(decimal_words(*number));
                return Some(());
            }
            (Shape::Text, Value::Text(text) | Value::Code(text) | Value::Calendar(text)) => {
                to.extend(text_words(text));
                return Some(());
            }
            (Shape::Text, Value::DateFormula(formula)) => {
                let text = self.arena.text(&formula.to_string())?;
                to.extend(text);
                return Some(());
            }
            (Shape::Record(record), Value::Record(fields)) => {
                let layouts = self.layouts;
                self.fields(&[], fields, layouts.record(*record)?)?
            }
            (Shape::Reason, Value::Reason(reason)) => {
                let layouts = self.layouts;
                let number = u64::from(reason.reason.0);
                let layout = layouts.reason(reason.reason.index())?;
                self.fields(&[number], &reason.arguments, layout)?
            }
            (Shape::List(item), Value::List(items)) => {
                let mut words = Vec::with_capacity(items.len() * item.words());
                for element in items.iter() {
                    self.write(element, item, &mut words)?;
                }
                to.push(self.arena.put(&words)?);
                to.push(items.len() as u64);
                return Some(());
            }
            _ => return None,
        };
        to.push(word);
        Some(())
    }

    fn fields(&mut self, head: &[u64], values: &[Value], layout: &Layout) -> Option<u64> {
        let mut words = head.to_vec();
        if values.len() != layout.fields.len() {
            return None;
        }
        for (value, place) in values.iter().zip(&layout.fields) {
            self.write(value, &place.shape, &mut words)?;
        }
        self.arena.put(&words)
    }
}

/// Address and bytes of a text that lives long enough.
pub(crate) fn text_words(text: &str) -> [u64; 2] {
    [text.as_ptr() as u64, text.len() as u64]
}

/// Reads values from words.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'r> {
    pub(crate) program: &'r Program,
    pub(crate) layouts: &'r Layouts,
}

impl Reader<'_> {
    /// The value of a type whose words begin at an address; `None` when the words are none of it.
    ///
    /// # Safety
    /// At the address lie the words of a value of this shape and type, and all they point to is alive.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    pub(crate) unsafe fn read(&self, at: *const u64, ty: &Type, shape: &Shape) -> Option<Value> {
        // SAFETY: the caller says that the words of the shape lie here, and so those behind it.
        let (first, second) = unsafe {
            let first = at.read();
            (
                first,
                if shape.words() > 1 {
                    at.add(1).read()
                } else {
                    0
                },
            )
        };
        Some(match (ty, shape) {
            (_, Shape::Optional(_)) if first == 0 => Value::Missing,
            (Type::Optional(inner), Shape::Optional(shape)) => {
                // SAFETY: the value follows the word that says it is there.
                return unsafe { self.read(at.add(1), inner, shape) };
            }
            (Type::Bool, _) => Value::Bool(first != 0),
            (Type::Int, _) => Value::Int(first.cast_signed()),
            (Type::Date, _) => Value::Date(i32::try_from(first.cast_signed()).ok()?),
            (Type::Enum(_), _) => Value::Enum(u32::try_from(first).ok()?),
            (Type::Row(relation), _) => Value::Row(RowRef {
                relation: *relation,
                row: u32::try_from(first).ok()?,
            }),
            (Type::Num(_), Shape::Fixed(scale)) => {
                Value::Num(Decimal::new(first.cast_signed(), u32::from(*scale)))
            }
            (Type::Num(_), _) => Value::Num(words_decimal([first, second])),
            (Type::Text, _) => {
                // SAFETY: the words of a text are the address and length of one that is alive.
                Value::Text(Arc::from(unsafe { text(first, second) }?))
            }
            (Type::Code, _) => {
                // SAFETY: as above.
                Value::Code(Arc::from(unsafe { text(first, second) }?))
            }
            (Type::Calendar, _) => {
                // SAFETY: as above.
                Value::Calendar(Arc::from(unsafe { text(first, second) }?))
            }
            (Type::DateFormula, _) => {
                // SAFETY: as above.
                let formula = DateFormula::parse(unsafe { text(first, second) }?).ok()?;
                Value::DateFormula(Arc::new(formula))
            }
            (Type::Record(id), _) => {
                let types = &self.program.record(*id)?.fields;
                let layout = self.layouts.record(*id)?;
                let types = types.iter().map(|field| &field.ty);
                // SAFETY: the word is the address of the fields of this record.
                Value::Record(unsafe { self.fields(first, types, layout) }?.into())
            }
            (Type::Reason, _) => {
                let address = first as *const u64;
                // SAFETY: the word is the address of a reason, whose number comes first.
                let number = u32::try_from(unsafe { address.read() }).ok()?;
                let id = ReasonId(number);
                let types = self
                    .program
                    .reason(id)?
                    .params
                    .iter()
                    .map(|param| &param.ty);
                let layout = self.layouts.reason(id.index())?;
                // SAFETY: the parameters of this reason follow its number.
                let arguments = unsafe { self.fields(first, types, layout) }?;
                Value::Reason(Arc::new(ReasonValue {
                    reason: id,
                    arguments,
                }))
            }
            (Type::List { item, .. }, Shape::List(shape)) => {
                let count = usize::try_from(second).ok()?;
                let mut values = Vec::with_capacity(count);
                let mut element = first as *const u64;
                for _ in 0..count {
                    // SAFETY: so many elements of this shape lie one after the other.
                    unsafe {
                        values.push(self.read(element, item, shape)?);
                        element = element.add(shape.words());
                    }
                }
                Value::List(values.into())
            }
            _ => return None,
        })
    }

    /// # Safety
    /// At the address lie the fields of this layout, with these types.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn fields<'t>(
        &self,
        address: u64,
        types: impl Iterator<Item = &'t Type>,
        layout: &Layout,
    ) -> Option<Vec<Value>> {
        let mut values = Vec::with_capacity(layout.fields.len());
        for (ty, place) in types.zip(&layout.fields) {
            let at = address.checked_add(u64::try_from(place.offset).ok()?)? as *const u64;
            // SAFETY: the field lies at its offset.
            values.push(unsafe { self.read(at, ty, &place.shape) }?);
        }
        Some(values)
    }
}

/// # Safety
/// The words are the address and length of a text that is alive.
#[expect(unsafe_code, reason = "reads what machine code wrote")]
pub(crate) unsafe fn text<'t>(address: u64, bytes: u64) -> Option<&'t str> {
    let bytes = usize::try_from(bytes).ok()?;
    if bytes == 0 {
        return Some("");
    }
    // SAFETY: the caller says that so many bytes of text lie here, and a text is valid from its first byte
    // to its last: machine code takes no text apart.
    unsafe {
        let bytes = std::slice::from_raw_parts(address as *const u8, bytes);
        Some(std::str::from_utf8_unchecked(bytes))
    }
}

/// Whether two texts are the same.
///
/// # Safety
/// Both pairs are the address and length of a text that is alive.
#[expect(unsafe_code, reason = "reads what machine code wrote")]
#[inline]
pub(crate) unsafe fn same_text(a: [u64; 2], b: [u64; 2]) -> bool {
    let ([a_start, a_bytes], [b_start, b_bytes]) = (a, b);
    if a_bytes != b_bytes {
        return false;
    }
    if a_start == b_start {
        return true;
    }
    // SAFETY: as the caller says.
    let texts = unsafe { text(a_start, a_bytes).zip(text(b_start, b_bytes)) };
    texts.is_some_and(|(a, b)| {
        let (a, b) = (a.as_bytes(), b.as_bytes());
        // Most are short, and then two words say it all.
        ends(a) == ends(b) && (a.len() <= SHORT || a == b)
    })
}

/// Bytes of a text that is known by the words at its ends.
pub(crate) const SHORT: usize = 16;

/// The hash of a text, and the words at its ends, which for up to 16 bytes hold all of it.
#[inline]
pub(crate) fn parts(text: &[u8]) -> (u64, [u64; 2]) {
    let ends = ends(text);
    let mut hash = text.len() as u64;
    if text.len() > SHORT {
        for chunk in text.chunks_exact(8) {
            hash = mix(
                hash,
                chunk.first_chunk().map_or(0, |it| u64::from_le_bytes(*it)),
            );
        }
    }
    let [first, last] = ends;
    (mix(hash ^ first, last), ends)
}

/// The words at both ends of a text; of up to 16 bytes they and the length say all of it.
#[inline]
fn ends(text: &[u8]) -> [u64; 2] {
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return [u64::from_le_bytes(*first), u64::from_le_bytes(*last)];
    }
    if let (Some(first), Some(last)) = (text.first_chunk(), text.last_chunk()) {
        return [first, last].map(|word| u64::from(u32::from_le_bytes(*word)));
    }
    // At most three bytes: the first, the middle one and the last are all of them.
    let byte = |at: Option<&u8>| at.map_or(0, |byte| u64::from(*byte));
    let middle = byte(text.get(text.len() / 2));
    [byte(text.first()) << 8 | middle, byte(text.last())]
}

/// Mixes two words.
#[inline]
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let product = u128::from(a ^ 0x9e37_79b9_7f4a_7c15) * u128::from(b ^ 0xd6e8_feb8_6659_fd93);
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_byte_by_byte() {
        let texts: Vec<String> = (0..40)
            .flat_map(|length| {
                let alike = "x".repeat(length);
                // They differ at the start, in the middle, at the end.
                [
                    format!("y{alike}"),
                    format!("{alike}y{alike}"),
                    format!("{alike}y"),
                    alike,
                ]
            })
            .collect();
        for a in &texts {
            for b in &texts {
                // Another place of the same text, too.
                let copy = b.clone();
                for b in [b, &copy] {
                    #[expect(unsafe_code, reason = "reads texts")]
                    // SAFETY: both texts are alive.
                    let found = unsafe { same_text(text_words(a), text_words(b)) };
                    assert_eq!(found, a == b, "{a} {b}");
                }
            }
        }
    }
}
