//! Tables and grids: shape, cells, and hit policies against the result.

use super::Faults;
use super::body::name;
use super::callable::checks_before;
use super::limits::{MAX_MEMBERS, MAX_ROWS};
use crate::infer::{Checked, Context, Mismatch, is_ordered};
use crate::program::{Callable, Cell, Grid, Hit, Row, Table, Test};
use crate::types::{CallableId, NodeId, Type};

pub(super) fn table(
    context: &Context<'_>,
    id: CallableId,
    callable: &Callable,
    table: &Table,
    faults: &mut Faults,
) {
    size(
        table.rows.len(),
        table.columns.len().max(table.outputs.len()),
        faults,
    );
    for column in &table.columns {
        name(&column.name, faults);
    }
    if table.outputs.is_empty() || (table.outputs.len() > 1) != table.record.is_some() {
        faults.add(
            "one output, or several and their record",
            format!(
                "{} and {}",
                table.outputs.len(),
                if table.record.is_some() {
                    "one"
                } else {
                    "none"
                }
            ),
        );
        return;
    }
    if let Some(record) = table.record {
        faults.mismatch(None, checks_before(context.program, record, id));
    }
    let columns: Vec<NodeId> = table.columns.iter().map(|column| column.value).collect();
    for row in &table.rows {
        cells(context, row, &columns, faults);
        if row.outputs.len() != table.outputs.len() {
            faults.add(
                format!("{} outputs in row {}", table.outputs.len(), row.name),
                row.outputs.len().to_string(),
            );
        }
    }
    faults.mismatch(None, outputs(context, callable, table));
}

pub(super) fn grid(context: &Context<'_>, callable: &Callable, grid: &Grid, faults: &mut Faults) {
    size(
        grid.rows.len(),
        grid.columns.len().max(grid.heads.len()),
        faults,
    );
    for column in grid.columns.iter().chain([&grid.across]) {
        name(&column.name, faults);
    }
    if grid.columns.is_empty() || grid.heads.is_empty() {
        faults.add("at least one column and one head", "none");
    }
    let columns: Vec<NodeId> = grid.columns.iter().map(|column| column.value).collect();
    for head in &grid.heads {
        name(&head.name, faults);
        cell(context, &head.cell, grid.across.value, faults);
    }
    for row in &grid.rows {
        cells(context, row, &columns, faults);
        if row.outputs.len() != grid.heads.len() {
            faults.add(
                format!("{} outputs in row {}", grid.heads.len(), row.name),
                row.outputs.len().to_string(),
            );
        }
        for output in &row.outputs {
            let fits = fits_or_plain(context, *output, &callable.result);
            faults.mismatch(Some(output.0), fits);
        }
    }
}

fn size(rows: usize, columns: usize, faults: &mut Faults) {
    if rows > MAX_ROWS {
        faults.add(format!("at most {MAX_ROWS} rows"), rows.to_string());
    }
    if columns > MAX_MEMBERS {
        faults.add(
            format!("at most {MAX_MEMBERS} columns"),
            columns.to_string(),
        );
    }
}

fn cells(context: &Context<'_>, row: &Row, columns: &[NodeId], faults: &mut Faults) {
    name(&row.name, faults);
    if row.cells.len() != columns.len() {
        faults.add(
            format!("{} cells in row {}", columns.len(), row.name),
            row.cells.len().to_string(),
        );
    }
    for (one, column) in row.cells.iter().zip(columns) {
        cell(context, one, *column, faults);
    }
}

fn cell(context: &Context<'_>, cell: &Cell, column: NodeId, faults: &mut Faults) {
    let tests = match cell {
        Cell::Any => return,
        Cell::OneOf(tests) | Cell::NoneOf(tests) => tests,
    };
    if tests.is_empty() {
        faults.add("a cell with tests", "none");
    }
    for one in tests {
        faults.mismatch(None, test(context, one, column));
    }
}

