//! Makes plans from the types of a program.

use std::collections::BTreeMap;

use assize_eval::failure::full_name;
use assize_eval::interp::value_of;
use assize_eval::json::call::needs_instant;
use assize_eval::json::write_text;
use assize_ir::{CallableId, Check, Const, Program, RecordId, SEVERITY_VALUES, Type};

use super::names::Names;
use super::out::Fragment;
use super::plan::{
    Choice, Decision, Field, Fixed, Held, Kind, LeftOut, MOST_FIELDS, Object, Plan, Plans, Reason,
};
use super::quick::Step;
use super::scan::Literal;
use crate::jit::code::Entry;
use crate::jit::shape::{Layouts, Shape};
use crate::jit::words::Writer;

impl Plans {
    /// The plans of a program, for entries of its machine code.
    pub(crate) fn new(
        program: &Program,
        layouts: &Layouts,
        entries: &BTreeMap<CallableId, Entry>,
    ) -> Plans {
        let mut held = Held::default();
        let mut maker = Maker {
            program,
            layouts,
            entries,
            held: &mut held,
        };
        let records = program.records.iter();
        let records: Vec<_> = records.map(|record| maker.record(record)).collect();
        let readable = readable(&records);
        let reasons = program.reasons.iter();
        let reasons = reasons.map(|reason| maker.reason(reason)).collect();
        let decisions = program.decisions.iter().map(|decision| Decision {
            ending: Literal::around("", &decision.name, "\""),
            names: [decision.name.clone(), full_name(program, decision.callable)],
            plan: maker.decision(decision, &readable),
        });
        let decisions: Vec<_> = decisions.collect();
        Plans {
            records,
            reasons,
            called: Names::new(&decisions),
            decisions,
            held,
        }
    }
}

/// The checks of all records that a caller of a decision can hand in.
pub(crate) fn checks(program: &Program) -> Vec<CallableId> {
    let decisions = program.decisions.iter();
    let callables = decisions.filter_map(|decision| program.callable(decision.callable));
    let types = callables.flat_map(|callable| callable.params.iter().map(|param| &param.ty));
    let mut waiting: Vec<&Type> = types.collect();
    let mut seen = vec![false; program.records.len()];
    let mut reasons = false;
    let mut found = Vec::new();
    while let Some(ty) = waiting.pop() {
        match ty {
            Type::Optional(inner) => waiting.push(inner),
            Type::List { item, .. } => waiting.push(item),
            Type::Reason if !reasons => {
                reasons = true;
                let params = program.reasons.iter().flat_map(|reason| &reason.params);
                waiting.extend(params.map(|param| &param.ty));
            }
            Type::Record(id) => {
                let Some(record) = program.record(*id) else {
                    continue;
                };
                if let Some(seen) = seen.get_mut(id.index()).filter(|seen| !**seen) {
                    *seen = true;
                    found.extend(record.checks.iter().map(|check| check.callable));
                    waiting.extend(record.fields.iter().map(|field| &field.ty));
                }
            }
            _ => {}
        }
    }
    found
}

struct Maker<'m> {
    program: &'m Program,
    layouts: &'m Layouts,
    entries: &'m BTreeMap<CallableId, Entry>,
    held: &'m mut Held,
}

