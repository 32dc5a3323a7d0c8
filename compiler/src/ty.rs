//! Types and dimensions of the checker.

use std::sync::Arc;

use assize_ir::facts::MAX_SCALE;
use assize_ir::{DateUnit, NumFacts, NumType, Places};

use crate::ast::Word;
use crate::items::DeclId;

/// A base dimension, by full name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Base {
    /// Money in a currency.
    Money(Arc<str>),
    /// A unit.
    Unit(Arc<str>),
    /// Days.
    Days,
}

impl Base {
    /// Its name without its module.
    fn name(&self) -> &str {
        match self {
            Base::Money(name) | Base::Unit(name) => name.rsplit('.').next().unwrap_or(name),
            Base::Days => "days",
        }
    }

    /// As the author writes it.
    fn text(&self) -> String {
        match self {
            Base::Money(_) => format!("money in {}", self.name()),
            Base::Unit(_) | Base::Days => self.name().to_string(),
        }
    }
}

/// The bases above and below a line of division, with their exponents.
fn sides(bases: &[(Base, i32)], text: impl Fn(&Base) -> String) -> (Vec<String>, Vec<String>) {
    let side = |positive: bool| {
        let on_it = bases.iter().filter(|(_, it)| (*it > 0) == positive);
        let named = on_it.map(|(base, exponent)| match exponent.abs() {
            1 => text(base),
            n => format!("{}^{n}", text(base)),
        });
        named.collect()
    };
    (side(true), side(false))
}

/// A dimension: percent, or a product of base dimensions with whole exponents (none: plain).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Dim {
    /// Percent.
    Percent,
    /// Sorted by base, no exponent is 0.
    Of(Vec<(Base, i32)>),
}

impl Dim {
    /// No dimension.
    pub const PLAIN: Dim = Dim::Of(Vec::new());

    /// One base.
    pub fn base(base: Base) -> Dim {
        Dim::Of(vec![(base, 1)])
    }

    /// Days.
    pub fn days() -> Dim {
        Dim::base(Base::Days)
    }

    /// Whether it is plain.
    pub fn is_plain(&self) -> bool {
        matches!(self, Dim::Of(bases) if bases.is_empty())
    }

    /// Dimension of a product, or of a quotient when `sign` is −1. `None`: percent cannot be divided
    /// by something with a dimension.
    pub fn combine(&self, other: &Dim, sign: i32) -> Option<Dim> {
        match (self, other) {
            (Dim::Percent, Dim::Percent) if sign < 0 => Some(Dim::PLAIN),
            (Dim::Percent, Dim::Percent) => Some(Dim::Percent),
            (Dim::Percent, Dim::Of(bases)) if bases.is_empty() && sign < 0 => Some(Dim::Percent),
            (Dim::Percent, Dim::Of(_)) if sign < 0 => None,
            // A percent of something keeps the dimension of the something.
            (Dim::Percent, other) => Some(other.clone()),
            (this, Dim::Percent) => Some(this.clone()),
            (Dim::Of(a), Dim::Of(b)) => {
                let mut out = a.clone();
                for (base, exponent) in b {
                    let exponent = exponent * sign;
                    match out.iter_mut().find(|(known, _)| known == base) {
                        Some((_, sum)) => *sum += exponent,
                        None => out.push((base.clone(), exponent)),
                    }
                }
                out.retain(|(_, exponent)| *exponent != 0);
                out.sort();
                Some(Dim::Of(out))
            }
        }
    }

    /// As the author would write it as a type.
    pub fn text(&self) -> String {
        let Dim::Of(bases) = self else {
            return "percent".to_string();
        };
        let (above, below) = sides(bases, Base::text);
        match (above.is_empty(), below.is_empty()) {
            (true, true) => "plain".to_string(),
            (false, true) => above.join(" * "),
            (true, false) => format!("plain per {}", below.join(" per ")),
            (false, false) => format!("{} per {}", above.join(" * "), below.join(" per ")),
        }
    }

    /// What stands behind the digits of a literal; nothing behind a plain number, and of a percent
    /// its sign is no unit.
    pub fn unit(&self) -> Option<String> {
        let Dim::Of(bases) = self else {
            return None;
        };
        let (above, below) = sides(bases, |base| base.name().to_string());
        let below = below.iter().map(|name| format!("per {name}"));
        let parts = (!above.is_empty()).then(|| above.join(" * "));
        let parts: Vec<String> = parts.into_iter().chain(below).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// A built-in enum or a declared one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum EnumRef {
    /// `Rounding`
    Rounding,
    /// `Severity`
    Severity,
    /// `ReasonCode`
    ReasonCode,
    /// Declared.
    Declared(DeclId),
}

/// A record type: declared, or made by `group`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RecordRef {
    /// Declared.
    Declared(DeclId),
    /// Keys and members of a group.
    Group(Arc<GroupTy>),
    /// A row of a relation as a record of the same fields: the rows of `given`.
    RowOf(DeclId),
}

