//! The door to pest: runs a start rule on a text and gives back plain pair records.
//!
//! The only file that touches pest types; it knows no tree.

use pest::Parser;
use pest::Token;
use pest::error::{ErrorVariant, InputLocation};

mod generated {
    #[derive(pest_derive::Parser)]
    #[grammar = "assize.pest"]
    pub(crate) struct AssizeParser;
}

pub(crate) use generated::Rule;

/// One pair of the parse, in preorder.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PairRecord {
    pub(crate) rule: Rule,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Number of direct children.
    pub(crate) children: u32,
    /// Index one past the last pair inside.
    pub(crate) subtree_end: usize,
    /// A single child begins where the pair begins.
    pub(crate) child_at_start: bool,
}

/// Why a parse failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The furthest token start that was reached.
    pub(crate) at: usize,
    /// The native stack was too small.
    pub(crate) too_deep: bool,
}

#[cfg(test)]
thread_local! {
    /// The bytes that this thread has handed to pest: the work on broken texts, which are read in parts.
    pub(crate) static HANDED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Runs a start rule.
pub(crate) fn run(rule: Rule, text: &str) -> Result<Vec<PairRecord>, Refusal> {
    #[cfg(test)]
    HANDED.with(|handed| handed.set(handed.get() + text.len()));
    let pairs = generated::AssizeParser::parse(rule, text).map_err(|error| Refusal {
        at: match error.location {
            InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
        },
        too_deep: matches!(error.variant, ErrorVariant::CustomError { .. }),
    })?;
    let tokens = pairs.tokens();
    let mut records: Vec<PairRecord> = Vec::with_capacity(tokens.len() / 2);
    let mut open: Vec<usize> = Vec::new();
    for token in tokens {
        match token {
            Token::Start { rule, pos } => {
                let index = records.len();
                let start = pos.pos();
                if let Some(parent) = open.last().and_then(|parent| records.get_mut(*parent)) {
                    parent.children += 1;
                    parent.child_at_start |= parent.start == start;
                }
                records.push(PairRecord {
                    rule,
                    start,
                    end: start,
                    children: 0,
                    subtree_end: index + 1,
                    child_at_start: false,
                });
                open.push(index);
            }
            Token::End { pos, .. } => {
                let count = records.len();
                if let Some(record) = open.pop().and_then(|index| records.get_mut(index)) {
                    record.end = pos.pos();
                    record.subtree_end = count;
                }
            }
        }
    }
    Ok(records)
}
