//! Conditions that hold in every case or in none, as far as ranges and written values tell.
//!
//! Comparisons of numbers with the range of their declaration are told where they are checked; here
//! are those that need the values of an enum, a list, or several conditions together.

use std::collections::HashSet;

use assize_ir::{Builtin, CallableId, Const, Counting, LoopResult, NodeId, Op, Order, Type};
use rust_decimal::Decimal;

use super::Finder;
use super::convert::{Columns, MAX_BOXES_PER_CONDITION, number};
use super::space::{Limits, Row, Subject, compress};
use super::table::successors;
use crate::boxes::AtomSet;
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

/// Greatest number of conditions of which a pair is looked for that decides the others.
const MAX_PAIRED: usize = 64;

/// What is known of a condition.
struct Always {
    holds: bool,
    because: String,
}

/// Conditions of a callable that are always or never true. What is below `settled` is told already.
pub(super) fn analyse(finder: &mut Finder<'_>, id: CallableId, settled: &[NodeId]) {
    let Some(callable) = finder.program.callable(id) else {
        return;
    };
    let conditions = Conditions { finder, id };
    let mut told: HashSet<NodeId> = HashSet::new();
    let mut open: Vec<NodeId> = settled.to_vec();
    while let Some(node) = open.pop() {
        if told.insert(node)
            && let Some(node) = callable.node(node)
        {
            open.extend(node.op.operands());
        }
    }
    let mut out = Vec::new();
    // Parts stand before the whole, so the cause is found before its consequence.
    let mut decided: HashSet<NodeId> = HashSet::new();
    let mut inner: HashSet<NodeId> = HashSet::new();
    let mut negated: HashSet<NodeId> = HashSet::new();
    for node in &callable.nodes {
        inner.extend(conditions.chained(&node.op));
        // `not in`, `is not`: what the author wrote is the negation.
        if let Op::Not(part) = &node.op
            && callable
                .node(*part)
                .is_some_and(|part| part.place == node.place)
        {
            negated.insert(*part);
        }
    }
    for (at, node) in (0u32..).map(NodeId).zip(&callable.nodes) {
        if node.op.operands().iter().any(|part| decided.contains(part)) && is_logical(&node.op) {
            decided.insert(at);
            continue;
        }
        let found = match &node.op {
            Op::And(..) | Op::Or(..) | Op::Counted { .. } if !inner.contains(&at) => {
                conditions.together(at)
            }
            Op::Const(Const::Bool(_)) => {
                decided.insert(at);
                continue;
            }
            _ => conditions.alone(at),
        };
        let Some(found) = found else { continue };
        decided.insert(at);
        if told.contains(&at) {
            continue;
        }
        let instead = if is_logical(&node.op) {
            "correct one of them"
        } else {
            "leave it out, or correct it"
        };
        let claim = format!("this is always {}", found.holds != negated.contains(&at));
        out.push(
            Diagnostic::new(
                codes::ALWAYS,
                Severity::Warning,
                finder.at(node.place),
                claim,
            )
            .because(found.because)
            .instead(instead),
        );
    }
    finder.out.append(&mut out);
}

fn is_logical(op: &Op) -> bool {
    matches!(
        op,
        Op::And(..) | Op::Or(..) | Op::Not(_) | Op::Counted { .. }
    )
}

struct Conditions<'f, 'p> {
    finder: &'f Finder<'p>,
    id: CallableId,
}

impl Conditions<'_, '_> {
    /// The parts of a chain of `and` or of `or`: the whole chain is looked at once.
    fn chained(&self, op: &Op) -> Vec<NodeId> {
        let Some(callable) = self.finder.program.callable(self.id) else {
            return Vec::new();
        };
        let same = |part: &NodeId| {
            matches!(
                (op, callable.node(*part).map(|node| &node.op)),
                (Op::And(..), Some(Op::And(..))) | (Op::Or(..), Some(Op::Or(..)))
            )
        };
        op.operands().into_iter().filter(same).collect()
    }

