//! Rows that are columns: whether they can be built, and whether what they build is sound.
//!
//! Their values are looked at once, as numbers and texts. What a type, facts or a policy ask of a node is asked of
//! some rows alone, which are built and verified like all others: those that have a shape first, and those with the
//! lowest, the highest and the most precise value of a column. A demand that these meet is met by every row between.

use std::collections::BTreeSet;

use super::body::name;
use super::limits::{MAX_NODES, MAX_ROWS};
use super::{Faults, items};
use crate::code::normalise_code;
use crate::date_formula::DateFormula;
use crate::literal::{
    CellShape, Ints, Literal, LiteralColumn, Literals, OutputShape, RowPlaces, Texts, Values,
    are_numbers, follow_each_other,
};
use crate::program::{Body, Callable, Hit, Program, Table};
use crate::types::Type;

/// Greatest size of all texts of the rows that columns build, in bytes: as much as a bundle could hold.
const MAX_BUILT_BYTES: usize = crate::bundle::MAX_BUNDLE_BYTES;

/// The callable with the rows that stand for all; `None` where its columns are not sound.
pub(super) fn sampled(
    program: &Program,
    callable: &Callable,
    faults: &mut Faults,
) -> Option<Callable> {
    let Body::Table(table) = &callable.body else {
        return None;
    };
    let literals = table.rows.literals()?;
    let before = faults.all.len();
    let rows = whole(program, callable, (table, literals), faults);
    if faults.all.len() > before {
        return None;
    }
    let found = rows.and_then(|rows| callable.with_rows(rows));
    if found.is_none() {
        faults.add("columns of which rows can be built", "others");
    }
    found
}

/// Looks at all of the columns; the rows that stand for the others.
fn whole(
    program: &Program,
    callable: &Callable,
    (table, literals): (&Table, &Literals),
    faults: &mut Faults,
) -> Option<BTreeSet<usize>> {
    let rows = literals.count as usize;
    if rows > MAX_ROWS {
        faults.add(format!("at most {MAX_ROWS} rows"), rows.to_string());
        return None;
    }
    if literals.first_node as usize != callable.nodes.len() {
        faults.add(
            format!("columns whose nodes begin at ${}", callable.nodes.len()),
            format!("${}", literals.first_node),
        );
    }
    let columns = [
        (table.columns.len(), literals.cells.len(), "columns"),
        (
            table.outputs.len(),
            literals.outputs.len(),
            "output columns",
        ),
    ];
    for (wanted, found, what) in columns {
        if wanted != found {
            faults.add(format!("{wanted} {what}"), found.to_string());
            return None;
        }
    }
    let cells = rows.saturating_mul(literals.cells.len().saturating_add(literals.outputs.len()));
    if cells > MAX_NODES {
        faults.add(format!("at most {MAX_NODES} cells"), cells.to_string());
        return None;
    }
    if let Some(names) = &literals.names {
        if names.len() != rows {
            faults.add(format!("{rows} names"), names.len().to_string());
        }
        for one in names {
            name(one, faults);
        }
        let names = names.iter().map(String::as_str);
        one_form(!are_numbers(names.enumerate()), faults);
    }
    // A list that comes out has as many elements as there are rows.
    if let (Hit::List | Hit::ListByPriority, Type::List { at_most, .. }) =
        (table.hit, &callable.result)
        && at_most.is_some_and(|most| rows > most as usize)
    {
        faults.add(
            "a bound that is not below the number of rows",
            rows.to_string(),
        );
    }
    let mut sample = BTreeSet::new();
    // Places of a row: one for each operand and output, and its own.
    let mut places = rows.saturating_mul(literals.outputs.len().saturating_add(1));
    let mut nodes = callable.nodes.len();
    let mut bytes = 0usize;
    for column in &literals.cells {
        let counts = |shape: i64| CellShape::of(shape).map(CellShape::values);
        let values = column_of(
            program,
            (rows, &column.shapes, &column.values),
            (&counts, &mut sample, &mut bytes),
            faults,
        )?;
        places = places.saturating_add(values);
        nodes = nodes.saturating_add(values);
    }
    for column in &literals.outputs {
        let counts = |shape: i64| OutputShape::of(shape).map(OutputShape::values);
        column_of(
            program,
            (rows, &column.shapes, &column.values),
            (&counts, &mut sample, &mut bytes),
            faults,
        )?;
        nodes = nodes.saturating_add(column.nodes_of(0..rows).unwrap_or(usize::MAX));
        if let Some((ty, _)) = &column.missing {
            declared(program, ty, faults);
        }
        let mut shapes = column.shapes.iter().map(OutputShape::of);
        let missing = shapes.any(|shape| shape == Some(OutputShape::Missing));
        one_form(missing || column.missing.is_none(), faults);
    }
    if nodes > MAX_NODES {
        faults.add(format!("at most {MAX_NODES} nodes"), nodes.to_string());
    }
    if bytes > MAX_BUILT_BYTES {
        faults.add(
            format!("at most {MAX_BUILT_BYTES} bytes of texts in all rows"),
            bytes.to_string(),
        );
    }
    known_places(program, &literals.places, places, faults);
    Some(sample)
}

