//! What is there, who reserves it, and who is allocated what.

mod reservation;

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
        reservation::from_entries(desk, inputs)
    } else if has("purchase_line") {
        reservation::in_other_unit(desk, inputs)
    } else if has("reserve_sequence") {
        reservation::by_hand(desk, inputs)
    } else if has("inbound_transfers") {
        reservation::from_transfers(desk, inputs)
    } else if has("production_order") {
        reservation::available_to_reserve(desk, inputs)
    } else if inputs.text("action") == Some("auto reserve") {
        reservation::auto_reserved(desk, inputs)
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
    Node::object([("item", ITEM.into())])
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
