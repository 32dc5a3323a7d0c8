//! Two texts side by side, for people.

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

#[cfg(test)]
mod tests {
    use super::diff;

    #[test]
    fn only_what_differs_is_shown() {
        assert_eq!(diff("a\nb\nc\n", "a\nx\nc\n"), "\n    - b\n    + x");
        assert_eq!(diff("a\n", "a\na\n"), "\n    + a");
        assert_eq!(diff("", "a\n"), "\n    + a");
        assert_eq!(diff("a\n", "a\n"), "");
    }
}
