//! Between rows and columns.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::build::{Built, stated_by};
use super::{
    CELL_SHAPES, CellColumn, CellShape, Ints, Literal, LiteralColumn, Literals, OUTPUT_SHAPES,
    OutputColumn, OutputShape, RowPlaces, Rows, Texts, Values,
};
use crate::facts::NumFacts;
use crate::node::{Const, Node, Op};
use crate::program::{Body, Callable, Cell, Program, Row, Table, Test};
use crate::types::{NodeId, PlaceId, Type};
use crate::verify::MAX_NODES;

/// Rows from which on a bundle has columns.
pub const PACKED_FROM: usize = 64;

impl Program {
    /// Makes columns of the rows of tables that have at least so many of them, and whose cells and outputs are all
    /// constants: at most one test in a cell, and no record or list. What is decided is the same.
    pub fn pack(&mut self, from: usize) {
        for callable in &mut self.callables {
            if callable.is_long(from) {
                callable.pack();
            }
        }
    }

    /// The program with columns, see [`Program::pack`]; itself where there is nothing to pack.
    pub fn packed(&self, from: usize) -> Cow<'_, Program> {
        let columns = |callable: &Callable| match &callable.body {
            Body::Table(table) if callable.is_long(from) => {
                literals_of(&callable.nodes, table).is_some()
            }
            _ => false,
        };
        if !self.callables.iter().any(columns) {
            return Cow::Borrowed(self);
        }
        let mut copy = self.clone();
        copy.pack(from);
        Cow::Owned(copy)
    }

    /// Makes rows of all columns.
    pub fn unpack(&mut self) {
        for callable in &mut self.callables {
            callable.unpack();
        }
    }
}

impl Callable {
    /// Whether it is a table that has at least so many rows, which are no columns.
    fn is_long(&self, from: usize) -> bool {
        match &self.body {
            Body::Table(table) => table.rows.plain().len() >= from.max(1),
            _ => false,
        }
    }

    /// Makes columns of the rows, where this can be.
    pub(crate) fn pack(&mut self) -> Option<()> {
        let Body::Table(table) = &self.body else {
            return None;
        };
        let literals = literals_of(&self.nodes, table)?;
        let first = literals.first_node as usize;
        // What columns say is what the rows said, to the last fact.
        let built = literals.built(0..literals.count as usize)?;
        let pairs = table.rows.plain().iter().zip(&built.rows);
        for (row, other) in pairs {
            same_rows((&self.nodes, row), (&built.nodes, first, other))?;
        }
        // Nothing else needs what lies behind: a constant that became part of another one has no use any more.
        let inputs = table.columns.iter().map(|column| column.value);
        let constant = |node: &Node| matches!(node.op, Op::Const(_) | Op::ToOptional(_));
        if inputs.max().is_some_and(|last| last.index() >= first)
            || !self.nodes.get(first..)?.iter().all(constant)
        {
            return None;
        }
        self.nodes.truncate(first);
        self.nodes.shrink_to_fit();
        if let Body::Table(table) = &mut self.body {
            table.rows = Rows::from(literals);
        }
        Some(())
    }

    fn unpack(&mut self) {
        if let Body::Table(table) = &mut self.body
            && let Some(literals) = table.rows.literals()
        {
            let all = 0..literals.count as usize;
            let Built { rows, nodes } = literals.built(all).unwrap_or_default();
            self.nodes.extend(nodes);
            table.rows = Rows::from(rows);
        }
    }

    /// The callable with rows, whose nodes are among its own.
    pub fn unpacked(&self) -> Cow<'_, Callable> {
        match &self.body {
            Body::Table(table) if table.rows.literals().is_some() => {
                let mut copy = self.clone();
                copy.unpack();
                Cow::Owned(copy)
            }
            _ => Cow::Borrowed(self),
        }
    }

    /// The callable with some of its rows, which rise, in place of columns; `None` where columns are damaged.
    pub(crate) fn with_rows(&self, rows: impl IntoIterator<Item = usize>) -> Option<Callable> {
        let Body::Table(table) = &self.body else {
            return None;
        };
        let built = table.rows.literals()?.built(rows)?;
        let mut nodes = self.nodes.clone();
        nodes.extend(built.nodes);
        Some(Callable {
            name: self.name.clone(),
            module: self.module.clone(),
            params: self.params.clone(),
            result: self.result.clone(),
            slots: self.slots.clone(),
            nodes,
            body: Body::Table(Table {
                hit: table.hit,
                columns: table.columns.clone(),
                outputs: table.outputs.clone(),
                record: table.record,
                rows: Rows::from(built.rows),
            }),
            doc: self.doc.clone(),
            place: self.place,
        })
    }
}

