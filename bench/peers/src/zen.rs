//! zen-engine (GoRules): a JDM graph of decision tables and one expression node.
//! Numbers are rust_decimal; `compile()` is its fast path (bytecode cache + table indexes).

use assize_bench_checkout::workload::*;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use crate::contestant::{Contestant, code, dec, reason_bit};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision as ZenDecision, DecisionEngine};
use zen_types::symbol::Symbol;
use zen_types::variable::{Variable, VariableMap};

/// No node here waits, so a decision is ready on the first poll.
fn now<F: Future>(f: F) -> F::Output {
    match pin!(f).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(v) => v,
        Poll::Pending => panic!("pending"),
    }
}

fn table(
    id: &str,
    hit: &str,
    out_path: Option<&str>,
    inputs: &[(&str, &str)],
    output: &str,
    rules: Vec<Value>,
) -> Value {
    json!({ "id": id, "name": id, "type": "decisionTableNode", "content": {
        "hitPolicy": hit,
        "inputs": inputs.iter().map(|(i, f)| json!({"id": i, "name": i, "field": f})).collect::<Vec<_>>(),
        "outputs": [{"id": "out", "name": output, "field": output}],
        "rules": rules,
        "passThrough": true, "inputField": null, "outputPath": out_path, "executionMode": "single"
    }})
}

pub fn jdm() -> Value {
    let disc = DISCOUNTS
        .iter()
        .enumerate()
        .map(|(i, (s, lo, d))| {
            json!({"_id": format!("d{i}"), "seg": format!("\"{}\"", SEGMENTS[*s as usize]),
                   "qty": format!(">= {}", dec(*lo, 3)), "out": dec(*d, 4)})
        })
        .collect();
    let promo = PROMOS
        .iter()
        .enumerate()
        .map(|(i, (c, a, b, v))| {
            json!({"_id": format!("p{i}"), "cat": format!("\"{}\"", CATEGORIES[*c as usize]),
                   "day": format!("[{a}..{b}]"), "out": dec(*v, 4)})
        })
        .collect();
    let tol = TOLERANCE
        .iter()
        .enumerate()
        .map(|(i, v)| json!({"_id": format!("t{i}"), "tier": i.to_string(), "out": dec(*v, 4)}))
        .collect();
    let e = |k: &str, v: &str| json!({"id": k, "key": k, "value": v});
    json!({
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "content": {}},
            table("disc", "first", None, &[("seg", "customer.segment"), ("qty", "line.qty")], "base", disc),
            table("promo", "collect", Some("promos"), &[("cat", "line.category"), ("day", "date")], "extra", promo),
            table("tol", "first", None, &[("tier", "customer.tier")], "tolerance", tol),
            {"id": "calc", "name": "calc", "type": "expressionNode", "content": {"expressions": [
                e("contract", "customer.contract_price != null"),
                e("extra", "len(promos) > 0 ? max(map(promos, #.extra)) : 0"),
                e("sum", "base + $.extra"),
                e("discount", "$.contract ? 0 : ($.sum > 0.40 ? 0.40 : $.sum)"),
                e("unit_price", "$.contract ? customer.contract_price : round(line.list_price * (1 - $.discount), 4)"),
                e("cents", "line.qty * $.unit_price * 100"),
                e("whole", "floor($.cents)"),
                e("half", "$.cents - $.whole"),
                e("amount", "($.half > 0.5 or ($.half == 0.5 and $.whole % 2 == 1) ? $.whole + 1 : $.whole) / 100"),
                e("free", "map(line.warehouses, max([0, #.on_hand - #.reserved - #.safety]))"),
                e("stock_status", "line.qty <= sum($.free) ? \"ok\" : (line.qty <= sum(map(line.warehouses, #.on_hand)) ? \"backorder\" : \"short\")"),
                e("warehouse", "$.free[0] >= line.qty ? 0 : ($.free[1] >= line.qty ? 1 : ($.free[2] >= line.qty ? 2 : null))"),
                e("over", "customer.balance + $.amount * 1.25 > customer.credit_limit * (1 + tolerance)"),
                e("late", "customer.overdue_days > 30"),
                e("credit_status", "customer.blocked != \"none\" ? \"reject\" : ($.over or $.late ? \"hold\" : \"clear\")"),
                e("reasons", "filter([\
                    not $.contract and base > 0 ? \"discount\" : null, \
                    $.contract ? \"contract\" : null, \
                    not $.contract and $.extra > 0 ? \"promotion\" : null, \
                    not $.contract and $.sum > 0.40 ? \"capped\" : null, \
                    $.unit_price < line.cost * 1.05 ? \"margin\" : null, \
                    $.stock_status == \"backorder\" ? \"backordered\" : null, \
                    $.stock_status == \"short\" ? \"out_of_stock\" : null, \
                    $.stock_status == \"ok\" and $.warehouse == null ? \"split\" : null, \
                    $.over ? \"over_limit\" : null, \
                    $.late ? \"overdue\" : null, \
                    customer.blocked == \"ship\" ? \"blocked_ship\" : null, \
                    customer.blocked == \"all\" ? \"blocked_all\" : null], # != null)"),
            ], "passThrough": false, "inputField": null, "outputPath": null, "executionMode": "single"}},
            {"id": "out", "name": "out", "type": "outputNode", "content": {}}
        ],
        "edges": [
            {"id": "e1", "sourceId": "in", "targetId": "disc", "type": "edge"},
            {"id": "e2", "sourceId": "disc", "targetId": "promo", "type": "edge"},
            {"id": "e3", "sourceId": "promo", "targetId": "tol", "type": "edge"},
            {"id": "e4", "sourceId": "tol", "targetId": "calc", "type": "edge"},
            {"id": "e5", "sourceId": "calc", "targetId": "out", "type": "edge"}
        ]
    })
}

