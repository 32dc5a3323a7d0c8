//! The command line from the outside: one binary, so that it is built once.

mod check;
#[path = "../common/mod.rs"]
mod common;
mod doc;
mod docs;
mod files;
mod package;
mod repl;
mod run;
mod test_verb;
