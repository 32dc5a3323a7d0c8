//! The nearest name, for "did you mean".

/// Names longer than this are not compared, in characters.
const MAX_NAME_CHARS: usize = 64;

/// The candidate that differs least, when it differs little: by at most a third of the characters
/// (one at least). Upper and lower case count as equal; the first of equals is taken.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.chars().take(MAX_NAME_CHARS + 1).collect();
    if wanted.len() > MAX_NAME_CHARS {
        return None;
    }
    let limit = (wanted.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        super::reader::work::count();
        let characters: Vec<char> = candidate.chars().take(MAX_NAME_CHARS + 1).collect();
        if characters.len() > MAX_NAME_CHARS {
            continue;
        }
        let distance = distance(&wanted, &characters);
        let better = best.is_none_or(|(least, _)| distance < least);
        // Another name altogether is no help, however short.
        let related = distance < wanted.len().max(characters.len());
        if distance <= limit && better && related {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Number of characters too many, too few, another, or of pairs exchanged.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut two_back: Vec<usize> = Vec::new();
    let mut back: Vec<usize> = (0..=b.len()).collect();
    let mut before_a: Option<char> = None;
    for (row, &x) in a.iter().enumerate() {
        let mut line = Vec::with_capacity(b.len() + 1);
        let mut left = row + 1;
        line.push(left);
        let mut before_b: Option<char> = None;
        for (column, &y) in b.iter().enumerate() {
            let at =
                |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX / 2);
            let replaced = at(&back, column) + usize::from(!same(x, y));
            let mut least = replaced.min(at(&back, column + 1) + 1).min(left + 1);
            if before_a == Some(y) && before_b == Some(x) && x != y {
                least = least.min(at(&two_back, column.wrapping_sub(1)) + 1);
            }
            line.push(least);
            left = least;
            before_b = Some(y);
        }
        two_back = std::mem::replace(&mut back, line);
        before_a = Some(x);
    }
    back.last().copied().unwrap_or(0)
}

fn same(a: char, b: char) -> bool {
    a == b || a.to_lowercase().eq(b.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_far() {
        let names = ["quantity", "item", "discount", "shipment_date", "to"];
        for (name, wanted) in [
            ("quantty", Some("quantity")),
            ("qauntity", Some("quantity")),
            ("Quantity", Some("quantity")),
            ("QUANTITY", Some("quantity")),
            ("itm", Some("item")),
            ("shipmentDate", Some("shipment_date")),
            ("ot", Some("to")),
            ("x", None),
            ("price", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, names), wanted, "{name}");
        }
        assert_eq!(nearest(&"x".repeat(1_000), names), None);
        assert_eq!(nearest("a", []), None);
    }
}
