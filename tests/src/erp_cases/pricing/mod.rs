//! Cases of pricing: which price a line takes, what a price list takes, what a shop shows.

mod rows;
mod words;

use super::desk::{Data, Desk};
use super::node::Node;
use super::{Outputs, Unmapped};

const DAY: &str = "2026-11-20";
const ITEM: &str = "1896-S";
const BASE: &str = "PCS";
const CUSTOMER: &str = "10000";
const VENDOR: &str = "40000";
const GROUP: &str = "GROUP";
const PRODUCT: &str = "VAT";

/// What a case can say; one that says more is not answered, as it may decide.
const KNOWN: &[&str] = &[
    "action",
    "card_price",
    "channel",
    "copied_from_posted",
    "currency",
    "customer_allows_line_disc",
    "customer_price_lines",
    "discount_group_pct",
    "document",
    "document_currency",
    "document_type",
    "engine",
    "group_discount_pct",
    "header_campaign",
    "item_card_price",
    "item_price",
    "job",
    "job_task",
    "lcy_to_fcy_factor",
    "line_discount_pct",
    "line_type",
    "line_unit_of_measure",
    "new_vat_pct",
    "old_vat_pct",
    "order_date",
    "original_quantity",
    "picked_line",
    "posting_date",
    "price_line",
    "price_lines",
    "prices_including_vat",
    "qty_per_uom",
    "quantity",
    "sell_to",
    "bill_to",
    "shop",
    "side",
    "unit_amount_rounding_precision",
    "unit_cost",
    "unit_of_measure",
    "variant",
    "vat_pct",
    "vat_type",
    "work_date",
];

/// What the rules decide for the inputs of a case.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    let inputs = &flat(inputs);
    if let Some((name, _)) = inputs
        .members()
        .iter()
        .find(|(n, _)| !KNOWN.contains(&n.as_str()))
    {
        return Err(Unmapped::because(format!(
            "what `{name}` means is not known"
        )));
    }
    if inputs.text("action") == Some("manual pick") {
        picked(desk, inputs)
    } else if inputs.at(&["price_line", "asset_type"]).is_some() {
        allowed(desk, inputs)
    } else if inputs.text("engine") == Some("subcontractor prices") {
        subcontracted(desk, inputs)
    } else if inputs.text("channel") == Some("Shopify") {
        shown(desk, inputs)
    } else if inputs.has("new_vat_pct") {
        vat_changed(desk, inputs)
    } else if is_purchase(inputs) {
        bought(desk, inputs)
    } else {
        sold(desk, inputs)
    }
}

/// What a case says of the document stands beside the rest.
fn flat(inputs: &Node) -> Node {
    let document = inputs.get("document").cloned().unwrap_or(Node::empty());
    let Node::Object(mut members) = document else {
        return inputs.clone();
    };
    let rest = inputs.members().iter();
    members.extend(rest.filter(|(name, _)| name != "document").cloned());
    Node::Object(members)
}

/// Purchases say so, or speak of costs.
fn is_purchase(inputs: &Node) -> bool {
    inputs.text("side") == Some("purchase")
        || rows::listed(inputs)
            .iter()
            .any(|line| line.has("unit_cost"))
}

/// A text that is not blank, which the ERP writes for none.
fn filled<'a>(of: &'a Node, name: &str) -> Option<&'a str> {
    of.text(name).filter(|text| !text.is_empty())
}

/// A currency of a case by a code that no company of the tests has as its own: in some cases the document is in EUR,
/// which is the local currency of the package.
fn foreign(of: &Node, name: &str) -> Option<Node> {
    filled(of, name).map(|code| Node::from(format!("FCY-{code}")))
}

fn document_currency(inputs: &Node) -> Option<Node> {
    foreign(inputs, "currency").or_else(|| foreign(inputs, "document_currency"))
}

