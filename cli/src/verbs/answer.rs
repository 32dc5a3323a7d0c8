//! One call, answered: shared by `run` and `explain`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use assize_eval::Failure;
use assize_eval::decided::{Decided, write_choice};
use assize_eval::json::call::{Call as ReadCall, KNOWN, named, with_duplicates};
use assize_eval::json::reader::MAX_JSON_BYTES;
use assize_eval::json::{
    Fault as InputFault, FaultCode, Json, NumberStyle, instant, invalid_line_text, nearest, parse,
};
use assize_eval::trace::render::{Level, lines};
use assize_eval::trace::shorten::shorten;
use assize_eval::trace::{Explain, Step, Trace};
use assize_eval::value::Value;
use assize_eval::{Interpreter, Watch};
use assize_ir::reach::callables;
use assize_ir::{Decision, PlaceId, Program, SourceFile};
use assize_runtime::engine::{Loaded, Options};
use assize_runtime::jit::Asked;
use assize_runtime::snapshot::{Folder, Snapshot, SnapshotLimits, load_snapshot};
use serde_json::json;

use super::compare::{Compared, MAX_TOLD, compare};
use super::roundings::Roundings;
use crate::args::{Call, Numbers};
use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::load::files::shown;
use crate::load::rules::{self, Ready};
use crate::progress::Progress;
use crate::render::few::{few, few_or};
use crate::render::human::counted;

/// Faults of an input or snapshot that people are shown; machines get all.
const FAULTS_SHOWN: usize = 20;

/// What became of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A value.
    Decided,
    /// An error of the decision, in words.
    Failed(String),
    /// Faults: nothing was decided.
    Refused(Vec<InputFault>),
}

/// An answer.
pub struct Reply {
    /// One line of JSON, without line end.
    pub text: String,
    /// What became of the input.
    pub outcome: Outcome,
    /// What explains it, when it was asked for.
    pub trace: Option<Trace>,
    /// Where the places lie that an error or a trace names.
    pub places: BTreeMap<String, Located>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    file: String,
    line: u32,
    column: u32,
}

impl Reply {
    /// The answer for machines: with the files of its places, and more members if there are any.
    pub fn document(&self, more: &[(&str, serde_json::Value)]) -> String {
        // The answer is an object, whose bytes stay as the engine wrote them.
        let mut out = self.text.strip_suffix('}').unwrap_or(&self.text).to_owned();
        let places = self.places.iter().map(|(text, at)| {
            let at = json!({"file": at.file, "line": at.line, "column": at.column});
            (text.clone(), at)
        });
        let places: serde_json::Map<String, serde_json::Value> = places.collect();
        let places = (!places.is_empty()).then(|| ("places", json!(places)));
        for (name, value) in places.iter().chain(more) {
            out.push_str(&format!(",\"{name}\":{value}"));
        }
        out.push('}');
        out
    }
}

/// Rules, data and a decision, ready for inputs.
pub struct Decider {
    loaded: Loaded,
    decision: String,
    at: Option<String>,
    options: Options,
    /// Whether the trace goes into the answer.
    trace_in_answer: bool,
    /// What decided in all inputs, where it is counted.
    counted: Option<RefCell<Decided>>,
    ready: Ready,
}

/// What an answer should carry.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// A trace.
    pub explain: Option<Explain>,
    /// The digests.
    pub receipt: bool,
    /// What decided.
    pub decided: bool,
    /// What decided, of all inputs together.
    pub counted: bool,
}

impl Decider {
    /// Decides by machine code from now on: worth its while where there is much to decide.
    pub fn compile(&self) {
        self.loaded.compile();
    }

