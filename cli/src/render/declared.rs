//! A declaration in one line: its name with the types that its author wrote.

use assize_compiler::ast::{Item, ParamDecl, Span, TypeExpr};
use assize_compiler::check::checked;
use assize_compiler::items::{DeclId, DeclKind, decl_ast, decl_text};
use assize_compiler::signature::{SignatureKind, signature};
use assize_compiler::{Database, SourceFile};

/// The declarations of a file in order of the text, those that have a name.
pub fn of_file(db: &Database, file: SourceFile) -> Vec<DeclId> {
    assize_compiler::items::file_keys(db, file)
        .iter()
        .map(|key| DeclId {
            file,
            key: key.clone(),
        })
        .filter(|decl| !decl.name().is_empty())
        .collect()
}

/// The head of a declaration under this name; `None` if it has none, as a test.
pub fn header(db: &Database, decl: &DeclId, word: &str) -> Option<String> {
    let kind = decl.key.kind.word();
    let item = decl_ast(db, decl).map(|ast| &ast.item);
    let written = Written { db, decl };
    let (params, result) = match item {
        Some(Item::Define(of) | Item::Decision(of)) => (&of.params, of.result.as_ref()),
        Some(Item::Rule(of)) => (&of.params, of.result.as_ref()),
        Some(Item::Table(of)) => (&of.params, of.result.as_ref()),
        Some(Item::Reason(of)) => (&of.params, None),
        _ => return of_signature(&written, item, word),
    };
    let params: Vec<String> = params.iter().map(|param| written.param(param)).collect();
    let gives = result.map(|ty| format!(" gives {}", written.ty(ty)));
    Some(format!(
        "{kind} {word} ({}){}",
        params.join(", "),
        gives.unwrap_or_default()
    ))
}

fn of_signature(written: &Written<'_>, item: Option<&Item>, word: &str) -> Option<String> {
    let Written { db, decl } = *written;
    let kind = decl.key.kind.word();
    Some(match &signature(db, decl).kind {
        SignatureKind::Parameter { ty, dated, .. } => {
            let on = if *dated { " on DATE" } else { "" };
            let ty = match item {
                Some(Item::Parameter(of)) => written.ty(&of.ty),
                _ => ty.text(),
            };
            format!("{kind} {word}{on} : {ty}")
        }
        SignatureKind::Enum { ordered, values } => {
            let sign = if *ordered { " < " } else { " | " };
            let values: Vec<&str> = values.iter().map(|value| &**value).collect();
            format!("{kind} {word} = {}", values.join(sign))
        }
        SignatureKind::Number(ty) => {
            let text = written.behind('=').unwrap_or_else(|| ty.text());
            format!("{kind} {word} = {text}")
        }
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
        SignatureKind::None if decl.key.kind == DeclKind::Example => {
            match checked(db, decl).value.as_ref() {
                Some(ty) => format!("{kind} {word} : {}", ty.text()),
                None => format!("{kind} {word}"),
            }
        }
        _ => return None,
    })
}

/// The text of a declaration, to show what its author wrote.
#[derive(Clone, Copy)]
struct Written<'d> {
    db: &'d Database,
    decl: &'d DeclId,
}

impl Written<'_> {
    fn slice(&self, span: Span) -> String {
        let text = decl_text(self.db, self.decl.file, self.decl.key.clone());
        let text = text.map(|text| text.text(self.db));
        let range = span.start as usize..span.end as usize;
        one_line(text.and_then(|text| text.get(range)).unwrap_or_default())
    }

    fn ty(&self, ty: &TypeExpr) -> String {
        self.slice(ty.span)
    }

    fn param(&self, param: &ParamDecl) -> String {
        let bound = param.at_most.as_ref().and_then(|count| count.value);
        let bound = bound.map(|most| format!(", at most {most}"));
        format!(
            "{}{}: {}{}",
            if param.sensitive { "sensitive " } else { "" },
            param.name.text,
            self.ty(&param.ty),
            bound.unwrap_or_default()
        )
    }

    /// What stands behind the first of these signs, without comments.
    fn behind(&self, sign: char) -> Option<String> {
        let text = decl_text(self.db, self.decl.file, self.decl.key.clone())?;
        let text = text.text(self.db);
        let code: Vec<&str> = text
            .lines()
            .map(|line| line.split_once("//").map_or(line, |(code, _)| code))
            .collect();
        let code = code.join("\n");
        let (_, behind) = code.split_once(sign)?;
        Some(one_line(behind))
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
