//! Nodes: the expressions of the IR.
//!
//! A callable owns one arena of nodes. Children are indexes into the same arena and always smaller
//! than their parent, so every arena is a forest that can be read from the front. Evaluation is
//! strict and from left to right in the order in which the fields below are listed, except where a
//! node says otherwise. The first failure ends the decision.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::facts::NumFacts;
use crate::types::{
    CallableId, EnumId, IndexId, NodeId, PlaceId, ReasonId, RecordId, RelationId, Slot, Type,
};

/// One expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// What it does.
    pub op: Op,
    /// Type of its value.
    pub ty: Type,
    /// For `Int` and `Num` (optional or not): what is proved of the value.
    pub facts: Option<NumFacts>,
    /// Where it stands in the text.
    pub place: PlaceId,
}

/// A constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "crate::flat::ConstForm", try_from = "crate::flat::ConstForm")]
pub enum Const {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A decimal, a percent as its fraction.
    Num(Decimal),
    /// Text.
    Text(String),
    /// A code, already normalised.
    Code(String),
    /// Day number, see [`crate::date`].
    Date(i32),
    /// A date formula in canonical text.
    DateFormula(String),
    /// A calendar, by its code.
    Calendar(String),
    /// Position of the value in its enum.
    Enum(EnumId, u32),
    /// The absent value of an optional.
    Missing,
    /// A list of constants.
    List(Vec<Const>),
    /// A record of constants, all fields in declared order.
    Record(RecordId, Vec<Const>),
}

/// Arithmetic on two numbers of the same kind (both `Int`, or both `Num`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Arithmetic {
    /// Sum.
    Add,
    /// Difference.
    Subtract,
    /// Product.
    Multiply,
    /// Quotient; only of `Num`. A zero divisor is `division_by_zero`.
    Divide,
}

/// An order comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Order {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Order {
    /// What holds of the sides when they are exchanged: `a < b` is `b > a`.
    #[must_use]
    pub fn turned(self) -> Order {
        match self {
            Order::Less => Order::Greater,
            Order::LessOrEqual => Order::GreaterOrEqual,
            Order::Greater => Order::Less,
            Order::GreaterOrEqual => Order::LessOrEqual,
        }
    }
}

/// How the conditions of a written list are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Counting {
    /// All hold; stops at the first that fails.
    All,
    /// At least one holds; stops at the first that holds.
    Any,
    /// None holds; stops at the first that holds.
    None,
    /// At least so many hold; stops when reached or out of reach.
    AtLeast(u32),
}

/// Unit of a calendar step in date arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DateUnit {
    /// Days.
    Days,
    /// Weeks of seven days.
    Weeks,
    /// Months, clipped to the end of the month.
    Months,
    /// Three months.
    Quarters,
    /// Twelve months.
    Years,
}

/// When the value of a `let` is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LetMode {
    /// At its first use, once; never if it is not used.
    Lazy,
    /// When the `let` is reached: it holds a running value.
    Now,
}

/// Which element takes the rest of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Rest {
    /// Running: each part is a difference of rounded running totals.
    Running,
    /// The greatest magnitude of the weight; a tie: the earlier.
    Largest,
    /// The first whose weight is not 0.
    First,
    /// The last whose weight is not 0.
    Last,
}

/// An item of a written list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The item is left out when this is false.
    pub when: Option<NodeId>,
    /// The item.
    pub value: NodeId,
}

/// A piece of a text with holes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextPart {
    /// As written.
    Text(String),
    /// A value in its canonical form.
    Hole(NodeId),
}

