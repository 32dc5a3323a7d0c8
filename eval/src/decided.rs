//! What decided, counted: rows and cells of tables, exceptions and defaults of rules, values of parameters.
//!
//! A trace says everything of one call, and takes many times as long as the decision. This says which of the author's
//! choices gave the value, and how often, at the speed of the decision itself: beside an answer, so that it can be
//! kept with each order, and added up over many, so that an author sees what of the rules still decides anything.
//! What it means is what an [`Observer`] of the interpreter is told; machine code counts the same.

use std::collections::BTreeMap;

use assize_ir::{Body, Callable, CallableId, Program, date};

use crate::failure::{full_name, place_below};
use crate::interp::{ExceptionSeen, Observer};
use crate::json::encode::write_text;

/// What can give the value of a callable, or a part of it; positions count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// A row of a table.
    Row(u32),
    /// A cell of a grid: row and head.
    Cell(u32, u32),
    /// An exception of a rule.
    Exception(u32),
    /// The default of a rule.
    Default,
    /// A value of a parameter.
    Value(u32),
}

/// How often each choice decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decided {
    times: BTreeMap<(CallableId, Choice), u64>,
}

impl Decided {
    /// Counts a choice so many times more.
    pub fn add(&mut self, callable: CallableId, choice: Choice, times: u64) {
        let counted = self.times.entry((callable, choice)).or_default();
        *counted = counted.saturating_add(times);
    }

    /// Counts all that another has counted.
    pub fn merge(&mut self, other: &Decided) {
        for ((callable, choice), times) in &other.times {
            self.add(*callable, *choice, *times);
        }
    }

    /// How often a choice decided.
    pub fn times(&self, callable: CallableId, choice: Choice) -> u64 {
        self.times.get(&(callable, choice)).copied().unwrap_or(0)
    }

    /// The choices that decided, with how often they did; callables in their order in the program, so that one comes
    /// before those that call it, and the choices of each in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = (CallableId, Choice, u64)> {
        let all = self.times.iter();
        all.map(|((callable, choice), times)| (*callable, *choice, *times))
    }

    /// All choices that these callables have, also those that never decided.
    pub fn of_all<'d>(
        &'d self,
        program: &'d Program,
        callables: impl IntoIterator<Item = CallableId> + 'd,
    ) -> impl Iterator<Item = (CallableId, Choice, u64)> + 'd {
        let named = callables.into_iter().filter_map(move |id| {
            let callable = program.callable(id)?;
            Some((id, choices(callable)))
        });
        named.flat_map(move |(id, choices)| {
            choices.map(move |choice| (id, choice, self.times(id, choice)))
        })
    }
}

impl Observer for Decided {
    fn decided_row(&mut self, callable: CallableId, row: u32) {
        self.add(callable, Choice::Row(row), 1);
    }

    fn grid_cell(&mut self, callable: CallableId, row: u32, head: u32) {
        self.add(callable, Choice::Cell(row, head), 1);
    }

    fn exception(&mut self, callable: CallableId, exception: u32, seen: ExceptionSeen) {
        if seen == ExceptionSeen::Decided {
            self.add(callable, Choice::Exception(exception), 1);
        }
    }

    fn default_used(&mut self, callable: CallableId) {
        self.add(callable, Choice::Default, 1);
    }

    fn parameter_value(&mut self, callable: CallableId, value: u32) {
        self.add(callable, Choice::Value(value), 1);
    }
}

/// The choices of a callable, in the order of [`Choice`].
pub fn choices(callable: &Callable) -> Box<dyn Iterator<Item = Choice> + '_> {
    let count = |length: usize| 0..u32::try_from(length).unwrap_or(u32::MAX);
    match &callable.body {
        Body::Define(_) => Box::new(std::iter::empty()),
        Body::Parameter(values) => Box::new(count(values.len()).map(Choice::Value)),
        Body::Rule(rule) => {
            let exceptions = count(rule.exceptions.len()).map(Choice::Exception);
            Box::new(exceptions.chain(rule.default.as_ref().map(|_| Choice::Default)))
        }
        Body::Table(table) => Box::new(count(table.rows.len()).map(Choice::Row)),
        Body::Grid(grid) => {
            let heads = count(grid.heads.len());
            let rows = count(grid.rows.len());
            Box::new(
                rows.flat_map(move |row| heads.clone().map(move |head| Choice::Cell(row, head))),
            )
        }
    }
}

/// Choices as a JSON list: of each the kind and full name of its callable, its own name, its place, and how often it
/// decided.
pub fn decided_text(
    program: &Program,
    choices: impl IntoIterator<Item = (CallableId, Choice, u64)>,
) -> String {
    let mut out = String::from("[");
    for (id, choice, times) in choices {
        let start = out.len();
        if start > 1 {
            out.push(',');
        }
        if write_choice(program, (id, choice), times, &mut out).is_none() {
            out.truncate(start);
        }
    }
    out.push(']');
    out
}

/// Appends the object of a choice; `None` where a program has no such choice.
pub fn write_choice(
    program: &Program,
    (id, choice): (CallableId, Choice),
    times: u64,
    out: &mut String,
) -> Option<()> {
    let callable = program.callable(id)?;
    let name = full_name(program, id);
    let mut member = |key: &str, text: &str| {
        out.push_str(key);
        write_text(text, out);
    };
    let place = match (choice, &callable.body) {
        (Choice::Row(row), Body::Table(table)) => {
            let row = table.rows.get(row as usize)?;
            member("{\"table\":", &name);
            member(",\"row\":", &row.name);
            row.place
        }
        (Choice::Cell(row, head), Body::Grid(grid)) => {
            let row = grid.rows.get(row as usize)?;
            let head = grid.heads.get(head as usize)?;
            member("{\"grid\":", &name);
            member(",\"row\":", &row.name);
            member(",\"column\":", &head.name);
            row.place
        }
        (Choice::Exception(at), Body::Rule(rule)) => {
            let exception = rule.exceptions.get(at as usize)?;
            member("{\"rule\":", &name);
            member(",\"exception\":", &exception.name);
            exception.place
        }
        (Choice::Default, Body::Rule(rule)) => {
            let value = callable.node(rule.default.as_ref()?.value)?;
            member("{\"rule\":", &name);
            out.push_str(",\"default\":true");
            value.place
        }
        (Choice::Value(at), Body::Parameter(values)) => {
            let value = values.get(at as usize)?;
            member("{\"parameter\":", &name);
            if let Some(from) = value.from {
                member(",\"from\":", &date::format(from));
            }
            value.place
        }
        _ => return None,
    };
    out.push_str(",\"place\":");
    write_text(&place_below(program, &name, place), out);
    out.push_str(&format!(",\"times\":{times}}}"));
    Some(())
}
