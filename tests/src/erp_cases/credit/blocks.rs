//! What a block of a customer or an item stops.

use super::super::desk::{Data, Desk};
use super::super::node::Node;
use super::super::{Outputs, Unmapped};
use super::{CUSTOMER, document as document_word};

/// A document of a blocked customer: `customer_blocked`, `document_type`, `action`.
pub fn document(desk: &Desk, inputs: &Node) -> Outputs {
    let blocked = inputs.text("customer_blocked").unwrap_or_default();
    let kind = document_word(inputs.text("document_type").unwrap_or("Order"))?;
    let question = Node::object([
        ("customer", customer(CUSTOMER, blocked)),
        ("document", kind.into()),
        (
            "action",
            action(inputs.text("action").unwrap_or("create"))?.into(),
        ),
    ]);
    ask(desk, "document_allowed", question)
}

/// Orders of customers with these blocks: which of them a warehouse shipment takes in.
pub fn warehouse(desk: &Desk, inputs: &Node) -> Outputs {
    let blocks = inputs
        .get("released_orders_by_customer_blocked")
        .map(Node::items)
        .unwrap_or_default();
    let numbered = blocks.iter().enumerate();
    let orders = numbered.map(|(index, block)| {
        let customer = customer(CUSTOMER, block.as_text().unwrap_or_default());
        Node::object([("number", index.to_string().into()), ("customer", customer)])
    });
    let input = Node::object([("orders", orders.collect::<Vec<_>>().into())]);
    let answer = desk.decide("warehouse_orders", &input, &Data::new())?;
    let included = answer.get("included").map(Node::items).unwrap_or_default();
    let taken = blocks.iter().enumerate().filter(|(index, _)| {
        let number = index.to_string();
        included
            .iter()
            .any(|order| order.as_text() == Some(number.as_str()))
    });
    let taken: Vec<Node> = taken.map(|(_, block)| block.clone()).collect();
    Ok(
        Node::object([("included_in_warehouse_shipment", taken.into())])
            .with_some("skipped_message_count", answer.get("skipped")),
    )
}

/// A blocked item on a line of a document or of an item journal.
pub fn item(desk: &Desk, inputs: &Node) -> Outputs {
    let question = Node::empty()
        .with_some("blocked", inputs.get("item_blocked"))
        .with_some("sales_blocked", inputs.get("item_sales_blocked"));
    if let Some(kind) = inputs.text("document_type") {
        return ask(
            desk,
            "item_allowed",
            question.with("document", document_word(kind)?),
        );
    }
    let question = match inputs.text("journal_entry_type") {
        Some(word) => question.with("entry", entry(word)?),
        None if inputs.text("document") == Some("item journal line") => question,
        None => return Err(Unmapped::because("the line stands in no known document")),
    };
    let input = Node::object([("question", question)]);
    let result = desk.decide("item_journal_allowed", &input, &Data::new())?;
    Ok(Node::object([("result", result)]))
}

fn ask(desk: &Desk, decision: &str, question: Node) -> Outputs {
    let input = Node::object([("question", question)]);
    desk.decide(decision, &input, &Data::new())
}

/// A customer card with a block; privacy is a field of its own.
fn customer(number: &str, blocked: &str) -> Node {
    let card = Node::object([("number", number.into())]);
    match blocked {
        "Privacy" | "Privacy Blocked" => card.with("privacy_blocked", true),
        word => card.with("blocked", word),
    }
}

fn action(word: &str) -> Result<&'static str, Unmapped> {
    Ok(match word {
        "create" => "create",
        "post shipment" => "post_shipment",
        "post without shipment" => "post_without_shipment",
        "post receipt" => "post_receipt",
        other => return Err(Unmapped::because(format!("no action is called {other}"))),
    })
}

fn entry(word: &str) -> Result<&'static str, Unmapped> {
    Ok(match word {
        "Purchase" => "purchase",
        "Sale" => "sale",
        "Positive Adjmt." => "positive_adjustment",
        "Negative Adjmt." => "negative_adjustment",
        "Transfer" => "transfer",
        "Consumption" => "consumption",
        "Output" => "output",
        other => return Err(Unmapped::because(format!("no entry is called {other}"))),
    })
}
