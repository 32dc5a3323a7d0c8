//! The calls that are timed: of files, else of the package's tests, else generated.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufReader;
use std::path::Path;

use assize_compiler::testing::{TestOptions, inputs, run_tests_watched};
use assize_eval::Value;
use assize_eval::canonical::input_text;
use assize_eval::data::Data as _;
use assize_eval::failure::full_name;
use assize_eval::interp::Observer;
use assize_eval::json::call::{needs_instant, with_duplicates};
use assize_eval::json::reader::MAX_JSON_BYTES;
use assize_eval::json::{Fault as InputFault, Json, instant, parse};
use assize_ir::{CallableId, Decision, NodeId, Op, Program};
use assize_runtime::Loaded;

use crate::args::Bench;
use crate::console::Console;
use crate::fault::{Exit, Fault, Stop};
use crate::load::rules::Ready;
use crate::render::human::counted;
use crate::verbs::answer::{input_name, is_call, read_document, refused, tell};
use crate::verbs::lines::{self, Line};

/// Generated inputs of a decision at most, and calls of tests at most.
const MAX_INPUTS: usize = 1_000;
/// The seed of generated inputs: that of `assize attest`.
const SEED: u64 = 1;

/// Where calls are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The files of `--input`.
    Files,
    /// What the tests of the package ask.
    Tests,
    /// Generated, as `assize attest` does.
    Generated,
}

/// Calls of a decision.
pub struct Inputs {
    /// Its name.
    pub decision: String,
    /// Where they are from.
    pub from: From,
    /// The number of the first, from 1.
    pub first: usize,
    /// Their canonical texts.
    pub calls: Vec<String>,
}

/// The one input with this number, from 1.
fn only(number: u32, inputs: Inputs) -> Result<Inputs, Fault> {
    let first = usize::try_from(number).unwrap_or(usize::MAX);
    let count = inputs.calls.len();
    let call = inputs.calls.into_iter().nth(first.saturating_sub(1));
    let Some(call) = call else {
        let message = format!(
            "--only {number}: `{}` has {}",
            inputs.decision,
            counted(count, "input")
        );
        return Err(Fault::new(message).help("inputs are numbered from 1"));
    };
    Ok(Inputs {
        first,
        calls: vec![call],
        ..inputs
    })
}

/// The calls of each decision.
pub fn all(
    arguments: &Bench,
    ready: &Ready,
    loaded: &Loaded,
    decisions: &[&Decision],
    console: &mut Console,
) -> Result<Vec<Inputs>, Stop> {
    let mut of_tests = match &ready.workbench {
        Some(workbench) if arguments.input.is_empty() => {
            let mut heard = Heard::new(loaded, decisions);
            let options = TestOptions::default();
            run_tests_watched(&workbench.db, workbench.root, &options, &mut heard);
            heard.calls
        }
        _ => BTreeMap::new(),
    };
    let mut found = Vec::new();
    for decision in decisions {
        let (from, calls) = if !arguments.input.is_empty() {
            let calls = of_files(&arguments.input, loaded, decision, console)?;
            (From::Files, calls)
        } else if let Some(calls) =
            of_tests.remove(&full_name(&loaded.rules.program, decision.callable))
        {
            (From::Tests, calls.in_order)
        } else {
            (From::Generated, generated(loaded, decision))
        };
        let inputs = Inputs {
            decision: decision.name.clone(),
            from,
            first: 1,
            calls,
        };
        found.push(match arguments.only {
            Some(number) => only(number, inputs)?,
            None => inputs,
        });
    }
    Ok(found)
}

/// The time of calls that say none, where one is needed: that of the youngest data, so that all are fresh.
fn time_of_data(loaded: &Loaded, decision: &Decision) -> Option<i64> {
    let program: &Program = &loaded.rules.program;
    if !needs_instant(program, decision) {
        return None;
    }
    let times = decision.reads.iter();
    let times = times.filter_map(|relation| loaded.snapshot.store.as_of_seconds(*relation));
    Some(times.max().unwrap_or(0))
}

