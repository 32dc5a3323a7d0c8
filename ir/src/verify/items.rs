//! Enums, records, relations, reasons, decisions: what is declared beside callables.

use std::collections::BTreeSet;

use super::Faults;
use super::limits::{
    MAX_CALLABLES, MAX_MEMBERS, MAX_NAME_BYTES, MAX_RECORD_DEPTH, MAX_TEXT_BYTES, MAX_TYPE_DEPTH,
};
use crate::infer::const_fits;
use crate::program::{Callable, Check, Field, Param, Program, Record, Relation};
use crate::reach;
use crate::text::{builtin_enums, type_text};
use crate::types::{NumType, PlaceId, RecordId, Type};

pub(super) fn check(program: &Program, faults: &mut Faults) {
    let mut items = Items { program, faults };
    items.program();
    items.enums();
    for (at, record) in program.records.iter().enumerate() {
        items.record(at, record);
    }
    items.record_depth();
    for (at, relation) in program.relations.iter().enumerate() {
        items.relation(at, relation);
    }
    items.reasons();
    for callable in &program.callables {
        items.signature(callable);
    }
    items.decisions();
    items.places();
}

/// A decision names every relation that it can reach: the age of those is checked before it runs.
pub(super) fn reads(program: &Program, faults: &mut Faults) {
    for decision in &program.decisions {
        let reached = reach::relations(program, decision.callable);
        let unread = reached.iter().find(|id| !decision.reads.contains(id));
        if let Some(relation) = unread.and_then(|id| program.relation(*id)) {
            faults.subject = format!("decision {}", decision.name);
            faults.add(
                "every relation that the decision can reach in `reads`",
                format!("it can reach {}", relation.name),
            );
        }
    }
}

/// `found` names of the two sides of a signature.
fn signature_text(program: &Program, params: &[Param], result: &Type) -> String {
    let all: Vec<String> = params
        .iter()
        .map(|param| type_text(program, &param.ty))
        .collect();
    format!("({}) gives {}", all.join(", "), type_text(program, result))
}

struct Items<'a> {
    program: &'a Program,
    faults: &'a mut Faults,
}

