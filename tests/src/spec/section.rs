//! Runs a section: its rules, its tests, its calls, and the rules that must fail.

use std::collections::BTreeSet;

use assize_compiler::Severity;

use super::data;
use super::diff::{diff, says};
use super::package::{Built, Finding, Rules, build, library};
use super::page::{Block, Kind, Section, WordList};
use super::tests_of::failures;
use super::{Fault, Ran, Update, words};
use crate::identity::Seen;

/// A section, and what came of it so far.
pub(super) struct Runner<'s> {
    pub(super) path: &'s str,
    pub(super) section: &'s Section,
    pub(super) faults: Vec<Fault>,
    pub(super) ran: Ran,
}

/// Runs a section; what differs, and how much was run.
pub fn run(path: &str, section: &Section) -> (Vec<Fault>, Ran) {
    let mut runner = Runner {
        path,
        section,
        faults: Vec::new(),
        ran: Ran::default(),
    };
    runner.order();
    runner.own();
    for (index, block) in section.blocks.iter().enumerate() {
        match &block.kind {
            Kind::Fails => runner.fails(index, block),
            Kind::TestFails => runner.test_fails(index, block),
            Kind::Format => runner.format(index, block),
            Kind::Words(which) => runner.words(block, *which),
            _ => {}
        }
    }
    (runner.faults, runner.ran)
}

impl<'s> Runner<'s> {
    /// Machine code has been asked as well: it may leave questions, and answers none in another way.
    fn machine(&mut self, seen: &Seen) {
        self.ran.machine += seen.same;
        self.ran.left += seen.left;
        let line = self.section.blocks.first().map_or(1, |block| block.line);
        for different in &seen.different {
            self.fault(line, format!("machine code says {different}"));
        }
    }

    pub(super) fn fault(&mut self, line: usize, message: impl Into<String>) {
        self.faults.push(Fault::new(self.path, line, message));
    }

