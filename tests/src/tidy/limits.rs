//! The page of the limits: each row of its tables says where the limit is shown, at the limit and past it.
//!
//! What a manual cannot hold (a file of 16 MiB, ten thousand folders) a test shows, and the page names it.
//! Whether a limit holds is the matter of that test; here it must be there.

use std::collections::BTreeSet;

use super::{Fault, find};
use crate::rust_text::{Without, view};
use crate::tree::SourceFile;

/// The page.
pub const PAGE: &str = "docs/language/limits.md";

/// The head of the column.
const HEAD: &str = "shown by";

/// Each table has the column, and each cell of it a link, or in backticks the names of tests that exist.
pub fn shown(files: &[SourceFile]) -> Vec<Fault> {
    let Some(page) = find(files, PAGE) else {
        return vec![Fault::in_file(PAGE, "is not there")];
    };
    let tests = tests_in(files);
    let mut faults = Vec::new();
    let mut above: Option<&str> = None;
    let mut in_block = false;
    for (index, line) in page.text.lines().enumerate() {
        if line.starts_with("```") {
            in_block = !in_block;
        }
        let row = (!in_block && line.starts_with('|')).then(|| last_cell(line));
        match (above, row) {
            (None, Some(head)) if head != HEAD => {
                let message = format!("the last column of a table of limits is `{HEAD}`");
                faults.push(Fault::at_line(page, index, message));
            }
            (Some(_), Some(cell)) if !cell.starts_with("---") => {
                faults.extend(
                    check(cell, &tests)
                        .into_iter()
                        .map(|why| Fault::at_line(page, index, why)),
                );
            }
            _ => {}
        }
        above = row;
    }
    faults
}

fn last_cell(row: &str) -> &str {
    let row = row.trim_end().trim_end_matches('|');
    row.rsplit_once('|').map_or(row, |(_, cell)| cell).trim()
}

fn check(cell: &str, tests: &BTreeSet<String>) -> Vec<String> {
    // The text between the first and the second backtick is a name, that between the third and the fourth …
    let names: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
    if names.is_empty() && !cell.contains("](") {
        return vec!["says of a limit nowhere where it is shown".to_owned()];
    }
    names
        .into_iter()
        .filter(|name| !tests.contains(*name))
        .map(|name| format!("names the test `{name}`, which is not there"))
        .collect()
}

/// Names of functions that are run as tests.
fn tests_in(files: &[SourceFile]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files.iter().filter(|file| file.ends_with(".rs")) {
        if !file.text.contains("#[test]") {
            continue;
        }
        let code = view(&file.text, Without::CommentsAndTexts);
        for after in code.split("#[test]").skip(1) {
            let name = after
                .split_once("fn ")
                .and_then(|(_, rest)| rest.split_once('('));
            found.extend(name.map(|(name, _)| name.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::messages;
    use super::*;

    fn found(page: &str) -> String {
        let files = [
            SourceFile::new(PAGE, page),
            SourceFile::new(
                "ir/tests/a.rs",
                "#[test]\n#[ignore]\nfn at_and_past() {}\nfn helper() {}\n// #[test]\n// fn gone() {}\n",
            ),
        ];
        messages(&shown(&files))
    }

    const HEADS: &str = "| what | limit | shown by |\n|---|---|---|\n";

    #[test]
    fn what_is_shown_passes() {
        let page = format!(
            "{HEADS}| a file | 16 | [below](#nesting) |\n| a row | 2 | `at_and_past` |\n\n```assize\n| n || x |\n| 1 || 2 |\n```\n"
        );
        assert_eq!(found(&page), "0 fault(s)\n");
    }

    #[test]
    fn what_nobody_shows_is_told() {
        let page = format!(
            "{HEADS}| a | 1 |  |\n| b | 2 | a test |\n| c | 3 | `helper` |\n| d | 4 | `at_and_past`, `gone` |\n\n| what | limit |\n|---|---|\n| e | 5 |\n"
        );
        insta::assert_snapshot!(found(&page), @r"
        6 fault(s)
          docs/language/limits.md:3: says of a limit nowhere where it is shown
          docs/language/limits.md:4: says of a limit nowhere where it is shown
          docs/language/limits.md:5: names the test `helper`, which is not there
          docs/language/limits.md:6: names the test `gone`, which is not there
          docs/language/limits.md:8: the last column of a table of limits is `shown by`
          docs/language/limits.md:10: says of a limit nowhere where it is shown
        ");
    }

    #[test]
    fn a_page_that_is_gone_is_told() {
        assert!(messages(&shown(&[])).contains("is not there"));
    }
}
