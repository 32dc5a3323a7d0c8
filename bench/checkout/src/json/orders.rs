//! Orders as JSON text.

use crate::workload::{BLOCKED, CATEGORIES, Order, Rng, SEGMENTS};

/// How a call is written.
#[derive(Clone, Copy)]
pub enum Form {
    /// The keys in declared order.
    InOrder,
    /// The keys of every object in some order, by a seed.
    Shuffled(u64),
}

/// The text of a number with so many places.
fn number(value: i64, places: u32) -> String {
    let power = 10u64.pow(places);
    let size = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let width = places as usize;
    format!("{sign}{}.{:0width$}", size / power, size % power)
}

fn name(text: &str) -> String {
    format!("\"{text}\"")
}

/// The text of a day, worked out from the years up: nothing is shared with what is measured.
fn day(mut days: i32) -> String {
    let leap = |year: i32| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let mut year = 1970;
    while days >= 365 + i32::from(leap(year)) {
        days -= 365 + i32::from(leap(year));
        year += 1;
    }
    let february = 28 + i32::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    format!("\"{year:04}-{month:02}-{:02}\"", days + 1)
}

type Members = Vec<(&'static str, String)>;

struct Scribe(Option<Rng>);

impl Scribe {
    fn object(&mut self, mut members: Members) -> String {
        if let Some(numbers) = &mut self.0 {
            for last in (1..members.len()).rev() {
                members.swap(last, numbers.range(0, last as i64 + 1) as usize);
            }
        }
        let members: Vec<String> = members
            .into_iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", members.join(","))
    }

    /// A call, with its parts as `change` leaves them.
    fn call(&mut self, order: &Order, change: impl Fn(&'static str, &mut Members)) -> String {
        let mut customer = vec![
            ("segment", name(SEGMENTS[order.segment as usize])),
            ("tier", order.tier.to_string()),
            ("credit_limit", number(order.credit_limit, 2)),
            ("balance", number(order.balance, 2)),
            ("overdue_days", order.overdue_days.to_string()),
            ("blocked", name(BLOCKED[order.blocked as usize])),
            (
                "contract_price",
                match order.has_contract {
                    0 => "null".to_owned(),
                    _ => number(order.contract_price, 4),
                },
            ),
        ];
        change("customer", &mut customer);
        let mut warehouses = Vec::new();
        for (place, it) in order.warehouses.iter().enumerate() {
            let mut warehouse = vec![
                ("number", place.to_string()),
                ("on_hand", number(it.on_hand, 3)),
                ("reserved", number(it.reserved, 3)),
                ("safety", number(it.safety, 3)),
            ];
            change("warehouse", &mut warehouse);
            warehouses.push(self.object(warehouse));
        }
        let mut line = vec![
            ("category", name(CATEGORIES[order.category as usize])),
            ("quantity", number(order.qty, 3)),
            ("list_price", number(order.list_price, 2)),
            ("cost", number(order.cost, 4)),
            ("warehouses", format!("[{}]", warehouses.join(","))),
        ];
        change("line", &mut line);
        let mut order = vec![
            ("customer", self.object(customer)),
            ("line", self.object(line)),
            ("date", day(order.date)),
        ];
        change("order", &mut order);
        let order = self.object(order);
        let mut call = vec![
            ("decision", name("checkout_line")),
            ("input", self.object(vec![("order", order)])),
        ];
        change("call", &mut call);
        self.object(call)
    }
}

/// A call for an order.
pub fn text(order: &Order, form: Form) -> String {
    let numbers = match form {
        Form::InOrder => None,
        Form::Shuffled(seed) => Some(Rng(seed)),
    };
    Scribe(numbers).call(order, |_, _| {})
}

/// Calls with a fault: what it is, the text, and whether also the rules without ranges must refuse it.
pub fn broken(order: &Order) -> Vec<(String, String, bool)> {
    let mut all = Vec::new();
    let mut write = |why: String, open_too: bool, change: &dyn Fn(&'static str, &mut Members)| {
        all.push((why, Scribe(None).call(order, change), open_too));
    };
    const KEYS: [(&str, &[&str]); 4] = [
        (
            "customer",
            &[
                "segment",
                "tier",
                "credit_limit",
                "balance",
                "overdue_days",
                "blocked",
            ],
        ),
        ("warehouse", &["number", "on_hand", "reserved", "safety"]),
        (
            "line",
            &["category", "quantity", "list_price", "cost", "warehouses"],
        ),
        ("order", &["customer", "line", "date"]),
    ];
    for (part, keys) in KEYS {
        for key in keys {
            write(format!("no {key}"), true, &|at, members| {
                if at == part {
                    members.retain(|(name, _)| name != key);
                }
            });
            write(format!("{key} is null"), true, &|at, members| {
                let mut members = members.iter_mut().filter(|_| at == part);
                if let Some((_, value)) = members.find(|(name, _)| name == key) {
                    *value = "null".to_owned();
                }
            });
            write(format!("two of {key}"), true, &|at, members| {
                let again = members.iter().find(|(name, _)| at == part && name == key);
                members.extend(again.cloned());
            });
        }
        write(format!("more in {part}"), true, &|at, members| {
            if at == part {
                members.push(("more", "1".to_owned()));
            }
        });
    }
    let strange = [
        ("customer", "segment", "\"retai\"", true),
        ("customer", "segment", "\"retailer\"", true),
        ("customer", "tier", "6", true),
        ("customer", "tier", "1.5", true),
        ("customer", "tier", "01", true),
        ("customer", "tier", "", true),
        ("customer", "overdue_days", "1.5", true),
        ("customer", "blocked", "\"retail\"", true),
        ("customer", "balance", "1.234", true),
        ("customer", "balance", "1.", true),
        ("customer", "balance", ".5", true),
        ("customer", "balance", "1x", true),
        ("customer", "balance", "100000000000.01", false),
        ("customer", "balance", "-0.01", false),
        ("customer", "contract_price", "100000.0001", false),
        ("customer", "contract_price", "1.00001", true),
        ("line", "quantity", "100000.001", false),
        ("line", "list_price", "-1.00", false),
        ("line", "cost", "100000.0001", false),
        ("warehouse", "on_hand", "100000.001", false),
        ("order", "date", "\"2025-02-29\"", true),
        ("order", "date", "\"2025-2-01\"", true),
        ("order", "date", "20000", true),
        ("call", "decision", "\"checkout\"", true),
        ("call", "input", "{}", true),
    ];
    for (part, key, text, open_too) in strange {
        write(format!("{key} is {text}"), open_too, &|at, members| {
            let mut members = members.iter_mut().filter(|_| at == part);
            if let Some((_, value)) = members.find(|(name, _)| *name == key) {
                *value = text.to_owned();
            }
        });
    }
    let whole = text(order, Form::InOrder);
    all.push(("more behind".to_owned(), format!("{whole}x"), true));
    all.push((
        "cut off".to_owned(),
        whole[..whole.len() - 1].to_owned(),
        true,
    ));
    all
}
