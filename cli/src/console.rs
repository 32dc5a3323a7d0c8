//! Where output goes: stdout for results, stderr for everything said beside them.
//!
//! Colours follow `--color`, then `NO_COLOR`, then `CLICOLOR_FORCE`, then whether the stream is a
//! terminal. Nothing here reads the locale: the same input gives the same bytes.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal as _, Write as _};

use crate::args::{Color, Format};
use crate::fault::{Fault, Stop};
use crate::render::visible::{visible, visible_painted};
use crate::render::{github, json, sarif};

/// Columns where there is no terminal to ask.
pub const PLAIN_COLUMNS: usize = 100;
/// Columns that are used at most, however wide a terminal is.
pub const MAX_COLUMNS: usize = 140;

/// How a piece of text is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Names and headings.
    Bold,
    /// What is beside the point.
    Dim,
    /// Good.
    Green,
    /// Bad.
    Red,
    /// Doubtful.
    Yellow,
    /// Help.
    Cyan,
}

impl Style {
    const fn code(self) -> &'static str {
        match self {
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Green => "32",
            Style::Red => "31",
            Style::Yellow => "33",
            Style::Cyan => "36",
        }
    }
}

/// Paints or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Painter {
    /// Whether colours are written.
    pub color: bool,
}

impl Painter {
    /// The text in a style.
    pub fn paint(self, style: Style, text: &str) -> String {
        let text = visible(text);
        if self.color && !text.is_empty() {
            format!("\u{1b}[{}m{text}\u{1b}[0m", style.code())
        } else {
            text.into_owned()
        }
    }

    /// What is written: commands to a terminal are made visible, but for colours where there are any.
    fn written(self, text: &str) -> Cow<'_, str> {
        if self.color {
            visible_painted(text)
        } else {
            visible(text)
        }
    }
}

/// The two streams and what is known of them.
pub struct Console {
    /// What the caller asked for.
    pub format: Format,
    /// Colours of stdout.
    pub out: Painter,
    /// Colours of stderr.
    pub err: Painter,
    /// Whether stderr is a terminal: progress is shown there alone.
    pub err_is_terminal: bool,
    /// Whether stdout is a terminal.
    pub out_is_terminal: bool,
    /// Columns of the terminal.
    pub columns: usize,
    stdout: BufWriter<io::Stdout>,
}

impl Console {
    /// The console of this process.
    pub fn new(format: Format, color: Color) -> Console {
        let out_is_terminal = io::stdout().is_terminal();
        let err_is_terminal = io::stderr().is_terminal();
        let columns = if out_is_terminal || err_is_terminal {
            terminal_size::terminal_size().map_or(PLAIN_COLUMNS, |(width, _)| usize::from(width.0))
        } else {
            PLAIN_COLUMNS
        };
        Console {
            format,
            out: Painter {
                color: wants_color(color, out_is_terminal),
            },
            err: Painter {
                color: wants_color(color, err_is_terminal),
            },
            err_is_terminal,
            out_is_terminal,
            columns: columns.clamp(40, MAX_COLUMNS),
            stdout: BufWriter::new(io::stdout()),
        }
    }

    /// Whether people read the output.
    pub const fn is_human(&self) -> bool {
        matches!(self.format, Format::Human | Format::Html | Format::Md)
    }

    /// Writes a result. Machines get it as it is: nothing in their formats is raw.
    pub fn print(&mut self, text: &str) -> Result<(), Stop> {
        if self.is_human() {
            let text = self.out.written(text);
            self.print_bytes(text.as_bytes())
        } else {
            self.print_bytes(text.as_bytes())
        }
    }

    /// Writes a result byte for byte: for files and scripts.
    pub fn print_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        self.stdout
            .write_all(bytes)
            .map_err(|error| Stop::from_stdout(&error))
    }

    /// Writes a line of a result.
    pub fn line(&mut self, text: &str) -> Result<(), Stop> {
        self.print(text)?;
        self.print("\n")
    }

    /// Hands on everything that was written.
    pub fn flush(&mut self) -> Result<(), Stop> {
        self.stdout
            .flush()
            .map_err(|error| Stop::from_stdout(&error))
    }

    /// Says something beside the result. What was printed before is handed on first, so that both
    /// stay in order on a terminal.
    pub fn say(&mut self, text: &str) -> Result<(), Stop> {
        self.flush()?;
        complain(&self.err.written(text));
        complain("\n");
        Ok(())
    }

    /// A remark that does not stop anything; only people get it.
    pub fn note(&mut self, text: &str) -> Result<(), Stop> {
        if !self.is_human() {
            return Ok(());
        }
        let label = self.err.paint(Style::Cyan, "note:");
        self.say(&format!("{label} {text}"))
    }

    /// Tells why a verb stopped: on stderr for people, on stdout in their format for machines. What
    /// stdout does not take (a full disk) is told on stderr; only a reader that went away is not told.
    pub fn fault(&mut self, fault: &Fault) {
        let text = match self.format {
            Format::Human | Format::Html | Format::Md => None,
            Format::Json => Some(json::fault(fault)),
            Format::Sarif => Some(sarif::stopped(fault)),
            Format::Github => Some(github::stopped(fault)),
        };
        let told = match &text {
            Some(text) => self.line(text).and_then(|()| self.flush()),
            None => self.flush(),
        };
        if text.is_none() || matches!(told, Err(Stop::Fault(_))) {
            for one in fault.each() {
                let label = self.err.paint(Style::Red, "error:");
                complain(&format!("{label} {}\n", visible(&one.message)));
                if let Some(help) = &one.help {
                    let label = self.err.paint(Style::Cyan, "help:");
                    complain(&format!(" {label} {}\n", visible(help)));
                }
            }
        }
    }
}

/// Writes to stderr; nobody can be told when that fails.
pub fn complain(text: &str) {
    drop(io::stderr().write_all(text.as_bytes()));
}

fn wants_color(color: Color, terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto => {
            let forced = std::env::var_os("CLICOLOR_FORCE")
                .is_some_and(|value| !value.is_empty() && value != "0");
            let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
            forced || (terminal && !dumb)
        }
    }
}
