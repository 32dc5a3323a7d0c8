//! Names: modules, what they use, and who declares a word.
//!
//! A body depends on the answers to the words it asks for, never on the list of all names, so that a
//! new declaration re-checks only those whose words it changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ast::{Item, Path, Word};
use crate::db::{Db, PackageInput, SourceFile, Workspace};
use crate::items::{DeclId, DeclKey, DeclKind, decl_ast, file_keys};

/// Where a word is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Space {
    /// Number types, enums, records, relations.
    Type,
    /// Defines, decisions, rules, tables, reasons.
    Function,
    /// Parameters and examples.
    Value,
    /// Currencies and units.
    Measure,
    /// Values of enums.
    EnumValue,
}

/// A declaration that a word may mean; for enum values also the position in the enum, for currencies
/// and units the position in the declaration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Meaning {
    /// The declaration.
    pub decl: DeclId,
    /// Position of the word inside it.
    pub index: u32,
}

/// The name of a file's module: what `module` says, else the file's name without its ending.
#[salsa::tracked(returns(ref))]
pub fn module_name(db: &dyn Db, file: SourceFile) -> Arc<str> {
    for key in file_keys(db, file) {
        if key.kind == DeclKind::Module {
            return key.name.clone();
        }
    }
    let path = file.path(db);
    let stem = path.rsplit('/').next().unwrap_or(path);
    Arc::from(stem.strip_suffix(".assize").unwrap_or(stem))
}

/// Modules by name.
pub type Modules = BTreeMap<Arc<str>, Vec<SourceFile>>;

/// All modules of the packages that a file's package can see: its own and its dependencies', closed.
pub fn visible_modules(db: &dyn Db, file: SourceFile) -> &Modules {
    static NONE: Modules = BTreeMap::new();
    let name = file.package(db);
    let workspace = Workspace::try_get(db);
    let package = workspace.and_then(|all| {
        let mut packages = all.packages(db).iter();
        packages.find(|package| package.name(db) == name)
    });
    package.map_or(&NONE, |package| modules_of(db, *package))
}

/// All modules of a package and its dependencies, closed; those of the package come first. The files of
/// a package share one answer: with one for each file, it would grow with their square.
#[salsa::tracked(returns(ref))]
pub fn modules_of(db: &dyn Db, package: PackageInput) -> Modules {
    let mut out = Modules::new();
    let Some(workspace) = Workspace::try_get(db) else {
        return out;
    };
    let packages = workspace.packages(db);
    let mut wanted: Vec<String> = vec![package.name(db).clone()];
    let mut done: Vec<String> = Vec::new();
    while let Some(name) = wanted.pop() {
        if done.contains(&name) {
            continue;
        }
        for package in packages.iter().filter(|package| *package.name(db) == name) {
            for source in package.files(db) {
                out.entry(module_name(db, *source).clone())
                    .or_default()
                    .push(*source);
            }
            wanted.extend(package.dependencies(db).iter().cloned());
        }
        done.push(name);
    }
    out
}

/// The file that is a module, seen from a file.
#[salsa::tracked(returns(copy))]
pub fn module_file(db: &dyn Db, from: SourceFile, module: Arc<str>) -> Option<SourceFile> {
    visible_modules(db, from)
        .get(&module)
        .and_then(|files| files.first().copied())
}

/// The modules that a file uses, itself not among them, in the order of the text.
#[salsa::tracked(returns(ref))]
pub fn used_modules(db: &dyn Db, file: SourceFile) -> Vec<SourceFile> {
    let mut out = Vec::new();
    for key in file_keys(db, file) {
        if key.kind == DeclKind::Use
            && let Some(used) = module_file(db, file, key.name.clone())
            && used != file
            && !out.contains(&used)
        {
            out.push(used);
        }
    }
    out
}

