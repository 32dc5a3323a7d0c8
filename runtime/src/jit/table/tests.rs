//! The index finds what a look at every row finds, whatever the columns hold and however the rows lie.

use assize_ir::{Cell, Const, NodeId, Order, Test};
use rust_decimal::Decimal;

use super::{Asked, Column, Found, Index, Rows, RowsOf, Source, Step, index};
use crate::jit::words::{decimal_words, text_words};

/// Numbers that are the same on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        usize::try_from((self.0 >> 33) % end.max(1) as u64).unwrap()
    }
}

/// Columns of every kind; each makes constants of numbers in their order.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Word { optional: bool },
    Far,
    Cents,
    Numbers,
    Great,
    Names,
    Ordered,
}

impl Kind {
    fn asked(self) -> (Asked, bool) {
        match self {
            Kind::Word { optional } => (Asked::Word, optional),
            Kind::Far => (Asked::Word, false),
            Kind::Cents => (Asked::Fixed(2), false),
            Kind::Numbers | Kind::Great => (Asked::Decimal, false),
            Kind::Names | Kind::Ordered => (Asked::Text, false),
        }
    }

    fn is_ordered(self) -> bool {
        !matches!(self, Kind::Names | Kind::Far)
    }

    fn constant(self, number: i64) -> Const {
        match self {
            Kind::Word { .. } => Const::Int(number),
            Kind::Far => Const::Int(number * 1_000_000_007),
            // Some have more places than what is asked.
            Kind::Cents => Const::Num(Decimal::new(number * 5, 3)),
            Kind::Numbers => Const::Num(Decimal::new(number, 4)),
            Kind::Great => Const::Num(Decimal::from(number) * Decimal::new(i64::MAX, 0)),
            Kind::Names | Kind::Ordered => Const::Text(name(number)),
        }
    }

    /// The words of what is asked, and how it lies to the constant of a number.
    fn question(self, twice: i64, texts: &mut Vec<String>) -> Vec<u64> {
        let between = twice.rem_euclid(2);
        let number = twice.div_euclid(2);
        match self {
            Kind::Word { optional } => {
                let word = number.cast_unsigned();
                if optional { vec![1, word] } else { vec![word] }
            }
            Kind::Far => vec![(number * 1_000_000_007 + between).cast_unsigned()],
            // Half a cent per number.
            Kind::Cents => vec![number.cast_unsigned()],
            Kind::Numbers => decimal_words(Decimal::new(number * 100 + between * 37, 6)).to_vec(),
            Kind::Great => {
                let great = Decimal::from(number) * Decimal::new(i64::MAX, 0);
                decimal_words(great + Decimal::from(between)).to_vec()
            }
            Kind::Names | Kind::Ordered => {
                texts.push(if between == 1 {
                    name(number) + "!"
                } else {
                    name(number)
                });
                let last = texts.last().unwrap();
                text_words(last).to_vec()
            }
        }
    }

    /// What is asked against the constant of a number.
    fn order(self, twice: i64, number: i64) -> std::cmp::Ordering {
        match self {
            Kind::Word { .. } => twice.div_euclid(2).cmp(&number),
            // The question is in cents, the constant in halves of them.
            Kind::Cents => (twice.div_euclid(2) * 2).cmp(&number),
            _ => twice.cmp(&(number * 2)),
        }
    }
}

fn name(number: i64) -> String {
    format!(
        "n{:04}{}",
        number + 1_000,
        "-and-longer-than-two-words".repeat(number.unsigned_abs() as usize % 2)
    )
}

