//! Exceptions of a rule that can apply together, none above the other.

use std::collections::HashSet;

use assize_eval::failure::ErrorCode;
use assize_ir::{Body, CallableId, Exception, NodeId, Op, Rule};

use super::witness::Case;
use super::{Finder, MAX_COUNTED, MAX_SHOWN, counted_rest, listed};
use crate::boxes::{AtomBox, MAX_NODES, Space, Verdict, boxes_meet, meeting_box, uncovered};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};
use crate::literal::literal;

/// What the pairs of exceptions are compared with.
pub(super) struct Pairs<'c, 'b> {
    pub(super) id: CallableId,
    pub(super) rule: &'c Rule,
    pub(super) space: &'c Space,
    /// The cases in which an exception applies.
    pub(super) of: &'c dyn Fn(usize) -> Vec<&'b AtomBox>,
    /// Per exception: whether its cases are known.
    pub(super) known: &'c [bool],
    pub(super) make: &'c dyn Fn(&AtomBox, bool) -> Option<Case>,
    pub(super) opaque: &'c dyn Fn(&AtomBox) -> bool,
}

/// An exception that takes part in a conflict, and what it says where values were compared.
struct Party {
    at: usize,
    says: Option<String>,
}

/// What is known of two exceptions.
enum Meeting {
    Never,
    /// It depends on what is known only when it runs, or was too much to compare.
    Unsure,
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
                    _ => {
                        let diagnostic = may_both(finder, earlier, later);
                        finder.out.push(diagnostic);
                    }
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
        let known = |at: usize| self.known.get(at).copied().unwrap_or(false);
        if !known(i) || !known(j) {
            return self.doubt();
        }
        if self.rule.may_agree && self.say_the_same(finder, i, j) {
            return Meeting::Never;
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
        let mut unsure = false;
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
                let meet = if over.is_empty() {
                    meet
                } else {
                    match uncovered(self.space, &meet, &over, MAX_NODES / 16) {
                        Verdict::Complete => continue,
                        Verdict::Gap(rest) => rest,
                        Verdict::NotDecided(_) => {
                            unsure = true;
                            continue;
                        }
                    }
                };
                let opaque = (self.opaque)(&meet);
                let proved = [true, false].into_iter().find_map(|narrow| {
                    let mut case = (self.make)(&meet, narrow)?;
                    if opaque {
                        case.say_all(finder.program, self.id);
                    }
                    let parties = self.clashing(finder, &case)?;
                    let named = |at: usize| parties.iter().any(|party| party.at == at);
                    (named(i) && named(j)).then_some((case, parties))
                });
                match proved {
                    Some((case, parties)) => return Meeting::Conflict(Box::new(case), parties),
                    None => unsure |= opaque || !certain,
                }
            }
        }
        if unsure { self.doubt() } else { Meeting::Never }
    }

    /// Exceptions that may agree are only told when a case proves that they do not.
    fn doubt(&self) -> Meeting {
        if self.rule.may_agree {
            Meeting::Never
        } else {
            Meeting::Unsure
        }
    }

    /// Whether both give the same constant.
    fn say_the_same(&self, finder: &Finder<'_>, i: usize, j: usize) -> bool {
        let constant = |at: usize| {
            let then: NodeId = self.rule.exceptions.get(at)?.then;
            match &finder.program.callable(self.id)?.node(then)?.op {
                Op::Const(constant) => assize_eval::interp::value_of(constant),
                _ => None,
            }
        };
        constant(i).is_some_and(|one| constant(j) == Some(one))
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
}

fn may_both(finder: &Finder<'_>, earlier: &Exception, later: &Exception) -> Diagnostic {
    let (a, b) = (&earlier.name, &later.name);
    Diagnostic::new(
        codes::EXCEPTIONS_CONFLICT,
        Severity::Note,
        finder.at(later.place),
        format!("`{a}` and `{b}` may both apply"),
    )
    .related(finder.at(earlier.place), "may apply, too")
    .because(
        "it depends on conditions that are known only when it runs; a conflict ends the decision",
    )
    .instead(format!(
        "to be sure, say which one decides: `overrides {a}`"
    ))
}
