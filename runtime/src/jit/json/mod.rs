//! A call from JSON text to JSON text, without a value in between: text into the words of arguments, machine
//! code, and the words of the result into text.
//!
//! `assize_eval::json` says what is accepted, and what an answer looks like. Here the same is done from plans
//! that are made with the machine code; at the least surprise it is given up, and the definition starts anew
//! from the first byte. So there are no faults here, and no words for them.
//!
//! | file | holds |
//! |---|---|
//! | `plan`, `make` | what is known of a program's JSON before any is read |
//! | `scan` | bytes, eight and sixteen at a time |
//! | `names` | which of some names is next |
//! | `quick` | members as they mostly come |
//! | `read`, `scalars` | text into words: objects and lists, and what has no parts |
//! | `write`, `out` | words into text |

mod make;
mod names;
mod out;
mod plan;
mod quick;
mod read;
mod scalars;
mod scan;
mod write;

use std::cell::RefCell;

use assize_eval::Data;
use assize_eval::decided::Decided;
use assize_eval::interp::is_fresh;
use assize_eval::json::reader::{MAX_JSON_BYTES, MAX_JSON_VALUES};
use assize_eval::json::{NumberStyle, instant};

use super::{Frame, Ground, Machine};
use out::Out;
use plan::{Decision, Plan};
use read::Reading;
use scan::Scan;
use write::Writing;

pub(crate) use make::checks;
pub(crate) use plan::Plans;

/// How a line is meant.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The decision that the caller names beside the line. The line need not name one, and must name no
    /// other.
    pub decision: Option<&'a str>,
    /// The time of the call, in seconds since 1970-01-01 UTC, in place of the one in the line.
    pub at: Option<i64>,
    /// The line is the input of the decision alone.
    pub input_alone: bool,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// The answer is written.
    Answered,
    /// Machine code has left the decision to the interpreter.
    Left,
    /// The definition must read the line: it is at fault, unusual, or of a decision without a plan.
    Unread,
}

thread_local! {
    /// The memory of the last call on this thread. It belongs to no rules: whatever it holds is written before it is
    /// read.
    static MEMORY: RefCell<Frame> = RefCell::default();
}

