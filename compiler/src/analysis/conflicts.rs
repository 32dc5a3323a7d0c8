//! Exceptions of a rule that can apply together, none above the other.

use std::collections::{BTreeSet, HashSet};
use std::ops::ControlFlow;

use assize_eval::failure::ErrorCode;
use assize_ir::{Body, CallableId, Exception, Rule};

use super::solve::{Made, Solver, Wanted};
use super::space::{Compressed, Dimension};
use super::table::{is_constant, same_value};
use super::witness::Case;
use super::{Finder, MAX_COUNTED, MAX_SHOWN, counted_rest, listed};
use crate::boxes::{
    AtomBox, MAX_NODES, Space, Verdict, box_within, boxes_meet, each_overlap, meeting_box,
    uncovered,
};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};
use crate::literal::literal;

/// Greatest number of parts in which two exceptions are looked at beside those that override them.
const MAX_PARTS: usize = 16;

/// Greatest number of pairs whose cases are compared in one rule.
const MAX_COMPARED: usize = 100_000;

/// Why nobody knows whether two exceptions clash.
const UNSURE: &str = "it depends on conditions that are known only when it runs";
const TOO_MUCH: &str = "whether an exception above them applies in every such case was not decided";
const NOT_FOUND: &str = "no such case was found, and that there is none was not proved";
const NOT_EQUAL: &str = "no case was found in which they say different things, and that they never do \
                         was not proved";

/// What the pairs of exceptions are compared with.
pub(super) struct Pairs<'c> {
    pub(super) id: CallableId,
    pub(super) rule: &'c Rule,
    pub(super) space: &'c Space,
    /// Per exception: the cases in which it applies.
    pub(super) cases: &'c [Vec<&'c AtomBox>],
    /// Per box: its exception, in rising order.
    pub(super) owner: &'c [usize],
    /// Per exception: those that override it.
    pub(super) above: &'c [Vec<usize>],
    /// Per exception: whether its cases are known.
    pub(super) known: &'c [bool],
    pub(super) solver: &'c Solver<'c>,
    pub(super) compressed: &'c Compressed<'c>,
    pub(super) dimensions: &'c [Dimension],
}

/// What is told so far.
#[derive(Default)]
struct Told {
    /// For each case, the exceptions that it names.
    cases: Vec<HashSet<usize>>,
    shown: usize,
    /// Beyond those that are shown.
    sure: usize,
    unsure: usize,
    /// Pairs whose cases were compared.
    compared: usize,
}

impl Told {
    /// Whether a case tells of both.
    fn together(&self, i: usize, j: usize) -> bool {
        let mut cases = self.cases.iter();
        cases.any(|case| case.contains(&i) && case.contains(&j))
    }
}

/// Why not all pairs were looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    /// As many were found as are counted.
    Counted,
    /// More have cases in common than are compared.
    Budget,
}

/// An exception that takes part in a conflict, and what it says where values were compared.
struct Party {
    at: usize,
    says: Option<String>,
}

/// What is known of two exceptions.
enum Meeting {
    Never,
    /// Nobody knows, and why.
    Unsure(&'static str),
    /// A case that ended with a conflict, and the exceptions that it names.
    Conflict(Box<Case>, Vec<Party>),
}

impl Pairs<'_> {
    /// Exceptions that clash: one finding for each case, with all that the replayed case names.
    pub(super) fn conflicts(&self, finder: &mut Finder<'_>) {
        let mut told = Told::default();
        let ended = self.pairs(|i, j| self.pair(finder, &mut told, i, j));
        for (more, how) in [(told.sure, "can"), (told.unsure, "may")] {
            if more > 0 {
                let pairs = counted_rest(more, ended == Some(Ended::Counted), "pair");
                let claim = format!("{pairs} of exceptions {how} apply together");
                finder.rest(codes::EXCEPTIONS_CONFLICT, finder.name_of(self.id), claim);
            }
        }
        if ended == Some(Ended::Budget) {
            finder.out.push(
                Diagnostic::new(
                    codes::EXCEPTIONS_CONFLICT,
                    Severity::Note,
                    finder.name_of(self.id),
                    "whether more exceptions can apply together was not decided".to_string(),
                )
                .because(format!(
                    "more than {MAX_COMPARED} pairs of exceptions have cases in common"
                ))
                .instead("divide the rule, or let a table choose among them"),
            );
        }
    }

