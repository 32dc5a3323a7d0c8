//! Findings that need the whole package: what is used nowhere, circles of examples, reasons with one
//! code, exports, and costs without a bound.

use std::collections::{BTreeMap, BTreeSet};

use assize_ir as ir;

use crate::analysis::MAX_SHOWN;
use crate::ast::{Item, Word};
use crate::check::access::count;
use crate::check::checked;
use crate::codes;
use crate::db::{Db, PackageInput, SourceFile};
use crate::diagnostic::{Applicability, Diagnostic, Fix, Severity};
use crate::items::{DeclId, DeclKind, decl_ast, decl_text, file_keys};
use crate::layers::{example_in_circle, examples_in};
use crate::link::{Linked, decisions_of};
use crate::names::{declared, full_name, module_file, visible_modules};
use crate::package::{circle, name_at, program};
use crate::signature::{SignatureKind, signature};
use crate::ty::Ty;

/// All findings of this kind about a package.
/// `linked` is everything of the package, if it could be linked.
pub(crate) fn diagnostics(
    db: &dyn Db,
    package: PackageInput,
    all: &[DeclId],
    linked: Option<&Linked>,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for file in package.files(db) {
        unused_uses(db, *file, &mut out);
    }
    example_circles(db, all, &mut out);
    reasons_twice(db, all, &mut out);
    exports(db, package, all, &mut out);
    match linked {
        Some(linked) => of_program(db, package, linked, all, &mut out),
        // What no decision needs may be broken.
        None => {
            if let Ok(linked) = program(db, package) {
                of_program(db, package, &linked, all, &mut out);
            }
        }
    }
    out
}

fn of_program(
    db: &dyn Db,
    package: PackageInput,
    linked: &Linked,
    all: &[DeclId],
    out: &mut Vec<Diagnostic>,
) {
    unbounded(db, package, linked, all, out);
    told(linked, out);
}

/// Values that are not to be shown and become part of a reason, which is part of the answer.
fn told(linked: &Linked, out: &mut Vec<Diagnostic>) {
    let program = &linked.program;
    let hidden = ir::hidden::Hidden::of(program);
    let mut told = BTreeSet::new();
    for (at, callable) in (0u32..).zip(&program.callables) {
        let id = ir::CallableId(at);
        for node in &callable.nodes {
            let ir::Op::Reason(reason, arguments) = &node.op else {
                continue;
            };
            let Some(reason) = program.reason(*reason) else {
                continue;
            };
            for (param, argument) in reason.params.iter().zip(arguments) {
                let place = callable.node(*argument).map(|node| node.place);
                let origin = place.and_then(|it| linked.origins.get_index(it.index()));
                let Some((decl, span)) = origin.filter(|_| hidden.node(id, *argument)) else {
                    continue;
                };
                // A function that is linked for a decision and for a test is one.
                if !told.insert((at, place)) {
                    continue;
                }
                let claim = format!(
                    "`{}` of the reason `{}` would show a value of what is marked `sensitive`",
                    param.name, reason.code
                );
                let (code, at) = (codes::SENSITIVE_IN_REASON, decl.at(*span));
                out.push(
                    Diagnostic::new(code, Severity::Error, at, claim)
                        .because("a reason with its values is part of the answer")
                        .instead("give the reason another value, or none; a condition on the value may decide whether there is one"),
                );
            }
        }
    }
}

/// Words of a text outside of comments: whatever may be a name.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(|line| line.split_once("//").map_or(line, |(before, _)| before))
        .flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .filter(|word| !word.is_empty())
}

/// Modules of which no name occurs. A field that is called like a name of the module counts, too: it
/// is better to keep a `use` than to take one away that is needed.
fn unused_uses(db: &dyn Db, file: SourceFile, out: &mut Vec<Diagnostic>) {
    let keys = file_keys(db, file);
    let uses: Vec<DeclId> = keys
        .iter()
        .filter(|key| key.kind == DeclKind::Use)
        .map(|key| DeclId {
            file,
            key: key.clone(),
        })
        .collect();
    if uses.is_empty() {
        return;
    }
    let mut written: BTreeSet<&str> = BTreeSet::new();
    for key in keys
        .iter()
        .filter(|key| !matches!(key.kind, DeclKind::Use | DeclKind::Module))
    {
        if let Some(text) = decl_text(db, file, key.clone()) {
            written.extend(words(text.text(db)));
        }
    }
    for decl in uses {
        let name = decl.key.name.clone();
        let Some(used) = module_file(db, file, name.clone()) else {
            continue;
        };
        let offered = declared(db, used);
        // An empty or broken module is a fault of its own.
        if used == file
            || offered.is_empty()
            || offered.keys().any(|(_, word)| written.contains(&**word))
        {
            continue;
        }
        let Some(ast) = decl_ast(db, &decl) else {
            continue;
        };
        let at = decl.at(ast.span);
        out.push(
            Diagnostic::new(
                codes::UNUSED_USE,
                Severity::Warning,
                at.clone(),
                format!("no name of `{name}` is used here"),
            )
            .instead("leave out the `use`")
            .fix(
                format!("leave out `use {name}`"),
                at,
                "",
                Applicability::Certain,
            ),
        );
    }
}

