//! Serial forms of the two recursive kinds of data, types and constants, without recursion: so that
//! no input can nest deeper than the stack.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::infer::MAX_CONST_DEPTH;
use crate::node::Const;
use crate::types::{EnumId, NumType, RecordId, RelationId, Type};
use crate::verify::MAX_TYPE_DEPTH;

/// A type from the outside in.
#[derive(Serialize, Deserialize)]
pub(crate) struct TypeForm {
    layers: Vec<Layer>,
    leaf: Leaf,
}

#[derive(Serialize, Deserialize)]
enum Layer {
    Optional,
    List(Option<u32>),
}

#[derive(Serialize, Deserialize)]
enum Leaf {
    Bool,
    Int,
    Num(NumType),
    Text,
    Code,
    Date,
    DateFormula,
    Calendar,
    Enum(EnumId),
    Record(RecordId),
    Row(RelationId),
    Reason,
}

impl From<Type> for TypeForm {
    fn from(ty: Type) -> TypeForm {
        let mut layers = Vec::new();
        let mut now = ty;
        let leaf = loop {
            now = match now {
                Type::Optional(inner) => {
                    layers.push(Layer::Optional);
                    *inner
                }
                Type::List { item, at_most } => {
                    layers.push(Layer::List(at_most));
                    *item
                }
                Type::Bool => break Leaf::Bool,
                Type::Int => break Leaf::Int,
                Type::Num(number) => break Leaf::Num(number),
                Type::Text => break Leaf::Text,
                Type::Code => break Leaf::Code,
                Type::Date => break Leaf::Date,
                Type::DateFormula => break Leaf::DateFormula,
                Type::Calendar => break Leaf::Calendar,
                Type::Enum(id) => break Leaf::Enum(id),
                Type::Record(id) => break Leaf::Record(id),
                Type::Row(id) => break Leaf::Row(id),
                Type::Reason => break Leaf::Reason,
            };
        };
        TypeForm { layers, leaf }
    }
}

impl TryFrom<TypeForm> for Type {
    type Error = String;

    fn try_from(form: TypeForm) -> Result<Type, String> {
        if form.layers.len() > MAX_TYPE_DEPTH as usize {
            return Err("a type is nested too deep".to_owned());
        }
        let leaf = match form.leaf {
            Leaf::Bool => Type::Bool,
            Leaf::Int => Type::Int,
            Leaf::Num(number) => Type::Num(number),
            Leaf::Text => Type::Text,
            Leaf::Code => Type::Code,
            Leaf::Date => Type::Date,
            Leaf::DateFormula => Type::DateFormula,
            Leaf::Calendar => Type::Calendar,
            Leaf::Enum(id) => Type::Enum(id),
            Leaf::Record(id) => Type::Record(id),
            Leaf::Row(id) => Type::Row(id),
            Leaf::Reason => Type::Reason,
        };
        Ok(form.layers.into_iter().rfold(leaf, |inner, layer| {
            let inner = Box::new(inner);
            match layer {
                Layer::Optional => Type::Optional(inner),
                Layer::List(at_most) => Type::List {
                    item: inner,
                    at_most,
                },
            }
        }))
    }
}

/// A constant, its parts one after the other from the outside in.
#[derive(Serialize, Deserialize)]
pub(crate) struct ConstForm(Vec<Piece>);

#[derive(Serialize, Deserialize)]
enum Piece {
    Bool(bool),
    Int(i64),
    Num(#[serde(with = "crate::types::decimal_form")] Decimal),
    Text(String),
    Code(String),
    Date(i32),
    DateFormula(String),
    Calendar(String),
    Enum(EnumId, u32),
    Missing,
    /// So many constants follow.
    List(u32),
    /// So many constants follow.
    Record(RecordId, u32),
}

impl From<Const> for ConstForm {
    fn from(value: Const) -> ConstForm {
        let mut pieces = Vec::new();
        let mut todo = vec![value];
        while let Some(now) = todo.pop() {
            let count = |values: &Vec<Const>| u32::try_from(values.len()).unwrap_or(u32::MAX);
            pieces.push(match now {
                Const::Bool(value) => Piece::Bool(value),
                Const::Int(value) => Piece::Int(value),
                Const::Num(value) => Piece::Num(value),
                Const::Text(text) => Piece::Text(text),
                Const::Code(text) => Piece::Code(text),
                Const::Date(day) => Piece::Date(day),
                Const::DateFormula(text) => Piece::DateFormula(text),
                Const::Calendar(text) => Piece::Calendar(text),
                Const::Enum(id, at) => Piece::Enum(id, at),
                Const::Missing => Piece::Missing,
                Const::List(values) => {
                    let piece = Piece::List(count(&values));
                    todo.extend(values.into_iter().rev());
                    piece
                }
                Const::Record(id, values) => {
                    let piece = Piece::Record(id, count(&values));
                    todo.extend(values.into_iter().rev());
                    piece
                }
            });
        }
        ConstForm(pieces)
    }
}

impl TryFrom<ConstForm> for Const {
    type Error = String;

    fn try_from(form: ConstForm) -> Result<Const, String> {
        let mut pieces = form.0.into_iter();
        let value = build(&mut pieces, 0)?;
        match pieces.next() {
            None => Ok(value),
            Some(_) => Err("a constant has too many parts".to_owned()),
        }
    }
}

fn build(pieces: &mut std::vec::IntoIter<Piece>, depth: u32) -> Result<Const, String> {
    if depth > MAX_CONST_DEPTH {
        return Err("a constant is nested too deep".to_owned());
    }
    let many = |pieces: &mut std::vec::IntoIter<Piece>, count: u32| {
        (0..count)
            .map(|_| build(pieces, depth.saturating_add(1)))
            .collect::<Result<Vec<Const>, String>>()
    };
    Ok(match pieces.next() {
        None => return Err("a constant has too few parts".to_owned()),
        Some(Piece::Bool(value)) => Const::Bool(value),
        Some(Piece::Int(value)) => Const::Int(value),
        Some(Piece::Num(value)) => Const::Num(value),
        Some(Piece::Text(text)) => Const::Text(text),
        Some(Piece::Code(text)) => Const::Code(text),
        Some(Piece::Date(day)) => Const::Date(day),
        Some(Piece::DateFormula(text)) => Const::DateFormula(text),
        Some(Piece::Calendar(text)) => Const::Calendar(text),
        Some(Piece::Enum(id, at)) => Const::Enum(id, at),
        Some(Piece::Missing) => Const::Missing,
        Some(Piece::List(count)) => Const::List(many(pieces, count)?),
        Some(Piece::Record(id, count)) => Const::Record(id, many(pieces, count)?),
    })
}
