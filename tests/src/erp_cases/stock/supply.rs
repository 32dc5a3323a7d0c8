//! What is there, who reserves it, and who is allocated what.

use super::super::desk::{Data, Desk};
use super::super::node::Node;
use super::super::{Outputs, Unmapped};

const ITEM: &str = "1896-S";

/// The day that a line wants to leave, in a case that names none.
const SHIPS: &str = "2026-11-20";

/// When stock on hand came in, and when supply without a day comes: before any line leaves.
const EARLIER: &str = "2000-01-01";

const STOCK: &str = "erp.bc.stock.Stock";
const EVENT: &str = "erp.bc.stock.Event";
const SUPPLY: &str = "erp.bc.reservation.OpenSupply";
const UNIT: &str = "erp.bc.model.ItemUnit";

/// What the rules decide for the inputs of a case.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    let has = |name: &str| inputs.has(name);
    if has("policy") {
        allocated(desk, inputs)
    } else if has("method") {
        stock_level(desk, inputs)
    } else if has("sales_order_on_date") {
        projected(desk, inputs)
    } else if has("qty_per_uom") && has("sales_lines") {
        gross_requirement(desk, inputs)
    } else if has("stock_entries") {
        from_entries(desk, inputs)
    } else if has("purchase_line") {
        in_other_unit(desk, inputs)
    } else if has("reserve_sequence") {
        by_hand(desk, inputs)
    } else if has("inbound_transfers") {
        from_transfers(desk, inputs)
    } else if has("production_order") {
        available_to_reserve(desk, inputs)
    } else if inputs.text("action") == Some("auto reserve") {
        auto_reserved(desk, inputs)
    } else {
        Err(Unmapped::because("the shape of the inputs is not known"))
    }
}

/// A member that a shape always has.
fn wanted(of: &Node, name: &str) -> Result<Node, Unmapped> {
    of.get(name)
        .cloned()
        .ok_or_else(|| Unmapped::because(format!("there is no `{name}`")))
}

fn items<'a>(of: &'a Node, name: &str) -> &'a [Node] {
    of.get(name).map(Node::items).unwrap_or_default()
}

// ---- the reservation worksheet

fn allocated(desk: &Desk, inputs: &Node) -> Outputs {
    let mut data = Data::new();
    for row in items(inputs, "inventory") {
        data = data.row(STOCK, stock(wanted(row, "stock")?, row));
    }
    if let Some(quantity) = inputs.get("stock") {
        data = data.row(STOCK, stock(quantity.clone(), &Node::empty()));
    }
    let demands = match inputs.get("demands") {
        Some(demands) => demands.items(),
        None => items(inputs, "demands_in_shipment_date_order"),
    };
    let mut lines = Vec::new();
    for (index, demand) in demands.iter().enumerate() {
        let need = match demand.get("quantity") {
            Some(quantity) => quantity,
            None => demand,
        };
        let line = place(demand)
            .with("entry", index)
            .with("need", need)
            .with_some("priority", demand.get("customer_priority"));
        lines.push(line);
    }
    let worksheet = Node::object([
        ("lines", lines.into()),
        ("policies", policies(inputs.get("policy"))?),
    ]);
    let input = Node::object([("worksheet", worksheet)]);
    let answer = desk.decide("erp.bc.allocation_policy.allocate", &input, &data)?;
    let quantities = answer.items().iter();
    let quantities: Vec<Node> = quantities
        .map(|line| line.get("quantity").cloned().unwrap_or(Node::Null))
        .collect();
    Ok(Node::object([("allocated", quantities.into())]))
}

/// One policy, several in their order, or none.
fn policies(named: Option<&Node>) -> Result<Node, Unmapped> {
    let words = match named {
        None => Vec::new(),
        Some(Node::List(words)) => words.clone(),
        Some(word) => vec![word.clone()],
    };
    let mut policies = Vec::new();
    for word in &words {
        policies.push(Node::from(match word.as_text() {
            Some("Basic (No Conflicts)") => "basic",
            Some("Equally") => "equally",
            Some("By Customer Priority") => "by_customer_priority",
            _ => return Err(Unmapped::because(format!("no policy is called {word}"))),
        }));
    }
    Ok(policies.into())
}

/// The item and the location of a row, or the only ones of the case.
fn place(row: &Node) -> Node {
    let named = |name: &str, otherwise: &str| row.text(name).unwrap_or(otherwise).to_owned();
    Node::object([
        ("item", named("item", ITEM).into()),
        ("location", named("location", "").into()),
        ("variant", "".into()),
    ])
}

