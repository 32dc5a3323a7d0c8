//! What the pages know of a package: where each name leads, who uses it, and the author's text.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use assize_compiler::ast::{Decl, FieldDecl, Item, ParamDecl, Span, TypeExpr, TypeKind};
use assize_compiler::check::{Target, checked};
use assize_compiler::items::{DeclId, DeclKind, decl_ast, decl_text, file_keys};
use assize_compiler::link::Linked;
use assize_compiler::names::{Space, full_name, lookup_path, module_name};
use assize_compiler::{Database, SourceFile};

use super::page::{Inline, Line, Link, Piece, code, text};
use super::samples::Samples;
use crate::load::Workbench;

/// A module of the package.
pub struct Module {
    /// Its file.
    pub file: SourceFile,
    /// Its name.
    pub name: String,
    /// File of its page, without the ending.
    pub page: String,
    /// Its declarations in the order of the text.
    pub decls: Vec<DeclId>,
}

/// A package that is documented.
pub struct World<'w> {
    /// The database.
    pub db: &'w Database,
    /// The package as it was loaded.
    pub workbench: &'w Workbench,
    /// Everything it declares, linked.
    pub linked: &'w Linked,
    /// Its modules, in order of their names.
    pub modules: Vec<Module>,
    /// The sample calls beside it.
    pub samples: Option<Samples>,
    anchors: HashMap<DeclId, Link>,
    users: HashMap<DeclId, Vec<DeclId>>,
}

