//! The arguments of the command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};

use crate::fault::{EXIT_CODES, Fault};

const ABOUT: &str =
    "Rules for pricing, stock and credit: written once, decided the same everywhere";

const EXAMPLES: &str = "\
Examples:
  assize new my-rules --template shop
  assize check my-rules
  assize test my-rules
  assize run my-rules quote --input order.json --data data --explain
  assize build my-rules -o my-rules.bundle
  cat orders.jsonl | assize run my-rules.bundle quote --input - --jsonl > answers.jsonl";

/// The command line.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "assize",
    version,
    about = ABOUT,
    after_help = EXIT_CODES,
    after_long_help = format!("{EXAMPLES}\n\n{EXIT_CODES}"),
    propagate_version = true,
    arg_required_else_help = true,
    max_term_width = 100
)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub verb: Verb,
    /// How results are written; sarif and github are for `check`, html and md for `doc`
    #[arg(long, global = true, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub format: Format,
    /// When colours are written; NO_COLOR and CLICOLOR_FORCE are heeded
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Human,
    /// One JSON document, or JSON Lines.
    Json,
    /// SARIF 2.1.0 (`check`).
    Sarif,
    /// Annotations of GitHub Actions (`check`).
    Github,
    /// Web pages (`doc`).
    Html,
    /// Markdown (`doc`).
    Md,
}

/// When colours are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The verbs.
#[derive(Clone, Debug, Subcommand)]
pub enum Verb {
    /// Make a new package that passes its own tests
    New(New),
    /// Say what is wrong, doubtful or costly in a package
    Check(Check),
    /// Run the tests and properties of a package
    Test(Test),
    /// Decide: one input, or one per line
    Run(Run),
    /// Say why a decision is what it is, and why not something else
    Explain(Explain),
    /// Lay rule files out in the one canonical form
    Fmt(Fmt),
    /// Compile a package to one file that every engine loads
    Build(Build),
    /// Show what a package or bundle holds
    Inspect(Inspect),
    /// Ask every engine generated inputs, and print one digest for each engine
    Attest(Attest),
    /// Show where the time of decisions goes
    Bench(Bench),
    /// Write the documentation of a package, to read or print
    Doc(Doc),
    /// Evaluate expressions, line by line
    Repl(Repl),
    /// Write the completions of a shell
    Completions(Completions),
}

/// `assize new`
#[derive(Clone, Debug, Args)]
pub struct New {
    /// Name of the package; also the folder that is made
    pub name: String,
    /// What to begin with
    #[arg(long, value_enum, default_value_t = Template::Starter, value_name = "TEMPLATE")]
    pub template: Template,
}

/// What a new package holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// One decision, one rule, one test.
    Starter,
    /// A whole small shop: price, stock, credit, sample orders and data.
    Shop,
}

/// `assize check`
#[derive(Clone, Debug, Args)]
pub struct Check {
    /// A folder with `assize.toml`, or a single `.assize` file
    pub package: PathBuf,
    /// Treat these as errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Vec<Deny>,
}

/// What counts as an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Warnings.
    Warnings,
}

/// `assize test`
#[derive(Clone, Debug, Args)]
pub struct Test {
    /// A folder with `assize.toml`, or a single `.assize` file
    pub package: PathBuf,
    /// Run only what has this in its name
    #[arg(long, value_name = "TEXT")]
    pub filter: Option<String>,
    /// Write the results as JUnit XML, too
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Cases of each property that is not proved; 256 unless said
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub cases: Option<u32>,
    /// Tell the edges of ranges and comparisons that no test has a value on, too
    #[arg(long)]
    pub edges: bool,
}

/// How decimals are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Numbers {
    /// `"12.50"`
    String,
    /// `12.50`, exactly
    Number,
}

/// What is decided, with what: shared by `run` and `explain`.
#[derive(Clone, Debug, Args)]
pub struct Call {
    /// A folder with `assize.toml`, a `.assize` file, or a bundle
    #[arg(value_name = "PACKAGE-OR-BUNDLE")]
    pub rules: PathBuf,
    /// Name of the decision; without it, the decisions that there are are named
    #[arg(requires = "input")]
    pub decision: Option<String>,
    /// A JSON file with the call or its `input` alone; `-` is standard input
    #[arg(long, short, value_name = "FILE")]
    pub input: Option<PathBuf>,
    /// Folder with the reference data: `snapshot.json` and its files
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Time of the call, as 2026-11-20T10:15:00Z; goes before `at` in the input
    #[arg(long, value_name = "INSTANT")]
    pub at: Option<String>,
    /// How decimals are written
    #[arg(long, value_enum, default_value_t = Numbers::String, value_name = "HOW")]
    pub numbers: Numbers,
}

