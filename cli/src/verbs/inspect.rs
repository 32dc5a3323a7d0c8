//! `assize inspect`: what a package or bundle holds.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assize_compiler::items::DeclKind;
use assize_compiler::names::module_name;
use assize_ir::text::type_text;
use assize_ir::{Decision, Program, Relation, print};
use serde_json::{Value, json};

use crate::args::Inspect;
use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::load::files::{is_rule_file, shown};
use crate::load::rules::{Ready, check, ready};
use crate::load::{Workbench, package};
use crate::render::finding::Finding;
use crate::render::{cost, declared};
use crate::verbs::{data, lowering};

/// Shows a summary, or the whole program in its text form.
pub fn run(arguments: &Inspect, console: &mut Console) -> Result<Exit, Stop> {
    if let Some(workbench) = library(&arguments.rules)? {
        return declarations(&workbench, arguments, console);
    }
    let ready = ready(&arguments.rules, console)?;
    if let Some(folder) = &arguments.data {
        return data::run(&ready, folder, arguments, console);
    }
    if arguments.lowering {
        return lowering::run(&ready, console);
    }
    if arguments.text {
        let text = print(ready.program());
        if console.is_human() {
            console.print_bytes(text.as_bytes())?;
        } else {
            console.line(
                &json!({"digest": ready.rules.digest.to_string(), "text": text}).to_string(),
            )?;
        }
        return Ok(Exit::Success);
    }
    if console.is_human() {
        human(&ready, console)?;
    } else {
        console.line(&summary(&ready).to_string())?;
    }
    Ok(Exit::Success)
}

/// The package at a path, if none of its own rules is a decision.
fn library(path: &Path) -> Result<Option<Workbench>, Stop> {
    let about = fs::metadata(path).map_err(|error| Fault::read(path, &error))?;
    if !about.is_dir() && !is_rule_file(path) {
        return Ok(None);
    }
    let workbench = package::open(path)?;
    let decides = workbench.root.files(&workbench.db).iter().any(|file| {
        let declared = declared::of_file(&workbench.db, *file);
        declared
            .iter()
            .any(|decl| decl.key.kind == DeclKind::Decision)
    });
    // Errors are told where rules are made ready.
    let is_error = |one: &Finding| one.severity == assize_compiler::Severity::Error;
    if decides || check(&workbench).iter().any(is_error) {
        return Ok(None);
    }
    let linked = assize_compiler::program(&workbench.db, workbench.root);
    let empty = linked.is_ok_and(|linked| linked.program.decisions.is_empty());
    Ok(empty.then_some(workbench))
}

/// What a package without decisions declares for others, by module.
fn declarations(
    workbench: &Workbench,
    arguments: &Inspect,
    console: &mut Console,
) -> Result<Exit, Stop> {
    let path = shown(&arguments.rules);
    let (db, root) = (&workbench.db, workbench.root);
    let options = [
        (arguments.text, "--text"),
        (arguments.lowering, "--lowering"),
        (arguments.data.is_some(), "--data"),
    ];
    if let Some((_, option)) = options.iter().find(|(asked, _)| *asked) {
        // Only what a decision needs is compiled.
        return Err(Fault::new(format!("{path} offers no decision"))
            .help(format!("leave {option} out to see what it declares"))
            .into());
    }
    let mut modules: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in root.files(db) {
        let lines = modules
            .entry(module_name(db, *file).to_string())
            .or_default();
        for decl in declared::of_file(db, *file) {
            lines.extend(declared::header(db, &decl, decl.name()));
        }
    }
    let (name, version) = (root.name(db), root.version(db));
    if !console.is_human() {
        let document = json!({
            "package": name,
            "version": version,
            "decisions": [],
            "declarations": modules,
        });
        console.line(&document.to_string())?;
        return Ok(Exit::Success);
    }
    let title = console.out.paint(Style::Bold, &format!("{name} {version}"));
    console.line(&title)?;
    console.line("no decisions: a library for other packages")?;
    for (module, lines) in &modules {
        heading(module, console)?;
        for line in lines {
            console.line(&format!("  {line}"))?;
        }
    }
    Ok(Exit::Success)
}

