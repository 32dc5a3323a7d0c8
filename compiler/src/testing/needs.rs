//! What a test needs, types included, and which of it has errors: a test that ran over a type that could
//! not be read would pass or fail for no reason that its author can see.

use std::collections::{HashMap, HashSet};

use crate::check::{Target, checked};
use crate::db::Db;
use crate::diagnostic::{Diagnostic, Severity};
use crate::items::{DeclId, DeclKind, decl_text, syntax_diagnostics};
use crate::layers::extensions_of;
use crate::names::{Space, lookup};
use crate::ty::{EnumRef, RecordRef};

/// Errors of a declaration, those of its syntax first.
pub(super) fn errors_of(db: &dyn Db, decl: &DeclId) -> Vec<Diagnostic> {
    let mut errors = syntax_diagnostics(db, decl);
    errors.extend(checked(db, decl).diagnostics.iter().cloned());
    errors.retain(|diagnostic| diagnostic.severity == Severity::Error);
    errors
}

/// What declarations refer to, each looked at once.
pub(super) struct Needs<'db> {
    db: &'db dyn Db,
    of: HashMap<DeclId, Vec<DeclId>>,
    broken: HashMap<DeclId, bool>,
}

impl<'db> Needs<'db> {
    pub(super) fn new(db: &'db dyn Db) -> Needs<'db> {
        Needs {
            db,
            of: HashMap::new(),
            broken: HashMap::new(),
        }
    }

    /// The declarations with errors that this one needs, the nearest first.
    pub(super) fn broken(&mut self, test: &DeclId) -> Vec<DeclId> {
        let mut seen: HashSet<DeclId> = HashSet::from([test.clone()]);
        let mut queue = std::collections::VecDeque::from([test.clone()]);
        let mut out = Vec::new();
        while let Some(decl) = queue.pop_front() {
            let db = self.db;
            let broken = self.broken.entry(decl.clone());
            if *broken.or_insert_with(|| !errors_of(db, &decl).is_empty()) {
                out.push(decl.clone());
            }
            let found = self.of.entry(decl);
            let found = match found {
                std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::hash_map::Entry::Vacant(new) => {
                    let found = referred(db, new.key());
                    new.insert(found)
                }
            };
            for next in found {
                if seen.insert(next.clone()) {
                    queue.push_back(next.clone());
                }
            }
        }
        out
    }
}

/// Everything that a declaration refers to by itself.
fn referred(db: &dyn Db, decl: &DeclId) -> Vec<DeclId> {
    let all = checked(db, decl);
    let mut out: Vec<DeclId> = Vec::new();
    for one in &all.uses {
        if let Target::Decl(target, _) = &one.target {
            out.push(target.clone());
        }
    }
    for fragment in &all.fragments {
        let refs = &fragment.refs;
        out.extend(refs.callables.iter().map(|of| of.decl.clone()));
        out.extend(refs.reasons.iter().cloned());
        out.extend(refs.relations.iter().cloned());
        out.extend(refs.records.iter().filter_map(|of| match of {
            RecordRef::Declared(decl) | RecordRef::RowOf(decl) => Some(decl.clone()),
            RecordRef::Group(_) => None,
        }));
        out.extend(refs.enums.iter().filter_map(|of| match of {
            EnumRef::Declared(decl) => Some(decl.clone()),
            _ => None,
        }));
    }
    // Types and measures of fields and parameters leave no trace in what was checked. A word that only
    // happens to be one of them asks for too much where that type is broken, and for nothing else.
    if let Some(text) = decl_text(db, decl.file, decl.key.clone()) {
        let mut known: HashSet<&str> = HashSet::new();
        for word in crate::whole::words(text.text(db)).filter(|word| known.insert(word)) {
            for space in [Space::Type, Space::Measure] {
                let meanings = lookup(db, decl.file, space, word.into());
                out.extend(meanings.iter().map(|meaning| meaning.decl.clone()));
            }
        }
    }
    if matches!(decl.key.kind, DeclKind::Rule | DeclKind::Parameter) {
        out.extend(extensions_of(db, decl.file, decl));
    }
    out
}
