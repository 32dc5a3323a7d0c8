//! What is said about a decision: what goes in and comes out, what it costs at most, what it needs.

use assize_compiler::ast::{Decl, DefineDecl};
use assize_compiler::check::{CallableRef, Part};
use assize_compiler::items::DeclId;
use assize_ir::Decision;

use super::declarations::{body, signature};
use super::graph::graph;
use super::page::{Block, Inline, Line, code, commas, text};
use super::sample::sample;
use super::world::World;
use crate::render::cost;

/// The decision that a declaration is, when the package offers it.
pub fn offered<'w>(world: &World<'w>, decl: &DeclId) -> Option<&'w Decision> {
    let of = CallableRef {
        decl: decl.clone(),
        part: Part::Main,
    };
    let id = world.linked.callables.get(&of)?;
    world
        .linked
        .program
        .decisions
        .iter()
        .find(|decision| decision.callable == *id)
}

/// A decision: first the rule, for who owns it, with who uses and tests it; then what a caller needs.
pub fn decision(
    world: &World<'_>,
    decl: &DeclId,
    (ast, define): (&Decl, &DefineDecl),
    used: Option<Block>,
    blocks: &mut Vec<Block>,
) {
    blocks.push(signature(
        world,
        decl,
        &define.params,
        define.result.as_ref(),
    ));
    let Some(decision) = offered(world, decl) else {
        let words = "The package does not offer this decision to callers.";
        blocks.push(Block::Paragraph(vec![text(words)]));
        blocks.push(Block::Code(body(world, decl, ast, define)));
        blocks.extend(used);
        return;
    };
    blocks.push(Block::Heading("How it decides".to_owned()));
    blocks.push(Block::Code(body(world, decl, ast, define)));
    blocks.extend(used);
    let graph = graph(world, decl);
    if graph.nodes.len() > 1 {
        blocks.push(Block::Heading("What it needs".to_owned()));
        blocks.push(Block::Graph(graph));
    }
    blocks.push(Block::Heading("How it is called".to_owned()));
    let mut facts: Vec<(String, Line)> = vec![
        ("Called as".to_owned(), vec![code(&*decision.name)]),
        ("Cost".to_owned(), costs(world, decision)),
    ];
    let reads = reads(world, decision);
    if !reads.is_empty() {
        facts.push(("Reads".to_owned(), reads));
    }
    blocks.push(Block::Facts(facts));
    if let Some(sample) = sample(world, decision) {
        blocks.push(Block::Heading("Input".to_owned()));
        if !sample.from.is_empty() {
            let line = vec![text("The sample "), code(&*sample.from), text(".")];
            blocks.push(Block::Remark(line));
        } else if sample.examples.is_empty() {
            blocks.push(Block::Remark(vec![text("Values that fit the types.")]));
        } else {
            let words = match sample.examples.len() {
                1 => "Made of the package's example ",
                _ => "Made of the package's examples ",
            };
            let mut line = vec![text(words)];
            line.extend(commas(
                sample.examples.iter().map(|name| vec![code(&**name)]),
            ));
            line.push(text("; what may be left out and is missing is left out."));
            blocks.push(Block::Remark(line));
        }
        blocks.push(Block::Json(sample.input));
        if let Some(output) = sample.output {
            blocks.push(Block::Heading("Answer".to_owned()));
            let mut line = vec![text("What the decision says to this input")];
            match &sample.data {
                _ if decision.reads.is_empty() => line.push(text(".")),
                Some(data) => line.extend([text(" with the data in "), code(&**data), text(".")]),
                None => line.push(text(" when there is no reference data.")),
            }
            blocks.push(Block::Remark(line));
            blocks.push(Block::Json(output));
        }
    }
}

/// The bound and what makes it up.
fn costs(world: &World<'_>, decision: &Decision) -> Line {
    let mut line = vec![text(cost::bound(&world.linked.program, &decision.cost))];
    let factor = cost::factor(&decision.cost);
    if !factor.is_empty() {
        line.push(Inline::Quiet(format!(" ({factor})")));
    }
    line
}

/// The relations that it can reach.
fn reads(world: &World<'_>, decision: &Decision) -> Line {
    let program = &world.linked.program;
    commas(decision.reads.iter().filter_map(|id| {
        let name = &program.relation(*id)?.name;
        let decl = world
            .linked
            .relations
            .iter()
            .find(|(_, known)| *known == id)
            .map(|(decl, _)| decl);
        Some(decl.map_or_else(|| vec![code(&**name)], |decl| world.name(decl)))
    }))
}
