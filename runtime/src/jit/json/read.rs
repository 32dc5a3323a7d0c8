//! JSON text into the words of arguments.
//!
//! What is accepted here, the reader of the definition accepts with the same value; everything else is `None`,
//! and that reader says what is wrong. So nothing here needs words of its own, and an unusual form may be
//! refused as long as it is rare.
//!
//! The words of an object lie at the end of [`Frame::arguments`] while it is read, so that its names may come
//! in any order, and go into the arena when it ends. Those of the parameters stay where they are.

use assize_eval::json::reader::MAX_JSON_DEPTH;

use super::plan::{Field, Kind, LeftOut, MOST_FIELDS, Object, Plans};
use super::scalars::Told;
use super::scan::Scan;
use crate::jit::code::Entry;
use crate::jit::{Frame, Ground};

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

    #[inline]
    pub(super) fn set(&mut self, at: usize, word: u64) -> Option<()> {
        *self.frame.arguments.get_mut(at)? = word;
        Some(())
    }

    #[inline]
    pub(super) fn set_pair(&mut self, at: usize, [first, second]: [u64; 2]) -> Option<()> {
        self.set(at, first)?;
        self.set(at + 1, second)
    }

    /// Makes room for words, all 0; where they begin.
    #[inline]
    fn room(&mut self, words: usize) -> usize {
        let start = self.frame.arguments.len();
        self.frame.arguments.resize(start + words, 0);
        start
    }

    /// Moves all words from here on into the arena; their address.
    #[inline]
    fn put(&mut self, start: usize) -> Option<u64> {
        let words = self.frame.arguments.get(start..)?;
        let address = self.frame.context.arena.put(words)?;
        self.frame.arguments.truncate(start);
        Some(address)
    }

    /// Reads the parameters of a decision into the first words.
    pub(super) fn parameters(&mut self, object: &'r Object) -> Option<()> {
        let start = self.room(object.words);
        self.object(object, start)
    }

    /// Reads an object; its words begin at `start`.
    fn object(&mut self, object: &'r Object, start: usize) -> Option<()> {
        self.open(b'{')?;
        let (mut seen, mut count, mut next) = (Seen::default(), 0, 0);
        if self.scan.take(b'}') {
            self.depth -= 1;
        } else {
            loop {
                let field = self.key(object, next)?;
                seen.insert(field)?;
                count += 1;
                next = field + 1;
                self.scan.blanks();
                let field = object.fields.get(field)?;
                self.value(&field.kind, start + field.at)?;
                if self.ends(b'}')? {
                    break;
                }
            }
        }
        if count < object.fields.len() {
            self.left_out(object, seen, start)?;
        }
        Some(())
    }

    /// Moves over a name and its colon; the number of the field. `next` is the one that comes in declared
    /// order, written without blanks more often than not.
    #[inline]
    fn key(&mut self, object: &'r Object, next: usize) -> Option<usize> {
        if let Some(field) = object.fields.get(next)
            && self.scan.literal(&field.key)
        {
            return Some(next);
        }
        if !self.scan.take(b'"') {
            return None;
        }
        let field = match object.named(&mut self.scan) {
            Some(field) => field,
            None => self.respelled(object)?,
        };
        self.scan.blanks();
        self.scan.take(b':').then_some(field)
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
    fn left_out(&mut self, object: &'r Object, seen: Seen, start: usize) -> Option<()> {
        for (number, field) in object.fields.iter().enumerate() {
            if seen.has(number) {
                continue;
            }
            match &field.left_out {
                LeftOut::Missing => {}
                LeftOut::Default(words) => {
                    for (at, word) in (start + field.at..).zip(words) {
                        self.set(at, *word)?;
                    }
                }
                LeftOut::Fault => return None,
            }
        }
        Some(())
    }

    /// Reads a value into its words, which are 0.
    fn value(&mut self, kind: &'r Kind, to: usize) -> Option<()> {
        match kind {
            Kind::Optional(inner) => {
                if self.scan.peek() == b'n' {
                    return self.null();
                }
                self.set(to, 1)?;
                self.value(inner, to + 1)
            }
            Kind::Fixed(fixed) => self.fixed(fixed, to),
            Kind::Int => self.int(to),
            Kind::Enum(values) => self.enum_value(values, to),
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

    fn list(&mut self, item: &'r Kind, (words, at_most): (usize, usize), to: usize) -> Option<()> {
        self.open(b'[')?;
        let start = self.frame.arguments.len();
        let mut count = 0;
        if self.scan.take(b']') {
            self.depth -= 1;
        } else {
            loop {
                let element = self.room(words);
                self.value(item, element)?;
                count += 1;
                if self.ends(b']')? {
                    break;
                }
            }
        }
        if count > at_most {
            return None;
        }
        let address = self.put(start)?;
        self.set_pair(to, [address, count as u64])
    }

    fn record(&mut self, record: usize, to: usize) -> Option<()> {
        let plans = self.plans;
        let record = plans.record(record)?;
        let checks = record.checks.as_deref()?;
        let start = self.room(record.words);
        self.object(record, start)?;
        let address = self.put(start)?;
        for check in checks {
            self.holds(*check, address)?;
        }
        self.set(to, address)
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
    fn reason(&mut self, to: usize) -> Option<()> {
        let plans = self.plans;
        self.open(b'{')?;
        let code = self.reason_code()?;
        let (number, reason) = plans.reason_named(self.told(&code))?;
        let start = self.room(reason.parameters.words);
        self.set(start, number as u64)?;
        // Each name may stand there once.
        let (mut code, mut severity, mut parameters) = (false, false, false);
        loop {
            if !code && self.name("code").is_some() {
                code = true;
                self.raw()?;
            } else if !severity && self.name("severity").is_some() {
                severity = true;
                let told = self.raw().and_then(|raw| self.resolve(raw))?;
                if self.told(&told) != reason.severity.as_bytes() {
                    return None;
                }
            } else if !parameters && self.name("parameters").is_some() {
                parameters = true;
                self.object(&reason.parameters, start)?;
            } else {
                return None;
            }
            if self.ends(b'}')? {
                break;
            }
        }
        if !parameters {
            self.left_out(&reason.parameters, Seen::default(), start)?;
        }
        let address = self.put(start)?;
        self.set(to, address)
    }

    /// Looks for the code of the reason that is open: it says what its parameters are.
    fn reason_code(&mut self) -> Option<Told<'l>> {
        let start = self.scan;
        while self.name("code").is_none() {
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
    pub(super) fn name(&mut self, name: &str) -> Option<()> {
        let start = self.scan.at;
        let told = self.raw().and_then(|raw| self.resolve(raw));
        if told.is_none_or(|told| self.told(&told) != name.as_bytes()) {
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
        assert_eq!(seen.insert(300), None);
    }
}
