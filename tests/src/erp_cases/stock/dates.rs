//! Cases of shipment and delivery dates.

use super::super::Outputs;
use super::super::desk::{Data, Desk};
use super::super::node::Node;

const DAY_OFF: &str = "erp.bc.delivery.DayOff";

/// Inputs that say on which days whose calendar is closed, and the calendars that they fill.
const CLOSED: [(&str, &[&str]); 3] = [
    (
        "shipping_agent_and_customer_calendar_nonworking",
        &["agent", "customer"],
    ),
    ("location_calendar_nonworking", &["location"]),
    ("company_calendar_nonworking", &["company"]),
];

/// Whether the inputs ask for nothing but dates.
pub fn is_asked(inputs: &Node) -> bool {
    inputs.has("outbound_whse_handling_time") && !inputs.has("sales_order")
}

/// When a line leaves and arrives.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    desk.decide(
        "erp.bc.delivery.delivery_dates",
        &Node::object([("delivery", delivery(inputs, inputs))]),
        &days_off(inputs),
    )
}

/// The days and times of a line, with the calendars that the inputs name.
pub fn delivery(line: &Node, inputs: &Node) -> Node {
    Node::empty()
        .with_some("shipment_date", line.get("shipment_date"))
        .with_some(
            "requested_delivery_date",
            line.get("requested_delivery_date"),
        )
        .with_some("handling_time", line.get("outbound_whse_handling_time"))
        .with_some("shipping_time", line.get("shipping_time"))
        .with("calendars", calendars(inputs))
}

/// Whose calendars are there: the calendar is called as its owner.
pub fn calendars(inputs: &Node) -> Node {
    let mut named = Node::empty();
    for (_, owners) in CLOSED.iter().filter(|(name, _)| inputs.has(name)) {
        for owner in *owners {
            named.set(owner, *owner);
        }
    }
    named
}

/// The days on which they are closed.
pub fn days_off(inputs: &Node) -> Data {
    let mut data = Data::new();
    for (name, owners) in CLOSED {
        let days = inputs.get(name).map(Node::items).unwrap_or_default();
        for owner in owners {
            let rows = days
                .iter()
                .map(|day| Node::object([("calendar", (*owner).into()), ("day", day.clone())]));
            data = data.rows(DAY_OFF, rows);
        }
    }
    data
}