/// The columns of plain rows; `None` where a row cannot be one of columns. What they build is still to be compared.
fn literals_of(nodes: &[Node], table: &Table) -> Option<Literals> {
    let rows = table.rows.plain();
    let first = first_node(nodes, rows.first()?)?;
    let cells = rows.len().checked_mul(table.columns.len())?;
    if cells > MAX_NODES {
        return None;
    }
    let names = rows.iter().map(|row| row.name.as_str());
    let numbered = are_numbers(names.enumerate());
    let mut places = Vec::new();
    let mut columns: Vec<(Vec<i64>, Taken)> = Vec::new();
    columns.resize_with(table.columns.len(), Default::default);
    let mut outputs: Vec<(Vec<i64>, Taken, Option<Missing>)> = Vec::new();
    outputs.resize_with(table.outputs.len(), Default::default);
    for row in rows {
        if row.cells.len() != columns.len() || row.outputs.len() != outputs.len() {
            return None;
        }
        for (cell, (shapes, taken)) in row.cells.iter().zip(&mut columns) {
            let (shape, ends) = shape_of(cell)?;
            shapes.push(number(&CELL_SHAPES, &shape)?);
            for end in ends.into_iter().flatten() {
                places.push(taken.add(nodes, end)?);
            }
        }
        for (output, (shapes, taken, missing)) in row.outputs.iter().zip(&mut outputs) {
            let node = nodes.get(output.index())?;
            let (shape, place) = match &node.op {
                Op::Const(Const::Missing) => {
                    missing.get_or_insert_with(|| (node.ty.clone(), node.facts.clone()));
                    (OutputShape::Missing, node.place)
                }
                Op::Const(_) => (OutputShape::Plain, taken.add(nodes, *output)?),
                Op::ToOptional(inner) => (OutputShape::Some, taken.add(nodes, *inner)?),
                _ => return None,
            };
            shapes.push(number(&OUTPUT_SHAPES, &shape)?);
            places.push(place);
        }
        places.push(row.place);
    }
    let cells = columns.into_iter().map(|(shapes, taken)| {
        Some(CellColumn {
            shapes: Ints::new(&shapes)?,
            values: taken.column()?,
        })
    });
    let outputs = outputs.into_iter().map(|(shapes, taken, missing)| {
        Some(OutputColumn {
            shapes: Ints::new(&shapes)?,
            values: taken.column()?,
            missing,
        })
    });
    Some(Literals {
        count: u32::try_from(rows.len()).ok()?,
        first_node: first.0,
        names: (!numbered).then(|| rows.iter().map(|row| row.name.clone()).collect()),
        places: places_of(places),
        cells: cells.collect::<Option<_>>()?,
        outputs: outputs.collect::<Option<_>>()?,
    })
}

/// Whether a row and one of columns, whose nodes begin at a number, are the same but for the numbers of nodes.
fn same_rows(
    (nodes, row): (&[Node], &Row),
    (built, first, other): (&[Node], usize, &Row),
) -> Option<()> {
    let node = |id: NodeId| built.get(id.index().checked_sub(first)?);
    let same = |a: NodeId, b: NodeId| {
        let (a, b) = (nodes.get(a.index())?, node(b)?);
        let stated = (&a.ty, &a.facts, a.place) == (&b.ty, &b.facts, b.place);
        let op = match (&a.op, &b.op) {
            (Op::ToOptional(a), Op::ToOptional(b)) => nodes.get(a.index()) == node(*b),
            (a, b) => a == b,
        };
        (stated && op).then_some(())
    };
    if (&row.name, row.place) != (&other.name, other.place) || row.cells.len() != other.cells.len()
    {
        return None;
    }
    for (a, b) in row.cells.iter().zip(&other.cells) {
        let ((shape, ends), (its_shape, its_ends)) = (shape_of(a)?, shape_of(b)?);
        if shape != its_shape {
            return None;
        }
        for (a, b) in ends.into_iter().zip(its_ends) {
            if let (Some(a), Some(b)) = (a, b) {
                same(a, b)?;
            }
        }
    }
    for (a, b) in row.outputs.iter().zip(&other.outputs) {
        same(*a, *b)?;
    }
    (row.outputs.len() == other.outputs.len()).then_some(())
}

type Missing = (Type, Option<NumFacts>);

fn number<S: PartialEq>(all: &[S], shape: &S) -> Option<i64> {
    let at = all.iter().position(|one| one == shape)?;
    i64::try_from(at).ok()
}

fn places_of(places: Vec<PlaceId>) -> RowPlaces {
    match places.first() {
        Some(first) if follow_each_other(&places) => RowPlaces::From(*first),
        _ => RowPlaces::Listed(places),
    }
}