    /// Goes through the pairs that may have a case in common, by the later, then by the earlier: of
    /// thousands of exceptions that exclude each other, no two are compared.
    fn pairs(&self, mut look: impl FnMut(usize, usize) -> ControlFlow<Ended>) -> Option<Ended> {
        let rows = &self.compressed.rows;
        let owner = |row: u32| self.owner.get(row as usize).copied().unwrap_or(0);
        let unknown: Vec<usize> = (0..self.rule.exceptions.len())
            .filter(|at| !self.is_known(*at))
            .collect();
        let mut next = 0;
        let mut partners: BTreeSet<usize> = BTreeSet::new();
        // The pairs of the exceptions before `end`, all of whose partners are there.
        let mut flush = |next: &mut usize, partners: &mut BTreeSet<usize>, end: usize| {
            while *next < end {
                let j = *next;
                *next += 1;
                let with: Vec<usize> = if self.is_known(j) {
                    let before = unknown.partition_point(|at| *at < j);
                    partners.extend(unknown.iter().take(before));
                    std::mem::take(partners).into_iter().collect()
                } else {
                    (0..j).collect()
                };
                for i in with {
                    look(i, j)?;
                }
            }
            ControlFlow::Continue(())
        };
        let mut outcome = each_overlap(self.space, rows, |earlier, later| {
            let (i, j) = (owner(earlier), owner(later));
            if i == j {
                return ControlFlow::Continue(());
            }
            // Partners belong to the exception that is next.
            flush(&mut next, &mut partners, j)?;
            partners.insert(i);
            ControlFlow::Continue(())
        });
        if outcome.is_continue() {
            outcome = flush(&mut next, &mut partners, self.rule.exceptions.len());
        }
        outcome.break_value()
    }

    fn is_known(&self, at: usize) -> bool {
        self.known.get(at).copied().unwrap_or(false)
    }

    fn pair(
        &self,
        finder: &mut Finder<'_>,
        told: &mut Told,
        i: usize,
        j: usize,
    ) -> ControlFlow<Ended> {
        let directly = |lower: usize, upper: usize| {
            self.above
                .get(lower)
                .is_some_and(|above| above.contains(&upper))
        };
        if directly(i, j) || directly(j, i) || told.together(i, j) || self.covered(i, j) {
            return ControlFlow::Continue(());
        }
        if self.rule.may_agree && self.say_the_same(finder, i, j) {
            return ControlFlow::Continue(());
        }
        told.compared += 1;
        if told.compared > MAX_COMPARED {
            return ControlFlow::Break(Ended::Budget);
        }
        let found = match self.meeting(finder, i, j) {
            Meeting::Never => return ControlFlow::Continue(()),
            found => found,
        };
        if told.sure + told.unsure == MAX_COUNTED {
            return ControlFlow::Break(Ended::Counted);
        }
        match found {
            Meeting::Conflict(case, parties) => {
                told.cases
                    .push(parties.iter().map(|party| party.at).collect());
                if told.shown == MAX_SHOWN {
                    told.sure += 1;
                    return ControlFlow::Continue(());
                }
                let diagnostic = self.conflict(finder, &case, &parties);
                finder.out.push(diagnostic);
            }
            _ if told.shown == MAX_SHOWN => {
                told.unsure += 1;
                return ControlFlow::Continue(());
            }
            Meeting::Unsure(why) => {
                let exceptions = &self.rule.exceptions;
                if let (Some(earlier), Some(later)) = (exceptions.get(i), exceptions.get(j)) {
                    let diagnostic = self.may_both(finder, (earlier, later), why);
                    finder.out.push(diagnostic);
                }
            }
            Meeting::Never => {}
        }
        told.shown += 1;
        ControlFlow::Continue(())
    }

