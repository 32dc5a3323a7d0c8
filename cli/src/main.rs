//! The binary `assize`: everything is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(assize::main_with(std::env::args_os().collect()))
}
