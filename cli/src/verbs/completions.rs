//! `assize completions SHELL`

use clap::CommandFactory as _;

use crate::args::{Arguments, Completions};
use crate::console::Console;
use crate::fault::{Exit, Stop};

/// Writes the completions of a shell to stdout.
pub fn run(arguments: &Completions, console: &mut Console) -> Result<Exit, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(
        arguments.shell,
        &mut Arguments::command(),
        "assize",
        &mut script,
    );
    console.print_bytes(&script)?;
    Ok(Exit::Success)
}
