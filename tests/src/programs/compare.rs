//! Asks every engine the same questions about one program.
//!
//! Another tier of machine code is one more entry in `engines`.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use assize_compiler::{Database, Diagnostic, PackageInput, Severity, diagnostics};
use assize_eval::canonical::{input_text, output_text, snapshot_digest};
use assize_eval::decided::Decided;
use assize_eval::interp::{Interpreter, Limits, Watch};
use assize_eval::store::Store;
use assize_eval::trace::Explain;
use assize_eval::{ErrorCode, Value};
use assize_ir::{CallableId, Decision, Program, Type, Verified};
use assize_runtime::jit::{Machine, Planted, Rows, Variant};
use assize_runtime::snapshot::Snapshot;
use assize_runtime::{Loaded, Options, Rules};

use super::choices::Choices;
use super::coverage;
use super::inputs::{AT, Named, Questions};

/// Questions to each callable of a program.
const QUESTIONS: u64 = 10;
/// Of so many questions to a decision one is asked with its explanation, too.
const EXPLAINED_OF: u64 = 5;
/// Steps of a call: a longer one shows nothing that a shorter one does not. Machine code counts what it looks
/// at in another way, so a call that comes near this bound is not compared.
const STEPS_MAX: u64 = 2_000_000;

/// How one looks.
#[derive(Clone, Copy, Debug)]
pub struct How {
    /// Where the questions begin.
    pub seed: u64,
    /// A fault that machine code makes on purpose.
    pub planted: Option<Planted>,
    /// Whether decisions are asked as JSON, with the engine of a service.
    pub json: bool,
}

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Programs that were compiled.
    pub programs: usize,
    /// Programs that the compiler refused, by the codes of what it said.
    pub refused: BTreeMap<String, usize>,
    /// Programs that the compiler refused.
    pub refusals: usize,
    /// Questions that machine code answered as the interpreter did.
    pub same: usize,
    /// Questions that machine code left to the interpreter, which had a value.
    pub left: usize,
    /// Questions on which the interpreter failed and machine code left, by the code of the error.
    pub failed: BTreeMap<&'static str, usize>,
    /// Answers as JSON that were compared.
    pub texts: usize,
    /// Callables that are not written as machine code, by the reason.
    pub not_yet: BTreeMap<&'static str, usize>,
    /// What the programs hold that were answered by machine code at least once.
    pub covered: BTreeSet<&'static str>,
}

/// A question: the callable, and the choices of rows and arguments.
pub type Question<'q> = (CallableId, &'q [u32], &'q [u32]);

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Something panics.
    Panic,
    /// The compiler refuses what it has checked, or is at fault itself.
    Compiler,
    /// A value is another, or the interpreter is at fault itself.
    Value,
    /// An answer as JSON is another.
    Text,
}

/// Something that must not be, and how to see it again.
#[derive(Clone, Debug)]
pub struct Found {
    /// What is wrong.
    pub kind: Kind,
    /// What is wrong, in words.
    pub told: String,
    /// Choices of the rows.
    pub rows: Vec<u32>,
    /// The callable that was asked, and the choices of its arguments.
    pub asked: Option<(CallableId, Vec<u32>)>,
}

impl Found {
    fn plain(kind: Kind, told: String) -> Found {
        Found {
            kind,
            told,
            rows: Vec::new(),
            asked: None,
        }
    }
}

/// Why there is no program.
enum Refused {
    /// The compiler says so: the codes of what it says.
    Faults(BTreeSet<String>),
    /// It is at fault itself.
    Broken(String),
}

/// A program that can be asked.
#[derive(Debug)]
pub struct Compiled {
    program: Verified,
    named: Named,
}

