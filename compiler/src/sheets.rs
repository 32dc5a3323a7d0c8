//! `table … from "file"`: rows read from a sheet beside the rule file.
//!
//! The host reads the file and hands over its cells as text; here they become the same abstract syntax
//! as written rows, so that everything else is one path. A cell is read by the type of its column: in
//! a column of codes or texts the cell is the value itself, as it stands.
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
use crate::signature::{SignatureKind, signature};
use crate::ty::Ty;

/// Greatest number of faults of the syntax that are told of one sheet.
const MAX_FAULTS_SHOWN: usize = 5;

/// The sheet as text: its cells parted by commas, each row on the line that it has in its file.
///
/// Of a CSV file this is the file as programs write it; a workbook has no text of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The text.
    pub text: String,
    /// First byte of each row.
    rows: Vec<u32>,
    /// Bytes of the cells, row after row.
    cells: Vec<RenderedCell>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct RenderedCell {
    /// Bytes of what the cell says, without blanks around it.
    range: Range<u32>,
    /// Whether the text has them as the cell has them: no quote is doubled.
    verbatim: bool,
    quoted: bool,
}

impl Rendered {
    /// The text of rows.
    pub fn of(rows: &[SheetRow]) -> Rendered {
        let mut out = Rendered::default();
        let mut line = 1;
        for row in rows {
            while line < row.line {
                out.text.push('\n');
                line += 1;
            }
            out.rows.push(length(&out.text));
            for (index, cell) in row.cells.iter().enumerate() {
                if index > 0 {
                    out.text.push(',');
                }
                out.cell(cell);
                line += lines_in(cell);
            }
        }
        out.text.push('\n');
        out
    }

    fn cell(&mut self, cell: &str) {
        let quoted = cell.contains(['"', ',', '\n', '\r']);
        let verbatim = !cell.contains('"');
        if quoted {
            self.text.push('"');
        }
        let start = length(&self.text);
        if verbatim {
            self.text.push_str(cell);
        } else {
            self.text.push_str(&cell.replace('"', "\"\""));
        }
        let end = length(&self.text);
        if quoted {
            self.text.push('"');
        }
        let blanks = |text: &str, trimmed: &str| length(text).saturating_sub(length(trimmed));
        let range = if verbatim && !cell.trim().is_empty() {
            let first = start + blanks(cell, cell.trim_start());
            first..end.saturating_sub(blanks(cell, cell.trim_end())).max(first)
        } else {
            start..end
        };
        self.cells.push(RenderedCell {
            range,
            verbatim,
            quoted,
        });
    }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

fn lines_in(cell: &str) -> u32 {
    u32::try_from(cell.matches('\n').count()).unwrap_or(u32::MAX)
}

/// The rows of a table that stand in a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct SheetTable {
    /// The rows; `None` where they could not be read.
    pub body: Option<TableBody>,
    /// Why not.
    pub diagnostics: Vec<Diagnostic>,
    /// The sheet as a file.
    file: Option<SourceFile>,
    /// Pieces of the made text in its order, with their places in the sheet.
    pieces: Vec<Piece>,
}

/// A cell in the text that the rows were read from, and in the sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Piece {
    made: Range<u32>,
    sheet: Range<u32>,
    /// Whether both are the same text, byte for byte.
    verbatim: bool,
    quoted: bool,
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
    let Some(split) = header.iter().position(|cell| cell.trim() == "||") else {
        let claim = format!("\"{}\" does not say where its outputs begin", name.text);
        out.diagnostics.push(
            Diagnostic::new(codes::SHEET, Severity::Error, decl.at(name.span), claim)
                .instead("put a column headed `||` before the outputs"),
        );
        return out;
    };
    let literal = literal_columns(db, decl, header, split);
    let before = decl_text(db, decl.file, decl.key.clone()).map_or(0, |text| text.text(db).len());
    let text = made_text(
        &table.name.text,
        before,
        rows,
        split,
        &literal,
        &mut out.pieces,
    );
    let parsed = parse_declaration(&text);
    let (read, mut faults) = crate::ast::lower::lower_declaration(&parsed.tree);
    let mut all = assize_grammar::explain(&text, &parsed);
    all.append(&mut faults);
    for fault in all.iter().take(MAX_FAULTS_SHOWN) {
        out.diagnostics.push(codes::from_grammar(decl, fault));
    }
    if all.len() > MAX_FAULTS_SHOWN {
        let claim = match all.len() - MAX_FAULTS_SHOWN {
            1 => "1 more fault in this sheet".to_string(),
            more => format!("{more} more faults in this sheet"),
        };
        let at = decl.at(table.name.span);
        out.diagnostics
            .push(Diagnostic::new(codes::SHEET, Severity::Note, at, claim));
    }
    if all.is_empty()
        && let Item::Table(read) = read.item
    {
        out.body = Some(read.body);
    }
    out
}

