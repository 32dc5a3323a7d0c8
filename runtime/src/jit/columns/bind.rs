//! Whether columns fit a decision: names, types and places, all misfits at once.

use assize_eval::json::describe::describe;
use assize_ir::{Param, Program, Type};

use super::plan::{Blank, Cell, Given, Taken};
use super::{Column, Data};
use crate::jit::lower::images::positions_of;
use crate::jit::shape::Shape;
use crate::jit::typed::Misfit;
use crate::jit::typed::form::Bytes;

/// A column that a caller hands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The path of its values: `order.lines[].quantity`.
    pub path: String,
    /// What its buffers hold.
    pub kind: Kind,
    /// Whether bits say which values are there.
    pub nullable: bool,
}

/// What the buffers of a column hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Bits.
    Boolean,
    /// Whole numbers of 8 bits.
    Int8,
    /// Whole numbers of 16 bits.
    Int16,
    /// Whole numbers of 32 bits.
    Int32,
    /// Whole numbers of 64 bits.
    Int64,
    /// Coefficients of 64 bits with so many places.
    Decimal64(u8),
    /// Coefficients of 128 bits with so many places.
    Decimal128(u8),
    /// Days since 1970-01-01.
    Date32,
    /// Offsets of 32 bits, one more than rows, and the bytes of texts.
    Utf8,
    /// Codes, and the names that they stand for.
    Dictionary(Codes, Vec<String>),
    /// Offsets of 32 bits, one more than rows, into the columns of the elements.
    List,
    /// So many elements for each row in the columns of the elements.
    FixedSizeList(usize),
    /// A record that may be missing: nothing but bits that say so.
    Struct,
}

/// How codes of a dictionary are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codes {
    /// In 8 bits.
    Int8,
    /// In 16 bits.
    Int16,
    /// In 32 bits.
    Int32,
}

impl Kind {
    /// Names with codes of 32 bits.
    pub fn dictionary<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Kind {
        let names = names.into_iter().map(Into::into);
        Kind::Dictionary(Codes::Int32, names.collect())
    }

    fn described(&self) -> String {
        match self {
            Kind::Boolean => "booleans".to_owned(),
            Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => "whole numbers".to_owned(),
            Kind::Decimal64(places) | Kind::Decimal128(places) => {
                format!("decimals with {places} places")
            }
            Kind::Date32 => "days".to_owned(),
            Kind::Utf8 => "texts".to_owned(),
            Kind::Dictionary(_, names) => format!("one of {}", names.join(", ")),
            Kind::List | Kind::FixedSizeList(_) => "lists".to_owned(),
            Kind::Struct => "records".to_owned(),
        }
    }
}

impl Field {
    /// A column of which every value is there.
    pub fn new(path: impl Into<String>, kind: Kind) -> Field {
        Field {
            path: path.into(),
            kind,
            nullable: false,
        }
    }

    /// The same, with bits that say which values are there.
    #[must_use]
    pub fn nullable(mut self) -> Field {
        self.nullable = true;
        self
    }
}

/// A column of answers, and the words that its values are made of where they do not lie in it.
fn blank(path: &str, data: Data, optional: bool, words: Option<(Type, Shape)>) -> Blank {
    let column = Column {
        path: path.to_owned(),
        data,
        there: optional.then(Vec::new),
    };
    Blank { column, words }
}

/// Compares columns with the types of a decision.
pub(super) struct Binder<'p> {
    program: &'p Program,
    fields: &'p [Field],
    used: Vec<bool>,
    sets: Vec<(&'p str, bool)>,
    pub(super) misfits: Vec<Misfit>,
}

