//! Cases of stock: what is available and when, dates, and what supply is for whom.

mod availability;
mod dates;
mod promise;
mod supply;

use super::desk::{Data, Desk};
use super::node::Node;
use super::{Outputs, Unmapped};

/// The item of a case that names none.
const ITEM: &str = "1896-S";

/// The day of a case that names none.
const DAY: &str = "2026-01-22";

const EVENT: &str = "erp.bc.stock.Event";
const STOCK: &str = "erp.bc.stock.Stock";

/// What the rules decide for the inputs of a case.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    if dates::is_asked(inputs) {
        dates::outputs(desk, inputs)
    } else if promise::is_asked(inputs) {
        promise::outputs(desk, inputs)
    } else if availability::is_asked(inputs) {
        availability::outputs(desk, inputs)
    } else {
        supply::outputs(desk, inputs)
    }
}

/// With what lies in the place of the case.
fn on_hand(data: Data, inventory: Option<&Node>, reserved: Option<&Node>) -> Data {
    let Some(inventory) = inventory else {
        return data;
    };
    let row = Node::object([
        ("item", ITEM.into()),
        ("location", "".into()),
        ("variant", "".into()),
        ("inventory", inventory.clone()),
    ]);
    data.row(STOCK, row.with_some("reserved_on_inventory", reserved))
}

/// A document line that brings or takes, by its order in the case.
fn event(events: &[Node], direction: &str, due: &Node, quantity: &Node, more: &Node) -> Node {
    Node::object([
        ("entry", events.len().into()),
        ("item", ITEM.into()),
        ("direction", direction.into()),
        ("due", due.clone()),
        ("quantity", quantity.clone()),
    ])
    .with("location", more.text("location").unwrap_or_default())
    .with_some("reserved", more.get("reserved"))
}

/// The check period of the company, where the case names it; a blank one has no end.
fn with_period(request: Node, inputs: &Node) -> Node {
    match inputs.text("check_avail_period") {
        Some("") => request.with("no_end_of_period", true),
        Some(period) => request.with("check_period", period),
        None => request,
    }
}

/// A member that must be there.
fn wanted(object: &Node, name: &str) -> Outputs {
    let found = object.members().iter().find(|(key, _)| key == name);
    found
        .map(|(_, value)| value.clone())
        .ok_or_else(|| Unmapped::because(format!("there is no `{name}`")))
}