    /// Loads rules and data.
    pub fn new(call: &Call, wanted: Wanted, console: &mut Console) -> Result<Decider, Stop> {
        if let Some(at) = &call.at
            && instant::parse_up(at).is_none()
        {
            return Err(Fault::new(format!("--at {at} is no instant"))
                .help("write it in UTC, as 2026-11-20T10:15:00Z")
                .into());
        }
        let ready = rules::ready(&call.rules, console)?;
        let program = ready.program();
        let Some(decision) = &call.decision else {
            return Err(unnamed(program, &call.rules).into());
        };
        let decision = find(program, decision)?.clone();
        let snapshot = match &call.data {
            Some(folder) => read_data(program, folder, console)?,
            None => no_data(program, &decision, console)?,
        };
        let loaded = Loaded::of(Arc::clone(&ready.rules), snapshot);
        let style = match call.numbers {
            Numbers::String => NumberStyle::String,
            Numbers::Number => NumberStyle::Number,
        };
        Ok(Decider {
            loaded,
            decision: decision.name,
            at: call.at.clone(),
            options: Options {
                style,
                // One that goes into the answer has the bytes that every engine gives.
                explain: wanted.explain.map(|explain| Explain {
                    long: console.is_human(),
                    ..explain
                }),
                receipt: wanted.receipt,
                decided: wanted.decided,
            },
            trace_in_answer: !console.is_human(),
            counted: wanted.counted.then(RefCell::default),
            ready,
        })
    }

    /// What decided in all inputs so far, as lines of JSON: all choices that the decision can reach, each with how
    /// often it decided, so that those which never did are there as well.
    pub fn tallied(&self) -> String {
        let mut out = String::new();
        let (Some(counted), Some(decision)) =
            (&self.counted, self.program().decision(&self.decision))
        else {
            return out;
        };
        let reached = callables(self.program(), decision.callable);
        for (callable, choice, times) in counted.borrow().of_all(self.program(), reached) {
            if write_choice(self.program(), (callable, choice), times, &mut out).is_some() {
                out.push('\n');
            }
        }
        out
    }

    /// Asks the traces for what has this name, however much else there is.
    pub fn focus(&mut self, name: String) {
        if let Some(explain) = &mut self.options.explain {
            explain.focus = Some(name);
        }
    }

    /// The program.
    pub fn program(&self) -> &Program {
        &self.loaded.rules.program
    }

    /// The name of the decision.
    pub fn decision(&self) -> &str {
        &self.decision
    }

    /// The trace of a reply in words. How a decision failed is told as everywhere else: with the file.
    pub fn explanation(&self, reply: &Reply, level: Level) -> Vec<String> {
        let Some(trace) = &reply.trace else {
            return Vec::new();
        };
        let mut told = lines(self.program(), trace, level);
        if let (Outcome::Failed(words), Some(head)) = (&reply.outcome, told.first_mut()) {
            *head = format!("{} ended with {words}", self.decision);
        }
        told
    }

    /// Answers one input: a whole call, or the `input` alone. `line` is its line where there are many.
    pub fn answer(&self, bytes: &[u8], line: Option<u64>) -> Reply {
        if let Some(text) = self.by_machine(bytes) {
            return Reply {
                text,
                outcome: Outcome::Decided,
                trace: None,
                places: BTreeMap::new(),
            };
        }
        match self.with_call(bytes, line, |call| self.answer_call(&call)) {
            Ok(Ok(reply)) => reply,
            Ok(Err(fault)) => refused(line, vec![fault]),
            Err(faults) => refused(line, faults),
        }
    }

