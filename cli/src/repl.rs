//! `assize repl`: evaluates expressions, line by line.

use crate::args::Repl;
use crate::console::Console;
use crate::fault::{Exit, Stop};

/// Reads lines and answers each.
pub fn run(_arguments: &Repl, _console: &mut Console) -> Result<Exit, Stop> {
    Ok(Exit::Success)
}
