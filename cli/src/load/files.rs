//! Reading and writing files, with limits and with words for what goes wrong.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::fault::Fault;

/// Most rule files of one package.
pub const MAX_RULE_FILES: usize = 10_000;
/// Deepest folder below a package, in levels.
pub const MAX_FOLDER_DEPTH: usize = 32;
/// Ending of rule files.
pub const RULE_ENDING: &str = "assize";
/// Name of the file that makes a folder a package.
pub const MANIFEST: &str = "assize.toml";

/// The bytes of a file, at most so many.
pub fn read_bytes(path: &Path, at_most: u64) -> Result<Vec<u8>, Fault> {
    let file = fs::File::open(path).map_err(|error| Fault::read(path, &error))?;
    if file.metadata().is_ok_and(|about| about.is_dir()) {
        return Err(Fault::read(path, &io::ErrorKind::IsADirectory.into()));
    }
    let mut bytes = Vec::new();
    file.take(at_most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| Fault::read(path, &error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > at_most {
        return Err(Fault::new(format!(
            "{} is longer than {at_most} bytes, the most that is read",
            path.display()
        )));
    }
    Ok(bytes)
}

/// The text of a file, at most so many bytes of it.
pub fn read_text(path: &Path, at_most: u64) -> Result<String, Fault> {
    text_of(read_bytes(path, at_most)?, &path.display().to_string())
}

/// Bytes as text; `name` is what the file is called in a fault.
pub fn text_of(bytes: Vec<u8>, name: &str) -> Result<String, Fault> {
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let bytes = error.as_bytes();
        let before = bytes.get(..good).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let byte = bytes.get(good).copied().unwrap_or(0);
        Fault::new(format!(
            "{name} is not UTF-8: byte 0x{byte:02X} in line {line}"
        ))
        .help("save it as UTF-8 in your editor")
    })
}

/// Refuses to write over what a package is made of: a mistyped argument must not cost the rules.
pub fn refuse_rules(path: &Path) -> Result<(), Fault> {
    let kind = path.extension().and_then(|it| it.to_str());
    let Some(kind @ ("assize" | "toml" | "csv" | "xlsx" | "md")) = kind else {
        return Ok(());
    };
    Err(Fault::new(format!(
        "{} would be written over, and a file that ends in .{kind} is part of a package",
        path.display()
    ))
    .help("name a file with another ending, for example .bundle or .xml"))
}

/// Writes a file as a whole or not at all: what was there stays until the new one is complete.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let fault = |error: io::Error| Fault::write(path, &error);
    // A link stays a link: what it points to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if target.is_dir() {
        return Err(fault(io::ErrorKind::IsADirectory.into()));
    }
    // What is no plain file (a pipe, /dev/stdout) is written to as it is.
    if fs::metadata(&target).is_ok_and(|about| !about.is_file()) {
        return fs::write(&target, bytes).map_err(fault);
    }
    let Some(name) = target.file_name() else {
        return Err(Fault::new(format!(
            "{} is no name of a file",
            path.display()
        )));
    };
    let mut temporary_name = std::ffi::OsString::from(".");
    temporary_name.push(name);
    temporary_name.push(format!(".{}.tmp", std::process::id()));
    let temporary = target.with_file_name(temporary_name);
    let written = (|| {
        let mut file = fs::File::create_new(&temporary)?;
        file.write_all(bytes)?;
        if let Ok(about) = fs::metadata(&target) {
            if about.permissions().readonly() {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            file.set_permissions(about.permissions())?;
        }
        drop(file);
        fs::rename(&temporary, &target)
    })();
    if written.is_err() {
        drop(fs::remove_file(&temporary));
    }
    written.map_err(fault)
}

/// Rule files below a folder in order of their paths; `/` parts the names of a path below it.
///
/// Left out are what begins with a dot, folders called `target`, folders that are packages of their
/// own, and links to folders (they may lead anywhere, in circles too).
pub fn rule_files(folder: &Path) -> Result<Vec<(String, PathBuf)>, Fault> {
    let mut found = Vec::new();
    walk(folder, "", 0, false, &mut found)?;
    found.sort();
    Ok(found)
}

/// Like [`rule_files`], those of packages further down included.
pub fn all_rule_files(folder: &Path) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    walk(folder, "", 0, true, &mut found)?;
    found.sort();
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

fn walk(
    folder: &Path,
    below: &str,
    depth: usize,
    into_packages: bool,
    found: &mut Vec<(String, PathBuf)>,
) -> Result<(), Fault> {
    if depth > MAX_FOLDER_DEPTH {
        let folder = folder.display();
        return Err(Fault::new(format!(
            "{folder} lies deeper than {MAX_FOLDER_DEPTH} folders"
        )));
    }
    let entries = fs::read_dir(folder).map_err(|error| Fault::read(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| Fault::read(folder, &error))?;
        let path = entry.path();
        let file_name = entry.file_name();
        let Some(name) = file_name.to_str() else {
            if path.extension().is_some_and(|ending| ending == RULE_ENDING) {
                return Err(Fault::new(format!(
                    "the name of {} is not Unicode",
                    path.display()
                )));
            }
            continue;
        };
        if name.starts_with('.') {
            continue;
        }
        let kind = entry
            .file_type()
            .map_err(|error| Fault::read(&path, &error))?;
        let inner = if below.is_empty() {
            name.to_owned()
        } else {
            format!("{below}/{name}")
        };
        if kind.is_dir() {
            if name != "target" && (into_packages || !path.join(MANIFEST).is_file()) {
                walk(&path, &inner, depth + 1, into_packages, found)?;
            }
        } else if is_rule_file(&path) && !path.is_dir() {
            if found.len() == MAX_RULE_FILES {
                return Err(Fault::new(format!(
                    "{} holds more than {MAX_RULE_FILES} rule files",
                    folder.display()
                )));
            }
            found.push((inner, path));
        }
    }
    Ok(())
}

/// Whether a path ends like a rule file.
pub fn is_rule_file(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == RULE_ENDING)
}

/// A path as people see it, with `/` on every system.
pub fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}
