//! What happened, counted on elements of the IR: for coverage, and to hold values against facts.

use assize_ir::{CallableId, NodeId, Program, ReasonId};

use crate::value::Value;

/// How an exception of a rule ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExceptionSeen {
    /// It applies and gave the value, or part of it: alone, as one of those that are added or
    /// compounded, as the one that `highest` or `lowest` took, or as one of those that agree.
    Decided,
    /// It applies, but gave nothing of the value: `highest` or `lowest` took another.
    PassedOver,
    /// It applies, but another that applies overrides it.
    Overridden,
    /// It does not apply.
    NotApplicable,
}

/// Is told what decided. All methods do nothing unless overridden; positions count from 0.
pub trait Observer {
    /// A callable was entered.
    fn called(&mut self, callable: CallableId) {
        let _ = callable;
    }
    /// A row of a table hit and gave (part of) the value.
    fn decided_row(&mut self, callable: CallableId, row: u32) {
        let _ = (callable, row);
    }
    /// A cell of a grid gave the value.
    fn grid_cell(&mut self, callable: CallableId, row: u32, head: u32) {
        let _ = (callable, row, head);
    }
    /// An exception of a rule was decided upon. Of those that clash nothing is told.
    fn exception(&mut self, callable: CallableId, exception: u32, seen: ExceptionSeen) {
        let _ = (callable, exception, seen);
    }
    /// The default of a rule gave the value.
    fn default_used(&mut self, callable: CallableId) {
        let _ = callable;
    }
    /// A value of a parameter was read.
    fn parameter_value(&mut self, callable: CallableId, value: u32) {
        let _ = (callable, value);
    }
    /// A reason was made.
    fn reason_made(&mut self, reason: ReasonId) {
        let _ = reason;
    }
    /// A branch of an `if` was taken: `then` (true) or `else`.
    fn branch(&mut self, callable: CallableId, node: NodeId, then: bool) {
        let _ = (callable, node, then);
    }
    /// A node gave a value.
    fn value(&mut self, program: &Program, callable: CallableId, node: NodeId, value: &Value) {
        let _ = (program, callable, node, value);
    }
    /// A callable was left after so many steps; without a value it failed.
    fn left(&mut self, program: &Program, callable: CallableId, value: Option<&Value>, steps: u64) {
        let _ = (program, callable, value, steps);
    }
}
