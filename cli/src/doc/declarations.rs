//! What is said about types, data, parameters, reasons and functions.

use assize_compiler::ast::{
    CheckDecl, DataDecl, Decl, DefineDecl, EnumDecl, FieldDecl, Item, Name, ParamDecl,
    ParameterDecl, ParameterValueDecl, ReasonDecl, RecordDecl, Span, TypeExpr,
};
use assize_compiler::items::{DeclId, DeclKind};
use assize_compiler::layers::extensions_of;
use assize_ir::date;

use super::page::{Block, Entry, Inline, Line, Table, TableStyle, code, commas, joined, text};
use super::world::World;
use super::{decisions, rules, tables, tested};
use crate::render::cost::grouped;

/// Most names of users and tests that an entry lists; the rest is counted.
const MAX_NAMED: usize = 12;

/// The entry of a declaration; `None` for what has none of its own.
pub fn entry(world: &World<'_>, decl: &DeclId) -> Option<Entry> {
    let ast = world.ast(decl)?;
    let mut blocks = paragraphs(&ast.doc);
    match &ast.item {
        Item::Number(_) => number(world, decl, &mut blocks),
        Item::Enum(it) => enumeration(it, &mut blocks),
        Item::Record(it) => record(world, decl, it, &mut blocks),
        Item::Data(it) => data(world, decl, it, &mut blocks),
        Item::Parameter(it) => parameter(world, decl, it, &mut blocks),
        Item::Reason(it) => reason(world, decl, it, &mut blocks),
        Item::Define(it) => define(world, decl, ast, it, &mut blocks),
        Item::Decision(it) => {
            let used = used(world, decl);
            decisions::decision(world, decl, (ast, it), used, &mut blocks);
        }
        Item::Rule(it) => rules::rule(world, decl, it, &mut blocks),
        Item::Table(it) => tables::table(world, decl, it, &mut blocks),
        Item::Extend(it) => rules::extension(world, decl, it, &mut blocks),
        Item::Example { value, .. } => blocks.push(Block::Code(world.code(decl, value.span))),
        Item::Test(it) => tested::test(world, decl, it, &mut blocks),
        Item::Property(it) => tested::property(world, decl, it, &mut blocks),
        Item::Currency(names) | Item::Unit(names) => {
            let names = names.iter().map(|name| vec![code(&*name.text)]);
            blocks.push(Block::Paragraph(commas(names)));
        }
        Item::Module(_) | Item::Use(_) | Item::Broken => return None,
    }
    if !matches!(ast.item, Item::Decision(_)) {
        blocks.extend(used(world, decl));
    }
    Some(Entry {
        anchor: world.anchor(decl),
        kind: decl.key.kind.word(),
        name: decl.name().to_owned(),
        blocks,
    })
}

/// Documentation as paragraphs: an empty line parts them.
pub fn paragraphs(doc: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut words: Vec<&str> = Vec::new();
    for line in doc.lines().chain([""]) {
        let line = line.trim();
        if !line.is_empty() {
            words.push(line);
        } else if !words.is_empty() {
            out.push(Block::Paragraph(ticks(&words.join(" "))));
            words.clear();
        }
    }
    out
}

/// Words with names in backticks, as comments have them.
fn ticks(words: &str) -> Line {
    let parts: Vec<&str> = words.split('`').collect();
    // An odd backtick belongs to no pair: nothing is a name then.
    if parts.len().is_multiple_of(2) {
        return vec![text(words)];
    }
    let inline = |(index, part): (usize, &&str)| {
        if index % 2 == 0 {
            text(*part)
        } else {
            code(*part)
        }
    };
    parts
        .iter()
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(inline)
        .collect()
}

/// The first paragraph of a documentation.
pub fn first_paragraph(doc: &str) -> Line {
    match paragraphs(doc).into_iter().next() {
        Some(Block::Paragraph(line)) => line,
        _ => Line::new(),
    }
}

