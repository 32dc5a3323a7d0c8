//! Declarations whose evaluation nests deeper than an engine follows.
//!
//! The depth is the one that the verifier counts ([`assize_ir::depth`]), so a package without this
//! finding is never refused for it when it is loaded, and no decision meets the limit.

use assize_ir as ir;
use ir::depth::{self, MAX_EVALUATION_DEPTH};
use ir::{CallableId, Op};

use crate::check::CallableRef;
use crate::codes;
use crate::db::{Db, PackageInput};
use crate::diagnostic::{Diagnostic, Severity};
use crate::link::Linked;
use crate::package::{everything, name_at};

/// One finding for each declaration that is too deep where all that it calls are not.
pub(crate) fn diagnostics(db: &dyn Db, package: PackageInput, out: &mut Vec<Diagnostic>) {
    let Ok(linked) = everything(db, package) else {
        return;
    };
    let depths = depth::of_program(&linked.program);
    for (of, id) in &linked.callables {
        let levels = levels(&depths, *id);
        let deepest = deepest_callee(&linked, &depths, *id);
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
        out.push(found.instead(
            "let fewer functions call each other one inside the other: a list and one `for each` \
             or `sum of` do not nest, however many elements there are",
        ));
    }
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
