//! Rules: exceptions that conflict, that never apply, that are always overridden; open cases.

use std::collections::HashSet;
use std::ops::Bound;

use assize_eval::failure::ErrorCode;
use assize_ir::{Body, CallableId, Exception, Rule, Type};
use rust_decimal::Decimal;

use super::convert::Columns;
use super::space::{Limits, Row, Side, Subject, compress};
use super::table::{clip_days, successors};
use super::witness::{Case, case};
use super::{Finder, MAX_COUNTED, MAX_SHOWN, counted_rest, listed};
use crate::boxes::{AtomBox, MAX_NODES, Rest, completeness, gaps, meeting_box};
use crate::codes;
use crate::diagnostic::{Diagnostic, Severity};
use crate::literal::literal;

/// Findings for a rule.
pub fn analyse(finder: &mut Finder<'_>, id: CallableId) {
    let program = finder.program;
    let Some(callable) = program.callable(id) else {
        return;
    };
    let Body::Rule(rule) = &callable.body else {
        return;
    };
    let mut columns = Columns::new(program, callable);
    let day = rule.as_of.and_then(|node| columns.path_column(node));
    // Per exception: the boxes in which it applies; none when there are too many.
    let mut boxes: Vec<Option<Vec<Row>>> = Vec::new();
    for exception in &rule.exceptions {
        boxes.push(exception_boxes(&mut columns, exception, day));
    }
    let mut dimensions = columns.list.clone();
    let mut all: Vec<Row> = Vec::new();
    let mut owner: Vec<usize> = Vec::new();
    for (index, list) in boxes.iter().enumerate() {
        for row in list.iter().flatten() {
            all.push(row.clone());
            owner.push(index);
        }
    }
    // Combined numbers are 0 where nothing applies; of other values nothing is undecided.
    let nothing = rule.combine.is_some() && matches!(callable.result, Type::Int | Type::Num(_));
    let open = rule.default.is_none() && !nothing && !callable.result.is_optional();
    let ends = if open {
        clip_days(&mut dimensions, &all)
    } else {
        Vec::new()
    };
    let limits: Vec<Limits> = dimensions.iter().map(|d| d.limits(program)).collect();
    let steps = successors(&limits);
    let compressed = compress(program, &dimensions, &all, &limits, &steps);
    let of = |exception: usize| -> Vec<&AtomBox> {
        compressed
            .rows
            .iter()
            .zip(&owner)
            .filter(|(_, of)| **of == exception)
            .map(|(row, _)| row)
            .filter(|row| row.sides.iter().all(|side| !side.is_empty()))
            .collect()
    };
    let make = |inside: &AtomBox, narrow: bool| -> Option<Case> {
        let wanted = inside.narrow_columns(&compressed.space);
        let mut values = Vec::new();
        for (index, dimension) in dimensions.iter().enumerate() {
            let side = inside.sides.get(index)?;
            let value = compressed.value(index, side, &dimension.ty)?;
            if !narrow || wanted.contains(&index) {
                values.push((dimension, value));
            }
        }
        case(program, id, &values)
    };
    let opaque = |inside: &AtomBox| {
        inside
            .narrow_columns(&compressed.space)
            .iter()
            .any(|index| {
                dimensions
                    .get(*index)
                    .is_some_and(|d| matches!(d.subject, Subject::Opaque(_)))
            })
    };
    // An exception whose conditions and validity leave nothing.
    let mut never = Vec::new();
    for (index, exception) in rule.exceptions.iter().enumerate() {
        let known = boxes.get(index).is_some_and(Option::is_some);
        if known && of(index).is_empty() {
            never.push(index);
            finder.out.push(
                Diagnostic::new(
                    codes::EXCEPTION_NEVER,
                    Severity::Warning,
                    finder.at(exception.place),
                    format!("the exception `{}` can never apply", exception.name),
                )
                .because("its conditions exclude each other")
                .instead("correct them, or leave it out"),
            );
        }
    }
    overridden(finder, rule, &compressed.space, &of, &never);
    if rule.combine.is_none() && !rule.may_agree {
        let pairs = Pairs {
            id,
            rule,
            space: &compressed.space,
            of: &of,
            make: &make,
            opaque: &opaque,
        };
        pairs.conflicts(finder);
    }
    super::table::last_days(finder, id, &dimensions, &ends);
    if open && boxes.iter().all(Option::is_some) {
        let most = MAX_SHOWN + MAX_COUNTED;
        let found = gaps(&compressed.space, &compressed.rows, MAX_NODES, most);
        let (mut shown, mut more) = (0, 0);
        for gap in &found.found {
            if opaque(gap) {
                continue;
            }
            let Some(case) = make(gap, true) else {
                continue;
            };
            match case.replay(program, id) {
                Some(Err(failure)) if failure.code == ErrorCode::Undecided => {}
                _ => continue,
            }
            if shown == MAX_SHOWN {
                more += 1;
                continue;
            }
            shown += 1;
            let mut diagnostic = Diagnostic::new(
                codes::RULE_GAP,
                Severity::Warning,
                finder.name_of(id),
                if rule.exceptions.is_empty() {
                    format!("`{}` decides no case", callable.name)
                } else {
                    let words = compressed.box_words(program, &dimensions, gap);
                    format!("`{}` leaves a case open: {words}", callable.name)
                },
            )
            .because("no exception applies, and there is no default")
            .because(format!(
                "for example {}: the decision ends with `undecided`",
                case.words()
            ))
            .instead("add a `default`, or an exception for it");
            diagnostic.witness = Some(case.witness(program, id, "undecided", "undecided"));
            finder.out.push(diagnostic);
        }
        if more > 0 {
            let kinds = counted_rest(more, found.rest != Rest::Nothing, "kind");
            let claim = format!("`{}` leaves {kinds} of case open", callable.name);
            finder.note(codes::RULE_GAP, finder.name_of(id), claim);
        } else if let Rest::NotDecided(_) = found.rest {
            finder.note(
                codes::GAP_NOT_DECIDED,
                finder.name_of(id),
                "whether an exception applies to every case was not decided".to_string(),
            );
        }
    }
}

