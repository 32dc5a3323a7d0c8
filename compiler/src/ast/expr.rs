//! Expressions: what stands in bodies, cells, defaults and conditions.

use rust_decimal::Decimal;

use super::{Count, DateLit, DimExpr, Name, Span, TypeExpr};

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: Box<ExprKind>,
    /// Where; without enclosing parentheses.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// Could not be read.
    Error,
    /// `missing`
    Missing,
    /// `true`, `false`
    Bool(bool),
    /// `2026-11-20`
    Date(DateLit),
    /// `5%`: the points as written (5); `None` when it does not fit a decimal.
    Percent(Option<Decimal>),
    /// `12.50 EUR`, `3`; `None` when it does not fit a decimal.
    Number {
        /// The value.
        value: Option<Decimal>,
        /// Whether a point was written: `3` may be an `int`, `3.0` not.
        point: bool,
        /// The words after it.
        unit: Option<UnitExpr>,
    },
    /// `"text {hole}"`
    Text(Vec<TextPiece>),
    /// `default`
    Default,
    /// A bare name.
    Name(Name),
    /// `base.name`
    Field {
        /// The record or row.
        base: Expr,
        /// The field.
        name: Name,
    },
    /// `f(a, b)`, `R(field: a)`, `module.f(a)`: the callee is a name or a dotted path.
    Call {
        /// What is called.
        callee: Expr,
        /// Arguments.
        args: Vec<Arg>,
    },
    /// `Relation[key, key]`
    Index {
        /// The relation.
        base: Expr,
        /// Its key.
        keys: Vec<Expr>,
    },
    /// `[a, b when c]`
    List(Vec<ListItem>),
    /// `base with (field: value)`
    With {
        /// The record.
        base: Expr,
        /// Changed fields.
        args: Vec<Arg>,
    },
    /// `parameter on date`
    On {
        /// The parameter.
        base: Expr,
        /// The day.
        date: Expr,
    },
    /// `-x`
    Negate(Expr),
    /// `not x`
    Not(Expr),
    /// `a and b and c`, two or more.
    And(Vec<Expr>),
    /// `a or b or c`, two or more.
    Or(Vec<Expr>),
    /// `a + b`, `a * b`
    Arithmetic {
        /// `+ - * /`
        op: ArithmeticOp,
        /// Left.
        left: Expr,
        /// Right.
        right: Expr,
        /// Where the sign stands.
        op_span: Span,
    },
    /// `a < b`, `a = b`, `a != b`
    Compare {
        /// The sign.
        op: CompareOp,
        /// Left.
        left: Expr,
        /// Right.
        right: Expr,
        /// Where the sign stands.
        op_span: Span,
    },
    /// `a is b`, `a is not b`
    Is {
        /// `is not`
        negated: bool,
        /// Left.
        left: Expr,
        /// Right.
        right: Expr,
    },
    /// `x between a and b`
    Between {
        /// The value.
        value: Expr,
        /// Lower end.
        low: Expr,
        /// Upper end.
        high: Expr,
    },
    /// `row valid on date`
    ValidOn {
        /// The row.
        row: Expr,
        /// The day.
        date: Expr,
    },
    /// `x in xs`, `x not in xs`
    In {
        /// `not in`
        negated: bool,
        /// The value.
        value: Expr,
        /// The list.
        list: Expr,
    },
    /// `x as dim`
    As {
        /// The number.
        value: Expr,
        /// Its dimension.
        dim: DimExpr,
    },
    /// `round x to s using m carrying remainder per k`
    Round {
        /// The value.
        value: Expr,
        /// The step.
        step: Expr,
        /// The mode.
        using: Option<Expr>,
        /// `carrying remainder`
        carrying: Option<Carrying>,
    },
    /// `share of T by w to s using m per k rest to largest`
    Share(Box<ShareExpr>),
    /// `if a then b else c`
    If {
        /// Condition.
        cond: Expr,
        /// Taken when it holds.
        then: Expr,
        /// Taken otherwise.
        other: Expr,
    },
    /// `let … give …`
    Let {
        /// The names.
        lets: Vec<LetStmt>,
        /// The value.
        body: Expr,
    },
    /// `for each …`
    ForEach(Box<ForEachExpr>),
    /// `sum of …`
    Aggregate {
        /// Which.
        how: AggregateHow,
        /// Of what.
        of: AggregateOf,
    },
    /// `group …`
    Group(Box<GroupExpr>),
    /// `exists x in S where c`
    Exists(Query),
    /// `every x in S where c has d`
    Every {
        /// Elements (no `by`, no `ending with`).
        query: Query,
        /// The condition.
        has: Expr,
    },
    /// `all of [..]`, `at least 2 of [..]`
    Counted {
        /// How.
        how: CountedHow,
        /// The conditions.
        items: Vec<Expr>,
    },
    /// `x otherwise y`
    Otherwise {
        /// The optional.
        value: Expr,
        /// Instead.
        other: Expr,
    },
    /// `stop reason(…)`
    Stop(Expr),
}

