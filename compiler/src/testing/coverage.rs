//! What decided in the tests, counted on elements of the program.

use std::collections::BTreeMap;

use assize_eval::interp::{ExceptionSeen, Observer};
use assize_eval::{ErrorCode, Failure, Value};
use assize_ir::{Body, Callable, CallableId, NodeId, Op, PlaceId, Program, ReasonId};

use crate::check::{CallableRef, Part};
use crate::db::{Db, PackageInput};
use crate::items::{DeclId, DeclKind};
use crate::link::Linked;
use crate::names::full_name;

use super::edges::Edges;
use super::place::Files;
use super::report::{Coverage, CoverageElement, CoverageKind, CoverageTotal, DeclarationCoverage};

/// An element: kind, owner, and two positions.
type Key = (CoverageKind, u32, u32, u32);

/// Counts what decided.
#[derive(Default)]
pub struct Seen<'o> {
    /// Is told the values that nodes and callables give.
    pub also: Option<&'o mut dyn Observer>,
    counts: BTreeMap<Key, (u64, u64)>,
    /// Whether what is seen now is seen by a property.
    pub by_property: bool,
    /// The edges of the program, where they are asked for.
    pub edges: Option<Edges>,
}

impl Seen<'_> {
    fn count(&mut self, key: Key) {
        let (tests, properties) = self.counts.entry(key).or_default();
        let count = if self.by_property { properties } else { tests };
        *count = count.saturating_add(1);
    }

    /// A decision ended with an error: a `stop` is a declared refusal.
    pub fn failed(&mut self, failure: &Failure) {
        if let (ErrorCode::Stopped, Some(callable), Some(place)) =
            (failure.code, failure.callable, failure.place_id)
        {
            self.count((CoverageKind::Refusal, callable.0, place.0, 0));
        }
    }
}

impl Observer for Seen<'_> {
    fn decided_row(&mut self, callable: CallableId, row: u32) {
        self.count((CoverageKind::Row, callable.0, row, 0));
    }
    fn grid_cell(&mut self, callable: CallableId, row: u32, head: u32) {
        self.count((CoverageKind::Cell, callable.0, row, head));
    }
    fn exception(&mut self, callable: CallableId, exception: u32, seen: ExceptionSeen) {
        let kind = match seen {
            ExceptionSeen::Decided => CoverageKind::Exception,
            ExceptionSeen::Overridden => CoverageKind::Overridden,
            ExceptionSeen::NotApplicable => CoverageKind::NotApplicable,
            // It decided nothing, and no precedence was tried.
            ExceptionSeen::PassedOver => return,
        };
        self.count((kind, callable.0, exception, 0));
    }
    fn default_used(&mut self, callable: CallableId) {
        self.count((CoverageKind::Default, callable.0, 0, 0));
    }
    fn parameter_value(&mut self, callable: CallableId, value: u32) {
        self.count((CoverageKind::ParameterValue, callable.0, value, 0));
    }
    fn reason_made(&mut self, reason: ReasonId) {
        self.count((CoverageKind::Reason, reason.0, 0, 0));
    }
    fn value(&mut self, program: &Program, callable: CallableId, node: NodeId, value: &Value) {
        if let Some(edges) = &mut self.edges {
            edges.by_property = self.by_property;
            edges.value(program, callable, node, value);
        }
        if let Some(also) = &mut self.also {
            also.value(program, callable, node, value);
        }
    }
    fn left(&mut self, program: &Program, callable: CallableId, value: Option<&Value>, steps: u64) {
        if let Some(also) = &mut self.also {
            also.left(program, callable, value, steps);
        }
    }
}

/// An element before it is known who declares it.
struct Element {
    key: Key,
    name: String,
    place: PlaceId,
}

