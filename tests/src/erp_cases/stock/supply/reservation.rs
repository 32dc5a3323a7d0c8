//! Who reserves what.

use super::super::super::desk::{Data, Desk};
use super::super::super::node::Node;
use super::super::super::{Outputs, Unmapped};
use super::{EARLIER, ITEM, SHIPS, UNIT, items, unit_row, units, wanted};

/// A sales line, and what it may be reserved from.
fn line(quantity: Node, supplies: Vec<Node>) -> Node {
    Node::object([
        ("item", ITEM.into()),
        ("quantity", quantity),
        ("ships", SHIPS.into()),
        ("supplies", supplies.into()),
    ])
}

/// What is on hand or comes in time.
fn supply(entry: usize, kind: &str, quantity: Node) -> Node {
    Node::object([
        ("entry", entry.into()),
        ("item", ITEM.into()),
        ("kind", kind.into()),
        ("day", EARLIER.into()),
        ("quantity", quantity),
    ])
}

fn reserve(desk: &Desk, line: Node, data: &Data) -> Outputs {
    let input = Node::object([("request", line)]);
    desk.decide("erp.bc.reservation.reserve", &input, data)
}

/// What an item says about reserving, by the word of the rules.
fn policy(inputs: &Node) -> Result<&'static str, Unmapped> {
    Ok(match inputs.text("item_reserve") {
        Some("Never") => "never",
        None | Some("Optional") => "optional",
        Some("Always") => "always",
        Some(other) => {
            return Err(Unmapped::because(format!("no policy is called {other}")));
        }
    })
}

/// Automatic reservation from stock and from a purchase order: `on_hand`, `purchase_order`.
pub fn auto_reserved(desk: &Desk, inputs: &Node) -> Outputs {
    let mut supplies = Vec::new();
    if let Some(quantity) = inputs.get("on_hand") {
        let on_hand = supply(1, "item_ledger", quantity.clone())
            .with_some("reserved", inputs.get("already_reserved"));
        supplies.push(on_hand);
    }
    if let Some(quantity) = inputs.get("purchase_order") {
        supplies.push(supply(2, "purchase", quantity.clone()));
    }
    let line = line(wanted(inputs, "sales_order")?, supplies).with("policy", policy(inputs)?);
    let answer = reserve(desk, line, &Data::new())?;
    Ok(Node::object([("reserved", wanted(&answer, "quantity")?)]))
}

/// Which of several transfers are reserved: `inbound_transfers`.
pub fn from_transfers(desk: &Desk, inputs: &Node) -> Outputs {
    let transfers = items(inputs, "inbound_transfers");
    let mut supplies = Vec::new();
    for (index, transfer) in transfers.iter().enumerate() {
        let quantity = wanted(transfer, "quantity")?;
        let row = supply(index, "transfer", quantity).with("day", wanted(transfer, "date")?);
        supplies.push(row);
    }
    let sales = wanted(inputs, "sales_line")?;
    let line = line(wanted(&sales, "quantity")?, supplies)
        .with("policy", policy(inputs)?)
        .with("ships", wanted(&sales, "shipment_date")?);
    let answer = reserve(desk, line, &Data::new())?;
    let mut names = Vec::new();
    for entry in items(&answer, "entries") {
        let number = wanted(entry, "supply")?;
        let named = transfers.iter().enumerate();
        names.extend(
            named
                .filter(|(index, _)| Node::from(*index) == number)
                .filter_map(|(_, transfer)| transfer.get("id").cloned()),
        );
    }
    let from = match names.as_slice() {
        [] => Node::Null,
        [one] => one.clone(),
        several => Node::from(several.to_vec()),
    };
    Ok(Node::object([("reserved_from", from)]))
}

/// Reserved by a user, one purchase line after the other: `reserve_sequence`.
pub fn by_hand(desk: &Desk, inputs: &Node) -> Outputs {
    let purchases = items(inputs, "purchase_lines");
    let mut supplies = Vec::new();
    for purchase in purchases {
        let row = supply(0, "purchase", wanted(purchase, "quantity")?);
        supplies.push(row.with("entry", wanted(purchase, "line")?));
    }
    let line = line(wanted(inputs, "sales_line")?, supplies)
        .with("chosen", wanted(inputs, "reserve_sequence")?);
    let answer = reserve(desk, line, &Data::new())?;
    let entries = items(&answer, "entries");
    let quantities = purchases.iter().map(|purchase| {
        let number = purchase.get("line");
        let entry = entries.iter().find(|entry| entry.get("supply") == number);
        let reserved = entry.and_then(|entry| entry.get("base"));
        reserved
            .cloned()
            .unwrap_or_else(|| Node::Number("0".to_owned()))
    });
    Ok(Node::object([(
        "reserved_per_purchase_line",
        quantities.collect::<Vec<_>>().into(),
    )]))
}

/// What a second line may reserve: `production_order`.
pub fn available_to_reserve(desk: &Desk, inputs: &Node) -> Outputs {
    let production = supply(
        1,
        "released_production",
        wanted(inputs, "production_order")?,
    );
    let production = production.with_some("reserved", inputs.get("reserved_by_line_1"));
    let line = line(wanted(inputs, "line_2_quantity")?, vec![production]);
    let input = Node::object([("request", line)]);
    let answer = desk.decide(
        "erp.bc.reservation.available_to_reserve",
        &input,
        &Data::new(),
    )?;
    Ok(Node::object([(
        "available_to_reserve_for_line_2",
        wanted(&answer, "available")?,
    )]))
}

/// Supply and line in units of their own: `purchase_line`, `sales_line`.
pub fn in_other_unit(desk: &Desk, inputs: &Node) -> Outputs {
    let purchase = wanted(inputs, "purchase_line")?;
    let sales = wanted(inputs, "sales_line")?;
    let supply = supply(1, "purchase", wanted(&purchase, "quantity")?)
        .with("unit", wanted(&purchase, "uom")?);
    let data = units(inputs, Data::new());
    let line = line(wanted(&sales, "quantity")?, vec![supply]).with("unit", wanted(&sales, "uom")?);
    let answer = reserve(desk, line, &data)?;
    Ok(Node::object([(
        "reserved_quantity_in_sales_uom",
        wanted(&answer, "quantity")?,
    )]))
}

/// A line in a larger unit than its receipts: `stock_entries`.
pub fn from_entries(desk: &Desk, inputs: &Node) -> Outputs {
    let data = Data::new().row(UNIT, unit_row("BOX", &wanted(inputs, "qty_per_uom")?));
    let mut supplies = Vec::new();
    for (index, quantity) in items(inputs, "stock_entries").iter().enumerate() {
        supplies.push(supply(index, "item_ledger", quantity.clone()));
    }
    let line = line(wanted(inputs, "sales_line_quantity")?, supplies)
        .with("policy", policy(inputs)?)
        .with("unit", "BOX");
    let answer = reserve(desk, line, &data)?;
    Ok(Node::object([(
        "reserved_quantity",
        wanted(&answer, "quantity")?,
    )]))
}
