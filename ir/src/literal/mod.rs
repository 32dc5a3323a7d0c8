//! Rows of a table: as they are, or, where all their cells and outputs are constants, as columns of these constants.
//!
//! A list of a hundred thousand prices is a table whose rows say nothing but values. As rows it is millions of nodes
//! and cells, each of which is read, verified and walked by itself; as columns it is a few lists of numbers, from
//! which an engine builds its index. Both are the same table: the rows of columns are built when somebody asks for
//! them, with the nodes that their cells and outputs name behind the other nodes of the callable. The definition
//! knows rows alone.

mod ints;
mod pack;

use std::ops::Deref;
use std::sync::OnceLock;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::facts::NumFacts;
use crate::infer::{declared_facts, type_of_facts, without_limits};
use crate::node::{Const, Node, Op, Order};
use crate::program::{Cell, Row, Test};
use crate::types::{EnumId, NodeId, PlaceId, Type};

pub use ints::{Ints, Texts};
pub use pack::PACKED_FROM;
pub(crate) use pack::{are_numbers, follow_each_other};

/// The rows of a table, from the top.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Empty where there are columns.
    plain: Vec<Row>,
    literals: Option<Box<Literals>>,
    built: OnceLock<Box<Built>>,
}

/// Rows of columns, and the nodes that they name.
#[derive(Clone, Debug, Default)]
struct Built {
    rows: Vec<Row>,
    nodes: Vec<Node>,
}

impl From<Vec<Row>> for Rows {
    fn from(plain: Vec<Row>) -> Rows {
        Rows {
            plain,
            ..Rows::default()
        }
    }
}

impl From<Literals> for Rows {
    fn from(literals: Literals) -> Rows {
        Rows {
            literals: Some(Box::new(literals)),
            ..Rows::default()
        }
    }
}

impl PartialEq for Rows {
    fn eq(&self, other: &Rows) -> bool {
        (&self.plain, &self.literals) == (&other.plain, &other.literals)
    }
}

impl Eq for Rows {}

/// As they are written.
#[derive(Serialize, Deserialize)]
enum Form<P, L> {
    Plain(P),
    Literal(L),
}

impl Serialize for Rows {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.literals {
            None => Form::Plain(&self.plain),
            Some(literals) => Form::Literal(literals),
        }
        .serialize(to)
    }
}

impl<'de> Deserialize<'de> for Rows {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Rows, D::Error> {
        Ok(match Form::<Vec<Row>, Literals>::deserialize(from)? {
            Form::Plain(rows) => rows.into(),
            Form::Literal(literals) => literals.into(),
        })
    }
}

/// All rows. Those of columns are built at the first use.
impl Deref for Rows {
    type Target = [Row];

    fn deref(&self) -> &[Row] {
        match self.built() {
            None => &self.plain,
            Some(built) => &built.rows,
        }
    }
}

impl<'r> IntoIterator for &'r Rows {
    type Item = &'r Row;
    type IntoIter = std::slice::Iter<'r, Row>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Rows {
    /// How many there are; builds none.
    pub fn len(&self) -> usize {
        match &self.literals {
            None => self.plain.len(),
            Some(literals) => literals.count as usize,
        }
    }

    /// Whether there are none; builds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The columns, where the rows are columns.
    pub fn literals(&self) -> Option<&Literals> {
        self.literals.as_deref()
    }

    /// The rows, where they are no columns: those whose nodes are among the callable's own.
    pub fn plain(&self) -> &[Row] {
        &self.plain
    }

    /// The rows, to be changed. Columns are to be unpacked before, see [`crate::Program::unpack`]: here they are lost.
    pub fn plain_mut(&mut self) -> &mut Vec<Row> {
        self.literals = None;
        self.built = OnceLock::new();
        &mut self.plain
    }

    /// A node that rows of columns name.
    #[cold]
    pub(crate) fn node(&self, id: NodeId) -> Option<&Node> {
        let first = self.literals()?.first_node as usize;
        self.built()?.nodes.get(id.index().checked_sub(first)?)
    }

    fn built(&self) -> Option<&Built> {
        let literals = self.literals()?;
        let all = || literals.built(0..literals.count as usize);
        // The verifier refuses columns that cannot be built.
        Some(
            self.built
                .get_or_init(|| Box::new(all().unwrap_or_default())),
        )
    }
}

