//! What decided the outermost call of a result: see [`super`] for the rules of matching.

use std::collections::BTreeSet;

use assize_eval::trace::{Detail, Step, Trace};
use assize_ir::{Body, Callable, LoopLet, NodeId, Op, Program, Slot};

/// A path of names, outermost first.
pub type Path = Vec<String>;

/// Greatest number of paths that are compared.
const MAX_PATHS: usize = 256;

/// What decided the outermost call in the result of an expression.
pub fn paths(program: &Program, trace: &Trace) -> Vec<Path> {
    let Some(step) = outermost(program, trace) else {
        return Vec::new();
    };
    let mut found = paths_of(step);
    found.retain(|path| !path.is_empty());
    let mut known = BTreeSet::new();
    found.retain(|path| known.insert(path.clone()));
    found
}

/// The call that is nested least in the expression, the leftmost of several, through its `let`s.
fn outermost<'t>(program: &Program, trace: &'t Trace) -> Option<&'t Step> {
    let callable = program.callable(trace.root.callable)?;
    let Body::Define(root) = &callable.body else {
        return Some(&trace.root);
    };
    let mut level = vec![*root];
    let mut seen: BTreeSet<NodeId> = BTreeSet::new();
    while !level.is_empty() {
        let mut next = Vec::new();
        for id in level {
            if !seen.insert(id) {
                continue;
            }
            let op = callable.node(id).map(|node| &node.op);
            if let Some(Op::Call(..)) = op
                && let Some(step) = trace.root.children.iter().rfind(|it| it.from == Some(id))
            {
                return Some(step);
            }
            match op {
                Some(Op::Local(slot)) => next.extend(bound(callable, *slot)),
                Some(Op::Let { body, .. }) => next.push(*body),
                Some(op) => next.extend(op.operands()),
                None => {}
            }
        }
        level = next;
    }
    None
}

/// The value that a slot is bound to by a `let`.
fn bound(callable: &Callable, slot: Slot) -> Option<NodeId> {
    callable.nodes.iter().find_map(|node| match &node.op {
        Op::Let {
            slot: of, value, ..
        } if *of == slot => Some(*value),
        Op::Loop(it) => it
            .lets
            .iter()
            .find(|LoopLet { slot: of, .. }| *of == slot)
            .map(|found| found.value),
        _ => None,
    })
}

/// The nesting of a trace is bounded, so this recursion is.
fn paths_of(step: &Step) -> Vec<Path> {
    let mut out = Vec::new();
    for decided in &step.decided {
        let mut own: Path = Vec::new();
        if !decided.name.is_empty() {
            own.push(decided.name.clone());
        }
        if let Detail::Grid(grid) = &step.detail {
            own.extend(grid.head.iter().cloned());
        }
        let child = decided.through.and_then(|at| step.children.get(at));
        let below = child.map(paths_of).unwrap_or_default();
        if below.is_empty() {
            out.push(own);
            continue;
        }
        for path in below {
            out.push(own.iter().cloned().chain(path).collect());
        }
        if out.len() > MAX_PATHS {
            break;
        }
    }
    out
}

/// Whether what was expected is what decided.
pub fn matches(expected: &[String], found: &[Path]) -> bool {
    let begins = |want: &str, path: &Path| begins_with(path, want);
    expected
        .iter()
        .all(|want| found.iter().any(|path| begins(want, path)))
        && found
            .iter()
            .all(|path| expected.iter().any(|want| begins(want, path)))
}

/// Whether a dotted path is the beginning of a path, name by name; a name may itself hold dots, and
/// then may be given by its last part alone.
fn begins_with(path: &[String], want: &str) -> bool {
    let Some((first, rest)) = path.split_first() else {
        return false;
    };
    let bare = first.rsplit('.').next().unwrap_or(first);
    [first.as_str(), bare]
        .into_iter()
        .any(|name| match want.strip_prefix(name) {
            Some("") => true,
            Some(more) => more
                .strip_prefix('.')
                .is_some_and(|more| begins_with(rest, more)),
            None => false,
        })
}

/// A path as it is written.
pub fn text(path: &Path) -> String {
    path.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(names: &[&str]) -> Path {
        names.iter().map(|name| (*name).to_string()).collect()
    }

    #[test]
    fn paths_match_by_their_beginning() {
        let found = [path(&["tier", "trade", "10+"])];
        for (expected, holds) in [
            ("tier", true),
            ("tier.trade", true),
            ("tier.trade.10+", true),
            ("tie", false),
            ("tier.trad", false),
            ("trade", false),
            ("tier.trade.10+.more", false),
        ] {
            assert_eq!(
                matches(&[expected.to_string()], &found),
                holds,
                "{expected}"
            );
        }
        let extended = [path(&["shop.more.loyal", "a"])];
        for expected in ["loyal", "shop.more.loyal", "loyal.a", "shop.more.loyal.a"] {
            assert!(matches(&[expected.to_string()], &extended), "{expected}");
        }
        assert!(!matches(&["more.loyal".to_string()], &extended));
    }

    #[test]
    fn several_are_all_named() {
        let found = [path(&["a", "p"]), path(&["a", "q"]), path(&["b"])];
        let names = |list: &[&str]| path(list);
        assert!(matches(&names(&["a", "b"]), &found));
        assert!(matches(&names(&["b", "a.q", "a.p"]), &found));
        assert!(!matches(&names(&["a.p", "b"]), &found));
        assert!(!matches(&names(&["a"]), &found));
        assert!(!matches(&names(&["a", "b", "c"]), &found));
        assert!(!matches(&names(&["a"]), &[]));
    }
}
