//! Rules that are deeper or larger than an engine takes.
//!
//! The depth is the one that the verifier counts ([`assize_ir::depth`]), and then the verifier itself
//! is asked: a package without findings is never refused when it is loaded.

use assize_ir as ir;
use ir::depth::{self, MAX_EVALUATION_DEPTH};
use ir::{CallableId, Op};

use crate::analysis::listed;
use crate::check::CallableRef;
use crate::codes;
use crate::db::{Db, PackageInput};
use crate::diagnostic::{Diagnostic, Severity};
use crate::items::DeclId;
use crate::link::{LinkFault, Linked};
use crate::names::full_name;
use crate::package::{declarations, name_at};

/// One finding for each declaration that is too deep where all that it calls are not.
pub(crate) fn diagnostics(db: &dyn Db, linked: &Linked, out: &mut Vec<Diagnostic>) {
    let depths = depth::of_program(&linked.program);
    for (of, id) in &linked.callables {
        let levels = levels(&depths, *id);
        let deepest = deepest_callee(linked, &depths, *id);
        let below = deepest.map_or(0, |(_, below)| below);
        if levels <= MAX_EVALUATION_DEPTH || below > MAX_EVALUATION_DEPTH {
            continue;
        }
        let claim = format!("`{}` is nested too deeply to be decided", of.decl.name());
        let mut found = Diagnostic::new(
            codes::TOO_DEEP_TO_DECIDE,
            Severity::Error,
            name_at(db, &of.decl),
            claim,
        )
        .because(format!(
            "with all that it calls it is {levels} levels deep, and {MAX_EVALUATION_DEPTH} are the most"
        ));
        if let Some((callee, below)) = deepest
            && callee.decl != of.decl
        {
            found = found.related(name_at(db, &callee.decl), format!("{below} levels of them"));
        }
        // With little below, its own text is what nests.
        let own = levels.saturating_sub(below) > below;
        out.push(found.instead(if own {
            "divide it: let functions of their own compute parts of it"
        } else {
            "let fewer functions call each other one inside the other: a list and one `for each` \
             or `sum of` do not nest, however many elements there are"
        }));
    }
}

/// What the verifier would say when a package, in which no other fault was found, is loaded.
pub(crate) fn refused(
    db: &dyn Db,
    package: PackageInput,
    linked: &Result<Linked, LinkFault>,
    out: &mut Vec<Diagnostic>,
) {
    let linked = match linked {
        Ok(linked) => linked,
        // The fault is told in its own package: that of an extension, or a dependency.
        Err(LinkFault::Broken(decl)) if !package.files(db).contains(&decl.file) => return,
        Err(LinkFault::Circle(circle))
            if circle
                .iter()
                .any(|decl| !package.files(db).contains(&decl.file)) =>
        {
            return;
        }
        Err(LinkFault::Broken(decl)) => {
            let claim = format!("`{}` is broken, and nothing says why", decl.name());
            out.push(ours(db, decl, claim));
            return;
        }
        Err(LinkFault::Circle(circle)) => {
            let names: Vec<String> = circle
                .iter()
                .map(|decl| format!("`{}`", decl.name()))
                .collect();
            let claim = format!("{} need each other", listed(&names, "declarations"));
            out.extend(circle.first().map(|decl| ours(db, decl, claim)));
            return;
        }
    };
    let Err(faults) = ir::verify(&linked.program) else {
        return;
    };
    let all = declarations(db, package);
    let mut told: Vec<&DeclId> = Vec::new();
    for fault in &faults {
        let named = fault
            .name()
            .and_then(|name| all.iter().find(|decl| full_name(db, decl) == name));
        let Some(decl) = named.or(all.first()) else {
            return;
        };
        if told.contains(&decl) {
            continue;
        }
        told.push(decl);
        // The name itself may be what is too long.
        let name: String = decl.name().chars().take(60).collect();
        let because = format!(
            "engines take {}, and this has {}",
            fault.expected, fault.found
        );
        let found = if fault.is_limit() {
            let claim = format!("`{name}` is larger than an engine takes");
            let at = name_at(db, decl);
            Diagnostic::new(codes::TOO_LARGE, Severity::Error, at, claim).instead(
                if fault.expected.starts_with("a name ") {
                    "write a shorter name"
                } else {
                    "divide it into several declarations"
                },
            )
        } else {
            ours(db, decl, format!("`{name}` cannot be loaded"))
        };
        out.push(found.because(because));
    }
}

/// What should have been found before.
fn ours(db: &dyn Db, decl: &DeclId, claim: String) -> Diagnostic {
    Diagnostic::new(codes::TOO_LARGE, Severity::Error, name_at(db, decl), claim)
        .instead("this is a fault of the compiler: please report it with the rule text")
}

fn levels(depths: &[u32], id: CallableId) -> u32 {
    depths.get(id.index()).copied().unwrap_or(0)
}

/// What it calls that is the deepest, with its levels.
fn deepest_callee<'l>(
    linked: &'l Linked,
    depths: &[u32],
    id: CallableId,
) -> Option<(&'l CallableRef, u32)> {
    let nodes = linked.program.callable(id).map(|callable| &callable.nodes);
    let callees = nodes
        .into_iter()
        .flatten()
        .filter_map(|node| match node.op {
            Op::Call(callee, _) => Some((callee, levels(depths, callee))),
            _ => None,
        });
    let (deepest, below) = callees.max_by_key(|(_, below)| *below)?;
    let found = linked.callables.iter().find(|(_, id)| **id == deepest);
    found.map(|(of, _)| (of, below))
}
