//! `table … from "file"`: rows read from a sheet beside the rule file.
//!
//! The host reads the file and hands over its cells as text; here they become the same abstract syntax
//! as written rows, so that everything else is one path ([`made`]).
//!
//! A sheet is a file of its own that places point into ([`Rendered`]). The rows are read from a text
//! that is made of the cells and begins behind the last byte of the declaration: so a span tells by
//! itself whether it lies in the declaration or in its sheet, and [`resolve`] finds the cell.

use std::ops::Range;
use std::sync::Arc;

use assize_grammar::parse_declaration;

use crate::ast::{Item, Span, TableBody, TableDecl, TextLit};
use crate::codes;
use crate::db::{Db, Sheet, SheetRow, SourceFile, Workspace};
use crate::diagnostic::{At, Diagnostic, Severity};
use crate::items::{DeclId, DeclKey, DeclKind, decl_ast, decl_text};

mod layout;
mod made;
mod rendered;

pub use rendered::Rendered;

use layout::Layout;
use made::{Made, Piece};

/// Greatest number of faults that are told of one sheet.
const MAX_FAULTS_SHOWN: usize = 5;

/// The rows of a table that stand in a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SheetTable {
    /// The rows that could be read; `None` where none could.
    pub body: Option<TableBody>,
    /// What is wrong with the others.
    pub diagnostics: Vec<Diagnostic>,
    /// The sheet as a file.
    file: Option<SourceFile>,
    /// Pieces of the made text in its order, with their places in the sheet.
    pieces: Vec<Piece>,
}

impl SheetTable {
    /// The byte of the sheet for one of the made text.
    fn byte(&self, made: u32, is_end: bool) -> u32 {
        let after = self.pieces.partition_point(|piece| {
            piece.made.start < made || (piece.made.start == made && !is_end)
        });
        let Some(piece) = after.checked_sub(1).and_then(|at| self.pieces.get(at)) else {
            return 0;
        };
        let inside = made.saturating_sub(piece.made.start);
        if piece.verbatim && made <= piece.made.end {
            piece.sheet.start.saturating_add(inside)
        } else if is_end || made >= piece.made.end {
            piece.sheet.end
        } else {
            piece.sheet.start
        }
    }

    fn range(&self, span: Span) -> Range<u32> {
        let start = self.byte(span.start, false);
        start..self.byte(span.end, true).max(start)
    }
}

/// Reads the rows of a table from its sheet.
#[salsa::tracked(returns(ref))]
fn read(db: &dyn Db, file: SourceFile, key: DeclKey) -> Arc<SheetTable> {
    let decl = DeclId { file, key };
    let Some(Item::Table(table)) = decl_ast(db, &decl).map(|ast| &ast.item) else {
        return Arc::default();
    };
    let TableBody::File(name) = &table.body else {
        return Arc::default();
    };
    Arc::new(match rows_of(db, &decl, name) {
        Ok((rows, sheet)) => table_of(db, &decl, table, name, &rows, sheet),
        Err(fault) => SheetTable {
            diagnostics: vec![*fault],
            ..SheetTable::default()
        },
    })
}

/// The rows of a table that names a sheet.
pub fn read_sheet<'db>(db: &'db dyn Db, decl: &DeclId) -> &'db Arc<SheetTable> {
    read(db, decl.file, decl.key.clone())
}

/// Where a span of a declaration is in its sheet; `None`: it is in the declaration itself.
pub fn resolve(db: &dyn Db, decl: &DeclId, span: Span) -> Option<(SourceFile, Range<u32>)> {
    if decl.key.kind != DeclKind::Table {
        return None;
    }
    let text = decl_text(db, decl.file, decl.key.clone())?.text(db);
    if span.start as usize <= text.len() {
        return None;
    }
    let sheet = read_sheet(db, decl);
    Some((sheet.file?, sheet.range(span)))
}

/// Whether a text can be put at a place: always in a rule file. In a sheet only inside of a cell that
/// stands there as it was read, and a comma only where the cell is quoted already.
pub fn can_be_edited(db: &dyn Db, at: &At, text: &str) -> bool {
    let Some((file, _)) = resolve(db, &at.decl, at.span) else {
        return true;
    };
    // A workbook is no text that could be edited.
    if !file.path(db).to_ascii_lowercase().ends_with(".csv") {
        return false;
    }
    let pieces = &read_sheet(db, &at.decl).pieces;
    let after = pieces.partition_point(|piece| piece.made.start <= at.span.start);
    let piece = after.checked_sub(1).and_then(|before| pieces.get(before));
    piece.is_some_and(|piece| {
        piece.verbatim
            && at.span.end <= piece.made.end
            && !text.contains(['"', '\n', '\r'])
            && (piece.quoted || !text.contains(','))
    })
}

