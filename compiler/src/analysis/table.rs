//! Tables and grids: overlaps, gaps, rows that can never decide.

use std::ops::Bound;

use assize_eval::Value;
use assize_eval::failure::ErrorCode;
use assize_ir::{
    Body, CallableId, Cell, Column as IrColumn, Grid, Hit, NodeId, Op, PlaceId, Program,
    Row as IrRow, Table, Test, Type,
};
use rust_decimal::Decimal;

use super::convert::Columns;
use super::space::{Compressed, Dimension, Limits, Next, Row, Subject, compress};
use super::witness::{Case, case};
use super::{Finder, MAX_SHOWN};
use crate::boxes::{
    AtomBox, AtomSet, MAX_NODES, OrderVerdict, Rest, RowVerdict, gaps, meeting_box, order,
    overlaps, unreachable,
};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

/// A table or grid as rows of boxes.
struct Subjects {
    dimensions: Vec<Dimension>,
    rows: Vec<Row>,
    /// Per box: the row, and the column of a grid.
    origin: Vec<(usize, Option<usize>)>,
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
    let mut rows = Vec::new();
    for row in &table.rows {
        let mut sides = Vec::new();
        for (cell, head) in row.cells.iter().zip(&heads) {
            columns.cell(*head, cell, &mut sides);
        }
        rows.push(sides);
    }
    let origin = (0..rows.len()).map(|row| (row, None)).collect();
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
    let mut rows = Vec::new();
    let mut origin = Vec::new();
    for (number, row) in grid.rows.iter().enumerate() {
        for (at, head) in grid.heads.iter().enumerate() {
            let mut sides = Vec::new();
            for (cell, column) in row.cells.iter().zip(&heads) {
                columns.cell(*column, cell, &mut sides);
            }
            columns.cell(across, &head.cell, &mut sides);
            rows.push(sides);
            origin.push((number, Some(at)));
        }
    }
    Some(Subjects {
        dimensions: columns.list.clone(),
        rows,
        origin,
    })
}

/// Days before the first and after the last that rows speak of are no gap.
pub fn clip_days(dimensions: &mut [Dimension], rows: &[Row]) -> Vec<Option<Decimal>> {
    let mut ends = Vec::new();
    for (index, dimension) in dimensions.iter_mut().enumerate() {
        let mut end = None;
        if matches!(dimension.ty.plain(), Type::Date) {
            let mut low: Option<Decimal> = None;
            let mut high: Option<Decimal> = None;
            let (mut open_below, mut open_above) = (rows.is_empty(), rows.is_empty());
            for row in rows {
                let mut seen = false;
                for (column, side) in row {
                    if *column != index {
                        continue;
                    }
                    seen = true;
                    let super::space::Side::Ranges(ranges, _) = side else {
                        (open_below, open_above) = (true, true);
                        continue;
                    };
                    for (a, b) in ranges {
                        // The first and the last day that belong to the range.
                        let first = match a {
                            Bound::Included(x) => Some(*x),
                            Bound::Excluded(x) => x.checked_add(Decimal::ONE),
                            Bound::Unbounded => None,
                        };
                        let last = match b {
                            Bound::Included(x) => Some(*x),
                            Bound::Excluded(x) => x.checked_sub(Decimal::ONE),
                            Bound::Unbounded => None,
                        };
                        match first {
                            Some(x) => low = Some(low.map_or(x, |known| known.min(x))),
                            None => open_below = true,
                        }
                        match last {
                            Some(x) => high = Some(high.map_or(x, |known| known.max(x))),
                            None => open_above = true,
                        }
                    }
                }
                if !seen {
                    (open_below, open_above) = (true, true);
                }
            }
            let low = if open_below { None } else { low };
            let high = if open_above { None } else { high };
            dimension.clip = Some((low, high));
            end = high;
        }
        ends.push(end);
    }
    ends
}

