//! Whether Rust types fit a decision: names, types and places, all faults at once.

use std::fmt;

use assize_eval::json::describe::describe;
use assize_ir::{Program, Type};

use super::form::{Form, OTHERS};
use crate::jit::lower::images::set_positions;

/// A place where a Rust type does not fit the rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where, by the names of the rules: `order.lines[].quantity`.
    pub path: String,
    /// What is wrong, and what would be right.
    pub why: String,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.why)
    }
}

impl std::error::Error for Misfit {}

/// Which way values go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From the caller to the rules.
    Given,
    /// From the rules to the caller.
    Taken,
}

/// Compares forms with types.
pub(crate) struct Binder<'p> {
    pub(crate) program: &'p Program,
    pub(crate) way: Way,
    pub(crate) misfits: Vec<Misfit>,
}

impl Binder<'_> {
    fn misfit(&mut self, path: &str, why: impl Into<String>) {
        let why = why.into();
        let path = path.to_owned();
        self.misfits.push(Misfit { path, why });
    }

    /// Compares a form with the type at a path.
    pub(crate) fn term(&mut self, path: &str, form: &Form, ty: &Type) {
        match (form, ty) {
            (Form::Optional(inner), Type::Optional(ty)) => self.term(path, inner, ty),
            (Form::Optional(inner), ty) if self.way == Way::Taken => self.term(path, inner, ty),
            (Form::Optional(_), _) => {
                self.misfit(
                    path,
                    "is never missing in the rules: leave the `Option` out",
                );
            }
            (form, Type::Optional(ty)) if self.way == Way::Given => self.term(path, form, ty),
            (_, Type::Optional(_)) => self.misfit(path, "may be missing: take an `Option`"),
            (Form::Fixed(here, _), Type::Num(number)) => {
                match number.places {
                    Some(places) if self.way == Way::Given && *here > places => {
                        self.misfit(path, format!("has at most {places} places in the rules, and {here} here: take `Fixed<{places}>`"));
                    }
                    Some(places) if self.way == Way::Taken && *here < places => {
                        self.misfit(path, format!("may have {places} places, and only {here} here: take `Fixed<{places}>`"));
                    }
                    None if self.way == Way::Taken => {
                        self.misfit(path, "may have any places: take `Decimal`");
                    }
                    _ if *here > 18 => {
                        self.misfit(path, "has more than 18 places here: take `Decimal`")
                    }
                    _ => {}
                }
            }
            (Form::Choice(names), Type::Enum(id)) => self.choice(path, names, *id),
            (Form::Record(fields), Type::Record(id)) => {
                let program = self.program;
                let Some(record) = program.record(*id) else {
                    return;
                };
                let known = record.fields.iter().map(|field| {
                    let needed = field.default.is_none() && !field.ty.is_optional();
                    (field.name.as_str(), &field.ty, needed)
                });
                self.fields(path, fields, &known.collect::<Vec<_>>());
            }
            (Form::List(item), Type::List { item: ty, .. }) => {
                self.term(&format!("{path}[]"), item, ty);
            }
            (Form::Array(count, item), Type::List { item: ty, at_most }) => {
                if at_most.is_some_and(|most| *count > most as usize) {
                    let most = at_most.unwrap_or_default();
                    self.misfit(
                        path,
                        format!("has at most {most} elements, and {count} here"),
                    );
                }
                self.term(&format!("{path}[]"), item, ty);
            }
            (Form::Set(item), Type::List { item: ty, .. }) => self.set(path, item, ty),
            (Form::Reasons(variants), Type::Reason) => self.reasons(path, variants),
            (Form::Bool, Type::Bool)
            | (Form::Int(_), Type::Int)
            | (Form::Day, Type::Date)
            | (Form::Decimal, Type::Num(_))
            | (Form::Text, Type::Text | Type::Code | Type::Calendar | Type::DateFormula) => {}
            (form, ty) => {
                let wanted = describe(self.program, ty);
                let found = form.described();
                self.misfit(path, format!("is {wanted} in the rules, and {found} here"));
            }
        }
    }

    /// Compares named forms with fields or parameters: name, type, whether it must be given.
    pub(crate) fn fields(
        &mut self,
        path: &str,
        fields: &[(&'static str, Form)],
        known: &[(&str, &Type, bool)],
    ) {
        let below = |name: &str| {
            if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            }
        };
        for (name, form) in fields {
            match known.iter().find(|(it, _, _)| it == name) {
                Some((_, ty, _)) => self.term(&below(name), form, ty),
                None => {
                    let names: Vec<&str> = known.iter().map(|(name, _, _)| *name).collect();
                    self.misfit(
                        &below(name),
                        format!("is not in the rules, which know {}", names.join(", ")),
                    );
                }
            }
        }
        if self.way == Way::Given {
            for (name, _, needed) in known {
                if *needed && !fields.iter().any(|(it, _)| it == name) {
                    self.misfit(&below(name), "must be given, and is not here");
                }
            }
        }
    }

    fn choice(&mut self, path: &str, names: &[&'static str], id: assize_ir::EnumId) {
        let program = self.program;
        let values = program.enum_of(id).map(|it| it.values.as_slice());
        let values = values.unwrap_or_default();
        match self.way {
            Way::Given => {
                for name in names {
                    if !values.iter().any(|value| value == name) {
                        let known = values.join(", ");
                        self.misfit(path, format!("`{name}` is none of {known}"));
                    }
                }
            }
            Way::Taken if names.contains(&OTHERS) => {}
            Way::Taken => {
                for value in values {
                    if !names.contains(&value.as_str()) {
                        self.misfit(path, format!("may be `{value}`, which has no value here: add it, or one with `#[assize(others)]`"));
                    }
                }
            }
        }
    }

    fn set(&mut self, path: &str, item: &Form, ty: &Type) {
        let count = match item {
            Form::Choice(names) => names.len(),
            Form::Reasons(variants) => variants.len(),
            _ => 0,
        };
        if count > 64 {
            self.misfit(
                path,
                format!("a set has at most 64 names, and {count} here: take a `Vec`"),
            );
        } else if set_positions(self.program, ty, item).is_none() {
            self.term(path, item, ty);
        }
    }

    fn reasons(&mut self, path: &str, variants: &[super::form::Variant]) {
        let program = self.program;
        for variant in variants {
            let reason = program.reasons.iter().find(|it| it.code == variant.name);
            let Some(reason) = reason else {
                if variant.name != OTHERS {
                    self.misfit(
                        path,
                        format!("the reason `{}` is not in the rules", variant.name),
                    );
                }
                continue;
            };
            let known = reason
                .params
                .iter()
                .map(|it| (it.name.as_str(), &it.ty, false));
            let below = format!("{path}.{}", variant.name);
            self.fields(&below, &variant.params, &known.collect::<Vec<_>>());
        }
        if variants.iter().any(|variant| variant.name == OTHERS) {
            return;
        }
        for reason in &program.reasons {
            if !variants.iter().any(|it| it.name == reason.code) {
                self.misfit(path, format!("may be `{}`, which has no variant here: add it, or one with `#[assize(others)]`", reason.code));
            }
        }
    }
}
