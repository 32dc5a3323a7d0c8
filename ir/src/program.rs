//! The program: everything a decision can reach, with nothing left to look up.

use serde::{Deserialize, Serialize};

use crate::hidden::Hidden;
use crate::literal::Rows;
use crate::node::{Const, Node, Order};
use crate::types::{
    CallableId, EnumId, NodeId, PlaceId, ReasonId, RecordId, RelationId, Slot, Type,
};

/// A checked program. All lists are in a fixed order that depends on the texts alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// Name of the root package.
    pub package: String,
    /// Version of the root package.
    pub version: String,
    /// Enums; the first three are built in, see [`crate::ROUNDING`].
    pub enums: Vec<Enum>,
    /// Records, those of `group` included.
    pub records: Vec<Record>,
    /// Relations of the snapshot.
    pub relations: Vec<Relation>,
    /// Reasons.
    pub reasons: Vec<Reason>,
    /// Callables; each calls only earlier ones, so no program can recurse.
    pub callables: Vec<Callable>,
    /// What the package offers to callers.
    pub decisions: Vec<Decision>,
    /// Extensions of other packages' rules and parameters that are in force.
    pub extensions: Vec<Extension>,
    /// Files that places point into.
    pub files: Vec<SourceFile>,
    /// Places in the text.
    #[serde(with = "crate::place_form")]
    pub places: Vec<Place>,
    /// What is shown to nobody. It follows from the rest, and is found where a program is verified.
    #[serde(skip)]
    pub hidden: Hidden,
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enum {
    /// Full name, `module.Name`; built-in ones have no module.
    pub name: String,
    /// Whether the values are ordered, lowest first.
    pub ordered: bool,
    /// Names of the values.
    pub values: Vec<String>,
    /// Documentation.
    pub doc: String,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Full name.
    pub name: String,
    /// Fields in declared order.
    pub fields: Vec<Field>,
    /// Checks in the order of the text.
    pub checks: Vec<Check>,
    /// Documentation.
    pub doc: String,
    /// Place of the declaration.
    pub place: PlaceId,
}

/// A field of a record or relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name as written in text, JSON and CSV.
    pub name: String,
    /// Type.
    pub ty: Type,
    /// Value when left out; an optional field without one is missing.
    pub default: Option<Const>,
    /// Documentation.
    pub doc: String,
    /// Whether its values are shown in no trace, error or fault, see [`crate::hidden`].
    pub sensitive: bool,
}

/// `check COND because "…"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// One parameter (the record or row), gives `bool`.
    pub callable: CallableId,
    /// The author's words.
    pub because: String,
    /// Place of the check.
    pub place: PlaceId,
}

/// A relation of the snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relation {
    /// Full name.
    pub name: String,
    /// All fields; the key fields come first.
    pub fields: Vec<Field>,
    /// How many of the fields are the key.
    pub key_fields: u32,
    /// Greatest age in seconds that a decision accepts.
    pub fresh_within_seconds: Option<u64>,
    /// Positions of the two `date?` fields that bound a row's validity.
    pub valid: Option<(u32, u32)>,
    /// Checks of each row.
    pub checks: Vec<Check>,
    /// `check distinct`.
    pub distinct: Vec<Distinct>,
    /// `rows at most`.
    pub limits: Vec<RowLimit>,
    /// Indexes that queries name.
    pub indexes: Vec<Index>,
    /// Documentation.
    pub doc: String,
    /// Place of the declaration.
    pub place: PlaceId,
}

/// `check distinct a, b while valid`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Distinct {
    /// Positions of the fields.
    pub fields: Vec<u32>,
    /// Only rows that are valid on a common day are compared.
    pub while_valid: bool,
    /// The author's words, may be empty.
    pub because: String,
    /// Place.
    pub place: PlaceId,
}

/// `rows at most N per a, b`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowLimit {
    /// Greatest number of rows.
    pub at_most: u64,
    /// Positions of the fields; empty: the whole relation.
    pub per: Vec<u32>,
    /// Place.
    pub place: PlaceId,
}

/// An index on equality of some fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Positions of the fields, rising.
    pub fields: Vec<u32>,
}

/// A reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Code as callers see it: the bare name, unique in a program.
    pub code: String,
    /// Module that declares it.
    pub module: String,
    /// Position in `Severity`.
    pub severity: u32,
    /// Parameters.
    pub params: Vec<Param>,
    /// Makes the text from the parameters; not part of a decision's bytes.
    pub message: CallableId,
    /// Documentation.
    pub doc: String,
    /// Place of the declaration.
    pub place: PlaceId,
}

