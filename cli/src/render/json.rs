//! Findings and faults as JSON. Names are part of the interface (`docs/cli.md`).

use serde_json::{Value, json};

use super::finding::{Count, Finding, FixShown, Place};
use super::source::Position;
use crate::fault::Fault;

fn position(at: Position) -> Value {
    json!({"line": at.line, "column": at.column})
}

fn place(place: &Place) -> Value {
    json!({
        "file": place.source.path,
        "start": position(place.start()),
        "end": position(place.end()),
        "text": place.text,
    })
}

fn fix(fix: &FixShown) -> Value {
    json!({
        "title": fix.title,
        "certain": fix.certain,
        "edits": fix.edits.iter().map(place).collect::<Vec<_>>(),
    })
}

/// A finding.
pub fn finding(one: &Finding) -> Value {
    let mut out = json!({
        "code": one.code,
        "severity": one.severity_word(),
        "claim": one.claim,
        "because": one.because,
        "instead": one.instead,
        "page": one.page(),
        "place": place(&one.primary),
        "related": one.related.iter().map(place).collect::<Vec<_>>(),
        "fixes": one.fixes.iter().map(fix).collect::<Vec<_>>(),
    });
    if let (Some(witness), Some(object)) = (&one.witness, out.as_object_mut()) {
        let inputs: Vec<Value> = witness
            .inputs
            .iter()
            .map(|(name, value)| json!({"name": name, "value": value}))
            .collect();
        let witness = json!({"inputs": inputs, "outcome": witness.outcome, "test": witness.test});
        object.insert("witness".to_owned(), witness);
    }
    out
}

/// How many.
pub fn summary(count: Count, files: usize) -> Value {
    json!({
        "errors": count.errors,
        "warnings": count.warnings,
        "notes": count.notes,
        "files": files,
    })
}

fn fault_value(fault: &Fault) -> Value {
    let mut value = json!({"code": "cannot_run", "message": fault.message, "help": fault.help});
    let other = |one: &Fault| json!({"message": one.message, "help": one.help});
    if let (false, Some(object)) = (fault.others.is_empty(), value.as_object_mut()) {
        let others: Vec<Value> = fault.others.iter().map(other).collect();
        object.insert("others".to_owned(), others.into());
    }
    value
}

/// Why a verb stopped.
pub fn fault(fault: &Fault) -> String {
    json!({"error": fault_value(fault)}).to_string()
}

/// Why rules were not used.
pub fn refused(fault: &Fault, errors: &[Finding]) -> String {
    let mut value = fault_value(fault);
    if let Some(object) = value.as_object_mut() {
        object.insert("code".to_owned(), json!("rules_have_errors"));
        object.insert(
            "diagnostics".to_owned(),
            errors.iter().map(finding).collect(),
        );
    }
    json!({"error": value}).to_string()
}