/// Whether each place is the next one.
pub(crate) fn follow_each_other(places: &[PlaceId]) -> bool {
    places.windows(2).all(|pair| match pair {
        [before, next] => before.0.checked_add(1) == Some(next.0),
        _ => false,
    })
}

/// Whether rows with these names need none.
pub(crate) fn are_numbers<'n>(mut names: impl Iterator<Item = (usize, &'n str)>) -> bool {
    names.all(|(at, name)| name == at.saturating_add(1).to_string())
}

/// The first node that a row names, where its nodes are constants in their order.
fn first_node(nodes: &[Node], row: &Row) -> Option<NodeId> {
    let cells = row.cells.iter().flat_map(Cell::operands);
    let constant = |output: &NodeId| match nodes.get(output.index()).map(|node| &node.op) {
        Some(Op::ToOptional(inner)) => *inner,
        _ => *output,
    };
    cells.chain(row.outputs.iter().map(constant)).min()
}

fn shape_of(cell: &Cell) -> Option<(CellShape, [Option<NodeId>; 2])> {
    Some(match cell {
        Cell::Any => (CellShape::Any, [None, None]),
        Cell::OneOf(tests) => match tests.as_slice() {
            [Test::Missing] => (CellShape::Missing, [None, None]),
            [Test::Equal(value)] => (CellShape::Equal, [Some(*value), None]),
            [Test::Compare(order, value)] => (CellShape::Compare(*order), [Some(*value), None]),
            [Test::Range { low, high, below }] => {
                let (closed, below) = (high.is_some(), *below);
                (CellShape::Range { closed, below }, [Some(*low), *high])
            }
            _ => return None,
        },
        Cell::NoneOf(tests) => match tests.as_slice() {
            [Test::Missing] => (CellShape::Present, [None, None]),
            [Test::Equal(value)] => (CellShape::NotEqual, [Some(*value), None]),
            _ => return None,
        },
    })
}

/// Constants of a column, as they are met.
#[derive(Default)]
struct Taken<'n> {
    first: Option<&'n Node>,
    constants: Vec<&'n Const>,
}

impl<'n> Taken<'n> {
    /// Takes a constant; gives its place.
    fn add(&mut self, nodes: &'n [Node], id: NodeId) -> Option<PlaceId> {
        let node = nodes.get(id.index())?;
        let Op::Const(constant) = &node.op else {
            return None;
        };
        self.first.get_or_insert(node);
        self.constants.push(constant);
        Some(node.place)
    }

    fn column(self) -> Option<LiteralColumn> {
        let Some(first) = self.first else {
            return LiteralColumn::empty();
        };
        let Op::Const(constant) = &first.op else {
            return None;
        };
        // A constant of another kind than the first is built as one of its kind, and then compared.
        let words = || {
            self.ints(|it| match it {
                Literal::Word(word) => Some(word),
                _ => None,
            })
        };
        let texts = || {
            let text = |it: &&'n Const| match Literal::of(it) {
                Some(Literal::Text(text)) => Some(text),
                _ => None,
            };
            let texts: Option<Vec<&str>> = self.constants.iter().map(text).collect();
            Texts::new(texts?)
        };
        let numbers = |of: fn(Decimal) -> Option<i64>| {
            self.ints(|it| match it {
                Literal::Num(number) => of(number),
                _ => None,
            })
        };
        let values = match constant {
            Const::Bool(_) => Values::Bool(words()?),
            Const::Int(_) => Values::Int(words()?),
            Const::Date(_) => Values::Date(words()?),
            Const::Enum(id, _) => Values::Enum(*id, words()?),
            Const::Num(_) => Values::Num(
                numbers(|number| i64::try_from(number.mantissa()).ok())?,
                numbers(|number| Some(number.scale().into()))?,
            ),
            Const::Text(_) => Values::Text(texts()?),
            Const::Code(_) => Values::Code(texts()?),
            Const::DateFormula(_) => Values::DateFormula(texts()?),
            Const::Calendar(_) => Values::Calendar(texts()?),
            Const::Missing | Const::List(_) | Const::Record(..) => return None,
        };
        // How the first node states its type and facts is how all do: what is built is compared.
        let (ty, narrow, facts) = stated_by(first)?;
        Some(LiteralColumn {
            ty,
            narrow,
            facts,
            values,
        })
    }

    fn ints(&self, of: impl Fn(Literal<'_>) -> Option<i64>) -> Option<Ints> {
        let all = self.constants.iter().map(|it| of(Literal::of(it)?));
        Ints::new(&all.collect::<Option<Vec<i64>>>()?)
    }
}
