//! `assize inspect --lowering`: what became of the rules as machine code.

use std::collections::BTreeMap;

use assize_eval::failure::full_name;
use assize_ir::{PlaceId, Program};
use assize_runtime::jit::{Lowered, Machine};
use serde_json::{Value, json};

use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::load::rules::Ready;
use crate::render::cost;

/// Shows every function, the checks that remain in it, and what it asks the host.
pub fn run(ready: &Ready, console: &mut Console) -> Result<Exit, Stop> {
    let program = ready.program();
    let lowered = Machine::lowered(&ready.rules.program).map_err(|error| {
        Fault::new(error.to_string())
            .help("the interpreter decides on this host, with the same answers")
    })?;
    if !console.is_human() {
        let functions: Vec<Value> = lowered.iter().map(|it| document(program, it)).collect();
        console.line(&json!({"functions": functions}).to_string())?;
        return Ok(Exit::Success);
    }
    for function in &lowered {
        human(program, function, console)?;
    }
    let left = lowered.iter().filter(|it| it.left.is_some()).count();
    let bytes: usize = lowered.iter().map(|it| it.bytes).sum();
    let checks: u32 = lowered.iter().flat_map(|it| it.checks.values()).sum();
    console.line(&format!(
        "{} functions, {left} left to the interpreter, {} bytes, {} checks that nothing proves",
        lowered.len(),
        cost::grouped(u64::try_from(bytes).unwrap_or(u64::MAX)),
        cost::grouped(u64::from(checks)),
    ))?;
    Ok(Exit::Success)
}

fn human(program: &Program, function: &Lowered, console: &mut Console) -> Result<(), Stop> {
    let name = full_name(program, function.callable);
    let name = console.out.paint(Style::Bold, &name);
    if let Some(why) = function.left {
        console.line(&format!("{name}  left to the interpreter: {why}"))?;
        return Ok(());
    }
    let bytes = cost::grouped(u64::try_from(function.bytes).unwrap_or(u64::MAX));
    let called = if function.is_entry {
        ""
    } else {
        ", called by others"
    };
    console.line(&format!("{name}  {bytes} bytes{called}"))?;
    for ((place, why), count) in &function.checks {
        let at = place_text(program, *place);
        console.line(&format!("  {at}  {count} checked: {why}"))?;
    }
    for ((place, name), count) in &function.calls {
        let at = place_text(program, *place);
        console.line(&format!("  {at}  {count} by the host: {name}"))?;
    }
    Ok(())
}

/// `rules/price.assize:12:8`.
fn place_text(program: &Program, place: PlaceId) -> String {
    let Some(place) = program.place(place) else {
        return "?".to_owned();
    };
    let file = program.files.get(place.file as usize);
    let file = file.map_or("?", |file| file.path.as_str());
    format!("{file}:{}:{}", place.line, place.column)
}

fn document(program: &Program, function: &Lowered) -> Value {
    let remarks = |all: &BTreeMap<(PlaceId, &'static str), u32>, what: &str| -> Vec<Value> {
        all.iter()
            .map(|((place, why), count)| {
                json!({"place": place_text(program, *place), what: why, "count": count})
            })
            .collect()
    };
    json!({
        "callable": full_name(program, function.callable),
        "entry": function.is_entry,
        "bytes": function.bytes,
        "left": function.left,
        "checks": remarks(&function.checks, "why"),
        "host": remarks(&function.calls, "function"),
    })
}