fn generated(loaded: &Loaded, decision: &Decision) -> Vec<String> {
    let program: &Program = &loaded.rules.program;
    let at = time_of_data(loaded, decision);
    let count = u64::try_from(MAX_INPUTS).unwrap_or(u64::MAX);
    let mut calls = Vec::new();
    let store = &loaded.snapshot.store;
    inputs(program, store, decision.callable, (SEED, count), |input| {
        calls.extend(input_text(program, decision, at, input));
    });
    calls
}

/// Calls without those that came before.
#[derive(Default)]
struct Calls {
    in_order: Vec<String>,
    known: BTreeSet<String>,
}

impl Calls {
    fn add(&mut self, call: String) {
        if self.in_order.len() < MAX_INPUTS && self.known.insert(call.clone()) {
            self.in_order.push(call);
        }
    }
}

/// A node that calls a decision.
struct Site {
    node: NodeId,
    /// The decision's full name.
    decision: String,
    callee: CallableId,
    arguments: Vec<NodeId>,
}

/// Hears with which arguments tests call decisions.
struct Heard<'l> {
    /// By full name: the decision as it is called, and the time of its calls.
    wanted: BTreeMap<String, (&'l Decision, Option<i64>)>,
    /// The calls in callables of the tests' program, which has other numbers than the one that is measured.
    sites: BTreeMap<CallableId, Vec<Site>>,
    /// What arguments of calls were last.
    values: BTreeMap<(CallableId, NodeId), Value>,
    /// By full name.
    calls: BTreeMap<String, Calls>,
}

impl<'l> Heard<'l> {
    fn new(loaded: &'l Loaded, decisions: &[&'l Decision]) -> Heard<'l> {
        let program: &Program = &loaded.rules.program;
        let wanted = decisions.iter().map(|decision| {
            let name = full_name(program, decision.callable);
            (name, (*decision, time_of_data(loaded, decision)))
        });
        Heard {
            wanted: wanted.collect(),
            sites: BTreeMap::new(),
            values: BTreeMap::new(),
            calls: BTreeMap::new(),
        }
    }

    fn sites_of(&self, program: &Program, callable: CallableId) -> Vec<Site> {
        let nodes = program.callable(callable).map(|it| it.nodes.as_slice());
        let nodes = (0u32..).map(NodeId).zip(nodes.unwrap_or_default());
        let calls = nodes.filter_map(|(node, it)| match &it.op {
            Op::Call(callee, arguments) => Some(Site {
                node,
                decision: full_name(program, *callee),
                callee: *callee,
                arguments: arguments.clone(),
            }),
            _ => None,
        });
        calls
            .filter(|site| self.wanted.contains_key(&site.decision))
            .collect()
    }

    /// The call of a site, whose last argument has its value now.
    fn call(&self, program: &Program, caller: CallableId, site: &Site) -> Option<String> {
        let (decision, at) = self.wanted.get(&site.decision)?;
        let arguments: Option<Vec<Value>> = site
            .arguments
            .iter()
            .map(|node| self.values.get(&(caller, *node)).cloned())
            .collect();
        // Types and parameters are those of the program that has the values.
        let there = Decision {
            callable: site.callee,
            ..(*decision).clone()
        };
        input_text(program, &there, *at, &arguments?).ok()
    }
}

impl Observer for Heard<'_> {
    fn value(&mut self, program: &Program, callable: CallableId, node: NodeId, value: &Value) {
        if !self.sites.contains_key(&callable) {
            let sites = self.sites_of(program, callable);
            self.sites.insert(callable, sites);
        }
        let Some(sites) = self.sites.get(&callable) else {
            return;
        };
        if !sites
            .iter()
            .any(|site| site.node == node || site.arguments.contains(&node))
        {
            return;
        }
        self.values.insert((callable, node), value.clone());
        // Arguments are evaluated in order: with the last one the call is made, whatever comes of it.
        let made = sites
            .iter()
            .filter(|site| *site.arguments.last().unwrap_or(&site.node) == node);
        let made: Vec<(String, String)> = made
            .filter_map(|site| Some((site.decision.clone(), self.call(program, callable, site)?)))
            .collect();
        for (decision, call) in made {
            self.calls.entry(decision).or_default().add(call);
        }
    }
}

