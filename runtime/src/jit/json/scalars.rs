//! Values without parts: truth values, numbers, texts and all that is written as a text.

use assize_eval::date_formula::DateFormula;
use assize_eval::json::decode::MAX_TEXT_BYTES;
use assize_eval::json::number;
use assize_ir::code::normalise_code;
use assize_ir::{NumType, date};
use rust_decimal::Decimal;

use super::plan::{Choice, Fixed};
use super::read::{Reading, give};
use super::scan::{Places, Raw, unescape};
use crate::jit::shape::scaled;
use crate::jit::words::decimal_words;

/// A text, escapes resolved.
pub(super) enum Told<'l> {
    /// In the line of the caller.
    Line(&'l [u8]),
    /// In [`Frame::text`].
    Resolved,
}

impl<'r, 'l> Reading<'_, 'r, 'l> {
    #[inline]
    fn word(&mut self, word: &str) -> Option<()> {
        let end = self.scan.at + word.len();
        let there = self.scan.bytes.get(self.scan.at..end)? == word.as_bytes();
        self.scan.at = end;
        there.then_some(())
    }

    #[inline]
    pub(super) fn null(&mut self) -> Option<()> {
        self.word("null")
    }

    pub(super) fn truth(&mut self, to: &mut [u64]) -> Option<()> {
        let held = self.scan.peek() == b't';
        self.word(if held { "true" } else { "false" })?;
        give(to, [u64::from(held)])
    }

    /// The text whose opening quote is next.
    #[inline]
    pub(super) fn raw(&mut self) -> Option<Raw<'l>> {
        if self.scan.take(b'"') {
            self.scan.text()
        } else {
            None
        }
    }

    #[inline]
    pub(super) fn resolve(&mut self, raw: Raw<'l>) -> Option<Told<'l>> {
        if !raw.escaped {
            return Some(Told::Line(raw.bytes));
        }
        let text = &mut self.frame.text;
        text.clear();
        unescape(std::str::from_utf8(raw.bytes).ok()?, text)?;
        Some(Told::Resolved)
    }

    #[inline]
    pub(super) fn told<'t>(&'t self, told: &Told<'t>) -> &'t [u8] {
        match told {
            Told::Line(bytes) => bytes,
            Told::Resolved => self.frame.text.as_bytes(),
        }
    }

    /// The text that is next, no longer than texts may be.
    #[inline]
    fn short(&mut self) -> Option<Told<'l>> {
        let raw = self.raw()?;
        let told = self.resolve(raw)?;
        (self.told(&told).len() <= MAX_TEXT_BYTES).then_some(told)
    }

    pub(super) fn text(&mut self, to: &mut [u64]) -> Option<()> {
        let words = match self.short()? {
            Told::Line(bytes) => [bytes.as_ptr() as u64, bytes.len() as u64],
            Told::Resolved => self.frame.context.arena.text(&self.frame.text)?,
        };
        give(to, words)
    }

    pub(super) fn code(&mut self, to: &mut [u64]) -> Option<()> {
        let words = match self.short()? {
            Told::Line(bytes) if is_normal(bytes) => [bytes.as_ptr() as u64, bytes.len() as u64],
            told => {
                let text = match told {
                    Told::Line(bytes) => std::str::from_utf8(bytes).ok()?,
                    Told::Resolved => &self.frame.text,
                };
                self.frame.context.arena.text(&normalise_code(text))?
            }
        };
        give(to, words)
    }

    #[inline]
    pub(super) fn date(&mut self, to: &mut [u64]) -> Option<()> {
        let day = match self.scan.day() {
            Some(day) => day?,
            None => {
                let told = self.short()?;
                date::parse_bytes(self.told(&told))?
            }
        };
        give(to, [i64::from(day).cast_unsigned()])
    }

    pub(super) fn date_formula(&mut self, to: &mut [u64]) -> Option<()> {
        let told = self.short()?;
        let text = std::str::from_utf8(self.told(&told)).ok()?;
        let formula = DateFormula::parse(text).ok()?.to_string();
        let words = self.frame.context.arena.text(&formula)?;
        give(to, words)
    }

    #[inline]
    pub(super) fn enum_value(&mut self, choice: &'r Choice, to: &mut [u64]) -> Option<()> {
        if !self.scan.take(b'"') {
            return None;
        }
        let found = match choice.names.find(&choice.values, &mut self.scan) {
            Some(found) => found,
            None => self.respelled_value(choice)?,
        };
        give(to, [found as u64])
    }

    /// A name with escapes.
    #[cold]
    fn respelled_value(&mut self, choice: &'r Choice) -> Option<usize> {
        let raw = self.scan.text().filter(|raw| raw.escaped)?;
        let told = self.resolve(raw)?;
        let text = self.told(&told);
        let mut values = choice.values.iter();
        values.position(|it| it.name.as_bytes() == text)
    }

    #[inline(always)]
    pub(super) fn fixed(&mut self, fixed: &'r Fixed, to: &mut [u64]) -> Option<()> {
        let start = self.scan.at;
        if let Some(places) = fixed.read
            && let Some(coefficient) = self.scan.digits(places)
            && fixed.range.0 <= coefficient
            && coefficient <= fixed.range.1
        {
            return give(to, [coefficient.cast_unsigned()]);
        }
        self.scan.at = start;
        self.unusual(fixed, to)
    }

    #[cold]
    fn unusual(&mut self, fixed: &'r Fixed, to: &mut [u64]) -> Option<()> {
        let number = self.number(&fixed.ty)?;
        give(to, [scaled(number, fixed.scale)?.cast_unsigned()])
    }

    #[inline(always)]
    pub(super) fn int(&mut self, to: &mut [u64]) -> Option<()> {
        let start = self.scan.at;
        let whole = match self.scan.digits(Places::NONE) {
            Some(whole) => whole,
            None => {
                self.scan.at = start;
                let exact = self.decimal(0).filter(Decimal::is_integer)?;
                let whole = i64::try_from(exact.trunc().mantissa()).ok();
                whole.filter(|whole| *whole != i64::MIN)?
            }
        };
        give(to, [whole.cast_unsigned()])
    }

    /// A number in two words.
    pub(super) fn any_number(&mut self, ty: &NumType, to: &mut [u64]) -> Option<()> {
        let number = self.number(ty)?;
        give(to, decimal_words(number))
    }

    /// A number in any form, within its declared places and range.
    fn number(&mut self, ty: &NumType) -> Option<Decimal> {
        let value = self.decimal(if ty.percent { -2 } else { 0 })?;
        let places = ty
            .places
            .is_none_or(|most| value.scale() <= u32::from(most));
        let low = ty.lowest.is_none_or(|lowest| value >= lowest);
        let high = ty.highest.is_none_or(|highest| value <= highest);
        (places && low && high).then_some(value)
    }

    /// A number as the definition reads it, its point moved.
    fn decimal(&mut self, shift: i64) -> Option<Decimal> {
        if self.scan.peek() != b'"' {
            return number::decimal(self.scan.number()?, shift).ok();
        }
        let raw = self.raw()?;
        let told = self.resolve(raw)?;
        let text = std::str::from_utf8(self.told(&told)).ok()?;
        number::decimal(text, shift).ok()
    }
}

/// Whether a code is normal as it is written, seen at a glance: most are.
fn is_normal(code: &[u8]) -> bool {
    let ends = code.first() != Some(&b' ') && code.last() != Some(&b' ');
    ends && code
        .iter()
        .all(|byte| byte.is_ascii() && !byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_codes_are_their_own_normal_form() {
        for code in ["", "1896-S", "A B", " A", "A ", "a", "É", "é", "1_x"] {
            if is_normal(code.as_bytes()) {
                assert_eq!(normalise_code(code), code);
            }
        }
        assert!(is_normal(b"A B-1") && !is_normal(b" A") && !is_normal(b"a"));
    }
}
