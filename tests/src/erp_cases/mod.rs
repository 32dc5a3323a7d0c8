//! Cases of an ERP, answered by the rules of a package.
//!
//! A case is a JSON object `{"id", "area", "inputs", …}` as it is written down from the tests and the
//! manual of the ERP. The mapping knows the *shapes* of inputs, never an id and never a value: it puts
//! what it finds into the record and the reference data of a public decision, asks, and names the
//! parts of the answer as the case names them. It computes nothing.

pub mod compare;
pub mod credit;
pub mod desk;
pub mod discount;
pub mod node;
pub mod pricing;
pub mod rounding;
pub mod sources;
pub mod stock;

use desk::Desk;
use node::Node;

/// Why a case has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped(pub String);

impl Unmapped {
    /// With the reason in words.
    pub fn because(reason: impl Into<String>) -> Unmapped {
        Unmapped(reason.into())
    }
}

/// What a mapping gives: the outputs by the names of the case.
pub type Outputs = Result<Node, Unmapped>;

/// Answers the inputs of a case of one area. All that can be told of the inputs is told; what a case
/// asks for is picked by [`answer_line`].
pub fn outputs(desk: &Desk, area: &str, inputs: &Node) -> Outputs {
    match area {
        "pricing" => pricing::outputs(desk, inputs),
        "discount" => discount::outputs(desk, inputs),
        "rounding" => rounding::outputs(desk, inputs),
        "credit" => credit::outputs(desk, inputs),
        "stock" => stock::outputs(desk, inputs),
        other => Err(Unmapped::because(format!("no area is called {other}"))),
    }
}

/// The line for a case: `{"id", "outputs"}` with the names that it decides, or `{"id", "unmapped"}`.
pub fn answer_line(desk: &Desk, case: &Node) -> Node {
    let id = case.get("id").cloned().unwrap_or(Node::Null);
    let answer = match (case.text("area"), case.get("inputs")) {
        (Some(area), Some(inputs)) => {
            outputs(desk, area, inputs).and_then(|all| picked(&wanted(case), &all))
        }
        _ => Err(Unmapped::because("a case has an area and inputs")),
    };
    match answer {
        Ok(outputs) => Node::object([("id", id), ("outputs", outputs)]),
        Err(Unmapped(why)) => Node::object([("id", id), ("unmapped", Node::from(why))]),
    }
}

/// The names that a case decides: those it lists, else those it expects.
fn wanted(case: &Node) -> Vec<String> {
    let listed = case.get("decides").map(|names| {
        let texts = names.items().iter().filter_map(Node::as_text);
        texts.map(str::to_owned).collect()
    });
    let expected = || {
        let members = case.get("expected").map(Node::members).unwrap_or_default();
        members.iter().map(|(name, _)| name.clone()).collect()
    };
    listed.unwrap_or_else(expected)
}

fn picked(names: &[String], all: &Node) -> Outputs {
    let mut outputs = Vec::new();
    for name in names {
        match all.members().iter().find(|(key, _)| key == name) {
            Some((_, value)) => outputs.push((name.clone(), value.clone())),
            None => {
                return Err(Unmapped::because(format!("no decision tells `{name}`")));
            }
        }
    }
    Ok(Node::Object(outputs))
}
