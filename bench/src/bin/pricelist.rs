//! How long a look-up in a price list of any size takes, written as a plain table: item, quantity break, days; the
//! first row that hits. Per item there are two windows of days with four breaks each; one query of ten asks for an
//! item that is not there.
//!
//! `cd bench && cargo run --release --bin pricelist`
//!
//! Every query is compared with a scan of all rows before anything is timed. Machine code decides on many queries at
//! once, so that the way into the decision does not count. Beside it stand the same look-ups by hand: a hash of the
//! item's text, then a binary search in its rows. Every time is the median of several, each taken side by side.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasherDefault, Hasher};
use std::hint::black_box;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use assize_bench::on_deep_stack;
use assize_compiler::{Database, PackageInput};
use assize_eval::store::Store;
use assize_eval::{Limits, Value};
use assize_ir::{CallableId, Program, bundle};
use assize_runtime::jit::Machine;
use rust_decimal::Decimal;

const SIZES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];
const QUERIES: usize = 4_096;
/// How often a decision goes through the queries.
const TIMES: i64 = 100;
const ROUNDS: usize = 9;
/// The first day of the list: 2026-01-01.
const FIRST: i32 = 20_454;
const WINDOWS: [(i32, i32); 2] = [(FIRST, FIRST + 179), (FIRST + 180, FIRST + 364)];
const BREAKS: [i64; 4] = [100_000, 50_000, 10_000, 0];

struct Row {
    item: String,
    /// In thousandths.
    quantity: i64,
    days: (i32, i32),
    /// In ten-thousandths.
    price: i64,
}

struct Query {
    item: String,
    quantity: i64,
    day: i32,
}

/// Numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.unsigned_abs().max(1)).cast_signed()
    }
}

fn sku(number: usize) -> String {
    format!("SKU-{number:06}")
}

fn rows(count: usize) -> Vec<Row> {
    let mut chance = Chance(42);
    let mut rows = Vec::with_capacity(count);
    for item in 0.. {
        let price = 10_000 + chance.below(5_000_000);
        for (window, days) in WINDOWS.into_iter().enumerate() {
            for (number, quantity) in BREAKS.into_iter().enumerate() {
                if rows.len() == count {
                    return rows;
                }
                rows.push(Row {
                    item: sku(item),
                    quantity,
                    days,
                    price: price * (80 + 5 * number as i64 + window as i64) / 100,
                });
            }
        }
    }
    rows
}

fn queries(of: &[Row], items: std::ops::Range<usize>) -> Vec<Query> {
    let mut chance = Chance(7);
    let all = of.len().div_ceil(8);
    let width = items.len() as i64;
    (0..QUERIES)
        .map(|_| {
            let missing = chance.below(10) == 0;
            let item = if missing {
                all + chance.below(1_000) as usize
            } else {
                items.start + chance.below(width) as usize
            };
            Query {
                item: sku(item),
                quantity: 1 + chance.below(200_000),
                day: FIRST + chance.below(366) as i32,
            }
        })
        .collect()
}

fn scan(rows: &[Row], query: &Query) -> Option<i64> {
    let hits = |row: &&Row| {
        row.item == query.item
            && query.quantity >= row.quantity
            && (row.days.0..=row.days.1).contains(&query.day)
    };
    rows.iter().find(hits).map(|row| row.price)
}

// ---- by hand

#[derive(Default)]
struct Fx(u64);

impl Hasher for Fx {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.write_u64(u64::from_le_bytes(*word));
        }
        let tail = rest
            .iter()
            .rev()
            .fold(0, |so_far, byte| so_far << 8 | u64::from(*byte));
        self.write_u64(tail);
    }

    #[inline]
    fn write_u8(&mut self, _: u8) {}

    #[inline]
    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}

/// What somebody writes by hand who knows the shape of the list.
#[derive(Default)]
struct Hand {
    items: HashMap<Box<str>, (u32, u32), BuildHasherDefault<Fx>>,
    rows: Vec<(i32, i32, i64, i64)>,
}

impl Hand {
    fn load(text: &str) -> Option<Hand> {
        let mut hand = Hand::default();
        let mut last = "";
        let mut start = 0;
        for line in text.lines() {
            let mut parts = line.split(',');
            let item = parts.next()?;
            let quantity = fixed(parts.next()?, 3)?;
            let from = parts.next()?.parse().ok()?;
            let to = parts.next()?.parse().ok()?;
            let price = fixed(parts.next()?, 4)?;
            if item != last {
                start = hand.rows.len() as u32;
                last = item;
            }
            hand.rows.push((from, to, quantity, price));
            let end = hand.rows.len() as u32;
            match hand.items.get_mut(item) {
                Some(entry) => entry.1 = end,
                None => {
                    hand.items.insert(item.into(), (start, end));
                }
            }
        }
        Some(hand)
    }

