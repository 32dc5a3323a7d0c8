//! From cells and conditions to boxes.

use std::ops::Bound;

use assize_eval::Value;
use assize_eval::interp::value_of;
use assize_ir::{Callable, Const, Counting, NodeId, Op, Order, Program, Type};
use rust_decimal::Decimal;

use super::space::{Dimension, EQUAL, GREATER, LESS, Row, Side, Subject};

/// Greatest number of boxes that one condition may become.
pub const MAX_BOXES_PER_CONDITION: usize = 256;

/// Collects the columns that rows speak of.
pub struct Columns<'p> {
    /// The program.
    pub program: &'p Program,
    /// The callable whose nodes are read.
    pub callable: &'p Callable,
    /// The columns so far.
    pub list: Vec<Dimension>,
    /// Whether names other than parameters are columns: elements of loops, `let`.
    all_names: bool,
}

/// A literal of a condition: a column and what is asked of it.
type Literal = (usize, Side);

/// A value that is compared: its text, its column where it has one, and its node.
pub(super) type Operand = (String, Option<usize>, Option<NodeId>);

/// How two values are compared.
#[derive(Clone, Copy)]
pub(super) enum Comparison {
    Equal,
    Ordered(Order),
}

impl<'p> Columns<'p> {
    /// For the nodes of a callable.
    pub fn new(program: &'p Program, callable: &'p Callable) -> Columns<'p> {
        Columns {
            program,
            callable,
            list: Vec::new(),
            all_names: false,
        }
    }

    /// For conditions anywhere in a callable, of which no case is made.
    pub fn of_all_names(program: &'p Program, callable: &'p Callable) -> Columns<'p> {
        Columns {
            all_names: true,
            ..Columns::new(program, callable)
        }
    }

    /// The column of a subject.
    fn column(&mut self, subject: Subject, ty: Type, name: String, node: Option<NodeId>) -> usize {
        if let Some(found) = self.list.iter().position(|known| known.subject == subject) {
            return found;
        }
        let facts = node
            .and_then(|node| self.callable.node(node))
            .and_then(|n| n.facts.clone());
        self.list.push(Dimension {
            subject,
            ty,
            name,
            constants: Vec::new(),
            facts,
            clip: None,
            between: None,
            node,
            operands: None,
        });
        self.list.len() - 1
    }

    /// The column of a value, when it is a parameter or a path of its fields.
    pub fn path_column(&mut self, node: NodeId) -> Option<usize> {
        // What a condition showed to be there is the same value.
        let node = self.stripped(node);
        let (param, fields, name) = self.path(node)?;
        let ty = self.callable.node(node)?.ty.clone();
        Some(self.column(Subject::Path { param, fields }, ty, name, Some(node)))
    }

    pub(super) fn stripped(&self, mut node: NodeId) -> NodeId {
        while let Some(Op::Present(inner) | Op::ToOptional(inner) | Op::IntToNum(inner)) =
            self.callable.node(node).map(|node| &node.op)
        {
            node = *inner;
        }
        node
    }

    fn path(&self, node: NodeId) -> Option<(u32, Vec<u32>, String)> {
        let node = self.stripped(node);
        match &self.callable.node(node)?.op {
            Op::Local(slot) if self.all_names || slot.index() < self.callable.params.len() => {
                Some((slot.0, Vec::new(), self.callable.slot(*slot)?.name.clone()))
            }
            Op::Field(base, field) => {
                let base = self.stripped(*base);
                let (param, mut fields, name) = self.path(base)?;
                let owner = match self.callable.node(base)?.ty.plain() {
                    Type::Record(id) => &self.program.record(*id)?.fields,
                    Type::Row(id) => &self.program.relation(*id)?.fields,
                    _ => return None,
                };
                fields.push(*field);
                let field = &owner.get(*field as usize)?.name;
                Some((param, fields, format!("{name}.{field}")))
            }
            _ => None,
        }
    }

    /// A column for a condition that is taken as a whole.
    pub(super) fn opaque(&mut self, text: String, node: Option<NodeId>) -> usize {
        self.column(Subject::Opaque(text.clone()), Type::Bool, text, node)
    }

    /// The column of a value: of its path, or of its text.
    fn value_column(&mut self, node: NodeId) -> Option<usize> {
        if let Some(column) = self.path_column(node) {
            return Some(column);
        }
        let node = self.stripped(node);
        let text = self.source(node);
        let ty = self.callable.node(node)?.ty.clone();
        // Of a comparison the text alone would say too little.
        if text.is_empty() || matches!(ty.plain(), Type::Bool) {
            return None;
        }
        Some(self.column(Subject::Opaque(text.clone()), ty, text, Some(node)))
    }

    /// What it says of two values that they compare so.
    pub(super) fn ordering(
        &mut self,
        order: Comparison,
        (left, a, one): Operand,
        (right, b, two): Operand,
    ) -> Option<Literal> {
        if left.is_empty() || right.is_empty() || left == right {
            return None;
        }
        let turned = left > right;
        let (subject, name, between, operands) = if turned {
            let name = format!("{right}, {left}");
            (Subject::Order(right, left), name, b.zip(a), two.zip(one))
        } else {
            let name = format!("{left}, {right}");
            (Subject::Order(left, right), name, a.zip(b), one.zip(two))
        };
        let column = self.column(subject, Type::Int, name, None);
        if let Some(dimension) = self.list.get_mut(column) {
            dimension.between = dimension.between.or(between);
            dimension.operands = dimension.operands.or(operands);
        }
        let signs = match order {
            Comparison::Equal => &[EQUAL][..],
            Comparison::Ordered(order) => match if turned { order.turned() } else { order } {
                Order::Less => &[LESS][..],
                Order::LessOrEqual => &[LESS, EQUAL],
                Order::Greater => &[GREATER],
                Order::GreaterOrEqual => &[EQUAL, GREATER],
            },
        };
        Some((column, Side::Values(signs.to_vec(), false)))
    }

    /// What it says of two values of a condition that they compare so.
    fn ordering_of(&mut self, order: Comparison, a: NodeId, b: NodeId) -> Option<Literal> {
        let plain = |node: NodeId| {
            let ty = &self.callable.node(node)?.ty;
            let known = matches!(
                ty,
                Type::Int
                    | Type::Num(_)
                    | Type::Date
                    | Type::Enum(_)
                    | Type::Text
                    | Type::Code
                    | Type::Bool
            );
            known.then_some(())
        };
        plain(a)?;
        plain(b)?;
        let left = (self.source(self.stripped(a)), self.path_column(a), Some(a));
        let right = (self.source(self.stripped(b)), self.path_column(b), Some(b));
        self.ordering(order, left, right)
    }

    pub(super) fn source(&self, node: NodeId) -> String {
        let place = self
            .callable
            .node(node)
            .and_then(|node| self.program.place(node.place));
        let text = place
            .and_then(|place| {
                let file = self.program.files.get(place.file as usize)?;
                file.text.get(place.start as usize..place.end as usize)
            })
            .unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A constant, also the value of an undated parameter that nobody may change.
    pub fn constant(&self, node: NodeId) -> Option<Value> {
        let mut node = node;
        while let Some(Op::ToOptional(inner) | Op::IntToNum(inner)) =
            self.callable.node(node).map(|node| &node.op)
        {
            if let Some(Op::Const(Const::Int(n))) = self.callable.node(*inner).map(|n| &n.op) {
                return Some(Value::Num(Decimal::from(*n)));
            }
            node = *inner;
        }
        match &self.callable.node(node)?.op {
            Op::Const(constant) => value_of(constant),
            _ => None,
        }
    }

    /// A condition as boxes of which one must hold; `None`: too many.
    pub fn condition(&mut self, node: NodeId, truth: bool) -> Option<Vec<Row>> {
        let op = &self.callable.node(node)?.op;
        match op {
            Op::Const(Const::Bool(value)) => Some(if *value == truth {
                vec![Vec::new()]
            } else {
                Vec::new()
            }),
            Op::Not(inner) => self.condition(*inner, !truth),
            Op::And(a, b) if truth => self.both(*a, *b, truth),
            Op::Or(a, b) if !truth => self.both(*a, *b, truth),
            Op::And(a, b) | Op::Or(a, b) => self.either(&[*a, *b], truth),
            Op::Counted { how, items } => match (how, truth) {
                (Counting::All, true) => self.every(items, true),
                (Counting::All, false) => self.either(items, false),
                (Counting::Any, true) => self.either(items, true),
                (Counting::Any, false) | (Counting::None, true) => self.every(items, false),
                (Counting::None, false) => self.either(items, true),
                (Counting::AtLeast(least), _) => {
                    let least = usize::try_from(*least).ok()?;
                    // That too few hold is that enough do not.
                    let enough = match truth {
                        true => least,
                        false => (items.len() + 1).saturating_sub(least),
                    };
                    match self.at_least(items, enough, truth) {
                        Some(boxes) => Some(boxes),
                        None => Some(vec![vec![self.whole(node, truth)]]),
                    }
                }
            },
            Op::Between { value, low, high } => {
                if let Some(found) = self.between((*value, *low, *high), truth) {
                    return Some(found);
                }
                Some(vec![vec![self.literal(node, truth)]])
            }
            Op::In(value, list) => {
                if let Some(found) = self.one_of((*value, *list), truth) {
                    return Some(found);
                }
                Some(vec![vec![self.literal(node, truth)]])
            }
            _ => Some(vec![vec![self.literal(node, truth)]]),
        }
    }

    /// `in` of a list with items that are no constants: equal to one of them, or to none.
    fn one_of(&mut self, (value, list): (NodeId, NodeId), truth: bool) -> Option<Vec<Row>> {
        let Op::List(items) = &self.callable.node(list)?.op else {
            return None;
        };
        if self.constants_of(list).is_some() || items.iter().any(|item| item.when.is_some()) {
            return None;
        }
        let equal: Vec<Literal> = items
            .iter()
            .map(|item| self.equal(value, item.value))
            .collect::<Option<_>>()?;
        if truth {
            return Some(equal.into_iter().map(|literal| vec![literal]).collect());
        }
        let not = |(column, side)| (column, Side::Not(Box::new(side)));
        Some(vec![equal.into_iter().map(not).collect()])
    }

    /// `between` with an end that is not a constant.
    fn between(
        &mut self,
        (value, low, high): (NodeId, NodeId, NodeId),
        truth: bool,
    ) -> Option<Vec<Row>> {
        if self.constant(low).is_some() && self.constant(high).is_some() {
            return None;
        }
        let mut ends = Vec::new();
        for (end, order) in [(low, Order::GreaterOrEqual), (high, Order::LessOrEqual)] {
            ends.push(match self.constant(end).as_ref().and_then(number) {
                Some(x) => {
                    let column = self.value_column(value)?;
                    (column, Side::Ranges(vec![ordered(order, x)], false))
                }
                None => self.ordering_of(Comparison::Ordered(order), value, end)?,
            });
        }
        if truth {
            return Some(vec![ends]);
        }
        let not = |(column, side)| vec![(column, Side::Not(Box::new(side)))];
        Some(ends.into_iter().map(not).collect())
    }

    fn both(&mut self, a: NodeId, b: NodeId, truth: bool) -> Option<Vec<Row>> {
        let left = self.condition(a, truth)?;
        let right = self.condition(b, truth)?;
        product(&left, &right)
    }

    fn every(&mut self, items: &[NodeId], truth: bool) -> Option<Vec<Row>> {
        let mut out = vec![Vec::new()];
        for item in items {
            let boxes = self.condition(*item, truth)?;
            out = product(&out, &boxes)?;
        }
        Some(out)
    }

    fn either(&mut self, items: &[NodeId], truth: bool) -> Option<Vec<Row>> {
        let mut out = Vec::new();
        for item in items {
            out.extend(self.condition(*item, truth)?);
        }
        (out.len() <= MAX_BOXES_PER_CONDITION).then_some(out)
    }

    /// That so many of the items have this truth.
    fn at_least(&mut self, items: &[NodeId], least: usize, truth: bool) -> Option<Vec<Row>> {
        if least == 0 {
            return Some(vec![Vec::new()]);
        }
        let Some((first, rest)) = items.split_first().filter(|_| items.len() >= least) else {
            return Some(Vec::new());
        };
        let fewer = self.at_least(rest, least - 1, truth)?;
        let mut boxes = product(&self.condition(*first, truth)?, &fewer)?;
        boxes.extend(self.at_least(rest, least, truth)?);
        (boxes.len() <= MAX_BOXES_PER_CONDITION).then_some(boxes)
    }

    fn whole(&mut self, node: NodeId, truth: bool) -> Literal {
        let column = self.opaque(self.source(node), Some(node));
        (column, Side::Values(vec![Value::Bool(truth)], false))
    }

    /// A comparison of a path with constants, or the condition as a whole.
    fn literal(&mut self, node: NodeId, truth: bool) -> Literal {
        // Where a plain field is read it is there: `not` of it takes no missing value.
        let plain = self.callable.node(self.stripped(node)).map(|node| &node.op);
        if matches!(plain, Some(Op::Local(_) | Op::Field(..)))
            && let Some(column) = self.path_column(node)
        {
            return (column, Side::Values(vec![Value::Bool(truth)], false));
        }
        match self.understood(node) {
            Some((column, side)) => {
                let side = if truth {
                    side
                } else {
                    Side::Not(Box::new(side))
                };
                (column, side)
            }
            None => self.whole(node, truth),
        }
    }

    fn understood(&mut self, node: NodeId) -> Option<Literal> {
        let op = self.callable.node(node)?.op.clone();
        match op {
            Op::Compare(order, a, b) => {
                if let Some(x) = self.constant(b).as_ref().and_then(number) {
                    let column = self.value_column(a)?;
                    return Some((column, Side::Ranges(vec![ordered(order, x)], false)));
                }
                let Some(x) = self.constant(a).as_ref().and_then(number) else {
                    return self.ordering_of(Comparison::Ordered(order), a, b);
                };
                let column = self.value_column(b)?;
                Some((
                    column,
                    Side::Ranges(vec![ordered(order.turned(), x)], false),
                ))
            }
            Op::Equal(a, b) => self.equal(a, b),
            Op::In(value, list) => {
                let values = self.constants_of(list)?;
                let column = self.value_column(value)?;
                Some((column, self.equal_to(column, &values)?))
            }
            Op::Between { value, low, high } => {
                let low = number(&self.constant(low)?)?;
                let high = number(&self.constant(high)?)?;
                let column = self.value_column(value)?;
                let range = (Bound::Included(low), Bound::Included(high));
                Some((column, Side::Ranges(vec![range], false)))
            }
            Op::IsMissing(inner) => {
                let column = self.value_column(inner)?;
                let ordered = self.list.get(column)?.is_ordered(self.program);
                let side = if ordered {
                    Side::Ranges(Vec::new(), true)
                } else {
                    Side::Values(Vec::new(), true)
                };
                Some((column, side))
            }
            _ => None,
        }
    }

    /// Two values that are equal.
    fn equal(&mut self, a: NodeId, b: NodeId) -> Option<Literal> {
        let (path, value) = match (self.constant(b), self.constant(a)) {
            (Some(value), _) => (a, value),
            (None, Some(value)) => (b, value),
            _ => return self.ordering_of(Comparison::Equal, a, b),
        };
        let column = self.value_column(path)?;
        Some((column, self.equal_to(column, &[value])?))
    }

    fn constants_of(&self, list: NodeId) -> Option<Vec<Value>> {
        match &self.callable.node(list)?.op {
            Op::Const(Const::List(items)) => items.iter().map(value_of).collect(),
            Op::List(items) => items
                .iter()
                .map(|item| {
                    if item.when.is_none() {
                        self.constant(item.value)
                    } else {
                        None
                    }
                })
                .collect(),
            _ => None,
        }
    }

    fn equal_to(&self, column: usize, values: &[Value]) -> Option<Side> {
        let missing = values.contains(&Value::Missing);
        let plain: Vec<&Value> = values.iter().filter(|v| **v != Value::Missing).collect();
        if self.list.get(column)?.is_ordered(self.program) {
            let mut ranges = Vec::new();
            for value in plain {
                let x = number(value)?;
                ranges.push((Bound::Included(x), Bound::Included(x)));
            }
            return Some(Side::Ranges(ranges, missing));
        }
        Some(Side::Values(plain.into_iter().cloned().collect(), missing))
    }
}

