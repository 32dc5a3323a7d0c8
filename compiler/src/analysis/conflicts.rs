//! Exceptions of a rule that can apply together, none above the other.

use std::collections::HashSet;

use assize_eval::failure::ErrorCode;
use assize_ir::{Body, CallableId, Exception, Rule};

use super::solve::{Made, Solver, Wanted};
use super::space::{Compressed, Dimension};
use super::table::same_value;
use super::witness::Case;
use super::{Finder, MAX_COUNTED, MAX_SHOWN, counted_rest, listed};
use crate::boxes::{AtomBox, MAX_NODES, Space, Verdict, boxes_meet, meeting_box, uncovered};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};
use crate::literal::literal;

/// Greatest number of parts in which two exceptions are looked at beside those that override them.
const MAX_PARTS: usize = 16;

/// Why nobody knows whether two exceptions clash.
const UNSURE: &str = "it depends on conditions that are known only when it runs";
const TOO_MUCH: &str = "whether an exception above them applies in every such case was not decided";
const NOT_FOUND: &str = "no such case was found, and that there is none was not proved";
const NOT_EQUAL: &str = "no case was found in which they say different things, and that they never do \
                         was not proved";

/// What the pairs of exceptions are compared with.
pub(super) struct Pairs<'c, 'b> {
    pub(super) id: CallableId,
    pub(super) rule: &'c Rule,
    pub(super) space: &'c Space,
    /// The cases in which an exception applies.
    pub(super) of: &'c dyn Fn(usize) -> Vec<&'b AtomBox>,
    /// Per exception: whether its cases are known.
    pub(super) known: &'c [bool],
    pub(super) solver: &'c Solver<'c>,
    pub(super) compressed: &'c Compressed<'c>,
    pub(super) dimensions: &'c [Dimension],
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

impl Pairs<'_, '_> {
    /// Exceptions that clash: one finding for each case, with all that the replayed case names.
    pub(super) fn conflicts(&self, finder: &mut Finder<'_>) {
        let mut told: HashSet<(usize, usize)> = HashSet::new();
        let (mut shown, mut sure, mut unsure) = (0, 0, 0);
        let mut unfinished = false;
        'pairs: for (j, later) in self.rule.exceptions.iter().enumerate() {
            for (i, earlier) in self.rule.exceptions.iter().enumerate().take(j) {
                let directly =
                    |a: &Exception, b: usize| a.overrides.iter().any(|o| *o as usize == b);
                if directly(later, i) || directly(earlier, j) || told.contains(&(i, j)) {
                    continue;
                }
                let found = match self.meeting(finder, i, j) {
                    Meeting::Never => continue,
                    found => found,
                };
                if sure + unsure == MAX_COUNTED {
                    unfinished = true;
                    break 'pairs;
                }
                match found {
                    Meeting::Conflict(case, parties) => {
                        for (at, party) in parties.iter().enumerate() {
                            let others = parties.iter().take(at);
                            told.extend(others.map(|other| (other.at, party.at)));
                        }
                        if shown == MAX_SHOWN {
                            sure += 1;
                            continue;
                        }
                        let diagnostic = self.conflict(finder, &case, &parties);
                        finder.out.push(diagnostic);
                    }
                    _ if shown == MAX_SHOWN => {
                        unsure += 1;
                        continue;
                    }
                    Meeting::Unsure(why) => {
                        let diagnostic = self.may_both(finder, (earlier, later), why);
                        finder.out.push(diagnostic);
                    }
                    Meeting::Never => {}
                }
                shown += 1;
            }
        }
        for (more, how) in [(sure, "can"), (unsure, "may")] {
            if more > 0 {
                let pairs = counted_rest(more, unfinished, "pair");
                let claim = format!("{pairs} of exceptions {how} apply together");
                finder.rest(codes::EXCEPTIONS_CONFLICT, finder.name_of(self.id), claim);
            }
        }
    }

    fn meeting(&self, finder: &Finder<'_>, i: usize, j: usize) -> Meeting {
        if self.rule.may_agree && self.say_the_same(finder, i, j) {
            return Meeting::Never;
        }
        let known = |at: usize| self.known.get(at).copied().unwrap_or(false);
        if !known(i) || !known(j) {
            return Meeting::Unsure(UNSURE);
        }
        // Where an exception applies that overrides one of the two, they do not clash.
        let above: Vec<usize> = (0..self.rule.exceptions.len())
            .filter(|at| *at != i && *at != j)
            .filter(|at| {
                self.rule.exceptions.get(*at).is_some_and(|it| {
                    let mut over = it.overrides.iter().map(|over| *over as usize);
                    over.any(|over| over == i || over == j)
                })
            })
            .collect();
        let certain = above.iter().all(|at| known(*at));
        let above: Vec<&AtomBox> = above.iter().flat_map(|at| (self.of)(*at)).collect();
        let mut unsure = None;
        for a in (self.of)(i) {
            for b in (self.of)(j) {
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
                        if opaque {
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
