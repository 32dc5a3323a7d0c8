//! One blank or none between two atoms of a line.

use super::atoms::Atom;
use crate::kind::Kind;

/// Whether a blank stands between two neighbours.
pub(crate) fn blank_between(left: Atom<'_>, right: Atom<'_>) -> bool {
    match right.token() {
        ")" | "]" | "," | "?" => return false,
        "." if right.parent_kind() == Kind::Term => return false,
        "(" if right.parent_kind() == Kind::Args => {
            let owner = right.node.parent().and_then(|args| args.parent());
            if owner.is_some_and(|owner| owner.kind() == Kind::Term) {
                return false;
            }
        }
        "[" if right.parent_kind() == Kind::Index => return false,
        ":" if !matches!(right.parent_kind(), Kind::Field | Kind::ParameterDecl) => return false,
        "+" if right.parent_kind() == Kind::StepUp => return false,
        _ => {}
    }
    match left.token() {
        "(" | "[" => false,
        "." => left.parent_kind() != Kind::Term,
        "-" => !matches!(
            left.parent_kind(),
            Kind::Negative | Kind::Bound | Kind::CellValue | Kind::StepUp
        ),
        _ => true,
    }
}
