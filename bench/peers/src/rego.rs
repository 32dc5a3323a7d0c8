//! regorus (Rego): tables in `data`, one rule object as the answer. Numbers are f64 (plus big ints).

use assize_bench_checkout::workload::*;
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{CompiledPolicy, Engine, Rc, Value};
use std::collections::BTreeMap;

use crate::contestant::{Contestant, code, dec, f, reason_bit, unf};

pub const POLICY: &str = r#"package checkout

import rego.v1

c := input.customer
l := input.line

contract if is_number(c.contract_price)

base := [r.d | some r in data.discounts[c.segment]; l.qty >= r.lo][0]

promos := [p.extra | some p in data.promos[l.category]; p.from <= input.date; input.date <= p.to]

extra := max(promos) if count(promos) > 0
extra := 0 if count(promos) == 0

total := min([base + extra, 0.4])

discount := 0 if contract
discount := total if not contract

unit_price := c.contract_price if contract
unit_price := round((l.list_price * (1 - total)) * 10000) / 10000 if not contract

cents := (l.qty * unit_price) * 100
whole := floor(cents)
half := cents - whole

amount := (whole + 1) / 100 if half > 0.5
else := (whole + 1) / 100 if { half == 0.5; whole % 2 == 1 }
else := whole / 100

free := [max([0, (w.on_hand - w.reserved) - w.safety]) | some w in l.warehouses]
available := sum(free)
on_hand := sum([w.on_hand | some w in l.warehouses])

warehouse := 0 if free[0] >= l.qty
else := 1 if free[1] >= l.qty
else := 2 if free[2] >= l.qty
else := null

stock_status := "ok" if l.qty <= available
else := "backorder" if l.qty <= on_hand
else := "short"

over if c.balance + (amount * 1.25) > c.credit_limit * (1 + data.tolerance[c.tier])
late if c.overdue_days > 30

credit_status := "reject" if c.blocked != "none"
else := "hold" if over
else := "hold" if late
else := "clear"

reasons contains "discount" if { not contract; base > 0 }
reasons contains "contract" if contract
reasons contains "promotion" if { not contract; extra > 0 }
reasons contains "capped" if { not contract; base + extra > 0.4 }
reasons contains "margin" if unit_price < l.cost * 1.05
reasons contains "backordered" if stock_status == "backorder"
reasons contains "out_of_stock" if stock_status == "short"
reasons contains "split" if { stock_status == "ok"; warehouse == null }
reasons contains "over_limit" if over
reasons contains "overdue" if late
reasons contains "blocked_ship" if c.blocked == "ship"
reasons contains "blocked_all" if c.blocked == "all"

decision := {
    "unit_price": unit_price,
    "discount": discount,
    "amount": amount,
    "stock_status": stock_status,
    "warehouse": warehouse,
    "credit_status": credit_status,
    "reasons": reasons,
}
"#;

fn data() -> String {
    let mut s = String::from("{\"discounts\":{");
    for (i, seg) in SEGMENTS.iter().enumerate() {
        let rows: Vec<String> = DISCOUNTS
            .iter()
            .filter(|r| r.0 as usize == i)
            .map(|r| format!("{{\"lo\":{},\"d\":{}}}", dec(r.1, 3), dec(r.2, 4)))
            .collect();
        s += &format!(
            "{}\"{seg}\":[{}]",
            if i > 0 { "," } else { "" },
            rows.join(",")
        );
    }
    s += "},\"promos\":{";
    for (i, cat) in CATEGORIES.iter().enumerate() {
        let rows: Vec<String> = PROMOS
            .iter()
            .filter(|r| r.0 as usize == i)
            .map(|r| {
                format!(
                    "{{\"from\":{},\"to\":{},\"extra\":{}}}",
                    r.1,
                    r.2,
                    dec(r.3, 4)
                )
            })
            .collect();
        s += &format!(
            "{}\"{cat}\":[{}]",
            if i > 0 { "," } else { "" },
            rows.join(",")
        );
    }
    s += &format!(
        "}},\"tolerance\":[{}]}}",
        TOLERANCE.map(|t| dec(t, 4)).join(",")
    );
    s
}

