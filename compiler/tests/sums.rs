//! The same values added up rounded and unrounded: what is told, and what is not.

use assize_compiler::{Database, PackageInput, diagnostics, resolve};

const RECORDS: &str = "\
module a
currency EUR
number Amount = EUR, 2 places, from 0 EUR to 1000000 EUR
number Signed = EUR, 2 places
number Percent = percent, 2 places, from 0% to 100%
record Line
    net : Amount
    rate : Percent
record Order
    lines : list of Line, at most 100
    more : list of Line, at most 100
    rate : Percent
record Totals
    one : Amount
    two : Amount
define tax (net: Amount, rate: Percent) gives Amount
    round net * rate to 0.01 EUR
";

/// The texts at the places of each finding: the first is the primary one.
fn told(rules: &str) -> Vec<Vec<String>> {
    let text = format!("{RECORDS}{rules}");
    let db = Database::default();
    let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
    let found = diagnostics(&db, package);
    for one in &found {
        assert_ne!(
            one.severity,
            assize_compiler::Severity::Error,
            "{}\n{rules}",
            one.claim
        );
    }
    let found = found.iter().filter(|one| one.code.0 == "A0334");
    let places = found.map(|one| {
        let labels = std::iter::once(&one.primary).chain(&one.related);
        labels
            .map(|label| {
                let (file, range) = resolve(&db, &label.at);
                let range = range.start as usize..range.end as usize;
                file.text(&db).get(range).unwrap_or("?").to_string()
            })
            .collect()
    });
    places.collect()
}

fn quote(one: &str, two: &str) -> String {
    format!(
        "decision quote (order: Order) gives Totals\n    let one = {one}\n    let two = {two}\n    \
         give Totals(one, two)\n"
    )
}

#[track_caller]
fn tells(rules: &str) {
    let told = told(rules);
    assert_eq!(told.len(), 1, "{told:?}\n{rules}");
}

#[track_caller]
fn is_silent(rules: &str) {
    let told = told(rules);
    assert!(told.is_empty(), "{told:?}\n{rules}");
}

