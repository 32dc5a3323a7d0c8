//! The engine: compiled rules and reference data as one value, and calls on it.

use std::fmt;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use assize_eval::decided::{Decided, decided_text};
use assize_eval::digest::{Digest, Receipt};
use assize_eval::json::answer::Extras;
use assize_eval::json::call::{decode_call_of, unknown_decision, with_duplicates};
use assize_eval::json::decode::Checker;
use assize_eval::json::{Call, Fault, Json, NumberStyle, answer_text, invalid_input_text, parse};
use assize_eval::trace::{Explain, Trace};
use assize_eval::value::Value;
use assize_eval::{Answer, Interpreter, Limits, Observer, Watch};
use assize_ir::{BundleError, Check, Decision, Program, Type, Verified, bundle};

use crate::jit::json::Told;
use crate::jit::{Asked, CannotCompile, Machine, Rows};
use crate::snapshot::{Files, Snapshot, SnapshotFault, SnapshotLimits, holds, load_snapshot};

/// Compiled rules and their digest.
#[derive(Debug)]
pub struct Rules {
    /// The program.
    pub program: Verified,
    /// Digest of the bundle.
    pub digest: Digest,
    /// Machine code, once somebody has asked for it, or why this host has none.
    machine: OnceLock<Result<Machine, CannotCompile>>,
    /// The same that tells what decided, once a call has asked for that; `None` where there is none.
    telling: OnceLock<Option<Machine>>,
}

impl Rules {
    /// Reads and verifies a bundle.
    pub fn from_bundle(bytes: &[u8]) -> Result<Rules, LoadError> {
        let bundle = bundle::read(bytes).map_err(LoadError::Bundle)?;
        Ok(Rules {
            program: bundle.program,
            digest: bundle.digest.into(),
            machine: OnceLock::new(),
            telling: OnceLock::new(),
        })
    }

    /// Rules that were compiled in the same process; the digest is that of their bundle.
    pub fn from_program(program: Verified) -> Rules {
        let (_, digest) = bundle::write(&program);
        Rules {
            program,
            digest: digest.into(),
            machine: OnceLock::new(),
            telling: OnceLock::new(),
        }
    }

    /// The decisions as machine code, compiled at the first call; `None` where that is not possible on this
    /// host, so that the interpreter decides. Why it is not says [`Rules::no_machine_code`].
    pub fn machine(&self) -> Option<&Machine> {
        self.compiled().as_ref().ok()
    }

    /// Why there is no machine code for these rules on this host: because it forbids memory that can be run,
    /// or is of a kind that no code can be made for. `None` where there is machine code. Asks for it, as
    /// [`Rules::machine`] does.
    pub fn no_machine_code(&self) -> Option<&CannotCompile> {
        self.compiled().as_ref().err()
    }

    fn compiled(&self) -> &Result<Machine, CannotCompile> {
        self.machine.get_or_init(|| Machine::new(&self.program))
    }

    /// The machine code, if somebody has asked for it and it is there.
    fn made(&self) -> Option<&Machine> {
        self.machine.get()?.as_ref().ok()
    }

    /// The machine code that tells what decided, made at the first call, where there is machine code at all.
    fn telling(&self) -> Option<&Machine> {
        let machine = self.made()?;
        let telling = self.telling.get_or_init(|| {
            let telling = Machine::telling(&self.program).ok()?;
            // Both read the rows of one snapshot.
            telling.reads_no_more_than(machine).then_some(telling)
        });
        telling.as_ref()
    }

    /// Rules on a host that gives no machine code: for tests of what then happens.
    #[doc(hidden)]
    #[must_use]
    pub fn without_machine_code(self, why: &str) -> Rules {
        Rules {
            machine: OnceLock::from(Err(CannotCompile::because(why))),
            ..self
        }
    }
}

/// Rules and data that belong together. A call runs wholly on one such value.
#[derive(Debug)]
pub struct Loaded {
    /// The rules.
    pub rules: Arc<Rules>,
    /// The data, read for these rules.
    pub snapshot: Snapshot,
    /// Bounds of a call.
    pub limits: Limits,
    /// The data as machine code reads it, once it was asked for; until then the interpreter decides, and
    /// where there is `None` inside.
    rows: OnceLock<Option<Rows>>,
}

