//! Cases of the stock-out check.

use super::super::desk::{Data, Desk};
use super::super::node::Node;
use super::super::{Outputs, Unmapped};
use super::{DAY, EVENT, ITEM, event, on_hand, wanted, with_period};

const ITEM_UNIT: &str = "erp.bc.model.ItemUnit";

/// The unit of a line that is not the base unit.
const UNIT: &str = "BOX";

/// The names under which cases speak of the line that is checked.
const LINE: [&str; 5] = [
    "this_line",
    "sales_order",
    "sales_line",
    "new_line",
    "new_sales_line",
];

/// Orders that are there already.
const DEMANDS: [&str; 3] = ["other_order", "other_sales_order", "existing_demand"];

/// The sums of a place.
const SUMS: [&str; 6] = [
    "inventory",
    "reserved_on_inventory",
    "scheduled_receipts",
    "reserved_receipts",
    "gross_requirement",
    "reserved_requirement",
];

/// Whether the inputs ask for the check.
pub fn is_asked(inputs: &Node) -> bool {
    let has = |name: &&str| inputs.has(name);
    let supplied = ["inventory", "purchase_order", "purchase_orders"];
    let checked = ["order_quantity", "orders", "new_line_quantity"];
    !inputs.has("action")
        && supplied.iter().any(has)
        && (LINE.iter().any(has) || checked.iter().any(has))
}

/// What the check says.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    if inputs.has("new_line_quantity") {
        return of_sums(desk, inputs);
    }
    let mut events = Vec::new();
    for order in orders(inputs, "purchase_order", "purchase_orders") {
        let due = wanted(&order, "date")?;
        let quantity = in_base_units(desk, inputs, order.text("uom"), &order)?;
        events.push(event(&events, "supply", &due, &quantity, &order));
    }
    for order in DEMANDS.iter().filter_map(|name| inputs.get(name)) {
        let due = order.get("shipment_date").cloned().unwrap_or(DAY.into());
        let quantity = wanted(order, "quantity")?;
        events.push(event(
            &events,
            "demand",
            &due,
            &quantity,
            &unreserved(order),
        ));
    }
    let line = line_of(inputs, &mut events)?;
    checked(desk, inputs, &line, events)
}

/// The line that is checked; orders of a list are entered one after the other, and the last is checked.
fn line_of(inputs: &Node, events: &mut Vec<Node>) -> Outputs {
    if let Some(line) = LINE.iter().find_map(|name| inputs.get(name)) {
        return Ok(line.clone());
    }
    let Some(orders) = inputs.get("orders") else {
        return Ok(Node::empty().with_some("quantity", inputs.get("order_quantity")));
    };
    let days = inputs.get("shipment_dates").map(Node::items);
    let mut days = days.unwrap_or_default().iter();
    let mut last = Node::empty();
    for quantity in orders.items() {
        if let Some(entered) = last.get("quantity") {
            let due = wanted(&last, "shipment_date")?;
            let row = event(events, "demand", &due, entered, &last);
            events.push(row);
        }
        last =
            Node::object([("quantity", quantity.clone())]).with_some("shipment_date", days.next());
    }
    Ok(last)
}

/// A list of orders, or the one.
fn orders(inputs: &Node, one: &str, list: &str) -> Vec<Node> {
    let items = inputs.get(list).map(Node::items).unwrap_or_default();
    items.iter().chain(inputs.get(one)).cloned().collect()
}

