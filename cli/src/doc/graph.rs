//! What a decision needs: rules, tables, data and parameters, with functions looked through.

use std::collections::{HashMap, HashSet};

use assize_compiler::SourceFile;
use assize_compiler::check::checked;
use assize_compiler::items::{DeclId, DeclKind, file_keys};
use assize_compiler::layers::extensions_of;
use assize_compiler::names::module_name;

use super::page::{Branch, Inline, Link, Piece, text};
use super::world::World;

/// Most things that are drawn; beyond them the graph is a list only.
pub const MAX_DRAWN: usize = 300;
/// Most lines from a decision before functions are drawn by module.
const MAX_FAN: usize = 12;
/// Most lines of the nested list.
const MAX_LISTED: usize = 2_000;

/// Something that a decision needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub label: String,
    /// The word that declares it.
    pub kind: &'static str,
    /// Where it is documented.
    pub to: Option<Link>,
}

/// What needs what. The first node is the decision; what follows from other lines is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Positions of who needs and what is needed, sorted.
    pub edges: Vec<(usize, usize)>,
}

/// What a node stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stands {
    /// A declaration.
    Decl(DeclId),
    /// The functions of a module.
    Functions(SourceFile),
}

/// The graph of a decision. Functions are looked through; where that leaves a decision with too many
/// lines to follow, those of each other module are one node.
pub fn graph(world: &World<'_>, decision: &DeclId) -> Graph {
    let plain = build(world, decision, false);
    let fan = plain.edges.iter().filter(|edge| edge.0 == 0).count();
    if fan > MAX_FAN {
        build(world, decision, true)
    } else {
        plain
    }
}

fn build(world: &World<'_>, decision: &DeclId, by_module: bool) -> Graph {
    let mut collector = Collector {
        world,
        direct: HashMap::new(),
        by_module,
        reach: HashSet::new(),
    };
    let mut order: Vec<Stands> = vec![Stands::Decl(decision.clone())];
    let mut edges: Vec<(usize, usize)> = Vec::new();
    let mut next = 0;
    while let Some(stands) = order.get(next).cloned() {
        for needed in collector.needs(&stands, decision) {
            let at = order
                .iter()
                .position(|known| *known == needed)
                .unwrap_or_else(|| {
                    order.push(needed);
                    order.len() - 1
                });
            edges.push((next, at));
        }
        next += 1;
    }
    edges.sort_unstable();
    edges.dedup();
    let nodes = order
        .iter()
        .map(|stands| match stands {
            Stands::Decl(decl) => Node {
                label: decl.name().to_owned(),
                kind: decl.key.kind.word(),
                to: world.link(decl),
            },
            Stands::Functions(file) => Node {
                label: module_name(world.db, *file).to_string(),
                kind: "functions",
                to: world.module_of(*file).map(|module| Link {
                    page: module.page.clone(),
                    anchor: "functions".to_owned(),
                }),
            },
        })
        .collect();
    Graph {
        nodes,
        edges: reduced(order.len(), &edges),
    }
}

struct Collector<'c, 'w> {
    world: &'c World<'w>,
    direct: HashMap<DeclId, Vec<DeclId>>,
    by_module: bool,
    /// Everything that the decision comes to, once it is asked for.
    reach: HashSet<DeclId>,
}

impl Collector<'_, '_> {
    /// What a declaration refers to at once, its extensions included, in the order of the text.
    fn direct(&mut self, decl: &DeclId) -> Vec<DeclId> {
        if let Some(known) = self.direct.get(decl) {
            return known.clone();
        }
        let db = self.world.db;
        let mut out = Vec::new();
        for of in std::iter::once(decl.clone()).chain(extensions_of(db, decl.file, decl)) {
            for fragment in &checked(db, &of).fragments {
                out.extend(fragment.refs.callables.iter().map(|of| of.decl.clone()));
                out.extend(fragment.refs.relations.iter().cloned());
            }
        }
        let mut seen = HashSet::new();
        out.retain(|one| one != decl && seen.insert(one.clone()));
        self.direct.insert(decl.clone(), out.clone());
        out
    }