/// Examples that need each other; each circle once.
fn example_circles(db: &dyn Db, all: &[DeclId], out: &mut Vec<Diagnostic>) {
    let mut reported: Vec<DeclId> = Vec::new();
    for decl in all.iter().filter(|decl| decl.key.kind == DeclKind::Example) {
        if reported.contains(decl) {
            continue;
        }
        let needs_itself = example_in_circle(db, decl.file, decl.key.clone());
        // A circle through a word that is a value of an enum as well: the types found it to be one.
        let has_no_type = || matches!(checked(db, decl).value, Some(Ty::Error));
        if !needs_itself && !has_no_type() {
            continue;
        }
        let Some(path) = circle(decl, &|decl| examples_in(db, decl, !needs_itself)) else {
            continue;
        };
        let claim = match path.as_slice() {
            [_] => format!("the example `{}` uses itself", decl.name()),
            _ => {
                let names: Vec<String> = path
                    .iter()
                    .chain([decl])
                    .map(|decl| format!("`{}`", decl.name()))
                    .collect();
                format!(
                    "the examples {} use each other in a circle",
                    names.join(" → ")
                )
            }
        };
        let mut diagnostic = Diagnostic::new(
            codes::EXAMPLE_CYCLE,
            Severity::Error,
            name_at(db, decl),
            claim,
        )
        .because("none of them has a value before the others have one")
        .instead("write the value of one of them in full");
        for other in path.iter().skip(1) {
            diagnostic = diagnostic.related(name_at(db, other), "is part of the circle");
        }
        out.push(diagnostic);
        reported.extend(path);
    }
}

/// Reasons with one bare name in two modules: an output tells a reason by its bare name.
fn reasons_twice(db: &dyn Db, all: &[DeclId], out: &mut Vec<Diagnostic>) {
    let Some(file) = all.first().map(|decl| decl.file) else {
        return;
    };
    let mut known: BTreeMap<&str, DeclId> = BTreeMap::new();
    let mut told: BTreeMap<&str, Vec<DeclId>> = BTreeMap::new();
    // Modules in order of their names: which of two is the first does not depend on the files.
    for file in visible_modules(db, file).values().flatten() {
        for key in file_keys(db, *file)
            .iter()
            .filter(|key| key.kind == DeclKind::Reason)
        {
            let decl = DeclId {
                file: *file,
                key: key.clone(),
            };
            let Some(first) = known.get(&*key.name) else {
                known.insert(&key.name, decl);
                continue;
            };
            // Twice in one module is said of the name.
            if first.file == decl.file {
                continue;
            }
            // The fault is told where the author of this package can mend it.
            let (mine, other) = if all.contains(&decl) {
                (&decl, first)
            } else {
                (first, &decl)
            };
            if !all.contains(mine) {
                continue;
            }
            let again = told.entry(&key.name).or_default();
            again.push(mine.clone());
            if again.len() > MAX_SHOWN {
                continue;
            }
            let other_name = full_name(db, other);
            out.push(
                Diagnostic::new(
                    codes::REASON_TWICE,
                    Severity::Error,
                    name_at(db, mine),
                    format!("the reason `{}` is there already: `{other_name}`", key.name),
                )
                .related(name_at(db, other), "has the same code")
                .because("an output names a reason by its code alone, without a module")
                .instead("give one of them another name"),
            );
        }
    }
    for (name, again) in told {
        let Some(at) = again.get(MAX_SHOWN) else {
            continue;
        };
        let counted = count(again.len() - MAX_SHOWN, "other module");
        let claim = format!("the reason `{name}` is there again in {counted}");
        let (code, at) = (codes::REASON_TWICE, name_at(db, at));
        out.push(Diagnostic::new(code, Severity::Note, at, claim).counting_rest());
    }
}

