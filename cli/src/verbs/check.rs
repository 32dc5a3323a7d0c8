//! `assize check`: what is wrong, doubtful or costly.

use std::collections::BTreeMap;

use assize_compiler::Severity;
use assize_ir::Program;
use serde_json::json;

use crate::args::{Check, Deny, Format};
use crate::console::{Console, Style};
use crate::fault::{Exit, Stop};
use crate::load::files::shown;
use crate::load::{package, rules};
use crate::progress::Progress;
use crate::render::finding::{Count, Finding, count};
use crate::render::human::{Renderer, counted};
use crate::render::{cost, github, json, sarif};

/// Most findings of one file that people are shown; machines get all.
pub const MAX_SHOWN_PER_FILE: usize = assize_compiler::package::MAX_DIAGNOSTICS_PER_FILE;

/// Most decisions whose costs are written.
const MAX_COSTS_SHOWN: usize = 50;

/// Checks a package.
pub fn run(arguments: &Check, console: &mut Console) -> Result<Exit, Stop> {
    let workbench = package::open(&arguments.package)?;
    let findings = {
        let _progress =
            Progress::start(console, &format!("checking {}", shown(&arguments.package)));
        rules::check(&workbench)
    };
    let count = count(&findings);
    let program = if count.errors == 0 {
        assize_compiler::program(&workbench.db, workbench.root)
            .map(|linked| linked.program)
            .unwrap_or_default()
    } else {
        Program::default()
    };
    let files = workbench.file_count();
    match console.format {
        Format::Human | Format::Html | Format::Md => {
            human(&findings, count, files, &program, console)?
        }
        Format::Json => {
            let findings_json: Vec<_> = findings.iter().map(json::finding).collect();
            let costs: Vec<_> = program
                .decisions
                .iter()
                .map(|decision| {
                    json!({
                        "decision": decision.name,
                        "cost": cost::bound(&program, &decision.cost),
                        "factor": cost::factor(&decision.cost),
                        "cost_terms": cost::terms(&decision.cost),
                    })
                })
                .collect();
            let document = json!({
                "diagnostics": findings_json,
                "summary": json::summary(count, files),
                "decisions": costs,
            });
            console.line(&document.to_string())?;
        }
        Format::Sarif => console.line(&sarif::log(&findings))?,
        Format::Github => {
            for finding in &findings {
                console.line(&github::annotation(finding))?;
            }
        }
    }
    // The process ends: taking a large package apart piece by piece takes longer than naming its faults.
    std::mem::forget((workbench, program));
    let refused =
        count.errors > 0 || (count.warnings > 0 && arguments.deny.contains(&Deny::Warnings));
    Ok(if refused {
        Exit::Findings
    } else {
        Exit::Success
    })
}

fn human(
    findings: &[Finding],
    count: Count,
    files: usize,
    program: &Program,
    console: &mut Console,
) -> Result<(), Stop> {
    let renderer = Renderer::for_stdout(console);
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in findings {
        let seen = shown.entry(&finding.primary.source.path).or_insert(0);
        *seen += 1;
        if *seen <= MAX_SHOWN_PER_FILE {
            console.print(&renderer.render(finding))?;
            console.line("")?;
        }
    }
    for (path, seen) in shown {
        if seen > MAX_SHOWN_PER_FILE {
            let more = seen - MAX_SHOWN_PER_FILE;
            console.line(&format!(
                "… {more} more in {path} (--format json tells all)"
            ))?;
        }
    }
    if !program.decisions.is_empty() {
        let bounds: Vec<(String, String, String)> = program
            .decisions
            .iter()
            .map(|it| {
                (
                    it.name.clone(),
                    cost::bound(program, &it.cost),
                    cost::factor(&it.cost),
                )
            })
            .collect();
        let width = |of: fn(&(String, String, String)) -> &String| {
            bounds
                .iter()
                .map(|row| of(row).chars().count())
                .max()
                .unwrap_or(0)
        };
        let (first, second) = (width(|row| &row.0), width(|row| &row.1));
        for (name, bound, factor) in bounds.iter().take(MAX_COSTS_SHOWN) {
            let name = console.out.paint(Style::Bold, &padded(name, first));
            let factor = console.out.paint(Style::Dim, factor);
            let line = format!("{name}  {}  {factor}", padded(bound, second));
            console.line(line.trim_end())?;
        }
        let more = bounds.len().saturating_sub(MAX_COSTS_SHOWN);
        if more > 0 {
            console.line(&format!(
                "… {more} more decisions (`assize inspect` tells all)"
            ))?;
        }
    }
    let summary = summary(count, files);
    let style = match count {
        Count { errors: 1.., .. } => Style::Red,
        Count { warnings: 1.., .. } => Style::Yellow,
        _ => Style::Green,
    };
    let summary = console.out.paint(style, &summary);
    console.line(&summary)
}

/// A text with blanks behind it. The width of a format is 16 bits wide, and names are what they are.
fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(blanks))
}

/// `2 errors, 1 warning in 3 files`.
pub fn summary(count: Count, files: usize) -> String {
    let parts: Vec<String> = [
        (count.errors, Severity::Error, "error"),
        (count.warnings, Severity::Warning, "warning"),
        (count.notes, Severity::Note, "note"),
    ]
    .into_iter()
    .filter(|(number, _, _)| *number > 0)
    .map(|(number, _, word)| counted(number, word))
    .collect();
    let found = if parts.is_empty() {
        "nothing to say against it".to_owned()
    } else {
        parts.join(", ")
    };
    format!("{found} in {}", counted(files, "file"))
}
