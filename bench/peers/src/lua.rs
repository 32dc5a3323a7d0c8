//! LuaJIT through mlua: one script function over nested tables, numbers are f64.

use assize_bench_checkout::workload::*;
use mlua::{Function, Lua, Table, Value};

use crate::contestant::{Contestant, code, dec, f, reason_bit, unf};

fn script() -> String {
    let mut s = String::from("local discounts = {\n");
    for (i, seg) in SEGMENTS.iter().enumerate() {
        s += &format!("  {seg} = {{");
        for r in DISCOUNTS.iter().filter(|r| r.0 as usize == i) {
            s += &format!("{{lo={},d={}}},", dec(r.1, 3), dec(r.2, 4));
        }
        s += "},\n";
    }
    s += "}\nlocal promos = {\n";
    for (i, cat) in CATEGORIES.iter().enumerate() {
        s += &format!("  {cat} = {{");
        for r in PROMOS.iter().filter(|r| r.0 as usize == i) {
            s += &format!("{{from={},to={},extra={}}},", r.1, r.2, dec(r.3, 4));
        }
        s += "},\n";
    }
    s += &format!(
        "}}\nlocal tolerance = {{[0]={}}}\n",
        TOLERANCE.map(|t| dec(t, 4)).join(",")
    );
    s += r#"
local floor, max = math.floor, math.max
local function half_up(x, p) return floor(x * p + 0.5) / p end
local function half_even(x, p)
  local y = x * p
  local w = floor(y)
  local h = y - w
  if h > 0.5 or (h == 0.5 and w % 2 == 1) then w = w + 1 end
  return w / p
end
return function(o)
  local c, l = o.customer, o.line
  local reasons, n = {}, 0
  local unit, disc
  if c.contract_price then
    unit, disc = c.contract_price, 0
    n = n + 1; reasons[n] = "contract"
  else
    local base, extra = 0, 0
    for _, r in ipairs(discounts[c.segment]) do
      if l.qty >= r.lo then base = r.d break end
    end
    for _, p in ipairs(promos[l.category]) do
      if p.from <= o.date and o.date <= p.to then extra = max(extra, p.extra) end
    end
    if base > 0 then n = n + 1; reasons[n] = "discount" end
    if extra > 0 then n = n + 1; reasons[n] = "promotion" end
    disc = base + extra
    if disc > 0.4 then disc = 0.4; n = n + 1; reasons[n] = "capped" end
    unit = half_up(l.list_price * (1 - disc), 10000)
  end
  local amount = half_even(l.qty * unit, 100)
  if unit < l.cost * 1.05 then n = n + 1; reasons[n] = "margin" end
  local avail, hand, wh = 0, 0, nil
  for i, w in ipairs(l.warehouses) do
    local free = max(0, w.on_hand - w.reserved - w.safety)
    if not wh and free >= l.qty then wh = i - 1 end
    avail = avail + free
    hand = hand + w.on_hand
  end
  local stock
  if l.qty <= avail then
    stock = "ok"
    if not wh then n = n + 1; reasons[n] = "split" end
  elseif l.qty <= hand then stock = "backorder"; n = n + 1; reasons[n] = "backordered"
  else stock = "short"; n = n + 1; reasons[n] = "out_of_stock" end
  local credit = "clear"
  if c.balance + amount * 1.25 > c.credit_limit * (1 + tolerance[c.tier]) then
    credit = "hold"; n = n + 1; reasons[n] = "over_limit"
  end
  if c.overdue_days > 30 then credit = "hold"; n = n + 1; reasons[n] = "overdue" end
  if c.blocked == "ship" then credit = "reject"; n = n + 1; reasons[n] = "blocked_ship"
  elseif c.blocked == "all" then credit = "reject"; n = n + 1; reasons[n] = "blocked_all" end
  return { unit_price = unit, discount = disc, amount = amount, stock_status = stock,
           warehouse = wh, credit_status = credit, reasons = reasons }
end
"#;
    s
}