impl Maker<'_> {
    fn decision(&mut self, decision: &assize_ir::Decision, readable: &[bool]) -> Option<Plan> {
        let program = self.program;
        let callable = program.callable(decision.callable)?;
        let params = callable.params.iter();
        let params = params.map(|param| (param.name.as_str(), &param.ty, None));
        let input = self.object(params, 0, &[])?;
        let mut kinds = input.fields.iter().map(|field| &field.kind);
        if !kinds.all(|kind| can_be_read(kind, readable)) {
            return None;
        }
        let shape = Shape::of(&callable.result);
        let fresh = decision.reads.iter().filter_map(|id| {
            let limit = program.relation(*id)?.fresh_within_seconds?;
            Some((*id, limit))
        });
        Some(Plan {
            entry: *self.entries.get(&decision.callable)?,
            input,
            output: self.kind(&callable.result, &shape)?,
            room: shape.words(),
            needs_instant: needs_instant(program, decision),
            fresh: fresh.collect(),
        })
    }

    fn record(&mut self, record: &assize_ir::Record) -> Option<Object> {
        let fields = record.fields.iter();
        let fields = fields.map(|it| (it.name.as_str(), &it.ty, it.default.as_ref()));
        self.object(fields, 0, &record.checks)
    }

    fn reason(&mut self, reason: &assize_ir::Reason) -> Option<Reason> {
        let params = reason.params.iter();
        let params = params.map(|param| (param.name.as_str(), &param.ty, None));
        // The number of the reason stands before its parameters.
        let parameters = self.object(params, 1, &[])?;
        let severity = *SEVERITY_VALUES.get(reason.severity as usize)?;
        let mut before = String::from("{\"code\":");
        write_text(&reason.code, &mut before);
        before.push_str(",\"severity\":");
        write_text(severity, &mut before);
        before.push_str(",\"parameters\":");
        if parameters.fields.is_empty() {
            before.push_str("{}}");
        }
        Some(Reason {
            code: reason.code.clone(),
            severity,
            parameters,
            before: Fragment::new(&before),
        })
    }

    fn object<'t>(
        &mut self,
        fields: impl Iterator<Item = (&'t str, &'t Type, Option<&'t Const>)>,
        start: usize,
        checks: &[Check],
    ) -> Option<Object> {
        let mut words = start;
        let (mut planned, mut steps) = (Vec::new(), Vec::new());
        for (name, ty, default) in fields {
            let shape = Shape::of(ty);
            let kind = self.kind(ty, &shape)?;
            let mut before = String::from(if planned.is_empty() { "{" } else { "," });
            write_text(name, &mut before);
            before.push(':');
            steps.push(Step::new(name, planned.is_empty(), words, &kind));
            planned.push(Field {
                name: name.to_owned(),
                ending: Literal::around("", name, "\""),
                before: Fragment::new(&before),
                at: words,
                words: shape.words(),
                kind,
                left_out: self.left_out(ty, &shape, default),
            });
            words += shape.words();
        }
        if planned.len() > MOST_FIELDS {
            return None;
        }
        let checks = checks.iter();
        Some(Object {
            names: Names::new(&planned),
            fields: planned,
            steps,
            words,
            checks: checks
                .map(|check| self.entries.get(&check.callable).copied())
                .collect(),
        })
    }

    fn left_out(&mut self, ty: &Type, shape: &Shape, default: Option<&Const>) -> LeftOut {
        match default {
            None if ty.is_optional() => LeftOut::Missing,
            None => LeftOut::Fault,
            Some(default) => self
                .default(shape, default)
                .map_or(LeftOut::Fault, LeftOut::Default),
        }
    }

    fn default(&mut self, shape: &Shape, default: &Const) -> Option<Vec<u64>> {
        let value = value_of(default)?;
        let mut words = Vec::new();
        let mut writer = Writer {
            layouts: self.layouts,
            arena: &mut self.held.arena,
        };
        writer.write(&value, shape, &mut words)?;
        self.held.values.push(value);
        Some(words)
    }

    fn kind(&self, ty: &Type, shape: &Shape) -> Option<Kind> {
        Some(match (ty, shape) {
            (Type::Bool, Shape::Bool) => Kind::Bool,
            (Type::Int, Shape::Word) => Kind::Int,
            (Type::Date, Shape::Word) => Kind::Date,
            (Type::Enum(id), Shape::Word) => {
                let values = &self.program.enum_of(*id)?.values;
                Kind::Enum(Choice::new(values.iter().map(|name| &**name)))
            }
            (Type::Num(ty), Shape::Fixed(scale)) => Kind::Fixed(Fixed::new(ty, *scale)),
            (Type::Num(ty), Shape::Decimal) => Kind::Decimal(ty.clone()),
            (Type::Text, Shape::Text) => Kind::Text,
            (Type::Code | Type::Calendar, Shape::Text) => Kind::Code,
            (Type::DateFormula, Shape::Text) => Kind::DateFormula,
            (Type::Record(RecordId(id)), Shape::Record(_)) => {
                Kind::Record(usize::try_from(*id).ok()?)
            }
            (Type::Reason, Shape::Reason) => Kind::Reason,
            (Type::List { item, at_most }, Shape::List(shape)) => Kind::List {
                item: Box::new(self.kind(item, shape)?),
                words: shape.words(),
                at_most: at_most.map_or(usize::MAX, |most| most as usize),
            },
            (Type::Optional(inner), Shape::Optional(shape)) => {
                Kind::Optional(Box::new(self.kind(inner, shape)?))
            }
            // Rows have no JSON form.
            _ => return None,
        })
    }
}

/// Which records have plans with all their checks, and so have all records in them.
fn readable(records: &[Option<Object>]) -> Vec<bool> {
    let whole = |record: &Option<Object>| record.as_ref().is_some_and(|it| it.checks.is_some());
    let mut readable: Vec<bool> = records.iter().map(whole).collect();
    loop {
        let before = readable.clone();
        for (readable, record) in readable.iter_mut().zip(records) {
            let mut fields = record.iter().flat_map(|record| &record.fields);
            *readable &= fields.all(|field| can_be_read(&field.kind, &before));
        }
        if readable == before {
            return readable;
        }
    }
}

/// Whether all records in a value can be read. Reasons are looked at when one is read, since a reason may
/// hold another.
fn can_be_read(kind: &Kind, readable: &[bool]) -> bool {
    match kind {
        Kind::Record(id) => readable.get(*id) == Some(&true),
        Kind::List { item, .. } | Kind::Optional(item) => can_be_read(item, readable),
        _ => true,
    }
}
