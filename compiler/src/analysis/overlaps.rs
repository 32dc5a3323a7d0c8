//! Rows of a table or grid that can decide one case together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use assize_eval::failure::{ErrorCode, Failure};
use assize_ir::{Body, Grid, GridHead, Hit, NodeId, PlaceId, Program, Table};

use super::solve::Made;
use super::space::Dimension;
use super::table::is_constant;
use super::table::{Context, constants, same_value};
use super::witness::Case;
use super::{Finder, MAX_COUNTED, MAX_SHOWN, counted_rest, listed};
use crate::boxes::{AtomBox, meeting_box, overlaps};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

/// Rows that are tried to find the case that most rows take.
const MAX_TRIED: usize = 64;

/// Rows of one clash that are shown beside the one where the finding stands; the claim counts the
/// others. A mark at each of some thousand rows is read by nobody, and takes seconds to draw.
const MAX_PARTIES: usize = 16;

/// Rows of one clash up to which its pairs are kept one by one.
const MAX_PAIRED: usize = 64;

/// Clashes of more rows that are kept as a whole.
const MAX_CROWDS: usize = 64;

/// Why nobody knows whether two rows clash.
const UNSURE: &str = "it depends on conditions that are known only when it runs";
const NOT_FOUND: &str = "no such case was found, and that there is none was not proved";
const NOT_EQUAL: &str = "no case was found in which they say different things, and that they never do \
                         was not proved";

/// What takes part in a conflict.
struct Party {
    name: String,
    place: PlaceId,
    says: String,
    /// The outputs, where they are constants.
    value: Option<Vec<String>>,
}

