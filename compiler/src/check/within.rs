//! What stands inside a type: records in records, which end and go not too deep, and rows of the data.
//!
//! Nothing here goes down the stack as records go down into each other, so that however many stand in each other
//! are told.

use std::collections::HashSet;

use assize_ir::verify::MAX_RECORD_DEPTH;

use super::{Checker, Span};
use crate::codes;
use crate::db::Db;
use crate::items::{DeclId, DeclKind};
use crate::signature::{FieldSig, signature};
use crate::ty::{RecordRef, Ty};

impl Checker<'_> {
    /// A value of a record or row has an end, within so many levels.
    pub(super) fn records_end(&mut self, fields: &[FieldSig], span: Span) {
        let me = self.decl.clone();
        for field in fields {
            let below = all_from(self.db, named([&field.ty]));
            if !below.contains(&&me) {
                continue;
            }
            // A circle is told once: of the record in it that stands first.
            let earlier = |other: &&DeclId| {
                place(self.db, other) < place(self.db, &me)
                    && all_from(self.db, fields_of(self.db, other)).contains(&&me)
            };
            if below.iter().any(earlier) {
                return;
            }
            let claim = format!("`{}` contains itself, through `{}`", me.name(), field.name);
            let error = self.error(codes::RECORD_CYCLE, span, claim);
            error.because.push("a value of it would have no end".into());
            error.instead = Some("hold its key instead, or a list in a record above both".into());
            return;
        }
        // Of records in each other the one is told that goes a level too far, and not all those around it.
        if levels(self.db, fields) == MAX_RECORD_DEPTH {
            let claim = format!("`{}` is nested too deeply", me.name());
            let error = self.error(codes::TOO_DEEP, span, claim);
            error.because.push(format!(
                "a record holds records at most {MAX_RECORD_DEPTH} levels deep, itself counted, and this is one level more"
            ));
            error.instead = Some(
                "hold the fields of an inner record here, or its key and the record beside this one".into(),
            );
        }
    }
}

/// The records that types name directly, behind lists and options.
fn named<'t>(types: impl IntoIterator<Item = &'t Ty>) -> impl Iterator<Item = &'t DeclId> {
    types.into_iter().filter_map(|mut ty| {
        while let Ty::Optional(inner) | Ty::List(inner, _) = ty {
            ty = inner;
        }
        match ty {
            Ty::Record(RecordRef::Declared(decl)) => Some(decl),
            _ => None,
        }
    })
}

/// The records that the fields of a record name directly.
fn fields_of<'db>(db: &'db dyn Db, decl: &DeclId) -> impl Iterator<Item = &'db DeclId> {
    let inside = decl.key.kind == DeclKind::Record;
    let fields = inside.then(|| signature(db, decl).kind.fields());
    named(fields.into_iter().flatten().map(|field| &field.ty))
}

/// These records and all in their fields, each once.
fn all_from<'t>(db: &'t dyn Db, from: impl Iterator<Item = &'t DeclId>) -> Vec<&'t DeclId> {
    let mut todo: Vec<&DeclId> = from.collect();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    while let Some(next) = todo.pop() {
        if seen.insert(next) {
            found.push(next);
            todo.extend(fields_of(db, next));
        }
    }
    found
}

/// How many levels of records stand below these fields, counted up to one past what is allowed.
fn levels(db: &dyn Db, fields: &[FieldSig]) -> u32 {
    let mut level: Vec<&DeclId> = named(fields.iter().map(|field| &field.ty)).collect();
    let mut count = 0;
    while !level.is_empty() && count <= MAX_RECORD_DEPTH {
        count += 1;
        let mut seen = HashSet::new();
        let next = level.iter().flat_map(|decl| fields_of(db, decl));
        level = next.filter(|decl| seen.insert(*decl)).collect();
    }
    count
}

/// The path to a row inside a type, if it holds one; of records that were seen before there is none.
pub(super) fn holds_row(db: &dyn Db, ty: &Ty, seen: &mut HashSet<DeclId>) -> Option<String> {
    let mut todo = vec![(ty, String::new())];
    while let Some((ty, path)) = todo.pop() {
        match ty {
            Ty::Row(_) => return Some(path),
            Ty::Optional(inner) => todo.push((inner, path)),
            Ty::List(item, _) => todo.push((item, format!("{path}[…]"))),
            Ty::Record(RecordRef::Declared(decl)) if seen.insert(decl.clone()) => {
                let fields = signature(db, decl).kind.fields().iter().rev();
                todo.extend(fields.map(|field| (&field.ty, format!("{path}.{}", field.name))));
            }
            _ => {}
        }
    }
    None
}

/// Order of the text: file, then place.
fn place<'db>(db: &'db dyn Db, decl: &DeclId) -> (&'db String, u32) {
    (decl.file.path(db), crate::items::decl_offset(db, decl))
}
