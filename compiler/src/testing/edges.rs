//! Edges: where a cell or a comparison with a constant changes its mind. A test stands on the last value
//! before the edge and another on the first one behind it, or a `<` that should be `<=` is seen by none.
//!
//! Where the next value is not known, since a number has no declared places, the side that has the
//! constant wants that very value, and the other one any value.

use std::collections::BTreeMap;

use assize_eval::format;
use assize_eval::interp::value_of;
use assize_eval::{Observer, Value};
use assize_ir::date::{FIRST_DAY, LAST_DAY};
use assize_ir::{
    Body, Callable, CallableId, Cell, Column, NodeId, Op, Order, PlaceId, Program, Row, Test, Type,
};
use rust_decimal::Decimal;

/// How often, by tests and by properties.
type Counts = (u64, u64);

/// The edges of a program, and which of their sides were seen.
#[derive(Default)]
pub struct Edges {
    watched: BTreeMap<(CallableId, NodeId), Watched>,
    /// Whether what is seen now is seen by a property.
    pub by_property: bool,
}

/// One side of an edge, as it is reported.
pub struct Seen {
    /// What was compared, and with what value.
    pub name: String,
    /// The cell or comparison.
    pub place: PlaceId,
    /// How often it was there.
    pub counts: Counts,
}

/// A value that is compared with constants.
struct Watched {
    name: String,
    ty: Type,
    /// By the last value before each edge, or by the constant where that is not known.
    edges: BTreeMap<Edge, PlaceId>,
    points: BTreeMap<Decimal, Counts>,
    /// The least and greatest value, of tests and of properties.
    spans: [Option<(Decimal, Decimal)>; 2],
}

/// Between which values the answer changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Edge {
    /// The last value before it, and the first behind.
    Between(Decimal, Decimal),
    /// The constant is the first value behind it.
    Before(Decimal),
    /// The constant is the last value before it.
    Behind(Decimal),
}

/// One side of an edge.
enum Side {
    Is(Decimal),
    Below(Decimal),
    Above(Decimal),
}

impl Edge {
    fn sides(self) -> [Side; 2] {
        match self {
            Edge::Between(last, first) => [Side::Is(last), Side::Is(first)],
            Edge::Before(first) => [Side::Below(first), Side::Is(first)],
            Edge::Behind(last) => [Side::Is(last), Side::Above(last)],
        }
    }
}

impl Edges {
    /// The edges of all callables.
    pub fn of(program: &Program) -> Edges {
        let mut edges = Edges::default();
        for (at, callable) in (0u32..).zip(&program.callables) {
            edges.callable(program, CallableId(at), callable);
        }
        edges
    }

