//! Tables, grids, tests and properties.

use super::{CompareOp, DateLit, Expr, LetStmt, Name, ParamDecl, Path, Span, TextLit, TypeExpr};

/// `table`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDecl {
    /// Name.
    pub name: Name,
    /// Parameters.
    pub params: Vec<ParamDecl>,
    /// Type of the result.
    pub result: Option<TypeExpr>,
    /// `as of`, each time it is said.
    pub as_of: Vec<Expr>,
    /// `hit list by priority`: the words, without `hit` and `by`.
    pub hit: Option<HitDecl>,
    /// The rows.
    pub body: TableBody,
}

/// `hit w by v`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HitDecl {
    /// First word.
    pub word: Name,
    /// Word after `by`.
    pub by: Option<Name>,
}

/// Where the rows of a table are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableBody {
    /// Here.
    Rows(RowsBody),
    /// Here, two-way.
    Grid(GridBody),
    /// `from "tiers.csv"`
    File(TextLit),
    /// Could not be read.
    Error,
}

/// Rows under a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowsBody {
    /// A first column headed `#`.
    pub named: bool,
    /// Key columns: parameters or their fields.
    pub columns: Vec<Path>,
    /// Output columns.
    pub outputs: Vec<Path>,
    /// Rows that could be read.
    pub rows: Vec<RowDecl>,
}

/// A row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowDecl {
    /// Its name, where rows are named.
    pub name: Option<Name>,
    /// Key cells.
    pub cells: Vec<CellDecl>,
    /// Outputs.
    pub outputs: Vec<Expr>,
    /// The line.
    pub span: Span,
}

/// A grid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GridBody {
    /// A first column headed `#`.
    pub named: bool,
    /// Key columns before the corner.
    pub columns: Vec<Path>,
    /// Left of the backslash: the row axis.
    pub row_axis: Path,
    /// Right of the backslash: the column axis.
    pub column_axis: Path,
    /// Cells of the column axis.
    pub heads: Vec<CellDecl>,
    /// Rows: cells are the key columns and then the row axis.
    pub rows: Vec<RowDecl>,
}

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellDecl {
    /// What it says.
    pub kind: CellKind,
    /// Where.
    pub span: Span,
}

/// What a cell says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// `-`
    Any,
    /// `10+`, only on the axes of a grid.
    Step(Expr),
    /// One or more tests.
    Tests(Vec<TestCell>),
    /// Could not be read.
    Error,
}

/// A test of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestCell {
    /// Where `not` stands before it.
    pub not: Option<Span>,
    /// The test.
    pub kind: TestKind,
    /// Where.
    pub span: Span,
}

/// What a test of a cell says. Limits are constants, `missing`, or names in sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestKind {
    /// A value.
    Value(Expr),
    /// `< a`
    Compare(CompareOp, Expr),
    /// `a to b`, `a to below b`
    Range {
        /// Lower end.
        low: Expr,
        /// Upper end.
        high: Expr,
        /// `below`
        below: bool,
    },
}

/// `test "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestDecl {
    /// Title.
    pub title: TextLit,
    /// Steps in order.
    pub steps: Vec<TestStep>,
}

/// `property "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyDecl {
    /// Title.
    pub title: TextLit,
    /// `for all`
    pub params: Vec<ParamDecl>,
    /// `where`
    pub filter: Option<Expr>,
    /// Steps in order.
    pub steps: Vec<TestStep>,
}

/// A step of a test or property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TestStep {
    /// `given Relation` with rows.
    Given(GivenDecl),
    /// `given calendar "C"` with its days.
    Calendar(CalendarDecl),
    /// `let`
    Let(LetStmt),
    /// `cases`
    Cases(CasesDecl),
    /// `expect E`
    Expect {
        /// The condition.
        cond: Expr,
        /// Where.
        span: Span,
    },
    /// `expect error CODE in E`
    ExpectError {
        /// The code.
        code: Name,
        /// The expression that fails.
        value: Expr,
        /// Where.
        span: Span,
    },
}

/// `given Relation`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenDecl {
    /// The relation.
    pub relation: Path,
    /// Columns.
    pub columns: Vec<Name>,
    /// Rows.
    pub rows: Vec<FixtureRow>,
    /// Where.
    pub span: Span,
}

/// `given calendar "C" working 1, 2 from … to …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarDecl {
    /// The code.
    pub code: TextLit,
    /// `working`: the weekdays as they are written.
    pub working: Option<Vec<Name>>,
    /// The days that it knows.
    pub known: Option<(DateLit, DateLit)>,
    /// Columns.
    pub columns: Vec<Name>,
    /// Rows: the days that are not as usual.
    pub rows: Vec<FixtureRow>,
    /// Where.
    pub span: Span,
}

/// A row of a fixture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixtureRow {
    /// Cells; `None` is `-`.
    pub cells: Vec<Option<Expr>>,
    /// The line.
    pub span: Span,
}

/// `cases`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasesDecl {
    /// Names left of `||`.
    pub columns: Vec<Path>,
    /// Expressions right of it.
    pub outputs: Vec<Expr>,
    /// Whether the last column is `by`.
    pub by: bool,
    /// Rows.
    pub rows: Vec<CaseRow>,
    /// Where.
    pub span: Span,
}

/// A row of cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// Cells left of `||`; `None` is `-`.
    pub cells: Vec<Option<Expr>>,
    /// Expected values.
    pub outputs: Vec<Expr>,
    /// What decided, for a table with `by`.
    pub by: Vec<Decider>,
    /// The line.
    pub span: Span,
}

/// What decided: `-`, a date, or dotted words and dates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decider {
    /// The parts; empty is `-`.
    pub parts: Vec<DeciderPart>,
    /// Where.
    pub span: Span,
}

/// A part of a decider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeciderPart {
    /// A row, an exception, `default`.
    Word(Name),
    /// The date of a parameter value.
    Date(DateLit),
}
