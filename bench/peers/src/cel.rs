//! cel (cel-rust): one compiled program per rule, run in order, each result bound for the next.
//! Numbers are f64. CEL has no decimal rounding, so the host adds two functions.

use assize_bench_checkout::workload::*;
use cel::objects::Key;
use cel::{Context, Program, Value};
use std::collections::HashMap;
use std::sync::Arc;

use crate::contestant::{Contestant, code, dec, f, reason_bit, unf};

fn half_up(x: f64, dp: i64) -> f64 {
    let p = 10f64.powi(dp as i32);
    (x * p + 0.5).floor() / p
}
fn half_even(x: f64, dp: i64) -> f64 {
    let p = 10f64.powi(dp as i32);
    (x * p).round_ties_even() / p
}
fn context() -> Context<'static, 'static> {
    let mut c = Context::default();
    c.add_function("round_half_up", half_up).unwrap();
    c.add_function("round_half_even", half_even).unwrap();
    c
}

fn rules() -> Vec<(&'static str, String)> {
    let mut base = String::new();
    for r in DISCOUNTS {
        base += &format!(
            "customer.segment == \"{}\" && line.qty >= {} ? {} : ",
            SEGMENTS[r.0 as usize],
            dec(r.1, 3),
            dec(r.2, 4)
        );
    }
    base += "0.0";
    // Best first, so that the first hit is the best.
    let mut ps = PROMOS;
    ps.sort_by_key(|p| -p.3);
    let mut extra = String::new();
    for p in ps {
        extra += &format!(
            "line.category == \"{}\" && date >= {} && date <= {} ? {} : ",
            CATEGORIES[p.0 as usize],
            p.1,
            p.2,
            dec(p.3, 4)
        );
    }
    extra += "0.0";
    vec![
        ("base", base),
        ("extra", extra),
        ("contract", "customer.contract_price != null".into()),
        ("discount", "contract ? 0.0 : (base + extra > 0.4 ? 0.4 : base + extra)".into()),
        ("unit_price", "contract ? customer.contract_price : round_half_up(line.list_price * (1.0 - discount), 4)".into()),
        ("amount", "round_half_even(line.qty * unit_price, 2)".into()),
        ("margin_hold", "unit_price < line.cost * 1.05".into()),
        ("free", "line.warehouses.map(w, w.on_hand - w.reserved - w.safety > 0.0 ? w.on_hand - w.reserved - w.safety : 0.0)".into()),
        ("stock_status", "line.qty <= free[0] + free[1] + free[2] ? \"ok\" : (line.qty <= line.warehouses[0].on_hand + line.warehouses[1].on_hand + line.warehouses[2].on_hand ? \"backorder\" : \"short\")".into()),
        ("warehouse", "free[0] >= line.qty ? 0 : (free[1] >= line.qty ? 1 : (free[2] >= line.qty ? 2 : -1))".into()),
        ("over_limit", format!("customer.balance + amount * 1.25 > customer.credit_limit * [{}][customer.tier]", TOLERANCE.map(|t| dec(10_000 + t, 4)).join(", "))),
        ("overdue", "customer.overdue_days > 30".into()),
        ("credit_status", "customer.blocked != \"none\" ? \"reject\" : (over_limit || overdue ? \"hold\" : \"clear\")".into()),
        ("reasons", "(!contract && base > 0.0 ? [\"discount\"] : []) + (contract ? [\"contract\"] : []) + (!contract && extra > 0.0 ? [\"promotion\"] : []) + (!contract && base + extra > 0.4 ? [\"capped\"] : []) + (margin_hold ? [\"margin\"] : []) + (stock_status == \"backorder\" ? [\"backordered\"] : []) + (stock_status == \"short\" ? [\"out_of_stock\"] : []) + (stock_status == \"ok\" && warehouse < 0 ? [\"split\"] : []) + (over_limit ? [\"over_limit\"] : []) + (overdue ? [\"overdue\"] : []) + (customer.blocked == \"ship\" ? [\"blocked_ship\"] : []) + (customer.blocked == \"all\" ? [\"blocked_all\"] : [])".into()),
    ]
}

