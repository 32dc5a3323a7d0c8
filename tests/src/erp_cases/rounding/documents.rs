//! Documents with VAT: totals, lines, invoice rounding, and what is posted in local currency.

use super::super::desk::{Data, Desk};
use super::super::node::Node;
use super::super::{Outputs, Unmapped};
use super::fields::{direction, member, vat_kind, wanted};

/// The amount of a document that has one line, without or with VAT.
const ONE_LINE: [&str; 2] = ["amount_excl_vat", "amount_incl_vat"];

/// The currency of a foreign document, and the day that all rates are known since.
const CURRENCY: &str = "FCY";
const DAY: &str = "2026-11-20";

/// Whether the inputs are those of a document.
pub fn is_document(inputs: &Node) -> bool {
    inputs.has("lines") || ONE_LINE.iter().any(|name| inputs.has(name))
}

/// Totals, VAT and invoice rounding of a document in its own currency.
pub fn decided(desk: &Desk, inputs: &Node) -> Outputs {
    let document = document(inputs, &lines_of(inputs))?;
    let asked = Node::object([("document", document.clone())]);
    let vat = desk.decide("erp.bc.vat.document_vat", &asked, &Data::new())?;
    let entered = desk.decide("erp.bc.vat.entered_vat", &asked, &Data::new())?;
    let rounding = Node::empty()
        .with_some("active", inputs.get("invoice_rounding"))
        .with_some("step", inputs.get("invoice_rounding_precision"))
        .with_some("type", direction(inputs, "invoice_rounding_type")?.as_ref());
    let rounding = match inputs.has("invoice_rounding") {
        true => rounding,
        false => rounding.with("active", inputs.has("invoice_rounding_precision")),
    };
    let asked = asked.with("rounding", rounding);
    let totals = desk.decide(
        "erp.bc.invoice_rounding.document_totals",
        &asked,
        &Data::new(),
    )?;
    let including = wanted(&totals, "including")?;
    let net = wanted(&totals, "net")?;
    let payable = wanted(&totals, "payable")?;
    let rounded = wanted(&totals, "invoice_rounding")?;
    // Lines that are only amounts are told as they are entered, others as a whole.
    let bare = lines_of(inputs)
        .iter()
        .all(|line| matches!(line, Node::Number(_)));
    let amount_incl_vat = match bare && inputs.has("lines") {
        true => column(&entered, "including"),
        false => including.clone(),
    };
    // A single amount is rounded within its total.
    let total_incl_vat = match inputs.has("lines") {
        true => including.clone(),
        false => payable.clone(),
    };
    Ok(Node::object([
        ("total_excl_vat", net.clone()),
        ("vat_base", net),
        ("total_vat", wanted(&vat, "vat")?),
        ("vat_amount", wanted(&vat, "vat")?),
        ("amount_incl_vat", amount_incl_vat),
        ("total_incl_vat_before", including),
        ("total_incl_vat", total_incl_vat),
        ("payable_rounding_amount", rounded.clone()),
        ("invoice_rounding_amount", rounded),
        ("payable_amount", payable),
    ]))
}

