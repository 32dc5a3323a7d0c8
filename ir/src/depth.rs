//! How deep evaluation nests, in levels.
//!
//! Evaluation is recursive, so its depth is bounded. Each node counts one level, through calls and
//! uses of `let`s, and what needs more stack than a node counts more. A level stands for 1 KiB of
//! stack in an unoptimised build of the interpreter, so the deepest evaluation fits the 2 MiB of an
//! ordinary thread.
//!
//! There is one weighing. The verifier refuses what can nest deeper than [`MAX_EVALUATION_DEPTH`],
//! the compiler says so first, and the interpreter counts the same levels while it runs: what was
//! verified never meets the limit.

use crate::node::{LetMode, Loop, Op};
use crate::program::{Body, Callable, Program};
use crate::types::{CallableId, NodeId, RecordId, Type};
use crate::visit::Binding;

/// Greatest depth of evaluation, in levels, over all callables and lazy lets.
pub const MAX_EVALUATION_DEPTH: u32 = 2_000;
/// Levels of a `define`, on top of the node that calls it.
pub const DEFINE: u32 = 1;
/// Levels of a rule or parameter, on top of the node that calls it.
pub const RULE: u32 = 2;
/// Levels of a table or grid, on top of the node that calls it.
pub const TABLE: u32 = 3;
/// Levels of a loop, on top of its node.
pub const LOOP: u32 = 5;
/// Levels of each source of a loop but the first, on top of those of the loop.
pub const SOURCE: u32 = 1;
/// Levels of the checks of a record, on top of the node or table that asks for them.
pub const CHECK: u32 = 2;

/// Levels of a body, on top of the node that calls it.
pub const fn of_body(body: &Body) -> u32 {
    match body {
        Body::Define(_) => DEFINE,
        Body::Rule(_) | Body::Parameter(_) => RULE,
        Body::Table(_) | Body::Grid(_) => TABLE,
    }
}

/// Levels of a loop, on top of its node.
pub fn of_loop(each: &Loop) -> u32 {
    let more = u32::try_from(each.sources.len().saturating_sub(1)).unwrap_or(u32::MAX);
    LOOP.saturating_add(more.saturating_mul(SOURCE))
}

/// The depth of a callable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Levels of each node, with what it evaluates.
    pub nodes: Vec<u32>,
    /// Levels of the callable, with its body.
    pub whole: u32,
}

/// The depth of every callable of a program whose callables call earlier ones only; a later one
/// counts nothing.
pub fn of_program(program: &Program) -> Vec<u32> {
    let mut known = Vec::with_capacity(program.callables.len());
    for callable in &program.callables {
        let depth = of_callable(program, callable, &known);
        known.push(depth.whole);
    }
    known
}

/// The depth of a callable; `known` are those of the callables before it.
pub fn of_callable(program: &Program, callable: &Callable, known: &[u32]) -> Depth {
    let mut walk = Walk {
        program,
        callable,
        known,
        bindings: callable.bindings(),
        nodes: Vec::with_capacity(callable.nodes.len()),
    };
    for node in &callable.nodes {
        let levels = walk.node(&node.op);
        walk.nodes.push(levels);
    }
    let roots = callable.body.operands();
    let deepest = roots.iter().map(|root| walk.of(*root)).max().unwrap_or(0);
    // A row of a table that makes a record runs its checks.
    let checked = match &callable.body {
        Body::Table(table) => table.record.map_or(0, |record| walk.checks(record)),
        _ => 0,
    };
    let whole = of_body(&callable.body).saturating_add(deepest.max(checked));
    Depth {
        nodes: walk.nodes,
        whole,
    }
}

struct Walk<'a> {
    program: &'a Program,
    callable: &'a Callable,
    known: &'a [u32],
    bindings: Vec<Option<Binding>>,
    nodes: Vec<u32>,
}

impl Walk<'_> {
    fn of(&self, id: NodeId) -> u32 {
        self.nodes.get(id.index()).copied().unwrap_or(0)
    }

    fn called(&self, id: CallableId) -> u32 {
        self.known.get(id.index()).copied().unwrap_or(0)
    }

    fn checks(&self, record: RecordId) -> u32 {
        let record = self.program.record(record);
        let checks = record.into_iter().flat_map(|record| &record.checks);
        let deepest = checks.map(|check| self.called(check.callable)).max();
        CHECK.saturating_add(deepest.unwrap_or(0))
    }

    fn node(&self, op: &Op) -> u32 {
        let operands = op.operands();
        let below = operands.iter().map(|operand| self.of(*operand)).max();
        let below = below.unwrap_or(0);
        let reached = match op {
            // A lazy value is computed where it is first used.
            Op::Local(slot) => match self.bindings.get(slot.index()).copied().flatten() {
                Some(Binding::Value(value, LetMode::Lazy)) => self.of(value),
                _ => 0,
            },
            Op::Default => self
                .callable
                .body
                .rule_default()
                .map_or(0, |value| self.of(value)),
            Op::Call(callee, _) => self.called(*callee),
            Op::Check(value) => match self.callable.node(*value).map(|node| node.ty.plain()) {
                Some(Type::Record(record)) => self.checks(*record),
                _ => 0,
            },
            _ => 0,
        };
        let own = match op {
            Op::Loop(each) => of_loop(each).saturating_add(1),
            _ => 1,
        };
        own.saturating_add(below.max(reached))
    }
}
