//! What a trace says.

#![cfg(test)]

mod common;

use assize_eval::interp::{ExceptionSeen, Observer};
use assize_eval::trace::render::{Level, lines};
use assize_eval::trace::why::{MAX_WHY_NOT_LINES, why_not};
use assize_eval::trace::{
    Explain, MAX_NOT_TAKEN, MAX_TRACE_ENTRIES, MAX_TRACE_ENTRIES_READ, Trace,
};
use assize_eval::{ErrorCode, Interpreter, Limits, Value, Watch};
use assize_ir::{CallableId, Place, PlaceId, Program, SourceFile};
use common::{Rows, code, day, explained, num, program};

const SHOP: &str = r#"
enum t.Segment { retail, trade }
relation t.Price { key item: code key row: int field price: number field minimum: number }
reason over of "t" severity 1 (%used: number) message t.text
define t.text (%used: number) gives text { text(hole(%used)) }
parameter t.vat (%day: date) gives number(percent, 4 places) { from 2001-01-01 = 0.19 from 2012-10-01 because "law gazette" = 0.21 }
grid t.tier (%segment: t.Segment, %quantity: number) gives number(percent, 4 places) {
  column "segment" = %segment across "quantity" = %quantity
  head "0+" = is(range_below(0, 10)) head "10+" = is(range(10))
  row "shop" (is(t.Segment.retail)) => (0, 0.03)
  row "business" (is(t.Segment.trade)) => (0.05, 0.08)
}
define t.large (%quantity: number) gives bool { greater_or_equal(%quantity, 100) }
rule t.discount (%segment: t.Segment, %quantity: number, %day: date) gives number(percent, 4 places) {
  as_of = %day
  default because "nothing special" = 0
  exception tier { when = all(greater(%quantity, 0), not(equal(%segment, t.Segment.retail))) then = call(t.tier, %segment, %quantity) }
  exception big because "big orders" overrides (tier) { when = call(t.large, %quantity) then = 0.2 }
  exception week from 2026-11-20 to 2026-11-30 overrides (tier) { unless = equal(%segment, t.Segment.trade) then = 0.15 }
}
table t.fix (%difference: number) gives text { hit first outputs (fix)
  column "difference" = %difference
  row "equal" (is(0)) => ("keep") row "cheaper" (is(< 0)) => ("take") row "other" (any) => ("ask") row "never" (any) => ("no") }
define t.price (%item: code, %quantity: number) gives number {
  otherwise(loop(rows(%p, t.Price), where(and(equal(field(%p, item), %item), less_or_equal(field(%p, minimum), %quantity))), lowest(field(%p, price))), 0)
}
define t.main (%item: code, %segment: t.Segment, %quantity: number, %day: date) gives number {
  let(%base, if(greater(%quantity, 1), call(t.price, %item, %quantity), 0),
  let(%fix, call(t.fix, subtract(%base, 10)),
  let(%reasons, list(when(greater(%quantity, 50), reason(over, %quantity))),
  if(and(equal(%fix, "take"), equal(%reasons, %reasons)), multiply(%base, subtract(1, call(t.discount, %segment, %quantity, %day))), call(t.vat, %day)))))
}
decision "main" = t.main reads (t.Price) { }
"#;

fn shop() -> (Program, Rows) {
    let program = program(SHOP);
    let row = |item: &str, row: i64, price: &str, minimum: &str| {
        vec![code(item), Value::Int(row), num(price), num(minimum)]
    };
    let data = Rows::new(
        &program,
        &[(
            "t.Price",
            vec![
                row("A", 1, "9", "0"),
                row("A", 2, "8", "50"),
                row("B", 1, "7", "0"),
            ],
        )],
    );
    (program, data)
}

fn trace(segment: u32, quantity: &str, on: &str) -> Trace {
    let (program, data) = shop();
    let arguments = [code("A"), Value::Enum(segment), num(quantity), day(on)];
    explained(&program, &data, &arguments, None).trace.unwrap()
}