fn stock(inventory: Node, row: &Node) -> Node {
    place(row).with("inventory", inventory)
}

// ---- figures

fn question() -> Node {
    Node::object([("item", ITEM.into()), ("locations", Vec::new().into())])
}

/// An order that takes stock on a day.
fn demand(entry: usize, day: &str, quantity: Node) -> Node {
    place(&Node::empty())
        .with("entry", entry)
        .with("due", day)
        .with("direction", "demand")
        .with("quantity", quantity)
}

fn projected(desk: &Desk, inputs: &Node) -> Outputs {
    let order = demand(1, SHIPS, wanted(inputs, "sales_order_on_date")?);
    let data = Data::new()
        .row(STOCK, stock(wanted(inputs, "inventory")?, &Node::empty()))
        .row(EVENT, order);
    let input = Node::object([("question", question().with("day", SHIPS))]);
    let figures = desk.decide("erp.bc.stock_figures.stock_figures", &input, &data)?;
    let name = "projected_available_balance";
    Ok(Node::object([(name, wanted(&figures, name)?)]))
}

/// What the connector tells the shop. An order that is reserved from the item ledger is reserved on
/// inventory; each stands in a location of its own, and the shop asks for all.
fn stock_level(desk: &Desk, inputs: &Node) -> Outputs {
    let calculation = match inputs.text("method") {
        Some("Projected Available Balance at Today") => "projected_balance_today",
        Some("Free Inventory (not reserved)") => "free_inventory",
        Some("Disabled" | "Off") => "disabled",
        _ => return Err(Unmapped::because("no such calculation of the stock")),
    };
    let on_hand = stock(wanted(inputs, "on_hand")?, &Node::empty());
    let mut data = Data::new().row(STOCK, on_hand);
    for (index, order) in items(inputs, "orders").iter().enumerate() {
        let quantity = wanted(order, "quantity")?;
        let day = order.text("ship").map_or(Ok(SHIPS), day)?;
        let mut event = demand(index, day, quantity.clone());
        if order.get("reserved_from").is_some() {
            event.set("reserved", &quantity);
        }
        data = data.row(EVENT, event);
        if order.text("reserved_from") == Some("item ledger") {
            let row = place(&Node::object([("location", format!("R{index}").into())]));
            data = data.row(
                STOCK,
                row.with("inventory", Node::Number("0".to_owned()))
                    .with("reserved_on_inventory", quantity),
            );
        }
    }
    let today = inputs.text("sync_day").map_or(Ok(SHIPS), day)?;
    let asked = Node::object([
        ("stock", question().with("day", today)),
        ("calculation", calculation.into()),
    ]);
    let input = Node::object([("question", asked)]);
    let answer = desk.decide("erp.bc.stock_figures.shop_stock", &input, &data)?;
    let level = answer.get("stock_level").cloned().unwrap_or(Node::Null);
    Ok(Node::object([("stock_level", level)]))
}

/// A day of one week, or a date.
fn day(word: &str) -> Result<&str, Unmapped> {
    Ok(match word {
        "Monday" => "2026-11-23",
        "Tuesday" => "2026-11-24",
        "Wednesday" => "2026-11-25",
        "Thursday" => "2026-11-26",
        "Friday" => "2026-11-27",
        "Saturday" => "2026-11-28",
        "Sunday" => "2026-11-29",
        date => date,
    })
}

// ---- units

/// The units of the item: a name and how much it holds.
fn units(inputs: &Node, mut data: Data) -> Data {
    for (unit, holds) in inputs
        .get("qty_per_uom")
        .map(Node::members)
        .unwrap_or_default()
    {
        data = data.row(UNIT, unit_row(unit, holds));
    }
    data
}

fn unit_row(unit: &str, holds: &Node) -> Node {
    Node::object([
        ("item", ITEM.into()),
        ("unit", unit.into()),
        ("holds", holds.into()),
    ])
}

fn gross_requirement(desk: &Desk, inputs: &Node) -> Outputs {
    let mut lines = Vec::new();
    for line in items(inputs, "sales_lines") {
        lines.push(Node::object([
            ("item", ITEM.into()),
            ("unit", wanted(line, "uom")?),
            ("quantity", wanted(line, "quantity")?),
        ]));
    }
    let requirement = Node::object([("lines", lines.into())]);
    let input = Node::object([("requirement", requirement)]);
    let data = units(inputs, Data::new());
    let answer = desk.decide("erp.bc.units.gross_requirement", &input, &data)?;
    Ok(Node::object([("gross_requirement_shown", answer)]))
}