/// What a document in a foreign currency posts.
pub fn posted(desk: &Desk, inputs: &Node) -> Outputs {
    let lines = match inputs.get("lines_fcy") {
        Some(lines) => lines.items().to_vec(),
        None => inputs.get("amount_fcy").cloned().into_iter().collect(),
    };
    let posting = Node::empty()
        .with(
            "document",
            document(inputs, &lines)?.with("currency", CURRENCY),
        )
        .with("day", DAY)
        .with_some("side", inputs.get("side"))
        .with_some("local_step", inputs.get("lcy_amount_rounding_precision"));
    let data = Data::new()
        .row(
            "erp.bc.currency.Currency",
            Node::object([("code", CURRENCY.into())]),
        )
        .row("erp.bc.currency.ExchangeRate", rate(inputs)?);
    let asked = Node::object([("posting", posting)]);
    let result = desk.decide("erp.bc.posting.posted_in_local", &asked, &data)?;
    let mut accounts = Node::empty();
    for row in member(&result, "accounts").items() {
        accounts.set(
            row.text("account").unwrap_or_default(),
            member(row, "amount"),
        );
    }
    let vat = wanted(&result, "vat")?;
    let total = wanted(&result, "total")?;
    Ok(Node::object([
        ("vat_fcy", wanted(&result, "document_vat")?),
        ("revenue_lcy", accounts.clone()),
        ("cost_lcy", accounts),
        ("receivable_lcy", total.clone()),
        ("payable_lcy", total),
        ("vat_base_lcy", wanted(&result, "net")?),
        ("vat_amount_lcy", vat.clone()),
        ("total_vat_lcy", vat),
        (
            "vat_entries_lcy_unordered",
            column(&member(&result, "lines"), "local_vat"),
        ),
    ]))
}

/// An exchange rate as the ERP keeps it: so much of the currency for so much of the local one.
fn rate(inputs: &Node) -> Outputs {
    let one = Node::from(1_usize);
    let (amount, relational) = if let Some(amount) = inputs.get("exchange_rate_amount_fcy_per_lcy")
    {
        (amount, &one)
    } else if let Some(relational) = inputs.get("lcy_per_fcy") {
        (&one, relational)
    } else {
        match (
            inputs.get("exchange_rate_amount"),
            inputs.get("relational_rate_amount"),
        ) {
            (Some(amount), Some(relational)) => (amount, relational),
            _ => return Err(Unmapped::because("the inputs name no exchange rate")),
        }
    };
    Ok(Node::object([
        ("currencyCode", CURRENCY.into()),
        ("startingDate", DAY.into()),
        ("exchangeRateAmount", amount.clone()),
        ("relationalExchangeRateAmount", relational.clone()),
    ]))
}

fn lines_of(inputs: &Node) -> Vec<Node> {
    match inputs.get("lines") {
        Some(lines) => lines.items().to_vec(),
        None => ONE_LINE
            .iter()
            .filter_map(|name| inputs.get(name).cloned())
            .collect(),
    }
}

/// A document of the rules; what a line does not say itself, the inputs say for all lines.
fn document(inputs: &Node, lines: &[Node]) -> Outputs {
    let includes_vat = inputs
        .get("prices_including_vat")
        .cloned()
        .unwrap_or_else(|| Node::from(!inputs.has("lines") && inputs.has("amount_incl_vat")));
    let mut taxed = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        taxed.push(tax_line(inputs, index, line)?);
    }
    Ok(Node::empty()
        .with("includes_vat", includes_vat)
        .with_some("vat_base_discount", inputs.get("vat_base_discount_pct"))
        .with_some("amount_step", inputs.get("amount_rounding_precision"))
        .with_some(
            "vat_rounding",
            direction(inputs, "vat_rounding_type")?.as_ref(),
        )
        .with("lines", taxed))
}

/// A line: an amount, or an object with an amount or with quantity and price.
fn tax_line(inputs: &Node, index: usize, line: &Node) -> Outputs {
    let amount = match line {
        Node::Number(_) => Some(line),
        _ => line.get("amount"),
    };
    let kind = match vat_kind(line)? {
        Some(kind) => Some(kind),
        None => vat_kind(inputs)?,
    };
    Ok(Node::empty()
        .with("number", index)
        .with_some("account", line.get("account"))
        .with_some("vat_id", line.get("vat_identifier"))
        .with_some("vat_rate", line.get("vat_pct").or(inputs.get("vat_pct")))
        .with_some("vat_kind", kind.as_ref())
        .with_some("quantity", line.get("quantity"))
        .with_some("unit_price", line.get("unit_price"))
        .with_some("amount", amount))
}

fn column(rows: &Node, name: &str) -> Node {
    let rows = rows.items().iter();
    Node::from(rows.map(|row| member(row, name)).collect::<Vec<_>>())
}
