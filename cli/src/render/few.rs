//! Lists within a sentence: as many as are read, and how many more there are.

/// Names that a sentence has.
const MOST: usize = 12;

/// The names, parted by commas; of many the first, and `… and 37 more`.
pub fn few<N: AsRef<str>>(names: impl IntoIterator<Item = N>) -> String {
    few_or(names, "")
}

/// The same, where of many it is said how all are seen: `… and 37 more (HOW)`.
pub fn few_or<N: AsRef<str>>(names: impl IntoIterator<Item = N>, how: &str) -> String {
    let mut names = names.into_iter();
    let mut shown: Vec<N> = names.by_ref().take(MOST).collect();
    let mut more = names.count();
    // To say that there is one more takes as much room as to say which.
    if more > 0 {
        more += 1;
        shown.pop();
    }
    let shown: Vec<&str> = shown.iter().map(AsRef::as_ref).collect();
    let shown = shown.join(", ");
    match (more, how) {
        (0, _) => shown,
        (_, "") => format!("{shown}, … and {more} more"),
        _ => format!("{shown}, … and {more} more ({how})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_counted() {
        let names = |count: usize| (1..=count).map(|n| n.to_string());
        assert_eq!(few(names(0)), "");
        assert_eq!(few(names(2)), "1, 2");
        let all = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11";
        assert_eq!(few(names(12)), format!("{all}, 12"));
        assert_eq!(few(names(13)), format!("{all}, … and 2 more"));
        assert_eq!(
            few_or(names(48), "`assize inspect` has all"),
            format!("{all}, … and 37 more (`assize inspect` has all)")
        );
        assert_eq!(few_or(names(1), "`assize inspect` has all"), "1");
    }
}