/// Steps of ordered columns, as functions that axes borrow.
pub fn successors(limits: &[Limits]) -> Vec<Option<Next<'static>>> {
    limits
        .iter()
        .map(|limit| {
            limit
                .step()
                .map(|step| Box::new(move |x: &Decimal| x.checked_add(step)) as Next<'static>)
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
    };
    let hit = table.map_or(Hit::Unique, |table| table.hit);
    context.lost(finder);
    match hit {
        Hit::Unique => context.unique(finder, table),
        Hit::Same => context.same(finder, table),
        Hit::First => context.first(finder, table),
        _ => {}
    }
    let needs_all = matches!(
        hit,
        Hit::Unique | Hit::Same | Hit::First | Hit::Priority | Hit::Lowest | Hit::Highest
    );
    if needs_all && !optional {
        context.gaps(finder, hit);
    }
    last_days(finder, id, &subjects.dimensions, &ends);
}

/// Notes the last day on which anything is decided, where there is one.
pub fn last_days(
    finder: &mut Finder<'_>,
    id: CallableId,
    dimensions: &[Dimension],
    ends: &[Option<Decimal>],
) {
    for (dimension, end) in dimensions.iter().zip(ends) {
        let Some(day) = end.and_then(|day| i32::try_from(day.trunc().mantissa()).ok()) else {
            continue;
        };
        let claim = format!(
            "the last day of `{}` is {}: after it nothing is decided",
            dimension.name,
            assize_ir::date::format(day)
        );
        finder.note(codes::TIME_END, finder.name_of(id), claim);
    }
}

struct Context<'c> {
    id: CallableId,
    subjects: &'c Subjects,
    compressed: &'c Compressed<'c>,
}

