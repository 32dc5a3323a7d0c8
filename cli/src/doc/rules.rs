//! What is said about rules and their exceptions, and about extensions.

use assize_compiler::ast::{DefaultDecl, ExceptionDecl, ExtendDecl, Item, RuleDecl, ValidityDecl};
use assize_compiler::check::{CallableRef, Part};
use assize_compiler::items::{DeclId, DeclKind};
use assize_compiler::layers::{all_extensions, extensions_of};
use assize_compiler::names::module_name;
use assize_ir::{Body, Exception, date};

use super::declarations::{signature, values_table};
use super::page::{Block, Branch, Inline, Line, code, commas, text};
use super::world::World;

/// Deepest chain of precedence that is drawn, in levels.
const MAX_DEPTH: usize = 64;

/// A rule: its frame, default, exceptions, and which goes before which.
pub fn rule(world: &World<'_>, decl: &DeclId, rule: &RuleDecl, blocks: &mut Vec<Block>) {
    blocks.push(signature(world, decl, &rule.params, rule.result.as_ref()));
    let mut facts: Vec<(String, Line)> = Vec::new();
    if let Some(day) = rule.as_of.first() {
        facts.push(("As of".to_owned(), vec![world.inline(decl, day.span)]));
    }
    if let Some(combine) = rule.combine.first() {
        let mut line = vec![text("all that apply: "), code(&*combine.how.text)];
        if let Some(cap) = &combine.cap {
            line.extend([text(" up to "), world.inline(decl, cap.span)]);
        }
        facts.push(("Combined".to_owned(), line));
    }
    if rule.may_agree.is_some() {
        let words = "several exceptions may apply when they say the same";
        facts.push(("Agreement".to_owned(), vec![text(words)]));
    }
    if rule.open.is_some() {
        facts.push((
            "Open".to_owned(),
            vec![text("other packages may add exceptions")],
        ));
    }
    match &rule.default {
        Some(default) => facts.push(("Default".to_owned(), otherwise(world, decl, default))),
        None => {
            let words = "none: where no exception applies, the decision is undecided";
            facts.push(("Default".to_owned(), vec![text(words)]));
        }
    }
    blocks.push(Block::Facts(facts));
    for one in &rule.exceptions {
        blocks.extend(exception(world, decl, one, ""));
    }
    for extension in extensions_of(world.db, decl.file, decl) {
        let Some(Item::Extend(extend)) = world.ast(&extension).map(|ast| &ast.item) else {
            continue;
        };
        let package = extension.file.package(world.db);
        for one in &extend.exceptions {
            blocks.extend(exception(world, &extension, one, package));
        }
    }
    blocks.extend(precedence(world, decl));
}

fn otherwise(world: &World<'_>, decl: &DeclId, default: &DefaultDecl) -> Line {
    let mut line = vec![world.inline(decl, default.value.span)];
    if let Some(because) = &default.because {
        line.push(text(format!(" — {}", because.text)));
    }
    line
}

/// An exception; `package` says whose it is when it is another's.
fn exception(world: &World<'_>, decl: &DeclId, it: &ExceptionDecl, package: &str) -> Vec<Block> {
    let mut head = vec![text("Exception "), Inline::Strong(it.name.text.to_string())];
    if !package.is_empty() {
        head.push(Inline::Quiet(format!(" added by {package}")));
    }
    let mut facts: Vec<(String, Line)> = Vec::new();
    let mut add = |name: &str, line: Line| facts.push((name.to_owned(), line));
    if let Some(valid) = &it.valid {
        add("Valid", vec![text(days(valid))]);
    }
    for (name, condition) in [
        ("When", &it.when),
        ("Unless", &it.unless),
        ("Then", &it.then),
    ] {
        if let Some(condition) = condition {
            add(name, vec![world.inline(decl, condition.span)]);
        }
    }
    if let Some(because) = &it.because {
        add("Because", vec![text(because.text.clone())]);
    }
    for (name, paths) in [("Overrides", &it.overrides), ("Yields to", &it.yields_to)] {
        if !paths.is_empty() {
            add(
                name,
                commas(paths.iter().map(|path| vec![code(path.text())])),
            );
        }
    }
    vec![Block::Paragraph(head), Block::Facts(facts)]
}

