//! Cases of rounding: numbers, VAT, invoice rounding, local amounts, parts of lines, costs of issues.

mod documents;
mod fields;

use fields::{direction, member, renamed, wanted};

use super::desk::{Data, Desk};
use super::node::Node;
use super::{Outputs, Unmapped};

/// What the rules decide for the inputs of a case: its shape says which question it asks.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    if inputs.has("number") && inputs.has("precision") {
        rounded(desk, inputs)
    } else if inputs.has("issues") {
        costs(desk, inputs)
    } else if inputs.has("lcy_to_fcy_factor") {
        converted_price(desk, inputs)
    } else if inputs.has("quantity_to_handle") || inputs.has("quantity_to_invoice") {
        parts(desk, inputs)
    } else if inputs.has("lines_fcy") || inputs.has("amount_fcy") {
        documents::posted(desk, inputs)
    } else if documents::is_document(inputs) {
        documents::decided(desk, inputs)
    } else {
        Err(Unmapped::because("the shape of the inputs is not known"))
    }
}

fn rounded(desk: &Desk, inputs: &Node) -> Outputs {
    let request = Node::empty()
        .with_some("number", inputs.get("number"))
        .with_some("step", inputs.get("precision"))
        .with_some("direction", direction(inputs, "direction")?.as_ref());
    let input = Node::object([("request", request)]);
    let result = desk.decide("erp.bc.rounding.rounded", &input, &Data::new())?;
    Ok(Node::object([("result", result)]))
}

fn costs(desk: &Desk, inputs: &Node) -> Outputs {
    let method = match inputs.text("costing") {
        None => None,
        Some("Average") => Some("average"),
        Some("LIFO") => Some("lifo"),
        Some("Specific") => Some("specific"),
        Some("Standard") => Some("standard"),
        Some("FIFO" | "other than Average") => Some("fifo"),
        Some(other) => {
            return Err(Unmapped::because(format!("no costing method `{other}`")));
        }
    };
    let receipt = Node::empty()
        .with_some("cost", inputs.get("cost_total"))
        .with_some("quantity", inputs.get("quantity"))
        .with_some("issues", inputs.get("issues"))
        .with_some("method", method.map(Node::from).as_ref());
    let input = Node::object([("receipt", receipt)]);
    let result = desk.decide("erp.bc.cost.cost_of_issues", &input, &Data::new())?;
    renamed(
        &result,
        &[
            ("cost_of_issues", "cost_of_issues"),
            ("separate_residual_entry", "residual"),
        ],
    )
}

fn converted_price(desk: &Desk, inputs: &Node) -> Outputs {
    let input = Node::empty()
        .with("per_unit", 1_usize)
        .with_some("price", inputs.get("unit_price_lcy"))
        .with_some("factor", inputs.get("lcy_to_fcy_factor"))
        .with_some("step", inputs.get("unit_amount_rounding_precision"));
    let price = desk.decide("erp.bc.currency.price_in_currency", &input, &Data::new())?;
    let line = inputs.clone().with("unit_price", price.clone());
    Ok(parts(desk, &line)?.with("unit_price", price))
}

fn parts(desk: &Desk, inputs: &Node) -> Outputs {
    let to_invoice = match inputs.get("quantity_to_invoice") {
        Some(list @ Node::List(_)) => list.clone(),
        Some(one) => Node::from(vec![one.clone()]),
        None => Node::from(
            inputs
                .get("quantity_to_handle")
                .cloned()
                .into_iter()
                .collect::<Vec<_>>(),
        ),
    };
    let line = Node::empty()
        .with("to_invoice", to_invoice)
        .with_some("quantity", inputs.get("quantity"))
        .with_some("unit_price", inputs.get("unit_price"))
        .with_some("discount", inputs.get("line_discount_pct"))
        .with_some("discount_amount", inputs.get("line_discount_amount"))
        .with_some("prepayment", inputs.get("prepayment_pct"))
        .with_some("prepayment_to_deduct", inputs.get("prepayment_to_deduct"))
        .with_some("amount_step", inputs.get("amount_rounding_precision"));
    let input = Node::object([("line", line)]);
    let result = desk.decide("erp.bc.partial_invoice.line_parts", &input, &Data::new())?;
    let full = wanted(&result, "full_line_amount")?;
    let parts = wanted(&result, "parts")?;
    let line_amount = parts.items().first().unwrap_or(&full).clone();
    Ok(Node::object([
        ("full_line_amount", full),
        ("line_amount", line_amount),
        ("parts", parts),
        ("reasons", member(&result, "reasons")),
    ]))
}
