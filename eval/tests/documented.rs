//! The pages of `docs/ir` name every error, every fault of an input, and what evaluation costs.

#![cfg(test)]

use assize_eval::ErrorCode;
use assize_eval::interp::{DEFAULT_MAX_LIST_ELEMENTS, DEFAULT_MAX_STEPS, price};
use assize_eval::json::decode::MAX_TEXT_BYTES;
use assize_eval::json::fault::FaultCode;
use assize_eval::trace::{MAX_FINDING_DEPTH, MAX_NOT_TAKEN, MAX_TRACE_DEPTH, MAX_TRACE_ENTRIES};

const CALLS: &str = include_str!("../../docs/ir/calls-and-errors.md");
const DATA: &str = include_str!("../../docs/ir/data-and-json.md");
const TRACES: &str = include_str!("../../docs/ir/traces.md");

/// A number with a blank between thousands.
fn spaced(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

#[test]
fn every_error_has_a_row() {
    for code in ErrorCode::ALL {
        let row = CALLS
            .lines()
            .find(|line| line.starts_with(&format!("| `{}` |", code.name())));
        assert!(
            row.is_some_and(|row| row.split(" | ").count() == 3),
            "{code}"
        );
    }
}

#[test]
fn every_fault_of_an_input_is_named() {
    // These are told of a snapshot and its files alone.
    let of_data = [
        FaultCode::UnknownRelation,
        FaultCode::MissingRelation,
        FaultCode::MissingFile,
        FaultCode::WrongFile,
        FaultCode::BrokenRow,
        FaultCode::DuplicateRow,
        FaultCode::NotDistinct,
        FaultCode::TooManyRows,
        FaultCode::RowCount,
    ];
    let words: Vec<&str> = DATA
        .split(|next: char| !next.is_alphanumeric() && next != '_')
        .collect();
    for code in FaultCode::ALL {
        let named = words.contains(&code.name());
        assert!(named || of_data.contains(code), "{code}");
    }
}

#[test]
fn limits_and_prices_are_those_that_count() {
    for price in [
        price::NODE,
        price::ROW,
        price::HEAD,
        price::ELEMENT,
        price::DAY,
        price::TOUCHED,
    ] {
        assert_eq!(price, 1, "the page says that each of them is 1");
    }
    assert!(CALLS.contains(&spaced(DEFAULT_MAX_STEPS)));
    assert!(CALLS.contains(&spaced(DEFAULT_MAX_LIST_ELEMENTS)));
    assert!(DATA.contains(&format!("at most {} bytes", spaced(MAX_TEXT_BYTES as u64))));
    for (number, what) in [
        (MAX_TRACE_ENTRIES, "steps and notes are kept"),
        (MAX_TRACE_DEPTH, "deep"),
        (MAX_NOT_TAKEN, "are named"),
        (MAX_FINDING_DEPTH, "deep"),
    ] {
        let number = spaced(number as u64);
        assert!(
            TRACES.contains(&format!("{number} {what}")),
            "{number} {what}"
        );
    }
}
