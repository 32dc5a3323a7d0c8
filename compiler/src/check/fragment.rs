//! What checking a declaration leaves: callables with symbolic references, and findings.
//!
//! Identifiers inside a fragment point into its own [`Refs`]; linking replaces them by those of the
//! program. So a fragment depends on the declaration alone and is reused while it is unchanged.

use std::sync::Arc;

use assize_ir::{Callable, DateUnit, EnumId, NodeId, RecordId, RelationId};

use crate::ast::{Span, Word};
use crate::diagnostic::Diagnostic;
use crate::items::DeclId;
use crate::ty::{Dim, EnumRef, RecordRef, Ty};

/// Which callable of a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// The declaration itself; the message of a reason.
    Main,
    /// A check of a record or relation.
    Check(u32),
    /// The default of a field.
    Default(u32),
    /// An expression of a test, in the order of the plan.
    Test(u32),
}

/// A callable by declaration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallableRef {
    /// The declaration.
    pub decl: DeclId,
    /// Which of its callables.
    pub part: Part,
}

/// What a fragment refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refs {
    /// Enums; the first three are the built-in ones.
    pub enums: Vec<EnumRef>,
    /// Records.
    pub records: Vec<RecordRef>,
    /// Relations.
    pub relations: Vec<DeclId>,
    /// Reasons.
    pub reasons: Vec<DeclId>,
    /// Callables.
    pub callables: Vec<CallableRef>,
    /// Indexes asked for: relation (of this fragment) and fields.
    pub indexes: Vec<(RelationId, Vec<u32>)>,
    /// Dimensions that were met, with their words.
    units: Vec<(Dim, Option<Arc<str>>)>,
}

impl Refs {
    /// With the built-in enums.
    pub fn new() -> Refs {
        Refs {
            enums: vec![EnumRef::Rounding, EnumRef::Severity, EnumRef::ReasonCode],
            ..Refs::default()
        }
    }

    /// The local identifier of an enum.
    pub fn enum_id(&mut self, of: &EnumRef) -> EnumId {
        EnumId(position(&mut self.enums, of))
    }
    /// The local identifier of a record.
    pub fn record_id(&mut self, of: &RecordRef) -> RecordId {
        RecordId(position(&mut self.records, of))
    }
    /// The local identifier of a relation.
    pub fn relation_id(&mut self, of: &DeclId) -> RelationId {
        RelationId(position(&mut self.relations, of))
    }
    /// The local identifier of a reason.
    pub fn reason_id(&mut self, of: &DeclId) -> assize_ir::ReasonId {
        assize_ir::ReasonId(position(&mut self.reasons, of))
    }
    /// The local identifier of a callable.
    pub fn callable_id(&mut self, of: &CallableRef) -> assize_ir::CallableId {
        assize_ir::CallableId(position(&mut self.callables, of))
    }
    /// The local identifier of an index.
    pub fn index_id(&mut self, of: &(RelationId, Vec<u32>)) -> assize_ir::IndexId {
        assize_ir::IndexId(position(&mut self.indexes, of))
    }

    /// The words of a dimension. Nearly every node of a declaration has one of a few, so each is
    /// made once.
    fn unit(&mut self, dim: &Dim) -> Option<Arc<str>> {
        if let Some((_, unit)) = self.units.iter().find(|(known, _)| known == dim) {
            return unit.clone();
        }
        let unit = dim.unit().map(Arc::from);
        self.units.push((dim.clone(), unit.clone()));
        unit
    }

    /// The IR type of a checked type.
    pub fn ir_type(&mut self, ty: &Ty) -> assize_ir::Type {
        use assize_ir::Type;
        match ty {
            Ty::Bool | Ty::Error | Ty::Never => Type::Bool,
            Ty::Int => Type::Int,
            Ty::Num(dim, facts) => Type::Num(assize_ir::NumType {
                unit: self.unit(dim),
                ..Ty::num_type(dim, facts)
            }),
            Ty::Span(..) => Type::Int,
            Ty::Text => Type::Text,
            Ty::Code => Type::Code,
            Ty::Date => Type::Date,
            Ty::DateFormula => Type::DateFormula,
            Ty::Calendar => Type::Calendar,
            Ty::Enum(of) => Type::Enum(self.enum_id(of)),
            Ty::Record(of) => Type::Record(self.record_id(of)),
            Ty::Row(of) => Type::Row(self.relation_id(of)),
            Ty::Reason => Type::Reason,
            Ty::List(item, at_most) => Type::List {
                item: Box::new(self.ir_type(item)),
                at_most: *at_most,
            },
            Ty::Missing => Type::Optional(Box::new(Type::Bool)),
            Ty::Optional(inner) => Type::Optional(Box::new(self.ir_type(inner))),
        }
    }
}

