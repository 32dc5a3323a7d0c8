//! Cases of order promising.

use super::super::desk::{Data, Desk};
use super::super::node::Node;
use super::super::{Outputs, Unmapped};
use super::dates::{calendars, days_off, delivery};
use super::{DAY, EVENT, ITEM, event, on_hand, wanted, with_period};

/// Whether the inputs ask for a promise, or for what belongs to it.
pub fn is_asked(inputs: &Node) -> bool {
    let names = [
        "special_order",
        "atp_for_line",
        "line_item_types",
        "available",
    ];
    let order = inputs.get("sales_order");
    names.iter().any(|name| inputs.has(name))
        || order.is_some_and(|order| {
            inputs.has("purchase_orders") || order.has("requested_delivery_date")
        })
}

/// What the rules promise.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    if let Some(types) = inputs.get("line_item_types") {
        return shown(desk, types.items());
    }
    if inputs.has("available") {
        return capable(desk, inputs);
    }
    if let Some(number) = inputs.get("atp_for_line") {
        return among_lines(desk, inputs, number);
    }
    let line = inputs.get("sales_order").unwrap_or(inputs);
    let request = Node::empty()
        .with("among_events", false)
        .with(
            "quantity",
            line.get("quantity").unwrap_or(&Node::from(1_usize)),
        )
        .with_some("shipment_date", line.get("shipment_date"))
        .with_some(
            "requested_delivery_date",
            line.get("requested_delivery_date"),
        )
        .with_some("requested_shipment_date", line.get("planned_shipment_date"))
        .with_some("handling_time", line.get("outbound_whse_handling_time"))
        .with_some("shipping_time", line.get("shipping_time"))
        .with_some("special_order", inputs.get("special_order"))
        .with_some(
            "linked_receipt",
            inputs.get("linked_purchase_expected_receipt"),
        );
    promised(desk, inputs, request, events(desk, inputs)?)
}

fn promised(desk: &Desk, inputs: &Node, request: Node, events: Vec<Node>) -> Outputs {
    let request = with_period(request, inputs)
        .with("item", ITEM)
        .with(
            "work_date",
            inputs.get("work_date").unwrap_or(&Node::from(DAY)),
        )
        .with("calendars", calendars(inputs));
    let data = days_off(inputs).rows(EVENT, events);
    let data = stocked(data, inputs);
    let asked = Node::object([("line", request)]);
    desk.decide("erp.bc.promise.promise_of_line", &asked, &data)
}

/// With the inventory; what lines have reserved is taken from it.
fn stocked(data: Data, inputs: &Node) -> Data {
    let reserved = reserved_line(inputs).and_then(|line| line.get("quantity"));
    on_hand(data, inputs.get("inventory"), reserved)
}

/// The line of the case for which all is reserved.
fn reserved_line(inputs: &Node) -> Option<&Node> {
    let number = inputs.get("reserved_line")?;
    let mut lines = inputs.get("lines")?.items().iter();
    lines.find(|line| line.get("line") == Some(number))
}

/// Other orders and purchases. Orders that say only when they are wanted leave as the rules say.
fn events(desk: &Desk, inputs: &Node) -> Result<Vec<Node>, Unmapped> {
    let mut events = Vec::new();
    for order in several(inputs, "other_sales_orders", "other_sales_order") {
        let due = match order.get("planned_shipment_date") {
            Some(day) => day.clone(),
            None => {
                let asked = Node::object([("delivery", delivery(&order, inputs))]);
                let dates =
                    desk.decide("erp.bc.delivery.delivery_dates", &asked, &days_off(inputs))?;
                wanted(&dates, "shipment_date")?
            }
        };
        let quantity = wanted(&order, "quantity")?;
        events.push(event(&events, "demand", &due, &quantity, &order));
    }
    for order in several(inputs, "purchase_orders", "purchase_order") {
        let (due, quantity) = (wanted(&order, "date")?, wanted(&order, "quantity")?);
        events.push(event(&events, "supply", &due, &quantity, &order));
    }
    Ok(events)
}

/// The items of a list, or the one.
fn several(inputs: &Node, list: &str, one: &str) -> Vec<Node> {
    let items = inputs.get(list).map(Node::items).unwrap_or_default();
    items.iter().chain(inputs.get(one)).cloned().collect()
}

/// One line of an order whose lines compete; nothing is looked at that a case does not speak of, such as
/// a period ahead.
fn among_lines(desk: &Desk, inputs: &Node, number: &Node) -> Outputs {
    let lines = inputs.get("lines").map(Node::items).unwrap_or_default();
    let kept = reserved_line(inputs);
    let mut events = Vec::new();
    for line in lines {
        let quantity = wanted(line, "quantity")?;
        let own = match kept == Some(line) {
            true => line.clone().with("reserved", &quantity),
            false => line.clone(),
        };
        let due = wanted(line, "shipment_date")?;
        events.push(event(&events, "demand", &due, &quantity, &own));
    }
    let asked = lines.iter().find(|line| line.get("line") == Some(number));
    let asked = asked.ok_or_else(|| Unmapped::because("no line has the number that is asked"))?;
    let request = Node::object([("check_period", "0D".into())])
        .with_some("quantity", asked.get("quantity"))
        .with_some("shipment_date", asked.get("shipment_date"));
    let promise = promised(desk, inputs, request, events.clone())?;
    let data = stocked(Data::new().rows(EVENT, events), inputs);
    let (mut item, mut inventory) = (Vec::new(), Vec::new());
    for line in lines {
        let place = Node::object([("item", ITEM.into()), ("location", "".into())]);
        let asked =
            Node::object([("place", place)]).with_some("shipment_date", line.get("shipment_date"));
        let shown = desk.decide("erp.bc.availability.line_availability", &asked, &data)?;
        item.push(wanted(&shown, "item_availability")?);
        inventory.push(wanted(&shown, "available_inventory")?);
    }
    Ok(promise
        .with("item_availability", item)
        .with("available_inventory", inventory))
}

/// Which types of items order promising shows.
fn shown(desk: &Desk, types: &[Node]) -> Outputs {
    let mut shown = Vec::new();
    for word in types {
        let name = match word.as_text() {
            Some("Inventory") => "inventory",
            Some("Service") => "service",
            Some("Non-Inventory") => "non_inventory",
            _ => return Err(Unmapped::because(format!("no type of items is {word}"))),
        };
        let asked = Node::object([("type", name.into())]);
        shown.push(desk.decide("erp.bc.promise.can_be_promised", &asked, &Data::new())?);
    }
    Ok(Node::object([("in_order_promising", shown.into())]))
}

/// What is left to make or to buy.
fn capable(desk: &Desk, inputs: &Node) -> Outputs {
    let asked = Node::empty()
        .with_some("wanted", inputs.get("order_quantity"))
        .with_some("available", inputs.get("available"));
    let missing = desk.decide("erp.bc.promise.capable_to_promise", &asked, &Data::new())?;
    Ok(Node::object([("capable_to_promise_quantity", missing)]))
}
