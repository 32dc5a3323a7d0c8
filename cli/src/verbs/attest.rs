//! `assize attest`: asks every engine the same questions, and says in one line what came of it.
//!
//! Two installations that print the same digest decide the same: of the same rules, on the same data, for so
//! many generated inputs of each decision. The digest is taken over the canonical text of every input and of
//! every answer, errors included.

use assize_compiler::testing::inputs;
use assize_eval::digest::{Digest, Hasher};
use assize_eval::interp::{Interpreter, Limits};
use assize_eval::{Failure, Value, canonical};
use assize_ir::{Decision, Program, Type};
use assize_runtime::{Loaded, Snapshot};
use serde_json::json;
use std::sync::Arc;

use crate::args::Attest;
use crate::console::Console;
use crate::fault::{Exit, Stop};
use crate::load::files::shown;
use crate::load::rules::ready;
use crate::progress::Progress;
use crate::render::few::few;
use crate::render::human::counted;
use crate::verbs::answer::{find, read_data};

/// Says which inputs and texts go into a digest; raised when either changes.
const FORM: &str = "assize attest 1\n";
/// Differences that are shown.
const SHOWN: usize = 5;

/// What one engine said.
struct Engine {
    name: &'static str,
    hasher: Hasher,
}

impl Engine {
    fn new(name: &'static str) -> Engine {
        let mut hasher = Hasher::new();
        hasher.update(FORM.as_bytes());
        Engine { name, hasher }
    }

    fn said(&mut self, input: &str, output: &str) {
        for text in [input, "\n", output, "\n"] {
            self.hasher.update(text.as_bytes());
        }
    }
}

/// What came of all questions.
#[derive(Default)]
struct Asked {
    /// Inputs.
    inputs: usize,
    /// Those that had an answer, and not an error.
    answers: usize,
    /// Those that machine code answered itself.
    by_machine: usize,
    /// Decisions of whose inputs there are none.
    without: Vec<String>,
    /// Inputs that engines answered differently, and the first of them in words.
    different: usize,
    shown: Vec<String>,
}

/// Asks all engines.
pub fn run(arguments: &Attest, console: &mut Console) -> Result<Exit, Stop> {
    let ready = ready(&arguments.rules, console)?;
    let program = ready.program();
    let snapshot = match &arguments.data {
        Some(folder) => read_data(program, folder, console)?,
        None => Snapshot::empty(program),
    };
    let decisions: Vec<&Decision> = match &arguments.decision {
        Some(name) => vec![find(program, name)?],
        None => program.decisions.iter().collect(),
    };
    let loaded = Loaded::of(Arc::clone(&ready.rules), snapshot).compiled();
    let mut engines = [Engine::new("interpreter"), Engine::new("jit")];
    let mut asked = Asked::default();
    {
        let _progress = Progress::start(console, &format!("asking {}", shown(&arguments.rules)));
        for decision in decisions {
            ask(&loaded, decision, arguments, &mut engines, &mut asked);
        }
    }
    let digests: Vec<(&str, Digest)> = engines
        .iter()
        .map(|engine| (engine.name, engine.hasher.finish()))
        .collect();
    tell(&loaded, &digests, &asked, console)?;
    Ok(if asked.different == 0 {
        Exit::Success
    } else {
        Exit::Findings
    })
}

