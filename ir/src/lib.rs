//! The core intermediate representation of Assize.
//!
//! **Purpose**: the checked program as data, so small and explicit that a second reader (a JIT, a
//! WebAssembly emitter, a columnar engine) can be written against `docs/ir.md` and its pages alone.
//!
//! **Knows**: types, records, relations, callables and their nodes; the normal form of codes and
//! date formulas; numeric facts and how they follow from each other; how deep evaluation nests; rows of
//! constants as columns; the verifier; the text form; the binary form (bundle).
//!
//! **Must never know**: syntax, salsa, files, clocks, Cranelift, or how a decision is computed fast.

pub mod bundle;
pub mod code;
pub mod date;
pub mod date_formula;
pub mod depth;
pub mod facts;
mod flat;
pub mod hidden;
mod infer;
pub mod literal;
pub mod node;
mod place_form;
pub mod program;
pub mod reach;
pub mod text;
pub mod types;
mod upper_table;
pub mod verify;
mod visit;

pub use bundle::{Bundle, BundleError, Digest};
pub use facts::{NumFacts, Places};
pub use literal::{Literals, Rows};
pub use node::*;
pub use program::*;
pub use text::{parse, parse_and_verify, print};
pub use types::*;
pub use verify::{Verified, VerifyFault, verify, verify_owned};
pub use visit::Binding;
