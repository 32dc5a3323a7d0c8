//! Diagnostic codes: each is registered once, used, and has a page; each page has its code.
//!
//! A registry is a file called `codes.rs` in one of the crates that speak to users. There may be
//! several (the grammar cannot know the compiler's), but a code stands between quotes in one place.

use std::collections::{BTreeMap, BTreeSet};

use super::Fault;
use crate::rust_text::{Without, source_without_tests, view, words};
use crate::tree::SourceFile;

/// Crates whose sources may name a code.
const SPEAKING_CRATES: &[&str] = &["grammar", "compiler", "runtime", "cli"];

/// Folder of the pages.
const PAGES: &str = "docs/errors/";

/// The sections of a page, in this order.
const SECTIONS: &[&str] = &["## What it says", "## Why", "## Instead", "## Example"];

/// Hundreds in use, A01xx to A10xx; what each is for stands in `docs/STYLE.md`.
const HUNDREDS: std::ops::RangeInclusive<u32> = 1..=10;

/// Whether a word has the form of a code: `A` and four digits.
fn is_code(word: &str) -> bool {
    word.strip_prefix('A')
        .is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_registry(file: &SourceFile) -> bool {
    file.ends_with("/codes.rs")
}

/// The codes in the sources, without tests: code → file and line of the first use.
fn codes_in<'a>(
    files: impl Iterator<Item = &'a SourceFile>,
) -> BTreeMap<String, (&'a SourceFile, usize)> {
    let mut codes = BTreeMap::new();
    for file in files {
        let source = view(&source_without_tests(&file.text), Without::Comments);
        for (index, line) in source.lines().enumerate() {
            for word in words(line).filter(|word| is_code(word)) {
                codes.entry(word.to_owned()).or_insert((file, index));
            }
        }
    }
    codes
}

fn speaking(files: &[SourceFile]) -> impl Iterator<Item = &SourceFile> {
    files.iter().filter(|file| {
        file.ends_with(".rs")
            && !file.is_test_only()
            && SPEAKING_CRATES.contains(&file.top_folder())
    })
}

/// Every code that is used is registered, no code is registered twice, and all lie in the ranges.
pub fn registry(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let registered = codes_in(speaking(files).filter(|file| is_registry(file)));
    for (code, (file, line)) in codes_in(speaking(files)) {
        if !registered.contains_key(&code) {
            let message = format!("{code} is in no registry (a file called codes.rs)");
            faults.push(Fault::at_line(file, line, message));
        }
        let hundred = code.get(1..3).and_then(|digits| digits.parse::<u32>().ok());
        if !hundred.is_some_and(|hundred| HUNDREDS.contains(&hundred)) {
            faults.push(Fault::at_line(
                file,
                line,
                format!("{code} lies in no range of codes"),
            ));
        }
    }
    let mut quoted = BTreeSet::new();
    for file in speaking(files).filter(|file| is_registry(file)) {
        let source = view(&source_without_tests(&file.text), Without::Comments);
        for (index, line) in source.lines().enumerate() {
            for word in line
                .split('"')
                .skip(1)
                .step_by(2)
                .filter(|word| is_code(word))
            {
                if !quoted.insert(word.to_owned()) {
                    faults.push(Fault::at_line(
                        file,
                        index,
                        format!("{word} is registered twice"),
                    ));
                }
            }
        }
    }
    faults
}

/// Every code has a page `docs/errors/Axxxx.md`, and every page there has a code in the sources.
pub fn pages_and_codes(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let codes = codes_in(speaking(files));
    let pages: BTreeMap<&str, &SourceFile> = pages(files).collect();
    for (code, (file, line)) in &codes {
        if !pages.contains_key(code.as_str()) {
            let message = format!("{code} has no page {PAGES}{code}.md");
            faults.push(Fault::at_line(file, *line, message));
        }
    }
    for (code, page) in pages {
        if !codes.contains_key(code) {
            faults.push(Fault::in_file(&page.path, format!("no source uses {code}")));
        }
    }
    faults
}

fn pages(files: &[SourceFile]) -> impl Iterator<Item = (&str, &SourceFile)> {
    files.iter().filter_map(|file| {
        let code = file.path.strip_prefix(PAGES)?.strip_suffix(".md")?;
        is_code(code).then_some((code, file))
    })
}

