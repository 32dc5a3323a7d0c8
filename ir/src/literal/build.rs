//! Builds the rows of columns, with the nodes that they name.

use rust_decimal::Decimal;

use super::columns::{CellShape, LiteralColumn, OutputShape, Values};
use super::ints::Ints;
use super::{Literals, RowPlaces};
use crate::facts::NumFacts;
use crate::infer::{declared_facts, type_of_facts, without_limits};
use crate::node::{Const, Node, Op};
use crate::program::Row;
use crate::types::{NodeId, PlaceId, Type};

/// Rows of columns, and the nodes that they name.
#[derive(Clone, Debug, Default)]
pub(super) struct Built {
    pub(super) rows: Vec<Row>,
    pub(super) nodes: Vec<Node>,
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
pub(super) fn stated_by(first: &Node) -> Option<Stated> {
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
    pub(super) fn empty() -> Option<LiteralColumn> {
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
    pub(super) fn built(&self, rows: impl IntoIterator<Item = usize>) -> Option<Built> {
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
