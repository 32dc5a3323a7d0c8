//! The names in sight of a session: for `:names` and for completion.

use assize_compiler::ast::Item;
use assize_compiler::items::{DeclId, decl_ast, file_keys};
use assize_compiler::names::full_name;
use assize_grammar::words::{WordClass, of_class};

use super::session::Session;
use crate::render::declared::{header, of_file};

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
            about: match session.type_of(name) {
                Some(ty) => format!("let {name} : {ty}"),
                None => format!("let {name}"),
            },
        })
        .collect();
    for file in session.modules() {
        for decl in of_file(db, file) {
            let word = if session.is_ambiguous(&decl) {
                full_name(db, &decl)
            } else {
                decl.name().to_owned()
            };
            if let Some(about) = header(db, &decl, &word) {
                out.push(Named { word, about });
            }
        }
    }
    out
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
