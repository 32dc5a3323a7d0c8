//! Cases of reservation, allocation and stock figures.

use super::super::desk::Desk;
use super::super::node::Node;
use super::super::{Outputs, Unmapped};

/// What the rules decide for the inputs of a case.
pub fn outputs(_desk: &Desk, _inputs: &Node) -> Outputs {
    Err(Unmapped::because("the shape of the inputs is not known"))
}
