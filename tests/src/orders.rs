//! Orders of any length for Business Central's rules, with the data that they need: for what is tested and measured of
//! whole documents.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use assize::args::{Color, Format};
use assize::console::Console;
use assize::load::rules;
use assize_eval::json::NumberStyle;
use assize_runtime::{Loaded, Options, SnapshotLimits};

use crate::erp_cases::node::Node;
use crate::tree::repository_root;

/// The files of a snapshot by name.
pub type Snapshot = BTreeMap<String, Vec<u8>>;

/// A line of an order.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its place in the document.
    pub sequence: usize,
    /// Number of the item.
    pub item: String,
    /// Code of the unit of measure.
    pub unit: String,
    /// In that unit.
    pub quantity: usize,
    /// Code of the location; blank: none.
    pub location: String,
}

/// The call of `quote` for an order of customer 10000.
pub fn call(lines: &[Line], includes_vat: bool) -> Node {
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

/// The data of the samples.
pub fn samples() -> Snapshot {
    let folder = repository_root().join("rules/business-central/samples/data");
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let read = files.filter_map(|file| {
        let name = file.file_name().to_string_lossy().into_owned();
        Some((name, fs::read(file.path()).ok()?))
    });
    read.collect()
}

/// An order of so many items, each on one line, and the samples with cards and stock of these items.
pub fn order_of(count: usize) -> (Snapshot, Node) {
    let mut data = samples();
    let mut add = |file: &str, row: &dyn Fn(usize) -> String| {
        let mut more = String::new();
        for at in 0..count {
            let _ = writeln!(more, "{}", row(at));
        }
        data.entry(file.to_owned())
            .or_default()
            .extend_from_slice(more.as_bytes());
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

/// The rules of Business Central with this data, or why they do not take it.
pub fn engine(data: &Snapshot) -> Result<Loaded, String> {
    let mut console = Console::new(Format::Human, Color::Never);
    let package = repository_root().join("rules/business-central");
    let Ok(ready) = rules::ready(&package, &mut console) else {
        return Err("the rules do not compile".to_owned());
    };
    Loaded::new(ready.rules, data, &SnapshotLimits::default()).map_err(|error| error.to_string())
}

/// The output, and the steps that it took.
pub fn decided(engine: &Loaded, call: &Node) -> Result<(Node, u64), String> {
    let text = call.to_string();
    let call = engine
        .decode(text.as_bytes())
        .map_err(|error| format!("{error:?}"))?;
    let options = Options {
        style: NumberStyle::Number,
        ..Options::default()
    };
    let arguments = call.arguments.as_slice();
    let answer = engine
        .decide(&call.decision.name, arguments, call.at, &options)
        .map_err(|error| format!("{error:?}"))?;
    let shown = engine.text((call.decision, call.at, arguments), &answer, &options);
    let node = Node::parse(&shown)?;
    match node.get("output") {
        Some(output) => Ok((output.clone(), answer.steps)),
        None => Err(shown),
    }
}
