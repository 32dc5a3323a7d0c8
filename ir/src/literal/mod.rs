//! Rows of a table: as they are, or, where all their cells and outputs are constants, as columns of these constants.
//!
//! A list of a hundred thousand prices is a table whose rows say nothing but values. As rows it is millions of nodes
//! and cells, each of which is read, verified and walked by itself; as columns it is a few lists of numbers, from
//! which an engine builds its index. Both are the same table: the rows of columns are built when somebody asks for
//! them, with the nodes that their cells and outputs name behind the other nodes of the callable. The definition
//! knows rows alone.

mod build;
mod columns;
mod ints;
mod pack;

use std::ops::Deref;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::node::Node;
use crate::program::Row;
use crate::types::{NodeId, PlaceId};

use build::Built;

pub use columns::{
    CELL_SHAPES, CellColumn, CellShape, Literal, LiteralColumn, OUTPUT_SHAPES, OutputColumn,
    OutputShape, Values,
};
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
