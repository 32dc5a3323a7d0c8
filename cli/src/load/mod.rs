//! From paths to what the compiler and the engine take.

mod ahead;
pub mod files;
pub mod manifest;
pub mod package;
pub mod rules;
pub mod sheets;
pub mod xlsx;

pub use package::{Workbench, open};
pub use rules::{Ready, ready};