fn declared(program: &Program, ty: &Type, faults: &mut Faults) {
    if let Err((expected, found)) = items::type_fault(program, ty) {
        faults.add(expected, found);
    }
}

fn known_places(program: &Program, places: &RowPlaces, count: usize, faults: &mut Faults) {
    match places {
        RowPlaces::From(first) => {
            if first.index().saturating_add(count) > program.places.len() {
                faults.add(format!("{count} places"), format!("@{} on", first.0));
            }
        }
        RowPlaces::Listed(listed) => {
            if listed.len() != count {
                faults.add(format!("{count} places"), listed.len().to_string());
            }
            one_form(!follow_each_other(listed), faults);
            let mut all = listed.iter();
            if let Some(place) = all.find(|place| !items::has_place(program, **place)) {
                faults.add("a place", format!("@{}", place.0));
            }
        }
    }
}

type Counts<'c> = &'c dyn Fn(i64) -> Option<usize>;

/// Looks at one column: its shapes, its values, and the rows that stand for all; how many values it has.
fn column_of(
    program: &Program,
    (rows, shapes, column): (usize, &Ints, &LiteralColumn),
    (counts, sample, bytes): (Counts<'_>, &mut BTreeSet<usize>, &mut usize),
    faults: &mut Faults,
) -> Option<usize> {
    if shapes.len() != rows {
        faults.add(
            format!("{rows} cells in a column"),
            shapes.len().to_string(),
        );
        return None;
    }
    declared(program, &column.ty, faults);
    if !sound(&column.values, faults) {
        return None;
    }
    one_form(column.is_plainest(), faults);
    let plain = match &column.values {
        Values::Num(numbers, scales) => numbers_of(numbers, scales),
        _ => None,
    };
    let mut extremes = Extremes::default();
    let mut seen = [false; 16];
    let mut at = 0usize;
    for (row, shape) in shapes.iter().enumerate() {
        let Some(values) = counts(shape) else {
            faults.add("the shape of a cell", shape.to_string());
            return None;
        };
        let seen = usize::try_from(shape).ok().and_then(|it| seen.get_mut(it));
        if let Some(seen @ false) = seen {
            *seen = true;
            sample.insert(row);
        }
        for value in at..at.saturating_add(values) {
            // Numbers of as many places each are compared by their coefficients.
            if let Some(numbers) = plain
                && let Some(word) = numbers.get(value)
            {
                extremes.word(word, row);
                continue;
            }
            let Some(value) = column.values.get(value) else {
                faults.add("a value for each cell", "fewer that can be read");
                return None;
            };
            match value {
                Literal::Word(word) => extremes.word(word, row),
                Literal::Num(number) => extremes.number(number, row),
                Literal::Text(text) => *bytes = bytes.saturating_add(text.len()),
            }
        }
        at = at.saturating_add(values);
    }
    if at != column.values.len() {
        faults.add(format!("{at} values"), column.values.len().to_string());
    }
    sample.extend(extremes.rows());
    Some(at)
}

/// The coefficients, where all numbers have as many places.
fn numbers_of<'n>(numbers: &'n Ints, scales: &Ints) -> Option<&'n Ints> {
    let scale = scales.same()?;
    (0..=i64::from(crate::facts::MAX_SCALE))
        .contains(&scale)
        .then_some(numbers)
}

