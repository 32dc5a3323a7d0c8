//! The one order in which parts of nodes and bodies are listed: that of evaluation and of the text.

use crate::node::{LetMode, Loop, LoopResult, Op, Over, TextPart};
use crate::program::{Body, Callable, Cell, Row, Test};
use crate::types::{NodeId, RelationId, Slot};

/// What a slot is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// A parameter of the callable.
    Param,
    /// The value of a `let`.
    Value(NodeId, LetMode),
    /// An element of a list.
    Element(NodeId),
    /// A row of a relation.
    Row(RelationId),
    /// A carried value that starts with this.
    Carry(NodeId),
}

impl Op {
    /// The operands, in the order of the fields.
    pub fn operands(&self) -> Vec<NodeId> {
        let mut all = Vec::new();
        match self {
            Op::Const(_) | Op::Local(_) | Op::Default | Op::SharePart(_) => {}
            Op::Let { value, body, .. } => all.extend([*value, *body]),
            Op::If { cond, then, other } => all.extend([*cond, *then, *other]),
            Op::Not(value)
            | Op::Negate(value)
            | Op::Absolute(value)
            | Op::IntToNum(value)
            | Op::NumToInt(value)
            | Op::ToOptional(value)
            | Op::IsMissing(value)
            | Op::Present(value)
            | Op::Stop(value)
            | Op::Field(value, _)
            | Op::Check(value)
            | Op::ReasonCode(value)
            | Op::ReasonSeverity(value)
            | Op::Border { value, .. }
            | Op::Bound { value, .. }
            | Op::DateStep { date: value, .. } => all.push(*value),
            Op::And(left, right)
            | Op::Or(left, right)
            | Op::Arithmetic(_, left, right)
            | Op::Equal(left, right)
            | Op::Compare(_, left, right)
            | Op::In(left, right)
            | Op::DatePlusDays(left, right)
            | Op::DatePlusFormula(left, right)
            | Op::DateDifference(left, right)
            | Op::Concat(left, right) => all.extend([*left, *right]),
            Op::Counted { items, .. } => all.extend(items),
            Op::Round { value, step, mode } => all.extend([*value, *step, *mode]),
            Op::RoundRunning {
                value,
                step,
                mode,
                per,
                ..
            } => {
                all.extend([*value, *step, *mode]);
                all.extend(*per);
            }
            Op::Between { value, low, high } => all.extend([*value, *low, *high]),
            Op::Otherwise { value, other } => all.extend([*value, *other]),
            Op::Builtin(_, arguments)
            | Op::Record(_, arguments)
            | Op::Call(_, arguments)
            | Op::Reason(_, arguments)
            | Op::Lowest(arguments)
            | Op::Highest(arguments)
            | Op::Lookup { key: arguments, .. } => all.extend(arguments),
            Op::Text(parts) => all.extend(parts.iter().filter_map(|part| match part {
                TextPart::Hole(node) => Some(*node),
                TextPart::Text(_) => None,
            })),
            Op::With(value, changes) => {
                all.push(*value);
                all.extend(changes.iter().map(|(_, node)| *node));
            }
            Op::ValidOn { row, date } => all.extend([*row, *date]),
            Op::List(items) => {
                for item in items {
                    all.extend(item.when);
                    all.push(item.value);
                }
            }
            Op::Loop(each) => each.operands_into(&mut all),
        }
        all
    }

