//! A stream of choices: drawn from a seed, recorded, and replayed shorter or lower.
//!
//! Whatever is made of a stream is made of numbers alone, and 0 is always the simplest thing. So one
//! way to shrink serves every program and every input: leave out choices, or lower them, and make it again.

/// A run of choices that belong together: an expression, a declaration, a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first choice.
    pub start: usize,
    /// The choice behind the last.
    pub end: usize,
}

/// Choices that are made, and how they were made.
#[derive(Clone, Debug)]
pub struct Choices {
    /// State of the sequence (splitmix64); `None`: only what is given, and then zeros.
    state: Option<u64>,
    given: Vec<u32>,
    taken: Vec<u32>,
    spans: Vec<Span>,
    open: Vec<usize>,
}

impl Choices {
    /// Drawn from a seed: the same on every machine.
    pub fn seeded(seed: u64) -> Choices {
        Choices {
            state: Some(seed),
            ..Choices::replayed(Vec::new())
        }
    }

    /// These, and zeros behind them.
    pub fn replayed(given: Vec<u32>) -> Choices {
        Choices {
            state: None,
            given,
            taken: Vec::new(),
            spans: Vec::new(),
            open: Vec::new(),
        }
    }

    /// What was chosen so far.
    pub fn taken(&self) -> &[u32] {
        &self.taken
    }

    /// What belongs together in it, inner runs before outer ones.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        let last = u32::try_from(end.max(1) - 1).unwrap_or(u32::MAX);
        self.choose(last, |drawn| drawn % (u64::from(last) + 1))
    }

    /// True in so many of 100 cases; false is the simpler one.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.choose(1, |drawn| u64::from(drawn % 100 < percent)) == 1
    }

    /// A position in a list of weights.
    pub fn weighted(&mut self, weights: &[u64]) -> usize {
        let all: u64 = weights.iter().sum::<u64>().max(1);
        let last = u32::try_from(weights.len().max(1) - 1).unwrap_or(u32::MAX);
        self.choose(last, |drawn| {
            let mut left = drawn % all;
            let chosen = weights.iter().position(|weight| {
                let here = left < *weight;
                left = left.saturating_sub(*weight);
                here
            });
            chosen.unwrap_or(0) as u64
        })
    }

    /// One of a list, of which the first is the simplest.
    pub fn pick<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        let at = self.below(list.len());
        list.get(at).cloned()
    }

    /// One of some words.
    pub fn word(&mut self, words: &[&'static str]) -> &'static str {
        self.pick(words).unwrap_or_default()
    }

    /// Begins a run of choices that belong together.
    pub fn begin(&mut self) {
        self.open.push(self.taken.len());
    }

    /// Ends the run that was begun last.
    pub fn end(&mut self) {
        if let Some(start) = self.open.pop() {
            let end = self.taken.len();
            self.spans.push(Span { start, end });
        }
    }

    fn choose(&mut self, last: u32, draw: impl FnOnce(u64) -> u64) -> usize {
        let chosen = match &mut self.state {
            Some(state) => u32::try_from(draw(next(state))).unwrap_or(0),
            None => self.given.get(self.taken.len()).copied().unwrap_or(0),
        };
        let chosen = chosen.min(last);
        self.taken.push(chosen);
        chosen as usize
    }
}

/// The next number of a sequence (splitmix64).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_chosen_again() {
        let make = |choices: &mut Choices| {
            choices.begin();
            let made = (
                choices.below(7),
                choices.chance(30),
                choices.weighted(&[1, 5]),
            );
            choices.end();
            made
        };
        let mut drawn = Choices::seeded(5);
        let made = make(&mut drawn);
        let mut again = Choices::replayed(drawn.taken().to_vec());
        assert_eq!(make(&mut again), made);
        assert_eq!(drawn.spans(), [Span { start: 0, end: 3 }]);
        assert_eq!(make(&mut Choices::replayed(vec![9])), (6, false, 0));
    }
}
