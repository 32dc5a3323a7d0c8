//! The tidy checks: pure functions from the files of the project to a list of faults.
//!
//! Each check takes files as data, so that its own tests can plant a bad one: a check that cannot
//! fail is no check. `tests/tests/tidy.rs` runs all of them over the real tree.

pub mod codes;
pub mod house;
pub mod layers;
pub mod limits;
pub mod links;
pub mod rust;
pub mod snapshots;
pub mod text;

use std::fmt;

use crate::tree::SourceFile;

/// One thing that is not as the house wants it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Path from the root of the project.
    pub path: String,
    /// Line, counted from 1; 0 if the fault is about the whole file.
    pub line: usize,
    /// What is wrong and what to do, as one sentence.
    pub message: String,
}

impl Fault {
    /// A fault about a whole file.
    pub fn in_file(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            line: 0,
            message: message.into(),
        }
    }

    /// A fault in one line; `index` counts from 0, as `enumerate` does.
    pub fn at_line(file: &SourceFile, index: usize, message: impl Into<String>) -> Self {
        Self {
            path: file.path.clone(),
            line: index + 1,
            message: message.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.path, self.message)
        } else {
            write!(f, "{}:{}: {}", self.path, self.line, self.message)
        }
    }
}

/// The faults as text, one per line, in order of path and line.
pub fn report(faults: &[Fault]) -> String {
    let mut faults: Vec<&Fault> = faults.iter().collect();
    faults.sort();
    faults.dedup();
    let mut text = format!("{} fault(s)\n", faults.len());
    for fault in faults {
        text.push_str(&format!("  {fault}\n"));
    }
    text
}

/// The file with exactly this path.
pub fn find<'a>(files: &'a [SourceFile], path: &str) -> Option<&'a SourceFile> {
    files.iter().find(|file| file.path == path)
}

/// The faults' messages, for the checks' own tests.
#[cfg(test)]
fn messages(faults: &[Fault]) -> String {
    report(faults)
}
