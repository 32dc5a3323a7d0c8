//! Two texts side by side, for people.

/// A line of a page that stands for others.
const LEFT_OUT: &str = "…";

/// The lines in which two texts differ, `-` as on the page, `+` as found; what they begin and end
/// with in common is left out.
pub fn diff(page: &str, found: &str) -> String {
    let page: Vec<&str> = page.lines().collect();
    let found: Vec<&str> = found.lines().collect();
    let same = page.iter().zip(&found).take_while(|(a, b)| a == b).count();
    let most = page.len().min(found.len()) - same;
    let pairs = page.iter().rev().zip(found.iter().rev());
    let tail = pairs.take(most).take_while(|(a, b)| a == b).count();
    let part = |lines: &[&str], sign: char| -> String {
        let end = lines.len() - tail;
        let part = lines.get(same..end).unwrap_or_default();
        part.iter()
            .map(|line| format!("\n    {sign} {line}"))
            .collect()
    };
    format!("{}{}", part(&page, '-'), part(&found, '+'))
}

/// Whether a page says what was found; a line `…` of the page stands for any lines, and for at
/// least one.
pub fn says(page: &str, found: &str) -> bool {
    let page: Vec<&str> = page.lines().collect();
    let found: Vec<&str> = found.lines().collect();
    let mut parts = page.split(|line| line.trim() == LEFT_OUT);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = found.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&[&str]> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let places = 1..=rest.len().saturating_sub(part.len());
        let mut ends = places.filter_map(|at| rest.get(at..)?.strip_prefix(part));
        match ends.next() {
            Some(behind) => rest = behind,
            None => return false,
        }
    }
    rest.len() > last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::{diff, says};

    #[test]
    fn lines_are_left_out_only_where_the_page_says_so() {
        assert!(says("a\nb\n", "a\nb"));
        assert!(says("a\n…\nd\n", "a\nb\nc\nd\n"));
        assert!(says("…\nc\n…\n", "a\nb\nc\nd\n"));
        assert!(says("a\n  …\n", "a\nb\n"));
        for page in [
            "a\n",
            "a\nd\n",
            "a\n…\nc\n",
            "b\n…\n",
            "…\na\n",
            "a\nb\nc\nd\n…\n",
        ] {
            assert!(!says(page, "a\nb\nc\nd\n"), "{page}");
        }
    }

    #[test]
    fn only_what_differs_is_shown() {
        assert_eq!(diff("a\nb\nc\n", "a\nx\nc\n"), "\n    - b\n    + x");
        assert_eq!(diff("a\n", "a\na\n"), "\n    + a");
        assert_eq!(diff("", "a\n"), "\n    + a");
        assert_eq!(diff("a\n", "a\n"), "");
    }
}
