//! Each page of `docs/errors` is run: its wrong example has the code, its right one is clean, and a fix
//! that is certain removes what it was offered for.
//!
//! An example is a file called `page.assize`. A line `// file NAME` begins another file; a line
//! `// assize.toml: exports = ["…"]` says what the package exports.

#![expect(clippy::expect_used, reason = "helpers of tests fail the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use assize_compiler::diagnostic::{Applicability, Fix};
use assize_compiler::{
    Database, Diagnostic, PackageInput, Severity, SourceFile, Workspace, diagnostics, resolve,
};

/// Codes that an example on a page cannot show, each with its reason.
const WITHOUT_EXAMPLE: &[(&str, &str)] = &[
    ("A0158", "empty bytes between letters cannot be shown"),
    ("A0161", "the file would be larger than 16 MiB"),
    (
        "A0401",
        "reading says A0109 of the same row; it is kept for rows that are not read from text",
    ),
    ("A0414", "the table would be very large"),
];

/// Files by name, and exports.
#[derive(Clone, Debug)]
struct Example {
    files: Vec<(String, String)>,
    exports: Vec<String>,
}

fn example(text: &str) -> Example {
    let mut files = vec![("page.assize".to_string(), String::new())];
    let mut exports = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("// file ") {
            files.push((name.trim().to_string(), String::new()));
            continue;
        }
        if let Some(list) = line.strip_prefix("// assize.toml: exports = ") {
            exports = list
                .split('"')
                .skip(1)
                .step_by(2)
                .map(str::to_string)
                .collect();
        }
        let last = files.last_mut().expect("there is a file");
        last.1.push_str(line);
        last.1.push('\n');
    }
    files.retain(|(_, text)| !text.trim().is_empty());
    Example { files, exports }
}

struct Checked {
    db: Database,
    found: Vec<Diagnostic>,
}

fn check(example: &Example) -> Checked {
    let db = Database::default();
    let files = example
        .files
        .iter()
        .map(|(path, text)| SourceFile::new(&db, path.clone(), "page".into(), text.clone()))
        .collect();
    let package = PackageInput::new(
        &db,
        "page".into(),
        "0.1.0".into(),
        files,
        Vec::new(),
        example.exports.clone(),
        BTreeMap::new(),
    );
    let _ = Workspace::new(&db, vec![package], package);
    let found = diagnostics(&db, package);
    Checked { db, found }
}

impl Checked {
    fn codes(&self) -> BTreeSet<&str> {
        self.found
            .iter()
            .map(|diagnostic| diagnostic.code.0)
            .collect()
    }

    fn text(&self) -> String {
        let lines: Vec<String> = self
            .found
            .iter()
            .map(|found| {
                let (file, range) = resolve(&self.db, &found.primary.at);
                let text = file.text(&self.db);
                let before = text.get(..range.start as usize).unwrap_or_default();
                let line = before.matches('\n').count() + 1;
                let mut out = format!(
                    "  {}:{line} {:?} {} {}",
                    file.path(&self.db),
                    found.severity,
                    found.code.0,
                    found.claim
                );
                for because in &found.because {
                    out.push_str(&format!("\n      because {because}"));
                }
                if let Some(instead) = &found.instead {
                    out.push_str(&format!("\n      instead {instead}"));
                }
                out
            })
            .collect();
        lines.join("\n")
    }

    /// The example with a fix applied.
    fn repaired(&self, example: &Example, fix: &Fix) -> Example {
        let mut out = example.clone();
        let mut edits: Vec<(String, std::ops::Range<u32>, &str)> = fix
            .edits
            .iter()
            .map(|(at, text)| {
                let (file, range) = resolve(&self.db, at);
                (file.path(&self.db).clone(), range, text.as_str())
            })
            .collect();
        edits.sort_by_key(|(_, range, _)| std::cmp::Reverse(range.start));
        for (path, range, text) in edits {
            let file = out
                .files
                .iter_mut()
                .find(|(name, _)| *name == path)
                .expect("a known file");
            file.1
                .replace_range(range.start as usize..range.end as usize, text);
        }
        out
    }
}

/// Code, title and the wrong and right examples of each page.
fn pages() -> Vec<(String, String, Vec<Example>, Vec<Example>)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors"));
    #[expect(clippy::disallowed_methods, reason = "reads the pages")]
    let entries = std::fs::read_dir(folder).expect("the pages are there");
    let mut out = Vec::new();
    for entry in entries {
        let path = entry.expect("a page").path();
        let code = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default()
            .to_string();
        if !code.starts_with("A0") && !code.starts_with("A1") {
            continue;
        }
        #[expect(clippy::disallowed_methods, reason = "reads the pages")]
        let text = std::fs::read_to_string(&path).expect("a page is a text");
        let title = text.lines().next().unwrap_or_default().to_string();
        out.push((code, title, blocks(&text, "wrong"), blocks(&text, "right")));
    }
    out.sort_by(|a, b| a.0.cmp(&b.0));
    out
}