    /// A comparison that its own values decide.
    fn alone(&self, at: NodeId) -> Option<Always> {
        let program = self.finder.program;
        let callable = program.callable(self.id)?;
        let node = callable.node(at)?;
        match &node.op {
            Op::Equal(a, b) | Op::Compare(_, a, b) => {
                if let Some(found) = self.with_itself(&node.op, *a, *b) {
                    return Some(found);
                }
                if let Op::Compare(order, a, b) = &node.op
                    && let Some(found) = self.counted(*order, *a, *b)
                {
                    return Some(found);
                }
                // Numbers against their range are told where they are checked.
                let ty = callable.node(*a)?.ty.plain();
                if matches!((&node.op, ty), (Op::Compare(..), Type::Num(_))) {
                    return None;
                }
                if matches!(ty, Type::Num(_)) && self.apart(*a, *b) {
                    return None;
                }
            }
            Op::Between { low, high, .. } => {
                let columns = self.columns()?;
                let (a, b) = (columns.constant(*low), columns.constant(*high));
                let ends = a.as_ref().and_then(number).zip(b.as_ref().and_then(number));
                if ends.is_some_and(|(low, high)| low > high) {
                    let because = "the lower end is above the upper end".to_string();
                    return Some(Always {
                        holds: false,
                        because,
                    });
                }
            }
            // An empty list is told where it is checked.
            Op::In(_, list) if matches!(&callable.node(*list)?.op, Op::Const(Const::List(items)) if items.is_empty()) =>
            {
                return None;
            }
            Op::In(..) => {}
            _ => return None,
        }
        let (holds, columns) = self.verdict(at)?;
        let mut subjects = columns.iter();
        let because = match (subjects.next(), subjects.next()) {
            (Some((name, words)), None) => format!("`{name}` is {words}"),
            _ => return None,
        };
        Some(Always { holds, because })
    }

    /// Whether the ranges of two numbers do not meet.
    fn apart(&self, a: NodeId, b: NodeId) -> bool {
        let facts = |node| {
            let callable = self.finder.program.callable(self.id)?;
            callable.node(node)?.facts.as_ref()
        };
        let (Some(a), Some(b)) = (facts(a), facts(b)) else {
            return false;
        };
        let below = |x: Option<Decimal>, y: Option<Decimal>| x.zip(y).is_some_and(|(x, y)| x < y);
        below(a.highest, b.lowest) || below(b.highest, a.lowest)
    }

    /// A value that is compared with itself.
    fn with_itself(&self, op: &Op, a: NodeId, b: NodeId) -> Option<Always> {
        let callable = self.finder.program.callable(self.id)?;
        let (one, other) = (callable.node(a)?, callable.node(b)?);
        let text = self.finder.source(one.place);
        let constant = matches!(one.op, Op::Const(_)) && matches!(other.op, Op::Const(_));
        if one.place == other.place
            || text.is_empty()
            || constant
            || text != self.finder.source(other.place)
        {
            return None;
        }
        Some(Always {
            holds: !matches!(op, Op::Compare(Order::Less | Order::Greater, ..)),
            because: format!("`{text}` is compared with itself"),
        })
    }

    /// A count, a length or a weekday against a number that it never reaches or always passes.
    fn counted(&self, order: Order, a: NodeId, b: NodeId) -> Option<Always> {
        let (low, high, what) = self.count(a).or_else(|| self.count(b))?;
        let columns = Columns::new(self.finder.program, self.finder.program.callable(self.id)?);
        let (order, x) = match (self.count(a), self.count(b)) {
            (Some(_), None) => (order, number(&columns.constant(b)?)?),
            (None, Some(_)) => (order.turned(), number(&columns.constant(a)?)?),
            _ => return None,
        };
        let above = |y: Decimal| high.is_some_and(|high| high < y);
        let most = |y: Decimal| high.is_some_and(|high| high <= y);
        let holds = match order {
            Order::Less if above(x) => true,
            Order::Less if low >= x => false,
            Order::LessOrEqual if most(x) => true,
            Order::LessOrEqual if low > x => false,
            Order::Greater if low > x => true,
            Order::Greater if most(x) => false,
            Order::GreaterOrEqual if low >= x => true,
            Order::GreaterOrEqual if above(x) => false,
            _ => return None,
        };
        let because = what.to_string();
        Some(Always { holds, because })
    }

    /// Lowest and highest value of what counts.
    fn count(&self, node: NodeId) -> Option<(Decimal, Option<Decimal>, &'static str)> {
        let callable = self.finder.program.callable(self.id)?;
        match &callable.node(node)?.op {
            Op::IntToNum(inner) => self.count(*inner),
            Op::Loop(of) if matches!(of.result, LoopResult::Count) => {
                Some((Decimal::ZERO, None, "a count is 0 or more"))
            }
            Op::Builtin(Builtin::Length, _) => Some((Decimal::ZERO, None, "a length is 0 or more")),
            Op::Builtin(Builtin::Weekday, _) => {
                Some((Decimal::ONE, Some(Decimal::from(7)), "a weekday is 1 to 7"))
            }
            _ => None,
        }
    }

