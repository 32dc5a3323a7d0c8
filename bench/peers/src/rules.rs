//! Assize: by typed calls, on columns and from JSON to JSON.

use std::fmt::Write as _;
use std::sync::Arc;

use assize_bench_checkout::batch;
use assize_bench_checkout::typed::{Answer, fixed, within};
use assize_bench_checkout::workload::{BLOCKED, CATEGORIES, Decision, Order, SEGMENTS};
use assize_eval::json::NumberStyle;
use assize_runtime::columns::Batch;
use assize_runtime::typed::{Caller, Give, Record, Term, Typed};
use assize_runtime::{Loaded, Options, Snapshot};
use serde_json::Value;

use crate::contestant::{Contestant, contract_price, dec, number};

/// What the rules call the states and reasons that the workload numbers.
const STOCK: [&str; 3] = ["ok", "backorder", "short"];
const CREDIT: [&str; 3] = ["clear", "hold", "reject"];
const REASONS: [&str; 12] = [
    "discount",
    "contract",
    "promotion",
    "capped",
    "margin",
    "backordered",
    "out_of_stock",
    "split",
    "over_limit",
    "overdue",
    "blocked_ship",
    "blocked_all",
];

/// All ways to ask Assize, on rules that declare ranges and on rules that declare none.
pub fn contestants(ranges: &'static Loaded, open: &'static Loaded) -> Vec<Box<dyn Contestant>> {
    vec![
        Box::new(OneByOne::<within::order::Asked>::new(
            "Assize, ranges declared",
            ranges,
        )),
        Box::new(OneByOne::<fixed::order::Asked>::new(
            "Assize, nothing declared",
            open,
        )),
        Box::new(Rows::new(ranges)),
        Box::new(interpreter(ranges)),
    ]
}

/// Calls between Rust types; JSON by the same machine code.
struct OneByOne<I: 'static> {
    name: &'static str,
    caller: Caller<'static, 'static, I, Answer>,
    asked: Vec<I>,
    json: Json,
}

impl<I> OneByOne<I>
where
    I: Record<Static = I> + Term<Kind: Give<I>> + 'static,
{
    fn new(name: &'static str, loaded: &'static Loaded) -> OneByOne<I> {
        let typed: Typed<'static, I, Answer> = loaded
            .typed::<I, Answer>("checkout_line")
            .expect("the types fit the rules");
        assert!(typed.not_yet().is_none(), "machine code decides");
        let typed: &'static Typed<'static, I, Answer> = Box::leak(Box::new(typed));
        OneByOne {
            name,
            caller: typed.caller(),
            asked: Vec::new(),
            json: Json(loaded),
        }
    }
}

impl<I> Contestant for OneByOne<I>
where
    I: for<'o> From<&'o Order> + Record<Static = I> + Term<Kind: Give<I>> + 'static,
{
    fn name(&self) -> String {
        self.name.to_owned()
    }
    fn numbers(&self) -> &'static str {
        "exact"
    }
    fn decide(&mut self, order: &Order) -> Decision {
        let answer = self.caller.decide(&I::from(order));
        (&answer.expect("a decision")).into()
    }
    fn prepare(&mut self, orders: &[Order]) -> bool {
        self.asked = orders.iter().map(I::from).collect();
        true
    }
    fn decide_prepared(&mut self, at: usize) -> Decision {
        let answer = self.caller.decide(&self.asked[at]);
        (&answer.expect("a decision")).into()
    }
    fn decide_json(&mut self, json: &str, out: &mut String) -> bool {
        self.json.decide(json, out)
    }
    fn order_json(&self, order: &Order) -> String {
        order_json(order)
    }
    fn read_json(&self, answer: &str) -> Decision {
        read_json(answer)
    }
}

/// Orders as columns.
struct Rows {
    batch: Batch<'static>,
    orders: Option<batch::Orders>,
    count: usize,
    /// The answers, once somebody wants to see them.
    decided: Vec<Decision>,
}

impl Rows {
    fn new(loaded: &'static Loaded) -> Rows {
        let columns = Box::leak(Box::new(batch::bound(loaded)));
        assert!(columns.not_yet().is_none(), "machine code decides");
        Rows {
            batch: columns.batch(),
            orders: None,
            count: 0,
            decided: Vec::new(),
        }
    }
}

