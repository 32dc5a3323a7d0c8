//! Cases of discount: which line discount, amounts of lines, invoice discounts of documents.

use super::desk::{Data, Desk};
use super::node::Node;
use super::{Outputs, Unmapped};

const DAY: &str = "2026-11-20";
const ITEM: &str = "1896-S";
const CODE: &str = "10000";

/// What the rules decide for the inputs of a case.
pub fn outputs(desk: &Desk, inputs: &Node) -> Outputs {
    let inputs = &described(desk, inputs)?;
    if inputs.has("discounts_posted_separately") {
        posted(desk, inputs)
    } else if inputs.has("steps") || inputs.has("ship") {
        stepped(desk, inputs)
    } else if is_line_discount(inputs) {
        line_discount(desk, inputs)
    } else if inputs.has("invoice_in_steps") || inputs.has("quantity_to_handle") {
        in_parts(desk, inputs)
    } else if is_document(inputs) {
        document(desk, inputs)
    } else if inputs.has("unit_price") {
        amounts(desk, inputs)
    } else {
        Err(Unmapped::because("the shape of the inputs is not known"))
    }
}

fn is_document(inputs: &Node) -> bool {
    let names = ["lines", "tiers", "prices_including_vat"];
    names.iter().any(|name| inputs.has(name))
}

fn is_line_discount(inputs: &Node) -> bool {
    let names = [
        "discount_lines",
        "discount_line",
        "customer_discount_line_pct",
        "price_line",
        "variant",
    ];
    names.iter().any(|name| inputs.has(name))
}

fn number(text: &str) -> Node {
    Node::Number(text.to_owned())
}

fn header(inputs: &Node) -> Node {
    let kind = match inputs.text("document_type") {
        Some("Credit Memo") => "sales_credit_memo",
        Some("Return Order") => "sales_return_order",
        Some("Invoice") => "sales_invoice",
        _ => "sales_order",
    };
    let currency = inputs.get("document_currency");
    Node::object([
        ("kind", kind.into()),
        ("price_day", DAY.into()),
        ("posting_day", DAY.into()),
        ("work_day", DAY.into()),
    ])
    .with_some("currency", currency.filter(|c| c.as_text() != Some("")))
    .with_some("factor", inputs.get("lcy_to_fcy_factor"))
    .with_some("includes_vat", inputs.get("prices_including_vat"))
    .with_some("amount_step", inputs.get("amount_rounding_precision"))
}

/// A line as the rules read it; a line amount or gross amount alone is a quantity of one.
fn entered(line: &Node, inputs: &Node) -> Node {
    let either = |name: &str| line.get(name).or_else(|| inputs.get(name));
    let alone = ["gross", "line_amount"].iter().find_map(|n| line.get(n));
    let line_amount = line.get("unit_price").and(line.get("line_amount"));
    let fallback = number("100");
    let price = line.get("unit_price").or(alone).unwrap_or(&fallback);
    Node::object([("unit_price", price.clone())])
        .with_some("quantity", line.get("quantity"))
        .with_some("discount", line.get("line_discount_pct"))
        .with_some("discount_amount", line.get("line_discount_amount"))
        .with_some("line_amount", line_amount)
        .with_some("allows_invoice_discount", line.get("allow_invoice_disc"))
        .with_some("vat_rate", either("vat_pct"))
        .with_some("invoiced", line.get("already_invoiced"))
        .with_some("to_invoice", line.get("quantity_to_invoice"))
}

/// The lines, with what lists beside them say of each; without a list the inputs are the line.
fn lines(inputs: &Node) -> Vec<Node> {
    let Some(list) = inputs.get("lines") else {
        return vec![inputs.clone()];
    };
    if list.as_text().is_some() {
        return vec![Node::empty(), Node::empty(), Node::empty()];
    }
    let beside = |line: &Node, index: usize| {
        ["already_invoiced", "quantity_to_invoice"]
            .iter()
            .fold(line.clone(), |line, name| {
                let value = inputs.get(name).and_then(|v| v.items().get(index));
                line.with_some(name, value)
            })
    };
    let lines = list.items().iter().enumerate();
    lines.map(|(index, line)| beside(line, index)).collect()
}

