//! The pages of a package: one per module, and the first one that leads to them.

use std::collections::BTreeMap;

use assize_compiler::ast::Item;
use assize_compiler::items::{DeclId, DeclKind};
use assize_compiler::layers::all_extensions;
use assize_compiler::names::{module_name, used_modules};

use super::decisions::offered;
use super::declarations::{entry, first_paragraph, paragraphs};
use super::page::{Block, Inline, Line, Link, Page, Piece, Table, TableStyle, code, commas, text};
use super::world::{Module, World};

/// Sections of a module's page: title, and the kinds that stand there in this order.
const SECTIONS: &[(&str, &[DeclKind])] = &[
    ("Decisions", &[DeclKind::Decision]),
    ("Extensions", &[DeclKind::Extend]),
    ("Rules", &[DeclKind::Rule]),
    ("Tables", &[DeclKind::Table]),
    ("Parameters", &[DeclKind::Parameter]),
    ("Reasons", &[DeclKind::Reason]),
    ("Functions", &[DeclKind::Define]),
    ("Records", &[DeclKind::Record]),
    ("Data", &[DeclKind::Data]),
    (
        "Enums and numbers",
        &[
            DeclKind::Enum,
            DeclKind::Number,
            DeclKind::Currency,
            DeclKind::Unit,
        ],
    ),
    ("Examples", &[DeclKind::Example]),
    ("Tests", &[DeclKind::Test, DeclKind::Property]),
];

/// Words for the number of declarations of a kind.
const COUNTED: &[(DeclKind, &str, &str)] = &[
    (DeclKind::Decision, "decision", "decisions"),
    (DeclKind::Extend, "extension", "extensions"),
    (DeclKind::Rule, "rule", "rules"),
    (DeclKind::Table, "table", "tables"),
    (DeclKind::Parameter, "parameter", "parameters"),
    (DeclKind::Reason, "reason", "reasons"),
    (DeclKind::Define, "function", "functions"),
    (DeclKind::Record, "record", "records"),
    (DeclKind::Data, "relation", "relations"),
    (DeclKind::Test, "test", "tests"),
    (DeclKind::Property, "property", "properties"),
];

/// What a module of tests holds, and nothing else.
const TESTING: &[DeclKind] = &[DeclKind::Define, DeclKind::Test, DeclKind::Property];

/// All pages, the first one first.
pub fn pages(world: &World<'_>) -> Vec<Page> {
    std::iter::once(first(world))
        .chain(world.modules.iter().map(|it| module(world, it)))
        .collect()
}

fn module(world: &World<'_>, module: &Module) -> Page {
    let mut blocks = paragraphs(about(world, module));
    for (title, kinds) in SECTIONS {
        let entries: Vec<Block> = world
            .of_kind(module, kinds)
            .filter_map(|decl| entry(world, decl))
            .map(Block::Entry)
            .collect();
        if entries.is_empty() {
            continue;
        }
        let title = (*title).to_owned();
        let anchor = title.to_lowercase().replace(' ', "-");
        blocks.push(Block::Section { anchor, title });
        blocks.extend(entries);
    }
    let mut below = vec![text(format!("in {}", module.file.path(world.db)))];
    let uses = commas(used_modules(world.db, module.file).iter().map(|used| {
        let name = module_name(world.db, *used).to_string();
        match world.module_of(*used) {
            Some(module) => vec![to_page(module)],
            None => vec![text(name)],
        }
    }));
    if !uses.is_empty() {
        below.push(text(", uses "));
        below.extend(uses);
    }
    Page {
        file: module.page.clone(),
        kind: "module",
        title: module.name.clone(),
        below,
        blocks,
    }
}

/// What stands above the `module` line.
fn about<'w>(world: &World<'w>, module: &Module) -> &'w str {
    let mut lines = module
        .decls
        .iter()
        .filter(|decl| decl.key.kind == DeclKind::Module);
    let ast = lines.next().and_then(|decl| world.ast(decl));
    ast.map_or("", |ast| ast.doc.as_str())
}