#[test]
fn one_line() {
    let line = |trace: Trace| lines(&shop().0, &trace, Level::Line).join("\n");
    insta::assert_snapshot!(line(trace(1, "20", "2026-11-25")), @"main is 8.28: by discount.tier");
    insta::assert_snapshot!(line(trace(0, "1", "2026-11-25")), @"main is 0: by discount.week");
    insta::assert_snapshot!(line(trace(0, "1", "2000-11-25")), @"main is 0: by discount.default");
}

#[test]
fn rules() {
    let text = |trace: Trace| lines(&shop().0, &trace, Level::Rules).join("\n");
    insta::assert_snapshot!(text(trace(1, "20", "2026-11-25")), @r#"
    main is 8.28
      discount(segment: trade, quantity: 20, day: 2026-11-25) is 8.00%: exception tier
        tier(segment: trade, quantity: 20) is 8.00%: row business, column 10+
      fix(difference: -1) is "take": row cheaper
    "#);
    insta::assert_snapshot!(text(trace(1, "100", "2026-11-25")), @r#"
    main is 6.4
      discount(segment: trade, quantity: 100, day: 2026-11-25) is 20.00%: exception big "big orders"; overridden: tier
      fix(difference: -2) is "take": row cheaper
    "#);
    insta::assert_snapshot!(text(trace(0, "100", "2026-11-25")), @r#"
    main ended with conflict: exception big, exception week, segment retail, quantity 100, day 2026-11-25 (t.discount)
      discount(segment: retail, quantity: 100, day: 2026-11-25): exceptions big "big orders", week clash
        big applies and clashes: true (got 100)
        week applies and clashes: valid from 2026-11-20 to 2026-11-30: as of 2026-11-25; needed not trade, got retail
        fix(difference: -2) is "take": row cheaper
      called by main
        then: all held (got "take"; got [over(used: 100)])
    "#);
}

#[test]
fn everything() {
    let text = |trace: Trace| lines(&shop().0, &trace, Level::Everything).join("\n");
    insta::assert_snapshot!(text(trace(1, "20", "2026-11-25")), @r#"
    decision main(item: "A", segment: trade, quantity: 20, day: 2026-11-25) is 8.28
      then: got 20
      define price(item: "A", quantity: 20) is 9
        query is 9: kept 1 of 3
          not Price["A", 2]: needed at most 20, got 50
          not Price["B", 1]: needed "A", got "B"
      table fix(difference: -1) is "take": row cheaper
        equal not taken: difference needed 0, got -1
        2 rows below were not looked at
      item left out: needed above 50, got 20
      then: all held (got "take"; got [])
      rule discount(segment: trade, quantity: 20, day: 2026-11-25) is 8.00%: exception tier
        tier applies: 2 of 2 held (held: got 20; held: needed not retail, got trade)
        big does not apply: false (needed at least 100, got 20)
        week does not apply: needed not trade, got trade
        counted conditions: true
          held: got 20
          held: needed not retail, got trade
        define large(quantity: 20) is false
          needed at least 100, got 20
        grid tier(segment: trade, quantity: 20) is 8.00%: row business, column 10+
          0+ not taken: quantity needed 0 to below 10, got 20
          shop not taken: segment needed retail, got trade
    "#);
    insta::assert_snapshot!(text(trace(0, "100", "2026-11-25")), @r#"
    main ended with conflict: exception big, exception week, segment retail, quantity 100, day 2026-11-25 (t.discount)
    decision main(item: "A", segment: retail, quantity: 100, day: 2026-11-25): conflict
      then: got 100
      define price(item: "A", quantity: 100) is 8
        query is 8: kept 2 of 3
          not Price["B", 1]: needed "A", got "B"
      table fix(difference: -2) is "take": row cheaper
        equal not taken: difference needed 0, got -2
        2 rows below were not looked at
      item taken: got 100
      then: all held (got "take"; got [over(used: 100)])
      rule discount(segment: retail, quantity: 100, day: 2026-11-25): conflict: exceptions big "big orders", week clash
        failed at t.discount
        tier does not apply: 1 of 2 held (failed: needed not retail, got retail)
        big applies and clashes: true (got 100)
        week applies and clashes: valid from 2026-11-20 to 2026-11-30: as of 2026-11-25; needed not trade, got retail
        counted conditions: false
          held: got 100
          failed: needed not retail, got retail
        define large(quantity: 100) is true
          got 100
    "#);
}

#[test]
fn why_not_this_one() {
    let text = |name: &str| why_not(&trace(1, "20", "2026-12-25"), name).join("\n");
    insta::assert_snapshot!(text("week"), @"discount(segment: trade, quantity: 20, day: 2026-12-25) is 8.00%: week does not apply: valid from 2026-11-20 to 2026-11-30: as of 2026-12-25");
    insta::assert_snapshot!(text("big"), @"discount(segment: trade, quantity: 20, day: 2026-12-25) is 8.00%: big does not apply: false (needed at least 100, got 20)");
    insta::assert_snapshot!(text("shop"), @"tier(segment: trade, quantity: 20) is 8.00%: shop not taken: segment needed retail, got trade");
    insta::assert_snapshot!(text("equal"), @r#"fix(difference: -1) is "take": equal not taken: difference needed 0, got -1"#);
    insta::assert_snapshot!(text("A"), @r#"price(item: "A", quantity: 20) is 9: not Price["A", 2]: needed at most 20, got 50"#);
    insta::assert_snapshot!(text("nobody"), @"");
}

#[test]
fn who_decided() {
    assert_eq!(trace(1, "20", "2026-11-25").decided_by(), "");
    let vat = |on: &str| {
        let text = SHOP.replace("t.main", "t.other");
        let text = format!("{text}\ndefine t.main () gives number {{ call(t.vat, {on}) }}");
        let program = program(&text);
        let data = Rows::new(&program, &[]);
        explained(&program, &data, &[], None)
            .trace
            .unwrap()
            .decided_by()
    };
    assert_eq!(vat("2026-11-25"), "2012-10-01");
    assert_eq!(vat("2002-11-25"), "2001-01-01");
    let discount = |segment: &str, quantity: &str, rule: &str| {
        let text = format!(
            "{SHOP}\ndefine t.by () gives number {{ border(call(t.{rule}, t.Segment.{segment}, {quantity}, 2026-11-25), number(percent, 4 places), \"x\") }}"
        );
        let program = program(&text.replace("t.main", "t.other").replace("t.by", "t.main"));
        let data = Rows::new(&program, &[]);
        explained(&program, &data, &[], None)
            .trace
            .unwrap()
            .decided_by()
    };
    assert_eq!(discount("trade", "20", "discount"), "tier.business");
    assert_eq!(discount("trade", "120", "discount"), "big");
    assert_eq!(discount("retail", "20", "discount"), "week");
    assert_eq!(discount("trade", "0", "discount"), "default");
}

#[test]
fn several_that_agree_are_all_named() {
    let program = program("
table t.u (%x: int) gives int { hit same outputs (o) column \"x\" = %x row \"p\" (any) => (1i) row \"q\" (any) => (1i) }
rule t.r (%x: int) gives int { may_agree exception a { then = call(t.u, %x) } exception b { then = 1i } }
define t.main () gives int { call(t.r, 1i) }");
    let data = Rows::new(&program, &[]);
    let trace = explained(&program, &data, &[], None).trace.unwrap();
    assert_eq!(trace.decided_by(), "a.p, a.q, b");
}

#[test]
fn a_conflict_names_what_clashes() {
    let program = program("
rule t.r (%x: int) gives int { default = 0i exception a { when = greater(%x, 0i) then = 1i } exception b { when = greater(%x, 1i) then = 2i } exception c overrides (b) { when = greater(%x, 9i) then = 2i } }
define t.main (%x: int) gives int { call(t.r, %x) }");
    let data = Rows::new(&program, &[]);
    let trace = explained(&program, &data, &[Value::Int(2)], None)
        .trace
        .unwrap();
    insta::assert_snapshot!(lines(&program, &trace, Level::Rules).join("\n"), @"
    main ended with conflict: exception a, exception b, x 2 (t.r)
      r(x: 2): exceptions a, b clash
        a applies and clashes: got 2
        b applies and clashes: got 2
    ");
    insta::assert_snapshot!(lines(&program, &trace, Level::Everything).join("\n"), @"
    main ended with conflict: exception a, exception b, x 2 (t.r)
    define main(x: 2): conflict
      rule r(x: 2): conflict: exceptions a, b clash
        failed at t.r
        a applies and clashes: got 2
        b applies and clashes: got 2
        c does not apply: needed above 9, got 2
    ");
}

fn big_table(rows: usize) -> (Program, Rows) {
    let mut text =
        "table t.main (%x: int) gives int { hit unique outputs (o) column \"x\" = %x\n".to_owned();
    for row in 0..rows {
        text.push_str(&format!("row \"r{row}\" (is({row}i)) => ({row}i)\n"));
    }
    let program = program(&format!("{text} }}"));
    let data = Rows::new(&program, &[]);
    (program, data)
}

#[test]
fn a_big_table_is_bounded_and_one_row_can_be_asked_for() {
    let (program, data) = big_table(3_000);
    let trace = |focus| {
        explained(&program, &data, &[Value::Int(5)], focus)
            .trace
            .unwrap()
    };
    let all = lines(&program, &trace(None), Level::Everything);
    assert_eq!(all.len(), MAX_NOT_TAKEN + 2);
    assert_eq!(all.last().unwrap(), "  … 2979 more not taken");
    assert!(why_not(&trace(None), "r2500").is_empty());
    insta::assert_snapshot!(why_not(&trace(Some("r2500")), "r2500").join("\n"), @"main(x: 5) is 5: r2500 not taken: x needed 2500, got 5");
    insta::assert_snapshot!(why_not(&trace(None), "r5").join("\n"), @"main(x: 5) is 5: r5 decided");
}

#[test]
fn a_long_trace_is_bounded() {
    let program = program(
        "
define t.one (%x: int) gives int { %x }
define t.main (%xs: list of int) gives int { loop(each(%x, %xs), sum(call(t.one, %x))) }",
    );
    let data = Rows::new(&program, &[]);
    let many = MAX_TRACE_ENTRIES + 50;
    let list = Value::List((0..many as i64).map(Value::Int).collect());
    let trace = explained(&program, &data, &[list], None).trace.unwrap();
    assert_eq!(trace.root.children.len(), MAX_TRACE_ENTRIES - 1);
    // The calls beyond, and the note on the loop itself.
    assert_eq!(trace.omitted, 52);
    assert!(lines(&program, &trace, Level::Rules).len() <= 10);
}

/// The call itself, its children and the note on the loop fit, and one more does not. A trace that is no part
/// of an answer is longer.
#[test]
fn a_trace_is_whole_to_its_greatest_length() {
    let program = program(
        "
define t.one (%x: int) gives int { %x }
define t.main (%xs: list of int) gives int { loop(each(%x, %xs), sum(call(t.one, %x))) }",
    );
    let data = Rows::new(&program, &[]);
    let omitted = |count: usize, long: bool| {
        let list = Value::List((0..count as i64).map(Value::Int).collect());
        let explain = Explain { focus: None, long };
        let watch = Watch {
            explain: Some(explain),
            observer: None,
        };
        let main = common::callable(&program, "t.main");
        let answer =
            Interpreter::new(&program, &data, Limits::default()).call_with(main, &[list], watch);
        answer.trace.unwrap().omitted
    };
    for (most, long) in [(MAX_TRACE_ENTRIES, false), (MAX_TRACE_ENTRIES_READ, true)] {
        assert_eq!(omitted(most - 2, long), 0);
        assert_eq!(omitted(most - 1, long), 1);
    }
}

#[test]
fn the_middle_level_is_short() {
    let program = program(
        "
table t.t (%x: int) gives int { hit first outputs (o) column \"x\" = %x row \"a\" (any) => (%x) }
define t.main (%xs: list of int) gives int { loop(each(%x, %xs), sum(call(t.t, %x))) }",
    );
    let data = Rows::new(&program, &[]);
    let text = |items: &[i64]| {
        let list = Value::List(items.iter().map(|item| Value::Int(*item)).collect());
        lines(
            &program,
            &explained(&program, &data, &[list], None).trace.unwrap(),
            Level::Rules,
        )
    };
    insta::assert_snapshot!(text(&[1, 1, 2]).join("\n"), @r"
    main is 4
      t(x: 1) is 1: row a (2 times)
      t(x: 2) is 2: row a
    ");
    assert_eq!(text(&(0..9).collect::<Vec<_>>()).len(), 10);
    let many = text(&(0..30).collect::<Vec<_>>());
    assert_eq!(many.len(), 10);
    assert_eq!(many.last().unwrap(), "  … 22 more");
}

/// Conditions are told in the author's words when the program carries its text.
#[test]
fn conditions_come_from_the_source() {
    let mut program = program(
        "define t.main (%q: int) gives bool { all(greater_or_equal(%q, 10i), less(%q, 99i), equal(%q, 5i)) }",
    );
    let source = "quantity >= 10, quantity < 99, quantity = 5";
    program.files = vec![SourceFile {
        module: "t".to_owned(),
        path: "t.assize".to_owned(),
        text: source.to_owned(),
    }];
    program.places = vec![Place {
        file: 0,
        start: 0,
        end: 0,
        line: 1,
        column: 1,
    }];
    let conditions = ["quantity >= 10", "quantity < 99", "quantity = 5"];
    let mut next = conditions.iter();
    for node in &mut program.callables[0].nodes {
        if matches!(
            node.op,
            assize_ir::Op::Compare(..) | assize_ir::Op::Equal(..)
        ) {
            let condition = next.next().unwrap();
            let start = source.find(condition).unwrap() as u32;
            node.place = PlaceId(program.places.len() as u32);
            let end = start + condition.len() as u32;
            program.places.push(Place {
                file: 0,
                start,
                end,
                line: 1,
                column: start + 1,
            });
        }
    }
    let data = Rows::new(&program, &[]);
    let text = |q: i64| {
        let trace = explained(&program, &data, &[Value::Int(q)], None)
            .trace
            .unwrap();
        lines(&program, &trace, Level::Everything).join("\n")
    };
    insta::assert_snapshot!(text(9), @r"
    define main(q: 9) is false
      counted conditions: false
        failed: quantity >= 10: needed at least 10, got 9
        not needed: quantity < 99
        not needed: quantity = 5
    ");
    insta::assert_snapshot!(text(50), @r"
    define main(q: 50) is false
      counted conditions: false
        held: quantity >= 10: got 50
        held: quantity < 99: got 50
        failed: quantity = 5: needed 5, got 50
    ");
}

#[test]
fn data_has_stable_names() {
    let program = program("
rule t.r (%x: int) gives int { default because \"usual\" = 0i exception a { when = greater(%x, 0i) then = 1i } exception b { unless = greater(%x, 0i) then = 2i } }
define t.main (%x: int) gives int { if(less(%x, 9i), call(t.r, %x), 0i) }");
    let data = Rows::new(&program, &[]);
    let trace = explained(&program, &data, &[Value::Int(5)], None)
        .trace
        .unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&trace).unwrap(), @r#"
    {
      "root": {
        "name": "t.main",
        "kind": "define",
        "place": "t.main",
        "arguments": [
          {
            "name": "x",
            "text": "5"
          }
        ],
        "outcome": {
          "value": {
            "name": "main",
            "text": "1"
          }
        },
        "detail": {
          "of": "expression"
        },
        "decided": [
          {
            "name": "",
            "through": 0
          }
        ],
        "notes": [
          {
            "after_calls": 0,
            "note": "if",
            "condition": "",
            "held": true,
            "because": {
              "condition": "",
              "held": true,
              "negated": false,
              "operator": "less",
              "needed": [
                {
                  "name": "",
                  "text": "9"
                }
              ],
              "got": {
                "name": "",
                "text": "5"
              }
            }
          }
        ],
        "children": [
          {
            "name": "t.r",
            "kind": "rule",
            "place": "t.r",
            "arguments": [
              {
                "name": "x",
                "text": "5"
              }
            ],
            "outcome": {
              "value": {
                "name": "r",
                "text": "1"
              }
            },
            "detail": {
              "of": "rule",
              "exceptions": [
                {
                  "name": "a",
                  "because": "",
                  "outcome": {
                    "is": "applied",
                    "decided": true
                  },
                  "held": [
                    {
                      "condition": "",
                      "held": true,
                      "negated": false,
                      "operator": "greater",
                      "needed": [
                        {
                          "name": "",
                          "text": "0"
                        }
                      ],
                      "got": {
                        "name": "",
                        "text": "5"
                      }
                    }
                  ]
                },
                {
                  "name": "b",
                  "because": "",
                  "outcome": {
                    "is": "not_applicable",
                    "first": {
                      "condition": "",
                      "held": false,
                      "negated": true,
                      "operator": "greater",
                      "needed": [
                        {
                          "name": "",
                          "text": "0"
                        }
                      ],
                      "got": {
                        "name": "",
                        "text": "5"
                      }
                    }
                  }
                }
              ],
              "default_used": false,
              "default_because": "usual"
            },
            "decided": [
              {
                "name": "a"
              }
            ],
            "notes": [],
            "children": []
          }
        ]
      },
      "omitted": 0
    }
    "#);
}

/// What decided a condition that is made of several: each that had a part in it, and no other.
#[test]
fn composed_conditions_tell_every_part() {
    let text = |condition: &str| {
        let program = program(&format!(
            "rule t.r (%a: int, %b: int, %c: int) gives int {{ default = 0i exception x {{ when = {condition} then = 1i }} }}
             define t.main (%a: int, %b: int, %c: int) gives int {{ call(t.r, %a, %b, %c) }}"
        ));
        let data = Rows::new(&program, &[]);
        let arguments = [Value::Int(1), Value::Int(2), Value::Int(3)];
        let trace = explained(&program, &data, &arguments, None).trace.unwrap();
        let told = why_not(&trace, "x").join("\n");
        let (_, why) = told.split_once("is 0: x does not apply: ").unwrap();
        why.to_owned()
    };
    let (a, b, c) = ("greater(%a, 5i)", "equal(%b, 7i)", "less(%c, 0i)");
    let or = |x: &str, y: &str| format!("or({x}, {y})");
    let and = |x: &str, y: &str| format!("and({x}, {y})");
    insta::assert_snapshot!(text(&or(&or(a, b), c)), @"none held (needed above 5, got 1; needed 7, got 2; needed below 0, got 3)");
    insta::assert_snapshot!(text(&and("less(%a, 5i)", &or(a, c))), @"none held (needed above 5, got 1; needed below 0, got 3)");
    // One that fails decides an `and` alone.
    insta::assert_snapshot!(text(&and(a, b)), @"needed above 5, got 1");
    // Behind a `not`, what held is the ground.
    let (held, too) = ("less(%a, 5i)", "equal(%b, 2i)");
    insta::assert_snapshot!(text(&format!("not({})", and(held, too))), @"all held (got 1; got 2)");
    insta::assert_snapshot!(text(&format!("not({})", or(a, too))), @"needed not 2, got 2");
    insta::assert_snapshot!(text(&or(a, &format!("not({})", and(held, too)))), @"none held (needed above 5, got 1; all held (got 1; got 2))");
    // Counted: those that decided, and how many were not asked.
    insta::assert_snapshot!(text(&format!("any({a}, {b}, {c})")), @"0 of 3 held (failed: needed above 5, got 1; failed: needed 7, got 2; failed: needed below 0, got 3)");
    insta::assert_snapshot!(text(&format!("at_least(2, {held}, {b}, {c})")), @"1 of 3 held (failed: needed 7, got 2; failed: needed below 0, got 3)");
    insta::assert_snapshot!(text(&format!("at_least(2, {a}, {b}, {held})")), @"0 of 3 held (failed: needed above 5, got 1; failed: needed 7, got 2; 1 not needed)");
    insta::assert_snapshot!(text(&format!("all({held}, {b}, {c})")), @"1 of 3 held (failed: needed 7, got 2; 1 not needed)");
    insta::assert_snapshot!(text(&format!("none({a}, {held}, {c})")), @"1 of 3 held (held: got 1; 1 not needed)");
    insta::assert_snapshot!(text(&format!("not(at_least(2, {held}, {b}, {too}))")), @"2 of 3 held (held: got 1; held: got 2)");
}

/// What gave the value, what was compared and not taken, and where a cap cut.
#[test]
fn combined_exceptions() {
    let text = |combine: &str, values: [&str; 3]| {
        let [a, b, c] = values;
        let program = program(&format!(
            "rule t.r () gives number(percent) {{
               exception a {{ when = true then = {a} }} exception b because \"many\" {{ when = true then = {b} }}
               exception c {{ when = true then = {c} }} exception d {{ when = false then = 0.9 }} combine {combine} }}
             define t.main () gives number(percent) {{ call(t.r) }}"
        ));
        let data = Rows::new(&program, &[]);
        let mut seen = Seen::default();
        let watch = Watch {
            explain: Some(Explain::default()),
            observer: Some(&mut seen),
        };
        let main = common::callable(&program, "t.main");
        let answer =
            Interpreter::new(&program, &data, Limits::default()).call_with(main, &[], watch);
        let trace = answer.trace.unwrap();
        let by = trace.decided_by();
        let all = lines(&program, &trace, Level::Everything);
        format!(
            "{}\nby {by}, counted {}",
            all[1..].join("\n"),
            seen.0.join(" ")
        )
    };
    insta::assert_snapshot!(text("sum up_to = 0.12", ["0.05", "0.04", "0.1"]), @r#"
      rule r() is 12%: exceptions a 5%, b 4% "many", c 10%; sum 19% cut to 12%
        a applies with 5%: true
        b applies with 4% "many": true
        c applies with 10%: true
        d does not apply: false
        sum of what applies is 19%, cut to 12%
    by a, b, c, counted 0 1 2
    "#);
    // 100 % − 95 % × 96 % × 90 % = 17.92 %
    insta::assert_snapshot!(text("compound up_to = 0.2", ["0.05", "0.04", "0.1"]), @r#"
      rule r() is 17.92%: exceptions a 5%, b 4% "many", c 10%; compound 17.92%
        a applies with 5%: true
        b applies with 4% "many": true
        c applies with 10%: true
        d does not apply: false
        compound of what applies is 17.92%, within 20%
    by a, b, c, counted 0 1 2
    "#);
    insta::assert_snapshot!(text("highest up_to = 0.08", ["0.05", "0.04", "0.1"]), @r#"
      rule r() is 8%: exception c 10%; 10% cut to 8%; passed over: a 5%, b 4% "many"
        a applies with 5% and is passed over for c: true
        b applies with 4% and is passed over for c: true
        c applies with 10%: true
        d does not apply: false
        highest of what applies is 10%, cut to 8%
    by c, counted 2
    "#);
    // The first of equals, as in a table.
    insta::assert_snapshot!(text("lowest", ["0.05", "0.04", "0.04"]), @r#"
      rule r() is 4%: exception b 4% "many"; passed over: a 5%, c 4%
        a applies with 5% and is passed over for b: true
        b applies with 4% "many": true
        c applies with 4% and is passed over for b: true
        d does not apply: false
        lowest of what applies is 4%
    by b, counted 1
    "#);
}

/// Exceptions that clash gave nothing, so none of them is counted as having decided.
#[test]
fn exceptions_that_clash_decide_nothing() {
    for agree in ["", "may_agree"] {
        let program = program(&format!(
            "rule t.r () gives int {{ {agree} default = 0i exception a {{ when = true then = 1i }} exception b {{ when = true then = 2i }} }}
             define t.main () gives int {{ call(t.r) }}"
        ));
        let data = Rows::new(&program, &[]);
        let mut seen = Seen::default();
        let watch = Watch {
            explain: None,
            observer: Some(&mut seen),
        };
        let main = common::callable(&program, "t.main");
        let answer =
            Interpreter::new(&program, &data, Limits::default()).call_with(main, &[], watch);
        assert_eq!(answer.result.unwrap_err().code, ErrorCode::Conflict);
        assert!(seen.0.is_empty(), "{agree}");
    }
}

/// Positions of the exceptions that decided.
#[derive(Default)]
struct Seen(Vec<String>);

impl Observer for Seen {
    fn exception(&mut self, _: CallableId, exception: u32, seen: ExceptionSeen) {
        if seen == ExceptionSeen::Decided {
            self.0.push(exception.to_string());
        }
    }
}

/// Names as an explanation writes them, and in full.
#[test]
fn why_not_takes_names_with_their_owner() {
    let text = |name: &str| why_not(&trace(1, "20", "2026-12-25"), name).join("\n");
    for name in ["discount.week", "t.discount.week"] {
        assert_eq!(text(name), text("week"));
    }
    assert_eq!(text("tier.week"), "");
    insta::assert_snapshot!(text("tier.shop"), @"tier(segment: trade, quantity: 20) is 8.00%: shop not taken: segment needed retail, got trade");
    insta::assert_snapshot!(text("10+"), @"tier(segment: trade, quantity: 20) is 8.00%: 10+ decided");
    insta::assert_snapshot!(text("discount.default"), @"discount(segment: trade, quantity: 20, day: 2026-12-25) is 8.00%: exception tier");
    insta::assert_snapshot!(text("t.fix"), @r#"fix(difference: -1) is "take": row cheaper"#);
}

/// What a hundred calls answer in the same way is one line, and there are not too many lines.
#[test]
fn why_not_is_told_once() {
    let program = program(
        "
rule t.r (%x: int) gives int { default = 0i exception a { when = greater(%x, 1000i) then = 1i } }
table t.t (%x: int) gives int { hit first outputs (o) column \"x\" = if(less(%x, 1000i), 5i, 6i) row \"p\" (is(6i)) => (1i) row \"q\" (any) => (2i) }
define t.main (%xs: list of int) gives int { loop(each(%x, %xs), sum(add(call(t.t, %x), call(t.r, %x)))) }",
    );
    let data = Rows::new(&program, &[]);
    let items = |count: i64| Value::List((0..count).map(Value::Int).collect());
    let text = |count: i64, name: &str| {
        let trace = explained(&program, &data, &[items(count)], None).trace;
        why_not(&trace.unwrap(), name)
    };
    let at_limit = MAX_WHY_NOT_LINES as i64;
    insta::assert_snapshot!(text(100, "p").join("\n"), @"t(x: 0) is 2: p not taken: x needed 6, got 5 (and in 99 more calls)");
    assert_eq!(text(at_limit, "a").len(), MAX_WHY_NOT_LINES);
    let past = text(at_limit + 2, "a");
    assert_eq!(past.len(), MAX_WHY_NOT_LINES + 1);
    assert_eq!(past.last().unwrap(), "… 2 more answers");
}

/// Rows that hit and did not give the value: compared, or clashing.
#[test]
fn rows_that_hit_and_lost() {
    let text = |hit: &str| {
        let program = program(&format!(
            "table t.t (%x: int) gives int {{ hit {hit} outputs (o) column \"x\" = %x row \"a\" (any) => (5i) row \"b\" (is(> 1i)) => (7i) row \"c\" (any) => (7i) }}
             define t.main (%x: int) gives int {{ call(t.t, %x) }}"
        ));
        let data = Rows::new(&program, &[]);
        let trace = explained(&program, &data, &[Value::Int(1)], None)
            .trace
            .unwrap();
        let all = lines(&program, &trace, Level::Everything).into_iter();
        let mut told: Vec<String> = all
            .skip_while(|line| !line.starts_with("  table"))
            .collect();
        told.extend(["a", "b", "c"].iter().flat_map(|row| why_not(&trace, row)));
        told.join("\n")
    };
    insta::assert_snapshot!(text("highest"), @r"
      table t(x: 1) is 7: row c; passed over: a 5
        a hits with 5 and is passed over for c
        b not taken: x needed > 1, got 1
    t(x: 1) is 7: a hits with 5 and is passed over for c
    t(x: 1) is 7: b not taken: x needed > 1, got 1
    t(x: 1) is 7: c decided
    ");
    insta::assert_snapshot!(text("unique"), @r"
      table t(x: 1): conflict: rows a, c clash
        failed at t.t
        b not taken: x needed > 1, got 1
    t(x: 1): conflict: a hits and clashes
    t(x: 1): conflict: b not taken: x needed > 1, got 1
    t(x: 1): conflict: c hits and clashes
    ");
}
