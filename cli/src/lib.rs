//! The command line of Assize.
//!
//! **Purpose**: the binary `assize`: reads files, calls the other crates, and shows what they say to
//! people (aligned text, drawn diagnostics) and to machines (JSON, SARIF, JUnit).
//!
//! **Knows**: arguments, files and folders, `assize.toml`, spreadsheets, terminals, exit codes.
//!
//! **Must never know**: anything that another crate should own: what a rule means, how it is checked,
//! how a decision is computed or explained.

pub mod args;
pub mod console;
pub mod doc;
pub mod fault;
pub mod load;
pub mod progress;
pub mod render;
pub mod repl;
pub mod verbs;

use std::ffi::OsString;

use clap::Parser as _;

use args::{Arguments, Verb};
use console::Console;
use fault::{Exit, Stop};

/// Stack of the thread that does the work, in bytes: deeply nested rules are read and checked by
/// recursion, and the main thread of some systems has one mebibyte only.
pub const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Runs the command line on a thread of its own and gives its exit code.
pub fn main_with(arguments: Vec<OsString>) -> u8 {
    answer_damaged_workbooks_quietly();
    let worker = std::thread::Builder::new()
        .name("assize".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || run(&arguments).code());
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(code)) => code,
        // The panic has been told on stderr by then.
        Ok(Err(_)) => {
            console::complain("error: this is a fault in assize itself; please report it\n");
            Exit::Internal.code()
        }
        Err(error) => {
            console::complain(&format!("error: no thread can be started: {error}\n"));
            Exit::Internal.code()
        }
    }
}

/// What panics while a workbook is read is told as a damaged file, so it is not told as a panic too.
fn answer_damaged_workbooks_quietly() {
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() != Some(load::xlsx::THREAD) {
            others(panic);
        }
    }));
}

/// Runs the command line on this thread.
pub fn run(arguments: &[OsString]) -> Exit {
    let color = args::color_of(arguments);
    let parsed = match args::parse(arguments, color) {
        Ok(parsed) => parsed,
        Err(error) => {
            // Help goes to stdout and is a success; a closed pipe is no fault of ours.
            let printed = error.print();
            if error.use_stderr() {
                return Exit::Usage;
            }
            if let Err(error) = printed
                && let Stop::Fault(fault) = Stop::from_stdout(&error)
            {
                console::complain(&format!("error: {}\n", fault.message));
                return fault.exit;
            }
            return Exit::Success;
        }
    };
    let mut console = Console::new(parsed.format, parsed.color);
    let ended = perform(&parsed, &mut console).and_then(|exit| {
        console.flush()?;
        Ok(exit)
    });
    match ended {
        Ok(exit) => exit,
        Err(Stop::Pipe) => Exit::Success,
        Err(Stop::Told(exit)) => exit,
        Err(Stop::Fault(fault)) => {
            console.fault(&fault);
            fault.exit
        }
    }
}

fn perform(arguments: &Arguments, console: &mut Console) -> Result<Exit, Stop> {
    args::format_fits(arguments)?;
    match &arguments.verb {
        Verb::New(it) => verbs::new::run(it, console),
        Verb::Check(it) => verbs::check::run(it, console),
        Verb::Test(it) => verbs::test::run(it, console),
        Verb::Run(it) => verbs::run::run(it, console),
        Verb::Explain(it) => verbs::explain::run(it, console),
        Verb::Fmt(it) => verbs::fmt::run(it, console),
        Verb::Build(it) => verbs::build::run(it, console),
        Verb::Inspect(it) => verbs::inspect::run(it, console),
        Verb::Attest(it) => verbs::attest::run(it, console),
        Verb::Bench(it) => verbs::bench::run(it, console),
        Verb::Doc(it) => doc::run(it, arguments.format, console),
        Verb::Repl(it) => repl::run(it, console),
        Verb::Completions(it) => verbs::completions::run(it, console),
    }
}

/// Parses without doing anything: for tests of the arguments.
pub fn try_parse(arguments: &[&str]) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(arguments)
}
