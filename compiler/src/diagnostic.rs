//! Diagnostics as data: a code, a claim, the ground for it, and the way out.
//!
//! Rendering is somebody else's work. Places are relative to a declaration until [`crate::resolve`]
//! turns them into places in files, so an edit elsewhere in a file changes no cached diagnostic.

use crate::ast::Span;
use crate::items::DeclId;

/// Greatest number of words that a message lists.
const MAX_WORDS_SHOWN: usize = 12;

/// How much a diagnostic weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// What could not be decided, or is good to know.
    Note,
    /// It runs, but most likely not as meant.
    Warning,
    /// There is no program with this.
    Error,
}

/// A stable code such as `A0301`; never reused. See [`crate::codes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code(pub &'static str);

/// A place in a declaration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct At {
    /// The declaration.
    pub decl: DeclId,
    /// Bytes from its start.
    pub span: Span,
}

/// A place with its role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Label {
    /// Where.
    pub at: At,
    /// What is there (`says 3%`); may be empty for the primary place.
    pub text: String,
}

/// Whether a fix can be applied unseen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Applicability {
    /// The meaning is certain.
    Certain,
    /// The author must choose or complete it.
    Choice,
}

impl Applicability {
    /// Certain where this holds.
    pub fn certain_if(certain: bool) -> Applicability {
        if certain {
            Applicability::Certain
        } else {
            Applicability::Choice
        }
    }
}

/// A change that removes the fault.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fix {
    /// What it does, in the imperative.
    pub title: String,
    /// Replacements.
    pub edits: Vec<(At, String)>,
    /// Whether it can be applied unseen.
    pub applicability: Applicability,
}

impl Fix {
    /// Writes a text in the place of what stands there.
    pub fn write(at: At, text: impl Into<String>, applicability: Applicability) -> Fix {
        let text = text.into();
        Fix {
            title: format!("write `{text}`"),
            edits: vec![(at, text)],
            applicability,
        }
    }
}

/// A case that was replayed in the interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Witness {
    /// The inputs by name, in the canonical form of values.
    pub inputs: Vec<(String, String)>,
    /// What came out when it was replayed.
    pub outcome: String,
    /// A `test` declaration to insert.
    pub test: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    /// Stable code.
    pub code: Code,
    /// Weight.
    pub severity: Severity,
    /// One sentence with the author's own names and values; no capital, no full stop.
    pub claim: String,
    /// The ground for the claim.
    pub because: Vec<String>,
    /// The next step.
    pub instead: Option<String>,
    /// Where the fix goes.
    pub primary: Label,
    /// All other parties, in source order.
    pub related: Vec<Label>,
    /// Changes that remove the fault.
    pub fixes: Vec<Fix>,
    /// A replayed case.
    pub witness: Option<Witness>,
    /// It counts the findings of its code and declaration that are not shown: it comes behind them.
    pub counts_rest: bool,
}

impl Diagnostic {
    /// Says that a comma may have been meant as a decimal point.
    pub(crate) fn point_instead(&mut self, point: Fix) {
        self.because
            .push("the decimal point is `.`; a comma parts values from each other".into());
        self.instead = Some(point.title.clone());
        self.fixes.push(point);
    }

    /// A diagnostic with a claim at a place.
    pub fn new(code: Code, severity: Severity, at: At, claim: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            severity,
            claim: claim.into(),
            because: Vec::new(),
            instead: None,
            primary: Label {
                at,
                text: String::new(),
            },
            related: Vec::new(),
            fixes: Vec::new(),
            witness: None,
            counts_rest: false,
        }
    }

    /// Offers the word that is most like a wrong one at the primary place. When none is like it, the
    /// words that could stand there are listed.
    pub fn offer<'w>(&mut self, wrong: &str, words: impl IntoIterator<Item = &'w str>) {
        let words: Vec<&str> = words.into_iter().collect();
        if let Some(near) = crate::names::nearest(wrong, words.iter().copied()) {
            self.instead = Some(format!("did you mean `{near}`?"));
            self.fixes.push(Fix::write(
                self.primary.at.clone(),
                near,
                Applicability::Choice,
            ));
            return;
        }
        let mut shown: Vec<String> = words
            .iter()
            .take(MAX_WORDS_SHOWN)
            .map(|word| format!("`{word}`"))
            .collect();
        if words.len() > MAX_WORDS_SHOWN {
            shown.push(format!("{} more", words.len() - MAX_WORDS_SHOWN));
        }
        if let Some(last) = shown.pop() {
            self.instead = Some(match shown.as_slice() {
                [] => format!("there is {last}"),
                others => format!("there are {} and {last}", others.join(", ")),
            });
        }
    }

    /// Marks what counts the findings that are not shown.
    #[must_use]
    pub fn counting_rest(mut self) -> Diagnostic {
        self.counts_rest = true;
        self
    }

    /// Says what is at the primary place.
    #[must_use]
    pub fn label(mut self, text: impl Into<String>) -> Diagnostic {
        self.primary.text = text.into();
        self
    }

    /// Adds a ground.
    #[must_use]
    pub fn because(mut self, text: impl Into<String>) -> Diagnostic {
        self.because.push(text.into());
        self
    }

    /// Says the next step.
    #[must_use]
    pub fn instead(mut self, text: impl Into<String>) -> Diagnostic {
        self.instead = Some(text.into());
        self
    }

    /// Adds another party.
    #[must_use]
    pub fn related(mut self, at: At, text: impl Into<String>) -> Diagnostic {
        self.related.push(Label {
            at,
            text: text.into(),
        });
        self
    }

    /// Adds a fix that replaces one place.
    #[must_use]
    pub fn fix(
        mut self,
        title: impl Into<String>,
        at: At,
        text: impl Into<String>,
        applicability: Applicability,
    ) -> Diagnostic {
        self.fixes.push(Fix {
            title: title.into(),
            edits: vec![(at, text.into())],
            applicability,
        });
        self
    }
}
