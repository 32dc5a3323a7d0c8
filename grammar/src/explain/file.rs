//! The faults of a whole file: those of its declarations, without what follows from a lost indent.

use super::explain;
use super::proposal::Proposal;
use crate::fault::{Fault, FaultFix};
use crate::parse::{MAX_FILE_BYTES, ParsedFile, RawErrorKind};
use crate::tree::TextRange;

/// The code of a line that lost its indent.
const LOST_INDENT: &str = "A0141";

/// Puts what is wrong with a file into words, with places of the file, in their order.
///
/// Lines that lost their indent are told once for all that follow each other, and the declaration
/// above them is not blamed for being unfinished.
#[must_use]
pub fn explain_file(text: &str, parsed: &ParsedFile) -> Vec<Fault> {
    if parsed
        .errors
        .iter()
        .any(|error| error.kind == RawErrorKind::TooLarge)
    {
        let mebibytes = MAX_FILE_BYTES / (1024 * 1024);
        return vec![
            Proposal::new(
                "A0161",
                0,
                0,
                format!("this file is larger than {mebibytes} MiB"),
            )
            .because("rules are read and checked as a whole; large lists are data")
            .instead("put the rows into a data file, or split the rules into several files")
            .fault,
        ];
    }
    let mut faults: Vec<Fault> = Vec::new();
    let mut open_end: Option<usize> = None; // faults before the declaration above
    let mut lost = false; // the declaration above lost its indent
    for (range, declaration) in &parsed.declarations {
        let own = range.of(text);
        let mut told = explain(own, declaration);
        for fault in &mut told {
            shift(fault, range.start);
        }
        let loses = told.first().is_some_and(|fault| fault.code == LOST_INDENT);
        if loses && open_end.is_some() {
            let fix = told.first().and_then(|fault| fault.fixes.first().cloned());
            if lost {
                if let (Some(first), Some(fix)) = (faults.last_mut(), fix) {
                    extend(first, &fix, text);
                }
                continue;
            }
            let keep = open_end.unwrap_or(0);
            let end = range.start;
            let mut place = 0;
            faults.retain(|fault| {
                place += 1;
                place <= keep || !text_between(text, fault.range.end, end).trim().is_empty()
            });
        }
        // Above the first declaration is nothing that an indented line could belong to.
        if loses
            && open_end.is_none()
            && let Some(first) = told.first_mut()
        {
            first.fixes.clear();
            let (ground, step) = above_all(first.range.of(text));
            if let Some(ground) = ground {
                first.because = vec![ground.to_owned()];
            }
            first.instead = Some(step);
        }
        lost = loses;
        open_end = Some(faults.len());
        faults.extend(told);
    }
    faults
}

/// What is said of a line that is not indented and stands above the first declaration of its file: a
/// ground, if it has one of its own, and the next step.
#[must_use]
pub fn above_all(line: &str) -> (Option<&'static str>, String) {
    match value_of_file(line) {
        Some(name) => (
            Some(
                "a value for the whole file is a parameter, whose type is said; `let` names a value inside a declaration",
            ),
            format!(
                "write `parameter {name} : TYPE` and below it, indented, `is` and the value; or move the line into the declaration that needs it"
            ),
        ),
        None => (
            None,
            "begin the file with a declaration, such as `define` or `record`".to_owned(),
        ),
    }
}

/// The name of `let x = 1` and `x = 1`.
fn value_of_file(line: &str) -> Option<&str> {
    let line = line.strip_prefix("let ").unwrap_or(line);
    let (name, _) = line.split_once('=')?;
    let name = name.trim().trim_end_matches(':').trim_end();
    let word = name.starts_with(|c: char| c.is_alphabetic())
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    word.then_some(name)
}

fn text_between(text: &str, start: u32, end: u32) -> &str {
    TextRange { start, end }.of(text)
}

fn shift(fault: &mut Fault, by: u32) {
    let moved = |range: TextRange| TextRange {
        start: range.start + by,
        end: range.end + by,
    };
    fault.range = moved(fault.range);
    for fix in &mut fault.fixes {
        fix.range = moved(fix.range);
    }
}

/// Lets the fix that indents a line indent another one further down, too.
fn extend(fault: &mut Fault, further: &FaultFix, text: &str) {
    if let Some(fix) = fault.fixes.first_mut() {
        fix.text
            .push_str(text_between(text, fix.range.end, further.range.start));
        fix.text.push_str(&further.text);
        fix.range.end = further.range.start;
        fix.title = "indent the lines".to_owned();
    }
}