impl Contestant for Rows {
    fn name(&self) -> String {
        "Assize, columns, ranges declared".to_owned()
    }
    fn numbers(&self) -> &'static str {
        "exact"
    }
    fn decides(&self) -> bool {
        false
    }
    fn prepare(&mut self, orders: &[Order]) -> bool {
        self.orders = Some(batch::Orders::new(orders));
        self.count = orders.len();
        self.decided.clear();
        true
    }
    fn decide_batch(&mut self) -> bool {
        let orders = self.orders.as_ref().expect("prepared orders");
        let answers = batch::decide(&mut self.batch, orders);
        assert!(answers.refused.is_empty(), "{:?}", answers.refused.first());
        true
    }
    fn decide_prepared(&mut self, at: usize) -> Decision {
        if self.decided.is_empty() {
            let orders = self.orders.as_ref().expect("prepared orders");
            let answers = batch::decide(&mut self.batch, orders);
            let decided = (0..self.count).map(|row| batch::decision(answers, row));
            self.decided = decided.collect();
        }
        self.decided[at]
    }
}

/// JSON by whatever decides in a loaded value.
struct Json(&'static Loaded);

impl Json {
    fn decide(&self, json: &str, out: &mut String) -> bool {
        out.clear();
        let options = Options {
            style: NumberStyle::Number,
            ..Options::default()
        };
        self.0.decide_json_into(json.as_bytes(), &options, out);
        true
    }
}

/// The reference interpreter, which has JSON alone.
struct Interpreter(Json);

fn interpreter(loaded: &Loaded) -> Interpreter {
    let data = Snapshot::empty(&loaded.rules.program);
    let loaded = Loaded::of(Arc::clone(&loaded.rules), data);
    Interpreter(Json(Box::leak(Box::new(loaded))))
}

impl Contestant for Interpreter {
    fn name(&self) -> String {
        "Assize, reference interpreter".to_owned()
    }
    fn numbers(&self) -> &'static str {
        "exact"
    }
    fn decides(&self) -> bool {
        false
    }
    fn decide_json(&mut self, json: &str, out: &mut String) -> bool {
        self.0.decide(json, out)
    }
    fn order_json(&self, order: &Order) -> String {
        order_json(order)
    }
    fn read_json(&self, answer: &str) -> Decision {
        read_json(answer)
    }
}

/// The call as the rules want it: a day is a text, and a warehouse says its number.
fn order_json(o: &Order) -> String {
    let mut out = format!(
        "{{\"decision\":\"checkout_line\",\"input\":{{\"order\":{{\"customer\":{{\"segment\":\"{}\",\"tier\":{},\
         \"credit_limit\":{},\"balance\":{},\"overdue_days\":{},\"blocked\":\"{}\",\"contract_price\":{}}},\
         \"line\":{{\"category\":\"{}\",\"quantity\":{},\"list_price\":{},\"cost\":{},\"warehouses\":[",
        SEGMENTS[o.segment as usize],
        o.tier,
        dec(o.credit_limit, 2),
        dec(o.balance, 2),
        o.overdue_days,
        BLOCKED[o.blocked as usize],
        contract_price(o),
        CATEGORIES[o.category as usize],
        dec(o.qty, 3),
        dec(o.list_price, 2),
        dec(o.cost, 4),
    );
    for (at, it) in o.warehouses.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        let _ = write!(
            out,
            "{comma}{{\"number\":{at},\"on_hand\":{},\"reserved\":{},\"safety\":{}}}",
            dec(it.on_hand, 3),
            dec(it.reserved, 3),
            dec(it.safety, 3)
        );
    }
    let day = assize_ir::date::format(o.date);
    let _ = write!(out, "]}},\"date\":\"{day}\"}}}}}}");
    out
}

fn read_json(answer: &str) -> Decision {
    let all: Value = serde_json::from_str(answer).expect("an answer is JSON");
    let all = &all["output"];
    let at = |set: &[&str], value: &Value| {
        let at = set.iter().position(|it| value == it);
        at.unwrap_or_else(|| panic!("{value} in {answer}"))
    };
    let reasons = all["reasons"].as_array().expect("a list of reasons");
    let reasons = reasons.iter().map(|it| 1 << at(&REASONS, &it["code"]));
    Decision {
        unit_price: number(&all["unit_price"], 4),
        // Percentages are written in points.
        discount: number(&all["discount"], 2),
        amount: number(&all["amount"], 2),
        reasons: reasons.fold(0, |all, it: u32| all | it),
        stock: at(&STOCK, &all["stock"]) as u8,
        credit: at(&CREDIT, &all["credit"]) as u8,
        warehouse: match &all["warehouse"] {
            Value::Null => -1,
            number => self::number(number, 0) as i8,
        },
        _pad: 0,
    }
}
