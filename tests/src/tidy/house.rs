//! The house's own settings: clippy of the pure crates, licences and bans, the gate's commands.

use toml::{Table, Value};

use super::{Fault, find};
use crate::tree::SourceFile;

/// Crates that compute from what they are given, each with a clippy.toml of its own.
pub const PURE_CRATES: &[&str] = &["compiler", "eval", "grammar", "ir"];

/// What a pure crate must at least be kept from: one entry or more of each kind of impurity.
const BANNED_IN_PURE_CRATES: &[(&str, &[&str])] = &[
    (
        "disallowed-types",
        &[
            "std::fs::File",
            "std::time::Instant",
            "std::time::SystemTime",
            "std::process::Command",
            "std::net::TcpStream",
            "std::hash::RandomState",
        ],
    ),
    (
        "disallowed-methods",
        &[
            "std::fs::read",
            "std::fs::read_to_string",
            "std::fs::read_dir",
            "std::fs::write",
            "std::fs::File::open",
            "std::fs::File::create",
            "std::path::Path::exists",
            "std::time::Instant::now",
            "std::time::SystemTime::now",
            "std::thread::spawn",
            "std::thread::scope",
            "std::thread::sleep",
            "std::thread::Builder::spawn",
            "std::env::var",
            "std::env::vars",
            "std::env::args",
            "std::env::current_dir",
            "std::process::Command::new",
            "std::process::exit",
            "std::process::abort",
            "std::net::TcpStream::connect",
            "std::io::stdin",
            "std::io::stdout",
            "std::io::stderr",
            "std::hash::RandomState::new",
            "std::collections::HashMap::iter",
            "std::collections::HashMap::keys",
            "std::collections::HashMap::values",
            "std::collections::HashSet::iter",
        ],
    ),
    (
        "disallowed-macros",
        &["std::print", "std::println", "std::eprint", "std::eprintln"],
    ),
];

/// Licences that ask for nothing but their notice.
const PERMISSIVE_LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that deny.toml must at least keep out.
const BANNED_CRATES: &[&str] = &[
    "openssl",
    "openssl-sys",
    "native-tls",
    "chrono",
    "ordered-float",
];

/// The one registry dependencies may come from.
const REGISTRY: &str = "https://github.com/rust-lang/crates.io-index";

/// What the gate runs, and what the README tells a reader to run, word for word: to see an order decided, and to see
/// all tests pass.
const README_COMMANDS: &[&str] = &[
    "cargo run -p assize -- run rules/checkout checkout --input rules/checkout/samples/order.json --data rules/checkout/samples/data --explain",
    "cargo test --workspace",
];

/// Other commands of the gate.
const GATE_COMMANDS: &[&str] = &[
    "cargo fmt --all --check",
    "cargo clippy --workspace --all-targets -- -D warnings",
    "cargo deny check licenses bans sources",
];

fn parsed(files: &[SourceFile], path: &str) -> Result<Table, Fault> {
    let file = find(files, path).ok_or_else(|| Fault::in_file(path, "is missing"))?;
    file.text
        .parse::<Table>()
        .map_err(|error| Fault::in_file(path, error.message()))
}

fn texts(list: Option<&Value>) -> Vec<&str> {
    list.and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

/// The entries of a list of tables as pairs of `key` and `reason`.
fn reasoned<'a>(list: Option<&'a Value>, key: &str) -> Vec<(&'a str, &'a str)> {
    let entries = list.and_then(Value::as_array).into_iter().flatten();
    entries
        .map(|entry| {
            let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
            (text(key), text("reason"))
        })
        .collect()
}

/// Exactly the pure crates have a clippy.toml; all are one text, repeat what the root allows in
/// tests, and ban files, clock, threads, environment, processes, network, console and chance.
pub fn clippy_of_pure_crates(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| file.ends_with("/clippy.toml")) {
        if !PURE_CRATES
            .iter()
            .any(|name| file.path == format!("{name}/clippy.toml"))
        {
            faults.push(Fault::in_file(
                &file.path,
                "only the pure crates have one of their own",
            ));
        }
    }
    let root = parsed(files, "clippy.toml").unwrap_or_else(|fault| {
        faults.push(fault);
        Table::new()
    });
    let mut first: Option<&str> = None;
    for name in PURE_CRATES {
        let path = format!("{name}/clippy.toml");
        match parsed(files, &path) {
            Ok(settings) => check_pure(&path, &settings, &root, &mut faults),
            Err(fault) => faults.push(fault),
        }
        let text = find(files, &path).map_or("", |file| &file.text);
        if *first.get_or_insert(text) != text {
            faults.push(Fault::in_file(
                path,
                "differs from the other pure crates' files",
            ));
        }
    }
    faults
}