    /// The slots that this node binds, with what they are bound to.
    pub fn binds(&self) -> Vec<(Slot, Binding)> {
        match self {
            Op::Let {
                slot, mode, value, ..
            } => vec![(*slot, Binding::Value(*value, *mode))],
            Op::Loop(each) => {
                let sources = each.sources.iter().map(|source| {
                    let binding = match &source.over {
                        Over::List(list) => Binding::Element(*list),
                        Over::Relation(relation) | Over::Indexed { relation, .. } => {
                            Binding::Row(*relation)
                        }
                    };
                    (source.slot, binding)
                });
                let carries = each
                    .carries
                    .iter()
                    .map(|carry| (carry.slot, Binding::Carry(carry.start)));
                let lets = each
                    .lets
                    .iter()
                    .map(|one| (one.slot, Binding::Value(one.value, one.mode)));
                sources.chain(carries).chain(lets).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl Loop {
    fn operands_into(&self, all: &mut Vec<NodeId>) {
        for source in &self.sources {
            match &source.over {
                Over::List(list) => all.push(*list),
                Over::Relation(_) => {}
                Over::Indexed { key, .. } => all.extend(key),
            }
        }
        all.extend(self.filter);
        all.extend(self.order.iter().map(|key| key.value));
        all.extend(self.until);
        all.extend(self.carries.iter().map(|carry| carry.start));
        all.extend(self.lets.iter().map(|one| one.value));
        for share in &self.shares {
            all.extend(share.guard);
            all.extend([share.total, share.weight, share.step, share.mode]);
            all.extend(share.per);
        }
        all.extend(self.carries.iter().filter_map(|carry| carry.next));
        all.extend(self.result.operands());
    }
}

impl LoopResult {
    /// The operands, in order.
    pub fn operands(&self) -> Vec<NodeId> {
        match self {
            LoopResult::List(node)
            | LoopResult::Finally(node)
            | LoopResult::Sum(node)
            | LoopResult::Lowest(node)
            | LoopResult::Highest(node)
            | LoopResult::First(node)
            | LoopResult::Every(node) => vec![*node],
            LoopResult::Count | LoopResult::Exists => Vec::new(),
            LoopResult::Group { keys, .. } => keys.clone(),
        }
    }
}

impl Cell {
    /// The nodes of the tests, in order.
    pub fn operands(&self) -> Vec<NodeId> {
        let tests = match self {
            Cell::Any => return Vec::new(),
            Cell::OneOf(tests) | Cell::NoneOf(tests) => tests,
        };
        let mut all = Vec::new();
        for test in tests {
            match test {
                Test::Missing => {}
                Test::Equal(node) | Test::Compare(_, node) => all.push(*node),
                Test::Range { low, high, .. } => {
                    all.push(*low);
                    all.extend(*high);
                }
            }
        }
        all
    }
}

impl Row {
    fn operands_into(&self, all: &mut Vec<NodeId>) {
        for cell in &self.cells {
            all.extend(cell.operands());
        }
        all.extend(&self.outputs);
    }
}

impl Body {
    /// The nodes of the arena that the body names, in the order of the fields.
    pub fn operands(&self) -> Vec<NodeId> {
        let mut all = Vec::new();
        match self {
            Body::Define(node) => all.push(*node),
            Body::Parameter(values) => all.extend(values.iter().map(|value| value.value)),
            Body::Rule(rule) => {
                all.extend(rule.as_of);
                all.extend(rule.default.as_ref().map(|default| default.value));
                for exception in &rule.exceptions {
                    all.extend(exception.when);
                    all.extend(exception.unless);
                    all.push(exception.then);
                }
                all.extend(rule.combine.as_ref().and_then(|combine| combine.cap));
            }
            Body::Table(table) => {
                all.extend(table.columns.iter().map(|column| column.value));
                // What rows of columns name are constants behind the arena.
                for row in table.rows.plain() {
                    row.operands_into(&mut all);
                }
            }
            Body::Grid(grid) => {
                all.extend(grid.columns.iter().map(|column| column.value));
                all.push(grid.across.value);
                for head in &grid.heads {
                    all.extend(head.cell.operands());
                }
                for row in &grid.rows {
                    row.operands_into(&mut all);
                }
            }
        }
        all
    }

    /// The default of a rule.
    pub fn rule_default(&self) -> Option<NodeId> {
        match self {
            Body::Rule(rule) => rule.default.as_ref().map(|default| default.value),
            _ => None,
        }
    }
}

impl Callable {
    /// For each slot what it is bound to; the first binder wins, the verifier refuses a second.
    pub fn bindings(&self) -> Vec<Option<Binding>> {
        bindings(
            self.slots.len(),
            self.params.len(),
            self.nodes.iter().map(|node| &node.op),
        )
    }
}

/// For each slot what it is bound to by these operations.
pub(crate) fn bindings<'a>(
    slots: usize,
    params: usize,
    ops: impl Iterator<Item = &'a Op>,
) -> Vec<Option<Binding>> {
    let mut all = vec![None; slots];
    for bound in all.iter_mut().take(params) {
        *bound = Some(Binding::Param);
    }
    for op in ops {
        for (slot, binding) in op.binds() {
            if let Some(bound @ None) = all.get_mut(slot.index()) {
                *bound = Some(binding);
            }
        }
    }
    all
}
