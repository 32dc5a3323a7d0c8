//! Generated arguments of a callable, for whoever asks several engines the same questions.

use assize_eval::Value;
use assize_eval::interp::{Interpreter, Limits};
use assize_eval::store::Store;
use assize_ir::{CallableId, Program, Type};

use super::MAX_ATTEMPTS_PER_CASE;
use super::generate::Generator;
use super::values::{Constants, checked_records};

/// Tells so many arguments of a callable that pass the checks of their records, one after the other, as a
/// property would try them: edges of ranges and constants of the rules more often than not. Fewer where too
/// many violate checks, and none where a type has no values on these rows. The same seed gives the same
/// arguments on any machine. Gives how many there were.
pub fn inputs(
    program: &Program,
    store: &Store,
    callable: CallableId,
    (seed, count): (u64, u64),
    mut tell: impl FnMut(&[Value]),
) -> u64 {
    let Some(declared) = program.callable(callable) else {
        return 0;
    };
    let types: Vec<&Type> = declared.params.iter().map(|param| &param.ty).collect();
    let constants = Constants::reachable(program, &[callable]);
    let mut generator = Generator::new(program, store, &constants, seed);
    let attempts = count.saturating_mul(MAX_ATTEMPTS_PER_CASE.into());
    let mut told = 0;
    for _ in 0..attempts {
        if told == count {
            break;
        }
        let Ok(arguments) = generator.arguments(&types) else {
            break;
        };
        if allowed(program, (store, Limits::default()), &types, &arguments) {
            tell(&arguments);
            told += 1;
        }
    }
    told
}

/// Whether all checks of all records in the arguments hold.
pub(super) fn allowed(
    program: &Program,
    (store, limits): (&Store, Limits),
    types: &[&Type],
    arguments: &[Value],
) -> bool {
    let interpreter = Interpreter::new(program, store, limits);
    let mut records = Vec::new();
    for (ty, value) in types.iter().zip(arguments) {
        checked_records(program, ty, value, &mut records);
    }
    records.iter().all(|(id, value)| {
        let checks = program.record(*id).map(|record| record.checks.as_slice());
        checks.unwrap_or_default().iter().all(|check| {
            interpreter.call(check.callable, std::slice::from_ref(value)) == Ok(Value::Bool(true))
        })
    })
}