/// Rows with values beyond all others of a column.
#[derive(Default)]
struct Extremes {
    words: Option<[(i64, usize); 2]>,
    numbers: Option<[(rust_decimal::Decimal, usize); 2]>,
    precise: Option<(u32, usize)>,
}

fn widen<T: PartialOrd + Copy>(ends: &mut Option<[(T, usize); 2]>, value: T, row: usize) {
    match ends {
        None => *ends = Some([(value, row); 2]),
        Some([low, high]) => {
            if value < low.0 {
                *low = (value, row);
            }
            if value > high.0 {
                *high = (value, row);
            }
        }
    }
}

impl Extremes {
    fn word(&mut self, word: i64, row: usize) {
        widen(&mut self.words, word, row);
    }

    fn number(&mut self, number: rust_decimal::Decimal, row: usize) {
        widen(&mut self.numbers, number, row);
        if self.precise.is_none_or(|(scale, _)| number.scale() > scale) {
            self.precise = Some((number.scale(), row));
        }
    }

    fn rows(self) -> impl Iterator<Item = usize> {
        let words = self.words.into_iter().flatten().map(|(_, row)| row);
        let numbers = self.numbers.into_iter().flatten().map(|(_, row)| row);
        words.chain(numbers).chain(self.precise.map(|(_, row)| row))
    }
}

/// Whether the values of a column are in the one form that they have.
fn sound(values: &Values, faults: &mut Faults) -> bool {
    let (texts, normal): (_, fn(&str) -> bool) = match values {
        Values::Bool(ints) => {
            return asked(
                ints.iter().all(|bit| bit == 0 || bit == 1),
                "0 or 1",
                faults,
            );
        }
        Values::Num(coefficients, scales) => {
            let same = coefficients.len() == scales.len();
            return asked(same, "places for each number", faults);
        }
        Values::Int(_) | Values::Date(_) | Values::Enum(..) => return true,
        Values::Text(texts) => (texts, |_| true),
        Values::Code(texts) | Values::Calendar(texts) => {
            (texts, |text| normalise_code(text) == text)
        }
        Values::DateFormula(texts) => (texts, |text| {
            DateFormula::parse(text).is_ok_and(|formula| formula.to_string() == text)
        }),
    };
    asked(is_sound(texts), "texts that follow each other", faults)
        && asked(
            texts.different().flatten().all(normal),
            "codes and formulas in their normal form",
            faults,
        )
}

fn asked(good: bool, expected: &str, faults: &mut Faults) -> bool {
    if !good {
        faults.add(expected, "others in a column");
    }
    good
}

/// Whether every text can be read, each is there once in the order of its first use, and nothing is left behind them.
fn is_sound(texts: &Texts) -> bool {
    let all: Option<Vec<&str>> = texts.different().collect();
    let Some(mut all) = all.filter(|_| texts.covers_all()) else {
        return false;
    };
    let mut used = 0;
    for which in texts.which().iter() {
        if which > used {
            return false;
        }
        used = used.max(which.saturating_add(1));
    }
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    all.len() == count && usize::try_from(used) == Ok(count)
}

/// The same rows are the same columns.
fn one_form(good: bool, faults: &mut Faults) {
    if !good {
        faults.add("columns in their one form", "others");
    }
}
