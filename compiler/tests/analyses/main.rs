//! What the analyses say of small packages: every finding, with its places and its replayed case.

mod cases;
mod columns;
mod conditions;
mod exceptions;
mod gaps;
mod limits;
mod order;
mod overlaps;
mod time;

use assize_compiler::diagnostic::At;
use assize_compiler::{Database, Diagnostic, PackageInput, diagnostics, resolve};

/// The findings of the analyses (A04xx, A05xx, what is always decided or rounded twice) and all
/// errors, as text.
fn check(text: &str) -> String {
    let (db, found) = findings(text);
    let line_of = |at: &At| {
        let (file, range) = resolve(&db, at);
        let before = file.text(&db).get(..range.start as usize);
        before.unwrap_or_default().matches('\n').count() + 1
    };
    let mut lines = Vec::new();
    for found in &found {
        let code = found.code.0;
        let analysis =
            code.starts_with("A04") || code.starts_with("A05") || matches!(code, "A0306" | "A0315");
        if !analysis && found.severity != assize_compiler::Severity::Error {
            continue;
        }
        lines.push(format!(
            "{:?} {} line {}: {}",
            found.severity,
            found.code.0,
            line_of(&found.primary.at),
            found.claim
        ));
        let labels = std::iter::once(&found.primary).chain(&found.related);
        for label in labels.filter(|label| !label.text.is_empty()) {
            lines.push(format!("  line {}: {}", line_of(&label.at), label.text));
        }
        lines.extend(
            found
                .because
                .iter()
                .map(|because| format!("  because {because}")),
        );
        lines.extend(
            found
                .instead
                .iter()
                .map(|instead| format!("  instead {instead}")),
        );
        if let Some(witness) = &found.witness {
            lines.push(format!("  case: {}", witness.outcome));
            lines.extend(witness.test.lines().map(|line| format!("  | {line}")));
        }
    }
    if lines.is_empty() {
        "nothing".to_string()
    } else {
        lines.join("\n")
    }
}

fn findings(text: &str) -> (Database, Vec<Diagnostic>) {
    let db = Database::default();
    let package = PackageInput::alone(&db, "a", [("a.assize", text)]);
    let found = diagnostics(&db, package);
    (db, found)
}