impl Items<'_> {
    fn subject(&mut self, subject: String) {
        self.faults.subject = subject;
    }

    fn name(&mut self, name: &str) {
        if name.is_empty() {
            self.faults.add("a name", "nothing");
        } else if name.len() > MAX_NAME_BYTES {
            self.faults.add(
                format!("a name of at most {MAX_NAME_BYTES} bytes"),
                name.len().to_string(),
            );
        } else if name.chars().any(char::is_control) {
            self.faults
                .add("a name without control characters", format!("{name:?}"));
        }
    }

    fn text(&mut self, text: &str) {
        if text.len() > MAX_TEXT_BYTES {
            self.faults.add(
                format!("a text of at most {MAX_TEXT_BYTES} bytes"),
                text.len().to_string(),
            );
        }
    }

    fn count(&mut self, what: &str, count: usize, most: usize) {
        if count > most {
            self.faults
                .add(format!("at most {most} {what}"), count.to_string());
        }
    }

    fn distinct<'n>(&mut self, what: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name) {
                self.faults.add(
                    format!("{what} with different names"),
                    format!("{name} twice"),
                );
            }
        }
    }

    fn place(&mut self, place: PlaceId) {
        if !has_place(self.program, place) {
            self.faults.add("a place", format!("@{}", place.0));
        }
    }

    fn program(&mut self) {
        let program = self.program;
        self.subject("package".to_owned());
        for text in [&program.package, &program.version] {
            self.text(text);
            if text.chars().any(char::is_control) {
                self.faults
                    .add("a name without control characters", format!("{text:?}"));
            }
        }
        self.count("callables", program.callables.len(), MAX_CALLABLES);
        self.count("records", program.records.len(), MAX_MEMBERS);
        self.count("relations", program.relations.len(), MAX_MEMBERS);
        self.count("enums", program.enums.len(), MAX_MEMBERS);
        self.count("reasons", program.reasons.len(), MAX_MEMBERS);
        self.count("decisions", program.decisions.len(), MAX_MEMBERS);
        self.distinct("enums", program.enums.iter().map(|one| one.name.as_str()));
        self.distinct(
            "records",
            program.records.iter().map(|one| one.name.as_str()),
        );
        self.distinct(
            "relations",
            program.relations.iter().map(|one| one.name.as_str()),
        );
        self.distinct(
            "reasons",
            program.reasons.iter().map(|one| one.code.as_str()),
        );
        self.distinct(
            "decisions",
            program.decisions.iter().map(|one| one.name.as_str()),
        );
    }

    fn enums(&mut self) {
        let program = self.program;
        for (at, wanted) in builtin_enums(program).iter().enumerate() {
            self.subject(format!("enum #{at}"));
            let same = program.enums.get(at).is_some_and(|found| {
                found.name == wanted.name
                    && found.ordered == wanted.ordered
                    && found.values == wanted.values
            });
            if !same {
                self.faults
                    .add(format!("the built-in enum {}", wanted.name), "another");
            }
        }
        for (at, found) in program.enums.iter().enumerate() {
            self.subject(format!("enum {}#{at}", found.name));
            self.name(&found.name);
            self.text(&found.doc);
            self.count("values", found.values.len(), MAX_MEMBERS);
            for value in &found.values {
                self.name(value);
            }
            self.distinct("values", found.values.iter().map(String::as_str));
        }
    }

    /// Whether a type is one at all.
    fn ty(&mut self, ty: &Type) {
        if let Err((expected, found)) = self.type_fault(ty) {
            self.faults.add(expected, found);
        }
    }

    fn type_fault(&self, ty: &Type) -> Result<(), (String, String)> {
        type_fault(self.program, ty)
    }

    fn fields(&mut self, fields: &[Field]) {
        self.count("fields", fields.len(), MAX_MEMBERS);
        self.distinct("fields", fields.iter().map(|field| field.name.as_str()));
        for field in fields {
            self.name(&field.name);
            self.text(&field.doc);
            self.ty(&field.ty);
            if let Some(default) = &field.default
                && !const_fits(self.program, default, &field.ty)
            {
                self.faults.add(
                    format!(
                        "a default of type {} for {}",
                        type_text(self.program, &field.ty),
                        field.name
                    ),
                    "another",
                );
            }
        }
    }

    fn checks(&mut self, checks: &[Check], of: &Type) {
        for check in checks {
            self.place(check.place);
            self.text(&check.because);
            let wanted = [Param {
                name: String::new(),
                ty: of.clone(),
                sensitive: false,
            }];
            self.called(check.callable, &wanted, &Type::Bool);
        }
    }

    /// A callable with exactly these types.
    fn called(&mut self, id: crate::types::CallableId, params: &[Param], result: &Type) {
        let Some(callable) = self.program.callable(id) else {
            self.faults.add("a callable", format!("#{}", id.0));
            return;
        };
        let same = callable.result.same_shape(result)
            && callable.params.len() == params.len()
            && callable
                .params
                .iter()
                .zip(params)
                .all(|(param, wanted)| crate::infer::sub(&wanted.ty, &param.ty));
        if !same {
            self.faults.add(
                signature_text(self.program, params, result),
                format!(
                    "{} {}",
                    callable.name,
                    signature_text(self.program, &callable.params, &callable.result)
                ),
            );
        }
    }

    fn record(&mut self, at: usize, record: &Record) {
        self.subject(format!("record {}#{at}", record.name));
        let id = RecordId(u32::try_from(at).unwrap_or(u32::MAX));
        self.name(&record.name);
        self.text(&record.doc);
        self.place(record.place);
        self.fields(&record.fields);
        self.checks(&record.checks, &Type::Record(id));
    }

    /// How many records stand in each other. Each round adds the records whose parts ended a round before, so that
    /// records in a circle take all rounds and no stack.
    fn record_depth(&mut self) {
        let records = &self.program.records;
        let mut levels = vec![1u32; records.len()];
        for _ in 0..=MAX_RECORD_DEPTH {
            let level = |record: &Record| {
                let inner = record.fields.iter().filter_map(|field| inside(&field.ty));
                let inner = inner.filter_map(|id| levels.get(id.index())).max();
                inner.map_or(1, |below| below.saturating_add(1))
            };
            let next: Vec<u32> = records.iter().map(level).collect();
            if next == levels {
                break;
            }
            levels = next;
        }
        let all = records.iter().zip(levels).enumerate();
        let deep = all
            .into_iter()
            .find(|(_, (_, levels))| *levels > MAX_RECORD_DEPTH);
        let Some((at, (record, levels))) = deep else {
            return;
        };
        self.subject(format!("record {}#{at}", record.name));
        let own = Type::Record(RecordId(u32::try_from(at).unwrap_or(u32::MAX)));
        if contains(self.program, &own, &|ty| *ty == own) {
            self.faults
                .add("a record that does not contain itself", "one that does");
        } else {
            self.faults.add(
                format!("records in each other at most {MAX_RECORD_DEPTH} deep"),
                format!("at least {levels}"),
            );
        }
    }

    fn relation(&mut self, at: usize, relation: &Relation) {
        self.subject(format!("relation {}#{at}", relation.name));
        let id = crate::types::RelationId(u32::try_from(at).unwrap_or(u32::MAX));
        self.name(&relation.name);
        self.text(&relation.doc);
        self.place(relation.place);
        self.fields(&relation.fields);
        self.checks(&relation.checks, &Type::Row(id));
        let count = u32::try_from(relation.fields.len()).unwrap_or(u32::MAX);
        if relation.key_fields == 0 || relation.key_fields > count {
            self.faults.add(
                format!("1 to {count} key fields"),
                relation.key_fields.to_string(),
            );
        }
        for key in relation.fields.iter().take(relation.key_fields as usize) {
            if matches!(
                key.ty,
                Type::Optional(_)
                    | Type::List { .. }
                    | Type::Record(_)
                    | Type::Row(_)
                    | Type::Reason
            ) {
                self.faults.add(
                    "a plain, simple type of a key field",
                    format!("{}: {}", key.name, type_text(self.program, &key.ty)),
                );
            }
        }
        for field in &relation.fields {
            let row = |ty: &Type| matches!(ty, Type::Row(_) | Type::Reason);
            if contains(self.program, &field.ty, &row) || row(&field.ty) {
                self.faults
                    .add("a field without rows and reasons", field.name.clone());
            }
        }
        if let Some((from, to)) = relation.valid {
            for end in [from, to] {
                let ty = relation.fields.get(end as usize).map(|field| &field.ty);
                if ty != Some(&Type::Optional(Box::new(Type::Date))) {
                    self.faults
                        .add("a field of type date? for the validity", format!("#{end}"));
                }
            }
        }
        let positions = relation
            .distinct
            .iter()
            .map(|one| &one.fields)
            .chain(relation.limits.iter().map(|one| &one.per))
            .chain(relation.indexes.iter().map(|one| &one.fields));
        for field in positions.flatten() {
            if *field >= count {
                self.faults
                    .add(format!("a field below {count}"), field.to_string());
            }
        }
        for distinct in &relation.distinct {
            self.place(distinct.place);
            self.text(&distinct.because);
            if distinct.while_valid && relation.valid.is_none() {
                self.faults.add("a relation with a validity", "none");
            }
        }
        for limit in &relation.limits {
            self.place(limit.place);
        }
        for index in &relation.indexes {
            let rising = index.fields.windows(2).all(|two| match two {
                [a, b] => a < b,
                _ => true,
            });
            if !rising || index.fields.is_empty() {
                self.faults.add(
                    "an index of fields that rise",
                    format!("{:?}", index.fields),
                );
            }
        }
    }

    fn params(&mut self, params: &[Param]) {
        self.count("parameters", params.len(), MAX_MEMBERS);
        self.distinct("parameters", params.iter().map(|param| param.name.as_str()));
        for param in params {
            self.name(&param.name);
            self.ty(&param.ty);
        }
    }

    fn reasons(&mut self) {
        for reason in &self.program.reasons {
            self.subject(format!("reason {}", reason.code));
            self.name(&reason.code);
            self.text(&reason.doc);
            self.place(reason.place);
            self.params(&reason.params);
            if reason.severity > 2 {
                self.faults
                    .add("a severity from 0 to 2", reason.severity.to_string());
            }
            for param in &reason.params {
                if param.sensitive {
                    self.faults
                        .add("parameters that are told", param.name.clone());
                }
                let row = |ty: &Type| matches!(ty, Type::Row(_));
                if row(&param.ty) || contains(self.program, &param.ty, &row) {
                    self.faults
                        .add("a parameter without rows", param.name.clone());
                }
            }
            self.called(reason.message, &reason.params, &Type::Text);
        }
    }

    fn signature(&mut self, callable: &Callable) {
        self.subject(format!("callable {}", callable.name));
        self.name(&callable.name);
        self.text(&callable.module);
        self.text(&callable.doc);
        self.place(callable.place);
        self.params(&callable.params);
        self.ty(&callable.result);
        self.count("slots", callable.slots.len(), super::limits::MAX_SLOTS);
        for slot in &callable.slots {
            self.ty(&slot.ty);
        }
        for node in &callable.nodes {
            if let Err((expected, found)) = self.type_fault(&node.ty) {
                self.faults.add(expected, found);
            }
            self.place(node.place);
        }
    }

    fn decisions(&mut self) {
        let program = self.program;
        for decision in &program.decisions {
            self.subject(format!("decision {}", decision.name));
            self.name(&decision.name);
            let Some(callable) = program.callable(decision.callable) else {
                self.faults
                    .add("a callable", format!("#{}", decision.callable.0));
                continue;
            };
            let row = |ty: &Type| matches!(ty, Type::Row(_));
            let types = callable.params.iter().map(|param| &param.ty);
            for ty in types.chain([&callable.result]) {
                if row(ty) || contains(program, ty, &row) {
                    self.faults.add(
                        "parameters and a result without rows",
                        type_text(program, ty),
                    );
                }
            }
            let names: Vec<Option<&str>> = decision
                .reads
                .iter()
                .map(|id| program.relation(*id).map(|found| found.name.as_str()))
                .collect();
            let rising = names.windows(2).all(|two| match two {
                [a, b] => a < b,
                _ => true,
            });
            if names.contains(&None) || !rising {
                self.faults
                    .add("relations in order of their names", format!("{names:?}"));
            }
        }
        for extension in &program.extensions {
            self.subject(format!("extension of {}", extension.package));
            self.place(extension.place);
            if program.callable(extension.target).is_none() {
                self.faults
                    .add("a callable", format!("#{}", extension.target.0));
            }
        }
    }

    fn places(&mut self) {
        let program = self.program;
        for file in &program.files {
            self.subject(format!("file {}", file.path));
            self.name(&file.module);
            self.name(&file.path);
            self.text(&file.text);
        }
        self.subject("places".to_owned());
        for (at, place) in program.places.iter().enumerate() {
            let length = program
                .files
                .get(place.file as usize)
                .map(|file| file.text.len());
            let inside = length.is_some_and(|length| place.end as usize <= length)
                && place.start <= place.end;
            // A program without files keeps lines and columns alone.
            if !inside && !program.files.is_empty() {
                self.faults
                    .add("a place inside of a file", format!("@{at}"));
            }
        }
    }
}

