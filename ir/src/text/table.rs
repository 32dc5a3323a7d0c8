//! Writes tables and grids.

use super::names::{name, quoted, record_name};
use super::print::{place_text, write_doc};
use super::print_node::{Doc, NodeWriter};
use super::words::{HITS, ORDER_SIGNS, word};
use crate::program::{Cell, Column, Grid, Row, Table, Test};

/// Writes a table; `packed`: whether its rows, which are here, were columns.
pub(crate) fn write_table(out: &mut String, nodes: &NodeWriter<'_>, table: &Table, packed: bool) {
    out.push_str(&format!("  hit {}\n", word(&HITS, &table.hit)));
    let outputs: Vec<String> = table.outputs.iter().map(|output| name(output)).collect();
    let record = match table.record {
        Some(record) => format!(" record {}", record_name(nodes.program, record)),
        None => String::new(),
    };
    out.push_str(&format!("  outputs ({}){record}\n", outputs.join(", ")));
    for column in &table.columns {
        write_column(out, nodes, "column", column);
    }
    if packed {
        out.push_str("  packed\n");
    }
    for row in &table.rows {
        write_row(out, nodes, row);
    }
}

pub(crate) fn write_grid(out: &mut String, nodes: &NodeWriter<'_>, grid: &Grid) {
    for column in &grid.columns {
        write_column(out, nodes, "column", column);
    }
    write_column(out, nodes, "across", &grid.across);
    for head in &grid.heads {
        let start = format!(
            "  head {}{} = ",
            quoted(&head.name),
            place_text(nodes.detail, head.place)
        );
        write_doc(out, &start, &cell(nodes, &head.cell));
    }
    for row in &grid.rows {
        write_row(out, nodes, row);
    }
}

fn write_column(out: &mut String, nodes: &NodeWriter<'_>, kind: &str, column: &Column) {
    let head = format!("  {kind} {} = ", quoted(&column.name));
    write_doc(out, &head, &nodes.used(column.value));
}

fn write_row(out: &mut String, nodes: &NodeWriter<'_>, row: &Row) {
    let head = format!(
        "  row {}{} ",
        quoted(&row.name),
        place_text(nodes.detail, row.place)
    );
    let cells = row.cells.iter().map(|one| cell(nodes, one)).collect();
    let cells = Doc::group("", cells).then(" => ");
    out.push_str(&head);
    cells.write(out, 2);
    write_doc(out, "", &Doc::group("", nodes.many(&row.outputs)));
}

fn cell(nodes: &NodeWriter<'_>, cell: &Cell) -> Doc {
    let (word, tests) = match cell {
        Cell::Any => return Doc::text("any"),
        Cell::OneOf(tests) => ("is", tests),
        Cell::NoneOf(tests) => ("is_not", tests),
    };
    Doc::group(word, tests.iter().map(|one| test(nodes, one)).collect())
}

fn test(nodes: &NodeWriter<'_>, test: &Test) -> Doc {
    match test {
        Test::Missing => Doc::text("absent"),
        Test::Equal(node) => nodes.used(*node),
        Test::Compare(order, node) => {
            Doc::group(word(&ORDER_SIGNS, order), vec![nodes.used(*node)])
        }
        Test::Range { low, high, below } => {
            let mut ends = vec![nodes.used(*low)];
            ends.extend(high.map(|high| nodes.used(high)));
            Doc::group(if *below { "range_below" } else { "range" }, ends)
        }
    }
}
