//! The language manual, whose code blocks are tests.
//!
//! The pages of the codes are run beside the compiler, which also tries their fixes.
//!
//! The format stands in `docs/language/about-the-examples.md`. A page is read into sections
//! ([`page`]), a section becomes packages ([`package`]) which are checked, tested and called
//! ([`section`]); what differs from the page is a [`Fault`], which may carry the text that would be
//! right ([`update`]).

pub mod calls;
pub mod compact;
pub mod data;
pub mod diff;
pub mod package;
pub mod page;
pub mod repeat;
pub mod section;
pub mod tests_of;
pub mod update;
pub mod words;

use std::fmt;
use std::num::NonZeroUsize;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Something on a page that is not so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Path of the page from the root of the project.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong; may have several lines.
    pub message: String,
    /// What would make it right.
    pub update: Option<Update>,
}

/// Lines of a page and what they should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The lines to replace, counted from 0; empty to insert.
    pub lines: Range<usize>,
    /// What comes there.
    pub text: String,
}

impl Fault {
    /// A fault that only an author can mend.
    pub fn new(path: &str, line: usize, message: impl Into<String>) -> Fault {
        Fault {
            path: path.to_owned(),
            line,
            message: message.into(),
            update: None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// What came of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What is not so.
    pub faults: Vec<Fault>,
    /// Sections that say why they are not run: line and reason.
    pub skipped: Vec<(usize, String)>,
    /// What was run.
    pub ran: Ran,
}

/// How much was run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// Sections with rules.
    pub sections: usize,
    /// Rules that had to be refused or warned of, data that had to be refused, calls that had to end
    /// in an error.
    pub failing: usize,
    /// Tests and properties.
    pub tests: usize,
    /// Calls of decisions.
    pub calls: usize,
    /// Rules that were laid out, and lists of words.
    pub texts: usize,
    /// Questions that machine code answered as the interpreter did.
    pub machine: usize,
    /// Questions that it left to the interpreter, which had an answer.
    pub left: usize,
}

impl Ran {
    /// Adds the counts of another part.
    pub fn add(&mut self, other: Ran) {
        self.sections += other.sections;
        self.failing += other.failing;
        self.tests += other.tests;
        self.calls += other.calls;
        self.texts += other.texts;
        self.machine += other.machine;
        self.left += other.left;
    }
}

/// Stack of a thread that runs sections, in bytes: as much as the command line has, since the pages
/// show the limits that hold there.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Runs every block of a page of the manual, its sections side by side on all processors.
pub fn run_page(path: &str, text: &str) -> Outcome {
    let (sections, faults) = page::sections(path, text);
    let next = AtomicUsize::new(0);
    let take = || sections.get(next.fetch_add(1, Ordering::Relaxed));
    let worker = || {
        let mut found = Vec::new();
        while let Some(section) = take() {
            found.push((section.line, run_section(path, section)));
        }
        found
    };
    let workers = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let mut found = Vec::new();
    let mut outcome = Outcome {
        faults,
        ..Outcome::default()
    };
    std::thread::scope(|scope| {
        let spawn = |_| {
            let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
            thread.spawn_scoped(scope, worker)
        };
        let threads: Vec<_> = (0..workers.min(sections.len())).map(spawn).collect();
        for thread in threads {
            match thread.map(std::thread::ScopedJoinHandle::join) {
                Ok(Ok(more)) => found.extend(more),
                Ok(Err(panic)) => std::panic::resume_unwind(panic),
                Err(error) => {
                    let told = format!("no thread to run it: {error}");
                    outcome.faults.push(Fault::new(path, 1, told));
                }
            }
        }
    });
    found.sort_by_key(|(line, _)| *line);
    for (_, section) in found {
        outcome.faults.extend(section.faults);
        outcome.skipped.extend(section.skipped);
        outcome.ran.add(section.ran);
    }
    outcome
}

fn run_section(path: &str, section: &page::Section) -> Outcome {
    if let Some(why) = &section.known {
        return Outcome {
            skipped: vec![(section.line, why.clone())],
            ..Outcome::default()
        };
    }
    let (faults, ran) = section::run(path, section);
    Outcome {
        faults,
        ran,
        ..Outcome::default()
    }
}