impl<'w> World<'w> {
    /// Collects what the pages need.
    pub fn new(workbench: &'w Workbench, linked: &'w Linked) -> World<'w> {
        let db = &workbench.db;
        let mut files: Vec<SourceFile> = workbench.root.files(db).clone();
        files.sort_by_key(|file| (module_name(db, *file).clone(), file.path(db).clone()));
        let mut taken = BTreeSet::from(["index".to_owned()]);
        let mut modules = Vec::new();
        let mut anchors = HashMap::new();
        for file in files {
            let name = module_name(db, file).to_string();
            let page = file_name(&name, &mut taken);
            let decls: Vec<DeclId> = file_keys(db, file)
                .iter()
                .map(|key| DeclId {
                    file,
                    key: key.clone(),
                })
                .collect();
            let mut tests = 0_usize;
            for decl in &decls {
                let word = decl.key.kind.word();
                let anchor = match decl.key.kind {
                    // Titles are sentences: a number is the shorter place.
                    DeclKind::Test | DeclKind::Property => {
                        tests += 1;
                        format!("{word}.{tests}")
                    }
                    _ if decl.key.nth > 0 => format!("{word}.{}.{}", decl.name(), decl.key.nth),
                    _ => format!("{word}.{}", decl.name()),
                };
                anchors.insert(
                    decl.clone(),
                    Link {
                        page: page.clone(),
                        anchor,
                    },
                );
            }
            modules.push(Module {
                file,
                name,
                page,
                decls,
            });
        }
        let mut world = World {
            db,
            workbench,
            linked,
            modules,
            samples: None,
            anchors,
            users: HashMap::new(),
        };
        world.users = world.all_users();
        world
    }

    /// Who names each declaration, in a body or as a type.
    fn all_users(&self) -> HashMap<DeclId, Vec<DeclId>> {
        let mut users: HashMap<DeclId, Vec<DeclId>> = HashMap::new();
        for decl in self.modules.iter().flat_map(|module| &module.decls) {
            let mut used: Vec<DeclId> = Vec::new();
            let in_body = checked(self.db, decl)
                .uses
                .iter()
                .filter_map(|one| match &one.target {
                    Target::Decl(used, _) => Some(used.clone()),
                    _ => None,
                });
            for one in in_body.chain(self.types_in(decl).into_iter().map(|(_, used)| used)) {
                if one != *decl && !used.contains(&one) {
                    used.push(one);
                }
            }
            for one in used {
                users.entry(one).or_default().push(decl.clone());
            }
        }
        users
    }

    /// The declaration's syntax.
    pub fn ast(&self, decl: &DeclId) -> Option<&'w Decl> {
        decl_ast(self.db, decl)
    }

    /// Where a declaration is documented; nowhere when it is of another package.
    pub fn link(&self, decl: &DeclId) -> Option<Link> {
        self.anchors.get(decl).cloned()
    }

    /// The place of a declaration on its page.
    pub fn anchor(&self, decl: &DeclId) -> String {
        self.link(decl).map(|link| link.anchor).unwrap_or_default()
    }

    /// The declarations that use one, in the order of modules and text.
    pub fn users(&self, decl: &DeclId) -> &[DeclId] {
        self.users.get(decl).map(Vec::as_slice).unwrap_or_default()
    }

    /// The module of a file of the package.
    pub fn module_of(&self, file: SourceFile) -> Option<&Module> {
        self.modules.iter().find(|module| module.file == file)
    }

    /// The bare name of a declaration, leading to it; the full name for other packages.
    pub fn name(&self, decl: &DeclId) -> Line {
        match self.link(decl) {
            Some(to) => vec![Inline::Code(vec![Piece {
                text: decl.name().to_owned(),
                to: Some(to),
                comment: false,
            }])],
            None => vec![code(full_name(self.db, decl))],
        }
    }

    /// A test by its title, leading to it.
    pub fn titled(&self, decl: &DeclId) -> Line {
        match self.link(decl) {
            Some(to) => vec![Inline::Link(decl.name().to_owned(), to)],
            None => vec![text(decl.name())],
        }
    }

    /// The text of a declaration.
    pub fn source(&self, decl: &DeclId) -> &'w str {
        decl_text(self.db, decl.file, decl.key.clone()).map_or("", |text| text.text(self.db))
    }

    /// The text of a place in a declaration; brackets that the place cuts off are added.
    pub fn slice(&self, decl: &DeclId, span: Span) -> &'w str {
        let (start, end) = balanced(self.source(decl), span);
        self.source(decl).get(start..end).unwrap_or_default()
    }

    /// The author's text of a place, names leading to their declarations, on one line where it was.
    pub fn code(&self, decl: &DeclId, span: Span) -> Vec<Piece> {
        let (start, end) = balanced(self.source(decl), span);
        self.pieces(decl, start, end)
    }

    /// The author's text of a place inside a line.
    pub fn inline(&self, decl: &DeclId, span: Span) -> Inline {
        Inline::Code(self.code(decl, span))
    }

    /// The whole lines that hold a place, without their common indent.
    pub fn lines(&self, decl: &DeclId, span: Span) -> Vec<Piece> {
        let source = self.source(decl);
        let (start, end) = balanced(source, span);
        let start = source
            .get(..start)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let end = source
            .get(end..)
            .and_then(|after| after.find('\n'))
            .map_or(source.len(), |at| end + at);
        self.pieces(decl, start, end)
    }

    fn pieces(&self, decl: &DeclId, start: usize, end: usize) -> Vec<Piece> {
        let source = self.source(decl);
        let mut links: BTreeMap<usize, (usize, Link)> = BTreeMap::new();
        let mut add = |span: Span, to: &DeclId| {
            if let (Ok(from), Ok(until)) = (usize::try_from(span.start), usize::try_from(span.end))
                && start <= from
                && until <= end
                && from < until
                && to != decl
                && let Some(link) = self.link(to)
            {
                links.insert(from, (until, link));
            }
        };
        for one in &checked(self.db, decl).uses {
            if let Target::Decl(to, None) = &one.target {
                add(one.span, to);
            }
        }
        for (span, to) in self.types_in(decl) {
            add(span, &to);
        }
        let mut out = Vec::new();
        let mut at = start;
        for (from, (until, link)) in links {
            // A longer name may hold a shorter one.
            if from < at {
                continue;
            }
            plain(source.get(at..from).unwrap_or_default(), &mut out);
            let word = source.get(from..until).unwrap_or_default().to_owned();
            out.push(Piece {
                text: word,
                to: Some(link),
                comment: false,
            });
            at = until;
        }
        plain(source.get(at..end).unwrap_or_default(), &mut out);
        let before = source.get(..start).unwrap_or_default();
        let first_line = before
            .get(before.rfind('\n').map_or(0, |at| at + 1)..)
            .unwrap_or_default();
        dedent(out, first_line.is_empty())
    }

    /// The written types of a declaration's header and what they name.
    fn types_in(&self, decl: &DeclId) -> Vec<(Span, DeclId)> {
        let mut types: Vec<&TypeExpr> = Vec::new();
        let params = |params: &'w [ParamDecl], types: &mut Vec<&'w TypeExpr>| {
            types.extend(params.iter().map(|param| &param.ty));
        };
        let fields = |fields: &'w [FieldDecl], types: &mut Vec<&'w TypeExpr>| {
            types.extend(fields.iter().map(|field| &field.ty));
        };
        match self.ast(decl).map(|ast| &ast.item) {
            Some(Item::Define(it) | Item::Decision(it)) => {
                params(&it.params, &mut types);
                types.extend(&it.result);
            }
            Some(Item::Rule(it)) => {
                params(&it.params, &mut types);
                types.extend(&it.result);
            }
            Some(Item::Table(it)) => {
                params(&it.params, &mut types);
                types.extend(&it.result);
            }
            Some(Item::Reason(it)) => params(&it.params, &mut types),
            Some(Item::Property(it)) => params(&it.params, &mut types),
            Some(Item::Record(it)) => fields(&it.fields, &mut types),
            Some(Item::Data(it)) => {
                fields(&it.keys, &mut types);
                fields(&it.fields, &mut types);
            }
            Some(Item::Parameter(it)) => types.push(&it.ty),
            _ => {}
        }
        types
            .into_iter()
            .filter_map(|ty| self.named(decl, ty))
            .collect()
    }

    /// The declaration that a written type names, and where.
    pub fn named(&self, decl: &DeclId, ty: &TypeExpr) -> Option<(Span, DeclId)> {
        match &ty.kind {
            TypeKind::Named(path) => lookup_path(self.db, decl.file, Space::Type, path)
                .first()
                .map(|meaning| (path.span(), meaning.decl.clone())),
            TypeKind::List(item) => self.named(decl, item),
            TypeKind::Error => None,
        }
    }

    /// A type in the author's notation, its name leading to its declaration.
    pub fn ty(&self, decl: &DeclId, ty: &TypeExpr) -> Inline {
        self.inline(decl, ty.span)
    }

    /// What a number type is, in the author's words: `piece, 0 places, from 1 to 100_000`.
    pub fn number_words(&self, decl: &DeclId, ty: &TypeExpr) -> Option<String> {
        let (_, named) = self.named(decl, ty)?;
        self.number_of(&named)
    }

    /// What a `number` declaration says after its `=`, without comments.
    pub fn number_of(&self, decl: &DeclId) -> Option<String> {
        let ast = self.ast(decl)?;
        let Item::Number(number) = &ast.item else {
            return None;
        };
        let words = self.slice(
            decl,
            Span {
                start: number.dim.span.start,
                end: ast.span.end,
            },
        );
        let lines: Vec<&str> = words
            .lines()
            .map(|line| line.split("//").next().unwrap_or_default().trim())
            .filter(|line| !line.is_empty())
            .collect();
        Some(lines.join(" "))
    }

    /// The declarations of a module of some kinds, in the order of the text.
    pub fn of_kind<'m>(
        &self,
        module: &'m Module,
        kinds: &'static [DeclKind],
    ) -> impl Iterator<Item = &'m DeclId> {
        module
            .decls
            .iter()
            .filter(move |decl| kinds.contains(&decl.key.kind))
    }
}