impl Context<'_> {
    /// Rows that overlap under `hit unique` and `hit same`: one finding for each case, with all rows
    /// that the replayed case names.
    pub(super) fn overlaps(&self, finder: &mut Finder<'_>, table: Option<&Table>) {
        let found = overlaps(&self.compressed.space, &self.compressed.rows);
        let mut near: HashMap<u32, Vec<u32>> = HashMap::new();
        for (a, b) in &found.pairs {
            near.entry(*a).or_default().push(*b);
            near.entry(*b).or_default().push(*a);
        }
        // By the first box of each row: a row that compares with names is several boxes.
        let mut told = Told::default();
        let mut shown_places: HashSet<Vec<PlaceId>> = HashSet::new();
        let (mut shown, mut more) = (0, 0);
        let mut unfinished = false;
        let same = table.is_some_and(|table| table.hit == Hit::Same);
        // Pairs of rows are counted by what meets, others one by one, as are those that compare with names.
        let mut dimensions = self.subjects.dimensions.iter();
        let all_count = table.is_some() && !same && !dimensions.any(Dimension::is_opaque);
        for (a, b) in &found.pairs {
            if shown == MAX_SHOWN && all_count {
                break;
            }
            let pair = (self.first_box(*a), self.first_box(*b));
            let repeated = table.is_none() && !self.is_new(finder, &shown_places, (*a, *b));
            if pair.0 == pair.1
                || repeated
                || told.contains(pair)
                || same && self.agree(finder, *a, *b)
            {
                continue;
            }
            let Some(clash) = self.clash(finder, (*a, *b), &near, same) else {
                continue;
            };
            let boxes = &clash.boxes;
            told.add(boxes.iter().map(|boxed| self.first_box(*boxed)).collect());
            // Two rows of a grid meet in several columns, and are told once.
            let parties = self.parties(finder, boxes);
            let places = parties.iter().map(|party| party.place).collect();
            if !shown_places.insert(places) {
                continue;
            }
            if shown < MAX_SHOWN {
                shown += 1;
                let diagnostic = self.overlap(finder, table, &clash, &parties);
                finder.out.push(diagnostic);
            } else if more < MAX_COUNTED {
                more += 1;
            } else {
                unfinished = true;
                break;
            }
        }
        let claim = if !all_count {
            let what = if same { "case" } else { "pair" };
            let rest = counted_rest(more, unfinished, what);
            let claim = match table {
                Some(_) if same => format!("{rest} in which rows say different things"),
                Some(_) => format!("{rest} of rows can both apply"),
                None => format!("{rest} of rows or columns can both apply"),
            };
            (more > 0).then_some(claim)
        } else {
            match found.total.saturating_sub(told.pairs()) {
                0 => None,
                1 => Some("1 more pair of rows overlaps".to_string()),
                more => Some(format!("{more} more pairs of rows overlap")),
            }
        };
        if let Some(claim) = claim.filter(|_| shown == MAX_SHOWN) {
            finder.rest(codes::OVERLAP, finder.name_of(self.id), claim);
        }
    }

    /// Whether the rows of two boxes, or in one row of a grid their columns, are told for the first
    /// time.
    fn is_new(
        &self,
        finder: &Finder<'_>,
        shown: &HashSet<Vec<PlaceId>>,
        (a, b): (u32, u32),
    ) -> bool {
        let parties = self.parties(finder, &[a, b]);
        !shown.contains(&parties.iter().map(|party| party.place).collect::<Vec<_>>())
    }

    /// The first box of a box's row (and column).
    fn first_box(&self, boxed: u32) -> u32 {
        let mut first = boxed;
        while let Some(before) = first.checked_sub(1)
            && self.of_one_row(before, boxed)
        {
            first = before;
        }
        first
    }

    /// Whether two rows give the same in every case: each output is an equal constant, or has the same
    /// words.
    pub(super) fn agree(&self, finder: &Finder<'_>, a: u32, b: u32) -> bool {
        let program = finder.program;
        let same = || {
            let callable = program.callable(self.id)?;
            let ((one, head), (other, _)) = (self.row(program, a)?, self.row(program, b)?);
            let mut outputs = one.outputs.iter().zip(&other.outputs);
            // What the record gives by itself stands at the row, and is the same in every row.
            let given = |node: NodeId, place: PlaceId| {
                callable.node(node).is_none_or(|node| node.place == place)
            };
            Some(
                head.is_none()
                    && outputs.all(|(x, y)| {
                        given(*x, one.place) && given(*y, other.place)
                            || same_value(finder, callable, *x, *y)
                    }),
            )
        };
        same().unwrap_or(false)
    }

    /// Whether what a row gives comes from more than its cells.
    fn is_computed(&self, program: &Program, boxed: u32) -> bool {
        let row = program.callable(self.id).zip(self.row(program, boxed));
        row.is_some_and(|(callable, (row, _))| {
            let mut outputs = row.outputs.iter();
            outputs.any(|output| !is_constant(callable, *output))
        })
    }

    /// A case that two rows take, and perhaps others. `None`: it cannot happen.
    fn clash(
        &self,
        finder: &Finder<'_>,
        (a, b): (u32, u32),
        near: &HashMap<u32, Vec<u32>>,
        same: bool,
    ) -> Option<Clash> {
        let program = finder.program;
        let boxed = |row: u32| self.compressed.rows.get(row as usize);
        let meet = meeting_box(&self.compressed.space, boxed(a)?, boxed(b)?)?;
        if !self.possible(&meet) {
            return None;
        }
        let opaque = self.opaque(&meet);
        // The case that most rows take says most; it may be one that cannot happen.
        let mut narrow = meet.clone();
        // Rows and columns of a grid clash apart from each other, and are told apart.
        let grid = self.subjects.origin.iter().any(|(_, head)| head.is_some());
        let others = match near.get(&b) {
            Some(others) if !grid => others.as_slice(),
            _ => &[],
        };
        for other in others.iter().take(MAX_TRIED).filter(|other| **other != a) {
            let narrower = boxed(*other)
                .and_then(|other| meeting_box(&self.compressed.space, &narrow, other))
                .filter(|narrower| opaque || !self.opaque(narrower))
                .filter(|narrower| self.possible(narrower));
            if let Some(narrower) = narrower {
                narrow = narrower;
            }
        }
        let conflict = |case: &Case, inside: &AtomBox| -> Option<Vec<u32>> {
            let failure = case.replay(program, self.id).err()?;
            (failure.code == ErrorCode::Conflict).then(|| self.named(program, &failure, inside))
        };
        let of_both = |boxes: &[u32]| boxes.contains(&a) && boxes.contains(&b);
        let proved = |boxes: Vec<u32>, mut case: Case| {
            if opaque || (same && boxes.iter().any(|boxed| self.is_computed(program, *boxed))) {
                case.say_all(program, self.id);
            }
            let case = Some(case);
            Some(Clash {
                boxes,
                case,
                why: "",
            })
        };
        let (mut first, mut start, mut gave_up) = (None, None, false);
        for inside in [&narrow, &meet] {
            match self.case(inside, false) {
                Made::Case(case) => {
                    let wanted = self.wanted(inside);
                    if (!self.opaque(inside) || self.solver.is_in(&case, &wanted))
                        && let Some(boxes) = conflict(&case, inside)
                    {
                        // Others than these may be what clashed.
                        if of_both(&boxes) {
                            return proved(boxes, *case);
                        }
                        first.get_or_insert((boxes, case.clone()));
                    }
                    start = Some(case);
                }
                Made::Never => {}
                Made::GaveUp => gave_up = true,
            }
            if narrow == meet {
                break;
            }
        }
        if let Some((boxes, case)) = first.filter(|(boxes, _)| boxes.len() > 1) {
            return proved(boxes, *case);
        }
        let may = |why| {
            let boxes = vec![a, b];
            Some(Clash {
                boxes,
                case: None,
                why,
            })
        };
        // What they say may differ in another case than the first.
        match start {
            Some(start) if opaque || same => {
                let both = |case: &Case| conflict(case, &meet).is_some_and(|it| of_both(&it));
                match self.solver.search(&start, self.wanted(&meet), both) {
                    Some(case) => proved(conflict(&case, &meet)?, case),
                    None if opaque => may(UNSURE),
                    None => may(NOT_EQUAL),
                }
            }
            None if gave_up => may(NOT_FOUND),
            _ => None,
        }
    }

    /// The boxes that a replayed conflict names, in the order of the table.
    fn named(&self, program: &Program, failure: &Failure, inside: &AtomBox) -> Vec<u32> {
        let Some(body) = program.callable(self.id).map(|callable| &callable.body) else {
            return Vec::new();
        };
        let names = |what: &str, columns: usize| -> Vec<&str> {
            let all = failure.values.iter();
            let mut named: Vec<&str> = all
                .filter(|(name, _)| name == what)
                .map(|(_, value)| value.as_str())
                .collect();
            // Behind the rows stand the inputs; one of them may be called as they are.
            named.truncate(named.len().saturating_sub(columns));
            named
        };
        let (rows, columns, across) = match body {
            Body::Table(table) => (&table.rows[..], &table.columns, None),
            Body::Grid(grid) => (&grid.rows[..], &grid.columns, Some(grid)),
            _ => return Vec::new(),
        };
        let called = |what: &str| {
            let across = across.is_some_and(|grid| grid.across.name == what);
            columns.iter().filter(|column| column.name == what).count() + usize::from(across)
        };
        let row_names: HashSet<&str> = names("row", called("row")).into_iter().collect();
        let heads: HashSet<&str> = names("column", called("column")).into_iter().collect();
        let all = (0u32..).zip(&self.subjects.origin);
        all.filter(|(number, (row, head))| {
            let row = rows.get(*row);
            let head = head.and_then(|head| across?.heads.get(head));
            row.is_some_and(|row| row_names.contains(row.name.as_str()))
                && head.is_none_or(|head| heads.contains(head.name.as_str()))
                && self
                    .compressed
                    .rows
                    .get(*number as usize)
                    .is_some_and(|row| meeting_box(&self.compressed.space, row, inside).is_some())
        })
        .map(|(number, _)| number)
        .collect()
    }

    /// What takes part: rows, or columns of a grid that clash in one row.
    fn parties(&self, finder: &Finder<'_>, boxes: &[u32]) -> Vec<Party> {
        let program = finder.program;
        let mut out: Vec<Party> = Vec::new();
        let grid = match program.callable(self.id).map(|callable| &callable.body) {
            Some(Body::Grid(grid)) => Some(grid),
            _ => None,
        };
        let rows: HashSet<usize> = boxes
            .iter()
            .filter_map(|boxed| Some(self.subjects.origin.get(*boxed as usize)?.0))
            .collect();
        for boxed in boxes {
            let Some((row, head)) = self.row(program, *boxed) else {
                continue;
            };
            let column = grid.and_then(|grid| grid.heads.get(head?));
            let (name, place) = match column {
                Some(column) if rows.len() == 1 => {
                    (self.head_name(grid, column, head), column.place)
                }
                _ => (finder.row_name(&row), row.place),
            };
            if out.iter().any(|known| known.place == place) {
                continue;
            }
            let all = constants(program, self.id, &row);
            out.push(Party {
                name,
                place,
                says: self.output_text(finder, &row, head),
                value: match head {
                    Some(head) => all.and_then(|all| Some(vec![all.get(head)?.clone()])),
                    None => all,
                },
            });
        }
        out
    }

    /// `column 10+`; where others are headed the same, `column 3 (10+)`.
    fn head_name(&self, grid: Option<&Grid>, column: &GridHead, at: Option<usize>) -> String {
        let heads = grid.map(|grid| grid.heads.as_slice()).unwrap_or_default();
        let alike = heads.iter().filter(|head| head.name == column.name).count();
        match at {
            Some(at) if alike > 1 => format!("column {} ({})", at + 1, column.name),
            _ => format!("column {}", column.name),
        }
    }

    fn overlap(
        &self,
        finder: &Finder<'_>,
        table: Option<&Table>,
        clash: &Clash,
        parties: &[Party],
    ) -> Diagnostic {
        let program = finder.program;
        let two = parties.len() == 2;
        let both = if two { "both" } else { "all" };
        let names: Vec<String> = parties.iter().map(|party| party.name.clone()).collect();
        let what = if table.is_some() { "rows" } else { "places" };
        let equal = parties.first().is_some_and(|first| {
            parties.iter().all(|party| {
                party.says == first.says || (party.value.is_some() && party.value == first.value)
            })
        });
        let same = table.is_some_and(|table| table.hit == Hit::Same);
        let can = if clash.case.is_some() { "can" } else { "may" };
        let differ = if same {
            " and say different things"
        } else {
            ""
        };
        let claim = format!("{} {can} {both} apply{differ}", listed(&names, what));
        let severity = if clash.case.is_some() {
            Severity::Error
        } else {
            Severity::Note
        };
        let (last, others) = match parties.split_last() {
            Some((last, others)) => (Some(last), others),
            None => (None, parties),
        };
        let at = last.map_or_else(|| finder.name_of(self.id), |last| finder.at(last.place));
        let mut diagnostic = Diagnostic::new(codes::OVERLAP, severity, at, claim);
        if let Some(last) = last {
            diagnostic = diagnostic.label(format!("says {}", last.says));
        }
        for party in others.iter().take(MAX_PARTIES) {
            diagnostic = diagnostic.related(finder.at(party.place), format!("says {}", party.says));
        }
        if let Some(case) = &clash.case {
            let agree = match (equal && !same, parties.first()) {
                (true, Some(first)) => format!(", and {both} give {}", first.says),
                _ => String::new(),
            };
            diagnostic = diagnostic.because(format!("{both} take {}{agree}", case.words()));
            let outcome = format!("conflict between {}", listed(&names, what));
            diagnostic.witness = Some(case.witness(program, self.id, &outcome, "conflict"));
        } else {
            diagnostic = diagnostic.because(clash.why);
        }
        let narrow = if two {
            "narrow one of them"
        } else {
            "narrow them"
        };
        diagnostic.instead(match table {
            None => narrow.to_string(),
            Some(_) if same => format!("let {both} say the same, or {narrow}"),
            Some(_) if equal => {
                format!("{narrow}, or allow rows that say the same: `hit same`")
            }
            Some(_) => format!("{narrow}, or let the first decide: `hit first`"),
        })
    }
}

