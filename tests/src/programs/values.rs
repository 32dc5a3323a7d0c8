//! Values of each type but numbers: truth values, texts, days, enum values, records, rows, reasons.

use super::types::{Dim, Ty};
use super::{Maker, Part, Var, Want};

const TEXTS: &[&str] = &["a", "", "b", "Größe", "EX-1", "a longer text", "A"];
const CODES: &[&str] = &["A", "B", "C1", "1896-S", "b", " a ", "Ä"];
/// Codes of calendars; the snapshot of every program has the first two.
pub(super) const CALENDARS: &[&str] = &["SHOP", "CARRIER", "NOWHERE"];
const DAYS: &[&str] = &[
    "2026-01-01",
    "2026-12-31",
    "2024-02-29",
    "2026-02-28",
    "2026-06-15",
    "2027-01-01",
    "2025-03-31",
    "0001-01-01",
    "9999-12-31",
];
const FORMULAS: &[&str] = &[
    "1D", "-2D", "1W", "1M", "CM", "-CM", "CM+14D", "1Q", "-1Y", "CW", "D15", "WD2", "-WD5", "CY",
    "-CQ", "M4", "Q2", "W7",
];

/// A written value; one with a sign takes brackets beside an operator.
pub(super) fn written(text: String) -> Part {
    match text.starts_with('-') {
        true => Part::of(text),
        false => Part::atom(text),
    }
}