pub struct LuaJit {
    lua: Lua,
    f: Function,
    inputs: Vec<Table>,
}
impl LuaJit {
    pub fn new() -> Self {
        let lua = Lua::new();
        let f = lua.load(script()).eval().expect("script");
        LuaJit {
            lua,
            f,
            inputs: vec![],
        }
    }
    fn input(&self, o: &Order) -> mlua::Result<Table> {
        let l = &self.lua;
        let c = l.create_table_with_capacity(0, 7)?;
        c.raw_set("segment", SEGMENTS[o.segment as usize])?;
        c.raw_set("tier", o.tier)?;
        c.raw_set("credit_limit", f(o.credit_limit, 2))?;
        c.raw_set("balance", f(o.balance, 2))?;
        c.raw_set("overdue_days", o.overdue_days)?;
        c.raw_set("blocked", BLOCKED[o.blocked as usize])?;
        if o.has_contract != 0 {
            c.raw_set("contract_price", f(o.contract_price, 4))?;
        }
        let ws = l.create_table_with_capacity(3, 0)?;
        for (i, w) in o.warehouses.iter().enumerate() {
            let t = l.create_table_with_capacity(0, 3)?;
            t.raw_set("on_hand", f(w.on_hand, 3))?;
            t.raw_set("reserved", f(w.reserved, 3))?;
            t.raw_set("safety", f(w.safety, 3))?;
            ws.raw_set(i + 1, t)?;
        }
        let n = l.create_table_with_capacity(0, 5)?;
        n.raw_set("category", CATEGORIES[o.category as usize])?;
        n.raw_set("qty", f(o.qty, 3))?;
        n.raw_set("list_price", f(o.list_price, 2))?;
        n.raw_set("cost", f(o.cost, 4))?;
        n.raw_set("warehouses", ws)?;
        let t = l.create_table_with_capacity(0, 3)?;
        t.raw_set("customer", c)?;
        t.raw_set("line", n)?;
        t.raw_set("date", o.date)?;
        Ok(t)
    }
    fn answer(t: &Table) -> mlua::Result<Decision> {
        let mut reasons = 0;
        for r in t.raw_get::<Table>("reasons")?.sequence_values::<String>() {
            reasons |= reason_bit(&r?);
        }
        Ok(Decision {
            unit_price: unf(t.raw_get("unit_price")?, 4),
            discount: unf(t.raw_get("discount")?, 4),
            amount: unf(t.raw_get("amount")?, 2),
            reasons,
            stock: code(&STOCK, &t.raw_get::<String>("stock_status")?),
            credit: code(&CREDIT, &t.raw_get::<String>("credit_status")?),
            warehouse: t
                .raw_get::<Option<i64>>("warehouse")?
                .map_or(-1, |w| w as i8),
            _pad: 0,
        })
    }
}
impl Contestant for LuaJit {
    fn name(&self) -> String {
        "luajit (mlua)".into()
    }
    fn numbers(&self) -> &'static str {
        "f64"
    }
    fn decide(&mut self, o: &Order) -> Decision {
        let t: Table = self.f.call(self.input(o).unwrap()).unwrap();
        Self::answer(&t).unwrap()
    }
    fn prepare(&mut self, orders: &[Order]) -> bool {
        self.inputs = orders.iter().map(|o| self.input(o).unwrap()).collect();
        true
    }
    fn decide_prepared(&mut self, i: usize) -> Decision {
        let t: Table = self.f.call(&self.inputs[i]).unwrap();
        Self::answer(&t).unwrap()
    }
    fn decide_json(&mut self, json: &str, out: &mut String) -> bool {
        let v: serde_json::Value = serde_json::from_str(json).expect("json");
        let t = to_lua(&self.lua, &v).unwrap();
        let r: Table = self.f.call(t).unwrap();
        let mut m = serde_json::Map::new();
        for p in r.pairs::<String, Value>() {
            let (k, v) = p.unwrap();
            m.insert(k, from_lua(&v));
        }
        *out = serde_json::to_string(&m).unwrap();
        true
    }
}
fn to_lua(l: &Lua, v: &serde_json::Value) -> mlua::Result<Value> {
    use serde_json::Value as J;
    Ok(match v {
        J::Null => Value::Nil,
        J::Bool(b) => Value::Boolean(*b),
        J::Number(n) => Value::Number(n.as_f64().unwrap()),
        J::String(s) => Value::String(l.create_string(s)?),
        J::Array(a) => {
            let t = l.create_table_with_capacity(a.len(), 0)?;
            for (i, x) in a.iter().enumerate() {
                t.raw_set(i + 1, to_lua(l, x)?)?;
            }
            Value::Table(t)
        }
        J::Object(m) => {
            let t = l.create_table_with_capacity(0, m.len())?;
            for (k, x) in m {
                t.raw_set(k.as_str(), to_lua(l, x)?)?;
            }
            Value::Table(t)
        }
    })
}
fn from_lua(v: &Value) -> serde_json::Value {
    match v {
        Value::Integer(i) => (*i).into(),
        Value::Number(n) => (*n).into(),
        Value::String(s) => s.to_string_lossy().into(),
        Value::Table(t) => t
            .sequence_values::<Value>()
            .map(|x| from_lua(&x.unwrap()))
            .collect::<Vec<_>>()
            .into(),
        _ => serde_json::Value::Null,
    }
}