fn ask(
    loaded: &Loaded,
    decision: &Decision,
    arguments: &Attest,
    engines: &mut [Engine; 2],
    asked: &mut Asked,
) {
    let program: &Program = &loaded.rules.program;
    let store = &loaded.snapshot.store;
    let ty = program
        .callable(decision.callable)
        .map_or(&Type::Bool, |callable| &callable.result);
    let interpreter = Interpreter::new(program, store, Limits::default());
    let which = (arguments.seed, arguments.count);
    let all = inputs(program, store, decision.callable, which, |input| {
        let Ok(question) = canonical::input_text(program, decision, None, input) else {
            return;
        };
        let reference = interpreter.call(decision.callable, input);
        let machine = loaded.machine_value(decision, input);
        asked.inputs += 1;
        asked.answers += usize::from(reference.is_ok());
        asked.by_machine += usize::from(machine.is_some());
        let text = |result: Result<&Value, &Failure>| canonical::output_text(program, ty, result);
        let said = text(reference.as_ref().map_err(AsRef::as_ref));
        // What machine code leaves, the interpreter answers for both.
        let other = machine.map_or_else(|| said.clone(), |value| text(Ok(&value)));
        if said != other {
            asked.different += 1;
            if asked.shown.len() < SHOWN {
                let told = format!("{question}\n  interpreter {said}\n  jit {other}");
                asked.shown.push(told);
            }
        }
        for (engine, output) in engines.iter_mut().zip([&said, &other]) {
            engine.said(&question, output);
        }
    });
    if all == 0 {
        asked.without.push(decision.name.clone());
    }
}

/// Why machine code was not asked at all, where it was not.
pub fn why_interpreted(loaded: &Loaded) -> Option<String> {
    if loaded.is_compiled() {
        return None;
    }
    let why = loaded.rules.no_machine_code().map(|it| it.why().to_owned());
    Some(
        why.unwrap_or_else(|| "the data has a value that no word of machine code holds".to_owned()),
    )
}

fn tell(
    loaded: &Loaded,
    digests: &[(&str, Digest)],
    asked: &Asked,
    console: &mut Console,
) -> Result<(), Stop> {
    let rules = loaded.rules.digest.to_string();
    let data = loaded.snapshot.digest.to_string();
    if !console.is_human() {
        let engines: serde_json::Map<String, serde_json::Value> = digests
            .iter()
            .map(|(name, digest)| ((*name).to_owned(), json!(digest.to_string())))
            .collect();
        let line = json!({
            "engines": engines,
            "rules": rules,
            "data": data,
            "inputs": asked.inputs,
            "answers": asked.answers,
            "by_machine": asked.by_machine,
            "no_machine_code": why_interpreted(loaded),
            "without_inputs": asked.without,
            "differences": asked.different,
        });
        return console.line(&line.to_string());
    }
    console.line(&format!("rules        {rules}"))?;
    console.line(&format!("data         {data}"))?;
    console.line(&format!(
        "asked        {}, {} with an answer; machine code gave {} of these",
        counted(asked.inputs, "input"),
        asked.answers,
        asked.by_machine
    ))?;
    if let Some(why) = why_interpreted(loaded) {
        console.line(&format!(
            "no machine code: {why}; the interpreter answered for both"
        ))?;
    }
    for (name, digest) in digests {
        console.line(&format!("{name:<12} {digest}"))?;
    }
    if !asked.without.is_empty() {
        console.line(&format!(
            "not asked    {}: no input fits their types on this data",
            few(&asked.without)
        ))?;
    }
    if asked.different == 0 && !loaded.is_compiled() {
        return console.line("one engine was asked, so nothing was compared");
    }
    if asked.different == 0 {
        return console.line("every engine decides the same");
    }
    let count = counted(asked.different, "difference");
    console.line(&format!("{count} between the engines"))?;
    for different in &asked.shown {
        console.line(different)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use assize_runtime::Rules;

    const RULES: &str = "package \"small\" \"1.0.0\"\n\
        define small.next (%of: int) gives int { add(%of, 1i) }\n\
        decision \"next\" = small.next { }\n\
        file \"small\" \"small.assize\" \"\"\nplace 0 0..0 1:1\n";

    #[test]
    fn a_host_without_machine_code_is_told() {
        let rules = || Rules::from_program(assize_ir::parse_and_verify(RULES).unwrap());
        let loaded = |rules: Rules| {
            let data = Snapshot::empty(&rules.program);
            Loaded::of(Arc::new(rules), data).compiled()
        };
        assert_eq!(why_interpreted(&loaded(rules())), None);
        let forbidden = loaded(rules().without_machine_code("memory may not be run"));
        let why = why_interpreted(&forbidden);
        assert_eq!(why.as_deref(), Some("memory may not be run"));
    }
}
