//! Types and declarations of a program that is being written: made when something asks for them.

use rust_decimal::Decimal;

use super::Maker;

/// Most levels of records in records.
const RECORDS_DEEP: usize = 2;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dim {
    Plain,
    Percent,
    Euro,
    Piece,
    EuroPerPiece,
    Days,
}

/// Places that a number may have, as the checker sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Places {
    /// At most so many, as it is written (a percent in points).
    Known(u32),
    /// Known only when it runs; a border checks it then.
    Data,
    /// More than a border takes.
    Open,
}

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ty {
    Bool,
    Int,
    /// Dimension, places, and the declaration; none: plain `number`, or inferred.
    Num(Dim, Places, Option<usize>),
    Text,
    Code,
    Date,
    Formula,
    Calendar,
    Enum(usize),
    Rounding,
    Severity,
    ReasonCode,
    Reason,
    Record(usize),
    Row(usize),
    /// What `group` makes: it has no name.
    Group(usize),
    List(Box<Ty>),
    Opt(Box<Ty>),
}

pub(super) const NUMBER: Ty = Ty::Num(Dim::Plain, Places::Data, None);

impl Ty {
    pub fn plain(&self) -> &Ty {
        match self {
            Ty::Opt(inner) => inner,
            other => other,
        }
    }

    pub fn opt(self) -> Ty {
        match self {
            Ty::Opt(_) | Ty::List(_) => self,
            other => Ty::Opt(Box::new(other)),
        }
    }

    pub fn list(self) -> Ty {
        Ty::List(Box::new(self))
    }

    /// Whether values can be held against each other with `<`.
    pub fn is_ordered(&self, maker: &Maker<'_>) -> bool {
        match self {
            Ty::Int | Ty::Num(..) | Ty::Date | Ty::Text | Ty::Code | Ty::Severity => true,
            Ty::Enum(id) => maker.enums.get(*id).is_some_and(|of| of.ordered),
            _ => false,
        }
    }
}

pub(super) struct EnumDecl {
    pub name: String,
    pub values: Vec<String>,
    pub ordered: bool,
}

pub(super) struct NumDecl {
    pub name: String,
    pub range: Option<(Decimal, Decimal)>,
}

#[derive(Clone)]
pub(super) struct Field {
    pub name: String,
    pub ty: Ty,
    /// Whether it may be left out.
    pub default: bool,
}

/// A record or a relation.
pub(super) struct RecordDecl {
    pub name: String,
    pub fields: Vec<Field>,
    /// Fields of the key; records have none.
    pub keys: usize,
    /// Whether rows have a validity.
    pub valid: bool,
}

pub(super) struct ReasonDecl {
    pub name: String,
    pub params: Vec<Ty>,
}

impl Dim {
    pub const ALL: [Dim; 6] = [
        Dim::Plain,
        Dim::Percent,
        Dim::Euro,
        Dim::Piece,
        Dim::EuroPerPiece,
        Dim::Days,
    ];

    /// As it is written in a declaration and behind `as`.
    pub fn name(self) -> &'static str {
        match self {
            Dim::Plain => "plain",
            Dim::Percent => "percent",
            Dim::Euro => "money in EUR",
            Dim::Piece => "pc",
            Dim::EuroPerPiece => "money in EUR per pc",
            Dim::Days => "days",
        }
    }

    /// A number with its unit.
    pub fn literal(self, number: &str) -> String {
        match self {
            Dim::Plain => number.to_owned(),
            Dim::Percent => format!("{number}%"),
            Dim::Euro => format!("{number} EUR"),
            Dim::Piece => format!("{number} pc"),
            Dim::EuroPerPiece => format!("{number} EUR per pc"),
            Dim::Days => format!("{number} days"),
        }
    }
}

