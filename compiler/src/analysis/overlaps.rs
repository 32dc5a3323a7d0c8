//! Rows of a table or grid that can decide one case together.

use std::collections::{HashMap, HashSet};

use assize_eval::failure::{ErrorCode, Failure};
use assize_ir::{Body, Hit, PlaceId, Program, Table};

use super::table::{Context, constants};
use super::witness::Case;
use super::{Finder, MAX_SHOWN, listed};
use crate::boxes::{AtomBox, meeting_box, overlaps};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};

/// Rows that are tried to find the case that most rows take.
const MAX_TRIED: usize = 64;

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
        let mut told: HashSet<(u32, u32)> = HashSet::new();
        let mut shown_places: HashSet<Vec<PlaceId>> = HashSet::new();
        let mut shown = 0;
        let same = table.is_some_and(|table| table.hit == Hit::Same);
        for (a, b) in &found.pairs {
            if shown == MAX_SHOWN {
                break;
            }
            if told.contains(&(*a, *b)) {
                continue;
            }
            let Some(clash) = self.clash(finder, (*a, *b), &near) else {
                continue;
            };
            if same && clash.case.is_none() {
                continue;
            }
            let boxes = &clash.boxes;
            for (at, later) in boxes.iter().enumerate() {
                told.extend(boxes.iter().take(at).map(|earlier| (*earlier, *later)));
            }
            // Two rows of a grid meet in several columns, and are told once.
            let parties = self.parties(finder, boxes);
            let places = parties.iter().map(|party| party.place).collect();
            if !shown_places.insert(places) {
                continue;
            }
            shown += 1;
            let diagnostic = self.overlap(finder, table, &clash, &parties);
            finder.out.push(diagnostic);
        }
        let told = u64::try_from(told.len()).unwrap_or(u64::MAX);
        let more = found.total.saturating_sub(told);
        if shown == MAX_SHOWN && more > 0 && table.is_some() && !same {
            let claim = match more {
                1 => "1 more pair of rows overlaps".to_string(),
                more => format!("{more} more pairs of rows overlap"),
            };
            finder.note(codes::OVERLAP, finder.name_of(self.id), claim);
        }
    }

    /// A case that two rows take, and perhaps others. `None`: it cannot happen.
    fn clash(
        &self,
        finder: &Finder<'_>,
        (a, b): (u32, u32),
        near: &HashMap<u32, Vec<u32>>,
    ) -> Option<Clash> {
        let program = finder.program;
        let boxed = |row: u32| self.compressed.rows.get(row as usize);
        let meet = meeting_box(&self.compressed.space, boxed(a)?, boxed(b)?)?;
        let opaque = self.opaque(&meet);
        // The case that most rows take says most; it may be one that cannot happen.
        let mut narrow = meet.clone();
        let others = near.get(&b).map(Vec::as_slice).unwrap_or_default();
        for other in others.iter().take(MAX_TRIED).filter(|other| **other != a) {
            let narrower = boxed(*other)
                .and_then(|other| meeting_box(&self.compressed.space, &narrow, other))
                .filter(|narrower| opaque || !self.opaque(narrower));
            if let Some(narrower) = narrower {
                narrow = narrower;
            }
        }
        let mut first = None;
        for inside in [&narrow, &meet] {
            let mut case = self.case(program, inside, false);
            if opaque && let Some(case) = &mut case {
                case.say_all(program, self.id);
            }
            let replayed = case.as_ref().and_then(|case| case.replay(program, self.id));
            if let (Some(case), Some(Err(failure))) = (case, replayed)
                && failure.code == ErrorCode::Conflict
            {
                let boxes = self.named(program, &failure, inside);
                // Of opaque conditions others than these may be what clashed.
                if boxes.contains(&a) && boxes.contains(&b) {
                    return Some(Clash {
                        boxes,
                        case: Some(case),
                    });
                }
                first.get_or_insert((boxes, case));
            }
            if narrow == meet {
                break;
            }
        }
        if let Some((boxes, case)) = first.filter(|(boxes, _)| boxes.len() > 1) {
            return Some(Clash {
                boxes,
                case: Some(case),
            });
        }
        opaque.then_some(Clash {
            boxes: vec![a, b],
            case: None,
        })
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
            Body::Table(table) => (&table.rows, &table.columns, None),
            Body::Grid(grid) => (&grid.rows, &grid.columns, Some(grid)),
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
                    (format!("column {}", column.name), column.place)
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
        for party in others {
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
            diagnostic =
                diagnostic.because("it depends on conditions that are known only when it runs");
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
}
