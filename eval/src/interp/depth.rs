//! How deep evaluation may nest.
//!
//! Evaluation is recursive, so its depth is bounded: each node counts one level, through calls and
//! uses of `let`s, and what needs more stack than a node counts more. A level stands for 1 KiB of
//! stack in an unoptimised build, so the deepest evaluation fits the 2 MiB of an ordinary thread.
//! Beyond the limit a call ends with `limit_exceeded`.

use assize_ir::Body;

/// Greatest depth, in levels.
pub const MAX_EVALUATION_DEPTH: u32 = 2_000;
/// Levels of a rule, on top of the call that leads to it.
pub const RULE: u32 = 2;
/// Levels of a table or grid, on top of the call that leads to it.
pub const TABLE: u32 = 3;
/// Levels of a loop, on top of its node.
pub const LOOP: u32 = 5;
/// Levels of the checks of a record, on top of the node that asks for them.
pub const CHECK: u32 = 2;

/// Levels of a body on top of the call.
pub const fn of_body(body: &Body) -> u32 {
    match body {
        Body::Define(_) => 0,
        Body::Rule(_) | Body::Parameter(_) => RULE,
        Body::Table(_) | Body::Grid(_) => TABLE,
    }
}