// ---- reservation

/// A sales line without anything chosen by hand.
fn line(quantity: Node) -> Node {
    Node::object([
        ("item", ITEM.into()),
        ("quantity", quantity),
        ("ships", SHIPS.into()),
        ("chosen", Vec::new().into()),
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

fn auto_reserved(desk: &Desk, inputs: &Node) -> Outputs {
    let mut data = Data::new();
    if let Some(quantity) = inputs.get("on_hand") {
        let on_hand = supply(1, "item_ledger", quantity.clone())
            .with_some("reserved", inputs.get("already_reserved"));
        data = data.row(SUPPLY, on_hand);
    }
    if let Some(quantity) = inputs.get("purchase_order") {
        data = data.row(SUPPLY, supply(2, "purchase", quantity.clone()));
    }
    let line = line(wanted(inputs, "sales_order")?).with("policy", policy(inputs)?);
    let answer = reserve(desk, line, &data)?;
    Ok(Node::object([("reserved", wanted(&answer, "quantity")?)]))
}

fn from_transfers(desk: &Desk, inputs: &Node) -> Outputs {
    let transfers = items(inputs, "inbound_transfers");
    let mut data = Data::new();
    for (index, transfer) in transfers.iter().enumerate() {
        let quantity = wanted(transfer, "quantity")?;
        let row = supply(index, "transfer", quantity).with("day", wanted(transfer, "date")?);
        data = data.row(SUPPLY, row);
    }
    let sales = wanted(inputs, "sales_line")?;
    let line = line(wanted(&sales, "quantity")?)
        .with("policy", policy(inputs)?)
        .with("ships", wanted(&sales, "shipment_date")?);
    let answer = reserve(desk, line, &data)?;
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

fn by_hand(desk: &Desk, inputs: &Node) -> Outputs {
    let purchases = items(inputs, "purchase_lines");
    let mut data = Data::new();
    for purchase in purchases {
        let row = supply(0, "purchase", wanted(purchase, "quantity")?);
        data = data.row(SUPPLY, row.with("entry", wanted(purchase, "line")?));
    }
    let line =
        line(wanted(inputs, "sales_line")?).with("chosen", wanted(inputs, "reserve_sequence")?);
    let answer = reserve(desk, line, &data)?;
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

fn available_to_reserve(desk: &Desk, inputs: &Node) -> Outputs {
    let production = supply(
        1,
        "released_production",
        wanted(inputs, "production_order")?,
    );
    let data = Data::new().row(
        SUPPLY,
        production.with_some("reserved", inputs.get("reserved_by_line_1")),
    );
    let input = Node::object([("request", line(wanted(inputs, "line_2_quantity")?))]);
    let answer = desk.decide("erp.bc.reservation.available_to_reserve", &input, &data)?;
    Ok(Node::object([(
        "available_to_reserve_for_line_2",
        wanted(&answer, "available")?,
    )]))
}

fn in_other_unit(desk: &Desk, inputs: &Node) -> Outputs {
    let purchase = wanted(inputs, "purchase_line")?;
    let sales = wanted(inputs, "sales_line")?;
    let row = supply(1, "purchase", wanted(&purchase, "quantity")?)
        .with("unit", wanted(&purchase, "uom")?);
    let data = units(inputs, Data::new().row(SUPPLY, row));
    let line = line(wanted(&sales, "quantity")?).with("unit", wanted(&sales, "uom")?);
    let answer = reserve(desk, line, &data)?;
    Ok(Node::object([(
        "reserved_quantity_in_sales_uom",
        wanted(&answer, "quantity")?,
    )]))
}

fn from_entries(desk: &Desk, inputs: &Node) -> Outputs {
    let mut data = Data::new().row(UNIT, unit_row("BOX", &wanted(inputs, "qty_per_uom")?));
    for (index, quantity) in items(inputs, "stock_entries").iter().enumerate() {
        data = data.row(SUPPLY, supply(index, "item_ledger", quantity.clone()));
    }
    let line = line(wanted(inputs, "sales_line_quantity")?)
        .with("policy", policy(inputs)?)
        .with("unit", "BOX");
    let answer = reserve(desk, line, &data)?;
    Ok(Node::object([(
        "reserved_quantity",
        wanted(&answer, "quantity")?,
    )]))
}