/// Rows whose cells and outputs are constants, as columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Literals {
    /// How many rows there are.
    pub count: u32,
    /// Number of the first node that they name: that of nodes before them. Their nodes follow row by row, in a row
    /// from the left, an output's constant before the node that makes it an optional.
    pub first_node: u32,
    /// Their names, unless these are their numbers from 1.
    pub names: Option<Vec<String>>,
    /// Where they stand.
    pub places: RowPlaces,
    /// The cells of each input column.
    pub cells: Vec<CellColumn>,
    /// The outputs of each output column.
    pub outputs: Vec<OutputColumn>,
}

/// Places of the operands and outputs of a row, from the left, and then of the row itself; row by row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowPlaces {
    /// One after the other, from this one.
    From(PlaceId),
    /// These.
    Listed(Vec<PlaceId>),
}

/// The cells of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellColumn {
    /// The [`CellShape`] of each, by its number.
    pub shapes: Ints,
    /// What they compare with, one after the other.
    pub values: LiteralColumn,
}

/// The outputs of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputColumn {
    /// The [`OutputShape`] of each, by its number.
    pub shapes: Ints,
    /// The values that are there, one after the other.
    pub values: LiteralColumn,
    /// Type and facts of a missing one.
    pub missing: Option<(Type, Option<NumFacts>)>,
}

/// What a cell of constants says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellShape {
    /// `-`
    Any,
    /// `missing`
    Missing,
    /// `not missing`
    Present,
    /// A value.
    Equal,
    /// `not` a value.
    NotEqual,
    /// Compared with a value.
    Compare(Order),
    /// From a value to a value.
    Range {
        /// Whether there is an upper end.
        closed: bool,
        /// Whether it is left out.
        below: bool,
    },
}

/// All shapes of cells, by their numbers.
pub const CELL_SHAPES: [CellShape; 13] = [
    CellShape::Any,
    CellShape::Missing,
    CellShape::Present,
    CellShape::Equal,
    CellShape::NotEqual,
    CellShape::Compare(Order::Less),
    CellShape::Compare(Order::LessOrEqual),
    CellShape::Compare(Order::Greater),
    CellShape::Compare(Order::GreaterOrEqual),
    CellShape::Range {
        closed: true,
        below: false,
    },
    CellShape::Range {
        closed: true,
        below: true,
    },
    CellShape::Range {
        closed: false,
        below: false,
    },
    CellShape::Range {
        closed: false,
        below: true,
    },
];

impl CellShape {
    /// The shape with a number.
    pub fn of(number: i64) -> Option<CellShape> {
        CELL_SHAPES.get(usize::try_from(number).ok()?).copied()
    }

    /// How many values it compares with.
    pub fn values(self) -> usize {
        match self {
            CellShape::Any | CellShape::Missing | CellShape::Present => 0,
            CellShape::Range { closed: true, .. } => 2,
            _ => 1,
        }
    }

    fn cell(self, ends: [NodeId; 2]) -> Cell {
        let [low, high] = ends;
        match self {
            CellShape::Any => Cell::Any,
            CellShape::Missing => Cell::OneOf(vec![Test::Missing]),
            CellShape::Present => Cell::NoneOf(vec![Test::Missing]),
            CellShape::Equal => Cell::OneOf(vec![Test::Equal(low)]),
            CellShape::NotEqual => Cell::NoneOf(vec![Test::Equal(low)]),
            CellShape::Compare(order) => Cell::OneOf(vec![Test::Compare(order, low)]),
            CellShape::Range { closed, below } => Cell::OneOf(vec![Test::Range {
                low,
                high: closed.then_some(high),
                below,
            }]),
        }
    }
}

/// What comes out of a row of constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputShape {
    /// A value.
    Plain,
    /// A value as an optional one.
    Some,
    /// Nothing.
    Missing,
}

/// All shapes of outputs, by their numbers.
pub const OUTPUT_SHAPES: [OutputShape; 3] =
    [OutputShape::Plain, OutputShape::Some, OutputShape::Missing];

impl OutputShape {
    /// The shape with a number.
    pub fn of(number: i64) -> Option<OutputShape> {
        OUTPUT_SHAPES.get(usize::try_from(number).ok()?).copied()
    }