fn check_pure(path: &str, settings: &Table, root: &Table, faults: &mut Vec<Fault>) {
    for (key, value) in root {
        if settings.get(key) != Some(value) {
            let message = format!("does not repeat `{key}` of the clippy.toml at the root");
            faults.push(Fault::in_file(path, message));
        }
    }
    for (list, banned) in BANNED_IN_PURE_CRATES {
        let entries = reasoned(settings.get(*list), "path");
        for name in *banned {
            if !entries.iter().any(|(path, _)| path == name) {
                faults.push(Fault::in_file(path, format!("{list} lacks {name}")));
            }
        }
        for (name, _) in entries.iter().filter(|(_, reason)| reason.is_empty()) {
            let message = format!("{list}: {name:?} has no reason that says what to use instead");
            faults.push(Fault::in_file(path, message));
        }
    }
}

/// deny.toml lets in permissive licences and one registry, and keeps out what it must.
pub fn dependency_policy(files: &[SourceFile]) -> Vec<Fault> {
    let path = "deny.toml";
    let settings = match parsed(files, path) {
        Ok(settings) => Value::Table(settings),
        Err(fault) => return vec![fault],
    };
    let at = |section: &str, key: &str| settings.get(section).and_then(|it| it.get(key));
    let mut faults = Vec::new();
    let mut fault = |message: String| faults.push(Fault::in_file(path, message));
    let allowed = texts(at("licenses", "allow"));
    if allowed.is_empty() {
        fault("licenses.allow is empty or missing".to_owned());
    }
    for licence in allowed {
        if !PERMISSIVE_LICENCES.contains(&licence) {
            fault(format!(
                "{licence} is not known here as a permissive licence"
            ));
        }
    }
    for exception in ["exceptions", "clarify"] {
        if at("licenses", exception).is_some() {
            fault(format!(
                "licenses.{exception}: no dependency is worth an exception"
            ));
        }
    }
    for key in ["unknown-registry", "unknown-git"] {
        if at("sources", key).and_then(Value::as_str) != Some("deny") {
            fault(format!("sources.{key} is not \"deny\""));
        }
    }
    if texts(at("sources", "allow-registry")) != [REGISTRY] {
        fault(format!("sources.allow-registry is not {REGISTRY} alone"));
    }
    if !texts(at("sources", "allow-git")).is_empty() {
        fault("sources.allow-git is not empty".to_owned());
    }
    if at("bans", "wildcards").and_then(Value::as_str) != Some("deny") {
        fault("bans.wildcards is not \"deny\"".to_owned());
    }
    let banned = reasoned(at("bans", "deny"), "crate");
    for name in BANNED_CRATES {
        if !banned.iter().any(|(banned, _)| banned == name) {
            fault(format!("bans.deny lacks {name}"));
        }
    }
    for (name, _) in banned.iter().filter(|(_, reason)| reason.is_empty()) {
        fault(format!("bans.deny: {name:?} has no reason"));
    }
    faults
}

