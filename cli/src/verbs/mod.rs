//! The verbs, one file each.

pub mod build;
pub mod check;
pub mod completions;
pub mod data;
pub mod explain;
pub mod field;
pub mod fmt;
pub mod inspect;
pub mod lowering;
pub mod new;
pub mod run;
pub mod test;

mod answer;
pub mod attest;
pub mod bench;
mod compare;
mod lines;
mod roundings;
mod why;