    /// Hands on the call that an input is.
    fn with_call<T>(
        &self,
        bytes: &[u8],
        line: Option<u64>,
        take: impl FnOnce(ReadCall<'_>) -> T,
    ) -> Result<T, Vec<InputFault>> {
        let document = match parse(bytes, "") {
            Ok(document) => document,
            Err(mut error) => {
                // Lines are counted in what the caller wrote, not in the one line that was handed on.
                let before = line.map_or(0, |line| line.saturating_sub(1));
                let before = usize::try_from(before).unwrap_or(usize::MAX);
                error.line = error.line.saturating_add(before);
                return Err(vec![error.into()]);
            }
        };
        let wanted = self.program().decision(&self.decision);
        let mut duplicates = document.duplicates;
        let json = if self.is_call(&document.value) {
            self.complete(document.value)
        } else {
            // Paths of an input alone begin with `input`, as those of a whole call do.
            for fault in &mut duplicates {
                let dot = if fault.path.starts_with('[') { "" } else { "." };
                fault.path = format!("input{dot}{}", fault.path);
            }
            self.complete(Json::Object(vec![("input".into(), document.value)]))
        };
        let decoded = self.loaded.decode_document_of(wanted, &json);
        with_duplicates(duplicates, decoded).map(take)
    }

    fn answer_call(&self, call: &ReadCall<'_>) -> Result<Reply, InputFault> {
        let arguments: &[Value] = &call.arguments;
        let mut counted = (self.options.decided || self.counted.is_some()).then(Decided::default);
        let name = &call.decision.name;
        let (loaded, options) = (&self.loaded, &self.options);
        let decided = match &mut counted {
            Some(counted) => loaded.decide_counted(name, arguments, call.at, options, counted),
            None => loaded.decide(name, arguments, call.at, options),
        };
        let mut answer = decided?;
        if let (Some(all), Some(these)) = (&self.counted, &counted) {
            all.borrow_mut().merge(these);
        }
        let trace = if self.trace_in_answer {
            None
        } else {
            answer.trace.take()
        };
        let counted = counted.filter(|_| self.options.decided);
        let asked = (call.decision, call.at, arguments);
        let text = loaded.text_with(asked, (&answer, counted.as_ref()), options);
        let trace = trace.or_else(|| answer.trace.take());
        let mut places = BTreeMap::new();
        if let Err(failure) = &answer.result
            && let Some(place) = failure.place_id
        {
            self.locate(&failure.place, place, &mut places);
        }
        if let Some(trace) = &trace {
            self.locate_steps(&trace.root, &mut places);
        }
        let outcome = match &answer.result {
            Ok(_) => Outcome::Decided,
            Err(failure) => Outcome::Failed(self.words(failure)),
        };
        Ok(Reply {
            text,
            outcome,
            trace,
            places,
        })
    }

    /// Compares an answer to an input with that of before, and says of the first fields that differ what gave them. An
    /// error says why what was answered before is no answer.
    pub fn compared(&self, input: &[u8], reply: &Reply, before: &[u8]) -> Result<Compared, String> {
        let mut compared = compare(self.program(), &self.decision, before, &reply.text)?;
        if compared.is_same() || reply.outcome != Outcome::Decided {
            return Ok(compared);
        }
        let mut heard = Roundings::default();
        let interpreter = Interpreter::new(
            self.program(),
            &self.loaded.snapshot.store,
            self.loaded.limits,
        );
        let watch = Watch {
            explain: Some(Explain {
                long: true,
                ..Explain::default()
            }),
            observer: Some(&mut heard),
        };
        let again = self.with_call(input, None, |call| {
            interpreter.decide_with(&call.decision.name, &call.arguments, call.at, watch)
        });
        let Some(mut trace) = again.ok().and_then(|answer| answer.trace) else {
            return Ok(compared);
        };
        shorten(&mut trace);
        let mut roundings = heard.into_all();
        for rounded in &mut roundings {
            rounded.located = self.place_text(rounded.place).unwrap_or_default();
        }
        for difference in compared.differences.iter_mut().take(MAX_TOLD) {
            difference.explain(self.program(), &self.decision, &trace, &roundings);
        }
        Ok(compared)
    }

    /// `shop.assize:7:12`.
    fn place_text(&self, place: PlaceId) -> Option<String> {
        let found = self.program().place(place)?;
        let file = self.program().files.get(found.file as usize)?;
        Some(format!(
            "{}:{}:{}",
            self.shown_path(file),
            found.line,
            found.column
        ))
    }

    /// The answer to an input that machine code alone can give.
    fn by_machine(&self, bytes: &[u8]) -> Option<String> {
        if !self.loaded.is_compiled() || self.has_name_of_a_call() {
            return None;
        }
        let mut text = String::new();
        // No text is both, as no parameter is named like a field of a call.
        let answered = [false, true].into_iter().any(|input_alone| {
            let asked = Asked {
                decision: Some(&self.decision),
                at: self.at.as_deref().and_then(instant::parse_up),
                input_alone,
            };
            let (loaded, options) = (&self.loaded, &self.options);
            match &self.counted {
                Some(all) => {
                    let mut all = all.borrow_mut();
                    loaded.machine_answer_counted(asked, bytes, options, &mut all, &mut text)
                }
                None => loaded.machine_answer(asked, bytes, options, &mut text),
            }
        });
        answered.then_some(text)
    }

    /// Whether a parameter of the decision is named like a field of a call.
    fn has_name_of_a_call(&self) -> bool {
        KNOWN.into_iter().any(|name| self.is_parameter(name))
    }

    fn is_parameter(&self, name: &str) -> bool {
        let decision = self.program().decision(&self.decision);
        decision.is_some_and(|it| is_parameter(self.program(), it, name))
    }

    /// Where a place of the program lies.
    fn locate(&self, text: &str, place: PlaceId, places: &mut BTreeMap<String, Located>) {
        let found = self.program().place(place).and_then(|place| {
            let file = self.program().files.get(place.file as usize)?;
            Some((place, file))
        });
        if let Some((place, file)) = found
            && !places.contains_key(text)
        {
            let located = Located {
                file: self.shown_path(file),
                line: place.line,
                column: place.column,
            };
            places.insert(text.to_owned(), located);
        }
    }

    /// Where the callables lie that were entered. The nesting of a trace is bounded.
    fn locate_steps(&self, step: &Step, places: &mut BTreeMap<String, Located>) {
        if let Some(callable) = self.program().callable(step.callable) {
            self.locate(&step.place, callable.place, places);
        }
        for child in &step.children {
            self.locate_steps(child, places);
        }
    }

    fn is_call(&self, json: &Json<'_>) -> bool {
        let decision = self.program().decision(&self.decision);
        decision.is_some_and(|it| is_call(self.program(), it, json))
    }

    /// A whole call with the time that the command line says.
    fn complete<'j>(&'j self, json: Json<'j>) -> Json<'j> {
        match (json, &self.at) {
            (Json::Object(mut members), Some(at)) => {
                members.retain(|(name, _)| name != "at");
                members.push(("at".into(), Json::Text(Cow::Borrowed(at))));
                Json::Object(members)
            }
            (json, _) => json,
        }
    }

    /// A failure in words: the code, the reason's own text or what was involved, and the place.
    fn words(&self, failure: &Failure) -> String {
        let mut out = failure.code.name().replace('_', " ");
        if let Some(text) = self.reason_text(failure) {
            out.push_str(": ");
            out.push_str(&text);
        } else if let Some(text) = failure.before_first_day(self.program()) {
            out.push_str(": ");
            out.push_str(&text);
        } else {
            for (index, (name, value)) in failure.values.iter().enumerate() {
                out.push_str(if index == 0 { ": " } else { ", " });
                out.push_str(&format!("{name} {value}"));
            }
        }
        let mut places = BTreeMap::new();
        if let Some(place) = failure.place_id {
            self.locate(&failure.place, place, &mut places);
        }
        let place = places
            .get(&failure.place)
            .map(|at| format!("{}:{}:{}", at.file, at.line, at.column));
        if let Some(place) = place {
            out.push_str(&format!(" ({} at {place})", failure.rule));
        }
        out
    }

    /// A file as people find it; of a bundle, which knows no folder, as its package does.
    fn shown_path(&self, file: &SourceFile) -> String {
        let workbench = self.ready.workbench.as_ref();
        workbench.map_or_else(|| file.path.clone(), |it| it.shown_file(file))
    }

    /// The text of a `stop`'s reason.
    fn reason_text(&self, failure: &Failure) -> Option<String> {
        let reason = failure.reason.as_ref()?;
        let declared = self.program().reasons.get(reason.reason.index())?;
        let interpreter = Interpreter::new(
            self.program(),
            &self.loaded.snapshot.store,
            self.loaded.limits,
        );
        match interpreter.call(declared.message, &reason.arguments) {
            Ok(Value::Text(text)) => Some(format!("{}: {text}", declared.code)),
            _ => Some(declared.code.clone()),
        }
    }
}

/// The answer to an input with faults; `line` is its line where there are many.
pub fn refused(line: Option<u64>, faults: Vec<InputFault>) -> Reply {
    let text = invalid_line_text(line, &faults);
    Reply {
        text,
        outcome: Outcome::Refused(faults),
        trace: None,
        places: BTreeMap::new(),
    }
}

/// Whether this is a whole call: it has a field of a call whose name is no parameter of the decision.
pub fn is_call(program: &Program, decision: &Decision, json: &Json<'_>) -> bool {
    KNOWN
        .into_iter()
        .any(|name| json.get(name).is_some() && !is_parameter(program, decision, name))
}

fn is_parameter(program: &Program, decision: &Decision, name: &str) -> bool {
    let callable = program.callable(decision.callable);
    callable.is_some_and(|it| it.params.iter().any(|param| param.name == name))
}

/// The decision with this name: as it is called, or in full.
pub fn find<'p>(program: &'p Program, name: &str) -> Result<&'p Decision, Fault> {
    if let Some(found) = named(program, name) {
        return Ok(found);
    }
    let names: Vec<&str> = program
        .decisions
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    let fault = Fault::new(format!("there is no decision `{name}`"));
    Err(match nearest(name, names.iter().copied()) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None => fault.help(format!("there is {}", few_or(names, ALL_DECISIONS))),
    })
}