/// Asks for the check of a line. Where it was changed, it lies among the events as it was.
fn checked(desk: &Desk, inputs: &Node, line: &Node, mut events: Vec<Node>) -> Outputs {
    let quantity = line.get("new_quantity").or(line.get("quantity"));
    let purchase = inputs.at(&["purchase_order", "date"]);
    let (was_on, day) = change(line, "shipment_date");
    let (was_at, location) = change(line, "location");
    let (was_in, unit) = change(line, "uom");
    let day = match day {
        Some(day) => Node::from(day),
        None => match line.has("shipment_date") {
            true => purchase.cloned().unwrap_or(DAY.into()),
            false => DAY.into(),
        },
    };
    let mut request = with_period(Node::empty(), inputs)
        .with("item", ITEM)
        .with("work_date", inputs.get("work_date").unwrap_or(&day))
        .with("shipment_date", &day)
        .with("location", location.unwrap_or_default())
        .with_some("quantity", quantity)
        .with_some("setup_warning", inputs.get("setup_stockout_warning"))
        .with_some("per_unit", unit.and_then(|unit| held_by(inputs, unit)));
    if let Some(word) = inputs.text("item_stockout_warning") {
        request.set("item_warning", warning(word)?);
    }
    let was_on = was_on.map(Node::from).or(line.get("changed_from").cloned());
    if line.has("old_quantity") || was_on.is_some() || was_at.is_some() || was_in.is_some() {
        let old = line.get("old_quantity").or(quantity).cloned();
        let old = Node::empty().with_some("quantity", old.as_ref());
        let old = in_base_units(desk, inputs, was_in, &old)?;
        let due = was_on.unwrap_or(day);
        let location = was_at.or(location).unwrap_or_default();
        let place = Node::object([("item", ITEM.into()), ("location", location.into())]);
        let more = Node::object([("location", location.into())]);
        events.push(event(&events, "demand", &due, &old, &more));
        let entered = Node::object([("place", place), ("day", due), ("quantity", old)]);
        request.set("entered", entered);
    }
    let data = on_hand(
        Data::new().rows(EVENT, events),
        inputs.get("inventory"),
        None,
    );
    let answer = desk.decide(
        "erp.bc.stockout.stockout_check",
        &Node::object([("line", request)]),
        &data,
    )?;
    let inventory = wanted(&answer, "inventory")?;
    Ok(answer.with("inventory_shown", inventory))
}

/// What is reserved of the inventory is taken once, with the order for which it is reserved.
fn unreserved(order: &Node) -> Node {
    Node::empty().with_some("location", order.get("location"))
}

/// Asks for the check where the case names the sums of the place.
fn of_sums(desk: &Desk, inputs: &Node) -> Outputs {
    let mut figures = Node::empty();
    for name in SUMS {
        figures = figures.with_some(name, inputs.get(name));
    }
    let document = match inputs.text("document_type") {
        Some("Order") | None => "order",
        Some("Invoice") => "invoice",
        Some(other) => return Err(Unmapped::because(format!("no document is called {other}"))),
    };
    let asked = Node::object([("document", document.into()), ("figures", figures)])
        .with_some("quantity", inputs.get("new_line_quantity"));
    let answer = desk.decide("erp.bc.stockout.stockout_of_figures", &asked, &Data::new())?;
    Ok(answer
        .clone()
        .with("initial_qty_available", wanted(&answer, "available")?))
}

/// What a member was and is, where it is written as a change: `old -> new`.
fn change<'a>(line: &'a Node, name: &str) -> (Option<&'a str>, Option<&'a str>) {
    match line.text(name) {
        Some(text) => match text.split_once(" -> ") {
            Some((old, new)) => (Some(old), Some(new)),
            None => (None, Some(text)),
        },
        None => (None, None),
    }
}

/// How many base units a unit holds, as the case says.
fn held_by<'a>(inputs: &'a Node, unit: &str) -> Option<&'a Node> {
    inputs.at(&["qty_per_uom", unit])
}

/// The quantity of a line in base units.
fn in_base_units(desk: &Desk, inputs: &Node, unit: Option<&str>, line: &Node) -> Outputs {
    let quantity = wanted(line, "quantity")?;
    match unit.and_then(|unit| held_by(inputs, unit)) {
        Some(held) => {
            let row = Node::object([
                ("item", ITEM.into()),
                ("unit", UNIT.into()),
                ("holds", held.clone()),
            ]);
            let line = Node::object([
                ("item", ITEM.into()),
                ("unit", UNIT.into()),
                ("quantity", quantity),
            ]);
            let lines = Node::object([("lines", vec![line].into())]);
            desk.decide(
                "erp.bc.units.gross_requirement",
                &Node::object([("requirement", lines)]),
                &Data::new().row(ITEM_UNIT, row),
            )
        }
        None => Ok(quantity),
    }
}

/// A setting of the item, as the rules write it.
fn warning(word: &str) -> Result<&'static str, Unmapped> {
    Ok(match word {
        "Default" => "as_setup",
        "Yes" => "always",
        "No" => "never",
        other => return Err(Unmapped::because(format!("no setting is called {other}"))),
    })
}
