//! The pages of the codes: the wrong example has the code, the right one has neither it nor an error.

use std::collections::BTreeMap;

use assize_compiler::Severity;

use super::package::{Finding, Rules, build};
use super::page::{Block, Kind, sections};
use super::{Fault, Outcome};

/// Runs the examples of the page of a code.
pub fn run_error_page(path: &str, text: &str) -> Outcome {
    let code = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".md");
    let (found, faults) = sections(path, text);
    let mut outcome = Outcome { faults, ..Outcome::default() };
    let mut wrong = 0;
    for block in found.iter().flat_map(|section| &section.blocks) {
        let message = match block.kind {
            Kind::Wrong => {
                wrong += 1;
                outcome.ran.failing += 1;
                let all = findings(block);
                let has = all.iter().any(|finding| finding.code == code);
                (!has).then(|| format!("the wrong example has no {code}{}", listed(&all)))
            }
            Kind::Right => {
                outcome.ran.sections += 1;
                let mut all = findings(block);
                all.retain(|it| it.severity == Severity::Error || it.code == code);
                (!all.is_empty()).then(|| format!("the right example is not clean{}", listed(&all)))
            }
            Kind::Prose => None,
            _ => Some("a page of a code has the blocks `assize wrong` and `assize right`".into()),
        };
        outcome.faults.extend(message.map(|message| Fault::new(path, block.line, message)));
    }
    if wrong == 0 {
        outcome.faults.push(Fault::new(path, 1, "the page has no wrong example"));
    }
    outcome
}

fn findings(block: &Block) -> Vec<Finding> {
    build(&[Rules { block: 0, package: None, text: &block.text }], &BTreeMap::new()).findings()
}

fn listed(findings: &[Finding]) -> String {
    let lines = findings.iter().filter_map(|finding| finding.text.lines().next());
    lines.map(|line| format!("\n    {line}")).collect()
}
