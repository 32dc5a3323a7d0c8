//! `assize run`: one input, or one per line.

use std::io::{self, BufRead, BufReader, Read as _};
use std::path::Path;

use assize_eval::json::reader::MAX_JSON_BYTES;
use assize_eval::json::{Fault as InputFault, FaultCode, parse};
use assize_eval::trace::Explain;

use super::answer::{Decider, Reply, Tally, Wanted, input_name, read_document, refused, tell};
use super::lines::{self, Line};
use crate::args::Run;
use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::render::brief::rules;
use crate::render::pretty::pretty;

/// Decides.
pub fn run(arguments: &Run, console: &mut Console) -> Result<Exit, Stop> {
    let wanted = Wanted {
        explain: arguments.explain.then(Explain::default),
        receipt: arguments.receipt,
    };
    let path = &arguments.call.input;
    // A missing input is told before rules are compiled and data is read.
    if path != Path::new("-") {
        std::fs::metadata(path).map_err(|error| Fault::read(path, &error))?;
    }
    let decider = Decider::new(&arguments.call, wanted, console)?;
    let many = arguments.jsonl
        || path
            .extension()
            .is_some_and(|ending| ending == "jsonl" || ending == "ndjson");
    match (many, path == Path::new("-")) {
        (true, true) => every_line(&decider, &mut io::stdin().lock(), Vec::new(), path, console),
        (true, false) => {
            let file = std::fs::File::open(path).map_err(|error| Fault::read(path, &error))?;
            every_line(
                &decider,
                &mut BufReader::new(file),
                Vec::new(),
                path,
                console,
            )
        }
        (false, true) => standard_input(&decider, console),
        (false, false) => one(&decider, &read_document(path)?, path, console),
    }
}

/// Standard input: one document on any number of lines, or one on each line. The latter when the first
/// line is a document by itself and another line follows.
fn standard_input(decider: &Decider, console: &mut Console) -> Result<Exit, Stop> {
    let path = Path::new("-");
    let mut input = io::stdin().lock();
    let mut first = Vec::new();
    loop {
        match read_line(&mut input, &mut first, path)? {
            Line::Read if lines::is_blank(&first) => {}
            Line::Read => break,
            Line::TooLong => {
                // Whether it is one document or a long line: it is refused either way.
                let reply = too_long();
                console.line(&reply.text)?;
                return every_line_from(
                    decider,
                    &mut input,
                    Tally::default_refused(),
                    1,
                    path,
                    console,
                );
            }
            Line::End => return one(decider, &[], path, console),
        }
    }
    if parse(&first, "").is_err() {
        first.push(b'\n');
        let limit = u64::try_from(MAX_JSON_BYTES).unwrap_or(u64::MAX);
        input
            .take(limit)
            .read_to_end(&mut first)
            .map_err(|error| Fault::read(Path::new(&input_name(path)), &error))?;
        return one(decider, &first, path, console);
    }
    let mut second = Vec::new();
    loop {
        match read_line(&mut input, &mut second, path)? {
            Line::Read if lines::is_blank(&second) => {}
            Line::End => return one(decider, &first, path, console),
            Line::Read => {
                return every_line(decider, &mut input, vec![first, second], path, console);
            }
            Line::TooLong => {
                return every_line(decider, &mut input, vec![first, second], path, console);
            }
        }
    }
}

fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>, path: &Path) -> Result<Line, Stop> {
    lines::next(input, line, MAX_JSON_BYTES)
        .map_err(|error| Fault::read(Path::new(&input_name(path)), &error).into())
}

fn too_long() -> Reply {
    let expected = format!("a line of at most {MAX_JSON_BYTES} bytes");
    refused(vec![InputFault::new(
        "line",
        FaultCode::TooLong,
        expected,
        "more",
    )])
}

/// One document: the answer on several lines for people, on one for machines.
fn one(decider: &Decider, bytes: &[u8], path: &Path, console: &mut Console) -> Result<Exit, Stop> {
    let reply = decider.answer(bytes);
    if console.is_human() {
        console.line(&pretty(&reply.text))?;
    } else {
        console.line(&reply.document(&[]))?;
    }
    explain(decider, &reply, None, console)?;
    tell(&reply, &input_name(path), decider.decision(), console)?;
    let mut tally = Tally::default();
    tally.add(&reply.outcome);
    Ok(tally.exit())
}

/// One document on each line, after those that were read already.
fn every_line(
    decider: &Decider,
    input: &mut dyn BufRead,
    read: Vec<Vec<u8>>,
    path: &Path,
    console: &mut Console,
) -> Result<Exit, Stop> {
    let mut tally = Tally::default();
    let mut number = 0;
    for line in read {
        number += 1;
        // An empty one stands for a line that was too long.
        let reply = if line.is_empty() {
            too_long()
        } else {
            decider.answer(&line)
        };
        answer(decider, &reply, number, &mut tally, console)?;
    }
    every_line_from(decider, input, tally, number, path, console)
}

fn every_line_from(
    decider: &Decider,
    input: &mut dyn BufRead,
    mut tally: Tally,
    mut number: u64,
    path: &Path,
    console: &mut Console,
) -> Result<Exit, Stop> {
    let mut line = Vec::new();
    loop {
        let reply = match read_line(input, &mut line, path)? {
            Line::End => return Ok(tally.exit()),
            Line::Read if lines::is_blank(&line) => {
                number += 1;
                continue;
            }
            Line::Read => decider.answer(&line),
            Line::TooLong => too_long(),
        };
        number += 1;
        answer(decider, &reply, number, &mut tally, console)?;
        // Whoever waits for this answer before writing the next line gets it now.
        console.flush()?;
    }
}

fn answer(
    decider: &Decider,
    reply: &Reply,
    number: u64,
    tally: &mut Tally,
    console: &mut Console,
) -> Result<(), Stop> {
    if console.is_human() {
        console.line(&reply.text)?;
    } else {
        console.line(&reply.document(&[]))?;
    }
    explain(decider, reply, Some(number), console)?;
    tally.add(&reply.outcome);
    Ok(())
}

/// What decided, for people: beside the answer.
fn explain(
    decider: &Decider,
    reply: &Reply,
    line: Option<u64>,
    console: &mut Console,
) -> Result<(), Stop> {
    let (true, Some(trace)) = (console.is_human(), &reply.trace) else {
        return Ok(());
    };
    let mut lines = rules(decider.program(), trace).into_iter();
    let head = lines.next().unwrap_or_default();
    let head = console.err.paint(Style::Bold, &head);
    match line {
        Some(number) => console.say(&format!("line {number}: {head}"))?,
        None => console.say(&head)?,
    }
    for line in lines {
        console.say(&line)?;
    }
    Ok(())
}
