//! `assize repl` in a pipe: one result per line, findings in the text as it was typed.

use crate::common::{Run, assize_with, copy, folder, folder_with, project};

fn session(name: &str, arguments: &[&str], lines: &str) -> Run {
    let place = folder(name);
    copy(&project().join("rules"), &place.join("rules"));
    let arguments: Vec<&str> = ["repl"].iter().chain(arguments).copied().collect();
    assize_with(&place, &arguments, lines.as_bytes())
}

const SHOP: &[&str] = &["rules/shop", "--data", "rules/shop/samples/data"];

#[test]
fn without_a_package() {
    let run = session(
        "repl-alone",
        &[],
        "1 + 2\n// words\n\n2026-01-31 + 1 month\n\"a {1 + 1}\"",
    );
    assert_eq!(run.out, "3 : int\n2026-02-28 : date\n\"a 2\" : text\n");
    assert_eq!((run.err.as_str(), run.code), ("", 0));
}

#[test]
fn names_are_kept_and_replaced() {
    let run = session(
        "repl-names",
        SHOP,
        "let big = lamp with (quantity: 100)\n\
         big.quantity\n\
         line_amount(\n    big,\n    garden_shop, 2026-11-20)\n\
         let big = lamp with (quantity: 1)\n\
         tier_discount(retail, big.quantity)\n\
         let day = 2026-11-19 give day\n",
    );
    insta::assert_snapshot!(run.shown(), @r##"
    stdout
    Line(item: "LAMP", category: electronics, quantity: 100, price: 20) : Line
    100 : piece
    1700 : money in EUR
    Line(item: "LAMP", category: electronics, quantity: 1, price: 20) : Line
    0% : percent
    2026-11-19 : date
    exit 0
    "##);
}

#[test]
fn rows_and_reasons() {
    let run = session(
        "repl-rows",
        SHOP,
        "Supply[\"LAMP\", 2026-12-05]\n\
         first of s in Supply where s.item = \"none\"\n\
         credit_reasons(garden_shop, 500)\n\
         quote(one_order, garden_shop)\n",
    );
    insta::assert_snapshot!(run.shown(), @r##"
    stdout
    Supply["LAMP", 2026-12-05] : Supply // quantity: 6
    missing : Supply?
    [over_limit(500, 100)] : list of Reason
    Answer(credit: hold, net: 190, vat: 39.9, ships: [2026-12-05], reasons: [over_limit(229.9, 100)]) : Answer
    exit 0
    "##);
}

#[test]
fn commands() {
    let run = session(
        "repl-commands",
        &["rules/shop"],
        ":type line_amount(lamp, garden_shop, 2026-11-20)\n\
         :explain line_amount(lamp, garden_shop, 2026-11-20)\n\
         :names tier\n\
         :load rules/business-central\n\
         adatum.creditLimit\n\
         :data rules/business-central/samples/data\n\
         count of i in Item\n\
         :quit\n\
         1\n",
    );
    insta::assert_snapshot!(run.shown(), @r#"
    stdout
    money in EUR
    it is 170.00 EUR
      line_discount(line: Line(item: "LAMP", …), customer: Customer(number: "C1", …), day: 2026-11-20) is 15.00%: exception black_week "Black week on electronics"
    table tier_discount (segment: Segment, quantity: Quantity) gives Percent
    rules/business-central: 64 rule files
    10000 : money in local
    data from rules/business-central/samples/data
    14 : int
    exit 0
    "#);
}

#[test]
fn failures_are_explained() {
    let run = session(
        "repl-failures",
        &["rules/shop"],
        ":explain 100 / (vat_standard on 2012-10-01 - 21%)\n\
         :explain quote(one_order with (ordered: 2000-01-01), garden_shop)\n\
         let n = 0\n\
         :explain for each q in [1, 2] give q / n\n",
    );
    insta::assert_snapshot!(run.shown(), @r#"
    stdout
    0 : int
    stderr
    error: division by zero: left 100, right 0.00% (input:1:10)
      failed at `100 / (vat_standard on 2012-10-01 - 21%)`
        vat_standard(day: 2012-10-01) is 21.00%: since 2012-10-01 "law gazette 2012"
    error: undecided: day 2000-01-01 (shop.main.vat_standard at rules/shop/shop.assize:47:1)
      vat_standard(day: 2000-01-01): no value yet on this day
      called by quote(order: Order(ordered: 2000-01-01, lines: [Line(item: "LAMP", …)]), customer: Customer(number: "C1", segment: trade, blocked: false, …))
    error: division by zero: left 1, right 0 (input:1:36)
      failed at `q / n`, for q: 1
    exit 1
    "#);
}

#[test]
fn errors_are_told_in_what_was_typed() {
    let run = session(
        "repl-errors",
        &["rules/shop"],
        "tier_discount(retail,\n    wrong)\n\
         1 +* 2\n\
         vat_standard on 2000-01-01\n\
         let x = x + 1\n\
         let it = 1\n\
         :nothing\n\
         :type\n\
         :data nowhere\n\
         1 / 0\n\
         )(\n\
         2\n",
    );
    insta::assert_snapshot!(run.shown(), @"
    stdout
    2 : int
    stderr
      error A0202: there is no value `wrong`
       ,-[input:2:5]
     1 | tier_discount(retail,
     2 |     wrong)
       :     ^^^^^
       `----
      help: `:names` lists what is in sight, and `let x = …` gives a name
            see docs/errors/A0202.md
      error A0101: a value is expected here, but here is `*`
       ,-[input:1:4]
     1 | 1 +* 2
       :    ^
       `----
      help: because up to `+` everything can be read
            see docs/errors/A0101.md
    error: undecided: day 2000-01-01 (shop.main.vat_standard at rules/shop/shop.assize:47:1)
    error: `x` needs itself
    error: `it` is the line that is being evaluated
     help: choose another name
    error: there is no command `:nothing`
     help: there are :help, :type, :explain, :load, :data, :names, :quit
    error: :type lacks EXPR
    error: nowhere cannot be read: there is no such file
     help: check the path; it is relative to the folder you are in
      error A0314: this divides by zero
       ,-[input:1:1]
     1 | 1 / 0
       : ^^^^^
       `----
      help: write the number that is meant
            see docs/errors/A0314.md
      error A0147: this `)` closes nothing
       ,-[input:1:1]
     1 | )(
       : ^
       `----
      help: leave it out, or open a bracket before it
            because no bracket is open here
            fix: remove `)`: delete `)`
            see docs/errors/A0147.md
      error A0147: this `(` is not closed
       ,-[input:1:2]
     1 | )(
       :  ^
       `----
      help: write `)` where it ends
            because each `(` has its `)`
            see docs/errors/A0147.md
    exit 1
    ");
}

#[test]
fn an_empty_line_or_the_end_closes_what_is_open() {
    let run = session("repl-open", &[], "[1,\n\n2\n(3");
    assert_eq!(run.out, "2 : int\n");
    assert_eq!(run.err.matches("error A").count(), 2, "{}", run.err);
    assert_eq!(run.code, 1);
}

#[test]
fn json() {
    let run = session(
        "repl-json",
        &["--format", "json"],
        "1 + 1\nx\nlet n = 0\n1 / n\n",
    );
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 4, "{}", run.out);
    assert_eq!(lines[0], r#"{"type":"int","value":"2"}"#);
    assert!(lines[1].starts_with(r#"{"error":{"code":"input_has_errors","diagnostics":["#));
    assert!(lines[3].starts_with(r#"{"error":{"code":"failed","message":"division by zero"#));
    assert_eq!((run.err.as_str(), run.code), ("", 1));
}

#[test]
fn no_package_no_session() {
    let run = session("repl-nowhere", &["nowhere"], "1\n");
    assert_eq!((run.out.as_str(), run.code), ("", 2));
    let run = session("repl-no-data", &["--data", "nowhere"], "1\n");
    assert_eq!((run.out.as_str(), run.code), ("", 2));
}

#[test]
fn blocks_have_names_too() {
    let run = session(
        "repl-blocks",
        &[],
        "let f = for each x in [1, 2] give x * 2\n\
         let g = for each x in f\n    give x + 1\n\
         let h = let q = 1 give q + 1\n\
         f + g\nh\n",
    );
    assert_eq!((run.err.as_str(), run.code), ("", 0));
    insta::assert_snapshot!(run.out, @"
    [2, 4] : list of int
    [3, 5] : list of int
    2 : int
    [2, 4, 3, 5] : list of int
    2 : int
    ");
}

#[test]
fn one_mistake_does_not_swallow_what_follows() {
    let run = session(
        "repl-swallow",
        &[],
        "let a = 1 +\nlet b = 2\nb\nfor each x in [1]\n:type 1\n",
    );
    insta::assert_snapshot!(run.shown(), @"
    stdout
    2 : int
    2 : int
    int
    stderr
      error A0101: a value is expected here, but here is the end
       ,-[input:1:12]
     1 | let a = 1 +
       `----
      help: because the input ends before it is complete
            see docs/errors/A0101.md
      error A0118: this `for each` does not say what it gives
       ,-[input:1:5]
     1 | for each x in [1]
       :     ^^^^
       `----
      help: write `give` before the result
            because each element gives a value behind `give`, or the last one behind `finally`
            see docs/errors/A0118.md
    exit 1
    ");
}

#[test]
fn messages_speak_of_what_was_typed() {
    let run = session(
        "repl-words",
        &[],
        "nothing\nmissing\nexample x = 1\ndefine f (n: int) gives int\nsession.it\n",
    );
    insta::assert_snapshot!(run.shown(), @"
    stderr
      error A0202: there is no value `nothing`
       ,-[input:1:1]
     1 | nothing
       : ^^^^^^^
       `----
      help: write `missing`
            because a value that is not there is `missing`
            fix: write `missing`
            see docs/errors/A0202.md
      error A0329: the type of this is not known
       ,-[input:1:1]
     1 | missing
       : ^^^^^^^
       `----
      help: name a value that is there
            see docs/errors/A0329.md
    error: a declaration (`example …`) cannot be typed here
     help: write it in a rule file and open that with :load; `let x = …` gives a name
    error: a declaration (`define …`) cannot be typed here
     help: write it in a rule file and open that with :load; `let x = …` gives a name
    error: `it` needs itself
    exit 1
    ");
}

#[test]
fn a_package_with_errors_says_so_and_opens() {
    let rules = "module m\n\ndefine f (n: int) gives int\n    n + lost\n\ndefine g (n: int) gives int\n    n\n";
    let place = folder_with("repl-broken", &[("m.assize", rules)]);
    let run = assize_with(&place, &["repl", "m.assize"], b"g(1)\n:load m.assize\n");
    insta::assert_snapshot!(run.shown(), @"
    stdout
    1 : int
    m.assize: 1 rule file
    m.assize has 1 error: not all of it has a value; `assize check m.assize` tells more
    stderr
    note: m.assize has 1 error: not all of it has a value; `assize check m.assize` tells more
    exit 0
    ");
}

#[test]
fn names_are_shown_with_their_types() {
    let run = session(
        "repl-types",
        &["rules/shop"],
        "let fee = 12.50 EUR\nlet days = [1, 2]\n:names let\n:names number P\n:names vat\n:names lamp\n",
    );
    insta::assert_snapshot!(run.shown(), @r"
    stdout
    12.5 : money in EUR
    [1, 2] : list of int
    let fee : money in EUR
    let days : list of int
    number Price = money in EUR per piece, 2 places, from 0 to 1_000_000
    number Pieces = piece, 0 places
    number Percent = percent, 2 places, from 0% to 100%
    parameter vat_standard on DATE : Percent
    record Answer (credit, net, vat, ships, reasons)
    example lamp : Line
    exit 0
    ");
}
