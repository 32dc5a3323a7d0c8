//! The abstract syntax of one declaration.
//!
//! Plain owned data, made from the lossless tree of a declaration. Spans are bytes from the start of
//! the declaration's text, so an edit elsewhere in the file changes nothing here. What could not be
//! read is [`ExprKind::Error`] or left out; the faults are reported by the grammar.

pub mod expr;
pub mod lower;
pub(crate) mod paths;
pub mod table;

use std::sync::Arc;

use rust_decimal::Decimal;

pub use expr::*;
pub use table::*;

/// A word of the author's text.
pub type Word = Arc<str>;

/// Bytes from the start of the declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

impl Span {
    /// From the start of `self` to the end of `other`.
    pub fn to(self, other: Span) -> Span {
        Span {
            start: self.start.min(other.start),
            end: self.end.max(other.end),
        }
    }
}

/// A name with its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// The word.
    pub text: Word,
    /// Where.
    pub span: Span,
}

/// A dotted path, at least one part.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// The parts.
    pub parts: Vec<Name>,
}

impl Path {
    /// The path as written, with dots.
    pub fn text(&self) -> String {
        let parts: Vec<&str> = self.parts.iter().map(|part| &*part.text).collect();
        parts.join(".")
    }
    /// From the first part to the last.
    pub fn span(&self) -> Span {
        match (self.parts.first(), self.parts.last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::default(),
        }
    }
}

/// A declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decl {
    /// The `///` lines above it, without the slashes, joined by line ends.
    pub doc: String,
    /// What it declares.
    pub item: Item,
    /// The whole declaration without its documentation.
    pub span: Span,
}

/// What a declaration declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `module a.b`
    Module(Path),
    /// `use a.b`
    Use(Path),
    /// `currency a, b`
    Currency(Vec<Name>),
    /// `unit a, b`
    Unit(Vec<Name>),
    /// `number N = …`
    Number(NumberDecl),
    /// `enum E = …`
    Enum(EnumDecl),
    /// `record R …`
    Record(RecordDecl),
    /// `data D …`
    Data(DataDecl),
    /// `parameter p : T …`
    Parameter(ParameterDecl),
    /// `reason r (…) "…"`
    Reason(ReasonDecl),
    /// `define f (…) gives T …`
    Define(DefineDecl),
    /// `decision f (…) gives T …`
    Decision(DefineDecl),
    /// `example x = …`
    Example {
        /// Name.
        name: Name,
        /// Value.
        value: Expr,
    },
    /// `rule r (…) gives T …`
    Rule(RuleDecl),
    /// `extend a.b …`
    Extend(ExtendDecl),
    /// `table t (…) gives T …`
    Table(TableDecl),
    /// `test "…" …`
    Test(TestDecl),
    /// `property "…" …`
    Property(PropertyDecl),
    /// A declaration whose header could not be read.
    Broken,
}

impl Item {
    /// The name that the declaration introduces, when it is a single one.
    pub fn name(&self) -> Option<&Name> {
        match self {
            Item::Number(decl) => Some(&decl.name),
            Item::Enum(decl) => Some(&decl.name),
            Item::Record(decl) => Some(&decl.name),
            Item::Data(decl) => Some(&decl.name),
            Item::Parameter(decl) => Some(&decl.name),
            Item::Reason(decl) => Some(&decl.name),
            Item::Define(decl) | Item::Decision(decl) => Some(&decl.name),
            Item::Example { name, .. } => Some(name),
            Item::Rule(decl) => Some(&decl.name),
            Item::Table(decl) => Some(&decl.name),
            _ => None,
        }
    }
}

/// A written type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeExpr {
    /// What it is.
    pub kind: TypeKind,
    /// `?`
    pub optional: bool,
    /// Where.
    pub span: Span,
}

/// What a written type is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// A name, built in or declared.
    Named(Path),
    /// `list of T`
    List(Box<TypeExpr>),
    /// Could not be read.
    Error,
}

/// A parameter: `name: T, at most 500`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParamDecl {
    /// Name.
    pub name: Name,
    /// Type.
    pub ty: TypeExpr,
    /// Bound of a list in elements.
    pub at_most: Option<Count>,
    /// Whether its values are shown to nobody.
    pub sensitive: bool,
}

/// A count such as that of `at most 500`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// The value; `None` when it is beyond 2^64 − 1.
    pub value: Option<u64>,
    /// Where.
    pub span: Span,
}

/// A dimension: `money in C`, a unit, `percent`, `plain`, one per another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DimExpr {
    /// Above.
    pub over: DimAtom,
    /// Below `per`.
    pub per: Option<DimAtom>,
    /// Where.
    pub span: Span,
}

/// An atom of a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DimAtom {
    /// `money in C`
    Money(Name),
    /// A unit, a currency, `percent`, `plain`, `days`, or the name of a number type.
    Named(Name),
    /// Could not be read.
    Error,
}

/// `number N = dim, 2 places, from a to b`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberDecl {
    /// Name.
    pub name: Name,
    /// Dimension.
    pub dim: DimExpr,
    /// `n places`, each time it is said.
    pub places: Vec<(Decimal, Span)>,
    /// `from a`
    pub from: Option<Expr>,
    /// `to b`
    pub to: Option<Expr>,
}