/// `EUR`, `document per local`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitExpr {
    /// Above.
    pub over: Name,
    /// Below.
    pub per: Option<Name>,
}

/// A piece of a text literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPiece {
    /// Unescaped text.
    Text(String),
    /// `{expr}`
    Hole(Expr),
}

/// An argument: `name: value`, or a value alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arg {
    /// Name, if written.
    pub name: Option<Name>,
    /// Value.
    pub value: Expr,
}

/// An item of a written list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListItem {
    /// The value.
    pub value: Expr,
    /// `when`
    pub when: Option<Expr>,
}

/// `+ - * /`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArithmeticOp {
    /// `+`, also of lists and dates.
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
}

/// `< <= > >= = !=`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
}

/// `carrying remainder per k`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrying {
    /// The key.
    pub per: Option<Expr>,
    /// Where the words stand.
    pub span: Span,
}

/// `share of …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareExpr {
    /// What is divided.
    pub total: Expr,
    /// Weight.
    pub weight: Expr,
    /// Step.
    pub step: Expr,
    /// Mode.
    pub using: Option<Expr>,
    /// Key.
    pub per: Option<Expr>,
    /// `largest`, `first`, `last`
    pub rest: Option<Name>,
}

/// `let name : T = value`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetStmt {
    /// Name.
    pub name: Name,
    /// Type, if written.
    pub ty: Option<TypeExpr>,
    /// Value.
    pub value: Expr,
}

/// `for each`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForEachExpr {
    /// Elements.
    pub query: Query,
    /// Steps in the order of the text.
    pub steps: Vec<Step>,
    /// `give` or `finally`
    pub result: ForEachResult,
}

/// A step of a `for each`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `carry v : T = start`
    Carry(LetStmt),
    /// `let`
    Let(LetStmt),
    /// `next v = value`
    Next {
        /// The carried name.
        name: Name,
        /// Its next value.
        value: Expr,
    },
}

/// What a `for each` ends with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForEachResult {
    /// One value per element.
    Give(Expr),
    /// One value after the last.
    Finally(Expr),
}

/// The tail of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// `x in S for y in T`, one or more.
    pub binders: Vec<Binder>,
    /// `where`
    pub filter: Option<Expr>,
    /// `by … then …`
    pub order: Vec<OrderKey>,
    /// `ending with`
    pub ending: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// `x in S`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binder {
    /// The element.
    pub name: Name,
    /// The source: a list, the bare name of a relation, or a group.
    pub source: Expr,
}

/// A sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderKey {
    /// The key.
    pub value: Expr,
    /// `descending`
    pub descending: bool,
}

/// Aggregates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AggregateHow {
    /// `sum of`
    Sum,
    /// `count of`
    Count,
    /// `lowest of`
    Lowest,
    /// `highest of`
    Highest,
    /// `first of`
    First,
}

/// What an aggregate is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AggregateOf {
    /// `E for x in S …`, or `x in S …` (then `value` is `None`).
    Query {
        /// The value per element.
        value: Option<Expr>,
        /// The elements.
        query: Query,
    },
    /// Any list.
    List(Expr),
}

/// `group l in lines where c by key: e then key: e`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupExpr {
    /// Element and source.
    pub binder: Binder,
    /// `where`
    pub filter: Option<Expr>,
    /// Keys.
    pub keys: Vec<(Name, Expr)>,
}

/// How conditions are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CountedHow {
    /// `all of`
    All,
    /// `any of`
    Any,
    /// `none of`
    None,
    /// `at least n of`
    AtLeast(Count),
}