/// Lines that a case describes by a count, one line, and a formula for its quantity to invoice.
fn described(desk: &Desk, inputs: &Node) -> Outputs {
    let (Some(Node::Number(count)), Some(line)) =
        (inputs.get("number_of_lines"), inputs.get("each_line"))
    else {
        return Ok(inputs.clone());
    };
    let count: usize = count.parse().map_err(|_| Unmapped::because("no count"))?;
    let formula = inputs.text("quantity_to_invoice_of_line_i").unwrap_or("");
    let words: Vec<&str> = formula
        .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == 'i'))
        .filter(|word| !word.is_empty())
        .collect();
    let [quantity, "i", denominator, step, ..] = words.as_slice() else {
        return Err(Unmapped::because("the formula of a quantity is not known"));
    };
    let mut lines = Vec::new();
    for index in 0..count {
        let input = Node::object([
            ("quantity", number(quantity)),
            ("numerator", Node::from(index)),
            ("denominator", number(denominator)),
            ("step", number(step)),
        ]);
        let part = desk.decide("erp.bc.amounts.part_of_quantity", &input, &Data::new())?;
        lines.push(line.clone().with("quantity_to_invoice", part));
    }
    Ok(inputs.clone().with("lines", lines))
}

fn named(result: &Node, names: &[(&str, &str)]) -> Node {
    let pairs = names.iter();
    pairs.fold(Node::empty(), |all, (name, field)| {
        all.with_some(name, result.get(field))
    })
}

fn refusal(outputs: Node, answer: &Node) -> Node {
    if answer.get("allowed") == Some(&Node::Bool(true)) {
        return outputs.with("result", "ok");
    }
    let first = answer.get("reasons").and_then(|r| r.items().first());
    let reason = match first.and_then(|r| r.text("code")) {
        Some("invoice_discount_exceeds_base") => "manual invoice discount exceeds base",
        Some("no_line_allows_invoice_discount") => "no line allows invoice discount",
        Some(other) => other,
        None => "",
    };
    outputs.with("result", "error").with("reason", reason)
}

fn amounts(desk: &Desk, inputs: &Node) -> Outputs {
    let input = Node::object([
        ("line", entered(inputs, inputs)),
        ("header", header(inputs)),
    ]);
    let answer = desk.decide("erp.bc.amounts.amounts_of_line", &input, &Data::new())?;
    let outputs = named(
        &answer,
        &[
            ("gross", "gross"),
            ("line_discount_pct", "discount"),
            ("line_discount_amount", "discount_amount"),
            ("line_amount", "line_amount"),
        ],
    );
    Ok(refusal(outputs, &answer))
}

fn in_parts(desk: &Desk, inputs: &Node) -> Outputs {
    let parts = match (
        inputs.get("invoice_in_steps"),
        inputs.get("quantity_to_handle"),
    ) {
        (Some(steps), _) => steps.items().to_vec(),
        (None, Some(one)) => vec![one.clone()],
        (None, None) => Vec::new(),
    };
    let input = Node::object([
        ("line", entered(inputs, inputs)),
        ("quantities", parts.into()),
        ("deducts_prepayment", false.into()),
        ("header", header(inputs)),
    ]);
    let answer = desk.decide("erp.bc.amounts.amounts_in_parts", &input, &Data::new())?;
    let part = answer.get("parts").and_then(|p| p.items().first()).cloned();
    let told = match (inputs.get("quantity_to_handle"), part) {
        (Some(_), Some(part)) => part,
        _ => answer.get("whole").cloned().unwrap_or(Node::Null),
    };
    let outputs = named(
        &told,
        &[
            ("gross", "gross"),
            ("line_discount_amount", "discount_amount"),
            ("line_amount", "line_amount"),
            ("line_amount_to_handle", "line_amount"),
        ],
    );
    Ok(outputs.with_some("sum_posted_discount", answer.get("posted_discount")))
}

