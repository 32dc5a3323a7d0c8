//! The gates that are tools: the formatter, and clippy's bans for the pure crates.
//!
//! Both need the components `rustfmt` and `clippy` beside cargo, and no network. Each test proves
//! first that its tool can say no.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use assize_tests::tidy::house::PURE_CRATES;
use assize_tests::tree::repository_root;

/// What a pure crate must not do, one line each, and what clippy says about it.
const IMPURE: &[(&str, &str)] = &[
    (
        "pub fn file() { let _ = std::fs::read_to_string(\"x\"); }",
        "std::fs::read_to_string",
    ),
    (
        "pub fn open() { let _ = std::fs::File::open(\"x\"); }",
        "std::fs::File::open",
    ),
    (
        "pub fn path(x: &std::path::Path) -> bool { x.exists() }",
        "std::path::Path::exists",
    ),
    (
        "pub fn now() { let _ = std::time::Instant::now(); }",
        "std::time::Instant::now",
    ),
    (
        "pub fn today() { let _ = std::time::SystemTime::now(); }",
        "std::time::SystemTime::now",
    ),
    (
        "pub fn thread() { let _ = std::thread::spawn(|| ()); }",
        "std::thread::spawn",
    ),
    (
        "pub fn var() { let _ = std::env::var(\"X\"); }",
        "std::env::var",
    ),
    (
        "pub fn start() { let _ = std::process::Command::new(\"x\"); }",
        "std::process::Command::new",
    ),
    (
        "pub fn end() { std::process::exit(1) }",
        "std::process::exit",
    ),
    (
        "pub fn wire() { let _ = std::net::TcpStream::connect(\"x\"); }",
        "std::net::TcpStream::connect",
    ),
    ("pub fn print() { println!(\"x\"); }", "std::println"),
    (
        "pub fn seed() { let _ = std::hash::RandomState::new(); }",
        "std::hash::RandomState::new",
    ),
    (
        "pub fn order(x: &std::collections::HashMap<u8, u8>) -> usize { x.iter().count() }",
        "std::collections::HashMap::iter",
    ),
];

/// What no library does with any input, one line each, and the lint that says so.
const PANICS: &[(&str, &str)] = &[
    (
        "pub fn taken(x: Option<u8>) -> u8 { x.unwrap() }",
        "unwrap_used",
    ),
    (
        "pub fn expected(x: Option<u8>) -> u8 { x.expect(\"x\") }",
        "expect_used",
    ),
    ("pub fn panics() { panic!(\"x\") }", "panic"),
    (
        "pub fn never(x: u8) { if x > 3 { unreachable!() } }",
        "unreachable",
    ),
    ("pub fn later() { todo!() }", "todo"),
    ("pub fn not_yet() { unimplemented!() }", "unimplemented"),
    (
        "pub fn at(x: &[u8], i: usize) -> u8 { x[i] }",
        "indexing_slicing",
    ),
    (
        "pub fn part(x: &str, i: usize) -> &str { &x[i..] }",
        "string_slice",
    ),
    ("pub fn shown(x: u8) -> u8 { dbg!(x) }", "dbg_macro"),
    ("pub fn half(x: f64) -> f64 { x / 2.0 }", "float_arithmetic"),
    ("#[allow(dead_code)] fn silenced() {}", "allow_attributes"),
];

