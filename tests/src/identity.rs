//! Machine code beside the interpreter: whatever one is asked, the other is asked too.

use std::collections::BTreeMap;
use std::sync::Mutex;

use assize_compiler::testing::SecondEngine;
use assize_eval::decided::Decided;
use assize_eval::store::Store;
use assize_eval::{Failure, Interpreter, Limits, Value, Watch};
use assize_ir::{CallableId, Program, Verified};
use assize_runtime::jit::{Machine, Planted, Variant};

/// Counts what machine code answers, and keeps what it answers otherwise.
#[derive(Debug, Default)]
pub struct Identity {
    state: Mutex<State>,
    planted: Option<Planted>,
    /// Rows of a table that is written as code, where that is not left to the compiler.
    rows_in_code: Option<usize>,
    /// Whether the code that tells what decided is not asked.
    without_telling: bool,
}

#[derive(Debug, Default)]
struct State {
    /// Where the program lies that was asked last, the same verified, and the code of all its callables, also that which tells
    /// what decided.
    /// The tests of a package run in one program, so that its place is enough to know it by.
    program: Option<(usize, Verified, Machine, Option<Machine>)>,
    seen: Seen,
}

/// What was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Calls that machine code answered as the interpreter did.
    pub same: usize,
    /// Calls of which it told what decided.
    pub told: usize,
    /// Calls that it left to the interpreter, which had a value.
    pub left: usize,
    /// Calls that it left to the interpreter, which failed.
    pub failed: usize,
    /// Calls that it answered in another way.
    pub different: Vec<String>,
    /// What is not written as machine code, by callable.
    pub not_yet: BTreeMap<String, &'static str>,
}

impl Identity {
    /// With a fault in machine code, on purpose.
    pub fn planted(planted: Planted) -> Identity {
        Identity {
            planted: Some(planted),
            ..Identity::default()
        }
    }

    /// The same with tables of more than so many rows as data, and others as code.
    #[must_use]
    pub fn with_rows_in_code(self, rows: usize) -> Identity {
        Identity {
            rows_in_code: Some(rows),
            ..self
        }
    }

    /// The same without the code that tells what decided: for rules that have been compared with it elsewhere.
    #[must_use]
    pub fn without_telling(self) -> Identity {
        Identity {
            without_telling: true,
            ..self
        }
    }

    /// What was seen so far.
    pub fn seen(&self) -> Seen {
        self.state
            .lock()
            .map(|state| state.seen.clone())
            .unwrap_or_default()
    }
}

impl SecondEngine for Identity {
    fn asked(
        &self,
        (program, store): (&Program, &Store),
        callable: CallableId,
        arguments: &[Value],
        answer: Result<&Value, &Failure>,
    ) {
        if let Ok(mut state) = self.state.lock() {
            let compiled = (self.planted, self.rows_in_code, !self.without_telling);
            state.asked((program, store), compiled, (callable, arguments), answer);
        }
    }
}

impl State {
    fn asked(
        &mut self,
        (program, store): (&Program, &Store),
        compiled: (Option<Planted>, Option<usize>, bool),
        (callable, arguments): (CallableId, &[Value]),
        answer: Result<&Value, &Failure>,
    ) {
        let place = std::ptr::from_ref(program).addr();
        let known = self
            .program
            .as_ref()
            .is_some_and(|(last, ..)| *last == place);
        if !known && let Err(why) = self.compile(program, compiled) {
            self.seen.different.push(why);
            return;
        }
        let Some((_, program, machine, telling)) = &self.program else {
            return;
        };
        let name = program
            .callable(callable)
            .map_or_else(String::new, |it| format!("{}.{}", it.module, it.name));
        let limits = Limits::default();
        let found = machine.rows(program, store).and_then(|rows| {
            let on = (&rows, store);
            machine.call(program, on, callable, arguments, limits)
        });
        match (found, answer) {
            (Some(found), Ok(value)) if found == *value => self.seen.same += 1,
            (None, Ok(_)) => self.seen.left += 1,
            (None, Err(_)) => self.seen.failed += 1,
            (Some(found), answer) => {
                self.seen
                    .different
                    .push(format!("{name}: {found:?} instead of {answer:?}"));
            }
        }
        let Some(telling) = telling else {
            return;
        };
        let mut told = Decided::default();
        let found = telling.rows(program, store).and_then(|rows| {
            let (on, asked) = ((&rows, store), (callable, arguments));
            telling.call_telling(program, on, asked, limits, &mut told)
        });
        if let Some(found) = found {
            let mut decided = Decided::default();
            let watch = Watch {
                observer: Some(&mut decided),
                ..Watch::default()
            };
            let interpreter = Interpreter::new(program, store, limits);
            let again = interpreter.call_with(callable, arguments, watch).result;
            self.seen.told += 1;
            if again.as_ref() != Ok(&found) || told != decided {
                self.seen.different.push(format!(
                    "{name}: {found:?} by {told:?} instead of {again:?} by {decided:?}"
                ));
            }
        }
    }

    fn compile(
        &mut self,
        program: &Program,
        (planted, rows_in_code, tells): (Option<Planted>, Option<usize>, bool),
    ) -> Result<(), String> {
        let verified = assize_ir::verify(program);
        let verified = verified.map_err(|faults| format!("not verified: {faults:?}"))?;
        let all = 0..u32::try_from(program.callables.len()).unwrap_or(u32::MAX);
        let all = all.map(CallableId);
        let made = |tells: bool| {
            let usual = Variant::default();
            let variant = Variant {
                tells,
                planted,
                rows_in_code: rows_in_code.unwrap_or(usual.rows_in_code),
            };
            let machine = Machine::of(&verified, all.clone(), variant);
            machine.map_err(|error| error.to_string())
        };
        let machine = made(false)?;
        let telling = if tells { Some(made(true)?) } else { None };
        for (id, what) in machine.not_yet() {
            let name = program.callable(id).map(|it| it.name.clone());
            self.seen.not_yet.insert(name.unwrap_or_default(), what);
        }
        self.program = Some((
            std::ptr::from_ref(program).addr(),
            verified,
            machine,
            telling,
        ));
        Ok(())
    }
}
