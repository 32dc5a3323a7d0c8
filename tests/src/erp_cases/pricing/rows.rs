//! What a case says of price lists and cards, as rows of reference data.

use super::super::Unmapped;
use super::super::desk::Data;
use super::super::node::Node;
use super::{
    BASE, CUSTOMER, GROUP, ITEM, PRODUCT, VENDOR, document_currency, filled, foreign, words,
};

/// VAT business posting group of who buys.
pub const BUYER_VAT: &str = "BUYER";
/// That of the prices.
const PRICE_VAT: &str = "PRICES";
const START: &str = "2000-01-01";

fn number(text: &str) -> Node {
    Node::Number(text.to_owned())
}

/// The lines of price lists, in the order of the ERP.
pub fn listed(inputs: &Node) -> Vec<&Node> {
    let lists = ["price_lines", "customer_price_lines"].iter();
    let many = lists.flat_map(|name| inputs.get(name).map(Node::items).unwrap_or_default());
    let one = ["price_line", "picked_line"].iter();
    many.chain(one.filter_map(|name| inputs.get(name)))
        .collect()
}

/// One line of a price list. Lists of a customer, whom a case need not name, are in a member of their own.
fn price_row(line: &Node, inputs: &Node) -> Result<Node, Unmapped> {
    let (asset, price_type) = match (words::line_type(inputs)?, super::is_purchase(inputs)) {
        ("resource_line", _) => ("one_resource", "sale"),
        ("account_line", _) => ("one_account", "sale"),
        (_, true) => ("one_item", "purchase"),
        (_, false) => ("one_item", "sale"),
    };
    let price = ["unit_price", "amount", "unit_cost"].iter();
    let price = price.filter_map(|name| line.get(name)).next();
    let active = matches!(line.text("status"), None | Some("Active"));
    let row = Node::object([
        ("price_type", price_type.into()),
        ("asset_kind", asset.into()),
        ("asset", ITEM.into()),
        ("active", active.into()),
        ("amount_kind", words::amount_kind(line)?.into()),
        ("vat_business", PRICE_VAT.into()),
    ])
    .with_some("price_list", line.get("price_list"))
    .with_some("price", price)
    .with_some("discount", line.get("line_discount_pct"))
    .with_some("minimum", line.get("minimum_quantity"))
    .with_some("starts", line.get("starting_date"))
    .with_some("ends", line.get("ending_date"))
    .with_some("currency", foreign(line, "currency").as_ref())
    .with_some("variant", filled(line, "variant").map(Node::from).as_ref())
    .with_some(
        "unit",
        filled(line, "unit_of_measure").map(Node::from).as_ref(),
    )
    .with_some("includes_vat", line.get("price_includes_vat"))
    .with_some("allows_line_discount", line.get("allow_line_disc"))
    .with_some("allows_invoice_discount", line.get("allow_invoice_disc"));
    let default = || {
        if inputs.has("customer_price_lines") {
            "this_customer"
        } else {
            "everyone"
        }
    };
    let (kind, code) = words::source(line)?.unwrap_or((default(), None));
    let job = inputs.text("job").unwrap_or_default();
    let source = match kind {
        "this_customer" => code.unwrap_or(customers(inputs).1),
        "this_vendor" => VENDOR,
        "this_job" => code.unwrap_or(job),
        "this_job_task" => code.or(inputs.text("job_task")).unwrap_or_default(),
        "everyone" | "every_vendor" | "all_jobs" => "",
        _ => code.unwrap_or(GROUP),
    };
    let row = row.with("source_kind", kind).with("source", source);
    Ok(if kind == "this_job_task" {
        row.with("job", job)
    } else {
        row
    })
}

/// Sell-to and bill-to customer.
fn customers(inputs: &Node) -> (&str, &str) {
    let sell_to = inputs.text("sell_to").unwrap_or(CUSTOMER);
    (sell_to, inputs.text("bill_to").unwrap_or(sell_to))
}

/// Discounts that a case tells as a percentage and not as a line.
fn discount_rows(inputs: &Node) -> Vec<Node> {
    let group = inputs.at(&["shop", "customer_discount_group"]);
    let group = group
        .and_then(Node::as_text)
        .filter(|code| !code.is_empty());
    let told = [
        ("line_discount_pct", "everyone", ""),
        ("group_discount_pct", "discount_group", GROUP),
        (
            "discount_group_pct",
            "discount_group",
            group.unwrap_or(GROUP),
        ),
    ];
    let told = told.iter().filter_map(|(name, kind, source)| {
        let discount = inputs.get(name)?;
        let row = Node::object([
            ("asset", ITEM.into()),
            ("amount_kind", "discount_only".into()),
            ("source_kind", (*kind).into()),
            ("source", (*source).into()),
        ]);
        Some(row.with("discount", discount.clone()))
    });
    told.collect()
}