impl Machine {
    /// Answers a line of JSON in the memory of the last call on this thread; nothing is appended unless it is answered.
    pub(crate) fn answer_here(
        &self,
        ground: Ground<'_>,
        asked: (Asked<'_>, &[u8]),
        (style, mut decided): (NumberStyle, Option<&mut Decided>),
        out: &mut String,
    ) -> Told {
        let mut told = |frame: &mut Frame| {
            let told = answer(&self.plans, (frame, ground), asked, style, out);
            if let (Told::Answered, Some(decided)) = (told, decided.as_deref_mut()) {
                frame.context.log.count(ground.program, decided);
            }
            frame.clear();
            frame.arguments.clear();
            told
        };
        let here = MEMORY.try_with(|memory| Some(told(&mut *memory.try_borrow_mut().ok()?)));
        // The thread ends, so that it has no such memory any more.
        let here = here.ok().flatten();
        here.unwrap_or_else(|| told(&mut Frame::default()))
    }
}

/// Answers a line by machine code; nothing is appended unless it is answered.
pub(crate) fn answer(
    plans: &Plans,
    (frame, ground): (&mut Frame, Ground<'_>),
    (asked, line): (Asked<'_>, &[u8]),
    style: NumberStyle,
    out: &mut String,
) -> Told {
    if !is_short(line) {
        return Told::Unread;
    }
    frame.result.clear();
    let mut reading = Reading {
        scan: Scan { bytes: line, at: 0 },
        frame,
        ground,
        plans,
        depth: 0,
    };
    let Some(plan) = reading.call(asked) else {
        return Told::Unread;
    };
    // What the checks of the input told is no part of the decision.
    frame.context.log.clear();
    #[expect(unsafe_code, reason = "runs machine code and reads what it wrote")]
    // SAFETY: the parameters of this entry's callable are read into the frame, and point into the line, the
    // plans and the frame. The entries of plans are those of their machine.
    if !unsafe { frame.enter(&ground, plan.entry, plan.room) } {
        return Told::Left;
    }
    let before = out.len();
    let mut text = std::mem::take(&mut frame.text);
    #[expect(unsafe_code, reason = "reads what machine code wrote")]
    // SAFETY: the code has written a result of this kind, and all it points to lives in the line, the
    // snapshot, the code and the frame. What is appended is text: parts of plans, texts as they are, and
    // ASCII.
    let written = unsafe {
        let out = out.as_mut_vec();
        out.extend_from_slice(b"{\"output\":");
        let mut writing = Writing {
            plans,
            style,
            out: Out::new(out),
            text: &mut text,
        };
        writing.value(frame.result.as_ptr(), &plan.output)
    };
    frame.text = text;
    if written.is_none() {
        out.truncate(before);
        return Told::Unread;
    }
    out.push('}');
    Told::Answered
}

/// Whether a line is surely within the limits of a document.
fn is_short(line: &[u8]) -> bool {
    // A value and the comma before it are two bytes.
    line.len() < 2 * MAX_JSON_VALUES
        || (line.len() <= MAX_JSON_BYTES && most_values(line) <= MAX_JSON_VALUES)
}

/// No fewer than the values of a document: each but the first stands behind a bracket, brace or comma.
fn most_values(line: &[u8]) -> usize {
    let marks = line
        .iter()
        .filter(|byte| matches!(byte, b',' | b'[' | b'{'));
    1 + marks.count()
}

impl<'r> Reading<'_, 'r, '_> {
    /// Reads a whole line; the plan of its decision, whose parameters are read.
    fn call(&mut self, asked: Asked<'_>) -> Option<&'r Plan> {
        self.scan.blanks();
        let (plan, at) = if asked.input_alone {
            let plan = self.decision(asked, None)?;
            self.parameters(&plan.input)?;
            (plan, None)
        } else {
            self.members(asked)?
        };
        self.scan.blanks();
        if self.scan.at != self.scan.bytes.len() {
            return None;
        }
        let at = asked.at.or(at);
        if at.is_none() && plan.needs_instant {
            return None;
        }
        let fresh = plan.fresh.iter().all(|(relation, limit)| {
            let as_of = self.ground.store.as_of_seconds(*relation);
            as_of.is_none_or(|as_of| is_fresh(*limit, as_of, at))
        });
        fresh.then_some(plan)
    }

    /// The decision of a call, in which this one is named.
    fn decision(&self, asked: Asked<'_>, named: Option<&'r Decision>) -> Option<&'r Plan> {
        let decision = match (asked.decision, named) {
            (None, named) => named?,
            (Some(wanted), named) => {
                let wanted = self.plans.named(wanted)?;
                if named.is_some_and(|named| !std::ptr::eq(wanted, named)) {
                    return None;
                }
                wanted
            }
        };
        decision.plan.as_ref()
    }

    /// Reads the members of a call.
    fn members(&mut self, asked: Asked<'_>) -> Option<(&'r Plan, Option<i64>)> {
        self.open(b'{')?;
        let (mut decision, mut at, mut input) = (None, None, None);
        // Whose input is read.
        let mut plan = None;
        loop {
            if decision.is_none() && self.name(b"decision").is_some() {
                decision = Some(self.called()?);
            } else if input.is_none() && self.name(b"input").is_some() {
                let from = self.scan;
                plan = self.expected(asked, decision)?;
                match plan {
                    Some(plan) => self.parameters(&plan.input)?,
                    None => self.scan.skip()?,
                }
                input = Some((from, self.scan));
            } else if at.is_none() && self.name(b"at").is_some() {
                at = Some(self.instant()?);
            } else {
                return None;
            }
            if self.ends(b'}')? {
                break;
            }
        }
        let found = self.decision(asked, decision)?;
        match plan {
            Some(plan) if std::ptr::eq(plan, found) => {}
            Some(_) => return None,
            None => {
                let (from, to) = input?;
                let behind = std::mem::replace(&mut self.scan, from);
                self.depth += 1;
                self.parameters(&found.input)?;
                self.depth -= 1;
                if self.scan.at != to.at {
                    return None;
                }
                self.scan = behind;
            }
        }
        Some((found, at.flatten()))
    }

    /// The decision whose input comes next. Where it is not named yet it is read behind its name, but for the only
    /// decision that there is. The outer `None`: it cannot be read.
    fn expected(&self, asked: Asked<'_>, named: Option<&'r Decision>) -> Option<Option<&'r Plan>> {
        if named.is_some() || asked.decision.is_some() {
            return self.decision(asked, named).map(Some);
        }
        match self.plans.decisions.as_slice() {
            [only] => only.plan.as_ref().map(Some),
            _ => Some(None),
        }
    }

    /// The decision that is named here.
    fn called(&mut self) -> Option<&'r Decision> {
        let (plans, start) = (self.plans, self.scan.at);
        if self.scan.take(b'"')
            && let Some(number) = plans.called.find(&plans.decisions, &mut self.scan)
        {
            return plans.decisions.get(number);
        }
        self.scan.at = start;
        let name = self.raw().and_then(|raw| self.resolve(raw))?;
        let name = std::str::from_utf8(self.told(&name)).ok()?;
        plans.named(name)
    }

    /// The time of a call, or that there is none.
    fn instant(&mut self) -> Option<Option<i64>> {
        if self.scan.peek() == b'n' {
            return self.null().map(|()| None);
        }
        let told = self.raw().and_then(|raw| self.resolve(raw))?;
        let text = std::str::from_utf8(self.told(&told)).ok()?;
        instant::parse_up(text).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_counted() {
        let list = |values: usize| format!("[{}1]", "1,".repeat(values - 2)).into_bytes();
        assert!(is_short(&list(MAX_JSON_VALUES)));
        assert!(!is_short(&list(MAX_JSON_VALUES + 1)));
        let text = |bytes: usize| format!("\"{}\"", "a".repeat(bytes - 2)).into_bytes();
        assert!(is_short(&text(MAX_JSON_BYTES)));
        assert!(!is_short(&text(MAX_JSON_BYTES + 1)));
    }
}