    /// The sides of the edges of a callable, in the order of what is compared and of its values.
    pub fn sides<'e>(
        &'e self,
        program: &'e Program,
        id: CallableId,
    ) -> impl Iterator<Item = Seen> + 'e {
        let all = self.watched.range((id, NodeId(0))..=(id, NodeId(u32::MAX)));
        all.flat_map(|(_, watched)| watched.sides(program))
    }

    fn callable(&mut self, program: &Program, id: CallableId, callable: &Callable) {
        match &callable.body {
            Body::Table(table) => self.rows((id, callable), &table.columns, &table.rows),
            Body::Grid(grid) => {
                self.rows((id, callable), &grid.columns, &grid.rows);
                for head in &grid.heads {
                    self.cell((id, callable), &grid.across, &head.cell, head.place);
                }
            }
            Body::Define(_) | Body::Parameter(_) | Body::Rule(_) => {}
        }
        for node in &callable.nodes {
            let mut edge = |value: NodeId, constant: NodeId, order: Order| {
                let name = || source(program, callable, value);
                self.edge((id, callable), (value, constant, order), name, node.place);
            };
            match node.op {
                Op::Compare(order, left, right) => {
                    edge(left, right, order);
                    edge(right, left, turned(order));
                }
                Op::Between { value, low, high } => {
                    edge(value, low, Order::GreaterOrEqual);
                    edge(value, high, Order::LessOrEqual);
                }
                _ => {}
            }
        }
    }

    fn rows(&mut self, of: (CallableId, &Callable), columns: &[Column], rows: &[Row]) {
        for row in rows {
            for (column, cell) in columns.iter().zip(&row.cells) {
                self.cell(of, column, cell, row.place);
            }
        }
    }

    fn cell(&mut self, of: (CallableId, &Callable), column: &Column, cell: &Cell, place: PlaceId) {
        let (Cell::OneOf(tests) | Cell::NoneOf(tests)) = cell else {
            return;
        };
        let mut edge = |constant: NodeId, order: Order| {
            let name = || column.name.clone();
            self.edge(of, (column.value, constant, order), name, place);
        };
        for test in tests {
            match test {
                Test::Compare(order, constant) => edge(*constant, *order),
                Test::Range { low, high, below } => {
                    edge(*low, Order::GreaterOrEqual);
                    if let Some(high) = high {
                        let below = if *below {
                            Order::Less
                        } else {
                            Order::LessOrEqual
                        };
                        edge(*high, below);
                    }
                }
                Test::Missing | Test::Equal(_) => {}
            }
        }
    }

    fn edge(
        &mut self,
        (id, callable): (CallableId, &Callable),
        (value, constant, order): (NodeId, NodeId, Order),
        name: impl Fn() -> String,
        place: PlaceId,
    ) {
        // Two constants say nothing of an input.
        if constant_of(callable, value).is_some() {
            return;
        }
        let Some(ty) = callable.node(value).map(|node| node.ty.plain()) else {
            return;
        };
        let Some(at) = constant_of(callable, constant) else {
            return;
        };
        let Some(edge) = edge_at(ty, at, order) else {
            return;
        };
        let watched = self.watched.entry((id, value)).or_insert_with(|| Watched {
            name: name(),
            ty: ty.clone(),
            edges: BTreeMap::new(),
            points: BTreeMap::new(),
            spans: [None, None],
        });
        for side in edge.sides() {
            if let Side::Is(point) = side {
                watched.points.entry(point).or_default();
            }
        }
        watched.edges.entry(edge).or_insert(place);
    }
}

impl Observer for Edges {
    fn value(&mut self, _: &Program, callable: CallableId, node: NodeId, value: &Value) {
        let Some(watched) = self.watched.get_mut(&(callable, node)) else {
            return;
        };
        let Some(at) = point_of(value) else {
            return;
        };
        if let Some((tests, properties)) = watched.points.get_mut(&at) {
            let count = if self.by_property { properties } else { tests };
            *count = count.saturating_add(1);
        }
        let [tests, properties] = &mut watched.spans;
        let span = if self.by_property { properties } else { tests };
        *span = Some(match *span {
            Some((least, greatest)) => (least.min(at), greatest.max(at)),
            None => (at, at),
        });
    }
}

impl Watched {
    fn sides(&self, program: &Program) -> Vec<Seen> {
        let mut out: Vec<Seen> = Vec::new();
        for (edge, place) in &self.edges {
            for side in edge.sides() {
                let (word, point, counts) = match side {
                    Side::Is(point) => (
                        "",
                        point,
                        self.points.get(&point).copied().unwrap_or_default(),
                    ),
                    Side::Below(point) => {
                        ("below ", point, self.spanning(|(least, _)| *least < point))
                    }
                    Side::Above(point) => (
                        "above ",
                        point,
                        self.spanning(|(_, greatest)| *greatest > point),
                    ),
                };
                let name = format!("{} {word}{}", self.name, self.text(program, point));
                // A value between two edges is a side of both.
                if out.iter().rev().take(3).all(|other| other.name != name) {
                    let place = *place;
                    out.push(Seen {
                        name,
                        place,
                        counts,
                    });
                }
            }
        }
        out
    }

