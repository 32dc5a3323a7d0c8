//! Analyses of checked declarations: what can be proved, with cases that were replayed.
//!
//! Tables, grids and rules are read as boxes over what they compare ([`space`]); the kernel
//! ([`crate::boxes`]) answers exactly or says that it did not decide. Every case that is shown was
//! run in the reference interpreter first.

mod cells;
mod conditions;
mod conflicts;
pub mod convert;
mod feasible;
mod fields;
mod gaps;
mod overlaps;
mod repeated;
mod rounding;
pub mod rule;
mod solve;
pub mod space;
mod steps;
mod sums;
pub mod table;
mod time;
pub mod witness;
mod words;

use assize_ir::{Body, CallableId, PlaceId, Program};

use crate::ast::Item;
use crate::check::{CallableRef, Part};
use crate::db::{Db, PackageInput, SourceFile};
use crate::diagnostic::{At, Code, Diagnostic, Severity};
use crate::items::{DeclId, DeclKind, decl_ast};
use crate::link::{Linked, link_with_reasons, reasons_of};
use crate::package::declarations;

/// Greatest number of findings of one kind that are shown of one declaration.
pub const MAX_SHOWN: usize = 5;

/// Greatest number of findings of one kind that are counted beyond those that are shown.
pub const MAX_COUNTED: usize = 20;

/// `1 other kind`, `7 other kinds`, `more than 20 other kinds`.
pub(crate) fn counted_rest(more: usize, unfinished: bool, what: &str) -> String {
    match (more, unfinished) {
        (1, false) => format!("1 other {what}"),
        (more, false) => format!("{more} other {what}s"),
        (more, true) => format!("more than {} other {what}s", more),
    }
}

/// `row 1, row 2 and row 3`; of many the first are named and the others counted.
pub(crate) fn listed(names: &[String], what: &str) -> String {
    const MAX_NAMED: usize = 8;
    let mut words: Vec<String> = names.to_vec();
    if names.len() > MAX_NAMED {
        words.truncate(MAX_NAMED - 1);
        words.push(format!("{} {what} more", names.len() - words.len()));
    }
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => String::new(),
    }
}

/// `retail, trade, export`; of many the first are named and the others counted.
pub(crate) fn first_of(words: &[String]) -> String {
    const MAX_NAMED: usize = 6;
    // A single one is shorter named than counted.
    if words.len() <= MAX_NAMED + 1 {
        return words.join(", ");
    }
    let named: Vec<&str> = words.iter().take(MAX_NAMED).map(String::as_str).collect();
    let more = words.len() - MAX_NAMED;
    format!("{}, … and {more} more", named.join(", "))
}

/// Collects findings about the callables of a program.
pub struct Finder<'p> {
    /// The database.
    pub db: &'p dyn Db,
    /// The program.
    pub program: &'p Program,
    /// What was linked.
    linked: &'p Linked,
    /// Declarations by callable.
    names: indexmap::IndexMap<CallableId, DeclId>,
    /// What was found.
    pub out: Vec<Diagnostic>,
}

impl<'p> Finder<'p> {
    fn new(db: &'p dyn Db, linked: &'p Linked) -> Finder<'p> {
        let names = linked
            .callables
            .iter()
            .filter(|(of, _)| of.part == Part::Main)
            .map(|(of, id)| (*id, of.decl.clone()))
            .collect();
        Finder {
            db,
            program: &linked.program,
            linked,
            names,
            out: Vec::new(),
        }
    }

    /// A place of the program as one of a declaration.
    pub fn at(&self, place: PlaceId) -> At {
        let fallback = || {
            self.names
                .values()
                .next()
                .map(|decl| decl.at(crate::ast::Span::default()))
        };
        let found = self
            .linked
            .origins
            .get_index(place.index())
            .map(|(decl, span)| decl.at(*span));
        match found.or_else(fallback) {
            Some(at) => at,
            None => At {
                decl: DeclId {
                    file: SourceFile::new(self.db, String::new(), String::new(), String::new()),
                    key: crate::items::DeclKey {
                        kind: DeclKind::Broken,
                        name: "".into(),
                        nth: 0,
                    },
                },
                span: crate::ast::Span::default(),
            },
        }
    }

    /// Where the name of a callable's declaration stands.
    pub fn name_of(&self, id: CallableId) -> At {
        match self.names.get(&id) {
            Some(decl) => {
                let span = decl_ast(self.db, decl)
                    .map(|ast| ast.item.name().map_or(ast.span, |name| name.span))
                    .unwrap_or_default();
                decl.at(span)
            }
            None => self.at(self.program.callable(id).map_or(PlaceId(0), |c| c.place)),
        }
    }

    /// The author's text at a place.
    pub fn source(&self, place: PlaceId) -> String {
        self.program
            .place(place)
            .and_then(|place| {
                let file = self.program.files.get(place.file as usize)?;
                file.text.get(place.start as usize..place.end as usize)
            })
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
            .unwrap_or_default()
    }

    /// Where the word behind `hit` stands, if it is said.
    pub fn hit_word(&self, id: CallableId) -> Option<At> {
        let decl = self.names.get(&id)?;
        match &decl_ast(self.db, decl)?.item {
            Item::Table(table) => Some(decl.at(table.hit.as_ref()?.word.span)),
            _ => None,
        }
    }

    /// The declaration of a callable.
    pub fn decl_of(&self, id: CallableId) -> Option<&DeclId> {
        self.names.get(&id)
    }

    /// `row 3` or `row trade`.
    pub fn row_name(&self, row: &assize_ir::Row) -> String {
        format!("row {}", row.name)
    }

    /// Notes something.
    pub fn note(&mut self, code: Code, at: At, claim: String) {
        self.out
            .push(Diagnostic::new(code, Severity::Note, at, claim));
    }

    /// Notes how many findings of a code are not shown, behind those that are.
    pub fn rest(&mut self, code: Code, at: At, claim: String) {
        self.out
            .push(Diagnostic::new(code, Severity::Note, at, claim).counting_rest());
    }
}

