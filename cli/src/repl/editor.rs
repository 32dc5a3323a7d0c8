//! Lines from a terminal: with history, several lines where an input goes on, and completion.

use std::borrow::Cow;
use std::path::Path;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::{History as _, MemHistory, SearchDirection};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};

use super::{COMMANDS, input};
use crate::fault::Fault;
use crate::load::files::{read_text, write_whole};

/// What stands before an input.
const PROMPT: &str = "> ";
/// Most inputs that are remembered.
const MAX_HISTORY: usize = 1_000;
/// Longest file of a history, in bytes.
const MAX_HISTORY_BYTES: u64 = 4 * 1024 * 1024;

/// What a person typed.
pub enum Typed {
    /// An input.
    Text(String),
    /// Ctrl-C: what was begun is dropped.
    Dropped,
    /// Ctrl-D.
    End,
}

/// A terminal with its history.
pub struct Lines {
    editor: Editor<Help, MemHistory>,
}

impl Lines {
    /// The terminal, with the history of a file if there is one.
    pub fn new(history: Option<&Path>) -> Result<Lines, Fault> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .build();
        let memory = MemHistory::with_config(&config);
        let mut editor: Editor<Help, MemHistory> = Editor::with_history(config, memory)
            .map_err(|error| Fault::new(format!("the terminal cannot be used: {error}")))?;
        editor.set_helper(Some(Help { words: Vec::new() }));
        if let Some(path) = history
            && path.exists()
        {
            for line in read_text(path, MAX_HISTORY_BYTES)?.lines() {
                // An input of several lines is one line of the file.
                let text = line.replace("\\n", "\n").replace("\\\\", "\\");
                drop(editor.add_history_entry(text));
            }
        }
        Ok(Lines { editor })
    }

    /// The next input. `words` may be completed.
    pub fn next(&mut self, words: Vec<String>) -> Result<Typed, Fault> {
        self.editor.set_helper(Some(Help { words }));
        match self.editor.readline(PROMPT) {
            Ok(text) => {
                if !text.trim().is_empty() {
                    drop(self.editor.add_history_entry(text.as_str()));
                }
                Ok(Typed::Text(text))
            }
            Err(ReadlineError::Interrupted) => Ok(Typed::Dropped),
            Err(ReadlineError::Eof) => Ok(Typed::End),
            Err(error) => Err(Fault::new(format!("the terminal cannot be read: {error}"))),
        }
    }

    /// Writes the history to a file.
    pub fn keep(&self, path: &Path) -> Result<(), Fault> {
        let history = self.editor.history();
        let mut out = String::new();
        for index in history.len().saturating_sub(MAX_HISTORY)..history.len() {
            if let Ok(Some(found)) = history.get(index, SearchDirection::Forward) {
                out.push_str(&found.entry.replace('\\', "\\\\").replace('\n', "\\n"));
                out.push('\n');
            }
        }
        write_whole(path, out.as_bytes())
    }
}

/// Completes words, and knows where an input ends.
struct Help {
    words: Vec<String>,
}

impl Helper for Help {}

impl Highlighter for Help {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(&'s self, prompt: &'p str, _: bool) -> Cow<'b, str> {
        Cow::Borrowed(prompt)
    }
}

impl Hinter for Help {
    type Hint = String;
}

impl Validator for Help {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        // An empty line ends an input, whatever it lacks.
        let more = input::goes_on(text) && !text.ends_with('\n');
        Ok(if more {
            ValidationResult::Incomplete
        } else {
            ValidationResult::Valid(None)
        })
    }
}

impl Completer for Help {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..position).unwrap_or_default();
        let start = before
            .rfind(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.' | ':'))
            .and_then(|at| {
                before
                    .get(at..)
                    .and_then(|rest| rest.chars().next())
                    .map(|c| at + c.len_utf8())
            })
            .unwrap_or(0);
        let begun = before.get(start..).unwrap_or_default();
        let commands = COMMANDS.iter().map(|(command, _)| format!(":{command}"));
        let all = commands
            .filter(|_| start == 0)
            .chain(self.words.iter().cloned());
        let found = all
            .filter(|word| !begun.is_empty() && word.starts_with(begun))
            .collect();
        Ok((start, found))
    }
}
