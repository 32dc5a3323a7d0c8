//! A diagnostic with its places in files: what every format writes.

use std::ops::Range;
use std::sync::Arc;

use assize_compiler::diagnostic::{Applicability, At, Diagnostic, Label, Severity, Witness};

use super::source::{Position, Source};
use crate::load::Workbench;

/// A place in a file and what is there.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// Bytes of its text.
    pub range: Range<usize>,
    /// What is there; may be empty.
    pub text: String,
}

impl Place {
    /// First position.
    pub fn start(&self) -> Position {
        self.source.position(self.range.start)
    }

    /// Position after the last.
    pub fn end(&self) -> Position {
        self.source.position(self.range.end)
    }
}

/// A change that removes the fault.
#[derive(Clone, Debug)]
pub struct FixShown {
    /// What it does.
    pub title: String,
    /// Whether the meaning is certain.
    pub certain: bool,
    /// What is replaced, and by what (the place's text).
    pub edits: Vec<Place>,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Stable code.
    pub code: &'static str,
    /// Weight.
    pub severity: Severity,
    /// One sentence.
    pub claim: String,
    /// The ground.
    pub because: Vec<String>,
    /// The next step.
    pub instead: Option<String>,
    /// Where the fix goes.
    pub primary: Place,
    /// All other parties.
    pub related: Vec<Place>,
    /// Changes that remove the fault.
    pub fixes: Vec<FixShown>,
    /// A replayed case.
    pub witness: Option<Witness>,
}

impl Finding {
    /// The page of its code, below the project.
    pub fn page(&self) -> String {
        format!("docs/errors/{}.md", self.code)
    }

    /// The word of its weight.
    pub const fn severity_word(&self) -> &'static str {
        match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// Puts diagnostics into files.
pub fn findings(workbench: &Workbench, diagnostics: &[Diagnostic]) -> Vec<Finding> {
    let place = |at: &At, text: &str| {
        let (file, range) = assize_compiler::resolve(&workbench.db, at);
        let source = workbench.source(file);
        let whole = source.text.len();
        let byte = |at: u32| usize::try_from(at).unwrap_or(whole).min(whole);
        Place {
            range: byte(range.start)..byte(range.end),
            source,
            text: text.to_owned(),
        }
    };
    let label = |label: &Label| place(&label.at, &label.text);
    diagnostics
        .iter()
        .map(|one| Finding {
            code: one.code.0,
            severity: one.severity,
            claim: one.claim.clone(),
            because: one.because.clone(),
            instead: one.instead.clone(),
            primary: label(&one.primary),
            related: one.related.iter().map(label).collect(),
            fixes: one
                .fixes
                .iter()
                .map(|fix| FixShown {
                    title: fix.title.clone(),
                    certain: fix.applicability == Applicability::Certain,
                    edits: fix.edits.iter().map(|(at, text)| place(at, text)).collect(),
                })
                .collect(),
            witness: one.witness.clone(),
        })
        .collect()
}

/// How many there are of each weight, and in how many files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
}

/// Counts findings.
pub fn count(findings: &[Finding]) -> Count {
    let of = |severity| {
        findings
            .iter()
            .filter(|one| one.severity == severity)
            .count()
    };
    Count {
        errors: of(Severity::Error),
        warnings: of(Severity::Warning),
        notes: of(Severity::Note),
    }
}
