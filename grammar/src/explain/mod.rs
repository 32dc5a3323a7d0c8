//! Turns places that could not be read into faults: claim, grounds, next step.
//!
//! Known mistakes are looked for around each error (the files with `CHECKS`); a fix counts only
//! if the text, so changed, can be read further. Then the next error is looked for in the changed text,
//! so that one cause is told once. It knows mistakes and words; reading is left to the parser.

mod bars;
mod blocks;
mod borders;
mod bounds;
mod cells;
mod commas;
mod counted;
mod declared;
mod elsewhere;
mod file;
mod forms;
mod formulas;
mod general;
mod hits;
mod joined;
mod lists;
mod missing;
mod names;
mod numbers;
mod order;
mod parts;
mod periods;
mod proposal;
mod records;
mod rows;
mod said;
mod scene;
mod signs;
mod texts;
mod types;
mod whole;
mod within;
mod words;

pub use file::{above_all, explain_file};

use crate::fault::{Fault, FaultFix};
use crate::parse::{
    MAX_NESTING, MAX_PROBED_BYTES, ParsedDeclaration, RawError, RawErrorKind, parse_declaration,
    parse_file,
};
use crate::tree::{TextRange, offset};
use proposal::Proposal;
use scene::Scene;

/// The most faults that are told of one declaration; one more says how many places are left.
pub const MAX_FAULTS: usize = 5;

