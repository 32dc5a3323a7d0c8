//! The way of a value back through loops, and of an element of a list to the element that it was made of.

use assize_ir::{Loop, LoopResult, NodeId, Op, Over, Slot};

use super::{Distance, Note, Outcome, Walk};
use crate::trace::Shown;
use crate::value::Value;

/// Deepest way from a list to what made it that is followed for its length.
pub(super) const MAX_LENGTH_DEPTH: u32 = 16;

/// In a path: not the value is meant, but whether it is there, as an element of a list.
pub(super) const PRESENCE: u32 = u32::MAX;

/// In a path: an element of a list, by its position from 0; fields have lower numbers.
pub(super) const ELEMENT: u32 = 1 << 31;

impl Walk<'_, '_> {
    pub(super) fn bound(
        &mut self,
        at: usize,
        it: &Loop,
        slot: Slot,
        path: &[u32],
        distance: Distance,
    ) {
        for one in it.lets.iter().filter(|one| one.slot == slot) {
            self.push(at, one.value, path, distance);
        }
        for source in it.sources.iter().filter(|source| source.slot == slot) {
            if let Over::List(list) = &source.over {
                // In a loop over all of one list, in its order, an element is that of the same position.
                let same = it.sources.len() == 1 && it.filter.is_none() && it.order.is_empty();
                let within = self.within.iter();
                let element = within
                    .filter(|(step, of, _)| same && *step == at && *of == slot)
                    .find_map(|(_, _, element)| u32::try_from(*element).ok());
                let element = element.filter(|element| ELEMENT | element != PRESENCE);
                let first = element.map(|element| ELEMENT | element);
                let path: Vec<u32> = first.into_iter().chain(path.iter().copied()).collect();
                self.push(at, *list, &path, distance);
            }
        }
        for carry in it.carries.iter().filter(|carry| carry.slot == slot) {
            self.push(at, carry.start, path, distance);
            if let Some(next) = carry.next {
                // What is carried comes from the elements before.
                let outside = self.within.clone();
                let loop_of = it.sources.first().map(|source| source.slot);
                self.leave(at, loop_of);
                self.push(at, next, path, distance);
                self.within = outside;
            }
        }
    }

    /// How many elements a list had: as it is written, as the query that made it says, or as the call that
    /// gave it. `None`: the trace does not say, or it was made several times.
    pub(super) fn length(&self, at: usize, node: NodeId, depth: u32) -> Option<u32> {
        let (step, _) = self.steps.get(at)?;
        let callable = self.program.callable(step.callable)?;
        let depth = depth.checked_sub(1)?;
        let below = |node: NodeId| self.length(at, node, depth);
        let node_of = callable.node(node)?;
        match &node_of.op {
            Op::List(items) if items.iter().all(|item| item.when.is_none()) => {
                u32::try_from(items.len()).ok()
            }
            Op::Concat(left, right) => below(*left)?.checked_add(below(*right)?),
            Op::Bound { value, .. } | Op::Check(value) | Op::Let { body: value, .. } => {
                below(*value)
            }
            Op::Local(slot) => callable.nodes.iter().find_map(|other| match &other.op {
                Op::Let {
                    slot: of, value, ..
                } if of == slot => below(*value),
                _ => None,
            }),
            Op::Loop(it) if matches!(it.result, LoopResult::List(_)) => {
                let mut notes = step.notes.iter().filter_map(|noted| match &noted.note {
                    Note::Query {
                        kept, ended_after, ..
                    } if noted.place == Some(node_of.place) => Some(ended_after.unwrap_or(*kept)),
                    _ => None,
                });
                let one = notes.next().filter(|_| notes.next().is_none())?;
                u32::try_from(one).ok()
            }
            Op::Call(_, _) => match self.calls.get(&(at, node))?.as_slice() {
                [one] => match &self.steps.get(*one)?.0.outcome {
                    Outcome::Value(Shown {
                        value: Value::List(items),
                        ..
                    }) => u32::try_from(items.len()).ok(),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }

    /// Any element of a loop is meant.
    fn leave(&mut self, at: usize, slot: Option<Slot>) {
        self.within
            .retain(|(step, of, _)| *step != at || Some(*of) != slot);
    }

    pub(super) fn looped(&mut self, at: usize, it: &Loop, path: &[u32], distance: Distance) {
        match &it.result {
            result if !result.operands().iter().all(|id| self.took(at, *id)) => {}
            LoopResult::List(_) if path.first() == Some(&PRESENCE) => {}
            LoopResult::List(value) => match path.split_first() {
                Some((first, rest)) if is_element(*first) => {
                    let slot = it.sources.first().map(|source| source.slot);
                    let element = usize::try_from(first & !ELEMENT).ok();
                    let outside = self.within.clone();
                    let here = slot.zip(element).map(|(slot, it)| (at, slot, it));
                    self.leave(at, slot);
                    self.within.extend(here);
                    self.push(at, *value, rest, distance);
                    self.within = outside;
                }
                _ => self.push(at, *value, path, distance),
            },
            LoopResult::Count | LoopResult::Exists => {}
            LoopResult::Finally(value)
            | LoopResult::Sum(value)
            | LoopResult::Lowest(value)
            | LoopResult::Highest(value)
            | LoopResult::First(value)
            | LoopResult::Every(value) => self.push(at, *value, path, distance),
            LoopResult::Group { keys, .. } => {
                self.grouped(at, it, keys, path, distance);
            }
        }
        for source in &it.sources {
            if let Over::List(list) = &source.over {
                self.push(at, *list, &[PRESENCE], distance.choice());
            }
        }
        let order = it.order.iter().map(|key| key.value);
        let chosen: Vec<NodeId> = it.filter.into_iter().chain(order).chain(it.until).collect();
        self.push_all(at, chosen, distance.choice());
    }

    /// The last field of a group is the list of its members, the others are its keys.
    fn grouped(&mut self, at: usize, it: &Loop, keys: &[NodeId], path: &[u32], distance: Distance) {
        match any_element(path).split_first() {
            Some((field, rest)) => match keys.get(*field as usize) {
                Some(key) => self.push(at, *key, rest, distance),
                None => {
                    for source in &it.sources {
                        self.bound(at, it, source.slot, any_element(rest), distance);
                    }
                }
            },
            None => self.push_all(at, keys.iter().copied(), distance.part()),
        }
    }
}

/// Whether a step of a path goes to an element.
pub(super) const fn is_element(step: u32) -> bool {
    step & ELEMENT != 0 && step != PRESENCE
}

/// The path without the element that it begins with: any may be meant.
pub(super) fn any_element(path: &[u32]) -> &[u32] {
    match path.split_first() {
        Some((first, rest)) if is_element(*first) => rest,
        _ => path,
    }
}
