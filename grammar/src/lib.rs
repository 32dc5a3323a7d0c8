//! The surface of Assize: text in, lossless trees out.
//!
//! Purpose: cut a file into declarations, parse each of them, and say where a text could not be read.
//! It knows the grammar (`assize.pest`) and the shape of trees (`kind.rs`).
//! It must never know names, types or values, files, editors, or how a message is worded.

mod build;
mod cut;
mod expected;
mod kind;
mod nesting;
mod parse;
mod parser;
mod scan;
mod tolerant;
mod tree;

pub use cut::{Piece, PieceKind, cut};
pub use expected::expected_at;
pub use kind::Kind;
pub use parse::{
    MAX_FILE_BYTES, MAX_NESTING, MAX_PROBED_BYTES, MAX_TREE_DEPTH, ParsedDeclaration, ParsedFile,
    RawError, RawErrorKind, parse_declaration, parse_file,
};
pub use tree::{Node, TextRange, Tree};
