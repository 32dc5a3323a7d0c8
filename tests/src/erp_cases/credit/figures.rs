//! What a customer owes, what is open of orders, and what is overdue.

use super::super::desk::{Data, Desk};
use super::super::node::Node;
use super::super::{Outputs, Unmapped};
use super::{CUSTOMER, DAY};

/// Sums of a customer, by the name of the case and by that of the rules.
const SUMS: [(&str, &str); 11] = [
    ("balance", "posted"),
    ("posted_balance", "posted"),
    ("exposure", "posted"),
    ("outstanding_orders", "outstanding_orders"),
    ("shipped_not_invoiced", "shipped_not_invoiced"),
    ("outstanding_invoices", "outstanding_invoices"),
    (
        "of_which_invoices_from_shipments",
        "invoices_from_shipments",
    ),
    ("outstanding_return_orders", "outstanding_return_orders"),
    ("return_received_not_invoiced", "return_received"),
    ("invoiced_prepayments", "prepayments"),
    ("posted_prepayment_invoice_on_order_line", "prepayments"),
];

/// The sums of the customer of a case.
pub fn balance(inputs: &Node) -> Data {
    let mut row = Node::object([("customer", CUSTOMER.into())]);
    for (name, field) in SUMS {
        if let Some(amount) = inputs.get(name) {
            row.set(field, amount);
        }
    }
    // A prepayment invoice that is posted is part of what is posted, too.
    let prepaid = inputs.get("posted_prepayment_invoice_on_order_line");
    if !inputs.has("posted_balance") {
        row = row.with_some("posted", prepaid);
    }
    Data::new().row("erp.bc.credit.Balance", row)
}

/// An open line of a document of the customer.
pub fn open_line(document: usize, kind: &str) -> Node {
    Node::object([
        ("document", document.to_string().into()),
        ("line", 10000.into()),
        ("customer", CUSTOMER.into()),
        ("kind", kind.into()),
    ])
}

/// What the customer card shows.
pub fn card(desk: &Desk, inputs: &Node) -> Outputs {
    card_of(desk, inputs, &balance(inputs))
}

fn card_of(desk: &Desk, inputs: &Node, data: &Data) -> Outputs {
    let zero = Node::from(0);
    let input = Node::object([
        ("customer", CUSTOMER.into()),
        (
            "credit_limit",
            inputs.get("credit_limit").unwrap_or(&zero).into(),
        ),
    ]);
    let card = desk.decide("customer_credit", &input, data)?;
    let style = match card.text("style") {
        Some("unfavorable") => "Unfavorable",
        _ => "",
    };
    let shipped = card.at(&["figures", "shipped_not_invoiced"]).cloned();
    Ok(card
        .with("style", style)
        .with_some("shipped_not_invoiced", shipped.as_ref()))
}

/// An order with shipments, and an invoice made of them: `order`, `shipments`,
/// `open_invoice_from_shipment_lines`.
pub fn open_order(desk: &Desk, inputs: &Node) -> Outputs {
    let order = inputs.get("order").cloned().unwrap_or_else(Node::empty);
    let line = Node::empty()
        .with_some("quantity", order.get("quantity"))
        .with_some("unit_price", order.get("unit_price"))
        .with_some("vat_rate", order.get("vat_pct"));
    let shipped = order.get("shipped").into_iter().cloned().collect();
    let shipments = match inputs.get("shipments") {
        Some(parts) => parts.clone(),
        None => Node::List(shipped),
    };
    let ordered = line
        .clone()
        .with("shipments", shipments)
        .with_some("invoiced", order.get("invoiced"));
    let mut rows = vec![stored(desk, &ordered, open_line(1, "order"))?];
    if let Some(invoice) = inputs.get("open_invoice_from_shipment_lines") {
        let invoiced = line
            .with_some("quantity", invoice.get("quantity"))
            .with("shipments", Vec::new());
        let row = open_line(2, "invoice").with("from_shipment", true);
        rows.push(stored(desk, &invoiced, row)?);
    }
    let data = balance(inputs).rows("erp.bc.credit.OpenLine", rows);
    card_of(desk, inputs, &data)
}

/// A line with the amounts that the ERP stores in it.
fn stored(desk: &Desk, line: &Node, row: Node) -> Outputs {
    let amounts = open_amounts(desk, line)?;
    Ok(row
        .with_some("outstanding", amounts.get("outstanding"))
        .with_some("shipped_not_invoiced", amounts.get("shipped_not_invoiced")))
}

/// What is open of a line.
pub fn open_amounts(desk: &Desk, line: &Node) -> Outputs {
    let input = Node::object([("line", line.clone())]);
    desk.decide("open_amounts", &input, &Data::new())
}

/// What is overdue of open entries, on the user's `work_date` or on the system's `today`.
pub fn overdue(desk: &Desk, inputs: &Node) -> Outputs {
    let day = inputs.get("work_date").or_else(|| inputs.get("today"));
    let day = day.cloned().unwrap_or_else(|| DAY.into());
    let entries = inputs
        .get("entries")
        .or_else(|| inputs.get("detailed_entries"))
        .map(Node::items)
        .unwrap_or_default();
    let rows = entries.iter().enumerate().map(|(index, entry)| {
        let due = entry.get("due_date");
        let initial = due.or_else(|| inputs.get("initial_due_date"));
        Node::object([("entry", index.into()), ("customer", CUSTOMER.into())])
            .with_some("posting_date", entry.get("posting_date"))
            .with_some("initial_due_date", initial)
            .with_some("due_date", due)
            .with_some("amount", entry.get("amount"))
            .with_some("remaining", entry.get("amount"))
    });
    let data = Data::new().rows("erp.bc.overdue.LedgerEntry", rows);
    let input = Node::object([
        ("customer", CUSTOMER.into()),
        ("work_date", day.clone()),
        ("today", day),
    ]);
    let answer = desk.decide("overdue", &input, &data)?;
    let missing = || Unmapped::because("the answer has no figures");
    let due = answer.get("balance_due").ok_or_else(missing)?;
    let shown = answer.get("overdue_balance").ok_or_else(missing)?;
    // The customer card goes by the work date, statistics by the day of the system.
    let overdue = if inputs.has("work_date") { due } else { shown };
    Ok(Node::object([
        ("balance_due", due.into()),
        ("overdue_balance", overdue.into()),
        ("overdue_balance_shown", shown.into()),
    ]))
}
