//! Orders that nobody should send, and data that nobody should load: what `quote` of Business Central's rules says of
//! each. The table in their README has a row for each of these.

use std::fs;

use serde_json::{Value, json};

use crate::common::{Run, assize_with, copy, folder, project};

const PACKAGE: &str = "rules/business-central";

/// An order of two desks by customer 10000.
fn order() -> Value {
    json!({
        "order": {
            "orderDate": "2026-11-20",
            "customerNumber": "10000",
            "salesOrderLines": [{"sequence": 10000, "lineObjectNumber": "1896-S", "quantity": 2}],
        },
        "customer": {"number": "10000"},
        "billTo": {"number": "10000"},
        "context": {"workDate": "2026-11-20"},
    })
}

/// Lays members over an input: objects are merged, a list is laid over element by element, null takes away.
fn lay(over: &Value, on: &mut Value) {
    match (over, on) {
        (Value::Object(over), Value::Object(on)) => {
            for (name, value) in over {
                if value.is_null() {
                    on.remove(name);
                } else {
                    lay(value, on.entry(name.clone()).or_insert(Value::Null));
                }
            }
        }
        (Value::Array(over), Value::Array(on)) if !over.is_empty() => {
            on.resize(on.len().max(over.len()), json!({}));
            for (value, on) in over.iter().zip(on) {
                lay(value, on);
            }
        }
        (over, on) => *on = over.clone(),
    }
}

fn decide(input: &str, data: &str) -> Run {
    let arguments = [
        "run", PACKAGE, "quote", "-i", "-", "--jsonl", "--data", data,
    ];
    assize_with(&project(), &arguments, input.as_bytes())
}

/// The answers to the order with each of these laid over it, in one run.
fn answers(changes: &[Value], data: &str) -> Vec<Value> {
    let calls = changes.iter().map(|change| {
        let mut input = order();
        lay(change, &mut input);
        json!({"decision": "quote", "at": "2026-11-20T10:01:00Z", "input": input}).to_string()
    });
    let run = decide(&calls.collect::<Vec<_>>().join("\n"), data);
    let answers: Vec<Value> = run
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), changes.len(), "{}", run.shown());
    answers
}

fn samples() -> String {
    format!("{PACKAGE}/samples/data")
}

/// Changes of the line.
fn line(change: Value) -> Value {
    json!({"order": {"salesOrderLines": [change]}})
}

/// The word that says what is wrong: the reason of a stop, the relation where data is missing, the words of a check or
/// the code of another fault.
fn said(answer: &Value) -> String {
    let word = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str);
    let words = match (word("/error/code"), word("/error/faults/0/code")) {
        (Some("stopped"), _) => word("/error/reason/code"),
        (Some("missing_data"), _) => word("/error/values/0/value"),
        (Some("invalid_input"), Some("check_failed")) => word("/error/faults/0/expected"),
        (Some("invalid_input"), code) => code,
        _ => None,
    };
    words
        .unwrap_or_else(|| panic!("{answer} says nothing"))
        .to_owned()
}

#[test]
fn orders_that_cannot_be_decided() {
    let readme = fs::read_to_string(project().join(PACKAGE).join("README.md")).unwrap();
    let many: Vec<Value> = (0..1_001)
        .map(|at| json!({"sequence": at, "lineObjectNumber": "1896-S", "quantity": 1}))
        .collect();
    let twice = json!({"sequence": 10000, "lineObjectNumber": "1928-S", "quantity": 1});
    let nobody = json!({"number": "99999"});
    let table = [
        (line(json!({"lineObjectNumber": "1897-S"})), "no_such_item"),
        (line(json!({"lineObjectNumber": null})), "no_such_item"),
        (
            line(json!({"lineObjectNumber": null, "itemId": "9d4d"})),
            "no_such_item",
        ),
        (line(json!({"unitOfMeasureCode": "CRATE"})), "unknown_unit"),
        (line(json!({"variantCode": "PINK"})), "no_such_variant"),
        (line(json!({"locationCode": "MOON"})), "no_such_location"),
        (
            json!({"order": {"currencyCode": "XXX"}}),
            "no_exchange_rate",
        ),
        (
            json!({"order": {"currencyCode": "USD", "postingDate": "2025-12-31"}}),
            "no_exchange_rate",
        ),
        (
            json!({"order": {"customerNumber": "99999"}, "customer": nobody, "billTo": nobody}),
            "erp.bc.model.CustomerTerms",
        ),
        (line(json!({"quantity": 0})), "An item line has a quantity"),
        (
            json!({"order": {"salesOrderLines": []}}),
            "An order needs an item line",
        ),
        (
            line(json!({"lineType": "Comment"})),
            "An order needs an item line",
        ),
        (
            line(json!({"lineType": "Account"})),
            "Only item and comment lines are decided",
        ),
        (
            json!({"order": {"salesOrderLines": [{}, twice]}}),
            "No two lines have the same sequence",
        ),
        (json!({"order": {"salesOrderLines": many}}), "too_long"),
        (line(json!({"quantity": 1.000_001})), "too_many_places"),
        (line(json!({"quantity": 1_000_001})), "out_of_range"),
        (line(json!({"quantity": "two"})), "not_a_number"),
        (line(json!({"discountPercent": 101})), "out_of_range"),
        (line(json!({"colour": "red"})), "unknown_field"),
        (json!({"order": {"@odata.etag": "x"}}), "unknown_field"),
        (json!({"order": {"orderDate": "2026-02-30"}}), "not_a_date"),
        (json!({"context": {"workDate": null}}), "missing_field"),
    ];
    let changes: Vec<Value> = table.iter().map(|(change, _)| change.clone()).collect();
    for (answer, (change, expected)) in answers(&changes, &samples()).iter().zip(&table) {
        assert_eq!(said(answer), *expected, "{change}");
        let told = expected.rsplit('.').next().unwrap();
        assert!(readme.contains(told), "the README does not say `{told}`");
    }
}

