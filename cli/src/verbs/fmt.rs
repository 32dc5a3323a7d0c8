//! `assize fmt`: the one canonical layout.

use std::io::Read as _;
use std::path::PathBuf;

use serde_json::json;

use crate::args::Fmt;
use crate::console::{Console, Style};
use crate::fault::{Exit, Fault, Stop};
use crate::load::files::{all_rule_files, is_rule_file, read_text, shown, text_of, write_whole};
use crate::progress::Progress;
use crate::render::human::counted;

fn limit() -> u64 {
    u64::try_from(assize_grammar::MAX_FILE_BYTES).unwrap_or(u64::MAX)
}

/// Formats files, or says which would change.
pub fn run(arguments: &Fmt, console: &mut Console) -> Result<Exit, Stop> {
    if arguments.stdin {
        return stdin(arguments.check, console);
    }
    let mut files: Vec<PathBuf> = Vec::new();
    for path in &arguments.paths {
        let about = std::fs::metadata(path).map_err(|error| Fault::read(path, &error))?;
        if about.is_dir() {
            let found = all_rule_files(path)?;
            if found.is_empty() {
                return Err(Fault::new(format!("{} holds no rule file", shown(path)))
                    .help("rule files end in .assize")
                    .into());
            }
            files.extend(found);
        } else if is_rule_file(path) {
            files.push(path.clone());
        } else {
            return Err(Fault::new(format!("{} is no rule file", shown(path)))
                .help("rule files end in .assize")
                .into());
        }
    }
    // A folder and a file in it may both be named.
    let mut seen = std::collections::BTreeSet::new();
    files.retain(|path| seen.insert(path.clone()));
    let mut changed: Vec<String> = Vec::new();
    {
        let _progress = Progress::start(console, "formatting");
        for path in &files {
            let text = read_text(path, limit())?;
            let laid_out = assize_grammar::format(&text);
            if laid_out == text {
                continue;
            }
            if !arguments.check {
                write_whole(path, laid_out.as_bytes())?;
            }
            changed.push(shown(path));
        }
    }
    if console.is_human() {
        for path in &changed {
            console.line(path)?;
        }
        let count = counted(files.len(), "file");
        let summary = match (arguments.check, changed.len()) {
            (_, 0) => console
                .err
                .paint(Style::Green, &format!("{count}: all as they should be")),
            (true, number) => console
                .err
                .paint(Style::Yellow, &format!("{number} of {count} would change")),
            (false, number) => format!("{number} of {count} changed"),
        };
        console.say(&summary)?;
    } else {
        let document =
            json!({"changed": changed, "written": !arguments.check, "files": files.len()});
        console.line(&document.to_string())?;
    }
    Ok(if arguments.check && !changed.is_empty() {
        Exit::Findings
    } else {
        Exit::Success
    })
}

fn stdin(check: bool, console: &mut Console) -> Result<Exit, Stop> {
    let mut bytes = Vec::new();
    std::io::stdin()
        .take(limit().saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Fault::read(std::path::Path::new("standard input"), &error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit() {
        return Err(Fault::new(format!("standard input is longer than {} bytes", limit())).into());
    }
    let text = text_of(bytes, "standard input")?;
    let laid_out = assize_grammar::format(&text);
    if check {
        return Ok(if laid_out == text {
            Exit::Success
        } else {
            Exit::Findings
        });
    }
    console.print_bytes(laid_out.as_bytes())?;
    Ok(Exit::Success)
}