    /// How many values it has.
    pub fn values(self) -> usize {
        usize::from(self != OutputShape::Missing)
    }
}

/// Constants of one column, and what their nodes state of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiteralColumn {
    /// Their type.
    pub ty: Type,
    /// Whether the declaration of a number is narrowed to its own places and value.
    pub narrow: bool,
    /// Facts of each; where none are said a number's own.
    pub facts: Option<NumFacts>,
    /// The values.
    pub values: Values,
}

/// Constants of one column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Values {
    /// Of a `bool`, 0 or 1.
    Bool(Ints),
    /// Whole numbers.
    Int(Ints),
    /// Days.
    Date(Ints),
    /// Positions in an enum.
    Enum(EnumId, Ints),
    /// Numbers: coefficients, and how many places each has.
    Num(Ints, Ints),
    /// Texts.
    Text(Texts),
    /// Codes.
    Code(Texts),
    /// Date formulas.
    DateFormula(Texts),
    /// Calendars, by their codes.
    Calendar(Texts),
}

/// A constant of a column, without a copy of its text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Literal<'l> {
    /// The word of a `bool`, whole number, day or position.
    Word(i64),
    /// A number.
    Num(Decimal),
    /// Text of any kind.
    Text(&'l str),
}

impl Values {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Values::Bool(ints)
            | Values::Int(ints)
            | Values::Date(ints)
            | Values::Enum(_, ints)
            | Values::Num(ints, _) => ints.len(),
            Values::Text(texts)
            | Values::Code(texts)
            | Values::DateFormula(texts)
            | Values::Calendar(texts) => texts.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value at a place.
    #[inline]
    pub fn get(&self, at: usize) -> Option<Literal<'_>> {
        Some(match self {
            Values::Bool(ints) | Values::Int(ints) | Values::Date(ints) | Values::Enum(_, ints) => {
                Literal::Word(ints.get(at)?)
            }
            Values::Num(coefficients, scales) => {
                let scale = u32::try_from(scales.get(at)?).ok()?;
                Literal::Num(Decimal::try_new(coefficients.get(at)?, scale).ok()?)
            }
            Values::Text(texts)
            | Values::Code(texts)
            | Values::DateFormula(texts)
            | Values::Calendar(texts) => Literal::Text(texts.get(at)?),
        })
    }

    /// The texts, where they are texts of some kind.
    pub fn texts(&self) -> Option<&Texts> {
        match self {
            Values::Text(texts)
            | Values::Code(texts)
            | Values::DateFormula(texts)
            | Values::Calendar(texts) => Some(texts),
            _ => None,
        }
    }

    /// The constant at a place.
    pub fn constant(&self, at: usize) -> Option<Const> {
        Some(match (self, self.get(at)?) {
            (Values::Bool(_), Literal::Word(word)) => Const::Bool(word != 0),
            (Values::Int(_), Literal::Word(word)) => Const::Int(word),
            (Values::Date(_), Literal::Word(word)) => Const::Date(i32::try_from(word).ok()?),
            (Values::Enum(id, _), Literal::Word(word)) => {
                Const::Enum(*id, u32::try_from(word).ok()?)
            }
            (_, Literal::Num(number)) => Const::Num(number),
            (Values::Text(_), Literal::Text(text)) => Const::Text(text.to_owned()),
            (Values::Code(_), Literal::Text(text)) => Const::Code(text.to_owned()),
            (Values::DateFormula(_), Literal::Text(text)) => Const::DateFormula(text.to_owned()),
            (Values::Calendar(_), Literal::Text(text)) => Const::Calendar(text.to_owned()),
            _ => return None,
        })
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        match self {
            Values::Bool(ints) | Values::Int(ints) | Values::Date(ints) | Values::Enum(_, ints) => {
                ints.bytes()
            }
            Values::Num(coefficients, scales) => {
                coefficients.bytes().saturating_add(scales.bytes())
            }
            Values::Text(texts)
            | Values::Code(texts)
            | Values::DateFormula(texts)
            | Values::Calendar(texts) => texts.bytes(),
        }
    }
}

