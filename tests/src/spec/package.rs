//! Packages from blocks, and what the compiler finds in them, told by the line of the block.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use assize_compiler::ast::Span;
use assize_compiler::diagnostic::At;
use assize_compiler::{Database, Diagnostic, PackageInput, Severity, Sheet, SourceFile, Workspace};

use super::data::SheetRows;
use crate::tree::repository_root;

/// Name of the package and of the module that blocks without `module` line make.
pub const MAIN: &str = "example";
/// The module of those blocks.
pub const MAIN_MODULE: &str = "example.main";

/// A block of rules.
#[derive(Clone, Debug)]
pub struct Rules<'t> {
    /// Which block of the section.
    pub block: usize,
    /// The package that it belongs to; `None` for the section's own.
    pub package: Option<&'t str>,
    /// The text.
    pub text: Cow<'t, str>,
}

/// The block of rules that stand on no page.
const NO_BLOCK: usize = usize::MAX;

/// The rules of a package of `rules/`, for pages that use it. A name that is none has no rules, and
/// what uses it says so.
pub fn library(name: &str) -> Vec<Rules<'_>> {
    let folder = repository_root().join("rules").join(name);
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = files.map(|file| file.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == "assize"));
    paths.sort();
    let texts = paths.iter().flat_map(fs::read_to_string);
    let rules = texts.map(|text| Rules {
        block: NO_BLOCK,
        package: Some(name),
        text: Cow::Owned(text),
    });
    rules.collect()
}

impl Rules<'_> {
    /// Whether they stand in a block, and not in a package beside the page.
    pub fn is_on_the_page(&self) -> bool {
        self.block != NO_BLOCK
    }
}

/// Lines of a file that come from a block.
#[derive(Clone, Copy, Debug)]
struct Segment {
    block: usize,
    /// First line in the block, from 0.
    block_line: usize,
    /// First line in the file, from 0.
    file_line: usize,
}

/// A file that is being put together.
#[derive(Debug, Default)]
struct File {
    text: String,
    segments: Vec<Segment>,
}

impl File {
    fn push(&mut self, block: usize, block_line: usize, text: &str) {
        let file_line = self.text.lines().count();
        self.segments.push(Segment {
            block,
            block_line,
            file_line,
        });
        self.text.push_str(text);
        if !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }
}

/// A place in a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Which block of the section.
    pub block: usize,
    /// Line in the block, from 1; 0: the block as a whole.
    pub line: usize,
    /// Column in Unicode scalar values, from 1.
    pub column: usize,
}

/// Something that the compiler found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// How much it weighs.
    pub severity: Severity,
    /// Its code.
    pub code: &'static str,
    /// Its short rendering: one line, and one indented line for each thing that it adds.
    pub text: String,
}

/// A package in a database of its own, with those that it depends on.
pub struct Built {
    /// The database.
    pub db: Database,
    /// The section's package.
    pub root: PackageInput,
    packages: Vec<PackageInput>,
    segments: BTreeMap<(String, String), Vec<Segment>>,
}

impl Built {
    /// Whether the section's own package depends on others.
    pub fn uses_packages(&self) -> bool {
        self.packages.len() > 1
    }
}

/// Cuts a block where a line begins with `module`: from there on it is a file of its own. Each part
/// has its first line in the block, from 0, and whether it names its module.
fn parts(text: &str) -> Vec<(usize, bool, String)> {
    let mut parts = vec![(0, false, String::new())];
    for (number, line) in text.split_inclusive('\n').enumerate() {
        if line.starts_with("module ") {
            parts.push((number, true, String::new()));
        }
        if let Some((_, _, part)) = parts.last_mut() {
            part.push_str(line);
        }
    }
    parts.retain(|(_, _, part)| !part.trim().is_empty());
    parts
}

