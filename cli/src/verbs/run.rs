//! `assize run`: one input, or one per line.

use std::io::{self, BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use assize_eval::json::reader::MAX_JSON_BYTES;
use assize_eval::json::{Fault as InputFault, FaultCode, parse};
use assize_eval::trace::Explain;
use assize_eval::trace::render::Level;

use super::answer::{
    Decider, Outcome, Reply, Tally, Wanted, input_name, read_document, refused, tell,
};
use super::compare::{Compared, nothing_before};
use super::lines::{self, Line};
use crate::args::Run;
use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::load::files::shown;
use crate::render::pretty::pretty;

/// Decides.
pub fn run(arguments: &Run, console: &mut Console) -> Result<Exit, Stop> {
    let wanted = Wanted {
        explain: arguments.explain.then(Explain::default),
        receipt: arguments.receipt || arguments.compare.is_some(),
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
    let before = arguments.compare.as_deref().map(Before::open).transpose()?;
    let decider = Decider::new(&arguments.call, wanted, console)?;
    let many = arguments.jsonl
        || path
            .extension()
            .is_some_and(|ending| ending == "jsonl" || ending == "ndjson");
    let exit = match (many, path == Path::new("-")) {
        (true, true) => Many::new(&decider, path, before).all(&mut io::stdin().lock(), console),
        (true, false) => {
            let file = std::fs::File::open(path).map_err(|error| Fault::read(path, &error))?;
            Many::new(&decider, path, before).all(&mut BufReader::new(file), console)
        }
        (false, true) => standard_input(&decider, before, console),
        (false, false) => one(&decider, &read_document(path)?, (path, before), console),
    }?;
    if let Some(file) = &arguments.tally {
        std::fs::write(file, decider.tallied()).map_err(|error| Fault::write(file, &error))?;
    }
    Ok(exit)
}

/// Standard input: one document on any number of lines, or one on each line. Its first two lines tell
/// which, see [`are_many`].
fn standard_input(
    decider: &Decider,
    before: Option<Before>,
    console: &mut Console,
) -> Result<Exit, Stop> {
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
                    return one(decider, text, (path, before), console);
                }
                // Whether it is one document or a long line: it is refused either way.
                Line::TooLong => {
                    let mut many = Many::new(decider, path, before);
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
            return one(decider, &read, (path, before), console);
        }
    }
    Many::new(decider, path, before).all(&mut read.as_slice().chain(input), console)
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
fn one(
    decider: &Decider,
    bytes: &[u8],
    (path, before): (&Path, Option<Before>),
    console: &mut Console,
) -> Result<Exit, Stop> {
    let reply = decider.answer(bytes, None);
    let compared = match &before {
        Some(before) => Some(before.document(decider, bytes, &reply)?),
        None => None,
    };
    if console.is_human() {
        console.line(&pretty(&reply.text))?;
    } else {
        console.line(&document(&reply, compared.as_ref()))?;
    }
    tell(&reply, &input_name(path), decider.decision(), console)?;
    explain(decider, &reply, None, console)?;
    if let (Some(before), Some(compared)) = (&before, &compared) {
        before.tell(compared, None, console)?;
        return Ok(exit_of(compared.is_same()));
    }
    let mut tally = Tally::default();
    tally.add(&reply.outcome);
    Ok(tally.exit())
}

/// An answer for machines, with what became of it since before.
fn document(reply: &Reply, compared: Option<&Compared>) -> String {
    match compared {
        Some(compared) => reply.document(&[("compared", compared.document())]),
        None => reply.document(&[]),
    }
}

/// What `--compare` ends with, whatever the answers are: it asks whether they are the same.
const fn exit_of(same: bool) -> Exit {
    if same { Exit::Success } else { Exit::Findings }
}

/// From this line on machine code decides: compiling is worth a few hundred decisions.
const COMPILED_FROM: u64 = 500;

/// One document on each line; blank lines are counted and not answered.
struct Many<'d> {
    decider: &'d Decider,
    path: &'d Path,
    /// What the answers are compared with, and how many differ.
    before: Option<Before>,
    different: u64,
    tally: Tally,
    /// Lines so far.
    number: u64,
}