fn text_of(output: &Output) -> String {
    let text = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// What rustfmt makes of one text. Its `--check` says nothing about a text that is handed to it.
fn formatted(source: &str) -> io::Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(repository_root().join("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    // Taken, so that it is closed here: rustfmt reads to the end.
    if let Some(mut input) = rustfmt.stdin.take() {
        input.write_all(source.as_bytes())?;
    }
    String::from_utf8(rustfmt.wait_with_output()?.stdout).map_err(io::Error::other)
}

#[test]
fn sources_are_formatted() -> io::Result<()> {
    assert_eq!(
        formatted("fn  a( ) { }\n")?,
        "fn a() {}\n",
        "rustfmt does not work here"
    );
    let checked = Command::new(env!("CARGO"))
        .args(["fmt", "--all", "--check"])
        .current_dir(repository_root())
        .output()?;
    assert!(
        checked.status.success(),
        "run `cargo fmt --all`\n{}",
        text_of(&checked)
    );
    Ok(())
}

/// Makes a crate of its own with these settings and lints and returns what clippy says.
fn clippy(folder: &Path, settings: &Path, lints: &str, body: &str) -> io::Result<Output> {
    fs::create_dir_all(folder.join("src"))?;
    let manifest = "[package]\nname = \"probe\"\nedition = \"2024\"\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), format!("{manifest}{lints}"))?;
    fs::write(folder.join("src/lib.rs"), format!("//! A probe.\n{body}\n"))?;
    fs::copy(settings, folder.join("clippy.toml"))?;
    Command::new(env!("CARGO"))
        .args(["clippy", "--offline", "--quiet", "--", "-D", "warnings"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("CLIPPY_CONF_DIR")
        .env_remove("RUSTFLAGS")
        .output()
}

#[test]
fn clippy_refuses_what_a_pure_crate_must_not_do() -> io::Result<()> {
    // The four files are one text (see tidy.rs), so one probe speaks for all.
    let settings = repository_root().join(PURE_CRATES[0]).join("clippy.toml");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("pure-probe");

    let pure = "pub fn add(a: u8) -> u8 { a ^ 1 }";
    let clean = clippy(&folder.join("clean"), &settings, "", pure)?;
    assert!(
        clean.status.success(),
        "a pure crate is refused:\n{}",
        text_of(&clean)
    );

    let lines: Vec<&str> = IMPURE.iter().map(|(line, _)| *line).collect();
    let refused = clippy(&folder.join("impure"), &settings, "", &lines.join("\n"))?;
    let said = text_of(&refused);
    assert!(!refused.status.success(), "nothing is refused:\n{said}");
    for (line, name) in IMPURE {
        let refusal = [format!("method `{name}`"), format!("macro `{name}`")];
        assert!(
            refusal.iter().any(|refusal| said.contains(refusal)),
            "`{line}` passes:\n{said}"
        );
    }
    Ok(())
}

/// The lints of the workspace, as those of a package.
fn workspace_lints() -> io::Result<String> {
    let manifest = fs::read_to_string(repository_root().join("Cargo.toml"))?;
    let lints = manifest
        .split("\n[")
        .filter_map(|section| section.strip_prefix("workspace.lints."))
        .map(|section| format!("[lints.{section}\n"));
    Ok(lints.collect())
}

#[test]
fn clippy_refuses_what_can_panic_or_passes_a_float() -> io::Result<()> {
    let settings = repository_root().join("clippy.toml");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("panic-probe");
    let lints = workspace_lints()?;

    let calm = "/// Adds.\npub fn add(a: u8) -> u8 { a ^ 1 }";
    let clean = clippy(&folder.join("clean"), &settings, &lints, calm)?;
    assert!(clean.status.success(), "{}", text_of(&clean));

    let lines: Vec<&str> = PANICS.iter().map(|(line, _)| *line).collect();
    let refused = clippy(
        &folder.join("planted"),
        &settings,
        &lints,
        &lines.join("\n"),
    )?;
    let said = text_of(&refused);
    assert!(!refused.status.success(), "nothing is refused:\n{said}");
    for (line, lint) in PANICS {
        let page = format!("index.html#{lint}\n");
        assert!(said.contains(&page), "`{line}` passes:\n{said}");
    }
    let unsafe_block =
        "/// Takes.\npub fn take() -> u8 { let x = 1_u8; unsafe { *std::ptr::from_ref(&x) } }";
    let refused = clippy(&folder.join("unsafe"), &settings, &lints, unsafe_block)?;
    let said = text_of(&refused);
    assert!(said.contains("usage of an `unsafe` block"), "{said}");
    Ok(())
}