/// Greatest number of times that parts of a package are linked where the package as a whole is not.
const MAX_LINKED: usize = 500;

/// All findings of the analyses for a package.
pub fn diagnostics(db: &dyn Db, package: PackageInput) -> Vec<Diagnostic> {
    let (mut all, others): (Vec<CallableRef>, Vec<CallableRef>) = declarations(db, package)
        .into_iter()
        .flat_map(|decl| callables(db, &decl))
        .partition(|of| matches!(of.decl.key.kind, DeclKind::Table | DeclKind::Rule));
    all.extend(others);
    let reasons = reasons_of(db, package);
    let mut out = Vec::new();
    let mut linked = 0;
    parts(db, &all, &reasons, &mut linked, &mut out);
    out
}

/// Analyses callables together. What is broken is reported already: where something they need is, the
/// two halves are looked at by themselves, so that one fault costs no more than a few links.
fn parts(
    db: &dyn Db,
    all: &[CallableRef],
    reasons: &[DeclId],
    linked: &mut usize,
    out: &mut Vec<Diagnostic>,
) {
    if all.is_empty() || *linked == MAX_LINKED {
        return;
    }
    *linked += 1;
    match link_with_reasons(db, all, reasons) {
        Ok(linked) => analyse(db, &linked, all, out),
        Err(_) if all.len() > 1 => {
            let (first, second) = all.split_at(all.len() / 2);
            parts(db, first, reasons, linked, out);
            parts(db, second, reasons, linked, out);
        }
        Err(_) => {}
    }
}

/// What of a declaration decides something.
fn callables(db: &dyn Db, decl: &DeclId) -> Vec<CallableRef> {
    let checks = match decl_ast(db, decl).map(|ast| &ast.item) {
        Some(Item::Table(_) | Item::Rule(_) | Item::Define(_) | Item::Decision(_)) => {
            let (decl, part) = (decl.clone(), Part::Main);
            return vec![CallableRef { decl, part }];
        }
        Some(Item::Record(record)) => record.checks.len(),
        Some(Item::Data(data)) => data.checks.len(),
        _ => 0,
    };
    let numbers = 0..u32::try_from(checks).unwrap_or(u32::MAX);
    numbers
        .map(|number| CallableRef {
            decl: decl.clone(),
            part: Part::Check(number),
        })
        .collect()
}

fn analyse(db: &dyn Db, linked: &Linked, all: &[CallableRef], out: &mut Vec<Diagnostic>) {
    let mut finder = Finder::new(db, linked);
    for of in all {
        let Some(id) = linked.callables.get(of).copied() else {
            continue;
        };
        let settled = match linked.program.callable(id).map(|callable| &callable.body) {
            Some(Body::Table(_) | Body::Grid(_)) => {
                table::analyse(&mut finder, id);
                Vec::new()
            }
            Some(Body::Rule(_)) => rule::analyse(&mut finder, id),
            _ => Vec::new(),
        };
        conditions::analyse(&mut finder, id, &settled);
        rounding::analyse(&mut finder, id);
    }
    let files = all.iter().map(|of| of.decl.file).collect();
    sums::analyse(&mut finder, &files);
    out.append(&mut finder.out);
}
