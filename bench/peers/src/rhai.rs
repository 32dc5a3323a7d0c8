//! rhai with the `decimal` and `no_float` features: literals with a point are rust_decimal.

use assize_bench_checkout::workload::*;
use rhai::{AST, Array, Dynamic, Engine, Map, Scope};
use rust_decimal::Decimal;

use crate::contestant::{Contestant, code, dec, reason_bit};

fn script() -> String {
    let mut s = String::from(
        "fn decide(o) {\n let c = o.customer; let l = o.line; let qty = l.qty; let reasons = [];\n",
    );
    s += " let unit = 0.0; let disc = 0.0;\n if c.contract_price != () {\n  unit = c.contract_price; reasons.push(\"contract\");\n } else {\n";
    s += "  let base = switch c.segment {\n";
    for (i, seg) in SEGMENTS.iter().enumerate() {
        s += &format!("   \"{seg}\" => ");
        for r in DISCOUNTS.iter().filter(|r| r.0 as usize == i) {
            if r.1 > 0 {
                s += &format!("if qty >= {} {{ {} }} else ", dec(r.1, 3), dec(r.2, 4));
            } else {
                s += &format!("{{ {} }},\n", dec(r.2, 4));
            }
        }
    }
    s += "   _ => 0.0\n  };\n  let extra = 0.0; let d = o.date;\n  switch l.category {\n";
    for (i, cat) in CATEGORIES.iter().enumerate() {
        s += &format!("   \"{cat}\" => {{ ");
        for p in PROMOS.iter().filter(|p| p.0 as usize == i) {
            s += &format!(
                "if d >= {} && d <= {} && extra < {2} {{ extra = {2}; }} ",
                p.1,
                p.2,
                dec(p.3, 4)
            );
        }
        s += "}\n";
    }
    s += r#"  }
  if base > 0.0 { reasons.push("discount"); }
  if extra > 0.0 { reasons.push("promotion"); }
  disc = base + extra;
  if disc > 0.40 { disc = 0.40; reasons.push("capped"); }
  unit = (l.list_price * (1.0 - disc)).round_half_up(4);
 }
 let amount = (qty * unit).round(2);
 if unit < l.cost * 1.05 { reasons.push("margin"); }
 let avail = 0.0; let hand = 0.0; let wh = -1; let i = 0;
 for w in l.warehouses {
  let free = w.on_hand - w.reserved - w.safety;
  if free < 0.0 { free = 0.0; }
  if wh < 0 && free >= qty { wh = i; }
  avail += free; hand += w.on_hand; i += 1;
 }
 let stock = "ok";
 if qty <= avail { if wh < 0 { reasons.push("split"); } }
 else if qty <= hand { stock = "backorder"; reasons.push("backordered"); }
 else { stock = "short"; reasons.push("out_of_stock"); }
 let tol = switch c.tier {"#;
    for (i, t) in TOLERANCE.iter().enumerate() {
        s += &format!(" {i} => {},", dec(10_000 + t, 4));
    }
    s += r#" _ => 1.0 };
 let credit = "clear";
 if c.balance + amount * 1.25 > c.credit_limit * tol { credit = "hold"; reasons.push("over_limit"); }
 if c.overdue_days > 30 { credit = "hold"; reasons.push("overdue"); }
 switch c.blocked {
  "ship" => { credit = "reject"; reasons.push("blocked_ship"); }
  "all" => { credit = "reject"; reasons.push("blocked_all"); }
 }
 #{ unit_price: unit, discount: disc, amount: amount, stock_status: stock,
    warehouse: if wh < 0 { () } else { wh }, credit_status: credit, reasons: reasons }
}
"#;
    s
}

