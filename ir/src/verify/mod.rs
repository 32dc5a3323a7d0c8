//! The verifier: runs whenever a bundle is loaded.
//!
//! After it, whoever reads a program may rely on what `docs/ir/verifier.md` lists: every identifier
//! is in range, evaluation ends and never nests too deep, every value has the type that its node
//! states, and every numeric fact holds.

mod body;
mod callable;
mod columns;
mod items;
mod limits;
mod scope;
mod table;

pub use limits::*;

use std::fmt;
use std::ops::Deref;

use crate::hidden::Hidden;
use crate::program::Program;

/// Something that makes a program unsound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyFault {
    /// Where: a callable by name and number, a record, a relation, a limit.
    pub subject: String,
    /// The node, where there is one.
    pub node: Option<u32>,
    /// What a sound program has there.
    pub expected: String,
    /// What this one has.
    pub found: String,
}

impl VerifyFault {
    /// The declared name of what is unsound, where it has one.
    pub fn name(&self) -> Option<&str> {
        let (_, named) = self.subject.split_once(' ')?;
        Some(named.split_once('#')?.0)
    }

    /// Whether it is sound but for its size.
    pub fn is_limit(&self) -> bool {
        self.expected.contains("at most ")
    }
}

impl fmt::Display for VerifyFault {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}", self.subject)?;
        if let Some(node) = self.node {
            write!(to, ", node ${node}")?;
        }
        write!(to, ": expected {}, found {}", self.expected, self.found)
    }
}

impl std::error::Error for VerifyFault {}

/// A program that the verifier has accepted; only the verifier makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified(Program);

impl Verified {
    /// The program, which loses its seal.
    pub fn into_program(self) -> Program {
        self.0
    }
}

impl Deref for Verified {
    type Target = Program;

    fn deref(&self) -> &Program {
        &self.0
    }
}

impl AsRef<Program> for Verified {
    fn as_ref(&self) -> &Program {
        &self.0
    }
}

/// Verifies a program and keeps a copy of it.
pub fn verify(program: &Program) -> Result<Verified, Vec<VerifyFault>> {
    verify_owned(program.clone())
}

/// Verifies a program.
pub fn verify_owned(mut program: Program) -> Result<Verified, Vec<VerifyFault>> {
    let mut faults = Faults::default();
    items::check(&program, &mut faults);
    // Types and names are sound only from here on.
    if faults.all.is_empty() {
        callable::check(&program, &mut faults);
    }
    if faults.all.is_empty() {
        items::reads(&program, &mut faults);
    }
    if faults.all.is_empty() {
        program.hidden = Hidden::of(&program);
        Ok(Verified(program))
    } else {
        Err(faults.all)
    }
}

/// The faults found so far, and what is being looked at.
#[derive(Default)]
pub(crate) struct Faults {
    pub all: Vec<VerifyFault>,
    pub subject: String,
}

impl Faults {
    pub(crate) fn add(&mut self, expected: impl Into<String>, found: impl Into<String>) {
        self.push(None, expected.into(), found.into());
    }

    pub(crate) fn at(&mut self, node: u32, expected: impl Into<String>, found: impl Into<String>) {
        self.push(Some(node), expected.into(), found.into());
    }

    pub(crate) fn mismatch(&mut self, node: Option<u32>, checked: crate::infer::Checked) {
        if let Err(crate::infer::Mismatch { expected, found }) = checked {
            self.push(node, expected, found);
        }
    }

    fn push(&mut self, node: Option<u32>, expected: String, found: String) {
        if self.all.len() < MAX_FAULTS {
            self.all.push(VerifyFault {
                subject: self.subject.clone(),
                node,
                expected,
                found,
            });
        }
    }
}