/// The record that a `group` makes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct GroupTy {
    /// Keys in order.
    pub keys: Vec<(Word, Ty)>,
    /// Type of a member.
    pub member: Ty,
    /// Bound of the members' number.
    pub at_most: Option<u32>,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ty {
    /// Unknown because of a reported fault: fits everything.
    Error,
    /// Type of `stop`: fits everything.
    Never,
    /// Type of `missing` alone.
    Missing,
    /// `bool`
    Bool,
    /// `int`
    Int,
    /// A decimal with a dimension and what is known of its values.
    Num(Dim, NumFacts),
    /// `2 months`: only in date arithmetic.
    Span(DateUnit, i32),
    /// `text`
    Text,
    /// `code`
    Code,
    /// `date`
    Date,
    /// `date_formula`
    DateFormula,
    /// `calendar`
    Calendar,
    /// An enum.
    Enum(EnumRef),
    /// A record.
    Record(RecordRef),
    /// A row of a relation.
    Row(DeclId),
    /// `Reason`
    Reason,
    /// A list with an optional bound. `Ty::Never` as element: the empty list.
    List(Box<Ty>, Option<u32>),
    /// `T?`
    Optional(Box<Ty>),
}

impl Ty {
    /// A plain number without limits.
    pub fn number() -> Ty {
        Ty::Num(Dim::PLAIN, NumFacts::declared(&NumType::PLAIN))
    }

    /// Whether a fault about it was already reported.
    pub fn is_error(&self) -> bool {
        match self {
            Ty::Error => true,
            Ty::List(item, _) => item.is_error(),
            Ty::Optional(inner) => inner.is_error(),
            _ => false,
        }
    }

    /// `T` of `T?`, else the type itself.
    pub fn plain(&self) -> &Ty {
        match self {
            Ty::Optional(inner) => inner,
            other => other,
        }
    }

    /// `T?`; an optional stays one, and a list is never optional.
    pub fn optional(self) -> Ty {
        match self {
            Ty::Optional(_) | Ty::Missing | Ty::Error => self,
            other => Ty::Optional(Box::new(other)),
        }
    }

    /// Whether values may be missing.
    pub fn is_optional(&self) -> bool {
        matches!(self, Ty::Optional(_) | Ty::Missing)
    }

    /// Whether it is a number of either kind, optional or not.
    pub fn is_number(&self) -> bool {
        matches!(self.plain(), Ty::Int | Ty::Num(..))
    }

    /// What a border with this number type lets through.
    pub fn num_type(dim: &Dim, facts: &NumFacts) -> NumType {
        NumType {
            percent: *dim == Dim::Percent,
            // A product may have more places than a decimal has: that is no limit.
            places: match facts.places {
                Places::AtMost(n) if n <= MAX_SCALE => Some(n),
                Places::AtMost(_) | Places::FromData | Places::Open => None,
            },
            lowest: facts.lowest,
            highest: facts.highest,
            unit: None,
        }
    }

    /// Facts of values of this type, for numbers.
    pub fn facts(&self) -> Option<NumFacts> {
        match self.plain() {
            // A span of months or weeks is held as its count.
            Ty::Int | Ty::Span(..) => Some(NumFacts::int()),
            Ty::Num(_, facts) => Some(facts.clone()),
            _ => None,
        }
    }

    /// As the author would write it.
    pub fn text(&self) -> String {
        match self {
            Ty::Error => "unknown".to_string(),
            Ty::Never => "nothing".to_string(),
            Ty::Missing => "missing".to_string(),
            Ty::Bool => "bool".to_string(),
            Ty::Int => "int".to_string(),
            Ty::Num(dim, _) if dim.is_plain() => "number".to_string(),
            Ty::Num(dim, _) => dim.text(),
            Ty::Span(unit, count) => format!("{count} {unit:?}").to_lowercase(),
            Ty::Text => "text".to_string(),
            Ty::Code => "code".to_string(),
            Ty::Date => "date".to_string(),
            Ty::DateFormula => "date_formula".to_string(),
            Ty::Calendar => "calendar".to_string(),
            Ty::Enum(EnumRef::Rounding) => "Rounding".to_string(),
            Ty::Enum(EnumRef::Severity) => "Severity".to_string(),
            Ty::Enum(EnumRef::ReasonCode) => "ReasonCode".to_string(),
            Ty::Enum(EnumRef::Declared(decl)) => decl.name().to_string(),
            Ty::Record(RecordRef::Declared(decl) | RecordRef::RowOf(decl)) | Ty::Row(decl) => {
                decl.name().to_string()
            }
            Ty::Record(RecordRef::Group(_)) => "group".to_string(),
            Ty::Reason => "Reason".to_string(),
            Ty::List(item, _) if **item == Ty::Never => "empty list".to_string(),
            Ty::List(item, _) => format!("list of {}", item.text()),
            Ty::Optional(inner) => format!("{}?", inner.text()),
        }
    }
}
