//! The words of a result as JSON text: what `assize_eval::json::encode` writes of its value, to the byte.

use std::ops::ControlFlow;

use assize_eval::date_formula::DateFormula;
use assize_eval::json::NumberStyle;
use assize_eval::json::encode::{Digits, write_number};
use assize_ir::date;
use rust_decimal::Decimal;

use super::out::{Out, eight_digits};
use super::plan::{Fixed, Kind, Object, Plans};
use crate::jit::words::{text, words_decimal};

/// Bytes of the longest number of one word: 19 digits, a sign and a point, and zeros before the point.
const NUMBER_BYTES: usize = 40;

/// Powers of ten, for so many places that a word holds them with the point.
const POWERS: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];
/// The least number of nine digits.
const EIGHT: u64 = 100_000_000;
/// What has no more than eight digits before seven places.
const MOST_DIGITS: u64 = EIGHT * 10_000_000;
/// The character `0` in each place of a word.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Writes values of which it is told where their words lie.
pub(super) struct Writing<'w> {
    pub(super) plans: &'w Plans,
    pub(super) style: NumberStyle,
    pub(super) out: Out<'w>,
    /// For what has a text only by the definition.
    pub(super) text: &'w mut String,
}

impl Writing<'_> {
    #[inline]
    fn push(&mut self, text: &str) {
        self.out.push(text.as_bytes());
    }

    /// Appends a value; `None` when the words are none of this kind, and what was appended is worth nothing.
    ///
    /// # Safety
    /// At the address lie the words of a value of this kind, and all they point to is alive.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    pub(super) unsafe fn value(&mut self, at: *const u64, kind: &Kind) -> Option<()> {
        // SAFETY: every value has a first word.
        let first = unsafe { at.read() };
        match kind {
            Kind::Optional(inner) => {
                if first == 0 {
                    self.out.piece(b"null", 4);
                } else {
                    // SAFETY: the value follows the word that says it is there.
                    unsafe { self.value(at.add(1), inner)? }
                }
            }
            Kind::Bool => self.push(if first != 0 { "true" } else { "false" }),
            Kind::Int => self.digits(first.cast_signed(), 0),
            Kind::Fixed(fixed) => self.fixed(first.cast_signed(), fixed),
            Kind::Decimal(ty) => {
                // SAFETY: a decimal has two words.
                let second = unsafe { at.add(1).read() };
                self.number(words_decimal([first, second]), ty);
            }
            Kind::Date => self.day(i32::try_from(first.cast_signed()).ok()?),
            Kind::Enum(choice) => {
                let value = choice.values.get(usize::try_from(first).ok()?)?;
                self.out.fragment(&value.written);
            }
            Kind::Text | Kind::Code => {
                // SAFETY: the words of a text are the address and length of one that is alive.
                let text = unsafe { text(first, at.add(1).read())? };
                self.text(text);
            }
            Kind::DateFormula => {
                // SAFETY: as above.
                let text = unsafe { text(first, at.add(1).read())? };
                let text = DateFormula::parse(text).ok()?.to_string();
                self.text(&text);
            }
            Kind::Record(record) => {
                let plans = self.plans;
                let fields = plans.record(*record)?;
                // SAFETY: the word is the address of the fields of this record.
                unsafe { self.object(first as *const u64, fields)? }
            }
            Kind::Reason => {
                let plans = self.plans;
                let address = first as *const u64;
                // SAFETY: the word is the address of a reason, whose number comes first.
                let number = usize::try_from(unsafe { address.read() }).ok()?;
                let reason = plans.reason(number)?;
                self.out.fragment(&reason.before);
                if !reason.parameters.fields.is_empty() {
                    // SAFETY: the parameters of this reason lie behind its number.
                    unsafe { self.object(address, &reason.parameters)? }
                    self.out.byte(b'}');
                }
            }
            Kind::List { item, words, .. } => {
                // SAFETY: a list has two words.
                let count = unsafe { at.add(1).read() };
                // SAFETY: so many elements of this kind lie there, one after the other.
                unsafe { self.list(first as *const u64, count, (item, *words))? }
            }
        }
        Some(())
    }

    /// # Safety
    /// At the address lie so many elements, and all they point to is alive.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn list(
        &mut self,
        mut element: *const u64,
        count: u64,
        (item, words): (&Kind, usize),
    ) -> Option<()> {
        self.out.byte(b'[');
        for number in 0..count {
            if number > 0 {
                self.out.byte(b',');
            }
            // SAFETY: as the caller says.
            unsafe {
                self.value(element, item)?;
                element = element.add(words);
            }
        }
        self.out.byte(b']');
        Some(())
    }

    /// # Safety
    /// At the address lie the words of this object, and all they point to is alive.
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    unsafe fn object(&mut self, address: *const u64, object: &Object) -> Option<()> {
        if object.fields.is_empty() {
            self.push("{}");
            return Some(());
        }
        for field in &object.fields {
            self.out.fragment(&field.before);
            // SAFETY: the field lies at its place.
            unsafe { self.value(address.add(field.at), &field.kind)? }
        }
        self.out.byte(b'}');
        Some(())
    }

    fn quoted(&self) -> bool {
        self.style == NumberStyle::String
    }

    #[inline]
    fn fixed(&mut self, coefficient: i64, fixed: &Fixed) {
        let Some(written) = fixed.written else {
            return self.number(Decimal::new(coefficient, u32::from(fixed.scale)), &fixed.ty);
        };
        if self.quoted() {
            self.out.byte(b'"');
            self.digits(coefficient, written);
            self.out.byte(b'"');
        } else {
            self.digits(coefficient, written);
        }
    }

    fn number(&mut self, number: Decimal, ty: &assize_ir::NumType) {
        if self.quoted() {
            self.out.byte(b'"');
        }
        match Digits::of(number, ty) {
            Some(digits) if digits.zeros == 0 && digits.places <= 18 => {
                self.digits(digits.coefficient, digits.places);
            }
            _ => {
                self.text.clear();
                write_number(number, ty, self.text);
                self.out.push(self.text.as_bytes());
            }
        }
        if self.quoted() {
            self.out.byte(b'"');
        }
    }

    /// A whole number, with a point before so many of its digits.
    #[inline(always)]
    fn digits(&mut self, coefficient: i64, places: u8) {
        let size = coefficient.unsigned_abs();
        let power = match POWERS.get(usize::from(places)) {
            Some(power) if size < MOST_DIGITS => *power,
            _ => return self.many_digits(coefficient, places),
        };
        let (whole, fraction) = (size / power, size % power);
        if whole >= EIGHT {
            return self.many_digits(coefficient, places);
        }
        if coefficient < 0 {
            self.out.byte(b'-');
        }
        let digits = eight_digits(whole);
        // The last digit is written also when it is zero.
        let zeros = (digits | 1 << 56).trailing_zeros() / 8;
        self.out.word(
            (digits + ZEROS) >> (8 * zeros),
            8usize.saturating_sub(zeros as usize),
        );
        if places > 0 {
            let digits = (eight_digits(fraction) + ZEROS) >> (64 - 8 * u32::from(places));
            self.out
                .word(digits << 8 | u64::from(b'.'), usize::from(places) + 1);
        }
    }

    /// The same for any number, digit by digit.
    #[cold]
    fn many_digits(&mut self, coefficient: i64, places: u8) {
        let mut buffer = [b'0'; NUMBER_BYTES];
        let mut rest = coefficient.unsigned_abs();
        let places = usize::from(places);
        let mut written = 0;
        let start = buffer
            .iter_mut()
            .enumerate()
            .rev()
            .try_for_each(|(at, byte)| {
                if written == places && places > 0 {
                    *byte = b'.';
                } else {
                    *byte = b'0' + (rest % 10) as u8;
                    rest /= 10;
                }
                written += 1;
                // The point is one more.
                let enough = if places > 0 { places + 2 } else { 1 };
                if rest == 0 && written >= enough {
                    ControlFlow::Break(at)
                } else {
                    ControlFlow::Continue(())
                }
            });
        let ControlFlow::Break(mut start) = start else {
            return;
        };
        if coefficient < 0 {
            start -= 1;
            if let Some(byte) = buffer.get_mut(start) {
                *byte = b'-';
            }
        }
        self.out.push(buffer.get(start..).unwrap_or_default());
    }

    fn day(&mut self, day: i32) {
        let (year, month, day) = date::to_civil(day);
        let digit = |number: u32| b'0' + (number % 10) as u8;
        let year = year.unsigned_abs();
        let text = [
            b'"',
            digit(year / 1_000),
            digit(year / 100),
            digit(year / 10),
            digit(year),
            b'-',
            digit(month / 10),
            digit(month),
            b'-',
            digit(day / 10),
            digit(day),
            b'"',
        ];
        self.out.piece(&text, text.len());
    }

    fn text(&mut self, text: &str) {
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
        if text.as_bytes().iter().any(special) {
            self.text.clear();
            assize_eval::json::write_text(text, self.text);
            self.out.push(self.text.as_bytes());
        } else {
            self.out.byte(b'"');
            self.push(text);
            self.out.byte(b'"');
        }
    }
}