/// Whether a file uses a module that is not there: what it would have declared is unknown, so a name
/// without meaning is a consequence and is not told.
#[salsa::tracked(returns(copy))]
pub fn lacks_module(db: &dyn Db, file: SourceFile) -> bool {
    file_keys(db, file)
        .iter()
        .any(|key| key.kind == DeclKind::Use && module_file(db, file, key.name.clone()).is_none())
}

/// Who declares each word of a file, in the order of the text.
#[salsa::tracked(returns(ref))]
pub fn declared(db: &dyn Db, file: SourceFile) -> BTreeMap<(Space, Word), Vec<(DeclKey, u32)>> {
    let mut out: BTreeMap<(Space, Word), Vec<(DeclKey, u32)>> = BTreeMap::new();
    for key in file_keys(db, file) {
        let decl = DeclId {
            file,
            key: key.clone(),
        };
        let mut add = |space: Space, word: &Word, index: usize| {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            out.entry((space, word.clone()))
                .or_default()
                .push((key.clone(), index));
        };
        match key.kind {
            DeclKind::Number | DeclKind::Record | DeclKind::Data => add(Space::Type, &key.name, 0),
            DeclKind::Enum => {
                add(Space::Type, &key.name, 0);
                if let Some(Item::Enum(decl)) = decl_ast(db, &decl).map(|decl| &decl.item) {
                    for (index, value) in decl.values.iter().enumerate() {
                        add(Space::EnumValue, &value.text, index);
                    }
                }
            }
            DeclKind::Define
            | DeclKind::Decision
            | DeclKind::Rule
            | DeclKind::Table
            | DeclKind::Reason => add(Space::Function, &key.name, 0),
            DeclKind::Parameter | DeclKind::Example => add(Space::Value, &key.name, 0),
            DeclKind::Currency | DeclKind::Unit => {
                if let Some(Item::Currency(names) | Item::Unit(names)) =
                    decl_ast(db, &decl).map(|decl| &decl.item)
                {
                    for (index, name) in names.iter().enumerate() {
                        add(Space::Measure, &name.text, index);
                    }
                }
            }
            _ => {}
        }
    }
    out
}

/// What a word of a module means, in that module alone.
#[salsa::tracked(returns(ref))]
pub fn declared_in(db: &dyn Db, file: SourceFile, space: Space, word: Word) -> Vec<Meaning> {
    declared(db, file)
        .get(&(space, word))
        .into_iter()
        .flatten()
        .map(|(key, index)| Meaning {
            decl: DeclId {
                file,
                key: key.clone(),
            },
            index: *index,
        })
        // What is declared twice is told there; who reads it means the first.
        .take(if space == Space::EnumValue {
            usize::MAX
        } else {
            1
        })
        .collect()
}

/// What a bare word means in a file: its own declarations hide those of used modules (not those of
/// enum values, which their types tell apart).
#[salsa::tracked(returns(ref))]
pub fn lookup(db: &dyn Db, file: SourceFile, space: Space, word: Word) -> Vec<Meaning> {
    let mut out = declared_in(db, file, space, word.clone()).clone();
    if out.is_empty() || space == Space::EnumValue {
        for used in used_modules(db, file) {
            out.extend(declared_in(db, *used, space, word.clone()).iter().cloned());
        }
    }
    out
}

/// What a written path means: a bare word, or `module.word`.
pub fn lookup_path(db: &dyn Db, file: SourceFile, space: Space, path: &Path) -> Vec<Meaning> {
    match path.parts.as_slice() {
        [] => Vec::new(),
        [word] => lookup(db, file, space, word.text.clone()).clone(),
        [module @ .., word] => {
            let parts: Vec<&str> = module.iter().map(|part| &*part.text).collect();
            let module: Arc<str> = Arc::from(parts.join("."));
            match module_file(db, file, module) {
                Some(target) => declared_in(db, target, space, word.text.clone()).clone(),
                None => Vec::new(),
            }
        }
    }
}

