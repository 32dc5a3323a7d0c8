//! The whole package: all diagnostics, in order, with places in files.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ops::Range;

use crate::ast::Item;
use crate::check::{CallableRef, Part, checked};
use crate::codes;
use crate::db::{Db, PackageInput, SourceFile, Workspace};
use crate::diagnostic::{At, Code, Diagnostic, Severity};
use crate::items::{
    DeclId, DeclKind, decl_ast, decl_offset, decl_text, file_keys, syntax_diagnostics,
};
use crate::layers::all_extensions;
use crate::link::{LinkFault, decisions_of, link};
use crate::names::{full_name, lacks_module, module_name, used_modules};

/// Greatest number of diagnostics that are shown of one file.
pub const MAX_DIAGNOSTICS_PER_FILE: usize = 128;

/// What follows from a fault of the syntax in the same declaration and says nothing new.
const FOLLOWS_SYNTAX: [Code; 3] = [
    codes::UNUSED_LOCAL,
    codes::UNUSED_PARAMETER,
    codes::EMPTY_RULE,
];

/// What follows from a module that is not there: it may declare the name.
const FOLLOWS_MODULE: [Code; 6] = [
    codes::UNKNOWN_NAME,
    codes::UNKNOWN_FUNCTION,
    codes::UNKNOWN_TYPE,
    codes::UNKNOWN_MEASURE,
    codes::UNUSED_LOCAL,
    codes::UNUSED_PARAMETER,
];

/// Where a place is in a file, in bytes: in the rule file, or in the sheet of a table.
pub fn resolve(db: &dyn Db, at: &At) -> (SourceFile, Range<u32>) {
    if let Some(place) = crate::sheets::resolve(db, &at.decl, at.span) {
        return place;
    }
    let offset = decl_offset(db, &at.decl);
    let start = offset.saturating_add(at.span.start);
    let end = offset.saturating_add(at.span.end);
    (at.decl.file, start..end.max(start))
}

/// All declarations of a package in the order of files and text.
pub fn declarations(db: &dyn Db, package: PackageInput) -> Vec<DeclId> {
    package
        .files(db)
        .iter()
        .flat_map(|file| {
            file_keys(db, *file).iter().map(|key| DeclId {
                file: *file,
                key: key.clone(),
            })
        })
        .collect()
}

/// All diagnostics of a package: syntax, names and types, and the analyses; by file and place.
pub fn diagnostics(db: &dyn Db, package: PackageInput) -> Vec<Diagnostic> {
    diagnostics_with(db, package, || analyses(db, package))
}

/// What the analyses find in a package, gaps and overlaps and what can never be.
pub fn analyses(db: &dyn Db, package: PackageInput) -> Vec<Diagnostic> {
    crate::analysis::diagnostics(db, package)
}

/// The same as [`diagnostics`]; what [`analyses`] finds is asked for when all else is found, so that whoever has a
/// second processor can find it there in the meantime.
pub fn diagnostics_with(
    db: &dyn Db,
    package: PackageInput,
    analyses: impl FnOnce() -> Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let all = declarations(db, package);
    let mut readable = true;
    for decl in &all {
        let syntax = syntax_diagnostics(db, decl);
        let whole = syntax.is_empty();
        // One fault is told once: what reading says of a place, checking does not say again.
        let told: Vec<u32> = syntax.iter().map(|one| one.primary.at.span.start).collect();
        readable &= whole;
        out.extend(syntax);
        // Of what could not be read, nobody knows whether it uses a name; of a name without meaning,
        // nobody knows whether the module that is not there declares it.
        let found = checked(db, decl).diagnostics.iter();
        let lacks_module = lacks_module(db, decl.file);
        out.extend(
            found
                .filter(|one| whole || !FOLLOWS_SYNTAX.contains(&one.code))
                .filter(|one| !lacks_module || !FOLLOWS_MODULE.contains(&one.code))
                .filter(|one| !told.contains(&one.primary.at.span.start))
                .cloned(),
        );
    }
    follow_no_type(db, &mut out);
    let nobody_knows = names_of_broken(db, &all);
    out.retain(|one| !(FOLLOWS_MODULE.contains(&one.code) && names(db, one, &nobody_knows)));
    crate::indent::told_once(db, &all, &mut out);
    out.extend(twice_declared(db, package));
    out.extend(tests_twice(db, &all));
    out.extend(crate::built_in::diagnostics(db, package));
    out.extend(modules(db, package));
    if readable {
        let unused = crate::unused::diagnostics(db, package, &all, &out);
        out.extend(unused);
        out.extend(crate::copied::diagnostics(db, &all));
    }
    out.extend(circles(db, &all));
    out.extend(extended_twice(db, package));
    out.extend(crate::precedence::diagnostics(db, package));
    let linked = everything(db, package);
    out.extend(crate::whole::diagnostics(
        db,
        package,
        &all,
        linked.as_ref().ok(),
    ));
    if let Ok(linked) = &linked {
        crate::deep::diagnostics(db, linked, &mut out);
    }
    out.extend(analyses());
    if out.iter().all(|found| found.severity != Severity::Error) {
        crate::deep::refused(db, package, &linked, &mut out);
    }
    for diagnostic in &mut out {
        let fits = |at: &At, text: &str| crate::sheets::can_be_edited(db, at, text);
        diagnostic
            .fixes
            .retain(|fix| fix.edits.iter().all(|(at, text)| fits(at, text)));
    }
    sort(db, &mut out);
    out
}