    /// Several conditions that exclude each other, or of which one always holds.
    fn together(&self, at: NodeId) -> Option<Always> {
        let parts = self.parts(at);
        if parts.len() > MAX_BOXES_PER_CONDITION {
            return None;
        }
        let (holds, _) = self.verdict(at)?;
        let callable = self.finder.program.callable(self.id)?;
        let texts: Vec<(NodeId, String)> = parts
            .iter()
            .take(MAX_PAIRED)
            .filter_map(|part| {
                let node = callable.node(*part)?;
                Some((*part, format!("`{}`", self.finder.source(node.place))))
            })
            .collect();
        // What all parts have to be, so that the whole is not what it always is.
        let (truth, all_true) = match &callable.node(at)?.op {
            Op::And(..) => (!holds, true),
            Op::Or(..) => (holds, false),
            Op::Counted { how, .. } => match how {
                Counting::All => (!holds, true),
                Counting::Any => (holds, false),
                Counting::None => (!holds, false),
                Counting::AtLeast(_) => (false, true),
            },
            _ => (false, true),
        };
        let pair = texts.iter().enumerate().find_map(|(later, (b, y))| {
            let mut earlier = texts.iter().take(later);
            let found = earlier.find(|(a, _)| truth && self.never_both(*a, *b, all_true))?;
            Some((&found.1, y))
        });
        let because = match pair {
            Some((x, y)) if all_true => format!("{x} and {y} exclude each other"),
            Some((x, y)) => format!("in every case {x} or {y} holds"),
            None if holds => "in every case one of these conditions holds".to_string(),
            None => "in no case all of these conditions hold".to_string(),
        };
        Some(Always { holds, because })
    }

    /// The conditions of a chain or list.
    fn parts(&self, at: NodeId) -> Vec<NodeId> {
        let Some(callable) = self.finder.program.callable(self.id) else {
            return Vec::new();
        };
        let mut open = vec![at];
        let mut out = Vec::new();
        while let Some(node) = open.pop() {
            let Some(op) = callable.node(node).map(|node| &node.op) else {
                continue;
            };
            let chained = self.chained(op);
            let (inner, parts): (Vec<NodeId>, Vec<NodeId>) = op
                .operands()
                .into_iter()
                .partition(|part| chained.contains(part));
            open.extend(inner);
            out.extend(parts);
        }
        out.sort_unstable();
        out
    }

    /// Whether no case gives both conditions this truth.
    fn never_both(&self, a: NodeId, b: NodeId, truth: bool) -> bool {
        let both = || {
            let mut columns = self.columns()?;
            let left = columns.condition(a, truth)?;
            let right = columns.condition(b, truth)?;
            let rows: Vec<Row> = left
                .iter()
                .flat_map(|x| right.iter().map(|y| x.iter().chain(y).cloned().collect()))
                .collect();
            Some(self.none_left(&columns, &rows))
        };
        both().unwrap_or(false)
    }

    fn columns(&self) -> Option<Columns<'_>> {
        let program = self.finder.program;
        Some(Columns::of_all_names(program, program.callable(self.id)?))
    }

    fn none_left(&self, columns: &Columns<'_>, rows: &[Row]) -> bool {
        let limits: Vec<Limits> = columns
            .list
            .iter()
            .map(|dimension| dimension.limits(self.finder.program))
            .collect();
        let steps = successors(&limits);
        let compressed = compress(self.finder.program, &columns.list, rows, &limits, &steps);
        let empty = |row: &crate::boxes::AtomBox| row.sides.iter().any(AtomSet::is_empty);
        compressed.rows.iter().all(empty)
    }

    /// Whether a condition is always true or always false, and the values of what it compares.
    fn verdict(&self, at: NodeId) -> Option<(bool, Vec<(String, String)>)> {
        let program = self.finder.program;
        let mut columns = self.columns()?;
        let yes = columns.condition(at, true)?;
        let no = columns.condition(at, false)?;
        let holds = match (
            self.none_left(&columns, &yes),
            self.none_left(&columns, &no),
        ) {
            (true, false) => false,
            (false, true) => true,
            _ => return None,
        };
        let limits: Vec<Limits> = columns
            .list
            .iter()
            .map(|dimension| dimension.limits(program))
            .collect();
        let steps = successors(&limits);
        let whole = compress(program, &columns.list, &[], &limits, &steps);
        let values = columns.list.iter().enumerate().map(|(index, dimension)| {
            let all = whole.space.columns.get(index).map(|column| column.all());
            let words = match (&dimension.subject, all) {
                (Subject::Path { .. } | Subject::Opaque(_), Some(all)) => {
                    whole.words(program, index, &all, &dimension.ty)
                }
                _ => String::new(),
            };
            (dimension.name.clone(), words)
        });
        Some((holds, values.collect()))
    }
}
