//! Whether the outputs of a case are those that it expects.

use std::str::FromStr;

use rust_decimal::Decimal;

use super::node::Node;

/// What a case expects.
pub fn expected(case: &Node) -> Node {
    case.get("expected").cloned().unwrap_or(Node::Null)
}

/// Whether a line of answers lacks outputs of a case or has others than expected.
pub fn differs(case: &Node, line: &Node) -> bool {
    match line.get("outputs") {
        Some(outputs) => !same(&expected(case), outputs),
        None => true,
    }
}

/// Equal, where numbers are equal by value: 50 and 50.00.
fn same(a: &Node, b: &Node) -> bool {
    match (a, b) {
        (Node::Number(a), Node::Number(b)) => {
            matches!((number(a), number(b)), (Some(a), Some(b)) if a == b)
        }
        (Node::List(a), Node::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Node::Object(a), Node::Object(b)) => {
            let found = |name: &str| b.iter().find(|(key, _)| key == name);
            a.len() == b.len()
                && a.iter()
                    .all(|(name, value)| found(name).is_some_and(|(_, other)| same(value, other)))
        }
        (a, b) => a == b,
    }
}

fn number(text: &str) -> Option<Decimal> {
    Decimal::from_str(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_by_value_and_nothing_else_is() {
        let node = |text: &str| Node::parse(text).unwrap_or(Node::Null);
        assert!(same(
            &node("[50, {\"a\": 1e-2}]"),
            &node("[50.00, {\"a\": 0.01}]")
        ));
        assert!(!same(&node("50"), &node("50.01")));
        assert!(!same(&node("null"), &node("0")));
        assert!(!same(&node("{\"a\": 1}"), &node("{\"a\": 1, \"b\": 2}")));
    }
}