fn tiers(inputs: &Node) -> Data {
    let code = |row: Node| row.with("code", CODE);
    let percent = inputs.get("invoice_discount_pct").map(|pct| {
        code(Node::object([
            ("currency", "".into()),
            ("minimum", number("0")),
            ("discount", pct.clone()),
        ]))
    });
    let rows = inputs.get("tiers").map(Node::items).unwrap_or_default();
    let rows = rows.iter().map(|tier| {
        let row = named(
            tier,
            &[
                ("minimum", "minimum_amount"),
                ("discount", "discount_pct"),
                ("service_charge", "service_charge"),
            ],
        );
        code(row.with("currency", tier.text("currency").unwrap_or("")))
    });
    Data::new().rows(
        "erp.bc.invoice_discount.InvoiceDiscount",
        rows.chain(percent),
    )
}

fn document_input(inputs: &Node) -> Node {
    let manual = ["invoice_discount_amount", "manual_invoice_discount_amount"];
    let lines: Vec<Node> = lines(inputs).iter().map(|l| entered(l, inputs)).collect();
    let document = Node::object([
        ("header", header(inputs)),
        ("lines", lines.into()),
        ("invoice_discount_code", CODE.into()),
    ])
    .with_some(
        "invoice_discount_amount",
        manual.iter().find_map(|name| inputs.get(name)),
    );
    Node::object([("document", document)])
}

fn each(list: Option<&Node>, field: &str) -> Vec<Node> {
    let items = list.map(Node::items).unwrap_or_default();
    items.iter().filter_map(|l| l.get(field).cloned()).collect()
}

fn document(desk: &Desk, inputs: &Node) -> Outputs {
    let (input, data) = (document_input(inputs), tiers(inputs));
    let discount = "erp.bc.invoice_discount.invoice_discount_of_document";
    let answer = desk.decide(discount, &input, &data)?;
    let taxed = desk.decide("erp.bc.document_amounts.amounts_of_document", &input, &data)?;
    let by_line = inputs.has("quantity_to_invoice");
    let mut outputs = named(
        &answer,
        &[
            ("charge_base", "charge_base"),
            ("discount_base", "discount_base"),
            ("invoice_discount_pct", "discount"),
            ("invoice_discount_value", "discount"),
            ("service_charge", "service_charge"),
            ("inv_discount_amount", "invoice_discount"),
            ("inv_discount_amount_total", "invoice_discount"),
            ("total", "invoice_discount"),
            ("total_to_invoice", "invoice_discount_to_invoice"),
        ],
    );
    let of_lines = answer.get("lines");
    if by_line {
        outputs.set("inv_discount_amount", each(of_lines, "invoice_discount"));
        outputs.set(
            "inv_discount_to_invoice",
            each(of_lines, "invoice_discount_to_invoice"),
        );
    }
    let charges = answer.get("service_charges").map(Node::items);
    let charges = charges.unwrap_or_default().iter();
    let charges: Vec<Node> = charges
        .map(|c| named(c, &[("line_amount", "line_amount")]))
        .collect();
    outputs.set("service_charge_lines", charges);
    if let Some([line]) = of_lines.map(Node::items) {
        for (name, field) in [
            ("line_amount", "line_amount"),
            ("line_discount_amount", "discount_amount"),
            ("amount", "amount"),
        ] {
            outputs = outputs.with_some(name, line.get(field));
        }
    }
    let first = taxed.get("lines").and_then(|l| l.items().first());
    let outputs = outputs
        .with_some("total_excl_vat", taxed.at(&["totals", "net"]))
        .with_some("vat_amount", taxed.at(&["totals", "vat"]))
        .with_some("total_incl_vat", taxed.at(&["totals", "payable"]))
        .with_some(
            "amount_incl_vat",
            first.and_then(|l| l.get("amount_including_vat")),
        );
    Ok(refusal(outputs, &answer))
}

