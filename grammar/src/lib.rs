//! The surface of Assize: text in, lossless trees out.
//!
//! **Purpose**: cuts a file into declarations, parses each of them, says in words where a text could
//! not be read, and lays texts out.
//!
//! **Knows**: the grammar (`assize.pest`), the words of the language, the shape of trees (`kind.rs`),
//! the mistakes that people make.
//!
//! **Must never know**: names, types or values, salsa, files, editors.

mod build;
mod codes;
mod cut;
mod expected;
mod explain;
mod fault;
mod format;
mod kind;
mod nesting;
mod parse;
mod parser;
mod scan;
mod tolerant;
mod tree;
pub mod views;
pub mod words;

pub use codes::CODES;
pub use cut::{Piece, PieceKind, cut};
pub use expected::expected_at;
pub use explain::{MAX_FAULTS, above_all, explain, explain_file};
pub use fault::{Fault, FaultFix};
pub use format::{Edit, MAX_ALIGNED_CELL, format, format_declaration, format_parsed, format_range};
pub use kind::Kind;
pub use parse::{
    MAX_FILE_BYTES, MAX_NESTING, MAX_PROBED_BYTES, MAX_TREE_DEPTH, ParsedDeclaration, ParsedFile,
    RawError, RawErrorKind, parse_declaration, parse_file,
};
pub use tree::{Node, TextRange, Tree};