fn exception_boxes(
    columns: &mut Columns<'_>,
    exception: &Exception,
    day: Option<usize>,
) -> Option<Vec<Row>> {
    let mut boxes: Vec<Row> = vec![Vec::new()];
    if exception.from.is_some() || exception.to.is_some() {
        let day = day?;
        let low = exception
            .from
            .map_or(Bound::Unbounded, |d| Bound::Included(Decimal::from(d)));
        let high = exception
            .to
            .map_or(Bound::Unbounded, |d| Bound::Included(Decimal::from(d)));
        boxes = vec![vec![(day, Side::Ranges(vec![(low, high)], false))]];
    }
    for (cond, truth) in [(exception.when, true), (exception.unless, false)] {
        let Some(cond) = cond else { continue };
        let more = columns.condition(cond, truth)?;
        if boxes.len().saturating_mul(more.len()) > super::convert::MAX_BOXES_PER_CONDITION {
            return None;
        }
        boxes = boxes
            .iter()
            .flat_map(|a| more.iter().map(|b| a.iter().chain(b).cloned().collect()))
            .collect();
    }
    Some(boxes)
}

/// What the pairs of exceptions are compared with.
struct Pairs<'c, 'b> {
    id: CallableId,
    rule: &'c Rule,
    space: &'c crate::boxes::Space,
    of: &'c dyn Fn(usize) -> Vec<&'b AtomBox>,
    make: &'c dyn Fn(&AtomBox, bool) -> Option<Case>,
    opaque: &'c dyn Fn(&AtomBox) -> bool,
}

/// What is known of two exceptions.
enum Meeting {
    Never,
    /// It depends on conditions that are known only when it runs.
    Unsure,
    /// A case that ended with a conflict, and the exceptions that it names.
    Conflict(Box<Case>, Vec<usize>),
}

impl Pairs<'_, '_> {
    /// Exceptions that clash: one finding for each case, with all that the replayed case names.
    fn conflicts(&self, finder: &mut Finder<'_>) {
        let mut told: HashSet<(usize, usize)> = HashSet::new();
        let mut shown = 0;
        for (j, later) in self.rule.exceptions.iter().enumerate() {
            for (i, earlier) in self.rule.exceptions.iter().enumerate().take(j) {
                if shown == MAX_SHOWN {
                    return;
                }
                let directly =
                    |a: &Exception, b: usize| a.overrides.iter().any(|o| *o as usize == b);
                if directly(later, i) || directly(earlier, j) || told.contains(&(i, j)) {
                    continue;
                }
                match self.meeting(finder, i, j) {
                    Meeting::Never => continue,
                    Meeting::Unsure => {
                        let diagnostic = unsure(finder, earlier, later);
                        finder.out.push(diagnostic);
                    }
                    Meeting::Conflict(case, parties) => {
                        let seen = told.len();
                        for (at, party) in parties.iter().enumerate() {
                            told.extend(parties.iter().take(at).map(|other| (*other, *party)));
                        }
                        // Where others stand above these two, the case may be told already.
                        if told.len() == seen {
                            continue;
                        }
                        let diagnostic = self.conflict(finder, &case, &parties);
                        finder.out.push(diagnostic);
                    }
                }
                shown += 1;
            }
        }
    }

    fn meeting(&self, finder: &Finder<'_>, i: usize, j: usize) -> Meeting {
        let mut unsure = false;
        for a in (self.of)(i) {
            for b in (self.of)(j) {
                let Some(meet) = meeting_box(self.space, a, b) else {
                    continue;
                };
                if (self.opaque)(&meet) {
                    unsure = true;
                    continue;
                }
                let proved = [true, false].into_iter().find_map(|narrow| {
                    let case = (self.make)(&meet, narrow)?;
                    let parties = self.clashing(finder, &case)?;
                    Some((case, parties))
                });
                if let Some((case, parties)) = proved {
                    return Meeting::Conflict(Box::new(case), parties);
                }
            }
        }
        if unsure {
            Meeting::Unsure
        } else {
            Meeting::Never
        }
    }