/// The variant of the line; a case that says nothing of it has only rows that apply.
fn variant(inputs: &Node) -> Option<Node> {
    if inputs.has("variant") {
        return filled(inputs, "variant").map(Node::from);
    }
    let lines = rows::listed(inputs);
    let named = lines.iter().find_map(|line| filled(line, "variant"));
    named.map(Node::from)
}

fn line(inputs: &Node) -> Result<Node, Unmapped> {
    let unit = inputs
        .get("unit_of_measure")
        .or(inputs.get("line_unit_of_measure"));
    let of = words::line_type(inputs)?;
    Ok(Node::object([("type", of.into()), ("number", ITEM.into())])
        .with_some("variant", variant(inputs).as_ref())
        .with_some("unit", unit)
        .with_some("quantity", inputs.get("quantity"))
        .with_some("job", inputs.get("job"))
        .with_some("job_task", inputs.get("job_task")))
}

fn question(inputs: &Node) -> Result<Node, Unmapped> {
    let work_day = inputs.text("work_date").unwrap_or(DAY);
    let question = Node::object([
        ("kind", words::document_kind(inputs)?.into()),
        ("work_day", work_day.into()),
        ("sell_to", inputs.text("sell_to").unwrap_or(CUSTOMER).into()),
        ("line", line(inputs)?),
    ]);
    Ok(question
        .with_some("bill_to", inputs.get("bill_to"))
        .with_some("order_day", inputs.get("order_date"))
        .with_some("posting_day", inputs.get("posting_date"))
        .with_some("campaign", inputs.get("header_campaign"))
        .with_some("currency", document_currency(inputs).as_ref())
        .with_some("includes_vat", inputs.get("prices_including_vat")))
}

/// The names of an answer in those of the cases.
fn told(answer: &Node, inputs: &Node) -> Node {
    let names = [
        ("unit_price", "unit_price"),
        ("unit_cost", "unit_price"),
        ("unit_amount", "unit_price"),
        ("line_discount_pct", "discount"),
        ("allow_line_disc", "allows_line_discount"),
        ("allow_invoice_disc", "allows_invoice_discount"),
    ];
    let mut outputs = Node::empty();
    for (theirs, ours) in names {
        outputs = outputs.with_some(theirs, answer.get(ours));
    }
    let chosen = answer.get("price_line");
    let lines = rows::listed(inputs);
    let mut ranked = lines.iter().enumerate();
    let row = ranked.find(|(rank, _)| Some(&Node::from(*rank)) == chosen);
    outputs.with_some("selected_line", row.and_then(|(_, line)| line.get("line")))
}

fn sold(desk: &Desk, inputs: &Node) -> Outputs {
    let data = rows::data(inputs)?;
    let decision = "erp.bc.line_price.price_of_line";
    let ask =
        |question: Node| desk.decide(decision, &Node::object([("question", question)]), &data);
    let mut asked = question(inputs)?;
    if inputs.get("copied_from_posted") == Some(&Node::Bool(true)) {
        let posted = inputs
            .clone()
            .with_some("quantity", inputs.get("original_quantity"));
        let invoiced = ask(question(&posted)?.with("kind", "sales_invoice"))?;
        let present = Node::object([
            ("origin", "from_posted_document".into()),
            ("changed", "quantity_changed".into()),
        ])
        .with_some("unit_price", invoiced.get("unit_price"))
        .with_some("discount", invoiced.get("discount"));
        asked = asked.with("line", line(inputs)?.with("present", present));
    }
    Ok(told(&ask(asked)?, inputs))
}

fn bought(desk: &Desk, inputs: &Node) -> Outputs {
    let question = Node::object([
        ("vendor", VENDOR.into()),
        ("day", inputs.text("order_date").unwrap_or(DAY).into()),
        ("line", line(inputs)?),
    ])
    .with_some("currency", document_currency(inputs).as_ref())
    .with_some("includes_vat", inputs.get("prices_including_vat"));
    let input = Node::object([("question", question)]);
    let answer = desk.decide(
        "erp.bc.line_price.cost_of_line",
        &input,
        &rows::data(inputs)?,
    )?;
    Ok(told(&answer, inputs))
}

