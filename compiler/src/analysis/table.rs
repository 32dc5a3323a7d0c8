//! Tables and grids: overlaps, gaps, rows that can never decide.

use assize_ir::{
    Body, Callable, CallableId, Cell, Column as IrColumn, Const, Grid, Hit, NodeId, Op, PlaceId,
    Program, Row as IrRow, Table, Test,
};

use super::convert::Columns;
use super::solve::{Made, Solver, Wanted};
use super::space::{Compressed, Dimension, Limits, Next, Row, compress};
use super::time::{clip_days, last_days};
use super::{Finder, MAX_SHOWN};
use crate::boxes::{
    AtomBox, AtomSet, MAX_NODES, OrderVerdict, RowVerdict, meeting_box, order, unreachable,
};
use crate::codes;
use crate::diagnostic::{Applicability, Diagnostic, Severity};

/// Greatest number of boxes that one row may become; past it a cell is taken as a whole.
const MAX_BOXES_PER_ROW: usize = 32;

/// A table or grid as rows of boxes.
pub(super) struct Subjects {
    pub(super) dimensions: Vec<Dimension>,
    pub(super) rows: Vec<Row>,
    /// Per box: the row, and the column of a grid.
    pub(super) origin: Vec<(usize, Option<usize>)>,
}

/// Findings for a table or grid.
pub fn analyse(finder: &mut Finder<'_>, id: CallableId) {
    let program = finder.program;
    let Some(callable) = program.callable(id) else {
        return;
    };
    match &callable.body {
        Body::Table(table) => {
            let mut columns = Columns::new(program, callable);
            let Some(subjects) = table_boxes(&mut columns, table) else {
                return;
            };
            let optional = callable.result.is_optional();
            run(finder, id, subjects, Some(table), optional);
        }
        Body::Grid(grid) => {
            let mut columns = Columns::new(program, callable);
            let Some(subjects) = grid_boxes(&mut columns, grid) else {
                return;
            };
            let optional = callable.result.is_optional();
            run(finder, id, subjects, None, optional);
        }
        _ => {}
    }
}

fn column_of(columns: &mut Columns<'_>, column: &IrColumn) -> Option<usize> {
    let found = columns.path_column(column.value);
    if let Some(index) = found
        && let Some(dimension) = columns.list.get_mut(index)
    {
        dimension.name.clone_from(&column.name);
    }
    found
}

fn table_boxes(columns: &mut Columns<'_>, table: &Table) -> Option<Subjects> {
    let heads: Vec<usize> = table
        .columns
        .iter()
        .map(|column| column_of(columns, column))
        .collect::<Option<_>>()?;
    let (mut rows, mut origin) = (Vec::new(), Vec::new());
    for (number, row) in table.rows.iter().enumerate() {
        let boxes = row_boxes(columns, heads.iter().copied().zip(&row.cells));
        origin.extend(boxes.iter().map(|_| (number, None)));
        rows.extend(boxes);
    }
    Some(Subjects {
        dimensions: columns.list.clone(),
        rows,
        origin,
    })
}

fn grid_boxes(columns: &mut Columns<'_>, grid: &Grid) -> Option<Subjects> {
    let heads: Vec<usize> = grid
        .columns
        .iter()
        .map(|column| column_of(columns, column))
        .collect::<Option<_>>()?;
    let across = column_of(columns, &grid.across)?;
    let (mut rows, mut origin) = (Vec::new(), Vec::new());
    for (number, row) in grid.rows.iter().enumerate() {
        for (at, head) in grid.heads.iter().enumerate() {
            let cells = heads.iter().copied().zip(&row.cells);
            let boxes = row_boxes(columns, cells.chain([(across, &head.cell)]));
            origin.extend(boxes.iter().map(|_| (number, Some(at))));
            rows.extend(boxes);
        }
    }
    Some(Subjects {
        dimensions: columns.list.clone(),
        rows,
        origin,
    })
}

/// The boxes of a row, of which no two meet: several where cells compare with names.
fn row_boxes<'c>(
    columns: &mut Columns<'_>,
    cells: impl Iterator<Item = (usize, &'c Cell)>,
) -> Vec<Row> {
    let mut boxes: Vec<Row> = vec![Vec::new()];
    for (column, cell) in cells {
        let mut parts = columns.cell(column, cell);
        if boxes.len().saturating_mul(parts.len()) > MAX_BOXES_PER_ROW {
            parts = vec![columns.whole_cell(column, cell)];
        }
        boxes = boxes
            .iter()
            .flat_map(|a| parts.iter().map(|b| a.iter().chain(b).cloned().collect()))
            .collect();
    }
    boxes
}

