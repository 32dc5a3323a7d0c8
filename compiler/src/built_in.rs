//! Names that the language has already: what declares one of them again would never be meant.

use assize_grammar::words::NOT_A_UNIT;

use crate::check::builtin::NAMES;
use crate::check::fragment::date_unit;
use crate::codes;
use crate::db::{Db, PackageInput};
use crate::diagnostic::{Diagnostic, Severity};
use crate::items::{DeclId, DeclKind};
use crate::names::{Space, declared};
use crate::package::word_at;
use crate::signature::BUILTIN_TYPES;

/// Declarations of names that are built in.
pub(crate) fn diagnostics(db: &dyn Db, package: PackageInput) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for file in package.files(db) {
        for ((space, word), found) in declared(db, *file) {
            for (key, index) in found {
                let Some(why) = why(*space, key.kind, word) else {
                    continue;
                };
                let decl = DeclId {
                    file: *file,
                    key: key.clone(),
                };
                let at = word_at(db, &decl, *index);
                let claim = format!("`{word}` cannot be declared");
                out.push(
                    Diagnostic::new(codes::BUILT_IN, Severity::Error, at, claim)
                        .because(why)
                        .instead("give it another name"),
                );
            }
        }
    }
    out
}

fn why(space: Space, kind: DeclKind, word: &str) -> Option<String> {
    let of_a_type = space == Space::Type;
    if of_a_type && BUILTIN_TYPES.contains(&word) {
        return Some(format!("`{word}` is a type of the language"));
    }
    if space == Space::Function && NAMES.contains(&word) {
        return Some(format!("`{word}` is a function of the language"));
    }
    // A number type may be named as a dimension; steps of the calendar are dimensions of spans.
    let is_dimension = matches!(word, "percent" | "plain") || date_unit(word).is_some();
    if (space == Space::Measure || kind == DeclKind::Number) && is_dimension {
        return Some(format!("`{word}` is a dimension or span of the language"));
    }
    if space == Space::Measure && NOT_A_UNIT.contains(&word) {
        return Some(format!("after a number, `{word}` has a meaning of its own"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_a_meaning_in_their_place_only() {
        let built_in = |space, kind, word| why(space, kind, word).is_some();
        assert!(built_in(Space::Type, DeclKind::Enum, "date"));
        assert!(built_in(Space::Measure, DeclKind::Unit, "weeks"));
        assert!(built_in(Space::Measure, DeclKind::Unit, "rest"));
        assert!(built_in(Space::Type, DeclKind::Number, "days"));
        assert!(built_in(Space::Function, DeclKind::Table, "absolute"));
        assert!(!built_in(Space::Type, DeclKind::Record, "days"));
        assert!(!built_in(Space::Function, DeclKind::Rule, "date"));
        assert!(!built_in(Space::Value, DeclKind::Parameter, "absolute"));
        assert!(!built_in(Space::Measure, DeclKind::Unit, "piece"));
    }
}
