//! Typed views: thin wrappers over nodes, with a name for each child.
//!
//! A view is a node whose kind is known; its accessors look children up each time and hold nothing.
//! In a broken declaration any part may be missing or twice, so every accessor gives an `Option` or an
//! iterator. The shapes are those of the table in `kind.rs`. No meaning is known here.

mod declarations;
mod expressions;
mod tables;

use crate::kind::Kind;
use crate::tree::Node;

pub use declarations::*;
pub use expressions::*;
pub use tables::*;

/// What all views share.
pub trait View<'t>: Sized + Copy {
    /// The view of a node, if it is of the right kind.
    fn cast(node: Node<'t>) -> Option<Self>;

    /// The node.
    fn node(self) -> Node<'t>;
}

/// The first child of a view's kind.
pub(crate) fn child<'t, V: View<'t>>(node: Node<'t>) -> Option<V> {
    node.nodes().find_map(V::cast)
}

/// All children of a view's kind.
pub(crate) fn children<'t, V: View<'t>>(node: Node<'t>) -> impl Iterator<Item = V> + use<'t, V> {
    node.nodes().filter_map(V::cast)
}

/// The first child that is neither token nor trivia behind a token; `None` behind a broken piece.
pub(crate) fn after<'t>(node: Node<'t>, token: &str) -> Option<Node<'t>> {
    let start = node.token(token)?.range().start;
    node.nodes()
        .find(|child| child.range().start > start)
        .filter(|child| child.kind() != Kind::Error)
}

/// Defines views. Forms of accessors: `leaf` and `leaves` by kind, `view` and `views` by view, `after`
/// by the token before it, `marked` for the presence of a token, `operands` for all nodes.
macro_rules! views {
    ($( $(#[$about:meta])* $view:ident = $first:ident $(| $kind:ident)* {
        $( $(#[$doc:meta])* $form:ident $accessor:ident $(: $target:tt)?; )*
    } )*) => { $(
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $view<'t>(crate::tree::Node<'t>);

        impl<'t> crate::views::View<'t> for $view<'t> {
            fn cast(node: crate::tree::Node<'t>) -> Option<Self> {
                matches!(node.kind(), crate::kind::Kind::$first $(| crate::kind::Kind::$kind)*)
                    .then_some($view(node))
            }

            fn node(self) -> crate::tree::Node<'t> {
                self.0
            }
        }

        impl<'t> $view<'t> {
            $( crate::views::accessor!($(#[$doc])* $form $accessor $($target)?); )*
        }
    )* };
}

macro_rules! accessor {
    ($(#[$doc:meta])* leaf $name:ident $kind:ident) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(self) -> Option<crate::tree::Node<'t>> {
            self.0.child(crate::kind::Kind::$kind)
        }
    };
    ($(#[$doc:meta])* leaves $name:ident $kind:ident) => {
        $(#[$doc])*
        pub fn $name(self) -> impl Iterator<Item = crate::tree::Node<'t>> {
            self.0.children_of(crate::kind::Kind::$kind)
        }
    };
    ($(#[$doc:meta])* view $name:ident $view:ident) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(self) -> Option<$view<'t>> {
            crate::views::child(self.0)
        }
    };
    ($(#[$doc:meta])* views $name:ident $view:ident) => {
        $(#[$doc])*
        pub fn $name(self) -> impl Iterator<Item = $view<'t>> {
            crate::views::children(self.0)
        }
    };
    ($(#[$doc:meta])* after $name:ident $token:literal) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(self) -> Option<crate::tree::Node<'t>> {
            crate::views::after(self.0, $token)
        }
    };
    ($(#[$doc:meta])* marked $name:ident $token:literal) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(self) -> bool {
            self.0.token($token).is_some()
        }
    };
    ($(#[$doc:meta])* operands $name:ident) => {
        $(#[$doc])*
        pub fn $name(self) -> impl Iterator<Item = crate::tree::Node<'t>> {
            self.0.nodes()
        }
    };
}

pub(crate) use {accessor, views};

/// The documentation of a declaration: the texts of its `///` lines, without marks, from the root of
/// its tree.
pub fn documentation<'t>(root: Node<'t>) -> impl Iterator<Item = &'t str> {
    root.children()
        .take_while(|child| child.kind().is_trivia())
        .filter(|child| child.kind() == Kind::DocComment)
        .map(|comment| {
            let text = comment.text();
            let text = text.strip_prefix("///").unwrap_or(text);
            text.strip_prefix(' ').unwrap_or(text).trim_end()
        })
}

/// The name of a declaration: of tests and properties their text, of `use` and the like their path;
/// `currency` and `unit` may have several, of which this is the first.
#[must_use]
pub fn declared_name(declaration: Node<'_>) -> Option<Node<'_>> {
    if !declaration.kind().is_declaration() {
        return None;
    }
    declaration
        .nodes()
        .find(|child| matches!(child.kind(), Kind::Name | Kind::Path | Kind::String))
}
