//! `table … from "file"`: rows read from a sheet beside the rule file.
//!
//! The host reads the file and hands over its cells as text; here they become the same abstract syntax
//! as written rows, so that everything else is one path. A cell is read by the type of its column: in
//! a column of codes or texts the cell is the value itself, as it stands.

use assize_grammar::parse_declaration;

use crate::ast::{Item, RowsBody, Span, TableBody, TableDecl, TextLit};
use crate::check::Checker;
use crate::codes;
use crate::db::{Sheet, Workspace};
use crate::signature::SignatureKind;
use crate::ty::Ty;

/// Reads the rows of a table from its sheet; faults are reported at the name of the file.
pub(crate) fn rows_of_sheet(
    checker: &mut Checker<'_>,
    table: &TableDecl,
    file: &TextLit,
) -> Option<TableBody> {
    let sheet = find(checker, file)?;
    let rows = match sheet {
        Sheet::Rows(rows) => rows,
        Sheet::Fault(why) => {
            checker
                .error(
                    codes::SHEET,
                    file.span,
                    format!("\"{}\" cannot be taken", file.text),
                )
                .because
                .push(why);
            return None;
        }
    };
    let Some((header, body)) = rows.split_first() else {
        checker
            .error(
                codes::SHEET,
                file.span,
                format!("\"{}\" is empty", file.text),
            )
            .instead = Some("begin with a row of headers".into());
        return None;
    };
    let split = header.cells.iter().position(|cell| cell.trim() == "||");
    let Some(split) = split else {
        checker
            .error(
                codes::SHEET,
                file.span,
                format!("\"{}\" does not say where its outputs begin", file.text),
            )
            .instead = Some("put a column headed `||` before the outputs".into());
        return None;
    };
    let named = header.cells.first().is_some_and(|cell| cell.trim() == "#");
    let literal = literal_columns(checker, table, &header.cells);
    let mut text = format!("table {} () gives bool\n", table.name.text);
    let mut starts: Vec<(usize, u32)> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        let mut line = String::from("    ");
        for (index, cell) in row.cells.iter().enumerate() {
            if index == split {
                line.push('|');
                continue;
            }
            let cell = cell.trim();
            let quote = number > 0
                && literal.get(index).copied().unwrap_or(false)
                && !matches!(cell, "" | "-" | "missing")
                && !cell.starts_with('"')
                && !cell.starts_with("not ");
            let shown = if number > 0 && cell.is_empty() {
                "-".to_string()
            } else if quote {
                format!(
                    "\"{}\"",
                    cell.replace('\\', "\\\\")
                        .replace('"', "\\\"")
                        .replace('{', "{{")
                )
            } else {
                cell.to_string()
            };
            line.push_str("| ");
            line.push_str(&shown);
            line.push(' ');
        }
        line.push_str("|\n");
        starts.push((text.len(), row.line));
        text.push_str(&line.replace('\n', " ").trim_end().replace('\t', " "));
        text.push('\n');
    }
    let _ = (named, body);
    let parsed = parse_declaration(&text);
    let (decl, mut faults) = crate::ast::lower::lower_declaration(&parsed.tree);
    let mut all = assize_grammar::explain(&text, &parsed);
    all.append(&mut faults);
    if !all.is_empty() {
        for fault in all.iter().take(5) {
            let line = starts
                .iter()
                .rev()
                .find(|(start, _)| *start <= fault.range.start as usize)
                .map_or(0, |(_, line)| *line);
            let claim = format!("\"{}\" line {line}: {}", file.text, fault.claim);
            let error = checker.error(codes::SHEET, file.span, claim);
            error.because = fault.because.clone();
            error.instead = fault.instead.clone();
        }
        return None;
    }
    let Item::Table(read) = decl.item else {
        return None;
    };
    match read.body {
        TableBody::Rows(mut rows) => {
            at_the_name(&mut rows, file.span);
            Some(TableBody::Rows(rows))
        }
        other => Some(other),
    }
}

/// Places inside a sheet are not places in the text: they become the name of the file.
fn at_the_name(rows: &mut RowsBody, span: Span) {
    for row in &mut rows.rows {
        row.span = span;
        for cell in &mut row.cells {
            cell.span = span;
        }
    }
}

/// The sheet that a table names: beside its own file first.
fn find(checker: &mut Checker<'_>, file: &TextLit) -> Option<Sheet> {
    let db = checker.db;
    let source = checker.decl.file;
    let folder = source
        .path(db)
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder);
    let beside = if folder.is_empty() {
        file.text.clone()
    } else {
        format!("{folder}/{}", file.text)
    };
    let package = Workspace::try_get(db).and_then(|workspace| {
        workspace
            .packages(db)
            .iter()
            .find(|package| package.name(db) == source.package(db))
            .copied()
    });
    let sheets = package.map(|package| package.sheets(db));
    let found = sheets
        .and_then(|sheets| sheets.get(&beside).or_else(|| sheets.get(&file.text)))
        .cloned();
    if found.is_none() {
        checker
            .error(
                codes::SHEET,
                file.span,
                format!("there is no file \"{}\"", file.text),
            )
            .instead = Some("put it beside the rule file; it ends in .csv or .xlsx".into());
    }
    found
}

/// Which columns hold texts or codes as they stand.
fn literal_columns(checker: &Checker<'_>, table: &TableDecl, header: &[String]) -> Vec<bool> {
    let kind = &crate::signature::signature(checker.db, &checker.decl).kind;
    let SignatureKind::Function { params, result } = kind else {
        return Vec::new();
    };
    let _ = table;
    let text_like = |ty: &Ty| matches!(ty.plain(), Ty::Text | Ty::Code);
    header
        .iter()
        .map(|cell| {
            let mut parts = cell.trim().split('.');
            let Some(first) = parts.next() else {
                return false;
            };
            let Some(param) = params.iter().find(|param| *param.name == *first) else {
                return text_like(result);
            };
            let mut ty = param.ty.clone();
            for part in parts {
                let fields = match ty.plain() {
                    Ty::Record(crate::ty::RecordRef::Declared(decl)) | Ty::Row(decl) => {
                        crate::signature::signature(checker.db, decl)
                            .kind
                            .fields()
                            .to_vec()
                    }
                    _ => return false,
                };
                match fields.into_iter().find(|field| *field.name == *part) {
                    Some(field) => ty = field.ty,
                    None => return false,
                }
            }
            text_like(&ty)
        })
        .collect()
}