/// Page that lists the others.
pub const INDEX: &str = "docs/errors/README.md";

/// Hundreds and their subjects, as `docs/STYLE.md` has them.
const SUBJECTS: &[(&str, &str)] = &[
    ("A01", "Syntax"),
    ("A02", "Names and modules"),
    ("A03", "Types, dimensions, numbers"),
    ("A04", "Tables and grids"),
    ("A05", "Rules and parameters"),
    ("A06", "Records and data"),
    ("A07", "Lists, queries, running values"),
    ("A08", "Tests"),
    ("A09", "Packages and layers"),
    ("A10", "Limits and cost"),
];

/// What the list of all pages says: each code with the title of its page.
pub fn index_page(files: &[SourceFile]) -> String {
    let pages: BTreeMap<&str, &SourceFile> = pages(files).collect();
    let mut out = String::from(
        "# The findings\n\nEach finding of `assize check` has a code, and each code a page: what it says, \
         why it is told, what to\nwrite instead, and an example that is run. This list is made of the \
         titles of the pages.\n",
    );
    for (hundred, subject) in SUBJECTS {
        let mut listed = pages
            .iter()
            .filter(|(code, _)| code.starts_with(hundred))
            .peekable();
        if listed.peek().is_some() {
            out.push_str(&format!(
                "\n## {subject}\n\n| code | what it says |\n|---|---|\n"
            ));
        }
        for (code, page) in listed {
            let title = page.text.lines().next().unwrap_or_default();
            let claim = title.split_once(": ").map_or("", |(_, claim)| claim);
            let claim = claim.replace('|', "\\|");
            out.push_str(&format!("| [{code}]({code}.md) | {claim} |\n"));
        }
    }
    out
}

/// The list of all pages has each of them, under its title.
pub fn index(files: &[SourceFile]) -> Vec<Fault> {
    let written = files.iter().find(|file| file.path == INDEX);
    if written.is_some_and(|file| file.text == index_page(files)) {
        return Vec::new();
    }
    let message = "is not the list of the pages: write it with `ASSIZE_UPDATE=1 cargo test -p \
                   assize-tests --test tidy every_code_is_listed`";
    vec![Fault::in_file(INDEX, message)]
}

