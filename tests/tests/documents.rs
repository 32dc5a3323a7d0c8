//! What holds for every document that Business Central's rules decide: orders are made at random from
//! the items of the samples, and asked as `quote`.
//!
//! `ASSIZE_ORDERS=2000` looks longer than the gate, `ASSIZE_SEED=2` elsewhere.

#![cfg(test)]

use std::collections::BTreeMap;
use std::str::FromStr;

use assize_runtime::Loaded;
use assize_tests::erp_cases::node::Node;
use assize_tests::orders::{Line, Snapshot, call, order_of, samples};
use rust_decimal::Decimal;

/// Orders that the gate makes.
const ORDERS: u64 = 60;
/// Work of a decision on ten times the lines, compared with ten times the work: so much more at most.
const TOLERATED: u64 = 12;

/// A sequence of numbers that is the same on every machine (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end.max(1) as u64) as usize
    }
}

/// Items and units of the samples.
const GOODS: &[(&str, &str)] = &[
    ("1896-S", "PCS"),
    ("1896-S", "PALLET"),
    ("1900-S", "PCS"),
    ("1900-S", "SET"),
    ("1906-S", "PCS"),
    ("1908-S", "PCS"),
    ("1920-S", "PCS"),
    ("1928-S", "PCS"),
    ("1928-S", "BOX"),
    ("1996-S", "PCS"),
    ("2000-S", "PCS"),
    ("70201", "BOX"),
    ("70201", "PACK"),
    ("80100", "HOUR"),
];

const LOCATIONS: &[&str] = &["", "EAST", "MAIN", "WEST"];

fn line(sequence: usize, numbers: &mut Numbers) -> Line {
    let (item, unit) = GOODS[numbers.below(GOODS.len())];
    Line {
        sequence,
        item: item.to_owned(),
        unit: unit.to_owned(),
        quantity: 1 + numbers.below(30),
        location: LOCATIONS[numbers.below(LOCATIONS.len())].to_owned(),
    }
}

/// The samples' engine, or one with other data.
fn engine(data: &Snapshot) -> Loaded {
    assize_tests::orders::engine(data).expect("the rules take the data")
}

fn decided(engine: &Loaded, call: &Node) -> (Node, u64) {
    assize_tests::orders::decided(engine, call).expect("an answer")
}

fn number(node: Option<&Node>) -> Decimal {
    match node {
        Some(Node::Number(text)) => Decimal::from_str(text).expect("a number"),
        other => panic!("no number: {other:?}"),
    }
}

fn sum<'n>(nodes: impl Iterator<Item = &'n Node>, name: &str) -> Decimal {
    nodes.map(|node| number(node.get(name))).sum()
}

fn lines_of(quote: &Node) -> &[Node] {
    quote.get("lines").map(Node::items).unwrap_or_default()
}

/// One field of each line, by its sequence.
fn by_line(quote: &Node, name: &str) -> BTreeMap<String, String> {
    let field = |line: &Node, name: &str| line.get(name).map(Node::to_string);
    let lines = lines_of(quote).iter();
    lines
        .map(|line| {
            let sequence = field(line, "sequence").unwrap_or_default();
            (sequence, field(line, name).unwrap_or_default())
        })
        .collect()
}

/// Parts add up to the whole, and the VAT statement to the VAT of the lines.
fn adds_up(quote: &Node) {
    let (net, vat) = (quote.at(&["totals", "net"]), quote.at(&["totals", "vat"]));
    let statement = quote.get("vat").map(Node::items).unwrap_or_default();
    assert_eq!(
        sum(lines_of(quote).iter(), "netAmount"),
        number(net),
        "{quote}"
    );
    assert_eq!(
        sum(lines_of(quote).iter(), "netTaxAmount"),
        number(vat),
        "{quote}"
    );
    assert_eq!(sum(statement.iter(), "net"), number(net), "{quote}");
    assert_eq!(sum(statement.iter(), "vat"), number(vat), "{quote}");
    let rounding = number(quote.at(&["totals", "rounding"]));
    let payable = number(quote.at(&["totals", "payable"]));
    assert_eq!(number(net) + number(vat) + rounding, payable, "{quote}");
}

