//! Precedence between the exceptions of a rule and those that packages add to it.
//!
//! A rule alone is checked with its declaration. What several packages say together is known only
//! where all of them meet: in the bundle of the root package.

use std::collections::BTreeMap;

use crate::ast::{ExceptionDecl, Item, Path, Span};
use crate::codes;
use crate::db::{Db, PackageInput, Workspace};
use crate::diagnostic::{Diagnostic, Severity};
use crate::items::{DeclId, decl_ast};
use crate::layers::all_extensions;
use crate::names::module_name;

/// An exception of the merged rule.
struct One<'a> {
    /// Bare in the base, `module.name` in an extension: as traces and other packages name it.
    full: String,
    module: Option<String>,
    decl: DeclId,
    text: &'a ExceptionDecl,
}

/// Names that stand twice, and precedence that runs in a circle, in every rule that is extended.
pub(crate) fn diagnostics(db: &dyn Db, package: PackageInput) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    if Workspace::try_get(db).is_none_or(|workspace| *workspace.root(db) != package) {
        return out;
    }
    let mut extended: BTreeMap<(String, crate::items::DeclKey), (DeclId, Vec<DeclId>)> =
        BTreeMap::new();
    for (target, extension) in all_extensions(db) {
        let key = (target.file.path(db).clone(), target.key.clone());
        let entry = extended.entry(key).or_insert((target.clone(), Vec::new()));
        entry.1.push(extension.clone());
    }
    for (target, extensions) in extended.values() {
        let all = merged(db, target, extensions);
        twice(&all, &mut out);
        circles(target, &all, &mut out);
    }
    out
}

fn merged<'a>(db: &'a dyn Db, target: &DeclId, extensions: &[DeclId]) -> Vec<One<'a>> {
    let mut all = Vec::new();
    let Some(Item::Rule(rule)) = decl_ast(db, target).map(|ast| &ast.item) else {
        return all;
    };
    for text in &rule.exceptions {
        all.push(One {
            full: text.name.text.to_string(),
            module: None,
            decl: target.clone(),
            text,
        });
    }
    for decl in extensions {
        let Some(Item::Extend(extend)) = decl_ast(db, decl).map(|ast| &ast.item) else {
            continue;
        };
        let module = module_name(db, decl.file).to_string();
        for text in &extend.exceptions {
            all.push(One {
                full: format!("{module}.{}", text.name.text),
                module: Some(module.clone()),
                decl: decl.clone(),
                text,
            });
        }
    }
    all
}

/// One module may say a name in several `extend`: precedence by that name would mean both.
fn twice(all: &[One<'_>], out: &mut Vec<Diagnostic>) {
    for (index, later) in all.iter().enumerate() {
        let earlier = all
            .iter()
            .take(index)
            .find(|one| one.full == later.full && one.decl != later.decl);
        if let Some(earlier) = earlier.filter(|_| later.module.is_some()) {
            let claim = format!("two exceptions are called `{}`", later.full);
            let at = later.decl.at(later.text.name.span);
            out.push(
                Diagnostic::new(codes::TWICE, Severity::Error, at, claim)
                    .related(earlier.decl.at(earlier.text.name.span), "the other one")
                    .instead("give one of them another name"),
            );
        }
    }
}

/// The exception that a name means in `from`: bare the base's, then one of the same module, or in full.
fn meant(all: &[One<'_>], from: &One<'_>, path: &Path) -> Option<usize> {
    resolve(
        all.iter().map(|one| one.full.as_str()),
        from.module.as_deref(),
        path,
    )
}

/// See [`meant`]; the linker asks the same of the names of the program.
pub(crate) fn resolve<'a>(
    names: impl Iterator<Item = &'a str> + Clone,
    module: Option<&str>,
    path: &Path,
) -> Option<usize> {
    let text = path.text();
    names.clone().position(|name| *name == *text).or_else(|| {
        let own = format!("{}.{text}", module?);
        names.clone().position(|name| *name == own)
    })
}

/// Which exceptions each one overrides, with the place that says so.
fn edges(all: &[One<'_>]) -> Vec<Vec<(usize, DeclId, Span)>> {
    let mut out: Vec<Vec<(usize, DeclId, Span)>> = vec![Vec::new(); all.len()];
    for (me, one) in all.iter().enumerate() {
        for path in &one.text.overrides {
            if let (Some(other), Some(mine)) = (meant(all, one, path), out.get_mut(me)) {
                mine.push((other, one.decl.clone(), path.span()));
            }
        }
        for path in &one.text.yields_to {
            let other = meant(all, one, path);
            if let Some(theirs) = other.and_then(|other| out.get_mut(other)) {
                theirs.push((me, one.decl.clone(), path.span()));
            }
        }
    }
    out
}

fn circles(target: &DeclId, all: &[One<'_>], out: &mut Vec<Diagnostic>) {
    let edges = edges(all);
    let mut told = vec![false; all.len()];
    for start in 0..all.len() {
        if told.get(start) == Some(&true) {
            continue;
        }
        let Some(circle) = circle(&edges, start) else {
            continue;
        };
        for (at, ..) in &circle {
            if let Some(told) = told.get_mut(*at) {
                *told = true;
            }
        }
        // A circle of the base alone is a fault of the rule, and told there.
        let places: Vec<&(usize, DeclId, Span)> = circle.iter().collect();
        let Some((_, decl, span)) = places.iter().find(|(_, decl, _)| decl != target) else {
            continue;
        };
        let names: Vec<String> = circle
            .iter()
            .filter_map(|(at, ..)| all.get(*at))
            .map(|one| format!("`{}`", one.full))
            .collect();
        let claim = if names.len() == 1 {
            format!("{} overrides itself", names.concat())
        } else {
            format!("{} override each other in a circle", names.join(" and "))
        };
        let mut error = Diagnostic::new(
            codes::OVERRIDES_CYCLE,
            Severity::Error,
            decl.at(*span),
            claim,
        )
        .because("where all of them apply, each would give way to another, and none would decide")
        .instead("leave out one of the `overrides` or `yields to`");
        for (_, other, at) in places {
            if (other, at) != (decl, span) {
                error = error.related(other.at(*at), "is part of the circle");
            }
        }
        out.push(error);
    }
}

/// The shortest circle through an exception: each step leads to the exception that it names.
fn circle(
    edges: &[Vec<(usize, DeclId, Span)>],
    start: usize,
) -> Option<Vec<(usize, DeclId, Span)>> {
    let mut queue = std::collections::VecDeque::from([(start, Vec::new())]);
    let mut seen = vec![false; edges.len()];
    while let Some((at, path)) = queue.pop_front() {
        for step in edges.get(at)? {
            let mut path: Vec<(usize, DeclId, Span)> = path.clone();
            path.push(step.clone());
            if step.0 == start {
                return Some(path);
            }
            if let Some(seen) = seen.get_mut(step.0)
                && !*seen
            {
                *seen = true;
                queue.push_back((step.0, path));
            }
        }
    }
    None
}