/// Tests by the numbers of their constants.
fn cell(kind: Kind, chance: &mut Chance, (any, spread): (usize, usize)) -> Cell {
    if chance.below(100) < any {
        return Cell::Any;
    }
    let mut tests = Vec::new();
    for _ in 0..=chance.below(5) / 4 {
        let low = chance.below(spread);
        let node = |number: usize| NodeId(u32::try_from(number).unwrap());
        tests.push(match chance.below(8) {
            0 if kind.is_ordered() => Test::Compare(Order::Less, node(low)),
            1 if kind.is_ordered() => Test::Compare(Order::LessOrEqual, node(low)),
            2 if kind.is_ordered() => Test::Compare(Order::Greater, node(low)),
            3 if kind.is_ordered() => Test::Compare(Order::GreaterOrEqual, node(low)),
            4 | 5 if kind.is_ordered() => Test::Range {
                low: node(low),
                high: (chance.below(4) > 0).then(|| node(low + chance.below(spread / 8 + 1))),
                below: chance.below(2) == 0,
            },
            6 if kind.asked().1 => Test::Missing,
            _ => Test::Equal(node(low)),
        });
    }
    // Where half of the cells take everything, the others take little.
    if any < 50 && chance.below(6) == 0 {
        Cell::NoneOf(tests)
    } else {
        Cell::OneOf(tests)
    }
}

/// Whether a cell takes what is asked: twice the number, and 1 between two; `None` is missing.
fn takes(kind: Kind, cell: &Cell, asked: Option<i64>) -> bool {
    let holds = |test: &Test| {
        let Some(asked) = asked else {
            return *test == Test::Missing;
        };
        let order = |node: &NodeId| kind.order(asked, i64::from(node.0));
        match test {
            Test::Missing => false,
            Test::Equal(with) => order(with).is_eq(),
            Test::Compare(Order::Less, with) => order(with).is_lt(),
            Test::Compare(Order::LessOrEqual, with) => order(with).is_le(),
            Test::Compare(Order::Greater, with) => order(with).is_gt(),
            Test::Compare(Order::GreaterOrEqual, with) => order(with).is_ge(),
            Test::Range { low, high, below } => {
                let high = high.is_none_or(|high| {
                    if *below {
                        order(&high).is_lt()
                    } else {
                        order(&high).is_le()
                    }
                });
                order(low).is_ge() && high
            }
        }
    };
    match cell {
        Cell::Any => true,
        Cell::OneOf(tests) => tests.iter().any(holds),
        Cell::NoneOf(tests) => !tests.iter().any(holds),
    }
}

/// Compares so many questions to a table of random rows; the steps of its indexes.
fn compared(kinds: &[Kind], rows: usize, (any, spread): (usize, usize)) -> Vec<Step> {
    let mut chance = Chance(rows as u64 + spread as u64);
    let mut steps = Vec::new();
    let cells: Vec<Vec<Cell>> = (0..rows)
        .map(|_| {
            let cells = kinds
                .iter()
                .map(|kind| cell(*kind, &mut chance, (any, spread)));
            cells.collect()
        })
        .collect();
    // The nodes of each column are numbers; which column is asked is known by the index of one column alone, so
    // every column has numbers of its own.
    let each = spread * 2;
    let shifted: Vec<Vec<Cell>> = cells.iter().map(|row| shift(row, each)).collect();
    let constants: Vec<Const> = kinds
        .iter()
        .flat_map(|kind| (0..each as i64).map(|number| kind.constant(number)))
        .collect();
    let find = |node: NodeId| constants.get(node.index());
    let mut at = 0;
    let mut sources = Vec::new();
    for (number, kind) in kinds.iter().enumerate() {
        let (asked, optional) = kind.asked();
        let column = Column {
            at,
            asked,
            optional,
        };
        sources.push(Source {
            column,
            cell: number,
        });
        at += kind.question(0, &mut Vec::new()).len();
    }
    let numbered: Vec<(u32, &[Cell])> = (0..).zip(shifted.iter().map(Vec::as_slice)).collect();
    for most in [1, 2, usize::MAX] {
        let index = index(&Rows {
            sources: &sources,
            rows: RowsOf::Some(&numbered, &find),
            most,
            band_off_by_one: false,
        });
        let index = index.unwrap();
        // No table is larger than its rows allow.
        assert!(
            index.words.len() < (rows + 8) * 80 * (kinds.len() + 1),
            "{}",
            index.words.len()
        );
        steps.extend(steps_of(&index));
        for _ in 0..400 {
            let mut texts = Vec::new();
            let asked: Vec<Option<i64>> = kinds
                .iter()
                .map(|kind| {
                    let number = chance.below(spread * 2 + 8) as i64 - 4;
                    (!kind.asked().1 || chance.below(4) > 0).then_some(number)
                })
                .collect();
            let mut question = Vec::new();
            for (kind, asked) in kinds.iter().zip(&asked) {
                let mut words = kind.question(asked.unwrap_or(0), &mut texts);
                if asked.is_none() {
                    words.fill(0);
                }
                question.extend(words);
            }
            let all: Vec<u32> = (0..)
                .zip(&cells)
                .filter(|(_, row)| {
                    let parts = kinds.iter().zip(*row).zip(&asked);
                    parts
                        .into_iter()
                        .all(|((kind, cell), asked)| takes(*kind, cell, *asked))
                })
                .map(|(number, _)| number)
                .collect();
            #[expect(unsafe_code, reason = "asks as machine code does")]
            // SAFETY: these are the words of a question to the table; its texts are alive.
            unsafe {
                match most {
                    1 => assert_eq!(index.first(question.as_ptr()), all.first().copied()),
                    2 => {
                        let only = match all.as_slice() {
                            [] => Found::Nothing,
                            [row] => Found::Row(*row),
                            _ => Found::Several,
                        };
                        assert_eq!(index.only(question.as_ptr()), only);
                    }
                    _ => {
                        let mut found = Vec::new();
                        index.all(question.as_ptr(), |row| found.push(row));
                        found.sort_unstable();
                        assert_eq!(found, all, "{asked:?}");
                    }
                }
            }
        }
    }
    steps
}

