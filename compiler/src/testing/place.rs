//! Places and texts of the tests, for reports.

use std::collections::BTreeMap;

use assize_ir::{PlaceId, Program};

use crate::ast::Span;
use crate::db::{Db, SourceFile};
use crate::diagnostic::At;
use crate::items::{DeclId, decl_offset, decl_text};
use crate::link::Linked;
use crate::names::module_name;

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
        package: file.package(db).clone(),
        path: file.path(db).clone(),
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column).unwrap_or(u32::MAX),
    }
}

/// The lines of a declaration's file, for many places of it.
pub struct Lines {
    /// Byte in the file at which the declaration begins.
    offset: u32,
    /// First bytes of the lines.
    starts: Vec<usize>,
}

impl Lines {
    /// Those of the rule file.
    pub fn of(db: &dyn Db, decl: &DeclId) -> Lines {
        let ends = decl.file.text(db).match_indices('\n');
        Lines {
            offset: decl_offset(db, decl),
            starts: std::iter::once(0)
                .chain(ends.map(|(at, _)| at + 1))
                .collect(),
        }
    }

    /// The line of a place of the declaration, from 1.
    pub fn line(&self, span: Span) -> u32 {
        let byte = self.offset.saturating_add(span.start) as usize;
        let line = self.starts.partition_point(|start| *start <= byte).max(1);
        u32::try_from(line).unwrap_or(u32::MAX)
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

/// The packages of a program's files, by position; empty where it is not known, as of a sheet.
pub struct Files(Vec<String>);

impl Files {
    /// Those of a linked program.
    pub fn of(db: &dyn Db, linked: &Linked) -> Files {
        let mut known: BTreeMap<(String, String), String> = BTreeMap::new();
        let extensions = crate::layers::all_extensions(db)
            .iter()
            .map(|(_, decl)| decl.file);
        let declared = linked.callables.keys().map(|of| of.decl.file);
        for file in declared.chain(extensions) {
            let key = (module_name(db, file).to_string(), file.path(db).clone());
            known.insert(key, file.package(db).clone());
        }
        let files = linked.program.files.iter().map(|file| {
            let key = (file.module.clone(), file.path.clone());
            known.get(&key).cloned().unwrap_or_default()
        });
        Files(files.collect())
    }

    /// A place of the program.
    pub fn place(&self, program: &Program, place: PlaceId) -> SourcePlace {
        let Some(place) = program.place(place) else {
            return SourcePlace::default();
        };
        let at = place.file as usize;
        let path = program.files.get(at).map(|file| file.path.clone());
        SourcePlace {
            package: self.0.get(at).cloned().unwrap_or_default(),
            path: path.unwrap_or_default(),
            line: place.line,
            column: place.column,
        }
    }
}
