//! "Why not this one?" for names that a trace does not have: those that the rules know and the
//! decision did not come to, and those that nobody knows.

use std::collections::BTreeSet;

use assize_eval::format::bare;
use assize_eval::json::nearest;
use assize_eval::trace::render::call;
use assize_eval::trace::why::{Answer, grouped, is_named, why_not};
use assize_eval::trace::{Detail, Note, Outcome, Step, Trace};
use assize_ir::{Body, Callable, CallableId, Hit, Program, date};

use crate::fault::Fault;

/// Names that are offered when nothing has the asked name.
const NAMES_OFFERED: usize = 12;
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
    known: Vec<Known>,
    names: BTreeSet<String>,
}

impl Question {
    /// A name as an explanation writes it (`row best`, `over_limit(used: 5)`), bare or in full.
    pub fn new(program: &Program, written: &str) -> Question {
        let written = written.trim();
        let asked = match written.split_once(' ') {
            Some((word, name)) if WORDS.contains(&word) => name.trim(),
            _ => written,
        };
        let asked = match asked.split_once('(') {
            Some((name, _)) if !name.is_empty() => name,
            _ => asked,
        };
        let mut question = Question {
            asked: asked.to_owned(),
            known: Vec::new(),
            names: BTreeSet::new(),
        };
        for (index, callable) in program.callables.iter().enumerate() {
            let id = CallableId(u32::try_from(index).unwrap_or(u32::MAX));
            // The text of a reason has the name of the reason, and is asked by no decision.
            if !program.reasons.iter().any(|reason| reason.message == id) {
                question.callable(id, callable);
            }
        }
        for reason in &program.reasons {
            question.knows("reason", &reason.module, None, &reason.code);
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
                for row in &table.rows {
                    self.knows("row", &full, id, &row.name);
                }
            }
            Body::Grid(grid) => {
                self.knows("table", &callable.module, id, &callable.name);
                for row in &grid.rows {
                    self.knows("row", &full, id, &row.name);
                }
                for head in &grid.heads {
                    self.knows("column", &full, id, &head.name);
                }
            }
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
        let mut told = why_not(trace, &self.asked);
        if told.is_empty() {
            let reasons = self.known.iter().filter(|known| known.kind == "reason");
            for reason in reasons {
                told.extend(why_not(trace, &reason.name));
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
            return Err(self.unknown(trace));
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
                    let hit = table.rows.join(", ");
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

    fn unknown(&self, trace: &Trace) -> Fault {
        let asked = &self.asked;
        let mut seen = BTreeSet::new();
        collect(&trace.root, &mut seen);
        let fault = Fault::new(format!(
            "no rule, exception, row, column, parameter or reason is called `{asked}`"
        ));
        // What was considered is nearer to what was meant than what was not.
        let near = nearest(bare(asked), seen.iter().map(String::as_str))
            .or_else(|| nearest(bare(asked), self.names.iter().map(String::as_str)));
        if let Some(near) = near {
            return fault.help(format!("did you mean `{near}`?"));
        }
        if seen.is_empty() {
            return fault;
        }
        let offered: Vec<&str> = seen
            .iter()
            .take(NAMES_OFFERED)
            .map(String::as_str)
            .collect();
        let rest = match seen.len().saturating_sub(NAMES_OFFERED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        fault.help(format!("there were {}{rest}", offered.join(", ")))
    }
}

/// Why something that the rules know is nowhere in the trace.
fn not_asked(known: &Known, trace: &Trace, answer: &str) -> String {
    let Known { kind, owner, .. } = known;
    let ended = match &trace.root.outcome {
        Outcome::Failure { code, .. } => {
            format!("; it ended with {}", code.replace('_', " "))
        }
        Outcome::Value(_) if trace.omitted > 0 => {
            let omitted = trace.omitted;
            format!(", as far as its trace tells, which left out {omitted} steps and notes")
        }
        Outcome::Value(_) => String::new(),
    };
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
        "default" => format!("this decision did not ask {owner}, whose default it is{ended}"),
        kind => format!("this decision did not ask {owner}, which has the {kind}{ended}"),
    }
}

fn entered(step: &Step, id: CallableId) -> bool {
    step.callable == id || step.children.iter().any(|child| entered(child, id))
}

/// What has a name in a trace.
fn collect(step: &Step, names: &mut BTreeSet<String>) {
    match &step.detail {
        Detail::Rule(rule) => names.extend(rule.exceptions.iter().map(|it| it.name.clone())),
        Detail::Table(table) | Detail::Grid(table) => {
            names.extend(table.rows.iter().cloned());
            names.extend(table.not_taken.iter().map(|row| row.name.clone()));
        }
        Detail::Expression | Detail::Parameter { .. } => {}
    }
    for noted in &step.notes {
        if let Note::Item { item, .. } = &noted.note {
            names.extend(item.split('(').next().map(str::to_owned));
        }
    }
    for child in &step.children {
        collect(child, names);
    }
}
