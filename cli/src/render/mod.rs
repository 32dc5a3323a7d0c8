//! What the compiler says, in words for people and machines.

pub mod cost;
pub mod declared;
pub mod few;
pub mod finding;
pub mod github;
pub mod human;
pub mod json;
pub mod long_lines;
pub mod pretty;
pub mod sarif;
pub mod source;
pub mod visible;