/// A parameter of a callable or reason, or another name of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Name.
    pub name: String,
    /// Type.
    pub ty: Type,
    /// Whether no explanation and no error shows it. Only of a parameter of a callable.
    pub sensitive: bool,
}

/// What a package offers to callers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Name by which it is called: bare when unique in the package, else `module.name`.
    pub name: String,
    /// The callable.
    pub callable: CallableId,
    /// Relations that it can reach, in order of their names.
    pub reads: Vec<RelationId>,
    /// Upper bound of evaluation steps.
    pub cost: Cost,
}

/// An upper bound as a sum of products.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// The terms, greatest first.
    pub terms: Vec<CostTerm>,
}

/// One product of a [`Cost`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostTerm {
    /// Steps, all known factors multiplied in.
    pub steps: u64,
    /// Sizes that make it up, as the author calls them (`lines at most 500`), known ones included.
    pub factors: Vec<String>,
    /// Relations without a declared bound: the term is `steps` × their numbers of rows.
    pub unbounded: Vec<String>,
}

/// `extend` of another package's rule or parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// What is extended.
    pub target: CallableId,
    /// Package that extends it.
    pub package: String,
    /// Module that extends it.
    pub module: String,
    /// What it adds: names of exceptions or dates of values.
    pub adds: Vec<String>,
    /// Place.
    pub place: PlaceId,
}

/// A source file that places point into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Module name.
    pub module: String,
    /// Path below the package's folder, with `/`.
    pub path: String,
    /// The text, for explanations.
    pub text: String,
}

/// A place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Index into [`Program::files`].
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// Line, from 1.
    pub line: u32,
    /// Column in Unicode scalar values, from 1.
    pub column: u32,
}

/// Something that can be called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callable {
    /// Bare name as the author wrote it.
    pub name: String,
    /// Module.
    pub module: String,
    /// Parameters; they are the first slots.
    pub params: Vec<Param>,
    /// Type of the value.
    pub result: Type,
    /// All slots: parameters first, then each binder of the nodes, each bound in one place only.
    pub slots: Vec<Param>,
    /// The arena. Nodes that rows of columns name are behind it, see [`Callable::node`].
    pub nodes: Vec<Node>,
    /// What it does.
    pub body: Body,
    /// Documentation.
    pub doc: String,
    /// Place of the declaration.
    pub place: PlaceId,
}

/// What a callable does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// `define`, `decision`, a check, the text of a reason, a test expression.
    Define(NodeId),
    /// `parameter`; a dated one has one parameter, the day.
    Parameter(Vec<ParameterValue>),
    /// `rule`.
    Rule(Rule),
    /// `table`.
    Table(Table),
    /// A two-way table.
    Grid(Grid),
}

/// A value of a parameter through time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParameterValue {
    /// First day; `None` for the only value of an undated parameter.
    pub from: Option<i32>,
    /// A constant expression.
    pub value: NodeId,
    /// The author's words, may be empty.
    pub because: String,
    /// Place.
    pub place: PlaceId,
}

/// A rule. The one exception that applies and is overridden by no other that applies gives the value;
/// none: the default, or `undecided`; several: `conflict`, unless they agree or are combined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// The day that validities are compared with; evaluated first, when there is one.
    pub as_of: Option<NodeId>,
    /// The default.
    pub default: Option<DefaultValue>,
    /// Exceptions: those of the base in the order of the text, then extensions by full name.
    pub exceptions: Vec<Exception>,
    /// Combines all that apply instead of a conflict.
    pub combine: Option<Combine>,
    /// Several that apply are no conflict when their values are equal.
    pub may_agree: bool,
}

/// The default of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefaultValue {
    /// Its value.
    pub value: NodeId,
    /// The author's words, may be empty.
    pub because: String,
    /// Place.
    pub place: PlaceId,
}

/// An exception of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Bare name in the base, full name (`module.name`) in an extension.
    pub name: String,
    /// First day, included.
    pub from: Option<i32>,
    /// Last day, included.
    pub to: Option<i32>,
    /// `when`.
    pub when: Option<NodeId>,
    /// `unless`: evaluated after `when` holds.
    pub unless: Option<NodeId>,
    /// The value.
    pub then: NodeId,
    /// Positions of the exceptions that this one overrides, directly.
    pub overrides: Vec<u32>,
    /// The author's words, may be empty.
    pub because: String,
    /// Place.
    pub place: PlaceId,
}