/// The postings of the line at a place: those of the case, or one shipment of each line.
fn steps(inputs: &Node, index: usize, line: &Node) -> Vec<Node> {
    let quantity = |name: &str, value: &Node| Node::object([(name, value.clone())]);
    if let Some(steps) = inputs.get("steps") {
        let steps = steps.items().iter();
        return steps
            .map(|s| {
                named(s, &[("shipped", "receive"), ("invoiced", "invoice")])
                    .with_some("shipped", s.get("ship").or(s.get("receive")))
            })
            .collect();
    }
    let ships = inputs.get("ship").map(Node::items).unwrap_or_default();
    if inputs.has("then") {
        let all = line.get("quantity").map(|q| quantity("invoiced", q));
        return ships
            .iter()
            .map(|s| quantity("shipped", s))
            .chain(all)
            .collect();
    }
    ships
        .get(index)
        .map(|s| quantity("shipped", s))
        .into_iter()
        .collect()
}

fn one_or_list(mut values: Vec<Node>) -> Node {
    match (values.len(), values.pop()) {
        (1, Some(one)) => one,
        (_, last) => {
            values.extend(last);
            values.into()
        }
    }
}

fn stepped(desk: &Desk, inputs: &Node) -> Outputs {
    let decision = "erp.bc.invoice_discount.invoice_discount_of_document";
    let answer = desk.decide(decision, &document_input(inputs), &tiers(inputs))?;
    let discounts = each(answer.get("lines"), "invoice_discount");
    let mut expected = Vec::new();
    let mut outputs = Node::empty();
    for (index, (line, discount)) in lines(inputs).iter().zip(&discounts).enumerate() {
        let stepped = Node::object([
            ("line", entered(line, inputs)),
            ("invoice_discount", discount.clone()),
            ("steps", steps(inputs, index, line).into()),
        ]);
        let input = Node::object([("stepped", stepped), ("header", header(inputs))]);
        let decision = "erp.bc.partial_invoicing.sales_amounts_by_steps";
        let answer = desk.decide(decision, &input, &Data::new())?;
        let after = answer.get("steps").map(Node::items).unwrap_or_default();
        let last = after.last();
        expected.extend(last.and_then(|s| s.get("expected")).cloned());
        outputs = outputs.with_some(
            "reversed_expected_amount",
            last.and_then(|s| s.get("reversed")),
        );
        let figures = after.iter();
        let figures: Vec<Node> = figures
            .map(|s| named(s, &[("expected", "expected"), ("actual", "actual")]))
            .collect();
        outputs.set("after_each_step", figures);
    }
    outputs.set("inv_discount_amount", one_or_list(discounts));
    outputs.set("expected_sales_amount_shipped", one_or_list(expected));
    Ok(outputs)
}

fn posted(desk: &Desk, inputs: &Node) -> Outputs {
    let setting = match inputs.get("discounts_posted_separately") {
        Some(Node::Bool(true)) => "line_discounts",
        _ => "no_discounts",
    };
    let lines: Vec<Node> = lines(inputs).iter().map(|l| entered(l, inputs)).collect();
    let input = Node::object([
        ("lines", lines.into()),
        ("setting", setting.into()),
        ("header", header(inputs)),
    ]);
    let decision = "erp.bc.discount_posting.posted_discounts";
    let answer = desk.decide(decision, &input, &Data::new())?;
    let of_lines = answer.get("lines");
    Ok(named(&answer, &[("discount_vat_total", "posted_vat")])
        .with("line_discount_amount", each(of_lines, "discount"))
        .with("line_discount_vat", each(of_lines, "posted_vat")))
}