/// Who uses a declaration, and the tests that do.
fn used(world: &World<'_>, decl: &DeclId) -> Option<Block> {
    if matches!(
        decl.key.kind,
        DeclKind::Test | DeclKind::Property | DeclKind::Extend
    ) {
        return None;
    }
    let is_test = |decl: &&DeclId| matches!(decl.key.kind, DeclKind::Test | DeclKind::Property);
    let (tests, users): (Vec<&DeclId>, Vec<&DeclId>) = world.users(decl).iter().partition(is_test);
    let mut line = Line::new();
    // An example is what tests are made of, and not what they test.
    let tested = match decl.key.kind {
        DeclKind::Example => "Used in the tests ",
        _ => "Tested by ",
    };
    for (words, list, titled) in [("Used by ", users, false), (tested, tests, true)] {
        if list.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(Inline::Break);
        }
        line.push(text(words));
        // Titles have commas of their own.
        let between = if titled { " · " } else { ", " };
        line.extend(joined(
            between,
            list.iter().take(MAX_NAMED).map(|decl| {
                if titled {
                    world.titled(decl)
                } else {
                    world.name(decl)
                }
            }),
        ));
        if list.len() > MAX_NAMED {
            line.push(text(format!(" and {} more", list.len() - MAX_NAMED)));
        }
    }
    (!line.is_empty()).then_some(Block::Remark(line))
}

/// `name (a: T, b: U) gives V`, types leading to their declarations.
pub fn signature(
    world: &World<'_>,
    decl: &DeclId,
    params: &[ParamDecl],
    result: Option<&TypeExpr>,
) -> Block {
    let mut pieces = plain(&format!("{} (", decl.name()));
    for (index, param) in params.iter().enumerate() {
        let comma = if index > 0 { ", " } else { "" };
        let mark = if param.sensitive { "sensitive " } else { "" };
        pieces.extend(plain(&format!("{comma}{mark}{}: ", param.name.text)));
        pieces.extend(world.code(decl, param.ty.span));
        if let Some(count) = param.at_most.as_ref().and_then(|count| count.value) {
            pieces.extend(plain(&format!(", at most {}", grouped(count))));
        }
    }
    pieces.extend(plain(")"));
    if let Some(result) = result {
        pieces.extend(plain(" gives "));
        pieces.extend(world.code(decl, result.span));
    }
    Block::Paragraph(vec![Inline::Code(pieces)])
}

fn plain(words: &str) -> Vec<super::page::Piece> {
    match code(words) {
        Inline::Code(pieces) => pieces,
        _ => Vec::new(),
    }
}

fn number(world: &World<'_>, decl: &DeclId, blocks: &mut Vec<Block>) {
    if let Some(words) = world.number_of(decl) {
        blocks.push(Block::Paragraph(vec![code(words)]));
    }
}

fn enumeration(of: &EnumDecl, blocks: &mut Vec<Block>) {
    let mut line = Line::new();
    for (index, value) in of.values.iter().enumerate() {
        if index > 0 {
            line.push(text(if of.ordered { " < " } else { " | " }));
        }
        line.push(code(&*value.text));
    }
    if of.ordered {
        line.push(Inline::Quiet(" (in order, lowest first)".to_owned()));
    }
    blocks.push(Block::Paragraph(line));
}

fn record(world: &World<'_>, decl: &DeclId, record: &RecordDecl, blocks: &mut Vec<Block>) {
    let fields: Vec<_> = record.fields.iter().map(|field| (field, "")).collect();
    blocks.push(fields_table(world, decl, &fields));
    blocks.extend(checks_table(world, decl, &record.checks, Vec::new()));
}

fn data(world: &World<'_>, decl: &DeclId, data: &DataDecl, blocks: &mut Vec<Block>) {
    let keys = data.keys.iter().map(|field| (field, "key"));
    let fields: Vec<_> = keys
        .chain(data.fields.iter().map(|field| (field, "")))
        .collect();
    blocks.push(fields_table(world, decl, &fields));
    let mut facts = Vec::new();
    let names = |names: &[Name]| commas(names.iter().map(|name| vec![code(&*name.text)]));
    for (from, to) in &data.valid {
        let days = vec![code(&*from.text), text(" to "), code(&*to.text)];
        facts.push(("A row is valid".to_owned(), days));
    }
    for rows in &data.rows {
        let mut line = vec![text(format!(
            "at most {}",
            grouped(rows.at_most.value.unwrap_or(u64::MAX))
        ))];
        if !rows.per.is_empty() {
            line.push(text(" per "));
            line.extend(names(&rows.per));
        }
        facts.push(("Rows".to_owned(), line));
    }
    for fresh in &data.fresh {
        let words = format!("within {}", world.slice(decl, fresh.span));
        facts.push(("Fresh".to_owned(), vec![text(words)]));
    }
    if !facts.is_empty() {
        blocks.push(Block::Facts(facts));
    }
    let distinct = data
        .distinct
        .iter()
        .map(|it| {
            let mut line = vec![text("no two rows are equal in ")];
            line.extend(names(&it.fields));
            if it.while_valid {
                line.push(text(" on a day on which both are valid"));
            }
            let because = it.because.as_ref().map(|words| words.text.clone());
            vec![
                vec![text(
                    because.unwrap_or_else(|| "Rows are distinct".to_owned()),
                )],
                line,
            ]
        })
        .collect();
    blocks.extend(checks_table(world, decl, &data.checks, distinct));
}