/// How exceptions that apply are combined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Combine {
    /// With what.
    pub how: CombineHow,
    /// `up to`: caps the combined value.
    pub cap: Option<NodeId>,
}

/// With what exceptions are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CombineHow {
    /// Their sum.
    Sum,
    /// The highest.
    Highest,
    /// The lowest.
    Lowest,
    /// 100% − Π(100% − x).
    Compound,
}

/// Hit policy of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Hit {
    /// One row; a second is `conflict`.
    Unique,
    /// Several rows, if their outputs are equal.
    Same,
    /// The first row.
    First,
    /// The row with the highest output, by the order of its enum; outputs from the left.
    Priority,
    /// All rows, in their order: a list.
    List,
    /// All rows, highest output first, then in their order: a list.
    ListByPriority,
    /// Sum of the outputs.
    Sum,
    /// Lowest output.
    Lowest,
    /// Highest output.
    Highest,
    /// Number of rows; an `Int`.
    Count,
}

/// A decision table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Hit policy.
    pub hit: Hit,
    /// Inputs, evaluated from the left before the first row.
    pub columns: Vec<Column>,
    /// Names of the output columns.
    pub outputs: Vec<String>,
    /// With several outputs: the record that they make.
    pub record: Option<RecordId>,
    /// Rows in the order of the text.
    pub rows: Rows,
}

/// An input column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// As written in the header.
    pub name: String,
    /// The value that cells are compared with.
    pub value: NodeId,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its name, or its number from 1.
    pub name: String,
    /// One cell per column.
    pub cells: Vec<Cell>,
    /// One node per output; evaluated only when the row hits.
    pub outputs: Vec<NodeId>,
    /// Place of the row.
    pub place: PlaceId,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// `-`: anything, a missing value too.
    Any,
    /// One of the tests holds.
    OneOf(Vec<Test>),
    /// None of the tests holds; takes a missing value unless `missing` is one of them.
    NoneOf(Vec<Test>),
}

/// A test of a cell. Only [`Test::Missing`] takes a missing value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Test {
    /// The value is missing.
    Missing,
    /// Equal to a value.
    Equal(NodeId),
    /// Compared with a value.
    Compare(Order, NodeId),
    /// From a value, included, to a value.
    Range {
        /// Lower end, included.
        low: NodeId,
        /// Upper end; `None`: open above (the last step of a grid).
        high: Option<NodeId>,
        /// Whether the upper end is left out (`to below`, a step).
        below: bool,
    },
}

/// A two-way table: always unique; one output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// Key columns of the rows; the last is the row axis.
    pub columns: Vec<Column>,
    /// The column axis.
    pub across: Column,
    /// One cell per column of the grid.
    pub heads: Vec<GridHead>,
    /// Rows: cells as many as `columns`, outputs as many as `heads`.
    pub rows: Vec<Row>,
}

/// The head of a grid column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridHead {
    /// As written, for traces.
    pub name: String,
    /// The cell.
    pub cell: Cell,
    /// Place.
    pub place: PlaceId,
}

impl Program {
    /// The enum with this identifier.
    pub fn enum_of(&self, id: EnumId) -> Option<&Enum> {
        self.enums.get(id.index())
    }
    /// The record with this identifier.
    pub fn record(&self, id: RecordId) -> Option<&Record> {
        self.records.get(id.index())
    }
    /// The relation with this identifier.
    pub fn relation(&self, id: RelationId) -> Option<&Relation> {
        self.relations.get(id.index())
    }
    /// The reason with this identifier.
    pub fn reason(&self, id: ReasonId) -> Option<&Reason> {
        self.reasons.get(id.index())
    }
    /// The callable with this identifier.
    pub fn callable(&self, id: CallableId) -> Option<&Callable> {
        self.callables.get(id.index())
    }
    /// The place with this identifier.
    pub fn place(&self, id: PlaceId) -> Option<Place> {
        self.places.get(id.index()).copied()
    }
    /// The decision with this name.
    pub fn decision(&self, name: &str) -> Option<&Decision> {
        self.decisions.iter().find(|decision| decision.name == name)
    }
}

impl Callable {
    /// The node with this identifier: of the arena, or one behind it that a row of columns names.
    #[inline]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        match (self.nodes.get(id.index()), &self.body) {
            (None, Body::Table(table)) => table.rows.node(id),
            (own, _) => own,
        }
    }
    /// The slot with this identifier.
    pub fn slot(&self, id: Slot) -> Option<&Param> {
        self.slots.get(id.index())
    }
}