fn test(context: &Context<'_>, test: &Test, column: NodeId) -> Checked {
    let wanted = context.ty(column)?;
    let plain = wanted.plain();
    let ordered = || {
        if is_ordered(context.program, plain) {
            Ok(())
        } else {
            Err(Mismatch::new("a column with an order", context.show(plain)))
        }
    };
    match test {
        Test::Missing if wanted.is_optional() => Ok(()),
        Test::Missing => Err(Mismatch::new(
            "a column that may be missing",
            context.show(wanted),
        )),
        Test::Equal(node) => context.shape(*node, plain),
        Test::Compare(_, node) => {
            ordered()?;
            context.shape(*node, plain)
        }
        Test::Range { low, high, .. } => {
            ordered()?;
            context.shape(*low, plain)?;
            high.map_or(Ok(()), |high| context.shape(high, plain))
        }
    }
}

/// The node gives the type, or its plain value where the type is optional.
fn fits_or_plain(context: &Context<'_>, node: NodeId, ty: &Type) -> Checked {
    if ty.is_optional() && !context.ty(node)?.is_optional() {
        context.fits(node, ty.plain())
    } else {
        context.fits(node, ty)
    }
}

fn outputs(context: &Context<'_>, callable: &Callable, table: &Table) -> Checked {
    let result = &callable.result;
    let all = || table.rows.iter().flat_map(|row| &row.outputs);
    let single = || match table.outputs.len() {
        1 => Ok(()),
        count => Err(Mismatch::new("one output", count.to_string())),
    };
    match table.hit {
        Hit::Unique | Hit::Same | Hit::First | Hit::Priority => {
            values(context, table, result)?;
        }
        Hit::List | Hit::ListByPriority => match result {
            Type::List { item, at_most } => {
                if at_most.is_some_and(|most| table.rows.len() > most as usize) {
                    return Err(Mismatch::new(
                        "a bound that is not below the number of rows",
                        context.show(result),
                    ));
                }
                values(context, table, item)?;
            }
            other => return Err(Mismatch::new("a list", context.show(other))),
        },
        Hit::Sum => {
            single()?;
            if !matches!(result, Type::Int | Type::Num(_)) {
                return Err(Mismatch::new("a number to sum up", context.show(result)));
            }
            // The sum is checked as a whole.
            for output in all() {
                context.shape(*output, result)?;
            }
        }
        Hit::Lowest | Hit::Highest => {
            single()?;
            if !is_ordered(context.program, result.plain()) {
                return Err(Mismatch::new(
                    "a result with an order",
                    context.show(result),
                ));
            }
            for output in all() {
                fits_or_plain(context, *output, result)?;
            }
        }
        Hit::Count => {
            single()?;
            if *result != Type::Int {
                return Err(Mismatch::new("int", context.show(result)));
            }
        }
    }
    if matches!(table.hit, Hit::Priority | Hit::ListByPriority) {
        for output in all() {
            match context.ty(*output)?.plain() {
                ty @ Type::Enum(_) if is_ordered(context.program, ty) => {}
                _ => return context.wrong("a value of an ordered enum", *output),
            }
        }
    }
    Ok(())
}

/// Every row gives a value of this type.
fn values(context: &Context<'_>, table: &Table, ty: &Type) -> Checked {
    let Some(record) = table.record else {
        for output in table.rows.iter().flat_map(|row| &row.outputs) {
            fits_or_plain(context, *output, ty)?;
        }
        return Ok(());
    };
    if *ty.plain() != Type::Record(record) {
        return Err(Mismatch::new(
            context.show(&Type::Record(record)),
            context.show(ty),
        ));
    }
    let Some(found) = context.program.record(record) else {
        return Err(Mismatch::new("a record", format!("#{}", record.0)));
    };
    let names = found.fields.iter().map(|field| &field.name);
    if !table.outputs.iter().eq(names) {
        return Err(Mismatch::new(
            format!("the fields of {} as outputs, in their order", found.name),
            table.outputs.join(", "),
        ));
    }
    for row in &table.rows {
        context.arguments(found.fields.iter().map(|field| &field.ty), &row.outputs)?;
    }
    Ok(())
}