impl Maker<'_> {
    /// A value as it may stand in a cell, a default, a parameter: constant.
    pub(super) fn literal(&mut self, ty: &Ty) -> String {
        match ty {
            Ty::Bool => self.c.word(&["false", "true"]).into(),
            Ty::Int => {
                let whole = [
                    "0", "1", "10", "5", "2", "100", "3", "7", "-1", "1000", "50",
                ];
                match self.c.chance(6) {
                    true => self.c.word(&["9223372036854775807", "3037000500"]).into(),
                    false => self.c.word(&whole).into(),
                }
            }
            Ty::Num(..) => self.number_text(ty),
            Ty::Text => format!("\"{}\"", self.c.word(TEXTS)),
            Ty::Code => format!("\"{}\"", self.c.word(CODES)),
            Ty::Date => self.c.word(DAYS).into(),
            Ty::Formula => format!("\"{}\"", self.c.word(FORMULAS)),
            Ty::Calendar => format!("\"{}\"", self.c.word(CALENDARS)),
            Ty::Enum(id) => {
                let values = self.enums.get(*id).map(|it| it.values.clone());
                self.c.pick(&values.unwrap_or_default()).unwrap_or_default()
            }
            Ty::Rounding => self
                .c
                .word(&["nearest", "even", "up", "down", "floor", "ceiling"])
                .into(),
            Ty::Severity => self.c.word(&["info", "warning", "error"]).into(),
            Ty::ReasonCode => {
                let reason = self.reason();
                let name = self.reasons.get(reason).map(|it| it.name.clone());
                name.unwrap_or_default()
            }
            Ty::Opt(inner) => match self.c.chance(60) {
                true => self.literal(inner),
                false => "missing".into(),
            },
            Ty::List(inner) => {
                let mut items = Vec::new();
                while items.len() < 4 && self.c.chance(55) {
                    items.push(self.literal(inner));
                }
                format!("[{}]", items.join(", "))
            }
            Ty::Record(id) => {
                let Some(decl) = self.records.get(*id) else {
                    return "missing".into();
                };
                let (name, fields) = (decl.name.clone(), decl.fields.clone());
                let given = fields.iter().map(|field| {
                    let value = self.literal(&field.ty);
                    format!("{}: {value}", field.name)
                });
                let given: Vec<String> = given.collect();
                format!("{name}({})", given.join(", "))
            }
            Ty::Reason | Ty::Row(_) | Ty::Group(_) => "missing".into(),
        }
    }

    /// The simplest value of a type.
    pub(super) fn simplest(&mut self, ty: &Ty) -> Part {
        match ty {
            Ty::Record(_) | Ty::Reason | Ty::Row(_) => self.own_value(ty, 0),
            Ty::List(inner) if matches!(**inner, Ty::Record(_) | Ty::Reason | Ty::Row(_)) => {
                Part::atom("[]")
            }
            Ty::Opt(inner) if matches!(**inner, Ty::Record(_) | Ty::Row(_)) => {
                Part::atom("missing")
            }
            _ => written(self.literal(ty)),
        }
    }

    /// What only values of this type have.
    pub(super) fn own_value(&mut self, ty: &Ty, depth: usize) -> Part {
        match ty {
            Ty::Bool => self.own_bool(depth),
            Ty::Int => self.own_int(depth),
            Ty::Num(..) => self.fitting_number(ty, depth),
            Ty::Text => self.own_text(depth),
            Ty::Date => self.own_date(depth),
            Ty::Enum(_) | Ty::Code | Ty::Severity => self.own_choice(ty, depth),
            Ty::ReasonCode => {
                let reason = self.reason_value(depth);
                Part::atom(format!("{}.code", reason.term()))
            }
            Ty::Record(id) => self.own_record(*id, depth),
            Ty::Reason => self.reason_value(depth),
            Ty::Row(id) => self.row(*id, depth),
            Ty::List(inner) => self.own_list(inner, depth),
            Ty::Opt(inner) => self.own_optional(inner, depth),
            Ty::Formula | Ty::Calendar | Ty::Rounding | Ty::Group(_) => {
                Part::atom(self.literal(ty))
            }
        }
    }

    /// An enum value, a code, a severity: chosen among others.
    fn own_choice(&mut self, ty: &Ty, depth: usize) -> Part {
        match self.c.weighted(&[30, 30, 20]) {
            1 if ty.is_ordered(self) && *ty != Ty::Severity => {
                let (a, b) = (self.value(ty, depth), self.value(ty, depth));
                let what = self.c.word(&["lowest", "highest", "first"]);
                Part::of(format!("{what} of [{}, {}]", a.term(), b.term()))
            }
            2 if *ty == Ty::Severity => {
                let reason = self.reason_value(depth);
                Part::atom(format!("{}.severity", reason.term()))
            }
            _ => Part::atom(self.literal(ty)),
        }
    }

    fn own_text(&mut self, depth: usize) -> Part {
        let mut text = String::new();
        while self.c.chance(55) {
            text += self.c.word(&["", "a ", "b", "{{x}} "]);
            let ty = match self.c.below(6) {
                0 => Ty::Int,
                1 => self.number_ty(None),
                2 => Ty::Code,
                3 => Ty::Date,
                4 => Ty::Bool,
                _ => self.enum_ty(None),
            };
            let Some(var) = self.path(&|of| *of == ty) else {
                let value = match ty {
                    Ty::Int => self.value(&Ty::Int, depth.min(1)),
                    _ => continue,
                };
                if !value.text.contains(['"', '{']) {
                    text += &format!("{{{}}}", value.term());
                }
                continue;
            };
            text += &format!("{{{}}}", var.path);
        }
        Part::atom(format!("\"{text}\""))
    }

    fn own_date(&mut self, depth: usize) -> Part {
        let day = self.value(&Ty::Date, depth);
        match self.c.weighted(&[30, 15, 15, 16, 14]) {
            0 => {
                let sign = self.c.word(&["+", "-"]);
                let count = self.c.word(&["1", "2", "30", "12", "400", "0"]);
                let unit = self
                    .c
                    .word(&["days", "weeks", "months", "quarters", "years"]);
                Part::of(format!("{} {sign} {count} {unit}", day.term()))
            }
            1 => {
                let count = self.value(&Ty::Int, depth);
                Part::of(format!("{} + ({} as days)", day.term(), count.term()))
            }
            2 => {
                // A text says here that it is a formula only where it stands alone.
                let formula = match self.path(&|ty| *ty == Ty::Formula) {
                    Some(var) if self.c.chance(70) => var.path,
                    _ => self.literal(&Ty::Formula),
                };
                Part::of(format!("{} + {formula}", day.term()))
            }
            3 => {
                let name = self.c.word(&["start_of_month", "end_of_month"]);
                Part::atom(format!("{name}({})", day.text))
            }
            _ => {
                let count = match self.c.chance(70) {
                    true => Part::atom(self.c.word(&["0", "1", "3", "-1", "-4", "10"])),
                    false => self.value(&Ty::Int, depth),
                };
                let calendars = self.calendars(depth);
                Part::atom(format!(
                    "add_working_days({}, {}, {calendars})",
                    day.text, count.text
                ))
            }
        }
    }

    /// A condition.
    fn own_bool(&mut self, depth: usize) -> Part {
        match self.c.weighted(&[4, 34, 9, 9, 16, 9, 12, 7, 7, 4, 4, 4]) {
            1 => self.compared(depth),
            2 => self.between(depth),
            3 => self.is_in(depth),
            4 => {
                let (a, b) = (self.value(&Ty::Bool, depth), self.value(&Ty::Bool, depth));
                let word = self.c.word(&["and", "or"]);
                Part::of(format!("{} {word} {}", a.term(), b.term()))
            }
            5 => Part::of(format!("not {}", self.value(&Ty::Bool, depth).term())),
            6 => self.counted(depth),
            7 => self.exists(depth),
            8 => {
                let Some(var) = self.path(&|ty| matches!(ty, Ty::Opt(_))) else {
                    return self.compared(depth);
                };
                let is = self.c.word(&["is", "is not"]);
                Part::of(format!("{} {is} missing", var.path))
            }
            9 => {
                let (a, b) = (
                    self.value(&Ty::Text, depth),
                    self.value(&Ty::Text, depth.min(1)),
                );
                Part::atom(format!("starts_with({}, {})", a.text, b.text))
            }
            10 => {
                let mut valid = self.relations.iter();
                let Some(id) = valid.position(|it| it.valid) else {
                    return self.compared(depth);
                };
                let row = self.row(id, depth);
                let day = self.value(&Ty::Date, depth);
                Part::of(format!("{} valid on {}", row.term(), day.term()))
            }
            11 => self.narrowing_and(depth),
            _ => Part::atom(self.literal(&Ty::Bool)),
        }
    }

    /// `x is not missing and …x…`
    fn narrowing_and(&mut self, depth: usize) -> Part {
        let Some(var) = self.path(&|ty| matches!(ty, Ty::Opt(_))) else {
            return self.compared(depth);
        };
        let path = var.path;
        let ty = var.ty.plain().clone();
        self.vars.push(Var {
            path: path.clone(),
            ty,
        });
        let there = self.value(&Ty::Bool, depth);
        self.vars.pop();
        match self.c.below(3) {
            0 => Part::of(format!("{path} is not missing and {}", there.term())),
            1 => Part::of(format!("{path} is missing or {}", there.term())),
            _ => Part::of(format!("all of [{path} is not missing, {}]", there.term())),
        }
    }

    /// A type that two values are compared in.
    fn compared_ty(&mut self) -> Ty {
        match self.c.weighted(&[60, 15, 10, 5, 5, 5]) {
            0 => self.scalar_ty(),
            5 => Ty::Text,
            1 => self.scalar_ty().opt(),
            2 if !self.records.is_empty() => Ty::Record(self.record(0)),
            3 => self.scalar_ty().list(),
            4 if !self.reasons.is_empty() => Ty::ReasonCode,
            _ => Ty::Int,
        }
    }

    fn compared(&mut self, depth: usize) -> Part {
        let ty = self.compared_ty();
        let sign = if ty.is_ordered(self) {
            self.c.word(&["<", "<=", ">", ">=", "=", "!="])
        } else {
            self.c.word(&["=", "!="])
        };
        let (a, b) = match &ty {
            Ty::Num(dim, ..) => {
                let want = Want::Number(*dim);
                (self.expr(&want, depth), self.expr(&want, depth))
            }
            Ty::ReasonCode => {
                let reason = self.reason_value(depth.min(1));
                let code = self.literal(&Ty::ReasonCode);
                (
                    Part::atom(format!("{}.code", reason.text)),
                    Part::atom(code),
                )
            }
            Ty::Text => (self.value(&Ty::Text, depth), self.value(&Ty::Text, depth)),
            // Two written values say nothing of their type.
            ty => match self.path(&|of| of == ty) {
                Some(var) => (Part::atom(var.path), self.value(ty, depth)),
                None => return self.compared_whole(depth),
            },
        };
        Part::of(format!("{} {sign} {}", a.term(), b.term()))
    }

    fn compared_whole(&mut self, depth: usize) -> Part {
        let (a, b) = (self.value(&Ty::Int, depth), self.value(&Ty::Int, depth));
        let sign = self.c.word(&["<", "<=", ">", ">=", "=", "!="]);
        Part::of(format!("{} {sign} {}", a.term(), b.term()))
    }

    fn between(&mut self, depth: usize) -> Part {
        let ty = match self.c.below(4) {
            0 => Ty::Int,
            1 => Ty::Date,
            2 => self.number_ty(None),
            _ => self.enum_ty(Some(true)),
        };
        let Some(var) = self.path(&|of| *of == ty) else {
            return self.compared(depth);
        };
        let optional = ty.clone().opt();
        let end = |maker: &mut Self| match maker.c.chance(50) {
            true => maker.value(&ty, depth).term(),
            false => match maker.path(&|of| *of == optional) {
                Some(var) => var.path,
                None => maker.value(&ty, depth).term(),
            },
        };
        let (low, high) = (end(self), end(self));
        Part::of(format!("{} between {low} and {high}", var.path))
    }

    fn is_in(&mut self, depth: usize) -> Part {
        let ty = self.scalar_ty();
        let Some(var) = self.path(&|of| *of == ty) else {
            return self.compared(depth);
        };
        let list = match self.c.chance(60) {
            true => {
                let mut items = vec![self.literal(&ty)];
                while items.len() < 4 && self.c.chance(60) {
                    items.push(self.literal(&ty));
                }
                format!("[{}]", items.join(", "))
            }
            false => {
                let wanted = ty.clone().list();
                match self.path(&|of| *of == wanted) {
                    Some(var) => var.path,
                    None => format!("[{}, {}]", self.literal(&ty), self.value(&ty, depth).term()),
                }
            }
        };
        let word = self.c.word(&["in", "not in"]);
        Part::of(format!("{} {word} {list}", var.path))
    }

    fn counted(&mut self, depth: usize) -> Part {
        let items = self.many((1, 4), 65, |maker, _| maker.value(&Ty::Bool, depth).term());
        let how = match self.c.below(4) {
            0 => "all of".to_owned(),
            1 => "any of".to_owned(),
            2 => "none of".to_owned(),
            _ => format!("at least {} of", 1 + self.c.below(items.len())),
        };
        Part::of(format!("{how} [{}]", items.join(", ")))
    }

    fn own_record(&mut self, id: usize, depth: usize) -> Part {
        let ty = Ty::Record(id);
        let Some(decl) = self.records.get(id) else {
            return Part::atom("missing");
        };
        let (name, fields) = (decl.name.clone(), decl.fields.clone());
        if depth > 0 && self.c.chance(25) {
            let whole = self.value(&ty, depth);
            let Some(field) = self.c.pick(&fields) else {
                return whole;
            };
            let mut changes = format!("{}: {}", field.name, self.value(&field.ty, depth).text);
            if let Some(other) = self.c.pick(&fields).filter(|it| it.name != field.name) {
                changes += &format!(", {}: {}", other.name, self.value(&other.ty, depth).text);
            }
            return Part::of(format!("{} with ({changes})", whole.term()));
        }
        let mut given = Vec::new();
        for field in &fields {
            if field.default && self.c.chance(40) {
                continue;
            }
            let value = self.value(&field.ty, depth);
            given.push(format!("{}: {}", field.name, value.text));
        }
        Part::atom(format!("{name}({})", given.join(", ")))
    }

    /// A row: of the loop, or looked up by its key.
    pub(super) fn row(&mut self, id: usize, depth: usize) -> Part {
        let ty = Ty::Row(id);
        if self.c.chance(50)
            && let Some(var) = self.path(&|of| *of == ty)
        {
            return Part::atom(var.path);
        }
        let Some(decl) = self.relations.get(id) else {
            return Part::atom("missing");
        };
        let name = decl.name.clone();
        let keys: Vec<Ty> = decl
            .fields
            .iter()
            .take(decl.keys)
            .map(|it| it.ty.clone())
            .collect();
        let keys: Vec<String> = keys
            .iter()
            .map(|ty| self.value(ty, depth.min(1)).text)
            .collect();
        Part::atom(format!("{name}[{}]", keys.join(", ")))
    }

    pub(super) fn reason_value(&mut self, depth: usize) -> Part {
        let id = self.reason();
        let Some(decl) = self.reasons.get(id) else {
            return Part::atom("missing");
        };
        let (name, params) = (decl.name.clone(), decl.params.clone());
        let arguments: Vec<String> = params
            .iter()
            .map(|ty| self.value(ty, depth.min(2)).text)
            .collect();
        Part::atom(format!("{name}({})", arguments.join(", ")))
    }

    fn own_optional(&mut self, inner: &Ty, depth: usize) -> Part {
        match self.c.weighted(&[10, 20, 45, 25]) {
            1 => self.value(inner, depth),
            2 => self.one_of(inner, depth),
            3 if matches!(inner, Ty::Row(_)) => self.one_of(inner, depth),
            3 => {
                let condition = self.value(&Ty::Bool, depth);
                let value = self.value(inner, depth);
                Part::of(format!(
                    "if {} then {} else missing",
                    condition.term(),
                    value.term()
                ))
            }
            _ => Part::atom("missing"),
        }
    }

    /// A type with `by`, `lowest`, and the like.
    pub(super) fn key(&mut self, depth: usize) -> String {
        let ordered = self.path(&|ty| {
            matches!(
                ty.plain(),
                Ty::Int | Ty::Num(..) | Ty::Date | Ty::Text | Ty::Code | Ty::Severity
            )
        });
        match ordered {
            Some(var) if self.c.chance(75) => var.path,
            _ => match self.c.below(3) {
                0 => self.value(&Ty::Int, depth.min(2)).term(),
                1 => {
                    let ty = self.enum_ty(Some(true));
                    match self.path(&|of| *of == ty) {
                        Some(var) => var.path,
                        None => self.expr(&Want::Number(Dim::Plain), depth.min(2)).term(),
                    }
                }
                _ => self.expr(&Want::Number(Dim::Plain), depth.min(2)).term(),
            },
        }
    }
}