/// The calls in files; faults of one end the run.
fn of_files(
    paths: &[std::path::PathBuf],
    loaded: &Loaded,
    decision: &Decision,
    console: &mut Console,
) -> Result<Vec<String>, Stop> {
    let mut calls = Vec::new();
    for path in paths {
        let many = path
            .extension()
            .is_some_and(|ending| ending == "jsonl" || ending == "ndjson");
        let before = calls.len();
        if many {
            each_line(path, |number, line| {
                calls.push(taken(
                    loaded,
                    decision,
                    line,
                    (path, Some(number)),
                    console,
                )?);
                Ok(())
            })?;
        } else {
            let bytes = read_document(path)?;
            calls.push(taken(loaded, decision, &bytes, (path, None), console)?);
        }
        if calls.len() == before {
            return Err(Fault::new(format!("{} has no input", input_name(path)))
                .help("write one call per line, or the input alone")
                .into());
        }
    }
    Ok(calls)
}

/// Tells the lines of a file that are not blank, with their numbers.
fn each_line(
    path: &Path,
    mut tell: impl FnMut(u64, &[u8]) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let file = std::fs::File::open(path).map_err(|error| Fault::read(path, &error))?;
    let mut file = BufReader::new(file);
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        number += 1;
        let read = lines::next(&mut file, &mut line, MAX_JSON_BYTES);
        match read.map_err(|error| Fault::read(path, &error))? {
            Line::End => return Ok(()),
            Line::Read if lines::is_blank(&line) => {}
            Line::Read => tell(number, &line)?,
            Line::TooLong => {
                let message = format!(
                    "line {number} of {} is longer than {MAX_JSON_BYTES} bytes, the most that is read",
                    input_name(path)
                );
                return Err(Fault::new(message).into());
            }
        }
    }
}

/// The canonical text of a call, or of an input alone.
fn taken(
    loaded: &Loaded,
    decision: &Decision,
    bytes: &[u8],
    (path, line): (&Path, Option<u64>),
    console: &mut Console,
) -> Result<String, Stop> {
    let refuse = |faults: Vec<InputFault>, console: &mut Console| -> Stop {
        match told(faults, (path, line), decision, console) {
            Ok(()) => Stop::Told(Exit::Usage),
            Err(stop) => stop,
        }
    };
    let document = match parse(bytes, "") {
        Ok(document) => document,
        Err(error) => return Err(refuse(vec![error.into()], console)),
    };
    let program: &Program = &loaded.rules.program;
    let is_whole = is_call(program, decision, &document.value);
    let mut members = match document.value {
        Json::Object(members) if is_whole => members,
        input => vec![("input".into(), input)],
    };
    let says_time = members
        .iter()
        .any(|(name, value)| name == "at" && *value != Json::Null);
    if let Some(at) = time_of_data(loaded, decision).filter(|_| !says_time) {
        members.retain(|(name, _)| name != "at");
        let at = Cow::Owned(instant::format(at));
        members.push(("at".into(), Json::Text(at)));
    }
    let call = Json::Object(members);
    let decoded = loaded.decode_document_of(Some(decision), &call);
    match with_duplicates(document.duplicates, decoded) {
        Ok(call) => input_text(program, call.decision, call.at, &call.arguments).map_err(|error| {
            Fault::new(format!("{}: {error:?}", input_name(path)))
                .exit(Exit::Internal)
                .into()
        }),
        Err(faults) => Err(refuse(faults, console)),
    }
}

/// Tells the faults of an input.
fn told(
    faults: Vec<InputFault>,
    (path, line): (&Path, Option<u64>),
    decision: &Decision,
    console: &mut Console,
) -> Result<(), Stop> {
    let reply = refused(line, faults);
    if !console.is_human() {
        console.line(&reply.document(&[]))?;
        return console.flush();
    }
    let name = match line {
        Some(line) => format!("line {line} of {}", input_name(path)),
        None => input_name(path),
    };
    tell(&reply, &name, &decision.name, console)
}