fn position<T: PartialEq + Clone>(list: &mut Vec<T>, of: &T) -> u32 {
    let found = list
        .iter()
        .position(|known| known == of)
        .unwrap_or_else(|| {
            list.push(of.clone());
            list.len() - 1
        });
    u32::try_from(found).unwrap_or(u32::MAX)
}

/// A callable with symbolic references. Its places are indexes into `places`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Which of the declaration's callables.
    pub part: Part,
    /// The callable.
    pub callable: Callable,
    /// What it refers to.
    pub refs: Refs,
    /// Places, relative to the declaration.
    pub places: Vec<Span>,
}

/// A use of a name, for editors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Where.
    pub span: Span,
    /// What it means.
    pub target: Target,
}

/// What a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A declaration, or a value of an enum, or a field by position.
    Decl(DeclId, Option<u32>),
    /// A local: where it is bound.
    Local(Span),
    /// A built-in function.
    Builtin(Word),
}

/// A step of a test, with the callables that evaluate it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanStep {
    /// `given`: one callable per row, each makes a record of the relation's fields.
    Given {
        /// The relation.
        relation: DeclId,
        /// One part per row.
        rows: Vec<(Part, Span)>,
        /// Where.
        span: Span,
    },
    /// `given calendar`: what it says is constant.
    Calendar(assize_eval::calendar::Calendar),
    /// `expect`.
    Expect {
        /// The condition.
        cond: Part,
        /// Both sides of a comparison, to show what came out.
        sides: Option<(Part, Part)>,
        /// What the steps below take from it: values that are there.
        teaches: bool,
        /// Where it does not hold what it teaches, the steps that rely on it mean nothing.
        relies: bool,
        /// Where.
        span: Span,
    },
    /// `expect error CODE in E`.
    ExpectError {
        /// The code.
        code: Word,
        /// The expression.
        value: Part,
        /// Whether it relies on what an `expect` above teaches.
        relies: bool,
        /// Where.
        span: Span,
    },
    /// A row of `cases`.
    Case {
        /// Per output: condition, actual, expected.
        outputs: Vec<(Part, Part, Part)>,
        /// What must have decided: alternatives parted by commas are all named.
        by: Option<Vec<String>>,
        /// Whether it relies on what an `expect` above teaches.
        relies: bool,
        /// The line.
        span: Span,
    },
}

/// The plan of a `test` or `property`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestPlan {
    /// Title.
    pub title: String,
    /// For a property: names and types of its parameters, which are the parameters of every part.
    pub params: Vec<(Word, Ty)>,
    /// For a property: `where`.
    pub filter: Option<Part>,
    /// Whether the steps may rely on values that are there because of `where`.
    pub filter_teaches: bool,
    /// Steps.
    pub steps: Vec<PlanStep>,
}

/// Everything that checking a declaration found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Callables.
    pub fragments: Vec<Fragment>,
    /// Faults and warnings.
    pub diagnostics: Vec<Diagnostic>,
    /// Uses of names.
    pub uses: Vec<Use>,
    /// Types of expressions, for editors.
    pub types: Vec<(Span, Ty)>,
    /// Type of the value, for an example.
    pub value: Option<Ty>,
    /// For tests and properties.
    pub plan: Option<TestPlan>,
}

impl Checked {
    /// A callable of the declaration. The rows of a test stand in their order, so that one of thousands
    /// is found without looking through all.
    pub fn fragment(&self, part: Part) -> Option<&Fragment> {
        let likely = match part {
            Part::Main => 0,
            Part::Check(at) | Part::Default(at) | Part::Test(at) => at as usize,
        };
        let there = self.fragments.get(likely).filter(|it| it.part == part);
        there.or_else(|| self.fragments.iter().find(|it| it.part == part))
    }
}

/// Unit words of date arithmetic.
pub fn date_unit(word: &str) -> Option<DateUnit> {
    Some(match word {
        "day" | "days" => DateUnit::Days,
        "week" | "weeks" => DateUnit::Weeks,
        "month" | "months" => DateUnit::Months,
        "quarter" | "quarters" => DateUnit::Quarters,
        "year" | "years" => DateUnit::Years,
        _ => return None,
    })
}

/// A checked expression: its node and type.
#[derive(Clone, Debug)]
pub struct Val {
    /// The node.
    pub node: NodeId,
    /// Its type.
    pub ty: Ty,
}
