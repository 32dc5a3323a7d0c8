//! Lines too long to be drawn, cut to what stands around the places that are shown.
//!
//! A picture of a line of thousands of characters shows nothing, and miette cannot draw one that is
//! wider than 65 535 columns.

use std::ops::Range;

/// Longest line that is drawn whole, in characters.
pub const MAX_LINE_CHARS: usize = 400;

/// What stays to the left and to the right of each end of a place, in characters.
const KEPT_CHARS: usize = 40;

/// What stands for the characters that are left out.
const GAP: &str = " … ";

/// A text with its long lines cut, and where the bytes that were kept went.
#[derive(Debug)]
pub struct Cut {
    /// The text; it has the lines of the whole one.
    pub text: String,
    /// First byte in the whole text, first byte in the cut one, length: in rising order.
    kept: Vec<(usize, usize, usize)>,
}

impl Cut {
    /// Cuts the lines of a text that are too long around the ends of the ranges. Nothing if no line
    /// is.
    pub fn of(text: &str, ranges: &[Range<usize>]) -> Option<Cut> {
        if !text.lines().any(is_long) {
            return None;
        }
        let mut cut = Cut {
            text: String::with_capacity(text.len()),
            kept: Vec::new(),
        };
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let end = start + line.len();
            let body_end = start + line.trim_end_matches(['\n', '\r']).len();
            if is_long(line) {
                let ends = ranges.iter().flat_map(|range| [range.start, range.end]);
                let marks = ends.filter(|at| (start..=body_end).contains(at));
                let mut at = start;
                for piece in pieces(text, start..body_end, marks) {
                    if at < piece.start {
                        cut.text.push_str(GAP);
                    }
                    at = piece.end;
                    cut.keep(text, piece);
                }
                if at < body_end {
                    cut.text.push_str(GAP);
                }
                cut.keep(text, body_end..end);
            } else {
                cut.keep(text, start..end);
            }
            start = end;
        }
        Some(cut)
    }

    fn keep(&mut self, text: &str, range: Range<usize>) {
        let piece = text.get(range.clone()).unwrap_or_default();
        self.kept.push((range.start, self.text.len(), piece.len()));
        self.text.push_str(piece);
    }

    /// Where a range went whose ends were kept.
    pub fn moved(&self, range: &Range<usize>) -> Range<usize> {
        self.place(range.start)..self.place(range.end)
    }

    fn place(&self, at: usize) -> usize {
        let after = self.kept.partition_point(|(old, ..)| *old <= at);
        let piece = after.checked_sub(1).and_then(|last| self.kept.get(last));
        piece.map_or(0, |(old, new, length)| new + (at - old).min(*length))
    }
}

fn is_long(line: &str) -> bool {
    // Bytes are never fewer than characters, and their number is known.
    line.len() > MAX_LINE_CHARS && line.chars().count() > MAX_LINE_CHARS
}

/// The parts of a line that stay: its beginning, and what is around each mark.
fn pieces(text: &str, line: Range<usize>, marks: impl Iterator<Item = usize>) -> Vec<Range<usize>> {
    let mut marks: Vec<usize> = marks.chain([line.start]).collect();
    marks.sort_unstable();
    let mut out: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        let before = text.get(line.start..mark).unwrap_or_default();
        let after = text.get(mark..line.end).unwrap_or_default();
        let left = before.char_indices().rev().take(KEPT_CHARS).last();
        let right = after.char_indices().nth(KEPT_CHARS);
        let start = left.map_or(mark, |(at, _)| line.start + at);
        let end = right.map_or(line.end, |(at, _)| mark + at);
        match out.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => out.push(start..end),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_at_the_limit_stays_and_a_longer_one_is_cut() {
        let line = "é".repeat(MAX_LINE_CHARS);
        assert!(Cut::of(&line, &[]).is_none());
        let cut = Cut::of(&format!("{line}é"), &[]).unwrap();
        assert_eq!(cut.text, format!("{}{GAP}", "é".repeat(KEPT_CHARS)));
    }

    #[test]
    fn what_is_around_the_places_stays_and_moves_along() {
        let far = "x".repeat(1000);
        let text = format!("one\r\n{far}HERE{far}TO\r\nlast");
        let here = text.find("HERE").unwrap();
        let last = text.find("last").unwrap();
        let ranges = [here..here + 4, last..last + 4];
        let cut = Cut::of(&text, &ranges).unwrap();
        let kept = "x".repeat(KEPT_CHARS);
        assert_eq!(
            cut.text,
            format!("one\r\n{kept}{GAP}{kept}HERE{kept}{GAP}\r\nlast")
        );
        for (range, word) in ranges.iter().zip(["HERE", "last"]) {
            assert_eq!(cut.text.get(cut.moved(range)), Some(word));
        }
    }

    #[test]
    fn a_place_as_long_as_the_line_keeps_its_ends() {
        let text = "y".repeat(100_000);
        let whole = 0..text.len();
        let cut = Cut::of(&text, std::slice::from_ref(&whole)).unwrap();
        assert!(cut.text.chars().count() < MAX_LINE_CHARS, "{}", cut.text);
        assert_eq!(cut.moved(&whole), 0..cut.text.len());
    }
}
