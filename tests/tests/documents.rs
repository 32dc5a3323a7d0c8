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
/// Sets of data, made at random, on which promises are asked.
const DATA: u64 = 4;
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

/// The cells of a file, without its header and with blanks for quoted nothing.
fn rows(data: &Snapshot, file: &str) -> Vec<Vec<String>> {
    let text = String::from_utf8_lossy(&data[file]).into_owned();
    let cells = text.lines().skip(1).map(|row| row.split(','));
    cells
        .map(|row| row.map(|cell| cell.trim_matches('"').to_owned()).collect())
        .collect()
}

/// What lies in these places and is free, with all that comes and goes until a day.
fn available(data: &Snapshot, item: &str, places: &[&str], until: &str) -> Decimal {
    let of = |cell: &String| Decimal::from_str(cell).expect("a number");
    let here = |cells: &Vec<String>, variant: usize| {
        cells[0] == item && places.contains(&cells[1].as_str()) && cells[variant].is_empty()
    };
    let stock = rows(data, "Stock.csv").into_iter();
    let lies: Decimal = stock
        .filter(|cells| here(cells, 2))
        .map(|cells| of(&cells[3]) - of(&cells[4]))
        .sum();
    let events = rows(data, "Event.csv").into_iter();
    let moves: Decimal = events
        .map(|cells| cells[1..].to_vec())
        .filter(|cells| here(cells, 2) && cells[3].as_str() <= until)
        .map(|cells| {
            let open = of(&cells[5]) - of(&cells[6]);
            if cells[4] == "supply" { open } else { -open }
        })
        .sum();
    lies + moves
}

/// What a line takes, in base units.
fn base_quantity(data: &Snapshot, line: &Line) -> Decimal {
    let units = rows(data, "ItemUnit.csv");
    let held = units
        .iter()
        .find(|cells| cells[0] == line.item && cells[1] == line.unit);
    let holds = held.map_or(Decimal::ONE, |cells| {
        Decimal::from_str(&cells[2]).expect("a number")
    });
    Decimal::from(line.quantity) * holds
}

/// The days on which stock may have been found for a line that leaves on this one: goods that are there at the weekend
/// leave on Monday.
fn found_on(day: &str) -> Vec<String> {
    match day {
        "2026-11-23" => vec!["2026-11-21".into(), "2026-11-22".into(), day.into()],
        "2026-11-30" => vec!["2026-11-28".into(), "2026-11-29".into(), day.into()],
        _ => vec![day.into()],
    }
}

/// On the day that is found for a line there is enough for it and for the lines that compete with it and are served
/// before it, whatever else is due until that day.
fn promises_no_more_than_there_is(quote: &Node, lines: &[Line], data: &Snapshot) {
    for (at, told) in lines_of(quote).iter().enumerate() {
        let line = &lines[at];
        let (Some(day), true) = (told.text("shipmentDate"), line.item != "80100") else {
            continue;
        };
        let places: &[&str] = match line.location.as_str() {
            "" => &["EAST", "MAIN", "WEST"],
            own => &[own],
        };
        let competes = |other: &&Line| {
            other.item == line.item
                && (other.location == line.location
                    || other.location.is_empty()
                    || line.location.is_empty())
        };
        let served = lines[..=at].iter().filter(competes);
        let wanted: Decimal = served.map(|line| base_quantity(data, line)).sum();
        let days = found_on(day).into_iter();
        let there = days.map(|day| available(data, &line.item, places, &day));
        let there = there.max().unwrap_or_default();
        assert!(
            wanted <= there,
            "{wanted} of {there} on {day}: {line:?}\n{quote}"
        );
    }
}

/// The samples, with more that comes and goes.
fn with_events(numbers: &mut Numbers) -> Snapshot {
    let mut data = samples();
    let events = data.entry("Event.csv".to_owned()).or_default();
    for entry in 0..60 {
        let (item, _) = GOODS[numbers.below(GOODS.len() - 1)];
        let location = LOCATIONS[1 + numbers.below(LOCATIONS.len() - 1)];
        let day = 20 + numbers.below(11);
        let direction = ["supply", "demand"][numbers.below(2)];
        let quantity = 1 + numbers.below(40);
        let row = format!(
            "{},{item},{location},\"\",2026-11-{day},{direction},{quantity},0\n",
            9_000 + entry
        );
        events.extend_from_slice(row.as_bytes());
    }
    data
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
            promises_no_more_than_there_is(&quote, &lines, &data);

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
fn no_line_is_promised_more_than_is_there() {
    with_stack(|| {
        let seed = setting("ASSIZE_SEED").unwrap_or(1);
        for data in 0..DATA {
            let mut numbers = Numbers(seed.wrapping_mul(1 << 24).wrapping_add(data));
            let snapshot = with_events(&mut numbers);
            let engine = engine(&snapshot);
            for _ in 0..setting("ASSIZE_ORDERS").unwrap_or(ORDERS) {
                let count = 1 + numbers.below(12);
                let lines: Vec<Line> = (1..=count).map(|at| line(at * 10, &mut numbers)).collect();
                let quote = decided(&engine, &call(&lines, false)).0;
                promises_no_more_than_there_is(&quote, &lines, &snapshot);
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
