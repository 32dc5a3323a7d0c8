//! JSON text into the words of arguments.
//!
//! What is accepted here, the reader of the definition accepts with the same value; everything else is `None`,
//! and that reader says what is wrong. So nothing here needs words of its own, and an unusual form may be
//! refused as long as it is rare.
//!
//! The words of a record are given out by the arena when it begins, so that its names may come in any order; those of
//! the parameters are [`Frame::arguments`]. The elements of a list gather at the end of [`Frame::result`], which nobody
//! needs before the decision, and go into the arena when it ends.

use assize_eval::json::reader::MAX_JSON_DEPTH;

use super::plan::{Field, Kind, LeftOut, MOST_FIELDS, Object, Plans};
use super::quick::run;
use super::scalars::Told;
use super::scan::Scan;
use crate::jit::code::Entry;
use crate::jit::{Frame, Ground};

/// Most words of an element of a list.
const MOST_WORDS: usize = 8;

/// Writes the words of a value.
#[inline(always)]
pub(super) fn give<const N: usize>(to: &mut [u64], words: [u64; N]) -> Option<()> {
    *to.first_chunk_mut()? = words;
    Some(())
}

/// Reads values where it stands.
pub(super) struct Reading<'f, 'r, 'l> {
    pub(super) scan: Scan<'l>,
    pub(super) frame: &'f mut Frame,
    pub(super) ground: Ground<'r>,
    pub(super) plans: &'r Plans,
    /// Lists and objects around this place.
    pub(super) depth: usize,
}

/// Which fields of an object were there.
#[derive(Clone, Copy, Debug, Default)]
struct Seen([u64; MOST_FIELDS.div_ceil(64)]);

impl Seen {
    /// Notes a field; `None` when it was there already.
    #[inline(always)]
    fn insert(&mut self, field: usize) -> Option<()> {
        let word = self.0.get_mut(field / 64)?;
        let bit = 1 << (field % 64);
        if *word & bit != 0 {
            return None;
        }
        *word |= bit;
        Some(())
    }

    /// The first so many fields.
    #[inline(always)]
    fn first(count: usize) -> Seen {
        let mut seen = Seen::default();
        let mut left = count;
        for word in &mut seen.0 {
            *word = match left {
                0 => 0,
                1..64 => u64::MAX >> (64 - left),
                _ => u64::MAX,
            };
            left = left.saturating_sub(64);
        }
        seen
    }

    fn has(&self, field: usize) -> bool {
        let word = self.0.get(field / 64).copied().unwrap_or(0);
        word >> (field % 64) & 1 != 0
    }
}