/// The gate runs the README's own commands, and formatting, lints and licences beside it.
pub fn gate(files: &[SourceFile]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, commands) in [
        ("README.md", README_COMMANDS),
        (".ci/run", README_COMMANDS),
        (".ci/run", GATE_COMMANDS),
    ] {
        let Some(file) = find(files, path) else {
            faults.push(Fault::in_file(path, "is missing"));
            continue;
        };
        for command in commands {
            // A comment or a longer command that begins alike is not the command.
            let runs = |line: &str| line.trim().trim_start_matches("run ") == *command;
            if !file.text.lines().any(runs) {
                faults.push(Fault::in_file(path, format!("has no line `{command}`")));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::super::messages;
    use super::*;
    use crate::tree::{read_tree, repository_root};

    /// The real tree with `from` replaced by `to` in one file: each check passes before, not after.
    fn planted(path: &str, from: &str, to: &str) -> Vec<SourceFile> {
        let mut files = read_tree(&repository_root()).unwrap();
        let file = files.iter_mut().find(|file| file.path == path).unwrap();
        assert!(file.text.contains(from), "{path} has no {from}");
        file.text = file.text.replace(from, to);
        files
    }

    #[test]
    fn a_loosened_clippy_file_is_found() {
        for (from, to, fault) in [
            (
                "allow-unwrap-in-tests = true\n",
                "",
                "does not repeat `allow-unwrap-in-tests`",
            ),
            (
                "path = \"std::fs::read\"",
                "path = \"std::fs::x\"",
                "lacks std::fs::read",
            ),
            (
                "path = \"std::time::Instant::now\"",
                "path = \"\"",
                "lacks std::time::Instant::now",
            ),
            (
                "disallowed-types",
                "types",
                "disallowed-types lacks std::fs::File",
            ),
            ("`cli` prints\"", "\"", "differs from"),
            (
                "disallowed-methods = [",
                "disallowed-methods = ",
                "ir/clippy.toml: ",
            ),
        ] {
            let found = messages(&clippy_of_pure_crates(&planted("ir/clippy.toml", from, to)));
            assert!(found.contains(fault), "{to:?}: {found}");
        }
        let mute = planted("ir/clippy.toml", "return text as a value; `cli` prints", "");
        assert!(messages(&clippy_of_pure_crates(&mute)).contains("has no reason"));
    }

    #[test]
    fn a_clippy_file_too_few_or_too_many_is_found() {
        let mut files = read_tree(&repository_root()).unwrap();
        files.retain(|file| file.path != "eval/clippy.toml");
        files.push(SourceFile::new("cli/clippy.toml", "\n"));
        let found = messages(&clippy_of_pure_crates(&files));
        assert!(found.contains("eval/clippy.toml: is missing"), "{found}");
        assert!(
            found.contains("cli/clippy.toml: only the pure crates"),
            "{found}"
        );
    }

    #[test]
    fn a_loosened_dependency_policy_is_found() {
        for (from, to, fault) in [
            (
                "    \"MIT\",\n",
                "    \"GPL-3.0\",\n",
                "GPL-3.0 is not known",
            ),
            ("allow = [", "allowed = [", "licenses.allow is empty"),
            ("[bans]", "exceptions = []\n[bans]", "licenses.exceptions"),
            (
                "unknown-registry = \"deny\"",
                "",
                "sources.unknown-registry",
            ),
            (
                "unknown-git = \"deny\"",
                "unknown-git = \"warn\"",
                "sources.unknown-git",
            ),
            ("crates.io-index\"]", "other\"]", "sources.allow-registry"),
            (
                "allow-git = []",
                "allow-git = [\"https://x\"]",
                "sources.allow-git",
            ),
            (
                "wildcards = \"deny\"",
                "wildcards = \"allow\"",
                "bans.wildcards",
            ),
            ("crate = \"openssl\"", "crate = \"openss\"", "lacks openssl"),
            (
                "one arithmetic only: that of rust_decimal",
                "",
                "has no reason",
            ),
            ("[licenses]", "[licenses", "deny.toml: "),
        ] {
            let found = messages(&dependency_policy(&planted("deny.toml", from, to)));
            assert!(found.contains(fault), "{to:?}: {found}");
        }
    }

    #[test]
    fn a_gate_that_skips_a_command_is_found() {
        for command in GATE_COMMANDS.iter().chain(README_COMMANDS) {
            for change in [
                format!("# {command}"),
                format!("echo {command}"),
                "true".to_owned(),
            ] {
                let found = messages(&gate(&planted(".ci/run", command, &change)));
                assert!(found.contains(".ci/run: has no line"), "{change}: {found}");
            }
        }
        for command in README_COMMANDS {
            let readme = planted("README.md", command, "make test");
            assert!(messages(&gate(&readme)).contains("README.md: has no line"));
        }
    }
}