/// Coverage of all declarations of the program: those of the package, and those that it uses.
pub fn report(db: &dyn Db, package: PackageInput, linked: &Linked, seen: &Seen<'_>) -> Coverage {
    let program = &linked.program;
    let files = Files::of(db, linked);
    let reasons: BTreeMap<(&str, &str), u32> = program
        .reasons
        .iter()
        .enumerate()
        .filter_map(|(id, reason)| {
            Some((
                (reason.module.as_str(), reason.code.as_str()),
                u32::try_from(id).ok()?,
            ))
        })
        .collect();
    let mut own = Vec::new();
    let mut dependencies = Vec::new();
    let mut order: Vec<(&CallableRef, CallableId)> =
        linked.callables.iter().map(|(of, id)| (of, *id)).collect();
    let ordinal = positions(db, &order);
    order.sort_by_cached_key(|(of, _)| ordinal.get(&of.decl).cloned());
    for (of, id) in order {
        if of.part != Part::Main {
            continue;
        }
        let Some(callable) = program.callable(id) else {
            continue;
        };
        let mut elements = elements_of(id, callable);
        if of.decl.key.kind == DeclKind::Reason {
            let key = (callable.module.as_str(), callable.name.as_str());
            // A reason that nothing makes is not in the program's list: it was never made.
            let reason = reasons.get(&key).copied().unwrap_or(u32::MAX);
            elements.push(Element {
                key: (CoverageKind::Reason, reason, 0, 0),
                name: callable.name.clone(),
                place: callable.place,
            });
        }
        let mut edges = Vec::new();
        if let Some(all) = &seen.edges {
            for side in all.sides(program, id) {
                // The counts are there already.
                let key = (CoverageKind::Edge, id.0, number(edges.len()), 0);
                edges.push((key, side.counts));
                elements.push(Element {
                    key,
                    name: side.name,
                    place: side.place,
                });
            }
        }
        let edges: BTreeMap<Key, (u64, u64)> = edges.into_iter().collect();
        // An extension stands in another file, perhaps of another package, than what it extends.
        let mut by_package: Vec<(String, Vec<CoverageElement>)> = Vec::new();
        for element in elements {
            let mut place = files.place(program, element.place);
            // A sheet lies in the package of the rules that name it.
            if place.package.is_empty() {
                place.package.clone_from(of.decl.file.package(db));
            }
            let owner = place.package.clone();
            let counts = seen.counts.get(&element.key).or(edges.get(&element.key));
            let (tests, properties) = counts.copied().unwrap_or_default();
            let made = CoverageElement {
                kind: element.key.0,
                name: element.name,
                place,
                tests,
                properties,
            };
            match by_package.iter_mut().find(|(known, _)| *known == owner) {
                Some((_, list)) => list.push(made),
                None => by_package.push((owner, vec![made])),
            }
        }
        for (owner, elements) in by_package {
            let list = if owner == *package.name(db) {
                &mut own
            } else {
                &mut dependencies
            };
            list.push(DeclarationCoverage {
                name: full_name(db, &of.decl),
                kind: of.decl.key.kind.word().to_string(),
                package: owner,
                elements,
            });
        }
    }
    let totals = totals(&own);
    let shown: Vec<String> = totals
        .iter()
        .filter(|total| total.kind.in_headline())
        .map(|total| format!("{} of {} {}", total.seen, total.total, total.kind.plural()))
        .collect();
    Coverage {
        headline: shown.join(", "),
        totals,
        declarations: own,
        dependencies,
    }
}

/// Declarations in the order of files and text.
fn positions(
    db: &dyn Db,
    all: &[(&CallableRef, CallableId)],
) -> std::collections::HashMap<DeclId, (String, String, u32)> {
    all.iter()
        .map(|(of, _)| {
            let file = of.decl.file;
            let key = (
                file.package(db).clone(),
                file.path(db).clone(),
                crate::items::decl_offset(db, &of.decl),
            );
            (of.decl.clone(), key)
        })
        .collect()
}

fn totals(declarations: &[DeclarationCoverage]) -> Vec<CoverageTotal> {
    let mut out = Vec::new();
    for kind in CoverageKind::ALL {
        let all = || {
            declarations
                .iter()
                .flat_map(|declaration| &declaration.elements)
                .filter(move |element| element.kind == kind)
        };
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let total = count(all().count());
        if total > 0 {
            out.push(CoverageTotal {
                kind,
                seen: count(all().filter(|element| element.seen()).count()),
                seen_by_properties_only: count(
                    all()
                        .filter(|element| element.seen() && element.tests == 0)
                        .count(),
                ),
                total,
            });
        }
    }
    out
}

fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn elements_of(id: CallableId, callable: &Callable) -> Vec<Element> {
    let mut out = Vec::new();
    let mut add = |kind, first: usize, second: usize, name: String, place| {
        out.push(Element {
            key: (kind, id.0, number(first), number(second)),
            name,
            place,
        });
    };
    match &callable.body {
        Body::Define(_) => {}
        Body::Parameter(values) => {
            for (index, value) in values.iter().enumerate() {
                let name = value
                    .from
                    .map_or_else(|| "is".to_string(), assize_ir::date::format);
                add(CoverageKind::ParameterValue, index, 0, name, value.place);
            }
        }
        Body::Rule(rule) => {
            if let Some(default) = &rule.default {
                add(
                    CoverageKind::Default,
                    0,
                    0,
                    "default".to_string(),
                    default.place,
                );
            }
            for (index, exception) in rule.exceptions.iter().enumerate() {
                let overridden = rule
                    .exceptions
                    .iter()
                    .any(|other| other.overrides.contains(&number(index)));
                let always = exception.when.is_none()
                    && exception.unless.is_none()
                    && exception.from.is_none()
                    && exception.to.is_none();
                let name = || exception.name.clone();
                add(CoverageKind::Exception, index, 0, name(), exception.place);
                if !always {
                    add(
                        CoverageKind::NotApplicable,
                        index,
                        0,
                        name(),
                        exception.place,
                    );
                }
                if overridden {
                    add(CoverageKind::Overridden, index, 0, name(), exception.place);
                }
            }
        }
        Body::Table(table) => {
            for (index, row) in table.rows.iter().enumerate() {
                add(CoverageKind::Row, index, 0, row.name.clone(), row.place);
            }
        }
        Body::Grid(grid) => {
            for (index, row) in grid.rows.iter().enumerate() {
                for (at, head) in grid.heads.iter().enumerate() {
                    let name = format!("{}, {}", row.name, head.name);
                    add(CoverageKind::Cell, index, at, name, row.place);
                }
            }
        }
    }
    for node in &callable.nodes {
        if let Op::Stop(_) = node.op {
            let key = (CoverageKind::Refusal, id.0, node.place.0, 0);
            out.push(Element {
                key,
                name: "stop".to_string(),
                place: node.place,
            });
        }
    }
    out
}