fn vat_rows(inputs: &Node) -> Result<Vec<Node>, Unmapped> {
    let kind = match inputs.text("vat_type") {
        None | Some("Normal" | "Normal VAT") => "normal",
        Some("Reverse Charge" | "Reverse Charge VAT") => "reverse_charge",
        Some(other) => return Err(Unmapped::because(format!("no kind of VAT `{other}`"))),
    };
    let none = number("0");
    let rate = inputs.get("vat_pct").unwrap_or(&none);
    let own = inputs.at(&["price_line", "vat_pct"]).unwrap_or(rate);
    let row = |business: &str, kind: &str, rate: &Node| {
        Node::object([
            ("business", business.into()),
            ("product", PRODUCT.into()),
            ("identifier", business.into()),
            ("kind", kind.into()),
            ("rate", rate.clone()),
        ])
    };
    Ok(vec![
        row(BUYER_VAT, kind, rate),
        row(PRICE_VAT, "normal", own),
    ])
}

/// All that a case says of the company, its customers and its prices.
pub fn data(inputs: &Node) -> Result<Data, Unmapped> {
    let lines = listed(inputs)
        .into_iter()
        .map(|line| price_row(line, inputs));
    let mut rows = lines.collect::<Result<Vec<Node>, Unmapped>>()?;
    rows.extend(discount_rows(inputs));
    let ranked = rows
        .into_iter()
        .enumerate()
        .map(|(rank, row)| row.with("rank", rank));

    let none = number("0");
    let card = ["item_card_price", "card_price", "item_price"].iter();
    let card = card
        .filter_map(|name| inputs.get(name))
        .next()
        .unwrap_or(&none);
    let priced = |row: Node| row.with("unitPrice", card).with("vat_product", PRODUCT);
    let named = || Node::object([("number", ITEM.into())]);
    let item = named().with("baseUnitOfMeasureCode", BASE);

    let units = inputs
        .get("qty_per_uom")
        .map(Node::members)
        .unwrap_or_default();
    let units = units.iter().map(|(unit, holds)| {
        Node::object([("item", ITEM.into()), ("unit", unit.as_str().into())]).with("holds", holds)
    });

    let (sell_to, bill_to) = customers(inputs);
    let terms = |code: &str| {
        Node::object([
            ("number", code.into()),
            ("price_group", GROUP.into()),
            ("discount_group", GROUP.into()),
            ("contact", GROUP.into()),
            ("vat_business", BUYER_VAT.into()),
        ])
        .with_some(
            "allows_line_discount",
            inputs.get("customer_allows_line_disc"),
        )
    };
    let both = [sell_to, bill_to]
        .into_iter()
        .take(if sell_to == bill_to { 1 } else { 2 });
    let mut campaigns = Vec::new();
    for line in listed(inputs) {
        if let Some(("this_campaign", code)) = words::source(line)? {
            campaigns.push(Node::object([
                ("customer", bill_to.into()),
                ("campaign", code.unwrap_or(GROUP).into()),
            ]));
        }
    }

    let data = Data::new()
        .rows("erp.bc.agreements.PriceLine", ranked)
        .row("erp.bc.model.Item", priced(item))
        .row(
            "erp.bc.model.Resource",
            priced(named().with("base_unit", BASE)),
        )
        .row("erp.bc.model.Account", named().with("vat_product", PRODUCT))
        .row(
            "erp.bc.model.Vendor",
            Node::object([
                ("number", VENDOR.into()),
                ("vat_business", BUYER_VAT.into()),
            ]),
        )
        .rows("erp.bc.model.ItemUnit", units)
        .rows("erp.bc.model.VatSetup", vat_rows(inputs)?)
        .rows("erp.bc.model.CustomerTerms", both.map(terms))
        .rows("erp.bc.model.CustomerCampaign", campaigns);
    Ok(match document_currency(inputs) {
        None => data,
        Some(code) => {
            let one = number("1");
            let factor = inputs.get("lcy_to_fcy_factor").unwrap_or(&one);
            let rate = Node::object([
                ("startingDate", START.into()),
                ("relationalExchangeRateAmount", number("1")),
            ]);
            let rate = rate
                .with("currencyCode", &code)
                .with("exchangeRateAmount", factor);
            data.row(
                "erp.bc.currency.Currency",
                Node::empty().with("code", &code),
            )
            .row("erp.bc.currency.ExchangeRate", rate)
        }
    })
}