fn fields_table(world: &World<'_>, decl: &DeclId, fields: &[(&FieldDecl, &str)]) -> Block {
    let any = |has: fn(&FieldDecl) -> bool| fields.iter().any(|(field, _)| has(field));
    let (defaults, docs) = (any(|it| it.default.is_some()), any(|it| !it.doc.is_empty()));
    let mut head = vec![vec![text("Field")], vec![text("Type")]];
    if defaults {
        head.push(vec![text("Default")]);
    }
    let remarks: Vec<String> = fields
        .iter()
        .map(|(field, _)| remark(world, decl, field))
        .collect();
    let docs = docs || remarks.iter().any(|remark| !remark.is_empty());
    if docs {
        head.push(vec![text("Meaning")]);
    }
    let mut rows = Vec::new();
    for ((field, role), remark) in fields.iter().zip(remarks) {
        let mut name = vec![code(&*field.name.text)];
        if !role.is_empty() {
            name.push(Inline::Quiet(format!(" {role}")));
        }
        if field.sensitive {
            name.push(Inline::Quiet(" sensitive".to_owned()));
        }
        let mut ty = vec![world.ty(decl, &field.ty)];
        if let Some(count) = field.at_most.as_ref().and_then(|count| count.value) {
            ty.push(text(format!(", at most {}", grouped(count))));
        }
        if let Some(words) = world.number_words(decl, &field.ty) {
            ty.push(Inline::Quiet(format!(" {words}")));
        }
        let mut row = vec![name, ty];
        if defaults {
            let default = field
                .default
                .as_ref()
                .map(|default| world.inline(decl, default.span));
            row.push(default.into_iter().collect());
        }
        if docs {
            let mut line = first_paragraph(&field.doc);
            if !line.is_empty() && !remark.is_empty() {
                line.push(Inline::Break);
            }
            if !remark.is_empty() {
                line.push(text(remark));
            }
            row.push(line);
        }
        rows.push(row);
    }
    Block::Table(Table {
        caption: Line::new(),
        style: TableStyle::Plain,
        head,
        rows,
    })
}

/// The comment that stands behind a field on its line.
fn remark(world: &World<'_>, decl: &DeclId, field: &FieldDecl) -> String {
    let end = field
        .default
        .as_ref()
        .map_or(field.ty.span.end, |default| default.span.end);
    let source = world.source(decl);
    let Some(rest) = usize::try_from(end).ok().and_then(|end| source.get(end..)) else {
        return String::new();
    };
    let line = rest.lines().next().unwrap_or_default();
    match line.split_once("//") {
        // Another field or a text in between: the comment is not about this one alone.
        Some((before, words)) if !before.contains(':') && !before.contains('"') => {
            words.trim().to_owned()
        }
        _ => String::new(),
    }
}

/// Checks in the author's words, with their conditions.
fn checks_table(
    world: &World<'_>,
    decl: &DeclId,
    checks: &[CheckDecl],
    more: Vec<Vec<Line>>,
) -> Option<Block> {
    let mut rows: Vec<Vec<Line>> = checks
        .iter()
        .map(|check| {
            let words = check
                .because
                .as_ref()
                .map(|words| words.text.clone())
                .unwrap_or_default();
            vec![vec![text(words)], vec![world.inline(decl, check.cond.span)]]
        })
        .collect();
    rows.extend(more);
    if rows.is_empty() {
        return None;
    }
    let head = vec![vec![text("Check")], vec![text("Holds when")]];
    Some(Block::Table(Table {
        caption: Line::new(),
        style: TableStyle::Plain,
        head,
        rows,
    }))
}