/// What a node does. See `docs/ir/operations.md` for the exact semantics of each operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// A constant.
    Const(Const),
    /// The value of a slot: a parameter, a loop element, a carried value or a `let`.
    Local(Slot),
    /// Inside an exception: the value of the rule's default.
    Default,
    /// Binds a slot in `body`.
    Let {
        /// The slot that is bound.
        slot: Slot,
        /// When `value` is computed.
        mode: LetMode,
        /// Its value.
        value: NodeId,
        /// Where it is in sight.
        body: NodeId,
    },
    /// The branch that is not taken is not evaluated.
    If {
        /// The condition.
        cond: NodeId,
        /// Taken when it holds.
        then: NodeId,
        /// Taken otherwise.
        other: NodeId,
    },
    /// Both hold; the right side is not evaluated when the left fails.
    And(NodeId, NodeId),
    /// One holds; the right side is not evaluated when the left holds.
    Or(NodeId, NodeId),
    /// Negation.
    Not(NodeId),
    /// Counts conditions of a written list.
    Counted {
        /// How.
        how: Counting,
        /// The conditions, from the left.
        items: Vec<NodeId>,
    },

    /// `Int` with `Int` gives `Int`, `Num` with `Num` gives `Num`.
    Arithmetic(Arithmetic, NodeId, NodeId),
    /// Changes the sign.
    Negate(NodeId),
    /// The magnitude.
    Absolute(NodeId),
    /// An `Int` as a `Num`; exact.
    IntToNum(NodeId),
    /// A `Num` without places as an `Int`; `overflow` beyond ±(2^63 − 1), `out_of_range` with places.
    NumToInt(NodeId),
    /// Rounds to a multiple of a step (above zero, else `out_of_range`).
    Round {
        /// The value.
        value: NodeId,
        /// The step.
        step: NodeId,
        /// The mode, a value of `Rounding`.
        mode: NodeId,
    },
    /// Rounds the running total of a loop and gives what was not given before.
    RoundRunning {
        /// Number of the running total in the nearest loop.
        state: u32,
        /// The value added to the total.
        value: NodeId,
        /// The step.
        step: NodeId,
        /// The mode.
        mode: NodeId,
        /// One running total per value of this.
        per: Option<NodeId>,
    },
    /// This element's part of a share of the nearest loop that has shares.
    SharePart(u32),
    /// Checks a number against a declared type: places and range, else `out_of_range`.
    Border {
        /// The value; an optional passes when missing.
        value: NodeId,
        /// The declared type.
        to: Type,
        /// What is being filled, as the author calls it (`quantity`, `result of line_amount`).
        what: String,
    },
    /// Checks the length of a list, else `limit_exceeded`.
    Bound {
        /// The list.
        value: NodeId,
        /// Greatest number of elements.
        at_most: u32,
        /// What is being filled.
        what: String,
    },

    /// Equal by value; of optionals: missing equals missing.
    Equal(NodeId, NodeId),
    /// Order of `Int`, `Num`, `Date`, `Text`, `Code` or an ordered enum.
    Compare(Order, NodeId, NodeId),
    /// Both ends included; a missing end is open.
    Between {
        /// The value.
        value: NodeId,
        /// Lower end, may be optional.
        low: NodeId,
        /// Upper end, may be optional.
        high: NodeId,
    },
    /// Equal to some element.
    In(NodeId, NodeId),

    /// A plain value where an optional is wanted.
    ToOptional(NodeId),
    /// Whether an optional is missing.
    IsMissing(NodeId),
    /// The value of an optional that a condition has shown to be there; missing is `internal`.
    Present(NodeId),
    /// The value of `value`, or else `other`, which is evaluated only then.
    Otherwise {
        /// The optional.
        value: NodeId,
        /// Instead of a missing value; plain or optional as the node's type says.
        other: NodeId,
    },
    /// Ends the decision with `stopped` and this reason.
    Stop(NodeId),

    /// `date` moved by a constant number of calendar units.
    DateStep {
        /// The day.
        date: NodeId,
        /// How many, may be negative.
        count: i32,
        /// Of what.
        unit: DateUnit,
    },
    /// `date` plus a number of days (a `Num` or `Int` without places).
    DatePlusDays(NodeId, NodeId),
    /// `date` plus a date formula.
    DatePlusFormula(NodeId, NodeId),
    /// Days from the second to the first; an `Int`.
    DateDifference(NodeId, NodeId),
    /// A built-in function.
    Builtin(Builtin, Vec<NodeId>),
    /// Text with holes.
    Text(Vec<TextPart>),

    /// Builds a record; fields in declared order.
    Record(RecordId, Vec<NodeId>),
    /// A field of a record or row, by position.
    Field(NodeId, u32),
    /// A copy with some fields changed, in the order of the text.
    With(NodeId, Vec<(u32, NodeId)>),
    /// Runs the checks of a record built inside; a violated one is `check_failed`.
    Check(NodeId),
    /// The row with this key, else `missing_data`.
    Lookup {
        /// The relation.
        relation: RelationId,
        /// Values of its key fields, in order.
        key: Vec<NodeId>,
    },
    /// Whether a row is valid on a day.
    ValidOn {
        /// The row.
        row: NodeId,
        /// The day.
        date: NodeId,
    },

    /// A written list.
    List(Vec<Item>),
    /// Two lists, one after the other.
    Concat(NodeId, NodeId),
    /// The lowest of a written, non-empty list of plain values.
    Lowest(Vec<NodeId>),
    /// The highest of a written, non-empty list of plain values.
    Highest(Vec<NodeId>),
    /// A query or `for each`.
    Loop(Box<Loop>),

    /// Calls a callable with a smaller identifier.
    Call(CallableId, Vec<NodeId>),
    /// Makes a reason.
    Reason(ReasonId, Vec<NodeId>),
    /// `.code` of a reason.
    ReasonCode(NodeId),
    /// `.severity` of a reason.
    ReasonSeverity(NodeId),
}