/// Agreements of a case as rows of price lists, in their order.
fn price_rows(inputs: &Node) -> Vec<Node> {
    let listed = ["discount_lines", "lines"]
        .iter()
        .flat_map(|name| inputs.get(name).map(Node::items).unwrap_or_default());
    let mut rows: Vec<Node> = listed
        .chain(inputs.get("discount_line"))
        .map(discount_row)
        .collect();
    let customers = inputs.get("customer_discount_line_pct");
    if let Some(pct) = customers.or(inputs.get("discount_line_pct")) {
        let row = Node::object([("source", "Customer".into()), ("pct", pct.clone())]);
        rows.push(discount_row(&row));
    }
    if let Some(pct) = inputs.get("group_discount_pct") {
        let row = discount_row(&Node::object([("pct", pct.clone())]));
        rows.push(
            row.with("source_kind", "discount_group")
                .with("source", "RETAIL"),
        );
    }
    let flag = inputs.get("price_line_allows_line_disc");
    let flag = flag.or(inputs.at(&["price_line", "allow_line_disc"]));
    if let Some(flag) = flag {
        let price = inputs.at(&["price_line", "unit_price"]).cloned();
        rows.push(Node::object([
            ("asset", ITEM.into()),
            ("amount_kind", "price_only".into()),
            ("price", price.unwrap_or(number("90"))),
            ("allows_line_discount", flag.clone()),
        ]));
    }
    let rows = rows.into_iter().enumerate();
    rows.map(|(rank, row)| row.with("rank", rank)).collect()
}

fn discount_row(line: &Node) -> Node {
    let kind = match line.text("amount_type") {
        Some("Any") => "price_and_discount",
        _ => "discount_only",
    };
    let row = Node::object([("asset", ITEM.into()), ("amount_kind", kind.into())])
        .with_some("discount", line.get("pct"))
        .with_some("minimum", line.get("minimum_quantity"))
        .with_some(
            "variant",
            line.get("variant").filter(|v| v.as_text() != Some("")),
        );
    match line.text("source") {
        Some("Customer") => row
            .with("source_kind", "this_customer")
            .with("source", CODE),
        _ => row,
    }
}

fn line_discount(desk: &Desk, inputs: &Node) -> Outputs {
    let item = Node::object([
        ("number", ITEM.into()),
        ("unitPrice", number("100")),
        ("baseUnitOfMeasureCode", "PCS".into()),
        ("vat_product", "VAT".into()),
    ]);
    let data = Data::new()
        .row("erp.bc.model.Item", item)
        .rows("erp.bc.agreements.PriceLine", price_rows(inputs));
    let allows = inputs.get("customer_allows_line_disc");
    let buyer = Node::object([
        ("number", CODE.into()),
        ("discount_group", "RETAIL".into()),
        ("campaigns", Vec::new().into()),
    ])
    .with_some("allows_line_discount", allows);
    let one = number("1");
    let ask = |quantity: Option<&Node>, header: Node, posted: Option<&Node>| {
        let line = Node::object([
            ("number", number("10000")),
            ("item", ITEM.into()),
            ("unit", "PCS".into()),
            ("quantity", quantity.unwrap_or(&one).clone()),
            ("ships", DAY.into()),
        ])
        .with_some(
            "variant",
            inputs.get("variant").filter(|v| v.as_text() != Some("")),
        );
        let input = Node::object([("line", line), ("header", header), ("buyer", buyer.clone())])
            .with_some("copied_from", posted);
        desk.decide("erp.bc.discount.discount_of_line", &input, &data)
    };
    let posted = match (
        inputs.get("copied_from_posted"),
        inputs.get("original_quantity"),
    ) {
        (Some(Node::Bool(true)), Some(quantity)) => {
            let found = ask(Some(quantity), header(&Node::empty()), None)?;
            Some(named(
                &found,
                &[("unit_price", "unit_price"), ("discount", "discount")],
            ))
        }
        _ => None,
    };
    let answer = ask(inputs.get("quantity"), header(inputs), posted.as_ref())?;
    Ok(named(
        &answer,
        &[
            ("unit_price", "unit_price"),
            ("allow_line_disc", "allows_line_discount"),
            ("line_discount_pct", "discount"),
        ],
    ))
}