    fn spanning(&self, holds: impl Fn(&(Decimal, Decimal)) -> bool) -> Counts {
        let [tests, properties] = &self.spans;
        let count =
            |span: &Option<(Decimal, Decimal)>| u64::from(span.as_ref().is_some_and(&holds));
        (count(tests), count(properties))
    }

    fn text(&self, program: &Program, point: Decimal) -> String {
        let value = match self.ty {
            Type::Int => i64::try_from(point).ok().map(Value::Int),
            Type::Date => i32::try_from(point).ok().map(Value::Date),
            _ => Some(Value::Num(point)),
        };
        value.map_or_else(String::new, |value| {
            format::shown(program, None, &self.ty, &value)
        })
    }
}

const fn turned(order: Order) -> Order {
    match order {
        Order::Less => Order::Greater,
        Order::LessOrEqual => Order::GreaterOrEqual,
        Order::Greater => Order::Less,
        Order::GreaterOrEqual => Order::LessOrEqual,
    }
}

/// The edge of `value order constant`; nothing where one of its sides has no value at all.
fn edge_at(ty: &Type, at: Decimal, order: Order) -> Option<Edge> {
    let (step, lowest, highest) = match ty {
        Type::Int => (Some(Decimal::ONE), None, None),
        Type::Date => {
            let (first, last) = (Decimal::from(FIRST_DAY), Decimal::from(LAST_DAY));
            (Some(Decimal::ONE), Some(first), Some(last))
        }
        Type::Num(number) => {
            let step = number
                .places
                .map(|places| Decimal::new(1, u32::from(places)));
            // A constant with more places lies between two values.
            let step = step.filter(|step| at.normalize().scale() <= step.scale());
            (step, number.lowest, number.highest)
        }
        _ => return None,
    };
    let before = matches!(order, Order::Less | Order::GreaterOrEqual);
    let (last, first) = match (step, before) {
        (Some(step), true) => (at.checked_sub(step)?, at),
        (Some(step), false) => (at, at.checked_add(step)?),
        (None, _) => (at, at),
    };
    let outside = match step {
        Some(_) => lowest.is_some_and(|low| last < low) || highest.is_some_and(|high| first > high),
        None if before => lowest.is_some_and(|low| at <= low),
        None => highest.is_some_and(|high| at >= high),
    };
    if outside {
        return None;
    }
    Some(match step {
        Some(_) => Edge::Between(last.normalize(), first.normalize()),
        None if before => Edge::Before(at.normalize()),
        None => Edge::Behind(at.normalize()),
    })
}

/// A value on the line of its type.
fn point_of(value: &Value) -> Option<Decimal> {
    match value {
        Value::Num(number) => Some(number.normalize()),
        Value::Int(number) => Some(Decimal::from(*number)),
        Value::Date(day) => Some(Decimal::from(*day)),
        _ => None,
    }
}

/// The constant that a node is.
fn constant_of(callable: &Callable, node: NodeId) -> Option<Decimal> {
    let mut next = callable.node(node)?;
    // As many steps as there are nodes: a circle ends as well.
    for _ in 0..callable.nodes.len() {
        next = match &next.op {
            Op::Const(constant) => return point_of(&value_of(constant)?),
            Op::Border { value, .. } | Op::ToOptional(value) | Op::IntToNum(value) => {
                callable.node(*value)?
            }
            _ => return None,
        };
    }
    None
}

/// What is compared, as it is written.
fn source(program: &Program, callable: &Callable, node: NodeId) -> String {
    let place = callable
        .node(node)
        .and_then(|node| program.place(node.place));
    let text = place.and_then(|place| {
        let file = program.files.get(usize::try_from(place.file).ok()?)?;
        file.text
            .get(usize::try_from(place.start).ok()?..usize::try_from(place.end).ok()?)
    });
    let words: Vec<&str> = text.unwrap_or_default().split_whitespace().collect();
    words.join(" ")
}