/// No more is picked than lies there and is free.
fn picks_no_more_than_there_is(quote: &Node, lines: &[Line], data: &Snapshot) {
    let stock = String::from_utf8_lossy(&data["Stock.csv"]).into_owned();
    let mut free: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    for row in stock.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        if cells[2] == "\"\"" {
            let there = Decimal::from_str(cells[3]).expect("a number");
            let reserved = Decimal::from_str(cells[4]).expect("a number");
            free.insert((cells[0].to_owned(), cells[1].to_owned()), there - reserved);
        }
    }
    let items: BTreeMap<usize, &str> = lines
        .iter()
        .map(|it| (it.sequence, it.item.as_str()))
        .collect();
    let mut taken: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    for line in lines_of(quote) {
        for pick in line.get("picks").map(Node::items).unwrap_or_default() {
            let sequence = number(pick.get("line"))
                .to_string()
                .parse()
                .expect("a line");
            let location = pick.text("location").unwrap_or_default().to_owned();
            *taken
                .entry((items[&sequence].to_owned(), location))
                .or_default() += number(pick.get("quantity"));
        }
    }
    for (place, quantity) in taken {
        let there = free.get(&place).copied().unwrap_or_default();
        assert!(
            quantity <= there,
            "{place:?}: {quantity} of {there}\n{quote}"
        );
    }
}

/// Runs on a thread with the stack that compiling needs.
fn with_stack(work: impl FnOnce() + Send + 'static) {
    let worker = std::thread::Builder::new()
        .stack_size(assize::STACK_BYTES)
        .spawn(work)
        .expect("a thread starts");
    if let Err(panic) = worker.join() {
        std::panic::resume_unwind(panic);
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn documents_add_up_and_lines_leave_each_other_alone() {
    with_stack(|| {
        let data = samples();
        let engine = engine(&data);
        let seed = setting("ASSIZE_SEED").unwrap_or(1);
        for order in 0..setting("ASSIZE_ORDERS").unwrap_or(ORDERS) {
            let mut numbers = Numbers(seed.wrapping_mul(1 << 32).wrapping_add(order));
            let count = 1 + numbers.below(12);
            let lines: Vec<Line> = (1..=count).map(|at| line(at * 10, &mut numbers)).collect();
            let includes_vat = numbers.below(4) == 0;
            let quote = decided(&engine, &call(&lines, includes_vat)).0;
            assert_eq!(lines_of(&quote).len(), count);
            adds_up(&quote);
            picks_no_more_than_there_is(&quote, &lines, &data);

            // Another line changes no other line's price or discount.
            let mut more = lines.clone();
            more.push(line((count + 1) * 10, &mut numbers));
            let longer = decided(&engine, &call(&more, includes_vat)).0;
            for name in [
                "unitPrice",
                "discountPercent",
                "discountAmount",
                "lineAmount",
            ] {
                let (before, mut after) = (by_line(&quote, name), by_line(&longer, name));
                after.retain(|sequence, _| before.contains_key(sequence));
                assert_eq!(before, after, "{name} in {quote}");
            }

            // The order of the lines decides which line has the odd cent and who is served first. It
            // decides neither prices nor what the document comes to.
            let mut turned = lines.clone();
            turned
                .iter_mut()
                .for_each(|line| line.sequence = 1_000 - line.sequence);
            let other = decided(&engine, &call(&turned, includes_vat)).0;
            for name in ["net", "vat", "payable"] {
                let of = |quote: &Node| number(quote.at(&["totals", name]));
                assert_eq!(of(&quote), of(&other), "{name} of {quote}");
            }
        }
    });
}

#[test]
fn work_grows_with_the_lines() {
    with_stack(|| {
        let steps = |count: usize| {
            let (data, call) = order_of(count);
            decided(&engine(&data), &call).1
        };
        let (ten, hundred, thousand) = (steps(10), steps(100), steps(1_000));
        eprintln!("steps for 10, 100 and 1 000 lines: {ten}, {hundred}, {thousand}");
        assert!(hundred <= ten * TOLERATED, "{ten}, {hundred}");
        assert!(thousand <= hundred * TOLERATED, "{hundred}, {thousand}");
    });
}
