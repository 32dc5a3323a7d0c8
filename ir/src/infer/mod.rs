//! What follows for a node from its operands: its type and its numeric facts.
//!
//! The verifier compares it with what the node states; the text form leaves out what follows.

mod kinds;
mod loops;
mod numbers;
mod types;

use std::collections::BTreeMap;

use crate::facts::{MAX_SCALE, NumFacts, Places};
use crate::node::{Const, Node, Op};
use crate::program::{Param, Program};
use crate::text::type_text;
use crate::types::{NodeId, NumType, Type};
use crate::visit::Binding;

pub(crate) use kinds::{MAX_CONST_DEPTH, const_fits, is_ordered, sub, without_limits};
pub(crate) use loops::shares_of;

/// What was expected of a node and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    pub expected: String,
    pub found: String,
}

/// What stands around a node.
pub(crate) struct Context<'a> {
    pub program: &'a Program,
    pub slots: &'a [Param],
    /// The nodes up to the one that is looked at, at least.
    pub nodes: &'a [Node],
    pub bindings: &'a [Option<Binding>],
    /// Default of the rule.
    pub default: Option<NodeId>,
    /// For each node that is a share: total, step and whether it is a running one.
    pub shares: &'a BTreeMap<NodeId, ShareOf>,
}

/// The parts of a share that decide its facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ShareOf {
    pub total: NodeId,
    pub step: NodeId,
    pub running: bool,
}

pub(crate) type Checked<T = ()> = Result<T, Mismatch>;

impl Mismatch {
    pub(crate) fn new(expected: impl Into<String>, found: impl Into<String>) -> Mismatch {
        Mismatch {
            expected: expected.into(),
            found: found.into(),
        }
    }
}

impl<'a> Context<'a> {
    pub(crate) fn node(&self, id: NodeId) -> Checked<&'a Node> {
        self.nodes
            .get(id.index())
            .ok_or_else(|| Mismatch::new("an earlier node", format!("${}", id.0)))
    }

    pub(crate) fn ty(&self, id: NodeId) -> Checked<&'a Type> {
        Ok(&self.node(id)?.ty)
    }

    pub(crate) fn show(&self, ty: &Type) -> String {
        type_text(self.program, ty)
    }

    /// A mismatch at a node.
    pub(crate) fn wrong<T>(&self, expected: impl Into<String>, id: NodeId) -> Checked<T> {
        let node = self.node(id)?;
        let mut found = format!("{} (${})", self.show(&node.ty), id.0);
        if let Some(facts) = &node.facts {
            found.push_str(" with ");
            found.push_str(&crate::text::facts_text(facts));
        }
        Err(Mismatch::new(expected, found))
    }

    /// The node has the representation of this type.
    pub(crate) fn shape(&self, id: NodeId, ty: &Type) -> Checked {
        if self.ty(id)?.same_shape(ty) {
            Ok(())
        } else {
            self.wrong(self.show(ty), id)
        }
    }

    /// Every value of the node is one of this type: its places, range and list bounds too.
    pub(crate) fn fits(&self, id: NodeId, ty: &Type) -> Checked {
        let node = self.node(id)?;
        let good = node.ty.is_optional() == ty.is_optional()
            && match (node.ty.plain(), ty.plain()) {
                (Type::Num(_), Type::Num(declared)) => {
                    self.is_empty(id)
                        || node
                            .facts
                            .as_ref()
                            .is_some_and(|facts| facts.within(declared))
                }
                (from, to) => self.is_empty(id) || sub(from, to),
            };
        if good {
            Ok(())
        } else {
            self.wrong(self.show(ty), id)
        }
    }

    /// Like [`Self::fits`], but a number's declaration is not looked at: its facts are known.
    pub(crate) fn holds(&self, id: NodeId, ty: &Type) -> Checked {
        let found = self.ty(id)?;
        match (found.plain(), ty.plain()) {
            (Type::Num(_), Type::Num(_)) => self.shape(id, ty),
            _ => self.fits(id, ty),
        }
    }

    /// Whether a node never has a plain value: `missing`, or `stop`.
    pub(crate) fn is_empty(&self, id: NodeId) -> bool {
        self.node(id)
            .is_ok_and(|node| matches!(node.op, Op::Const(Const::Missing) | Op::Stop(_)))
    }

    pub(crate) fn bool(&self, id: NodeId) -> Checked {
        self.shape(id, &Type::Bool)
    }
}

/// What holds of a value of this type behind a border; `None`: not a number.
pub(crate) fn declared_facts(ty: &Type) -> Option<NumFacts> {
    match ty.plain() {
        Type::Int => Some(NumFacts::int()),
        Type::Num(number) => Some(NumFacts::declared(number)),
        _ => None,
    }
}

/// The narrowest declaration that says what the facts say of a number of this kind.
pub(crate) fn type_of_facts(facts: &NumFacts, number: &NumType) -> NumType {
    NumType {
        percent: number.percent,
        unit: number.unit.clone(),
        places: match facts.places {
            Places::AtMost(places) if places <= MAX_SCALE => Some(places),
            // A product may have more places than a decimal has: that is no limit.
            _ => None,
        },
        lowest: facts.lowest,
        highest: facts.highest,
    }
}
