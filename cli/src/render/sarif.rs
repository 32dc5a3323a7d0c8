//! Findings as SARIF 2.1.0, for code scanning services and editors.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::finding::{Finding, Place};
use crate::fault::Fault;

/// The whole log, one line.
pub fn log(findings: &[Finding]) -> String {
    let titles: BTreeMap<&str, &str> = assize_compiler::codes::CODES
        .iter()
        .chain(assize_grammar::CODES)
        .copied()
        .collect();
    let mut codes: Vec<&str> = findings.iter().map(|one| one.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes
        .iter()
        .map(|code| {
            let title = titles.get(code).copied().unwrap_or_default();
            json!({
                "id": code,
                "shortDescription": {"text": title},
                "helpUri": format!("{}/blob/main/docs/errors/{code}.md", env!("CARGO_PKG_REPOSITORY")),
            })
        })
        .collect();
    let results: Vec<Value> = findings
        .iter()
        .map(|one| {
            let mut result = json!({
                "ruleId": one.code,
                "ruleIndex": codes.binary_search(&one.code).unwrap_or(0),
                "level": one.severity_word(),
                "message": {"text": message(one)},
                "locations": [location(&one.primary, false)],
            });
            if let Some(object) = result.as_object_mut()
                && !one.related.is_empty()
            {
                let related = one
                    .related
                    .iter()
                    .map(|place| location(place, true))
                    .collect();
                object.insert("relatedLocations".to_owned(), related);
            }
            result
        })
        .collect();
    document(&rules, &results, json!({"executionSuccessful": true}))
}

/// The log of a verb that stopped before there was anything to find.
pub fn stopped(fault: &Fault) -> String {
    let told = |one: &Fault| json!({"level": "error", "message": {"text": one.text("; ")}});
    let told: Vec<Value> = fault.each().map(told).collect();
    let invocation = json!({
        "executionSuccessful": false,
        "exitCode": fault.exit.code(),
        "toolExecutionNotifications": told,
    });
    document(&[], &[], invocation)
}

fn document(rules: &[Value], results: &[Value], invocation: Value) -> String {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "assize",
                "version": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
    .to_string()
}

fn message(one: &Finding) -> String {
    let mut text = one.claim.clone();
    for because in &one.because {
        text.push_str("; because ");
        text.push_str(because);
    }
    if let Some(instead) = &one.instead {
        text.push_str("; ");
        text.push_str(instead);
    }
    text
}

fn location(place: &Place, told: bool) -> Value {
    let (start, end) = (place.start(), place.end());
    let mut out = json!({
        "physicalLocation": {
            "artifactLocation": {"uri": uri(&place.source.path)},
            "region": {
                "startLine": start.line,
                "startColumn": start.column,
                "endLine": end.line,
                "endColumn": end.column,
            },
        },
    });
    if told && let Some(object) = out.as_object_mut() {
        object.insert("message".to_owned(), json!({"text": place.text}));
    }
    out
}

/// A path as a relative URI: what is not plain is written in per cent.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
