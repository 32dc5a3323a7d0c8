//! Lines that lost their indent: each of them reads as a declaration of its own, so one mistake would be
//! told once for each line and once more of the declaration above.
//!
//! It knows the code of such a line and the order of declarations; what a line says, the grammar knows.

use crate::db::Db;
use crate::diagnostic::Diagnostic;
use crate::items::{DeclId, decl_text};
use std::collections::HashMap;

/// The code of a line that is not indented and begins no declaration.
const LOST: &str = "A0141";

/// Tells of lines that follow each other once, with a fix that indents them all, and does not blame the
/// declaration above for ending before it is complete. Above the first declaration of a file is nothing
/// that a line could belong to.
pub(crate) fn told_once(db: &dyn Db, all: &[DeclId], out: &mut Vec<Diagnostic>) {
    let mut lost: HashMap<DeclId, Diagnostic> = HashMap::new();
    for one in out.iter().filter(|one| one.code.0 == LOST) {
        lost.insert(one.primary.at.decl.clone(), one.clone());
    }
    if lost.is_empty() {
        return;
    }
    let mut told: Vec<Diagnostic> = Vec::new();
    let mut unfinished: Vec<&DeclId> = Vec::new();
    let mut above: Option<&DeclId> = None;
    for decl in all {
        let before = above.filter(|above| above.file == decl.file);
        above = Some(decl);
        let Some(mut diagnostic) = lost.get(decl).cloned() else {
            continue;
        };
        match before {
            Some(before) if lost.contains_key(before) => {
                let further = diagnostic.fixes.into_iter().flat_map(|fix| fix.edits);
                if let Some(fix) = told.last_mut().and_then(|first| first.fixes.first_mut()) {
                    fix.edits.extend(further);
                    fix.title = "indent the lines".into();
                }
                continue;
            }
            Some(before) => unfinished.push(before),
            None => {
                diagnostic.fixes.clear();
                let at = &diagnostic.primary.at;
                let text = decl_text(db, at.decl.file, at.decl.key.clone());
                let line = text.and_then(|text| {
                    let span = at.span.start as usize..at.span.end as usize;
                    text.text(db).get(span)
                });
                let (ground, step) = assize_grammar::above_all(line.unwrap_or_default());
                if let Some(ground) = ground {
                    diagnostic.because = vec![ground.into()];
                }
                diagnostic.instead = Some(step);
            }
        }
        told.push(diagnostic);
    }
    out.retain(|one| {
        let at = &one.primary.at;
        let ends = || {
            let text = decl_text(db, at.decl.file, at.decl.key.clone());
            text.is_some_and(|text| {
                let text = text.text(db);
                let behind = text.get(at.span.end as usize..).unwrap_or_default();
                behind.trim().is_empty()
            })
        };
        let is_lost = one.code.0 == LOST && lost.contains_key(&at.decl);
        let follows = one.code.0 == "A0101" && unfinished.contains(&&at.decl) && ends();
        !is_lost && !follows
    });
    out.append(&mut told);
}