impl<'r, 'l> Reading<'_, 'r, 'l> {
    /// Goes into a list or an object.
    #[inline]
    pub(super) fn open(&mut self, brace: u8) -> Option<()> {
        if !self.scan.take(brace) || self.depth >= MAX_JSON_DEPTH {
            return None;
        }
        self.depth += 1;
        self.scan.blanks();
        Some(())
    }

    /// Moves on behind a value in a list or an object; whether it was the last one.
    #[inline]
    pub(super) fn ends(&mut self, brace: u8) -> Option<bool> {
        self.scan.blanks();
        let ends = self.scan.take(brace);
        if ends {
            self.depth -= 1;
        } else if self.scan.take(b',') {
            self.scan.blanks();
        } else {
            return None;
        }
        Some(ends)
    }

    /// Memory for so many words of a record. Of an earlier call anything may stand there.
    #[inline]
    fn room<'w>(&mut self, words: usize) -> Option<&'w mut [u64]> {
        let address = self.frame.context.arena.take(words)?;
        #[expect(unsafe_code, reason = "writes into memory of the arena")]
        // SAFETY: the arena has given out so many words, which hold some number each, to nobody else; they stay where
        // they are until the frame is cleared, which is after the call.
        unsafe {
            Some(std::slice::from_raw_parts_mut(address as *mut u64, words))
        }
    }

    /// Reads the parameters of a decision into the first words.
    pub(super) fn parameters(&mut self, object: &'r Object) -> Option<()> {
        let mut arguments = std::mem::take(&mut self.frame.arguments);
        arguments.resize(object.words, 0);
        let done = self.object(object, &mut arguments);
        self.frame.arguments = arguments;
        done
    }

    /// Reads an object into its words.
    fn object(&mut self, object: &'r Object, words: &mut [u64]) -> Option<()> {
        if self.depth >= MAX_JSON_DEPTH {
            return None;
        }
        self.depth += 1;
        let (steps, fields) = (object.steps.as_slice(), object.fields.as_slice());
        // Members in declared order, first.
        let mut there = 0;
        loop {
            there = run((steps, fields), there, &mut self.scan, words);
            let (Some(step), Some(field)) = (steps.get(there), fields.get(there)) else {
                break;
            };
            if !self.scan.literal(&step.key) {
                break;
            }
            self.member(field, words)?;
            there += 1;
        }
        if there == fields.len() && there > 0 && self.scan.take(b'}') {
            self.depth -= 1;
            return Some(());
        }
        let ended = if there > 0 {
            self.ends(b'}')?
        } else {
            self.depth -= 1;
            self.open(b'{')?;
            let ended = self.scan.take(b'}');
            self.depth -= usize::from(ended);
            ended
        };
        match ended {
            true => self.left_out(object, Seen::first(there), words),
            false => self.members_of(object, there, words),
        }
    }

    /// Reads members in any order, the next of which begins here; the first of the fields were there already.
    #[inline(never)]
    fn members_of(&mut self, object: &'r Object, there: usize, words: &mut [u64]) -> Option<()> {
        let (mut seen, mut count) = (Seen::first(there), there);
        loop {
            if !self.scan.take(b'"') {
                return None;
            }
            let found = object.names.find(&object.fields, &mut self.scan);
            let number = match found {
                Some(number) => number,
                None => self.respelled(object)?,
            };
            self.scan.blanks();
            if !self.scan.take(b':') {
                return None;
            }
            seen.insert(number)?;
            count += 1;
            let (step, field) = (object.steps.get(number)?, object.fields.get(number)?);
            if step.read(field, &mut self.scan, words).is_none() {
                self.member(field, words)?;
            }
            if self.ends(b'}')? {
                break;
            }
        }
        if count < object.fields.len() {
            self.left_out(object, seen, words)?;
        }
        Some(())
    }

    /// Reads the value of a member in any form.
    #[inline]
    fn member(&mut self, field: &'r Field, words: &mut [u64]) -> Option<()> {
        self.scan.blanks();
        let words = words.get_mut(field.at..)?.get_mut(..field.words)?;
        self.value(&field.kind, words)
    }

    /// A name with escapes.
    #[cold]
    fn respelled(&mut self, object: &'r Object) -> Option<usize> {
        let raw = self.scan.text()?;
        let told = self.resolve(raw)?;
        let name = self.told(&told);
        let is_it = |field: &Field| field.name.as_bytes() == name;
        object.fields.iter().position(is_it)
    }

    /// Fills in fields that were not there.
    #[cold]
    fn left_out(&mut self, object: &'r Object, seen: Seen, words: &mut [u64]) -> Option<()> {
        for (number, field) in object.fields.iter().enumerate() {
            if seen.has(number) {
                continue;
            }
            let words = words.get_mut(field.at..)?.get_mut(..field.words)?;
            match &field.left_out {
                LeftOut::Missing => words.fill(0),
                LeftOut::Default(default) if default.len() == words.len() => {
                    words.copy_from_slice(default);
                }
                LeftOut::Default(_) | LeftOut::Fault => return None,
            }
        }
        Some(())
    }

    /// Reads a value into its words, and writes all of them.
    fn value(&mut self, kind: &'r Kind, to: &mut [u64]) -> Option<()> {
        match kind {
            Kind::Optional(inner) => {
                if self.scan.peek() == b'n' {
                    to.fill(0);
                    return self.null();
                }
                let (there, to) = to.split_first_mut()?;
                *there = 1;
                self.value(inner, to)
            }
            Kind::Fixed(fixed) => self.fixed(fixed, to),
            Kind::Int => self.int(to),
            Kind::Enum(choice) => self.enum_value(choice, to),
            Kind::Code => self.code(to),
            Kind::Text => self.text(to),
            Kind::Bool => self.truth(to),
            Kind::Date => self.date(to),
            Kind::Decimal(ty) => self.any_number(ty, to),
            Kind::DateFormula => self.date_formula(to),
            Kind::Record(record) => self.record(*record, to),
            Kind::List {
                item,
                words,
                at_most,
            } => self.list(item, (*words, *at_most), to),
            Kind::Reason => self.reason(to),
        }
    }

    fn list(
        &mut self,
        item: &'r Kind,
        (words, at_most): (usize, usize),
        to: &mut [u64],
    ) -> Option<()> {
        self.open(b'[')?;
        let start = self.frame.result.len();
        let mut count = 0;
        if self.scan.take(b']') {
            self.depth -= 1;
        } else {
            loop {
                let mut element = [0; MOST_WORDS];
                let element = element.get_mut(..words)?;
                match item {
                    Kind::Record(record) => self.record(*record, element)?,
                    item => self.value(item, element)?,
                }
                for word in &*element {
                    self.frame.result.push(*word);
                }
                count += 1;
                if self.ends(b']')? {
                    break;
                }
            }
        }
        if count > at_most {
            return None;
        }
        let list = self.room(count * words)?;
        let elements = self.frame.result.get(start..)?;
        // Mostly so few that nobody need be asked to copy them.
        for (to, from) in list.iter_mut().zip(elements) {
            *to = *from;
        }
        self.frame.result.truncate(start);
        give(to, [list.as_ptr() as u64, count as u64])
    }

    #[inline]
    fn record(&mut self, record: usize, to: &mut [u64]) -> Option<()> {
        let plans = self.plans;
        let record = plans.record(record)?;
        let checks = record.checks.as_deref()?;
        let words = self.room(record.words)?;
        self.object(record, words)?;
        let address = words.as_ptr() as u64;
        for check in checks {
            self.holds(*check, address)?;
        }
        give(to, [address])
    }

    /// Runs a check of a record.
    fn holds(&mut self, check: Entry, record: u64) -> Option<()> {
        let mut held = [0];
        #[expect(unsafe_code, reason = "runs machine code")]
        // SAFETY: the check takes one record, whose words lie at this address, and gives one word. All they
        // point to is in the line, the plans and the frame. The entries of plans are those of their machine.
        let decided = unsafe {
            self.frame
                .run(&self.ground, check, [record].as_ptr(), held.as_mut_ptr())
        };
        (decided && held == [1]).then_some(())
    }

    /// Reads a reason.
    fn reason(&mut self, to: &mut [u64]) -> Option<()> {
        let plans = self.plans;
        self.open(b'{')?;
        let code = self.reason_code()?;
        let (number, reason) = plans.reason_named(self.told(&code))?;
        let words = self.room(reason.parameters.words)?;
        *words.first_mut()? = number as u64;
        // Each name may stand there once.
        let (mut code, mut severity, mut parameters) = (false, false, false);
        loop {
            if !code && self.name(b"code").is_some() {
                code = true;
                self.raw()?;
            } else if !severity && self.name(b"severity").is_some() {
                severity = true;
                let told = self.raw().and_then(|raw| self.resolve(raw))?;
                if self.told(&told) != reason.severity.as_bytes() {
                    return None;
                }
            } else if !parameters && self.name(b"parameters").is_some() {
                parameters = true;
                self.object(&reason.parameters, words)?;
            } else {
                return None;
            }
            if self.ends(b'}')? {
                break;
            }
        }
        if !parameters {
            self.left_out(&reason.parameters, Seen::default(), words)?;
        }
        give(to, [words.as_ptr() as u64])
    }

    /// Looks for the code of the reason that is open: it says what its parameters are.
    fn reason_code(&mut self) -> Option<Told<'l>> {
        let start = self.scan;
        while self.name(b"code").is_none() {
            self.raw()?;
            self.scan.blanks();
            if !self.scan.take(b':') {
                return None;
            }
            self.scan.skip()?;
            self.scan.blanks();
            if !self.scan.take(b',') {
                return None;
            }
            self.scan.blanks();
        }
        let code = self.raw().and_then(|raw| self.resolve(raw));
        self.scan = start;
        code
    }

    /// Moves over this name, the colon behind it and blanks, if it is next.
    #[inline(always)]
    pub(super) fn name<const N: usize>(&mut self, name: &[u8; N]) -> Option<()> {
        let rest = self.scan.bytes.get(self.scan.at..)?;
        let [b'"', plain @ ..] = rest else {
            return None;
        };
        if let Some((found, [b'"', b':', ..])) = plain.split_first_chunk::<N>()
            && found == name
        {
            self.scan.at += N + 3;
            self.scan.blanks();
            return Some(());
        }
        self.unusual_name(name)
    }

    /// The same for a name that is written in another way.
    fn unusual_name(&mut self, name: &[u8]) -> Option<()> {
        let start = self.scan.at;
        let told = self.raw().and_then(|raw| self.resolve(raw));
        if told.is_none_or(|told| self.told(&told) != name) {
            self.scan.at = start;
            return None;
        }
        self.scan.blanks();
        let colon = self.scan.take(b':');
        self.scan.blanks();
        colon.then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_seen_once() {
        let mut seen = Seen::default();
        for field in [0, 63, 64, MOST_FIELDS - 1] {
            assert_eq!(seen.insert(field), Some(()), "{field}");
            assert!(seen.has(field));
            assert_eq!(seen.insert(field), None, "{field}");
        }
        assert!(!seen.has(1));
        for count in [0, 1, 63, 64, 65, 128, MOST_FIELDS] {
            let seen = Seen::first(count);
            for field in 0..MOST_FIELDS {
                assert_eq!(seen.has(field), field < count, "{field} of {count}");
            }
        }
        assert_eq!(seen.insert(300), None);
    }
}
