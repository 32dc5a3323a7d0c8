//! Builds the index of a table.
//!
//! Steps are chosen from the column that tells most rows apart to the one that tells fewest. The work is bounded by
//! the number of rows: a step that would write them more than a few times is not made.

use std::collections::BTreeSet;

use assize_ir::{Cell, Literals};

use super::cells::{Cells, Constants};
use super::keys::{self, ALL, Column, Keys, MISSING, Sets};
use super::walk::MOST_SETS;
use super::{Child, Index, PLAIN, Step};

/// Rows that are compared at once, where no column needs to tell them apart.
const FEW_ROWS: usize = 2;
/// Rows from which on those that are compared are told apart by sets of bits.
const MANY_ROWS: usize = 64;
/// How many times the rows of a step may be written behind it, beside a few.
const TIMES: usize = 8;
const BESIDE: usize = 64;
/// How many times all rows may be written in all steps.
const TIMES_IN_ALL: usize = 64;
/// Rows that are looked at to choose the order of columns.
const SAMPLE: usize = 1024;
/// Most parts of a column that have a set of bits each.
const MOST_PARTS: usize = 255;
/// Keys that lie this many times farther apart than there are keys get no array.
const CLOSE: u64 = 4;
/// Rows up to which those that a place takes are kept in a list.
const LISTED: usize = 1024;

/// A column, and which cell of a row stands in it.
pub(crate) struct Source {
    pub(crate) column: Column,
    pub(crate) cell: usize,
}

/// Rows of which an index is made; all operands of the cells in question are constants.
pub(crate) struct Rows<'c> {
    pub(crate) sources: &'c [Source],
    pub(crate) rows: RowsOf<'c>,
    /// Rows without doubt that count: behind so many of them nothing is of interest.
    pub(crate) most: usize,
    /// A fault on purpose.
    pub(crate) band_off_by_one: bool,
}

/// Where rows are taken from.
pub(crate) enum RowsOf<'c> {
    /// Some rows, with their numbers.
    Some(&'c [(u32, &'c [Cell])], Constants<'c>),
    /// All rows of columns.
    Columns(&'c Literals),
}

impl<'c> RowsOf<'c> {
    /// The cells in a column.
    fn cells(&self, at: usize) -> Option<Cells<'c>> {
        Some(match self {
            RowsOf::Some(rows, constants) => {
                let cells = rows.iter().map(|(_, cells)| cells.get(at));
                Cells::Rows(cells.collect::<Option<_>>()?, *constants)
            }
            RowsOf::Columns(literals) => Cells::Column(literals.cells.get(at)?),
        })
    }

    /// The numbers of the rows.
    fn numbers(&self) -> Vec<u32> {
        match self {
            RowsOf::Some(rows, _) => rows.iter().map(|(number, _)| *number).collect(),
            RowsOf::Columns(literals) => (0..literals.count).collect(),
        }
    }
}

/// The index of rows; `None` where a constant cannot be compared with its column, or there are too many rows.
pub(crate) fn index(of: &Rows<'_>) -> Option<Index> {
    let mut keys = Vec::with_capacity(of.sources.len());
    let mut sets = Vec::with_capacity(of.sources.len());
    for source in of.sources {
        let cells = of.rows.cells(source.cell)?;
        let (its_keys, its_sets) = keys::keys(source.column, &cells, of.band_off_by_one)?;
        keys.push(its_keys);
        sets.push(its_sets);
    }
    let numbers = of.rows.numbers();
    let count = u32::try_from(numbers.len()).ok()?;
    // A row with a cell that takes nothing never hits.
    let possible = |row: &u32| sets.iter().all(|set| !set.of(*row).is_empty());
    let rows: Vec<u32> = (0..count).filter(possible).collect();
    let mut builder = Builder {
        numbers,
        most: of.most,
        order: order(&sets, &rows),
        done: vec![false; sets.len()],
        plain: keys.iter().map(Keys::plain).collect(),
        sets,
        words: Vec::new(),
        intervals: Vec::new(),
        left: rows.len() * TIMES_IN_ALL + BESIDE,
        spare: Vec::new(),
    };
    let root = builder.child(&rows)?;
    Some(Index {
        keys: keys.into_boxed_slice(),
        words: builder.words.into_boxed_slice(),
        intervals: builder.intervals.into_boxed_slice(),
        root,
    })
}

