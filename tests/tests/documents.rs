//! What holds for every document that Business Central's rules decide: orders are made at random from
//! the items of the samples, and asked as `quote`.
//!
//! `ASSIZE_ORDERS=2000` looks longer than the gate, `ASSIZE_SEED=2` elsewhere.

#![cfg(test)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::str::FromStr;
use std::sync::Arc;

use assize::args::{Color, Format};
use assize::console::Console;
use assize::load::rules;
use assize_eval::json::NumberStyle;
use assize_runtime::{Loaded, Options, Rules, SnapshotLimits};
use assize_tests::erp_cases::node::Node;
use assize_tests::tree::repository_root;
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

#[derive(Clone, Debug)]
struct Line {
    sequence: usize,
    item: String,
    unit: String,
    quantity: usize,
    location: String,
}

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

fn call(lines: &[Line], includes_vat: bool) -> Node {
    let lines: Vec<Node> = lines
        .iter()
        .map(|line| {
            Node::object([
                ("sequence", line.sequence.into()),
                ("lineObjectNumber", line.item.as_str().into()),
                ("unitOfMeasureCode", line.unit.as_str().into()),
                ("quantity", line.quantity.into()),
                ("locationCode", line.location.as_str().into()),
            ])
        })
        .collect();
    let order = Node::object([
        ("orderDate", "2026-11-20".into()),
        ("customerNumber", "10000".into()),
        ("pricesIncludeTax", includes_vat.into()),
        ("salesOrderLines", lines.into()),
    ]);
    let customer = Node::object([("number", "10000".into())]);
    let input = Node::object([
        ("order", order),
        ("customer", customer.clone()),
        ("billTo", customer),
        ("context", Node::object([("workDate", "2026-11-20".into())])),
    ]);
    Node::object([
        ("decision", "quote".into()),
        ("at", "2026-11-20T10:01:00Z".into()),
        ("input", input),
    ])
}

type Snapshot = BTreeMap<String, Vec<u8>>;

/// The data of the samples.
fn samples() -> Snapshot {
    let folder = repository_root().join("rules/business-central/samples/data");
    let files = fs::read_dir(folder).expect("the samples are there");
    files
        .map(|file| file.expect("a file").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            let name = name.into_owned();
            (name, fs::read(path).expect("a file can be read"))
        })
        .collect()
}

fn engine(data: &Snapshot) -> Loaded {
    let mut console = Console::new(Format::Human, Color::Never);
    let package = repository_root().join("rules/business-central");
    let Ok(ready) = rules::ready(&package, &mut console) else {
        panic!("the rules do not compile");
    };
    let rules: Arc<Rules> = ready.rules;
    Loaded::new(rules, data, &SnapshotLimits::default()).expect("the samples are data")
}

/// The output, and the steps that it took.
fn decided(engine: &Loaded, call: &Node) -> (Node, u64) {
    let text = call.to_string();
    let call = engine.decode(text.as_bytes()).expect("a call");
    let options = Options {
        style: NumberStyle::Number,
        ..Options::default()
    };
    let arguments = call.arguments.as_slice();
    let answer = engine
        .decide(&call.decision.name, arguments, call.at, &options)
        .expect("a decision");
    let steps = answer.steps;
    let shown = engine.text((call.decision, call.at, arguments), &answer, &options);
    let shown = Node::parse(&shown).expect("an answer is JSON");
    let output = shown.get("output").cloned();
    (output.unwrap_or_else(|| panic!("{shown}")), steps)
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

/// An order of so many items, each on one line, with prices, stock and receipts of their own.
fn order_of(count: usize) -> (Snapshot, Node) {
    let mut data = samples();
    let mut add = |file: &str, row: &dyn Fn(usize) -> String| {
        let text = data.get_mut(file).expect("a file of the samples");
        let mut more = String::new();
        (0..count).for_each(|at| {
            let _ = writeln!(more, "{}", row(at));
        });
        text.extend_from_slice(more.as_bytes());
    };
    add("Item.csv", &|at| {
        format!(
            "ITEM-{at},ID-{at},Item,{}.90,false,PCS,false,,FURNITURE,VAT21,\"\",true",
            10 + at % 90
        )
    });
    add("Stock.csv", &|at| {
        format!("ITEM-{at},MAIN,\"\",{},0", at % 40)
    });
    let lines: Vec<Line> = (0..count)
        .map(|at| Line {
            sequence: (at + 1) * 10,
            item: format!("ITEM-{at}"),
            unit: "PCS".to_owned(),
            quantity: 1 + at % 20,
            location: String::new(),
        })
        .collect();
    (data, call(&lines, false))
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