    /// What a node needs. Functions are looked through, unless they are nodes of their own.
    fn needs(&mut self, stands: &Stands, decision: &DeclId) -> Vec<Stands> {
        let (start, own) = match stands {
            Stands::Decl(decl) if decl.key.kind == DeclKind::Data => return Vec::new(),
            Stands::Decl(decl) if decl == decision => (self.direct(decl), Some(decl.file)),
            // What a rule or table needs is drawn to the end: so no line leads back.
            Stands::Decl(decl) => (self.direct(decl), None),
            Stands::Functions(file) => {
                let mut start = Vec::new();
                for key in file_keys(self.world.db, *file) {
                    let decl = DeclId {
                        file: *file,
                        key: key.clone(),
                    };
                    if key.kind == DeclKind::Define && self.reached(decision, &decl) {
                        start.extend(self.direct(&decl));
                    }
                }
                (start, Some(*file))
            }
        };
        let mut out = Vec::new();
        let mut seen: HashSet<DeclId> = HashSet::new();
        let mut stack = start;
        stack.reverse();
        while let Some(one) = stack.pop() {
            if !seen.insert(one.clone()) {
                continue;
            }
            match (one.key.kind, own) {
                (
                    DeclKind::Rule
                    | DeclKind::Table
                    | DeclKind::Data
                    | DeclKind::Parameter
                    | DeclKind::Decision,
                    _,
                ) => out.push(Stands::Decl(one)),
                (DeclKind::Define, Some(own)) if self.by_module && one.file != own => {
                    let functions = Stands::Functions(one.file);
                    if !out.contains(&functions) {
                        out.push(functions);
                    }
                }
                _ => {
                    let mut below = self.direct(&one);
                    below.reverse();
                    stack.extend(below);
                }
            }
        }
        out.retain(|one| one != stands);
        out
    }

    /// Whether a decision comes to a function at all.
    fn reached(&mut self, decision: &DeclId, function: &DeclId) -> bool {
        if self.reach.is_empty() {
            let mut stack = vec![decision.clone()];
            while let Some(one) = stack.pop() {
                if self.reach.insert(one.clone()) {
                    stack.extend(self.direct(&one));
                }
            }
        }
        self.reach.contains(function)
    }
}

/// The same graph without the edges that follow from others.
fn reduced(count: usize, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let after = |node: usize| {
        edges
            .iter()
            .filter(move |edge| edge.0 == node)
            .map(|edge| edge.1)
    };
    let mut reach: Vec<HashSet<usize>> = Vec::with_capacity(count);
    for start in 0..count {
        let mut seen = HashSet::new();
        let mut stack: Vec<usize> = after(start).collect();
        while let Some(node) = stack.pop() {
            if seen.insert(node) {
                stack.extend(after(node));
            }
        }
        reach.push(seen);
    }
    edges
        .iter()
        .copied()
        .filter(|(from, to)| {
            after(*from).all(|middle| {
                middle == *to || reach.get(middle).is_none_or(|reach| !reach.contains(to))
            })
        })
        .collect()
}

impl Graph {
    /// The graph as a nested list: what is needed stands below; each is opened once.
    pub fn list(&self) -> Vec<Branch> {
        let mut opened = vec![false; self.nodes.len()];
        let mut left = MAX_LISTED;
        self.branch(0, &mut opened, &mut left).into_iter().collect()
    }

    fn branch(&self, at: usize, opened: &mut [bool], left: &mut usize) -> Option<Branch> {
        let node = self.nodes.get(at)?;
        *left = left.checked_sub(1)?;
        let piece = Piece {
            text: node.label.clone(),
            to: node.to.clone(),
            comment: false,
        };
        let mut label = vec![text(format!("{} ", node.kind)), Inline::Code(vec![piece])];
        let needed: Vec<usize> = self
            .edges
            .iter()
            .filter(|edge| edge.0 == at)
            .map(|edge| edge.1)
            .collect();
        let seen = opened
            .get_mut(at)
            .is_none_or(|seen| std::mem::replace(seen, true));
        if seen && !needed.is_empty() {
            label.push(Inline::Quiet(" (as above)".to_owned()));
            return Some(Branch {
                label,
                below: Vec::new(),
            });
        }
        let below = needed
            .into_iter()
            .filter_map(|it| self.branch(it, opened, left))
            .collect();
        Some(Branch { label, below })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_is_left_out() {
        let edges = [(0, 1), (0, 2), (0, 3), (1, 2), (2, 3)];
        assert_eq!(reduced(4, &edges), [(0, 1), (1, 2), (2, 3)]);
        assert_eq!(reduced(3, &[(0, 1), (0, 2)]), [(0, 1), (0, 2)]);
    }
}
