//! Makes what was found small: fewer and lower choices that still show it.
//!
//! It knows nothing of programs. Runs of choices that belong together are left out, replaced by a run inside of
//! them (an expression by one of its operands), or set to 0; then single choices are left out and lowered.
//! Every step gives fewer choices, or as many and lower ones, so that it ends.

use super::choices::{Choices, Span};

/// What was chosen when something was tried that still shows the fault.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The choices, without zeros at their end.
    pub taken: Vec<u32>,
    /// What belongs together.
    pub spans: Vec<Span>,
}

impl Tried {
    /// What was chosen.
    pub fn of(choices: &Choices) -> Tried {
        Tried {
            spans: choices.spans().to_vec(),
            ..Tried::alone(choices.taken().to_vec())
        }
    }

    /// Choices of which nothing else is known.
    pub fn alone(mut taken: Vec<u32>) -> Tried {
        while taken.last() == Some(&0) {
            taken.pop();
        }
        Tried {
            taken,
            spans: Vec::new(),
        }
    }

    fn is_simpler(&self, other: &Tried) -> bool {
        (self.taken.len(), &self.taken) < (other.taken.len(), &other.taken)
    }
}

/// Shrinks choices; `shows` makes something of choices and gives what was chosen if it still shows the fault.
/// At most so many attempts are made.
pub fn shrink(
    start: Tried,
    attempts: usize,
    shows: &mut dyn FnMut(&[u32]) -> Option<Tried>,
) -> Tried {
    let mut left = Shrinking {
        best: start,
        attempts,
        shows,
    };
    loop {
        let before = left.best.taken.clone();
        left.runs(false);
        left.runs(true);
        left.blocks();
        left.lower();
        if left.best.taken == before || left.attempts == 0 {
            return left.best;
        }
    }
}

struct Shrinking<'s> {
    best: Tried,
    attempts: usize,
    shows: &'s mut dyn FnMut(&[u32]) -> Option<Tried>,
}

impl Shrinking<'_> {
    fn attempt(&mut self, choices: &[u32]) -> bool {
        if self.attempts == 0 || choices == self.best.taken {
            return false;
        }
        self.attempts -= 1;
        match (self.shows)(choices) {
            Some(tried) if tried.is_simpler(&self.best) => {
                self.best = tried;
                true
            }
            _ => false,
        }
    }

    /// The choices with others in the place of a range.
    fn replaced(&self, start: usize, end: usize, by: &[u32]) -> Vec<u32> {
        let all = &self.best.taken;
        let end = end.min(all.len());
        let mut out = all.get(..start.min(end)).unwrap_or_default().to_vec();
        out.extend(by);
        out.extend(all.get(end..).unwrap_or_default());
        out
    }

    /// Runs that belong together, from the longest; `inside`: a run inside of one takes its place, too.
    fn runs(&mut self, inside: bool) {
        let mut at = 0;
        loop {
            let mut spans = self.best.spans.clone();
            spans.retain(|span| span.start < self.best.taken.len() && span.end > span.start);
            spans.sort_by_key(|span| (std::cmp::Reverse(span.end - span.start), span.start));
            let Some(span) = spans.get(at).copied() else {
                return;
            };
            // After a success the same position holds another run.
            if !self.run(span, inside.then_some(&spans)) {
                at += 1;
            }
            if self.attempts == 0 {
                return;
            }
        }
    }

    fn run(&mut self, span: Span, spans: Option<&Vec<Span>>) -> bool {
        let (start, end) = (span.start, span.end);
        if self.attempt(&self.replaced(start, end, &[]))
            || self.attempt(&self.replaced(start, end, &[0]))
        {
            return true;
        }
        let Some(spans) = spans else {
            return false;
        };
        // The longest runs inside come first; the choice that makes the outer one must be gone.
        let inside = spans
            .iter()
            .filter(|it| it.start >= start && it.end <= end && it.end - it.start < end - start);
        let inside: Vec<Span> = inside.take(12).copied().collect();
        for inner in inside {
            let part = self
                .best
                .taken
                .get(inner.start..inner.end.min(self.best.taken.len()));
            let part = part.unwrap_or_default().to_vec();
            if self.attempt(&self.replaced(start, end, &part)) {
                return true;
            }
        }
        let zeros = vec![0; end - start];
        self.attempt(&self.replaced(start, end, &zeros))
    }

    /// Neighbours, whether or not they belong together.
    fn blocks(&mut self) {
        for size in [16, 8, 4, 2, 1] {
            let mut start = self.best.taken.len().saturating_sub(size);
            loop {
                self.attempt(&self.replaced(start, start + size, &[]));
                if start == 0 || self.attempts == 0 {
                    break;
                }
                start = (start - 1).min(self.best.taken.len());
            }
        }
    }

    /// Single choices.
    fn lower(&mut self) {
        let mut at = 0;
        while let Some(value) = self.best.taken.get(at).copied() {
            if value > 0 && !self.attempt(&self.replaced(at, at + 1, &[0])) {
                let mut high = value;
                while high > 1 && self.attempt(&self.replaced(at, at + 1, &[high / 2])) {
                    high = self.best.taken.get(at).copied().unwrap_or(0);
                }
                if high > 0 {
                    self.attempt(&self.replaced(at, at + 1, &[high - 1]));
                }
            }
            if self.attempts == 0 {
                return;
            }
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two numbers among many whose sum is above 100.
    #[test]
    fn what_shows_it_is_left() {
        let mut shows = |choices: &[u32]| {
            let mut choices = Choices::replayed(choices.to_vec());
            let mut numbers = Vec::new();
            loop {
                choices.begin();
                let more = choices.chance(50);
                if more {
                    numbers.push(choices.below(1000));
                }
                choices.end();
                if !more {
                    break;
                }
            }
            let above = numbers.iter().filter(|it| **it > 100).count();
            (above >= 2).then(|| Tried::of(&choices))
        };
        let start = shows(&[1, 7, 1, 300, 1, 5, 1, 900, 1, 4, 1, 101]).unwrap();
        let small = shrink(start, 1_000, &mut shows);
        assert_eq!(small.taken, [1, 101, 1, 101]);
    }
}