/// Behind what is no type nobody knows what may stand: `gives money in EUR` is one fault, not two.
fn follow_no_type(db: &dyn Db, out: &mut Vec<Diagnostic>) {
    let no_types: Vec<At> = out
        .iter()
        .filter(|one| one.code == codes::UNKNOWN_TYPE)
        .map(|one| one.primary.at.clone())
        .collect();
    out.retain(|one| {
        let At { decl, span } = &one.primary.at;
        one.code.0 != "A0101"
            || !no_types.iter().any(|no_type| {
                no_type.decl == *decl
                    && no_type.span.end < span.start
                    && decl_text(db, decl.file, decl.key.clone()).is_some_and(|text| {
                        let between = no_type.span.end as usize..span.start as usize;
                        let between = text.text(db).get(between);
                        between.is_some_and(|text| text.chars().all(|c| matches!(c, ' ' | '\t')))
                    })
            })
    });
}

/// What declarations that could not be read may have declared: the words behind their first.
fn names_of_broken<'db>(db: &'db dyn Db, all: &[DeclId]) -> HashSet<&'db str> {
    let broken = all.iter().filter(|decl| decl.key.kind == DeclKind::Broken);
    let texts = broken.filter_map(|decl| decl_text(db, decl.file, decl.key.clone()));
    let lines = texts.flat_map(|text| {
        let lines = text.text(db).lines().map(str::trim_start);
        lines
            .filter(|line| !line.is_empty() && !line.starts_with("//"))
            .take(1)
    });
    lines.flat_map(|line| words(line).skip(1)).collect()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// Whether a finding is about one of these words.
fn names(db: &dyn Db, found: &Diagnostic, known: &HashSet<&str>) -> bool {
    if known.is_empty() {
        return false;
    }
    let At { decl, span } = &found.primary.at;
    let text = decl_text(db, decl.file, decl.key.clone());
    let range = span.start as usize..span.end as usize;
    text.and_then(|text| text.text(db).get(range))
        .is_some_and(|text| words(text).any(|word| known.contains(word)))
}

