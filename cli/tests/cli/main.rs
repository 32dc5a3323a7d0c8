//! The command line from the outside: one binary, so that it is built once.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::string_slice,
    clippy::panic,
    reason = "helpers of tests fail loudly"
)]

mod attest;
mod bad_input;
mod bench;
mod check;
#[path = "../common/mod.rs"]
mod common;
mod compare;
mod data;
mod decided;
mod doc;
mod docs;
mod files;
mod limits;
mod package;
mod repl;
mod run;
mod sensitive;
mod test_verb;