    /// The block behind another one.
    pub(super) fn next(&self, index: usize) -> Option<&'s Block> {
        self.section.blocks.get(index + 1)
    }

    /// Every block that says what comes out stands behind one that it can be about.
    fn order(&mut self) {
        let mut before: Option<&Kind> = None;
        for block in &self.section.blocks {
            let fits = match &block.kind {
                Kind::Diagnostics => matches!(before, Some(Kind::Rules(_) | Kind::Fails)),
                Kind::Report => matches!(before, Some(Kind::TestFails)),
                Kind::Output => matches!(before, Some(Kind::Call(_))),
                Kind::Explanation(_) => matches!(before, Some(Kind::Output)),
                Kind::Formatted => matches!(before, Some(Kind::Format)),
                Kind::Faults => {
                    matches!(before, Some(Kind::Data(..) | Kind::Manifest))
                }
                _ => true,
            };
            if !fits {
                let message = format!("a block {:?} cannot stand here", block.kind);
                self.fault(block.line, message);
            }
            before = Some(&block.kind);
        }
    }

    /// What a block must say, against what it says; it is put behind `index` if there is none.
    pub(super) fn compare(
        &mut self,
        index: usize,
        kind: &Kind,
        word: &str,
        found: &str,
        same: bool,
    ) {
        if same {
            return;
        }
        let Some(block) = self.section.blocks.get(index) else {
            return;
        };
        let (line, lines, page, text) = match self.next(index).filter(|it| it.kind == *kind) {
            Some(other) => (
                other.line,
                other.line..other.end() - 1,
                other.text.as_str(),
                found.to_owned(),
            ),
            None => (
                block.line,
                block.end()..block.end(),
                "",
                format!("\n```{word}\n{found}```\n"),
            ),
        };
        let message = format!("not as the page says{}", diff(page, found));
        self.faults.push(Fault {
            update: Some(Update { lines, text }),
            ..Fault::new(self.path, line, message)
        });
    }

    pub(super) fn said(&self, index: usize, kind: &Kind) -> Option<&'s str> {
        self.next(index)
            .filter(|block| block.kind == *kind)
            .map(|block| block.text.as_str())
    }

    fn packages(&self) -> Vec<Rules<'s>> {
        let blocks = self.section.blocks.iter().enumerate();
        let rules = blocks.filter_map(|(index, block)| match &block.kind {
            Kind::Rules(package) => Some(Rules {
                block: index,
                package: package.as_deref(),
                text: block.written_out(),
            }),
            _ => None,
        });
        let names = self
            .section
            .blocks
            .iter()
            .filter_map(|it| it.library.as_deref());
        let names: BTreeSet<&str> = names.collect();
        names.into_iter().flat_map(library).chain(rules).collect()
    }

    /// The section's own package.
    fn own(&mut self) {
        let rules = self.packages();
        if rules.is_empty() {
            for (index, block) in self.section.blocks.iter().enumerate() {
                if matches!(block.kind, Kind::Call(_))
                    || data::names(&self.section.blocks).any(|it| it.0 == index)
                {
                    self.fault(block.line, "the section has no rules for this");
                }
            }
            return;
        }
        self.ran.sections += 1;
        let built = build(&rules, &data::sheets(&self.section.blocks));
        let found = built.findings();
        for one in rules.iter().filter(|one| one.is_on_the_page()) {
            self.findings(one.block, &found);
        }
        if found
            .iter()
            .any(|finding| finding.severity == Severity::Error)
        {
            return;
        }
        self.verify(rules.first().map_or(0, |one| one.block), &built);
        let tests = failures(&built);
        self.machine(&tests.seen);
        self.ran.tests += tests.ran;
        for failure in tests.failures {
            let block = self.section.blocks.get(failure.place.block);
            let line = block.map_or(self.section.line, |block| block.line) + failure.place.line;
            self.fault(
                line,
                format!(
                    "{}{}",
                    failure.text.trim_end(),
                    "\n    in a test that must pass"
                ),
            );
        }
        self.calls(&built);
    }

    /// What is compiled without a finding must be a program that every engine takes.
    fn verify(&mut self, block: usize, built: &Built) {
        let line = self
            .section
            .blocks
            .get(block)
            .map_or(self.section.line, |block| block.line);
        match assize_compiler::everything(&built.db, built.root) {
            Err(fault) => self.fault(line, format!("not linked: {fault:?}")),
            // A section that only declares types links to a program of nothing.
            Ok(linked) if linked.callables.is_empty() => {}
            Ok(linked) => {
                if let Err(faults) = assize_ir::verify(&linked.program) {
                    let all: String = faults
                        .iter()
                        .map(|fault| format!("\n    {fault}"))
                        .collect();
                    self.fault(line, format!("not verified{all}"));
                }
            }
        }
    }

    /// Compares the findings of one block with the page.
    fn findings(&mut self, index: usize, found: &[Finding]) {
        let said = self.said(index, &Kind::Diagnostics);
        let notes = said.is_some_and(|said| said.lines().any(|line| line.starts_with("note ")));
        let text: String = found
            .iter()
            .filter(|finding| finding.place.block == index)
            .filter(|finding| notes || finding.severity > Severity::Note)
            .map(|finding| finding.text.as_str())
            .collect();
        let same = says(said.unwrap_or_default(), &text);
        self.compare(index, &Kind::Diagnostics, "diagnostics", &text, same);
        if !same
            && found
                .iter()
                .any(|finding| finding.severity == Severity::Error)
        {
            // An error in rules that must be good is never taken for what was meant.
            if let Some(fault) = self.faults.last_mut() {
                fault.update = None;
            }
        }
    }

    /// Rules that must have findings.
    fn fails(&mut self, index: usize, block: &'s Block) {
        self.ran.failing += 1;
        let mut rules: Vec<Rules<'s>> = self.packages();
        rules.retain(|one| one.package.is_some());
        rules.push(Rules {
            block: index,
            package: None,
            text: block.written_out(),
        });
        let built = build(&rules, &data::sheets(&self.section.blocks));
        let mut found = built.findings();
        found.retain(|finding| finding.place.block == index);
        if found.is_empty() {
            return self.fault(block.line, "nothing is found, and something should be");
        }
        let only_notes = found
            .iter()
            .all(|finding| finding.severity == Severity::Note);
        let said = self.said(index, &Kind::Diagnostics).unwrap_or_default();
        let notes = only_notes || said.lines().any(|line| line.starts_with("note "));
        found.retain(|finding| notes || finding.severity > Severity::Note);
        let text: String = found.iter().map(|finding| finding.text.as_str()).collect();
        let same = says(said, &text);
        self.compare(index, &Kind::Diagnostics, "diagnostics", &text, same);
    }

    /// Rules whose tests must fail.
    fn test_fails(&mut self, index: usize, block: &'s Block) {
        self.ran.failing += 1;
        let mut rules: Vec<Rules<'s>> = self.packages();
        rules.retain(|one| one.package.is_some());
        rules.push(Rules {
            block: index,
            package: None,
            text: block.written_out(),
        });
        let built = build(&rules, &data::sheets(&self.section.blocks));
        let errors: String = built
            .findings()
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .map(|finding| finding.text.clone())
            .collect();
        if !errors.is_empty() {
            return self.fault(block.line, format!("the rules have errors\n{errors}"));
        }
        let tests = failures(&built);
        self.machine(&tests.seen);
        if tests.failures.is_empty() {
            return self.fault(block.line, "every test passes, and one should fail");
        }
        let text: String = tests
            .failures
            .iter()
            .map(|failure| failure.text.as_str())
            .collect();
        let same = self
            .said(index, &Kind::Report)
            .is_some_and(|said| says(said, &text));
        self.compare(index, &Kind::Report, "report", &text, same);
    }

    /// Rules that are laid out, and laid out once more, which must change nothing.
    fn format(&mut self, index: usize, block: &'s Block) {
        self.ran.texts += 1;
        let found = assize_grammar::format(&block.text);
        if assize_grammar::format(&found) != found {
            self.fault(block.line, "what is laid out is laid out differently again");
        }
        let same = self.said(index, &Kind::Formatted) == Some(&*found);
        self.compare(index, &Kind::Formatted, "formatted", &found, same);
    }

    /// A list of words.
    fn words(&mut self, block: &'s Block, which: WordList) {
        self.ran.texts += 1;
        let found = words::list(which);
        if block.text != found {
            let lines = block.line..block.end() - 1;
            let message = format!("not as the grammar has it{}", diff(&block.text, &found));
            self.faults.push(Fault {
                update: Some(Update { lines, text: found }),
                ..Fault::new(self.path, block.line, message)
            });
        }
    }
}
