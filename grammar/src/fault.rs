//! What is told about a text that could not be read: the shape of a syntax diagnostic.
//!
//! Data only. It knows ranges and words, no grammar; `explain` decides what is said.

use crate::tree::TextRange;

/// A syntax fault in the words of the author's text: claim, grounds, next step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// The stable code, such as `A0105`; registered in `CODES` and never reused.
    pub code: &'static str,
    /// What the fault is about, in bytes of the declaration's text; may be empty.
    pub range: TextRange,
    /// One sentence: what is the matter.
    pub claim: String,
    /// Sentences that say why it matters; may be empty.
    pub because: Vec<String>,
    /// One sentence: what to write.
    pub instead: Option<String>,
    /// Changes that repair it, the likeliest first; alternatives, never to be applied together.
    pub fixes: Vec<FaultFix>,
}

/// One replacement that repairs a fault.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FaultFix {
    /// What the change does, as a short command.
    pub title: String,
    /// What is replaced, in bytes of the declaration's text; empty for an insertion.
    pub range: TextRange,
    /// The text that takes its place.
    pub text: String,
    /// The meaning is beyond doubt, so that a tool may apply it unasked.
    pub certain: bool,
}
