//! What is called: defines, rules with exceptions, parameters.

use super::types::{Dim, Places, Ty};
use super::{Callee, CalleeKind, Maker, Part, Var, Want};

/// Most things to call that a program declares.
const CALLEES: usize = 14;
/// Days in rising order, for what holds through time.
const RISING: &[&str] = &[
    "2024-02-29",
    "2025-01-01",
    "2026-01-01",
    "2026-11-20",
    "2027-01-01",
];

impl Maker<'_> {
    /// Something new that gives a type; `None` where there is no room for one more.
    pub(super) fn callee(&mut self, ty: &Ty, depth: usize) -> Option<Callee> {
        if self.budget == 0 || self.callees.len() >= CALLEES || depth == 0 {
            return None;
        }
        self.c.begin();
        let constant = if matches!(ty, Ty::Record(_)) { 30 } else { 10 };
        let table = match ty {
            Ty::List(item) if matches!(**item, Ty::Enum(_)) => 120,
            _ => 40,
        };
        let callee = match self.c.weighted(&[25, table, 25, constant]) {
            1 => self.table(ty, depth),
            2 => self.rule(ty, depth),
            3 => self.parameter(ty),
            _ => None,
        };
        let callee = callee.unwrap_or_else(|| self.define(ty, depth));
        self.c.end();
        self.callees.push(callee.clone());
        Some(callee)
    }

    /// A percent of any places, into which exceptions combined one after the other fit.
    pub(super) fn free_percent(&mut self) -> Ty {
        let free = |ty: &&Ty| matches!(ty, Ty::Num(Dim::Percent, Places::Data, _));
        if let Some(ty) = self.num_tys.iter().find(free) {
            return ty.clone();
        }
        let name = self.name("N");
        self.decls.push(format!("number {name} = percent"));
        self.nums.push(super::types::NumDecl { name, range: None });
        let ty = Ty::Num(Dim::Percent, Places::Data, Some(self.nums.len() - 1));
        self.num_tys.push(ty.clone());
        ty
    }

    fn define(&mut self, ty: &Ty, depth: usize) -> Callee {
        let params = self.many((0, 3), 65, |maker, _| maker.inner_ty());
        let name = self.name("d");
        let (header, outer) = self.enter(&params);
        let body = self.value(ty, depth).text;
        self.leave(outer);
        let gives = self.ty_text(ty);
        self.decls
            .push(format!("define {name} {header}gives {gives}\n    {body}"));
        Callee {
            name,
            params,
            result: ty.clone(),
            kind: CalleeKind::Function,
        }
    }

    pub(super) fn parameter(&mut self, ty: &Ty) -> Option<Callee> {
        let constant = match ty {
            Ty::Reason | Ty::Row(_) | Ty::ReasonCode => false,
            Ty::Opt(inner) | Ty::List(inner) => !matches!(
                **inner,
                Ty::Reason | Ty::Row(_) | Ty::ReasonCode | Ty::Group(_)
            ),
            Ty::Group(_) => false,
            _ => true,
        };
        if !constant {
            return None;
        }
        let name = self.name("set");
        let mut text = format!("parameter {name} : {}", self.ty_text(ty));
        let kind = if self.c.chance(60) {
            let mut left = RISING;
            while let Some((day, rest)) = left.split_first() {
                if left.len() < RISING.len() && !self.c.chance(55) {
                    break;
                }
                text += &format!("\n    from {day} is {}", self.literal(ty));
                left = rest;
            }
            CalleeKind::Dated
        } else {
            text += &format!("\n    is {}", self.literal(ty));
            CalleeKind::Value
        };
        self.decls.push(text);
        Some(Callee {
            name,
            params: Vec::new(),
            result: ty.clone(),
            kind,
        })
    }

    pub(super) fn rule(&mut self, ty: &Ty, depth: usize) -> Option<Callee> {
        let params = self.many((1, 4), 60, |maker, at| match at {
            0 => maker.scalar_ty(),
            _ => maker.input_ty(1),
        });
        let name = self.name("r");
        let (header, outer) = self.enter(&params);
        let gives = self.ty_text(ty);
        let mut text = format!("rule {name} {header}gives {gives}");
        let day = self
            .path(&|ty| *ty == Ty::Date)
            .filter(|_| self.c.chance(75));
        if let Some(day) = &day {
            text += &format!("\n    as of {}", day.path);
        }
        let combine = self.combine(ty);
        let agree = combine.is_none() && self.c.chance(25);
        if let Some(how) = &combine {
            text += &format!("\n    combine {how}");
        }
        if agree {
            text += "\n    exceptions may agree";
        }
        let default = self.c.chance(80);
        if default {
            text += &format!(
                "\n    default {}",
                self.rule_value(ty, depth, &combine).term()
            );
        }
        if default && combine.is_none() {
            self.default = Some(ty.clone());
        }
        let same = agree.then(|| self.value(ty, depth.min(1)));
        let free = combine.is_some() || agree;
        let exceptions = self.many((1, 4), 55, |maker, at| {
            let exception = maker.exception(at, (day.is_some(), free));
            let value = match &same {
                Some(same) => same.clone(),
                None if maker.default.is_some() && maker.c.chance(30) => maker.of_default(ty),
                None => maker.rule_value(ty, depth, &combine),
            };
            format!("{exception}\n        then {}", value.term())
        });
        text += &exceptions.concat();
        self.leave(outer);
        self.decls.push(text);
        Some(Callee {
            name,
            params,
            result: ty.clone(),
            kind: CalleeKind::Function,
        })
    }

    /// A value of an exception; parts of a compound have few places, so that the result has room.
    fn rule_value(&mut self, ty: &Ty, depth: usize, combine: &Option<String>) -> Part {
        match combine.as_deref() {
            Some("compound") => Part::atom(self.c.word(&["5%", "10%", "0%", "100%", "33%"])),
            _ => self.value(ty, depth),
        }
    }

    fn of_default(&mut self, ty: &Ty) -> Part {
        match ty {
            Ty::Int => Part::of("default + 1"),
            ty if ty.is_ordered(self) => {
                let other = self.value(ty, 1);
                let what = self.c.word(&["highest", "lowest"]);
                Part::of(format!("{what} of [{}, default]", other.term()))
            }
            _ => Part::atom("default"),
        }
    }

    fn combine(&mut self, ty: &Ty) -> Option<String> {
        let ways: &[&str] = match ty {
            Ty::Num(Dim::Percent, Places::Data, Some(_)) => {
                &["compound", "compound", "sum", "highest", "lowest"]
            }
            Ty::Int | Ty::Num(..) => &["sum", "highest", "lowest"],
            ty if ty.is_ordered(self) && *ty != Ty::Severity => &["highest", "lowest"],
            _ => return None,
        };
        let often = if ways.contains(&"compound") { 75 } else { 45 };
        if !self.c.chance(often) {
            return None;
        }
        let mut text = self.c.pick(ways)?.to_owned();
        if text != "compound" && self.c.chance(30) {
            let cap = match (ty, self.path(&|of| of == ty)) {
                (_, Some(var)) if self.c.chance(60) => var.path,
                _ => self.literal(ty),
            };
            text += &format!(" up to {cap}");
        }
        Some(text)
    }

    /// An exception but its value. `free`: several may apply at once.
    fn exception(&mut self, at: usize, (dated, free): (bool, bool)) -> String {
        let mut text = format!("\n    exception e{at}");
        if !free && at > 0 {
            let names: Vec<String> = (0..at).map(|at| format!("e{at}")).collect();
            // Of any two that may apply, one says that it decides.
            if self.c.chance(20) && at == 1 {
                text += " yields to e0";
            } else {
                text += &format!(" overrides {}", names.join(", "));
            }
        }
        if dated && self.c.chance(50) {
            let from = self.c.below(RISING.len());
            let to = (from + self.c.below(3)).min(RISING.len() - 1);
            let day = |at: usize| RISING.get(at).copied().unwrap_or_default();
            text += &match self.c.below(3) {
                0 => format!("\n        valid from {}", day(from)),
                1 => format!("\n        valid to {}", day(to)),
                _ => format!("\n        valid {} to {}", day(from), day(to)),
            };
        }
        let when = self.c.chance(85);
        if when {
            let condition = self.condition();
            text += &format!("\n        when {condition}");
        }
        if !when || self.c.chance(25) {
            let unless = self.value(&Ty::Bool, 2);
            text += &format!("\n        unless {}", unless.term());
        }
        text
    }

    /// A condition that says something of a parameter.
    fn condition(&mut self) -> String {
        let simple = self.path(&|ty| {
            matches!(
                ty,
                Ty::Int | Ty::Num(..) | Ty::Date | Ty::Bool | Ty::Enum(_) | Ty::Code
            )
        });
        match simple {
            Some(Var { path, ty }) if self.c.chance(65) => {
                if ty == Ty::Bool {
                    return path;
                }
                let sign = match ty.is_ordered(self) {
                    true => self.c.word(&["<", "<=", ">", ">=", "="]),
                    false => self.c.word(&["=", "!="]),
                };
                let edge = match &ty {
                    Ty::Num(dim, ..) if self.c.chance(30) => {
                        self.expr(&Want::Number(*dim), 1).term()
                    }
                    ty => self.literal(ty),
                };
                format!("{path} {sign} {edge}")
            }
            _ => self.value(&Ty::Bool, 2).term(),
        }
    }
}