fn params(program: &Program, decision: &Decision) -> Vec<(String, String)> {
    let callable = program.callable(decision.callable);
    callable
        .map(|callable| {
            let text =
                |param: &assize_ir::Param| (param.name.clone(), type_text(program, &param.ty));
            callable.params.iter().map(text).collect()
        })
        .unwrap_or_default()
}

fn result(program: &Program, decision: &Decision) -> String {
    program
        .callable(decision.callable)
        .map(|callable| type_text(program, &callable.result))
        .unwrap_or_default()
}

fn reads<'p>(program: &'p Program, decision: &Decision) -> Vec<&'p str> {
    decision
        .reads
        .iter()
        .filter_map(|id| program.relation(*id))
        .map(|relation| relation.name.as_str())
        .collect()
}

fn field_names<'p>(relation: &'p Relation, positions: &[u32]) -> Vec<&'p str> {
    positions
        .iter()
        .filter_map(|at| relation.fields.get(usize::try_from(*at).ok()?))
        .map(|field| field.name.as_str())
        .collect()
}

fn keys(relation: &Relation) -> Vec<&str> {
    let count = usize::try_from(relation.key_fields).unwrap_or(usize::MAX);
    relation
        .fields
        .iter()
        .take(count)
        .map(|field| field.name.as_str())
        .collect()
}

/// `rows at most 50 per item`.
fn limits(relation: &Relation) -> Vec<String> {
    relation
        .limits
        .iter()
        .map(|limit| {
            let rows = cost::grouped(limit.at_most);
            match field_names(relation, &limit.per).join(", ").as_str() {
                "" => format!("rows at most {rows}"),
                per => format!("rows at most {rows} per {per}"),
            }
        })
        .collect()
}

fn extended(program: &Program, extension: &assize_ir::Extension) -> String {
    assize_eval::failure::full_name(program, extension.target)
}

fn summary(ready: &Ready) -> Value {
    let program = ready.program();
    let decisions: Vec<Value> = program
        .decisions
        .iter()
        .map(|decision| {
            let params: Vec<Value> = params(program, decision)
                .into_iter()
                .map(|(name, ty)| json!({"name": name, "type": ty}))
                .collect();
            json!({
                "name": decision.name,
                "parameters": params,
                "gives": result(program, decision),
                "reads": reads(program, decision),
                "cost": cost::bound(program, &decision.cost),
                "factor": cost::factor(&decision.cost),
                "cost_terms": cost::terms(&decision.cost),
            })
        })
        .collect();
    let relations: Vec<Value> = program
        .relations
        .iter()
        .map(|relation| {
            let indexes: Vec<_> = relation
                .indexes
                .iter()
                .map(|index| field_names(relation, &index.fields))
                .collect();
            json!({
                "name": relation.name,
                "key": keys(relation),
                "fields": relation.fields.len(),
                "limits": limits(relation),
                "fresh_within_seconds": relation.fresh_within_seconds,
                "indexes": indexes,
            })
        })
        .collect();
    let extensions: Vec<Value> = program
        .extensions
        .iter()
        .map(|it| {
            json!({
                "target": extended(program, it),
                "package": it.package,
                "module": it.module,
                "adds": it.adds,
            })
        })
        .collect();
    json!({
        "package": program.package,
        "version": program.version,
        "digest": ready.rules.digest.to_string(),
        "bytes": ready.bytes,
        "callables": program.callables.len(),
        "decisions": decisions,
        "relations": relations,
        "extensions": extensions,
    })
}

