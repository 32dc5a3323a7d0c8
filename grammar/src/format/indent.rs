//! Where lines begin: which atoms must begin one, and how far each line is indented.

use super::INDENT_COLUMNS;
use super::atoms::Atom;
use crate::kind::Kind;
use crate::tree::Node;

/// Whether the canonical layout begins a line with this atom, whatever the author did.
pub(crate) fn begins_line(atom: Atom<'_>, before: Atom<'_>) -> bool {
    let start = atom.start();
    let mut node = atom.node;
    loop {
        let Some(parent) = node.parent() else {
            return false;
        };
        if breaks(node, parent, before) {
            return true;
        }
        if parent.range().start < start {
            return false;
        }
        node = parent;
    }
}

fn breaks(node: Node<'_>, parent: Node<'_>, before: Atom<'_>) -> bool {
    use Kind::*;
    let kind = node.kind();
    match parent.kind() {
        _ if kind.is_row() || matches!(kind, Let | Carry | Next) => true,
        RuleDecl => matches!(
            kind,
            AsOf | Combine | MayAgree | OpenRule | DefaultClause | Exception
        ),
        ExtendDecl | ParameterDecl => matches!(kind, Exception | OpenValues | Value | DatedValue),
        Exception => matches!(kind, Validity | When | Unless | Then | Because),
        ReasonDecl => kind == Severity || (kind == String && before.node.kind() != Severity),
        DefineDecl | DecisionDecl => kind == Body,
        RecordDecl | DataDecl => {
            let member = matches!(
                kind,
                Field | Fresh | Key | ValidRows | CheckDistinct | Check | Rows
            );
            member && before.token() != ","
        }
        TableDecl => matches!(kind, AsOf | Hit | FromFile),
        TestDecl | PropertyDecl => {
            matches!(kind, Given | Cases | Expect | ExpectError | ForAll)
        }
        Block => kind == Token && node.text() == "give",
        ForEach => {
            matches!(kind, Give | Finally)
                && parent
                    .nodes()
                    .any(|child| matches!(child.kind(), Let | Carry | Next))
        }
        _ => false,
    }
}

/// What the lines laid out so far know about the atoms in them.
pub(crate) struct Placed {
    /// For each atom so far: where it starts, the indentation of its line, and whether it begins it.
    atoms: Vec<(u32, usize, bool)>,
}

impl Placed {
    pub(crate) fn new(count: usize) -> Placed {
        Placed {
            atoms: Vec::with_capacity(count),
        }
    }

    pub(crate) fn push(&mut self, atom: Atom<'_>, indent: usize, begins_line: bool) {
        self.atoms.push((atom.start(), indent, begins_line));
    }

    /// Indentation of the line that holds the start of a node, and whether the node begins it.
    fn line_of(&self, node: Node<'_>) -> (usize, bool) {
        let start = node.range().start;
        let behind = self.atoms.partition_point(|(at, ..)| *at <= start);
        behind
            .checked_sub(1)
            .and_then(|index| self.atoms.get(index))
            .map_or((0, false), |(at, indent, begins)| {
                (*indent, *begins && *at == start)
            })
    }

    /// The indentation, in columns, of a line that begins with this atom.
    pub(crate) fn indent_of(&self, atom: Atom<'_>) -> usize {
        let start = atom.start();
        let mut child = atom.node;
        while let Some(parent) = child.parent() {
            if parent.range().start < start
                && let Some(indent) = self.led_by(parent, child)
            {
                return indent;
            }
            child = parent;
        }
        0
    }

    /// The indentation that `parent` gives to a line that begins in its child `child`; `None` if that
    /// is for the nodes around it to say.
    fn led_by(&self, parent: Node<'_>, child: Node<'_>) -> Option<usize> {
        use Kind::*;
        let below = |node: Node<'_>| Some(self.line_of(node).0 + INDENT_COLUMNS);
        let beside_or_below = |node: Node<'_>| {
            let (indent, begins) = self.line_of(node);
            Some(if begins {
                indent
            } else {
                indent + INDENT_COLUMNS
            })
        };
        match parent.kind() {
            Root | Body => None,
            Paren | Args | List | Conditions | Index | Params => {
                if matches!(child.text(), ")" | "]") && child.kind() == Token {
                    // A bracket in column 0 would begin a declaration.
                    Some(self.line_of(parent).0.max(INDENT_COLUMNS))
                } else {
                    below(parent)
                }
            }
            Otherwise | Or | And | Comparison | Sum | Product | Ordered | Unordered
                if child.kind() == Token =>
            {
                beside_or_below(parent)
            }
            Block => {
                let give = parent.token("give");
                match give.filter(|give| give.range().start < child.range().start) {
                    Some(give) => below(give),
                    None => beside_or_below(parent),
                }
            }
            Query => {
                // `for x in xs` on a line of its own: its tail stands beside it.
                let around = parent.parent().filter(|around| around.kind() == Aggregate);
                match around.and_then(|around| around.token("for")) {
                    Some(word) if self.line_of(word).1 => Some(self.line_of(word).0),
                    _ => below(parent),
                }
            }
            IfThen if child.kind() == Token => {
                // `else if` goes on the choice that its `else` belongs to.
                let mut choice = parent;
                while let Some(outer) = choice.parent().filter(|outer| {
                    outer.kind() == IfThen
                        && !self.line_of(choice).1
                        && outer
                            .token("else")
                            .is_some_and(|word| word.range().start < choice.range().start)
                }) {
                    choice = outer;
                }
                beside_or_below(choice)
            }
            IfThen => {
                let word = parent
                    .tokens()
                    .take_while(|word| word.range().start < child.range().start)
                    .last();
                below(word.unwrap_or(parent))
            }
            _ => below(parent),
        }
    }
}