    /// Whether some exception that overrides one of the two applies wherever one of them does: then they
    /// never clash. Most pairs of a long order of precedence are like that.
    fn covered(&self, i: usize, j: usize) -> bool {
        let of = |at: usize| self.cases.get(at).map(Vec::as_slice).unwrap_or_default();
        let above = |at: usize| self.above.get(at).map(Vec::as_slice).unwrap_or_default();
        if !self.is_known(i) || !self.is_known(j) {
            return false;
        }
        let mut upper = above(i).iter().chain(above(j));
        upper.any(|upper| {
            *upper != i
                && *upper != j
                && [i, j].iter().any(|lower| {
                    of(*lower).iter().all(|inner| {
                        let outer = of(*upper).iter();
                        let mut outer = outer.filter(|_| self.is_known(*upper));
                        outer.any(|outer| box_within(self.space, inner, outer))
                    })
                })
        })
    }

    fn meeting(&self, finder: &Finder<'_>, i: usize, j: usize) -> Meeting {
        if !self.is_known(i) || !self.is_known(j) {
            return Meeting::Unsure(UNSURE);
        }
        // Where an exception applies that overrides one of the two, they do not clash.
        let over = |at: usize| self.above.get(at).map(Vec::as_slice).unwrap_or_default();
        let above: BTreeSet<usize> = over(i)
            .iter()
            .chain(over(j))
            .copied()
            .filter(|at| *at != i && *at != j)
            .collect();
        let certain = above.iter().all(|at| self.is_known(*at));
        let of = |at: usize| self.cases.get(at).map(Vec::as_slice).unwrap_or_default();
        let above: Vec<&AtomBox> = above.iter().flat_map(|at| of(*at)).copied().collect();
        let mut unsure = None;
        for a in of(i) {
            for b in of(j) {
                let Some(meet) = meeting_box(self.space, a, b) else {
                    continue;
                };
                let over: Vec<AtomBox> = above
                    .iter()
                    .filter(|over| boxes_meet(self.space, over, &meet))
                    .map(|over| (*over).clone())
                    .collect();
                // What is left beside the exceptions above, part by part: one may hold no case.
                let mut parts = Vec::new();
                let mut over_all = over;
                loop {
                    let part = if over_all.is_empty() {
                        Verdict::Gap(meet.clone())
                    } else {
                        uncovered(self.space, &meet, &over_all, MAX_NODES / 16)
                    };
                    match part {
                        Verdict::Complete => break,
                        Verdict::Gap(rest) if parts.len() < MAX_PARTS => {
                            over_all.push(rest.clone());
                            parts.push(rest);
                        }
                        _ => {
                            unsure.get_or_insert(TOO_MUCH);
                            break;
                        }
                    }
                }
                for part in &parts {
                    match self.part(finder, (i, j), part) {
                        Meeting::Never => {}
                        Meeting::Unsure(why) => {
                            unsure.get_or_insert(why);
                        }
                        found => return found,
                    }
                    if !certain {
                        unsure.get_or_insert(UNSURE);
                    }
                }
            }
        }
        unsure.map_or(Meeting::Never, Meeting::Unsure)
    }