/// How all decisions are seen.
const ALL_DECISIONS: &str = "`assize inspect` tells all";

/// A call that names no decision.
fn unnamed(program: &Program, rules: &Path) -> Fault {
    let names: Vec<&str> = program
        .decisions
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    let first = names.first().copied().unwrap_or("DECISION");
    Fault::new("no decision is named").help(format!(
        "there is {}; write for example `assize run {} {first} --input FILE`",
        few_or(&names, ALL_DECISIONS),
        shown(rules)
    ))
}

/// Reads a snapshot; its faults are told and end the run.
pub fn read_data(
    program: &Program,
    folder: &Path,
    console: &mut Console,
) -> Result<Snapshot, Stop> {
    let about = std::fs::metadata(folder).map_err(|error| Fault::read(folder, &error))?;
    if !about.is_dir() {
        return Err(Fault::new(format!("{} is no folder", shown(folder)))
            .help("--data names the folder with snapshot.json")
            .into());
    }
    let read = {
        let _progress = Progress::start(console, &format!("reading {}", shown(folder)));
        load_snapshot(
            program,
            &Folder(folder.to_owned()),
            &SnapshotLimits::default(),
        )
    };
    let faults = match read {
        Ok(snapshot) => return Ok(snapshot),
        Err(faults) => faults,
    };
    let count = counted(faults.len(), "fault");
    let fault = Fault::new(format!(
        "the data in {} has {count}; nothing was decided",
        shown(folder)
    ));
    if console.is_human() {
        for one in faults.iter().take(FAULTS_SHOWN) {
            console.say(&format!("{}/{one}", shown(folder)))?;
        }
        if faults.len() > FAULTS_SHOWN {
            let more = faults.len() - FAULTS_SHOWN;
            console.say(&format!("… {more} more (--format json tells all)"))?;
        }
        return Err(fault.into());
    }
    let faults: Vec<_> = faults
        .iter()
        .map(|one| {
            json!({
                "file": one.file,
                "line": one.line,
                "element": one.element,
                "row": one.row,
                "path": one.fault.path,
                "code": one.fault.code.name(),
                "expected": one.fault.expected,
                "found": one.fault.found,
            })
        })
        .collect();
    let error = json!({
        "error": {"code": "invalid_data", "message": fault.message, "faults": faults},
    });
    console.line(&error.to_string())?;
    console.flush()?;
    Err(Stop::Told(Exit::Usage))
}