fn blocks(page: &str, word: &str) -> Vec<Example> {
    page.split(&format!("```assize {word}\n"))
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next())
        .map(example)
        .collect()
}

/// The registries of the compiler and of the grammar: all that it can say.
fn registered() -> BTreeMap<&'static str, &'static str> {
    assize_grammar::CODES
        .iter()
        .chain(assize_compiler::codes::CODES)
        .copied()
        .collect()
}

#[test]
fn every_page_shows_its_code() {
    let titles = registered();
    let mut faults = Vec::new();
    for (code, title, wrong, right) in pages() {
        if let Some(registered) = titles.get(code.as_str())
            && title != format!("# {code}: {registered}")
        {
            faults.push(format!("{code}: the title is not `{registered}`"));
        }
        // The examples of syntax are parts of files: names in them are declared nowhere.
        let syntax = code.starts_with("A01");
        if WITHOUT_EXAMPLE.iter().any(|(known, _)| *known == code) || !titles.contains_key(&*code) {
            continue;
        }
        if wrong.is_empty() || right.is_empty() {
            faults.push(format!("{code}: an example is missing"));
        }
        for example in wrong {
            let checked = check(&example);
            if !checked.codes().contains(&*code) {
                faults.push(format!(
                    "{code}: wrong does not show it\n{}",
                    checked.text()
                ));
            } else if checked.codes().len() > 2 && !syntax {
                faults.push(format!(
                    "{code}: wrong shows too much else\n{}",
                    checked.text()
                ));
            }
        }
        for example in right {
            let checked = check(&example);
            let error = checked.found.iter().any(|found| {
                found.severity == Severity::Error && (!syntax || found.code.0.starts_with("A01"))
            });
            if error || checked.codes().contains(&*code) {
                faults.push(format!("{code}: right is not clean\n{}", checked.text()));
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{}\n{} faults",
        faults.join("\n"),
        faults.len()
    );
}

#[test]
fn every_code_has_a_page() {
    let pages: BTreeSet<String> = pages().into_iter().map(|(code, ..)| code).collect();
    let without: Vec<&str> = registered()
        .into_keys()
        .filter(|code| !pages.contains(*code))
        .collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn a_certain_fix_removes_what_it_was_offered_for_and_nothing_leads_back() {
    let mut faults = Vec::new();
    let mut tried = 0;
    for (code, _, wrong, _) in pages() {
        for example in wrong {
            let checked = check(&example);
            for found in &checked.found {
                for fix in &found.fixes {
                    if fix.applicability != Applicability::Certain {
                        continue;
                    }
                    tried += 1;
                    let repaired = checked.repaired(&example, fix);
                    let after = check(&repaired);
                    // Nothing that is said then leads back.
                    let next = after.found.iter().flat_map(|found| &found.fixes);
                    for next in next {
                        if after.repaired(&repaired, next).files == example.files {
                            faults.push(format!(
                                "{code}: `{}` and `{}` lead back and forth",
                                fix.title, next.title
                            ));
                        }
                    }
                    let count = |checked: &Checked| {
                        checked
                            .found
                            .iter()
                            .filter(|other| other.code == found.code)
                            .count()
                    };
                    if count(&after) >= count(&checked) {
                        faults.push(format!(
                            "{code}: after `{}` it still says\n{}\n{}",
                            fix.title,
                            after.text(),
                            repaired
                                .files
                                .first()
                                .map(|file| &*file.1)
                                .unwrap_or_default()
                        ));
                    }
                }
            }
        }
    }
    assert!(tried > 30, "only {tried} fixes were tried");
    assert!(
        faults.is_empty(),
        "{}\n{} faults",
        faults.join("\n"),
        faults.len()
    );
}

#[test]
fn every_error_says_what_to_do() {
    let mut without = BTreeSet::new();
    for (_, _, wrong, _) in pages() {
        for example in wrong {
            for found in check(&example).found {
                if found.severity == Severity::Error
                    && found.instead.is_none()
                    && found.code.0 != "A0101"
                {
                    without.insert(format!("{}: {}", found.code.0, found.claim));
                }
            }
        }
    }
    let list: Vec<String> = without.into_iter().collect();
    assert!(list.is_empty(), "no way out:\n{}", list.join("\n"));
}