/// The sum of what the shapes of these rows count; `None` for a number that is no shape.
fn counted(
    shapes: &Ints,
    rows: std::ops::Range<usize>,
    count: impl Fn(i64) -> Option<usize>,
) -> Option<usize> {
    if let Some(all) = shapes.same() {
        return count(all)?.checked_mul(rows.len());
    }
    rows.map(|row| count(shapes.get(row)?)).sum()
}

impl CellColumn {
    /// How many values the cells of these rows compare with.
    pub fn values_of(&self, rows: std::ops::Range<usize>) -> Option<usize> {
        counted(&self.shapes, rows, |shape| {
            Some(CellShape::of(shape)?.values())
        })
    }
}

impl OutputColumn {
    /// How many values come out of these rows.
    pub fn values_of(&self, rows: std::ops::Range<usize>) -> Option<usize> {
        counted(&self.shapes, rows, |shape| {
            Some(OutputShape::of(shape)?.values())
        })
    }

    /// How many nodes the outputs of these rows have.
    pub(crate) fn nodes_of(&self, rows: std::ops::Range<usize>) -> Option<usize> {
        counted(&self.shapes, rows, |shape| {
            Some(match OutputShape::of(shape)? {
                OutputShape::Some => 2,
                OutputShape::Plain | OutputShape::Missing => 1,
            })
        })
    }
}

/// What nodes of a column state of their constants: a type, whether a number's is narrowed, facts if not its own.
pub(crate) type Stated = (Type, bool, Option<NumFacts>);

/// The node of a constant.
fn node_of(
    value: Const,
    (ty, narrow, facts): (&Type, bool, &Option<NumFacts>),
    place: PlaceId,
) -> Node {
    let own = match &value {
        Const::Num(number) => Some(NumFacts::constant(*number)),
        Const::Int(number) => Some(NumFacts::constant(Decimal::from(*number)).within_int()),
        _ => None,
    };
    let ty = match (ty, &own) {
        (Type::Num(number), Some(own)) if narrow => Type::Num(type_of_facts(own, number)),
        (ty, _) => ty.clone(),
    };
    let facts = match (facts, declared_facts(&ty)) {
        (Some(facts), _) => Some(facts.clone()),
        (None, Some(_)) => own,
        (None, None) => None,
    };
    Node {
        op: Op::Const(value),
        ty,
        facts,
        place,
    }
}

/// How a column states what its first node does; of ways that come to the same, the one that all columns take.
fn stated_by(first: &Node) -> Option<Stated> {
    let Op::Const(value) = &first.op else {
        return None;
    };
    let (mut ty, mut narrow) = (first.ty.clone(), false);
    if let Type::Num(number) = &first.ty {
        let plain = Type::Num(without_limits(number));
        let narrowed = node_of(value.clone(), (&plain, true, &None), first.place);
        narrow = plain != first.ty && narrowed.ty == first.ty;
        if narrow {
            ty = plain;
        }
    }
    let own = node_of(value.clone(), (&ty, narrow, &None), first.place);
    let facts = first.facts.clone().filter(|_| own.facts != first.facts);
    Some((ty, narrow, facts))
}

impl LiteralColumn {
    /// A column that compares with nothing.
    fn empty() -> Option<LiteralColumn> {
        Some(LiteralColumn {
            ty: Type::Bool,
            narrow: false,
            facts: None,
            values: Values::Bool(Ints::new(&[])?),
        })
    }

    /// Whether it states what its values are as all columns do, so that the same rows are the same columns.
    pub(crate) fn is_plainest(&self) -> bool {
        if self.values.is_empty() {
            return LiteralColumn::empty().as_ref() == Some(self);
        }
        let first = self.node(0, PlaceId(0));
        let stated = first.as_ref().and_then(stated_by);
        stated.is_some_and(|(ty, narrow, facts)| {
            (&ty, narrow, &facts) == (&self.ty, self.narrow, &self.facts)
        })
    }

    /// The node of a value.
    fn node(&self, at: usize, place: PlaceId) -> Option<Node> {
        let value = self.values.constant(at)?;
        Some(node_of(value, (&self.ty, self.narrow, &self.facts), place))
    }
}

/// Where the values of rows stand: as far as rows were gone through.
#[derive(Clone, Debug)]
struct Cursor {
    row: usize,
    cells: Vec<usize>,
    outputs: Vec<usize>,
    place: usize,
}