/// A file name for a module, unlike all others whatever the file system makes of letters.
fn file_name(module: &str, taken: &mut BTreeSet<String>) -> String {
    let safe: String = module
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '.' | '_') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let safe = if safe.is_empty() {
        "module".to_owned()
    } else {
        safe
    };
    let mut name = safe.clone();
    let mut count = 1;
    while !taken.insert(name.to_lowercase()) {
        count += 1;
        name = format!("{safe}-{count}");
    }
    name
}

/// Text without links; its comments apart.
fn plain(text: &str, out: &mut Vec<Piece>) {
    let mut rest = text;
    while !rest.is_empty() {
        let (before, comment) = match comment_start(rest) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        if !before.is_empty() {
            out.push(Piece {
                text: before.to_owned(),
                to: None,
                comment: false,
            });
        }
        let end = comment.find('\n').unwrap_or(comment.len());
        let (comment, after) = comment.split_at(end);
        if !comment.is_empty() {
            out.push(Piece {
                text: comment.to_owned(),
                to: None,
                comment: true,
            });
        }
        rest = after;
    }
}

/// Where `//` begins outside of a text literal.
fn comment_start(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    let mut slash = false;
    for (at, c) in text.char_indices() {
        let was_slash = std::mem::take(&mut slash);
        match c {
            _ if escaped => escaped = false,
            '\n' => quoted = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '/' if !quoted && was_slash => return Some(at - 1),
            '/' if !quoted => slash = true,
            _ => {}
        }
    }
    None
}