#[cfg(test)]
mod tests {
    use assize_eval::format;
    use assize_ir::NumType;
    use proptest::prelude::*;

    use super::*;

    fn written(style: NumberStyle, write: impl FnOnce(&mut Writing<'_>)) -> String {
        let (mut out, mut text) = (Vec::new(), String::new());
        write(&mut Writing {
            plans: &Plans::default(),
            style,
            out: Out::new(&mut out),
            text: &mut text,
        });
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn numbers_are_written_as_everywhere(
            coefficient in prop_oneof![any::<i64>(), -1_000i64..1_000],
            scale in 0u8..=18,
            percent: bool,
        ) {
            let ty = NumType { percent, places: Some(scale), ..NumType::PLAIN };
            let value = Decimal::new(coefficient, u32::from(scale));
            let fixed = Fixed::new(&ty, scale);
            let found = written(NumberStyle::Number, |it| it.fixed(coefficient, &fixed));
            prop_assert_eq!(&found, &format::number(value, &ty));
            let found = written(NumberStyle::String, |it| it.number(value, &ty));
            prop_assert_eq!(found, format!("\"{}\"", format::number(value, &ty)));
        }

        #[test]
        fn wide_numbers_are_written_as_everywhere(
            coefficient: i128,
            scale in 0u32..=28,
            places in proptest::option::of(0u8..=10),
            percent: bool,
        ) {
            let ty = NumType { percent, places, ..NumType::PLAIN };
            for bits in [40, 96] {
                let value = Decimal::from_i128_with_scale(coefficient >> (127 - bits), scale);
                let found = written(NumberStyle::Number, |it| it.number(value, &ty));
                prop_assert_eq!(found, format::number(value, &ty));
            }
        }

        #[test]
        fn days_are_written_as_everywhere(day in date::FIRST_DAY..=date::LAST_DAY) {
            let found = written(NumberStyle::Number, |it| it.day(day));
            prop_assert_eq!(found, format!("\"{}\"", date::format(day)));
        }

        #[test]
        fn texts_are_written_as_everywhere(text: String) {
            let mut wanted = String::new();
            assize_eval::json::write_text(&text, &mut wanted);
            prop_assert_eq!(written(NumberStyle::Number, |it| it.text(&text)), wanted);
        }
    }
}
