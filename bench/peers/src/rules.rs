//! Assize: by typed calls, on columns and from JSON to JSON.

use std::sync::Arc;

use assize_bench_checkout::batch;
use assize_bench_checkout::json::orders::{Form, text};
use assize_bench_checkout::json::serde;
use assize_bench_checkout::typed::{Answer, fixed, within};
use assize_bench_checkout::workload::{Decision, Order};
use assize_eval::json::NumberStyle;
use assize_runtime::columns::Batch;
use assize_runtime::typed::{Caller, Give, Record, Term, Typed};
use assize_runtime::{Loaded, Options, Snapshot};

use crate::contestant::Contestant;

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
        text(order, Form::InOrder)
    }
    fn read_json(&self, answer: &str) -> Decision {
        serde::decision(answer)
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
        text(order, Form::InOrder)
    }
    fn read_json(&self, answer: &str) -> Decision {
        serde::decision(answer)
    }
}