/// Steps of ordered columns, as functions that axes borrow.
pub fn successors(limits: &[Limits]) -> Vec<Option<Next<'static>>> {
    limits
        .iter()
        .map(|limit| {
            limit.step().map(|step| {
                Box::new(move |x: &rust_decimal::Decimal| x.checked_add(step)) as Next<'static>
            })
        })
        .collect()
}

fn run(
    finder: &mut Finder<'_>,
    id: CallableId,
    mut subjects: Subjects,
    table: Option<&Table>,
    optional: bool,
) {
    let program = finder.program;
    let ends = clip_days(&mut subjects.dimensions, &subjects.rows);
    let limits: Vec<Limits> = subjects
        .dimensions
        .iter()
        .map(|dimension| dimension.limits(program))
        .collect();
    let steps = successors(&limits);
    let compressed = compress(
        program,
        &subjects.dimensions,
        &subjects.rows,
        &limits,
        &steps,
    );
    let context = Context {
        id,
        subjects: &subjects,
        compressed: &compressed,
        solver: Solver::new(program, id),
    };
    let hit = table.map_or(Hit::Unique, |table| table.hit);
    context.lost(finder);
    match hit {
        Hit::Unique | Hit::Same => context.overlaps(finder, table),
        Hit::First => context.first(finder, table),
        _ => context.repeated(finder, table),
    }
    context.steps(finder);
    let needs_all = matches!(
        hit,
        Hit::Unique | Hit::Same | Hit::First | Hit::Priority | Hit::Lowest | Hit::Highest
    );
    if needs_all && !optional {
        context.gaps(finder, hit);
    }
    last_days(finder, id, &subjects.dimensions, &ends);
}

/// A table or grid that is looked at.
pub(super) struct Context<'c> {
    pub(super) id: CallableId,
    pub(super) subjects: &'c Subjects,
    pub(super) compressed: &'c Compressed<'c>,
    pub(super) solver: Solver<'c>,
}

