//! When are some cases all cases? Either a property has few cases, or all that is asked of its
//! numbers, days and texts is how they compare with constants: then one value for each constant and
//! one between each two neighbours stand for all others.
//!
//! The second claim is checked on the IR, and conservatively. A value of a parameter that is not
//! enumerated (a *leaf*) may be passed on, returned, put into records and compared with values known
//! to be constants. Whatever else happens to it (arithmetic, rounding, texts, look-ups, comparison
//! with another leaf or with data), the claim is given up. All other values are functions of those
//! comparisons, so they are the same for all values of a leaf that compare alike.

mod abs;
mod callables;
mod leaf;
mod nodes;

use std::collections::BTreeSet;

use assize_eval::Value;
use assize_ir::{CallableId, Program, Type};

use self::abs::{Abs, settled};
use self::leaf::Leaf;
use super::MAX_PROOF_CASES;
use super::generate::{all_values, product};
use super::report::HowRun;

/// Values of a number that are enumerated even when other parameters are not.
const MAX_SMALL: usize = 64;
/// Nodes that are looked at before the claim is given up.
const MAX_NODES: u32 = 200_000;
/// Nesting of nodes and calls that is looked at before the claim is given up.
const MAX_DEPTH: u32 = 150;

/// What a part of the property may give.
pub enum Root {
    /// A truth value or anything else that may not depend on a leaf but through comparisons.
    Settled(CallableId),
    /// Any value: only whether it fails counts.
    Any(CallableId),
}

/// Cases that prove the property when it holds for each of them.
pub fn cases(
    program: &Program,
    types: &[&Type],
    roots: &[Root],
) -> Option<(HowRun, Vec<Vec<Value>>)> {
    let all: Option<Vec<Vec<Value>>> = types
        .iter()
        .map(|ty| all_values(program, ty, MAX_PROOF_CASES))
        .collect();
    if let Some(cases) = all.and_then(|columns| product(&columns, MAX_PROOF_CASES)) {
        return Some((HowRun::AllCases, cases));
    }
    let mut flow = Flow {
        program,
        leaves: Vec::new(),
        nodes_left: MAX_NODES,
        depth: 0,
    };
    let trees: Option<Vec<Tree>> = types.iter().map(|ty| flow.tree(ty)).collect();
    let trees = trees?;
    for (ty, tree) in types.iter().zip(&trees) {
        flow.checks(ty, tree)?;
    }
    for root in roots {
        let arguments: Vec<Abs> = trees.iter().map(Tree::abs).collect();
        match root {
            Root::Settled(id) => {
                let result = flow.call(*id, arguments)?;
                settled(&result).then_some(())?;
            }
            Root::Any(id) => {
                flow.call(*id, arguments)?;
            }
        }
    }
    let columns: Option<Vec<Vec<Value>>> = trees.iter().map(|tree| flow.values(tree)).collect();
    let cases = product(&columns?, MAX_PROOF_CASES)?;
    Some((HowRun::EachKind, cases))
}

/// A parameter: how it is enumerated.
enum Tree {
    /// All its values.
    All(Vec<Value>),
    /// A leaf; whether it may be missing.
    Leaf(usize, bool),
    /// A record.
    Record(Vec<Tree>),
}

impl Tree {
    fn abs(&self) -> Abs {
        match self {
            Tree::All(_) => Abs::Settled,
            Tree::Leaf(leaf, _) => Abs::Leaf([*leaf].into()),
            Tree::Record(fields) => Abs::Record(fields.iter().map(Tree::abs).collect()),
        }
    }
}

struct Flow<'p> {
    program: &'p Program,
    leaves: Vec<Leaf>,
    nodes_left: u32,
    depth: u32,
}

impl<'p> Flow<'p> {
    fn tree(&mut self, ty: &Type) -> Option<Tree> {
        if let Some(values) = all_values(self.program, ty, MAX_SMALL) {
            return Some(Tree::All(values));
        }
        match ty.plain() {
            Type::Int | Type::Num(_) | Type::Date | Type::Text | Type::Code => {
                self.leaves.push(Leaf {
                    ty: ty.plain().clone(),
                    numbers: BTreeSet::new(),
                    days: BTreeSet::new(),
                    texts: BTreeSet::new(),
                });
                Some(Tree::Leaf(self.leaves.len() - 1, ty.is_optional()))
            }
            Type::Record(id) if !ty.is_optional() => {
                let record = self.program.record(*id)?;
                let fields: Option<Vec<Tree>> = record
                    .fields
                    .iter()
                    .map(|field| self.tree(&field.ty))
                    .collect();
                fields.map(Tree::Record)
            }
            _ => None,
        }
    }

    /// The checks of records must be settled, too: they say which cases there are.
    fn checks(&mut self, ty: &Type, tree: &Tree) -> Option<()> {
        let (Type::Record(id), Tree::Record(fields)) = (ty, tree) else {
            return Some(());
        };
        let record = self.program.record(*id)?;
        for (field, tree) in record.fields.iter().zip(fields) {
            self.checks(&field.ty, tree)?;
        }
        for check in &record.checks {
            let result = self.call(check.callable, vec![tree.abs()])?;
            settled(&result).then_some(())?;
        }
        Some(())
    }

    /// The values that stand for all others.
    fn values(&self, tree: &Tree) -> Option<Vec<Value>> {
        match tree {
            Tree::All(values) => Some(values.clone()),
            Tree::Leaf(leaf, optional) => {
                let mut values = self.leaves.get(*leaf)?.values()?;
                if *optional {
                    values.push(Value::Missing);
                }
                Some(values)
            }
            Tree::Record(fields) => {
                let columns: Option<Vec<Vec<Value>>> =
                    fields.iter().map(|field| self.values(field)).collect();
                let rows = product(&columns?, MAX_PROOF_CASES)?;
                Some(
                    rows.into_iter()
                        .map(|row| Value::Record(row.into()))
                        .collect(),
                )
            }
        }
    }

    fn enter(&mut self) -> Option<()> {
        self.depth += 1;
        (self.depth < MAX_DEPTH).then_some(())
    }
}
