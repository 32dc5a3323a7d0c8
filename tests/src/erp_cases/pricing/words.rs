//! Words of the cases in those of the rules.

use super::super::Unmapped;
use super::super::node::Node;
use super::filled;

/// What the line is about.
pub fn line_type(inputs: &Node) -> Result<&'static str, Unmapped> {
    match inputs.text("line_type") {
        None | Some("Item") => Ok("item_line"),
        Some("Resource") => Ok("resource_line"),
        Some("G/L Account") => Ok("account_line"),
        Some(other) => Err(Unmapped::because(format!("no type of line `{other}`"))),
    }
}

/// The kind of document.
pub fn document_kind(inputs: &Node) -> Result<&'static str, Unmapped> {
    match inputs.text("document_type") {
        None | Some("Order") => Ok("sales_order"),
        Some("Quote") => Ok("sales_quote"),
        Some("Invoice") => Ok("sales_invoice"),
        Some("Credit Memo") => Ok("sales_credit_memo"),
        Some("Return Order") => Ok("sales_return_order"),
        Some(other) => Err(Unmapped::because(format!("no type of document `{other}`"))),
    }
}

/// What a line of a price list defines.
pub fn amount_kind(line: &Node) -> Result<&'static str, Unmapped> {
    match line.text("amount_type") {
        None | Some("Price") => Ok("price_only"),
        Some("Discount") => Ok("discount_only"),
        Some("Any" | "Price & Discount") => Ok("price_and_discount"),
        Some(other) => Err(Unmapped::because(format!("no type of amount `{other}`"))),
    }
}

/// What a line of a price list is about.
pub fn asset_kind(line: &Node) -> Result<&'static str, Unmapped> {
    match line.text("asset_type") {
        None | Some("Item") => Ok("one_item"),
        Some("Item Discount Group") => Ok("item_group"),
        Some("Resource") => Ok("one_resource"),
        Some("Resource Group") => Ok("resource_group"),
        Some("G/L Account") => Ok("one_account"),
        Some(other) => Err(Unmapped::because(format!("no type of asset `{other}`"))),
    }
}

/// Who an agreement is with: the words that begin a source, and the kind. The code may follow.
const SOURCES: &[(&str, &str)] = &[
    ("All Customers", "everyone"),
    ("Customer Price Group", "price_group"),
    ("Customer Discount Group", "discount_group"),
    ("Customer", "this_customer"),
    ("Contact", "this_contact"),
    ("Campaign", "this_campaign"),
    ("All Vendors", "every_vendor"),
    ("Vendor", "this_vendor"),
    ("All Jobs", "all_jobs"),
    ("Job Task", "this_job_task"),
    ("Job", "this_job"),
];

/// The kind of source and its code, if the case tells one.
pub fn source(line: &Node) -> Result<Option<(&'static str, Option<&str>)>, Unmapped> {
    let Some(text) = filled(line, "source") else {
        return Ok(None);
    };
    let found = SOURCES.iter().find_map(|(words, kind)| {
        let rest = text.strip_prefix(words)?;
        (rest.is_empty() || rest.starts_with(' ')).then(|| (*kind, rest.trim()))
    });
    match found {
        Some((kind, code)) => Ok(Some((kind, Some(code).filter(|code| !code.is_empty())))),
        None => Err(Unmapped::because(format!("no source `{text}`"))),
    }
}

/// Taken, or the first reason against it.
pub fn refusal(answer: &Node) -> Node {
    if answer.get("allowed") == Some(&Node::Bool(true)) {
        return Node::object([("result", "ok".into())]);
    }
    let first = answer.get("reasons").and_then(|all| all.items().first());
    let reason = match first.and_then(|reason| reason.text("code")) {
        Some("below_minimum") => "quantity below minimum quantity",
        Some("other_currency") => "currency mismatch",
        Some("other_unit") => "unit of measure mismatch",
        Some("not_yet_valid") => "picked line not valid on the order date",
        Some(code) => code,
        None => "",
    };
    Node::object([("result", "error".into()), ("reason", reason.into())])
}
