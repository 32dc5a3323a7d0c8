//! What explains a decision: for every callable that was entered, what it was asked, what it said and
//! why, and what else was considered and why that was not taken.
//!
//! A trace is plain data with stable field names. [`render`] puts it into words. It is bounded: see
//! [`MAX_TRACE_ENTRIES`] and [`MAX_NOT_TAKEN`].

mod brief;
mod choices;
mod composed;
mod failed;
pub mod influence;
pub mod parts;
pub(crate) mod record;
pub mod render;
pub mod shorten;
pub(crate) mod source;
pub mod why;

use std::collections::BTreeSet;

use assize_ir::{CallableId, NodeId, Order, PlaceId, Slot, Type};
use serde::Serialize;

use crate::value::Value;

/// Most steps and notes of a trace; later ones are counted only.
pub const MAX_TRACE_ENTRIES: usize = 20_000;
/// Most rows or elements of one table or query that a trace names as not taken; the rest is counted.
pub const MAX_NOT_TAKEN: usize = 20;

/// Deepest nesting of calls in a trace; deeper ones are counted only. It bounds the recursion of
/// whoever reads a trace.
pub const MAX_TRACE_DEPTH: usize = 200;
/// Deepest nesting of findings: what decided what decided a condition.
pub const MAX_FINDING_DEPTH: usize = 8;

/// Most steps and notes of a trace that is not part of an answer, for whoever reads it in memory.
pub const MAX_TRACE_ENTRIES_READ: usize = 200_000;

/// What a trace should hold.
#[derive(Clone, Debug, Default)]
pub struct Explain {
    /// Name of a row or exception that is always told about, however many others there are.
    pub focus: Option<String>,
    /// Whether the trace is read in memory and is no part of an answer: it may then have
    /// [`MAX_TRACE_ENTRIES_READ`] steps and notes. What decides is often what comes last.
    pub long: bool,
}

impl Explain {
    pub(crate) const fn entries_max(&self) -> usize {
        if self.long {
            MAX_TRACE_ENTRIES_READ
        } else {
            MAX_TRACE_ENTRIES
        }
    }
}

/// The trace of a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trace {
    /// The call.
    pub root: Step,
    /// Steps and notes left out because the trace was full.
    pub omitted: u64,
}

/// A call of a callable.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The callable.
    #[serde(skip)]
    pub callable: CallableId,
    /// Its full name, `module.declaration`.
    pub name: String,
    /// What it is.
    pub kind: StepKind,
    /// `module.declaration:line:column`.
    pub place: String,
    /// Its arguments.
    pub arguments: Vec<Shown>,
    /// What came out.
    pub outcome: Outcome,
    /// What decided, by kind.
    pub detail: Detail,
    /// What gave the value: names of rows, exceptions, `default`, or the date of a parameter value.
    pub decided: Vec<Decided>,
    /// Where a condition was asked for: what decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Box<Finding>>,
    /// Choices, look-ups and queries on the way.
    pub notes: Vec<Noted>,
    /// The calls it made, in order.
    pub children: Vec<Step>,
    /// The node of the caller that made the call.
    #[serde(skip)]
    pub from: Option<NodeId>,
    /// The elements that the loops around that node were at, counted from 0; a loop is named by the slot
    /// of its first source.
    #[serde(skip)]
    pub during: Vec<(Slot, usize)>,
    /// Of the nodes that are not always evaluated those that were: a branch that was taken, the right
    /// side of an `and` that needed it, the item of a list that was not left out, the body of a loop
    /// that had an element; of values that were compared the one that was taken.
    #[serde(skip)]
    pub took: BTreeSet<NodeId>,
    /// Where it failed: the innermost node whose evaluation did not end.
    #[serde(skip)]
    pub failed_at: Option<NodeId>,
    /// The loops that were running when it failed, the innermost first, with their elements.
    #[serde(skip)]
    pub elements: Vec<(NodeId, Shown)>,
}

