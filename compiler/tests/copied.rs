//! Policies that are written once for each party: what is told as a copy, and what is not.

use assize_compiler::{Database, PackageInput, diagnostics};

fn told(rules: &str) -> Vec<String> {
    let text = format!(
        "enum Segment = retail | trade | club\nnumber Percent = percent, 2 places, from 0% to \
         100%\n{rules}"
    );
    let db = Database::default();
    let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
    let found = diagnostics(&db, package);
    let found = found.iter().filter(|one| one.code.0 == "A0516");
    found
        .map(|one| {
            let labels = std::iter::once(&one.primary).chain(&one.related);
            let labels: Vec<&str> = labels.map(|label| label.text.as_str()).collect();
            format!("{}: {}", one.claim, labels.join("; "))
        })
        .collect()
}

fn function(name: &str, body: &str) -> String {
    format!(
        "define {name} (segment: Segment, quantity: int) gives Percent\n    if {body} else 0%\n"
    )
}

#[test]
fn three_functions_that_differ_in_constants() {
    let rules = [
        function("a", "segment = retail and quantity >= 10 then 2%"),
        function(
            "b",
            "segment = trade and quantity >= 20 then 2% // not the same\n       ",
        ),
        function("c", "segment = club  and\n        quantity >= 30 then 5%"),
    ];
    assert_eq!(
        told(&rules.concat()),
        ["3 declarations differ only in constants: retail, 10, 2%; trade, 20, 2%; club, 30, 5%"]
    );
    // Two may be chance.
    assert!(told(&rules[..2].concat()).is_empty());
}

#[test]
fn other_words_are_another_policy() {
    let rules = [
        function("a", "segment = retail and quantity >= 10 then 2%"),
        function("b", "segment = trade and quantity > 20 then 2%"),
        function("c", "segment = club or quantity >= 30 then 5%"),
    ];
    assert!(told(&rules.concat()).is_empty());
    // Short ones are no policy.
    let short = "define a (x: int) gives int\n    x + 1\n";
    let three = [
        short,
        &short.replace(" a ", " b "),
        &short.replace(" a ", " c "),
    ];
    assert!(told(&three.concat()).is_empty());
}

#[test]
fn the_same_three_times() {
    let body = "segment = retail and quantity >= 10 then 2%";
    let rules = [
        function("a", body),
        function("b", body),
        function("c", body),
    ];
    assert_eq!(
        told(&rules.concat()),
        ["3 declarations say the same: the same; the same; the same"]
    );
}

#[test]
fn exceptions_with_words_or_days_of_their_own_are_none() {
    let exception = |name: &str, segment: &str, rest: &str| {
        format!("    exception {name}\n        when segment = {segment}\n        then 2%{rest}\n")
    };
    let head = "rule discount (segment: Segment) gives Percent\n    default 0%\n";
    let rule = |rest: &str| {
        let all = [("a", "retail"), ("b", "trade"), ("c", "club")];
        let all = all.map(|(name, segment)| exception(name, segment, rest));
        told(&format!("{head}{}", all.concat()))
    };
    assert_eq!(
        rule(""),
        ["3 exceptions of `discount` differ only in constants: retail; trade; club"]
    );
    assert!(rule("\n        because \"so it is\"").is_empty());
}
