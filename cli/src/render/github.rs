//! Findings as commands of GitHub Actions: they show as annotations beside the changed lines.

use assize_compiler::Severity;

use super::finding::Finding;
use crate::fault::Fault;

/// One line for each finding.
pub fn annotation(one: &Finding) -> String {
    let command = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let (start, end) = (one.primary.start(), one.primary.end());
    let mut message = one.claim.clone();
    for because in &one.because {
        message.push_str("\nbecause ");
        message.push_str(because);
    }
    if let Some(instead) = &one.instead {
        message.push('\n');
        message.push_str(instead);
    }
    format!(
        "::{command} file={},line={},endLine={},col={},title={}::{}",
        property(&one.primary.source.path),
        start.line,
        end.line,
        start.column,
        one.code,
        data(&message)
    )
}

/// Why a verb stopped: without a place, since there may be no file to speak of.
pub fn stopped(fault: &Fault) -> String {
    let told = |one: &Fault| format!("::error title=assize::{}", data(&one.text("\n")));
    fault.each().map(told).collect::<Vec<_>>().join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
