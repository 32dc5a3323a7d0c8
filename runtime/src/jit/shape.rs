//! How values lie in machine words.
//!
//! Every value is one to a few words of 64 bits. A number whose declared places and range fit is one
//! word: its coefficient at a scale that is known when the code is made. Any other number is a decimal
//! of the definition in two words. A record is the address of its fields, one after the other; a list is
//! an address and a count, and its numbers are always decimals, since two lists of numbers are one type
//! whatever their declarations say.

use assize_ir::{NumFacts, NumType, Places, Program, RecordId, RelationId, Type};
use rust_decimal::Decimal;

/// Bytes of a word.
pub(crate) const WORD: i32 = 8;

/// Scales up to this are held in one word where nothing is known of the range: 9 223 372 036.854775807
/// is the greatest number then, and a greater one leaves the machine code.
const ASSUMED_SCALE: u8 = 9;

/// Bytes of so many words.
pub(crate) fn bytes(words: usize) -> i32 {
    i32::try_from(words)
        .unwrap_or(i32::MAX)
        .saturating_mul(WORD)
}

/// How a value is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// 0 or 1.
    Bool,
    /// A whole number, a day, a position in an enum or a row of a relation.
    Word,
    /// The coefficient of a number at this scale.
    Fixed(u8),
    /// A decimal of the definition, in the four parts that the library writes.
    Decimal,
    /// Address and bytes of a text, a code, a calendar or a canonical date formula.
    Text,
    /// Address of the fields.
    Record(RecordId),
    /// Address of the reason's number, with its parameters behind it.
    Reason,
    /// Address of the first element, and how many there are.
    List(Box<Shape>),
    /// 1 and the value, or 0 and nothing.
    Optional(Box<Shape>),
}

impl Shape {
    /// How a value of a type is stored in a field, a parameter or a result.
    pub(crate) fn of(ty: &Type) -> Shape {
        match ty {
            Type::Bool => Shape::Bool,
            Type::Int | Type::Date | Type::Enum(_) | Type::Row(_) => Shape::Word,
            Type::Num(ty) => Shape::declared(ty),
            Type::Text | Type::Code | Type::Calendar | Type::DateFormula => Shape::Text,
            Type::Record(record) => Shape::Record(*record),
            Type::Reason => Shape::Reason,
            Type::List { item, .. } => Shape::List(Box::new(Shape::of_element(item))),
            Type::Optional(inner) => Shape::Optional(Box::new(Shape::of(inner))),
        }
    }

    /// How an element of a list is stored.
    pub(crate) fn of_element(ty: &Type) -> Shape {
        match ty {
            Type::Num(_) => Shape::Decimal,
            Type::Optional(inner) => Shape::Optional(Box::new(Shape::of_element(inner))),
            other => Shape::of(other),
        }
    }

    /// How the value of a node is held on its way: numbers as their facts allow.
    pub(crate) fn of_node(ty: &Type, facts: Option<&NumFacts>) -> Shape {
        match (ty, facts) {
            (Type::Num(_), Some(facts)) => match facts.places {
                Places::AtMost(places) => number(places, facts.lowest, facts.highest),
                Places::FromData | Places::Open => Shape::Decimal,
            },
            (Type::Optional(inner), facts) => {
                Shape::Optional(Box::new(Shape::of_node(inner, facts)))
            }
            (ty, _) => Shape::of(ty),
        }
    }

    fn declared(ty: &NumType) -> Shape {
        match ty.places {
            Some(places) => number(places, ty.lowest, ty.highest),
            None => Shape::Decimal,
        }
    }

    /// How many words it takes.
    pub(crate) fn words(&self) -> usize {
        match self {
            Shape::Bool | Shape::Word | Shape::Fixed(_) | Shape::Record(_) | Shape::Reason => 1,
            Shape::Decimal | Shape::Text | Shape::List(_) => 2,
            Shape::Optional(inner) => 1 + inner.words(),
        }
    }
}

/// A number of so many places between two ends.
fn number(places: u8, lowest: Option<Decimal>, highest: Option<Decimal>) -> Shape {
    let proved = match (lowest, highest) {
        (Some(low), Some(high)) => scaled(low, places).is_some() && scaled(high, places).is_some(),
        _ => false,
    };
    if proved || places <= ASSUMED_SCALE {
        Shape::Fixed(places)
    } else {
        Shape::Decimal
    }
}

/// The coefficient of a number at a scale, where it has one of 64 bits.
pub(crate) fn coefficient(value: Decimal, scale: u8) -> Option<i64> {
    let (coefficient, places) = (value.mantissa(), value.scale());
    let coefficient = match u32::from(scale).checked_sub(places) {
        Some(more) => coefficient.checked_mul(10i128.checked_pow(more)?)?,
        // What is too much must be zeros.
        None => shortened(coefficient, places - u32::from(scale))?,
    };
    i64::try_from(coefficient).ok()
}

/// The same without the lowest word, which has no opposite, and stands for nothing in tables.
pub(crate) fn scaled(value: Decimal, scale: u8) -> Option<i64> {
    coefficient(value, scale).filter(|it| *it != i64::MIN)
}