    /// What is known of two exceptions in a part of what both take.
    fn part(&self, finder: &Finder<'_>, (i, j): (usize, usize), part: &AtomBox) -> Meeting {
        let wanted = Wanted {
            compressed: self.compressed,
            dimensions: self.dimensions,
            inside: part,
        };
        let opaque = self.compressed.opaque(self.dimensions, part);
        let clash = |case: &Case| {
            let parties = self.clashing(finder, case)?;
            let named = |at: usize| parties.iter().any(|party| party.at == at);
            (named(i) && named(j)).then_some(parties)
        };
        let mut start = None;
        for narrow in [true, false] {
            match self.solver.case_in(wanted, narrow && !opaque) {
                Made::Never => return Meeting::Never,
                Made::GaveUp => return Meeting::Unsure(NOT_FOUND),
                Made::Case(case) => {
                    let sure = !opaque || self.solver.is_in(&case, &wanted);
                    if sure && let Some(parties) = clash(&case) {
                        let mut case = case;
                        if opaque || self.says_more(finder, i, j) {
                            case.say_all(finder.program, self.id);
                        }
                        return Meeting::Conflict(case, parties);
                    }
                    start = Some(case);
                }
            }
        }
        // Without doubt they clash or cannot; what they say may differ in another case.
        if !opaque && !self.rule.may_agree {
            return Meeting::Never;
        }
        let found = start.and_then(|start| {
            let mut case = self
                .solver
                .search(&start, wanted, |case| clash(case).is_some())?;
            let parties = clash(&case)?;
            case.say_all(finder.program, self.id);
            Some(Meeting::Conflict(Box::new(case), parties))
        });
        found.unwrap_or(Meeting::Unsure(match opaque {
            true => UNSURE,
            false => NOT_EQUAL,
        }))
    }

    /// Whether both give the same: one constant, or one expression.
    fn say_the_same(&self, finder: &Finder<'_>, i: usize, j: usize) -> bool {
        let then = |at: usize| Some(self.rule.exceptions.get(at)?.then);
        let callable = finder.program.callable(self.id);
        let equal = |callable, a, b| same_value(finder, callable, a, b);
        match (callable, then(i), then(j)) {
            (Some(callable), Some(a), Some(b)) => equal(callable, a, b),
            _ => false,
        }
    }

    /// Whether what they say is compared and comes from more than what lets both apply.
    fn says_more(&self, finder: &Finder<'_>, i: usize, j: usize) -> bool {
        let callable = finder.program.callable(self.id);
        let computed = |at: usize| {
            let then = self.rule.exceptions.get(at)?.then;
            Some(!is_constant(callable?, then))
        };
        self.rule.may_agree && (computed(i) == Some(true) || computed(j) == Some(true))
    }

    /// The exceptions that a replayed conflict names, in the order of the rule.
    fn clashing(&self, finder: &Finder<'_>, case: &Case) -> Option<Vec<Party>> {
        let Err(failure) = case.replay(finder.program, self.id) else {
            return None;
        };
        if failure.code != ErrorCode::Conflict {
            return None;
        }
        // Behind the exceptions, each with its value where values were compared, stand the arguments.
        let mut named = failure.values.iter().peekable();
        let mut parties = Vec::new();
        for (at, exception) in self.rule.exceptions.iter().enumerate() {
            let next = named.next_if(|(what, name)| what == "exception" && *name == exception.name);
            if next.is_none() {
                continue;
            }
            let says = match self.rule.may_agree {
                true => named.next_if(|(what, _)| what == "value"),
                false => None,
            };
            let says = says.map(|(_, value)| value.clone());
            parties.push(Party { at, says });
        }
        (parties.len() > 1).then_some(parties)
    }