/// The rows as a rule author would have written them. The first line is filled up, so that every row
/// begins behind the text of the declaration, `before` bytes long.
fn made_text(
    name: &str,
    before: usize,
    rows: &[SheetRow],
    split: usize,
    literal: &[bool],
    pieces: &mut Vec<Piece>,
) -> String {
    let rendered = Rendered::of(rows);
    let mut places = rendered.cells.iter();
    let mut text = format!("table {name} () gives bool");
    let fill = before.saturating_add(1).saturating_sub(text.len());
    text.extend(std::iter::repeat_n(' ', fill));
    text.push('\n');
    for (number, (row, first)) in rows.iter().zip(&rendered.rows).enumerate() {
        let at = length(&text);
        pieces.push(Piece {
            made: at..at,
            sheet: *first..*first,
            verbatim: false,
            quoted: false,
        });
        text.push_str("    ");
        for (index, cell) in row.cells.iter().enumerate() {
            let place = places.next();
            if index == split {
                text.push('|');
                continue;
            }
            let cell = cell.trim();
            let is_literal = number > 0 && literal.get(index).copied().unwrap_or(false);
            text.push_str("| ");
            let start = length(&text);
            let same = if number > 0 && cell.is_empty() {
                text.push('-');
                false
            } else if is_literal && !says_more(cell) {
                quote(cell, &mut text);
                false
            } else {
                // A row is one line; what parts words may be any white space.
                text.extend(cell.chars().map(|sign| match sign {
                    '\n' | '\r' | '\t' => ' ',
                    other => other,
                }));
                true
            };
            if let Some(place) = place {
                pieces.push(Piece {
                    made: start..length(&text),
                    sheet: place.range.clone(),
                    verbatim: same && place.verbatim,
                    quoted: place.quoted,
                });
            }
            text.push(' ');
        }
        text.push_str("|\n");
    }
    text
}

/// Whether a cell of a column of texts or codes is more than the value itself.
fn says_more(cell: &str) -> bool {
    matches!(cell, "-" | "missing") || cell.starts_with('"') || cell.starts_with("not ")
}

/// A text in quotes, as rules write it.
fn quote(cell: &str, out: &mut String) {
    out.push('"');
    for sign in cell.chars() {
        match sign {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '{' => out.push_str("{{"),
            '\n' => out.push_str("\\n"),
            '\r' => {}
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Which columns hold texts or codes as they stand.
fn literal_columns(db: &dyn Db, decl: &DeclId, header: &[String], split: usize) -> Vec<bool> {
    let SignatureKind::Function { params, result } = &signature(db, decl).kind else {
        return Vec::new();
    };
    let text_like = |ty: &Ty| matches!(ty.plain(), Ty::Text | Ty::Code);
    let single = match result.plain() {
        Ty::List(item, _) => item.plain(),
        other => other,
    };
    let column = |index: usize, cell: &str| -> Option<Ty> {
        let mut parts = cell.trim().split('.');
        let first = parts.next()?;
        if index > split {
            // Several outputs are the fields of the record that is the result.
            return field(db, single, first).or_else(|| Some(single.clone()));
        }
        let mut ty = params
            .iter()
            .find(|param| *param.name == *first)?
            .ty
            .clone();
        for part in parts {
            ty = field(db, &ty, part)?;
        }
        Some(ty)
    };
    header
        .iter()
        .enumerate()
        .map(|(index, cell)| column(index, cell).is_some_and(|ty| text_like(&ty)))
        .collect()
}

/// The type of a field of a record or row.
fn field(db: &dyn Db, of: &Ty, name: &str) -> Option<Ty> {
    let decl = match of.plain() {
        Ty::Record(crate::ty::RecordRef::Declared(decl)) | Ty::Row(decl) => decl,
        _ => return None,
    };
    let fields = signature(db, decl).kind.fields();
    let found = fields.iter().find(|field| *field.name == *name)?;
    Some(found.ty.clone())
}
