//! Relations between types: what fits where, what is ordered, what two branches have in common.

use rust_decimal::Decimal;

use super::type_of_facts;
use crate::code::normalise_code;
use crate::date_formula::DateFormula;
use crate::facts::NumFacts;
use crate::node::Const;
use crate::program::Program;
use crate::types::{NumType, Type};

/// Greatest nesting of constants that is looked into.
pub(crate) const MAX_CONST_DEPTH: u32 = 32;

/// Whether every value of the first type is one of the second.
pub(crate) fn sub(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Num(a), Type::Num(b)) => NumFacts::declared(a).within(b),
        (
            Type::List {
                item: a,
                at_most: most_a,
            },
            Type::List {
                item: b,
                at_most: most_b,
            },
        ) => {
            let bounded = match (most_a, most_b) {
                (_, None) => true,
                (Some(a), Some(b)) => a <= b,
                (None, Some(_)) => false,
            };
            bounded && sub(a, b)
        }
        (Type::Optional(a), Type::Optional(b)) => sub(a, b),
        (a, b) => a == b,
    }
}

/// Whether plain values of the type are ordered.
pub(crate) fn is_ordered(program: &Program, ty: &Type) -> bool {
    match ty {
        Type::Int | Type::Num(_) | Type::Date | Type::Text | Type::Code => true,
        Type::Enum(id) => program.enum_of(*id).is_some_and(|found| found.ordered),
        _ => false,
    }
}

/// The narrowest type that holds the values of both; `None` when they differ in shape.
pub(crate) fn join_types(a: &Type, b: &Type) -> Option<Type> {
    Some(match (a, b) {
        (Type::Num(x), Type::Num(y)) if x == y => a.clone(),
        (Type::Num(x), Type::Num(y)) => {
            let joined = NumFacts::declared(x).join(&NumFacts::declared(y));
            Type::Num(type_of_facts(&joined, &both(x, y)))
        }
        (
            Type::List {
                item: x,
                at_most: m,
            },
            Type::List {
                item: y,
                at_most: n,
            },
        ) => Type::List {
            item: Box::new(join_types(x, y)?),
            at_most: m.zip(*n).map(|(m, n)| m.max(n)),
        },
        (Type::Optional(x), Type::Optional(y)) => Type::Optional(Box::new(join_types(x, y)?)),
        _ if a == b => a.clone(),
        _ => return None,
    })
}

/// The type without the range of a number: its kind alone.
pub(crate) fn unlimited(ty: &Type) -> Type {
    match ty {
        Type::Num(number) => Type::Num(without_limits(number)),
        Type::Optional(inner) => Type::Optional(Box::new(unlimited(inner))),
        other => other.clone(),
    }
}

/// A number of the same kind without limits.
pub(crate) fn without_limits(number: &NumType) -> NumType {
    NumType {
        percent: number.percent,
        unit: number.unit.clone(),
        ..NumType::PLAIN
    }
}

/// The kind that two numbers have in common, without limits.
pub(crate) fn both(a: &NumType, b: &NumType) -> NumType {
    NumType {
        percent: a.percent && b.percent,
        unit: a.unit.clone().filter(|unit| b.unit.as_ref() == Some(unit)),
        ..NumType::PLAIN
    }
}

/// A declaration of exactly one value.
pub(crate) fn exactly(value: Decimal) -> Type {
    Type::Num(type_of_facts(&NumFacts::constant(value), &NumType::PLAIN))
}

/// Whether a constant is a value of a type, declarations included.
pub(crate) fn const_fits(program: &Program, value: &Const, ty: &Type) -> bool {
    fits_at(program, value, ty, 0)
}

fn fits_at(program: &Program, value: &Const, ty: &Type, depth: u32) -> bool {
    if depth > MAX_CONST_DEPTH {
        return false;
    }
    if let Type::Optional(inner) = ty {
        return *value == Const::Missing || fits_at(program, value, inner, depth);
    }
    let next = depth.saturating_add(1);
    match (value, ty) {
        (Const::Bool(_), Type::Bool) | (Const::Text(_), Type::Text) => true,
        (Const::Code(text), Type::Code) | (Const::Calendar(text), Type::Calendar) => {
            normalise_code(text) == text.as_str()
        }
        (Const::DateFormula(text), Type::DateFormula) => {
            DateFormula::parse(text).is_ok_and(|formula| formula.to_string() == *text)
        }
        (Const::Int(value), Type::Int) => *value >= crate::facts::INT_LOWEST,
        (Const::Date(day), Type::Date) => {
            (crate::date::FIRST_DAY..=crate::date::LAST_DAY).contains(day)
        }
        (Const::Num(value), Type::Num(number)) => NumFacts::constant(*value).within(number),
        (Const::Enum(id, at), Type::Enum(wanted)) => {
            id == wanted
                && program
                    .enum_of(*id)
                    .is_some_and(|found| (*at as usize) < found.values.len())
        }
        (Const::List(items), Type::List { item, at_most }) => {
            at_most.is_none_or(|most| items.len() <= most as usize)
                && items.iter().all(|one| fits_at(program, one, item, next))
        }
        (Const::Record(id, values), Type::Record(wanted)) => {
            id == wanted
                && program.record(*id).is_some_and(|record| {
                    record.fields.len() == values.len()
                        && record
                            .fields
                            .iter()
                            .zip(values)
                            .all(|(field, value)| fits_at(program, value, &field.ty, next))
                })
        }
        _ => false,
    }
}