/// A case that several rows take.
struct Clash {
    /// The boxes of these rows, rising.
    boxes: Vec<u32>,
    /// The case whose replay ended with the conflict; `None`: it was not proved.
    case: Option<Case>,
    /// Why nobody knows, where it was not proved.
    why: &'static str,
}

/// The pairs of rows that the findings are about. Where thousands of rows clash at once, their pairs are
/// millions: of such a crowd the rows are kept.
#[derive(Default)]
struct Told {
    pairs: BTreeSet<(u32, u32)>,
    crowds: Vec<Vec<u32>>,
}

impl Told {
    /// The rows of a clash, rising.
    fn add(&mut self, mut rows: Vec<u32>) {
        rows.dedup();
        if rows.len() > MAX_PAIRED && self.crowds.len() < MAX_CROWDS {
            self.crowds.push(rows);
            return;
        }
        for (at, later) in rows.iter().enumerate() {
            let earlier = rows.iter().take(at);
            self.pairs.extend(earlier.map(|earlier| (*earlier, *later)));
        }
    }

    fn contains(&self, (a, b): (u32, u32)) -> bool {
        let within =
            |crowd: &Vec<u32>| crowd.binary_search(&a).is_ok() && crowd.binary_search(&b).is_ok();
        self.pairs.contains(&(a, b)) || self.crowds.iter().any(within)
    }

