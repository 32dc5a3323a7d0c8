//! Where a case is decided: the compiled rules of a package, asked with the data of one case.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use assize::args::{Color, Format};
use assize::console::Console;
use assize::load::rules;
use assize_eval::json::NumberStyle;
use assize_runtime::{Loaded, Options, Rules, SnapshotLimits};

use super::Unmapped;
use super::node::Node;

/// When every case is decided; all its data is as of then.
const AT: &str = "2026-11-20T10:00:00Z";

/// The rules of a package.
pub struct Desk {
    rules: Arc<Rules>,
}

/// The reference data of one case: rows by the name of their relation, such as `erp.bc.agreements.PriceLine`.
#[derive(Clone, Debug, Default)]
pub struct Data(BTreeMap<String, Vec<Node>>);

impl Data {
    /// No rows.
    pub fn new() -> Data {
        Data::default()
    }

    /// With one more row.
    #[must_use]
    pub fn row(mut self, relation: &str, row: Node) -> Data {
        self.0.entry(relation.to_owned()).or_default().push(row);
        self
    }

    /// With more rows.
    #[must_use]
    pub fn rows(mut self, relation: &str, rows: impl IntoIterator<Item = Node>) -> Data {
        self.0.entry(relation.to_owned()).or_default().extend(rows);
        self
    }
}

/// What came of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The result.
    Decided(Node),
    /// The rules or the schema refuse: the whole answer, or the faults of the data.
    Refused(Node),
}

impl Desk {
    /// Compiles a package.
    pub fn open(package: &Path) -> Result<Desk, String> {
        let mut console = Console::new(Format::Human, Color::Never);
        match rules::ready(package, &mut console) {
            Ok(ready) => Ok(Desk { rules: ready.rules }),
            Err(_) => Err(format!(
                "{} cannot be compiled: see `assize check`",
                package.display()
            )),
        }
    }

    /// Asks one decision; `input` has its arguments by name.
    pub fn ask(&self, decision: &str, input: &Node, data: &Data) -> Result<Answer, Unmapped> {
        let known = |name: &String| {
            let relations = &self.rules.program.relations;
            relations
                .iter()
                .any(|relation| relation.name.as_str() == name.as_str())
        };
        if let Some(unknown) = data.0.keys().find(|name| !known(name)) {
            return Err(Unmapped::because(format!(
                "the rules have no relation {unknown}"
            )));
        }
        let mut files = BTreeMap::new();
        let mut relations = Node::empty();
        for relation in &self.rules.program.relations {
            let name = relation.name.as_str();
            let rows = data.0.get(name).cloned().unwrap_or_default();
            let file = format!("{name}.json");
            relations.set(name, Node::empty().with("file", file.as_str()));
            files.insert(file, Node::from(rows).to_string().into_bytes());
        }
        let manifest = Node::object([("as_of", AT.into()), ("relations", relations)]);
        files.insert(
            "snapshot.json".to_owned(),
            manifest.to_string().into_bytes(),
        );
        let loaded = match Loaded::new(Arc::clone(&self.rules), &files, &SnapshotLimits::default())
        {
            Ok(loaded) => loaded,
            Err(error) => return Ok(Answer::Refused(Node::from(error.to_string()))),
        };
        let call = Node::object([
            ("decision", decision.into()),
            ("at", AT.into()),
            ("input", input.clone()),
        ]);
        let options = Options {
            style: NumberStyle::Number,
            ..Options::default()
        };
        let text = loaded.decide_json(call.to_string().as_bytes(), &options);
        let answer = Node::parse(&text).map_err(Unmapped)?;
        Ok(match answer.get("output") {
            Some(result) => Answer::Decided(result.clone()),
            None => Answer::Refused(answer),
        })
    }

    /// Asks, and takes anything but a result for a fault of the mapping.
    pub fn decide(&self, decision: &str, input: &Node, data: &Data) -> Result<Node, Unmapped> {
        match self.ask(decision, input, data)? {
            Answer::Decided(result) => Ok(result),
            Answer::Refused(why) => Err(Unmapped::because(format!("{decision}: {why}"))),
        }
    }
}