#[test]
fn orders_that_business_central_takes() {
    let back = json!({"sequence": 20000, "lineObjectNumber": "1928-S", "quantity": -12});
    let table = [
        json!({}),
        line(json!({"quantity": -2})),
        json!({"order": {"salesOrderLines": [{}, back]}}),
        json!({"order": {"currencyCode": "USD"}, "billTo": {"currencyCode": "GBP"}}),
        json!({"billTo": {"currencyCode": "USD"}}),
        json!({"order": {"currencyCode": "EUR"}, "billTo": {"currencyCode": "USD"}}),
        line(json!({"shipmentDate": "2020-01-01", "unitPrice": 1, "discountPercent": 50})),
        json!({"customer": {"number": "20000"}}),
        json!({"order": {"paymentTermsId": "no-such-terms"}}),
    ];
    let answers = answers(&table, &samples());
    let [
        plain,
        negative,
        both,
        dollars,
        of_card,
        euros,
        shown,
        stranger,
        terms,
    ] = answers.as_slice()
    else {
        panic!("{answers:?}");
    };
    let totals = |answer: &Value| answer["output"]["totals"].clone();
    let word = |answer: &Value, pointer: &str| {
        let value = answer.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    // 2 * 1000.80 less 2 %: 1961.57, and 21 %
    assert_eq!(word(plain, "/output/totals/payable"), "2373.50");
    // what comes back is the mirror image, needs no stock, and is not picked
    assert_eq!(word(negative, "/output/totals/payable"), "-2373.50");
    assert_eq!(word(negative, "/output/lines/0/stockStatus"), "in_stock");
    assert_eq!(negative["output"]["lines"][0]["picks"], json!([]));
    // VAT is rounded apart for lines of each sign
    let signs = both["output"]["vat"].as_array().unwrap();
    assert_eq!(signs.len(), 2, "{both}");
    assert_eq!(word(both, "/output/totals/payable"), "1616.21");
    // one currency: that of the order, else that of who is billed
    assert_eq!(word(dollars, "/output/currencyCode"), "USD");
    assert_eq!(word(of_card, "/output/currencyCode"), "USD");
    assert_eq!(totals(of_card), totals(dollars));
    assert_eq!(word(euros, "/output/currencyCode"), "EUR");
    assert_eq!(totals(euros), totals(plain));
    // prices, discounts and days of the past are not taken over
    assert_eq!(totals(shown), totals(plain));
    assert_eq!(word(shown, "/output/lines/0/shipmentDate"), "2026-11-20");
    assert_eq!(word(stranger, "/output/status"), "error");
    assert_eq!(word(stranger, "/output/reasons/0/code"), "wrong_customer");
    assert_eq!(terms["output"]["dueDate"], Value::Null);
}

/// The samples with rows added to a file.
fn with_rows(name: &str, file: &str, rows: &str) -> String {
    let data = folder(name);
    copy(&project().join(samples()), &data);
    let path = data.join(file);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}{rows}")).unwrap();
    data.to_str().unwrap().to_owned()
}

#[test]
fn data_that_is_refused() {
    let table = [
        (
            "bad-rate",
            "ExchangeRate.csv",
            "USD,2026-11-20,0,1\n",
            "A rate is above zero",
        ),
        (
            "bad-key",
            "ExchangeRate.csv",
            "USD,2026-11-01,112,100\n",
            "duplicate_row",
        ),
        (
            "bad-stock",
            "Event.csv",
            "9001,1896-S,MAIN,\"\",2026-12-01,supply,-5,0\n",
            "The direction says the sign",
        ),
        (
            "bad-place",
            "Location.csv",
            "NORTH,,BASE,-1D\n",
            "Handling takes no negative time",
        ),
    ];
    let call = json!({"decision": "quote", "at": "2026-11-20T10:01:00Z", "input": order()});
    for (name, file, rows, expected) in table {
        let run = decide(&call.to_string(), &with_rows(name, file, rows));
        assert_eq!(run.code, 2, "{}", run.shown());
        assert!(run.err.contains(expected), "{}", run.shown());
    }
}

/// Two lines of price lists that differ in nothing but their place: both are candidates, and the first one stays.
#[test]
fn price_lines_that_are_there_twice() {
    let row = |rank: usize, list: &str, price: &str| {
        format!(
            "{rank},{list},true,price_only,everyone,\"\",one_item,1896-S,,,,,,0,{price},0,false,\"\",true,true\n"
        )
    };
    let alike = [row(9001, "S90001", "900"), row(9002, "S90002", "900")].concat();
    let cheaper = [row(9001, "S90001", "900"), row(9002, "S90002", "899")].concat();
    let word = |data: &str| {
        let found = answers(&[json!({})], data);
        found[0]["output"]["lines"][0]["priceList"].clone()
    };
    let file = "PriceLine.csv";
    assert_eq!(word(&with_rows("twice-alike", file, &alike)), "S90001");
    assert_eq!(word(&with_rows("twice-cheaper", file, &cheaper)), "S90002");
}