impl<'d> Many<'d> {
    fn new(decider: &'d Decider, path: &'d Path, before: Option<Before>) -> Many<'d> {
        Many {
            decider,
            path,
            before,
            different: 0,
            tally: Tally::default(),
            number: 0,
        }
    }

    /// Answers all lines and ends.
    fn all(mut self, input: &mut dyn BufRead, console: &mut Console) -> Result<Exit, Stop> {
        self.all_of(input, console)?;
        let Some(before) = &mut self.before else {
            return Ok(self.tally.exit());
        };
        let left = before.left()?;
        let name = shown(&before.path);
        if console.is_human() {
            let (differ, read) = (self.different, before.read);
            console.say(&format!(
                "answers that differ from {name}: {differ} of {read}"
            ))?;
        }
        if left {
            // What nobody asked for was not compared: that is no success.
            let message = format!("{name} has more answers than there are inputs");
            return Err(Fault::new(message)
                .help("compare with the answers to the same inputs, in the same order")
                .exit(Exit::Findings)
                .into());
        }
        Ok(exit_of(self.different == 0))
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
                    self.tell(&reply, &line, console)?;
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
        self.tell(&refused(Some(self.number), vec![fault]), b"", console)
    }

    fn tell(&mut self, reply: &Reply, input: &[u8], console: &mut Console) -> Result<(), Stop> {
        let compared = match &mut self.before {
            Some(before) => Some(before.next(self.decider, input, reply)?),
            None => None,
        };
        if console.is_human() {
            console.line(&reply.text)?;
        } else {
            console.line(&document(reply, compared.as_ref()))?;
        }
        explain(self.decider, reply, Some(self.number), console)?;
        if let (Some(before), Some(compared)) = (&self.before, &compared)
            && !compared.is_same()
        {
            self.different += 1;
            before.tell(compared, Some(self.number), console)?;
        }
        self.tally.add(&reply.outcome);
        // Whoever waits for this answer before writing the next line gets it now.
        console.flush()
    }
}

/// The answers of before, read as they are needed.
struct Before {
    path: PathBuf,
    file: BufReader<std::fs::File>,
    /// Lines and answers so far.
    line: u64,
    read: u64,
}

impl Before {
    fn open(path: &Path) -> Result<Before, Fault> {
        let read = |error: &io::Error| Fault::read(path, error);
        // A folder can be opened, and not be read.
        if std::fs::metadata(path)
            .map_err(|error| read(&error))?
            .is_dir()
        {
            return Err(read(&io::ErrorKind::IsADirectory.into()));
        }
        let file = std::fs::File::open(path).map_err(|error| read(&error))?;
        Ok(Before {
            path: path.to_owned(),
            file: BufReader::new(file),
            line: 0,
            read: 0,
        })
    }

    /// Compares with the one answer that the file is.
    fn document(&self, decider: &Decider, input: &[u8], reply: &Reply) -> Result<Compared, Stop> {
        let bytes = read_document(&self.path)?;
        let compared = decider.compared(input, reply, &bytes);
        compared.map_err(|why| self.refused(None, &why).into())
    }

    /// Compares with the answer on the next line.
    fn next(&mut self, decider: &Decider, input: &[u8], reply: &Reply) -> Result<Compared, Stop> {
        let mut line = Vec::new();
        if !self.advance(&mut line)? {
            return Ok(nothing_before());
        }
        self.read += 1;
        let compared = decider.compared(input, reply, &line);
        compared.map_err(|why| self.refused(Some(self.line), &why).into())
    }

    /// Whether there is an answer that no input had.
    fn left(&mut self) -> Result<bool, Stop> {
        self.advance(&mut Vec::new())
    }

    /// Reads the next line that is not blank.
    fn advance(&mut self, line: &mut Vec<u8>) -> Result<bool, Stop> {
        loop {
            self.line += 1;
            match read_line(&mut self.file, line, &self.path)? {
                Line::End => return Ok(false),
                Line::Read if lines::is_blank(line) => {}
                Line::Read => return Ok(true),
                Line::TooLong => {
                    let why = format!("it is longer than {MAX_JSON_BYTES} bytes");
                    return Err(self.refused(Some(self.line), &why).into());
                }
            }
        }
    }

    fn refused(&self, line: Option<u64>, why: &str) -> Fault {
        let name = shown(&self.path);
        let place = line.map_or(name.clone(), |line| format!("line {line} of {name}"));
        Fault::new(format!("{place} is no answer: {why}"))
            .help("--compare takes what `assize run --receipt` wrote before")
    }

    /// Says what differs; of many answers with their line.
    fn tell(
        &self,
        compared: &Compared,
        line: Option<u64>,
        console: &mut Console,
    ) -> Result<(), Stop> {
        if !console.is_human() {
            return Ok(());
        }
        let mut lines = compared.lines(&shown(&self.path)).into_iter();
        let head = lines.next().unwrap_or_default();
        let head = console.err.paint(Style::Bold, &head);
        console.say(&line.map_or(head.clone(), |line| format!("line {line}: {head}")))?;
        for line in lines {
            console.say(&line)?;
        }
        Ok(())
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
