//! The names in sight of a session: for `:names` and for completion.

use assize_compiler::ast::Item;
use assize_compiler::items::{DeclId, DeclKind, decl_ast, file_keys};
use assize_compiler::names::full_name;
use assize_compiler::signature::{SignatureKind, signature};
use assize_grammar::words::{WordClass, of_class};

use super::session::Session;

/// A name in sight.
pub struct Named {
    /// As it is written: in full where it would be ambiguous.
    pub word: String,
    /// What it is: its header in one line.
    pub about: String,
}

/// All names in sight, those of the session first, then by module and text.
pub fn names(session: &Session) -> Vec<Named> {
    let (workbench, _) = session.view();
    let db = &workbench.db;
    let mut out: Vec<Named> = session
        .given()
        .map(|name| Named {
            word: name.to_owned(),
            about: format!("let {name}"),
        })
        .collect();
    for file in session.modules() {
        for key in file_keys(db, file) {
            let decl = DeclId {
                file,
                key: key.clone(),
            };
            if decl.name().is_empty() {
                continue;
            }
            let word = if session.is_ambiguous(&decl) {
                full_name(db, &decl)
            } else {
                decl.name().to_owned()
            };
            if let Some(about) = about(session, &decl, &word) {
                out.push(Named { word, about });
            }
        }
    }
    out
}

fn about(session: &Session, decl: &DeclId, word: &str) -> Option<String> {
    let (workbench, _) = session.view();
    let db = &workbench.db;
    let kind = decl.key.kind.word();
    Some(match &signature(db, decl).kind {
        SignatureKind::Function { params, result } => {
            let params: Vec<String> = params
                .iter()
                .map(|param| format!("{}: {}", param.name, param.ty.text()))
                .collect();
            format!(
                "{kind} {word} ({}) gives {}",
                params.join(", "),
                result.text()
            )
        }
        SignatureKind::Reason { params, .. } => {
            let params: Vec<String> = params
                .iter()
                .map(|param| format!("{}: {}", param.name, param.ty.text()))
                .collect();
            format!("{kind} {word} ({})", params.join(", "))
        }
        SignatureKind::Parameter { ty, dated, .. } => {
            let on = if *dated { " on DATE" } else { "" };
            format!("{kind} {word}{on} : {}", ty.text())
        }
        SignatureKind::Enum { ordered, values } => {
            let sign = if *ordered { " < " } else { " | " };
            let values: Vec<&str> = values.iter().map(|value| &**value).collect();
            format!("{kind} {word} = {}", values.join(sign))
        }
        SignatureKind::Number(ty) => format!("{kind} {word} = {}", ty.text()),
        SignatureKind::Record { fields, .. } => {
            let fields: Vec<&str> = fields.iter().map(|field| &*field.name).collect();
            format!("{kind} {word} ({})", fields.join(", "))
        }
        SignatureKind::Data { fields, keys, .. } => {
            let keys: Vec<&str> = fields
                .iter()
                .take(*keys)
                .map(|field| &*field.name)
                .collect();
            format!("{kind} {word}[{}]", keys.join(", "))
        }
        SignatureKind::None if decl.key.kind == DeclKind::Example => format!("{kind} {word}"),
        SignatureKind::None => return None,
    })
}

/// What a word may be completed to, sorted: names, enum values, units, words of the language.
pub fn words(session: &Session) -> Vec<String> {
    let (workbench, _) = session.view();
    let db = &workbench.db;
    let mut out: Vec<String> = names(session).into_iter().map(|named| named.word).collect();
    for file in session.modules() {
        for key in file_keys(db, file) {
            let decl = DeclId {
                file,
                key: key.clone(),
            };
            match decl_ast(db, &decl).map(|ast| &ast.item) {
                Some(Item::Enum(of)) => out.extend(of.values.iter().map(|it| it.text.to_string())),
                Some(Item::Currency(names) | Item::Unit(names)) => {
                    out.extend(names.iter().map(|it| it.text.to_string()));
                }
                _ => {}
            }
        }
    }
    out.extend(of_class(WordClass::Reserved).map(str::to_owned));
    out.sort();
    out.dedup();
    out
}
