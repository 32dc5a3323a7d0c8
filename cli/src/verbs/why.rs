//! "Why not this one?" for names that a trace does not have: those that the rules know and the
//! decision did not come to, and those that nobody knows.

use std::collections::{BTreeMap, BTreeSet};

use assize_eval::format::bare;
use assize_eval::json::nearest;
use assize_eval::trace::render::{call, row_name};
use assize_eval::trace::why::{Answer, grouped, is_named, why_not};
use assize_eval::trace::{Detail, Note, Outcome, Step, Trace};
use assize_ir::{Body, Callable, CallableId, Hit, Program, Row, date};

use super::field;
use crate::fault::Fault;
use crate::render::few::few;

/// Words that an explanation writes before a name.
const WORDS: [&str; 8] = [
    "row",
    "column",
    "exception",
    "rule",
    "table",
    "grid",
    "parameter",
    "since",
];

/// Something that has a name and can decide.
struct Known {
    kind: &'static str,
    /// Full name of the rule, table or parameter that it belongs to; of others their module.
    owner: String,
    /// That rule, table or parameter, or what itself is one.
    callable: Option<CallableId>,
    name: String,
}

impl Known {
    fn is(&self, asked: &str) -> bool {
        is_named(&self.owner, &self.name, asked)
            || (self.kind == "exception" && is_named(&self.owner, bare(&self.name), asked))
    }
}

/// What was asked for, found in the rules.
pub struct Question {
    asked: String,
    /// The number of a row, and the table before it, where that is what was written.
    number: Option<(String, usize)>,
    /// A field of the result.
    field: Option<Result<field::Asked, Fault>>,
    decision: String,
    known: Vec<Known>,
    /// Rows that have a name and were asked for by number.
    numbered: Vec<Known>,
    names: BTreeSet<String>,
}

impl Question {
    /// A name as an explanation writes it (`row best`, `over_limit(used: 5)`), bare or in full; a row by
    /// its number; a field of the result, with the value that it was expected to have.
    pub fn new(program: &Program, decision: &str, written: &str) -> Question {
        let written = written.trim();
        let asked = match written.split_once(' ') {
            Some((word, name)) if WORDS.contains(&word) => name.trim(),
            _ => written,
        };
        let asked = match asked.split_once('(') {
            Some((name, _)) if !name.is_empty() => name,
            _ => asked,
        };
        let (table, number) = asked.rsplit_once('.').unwrap_or(("", asked));
        let number = number.parse().ok().map(|number| (table.to_owned(), number));
        let mut question = Question {
            asked: asked.to_owned(),
            number,
            field: field::Asked::new(program, decision, written),
            decision: decision.to_owned(),
            known: Vec::new(),
            numbered: Vec::new(),
            names: BTreeSet::new(),
        };
        for (index, callable) in program.callables.iter().enumerate() {
            let id = CallableId(u32::try_from(index).unwrap_or(u32::MAX));
            // The text of a reason has the name of the reason, and is asked by no decision.
            if !program.reasons.iter().any(|reason| reason.message == id) {
                question.callable(id, callable);
            }
        }
        for relation in &program.relations {
            let (module, name) = relation
                .name
                .rsplit_once('.')
                .unwrap_or(("", &relation.name));
            let row = question.asked.starts_with(&format!("{name}["));
            let known = if row {
                question.asked.clone()
            } else {
                name.to_owned()
            };
            let kind = if row { "data row" } else { "data" };
            question.knows(kind, module, None, &known);
        }
        for reason in &program.reasons {
            question.knows("reason", &reason.module, None, &reason.code);
        }
        // A number is a name where rows have no other.
        if question.known.is_empty() {
            question.known = std::mem::take(&mut question.numbered);
        } else {
            question.numbered.clear();
        }
        question
    }

    fn callable(&mut self, id: CallableId, callable: &Callable) {
        let full = format!("{}.{}", callable.module, callable.name);
        let id = Some(id);
        match &callable.body {
            // Parts of tests are no declarations; they have a blank in the name.
            Body::Define(_) if callable.name.contains(' ') => {}
            Body::Define(_) => self.knows("function", &callable.module, id, &callable.name),
            Body::Parameter(values) => {
                self.knows("parameter", &callable.module, id, &callable.name);
                for from in values.iter().filter_map(|value| value.from) {
                    self.knows("value", &full, id, &date::format(from));
                }
            }
            Body::Rule(rule) => {
                self.knows("rule", &callable.module, id, &callable.name);
                for exception in &rule.exceptions {
                    self.knows("exception", &full, id, &exception.name);
                }
                if rule.default.is_some() {
                    self.knows("default", &full, id, "default");
                }
            }
            Body::Table(table) => {
                self.knows("table", &callable.module, id, &callable.name);
                self.rows(&full, id, &table.rows);
            }
            Body::Grid(grid) => {
                self.knows("table", &callable.module, id, &callable.name);
                self.rows(&full, id, &grid.rows);
                for head in &grid.heads {
                    self.knows("column", &full, id, &head.name);
                }
            }
        }
    }