fn product(left: &[Row], right: &[Row]) -> Option<Vec<Row>> {
    if left.len().saturating_mul(right.len()) > MAX_BOXES_PER_CONDITION {
        return None;
    }
    let mut out = Vec::new();
    for a in left {
        for b in right {
            out.push(a.iter().chain(b).cloned().collect());
        }
    }
    Some(out)
}

/// A value as a number of its order.
pub fn number(value: &Value) -> Option<Decimal> {
    Some(match value {
        Value::Int(n) => Decimal::from(*n),
        Value::Num(n) => *n,
        Value::Date(day) => Decimal::from(*day),
        Value::Enum(index) => Decimal::from(*index),
        _ => return None,
    })
}

pub(super) fn ordered(order: Order, x: Decimal) -> (Bound<Decimal>, Bound<Decimal>) {
    match order {
        Order::Less => (Bound::Unbounded, Bound::Excluded(x)),
        Order::LessOrEqual => (Bound::Unbounded, Bound::Included(x)),
        Order::Greater => (Bound::Excluded(x), Bound::Unbounded),
        Order::GreaterOrEqual => (Bound::Included(x), Bound::Unbounded),
    }
}

pub(super) fn sign(order: Order) -> &'static str {
    match order {
        Order::Less => "<",
        Order::LessOrEqual => "<=",
        Order::Greater => ">",
        Order::GreaterOrEqual => ">=",
    }
}