    #[inline]
    fn price(&self, query: &Query) -> Option<i64> {
        let (start, end) = self.items.get(query.item.as_str())?;
        let rows = self.rows.get(*start as usize..*end as usize)?;
        let at = rows.partition_point(|row| {
            row.1 < query.day || (row.0 <= query.day && row.2 > query.quantity)
        });
        rows.get(at)
            .filter(|row| row.0 <= query.day)
            .map(|row| row.3)
    }
}

fn fixed(text: &str, places: u32) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: i64 = part.parse().ok()?;
    Some(whole.parse::<i64>().ok()? * 10i64.pow(places) + part)
}

fn csv(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let (quantity, price) = (Decimal::new(row.quantity, 3), Decimal::new(row.price, 4));
        let _ = writeln!(
            text,
            "{},{quantity},{},{},{price}",
            row.item, row.days.0, row.days.1
        );
    }
    text
}

// ---- as rules

fn rules(rows: &[Row]) -> String {
    let mut text = String::from(
        "module prices\n\nnumber Quantity = plain, 3 places, from 0 to 1000000\n\n\
         number Price = plain, 4 places, from 0 to 1000000\n\n\
         record Query\n    item     : code\n    quantity : Quantity\n    day      : date\n\n\
         table price_of (item: code, quantity: Quantity, day: date) gives Price?\n    hit first\n    \
         | item | quantity | day || price |\n",
    );
    for row in rows {
        let (quantity, price) = (Decimal::new(row.quantity, 3), Decimal::new(row.price, 4));
        let (from, to) = (day(row.days.0), day(row.days.1));
        let _ = writeln!(
            text,
            "    | \"{}\" | >= {quantity} | {from} to {to} || {price} |",
            row.item
        );
    }
    text.push_str(
        "\ndecision prices (queries: list of Query, at most 10000) gives list of number\n    \
         for each q in queries give price_of(q.item, q.quantity, q.day) otherwise -1\n\n\
         decision total (queries: list of Query, at most 10000, times: list of int, at most 1000) gives number\n    \
         sum of (price_of(q.item, q.quantity, q.day) otherwise 0) for t in times for q in queries\n\n\
         decision nothing (queries: list of Query, at most 10000, times: list of int, at most 1000) gives number\n    \
         sum of q.quantity for t in times for q in queries\n",
    );
    text
}

fn day(number: i32) -> String {
    let (year, month, day) = assize_ir::date::to_civil(number);
    format!("{year}-{month:02}-{day:02}")
}

fn compiled(text: &str) -> Result<Vec<u8>, String> {
    let db = Database::default();
    let package = PackageInput::alone(&db, "prices", [("prices.assize", text)]);
    let linked = assize_compiler::program(&db, package).map_err(|fault| format!("{fault:?}"))?;
    Ok(bundle::write(&linked.program).0)
}

fn callable(program: &Program, name: &str) -> Result<CallableId, String> {
    let found = program.decisions.iter().find(|it| it.name == name);
    found
        .map(|it| it.callable)
        .ok_or_else(|| format!("no decision {name}"))
}

fn values(queries: &[Query]) -> Value {
    let values = queries.iter().map(|query| {
        Value::Record(Arc::from([
            Value::Code(Arc::from(query.item.as_str())),
            Value::Num(Decimal::new(query.quantity, 3)),
            Value::Date(query.day),
        ]))
    });
    Value::List(values.collect())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp); // float: nanoseconds
    times.get(times.len() / 2).copied().unwrap_or_default()
}

struct Engine {
    program: assize_ir::Verified,
    machine: Machine,
    store: Store,
}

impl Engine {
    fn call(&self, name: &str, arguments: &[Value]) -> Result<(Value, f64), String> {
        let callable = callable(&self.program, name)?;
        let rows = self
            .machine
            .rows(&self.program, &self.store)
            .ok_or("no rows")?;
        let started = Instant::now();
        let value = self.machine.call(
            &self.program,
            (&rows, &self.store),
            callable,
            arguments,
            Limits::default(),
        );
        let time = started.elapsed().as_secs_f64() * 1e9; // float: nanoseconds
        Ok((value.ok_or("left to the interpreter")?, time))
    }