    fn rows(&mut self, full: &str, callable: Option<CallableId>, rows: &[Row]) {
        for row in rows {
            self.knows("row", full, callable, &row.name);
        }
        let Some((table, number)) = &self.number else {
            return;
        };
        let of_table = table.is_empty() || table == full || table == bare(full);
        let row = number.checked_sub(1).and_then(|at| rows.get(at));
        if let (true, Some(row)) = (of_table, row) {
            self.numbered.push(Known {
                kind: "row",
                owner: full.to_owned(),
                callable,
                name: row.name.clone(),
            });
        }
    }

    fn knows(&mut self, kind: &'static str, owner: &str, callable: Option<CallableId>, name: &str) {
        self.names.insert(name.to_owned());
        let known = Known {
            kind,
            owner: owner.to_owned(),
            callable,
            name: name.to_owned(),
        };
        if known.is(&self.asked) {
            self.known.push(known);
        }
    }

    /// The name that a trace should always tell about.
    pub fn focus(&self) -> String {
        let known = self.known.iter().find(|known| known.callable.is_some());
        known.map_or_else(|| self.asked.clone(), |known| known.name.clone())
    }

    /// The answer; nobody knowing the name is a fault of the caller.
    pub fn answer(
        &self,
        program: &Program,
        trace: &Trace,
        answer: &str,
    ) -> Result<Vec<String>, Fault> {
        // Of a field there may be a rule or reason of the same name, which is one of its answers.
        if let (Some(field), true) = (&self.field, self.known.is_empty()) {
            let field = field.as_ref().map_err(Clone::clone)?;
            let told = field.answer(program, trace);
            if told.is_empty() {
                let ended = format!("this decision came to no result{}", ended(trace));
                return Ok(vec![format!("{}: {ended}", self.asked)]);
            }
            return Ok(told);
        }
        let mut told = why_not(trace, &self.asked);
        if told.is_empty() {
            let others = self.known.iter();
            for other in others.filter(|known| matches!(known.kind, "reason" | "row")) {
                let name = match other.kind {
                    "row" => format!("{}.{}", other.owner, other.name),
                    _ => other.name.clone(),
                };
                told.extend(why_not(trace, &name));
            }
        }
        if !told.is_empty() {
            return Ok(told);
        }
        let mut unseen: Vec<Answer> = Vec::new();
        for known in &self.known {
            let entered = known.callable.filter(|id| entered(&trace.root, *id));
            match entered {
                Some(id) => self.not_looked_at(program, &trace.root, (known, id), &mut unseen),
                None => unseen.push((self.asked.clone(), not_asked(known, trace, answer))),
            }
        }
        if unseen.is_empty() {
            return Err(self.unknown(program, trace));
        }
        Ok(grouped(unseen))
    }

    /// Why something of a table that was asked is not in its step.
    fn not_looked_at(
        &self,
        program: &Program,
        step: &Step,
        (known, id): (&Known, CallableId),
        out: &mut Vec<Answer>,
    ) {
        if step.callable == id {
            let first = program.callable(id).is_some_and(
                |it| matches!(&it.body, Body::Table(table) if table.hit == Hit::First),
            );
            let name = &known.name;
            let answer = match (&step.detail, known.kind) {
                (Detail::Table(table), "row") if first && !table.rows.is_empty() => {
                    let (name, hit) = (row_name(name), few(&table.rows));
                    format!("{name} was not looked at: row {hit} hits before it")
                }
                (
                    Detail::Parameter {
                        from: Some(from), ..
                    },
                    _,
                ) => format!("the value in force is that since {from}"),
                _ => format!("it ended before {name} was looked at"),
            };
            out.push((call(step), answer));
        }
        for child in &step.children {
            self.not_looked_at(program, child, (known, id), out);
        }
    }