/// `enum E = a | b` or `a < b`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumDecl {
    /// Name.
    pub name: Name,
    /// Written with `<`.
    pub ordered: bool,
    /// Values in order.
    pub values: Vec<Name>,
}

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDecl {
    /// Name.
    pub name: Name,
    /// Type.
    pub ty: TypeExpr,
    /// Bound of a list.
    pub at_most: Option<Count>,
    /// Default value.
    pub default: Option<Expr>,
    /// `///` lines above the field.
    pub doc: String,
    /// Whether its values are not to be shown.
    pub sensitive: bool,
}

/// `check COND because "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckDecl {
    /// The condition.
    pub cond: Expr,
    /// Words.
    pub because: Option<TextLit>,
    /// Where.
    pub span: Span,
}

/// A text literal without holes, such as that of `because`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLit {
    /// Unescaped; holes are kept as written.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// `record R`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordDecl {
    /// Name.
    pub name: Name,
    /// Fields.
    pub fields: Vec<FieldDecl>,
    /// Checks.
    pub checks: Vec<CheckDecl>,
}

/// `data D`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDecl {
    /// Name.
    pub name: Name,
    /// Key fields.
    pub keys: Vec<FieldDecl>,
    /// Other fields.
    pub fields: Vec<FieldDecl>,
    /// Checks.
    pub checks: Vec<CheckDecl>,
    /// `check distinct …`
    pub distinct: Vec<DistinctDecl>,
    /// `valid from A to B`, each time it is said.
    pub valid: Vec<(Name, Name)>,
    /// `rows at most …`
    pub rows: Vec<RowsDecl>,
    /// `fresh within …`: a number with its unit.
    pub fresh: Vec<Expr>,
}

/// `check distinct a, b while valid because "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DistinctDecl {
    /// Fields.
    pub fields: Vec<Name>,
    /// `while valid`
    pub while_valid: bool,
    /// Words.
    pub because: Option<TextLit>,
    /// Where.
    pub span: Span,
}

/// `rows at most N per a, b`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowsDecl {
    /// Bound.
    pub at_most: Count,
    /// Fields.
    pub per: Vec<Name>,
    /// Where.
    pub span: Span,
}

/// `parameter p : T`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterDecl {
    /// Name.
    pub name: Name,
    /// Type.
    pub ty: TypeExpr,
    /// `open to values`
    pub open: bool,
    /// Values.
    pub values: Vec<ParameterValueDecl>,
}

/// `from D is V because "…"` or `is V`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterValueDecl {
    /// First day; `None` for `is V`.
    pub from: Option<DateLit>,
    /// Value.
    pub value: Expr,
    /// Words.
    pub because: Option<TextLit>,
    /// Where.
    pub span: Span,
}

/// A written date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateLit {
    /// Day number; `None` when there is no such date.
    pub day: Option<i32>,
    /// Where.
    pub span: Span,
}

/// `reason r (…) warning "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonDecl {
    /// Name.
    pub name: Name,
    /// Parameters.
    pub params: Vec<ParamDecl>,
    /// `info`, `warning`, `error`
    pub severity: Option<Name>,
    /// A text literal, with holes.
    pub message: Option<Expr>,
}

/// `define` and `decision`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefineDecl {
    /// Name.
    pub name: Name,
    /// Parameters.
    pub params: Vec<ParamDecl>,
    /// Type of the result.
    pub result: Option<TypeExpr>,
    /// Body.
    pub body: Expr,
}

/// `rule`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleDecl {
    /// Name.
    pub name: Name,
    /// Parameters.
    pub params: Vec<ParamDecl>,
    /// Type of the result.
    pub result: Option<TypeExpr>,
    /// `as of`
    pub as_of: Vec<Expr>,
    /// `combine how up to cap`
    pub combine: Vec<CombineDecl>,
    /// `exceptions may agree`
    pub may_agree: Option<Span>,
    /// `open to exceptions`
    pub open: Option<Span>,
    /// `default`
    pub default: Option<DefaultDecl>,
    /// Exceptions.
    pub exceptions: Vec<ExceptionDecl>,
}

/// `combine sum up to 30%`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CombineDecl {
    /// The word.
    pub how: Name,
    /// Cap.
    pub cap: Option<Expr>,
    /// Where.
    pub span: Span,
}

/// `default V because "…"`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefaultDecl {
    /// Value.
    pub value: Expr,
    /// Words.
    pub because: Option<TextLit>,
    /// Where.
    pub span: Span,
}

/// `exception e …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptionDecl {
    /// Name.
    pub name: Name,
    /// `overrides a, b`
    pub overrides: Vec<Path>,
    /// `yields to a, b`
    pub yields_to: Vec<Path>,
    /// `valid …`
    pub valid: Option<ValidityDecl>,
    /// `when`
    pub when: Option<Expr>,
    /// `unless`
    pub unless: Option<Expr>,
    /// `then`
    pub then: Option<Expr>,
    /// Words.
    pub because: Option<TextLit>,
    /// Where.
    pub span: Span,
}

/// `valid A to B`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValidityDecl {
    /// First day.
    pub from: Option<DateLit>,
    /// Last day.
    pub to: Option<DateLit>,
    /// Where.
    pub span: Span,
}

/// `extend a.b …`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtendDecl {
    /// What is extended.
    pub target: Path,
    /// Exceptions, for a rule.
    pub exceptions: Vec<ExceptionDecl>,
    /// Values, for a parameter.
    pub values: Vec<ParameterValueDecl>,
}