/// What a callable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// `decision`
    Decision,
    /// `define` and everything that is evaluated like one.
    Define,
    /// `rule`
    Rule,
    /// `table`
    Table,
    /// A two-way table.
    Grid,
    /// `parameter`
    Parameter,
}

/// A value with its name or text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shown {
    /// What has this value: a parameter, or the text of an expression.
    pub name: String,
    /// The value in canonical form.
    pub text: String,
    /// The value.
    #[serde(skip)]
    pub value: Value,
    /// Its type.
    #[serde(skip)]
    pub ty: Type,
    /// Whether the value is not to be shown; the text does not have it.
    #[serde(skip)]
    pub hidden: bool,
    /// Where it stands.
    #[serde(skip)]
    pub place: Option<PlaceId>,
}

/// What came out of a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A value.
    Value(Shown),
    /// A failure: its code and place.
    Failure {
        /// The error code.
        code: String,
        /// `module.declaration:line:column`.
        place: String,
        /// What was involved.
        values: Vec<(String, String)>,
        /// The place in the program.
        #[serde(skip)]
        at: Option<PlaceId>,
    },
}

/// Something that gave the value, and the call that it got it from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decided {
    /// Name of a row or exception, `default`, a date; empty for a `define`.
    pub name: String,
    /// Position among the children of the call whose value this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<usize>,
}

/// What decided in a callable.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Detail {
    /// An expression.
    Expression,
    /// A rule.
    Rule(RuleDetail),
    /// A table.
    Table(TableDetail),
    /// A grid.
    Grid(TableDetail),
    /// A parameter.
    Parameter {
        /// First day of the value; `None`: undated, or no value was found.
        from: Option<String>,
        /// The author's words.
        because: String,
        /// The module that gave the value, where it is another than that of the parameter.
        #[serde(skip_serializing_if = "Option::is_none")]
        module: Option<String>,
    },
}

/// What happened in a rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleDetail {
    /// The day that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// Its exceptions in order.
    pub exceptions: Vec<ExceptionTrace>,
    /// Whether the default gave the value.
    pub default_used: bool,
    /// The author's words on the default.
    pub default_because: String,
    /// How the values of the exceptions were combined, where they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub combined: Option<Box<Combined>>,
}

/// How the exceptions that apply became one value.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Combined {
    /// `sum`, `highest`, `lowest` or `compound`.
    pub how: &'static str,
    /// Their combined value, before the cap.
    pub value: Shown,
    /// The cap of `up to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<Shown>,
    /// Whether the cap cut the value, and so is the result.
    pub cut: bool,
}

/// What became of an exception.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExceptionTrace {
    /// Its name.
    pub name: String,
    /// The author's words.
    pub because: String,
    /// Its end.
    pub outcome: ExceptionOutcome,
    /// Its conditions that held, its validity first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<Finding>,
    /// What its `then` gave, where it was one of several values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Shown>,
}

/// How an exception ended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ExceptionOutcome {
    /// It applies.
    Applied {
        /// Whether it gave (part of) the value; not when there was a conflict.
        decided: bool,
    },
    /// It applies, but of the values that were compared another was taken.
    PassedOver {
        /// The name of the exception whose value was taken.
        taken: String,
    },
    /// It applies, but others that apply override it.
    Overridden {
        /// Their names.
        by: Vec<String>,
    },
    /// A condition failed.
    NotApplicable {
        /// The first that failed.
        first: Box<Finding>,
    },
    /// The rule failed before.
    NotReached,
}