    fn unknown(&self, program: &Program, trace: &Trace) -> Fault {
        let asked = &self.asked;
        let mut seen = Seen::default();
        collect(&trace.root, &mut seen);
        let fields = field::fields(program, &self.decision);
        let fault = Fault::new(format!(
            "no rule, table, exception, row, column, parameter, reason or field is called `{asked}`"
        ));
        if let Some(meant) = field::fields_with(program, &self.decision, asked) {
            return fault.help(format!("did you mean `{meant}`?"));
        }
        // A path that begins with a misspelt field.
        if let Some(at) = asked.find(['[', '.'])
            && let (head, rest) = asked.split_at(at)
            && let Some(near) = nearest(head, fields.iter().copied())
        {
            return fault.help(match head == near {
                true => format!("a path reads `{near}[0].field`; elements count from 0"),
                false => format!("did you mean `{near}{rest}`?"),
            });
        }
        // A table that is there has no such row.
        let owner = asked.rsplit_once('.').map(|(owner, _)| owner);
        let table = owner.and_then(|owner| seen.tables.iter().find(|(name, _)| *name == owner));
        if let Some((name, rows)) = table {
            return fault.help(format!("{name} has {}", few(rows)));
        }
        // What was considered is nearer to what was meant than what was not.
        let all = || seen.declared.iter().chain(&seen.parts).map(String::as_str);
        let near = nearest(bare(asked), all().chain(fields.iter().copied()))
            .or_else(|| nearest(bare(asked), self.names.iter().map(String::as_str)))
            .or_else(|| holding(bare(asked), all().chain(fields.iter().copied())));
        if let Some(near) = near {
            return fault.help(format!("did you mean `{near}`?"));
        }
        let mut told = Vec::new();
        if all().next().is_some() {
            told.push(format!("this decision asked {}", few(all())));
        }
        if !fields.is_empty() {
            told.push(format!("its fields are {}", few(fields)));
        }
        if told.is_empty() {
            return fault;
        }
        fault.help(told.join("; "))
    }
}

/// The one name that has these words in it: `blocked` for `customer_blocked`.
fn holding<'n>(asked: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let words: Vec<&str> = asked.split('_').collect();
    let mut found: Option<&str> = None;
    for name in names.filter(|name| {
        words
            .iter()
            .all(|word| name.split('_').any(|it| it == *word))
    }) {
        if found.is_some_and(|found| found != name) {
            return None;
        }
        found = Some(name);
    }
    found
}

/// Why something that the rules know is nowhere in the trace.
fn not_asked(known: &Known, trace: &Trace, answer: &str) -> String {
    let Known { kind, owner, .. } = known;
    let ended = ended(trace);
    match *kind {
        "reason" if answer.contains(&format!("\"code\":\"{}\"", known.name)) => {
            format!("this reason of {owner} is in the answer, without a condition that was asked")
        }
        "reason" => {
            format!("this decision did not come to where this reason of {owner} is made{ended}")
        }
        "rule" | "table" | "parameter" | "function" => {
            format!("this decision did not ask this {kind} of {owner}{ended}")
        }
        "data" => format!("ask for a row of it: `{}[KEY]`", known.name),
        "data row" => format!("no query of this decision refused this row{ended}"),
        "default" => format!("this decision did not ask {owner}, whose default it is{ended}"),
        kind => format!("this decision did not ask {owner}, which has the {kind}{ended}"),
    }
}

/// How a decision ended that did not come to something.
fn ended(trace: &Trace) -> String {
    match &trace.root.outcome {
        Outcome::Failure { code, .. } => {
            format!("; it ended with {}", code.replace('_', " "))
        }
        Outcome::Value(_) if trace.omitted > 0 => {
            let omitted = trace.omitted;
            format!(", as far as its trace tells, which left out {omitted} steps and notes")
        }
        Outcome::Value(_) => String::new(),
    }
}

fn entered(step: &Step, id: CallableId) -> bool {
    step.callable == id || step.children.iter().any(|child| entered(child, id))
}

/// What has a name in a trace.
#[derive(Default)]
struct Seen {
    /// Rules, tables and parameters.
    declared: BTreeSet<String>,
    /// Their exceptions and named rows, and reasons.
    parts: BTreeSet<String>,
    /// The rows of each table, as far as they are told.
    tables: BTreeMap<String, BTreeSet<String>>,
}

fn collect(step: &Step, seen: &mut Seen) {
    let name = bare(&step.name).to_owned();
    match &step.detail {
        Detail::Rule(rule) => {
            let exceptions = rule.exceptions.iter();
            seen.parts.extend(exceptions.map(|it| it.name.clone()));
            seen.declared.insert(name);
        }
        Detail::Table(table) | Detail::Grid(table) => {
            let rows = table.rows.iter().chain(&table.clash).cloned();
            let not_taken = table.not_taken.iter().map(|row| row.name.clone());
            let rows: BTreeSet<String> = rows.chain(not_taken).collect();
            // A number without its table is a name of nothing.
            let named = rows.iter().filter(|row| row_name(row) == **row);
            seen.parts.extend(named.cloned());
            seen.tables.entry(name.clone()).or_default().extend(rows);
            seen.declared.insert(name);
        }
        Detail::Parameter { .. } => {
            seen.declared.insert(name);
        }
        Detail::Expression => {}
    }
    for noted in &step.notes {
        if let Note::Item { item, .. } = &noted.note {
            let reason = item.split('(').next().map(str::to_owned);
            seen.parts.extend(reason);
        }
    }
    for child in &step.children {
        collect(child, seen);
    }
}