/// Whether a program has a place. Without any, as in one written by hand, the first stands for none.
pub(super) fn has_place(program: &Program, place: PlaceId) -> bool {
    program.place(place).is_some() || (place.0 == 0 && program.places.is_empty())
}

/// Whether a type is one at all; else what was expected and found.
pub(super) fn type_fault(program: &Program, ty: &Type) -> Result<(), (String, String)> {
    let mut now = ty;
    for _ in 0..MAX_TYPE_DEPTH {
        let known = match now {
            Type::Enum(id) => program.enum_of(*id).is_some(),
            Type::Record(id) => program.record(*id).is_some(),
            Type::Row(id) => program.relation(*id).is_some(),
            Type::Num(number) => number_is_sound(number),
            Type::Optional(inner) => {
                if matches!(**inner, Type::Optional(_) | Type::List { .. }) {
                    return Err((
                        "an optional of a plain type that is no list".to_owned(),
                        type_text(program, now),
                    ));
                }
                now = inner;
                continue;
            }
            Type::List { item, .. } => {
                now = item;
                continue;
            }
            _ => true,
        };
        return if known {
            Ok(())
        } else {
            Err(("a type that exists".to_owned(), type_text(program, now)))
        };
    }
    Err((
        format!("a type nested at most {MAX_TYPE_DEPTH} deep"),
        "a deeper one".to_owned(),
    ))
}

