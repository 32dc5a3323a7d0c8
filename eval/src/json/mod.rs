//! The JSON border: text in, values out, and back.
//!
//! Reading has two steps. [`reader`] turns bytes into a tree and keeps each number as its text, so
//! nothing ever passes through a float. [`decode`] then lays the tree against a type and reports
//! *every* fault in the order of the schema (language reference §15). [`encode`] writes values in
//! declared field order. [`call`] and [`answer`] are the two envelopes: what a caller sends and what
//! comes back.

pub mod answer;
pub mod call;
pub mod decode;
pub mod describe;
pub mod encode;
pub mod fault;
pub mod instant;
mod lines;
pub mod nearest;
pub mod number;
pub mod reader;

pub use answer::{answer_text, invalid_input_text, invalid_line_text, write_failure};
pub use assize_ir::code::normalise_code;
pub use call::{Call, decode_call, decode_call_document, decode_input};
pub use decode::{CheckResult, Decoder, decode_arguments, decode_row_members};
pub use encode::{EncodeError, NumberStyle, encode, write_text};
pub use fault::{Fault, FaultCode, Path};
pub use lines::lines_of;
pub use nearest::nearest;
pub use reader::{Document, Json, JsonError, parse, parse_strict};

#[cfg(test)]
mod tests;