enum Run {
    Vm(RegoVM),
    Interp(CompiledPolicy),
}
fn compile(policy: &str, data: &str, rule: &str, rvm: bool) -> Run {
    let mut e = Engine::new();
    e.add_policy("p.rego".into(), policy.into())
        .expect("policy");
    let data = Value::from_json_str(data).expect("data");
    e.add_data(data.clone()).expect("data");
    let rule: Rc<str> = rule.into();
    let cp = e.compile_with_entrypoint(&rule).expect("compile");
    if rvm {
        let program = Compiler::compile_from_policy(&cp, &[&rule]).expect("rvm");
        let mut vm = RegoVM::new();
        // The default is 25 000 instructions, less than a scan of 10 000 rows.
        vm.set_max_instructions(usize::MAX);
        vm.load_program(program);
        vm.set_data(data).expect("data");
        Run::Vm(vm)
    } else {
        Run::Interp(cp)
    }
}
impl Run {
    fn go(&mut self, input: Value) -> Value {
        match self {
            Run::Vm(vm) => {
                vm.set_input(input);
                vm.execute().expect("execute")
            }
            Run::Interp(cp) => cp.eval_with_input(input).expect("eval"),
        }
    }
}

pub struct Rego {
    run: Run,
    rvm: bool,
    inputs: Vec<Value>,
}

fn obj<const N: usize>(f: [(&str, Value); N]) -> Value {
    Value::from(
        f.into_iter()
            .map(|(k, v)| (Value::from(k), v))
            .collect::<BTreeMap<_, _>>(),
    )
}
fn input(o: &Order) -> Value {
    let n = |v: i64, s: u32| Value::from(f(v, s));
    obj([
        (
            "customer",
            obj([
                ("segment", SEGMENTS[o.segment as usize].into()),
                ("tier", (o.tier as i64).into()),
                ("credit_limit", n(o.credit_limit, 2)),
                ("balance", n(o.balance, 2)),
                ("overdue_days", (o.overdue_days as i64).into()),
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
        ),
        (
            "line",
            obj([
                ("category", CATEGORIES[o.category as usize].into()),
                ("qty", n(o.qty, 3)),
                ("list_price", n(o.list_price, 2)),
                ("cost", n(o.cost, 4)),
                (
                    "warehouses",
                    Value::from(
                        o.warehouses
                            .iter()
                            .map(|w| {
                                obj([
                                    ("on_hand", n(w.on_hand, 3)),
                                    ("reserved", n(w.reserved, 3)),
                                    ("safety", n(w.safety, 3)),
                                ])
                            })
                            .collect::<Vec<_>>(),
                    ),
                ),
            ]),
        ),
        ("date", (o.date as i64).into()),
    ])
}
fn answer(v: &Value) -> Decision {
    let num = |k: &str, s: u32| unf(v[k].as_f64().unwrap_or_else(|_| panic!("{k} in {v}")), s);
    let text = |k: &str| v[k].as_string().expect("string").clone();
    let mut reasons = 0;
    for r in v["reasons"].as_set().expect("set").iter() {
        reasons |= reason_bit(r.as_string().unwrap());
    }
    Decision {
        unit_price: num("unit_price", 4),
        discount: num("discount", 4),
        amount: num("amount", 2),
        reasons,
        stock: code(&STOCK, &text("stock_status")),
        credit: code(&CREDIT, &text("credit_status")),
        warehouse: v["warehouse"].as_f64().map_or(-1, |w| w as i8),
        _pad: 0,
    }
}
impl Rego {
    pub fn new(rvm: bool) -> Self {
        Rego {
            run: compile(POLICY, &data(), "data.checkout.decision", rvm),
            rvm,
            inputs: vec![],
        }
    }
}
impl Contestant for Rego {
    fn name(&self) -> String {
        if self.rvm {
            "regorus-rvm"
        } else {
            "regorus-interpreter"
        }
        .into()
    }
    fn numbers(&self) -> &'static str {
        "f64"
    }
    fn decide(&mut self, o: &Order) -> Decision {
        answer(&self.run.go(input(o)))
    }
    fn prepare(&mut self, orders: &[Order]) -> bool {
        self.inputs = orders.iter().map(input).collect();
        true
    }
    fn decide_prepared(&mut self, i: usize) -> Decision {
        let v = self.inputs[i].clone();
        answer(&self.run.go(v))
    }
    fn decide_json(&mut self, json: &str, out: &mut String) -> bool {
        let v = Value::from_json_str(json).expect("json");
        *out = self.run.go(v).to_json_str().expect("json");
        true
    }
}