fn picked(desk: &Desk, inputs: &Node) -> Outputs {
    let input = Node::object([("question", question(inputs)?), ("price_line", 0.into())]);
    let answer = desk.decide("erp.bc.line_price.pick_price", &input, &rows::data(inputs)?)?;
    Ok(words::refusal(&answer))
}

fn allowed(desk: &Desk, inputs: &Node) -> Outputs {
    let line = inputs.get("price_line").cloned().unwrap_or(Node::empty());
    let input = Node::object([
        ("amount_kind", words::amount_kind(&line)?.into()),
        ("asset_kind", words::asset_kind(&line)?.into()),
        ("asset", line.text("asset_no").unwrap_or_default().into()),
    ]);
    let decision = "erp.bc.agreements.price_line_allowed";
    let answer = desk.decide(decision, &input, &Data::new())?;
    Ok(words::refusal(&answer))
}

fn subcontracted(desk: &Desk, inputs: &Node) -> Outputs {
    let operation = Node::object([
        ("vendor", VENDOR.into()),
        ("work_center", "400".into()),
        ("item", ITEM.into()),
        ("unit", BASE.into()),
        ("day", DAY.into()),
    ])
    .with_some("quantity", inputs.get("quantity"));
    let lines = rows::listed(inputs);
    let tiers = lines.iter().enumerate().map(|(rank, line)| {
        Node::object([("vendor", VENDOR.into()), ("work_center", "400".into())])
            .with("rank", rank)
            .with_some("minimum", line.get("minimum_quantity"))
            .with_some("unit_cost", line.get("unit_cost"))
            .with_some("minimum_amount", line.get("minimum_amount"))
    });
    let data = Data::new()
        .rows("erp.bc.subcontractor.SubcontractorPrice", tiers)
        .row(
            "erp.bc.subcontractor.WorkCenter",
            Node::object([("number", "400".into())]),
        );
    let input = Node::object([("operation", operation)]);
    let decision = "erp.bc.subcontractor.subcontractor_price";
    let answer = desk.decide(decision, &input, &data)?;
    Ok(Node::object([("unit_cost", answer)]))
}

fn shown(desk: &Desk, inputs: &Node) -> Outputs {
    let of = inputs.get("shop").cloned().unwrap_or(Node::empty());
    let shop = Node::object([("vat_business", rows::BUYER_VAT.into())])
        .with_some("discount_group", of.get("customer_discount_group"))
        .with_some("price_group", of.get("customer_price_group"))
        .with_some("allows_line_discount", of.get("allow_line_disc"));
    let input = Node::object([
        ("shop", shop),
        ("item", ITEM.into()),
        ("work_day", inputs.text("work_date").unwrap_or(DAY).into()),
    ]);
    let answer = desk.decide("erp.bc.shop_price.shop_price", &input, &rows::data(inputs)?)?;
    let price = Node::empty().with_some("price", answer.get("price"));
    Ok(price.with_some("compare_at_price", answer.get("compare_at")))
}

fn vat_changed(desk: &Desk, inputs: &Node) -> Outputs {
    let price = inputs.get("unit_cost").or(inputs.get("unit_price"));
    let step = Node::Number("0.00001".to_owned());
    let input = Node::object([("includes_vat", Node::Bool(false)), ("step", step)])
        .with_some("price", price)
        .with_some("includes_vat", inputs.get("prices_including_vat"))
        .with_some("old_rate", inputs.get("old_vat_pct"))
        .with_some("new_rate", inputs.get("new_vat_pct"))
        .with_some("step", inputs.get("unit_amount_rounding_precision"));
    let decision = "erp.bc.price_vat.price_after_vat_change";
    let answer = desk.decide(decision, &input, &Data::new())?;
    Ok(Node::object([
        ("unit_cost", answer.clone()),
        ("unit_price", answer),
    ]))
}