/// A coefficient without so many zeros at its end; `None` where it has not so many.
fn shortened(coefficient: i128, zeros: u32) -> Option<i128> {
    if let (Ok(short), Some(power)) = (i64::try_from(coefficient), 10i64.checked_pow(zeros)) {
        return (short % power == 0).then_some(i128::from(short / power));
    }
    let power = 10i128.checked_pow(zeros)?;
    (coefficient % power == 0).then_some(coefficient / power)
}

/// Ten to a power, where it fits a word.
pub(crate) fn ten_to(power: u8) -> Option<i64> {
    10i64.checked_pow(u32::from(power))
}

/// A field of a record, a relation or a reason.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Bytes from the start of a record; 0 of a relation.
    pub(crate) offset: i32,
    /// How it lies there.
    pub(crate) shape: Shape,
}

/// Fields one after the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    /// The fields in declared order.
    pub(crate) fields: Vec<Place>,
    /// Bytes of all of them.
    pub(crate) bytes: i32,
}

impl Layout {
    fn of<'t>(start: i32, types: impl Iterator<Item = &'t Type>) -> Layout {
        let mut layout = Layout {
            fields: Vec::new(),
            bytes: start,
        };
        for ty in types {
            let shape = Shape::of(ty);
            let end = layout.bytes.saturating_add(bytes(shape.words()));
            layout.fields.push(Place {
                offset: layout.bytes,
                shape,
            });
            layout.bytes = end;
        }
        layout
    }
}

/// Where everything of a program lies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layouts {
    records: Vec<Layout>,
    reasons: Vec<Layout>,
    relations: Vec<Vec<Shape>>,
}

impl Layouts {
    pub(crate) fn new(program: &Program) -> Layouts {
        let fields =
            |fields: &[assize_ir::Field]| Layout::of(0, fields.iter().map(|field| &field.ty));
        Layouts {
            records: program
                .records
                .iter()
                .map(|it| fields(&it.fields))
                .collect(),
            // The number of the reason stands before its parameters.
            reasons: program
                .reasons
                .iter()
                .map(|it| Layout::of(WORD, it.params.iter().map(|param| &param.ty)))
                .collect(),
            relations: program
                .relations
                .iter()
                .map(|it| it.fields.iter().map(|field| Shape::of(&field.ty)).collect())
                .collect(),
        }
    }

    pub(crate) fn record(&self, record: RecordId) -> Option<&Layout> {
        self.records.get(record.index())
    }

    pub(crate) fn reason(&self, reason: usize) -> Option<&Layout> {
        self.reasons.get(reason)
    }

    pub(crate) fn relation(&self, relation: RelationId) -> Option<&[Shape]> {
        self.relations.get(relation.index()).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number_type(places: Option<u8>, highest: Option<i64>) -> Type {
        Type::Num(NumType {
            percent: false,
            places,
            lowest: highest.map(|high| Decimal::from(-high)),
            highest: highest.map(Decimal::from),
            unit: None,
        })
    }

    #[test]
    fn numbers_take_one_word_where_they_surely_or_probably_fit() {
        assert_eq!(Shape::of(&number_type(Some(2), None)), Shape::Fixed(2));
        assert_eq!(Shape::of(&number_type(Some(9), None)), Shape::Fixed(9));
        assert_eq!(Shape::of(&number_type(Some(10), None)), Shape::Decimal);
        assert_eq!(
            Shape::of(&number_type(Some(16), Some(100))),
            Shape::Fixed(16)
        );
        assert_eq!(Shape::of(&number_type(Some(17), Some(100))), Shape::Decimal);
        assert_eq!(Shape::of(&number_type(None, Some(1))), Shape::Decimal);
    }

    #[test]
    fn coefficients_have_opposites() {
        assert_eq!(scaled(Decimal::new(15, 1), 2), Some(150));
        assert_eq!(scaled(Decimal::new(15, 1), 0), None);
        assert_eq!(scaled(Decimal::from(i64::MAX), 0), Some(i64::MAX));
        assert_eq!(scaled(Decimal::from(i64::MIN), 0), None);
        assert_eq!(coefficient(Decimal::from(i64::MIN), 0), Some(i64::MIN));
    }

    #[test]
    fn zeros_at_the_end_are_no_places() {
        assert_eq!(scaled(Decimal::new(1_500, 3), 1), Some(15));
        assert_eq!(scaled(Decimal::new(1_500, 3), 0), None);
        assert_eq!(scaled(Decimal::new(-1_500, 3), 1), Some(-15));
        assert_eq!(scaled(Decimal::new(0, 28), 0), Some(0));
        let long = Decimal::from_i128_with_scale(79 * 10i128.pow(27), 28);
        assert_eq!(scaled(long, 1), Some(79));
        assert_eq!(scaled(long, 0), None);
        assert_eq!(scaled(Decimal::MAX, 0), None);
        assert_eq!(scaled(Decimal::MAX, 18), None);
    }

    #[test]
    fn elements_of_lists_are_decimals() {
        let list = Type::List {
            item: Box::new(number_type(Some(2), None)),
            at_most: None,
        };
        assert_eq!(Shape::of(&list), Shape::List(Box::new(Shape::Decimal)));
    }
}