fn parameter(world: &World<'_>, decl: &DeclId, parameter: &ParameterDecl, blocks: &mut Vec<Block>) {
    let mut ty = vec![world.ty(decl, &parameter.ty)];
    if let Some(words) = world.number_words(decl, &parameter.ty) {
        ty.push(Inline::Quiet(format!(" {words}")));
    }
    let mut facts = vec![("Type".to_owned(), ty)];
    if parameter.open {
        facts.push((
            "Open".to_owned(),
            vec![text("other packages may set values")],
        ));
    }
    blocks.push(Block::Facts(facts));
    // A value of an extension replaces that of the same day.
    let mut values: Vec<(DeclId, &ParameterValueDecl)> = parameter
        .values
        .iter()
        .map(|value| (decl.clone(), value))
        .collect();
    for extension in extensions_of(world.db, decl.file, decl) {
        let Some(Item::Extend(extend)) = world.ast(&extension).map(|ast| &ast.item) else {
            continue;
        };
        for value in &extend.values {
            let day = value.from.and_then(|date| date.day);
            values.retain(|(_, known)| known.from.and_then(|date| date.day) != day);
            values.push((extension.clone(), value));
        }
    }
    values.sort_by_key(|(_, value)| value.from.and_then(|date| date.day));
    blocks.push(values_table(world, decl, &values));
}

/// Values through time; those of other declarations say whose they are.
pub fn values_table(
    world: &World<'_>,
    owner: &DeclId,
    values: &[(DeclId, &ParameterValueDecl)],
) -> Block {
    let dated = values.iter().any(|(_, value)| value.from.is_some());
    let sourced = values
        .iter()
        .any(|(from, value)| value.because.is_some() || from != owner);
    let mut head = Vec::new();
    if dated {
        head.extend([vec![text("From")], vec![text("To")]]);
    }
    head.push(vec![text("Value")]);
    if sourced {
        head.push(vec![text("Source")]);
    }
    let mut rows = Vec::new();
    for (index, (from, value)) in values.iter().enumerate() {
        let day = |value: &ParameterValueDecl| value.from.and_then(|date| date.day);
        let mut row = Vec::new();
        if dated {
            row.push(vec![text(day(value).map(date::format).unwrap_or_default())]);
            let next = values.get(index + 1).and_then(|(_, next)| day(next));
            let last = next.map(|next| date::format(next.saturating_sub(1)));
            row.push(vec![
                last.map_or_else(|| Inline::Quiet("open".to_owned()), text),
            ]);
        }
        row.push(vec![world.inline(from, value.value.span)]);
        if sourced {
            let mut line: Line = value
                .because
                .iter()
                .map(|words| text(words.text.clone()))
                .collect();
            if from != owner {
                let words = format!("set by {}", from.file.package(world.db));
                line.push(Inline::Quiet(if line.is_empty() {
                    words
                } else {
                    format!(" ({words})")
                }));
            }
            row.push(line);
        }
        rows.push(row);
    }
    Block::Table(Table {
        caption: Line::new(),
        style: TableStyle::Plain,
        head,
        rows,
    })
}

fn reason(world: &World<'_>, decl: &DeclId, reason: &ReasonDecl, blocks: &mut Vec<Block>) {
    blocks.push(signature(world, decl, &reason.params, None));
    let severity = reason.severity.as_ref().map_or("info", |word| &*word.text);
    let mut facts = vec![(
        "Severity".to_owned(),
        vec![Inline::Strong(severity.to_owned())],
    )];
    if let Some(message) = &reason.message {
        let words = world.slice(decl, message.span);
        let words = words
            .strip_prefix('"')
            .and_then(|it| it.strip_suffix('"'))
            .unwrap_or(words);
        facts.push(("Text".to_owned(), vec![text(format!("“{words}”"))]));
    }
    blocks.push(Block::Facts(facts));
}

fn define(
    world: &World<'_>,
    decl: &DeclId,
    ast: &Decl,
    define: &DefineDecl,
    blocks: &mut Vec<Block>,
) {
    blocks.push(signature(
        world,
        decl,
        &define.params,
        define.result.as_ref(),
    ));
    blocks.push(Block::Code(body(world, decl, ast, define)));
}

/// The author's text of a body: its lines, or what stands behind the header.
pub fn body(
    world: &World<'_>,
    decl: &DeclId,
    ast: &Decl,
    define: &DefineDecl,
) -> Vec<super::page::Piece> {
    let last = define
        .result
        .as_ref()
        .map(|result| result.span.end)
        .or_else(|| define.params.last().map(|param| param.ty.span.end))
        .unwrap_or(define.name.span.end);
    let source = world.source(decl);
    let after = usize::try_from(last)
        .ok()
        .and_then(|last| source.get(last..))
        .unwrap_or_default();
    // The body begins on the line below the header, or behind it.
    let skip = after.find('\n').map_or(0, |at| at + 1);
    let start = last.saturating_add(u32::try_from(skip).unwrap_or(0));
    let span = Span {
        start: start.min(ast.span.end),
        end: ast.span.end,
    };
    let span = if define.body.span.start < span.start {
        define.body.span
    } else {
        span
    };
    world.code(decl, span)
}
