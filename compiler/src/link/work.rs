//! The order of linking: what something refers to comes before it, however deep that goes.
//!
//! A declaration is tried; where something that it refers to is not linked yet, it waits on a stack for that, and
//! is tried again. What it has made so far stays, so the identifiers are those that a walk down the references
//! would give.

use super::{LinkFault, Linker};
use crate::check::CallableRef;
use crate::items::DeclId;
use crate::ty::RecordRef;

/// Something that has a place in the program, or will have one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Task {
    Callable(CallableRef),
    Record(RecordRef),
    Relation(DeclId),
    Reason(DeclId),
}

/// Why something cannot be linked now.
#[derive(Debug)]
pub(super) enum Stop {
    /// This has to be linked before, in this order.
    Needs(Vec<Task>),
    Fault(LinkFault),
}

impl From<LinkFault> for Stop {
    fn from(fault: LinkFault) -> Stop {
        Stop::Fault(fault)
    }
}

struct Frame {
    task: Task,
    begun: bool,
}

impl Linker<'_> {
    /// Links this, and all that it refers to before it.
    pub(super) fn all_of(&mut self, task: Task) -> Result<(), LinkFault> {
        let linked = self.work(task);
        // What waited for something that cannot be linked is tried again if it is needed once more.
        let open = std::mem::take(&mut self.open);
        let has_place = |task: &Task| matches!(task, Task::Record(_) | Task::Relation(_));
        self.unfinished.extend(open.into_iter().filter(has_place));
        linked
    }

    fn work(&mut self, task: Task) -> Result<(), LinkFault> {
        let mut stack = vec![Frame { task, begun: false }];
        while let Some(frame) = stack.last_mut() {
            if !frame.begun {
                if self.is_linked(&frame.task) {
                    stack.pop();
                    continue;
                }
                frame.begun = true;
                self.unfinished.remove(&frame.task);
                if !self.open.insert(frame.task.clone()) {
                    return Err(LinkFault::Circle(circle(&stack)));
                }
            }
            let task = frame.task.clone();
            let tried = match &task {
                Task::Callable(of) => self.link_callable(of),
                Task::Record(of) => self.link_record(of),
                Task::Relation(decl) => self.link_relation(decl),
                Task::Reason(decl) => self.link_reason(decl),
            };
            match tried {
                Ok(()) => {
                    self.open.remove(&task);
                    stack.pop();
                }
                // The first that is needed is linked first.
                Err(Stop::Needs(tasks)) => stack.extend(
                    tasks
                        .into_iter()
                        .rev()
                        .map(|task| Frame { task, begun: false }),
                ),
                Err(Stop::Fault(fault)) => return Err(fault),
            }
        }
        Ok(())
    }

    /// A record may be referred to before all of its parts are there: a check of it takes it as an argument.
    fn is_linked(&self, task: &Task) -> bool {
        match task {
            Task::Callable(of) => self.callables.contains_key(of),
            Task::Record(of) => self.record_id(of).is_some(),
            Task::Relation(decl) => self.relation_id(decl).is_some(),
            Task::Reason(decl) => self.reasons.contains_key(decl),
        }
    }
}

/// The declarations from the one that the last one leads back to.
fn circle(stack: &[Frame]) -> Vec<DeclId> {
    let Some((last, before)) = stack.split_last() else {
        return Vec::new();
    };
    let begun = before.iter().filter(|frame| frame.begun);
    begun
        .skip_while(|frame| frame.task != last.task)
        .filter_map(|frame| match &frame.task {
            Task::Callable(of) => Some(of.decl.clone()),
            _ => None,
        })
        .collect()
}