fn human(ready: &Ready, console: &mut Console) -> Result<(), Stop> {
    let program = ready.program();
    let title = format!("{} {}", program.package, program.version);
    let title = console.out.paint(Style::Bold, &title);
    console.line(&title)?;
    console.line(&format!("digest  {}", ready.rules.digest))?;
    let bytes = u64::try_from(ready.bytes).unwrap_or(u64::MAX);
    console.line(&format!(
        "size    {} bytes, {} callables",
        cost::grouped(bytes),
        program.callables.len()
    ))?;
    heading("decisions", console)?;
    for decision in &program.decisions {
        let params: Vec<String> = params(program, decision)
            .into_iter()
            .map(|(name, ty)| format!("{name}: {ty}"))
            .collect();
        let name = console.out.paint(Style::Bold, &decision.name);
        let result = result(program, decision);
        let line = format!("({}) gives {result}", params.join(", "));
        if line.chars().count() + decision.name.chars().count() + 3 <= console.columns {
            console.line(&format!("  {name} {line}"))?;
        } else {
            console.line(&format!("  {name}"))?;
            for param in &params {
                console.line(&format!("    takes  {param}"))?;
            }
            console.line(&format!("    gives  {result}"))?;
        }
        console.line(&format!(
            "    cost   {}",
            cost::bound(program, &decision.cost)
        ))?;
        let factor = cost::factor(&decision.cost);
        if !factor.is_empty() {
            console.line(&format!("    from   {factor}"))?;
        }
        let reads = reads(program, decision);
        if !reads.is_empty() {
            let names: Vec<&str> = reads
                .iter()
                .map(|name| name.rsplit('.').next().unwrap_or(name))
                .collect();
            let mut label = "reads";
            for line in wrapped(&names, console.columns.saturating_sub(11)) {
                console.line(&format!("    {label:5}  {line}"))?;
                label = "";
            }
        }
    }
    if !program.relations.is_empty() {
        heading("relations", console)?;
        let mut rows = Vec::new();
        for relation in &program.relations {
            let mut said = limits(relation);
            if let Some(seconds) = relation.fresh_within_seconds {
                said.push(format!("fresh within {}", age(seconds)));
            }
            for index in &relation.indexes {
                said.push(format!(
                    "index on {}",
                    field_names(relation, &index.fields).join(", ")
                ));
            }
            rows.push((
                relation.name.clone(),
                keys(relation).join(", "),
                said.join("; "),
            ));
        }
        table(&rows, console)?;
    }
    if !program.extensions.is_empty() {
        heading("extensions in force", console)?;
        let rows: Vec<_> = program
            .extensions
            .iter()
            .map(|it| {
                (
                    extended(program, it),
                    it.adds.join(", "),
                    format!("by {}", it.package),
                )
            })
            .collect();
        table(&rows, console)?;
    }
    Ok(())
}

/// Names parted by commas, on lines of so many columns.
fn wrapped(names: &[&str], columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        match lines.last_mut() {
            Some(line) if line.chars().count() + name.chars().count() + 3 <= columns => {
                line.push_str(", ");
                line.push_str(name);
            }
            Some(line) => {
                line.push(',');
                lines.push((*name).to_owned());
            }
            None => lines.push((*name).to_owned()),
        }
    }
    lines
}

fn heading(text: &str, console: &mut Console) -> Result<(), Stop> {
    let text = console.out.paint(Style::Bold, text);
    console.line(&format!("\n{text}"))
}

/// Three aligned columns.
fn table(rows: &[(String, String, String)], console: &mut Console) -> Result<(), Stop> {
    let width = |of: fn(&(String, String, String)) -> &String| {
        rows.iter()
            .map(|row| of(row).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (first, second) = (width(|row| &row.0), width(|row| &row.1));
    for (a, b, c) in rows {
        console.line(format!("  {a:first$}  {b:second$}  {c}").trim_end())?;
    }
    Ok(())
}

/// A number of seconds in the words of `fresh within`.
fn age(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0 => (0, "minute"),
        _ if seconds.is_multiple_of(86_400) => (seconds / 86_400, "day"),
        _ if seconds.is_multiple_of(3_600) => (seconds / 3_600, "hour"),
        _ if seconds.is_multiple_of(60) => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}