/// By file, place, weight; what is said twice is said once. What counts the findings that are not shown
/// stands at the name of its declaration and comes behind those that are.
fn sort(db: &dyn Db, list: &mut Vec<Diagnostic>) {
    let place = |diagnostic: &Diagnostic| {
        let (file, range) = resolve(db, &diagnostic.primary.at);
        (file.path(db).clone(), range.start)
    };
    let of = |diagnostic: &Diagnostic| (diagnostic.primary.at.decl.clone(), diagnostic.code);
    let rests = list.iter().filter(|diagnostic| diagnostic.counts_rest);
    let mut last: HashMap<_, _> = rests.map(|rest| (of(rest), place(rest))).collect();
    for diagnostic in list.iter() {
        if let Some(latest) = last.get_mut(&of(diagnostic)) {
            *latest = place(diagnostic).max(latest.clone());
        }
    }
    list.sort_by_cached_key(|diagnostic| {
        let at = place(diagnostic);
        let behind = last.get(&of(diagnostic)).filter(|_| diagnostic.counts_rest);
        (
            behind.cloned().unwrap_or(at),
            diagnostic.counts_rest,
            std::cmp::Reverse(diagnostic.severity),
            diagnostic.code,
            diagnostic.claim.clone(),
        )
    });
    // Two tables may take their rows from one sheet: a cell is at fault once.
    list.dedup_by(|one, other| {
        one == other
            || (one.code == other.code
                && one.claim == other.claim
                && resolve(db, &one.primary.at) == resolve(db, &other.primary.at))
    });
}

pub(crate) fn name_at(db: &dyn Db, decl: &DeclId) -> At {
    let span = decl_ast(db, decl)
        .map(|ast| ast.item.name().map_or(ast.span, |name| name.span))
        .unwrap_or_default();
    decl.at(span)
}

/// The word of a declaration that introduces several: currencies and units.
pub(crate) fn word_at(db: &dyn Db, decl: &DeclId, index: u32) -> At {
    match decl_ast(db, decl).map(|ast| &ast.item) {
        Some(Item::Currency(names) | Item::Unit(names)) => names
            .get(index as usize)
            .map_or_else(|| name_at(db, decl), |name| decl.at(name.span)),
        _ => name_at(db, decl),
    }
}

/// Names that two declarations of one module introduce in one space.
fn twice_declared(db: &dyn Db, package: PackageInput) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    for file in package.files(db) {
        for ((space, word), found) in crate::names::declared(db, *file) {
            if *space == crate::names::Space::EnumValue {
                continue;
            }
            let Some(((first, first_index), rest)) = found.split_first() else {
                continue;
            };
            for (key, index) in rest {
                let first = DeclId {
                    file: *file,
                    key: first.clone(),
                };
                let decl = DeclId {
                    file: *file,
                    key: key.clone(),
                };
                let claim = format!("`{word}` is declared twice in this module");
                out.push(
                    Diagnostic::new(
                        codes::TWICE,
                        Severity::Error,
                        word_at(db, &decl, *index),
                        claim,
                    )
                    .related(word_at(db, &first, *first_index), "first here")
                    .instead("give one of them another name"),
                );
            }
        }
    }
    out
}

/// Tests of one module with one title: a report of tests names them by it.
fn tests_twice(db: &dyn Db, all: &[DeclId]) -> Vec<Diagnostic> {
    let mut known: HashMap<(SourceFile, &str), &DeclId> = HashMap::new();
    let mut out = Vec::new();
    let tests = all
        .iter()
        .filter(|decl| matches!(decl.key.kind, DeclKind::Test | DeclKind::Property));
    for decl in tests.filter(|decl| !decl.name().is_empty()) {
        let first = *known.entry((decl.file, decl.name())).or_insert(decl);
        if first == decl {
            continue;
        }
        let claim = format!("two tests of this module are called \"{}\"", decl.name());
        out.push(
            Diagnostic::new(codes::TWICE, Severity::Warning, title_at(db, decl), claim)
                .related(title_at(db, first), "first here")
                .because("a report tells tests apart by their titles")
                .instead("give one of them another title"),
        );
    }
    out
}

fn title_at(db: &dyn Db, decl: &DeclId) -> At {
    match decl_ast(db, decl).map(|ast| &ast.item) {
        Some(Item::Test(test)) => decl.at(test.title.span),
        Some(Item::Property(property)) => decl.at(property.title.span),
        _ => name_at(db, decl),
    }
}

