//! Decisions between Rust types: what they answer, what does not fit, and that they say what JSON would be told.

#![cfg(test)]

use assize_eval::json::NumberStyle;
use assize_runtime::typed::{Choice, Day, Fixed, Reasons, Record, Refused, Set};
use assize_runtime::{Loaded, Options};
use rust_decimal::Decimal;

const RULES: &str = include_str!("typed/rules.assize");

#[derive(Clone, Copy, Debug, PartialEq, Choice)]
enum Segment {
    // Another order than that of the rules.
    Trade,
    Partner,
    Retail,
}

#[derive(Clone, Debug, Record)]
struct Line<'t> {
    // Another order than that of the rules, and `note` in between.
    price: Fixed<2>,
    note: Option<&'t str>,
    item: &'t str,
    quantity: Fixed<3>,
}

#[derive(Clone, Debug, Record)]
struct Order<'t> {
    factor: Decimal,
    segment: Segment,
    ordered: Day,
    limit: Option<Fixed<2>>,
    lines: Vec<Line<'t>>,
}

#[derive(Clone, Debug, Record)]
struct Asked<'t> {
    twice: bool,
    order: Order<'t>,
}

#[derive(Debug, PartialEq, Reasons)]
enum Why {
    Empty,
    OverLimit { limit: Fixed<2>, used: Fixed<2> },
    Noted { note: String },
}

#[derive(Debug, PartialEq, Record)]
struct Part {
    amount: Fixed<2>,
    item: String,
    notes: Vec<String>,
}

#[derive(Debug, PartialEq, Record)]
#[assize(output_only)]
struct Answer {
    parts: Vec<Part>,
    total: Fixed<2>,
    exact: Decimal,
    first: Option<String>,
    day: Day,
    segment: Segment,
    shares: Vec<Decimal>,
    reasons: Vec<Why>,
    best: Option<Part>,
}

fn loaded() -> Loaded {
    assize_tests::loaded::loaded("typed", RULES).unwrap()
}

/// Compiling takes a large stack.
fn with_rules(test: impl FnOnce(&Loaded) + Send) {
    std::thread::scope(|scope| {
        let builder = std::thread::Builder::new().stack_size(64 << 20);
        let run = builder.spawn_scoped(scope, || test(&loaded())).unwrap();
        run.join().unwrap();
    });
}

fn lamp() -> Line<'static> {
    Line {
        price: Fixed(1_005),
        note: None,
        item: "LAMP",
        quantity: Fixed(2_500),
    }
}

fn order() -> Asked<'static> {
    Asked {
        twice: false,
        order: Order {
            factor: Decimal::new(15, 1),
            segment: Segment::Partner,
            ordered: "2026-12-31".parse().unwrap(),
            limit: None,
            lines: vec![lamp()],
        },
    }
}

#[test]
fn values_go_in_and_come_out() {
    with_rules(|loaded| {
        let total = loaded.typed::<Asked<'_>, Answer>("total").unwrap();
        assert_eq!(total.not_yet(), None);
        let mut caller = total.caller();
        let answer = caller.decide(&order()).unwrap();
        // 2.5 * 10.05 = 25.125, half to the even neighbour.
        let part = || Part {
            amount: Fixed(2_512),
            item: "LAMP".to_owned(),
            notes: vec!["none".to_owned(), "kept".to_owned()],
        };
        assert_eq!(
            answer,
            Answer {
                parts: vec![part()],
                total: Fixed(2_512),
                exact: Decimal::new(37_680, 3),
                first: Some("LAMP".to_owned()),
                day: "2027-01-01".parse().unwrap(),
                segment: Segment::Partner,
                shares: vec![Decimal::ZERO],
                reasons: vec![],
                best: Some(part()),
            }
        );
        let mut asked = order();
        asked.twice = true;
        asked.order.limit = Some(Fixed(5_000));
        asked.order.lines.push(Line {
            note: Some("fragile"),
            price: Fixed(7),
            item: "BULB",
            quantity: Fixed(1_000),
        });
        let answer = caller.decide(&asked).unwrap();
        assert_eq!(answer.total, Fixed(5_038));
        assert_eq!(
            answer.reasons,
            [
                Why::Noted {
                    note: "fragile".to_owned()
                },
                Why::OverLimit {
                    limit: Fixed(5_000),
                    used: Fixed(5_038)
                }
            ]
        );
        asked.order.lines.clear();
        let answer = caller.decide(&asked).unwrap();
        assert_eq!(
            (answer.first, answer.best, answer.reasons),
            (None, None, vec![Why::Empty])
        );
    });
}

