//! What machine code that tells writes down: what decided.
//!
//! Each time a row, an exception, a default or a value gives the result of its callable, code writes one word. When
//! the decision is over the words are counted; where it leaves they are forgotten, since the interpreter then tells.

use std::collections::BTreeMap;

use assize_eval::decided::{Choice, Decided};
use assize_ir::{Body, CallableId, Program};

/// Words that are written before they are counted: 32 KiB.
const ROOM: usize = 4 * 1024;

/// The number of a rule's default.
pub(crate) const DEFAULT: u32 = u32::MAX;

/// What decided so far.
#[derive(Debug, Default)]
#[repr(C)]
pub(crate) struct Log {
    /// Where the next word is written.
    pub(crate) next: u64,
    /// Where there is no more room.
    pub(crate) end: u64,
    words: Vec<u64>,
    /// How often each word was written that had to make room.
    counted: BTreeMap<u64, u64>,
}

/// The word of a choice: the callable, and which of its choices; cells of a grid are counted row by row.
pub(crate) const fn word(callable: CallableId, number: u32) -> u64 {
    ((callable.0 as u64) << 32) | number as u64
}

impl Log {
    /// Forgets what was written.
    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        if self.words.is_empty() {
            // Nothing was ever written, so there is no room yet.
            return;
        }
        self.next = self.words.as_ptr() as u64;
        self.counted.clear();
    }

    /// Counts what was written, so that there is room again.
    pub(crate) fn drain(&mut self) {
        if self.words.is_empty() {
            self.words = vec![0; ROOM];
            self.end = self.words.as_ptr_range().end as u64;
        } else {
            for word in written(&self.words, self.next) {
                *self.counted.entry(*word).or_default() += 1;
            }
        }
        self.next = self.words.as_ptr() as u64;
    }

    /// Counts all that was written since it was cleared.
    pub(crate) fn count(&self, program: &Program, decided: &mut Decided) {
        let once = written(&self.words, self.next)
            .iter()
            .map(|word| (word, &1));
        for (word, times) in once.chain(&self.counted) {
            let callable = CallableId(u32::try_from(word >> 32).unwrap_or(u32::MAX));
            let number = u32::try_from(word & u64::from(u32::MAX)).unwrap_or(u32::MAX);
            if let Some(choice) = choice(program, callable, number) {
                decided.add(callable, choice, *times);
            }
        }
    }
}

/// The words up to an address.
fn written(words: &[u64], next: u64) -> &[u64] {
    let bytes = next.saturating_sub(words.as_ptr() as u64);
    let count = usize::try_from(bytes / 8).unwrap_or(0);
    words.get(..count).unwrap_or(&[])
}

fn choice(program: &Program, callable: CallableId, number: u32) -> Option<Choice> {
    Some(match &program.callable(callable)?.body {
        Body::Table(_) => Choice::Row(number),
        Body::Grid(grid) => {
            let width = u32::try_from(grid.heads.len()).ok()?;
            Choice::Cell(number.checked_div(width)?, number.checked_rem(width)?)
        }
        Body::Rule(_) if number == DEFAULT => Choice::Default,
        Body::Rule(_) => Choice::Exception(number),
        Body::Parameter(_) => Choice::Value(number),
        Body::Define(_) => return None,
    })
}
