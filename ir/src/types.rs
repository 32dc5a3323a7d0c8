//! Types and identifiers of the IR.
//!
//! Dimensions are gone here: the compiler has checked them. What is left of a number type is what a
//! border needs: how it is written, how many places it may have, and its range; and the words of its
//! dimension, for people.

use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub struct $name(pub u32);
        impl $name {
            /// The position in the list that this identifier points into.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// Index into [`crate::Program::enums`].
    EnumId,
    /// Index into [`crate::Program::records`].
    RecordId,
    /// Index into [`crate::Program::relations`].
    RelationId,
    /// Index into [`crate::Program::reasons`]; also the value of the enum `ReasonCode`.
    ReasonId,
    /// Index into [`crate::Program::callables`].
    CallableId,
    /// Index into [`crate::Callable::nodes`].
    NodeId,
    /// Index into [`crate::Callable::slots`].
    Slot,
    /// Index into [`crate::Program::places`].
    PlaceId,
    /// Index into [`crate::Relation::indexes`].
    IndexId,
}

/// The enum `Rounding` is always the first of a program.
pub const ROUNDING: EnumId = EnumId(0);
/// The enum `Severity` is always the second of a program.
pub const SEVERITY: EnumId = EnumId(1);
/// The enum `ReasonCode` is always the third of a program: one value per reason, in their order.
pub const REASON_CODE: EnumId = EnumId(2);

/// The values of `Rounding`, in order.
pub const ROUNDING_VALUES: [&str; 6] = ["nearest", "even", "up", "down", "floor", "ceiling"];
/// The values of `Severity`, lowest first.
pub const SEVERITY_VALUES: [&str; 3] = ["info", "warning", "error"];

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "crate::flat::TypeForm", try_from = "crate::flat::TypeForm")]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number within ±(2^63 − 1).
    Int,
    /// A decimal number.
    Num(NumType),
    /// Unicode text.
    Text,
    /// Text that is trimmed and upper-cased at the border.
    Code,
    /// A day from 0001-01-01 to 9999-12-31.
    Date,
    /// The ERP's date formula, such as `CM+14D`.
    DateFormula,
    /// A calendar of the snapshot, named by its code.
    Calendar,
    /// A value of an enum.
    Enum(EnumId),
    /// A record.
    Record(RecordId),
    /// A row of a relation of the snapshot.
    Row(RelationId),
    /// A reason with its parameters.
    Reason,
    /// A list; `at_most` is its bound in elements, where declared.
    List {
        /// Type of the elements.
        item: Box<Type>,
        /// Greatest number of elements that a border lets through.
        at_most: Option<u32>,
    },
    /// A value that may be missing. Never directly inside another optional, and never a list.
    Optional(Box<Type>),
}

impl Type {
    /// The plain (undeclared) number.
    pub const NUMBER: Type = Type::Num(NumType::PLAIN);

    /// The type without its optional layer.
    pub fn plain(&self) -> &Type {
        match self {
            Type::Optional(inner) => inner,
            other => other,
        }
    }

    /// Whether a value of this type may be missing.
    pub const fn is_optional(&self) -> bool {
        matches!(self, Type::Optional(_))
    }

    /// Whether values of both types have the same representation: number declarations and list
    /// bounds are ignored, since only borders look at them.
    pub fn same_shape(&self, other: &Type) -> bool {
        match (self, other) {
            (Type::Num(_), Type::Num(_)) => true,
            (Type::List { item: a, .. }, Type::List { item: b, .. }) => a.same_shape(b),
            (Type::Optional(a), Type::Optional(b)) => a.same_shape(b),
            (a, b) => a == b,
        }
    }
}

/// What a border knows of a number.
///
/// A percent is held as its fraction (5% is 0.05) and written in points (5), so `places`, `lowest`
/// and `highest` are those of the *held* value: a percent declared with 2 places has `places` 4.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NumType {
    /// Written in points (× 100) at every border.
    pub percent: bool,
    /// Greatest number of places that the held value may have; `None`: not limited.
    pub places: Option<u8>,
    /// Lowest held value, included.
    #[serde(with = "crate::types::decimal_option")]
    pub lowest: Option<Decimal>,
    /// Highest held value, included.
    #[serde(with = "crate::types::decimal_option")]
    pub highest: Option<Decimal>,
    /// The currency or unit as a literal has it behind its digits, such as `EUR per piece`. It is
    /// shown to people and changes no value; a percent has none.
    #[serde(with = "crate::types::shared_text")]
    pub unit: Option<Arc<str>>,
}

impl NumType {
    /// A plain number without limits.
    pub const PLAIN: NumType = NumType {
        percent: false,
        places: None,
        lowest: None,
        highest: None,
        unit: None,
    };
    /// A percentage without limits.
    pub const PERCENT: NumType = NumType {
        percent: true,
        places: None,
        lowest: None,
        highest: None,
        unit: None,
    };

    /// Places with which the value is *written*, where declared (points for a percent).
    pub fn written_places(&self) -> Option<u8> {
        let places = self.places?;
        Some(if self.percent {
            places.saturating_sub(2)
        } else {
            places
        })
    }
}

/// Binary form of a decimal: coefficient and scale, refused when out of bounds.
pub mod decimal_form {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes `(coefficient, scale)`.
    pub fn serialize<S: Serializer>(value: &Decimal, to: S) -> Result<S::Ok, S::Error> {
        (value.mantissa(), value.scale()).serialize(to)
    }

    /// Reads `(coefficient, scale)`; an error when the pair is no decimal of the definition.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Decimal, D::Error> {
        let (coefficient, scale) = <(i128, u32)>::deserialize(from)?;
        Decimal::try_from_i128_with_scale(coefficient, scale)
            .map_err(|_| D::Error::custom("a decimal is out of bounds"))
    }
}

/// Binary form of an optional decimal.
pub mod decimal_option {
    use rust_decimal::Decimal;
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    /// Writes `Some((coefficient, scale))` or `None`.
    pub fn serialize<S: Serializer>(value: &Option<Decimal>, to: S) -> Result<S::Ok, S::Error> {
        value
            .map(|value| (value.mantissa(), value.scale()))
            .serialize(to)
    }

    /// Reads what [`serialize`] writes.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Decimal>, D::Error> {
        match Option::<(i128, u32)>::deserialize(from)? {
            None => Ok(None),
            Some((coefficient, scale)) => Decimal::try_from_i128_with_scale(coefficient, scale)
                .map(Some)
                .map_err(|_| D::Error::custom("a decimal is out of bounds")),
        }
    }
}

/// Binary form of an optional text that is shared in memory.
pub mod shared_text {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Writes the text as an option.
    pub fn serialize<S: Serializer>(text: &Option<Arc<str>>, to: S) -> Result<S::Ok, S::Error> {
        text.as_deref().serialize(to)
    }

    /// Reads what [`serialize`] writes.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Arc<str>>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(Arc::from))
    }
}