impl Call {
    /// The file with the input: a named decision never comes without one.
    pub fn input(&self) -> &Path {
        self.input.as_deref().unwrap_or(Path::new("-"))
    }
}

const RUN_HELP: &str = "\
The answer is JSON on stdout: {\"output\": …} or {\"error\": …}. Inputs one per line (a file that ends
in .jsonl or .ndjson, --jsonl, or several lines on standard input) give one answer per line in the
same order; a bad line gives one error line, and the others are decided.

With --compare each answer has its receipt; the exit code is 0 if all say what they said, errors too, and 1
if one does not.";

/// `assize run`
#[derive(Clone, Debug, Args)]
#[command(after_help = format!("{RUN_HELP}\n\n{EXIT_CODES}"))]
pub struct Run {
    /// The call.
    #[command(flatten)]
    pub call: Call,
    /// Say what decided: on stderr, or as `trace` with --format json
    #[arg(long)]
    pub explain: bool,
    /// Add the digests of rules, data, input and output
    #[arg(long)]
    pub receipt: bool,
    /// Add which rows, exceptions, defaults and values decided
    #[arg(long)]
    pub decided: bool,
    /// Write how often each row, exception, default and value decided in all inputs, also those that never did
    #[arg(long, value_name = "FILE")]
    pub tally: Option<PathBuf>,
    /// Compare with the answers of before, one for each input: tell each field that differs, and what gave it
    #[arg(long, value_name = "FILE", conflicts_with = "explain")]
    pub compare: Option<PathBuf>,
    /// The input holds one call per line; answers at once, line by line
    #[arg(long)]
    pub jsonl: bool,
}

/// How much is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// One line.
    Line,
    /// The rules, tables and parameters that decided.
    Rules,
    /// Everything that was considered.
    All,
}

/// `assize explain`
#[derive(Clone, Debug, Args)]
pub struct Explain {
    /// The call.
    #[command(flatten)]
    pub call: Call,
    /// How much to tell
    #[arg(long, value_enum, default_value_t = Level::Rules, value_name = "LEVEL")]
    pub level: Level,
    /// Why this rule, row, exception or reason did not decide, or why FIELD = VALUE is not so
    #[arg(long, value_name = "NAME", conflicts_with = "level")]
    pub why_not: Option<String>,
}

/// `assize fmt`
#[derive(Clone, Debug, Args)]
pub struct Fmt {
    /// Rule files, or folders to look for them
    #[arg(
        value_name = "PATH",
        required_unless_present = "stdin",
        conflicts_with = "stdin"
    )]
    pub paths: Vec<PathBuf>,
    /// Change nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    pub check: bool,
    /// Read a file from standard input and write it to standard output
    #[arg(long)]
    pub stdin: bool,
}

/// `assize build`
#[derive(Clone, Debug, Args)]
pub struct Build {
    /// A folder with `assize.toml`, or a single `.assize` file
    pub package: PathBuf,
    /// Where the bundle goes
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
}

const INSPECT_HELP: &str = "\
With --before the exit code is 1 if a relation shrank by more than --shrunk percent, or became empty.";

/// `assize inspect`
#[derive(Clone, Debug, Args)]
#[command(after_help = INSPECT_HELP)]
pub struct Inspect {
    /// A bundle, a folder with `assize.toml`, or a `.assize` file
    #[arg(value_name = "BUNDLE-OR-PACKAGE")]
    pub rules: PathBuf,
    /// The whole program in its text form
    #[arg(long, conflicts_with = "summary")]
    pub text: bool,
    /// What becomes of it as machine code: what is left to the interpreter, and which checks nothing proves
    #[arg(long, conflicts_with_all = ["summary", "text"])]
    pub lowering: bool,
    /// What it offers, costs and reads (this is also the default)
    #[arg(long)]
    pub summary: bool,
    /// Folder with reference data: show the rows and the digest of each relation that the rules read
    #[arg(long, value_name = "DIR", conflicts_with_all = ["summary", "text", "lowering"])]
    pub data: Option<PathBuf>,
    /// What `--data` wrote with --format json before: warn of relations that shrank since
    #[arg(long, value_name = "FILE", requires = "data")]
    pub before: Option<PathBuf>,
    /// Percent of its rows that a relation may lose without a warning
    #[arg(long, value_name = "PERCENT", requires = "before", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub shrunk: u32,
}

const ATTEST_HELP: &str = "\
Inputs are generated from the types of each decision and the constants of its rules; the same seed gives
the same ones everywhere. Two installations that print the same digests decide the same. The exit code is
1 if engines differ.";

