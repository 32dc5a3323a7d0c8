//! The credit check of a document that is made or changed.

use super::super::Outputs;
use super::super::desk::{Data, Desk};
use super::super::node::Node;
use super::figures::{balance, open_amounts, open_line};
use super::{CUSTOMER, DAY, document, warnings};

const OPEN: &str = "erp.bc.credit.OpenLine";

/// A document or a line that is checked.
pub fn check(desk: &Desk, inputs: &Node) -> Outputs {
    let kind = kind(inputs)?;
    let data = open_documents(inputs, kind);
    let request = request(inputs)?.with("document", kind);
    let request = match inputs.get("current_line") {
        Some(line) => line_change(request, line.get("old"), line.get("new"))
            .with_some("document_amount", line.get("old")),
        None if inputs.has("current_line_new") => {
            let old = inputs.get("current_line_old");
            line_change(request, old, inputs.get("current_line_new"))
                .with_some("document_amount", old)
        }
        None if inputs.has("new_amount") => {
            let old = with_vat(desk, inputs, "old_amount")?;
            let new = with_vat(desk, inputs, "new_amount")?;
            line_change(request, Some(&old), Some(&new)).with("document_amount", old)
        }
        None if inputs.has("line_amount") => line_change(request, None, inputs.get("line_amount")),
        None => whole_document(request, inputs),
    };
    decide(desk, request, &data)
}

/// Customers who are put on one document after another.
pub fn steps(desk: &Desk, inputs: &Node) -> Outputs {
    let mut warned = Vec::new();
    for step in inputs.get("steps").map(Node::items).unwrap_or_default() {
        let limit = step.members().first().map(|(_, limit)| limit);
        let request = request(inputs)?.with_some("credit_limit", limit);
        let answer = decide(desk, request, &balance(inputs))?;
        warned.extend(answer.get("warning").cloned());
    }
    Ok(Node::object([("warnings_per_step", warned.into())]))
}

/// What all checks say of the customer and of the setup.
fn request(inputs: &Node) -> Outputs {
    let request = Node::object([("customer", CUSTOMER.into()), ("work_date", DAY.into())])
        .with_some("work_date", inputs.get("work_date"))
        .with_some("credit_limit", inputs.get("credit_limit"));
    Ok(match inputs.text("credit_warnings") {
        Some(word) => request.with("warnings", warnings(word)?),
        None => request,
    })
}

/// The type of the document; a quote that becomes an order is checked as the order.
fn kind(inputs: &Node) -> Result<&'static str, super::super::Unmapped> {
    let named = inputs
        .text("document_type")
        .or_else(|| inputs.text("new_document"));
    document(named.unwrap_or("Order"))
}

fn line_change(request: Node, old: Option<&Node>, new: Option<&Node>) -> Node {
    request
        .with("part", "line")
        .with_some("old", old)
        .with_some("new", new)
}

/// A new document, or one that is there already and stays with its customer.
fn whole_document(request: Node, inputs: &Node) -> Node {
    let names = [
        "new_document_amount",
        "quote_amount",
        "order_amount_incl_vat",
    ];
    let amount = names.iter().find_map(|name| inputs.get(name));
    request
        .with_some("document_amount", amount)
        .with("new_bill_to", !inputs.has("order_amount_incl_vat"))
}

/// The sums of the customer, and the documents that are open besides; the stored line of a document
/// that is being changed is one of them.
fn open_documents(inputs: &Node, kind: &str) -> Data {
    let names = [
        "other_open_document",
        "current_line_old",
        "old_amount",
        "order_amount_incl_vat",
    ];
    let open = names.iter().filter_map(|name| inputs.get(name));
    let rows = open
        .enumerate()
        .map(|(index, amount)| open_line(index, kind).with("outstanding", amount));
    balance(inputs).rows(OPEN, rows)
}

/// An amount of a line with the VAT of the case.
fn with_vat(desk: &Desk, inputs: &Node, name: &str) -> Outputs {
    let zero = Node::from(0);
    let line = Node::object([
        ("quantity", 1.into()),
        ("unit_price", inputs.get(name).unwrap_or(&zero).into()),
        ("shipments", Vec::new().into()),
    ])
    .with_some("vat_rate", inputs.get("vat_pct"));
    let amounts = open_amounts(desk, &line)?;
    Ok(amounts.get("outstanding").cloned().unwrap_or(zero))
}

fn decide(desk: &Desk, request: Node, data: &Data) -> Outputs {
    let input = Node::object([("request", request)]);
    let answer = desk.decide("credit_check", &input, data)?;
    let event = match answer.text("workflow_event") {
        Some("not_exceeded") => "not exceeded".to_owned(),
        other => other.unwrap_or_default().to_owned(),
    };
    let total = answer.get("total_amount").cloned();
    Ok(answer
        .with("workflow_event", event)
        .with_some("exposure", total.as_ref()))
}