/// What happened in a table or grid.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableDetail {
    /// Hit policy in the language's words.
    pub hit: String,
    /// Names of the rows that gave the value.
    pub rows: Vec<String>,
    /// Of a grid: the head of the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub head: Option<String>,
    /// Rows and heads that were considered and not taken.
    pub not_taken: Vec<NotTaken>,
    /// How many more there were.
    pub not_taken_more: u64,
    /// Rows below the hit of `first`, which were not looked at.
    pub not_reached: u64,
    /// Rows that hit, and of whose outputs `priority`, `lowest` or `highest` took another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub passed_over: Vec<PassedOver>,
    /// Rows that hit, where only one may.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clash: Vec<String>,
}

/// A row that hit and whose output was not taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PassedOver {
    /// Name of the row.
    pub name: String,
    /// Its output.
    pub value: Shown,
}

/// A row or head that was not taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NotTaken {
    /// Name of the row; of a head: the head.
    pub name: String,
    /// The first column whose cell failed.
    pub column: String,
    /// The cell.
    pub needed: String,
    /// The value.
    pub got: Shown,
    /// Where the row stands.
    #[serde(skip)]
    pub place: Option<PlaceId>,
}

/// What decided a condition: its last operand, since evaluation stops where the result is certain; or
/// all its operands, where none of them decided alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The condition as written.
    pub condition: String,
    /// Where it stands.
    #[serde(skip)]
    pub place: Option<PlaceId>,
    /// Whether it held, `negated` included.
    pub held: bool,
    /// Whether `not`, `!=` or `unless` stands before it.
    pub negated: bool,
    /// How it compares.
    pub operator: Operator,
    /// What it needed: the right side, or the ends of a range.
    pub needed: Vec<Shown>,
    /// What it got.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<Shown>,
    /// Conditions that were counted; those of an `and` that held, of an `or` that failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Counted>,
    /// What decided the function or query whose result this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Box<Finding>>,
}

impl Finding {
    /// How deep findings nest in this one, itself included. No finding is built deeper than
    /// [`MAX_FINDING_DEPTH`], so the recursion is bounded.
    fn depth(&self) -> usize {
        let items = self.items.iter().filter_map(|item| item.because.as_ref());
        let below = self.because.iter().chain(items);
        1 + below.map(|finding| finding.depth()).max().unwrap_or(0)
    }
}

/// A condition that was counted, or that is part of an `and` or `or`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Counted {
    /// The condition as written.
    pub condition: String,
    /// How it ended.
    pub held: Held,
    /// What decided it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub because: Option<Box<Finding>>,
}

/// How a counted condition ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// It held.
    Held,
    /// It failed.
    Failed,
    /// The result was certain before.
    NotNeeded,
}

impl Held {
    pub(crate) const fn of(holds: bool) -> Held {
        if holds { Held::Held } else { Held::Failed }
    }
}

/// How a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `=`, `is`
    Equal,
    /// `in`
    In,
    /// `between`
    Between,
    /// `is missing`
    Missing,
    /// `valid on`
    ValidOn,
    /// A condition by itself: a field, a name, a function.
    Holds,
    /// `all of`, `any of`, `none of`, `at least`
    Counted,
    /// `and`, all of whose conditions held
    And,
    /// `or`, none of whose conditions held
    Or,
    /// `exists`
    Exists,
    /// `every`
    Every,
}

impl Operator {
    pub(crate) const fn of(order: Order) -> Operator {
        match order {
            Order::Less => Operator::Less,
            Order::LessOrEqual => Operator::LessOrEqual,
            Order::Greater => Operator::Greater,
            Order::GreaterOrEqual => Operator::GreaterOrEqual,
        }
    }
}

/// A note and where it belongs among the calls of its step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Noted {
    /// How many calls the step had made before.
    pub after_calls: usize,
    /// Where the choice or query stands; of others nothing.
    #[serde(skip)]
    pub place: Option<PlaceId>,
    /// Of a part, the elements that the loops around it were at.
    #[serde(skip)]
    pub during: Vec<(Slot, usize)>,
    /// The note.
    #[serde(flatten)]
    pub note: Note,
}