impl Context<'_> {
    fn row(&self, program: &Program, boxed: u32) -> Option<(IrRow, Option<usize>)> {
        let (row, head) = self.subjects.origin.get(boxed as usize).copied()?;
        let rows = match &program.callable(self.id)?.body {
            Body::Table(table) => &table.rows,
            Body::Grid(grid) => &grid.rows,
            _ => return None,
        };
        Some((rows.get(row)?.clone(), head))
    }

    /// A case inside a box.
    fn case(&self, program: &Program, inside: &AtomBox, narrow: bool) -> Option<Case> {
        let columns: Vec<usize> = if narrow {
            inside.narrow_columns(&self.compressed.space)
        } else {
            (0..self.subjects.dimensions.len()).collect()
        };
        let mut values = Vec::new();
        for (index, dimension) in self.subjects.dimensions.iter().enumerate() {
            let Some(side) = inside.sides.get(index) else {
                continue;
            };
            let value = self.compressed.value(index, side, &dimension.ty)?;
            if columns.contains(&index) {
                values.push((dimension, value));
            }
        }
        case(program, self.id, &values)
    }

    fn opaque(&self, inside: &AtomBox) -> bool {
        inside
            .narrow_columns(&self.compressed.space)
            .iter()
            .any(|index| {
                self.subjects
                    .dimensions
                    .get(*index)
                    .is_some_and(|dimension| matches!(dimension.subject, Subject::Opaque(_)))
            })
    }

    fn output_text(&self, finder: &Finder<'_>, row: &IrRow, head: Option<usize>) -> String {
        let program = finder.program;
        let Some(callable) = program.callable(self.id) else {
            return String::new();
        };
        let nodes: Vec<NodeId> = match head {
            Some(at) => row.outputs.get(at).copied().into_iter().collect(),
            None => row.outputs.clone(),
        };
        let texts: Vec<String> = nodes
            .iter()
            .filter_map(|node| callable.node(*node))
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

    fn unique(&self, finder: &mut Finder<'_>, table: Option<&Table>) {
        let program = finder.program;
        let found = overlaps(&self.compressed.space, &self.compressed.rows);
        let mut shown = 0;
        // Two rows of a grid meet in several columns, and are told once.
        let mut told: Vec<(PlaceId, PlaceId)> = Vec::new();
        for (a, b) in &found.pairs {
            let (Some(x), Some(y)) = (
                self.compressed.rows.get(*a as usize),
                self.compressed.rows.get(*b as usize),
            ) else {
                continue;
            };
            let Some(meet) = meeting_box(&self.compressed.space, x, y) else {
                continue;
            };
            let (Some((one, head_a)), Some((two, head_b))) =
                (self.row(program, *a), self.row(program, *b))
            else {
                continue;
            };
            if shown == MAX_SHOWN {
                break;
            }
            if table.is_none() && told.contains(&(one.place, two.place)) {
                continue;
            }
            let opaque = self.opaque(&meet);
            let mut case = self.case(program, &meet, false);
            if opaque && let Some(case) = &mut case {
                case.say_all(program, self.id);
            }
            let replayed = case.as_ref().and_then(|case| case.replay(program, self.id));
            let conflict =
                matches!(&replayed, Some(Err(failure)) if failure.code == ErrorCode::Conflict);
            if !conflict && !opaque {
                // The checks of the types do not let this case happen, or it was not reached.
                continue;
            }
            shown += 1;
            told.push((one.place, two.place));
            let says_a = self.output_text(finder, &one, head_a);
            let says_b = self.output_text(finder, &two, head_b);
            let equal = says_a == says_b;
            let names = (finder.row_name(&one), finder.row_name(&two));
            let verb = if conflict {
                "can both apply"
            } else {
                "may both apply"
            };
            let severity = if conflict {
                Severity::Error
            } else {
                Severity::Note
            };
            let claim = format!("{} and {} {verb}", names.0, names.1);
            let at = finder.at(two.place);
            let mut diagnostic = Diagnostic::new(codes::OVERLAP, severity, at, claim)
                .label(format!("says {says_b}"));
            diagnostic = diagnostic.related(finder.at(one.place), format!("says {says_a}"));
            if let Some(case) = &case
                && conflict
            {
                diagnostic = diagnostic.because(format!("both take {}", case.words()));
                diagnostic.witness = Some(case.witness(
                    program,
                    self.id,
                    &format!("conflict between {} and {}", names.0, names.1),
                    "conflict",
                ));
            } else {
                diagnostic =
                    diagnostic.because("it depends on conditions that are known only when it runs");
            }
            diagnostic.instead = Some(match table {
                None => "narrow one of them".into(),
                Some(_) if equal => {
                    "narrow one of them, or allow rows that say the same: `hit same`".into()
                }
                Some(_) => "narrow one of them, or let the first decide: `hit first`".into(),
            });
            finder.out.push(diagnostic);
        }
        let more = found
            .total
            .saturating_sub(u64::try_from(shown).unwrap_or(0));
        if shown == MAX_SHOWN && more > 0 && table.is_some() {
            let claim = match more {
                1 => "1 more pair of rows overlaps".to_string(),
                more => format!("{more} more pairs of rows overlap"),
            };
            finder.note(codes::OVERLAP, finder.name_of(self.id), claim);
        }
    }

    fn same(&self, finder: &mut Finder<'_>, _table: Option<&Table>) {
        let program = finder.program;
        let found = overlaps(&self.compressed.space, &self.compressed.rows);
        let mut shown = 0;
        for (a, b) in &found.pairs {
            if shown == MAX_SHOWN {
                break;
            }
            let (Some(x), Some(y)) = (
                self.compressed.rows.get(*a as usize),
                self.compressed.rows.get(*b as usize),
            ) else {
                continue;
            };
            let Some(meet) = meeting_box(&self.compressed.space, x, y) else {
                continue;
            };
            let Some(case) = self.case(program, &meet, false) else {
                continue;
            };
            let Some(Err(failure)) = case.replay(program, self.id) else {
                continue;
            };
            if failure.code != ErrorCode::Conflict {
                continue;
            }
            let (Some((one, _)), Some((two, _))) = (self.row(program, *a), self.row(program, *b))
            else {
                continue;
            };
            shown += 1;
            let (na, nb) = (finder.row_name(&one), finder.row_name(&two));
            let says_a = self.output_text(finder, &one, None);
            let says_b = self.output_text(finder, &two, None);
            let mut diagnostic = Diagnostic::new(
                codes::OVERLAP,
                Severity::Error,
                finder.at(two.place),
                format!("{na} and {nb} can both apply and say different things"),
            )
            .label(format!("says {says_b}"))
            .related(finder.at(one.place), format!("says {says_a}"))
            .because(format!("both take {}", case.words()))
            .instead("let both say the same, or narrow one of them");
            diagnostic.witness = Some(case.witness(
                program,
                self.id,
                &format!("conflict between {na} and {nb}"),
                "conflict",
            ));
            finder.out.push(diagnostic);
        }
    }

    fn first(&self, finder: &mut Finder<'_>, table: Option<&Table>) {
        let program = finder.program;
        let verdicts = unreachable(&self.compressed.space, &self.compressed.rows, MAX_NODES);
        let mut dead = 0;
        for (index, verdict) in verdicts.iter().enumerate() {
            let Some((row, _)) = u32::try_from(index).ok().and_then(|n| self.row(program, n))
            else {
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
                        0 => "rows above it take all its cases".to_string(),
                        1 => "rows above it take all its cases: these and 1 more".to_string(),
                        more => format!("rows above it take all its cases: these and {more} more"),
                    })
                    .instead("leave it out, or move it up");
                    for other in by {
                        if let Some((earlier, _)) = self.row(program, *other) {
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
            finder.note(codes::UNREACHABLE_ROW, finder.name_of(self.id), claim);
        }
        let Some(table) = table else { return };
        let same = |a: u32, b: u32| -> bool {
            let (Some(x), Some(y)) = (table.rows.get(a as usize), table.rows.get(b as usize))
            else {
                return false;
            };
            constants(program, self.id, x)
                .is_some_and(|one| Some(one) == constants(program, self.id, y))
        };
        if verdicts
            .iter()
            .all(|verdict| matches!(verdict, RowVerdict::Reachable))
            && table.rows.len() > 1
            && let OrderVerdict::Free { agreeing } =
                order(&self.compressed.space, &self.compressed.rows, same)
        {
            let policy = if agreeing == 0 { "unique" } else { "same" };
            let claim = format!("the order of the rows does not matter: `hit {policy}` says so");
            finder.note(codes::FREE_ORDER, finder.name_of(self.id), claim);
        }
    }

    fn gaps(&self, finder: &mut Finder<'_>, hit: Hit) {
        let program = finder.program;
        if self.compressed.space.columns.is_empty() && !self.compressed.rows.is_empty() {
            return;
        }
        let found = gaps(
            &self.compressed.space,
            &self.compressed.rows,
            MAX_NODES,
            MAX_SHOWN,
        );
        let mut shown = 0;
        for gap in &found.found {
            if self.opaque(gap) {
                continue;
            }
            let Some(case) = self.case(program, gap, true) else {
                continue;
            };
            match case.replay(program, self.id) {
                Some(Err(failure)) if failure.code == ErrorCode::Undecided => {}
                _ => continue,
            }
            match self.outside_of_time(gap) {
                Some(Outside::Before) => continue,
                Some(Outside::After { column }) => {
                    self.end_of_time(finder, gap, column);
                    continue;
                }
                _ => {}
            }
            shown += 1;
            let name = program
                .callable(self.id)
                .map(|c| c.name.clone())
                .unwrap_or_default();
            let mut diagnostic = Diagnostic::new(
                codes::GAP,
                Severity::Warning,
                finder.name_of(self.id),
                format!(
                    "no row of `{name}` takes {}",
                    self.compressed
                        .box_words(program, &self.subjects.dimensions, gap)
                ),
            )
            .because(format!(
                "for example {}: the decision ends with `undecided`",
                case.words()
            ));
            diagnostic.instead = Some(match hit {
                Hit::First => "add a row for it, or a last row for everything else".into(),
                _ => "add a row for it, or widen one".into(),
            });
            diagnostic.witness = Some(case.witness(program, self.id, "undecided", "undecided"));
            finder.out.push(diagnostic);
        }
        match found.rest {
            Rest::Nothing => {}
            Rest::More if shown > 0 => {
                finder.note(
                    codes::GAP,
                    finder.name_of(self.id),
                    "there are more cases that no row takes".to_string(),
                );
            }
            Rest::More => {}
            Rest::NotDecided(undecided) => {
                let claim = format!(
                    "whether every case is covered was not decided: {}.{} % of the distinct cases were \
                     shown to be covered in {} steps",
                    undecided.covered_per_mille / 10,
                    undecided.covered_per_mille % 10,
                    undecided.steps
                );
                let at = finder.name_of(self.id);
                finder.out.push(
                    Diagnostic::new(codes::GAP_NOT_DECIDED, Severity::Note, at, claim)
                        .because("when it runs, a case that no row takes is refused, never guessed")
                        .instead("add a last row for everything else, or split the table"),
                );
            }
        }
    }

    /// Notes the last day of the rows before a gap that has no end.
    fn end_of_time(&self, finder: &mut Finder<'_>, gap: &AtomBox, column: usize) {
        let program = finder.program;
        let (Some(dimension), Some(side)) =
            (self.subjects.dimensions.get(column), gap.sides.get(column))
        else {
            return;
        };
        let Some(Value::Date(first)) = self.compressed.value(column, side, &dimension.ty) else {
            return;
        };
        let mut others = gap.clone();
        if let (Some(side), Some(column)) = (
            others.sides.get_mut(column),
            self.compressed.space.columns.get(column),
        ) {
            *side = column.all();
        }
        let claim = format!(
            "the last day of `{}` is {} for {}: after it nothing is decided",
            dimension.name,
            assize_ir::date::format(first.saturating_sub(1)),
            self.compressed
                .box_words(program, &self.subjects.dimensions, &others)
        );
        finder.note(codes::TIME_END, finder.name_of(self.id), claim);
    }

    /// Whether a gap lies before the first or after the last day of all rows that could take it.
    fn outside_of_time(&self, gap: &AtomBox) -> Option<Outside> {
        let space = &self.compressed.space;
        for (index, dimension) in self.subjects.dimensions.iter().enumerate() {
            let (Type::Date, Some(days)) = (dimension.ty.plain(), gap.sides.get(index)) else {
                continue;
            };
            let (first, end) = (days.spans().first()?.start, days.spans().last()?.end);
            let mut others = gap.clone();
            if let (Some(side), Some(column)) =
                (others.sides.get_mut(index), space.columns.get(index))
            {
                *side = column.all();
            }
            let mut found = None;
            for row in &self.compressed.rows {
                let Some(meet) = meeting_box(space, row, &others) else {
                    continue;
                };
                let spans = meet
                    .sides
                    .get(index)
                    .map(AtomSet::spans)
                    .unwrap_or_default();
                let (Some(low), Some(high)) = (spans.first(), spans.last()) else {
                    continue;
                };
                let side = if low.start >= end {
                    Outside::Before
                } else if high.end <= first {
                    Outside::After { column: index }
                } else {
                    Outside::Between
                };
                found = Some(match found {
                    None => side,
                    Some(known) if known == side => side,
                    Some(_) => Outside::Between,
                });
            }
            match found {
                Some(Outside::Between) | None => {}
                outside => return outside,
            }
        }
        None
    }
}

/// Where a gap lies in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outside {
    /// Before the first day of all rows.
    Before,
    /// After the last day of all rows.
    After { column: usize },
    /// Neither.
    Between,
}

/// The outputs of a row, when all of them are constants.
fn constants(program: &Program, id: CallableId, row: &IrRow) -> Option<Vec<String>> {
    let callable = program.callable(id)?;
    row.outputs
        .iter()
        .map(|node| match &callable.node(*node)?.op {
            Op::Const(constant) => Some(format!("{constant:?}")),
            _ => None,
        })
        .collect()
}