fn to_page(module: &Module) -> Inline {
    let to = Link {
        page: module.page.clone(),
        anchor: String::new(),
    };
    Inline::Link(module.name.clone(), to)
}

fn first(world: &World<'_>) -> Page {
    let root = world.workbench.root;
    let mut blocks = Vec::new();
    section(&mut blocks, "Decisions", decisions(world));
    let (tests, rules): (Vec<&Module>, Vec<&Module>) =
        world.modules.iter().partition(|it| only_tests(it));
    section(&mut blocks, "Modules", modules(world, &rules));
    section(&mut blocks, "Extensions in force", extensions(world));
    section(&mut blocks, "Reference data", data(world));
    section(&mut blocks, "Tests", modules(world, &tests));
    section(&mut blocks, "All names", names(world));
    let mut below = vec![text(format!("version {}", root.version(world.db)))];
    let needs = root.dependencies(world.db);
    if !needs.is_empty() {
        below.push(text(format!(", builds on {}", needs.join(", "))));
    }
    Page {
        file: "index".to_owned(),
        kind: "package",
        title: root.name(world.db).clone(),
        below,
        blocks,
    }
}

fn section(blocks: &mut Vec<Block>, title: &str, content: Vec<Block>) {
    if !content.is_empty() {
        let anchor = title.to_lowercase().replace(' ', "-");
        blocks.push(Block::Section {
            anchor,
            title: title.to_owned(),
        });
        blocks.extend(content);
    }
}

fn all_of<'m>(
    world: &'m World<'_>,
    kinds: &'static [DeclKind],
) -> impl Iterator<Item = (&'m Module, &'m DeclId)> {
    world
        .modules
        .iter()
        .flat_map(move |module| world.of_kind(module, kinds).map(move |decl| (module, decl)))
}

/// What the package offers, each with what it says of itself; the rest stands on its page.
fn decisions(world: &World<'_>) -> Vec<Block> {
    let rows: Vec<Vec<Line>> = all_of(world, &[DeclKind::Decision])
        .filter(|(_, decl)| offered(world, decl).is_some())
        .filter_map(|(module, decl)| {
            let about = first_paragraph(&world.ast(decl)?.doc);
            Some(vec![world.name(decl), about, vec![to_page(module)]])
        })
        .collect();
    table(&["Decision", "Meaning", "Module"], rows)
}

/// A table, if it has rows.
fn table(head: &[&str], rows: Vec<Vec<Line>>) -> Vec<Block> {
    if rows.is_empty() {
        return Vec::new();
    }
    vec![Block::Table(Table {
        caption: Line::new(),
        style: TableStyle::Plain,
        head: head.iter().map(|word| vec![text(*word)]).collect(),
        rows,
    })]
}

/// Whether a module says nothing of its own and only tests what others say: functions and examples
/// beside tests are for them.
fn only_tests(module: &Module) -> bool {
    let mut counted = module.decls.iter().map(|decl| decl.key.kind);
    let tests = [DeclKind::Test, DeclKind::Property];
    counted.clone().any(|kind| tests.contains(&kind))
        && !counted.any(|kind| {
            COUNTED.iter().any(|(known, _, _)| *known == kind) && !TESTING.contains(&kind)
        })
}

fn modules(world: &World<'_>, modules: &[&Module]) -> Vec<Block> {
    let documented = modules
        .iter()
        .any(|module| !about(world, module).is_empty());
    let rows = modules
        .iter()
        .map(|module| {
            let mut row = vec![vec![to_page(module)], vec![text(counts(module))]];
            if documented {
                row.insert(1, first_paragraph(about(world, module)));
            }
            row
        })
        .collect();
    if documented {
        table(&["Module", "Meaning", "Holds"], rows)
    } else {
        table(&["Module", "Holds"], rows)
    }
}