/// A choice, look-up or query.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// A branch was taken.
    If {
        /// The condition as written.
        condition: String,
        /// Whether it held: `then`, or else `else`.
        held: bool,
        /// What decided it.
        because: Option<Box<Finding>>,
    },
    /// An item of a written list was taken or left out.
    Item {
        /// The item as written.
        item: String,
        /// Its `when` as written.
        condition: String,
        /// Whether it held.
        held: bool,
        /// What decided it.
        because: Option<Box<Finding>>,
    },
    /// Conditions were counted.
    Counted {
        /// With what result.
        finding: Box<Finding>,
    },
    /// A row was looked up.
    Lookup {
        /// Full name of the relation.
        relation: String,
        /// Names and values of the key.
        key: Vec<(String, String)>,
        /// Whether it is there.
        found: bool,
    },
    /// A query or `for each` ran.
    Query {
        /// As written.
        query: String,
        /// Elements that it considered.
        considered: u64,
        /// Elements that passed its `where`.
        kept: u64,
        /// How many of these there were up to the one for which `ending with` held.
        #[serde(skip_serializing_if = "Option::is_none")]
        ended_after: Option<u64>,
        /// The value, where it is one and no list.
        #[serde(skip_serializing_if = "Option::is_none")]
        value: Option<String>,
        /// Whether an index left out other rows unseen.
        indexed: bool,
        /// Elements that did not pass.
        refused: Vec<Refused>,
        /// How many more there were.
        refused_more: u64,
    },
    /// An element got its part of what adds up over all elements.
    Part(Box<Part>),
}

/// What an element got so that nothing is lost: its part of a share, or its value rounded with the
/// remainder carried along. Numbers are texts; `…` ends one of which more digits follow.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// The share or rounding as written.
    pub part: String,
    /// Of a share: what it is the exact part of.
    #[serde(flatten)]
    pub divided: Option<Divided>,
    /// The key whose share or running total this is, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
    /// Its own part or value, before anything is rounded.
    pub exact: String,
    /// What the elements before it left over, exactly: what they had a claim to, less what they got.
    /// Nothing where what is left over goes to one element at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried: Option<String>,
    /// The step of the rounding.
    pub step: String,
    /// The mode of the rounding.
    pub using: String,
    /// What was left over after all parts were rounded, where this element takes it.
    #[serde(flatten)]
    pub rest: Option<LeftOver>,
    /// What it got, the rest included.
    pub value: String,
}

/// What one element takes at the end, so that the parts add up.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeftOver {
    /// Its own part, rounded.
    pub rounded: String,
    /// What was left over; it may be negative.
    pub rest: String,
}

/// What was divided, by what.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Divided {
    /// What was divided.
    pub total: String,
    /// The weight of the element.
    pub weight: String,
    /// The sum of the weights of all.
    pub weights: String,
}

/// An element that a query refused.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Refused {
    /// The element.
    pub element: String,
    /// The first condition that refused it.
    pub because: Option<Box<Finding>>,
}

impl Trace {
    /// What decided the outermost call: names of rows and exceptions, `default`, or the date of a
    /// parameter value; `tier.trade` goes on into what gave the value, several are parted by commas.
    /// Empty when nothing with a name decided.
    pub fn decided_by(&self) -> String {
        let mut names = decided_by(&self.root);
        names.retain(|name| !name.is_empty());
        names.join(", ")
    }
}

fn decided_by(step: &Step) -> Vec<String> {
    let mut names = Vec::new();
    for decided in &step.decided {
        let child = decided.through.and_then(|at| step.children.get(at));
        let below = child.map(decided_by).unwrap_or_default();
        let named: Vec<String> = below.into_iter().filter(|name| !name.is_empty()).collect();
        if named.is_empty() {
            names.push(decided.name.clone());
        }
        for name in named {
            names.push(match decided.name.as_str() {
                "" => name,
                outer => format!("{outer}.{name}"),
            });
        }
    }
    names
}