/// No data: every relation is empty, which is said when one is read.
fn no_data(
    program: &Program,
    decision: &Decision,
    console: &mut Console,
) -> Result<Snapshot, Stop> {
    let reads: Vec<&str> = decision
        .reads
        .iter()
        .filter_map(|id| program.relation(*id))
        .map(|relation| relation.name.rsplit('.').next().unwrap_or(&relation.name))
        .collect();
    if !reads.is_empty() {
        let are = if reads.len() == 1 { "is" } else { "are" };
        // Machines are told as well: stderr is not part of their answer.
        let label = console.err.paint(Style::Cyan, "note:");
        let names = few(&reads);
        console.say(&format!("{label} without --data, {names} {are} empty"))?;
    }
    Ok(Snapshot::empty(program))
}

/// Tells people why an input was not decided, or how its decision ended.
pub fn tell(reply: &Reply, name: &str, decision: &str, console: &mut Console) -> Result<(), Stop> {
    if !console.is_human() {
        return Ok(());
    }
    match &reply.outcome {
        Outcome::Decided => Ok(()),
        Outcome::Failed(words) => {
            let label = console.err.paint(Style::Red, "error:");
            console.say(&format!("{label} {decision} ended with {words}"))
        }
        Outcome::Refused(faults) => {
            let label = console.err.paint(Style::Red, "error:");
            let count = counted(faults.len(), "fault");
            console.say(&format!("{label} {name} has {count}; nothing was decided"))?;
            let shown: Vec<&InputFault> = faults.iter().take(FAULTS_SHOWN).collect();
            let width = shown
                .iter()
                .map(|it| it.path.chars().count())
                .max()
                .unwrap_or(0);
            for fault in &shown {
                let path = console
                    .err
                    .paint(Style::Bold, &format!("{:width$}", fault.path));
                console.say(&format!("  {path}  {}", fault.words()))?;
            }
            if faults.len() > shown.len() {
                let more = faults.len() - shown.len();
                console.say(&format!("  … {more} more (--format json tells all)"))?;
            }
            for help in helps(faults) {
                let label = console.err.paint(Style::Cyan, "help:");
                console.say(&format!(" {label} {help}"))?;
            }
            Ok(())
        }
    }
}

