//! `assize run`: one input, or one per line.

use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use assize_eval::json::reader::MAX_JSON_BYTES;
use assize_eval::json::{Fault as InputFault, FaultCode, parse};
use assize_eval::trace::Explain;
use assize_eval::trace::render::Level;

use super::answer::{
    Decider, Outcome, Reply, Tally, Wanted, input_name, read_document, refused, tell,
};
use super::lines::{self, Line};
use crate::args::Run;
use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::render::pretty::pretty;

/// Decides.
pub fn run(arguments: &Run, console: &mut Console) -> Result<Exit, Stop> {
    let wanted = Wanted {
        explain: arguments.explain.then(Explain::default),
        receipt: arguments.receipt,
        decided: arguments.decided,
        counted: arguments.tally.is_some(),
    };
    let path = arguments.call.input();
    // A missing input is told before rules are compiled and data is read.
    if path != Path::new("-") {
        std::fs::metadata(path).map_err(|error| Fault::read(path, &error))?;
    }
    // So is a file that nothing can be written to, before anything is decided; what stands in it stays until then.
    if let Some(file) = &arguments.tally {
        let mut open = std::fs::OpenOptions::new();
        let opened = open.append(true).create(true).open(file);
        opened.map_err(|error| Fault::write(file, &error))?;
    }
    let decider = Decider::new(&arguments.call, wanted, console)?;
    let many = arguments.jsonl
        || path
            .extension()
            .is_some_and(|ending| ending == "jsonl" || ending == "ndjson");
    let exit = match (many, path == Path::new("-")) {
        (true, true) => Many::new(&decider, path).all(&mut io::stdin().lock(), console),
        (true, false) => {
            let file = std::fs::File::open(path).map_err(|error| Fault::read(path, &error))?;
            Many::new(&decider, path).all(&mut BufReader::new(file), console)
        }
        (false, true) => standard_input(&decider, console),
        (false, false) => one(&decider, &read_document(path)?, path, console),
    }?;
    if let Some(file) = &arguments.tally {
        std::fs::write(file, decider.tallied()).map_err(|error| Fault::write(file, &error))?;
    }
    Ok(exit)
}

/// Standard input: one document on any number of lines, or one on each line. Its first two lines tell
/// which, see [`are_many`].
fn standard_input(decider: &Decider, console: &mut Console) -> Result<Exit, Stop> {
    let path = Path::new("-");
    let mut input = io::stdin().lock();
    // All that was read, with its blank lines: lines are counted as the caller wrote them.
    let mut read = Vec::new();
    let mut pair = [Vec::new(), Vec::new()];
    for line in &mut pair {
        loop {
            match read_line(&mut input, line, path)? {
                Line::End => {
                    // The text ends where its last line does, as far as it was written.
                    let text = read.strip_suffix(b"\n").unwrap_or(&read);
                    return one(decider, text, path, console);
                }
                // Whether it is one document or a long line: it is refused either way.
                Line::TooLong => {
                    let mut many = Many::new(decider, path);
                    many.all_of(&mut read.as_slice(), console)?;
                    many.too_long(console)?;
                    return many.all(&mut input, console);
                }
                Line::Read => {
                    read.extend_from_slice(line);
                    read.push(b'\n');
                }
            }
            if !lines::is_blank(line) {
                break;
            }
        }
    }
    let [first, second] = &pair;
    let many = are_many(first, second);
    if many != Some(true) {
        let limit = MAX_JSON_BYTES.saturating_add(1).saturating_sub(read.len());
        (&mut input)
            .take(u64::try_from(limit).unwrap_or(u64::MAX))
            .read_to_end(&mut read)
            .map_err(|error| Fault::read(Path::new(&input_name(path)), &error))?;
        if many == Some(false) || parse(&read, "").is_ok() {
            return one(decider, &read, path, console);
        }
    }
    Many::new(decider, path).all(&mut read.as_slice().chain(input), console)
}