/// `assize attest`
#[derive(Clone, Debug, Args)]
#[command(after_help = ATTEST_HELP)]
pub struct Attest {
    /// A bundle, a folder with `assize.toml`, or a `.assize` file
    #[arg(value_name = "BUNDLE-OR-PACKAGE")]
    pub rules: PathBuf,
    /// Only this decision
    pub decision: Option<String>,
    /// Folder with the reference data; without it every relation is empty
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Inputs for each decision
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub count: u64,
    /// Other inputs
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}

const BENCH_HELP: &str = "\
Calls are those of --input, else those that the package's tests make, else generated as `assize attest`
does. Both engines answer all of them before anything is timed; the exit code is 1 if they differ. A call
that says no time is given that of the data.";

/// `assize bench`
#[derive(Clone, Debug, Args)]
#[command(after_help = BENCH_HELP)]
pub struct Bench {
    /// A folder with `assize.toml`, a `.assize` file, or a bundle
    #[arg(value_name = "PACKAGE-OR-BUNDLE")]
    pub rules: PathBuf,
    /// Only this decision
    pub decision: Option<String>,
    /// Folder with the reference data; without it every relation is empty
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A JSON file with a call or its `input` alone, or one per line in a .jsonl file; may be repeated
    #[arg(long, short, value_name = "FILE", requires = "decision")]
    pub input: Vec<PathBuf>,
    /// Only the input with this number: what was told to be the slowest, again
    #[arg(long, value_name = "N", requires = "decision", value_parser = clap::value_parser!(u32).range(1..))]
    pub only: Option<u32>,
    /// Calls that are timed, for each decision and engine
    #[arg(long, value_name = "N", default_value_t = 5_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub count: u64,
}

/// `assize doc`
#[derive(Clone, Debug, Args)]
#[command(after_help = "Pages are HTML; with --format md they are Markdown.")]
pub struct Doc {
    /// A folder with `assize.toml`, or a single `.assize` file
    pub package: PathBuf,
    /// Folder for the pages; made if it is not there
    #[arg(long, short, value_name = "DIR", default_value = "doc")]
    pub output: PathBuf,
}

const REPL_HELP: &str = "\
Each line is an expression, a name (let x = …) or a command (:help lists them). All modules of the
package are in sight, its examples too. In a pipe there is one result per line; the exit code is 1
if a line had an error.";

/// `assize repl`
#[derive(Clone, Debug, Args)]
#[command(after_help = REPL_HELP)]
pub struct Repl {
    /// A folder with `assize.toml`, or a single `.assize` file
    pub package: Option<PathBuf>,
    /// Folder with the reference data: `snapshot.json` and its files
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Keep what was typed in this file; otherwise it is forgotten
    #[arg(long, value_name = "FILE")]
    pub history: Option<PathBuf>,
}

/// `assize completions`
#[derive(Clone, Debug, Args)]
pub struct Completions {
    /// The shell
    pub shell: clap_complete::Shell,
}

/// Parses arguments, with colours in help and errors as asked for.
pub fn parse(arguments: &[OsString], color: Color) -> Result<Arguments, clap::Error> {
    let choice = match color {
        Color::Auto => clap::ColorChoice::Auto,
        Color::Always => clap::ColorChoice::Always,
        Color::Never => clap::ColorChoice::Never,
    };
    let mut command = Arguments::command().color(choice);
    let matches = command.try_get_matches_from_mut(arguments)?;
    Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// What `--color` says, before anything is parsed: help obeys it, too.
pub fn color_of(arguments: &[OsString]) -> Color {
    let mut wanted = Color::Auto;
    let mut rest = arguments.iter().map(|argument| argument.to_string_lossy());
    while let Some(argument) = rest.next() {
        let value = match argument.strip_prefix("--color") {
            Some("") => rest.next().map(std::borrow::Cow::into_owned),
            Some(value) => value.strip_prefix('=').map(str::to_owned),
            None if argument == "--" => break,
            None => None,
        };
        if let Some(color) = value.and_then(|value| Color::from_str(&value, false).ok()) {
            wanted = color;
        }
    }
    wanted
}

/// Whether the verb can write the format.
pub fn format_fits(arguments: &Arguments) -> Result<(), Fault> {
    if matches!(arguments.format, Format::Html | Format::Md)
        && !matches!(arguments.verb, Verb::Doc(_))
    {
        return Err(
            Fault::new("the formats html and md are for `assize doc` alone")
                .help("use --format human or --format json"),
        );
    }
    let special = matches!(arguments.format, Format::Sarif | Format::Github);
    if special && !matches!(arguments.verb, Verb::Check(_)) {
        return Err(
            Fault::new("the formats sarif and github are for `assize check` alone")
                .help("use --format json, or --junit FILE with `assize test`"),
        );
    }
    Ok(())
}