/// What to do about faults that beginners meet: a record handed in where the call is wanted, and a call
/// without its time.
fn helps(faults: &[InputFault]) -> Vec<String> {
    let param = |fault: &InputFault| {
        let name = fault.path.strip_prefix("input.")?;
        (!name.contains(['.', '['])).then(|| name.to_owned())
    };
    let first = |code: FaultCode| {
        let mut of_code = faults.iter().filter(|fault| fault.code == code);
        of_code.find_map(param)
    };
    let mut out = Vec::new();
    if let Some(name) = first(FaultCode::MissingField)
        && first(FaultCode::UnknownField).is_some()
    {
        out.push(format!(
            "an input gives each parameter by its name: {{\"{name}\": …}}"
        ));
    }
    let no_time = |fault: &InputFault| fault.path == "at" && fault.code == FaultCode::MissingField;
    if faults.iter().any(no_time) {
        out.push("give the time with --at, or as \"at\" in the call".to_owned());
    }
    out
}

/// The whole of a file or of standard input.
pub fn read_document(path: &Path) -> Result<Vec<u8>, Fault> {
    let limit = u64::try_from(MAX_JSON_BYTES).unwrap_or(u64::MAX);
    if path != Path::new("-") {
        return crate::load::files::read_bytes(path, limit);
    }
    let mut bytes = Vec::new();
    std::io::stdin()
        .lock()
        .take(limit.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Fault::read(Path::new("standard input"), &error))?;
    Ok(bytes)
}

/// What an input is called.
pub fn input_name(path: &Path) -> String {
    if path == Path::new("-") {
        "standard input".to_owned()
    } else {
        shown(path)
    }
}

/// The exit code of what became of inputs: faults weigh more than failed decisions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    refused: bool,
    failed: bool,
}

impl Tally {
    /// Counts an outcome.
    pub fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Decided => {}
            Outcome::Failed(_) => self.failed = true,
            Outcome::Refused(_) => self.refused = true,
        }
    }

    /// The exit code.
    pub const fn exit(self) -> Exit {
        if self.refused {
            Exit::Usage
        } else if self.failed {
            Exit::Failed
        } else {
            Exit::Success
        }
    }
}