impl Maker<'_> {
    pub(super) fn name(&mut self, letter: &str) -> String {
        self.names += 1;
        format!("{letter}{}", self.names)
    }

    /// How a type is written.
    pub(super) fn ty_text(&self, ty: &Ty) -> String {
        let of = |list: &[RecordDecl], id: usize| list.get(id).map(|it| it.name.clone());
        match ty {
            Ty::Bool => "bool".into(),
            Ty::Int => "int".into(),
            Ty::Num(_, _, Some(id)) => {
                let decl = self.nums.get(*id);
                decl.map(|it| it.name.clone()).unwrap_or_default()
            }
            Ty::Num(..) => "number".into(),
            Ty::Text => "text".into(),
            Ty::Code => "code".into(),
            Ty::Date => "date".into(),
            Ty::Formula => "date_formula".into(),
            Ty::Calendar => "calendar".into(),
            Ty::Enum(id) => {
                let decl = self.enums.get(*id);
                decl.map(|it| it.name.clone()).unwrap_or_default()
            }
            Ty::Rounding => "Rounding".into(),
            Ty::Severity => "Severity".into(),
            Ty::ReasonCode => "ReasonCode".into(),
            Ty::Reason => "Reason".into(),
            Ty::Record(id) => of(&self.records, *id).unwrap_or_default(),
            Ty::Row(id) => of(&self.relations, *id).unwrap_or_default(),
            Ty::Group(_) => String::new(),
            Ty::List(inner) => format!("list of {}", self.ty_text(inner)),
            Ty::Opt(inner) => format!("{}?", self.ty_text(inner)),
        }
    }

    /// A type as a field or parameter says it: a list with its bound.
    pub(super) fn border_text(&mut self, ty: &Ty) -> String {
        let text = self.ty_text(ty);
        match ty {
            Ty::List(_) if self.c.chance(60) => {
                let most = self.c.pick(&[4, 2, 8, 1]).unwrap_or(4);
                format!("{text}, at most {most}")
            }
            _ => text,
        }
    }

    /// A declared number, one that is there or a new one.
    pub(super) fn number_ty(&mut self, dim: Option<Dim>) -> Ty {
        let known: Vec<Ty> = self.num_tys.clone();
        let mut fitting = known.into_iter().filter(|ty| match ty {
            Ty::Num(of, ..) => dim.is_none_or(|dim| dim == *of),
            _ => false,
        });
        if self.c.chance(60)
            && let Some(found) = fitting.next_back()
        {
            return found;
        }
        let dim = dim.or_else(|| self.c.pick(&Dim::ALL)).unwrap_or(Dim::Plain);
        if dim == Dim::Plain && self.c.chance(30) {
            return NUMBER;
        }
        let places = match dim {
            Dim::Days => Some(0),
            // Exceptions that are combined one after the other need many places.
            Dim::Percent if self.c.chance(30) => None,
            _ => self
                .c
                .pick(&[Some(2), Some(0), Some(1), Some(3), Some(5), Some(4), None])
                .flatten(),
        };
        let ranges = [
            None,
            None,
            Some((0, 100)),
            Some((-1000, 1000)),
            Some((1, 50)),
            Some((-1_000_000, 1_000_000)),
            Some((0, 30_000_000_000_i64)),
        ];
        let range = self.c.pick(&ranges).flatten();
        let name = self.name("N");
        let mut text = format!("number {name} = {}", dim.name());
        if let Some(places) = places {
            text += &format!(", {places} places");
        }
        if let Some((low, high)) = range {
            let sign = if dim == Dim::Percent { "%" } else { "" };
            text += &format!(", from {low}{sign} to {high}{sign}");
        }
        self.decls.push(text);
        let range = range.map(|(low, high)| (Decimal::from(low), Decimal::from(high)));
        self.nums.push(NumDecl { name, range });
        let places = places.map_or(Places::Data, Places::Known);
        let ty = Ty::Num(dim, places, Some(self.nums.len() - 1));
        self.num_tys.push(ty.clone());
        ty
    }

    /// A number and one like it with one more place, so that some of its values are ties.
    pub(super) fn coarse_and_fine(&mut self) -> (Ty, Ty) {
        let dim = self
            .c
            .pick(&[Dim::Plain, Dim::Euro, Dim::Percent, Dim::Piece]);
        let dim = dim.unwrap_or(Dim::Plain);
        let places = self.c.pick(&[2, 0, 1, 4]).unwrap_or(2);
        let [coarse, fine] = [places, places + 1].map(|places| {
            let name = self.name("N");
            let text = format!("number {name} = {}, {places} places", dim.name());
            self.decls.push(text);
            self.nums.push(NumDecl { name, range: None });
            let ty = Ty::Num(dim, Places::Known(places), Some(self.nums.len() - 1));
            self.num_tys.push(ty.clone());
            ty
        });
        (coarse, fine)
    }

    /// An enum, one that is there or a new one.
    pub(super) fn enum_ty(&mut self, ordered: Option<bool>) -> Ty {
        let fits = |of: &EnumDecl| ordered.is_none_or(|ordered| ordered == of.ordered);
        if let Some(id) = self.enums.iter().rposition(fits)
            && !self.c.chance(30)
        {
            return Ty::Enum(id);
        }
        let ordered = ordered.unwrap_or_else(|| self.c.chance(60));
        let name = self.name("E");
        let count = 2 + self.c.below(4);
        let values: Vec<String> = (0..count)
            .map(|at| format!("{}_{at}", name.to_lowercase()))
            .collect();
        let sign = if ordered { " < " } else { " | " };
        self.decls
            .push(format!("enum {name} = {}", values.join(sign)));
        self.enums.push(EnumDecl {
            name,
            values,
            ordered,
        });
        Ty::Enum(self.enums.len() - 1)
    }

    /// A type without parts.
    pub(super) fn scalar_ty(&mut self) -> Ty {
        match self.c.weighted(&[22, 10, 30, 6, 10, 10, 10, 3, 3, 2, 1, 1]) {
            11 if !self.reasons.is_empty() => Ty::ReasonCode,
            0 => Ty::Int,
            1 => Ty::Bool,
            2 => self.number_ty(None),
            3 => Ty::Text,
            4 => Ty::Code,
            5 => Ty::Date,
            6 => self.enum_ty(None),
            7 => Ty::Formula,
            8 => Ty::Calendar,
            9 => Ty::Rounding,
            _ => Ty::Severity,
        }
    }

    /// Any type that callers may give.
    pub(super) fn input_ty(&mut self, depth: usize) -> Ty {
        match self.c.weighted(&[50, 16, 14, 20]) {
            1 => self.scalar_ty().opt(),
            2 if depth > 0 => Ty::Record(self.record(depth - 1)),
            3 => {
                let item = match self.c.weighted(&[45, 35, 8, 10]) {
                    3 => self.enum_ty(Some(true)),
                    0 if depth > 0 => Ty::Record(self.record(depth - 1)),
                    2 => self.scalar_ty().opt(),
                    _ => self.scalar_ty(),
                };
                item.list()
            }
            _ => self.scalar_ty(),
        }
    }

    /// Any type of a value inside.
    pub(super) fn inner_ty(&mut self) -> Ty {
        match self.c.weighted(&[70, 5, 10, 6]) {
            1 => Ty::Reason,
            2 => match self.relation() {
                Some(id) => Ty::Row(id).opt(),
                None => Ty::Bool,
            },
            3 => Ty::Reason.list(),
            _ => self.input_ty(RECORDS_DEEP),
        }
    }

    /// A record, one that is there or a new one.
    pub(super) fn record(&mut self, depth: usize) -> usize {
        if !self.records.is_empty() && (self.budget == 0 || self.c.chance(60)) {
            return self.records.len() - 1 - self.c.below(self.records.len().min(2));
        }
        self.c.begin();
        let name = self.name("R");
        let mut fields = self.many((1, 5), 65, |maker, at| {
            let ty = match maker.c.weighted(&[70, 18, 12]) {
                1 => maker.scalar_ty().opt(),
                2 => maker.input_ty(depth),
                _ => maker.scalar_ty(),
            };
            maker.field(at, ty)
        });
        if depth > 0 && self.c.chance(20) {
            let inner = self.record(depth - 1);
            fields.push(self.field(fields.len(), Ty::Record(inner)));
        }
        let mut text = format!("record {name}");
        let lines = self.field_lines(&mut fields, 0);
        text += &lines;
        text += &self.check_line(&fields, 15);
        self.decls.push(text);
        self.records.push(RecordDecl {
            name,
            fields,
            keys: 0,
            valid: false,
        });
        self.c.end();
        self.records.len() - 1
    }

    fn field(&self, at: usize, ty: Ty) -> Field {
        let default = matches!(ty, Ty::Opt(_));
        Field {
            name: format!("f{at}"),
            ty,
            default,
        }
    }

    fn field_lines(&mut self, fields: &mut [Field], keys: usize) -> String {
        let mut out = String::new();
        for (at, field) in fields.iter_mut().enumerate() {
            if at < keys {
                out += if at == 0 { "\n    key " } else { ", " };
                out += &format!("{} : {}", field.name, self.ty_text(&field.ty));
                continue;
            }
            let ty = self.border_text(&field.ty);
            out += &format!("\n    {} : {ty}", field.name);
            let plain = !matches!(
                field.ty,
                Ty::Calendar | Ty::Reason | Ty::Row(_) | Ty::ReasonCode
            );
            let often = if matches!(field.ty, Ty::Record(_)) {
                60
            } else {
                15
            };
            if plain && !field.default && self.c.chance(often) {
                let value = match &field.ty {
                    Ty::List(_) => "[]".to_owned(),
                    ty => self.literal(ty),
                };
                out += &format!(" = {value}");
                field.default = true;
            }
        }
        out
    }

    /// A check that most values pass.
    fn check_line(&mut self, fields: &[Field], percent: u64) -> String {
        let numbers: Vec<&Field> = fields
            .iter()
            .filter(|field| matches!(field.ty, Ty::Int | Ty::Num(..) | Ty::Date | Ty::List(_)))
            .collect();
        if !self.c.chance(percent) {
            return String::new();
        }
        let Some(field) = self.c.pick(&numbers) else {
            return String::new();
        };
        let name = &field.name;
        let condition = match &field.ty {
            Ty::Date => format!("{name} > 1800-01-01"),
            Ty::List(_) => format!("(count of {name}) < 4"),
            ty => format!("{name} {}", {
                let sign = self.c.word(&["!=", "<=", ">="]);
                let edge = match sign {
                    "!=" => Decimal::from(7),
                    "<=" => Decimal::from(1_000_000),
                    _ => Decimal::from(-1_000_000),
                };
                let dim = match ty {
                    Ty::Num(dim, ..) => *dim,
                    _ => Dim::Plain,
                };
                format!("{sign} {}", dim.literal(&edge.to_string()))
            }),
        };
        format!("\n    check {condition} because \"as it is\"")
    }

    /// A relation, one that is there or a new one; `None` where there is no room for one more.
    pub(super) fn relation(&mut self) -> Option<usize> {
        if !self.relations.is_empty() && (self.relations.len() >= 3 || self.c.chance(75)) {
            return Some(self.c.below(self.relations.len()));
        }
        if self.budget == 0 {
            return None;
        }
        self.c.begin();
        let name = self.name("D");
        let mut fields = Vec::new();
        let keys = 1 + usize::from(self.c.chance(35));
        for at in 0..keys {
            let ty = match self.c.weighted(&[40, 40, 10, 10]) {
                0 => Ty::Int,
                1 => Ty::Code,
                2 => Ty::Date,
                _ => self.enum_ty(None),
            };
            fields.push(self.field(at, ty));
        }
        fields.extend(self.many((1, 5), 65, |maker, at| {
            let ty = maker.scalar_ty();
            let ty = if maker.c.chance(20) { ty.opt() } else { ty };
            maker.field(keys + at, ty)
        }));
        let valid = self.c.chance(30);
        if valid {
            for name in ["starts", "ends"] {
                let ty = Ty::Date.opt();
                let name = name.to_owned();
                let default = true;
                fields.push(Field { name, ty, default });
            }
        }
        let mut text = format!("data {name}");
        if self.c.chance(8) {
            text += "\n    fresh within 15 minutes";
        }
        text += &self.field_lines(&mut fields, keys);
        if valid {
            text += "\n    valid from starts to ends";
        }
        text += &self.check_line(&fields, 10);
        if self.c.chance(50) {
            text += "\n    rows at most 20";
        }
        self.decls.push(text);
        self.relations.push(RecordDecl {
            name,
            fields,
            keys,
            valid,
        });
        self.c.end();
        Some(self.relations.len() - 1)
    }

    /// A reason, one that is there or a new one.
    pub(super) fn reason(&mut self) -> usize {
        if !self.reasons.is_empty() && (self.budget == 0 || self.c.chance(60)) {
            return self.c.below(self.reasons.len());
        }
        self.c.begin();
        let name = self.name("reason_");
        let params = self.many((0, 3), 50, |maker, _| match maker.c.below(3) {
            0 => Ty::Int,
            1 => Ty::Code,
            _ => maker.number_ty(None),
        });
        let mut text = format!("reason {name}");
        if !params.is_empty() {
            let params = params.iter().enumerate();
            let params: Vec<String> = params
                .map(|(at, ty)| format!("a{at}: {}", self.ty_text(ty)))
                .collect();
            text += &format!(" ({})", params.join(", "));
        }
        let severity = self.c.word(&["", "warning ", "error ", "info "]);
        let holes = (0..params.len()).map(|at| format!(" {{a{at}}}"));
        text += &format!("\n    {severity}\"said{}\"", holes.collect::<String>());
        self.decls.push(text);
        self.reasons.push(ReasonDecl { name, params });
        self.c.end();
        self.reasons.len() - 1
    }
}
