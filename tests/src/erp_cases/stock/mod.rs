//! Cases of stock.

mod supply;

use super::Outputs;
use super::desk::Desk;
use super::node::Node;

/// What the rules decide for the inputs of a case.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    supply::outputs(desk, inputs)
}