/// Why rules or data cannot be loaded.
#[derive(Debug)]
pub enum LoadError {
    /// The bundle.
    Bundle(BundleError),
    /// The snapshot, with every fault.
    Snapshot(Vec<SnapshotFault>),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Bundle(error) => error.fmt(f),
            LoadError::Snapshot(faults) => {
                write!(f, "the snapshot has {} faults", faults.len())?;
                faults.iter().try_for_each(|fault| write!(f, "\n{fault}"))
            }
        }
    }
}

impl std::error::Error for LoadError {}

/// What a caller wants besides the result.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How decimals are written.
    pub style: NumberStyle,
    /// Adds what `decided`: rows, exceptions, defaults and values of parameters, with how often each did.
    pub decided: bool,
    /// Adds the `trace`.
    pub explain: Option<Explain>,
    /// Adds the `receipt`.
    pub receipt: bool,
}

/// An engine. It can be shared between threads; calls do not wait for each other, and a reload does
/// not touch calls that have begun.
#[derive(Debug)]
pub struct Engine {
    current: RwLock<Arc<Loaded>>,
}

impl Engine {
    /// An engine with rules and data.
    pub fn new(loaded: Loaded) -> Engine {
        Engine {
            current: RwLock::new(Arc::new(loaded)),
        }
    }

    /// An engine with the rules of a bundle and the data of a snapshot.
    pub fn load(
        bundle: &[u8],
        files: &dyn Files,
        limits: &SnapshotLimits,
    ) -> Result<Engine, LoadError> {
        let rules = Arc::new(Rules::from_bundle(bundle)?);
        Ok(Engine::new(Loaded::new(rules, files, limits)?))
    }

    /// The rules and data of this moment, for one call or for several that must agree.
    pub fn pin(&self) -> Arc<Loaded> {
        // No code that can panic runs while the lock is held, so a poisoned one is still whole.
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts in other rules and data, both at once; what was there is given back. Calls that have begun stay
    /// on it, and its memory and machine code are freed when the last one who holds it lets go.
    pub fn replace(&self, loaded: Loaded) -> Arc<Loaded> {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, Arc::new(loaded))
    }

    /// Reads other data for the rules that are there, and puts it in; data with faults is not put in. If
    /// somebody puts in other rules while it is read, it is read again for those: rules are never put back.
    pub fn reload_data(
        &self,
        files: &dyn Files,
        limits: &SnapshotLimits,
    ) -> Result<Arc<Loaded>, LoadError> {
        loop {
            let pinned = self.pin();
            let mut loaded = Loaded::new(Arc::clone(&pinned.rules), files, limits)?;
            loaded.limits = pinned.limits;
            // Also where the data so far had a cell that no word holds: this one may have none.
            if pinned.rows.get().is_some() {
                loaded.compile();
            }
            let loaded = Arc::new(loaded);
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            if Arc::ptr_eq(&current.rules, &pinned.rules) {
                return Ok(std::mem::replace(&mut *current, loaded));
            }
        }
    }

    /// Answers a call `{"decision", "at", "input"}` with one line of JSON. Errors are answers.
    pub fn decide_json(&self, line: &[u8], options: &Options) -> String {
        self.pin().decide_json(line, options)
    }
}

impl Loaded {
    /// Reads a snapshot for rules.
    pub fn new(
        rules: Arc<Rules>,
        files: &dyn Files,
        limits: &SnapshotLimits,
    ) -> Result<Loaded, LoadError> {
        let snapshot = load_snapshot(&rules.program, files, limits).map_err(LoadError::Snapshot)?;
        Ok(Loaded::of(rules, snapshot))
    }

    /// Rules and data that were made for each other.
    pub fn of(rules: Arc<Rules>, snapshot: Snapshot) -> Loaded {
        Loaded {
            rules,
            snapshot,
            limits: Limits::default(),
            rows: OnceLock::new(),
        }
    }

    /// The same, decided by machine code from now on, as far as this host allows it. The answers are those
    /// of the interpreter, which still decides where machine code leaves: on every error, with a trace, and
    /// where a number does not fit a word.
    #[must_use]
    pub fn compiled(self) -> Loaded {
        self.compile();
        self
    }