/// Built-in functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Builtin {
    /// `add_working_days(date, n, calendars)`.
    AddWorkingDays,
    /// `working_days_between(from, to, calendars)`.
    WorkingDaysBetween,
    /// `start_of_month(date)`.
    StartOfMonth,
    /// `end_of_month(date)`.
    EndOfMonth,
    /// `weekday(date)`: 1 is Monday.
    Weekday,
    /// `length(text)` in Unicode scalar values.
    Length,
    /// `starts_with(text, text)`.
    StartsWith,
}

/// A query or `for each`.
///
/// Order of evaluation: the elements of the sources in order, `filter` for each; the `order` keys of
/// those left; a stable sort; then element by element `until` and the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loop {
    /// One or more; a later one may read the slots of earlier ones.
    pub sources: Vec<Source>,
    /// `where`.
    pub filter: Option<NodeId>,
    /// `by … then …`.
    pub order: Vec<Key>,
    /// `ending with`: the last element is the first for which it holds.
    pub until: Option<NodeId>,
    /// Values that the next element sees.
    pub carries: Vec<Carry>,
    /// `let`s of the body, in sight of later ones, of `next` and of the result.
    pub lets: Vec<LoopLet>,
    /// How many running totals ([`Op::RoundRunning`]) the body has.
    pub running: u32,
    /// Shares of the body, computed over all elements before the body runs.
    pub shares: Vec<Share>,
    /// What comes out.
    pub result: LoopResult,
}

/// A source of elements.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Holds the element.
    pub slot: Slot,
    /// Where the elements come from.
    pub over: Over,
}

/// Where elements come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Over {
    /// A list, in its order.
    List(NodeId),
    /// All rows of a relation, in key order.
    Relation(RelationId),
    /// The rows of a relation whose index columns equal these values, in key order. The filter still
    /// holds every condition: an index only leaves out rows that the filter would refuse.
    Indexed {
        /// The relation.
        relation: RelationId,
        /// Its index.
        index: IndexId,
        /// One value per column of the index, from the left, evaluated once, before the first row:
        /// constants, locals, and what is made of these without a failure of its own. Where the
        /// first use of a lazy `let` fails, all rows of the relation are read instead.
        key: Vec<NodeId>,
    },
}

/// A sort key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The value, evaluated per element.
    pub value: NodeId,
    /// Greatest first. A missing value sorts before all others, or after them when descending.
    pub descending: bool,
}

/// A carried value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carry {
    /// Holds what earlier elements left.
    pub slot: Slot,
    /// Evaluated once, before the elements.
    pub start: NodeId,
    /// What it will be; all `next` of an element take effect together, after it.
    pub next: Option<NodeId>,
    /// Also advanced while shares are computed (a share reads it; it reads no share).
    pub in_shares: bool,
}

/// A `let` of a loop body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoopLet {
    /// The slot.
    pub slot: Slot,
    /// When it is computed.
    pub mode: LetMode,
    /// Its value.
    pub value: NodeId,
}

/// `share of total by weight to step`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Only elements for which this holds take part.
    pub guard: Option<NodeId>,
    /// What is divided.
    pub total: NodeId,
    /// The weight.
    pub weight: NodeId,
    /// The rounding step.
    pub step: NodeId,
    /// The rounding mode.
    pub mode: NodeId,
    /// One division per value of this.
    pub per: Option<NodeId>,
    /// Who takes the rest.
    pub rest: Rest,
    /// For errors.
    pub place: PlaceId,
}

/// What a loop gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoopResult {
    /// One value per element: a list.
    List(NodeId),
    /// One value after the last element, from the carried ones.
    Finally(NodeId),
    /// Sum, 0 when there are no elements.
    Sum(NodeId),
    /// Number of elements; an `Int`.
    Count,
    /// Lowest value; optional. The first of equals.
    Lowest(NodeId),
    /// Highest value; optional. The first of equals.
    Highest(NodeId),
    /// Value of the first element; optional. Stops there.
    First(NodeId),
    /// Whether there is an element. Stops at the first.
    Exists,
    /// Whether the condition holds for all. Stops at the first for which it fails.
    Every(NodeId),
    /// A list of records, one per distinct key in order of first appearance: the key fields in order,
    /// then `members`, the elements of the single source.
    Group {
        /// The keys.
        keys: Vec<NodeId>,
        /// The record of keys and members.
        record: RecordId,
    },
}