/// Columns from the one that leaves the fewest rows.
fn order(sets: &[Sets], rows: &[u32]) -> Vec<usize> {
    let step = rows.len() / SAMPLE + 1;
    let sample: Vec<u32> = rows.iter().step_by(step).copied().collect();
    let mut scores = Vec::with_capacity(sets.len());
    for (column, set) in sets.iter().enumerate() {
        let cuts = cuts_of(set, &sample);
        let mut taken = 0u64;
        for (low, high) in sample.iter().flat_map(|row| set.of(*row)) {
            let (first, last) = (below(&cuts, *low), below(&cuts, *high));
            taken += (last - first + 1) as u64;
        }
        let parts = (cuts.len() as u64 + 1) * (sample.len() as u64).max(1);
        scores.push((taken.saturating_mul(1 << 24) / parts, column));
    }
    scores.sort_unstable();
    scores.into_iter().map(|(_, column)| column).collect()
}

/// The keys at which something begins or ends, rising.
fn cuts_of(set: &Sets, rows: &[u32]) -> Vec<i64> {
    let mut cuts = Vec::new();
    for (low, high) in rows.iter().flat_map(|row| set.of(*row)) {
        if *low > i64::MIN {
            cuts.push(*low);
        }
        cuts.extend(high.checked_add(1));
    }
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn below(cuts: &[i64], key: i64) -> usize {
    cuts.partition_point(|cut| *cut <= key)
}

struct Builder {
    sets: Vec<Sets>,
    /// The numbers of the rows in the table.
    numbers: Vec<u32>,
    most: usize,
    order: Vec<usize>,
    /// Columns that steps above have decided.
    done: Vec<bool>,
    /// Columns whose key is a word of the question as it is.
    plain: Vec<Option<usize>>,
    words: Vec<u64>,
    intervals: Vec<(i64, i64)>,
    /// Rows that may still be written.
    left: usize,
    /// Lists that no step needs now.
    spare: Vec<Lists>,
}

/// A column cut into parts, and the rows of each.
#[derive(Default)]
struct Parts {
    /// The first key of each part but the first, which begins with the lowest.
    cuts: Vec<i64>,
    /// Where the rows of each part end.
    ends: Vec<usize>,
    rows: Vec<u32>,
}

impl Parts {
    fn clear(&mut self) {
        self.cuts.clear();
        self.ends.clear();
        self.rows.clear();
    }

    /// Begins a part, the first of them at the lowest key.
    fn cut(&mut self, key: i64) {
        if key > i64::MIN {
            self.cuts.push(key);
        }
    }
}

/// Tells the key and the row of each one, rising; whether every row takes one key.
fn points_of(set: &Sets, rows: &[u32], points: &mut Vec<(i64, u32)>) -> bool {
    points.clear();
    for row in rows {
        match set.of(*row) {
            [(low, high)] if low == high => points.push((*low, *row)),
            _ => return false,
        }
    }
    if !points.is_sorted() {
        points.sort_unstable();
    }
    true
}

/// Lists that a step needs while it is made. A table has a step for each of its keys: they are kept for the next one.
#[derive(Default)]
struct Lists {
    wide: Vec<u32>,
    parted: Vec<u32>,
    points: Vec<(i64, u32)>,
    changes: Vec<(i64, u32, bool)>,
    active: Vec<u32>,
    parts: Parts,
    cuts: Vec<i64>,
    children: Vec<Child>,
}

impl Builder {
    fn takes_all(&self, row: u32, column: usize) -> bool {
        self.sets.get(column).is_none_or(|set| set.is_all(row))
    }

    /// Whether a row hits, whatever the columns say that no step has decided.
    fn is_certain(&self, row: u32) -> bool {
        let columns = self.done.iter().zip(&self.sets);
        columns
            .into_iter()
            .all(|(done, set)| *done || set.is_all(row))
    }

    /// How many of rising rows are of interest, and how many of these hit for certain.
    fn of_interest(&self, rows: impl Iterator<Item = u32>) -> (usize, usize) {
        let (mut count, mut certain) = (0, 0);
        for row in rows {
            count += 1;
            certain += usize::from(self.is_certain(row));
            if certain >= self.most {
                break;
            }
        }
        (count, certain)
    }

    /// What finds rows among these.
    fn child(&mut self, rows: &[u32]) -> Option<Child> {
        let (count, certain) = self.of_interest(rows.iter().copied());
        let rows = rows.get(..count)?;
        match rows {
            [] => return Some(Child::NOTHING),
            [row] if certain == 1 => return Child::row(self.number(*row)?),
            rows if certain == count => return self.hits(rows),
            _ => {}
        }
        if count > FEW_ROWS {
            for place in 0..self.order.len() {
                let column = *self.order.get(place)?;
                let idle =
                    *self.done.get(column)? || rows.iter().all(|row| self.takes_all(*row, column));
                if idle {
                    continue;
                }
                self.mark(column, true);
                let split = self.split(column, rows);
                self.mark(column, false);
                match split {
                    Split::Made(child) => return Some(child),
                    Split::TooOften => {}
                    Split::TooMany => return None,
                }
            }
        }
        let columns: Vec<usize> = (0..self.done.len())
            .filter(|column| self.done.get(*column) == Some(&false))
            .filter(|column| rows.iter().any(|row| !self.takes_all(*row, *column)))
            .collect();
        let start = self.words.len();
        if count >= MANY_ROWS {
            self.bits(&columns, rows)?;
        }
        self.compared(&columns, rows)?;
        Child::step(start)
    }

    fn mark(&mut self, column: usize, done: bool) {
        if let Some(mark) = self.done.get_mut(column) {
            *mark = done;
        }
    }

    fn number(&self, row: u32) -> Option<u32> {
        self.numbers.get(row as usize).copied()
    }

    /// Begins a step, where it can be told.
    fn begin(&mut self, step: Step, column: usize, count: usize) -> Option<Child> {
        if column > 0xff_ffff || count > Child::MOST || self.words.len() > Child::MOST {
            return None;
        }
        let child = Child::step(self.words.len())?;
        self.words.push(step.head(column, count));
        Some(child)
    }

    /// Begins a step that looks the key of a column up.
    fn looking_up(&mut self, step: Step, column: usize, count: usize) -> Option<Child> {
        let Some(word) = self.plain.get(column).copied().flatten() else {
            return self.begin(step, column, count);
        };
        let child = self.begin(step, word, count)?;
        if let Some(head) = self.words.last_mut() {
            *head |= PLAIN;
        }
        Some(child)
    }

    fn pairs(&mut self, halves: impl Iterator<Item = u32>) {
        let mut first = None;
        for half in halves {
            match first.take() {
                None => first = Some(half),
                Some(first) => self.words.push(u64::from(first) | u64::from(half) << 32),
            }
        }
        self.words.extend(first.map(u64::from));
    }

    fn hits(&mut self, rows: &[u32]) -> Option<Child> {
        let numbers: Option<Vec<u32>> = rows.iter().map(|row| self.number(*row)).collect();
        let numbers = numbers?;
        let child = self.begin(Step::Hits, 0, rows.len())?;
        self.pairs(numbers.into_iter().map(|number| number + 1));
        Some(child)
    }

    fn compared(&mut self, columns: &[usize], rows: &[u32]) -> Option<()> {
        self.begin(Step::Compared, columns.len(), rows.len())?;
        self.words.extend(columns.iter().map(|it| *it as u64));
        for row in rows {
            self.words.push(self.number(*row)?.into());
            for column in columns {
                let (low, high) = match self.sets.get(*column)?.of(*row) {
                    [one] => *one,
                    several => {
                        let start = u32::try_from(self.intervals.len()).ok()?;
                        let count = i64::try_from(several.len()).ok()?;
                        self.intervals.extend_from_slice(several);
                        (i64::MAX, i64::from(start) | count << 32)
                    }
                };
                self.words.extend([low, high].map(i64::cast_unsigned));
            }
        }
        Some(())
    }

    /// The sets of bits in front of rows that are compared.
    fn bits(&mut self, columns: &[usize], rows: &[u32]) -> Option<()> {
        let columns = columns.get(..columns.len().min(MOST_SETS))?;
        let words = rows.len().div_ceil(64);
        self.begin(Step::Bits, columns.len(), words)?;
        for column in columns {
            let set = self.sets.get(*column)?;
            let all = cuts_of(set, rows);
            let step = all.len() / MOST_PARTS + 1;
            let cuts: Vec<i64> = all.into_iter().step_by(step).collect();
            self.words.extend([*column as u64, cuts.len() as u64]);
            self.words
                .extend(cuts.iter().map(|cut| cut.cast_unsigned()));
            let start = self.words.len();
            self.words.resize(start + (cuts.len() + 1) * words, 0);
            let sets = self.words.get_mut(start..)?;
            for (at, row) in rows.iter().enumerate() {
                for (low, high) in set.of(*row) {
                    for part in below(&cuts, *low)..=below(&cuts, *high) {
                        *sets.get_mut(part * words + at / 64)? |= 1 << (at % 64);
                    }
                }
            }
        }
        Some(())
    }

    /// A step that looks the key of a column up.
    fn split(&mut self, column: usize, rows: &[u32]) -> Split {
        let mut lists = self.spare.pop().unwrap_or_default();
        let split = self.split_with(column, rows, &mut lists);
        self.spare.push(lists);
        split
    }

    fn split_with(&mut self, column: usize, rows: &[u32], lists: &mut Lists) -> Split {
        lists.wide.clear();
        lists.parted.clear();
        for row in rows {
            if self.takes_all(*row, column) {
                lists.wide.push(*row);
            } else {
                lists.parted.push(*row);
            }
        }
        let Some(set) = self.sets.get(column) else {
            return Split::TooMany;
        };
        let most = (rows.len() * TIMES + BESIDE).min(self.left);
        // Every part has these, and nothing behind the last of interest.
        let of_interest = self.of_interest(lists.wide.iter().copied()).0;
        lists.wide.truncate(of_interest);
        let Some(beside) = self.parts(set, lists, most) else {
            return Split::TooOften;
        };
        self.left = self.left.saturating_sub(lists.parts.rows.len());
        let made = self.step(column, beside, lists);
        let made = match (made, beside) {
            (Some(child), true) => self
                .child(&lists.wide)
                .and_then(|other| self.both(child, other)),
            (made, _) => made,
        };
        made.map_or(Split::TooMany, Split::Made)
    }

    fn both(&mut self, a: Child, b: Child) -> Option<Child> {
        if a == Child::NOTHING {
            return Some(b);
        }
        let child = self.begin(Step::Both, 0, 0)?;
        self.pairs([a.0, b.0].into_iter());
        Some(child)
    }

    /// Writes the parts of a column; whether the rows that take everything in it are searched beside them. `None`
    /// where rows were written too often.
    fn parts(&self, set: &Sets, lists: &mut Lists, most: usize) -> Option<bool> {
        let Lists {
            wide,
            parted,
            points,
            changes,
            active,
            parts,
            ..
        } = lists;
        parts.clear();
        if points_of(set, parted, points) {
            let groups = points.chunk_by(|a, b| a.0 == b.0).count();
            // What lies between two keys is a part, too.
            let beside = wide.len() * groups * 2 > most / 2;
            let wide = if beside { &[] } else { wide.as_slice() };
            self.parts_of_points(points, wide, most, parts)?;
            return Some(beside);
        }
        changes.clear();
        for row in parted.iter() {
            for (low, high) in set.of(*row) {
                changes.push((*low, *row, true));
                changes.extend(high.checked_add(1).map(|end| (end, *row, false)));
            }
        }
        changes.sort_unstable();
        let cuts = changes.chunk_by(|a, b| a.0 == b.0).count();
        let beside = wide.len() * cuts > most / 2;
        let wide = if beside { &[] } else { wide.as_slice() };
        let mut active = Active::new(parted.len(), active);
        // The part below all cuts, unless something begins there.
        if changes.first().is_none_or(|(key, ..)| *key > i64::MIN) {
            self.write(|tell| active.all(tell), wide, parts);
        }
        for group in changes.chunk_by(|a, b| a.0 == b.0) {
            for (_, row, begins) in group {
                active.change(*row, *begins);
            }
            if let Some((key, ..)) = group.first()
                && *key > i64::MIN
            {
                parts.cuts.push(*key);
            }
            self.write(|tell| active.all(tell), wide, parts);
            if parts.rows.len() > most {
                return None;
            }
        }
        Some(beside)
    }

    /// The parts of a column in which every row takes one key.
    fn parts_of_points(
        &self,
        points: &[(i64, u32)],
        wide: &[u32],
        most: usize,
        parts: &mut Parts,
    ) -> Option<()> {
        // The key behind the part before; what lies between it and the next one takes no row of these.
        let mut next = Some(i64::MIN);
        for group in points.chunk_by(|a, b| a.0 == b.0) {
            let key = group.first()?.0;
            if let Some(gap) = next.filter(|next| *next < key) {
                parts.cut(gap);
                self.write(|_| true, wide, parts);
            }
            parts.cut(key);
            self.write(|tell| group.iter().all(|(_, row)| tell(*row)), wide, parts);
            if parts.rows.len() > most {
                return None;
            }
            next = key.checked_add(1);
        }
        if let Some(gap) = next {
            parts.cut(gap);
            self.write(|_| true, wide, parts);
        }
        Some(())
    }

    /// Writes the rows of a part, as far as they are of interest.
    fn write(
        &self,
        all: impl FnOnce(&mut dyn FnMut(u32) -> bool) -> bool,
        wide: &[u32],
        parts: &mut Parts,
    ) {
        let mut certain = 0;
        let mut put = |row: u32| {
            parts.rows.push(row);
            certain += usize::from(self.is_certain(row));
            certain < self.most
        };
        // Both rise, and so must what comes of them.
        let mut wide = wide.iter().copied().peekable();
        let goes_on = all(&mut |row| {
            while let Some(before) = wide.next_if(|it| *it < row) {
                if !put(before) {
                    return false;
                }
            }
            put(row)
        });
        if goes_on {
            wide.all(&mut put);
        }
        parts.ends.push(parts.rows.len());
    }

    fn step(&mut self, column: usize, beside: bool, lists: &mut Lists) -> Option<Child> {
        let Lists {
            wide,
            parts,
            cuts,
            children,
            ..
        } = lists;
        let wide = if beside { &[] } else { wide.as_slice() };
        cuts.clear();
        children.clear();
        let mut of_wide = None;
        let mut start = 0;
        for (part, end) in parts.ends.iter().enumerate() {
            let rows = parts.rows.get(start..*end)?;
            start = *end;
            // Between keys lie parts of the same rows, those that take everything.
            let plain = rows.last() == wide.last() && rows == wide;
            let child = match of_wide {
                Some(child) if plain => child,
                _ => self.child(rows)?,
            };
            if plain {
                of_wide = Some(child);
            }
            if children.last() == Some(&child) {
                continue;
            }
            if part > 0 {
                cuts.push(*parts.cuts.get(part - 1)?);
            }
            children.push(child);
        }
        match (cuts.as_slice(), children.as_slice()) {
            ([], [child]) => Some(*child),
            (cuts, children) => self.look_up(column, cuts, children),
        }
    }

    /// A step of an array or of cuts.
    fn look_up(&mut self, column: usize, cuts: &[i64], children: &[Child]) -> Option<Child> {
        // Missing has a child of its own in an array.
        let missing = *children.first()?;
        let (near, of_near) = match cuts {
            [first, rest @ ..] if *first == MISSING + 1 => (rest, children.get(1..)?),
            cuts => (cuts, children),
        };
        if let [first, _, .., last] = near {
            let count = last.abs_diff(*first);
            if count <= near.len() as u64 * CLOSE {
                let child = self.looking_up(Step::Array, column, usize::try_from(count).ok()?)?;
                self.words.push(first.cast_unsigned());
                self.pairs([of_near.first()?.0, of_near.last()?.0].into_iter());
                self.words.push(missing.0.into());
                let mut all = Vec::with_capacity(usize::try_from(count).ok()?);
                for (pair, child) in near.windows(2).zip(of_near.get(1..)?) {
                    if let [from, to] = pair {
                        let keys = usize::try_from(to.abs_diff(*from)).ok()?;
                        all.extend(std::iter::repeat_n(child.0, keys));
                    }
                }
                self.pairs(all.into_iter());
                return Some(child);
            }
        }
        let child = self.looking_up(Step::Cuts, column, cuts.len())?;
        self.words
            .extend(cuts.iter().map(|cut| cut.cast_unsigned()));
        self.pairs(children.iter().map(|child| child.0));
        Some(child)
    }
}

enum Split {
    Made(Child),
    /// The rows would be written too often.
    TooOften,
    /// There are too many rows for any index.
    TooMany,
}

/// The rows that take what lies between two cuts, rising.
enum Active<'l> {
    List(&'l mut Vec<u32>),
    Tree(BTreeSet<u32>),
}

impl Active<'_> {
    fn new(rows: usize, list: &mut Vec<u32>) -> Active<'_> {
        list.clear();
        if rows <= LISTED {
            Active::List(list)
        } else {
            Active::Tree(BTreeSet::new())
        }
    }

    fn change(&mut self, row: u32, begins: bool) {
        match self {
            Active::List(rows) => match (rows.binary_search(&row), begins) {
                (Err(at), true) => rows.insert(at, row),
                (Ok(at), false) => {
                    rows.remove(at);
                }
                // Intervals of a row are apart.
                _ => {}
            },
            Active::Tree(rows) => {
                if begins {
                    rows.insert(row);
                } else {
                    rows.remove(&row);
                }
            }
        }
    }

    fn all(&self, tell: &mut dyn FnMut(u32) -> bool) -> bool {
        match self {
            Active::List(rows) => rows.iter().all(|row| tell(*row)),
            Active::Tree(rows) => rows.iter().all(|row| tell(*row)),
        }
    }
}

/// What takes everything is the first interval of a column, see [`Sets::is_all`].
const _: () = assert!(ALL.0 == i64::MIN && ALL.1 == i64::MAX);
