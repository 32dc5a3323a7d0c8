//! `assize doc`: a package as pages that one would print, in HTML or Markdown.
//!
//! The pages are made of the author's own text: what is declared, in which notation, with which words.
//! The same package gives the same bytes, wherever it lies.

mod decisions;
mod declarations;
mod graph;
mod html;
mod index;
mod layout;
mod markdown;
mod page;
mod rules;
mod sample;
mod samples;
mod tables;
mod tested;
mod world;

use std::fs;
use std::path::Path;

use assize_compiler::Severity;
use assize_compiler::check::{CallableRef, Part};
use assize_compiler::items::DeclKind;
use assize_compiler::link::{Linked, decisions_of, link};
use assize_compiler::package::declarations as all_declarations;
use serde_json::json;

use crate::args::{Doc, Format};
use crate::console::Console;
use crate::fault::{Exit, Fault, Stop};
use crate::load::Workbench;
use crate::load::files::{shown, write_whole};
use crate::load::{package, rules as packages};
use crate::progress::Progress;
use crate::render::human::counted;

/// Writes the documentation of a package.
pub fn run(arguments: &Doc, format: Format, console: &mut Console) -> Result<Exit, Stop> {
    let name = shown(&arguments.package);
    let workbench = package::open(&arguments.package)?;
    let pages = {
        let _progress = Progress::start(console, &format!("reading {name}"));
        pages(&workbench, &arguments.package, format)
    };
    let Some(pages) = pages else {
        let mut errors = packages::check(&workbench);
        errors.retain(|finding| finding.severity == Severity::Error);
        return Err(packages::refused(&errors, &name, console)?.into());
    };
    let folder = &arguments.output;
    fs::create_dir_all(folder).map_err(|error| Fault::write(folder, &error))?;
    for (file, text) in &pages {
        write_whole(&folder.join(file), text.as_bytes())?;
    }
    if console.is_human() {
        let first = pages
            .first()
            .map(|(file, _)| folder.join(file))
            .unwrap_or_default();
        console.line(&format!(
            "{}  {}",
            shown(&first),
            counted(pages.len(), "page")
        ))?;
    } else {
        let files: Vec<String> = pages
            .iter()
            .map(|(file, _)| shown(&folder.join(file)))
            .collect();
        console.line(&json!({ "files": files }).to_string())?;
    }
    Ok(Exit::Success)
}

/// The files of the documentation: names and texts, the first page first. `None` when the package
/// has errors. `place` is where the package lies: its samples are beside it.
pub fn pages(workbench: &Workbench, place: &Path, format: Format) -> Option<Vec<(String, String)>> {
    let has_errors = workbench.packages.iter().any(|package| {
        let found = assize_compiler::diagnostics(&workbench.db, *package);
        found.iter().any(|one| one.severity == Severity::Error)
    });
    if has_errors {
        return None;
    }
    let linked = everything(workbench)?;
    let mut world = world::World::new(workbench, &linked);
    world.samples = assize_compiler::program(&workbench.db, workbench.root)
        .ok()
        .and_then(|linked| samples::Samples::new(linked.program, place));
    let package = workbench.root.name(&workbench.db);
    let pages = index::pages(&world);
    Some(
        pages
            .iter()
            .map(|page| match format {
                Format::Md => (format!("{}.md", page.file), markdown::page(page, package)),
                _ => (format!("{}.html", page.file), html::page(page, package)),
            })
            .collect(),
    )
}

/// Everything that can be called, the examples too.
fn everything(workbench: &Workbench) -> Option<Linked> {
    let db = &workbench.db;
    let also: Vec<CallableRef> = all_declarations(db, workbench.root)
        .into_iter()
        .filter(|decl| {
            matches!(
                decl.key.kind,
                DeclKind::Define
                    | DeclKind::Decision
                    | DeclKind::Rule
                    | DeclKind::Table
                    | DeclKind::Parameter
                    | DeclKind::Example
            )
        })
        .map(|decl| CallableRef {
            decl,
            part: Part::Main,
        })
        .chain(extended(workbench))
        .collect();
    link(db, &decisions_of(db, workbench.root), &also).ok()
}

/// What the package extends of others.
fn extended(workbench: &Workbench) -> Vec<CallableRef> {
    assize_compiler::layers::all_extensions(&workbench.db)
        .iter()
        .map(|(target, _)| CallableRef {
            decl: target.clone(),
            part: Part::Main,
        })
        .collect()
}
