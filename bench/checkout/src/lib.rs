//! The workload *checkout line* and what decides it: hand-written code, exact decimals, and rules by typed calls and on
//! columns; with what compares and times them.

pub mod batch;
pub mod limit;
pub mod measure;
pub mod reference;
pub mod typed;
pub mod workload;

/// The rules: with all ranges declared, and with none.
pub const RULES: [&str; 2] = [
    include_str!("../../rules/checkout-line.assize"),
    include_str!("../../rules/checkout-line-open.assize"),
];
