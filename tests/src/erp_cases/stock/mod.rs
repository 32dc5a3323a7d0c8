//! Cases of stock: what is available and when, dates, and what supply is for whom.

mod availability;
mod dates;
mod supply;

use super::desk::Desk;
use super::node::Node;
use super::{Outputs, Unmapped};

/// The item of a case that names none.
const ITEM: &str = "1896-S";

/// The day of a case that names none.
const DAY: &str = "2026-11-20";

/// What the rules decide for the inputs of a case.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    if dates::is_asked(inputs) {
        dates::outputs(desk, inputs)
    } else {
        supply::outputs(desk, inputs)
    }
}

/// A member of an answer that is always there.
fn wanted(answer: &Node, name: &str) -> Outputs {
    let found = answer.members().iter().find(|(key, _)| key == name);
    found
        .map(|(_, value)| value.clone())
        .ok_or_else(|| Unmapped::because(format!("the answer has no `{name}`")))
}
