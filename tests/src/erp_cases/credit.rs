//! Cases of credit: the check and its figures, what is overdue, and what a block stops.

mod blocks;
mod check;
mod figures;

use super::desk::Desk;
use super::node::Node;
use super::{Outputs, Unmapped};

/// The customer of a case that names none.
const CUSTOMER: &str = "10000";

/// The day of a case that names none.
const DAY: &str = "2026-11-20";

/// What the rules decide for the inputs of a case.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    let has = |name: &str| inputs.has(name);
    if has("customer_blocked") {
        blocks::document(desk, inputs)
    } else if has("released_orders_by_customer_blocked") {
        blocks::warehouse(desk, inputs)
    } else if has("item_blocked") || has("item_sales_blocked") {
        blocks::item(desk, inputs)
    } else if has("entries") || has("detailed_entries") {
        figures::overdue(desk, inputs)
    } else if has("order") {
        figures::open_order(desk, inputs)
    } else if has("steps") {
        check::steps(desk, inputs)
    } else if is_checked(inputs) {
        check::check(desk, inputs)
    } else if has("credit_limit") {
        figures::card(desk, inputs)
    } else {
        Err(Unmapped::because("the shape of the inputs is not known"))
    }
}

/// Whether something is done that is checked, and not only a card looked at.
fn is_checked(inputs: &Node) -> bool {
    let doings = [
        "action",
        "document_type",
        "new_document",
        "order_amount_incl_vat",
        "current_line",
    ];
    doings.iter().any(|name| inputs.has(name))
}

/// A type of sales documents, as the rules write it.
fn document(word: &str) -> Result<&'static str, Unmapped> {
    Ok(match word {
        "Quote" => "quote",
        "Blanket Order" => "blanket_order",
        "Order" => "order",
        "Invoice" => "invoice",
        "Credit Memo" => "credit_memo",
        "Return Order" => "return_order",
        other => return Err(Unmapped::because(format!("no document is called {other}"))),
    })
}

/// A setting of the warnings, as the rules write it.
fn warnings(word: &str) -> Result<&'static str, Unmapped> {
    Ok(match word {
        "Both Warnings" => "both",
        "Credit Limit" => "credit_limit",
        "Overdue Balance" => "overdue_balance",
        "No Warning" => "no_warning",
        other => return Err(Unmapped::because(format!("no setting is called {other}"))),
    })
}