/// Modules that two files declare, and modules that use each other.
fn modules(db: &dyn Db, package: PackageInput) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    // One name means one module in the whole bundle, wherever in it two packages meet.
    let root = Workspace::try_get(db).map_or(package, |workspace| *workspace.root(db));
    let all = crate::names::modules_of(db, root);
    let circular = perhaps_circular(db, package);
    for file in package.files(db) {
        let name = module_name(db, *file);
        let same = all.get(name).map(Vec::as_slice).unwrap_or_default();
        let Some(key) = file_keys(db, *file).first() else {
            continue;
        };
        let here = DeclId {
            file: *file,
            key: key.clone(),
        };
        if let Some(first) = first_of(db, same).filter(|first| first != file) {
            let mut other = first.path(db).clone();
            if first.package(db) != file.package(db) {
                other.push_str(&format!(" of the package `{}`", first.package(db)));
            }
            out.push(
                Diagnostic::new(
                    codes::SHADOWED_MODULE,
                    Severity::Error,
                    here.at(decl_ast(db, &here).map(|ast| ast.span).unwrap_or_default()),
                    format!("the module `{name}` is already the file {other}"),
                )
                .instead("give one of them another name"),
            );
        }
        // Each circle is reported once, at its first module by name.
        if circular.contains(file)
            && let Some(path) = use_circle(db, *file)
            && path.iter().all(|other| module_name(db, *other) >= name)
        {
            let names: Vec<String> = path
                .iter()
                .map(|file| format!("`{}`", module_name(db, *file)))
                .collect();
            let used = file_keys(db, *file)
                .iter()
                .find(|key| key.kind == DeclKind::Use)
                .map_or(here.clone(), |key| DeclId {
                    file: *file,
                    key: key.clone(),
                });
            let span = decl_ast(db, &used).map(|ast| ast.span).unwrap_or_default();
            out.push(
                Diagnostic::new(
                    codes::MODULE_CYCLE,
                    Severity::Error,
                    used.at(span),
                    format!(
                        "{} use each other in a circle",
                        crate::analysis::first_of(&names)
                    ),
                )
                .instead("move what both need into a module of its own"),
            );
        }
    }
    out
}

/// Of several files of one module the one that keeps its name: that of the package which sees none of
/// the others, since it cannot know of them.
fn first_of(db: &dyn Db, same: &[SourceFile]) -> Option<SourceFile> {
    if let [] | [_] = same {
        return None;
    }
    let others_seen = |file: &SourceFile| {
        let name = module_name(db, *file);
        let seen = crate::names::visible_modules(db, *file).get(name);
        let others = seen.into_iter().flatten();
        others
            .filter(|other| other.package(db) != file.package(db))
            .count()
    };
    same.iter()
        .copied()
        .min_by_key(|file| (others_seen(file), file.package(db).clone()))
}

/// The shortest way from a module through what it uses back to itself, without its end.
fn use_circle(db: &dyn Db, start: SourceFile) -> Option<Vec<SourceFile>> {
    let mut before: HashMap<SourceFile, SourceFile> = HashMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(file) = open.pop_front() {
        for next in used_modules(db, file) {
            if *next == start {
                let mut path = vec![file];
                let mut at = file;
                while let Some(previous) = before.get(&at) {
                    path.push(*previous);
                    at = *previous;
                }
                path.reverse();
                return Some(path);
            }
            if !before.contains_key(next) {
                before.insert(*next, file);
                open.push_back(*next);
            }
        }
    }
    None
}

/// The modules that may be part of a circle: those that are left when what uses nothing that is left,
/// and what nothing that is left uses, is taken away again and again. So a package without circles is
/// gone through once, however long its chains are.
fn perhaps_circular(db: &dyn Db, package: PackageInput) -> HashSet<SourceFile> {
    let mut left: HashSet<SourceFile> = package.files(db).iter().copied().collect();
    let mut users: HashMap<SourceFile, Vec<SourceFile>> = HashMap::new();
    for file in package.files(db) {
        for used in used_modules(db, *file) {
            users.entry(*used).or_default().push(*file);
        }
    }
    let uses = |file: SourceFile| used_modules(db, file).clone();
    let used_by = |file: SourceFile| users.get(&file).cloned().unwrap_or_default();
    let files = package.files(db);
    take_ends(files, &mut left, &uses, &used_by);
    take_ends(files, &mut left, &used_by, &uses);
    left
}

