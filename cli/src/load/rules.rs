//! Compiled rules from whatever a path names: a package, a rule file or a bundle.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use assize_compiler::Severity;
use assize_ir::literal::PACKED_FROM;
use assize_ir::{Program, bundle};
use assize_runtime::engine::Rules;

use super::ahead;
use super::files::{is_rule_file, read_bytes, shown};
use super::package::{self, Workbench};
use crate::console::Console;
use crate::fault::{Exit, Fault, Stop};
use crate::progress::Progress;
use crate::render::finding::{Finding, findings};
use crate::render::{human, json};

/// Rules that can decide.
pub struct Ready {
    /// The program and its digest.
    pub rules: Arc<Rules>,
    /// Size of its bundle, in bytes.
    pub bytes: usize,
    /// The package that it was compiled from; `None` for a bundle.
    pub workbench: Option<Workbench>,
}

impl Ready {
    /// The program.
    pub fn program(&self) -> &Program {
        &self.rules.program
    }
}

/// What the compiler says about a package: everything about the root, errors of its dependencies.
pub fn check(workbench: &Workbench) -> Vec<Finding> {
    let mut all = Vec::new();
    for package in &workbench.packages {
        let mut found = ahead::diagnostics(&workbench.db, *package);
        if *package != workbench.root {
            found.retain(|one| one.severity == Severity::Error);
        }
        all.extend(findings(workbench, &found));
    }
    all
}

/// Compiles a package; its errors are told, and end with the exit code for findings.
pub fn compile(
    workbench: Workbench,
    shown_as: &str,
    console: &mut Console,
) -> Result<(Ready, Vec<u8>), Stop> {
    let mut errors = {
        let _progress = Progress::start(console, &format!("compiling {shown_as}"));
        check(&workbench)
    };
    errors.retain(|finding| finding.severity == Severity::Error);
    if !errors.is_empty() {
        return Err(refused(&errors, shown_as, console)?.into());
    }
    let linked = assize_compiler::program(&workbench.db, workbench.root).map_err(|fault| {
        // Without errors everything links; the fault is ours.
        Fault::new(format!("{shown_as} cannot be linked: {fault:?}")).exit(Exit::Internal)
    })?;
    let mut program = linked.program;
    program.pack(PACKED_FROM);
    if program.decisions.is_empty() {
        return Err(Fault::new(format!("{shown_as} offers no decision"))
            .help("declare one: decision quote (order: Order) gives Quote")
            .into());
    }
    let (bytes, _) = bundle::write(&program);
    // What was built must load: the reader verifies the program.
    let rules = Rules::from_bundle(&bytes)
        .map_err(|error| Fault::new(format!("{shown_as}: {error}")).exit(Exit::Internal))?;
    let ready = Ready {
        rules: Arc::new(rules),
        bytes: bytes.len(),
        workbench: Some(workbench),
    };
    Ok((ready, bytes))
}

/// Tells the errors of rules that were to be used, and gives the fault that ends the run.
pub fn refused(errors: &[Finding], shown_as: &str, console: &mut Console) -> Result<Fault, Stop> {
    let count = human::counted(errors.len(), "error");
    let fault = Fault::new(format!("{shown_as} has {count}")).exit(Exit::Findings);
    if console.is_human() {
        let renderer = human::Renderer::for_stderr(console);
        for finding in errors {
            console.say(renderer.render(finding).trim_end_matches('\n'))?;
            console.say("")?;
        }
        Ok(fault)
    } else {
        // For machines the findings are part of the one answer.
        console.line(&json::refused(&fault, errors))?;
        console.flush()?;
        Err(Stop::Told(Exit::Findings))
    }
}

/// The rules that a path names.
pub fn ready(path: &Path, console: &mut Console) -> Result<Ready, Stop> {
    let about = fs::metadata(path).map_err(|error| Fault::read(path, &error))?;
    if about.is_dir() || is_rule_file(path) {
        let workbench = package::open(path)?;
        return Ok(compile(workbench, &shown(path), console)?.0);
    }
    let at_most = u64::try_from(bundle::MAX_BUNDLE_BYTES).unwrap_or(u64::MAX);
    let bytes = read_bytes(path, at_most)?;
    if !bytes.starts_with(&bundle::MAGIC) {
        return Err(Fault::new(format!("{} is neither a package nor a bundle", shown(path)))
            .help("name a folder with assize.toml, a file that ends in .assize, or what `assize build` wrote")
            .into());
    }
    let rules = Rules::from_bundle(&bytes)
        .map_err(|error| Fault::new(format!("{}: {error}", shown(path))))?;
    Ok(Ready {
        rules: Arc::new(rules),
        bytes: bytes.len(),
        workbench: None,
    })
}
