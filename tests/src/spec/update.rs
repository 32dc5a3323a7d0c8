//! Puts what was found into a page, where the page said something else.

use super::Fault;

/// The page with every update of its faults, and the faults that no update mends.
pub fn updated<'f>(text: &str, faults: &'f [Fault]) -> (String, Vec<&'f Fault>) {
    let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut updates: Vec<_> = faults
        .iter()
        .filter_map(|fault| fault.update.as_ref())
        .collect();
    // From the end, so that the numbers of earlier lines stay as they are.
    updates.sort_by_key(|update| std::cmp::Reverse((update.lines.start, update.lines.end)));
    for update in updates {
        if update.lines.end <= lines.len() && update.lines.start <= update.lines.end {
            lines.splice(update.lines.clone(), [update.text.as_str()]);
        }
    }
    let left = faults
        .iter()
        .filter(|fault| fault.update.is_none())
        .collect();
    (lines.concat(), left)
}

#[cfg(test)]
mod tests {
    use super::super::Update;
    use super::*;

    #[test]
    fn lines_are_replaced_and_inserted() {
        let change = |lines, text: &str| Fault {
            update: Some(Update {
                lines,
                text: text.to_owned(),
            }),
            ..Fault::new("a.md", 1, "")
        };
        let faults = [
            change(1..2, "x\ny\n"),
            Fault::new("a.md", 3, "z"),
            change(3..3, "new\n"),
        ];
        let (text, left) = updated("a\nb\nc\nd\n", &faults);
        assert_eq!(text, "a\nx\ny\nc\nnew\nd\n");
        assert_eq!(left, [&faults[1]]);
    }
}