impl<'p> Binder<'p> {
    pub(super) fn new(program: &'p Program, fields: &'p [Field], sets: &[&'p str]) -> Self {
        Binder {
            program,
            fields,
            used: vec![false; fields.len()],
            sets: sets.iter().map(|path| (*path, false)).collect(),
            misfits: Vec::new(),
        }
    }

    fn misfit(&mut self, path: &str, why: impl Into<String>) {
        self.misfits.push(Misfit {
            path: path.to_owned(),
            why: why.into(),
        });
    }

    /// The column of a path.
    fn find(&mut self, path: &str) -> Option<(usize, &'p Field)> {
        let fields = self.fields;
        let (at, field) = fields.iter().enumerate().find(|(_, it)| it.path == path)?;
        if let Some(used) = self.used.get_mut(at) {
            *used = true;
        }
        Some((at, field))
    }

    /// Whether a column stands at a path or behind it.
    fn is_given(&self, path: &str) -> bool {
        self.fields.iter().any(|field| {
            field
                .path
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    pub(super) fn arguments(&mut self, params: &[Param]) -> Vec<(String, Given)> {
        let mut all = Vec::with_capacity(params.len());
        for param in params {
            if let Some(given) = self.given(&param.name, &param.ty) {
                all.push((param.name.clone(), given));
            }
        }
        all
    }

    /// Where values of a type at a path come from; nothing after a misfit.
    fn given(&mut self, path: &str, ty: &Type) -> Option<Given> {
        match ty.plain() {
            Type::Record(id) => {
                let record = self.program.record(*id)?;
                let own = self.find(path);
                let nullable = match own {
                    Some((
                        at,
                        Field {
                            kind: Kind::Struct,
                            nullable: true,
                            ..
                        },
                    )) => {
                        if !ty.is_optional() {
                            self.misfit(path, "is never missing in the rules");
                        }
                        Some(at)
                    }
                    Some((_, field)) => {
                        let found = field.kind.described();
                        self.misfit(path, format!("is a record in the rules, and {found} here"));
                        None
                    }
                    None => None,
                };
                let mut fields = Vec::with_capacity(record.fields.len());
                for field in &record.fields {
                    let below = format!("{path}.{}", field.name);
                    if self.is_given(&below) {
                        if let Some(given) = self.given(&below, &field.ty) {
                            fields.push((field.name.clone(), given));
                        }
                    } else if field.default.is_none() && !field.ty.is_optional() {
                        let wanted = describe(self.program, &field.ty);
                        self.misfit(&below, format!("has no column: the rules want {wanted}"));
                    }
                }
                Some(Given::Record { fields, nullable })
            }
            Type::List { item, at_most } => {
                let Some((column, field)) = self.find(path) else {
                    self.misfit(path, "is a list in the rules, and has no column of offsets");
                    return None;
                };
                let count = match field.kind {
                    Kind::List => None,
                    Kind::FixedSizeList(count) => Some(count),
                    _ => {
                        let found = field.kind.described();
                        self.misfit(path, format!("is a list in the rules, and {found} here"));
                        return None;
                    }
                };
                if let (Some(count), Some(most)) = (count, at_most)
                    && count > *most as usize
                {
                    let why = format!("has at most {most} elements, and {count} here");
                    self.misfit(path, why);
                }
                let item = self.given(&format!("{path}[]"), item)?;
                Some(Given::List {
                    column,
                    nullable: field.nullable,
                    count,
                    item: Box::new(item),
                })
            }
            plain => {
                let wanted = describe(self.program, ty);
                let Some((column, field)) = self.find(path) else {
                    self.misfit(path, format!("has no column: the rules want {wanted}"));
                    return None;
                };
                let cell = self.cell(path, &field.kind, plain)?;
                Some(Given::Cell {
                    column,
                    cell,
                    nullable: field.nullable,
                })
            }
        }
    }

    fn cell(&mut self, path: &str, kind: &Kind, ty: &Type) -> Option<Cell> {
        Some(match (kind, ty) {
            (Kind::Boolean, Type::Bool) => Cell::Bit,
            (Kind::Int8, Type::Int) => Cell::Int(Bytes::Signed(1)),
            (Kind::Int16, Type::Int) => Cell::Int(Bytes::Signed(2)),
            (Kind::Int32, Type::Int) => Cell::Int(Bytes::Signed(4)),
            (Kind::Int64, Type::Int) => Cell::Int(Bytes::Signed(8)),
            (Kind::Date32, Type::Date) => Cell::Day,
            (Kind::Utf8, Type::Text | Type::Code | Type::Calendar | Type::DateFormula) => {
                Cell::Text
            }
            (Kind::Decimal64(places) | Kind::Decimal128(places), Type::Num(number)) => {
                if let Some(most) = number.places
                    && *places > most
                {
                    let why = format!("has at most {most} places in the rules, and {places} here");
                    self.misfit(path, why);
                }
                if *places > 18 {
                    self.misfit(path, "has more than 18 places here, which no word holds");
                }
                Cell::Fixed {
                    places: *places,
                    wide: matches!(kind, Kind::Decimal128(_)),
                    percent: number.percent,
                }
            }
            (Kind::Dictionary(code, names), Type::Enum(id)) => {
                let values = &self.program.enum_of(*id)?.values;
                let known: Vec<&str> = values.iter().map(String::as_str).collect();
                let words = positions_of(names, &known);
                let Some(words) = words else {
                    let known = known.join(", ");
                    let strange = names.iter().filter(|name| !values.contains(name));
                    let strange = strange.cloned().collect::<Vec<_>>().join(", ");
                    self.misfit(
                        path,
                        format!("is one of {known} in the rules, and has {strange} here"),
                    );
                    return None;
                };
                let bytes = match code {
                    Codes::Int8 => Bytes::Signed(1),
                    Codes::Int16 => Bytes::Signed(2),
                    Codes::Int32 => Bytes::Signed(4),
                };
                Cell::Choice { bytes, words }
            }
            _ => {
                let wanted = describe(self.program, ty);
                let found = kind.described();
                self.misfit(path, format!("is {wanted} in the rules, and {found} here"));
                return None;
            }
        })
    }

    /// Where values of a type go, with the columns that are made for them.
    pub(super) fn result(&mut self, path: &str, ty: &Type, blanks: &mut Vec<Blank>) -> Taken {
        let optional = ty.is_optional();
        let plain = ty.plain();
        let column = blanks.len();
        let (data, words) = match plain {
            Type::Bool => (Data::Bool(Vec::new()), None),
            Type::Int => (Data::Int(Vec::new()), None),
            Type::Date => (Data::Day(Vec::new()), None),
            Type::Enum(id) => {
                let names = self.program.enum_of(*id).map(|it| it.values.clone());
                (Data::Choice(names.unwrap_or_default(), Vec::new()), None)
            }
            Type::Num(_) => match Shape::of(plain) {
                Shape::Fixed(places) => (Data::Fixed(places, Vec::new()), None),
                shape => (Data::Decimal(Vec::new()), Some((plain.clone(), shape))),
            },
            Type::Record(id) if !optional => {
                let fields = self.program.record(*id).map(|it| it.fields.as_slice());
                let fields = fields.unwrap_or_default().iter().map(|field| {
                    let below = if path.is_empty() {
                        field.name.clone()
                    } else {
                        format!("{path}.{}", field.name)
                    };
                    self.result(&below, &field.ty, blanks)
                });
                return Taken::Record(fields.collect());
            }
            Type::List { item, .. } if !optional && self.is_set(path) => {
                let names = self.names_of(path, item);
                let positions = (0..names.len() as u64).collect();
                blanks.push(blank(path, Data::Set(names, Vec::new()), false, None));
                return Taken::Set { column, positions };
            }
            _ => {
                let words = Some((ty.clone(), Shape::of(ty)));
                blanks.push(blank(path, Data::Values(Vec::new()), false, words));
                return Taken::Words { column };
            }
        };
        blanks.push(blank(path, data, optional, words));
        Taken::Cell { column, optional }
    }

    /// The names of reasons, or of the values of an enum, which become bits.
    fn names_of(&mut self, path: &str, item: &Type) -> Vec<String> {
        let names: Option<Vec<String>> = match item {
            Type::Enum(id) => self.program.enum_of(*id).map(|it| it.values.clone()),
            Type::Reason => {
                let reasons = self.program.reasons.iter();
                Some(reasons.map(|it| it.code.clone()).collect())
            }
            _ => None,
        };
        match names {
            Some(names) if names.len() <= 64 => names,
            Some(_) => {
                self.misfit(path, "has more than 64 names, which are no set of bits");
                Vec::new()
            }
            None => {
                let why = "is a list of neither reasons nor an enum: no set of bits";
                self.misfit(path, why);
                Vec::new()
            }
        }
    }

    fn is_set(&mut self, path: &str) -> bool {
        let found = self.sets.iter_mut().find(|(it, _)| *it == path);
        found.is_some_and(|(_, used)| {
            *used = true;
            true
        })
    }

    /// Columns that nobody asks for.
    pub(super) fn unused(&mut self) {
        let unused: Vec<String> = self
            .fields
            .iter()
            .zip(&self.used)
            .filter(|(_, used)| !**used)
            .map(|(field, _)| field.path.clone())
            .collect();
        for path in unused {
            self.misfit(&path, "is not in the rules, or stands there twice");
        }
        let unused: Vec<&str> = self
            .sets
            .iter()
            .filter(|(_, used)| !used)
            .map(|(path, _)| *path)
            .collect();
        for path in unused {
            self.misfit(
                path,
                "is no list of the answer, of which bits could be made",
            );
        }
    }
}
