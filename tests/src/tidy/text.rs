//! Every text file: line ends, blanks, the final newline, and nothing about anybody's machine.

use super::Fault;
use crate::tree::{SourceFile, is_kept_raw};

/// Phrases that speak of one machine instead of the project. Written in two parts each, so that
/// this list does not find itself.
const MACHINE_PHRASES: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/tm", "p/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("C:", "\\Users"),
    concat!("../", "shared"),
];

/// No tabs, no blanks at line ends, LF, one newline at the end, no mark at the beginning.
///
/// Snapshots keep the blanks and tabs of what they show, and a page of `docs/errors` may show a tab
/// in the block that is wrong.
pub fn hygiene(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| !is_kept_raw(&file.path)) {
        let shows_output = file.ends_with(".snap");
        if file.text.is_empty() {
            faults.push(Fault::in_file(&file.path, "the file is empty: remove it"));
            continue;
        }
        if file.text.starts_with('\u{feff}') {
            faults.push(Fault::in_file(&file.path, "begins with a byte order mark"));
        }
        if !file.text.ends_with('\n') {
            faults.push(Fault::in_file(&file.path, "the last line has no newline"));
        } else if file.text.ends_with("\n\n") {
            faults.push(Fault::in_file(&file.path, "ends in an empty line"));
        }
        let page = file.path.starts_with("docs/errors/");
        let mut shows_wrong = false;
        for (index, line) in file.text.split('\n').enumerate() {
            if line.starts_with("```") {
                shows_wrong = page && line == "```assize wrong";
            }
            if line.contains('\r') {
                faults.push(Fault::at_line(
                    file,
                    index,
                    "has a carriage return: use LF alone",
                ));
            } else if !shows_output && line.ends_with([' ', '\t']) {
                faults.push(Fault::at_line(file, index, "ends in a blank"));
            }
            if !shows_output && !shows_wrong && line.contains('\t') {
                faults.push(Fault::at_line(file, index, "has a tab: use blanks"));
            }
        }
    }
    faults
}

/// Nothing in the project names a path of the machine it was written on.
pub fn no_machine_paths(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in files {
        for (index, line) in file.text.lines().enumerate() {
            for phrase in MACHINE_PHRASES {
                if line.contains(phrase) {
                    let message = format!("names `{phrase}`, a path of one machine");
                    faults.push(Fault::at_line(file, index, message));
                }
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::messages;
    use super::*;

    fn hygiene_of(path: &str, text: &str) -> String {
        messages(&hygiene(&[SourceFile::new(path, text)]))
    }

    #[test]
    fn each_kind_of_dirt_is_found() {
        for (text, fault) in [
            ("a\tb\n", "a.md:1: has a tab"),
            ("a\nb \n", "a.md:2: ends in a blank"),
            ("a\r\nb\n", "a.md:1: has a carriage return"),
            ("a", "a.md: the last line has no newline"),
            ("a\n\n", "a.md: ends in an empty line"),
            ("\u{feff}a\n", "a.md: begins with a byte order mark"),
            ("", "a.md: the file is empty"),
        ] {
            let found = hygiene_of("a.md", text);
            assert!(found.contains(fault), "{text:?} gave {found}");
        }
    }

    #[test]
    fn clean_and_raw_files_pass() {
        assert_eq!(hygiene(&[SourceFile::new("a.md", "a\n\nb\n")]), []);
        assert_eq!(
            hygiene(&[SourceFile::new("grammar/tests/raw/a.assize", "a\r\n\t")]),
            []
        );
        assert_eq!(
            hygiene(&[SourceFile::new("a/snapshots/a.snap", "a \n\tb\n")]),
            []
        );
        let page = "```assize wrong\na\tb\n```\n";
        assert_eq!(
            hygiene(&[SourceFile::new("docs/errors/A0107.md", page)]),
            []
        );
        let page = "```assize right\na\tb\n```\n";
        assert_eq!(
            hygiene(&[SourceFile::new("docs/errors/A0107.md", page)]).len(),
            1
        );
    }

    #[test]
    fn machine_paths_are_found() {
        for phrase in MACHINE_PHRASES {
            let file = SourceFile::new("a.rs", format!("//! a\n// see {phrase}x\n"));
            assert_eq!(no_machine_paths(&[file]).len(), 1, "{phrase}");
        }
        assert_eq!(
            no_machine_paths(&[SourceFile::new("a.rs", "//! work/ tmp/ \n")]),
            []
        );
    }
}