pub struct RhaiDec {
    engine: Engine,
    ast: AST,
    inputs: Vec<Dynamic>,
}
fn map<const N: usize>(f: [(&str, Dynamic); N]) -> Dynamic {
    let mut m = Map::new();
    for (k, v) in f {
        m.insert(k.into(), v);
    }
    m.into()
}
fn input(o: &Order) -> Dynamic {
    let n = |v: i64, s: u32| Dynamic::from_decimal(Decimal::new(v, s));
    let s = |v: &'static str| Dynamic::from(v.to_string());
    map([
        (
            "customer",
            map([
                ("segment", s(SEGMENTS[o.segment as usize])),
                ("tier", Dynamic::from_int(o.tier as i64)),
                ("credit_limit", n(o.credit_limit, 2)),
                ("balance", n(o.balance, 2)),
                ("overdue_days", Dynamic::from_int(o.overdue_days as i64)),
                ("blocked", s(BLOCKED[o.blocked as usize])),
                (
                    "contract_price",
                    if o.has_contract != 0 {
                        n(o.contract_price, 4)
                    } else {
                        Dynamic::UNIT
                    },
                ),
            ]),
        ),
        (
            "line",
            map([
                ("category", s(CATEGORIES[o.category as usize])),
                ("qty", n(o.qty, 3)),
                ("list_price", n(o.list_price, 2)),
                ("cost", n(o.cost, 4)),
                (
                    "warehouses",
                    o.warehouses
                        .iter()
                        .map(|w| {
                            map([
                                ("on_hand", n(w.on_hand, 3)),
                                ("reserved", n(w.reserved, 3)),
                                ("safety", n(w.safety, 3)),
                            ])
                        })
                        .collect::<Array>()
                        .into(),
                ),
            ]),
        ),
        ("date", Dynamic::from_int(o.date as i64)),
    ])
}
fn answer(m: Map) -> Decision {
    let num = |k: &str, s: u32| undec(m[k].as_decimal().unwrap(), s);
    let mut reasons = 0;
    for r in m["reasons"].as_array_ref().unwrap().iter() {
        reasons |= reason_bit(&r.as_immutable_string_ref().unwrap());
    }
    Decision {
        unit_price: num("unit_price", 4),
        discount: num("discount", 4),
        amount: num("amount", 2),
        reasons,
        stock: code(
            &STOCK,
            &m["stock_status"].as_immutable_string_ref().unwrap(),
        ),
        credit: code(
            &CREDIT,
            &m["credit_status"].as_immutable_string_ref().unwrap(),
        ),
        warehouse: m["warehouse"].as_int().map_or(-1, |w| w as i8),
        _pad: 0,
    }
}
impl RhaiDec {
    pub fn new() -> Self {
        let mut engine = Engine::new();
        engine.set_max_expr_depths(0, 0);
        let ast = engine.compile(script()).expect("script");
        RhaiDec {
            engine,
            ast,
            inputs: vec![],
        }
    }
    fn run(&self, v: Dynamic) -> Map {
        self.engine
            .call_fn_with_options::<Map>(
                rhai::CallFnOptions::new()
                    .eval_ast(false)
                    .rewind_scope(false),
                &mut Scope::new(),
                &self.ast,
                "decide",
                (v,),
            )
            .unwrap()
    }
}
impl Contestant for RhaiDec {
    fn name(&self) -> String {
        "rhai-decimal".into()
    }
    fn numbers(&self) -> &'static str {
        "rust_decimal"
    }
    fn decide(&mut self, o: &Order) -> Decision {
        answer(self.run(input(o)))
    }
    fn prepare(&mut self, orders: &[Order]) -> bool {
        self.inputs = orders.iter().map(input).collect();
        true
    }
    fn decide_prepared(&mut self, i: usize) -> Decision {
        answer(self.run(self.inputs[i].clone()))
    }
    fn decide_json(&mut self, json: &str, out: &mut String) -> bool {
        let m = self.engine.parse_json(json, true).expect("json");
        // Whole numbers arrive as decimals or integers; tier, days and date are integers already.
        let r = self.run(m.into());
        *out = rhai::format_map_as_json(&r);
        true
    }
}