    /// Decides by machine code from now on, see [`Loaded::compiled`].
    pub fn compile(&self) {
        self.rows.get_or_init(|| {
            let machine = self.rules.machine()?;
            machine.rows(&self.rules.program, &self.snapshot.store)
        });
    }

    /// The same, and makes the code that tells what decided as well: without it the first call that asks for
    /// [`Options::decided`] waits until it is made.
    pub fn compile_telling(&self) {
        self.compile();
        self.rules.telling();
    }

    /// Makes machine code on a thread of its own, and returns at once. Until it is there the interpreter decides, with
    /// the same answers: so the first call after a reload waits for nothing. The thread says whether there is code then.
    pub fn compile_aside(self: &Arc<Self>) -> std::io::Result<std::thread::JoinHandle<bool>> {
        let loaded = Arc::clone(self);
        let builder = std::thread::Builder::new().name("compile aside".to_owned());
        builder.spawn(move || {
            loaded.compile();
            loaded.is_compiled()
        })
    }

    /// Whether machine code decides. Where it does not although it was asked for, [`Rules::no_machine_code`]
    /// says why the host has none; where it has some, the data has a cell that no word holds.
    pub fn is_compiled(&self) -> bool {
        self.rows.get().is_some_and(Option::is_some)
    }

    /// The data as machine code reads it.
    pub(crate) fn rows(&self) -> Option<&Rows> {
        self.rows.get()?.as_ref()
    }

    /// Whether all data that a decision reads is as fresh as it must be.
    pub(crate) fn is_fresh(&self, decision: &Decision, at: Option<i64>) -> bool {
        self.interpreter().fresh(decision, at).is_ok()
    }

    /// Reads something with the checks of records running on the data of this value.
    pub(crate) fn checked<T>(&self, read: impl FnOnce(&mut Checker<'_>) -> T) -> T {
        let interpreter = self.interpreter();
        let mut checker = |check: &Check, value: &Value| holds(&interpreter, check, value.clone());
        read(&mut checker)
    }

    /// What the interpreter answers.
    pub(crate) fn interpreted(
        &self,
        decision: &Decision,
        arguments: &[Value],
        at: Option<i64>,
    ) -> Answer {
        self.interpreter()
            .decide_with(&decision.name, arguments, at, Watch::default())
    }

    fn interpreter(&self) -> Interpreter<'_> {
        Interpreter::new(&self.rules.program, &self.snapshot.store, self.limits)
    }

