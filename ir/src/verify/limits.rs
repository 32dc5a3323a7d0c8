//! Limits of a program that is loaded.

pub use crate::depth::MAX_EVALUATION_DEPTH;

/// Greatest number of faults that are reported.
pub const MAX_FAULTS: usize = 100;
/// Greatest nesting of nodes in one callable.
pub const MAX_NODE_DEPTH: u32 = 600;
/// Greatest number of callables.
pub const MAX_CALLABLES: usize = 100_000;
/// Greatest number of nodes in one callable.
pub const MAX_NODES: usize = 2_000_000;
/// Greatest number of slots in one callable.
pub const MAX_SLOTS: usize = 10_000;
/// Greatest number of rows of a table or grid.
pub const MAX_ROWS: usize = 100_000;
/// Greatest number of columns, heads, fields, parameters, exceptions or values of an enum.
pub const MAX_MEMBERS: usize = 10_000;
/// Greatest number of sources of a loop.
pub const MAX_SOURCES: usize = 64;
/// Greatest size of a name, in bytes.
pub const MAX_NAME_BYTES: usize = 1_000;
/// Greatest size of any other text, in bytes.
pub const MAX_TEXT_BYTES: usize = 16 * 1024 * 1024;
/// Greatest nesting of lists and options in a type.
pub const MAX_TYPE_DEPTH: u32 = 32;
/// Greatest sum, over the nodes of a callable, of slots that a node needs from outside.
pub const MAX_SCOPE_ENTRIES: usize = 8_000_000;
/// Greatest number of records in each other. An input has as many levels.
pub const MAX_RECORD_DEPTH: u32 = 64;
