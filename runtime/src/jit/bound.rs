//! What decisions that are bound to a caller's types or columns share: the decision by its name, what its code runs on,
//! and the definition where the code leaves.

use assize_eval::Value;
use assize_eval::json::Json;
use assize_eval::json::decode::decode_arguments;
use assize_ir::{Callable, Decision};

use super::Ground;
use super::code::{Code, Entry};
use super::typed::{Misfit, Refused};
use crate::engine::Loaded;

impl Loaded {
    /// The decision of a name, and its callable.
    pub(super) fn to_bind(&self, decision: &str) -> Result<(&Decision, &Callable), Vec<Misfit>> {
        let program = &self.rules.program;
        let found = program.decision(decision);
        let found = found.and_then(|it| Some((it, program.callable(it.callable)?)));
        found.ok_or_else(|| {
            vec![Misfit {
                path: decision.to_owned(),
                why: "is no decision of these rules".to_owned(),
            }]
        })
    }

    /// Whether a decision reads data that must be of a certain age, so that every call is asked when it is made.
    pub(super) fn is_dated(&self, decision: &Decision) -> bool {
        decision.reads.iter().any(|id| {
            let relation = self.rules.program.relation(*id);
            relation.is_some_and(|it| it.fresh_within_seconds.is_some())
        })
    }

    /// What code of these rules runs on, and the entry of a decision. `None` where the data has no words, or where
    /// lists whose length is known when code is made, so that it does not ask, are longer than the limit.
    pub(super) fn ground_of<'g>(
        &'g self,
        code: &'g Code,
        decision: &Decision,
        longest: usize,
    ) -> Option<(Ground<'g>, Entry)> {
        let entry = *code.entries.get(&decision.callable)?;
        if longest as u64 > self.limits.max_list_elements {
            return None;
        }
        let machine = self.rules.machine()?;
        let data = (self.rows()?, &self.snapshot.store);
        let ground = machine.ground(&self.rules.program, data, self.limits);
        let notes = &code.notes;
        Some((Ground { notes, ..ground }, entry))
    }

    /// What the definition says to arguments in JSON, with its faults and errors.
    pub(super) fn by_definition(
        &self,
        decision: &Decision,
        json: &Json<'_>,
        at: Option<i64>,
    ) -> Result<Value, Refused> {
        let program = &self.rules.program;
        let callable = program.callable(decision.callable);
        let callable = callable.ok_or(Refused::DoesNotFit)?;
        let arguments = self
            .checked(|checker| decode_arguments(program, callable, json, checker))
            .map_err(Refused::Invalid)?;
        let answer = self.interpreted(decision, &arguments, at);
        answer.result.map_err(Refused::Failed)
    }
}

/// Whether machine code is there, and what of it is not.
pub(super) fn not_yet(code: Option<&Code>) -> Option<&'static str> {
    match code {
        Some(code) => code.not_yet.first().map(|(_, what)| *what),
        None => Some("machine code on this host"),
    }
}