    /// Reads a call from the bytes of a line; checks of records run on the data of this value.
    pub fn decode(&self, line: &[u8]) -> Result<Call<'_>, Vec<Fault>> {
        let document = parse(line, "").map_err(|error| vec![Fault::from(error)])?;
        with_duplicates(document.duplicates, self.decode_document(&document.value))
    }

    /// Reads a call from a tree.
    pub fn decode_document(&self, json: &Json<'_>) -> Result<Call<'_>, Vec<Fault>> {
        self.decode_document_of(None, json)
    }

    /// Reads a call from a tree; `wanted` is the decision that the caller names beside it, so the
    /// call need not name one, and must name no other.
    pub fn decode_document_of<'l>(
        &'l self,
        wanted: Option<&'l Decision>,
        json: &Json<'_>,
    ) -> Result<Call<'l>, Vec<Fault>> {
        self.checked(|checker| decode_call_of(&self.rules.program, wanted, json, checker))
    }

    /// Answers a call `{"decision", "at", "input"}` with one line of JSON. Errors are answers.
    pub fn decide_json(&self, line: &[u8], options: &Options) -> String {
        let mut out = String::new();
        self.decide_json_into(line, options, &mut out);
        out
    }

    /// Appends the answer to a call, see [`Loaded::decide_json`]. With machine code and room for the answer
    /// no memory is asked for, as long as the call is without faults and asks for its result alone.
    pub fn decide_json_into(&self, line: &[u8], options: &Options, out: &mut String) {
        self.answer_into(line, options, None, out);
    }

    /// The same, with what decided added to a count of the caller's: over many calls it says which rows, exceptions and
    /// values decide anything at all. A call with faults counts nothing, one that fails what had decided until then.
    pub fn decide_json_counted(
        &self,
        line: &[u8],
        options: &Options,
        decided: &mut Decided,
        out: &mut String,
    ) {
        self.answer_into(line, options, Some(decided), out);
    }

    fn answer_into(
        &self,
        line: &[u8],
        options: &Options,
        mut decided: Option<&mut Decided>,
        out: &mut String,
    ) {
        let told = self.told(Asked::default(), line, options, decided.as_deref_mut(), out);
        if told == Told::Answered {
            return;
        }
        let text = match self.decode(line) {
            Err(faults) => invalid_input_text(&faults),
            Ok(call) => {
                let arguments = call.arguments.as_slice();
                let by_machine = told != Told::Left;
                let mut counted = (options.decided || decided.is_some()).then(Decided::default);
                let (decision, at) = (call.decision, call.at);
                let asked = (decision, arguments, at);
                let answer = self.run(asked, by_machine, options, counted.as_mut());
                if let (Some(all), Some(these)) = (decided, &counted) {
                    all.merge(these);
                }
                let own = counted.filter(|_| options.decided);
                self.text_with((decision, at, arguments), (&answer, own.as_ref()), options)
            }
        };
        out.push_str(&text);
    }

    /// Appends the answer to a line, if machine code alone can give it: from text to text, with no value in
    /// between. `false`: nothing is appended, and the call must be decoded and decided; then it is at fault,
    /// or its decision fails, or it is unusual in a way that has no code of its own.
    pub fn machine_answer(
        &self,
        asked: Asked<'_>,
        line: &[u8],
        options: &Options,
        out: &mut String,
    ) -> bool {
        self.told(asked, line, options, None, out) == Told::Answered
    }

    /// The same, with what decided added to a count of the caller's.
    pub fn machine_answer_counted(
        &self,
        asked: Asked<'_>,
        line: &[u8],
        options: &Options,
        decided: &mut Decided,
        out: &mut String,
    ) -> bool {
        self.told(asked, line, options, Some(decided), out) == Told::Answered
    }

    fn told(
        &self,
        asked: Asked<'_>,
        line: &[u8],
        options: &Options,
        decided: Option<&mut Decided>,
        out: &mut String,
    ) -> Told {
        let Some(rows) = self.rows() else {
            return Told::Unread;
        };
        if options.explain.is_some() || options.receipt {
            return Told::Unread;
        }
        let data = (rows, &self.snapshot.store);
        let program = &self.rules.program;
        if !options.decided && decided.is_none() {
            let Some(machine) = self.rules.made() else {
                return Told::Unread;
            };
            let ground = machine.ground(program, data, self.limits);
            return machine.answer_here(ground, (asked, line), (options.style, None), out);
        }
        let Some(machine) = self.rules.telling() else {
            return Told::Unread;
        };
        let ground = machine.ground(program, data, self.limits);
        let mut these = Decided::default();
        let style = (options.style, Some(&mut these));
        let told = machine.answer_here(ground, (asked, line), style, out);
        if told == Told::Answered {
            if options.decided {
                // Before the brace that ends the answer.
                out.pop();
                out.push_str(",\"decided\":");
                out.push_str(&decided_text(program, these.iter()));
                out.push('}');
            }
            if let Some(decided) = decided {
                decided.merge(&these);
            }
        }
        told
    }

    /// Decides with values instead of text. The arguments are in declared order and are taken as
    /// they are: whoever makes values makes them fit the schema.
    pub fn decide(
        &self,
        decision: &str,
        arguments: &[Value],
        at: Option<i64>,
        options: &Options,
    ) -> Result<Answer, Fault> {
        let found = self.decision(decision)?;
        Ok(self.run((found, arguments, at), true, options, None))
    }

    /// The same, with what decided added to a count of the caller's.
    pub fn decide_counted(
        &self,
        decision: &str,
        arguments: &[Value],
        at: Option<i64>,
        options: &Options,
        decided: &mut Decided,
    ) -> Result<Answer, Fault> {
        let found = self.decision(decision)?;
        Ok(self.run((found, arguments, at), true, options, Some(decided)))
    }

    fn decision(&self, name: &str) -> Result<&Decision, Fault> {
        let program: &Program = &self.rules.program;
        let found = program.decision(name);
        found.ok_or_else(|| unknown_decision(program, name))
    }

    fn run(
        &self,
        (decision, arguments, at): (&Decision, &[Value], Option<i64>),
        by_machine: bool,
        options: &Options,
        mut decided: Option<&mut Decided>,
    ) -> Answer {
        if by_machine && options.explain.is_none() {
            let value = match &mut decided {
                Some(decided) => self.telling_value((decision, arguments, at), decided),
                None => self.by_machine(decision, arguments, at),
            };
            if let Some(value) = value {
                return Answer {
                    result: Ok(value),
                    trace: None,
                    steps: 0,
                };
            }
        }
        let watch = Watch {
            explain: options.explain.clone(),
            observer: decided.map(|it| it as &mut dyn Observer),
        };
        self.interpreter()
            .decide_with(&decision.name, arguments, at, watch)
    }

    /// What machine code alone says of arguments, whatever the age of the data; `None` where it leaves the
    /// question to the interpreter.
    pub fn machine_value(&self, decision: &Decision, arguments: &[Value]) -> Option<Value> {
        let machine = self.rules.made()?;
        let rows = self.rows.get()?.as_ref()?;
        machine.call(
            &self.rules.program,
            (rows, &self.snapshot.store),
            decision.callable,
            arguments,
            self.limits,
        )
    }

    /// The value that machine code gives; `None` when the interpreter must decide.
    fn by_machine(
        &self,
        decision: &Decision,
        arguments: &[Value],
        at: Option<i64>,
    ) -> Option<Value> {
        self.rows.get()?.as_ref()?;
        self.interpreter().fresh(decision, at).ok()?;
        self.machine_value(decision, arguments)
    }

    /// The value of machine code that tells what decided.
    fn telling_value(
        &self,
        (decision, arguments, at): (&Decision, &[Value], Option<i64>),
        decided: &mut Decided,
    ) -> Option<Value> {
        let rows = self.rows()?;
        let machine = self.rules.telling()?;
        self.interpreter().fresh(decision, at).ok()?;
        machine.call_telling(
            &self.rules.program,
            (rows, &self.snapshot.store),
            (decision.callable, arguments),
            self.limits,
            decided,
        )
    }

    /// The receipt of an answer; `None` for arguments that do not fit the schema.
    pub fn receipt(
        &self,
        call: (&Decision, Option<i64>, &[Value]),
        answer: &Answer,
    ) -> Option<Receipt> {
        let digests = (self.rules.digest, self.snapshot.digest);
        let result = answer.result.as_ref().map_err(AsRef::as_ref);
        Receipt::new(&self.rules.program, digests, call, result).ok()
    }

    /// The text of an answer.
    pub fn text(
        &self,
        call: (&Decision, Option<i64>, &[Value]),
        answer: &Answer,
        options: &Options,
    ) -> String {
        self.text_with(call, (answer, None), options)
    }

    /// The text of an answer, with what decided.
    pub fn text_with(
        &self,
        call: (&Decision, Option<i64>, &[Value]),
        (answer, decided): (&Answer, Option<&Decided>),
        options: &Options,
    ) -> String {
        let program: &Program = &self.rules.program;
        let ty = program
            .callable(call.0.callable)
            .map_or(&Type::Bool, |callable| &callable.result);
        let receipt = if options.receipt {
            self.receipt(call, answer)
        } else {
            None
        };
        let trace = answer.trace.as_ref().map(trace_text);
        let decided = decided.map(|it| decided_text(program, it.iter()));
        let extras = Extras {
            style: options.style,
            decided: decided.as_deref(),
            trace: trace.as_deref(),
            receipt: receipt.as_ref(),
        };
        answer_text(
            program,
            ty,
            answer.result.as_ref().map_err(AsRef::as_ref),
            extras,
        )
    }
}

/// A trace as JSON; all it holds has a JSON form.
fn trace_text(trace: &Trace) -> String {
    serde_json::to_string(trace).unwrap_or_else(|_| "null".to_owned())
}