fn load(src: &str, compile: bool) -> ZenDecision {
    let content: DecisionContent = serde_json::from_str(src).expect("jdm");
    let mut d = DecisionEngine::default()
        .create_decision(content.into())
        .expect("decision");
    if compile {
        d.compile();
    }
    d
}

pub struct Zen {
    decision: ZenDecision,
    compiled: bool,
    inputs: Vec<Variable>,
}

fn obj<const N: usize>(f: [(&'static str, Variable); N]) -> Variable {
    let mut m = VariableMap::with_capacity(N);
    for (k, v) in f {
        m.insert(Symbol::from_static(k), v);
    }
    Variable::from_object(m)
}
fn input(o: &Order) -> Variable {
    let n = |v: i64, s: u32| Variable::Number(Decimal::new(v, s));
    let s = |v: &'static str| Variable::String(Symbol::from_static(v));
    obj([
        (
            "customer",
            obj([
                ("segment", s(SEGMENTS[o.segment as usize])),
                ("tier", n(o.tier as i64, 0)),
                ("credit_limit", n(o.credit_limit, 2)),
                ("balance", n(o.balance, 2)),
                ("overdue_days", n(o.overdue_days as i64, 0)),
                ("blocked", s(BLOCKED[o.blocked as usize])),
                (
                    "contract_price",
                    if o.has_contract != 0 {
                        n(o.contract_price, 4)
                    } else {
                        Variable::Null
                    },
                ),
            ]),
        ),
        (
            "line",
            obj([
                ("category", s(CATEGORIES[o.category as usize])),
                ("qty", n(o.qty, 3)),
                ("list_price", n(o.list_price, 2)),
                ("cost", n(o.cost, 4)),
                (
                    "warehouses",
                    Variable::from_array(
                        o.warehouses
                            .iter()
                            .map(|w| {
                                obj([
                                    ("on_hand", n(w.on_hand, 3)),
                                    ("reserved", n(w.reserved, 3)),
                                    ("safety", n(w.safety, 3)),
                                ])
                            })
                            .collect(),
                    ),
                ),
            ]),
        ),
        ("date", n(o.date as i64, 0)),
    ])
}

impl Zen {
    pub fn new(compiled: bool) -> Self {
        Zen {
            decision: load(&jdm().to_string(), compiled),
            compiled,
            inputs: vec![],
        }
    }
    fn run(&self, v: Variable) -> Variable {
        now(self.decision.evaluate(v))
            .unwrap_or_else(|e| panic!("{e}"))
            .result
    }
    fn answer(v: &Variable) -> Decision {
        let o = v.as_object().expect("object");
        let m = o.borrow();
        let num = |k: &str, s: u32| {
            undec(
                m.get_str(k)
                    .and_then(|v| v.as_number())
                    .unwrap_or_else(|| panic!("{k} in {v}")),
                s,
            )
        };
        let mut reasons = 0;
        if let Some(a) = m.get_str("reasons").and_then(|v| v.as_array()) {
            for r in a.borrow().iter() {
                reasons |= reason_bit(r.as_str().unwrap());
            }
        }
        Decision {
            unit_price: num("unit_price", 4),
            discount: num("discount", 4),
            amount: num("amount", 2),
            reasons,
            stock: code(&STOCK, m.get_str("stock_status").unwrap().as_str().unwrap()),
            credit: code(
                &CREDIT,
                m.get_str("credit_status").unwrap().as_str().unwrap(),
            ),
            warehouse: match m.get_str("warehouse") {
                Some(Variable::Number(n)) => undec(*n, 0) as i8,
                _ => -1,
            },
            _pad: 0,
        }
    }
}
impl Contestant for Zen {
    fn name(&self) -> String {
        if self.compiled {
            "zen-engine compiled"
        } else {
            "zen-engine-uncompiled"
        }
        .into()
    }
    fn numbers(&self) -> &'static str {
        "rust_decimal"
    }
    fn decide(&mut self, o: &Order) -> Decision {
        Self::answer(&self.run(input(o)))
    }
    fn prepare(&mut self, orders: &[Order]) -> bool {
        self.inputs = orders.iter().map(input).collect();
        true
    }
    fn decide_prepared(&mut self, i: usize) -> Decision {
        Self::answer(&self.run(self.inputs[i].clone()))
    }
    fn decide_json(&mut self, json: &str, out: &mut String) -> bool {
        let v: Variable = serde_json::from_str(json).expect("json");
        *out = serde_json::to_string(&self.run(v)).expect("json");
        true
    }
}
