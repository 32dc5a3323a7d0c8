//! `assize explain`: why a decision is what it is, and why not something else.

use assize_eval::trace::Explain as Wish;
use assize_eval::trace::render::Level;
use assize_eval::trace::shorten::shorten;
use serde_json::json;

use super::answer::{Decider, Outcome, Tally, Wanted, input_name, read_document, tell};
use super::why::Question;
use crate::args::{Explain, Level as Asked};
use crate::console::{Console, Style};
use crate::fault::{Exit, Stop};

/// Explains one decision.
pub fn run(arguments: &Explain, console: &mut Console) -> Result<Exit, Stop> {
    let path = arguments.call.input();
    // Without a decision nothing is read: which ones there are is all that is said.
    let bytes = match arguments.call.decision {
        Some(_) => read_document(path)?,
        None => Vec::new(),
    };
    let wanted = Wanted {
        explain: Some(Wish::default()),
        ..Wanted::default()
    };
    let mut decider = Decider::new(&arguments.call, wanted, console)?;
    let question = arguments
        .why_not
        .as_deref()
        .map(|name| Question::new(decider.program(), decider.decision(), name));
    if let Some(question) = &question {
        decider.focus(question.focus());
    }
    let mut reply = decider.answer(&bytes, None);
    if let (Some(trace), Some(_)) = (&mut reply.trace, &question) {
        shorten(trace);
    }
    let told = match (&reply.trace, &question) {
        (None, _) => Vec::new(),
        (Some(_), None) => decider.explanation(
            &reply,
            match arguments.level {
                Asked::Line => Level::Line,
                Asked::Rules => Level::Rules,
                Asked::All => Level::Everything,
            },
        ),
        (Some(trace), Some(question)) => question.answer(decider.program(), trace, &reply.text)?,
    };
    if console.is_human() {
        let mut told = told.into_iter();
        if let Some(head) = told.next() {
            let style = if arguments.why_not.is_none() {
                Style::Bold
            } else {
                Style::Dim
            };
            let head = if style == Style::Bold {
                console.out.paint(style, &head)
            } else {
                head
            };
            console.line(&head)?;
        }
        for line in told {
            console.line(&line)?;
        }
    } else {
        console.line(&reply.document(&[("explanation", json!(told))]))?;
    }
    // An explanation of a failure begins with it.
    if question.is_some() || !matches!(reply.outcome, Outcome::Failed(_)) {
        tell(&reply, &input_name(path), decider.decision(), console)?;
    }
    let mut tally = Tally::default();
    tally.add(&reply.outcome);
    Ok(tally.exit())
}
