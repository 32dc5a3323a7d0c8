//! A fault that a check proposes, before it is known whether its fixes help.

use super::general::code;
use crate::fault::{Fault, FaultFix};
use crate::tree::TextRange;

#[derive(Clone, Debug)]
pub(super) struct Proposal {
    pub(super) fault: Fault,
    /// The pattern cannot mean anything else: it is reported even if no fix leads on.
    pub(super) sure: bool,
}

impl Proposal {
    pub(super) fn new(
        code: &'static str,
        start: usize,
        end: usize,
        claim: impl Into<String>,
    ) -> Proposal {
        Proposal {
            fault: Fault {
                code,
                range: TextRange::new(start, end),
                claim: claim.into(),
                because: Vec::new(),
                instead: None,
                fixes: Vec::new(),
            },
            sure: false,
        }
    }

    pub(super) fn because(mut self, ground: impl Into<String>) -> Proposal {
        self.fault.because.push(ground.into());
        self
    }

    pub(super) fn instead(mut self, step: impl Into<String>) -> Proposal {
        self.fault.instead = Some(step.into());
        self
    }

    pub(super) fn sure(mut self) -> Proposal {
        self.sure = true;
        self
    }

    /// A fix whose meaning is beyond doubt.
    pub(super) fn certain(self, title: &str, start: usize, end: usize, text: &str) -> Proposal {
        self.fix(title, start, end, text, true)
    }

    /// A fix to choose.
    pub(super) fn choice(self, title: &str, start: usize, end: usize, text: &str) -> Proposal {
        self.fix(title, start, end, text, false)
    }

    /// One certain way out, which is to write a text: it is advice and fix at once.
    pub(super) fn written(self, start: usize, end: usize, text: &str) -> Proposal {
        let step = format!("write {}", code(text));
        self.instead(step.as_str())
            .certain(&step, start, end, text)
            .sure()
    }

    pub(super) fn fix(
        mut self,
        title: &str,
        start: usize,
        end: usize,
        text: &str,
        certain: bool,
    ) -> Proposal {
        self.fault.fixes.push(FaultFix {
            title: title.to_owned(),
            range: TextRange::new(start, end),
            text: text.to_owned(),
            certain,
        });
        self
    }
}

/// Takes a range away: for the working text, never told.
pub(super) fn cut(range: TextRange) -> FaultFix {
    FaultFix {
        title: String::new(),
        range,
        text: String::new(),
        certain: false,
    }
}