    /// Nanoseconds of each look-up of a decision.
    fn timed(&self, name: &str, queries: &Value) -> Result<f64, String> {
        let times = Value::List((0..TIMES).map(Value::Int).collect());
        let (value, time) = self.call(name, &[queries.clone(), times])?;
        black_box(value);
        Ok(time / (QUERIES as f64 * TIMES as f64)) // float: nanoseconds
    }
}

/// Nanoseconds of each look-up by hand.
fn by_hand(hand: &Hand, queries: &[Query]) -> f64 {
    let started = Instant::now();
    let mut sum = 0;
    for _ in 0..TIMES {
        for query in queries {
            sum += hand.price(black_box(query)).unwrap_or(0);
        }
    }
    black_box(sum);
    started.elapsed().as_secs_f64() * 1e9 / (QUERIES as f64 * TIMES as f64) // float: nanoseconds
}

fn run() -> Result<(), String> {
    println!(
        "| rows | machine ns | by hand ns | ratio | first tenth | last tenth | loop alone | load ms | read and verified | machine code | by hand ms | ratio | KB of code | KB of tables |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for size in SIZES {
        let list = rows(size);
        let items = list.len().div_ceil(8);
        let bytes = compiled(&rules(&list))?;
        let text = csv(&list);
        let (mut loads, mut reads, mut by_hand_loads) = (Vec::new(), Vec::new(), Vec::new());
        let mut kept = None;
        for _ in 0..5 {
            let started = Instant::now();
            let program = bundle::read(&bytes)
                .map_err(|error| error.to_string())?
                .program;
            reads.push(started.elapsed().as_secs_f64() * 1e3); // float: milliseconds
            let machine = Machine::new(&program).map_err(|error| error.to_string())?;
            loads.push(started.elapsed().as_secs_f64() * 1e3); // float: milliseconds
            let started = Instant::now();
            let hand = Hand::load(&text).ok_or("a line that cannot be read")?;
            by_hand_loads.push(started.elapsed().as_secs_f64() * 1e3); // float: milliseconds
            kept = Some((program, machine, hand));
        }
        let (program, machine, hand) = kept.ok_or("nothing loaded")?;
        if let Some((callable, why)) = machine.not_yet().next() {
            return Err(format!(
                "callable {} is not machine code: {why}",
                callable.0
            ));
        }
        let store = Store::empty(&program);
        let engine = Engine {
            program,
            machine,
            store,
        };
        let asked = queries(&list, 0..items);
        let expected: Vec<Option<i64>> = asked.iter().map(|query| scan(&list, query)).collect();
        let (found, _) = engine.call("prices", &[values(&asked)])?;
        let wanted = expected.iter().map(|price| {
            Value::Num(price.map_or(Decimal::NEGATIVE_ONE, |price| Decimal::new(price, 4)))
        });
        if found != Value::List(wanted.collect()) {
            return Err(format!(
                "{size} rows: machine code gives other prices than a scan"
            ));
        }
        if asked.iter().map(|query| hand.price(query)).ne(expected) {
            return Err(format!(
                "{size} rows: the list by hand gives other prices than a scan"
            ));
        }
        let all = values(&asked);
        let first = values(&queries(&list, 0..items.div_ceil(10)));
        let last = values(&queries(&list, items - items.div_ceil(10)..items));
        let mut columns = [const { Vec::new() }; 6];
        for _ in 0..ROUNDS {
            let before = by_hand(&hand, &asked);
            let machine = engine.timed("total", &all)?;
            let limit = (before + by_hand(&hand, &asked)) / 2.0; // float: nanoseconds
            let times = [
                machine,
                limit,
                machine / limit,
                engine.timed("total", &first)?,
                engine.timed("total", &last)?,
                engine.timed("nothing", &all)?,
            ];
            columns
                .iter_mut()
                .zip(times)
                .for_each(|(column, time)| column.push(time));
        }
        let [machine, limit, ratio, first, last, alone] = columns.map(median);
        let (load, read, load_by_hand) = (median(loads), median(reads), median(by_hand_loads));
        println!(
            "| {size} | {machine:.1} | {limit:.1} | {ratio:.2} | {first:.1} | {last:.1} | {alone:.1} | {load:.2} | {read:.2} | {:.2} | {load_by_hand:.3} | {:.1} | {} | {} |",
            load - read,
            load / load_by_hand,
            engine.machine.bytes() / 1024,
            engine.machine.table_bytes() / 1024,
        );
    }
    Ok(())
}

fn main() -> ExitCode {
    on_deep_stack(run)
}