/// Compiles a text. `None`: the compiler refuses it, which is counted.
pub fn compile(text: &str, seen: &mut Seen) -> Result<Option<Compiled>, Found> {
    let ended = catch_unwind(|| checked(text));
    match ended.unwrap_or_else(|_| Err(Refused::Broken("the compiler panics".to_owned()))) {
        Ok(program) => {
            seen.programs += 1;
            let named = Named::of(&program);
            Ok(Some(Compiled { program, named }))
        }
        Err(Refused::Broken(told)) => Err(Found::plain(Kind::Compiler, told)),
        Err(Refused::Faults(codes)) => {
            seen.refusals += 1;
            for code in codes {
                *seen.refused.entry(code).or_default() += 1;
            }
            Ok(None)
        }
    }
}

fn checked(text: &str) -> Result<Verified, Refused> {
    let db = Database::default();
    let package = PackageInput::alone(&db, "made", [("made.assize", text)]);
    let found = diagnostics(&db, package);
    let says = |one: &Diagnostic, what: &str| {
        let instead = one.instead.as_deref().unwrap_or_default();
        instead.contains(what)
    };
    if let Some(own) = found.iter().find(|it| says(it, "fault of the compiler")) {
        let told = format!("{}: {:?}", own.claim, own.because);
        return Err(Refused::Broken(told));
    }
    let errors: Vec<&Diagnostic> = found
        .iter()
        .filter(|one| one.severity == Severity::Error)
        .collect();
    if std::env::var_os("ASSIZE_SHOW").is_some() {
        for one in &errors {
            let (_, range) = assize_compiler::resolve(&db, &one.primary.at);
            let place = text.get(range.start as usize..range.end as usize);
            let place = place.unwrap_or_default();
            eprintln!("refused: {} {} at `{place}`", one.code.0, one.claim);
        }
    }
    if !errors.is_empty() {
        let codes = errors.iter().map(|one| one.code.0.to_string());
        return Err(Refused::Faults(codes.collect()));
    }
    let linked = assize_compiler::program(&db, package)
        .map_err(|fault| Refused::Broken(format!("no error, and not linked: {fault:?}")))?;
    let mut program = linked.program;
    // Every second one with columns, which are long tables otherwise.
    if text.len().is_multiple_of(2) {
        program.pack(1);
    }
    assize_ir::verify_owned(program)
        .map_err(|faults| Refused::Broken(format!("not verified: {faults:?}")))
}

/// The engine that tells what decided.
const TELLING: &str = "machine code that tells";

/// The engines that are compared with the interpreter; another tier is one more entry.
fn engines(
    program: &Verified,
    planted: Option<Planted>,
) -> Result<Vec<(&'static str, Machine)>, String> {
    let all = 0..u32::try_from(program.callables.len()).unwrap_or(u32::MAX);
    let all = all.map(CallableId);
    let mut engines = Vec::new();
    for (name, tells) in [("machine code", false), (TELLING, true)] {
        let variant = Variant {
            tells,
            planted,
            ..Variant::default()
        };
        let machine = Machine::of(program, all.clone(), variant);
        engines.push((name, machine.map_err(|why| format!("no {name}: {why}"))?));
    }
    Ok(engines)
}

/// A program and its engines, with rows.
struct Made<'m> {
    program: &'m Verified,
    named: &'m Named,
    engines: Vec<(&'static str, Machine)>,
}