/// Takes away whatever has nothing in front of it, which may leave nothing in front of what is behind.
fn take_ends(
    files: &[SourceFile],
    left: &mut HashSet<SourceFile>,
    front: &dyn Fn(SourceFile) -> Vec<SourceFile>,
    behind: &dyn Fn(SourceFile) -> Vec<SourceFile>,
) {
    let mut counts: HashMap<SourceFile, usize> = HashMap::new();
    let mut ends: Vec<SourceFile> = Vec::new();
    for file in files.iter().filter(|file| left.contains(*file)) {
        let count = front(*file).iter().filter(|it| left.contains(*it)).count();
        counts.insert(*file, count);
        if count == 0 {
            ends.push(*file);
        }
    }
    while let Some(end) = ends.pop() {
        left.remove(&end);
        for next in behind(end) {
            let Some(count) = counts.get_mut(&next).filter(|count| **count > 0) else {
                continue;
            };
            *count -= 1;
            if *count == 0 {
                ends.push(next);
            }
        }
    }
}

/// Functions that call each other in a circle; each circle once.
fn circles(db: &dyn Db, all: &[DeclId]) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let mut reported: HashSet<Vec<String>> = HashSet::new();
    let callable: Vec<&DeclId> = all
        .iter()
        .filter(|decl| {
            matches!(
                decl.key.kind,
                DeclKind::Define
                    | DeclKind::Decision
                    | DeclKind::Rule
                    | DeclKind::Table
                    | DeclKind::Parameter
                    | DeclKind::Record
                    | DeclKind::Reason
            )
        })
        .collect();
    let suspects = endless(&callable, &|decl| callees(db, decl));
    for decl in callable {
        if !suspects.contains(decl) {
            continue;
        }
        let Some(circle) = call_circle(db, decl) else {
            continue;
        };
        let mut names: Vec<String> = circle.iter().map(|decl| full_name(db, decl)).collect();
        names.sort();
        if !reported.insert(names) {
            continue;
        }
        let path: Vec<String> = circle
            .iter()
            .chain([decl])
            .map(|decl| format!("`{}`", decl.name()))
            .collect();
        let claim = if circle.len() == 1 {
            format!("`{}` calls itself", decl.name())
        } else {
            format!("{} call each other in a circle", path.join(" → "))
        };
        let mut diagnostic =
            Diagnostic::new(codes::CALL_CYCLE, Severity::Error, name_at(db, decl), claim)
                .because("a decision always ends, so nothing may need its own result")
                .instead("go through a list with `for each … carry`, or split the function");
        for other in circle.iter().filter(|other| *other != decl) {
            diagnostic = diagnostic.related(name_at(db, other), "is part of the circle");
        }
        out.push(diagnostic);
    }
    out
}