impl Context<'_> {
    pub(super) fn row(&self, program: &Program, boxed: u32) -> Option<(IrRow, Option<usize>)> {
        let (row, head) = self.subjects.origin.get(boxed as usize).copied()?;
        let rows = match &program.callable(self.id)?.body {
            Body::Table(table) => &table.rows[..],
            Body::Grid(grid) => &grid.rows[..],
            _ => return None,
        };
        Some((rows.get(row)?.clone(), head))
    }

    /// A case inside a box.
    pub(super) fn case(&self, inside: &AtomBox, narrow: bool) -> Made {
        self.solver.case_in(self.wanted(inside), narrow)
    }

    /// A box in which a case is looked for.
    pub(super) fn wanted<'w>(&'w self, inside: &'w AtomBox) -> Wanted<'w> {
        Wanted {
            compressed: self.compressed,
            dimensions: &self.subjects.dimensions,
            inside,
        }
    }

    /// Whether values in the sides of a box can compare as it says.
    pub(super) fn possible(&self, inside: &AtomBox) -> bool {
        self.compressed.possible(&self.subjects.dimensions, inside)
    }

    /// Whether two boxes are of one row (and column).
    pub(super) fn of_one_row(&self, a: u32, b: u32) -> bool {
        let origin = |boxed: u32| self.subjects.origin.get(boxed as usize);
        origin(a) == origin(b)
    }

    /// Whether a box is all of its row (and column).
    pub(super) fn is_alone(&self, number: u32) -> bool {
        let before = number.checked_sub(1);
        let mut beside = before.into_iter().chain(number.checked_add(1));
        !beside.any(|other| self.of_one_row(number, other))
    }

    /// Whether each row (and column) is one box.
    pub(super) fn one_box_each(&self) -> bool {
        let origin = self.subjects.origin.iter();
        !origin.clone().zip(origin.skip(1)).any(|(a, b)| a == b)
    }

    pub(super) fn opaque(&self, inside: &AtomBox) -> bool {
        self.compressed.opaque(&self.subjects.dimensions, inside)
    }

    pub(super) fn output_text(
        &self,
        finder: &Finder<'_>,
        row: &IrRow,
        head: Option<usize>,
    ) -> String {
        let program = finder.program;
        let Some(callable) = program.callable(self.id) else {
            return String::new();
        };
        let nodes: Vec<NodeId> = match head {
            Some(at) => row.outputs.get(at).copied().into_iter().collect(),
            None => row.outputs.clone(),
        };
        // What the record gives by itself has no words of its own, and stands at the whole row.
        let texts: Vec<String> = nodes
            .iter()
            .filter_map(|node| callable.node(*node))
            .filter(|node| node.place != row.place)
            .map(|node| finder.source(node.place))
            .collect();
        texts.join(", ")
    }

    /// Cells that leave nothing of the range of their column.
    fn lost(&self, finder: &mut Finder<'_>) {
        let program = finder.program;
        let mut told: Vec<PlaceId> = Vec::new();
        for (number, boxed) in (0u32..).zip(&self.compressed.rows) {
            let Some(index) = boxed.sides.iter().position(AtomSet::is_empty) else {
                continue;
            };
            let (Some(dimension), Some(column), Some((row, head))) = (
                self.subjects.dimensions.get(index),
                self.compressed.space.columns.get(index),
                self.row(program, number),
            ) else {
                continue;
            };
            // What names leave of a row is known only when it runs.
            if !self.is_alone(number) {
                continue;
            }
            let Some(place) = self.place_of_cell(program, &row, head, &dimension.name) else {
                continue;
            };
            if told.contains(&place) || told.len() == MAX_SHOWN {
                continue;
            }
            told.push(place);
            let cells = self.subjects.rows.get(number as usize).map_or(0, |sides| {
                sides.iter().filter(|(column, _)| *column == index).count()
            });
            let lost = |claim: String| {
                Diagnostic::new(codes::LOST_CASE, Severity::Warning, finder.at(place), claim)
                    .label(format!("{} can never decide", finder.row_name(&row)))
            };
            let found = if cells > 1 {
                lost(format!(
                    "the cells of `{}` exclude each other",
                    dimension.name
                ))
                .instead("correct one of them")
            } else {
                let range = self
                    .compressed
                    .words(program, index, &column.all(), &dimension.ty);
                lost(format!("`{}` never has this value", dimension.name))
                    .because(format!("it is declared as {range}"))
                    .instead("correct the cell, or widen the range of the declaration")
            };
            finder.out.push(found);
        }
    }

    /// Where the first value of a row's cell in a column stands; `missing` alone is told elsewhere.
    fn place_of_cell(
        &self,
        program: &Program,
        row: &IrRow,
        head: Option<usize>,
        column: &str,
    ) -> Option<PlaceId> {
        let callable = program.callable(self.id)?;
        let (columns, across) = match &callable.body {
            Body::Table(table) => (&table.columns, None),
            Body::Grid(grid) => (&grid.columns, Some(grid)),
            _ => return None,
        };
        let cell = match across.filter(|grid| grid.across.name == column) {
            Some(grid) => &grid.heads.get(head?)?.cell,
            None => row
                .cells
                .get(columns.iter().position(|known| known.name == column)?)?,
        };
        let (Cell::OneOf(tests) | Cell::NoneOf(tests)) = cell else {
            return None;
        };
        let node = tests.iter().find_map(|test| match test {
            Test::Missing => None,
            Test::Equal(node) | Test::Compare(_, node) | Test::Range { low: node, .. } => {
                Some(*node)
            }
        })?;
        Some(callable.node(node)?.place)
    }

    /// A verdict for each row, by its first box: a row can decide where one of its boxes can.
    fn rows_reached(&self) -> Vec<(u32, RowVerdict)> {
        let verdicts = unreachable(&self.compressed.space, &self.compressed.rows, MAX_NODES);
        let mut out: Vec<(u32, RowVerdict)> = Vec::new();
        for ((number, verdict), boxed) in (0u32..).zip(verdicts).zip(&self.compressed.rows) {
            let verdict = match self.possible(boxed) {
                true => verdict,
                false => RowVerdict::Empty,
            };
            match out.last_mut() {
                Some((first, known)) if self.of_one_row(*first, number) => {
                    *known = both(known.clone(), verdict);
                }
                _ => out.push((number, verdict)),
            }
        }
        out
    }

    fn first(&self, finder: &mut Finder<'_>, table: Option<&Table>) {
        let program = finder.program;
        let verdicts = self.rows_reached();
        let mut dead = 0;
        for (number, verdict) in &verdicts {
            let index = *number as usize;
            let Some((row, _)) = self.row(program, *number) else {
                continue;
            };
            match verdict {
                RowVerdict::Unreachable { by, more } => {
                    dead += 1;
                    if dead > MAX_SHOWN {
                        continue;
                    }
                    let name = finder.row_name(&row);
                    let mut diagnostic = Diagnostic::new(
                        codes::UNREACHABLE_ROW,
                        Severity::Warning,
                        finder.at(row.place),
                        format!("{name} can never decide"),
                    )
                    .because(match *more {
                        _ if !self.one_box_each() => "rows above it take all its cases".to_string(),
                        0 if by
                            .as_slice()
                            .iter()
                            .any(|other| self.repeats(finder, *other, index)) =>
                        {
                            "a row above it says the same of the same cases".to_string()
                        }
                        0 => "rows above it take all its cases".to_string(),
                        1 => "rows above it take all its cases: these and 1 more".to_string(),
                        more => format!("rows above it take all its cases: these and {more} more"),
                    })
                    .instead("leave it out, or move it up");
                    let mut told = Vec::new();
                    for other in by {
                        if let Some((earlier, _)) = self.row(program, *other)
                            && !told.contains(&earlier.place)
                        {
                            told.push(earlier.place);
                            diagnostic = diagnostic
                                .related(finder.at(earlier.place), "takes some of its cases");
                        }
                    }
                    finder.out.push(diagnostic);
                }
                // Of an empty one its cell is told.
                RowVerdict::Empty | RowVerdict::Reachable | RowVerdict::NotDecided(_) => {}
            }
        }
        if dead > MAX_SHOWN {
            let claim = match dead - MAX_SHOWN {
                1 => "1 row more can never decide".to_string(),
                more => format!("{more} rows more can never decide"),
            };
            finder.rest(codes::UNREACHABLE_ROW, finder.name_of(self.id), claim);
        }
        let Some(table) = table else { return };
        let mut agreeing = false;
        let boxed = |row: u32| self.compressed.rows.get(row as usize);
        let same = |a: u32, b: u32| -> bool {
            if self.of_one_row(a, b) {
                return true;
            }
            let meet = boxed(a)
                .zip(boxed(b))
                .and_then(|(a, b)| meeting_box(&self.compressed.space, a, b));
            if meet.is_some_and(|meet| !self.possible(&meet)) {
                return true;
            }
            agreeing = true;
            self.agree(finder, a, b)
        };
        if verdicts
            .iter()
            .all(|(_, verdict)| matches!(verdict, RowVerdict::Reachable))
            && table.rows.len() > 1
            && let OrderVerdict::Free { .. } =
                order(&self.compressed.space, &self.compressed.rows, same)
        {
            let policy = if agreeing { "same" } else { "unique" };
            let claim = format!("the order of the rows does not matter: `hit {policy}` says so");
            let mut note = Diagnostic::new(
                codes::FREE_ORDER,
                Severity::Note,
                finder.name_of(self.id),
                claim,
            );
            if let Some(word) = finder.hit_word(self.id) {
                let title = format!("write `hit {policy}`");
                note = note.fix(title, word, policy, Applicability::Certain);
            }
            finder.out.push(note);
        }
    }
}