#[test]
fn what_does_not_fit_is_told_as_for_json() {
    with_rules(|loaded| {
        let total = loaded.typed::<Asked<'_>, Answer>("total").unwrap();
        let mut caller = total.caller();
        let mut asked = order();
        asked.order.lines[0].price = Fixed(100_001);
        asked.order.lines.push(Line {
            quantity: Fixed(13_000),
            ..lamp()
        });
        let Err(Refused::Invalid(faults)) = caller.decide(&asked) else {
            panic!("a price out of range and a violated check are refused");
        };
        let told: Vec<String> = faults
            .iter()
            .map(|fault| format!("{}: {}", fault.path, fault.words()))
            .collect();
        insta::assert_snapshot!(told.join("\n"));
        // The call after it is decided as if nothing had been.
        assert!(caller.decide(&order()).is_ok());
        let mut asked = order();
        asked.order.lines = vec![lamp(); 4];
        assert!(matches!(caller.decide(&asked), Err(Refused::Invalid(_))));
        // A day that the calendar does not have.
        let mut asked = order();
        asked.order.ordered = Day(i32::MAX);
        assert!(caller.decide(&asked).is_err());
        let mut asked = order();
        // The lowest word is a number like others.
        asked.order.limit = Some(Fixed(i64::MIN));
        assert!(caller.decide(&asked).is_ok());
        // A code is held in upper case, whoever decides.
        let mut asked = order();
        asked.order.lines[0].item = " lamp ";
        let answer = caller.decide(&asked).unwrap();
        assert_eq!(answer.first, Some("LAMP".to_owned()));
        // A result that no decimal holds is the rules' error.
        let mut asked = order();
        asked.order.factor = Decimal::MAX;
        assert!(matches!(caller.decide(&asked), Err(Refused::Failed(_))));
    });
}

#[test]
fn answers_are_those_of_json() {
    with_rules(|loaded| {
        let total = loaded.typed::<Asked<'_>, Answer>("total").unwrap();
        let mut caller = total.caller();
        let options = Options {
            style: NumberStyle::Number,
            ..Options::default()
        };
        for price in [0, 1, 5, 999, 1_005, 99_999, 100_000] {
            for quantity in [1, 499, 500, 1_500, 10_000_000] {
                let mut asked = order();
                asked.order.lines = vec![
                    Line {
                        price: Fixed(price),
                        quantity: Fixed(quantity),
                        ..lamp()
                    };
                    2
                ];
                let answer = caller.decide(&asked).unwrap();
                let line = format!(
                    r#"{{"item":"LAMP","quantity":"{}","price":"{}"}}"#,
                    Fixed::<3>(quantity),
                    Fixed::<2>(price)
                );
                let call = format!(
                    r#"{{"decision":"total","input":{{"order":{{"ordered":"2026-12-31","segment":"partner","lines":[{line},{line}],"factor":"1.5"}},"twice":false}}}}"#
                );
                let text = loaded.decide_json(call.as_bytes(), &options);
                let wanted = format!(
                    r#""total":{}"#,
                    Decimal::try_from(answer.total).unwrap().normalize()
                );
                assert!(text.contains(&wanted), "{wanted} is not in {text}");
            }
        }
    });
}

#[derive(Record)]
struct Narrow {
    order: NarrowOrder,
    others: i64,
}

#[derive(Record)]
struct NarrowOrder {
    ordered: i64,
    segment: Narrower,
    lines: Vec<NarrowLine>,
    limit: Fixed<4>,
    factor: Fixed<30>,
}

#[derive(Clone, Copy, Choice)]
enum Narrower {
    Retail,
    Wholesale,
}

#[derive(Record)]
struct NarrowLine {
    quantity: Option<Fixed<3>>,
    #[assize(name = "unitPrice")]
    price: Fixed<2>,
}

#[derive(Record)]
#[assize(output_only)]
struct NarrowAnswer {
    total: Fixed<1>,
    exact: Fixed<2>,
    first: String,
    segment: Narrower,
    reasons: Vec<Few>,
    missing: bool,
}

#[expect(dead_code, reason = "never decided with")]
#[derive(Reasons)]
enum Few {
    Empty,
    Noted { text: String },
    Unknown,
}

#[test]
fn types_that_do_not_fit_are_all_told() {
    with_rules(|loaded| {
        let misfits = loaded.typed::<Narrow, NarrowAnswer>("total").err();
        let told: Vec<String> = misfits.unwrap().iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(told.join("\n"));
        let misfits = loaded.typed::<Asked<'_>, Answer>("totals").err().unwrap();
        insta::assert_snapshot!(misfits[0].to_string(), @"totals: is no decision of these rules");
    });
}

#[derive(Reasons)]
enum Short {
    OverLimit,
    #[assize(others)]
    Other,
}

#[derive(Record)]
#[assize(output_only)]
struct Sets {
    reasons: Set<Short>,
    segment: Segment,
}

#[test]
fn sets_and_others() {
    with_rules(|loaded| {
        let total = loaded.typed::<Asked<'_>, Sets>("total").unwrap();
        assert_eq!(total.not_yet(), None);
        let mut caller = total.caller();
        let mut asked = order();
        asked.order.limit = Some(Fixed(1));
        let answer = caller.decide(&asked).unwrap();
        assert_eq!(answer.reasons.names().collect::<Vec<_>>(), ["over_limit"]);
        assert_eq!(answer.segment, Segment::Partner);
        asked.order.lines.clear();
        let answer = caller.decide(&asked).unwrap();
        assert_eq!(answer.reasons.bits(), 0b10);
        // The same through the interpreter, which decides where the code is spelt otherwise.
        asked.order.lines = vec![Line {
            item: "lamp",
            note: Some("x"),
            ..lamp()
        }];
        let answer = caller.decide(&asked).unwrap();
        assert_eq!(answer.reasons.bits(), 0b11);
    });
}
