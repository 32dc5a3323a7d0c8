//! Calls of decisions, on the reference data of their section.

use std::sync::Arc;

use assize_eval::json::NumberStyle;
use assize_eval::trace::Explain;
use assize_eval::trace::render::{Level, lines};
use assize_ir::Program;
use assize_runtime::{Loaded, Options, Rules};

use super::compact::{compact, pretty};
use super::data;
use super::diff::says;
use super::package::Built;
use super::page::{Asked, Kind};
use super::section::Runner;

/// Callables of a program that is not one of a page alone.
const LARGE: usize = 200;

impl Runner<'_> {
    /// Reference data, and calls of decisions.
    pub(super) fn calls(&mut self, built: &Built) {
        let blocks = &self.section.blocks;
        let wanted = blocks
            .iter()
            .find(|block| matches!(block.kind, Kind::Call(_) | Kind::Data(..) | Kind::Manifest));
        let Some(first) = wanted else { return };
        let program = match assize_compiler::program(&built.db, built.root) {
            Ok(linked) => linked.program,
            Err(fault) => return self.fault(first.line, format!("not linked: {fault:?}")),
        };
        // What is not verified is told with the rules.
        let Ok(verified) = assize_ir::verify(&program) else {
            return;
        };
        let rules = Arc::new(Rules::from_program(verified));
        let Some(snapshot) = self.snapshot(&program) else {
            return;
        };
        let loaded = Loaded::of(Arc::clone(&rules), snapshot);
        let Ok(snapshot) = data::snapshot(&program, blocks) else {
            return;
        };
        let compiled = Loaded::of(rules, snapshot).compiled();
        for (index, block) in blocks.iter().enumerate() {
            if let Kind::Call(asked) = &block.kind {
                self.call((&loaded, &compiled), index, asked);
            }
        }
    }

    /// The data of the section; nothing when it is refused, which is compared with the page.
    fn snapshot(&mut self, program: &Program) -> Option<assize_runtime::Snapshot> {
        let blocks = &self.section.blocks;
        for (index, name) in data::names(blocks) {
            if let Some(block) = blocks.get(index)
                && !knows(program, name)
                // With a `snapshot.json` of its own a section may show a relation too many.
                && !blocks.iter().any(|block| block.kind == Kind::Manifest)
            {
                self.fault(
                    block.line,
                    format!("no decision here reads a relation `{name}`"),
                );
            }
        }
        let last = blocks
            .iter()
            .rposition(|block| matches!(block.kind, Kind::Data(..) | Kind::Manifest));
        match data::snapshot(program, blocks) {
            Ok(snapshot) => {
                if let Some(last) = last
                    && let Some(block) = self.next(last).filter(|it| it.kind == Kind::Faults)
                {
                    self.fault(block.line, "the data is taken, and should be refused");
                }
                Some(snapshot)
            }
            Err(faults) => {
                self.ran.failing += 1;
                let last = last.unwrap_or_default();
                let said = self.said(last, &Kind::Faults);
                let same = said.is_some_and(|said| says(said, &faults));
                self.compare(last, &Kind::Faults, "faults", &faults, same);
                for block in blocks {
                    if matches!(block.kind, Kind::Call(_)) {
                        self.fault(block.line, "the data is refused, so nothing can be decided");
                    }
                }
                None
            }
        }
    }

    /// One call: its answer, and its explanation if the page has one.
    fn call(&mut self, (loaded, compiled): (&Loaded, &Loaded), index: usize, asked: &Asked) {
        let Some(block) = self.section.blocks.get(index) else {
            return;
        };
        self.ran.calls += 1;
        let call = whole(asked, &block.written_out());
        let options = Options {
            style: if asked.numbers {
                NumberStyle::Number
            } else {
                NumberStyle::String
            },
            explain: asked.explain.then(Explain::default),
            receipt: asked.receipt,
            decided: asked.decided,
        };
        let mut by_both = |options: &Options| {
            let interpreted = loaded.decide_json(call.as_bytes(), options);
            let compiled = compiled.decide_json(call.as_bytes(), options);
            if interpreted != compiled {
                self.fault(
                    block.line,
                    format!("machine code says {compiled}, the interpreter {interpreted}"),
                );
            }
            interpreted
        };
        let interpreted = by_both(&options);
        // Whatever the page asks for, machine code also tells what decided; of whole packages, whose code takes long to
        // be made, the tests of identity ask it.
        if loaded.rules.program.callables.len() <= LARGE {
            by_both(&Options {
                decided: !options.decided,
                ..options.clone()
            });
        }
        let answer = without_rules(&interpreted);
        self.ran.failing += usize::from(answer.starts_with("{\"error\""));
        let shown = pretty(&answer);
        let said = self.said(index, &Kind::Output);
        let same = said.is_some_and(|said| compact(said) == answer || says(said, &shown));
        self.compare(index, &Kind::Output, "json output", &shown, same);
        let Some(next) = self.next(index + 1) else {
            return;
        };
        let Kind::Explanation(all) = next.kind else {
            return;
        };
        let level = if all { Level::Everything } else { Level::Rules };
        match explained(loaded, &call, level) {
            None => self.fault(next.line, "nothing is decided, so nothing is explained"),
            Some(found) => {
                let same = says(&next.text, &found);
                self.compare(index + 1, &next.kind, "explanation", &found, same);
            }
        }
    }
}

/// The trace in words; nothing for a call with faults.
fn explained(loaded: &Loaded, call: &str, level: Level) -> Option<String> {
    let call = loaded.decode(call.as_bytes()).ok()?;
    let options = Options {
        explain: Some(Explain::default()),
        ..Options::default()
    };
    let name = &call.decision.name;
    let answer = loaded.decide(name, &call.arguments, call.at, &options);
    let trace = answer.ok()?.trace?;
    let lines = lines(&loaded.rules.program, &trace, level);
    Some(lines.iter().map(|line| format!("{line}\n")).collect())
}

fn knows(program: &Program, bare: &str) -> bool {
    let mut names = program
        .relations
        .iter()
        .map(|relation| relation.name.rsplit('.').next());
    names.any(|name| name == Some(bare))
}

/// A whole call, from one, from `at` and `input`, or from the `input` alone.
fn whole(asked: &Asked, text: &str) -> String {
    let Some(decision) = &asked.decision else {
        return text.to_owned();
    };
    let text = compact(text);
    match text.strip_prefix("{\"at\":") {
        Some(rest) => format!("{{\"decision\":\"{decision}\",\"at\":{rest}"),
        None => format!("{{\"decision\":\"{decision}\",\"input\":{text}}}"),
    }
}

/// The digest of the rules as `b3:…`: every change of the compiler changes it.
fn without_rules(answer: &str) -> String {
    const BEFORE: &str = "\"rules\":\"b3:";
    match answer.split_once(BEFORE) {
        Some((before, rest)) => {
            let behind = rest.split_once('"').map_or("", |(_, behind)| behind);
            format!("{before}{BEFORE}…\"{behind}")
        }
        None => answer.to_owned(),
    }
}
