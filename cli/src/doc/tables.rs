//! What is said about decision tables: the author's own cells, as a table.

use assize_compiler::ast::{Expr, GridBody, Path, RowsBody, TableBody, TableDecl};
use assize_compiler::db::{Sheet, Workspace};
use assize_compiler::items::DeclId;

use super::declarations::signature;
use super::page::{Block, Inline, Line, Table, TableStyle, code, text};
use super::world::World;

/// Most rows of a file that are printed; the rest is counted.
const MAX_SHEET_ROWS: usize = 2_000;

/// A table.
pub fn table(world: &World<'_>, decl: &DeclId, table: &TableDecl, blocks: &mut Vec<Block>) {
    blocks.push(signature(world, decl, &table.params, table.result.as_ref()));
    let mut facts: Vec<(String, Line)> = Vec::new();
    if let Some(hit) = &table.hit {
        let words = match (&*hit.word.text, hit.by.is_some()) {
            ("unique", _) => "exactly one row holds",
            ("same", _) => "all rows that hold say the same",
            ("first", _) => "the first row that holds decides",
            ("priority", _) => "of the rows that hold, the one with the highest result decides",
            ("list", true) => "all rows that hold, highest result first",
            ("list", false) => "all rows that hold, in their order",
            ("sum", _) => "the results of all rows that hold are added up",
            ("lowest", _) => "the lowest result of the rows that hold",
            ("highest", _) => "the highest result of the rows that hold",
            ("count", _) => "the number of rows that hold",
            _ => "",
        };
        let by = hit
            .by
            .as_ref()
            .map(|by| format!(" by {}", by.text))
            .unwrap_or_default();
        let mut line = vec![code(format!("{}{by}", hit.word.text))];
        if !words.is_empty() {
            line.push(text(format!(" — {words}")));
        }
        facts.push(("Hit".to_owned(), line));
    }
    if let Some(day) = table.as_of.first() {
        facts.push(("As of".to_owned(), vec![world.inline(decl, day.span)]));
    }
    if let TableBody::File(file) = &table.body {
        facts.push(("Rows from".to_owned(), vec![text(file.text.clone())]));
    }
    if !facts.is_empty() {
        blocks.push(Block::Facts(facts));
    }
    match &table.body {
        TableBody::Rows(body) => blocks.push(Block::Table(rows(world, decl, body))),
        TableBody::Grid(body) => blocks.push(Block::Table(grid(world, decl, body))),
        TableBody::File(file) => blocks.extend(sheet(world, decl, &file.text)),
        TableBody::Error => {}
    }
}

fn heads(paths: &[Path]) -> impl Iterator<Item = Line> {
    paths.iter().map(|path| vec![code(path.text())])
}

fn values(world: &World<'_>, decl: &DeclId, exprs: &[Expr]) -> Vec<Line> {
    exprs
        .iter()
        .map(|expr| vec![world.inline(decl, expr.span)])
        .collect()
}

fn name(row: &assize_compiler::ast::RowDecl) -> Line {
    row.name
        .iter()
        .map(|name| Inline::Strong(name.text.to_string()))
        .collect()
}

fn rows(world: &World<'_>, decl: &DeclId, body: &RowsBody) -> Table {
    let mut head: Vec<Line> = Vec::new();
    if body.named {
        head.push(vec![text("#")]);
    }
    head.extend(heads(&body.columns).chain(heads(&body.outputs)));
    let rows = body
        .rows
        .iter()
        .map(|row| {
            let mut cells: Vec<Line> = Vec::new();
            if body.named {
                cells.push(name(row));
            }
            cells.extend(
                row.cells
                    .iter()
                    .map(|cell| vec![world.inline(decl, cell.span)]),
            );
            cells.extend(values(world, decl, &row.outputs));
            cells
        })
        .collect();
    let style = TableStyle::Rules {
        named: body.named,
        inputs: body.columns.len(),
    };
    Table {
        caption: Line::new(),
        style,
        head,
        rows,
    }
}

fn grid(world: &World<'_>, decl: &DeclId, body: &GridBody) -> Table {
    let mut head: Vec<Line> = Vec::new();
    if body.named {
        head.push(vec![text("#")]);
    }
    head.extend(heads(&body.columns));
    head.push(vec![
        code(body.row_axis.text()),
        text(" \\ "),
        code(body.column_axis.text()),
    ]);
    head.extend(
        body.heads
            .iter()
            .map(|cell| vec![world.inline(decl, cell.span)]),
    );
    let rows = body
        .rows
        .iter()
        .map(|row| {
            let mut cells: Vec<Line> = Vec::new();
            if body.named {
                cells.push(name(row));
            }
            cells.extend(
                row.cells
                    .iter()
                    .map(|cell| vec![world.inline(decl, cell.span)]),
            );
            cells.extend(values(world, decl, &row.outputs));
            cells
        })
        .collect();
    let style = TableStyle::Grid {
        named: body.named,
        heads: body.columns.len() + 1,
    };
    Table {
        caption: Line::new(),
        style,
        head,
        rows,
    }
}

/// The rows of a file beside the rules, as the file has them.
fn sheet(world: &World<'_>, decl: &DeclId, file: &str) -> Vec<Block> {
    let source = decl.file.path(world.db);
    let beside = match source.rsplit_once('/') {
        Some((folder, _)) => format!("{folder}/{file}"),
        None => file.to_owned(),
    };
    let package = Workspace::try_get(world.db).and_then(|workspace| {
        let name = decl.file.package(world.db);
        let mut packages = workspace.packages(world.db).iter();
        packages
            .find(|package| package.name(world.db) == name)
            .copied()
    });
    let Some(sheets) = package.map(|package| package.sheets(world.db)) else {
        return Vec::new();
    };
    let Some(Sheet::Rows { rows: all, .. }) = sheets.get(&beside).or_else(|| sheets.get(file))
    else {
        return Vec::new();
    };
    let Some((header, body)) = all.split_first() else {
        return Vec::new();
    };
    let named = header.cells.first().is_some_and(|cell| cell.trim() == "#");
    let split = header
        .cells
        .iter()
        .position(|cell| cell.trim() == "||")
        .unwrap_or(0);
    let line = |cells: &[String], head: bool| -> Vec<Line> {
        cells
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != split)
            .map(|(_, cell)| match cell.trim() {
                "" if !head => vec![code("-")],
                words => vec![code(words)],
            })
            .collect()
    };
    let inputs = split.saturating_sub(usize::from(named));
    let mut blocks = vec![Block::Table(Table {
        caption: Line::new(),
        style: TableStyle::Rules { named, inputs },
        head: line(&header.cells, true),
        rows: body
            .iter()
            .take(MAX_SHEET_ROWS)
            .map(|row| line(&row.cells, false))
            .collect(),
    })];
    if body.len() > MAX_SHEET_ROWS {
        let more = body.len() - MAX_SHEET_ROWS;
        blocks.push(Block::Remark(vec![text(format!(
            "and {more} more rows in {file}"
        ))]));
    }
    blocks
}