fn number_is_sound(number: &NumType) -> bool {
    number
        .places
        .is_none_or(|places| places <= crate::facts::MAX_SCALE)
        && match (number.lowest, number.highest) {
            (Some(low), Some(high)) => low <= high,
            _ => true,
        }
        && number.unit.as_deref().is_none_or(|unit| {
            // It stands behind digits, on their line.
            !number.percent
                && !unit.is_empty()
                && unit.len() <= MAX_NAME_BYTES
                && !unit.contains(char::is_control)
        })
}

/// The record in a type, behind lists and options.
fn inside(mut ty: &Type) -> Option<RecordId> {
    while let Type::List { item, .. } | Type::Optional(item) = ty {
        ty = item;
    }
    match ty {
        Type::Record(id) => Some(*id),
        _ => None,
    }
}

/// Whether a type contains, through the fields of records and elements of lists, one that is meant.
/// The type itself does not count.
fn contains(program: &Program, ty: &Type, meant: &dyn Fn(&Type) -> bool) -> bool {
    let mut seen = BTreeSet::new();
    let mut todo: Vec<&Type> = vec![ty];
    while let Some(now) = todo.pop() {
        let inner: Vec<&Type> = match now {
            Type::Record(id) => match program.record(*id) {
                Some(record) if seen.insert(*id) => {
                    record.fields.iter().map(|field| &field.ty).collect()
                }
                _ => Vec::new(),
            },
            Type::List { item, .. } | Type::Optional(item) => vec![&**item],
            _ => Vec::new(),
        };
        if inner.iter().any(|ty| meant(ty)) {
            return true;
        }
        todo.extend(inner);
    }
    false
}
