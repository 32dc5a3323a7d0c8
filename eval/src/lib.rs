//! The reference interpreter: the definition of what a decision is.
//!
//! **Purpose**: evaluates a checked program plainly, with `rust_decimal`; every other engine is
//! compared with it. Also the borders that all engines share: values, JSON, digests, traces.
//!
//! **Knows**: values, decimals, rounding, calendars, traces, the JSON form of inputs
//! and outputs, relations in memory.
//!
//! **Must never know**: syntax, files, clocks, threads, the compiler, or machine code. It is pure, so
//! that the compiler can replay a counterexample in it, in a browser too.

pub mod calendar;
pub mod canonical;
pub mod data;
pub mod decided;
pub mod decimal;
pub mod digest;
pub mod failure;
pub mod format;
pub mod interp;
pub mod json;
pub mod order;
pub mod rounding;
pub mod store;
pub mod trace;
pub mod value;
pub mod wide;

pub use assize_ir::date_formula;
pub use data::Data;
pub use failure::{ErrorCode, Failure};
pub use interp::{Answer, Interpreter, Limits, Observer, Watch};
pub use value::{ReasonValue, RowRef, Value};