impl<'m> Made<'m> {
    fn of(compiled: &'m Compiled, planted: Option<Planted>) -> Result<Made<'m>, Found> {
        let engines = engines(&compiled.program, planted);
        Ok(Made {
            program: &compiled.program,
            named: &compiled.named,
            engines: engines.map_err(|told| Found::plain(Kind::Compiler, told))?,
        })
    }

    /// The rows of a snapshot, as each engine reads them.
    fn rows(&self, store: &Store) -> Vec<Option<Rows>> {
        let engines = self.engines.iter();
        engines
            .map(|(_, it)| it.rows(self.program, store))
            .collect()
    }

    /// Asks one callable with one list of arguments; what is wrong.
    fn ask(
        &self,
        (store, rows): (&Store, &[Option<Rows>]),
        callable: CallableId,
        arguments: &[Value],
        seen: &mut Seen,
    ) -> Option<String> {
        let limits = Limits {
            max_steps: STEPS_MAX,
            ..Limits::default()
        };
        let interpreter = Interpreter::new(self.program, store, limits);
        let mut decided = Decided::default();
        let watch = Watch {
            observer: Some(&mut decided),
            ..Watch::default()
        };
        let answer = interpreter.call_with(callable, arguments, watch).result;
        let (name, ty) = self
            .program
            .callable(callable)
            .map(|it| (&it.name, &it.result))?;
        if let Err(failure) = &answer {
            if failure.code == ErrorCode::Internal {
                return Some(format!("{name}({arguments:?}) ends with {failure}"));
            }
            if failure.code == ErrorCode::LimitExceeded {
                return None;
            }
        }
        let text = |value: &Value| output_text(self.program, ty, Ok(value));
        for ((engine, machine), rows) in self.engines.iter().zip(rows) {
            let on = (rows.as_ref()?, store);
            let (found, told) = if *engine == TELLING {
                let mut told = Decided::default();
                let asked = (callable, arguments);
                let found = machine.call_telling(self.program, on, asked, limits, &mut told);
                (found, Some(told))
            } else {
                let found = machine.call(self.program, on, callable, arguments, limits);
                (found, None)
            };
            match (found, &answer) {
                (Some(found), Ok(value)) if found == *value && text(&found) == text(value) => {
                    if let Some(told) = told
                        && told != decided
                    {
                        return Some(format!(
                            "{engine} says that of {name}({arguments:?}) {told:?} decided instead of {decided:?}"
                        ));
                    }
                    seen.same += 1;
                }
                (None, Ok(_)) => seen.left += 1,
                (None, Err(failure)) => *seen.failed.entry(failure.code.name()).or_default() += 1,
                (Some(found), answer) => {
                    return Some(format!(
                        "{engine} says of {name}({arguments:?}) {found:?} instead of {answer:?}"
                    ));
                }
            }
        }
        None
    }
}

/// Looks at one text: what is wrong, if anything.
pub fn look(text: &str, how: How, seen: &mut Seen) -> Result<(), Found> {
    match compile(text, seen)? {
        Some(compiled) => look_at(&compiled, how, seen),
        None => Ok(()),
    }
}

/// Looks at one program: what is wrong, if anything.
pub fn look_at(compiled: &Compiled, how: How, seen: &mut Seen) -> Result<(), Found> {
    let ended = catch_unwind(AssertUnwindSafe(|| looked(compiled, how, seen)));
    ended.unwrap_or_else(|_| Err(Found::plain(Kind::Panic, "a panic".to_owned())))
}

fn looked(compiled: &Compiled, how: How, seen: &mut Seen) -> Result<(), Found> {
    let made = Made::of(compiled, how.planted)?;
    for (_, machine) in &made.engines {
        for (_, why) in machine.not_yet() {
            *seen.not_yet.entry(why).or_default() += 1;
        }
    }
    let before = seen.same;
    let program: &Program = made.program;
    let mut rows = Choices::seeded(how.seed);
    let store = Questions::new(program, made.named, &mut rows).store();
    let read = made.rows(&store);
    for (number, callable) in (0u32..).zip(&program.callables) {
        let types: Vec<&Type> = callable.params.iter().map(|it| &it.ty).collect();
        let id = CallableId(number);
        for question in 0..QUESTIONS {
            let seed = how.seed ^ (u64::from(number) << 40) ^ ((question + 1) << 20);
            let mut choices = Choices::seeded(seed);
            let asked = Questions::new(program, made.named, &mut choices).arguments(&types, &store);
            let Some(arguments) = asked else {
                break;
            };
            if let Some(told) = made.ask((&store, &read), id, &arguments, seen) {
                return Err(Found {
                    kind: Kind::Value,
                    told,
                    rows: rows.taken().to_vec(),
                    asked: Some((id, choices.taken().to_vec())),
                });
            }
            // Nothing to choose: every question is the same.
            if types.is_empty() {
                break;
            }
        }
    }
    if seen.same > before {
        coverage::of(program, &mut seen.covered);
    }
    if how.json {
        as_json(&made, store, how.seed, seen)
            .map_or(Ok(()), |told| Err(Found::plain(Kind::Text, told)))?;
    }
    Ok(())
}

/// One question again, with other choices of rows and arguments: what is wrong now, if anything.
pub fn again(compiled: &Compiled, how: How, (id, rows, asked): Question<'_>) -> Option<Found> {
    let ended = catch_unwind(AssertUnwindSafe(|| {
        let made = Made::of(compiled, how.planted).ok()?;
        let program: &Program = made.program;
        let types = program.callable(id)?.params.iter().map(|it| &it.ty);
        let types: Vec<&Type> = types.collect();
        let mut rows = Choices::replayed(rows.to_vec());
        let store = Questions::new(program, made.named, &mut rows).store();
        let mut choices = Choices::replayed(asked.to_vec());
        let asked = Questions::new(program, made.named, &mut choices).arguments(&types, &store);
        let read = made.rows(&store);
        let told = made.ask((&store, &read), id, &asked?, &mut Seen::default())?;
        Some(Found {
            kind: Kind::Value,
            told,
            rows: rows.taken().to_vec(),
            asked: Some((id, choices.taken().to_vec())),
        })
    }));
    ended.ok().flatten()
}

/// The decisions as a service asks them: text in, text out, with and without explanation.
fn as_json(made: &Made<'_>, store: Store, seed: u64, seen: &mut Seen) -> Option<String> {
    let program: &Program = made.program;
    let digest = snapshot_digest(program, &store, store.calendars()).ok()?;
    let rules = Arc::new(Rules::from_program(made.program.clone()));
    let snapshot = |store: Store| Snapshot { store, digest };
    let plain = Loaded::of(Arc::clone(&rules), snapshot(store.clone()));
    let compiled = Loaded::of(rules, snapshot(store.clone())).compiled();
    for decision in &program.decisions {
        let callable = program.callable(decision.callable)?;
        let types: Vec<&Type> = callable.params.iter().map(|it| &it.ty).collect();
        for question in 0..QUESTIONS {
            let mut choices = Choices::seeded(seed ^ (question << 32) ^ 0x1234_5678);
            let asked = Questions::new(program, made.named, &mut choices);
            let line = line(asked, program, decision, (&types, &store))?;
            let options = Options {
                explain: (question % EXPLAINED_OF == 0).then(Explain::default),
                receipt: question % EXPLAINED_OF == 1,
                decided: question % EXPLAINED_OF > 1,
                ..Options::default()
            };
            let texts = [&plain, &compiled].map(|it| it.decide_json(line.as_bytes(), &options));
            let [one, other] = texts;
            // A bound of steps is counted in another way by machine code.
            if one != other && !one.contains("limit_exceeded") {
                return Some(format!(
                    "{line}\n  interpreter {one}\n  machine code {other}"
                ));
            }
            seen.texts += 1;
        }
    }
    None
}

/// A call as JSON, broken in one place now and then.
fn line(
    mut asked: Questions<'_>,
    program: &Program,
    decision: &Decision,
    (types, store): (&[&Type], &Store),
) -> Option<String> {
    let arguments = asked.arguments(types, store)?;
    let mut line = input_text(program, decision, Some(AT), &arguments).ok()?;
    if asked.choices.chance(15) {
        let digits: Vec<usize> = line
            .char_indices()
            .filter(|(_, it)| it.is_ascii_digit() || *it == '"')
            .map(|(at, _)| at)
            .collect();
        if let Some(at) = asked.choices.pick(&digits) {
            line.replace_range(at..=at, asked.choices.word(&["9", "0", "-", ".", "", "x"]));
        }
    }
    Some(line)
}