/// The files of blocks by package and path.
fn files(rules: &[Rules<'_>]) -> BTreeMap<(String, String), File> {
    let mut files: BTreeMap<(String, String), File> = BTreeMap::new();
    let mut own = 0;
    for one in rules {
        let package = one.package.unwrap_or(MAIN);
        for (line, named, text) in parts(&one.text) {
            let path = if named {
                own += 1;
                format!("file{own:03}.assize")
            } else {
                // A file without `module` line is a module with the name of the file.
                format!("{}.assize", one.package.unwrap_or(MAIN_MODULE))
            };
            let file = files.entry((package.to_owned(), path)).or_default();
            file.push(one.block, line, &text);
        }
    }
    files
}

/// Builds the package of blocks. Packages with a name are dependencies of the section's own, and each
/// depends on those named before it.
pub fn build(rules: &[Rules<'_>], sheets: &BTreeMap<String, SheetRows>) -> Built {
    let db = Database::default();
    let mut segments = BTreeMap::new();
    let mut texts = BTreeMap::new();
    for (key, file) in files(rules) {
        texts.insert(key.clone(), file.text);
        segments.insert(key, file.segments);
    }
    let packages = load(&db, &names(rules), &texts, sheets);
    let root = *Workspace::get(&db).root(&db);
    Built {
        db,
        root,
        packages,
        segments,
    }
}

/// The packages of blocks in the order in which they may use each other; the section's own is last.
pub fn names(rules: &[Rules<'_>]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in rules.iter().filter_map(|one| one.package) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names.push(MAIN.to_owned());
    names
}

/// The texts of blocks by package and path.
pub fn texts(rules: &[Rules<'_>]) -> BTreeMap<(String, String), String> {
    let files = files(rules).into_iter();
    files.map(|(key, file)| (key, file.text)).collect()
}

/// Fills a database with packages that depend on those before them; the last one is the root, and has
/// the sheets.
pub fn load(
    db: &Database,
    names: &[String],
    texts: &BTreeMap<(String, String), String>,
    sheets: &BTreeMap<String, SheetRows>,
) -> Vec<PackageInput> {
    let mut packages = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let own = texts.iter().filter(|((package, _), _)| package == name);
        let own = own.map(|((package, path), text)| {
            SourceFile::new(db, path.clone(), package.clone(), text.clone())
        });
        let last = index + 1 == names.len();
        packages.push(PackageInput::new(
            db,
            name.clone(),
            "1.0.0".to_owned(),
            own.collect(),
            names.iter().take(index).cloned().collect(),
            Vec::new(),
            if last {
                self::sheets(db, name, sheets)
            } else {
                BTreeMap::new()
            },
        ));
    }
    let root = packages.last().copied();
    let root = root.unwrap_or_else(|| empty(db));
    packages.sort_by_key(|package| package.name(db).clone());
    let _ = Workspace::new(db, packages.clone(), root);
    packages
}

fn sheets(
    db: &Database,
    package: &str,
    all: &BTreeMap<String, SheetRows>,
) -> BTreeMap<String, Sheet> {
    let sheet = |name: &String, rows: &SheetRows| match rows {
        Ok(rows) => Sheet::of_rows(db, name.clone(), package.to_owned(), rows.clone()),
        Err(why) => Sheet::Fault(why.clone()),
    };
    all.iter()
        .map(|(name, rows)| (name.clone(), sheet(name, rows)))
        .collect()
}

fn empty(db: &Database) -> PackageInput {
    let none = Vec::new();
    PackageInput::new(
        db,
        MAIN.into(),
        "1.0.0".into(),
        none,
        Vec::new(),
        Vec::new(),
        BTreeMap::new(),
    )
}

impl Built {
    /// Everything that is found, in the order of blocks and lines.
    pub fn findings(&self) -> Vec<Finding> {
        let mut found: Vec<Finding> = self
            .packages
            .iter()
            .flat_map(|package| assize_compiler::diagnostics(&self.db, *package))
            .map(|diagnostic| self.finding(&diagnostic))
            .collect();
        found.sort_by_key(|finding| finding.place);
        found
    }

    fn finding(&self, diagnostic: &Diagnostic) -> Finding {
        let place = self.place(&diagnostic.primary.at);
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let code = diagnostic.code.0;
        let shown = self.shown(&diagnostic.primary.at);
        let mut text = format!("{severity} {code} {shown} {}\n", diagnostic.claim);
        let mut more = |word: &str, what: &str| {
            let _ = writeln!(text, "    {word} {what}");
        };
        if !diagnostic.primary.text.is_empty() {
            more("here", &diagnostic.primary.text);
        }
        for label in &diagnostic.related {
            more(&self.shown(&label.at), &label.text);
        }
        for because in &diagnostic.because {
            more("because", because);
        }
        if let Some(instead) = &diagnostic.instead {
            more("instead", instead);
        }
        for fix in &diagnostic.fixes {
            more("fix", &fix.title);
        }
        Finding {
            place,
            severity: diagnostic.severity,
            code,
            text,
        }
    }

    /// The line of the block and the column; of a sheet, its name and its own line.
    fn shown(&self, at: &At) -> String {
        let (file, line, column) = self.position(at);
        if self.is_sheet(file) {
            return format!("{}:{}:{column}", file.path(&self.db), line + 1);
        }
        let place = self.place(at);
        format!("{}:{}", place.line, place.column)
    }

    fn is_sheet(&self, file: SourceFile) -> bool {
        let key = (file.package(&self.db).clone(), file.path(&self.db).clone());
        !self.segments.contains_key(&key)
    }

    /// The place in a block; of a sheet, that of the table that names it.
    fn place(&self, at: &At) -> Place {
        let (mut file, mut line, mut column) = self.position(at);
        if self.is_sheet(file) {
            (file, line, column) = self.position(&at.decl.at(Span::default()));
        }
        self.in_block(file.package(&self.db), file.path(&self.db), line, column)
    }

    /// A place in its file; the line counts from 0, the column from 1.
    fn position(&self, at: &At) -> (SourceFile, usize, usize) {
        let (file, range) = assize_compiler::resolve(&self.db, at);
        let text = file.text(&self.db);
        let before = text.get(..range.start as usize).unwrap_or_default();
        let last = before.rsplit('\n').next().unwrap_or_default();
        (file, before.matches('\n').count(), last.chars().count() + 1)
    }

    /// The place in a block of a place in a file; the line counts from 0.
    pub fn in_block(&self, package: &str, path: &str, line: usize, column: usize) -> Place {
        let key = (package.to_owned(), path.to_owned());
        let segments = self
            .segments
            .get(&key)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let segment = segments
            .iter()
            .rev()
            .find(|segment| segment.file_line <= line);
        match segment {
            Some(segment) => Place {
                block: segment.block,
                line: line - segment.file_line + segment.block_line + 1,
                column,
            },
            None => Place {
                block: segments.first().map_or(0, |it| it.block),
                line: 0,
                column,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules<'t>(block: usize, text: &'t str) -> Rules<'t> {
        Rules {
            block,
            package: None,
            text: text.into(),
        }
    }

    #[test]
    fn blocks_join_and_findings_keep_their_lines() {
        let first = "define f (a: int) gives int\n    a\n";
        let second = "\ndefine g (a: int) gives int\n    f(a) + b\n";
        let built = build(&[rules(0, first), rules(3, second)], &BTreeMap::new());
        let found = built.findings();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            found[0].place,
            Place {
                block: 3,
                line: 3,
                column: 12
            }
        );
        assert_eq!(found[0].code, "A0202");
    }

    #[test]
    fn a_module_line_begins_a_file() {
        let text = "use other\ndefine g (a: int) gives int\n    f(a)\n\
                    module other\ndefine f (a: int) gives int\n    a + c\n";
        let built = build(&[rules(0, text)], &BTreeMap::new());
        let found = built.findings();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].place.line, 6);
    }
}
