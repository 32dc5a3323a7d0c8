//! Places and texts of the tests, for reports.

use crate::ast::Span;
use crate::db::{Db, SourceFile};
use crate::diagnostic::At;
use crate::items::{DeclId, decl_text};

use super::report::SourcePlace;

/// A place of a declaration as line and column of its file.
pub fn place(db: &dyn Db, decl: &DeclId, span: Span) -> SourcePlace {
    let at = At {
        decl: decl.clone(),
        span,
    };
    let (file, range) = crate::package::resolve(db, &at);
    place_in(db, file, range.start)
}

/// A byte of a file as line and column.
pub fn place_in(db: &dyn Db, file: SourceFile, byte: u32) -> SourcePlace {
    let before = file.text(db).get(..byte as usize).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    SourcePlace {
        path: file.path(db).clone(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
    }
}

/// The text of a place as written.
pub fn source(db: &dyn Db, decl: &DeclId, span: Span) -> String {
    decl_text(db, decl.file, decl.key.clone())
        .and_then(|text| text.text(db).get(span.start as usize..span.end as usize))
        .unwrap_or_default()
        .to_string()
}

/// The text of a place on one line.
pub fn one_line(db: &dyn Db, decl: &DeclId, span: Span) -> String {
    source(db, decl, span)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}