/// Exports of `assize.toml` that are no decisions. They have no place in a rule file: the error stands
/// at what has the name, else where the package begins.
fn exports(db: &dyn Db, package: PackageInput, all: &[DeclId], out: &mut Vec<Diagnostic>) {
    let decisions = decisions_of(db, package);
    for export in package.exports(db) {
        if decisions.iter().any(|decl| full_name(db, decl) == *export) {
            continue;
        }
        let named = all.iter().find(|decl| full_name(db, decl) == *export);
        let Some(place) = named.or_else(|| all.first()) else {
            continue;
        };
        let offered: Vec<String> = all
            .iter()
            .filter(|decl| decl.key.kind == DeclKind::Decision)
            .map(|decl| full_name(db, decl))
            .collect();
        let near = crate::names::nearest(export, offered.iter().map(String::as_str));
        let claim = match named {
            Some(decl) => format!(
                "`assize.toml` exports `{export}`, and it is a {}, not a decision",
                decl.key.kind.word()
            ),
            None => format!("`assize.toml` exports `{export}`, and there is no such decision"),
        };
        let instead = match (named, near) {
            (Some(_), _) => "make it a `decision`, or take it from `exports`".to_string(),
            (None, Some(near)) => format!("did you mean `{near}`?"),
            (None, None) => "write `module.decision`, or take it from `exports`".to_string(),
        };
        out.push(
            Diagnostic::new(
                codes::BAD_EXPORT,
                Severity::Error,
                name_at(db, place),
                claim,
            )
            .instead(instead),
        );
    }
}

/// Decisions whose cost grows with something that has no bound.
fn unbounded(
    db: &dyn Db,
    package: PackageInput,
    linked: &Linked,
    all: &[DeclId],
    out: &mut Vec<Diagnostic>,
) {
    let boundless = boundless_lists(db, all);
    for decl in decisions_of(db, package) {
        let callable = crate::check::CallableRef {
            decl: decl.clone(),
            part: crate::check::Part::Main,
        };
        let Some(id) = linked.callables.get(&callable) else {
            continue;
        };
        let decision = linked
            .program
            .decisions
            .iter()
            .find(|it| it.callable == *id);
        let open: BTreeSet<&str> = decision
            .map(|it| it.cost.terms.as_slice())
            .unwrap_or_default()
            .iter()
            .flat_map(|term| term.unbounded.iter().map(String::as_str))
            .collect();
        let relations: Vec<DeclId> = visible_modules(db, decl.file)
            .values()
            .flatten()
            .flat_map(|file| file_keys(db, *file).iter().map(|key| (*file, key)))
            .filter(|(_, key)| key.kind == DeclKind::Data && open.contains(&*key.name))
            .map(|(file, key)| DeclId {
                file,
                key: key.clone(),
            })
            .collect();
        // Lists that are made inside follow from these, and nobody can bound them.
        let lists: Vec<&&str> = open
            .iter()
            .filter(|name| boundless.contains(**name))
            .collect();
        // A carried list is declared without a bound, so what is appended to it has to change.
        let carried: Vec<(&str, ir::PlaceId)> = carried_lists(&linked.program, &open);
        let mut carried_names: Vec<&str> = carried.iter().map(|(name, _)| *name).collect();
        carried_names.retain(|name| !lists.contains(&name));
        carried_names.dedup();
        let names: Vec<String> = relations
            .iter()
            .map(DeclId::name)
            .chain(lists.iter().map(|name| **name))
            .chain(carried_names.iter().copied())
            .map(|name| format!("`{name}`"))
            .collect();
        if names.is_empty() {
            continue;
        }
        let mut shown = names
            .iter()
            .take(MAX_SHOWN)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        if names.len() > MAX_SHOWN {
            shown.push_str(&format!(" and {} more", names.len() - MAX_SHOWN));
        }
        let mut note = Diagnostic::new(
            codes::UNBOUNDED,
            Severity::Note,
            name_at(db, &decl),
            format!("what `{}` costs at most is not known", decl.name()),
        )
        .because(format!("it grows with {shown}, and nothing bounds that"));
        note.instead = Some(match (relations.is_empty(), lists.is_empty()) {
            (true, true) => {
                "let each element append what does not hold the carried list itself".to_string()
            }
            (false, true) => match relations.iter().find_map(|relation| one_group(db, relation)) {
                Some(instead) => instead,
                None => "say how many rows there are: `rows at most N per …`".to_string(),
            },
            (true, _) => "say how long the list is: `list of …, at most N`".to_string(),
            (false, false) => {
                "say how many there are: `rows at most N per …` in `data`, `, at most N` behind a list"
                    .to_string()
            }
        });
        for (name, place) in &carried {
            if let Some((decl, span)) = linked.origins.get_index(place.index())
                && carried_names.contains(name)
            {
                note = note.related(decl.at(*span), format!("`{name}` grows here"));
            }
        }
        for relation in &relations {
            let label = match groups(db, relation) {
                Some((count, per)) => {
                    format!("has at most {count} rows per {per}, and no bound for all")
                }
                None => "has no bound".to_string(),
            };
            note = note.related(name_at(db, relation), label);
            if all.contains(relation) {
                note.fixes.extend(rows_at_most(db, relation));
            }
        }
        out.push(note);
    }
}