/// Every page has its title, its four sections in order, none of them empty, and a rule file in the
/// example.
pub fn page_form(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (code, page) in pages(files) {
        let title = page.text.lines().next().unwrap_or_default();
        if title
            .strip_prefix(&format!("# {code}: "))
            .is_none_or(str::is_empty)
        {
            faults.push(Fault::in_file(
                &page.path,
                format!("does not begin with `# {code}: …`"),
            ));
        }
        let lines: Vec<&str> = page.text.lines().map(str::trim_end).collect();
        let at: Vec<Option<usize>> = SECTIONS
            .iter()
            .map(|section| lines.iter().position(|line| line == section))
            .collect();
        for (section, place) in SECTIONS.iter().zip(&at) {
            match place {
                None => faults.push(Fault::in_file(&page.path, format!("lacks `{section}`"))),
                Some(place) => {
                    let mut body = lines.iter().skip(place + 1);
                    let first = body.find(|line| !line.is_empty());
                    if first.is_none_or(|line| line.starts_with("## ")) {
                        faults.push(Fault::at_line(
                            page,
                            *place,
                            format!("`{section}` is empty"),
                        ));
                    }
                }
            }
        }
        if !at.is_sorted() {
            let order = SECTIONS.join(", ");
            faults.push(Fault::in_file(
                &page.path,
                format!("the sections stand in order {order}"),
            ));
        }
        let fence = |line: &&str| line.split([' ', ',']).next() == Some("```assize");
        if !lines.iter().any(fence) {
            faults.push(Fault::in_file(&page.path, "has no ```assize block"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::messages;
    use super::*;

    const PAGE: &str = "# A0101: a word too many\n\n## What it says\n\na\n\n## Why\n\nb\n\n\
        ## Instead\n\nc\n\n## Example\n\n```assize\nenum A = b\n```\n";

    fn good() -> Vec<SourceFile> {
        vec![
            SourceFile::new(
                "grammar/src/codes.rs",
                "//! Codes.\nconst WORD: &str = \"A0101\";\n",
            ),
            SourceFile::new("grammar/src/a.rs", "//! A0999 is gone.\nuse(\"A0101\")\n"),
            SourceFile::new("docs/errors/A0101.md", PAGE),
            SourceFile::new("docs/errors/README.md", "# Errors\n"),
        ]
    }

    #[test]
    fn a_good_tree_passes() {
        assert_eq!(registry(&good()), []);
        assert_eq!(pages_and_codes(&good()), []);
        assert_eq!(page_form(&good()), []);
    }

    #[test]
    fn registry_faults_are_found() {
        let mut files = good();
        let new = |path: &str, text: &str| SourceFile::new(path, text);
        files.push(new(
            "compiler/src/codes.rs",
            "//! Codes.\n(\"A0101\") (\"A1100\") A0000\n",
        ));
        files.push(new(
            "cli/src/b.rs",
            "f(\"see A0203\")\n#[cfg(test)]\nmod tests {\n A0777\n}\n",
        ));
        files.push(new("eval/src/b.rs", "A0888\n"));
        let found = messages(&registry(&files));
        for expected in [
            "compiler/src/codes.rs:2: A0101 is registered twice",
            "compiler/src/codes.rs:2: A1100 lies in no range",
            "compiler/src/codes.rs:2: A0000 lies in no range",
            "cli/src/b.rs:1: A0203 is in no registry",
        ] {
            assert!(found.contains(expected), "{expected} in {found}");
        }
        assert!(found.starts_with("4 "), "{found}");
    }

    #[test]
    fn missing_and_stray_pages_are_found() {
        let mut files = good();
        files.push(SourceFile::new("runtime/src/c.rs", "//! C.\n\nA0901\n"));
        files.push(SourceFile::new("docs/errors/A0102.md", PAGE));
        let found = messages(&pages_and_codes(&files));
        assert!(found.contains("runtime/src/c.rs:3: A0901 has no page docs/errors/A0901.md"));
        assert!(found.contains("docs/errors/A0102.md: no source uses A0102"));
    }

    #[test]
    fn each_fault_of_a_page_is_found() {
        for (change, into, fault) in [
            ("# A0101: a", "# A0102: a", "does not begin with"),
            ("## Why\n", "## Because\n", "lacks `## Why`"),
            ("## Why\n\nb\n", "## Why\n\n", "`## Why` is empty"),
            ("```assize", "```", "has no ```assize block"),
            ("```assize", "```assizes", "has no ```assize block"),
        ] {
            let mut page = good();
            page.retain(|file| file.path.starts_with("docs/errors/A"));
            let file = page.first_mut().unwrap();
            file.text = file.text.replace(change, into);
            let found = messages(&page_form(&page));
            assert!(found.contains(fault), "{into:?}: {found}");
        }
        let moved = PAGE
            .replace("## Why", "## W")
            .replace("## Instead", "## Why")
            .replace("## W\n", "## Instead\n");
        let found = messages(&page_form(&[SourceFile::new(
            "docs/errors/A0101.md",
            moved,
        )]));
        assert!(found.contains("stand in order"), "{found}");
    }
    #[test]
    fn the_list_names_every_page() {
        let page = |code: &str, claim: &str| {
            SourceFile::new(
                format!("docs/errors/{code}.md"),
                format!("# {code}: {claim}\n"),
            )
        };
        let mut files = vec![page("A0201", "two | meanings"), page("A0101", "a fault")];
        let list = index_page(&files);
        assert!(list.contains(
            "## Syntax\n\n| code | what it says |\n|---|---|\n| [A0101](A0101.md) | a fault |\n"
        ));
        assert!(list.contains("| [A0201](A0201.md) | two \\| meanings |\n"));
        assert_eq!(index(&files).len(), 1);
        files.push(SourceFile::new(INDEX, &list));
        assert!(index(&files).is_empty());
        files.push(page("A0202", "a third"));
        assert_eq!(index(&files).len(), 1);
    }
}