impl Literals {
    /// The rows with these numbers, which rise, and their nodes, numbered as if they were all; `None` where columns
    /// are damaged.
    fn built(&self, rows: impl IntoIterator<Item = usize>) -> Option<Built> {
        let mut cursor = Cursor {
            row: 0,
            cells: vec![0; self.cells.len()],
            outputs: vec![0; self.outputs.len()],
            place: 0,
        };
        let mut built = Built::default();
        for row in rows {
            self.go_to(row, &mut cursor)?;
            self.build(row, &mut cursor, &mut built)?;
        }
        Some(built)
    }

    /// Goes on to a row, without building those before it.
    fn go_to(&self, row: usize, cursor: &mut Cursor) -> Option<()> {
        if row == cursor.row {
            return Some(());
        }
        let rows = cursor.row..row;
        for (column, at) in self.cells.iter().zip(&mut cursor.cells) {
            let values = column.values_of(rows.clone())?;
            *at = at.checked_add(values)?;
            cursor.place = cursor.place.checked_add(values)?;
        }
        for (column, at) in self.outputs.iter().zip(&mut cursor.outputs) {
            *at = at.checked_add(column.values_of(rows.clone())?)?;
        }
        // One place for each output, and one for the row.
        let each = self.outputs.len().checked_add(1)?;
        let others = rows.len().checked_mul(each)?;
        cursor.place = cursor.place.checked_add(others)?;
        cursor.row = row;
        Some(())
    }

    /// Adds a row. The cursor stands at it.
    fn build(&self, row: usize, cursor: &mut Cursor, to: &mut Built) -> Option<()> {
        let mut cells = Vec::with_capacity(self.cells.len());
        for (column, at) in self.cells.iter().zip(&mut cursor.cells) {
            let shape = CellShape::of(column.shapes.get(row)?)?;
            let mut ends = [NodeId(0); 2];
            for end in ends.iter_mut().take(shape.values()) {
                let place = self.places.get(&mut cursor.place)?;
                *end = self.push(to, column.values.node(*at, place)?)?;
                *at = at.checked_add(1)?;
            }
            cells.push(shape.cell(ends));
        }
        let mut outputs = Vec::with_capacity(self.outputs.len());
        for (column, at) in self.outputs.iter().zip(&mut cursor.outputs) {
            let shape = OutputShape::of(column.shapes.get(row)?)?;
            let place = self.places.get(&mut cursor.place)?;
            let node = match shape {
                OutputShape::Missing => {
                    let (ty, facts) = column.missing.clone()?;
                    Node {
                        op: Op::Const(Const::Missing),
                        ty,
                        facts,
                        place,
                    }
                }
                _ => column.values.node(*at, place)?,
            };
            *at = at.checked_add(shape.values())?;
            let optional = (shape == OutputShape::Some).then(|| {
                let ty = Type::Optional(Box::new(node.ty.clone()));
                (ty, node.facts.clone())
            });
            let mut output = self.push(to, node)?;
            if let Some((ty, facts)) = optional {
                let op = Op::ToOptional(output);
                output = self.push(
                    to,
                    Node {
                        op,
                        ty,
                        facts,
                        place,
                    },
                )?;
            }
            outputs.push(output);
        }
        to.rows.push(Row {
            name: self.name(row)?,
            cells,
            outputs,
            place: self.places.get(&mut cursor.place)?,
        });
        cursor.row = row.checked_add(1)?;
        Some(())
    }

    fn push(&self, to: &mut Built, node: Node) -> Option<NodeId> {
        let id = u32::try_from(to.nodes.len()).ok()?;
        to.nodes.push(node);
        Some(NodeId(self.first_node.checked_add(id)?))
    }

    fn name(&self, row: usize) -> Option<String> {
        match &self.names {
            Some(names) => names.get(row).cloned(),
            None => Some(row.checked_add(1)?.to_string()),
        }
    }
}

impl RowPlaces {
    fn get(&self, at: &mut usize) -> Option<PlaceId> {
        let now = *at;
        *at = now.checked_add(1)?;
        match self {
            RowPlaces::From(first) => {
                let place = first.0.checked_add(u32::try_from(now).ok()?)?;
                Some(PlaceId(place))
            }
            RowPlaces::Listed(places) => places.get(now).copied(),
        }
    }
}