/// The rows that a table names, and the sheet as a file.
fn rows_of(
    db: &dyn Db,
    decl: &DeclId,
    name: &TextLit,
) -> Result<(Arc<[SheetRow]>, SourceFile), Box<Diagnostic>> {
    let refused = |claim: String| {
        Box::new(Diagnostic::new(
            codes::SHEET,
            Severity::Error,
            decl.at(name.span),
            claim,
        ))
    };
    match find(db, decl, name) {
        Some(Sheet::Rows { rows, file }) if !rows.is_empty() => Ok((rows, file)),
        Some(Sheet::Rows { .. }) => Err(Box::new(
            refused(format!("\"{}\" is empty", name.text)).instead("begin with a row of headers"),
        )),
        Some(Sheet::Fault(why)) => Err(Box::new(
            refused(format!("\"{}\" cannot be taken", name.text)).because(why),
        )),
        None => Err(Box::new(
            refused(format!("there is no file \"{}\"", name.text))
                .instead("put it beside the rule file; it ends in .csv or .xlsx"),
        )),
    }
}

/// The sheet that a table names: beside its own file first.
fn find(db: &dyn Db, decl: &DeclId, name: &TextLit) -> Option<Sheet> {
    let source = decl.file;
    let beside = match source.path(db).rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{}", name.text),
        None => name.text.clone(),
    };
    let workspace = Workspace::try_get(db)?;
    let mut packages = workspace.packages(db).iter();
    let sheets = packages
        .find(|package| package.name(db) == source.package(db))?
        .sheets(db);
    sheets
        .get(&beside)
        .or_else(|| sheets.get(&name.text))
        .cloned()
}

fn table_of(
    db: &dyn Db,
    decl: &DeclId,
    table: &TableDecl,
    name: &TextLit,
    rows: &[SheetRow],
    file: SourceFile,
) -> SheetTable {
    let mut out = SheetTable {
        file: Some(file),
        ..SheetTable::default()
    };
    let header: &[String] = rows.first().map_or(&[], |row| &row.cells);
    let Some(layout) = Layout::of(db, decl, header) else {
        let claim = format!("\"{}\" does not say where its outputs begin", name.text);
        out.diagnostics.push(
            Diagnostic::new(codes::SHEET, Severity::Error, decl.at(name.span), claim)
                .instead("put a column headed `||` before the outputs"),
        );
        return out;
    };
    let before = decl_text(db, decl.file, decl.key.clone()).map_or(0, |text| text.text(db).len());
    let made = Made::of(&table.name.text, before, rows, &layout);
    out.pieces = made.pieces;
    let parsed = parse_declaration(&made.text);
    let (read, lowering) = crate::ast::lower::lower_declaration(&parsed.tree);
    let syntax = match made.readable {
        true => assize_grammar::explain(&made.text, &parsed),
        false => Vec::new(),
    };
    let lowering = lowering.into_iter().filter(|_| made.readable);
    let faults = made.faults.into_iter().map(|fault| {
        let at = decl.at(fault.span);
        let found = Diagnostic::new(fault.code, Severity::Error, at, fault.claim);
        let found = found.instead(fault.instead);
        match fault.because {
            Some(because) => found.because(because),
            None => found,
        }
    });
    let mut all: Vec<Diagnostic> = faults.collect();
    let before = all.len();
    for fault in syntax.into_iter().chain(lowering) {
        all.push(codes::from_grammar(decl, &fault));
    }
    let is_read = made.readable && all.len() == before;
    all.sort_by_key(|fault| fault.primary.at.span.start);
    let count = all.len();
    out.diagnostics
        .extend(all.into_iter().take(MAX_FAULTS_SHOWN));
    if count > MAX_FAULTS_SHOWN {
        let claim = match count - MAX_FAULTS_SHOWN {
            1 => "1 more fault in this sheet".to_string(),
            more => format!("{more} more faults in this sheet"),
        };
        let at = decl.at(table.name.span);
        out.diagnostics
            .push(Diagnostic::new(codes::SHEET, Severity::Note, at, claim).counting_rest());
    }
    if is_read && let Item::Table(read) = read.item {
        out.body = Some(read.body);
    }
    out
}