/// Takes away the indent that all lines but the first have in common; the first keeps its own.
fn dedent(mut pieces: Vec<Piece>, first_counts: bool) -> Vec<Piece> {
    let whole: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let indent = |line: &str| line.chars().take_while(|c| *c == ' ').count();
    let common = whole
        .lines()
        .skip(usize::from(!first_counts))
        .filter(|line| !line.trim().is_empty())
        .map(indent)
        .min()
        .unwrap_or(0);
    let keep = if first_counts { 0 } else { common.min(4) };
    let cut = common - keep;
    let mut line_start = first_counts;
    let mut left = if line_start { cut } else { 0 };
    for piece in &mut pieces {
        let mut text = String::with_capacity(piece.text.len());
        for c in piece.text.chars() {
            if line_start && c == ' ' && left > 0 {
                left -= 1;
                continue;
            }
            line_start = c == '\n';
            if line_start {
                left = cut;
            }
            text.push(c);
        }
        piece.text = text;
    }
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// A place, widened over the brackets that it cuts off: places of operators leave out the brackets
/// around their sides.
fn balanced(source: &str, span: Span) -> (usize, usize) {
    let whole = source.len();
    let byte = |at: u32| usize::try_from(at).unwrap_or(whole).min(whole);
    let (mut start, mut end) = (byte(span.start), byte(span.end));
    let Some(text) = source.get(start..end) else {
        return (0, 0);
    };
    let (mut open, mut missing) = (0_usize, 0_usize);
    let mut quoted = false;
    let mut escaped = false;
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' if !quoted => open += 1,
            ')' if !quoted && open > 0 => open -= 1,
            ')' if !quoted => missing += 1,
            _ => {}
        }
    }
    for _ in 0..missing {
        let before = source.get(..start).unwrap_or_default().trim_end();
        if !before.ends_with('(') {
            break;
        }
        start = before.len() - 1;
    }
    for _ in 0..open {
        let after = source.get(end..).unwrap_or_default();
        let blank = after.len() - after.trim_start().len();
        if !after.trim_start().starts_with(')') {
            break;
        }
        end += blank + 1;
    }
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_that_were_cut_off_come_back() {
        let source = "if (a + b) * (c) then";
        let whole = |start, end| {
            let (start, end) = balanced(source, Span { start, end });
            source.get(start..end).unwrap_or_default()
        };
        assert_eq!(whole(4, 10), "(a + b)");
        assert_eq!(whole(4, 15), "(a + b) * (c)");
        assert_eq!(whole(4, 9), "a + b");
    }

    #[test]
    fn comments_are_told_from_texts() {
        let mut out = Vec::new();
        plain("a \"// no\" / b // yes \"\nc", &mut out);
        let shown: Vec<(&str, bool)> = out
            .iter()
            .map(|piece| (piece.text.as_str(), piece.comment))
            .collect();
        assert_eq!(
            shown,
            [
                ("a \"// no\" / b ", false),
                ("// yes \"", true),
                ("\nc", false)
            ]
        );
    }

    #[test]
    fn file_names_differ_by_more_than_the_size_of_letters() {
        let mut taken = BTreeSet::from(["index".to_owned()]);
        let names = ["a.B", "a.b", "index"].map(|name| file_name(name, &mut taken));
        assert_eq!(names, ["a.B", "a.b-2", "index-2"]);
    }
}