/// What is known of a row of two boxes.
fn both(one: RowVerdict, other: RowVerdict) -> RowVerdict {
    use RowVerdict::{Empty, NotDecided, Reachable, Unreachable};
    match (one, other) {
        (Reachable, _) | (_, Reachable) => Reachable,
        (NotDecided(steps), _) | (_, NotDecided(steps)) => NotDecided(steps),
        (Empty, other) | (other, Empty) => other,
        (
            Unreachable { mut by, more },
            Unreachable {
                by: others,
                more: more_others,
            },
        ) => {
            by.extend(others);
            by.sort_unstable();
            by.dedup();
            let more = more.saturating_add(more_others);
            Unreachable { by, more }
        }
    }
}

/// Whether two expressions of a declaration give the same in every case: equal constants, or the same
/// words of the author.
pub(super) fn same_value(finder: &Finder<'_>, callable: &Callable, a: NodeId, b: NodeId) -> bool {
    let constant = |node: NodeId| match &callable.node(node)?.op {
        Op::Const(constant) => assize_eval::interp::value_of(constant),
        _ => None,
    };
    let text = |node: NodeId| callable.node(node).map(|node| finder.source(node.place));
    match (constant(a), constant(b)) {
        (Some(one), Some(other)) => one == other,
        _ => text(a).is_some_and(|one| !one.is_empty() && text(b) == Some(one)),
    }
}

/// Whether a node is a written value, as the place that it fills takes it.
pub(super) fn is_constant(callable: &Callable, node: NodeId) -> bool {
    let mut next = callable.node(node);
    // Operands are smaller than their node, so this ends.
    while let Some(Op::Border { value, .. } | Op::ToOptional(value) | Op::IntToNum(value)) =
        next.map(|node| &node.op)
    {
        next = callable.node(*value);
    }
    matches!(next.map(|node| &node.op), Some(Op::Const(_)))
}

/// The outputs of a row, when all of them are constants. What the record gives by itself stands at
/// the row, is the same in every row and left out.
pub(super) fn constants(program: &Program, id: CallableId, row: &IrRow) -> Option<Vec<String>> {
    let callable = program.callable(id)?;
    let written = row.outputs.iter().filter(|node| {
        callable
            .node(**node)
            .is_none_or(|node| node.place != row.place)
    });
    written
        .map(|node| match &callable.node(*node)?.op {
            // 5% and 5.0% are one value.
            Op::Const(Const::Num(value)) => Some(format!("Num({})", value.normalize())),
            Op::Const(constant) => Some(format!("{constant:?}")),
            _ => None,
        })
        .collect()
}
