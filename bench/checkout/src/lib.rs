//! The workload *checkout line* and what decides it: hand-written code, exact decimals, and rules by typed calls and on
//! columns; with what compares and times them.

pub mod batch;
pub mod compile;
pub mod json;
pub mod limit;
pub mod measure;
pub mod reference;
pub mod typed;
pub mod workload;

/// Orders that are timed.
pub const TIMED: usize = 4_096;

/// The rules: with all ranges declared, and with none.
pub const RULES: [(&str, &str); 2] = [
    (
        "Assize, ranges declared",
        include_str!("../../rules/checkout-line.assize"),
    ),
    (
        "Assize, nothing declared",
        include_str!("../../rules/checkout-line-open.assize"),
    ),
];
