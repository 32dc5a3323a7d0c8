//! Cells of tables and grids as boxes.

use std::ops::Bound;

use assize_eval::Value;
use assize_ir::{Cell, Order, Test};
use rust_decimal::Decimal;

use super::convert::{Columns, Comparison, number, ordered, sign};
use super::space::{EQUAL, GREATER, LESS, Row, Side};

/// Greatest number of names in one cell whose order with the column is followed; a cell with more is
/// taken as a whole.
const MAX_NAMES: usize = 2;

/// What one test of a cell asks of a value that is there.
struct Asked {
    /// The ends that are written, where values have an order.
    range: Option<(Bound<Decimal>, Bound<Decimal>)>,
    /// The value that is written, where they have none.
    value: Option<Value>,
    /// How the value compares with names: the column of the order, and what it may be.
    signs: Vec<(usize, Vec<Value>)>,
}

impl Columns<'_> {
    /// The boxes of a cell: one of them must hold, and no two meet.
    pub fn cell(&mut self, column: usize, cell: &Cell) -> Vec<Row> {
        let (tests, negated) = match cell {
            Cell::Any => return vec![Vec::new()],
            Cell::OneOf(tests) => (tests, false),
            Cell::NoneOf(tests) => (tests, true),
        };
        let side = if self.has_order(column) {
            self.ranges(tests)
        } else {
            self.values(tests)
        };
        match side {
            Some(side) if negated => vec![vec![(column, Side::Not(Box::new(side)))]],
            Some(side) => vec![vec![(column, side)]],
            None => match self.compared(column, tests, negated) {
                Some(boxes) => boxes,
                None => vec![self.whole_cell(column, cell)],
            },
        }
    }

    /// A cell that is taken as a whole: it holds or does not.
    pub fn whole_cell(&mut self, column: usize, cell: &Cell) -> Row {
        let (tests, negated) = match cell {
            Cell::Any => return Vec::new(),
            Cell::OneOf(tests) => (tests, false),
            Cell::NoneOf(tests) => (tests, true),
        };
        let name = self.name(column);
        let words: Vec<String> = tests.iter().map(|test| self.words(test)).collect();
        let is = match tests.first() {
            Some(Test::Equal(_) | Test::Range { .. }) => "is ",
            _ => "",
        };
        let opaque = self.opaque(format!("{name} {is}{}", words.join(", ")), None);
        vec![(opaque, Side::Values(vec![Value::Bool(!negated)], false))]
    }

    fn has_order(&self, column: usize) -> bool {
        let dimension = self.list.get(column);
        dimension.is_some_and(|dimension| dimension.is_ordered(self.program))
    }

    fn name(&self, column: usize) -> String {
        let dimension = self.list.get(column);
        dimension.map(|it| it.name.clone()).unwrap_or_default()
    }

    /// A cell that compares with values that have names: for each way in which these may compare, what
    /// is left of the column. `None`: it is not understood.
    fn compared(&mut self, column: usize, tests: &[Test], negated: bool) -> Option<Vec<Row>> {
        let mut asked = Vec::new();
        let mut missing = false;
        for test in tests {
            match test {
                Test::Missing => missing = true,
                test => asked.push(self.asked(column, test)?),
            }
        }
        let mut names: Vec<usize> = Vec::new();
        for (name, _) in asked.iter().flat_map(|asked| &asked.signs) {
            if !names.contains(name) {
                names.push(*name);
            }
        }
        if names.len() > MAX_NAMES {
            return None;
        }
        // Of the last name the signs that leave the same are one box.
        let mut ways: Vec<Vec<(usize, Value)>> = vec![Vec::new()];
        let (last, before) = names.split_last()?;
        for name in before {
            ways = ways
                .iter()
                .flat_map(|way| {
                    let signs = [LESS, EQUAL, GREATER];
                    signs.map(|sign| way.iter().cloned().chain([(*name, sign)]).collect())
                })
                .collect();
        }
        let mut boxes = Vec::new();
        for way in ways {
            let mut found: Vec<(Vec<Value>, Option<Side>)> = Vec::new();
            for sign in [LESS, EQUAL, GREATER] {
                let mut whole = way.clone();
                whole.push((*last, sign.clone()));
                let side = self.left(column, &asked, &whole, negated);
                match found.iter_mut().find(|(_, known)| *known == side) {
                    Some((signs, _)) => signs.push(sign),
                    None => found.push((vec![sign], side)),
                }
            }
            for (signs, side) in found {
                let Some(side) = side else { continue };
                let way = way.iter().cloned();
                let mut row: Row = way
                    .map(|(name, sign)| (name, Side::Values(vec![sign], false)))
                    .collect();
                if signs.len() < 3 {
                    row.push((*last, Side::Values(signs, false)));
                }
                row.push((column, side));
                boxes.push(row);
            }
        }
        let optional = self.list.get(column)?.ty.is_optional();
        if optional && missing != negated {
            boxes.push(vec![(column, self.nothing(column, true))]);
        }
        if boxes.is_empty() {
            boxes.push(vec![(column, self.nothing(column, false))]);
        }
        Some(boxes)
    }

    /// No value, or the missing one alone.
    fn nothing(&self, column: usize, missing: bool) -> Side {
        if self.has_order(column) {
            Side::Ranges(Vec::new(), missing)
        } else {
            Side::Values(Vec::new(), missing)
        }
    }

    /// What is left of a column, the missing value aside, where names compare in this way.
    fn left(
        &self,
        column: usize,
        asked: &[Asked],
        way: &[(usize, Value)],
        negated: bool,
    ) -> Option<Side> {
        let so = |(name, allowed): &(usize, Vec<Value>)| {
            let mut way = way.iter();
            way.any(|(known, sign)| known == name && allowed.contains(sign))
        };
        let held: Vec<&Asked> = asked
            .iter()
            .filter(|asked| asked.signs.iter().all(so))
            .collect();
        let everything = held
            .iter()
            .any(|asked| asked.range.is_none() && asked.value.is_none());
        if held.is_empty() && !negated || everything && negated {
            return None;
        }
        let ordered = self.has_order(column);
        if everything || held.is_empty() {
            return Some(Side::Not(Box::new(self.nothing(column, true))));
        }
        let ranges = held.iter().filter_map(|asked| asked.range).collect();
        let values = held.iter().filter_map(|asked| asked.value.clone());
        let side = |missing| match ordered {
            true => Side::Ranges(ranges, missing),
            false => Side::Values(values.collect(), missing),
        };
        Some(match negated {
            true => Side::Not(Box::new(side(true))),
            false => side(false),
        })
    }

    /// What a test asks of a value that is there.
    fn asked(&mut self, column: usize, test: &Test) -> Option<Asked> {
        let tests = match test {
            Test::Missing => return None,
            Test::Equal(node) => vec![(Comparison::Equal, *node)],
            Test::Compare(order, node) => vec![(Comparison::Ordered(*order), *node)],
            Test::Range { low, high, below } => {
                let above = match below {
                    true => Order::Less,
                    false => Order::LessOrEqual,
                };
                let low = (Comparison::Ordered(Order::GreaterOrEqual), *low);
                let high = high.map(|high| (Comparison::Ordered(above), high));
                std::iter::once(low).chain(high).collect()
            }
        };
        let has_order = self.has_order(column);
        let name = self.name(column);
        let mut asked = Asked {
            range: None,
            value: None,
            signs: Vec::new(),
        };
        for (order, node) in tests {
            if let Some(value) = self.constant(node) {
                if !has_order {
                    asked.value = Some(value);
                    continue;
                }
                let x = number(&value)?;
                let (low, high) = asked.range.unwrap_or((Bound::Unbounded, Bound::Unbounded));
                asked.range = Some(match order {
                    Comparison::Equal => (Bound::Included(x), Bound::Included(x)),
                    Comparison::Ordered(order) => match ordered(order, x) {
                        (Bound::Unbounded, above) => (low, above),
                        (below, _) => (below, high),
                    },
                });
                continue;
            }
            if self.callable.node(node)?.ty.is_optional() {
                return None;
            }
            let right = (
                self.source(self.stripped(node)),
                self.path_column(node),
                Some(node),
            );
            let of = self.list.get(column).and_then(|dimension| dimension.node);
            let found = self.ordering(order, (name.clone(), Some(column), of), right)?;
            let (of, Side::Values(signs, _)) = found else {
                return None;
            };
            asked.signs.push((of, signs));
        }
        Some(asked)
    }

    fn words(&self, test: &Test) -> String {
        match test {
            Test::Missing => "missing".to_string(),
            Test::Equal(node) => self.source(*node),
            Test::Compare(order, node) => format!("{} {}", sign(*order), self.source(*node)),
            Test::Range { low, high, below } => format!(
                "{} to {}{}",
                self.source(*low),
                if *below { "below " } else { "" },
                high.map(|high| self.source(high)).unwrap_or_default()
            ),
        }
    }

    fn ranges(&self, tests: &[Test]) -> Option<Side> {
        let mut ranges = Vec::new();
        let mut missing = false;
        for test in tests {
            match test {
                Test::Missing => missing = true,
                Test::Equal(node) => {
                    let x = number(&self.constant(*node)?)?;
                    ranges.push((Bound::Included(x), Bound::Included(x)));
                }
                Test::Compare(order, node) => {
                    ranges.push(ordered(*order, number(&self.constant(*node)?)?));
                }
                Test::Range { low, high, below } => {
                    let low = Bound::Included(number(&self.constant(*low)?)?);
                    let high = match high {
                        None => Bound::Unbounded,
                        Some(high) => {
                            let x = number(&self.constant(*high)?)?;
                            if *below {
                                Bound::Excluded(x)
                            } else {
                                Bound::Included(x)
                            }
                        }
                    };
                    ranges.push((low, high));
                }
            }
        }
        Some(Side::Ranges(ranges, missing))
    }

    fn values(&self, tests: &[Test]) -> Option<Side> {
        let mut values = Vec::new();
        let mut missing = false;
        for test in tests {
            match test {
                Test::Missing => missing = true,
                Test::Equal(node) => values.push(self.constant(*node)?),
                _ => return None,
            }
        }
        Some(Side::Values(values, missing))
    }
}
