//! Declarations that nothing uses.

use std::collections::{BTreeSet, HashSet};

use crate::ast::Item;
use crate::check::{Target, checked};
use crate::codes;
use crate::db::{Db, PackageInput};
use crate::diagnostic::{At, Diagnostic, Severity};
use crate::items::{DeclId, DeclKind, decl_ast, decl_text};
use crate::link::{decisions_of, reasons_of};
use crate::names::nearest;
use crate::package::{name_at, program};
use crate::whole::words;

/// Declarations that nothing uses: only in a package whose decisions say what it is for. Of what is told
/// already, a name without meaning may be the use that is missing.
pub(crate) fn diagnostics(
    db: &dyn Db,
    package: PackageInput,
    all: &[DeclId],
    told: &[Diagnostic],
) -> Vec<Diagnostic> {
    let without_meaning = without_meaning(db, told);
    let mut used: HashSet<DeclId> = HashSet::new();
    for decl in all {
        for one in &checked(db, decl).uses {
            if let Target::Decl(target, _) = &one.target
                && target != decl
            {
                used.insert(target.clone());
            }
        }
        for fragment in &checked(db, decl).fragments {
            used.extend(fragment.refs.callables.iter().map(|of| of.decl.clone()));
            used.extend(fragment.refs.reasons.iter().cloned());
        }
    }
    // A library offers everything it declares.
    if decisions_of(db, package).is_empty() {
        return Vec::new();
    }
    let mut out = Vec::new();
    let mut given: Option<Vec<DeclId>> = None;
    for decl in all {
        let counts = matches!(
            decl.key.kind,
            DeclKind::Define
                | DeclKind::Rule
                | DeclKind::Table
                | DeclKind::Reason
                | DeclKind::Parameter
        );
        if !counts || used.contains(decl) || decl.name().starts_with('_') || decl.name().is_empty()
        {
            continue;
        }
        let name = decl.name();
        let mut misspelt = without_meaning.iter();
        if misspelt.any(|word| nearest(word, [&*name]).is_some()) {
            continue;
        }
        // What is open is there for others.
        let open = match decl_ast(db, decl).map(|ast| &ast.item) {
            Some(Item::Rule(rule)) => rule.open.is_some(),
            Some(Item::Parameter(parameter)) => parameter.open,
            _ => false,
        };
        if open {
            continue;
        }
        if decl.key.kind == DeclKind::Reason {
            let given = given.get_or_insert_with(|| reasons_that_come_in(db, package));
            if given.contains(decl) {
                continue;
            }
        }
        out.push(
            Diagnostic::new(
                codes::UNUSED_DECLARATION,
                Severity::Warning,
                name_at(db, decl),
                format!(
                    "the {} `{}` is never used",
                    decl.key.kind.word(),
                    decl.name()
                ),
            )
            .instead("use it, leave it out, or begin its name with `_`"),
        );
    }
    out
}

/// The reasons that callers or data may name: all, where a decision reads them, and else none.
fn reasons_that_come_in(db: &dyn Db, package: PackageInput) -> Vec<DeclId> {
    match program(db, package) {
        Ok(linked) if linked.reads_reasons => reasons_of(db, package),
        _ => Vec::new(),
    }
}

/// The names that have no meaning where they stand.
fn without_meaning<'db>(db: &'db dyn Db, told: &[Diagnostic]) -> BTreeSet<&'db str> {
    let unknown = told
        .iter()
        .filter(|one| matches!(one.code, codes::UNKNOWN_NAME | codes::UNKNOWN_FUNCTION));
    let texts = unknown.filter_map(|one| {
        let At { decl, span } = &one.primary.at;
        let text = decl_text(db, decl.file, decl.key.clone())?.text(db);
        text.get(span.start as usize..span.end as usize)
    });
    texts.flat_map(words).collect()
}