/// Carried lists with one of these names, and where each begins.
fn carried_lists<'p>(
    program: &'p ir::Program,
    open: &BTreeSet<&str>,
) -> Vec<(&'p str, ir::PlaceId)> {
    let mut out = Vec::new();
    for callable in &program.callables {
        for node in &callable.nodes {
            let ir::Op::Loop(it) = &node.op else {
                continue;
            };
            for carry in &it.carries {
                let slot = callable.slot(carry.slot);
                let list = slot.filter(|slot| matches!(slot.ty, ir::Type::List { .. }));
                if let Some(slot) = list.filter(|slot| open.contains(slot.name.as_str())) {
                    let next = carry.next.and_then(|next| callable.node(next));
                    out.push((slot.name.as_str(), next.unwrap_or(node).place));
                }
            }
        }
    }
    out.sort();
    out
}

/// Names of fields and parameters that are lists without a bound.
fn boundless_lists(db: &dyn Db, all: &[DeclId]) -> BTreeSet<Word> {
    let mut out = BTreeSet::new();
    let mut add = |name: &Word, ty: &Ty| {
        if matches!(ty, Ty::List(_, None)) {
            out.insert(name.clone());
        }
    };
    for decl in all {
        match &signature(db, decl).kind {
            SignatureKind::Function { params, .. } => {
                params.iter().for_each(|param| add(&param.name, &param.ty));
            }
            kind => kind
                .fields()
                .iter()
                .for_each(|field| add(&field.name, &field.ty)),
        }
    }
    out
}

/// The bound of the rows that agree in some fields, where there is one: the number and the fields.
fn groups(db: &dyn Db, relation: &DeclId) -> Option<(u64, String)> {
    let ast = decl_ast(db, relation)?;
    let Item::Data(data) = &ast.item else {
        return None;
    };
    let limit = data.rows.iter().find(|limit| !limit.per.is_empty())?;
    let names: Vec<String> = limit
        .per
        .iter()
        .map(|name| format!("`{}`", name.text))
        .collect();
    Some((limit.at_most.value?, names.join(", ")))
}

/// A bound that helps only who asks for one value of its fields: `in` asks for several, and then all rows
/// are looked at.
fn one_group(db: &dyn Db, relation: &DeclId) -> Option<String> {
    let (_, per) = groups(db, relation)?;
    Some(format!(
        "compare {per} with `=`, for a list once for each of its elements, as in `exists e in list where \
         (exists r in {} where r.field = e)`, or say how many rows there are in all: `rows at most N`",
        relation.name()
    ))
}

/// The line that bounds a relation; the number is the author's.
fn rows_at_most(db: &dyn Db, relation: &DeclId) -> Option<Fix> {
    let ast = decl_ast(db, relation)?;
    let Item::Data(data) = &ast.item else {
        return None;
    };
    let end = crate::ast::Span {
        start: ast.span.end,
        end: ast.span.end,
    };
    let per = data.keys.first().filter(|_| data.keys.len() > 1);
    let per = per
        .map(|key| format!(" per {}", key.name.text))
        .unwrap_or_default();
    Some(Fix {
        title: format!("bound the rows of `{}`", relation.name()),
        edits: vec![(relation.at(end), format!("\n    rows at most 1_000{per}"))],
        applicability: Applicability::Choice,
    })
}