    /// How many there are.
    fn pairs(&self) -> u64 {
        let outside = |pair: &&(u32, u32)| {
            let (a, b) = **pair;
            !self
                .crowds
                .iter()
                .any(|crowd| crowd.binary_search(&a).is_ok() && crowd.binary_search(&b).is_ok())
        };
        let alone = self.pairs.iter().filter(outside).count();
        // A row by the crowds that it is in: two rows are a pair where they have one in common.
        let mut memberships: BTreeMap<u32, u64> = BTreeMap::new();
        for (crowd, rows) in self.crowds.iter().enumerate() {
            for row in rows {
                *memberships.entry(*row).or_default() |= 1 << crowd;
            }
        }
        let mut alike: BTreeMap<u64, u64> = BTreeMap::new();
        for crowds in memberships.into_values() {
            *alike.entry(crowds).or_default() += 1;
        }
        let mut together = 0u64;
        for (at, (crowds, rows)) in alike.iter().enumerate() {
            together += rows * (rows - 1) / 2;
            let others = alike.iter().take(at);
            together += others
                .filter(|(other, _)| *other & crowds != 0)
                .map(|(_, others)| rows * others)
                .sum::<u64>();
        }
        together + u64::try_from(alone).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counted as a whole or pair by pair: the same.
    #[test]
    fn crowds_are_counted_as_their_pairs_are() {
        let size = u32::try_from(MAX_PAIRED).unwrap_or(0);
        let groups: [Vec<u32>; 4] = [
            (0..size + 1).collect(),
            (size / 2..size * 2).collect(),
            (0..size).collect(),
            vec![1, 2, size * 3],
        ];
        let (mut told, mut all) = (Told::default(), BTreeSet::new());
        for rows in &groups {
            told.add(rows.clone());
            for (at, later) in rows.iter().enumerate() {
                all.extend(rows.iter().take(at).map(|earlier| (*earlier, *later)));
            }
        }
        assert_eq!(told.crowds.len(), 2, "one at the limit, two past it");
        assert_eq!(told.pairs(), u64::try_from(all.len()).unwrap_or(0));
        assert!(all.iter().all(|pair| told.contains(*pair)));
        assert!(!told.contains((0, size * 2 - 1)));
    }

    #[test]
    fn so_many_crowds_are_kept_as_a_whole() {
        let size = u32::try_from(MAX_PAIRED).unwrap_or(0) + 1;
        let mut told = Told::default();
        for crowd in 0..u32::try_from(MAX_CROWDS).unwrap_or(0) + 1 {
            told.add((crowd * size..(crowd + 1) * size).collect());
        }
        assert_eq!(told.crowds.len(), MAX_CROWDS);
        let each = u64::from(size) * u64::from(size - 1) / 2;
        assert_eq!(
            told.pairs(),
            each * (u64::try_from(MAX_CROWDS).unwrap_or(0) + 1)
        );
    }
}