/// The cells of a row with nodes that are those of its columns.
fn shift(row: &[Cell], each: usize) -> Vec<Cell> {
    let columns = row.iter().enumerate();
    columns
        .map(|(column, cell)| {
            let by = u32::try_from(column * each).unwrap();
            let node = |node: &NodeId| NodeId(node.0 + by);
            let test = |test: &Test| match test {
                Test::Missing => Test::Missing,
                Test::Equal(with) => Test::Equal(node(with)),
                Test::Compare(how, with) => Test::Compare(*how, node(with)),
                Test::Range { low, high, below } => Test::Range {
                    low: node(low),
                    high: high.as_ref().map(node),
                    below: *below,
                },
            };
            match cell {
                Cell::Any => Cell::Any,
                Cell::OneOf(tests) => Cell::OneOf(tests.iter().map(test).collect()),
                Cell::NoneOf(tests) => Cell::NoneOf(tests.iter().map(test).collect()),
            }
        })
        .collect()
}

/// The kinds of steps of an index, from its root.
fn steps_of(index: &Index) -> Vec<Step> {
    // Every step begins somewhere; a walk over all words would take constants for heads, so only the root is told.
    match index.root.told() {
        super::Told::Step(at) => {
            let head = index.words.get(at).copied().unwrap_or_default();
            Step::of(head).map(|(step, ..)| step).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn columns_of_every_kind_are_found() {
    let (whole, optional) = (
        Kind::Word { optional: false },
        Kind::Word { optional: true },
    );
    for kind in [
        whole,
        optional,
        Kind::Far,
        Kind::Cents,
        Kind::Numbers,
        Kind::Great,
        Kind::Names,
        Kind::Ordered,
    ] {
        for rows in [0, 1, 3, 40, 500] {
            compared(&[kind], rows, (10, 120));
        }
        compared(&[kind, Kind::Names, optional], 300, (30, 60));
    }
}

#[test]
fn every_step_is_taken() {
    let whole = Kind::Word { optional: false };
    let mut seen = Vec::new();
    // Names one by one; bands that overlap; rows for all names beside those for one; a few rows; far bands.
    seen.extend(compared(&[Kind::Names], 300, (0, 100)));
    seen.extend(compared(
        &[whole, Kind::Cents, Kind::Numbers],
        900,
        (0, 400),
    ));
    seen.extend(compared(&[Kind::Far, Kind::Names], 600, (50, 150)));
    seen.extend(compared(&[whole], 2, (0, 30)));
    seen.extend(compared(&[Kind::Great], 30, (0, 300)));
    seen.extend(compared(&[whole], 4, (100, 4)));
    for step in [
        Step::Cuts,
        Step::Array,
        Step::Both,
        Step::Hits,
        Step::Compared,
        Step::Bits,
    ] {
        assert!(seen.contains(&step), "{step:?} is not among {seen:?}");
    }
}
