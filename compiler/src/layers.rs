//! Layers: which declarations extend which, and circles among declarations.

use std::sync::Arc;

use crate::ast::paths::Paths;
use crate::ast::{Item, Path};
use crate::check::rule::extend_target;
use crate::db::{Db, SourceFile, Workspace};
use crate::items::{DeclId, DeclKey, DeclKind, decl_ast, file_keys};
use crate::names::{Space, lookup, lookup_path, module_name};

/// All `extend` declarations of the root's closure for a rule or parameter, ordered by package and
/// module name, then by place in the text.
#[salsa::tracked(returns(ref))]
pub fn all_extensions(db: &dyn Db) -> Vec<(DeclId, DeclId)> {
    let Some(workspace) = Workspace::try_get(db) else {
        return Vec::new();
    };
    let mut out: Vec<(String, Arc<str>, DeclId, DeclId)> = Vec::new();
    for package in workspace.packages(db) {
        for file in package.files(db) {
            for key in file_keys(db, *file) {
                if key.kind != DeclKind::Extend {
                    continue;
                }
                let decl = DeclId {
                    file: *file,
                    key: key.clone(),
                };
                let Some(Item::Extend(extend)) = decl_ast(db, &decl).map(|ast| &ast.item) else {
                    continue;
                };
                if let Some(target) = extend_target(db, &decl, &extend.target) {
                    let module = module_name(db, *file).clone();
                    out.push((package.name(db).clone(), module, target, decl));
                }
            }
        }
    }
    out.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    out.into_iter()
        .map(|(_, _, target, decl)| (target, decl))
        .collect()
}

/// The extensions of one rule or parameter.
pub fn extensions_of(db: &dyn Db, _from: SourceFile, target: &DeclId) -> Vec<DeclId> {
    all_extensions(db)
        .iter()
        .filter(|(of, _)| of == target)
        .map(|(_, decl)| decl.clone())
        .collect()
}

/// Whether an example needs itself, through other examples, whatever the types are.
#[salsa::tracked(returns(copy))]
pub fn example_in_circle(db: &dyn Db, file: SourceFile, key: DeclKey) -> bool {
    let start = DeclId { file, key };
    let mut stack = examples_in(db, &start, false);
    let mut seen: Vec<DeclId> = Vec::new();
    while let Some(decl) = stack.pop() {
        if decl == start {
            return true;
        }
        if seen.contains(&decl) {
            continue;
        }
        stack.extend(examples_in(db, &decl, false));
        seen.push(decl);
    }
    false
}

/// The examples that an example's text names. A word that is a value of an enum as well is one or the
/// other by its place, which only the types know: `or_enum_value` counts it.
pub(crate) fn examples_in(db: &dyn Db, decl: &DeclId, or_enum_value: bool) -> Vec<DeclId> {
    let Some(Item::Example { value, .. }) = decl_ast(db, decl).map(|ast| &ast.item) else {
        return Vec::new();
    };
    let mut paths = Paths::default();
    paths.expr(value);
    let is_enum_value = |path: &Path| match path.parts.as_slice() {
        [word] => !lookup(db, decl.file, Space::EnumValue, word.text.clone()).is_empty(),
        _ => false,
    };
    paths
        .found
        .iter()
        .filter(|path| or_enum_value || !is_enum_value(path))
        .flat_map(|path| lookup_path(db, decl.file, Space::Value, path))
        .map(|meaning| meaning.decl)
        .filter(|decl| decl.key.kind == DeclKind::Example)
        .collect()
}
