//! Runs the binary and shows what it said: shared by all tests of the command line.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;

/// A rule file that every test may begin with: one decision, one table, no relation.
pub const TIERS: &str = "\
module tiers

enum Segment = retail | trade

table tier (segment: Segment) gives int
    | #     | segment || out |
    | basic | retail  || 1   |
    | best  | trade   || 2   |

reason too_many (n: int)
    \"{n} are too many\"

define half (n: int) gives int?
    if n > 100 then missing else n

/// The tier, times what was asked for.
decision quote (segment: Segment, n: int) gives int
    tier(segment) * (half(n) otherwise stop too_many(n))
";

/// The sample order of the shop, decided.
pub const SHOP: [&str; 7] = [
    "run",
    "rules/shop",
    "quote",
    "--data",
    "rules/shop/samples/data",
    "--input",
    "rules/shop/samples/order.json",
];

/// What `assize` says of the sample order of the shop.
pub fn shop(more: &[&str]) -> Run {
    assize(&project(), &[SHOP.as_slice(), more].concat())
}

/// A folder of its own, empty at the start. Tests run beside each other: a second one that takes the
/// same name would empty the folder of the first.
pub fn folder(name: &str) -> PathBuf {
    static TAKEN: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    let test = std::thread::current().name().unwrap_or_default().to_owned();
    let first = TAKEN
        .lock()
        .unwrap()
        .entry(name.to_owned())
        .or_insert_with(|| test.clone())
        .clone();
    assert_eq!(first, test, "both tests use the folder `{name}`");
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(fs::remove_dir_all(&path));
    fs::create_dir_all(&path).unwrap();
    path
}

/// A folder with these files.
pub fn folder_with(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let path = folder(name);
    for (file, text) in files {
        write(&path.join(file), text.as_bytes());
    }
    path
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The folder of the project.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A run of the binary.
pub struct Run {
    /// Exit code.
    pub code: i32,
    /// What it wrote to stdout.
    pub out: String,
    /// What it wrote to stderr.
    pub err: String,
}

impl Run {
    /// Everything, for a snapshot: digests are replaced, since every change of rules changes them.
    pub fn shown(&self) -> String {
        let mut text = String::new();
        for (name, stream) in [("stdout", &self.out), ("stderr", &self.err)] {
            if !stream.is_empty() {
                text.push_str(&format!("{name}\n{stream}"));
            }
        }
        text.push_str(&format!("exit {}", self.code));
        without_digests(&text)
    }
}

/// What every change of the compiler changes: digests as `b3:…`, and the numbers of lines `size`.
pub fn without_digests(text: &str) -> String {
    let mut out = String::new();
    for line in digests(text).split_inclusive('\n') {
        if line.starts_with("size ") {
            for word in line.split_inclusive(' ') {
                let number = word.starts_with(|c: char| c.is_ascii_digit());
                out.push_str(if number { "… " } else { word });
            }
        } else {
            out.push_str(line);
        }
    }
    out
}

fn digests(text: &str) -> String {
    let mut parts = text.split("b3:");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_hexdigit).count();
        out.push_str("b3:");
        out.push_str(if digits == 64 { "…" } else { "" });
        out.push_str(
            part.get(if digits == 64 { 64 } else { 0 }..)
                .unwrap_or_default(),
        );
    }
    out
}

/// The binary, in a folder, without the settings of whoever runs the tests.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assize"));
    command.args(arguments).current_dir(folder);
    for name in [
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "NO_GRAPHICS",
        "COLUMNS",
        "TERM",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs with an empty standard input.
pub fn assize(folder: &Path, arguments: &[&str]) -> Run {
    assize_with(folder, arguments, b"")
}

/// Runs with this standard input.
pub fn assize_with(folder: &Path, arguments: &[&str], input: &[u8]) -> Run {
    run(command(folder, arguments), input)
}

/// Runs a command with this standard input.
pub fn run(mut command: Command, input: &[u8]) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let Output {
        status,
        stdout,
        stderr,
    } = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Run {
        code: status.code().unwrap(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    }
}
