//! Times of single calls, and what is told of them. Whole nanoseconds: nothing is a float.

use std::hint::black_box;
use std::time::{Duration, Instant};

use assize_runtime::{Loaded, Options};

/// Empty intervals by which the clock is measured.
const CLOCK_READINGS: u32 = 1_000;
/// Room for an answer, so that few calls ask for memory.
const ANSWER_BYTES: usize = 4 << 10;

/// How long calls took.
#[derive(Clone, Debug)]
pub struct Times {
    /// Each call, from the shortest.
    sorted: Vec<u64>,
}

impl Times {
    /// Of single calls in any order.
    pub fn new(mut all: Vec<u64>) -> Times {
        all.sort_unstable();
        Times { sorted: all }
    }

    /// Number of calls.
    pub fn calls(&self) -> usize {
        self.sorted.len()
    }

    /// The time that so many of a thousand calls do not exceed; 0 without calls.
    pub fn within(&self, of_thousand: usize) -> u64 {
        let count = self.sorted.len().saturating_mul(of_thousand);
        let rank = count.div_ceil(1_000).saturating_sub(1);
        self.sorted.get(rank).copied().unwrap_or(0)
    }

    /// The median.
    pub fn median(&self) -> u64 {
        self.within(500)
    }

    /// Calls in a second, one after the other.
    pub fn per_second(&self) -> u64 {
        let total: u128 = self.sorted.iter().copied().map(u128::from).sum();
        let calls = u128::try_from(self.sorted.len()).unwrap_or(u128::MAX);
        let rate = calls.saturating_mul(1_000_000_000) / total.max(1);
        u64::try_from(rate).unwrap_or(u64::MAX)
    }
}

/// The calls with one input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfInput {
    /// Its position among the inputs, from 0.
    pub input: usize,
    /// The median of its calls.
    pub median: u64,
}

/// How long calls took, all together and by their inputs.
#[derive(Clone, Debug)]
pub struct Timed {
    /// All calls.
    pub all: Times,
    /// The input whose median is the lowest; of equal ones the first.
    pub quickest: Option<OfInput>,
    /// The input whose median is the highest; of equal ones the first.
    pub slowest: Option<OfInput>,
}

impl Timed {
    /// Of calls in the order in which they were made: over and over so many inputs.
    pub fn new(calls: Vec<u64>, inputs: usize) -> Timed {
        let of_input = |input: usize| {
            let own = calls.iter().skip(input).step_by(inputs.max(1));
            let times = Times::new(own.copied().collect());
            OfInput {
                input,
                median: times.median(),
            }
        };
        let medians: Vec<OfInput> = (0..inputs.min(calls.len())).map(of_input).collect();
        let by_median = |a: &&OfInput, b: &&OfInput| a.median.cmp(&b.median);
        let quickest = medians.iter().min_by(by_median).copied();
        // The last of equal ones would be taken.
        let slowest = medians.iter().rev().max_by(by_median).copied();
        Timed {
            quickest,
            slowest,
            all: Times::new(calls),
        }
    }
}

/// Nanoseconds of an interval.
pub fn nanoseconds(interval: Duration) -> u64 {
    u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX)
}

/// What it takes to read the clock, in nanoseconds.
pub fn clock() -> u64 {
    let empty = || nanoseconds(Instant::now().elapsed());
    Times::new((0..CLOCK_READINGS).map(|_| empty()).collect()).median()
}

/// Times so many calls one by one, from text to text, over and over the same inputs.
pub fn time(loaded: &Loaded, options: &Options, calls: &[String], count: u64) -> Timed {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let mut out = String::with_capacity(ANSWER_BYTES);
    let timed = calls.iter().cycle().take(count).map(|call| {
        out.clear();
        let started = Instant::now();
        loaded.decide_json_into(black_box(call.as_bytes()), options, &mut out);
        let took = nanoseconds(started.elapsed());
        black_box(&out);
        took
    });
    Timed::new(timed.collect(), calls.len())
}

/// A time as people read it, with three figures or more.
pub fn shown(time: u64) -> String {
    let (unit, name) = match time {
        0..1_000 => return format!("{time} ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let places = match time / unit {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    format!("{} {name}", quotient(time, unit, places))
}

/// A quotient as a decimal with so many places, cut and not rounded.
pub fn quotient(a: u64, b: u64, places: u32) -> String {
    let scale = 10u128.saturating_pow(places);
    let scaled = u128::from(a).saturating_mul(scale) / u128::from(b.max(1));
    let (whole, part) = (scaled / scale, scaled % scale);
    match usize::try_from(places) {
        Ok(width) if width > 0 => format!("{whole}.{part:0width$}"),
        _ => whole.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times = Times::new((1..=1_000).rev().collect());
        assert_eq!(times.median(), 500);
        assert_eq!((times.within(990), times.within(999)), (990, 999));
        let few = Times::new(vec![7, 5]);
        assert_eq!((few.median(), few.within(990), few.within(999)), (5, 7, 7));
        let none = Times::new(Vec::new());
        assert_eq!((none.median(), none.per_second()), (0, 0));
    }

    #[test]
    fn the_best_and_the_worst_input_are_those_of_the_medians() {
        // Inputs 0, 1 and 2 in turn; the long call of input 0 is a hiccup, not its median.
        let timed = Timed::new(vec![10, 7, 30, 900, 9, 20, 11, 8], 3);
        let of = |input, median| Some(OfInput { input, median });
        assert_eq!((timed.quickest, timed.slowest), (of(1, 8), of(2, 20)));
        assert_eq!(timed.all.calls(), 8);
        // Inputs that no call was made with have no time, and of equal ones the first is told.
        let timed = Timed::new(vec![5, 5], 9);
        assert_eq!((timed.quickest, timed.slowest), (of(0, 5), of(0, 5)));
        let none = Timed::new(Vec::new(), 3);
        assert_eq!((none.quickest, none.slowest), (None, None));
    }

    #[test]
    fn rates_are_those_of_all_calls() {
        assert_eq!(Times::new(vec![1_000, 3_000]).per_second(), 500_000);
        assert_eq!(Times::new(vec![0]).per_second(), 1_000_000_000);
    }

    #[test]
    fn times_are_shown_in_their_unit() {
        let all = [0, 999, 1_000, 9_999, 12_345, 999_999, 1_500_000];
        let shown = all.map(shown);
        let want = [
            "0 ns", "999 ns", "1.00 µs", "9.99 µs", "12.3 µs", "999 µs", "1.50 ms",
        ];
        assert_eq!(shown, want);
        assert_eq!(super::shown(61_000_000_000), "61.0 s");
        assert_eq!(
            (quotient(1, 3, 2), quotient(5, 0, 2)),
            ("0.33".into(), "5.00".into())
        );
    }
}