/// Callees of a declaration, those of its extensions included.
fn callees(db: &dyn Db, decl: &DeclId) -> Vec<DeclId> {
    let of = |decl: &DeclId| -> Vec<DeclId> {
        checked(db, decl)
            .fragments
            .iter()
            .flat_map(|fragment| {
                let records = fragment
                    .refs
                    .records
                    .iter()
                    .filter_map(|record| match record {
                        crate::ty::RecordRef::Declared(decl) if has_checks(db, decl) => {
                            Some(decl.clone())
                        }
                        _ => None,
                    });
                fragment
                    .refs
                    .callables
                    .iter()
                    .filter(|callee| !matches!(callee.part, Part::Default(_)))
                    .map(|callee| callee.decl.clone())
                    .chain(records)
                    // A reason has its text from what its holes call.
                    .chain(fragment.refs.reasons.iter().cloned())
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    let mut out = of(decl);
    for (target, extension) in all_extensions(db) {
        if target == decl {
            out.extend(of(extension));
        }
    }
    if decl.key.kind == DeclKind::Record {
        out.retain(|callee| callee != decl);
    }
    out.dedup();
    out
}

fn has_checks(db: &dyn Db, decl: &DeclId) -> bool {
    matches!(decl_ast(db, decl).map(|ast| &ast.item), Some(Item::Record(record)) if !record.checks.is_empty())
}

fn call_circle(db: &dyn Db, start: &DeclId) -> Option<Vec<DeclId>> {
    circle(start, &|decl| callees(db, decl))
}

/// The declarations from which some way does not end, each edge looked at once: a long chain of
/// declarations costs no more than its length.
fn endless(from: &[&DeclId], next_of: &dyn Fn(&DeclId) -> Vec<DeclId>) -> HashSet<DeclId> {
    let mut left: HashMap<DeclId, usize> = HashMap::new();
    let mut callers: HashMap<DeclId, Vec<DeclId>> = HashMap::new();
    let mut todo: Vec<DeclId> = from.iter().map(|decl| (*decl).clone()).collect();
    let mut ended = Vec::new();
    while let Some(decl) = todo.pop() {
        if left.contains_key(&decl) {
            continue;
        }
        let next = next_of(&decl);
        if next.is_empty() {
            ended.push(decl.clone());
        }
        left.insert(decl.clone(), next.len());
        for callee in next {
            callers
                .entry(callee.clone())
                .or_default()
                .push(decl.clone());
            todo.push(callee);
        }
    }
    let mut open: HashSet<DeclId> = from.iter().map(|decl| (*decl).clone()).collect();
    while let Some(decl) = ended.pop() {
        open.remove(&decl);
        for caller in callers.remove(&decl).unwrap_or_default() {
            if let Some(count) = left.get_mut(&caller) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ended.push(caller);
                }
            }
        }
    }
    open
}

/// The shortest circle through a declaration; the declaration is its first.
pub(crate) fn circle(
    start: &DeclId,
    next_of: &dyn Fn(&DeclId) -> Vec<DeclId>,
) -> Option<Vec<DeclId>> {
    let mut queue = VecDeque::from([vec![start.clone()]]);
    let mut seen: HashSet<DeclId> = HashSet::new();
    while let Some(path) = queue.pop_front() {
        let last = path.last()?;
        for next in next_of(last) {
            if next == *start {
                return Some(path);
            }
            if seen.insert(next.clone()) {
                let mut path = path.clone();
                path.push(next);
                queue.push_back(path);
            }
        }
    }
    None
}

/// Two extensions that set the same value.
fn extended_twice(db: &dyn Db, package: PackageInput) -> Vec<Diagnostic> {
    let Some(workspace) = Workspace::try_get(db) else {
        return Vec::new();
    };
    if *workspace.root(db) != package {
        return Vec::new();
    }
    let mut out = Vec::new();
    let all = all_extensions(db);
    for (index, (target, later)) in all.iter().enumerate() {
        let Some(Item::Extend(mine)) = decl_ast(db, later).map(|ast| &ast.item) else {
            continue;
        };
        for (other_target, earlier) in all.iter().take(index) {
            if other_target != target {
                continue;
            }
            let Some(Item::Extend(theirs)) = decl_ast(db, earlier).map(|ast| &ast.item) else {
                continue;
            };
            for value in &mine.values {
                let day = value.from.and_then(|date| date.day);
                let same = theirs
                    .values
                    .iter()
                    .find(|known| known.from.and_then(|date| date.day) == day);
                if let Some(known) = same {
                    let claim = format!("two extensions set the same value of `{}`", target.name());
                    out.push(
                        Diagnostic::new(
                            codes::EXTENDED_TWICE,
                            Severity::Error,
                            later.at(value.span),
                            claim,
                        )
                        .related(earlier.at(known.span), "set here, too")
                        .instead("leave one of them out"),
                    );
                }
            }
        }
    }
    out
}

/// Links the decisions of a package, when nothing is broken in what they reach.
pub fn program(db: &dyn Db, package: PackageInput) -> Result<crate::link::Linked, LinkFault> {
    let decisions = decisions_of(db, package);
    link(db, &decisions, &[])
}

/// Links everything that a package declares: for documents, analyses and tests.
pub fn everything(db: &dyn Db, package: PackageInput) -> Result<crate::link::Linked, LinkFault> {
    let mut also = Vec::new();
    for decl in declarations(db, package) {
        let callable = matches!(
            decl.key.kind,
            DeclKind::Define
                | DeclKind::Decision
                | DeclKind::Rule
                | DeclKind::Table
                | DeclKind::Parameter
        );
        if callable {
            also.push(CallableRef {
                decl,
                part: Part::Main,
            });
        }
    }
    link(db, &decisions_of(db, package), &also)
}
