//! Runnable specifications of Assize, and the tidy checks that hold the tree to its own rules.
//!
//! **Purpose**: one place for what no single crate can test: rules that span crates, and rules about
//! the text of the project itself. `cargo test --workspace` runs all of it.
//!
//! **Knows**: the folders of the project, their files as text, and every crate's public surface.
//!
//! **Must never know**: how anything is computed. A check reads text or calls a public function; it
//! never reaches into a crate, so that the insides may change freely.

pub mod erp_cases;
pub mod identity;
pub mod loaded;
pub mod orders;
pub mod programs;
pub mod rust_text;
pub mod spec;
pub mod tidy;
pub mod tree;