/// Whether two lines are two documents; `None` if only the rest can tell. They are when the first is a
/// document. They are, too, when the second is one at the begin of its line and the first is broken:
/// one bad line must not take all others with it. Only where the first just ends too early can both
/// still be parts of one document.
fn are_many(first: &[u8], second: &[u8]) -> Option<bool> {
    match parse(first, "") {
        Ok(_) => Some(true),
        Err(_) if !second.starts_with(b"{") || parse(second, "").is_err() => Some(false),
        Err(error) if error.is_at_end() => None,
        Err(_) => Some(true),
    }
}

fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>, path: &Path) -> Result<Line, Stop> {
    lines::next(input, line, MAX_JSON_BYTES)
        .map_err(|error| Fault::read(Path::new(&input_name(path)), &error).into())
}

/// One document: the answer on several lines for people, on one for machines.
fn one(decider: &Decider, bytes: &[u8], path: &Path, console: &mut Console) -> Result<Exit, Stop> {
    let reply = decider.answer(bytes, None);
    if console.is_human() {
        console.line(&pretty(&reply.text))?;
    } else {
        console.line(&reply.document(&[]))?;
    }
    tell(&reply, &input_name(path), decider.decision(), console)?;
    explain(decider, &reply, None, console)?;
    let mut tally = Tally::default();
    tally.add(&reply.outcome);
    Ok(tally.exit())
}

/// From this line on machine code decides: compiling is worth a few hundred decisions.
const COMPILED_FROM: u64 = 500;

/// One document on each line; blank lines are counted and not answered.
struct Many<'d> {
    decider: &'d Decider,
    path: &'d Path,
    tally: Tally,
    /// Lines so far.
    number: u64,
}

impl<'d> Many<'d> {
    fn new(decider: &'d Decider, path: &'d Path) -> Many<'d> {
        Many {
            decider,
            path,
            tally: Tally::default(),
            number: 0,
        }
    }

    /// Answers all lines and ends.
    fn all(mut self, input: &mut dyn BufRead, console: &mut Console) -> Result<Exit, Stop> {
        self.all_of(input, console)?;
        Ok(self.tally.exit())
    }

    fn all_of(&mut self, input: &mut dyn BufRead, console: &mut Console) -> Result<(), Stop> {
        let mut line = Vec::new();
        loop {
            match read_line(input, &mut line, self.path)? {
                Line::End => return Ok(()),
                Line::Read if lines::is_blank(&line) => self.number += 1,
                Line::Read => {
                    self.number += 1;
                    if self.number == COMPILED_FROM {
                        self.decider.compile();
                    }
                    let reply = self.decider.answer(&line, Some(self.number));
                    self.tell(&reply, console)?;
                }
                Line::TooLong => self.too_long(console)?,
            }
        }
    }

    fn too_long(&mut self, console: &mut Console) -> Result<(), Stop> {
        self.number += 1;
        let expected = format!("a line of at most {MAX_JSON_BYTES} bytes");
        let fault = InputFault::new(
            format!("line {}", self.number),
            FaultCode::TooLong,
            expected,
            "more",
        );
        self.tell(&refused(Some(self.number), vec![fault]), console)
    }

    fn tell(&mut self, reply: &Reply, console: &mut Console) -> Result<(), Stop> {
        if console.is_human() {
            console.line(&reply.text)?;
        } else {
            console.line(&reply.document(&[]))?;
        }
        explain(self.decider, reply, Some(self.number), console)?;
        self.tally.add(&reply.outcome);
        // Whoever waits for this answer before writing the next line gets it now.
        console.flush()
    }
}

/// What decided, for people: beside the answer.
fn explain(
    decider: &Decider,
    reply: &Reply,
    line: Option<u64>,
    console: &mut Console,
) -> Result<(), Stop> {
    if !console.is_human() {
        return Ok(());
    }
    let mut lines = decider.explanation(reply, Level::Rules).into_iter();
    let Some(head) = lines.next() else {
        return Ok(());
    };
    let head = console.err.paint(Style::Bold, &head);
    match line {
        Some(number) => console.say(&format!("line {number}: {head}"))?,
        // The error is the head.
        None if matches!(reply.outcome, Outcome::Failed(_)) => {}
        None => console.say(&head)?,
    }
    for line in lines {
        console.say(&line)?;
    }
    Ok(())
}
