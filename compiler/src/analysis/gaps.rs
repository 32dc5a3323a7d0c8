//! Cases that nothing decides: of a table no row, of a rule no exception.

use assize_eval::failure::ErrorCode;
use assize_ir::{CallableId, Hit};

use super::solve::{Made, Solver, Wanted};
use super::table::Context;
use super::time::{Judged, Time, ends};
use super::witness::Case;
use super::{Finder, MAX_COUNTED, MAX_SHOWN, counted_rest};
use crate::boxes::{AtomBox, GapSearch, MAX_NODES, Space, Undecided};
use crate::codes;
use crate::diagnostic::{Code, Diagnostic, Severity};

/// Why nobody knows whether a gap is one: of what it hangs on no case was found.
const UNSURE: &str =
    "it depends on conditions that are known only when it runs; such a case is refused then";

/// Why nobody knows whether a gap is one: no case passed the checks of its records.
const NOT_FOUND: &str = "no such case was found, and that there is none was not proved; such a case is refused \
                         then";

/// What is known of a gap.
pub(super) enum Tried {
    /// A case of it ended undecided.
    Case(Box<Case>),
    /// Nobody knows whether it can happen, and why.
    Unsure(&'static str),
    /// It cannot happen.
    Never,
}

/// What running a case of a gap says of it. `unsure`: it depends on what is known only when it runs.
pub(super) fn tried(solver: &Solver<'_>, gap: Wanted<'_>, unsure: bool) -> Tried {
    let (program, id) = (solver.program, solver.id);
    let open = |case: &Case| {
        let replayed = case.replay(program, id);
        replayed.is_err_and(|failure| failure.code == ErrorCode::Undecided)
    };
    match solver.case_in(gap, !unsure) {
        Made::Never => Tried::Never,
        Made::GaveUp => Tried::Unsure(NOT_FOUND),
        Made::Case(case) if !unsure => match open(&case) {
            true => Tried::Case(case),
            false => Tried::Never,
        },
        Made::Case(case) => match solver.search(&case, gap, open) {
            Some(mut case) => {
                case.say_all(program, id);
                Tried::Case(Box::new(case))
            }
            None => Tried::Unsure(UNSURE),
        },
    }
}

/// What was found of gaps.
#[derive(Default)]
pub(super) struct Open {
    /// Gaps that are shown, each with a case whose replay ended undecided.
    pub(super) shown: Vec<(AtomBox, Box<Case>)>,
    /// Number of further ones.
    more: usize,
    /// Whether there are others beyond these.
    unfinished: bool,
    /// The first gap that may be one, and why nobody knows.
    unsure: Option<(AtomBox, &'static str)>,
    /// What is said of the last days of rows.
    ends: Vec<String>,
    /// The steps ran out.
    undecided: Option<Undecided>,
}

/// Looks for gaps. Days before the first of their rows are none; those after the last have a note.
pub(super) fn open_cases(
    space: &Space,
    rows: &[AtomBox],
    time: &Time<'_>,
    mut open_case: impl FnMut(&AtomBox) -> Tried,
) -> Open {
    let mut search = GapSearch::new(space, rows, MAX_NODES);
    let mut open = Open::default();
    loop {
        let gap = match search.next_gap() {
            Ok(Some(gap)) => gap,
            Ok(None) => break,
            Err(undecided) => {
                open.undecided = Some(undecided);
                open.unfinished = true;
                break;
            }
        };
        match time.judge(gap) {
            Judged::Before(settled) => search.cover(&settled),
            Judged::After(end) => {
                search.cover(&end.settled);
                if !open.ends.contains(&end.claim) {
                    open.ends.push(end.claim);
                }
            }
            Judged::Open(gap) => {
                search.cover(&gap);
                let case = match open_case(&gap) {
                    Tried::Case(case) => case,
                    Tried::Unsure(why) => {
                        open.unsure.get_or_insert((gap, why));
                        continue;
                    }
                    Tried::Never => continue,
                };
                if open.shown.len() < MAX_SHOWN {
                    open.shown.push((gap, case));
                } else if open.more < MAX_COUNTED {
                    open.more += 1;
                } else {
                    open.unfinished = true;
                    break;
                }
            }
        }
    }
    open
}

impl Open {
    /// Counts what is not shown, and notes the last days.
    pub(super) fn rest(
        &self,
        finder: &mut Finder<'_>,
        id: CallableId,
        code: Code,
        claim: impl Fn(&str) -> String,
    ) {
        ends(finder, id, &self.ends);
        if self.more > 0 {
            let kinds = counted_rest(self.more, self.unfinished, "kind");
            finder.rest(code, finder.name_of(id), claim(&kinds));
        }
    }

    /// A gap that may be one and why nobody knows, where none is shown.
    pub(super) fn unsure(&self) -> Option<&(AtomBox, &'static str)> {
        self.unsure.as_ref().filter(|_| self.shown.is_empty())
    }

    /// The steps ran out before a gap beyond those shown was found.
    pub(super) fn undecided(&self) -> Option<Undecided> {
        self.undecided.filter(|_| self.more == 0)
    }
}

impl Context<'_> {
    /// Cases that no row takes, each replayed; what is not shown is counted.
    pub(super) fn gaps(&self, finder: &mut Finder<'_>, hit: Hit) {
        let program = finder.program;
        let (compressed, dimensions) = (self.compressed, &self.subjects.dimensions);
        if compressed.space.columns.is_empty() && !compressed.rows.is_empty() {
            return;
        }
        let time = Time::new(program, dimensions, compressed);
        let open = open_cases(&compressed.space, &compressed.rows, &time, |gap| {
            tried(&self.solver, self.wanted(gap), self.opaque(gap))
        });
        let name = program
            .callable(self.id)
            .map(|c| c.name.clone())
            .unwrap_or_default();
        for (gap, case) in &open.shown {
            let words = compressed.box_words(program, dimensions, gap);
            let mut diagnostic = Diagnostic::new(
                codes::GAP,
                Severity::Warning,
                finder.name_of(self.id),
                format!("no row of `{name}` takes {words}"),
            )
            .because(format!(
                "for example {}: the decision ends with `undecided`",
                case.words()
            ));
            diagnostic.instead = Some(match hit {
                Hit::First => "add a row for it, or a last row for everything else".into(),
                _ => "add a row for it, or widen one".into(),
            });
            diagnostic.witness = Some(case.witness(program, self.id, "undecided", "undecided"));
            finder.out.push(diagnostic);
        }
        if let Some((gap, why)) = open.unsure() {
            let words = compressed.box_words(program, dimensions, gap);
            finder.out.push(
                Diagnostic::new(
                    codes::GAP_NOT_DECIDED,
                    Severity::Note,
                    finder.name_of(self.id),
                    format!("`{name}` may have no row for {words}"),
                )
                .because(*why)
                .instead("to be sure, add a row for it, or a last row for everything else"),
            );
        }
        if let Some(undecided) = open.undecided() {
            let claim = format!(
                "whether every case is covered was not decided: {}.{} % of the distinct cases \
                 were shown to be covered in {} steps",
                undecided.covered_per_mille / 10,
                undecided.covered_per_mille % 10,
                undecided.steps
            );
            let at = finder.name_of(self.id);
            finder.out.push(
                Diagnostic::new(codes::GAP_NOT_DECIDED, Severity::Note, at, claim)
                    .because("when it runs, a case that no row takes is refused, never guessed")
                    .instead("add a last row for everything else, or split the table"),
            );
        }
        open.rest(finder, self.id, codes::GAP, |kinds| {
            format!("no row of `{name}` takes {kinds} of case")
        });
    }
}