type In = (Value, Value, i64);
pub struct Cel {
    root: Context<'static, 'static>,
    programs: Vec<(&'static str, Program)>,
    inputs: Vec<In>,
}
fn map<const N: usize>(f: [(&'static str, Value); N]) -> Value {
    HashMap::<Key, Value>::from_iter(f.map(|(k, v)| (Key::from(k), v))).into()
}
fn input(o: &Order) -> In {
    let n = |v: i64, s: u32| Value::Float(f(v, s));
    (
        map([
            ("segment", SEGMENTS[o.segment as usize].into()),
            ("tier", Value::Int(o.tier as i64)),
            ("credit_limit", n(o.credit_limit, 2)),
            ("balance", n(o.balance, 2)),
            ("overdue_days", Value::Int(o.overdue_days as i64)),
            ("blocked", BLOCKED[o.blocked as usize].into()),
            (
                "contract_price",
                if o.has_contract != 0 {
                    n(o.contract_price, 4)
                } else {
                    Value::Null
                },
            ),
        ]),
        map([
            ("category", CATEGORIES[o.category as usize].into()),
            ("qty", n(o.qty, 3)),
            ("list_price", n(o.list_price, 2)),
            ("cost", n(o.cost, 4)),
            (
                "warehouses",
                Value::List(Arc::new(
                    o.warehouses
                        .iter()
                        .map(|w| {
                            map([
                                ("on_hand", n(w.on_hand, 3)),
                                ("reserved", n(w.reserved, 3)),
                                ("safety", n(w.safety, 3)),
                            ])
                        })
                        .collect(),
                )),
            ),
        ]),
        o.date as i64,
    )
}
impl Cel {
    pub fn new() -> Self {
        Cel {
            root: context(),
            programs: rules()
                .into_iter()
                .map(|(n, s)| {
                    (
                        n,
                        Program::compile(&s).unwrap_or_else(|e| panic!("{n}: {e}")),
                    )
                })
                .collect(),
            inputs: vec![],
        }
    }
    fn run(&self, (c, l, d): In) -> HashMap<&'static str, Value> {
        let mut ctx = self.root.new_inner_scope();
        ctx.add_variable_from_value("customer", c);
        ctx.add_variable_from_value("line", l);
        ctx.add_variable_from_value("date", Value::Int(d));
        let mut out = HashMap::with_capacity(16);
        for (n, p) in &self.programs {
            let v = p.execute(&ctx).unwrap_or_else(|e| panic!("{n}: {e}"));
            ctx.add_variable_from_value(*n, v.clone());
            out.insert(*n, v);
        }
        out
    }
}
fn num(v: &Value) -> f64 {
    match v {
        Value::Float(x) => *x,
        Value::Int(i) => *i as f64,
        v => panic!("{v:?}"),
    }
}
fn text(v: &Value) -> &str {
    match v {
        Value::String(s) => s,
        v => panic!("{v:?}"),
    }
}
fn answer(m: &HashMap<&'static str, Value>) -> Decision {
    let mut reasons = 0;
    if let Value::List(l) = &m["reasons"] {
        for r in l.iter() {
            reasons |= reason_bit(text(r));
        }
    }
    Decision {
        unit_price: unf(num(&m["unit_price"]), 4),
        discount: unf(num(&m["discount"]), 4),
        amount: unf(num(&m["amount"]), 2),
        reasons,
        stock: code(&STOCK, text(&m["stock_status"])),
        credit: code(&CREDIT, text(&m["credit_status"])),
        warehouse: num(&m["warehouse"]) as i8,
        _pad: 0,
    }
}
fn from_json(v: &serde_json::Value) -> Value {
    use serde_json::Value as J;
    match v {
        J::Null => Value::Null,
        J::Bool(b) => Value::Bool(*b),
        J::Number(n) => n
            .as_i64()
            .map_or_else(|| Value::Float(n.as_f64().unwrap()), Value::Int),
        J::String(s) => s.as_str().into(),
        J::Array(a) => Value::List(Arc::new(a.iter().map(from_json).collect())),
        J::Object(m) => m
            .iter()
            .map(|(k, v)| (Key::from(k.as_str()), from_json(v)))
            .collect::<HashMap<Key, Value>>()
            .into(),
    }
}
impl Contestant for Cel {
    fn name(&self) -> String {
        "cel (cel-rust)".into()
    }
    fn numbers(&self) -> &'static str {
        "f64"
    }
    fn decide(&mut self, o: &Order) -> Decision {
        answer(&self.run(input(o)))
    }
    fn prepare(&mut self, orders: &[Order]) -> bool {
        self.inputs = orders.iter().map(input).collect();
        true
    }
    fn decide_prepared(&mut self, i: usize) -> Decision {
        answer(&self.run(self.inputs[i].clone()))
    }
    fn decide_json(&mut self, json: &str, out: &mut String) -> bool {
        let v: serde_json::Value = serde_json::from_str(json).expect("json");
        let m = self.run((
            from_json(&v["customer"]),
            from_json(&v["line"]),
            v["date"].as_i64().unwrap(),
        ));
        let mut o = serde_json::Map::new();
        for k in [
            "unit_price",
            "discount",
            "amount",
            "stock_status",
            "warehouse",
            "credit_status",
            "reasons",
        ] {
            o.insert(k.into(), m[k].json().expect("json"));
        }
        *out = serde_json::to_string(&o).unwrap();
        true
    }
}