type Check = fn(&Scene<'_>) -> Option<Proposal>;

/// Codes that hold at the end of a part even if no insertion leads on.
const UNFINISHED: &[&str] = &["A0147", "A0102", "A0103", "A0118", "A0145", "A0108"];

/// Puts what is wrong with a declaration into words: in order of the text, at most `MAX_FAULTS` and
/// one that counts the rest. Empty for a good declaration. All ranges lie in `text`.
#[must_use]
pub fn explain(text: &str, parsed: &ParsedDeclaration) -> Vec<Fault> {
    if let Some(fault) = limits(text, parsed) {
        return vec![fault];
    }
    let mut work = Work::new(text);
    let mut faults = Vec::new();
    let signs = whole::signs(text);
    let unreadable = signs.iter().any(|proposal| proposal.fault.code == "A0158");
    faults.extend(signs);
    if !unreadable {
        faults.extend(whole::names(text));
        faults.extend(whole::indented_first(text));
        // All of them together change no place twice, so they are applied from the back.
        let mut fixes: Vec<FaultFix> = faults
            .iter()
            .filter_map(|proposal| proposal.fault.fixes.first().cloned())
            .collect();
        fixes.sort_by_key(|fix| fix.range);
        for fix in fixes.iter().rev() {
            work.apply(fix);
        }
    }
    let mut faults: Vec<Fault> = faults.into_iter().map(|proposal| proposal.fault).collect();
    if !unreadable {
        // Nothing was changed in a good declaration: its tree is still that of the text.
        let again = if work.text == text {
            parsed.clone()
        } else {
            parse_declaration(&work.text)
        };
        explain_rest(&mut work, again, &mut faults);
    }
    // The count of the rest comes last.
    faults.sort_by_key(|fault| (fault.code == "A0162", fault.range));
    faults.dedup_by(|one, other| one.code == other.code && one.range == other.range);
    if faults.len() > MAX_FAULTS {
        let rest = faults.split_off(MAX_FAULTS);
        let count: usize = rest
            .iter()
            .map(|fault| if fault.code == "A0162" { 0 } else { 1 })
            .sum::<usize>()
            + work.left;
        if let Some(first) = rest.first() {
            faults.push(more(first.range, count));
        }
    }
    faults
}

/// Faults of the tree and of the errors that are left in the working text.
fn explain_rest(work: &mut Work, mut parsed: ParsedDeclaration, faults: &mut Vec<Fault>) {
    let root = parsed.tree.root();
    for proposal in rows::counts(root)
        .into_iter()
        .chain(whole::open_words(root))
    {
        faults.push(work.original(proposal.fault));
    }
    let mut done = 0;
    let mut guessed: Option<u32> = None; // start of the part whose last fix is a guess
    while let Some(error) = next_error(&parsed, done) {
        if faults.len() >= MAX_FAULTS {
            let rest = parsed
                .errors
                .iter()
                .filter(|error| beyond(error, done))
                .count();
            work.left = rest;
            let end = work.text.trim_end().len();
            let at = (error.at as usize).min(end);
            let fault = more(TextRange::new(at, at), rest);
            faults.push(work.original(fault));
            return;
        }
        let (fault, leads_on) = diagnose(&work.text, error);
        if fault.code == "A0140" {
            // What follows is a declaration of its own.
            let (start, _) = scene::line_at(&work.text, fault.range.start as usize);
            let kept = offset(start).max(done);
            faults.push(work.original(fault));
            let range = TextRange::new(kept as usize, work.text.len());
            work.apply(&proposal::cut(range));
            parsed = parse_declaration(&work.text);
            if kept <= error.part.start {
                return;
            }
            continue;
        }
        let first = fault.fixes.first().cloned().filter(|_| leads_on);
        // Of rows that do not say where the result begins nothing else can be told.
        let rows = fault.fixes.first().filter(|_| fault.code == "A0108");
        let rows_end = rows.map(|fix| offset(fix.range.end as usize));
        let cascade = fault.code == "A0101" && guessed == Some(error.part.start);
        if !cascade {
            faults.push(work.original(fault));
        }
        match first {
            Some(fix) => {
                guessed = (!fix.certain).then_some(error.part.start);
                work.apply(&fix);
                if scene::tokens(&work.text).is_empty() {
                    return; // it was a comment, not a declaration
                }
                parsed = parse_declaration(&work.text);
            }
            None => {
                done = error.part.end.max(error.at.saturating_add(1));
                if let Some(end) = rows_end {
                    done = done.max(end.saturating_add(1));
                } else if let Some(without) = work.without(&parsed, error.part) {
                    parsed = without;
                    done = error.part.start;
                }
            }
        }
    }
}

fn beyond(error: &RawError, done: u32) -> bool {
    error.part.start >= done || error.at >= done
}

fn next_error(parsed: &ParsedDeclaration, done: u32) -> Option<RawError> {
    parsed
        .errors
        .iter()
        .copied()
        .find(|error| beyond(error, done))
}

fn more(range: TextRange, count: usize) -> Fault {
    let claim = if count == 1 {
        "one more place in this declaration cannot be read".to_owned()
    } else {
        format!("{count} more places in this declaration cannot be read")
    };
    Proposal::new("A0162", range.start as usize, range.start as usize, claim)
        .because("only the first ones are told, as later ones often follow from them")
        .instead("repair the first ones and look again")
        .fault
}

fn limits(text: &str, parsed: &ParsedDeclaration) -> Option<Fault> {
    let error = parsed
        .errors
        .iter()
        .find(|error| error.kind == RawErrorKind::TooDeep)?;
    let at = (error.at as usize).min(text.len());
    let end = text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(at, |first| at + first.len_utf8());
    Some(
        Proposal::new(
            "A0160",
            at,
            end,
            format!("here more than {MAX_NESTING} levels are nested"),
        )
        .because("deeper nesting is refused, so that every text is read in little memory")
        .instead("give parts of it names with `let`, or make them a `define`")
        .fault,
    )
}

/// The fault for one error, and whether its first fix leads on.
fn diagnose(text: &str, error: RawError) -> (Fault, bool) {
    let scene = Scene::new(text, error);
    if let Some(head) = whole::head(&scene) {
        return settle(&scene, head);
    }
    // The smaller the piece of text that is mistaken, the earlier it is looked for.
    let checks = [
        texts::CHECKS,
        numbers::CHECKS,
        parts::CHECKS,
        cells::CHECKS,
        bounds::CHECKS,
        borders::CHECKS,
        periods::CHECKS,
        counted::CHECKS,
        declared::CHECKS,
        formulas::CHECKS,
        within::CHECKS,
        records::CHECKS,
        blocks::CHECKS,
        hits::CHECKS,
        lists::CHECKS,
        elsewhere::CHECKS,
        commas::CHECKS,
        signs::CHECKS,
        bars::CHECKS,
        rows::CHECKS,
        order::CHECKS,
        said::CHECKS,
        types::CHECKS,
        names::CHECKS,
        joined::CHECKS,
        words::CHECKS,
        forms::CHECKS,
        missing::CHECKS,
    ]
    .concat();
    let mut best: Option<(usize, Proposal)> = None;
    let mut silent: Option<Proposal> = None;
    let mut unfinished: Option<Proposal> = None;
    for check in checks {
        let Some(mut proposal) = check(&scene) else {
            continue;
        };
        if proposal.sure {
            return settle(&scene, proposal);
        }
        if proposal.fault.fixes.is_empty() {
            silent = silent.or(Some(proposal));
            continue;
        }
        let reach = keep_helping(&scene, &mut proposal);
        if proposal.fault.fixes.is_empty() {
            let at_end =
                scene.start(scene.here) >= scene.end_of_part() || scene.word(scene.here) == "|";
            if at_end && UNFINISHED.contains(&proposal.fault.code) {
                unfinished = unfinished.or(Some(proposal));
            }
        } else if best.as_ref().is_none_or(|(best, _)| *best < reach) {
            best = Some((reach, proposal));
        }
    }
    if let Some((_, proposal)) = best {
        return (proposal.fault, true);
    }
    let proposal = silent
        .or(unfinished)
        .unwrap_or_else(|| general::general(&scene));
    settle(&scene, proposal)
}

/// Keeps the fixes that help; a sure fault stands without them, too.
fn settle(scene: &Scene<'_>, mut proposal: Proposal) -> (Fault, bool) {
    let before = proposal.fault.fixes.clone();
    keep_helping(scene, &mut proposal);
    let leads_on = !proposal.fault.fixes.is_empty();
    if !leads_on {
        // Something else is wrong close by: the change may be right, but it cannot be checked.
        proposal.fault.fixes = before;
        for fix in &mut proposal.fault.fixes {
            fix.certain = false;
        }
    }
    (proposal.fault, leads_on)
}

/// Removes fixes after which the text can be read no further; gives how far the best of them leads.
/// Of fixes with one title, which differ in their place only, the one that leads furthest is kept.
fn keep_helping(scene: &Scene<'_>, proposal: &mut Proposal) -> usize {
    if scene.text.len() > MAX_PROBED_BYTES {
        proposal.fault.fixes.clear();
        return 0;
    }
    let mut kept: Vec<(usize, FaultFix)> = Vec::new();
    let sure = proposal.sure;
    for mut fix in proposal.fault.fixes.drain(..) {
        let Some((reach, clean)) = reach(scene, &fix) else {
            continue;
        };
        // A guess that leaves its part broken may be a wrong one: what is next may follow from it.
        fix.certain &= sure || clean;
        match kept.iter_mut().find(|(_, other)| other.title == fix.title) {
            Some((other_reach, other)) => {
                if *other_reach < reach {
                    *other_reach = reach;
                    *other = fix;
                }
            }
            None => kept.push((reach, fix)),
        }
    }
    let best = kept.iter().map(|(reach, _)| *reach).max().unwrap_or(0);
    proposal.fault.fixes = kept.into_iter().map(|(_, fix)| fix).collect();
    best
}

/// Where the next error lies after a fix, in places of the unfixed text, and whether the part that was
/// broken can be read to its end; `None` if the fix helps nothing.
fn reach(scene: &Scene<'_>, fix: &FaultFix) -> Option<(usize, bool)> {
    let (start, end) = (fix.range.start as usize, fix.range.end as usize);
    let fixed = format!(
        "{}{}{}",
        scene.text.get(..start)?,
        fix.text,
        scene.text.get(end..)?
    );
    let parsed = parse_file(&fixed);
    let part = scene.error.part.start.min(fix.range.start);
    let mut after = parsed.file_errors().filter(|error| error.at >= part);
    let Some(next) = after.next() else {
        return Some((usize::MAX, true));
    };
    let fix_end = start + fix.text.len();
    let at = next.at as usize;
    let unfixed = |at: usize| (at + end - start).saturating_sub(fix.text.len());
    let moved = unfixed(at);
    let clean = unfixed(next.part.start as usize) >= scene.end_of_part();
    (at > fix_end && moved > scene.at).then_some((moved, clean))
}

/// The text with the fixes so far, and where each of its bytes stands in the original.
struct Work {
    text: String,
    /// For each byte of `text` and its end: the place in the original.
    places: Vec<u32>,
    original: String,
    /// Errors that were not told.
    left: usize,
}

impl Work {
    fn new(text: &str) -> Work {
        Work {
            text: text.to_owned(),
            places: (0..=offset(text.len())).collect(),
            original: text.to_owned(),
            left: 0,
        }
    }

    fn place(&self, at: u32) -> u32 {
        let last = offset(self.original.len());
        self.places
            .get(at as usize)
            .copied()
            .unwrap_or(last)
            .min(last)
    }

    fn range(&self, range: TextRange) -> TextRange {
        let start = self.place(range.start);
        TextRange {
            start,
            end: self.place(range.end).max(start),
        }
    }

    /// The fault with places of the original. A fix that touches an earlier one is no longer certain.
    fn original(&self, mut fault: Fault) -> Fault {
        for fix in &mut fault.fixes {
            let range = self.range(fix.range);
            let untouched = range.of(&self.original) == fix.range.of(&self.text);
            fix.certain &= untouched;
            fix.range = range;
        }
        fault.range = self.range(fault.range);
        fault
    }

    /// Takes a part away that cannot be read, if the rest can be read better without it: what could
    /// stand at a later error is only known when nothing before it is broken.
    fn without(
        &mut self,
        before: &ParsedDeclaration,
        part: TextRange,
    ) -> Option<ParsedDeclaration> {
        // Without its head what is left is no declaration, and would be blamed for that.
        let head = scene::tokens(&self.text).first()?.start;
        if part.start as usize <= head {
            return None;
        }
        let mut tried = Work {
            text: self.text.clone(),
            places: self.places.clone(),
            original: self.original.clone(),
            left: self.left,
        };
        tried.apply(&proposal::cut(part));
        let parsed = parse_declaration(&tried.text);
        let better = parsed.errors.len() < before.errors.len()
            && parsed.errors.iter().all(|error| error.at >= part.start);
        better.then(|| {
            *self = tried;
            parsed
        })
    }

    fn apply(&mut self, fix: &FaultFix) {
        let (start, end) = (fix.range.start as usize, fix.range.end as usize);
        let fits = start <= end
            && end < self.places.len()
            && self.text.is_char_boundary(start)
            && self.text.is_char_boundary(end);
        if fits {
            let place = self.place(fix.range.start);
            self.text.replace_range(start..end, &fix.text);
            let new = std::iter::repeat_n(place, fix.text.len());
            self.places.splice(start..end, new);
        }
    }
}

/// The word of a list that a mistyped word most likely is: few letters differ.
fn nearest<'w>(word: &str, known: &[&'w str]) -> Option<&'w str> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 3 || letters.len() > 20 {
        return None;
    }
    let allowed = if letters.len() <= 4 { 1 } else { 2 };
    known
        .iter()
        .map(|other| {
            (
                distance(&letters, &other.chars().collect::<Vec<char>>()),
                *other,
            )
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// Letters that are added, left out, changed or swapped with their neighbour.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, wanted) in other.iter().enumerate() {
            let at = |values: &[usize], index: usize| {
                values.get(index).copied().unwrap_or(usize::MAX / 2)
            };
            let mut cost = (at(&last, column) + usize::from(letter != wanted))
                .min(at(&last, column + 1) + 1)
                .min(at(&next, column) + 1);
            let swapped = row > 0
                && column > 0
                && one.get(row - 1) == Some(wanted)
                && other.get(column - 1) == Some(letter);
            if swapped {
                cost = cost.min(at(&before, column - 1) + 1);
            }
            next.push(cost);
        }
        before = std::mem::replace(&mut last, next);
    }
    last.last().copied().unwrap_or(usize::MAX)
}