/// How many declarations of each kind a module has.
fn counts(module: &Module) -> String {
    let counts: Vec<String> = COUNTED
        .iter()
        .filter_map(|(kind, one, many)| {
            let all = module.decls.iter();
            match all.filter(|decl| decl.key.kind == *kind).count() {
                0 => None,
                1 => Some(format!("1 {one}")),
                count => Some(format!("{count} {many}")),
            }
        })
        .collect();
    counts.join(", ")
}

fn extensions(world: &World<'_>) -> Vec<Block> {
    let mut rows = Vec::new();
    for (target, by) in all_extensions(world.db) {
        let Some(Item::Extend(extend)) = world.ast(by).map(|ast| &ast.item) else {
            continue;
        };
        let mut adds: Vec<String> = extend
            .exceptions
            .iter()
            .map(|it| it.name.text.to_string())
            .collect();
        adds.extend(extend.values.iter().map(|value| {
            let day = value
                .from
                .and_then(|date| date.day)
                .map(assize_ir::date::format);
            day.map_or_else(|| "a value".to_owned(), |day| format!("a value from {day}"))
        }));
        let module = module_name(world.db, by.file).to_string();
        let by_line = match world.link(by) {
            Some(to) => vec![Inline::Link(module, to)],
            None => vec![text(module)],
        };
        let mut what = vec![text(format!("{} ", target.key.kind.word()))];
        what.extend(world.name(target));
        rows.push(vec![
            what,
            vec![text(adds.join(", "))],
            by_line,
            vec![text(by.file.package(world.db).clone())],
        ]);
    }
    table(&["Of", "Adds", "Module", "Package"], rows)
}

/// What a snapshot must hold.
fn data(world: &World<'_>) -> Vec<Block> {
    let mut rows = Vec::new();
    for (_, decl) in all_of(world, &[DeclKind::Data]) {
        let Some(ast) = world.ast(decl) else { continue };
        let Item::Data(data) = &ast.item else {
            continue;
        };
        let keys = commas(data.keys.iter().map(|key| vec![code(&*key.name.text)]));
        let fresh = data
            .fresh
            .first()
            .map(|it| world.slice(decl, it.span))
            .unwrap_or_default();
        rows.push(vec![
            world.name(decl),
            keys,
            vec![text(if fresh.is_empty() {
                String::new()
            } else {
                format!("within {fresh}")
            })],
            first_paragraph(&ast.doc),
        ]);
    }
    table(&["Relation", "Key", "Fresh", "Meaning"], rows)
}

/// All names in alphabetical order, letter by letter.
fn names(world: &World<'_>) -> Vec<Block> {
    let mut letters: BTreeMap<char, Vec<(String, Line)>> = BTreeMap::new();
    for module in &world.modules {
        for decl in &module.decls {
            let named = !matches!(
                decl.key.kind,
                DeclKind::Module
                    | DeclKind::Use
                    | DeclKind::Test
                    | DeclKind::Property
                    | DeclKind::Example
                    | DeclKind::Extend
                    | DeclKind::Currency
                    | DeclKind::Unit
                    | DeclKind::Broken
            );
            let Some(first) = decl.name().chars().next().filter(|_| named) else {
                continue;
            };
            let letter = first.to_uppercase().next().unwrap_or(first);
            let sort = format!(
                "{} {} {}",
                decl.name().to_lowercase(),
                decl.name(),
                module.name
            );
            let piece = Piece {
                text: decl.name().to_owned(),
                to: world.link(decl),
                comment: false,
            };
            let line = vec![
                Inline::Code(vec![piece]),
                Inline::Quiet(format!(" {}", decl.key.kind.word())),
            ];
            letters.entry(letter).or_default().push((sort, line));
        }
    }
    let facts: Vec<(String, Line)> = letters
        .into_iter()
        .map(|(letter, mut lines)| {
            lines.sort_by(|a, b| a.0.cmp(&b.0));
            (
                letter.to_string(),
                commas(lines.into_iter().map(|(_, line)| line)),
            )
        })
        .collect();
    if facts.is_empty() {
        Vec::new()
    } else {
        vec![Block::Facts(facts)]
    }
}