    /// The exceptions that a replayed conflict names, in the order of the rule.
    fn clashing(&self, finder: &Finder<'_>, case: &Case) -> Option<Vec<usize>> {
        let Some(Err(failure)) = case.replay(finder.program, self.id) else {
            return None;
        };
        if failure.code != ErrorCode::Conflict {
            return None;
        }
        let exceptions = self.rule.exceptions.iter();
        // Behind the exceptions stand the arguments.
        let mut named = failure.values.iter().peekable();
        let mut parties = Vec::new();
        for (at, exception) in exceptions.enumerate() {
            let next = named.peek();
            if next.is_some_and(|(what, name)| what == "exception" && *name == exception.name) {
                parties.push(at);
                named.next();
            }
        }
        (parties.len() > 1).then_some(parties)
    }

    fn conflict(&self, finder: &Finder<'_>, case: &Case, parties: &[usize]) -> Diagnostic {
        let program = finder.program;
        let found: Vec<&Exception> = parties
            .iter()
            .filter_map(|at| self.rule.exceptions.get(*at))
            .collect();
        let names: Vec<String> = found.iter().map(|it| format!("`{}`", it.name)).collect();
        let two = found.len() == 2;
        let both = if two { "both" } else { "all" };
        let all = listed(&names, "exceptions");
        let (last, others) = match found.split_last() {
            Some((last, others)) => (Some(last), others),
            None => (None, found.as_slice()),
        };
        let at = last.map_or_else(|| finder.name_of(self.id), |last| finder.at(last.place));
        let mut diagnostic = Diagnostic::new(
            codes::EXCEPTIONS_CONFLICT,
            Severity::Error,
            at,
            format!("{all} can {both} apply"),
        )
        .label("applies, too");
        for other in others {
            diagnostic = diagnostic.related(finder.at(other.place), "applies");
        }
        let agreed = self.agreed(finder, case);
        let agree = match &agreed {
            Some(value) => format!(", and {both} give {value}"),
            None => String::new(),
        };
        diagnostic = diagnostic.because(format!("for {}{agree}", case.words()));
        let say = match (last, others) {
            (Some(last), [first]) => format!(
                "say which one decides (`exception {} overrides {}`)",
                last.name, first.name
            ),
            _ => "say which one decides (`overrides`)".to_string(),
        };
        let narrow = if two { "narrow one" } else { "narrow them" };
        let allow = match agreed {
            Some(_) => format!("; that {both} say the same can be allowed: `exceptions may agree`"),
            None => format!("; if {both} say the same: `exceptions may agree`"),
        };
        diagnostic = diagnostic.instead(format!("{say}, or {narrow}{allow}"));
        let outcome = format!("conflict between {all}");
        diagnostic.witness = Some(case.witness(program, self.id, &outcome, "conflict"));
        diagnostic
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
        let value = case.replay(&program, self.id)?.ok()?;
        let text = literal(&program, &result, &value);
        (!text.is_empty()).then_some(text)
    }
}

fn unsure(finder: &Finder<'_>, earlier: &Exception, later: &Exception) -> Diagnostic {
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

/// Exceptions that others override in all their cases.
fn overridden<'b>(
    finder: &mut Finder<'_>,
    rule: &Rule,
    space: &crate::boxes::Space,
    of: &dyn Fn(usize) -> Vec<&'b AtomBox>,
    never: &[usize],
) {
    for (index, exception) in rule.exceptions.iter().enumerate() {
        if never.contains(&index) {
            continue;
        }
        let over: Vec<usize> = rule
            .exceptions
            .iter()
            .enumerate()
            .filter(|(_, other)| other.overrides.iter().any(|o| *o as usize == index))
            .map(|(other, _)| other)
            .collect();
        let mine = of(index);
        if over.is_empty() || mine.is_empty() {
            continue;
        }
        let covered = mine.iter().all(|own| {
            let inside: Vec<AtomBox> = over
                .iter()
                .flat_map(|other| of(*other))
                .filter_map(|other| meeting_box(space, own, other))
                .collect();
            // Everything outside of the own box counts as covered.
            let mut rows = inside;
            for (column, side) in own.sides.iter().enumerate() {
                let atoms = space.columns.get(column).map_or(0, |c| c.atoms());
                let rest = side.complement(atoms);
                if !rest.is_empty() {
                    let mut outside = space.everything();
                    if let Some(slot) = outside.sides.get_mut(column) {
                        *slot = rest;
                    }
                    rows.push(outside);
                }
            }
            completeness(space, &rows, MAX_NODES / 16) == crate::boxes::Verdict::Complete
        });
        if covered {
            let mut diagnostic = Diagnostic::new(
                codes::EXCEPTION_OVERRIDDEN,
                Severity::Warning,
                finder.at(exception.place),
                format!("the exception `{}` is always overridden", exception.name),
            )
            .instead("leave it out, or narrow what overrides it");
            for other in over {
                if let Some(other) = rule.exceptions.get(other) {
                    diagnostic = diagnostic.related(finder.at(other.place), "overrides it");
                }
            }
            finder.out.push(diagnostic);
        }
    }
}
