//! Snapshots: each one belongs to a test that still exists.
//!
//! A snapshot that no test reads looks like a promise and checks nothing.

use super::{Fault, find};
use crate::tree::SourceFile;

/// A test file whose snapshots are named by its data says so with this line; then only the file is
/// looked for, not the names.
pub const NAMED_BY_DATA: &str = "// snapshots are named by data";

/// Every `.snap` names a source that exists and has a test, or a text, of its name.
pub fn dead(files: &[SourceFile]) -> Vec<Fault> {
    files
        .iter()
        .filter(|file| file.ends_with(".snap"))
        .filter_map(|file| {
            check(file, files)
                .err()
                .map(|why| Fault::in_file(&file.path, why))
        })
        .collect()
}

fn check(snapshot: &SourceFile, files: &[SourceFile]) -> Result<(), String> {
    let header = snapshot.text.strip_prefix("---\n").unwrap_or_default();
    let source = header
        .lines()
        .take_while(|line| *line != "---")
        .find_map(|line| line.strip_prefix("source: "))
        .ok_or("has no line `source: …` in its header")?;
    let source = source.trim_matches('"');
    let test = find(files, source).ok_or_else(|| format!("its source {source} is gone"))?;
    let name = test_name(&snapshot.path);
    let unnumbered = name.rsplit_once('-').and_then(|(before, number)| {
        (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(before)
    });
    let is_named = |name: &str| {
        let function = format!("fn {name}(");
        let longer = format!("fn test_{name}(");
        let text = format!("\"{name}\"");
        [function, longer, text]
            .iter()
            .any(|form| test.text.contains(form.as_str()))
    };
    let live = is_named(name) || unnumbered.is_some_and(is_named);
    if live || test.text.contains(NAMED_BY_DATA) {
        Ok(())
    } else {
        Err(format!(
            "{source} has neither a test nor a text `{name}`: remove the snapshot"
        ))
    }
}

/// `a/snapshots/crate__module__tests__name@suffix.snap` → `name`.
fn test_name(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    let stem = file.strip_suffix(".snap").unwrap_or(file);
    let last = stem.rsplit("__").next().unwrap_or(stem);
    last.split('@').next().unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::super::messages;
    use super::*;

    fn tree(test: &str, snapshot: &str, header: &str) -> Vec<SourceFile> {
        vec![
            SourceFile::new("grammar/tests/shapes.rs", test),
            SourceFile::new(
                format!("grammar/tests/snapshots/{snapshot}.snap"),
                format!("---\n{header}---\nsum\n"),
            ),
        ]
    }

    const SOURCE: &str = "source: grammar/tests/shapes.rs\nexpression: tree\n";

    #[test]
    fn live_snapshots_pass() {
        for (test, name) in [
            ("fn a_sum() {}", "shapes__a_sum"),
            ("fn a_sum() {}", "shapes__a_sum-2"),
            ("fn test_a_sum() {}", "shapes__a_sum"),
            (
                "assert_snapshot!(\"a_sum\", x)",
                "grammar__tests__a_sum@wide",
            ),
            ("// snapshots are named by data", "shapes__anything"),
        ] {
            assert_eq!(dead(&tree(test, name, SOURCE)), [], "{test} {name}");
        }
    }

    #[test]
    fn dead_snapshots_are_found() {
        let found =
            |test: &str, header: &str| messages(&dead(&tree(test, "shapes__a_sum", header)));
        assert!(found("fn a_product() {}", SOURCE).contains("neither a test nor a text `a_sum`"));
        assert!(found("fn a_sum() {}", "expression: x\n").contains("has no line `source:"));
        let gone = "source: grammar/tests/gone.rs\n";
        assert!(found("fn a_sum() {}", gone).contains("its source grammar/tests/gone.rs is gone"));
    }
}