/// The module of a written path whose package is seen only through another one: what that one needs is
/// its own matter, and may be gone with its next version.
pub fn undeclared_module(db: &dyn Db, from: SourceFile, module: &str) -> Option<Undeclared> {
    let target = module_file(db, from, module.into())?;
    let (mine, package) = (from.package(db), target.package(db));
    let workspace = Workspace::try_get(db)?;
    let mut packages = workspace.packages(db).iter();
    let own = packages.find(|package| package.name(db) == mine)?;
    let declared = mine == package || own.dependencies(db).contains(package);
    (!declared).then(|| Undeclared {
        module: module.to_owned(),
        package: package.clone(),
        used: used_modules(db, from).contains(&target),
    })
}

/// A module of a package that is no dependency of the one that names it.
pub struct Undeclared {
    module: String,
    package: String,
    /// Whether a `use` of the file names it, too: there it is told.
    pub used: bool,
}

impl Undeclared {
    /// What is wrong, and what to do.
    pub fn told(&self) -> (String, String) {
        let Undeclared {
            module, package, ..
        } = self;
        (
            format!(
                "the module `{module}` is in the package `{package}`, which is no dependency of this one"
            ),
            format!("add `{package} = {{ path = \"…\" }}` to `[dependencies]` of `assize.toml`"),
        )
    }
}

/// Whether a path in full names a module of a package that is no dependency, and no `use` tells so.
pub fn undeclared_path(db: &dyn Db, from: SourceFile, path: &Path) -> Option<Undeclared> {
    let (_, module) = path.parts.split_last()?;
    let parts: Vec<&str> = module.iter().map(|part| &*part.text).collect();
    if parts.is_empty() {
        return None;
    }
    undeclared_module(db, from, &parts.join(".")).filter(|undeclared| !undeclared.used)
}

/// `module.name` of a declaration.
pub fn full_name(db: &dyn Db, decl: &DeclId) -> String {
    format!("{}.{}", module_name(db, decl.file), decl.name())
}

/// All bare words of a space that a file can see, sorted: for suggestions only, when a name is wrong.
pub fn all_words(db: &dyn Db, file: SourceFile, space: Space) -> Vec<Word> {
    let mut words: Vec<Word> = std::iter::once(file)
        .chain(used_modules(db, file).iter().copied())
        .flat_map(|file| declared(db, file).keys())
        .filter(|(of, _)| *of == space)
        .map(|(_, word)| word.clone())
        .collect();
    words.sort();
    words.dedup();
    words
}

/// The word of a list that is most like a wrong one, if one is near enough to offer.
pub fn nearest<'w>(wrong: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    // A third of the letters: `Line` is not near to `int`.
    let length = wrong.chars().count();
    let limit = length.max(3) / 3;
    words
        .into_iter()
        .map(|word| (distance(wrong, word), word))
        // Some letter must be the same.
        .filter(|(distance, word)| {
            *distance <= limit && *distance < length.max(word.chars().count())
        })
        .min()
        .map(|(_, word)| word)
}

/// Insertions, deletions, substitutions and swaps of neighbours that lead from one word to the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    // The row before, for swaps, and its letter.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Option<char> = None;
    for (i, x) in a.chars().flat_map(char::to_lowercase).enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (j, (y, above)) in b.iter().zip(row.iter().skip(1)).enumerate() {
            left = (diagonal + usize::from(x != *y))
                .min(left + 1)
                .min(above + 1);
            let previous = j.checked_sub(1);
            if last == Some(*y)
                && previous.and_then(|at| b.get(at)) == Some(&x)
                && let Some(swapped) = previous.and_then(|at| before.get(at))
            {
                left = left.min(swapped + 1);
            }
            diagonal = *above;
            next.push(left);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(x);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("quantity", "quantity"), 0);
        assert_eq!(nearest("quantty", ["item", "quantity"]), Some("quantity"));
        assert_eq!(nearest("zzz", ["item", "quantity"]), None);
        assert_eq!(distance("mroe", "more"), 1);
        assert_eq!(nearest("Line", ["int"]), None);
    }
}