#[test]
fn a_sum_of_rounded_values_and_a_rounded_sum() {
    let rules = quote(
        "sum of (round l.net * l.rate to 0.01 EUR) for l in order.lines",
        "round (sum of l.net * l.rate for l in order.lines) to 0.01 EUR",
    );
    insta::assert_debug_snapshot!(told(&rules), @r#"
    [
        [
            "sum of (round l.net * l.rate to 0.01 EUR) for l in order.lines",
            "sum of l.net * l.rate for l in order.lines",
        ],
    ]
    "#);
}

#[test]
fn through_calls_names_and_lists_that_are_made() {
    tells(&quote(
        "sum of t for t in (for each l in order.lines give tax(l.net, l.rate))",
        "round (sum of l.rate * l.net for l in order.lines) to 0.01 EUR",
    ));
    tells(
        "record Priced\n    net : Amount\n    vat : Amount\n\
         define priced (order: Order) gives list of Priced\n    for each l in \
         order.lines\n        let vat = tax(l.net, l.rate)\n        give Priced(net: l.net, vat)\n\
         define whole (order: Order) gives Amount\n    round (sum of l.net * l.rate for l in \
         order.lines) to 0.01 EUR\n\
         decision quote (order: Order) gives Totals\n    let all = priced(order)\n    let one = \
         sum of p.vat for p in all\n    give Totals(one, two: whole(order))\n",
    );
}

#[test]
fn one_factor_for_all_elements_may_stand_outside() {
    tells(&quote(
        "sum of tax(l.net, order.rate) for l in order.lines",
        "round order.rate * (sum of l.net for l in order.lines) to 0.01 EUR",
    ));
    // A factor of each element is another sum.
    is_silent(
        "decision quote (order: Order) gives list of Amount\n    let whole = sum of \
         l.net for l in order.lines\n    let vat = sum of tax(l.net, l.rate) for l in order.lines\n    \
         give for each l in order.lines give round (whole * l.rate + vat) / 1000 to 0.01 EUR\n",
    );
}

#[test]
fn other_lists_other_elements_and_other_values_are_not_the_same() {
    is_silent(&quote(
        "sum of tax(l.net, l.rate) for l in order.lines",
        "round (sum of l.net * l.rate for l in order.more) to 0.01 EUR",
    ));
    is_silent(&quote(
        "sum of tax(l.net, l.rate) for l in order.lines",
        "round (sum of l.net * l.rate for l in order.lines where l.net > 5 EUR) to 0.01 EUR",
    ));
    is_silent(&quote(
        "sum of tax(l.net, l.rate) for l in order.lines",
        "sum of l.net for l in order.lines",
    ));
    // Of two loops over one list, each has an element of its own.
    is_silent(&quote(
        "sum of (round (sum of tax(b.net, a.rate) for b in order.lines) to 1 EUR) for a in order.lines",
        "round (sum of l.net * l.rate for l in order.lines) to 0.01 EUR",
    ));
}

#[test]
fn the_same_condition_is_the_same_list() {
    tells(&quote(
        "sum of tax(l.net, l.rate) for l in order.lines where l.net > 5 EUR",
        "round (sum of k.net * k.rate for k in order.lines where k.net > 5 EUR) to 0.01 EUR",
    ));
}

#[test]
fn who_takes_the_difference_knows_of_it() {
    is_silent(
        "decision quote (order: Order) gives bool\n    let one = sum of tax(l.net, l.rate) for l in \
         order.lines\n    let two = round (sum of l.net * l.rate for l in order.lines) to 0.01 EUR\n    \
         give one = two\n",
    );
    is_silent(
        "decision quote (order: Order) gives Signed\n    let one = sum of tax(l.net, l.rate) \
         for l in order.lines\n    let two = round (sum of l.net * l.rate for l in order.lines) to \
         0.01 EUR\n    give two - one\n",
    );
}

#[test]
fn what_carries_its_remainder_adds_up() {
    is_silent(&quote(
        "sum of v for v in (for each l in order.lines give round l.net * l.rate to 0.01 EUR \
         carrying remainder)",
        "round (sum of l.net * l.rate for l in order.lines) to 0.01 EUR",
    ));
}

#[test]
fn inside_of_rules_too() {
    tells(
        "rule surcharge (order: Order) gives Amount\n    default 0 EUR\n    exception large\n        \
         when (sum of l.net * l.rate for l in order.lines) > 100 EUR\n        then 5 EUR\n\
         decision quote (order: Order) gives Totals\n    let one = sum of tax(l.net, l.rate) for l \
         in order.lines\n    give Totals(one, two: surcharge(order))\n",
    );
}

/// The tax of a line through so many functions.
fn through(functions: usize) -> String {
    let chain: String = (1..=functions)
        .map(|n| {
            format!(
                "define tax_{n} (net: Amount, rate: Percent) gives Amount\n    tax_{}(net, rate)\n",
                n - 1
            )
        })
        .collect();
    format!(
        "define tax_0 (net: Amount, rate: Percent) gives Amount\n    round net * rate to 0.01 EUR\n{chain}{}",
        quote(
            &format!("sum of tax_{functions}(l.net, l.rate) for l in order.lines"),
            "round (sum of l.net * l.rate for l in order.lines) to 0.01 EUR"
        )
    )
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a thread of its own has the stack that deep calls need"
)]
fn terms_are_read_to_their_greatest_depth() {
    // Rules are linked along their calls, as deep as these go.
    let on_a_large_stack = std::thread::Builder::new().stack_size(256 * 1024 * 1024);
    let told = on_a_large_stack.spawn(|| {
        // The query, what it adds up, the rounding and its product, and their borders take the others of 400.
        tells(&through(394));
        is_silent(&through(395));
    });
    told.unwrap().join().unwrap();
}
