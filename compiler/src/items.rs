//! The declarations of a file: cut at column 0, parsed by text, identified by name.
//!
//! A declaration is parsed once per text: its tree and abstract syntax are keyed by the text itself,
//! so an edit elsewhere in the file, or moving it, parses nothing again.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ast::{Decl, Item, Span};
use crate::db::{Db, DeclText, SourceFile};
use crate::diagnostic::{At, Diagnostic};

/// What kind of declaration, for its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeclKind {
    /// `module`
    Module,
    /// `use`
    Use,
    /// `currency`
    Currency,
    /// `unit`
    Unit,
    /// `number`
    Number,
    /// `enum`
    Enum,
    /// `record`
    Record,
    /// `data`
    Data,
    /// `parameter`
    Parameter,
    /// `reason`
    Reason,
    /// `define`
    Define,
    /// `decision`
    Decision,
    /// `example`
    Example,
    /// `rule`
    Rule,
    /// `extend`
    Extend,
    /// `table`
    Table,
    /// `test`
    Test,
    /// `property`
    Property,
    /// Unreadable.
    Broken,
}

impl DeclKind {
    /// The kind of an item.
    pub fn of(item: &Item) -> DeclKind {
        match item {
            Item::Module(_) => DeclKind::Module,
            Item::Use(_) => DeclKind::Use,
            Item::Currency(_) => DeclKind::Currency,
            Item::Unit(_) => DeclKind::Unit,
            Item::Number(_) => DeclKind::Number,
            Item::Enum(_) => DeclKind::Enum,
            Item::Record(_) => DeclKind::Record,
            Item::Data(_) => DeclKind::Data,
            Item::Parameter(_) => DeclKind::Parameter,
            Item::Reason(_) => DeclKind::Reason,
            Item::Define(_) => DeclKind::Define,
            Item::Decision(_) => DeclKind::Decision,
            Item::Example { .. } => DeclKind::Example,
            Item::Rule(_) => DeclKind::Rule,
            Item::Extend(_) => DeclKind::Extend,
            Item::Table(_) => DeclKind::Table,
            Item::Test(_) => DeclKind::Test,
            Item::Property(_) => DeclKind::Property,
            Item::Broken => DeclKind::Broken,
        }
    }

    /// The word that begins it.
    pub const fn word(self) -> &'static str {
        match self {
            DeclKind::Module => "module",
            DeclKind::Use => "use",
            DeclKind::Currency => "currency",
            DeclKind::Unit => "unit",
            DeclKind::Number => "number",
            DeclKind::Enum => "enum",
            DeclKind::Record => "record",
            DeclKind::Data => "data",
            DeclKind::Parameter => "parameter",
            DeclKind::Reason => "reason",
            DeclKind::Define => "define",
            DeclKind::Decision => "decision",
            DeclKind::Example => "example",
            DeclKind::Rule => "rule",
            DeclKind::Extend => "extend",
            DeclKind::Table => "table",
            DeclKind::Test => "test",
            DeclKind::Property => "property",
            DeclKind::Broken => "declaration",
        }
    }
}

/// Identity of a declaration inside its file: it survives edits elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeclKey {
    /// Kind.
    pub kind: DeclKind,
    /// Its name, its title, or what it extends; may be empty.
    pub name: Arc<str>,
    /// Counts declarations of the same kind and name from 0.
    pub nth: u32,
}

/// A declaration of a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DeclId {
    /// The file.
    pub file: SourceFile,
    /// Which of its declarations.
    pub key: DeclKey,
}

impl DeclId {
    /// The bare name.
    pub fn name(&self) -> &str {
        &self.key.name
    }
    /// A place inside.
    pub fn at(&self, span: Span) -> At {
        At {
            decl: self.clone(),
            span,
        }
    }
}

/// A declaration's text, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// Abstract syntax.
    pub decl: Decl,
    /// Faults of the syntax, relative to the text.
    pub faults: Vec<assize_grammar::Fault>,
}

/// Reads the text of a declaration.
#[salsa::tracked(returns(ref))]
pub fn parse<'db>(db: &'db dyn Db, text: DeclText<'db>) -> Arc<Parsed> {
    let text = text.text(db);
    let parsed = assize_grammar::parse_declaration(text);
    let (decl, mut more) = crate::ast::lower::lower_declaration(&parsed.tree);
    let mut faults = assize_grammar::explain(text, &parsed);
    // A fault of the lowering inside a reported fault would say the same thing twice.
    more.retain(|fault| {
        !faults.iter().any(|known| {
            known.range.start <= fault.range.end && fault.range.start <= known.range.end
        })
    });
    faults.append(&mut more);
    Arc::new(Parsed { decl, faults })
}

