//! The cells of a column, as the rows of a table or its columns say them.

use assize_ir::literal::{CellColumn, CellShape, Literal};
use assize_ir::{Cell, Const, NodeId, Order, Test};

/// What a test compares with; `None` for a missing value, which nothing is compared with.
pub(super) type Operand<'c> = Option<Literal<'c>>;

/// The constants of a program, by node; `None` for what is computed.
pub(crate) type Constants<'c> = &'c dyn Fn(NodeId) -> Option<&'c Const>;

/// A test, with what it compares with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asks<T> {
    Missing,
    Equal(T),
    Compare(Order, T),
    Range {
        low: T,
        high: Option<T>,
        below: bool,
    },
}

impl<T> Asks<T> {
    /// The same test of something else.
    #[inline]
    pub(super) fn map<U>(self, mut to: impl FnMut(T) -> Option<U>) -> Option<Asks<U>> {
        Some(match self {
            Asks::Missing => Asks::Missing,
            Asks::Equal(with) => Asks::Equal(to(with)?),
            Asks::Compare(how, with) => Asks::Compare(how, to(with)?),
            Asks::Range { low, high, below } => Asks::Range {
                low: to(low)?,
                high: match high {
                    Some(high) => Some(to(high)?),
                    None => None,
                },
                below,
            },
        })
    }

    /// The test of a shape, whose values are those at a place and behind it, and whether it is turned around; `None`
    /// inside where everything is taken.
    #[inline]
    fn of_shape(
        shape: CellShape,
        at: usize,
        to: impl Fn(usize) -> Option<T>,
    ) -> Option<(bool, Option<Asks<T>>)> {
        Some(match shape {
            CellShape::Any => (true, None),
            CellShape::Missing => (false, Some(Asks::Missing)),
            CellShape::Present => (true, Some(Asks::Missing)),
            CellShape::Equal => (false, Some(Asks::Equal(to(at)?))),
            CellShape::NotEqual => (true, Some(Asks::Equal(to(at)?))),
            CellShape::Compare(how) => (false, Some(Asks::Compare(how, to(at)?))),
            CellShape::Range { closed, below } => {
                let low = to(at)?;
                let high = if closed { Some(to(at + 1)?) } else { None };
                (false, Some(Asks::Range { low, high, below }))
            }
        })
    }
}

/// Tells the test of each cell of a column, as [`Asks::of_shape`] gives it.
#[inline]
pub(super) fn each_of<T>(
    column: &CellColumn,
    value: impl Fn(usize) -> Option<T>,
    mut tell: impl FnMut(bool, Option<Asks<T>>) -> Option<()>,
) -> Option<()> {
    let mut at = 0;
    for shape in column.shapes.iter() {
        let shape = CellShape::of(shape)?;
        let (negated, asks) = Asks::of_shape(shape, at, &value)?;
        at += shape.values();
        tell(negated, asks)?;
    }
    Some(())
}

/// The cells of one column, from the top.
pub(super) enum Cells<'c> {
    Rows(Vec<&'c Cell>, Constants<'c>),
    Column(&'c CellColumn),
}

impl<'c> Cells<'c> {
    /// Whether a cell asks for more than equality.
    pub(super) fn are_ordered(&self) -> bool {
        match self {
            Cells::Rows(cells, _) => {
                let mut all = cells.iter().flat_map(|cell| tests(cell));
                all.any(|test| matches!(test, Test::Compare(..) | Test::Range { .. }))
            }
            Cells::Column(column) => {
                let ordered = |shape: i64| {
                    matches!(
                        CellShape::of(shape),
                        Some(CellShape::Compare(_) | CellShape::Range { .. })
                    )
                };
                match column.shapes.same() {
                    Some(all) => ordered(all),
                    None => column.shapes.iter().any(ordered),
                }
            }
        }
    }

    /// Tells all constants that are there.
    pub(super) fn each_literal(&self, mut tell: impl FnMut(Literal<'c>)) {
        match self {
            Cells::Rows(cells, constants) => {
                for id in cells.iter().flat_map(|cell| operands(cell)) {
                    if let Some(Some(literal)) = constants(id).and_then(literal_of) {
                        tell(literal);
                    }
                }
            }
            Cells::Column(column) => {
                let values = &column.values.values;
                (0..values.len())
                    .filter_map(|at| values.get(at))
                    .for_each(tell);
            }
        }
    }

    /// Tells all texts, each of a column once.
    pub(super) fn each_text(&self, mut tell: impl FnMut(&'c str)) {
        match self {
            Cells::Column(column) => {
                let texts = column.values.values.texts();
                texts.into_iter().for_each(|texts| {
                    texts.different().flatten().for_each(&mut tell);
                });
            }
            Cells::Rows(..) => self.each_literal(|literal| {
                if let Literal::Text(text) = literal {
                    tell(text);
                }
            }),
        }
    }
}

/// A test of a cell; `None` where something is no constant that can be compared.
pub(super) fn asks_of<'c>(test: &Test, constants: Constants<'c>) -> Option<Asks<Operand<'c>>> {
    let operand = |id: NodeId| literal_of(constants(id)?);
    Some(match test {
        Test::Missing => Asks::Missing,
        Test::Equal(with) => Asks::Equal(operand(*with)?),
        Test::Compare(how, with) => Asks::Compare(*how, operand(*with)?),
        Test::Range { low, high, below } => Asks::Range {
            low: operand(*low)?,
            high: match high {
                Some(high) => Some(operand(*high)?),
                None => None,
            },
            below: *below,
        },
    })
}

/// What a constant is to be compared with; `None` where it is nothing of that kind.
fn literal_of(constant: &Const) -> Option<Operand<'_>> {
    match constant {
        Const::Missing => Some(None),
        constant => Literal::of(constant).map(Some),
    }
}

/// What a cell compares with.
pub(crate) fn operands(cell: &Cell) -> impl Iterator<Item = NodeId> {
    let of_test = |test: &Test| match test {
        Test::Missing => [None, None],
        Test::Equal(with) | Test::Compare(_, with) => [Some(*with), None],
        Test::Range { low, high, .. } => [Some(*low), *high],
    };
    tests(cell).iter().flat_map(of_test).flatten()
}

pub(super) fn tests(cell: &Cell) -> &[Test] {
    match cell {
        Cell::Any => &[],
        Cell::OneOf(tests) | Cell::NoneOf(tests) => tests,
    }
}
