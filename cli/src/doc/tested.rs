//! What is said about tests: examples that are run, as tables and expectations.

use assize_compiler::ast::{
    CalendarDecl, CasesDecl, FixtureRow, GivenDecl, Name, PropertyDecl, Span, TestDecl, TestStep,
};
use assize_compiler::items::DeclId;

use super::page::{Block, Line, Piece, Table, TableStyle, code, commas, text};
use super::world::World;

/// A test.
pub fn test(world: &World<'_>, decl: &DeclId, test: &TestDecl, blocks: &mut Vec<Block>) {
    steps(world, decl, &test.steps, blocks);
}

/// A property.
pub fn property(world: &World<'_>, decl: &DeclId, it: &PropertyDecl, blocks: &mut Vec<Block>) {
    let mut line = vec![text("For all ")];
    line.extend(commas(it.params.iter().map(|param| {
        vec![
            code(format!("{}: ", param.name.text)),
            world.ty(decl, &param.ty),
        ]
    })));
    if let Some(filter) = &it.filter {
        line.extend([text(" where "), world.inline(decl, filter.span)]);
    }
    blocks.push(Block::Paragraph(line));
    steps(world, decl, &it.steps, blocks);
}

fn steps(world: &World<'_>, decl: &DeclId, steps: &[TestStep], blocks: &mut Vec<Block>) {
    let mut lines: Vec<Piece> = Vec::new();
    for step in steps {
        let span = match step {
            TestStep::Given(given) => {
                flush(&mut lines, blocks);
                blocks.push(Block::Table(given_rows(world, decl, given)));
                continue;
            }
            TestStep::Calendar(given) => {
                flush(&mut lines, blocks);
                blocks.push(Block::Table(calendar_days(world, decl, given)));
                continue;
            }
            TestStep::Cases(cases) => {
                flush(&mut lines, blocks);
                blocks.push(Block::Table(case_rows(world, decl, cases)));
                continue;
            }
            TestStep::Let(it) => Span {
                start: it.name.span.start,
                end: it.value.span.end,
            },
            TestStep::Expect { span, .. } | TestStep::ExpectError { span, .. } => *span,
        };
        if !lines.is_empty() {
            lines.push(Piece {
                text: "\n".to_owned(),
                to: None,
                comment: false,
            });
        }
        lines.extend(world.lines(decl, span));
    }
    flush(&mut lines, blocks);
}

fn flush(lines: &mut Vec<Piece>, blocks: &mut Vec<Block>) {
    if !lines.is_empty() {
        blocks.push(Block::Code(std::mem::take(lines)));
    }
}

fn cell(world: &World<'_>, decl: &DeclId, expr: Option<&assize_compiler::ast::Expr>) -> Line {
    vec![expr.map_or_else(|| code("-"), |expr| world.inline(decl, expr.span))]
}

/// The calendar with what it says of its weekdays and of the days that it knows.
fn calendar_days(world: &World<'_>, decl: &DeclId, given: &CalendarDecl) -> Table {
    let mut caption = vec![text("Given calendar "), world.inline(decl, given.code.span)];
    if let Some(days) = &given.working {
        caption.push(text(" working "));
        caption.extend(commas(days.iter().map(|day| vec![code(&*day.text)])));
    }
    if let Some((from, to)) = given.known {
        caption.push(text(" from "));
        caption.push(world.inline(decl, from.span));
        caption.push(text(" to "));
        caption.push(world.inline(decl, to.span));
    }
    rows_of(world, decl, caption, (&given.columns, &given.rows))
}

fn given_rows(world: &World<'_>, decl: &DeclId, given: &GivenDecl) -> Table {
    let caption = vec![text("Given "), world.inline(decl, given.relation.span())];
    rows_of(world, decl, caption, (&given.columns, &given.rows))
}

fn rows_of(
    world: &World<'_>,
    decl: &DeclId,
    caption: Line,
    (columns, rows): (&[Name], &[FixtureRow]),
) -> Table {
    Table {
        caption,
        style: TableStyle::Plain,
        head: columns.iter().map(|name| vec![code(&*name.text)]).collect(),
        rows: rows
            .iter()
            .map(|row| {
                row.cells
                    .iter()
                    .map(|it| cell(world, decl, it.as_ref()))
                    .collect()
            })
            .collect(),
    }
}

fn case_rows(world: &World<'_>, decl: &DeclId, cases: &CasesDecl) -> Table {
    let mut head: Vec<Line> = cases
        .columns
        .iter()
        .map(|path| vec![code(path.text())])
        .collect();
    head.extend(
        cases
            .outputs
            .iter()
            .map(|expr| vec![world.inline(decl, expr.span)]),
    );
    if cases.by {
        head.push(vec![text("decided by")]);
    }
    let rows = cases
        .rows
        .iter()
        .map(|row| {
            let mut cells: Vec<Line> = row
                .cells
                .iter()
                .map(|it| cell(world, decl, it.as_ref()))
                .collect();
            cells.extend(
                row.outputs
                    .iter()
                    .map(|expr| vec![world.inline(decl, expr.span)]),
            );
            if cases.by {
                let by = row
                    .by
                    .iter()
                    .map(|by| world.slice(decl, by.span))
                    .collect::<Vec<_>>();
                cells.push(vec![code(by.join(", "))]);
            }
            cells
        })
        .collect();
    let style = TableStyle::Rules {
        named: false,
        inputs: cases.columns.len(),
    };
    Table {
        caption: Line::new(),
        style,
        head,
        rows,
    }
}