/// A declaration in its file.
#[derive(Clone, Debug, PartialEq, Eq, salsa::SalsaValue)]
pub struct FileDecl<'db> {
    /// Identity.
    pub key: DeclKey,
    /// Text.
    pub text: DeclText<'db>,
    /// First byte in the file.
    pub offset: u32,
}

/// The declarations of a file in the order of the text.
#[salsa::tracked(returns(ref), no_eq)]
pub fn file_decls<'db>(db: &'db dyn Db, file: SourceFile) -> Vec<FileDecl<'db>> {
    let text = file.text(db);
    let mut seen: std::collections::HashMap<(DeclKind, Arc<str>), u32> = Default::default();
    let mut decls = Vec::new();
    for piece in assize_grammar::cut(text) {
        if !piece.is_declaration() {
            continue;
        }
        let start = piece.range.start;
        let Some(piece_text) = text.get(start as usize..piece.range.end as usize) else {
            continue;
        };
        let interned = DeclText::new(db, piece_text.to_string());
        let decl = &parse(db, interned).decl;
        let name: Arc<str> = match &decl.item {
            Item::Module(path) | Item::Use(path) => Arc::from(path.text()),
            Item::Extend(extend) => Arc::from(extend.target.text()),
            Item::Test(test) => Arc::from(test.title.text.as_str()),
            Item::Property(property) => Arc::from(property.title.text.as_str()),
            Item::Currency(names) | Item::Unit(names) => names
                .first()
                .map_or_else(|| Arc::from(""), |name| name.text.clone()),
            item => item
                .name()
                .map_or_else(|| Arc::from(""), |name| name.text.clone()),
        };
        let kind = DeclKind::of(&decl.item);
        let nth = seen.entry((kind, name.clone())).or_insert(0);
        let key = DeclKey {
            kind,
            name,
            nth: *nth,
        };
        *nth += 1;
        decls.push(FileDecl {
            key,
            text: interned,
            offset: start,
        });
    }
    decls
}

/// The identities of a file's declarations in the order of the text: what does not change when a
/// body is edited.
#[salsa::tracked(returns(ref))]
pub fn file_keys(db: &dyn Db, file: SourceFile) -> Vec<DeclKey> {
    file_decls(db, file)
        .iter()
        .map(|decl| decl.key.clone())
        .collect()
}

/// Where each declaration stands among those of its file: a file may have thousands, and each is
/// asked for by its key.
#[salsa::tracked(returns(ref))]
fn decl_positions(db: &dyn Db, file: SourceFile) -> BTreeMap<DeclKey, usize> {
    let decls = file_decls(db, file).iter().enumerate();
    decls.map(|(at, decl)| (decl.key.clone(), at)).collect()
}

fn file_decl<'db>(db: &'db dyn Db, file: SourceFile, key: &DeclKey) -> Option<&'db FileDecl<'db>> {
    let at = decl_positions(db, file).get(key)?;
    file_decls(db, file).get(*at)
}

/// The text of a declaration, if the file still has it.
#[salsa::tracked(returns(copy))]
pub fn decl_text<'db>(db: &'db dyn Db, file: SourceFile, key: DeclKey) -> Option<DeclText<'db>> {
    file_decl(db, file, &key).map(|decl| decl.text)
}

/// The abstract syntax of a declaration, if the file still has it.
pub fn decl_ast<'db>(db: &'db dyn Db, decl: &DeclId) -> Option<&'db Decl> {
    let text = decl_text(db, decl.file, decl.key.clone())?;
    Some(&parse(db, text).decl)
}

/// First byte of a declaration in its file. Only the edge may ask this.
pub fn decl_offset(db: &dyn Db, decl: &DeclId) -> u32 {
    file_decl(db, decl.file, &decl.key).map_or(0, |found| found.offset)
}

/// Faults of the syntax of a declaration.
pub fn syntax_diagnostics(db: &dyn Db, decl: &DeclId) -> Vec<Diagnostic> {
    let Some(text) = decl_text(db, decl.file, decl.key.clone()) else {
        return Vec::new();
    };
    parse(db, text)
        .faults
        .iter()
        .map(|fault| crate::codes::from_grammar(decl, fault))
        .collect()
}
