//! From rule text to the checked program.
//!
//! **Purpose**: names, types and dimensions, analyses, and lowering to the IR; every finding is data.
//!
//! **Knows**: the salsa database, declarations, types, tables, dates, diagnostics; it replays what it
//! claims in the reference interpreter.
//!
//! **Must never know**: files, threads, clocks, terminals, editors' protocols, machine code.

pub mod analysis;
pub mod ast;
pub mod boxes;
mod built_in;
pub mod check;
pub mod codes;
mod copied;
pub mod cost;
pub mod db;
mod deep;
pub mod diagnostic;
mod elsewhere;
mod indent;
pub mod items;
pub mod layers;
pub mod link;
pub mod literal;
pub mod names;
pub mod package;
mod precedence;
pub mod sheets;
pub mod signature;
pub mod testing;
pub mod ty;
mod unused;
pub mod whole;

pub use db::{CellKind, Database, Db, PackageInput, Sheet, SheetRow, SourceFile, Workspace};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use package::{analyses, diagnostics, diagnostics_with, everything, program, resolve};
pub use salsa::Setter;