    fn conflict(&self, finder: &Finder<'_>, case: &Case, parties: &[Party]) -> Diagnostic {
        let program = finder.program;
        let found: Vec<(&Exception, Option<&String>)> = parties
            .iter()
            .filter_map(|party| {
                let exception = self.rule.exceptions.get(party.at)?;
                Some((exception, party.says.as_ref()))
            })
            .collect();
        let names: Vec<String> = found
            .iter()
            .map(|(it, _)| format!("`{}`", it.name))
            .collect();
        let two = found.len() == 2;
        let both = if two { "both" } else { "all" };
        let all = listed(&names, "exceptions");
        let (last, others) = match found.split_last() {
            Some((last, others)) => (Some(last), others),
            None => (None, found.as_slice()),
        };
        let agree = self.rule.may_agree;
        let differ = if agree {
            " and say different things"
        } else {
            ""
        };
        let at = last.map_or_else(
            || finder.name_of(self.id),
            |(last, _)| finder.at(last.place),
        );
        let label = |says: Option<&String>, plain: &str| match says {
            Some(value) => format!("says {value}"),
            None => plain.to_string(),
        };
        let mut diagnostic = Diagnostic::new(
            codes::EXCEPTIONS_CONFLICT,
            Severity::Error,
            at,
            format!("{all} can {both} apply{differ}"),
        )
        .label(label(last.and_then(|(_, says)| *says), "applies, too"));
        for (other, says) in others {
            diagnostic = diagnostic.related(finder.at(other.place), label(*says, "applies"));
        }
        let agreed = if agree {
            None
        } else {
            self.agreed(finder, case)
        };
        let same = match &agreed {
            Some(value) => format!(", and {both} give {value}"),
            None => String::new(),
        };
        diagnostic = diagnostic.because(format!("for {}{same}", case.words()));
        let say = match (last, others) {
            (Some((last, _)), [(first, _)]) => format!(
                "say which one decides (`{}`)",
                self.above(finder, last, first)
            ),
            _ => "say which one decides (`overrides`)".to_string(),
        };
        let narrow = if two { "narrow one" } else { "narrow them" };
        let instead = match agreed {
            _ if agree => format!("let {both} say the same, {say}, or {narrow}"),
            Some(_) => format!(
                "{say}, or {narrow}; that {both} say the same can be allowed: `exceptions may agree`"
            ),
            None => format!("{say}, or {narrow}; if {both} say the same: `exceptions may agree`"),
        };
        diagnostic = diagnostic.instead(instead);
        let outcome = format!("conflict between {all}");
        diagnostic.witness = Some(case.witness(program, self.id, &outcome, "conflict"));
        diagnostic
    }

    /// The head of an exception with which it overrides another one, beside those that it overrides
    /// already. What a package of others says nobody here can change, so the own one of two takes it.
    fn above(&self, finder: &Finder<'_>, last: &Exception, first: &Exception) -> String {
        let root = crate::db::Workspace::try_get(finder.db)
            .map(|workspace| workspace.root(finder.db).name(finder.db));
        let own = |it: &Exception| {
            let package = finder.at(it.place).decl.file.package(finder.db);
            root.is_none_or(|root| root == package)
        };
        let (upper, lower) = if own(first) && !own(last) {
            (first, last)
        } else {
            (last, first)
        };
        // An exception is declared by its bare name; an extension is called `module.name` from outside.
        let bare = upper.name.rsplit('.').next().unwrap_or(&upper.name);
        let known = upper.overrides.iter().filter_map(|at| {
            let other = self.rule.exceptions.get(*at as usize)?;
            Some(other.name.as_str())
        });
        let over: Vec<&str> = known.chain([lower.name.as_str()]).collect();
        format!("exception {bare} overrides {}", over.join(", "))
    }

    /// The value that all exceptions of a case give: what comes out when they may agree.
    fn agreed(&self, finder: &Finder<'_>, case: &Case) -> Option<String> {
        let mut program = finder.program.clone();
        let callable = program.callables.get_mut(self.id.index())?;
        let Body::Rule(rule) = &mut callable.body else {
            return None;
        };
        rule.may_agree = true;
        let result = callable.result.clone();
        let value = case.replay(&program, self.id).ok()?;
        let text = literal(&program, &result, &value);
        (!text.is_empty()).then_some(text)
    }

    fn may_both(
        &self,
        finder: &Finder<'_>,
        (earlier, later): (&Exception, &Exception),
        why: &str,
    ) -> Diagnostic {
        let (a, b) = (&earlier.name, &later.name);
        let differ = match self.rule.may_agree {
            true => " and say different things",
            false => "",
        };
        Diagnostic::new(
            codes::EXCEPTIONS_CONFLICT,
            Severity::Note,
            finder.at(later.place),
            format!("`{a}` and `{b}` may both apply{differ}"),
        )
        .related(finder.at(earlier.place), "may apply, too")
        .because(format!("{why}; a conflict ends the decision"))
        .instead(format!(
            "to be sure, say which one decides: `overrides {a}`"
        ))
    }
}