/// `2026-11-20 to 2026-11-30`, both included.
fn days(valid: &ValidityDecl) -> String {
    let day =
        |date: Option<assize_compiler::ast::DateLit>| date.and_then(|it| it.day).map(date::format);
    match (day(valid.from), day(valid.to)) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("to {to}"),
        (None, None) => "always".to_owned(),
    }
}

/// What goes before what, the extensions included: nothing to draw where there is no exception.
fn precedence(world: &World<'_>, decl: &DeclId) -> Option<Block> {
    let of = CallableRef {
        decl: decl.clone(),
        part: Part::Main,
    };
    let id = world.linked.callables.get(&of)?;
    let Body::Rule(rule) = &world.linked.program.callable(*id)?.body else {
        return None;
    };
    if rule.exceptions.is_empty() {
        return None;
    }
    let mut drawn = vec![false; rule.exceptions.len()];
    let below: Vec<u32> = rule
        .exceptions
        .iter()
        .flat_map(|it| it.overrides.clone())
        .collect();
    let mut branches = Vec::new();
    let tops =
        rule.exceptions.iter().enumerate().filter(|(index, _)| {
            u32::try_from(*index).map_or(true, |index| !below.contains(&index))
        });
    for (index, _) in tops {
        branches.push(above(&rule.exceptions, index, &mut drawn, 0));
    }
    let last = match &rule.default {
        Some(_) => vec![text("default")],
        None => vec![Inline::Quiet("undecided".to_owned())],
    };
    branches.push(Branch {
        label: last,
        below: Vec::new(),
    });
    let words = "What goes before what: an exception that applies goes before all that stand below it \
                 in its branch, and each goes before the last line.";
    Some(Block::Tree(vec![Branch {
        label: vec![text(words)],
        below: branches,
    }]))
}

fn above(all: &[Exception], index: usize, drawn: &mut [bool], depth: usize) -> Branch {
    let Some(it) = all.get(index) else {
        return Branch {
            label: Line::new(),
            below: Vec::new(),
        };
    };
    let mut label = vec![Inline::Strong(it.name.clone())];
    if it.from.is_some() || it.to.is_some() {
        let day = |day: Option<i32>| day.map(date::format).unwrap_or_else(|| "…".to_owned());
        label.push(Inline::Quiet(format!(
            " {} to {}",
            day(it.from),
            day(it.to)
        )));
    }
    let seen = drawn
        .get_mut(index)
        .is_none_or(|seen| std::mem::replace(seen, true));
    if depth >= MAX_DEPTH || (seen && !it.overrides.is_empty()) {
        label.push(Inline::Quiet(" (as above)".to_owned()));
        return Branch {
            label,
            below: Vec::new(),
        };
    }
    let below = it
        .overrides
        .iter()
        .filter_map(|other| usize::try_from(*other).ok())
        .map(|other| above(all, other, drawn, depth + 1))
        .collect();
    Branch { label, below }
}

/// An `extend`: what it adds to what.
pub fn extension(world: &World<'_>, decl: &DeclId, extend: &ExtendDecl, blocks: &mut Vec<Block>) {
    let target = all_extensions(world.db)
        .iter()
        .find(|(_, by)| by == decl)
        .map(|(of, _)| of);
    if let Some(target) = target {
        let mut line = vec![text(match target.key.kind {
            DeclKind::Parameter => "Sets values of the parameter ",
            _ => "Adds exceptions to the rule ",
        })];
        line.extend(world.name(target));
        let package = target.file.package(world.db);
        let module = module_name(world.db, target.file);
        line.push(text(format!(" of the package {package}, module {module}.")));
        blocks.push(Block::Paragraph(line));
    }
    if !extend.values.is_empty() {
        let values: Vec<_> = extend
            .values
            .iter()
            .map(|value| (decl.clone(), value))
            .collect();
        blocks.push(values_table(world, decl, &values));
    }
    for one in &extend.exceptions {
        blocks.extend(exception(world, decl, one, ""));
    }
    // The rule of another package has no page of its own: what is in force is drawn here.
    if let Some(target) = target
        && world.link(target).is_none()
    {
        blocks.extend(precedence(world, target));
    }
}
