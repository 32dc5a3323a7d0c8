//! Findings of conditions that several conditions decided together: a failed `or` failed in every part,
//! an `and` held in every part, and counted conditions have their items.

use assize_ir::{Node, NodeId};

use super::record::shallow;
use super::{Counted, Finding, Held, Note, Operator};
use crate::interp::{Frame, Machine};

impl<'a> Machine<'a, '_> {
    /// Both sides of an `and` held, or both of an `or` failed: each is part of the ground. The last
    /// finding is that of the right side. A chain of the same word is one list.
    #[inline(never)]
    pub(crate) fn found_both(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        (operator, held): (Operator, bool),
        (left, left_finding): (NodeId, Option<Box<Finding>>),
        right: NodeId,
    ) {
        if self.recorder.is_none() {
            return;
        }
        let right_finding = self.take_finding();
        let mut items = Vec::new();
        for (id, finding) in [(left, left_finding), (right, right_finding)] {
            match finding {
                Some(finding) if finding.operator == operator && !finding.negated => {
                    items.extend(finding.items);
                }
                because => items.push(Counted {
                    condition: self.text_of(frame, id),
                    held: Held::of(held),
                    because: shallow(because),
                }),
            }
        }
        self.set_finding(node.place, (operator, held), None, Vec::new());
        if let Some(finding) = self.recorder.as_mut().and_then(|it| it.finding.as_mut()) {
            finding.items = items;
        }
    }

    /// Conditions were counted.
    #[inline(never)]
    pub(crate) fn found_counted(
        &mut self,
        frame: &Frame<'a>,
        node: &'a Node,
        items: &[NodeId],
        outcomes: Vec<(NodeId, Held, Option<Box<Finding>>)>,
        result: bool,
    ) {
        let skipped = items.iter().skip(outcomes.len());
        let skipped = skipped.map(|id| (*id, Held::NotNeeded, None));
        let skipped: Vec<_> = skipped.collect();
        let counted = outcomes.into_iter().chain(skipped);
        let counted: Vec<Counted> = counted
            .map(|(id, held, because)| Counted {
                condition: self.text_of(frame, id),
                held,
                because: shallow(because),
            })
            .collect();
        self.set_finding(node.place, (Operator::Counted, result), None, Vec::new());
        let finding = self.recorder.as_mut().and_then(|it| it.finding.as_mut());
        if let Some(finding) = finding {
            finding.items = counted;
            let finding = finding.clone();
            self.note(None, Note::Counted { finding });
        }
    }

    fn text_of(&self, frame: &Frame<'a>, id: NodeId) -> String {
        let node = frame.callable.node(id);
        node.map(|node| self.source(node.place)).unwrap_or_default()
    }
}
