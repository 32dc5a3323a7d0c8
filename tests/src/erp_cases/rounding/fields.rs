//! Names and words of the cases in those of the rules.

use super::super::Unmapped;
use super::super::node::Node;

/// A member, or `null`.
pub fn member(of: &Node, name: &str) -> Node {
    of.get(name).cloned().unwrap_or(Node::Null)
}

/// A member that an answer of the rules always has.
pub fn wanted(of: &Node, name: &str) -> Result<Node, Unmapped> {
    of.get(name)
        .cloned()
        .ok_or_else(|| Unmapped::because(format!("the answer has no `{name}`")))
}

/// An object with members of an answer under other names: pairs of the name of the case and ours.
pub fn renamed(answer: &Node, names: &[(&str, &str)]) -> Result<Node, Unmapped> {
    let mut object = Node::empty();
    for (theirs, ours) in names {
        object.set(theirs, wanted(answer, ours)?);
    }
    Ok(object)
}

/// A direction or type of rounding by the name of the rules.
pub fn direction(inputs: &Node, name: &str) -> Result<Option<Node>, Unmapped> {
    match inputs.text(name) {
        None => Ok(None),
        Some("=" | "Nearest") => Ok(Some("nearest".into())),
        Some(">" | "Up") => Ok(Some("up".into())),
        Some("<" | "Down") => Ok(Some("down".into())),
        Some(other) => Err(Unmapped::because(format!(
            "no direction of rounding `{other}`"
        ))),
    }
}

/// A kind of VAT by the name of the rules.
pub fn vat_kind(inputs: &Node) -> Result<Option<Node>, Unmapped> {
    match inputs.text("vat_type") {
        None => Ok(None),
        Some("Normal" | "Normal VAT") => Ok(Some("normal".into())),
        Some("Reverse Charge" | "Reverse Charge VAT") => Ok(Some("reverse_charge".into())),
        Some(other) => Err(Unmapped::because(format!("no kind of VAT `{other}`"))),
    }
}
